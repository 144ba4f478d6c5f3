//! The list of purchase orders.

use crate::components::{Badge, Column, Look, Pager, Tab, badge, empty, head_row, link_button, pagination, tabs};
use maud::{Markup, html};

/// A purchase order in the list.
#[derive(Debug, Clone)]
pub struct PurchaseOrderRow {
    /// Its number.
    pub number: String,
    /// Its page.
    pub href: String,
    /// Who delivers.
    pub supplier: String,
    /// Where it stands.
    pub state: Badge,
    /// What the supplier says; none while it was not asked.
    pub answer: Option<Badge>,
    /// How many lines it has.
    pub lines: String,
    /// How many units they order.
    pub units: String,
    /// What it costs; empty where that is not known.
    pub total: String,
    /// When it is expected: "17 June"; empty where nobody has said.
    pub expected: String,
    /// Whether that day is over.
    pub overdue: bool,
    /// When it was made: "3 June, 14:05".
    pub created: String,
    /// When for machines, RFC 3339.
    pub created_at: String,
}

/// The list.
#[derive(Debug, Clone, Default)]
pub struct PurchaseOrders {
    /// The saved views: "To approve", "On order", "Overdue", "All".
    pub views: Vec<Tab>,
    /// Whose orders alone are shown, and the address that shows all again.
    pub supplier: Option<(String, String)>,
    /// The orders.
    pub rows: Vec<PurchaseOrderRow>,
    /// Where the list goes on.
    pub pager: Pager,
    /// What to say when it is empty: "Orders to approve appear here."
    pub nothing: String,
    /// Whether the role may write one.
    pub may_edit: bool,
}

/// The list.
#[must_use]
pub fn purchase_orders(view: &PurchaseOrders) -> Markup {
    html! {
        div.title-row {
            h1 { "Purchase orders" }
            @if view.may_edit { (link_button(Look::Main, "/desk/purchase-orders/new", "New purchase order")) }
        }
        (tabs("Saved views", &view.views))
        @if let Some((name, href)) = &view.supplier { p { "Only those of " strong { (name) } ". " a href=(href) { "Show all suppliers" } } }
        @if view.rows.is_empty() {
            (empty(&view.nothing, Some(("/desk/reorders", "What to order"))))
        } @else {
            (table(view))
            (pagination(&view.pager))
        }
    }
}

fn table(view: &PurchaseOrders) -> Markup {
    html! {
        div.table-wrap tabindex="0" role="region" aria-label="Purchase orders" {
            table.table.dense.cards-on-phone {
                (head_row(&[
                    Column::text("Number"), Column::text("Supplier"), Column::text("Status"), Column::text("Answer"), Column::number("Lines"), Column::number("Units"),
                    Column::number("Total"), Column::text("Expected"), Column::text("Made"),
                ]))
                tbody {
                    @for row in &view.rows {
                        tr {
                            th scope="row" { a href=(row.href) { (row.number) } }
                            td.break data-label="Supplier" { (row.supplier) }
                            td data-label="Status" { (badge(&row.state)) }
                            td data-label="Answer" { @match &row.answer { Some(answer) => (badge(answer)), None => span.muted { "not asked" } } }
                            td.num data-label="Lines" { (row.lines) }
                            td.num data-label="Units" { (row.units) }
                            td.num data-label="Total" { @if row.total.is_empty() { span.muted { "not known" } } @else { (row.total) } }
                            td data-label="Expected" {
                                @if row.expected.is_empty() { span.muted { "not said" } } @else {
                                    div { (row.expected) @if row.overdue { " " (badge(&Badge::Overdue)) } }
                                }
                            }
                            td data-label="Made" { time datetime=(row.created_at) { (row.created) } }
                        }
                    }
                }
            }
        }
    }
}
