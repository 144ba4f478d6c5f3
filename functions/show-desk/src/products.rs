//! The list of products, drafts and archived ones too.
//!
//! Search knows what is for sale alone. The whole list is read along the SKUs: a product stands where the first of its
//! SKUs does, so that it stands there once.

use std::collections::{BTreeMap, BTreeSet};

use contracts::Problem;
use domain::catalog::{Product, ProductStatus};
use domain::people::Action;
use domain::search::Query;
use domain::stock::Offer;
use domain::text::{Sku, Slug};
use edge::Response;
use edge::http::unavailable;
use futures::future::join_all;
use pages::components::{Badge, Pager, Tab};
use pages::desk::{self, ProductRow, Products};
use pages::layout::{Head, Section};
use store::Cursor;

use crate::{ShowDesk, address};
use edge::desk::Visit;
use edge::page::{label, picture};

/// How many SKUs are read at a time, and how many products a search finds at most.
const PAGE: usize = 50;
/// A view reads on until it has so many products, or has read so often.
const ENOUGH: usize = 25;
const ROUNDS: usize = 6;

const STATUSES: [ProductStatus; 3] = [ProductStatus::Active, ProductStatus::Draft, ProductStatus::Archived];

/// GET /desk/products
pub(crate) async fn page(shop: &ShowDesk, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::ViewCatalog)?;
    let request = visit.request;
    let asked = request.query("status").unwrap_or_default();
    let status = STATUSES.into_iter().find(|status| status.as_str() == asked);
    let query = request.query("q").unwrap_or_default().trim();
    let after: Option<Cursor> = request.query("cursor").and_then(|cursor| cursor.parse().ok());
    let (products, next) = if query.is_empty() {
        read(shop, status, after.clone()).await?
    } else {
        (search(shop, status, query).await?, None)
    };
    let skus: Vec<Sku> = products.iter().flat_map(skus).collect();
    let offers = shop.stock.offers(&skus).await.map_err(|error| unavailable(&error))?;
    let name = status.map_or("", ProductStatus::as_str);
    let may_edit = visit.role.may(Action::EditCatalog);
    let tab = |one: Option<ProductStatus>, words: &str| Tab {
        words: words.to_owned(),
        href: address("/desk/products", &[("status", one.map_or("", ProductStatus::as_str)), ("q", query)]),
        current: one == status,
        count: None,
    };
    let mut views = vec![tab(None, "All")];
    views.extend(STATUSES.into_iter().map(|one| {
        tab(
            Some(one),
            match one {
                ProductStatus::Active => "Active",
                ProductStatus::Draft => "Drafts",
                ProductStatus::Archived => "Archived",
            },
        )
    }));
    let view = Products {
        views,
        status: name.to_owned(),
        query: query.to_owned(),
        rows: products.iter().map(|product| row(product, &offers, may_edit)).collect(),
        pager: Pager {
            first: after.map(|_| address("/desk/products", &[("status", name)])),
            next: next.map(|next| address("/desk/products", &[("status", name), ("cursor", &next.to_string())])),
        },
        may_edit,
    };
    let frame = shop.frame(visit, Section::Products).await?;
    Ok(frame.page(200, &Head::private("Products"), &desk::products(&view)))
}

fn skus(product: &Product) -> Vec<Sku> {
    product.variants.iter().map(|variant| variant.sku.clone()).collect()
}

fn fits(product: &Product, status: Option<ProductStatus>) -> bool {
    status.is_none_or(|status| product.status == status)
}

async fn read(
    shop: &ShowDesk,
    status: Option<ProductStatus>,
    mut after: Option<Cursor>,
) -> Result<(Vec<Product>, Option<Cursor>), Problem> {
    let mut found = Vec::new();
    for _ in 0..ROUNDS {
        let page = shop.stock.page(&[], after.as_ref(), PAGE).await.map_err(|error| unavailable(&error))?;
        let listed: BTreeSet<&Sku> = page.items.iter().map(|stock| &stock.offer.listing.sku).collect();
        let slugs: BTreeSet<&Slug> = page.items.iter().map(|stock| &stock.offer.listing.slug).collect();
        let products = products(shop, slugs).await?;
        let here = |product: &Product| {
            let first = product.variants.iter().map(|variant| &variant.sku).min();
            first.is_some_and(|first| listed.contains(first))
        };
        found.extend(products.into_iter().filter(|product| here(product) && fits(product, status)));
        after = page.next;
        if after.is_none() || found.len() >= ENOUGH {
            break;
        }
    }
    Ok((found, after))
}

/// What search finds, and whatever has this very SKU or address.
async fn search(shop: &ShowDesk, status: Option<ProductStatus>, query: &str) -> Result<Vec<Product>, Problem> {
    let mut slugs: BTreeSet<Slug> = {
        let mut snapshot = shop.snapshot.lock().await;
        shop.catalog.refresh(&mut snapshot).await.map_err(|error| unavailable(&error))?;
        let found = snapshot.query(&Query { words: query.to_owned(), limit: PAGE, ..Query::default() });
        found.items.into_iter().map(|entry| entry.slug.clone()).collect()
    };
    if let Ok(sku) = Sku::new(query) {
        let offer = shop.stock.offer(&sku).await.map_err(|error| unavailable(&error))?;
        slugs.extend(offer.map(|offer| offer.listing.slug));
    }
    slugs.extend(Slug::new(query.to_lowercase().replace(' ', "-")).ok());
    let products = products(shop, slugs.iter().collect()).await?;
    Ok(products.into_iter().filter(|product| fits(product, status)).collect())
}

async fn products(shop: &ShowDesk, slugs: BTreeSet<&Slug>) -> Result<Vec<Product>, Problem> {
    let read = join_all(slugs.into_iter().map(|slug| shop.catalog.product(slug))).await;
    let products = read.into_iter().collect::<Result<Vec<_>, _>>().map_err(|error| unavailable(&error))?;
    Ok(products.into_iter().flatten().collect())
}

/// The sign of a product's status.
pub(crate) const fn status_badge(status: ProductStatus) -> Badge {
    match status {
        ProductStatus::Draft => Badge::Draft,
        ProductStatus::Active => Badge::Active,
        ProductStatus::Archived => Badge::Archived,
    }
}

fn row(product: &Product, offers: &BTreeMap<Sku, Offer>, may_edit: bool) -> ProductRow {
    let available: i64 =
        product.variants.iter().filter_map(|variant| offers.get(&variant.sku)).map(|offer| offer.available).sum();
    let uploaded = product.images.first().map(|image| image.key.as_str());
    ProductRow {
        title: product.title.clone(),
        href: if may_edit { format!("/desk/products/{}", product.slug) } else { format!("/products/{}", product.slug) },
        image: product.variants.first().map(|variant| picture(&variant.sku, uploaded, "")).unwrap_or_default(),
        state: status_badge(product.status),
        category: product.category.as_ref().map(|category| label(category.as_str())).unwrap_or_default(),
        variants: product.variants.len().to_string(),
        price: match product.price_range() {
            None => String::new(),
            Some((low, high)) if low == high => low.format(),
            Some((low, high)) => format!("{} – {}", low.format(), high.format()),
        },
        available: available.to_string(),
    }
}
