//! What to order now, and what not, with the reason.

use crate::components::{
    Badge, Column, Field, FieldKind, Look, Pager, Tab, badge, busy_button, empty, field, head_row, hidden, link_button,
    pagination, tabs, text_button,
};
use maud::{Markup, html};

/// What the last look at a SKU at a location came to.
#[derive(Debug, Clone)]
pub struct ReorderRow {
    /// The SKU.
    pub sku: String,
    /// Its page: `/desk/reorders/{sku}?location=...`.
    pub href: String,
    /// The product's name and kind.
    pub title: String,
    /// The location's key, as forms send it.
    pub location: String,
    /// The location's name.
    pub location_name: String,
    /// Who delivers it.
    pub supplier: String,
    /// Why: "Sells 4.2 a week · 9 left · 14-day supplier".
    pub sentence: String,
    /// How many to order; none is shown as "nothing".
    pub quantity: Option<String>,
    /// Where it stands, or the reason of a 'no'.
    pub state: Badge,
    /// The purchase order that it stands in, number and address.
    pub order: Option<(String, String)>,
    /// Whether it may be dismissed.
    pub dismissible: bool,
}

/// The list.
#[derive(Debug, Clone, Default)]
pub struct Reorders {
    /// The saved views: "To order", "Not needed", "All".
    pub views: Vec<Tab>,
    /// The shown view, as the address has it; kept by the search.
    pub view: String,
    /// The SKU or title looked for.
    pub query: String,
    /// What it came to, one row a SKU and location.
    pub rows: Vec<ReorderRow>,
    /// Where the list goes on.
    pub pager: Pager,
    /// When the shown SKUs were last looked at: "Last look 3 June 2026, 03:10".
    pub looked: Option<String>,
    /// Whether the role may look now, dismiss and write rules.
    pub may_edit: bool,
    /// The forms' token.
    pub csrf: String,
    /// The key that makes a double press one act.
    pub idempotency_key: String,
}

/// The list. Sends by GET to `/desk/reorders`: `view`, `q`. "Look now" posts to `/desk/reorders/run`, "Dismiss" to
/// `/desk/reorders/{sku}/dismiss` with `location`.
#[must_use]
pub fn reorders(view: &Reorders) -> Markup {
    let filtered = !view.query.is_empty();
    html! {
        div.title-row {
            h1 { "Reorders" }
            @if view.may_edit {
                div.row {
                    @if let Some(looked) = &view.looked { span.muted.small { (looked) } }
                    (link_button(Look::Quiet, "/desk/reorder-rules/new", "New rule"))
                    form action="/desk/reorders/run" method="post" {
                        (hidden("csrf", &view.csrf))
                        (hidden("idempotency_key", &view.idempotency_key))
                        (busy_button(Look::Main, "Look now", "Looking…"))
                    }
                }
            }
        }
        (tabs("Saved views", &view.views))
        form.filter-row action="/desk/reorders" method="get" role="search" {
            @if !view.view.is_empty() { (hidden("view", &view.view)) }
            (field(&Field::new(FieldKind::Search, "q", "SKU or product").value(&view.query).unmarked()))
            button.button.quiet type="submit" { "Search" }
        }
        @if view.rows.is_empty() && filtered {
            (empty(&format!("Nothing here is called “{}”.", view.query), Some(("/desk/reorders", "Everything to order"))))
        } @else if view.rows.is_empty() {
            (empty(
                "What is running low appears here, with how many to order and why. It takes a supplier, and a rule for each SKU that says who delivers it.",
                view.may_edit.then_some(("/desk/suppliers", "Add a supplier")),
            ))
        } @else {
            (table(view))
            (pagination(&view.pager))
        }
    }
}

fn table(view: &Reorders) -> Markup {
    let dismissible = view.may_edit && view.rows.iter().any(|row| row.dismissible);
    let mut columns = vec![
        Column::text("SKU"),
        Column::text("Location"),
        Column::text("Supplier"),
        Column::text("Why"),
        Column::number("Order"),
        Column::text("Status"),
    ];
    columns.extend(dismissible.then(|| Column::quiet("What to do")));
    html! {
        div.table-wrap tabindex="0" role="region" aria-label="Reorders" {
            table.table.dense.cards-on-phone {
                (head_row(&columns))
                tbody {
                    @for row in &view.rows {
                        tr {
                            th scope="row" { div { a.code href=(row.href) { (row.sku) } div.small.muted { (row.title) } } }
                            td data-label="Location" { (row.location_name) }
                            td.break data-label="Supplier" { (row.supplier) }
                            td.why data-label="Why" { span { (row.sentence) } }
                            td.num data-label="Order" { @match &row.quantity { Some(quantity) => strong { (quantity) }, None => span.muted { "nothing" } } }
                            td data-label="Status" {
                                div { (badge(&row.state)) @if let Some((number, href)) = &row.order { div.small { a href=(href) { (number) } } } }
                            }
                            @if dismissible { td { @if row.dismissible { (dismiss(view, row)) } } }
                        }
                    }
                }
            }
        }
    }
}

fn dismiss(view: &Reorders, row: &ReorderRow) -> Markup {
    html! {
        form action={ "/desk/reorders/" (row.sku) "/dismiss" } method="post" {
            (hidden("csrf", &view.csrf))
            (hidden("idempotency_key", &format!("{}-{}-{}", view.idempotency_key, row.sku, row.location)))
            (hidden("location", &row.location))
            (text_button("Dismiss", Some(&format!("{}, {}", row.sku, row.location_name)), None))
        }
    }
}
