//! The rule that a SKU is reordered by at one location, as a form.

use crate::components::{
    Choice, Crumb, Field, FieldKind, FormErrors, Look, Notice, Tone, breadcrumb, busy_button, button, error_summary,
    field, hidden, notice,
};
use maud::{Markup, html};

/// The rule as it is, or as it was typed.
#[derive(Debug, Clone, Default)]
pub struct ReorderRuleForm {
    /// Whether there is none yet: then the SKU is typed too.
    pub new: bool,
    /// The SKU.
    pub sku: String,
    /// The locations.
    pub locations: Vec<Choice>,
    /// The suppliers; without one there can be no rule.
    pub suppliers: Vec<Choice>,
    /// At how many units to order; empty is "from demand".
    pub reorder_point: String,
    /// L, in days.
    pub lead_time_days: String,
    /// sL, in days.
    pub lead_time_deviation_days: String,
    /// The fewest units that are delivered.
    pub minimum_order: String,
    /// Units of a pack.
    pub pack_size: String,
    /// Days from one look to the next.
    pub review_days: String,
    /// In percent: "95".
    pub service_level: String,
    /// What a unit costs: "9.00".
    pub unit_cost: String,
    /// What an order costs.
    pub order_cost: String,
    /// What keeping a unit for a year costs.
    pub holding_cost: String,
    /// The currency of the costs, in their labels: "EUR".
    pub currency: String,
    /// The way back from a page of its own.
    pub back: String,
    /// The form's token.
    pub csrf: String,
    /// The key that makes a double press one change.
    pub idempotency_key: String,
    /// What was wrong.
    pub errors: FormErrors,
}

/// What the ids of the form's fields begin with.
pub(super) const SCOPE: &str = "rule";

/// The form alone: for a new rule, and as it was refused. Posts to `/desk/reorder-rules/{sku}`, a new one to
/// `/desk/reorder-rules` with `sku`: `location`, `supplier`, `reorder_point`, `lead_time_days`,
/// `lead_time_deviation_days`, `minimum_order`, `pack_size`, `review_days`, `service_level` (percent), `unit_cost`,
/// `order_cost`, `holding_cost`, all as typed, with `csrf` and `idempotency_key`.
#[must_use]
pub fn reorder_rule_again(form: &ReorderRuleForm) -> Markup {
    html! {
        (error_summary(&form.errors.within(SCOPE)))
        (breadcrumb(&[Crumb { words: "Reorders".to_owned(), href: "/desk/reorders".to_owned() }]))
        h1 { @if form.new { "New reorder rule" } @else { "Reorder rule of " (form.sku) } }
        @if form.suppliers.is_empty() {
            (notice(&Notice {
                link: Some(("/desk/suppliers".to_owned(), "Add a supplier".to_owned())),
                ..Notice::new(Tone::Info, "A rule says who delivers, and there is no supplier yet.")
            }))
        } @else {
            section.panel.form-below { (rule_form(form, Look::Main)) }
        }
    }
}

/// Ends the rule at a location: posts to `/desk/reorder-rules/{sku}/end` with `location` and `csrf`.
pub(super) fn end_form(sku: &str, location: &str, csrf: &str) -> Markup {
    html! {
        form.stack action={ "/desk/reorder-rules/" (sku) "/end" } method="post" {
            (hidden("csrf", csrf))
            (hidden("location", location))
            p.hint { "Nothing is suggested for this location any more. What is on order comes all the same." }
            div { (button(Look::Danger, "End this rule")) }
        }
    }
}

/// The form; `look` says how much its button asks for attention.
pub(super) fn rule_form(form: &ReorderRuleForm, look: Look) -> Markup {
    let number = |name: &'static str, label: &str, value: &str| {
        Field::new(FieldKind::Number, name, label).value(value).within(SCOPE).width("w-s").errors(&form.errors)
    };
    let amount = |name: &'static str, label: &str, value: &str| {
        let label = format!("{label}, {}", form.currency);
        Field::new(FieldKind::Amount, name, label).value(value).within(SCOPE).width("w-s").errors(&form.errors)
    };
    let decimal = |name: &'static str, label: &str, value: &str| {
        Field::new(FieldKind::Amount, name, label).value(value).within(SCOPE).width("w-s").errors(&form.errors)
    };
    let action = if form.new { "/desk/reorder-rules".to_owned() } else { format!("/desk/reorder-rules/{}", form.sku) };
    html! {
        form.stack action=(action) method="post" novalidate {
            (hidden("csrf", &form.csrf))
            (hidden("idempotency_key", &form.idempotency_key))
            @if form.new { (field(&Field::text("sku", "SKU").value(&form.sku).within(SCOPE).width("w-m").errors(&form.errors))) }
            div.grid-2 {
                (field(&Field::select("location", "Location", form.locations.clone()).within(SCOPE).errors(&form.errors)))
                (field(&Field::select("supplier", "Supplier", form.suppliers.clone()).within(SCOPE).errors(&form.errors)))
                (field(&number("lead_time_days", "Lead time, days", &form.lead_time_days).hint("From the order to the goods.")))
                (field(&decimal("lead_time_deviation_days", "Deviation of the lead time, days", &form.lead_time_deviation_days).hint("How far off they usually are; 0 is always on time.")))
                (field(&number("minimum_order", "Smallest order, units", &form.minimum_order)))
                (field(&number("pack_size", "Units in a pack", &form.pack_size).hint("Only whole packs are ordered.")))
                (field(&number("review_days", "Days between looks", &form.review_days).hint("An order lasts that much longer.")))
                (field(&decimal("service_level", "Service level, percent", &form.service_level).hint("95: stock lasts in 95 of 100 lead times.")))
                (field(&number("reorder_point", "Reorder point, units", &form.reorder_point).hint("Empty: computed from demand.").optional()))
                (field(&amount("unit_cost", "A unit costs", &form.unit_cost).hint("What a purchase order starts from.").optional()))
                (field(&amount("order_cost", "An order costs", &form.order_cost).hint("Whatever is in it: freight, work.").optional()))
                (field(&amount("holding_cost", "Keeping a unit for a year costs", &form.holding_cost).hint("With the order's cost it sets the best quantity.").optional()))
            }
            div.row {
                (busy_button(look, "Save the rule", "Saving…"))
                @if !form.back.is_empty() { a href=(form.back) { "Back without saving" } }
            }
        }
    }
}
