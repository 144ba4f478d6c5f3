//! Books parcels: what left the house, and that everything arrived.
//!
//! Staff alone. Which units may leave, and from which location, is decided by the order's rules.

use contracts::Problem;
use contracts::order::{DeliverRequest, SerialRequest, ShipRequest, quantities, scanned};
use domain::id::OrderId;
use domain::order::{Command, Order};
use domain::people::Action;
use edge::auth::Verifier;
use edge::deciding::{shown_rev, unchanged};
use edge::desk::refused;
use edge::orders::{CARRIER, Checks, OrderDesk, TRACKING, TypedForm, answered, is_desk, mark};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use serde::Deserialize;
use store::orders::Reader;
use store::stamp::Cause;
use store::stock::SHIPPED;

/// The function.
pub const FUNCTION: Function = edge::http::http::<ShipOrder>();

/// Ships orders.
pub struct ShipOrder {
    desk: OrderDesk,
    verifier: Verifier,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeliverForm {
    #[serde(rename = "idempotency_key")]
    _key: Option<String>,
}

/// A command as staff gave it.
struct Asked {
    command: Command,
    /// The key of the form that it came by.
    key: String,
    why: &'static str,
}

impl HttpHandler for ShipOrder {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self { desk: OrderDesk::new(context)?, verifier: Verifier::new(context)? })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let caller = self.verifier.caller(request)?;
        caller.staff(Action::ShipOrders)?;
        let id: OrderId = request.parse_parameter("id", "order")?;
        let asked = match request.route() {
            "POST /api/orders/{id}/ship" | "POST /desk/orders/{id}/ship" => parcel(request)?,
            "POST /api/orders/{id}/deliver" | "POST /desk/orders/{id}/deliver" => arrival(request)?,
            _ => return Err(Problem::not_found("page")),
        };
        let cause = Cause::new(caller.actor(), asked.why, request.correlation());
        let command = |order: Order| {
            std::future::ready(
                unchanged("order", order.rev, shown_rev(&asked.key)).map(|()| Some(asked.command.clone())),
            )
        };
        let order = self.desk.run_once(&id, &Reader::Shop, &cause, mark(request)?, command).await?;
        answered(request, &order, asked.why)
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { refused(request, problem) } else { Response::problem(request, problem) }
    }
}

fn parcel(request: &Request) -> Result<Asked, Problem> {
    let (sent, key) = if is_desk(request) {
        let mut form = TypedForm::read(request)?;
        let key = form.take("idempotency_key");
        let (carrier, tracking) = (form.take("carrier"), Some(form.take("tracking")));
        let typed = form.take_all("serials.");
        let serials = typed.iter().flat_map(|(sku, scanned)| {
            let units = scanned.split_whitespace().map(str::to_owned);
            units.map(|serial| SerialRequest { sku: sku.clone(), serial })
        });
        (ShipRequest { carrier, tracking, serials: serials.collect(), lines: form.quantities()? }, key)
    } else {
        (request.json()?, String::new())
    };
    let mut checks = Checks::default();
    let carrier = checks.required("/carrier", &sent.carrier, CARRIER, "Enter who carries it.");
    let tracking = checks.optional("/tracking", sent.tracking.as_deref(), TRACKING);
    let lines = match &sent.lines {
        None => None,
        Some(lines) if lines.is_empty() => {
            checks.add("/lines", "Enter how many of at least one line leave.");
            None
        }
        Some(lines) => quantities(lines).map_err(|errors| checks.extend(errors)).ok(),
    };
    let serials = scanned(&sent.serials).unwrap_or_else(|errors| {
        // A field of the form has all of a line's numbers.
        let of = |index: usize| sent.serials.get(index).map(|one| format!("/serials.{}", one.sku));
        let place = |pointer: &str| pointer.split('/').nth(2).and_then(|index| index.parse().ok()).and_then(of);
        for error in errors {
            let pointer = place(&error.pointer).filter(|_| is_desk(request)).unwrap_or(error.pointer);
            checks.add(pointer, error.detail);
        }
        Vec::new()
    });
    checks.finish(Asked { command: Command::Ship { carrier, tracking, lines, serials }, key, why: SHIPPED })
}

fn arrival(request: &Request) -> Result<Asked, Problem> {
    if is_desk(request) {
        let DeliverForm { _key } = request.form()?;
    } else {
        let DeliverRequest {} = request.json()?;
    }
    Ok(Asked { command: Command::Deliver, key: String::new(), why: "delivered" })
}
