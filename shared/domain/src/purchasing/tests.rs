//! The life of a purchase order: each rule by example, then stock and lines under any sequence of commands.

use std::collections::BTreeMap;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::demand::{Forecast, Method, Trial};
use crate::fixtures::{at, eur, offer, sku};
use crate::refusal::Refusal;
use crate::reorder::{self, Position, ReorderRule};
use crate::stock::{Level, Movement, Stock};

fn acme() -> Supplier {
    Supplier {
        id: "acme".parse().unwrap(),
        name: "Acme".to_owned(),
        email: "orders@acme.example".parse().unwrap(),
        currency: Currency::EUR,
        lead_time_days: Some(7),
    }
}

fn place(name: &str) -> LocationId {
    name.parse().unwrap()
}

fn lines(wanted: &[(&str, &str, u32)]) -> PurchaseLines {
    let line = |(name, location, quantity): &(&str, &str, u32)| PurchaseLineDraft {
        sku: sku(name),
        location: place(location),
        quantity: *quantity,
        unit_cost: Some(eur(250)),
    };
    let draft = PurchaseDraft { supplier: acme().id, lines: wanted.iter().map(line).collect() };
    draft.check(Currency::EUR).unwrap()
}

fn drafted(wanted: &[(&str, &str, u32)]) -> PurchaseOrder {
    create(PurchaseOrderId::new(1, [1; 10]), &acme(), Origin::Staff, lines(wanted), at(0)).order
}

/// Ten of A and twenty of B for the main location, five of A for the shop's.
fn draft() -> PurchaseOrder {
    drafted(&[("A", "main", 10), ("A", "shop", 5), ("B", "main", 20)])
}

const ALL_BACK: [&str; 3] = ["A main incoming -10", "A shop incoming -5", "B main incoming -20"];

fn after(order: &PurchaseOrder, command: Command) -> PurchaseOrder {
    decide(order, command, at(10)).unwrap().order
}

fn refused(order: &PurchaseOrder, command: Command) -> Refusal {
    decide(order, command, at(10)).unwrap_err()
}

fn sending() -> Command {
    Command::Send { link_hash: Digest::of(b"link") }
}

fn sent() -> PurchaseOrder {
    after(&after(&draft(), Command::Approve), sending())
}

fn coming(lines: &[(&str, u32, u32)]) -> Command {
    let line = |(name, quantity, damaged): &(&str, u32, u32)| ReceiptLine {
        sku: sku(name),
        location: None,
        quantity: *quantity,
        damaged: *damaged,
    };
    let draft = ReceiptDraft { lines: lines.iter().map(line).collect() };
    Command::Receive { receipt: draft.check().unwrap() }
}

fn proposing(expected: Option<Date>, lines: &[(&str, &str, u32)]) -> Command {
    let line = |(name, location, quantity): &(&str, &str, u32)| ProposedLine {
        sku: sku(name),
        location: place(location),
        quantity: *quantity,
    };
    Command::Propose { proposal: Proposal { expected, lines: lines.iter().map(line).collect(), note: None } }
}

fn names(decision: &Decision) -> Vec<&'static str> {
    decision.events.iter().map(Event::name).collect()
}

fn shifts(decision: &Decision) -> Vec<String> {
    let shift = |(sku, movement): &(Sku, Movement)| {
        let Movement::Shift(location, shelf, units) = movement else { panic!("{movement:?}") };
        format!("{sku} {location} {} {units:+}", shelf.as_str())
    };
    decision.stock.iter().map(shift).collect()
}

fn decision(location: &str, position: i64) -> reorder::Decision {
    let rule = ReorderRule {
        location: place(location),
        supplier: acme().id,
        reorder_point: Some(20),
        lead_time_days: 9,
        lead_time_deviation_days: 0.0,
        minimum_order: 10,
        pack_size: 6,
        review_days: 7,
        service_level: 0.95,
        unit_cost: Some(eur(250)),
        order_cost: None,
        holding_cost: None,
    };
    let forecast = Forecast {
        daily_mean: 0.0,
        daily_deviation: 0.0,
        chosen: Trial { method: Method::Unknown, absolute: None, squared: None },
        others: Vec::new(),
        traits: None,
        days: 0,
        days_in_stock: 0,
    };
    reorder::decide(&rule, Position { on_hand: position, ..Position::default() }, &forecast)
}

fn look(name: &str, location: &str, position: i64) -> Look {
    Look::after(None, None, &sku(name), decision(location, position), at(0)).look
}

fn suggested(name: &str, location: &str, position: i64) -> PurchaseLines {
    PurchaseLines::suggested(&acme(), &look(name, location, position))
}

#[test]
fn suggestions_of_a_supplier_become_one_order() {
    let id = PurchaseOrderId::new(1, [1; 10]);
    let made = create(id, &acme(), Origin::Suggestions, suggested("B", "main", 10), at(0));
    assert_eq!((made.order.status, made.order.lead_time_days), (PurchaseStatus::Suggested, Some(9)));
    assert_eq!((names(&made), made.stock.is_empty()), (vec!["purchase_order.created"], true));
    // What is suggested later joins it, and a line that is there takes the new quantity.
    let add = |order: &PurchaseOrder, lines| after(order, Command::AddSuggested { lines });
    let joined = add(&made.order, suggested("A", "main", 5));
    let joined = add(&joined, suggested("A", "shop", 0));
    let joined = add(&joined, suggested("A", "main", -1));
    let wanted: Vec<_> =
        joined.lines.iter().map(|line| (line.sku.as_str(), line.location.as_str(), line.quantity)).collect();
    assert_eq!(wanted, [("B", "main", 12), ("A", "main", 24), ("A", "shop", 24)]);
    let again = Command::AddSuggested { lines: suggested("A", "main", -1) };
    assert!(!decide(&joined, again.clone(), at(2)).unwrap().changed);
    // What is not needed any more leaves it; with the last line it is called off.
    let drop_of = |name: &str, location: &str| Command::DropSuggested { sku: sku(name), location: place(location) };
    let fewer = after(&joined, drop_of("A", "shop"));
    assert_eq!(fewer.lines.len(), 2);
    assert!(!decide(&fewer, drop_of("A", "shop"), at(2)).unwrap().changed);
    let gone = after(&after(&fewer, drop_of("A", "main")), drop_of("B", "main"));
    assert_eq!(gone.status, PurchaseStatus::Canceled);
    // What staff work on is theirs.
    let edited = after(&joined, Command::SetLines { lines: lines(&[("A", "main", 7)]) });
    assert_eq!((edited.status, edited.lines.len()), (PurchaseStatus::Draft, 1));
    for command in [again, drop_of("A", "main")] {
        assert!(matches!(refused(&edited, command), Refusal::Illegal(_)));
    }
}

#[test]
fn a_suggested_order_takes_no_more_than_an_order_can() {
    let id = PurchaseOrderId::new(1, [1; 10]);
    let mut order = create(id, &acme(), Origin::Suggestions, suggested("S-0", "main", 5), at(0)).order;
    for number in 1..40 {
        let lines = suggested(&format!("S-{number}"), "main", 5);
        order = after(&order, Command::AddSuggested { lines });
    }
    let one_more = Command::AddSuggested { lines: suggested("S-40", "main", 5) };
    assert_eq!(refused(&order, one_more), Refusal::TooManyLines { most: 40 });
}

/// The look after `before`, whose order stands so, at a position of so many units; ten or fewer are suggested.
fn then(before: &Look, standing: Option<Standing>, position: i64) -> Looked {
    let placed = Look { order: standing.map(|_| PurchaseOrderId::new(1, [1; 10])), ..before.clone() };
    Look::after(Some(&placed), standing, &before.sku, decision("main", position), at(60))
}

#[test]
fn a_suggestion_follows_the_stock_until_it_is_ordered() {
    use SuggestionStatus::{Dismissed, Open, Ordered, Superseded};
    let open = look("A", "main", 5);
    assert_eq!((open.suggestion, open.decision.quantity), (Some(Open), 18));
    let status = |look: &Looked| (look.look.suggestion, look.ended.as_ref().map(|old| old.suggestion), look.act);

    let suggested = Some(Standing::Suggested);
    assert_eq!(status(&then(&open, suggested, 5)), (Some(Open), None, Act::None));
    assert_eq!(status(&then(&open, suggested, -5)), (Some(Open), Some(Some(Superseded)), Act::Place));
    assert_eq!(status(&then(&open, suggested, 50)), (None, Some(Some(Superseded)), Act::Withdraw));
    // What staff work on is left to them.
    assert_eq!(status(&then(&open, Some(Standing::Drafted), 50)), (Some(Open), None, Act::None));
    // Ordered, and still too little; ordered, and enough.
    assert_eq!(status(&then(&open, Some(Standing::Ordered), 3)), (Some(Open), Some(Some(Ordered)), Act::Place));
    assert_eq!(status(&then(&open, Some(Standing::Ordered), 30)), (None, Some(Some(Ordered)), Act::None));
    // Taken out by staff: not wanted.
    assert_eq!(status(&then(&open, Some(Standing::Struck), 5)), (Some(Dismissed), Some(Some(Dismissed)), Act::None));
    let order = drafted(&[("A", "main", 7)]);
    let of = |name: &str, order: &PurchaseOrder| Standing::of(order, &sku(name), &place("main"));
    assert_eq!((of("A", &order), of("B", &order)), (Standing::Drafted, Standing::Struck));
    // Called off: suggested once more, for staff to approve.
    let again = then(&open, Some(Standing::Over), 5);
    assert_eq!((status(&again), again.look.by_hand), ((Some(Open), Some(Some(Dismissed)), Act::Place), true));
    assert!(then(&again.look, suggested, -1).look.by_hand);
    assert!(!then(&again.look, Some(Standing::Ordered), -1).look.by_hand);

    // Ordered, enough, and then called off or refused: the same; received: as ever.
    let enough = then(&open, Some(Standing::Ordered), 30).look;
    assert_eq!((enough.suggestion, enough.order.is_some()), (None, true));
    let again = then(&enough, Some(Standing::Over), 5).look;
    assert_eq!((again.suggestion, again.by_hand, again.order), (Some(Open), true, None));
    let still = then(&enough, Some(Standing::Over), 50).look;
    assert!(still.by_hand && then(&still, Some(Standing::Over), 5).look.by_hand);
    assert!(!then(&enough, Some(Standing::Ordered), 5).look.by_hand);

    // Dismissed until it was not needed once, or the rule is another.
    let unwanted = open.dismissed().unwrap();
    assert_eq!(unwanted.dismissed(), None);
    assert_eq!(status(&then(&unwanted, None, 2)), (Some(Dismissed), None, Act::None));
    let enough = then(&unwanted, None, 40);
    assert_eq!(status(&enough), (None, Some(Some(Dismissed)), Act::None));
    assert_eq!(status(&then(&enough.look, None, 2)), (Some(Open), Some(None), Act::Place));
    let mut other = unwanted;
    other.decision.rule.pack_size = 12;
    assert_eq!(then(&other, None, 2).act, Act::Place);

    // Another supplier: out of the one order, then into the other.
    let mut moved = open;
    moved.decision.rule.supplier = "other".parse().unwrap();
    let out = then(&moved, suggested, 5);
    assert_eq!(status(&out), (None, Some(Some(Superseded)), Act::Withdraw));
    assert_eq!(status(&then(&out.look, None, 5)), (Some(Open), None, Act::Place));
    let kept: Look = serde_json::from_str(&serde_json::to_string(&out.look).unwrap()).unwrap();
    assert_eq!(kept, out.look);
}

#[test]
fn an_order_below_the_limit_approves_itself() {
    // 35 units of 2.50.
    let order = PurchaseOrder { status: PurchaseStatus::Suggested, ..draft() };
    let price = |_: &Sku| Some(eur(900));
    assert_eq!((order.total(), order.most(price)), (Ok(Some(eur(8_750))), Some(eur(8_750))));
    let within =
        |order: &PurchaseOrder, limit, most| decide(order, Command::ApproveWithin { limit, most }, at(1)).unwrap();
    let most = order.most(price);
    let approved = within(&order, Some(eur(8_751)), most);
    assert_eq!(approved.order.status, PurchaseStatus::Approved);
    assert_eq!(approved.events, [Event::Approved { purchase_order: order.id, automatic: true }]);
    for waits in [None, Some(eur(8_750)), Some(Money::new(100_000, Currency::USD))] {
        assert!(!within(&order, waits, most).changed, "{waits:?}");
    }
    let worked_on = PurchaseOrder { status: PurchaseStatus::Draft, ..order.clone() };
    assert!(!within(&worked_on, Some(eur(8_751)), most).changed);
    let careful = PurchaseOrder { by_hand: true, ..order.clone() };
    assert!(!within(&careful, Some(eur(8_751)), most).changed);
    // Where a cost is not known, what it is sold for stands in: 30 of 2.50 and 5 of 9.00.
    let mut unknown = order;
    unknown.lines[1].unit_cost = None;
    assert_eq!((unknown.total(), unknown.most(price)), (Ok(None), Some(eur(12_000))));
    assert_eq!(unknown.most(|_| None), None);
    assert_eq!(unknown.most(|_| Some(Money::new(1, Currency::USD))), None);
    assert!(!within(&unknown, Some(eur(100_000)), None).changed);
    assert_eq!(after(&unknown, Command::Approve).status, PurchaseStatus::Approved);
}

#[test]
fn approving_and_sending_are_one_write() {
    let both = decide(&draft(), Command::Approve, at(1)).unwrap().then(sending(), at(1)).unwrap();
    assert_eq!(names(&both), ["purchase_order.approved", "purchase_order.sent"]);
    assert_eq!((both.order.status, both.stock.len()), (PurchaseStatus::Sent, 3));
    let mark = |key: u8| RequestMark { key: Digest::of(&[key]), body: Digest::of(b"") };
    let marked = (0..20).fold(both, |decision, key| decision.marked(mark(key)));
    assert_eq!(marked.order.answered(&mark(0).key), None);
    assert_eq!(marked.order.answered(&mark(19).key), Some(&mark(19)));
}

#[test]
fn what_is_approved_is_incoming_until_it_came() {
    let approved = decide(&draft(), Command::Approve, at(1)).unwrap();
    let booked = ["A main incoming +10", "A shop incoming +5", "B main incoming +20"];
    assert_eq!(shifts(&approved), booked);
    let order = after(&approved.order, sending());
    assert_eq!(order.expected, Some(date(2025, 10, 16)));
    // 12 of A: the main location has its ten, the shop two of five; one of them is damaged.
    let part = decide(&order, coming(&[("A", 12, 1)]), at(2)).unwrap();
    assert_eq!(part.events, [Event::Received { purchase_order: order.id, complete: false }]);
    assert_eq!(
        shifts(&part),
        ["A main incoming -10", "A shop incoming -2", "A main on_hand +9", "A main damaged +1", "A shop on_hand +2",]
    );
    assert_eq!(part.order.status, PurchaseStatus::PartiallyReceived);
    // Two more of B than were ordered, and the rest of A.
    let all = decide(&part.order, coming(&[("B", 22, 0), ("A", 3, 3)]), at(3)).unwrap();
    assert_eq!(all.order.status, PurchaseStatus::Received);
    let line = all.order.line(&sku("B"), &place("main")).unwrap();
    assert_eq!((line.received, line.surplus(), line.missing()), (22, 2, 0));
    assert!(shifts(&all).contains(&"B main incoming -20".to_owned()));
    assert!(shifts(&all).contains(&"A shop damaged +3".to_owned()));
    // And one more.
    let over = decide(&all.order, coming(&[("A", 1, 0)]), at(4)).unwrap();
    assert_eq!(shifts(&over), ["A main on_hand +1"]);
    let closed = decide(&over.order, Command::Close, at(5)).unwrap();
    assert_eq!((closed.order.status, closed.stock.is_empty()), (PurchaseStatus::Closed, true));
    assert!(matches!(refused(&closed.order, coming(&[("A", 1, 0)])), Refusal::Illegal(_)));
}

#[test]
fn what_does_not_come_is_taken_back() {
    let part = after(&sent(), coming(&[("A", 15, 0), ("B", 4, 0)]));
    let closed = decide(&part, Command::Close, at(3)).unwrap();
    assert_eq!(shifts(&closed), ["B main incoming -16"]);
    assert_eq!(closed.order.lines[2].missing(), 16);
    let canceled = decide(&sent(), Command::Cancel { reason: "too dear".into() }, at(3)).unwrap();
    assert_eq!(shifts(&canceled), ALL_BACK);
    assert_eq!(canceled.order.reason.as_deref(), Some("too dear"));
    // What came cannot be called off.
    let illegal = refused(&part, Command::Cancel { reason: "too late".into() });
    assert!(matches!(&illegal, Refusal::Illegal(illegal) if illegal.state == "partially_received"), "{illegal}");
    let held = after(&part, Command::Hold { reason: "a quarrel".into() });
    assert!(matches!(refused(&held, Command::Cancel { reason: "too late".into() }), Refusal::Illegal(_)));
    assert!(decide(&draft(), Command::Cancel { reason: "no".into() }, at(3)).unwrap().stock.is_empty());
}

#[test]
fn a_location_may_be_named() {
    let line = ReceiptLine { sku: sku("A"), location: Some(place("shop")), quantity: 7, damaged: 0 };
    let receipt = ReceiptDraft { lines: vec![line] }.check().unwrap();
    let came = decide(&sent(), Command::Receive { receipt }, at(2)).unwrap();
    assert_eq!(shifts(&came), ["A shop incoming -5", "A shop on_hand +7"]);
    assert_eq!(refused(&sent(), coming(&[("C", 1, 0)])), Refusal::LineLeft { sku: sku("C"), left: 0 });
    assert!(matches!(refused(&draft(), coming(&[("A", 1, 0)])), Refusal::Illegal(_)));
}

#[test]
fn the_supplier_accepts() {
    let accepted = decide(&sent(), Command::Accept, at(2)).unwrap();
    assert_eq!((accepted.order.status, accepted.order.answer), (PurchaseStatus::Acknowledged, AnswerStatus::Accepted));
    assert!(!decide(&accepted.order, Command::Accept, at(3)).unwrap().changed);
    assert!(matches!(refused(&after(&draft(), Command::Approve), Command::Accept), Refusal::Illegal(_)));
    assert_eq!(after(&accepted.order, coming(&[("A", 15, 0), ("B", 20, 0)])).status, PurchaseStatus::Received);
}

#[test]
fn a_proposal_waits_for_staff() {
    let day = date(2025, 11, 3);
    let proposed = decide(&sent(), proposing(Some(day), &[("B", "main", 12), ("A", "shop", 0)]), at(2)).unwrap();
    assert_eq!((names(&proposed), proposed.stock.is_empty()), (vec!["purchase_order.change_proposed"], true));
    assert_eq!((proposed.order.status, proposed.order.lines[2].quantity), (PurchaseStatus::Sent, 20));
    let again = proposing(Some(day), &[("B", "main", 12), ("A", "shop", 0)]);
    assert!(!decide(&proposed.order, again, at(3)).unwrap().changed);
    let taken = decide(&proposed.order, Command::TakeProposal, at(4)).unwrap();
    assert_eq!(shifts(&taken), ["A shop incoming -5", "B main incoming -8"]);
    assert_eq!((taken.order.status, taken.order.expected), (PurchaseStatus::Acknowledged, Some(day)));
    let rejected = after(&proposed.order, Command::RejectProposal);
    assert_eq!((rejected.answer, rejected.lines[2].quantity), (AnswerStatus::Awaited, 20));
    assert!(matches!(refused(&rejected, Command::TakeProposal), Refusal::Illegal(_)));
    // What came before staff looked was ordered.
    let came = after(&proposed.order, coming(&[("A", 10, 0), ("B", 15, 0)]));
    let taken = after(&came, Command::TakeProposal);
    assert_eq!((taken.lines[2].quantity, taken.status), (15, PurchaseStatus::Received));
}

#[test]
fn a_proposal_is_about_what_was_ordered() {
    let unknown = refused(&sent(), proposing(None, &[("C", "main", 1)]));
    assert_eq!(unknown, Refusal::LineLeft { sku: sku("C"), left: 0 });
    let part = after(&sent(), coming(&[("B", 9, 0)]));
    assert_eq!(refused(&part, proposing(None, &[("B", "main", 8)])), Refusal::LineLeft { sku: sku("B"), left: 11 });
    let nothing = proposing(None, &[("A", "main", 0), ("A", "shop", 0), ("B", "main", 0)]);
    assert!(matches!(refused(&sent(), nothing), Refusal::LineLeft { left: 0, .. }));
}

#[test]
fn the_supplier_refuses() {
    let gone = decide(&sent(), Command::Refuse { reason: "sold out".into() }, at(2)).unwrap();
    assert_eq!((gone.order.status, gone.order.answer), (PurchaseStatus::Canceled, AnswerStatus::Refused));
    assert_eq!(names(&gone), ["purchase_order.refused", "purchase_order.canceled"]);
    assert_eq!(shifts(&gone), ALL_BACK);
    let part = after(&sent(), coming(&[("B", 9, 0)]));
    assert!(matches!(refused(&part, Command::Refuse { reason: "sold out".into() }), Refusal::Illegal(_)));
}

#[test]
fn what_is_on_hold_goes_on_where_it_was() {
    for order in [draft(), after(&draft(), Command::Approve), sent(), after(&sent(), Command::Accept)] {
        let held = decide(&order, Command::Hold { reason: "a question".into() }, at(2)).unwrap();
        assert_eq!((held.order.status, held.stock.is_empty()), (PurchaseStatus::OnHold, true));
        assert!(matches!(refused(&held.order, Command::Accept), Refusal::Illegal(_)));
        let resumed = decide(&held.order, Command::Resume, at(3)).unwrap();
        assert_eq!((&resumed.order, resumed.stock.is_empty()), (&order, true));
        assert!(matches!(refused(&order, Command::Resume), Refusal::Illegal(_)));
    }
}

#[test]
fn a_lost_mail_is_sent_again() {
    let again = decide(&sent(), Command::Send { link_hash: Digest::of(b"other") }, at(86_400)).unwrap();
    assert_eq!((again.order.link_hash, again.order.expected), (Some(Digest::of(b"other")), Some(date(2025, 10, 17))));
    assert!(matches!(refused(&after(&sent(), Command::Accept), sending()), Refusal::Illegal(_)));
}

#[test]
fn overdue_is_computed() {
    let order = sent();
    assert!(!order.is_overdue(date(2025, 10, 16)) && order.is_overdue(date(2025, 10, 17)));
    let all = after(&order, coming(&[("A", 15, 0), ("B", 20, 0)]));
    assert!(!all.is_overdue(date(2025, 10, 17)));
}

#[test]
fn the_desk_shows_what_can_be_done() {
    use PurchaseAction as Can;
    assert_eq!(draft().actions(at(1)), [Can::Edit, Can::Approve, Can::Hold, Can::Cancel]);
    assert_eq!(sent().actions(at(1)), [Can::Send, Can::Receive, Can::Hold, Can::Cancel]);
    let proposed = after(&sent(), proposing(Some(date(2025, 11, 3)), &[]));
    let both = [Can::TakeProposal, Can::RejectProposal, Can::Receive, Can::Hold, Can::Cancel];
    assert_eq!(proposed.actions(at(1)), both);
    for action in PurchaseAction::ALL {
        assert_eq!(serde_json::to_value(action).unwrap(), action.as_str());
    }
}

#[test]
fn drafts_say_everything_that_is_wrong() {
    let pointers = |errors: Vec<crate::FieldError>| errors.into_iter().map(|error| error.pointer).collect::<Vec<_>>();
    let order: PurchaseDraft = serde_json::from_str(
        r#"{"supplier": "acme", "lines": [
            {"sku": "A", "location": "main", "quantity": 0},
            {"sku": "A", "location": "main", "quantity": 1, "unit_cost": {"amount": -1, "currency": "USD"}}]}"#,
    )
    .unwrap();
    let wrong = pointers(order.check(Currency::EUR).unwrap_err());
    let costs = ["/lines/1/unit_cost/currency", "/lines/1/unit_cost/amount"];
    assert_eq!(wrong, ["/lines/0/quantity", "/lines/1/sku", costs[0], costs[1]]);
    let receipt: ReceiptDraft =
        serde_json::from_str(r#"{"lines": [{"sku": "A", "quantity": 1, "damaged": 2}, {"sku": "A", "quantity": 0}]}"#)
            .unwrap();
    let wrong = pointers(receipt.check().unwrap_err());
    assert_eq!(wrong, ["/lines/0/damaged", "/lines/1/sku", "/lines/1/quantity"]);
    let proposal = Proposal { expected: None, lines: Vec::new(), note: None };
    assert_eq!(pointers(proposal.check(date(2026, 1, 1)).unwrap_err()), [""]);
    let late = Proposal { expected: Some(date(2025, 12, 31)), ..proposal };
    assert_eq!(pointers(late.check(date(2026, 1, 1)).unwrap_err()), ["/expected"]);
}

#[test]
fn is_kept_as_json() {
    let order = after(&sent(), proposing(Some(date(2025, 11, 3)), &[("B", "main", 12)]));
    let json = serde_json::to_string(&order).unwrap();
    assert_eq!(serde_json::from_str::<PurchaseOrder>(&json).unwrap(), order);
}

#[derive(Debug, Clone)]
enum Deed {
    Add(u32),
    Drop,
    Set(u32),
    Approve,
    Within(i64),
    Send,
    Accept,
    Propose(u32, u32),
    Refuse,
    Take,
    Reject,
    Receive(bool, Option<bool>, u32, u32),
    Hold,
    Resume,
    Cancel,
    Close,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        1 => (1_u32..20).prop_map(Deed::Add),
        1 => Just(Deed::Drop),
        1 => (1_u32..20).prop_map(Deed::Set),
        4 => Just(Deed::Approve),
        1 => (0_i64..20_000).prop_map(Deed::Within),
        4 => Just(Deed::Send),
        2 => Just(Deed::Accept),
        3 => (0_u32..20, 0_u32..20).prop_map(|(first, second)| Deed::Propose(first, second)),
        1 => Just(Deed::Refuse),
        2 => Just(Deed::Take),
        1 => Just(Deed::Reject),
        6 => (any::<bool>(), prop::option::of(any::<bool>()), 1_u32..15, 0_u32..15).prop_map(
            |(first, main, quantity, damaged)| Deed::Receive(first, main, quantity, damaged.min(quantity))
        ),
        2 => Just(Deed::Hold),
        3 => Just(Deed::Resume),
        1 => Just(Deed::Cancel),
        1 => Just(Deed::Close),
    ]
}

fn command(deed: &Deed) -> Command {
    let name = |first: bool| if first { "A" } else { "B" };
    match deed {
        Deed::Add(quantity) => Command::AddSuggested { lines: lines(&[("B", "shop", *quantity)]) },
        Deed::Drop => Command::DropSuggested { sku: sku("B"), location: place("shop") },
        Deed::Set(quantity) => Command::SetLines { lines: lines(&[("A", "main", *quantity), ("B", "main", 3)]) },
        Deed::Approve => Command::Approve,
        Deed::Within(limit) => Command::ApproveWithin { limit: Some(eur(*limit)), most: Some(eur(2_000)) },
        Deed::Send => sending(),
        Deed::Accept => Command::Accept,
        Deed::Propose(first, second) => proposing(None, &[("A", "main", *first), ("B", "main", *second)]),
        Deed::Refuse => Command::Refuse { reason: "no".into() },
        Deed::Take => Command::TakeProposal,
        Deed::Reject => Command::RejectProposal,
        Deed::Receive(first, main, quantity, damaged) => {
            let location = main.map(|main| place(if main { "main" } else { "shop" }));
            let line = ReceiptLine { sku: sku(name(*first)), location, quantity: *quantity, damaged: *damaged };
            Command::Receive { receipt: ReceiptDraft { lines: vec![line] }.check().unwrap() }
        }
        Deed::Hold => Command::Hold { reason: "wait".into() },
        Deed::Resume => Command::Resume,
        Deed::Cancel => Command::Cancel { reason: "no".into() },
        Deed::Close => Command::Close,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever happens to an order: what it booked as incoming less what it took back is what it still expects, and
    /// never below zero; what came lies on the shelves, the damaged apart; what is over stays over; and the desk shows
    /// exactly what is legal.
    #[test]
    fn stock_agrees_with_the_order(deeds in prop::collection::vec(deed(), 0..40), suggested: bool) {
        let origin = if suggested { Origin::Suggestions } else { Origin::Staff };
        let wanted = lines(&[("A", "main", 10), ("A", "shop", 5), ("B", "main", 8)]);
        let mut order = create(PurchaseOrderId::new(1, [1; 10]), &acme(), origin, wanted, at(0)).order;
        let mut shop: BTreeMap<Sku, Stock> = ["A", "B"]
            .map(|name| (sku(name), Stock { offer: offer(name, 1, 0), levels: BTreeMap::new() }))
            .into();
        for deed in &deeds {
            let over = matches!(order.status, PurchaseStatus::Closed | PurchaseStatus::Canceled);
            let Ok(decision) = decide(&order, command(deed), at(1)) else { continue };
            prop_assert!(!over, "{deed:?}");
            prop_assert_eq!(decision.changed, decision.order != order || !decision.events.is_empty());
            prop_assert_eq!(decision.changed, !decision.events.is_empty());
            for (sku, movement) in &decision.stock {
                let next = shop[sku].after(movement);
                prop_assert!(next.is_ok(), "{next:?} by {deed:?}");
                shop.insert(sku.clone(), next.unwrap());
            }
            order = decision.order;
            for (sku, stock) in &shop {
                prop_assert!(stock.is_balanced());
                for location in ["main", "shop"].map(place) {
                    let level = stock.levels.get(&location).copied().unwrap_or_default();
                    let (mut incoming, mut good, mut damaged) = (0, 0, 0);
                    if let Some(line) = order.line(sku, &location) {
                        prop_assert!(line.damaged <= line.received);
                        prop_assert!(line.missing() == 0 || line.surplus() == 0);
                        incoming = i64::from(order.incoming(line));
                        good = i64::from(line.received - line.damaged);
                        damaged = i64::from(line.damaged);
                    }
                    prop_assert_eq!(level, Level { on_hand: good, incoming, damaged, ..Level::default() });
                }
            }
            let missing: u32 = order.lines.iter().map(PurchaseLine::missing).sum();
            let came = order.lines.iter().any(|line| line.received > 0);
            match order.status {
                PurchaseStatus::PartiallyReceived => prop_assert!(came && missing > 0),
                PurchaseStatus::Received => prop_assert!(came && missing == 0),
                PurchaseStatus::Closed => prop_assert!(came),
                PurchaseStatus::OnHold => prop_assert!(order.held_from.is_some()),
                PurchaseStatus::Suggested
                | PurchaseStatus::Draft
                | PurchaseStatus::Approved
                | PurchaseStatus::Sent
                | PurchaseStatus::Acknowledged
                | PurchaseStatus::Canceled => prop_assert!(!came),
            }
            prop_assert_eq!(order.held_from.is_some(), order.status == PurchaseStatus::OnHold);
            let over = matches!(order.status, PurchaseStatus::Closed | PurchaseStatus::Canceled);
            prop_assert_eq!(order.actions(at(1)).is_empty(), over);
        }
    }
}
