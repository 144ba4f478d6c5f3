//! Who the reader is: signing in by a link, the list of their orders, finding one as a guest.

use crate::components::{
    Badge, Field, FieldKind, FormErrors, Look, Pager, badge, busy_button, button, empty, error_summary, field, hidden,
    pagination,
};
use maud::{Markup, html};

/// Asking for a link.
#[derive(Debug, Clone, Default)]
pub struct SignIn {
    /// The mail address, as typed.
    pub email: String,
    /// Where to go afterwards.
    pub return_to: String,
    /// The form's token.
    pub csrf: String,
    /// What was wrong.
    pub errors: FormErrors,
}

/// One field. Posts to `/sign-in`: `email`, `return_to`, `csrf`.
#[must_use]
pub fn sign_in(view: &SignIn) -> Markup {
    html! {
        div.wrap.narrow.page {
            form.stack action="/sign-in" method="post" novalidate {
                (error_summary(&view.errors))
                h1 { "Sign in" }
                p { "We mail you a link; there is no password to remember. New here? The same link makes your account." }
                (hidden("csrf", &view.csrf))
                (hidden("return_to", &view.return_to))
                (field(&Field::new(FieldKind::Email, "email", "Email address").value(&view.email).autocomplete("email").width("w-l").errors(&view.errors)))
                div { (busy_button(Look::Main, "Mail me a link", "Sending…")) }
                p { a href="/orders/find" { "Find an order without signing in" } }
            }
        }
    }
}

/// The answer for any address, known or not.
#[must_use]
pub fn check_mail(email: &str) -> Markup {
    html! {
        div.wrap.narrow.page.stack {
            h1 { "Check your email" }
            p.lead { "We sent a link to " strong { (email) } ". The link works once, for 15 minutes." }
            p { "Nothing there? Look in the spam folder, or " a href="/sign-in" { "ask again" } "." }
        }
    }
}

/// The page that the link opens: a mail program that opens links by itself must not use it up.
#[derive(Debug, Clone, Default)]
pub struct SignInConfirm {
    /// The link's token.
    pub token: String,
    /// Where to go afterwards.
    pub return_to: String,
    /// The form's token.
    pub csrf: String,
}

/// A button. Posts to `/sign-in/confirm`: `token`, `return_to`, `csrf`.
#[must_use]
pub fn sign_in_confirm(view: &SignInConfirm) -> Markup {
    html! {
        div.wrap.narrow.page {
            form.stack action="/sign-in/confirm" method="post" {
                h1 { "Welcome back" }
                p { "One press, and you're signed in on this device." }
                (hidden("csrf", &view.csrf))
                (hidden("token", &view.token))
                (hidden("return_to", &view.return_to))
                div { (busy_button(Look::Main, "Sign in", "Signing in…")) }
            }
        }
    }
}

/// An order in a list.
#[derive(Debug, Clone)]
pub struct OrderSummary {
    /// Its number.
    pub number: String,
    /// Its page.
    pub href: String,
    /// When: "3 June 2026".
    pub placed: String,
    /// Its state.
    pub state: Badge,
    /// What is in it: "Enamel mug and 2 more".
    pub contents: String,
    /// What it costs.
    pub total: String,
}

/// Somebody's orders.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// Their mail address.
    pub email: String,
    /// Their store credit, where they ever had any.
    pub credit: Option<Credit>,
    /// Their orders, newest first.
    pub orders: Vec<OrderSummary>,
    /// Where the list goes on.
    pub pager: Pager,
    /// The forms' token.
    pub csrf: String,
}

/// What a customer has of store credit.
#[derive(Debug, Clone, Default)]
pub struct Credit {
    /// What is there.
    pub balance: String,
    /// What opens it at checkout, while there is something.
    pub code: Option<String>,
    /// Its latest movements, newest first.
    pub rows: Vec<CreditRow>,
}

/// A movement of store credit.
#[derive(Debug, Clone, Default)]
pub struct CreditRow {
    /// The day.
    pub when: String,
    /// What for: "Return from order 7K3F9QX2M4".
    pub what: String,
    /// By how much, with its sign.
    pub amount: String,
}

fn store_credit(view: &Credit) -> Markup {
    html! {
        section.panel.stack aria-labelledby="store-credit" {
            div.row-between {
                h2 #store-credit { "Store credit" }
                strong.num { (view.balance) }
            }
            @if let Some(code) = &view.code {
                p.muted { "It is offered to you at checkout. Or pay with the code " strong.number.nowrap { (code) } ", signed in or not: whoever has it can spend it." }
            }
            details.folded {
                summary { "What came and went" }
                ul.order-list {
                    @for row in &view.rows {
                        li {
                            span { (row.what) span.muted { " · " (row.when) } }
                            span.end.num { (row.amount) }
                        }
                    }
                }
            }
        }
    }
}

/// The orders of who is signed in.
#[must_use]
pub fn account(view: &Account) -> Markup {
    html! {
        div.wrap.narrow.page.stack {
            h1 { "Your orders" }
            div.row-between {
                p.muted { "Signed in as " (view.email) }
                form action="/sign-out" method="post" { (hidden("csrf", &view.csrf)) button.link-button type="submit" { "Sign out" } }
            }
            p { a href="/warranty" { "Your warranties" } }
            @if let Some(credit) = &view.credit { (store_credit(credit)) }
            @if view.orders.is_empty() {
                (empty("Your orders will appear here.", Some(("/", "To the shop"))))
            } @else {
                ul.order-list {
                    @for order in &view.orders {
                        li {
                            h2 { a.number href=(order.href) { (order.number) } }
                            span.end { (badge(&order.state)) }
                            span { (order.contents) span.muted { " · " (order.placed) } }
                            span.end.num { (order.total) }
                        }
                    }
                }
                (pagination(&view.pager))
            }
        }
    }
}

/// Finding an order as a guest.
#[derive(Debug, Clone, Default)]
pub struct FindOrder {
    /// The number, as typed.
    pub number: String,
    /// The mail address, as typed.
    pub email: String,
    /// The form's token.
    pub csrf: String,
    /// What was wrong.
    pub errors: FormErrors,
}

/// Two fields. Posts to `/orders/find`: `number`, `email`, `csrf`.
#[must_use]
pub fn find_order(view: &FindOrder) -> Markup {
    html! {
        div.wrap.narrow.page {
            form.stack action="/orders/find" method="post" novalidate {
                (error_summary(&view.errors))
                h1 { "Find an order" }
                p { "We mail a fresh link to the order's address." }
                (hidden("csrf", &view.csrf))
                (field(&Field::text("number", "Order number").hint("10 letters and digits, at the top of every mail about it.").value(&view.number).autocomplete("off").width("w-m").errors(&view.errors)))
                (field(&Field::new(FieldKind::Email, "email", "Email address").value(&view.email).autocomplete("email").width("w-l").errors(&view.errors)))
                div { (button(Look::Main, "Mail me the link")) }
            }
        }
    }
}

/// The answer, whether there is such an order or not.
#[must_use]
pub fn find_order_sent(number: &str) -> Markup {
    html! {
        div.wrap.narrow.page.stack {
            h1 { "Check your email" }
            p.lead { "If order " span.number { (number) } " belongs to that address, a link to it is on its way." }
            p { "Nothing there? Check both for a typing mistake and " a href="/orders/find" { "ask again" } "." }
        }
    }
}
