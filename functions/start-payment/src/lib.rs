//! Sends a shopper to the provider's payment page, making it where there is none that is open.
//!
//! The order keeps its page, so that whoever comes again pays on the same one. A page lives about half an hour; a hold
//! that ends before shuts it. Where there is nothing to pay, the order itself is shown.

mod view;

use contracts::{Problem, ProblemKind};
use domain::id::OrderId;
use domain::order::{Command, Order, PaymentMethod, PaymentSession};
use domain::people::Action;
use domain::settings::ShopSettings;
use edge::auth::{Audience, Caller, Verifier};
use edge::orders::{NotDone, OrderDesk, reader, shop_path};
use edge::page::renewal;
use edge::payments::{PaymentError, SessionRequest, SessionStatus};
use edge::provider::ProviderDoor;
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use jiff::Timestamp;
use store::orders::Reader;
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;

/// The function.
pub const FUNCTION: Function = edge::http::http::<StartPayment>();

/// How long a page lives, in minutes, from the full minute in which it is made: the provider takes no less than 30.
const PAGE_MINUTES: i64 = 32;

/// Starts payments.
pub struct StartPayment {
    context: Context,
    desk: OrderDesk,
    provider: ProviderDoor,
    shop: Cached<ShopSettings>,
    verifier: Verifier,
    url: String,
    key: Vec<u8>,
}

impl HttpHandler for StartPayment {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            desk: OrderDesk::new(context)?,
            provider: ProviderDoor::new(context),
            shop: Cached::new(context.table::<SettingsTable>()?),
            verifier: Verifier::new(context)?,
            url: context.require("SHOP_URL")?,
            key: context.require("ORDER_KEY")?.into_bytes(),
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let guest = request.query("token").is_none() && self.verifier.caller(request)? == Caller::Guest;
        if let Some(renewal) = renewal(request, Audience::Shop).filter(|_| guest) {
            return Ok(renewal);
        }
        match self.next(request).await {
            Ok(next) => Ok(Response::see_other(&next).header("cache-control", "no-store")),
            Err(problem) if problem.kind == ProblemKind::ProviderUnavailable && request.wants_page() => {
                Ok(view::try_again(self, request, &problem).await)
            }
            Err(problem) => Err(problem),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        edge::page::refused(&self.context, request, &self.verifier, &self.shop, problem).await
    }
}

impl StartPayment {
    /// Where the shopper goes next: to the provider, or to the order.
    async fn next(&self, request: &Request) -> Result<String, Problem> {
        let id: OrderId = request.parse_parameter("order", "order")?;
        let caller = self.verifier.caller(request)?;
        // The way on carries the order's secret, which opens all that a buyer may do: staff who may do it too go it.
        let reader = reader(&caller, Action::CancelOrders, request.query("token"))?;
        let order = self.desk.load(&id, &reader).await?;
        let Some(before) = order.payment_session.as_ref().filter(|_| self.is_payable(&order)) else {
            return self.fresh_page(request, &order, &reader).await;
        };
        match self.look_at(before).await? {
            SessionStatus::Open => Ok(before.url.clone()),
            // The money is on its way: another page would take it twice.
            SessionStatus::Complete => Ok(format!("{}&paid=maybe", self.order_path(&order))),
            SessionStatus::Expired => self.fresh_page(request, &order, &reader).await,
        }
    }

    /// How far the page that the order keeps has come.
    async fn look_at(&self, page: &PaymentSession) -> Result<SessionStatus, NotDone> {
        let provider = self.provider.open().await.map_err(NotDone::Provider)?;
        Ok(provider.retrieve_session(&page.id).await.map_err(refused)?.status)
    }

    /// A new page, kept by the order in place of the one that `seen` has; or the order's own, where there is nothing
    /// to pay.
    async fn fresh_page(&self, request: &Request, seen: &Order, reader: &Reader) -> Result<String, Problem> {
        let cause = Cause::new("start-payment", "payment_page", request.correlation());
        let command = |order: Order| self.open_page(order, seen.payment_session.as_ref());
        let order = self.desk.run(&seen.id, reader, &cause, command).await?;
        Ok(match order.payment_session.as_ref().filter(|_| self.is_payable(&order)) {
            Some(page) => page.url.clone(),
            None => self.order_path(&order),
        })
    }

    /// Nothing, where the order is not to be paid, or another tab was faster.
    async fn open_page(&self, order: Order, over: Option<&PaymentSession>) -> Result<Option<Command>, NotDone> {
        if !self.is_payable(&order) || order.payment_session.as_ref() != over {
            return Ok(None);
        }
        let request = self.session(&order, self.context.now())?;
        let provider = self.provider.open().await.map_err(NotDone::Provider)?;
        let opened = provider.create_session(&request).await.map_err(refused)?;
        Ok(Some(Command::OpenSession { id: opened.id, url: opened.url, expires: opened.expires_at }))
    }

    fn is_payable(&self, order: &Order) -> bool {
        order.payment_method == PaymentMethod::Card
            && order.to_pay().is_positive()
            && order.awaits_payment(self.context.now())
    }

    /// What the provider is asked for. The provider remembers the attempt's number, and refuses it with another end:
    /// so the number counts the order's pages and, within each, the minutes that the end is taken from.
    fn session(&self, order: &Order, now: Timestamp) -> Result<SessionRequest, NotDone> {
        const MINUTES: u32 = 100_000;
        let minute = now.as_second().div_euclid(60);
        let since = minute - order.created.as_second().div_euclid(60);
        let attempt = order.next_attempt().saturating_mul(MINUTES).saturating_add(u32::try_from(since).unwrap_or(0));
        let expires_at = Timestamp::from_second((minute + PAGE_MINUTES) * 60);
        let path = self.order_path(order);
        Ok(SessionRequest {
            order: order.id,
            attempt,
            amount: order.to_pay(),
            email: order.email.clone(),
            lines: order.lines.iter().map(|line| format!("{} x {}", line.quantity.get(), line.title)).collect(),
            success_url: format!("{}{path}&paid=maybe", self.url),
            cancel_url: format!("{}{path}", self.url),
            expires_at: expires_at.map_err(|error| NotDone::Provider(error.into()))?,
        })
    }

    fn order_path(&self, order: &Order) -> String {
        shop_path(&order.id, Some(&order.id.view_secret(&self.key).reveal()))
    }
}

/// The shopper can only try again; what the provider said is for the log.
fn refused(error: PaymentError) -> NotDone {
    match error {
        PaymentError::Unavailable(_) => {}
        PaymentError::NoProvider
        | PaymentError::Declined { .. }
        | PaymentError::Refused { .. }
        | PaymentError::Unreadable(_) => tracing::error!(error = %error, "a payment page was not made"),
    }
    NotDone::Provider(error.into())
}
