//! The adjustment's form at the desk.

use contracts::Problem;
use domain::settings::{Setting, ShopSettings};
use domain::stock::{Adjustment, AdjustmentLine, Reason};
use domain::text::{LocationId, Sku};
use edge::auth::Caller;
use edge::http::idempotency_key;
use edge::page::{DeskFrame, ShopFrame, desk_refusal};
use edge::{Request, Response};
use pages::layout::Section;
use serde::Deserialize;

use crate::UpdateStock;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    sku: String,
    location: String,
    mode: String,
    quantity: String,
    reason: Reason,
    #[serde(default)]
    note: String,
    idempotency_key: String,
}

/// Adjusts one shelf as it was typed.
pub(crate) async fn adjust(shop: &UpdateStock, request: &Request, caller: &Caller) -> Result<Response, Problem> {
    let typed: Typed = request.form()?;
    let done = async {
        let key = idempotency_key(&typed.idempotency_key).ok_or_else(|| Problem::malformed("The form has no key."))?;
        let adjustment = adjustment(&typed)?;
        shop.adjust(&adjustment, key, &caller.actor(), request.correlation()).await
    };
    match done.await {
        Ok(_) => Ok(Response::see_other("/desk/stock?done=adjusted")),
        Err(problem) if problem.kind.status() < 500 => {
            let settings = shop.shop.get(shop.context.now()).await.map_err(|error| edge::http::unavailable(&error))?;
            let Caller::Staff(person, role) = caller else {
                return Err(Problem::unauthenticated());
            };
            let frame = DeskFrame::new(&shop.context, request, (person, *role), &settings, Some(Section::Stock));
            Ok(desk_refusal(frame, &problem))
        }
        Err(problem) => Err(problem),
    }
}

fn adjustment(typed: &Typed) -> Result<Adjustment, Problem> {
    let quantity: i64 = typed
        .quantity
        .trim()
        .replace('\u{2212}', "-") // as people paste it
        .parse()
        .map_err(|_| Problem::field("/quantity", "Enter a whole number."))?;
    let sku = Sku::new(typed.sku.trim()).map_err(|error| Problem::field("/sku", error.to_string()))?;
    let location =
        LocationId::new(typed.location.trim()).map_err(|error| Problem::field("/location", error.to_string()))?;
    let counted = match typed.mode.as_str() {
        "counted" => true,
        "delta" => false,
        _ => return Err(Problem::field("/mode", "Choose a change or a count.")),
    };
    let line = AdjustmentLine {
        sku,
        location,
        delta: (!counted).then_some(quantity),
        counted: counted.then_some(quantity),
        reason: typed.reason,
        note: Some(typed.note.trim().to_owned()).filter(|note| !note.is_empty()),
    };
    Ok(Adjustment { lines: vec![line] })
}

/// A browser is told no on a page.
pub(crate) fn refused(shop: &UpdateStock, request: &Request, problem: &Problem) -> Response {
    ShopFrame::new(&shop.context, request, &Caller::Guest, &ShopSettings::initial()).refuse(request, problem)
}
