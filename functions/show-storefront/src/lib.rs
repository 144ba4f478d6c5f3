//! The storefront's pages: the catalogue, a product, help, and what crawlers read.
//!
//! It only reads: its forms post to the operations. The catalogue is a snapshot in memory, brought up to date before
//! each answer; what is in stock is read from the offers each time.

mod crawlers;
mod help;
mod listing;
mod product;

use contracts::Problem;
use domain::search::Snapshot;
use domain::settings::{PaymentSettings, ReturnSettings, Setting, ShopSettings, SupportSettings};
use domain::shipping::ShippingSettings;
use domain::tax::TaxSettings;
use domain::text::Slug;
use edge::auth::{Caller, Verifier};
use edge::http::unavailable;
use edge::page::{ShopFrame, refused};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use store::catalog::Catalog;
use store::settings::{Cached, SettingsTable};
use store::stock::StockTable;
use tokio::sync::{Mutex, MutexGuard};

/// The function.
pub const FUNCTION: Function = edge::http::http::<ShowStorefront>();

/// Shows the storefront.
pub struct ShowStorefront {
    context: Context,
    catalog: Catalog,
    stock: StockTable,
    shop: Cached<ShopSettings>,
    taxes: Cached<TaxSettings>,
    shipping: Cached<ShippingSettings>,
    payments: Cached<PaymentSettings>,
    returns: Cached<ReturnSettings>,
    support: Cached<SupportSettings>,
    verifier: Verifier,
    url: String,
    snapshot: Mutex<Snapshot>,
}

impl HttpHandler for ShowStorefront {
    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            catalog: context.table()?,
            stock: context.table()?,
            shop: Cached::new(settings.clone()),
            taxes: Cached::new(settings.clone()),
            shipping: Cached::new(settings.clone()),
            payments: Cached::new(settings.clone()),
            returns: Cached::new(settings.clone()),
            support: Cached::new(settings),
            verifier: Verifier::new(context)?,
            url: context.require("SHOP_URL")?,
            snapshot: Mutex::new(Snapshot::new()),
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        match request.route() {
            "GET /" => listing::page(self, request, None).await,
            "GET /categories/{category}" => {
                let category: Slug = request.parse_parameter("category", "category")?;
                listing::page(self, request, Some(category)).await
            }
            "GET /products/{slug}" => product::page(self, request).await,
            "GET /help" => help::page(self, request).await,
            "GET /sitemap.xml" => crawlers::sitemap(self).await,
            "GET /robots.txt" => Ok(crawlers::robots(self)),
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        refused(&self.context, request, &self.verifier, &self.shop, problem).await
    }
}

impl ShowStorefront {
    /// The frame of a page. Whose token is stale is a guest here: nothing on these pages is theirs alone.
    fn framed(&self, request: &Request, shop: &ShopSettings) -> ShopFrame {
        let caller = self.verifier.caller(request).unwrap_or(Caller::Guest);
        ShopFrame::new(&self.context, request, &caller, shop)
    }

    async fn settings<S: Setting + Send>(&self, topic: &Cached<S>) -> Result<S, Problem> {
        topic.get(self.context.now()).await.map_err(|error| unavailable(&error))
    }

    /// The catalogue as it is now.
    async fn snapshot(&self) -> Result<MutexGuard<'_, Snapshot>, Problem> {
        let mut snapshot = self.snapshot.lock().await;
        self.catalog.refresh(&mut snapshot).await.map_err(|error| unavailable(&error))?;
        Ok(snapshot)
    }
}
