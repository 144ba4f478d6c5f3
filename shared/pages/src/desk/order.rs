//! One order: the work at the left, who and where at the right.

use crate::components::{
    Badge, Crumb, Event, Field, FieldKind, FormErrors, Icon, Image, Look, Notice, Totals, badge, breadcrumb, button,
    error_summary, facts, field, hidden, icon, id_of, image, notice, timeline, totals,
};
use maud::{Markup, html};

/// A line of the order.
#[derive(Debug, Clone, Default)]
pub struct DeskLine {
    /// Its SKU.
    pub sku: String,
    /// The product's name.
    pub title: String,
    /// The kind.
    pub option: Option<String>,
    /// Its picture.
    pub image: Image,
    /// How many were ordered.
    pub quantity: u32,
    /// How many left already.
    pub shipped: u32,
    /// How many can leave now.
    pub ready: u32,
    /// How many wait for stock.
    pub waiting: u32,
    /// How many will never leave, because there were none.
    pub dropped: u32,
    /// How many were refunded.
    pub refunded: u32,
    /// What one costs.
    pub unit_price: String,
    /// What the line costs.
    pub total: String,
    /// Where they lie: "main: 2".
    pub location: Option<String>,
    /// The serial numbers as typed, one a line, where it has a warranty; nothing where it has none: they are not asked for.
    pub serials: Option<String>,
}

/// What may be done with the order now. The first in the view is the main one and stands open.
#[derive(Debug, Clone)]
pub enum Action {
    /// Send the parcel, or part of it: `carrier`, `tracking`, `quantity.<sku>` for each open line (0 leaves it out),
    /// `serials.<sku>` for each that has a warranty (one a line, may be empty).
    Ship {
        /// The carriers that the shop uses, offered as suggestions.
        carriers: Vec<String>,
        /// What was typed: carrier, tracking.
        values: (String, String),
        /// The lines that are not wholly shipped, with the quantity typed or open.
        lines: Vec<(DeskLine, String)>,
    },
    /// The parcel arrived. No fields.
    Deliver,
    /// The money of a transfer arrived: `reference`.
    MarkPaid {
        /// How much is awaited.
        amount: String,
        /// What was typed.
        reference: String,
    },
    /// Money back: `amount` (as typed; empty when lines are given), `quantity.<sku>` for each line, `reason`.
    Refund {
        /// How much can go back at most.
        most: String,
        /// Where it goes: "Visa ••4242".
        to: String,
        /// What was typed: amount, reason.
        values: (String, String),
        /// The lines, with the quantity typed.
        lines: Vec<(DeskLine, String)>,
        /// Sends by GET to a page that asks once more ([`refund_confirm`]), and not by POST at once.
        ask_first: bool,
    },
    /// A refund that is due was transferred: `reference`.
    RefundPaid {
        /// How much is due.
        amount: String,
        /// What was typed.
        reference: String,
    },
    /// Call off what of it waits for stock.
    CancelBackorder {
        /// What waits: "Enamel mug × 2".
        lines: Vec<String>,
        /// What happens to its price.
        consequence: String,
    },
    /// Call it off: `reason`.
    Cancel {
        /// What happens to money and stock.
        consequence: String,
        /// What was typed.
        reason: String,
    },
}

impl Action {
    /// The last part of its address, and what the fields of its form are kept apart by.
    #[must_use]
    pub fn path(&self) -> &'static str {
        match self {
            Self::Ship { .. } => "ship",
            Self::Deliver => "deliver",
            Self::MarkPaid { .. } => "mark-paid",
            Self::Refund { .. } => "refund",
            Self::RefundPaid { .. } => "refund-paid",
            Self::CancelBackorder { .. } => "cancel-backorder",
            Self::Cancel { .. } => "cancel",
        }
    }

    fn words(&self) -> (&'static str, Icon) {
        match self {
            Self::Ship { .. } => ("Ship", Icon::Truck),
            Self::Deliver => ("Mark as delivered", Icon::Check),
            Self::MarkPaid { .. } => ("Mark as paid", Icon::Bank),
            Self::Refund { .. } => ("Refund", Icon::Return),
            Self::RefundPaid { .. } => ("Mark refund as sent", Icon::Bank),
            Self::CancelBackorder { .. } => ("Cancel what waits for stock", Icon::Cross),
            Self::Cancel { .. } => ("Cancel the order", Icon::Cross),
        }
    }
}

/// An order.
#[derive(Debug, Clone, Default)]
pub struct DeskOrder {
    /// Its number.
    pub number: String,
    /// Its address on the desk, `/desk/orders/{id}`; forms post to `<base>/<action>`.
    pub base: String,
    /// "3 June 2026, 14:05".
    pub placed: String,
    /// Its states.
    pub states: Vec<Badge>,
    /// What needs attention.
    pub notice: Option<Notice>,
    /// Its lines.
    pub lines: Vec<DeskLine>,
    /// Its sum.
    pub totals: Totals,
    /// What may be done, the main thing first.
    pub actions: Vec<Action>,
    /// What may not be done now, and why: "Ship", "not paid yet".
    pub closed: Vec<(String, String)>,
    /// What happened, newest first.
    pub events: Vec<Event>,
    /// Who ordered: name, mail address.
    pub customer: Vec<String>,
    /// A list of their orders.
    pub customer_href: Option<String>,
    /// Where it goes, a line each.
    pub shipping_address: Vec<String>,
    /// Where the bill goes, where that differs.
    pub billing_address: Vec<String>,
    /// Names and values: method, payment, provider's reference, hold until.
    pub facts: Vec<(String, String)>,
    /// Parcels: carrier and number, address of the carrier's page, contents.
    pub parcels: Vec<(String, Option<String>, String)>,
    /// The warranty claim that it replaces an item for: number and address.
    pub claim: Option<(String, String)>,
    /// Its returns: number and address.
    pub returns: Vec<(String, String)>,
    /// Where a return of it is asked for, while it can be.
    pub return_href: Option<String>,
    /// The forms' token.
    pub csrf: String,
    /// The key that makes a double press one act.
    pub idempotency_key: String,
    /// Which action's form was refused, by its path.
    pub refused: Option<String>,
    /// What was wrong with it.
    pub errors: FormErrors,
}

/// One order. The forms post to `<base>/<path of the action>` with `csrf`, `idempotency_key` and the fields that [`Action`] names.
#[must_use]
pub fn order(view: &DeskOrder) -> Markup {
    html! {
        (error_summary(&view.errors.within(view.refused.as_deref().unwrap_or_default())))
        (breadcrumb(&[Crumb { words: "Orders".to_owned(), href: "/desk/orders".to_owned() }]))
        div.title-row {
            div.badges { h1 { "Order " (view.number) } @for state in &view.states { (badge(state)) } }
            span.muted { (view.placed) }
        }
        @if let Some(one) = &view.notice { (notice(one)) }
        div.detail {
            div {
                section.panel aria-labelledby="items" { h2 #items { "Items" } (lines(view)) div.sum { (totals(&view.totals)) } }
                section.panel.no-print aria-labelledby="actions" {
                    h2 #actions { "Next" }
                    @if view.actions.is_empty() { p.muted { "Nothing left to do." } }
                    @for (n, action) in view.actions.iter().enumerate() { (action_form(action, n == 0, view)) }
                    @if !view.closed.is_empty() {
                        ul.closed-actions { @for (what, why) in &view.closed { li { strong { (what) } ": " (why) } } }
                    }
                }
                section.panel aria-labelledby="events" { h2 #events { "Timeline" } (timeline(&view.events)) }
            }
            aside aria-label="About this order" {
                section.panel aria-labelledby="customer" {
                    h2 #customer { "Customer" }
                    p.preline { (view.customer.join("\n")) }
                    @if let Some(href) = &view.customer_href { a href=(href) { "Their orders" } }
                }
                section.panel aria-labelledby="delivery" {
                    h2 #delivery { "Delivery" }
                    p.preline { (view.shipping_address.join("\n")) }
                    @for (words, href, contents) in &view.parcels {
                        div { @if let Some(href) = href { a href=(href) { (words) } } @else { span { (words) } } p.small.muted { (contents) } }
                    }
                }
                @if let Some((number, href)) = &view.claim {
                    section.panel aria-labelledby="claim" {
                        h2 #claim { "Replacement" }
                        p { "It costs nothing: it replaces an item of claim " a.number href=(href) { (number) } "." }
                    }
                }
                @if !view.returns.is_empty() || view.return_href.is_some() {
                    section.panel aria-labelledby="returns" {
                        h2 #returns { "Returns" }
                        @for (number, href) in &view.returns { div { a.number href=(href) { (number) } } }
                        @if let Some(href) = &view.return_href { a href=(href) { "Ask items back for the customer" } }
                    }
                }
                section.panel aria-labelledby="payment" {
                    h2 #payment { "Payment" }
                    (facts(&view.facts))
                    @if !view.billing_address.is_empty() { p.preline { (view.billing_address.join("\n")) } }
                }
            }
        }
    }
}

fn lines(view: &DeskOrder) -> Markup {
    let refunded = view.lines.iter().any(|line| line.refunded > 0);
    html! {
        div.table-wrap tabindex="0" role="region" aria-label="Items of the order" {
            table.table.order-lines {
                thead { tr { th scope="col" { "Product" } th scope="col" { "SKU" } th.num scope="col" { "Price" } th.num scope="col" { "Ordered" } th.num scope="col" { "Shipped" } @if refunded { th.num scope="col" { "Refunded" } } th.num scope="col" { "Total" } } }
                tbody {
                    @for line in &view.lines {
                        tr {
                            th scope="row" { div.product-cell { (image(&line.image, false)) span { (line.title) @if let Some(option) = &line.option { span.muted { " · " (option) } } } } }
                            td {
                                span.code { (line.sku) }
                                @if let Some(location) = &line.location { div.small.muted { (location) } }
                                @if line.waiting > 0 { div.small { (line.waiting) " waiting for stock" } }
                                @if line.dropped > 0 { div.small { (line.dropped) " not in stock, refunded" } }
                            }
                            td.num { (line.unit_price) }
                            td.num { (line.quantity) }
                            td.num { (line.shipped) }
                            @if refunded { td.num { (line.refunded) } }
                            td.num { (line.total) }
                        }
                    }
                }
            }
        }
    }
}

fn action_form(action: &Action, main: bool, view: &DeskOrder) -> Markup {
    let (words, which) = action.words();
    let refused = view.refused.as_deref() == Some(action.path());
    let gentle = if main { Look::Main } else { Look::Quiet };
    let asks = matches!(action, Action::Refund { ask_first: true, .. });
    let errors = if refused { view.errors.clone() } else { FormErrors::none() };
    html! {
        details.action open[main || refused] {
            summary { (icon(which)) (words) (icon(Icon::Down)) }
            form.stack action={ (view.base) "/" (action.path()) } method=(if asks { "get" } else { "post" }) novalidate {
                @if !asks {
                    (hidden("csrf", &view.csrf))
                    (hidden("idempotency_key", &format!("{}-{}", view.idempotency_key, action.path())))
                }
                @match action {
                    Action::Ship { carriers, values, lines } => {
                        (quantities("ship", "Quantity to ship", lines, &errors, |line| line.ready))
                        @for (line, _) in lines { @if let Some(typed) = &line.serials { (serials(line, typed, &errors)) } }
                        div.grid-2 {
                            (field(&Field::text("carrier", "Carrier").value(&values.0).within("ship").hint(carriers.join(", ")).errors(&errors)))
                            (field(&Field::text("tracking", "Tracking number").value(&values.1).within("ship").errors(&errors)))
                        }
                        p.hint { "The customer gets a mail with the number." }
                        div { (button(gentle, "Ship")) }
                    }
                    Action::Deliver => { p { "The parcel is with the customer." } div { (button(gentle, "Mark as delivered")) } }
                    Action::MarkPaid { amount, reference } => {
                        p { "Check that " strong { (amount) } " is in the account first." }
                        (field(&Field::text("reference", "Reference on the statement").value(reference).within("mark-paid").width("w-m").errors(&errors)))
                        div { (button(gentle, "Mark as paid")) }
                    }
                    Action::Refund { most, to, values, lines, .. } => {
                        p { "At most " strong { (most) } ", to " (to) ". Give quantities, or an amount." }
                        (quantities("refund", "Quantity to refund", lines, &errors, |line| line.quantity.saturating_sub(line.refunded)))
                        div.grid-2 {
                            (field(&Field::new(FieldKind::Amount, "amount", "Amount").value(&values.0).within("refund").errors(&errors).optional()))
                            (field(&Field::text("reason", "Reason").value(&values.1).within("refund").errors(&errors)))
                        }
                        div { (button(gentle, if asks { "Go on to confirm" } else { "Refund" })) }
                    }
                    Action::RefundPaid { amount, reference } => {
                        p { "Transfer " strong { (amount) } " first, then note it here." }
                        (field(&Field::text("reference", "Reference of the transfer").value(reference).within("refund-paid").width("w-m").errors(&errors)))
                        div { (button(gentle, "Mark refund as sent")) }
                    }
                    Action::CancelBackorder { lines, consequence } => {
                        ul.plain { @for line in lines { li { (line) } } }
                        p { (consequence) }
                        div { (button(Look::Danger, "Cancel what waits")) }
                    }
                    Action::Cancel { consequence, reason } => {
                        p { (consequence) }
                        (field(&Field::text("reason", "Reason, for the customer").value(reason).within("cancel").errors(&errors).optional()))
                        div { (button(Look::Danger, "Cancel the order")) }
                    }
                }
            }
        }
    }
}

/// The serial numbers of what leaves of a line, as a scanner types them.
fn serials(line: &DeskLine, typed: &str, errors: &FormErrors) -> Markup {
    let kind = line.option.as_ref().map(|option| format!(" · {option}")).unwrap_or_default();
    let label = format!("Serial numbers of {}{kind}", line.title);
    html! {
        (field(&Field::new(FieldKind::Lines, format!("serials.{}", line.sku), label)
            .hint("Scan one after another, one a line. Leave it empty where there are none.")
            .value(typed).within("ship").width("w-l").errors(errors).optional()))
    }
}

fn quantities(
    scope: &str,
    label: &str,
    lines: &[(DeskLine, String)],
    errors: &FormErrors,
    most: impl Fn(&DeskLine) -> u32,
) -> Markup {
    html! {
        div.table-wrap {
            table.table.cards-on-phone {
                thead { tr { th scope="col" { "Product" } th scope="col" { "SKU" } th.num scope="col" { "Open" } th.num scope="col" { (label) } } }
                tbody {
                    @for (line, typed) in lines {
                        @let name = format!("quantity.{}", line.sku);
                        @let id = format!("{scope}-{}", id_of(&name));
                        @let error = errors.of(&name);
                        tr {
                            th scope="row" { (line.title) @if let Some(option) = &line.option { span.muted { " · " (option) } } }
                            td.code data-label="SKU" { (line.sku) }
                            td.num data-label="Open" { (most(line)) }
                            td.num data-label=(label) {
                                input.input.num.w-s id=(id) name=(name) type="text" inputmode="numeric" value=(typed) autocomplete="off"
                                    aria-label={ (label) ", " (line.title) " " (line.sku) } aria-invalid=[error.map(|_| "true")] aria-describedby=[error.map(|_| format!("{id}-error"))];
                                @if let Some(error) = error { p.error-text id={ (id) "-error" } { (icon(Icon::Alert)) span { span.visually-hidden { "Error: " } (error) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The last question before money goes back.
#[derive(Debug, Clone, Default)]
pub struct RefundConfirm {
    /// The order's number.
    pub number: String,
    /// The order's address on the desk.
    pub base: String,
    /// How much.
    pub amount: String,
    /// Where to: "Visa ••4242".
    pub to: String,
    /// What is refunded: "Enamel mug × 1".
    pub lines: Vec<String>,
    /// The fields of the form, passed on as they came: name and value.
    pub fields: Vec<(String, String)>,
    /// The form's token.
    pub csrf: String,
    /// The key that makes a double press one refund.
    pub idempotency_key: String,
}

/// "Refund €26.00 to Visa ••4242?" Posts to `<base>/refund` the fields it was given, `csrf` and `idempotency_key`.
#[must_use]
pub fn refund_confirm(view: &RefundConfirm) -> Markup {
    html! {
        (breadcrumb(&[
            Crumb { words: "Orders".to_owned(), href: "/desk/orders".to_owned() },
            Crumb { words: format!("Order {}", view.number), href: view.base.clone() },
        ]))
        form.panel action={ (view.base) "/refund" } method="post" {
            h1 { "Refund " (view.amount) " to " (view.to) "?" }
            @if !view.lines.is_empty() { ul.plain { @for line in &view.lines { li { (line) } } } }
            p { "This can't be taken back. The customer gets a mail." }
            (hidden("csrf", &view.csrf))
            (hidden("idempotency_key", &view.idempotency_key))
            @for (name, value) in &view.fields { (hidden(name, value)) }
            div.row { (button(Look::FinalDanger, &format!("Refund {}", view.amount))) a href=(view.base) { "Don't refund" } }
        }
    }
}
