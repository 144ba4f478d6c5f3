//! Warranties: what is guaranteed of the units that left, and what claims came to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Books, Log, Mail, amount, refunds, text, total};

/// Each unit that left has one certificate, those of a chain point at each other, and every claim came to what its order, its
/// certificate and the ledger say.
pub(super) fn warranties(books: &Books, log: &Log, mails: &[Mail], wrong: &mut Vec<String>) {
    for (id, order) in &books.orders {
        issued(id, order, books, wrong);
        replaces(id, order, books, wrong);
        claimed(id, order, books, wrong);
    }
    for (id, one) in &books.certificates {
        chained(id, one, books, wrong);
    }
    let mut told = log.claimed.clone();
    for claim in &books.claims {
        let id = text(claim, "id");
        if told.remove(id).is_none_or(|certificate| certificate != text(claim, "certificate")) {
            wrong.push(format!("{id} on {} exists, and nobody was told", claim["certificate"]));
        }
        settled(id, claim, books, wrong);
        mailed(claim, books, mails, wrong);
    }
    wrong.extend(told.into_keys().map(|id| format!("{id} was claimed and is not in the list")));
}

fn count(line: &Value, name: &str) -> usize {
    line[name].as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or_default()
}

fn lines(order: &Value) -> impl Iterator<Item = &Value> {
    order["lines"].as_array().into_iter().flatten()
}

/// The claim whose replacement an order is; empty for what somebody bought.
pub(super) fn replacement_of(order: &Value) -> &str {
    text(order, "claim_id")
}

fn is_open(claim: &Value) -> bool {
    !matches!(text(claim, "status"), "denied" | "completed" | "withdrawn")
}

/// Units of the line that left have a certificate each, and as many of them ended as came back.
fn issued(id: &str, order: &Value, books: &Books, wrong: &mut Vec<String>) {
    for line in lines(order) {
        let of_it = |one: &&Value| text(one, "order_id") == id && one["sku"] == line["sku"];
        let own: Vec<&Value> = books.certificates.values().filter(of_it).collect();
        let first = own.iter().filter(|one| one["replaces"].is_null()).count();
        let should = if line["warranty_months"].is_null() { 0 } else { count(line, "shipped") };
        if first != should {
            wrong.push(format!("{id}: {should} units of {} left, and {first} certificates were issued", line["sku"]));
        }
        let serials: Vec<&str> = own.iter().filter_map(|one| one["serial"].as_str()).collect();
        if serials.iter().collect::<BTreeSet<_>>().len() != serials.len() {
            wrong.push(format!("{id}: two certificates have the number of one unit: {serials:?}"));
        }
        let back = count(line, "refunded").saturating_sub(count(line, "dropped")).min(should);
        let ended = own.iter().filter(|one| one["status"] == "void").count();
        // While a claim is open its certificate stands, and whoever settles it sees to it where all units came back.
        let claims = own.iter().any(|one| one["claims"].as_array().is_some_and(|claims| !claims.is_empty()));
        let standing = |one: &&&Value| one["status"] == "active" && !has_open_claim(one, books);
        let too_few = ended < back && (!claims || back == should && own.iter().filter(standing).count() > 0);
        if ended > back || too_few {
            wrong.push(format!("{id}: {back} of {} came back, and {ended} certificates ended", line["sku"]));
        }
    }
}

fn has_open_claim(certificate: &Value, books: &Books) -> bool {
    books.claims.iter().any(|claim| claim["certificate"] == certificate["id"] && is_open(claim))
}

/// A certificate that another one took the place of is replaced, and that one ends no earlier; no other is.
fn chained(id: &str, one: &Value, books: &Books, wrong: &mut Vec<String>) {
    if (one["status"] == "replaced") == one["replaced_by"].is_null() {
        wrong.push(format!("{id} is {} and replaced by {}", one["status"], one["replaced_by"]));
    }
    if let Some(heir) = one["replaced_by"].as_str() {
        let known = books.certificates.get(heir);
        let same = |name: &str| known.is_some_and(|known| known[name] == one[name]);
        let right = known.is_some_and(|known| known["replaces"] == id && text(known, "ends") >= text(one, "ends"));
        if !right || !same("sku") || !same("order_id") || !same("terms_version") {
            wrong.push(format!("{id} was replaced by {heir}, which is {known:?}"));
        }
    }
    if let Some(before) = one["replaces"].as_str()
        && books.certificates.get(before).is_none_or(|before| before["replaced_by"] != id)
    {
        wrong.push(format!("{id} replaces {before}, which does not say so"));
    }
    let open = books.claims.iter().filter(|claim| claim["certificate"] == id && is_open(claim)).count();
    if open > 1 || open == 1 && one["status"] != "active" {
        wrong.push(format!("{id} is {} and has {open} open claims", one["status"]));
    }
    let own = books.claims.iter().filter(|claim| claim["certificate"] == id).map(|claim| text(claim, "id"));
    let listed = one["claims"].as_array().into_iter().flatten().filter_map(Value::as_str);
    if own.collect::<BTreeSet<_>>() != listed.collect() {
        wrong.push(format!("{id} has other claims than it says: {}", one["claims"]));
    }
}

/// The order of a replacement costs nothing and brings one unit of what was claimed; its claim is over once it left.
fn replaces(id: &str, order: &Value, books: &Books, wrong: &mut Vec<String>) {
    let claim = replacement_of(order);
    if claim.is_empty() {
        return;
    }
    let Some(claim) = books.claims.iter().find(|one| text(one, "id") == claim) else {
        wrong.push(format!("{id} replaces a unit for {claim}, which is no claim"));
        return;
    };
    let brings: Vec<_> = lines(order).map(|line| (&line["sku"], count(line, "quantity"))).collect();
    if total(order) != 0 || brings != [(&claim["sku"], 1)] {
        wrong.push(format!("{id} replaces a unit of {} and costs {}: {brings:?}", claim["sku"], total(order)));
    }
    let (own, off) = (claim["replacement_order_id"] == id, matches!(text(order, "status"), "canceled" | "expired"));
    if !own && !off {
        wrong.push(format!("{id} replaces a unit for {}, which has another order", claim["id"]));
    }
    let left = lines(order).any(|line| count(line, "shipped") > 0);
    if own && left != (claim["status"] == "completed" && claim["resolution"] == "replace") {
        wrong.push(format!("{id}: left is {left}, its claim is {} by {}", claim["status"], claim["resolution"]));
    }
}

/// What goes back for claims is what they say, each once.
fn claimed(id: &str, order: &Value, books: &Books, wrong: &mut Vec<String>) {
    let mut paid: BTreeMap<&str, i64> = BTreeMap::new();
    for refund in refunds(order).filter(|refund| refund["cause"] == "claimed") {
        *paid.entry(text(refund, "reason")).or_default() += amount(refund, "amount");
    }
    let mut due = BTreeMap::new();
    for claim in books.claims.iter().filter(|claim| !claim["refund"].is_null()) {
        let bought = books.certificates.get(text(claim, "certificate"));
        if bought.is_some_and(|one| text(one, "order_id") == id) {
            due.insert(format!("warranty claim {}", text(claim, "number")), amount(claim, "refund"));
        }
    }
    let due: BTreeMap<&str, i64> = due.iter().map(|(reason, amount)| (reason.as_str(), *amount)).collect();
    if paid != due {
        wrong.push(format!("{id}: {paid:?} goes back for claims, {due:?} should"));
    }
}

/// A claim's state is what was done about it, and a broken unit that the shop has stands with what is damaged, once.
fn settled(id: &str, claim: &Value, books: &Books, wrong: &mut Vec<String>) {
    let (status, remedy) = (text(claim, "status"), text(claim, "resolution"));
    let refunded = status == "completed" && remedy == "refund";
    if refunded == claim["refund"].is_null() {
        wrong.push(format!("{id} is {status} by {remedy}, refund {}", claim["refund"]));
    }
    let replaced = status == "replace" || status == "completed" && remedy == "replace";
    let order = claim["replacement_order_id"].as_str();
    if replaced && order.is_none_or(|order| !books.orders.contains_key(order)) {
        wrong.push(format!("{id} is {status} by {remedy}, and {order:?} is no order"));
    }
    let certificate = books.certificates.get(text(claim, "certificate"));
    let handed_on = certificate.is_some_and(|one| !one["replaced_by"].is_null());
    if status == "completed" && remedy == "replace" && !handed_on {
        wrong.push(format!("{id} is completed, and its certificate was not handed on"));
    }
    let ledger = books.stock.get(text(claim, "sku")).map(|(_, ledger)| ledger.as_slice()).unwrap_or_default();
    let own = ledger.iter().filter(|entry| entry["reference"] == id && entry["quantity"] == "damaged");
    let moved: i64 = own.map(|entry| entry["delta"].as_i64().unwrap_or_default()).sum();
    let kept = !claim["location"].is_null() && (replaced || refunded || claim["replacement_order_id"].is_string());
    if moved != i64::from(kept) {
        wrong.push(format!("{id} is {status} by {remedy}, and {moved} of it stand with what is damaged"));
    }
}

/// What its holder has to have been told of a claim, and may have been.
fn mailed(claim: &Value, books: &Books, mails: &[Mail], wrong: &mut Vec<String>) {
    let (number, status) = (text(claim, "number"), text(claim, "status"));
    let orders = books.orders.values().filter(|order| replacement_of(order) == text(claim, "id")).count();
    let once = |is: bool| (usize::from(is), usize::from(is));
    let (ended, remedy) = (status == "completed", text(claim, "resolution"));
    let done = usize::from(ended && remedy != "replace");
    // Whatever was decided before the mail was written, that mail tells.
    let bounds = [
        (format!("We have your warranty claim {number}"), (usize::from(status == "coverage_checked"), 1)),
        (format!("Claim {number} approved"), (0, 1)),
        (format!("Your item for claim {number} arrived"), (usize::from(status == "received"), 1)),
        (format!("Claim {number} denied"), once(status == "denied")),
        (format!("Claim {number} withdrawn"), once(status == "withdrawn")),
    ];
    for (subject, (least, most)) in bounds {
        let told = mails.iter().filter(|mail| mail.subject == subject).count();
        if told < least || told > most {
            wrong.push(format!("{told} mails '{subject}', {least} to {most} should be: it is {status}"));
        }
    }
    let outcome = format!("Claim {number}: ");
    let told = mails.iter().filter(|mail| mail.subject.starts_with(&outcome)).count();
    if told > orders + done || told == 0 && (ended || status == "replace") {
        wrong.push(format!("{told} mails say what claim {number} came to, which is {status} by {remedy}"));
    }
}

/// How many mails with the certificates of its units the buyer of an order gets, at least and at most, of all that an order sent.
pub(super) fn certificate_mails(id: &str, order: &Value, books: &Books) -> (usize, usize) {
    let months: BTreeMap<&str, bool> =
        lines(order).map(|line| (text(line, "sku"), !line["warranty_months"].is_null())).collect();
    let is_replacement = !replacement_of(order).is_empty();
    let guaranteed = |line: &Value| is_replacement || months.get(text(line, "sku")).copied().unwrap_or_default();
    let has = |parcel: &&Value| parcel["lines"].as_array().into_iter().flatten().any(guaranteed);
    let parcels = order["shipments"].as_array().into_iter().flatten().filter(has).count();
    let own = books.certificates.values().filter(|one| text(one, "order_id") == id);
    // What ended or was passed on before the mail was written is in none.
    let plain = own.clone().all(|one| one["status"] == "active" && one["email"] == order["email"]);
    (if plain && !is_replacement { parcels } else { 0 }, parcels)
}
