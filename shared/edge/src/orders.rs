//! Commands to orders, as every function gives them: read, decide, write, and again when somebody else was faster.
//!
//! Knows who may reach an order and how an outcome is told. It deliberately decides nothing (that is `domain`'s) and
//! knows no route.

mod typed;

use std::future::Future;

use contracts::order::OrderAnswer;
use contracts::{Problem, ProblemKind};
use domain::id::OrderId;
use domain::order::{Command, Order, RequestMark, decide};
use domain::people::Action;
use domain::refusal::Refusal;
use domain::text::{Digest, Secret};
use store::StoreError;
use store::orders::{Orders, Reader};
use store::stamp::Cause;
use store::stock::StockTable;

use crate::auth::Caller;
use crate::context::Context;
use crate::deciding::{repeated, until_written, written};
use crate::environment::MissingVariable;
use crate::function::Error;
use crate::http::{Request, Response, internal, unavailable};

pub use typed::{CARRIER, Checks, REASON, REFERENCE, TRACKING, TypedForm};

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    /// There is no such order, or the reader may not know of it.
    #[error("there is no such order")]
    NoOrder,
    /// The trade says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The stock that the command moves is not where the order has it.
    #[error("the stock that would move is not there")]
    NoStock,
    /// Others wrote the order for longer than is worth waiting for.
    #[error("the order is written by too many at once")]
    Contended,
    /// The table does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The payment provider does not answer.
    #[error("the payment provider: {0}")]
    Provider(Error),
    /// The caller is to hear this.
    #[error("{}", .0.detail)]
    Told(Problem),
}

impl From<NotDone> for Problem {
    fn from(reason: NotDone) -> Self {
        match reason {
            NotDone::NoOrder => Self::not_found("order"),
            NotDone::Refused(refusal) => contracts::refusal::problem(&refusal),
            NotDone::NoStock => Self::conflict("The stock that this moves is not there. Count it, then try again.")
                .with("code", "stock-missing"),
            NotDone::Contended => Self::new(ProblemKind::Busy, "Please try again in a moment."),
            NotDone::Store(error) => unavailable(&error),
            NotDone::Provider(error) => {
                tracing::warn!(error = %error, "the payment provider");
                Self::new(
                    ProblemKind::ProviderUnavailable,
                    "The payment provider did not answer. Nothing was changed: please try again in a moment.",
                )
            }
            NotDone::Told(problem) => problem,
        }
    }
}

/// Where orders are read and commanded.
pub struct OrderDesk {
    orders: Orders,
    stock: Option<StockTable>,
    context: Context,
}

impl std::fmt::Debug for OrderDesk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OrderDesk").finish_non_exhaustive()
    }
}

impl OrderDesk {
    /// In this context. A function whose commands move no stock has no stock table.
    ///
    /// # Errors
    /// When the template does not name the table of orders.
    pub fn new(context: &Context) -> Result<Self, MissingVariable> {
        Ok(Self { orders: context.table()?, stock: context.table().ok(), context: context.clone() })
    }

    /// The order, where the reader may see it.
    ///
    /// # Errors
    /// [`NotDone::NoOrder`], or the table's error.
    pub async fn load(&self, id: &OrderId, reader: &Reader) -> Result<Order, NotDone> {
        self.orders.get(id, reader).await?.ok_or(NotDone::NoOrder)
    }

    /// Gives an order the command that `command` makes of it, and answers the order as it then is. Where somebody
    /// else wrote the order meanwhile, it is read again and `command` is asked anew. No command: nothing to do.
    ///
    /// # Errors
    /// What [`decide`] or `command` refuses, or the table's error; nothing was written then.
    pub async fn run<F, Fut>(&self, id: &OrderId, reader: &Reader, cause: &Cause, command: F) -> Result<Order, NotDone>
    where
        F: Fn(Order) -> Fut + Send + Sync,
        Fut: Future<Output = Result<Option<Command>, NotDone>> + Send,
    {
        self.run_once(id, reader, cause, None, command).await
    }

    /// The same for a request that may bear a mark: one that was answered before changes nothing more, however often
    /// it comes, and is answered with the order as it now is.
    ///
    /// # Errors
    /// As [`OrderDesk::run`]; and where the mark's key came with another request before.
    pub async fn run_once<F, Fut>(
        &self,
        id: &OrderId,
        reader: &Reader,
        cause: &Cause,
        mark: Option<RequestMark>,
        command: F,
    ) -> Result<Order, NotDone>
    where
        F: Fn(Order) -> Fut + Send + Sync,
        Fut: Future<Output = Result<Option<Command>, NotDone>> + Send,
    {
        until_written(&self.context, || async {
            let order = self.load(id, reader).await?;
            if repeated(mark, |key| order.answered(key))? {
                return Ok(Some(order));
            }
            let Some(command) = command(order.clone()).await? else {
                return Ok(Some(order));
            };
            let mut decision = decide(&order, command, self.context.now())?;
            if let Some(mark) = mark.filter(|_| decision.changed) {
                decision = decision.marked(mark);
            }
            written(self.orders.commit(self.stock.as_ref(), &decision, cause).await)
        })
        .await
    }
}

/// As whom a caller reads the one order that a request names: staff who may do `action` read any, customers their own,
/// and whoever has the link's secret (`token`) the one that it opens.
///
/// # Errors
/// 403 for staff who may not; 404 for a guest without a link.
pub fn reader(caller: &Caller, action: Action, token: Option<&str>) -> Result<Reader, Problem> {
    let secret = token.and_then(|token| token.parse::<Secret>().ok());
    match (caller, secret) {
        (Caller::Staff(_, role), _) if role.may(action) => Ok(Reader::Shop),
        (Caller::Customer(person), Some(secret)) => Ok(Reader::OwnerOrHolder(person.id, secret)),
        (Caller::Customer(person), None) => Ok(Reader::Owner(person.id)),
        (Caller::Guest | Caller::Staff(..), Some(secret)) => Ok(Reader::Holder(secret)),
        (Caller::Staff(..), None) => caller.staff(action).map(|_| Reader::Shop),
        (Caller::Guest, None) => Err(Problem::not_found("order")),
    }
}

/// The address of an order's page, with the secret that opens it where there is one.
pub fn shop_path(id: &OrderId, token: Option<&str>) -> String {
    match token {
        Some(token) => format!("/orders/{id}?token={}", crate::http::encoded(token)),
        None => format!("/orders/{id}"),
    }
}

/// The answer to a command that staff gave: to the desk's form the order's page there, to a program the order.
///
/// # Errors
/// 500 where the order's sums leave the range.
pub fn answered(request: &Request, order: &Order, done: &str) -> Result<Response, Problem> {
    if is_desk(request) {
        return Ok(Response::see_other(&format!("/desk/orders/{}?done={done}", order.id)));
    }
    let answer = OrderAnswer::new(order).map_err(|error| internal("an order has no answer", &error))?;
    Response::json(200, &answer)
}

/// The key came with another request before.
pub fn key_reused() -> Problem {
    let detail = "This Idempotency-Key came with another request before. Use a new one.";
    Problem::new(ProblemKind::KeyReused, detail)
}

/// The mark of a request that has an Idempotency-Key: of the key, and of the route and its canonical body.
///
/// # Errors
/// 400 for a key that is none.
pub fn mark(request: &Request) -> Result<Option<RequestMark>, Problem> {
    if request.header("idempotency-key").is_none() {
        return Ok(None);
    }
    demanded_mark(request).map(Some)
}

/// The mark of a request that has to have an Idempotency-Key.
///
/// # Errors
/// 400 without a key, or for one that is none.
pub fn demanded_mark(request: &Request) -> Result<RequestMark, Problem> {
    let key = request.idempotency_key()?;
    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap_or_default();
    Ok(RequestMark { key, body: Digest::of(format!("{} {body}", request.route()).as_bytes()) })
}

/// Whether the request is a form of the desk.
pub fn is_desk(request: &Request) -> bool {
    request.route().starts_with("POST /desk/")
}
