//! The form of a new purchase order, and of other lines for one that is not approved.

use std::collections::BTreeMap;

use contracts::{Problem, ProblemKind};
use domain::id::PurchaseOrderId;
use domain::order::RequestMark;
use domain::people::Action;
use domain::purchasing::{PurchaseDraft, PurchaseLineDraft, PurchaseOrder, Supplier};
use domain::text::{Digest, SupplierId};
use domain::{Currency, FieldError, Money};
use edge::Response;
use edge::desk::{Visit, form_errors};
use edge::http::{idempotency_key, unavailable};
use edge::page::form_key;
use pages::components::{Choice, FormErrors};
use pages::desk::{self, PurchaseLineTyped, PurchaseOrderForm};
use pages::layout::Head;
use store::stamp::Cause;

use crate::{ManagePurchaseOrders, orders};

/// How many suppliers the form offers.
const SUPPLIERS: usize = 500;
/// How many empty rows follow those that are filled.
const BLANK: usize = 3;

/// A form as it is shown: what is kept, or what was typed.
#[derive(Default)]
struct Shown {
    supplier: String,
    lines: Vec<PurchaseLineTyped>,
    version: String,
    key: String,
    blank: usize,
    errors: FormErrors,
}

/// GET /desk/purchase-orders/new and /desk/purchase-orders/{id}/lines
pub(crate) async fn page(shop: &ManagePurchaseOrders, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::EditPurchasing)?;
    let order = load(shop, visit).await?;
    let shown = match &order {
        None => {
            let line = PurchaseLineTyped {
                sku: visit.request.query("sku").unwrap_or_default().to_owned(),
                location: visit.request.query("location").unwrap_or_default().to_owned(),
                ..PurchaseLineTyped::default()
            };
            let supplier = visit.request.query("supplier").unwrap_or_default().to_owned();
            Shown {
                supplier,
                lines: Some(line).filter(|line| !line.sku.is_empty()).into_iter().collect(),
                ..Shown::default()
            }
        }
        Some(order) => Shown {
            supplier: order.supplier.to_string(),
            lines: order
                .lines
                .iter()
                .map(|line| PurchaseLineTyped {
                    sku: line.sku.to_string(),
                    location: line.location.to_string(),
                    quantity: line.quantity.to_string(),
                    unit_cost: line.unit_cost.map(Money::decimal).unwrap_or_default(),
                })
                .collect(),
            version: order.rev.to_string(),
            ..Shown::default()
        },
    };
    show(shop, visit, order.as_ref(), Shown { key: form_key(&shop.context), blank: BLANK, ..shown }, 200).await
}

async fn load(shop: &ManagePurchaseOrders, visit: &Visit<'_>) -> Result<Option<PurchaseOrder>, Problem> {
    match visit.request.parameter("id") {
        Err(_) => Ok(None),
        Ok(id) => {
            let id: PurchaseOrderId = id.parse().map_err(|_| Problem::not_found("purchase order"))?;
            Ok(Some(shop.desk.load(&id).await?))
        }
    }
}

async fn show(
    shop: &ManagePurchaseOrders,
    visit: &Visit<'_>,
    order: Option<&PurchaseOrder>,
    shown: Shown,
    status: u16,
) -> Result<Response, Problem> {
    let suppliers = shop.desk.purchasing.suppliers(None, SUPPLIERS).await.map_err(|error| unavailable(&error))?.items;
    let places = shop.locations.get(shop.context.now()).await.map_err(|error| unavailable(&error))?.locations;
    let known = |id: &str| suppliers.iter().find(|supplier| supplier.id.as_str() == id);
    let name = |supplier: &Supplier| supplier.name.clone();
    let mut choices = vec![Choice::new("", "Choose who delivers", shown.supplier.is_empty())];
    choices
        .extend(suppliers.iter().map(|one| Choice::new(one.id.as_str(), name(one), one.id.as_str() == shown.supplier)));
    let base = order.map(|order| format!("/desk/purchase-orders/{}", order.id));
    let frame = shop.frame(visit).await?;
    let view = PurchaseOrderForm {
        number: order.map(|order| order.id.number().to_string()),
        action: base.as_ref().map_or_else(|| "/desk/purchase-orders".to_owned(), |base| format!("{base}/lines")),
        back: base.unwrap_or_else(|| "/desk/purchase-orders".to_owned()),
        suppliers: choices,
        supplier: order.map(|_| known(&shown.supplier).map_or_else(|| shown.supplier.clone(), name)),
        locations: places.into_iter().map(|place| (place.id.to_string(), place.name)).collect(),
        currency: known(&shown.supplier).map(|supplier| supplier.currency.to_string()).unwrap_or_default(),
        lines: shown.lines,
        blank: shown.blank,
        version: shown.version,
        csrf: frame.csrf(),
        idempotency_key: shown.key,
        errors: shown.errors,
    };
    let head = Head::private("Purchase order").failed(&view.errors);
    Ok(frame.page(status, &head, &desk::purchase_order_form(&view)))
}

/// POST /desk/purchase-orders and /desk/purchase-orders/{id}/lines
pub(crate) async fn save(shop: &ManagePurchaseOrders, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::EditPurchasing)?;
    let order = load(shop, visit).await?;
    let pairs: Vec<(String, String)> = visit.request.form()?;
    let fields: BTreeMap<String, String> =
        pairs.into_iter().map(|(name, value)| (name, value.trim().to_owned())).collect();
    let text = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let typed = lines(&fields);
    let shown = |blank: usize, errors: FormErrors| Shown {
        supplier: order.as_ref().map_or_else(|| text("supplier"), |order| order.supplier.to_string()),
        lines: typed.clone(),
        version: text("version"),
        key: text("idempotency_key"),
        blank,
        errors,
    };
    if fields.contains_key("more") {
        return show(shop, visit, order.as_ref(), shown(BLANK + 5, FormErrors::none()), 200).await;
    }
    match saved(shop, visit, order.as_ref(), &fields, &typed).await {
        Ok(order) => Ok(Response::see_other(&format!("/desk/purchase-orders/{}?done=drafted", order.id))),
        Err(problem) if problem.kind.status() < 500 => {
            // Another order than the one that was refused: with a key of its own.
            let mut again = Shown { key: form_key(&shop.context), ..shown(BLANK, named(&problem)) };
            if problem.kind == ProblemKind::Stale
                && let Some(order) = load(shop, visit).await?
            {
                // It was said: saved once more, it is meant so.
                again.version = order.rev.to_string();
            }
            show(shop, visit, order.as_ref(), again, 422).await
        }
        Err(problem) => Err(problem),
    }
}

/// The rows that something was typed into; a location alone is nothing.
fn lines(fields: &BTreeMap<String, String>) -> Vec<PurchaseLineTyped> {
    let mut rows: Vec<usize> =
        fields.keys().filter_map(|name| name.strip_prefix("line.")?.split_once('.')?.0.parse().ok()).collect();
    rows.sort_unstable();
    rows.dedup();
    let cell = |row: usize, name: &str| fields.get(&format!("line.{row}.{name}")).cloned().unwrap_or_default();
    let typed = rows.into_iter().map(|row| PurchaseLineTyped {
        sku: cell(row, "sku"),
        location: cell(row, "location"),
        quantity: cell(row, "quantity"),
        unit_cost: cell(row, "unit_cost"),
    });
    typed.filter(|line| !(line.sku.is_empty() && line.quantity.is_empty() && line.unit_cost.is_empty())).collect()
}

/// What is wrong, by the names of the form's fields.
fn named(problem: &Problem) -> FormErrors {
    let mut renamed = problem.clone();
    for error in &mut renamed.errors {
        let pointer = error.pointer.replace("/lines/", "/line/").replace("unit_cost/amount", "unit_cost");
        error.pointer = pointer.replace("unit_cost/currency", "unit_cost");
        if error.pointer == "/lines" {
            "/line/0/sku".clone_into(&mut error.pointer);
        }
    }
    form_errors(&renamed)
}

async fn saved(
    shop: &ManagePurchaseOrders,
    visit: &Visit<'_>,
    order: Option<&PurchaseOrder>,
    fields: &BTreeMap<String, String>,
    typed: &[PurchaseLineTyped],
) -> Result<PurchaseOrder, Problem> {
    let text = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let supplier: SupplierId = match order {
        Some(order) => order.supplier.clone(),
        None => text("supplier").parse().map_err(|_| Problem::field("/supplier", "Choose who delivers."))?,
    };
    let known = shop.desk.purchasing.supplier(&supplier).await.map_err(|error| unavailable(&error))?;
    let known = known.ok_or_else(|| Problem::field("/supplier", "Choose who delivers."))?;
    let draft = PurchaseDraft { supplier, lines: read(typed, known.currency)? };
    let cause = |why| Cause::new(visit.caller().actor(), why, visit.request.correlation());
    match order {
        Some(order) => {
            let rev = text("version").parse().ok();
            orders::changed(shop, &order.id, draft, rev, &cause("changed")).await
        }
        None => {
            let key = idempotency_key(&text("idempotency_key"));
            let key = key.ok_or_else(|| Problem::malformed("The form has no key."))?;
            let body = Digest::of(format!("{draft:?}").as_bytes());
            orders::drafted(shop, draft, Some(RequestMark { key, body }), &cause("drafted")).await
        }
    }
}

fn read(typed: &[PurchaseLineTyped], currency: Currency) -> Result<Vec<PurchaseLineDraft>, Problem> {
    let mut errors = Vec::new();
    let mut lines = Vec::new();
    for (index, line) in typed.iter().enumerate() {
        let mut wrong = |field: &str, detail: &str| {
            errors.push(FieldError { pointer: format!("/lines/{index}/{field}"), detail: detail.to_owned() });
        };
        let sku = line.sku.parse().map_err(|_| wrong("sku", "Enter a SKU."));
        let location = line.location.parse().map_err(|_| wrong("location", "Choose where it goes."));
        let quantity = line.quantity.parse().map_err(|_| wrong("quantity", "Enter a whole number."));
        let unit_cost = match line.unit_cost.as_str() {
            "" => Ok(None),
            text => Money::parse_decimal(&text.replace(',', "."), currency)
                .map(Some)
                .ok_or_else(|| wrong("unit_cost", "Enter an amount, like 50 or 49.90.")),
        };
        if let (Ok(sku), Ok(location), Ok(quantity), Ok(unit_cost)) = (sku, location, quantity, unit_cost) {
            lines.push(PurchaseLineDraft { sku, location, quantity, unit_cost });
        }
    }
    if errors.is_empty() { Ok(lines) } else { Err(Problem::fields(errors)) }
}
