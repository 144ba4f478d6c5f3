//! The words and signs in which pages show returns: badges, reasons, what lowered a refund, what happened.
//!
//! Knows the records of returns and orders, and the parts that pages are made of. It deliberately knows no page.

use domain::Money;
use domain::calendar::{day, moment};
use domain::cart::CartLine;
use domain::id::OrderId;
use domain::order::Order;
use domain::returns::{
    Quote, QuotedLine, Reason, Reduction, ReductionRule, Resolution, Return, ReturnLine, ReturnStatus,
};
use pages::components::{Badge, Event, Tone, Totals, TotalsRow, Wanted};
use pages::shop;

use crate::http::encoded;
use crate::order_view::{Audience, purse};
use crate::page::picture;

/// A reason, as a buyer chooses it.
pub const fn reason_words(reason: Reason) -> &'static str {
    match reason {
        Reason::Unwanted => "I don't want it any more",
        Reason::WrongItem => "It is not what I ordered",
        Reason::Damaged => "It came broken",
        Reason::Defective => "It doesn't work",
        Reason::NotAsDescribed => "It is not as it was described",
        Reason::TooLate => "It came too late",
    }
}

/// What a buyer of an order wants for it, as it is chosen.
pub fn resolution_words(order: &Order, resolution: Resolution) -> String {
    match resolution {
        Resolution::Refund => format!("My money back, to {}", purse(order)),
        Resolution::Credit => "Store credit, to spend on something else".to_owned(),
        Resolution::Exchange => "What is in my cart, instead".to_owned(),
    }
}

/// Where what a return comes to goes.
pub fn goes_to(back: &Return, order: &Order) -> &'static str {
    match back.resolution {
        Resolution::Refund => purse(order),
        Resolution::Credit => "your store credit",
        Resolution::Exchange => "what you want instead",
    }
}

/// What a buyer wants instead of what comes back, and what that means for the money; `order` leads to what it became.
pub fn wanted(back: &Return, order: Option<String>) -> Option<Wanted> {
    let is_open = back.resolution == Resolution::Exchange && !back.status.comes_to_nothing();
    let wanted = back.wanted.as_ref().filter(|_| is_open || back.exchanged.is_some())?;
    let row = |line: &CartLine| {
        let total = line.total().map(Money::format).unwrap_or_default();
        TotalsRow::new(format!("{} × {}", line.title, line.quantity.get()), total)
    };
    Some(Wanted {
        sum: Totals {
            rows: wanted.cart.lines.iter().map(row).collect(),
            total: Some(wanted.total.format()),
            after: back.exchanged.is_none().then(|| difference(back.quote.refund, wanted.total)),
            later: Vec::new(),
        },
        order: back.exchanged.and_then(|id| Some((order?, id.number().to_string()))),
    })
}

/// What of the money is left, or missing, when `refund` pays for goods of `total`.
pub fn difference(refund: Money, total: Money) -> String {
    match refund.amount - total.amount {
        0 => "What comes back pays for it.".to_owned(),
        left @ 1.. => format!("{} is left and goes back.", Money::new(left, total.currency).format()),
        missing => format!("{} is left to pay.", Money::new(missing.saturating_neg(), total.currency).format()),
    }
}

/// A rule that lowers a refund.
pub const fn rule_words(rule: ReductionRule) -> &'static str {
    match rule {
        ReductionRule::RestockingFee => "Restocking fee",
        ReductionRule::Wear => "Kept for wear",
        ReductionRule::ReturnLabel => "Return label, if we send you one",
        ReductionRule::AlreadyRefunded => "Refunded or promised before",
    }
}

/// Where a return stands.
pub fn badge(status: ReturnStatus) -> Badge {
    let other = |tone, words: &str| Badge::Other(tone, words.to_owned());
    match status {
        ReturnStatus::Requested => other(Tone::Warn, "Asked for"),
        ReturnStatus::Approved => other(Tone::Info, "Approved"),
        ReturnStatus::Declined => other(Tone::Neutral, "Declined"),
        ReturnStatus::LabelIssued => other(Tone::Info, "Label sent"),
        ReturnStatus::InTransit => other(Tone::Info, "On its way"),
        ReturnStatus::Received => other(Tone::Warn, "Here, not looked at"),
        ReturnStatus::Inspecting => other(Tone::Warn, "Being looked at"),
        ReturnStatus::Accepted => other(Tone::Warn, "Accepted, not paid"),
        ReturnStatus::PartAccepted => other(Tone::Warn, "Accepted in part, not paid"),
        ReturnStatus::Rejected => other(Tone::Bad, "Not taken back"),
        ReturnStatus::Refunded => Badge::Refunded,
        ReturnStatus::Exchanged => other(Tone::Ok, "Exchanged"),
        ReturnStatus::Credited => other(Tone::Ok, "Store credit given"),
        ReturnStatus::SentBack => other(Tone::Neutral, "Sent back"),
        ReturnStatus::Closed => other(Tone::Neutral, "Closed"),
        ReturnStatus::Canceled => Badge::Cancelled,
        ReturnStatus::Expired => other(Tone::Neutral, "Not sent in time"),
    }
}

/// What lowered a sum: the rule and the amount with its sign.
pub fn lowered(reductions: &[Reduction]) -> Vec<(String, String)> {
    reductions.iter().map(|one| (rule_words(one.rule).to_owned(), format!("−{}", one.amount.format()))).collect()
}

fn shown(line: &QuotedLine, title: &str, image: Option<&str>) -> shop::QuotedLine {
    shop::QuotedLine {
        title: title.to_owned(),
        image: picture(&line.sku, image, ""),
        what: format!("{} × {}", line.quantity.get(), reason_words(line.reason)),
        worth: line.worth.format(),
        reductions: lowered(&line.reductions),
        refund: line.refund.format(),
        note: None,
    }
}

/// The lines of a quote, with what the order calls them.
pub fn quoted_lines(order: &Order, lines: &[QuotedLine]) -> Vec<shop::QuotedLine> {
    let of = |line: &QuotedLine| {
        let known = order.line(&line.sku);
        shown(
            line,
            known.map_or(line.sku.as_str(), |known| &known.title),
            known.and_then(|known| known.image.as_deref()),
        )
    };
    lines.iter().map(of).collect()
}

/// The lines of a return, with what came of them.
pub fn returned_lines(back: &Return) -> Vec<shop::QuotedLine> {
    let note = |line: &ReturnLine| {
        if line.received == 0 {
            return None;
        }
        let mut said = vec![format!("{} came", line.received)];
        let judged = line.accepted() + line.rejected > 0;
        said.extend(judged.then(|| format!("{} accepted", line.accepted())));
        said.extend((line.rejected > 0).then(|| format!("{} not taken back", line.rejected)));
        Some(said.join(", "))
    };
    let settled = |line: &ReturnLine| {
        let lines = back.settled.as_ref().map(|quote| &quote.lines)?;
        lines.iter().find(|one| one.sku == line.quoted.sku)
    };
    let of = |line: &ReturnLine| {
        let shown = shown(settled(line).unwrap_or(&line.quoted), &line.title, line.image.as_deref());
        let note = note(line);
        if settled(line).is_none() && (back.settled.is_some() || back.status.comes_to_nothing()) {
            let nothing = Money::zero(line.quoted.refund.currency);
            return shop::QuotedLine { note, refund: nothing.format(), reductions: Vec::new(), ..shown };
        }
        shop::QuotedLine { note, ..shown }
    };
    back.lines.iter().map(of).collect()
}

/// The rows of what goes back beside the lines, and the total.
pub fn sum_rows(shipping: Money, reductions: &[Reduction]) -> Vec<(String, String)> {
    let paid = shipping.is_positive().then(|| ("Delivery, refunded".to_owned(), shipping.format()));
    paid.into_iter().chain(lowered(reductions)).collect()
}

/// What goes back in all; to where, the buyer says.
pub fn refund_sum(quote: &Quote) -> shop::RefundSum {
    shop::RefundSum {
        rows: sum_rows(quote.shipping, &quote.reductions),
        total: quote.refund.format(),
        to: "when we have looked at the items".to_owned(),
    }
}

/// The address of the steps in which a return is asked for: with the secret of a guest's link and what was chosen.
pub fn return_path(order: &OrderId, token: Option<&str>, chosen: &[(&str, &str)]) -> String {
    let path = format!("/orders/{order}/return");
    let pairs = token.map(|token| ("token", token)).into_iter().chain(chosen.iter().copied());
    let query: Vec<String> = pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

/// What happened to a return, newest first.
pub fn happened(back: &Return, audience: Audience) -> Vec<Event> {
    let words = |what: &str| {
        Some(match what {
            "return.requested" => "Asked for",
            "return.approved" => "Approved",
            "return.declined" => "Declined",
            "return.label_issued" => "Label sent",
            "return.handed_over" => "Handed to a carrier",
            "return.received" => "Goods came",
            "return.inspected" => "Looked at: taken back",
            "return.rejected" => "Looked at: not taken back",
            "return.refunded" => "Refunded",
            "return.credited" => "Store credit given",
            "return.exchanged" => "Exchanged",
            "return.sent_back" => "Sent back to the buyer",
            "return.closed" => "Closed",
            "return.canceled" => "Cancelled",
            "return.expired" => "Not sent in time",
            "return.pictured" => "Picture added",
            _ => return None,
        })
    };
    let events = back.happened.iter().rev().filter_map(|one| {
        let who = (audience == Audience::Staff).then(|| who(&one.who));
        Some(Event {
            what: words(&one.what)?.to_owned(),
            who,
            when: moment(one.at),
            at: one.at.to_string(),
            ..Event::default()
        })
    });
    events.enumerate().map(|(index, event)| Event { now: index == 0, ..event }).collect()
}

/// Who did something, as staff read it: the role of staff, the customer, or the shop itself.
fn who(actor: &str) -> String {
    match actor.split_once(':') {
        Some((role, _)) => role.to_owned(),
        None if actor == "expire-returns" => "the shop".to_owned(),
        None => "the customer".to_owned(),
    }
}

/// A return in a list of its buyer's, with the secret of a guest's link.
pub fn summary(back: &Return, token: Option<&str>) -> shop::ReturnSummary {
    shop::ReturnSummary {
        number: back.id.number().to_string(),
        href: crate::returns::shop_path(&back.id, token),
        state: badge(back.status),
        order_number: back.order_number.to_string(),
        asked: format!("Asked for on {}", day(back.created)),
        refund: back.settled.as_ref().map_or(back.quote.refund, |settled| settled.refund).format(),
    }
}
