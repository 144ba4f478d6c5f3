//! Stock: how much lies where, why, and setting it right.

use crate::assets;
use crate::components::{
    Choice, Column, Crumb, Field, FieldKind, FormErrors, Icon, Look, Pager, Stock, breadcrumb, busy_button, button,
    empty, error_summary, field, head_row, hidden, icon, pagination, radios, stock_line,
};
use crate::layout::Head;
use maud::{Markup, html};

/// A SKU at a location.
#[derive(Debug, Clone, Default)]
pub struct StockRow {
    /// The SKU.
    pub sku: String,
    /// The product's name and kind.
    pub title: String,
    /// The location.
    pub location: String,
    /// On hand.
    pub on_hand: String,
    /// Paid, not shipped.
    pub committed: String,
    /// Held by unpaid orders, over all locations.
    pub reserved: String,
    /// On order.
    pub incoming: String,
    /// Available over all locations.
    pub available: String,
    /// How that is judged.
    pub level: Stock,
    /// The page that shows why.
    pub ledger_href: String,
    /// This list with the form filled for this row.
    pub adjust_href: String,
}

/// A change being typed.
#[derive(Debug, Clone, Default)]
pub struct Adjustment {
    /// The SKU.
    pub sku: String,
    /// The locations.
    pub locations: Vec<Choice>,
    /// `delta` or `counted`.
    pub mode: String,
    /// By how much, or how many were counted, as typed.
    pub quantity: String,
    /// The reasons.
    pub reasons: Vec<Choice>,
    /// More about it.
    pub note: String,
    /// The key that makes a double press one change.
    pub idempotency_key: String,
    /// The form's token.
    pub csrf: String,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The table.
#[derive(Debug, Clone, Default)]
pub struct StockTable {
    /// The rows.
    pub rows: Vec<StockRow>,
    /// The locations to filter by; the first is "Everywhere" with an empty value.
    pub locations: Vec<Choice>,
    /// Only where a SKU or a product is called so, as typed.
    pub words: String,
    /// Only where less is available than this, as typed.
    pub below: String,
    /// Where the list goes on.
    pub pager: Pager,
    /// Whether the role may see transfers.
    pub transfers: bool,
    /// The form, for roles that may use it.
    pub adjustment: Option<Adjustment>,
}

/// What a script needs to make a spreadsheet of the table; `web/js/inventory.js` says what each is.
const ROWS: &str = "/api/stock?limit=500";
const SAVE: &str = "/api/stock/adjustments";
const LEDGER: &str = "/desk/stock/";
const SETTABLE: &str = "on_hand damaged quality_control buffer";

/// The head of the page: with the sheet and the script that make a spreadsheet of its table.
#[must_use]
pub fn stock_head() -> Head {
    Head { beside: Some((assets::INVENTORY_CSS, assets::INVENTORY_JS)), ..Head::private("Stock") }
}

/// The table. Filters by GET to `/desk/stock`: `q`, `location`, `below`. The form posts to `/desk/stock/adjustments`: `sku`, `location`, `mode` (`delta` or
/// `counted`), `quantity` (as typed, may be negative with `delta`), `reason`, `note`, `idempotency_key`, `csrf`.
#[must_use]
pub fn stock(view: &StockTable) -> Markup {
    html! {
        @if let Some(form) = &view.adjustment { (error_summary(&form_errors(form))) }
        div.title-row { h1 { "Stock" } a href="/desk/stock/imports" { "Imports and exports" } @if view.transfers { a href="/desk/transfers" { "Transfers" } } }
        section.stack data-inventory data-rows=(ROWS) data-save=(SAVE) data-ledger=(LEDGER)
            data-edits=(if view.adjustment.is_some() { SETTABLE } else { "" })
            data-csrf=(view.adjustment.as_ref().map_or("", |form| &form.csrf)) {
            form.filter-row data-filter action="/desk/stock" method="get" {
                (field(&Field::new(FieldKind::Search, "q", "SKU or product").value(&view.words).within("filter").unmarked()))
                (field(&Field::select("location", "Location", view.locations.clone()).within("filter")))
                (field(&Field::new(FieldKind::Number, "below", "Available below").value(&view.below).within("filter").unmarked()))
                button.button.quiet type="submit" { "Show" }
            }
            div.stack data-plain {
                @if view.rows.is_empty() {
                    (empty("Every SKU with its quantities appears here.", Some(("/desk/stock", "Show everything"))))
                } @else {
                    (table(view))
                    (pagination(&view.pager))
                }
            }
        }
        @if let Some(form) = &view.adjustment { aside.form-below aria-label="Set right" { (adjust(form)) } }
    }
}

fn form_errors(form: &Adjustment) -> FormErrors {
    form.errors
        .iter()
        .map(|(name, sentence)| match name {
            "" | "mode" => (name.to_owned(), sentence.to_owned()),
            named => (format!("adjust-{named}"), sentence.to_owned()),
        })
        .collect()
}

fn table(view: &StockTable) -> Markup {
    html! {
        div.table-wrap tabindex="0" role="region" aria-label="Stock" {
            table.table.dense.cards-on-phone {
                (head_row(&[
                    Column::text("SKU"), Column::text("Location"), Column::number("On hand"), Column::number("Committed"),
                    Column::number("Reserved"), Column::number("Incoming"), Column::number("Available"), Column::quiet("What to do"),
                ]))
                tbody {
                    @for row in &view.rows {
                        tr {
                            th scope="row" { div { a.code href=(row.ledger_href) { (row.sku) } div.small.muted { (row.title) } } }
                            td data-label="Location" { (row.location) }
                            td.num data-label="On hand" { (row.on_hand) }
                            td.num data-label="Committed" { (row.committed) }
                            td.num data-label="Reserved" { (row.reserved) }
                            td.num data-label="Incoming" { (row.incoming) }
                            td.num data-label="Available" {
                                @match &row.level {
                                    Stock::Plenty | Stock::Backorder(_) => { (row.available) },
                                    Stock::Low(_) => { span.low { (row.available) " low" } },
                                    Stock::SoldOut => { span.zero { (row.available) " none" } },
                                }
                            }
                            td { @if view.adjustment.is_some() { a href=(row.adjust_href) { "Adjust" span.visually-hidden { " " (row.sku) } } } }
                        }
                    }
                }
            }
        }
    }
}

/// The form alone, as it was refused. Posts as in [`stock`].
#[must_use]
pub fn adjustment(form: &Adjustment) -> Markup {
    html! {
        (error_summary(&form_errors(form)))
        (breadcrumb(&[Crumb { words: "Stock".to_owned(), href: "/desk/stock".to_owned() }]))
        h1 { "Set right" }
        (adjust(form))
    }
}

fn adjust(form: &Adjustment) -> Markup {
    let counted = form.mode == "counted";
    let modes = [Choice::new("delta", "Add or take away", !counted), Choice::new("counted", "Counted anew", counted)];
    html! {
        section.panel aria-labelledby="adjust" {
            h2 #adjust { "Set right" }
            form.stack action="/desk/stock/adjustments" method="post" novalidate {
                (hidden("csrf", &form.csrf))
                (hidden("idempotency_key", &form.idempotency_key))
                (field(&Field::text("sku", "SKU").value(&form.sku).within("adjust").errors(&form.errors)))
                (field(&Field::select("location", "Location", form.locations.clone()).within("adjust").errors(&form.errors)))
                (radios("mode", &html! { "How" }, &modes, form.errors.of("mode"), false))
                (field(&Field::text("quantity", "Quantity").hint("With a minus to take away.").value(&form.quantity).within("adjust").width("w-s").errors(&form.errors)))
                (field(&Field::select("reason", "Reason", form.reasons.clone()).within("adjust").errors(&form.errors)))
                (field(&Field::text("note", "Note").value(&form.note).within("adjust").errors(&form.errors).optional()))
                (busy_button(Look::Main, "Book it", "Booking…"))
            }
        }
    }
}

/// An entry of a SKU's ledger.
#[derive(Debug, Clone, Default)]
pub struct LedgerRow {
    /// When: "3 June, 14:05".
    pub when: String,
    /// When for machines, RFC 3339.
    pub at: String,
    /// Which quantity, where: "on hand, main".
    pub what: String,
    /// By how much, signed: "+100", "−2".
    pub delta: String,
    /// What it was afterwards; empty where that says nothing.
    pub after: String,
    /// Why.
    pub cause: String,
    /// Who.
    pub actor: String,
    /// What it refers to, and where that is.
    pub reference: Option<(String, Option<String>)>,
}

/// How many of a SKU are sold beyond what is there.
#[derive(Debug, Clone, Default)]
pub struct Backorders {
    /// As many.
    pub limit: String,
    /// The form's token.
    pub csrf: String,
}

/// Over how many records a SKU's counters are split, as it can be set.
#[derive(Debug, Clone, Default)]
pub struct Spread {
    /// Where it posts to: `shards`.
    pub action: String,
    /// How many there are.
    pub shards: String,
    /// The form's token.
    pub csrf: String,
}

/// A SKU's ledger.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// The SKU.
    pub sku: String,
    /// The product's name and kind.
    pub title: String,
    /// What is available, and how that is judged.
    pub level: Stock,
    /// Names and quantities now.
    pub quantities: Vec<(String, String)>,
    /// How many are sold beyond what is there, for who may say so.
    pub backorders: Option<Backorders>,
    /// Where the reader may split its counters: how that stands.
    pub spread: Option<Spread>,
    /// The entries, newest first.
    pub rows: Vec<LedgerRow>,
    /// Where the list goes on.
    pub pager: Pager,
}

/// Why a SKU's quantities are what they are.
#[must_use]
pub fn ledger(view: &Ledger) -> Markup {
    html! {
        (breadcrumb(&[Crumb { words: "Stock".to_owned(), href: "/desk/stock".to_owned() }]))
        div.title-row { div.badges { h1 { (view.sku) } (stock_line(&view.level)) } span.muted { (view.title) } }
        section.panel aria-label="Now" { dl.facts { @for (name, value) in &view.quantities { dt { (name) } dd.num { (value) } } } }
        @if let Some(backorders) = &view.backorders {
            details.action {
                summary { "Sell on backorder" (icon(Icon::Down)) }
                form.stack action={ "/desk/stock/" (view.sku) "/backorders" } method="post" novalidate {
                    (hidden("csrf", &backorders.csrf))
                    (field(&Field::new(FieldKind::Number, "limit", "Units sold beyond what is there").value(&backorders.limit)
                        .hint("0 sells only what is there. Buyers read that it is on its way, and get it first come, first served.").width("w-s")))
                    div { (button(Look::Quiet, "Save")) }
                }
            }
        }
        @if let Some(form) = &view.spread { (spread(form)) }
        @if view.rows.is_empty() {
            (empty("Every change of this SKU appears here, with who and why.", None))
        } @else {
            div.table-wrap tabindex="0" role="region" aria-label="Ledger" {
                table.table.cards-on-phone {
                    (head_row(&[
                        Column::text("When"), Column::text("What"), Column::number("Change"), Column::number("After"), Column::text("Why"), Column::text("Who"), Column::text("Reference"),
                    ]))
                    tbody {
                        @for row in &view.rows {
                            tr {
                                th scope="row" { time datetime=(row.at) { (row.when) } }
                                td data-label="What" { (row.what) }
                                td.num data-label="Change" { (row.delta) }
                                td.num data-label="After" { (row.after) }
                                td data-label="Why" { (row.cause) }
                                td data-label="Who" { (row.actor) }
                                td data-label="Reference" {
                                    @if let Some((words, href)) = &row.reference { @if let Some(href) = href { a href=(href) { (words) } } @else { (words) } }
                                }
                            }
                        }
                    }
                }
            }
            (pagination(&view.pager))
        }
    }
}

fn spread(form: &Spread) -> Markup {
    let hint = "For a SKU that sells hundreds a second: 1 to 32 records count it side by side, each with its part. \
                The same number again spreads what came in since.";
    html! {
        details.action {
            summary { "Sells very fast?" (icon(Icon::Down)) }
            form.stack action=(form.action) method="post" novalidate {
                (hidden("csrf", &form.csrf))
                (field(&Field::text("shards", "Shards").hint(hint).value(&form.shards).width("w-s")))
                div { (busy_button(Look::Quiet, "Spread", "Spreading…")) }
            }
        }
    }
}
