//! Commands to purchase orders, as every function gives them: read, decide, write, and again when somebody else was
//! faster.
//!
//! Knows how an outcome is told. It deliberately decides nothing (that is `domain`'s) and knows no route.

use contracts::Problem;
use contracts::purchasing::PurchaseOrderAnswer;
use domain::calendar::date;
use domain::id::PurchaseOrderId;
use domain::order::RequestMark;
use domain::purchasing::{Command, Decision, PurchaseOrder};
use domain::text::Secret;
use jiff::Timestamp;
use store::purchasing::Purchasing;
use store::stamp::Cause;
use store::stock::StockTable;

use crate::context::Context;
use crate::deciding::{repeated, until_written, written};
use crate::environment::MissingVariable;
use crate::http::{Request, Response};
use crate::orders::NotDone;

/// Where purchase orders are read and commanded.
pub struct PurchaseDesk {
    /// The table.
    pub purchasing: Purchasing,
    stock: Option<StockTable>,
    context: Context,
}

impl std::fmt::Debug for PurchaseDesk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PurchaseDesk").finish_non_exhaustive()
    }
}

impl PurchaseDesk {
    /// In this context. A function whose commands move no stock has no stock table.
    ///
    /// # Errors
    /// When the template does not name the table of purchasing.
    pub fn new(context: &Context) -> Result<Self, MissingVariable> {
        Ok(Self { purchasing: context.table()?, stock: context.table().ok(), context: context.clone() })
    }

    /// The purchase order with this id.
    ///
    /// # Errors
    /// 404, or the table's error.
    pub async fn load(&self, id: &PurchaseOrderId) -> Result<PurchaseOrder, NotDone> {
        let none = || NotDone::Told(Problem::not_found("purchase order"));
        self.purchasing.order(id).await?.ok_or_else(none)
    }

    /// Has `decide` decide about an order, writes it and answers the order as it then is. Where somebody else was
    /// faster, it is asked again. A request that bears a mark and was answered before changes nothing more.
    ///
    /// # Errors
    /// What `decide` refuses, or the table's error; nothing was written then.
    pub async fn run(
        &self,
        id: &PurchaseOrderId,
        cause: &Cause,
        mark: Option<RequestMark>,
        decide: impl Fn(&PurchaseOrder, Timestamp) -> Result<Decision, NotDone> + Send + Sync,
    ) -> Result<PurchaseOrder, NotDone> {
        until_written(&self.context, || async {
            let order = self.load(id).await?;
            if repeated(mark, |key| order.answered(key))? {
                return Ok(Some(order));
            }
            let now = self.context.now();
            let mut decision = decide(&order, now)?;
            if let Some(mark) = mark.filter(|_| decision.changed) {
                decision = decision.marked(mark);
            }
            written(self.purchasing.commit(self.stock.as_ref(), &decision, cause, now).await)
        })
        .await
    }
}

/// Sends an order to its supplier at `now`: the link in the mail is made under the shop's `key`.
pub fn sending(id: &PurchaseOrderId, key: &[u8], now: Timestamp) -> Command {
    Command::Send { link_hash: id.supplier_secret(key, now).digest() }
}

/// The part of the supplier's link that names the order and opens it.
pub fn supplier_token(id: &PurchaseOrderId, secret: &Secret) -> String {
    format!("{id}.{}", secret.reveal())
}

/// What a link's token names and opens.
///
/// # Errors
/// 404 where it is none.
pub fn read_token(token: &str) -> Result<(PurchaseOrderId, Secret), Problem> {
    let none = || Problem::not_found("purchase order");
    let (id, secret) = token.split_once('.').ok_or_else(none)?;
    Ok((id.parse().map_err(|_| none())?, secret.parse().map_err(|_| none())?))
}

/// Whether the link of the order's last mail carries this secret.
pub fn opens(secret: &Secret, order: &PurchaseOrder) -> bool {
    order.link_hash.is_some_and(|hash| store::same(&secret.digest(), &hash))
}

/// The answer to a command that staff gave: to the desk's form the order's page there, to a program the order.
///
/// # Errors
/// 500 where the order has no JSON.
pub fn answered(request: &Request, order: PurchaseOrder, done: &str, now: Timestamp) -> Result<Response, Problem> {
    if crate::orders::is_desk(request) {
        return Ok(Response::see_other(&format!("/desk/purchase-orders/{}?done={done}", order.id)));
    }
    Response::json(200, &PurchaseOrderAnswer::new(order, date(now)))
}
