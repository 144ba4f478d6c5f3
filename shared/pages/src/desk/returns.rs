//! Returns: their list, and one parcel's whole way over the desk: decided, received, looked at, paid back.

use crate::components::{
    Badge, Column, Crumb, Event, Field, FieldKind, FormErrors, Icon, Image, Look, Notice, Pager, Tab, Tone, Wanted,
    badge, breadcrumb, busy_button, empty, error_summary, facts, field, head_row, hidden, icon, id_of, image,
    notice_status, pagination, photos, tabs, timeline, wanted,
};
use maud::{Markup, html};

/// A return in the list.
#[derive(Debug, Clone, Default)]
pub struct ReturnRow {
    /// Its number.
    pub number: String,
    /// Its page.
    pub href: String,
    /// Where it stands.
    pub state: Badge,
    /// The order's number.
    pub order_number: String,
    /// The order's page.
    pub order_href: String,
    /// Who sends it back.
    pub name: String,
    /// How many units.
    pub units: String,
    /// What goes back for it.
    pub refund: String,
    /// When it was asked for: "3 June 2026".
    pub asked: String,
    /// When it has to come: "by 17 July 2026"; empty where that is not said yet, or over.
    pub due: String,
    /// Whether that day is past.
    pub overdue: bool,
}

/// The list.
#[derive(Debug, Clone, Default)]
pub struct Returns {
    /// The saved views.
    pub tabs: Vec<Tab>,
    /// The returns.
    pub rows: Vec<ReturnRow>,
    /// Where the list begins and goes on.
    pub pager: Pager,
    /// The number that was looked for.
    pub q: String,
    /// Whether there is no return with it.
    pub not_found: bool,
    /// What to say when the list is empty.
    pub empty: String,
}

/// The list. Sends by GET to `/desk/returns`: `q`, the number on a slip; the cursor stands in it, so that a scanner
/// finds it.
#[must_use]
pub fn returns(view: &Returns) -> Markup {
    html! {
        div.title-row { h1 { "Returns" } }
        @if view.not_found {
            (notice_status(&Notice {
                detail: Some("Compare it with the slip in the parcel, or look for the order instead.".to_owned()),
                ..Notice::new(Tone::Warn, format!("No return has the number {}.", view.q))
            }))
        }
        (tabs("Saved views", &view.tabs))
        form.filter-row action="/desk/returns" method="get" role="search" {
            div.field {
                label for="q" { "Number on the slip" }
                input #q.input type="search" name="q" value=(view.q) autocomplete="off" spellcheck="false"
                    enterkeyhint="go" autofocus data-search;
            }
            button.button.quiet type="submit" { "Open" }
        }
        @if view.rows.is_empty() {
            (empty(&view.empty, Some(elsewhere(view))))
        } @else {
            (table(view))
            (pagination(&view.pager))
        }
    }
}

/// The way on from an empty list.
fn elsewhere(view: &Returns) -> (&'static str, &'static str) {
    if view.q.is_empty() { ("/desk/orders", "See the orders") } else { ("/desk/returns", "All returns") }
}

fn table(view: &Returns) -> Markup {
    html! {
        div.table-wrap tabindex="0" role="region" aria-label="Returns" {
            table.table.dense.cards-on-phone {
                (head_row(&[
                    Column::text("Number"), Column::text("Status"), Column::text("Order"), Column::text("From"),
                    Column::number("Units"), Column::number("Refund"), Column::text("Asked for"), Column::text("Due"),
                ]))
                tbody {
                    @for row in &view.rows {
                        tr {
                            th scope="row" { a href=(row.href) { (row.number) } }
                            td data-label="Status" { (badge(&row.state)) }
                            td data-label="Order" { a href=(row.order_href) { (row.order_number) } }
                            td.break data-label="From" { (row.name) }
                            td.num data-label="Units" { (row.units) }
                            td.num data-label="Refund" { (row.refund) }
                            td.nowrap data-label="Asked for" { (row.asked) }
                            td data-label="Due" {
                                @if !row.due.is_empty() {
                                    span { (row.due) @if row.overdue { " " (badge(&Badge::Overdue)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A line of the parcel.
#[derive(Debug, Clone, Default)]
pub struct ReturnWorkLine {
    /// Its SKU.
    pub sku: String,
    /// What a scanner reads off it; empty where it has none.
    pub barcode: String,
    /// The product's name and kind.
    pub title: String,
    /// Its picture.
    pub image: Image,
    /// Why it comes back: "Does not work".
    pub reason: String,
    /// How many were asked for.
    pub requested: u32,
    /// How many have come, as booked.
    pub received: u32,
    /// How many came, what came before included, as typed; as booked where nothing is typed.
    pub arrived: String,
    /// How many of those are as new, as typed.
    pub resellable: String,
    /// How many of those are damaged, as typed.
    pub damaged: String,
    /// How many of those are not taken back, as typed.
    pub rejected: String,
    /// What goes back for them.
    pub refund: String,
    /// What lowered that, name of the rule and amount: "Restocking fee", "−€4.80".
    pub reductions: Vec<(String, String)>,
}

/// One screen for a whole parcel.
#[derive(Debug, Clone, Default)]
pub struct ReturnWork {
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub state: Badge,
    /// What that means, and what to do.
    pub sentence: String,
    /// The order's number.
    pub order_number: String,
    /// The order's page.
    pub order_href: String,
    /// Who sends it back: name, mail address.
    pub customer: Vec<String>,
    /// When: "Asked for on 3 June 2026, 14:05".
    pub asked: String,
    /// When it has to come: "17 July 2026".
    pub due: Option<String>,
    /// What the buyer wrote.
    pub comment: Option<String>,
    /// What the buyer shows, address and words of each.
    pub photos: Vec<(String, String)>,
    /// Its lines.
    pub lines: Vec<ReturnWorkLine>,
    /// Where what came is posted, while there is something to look at; else the table is only read.
    pub inspect_action: Option<String>,
    /// Rows of what goes back.
    pub sum: Vec<(String, String)>,
    /// What goes back in all.
    pub total: String,
    /// What that is called: "Refund", "Refunded".
    pub total_title: String,
    /// The one main act, a form without fields: its address, "Refund €26.00", what happens: "To the card that paid.
    /// This cannot be undone."
    pub primary: Option<(String, String, String)>,
    /// What else can be given by the same act, value and words: "credit", "Give store credit instead".
    pub instead: Vec<(String, String)>,
    /// What the buyer wants instead of money.
    pub wanted: Option<Wanted>,
    /// Where it is let come.
    pub approve_action: Option<String>,
    /// Where it is declined.
    pub decline_action: Option<String>,
    /// Where a label is given to the buyer.
    pub label_action: Option<String>,
    /// Where it is noted that what is not taken back went to the buyer again.
    pub send_back_action: Option<String>,
    /// Where it is closed.
    pub close_action: Option<String>,
    /// Why it was declined, or something is not taken back.
    pub reason: Option<String>,
    /// What happened, newest first.
    pub events: Vec<Event>,
    /// The forms' token.
    pub csrf: String,
    /// The key that makes a double press one act.
    pub key: String,
    /// What was wrong with what came, or with a reason to decline: named as their fields.
    pub errors: FormErrors,
    /// What is kept of the refund, as typed.
    pub deduction: String,
    /// Why, as typed.
    pub deduction_reason: String,
    /// Why it is declined, or something is not taken back, as typed.
    pub reject_reason: String,
    /// The currency of what is kept: "EUR".
    pub currency: String,
}

/// The act that the view is about, and its form's look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Approve,
    Pay,
    Inspect,
}

impl ReturnWork {
    fn look(&self, act: Act) -> Look {
        let main = if self.approve_action.is_some() {
            Act::Approve
        } else if self.primary.is_some() {
            Act::Pay
        } else {
            Act::Inspect
        };
        if main == act { Look::Main } else { Look::Quiet }
    }

    /// Whether something came, or can be said to have come.
    fn counts(&self) -> bool {
        self.inspect_action.is_some() || self.lines.iter().any(|line| line.received > 0)
    }

    /// Whether there is something besides the parcel and the money.
    fn has_acts(&self) -> bool {
        [&self.approve_action, &self.decline_action, &self.label_action, &self.send_back_action, &self.close_action]
            .iter()
            .any(|action| action.is_some())
    }

    /// The errors that have a field here; two forms have a `reason`, and only one of them is shown at a time.
    fn shown_errors(&self) -> FormErrors {
        self.errors.on_page(|name| match (name, &self.inspect_action) {
            ("reason", None) => self.decline_action.is_some(),
            ("deduction" | "deduction_reason" | "reason", Some(_)) => true,
            (name, Some(_)) => (0..self.lines.len()).any(|n| COUNTS.iter().any(|(key, ..)| name == cell_name(n, key))),
            (_, None) => false,
        })
    }
}

/// What is counted of a line: the last part of the field's name, what it is called, and how the scanner knows it.
const COUNTS: [(&str, &str, Option<&str>); 4] = [
    ("received", "Came", Some("came")),
    ("resellable", "As new", Some("as-new")),
    ("damaged", "Damaged", None),
    ("rejected", "Not taken back", None),
];

fn cell_name(line: usize, key: &str) -> String {
    format!("line.{line}.{key}")
}

/// One return. What came is posted to its action: `line.N.sku`, `line.N.received`, `line.N.resellable`,
/// `line.N.damaged`, `line.N.rejected`, then `deduction`, `deduction_reason` and `reason`, which may be empty. To
/// decline posts `reason`; a label `carrier`, `tracking`, `label_url`; the way back `carrier`, `tracking`; approval,
/// the main act and closing nothing. Each form carries `csrf` and `idempotency_key`. A label or a way back that was
/// refused is shown by [`form_again`](super::form_again).
#[must_use]
pub fn return_work(view: &ReturnWork) -> Markup {
    html! {
        (error_summary(&view.shown_errors()))
        (breadcrumb(&[Crumb { words: "Returns".to_owned(), href: "/desk/returns".to_owned() }]))
        div.title-row {
            div.badges { h1 { "Return " (view.number) } (badge(&view.state)) }
            span.muted { (view.asked) }
        }
        p { (view.sentence) }
        (parcel(view))
        div.detail {
            div {
                section.panel aria-labelledby="money" { h2 #money { "What goes back" } (money(view)) }
                @if let Some(instead) = &view.wanted {
                    section.panel aria-labelledby="wanted" { h2 #wanted { "What the buyer wants instead" } (wanted(instead)) }
                }
                @if view.has_acts() {
                    section.panel.no-print aria-labelledby="actions" { h2 #actions { "Next" } (acts(view)) }
                }
                section.panel aria-labelledby="events" { h2 #events { "Timeline" } (timeline(&view.events)) }
            }
            aside aria-label="About this return" {
                section.panel aria-labelledby="customer" {
                    h2 #customer { "Customer" }
                    p.preline { (view.customer.join("\n")) }
                    @if let Some(due) = &view.due { (facts(&[("Has to come by".to_owned(), due.clone())])) }
                    p { a href=(view.order_href) { "Order " (view.order_number) } }
                }
                @if let Some(reason) = &view.reason {
                    section.panel aria-labelledby="told" {
                        h2 #told { "What the customer was told" }
                        p.preline { (reason) }
                    }
                }
            }
        }
    }
}

fn parcel(view: &ReturnWork) -> Markup {
    html! {
        section.panel aria-labelledby="parcel" {
            h2 #parcel { @if view.counts() { "What came" } @else { "What is to come" } }
            @if let Some(comment) = &view.comment {
                p.small.muted { "The customer wrote:" }
                blockquote.quoted.preline { (comment) }
            }
            @if !view.photos.is_empty() {
                (photos(view.photos.iter().map(|(href, alt)| (href.as_str(), alt.as_str()))))
            }
            @match &view.inspect_action {
                None => (lines(view)),
                Some(action) => {
                    (scanner())
                    form.stack #came action=(action) method="post" novalidate data-unsaved {
                        (kept(view, "inspect"))
                        (lines(view))
                        (kept_back(view))
                        div { (busy_button(view.look(Act::Inspect), "Save what came", "Saving…")) }
                    }
                }
            }
        }
    }
}

/// The icons of what the scanner says, by its tone.
const BAND: [(Icon, &str); 4] =
    [(Icon::Dot, "neutral"), (Icon::Check, "ok"), (Icon::Clock, "warn"), (Icon::Alert, "bad")];

/// The field that a hand scanner types into, for the script alone: without it the table is filled in by hand.
fn scanner() -> Markup {
    html! {
        form.scan.js-only data-scan="came" {
            div.filter-row {
                div.field {
                    label for="scan" { "Scan an item" }
                    input #scan.input.code type="text" autocomplete="off" autocapitalize="off" spellcheck="false"
                        enterkeyhint="enter" data-search;
                }
                button.button.quiet type="submit" { "Count it" }
                label.choice.plain for="scan-tones" { input #scan-tones type="checkbox"; span.choice-label { "Tones" } }
            }
            div.scan-band.tone-neutral role="status" {
                @for (which, tone) in BAND {
                    span data-tone=(tone) hidden[tone != "neutral"] { (icon(which)) }
                }
                span data-words { "Nothing scanned yet" }
            }
        }
    }
}

fn lines(view: &ReturnWork) -> Markup {
    let counted = if view.counts() { &COUNTS[..] } else { &[] };
    let columns = [Column::text("Item"), Column::number("Asked for")]
        .into_iter()
        .chain(counted.iter().map(|(_, words, _)| Column::number(*words)))
        .chain([Column::number("Refund")]);
    let columns: Vec<Column> = columns.collect();
    html! {
        div.table-wrap tabindex="0" role="region" aria-label="Lines of the return" {
            table.table.counts.cards-on-phone.editable[view.inspect_action.is_some()] {
                (head_row(&columns))
                tbody {
                    @for (n, line) in view.lines.iter().enumerate() {
                        tr data-sku=(line.sku) data-barcode=(line.barcode) data-title=(line.title)
                            data-asked=(line.requested) {
                            th scope="row" {
                                div.product-cell {
                                    (image(&line.image, false))
                                    div {
                                        (line.title)
                                        div.small.muted { span.code { (line.sku) } " · " (line.reason) }
                                    }
                                }
                                @if view.inspect_action.is_some() { (hidden(&cell_name(n, "sku"), &line.sku)) }
                            }
                            td.num data-label="Asked for" { (line.requested) }
                            @for (column, value) in counted.iter().zip(typed(line)) {
                                @if view.inspect_action.is_some() { (count(n, line, column, value, &view.errors)) }
                                @else { td.num data-label=(column.1) { (if value.is_empty() { "0" } else { value }) } }
                            }
                            td.num data-label="Refund" {
                                div {
                                    (line.refund)
                                    @for (rule, amount) in &line.reductions {
                                        div.small.muted { (rule) " " span.nowrap { (amount) } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn typed(line: &ReturnWorkLine) -> [&str; 4] {
    [&line.arrived, &line.resellable, &line.damaged, &line.rejected]
}

fn count(
    n: usize,
    line: &ReturnWorkLine,
    (key, words, scanned): &(&str, &str, Option<&str>),
    value: &str,
    errors: &FormErrors,
) -> Markup {
    let name = cell_name(n, key);
    let id = id_of(&name);
    let error = errors.of(&name);
    let describedby = error.map(|_| format!("{id}-error"));
    html! {
        td.num.has-error[error.is_some()] data-label=(words) {
            input.input.num id=(id) name=(name) type="text" size="4" inputmode="numeric" autocomplete="off"
                value=(value) data-counts=[scanned] aria-label={ (words) ", " (line.title) }
                aria-invalid=[error.map(|_| "true")] aria-describedby=[describedby];
            @if let Some(error) = error {
                p.error-text id={ (id) "-error" } {
                    (icon(Icon::Alert)) span { span.visually-hidden { "Error: " } (error) }
                }
            }
        }
    }
}

/// What is seldom needed: why something is not taken back, and what is kept of the refund.
fn kept_back(view: &ReturnWork) -> Markup {
    let fields =
        [("reason", &view.reject_reason), ("deduction", &view.deduction), ("deduction_reason", &view.deduction_reason)];
    let open = fields.iter().any(|(name, value)| !value.is_empty() || view.errors.of(name).is_some());
    let [reason, deduction, deduction_reason] = fields;
    html! {
        details.action open[open] {
            summary { (icon(Icon::Info)) "Not taken back, or worn" (icon(Icon::Down)) }
            div.stack.form-below {
                (field(&Field::text(reason.0, "Why something is not taken back").hint("The customer reads it.")
                    .value(reason.1).errors(&view.errors).optional()))
                (field(&Field::new(FieldKind::Amount, deduction.0, format!("Keep of the refund, {}", view.currency))
                    .hint("For wear beyond trying it.")
                    .value(deduction.1).width("w-s").errors(&view.errors).optional()))
                (field(&Field::text(deduction_reason.0, "Why it is kept").hint("The customer reads it.")
                    .value(deduction_reason.1).errors(&view.errors).optional()))
            }
        }
    }
}

fn money(view: &ReturnWork) -> Markup {
    html! {
        dl.totals {
            @for (name, amount) in &view.sum { dt { (name) } dd { (amount) } }
            dt.total { (view.total_title) } dd.total { (view.total) }
        }
        @if let Some((action, words, what)) = &view.primary {
            form.stack-s action=(action) method="post" {
                (kept(view, "pay"))
                p { (what) }
                div { (busy_button(view.look(Act::Pay), words, "Sending…")) }
            }
            @if !view.instead.is_empty() {
                details.action {
                    summary { (icon(Icon::Info)) "Give something else" (icon(Icon::Down)) }
                    div.stack.form-below {
                        p.small.muted { "Not what the buyer asked for: agree on it first." }
                        @for (value, words) in &view.instead {
                            form action=(action) method="post" {
                                (kept(view, value))
                                (hidden("resolution", value))
                                (busy_button(Look::Quiet, words, "Sending…"))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The fields of every form that nobody sees.
fn kept(view: &ReturnWork, act: &str) -> Markup {
    html! {
        (hidden("csrf", &view.csrf))
        (hidden("idempotency_key", &format!("{}-{act}", view.key)))
    }
}

fn acts(view: &ReturnWork) -> Markup {
    html! {
        @if let Some(action) = &view.approve_action {
            form.stack-s action=(action) method="post" {
                (kept(view, "approve"))
                p { "The customer gets the address and a slip for the parcel by mail." }
                div { (busy_button(view.look(Act::Approve), "Approve", "Approving…")) }
            }
        }
        @if let Some(action) = &view.decline_action { (decline(action, view)) }
        @if let Some(action) = &view.label_action { (label(action, view)) }
        @if let Some(action) = &view.send_back_action { (send_back(action, view)) }
        @if let Some(action) = &view.close_action {
            form.stack-s action=(action) method="post" {
                (kept(view, "close"))
                p { "Nothing more happens with it then." }
                div { (busy_button(Look::Quiet, "Close", "Closing…")) }
            }
        }
    }
}

fn decline(action: &str, view: &ReturnWork) -> Markup {
    // The table has a reason of its own, where it is shown.
    let reason = Field::new(FieldKind::Lines, "reason", "Why").hint("The customer reads it.");
    let reason = match view.inspect_action {
        Some(_) => reason.within("decline"),
        None => reason.value(&view.reject_reason).errors(&view.errors),
    };
    html! {
        details.action open[reason.error.is_some()] {
            summary { (icon(Icon::Cross)) "Decline" (icon(Icon::Down)) }
            form.stack action=(action) method="post" novalidate {
                (kept(view, "decline"))
                (field(&reason))
                div { (busy_button(Look::Danger, "Decline the return", "Declining…")) }
            }
        }
    }
}

fn label(action: &str, view: &ReturnWork) -> Markup {
    html! {
        details.action {
            summary { (icon(Icon::Print)) "Give the customer a label" (icon(Icon::Down)) }
            form.stack action=(action) method="post" novalidate {
                (kept(view, "label"))
                (parcel_fields("label"))
                (field(&Field::text("label_url", "Where the label is")
                    .hint("An address that begins with https://. Leave it empty for a label that comes by post.")
                    .within("label").optional()))
                div { (busy_button(Look::Quiet, "Send the label", "Sending…")) }
            }
        }
    }
}

fn send_back(action: &str, view: &ReturnWork) -> Markup {
    html! {
        details.action {
            summary { (icon(Icon::Truck)) "Send what is not taken back to the customer" (icon(Icon::Down)) }
            form.stack action=(action) method="post" novalidate {
                (kept(view, "send-back"))
                (parcel_fields("send-back"))
                div { (busy_button(Look::Quiet, "It is on its way back", "Saving…")) }
            }
        }
    }
}

fn parcel_fields(scope: &'static str) -> Markup {
    html! {
        div.grid-2 {
            (field(&Field::text("carrier", "Carrier").within(scope)))
            (field(&Field::text("tracking", "Tracking number").within(scope).optional()))
        }
    }
}
