//! Shows stock: quantities by state, and the ledger that says why.

use contracts::Problem;
use contracts::list::ListAnswer;
use contracts::stock::{LedgerAnswer, LedgerQuery, StockAnswer, StockQuery};
use domain::people::Action;
use domain::settings::LocationSettings;
use domain::stock::Stock;
use domain::text::{LocationId, Sku};
use edge::auth::Verifier;
use edge::http::unavailable;
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use serde::Serialize;
use store::settings::{Cached, SettingsTable};
use store::stock::{LedgerEntry, StockTable};
use store::{Cursor, Page};

/// The function.
pub const FUNCTION: Function = edge::http::http::<ViewStock>();

/// How many entries a page has.
const PAGE: usize = 50;
/// How many SKUs a page of stock has at most: five requests for their records, side by side.
const LARGEST: usize = 500;
/// A filter reads on until a page is half full, or has read so often.
const ROUNDS: usize = 6;

/// Shows stock.
pub struct ViewStock {
    context: Context,
    stock: StockTable,
    locations: Cached<LocationSettings>,
    verifier: Verifier,
}

impl HttpHandler for ViewStock {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            stock: context.table()?,
            locations: Cached::new(context.table::<SettingsTable>()?),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        self.verifier.caller(request)?.staff(Action::ViewStock)?;
        match request.route() {
            "GET /api/stock" => self.list(request.parse_query()?).await,
            "GET /api/stock/{sku}" => self.show(&request.parse_parameter("sku", "SKU")?).await,
            "GET /api/stock/{sku}/ledger" => {
                self.ledger(&request.parse_parameter("sku", "SKU")?, request.parse_query()?).await
            }
            _ => Err(Problem::not_found("page")),
        }
    }
}

impl ViewStock {
    async fn list(&self, query: StockQuery) -> Result<Response, Problem> {
        let mut after = cursor(query.cursor)?;
        let limit = query.limit.map_or(PAGE, usize::from);
        if !(1..=LARGEST).contains(&limit) {
            return Err(Problem::field("/limit", format!("A page has 1 to {LARGEST} SKUs.")));
        }
        let settings = self.locations.get(self.context.now()).await.map_err(|error| unavailable(&error))?;
        let locations: Vec<LocationId> = settings.locations.into_iter().map(|location| location.id).collect();
        let wanted = |stock: &Stock| {
            query.below.is_none_or(|below| stock.offer.available < below)
                && query.location.as_ref().is_none_or(|location| stock.levels.contains_key(location))
        };
        let mut found = Vec::new();
        for _ in 0..ROUNDS {
            let page = self.stock.page(&locations, after.as_ref(), limit).await.map_err(|error| unavailable(&error))?;
            found.extend(page.items.into_iter().filter(wanted));
            after = page.next;
            if after.is_none() || found.len() >= limit / 2 {
                break;
            }
        }
        answer(Page { items: found.iter().map(StockAnswer::from).collect(), next: after })
    }

    async fn show(&self, sku: &Sku) -> Result<Response, Problem> {
        let stock = self.stock.stock(sku).await.map_err(|error| unavailable(&error))?;
        let stock = stock.ok_or_else(|| Problem::not_found("SKU"))?;
        Response::json(200, &StockAnswer::from(&stock))
    }

    async fn ledger(&self, sku: &Sku, query: LedgerQuery) -> Result<Response, Problem> {
        let after = cursor(query.cursor)?;
        let page = self.stock.ledger(sku, after.as_ref(), PAGE).await.map_err(|error| unavailable(&error))?;
        answer(Page { items: page.items.into_iter().map(entry).collect(), next: page.next })
    }
}

fn entry(entry: LedgerEntry) -> LedgerAnswer {
    let LedgerEntry { at, location, quantity, delta, after, cause, actor, reference, shard, .. } = entry;
    LedgerAnswer { at, location, quantity, delta, after, cause, actor, reference, shard }
}

fn cursor(text: Option<String>) -> Result<Option<Cursor>, Problem> {
    text.map(|text| text.parse().map_err(|_| Problem::field("/cursor", "This is no cursor that the shop gave.")))
        .transpose()
}

fn answer<T: Serialize>(page: Page<T>) -> Result<Response, Problem> {
    let next = page.next.map(|cursor| cursor.to_string());
    Response::json(200, &ListAnswer { items: page.items, next })
}
