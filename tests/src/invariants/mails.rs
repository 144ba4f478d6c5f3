//! Mails: how many of which have to have been sent.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::exchanges::{Swap, is_passed_on, swaps};
use super::warranties::certificate_mails;
use super::{Log, SIGN_IN, STAFF, SUPPLIER, Standing, amount, refunds, text, total};

/// How many mails there have to be with a subject: at least and at most.
type Bounds = (String, usize, usize);

/// Each mail that must be sent was sent, and none twice.
pub(super) fn mails(standing: &Standing, log: &Log, wrong: &mut Vec<String>) {
    let mut ids = BTreeSet::new();
    let mut subjects: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut links = BTreeSet::new();
    for mail in &standing.mails {
        if !ids.insert(mail.id.as_str()) {
            wrong.push(format!("a mail was sent twice: {} to {}", mail.subject, mail.to));
        }
        if mail.subject == SIGN_IN {
            links.insert(mail.to.as_str());
        } else {
            subjects.entry(&mail.to).or_default().push(&mail.subject);
        }
    }
    // How many, nobody knows: an answer may have been lost, and five an hour are enough.
    for to in log.signing_in.iter().map(String::as_str).filter(|to| !links.remove(to)) {
        wrong.push(format!("{to} asked for a sign-in link and got none"));
    }
    wrong.extend(links.into_iter().map(|to| format!("{to} asked for no sign-in link and got one")));
    let swaps = swaps(&standing.books);
    let mut buyers: BTreeMap<&str, Vec<(&String, &Value)>> = BTreeMap::new();
    for (id, order) in &standing.books.orders {
        buyers.entry(text(order, "email")).or_default().push((id, order));
    }
    for (buyer, orders) in buyers {
        let sent = subjects.remove(buyer).unwrap_or_default();
        let (mut least_back, mut most_back) = (0, 0);
        for (id, order) in orders {
            let returns = standing.books.returns.iter().filter(|back| text(back, "order_id") == id);
            let returns: Vec<&Value> = returns.collect();
            for (subject, least, most) in expected(order, &returns) {
                let count = sent.iter().filter(|one| **one == subject).count();
                if count < least || count > most {
                    wrong.push(format!("{id}: {count} mails '{subject}', {least} to {most} should be: {sent:?}"));
                }
            }
            let issued = format!("Your warranty for order {}", text(order, "number"));
            let told = standing.mails.iter().filter(|mail| mail.subject == issued).count();
            let (least, most) = certificate_mails(id, order, &standing.books);
            if told < least || told > most {
                wrong.push(format!("{id}: {told} mails '{issued}', {least} to {most} should be"));
            }
            let (least, most) = refunded(id, order, &returns, &swaps);
            (least_back, most_back) = (least_back + least, most_back + most);
        }
        // These name no order.
        let count = sent.iter().filter(|one| one.contains("We've refunded")).count();
        if count < least_back || count > most_back {
            wrong.push(format!("{buyer}: {count} mails of refunds, {least_back} to {most_back} should be: {sent:?}"));
        }
    }
    for (id, order) in &standing.books.orders {
        let approval = format!("Return for {} approved", text(order, "number"));
        let told = standing.mails.iter().filter(|mail| mail.subject == approval).count();
        let of_it = |back: &&Value| text(back, "order_id") == id && !back["due"].is_null();
        let approved: Vec<&Value> = standing.books.returns.iter().filter(of_it).collect();
        // Where it was called off before the mail was written, there was nothing to tell.
        let off = approved.iter().filter(|back| matches!(text(back, "status"), "canceled" | "expired")).count();
        if told > approved.len() || told + off < approved.len() {
            wrong.push(format!("{id}: {told} mails say that a return is approved, {} should", approved.len()));
        }
    }
    for (id, order) in &standing.books.orders {
        let number = text(order, "number");
        let told = standing.mails.iter().filter(|mail| {
            mail.subject.contains(number)
                && ["has to wait", "is not in stock"].iter().any(|kind| mail.subject.contains(kind))
        });
        let told = told.count();
        let lines = order["lines"].as_array().into_iter().flatten();
        let short = lines.filter(|line| line["backordered"].is_number() || line["dropped"].is_number()).count() > 0;
        let goes_on = matches!(text(order, "status"), "placed" | "completed");
        // Once when it is short, once more when what waits is called off.
        if told > 2 || told == 0 && short && goes_on {
            wrong.push(format!("{id} got {told} mails about what is not there"));
        }
    }
    // What suppliers and staff get is told by no order of a buyer.
    let mut bought: BTreeSet<&str> = BTreeSet::new();
    for (to, sent) in &subjects {
        bought.extend(sent.iter().filter(|_| *to == SUPPLIER));
    }
    // Where it was over before the mail was written, there was nothing to tell.
    let over = |order: &Value| matches!(text(order, "status"), "canceled" | "received" | "closed");
    for order in standing.books.purchases.iter().filter(|order| !order["sent"].is_null() && !over(order)) {
        let number = text(order, "number");
        if !bought.contains(format!("Purchase order {number}").as_str()) {
            wrong.push(format!("purchase order {number} was sent, and its supplier got no mail"));
        }
    }
    let holders: BTreeSet<&str> = log.offered.iter().map(String::as_str).collect();
    for (to, sent) in subjects.into_iter().filter(|(to, _)| ![SUPPLIER, STAFF].contains(to) && !holders.contains(to)) {
        wrong.push(format!("{to} has no order and got {sent:?}"));
    }
}

/// What the buyer of an order is told, whose returns these are; but for refunds.
fn expected(order: &Value, returns: &[&Value]) -> [Bounds; 6] {
    let bank = order["payment_method"] == "bank_transfer";
    let (total, captured, exchanged) = (total(order), amount(order, "captured"), amount(order, "exchanged"));
    let prepaid = amount(order, "credit") + exchanged;
    let (status, number) = (text(order, "status"), text(order, "number"));
    let shipped = order["shipments"].as_array().map_or(0, Vec::len);
    let late: i64 = refunds(order).filter(|one| one["cause"] == "late").map(|one| amount(one, "amount")).sum();
    let went_back = refunds(order).any(|refund| refund["cause"] == "canceled");
    let confirmed = match status {
        "placed" | "completed" => (1, 1),
        "canceled" if went_back && captured - late >= total => (1, 1),
        // Money may have come and gone back in full before it was called off; what the shop had alone confirms nothing.
        "canceled" => (0, 1),
        _unpaid => (0, 0),
    };
    // Who left a card's page hears nothing of its end; who was led there from a mail does.
    let told_of_its_end = bank || exchanged > 0;
    let canceled = match status {
        "canceled" => (1, 1),
        "expired" if told_of_its_end && captured == prepaid => (1, 1),
        // It expired and was paid after all, before or after somebody was told.
        "expired" | "placed" | "completed" if told_of_its_end => (0, 1),
        _other => (0, 0),
    };
    // Where what the shop had paid all, there is nothing to transfer.
    let received = usize::from(bank && prepaid < total);
    let credited = returns.iter().filter(|back| back["status"] == "credited" && is_on_own(order, back)).count();
    let swapped = returns.iter().filter(|back| back["status"] == "exchanged").count();
    [
        (format!("Order {number} received"), received, received),
        (format!("Order {number} confirmed"), confirmed.0, confirmed.1),
        (format!("{number} is on its way"), shipped, shipped),
        (format!("Order {number} is cancelled"), canceled.0, canceled.1),
        (format!("Store credit for your return of {number}"), credited, credited),
        (format!("Your exchange for {number}"), swapped, swapped),
    ]
}

/// Whether something of a return went to the store credit of the buyer's own address, and not all of it to the one that
/// had paid.
fn is_on_own(order: &Value, back: &Value) -> bool {
    let reason = format!("return {}", text(back, "number"));
    refunds(order).any(|refund| refund["to"] == "credit" && refund["reason"] == reason.as_str())
}

/// How many mails tell that something is refunded: each refund by itself, and those of a return together, but what
/// staff have to send is told once they did, and what goes back to the order that an exchange came of is told by that.
fn refunded(id: &str, order: &Value, returns: &[&Value], swaps: &[Swap<'_>]) -> (usize, usize) {
    let by_return = |refund: &Value| {
        ["returned", "claimed"].iter().any(|cause| refund["cause"] == *cause) && refund["by_hand"] != true
    };
    let alone = |refund: &&Value| !by_return(refund) && !is_passed_on(id, refund, swaps);
    let alone = refunds(order).filter(|refund| refund["status"] == "done").filter(alone).count();
    let refunding =
        |back: &Value| back["status"] == "refunded" || back["status"] == "credited" && !is_on_own(order, back);
    let paying = |back: &&&Value| refunding(back) && amount(&back["settled"], "refund") > 0;
    let together = returns.iter().filter(paying).count();
    let prepaid = !order["credit"].is_null() || !order["exchanged"].is_null();
    match (text(order, "payment_method"), prepaid) {
        ("card", _) => (alone + together, alone + together),
        (_bank, false) => (alone, alone),
        // Some of it went at once to where the shop had it from.
        (_bank, true) => (alone, alone + together),
    }
}
