//! Suggestions and what was not suggested, over the API.

use contracts::Problem;
use contracts::list::ListAnswer;
use contracts::purchasing::{DismissRequest, LookAnswer, LookQuery};
use domain::purchasing::{self, Act, Command, Look, Looked, Standing};
use domain::text::Sku;
use edge::http::unavailable;
use edge::orders::NotDone;
use edge::{Request, Response};
use store::purchasing::Placed;
use store::stamp::Cause;
use store::{Cursor, NotWritten, TxError};

use crate::ManageReorders;

/// How many looks a page has.
const PAGE: usize = 50;
/// How often a suggestion is dismissed that is looked at meanwhile.
const ATTEMPTS: u32 = 8;

/// GET /api/reorder-suggestions
pub(crate) async fn list(shop: &ManageReorders, request: &Request) -> Result<Response, Problem> {
    let LookQuery { sku, cursor } = request.parse_query()?;
    let cursor = cursor.map(|text| text.parse::<Cursor>()).transpose();
    let after = cursor.map_err(|_| Problem::field("/cursor", "This is no cursor that the shop gave."))?;
    let store = |error| unavailable(&error);
    let page = match &sku {
        None => shop.purchasing.looks(after.as_ref(), PAGE).await.map_err(store)?,
        Some(sku) => {
            let mut page = shop.purchasing.past_looks(sku, after.as_ref(), PAGE).await.map_err(store)?;
            if after.is_none() {
                let mut latest = shop.purchasing.looks_of(sku).await.map_err(store)?;
                latest.append(&mut page.items);
                page.items = latest;
            }
            page
        }
    };
    let items: Vec<LookAnswer> = page.items.into_iter().map(LookAnswer::from).collect();
    Response::json(200, &ListAnswer { items, next: page.next.map(|cursor| cursor.to_string()) })
}

/// POST /api/reorder-suggestions/{sku}/dismiss
pub(crate) async fn dismiss(shop: &ManageReorders, request: &Request, cause: &Cause) -> Result<Response, Problem> {
    let sku: Sku = request.parse_parameter("sku", "suggestion")?;
    let look = dismissed(shop, &sku, &request.json()?, cause).await?;
    Response::json(200, &LookAnswer::from(look))
}

/// Takes an open suggestion out of its supplier's order.
pub(crate) async fn dismissed(
    shop: &ManageReorders,
    sku: &Sku,
    asked: &DismissRequest,
    cause: &Cause,
) -> Result<Look, Problem> {
    for attempt in 0..ATTEMPTS {
        shop.context.pause(attempt).await;
        match once(shop, sku, asked, cause).await? {
            Some(look) => return Ok(look),
            None => continue,
        }
    }
    Err(NotDone::Contended.into())
}

/// None: it is not what was read any more.
async fn once(
    shop: &ManageReorders,
    sku: &Sku,
    asked: &DismissRequest,
    cause: &Cause,
) -> Result<Option<Look>, Problem> {
    let store = |error| unavailable(&error);
    let looks = shop.purchasing.looks_of(sku).await.map_err(store)?;
    let wanted = |look: &&Look| asked.location.as_ref().is_none_or(|location| look.location() == location);
    let place = looks.iter().filter(wanted).find(|look| look.is_open()).map(|look| look.location().clone());
    let place = place.ok_or_else(|| Problem::not_found("suggestion"))?;
    let kept = shop.purchasing.look(sku, &place).await.map_err(store)?;
    let Some(open) = kept.value else { return Ok(None) };
    let Some(look) = open.dismissed() else { return Ok(None) };
    let order = match open.order {
        Some(id) => shop.purchasing.order(&id).await.map_err(store)?,
        None => None,
    };
    let standing = order.as_ref().map(|order| (order, Standing::of(order, sku, &place)));
    let decision = match standing {
        Some((order, Standing::Suggested)) => {
            let command = Command::DropSuggested { sku: sku.clone(), location: place };
            let decision = purchasing::decide(order, command, shop.context.now());
            Some(decision.map_err(|refusal| contracts::refusal::problem(&refusal))?)
        }
        Some((order, Standing::Drafted | Standing::Ordered)) => {
            let detail = format!("It stands in purchase order {}. Change that one.", order.id.number());
            let problem = Problem::conflict(detail).with("state", order.status.as_str());
            return Err(problem.with("purchase_order", order.id.to_string()));
        }
        Some((_, Standing::Struck | Standing::Over)) | None => None,
    };
    let placed = decision.as_ref().filter(|decision| decision.changed);
    let placed = placed.map(|decision| Placed { decision, noted: None });
    let looked = Looked { look, ended: None, act: Act::Withdraw };
    match shop.purchasing.keep_look(&looked, kept.rev, placed, None, cause).await {
        Ok(()) => Ok(Some(looked.look)),
        Err(TxError::Refused(NotWritten::Stale | NotWritten::NoStock)) => Ok(None),
        Err(TxError::Store(error)) => Err(unavailable(&error)),
    }
}
