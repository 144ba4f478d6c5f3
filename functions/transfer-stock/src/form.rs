//! The form of a new transfer.

use std::collections::BTreeMap;

use contracts::Problem;
use domain::FieldError;
use domain::order::RequestMark;
use domain::settings::Location;
use domain::text::{Digest, LocationId, Sku};
use domain::transfer::{Transfer, TransferDraft, TransferLineDraft};
use edge::Response;
use edge::desk::{Visit, form_errors};
use edge::http::idempotency_key;
use edge::page::form_key;
use pages::components::{Choice, FormErrors};
use pages::desk::{self, FreeRow, TransferForm, TransferLineTyped};
use pages::layout::Head;

use crate::TransferStock;
use crate::transfers::{places, sent, stocks};

/// How many empty rows follow those that are filled.
const BLANK: usize = 3;

/// A form as it was typed.
#[derive(Default)]
struct Typed {
    from: String,
    to: String,
    lines: Vec<TransferLineTyped>,
    note: String,
    key: String,
}

/// GET /desk/transfers/new
pub(crate) async fn page(shop: &TransferStock, visit: &Visit<'_>) -> Result<Response, Problem> {
    let asked = |name: &str| visit.request.query(name).unwrap_or_default().to_owned();
    let line = TransferLineTyped { sku: asked("sku"), quantity: String::new() };
    let lines = Some(line).filter(|line| !line.sku.is_empty()).into_iter().collect();
    let typed = Typed { from: asked("from"), to: asked("to"), lines, ..Typed::default() };
    show(shop, visit, Typed { key: form_key(&shop.context), ..typed }, BLANK, FormErrors::none(), 200).await
}

async fn show(
    shop: &TransferStock,
    visit: &Visit<'_>,
    typed: Typed,
    blank: usize,
    errors: FormErrors,
    status: u16,
) -> Result<Response, Problem> {
    let places = places(shop, &[]).await?;
    let choices = |first: &str, chosen: &str| {
        let mut choices = vec![Choice::new("", first, chosen.is_empty())];
        let place = |place: &Location| Choice::new(place.id.as_str(), place.name.clone(), place.id.as_str() == chosen);
        choices.extend(places.iter().map(place));
        choices
    };
    let frame = shop.frame(visit).await?;
    let view = TransferForm {
        from: choices("Choose where it leaves", &typed.from),
        to: choices("Choose where it goes", &typed.to),
        free: match places.iter().find(|place| place.id.as_str() == typed.from) {
            Some(from) => Some((from.name.clone(), free(shop, &from.id, &typed.lines).await?)),
            None => None,
        },
        lines: typed.lines,
        blank,
        note: typed.note,
        csrf: frame.csrf(),
        idempotency_key: typed.key,
        errors,
    };
    let head = Head::private("New transfer").failed(&view.errors);
    Ok(frame.page(status, &head, &desk::transfer_form(&view)))
}

/// What lies free at a location of the SKUs that were typed, as far as there are such.
async fn free(shop: &TransferStock, from: &LocationId, lines: &[TransferLineTyped]) -> Result<Vec<FreeRow>, Problem> {
    let skus: Vec<Sku> = lines.iter().filter_map(|line| line.sku.parse().ok()).collect();
    let found = stocks(shop, from, skus.iter()).await?;
    let row = |(sku, stock): (Sku, domain::stock::Stock)| {
        let level = stock.levels.get(from).copied().unwrap_or_default();
        let free = level.free().min(stock.offer.available).max(0);
        FreeRow {
            sku: sku.to_string(),
            title: stock.offer.listing.title,
            on_hand: level.on_hand.to_string(),
            committed: level.committed.to_string(),
            free: free.to_string(),
        }
    };
    Ok(found.into_iter().map(row).collect())
}

/// POST /desk/transfers
pub(crate) async fn send(shop: &TransferStock, visit: &Visit<'_>) -> Result<Response, Problem> {
    let pairs: Vec<(String, String)> = visit.request.form()?;
    let fields: BTreeMap<String, String> =
        pairs.into_iter().map(|(name, value)| (name, value.trim().to_owned())).collect();
    let text = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let typed = Typed {
        from: text("from"),
        to: text("to"),
        lines: lines(&fields),
        note: text("note"),
        key: text("idempotency_key"),
    };
    if fields.contains_key("more") {
        return show(shop, visit, typed, BLANK + 5, FormErrors::none(), 200).await;
    }
    if fields.contains_key("look") {
        return show(shop, visit, typed, BLANK, FormErrors::none(), 200).await;
    }
    match meant(shop, visit, &typed).await {
        Ok(transfer) => Ok(Response::see_other(&format!("/desk/transfers/{}?done=on-its-way", transfer.id))),
        Err(problem) if problem.kind.status() < 500 => {
            let errors = named(&problem, &typed.lines);
            // Another transfer than the one that was refused: with a key of its own.
            show(shop, visit, Typed { key: form_key(&shop.context), ..typed }, BLANK, errors, 422).await
        }
        Err(problem) => Err(problem),
    }
}

/// The rows that something was typed into.
fn lines(fields: &BTreeMap<String, String>) -> Vec<TransferLineTyped> {
    let row = |name: &String| name.strip_prefix("line.")?.split_once('.')?.0.parse::<usize>().ok();
    let rows: std::collections::BTreeSet<usize> = fields.keys().filter_map(row).collect();
    let cell = |row: usize, name: &str| fields.get(&format!("line.{row}.{name}")).cloned().unwrap_or_default();
    let typed =
        rows.into_iter().map(|row| TransferLineTyped { sku: cell(row, "sku"), quantity: cell(row, "quantity") });
    typed.filter(|line| !(line.sku.is_empty() && line.quantity.is_empty())).collect()
}

/// What is wrong, by the names of the form's fields: what a SKU is refused for stands at its quantity.
fn named(problem: &Problem, lines: &[TransferLineTyped]) -> FormErrors {
    let mut renamed = problem.clone();
    for error in &mut renamed.errors {
        error.pointer = error.pointer.replace("/lines/", "/line/");
        if error.pointer == "/lines" {
            "/line/0/sku".clone_into(&mut error.pointer);
        }
    }
    let short = problem
        .members
        .get("sku")
        .and_then(|sku| sku.as_str())
        .and_then(|sku| lines.iter().position(|line| sku == line.sku.as_str()));
    if let Some(row) = short {
        let pointer = format!("/line/{row}/quantity");
        renamed.errors.push(FieldError { pointer, detail: problem.detail.clone() });
    }
    form_errors(&renamed)
}

async fn meant(shop: &TransferStock, visit: &Visit<'_>, typed: &Typed) -> Result<Transfer, Problem> {
    let draft = read(typed)?;
    let key = idempotency_key(&typed.key).ok_or_else(|| Problem::malformed("The form has no key."))?;
    let body = Digest::of(format!("{draft:?}").as_bytes());
    sent(shop, draft, RequestMark { key, body }, &visit.caller().actor(), visit.request.correlation()).await
}

fn read(typed: &Typed) -> Result<TransferDraft, Problem> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: String, detail: &str| errors.push(FieldError { pointer, detail: detail.to_owned() });
    let from = typed.from.parse().map_err(|_| wrong("/from".to_owned(), "Choose where it leaves."));
    let to = typed.to.parse().map_err(|_| wrong("/to".to_owned(), "Choose where it goes."));
    let mut lines = Vec::new();
    for (index, line) in typed.lines.iter().enumerate() {
        let at = |field: &str| format!("/lines/{index}/{field}");
        let sku = line.sku.parse().map_err(|_| wrong(at("sku"), "Enter a SKU."));
        let quantity = line.quantity.parse().map_err(|_| wrong(at("quantity"), "Enter a whole number."));
        if let (Ok(sku), Ok(quantity)) = (sku, quantity) {
            lines.push(TransferLineDraft { sku, quantity });
        }
    }
    let note = Some(typed.note.clone()).filter(|note| !note.is_empty());
    match (from, to) {
        (Ok(from), Ok(to)) if errors.is_empty() => Ok(TransferDraft { from, to, lines, note }),
        (Ok(_) | Err(()), Ok(_) | Err(())) => Err(Problem::fields(errors)),
    }
}
