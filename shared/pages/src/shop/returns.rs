//! Sending goods back: what and why, what goes back for it, the return as its buyer sees it, and where it all begins.

use crate::components::{
    Badge, Choice, Crumb, Event, Field, FieldKind, FormErrors, Icon, Image, Look, Notice, Tone, Totals, TotalsRow,
    Wanted, badge, breadcrumb, busy_button, button, empty, error_summary, facts, field, hidden, icon, id_of, image,
    link_button, notice, photos, radios, timeline, totals, wanted,
};
use maud::{Markup, html};

/// The most of a line that are chosen from a list; more are typed.
const LISTED: u32 = 10;
/// The kinds of pictures that can be added.
const PICTURES: &str = "image/jpeg,image/png,image/webp,image/avif";

/// A line of an order that may be sent back.
#[derive(Debug, Clone, Default)]
pub struct ReturnableLine {
    /// Its SKU.
    pub sku: String,
    /// The product's name and kind.
    pub title: String,
    /// Its picture.
    pub image: Image,
    /// "2 × €24.00".
    pub bought: String,
    /// How many can still come back.
    pub left: u32,
    /// "Return by 3 July 2026." or "Final sale: it comes back only when something is wrong with it."
    pub terms: Option<String>,
    /// Why it cannot be chosen at all; then it has no fields.
    pub blocked: Option<String>,
    /// How many, as typed.
    pub quantity: String,
    /// Why, as chosen.
    pub reason: String,
}

impl ReturnableLine {
    fn may_be_chosen(&self) -> bool {
        self.blocked.is_none() && self.left > 0
    }
}

/// The first step: what comes back, and why.
#[derive(Debug, Clone, Default)]
pub struct ReturnChoice {
    /// The order's number.
    pub order_number: String,
    /// The order's page.
    pub order_href: String,
    /// "You can send these back until 3 July 2026."
    pub deadline: Option<String>,
    /// Where it is sent.
    pub action: String,
    /// The link's token of a guest, passed on; empty for who is signed in.
    pub token: String,
    /// The order's lines.
    pub lines: Vec<ReturnableLine>,
    /// The reasons, value and words.
    pub reasons: Vec<(String, String)>,
    /// What was wrong: `quantity.<sku>`, `reason.<sku>`, or nothing was chosen.
    pub errors: FormErrors,
}

/// The first step. Sends by GET to its action: `quantity.<sku>` and `reason.<sku>` for each line that may be chosen,
/// `step` = `review`, and `token` where there is one.
#[must_use]
pub fn return_choice(view: &ReturnChoice) -> Markup {
    let mut choosable = view.lines.iter().filter(|line| line.may_be_chosen());
    let has = |name: &str| choosable.clone().any(|line| name == quantity_of(line) || name == reason_of(line));
    html! {
        div.wrap.narrow.page {
            div.page-head {
                (error_summary(&view.errors.on_page(has)))
                (breadcrumb(&[Crumb { words: format!("Order {}", view.order_number), href: view.order_href.clone() }]))
                h1 { "Send items back" }
                @if let Some(deadline) = &view.deadline { p.lead { (deadline) } }
            }
            @if view.lines.is_empty() {
                (empty("Nothing of this order can be sent back.", Some((&view.order_href, "Back to the order"))))
            } @else {
                form.stack-l action=(view.action) method="get" novalidate {
                    (hidden("step", "review"))
                    @if !view.token.is_empty() { (hidden("token", &view.token)) }
                    ul.lines { @for line in &view.lines { (returnable(line, view)) } }
                    div.row {
                        @if choosable.next().is_some() {
                            (button(Look::Main, "See what you get back"))
                            a href=(view.order_href) { "Keep everything" }
                        } @else {
                            (link_button(Look::Quiet, &view.order_href, "Back to the order"))
                        }
                    }
                }
            }
        }
    }
}

fn quantity_of(line: &ReturnableLine) -> String {
    format!("quantity.{}", line.sku)
}

fn reason_of(line: &ReturnableLine) -> String {
    format!("reason.{}", line.sku)
}

fn returnable(line: &ReturnableLine, view: &ReturnChoice) -> Markup {
    let title = format!("item-{}", id_of(&line.sku));
    html! {
        li.line {
            (image(&line.image, false))
            div.body {
                h2 id=(title) { (line.title) }
                p.muted.small { (line.bought) }
                @if let Some(terms) = &line.terms { p.small { (terms) } }
                @if let Some(why) = &line.blocked {
                    (notice(&Notice::new(Tone::Neutral, why.clone())))
                } @else if line.may_be_chosen() {
                    div.return-fields role="group" aria-labelledby=(title) {
                        (field(&quantity_field(line).errors(&view.errors)))
                        (field(&reason_field(line, &view.reasons).errors(&view.errors)))
                    }
                }
            }
        }
    }
}

fn quantity_field(line: &ReturnableLine) -> Field {
    let (name, label) = (quantity_of(line), "How many");
    if line.left > LISTED {
        let field = Field::new(FieldKind::Number, name, label).value(&line.quantity);
        return field.hint(format!("{} at most.", line.left)).unmarked();
    }
    let choice = |count: u32| {
        let words = if count == 0 { "None".to_owned() } else { count.to_string() };
        Choice::new(count.to_string(), words, line.quantity.trim() == count.to_string())
    };
    Field::select(name, label, (0..=line.left).map(choice).collect())
}

fn reason_field(line: &ReturnableLine, reasons: &[(String, String)]) -> Field {
    let blank = Choice::new("", "Choose a reason", line.reason.is_empty());
    let known = reasons.iter().map(|(value, words)| Choice::new(value, words, *value == line.reason));
    Field::select(reason_of(line), "Why", std::iter::once(blank).chain(known).collect())
}

/// A line as it was quoted.
#[derive(Debug, Clone, Default)]
pub struct QuotedLine {
    /// The product's name and kind.
    pub title: String,
    /// Its picture.
    pub image: Image,
    /// "2 × Does not work".
    pub what: String,
    /// What they were paid with: "€48.00".
    pub worth: String,
    /// What lowered it, name of the rule and amount: "Restocking fee, 10 %", "−€4.80".
    pub reductions: Vec<(String, String)>,
    /// What goes back for them.
    pub refund: String,
    /// What became of them: "1 received, 1 accepted".
    pub note: Option<String>,
}

fn quoted(line: &QuotedLine) -> Markup {
    html! {
        li.line {
            (image(&line.image, false))
            div.body {
                div.row-between { h3 { (line.title) } span.line-total { (line.refund) } }
                p.muted.small { (line.what) }
                @if !line.reductions.is_empty() {
                    dl.totals.small {
                        dt { "Paid" } dd { (line.worth) }
                        @for (rule, amount) in &line.reductions { dt { (rule) } dd { (amount) } }
                    }
                }
                @if let Some(note) = &line.note { p.small { (note) } }
            }
        }
    }
}

/// What goes back in all.
#[derive(Debug, Clone, Default)]
pub struct RefundSum {
    /// Names and amounts: "Delivery, refunded", "€4.90"; "Return label", "−€4.90".
    pub rows: Vec<(String, String)>,
    /// The total.
    pub total: String,
    /// Where it goes and when: "to your card, 3–5 days after we have looked at the goods".
    pub to: String,
}

fn refund_sum(sum: &RefundSum) -> Markup {
    totals(&Totals {
        rows: sum.rows.iter().map(|(name, amount)| TotalsRow::new(name, amount)).collect(),
        total: Some(sum.total.clone()),
        after: (!sum.to.is_empty()).then(|| sum.to.clone()),
        later: Vec::new(),
    })
}

/// The second step: exactly what goes back, before anybody asks for it.
#[derive(Debug, Clone, Default)]
pub struct ReturnReview {
    /// The order's number.
    pub order_number: String,
    /// The first step again, with what was chosen.
    pub change_href: String,
    /// Where it is posted.
    pub action: String,
    /// The link's token of a guest, passed on; empty for who is signed in.
    pub token: String,
    /// The form's token.
    pub csrf: String,
    /// The key that makes a double press one return.
    pub key: String,
    /// What is sent back, and what goes back for each.
    pub lines: Vec<QuotedLine>,
    /// What goes back in all.
    pub sum: RefundSum,
    /// What was chosen, passed on as it came: `quantity.<sku>` and `reason.<sku>`.
    pub hidden: Vec<(String, String)>,
    /// What can be had for it.
    pub resolutions: Vec<Choice>,
    /// How something else is had for it, where nothing is in the cart.
    pub exchange_hint: Option<String>,
    /// What the buyer adds, as typed.
    pub comment: String,
    /// What happens next, in order.
    pub next: Vec<String>,
    /// What was wrong: `comment`, `resolution`, or what was chosen before.
    pub errors: FormErrors,
}

/// The second step. Posts to its action: the hidden fields, `comment`, `resolution`, `token`, `idempotency_key`,
/// `csrf`.
#[must_use]
pub fn return_review(view: &ReturnReview) -> Markup {
    let has = |name: &str| matches!(name, "comment" | "resolution");
    html! {
        div.wrap.narrow.page {
            div.page-head {
                (error_summary(&view.errors.on_page(has)))
                p.muted { "Order " span.number { (view.order_number) } }
                h1 { "Check your return" }
            }
            form.stack-l action=(view.action) method="post" novalidate {
                (hidden("csrf", &view.csrf))
                (hidden("idempotency_key", &view.key))
                (hidden("token", &view.token))
                @for (name, value) in &view.hidden { (hidden(name, value)) }
                section.stack aria-labelledby="return-items" {
                    div.row-between {
                        h2 #return-items { "What you send back" }
                        a href=(view.change_href) { "Change it" }
                    }
                    ul.lines { @for line in &view.lines { (quoted(line)) } }
                }
                section.panel-plain.stack aria-labelledby="return-sum" {
                    h2 #return-sum { "What you get back" }
                    (refund_sum(&view.sum))
                }
                div.stack-s {
                    (radios("resolution", &html! { "What you want for it" }, &view.resolutions, view.errors.of("resolution"), false))
                    @if let Some(hint) = &view.exchange_hint { p.small.muted { (hint) } }
                }
                (field(&Field::new(FieldKind::Lines, "comment", "What should we know?")
                    .hint("Tell us what is wrong; pictures can be added in the next step.")
                    .value(&view.comment).errors(&view.errors).optional()))
                @if !view.next.is_empty() {
                    section.stack aria-labelledby="return-next" {
                        h2 #return-next { "What happens next" }
                        ol.stack-s.numbered { @for step in &view.next { li { (step) } } }
                    }
                }
                div { (busy_button(Look::Main, "Ask for this return", "Sending…")) }
            }
        }
    }
}

/// A picture that the buyer added.
#[derive(Debug, Clone, Default)]
pub struct ReturnPhoto {
    /// Its address.
    pub href: String,
    /// What it is: "Picture 1 of the return".
    pub alt: String,
}

/// A return as its buyer sees it.
#[derive(Debug, Clone, Default)]
pub struct ReturnPage {
    /// Its number.
    pub number: String,
    /// The order's number.
    pub order_number: String,
    /// The order's page.
    pub order_href: String,
    /// Its state.
    pub state: Badge,
    /// What the state means and what comes next.
    pub sentence: String,
    /// How far it is: words, and whether it is done. The first that is not done is the current one.
    pub steps: Vec<(String, bool)>,
    /// What the reader should do or know first.
    pub notice: Option<Notice>,
    /// The paper for the parcel: `/returns/{id}/slip.pdf`.
    pub slip_href: Option<String>,
    /// The carrier's label, address and words.
    pub label: Option<(String, String)>,
    /// By when the parcel has to come: "17 July 2026".
    pub due: Option<String>,
    /// Where the parcel goes, a line each.
    pub send_to: Vec<String>,
    /// Its lines.
    pub lines: Vec<QuotedLine>,
    /// What goes back in all.
    pub sum: RefundSum,
    /// The heading of that: "You will get", "You got".
    pub sum_title: String,
    /// What is wanted instead.
    pub wanted: Option<Wanted>,
    /// What the buyer wrote.
    pub comment: Option<String>,
    /// Why it was declined, or something was not taken back.
    pub reason: Option<String>,
    /// What the buyer showed.
    pub photos: Vec<ReturnPhoto>,
    /// Where a picture is added, while it can be.
    pub photo_action: Option<String>,
    /// Where the buyer says that the parcel is on its way, while it is awaited.
    pub sent_action: Option<String>,
    /// Who carries it, as typed.
    pub carrier: String,
    /// Its number, as typed.
    pub tracking: String,
    /// Where it is called off, while it can be.
    pub cancel_action: Option<String>,
    /// The link's token of a guest, passed on; empty for who is signed in.
    pub token: String,
    /// The forms' token.
    pub csrf: String,
    /// The key that makes a double press one act.
    pub key: String,
    /// What happened, newest first.
    pub events: Vec<Event>,
    /// What was wrong: `photo`, `carrier`, `tracking`.
    pub errors: FormErrors,
}

impl ReturnPage {
    fn is_to_be_sent(&self) -> bool {
        self.slip_href.is_some() || self.label.is_some() || self.sent_action.is_some()
    }

    fn has(&self, field: &str) -> bool {
        match field {
            "photo" => self.photo_action.is_some(),
            "carrier" | "tracking" => self.sent_action.is_some(),
            _ => false,
        }
    }
}

/// A return. A picture is posted as `multipart/form-data` to its action: `photo`, `token`, `csrf`. That it was sent is
/// posted to its action: `carrier`, `tracking` (may be empty), `token`, `idempotency_key`, `csrf`. That it is called
/// off is posted to its action: `token`, `idempotency_key`, `csrf`.
#[must_use]
pub fn return_page(view: &ReturnPage) -> Markup {
    html! {
        div.wrap.narrow.page {
            div.page-head {
                (error_summary(&view.errors.on_page(|field| view.has(field))))
                (breadcrumb(&[Crumb { words: format!("Order {}", view.order_number), href: view.order_href.clone() }]))
                @if let Some(one) = &view.notice { (notice(one)) }
                div.row { (badge(&view.state)) }
                h1 { "Return " span.number { (view.number) } }
                p.state { (view.sentence) }
                @if let Some(reason) = &view.reason { blockquote.quoted.preline { (reason) } }
                (progress(&view.steps))
            }
            div.stack-l {
                @if view.is_to_be_sent() { (sending(view)) }
                section.stack aria-labelledby="items" {
                    h2 #items { "Items" }
                    ul.lines { @for line in &view.lines { (quoted(line)) } }
                }
                section.panel-plain.stack aria-labelledby="sum" { h2 #sum { (view.sum_title) } (refund_sum(&view.sum)) }
                @if let Some(instead) = &view.wanted {
                    section.panel-plain.stack aria-labelledby="wanted" { h2 #wanted { "What you want instead" } (wanted(instead)) }
                }
                @if view.comment.is_some() || !view.photos.is_empty() || view.photo_action.is_some() { (told(view)) }
                section.stack aria-labelledby="events" { h2 #events { "What happened" } (timeline(&view.events)) }
                div.stack.no-print {
                    @if let Some(action) = &view.cancel_action { (cancel(action, view)) }
                    div { button.button.quiet.js-only type="button" data-print { (icon(Icon::Print)) "Print" } }
                }
            }
        }
    }
}

/// How far a return is.
pub(super) fn progress(steps: &[(String, bool)]) -> Markup {
    let current = steps.iter().position(|(_, done)| !done);
    html! {
        @if !steps.is_empty() {
            ol.progress aria-label="How far it is" {
                @for (n, (words, done)) in steps.iter().enumerate() {
                    li.done[*done].now[current == Some(n)] aria-current=[(current == Some(n)).then_some("step")] {
                        span.mark { @if *done { (icon(Icon::Check)) } }
                        span { @if *done { span.visually-hidden { "Done: " } } (words) }
                    }
                }
            }
        }
    }
}

/// What to do with the parcel. The carrier's label goes before the paper, and that before the word that it was sent.
fn sending(view: &ReturnPage) -> Markup {
    let slip = if view.label.is_some() { Look::Quiet } else { Look::Main };
    let sent = if view.label.is_some() || view.slip_href.is_some() { Look::Quiet } else { Look::Main };
    html! {
        section.panel.stack.no-print aria-labelledby="send" {
            h2 #send { "Send it" @if let Some(due) = &view.due { " by " (due) } }
            div.steps {
                @if let Some(href) = &view.slip_href {
                    section.step aria-labelledby="send-slip" {
                        h3 #send-slip { "Put the return slip into the parcel" }
                        p {
                            "It tells us whose parcel it is. No printer? Write " strong.number { (view.number) }
                            " on a piece of paper."
                        }
                        div { (link_button(slip, href, "Open the return slip")) }
                    }
                }
                @if view.label.is_some() || !view.send_to.is_empty() {
                    section.step aria-labelledby="send-where" {
                        h3 #send-where { "Take it to the carrier" }
                        @if let Some((href, words)) = &view.label {
                            p { "Stick the label over any other on the parcel." }
                            div { (link_button(Look::Main, href, words)) }
                        }
                        @if !view.send_to.is_empty() { p.preline { (view.send_to.join("\n")) } }
                    }
                }
                @if let Some(action) = &view.sent_action {
                    section.step aria-labelledby="send-tell" {
                        h3 #send-tell { "Tell us" }
                        form.stack action=(action) method="post" novalidate {
                            (hidden("csrf", &view.csrf))
                            (hidden("idempotency_key", &format!("{}-sent", view.key)))
                            (hidden("token", &view.token))
                            (field(&Field::text("carrier", "Carrier")
                                .value(&view.carrier).width("w-m").errors(&view.errors).optional()))
                            (field(&Field::text("tracking", "Tracking number")
                                .hint("On the carrier's receipt. With it a lost parcel can be found.")
                                .value(&view.tracking).width("w-m").errors(&view.errors).optional()))
                            div { (busy_button(sent, "I've sent it", "Saving…")) }
                        }
                    }
                }
            }
        }
    }
}

fn told(view: &ReturnPage) -> Markup {
    html! {
        section.stack aria-labelledby="told" {
            h2 #told { "What you told us" }
            @if let Some(comment) = &view.comment { blockquote.quoted.preline { (comment) } }
            @if !view.photos.is_empty() {
                (photos(view.photos.iter().map(|one| (one.href.as_str(), one.alt.as_str()))))
            }
            @if let Some(action) = &view.photo_action {
                form.stack action=(action) method="post" enctype="multipart/form-data" novalidate {
                    (hidden("csrf", &view.csrf))
                    (hidden("token", &view.token))
                    (field(&Field::new(FieldKind::File(PICTURES), "photo", "Picture")
                        .hint("Of what is wrong. JPEG, PNG, WebP or AVIF, 4 MB at most.")
                        .errors(&view.errors).unmarked()))
                    div { (busy_button(Look::Quiet, "Add the picture", "Sending…")) }
                }
            }
        }
    }
}

fn cancel(action: &str, view: &ReturnPage) -> Markup {
    html! {
        details {
            summary { "Cancel this return" }
            form.stack action=(action) method="post" {
                (hidden("csrf", &view.csrf))
                (hidden("idempotency_key", &format!("{}-cancel", view.key)))
                (hidden("token", &view.token))
                p { "You keep the items, and nothing goes back. You can ask again while there is time to return them." }
                div { (busy_button(Look::Danger, "Cancel the return", "Cancelling…")) }
            }
        }
    }
}

/// A return in a list.
#[derive(Debug, Clone, Default)]
pub struct ReturnSummary {
    /// Its number.
    pub number: String,
    /// Its page.
    pub href: String,
    /// Its state.
    pub state: Badge,
    /// The order's number.
    pub order_number: String,
    /// "Asked for on 3 June 2026".
    pub asked: String,
    /// What goes back for it.
    pub refund: String,
}

/// Returns, newest first; `whose` says of which order each is, where that is not plain.
pub(super) fn return_list(returns: &[ReturnSummary], whose: bool) -> Markup {
    html! {
        ul.order-list {
            @for one in returns {
                li {
                    h3 { a.number href=(one.href) { (one.number) } }
                    span.end { (badge(&one.state)) }
                    span { @if whose { "Order " span.number { (one.order_number) } " · " } span.muted { (one.asked) } }
                    span.end.num { (one.refund) }
                }
            }
        }
    }
}

/// Where sending something back begins.
#[derive(Debug, Clone, Default)]
pub struct ReturnsHome {
    /// How the shop takes goods back, name and text: "How long", "30 days from delivery".
    pub policy: Vec<(String, String)>,
    /// Where a guest has the order's link mailed.
    pub find_href: String,
    /// Where who is not signed in can be.
    pub sign_in_href: Option<String>,
    /// The orders of who is signed in: number, address, "Placed on 3 June 2026".
    pub orders: Vec<(String, String, String)>,
    /// Their returns.
    pub returns: Vec<ReturnSummary>,
}

/// `/returns`: how the shop takes goods back, the way to start, and the returns of who is signed in.
#[must_use]
pub fn returns_home(view: &ReturnsHome) -> Markup {
    let find = if view.orders.is_empty() { Look::Main } else { Look::Quiet };
    html! {
        div.wrap.narrow.page.stack-l {
            h1 { "Returns" }
            @if !view.policy.is_empty() { (facts(&view.policy)) }
            @if !view.returns.is_empty() {
                section.stack aria-labelledby="returns" {
                    h2 #returns { "Your returns" }
                    (return_list(&view.returns, true))
                }
            }
            section.stack aria-labelledby="start" {
                h2 #start { "Send something back" }
                @if view.orders.is_empty() {
                    p { "It begins on your order's page. We mail you a link to it; you need no account." }
                } @else {
                    p { "Choose the order that it came with." }
                    ul.order-list {
                        @for (number, href, placed) in &view.orders {
                            li { h3 { a.number href=(href) { (number) } } span.end.muted { (placed) } }
                        }
                    }
                    p { "Ordered without signing in? We mail you a link to that order." }
                }
                div.row {
                    (link_button(find, &view.find_href, "Find your order"))
                    @if let Some(href) = &view.sign_in_href { a href=(href) { "Sign in to see your orders" } }
                }
            }
        }
    }
}
