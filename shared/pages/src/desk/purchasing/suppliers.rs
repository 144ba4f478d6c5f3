//! Who delivers.

use crate::components::{
    Choice, Column, Field, FieldKind, FormErrors, Look, Pager, busy_button, empty, error_summary, field, head_row,
    hidden, pagination,
};
use maud::{Markup, html};

/// A supplier in the list.
#[derive(Debug, Clone, Default)]
pub struct SupplierRow {
    /// What people call it.
    pub name: String,
    /// The id that staff chose.
    pub id: String,
    /// Where its orders go.
    pub email: String,
    /// What it is paid in.
    pub currency: String,
    /// "14 days"; empty where it does not say.
    pub lead_time: String,
    /// How many of its orders are open: "2 open".
    pub open_orders: String,
    /// The list of them.
    pub orders_href: String,
    /// This page with the form filled for it.
    pub change_href: String,
}

/// A supplier being typed.
#[derive(Debug, Clone, Default)]
pub struct SupplierForm {
    /// Whether it is known already: then its id stays.
    pub known: bool,
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The mail address.
    pub email: String,
    /// The currencies.
    pub currencies: Vec<Choice>,
    /// Days from an order to the goods.
    pub lead_time_days: String,
    /// The form's token.
    pub csrf: String,
    /// The key that makes a double press one change.
    pub idempotency_key: String,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The list.
#[derive(Debug, Clone, Default)]
pub struct Suppliers {
    /// The suppliers, by name.
    pub rows: Vec<SupplierRow>,
    /// The form, for roles that may use it.
    pub form: Option<SupplierForm>,
    /// Where the list goes on.
    pub pager: Pager,
}

/// What the ids of the form's fields begin with.
const SCOPE: &str = "supplier";

/// The list. The form posts to `/desk/suppliers`: `id`, `name`, `email`, `currency`, `lead_time_days`,
/// `idempotency_key`, `csrf`.
#[must_use]
pub fn suppliers(view: &Suppliers) -> Markup {
    html! {
        @if let Some(form) = &view.form { (error_summary(&form.errors.within(SCOPE))) }
        div.title-row { h1 { "Suppliers" } }
        div.detail[view.form.is_some()].form-right[view.form.is_some()] {
            div {
                @if view.rows.is_empty() {
                    (empty("Who delivers to the shop appears here. A reorder rule names one of them, and purchase orders go to their address.", None))
                } @else {
                    (table(view))
                    (pagination(&view.pager))
                }
            }
            @if let Some(form) = &view.form { (supplier(form)) }
        }
    }
}

fn table(view: &Suppliers) -> Markup {
    html! {
        div.table-wrap tabindex="0" role="region" aria-label="Suppliers" {
            table.table.dense.cards-on-phone {
                (head_row(&[
                    Column::text("Name"), Column::text("Email"), Column::text("Currency"), Column::number("Lead time"), Column::text("Orders"), Column::quiet("What to do"),
                ]))
                tbody {
                    @for row in &view.rows {
                        tr {
                            th.break scope="row" { div { (row.name) div.small.muted.break { (row.id) } } }
                            td.break data-label="Email" { a href={ "mailto:" (row.email) } { (row.email) } }
                            td data-label="Currency" { (row.currency) }
                            td.num data-label="Lead time" { @if row.lead_time.is_empty() { span.muted { "not said" } } @else { (row.lead_time) } }
                            td data-label="Orders" { a href=(row.orders_href) { (row.open_orders) span.visually-hidden { " of " (row.name) } } }
                            td { @if view.form.is_some() { a href=(row.change_href) { "Change" span.visually-hidden { " " (row.name) } } } }
                        }
                    }
                }
            }
        }
    }
}

fn supplier(form: &SupplierForm) -> Markup {
    html! {
        section.panel aria-labelledby="supplier" {
            h2 #supplier { @if form.known { "Change " (form.id) } @else { "Add a supplier" } }
            form.stack action="/desk/suppliers" method="post" novalidate {
                (hidden("csrf", &form.csrf))
                (hidden("idempotency_key", &form.idempotency_key))
                (field(&Field::text("name", "Name").value(&form.name).within(SCOPE).errors(&form.errors)))
                @if form.known {
                    (hidden("id", &form.id))
                } @else {
                    (field(&Field::text("id", "Id").hint("Small letters, digits and dashes, such as acme. It stays.").value(&form.id).within(SCOPE).errors(&form.errors)))
                }
                (field(&Field::new(FieldKind::Email, "email", "Email").hint("Purchase orders go here.").value(&form.email).within(SCOPE).errors(&form.errors)))
                (field(&Field::select("currency", "Currency", form.currencies.clone()).within(SCOPE).errors(&form.errors)))
                (field(&Field::new(FieldKind::Number, "lead_time_days", "Lead time, days").hint("Where a reorder rule doesn't say otherwise.").value(&form.lead_time_days).within(SCOPE).width("w-s").errors(&form.errors).optional()))
                div.row { (busy_button(Look::Main, if form.known { "Save" } else { "Add" }, "Saving…")) @if form.known { a href="/desk/suppliers" { "Add another instead" } } }
            }
        }
    }
}
