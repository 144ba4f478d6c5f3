//! Writes products: the catalogue's record, what search knows of it and the offers it lists, in one transaction.

mod form;
mod images;

use contracts::product::{ImageUpload, ProductAnswer};
use contracts::{Problem, ProblemKind};
use domain::catalog::{Product, ProductDraft, ProductStatus};
use domain::people::Action;
use domain::settings::ShopSettings;
use domain::text::{Sku, Slug};
use edge::auth::Verifier;
use edge::http::unavailable;
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use store::catalog::{Catalog, Read};
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;
use store::stock::StockTable;
use store::tx::MAX_WRITES;
use store::{Tx, TxError};

/// The function.
pub const FUNCTION: Function = edge::http::http::<EditCatalog>();

/// How often a product is tried over other writes of the catalogue.
const ATTEMPTS: usize = 10;

/// Edits the catalogue.
pub struct EditCatalog {
    context: Context,
    catalog: Catalog,
    stock: StockTable,
    shop: Cached<ShopSettings>,
    verifier: Verifier,
    uploads: images::Uploads,
}

/// Why a product was not written.
enum NotWritten {
    /// The catalogue was written meanwhile.
    Stale,
    /// Another product has the SKU.
    Taken(Sku),
}

impl HttpHandler for EditCatalog {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            catalog: context.table()?,
            stock: context.table()?,
            shop: Cached::new(context.table::<SettingsTable>()?),
            verifier: Verifier::new(context)?,
            uploads: images::Uploads::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let caller = self.verifier.caller(request)?;
        caller.staff(Action::EditCatalog)?;
        let cause = Cause::new(caller.actor(), "catalogue", request.correlation());
        let slug = || request.parse_parameter::<Slug>("slug", "product");
        match request.route() {
            "PUT /api/products/{slug}" => {
                let (product, new) = self.write(&slug()?, &request.json::<ProductDraft>()?, &cause).await?;
                self.answer(if new { 201 } else { 200 }, &product).await
            }
            "DELETE /api/products/{slug}" => {
                self.archive(&slug()?, &cause).await?;
                Ok(Response::no_content())
            }
            "POST /api/products/{slug}/images" => {
                let upload: ImageUpload = request.json()?;
                self.known(&slug()?).await?;
                Response::json(201, &self.uploads.open(&self.context, &slug()?, &upload).await?)
            }
            "POST /desk/products/{slug}" => form::save(self, request, &caller, &cause).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { form::refused(self, request, problem) } else { Response::problem(request, problem) }
    }
}

impl EditCatalog {
    async fn known(&self, slug: &Slug) -> Result<Product, Problem> {
        let product = self.catalog.product(slug).await.map_err(|error| unavailable(&error))?;
        product.ok_or_else(|| Problem::not_found("product"))
    }

    /// Writes a product; whether it is new.
    async fn write(&self, slug: &Slug, draft: &ProductDraft, cause: &Cause) -> Result<(Product, bool), Problem> {
        let shop = self.shop.get(self.context.now()).await.map_err(|error| unavailable(&error))?;
        for _ in 0..ATTEMPTS {
            let read = self.catalog.read_for_write(slug).await.map_err(|error| unavailable(&error))?;
            let product = draft
                .clone()
                .apply(read.product.as_ref(), self.context.new_id(), slug, shop.currency, self.context.now())
                .map_err(Problem::fields)?;
            match self.commit(&read, &product, cause).await {
                Ok(()) => return Ok((product, read.product.is_none())),
                Err(TxError::Refused(NotWritten::Stale)) => {}
                Err(TxError::Refused(NotWritten::Taken(sku))) => return Err(taken(draft, &sku)),
                Err(TxError::Store(error)) => return Err(unavailable(&error)),
            }
        }
        Err(Problem::new(ProblemKind::Busy, "The catalogue is being written. Please try again."))
    }

    /// Takes a product from the shop. Its record stays, for the orders and warranties that refer to it.
    async fn archive(&self, slug: &Slug, cause: &Cause) -> Result<(), Problem> {
        for _ in 0..ATTEMPTS {
            let read = self.catalog.read_for_write(slug).await.map_err(|error| unavailable(&error))?;
            let Some(before) = &read.product else {
                return Err(Problem::not_found("product"));
            };
            let product = Product {
                status: ProductStatus::Archived,
                version: before.version + 1,
                updated: self.context.now(),
                ..before.clone()
            };
            match self.commit(&read, &product, cause).await {
                Ok(()) => return Ok(()),
                Err(TxError::Refused(NotWritten::Stale | NotWritten::Taken(_))) => {}
                Err(TxError::Store(error)) => return Err(unavailable(&error)),
            }
        }
        Err(Problem::new(ProblemKind::Busy, "The catalogue is being written. Please try again."))
    }

    async fn commit(&self, read: &Read, product: &Product, cause: &Cause) -> Result<(), TxError<NotWritten>> {
        let mut tx = Tx::new();
        for write in self.catalog.write(read, product, cause.clone()).map_err(TxError::Store)? {
            tx = tx.and(write, |_| NotWritten::Stale);
        }
        let about = cause.clone().about(product.id.to_string());
        for change in product.listing_changes(read.product.as_ref()) {
            let sku = sku_of(&change);
            for write in self.stock.list(&change, &about).map_err(TxError::Store)? {
                let sku = sku.clone();
                tx = tx.and(write, move |_| NotWritten::Taken(sku));
            }
        }
        debug_assert!(tx.len() <= MAX_WRITES, "a product has too few variants for that");
        tx.commit(&self.context.db()).await
    }

    async fn answer(&self, status: u16, product: &Product) -> Result<Response, Problem> {
        let skus: Vec<Sku> = product.variants.iter().map(|variant| variant.sku.clone()).collect();
        let offers = self.stock.offers(&skus).await.map_err(|error| unavailable(&error))?;
        Response::json(status, &ProductAnswer::new(product, &offers, self.context.now()))
    }
}

fn sku_of(change: &domain::catalog::ListingChange) -> Sku {
    use domain::catalog::ListingChange::{Added, Described, Removed, Repriced};
    match change {
        Added(listing) | Repriced(listing) | Described(listing) => listing.sku.clone(),
        Removed(sku) => sku.clone(),
    }
}

fn taken(draft: &ProductDraft, sku: &Sku) -> Problem {
    let detail = format!("Another product has the SKU {sku}.");
    let index = draft.variants.iter().position(|variant| variant.sku == sku.as_str()).unwrap_or_default();
    let mut problem = Problem::conflict(detail.clone()).with("sku", sku.to_string());
    problem.errors.push(domain::FieldError { pointer: format!("/variants/{index}/sku"), detail });
    problem
}
