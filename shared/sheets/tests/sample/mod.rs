//! A table that an export could write, with all that makes tables lose something.

use sheets::Cell;

/// Its first row.
pub(crate) const HEADER: [&str; 7] = ["sku", "location", "on_hand", "title", "price", "barcode", "note"];

/// Its rows.
pub(crate) const ROWS: [[Cell<'static>; 7]; 7] = [
    row("MUG-1", 12, "Becher \"Köln\", groß; weiß", "19.90", "4006381333931", "=HYPERLINK(\"http://example.com\")"),
    row("0012", 0, "Zwei\nZeilen", "0.05", "0012345678905", "+49 221 1234"),
    row("1E5", 1_234_567, "\u{65e5}\u{672c}\u{8a9e} \u{1f375} e\u{301}", "1234.50", "1-2", "-5"),
    row("MUG-4", -3, "'n Becher", "-19.99", "TRUE", "@cmd"),
    row("MUG-5", 100_000_000, "  blanks  ", "1000000", "12/2026", "'=1"),
    row("MUG-6", 7, "a;b|c\td", "3.5", "1,234", "- none -"),
    row("MUG-7", 8, "<b>&amp;</b> _x0041_", "100", "#N/A", "x"),
];

const fn row(
    sku: &'static str,
    on_hand: i64,
    title: &'static str,
    price: &'static str,
    barcode: &'static str,
    note: &'static str,
) -> [Cell<'static>; 7] {
    let location = Cell::Text("main");
    [
        Cell::Text(sku),
        location,
        Cell::Whole(on_hand),
        Cell::Text(title),
        Cell::Decimal(price),
        Cell::Text(barcode),
        Cell::Text(note),
    ]
}
