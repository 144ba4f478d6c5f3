//! Files as people make them, by hand, then what holds for every one.

use proptest::prelude::*;

use super::number::{price, whole};
use super::*;
use crate::fixtures::eur;
use crate::money::{Currency, Money};
use crate::settings::Location;
use crate::stock::{Change, MAX_UNITS};
use crate::text::{LocationId, Sku};

fn locations() -> Vec<Location> {
    let at = |id: &str, name: &str| Location {
        id: LocationId::new(id).unwrap(),
        name: name.to_owned(),
        address: String::new(),
        country: None,
    };
    vec![at("main", "Hauptlager Köln"), at("shop", "Shop")]
}

fn cells(line: &str) -> Vec<String> {
    line.split('|').map(str::to_owned).collect()
}

fn table<'a>(header: &str, locations: &'a [Location]) -> Table<'a> {
    let header = cells(header);
    let mapping = Mapping::guess(&header);
    Table::new(header, mapping, Shop { currency: Currency::EUR, locations }).unwrap()
}

fn guessed(header: &str) -> Vec<(&'static str, String)> {
    Mapping::guess(&cells(header)).0.iter().map(|(field, column)| (field.as_str(), column.to_string())).collect()
}

fn line(change: ImportChange, product: Option<NewProduct>) -> ImportLine {
    ImportLine {
        row: 2,
        sku: Sku::new("MUG-1").unwrap(),
        location: LocationId::main(),
        change,
        product,
        category: None,
        barcode: None,
        supplier: None,
    }
}

fn mug() -> Option<NewProduct> {
    Some(NewProduct { title: "Mug".to_owned(), price: eur(500) })
}

#[test]
fn columns_are_known_by_the_names_that_people_use() {
    let of = |header: &str, wanted: &[(&str, &str)]| {
        let wanted: Vec<_> = wanted.iter().map(|(field, letter)| ((*field).to_owned(), (*letter).to_owned())).collect();
        let got: Vec<_> = guessed(header).into_iter().map(|(field, letter)| (field.to_owned(), letter)).collect();
        assert_eq!(got, wanted, "{header}");
    };
    of("sku|location|on_hand", &[("sku", "A"), ("location", "B"), ("on_hand", "C")]);
    of("Item no.|Description|Qty|Warehouse", &[("sku", "A"), ("location", "D"), ("on_hand", "C"), ("title", "B")]);
    of(
        " Artikel-Nr. |Bezeichnung|Lager|Bestand|VK-Preis|Währung|EAN|Lieferant|Warengruppe",
        &[
            ("sku", "A"),
            ("location", "C"),
            ("on_hand", "D"),
            ("title", "B"),
            ("category", "I"),
            ("price", "E"),
            ("currency", "F"),
            ("barcode", "G"),
            ("supplier", "H"),
        ],
    );
    of(
        "Référence|Désignation|Entrepôt|Quantité|Prix|Code-barres|Fournisseur",
        &[
            ("sku", "A"),
            ("location", "C"),
            ("on_hand", "D"),
            ("title", "B"),
            ("price", "E"),
            ("barcode", "F"),
            ("supplier", "G"),
        ],
    );
    of("SKU|A\u{308}nderung", &[("sku", "A"), ("delta", "B")]);
    // The surest name wins, then the first; what nobody knows means nothing.
    of("Article|Available|SKU|On hand|sku|Colour", &[("sku", "C"), ("on_hand", "D")]);
}

#[test]
fn a_column_has_a_spreadsheets_letters() {
    let letters: Vec<String> = [0, 25, 26, 51, 52, 701, 702].map(|at| Column(at).to_string()).to_vec();
    assert_eq!(letters, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
}

#[test]
fn a_mapping_says_what_it_lacks() {
    let pointers = |json: &str| -> Vec<String> {
        let mapping: Mapping = serde_json::from_str(json).unwrap();
        mapping.check(3).err().unwrap_or_default().into_iter().map(|error| error.pointer).collect()
    };
    assert!(pointers(r#"{"sku": 0, "on_hand": 2}"#).is_empty());
    assert!(pointers(r#"{"sku": 0, "delta": 1, "location": 2}"#).is_empty());
    assert_eq!(pointers("{}"), ["/sku", "/on_hand"]);
    assert_eq!(pointers(r#"{"sku": 0, "on_hand": 1, "delta": 2}"#), ["/delta"]);
    assert_eq!(pointers(r#"{"sku": 0, "on_hand": 0}"#), ["/on_hand"]);
    assert_eq!(pointers(r#"{"sku": 3, "on_hand": 0}"#), ["/sku"]);
    assert!(serde_json::from_str::<Mapping>(r#"{"colour": 0}"#).is_err());
    assert!(serde_json::from_str::<Mapping>(r#"{"sku": -1}"#).is_err());
}

#[test]
fn a_row_is_read_as_people_write_it() {
    let places = locations();
    let table = table("Artikelnummer|Lager|Bestand|Titel|Preis|Währung|Kategorie|EAN|Lieferant", &places);
    let read = |row: &str| table.line(2, &cells(row)).unwrap();
    let full = read(" MUG-1\u{a0}|hauptlager köln|1.234|Becher|19,90 €||Küche & Bad|4006381333931|ACME").unwrap();
    assert_eq!(full.sku.as_str(), "MUG-1");
    assert_eq!(full.location.as_str(), "main");
    assert_eq!(full.change, ImportChange::Count(1234));
    assert_eq!(full.product, Some(NewProduct { title: "Becher".to_owned(), price: eur(1990) }));
    assert_eq!(full.category.unwrap().as_str(), "kuche-bad");
    assert_eq!(full.barcode.as_deref(), Some("4006381333931"));
    assert_eq!(full.supplier.unwrap().as_str(), "acme");
    // A short row, and one of a price in another currency.
    let short = read("MUG-1||12.0").unwrap();
    assert_eq!((short.location.as_str(), short.change, short.product), ("main", ImportChange::Count(12), None));
    let yen = read("MUG-1|SHOP|0|Mug|1,200|jpy").unwrap();
    assert_eq!(yen.location.as_str(), "shop");
    assert_eq!(yen.product.unwrap().price, Money::new(1200, Currency::JPY));
    // Blank rows, and one with a note beside the table.
    for blank in ["", "||", " |\u{a0}|\t", "|||||||||a note"] {
        assert_eq!(read(blank), None, "{blank:?}");
    }
    let json = serde_json::to_string(&short_line(&table)).unwrap();
    assert_eq!(json, r#"{"row":2,"sku":"MUG-1","location":"main","change":{"count":12}}"#);
    assert_eq!(serde_json::from_str::<ImportLine>(&json).unwrap(), short_line(&table));
}

fn short_line(table: &Table<'_>) -> ImportLine {
    table.line(2, &cells("MUG-1||12")).unwrap().unwrap()
}

#[test]
fn everything_that_is_wrong_with_a_row_is_said_at_once() {
    let places = locations();
    let table = table("Item no.|Warehouse|Qty|Title|Price|Currency|Category|EAN|Supplier", &places);
    let long = "x".repeat(201);
    let wrong = table.line(7, &cells(&format!("MUG 1|moon|-3|{long}|1.234||!!!|4.00638E+12|a c"))).unwrap_err();
    let told: Vec<(u32, &str, &str, &str)> =
        wrong.iter().map(|e| (e.row, e.column.as_str(), e.letter.as_str(), e.detail.as_str())).collect();
    assert_eq!(
        told,
        [
            (
                7,
                "Item no.",
                "A",
                "A SKU has 1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-', and starts with a letter or digit."
            ),
            (7, "Warehouse", "B", "There is no such location. There are: main, shop."),
            (7, "Qty", "C", "Must be 0 to 100,000,000."),
            (7, "Title", "D", "Must have 0 to 200 characters."),
            (7, "Price", "E", "Could be read in two ways. Write 1234 or 1.23."),
            (7, "Category", "G", "A slug has 1 to 80 of a-z, 0-9 and '-'."),
            (7, "EAN", "H", "A spreadsheet has cut this number. Format the column as text and enter it again."),
            (7, "Supplier", "I", "A supplier has 1 to 32 of a-z, 0-9, '_' and '-'."),
        ]
    );
    let details = |row: &str| -> Vec<String> {
        table.line(2, &cells(row)).unwrap_err().into_iter().map(|error| error.detail).collect()
    };
    assert_eq!(details("MUG-1||"), ["Must be a whole number, such as 12."]);
    assert_eq!(details("MUG-1||#N/A"), ["Must be a whole number, such as 12."]);
    assert_eq!(details("MUG-1||1|Mug|5|EURO"), ["Must be the three letters of a currency, such as EUR."]);
    assert_eq!(details("||1").len(), 1);
    assert_eq!(details("MUG-1||1|a\u{7}b|5|"), ["Must be one line."]);
    let lines = table.line(2, &cells("MUG-1||1|a\r\nb|5|")).unwrap().unwrap();
    assert_eq!(lines.product.unwrap().title, "a b");
}

#[test]
fn counts_by_hand() {
    for (text, count) in [
        ("0", 0),
        ("007", 7),
        ("1,234", 1234),
        ("1.234", 1234),
        ("1 234", 1234),
        ("1\u{202f}234\u{a0}567", 1_234_567),
        ("1'234", 1234),
        ("1.234.567", 1_234_567),
        ("12.0", 12),
        ("12,00", 12),
        ("0.000", 0),
        ("1,234.00", 1234),
        ("1.234,000", 1234),
        (" \u{a0}-5 ", -5),
        ("\u{2212}1,000", -1000),
        ("+3", 3),
        ("1234.000", 1234),
    ] {
        assert_eq!(whole(text), Some(count), "{text:?}");
    }
    for wrong in [
        "",
        "-",
        "12.5",
        "1,23",
        "1,2345",
        "12,34,567",
        "1,234.5",
        "1.234 567",
        "1e3",
        "1.2E+3",
        ".5",
        "5.",
        "1..2",
        "--1",
        "one",
        "0,123",
        "1 23",
        "12345 678",
        "\u{661}",
        "99999999999999999999",
        "#N/A",
        "1,234,56",
    ] {
        assert_eq!(whole(wrong), None, "{wrong:?}");
    }
}

#[test]
fn prices_by_hand() {
    let bhd: Currency = "BHD".parse().unwrap();
    for (text, currency, minor) in [
        ("19.99", Currency::EUR, 1999),
        ("19,99", Currency::EUR, 1999),
        ("19,9", Currency::EUR, 1990),
        ("19", Currency::EUR, 1900),
        ("1,234.50", Currency::EUR, 123_450),
        ("1.234,50", Currency::EUR, 123_450),
        ("1 234,50 €", Currency::EUR, 123_450),
        ("EUR 5", Currency::EUR, 500),
        ("$5.00", Currency::USD, 500),
        ("1.234.567", Currency::EUR, 123_456_700),
        ("1'234", Currency::EUR, 123_400),
        ("12.3400", Currency::EUR, 1234),
        ("0", Currency::EUR, 0),
        ("1,200", Currency::JPY, 1200),
        ("1.200", Currency::JPY, 1200),
        ("1200.00", Currency::JPY, 1200),
        ("1.234", bhd, 1234),
        ("0,234", bhd, 234),
        ("1.5", bhd, 1500),
        ("1,234.567", bhd, 1_234_567),
    ] {
        assert_eq!(price(text, currency), Ok(Money::new(minor, currency)), "{text} {currency}");
    }
    for (text, currency) in [
        ("1.234", Currency::EUR),
        ("1,234", Currency::EUR),
        ("1,234", bhd),
        ("19.999", Currency::EUR),
        ("0.999", Currency::EUR),
        ("1234.567", Currency::EUR),
        ("1.5", Currency::JPY),
        ("-1", Currency::EUR),
        ("5 $", Currency::EUR),
        ("free", Currency::EUR),
        (".5", Currency::EUR),
        ("10000000001", Currency::EUR),
        ("1e3", Currency::EUR),
        ("€", Currency::EUR),
    ] {
        assert!(price(text, currency).is_err(), "{text} {currency}");
    }
}

#[test]
fn a_new_sku_wants_a_title_and_a_price() {
    let refused = diff(&line(ImportChange::Count(3), None), None).unwrap_err();
    assert_eq!(refused, (Field::Sku, "There is no SKU MUG-1; give a title and a price to make it.".to_owned()));
    assert_eq!(diff(&line(ImportChange::Count(3), mug()), None), Ok(RowOutcome::Created { after: 3 }));
    assert_eq!(diff(&line(ImportChange::Delta(0), mug()), None), Ok(RowOutcome::Created { after: 0 }));
    assert!(diff(&line(ImportChange::Delta(-1), mug()), None).is_err());
    // What is there is counted, and its title and price stay as they are.
    let changed = RowOutcome::Changed { before: 2, after: 3 };
    assert_eq!(diff(&line(ImportChange::Count(3), mug()), Some(2)), Ok(changed));
    assert_eq!(diff(&line(ImportChange::Delta(1), None), Some(2)), Ok(changed));
    assert_eq!(diff(&line(ImportChange::Count(2), None), Some(2)), Ok(RowOutcome::Unchanged));
    assert!(diff(&line(ImportChange::Delta(-3), None), Some(2)).is_err());
}

#[test]
fn a_place_stands_in_a_file_once() {
    let places = locations();
    let table = table("sku|location|on_hand|title|price|currency", &places);
    let mut checker = Checker::default();
    let mut tally = Tally::default();
    let mut ask = |row: u32, text: &str, current| {
        let line = table.line(row, &cells(text)).unwrap().unwrap();
        let outcome = checker.outcome(&table, &line, current)?;
        tally.add(outcome);
        Ok::<RowOutcome, RowError>(outcome)
    };
    assert_eq!(ask(2, "OLD|main|5", Some(5)), Ok(RowOutcome::Unchanged));
    assert_eq!(ask(3, "OLD|shop|5", Some(0)), Ok(RowOutcome::Changed { before: 0, after: 5 }));
    let twice = ask(9, "OLD||6", Some(5)).unwrap_err();
    assert_eq!((twice.row, twice.letter.as_str()), (9, "A"));
    assert_eq!(twice.detail, "OLD at main stands in row 2 and in row 9.");
    // A new SKU is made by its first line, and the next may leave title and price out.
    assert_eq!(ask(10, "NEW|main|1|Mug|5", None), Ok(RowOutcome::Created { after: 1 }));
    assert_eq!(ask(11, "NEW|shop|2", None), Ok(RowOutcome::Changed { before: 0, after: 2 }));
    let other = ask(12, "OTHER|main|1|Mug|5|USD", None).unwrap_err();
    assert_eq!((other.letter.as_str(), other.detail.as_str()), ("F", "The shop sells in EUR."));
    assert_eq!(ask(13, "LATE|main|1", None).unwrap_err().letter, "A");
    assert_eq!(ask(14, "TWO|main|1|Mug|5", None), Ok(RowOutcome::Created { after: 1 }));
    let dearer = ask(15, "TWO|shop|1|Mug|6", None).unwrap_err();
    assert_eq!((dearer.letter.as_str(), dearer.detail.as_str()), ("E", "Row 14 makes TWO as Mug for 5.00 EUR."));
    assert_eq!(tally, Tally { created: 2, changed: 2, unchanged: 1 });
    assert_eq!(tally.rows(), 5);
}

#[test]
fn what_has_left_since_cannot_be_taken_away() {
    let outcome = RowOutcome::Created { after: 10 };
    let applied = Applied { row: 2, sku: Sku::new("A").unwrap(), location: LocationId::main(), outcome };
    let back = |now| applied.book_back(now);
    assert_eq!(back(10), BookBack { change: Some(Change::To(0)), gone: 0, draft_stays: true });
    assert_eq!(back(6), BookBack { change: Some(Change::To(0)), gone: 4, draft_stays: true });
    assert_eq!(back(0), BookBack { change: None, gone: 10, draft_stays: true });
    assert_eq!(back(12), BookBack { change: Some(Change::To(2)), gone: 0, draft_stays: true });
}

fn any_change() -> impl Strategy<Value = ImportChange> {
    prop_oneof![
        (0..=MAX_UNITS).prop_map(ImportChange::Count),
        (0_i64..50).prop_map(ImportChange::Count),
        (-50_i64..50).prop_map(ImportChange::Delta),
        (-MAX_UNITS..=MAX_UNITS).prop_map(ImportChange::Delta),
    ]
}

/// A number with its groups set apart.
fn with_groups(number: i64, separator: &str) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 { "-".to_owned() } else { String::new() };
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push_str(separator);
        }
        text.push(digit);
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_guess_means_each_field_and_each_column_once(header in prop::collection::vec(prop_oneof![
        "\\PC{0,12}",
        prop::sample::select(vec!["SKU", "Qty", "Bestand", "Stock", "Lager", "Preis", "EAN", "Delta", "Title", "Item"])
            .prop_map(str::to_owned),
    ], 0..20)) {
        let mapping = Mapping::guess(&header);
        let mut columns: Vec<Column> = mapping.0.values().copied().collect();
        columns.sort_unstable();
        columns.dedup();
        prop_assert_eq!(columns.len(), mapping.0.len());
        prop_assert!(columns.iter().all(|column| column.index() < header.len()));
        prop_assert_eq!(serde_json::from_str::<Mapping>(&serde_json::to_string(&mapping).unwrap()).unwrap(), mapping);
    }

    #[test]
    fn any_text_is_read_or_refused(row in prop::collection::vec(prop_oneof![
        any::<String>(),
        "[-+]?[0-9.,' \u{a0}€]{0,12}",
    ], 0..8), currency in prop::sample::select(vec!["EUR", "JPY", "BHD", "CLF"])) {
        let places = locations();
        let table = table("sku|location|on_hand|title|price|currency|category|barcode|supplier", &places);
        match table.line(2, &row) {
            Ok(Some(line)) => prop_assert_eq!(line.row, 2),
            Ok(None) => prop_assert!(row.iter().all(|cell| cell.trim().is_empty())),
            Err(errors) => prop_assert!(!errors.is_empty()),
        }
        for cell in &row {
            // What is a price has at least as many digits as it has separators.
            if let Ok(money) = price(cell, currency.parse().unwrap()) {
                prop_assert!(money.amount >= 0);
            }
        }
    }

    #[test]
    fn a_count_reads_back_however_it_is_grouped(number in any::<i64>(), decimals in "0{0,6}") {
        for separator in ["", ",", ".", " ", "\u{a0}", "\u{202f}", "'"] {
            let text = with_groups(number, separator);
            prop_assert_eq!(whole(&text), Some(number), "{}", text);
            let mark = if separator == "." { "," } else { "." };
            // 1.000 without groups could mean a thousand.
            if !decimals.is_empty() && (!separator.is_empty() || decimals.len() != 3) && number.abs() >= 1000 {
                let text = format!(" {text}{mark}{decimals}");
                prop_assert_eq!(whole(&text), Some(number), "{}", text);
            }
        }
    }

    #[test]
    fn a_price_reads_back_as_it_is_exported(
        amount in 0..=1_000_000_000_000_i64,
        code in prop::sample::select(vec!["EUR", "USD", "JPY", "BHD", "CLF", "CHF"]),
    ) {
        let money = Money::new(amount, code.parse().unwrap());
        prop_assert_eq!(price(&money.decimal(), money.currency), Ok(money));
        prop_assert_eq!(price(&money.format(), money.currency), Ok(money));
        prop_assert_eq!(price(&money.to_string(), money.currency), Ok(money));
    }

    #[test]
    fn booked_and_booked_back_it_is_as_it_was(
        change in any_change(),
        current in prop::option::of(prop_oneof![0_i64..50, 0..=MAX_UNITS]),
        since in -60_i64..60,
    ) {
        let line = line(change, mug());
        let Ok(outcome) = diff(&line, current) else { return Ok(()) };
        let before = current.unwrap_or(0);
        let after = before + outcome.delta();
        prop_assert!((0..=MAX_UNITS).contains(&after));
        prop_assert_eq!(matches!(outcome, RowOutcome::Created { .. }), current.is_none());
        let applied = Applied { row: 2, sku: line.sku.clone(), location: line.location.clone(), outcome };
        let back = applied.book_back(after);
        prop_assert_eq!(back.gone, 0);
        prop_assert_eq!(back.change, (before != after).then_some(Change::To(before)));
        prop_assert_eq!(back.draft_stays, current.is_none());
        // Whatever moved since, nothing is lost and nothing falls below zero.
        let now = (after + since).max(0);
        let back = applied.book_back(now);
        let left = match back.change { Some(Change::To(left)) => left, Some(Change::By(_)) | None => now };
        prop_assert!(left >= 0 && back.gone >= 0);
        prop_assert_eq!(left - back.gone, now - outcome.delta());
    }
}
