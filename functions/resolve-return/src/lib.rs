//! Ends a return: gives the buyer what was asked for, sends back what is not taken, or leaves it.
//!
//! It moves no money: the refund is the order's, and is sent when its event is read. What is had in exchange becomes an
//! order with the same write.

use contracts::Problem;
use contracts::purchasing::Plain;
use contracts::returns::{ResolveRequest, WayBackRequest, named};
use domain::id::{OrderId, ReturnId};
use domain::people::Action;
use domain::returns::{Command, Parcel, Placing, Resolution, decide, exchange};
use edge::auth::Verifier;
use edge::deciding::{shown_rev, unchanged};
use edge::desk::refused;
use edge::http::unavailable;
use edge::orders::{CARRIER, Checks, NotDone, TRACKING, is_desk, mark};
use edge::returns::{Exchanges, ReturnDesk, Shelf, answered};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use serde::Deserialize;
use store::orders::Reader;
use store::stamp::Cause;

/// The function.
pub const FUNCTION: Function = edge::http::http::<ResolveReturn>();

/// Resolves returns.
pub struct ResolveReturn {
    context: Context,
    desk: ReturnDesk,
    exchanges: Exchanges,
    key: Vec<u8>,
    verifier: Verifier,
}

/// What is sent: by a form with its key, by a program without.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    #[serde(default)]
    carrier: Option<String>,
    #[serde(default)]
    tracking: Option<String>,
    #[serde(default)]
    resolution: Option<String>,
    #[serde(default)]
    idempotency_key: String,
}

/// What was asked.
enum Asked {
    /// This.
    Command(Command),
    /// To give the buyer what the return comes to, as something else than was asked for where it says so.
    Resolve(Option<Resolution>),
}

impl HttpHandler for ResolveReturn {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            desk: ReturnDesk::new(context)?,
            exchanges: Exchanges::new(context)?,
            key: context.require("ORDER_KEY")?.into_bytes(),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let act = request.act();
        let caller = self.verifier.caller(request)?;
        caller.staff(Action::SettleReturns)?;
        let id: ReturnId = request.parse_parameter("id", "return")?;
        let said = match act.as_str() {
            "resolve" => "return-settled",
            "send-back" => "sent-back",
            "close" => "return-closed",
            _ => return Err(Problem::not_found("page")),
        };
        let (asked, shown) = asked(request, &act)?;
        let cause = Cause::new(caller.actor(), said, request.correlation());
        let (command, swap) = match asked {
            Asked::Command(command) => (command, None),
            Asked::Resolve(instead) => (Command::Settle { instead }, self.swap(&id, instead).await?),
        };
        let back = self.desk.run(&id, &Reader::Shop, &cause, mark(request)?, |back, order, now| {
            unchanged("return", back.rev, shown)?;
            Ok(match &swap {
                Some((placing, shelf)) => exchange(back, order, placing.clone(), shelf.tables(), now)?,
                None => decide(back, order, command.clone(), now)?,
            })
        });
        let back = back.await.map_err(|reason| {
            let short = swap.is_some() && matches!(reason, NotDone::NoStock);
            if short { nothing_there() } else { reason.into() }
        })?;
        answered(request, &back, said)
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { refused(request, problem) } else { Response::problem(request, problem) }
    }
}

impl ResolveReturn {
    /// What the buyer wants instead, as it is offered now; none where that is not to be had.
    async fn swap(&self, id: &ReturnId, instead: Option<Resolution>) -> Result<Option<(Placing, Shelf)>, Problem> {
        if matches!(instead, Some(Resolution::Refund | Resolution::Credit)) {
            return Ok(None);
        }
        let back = self.desk.load(id, &Reader::Shop).await?;
        let resolution = instead.unwrap_or(back.resolution);
        let Some(wanted) = back.wanted.filter(|_| resolution == Resolution::Exchange) else { return Ok(None) };
        let shelf =
            self.exchanges.look(&wanted.cart.skus(), self.context.now()).await.map_err(|error| unavailable(&error))?;
        let order = OrderId::of_cart(&wanted.cart.id, &self.key);
        let view_token_hash = order.view_secret(&self.key).digest();
        let placing = Placing { id: order, view_token_hash, offers: shelf.offers.clone() };
        Ok(Some((placing, shelf)))
    }
}

fn nothing_there() -> Problem {
    let detail = "There is not enough of what the buyer wants instead. Give the money back, or store credit.";
    Problem::conflict(detail).with("code", "stock-missing")
}

fn asked(request: &Request, act: &str) -> Result<(Asked, Option<u64>), Problem> {
    let sent: Sent = match (is_desk(request), act) {
        (true, _) => request.form()?,
        (false, "send-back") => {
            let WayBackRequest { carrier, tracking } = request.json()?;
            Sent { carrier, tracking, ..Sent::default() }
        }
        (false, "resolve") => {
            let ResolveRequest { resolution } = request.json()?;
            Sent { resolution, ..Sent::default() }
        }
        (false, _) => {
            let Plain {} = request.json()?;
            Sent::default()
        }
    };
    let mut checks = Checks::default();
    let asked = match act {
        "resolve" => {
            let instead = named(sent.resolution.as_deref()).unwrap_or_else(|error| {
                checks.extend(vec![error]);
                None
            });
            Asked::Resolve(instead)
        }
        "send-back" => {
            let carrier = checks.optional("/carrier", sent.carrier.as_deref(), CARRIER);
            let tracking = checks.optional("/tracking", sent.tracking.as_deref(), TRACKING);
            if carrier.is_none() && tracking.is_some() {
                checks.add("/carrier", "Enter who carries it.");
            }
            let parcel = carrier.map(|carrier| Parcel { carrier, tracking, label_url: None });
            Asked::Command(Command::SendBack { parcel })
        }
        _ => Asked::Command(Command::Close),
    };
    checks.finish((asked, shown_rev(&sent.idempotency_key)))
}
