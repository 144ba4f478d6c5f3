//! Over how many records an offer's counters are split, set while it sells.

use contracts::stock::{SpreadRequest, StockAnswer};
use contracts::{Problem, ProblemKind};
use domain::people::Action;
use domain::stock::{Shards, Stock};
use domain::text::Sku;
use edge::desk::Visit;
use edge::http::unavailable;
use edge::{Request, Response};
use serde::Deserialize;
use store::stamp::Cause;
use store::{Tx, TxError};

use crate::UpdateStock;

/// How often it is tried over sales and price changes; what moves is less each time.
const ATTEMPTS: u32 = 8;

/// POST /api/stock/{sku}/shards
pub(crate) async fn set(shop: &UpdateStock, request: &Request) -> Result<Response, Problem> {
    let caller = shop.verifier.caller(request)?;
    caller.staff(Action::SplitOffers)?;
    let sku: Sku = request.parse_parameter("sku", "SKU")?;
    let body: SpreadRequest = request.json()?;
    let shards = body.checked().map_err(Problem::fields)?;
    let cause = Cause::new(caller.actor(), "spread", request.correlation());
    let stock = spread(shop, &sku, shards, &cause).await?;
    Response::json(200, &StockAnswer::from(&stock))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    shards: String,
}

/// The same, as it was typed.
pub(crate) async fn typed(shop: &UpdateStock, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::SplitOffers)?;
    let request = visit.request;
    let sku: Sku = request.parse_parameter("sku", "SKU")?;
    let typed: Typed = request.form()?;
    // Who typed no number is told which numbers there are.
    let body = SpreadRequest { shards: typed.shards.trim().parse().unwrap_or_default() };
    let shards = body.checked().map_err(Problem::fields)?;
    let cause = Cause::new(visit.caller().actor(), "spread", request.correlation());
    drop(spread(shop, &sku, shards, &cause).await?);
    Ok(Response::see_other(&format!("/desk/stock/{sku}?done=spread")))
}

/// Splits the offer, and spreads what is there over its shards; the stock as it is then.
async fn spread(shop: &UpdateStock, sku: &Sku, shards: Shards, cause: &Cause) -> Result<Stock, Problem> {
    for attempt in 0..ATTEMPTS {
        shop.context.pause(attempt).await;
        let stock = read(shop, sku).await?;
        let mut tx = Tx::new();
        for write in shop.stock.spread(&stock.offer, shards, attempt, cause).map_err(|error| unavailable(&error))? {
            tx = tx.and(write, |_| ());
        }
        match tx.commit(&shop.context.db()).await {
            Ok(()) => return read(shop, sku).await,
            Err(TxError::Refused(())) => {}
            Err(TxError::Store(error)) => return Err(unavailable(&error)),
        }
    }
    Err(Problem::new(ProblemKind::Busy, "This SKU is being written. Please try again."))
}

async fn read(shop: &UpdateStock, sku: &Sku) -> Result<Stock, Problem> {
    let stock = shop.stock.stock(sku).await.map_err(|error| unavailable(&error))?;
    stock.ok_or_else(|| Problem::not_found("SKU"))
}
