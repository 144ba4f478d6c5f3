//! The adjustment's form at the desk.

use contracts::stock::BackordersRequest;
use contracts::{Problem, ProblemKind};
use domain::people::Action;
use domain::stock::{Adjustment, AdjustmentLine, Reason, Shelf};
use domain::text::{LocationId, Sku};
use edge::Response;
use edge::desk::{DeskFrame, Visit};
use edge::http::{idempotency_key, unavailable};
use edge::page::{form_key, label};
use pages::components::{Choice, FormErrors};
use pages::desk;
use pages::layout::{Head, Section};
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
pub(crate) async fn adjust(shop: &UpdateStock, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::AdjustStock)?;
    let request = visit.request;
    let typed: Typed = request.form()?;
    let done = async {
        let key = idempotency_key(&typed.idempotency_key).ok_or_else(|| Problem::malformed("The form has no key."))?;
        shop.adjust(&adjustment(&typed)?, key, &visit.caller().actor(), request.correlation()).await
    };
    match done.await {
        Ok(_) => Ok(Response::see_other("/desk/stock?done=adjusted")),
        Err(problem) if problem.kind.status() < 500 => again(shop, visit, &typed, &problem).await,
        Err(problem) => Err(problem),
    }
}

/// Says how many of a SKU are sold beyond what is there, as it was typed.
pub(crate) async fn backorders(shop: &UpdateStock, visit: &Visit<'_>) -> Result<Response, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Typed {
        limit: String,
    }
    visit.needs(Action::EditCatalog)?;
    let sku: Sku = visit.request.parse_parameter("sku", "SKU")?;
    let typed: Typed = visit.request.form()?;
    let limit = typed.limit.trim().parse().map_err(|_| Problem::field("/limit", "Must be 0 to 1,000,000."))?;
    let asked = BackordersRequest { limit };
    shop.allow_backorders(&sku, &asked, &visit.caller().actor(), visit.request.correlation()).await?;
    Ok(Response::see_other(&format!("/desk/stock/{sku}?done=backorders")))
}

/// The form alone, with what was typed and what is wrong with it.
async fn again(shop: &UpdateStock, visit: &Visit<'_>, typed: &Typed, problem: &Problem) -> Result<Response, Problem> {
    let now = shop.context.now();
    let settings = shop.shop.get(now).await.map_err(|error| unavailable(&error))?;
    let locations = shop.locations.get(now).await.map_err(|error| unavailable(&error))?;
    let frame = DeskFrame::new(&shop.context, visit, &settings, Some(Section::Stock));
    let named = problem.errors.iter().map(|error| {
        let field = error.pointer.rsplit('/').next().unwrap_or_default();
        (if matches!(field, "delta" | "counted") { "quantity" } else { field }, error.detail.clone())
    });
    let mut errors: FormErrors = named.collect();
    if errors.is_empty() {
        let booked = problem.kind == ProblemKind::KeyReused;
        let said = "This form was booked before, as it was then. Look at the ledger before you book more.";
        errors.add("", if booked { said } else { &problem.detail });
    }
    let head = Head::private("Stock").failed(&errors);
    let view = desk::Adjustment {
        sku: typed.sku.clone(),
        locations: locations
            .locations
            .iter()
            .map(|place| Choice::new(place.id.as_str(), place.name.clone(), place.id.as_str() == typed.location))
            .collect(),
        mode: typed.mode.clone(),
        quantity: typed.quantity.clone(),
        reasons: Reason::ALL
            .iter()
            .map(|reason| Choice::new(reason.as_str(), label(reason.as_str()), *reason == typed.reason))
            .collect(),
        note: typed.note.clone(),
        // Another change than the one that was refused: with a key of its own.
        idempotency_key: form_key(&shop.context),
        csrf: frame.csrf(),
        errors,
    };
    Ok(frame.page(problem.kind.status(), &head, &desk::adjustment(&view)))
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
        quantity: Shelf::OnHand,
        seen: None,
        delta: (!counted).then_some(quantity),
        counted: counted.then_some(quantity),
        reason: typed.reason,
        note: Some(typed.note.trim().to_owned()).filter(|note| !note.is_empty()),
    };
    Ok(Adjustment { lines: vec![line] })
}
