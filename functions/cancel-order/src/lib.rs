//! Calls an order off, or what of it waits for stock: frees its stock and asks for its money back.
//!
//! An unpaid order's payment page is shut before, so that nobody pays for what was called off. Where the money was
//! faster, the order is not canceled: the payment is being confirmed.

mod view;

use contracts::Problem;
use contracts::order::CancelRequest;
use domain::id::OrderId;
use domain::order::{Command, Order, OrderStatus, PaymentMethod};
use domain::people::Action;
use domain::settings::ShopSettings;
use edge::auth::{Audience, Caller, Verifier};
use edge::desk;
use edge::holds::Holds;
use edge::orders::{Checks, NotDone, OrderDesk, REASON, answered, is_desk, mark, reader, shop_path};
use edge::page::renewal;
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use serde::Deserialize;
use store::orders::Reader;
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;

/// The function.
pub const FUNCTION: Function = edge::http::http::<CancelOrder>();

/// Cancels orders.
pub struct CancelOrder {
    context: Context,
    desk: OrderDesk,
    holds: Holds,
    shop: Cached<ShopSettings>,
    verifier: Verifier,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CancelForm {
    #[serde(default)]
    reason: String,
    /// The secret of a guest's link.
    #[serde(default)]
    token: String,
    #[serde(rename = "idempotency_key")]
    _key: Option<String>,
}

/// A cancellation as it was asked for.
struct Asked {
    reason: Option<String>,
    token: Option<String>,
}

impl HttpHandler for CancelOrder {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            desk: OrderDesk::new(context)?,
            holds: Holds::new(context)?,
            shop: Cached::new(context.table::<SettingsTable>()?),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let caller = self.verifier.caller(request)?;
        let id: OrderId = request.parse_parameter("id", "order")?;
        match request.route() {
            "POST /api/orders/{id}/cancel" => {
                let order = self.cancel(request, &caller, &id, &typed(request)?).await?;
                answered(request, &order, "canceled")
            }
            "POST /desk/orders/{id}/cancel" => {
                caller.staff(Action::CancelOrders)?;
                let order = self.cancel(request, &caller, &id, &typed(request)?).await?;
                answered(request, &order, "canceled")
            }
            "POST /api/orders/{id}/cancel-backorder" | "POST /desk/orders/{id}/cancel-backorder" => {
                caller.staff(Action::CancelOrders)?;
                let order = self.cancel_backorder(request, &caller, &id).await?;
                answered(request, &order, "backorder-canceled")
            }
            "POST /orders/{id}/cancel" => {
                let asked = typed(request)?;
                let guest = asked.token.is_none() && caller == Caller::Guest;
                if let Some(renewal) = renewal(request, Audience::Shop).filter(|_| guest) {
                    return Ok(renewal);
                }
                let order = self.cancel(request, &caller, &id, &asked).await?;
                let path = shop_path(&order.id, asked.token.as_deref());
                let joint = if asked.token.is_some() { '&' } else { '?' };
                Ok(Response::see_other(&format!("{path}{joint}done=canceled")))
            }
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        match (request.wants_page(), is_desk(request)) {
            (true, true) => desk::refused(request, problem),
            (true, false) => view::refused(self, request, problem).await,
            (false, _) => Response::problem(request, problem),
        }
    }
}

/// What was sent: a form, or JSON; a program may leave the body out. The link's secret is in the form, or in the
/// address.
fn typed(request: &Request) -> Result<Asked, Problem> {
    let (reason, token) = if request.is_form() {
        let form: CancelForm = request.form()?;
        (Some(form.reason), form.token)
    } else if request.body().is_empty() {
        (None, String::new())
    } else {
        (request.json::<CancelRequest>()?.reason, String::new())
    };
    let mut checks = Checks::default();
    let reason = checks.optional("/reason", reason.as_deref(), REASON);
    let token = Some(token).filter(|token| !token.is_empty()).or_else(|| request.query("token").map(str::to_owned));
    checks.finish(Asked { reason, token })
}

impl CancelOrder {
    async fn cancel(&self, request: &Request, caller: &Caller, id: &OrderId, asked: &Asked) -> Result<Order, Problem> {
        let reader: Reader = reader(caller, Action::CancelOrders, asked.token.as_deref())?;
        let cause = Cause::new(caller.actor(), "canceled", request.correlation());
        Ok(self.desk.run_once(id, &reader, &cause, mark(request)?, |order| self.command(order, asked)).await?)
    }

    async fn cancel_backorder(&self, request: &Request, caller: &Caller, id: &OrderId) -> Result<Order, Problem> {
        let cause = Cause::new(caller.actor(), "backorder_canceled", request.correlation());
        let command = |_| std::future::ready(Ok(Some(Command::CancelBackorder)));
        Ok(self.desk.run_once(id, &Reader::Shop, &cause, mark(request)?, command).await?)
    }

    async fn command(&self, order: Order, asked: &Asked) -> Result<Option<Command>, NotDone> {
        let payable = order.status == OrderStatus::PendingPayment && order.payment_method == PaymentMethod::Card;
        if payable && !self.holds.close_page(&order).await.map_err(NotDone::Provider)? {
            let detail = "A payment for this order has just arrived and is being confirmed. \
                          Try again in a minute: then it is paid back.";
            let problem = Problem::conflict(detail).with("code", "payment-being-confirmed");
            return Err(NotDone::Told(problem.with("state", order.status.as_str())));
        }
        Ok(Some(Command::Cancel { reason: asked.reason.clone() }))
    }
}
