//! Transfers between locations: their list, one being written, and one with what came of it.

use crate::components::{
    Badge, Cell, Choice, Column, Crumb, EditColumn, EditTable, Event, Field, FormErrors, Icon, Look, Pager, Tab, badge,
    breadcrumb, busy_button, edit_table, empty, error_summary, facts, field, head_row, hidden, icon, link_button,
    pagination, tabs, timeline,
};
use maud::{Markup, html};

/// A transfer in the list.
#[derive(Debug, Clone)]
pub struct TransferRow {
    /// Its number.
    pub number: String,
    /// Its page.
    pub href: String,
    /// Where it left.
    pub from: String,
    /// Where it goes.
    pub to: String,
    /// Where it stands.
    pub state: Badge,
    /// How many lines it has.
    pub lines: String,
    /// How many units were sent.
    pub units: String,
    /// How many of them are on the road.
    pub in_transit: String,
    /// When it left: "3 June 2026, 14:05".
    pub sent: String,
    /// When for machines, RFC 3339.
    pub sent_at: String,
}

/// The list.
#[derive(Debug, Clone, Default)]
pub struct Transfers {
    /// The saved views: "On the road", "All".
    pub views: Vec<Tab>,
    /// The transfers.
    pub rows: Vec<TransferRow>,
    /// Where the list goes on.
    pub pager: Pager,
    /// What to say when it is empty.
    pub nothing: String,
    /// Whether the role may send one.
    pub may_send: bool,
}

/// The list.
#[must_use]
pub fn transfers(view: &Transfers) -> Markup {
    html! {
        div.title-row {
            h1 { "Transfers" }
            @if view.may_send { (link_button(Look::Main, "/desk/transfers/new", "New transfer")) }
        }
        (tabs("Saved views", &view.views))
        @if view.rows.is_empty() {
            (empty(&view.nothing, Some(("/desk/stock", "What lies where"))))
        } @else {
            (table(view))
            (pagination(&view.pager))
        }
    }
}

fn table(view: &Transfers) -> Markup {
    html! {
        div.table-wrap tabindex="0" role="region" aria-label="Transfers" {
            table.table.dense.cards-on-phone {
                (head_row(&[
                    Column::text("Number"), Column::text("From"), Column::text("To"), Column::text("Status"), Column::number("Lines"),
                    Column::number("Units"), Column::number("On the road"), Column::text("Sent"),
                ]))
                tbody {
                    @for row in &view.rows {
                        tr {
                            th scope="row" { a href=(row.href) { (row.number) } }
                            td.break data-label="From" { (row.from) }
                            td.break data-label="To" { (row.to) }
                            td data-label="Status" { (badge(&row.state)) }
                            td.num data-label="Lines" { (row.lines) }
                            td.num data-label="Units" { (row.units) }
                            td.num data-label="On the road" { (row.in_transit) }
                            td data-label="Sent" { time datetime=(row.sent_at) { (row.sent) } }
                        }
                    }
                }
            }
        }
    }
}

/// A line as it was typed.
#[derive(Debug, Clone, Default)]
pub struct TransferLineTyped {
    /// The SKU.
    pub sku: String,
    /// How many.
    pub quantity: String,
}

/// What lies free of a SKU where a transfer leaves.
#[derive(Debug, Clone, Default)]
pub struct FreeRow {
    /// The SKU.
    pub sku: String,
    /// The product's name and kind.
    pub title: String,
    /// How many lie there.
    pub on_hand: String,
    /// How many of them are paid and not shipped.
    pub committed: String,
    /// How many may leave.
    pub free: String,
}

/// A transfer being written.
#[derive(Debug, Clone, Default)]
pub struct TransferForm {
    /// The locations that it can leave.
    pub from: Vec<Choice>,
    /// The locations that it can go to.
    pub to: Vec<Choice>,
    /// The lines.
    pub lines: Vec<TransferLineTyped>,
    /// How many empty rows follow.
    pub blank: usize,
    /// More about it, as typed.
    pub note: String,
    /// Where it leaves, and what lies free there of what was typed; none where that was not looked up.
    pub free: Option<(String, Vec<FreeRow>)>,
    /// The form's token.
    pub csrf: String,
    /// The key that makes a double press one transfer.
    pub idempotency_key: String,
    /// What was wrong: `from`, `to`, `line.0.sku`, `line.0.quantity`, `note`.
    pub errors: FormErrors,
}

/// The form. Posts to `/desk/transfers`: `from`, `to`, `line.N.sku`, `line.N.quantity`, `note`, `csrf`,
/// `idempotency_key`; with `more` it asks for the same form with more rows, with `look` for what lies free. A row without
/// SKU and quantity means nothing.
#[must_use]
pub fn transfer_form(form: &TransferForm) -> Markup {
    html! {
        (error_summary(&form.errors))
        (breadcrumb(&crumbs()))
        h1 { "New transfer" }
        form.stack action="/desk/transfers" method="post" novalidate data-unsaved {
            (hidden("csrf", &form.csrf))
            (hidden("idempotency_key", &form.idempotency_key))
            section.panel aria-labelledby="transfer-lines" {
                (field(&Field::select("from", "From", form.from.clone()).width("w-m").errors(&form.errors)))
                (field(&Field::select("to", "To", form.to.clone()).width("w-m").errors(&form.errors)))
                h2 #transfer-lines { "What to send" }
                (edit_table(&typed(form), &form.errors))
                @if let Some((location, rows)) = &form.free { (free(location, rows)) }
                (field(&Field::text("note", "Note").value(&form.note).errors(&form.errors).optional()))
                p.hint { "Sent at once: what is on the road cannot be bought until it is received." }
            }
            div.row {
                (busy_button(Look::Main, "Send", "Sending…"))
                // After the one that sends, so that Enter sends.
                button.button.quiet type="submit" name="look" value="true" { "Show what is free" }
                button.button.quiet.scriptless-only type="submit" name="more" value="true" { "Add rows" }
                a href="/desk/transfers" { "Back without sending" }
            }
        }
    }
}

fn crumbs() -> [Crumb; 1] {
    [Crumb { words: "Transfers".to_owned(), href: "/desk/transfers".to_owned() }]
}

fn typed(form: &TransferForm) -> EditTable {
    EditTable {
        name: "line",
        caption: "Lines of the transfer".to_owned(),
        row_word: "line",
        columns: vec![EditColumn::new("sku", "SKU", Cell::Text), EditColumn::new("quantity", "Quantity", Cell::Number)],
        rows: form.lines.iter().map(|line| vec![line.sku.clone(), line.quantity.clone()]).collect(),
        blank: form.blank,
    }
}

fn free(location: &str, rows: &[FreeRow]) -> Markup {
    html! {
        h3 #free { "Free at " (location) }
        @if rows.is_empty() { p.muted { "Type a SKU to see how many lie free there." } } @else {
            div.table-wrap tabindex="0" role="region" aria-labelledby="free" {
                table.table.dense.cards-on-phone {
                    (head_row(&[Column::text("SKU"), Column::number("On hand"), Column::number("Committed"), Column::number("Free")]))
                    tbody {
                        @for row in rows {
                            tr {
                                th scope="row" { div { span.code { (row.sku) } div.small.muted { (row.title) } } }
                                td.num data-label="On hand" { (row.on_hand) }
                                td.num data-label="Committed" { (row.committed) }
                                td.num data-label="Free" { strong { (row.free) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A line of a transfer.
#[derive(Debug, Clone, Default)]
pub struct TransferLineRow {
    /// Its SKU.
    pub sku: String,
    /// The page that shows its stock.
    pub href: String,
    /// The product's name and kind.
    pub title: String,
    /// How many were sent.
    pub sent: String,
    /// How many came and are good.
    pub received: String,
    /// How many came and are damaged.
    pub damaged: String,
    /// How many are known not to come.
    pub missing: String,
    /// How many are on the road.
    pub in_transit: String,
}

/// A line that something can come of, as typed.
#[derive(Debug, Clone, Default)]
pub struct TransferReceiving {
    /// Its SKU.
    pub sku: String,
    /// How many are on the road.
    pub in_transit: String,
    /// How many came and are good; all that are on the road before somebody typed.
    pub received: String,
    /// How many came and are damaged.
    pub damaged: String,
    /// How many are known not to come.
    pub missing: String,
}

/// A transfer.
#[derive(Debug, Clone, Default)]
pub struct TransferView {
    /// Its number.
    pub number: String,
    /// Its address on the desk, `/desk/transfers/{id}`; forms post to `<base>/receive` and `<base>/cancel`.
    pub base: String,
    /// "Sent 3 June 2026, 14:05".
    pub made: String,
    /// Where it stands.
    pub state: Option<Badge>,
    /// Names and values: from, to, note.
    pub facts: Vec<(String, String)>,
    /// Its lines.
    pub lines: Vec<TransferLineRow>,
    /// What can be received, where it can and the role may.
    pub receive: Option<Vec<TransferReceiving>>,
    /// Where its units go back to, where it can turn back and the role may have it so.
    pub cancel: Option<String>,
    /// What happened, newest first.
    pub events: Vec<Event>,
    /// The forms' token.
    pub csrf: String,
    /// The key that makes a double press one act.
    pub idempotency_key: String,
    /// What was wrong with what was received: `line.0.received`, `line.0.damaged`, `line.0.missing`.
    pub errors: FormErrors,
}

impl TransferView {
    fn is_on_the_road(&self) -> bool {
        self.lines.iter().any(|line| line.in_transit != "0")
    }
}

/// One transfer. Posts to `<base>/receive`: `line.N.sku`, `line.N.received`, `line.N.damaged`, `line.N.missing`, `csrf`,
/// `idempotency_key`; to `<base>/cancel`: `csrf`, `idempotency_key`.
#[must_use]
pub fn transfer(view: &TransferView) -> Markup {
    html! {
        (error_summary(&view.errors))
        (breadcrumb(&crumbs()))
        div.title-row {
            div.badges { h1 { "Transfer " (view.number) } @if let Some(state) = &view.state { (badge(state)) } }
            span.muted { (view.made) }
        }
        div.detail {
            div {
                section.panel aria-labelledby="lines" { h2 #lines { "Lines" } (lines(view)) }
                section.panel.no-print aria-labelledby="actions" {
                    h2 #actions { "Next" }
                    @if view.receive.is_none() && view.cancel.is_none() {
                        p.muted { @if view.is_on_the_road() { "The warehouse books what comes of it." } @else { "Nothing left to do." } }
                    }
                    @if let Some(lines) = &view.receive { (receive(view, lines)) }
                    @if let Some(from) = &view.cancel { (cancel(view, from)) }
                }
                section.panel aria-labelledby="events" { h2 #events { "Timeline" } (timeline(&view.events)) }
            }
            aside aria-label="About this transfer" {
                section.panel aria-labelledby="way" { h2 #way { "Way" } (facts(&view.facts)) }
            }
        }
    }
}

fn lines(view: &TransferView) -> Markup {
    let some = |figure: &str| !figure.is_empty() && figure != "0";
    let damaged = view.lines.iter().any(|line| some(&line.damaged));
    let missing = view.lines.iter().any(|line| some(&line.missing));
    html! {
        div.table-wrap tabindex="0" role="region" aria-label="Lines of the transfer" {
            table.table.dense.cards-on-phone {
                thead {
                    tr {
                        th scope="col" { "SKU" } th.num scope="col" { "Sent" } th.num scope="col" { "Received" }
                        @if damaged { th.num scope="col" { "Damaged" } }
                        @if missing { th.num scope="col" { "Missing" } }
                        th.num scope="col" { "On the road" }
                    }
                }
                tbody {
                    @for line in &view.lines {
                        tr {
                            th scope="row" { div { a.code href=(line.href) { (line.sku) } div.small.muted { (line.title) } } }
                            td.num data-label="Sent" { (line.sent) }
                            td.num data-label="Received" { (line.received) }
                            @if damaged { td.num data-label="Damaged" { span.zero[some(&line.damaged)] { (line.damaged) } } }
                            @if missing { td.num data-label="Missing" { span.zero[some(&line.missing)] { (line.missing) } } }
                            td.num data-label="On the road" { span.low[some(&line.in_transit)] { (line.in_transit) } }
                        }
                    }
                }
            }
        }
    }
}

/// The fields of every form that nobody sees.
fn kept(view: &TransferView, path: &str) -> Markup {
    html! {
        (hidden("csrf", &view.csrf))
        (hidden("idempotency_key", &format!("{}-{path}", view.idempotency_key)))
    }
}

fn receive(view: &TransferView, lines: &[TransferReceiving]) -> Markup {
    let table = EditTable {
        name: "line",
        caption: "What came".to_owned(),
        row_word: "line",
        columns: vec![
            EditColumn::new("sku", "SKU", Cell::Code),
            EditColumn::new("in_transit", "On the road", Cell::Figure),
            EditColumn::new("received", "Good", Cell::Number),
            EditColumn::new("damaged", "Damaged", Cell::Number),
            EditColumn::new("missing", "Missing", Cell::Number),
        ],
        rows: lines
            .iter()
            .map(|line| {
                [&line.sku, &line.in_transit, &line.received, &line.damaged, &line.missing].map(Clone::clone).to_vec()
            })
            .collect(),
        blank: 0,
    };
    html! {
        details.action open {
            summary { (icon(Icon::Parcel)) "Receive" (icon(Icon::Down)) }
            form.stack action={ (view.base) "/receive" } method="post" novalidate {
                (kept(view, "receive"))
                p.hint { "Count what came. Damaged units are kept from sale; missing ones are booked as lost. What stays on the road can be received later." }
                (edit_table(&table, &view.errors))
                div { (busy_button(Look::Main, "Book what came", "Booking…")) }
            }
        }
    }
}

fn cancel(view: &TransferView, from: &str) -> Markup {
    html! {
        details.action {
            summary { (icon(Icon::Cross)) "Cancel the transfer" (icon(Icon::Down)) }
            form.stack action={ (view.base) "/cancel" } method="post" novalidate {
                (kept(view, "cancel"))
                p { "Everything goes back to " strong { (from) } ", and can be sold from there again." }
                div { (busy_button(Look::Danger, "Cancel the transfer", "Cancelling…")) }
            }
        }
    }
}
