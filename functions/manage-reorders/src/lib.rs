//! Shows what looks at the stock came to, has everything looked at now, and takes what staff do not want.

mod suggestions;

use contracts::Problem;
use contracts::purchasing::{Plain, RunAnswer};
use domain::people::Action;
use edge::auth::Verifier;
use edge::desk::refused;
use edge::http::internal;
use edge::reordering::have_all_looked_at;
use edge::{Context, Error, Function, HttpHandler, Request, Response, Sender};
use store::purchasing::Purchasing;
use store::stamp::Cause;

/// The function.
pub const FUNCTION: Function = edge::http::http::<ManageReorders>();

/// Manages reorders.
pub struct ManageReorders {
    context: Context,
    purchasing: Purchasing,
    sender: Sender,
    queue: String,
    verifier: Verifier,
}

impl HttpHandler for ManageReorders {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            purchasing: context.table()?,
            sender: Sender::new(context),
            queue: context.require("REORDERS_QUEUE")?,
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let caller = self.verifier.caller(request)?;
        caller.staff(match request.route() {
            "GET /api/reorder-suggestions" => Action::ViewPurchasing,
            _ => Action::EditPurchasing,
        })?;
        match request.route() {
            "GET /api/reorder-suggestions" => suggestions::list(self, request).await,
            "POST /api/reorder-suggestions/{sku}/dismiss" => {
                let cause = Cause::new(caller.actor(), "dismissed", request.correlation());
                suggestions::dismiss(self, request, &cause).await
            }
            "POST /api/reorder-runs" => {
                let Plain {} = request.json()?;
                Response::json(202, &RunAnswer { skus: self.run(request.correlation()).await? })
            }
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { refused(request, problem) } else { Response::problem(request, problem) }
    }
}

impl ManageReorders {
    /// Has everything looked at now.
    async fn run(&self, correlation: &str) -> Result<usize, Problem> {
        let sent = have_all_looked_at(&self.purchasing, &self.sender, &self.queue, correlation).await;
        sent.map_err(|error| internal("a reorder run", &error))
    }
}
