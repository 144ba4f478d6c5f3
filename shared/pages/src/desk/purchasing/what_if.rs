//! What another rule would order: tried by GET, nothing is kept.

use crate::components::{Field, FieldKind, FormErrors, Look, button, field, hidden};
use maud::{Markup, html};

/// A figure that the tried rule changes.
#[derive(Debug, Clone, Default)]
pub struct ChangedFigure {
    /// Its name: "Safety stock".
    pub name: String,
    /// As it is.
    pub now: String,
    /// As it would be.
    pub then: String,
}

/// What the tried rule comes to.
#[derive(Debug, Clone, Default)]
pub struct WhatIfResult {
    /// How many are ordered as it is; "nothing" where none are.
    pub now: String,
    /// How many would be.
    pub then: String,
    /// Why, in a sentence.
    pub why: String,
    /// The figures that differ.
    pub changed: Vec<ChangedFigure>,
}

/// The form as it was typed, and what came of it.
#[derive(Debug, Clone, Default)]
pub struct WhatIf {
    /// L, in days.
    pub lead_time_days: String,
    /// sL, in days.
    pub lead_time_deviation_days: String,
    /// In percent: "95".
    pub service_level: String,
    /// The fewest units that are delivered.
    pub minimum_order: String,
    /// Units of a pack.
    pub pack_size: String,
    /// Days from one look to the next.
    pub review_days: String,
    /// What it comes to; none before anything was tried, and where it was refused.
    pub result: Option<WhatIfResult>,
    /// What was wrong.
    pub errors: FormErrors,
}

/// What the ids of the form's fields begin with.
pub(super) const SCOPE: &str = "what-if";

/// The form and its result. It goes back to where it stands: `action`, with `location`.
pub(super) fn what_if(view: &WhatIf, action: &str, location: &str) -> Markup {
    let typed = |name: &'static str, label: &str, value: &str, kind: FieldKind| {
        field(&Field::new(kind, name, label).value(value).within(SCOPE).errors(&view.errors))
    };
    html! {
        section.panel.no-print #what-if aria-labelledby="what-if-title" {
            h2 #what-if-title { "What if" }
            @if let Some(result) = &view.result { (compared(result)) }
            form.stack action={ (action) "#what-if" } method="get" novalidate {
                (hidden("location", location))
                div.what-if-fields {
                    (typed("lead_time_days", "Lead time, days", &view.lead_time_days, FieldKind::Number))
                    (typed("lead_time_deviation_days", "Its deviation, days", &view.lead_time_deviation_days, FieldKind::Amount))
                    (typed("service_level", "Service level, percent", &view.service_level, FieldKind::Amount))
                    (typed("minimum_order", "Smallest order", &view.minimum_order, FieldKind::Number))
                    (typed("pack_size", "Units in a pack", &view.pack_size, FieldKind::Number))
                    (typed("review_days", "Days between looks", &view.review_days, FieldKind::Number))
                }
                div.row { (button(Look::Quiet, "Try it")) span.hint { "Nothing is changed by it." } }
            }
        }
    }
}

fn compared(result: &WhatIfResult) -> Markup {
    html! {
        div.what-if-result role="status" {
            p { span.muted { "Now" } strong.amount { (result.now) } }
            p { span.muted { "Then" } strong.amount { (result.then) } }
            p.why { (result.why) }
        }
        @if result.changed.is_empty() {
            p.muted { "None of the figures changes." }
        } @else {
            table.table.plain-table {
                caption.visually-hidden { "Figures that would change" }
                thead { tr { th scope="col" { "Figure" } th.num scope="col" { "Now" } th.num scope="col" { "Then" } } }
                tbody { @for one in &result.changed { tr { th scope="row" { (one.name) } td.num { (one.now) } td.num { strong { (one.then) } } } } }
            }
        }
    }
}
