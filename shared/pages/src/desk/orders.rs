//! The list of orders.

use crate::components::{
    Badge, Column, Field, FieldKind, Pager, Sort, Tab, badge, empty, field, head_row, hidden, pagination, tabs,
};
use maud::{Markup, html};

/// An order in the list.
#[derive(Debug, Clone)]
pub struct OrderRow {
    /// Its number.
    pub number: String,
    /// Its page.
    pub href: String,
    /// When: "3 June, 14:05".
    pub placed: String,
    /// When for machines, RFC 3339.
    pub placed_at: String,
    /// Who: a name, or a mail address.
    pub customer: String,
    /// Its state.
    pub state: Badge,
    /// How its payment stands.
    pub payment: Badge,
    /// How many pieces.
    pub pieces: String,
    /// What it costs.
    pub total: String,
}

/// The list.
#[derive(Debug, Clone, Default)]
pub struct Orders {
    /// The saved views: "To ship", "Awaiting payment", "All".
    pub views: Vec<Tab>,
    /// The status that the shown view filters by; kept by the search.
    pub status: String,
    /// The number or mail address looked for.
    pub query: String,
    /// How the time column sorts, if it does.
    pub sort: Option<Sort>,
    /// The orders.
    pub rows: Vec<OrderRow>,
    /// Where the list goes on.
    pub pager: Pager,
    /// What to say when it is empty: "Orders to ship appear here."
    pub nothing: String,
}

/// The list of orders. Sends by GET to `/desk/orders`: `status`, `q`.
#[must_use]
pub fn orders(view: &Orders) -> Markup {
    html! {
        div.title-row { h1 { "Orders" } }
        (tabs("Saved views", &view.views))
        form.filter-row action="/desk/orders" method="get" role="search" {
            @if !view.status.is_empty() { (hidden("status", &view.status)) }
            (field(&Field::new(FieldKind::Search, "q", "Number or email").value(&view.query).unmarked()))
            button.button.quiet type="submit" { "Search" }
        }
        @if view.rows.is_empty() {
            (empty(&view.nothing, Some(if view.status.is_empty() && view.query.is_empty() { ("/", "Open the shop") } else { ("/desk/orders", "All orders") })))
        } @else {
            div.table-wrap tabindex="0" role="region" aria-label="Orders" {
                table.table.cards-on-phone {
                    (head_row(&[
                        Column::text("Order"),
                        Column::text("Placed").sorted(view.sort.clone()),
                        Column::text("Customer"),
                        Column::text("Status"),
                        Column::text("Payment"),
                        Column::number("Items"),
                        Column::number("Total"),
                    ]))
                    tbody {
                        @for row in &view.rows {
                            tr {
                                th scope="row" { a href=(row.href) { (row.number) } }
                                td data-label="Placed" { time datetime=(row.placed_at) { (row.placed) } }
                                td data-label="Customer" { (row.customer) }
                                td data-label="Status" { (badge(&row.state)) }
                                td data-label="Payment" { (badge(&row.payment)) }
                                td.num data-label="Items" { (row.pieces) }
                                td.num data-label="Total" { (row.total) }
                            }
                        }
                    }
                }
            }
            (pagination(&view.pager))
        }
    }
}
