//! One purchase order: the work at the left, who and when at the right.

use crate::components::{
    Badge, Cell, Crumb, EditColumn, EditTable, Event, Field, FormErrors, Icon, Look, Notice, Tone, badge, breadcrumb,
    busy_button, edit_table, edit_table_focused, error_summary, facts, field, hidden, icon, link_button, notice,
    timeline,
};
use maud::{Markup, html};

/// A line of the order.
#[derive(Debug, Clone, Default)]
pub struct PurchaseLineRow {
    /// Its SKU.
    pub sku: String,
    /// The SKU's page, where there is one.
    pub href: Option<String>,
    /// The product's name and kind.
    pub title: String,
    /// Where it goes.
    pub location: String,
    /// How many were ordered.
    pub ordered: String,
    /// How many came.
    pub received: String,
    /// How many of those were damaged.
    pub damaged: String,
    /// How many are missing.
    pub missing: String,
    /// What one costs.
    pub unit_cost: String,
    /// What the line costs.
    pub total: String,
}

/// A line that something can come of.
#[derive(Debug, Clone, Default)]
pub struct ReceiveLine {
    /// Its SKU.
    pub sku: String,
    /// Its location's key.
    pub location: String,
    /// The product's name and kind.
    pub title: String,
    /// How many are missing.
    pub missing: String,
    /// How many came, as typed; what is missing before that.
    pub quantity: String,
    /// How many of those are damaged, as typed.
    pub damaged: String,
}

/// What the supplier would rather deliver.
#[derive(Debug, Clone, Default)]
pub struct Proposal {
    /// When: "17 June", and as proposed: "24 June".
    pub expected: Option<(String, String)>,
    /// The lines that would change.
    pub rows: Vec<ProposalRow>,
    /// What the supplier wrote.
    pub note: Option<String>,
    /// Whether the role may take or reject it.
    pub may_answer: bool,
}

/// A line that the supplier would change.
#[derive(Debug, Clone, Default)]
pub struct ProposalRow {
    /// Its SKU.
    pub sku: String,
    /// The product's name and kind.
    pub title: String,
    /// As ordered.
    pub ordered: String,
    /// As proposed.
    pub proposed: String,
}

/// What may be done with the order now. The first in the view is the main one and stands open.
#[derive(Debug, Clone)]
pub enum PurchaseAction {
    /// It may be sent: `send` (`true` where it is to be sent at once).
    Approve {
        /// What it means: "€432.00. From then on its units are incoming."
        consequence: String,
        /// Whether the box is ticked.
        send: bool,
    },
    /// The supplier gets it by mail. No fields.
    Send {
        /// Where to.
        to: String,
        /// Whether it was sent before.
        again: bool,
    },
    /// Something came: `line.N.sku`, `line.N.location`, `line.N.quantity`, `line.N.damaged`. Errors are named the same.
    Receive {
        /// The lines, with what was typed.
        lines: Vec<ReceiveLine>,
        /// Puts the cursor into the first field: the page was opened to receive.
        focused: bool,
    },
    /// Put it aside: `reason`.
    Hold {
        /// What was typed.
        reason: String,
    },
    /// Go on with it. No fields.
    Resume {
        /// As what: "Sent".
        becomes: String,
    },
    /// Call it off: `reason`.
    Cancel {
        /// What it means: "The supplier gets a mail."
        consequence: String,
        /// What was typed.
        reason: String,
    },
    /// Nothing more is expected. No fields.
    Close {
        /// What it means: "6 units did not come and are not expected any more."
        consequence: String,
    },
}

impl PurchaseAction {
    /// The last part of its address, and what the fields of its form are kept apart by.
    #[must_use]
    pub fn path(&self) -> &'static str {
        match self {
            Self::Approve { .. } => "approve",
            Self::Send { .. } => "send",
            Self::Receive { .. } => "receive",
            Self::Hold { .. } => "hold",
            Self::Resume { .. } => "resume",
            Self::Cancel { .. } => "cancel",
            Self::Close { .. } => "close",
        }
    }

    fn words(&self) -> (&'static str, Icon) {
        match self {
            Self::Approve { .. } => ("Approve", Icon::Check),
            Self::Send { again: false, .. } => ("Send", Icon::Mail),
            Self::Send { again: true, .. } => ("Send again", Icon::Mail),
            Self::Receive { .. } => ("Receive", Icon::Parcel),
            Self::Hold { .. } => ("Put on hold", Icon::Clock),
            Self::Resume { .. } => ("Resume", Icon::Right),
            Self::Cancel { .. } => ("Cancel the order", Icon::Cross),
            Self::Close { .. } => ("Close", Icon::Check),
        }
    }
}

/// A purchase order.
#[derive(Debug, Clone, Default)]
pub struct PurchaseOrderView {
    /// Its number.
    pub number: String,
    /// Its address on the desk, `/desk/purchase-orders/{id}`; forms post to `<base>/<action>`.
    pub base: String,
    /// "Made 3 June 2026, 14:05 of 2 suggestions".
    pub made: String,
    /// Its states: where it stands, what the supplier says, overdue.
    pub states: Vec<Badge>,
    /// What needs attention: "The supplier proposes 24 June, and 18 instead of 24."
    pub notice: Option<Notice>,
    /// Its lines.
    pub lines: Vec<PurchaseLineRow>,
    /// What it costs in all; empty where that is not known.
    pub total: String,
    /// What the supplier proposes. Posts to `<base>/take-proposal` and `<base>/reject-proposal`.
    pub proposal: Option<Proposal>,
    /// What may be done, the main thing first.
    pub actions: Vec<PurchaseAction>,
    /// What may not be done now, and why: "Receive", "not approved yet".
    pub closed: Vec<(String, String)>,
    /// The form that changes the lines.
    pub edit_href: Option<String>,
    /// The order as PDF.
    pub pdf_href: Option<String>,
    /// What happened, newest first.
    pub events: Vec<Event>,
    /// Who delivers: name, mail address.
    pub supplier: Vec<String>,
    /// A list of their orders.
    pub supplier_href: Option<String>,
    /// When it is expected: "17 June"; empty where nobody has said.
    pub expected: String,
    /// Names and values: sent, approved by, answer.
    pub facts: Vec<(String, String)>,
    /// The forms' token.
    pub csrf: String,
    /// The key that makes a double press one act.
    pub idempotency_key: String,
    /// Which action's form was refused, by its path.
    pub refused: Option<String>,
    /// What was wrong with it.
    pub errors: FormErrors,
}

impl PurchaseOrderView {
    fn answers(&self) -> bool {
        self.proposal.as_ref().is_some_and(|proposal| proposal.may_answer)
    }

    /// The errors with the names that their fields have on this page, where each form keeps its own.
    fn scoped(&self) -> FormErrors {
        match self.refused.as_deref() {
            None | Some("receive") => self.errors.clone(),
            Some(refused) => self.errors.within(refused),
        }
    }
}

/// One purchase order. The forms post to `<base>/<path of the action>` with `csrf`, `idempotency_key` and the fields
/// that [`PurchaseAction`] names.
#[must_use]
pub fn purchase_order(view: &PurchaseOrderView) -> Markup {
    html! {
        (error_summary(&view.scoped()))
        (breadcrumb(&[Crumb { words: "Purchase orders".to_owned(), href: "/desk/purchase-orders".to_owned() }]))
        div.title-row {
            div.badges { h1 { "Purchase order " (view.number) } @for state in &view.states { (badge(state)) } }
            span.muted { (view.made) }
        }
        @if let Some(one) = &view.notice { (notice(one)) }
        div.detail {
            div {
                @if let Some(proposal) = &view.proposal { (proposed(proposal, view)) }
                section.panel aria-labelledby="lines" {
                    h2 #lines { "Lines" @if let Some(href) = &view.edit_href { (link_button(Look::Quiet, href, "Change the lines")) } }
                    (lines(view))
                }
                section.panel.no-print aria-labelledby="actions" {
                    h2 #actions { "Next" }
                    @if view.actions.is_empty() && !view.answers() { p.muted { "Nothing left to do." } }
                    @for (n, action) in view.actions.iter().enumerate() { (action_form(action, n == 0 && !view.answers(), view)) }
                    @if !view.closed.is_empty() {
                        ul.closed-actions { @for (what, why) in &view.closed { li { strong { (what) } ": " (why) } } }
                    }
                }
                section.panel aria-labelledby="events" { h2 #events { "Timeline" } (timeline(&view.events)) }
            }
            aside aria-label="About this purchase order" {
                section.panel aria-labelledby="supplier" {
                    h2 #supplier { "Supplier" }
                    p.preline { (view.supplier.join("\n")) }
                    @if let Some(href) = &view.supplier_href { a href=(href) { "Their orders" } }
                }
                section.panel aria-labelledby="delivery" {
                    h2 #delivery { "Delivery" }
                    p { @if view.expected.is_empty() { span.muted { "Nobody has said when." } } @else { "Expected " strong { (view.expected) } } }
                    (facts(&view.facts))
                    @if let Some(href) = &view.pdf_href { div { (icon(Icon::Print)) " " a href=(href) { "Order as PDF" } } }
                }
            }
        }
    }
}

fn lines(view: &PurchaseOrderView) -> Markup {
    let some = |figure: &str| !figure.is_empty() && figure != "0";
    let damaged = view.lines.iter().any(|line| some(&line.damaged));
    html! {
        div.table-wrap tabindex="0" role="region" aria-label="Lines of the purchase order" {
            table.table.dense.cards-on-phone {
                thead {
                    tr {
                        th scope="col" { "SKU" } th.num scope="col" { "Ordered" } th.num scope="col" { "Received" }
                        @if damaged { th.num scope="col" { "Damaged" } }
                        th.num scope="col" { "Missing" } th.num scope="col" { "Unit cost" } th.num scope="col" { "Total" }
                    }
                }
                tbody {
                    @for line in &view.lines {
                        tr {
                            th scope="row" {
                                div {
                                    @match &line.href { Some(href) => a.code href=(href) { (line.sku) }, None => span.code { (line.sku) } }
                                    div.small.muted { (line.title) " · " (line.location) }
                                }
                            }
                            td.num data-label="Ordered" { (line.ordered) }
                            td.num data-label="Received" { (line.received) }
                            @if damaged { td.num data-label="Damaged" { span.zero[some(&line.damaged)] { (line.damaged) } } }
                            td.num data-label="Missing" { span.low[some(&line.missing)] { (line.missing) } }
                            td.num data-label="Unit cost" { (line.unit_cost) }
                            td.num data-label="Total" { (line.total) }
                        }
                    }
                }
            }
        }
        @if !view.total.is_empty() { dl.totals.sum { dt.total { "Total" } dd.total { (view.total) } } }
    }
}

fn proposed(proposal: &Proposal, view: &PurchaseOrderView) -> Markup {
    html! {
        section.panel aria-labelledby="proposal" {
            h2 #proposal { "What the supplier proposes" (badge(&Badge::ChangeProposed)) }
            @if let Some(note) = &proposal.note { blockquote.quoted.preline { (note) } }
            table.table.plain-table {
                caption.visually-hidden { "Ordered and proposed" }
                thead { tr { th scope="col" { span.visually-hidden { "What" } } th.num scope="col" { "Ordered" } th.num scope="col" { "Proposed" } } }
                tbody {
                    @if let Some((ordered, proposed)) = &proposal.expected {
                        tr { th scope="row" { "Delivery" } td.num { (ordered) } td.num { strong { (proposed) } } }
                    }
                    @for row in &proposal.rows {
                        tr { th scope="row" { div { span.code { (row.sku) } div.small.muted { (row.title) } } } td.num { (row.ordered) } td.num { strong { (row.proposed) } } }
                    }
                }
            }
            @if proposal.may_answer {
                div.row { (answer(view, "take-proposal", Look::Main, "Take it")) (answer(view, "reject-proposal", Look::Quiet, "Reject it")) }
                p.hint { "Taken, the order changes to it. Rejected, the supplier is asked again for what was ordered." }
            }
        }
    }
}

fn answer(view: &PurchaseOrderView, path: &str, look: Look, words: &str) -> Markup {
    html! { form action={ (view.base) "/" (path) } method="post" { (kept(view, path)) (busy_button(look, words, "Sending…")) } }
}

/// The fields of every form that nobody sees.
fn kept(view: &PurchaseOrderView, path: &str) -> Markup {
    html! {
        (hidden("csrf", &view.csrf))
        (hidden("idempotency_key", &format!("{}-{path}", view.idempotency_key)))
    }
}

fn action_form(action: &PurchaseAction, main: bool, view: &PurchaseOrderView) -> Markup {
    let (words, which) = action.words();
    let path = action.path();
    let refused = view.refused.as_deref() == Some(path);
    let gentle = if main { Look::Main } else { Look::Quiet };
    let errors = if refused { view.errors.clone() } else { FormErrors::none() };
    html! {
        details.action open[main || refused] {
            summary { (icon(which)) (words) (icon(Icon::Down)) }
            form.stack action={ (view.base) "/" (path) } method="post" novalidate {
                (kept(view, path))
                @match action {
                    PurchaseAction::Approve { consequence, send } => {
                        p { (consequence) }
                        label.choice.plain for="approve-send" {
                            input #approve-send type="checkbox" name="send" value="true" checked[*send];
                            span.choice-label { "Send it to the supplier at once" }
                        }
                        div { (busy_button(gentle, "Approve", "Approving…")) }
                    }
                    PurchaseAction::Send { to, again } => {
                        p { @if *again { "The mail goes once more to " } @else { "The order goes to " } strong { (to) } ", as PDF and CSV, with a link to answer." }
                        div { (busy_button(gentle, words, "Sending…")) }
                    }
                    PurchaseAction::Receive { lines, focused } => {
                        p.hint { "Count what came. Damaged units are part of it, and are kept from sale." }
                        @if *focused && !refused { (edit_table_focused(&receiving(lines), &errors)) } @else { (edit_table(&receiving(lines), &errors)) }
                        div { (busy_button(gentle, "Book what came", "Booking…")) }
                    }
                    PurchaseAction::Hold { reason } => {
                        (field(&Field::text("reason", "Reason").value(reason).within("hold").errors(&errors).optional()))
                        div { (busy_button(gentle, "Put on hold", "Saving…")) }
                    }
                    PurchaseAction::Resume { becomes } => {
                        p { "It goes on as it was: " (badge(&Badge::Other(Tone::Info, becomes.clone()))) }
                        div { (busy_button(gentle, "Resume", "Saving…")) }
                    }
                    PurchaseAction::Cancel { consequence, reason } => {
                        p { (consequence) }
                        (field(&Field::text("reason", "Reason, for the supplier").value(reason).within("cancel").errors(&errors).optional()))
                        div { (busy_button(Look::Danger, "Cancel the order", "Cancelling…")) }
                    }
                    PurchaseAction::Close { consequence } => {
                        p { (consequence) }
                        div { (busy_button(gentle, "Close", "Closing…")) }
                    }
                }
            }
        }
    }
}

fn receiving(lines: &[ReceiveLine]) -> EditTable {
    EditTable {
        name: "line",
        caption: "What came".to_owned(),
        row_word: "line",
        columns: vec![
            EditColumn::new("sku", "SKU", Cell::Code),
            EditColumn::new("title", "Product", Cell::Words),
            EditColumn::new("location", "To", Cell::Code),
            EditColumn::new("missing", "Missing", Cell::Figure),
            EditColumn::new("quantity", "Came now", Cell::Number),
            EditColumn::new("damaged", "Of which damaged", Cell::Number),
        ],
        rows: lines
            .iter()
            .map(|line| {
                [&line.sku, &line.title, &line.location, &line.missing, &line.quantity, &line.damaged]
                    .map(Clone::clone)
                    .to_vec()
            })
            .collect(),
        blank: 0,
    }
}
