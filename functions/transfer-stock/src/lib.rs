//! Transfers stock between locations: sends it, books what came of it, has it turn back; lists and shows transfers.

mod desk;
mod form;
mod transfers;

use contracts::Problem;
use domain::people::Action;
use domain::settings::{LocationSettings, ShopSettings};
use edge::auth::Verifier;
use edge::desk::{DeskFrame, Visit, refused};
use edge::http::unavailable;
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use pages::layout::Section;
use store::settings::{Cached, SettingsTable};
use store::stock::StockTable;

/// The function.
pub const FUNCTION: Function = edge::http::http::<TransferStock>();

/// Transfers stock.
pub struct TransferStock {
    context: Context,
    stock: StockTable,
    shop: Cached<ShopSettings>,
    locations: Cached<LocationSettings>,
    verifier: Verifier,
}

impl HttpHandler for TransferStock {
    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            stock: context.table()?,
            shop: Cached::new(settings.clone()),
            locations: Cached::new(settings),
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
            "GET /api/transfers" | "GET /api/transfers/{id}" => Action::ViewTransfers,
            _ => Action::TransferStock,
        })?;
        match request.route() {
            "GET /api/transfers" => transfers::list(self, request).await,
            "GET /api/transfers/{id}" => transfers::show(self, request).await,
            "POST /api/transfers" => transfers::send(self, request, &caller.actor()).await,
            "POST /api/transfers/{id}/receive" => transfers::receive(self, request, &caller.actor()).await,
            "POST /api/transfers/{id}/cancel" => transfers::cancel(self, request, &caller.actor()).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { refused(request, problem) } else { Response::problem(request, problem) }
    }
}

impl TransferStock {
    async fn at_desk(&self, visit: &Visit<'_>) -> Result<Response, Problem> {
        visit.needs(match visit.request.route() {
            "GET /desk/transfers" | "GET /desk/transfers/{id}" => Action::ViewTransfers,
            _ => Action::TransferStock,
        })?;
        match visit.request.route() {
            "GET /desk/transfers" => desk::list(self, visit).await,
            "GET /desk/transfers/{id}" => desk::transfer(self, visit).await,
            "GET /desk/transfers/new" => form::page(self, visit).await,
            "POST /desk/transfers" => form::send(self, visit).await,
            "POST /desk/transfers/{id}/receive" => desk::receive(self, visit).await,
            "POST /desk/transfers/{id}/cancel" => desk::cancel(self, visit).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    /// The frame of a desk page.
    async fn frame(&self, visit: &Visit<'_>) -> Result<DeskFrame, Problem> {
        let shop = self.shop.get(self.context.now()).await.map_err(|error| unavailable(&error))?;
        Ok(DeskFrame::new(&self.context, visit, &shop, Some(Section::Transfers)))
    }
}
