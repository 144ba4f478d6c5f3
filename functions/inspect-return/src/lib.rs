//! Books what goods are like that came back: sold again, damaged, or not taken back.
//!
//! The desk's one form also says what came: both are one write then.

mod form;

use contracts::Problem;
use contracts::returns::InspectRequest;
use domain::id::ReturnId;
use domain::people::Action;
use domain::returns::{Command, Deduction, decide};
use edge::auth::Verifier;
use edge::deciding::unchanged;
use edge::desk::refused;
use edge::http::unavailable;
use edge::orders::{Checks, REASON, is_desk, mark};
use edge::returns::{Destination, ReturnDesk, answered};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use store::orders::Reader;
use store::settings::SettingsTable;
use store::stamp::Cause;

use crate::form::Sheet;

/// The function.
pub const FUNCTION: Function = edge::http::http::<InspectReturn>();

/// Inspects returns.
pub struct InspectReturn {
    context: Context,
    desk: ReturnDesk,
    destination: Destination,
    verifier: Verifier,
}

impl HttpHandler for InspectReturn {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            desk: ReturnDesk::new(context)?,
            destination: Destination::new(&context.table::<SettingsTable>()?),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let caller = self.verifier.caller(request)?;
        caller.staff(Action::ReceiveReturns)?;
        let id: ReturnId = request.parse_parameter("id", "return")?;
        let cause = Cause::new(caller.actor(), "returned", request.correlation());
        let back = if is_desk(request) {
            let sheet = Sheet::read(request)?;
            let location = self.destination.location(self.context.now()).await.map_err(|error| unavailable(&error))?;
            self.desk
                .run(&id, &Reader::Shop, &cause, None, |back, order, now| {
                    unchanged("return", back.rev, sheet.shown)?;
                    sheet.decide(back, order, &location, now)
                })
                .await?
        } else {
            let command = command(request)?;
            self.desk
                .run(&id, &Reader::Shop, &cause, mark(request)?, |back, order, now| {
                    Ok(decide(back, order, command.clone(), now)?)
                })
                .await?
        };
        answered(request, &back, "inspected")
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { refused(request, problem) } else { Response::problem(request, problem) }
    }
}

fn command(request: &Request) -> Result<Command, Problem> {
    let asked: InspectRequest = request.json()?;
    let mut checks = Checks::default();
    let reason = checks.optional("/reason", asked.reason.as_deref(), REASON);
    let deduction = asked.deduction.as_ref().map(|deduction| Deduction {
        amount: deduction.amount,
        reason: checks.required("/deduction/reason", &deduction.reason, REASON, "Enter a reason; the buyer reads it."),
    });
    let lines = asked.dispositions().unwrap_or_else(|errors| {
        checks.extend(errors);
        Vec::new()
    });
    checks.finish(Command::Inspect { lines, deduction, reason })
}
