//! Ends a return: gives the buyer what was asked for, sends back what is not taken, or leaves it.
//!
//! It moves no money: the refund is the order's, and is sent when its event is read.

use contracts::Problem;
use contracts::purchasing::Plain;
use domain::id::ReturnId;
use domain::people::Action;
use domain::returns::{Command, Parcel, decide};
use edge::auth::Verifier;
use edge::deciding::{shown_rev, unchanged};
use edge::desk::refused;
use edge::orders::{CARRIER, Checks, TRACKING, is_desk, mark};
use edge::returns::{ReturnDesk, answered};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use serde::Deserialize;
use store::orders::Reader;
use store::stamp::Cause;

/// The function.
pub const FUNCTION: Function = edge::http::http::<ResolveReturn>();

/// Resolves returns.
pub struct ResolveReturn {
    desk: ReturnDesk,
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
    idempotency_key: String,
}

impl HttpHandler for ResolveReturn {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self { desk: ReturnDesk::new(context)?, verifier: Verifier::new(context)? })
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
        let (command, shown) = asked(request, &act)?;
        let cause = Cause::new(caller.actor(), said, request.correlation());
        let back = self.desk.run(&id, &Reader::Shop, &cause, mark(request)?, |back, order, now| {
            unchanged("return", back.rev, shown)?;
            Ok(decide(back, order, command.clone(), now)?)
        });
        answered(request, &back.await?, said)
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { refused(request, problem) } else { Response::problem(request, problem) }
    }
}

fn asked(request: &Request, act: &str) -> Result<(Command, Option<u64>), Problem> {
    let sent: Sent = match (is_desk(request), act) {
        (true, _) => request.form()?,
        (false, "send-back") => {
            let contracts::returns::WayBackRequest { carrier, tracking } = request.json()?;
            Sent { carrier, tracking, ..Sent::default() }
        }
        (false, _) => {
            let Plain {} = request.json()?;
            Sent::default()
        }
    };
    let mut checks = Checks::default();
    let command = match act {
        "resolve" => Command::Settle,
        "send-back" => {
            let carrier = checks.optional("/carrier", sent.carrier.as_deref(), CARRIER);
            let tracking = checks.optional("/tracking", sent.tracking.as_deref(), TRACKING);
            if carrier.is_none() && tracking.is_some() {
                checks.add("/carrier", "Enter who carries it.");
            }
            let parcel = carrier.map(|carrier| Parcel { carrier, tracking, label_url: None });
            Command::SendBack { parcel }
        }
        _ => Command::Close,
    };
    checks.finish((command, shown_rev(&sent.idempotency_key)))
}
