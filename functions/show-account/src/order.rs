//! An order's page, and the page between paying and knowing.

use contracts::refusal::problem as of_refusal;
use contracts::{Problem, ProblemKind};
use domain::Money;
use domain::calendar::{civil, date, day, moment};
use domain::id::{OrderId, ReturnId};
use domain::order::{Order, OrderAction, OrderStatus, PaymentMethod};
use domain::people::Action;
use domain::settings::{PaymentSettings, ShopSettings};
use domain::shipping::ShippingSettings;
use edge::auth::{self, Caller};
use edge::http::{encoded, unavailable};
use edge::order_view::{Audience, Standing, contents, happened, payment_words, totals, tracking_href};
use edge::orders::{reader, shop_path};
use edge::page::{picture, renewal};
use edge::return_view::{return_path, summary};
use edge::warranty_view::certificate_summary;
use edge::{Request, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use pages::components::{Badge, Notice, Tone};
use pages::layout::Head;
use pages::shop::{self, BankTransfer, CancelForm, OrderLine, Payment, PaymentReturn, Shipment};
use store::warranties::CertificateLook;

use crate::ShowAccount;
use crate::words::{consequence, has_failed, line_note, sentence};

/// GET /orders/{id}
pub(crate) async fn page(shop: &ShowAccount, request: &Request) -> Result<Response, Problem> {
    let id: OrderId = request.parse_parameter("id", "order")?;
    let settings = shop.settings(&shop.shop).await?;
    let caller = shop.verifier.caller(request)?;
    let token = request.query("token");
    if let (Caller::Guest, None, Some(renewal)) = (&caller, token, renewal(request, auth::Audience::Shop)) {
        return Ok(renewal);
    }
    let order = match reader(&caller, Action::ViewOrders, token) {
        Ok(reader) => shop.orders.get(&id, &reader).await.map_err(|error| unavailable(&error))?,
        Err(problem) if problem.kind == ProblemKind::NotFound => None,
        Err(problem) => return Err(problem),
    };
    let Some(order) = order else {
        return Ok(nothing_here(shop, request, &settings));
    };
    if let Some(paid) = request.query("paid")
        && let Some(payment) = returned(&order, paid)
    {
        return Ok(show_return(shop, request, &settings, &order, payment));
    }
    show(shop, request, &settings, &order).await
}

/// There is no such order, or not for this reader; either way a fresh link helps who has bought it.
fn nothing_here(shop: &ShowAccount, request: &Request, settings: &ShopSettings) -> Response {
    let mut frame = shop.framed(request, settings);
    frame.context.flash = Some(Notice {
        link: Some(("/orders/find".to_owned(), "Mail me a fresh link".to_owned())),
        ..Notice::new(Tone::Info, "This link opens no order. A part of it may be missing.")
    });
    frame.refuse(request, &Problem::not_found("order"))
}

/// What is known about the payment of who comes back from the provider; none once the order's own page says it best.
/// The address tells where the reader comes from and nothing else: the record decides.
fn returned(order: &Order, paid: &str) -> Option<Payment> {
    match order.status {
        OrderStatus::PendingPayment if has_failed(order) => Some(Payment::Declined),
        OrderStatus::PendingPayment if paid == "no" => Some(Payment::Abandoned),
        OrderStatus::PendingPayment => Some(Payment::Unknown),
        OrderStatus::Expired if order.captured.is_zero() => Some(Payment::Expired),
        OrderStatus::Expired | OrderStatus::Placed | OrderStatus::Completed | OrderStatus::Canceled => None,
    }
}

/// Where the order is paid, while it can be.
fn pay_href(order: &Order, request: &Request, now: Timestamp) -> Option<String> {
    let open = order.payment_method == PaymentMethod::Card && order.awaits_payment(now);
    let token = request.query("token").map(|token| format!("?token={}", encoded(token))).unwrap_or_default();
    open.then(|| format!("/pay/{}{token}", order.id))
}

fn show_return(
    shop: &ShowAccount,
    request: &Request,
    settings: &ShopSettings,
    order: &Order,
    payment: Payment,
) -> Response {
    let now = shop.context.now();
    let view = PaymentReturn {
        number: order.number.to_string(),
        payment,
        pay_href: pay_href(order, request, now),
        order_href: shop_path(&order.id, request.query("token")),
        again_href: request.path_and_query().to_owned(),
        held_until: order.awaits_payment(now).then(|| format!("{} UTC", moment(order.hold.until))),
        email: order.email.to_string(),
    };
    let frame = shop.framed(request, settings);
    frame.page(200, &Head::private("Your payment"), &shop::payment_return(&view))
}

async fn show(
    shop: &ShowAccount,
    request: &Request,
    settings: &ShopSettings,
    order: &Order,
) -> Result<Response, Problem> {
    let now = shop.context.now();
    let shipping = shop.settings(&shop.shipping).await?;
    let payments = shop.settings(&shop.payments).await?;
    let asked_back: Vec<ReturnId> = order.returns.iter().map(|back| back.id).collect();
    let returns = match asked_back.as_slice() {
        [] => Vec::new(),
        ids => shop.returns.all_of(ids).await.map_err(|error| unavailable(&error))?,
    };
    let token = request.query("token");
    let mut frame = shop.framed(request, settings);
    frame.context.flash = flash(request, order);
    let view = shop::Order {
        pay: pay_href(order, request, now).map(|href| (href, format!("Pay {}", order.to_pay().format()))),
        cancel: order.actions(now).contains(&OrderAction::Cancel).then(|| CancelForm {
            action: format!("/orders/{}/cancel", order.id),
            token: request.query("token").unwrap_or_default().to_owned(),
            consequence: consequence(order),
        }),
        transfer: transfer(order, &payments, now),
        returns: returns.iter().map(|back| summary(back, token)).collect(),
        certificates: certificates(shop, order, token.is_some(), date(now)).await?,
        return_href: order.is_returnable(now).then(|| return_path(&order.id, token, &[])),
        return_by: order.return_by(now).map(|day| format!("You can send items back until {}.", civil(day))),
        csrf: frame.csrf(),
        ..view(order, &shipping, now)?
    };
    let head = Head::private(format!("Order {}", order.number));
    Ok(frame.page(200, &head, &shop::order(&view)))
}

/// The certificates of an order's units that are its buyer's, each with the secret of its link for who came by the order's.
async fn certificates(
    shop: &ShowAccount,
    order: &Order,
    by_link: bool,
    today: Date,
) -> Result<Vec<shop::CertificateSummary>, Problem> {
    if order.shipments.is_empty() || order.lines.iter().all(|line| line.warranty_months == 0) {
        return Ok(Vec::new());
    }
    let look = CertificateLook::With(order.id);
    let all = shop.warranties.certificates(&look).await.map_err(|error| unavailable(&error))?;
    let own = all.iter().filter(|one| one.is_buyers()).map(|one| {
        let secret = by_link.then(|| one.id.view_secret(one.passed, &shop.key).reveal());
        certificate_summary(one, secret.as_deref(), today)
    });
    Ok(own.collect())
}

/// The answer to what the reader just did.
fn flash(request: &Request, order: &Order) -> Option<Notice> {
    if request.query("paid").is_some() && order.status == OrderStatus::Placed {
        return Some(Notice {
            detail: Some(format!("The confirmation is on its way to {}.", order.email)),
            ..Notice::new(Tone::Ok, "Thank you. Your payment arrived.")
        });
    }
    match request.query("done")? {
        "placed" => Some(Notice {
            detail: Some(format!("We mail everything about it to {}.", order.email)),
            ..Notice::new(Tone::Ok, "Thank you for your order.")
        }),
        "canceled" | "cancel" => Some(Notice::new(Tone::Ok, "Your order is cancelled.")),
        _ => None,
    }
}

fn view(order: &Order, shipping: &ShippingSettings, now: Timestamp) -> Result<shop::Order, Problem> {
    let standing = Standing::from(order);
    let mut state = vec![standing.badge()];
    if order.refund_due().is_positive() {
        state.push(Badge::RefundDue);
    } else if order.refunded.is_positive() {
        state.push(standing.payment_badge());
    }
    let lines = order.lines.iter().map(|line| {
        Ok(OrderLine {
            title: line.title.clone(),
            option: None,
            href: None,
            image: picture(&line.sku, line.image.as_deref(), ""),
            quantity: format!("{} × {}", line.quantity.get(), line.unit_price.format()),
            total: line.total().map(Money::format).map_err(|error| of_refusal(&error.into()))?,
            note: line_note(order, line),
        })
    });
    Ok(shop::Order {
        number: order.number.to_string(),
        placed: format!("Placed on {}", day(order.created)),
        state,
        sentence: sentence(order, now),
        lines: lines.collect::<Result<_, Problem>>()?,
        totals: totals(order),
        shipments: shipments(order),
        events: happened(order, Audience::Buyer),
        shipping_address: order.shipping_address.lines(),
        billing_address: order.billing_address.as_ref().map(domain::Address::lines).unwrap_or_default(),
        method: method(order, shipping),
        payment: payment_words(order.payment_method).to_owned(),
        email: order.email.to_string(),
        ..shop::Order::default()
    })
}

/// How it is sent, as the shop calls it now; the id where it has no such way any more.
fn method(order: &Order, shipping: &ShippingSettings) -> String {
    let country = order.shipping_address.country;
    let zone = shipping.zones.iter().find(|zone| zone.countries.contains(&country));
    let method = zone.and_then(|zone| zone.methods.iter().find(|method| method.id == order.shipping_method));
    match method {
        None => order.shipping_method.to_string(),
        Some(method) if method.min_days == method.max_days => {
            format!("{}, {} working days", method.name, method.max_days)
        }
        Some(method) => format!("{}, {}–{} working days", method.name, method.min_days, method.max_days),
    }
}

fn shipments(order: &Order) -> Vec<Shipment> {
    let all = order.shipments.len();
    let shown = order.shipments.iter().enumerate().map(|(index, parcel)| {
        let number = parcel.tracking.as_deref();
        Shipment {
            title: if all == 1 { "Parcel".to_owned() } else { format!("Parcel {} of {all}", index + 1) },
            carrier: parcel.carrier.clone(),
            tracking: number.unwrap_or_default().to_owned(),
            tracking_href: number.and_then(|number| tracking_href(&parcel.carrier, number)),
            contents: contents(order, &parcel.lines),
            when: format!("Shipped {}", day(parcel.at)),
        }
    });
    shown.collect()
}

/// How to pay by transfer, while that is awaited.
fn transfer(order: &Order, payments: &PaymentSettings, now: Timestamp) -> Option<BankTransfer> {
    if order.payment_method != PaymentMethod::BankTransfer || !order.awaits_payment(now) {
        return None;
    }
    let account = payments.bank_transfer.as_ref()?;
    let mut facts =
        vec![("Recipient".to_owned(), account.account_holder.clone()), ("IBAN".to_owned(), grouped(&account.iban))];
    facts.extend(account.bic.clone().map(|bic| ("BIC".to_owned(), bic)));
    facts.push(("Reference".to_owned(), order.number.to_string()));
    if !account.text.is_empty() {
        facts.push(("Note".to_owned(), account.text.clone()));
    }
    Some(BankTransfer { amount: order.to_pay().format(), until: day(order.hold.until), facts })
}

/// An IBAN in groups of four, as it stands on paper.
fn grouped(iban: &str) -> String {
    let mut text = String::with_capacity(iban.len() + iban.len() / 4);
    for (index, character) in iban.chars().enumerate() {
        if index > 0 && index % 4 == 0 {
            text.push(' ');
        }
        text.push(character);
    }
    text
}
