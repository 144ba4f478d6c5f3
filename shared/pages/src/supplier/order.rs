//! A purchase order, as its supplier sees and answers it.

use crate::components::{
    Cell, EditColumn, EditTable, Field, FieldKind, FormErrors, Icon, Look, Notice, busy_button, edit_table,
    error_summary, facts, field, hidden, icon, notice,
};
use maud::{Markup, html};

/// A line of the order.
#[derive(Debug, Clone, Default)]
pub struct SupplierLine {
    /// Its SKU.
    pub sku: String,
    /// The product's name and kind.
    pub title: String,
    /// Its location's key, where lines go to several; shown then.
    pub location: String,
    /// How many are ordered.
    pub quantity: String,
    /// What one costs; empty where that is not agreed.
    pub unit_cost: String,
    /// What the line costs; empty where that is not agreed.
    pub total: String,
    /// How many come, as typed in a proposal; what is ordered before that.
    pub proposed: String,
}

/// The ways to answer that are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SupplierWays {
    /// It comes as ordered.
    pub accept: bool,
    /// It comes otherwise.
    pub propose: bool,
    /// It does not come.
    pub refuse: bool,
}

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct SupplierTyped {
    /// The way that was sent: `accept`, `propose`, `refuse`; its form stands open.
    pub answer: String,
    /// The proposed day, `2026-06-24`.
    pub expected: String,
    /// The note to a proposal.
    pub note: String,
    /// Why it is refused.
    pub reason: String,
}

/// What came of the answer.
#[derive(Debug, Clone, Default)]
pub struct SupplierAnswered {
    /// "Thank you. You accepted the order."
    pub title: String,
    /// What happens next, a sentence each.
    pub next: Vec<String>,
}

/// A purchase order, as its supplier sees it.
#[derive(Debug, Clone, Default)]
pub struct SupplierOrder {
    /// The order's number.
    pub number: String,
    /// Who orders: the shop's name.
    pub shop_name: String,
    /// Where the answers post to: `/supplier/{token}`.
    pub action: String,
    /// Why nothing can be answered any more, a heading and a sentence: it is over, cancelled, or the link was replaced.
    /// Then nothing else is shown but what is in `lines` and `files`.
    pub over: Option<(String, String)>,
    /// What came of the answer just given.
    pub answered: Option<SupplierAnswered>,
    /// What they answered before.
    pub notice: Option<Notice>,
    /// The ways to answer that are open.
    pub ways: SupplierWays,
    /// The lines.
    pub lines: Vec<SupplierLine>,
    /// What it costs; empty where that is not agreed.
    pub total: String,
    /// Where it goes, a line each.
    pub deliver_to: Vec<String>,
    /// When it is wanted: "17 June 2026"; empty where no day is given.
    pub wanted_by: String,
    /// Names and values: ordered on, contact.
    pub facts: Vec<(String, String)>,
    /// The order as files, address and words.
    pub files: Vec<(String, String)>,
    /// What was typed.
    pub typed: SupplierTyped,
    /// The forms' token.
    pub csrf: String,
    /// The key that makes a double press one answer.
    pub idempotency_key: String,
    /// What was wrong: `expected`, `note`, `line.0.quantity`, `reason`.
    pub errors: FormErrors,
}

/// The order, and three ways to answer. Each posts to its `action`: `answer` (`accept`, `propose` or `refuse`), `csrf`,
/// `idempotency_key`; a proposal `expected` (`2026-06-24`, may be empty), `line.N.sku`, `line.N.quantity`, `note`, and
/// `line.N.location` where lines go to several; a refusal `reason`. Wrap in [`crate::layout::supplier_page`].
#[must_use]
pub fn order(view: &SupplierOrder) -> Markup {
    let open = view.over.is_none();
    html! {
        div.wrap.narrow.page.stack-l {
            (error_summary(&view.errors))
            (head(view))
            @if !view.lines.is_empty() { (ordered(view)) }
            @if open && (view.ways.accept || view.ways.propose || view.ways.refuse) { (ways(view)) }
        }
    }
}

fn head(view: &SupplierOrder) -> Markup {
    html! {
        div.stack {
            @match (&view.over, &view.answered) {
                (Some((title, sentence)), _) => {
                    p.muted { "Purchase order " span.number { (view.number) } }
                    h1 { (title) }
                    p.lead { (sentence) }
                }
                (None, Some(answered)) => {
                    p.muted { "Purchase order " span.number { (view.number) } }
                    div role="status" { h1.added-title { (icon(Icon::Check)) (answered.title) } }
                    @for sentence in &answered.next { p.lead { (sentence) } }
                }
                (None, None) => {
                    h1 { "Purchase order " span.number { (view.number) } }
                    p.lead { (view.shop_name) " would like to order this from you." @if !view.wanted_by.is_empty() { " Wanted by " strong.nowrap { (view.wanted_by) } "." } }
                    @if let Some(one) = &view.notice { (notice(one)) }
                }
            }
        }
    }
}

fn ordered(view: &SupplierOrder) -> Markup {
    html! {
        section.stack aria-labelledby="ordered" {
            h2 #ordered { "What is ordered" }
            ul.supplier-lines {
                @for line in &view.lines {
                    li {
                        div {
                            span.code { (line.sku) }
                            div { (line.title) }
                            @if !line.location.is_empty() { div.small.muted { "To " (line.location) } }
                        }
                        div.end {
                            strong { (line.quantity) } @if !line.unit_cost.is_empty() { span.muted { " × " (line.unit_cost) } }
                            @if !line.total.is_empty() { div { (line.total) } }
                        }
                    }
                }
            }
            @if !view.total.is_empty() { dl.totals { dt.total { "Total" } dd.total { (view.total) } } }
            @if !view.deliver_to.is_empty() || !view.facts.is_empty() || !view.wanted_by.is_empty() {
                (facts(&about(view)))
            }
            @if !view.files.is_empty() {
                div.row { @for (href, words) in &view.files { a href=(href) { (words) } } }
            }
        }
    }
}

fn about(view: &SupplierOrder) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    if !view.wanted_by.is_empty() {
        pairs.push(("Wanted by".to_owned(), view.wanted_by.clone()));
    }
    if !view.deliver_to.is_empty() {
        pairs.push(("Deliver to".to_owned(), view.deliver_to.join("\n")));
    }
    pairs.extend(view.facts.clone());
    pairs
}

fn ways(view: &SupplierOrder) -> Markup {
    html! {
        section.stack.no-print aria-labelledby="answer" {
            h2 #answer { @if view.answered.is_some() || view.notice.is_some() { "Has anything changed?" } @else { "Your answer" } }
            @if view.ways.accept {
                form.stack-s action=(view.action) method="post" {
                    (kept(view, "accept"))
                    button.button.wide type="submit" data-busy="Sending…" { "Accept" @if !view.wanted_by.is_empty() { ", delivered by " (view.wanted_by) } }
                }
            }
            @if view.ways.propose { (propose(view)) }
            @if view.ways.refuse { (refuse(view)) }
        }
    }
}

/// The fields of every form that nobody sees.
fn kept(view: &SupplierOrder, answer: &str) -> Markup {
    html! {
        (hidden("csrf", &view.csrf))
        (hidden("idempotency_key", &format!("{}-{answer}", view.idempotency_key)))
        (hidden("answer", answer))
    }
}

fn propose(view: &SupplierOrder) -> Markup {
    html! {
        details.panel.answer open[view.typed.answer == "propose"] {
            summary { "Propose a change" (icon(Icon::Down)) }
            form.stack action=(view.action) method="post" novalidate {
                (kept(view, "propose"))
                p.hint { "Change what differs and leave the rest as it is. " (view.shop_name) " looks at it and writes back." }
                (field(&Field::new(FieldKind::Date, "expected", "You can deliver by").value(&view.typed.expected).width("w-s").errors(&view.errors).optional()))
                (edit_table(&quantities(view), &view.errors))
                (field(&Field::new(FieldKind::Lines, "note", "Anything else").value(&view.typed.note).errors(&view.errors).optional()))
                div { (busy_button(Look::Quiet, "Send the proposal", "Sending…")) }
            }
        }
    }
}

fn quantities(view: &SupplierOrder) -> EditTable {
    let located = view.lines.iter().any(|line| !line.location.is_empty());
    let mut columns = vec![EditColumn::new("sku", "SKU", Cell::Code), EditColumn::new("title", "Product", Cell::Words)];
    columns.extend(located.then(|| EditColumn::new("location", "To", Cell::Code)));
    columns.push(EditColumn::new("ordered", "Ordered", Cell::Figure));
    columns.push(EditColumn::new("quantity", "You deliver", Cell::Number));
    let row = |line: &SupplierLine| {
        let mut row = vec![line.sku.clone(), line.title.clone()];
        row.extend(located.then(|| line.location.clone()));
        row.push(line.quantity.clone());
        row.push(line.proposed.clone());
        row
    };
    EditTable {
        name: "line",
        caption: "What you deliver".to_owned(),
        row_word: "line",
        columns,
        rows: view.lines.iter().map(row).collect(),
        blank: 0,
    }
}

fn refuse(view: &SupplierOrder) -> Markup {
    html! {
        details.panel.answer open[view.typed.answer == "refuse"] {
            summary { "Refuse" (icon(Icon::Down)) }
            form.stack action=(view.action) method="post" novalidate {
                (kept(view, "refuse"))
                p.hint { "The order is cancelled, and " (view.shop_name) " buys elsewhere." }
                (field(&Field::new(FieldKind::Lines, "reason", "Why").value(&view.typed.reason).errors(&view.errors)))
                div { (busy_button(Look::Danger, "Refuse the order", "Sending…")) }
            }
        }
    }
}
