//! Approving from a mail: a GET only asks, the button does it.

use crate::components::{Look, busy_button, hidden, link_button};
use maud::{Markup, html};

/// A line of what would be approved.
#[derive(Debug, Clone, Default)]
pub struct ApproveLine {
    /// Its SKU.
    pub sku: String,
    /// The product's name and kind.
    pub title: String,
    /// How many.
    pub quantity: String,
    /// What the line costs; empty where that is not known.
    pub total: String,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ApproveStep {
    /// It waits for the button.
    #[default]
    Ask,
    /// It is done, by this link or otherwise; the sentence says since when and by whom.
    Done(String),
    /// The link is of no use any more; the sentence says why.
    Gone(String),
}

/// What the link is for.
#[derive(Debug, Clone, Default)]
pub struct ApproveByMail {
    /// How far it is.
    pub step: ApproveStep,
    /// Where the button posts to: this page's own address.
    pub action: String,
    /// The order's number.
    pub number: String,
    /// Who delivers.
    pub supplier: String,
    /// The lines.
    pub lines: Vec<ApproveLine>,
    /// What it costs; empty where that is not known.
    pub total: String,
    /// The order on the desk.
    pub order_href: String,
    /// The form's token.
    pub csrf: String,
    /// The key that makes a double press one approval.
    pub idempotency_key: String,
}

/// "Approve purchase order B7K3?" Posts to its `action`: `csrf`, `idempotency_key`. Wrap in
/// [`crate::layout::desk_bare_page`].
#[must_use]
pub fn approve_by_mail(view: &ApproveByMail) -> Markup {
    html! {
        div.stack.approve {
            @match &view.step {
                ApproveStep::Ask => {
                    h1 { "Approve purchase order " (view.number) "?" }
                    p { "It goes to " strong { (view.supplier) } " at once." }
                    (lines(view))
                    form.row action=(view.action) method="post" {
                        (hidden("csrf", &view.csrf))
                        (hidden("idempotency_key", &view.idempotency_key))
                        (busy_button(Look::Main, "Approve and send", "Sending…"))
                        a href=(view.order_href) { "Look at it on the desk" }
                    }
                }
                ApproveStep::Done(sentence) => {
                    h1 { "Purchase order " (view.number) " is approved" }
                    p { (sentence) }
                    (lines(view))
                    div { (link_button(Look::Quiet, &view.order_href, "Open it on the desk")) }
                }
                ApproveStep::Gone(sentence) => {
                    h1 { "This link can't be used any more" }
                    p { (sentence) }
                    div { (link_button(Look::Quiet, &view.order_href, "Open the desk")) }
                }
            }
        }
    }
}

fn lines(view: &ApproveByMail) -> Markup {
    html! {
        @if !view.lines.is_empty() {
            div.table-wrap tabindex="0" role="region" aria-label="What is ordered" { table.table.plain-table {
                caption.visually-hidden { "What is ordered" }
                thead { tr { th scope="col" { "SKU" } th.num scope="col" { "Quantity" } th.num scope="col" { "Total" } } }
                tbody {
                    @for line in &view.lines {
                        tr { th scope="row" { div { span.code { (line.sku) } div.small.muted { (line.title) } } } td.num { (line.quantity) } td.num { (line.total) } }
                    }
                }
                @if !view.total.is_empty() { tfoot { tr { th scope="row" colspan="2" { "Total" } td.num { strong { (view.total) } } } } }
            } }
        }
    }
}
