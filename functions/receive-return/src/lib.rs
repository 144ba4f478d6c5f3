//! Books what came back: it lies in quality control until somebody has looked at it.

use contracts::Problem;
use contracts::order::quantities;
use contracts::returns::ReceiveRequest;
use domain::id::ReturnId;
use domain::people::Action;
use domain::returns::{Command, decide};
use edge::auth::Verifier;
use edge::http::unavailable;
use edge::orders::mark;
use edge::returns::{Destination, ReturnDesk, answered};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use store::orders::Reader;
use store::settings::SettingsTable;
use store::stamp::Cause;

/// The function.
pub const FUNCTION: Function = edge::http::http::<ReceiveReturn>();

/// Receives returns.
pub struct ReceiveReturn {
    context: Context,
    desk: ReturnDesk,
    destination: Destination,
    verifier: Verifier,
}

impl HttpHandler for ReceiveReturn {
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
        let came = quantities(&request.json::<ReceiveRequest>()?.lines).map_err(Problem::fields)?;
        let location = self.destination.location(self.context.now()).await.map_err(|error| unavailable(&error))?;
        let lines: Vec<_> = came.into_iter().map(|line| (line.sku, line.quantity.get())).collect();
        let cause = Cause::new(caller.actor(), "returned", request.correlation());
        let back = self.desk.run(&id, &Reader::Shop, &cause, mark(request)?, |back, order, now| {
            let command = Command::Receive { location: location.clone(), lines: lines.clone() };
            Ok(decide(back, order, command, now)?)
        });
        answered(request, &back.await?, "received")
    }
}
