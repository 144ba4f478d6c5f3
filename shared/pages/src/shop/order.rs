//! An order as its buyer sees it, and the page between paying and knowing.

use super::returns::{ReturnSummary, return_list};
use super::warranty::{CertificateSummary, certificates_folded};
use crate::components::{
    Badge, Event, Field, FieldKind, FormErrors, Icon, Image, Look, Notice, Totals, badge, button, error_summary, facts,
    field, hidden, icon, image, link_button, notice, timeline, totals,
};
use maud::{Markup, html};

/// A line of an order.
#[derive(Debug, Clone, Default)]
pub struct OrderLine {
    /// The product's name.
    pub title: String,
    /// The kind.
    pub option: Option<String>,
    /// The product's page, while there is one.
    pub href: Option<String>,
    /// Its picture.
    pub image: Image,
    /// "2 × €24.00".
    pub quantity: String,
    /// What the line costs.
    pub total: String,
    /// What became of it: "1 shipped, 1 to come".
    pub note: Option<String>,
}

/// A parcel.
#[derive(Debug, Clone, Default)]
pub struct Shipment {
    /// "Parcel 1 of 2".
    pub title: String,
    /// Who carries it.
    pub carrier: String,
    /// Its number.
    pub tracking: String,
    /// Where the carrier shows it.
    pub tracking_href: Option<String>,
    /// What is in it: "Enamel mug × 2".
    pub contents: Vec<String>,
    /// When it left: "Shipped 3 June".
    pub when: String,
}

/// How to pay by transfer.
#[derive(Debug, Clone, Default)]
pub struct BankTransfer {
    /// How much.
    pub amount: String,
    /// Until when: "10 June 2026".
    pub until: String,
    /// Names and values: recipient, IBAN, BIC, reference.
    pub facts: Vec<(String, String)>,
}

/// The way out of an order.
#[derive(Debug, Clone, Default)]
pub struct CancelForm {
    /// Where it posts: `/orders/{id}/cancel`.
    pub action: String,
    /// The link's token of a guest, passed on; empty for who is signed in.
    pub token: String,
    /// What happens to the money: "You'll get €48.00 back to your card."
    pub consequence: String,
}

/// An order.
#[derive(Debug, Clone, Default)]
pub struct Order {
    /// Its number.
    pub number: String,
    /// "Placed on 3 June 2026".
    pub placed: String,
    /// Its state.
    pub state: Vec<Badge>,
    /// The state in a sentence, with what comes next.
    pub sentence: String,
    /// What the reader should do or know first.
    pub notice: Option<Notice>,
    /// Where it is paid, while it can be.
    pub pay: Option<(String, String)>,
    /// How to pay by transfer, while that is awaited.
    pub transfer: Option<BankTransfer>,
    /// Its lines.
    pub lines: Vec<OrderLine>,
    /// Its sum.
    pub totals: Totals,
    /// Its parcels.
    pub shipments: Vec<Shipment>,
    /// The certificates of its items.
    pub certificates: Vec<CertificateSummary>,
    /// What of it was sent back, or is to be.
    pub returns: Vec<ReturnSummary>,
    /// Where sending something back begins, while it can.
    pub return_href: Option<String>,
    /// Until when: "You can send items back until 3 July 2026."
    pub return_by: Option<String>,
    /// What happened, newest first.
    pub events: Vec<Event>,
    /// Where it goes, a line each.
    pub shipping_address: Vec<String>,
    /// Where the bill goes, where that differs.
    pub billing_address: Vec<String>,
    /// How it is sent: "Standard, arrives 5–7 June".
    pub method: String,
    /// How it is paid: "Card", "Bank transfer".
    pub payment: String,
    /// The mail address.
    pub email: String,
    /// How it can be cancelled, while it can.
    pub cancel: Option<CancelForm>,
    /// The forms' token.
    pub csrf: String,
    /// What was wrong with the cancel form.
    pub errors: FormErrors,
}

/// An order. The cancel form posts to its action: `reason` (may be empty), `token`, `csrf`.
#[must_use]
pub fn order(view: &Order) -> Markup {
    html! {
        div.wrap.page {
            div.page-head {
                (error_summary(&view.errors))
                @if let Some(one) = &view.notice { (notice(one)) }
                div.row { @for state in &view.state { (badge(state)) } }
                h1 { "Order " span.number { (view.number) } }
                p.state { (view.sentence) }
                p.muted { (view.placed) }
                @if let Some((href, words)) = &view.pay { div { (link_button(Look::Main, href, words)) } }
                @if let Some(transfer) = &view.transfer { (bank_transfer(transfer)) }
            }
            div.two-col {
                div.stack-l {
                    section.stack aria-labelledby="items" {
                        h2 #items { "Items" }
                        ul.lines { @for line in &view.lines { (order_line(line)) } }
                        (totals(&view.totals))
                    }
                    @if !view.shipments.is_empty() {
                        section.stack aria-labelledby="parcels" {
                            h2 #parcels { "Parcels" }
                            @for parcel in &view.shipments { (shipment(parcel)) }
                        }
                    }
                    @if !view.certificates.is_empty() {
                        section.stack aria-labelledby="warranty" {
                            h2 #warranty { "Warranty" }
                            (certificates_folded(&view.certificates))
                        }
                    }
                    @if !view.returns.is_empty() {
                        section.stack aria-labelledby="returns" {
                            h2 #returns { "Returns" }
                            (return_list(&view.returns, false))
                        }
                    }
                    section.stack aria-labelledby="events" {
                        h2 #events { "What happened" }
                        (timeline(&view.events))
                    }
                }
                aside.stack aria-label="About this order" {
                    div.panel.stack {
                        div.stack-s {
                            h2 { "Delivery" }
                            p.preline { (view.shipping_address.join("\n")) }
                            p.muted { (view.method) }
                        }
                        div.stack-s {
                            h2 { "Payment" }
                            p { (view.payment) }
                            @if !view.billing_address.is_empty() { p.preline { (view.billing_address.join("\n")) } }
                        }
                        div.stack-s { h2 { "Contact" } p { (view.email) } }
                    }
                    @if view.return_href.is_some() || view.return_by.is_some() {
                        div.stack-s.no-print {
                            @if let Some(href) = &view.return_href { div { (link_button(Look::Quiet, href, "Return items")) } }
                            @if let Some(until) = &view.return_by { p.small.muted { (until) } }
                        }
                    }
                    div.no-print { button.button.quiet.js-only type="button" data-print { (icon(Icon::Print)) "Print" } }
                    @if let Some(form) = &view.cancel { (cancel(form, view)) }
                }
            }
        }
    }
}

fn bank_transfer(transfer: &BankTransfer) -> Markup {
    html! {
        section.transfer aria-labelledby="transfer" {
            h2 #transfer { "Transfer " (transfer.amount) " by " (transfer.until) }
            p { "We hold the items for you until then. Your order goes out when the money has arrived, usually after one working day." }
            (facts(&transfer.facts))
        }
    }
}

fn order_line(line: &OrderLine) -> Markup {
    html! {
        li.line {
            (image(&line.image, false))
            div.body {
                div.row-between {
                    h3 { @if let Some(href) = &line.href { a href=(href) { (line.title) } } @else { (line.title) } }
                    span.line-total { (line.total) }
                }
                p.muted.small { @if let Some(option) = &line.option { (option) " · " } (line.quantity) }
                @if let Some(note) = &line.note { p.small { (note) } }
            }
        }
    }
}

fn shipment(parcel: &Shipment) -> Markup {
    html! {
        div.panel.stack-s {
            div.row-between { h3 { (parcel.title) } span.muted.small { (parcel.when) } }
            p {
                (parcel.carrier) " "
                @if let Some(href) = &parcel.tracking_href { a.number href=(href) { (parcel.tracking) } } @else { span.number { (parcel.tracking) } }
            }
            ul.small.contents { @for one in &parcel.contents { li { (one) } } }
        }
    }
}

fn cancel(form: &CancelForm, view: &Order) -> Markup {
    html! {
        details open[view.errors.of("reason").is_some()] {
            summary { "Cancel this order" }
            form.stack action=(form.action) method="post" novalidate {
                (hidden("csrf", &view.csrf))
                (hidden("token", &form.token))
                p { (form.consequence) }
                (field(&Field::new(FieldKind::Lines, "reason", "Why").hint("It helps us to do better.").errors(&view.errors).optional()))
                div { (button(Look::Danger, "Cancel the order")) }
            }
        }
    }
}

/// Asks once more before an order is cancelled, for links in mails: a GET changes nothing. Posts as the form of [`order`].
#[must_use]
pub fn cancel_confirm(number: &str, form: &CancelForm, csrf: &str, back_href: &str) -> Markup {
    html! {
        div.wrap.narrow.page {
            form.stack action=(form.action) method="post" {
                h1 { "Cancel order " span.number { (number) } "?" }
                p { (form.consequence) }
                (hidden("csrf", csrf))
                (hidden("token", &form.token))
                (hidden("reason", ""))
                div.row { (button(Look::FinalDanger, "Cancel the order")) a href=(back_href) { "Keep it" } }
            }
        }
    }
}

/// What is known about a payment when the reader comes back from the provider.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Payment {
    /// Not known yet: the provider's message decides, never the address.
    #[default]
    Unknown,
    /// It arrived.
    Paid,
    /// It was declined, and that is certain.
    Declined,
    /// The reader turned back without paying.
    Abandoned,
    /// The time to pay is over.
    Expired,
}

/// The page after the provider's.
#[derive(Debug, Clone, Default)]
pub struct PaymentReturn {
    /// The order's number.
    pub number: String,
    /// What is known.
    pub payment: Payment,
    /// Where it can be paid, while it can: `/pay/{order}`.
    pub pay_href: Option<String>,
    /// The order's page.
    pub order_href: String,
    /// This page again.
    pub again_href: String,
    /// Until when the items are held: "14:35".
    pub held_until: Option<String>,
    /// The mail address.
    pub email: String,
}

/// What became of the payment. While that is unknown the script asks again by itself.
#[must_use]
pub fn payment_return(view: &PaymentReturn) -> Markup {
    html! {
        div.wrap.narrow.page {
            div.waiting data-poll=[(view.payment == Payment::Unknown).then_some("3")] {
                p.muted { "Order " span.number { (view.number) } }
                @match view.payment {
                    Payment::Unknown => {
                        h1 { "We're confirming your payment…" }
                        p.lead role="status" { "You can close this page; we'll email you at " (view.email) "." }
                        (link_button(Look::Quiet, &view.again_href, "Check again"))
                    }
                    Payment::Paid => {
                        h1 { "Thank you. Your payment arrived." }
                        p.lead { "The confirmation is on its way to " (view.email) "." }
                        (link_button(Look::Main, &view.order_href, "See your order"))
                    }
                    Payment::Declined => {
                        h1 { "The payment was declined" }
                        p.lead { "You haven't been charged." @if let Some(until) = &view.held_until { " We hold your items until " (until) "." } }
                        p { "Your bank doesn't tell us why. Another card often works." }
                        @if let Some(pay) = &view.pay_href { (link_button(Look::Main, pay, "Try again")) }
                    }
                    Payment::Abandoned => {
                        h1 { "Not paid yet" }
                        p.lead { "Your order is waiting." @if let Some(until) = &view.held_until { " We hold your items until " (until) "." } }
                        @if let Some(pay) = &view.pay_href { (link_button(Look::Main, pay, "Continue to payment")) }
                    }
                    Payment::Expired => {
                        h1 { "The time to pay is over" }
                        p.lead { "The items went back on the shelf. If a payment still arrives, we'll send the order if we can, or refund it in full." }
                        (link_button(Look::Main, "/", "To the shop"))
                    }
                }
                @if view.payment != Payment::Paid { p { a href=(view.order_href) { "See your order" } } }
            }
        }
    }
}
