//! Approving from the link in a mail: opening it asks, the button approves, so that a mail scanner approves nothing.
//! The link is good while its order waits for approval.

use contracts::Problem;
use domain::id::PurchaseOrderId;
use domain::purchasing::{Command, PurchaseOrder, PurchaseStatus, decide};
use domain::settings::{Setting, ShopSettings};
use edge::deciding::{shown_rev, unchanged};
use edge::http::Cookie;
use edge::page::form_key;
use edge::purchases::{read_token, sending};
use edge::{Request, Response};
use pages::desk::{ApproveByMail, ApproveLine, ApproveStep, approve_by_mail};
use pages::layout::{Head, desk_bare_page};
use serde::Deserialize;
use store::stamp::Cause;

use crate::ApprovePurchaseOrder;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pressed {
    idempotency_key: String,
}

/// GET and POST /approve/{token}
pub(crate) async fn answer(shop: &ApprovePurchaseOrder, request: &Request) -> Result<Response, Problem> {
    let token = request.parameter("token")?;
    let (id, secret) = read_token(&token)?;
    if !store::same(&secret.digest(), &id.approval_secret(&shop.key).digest()) {
        return Err(Problem::not_found("page"));
    }
    let mut order = shop.desk.load(&id).await?;
    if request.method() == http::Method::POST && waits(&order) {
        let Pressed { idempotency_key } = request.form()?;
        order = approved(shop, &id, &idempotency_key, request.correlation()).await?;
    }
    show(shop, request, &token, &order).await
}

fn waits(order: &PurchaseOrder) -> bool {
    matches!(order.status, PurchaseStatus::Suggested | PurchaseStatus::Draft)
}

async fn approved(
    shop: &ApprovePurchaseOrder,
    id: &PurchaseOrderId,
    key: &str,
    correlation: &str,
) -> Result<PurchaseOrder, Problem> {
    let cause = Cause::new("staff by mail", "approved", correlation);
    let done = shop.desk.run(id, &cause, None, |order, now| {
        unchanged("order", order.rev, shown_rev(key))?;
        Ok(decide(order, Command::Approve, now)?.then(sending(id, &shop.key, now), now)?)
    });
    Ok(done.await?)
}

async fn show(
    shop: &ApprovePurchaseOrder,
    request: &Request,
    token: &str,
    order: &PurchaseOrder,
) -> Result<Response, Problem> {
    let skus: Vec<_> = order.lines.iter().map(|line| line.sku.clone()).collect();
    let offers = shop.stock.offers(&skus).await.map_err(|error| edge::http::unavailable(&error))?;
    let supplier = shop.desk.purchasing.supplier(&order.supplier).await;
    let supplier = supplier.map_err(|error| edge::http::unavailable(&error))?;
    let lines = order.lines.iter().map(|line| ApproveLine {
        sku: line.sku.to_string(),
        title: offers.get(&line.sku).map(|offer| offer.listing.title.clone()).unwrap_or_default(),
        quantity: line.quantity.to_string(),
        total: line
            .unit_cost
            .and_then(|cost| cost.times(line.quantity).ok())
            .map(domain::Money::format)
            .unwrap_or_default(),
    });
    let (csrf, cookie): (String, Option<Cookie>) = request.csrf(&shop.context);
    let step = match order.status {
        PurchaseStatus::Suggested | PurchaseStatus::Draft => ApproveStep::Ask,
        PurchaseStatus::Canceled => ApproveStep::Gone("The purchase order was called off.".to_owned()),
        PurchaseStatus::OnHold => ApproveStep::Gone("The purchase order is on hold.".to_owned()),
        PurchaseStatus::Approved
        | PurchaseStatus::Sent
        | PurchaseStatus::Acknowledged
        | PurchaseStatus::PartiallyReceived
        | PurchaseStatus::Received
        | PurchaseStatus::Closed => ApproveStep::Done("The supplier has it.".to_owned()),
    };
    let view = ApproveByMail {
        step,
        action: format!("/approve/{token}"),
        number: order.id.number().to_string(),
        supplier: supplier.map(|supplier| supplier.name).unwrap_or_default(),
        // What was ordered is for those who are signed in, once nothing waits for the link.
        lines: lines.filter(|_| waits(order)).collect(),
        total: order.total().ok().filter(|_| waits(order)).flatten().map(domain::Money::format).unwrap_or_default(),
        order_href: format!("/desk/purchase-orders/{}", order.id),
        csrf,
        idempotency_key: format!("{}-{}", order.rev, form_key(&shop.context)),
    };
    let name = shop.shop.get(shop.context.now()).await.unwrap_or_else(|_| ShopSettings::initial()).name;
    let head = Head::private(format!("Purchase order {}", view.number));
    let page = desk_bare_page(&head, &name, &approve_by_mail(&view));
    Ok(Response::page(200, page.into_string()).cookie(cookie))
}
