//! A purchase order being written, or changed while nobody has sent it.

use crate::components::{
    Cell, Choice, Crumb, EditColumn, EditTable, Field, FormErrors, Look, breadcrumb, busy_button, edit_table,
    error_summary, field, hidden,
};
use maud::{Markup, html};

/// A line as it was typed.
#[derive(Debug, Clone, Default)]
pub struct PurchaseLineTyped {
    /// The SKU.
    pub sku: String,
    /// Where it goes.
    pub location: String,
    /// How many.
    pub quantity: String,
    /// What a unit costs.
    pub unit_cost: String,
}

/// The form.
#[derive(Debug, Clone, Default)]
pub struct PurchaseOrderForm {
    /// Its number, where there is one already.
    pub number: Option<String>,
    /// Where it posts to: `/desk/purchase-orders`, or `/desk/purchase-orders/{id}/lines`.
    pub action: String,
    /// The way back: the order, or the list.
    pub back: String,
    /// The suppliers.
    pub suppliers: Vec<Choice>,
    /// Who delivers, where that stays: the order is there already.
    pub supplier: Option<String>,
    /// The locations, key and name.
    pub locations: Vec<(String, String)>,
    /// The currency of the costs, in their heading: "EUR"; empty while the supplier is not chosen.
    pub currency: String,
    /// The lines.
    pub lines: Vec<PurchaseLineTyped>,
    /// How many empty rows follow.
    pub blank: usize,
    /// The version that was read, so that two people do not overwrite each other; empty for a new one.
    pub version: String,
    /// The form's token.
    pub csrf: String,
    /// The key that makes a double press one order.
    pub idempotency_key: String,
    /// What was wrong: `supplier`, `line.0.sku`.
    pub errors: FormErrors,
}

/// The form. Posts to its `action`: `supplier` (a new one), `line.N.sku`, `line.N.location`, `line.N.quantity`,
/// `line.N.unit_cost`, `version`, `csrf`, `idempotency_key`; with `more` it asks for the same form with more rows. A row
/// without SKU, quantity and cost means nothing, whatever its location.
#[must_use]
pub fn purchase_order_form(form: &PurchaseOrderForm) -> Markup {
    let mut crumbs = vec![Crumb { words: "Purchase orders".to_owned(), href: "/desk/purchase-orders".to_owned() }];
    crumbs.extend(form.number.as_ref().map(|number| Crumb { words: number.clone(), href: form.back.clone() }));
    html! {
        (error_summary(&form.errors))
        (breadcrumb(&crumbs))
        h1 { @match &form.number { Some(number) => { "Change purchase order " (number) }, None => { "New purchase order" } } }
        form.stack action=(form.action) method="post" novalidate data-unsaved {
            (hidden("csrf", &form.csrf))
            (hidden("idempotency_key", &form.idempotency_key))
            @if !form.version.is_empty() { (hidden("version", &form.version)) }
            section.panel aria-labelledby="order-lines" {
                @match &form.supplier {
                    Some(supplier) => { p { "From " strong { (supplier) } } }
                    None => { (field(&Field::select("supplier", "Supplier", form.suppliers.clone()).width("w-m").errors(&form.errors))) }
                }
                h2 #order-lines { "What to order" }
                (edit_table(&lines(form), &form.errors))
            }
            div.row {
                (busy_button(Look::Main, "Save the draft", "Saving…"))
                // After the one that saves, so that Enter saves. Scripts add rows in place.
                button.button.quiet.scriptless-only type="submit" name="more" value="true" { "Add rows" }
                a href=(form.back) { "Back without saving" }
            }
        }
    }
}

fn lines(form: &PurchaseOrderForm) -> EditTable {
    let cost = if form.currency.is_empty() { "Unit cost".to_owned() } else { format!("Unit cost, {}", form.currency) };
    EditTable {
        name: "line",
        caption: "Lines of the purchase order".to_owned(),
        row_word: "line",
        columns: vec![
            EditColumn::new("sku", "SKU", Cell::Text),
            EditColumn::new("location", "To", Cell::Select(form.locations.clone())),
            EditColumn::new("quantity", "Quantity", Cell::Number),
            EditColumn::new("unit_cost", cost, Cell::Amount),
        ],
        rows: form
            .lines
            .iter()
            .map(|line| vec![line.sku.clone(), line.location.clone(), line.quantity.clone(), line.unit_cost.clone()])
            .collect(),
        blank: form.blank,
    }
}
