//! The desk's pages of purchase orders: their list, and one with what its state and the role allow.

use std::collections::BTreeMap;

use contracts::Problem;
use domain::Money;
use domain::calendar::{civil, date, moment};
use domain::people::Action;
use domain::purchasing::{
    AnswerStatus, Happened, PurchaseAction as Possible, PurchaseLine, PurchaseOrder, PurchaseStatus, Supplier,
};
use domain::stock::Offer;
use domain::text::{Sku, SupplierId};
use edge::Response;
use edge::desk::Visit;
use edge::http::{encoded, unavailable};
use edge::page::form_key;
use jiff::civil::Date;
use pages::components::{Badge, Event, Notice, Pager, Tab, Tone};
use pages::desk::{
    self, Proposal, ProposalRow, PurchaseAction, PurchaseLineRow, PurchaseOrderRow, PurchaseOrderView, PurchaseOrders,
    ReceiveLine,
};
use pages::layout::Head;

use crate::{ManagePurchaseOrders, orders};

/// A view of the list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    ToApprove,
    OnOrder,
    Overdue,
    All,
}

impl View {
    const ALL: [Self; 4] = [Self::ToApprove, Self::OnOrder, Self::Overdue, Self::All];

    const fn name(self) -> &'static str {
        match self {
            Self::ToApprove => "",
            Self::OnOrder => "on_order",
            Self::Overdue => "overdue",
            Self::All => "all",
        }
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::ToApprove => ("To approve", "Orders that wait for approval appear here."),
            Self::OnOrder => ("On order", "What is on its way from suppliers appears here."),
            Self::Overdue => ("Overdue", "Nothing is late."),
            Self::All => ("All", "Orders to suppliers appear here: those that the shop suggests, and yours."),
        }
    }

    fn fits(self, order: &PurchaseOrder, today: Date) -> bool {
        match self {
            Self::ToApprove => waits(order) || order.answer == AnswerStatus::Proposed && order.is_with_supplier(),
            Self::OnOrder => order.is_on_order() && order.status != PurchaseStatus::Received,
            Self::Overdue => order.is_overdue(today),
            Self::All => true,
        }
    }
}

const fn waits(order: &PurchaseOrder) -> bool {
    matches!(order.status, PurchaseStatus::Suggested | PurchaseStatus::Draft)
}

/// GET /desk/purchase-orders
pub(crate) async fn list(shop: &ManagePurchaseOrders, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::ViewPurchasing)?;
    let request = visit.request;
    let asked = request.query("view").unwrap_or_default();
    let view = View::ALL.into_iter().find(|view| view.name() == asked).unwrap_or(View::ToApprove);
    let supplier: Option<SupplierId> = request.query("supplier").and_then(|id| id.parse().ok());
    let today = date(shop.context.now());
    let fits = |order: &PurchaseOrder| {
        view.fits(order, today) && supplier.as_ref().is_none_or(|supplier| order.supplier == *supplier)
    };
    let (found, next) = orders::read(shop, request.query("cursor"), fits).await?;
    let names = suppliers(shop, found.iter().map(|order| order.supplier.clone()).chain(supplier.clone())).await?;
    let name = |id: &SupplierId| names.get(id).map_or_else(|| id.to_string(), |supplier| supplier.name.clone());
    let address = |view: View, more: &str| {
        let mut query = Vec::new();
        if !view.name().is_empty() {
            query.push(format!("view={}", view.name()));
        }
        query.extend(supplier.as_ref().map(|id| format!("supplier={id}")));
        query.extend((!more.is_empty()).then(|| format!("cursor={}", encoded(more))));
        if query.is_empty() {
            "/desk/purchase-orders".to_owned()
        } else {
            format!("/desk/purchase-orders?{}", query.join("&"))
        }
    };
    let tab =
        |one: View| Tab { words: one.words().0.to_owned(), href: address(one, ""), current: one == view, count: None };
    let page = PurchaseOrders {
        views: View::ALL.into_iter().map(tab).collect(),
        supplier: supplier.as_ref().map(|id| (name(id), format!("/desk/purchase-orders?view={}", view.name()))),
        rows: found.iter().map(|order| row(order, &name(&order.supplier), today)).collect(),
        pager: Pager {
            first: request.query("cursor").map(|_| address(view, "")),
            next: next.map(|next| address(view, &next.to_string())),
        },
        nothing: view.words().1.to_owned(),
        may_edit: visit.role.may(Action::EditPurchasing),
    };
    let frame = shop.frame(visit).await?;
    Ok(frame.page(200, &Head::private("Purchase orders"), &desk::purchase_orders(&page)))
}

/// The suppliers with these ids.
pub(crate) async fn suppliers(
    shop: &ManagePurchaseOrders,
    ids: impl IntoIterator<Item = SupplierId>,
) -> Result<BTreeMap<SupplierId, Supplier>, Problem> {
    let ids: std::collections::BTreeSet<SupplierId> = ids.into_iter().collect();
    let found = futures::future::join_all(ids.iter().map(|id| shop.desk.purchasing.supplier(id))).await;
    let found = found.into_iter().collect::<Result<Vec<_>, _>>().map_err(|error| unavailable(&error))?;
    Ok(found.into_iter().flatten().map(|supplier| (supplier.id.clone(), supplier)).collect())
}

fn row(order: &PurchaseOrder, supplier: &str, today: Date) -> PurchaseOrderRow {
    let units: u32 = order.lines.iter().map(|line| line.quantity).sum();
    PurchaseOrderRow {
        number: order.id.number().to_string(),
        href: format!("/desk/purchase-orders/{}", order.id),
        supplier: supplier.to_owned(),
        state: state(order.status),
        answer: answer(order.answer).filter(|_| order.is_with_supplier() || order.is_refused()),
        lines: order.lines.len().to_string(),
        units: units.to_string(),
        total: order.total().ok().flatten().map(Money::format).unwrap_or_default(),
        expected: order.expected.map(civil).unwrap_or_default(),
        overdue: order.is_overdue(today),
        created: moment(order.created),
        created_at: order.created.to_string(),
    }
}

const fn state(status: PurchaseStatus) -> Badge {
    match status {
        PurchaseStatus::Suggested => Badge::Suggested,
        PurchaseStatus::Draft => Badge::Draft,
        PurchaseStatus::Approved => Badge::Approved,
        PurchaseStatus::Sent => Badge::Sent,
        PurchaseStatus::Acknowledged => Badge::Acknowledged,
        PurchaseStatus::PartiallyReceived => Badge::PartReceived,
        PurchaseStatus::Received => Badge::Received,
        PurchaseStatus::Closed => Badge::Closed,
        PurchaseStatus::OnHold => Badge::OnHold,
        PurchaseStatus::Canceled => Badge::Cancelled,
    }
}

const fn answer(answer: AnswerStatus) -> Option<Badge> {
    match answer {
        AnswerStatus::None => None,
        AnswerStatus::Awaited => Some(Badge::AnswerAwaited),
        AnswerStatus::Accepted => Some(Badge::Accepted),
        AnswerStatus::Proposed => Some(Badge::ChangeProposed),
        AnswerStatus::Refused => Some(Badge::Refused),
    }
}

/// GET /desk/purchase-orders/{id}
pub(crate) async fn order(shop: &ManagePurchaseOrders, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::ViewPurchasing)?;
    let id = visit.request.parse_parameter("id", "purchase order")?;
    let order = shop.desk.load(&id).await?;
    let skus: Vec<Sku> = order.lines.iter().map(|line| line.sku.clone()).collect();
    let offers = shop.stock.offers(&skus).await.map_err(|error| unavailable(&error))?;
    let supplier = suppliers(shop, [order.supplier.clone()]).await?.remove(&order.supplier);
    let frame = shop.frame(visit).await?;
    let view = PurchaseOrderView {
        csrf: frame.csrf(),
        // The operations tell by the rev whether the order is still the one that was shown.
        idempotency_key: format!("{}-{}", order.rev, form_key(&shop.context)),
        ..view(&order, supplier.as_ref(), &offers, visit, shop.context.now())
    };
    let head = Head::private(format!("Purchase order {}", view.number));
    Ok(frame.page(200, &head, &desk::purchase_order(&view)))
}

fn title(offers: &BTreeMap<Sku, Offer>, sku: &Sku) -> String {
    offers.get(sku).map(|offer| offer.listing.title.clone()).unwrap_or_default()
}

fn view(
    order: &PurchaseOrder,
    supplier: Option<&Supplier>,
    offers: &BTreeMap<Sku, Offer>,
    visit: &Visit<'_>,
    now: jiff::Timestamp,
) -> PurchaseOrderView {
    let today = date(now);
    let mut states = vec![state(order.status)];
    states.extend(answer(order.answer).filter(|_| order.is_with_supplier() || order.is_refused()));
    if order.is_overdue(today) {
        states.insert(0, Badge::Overdue);
    }
    let line = |line: &PurchaseLine| PurchaseLineRow {
        sku: line.sku.to_string(),
        // Where it has no rule, that page asks for one: of those who may write it.
        href: visit
            .role
            .may(Action::EditPurchasing)
            .then(|| format!("/desk/reorders/{}?location={}", line.sku, line.location)),
        title: title(offers, &line.sku),
        location: line.location.to_string(),
        ordered: line.quantity.to_string(),
        received: line.received.to_string(),
        damaged: line.damaged.to_string(),
        missing: if order.status == PurchaseStatus::Canceled { "0".to_owned() } else { line.missing().to_string() },
        unit_cost: line.unit_cost.map(Money::format).unwrap_or_default(),
        total: line.unit_cost.and_then(|cost| cost.times(line.quantity).ok()).map(Money::format).unwrap_or_default(),
    };
    let possible = order.actions(now);
    let may = |action: Possible| possible.contains(&action) && right(action).is_some_and(|right| visit.role.may(right));
    let mut facts = vec![("Ordered of".to_owned(), order.supplier.to_string())];
    facts.extend(order.sent.map(|sent| ("Sent".to_owned(), moment(sent))));
    facts.extend(order.reason.clone().filter(|reason| !reason.is_empty()).map(|reason| ("Reason".to_owned(), reason)));
    PurchaseOrderView {
        number: order.id.number().to_string(),
        base: format!("/desk/purchase-orders/{}", order.id),
        made: format!("Made {}", moment(order.created)),
        states,
        notice: notice(order, today),
        lines: order.lines.iter().map(line).collect(),
        total: order.total().ok().flatten().map(Money::format).unwrap_or_default(),
        proposal: proposal(order, offers, may(Possible::TakeProposal)),
        actions: actions(order, supplier, offers, visit, &may),
        closed: closed(order, &possible),
        edit_href: may(Possible::Edit).then(|| format!("/desk/purchase-orders/{}/lines", order.id)),
        pdf_href: Some(format!("/desk/purchase-orders/{}/order.pdf", order.id)),
        events: order.happened.iter().rev().enumerate().map(|(index, one)| event(one, index == 0)).collect(),
        supplier: supplier.map(|supplier| vec![supplier.name.clone(), supplier.email.to_string()]).unwrap_or_default(),
        supplier_href: Some(format!("/desk/purchase-orders?view=all&supplier={}", order.supplier)),
        expected: order.expected.map(civil).unwrap_or_default(),
        facts,
        ..PurchaseOrderView::default()
    }
}

fn notice(order: &PurchaseOrder, today: Date) -> Option<Notice> {
    let with =
        |tone, text: &str, detail: &str| Some(Notice { detail: Some(detail.to_owned()), ..Notice::new(tone, text) });
    if order.is_refused() {
        return with(
            Tone::Bad,
            "The supplier does not deliver it.",
            "What it would have brought is suggested again, for you to approve.",
        );
    }
    if order.is_overdue(today) {
        return with(
            Tone::Warn,
            "It should have come by now.",
            "Ask the supplier, or send it again: its mail has a link to tell another day.",
        );
    }
    match order.status {
        PurchaseStatus::Suggested if order.by_hand => with(
            Tone::Info,
            "It waits for approval.",
            "Some of it was refused or called off before, so it does not go out of itself.",
        ),
        PurchaseStatus::Suggested => with(
            Tone::Info,
            "The shop suggests it.",
            "It goes out of itself in a moment where it costs less than the shop's limit; else it waits for approval.",
        ),
        PurchaseStatus::Draft
        | PurchaseStatus::Approved
        | PurchaseStatus::Sent
        | PurchaseStatus::Acknowledged
        | PurchaseStatus::PartiallyReceived
        | PurchaseStatus::Received
        | PurchaseStatus::Closed
        | PurchaseStatus::OnHold
        | PurchaseStatus::Canceled => None,
    }
}

fn proposal(order: &PurchaseOrder, offers: &BTreeMap<Sku, Offer>, may_answer: bool) -> Option<Proposal> {
    let proposed = order.proposal.as_ref()?;
    let row = |line: &domain::purchasing::ProposedLine| ProposalRow {
        sku: line.sku.to_string(),
        title: title(offers, &line.sku),
        ordered: order.line(&line.sku, &line.location).map_or(0, |known| known.quantity).to_string(),
        proposed: line.quantity.to_string(),
    };
    Some(Proposal {
        expected: proposed.expected.map(|day| (order.expected.map(civil).unwrap_or_default(), civil(day))),
        rows: proposed.lines.iter().map(row).collect(),
        note: proposed.note.clone(),
        may_answer,
    })
}

/// What somebody has to be allowed for it.
const fn right(action: Possible) -> Option<Action> {
    Some(match action {
        Possible::Approve | Possible::TakeProposal => Action::ApprovePurchases,
        Possible::Edit
        | Possible::Send
        | Possible::RejectProposal
        | Possible::Hold
        | Possible::Resume
        | Possible::Cancel
        | Possible::Close => Action::EditPurchasing,
        Possible::Receive => Action::ReceiveGoods,
    })
}

fn actions(
    order: &PurchaseOrder,
    supplier: Option<&Supplier>,
    offers: &BTreeMap<Sku, Offer>,
    visit: &Visit<'_>,
    may: &impl Fn(Possible) -> bool,
) -> Vec<PurchaseAction> {
    let approve = || PurchaseAction::Approve {
        consequence: match order.total() {
            Ok(Some(total)) => format!("{}. From then on its units are incoming.", total.format()),
            Ok(None) | Err(_) => "From then on its units are incoming.".to_owned(),
        },
        send: true,
    };
    let send = || PurchaseAction::Send {
        to: supplier.map(|supplier| supplier.email.to_string()).unwrap_or_default(),
        again: order.sent.is_some(),
    };
    let receive = || PurchaseAction::Receive {
        lines: order.lines.iter().filter(|line| line.quantity > 0).map(|line| receiving(line, offers)).collect(),
        focused: visit.request.query("receive").is_some(),
    };
    let missing: u32 = order.lines.iter().map(PurchaseLine::missing).sum();
    let close = || PurchaseAction::Close {
        consequence: match missing {
            0 => "Everything came.".to_owned(),
            1 => "1 unit did not come and is not expected any more.".to_owned(),
            more => format!("{more} units did not come and are not expected any more."),
        },
    };
    let cancel = || PurchaseAction::Cancel {
        consequence: if order.sent.is_some() {
            "The supplier gets a mail.".to_owned()
        } else {
            "The supplier has not heard of it.".to_owned()
        },
        reason: String::new(),
    };
    let resume = || PurchaseAction::Resume {
        becomes: order.held_from.map(|status| edge::page::label(status.as_str())).unwrap_or_default(),
    };
    // What is next comes first: goods before another mail.
    let first: [(Possible, &dyn Fn() -> PurchaseAction); 3] = if order.sent.is_some() {
        [(Possible::Approve, &approve), (Possible::Receive, &receive), (Possible::Send, &send)]
    } else {
        [(Possible::Approve, &approve), (Possible::Send, &send), (Possible::Receive, &receive)]
    };
    let rest: [(Possible, &dyn Fn() -> PurchaseAction); 4] = [
        (Possible::Resume, &resume),
        (Possible::Close, &close),
        (Possible::Hold, &|| PurchaseAction::Hold { reason: String::new() }),
        (Possible::Cancel, &cancel),
    ];
    first.into_iter().chain(rest).filter(|(action, _)| may(*action)).map(|(_, made)| made()).collect()
}

fn receiving(line: &PurchaseLine, offers: &BTreeMap<Sku, Offer>) -> ReceiveLine {
    let missing = line.missing().to_string();
    ReceiveLine {
        sku: line.sku.to_string(),
        location: line.location.to_string(),
        title: title(offers, &line.sku),
        quantity: missing.clone(),
        missing,
        damaged: "0".to_owned(),
    }
}

/// What is closed that somebody may look for, and why.
fn closed(order: &PurchaseOrder, possible: &[Possible]) -> Vec<(String, String)> {
    let came = order.lines.iter().any(|line| line.received > 0);
    let mut closed = Vec::new();
    if !possible.contains(&Possible::Receive) && waits(order) {
        closed.push(("Receive".to_owned(), "not approved yet".to_owned()));
    }
    if !possible.contains(&Possible::Cancel) && came && order.status == PurchaseStatus::PartiallyReceived {
        closed.push(("Cancel".to_owned(), "some of it came; close it instead".to_owned()));
    }
    closed
}

fn event(happened: &Happened, now: bool) -> Event {
    let what = match happened.what.as_str() {
        "purchase_order.created" => "Made",
        "purchase_order.changed" => "Changed",
        "purchase_order.approved" => "Approved",
        "purchase_order.sent" => "Sent",
        "purchase_order.accepted" => "The supplier accepts",
        "purchase_order.change_proposed" => "The supplier proposes a change",
        "purchase_order.change_taken" => "The change is taken",
        "purchase_order.change_rejected" => "The change is rejected",
        "purchase_order.refused" => "The supplier refuses",
        "purchase_order.received" => "Goods came",
        "purchase_order.held" => "Put on hold",
        "purchase_order.resumed" => "Resumed",
        "purchase_order.canceled" => "Cancelled",
        _ => "Closed",
    };
    Event {
        what: what.to_owned(),
        detail: None,
        link: None,
        when: moment(happened.at),
        at: happened.at.to_string(),
        who: Some(match happened.who.as_str() {
            "reorder" | "release-purchase-order" => "the shop".to_owned(),
            "supplier" => "the supplier".to_owned(),
            // A member of the staff: `owner:per_..`.
            who => who.split(':').next().unwrap_or_default().to_owned(),
        }),
        now,
    }
}
