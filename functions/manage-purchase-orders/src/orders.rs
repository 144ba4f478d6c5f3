//! Purchase orders over the API.

use contracts::Problem;
use contracts::list::ListAnswer;
use contracts::purchasing::{LinesRequest, PurchaseOrderAnswer, PurchaseQuery};
use domain::calendar::date;
use domain::id::PurchaseOrderId;
use domain::order::RequestMark;
use domain::purchasing::{
    Command, Origin, PurchaseDraft, PurchaseLines, PurchaseOrder, PurchaseStatus, create as make, decide,
};
use domain::settings::LocationSettings;
use domain::text::Sku;
use domain::{Currency, FieldError};
use edge::http::unavailable;
use edge::orders::{NotDone, key_reused, mark};
use edge::purchases::answered;
use edge::{Request, Response};
use store::purchasing::Made;
use store::stamp::Cause;
use store::{Cursor, NotWritten, TxError};

use crate::ManagePurchaseOrders;

/// How many orders are read at a time.
const PAGE: usize = 50;
/// A filter reads on until it has so many orders, or has read so often.
const ENOUGH: usize = 25;
const ROUNDS: usize = 6;
/// The status that is computed.
const OVERDUE: &str = "overdue";

/// GET /api/purchase-orders
pub(crate) async fn list(shop: &ManagePurchaseOrders, request: &Request) -> Result<Response, Problem> {
    let query: PurchaseQuery = request.parse_query()?;
    let today = date(shop.context.now());
    let wanted = filter(&query)?;
    let (found, next) = read(shop, query.cursor.as_deref(), |order| wanted.fits(order, today)).await?;
    let items: Vec<_> = found.into_iter().map(|order| PurchaseOrderAnswer::new(order, today)).collect();
    Response::json(200, &ListAnswer { items, next: next.map(|cursor| cursor.to_string()) })
}

/// What a list shows.
struct Filter {
    status: Option<PurchaseStatus>,
    overdue: bool,
    supplier: Option<domain::text::SupplierId>,
}

impl Filter {
    fn fits(&self, order: &PurchaseOrder, today: jiff::civil::Date) -> bool {
        self.status.is_none_or(|status| order.status == status)
            && (!self.overdue || order.is_overdue(today))
            && self.supplier.as_ref().is_none_or(|supplier| order.supplier == *supplier)
    }
}

fn filter(query: &PurchaseQuery) -> Result<Filter, Problem> {
    let asked = query.status.as_deref();
    let overdue = asked == Some(OVERDUE);
    let status = asked.filter(|_| !overdue).map(|asked| {
        let known = PurchaseStatus::ALL.iter().copied().find(|status| status.as_str() == asked);
        known.ok_or_else(|| Problem::field("/status", "There is no such status."))
    });
    Ok(Filter { status: status.transpose()?, overdue, supplier: query.supplier.clone() })
}

/// The orders that fit, newest first, and where the next page begins.
pub(crate) async fn read(
    shop: &ManagePurchaseOrders,
    cursor: Option<&str>,
    fits: impl Fn(&PurchaseOrder) -> bool,
) -> Result<(Vec<PurchaseOrder>, Option<Cursor>), Problem> {
    let cursor = cursor.map(str::parse::<Cursor>).transpose();
    let mut after = cursor.map_err(|_| Problem::field("/cursor", "This is no cursor that the shop gave."))?;
    let mut found = Vec::new();
    for _ in 0..ROUNDS {
        let page = shop.desk.purchasing.orders(after.as_ref(), PAGE).await.map_err(|error| unavailable(&error))?;
        found.extend(page.items.into_iter().filter(&fits));
        after = page.next;
        if after.is_none() || found.len() >= ENOUGH {
            break;
        }
    }
    Ok((found, after))
}

/// GET /api/purchase-orders/{id}
pub(crate) async fn show(shop: &ManagePurchaseOrders, request: &Request) -> Result<Response, Problem> {
    let id = request.parse_parameter("id", "purchase order")?;
    let order = shop.desk.load(&id).await?;
    Response::json(200, &PurchaseOrderAnswer::new(order, date(shop.context.now())))
}

/// POST /api/purchase-orders
pub(crate) async fn create(shop: &ManagePurchaseOrders, request: &Request, cause: &Cause) -> Result<Response, Problem> {
    let order = drafted(shop, request.json()?, mark(request)?, cause).await?;
    Response::json(201, &PurchaseOrderAnswer::new(order, date(shop.context.now())))
}

/// Drafts an order, or finds the one that was drafted under the same key before.
pub(crate) async fn drafted(
    shop: &ManagePurchaseOrders,
    draft: PurchaseDraft,
    mark: Option<RequestMark>,
    cause: &Cause,
) -> Result<PurchaseOrder, Problem> {
    if let Some(order) = repeated(shop, mark).await? {
        return Ok(order);
    }
    let supplier = shop.desk.purchasing.supplier(&draft.supplier).await.map_err(|error| unavailable(&error))?;
    let Some(supplier) = supplier else {
        return Err(Problem::field("/supplier", format!("There is no supplier {}.", draft.supplier)));
    };
    let lines = checked(shop, draft, supplier.currency).await?;
    let decision = make(shop.context.new_id(), &supplier, Origin::Staff, lines, shop.context.now());
    match shop.desk.purchasing.create(&decision, mark, cause).await {
        Ok(order) => Ok(order),
        Err(TxError::Refused(NotWritten::Stale | NotWritten::NoStock)) => {
            repeated(shop, mark).await?.ok_or_else(|| NotDone::Contended.into())
        }
        Err(TxError::Store(error)) => Err(unavailable(&error)),
    }
}

async fn repeated(shop: &ManagePurchaseOrders, mark: Option<RequestMark>) -> Result<Option<PurchaseOrder>, Problem> {
    let Some(mark) = mark else { return Ok(None) };
    match shop.desk.purchasing.made(&mark.key).await.map_err(|error| unavailable(&error))? {
        None => Ok(None),
        Some(Made { order, body }) if body == mark.body => Ok(Some(shop.desk.load(&order).await?)),
        Some(_) => Err(key_reused()),
    }
}

/// The lines of a draft, whose SKUs and locations there are.
async fn checked(
    shop: &ManagePurchaseOrders,
    draft: PurchaseDraft,
    currency: Currency,
) -> Result<PurchaseLines, Problem> {
    let skus: Vec<Sku> = draft.lines.iter().map(|line| line.sku.clone()).collect();
    let known = shop.stock.offers(&skus[..skus.len().min(100)]).await.map_err(|error| unavailable(&error))?;
    let all = |places: &LocationSettings| draft.lines.iter().all(|line| places.has(&line.location));
    let places = shop.locations.with(shop.context.now(), all).await.map_err(|error| unavailable(&error))?;
    let mut errors = Vec::new();
    for (index, line) in draft.lines.iter().enumerate() {
        let mut wrong = |field: &str, detail: String| {
            errors.push(FieldError { pointer: format!("/lines/{index}/{field}"), detail });
        };
        if !known.contains_key(&line.sku) {
            wrong("sku", format!("There is no SKU {}.", line.sku));
        }
        if !places.has(&line.location) {
            wrong("location", format!("There is no location {}.", line.location));
        }
    }
    match draft.check(currency) {
        Ok(lines) if errors.is_empty() => Ok(lines),
        Ok(_) => Err(Problem::fields(errors)),
        Err(more) => {
            errors.extend(more);
            Err(Problem::fields(errors))
        }
    }
}

/// PUT /api/purchase-orders/{id}/lines
pub(crate) async fn set_lines(
    shop: &ManagePurchaseOrders,
    request: &Request,
    cause: &Cause,
) -> Result<Response, Problem> {
    let id: PurchaseOrderId = request.parse_parameter("id", "purchase order")?;
    let LinesRequest { lines } = request.json()?;
    let supplier = shop.desk.load(&id).await?.supplier;
    let order = changed(shop, &id, PurchaseDraft { supplier, lines }, None, cause).await?;
    answered(request, order, "saved", shop.context.now())
}

/// Has an order order other lines. Where its form showed another state of it, `rev` says which.
pub(crate) async fn changed(
    shop: &ManagePurchaseOrders,
    id: &PurchaseOrderId,
    draft: PurchaseDraft,
    rev: Option<u64>,
    cause: &Cause,
) -> Result<PurchaseOrder, Problem> {
    let lines = checked(shop, draft, shop.desk.load(id).await?.currency).await?;
    let order = shop.desk.run(id, cause, None, |order, now| {
        edge::deciding::unchanged("order", order.rev, rev)?;
        Ok(decide(order, Command::SetLines { lines: lines.clone() }, now)?)
    });
    Ok(order.await?)
}
