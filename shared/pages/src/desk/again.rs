//! A short form that was refused, as a page of its own.

use crate::components::{Field, FormErrors, Look, busy_button, error_summary, field, hidden};
use maud::{Markup, html};

/// The form as it was typed.
#[derive(Debug, Clone, Default)]
pub struct FormAgain {
    /// What it does: "Ship".
    pub act: String,
    /// Where it posts to.
    pub action: String,
    /// The fields that nobody sees, `csrf` among them: name and value.
    pub hidden: Vec<(String, String)>,
    /// The others, with what was typed.
    pub fields: Vec<Field>,
    /// What was wrong.
    pub errors: FormErrors,
    /// The way back.
    pub back: String,
    /// Its words.
    pub back_words: String,
}

/// The form once more, with what was typed and what is wrong with it. Posts to where it was posted to, with the same fields.
#[must_use]
pub fn form_again(view: &FormAgain) -> Markup {
    html! {
        (error_summary(&view.errors))
        h1 { (view.act) }
        form.stack action=(view.action) method="post" novalidate {
            @for (name, value) in &view.hidden { (hidden(name, value)) }
            @for one in &view.fields { (field(one)) }
            div.row { (busy_button(Look::Main, &view.act, "Sending…")) a href=(view.back) { (view.back_words) } }
        }
    }
}
