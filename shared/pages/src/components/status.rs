//! What state a thing is in: badges, notices, timelines, empty places, facts.

use super::icon::{Icon, icon, sketch};
use maud::{Markup, html};

/// The five colours of a state. Never alone: a word and an icon go with each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Done and well.
    Ok,
    /// Under way.
    Info,
    /// Somebody should look soon.
    Warn,
    /// Somebody must act.
    Bad,
    /// Over, or of no weight.
    #[default]
    Neutral,
}

impl Tone {
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Ok => "tone-ok",
            Self::Info => "tone-info",
            Self::Warn => "tone-warn",
            Self::Bad => "tone-bad",
            Self::Neutral => "tone-neutral",
        }
    }
}

/// The states that an order, a payment, a parcel, a product, a purchase or a suggestion is shown in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named after the words it shows")]
pub enum Badge {
    AwaitingPayment,
    Paid,
    Packed,
    PartShipped,
    Shipped,
    Delivered,
    Completed,
    Returned,
    Refunded,
    PartRefunded,
    RefundDue,
    Cancelled,
    Expired,
    NeedsAttention,
    Draft,
    Active,
    Archived,
    SoldOut,
    LowStock,
    InStock,
    Suggested,
    ToApprove,
    Approved,
    Sent,
    Acknowledged,
    InTransit,
    PartReceived,
    Received,
    Closed,
    OnHold,
    Overdue,
    AnswerAwaited,
    Accepted,
    ChangeProposed,
    Refused,
    ToOrder,
    InAnOrder,
    Ordered,
    Dismissed,
    Enough,
    /// Any other state, in the caller's word.
    Other(Tone, String),
}

impl Default for Badge {
    /// No state yet: without a word, of no weight.
    fn default() -> Self {
        Self::Other(Tone::Neutral, String::new())
    }
}

impl Badge {
    fn parts(&self) -> (Tone, Icon, &str) {
        match self {
            Self::AwaitingPayment => (Tone::Warn, Icon::Clock, "Awaiting payment"),
            Self::Paid => (Tone::Info, Icon::Dot, "Paid"),
            Self::Packed => (Tone::Info, Icon::Parcel, "Packed"),
            Self::PartShipped => (Tone::Info, Icon::Half, "Part shipped"),
            Self::Shipped => (Tone::Info, Icon::Truck, "Shipped"),
            Self::Delivered => (Tone::Ok, Icon::Check, "Delivered"),
            Self::Completed => (Tone::Ok, Icon::Check, "Completed"),
            Self::Returned => (Tone::Neutral, Icon::Return, "Returned"),
            Self::Refunded => (Tone::Neutral, Icon::Return, "Refunded"),
            Self::PartRefunded => (Tone::Neutral, Icon::Return, "Part refunded"),
            Self::RefundDue => (Tone::Warn, Icon::Clock, "Refund due"),
            Self::Cancelled => (Tone::Neutral, Icon::Cross, "Cancelled"),
            Self::Expired => (Tone::Neutral, Icon::Cross, "Expired"),
            Self::NeedsAttention => (Tone::Bad, Icon::Alert, "Needs attention"),
            Self::Draft => (Tone::Neutral, Icon::Half, "Draft"),
            Self::Active => (Tone::Ok, Icon::Check, "Active"),
            Self::Archived => (Tone::Neutral, Icon::Cross, "Archived"),
            Self::SoldOut => (Tone::Neutral, Icon::Cross, "Sold out"),
            Self::LowStock => (Tone::Warn, Icon::Alert, "Low stock"),
            Self::InStock => (Tone::Ok, Icon::Check, "In stock"),
            Self::Suggested => (Tone::Warn, Icon::Clock, "Suggested"),
            Self::ToApprove => (Tone::Warn, Icon::Clock, "To approve"),
            Self::Approved => (Tone::Info, Icon::Check, "Approved"),
            Self::Sent => (Tone::Info, Icon::Mail, "Sent"),
            Self::Acknowledged => (Tone::Info, Icon::Dot, "Acknowledged"),
            Self::InTransit => (Tone::Info, Icon::Truck, "On the road"),
            Self::PartReceived => (Tone::Info, Icon::Half, "Part received"),
            Self::Received => (Tone::Ok, Icon::Parcel, "Received"),
            Self::Closed => (Tone::Neutral, Icon::Check, "Closed"),
            Self::OnHold => (Tone::Warn, Icon::Clock, "On hold"),
            Self::Overdue => (Tone::Bad, Icon::Alert, "Overdue"),
            Self::AnswerAwaited => (Tone::Neutral, Icon::Clock, "Answer awaited"),
            Self::Accepted => (Tone::Ok, Icon::Check, "Accepted"),
            Self::ChangeProposed => (Tone::Warn, Icon::Alert, "Change proposed"),
            Self::Refused => (Tone::Bad, Icon::Cross, "Refused"),
            Self::ToOrder => (Tone::Warn, Icon::Alert, "To order"),
            Self::InAnOrder => (Tone::Info, Icon::Half, "In an order"),
            Self::Ordered => (Tone::Ok, Icon::Truck, "Ordered"),
            Self::Dismissed => (Tone::Neutral, Icon::Cross, "Dismissed"),
            Self::Enough => (Tone::Ok, Icon::Check, "Enough"),
            Self::Other(tone, word) => {
                let icon = match tone {
                    Tone::Ok => Icon::Check,
                    Tone::Info => Icon::Dot,
                    Tone::Warn => Icon::Clock,
                    Tone::Bad => Icon::Alert,
                    Tone::Neutral => Icon::Half,
                };
                (*tone, icon, word)
            }
        }
    }

    /// The word that it shows.
    #[must_use]
    pub fn word(&self) -> &str {
        self.parts().2
    }
}

/// A state as icon, word and colour. Not a link.
#[must_use]
pub fn badge(state: &Badge) -> Markup {
    let (tone, which, word) = state.parts();
    html! { span class={ "badge " (tone.class()) } { (icon(which)) (word) } }
}

/// Something that the reader should know before the rest.
#[derive(Debug, Clone, Default)]
pub struct Notice {
    /// How grave it is.
    pub tone: Tone,
    /// The sentence.
    pub text: String,
    /// A second sentence: what next.
    pub detail: Option<String>,
    /// A link that follows, its address and its words.
    pub link: Option<(String, String)>,
}

impl Notice {
    /// A notice of one sentence.
    #[must_use]
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, text: text.into(), detail: None, link: None }
    }

    fn icon(&self) -> Icon {
        match self.tone {
            Tone::Ok => Icon::Check,
            Tone::Info | Tone::Neutral => Icon::Info,
            Tone::Warn => Icon::Clock,
            Tone::Bad => Icon::Alert,
        }
    }
}

fn notice_with(notice: &Notice, role: Option<&str>) -> Markup {
    html! {
        div class={ "notice " (notice.tone.class()) } role=[role] {
            (icon(notice.icon()))
            div {
                p { strong { (notice.text) } }
                @if let Some(detail) = &notice.detail { p { (detail) } }
                @if let Some((href, words)) = &notice.link { a href=(href) { (words) } }
            }
        }
    }
}

/// The notice as part of the page.
#[must_use]
pub fn notice(notice: &Notice) -> Markup {
    notice_with(notice, None)
}

/// The notice as the answer to what the reader just did, announced by screen readers.
#[must_use]
pub fn notice_status(notice: &Notice) -> Markup {
    notice_with(notice, Some("status"))
}

/// One thing that happened.
#[derive(Debug, Clone, Default)]
pub struct Event {
    /// What: "Shipped with DHL".
    pub what: String,
    /// More about it, such as a tracking number.
    pub detail: Option<String>,
    /// A link that belongs to it, address and words.
    pub link: Option<(String, String)>,
    /// When, in words: "3 June 2026, 14:05".
    pub when: String,
    /// When for machines, RFC 3339; empty leaves it out.
    pub at: String,
    /// Who did it, on the desk.
    pub who: Option<String>,
    /// Marks the present state.
    pub now: bool,
}

fn event(event: &Event) -> Markup {
    html! {
        li.now[event.now] {
            span.strong[event.now] { (event.what) }
            @if let Some(detail) = &event.detail { " " span.muted { (detail) } }
            @if let Some((href, words)) = &event.link { " " a href=(href) { (words) } }
            span.when {
                @if event.at.is_empty() { (event.when) } @else { time datetime=(event.at) { (event.when) } }
                @if let Some(who) = &event.who { " · " (who) }
            }
        }
    }
}

/// What happened, in the order given. More than five fold in the middle: the first two and the last stay.
#[must_use]
pub fn timeline(events: &[Event]) -> Markup {
    let folds = events.len() > 5;
    html! {
        ol.timeline {
            @if folds {
                @for one in &events[..2] { (event(one)) }
                li {
                    details {
                        summary { (events.len() - 3) " more" }
                        ol.timeline { @for one in &events[2..events.len() - 1] { (event(one)) } }
                    }
                }
                @for one in &events[events.len() - 1..] { (event(one)) }
            } @else {
                @for one in events { (event(one)) }
            }
        }
    }
}

/// A place where nothing is yet: what will appear here, and one way on.
#[must_use]
pub fn empty(what: &str, link: Option<(&str, &str)>) -> Markup {
    html! {
        div.empty {
            (sketch())
            p { (what) }
            @if let Some((href, words)) = link { a.button href=(href) { (words) } }
        }
    }
}

/// Names and their values.
#[must_use]
pub fn facts(pairs: &[(String, String)]) -> Markup {
    html! {
        dl.facts { @for (name, value) in pairs { dt { (name) } dd.preline { (value) } } }
    }
}
