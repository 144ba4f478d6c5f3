//! Books what came from a supplier, line by line: more, fewer and damaged units than were ordered, and in parts.

use contracts::Problem;
use domain::FieldError;
use domain::id::PurchaseOrderId;
use domain::people::Action;
use domain::purchasing::{Command, Receipt, ReceiptDraft, ReceiptLine, decide};
use domain::text::{LocationId, Sku};
use edge::auth::Verifier;
use edge::desk::refused;
use edge::orders::{is_desk, mark};
use edge::purchases::{PurchaseDesk, answered, shown_rev, unchanged};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use std::collections::BTreeMap;
use store::stamp::Cause;

/// The function.
pub const FUNCTION: Function = edge::http::http::<ReceiveGoods>();

/// Receives goods.
pub struct ReceiveGoods {
    context: Context,
    desk: PurchaseDesk,
    verifier: Verifier,
}

impl HttpHandler for ReceiveGoods {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self { desk: PurchaseDesk::new(context)?, verifier: Verifier::new(context)?, context: context.clone() })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let caller = self.verifier.caller(request)?;
        caller.staff(Action::ReceiveGoods)?;
        let id: PurchaseOrderId = request.parse_parameter("id", "purchase order")?;
        let (receipt, rev) = if is_desk(request) { typed(request)? } else { (checked(request.json()?)?, None) };
        let cause = Cause::new(caller.actor(), "received", request.correlation());
        let order = self.desk.run(&id, &cause, mark(request)?, |order, now| {
            unchanged(order, rev)?;
            Ok(decide(order, Command::Receive { receipt: receipt.clone() }, now)?)
        });
        answered(request, order.await?, "received", self.context.now())
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { refused(request, problem) } else { Response::problem(request, problem) }
    }
}

fn checked(draft: ReceiptDraft) -> Result<Receipt, Problem> {
    draft.check().map_err(Problem::fields)
}

/// The desk's form: `quantity.<location>.<sku>` came, `damaged.<location>.<sku>` of it are broken. What is empty or 0 did
/// not come.
fn typed(request: &Request) -> Result<(Receipt, Option<u64>), Problem> {
    let fields: Vec<(String, String)> = request.form()?;
    let (mut lines, mut errors, mut rev) = (BTreeMap::new(), Vec::new(), None);
    for (name, value) in fields {
        if name == "idempotency_key" {
            rev = shown_rev(&value);
            continue;
        }
        let mut wrong = |detail: &str| {
            errors.push(FieldError { pointer: format!("/{name}"), detail: detail.to_owned() });
        };
        let (field, place) = name.split_once('.').unwrap_or_default();
        let place = place
            .split_once('.')
            .and_then(|(location, sku)| Some((location.parse::<LocationId>().ok()?, sku.parse::<Sku>().ok()?)));
        let Some((location, sku)) = place.filter(|_| matches!(field, "quantity" | "damaged")) else {
            wrong("There is no such field.");
            continue;
        };
        let value = value.trim();
        let Ok(units) = (if value.is_empty() { Ok(0) } else { value.parse::<u32>() }) else {
            wrong("Enter a whole number.");
            continue;
        };
        let line = lines.entry((location.clone(), sku.clone()));
        let empty = ReceiptLine { sku, location: Some(location), quantity: 0, damaged: 0 };
        let line = line.or_insert(empty);
        *(if field == "quantity" { &mut line.quantity } else { &mut line.damaged }) = units;
    }
    for ((location, sku), line) in &lines {
        if line.damaged > line.quantity {
            let pointer = format!("/damaged.{location}.{sku}");
            errors.push(FieldError { pointer, detail: "Must not be more than came.".to_owned() });
        }
    }
    if !errors.is_empty() {
        return Err(Problem::fields(errors));
    }
    let lines: Vec<ReceiptLine> = lines.into_values().filter(|line| line.quantity > 0).collect();
    if lines.is_empty() {
        return Err(Problem::field("/lines", "Enter how many of at least one line came."));
    }
    Ok((checked(ReceiptDraft { lines })?, rev))
}
