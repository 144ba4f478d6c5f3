//! One order at the desk: what it is, what happened, and what its state and the role allow.

use contracts::Problem;
use contracts::refusal::problem as of_refusal;
use domain::Money;
use domain::calendar::moment;
use domain::id::OrderId;
use domain::order::{Order, OrderAction, OrderLine, OrderStatus, PaymentMethod, RefundStatus};
use domain::people::Action as Right;
use domain::shipping::ShippingSettings;
use domain::stock::{Allocated, AllocationReason, AllocationRule, Nearness};
use edge::Response;
use edge::http::unavailable;
use edge::order_view::{Audience, Standing, attention_words, contents, happened, payment_words, totals, tracking_href};
use pages::components::{Badge, FormErrors, Notice, Tone};
use pages::desk::{self, Action, DeskLine, DeskOrder};
use pages::layout::{Head, Section};
use store::orders::Reader;

use crate::{ShowDesk, address};
use edge::desk::Visit;
use edge::page::{form_key, picture};

/// What the desk offers, the next thing to do first.
const ORDER: [OrderAction; 7] = [
    OrderAction::MarkPaid,
    OrderAction::Ship,
    OrderAction::RefundPaid,
    OrderAction::Deliver,
    OrderAction::Refund,
    OrderAction::CancelBackorder,
    OrderAction::Cancel,
];

/// The refund's form as it was typed, and what is wrong with it.
#[derive(Default)]
pub(crate) struct TypedRefund {
    pub(crate) amount: String,
    pub(crate) reason: String,
    pub(crate) quantities: Vec<(domain::Sku, String)>,
    pub(crate) errors: FormErrors,
}

/// GET /desk/orders/{id}
pub(crate) async fn page(shop: &ShowDesk, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Right::ViewOrders)?;
    let order = load(shop, visit).await?;
    show(shop, visit, &order, &TypedRefund::default()).await
}

/// The order that the address names.
pub(crate) async fn load(shop: &ShowDesk, visit: &Visit<'_>) -> Result<Order, Problem> {
    let id: OrderId = visit.request.parse_parameter("id", "order")?;
    let order = shop.orders.get(&id, &Reader::Shop).await.map_err(|error| unavailable(&error))?;
    order.ok_or_else(|| Problem::not_found("order"))
}

/// The order's page, with the refund's form as it was typed.
pub(crate) async fn show(
    shop: &ShowDesk,
    visit: &Visit<'_>,
    order: &Order,
    typed: &TypedRefund,
) -> Result<Response, Problem> {
    let shipping = shop.of(&shop.shipping).await?;
    let frame = shop.frame(visit, Section::Orders).await?;
    let now = shop.context.now();
    let legal = order.actions(now);
    let may = |action: &OrderAction| visit.role.may(right(*action));
    let mut actions = Vec::new();
    for action in ORDER.iter().filter(|action| legal.contains(action) && may(action)) {
        actions.push(form(order, *action, &shipping, typed)?);
    }
    let closed = ORDER.iter().filter(|action| !legal.contains(action) && may(action));
    let closed = closed.filter_map(|action| Some((words(*action).to_owned(), why_not(order, *action)?.to_owned())));
    let failed = !typed.errors.is_empty();
    let view = DeskOrder {
        actions,
        closed: closed.collect(),
        return_href: (order.is_returnable(now) && visit.role.may(Right::DecideReturns))
            .then(|| edge::return_view::return_path(&order.id, None, &[])),
        csrf: frame.csrf(),
        // The operations tell by the rev whether the order is still the one that was shown.
        idempotency_key: format!("{}-{}", order.rev, form_key(&shop.context)),
        refused: failed.then(|| "refund".to_owned()),
        errors: typed.errors.clone(),
        ..view(order, &shipping)?
    };
    let head = Head::private(format!("Order {}", order.number)).failed(&typed.errors);
    Ok(frame.page(if failed { 422 } else { 200 }, &head, &desk::order(&view)))
}

const fn right(action: OrderAction) -> Right {
    match action {
        OrderAction::MarkPaid | OrderAction::RefundPaid => Right::MarkPaid,
        OrderAction::Cancel | OrderAction::CancelBackorder => Right::CancelOrders,
        OrderAction::Ship | OrderAction::Deliver => Right::ShipOrders,
        OrderAction::Refund => Right::RefundOrders,
    }
}

const fn words(action: OrderAction) -> &'static str {
    match action {
        OrderAction::MarkPaid => "Mark as paid",
        OrderAction::Cancel => "Cancel",
        OrderAction::CancelBackorder => "Cancel what waits for stock",
        OrderAction::Ship => "Ship",
        OrderAction::Deliver => "Mark as delivered",
        OrderAction::Refund => "Refund",
        OrderAction::RefundPaid => "Mark refund as sent",
    }
}

/// Why an action is closed, where somebody may look for it.
fn why_not(order: &Order, action: OrderAction) -> Option<&'static str> {
    let left = order.lines.iter().any(|line| line.shipped > 0);
    match (action, order.status) {
        (OrderAction::Ship, OrderStatus::PendingPayment) => Some("not paid yet"),
        (OrderAction::Ship, OrderStatus::Placed) if !order.is_allocated() => {
            Some("its items get their locations in a moment")
        }
        (OrderAction::Ship, OrderStatus::Placed) if !order.backordered.is_empty() => {
            Some("what is left of it waits for stock")
        }
        (OrderAction::Deliver, OrderStatus::Placed) => Some("not all of it has left"),
        (OrderAction::Cancel, OrderStatus::Placed) if left => Some("a parcel has left; refund it instead"),
        (OrderAction::Refund, OrderStatus::PendingPayment) => Some("not paid yet; cancel it instead"),
        (
            OrderAction::Ship
            | OrderAction::Deliver
            | OrderAction::Cancel
            | OrderAction::CancelBackorder
            | OrderAction::Refund
            | OrderAction::MarkPaid
            | OrderAction::RefundPaid,
            _,
        ) => None,
    }
}

/// Where money goes back to, in words.
pub(crate) fn back_to(order: &Order) -> &'static str {
    let credit = order.credit_used().is_positive();
    match order.payment_method {
        _ if credit && order.is_prepaid_alone() => "the store credit that paid",
        PaymentMethod::Card if credit => "the store credit and the card that paid",
        PaymentMethod::Card => "the card",
        PaymentMethod::BankTransfer if credit => "the store credit and the account it came from",
        PaymentMethod::BankTransfer => "the account it came from",
    }
}

fn form(
    order: &Order,
    action: OrderAction,
    shipping: &ShippingSettings,
    typed: &TypedRefund,
) -> Result<Action, Problem> {
    Ok(match action {
        OrderAction::MarkPaid => Action::MarkPaid { amount: order.to_pay().format(), reference: String::new() },
        OrderAction::Cancel => Action::Cancel {
            consequence: if order.refundable().is_positive() {
                let back = order.refundable().format();
                format!("{back} goes back to {}, and the stock to the shelf.", back_to(order))
            } else {
                "The stock goes back to the shelf. No money came.".to_owned()
            },
            reason: String::new(),
        },
        OrderAction::CancelBackorder => Action::CancelBackorder {
            lines: contents(order, &order.backordered),
            consequence: format!("Its price goes back to {}. What is there of the order is sent.", back_to(order)),
        },
        OrderAction::Ship => {
            let open = order.lines.iter().filter(|line| order.ready(line) > 0);
            let lines = open.map(|line| Ok((desk_line(order, line)?, order.ready(line).to_string())));
            Action::Ship {
                carriers: carriers(order, shipping),
                values: (String::new(), String::new()),
                lines: lines.collect::<Result<_, Problem>>()?,
            }
        }
        OrderAction::Deliver => Action::Deliver,
        OrderAction::Refund => {
            let quantity = |line: &OrderLine| {
                let found = typed.quantities.iter().find(|(sku, _)| *sku == line.sku);
                found.map_or_else(|| "0".to_owned(), |(_, quantity)| quantity.clone())
            };
            let open = order.lines.iter().filter(|line| line.quantity.get() > line.refunded);
            let lines = open.map(|line| Ok((desk_line(order, line)?, quantity(line))));
            Action::Refund {
                most: order.refundable().format(),
                to: back_to(order).to_owned(),
                values: (typed.amount.clone(), typed.reason.clone()),
                lines: lines.collect::<Result<_, Problem>>()?,
                ask_first: true,
            }
        }
        OrderAction::RefundPaid => {
            let due = order.refunds.iter().filter(|refund| refund.status == RefundStatus::Due);
            let due = Money::sum(order.currency(), due.map(|refund| refund.amount));
            Action::RefundPaid {
                amount: due.map_err(|error| of_refusal(&error.into()))?.format(),
                reference: String::new(),
            }
        }
    })
}

/// The carriers that the shop uses to the order's country.
fn carriers(order: &Order, shipping: &ShippingSettings) -> Vec<String> {
    let country = order.shipping_address.country;
    let zone = shipping.zones.iter().find(|zone| zone.countries.contains(&country));
    let mut carriers: Vec<String> =
        zone.into_iter().flat_map(|zone| &zone.methods).filter_map(|method| method.carrier.clone()).collect();
    carriers.sort();
    carriers.dedup();
    carriers
}

fn desk_line(order: &Order, line: &OrderLine) -> Result<DeskLine, Problem> {
    let places = order.allocation.iter().filter(|piece| piece.sku == line.sku);
    let places: Vec<String> = places.map(|piece| format!("{}: {}", piece.location, piece.quantity.get())).collect();
    Ok(DeskLine {
        sku: line.sku.to_string(),
        title: line.title.clone(),
        option: None,
        image: picture(&line.sku, line.image.as_deref(), ""),
        quantity: line.quantity.get(),
        shipped: line.shipped,
        ready: order.ready(line),
        waiting: order.waiting(&line.sku),
        dropped: line.dropped,
        refunded: line.refunded,
        unit_price: line.unit_price.format(),
        total: line.total().map(Money::format).map_err(|error| of_refusal(&error.into()))?,
        location: (!places.is_empty()).then(|| places.join(", ")),
        // What replaces something inherits its warranty.
        serials: (line.warranty_months > 0 || order.claim.is_some()).then(String::new),
    })
}

fn view(order: &Order, shipping: &ShippingSettings) -> Result<DeskOrder, Problem> {
    let standing = Standing::from(order);
    let mut states = vec![standing.badge()];
    if order.attention.is_some() {
        states.insert(0, Badge::NeedsAttention);
    }
    if standing.payment_badge() != standing.badge() {
        states.push(standing.payment_badge());
    }
    if order.refund_due().is_positive() {
        states.push(Badge::RefundDue);
    }
    let notice = order.attention.as_ref().map(|attention| {
        let (text, detail) = attention_words(order, attention);
        Notice { detail: Some(detail), ..Notice::new(Tone::Bad, text) }
    });
    Ok(DeskOrder {
        number: order.number.to_string(),
        base: format!("/desk/orders/{}", order.id),
        placed: moment(order.created),
        states,
        notice,
        lines: order.lines.iter().map(|line| desk_line(order, line)).collect::<Result<_, _>>()?,
        totals: totals(order),
        events: happened(order, Audience::Staff),
        customer: vec![order.shipping_address.name.clone(), order.email.to_string()],
        customer_href: Some(address("/desk/orders", &[("q", order.email.as_str())])),
        shipping_address: order.shipping_address.lines(),
        billing_address: order.billing_address.as_ref().map(domain::Address::lines).unwrap_or_default(),
        facts: facts(order, shipping),
        parcels: parcels(order),
        claim: order.claim.map(|claim| (claim.number().to_string(), format!("/desk/claims/{claim}"))),
        returns: order
            .returns
            .iter()
            .map(|back| (back.id.number().to_string(), format!("/desk/returns/{}", back.id)))
            .collect(),
        ..DeskOrder::default()
    })
}

fn parcels(order: &Order) -> Vec<(String, Option<String>, String)> {
    let parcels = order.shipments.iter().map(|parcel| {
        let number = parcel.tracking.as_deref().unwrap_or_default();
        let href = parcel.tracking.as_deref().and_then(|number| tracking_href(&parcel.carrier, number));
        (format!("{} {number}", parcel.carrier).trim().to_owned(), href, contents(order, &parcel.lines).join(", "))
    });
    parcels.collect()
}

/// Where an order's units come from and why, in words: `main: by priority, one location has everything`.
fn source(order: &Order, why: &Allocated) -> String {
    let mut places: Vec<&str> = order.allocation.iter().map(|piece| piece.location.as_str()).collect();
    places.sort_unstable();
    places.dedup();
    let places = if places.is_empty() { "nowhere yet".to_owned() } else { places.join(", ") };
    let rule = match (why.rule, why.nearness) {
        (AllocationRule::FewestParcels, _) => "as few locations as can be",
        (AllocationRule::Priority, _) => "the first that has it",
        (AllocationRule::Nearest, None) => "the nearest that has it",
        (AllocationRule::Nearest, Some(Nearness::SameCountry)) => "the nearest that has it, in the same country",
        (AllocationRule::Nearest, Some(Nearness::SameZone)) => "the nearest that has it, in the same shipping zone",
        (AllocationRule::Nearest, Some(Nearness::Elsewhere)) => "the nearest that has it, none being near",
    };
    let reason = match why.reason {
        AllocationReason::OneLocation => "one location has all that is there",
        AllocationReason::ByLine => "no location has everything, each line is whole",
        AllocationReason::InPieces => "a line is in pieces, since no location has all of it",
        AllocationReason::NothingThere => "nothing of it is there",
    };
    format!("{places} ({rule}; {reason})")
}

fn facts(order: &Order, shipping: &ShippingSettings) -> Vec<(String, String)> {
    let methods = shipping.zones.iter().flat_map(|zone| &zone.methods);
    let mut methods = methods.filter(|method| method.id == order.shipping_method);
    let sent = methods.next().map_or_else(|| order.shipping_method.to_string(), |method| method.name.clone());
    let paid_by = if order.claim.is_some() { "Nothing to pay" } else { payment_words(order.payment_method) };
    let mut facts = vec![("Paid by", paid_by.to_owned()), ("Received", order.captured.format())];
    if order.refunded.is_positive() {
        facts.push(("Refunded", order.refunded.format()));
    }
    if order.status == OrderStatus::PendingPayment {
        facts.push(("Stock held until", moment(order.hold.until)));
    }
    facts.extend(order.payment_session.as_ref().map(|session| ("Payment page", session.id.clone())));
    if order.credit_used().is_positive() {
        facts.push(("Of it store credit", order.credit_used().format()));
    }
    let paid = order.payments.iter().filter(|payment| payment.credit.is_none());
    facts.extend(paid.map(|payment| ("Reference", payment.reference.clone())));
    facts.push(("Sent by", sent));
    facts.extend(order.allocated.as_ref().map(|why| ("Comes from", source(order, why))));
    facts.extend(order.cancel_reason.as_ref().map(|reason| ("Cancelled for", reason.clone())));
    facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
