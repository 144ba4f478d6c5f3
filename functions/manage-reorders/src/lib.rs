//! Shows what looks at the stock came to, has everything looked at now, and takes what staff do not want.

mod desk;
mod detail;
mod suggestions;

use contracts::Problem;
use contracts::purchasing::{Plain, RunAnswer};
use domain::people::Action;
use domain::settings::{LocationSettings, ShopSettings};
use edge::auth::Verifier;
use edge::desk::{DeskFrame, Visit, refused};
use edge::http::{internal, unavailable};
use edge::reordering::have_all_looked_at;
use edge::{Context, Error, Function, HttpHandler, Request, Response, Sender};
use pages::layout::Section;
use store::purchasing::Purchasing;
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;
use store::stock::StockTable;

/// The function.
pub const FUNCTION: Function = edge::http::http::<ManageReorders>();

/// Manages reorders.
pub struct ManageReorders {
    context: Context,
    purchasing: Purchasing,
    stock: StockTable,
    shop: Cached<ShopSettings>,
    locations: Cached<LocationSettings>,
    sender: Sender,
    queue: String,
    verifier: Verifier,
}

impl HttpHandler for ManageReorders {
    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            purchasing: context.table()?,
            stock: context.table()?,
            shop: Cached::new(settings.clone()),
            locations: Cached::new(settings),
            sender: Sender::new(context),
            queue: context.require("REORDERS_QUEUE")?,
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        if request.path().starts_with("/desk") {
            return self.at_desk(&Visit::of(request, &self.verifier)?).await;
        }
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
    async fn at_desk(&self, visit: &Visit<'_>) -> Result<Response, Problem> {
        match visit.request.route() {
            "GET /desk/reorders" => desk::list(self, visit).await,
            "GET /desk/reorders/{sku}" => detail::page(self, visit).await,
            "POST /desk/reorders/run" => desk::run(self, visit).await,
            "POST /desk/reorders/{sku}/dismiss" => desk::dismiss(self, visit).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    /// The frame of a desk page.
    async fn frame(&self, visit: &Visit<'_>) -> Result<DeskFrame, Problem> {
        let shop = self.shop.get(self.context.now()).await.map_err(|error| unavailable(&error))?;
        Ok(DeskFrame::new(&self.context, visit, &shop, Some(Section::Reorders)))
    }

    /// Has everything looked at now.
    async fn run(&self, correlation: &str) -> Result<usize, Problem> {
        let sent = have_all_looked_at(&self.purchasing, &self.sender, &self.queue, correlation).await;
        sent.map_err(|error| internal("a reorder run", &error))
    }
}
