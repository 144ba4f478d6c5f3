//! Keeps purchase orders while staff work on them: lists and shows them, drafts new ones, changes what they order.

mod desk;
mod form;
mod orders;

use contracts::Problem;
use domain::people::Action;
use domain::settings::{LocationSettings, ShopSettings};
use edge::auth::Verifier;
use edge::desk::{DeskFrame, Visit, refused};
use edge::http::unavailable;
use edge::purchases::PurchaseDesk;
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use pages::layout::Section;
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;
use store::stock::StockTable;

/// The function.
pub const FUNCTION: Function = edge::http::http::<ManagePurchaseOrders>();

/// Manages purchase orders.
pub struct ManagePurchaseOrders {
    context: Context,
    desk: PurchaseDesk,
    stock: StockTable,
    shop: Cached<ShopSettings>,
    locations: Cached<LocationSettings>,
    verifier: Verifier,
}

impl HttpHandler for ManagePurchaseOrders {
    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            desk: PurchaseDesk::new(context)?,
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
            "GET /api/purchase-orders" | "GET /api/purchase-orders/{id}" => Action::ViewPurchasing,
            _ => Action::EditPurchasing,
        })?;
        let cause = |why| Cause::new(caller.actor(), why, request.correlation());
        match request.route() {
            "GET /api/purchase-orders" => orders::list(self, request).await,
            "GET /api/purchase-orders/{id}" => orders::show(self, request).await,
            "POST /api/purchase-orders" => orders::create(self, request, &cause("drafted")).await,
            "PUT /api/purchase-orders/{id}/lines" => orders::set_lines(self, request, &cause("changed")).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { refused(request, problem) } else { Response::problem(request, problem) }
    }
}

impl ManagePurchaseOrders {
    async fn at_desk(&self, visit: &Visit<'_>) -> Result<Response, Problem> {
        match visit.request.route() {
            "GET /desk/purchase-orders" => desk::list(self, visit).await,
            "GET /desk/purchase-orders/{id}" => desk::order(self, visit).await,
            "GET /desk/purchase-orders/new" | "GET /desk/purchase-orders/{id}/lines" => form::page(self, visit).await,
            "POST /desk/purchase-orders" | "POST /desk/purchase-orders/{id}/lines" => form::save(self, visit).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    /// The frame of a desk page.
    async fn frame(&self, visit: &Visit<'_>) -> Result<DeskFrame, Problem> {
        let shop = self.shop.get(self.context.now()).await.map_err(|error| unavailable(&error))?;
        Ok(DeskFrame::new(&self.context, visit, &shop, Some(Section::PurchaseOrders)))
    }
}
