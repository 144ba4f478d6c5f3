//! Writes products: the catalogue's record, what search knows of it and the offers it lists, in one transaction.

mod form;
mod images;
mod page;

use std::collections::BTreeSet;

use contracts::product::{ImageUpload, ProductAnswer};
use contracts::{Problem, ProblemKind};
use domain::FieldError;
use domain::catalog::{Product, ProductDraft, ProductStatus};
use domain::people::Action;
use domain::search::{Entry, Snapshot};
use domain::settings::ShopSettings;
use domain::tax::TaxSettings;
use domain::text::{Sku, Slug};
use edge::auth::Verifier;
use edge::desk::{Visit, refused};
use edge::http::unavailable;
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use store::catalog::{Catalog, Read};
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;
use store::stock::{StockTable, is_of};
use store::tx::MAX_WRITES;
use store::{Tx, TxError};
use tokio::sync::Mutex;

/// The function.
pub const FUNCTION: Function = edge::http::http::<EditCatalog>();

/// How often a product is tried over other writes of the catalogue.
const ATTEMPTS: u32 = 8;

/// Edits the catalogue.
pub struct EditCatalog {
    context: Context,
    catalog: Catalog,
    stock: StockTable,
    shop: Cached<ShopSettings>,
    taxes: Cached<TaxSettings>,
    snapshot: Mutex<Snapshot>,
    verifier: Verifier,
    uploads: images::Uploads,
}

/// Why a product was not written.
enum NotWritten {
    /// The catalogue was written meanwhile.
    Stale,
    /// Another product has the SKU.
    Taken(Sku),
    /// More variants change than one transaction takes.
    TooMuch,
}

/// What a product may be written over.
#[derive(Clone, Copy)]
enum Over {
    /// Whatever is there.
    Anything,
    /// Nothing: the product is new.
    Nothing,
    /// The version that the form showed.
    Version(u64),
}

impl Over {
    fn check(self, found: Option<&Product>) -> Result<(), Problem> {
        match (self, found) {
            (Self::Anything, _) | (Self::Nothing, None) => Ok(()),
            (Self::Nothing, Some(_)) => Err(Problem::field("/slug", "Another product has this address.")),
            (Self::Version(_), None) => Err(Problem::not_found("product")),
            (Self::Version(shown), Some(product)) if product.version == shown => Ok(()),
            (Self::Version(_), Some(_)) => Err(Problem::new(
                ProblemKind::Stale,
                "Somebody else changed this product meanwhile. Save again to put what you typed in its place.",
            )),
        }
    }
}

impl HttpHandler for EditCatalog {
    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            catalog: context.table()?,
            stock: context.table()?,
            shop: Cached::new(settings.clone()),
            taxes: Cached::new(settings),
            snapshot: Mutex::new(Snapshot::new()),
            verifier: Verifier::new(context)?,
            uploads: images::Uploads::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        if request.path().starts_with("/desk") {
            return self.at_desk(&Visit::of(request, &self.verifier)?).await;
        }
        let caller = self.verifier.caller(request)?;
        caller.staff(Action::EditCatalog)?;
        let cause = Cause::new(caller.actor(), "catalogue", request.correlation());
        let slug: Slug = request.parse_parameter("slug", "product")?;
        match request.route() {
            "PUT /api/products/{slug}" => {
                let (product, new) = self.write(&slug, &request.json()?, Over::Anything, &cause).await?;
                self.answer(if new { 201 } else { 200 }, &product).await
            }
            "DELETE /api/products/{slug}" => {
                self.change(&slug, &cause, |product| {
                    Ok(Product { status: ProductStatus::Archived, ..product.clone() })
                })
                .await?;
                Ok(Response::no_content())
            }
            "POST /api/products/{slug}/images" => {
                let upload: ImageUpload = request.json()?;
                self.known(&slug).await?;
                Response::json(201, &self.uploads.open(&self.context, &slug, &upload)?)
            }
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { refused(request, problem) } else { Response::problem(request, problem) }
    }
}

impl EditCatalog {
    async fn at_desk(&self, visit: &Visit<'_>) -> Result<Response, Problem> {
        visit.needs(Action::EditCatalog)?;
        let cause = Cause::new(visit.caller().actor(), "catalogue", visit.request.correlation());
        match visit.request.route() {
            "GET /desk/products/{slug}" => page::page(self, visit).await,
            "POST /desk/products/{slug}" => page::save(self, visit, &cause).await,
            "POST /desk/products/{slug}/images" => images::add(self, visit, &cause).await,
            "POST /desk/products/{slug}/images/remove" => images::remove(self, visit, &cause).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn settings(&self) -> Result<ShopSettings, Problem> {
        self.shop.get(self.context.now()).await.map_err(|error| unavailable(&error))
    }

    /// The categories in use.
    async fn categories(&self) -> Result<Vec<String>, Problem> {
        let mut snapshot = self.snapshot.lock().await;
        self.catalog.refresh(&mut snapshot).await.map_err(|error| unavailable(&error))?;
        let used: BTreeSet<String> =
            snapshot.entries().filter_map(|entry| entry.category.as_ref()).map(Slug::to_string).collect();
        Ok(used.into_iter().collect())
    }

    async fn known(&self, slug: &Slug) -> Result<Product, Problem> {
        let product = self.catalog.product(slug).await.map_err(|error| unavailable(&error))?;
        product.ok_or_else(|| Problem::not_found("product"))
    }

    /// Writes a product; whether it is new.
    async fn write(
        &self,
        slug: &Slug,
        draft: &ProductDraft,
        over: Over,
        cause: &Cause,
    ) -> Result<(Product, bool), Problem> {
        if slug.as_str() == page::NEW {
            return Err(Problem::field("/slug", "This address is the desk's own. Choose another one."));
        }
        let currency = self.settings().await?.currency;
        for attempt in 0..ATTEMPTS {
            self.context.pause(attempt).await;
            let read = self.catalog.read_for_write(slug).await.map_err(|error| unavailable(&error))?;
            over.check(read.product.as_ref())?;
            let product = draft
                .clone()
                .apply(read.product.as_ref(), self.context.new_id(), slug, currency, self.context.now())
                .map_err(Problem::fields)?;
            match self.commit(&read, &product, cause).await {
                Ok(()) => return Ok((product, read.product.is_none())),
                Err(TxError::Refused(NotWritten::Stale)) => {}
                Err(TxError::Refused(NotWritten::Taken(sku))) => return Err(taken(draft, &sku)),
                Err(TxError::Refused(NotWritten::TooMuch)) => return Err(too_much()),
                Err(TxError::Store(error)) => return Err(unavailable(&error)),
            }
        }
        Err(busy())
    }

    /// Writes what `change` makes of a product that is there.
    async fn change(
        &self,
        slug: &Slug,
        cause: &Cause,
        change: impl Fn(&Product) -> Result<Product, Vec<FieldError>> + Send + Sync,
    ) -> Result<(), Problem> {
        for attempt in 0..ATTEMPTS {
            self.context.pause(attempt).await;
            let read = self.catalog.read_for_write(slug).await.map_err(|error| unavailable(&error))?;
            let Some(before) = &read.product else {
                return Err(Problem::not_found("product"));
            };
            let changed = change(before).map_err(Problem::fields)?;
            let product = Product { version: before.version + 1, updated: self.context.now(), ..changed };
            match self.commit(&read, &product, cause).await {
                Ok(()) => return Ok(()),
                Err(TxError::Refused(NotWritten::Stale | NotWritten::Taken(_))) => {}
                Err(TxError::Refused(NotWritten::TooMuch)) => return Err(too_much()),
                Err(TxError::Store(error)) => return Err(unavailable(&error)),
            }
        }
        Err(busy())
    }

    async fn commit(&self, read: &Read, product: &Product, cause: &Cause) -> Result<(), TxError<NotWritten>> {
        let about = cause.clone().about(product.id.to_string());
        let changes = product.listing_changes(read.product.as_ref());
        let skus: Vec<Sku> = changes.iter().map(sku_of).collect();
        let offers = self.stock.offers(&skus).await.map_err(TxError::Store)?;
        // A product that is to be seen from now on has all its offers changed; of any other, search knows.
        let was_seen = read.product.as_ref().is_some_and(Entry::shows);
        let mut own = product.variants.iter().filter_map(|variant| offers.get(&variant.sku));
        let sold_out = if was_seen || !Entry::shows(product) {
            read.sold_out()
        } else {
            own.all(|offer| offer.sellable_once_on_sale() == 0)
        };
        let mut tx = Tx::new();
        for write in self.catalog.write(read, product, sold_out, cause.clone()).map_err(TxError::Store)? {
            tx = tx.and(write, |_| NotWritten::Stale);
        }
        for (change, sku) in changes.iter().zip(skus) {
            for write in self.stock.list(change, offers.get(&sku), &about).map_err(TxError::Store)? {
                let (sku, own) = (sku.clone(), product.id);
                tx = tx.and(
                    write,
                    move |found| {
                        if is_of(&found, &own) { NotWritten::Stale } else { NotWritten::Taken(sku) }
                    },
                );
            }
        }
        if tx.len() > MAX_WRITES {
            return Err(TxError::Refused(NotWritten::TooMuch));
        }
        tx.commit(&self.context.db()).await
    }

    async fn answer(&self, status: u16, product: &Product) -> Result<Response, Problem> {
        let skus: Vec<Sku> = product.variants.iter().map(|variant| variant.sku.clone()).collect();
        let offers = self.stock.offers(&skus).await.map_err(|error| unavailable(&error))?;
        Response::json(status, &ProductAnswer::new(product, &offers, self.context.now()))
    }
}

fn busy() -> Problem {
    Problem::new(ProblemKind::Busy, "The catalogue is being written. Please try again.")
}

fn too_much() -> Problem {
    Problem::new(ProblemKind::Unprocessable, "Too many variants change at once. Add or remove a few at a time.")
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
    problem.errors.push(FieldError { pointer: format!("/variants/{index}/sku"), detail });
    problem
}
