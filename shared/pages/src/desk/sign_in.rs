//! Signing in to the desk, by a link in a mail.

use crate::components::{Field, FieldKind, FormErrors, Look, busy_button, error_summary, field, hidden};
use maud::{Markup, html};

/// Asking for a link.
#[derive(Debug, Clone, Default)]
pub struct DeskSignIn {
    /// The shop's name.
    pub shop_name: String,
    /// The mail address, as typed.
    pub email: String,
    /// Where to go afterwards.
    pub return_to: String,
    /// The form's token.
    pub csrf: String,
    /// What was wrong.
    pub errors: FormErrors,
}

/// One field. Posts to `/desk/sign-in`: `email`, `return_to`, `csrf`.
#[must_use]
pub fn sign_in(view: &DeskSignIn) -> Markup {
    html! {
        form.stack action="/desk/sign-in" method="post" novalidate {
            (error_summary(&view.errors))
            div { p.muted { (view.shop_name) } h1 { "Sign in to the desk" } }
            (hidden("csrf", &view.csrf))
            (hidden("return_to", &view.return_to))
            (field(&Field::new(FieldKind::Email, "email", "Work email").value(&view.email).autocomplete("email").errors(&view.errors)))
            (busy_button(Look::Main, "Mail me a link", "Sending…"))
        }
    }
}

/// The answer for any address, staff or not.
#[must_use]
pub fn check_mail(email: &str) -> Markup {
    html! {
        div.stack {
            h1 { "Check your email" }
            p { "If " strong { (email) } " works here, a link is on its way. The link works once, for 15 minutes." }
            p { a href="/desk/sign-in" { "Ask again" } }
        }
    }
}

/// The page that the link opens. Posts to `/desk/sign-in/confirm`: `token`, `return_to`, `csrf`.
#[must_use]
pub fn sign_in_confirm(token: &str, return_to: &str, csrf: &str) -> Markup {
    html! {
        form.stack action="/desk/sign-in/confirm" method="post" {
            h1 { "Sign in to the desk" }
            p { "One press, and you're signed in on this device." }
            (hidden("csrf", csrf))
            (hidden("token", token))
            (hidden("return_to", return_to))
            (busy_button(Look::Main, "Sign in", "Signing in…"))
        }
    }
}
