//! The staff's pages: orders, products, stock.
//!
//! It only reads: each form posts to the operation that it is for, which leads back here with what was done. Pages that
//! are a form (a product, settings, staff) belong to the operation that takes it. Every page asks for the role that it
//! needs, and what a role may not do is not on the page.

mod ledger;
mod order;
mod orders;
mod products;
mod refund;
mod stock;

use contracts::Problem;
use domain::search::Snapshot;
use domain::settings::{LocationSettings, Setting, ShopSettings};
use domain::shipping::ShippingSettings;
use edge::auth::Verifier;
use edge::desk::{DeskFrame, Visit, refused};
use edge::http::{encoded, unavailable};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use pages::layout::Section;
use store::catalog::Catalog;
use store::lists::Lists;
use store::orders::Orders;
use store::settings::{Cached, SettingsTable};
use store::stock::StockTable;
use tokio::sync::Mutex;

/// The function.
pub const FUNCTION: Function = edge::http::http::<ShowDesk>();

/// Shows the desk.
pub struct ShowDesk {
    context: Context,
    orders: Orders,
    lists: Lists,
    catalog: Catalog,
    stock: StockTable,
    shop: Cached<ShopSettings>,
    shipping: Cached<ShippingSettings>,
    locations: Cached<LocationSettings>,
    verifier: Verifier,
    snapshot: Mutex<Snapshot>,
}

impl HttpHandler for ShowDesk {
    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            orders: context.table()?,
            lists: context.table()?,
            catalog: context.table()?,
            stock: context.table()?,
            shop: Cached::new(settings.clone()),
            shipping: Cached::new(settings.clone()),
            locations: Cached::new(settings),
            verifier: Verifier::new(context)?,
            snapshot: Mutex::new(Snapshot::new()),
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let visit = Visit::of(request, &self.verifier)?;
        match self.answer(&visit).await {
            Err(problem) if request.wants_page() => {
                let shop = self.of(&self.shop).await.unwrap_or_else(|_| ShopSettings::initial());
                Ok(DeskFrame::new(&self.context, &visit, &shop, None).refuse(request, &problem))
            }
            answer => answer,
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { refused(request, problem) } else { Response::problem(request, problem) }
    }
}

impl ShowDesk {
    async fn answer(&self, visit: &Visit<'_>) -> Result<Response, Problem> {
        match visit.request.route() {
            "GET /desk" => Ok(Response::see_other("/desk/orders")),
            "GET /desk/{page}" => match visit.request.parameter("page")?.as_str() {
                "orders" => orders::page(self, visit).await,
                "products" => products::page(self, visit).await,
                "stock" => stock::page(self, visit).await,
                "settings" => Ok(Response::see_other("/desk/settings/shop")),
                _ => Err(Problem::not_found("page")),
            },
            "GET /desk/{page}/{id}" => match visit.request.parameter("page")?.as_str() {
                "orders" => order::page(self, visit).await,
                "stock" => ledger::page(self, visit).await,
                _ => Err(Problem::not_found("page")),
            },
            "GET /desk/orders/{id}/refund" => refund::page(self, visit).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn of<S: Setting + Send>(&self, topic: &Cached<S>) -> Result<S, Problem> {
        topic.get(self.context.now()).await.map_err(|error| unavailable(&error))
    }

    /// The frame of a page.
    async fn frame(&self, visit: &Visit<'_>, section: Section) -> Result<DeskFrame, Problem> {
        Ok(DeskFrame::new(&self.context, visit, &self.of(&self.shop).await?, Some(section)))
    }
}

/// A page of the desk by its parts: the path, and what of the query is not empty.
fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    let filled = pairs.iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<String> = filled.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}
