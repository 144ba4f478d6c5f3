//! The catalogue as JSON: search, filters, pages, one product.
//!
//! Search runs in memory over a snapshot that is brought up to date before it answers.

use contracts::Problem;
use contracts::list::ListAnswer;
use contracts::product::{ProductAnswer, ProductEntry, ProductQuery};
use domain::catalog::ProductStatus;
use domain::people::Action;
use domain::search::{Query, Snapshot, Sort};
use domain::text::{Sku, Slug};
use edge::auth::Verifier;
use edge::http::unavailable;
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use store::catalog::Catalog;
use store::stock::StockTable;
use tokio::sync::Mutex;

/// The function.
pub const FUNCTION: Function = edge::http::http::<BrowseCatalog>();

/// How many products a page has, unless it says.
const PAGE: usize = 24;
const MAX_PAGE: usize = 100;

/// Shows the catalogue.
pub struct BrowseCatalog {
    context: Context,
    catalog: Catalog,
    stock: StockTable,
    snapshot: Mutex<Snapshot>,
    verifier: Verifier,
}

impl HttpHandler for BrowseCatalog {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            catalog: context.table()?,
            stock: context.table()?,
            snapshot: Mutex::new(Snapshot::new()),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        match request.route() {
            "GET /api/products" => self.list(request).await,
            "GET /api/products/{slug}" => self.show(request).await,
            _ => Err(Problem::not_found("page")),
        }
    }
}

impl BrowseCatalog {
    async fn list(&self, request: &Request) -> Result<Response, Problem> {
        let query = query(request.parse_query()?)?;
        let mut snapshot = self.snapshot.lock().await;
        self.catalog.refresh(&mut snapshot).await.map_err(|error| unavailable(&error))?;
        let page = snapshot.query(&query);
        let answer = ListAnswer {
            items: page.items.into_iter().map(ProductEntry::from).collect(),
            next: page.next.map(|cursor| cursor.to_string()),
        };
        Response::json(200, &answer)
    }

    async fn show(&self, request: &Request) -> Result<Response, Problem> {
        let slug: Slug = request.parse_parameter("slug", "product")?;
        let caller = self.verifier.caller(request)?;
        let product = self.catalog.product(&slug).await.map_err(|error| unavailable(&error))?;
        let shown =
            |status: ProductStatus| status == ProductStatus::Active || caller.staff(Action::ViewCatalog).is_ok();
        let product = product.filter(|product| shown(product.status)).ok_or_else(|| Problem::not_found("product"))?;
        let skus: Vec<Sku> = product.variants.iter().map(|variant| variant.sku.clone()).collect();
        let offers = self.stock.offers(&skus).await.map_err(|error| unavailable(&error))?;
        Response::json(200, &ProductAnswer::new(&product, &offers, self.context.now()))
    }
}

/// The query that was asked for; a category that is none finds nothing.
fn query(asked: ProductQuery) -> Result<Query, Problem> {
    let sort = match asked.sort.as_deref() {
        None => Sort::default(),
        Some(name) => Sort::ALL
            .iter()
            .copied()
            .find(|sort| sort.as_str() == name)
            .ok_or_else(|| Problem::field("/sort", "There is no such order."))?,
    };
    let after = asked
        .cursor
        .map(|cursor| cursor.parse().map_err(|_| Problem::field("/cursor", "This is no cursor that the shop gave.")))
        .transpose()?;
    let category = asked
        .category
        .map(|category| Slug::new(category).map_err(|error| Problem::field("/category", error.to_string())))
        .transpose()?;
    let limit = asked.limit.unwrap_or(PAGE);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(Problem::field("/limit", "Must be 1 to 100."));
    }
    Ok(Query {
        words: asked.q.unwrap_or_default(),
        category,
        min: asked.min,
        max: asked.max,
        in_stock: asked.in_stock.unwrap_or_default(),
        sort,
        after,
        limit,
    })
}
