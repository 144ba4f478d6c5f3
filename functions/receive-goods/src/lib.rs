//! Books what came from a supplier, line by line: more, fewer and damaged units than were ordered, and in parts.

use contracts::Problem;
use domain::FieldError;
use domain::id::PurchaseOrderId;
use domain::people::Action;
use domain::purchasing::{Command, Receipt, ReceiptDraft, ReceiptLine, decide};
use domain::text::{LocationId, Sku};
use edge::auth::Verifier;
use edge::deciding::{shown_rev, unchanged};
use edge::desk::refused;
use edge::orders::{demanded_mark, is_desk};
use edge::purchases::{PurchaseDesk, answered};
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
        // What the desk shows is received once: its form knows the order's rev. A program has to say what it repeats.
        let (receipt, rev, mark) = if is_desk(request) {
            let (receipt, rev) = typed(request)?;
            (receipt, rev, None)
        } else {
            (checked(request.json()?)?, None, Some(demanded_mark(request)?))
        };
        let cause = Cause::new(caller.actor(), "received", request.correlation());
        let order = self.desk.run(&id, &cause, mark, |order, now| {
            unchanged("order", order.rev, rev)?;
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

/// The desk's form: of `line.<n>.sku` came `line.<n>.quantity` to `line.<n>.location`, `line.<n>.damaged` of it broken.
/// What is empty or 0 did not come.
fn typed(request: &Request) -> Result<(Receipt, Option<u64>), Problem> {
    let fields: Vec<(String, String)> = request.form()?;
    let mut rows: BTreeMap<usize, BTreeMap<String, String>> = BTreeMap::new();
    let (mut errors, mut rev) = (Vec::new(), None);
    for (name, value) in fields {
        let cell = name.strip_prefix("line.").and_then(|rest| rest.split_once('.'));
        match cell.and_then(|(row, field)| Some((row.parse::<usize>().ok()?, field.to_owned()))) {
            Some((row, field)) => drop(rows.entry(row).or_default().insert(field, value.trim().to_owned())),
            None if name == "idempotency_key" => rev = shown_rev(&value),
            None => {
                errors.push(FieldError { pointer: format!("/{name}"), detail: "There is no such field.".to_owned() })
            }
        }
    }
    let mut lines = Vec::new();
    for (row, cells) in rows {
        let text = |field: &str| cells.get(field).map(String::as_str).unwrap_or_default();
        let mut wrong = |field: &str, detail: &str| {
            errors.push(FieldError { pointer: format!("/line/{row}/{field}"), detail: detail.to_owned() });
        };
        let mut units = |field: &str| match text(field) {
            "" => 0,
            typed => typed.parse::<u32>().unwrap_or_else(|_| {
                wrong(field, "Enter a whole number.");
                0
            }),
        };
        let (quantity, damaged) = (units("quantity"), units("damaged"));
        if damaged > quantity {
            wrong("damaged", "Must not be more than came.");
        }
        match (text("sku").parse::<Sku>(), text("location").parse::<LocationId>()) {
            (Ok(sku), Ok(location)) if quantity > 0 => {
                lines.push(ReceiptLine { sku, location: Some(location), quantity, damaged });
            }
            (Ok(_), Ok(_)) => {}
            (Err(_), _) | (_, Err(_)) => wrong("sku", "There is no such line."),
        }
    }
    if !errors.is_empty() {
        return Err(Problem::fields(errors));
    }
    if lines.is_empty() {
        return Err(Problem::field("/line/0/quantity", "Enter how many of at least one line came."));
    }
    Ok((checked(ReceiptDraft { lines })?, rev))
}
