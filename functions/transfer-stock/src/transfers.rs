//! Transfers over the API, and what the desk's forms share with it.

use std::collections::BTreeMap;

use contracts::Problem;
use contracts::list::ListAnswer;
use contracts::purchasing::Plain;
use contracts::transfer::{TransferAnswer, TransferQuery};
use domain::FieldError;
use domain::id::TransferId;
use domain::order::RequestMark;
use domain::settings::{Location, LocationSettings};
use domain::stock::Stock;
use domain::text::{LocationId, Sku};
use domain::transfer::{
    Command, Consignment, MAX_LINES, Transfer, TransferDraft, TransferReceiptDraft, TransferStatus, decide,
};
use edge::deciding::unchanged;
use edge::http::unavailable;
use edge::orders::{NotDone, demanded_mark, key_reused, mark};
use edge::{Request, Response};
use store::stamp::Cause;
use store::stock::{TRANSFER_CANCELED, TRANSFER_RECEIVED, TRANSFER_SENT};
use store::{Cursor, NotWritten, TxError};

use crate::TransferStock;

/// How often a transfer is decided about that others write, or whose stock others move.
const ATTEMPTS: u32 = 8;
/// How many transfers are read at a time.
const PAGE: usize = 50;
/// A filter reads on until it has so many transfers, or has read so often.
const ENOUGH: usize = 25;
const ROUNDS: usize = 6;

/// GET /api/transfers
pub(crate) async fn list(shop: &TransferStock, request: &Request) -> Result<Response, Problem> {
    let query: TransferQuery = request.parse_query()?;
    let status = query.status.as_deref().map(str::parse::<TransferStatus>).transpose();
    let status = status.map_err(|_| Problem::field("/status", "There is no such status."))?;
    let fits = |transfer: &Transfer| status.is_none_or(|status| transfer.status == status);
    let (found, next) = read(shop, query.cursor.as_deref(), fits).await?;
    let items: Vec<_> = found.into_iter().map(TransferAnswer::from).collect();
    Response::json(200, &ListAnswer { items, next: next.map(|cursor| cursor.to_string()) })
}

/// The transfers that fit, newest first, and where the next page begins.
pub(crate) async fn read(
    shop: &TransferStock,
    cursor: Option<&str>,
    fits: impl Fn(&Transfer) -> bool,
) -> Result<(Vec<Transfer>, Option<Cursor>), Problem> {
    let cursor = cursor.map(str::parse::<Cursor>).transpose();
    let mut after = cursor.map_err(|_| Problem::field("/cursor", "This is no cursor that the shop gave."))?;
    let mut found = Vec::new();
    for _ in 0..ROUNDS {
        let page = shop.stock.transfers(after.as_ref(), PAGE).await.map_err(|error| unavailable(&error))?;
        found.extend(page.items.into_iter().filter(&fits));
        after = page.next;
        if after.is_none() || found.len() >= ENOUGH {
            break;
        }
    }
    Ok((found, after))
}

/// GET /api/transfers/{id}
pub(crate) async fn show(shop: &TransferStock, request: &Request) -> Result<Response, Problem> {
    let transfer = load(shop, &request.parse_parameter("id", "transfer")?).await?;
    Response::json(200, &TransferAnswer::from(transfer))
}

/// The transfer with this id.
pub(crate) async fn load(shop: &TransferStock, id: &TransferId) -> Result<Transfer, Problem> {
    let found = shop.stock.transfer(id).await.map_err(|error| unavailable(&error))?;
    found.ok_or_else(|| Problem::not_found("transfer"))
}

/// POST /api/transfers
pub(crate) async fn send(shop: &TransferStock, request: &Request, actor: &str) -> Result<Response, Problem> {
    let mark = demanded_mark(request)?;
    let transfer = sent(shop, request.json()?, mark, actor, request.correlation()).await?;
    Response::json(201, &TransferAnswer::from(transfer))
}

/// Sends a transfer off, or finds the one that was sent under the same key before.
pub(crate) async fn sent(
    shop: &TransferStock,
    draft: TransferDraft,
    mark: RequestMark,
    actor: &str,
    correlation: &str,
) -> Result<Transfer, Problem> {
    let mut consignment = None;
    for attempt in 0..ATTEMPTS {
        shop.context.pause(attempt).await;
        if let Some(before) = shop.stock.sent_under(&mark.key).await.map_err(|error| unavailable(&error))? {
            return if before.body == mark.body { load(shop, &before.transfer).await } else { Err(key_reused()) };
        }
        let (from, places) = (draft.from.clone(), places(shop, &[&draft.from, &draft.to]).await?);
        let stocks = stocks(shop, &from, draft.lines.iter().map(|line| &line.sku)).await?;
        let consignment = match &consignment {
            Some(checked) => checked,
            None => consignment.insert(checked(draft.clone(), &places, &stocks)?),
        };
        let (id, now) = (shop.context.new_id(), shop.context.now());
        let decision = domain::transfer::send(id, consignment.clone(), &stocks, actor, now);
        let decision = decision.map_err(|refusal| contracts::refusal::problem(&refusal))?;
        let cause = Cause::new(actor, TRANSFER_SENT, correlation);
        match shop.stock.commit_transfer(&decision, Some(mark), &cause).await {
            Ok(transfer) => return Ok(transfer),
            // Somebody moved the stock, or the same key was faster: what there is now says which.
            Err(TxError::Refused(NotWritten::Stale | NotWritten::NoStock)) => {}
            Err(TxError::Store(error)) => return Err(unavailable(&error)),
        }
    }
    Err(NotDone::Contended.into())
}

/// The shop's locations; as they are now, where one of these is not among them.
pub(crate) async fn places(shop: &TransferStock, wanted: &[&LocationId]) -> Result<Vec<Location>, Problem> {
    let all = |known: &LocationSettings| wanted.iter().all(|id| known.has(id));
    let settings = shop.locations.with(shop.context.now(), all).await;
    Ok(settings.map_err(|error| unavailable(&error))?.locations)
}

/// The stock of these SKUs, those that exist, as far as it lies at `from`. What is too many to be sent is not read.
pub(crate) async fn stocks(
    shop: &TransferStock,
    from: &LocationId,
    skus: impl Iterator<Item = &Sku>,
) -> Result<BTreeMap<Sku, Stock>, Problem> {
    let there: Vec<_> = skus.take(MAX_LINES).map(|sku| (sku, from)).collect();
    shop.stock.at(&there).await.map_err(|error| unavailable(&error))
}

/// What a draft sends, whose SKUs and locations there are.
fn checked(draft: TransferDraft, places: &[Location], stocks: &BTreeMap<Sku, Stock>) -> Result<Consignment, Problem> {
    let mut errors = Vec::new();
    for (field, location) in [("from", &draft.from), ("to", &draft.to)] {
        if !places.iter().any(|place| place.id == *location) {
            let detail = format!("There is no location {location}.");
            errors.push(FieldError { pointer: format!("/{field}"), detail });
        }
    }
    for (index, line) in draft.lines.iter().take(MAX_LINES).enumerate() {
        if !stocks.contains_key(&line.sku) {
            let detail = format!("There is no SKU {}.", line.sku);
            errors.push(FieldError { pointer: format!("/lines/{index}/sku"), detail });
        }
    }
    match draft.check() {
        Ok(consignment) if errors.is_empty() => Ok(consignment),
        Ok(_) => Err(Problem::fields(errors)),
        Err(more) => {
            errors.extend(more);
            Err(Problem::fields(errors))
        }
    }
}

/// POST /api/transfers/{id}/receive
pub(crate) async fn receive(shop: &TransferStock, request: &Request, actor: &str) -> Result<Response, Problem> {
    let id = request.parse_parameter("id", "transfer")?;
    let mark = demanded_mark(request)?;
    let draft: TransferReceiptDraft = request.json()?;
    let command = Command::Receive { receipt: draft.check().map_err(Problem::fields)? };
    let cause = Cause::new(actor, TRANSFER_RECEIVED, request.correlation());
    let transfer = run(shop, &id, &command, Some(mark), None, &cause).await?;
    Response::json(200, &TransferAnswer::from(transfer))
}

/// POST /api/transfers/{id}/cancel
pub(crate) async fn cancel(shop: &TransferStock, request: &Request, actor: &str) -> Result<Response, Problem> {
    let id = request.parse_parameter("id", "transfer")?;
    let mark = mark(request)?;
    let Plain {} = request.json()?;
    let cause = Cause::new(actor, TRANSFER_CANCELED, request.correlation());
    let transfer = run(shop, &id, &Command::Cancel, mark, None, &cause).await?;
    Response::json(200, &TransferAnswer::from(transfer))
}

/// Gives a transfer a command, and answers it as it then is. Where somebody else was faster, it is decided again. A
/// request whose mark was answered before changes nothing more. Where a form showed the transfer, `shown` is its rev.
pub(crate) async fn run(
    shop: &TransferStock,
    id: &TransferId,
    command: &Command,
    mark: Option<RequestMark>,
    shown: Option<u64>,
    cause: &Cause,
) -> Result<Transfer, Problem> {
    for attempt in 0..ATTEMPTS {
        shop.context.pause(attempt).await;
        let transfer = load(shop, id).await?;
        if let Some(mark) = mark
            && let Some(known) = transfer.answered(&mark.key)
        {
            return if *known == mark { Ok(transfer) } else { Err(key_reused()) };
        }
        unchanged("transfer", transfer.rev, shown)?;
        let decision = decide(&transfer, command.clone(), &cause.who, shop.context.now());
        let mut decision = decision.map_err(|refusal| contracts::refusal::problem(&refusal))?;
        if let Some(mark) = mark {
            decision = decision.marked(mark);
        }
        match shop.stock.commit_transfer(&decision, None, cause).await {
            Ok(transfer) => return Ok(transfer),
            Err(TxError::Refused(NotWritten::Stale)) => {}
            Err(TxError::Refused(NotWritten::NoStock)) => {
                let detail = format!("What this transfer has on the road is not incoming at {}.", transfer.to);
                return Err(Problem::conflict(detail).with("code", "stock-missing"));
            }
            Err(TxError::Store(error)) => return Err(unavailable(&error)),
        }
    }
    Err(NotDone::Contended.into())
}
