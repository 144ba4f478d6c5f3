//! A product's page at the desk: its form, and the form again with what was typed where something is wrong.

use std::collections::BTreeSet;

use contracts::{Problem, ProblemKind};
use domain::catalog::{Product, ProductStatus};
use domain::settings::ShopSettings;
use domain::text::{Slug, TaxClass};
use edge::desk::{DeskFrame, Visit};
use edge::http::unavailable;
use edge::page::{label, picture};
use edge::{Request, Response};
use pages::components::{Badge, Cell, Choice, EditColumn, EditTable};
use pages::desk::{self, ProductForm, ProductPicture};
use pages::layout::{Head, Section};
use store::stamp::Cause;

use crate::form::{COLUMNS, Typed, errors};
use crate::{EditCatalog, Over};

/// How many empty rows follow the variants.
const BLANK: usize = 3;

/// The address of a product that is not written yet.
pub(crate) const NEW: &str = "new";

/// GET /desk/products/{slug}, and /desk/products/new
pub(crate) async fn page(shop: &EditCatalog, visit: &Visit<'_>) -> Result<Response, Problem> {
    let product = kept(shop, visit.request).await?;
    let typed = product.as_ref().map(Typed::of).unwrap_or_default();
    show(shop, visit, product.as_ref(), &typed, None).await
}

/// POST /desk/products/{slug}
pub(crate) async fn save(shop: &EditCatalog, visit: &Visit<'_>, cause: &Cause) -> Result<Response, Problem> {
    let typed = Typed::read(visit.request)?;
    match write(shop, visit.request, &typed, cause).await {
        Ok(product) => Ok(Response::see_other(&format!("/desk/products/{}?done=saved", product.slug))),
        Err(problem) if problem.kind.status() < 500 && problem.kind != ProblemKind::NotFound => {
            let product = kept(shop, visit.request).await?;
            show(shop, visit, product.as_ref(), &typed, Some(&problem)).await
        }
        Err(problem) => Err(problem),
    }
}

async fn write(shop: &EditCatalog, request: &Request, typed: &Typed, cause: &Cause) -> Result<Product, Problem> {
    let named = request.parameter("slug")?;
    let new = named == NEW;
    let slug = if new { typed.text("slug").to_owned() } else { named };
    let slug = Slug::new(slug).map_err(|error| Problem::field("/slug", error.to_string()))?;
    let settings = shop.settings().await?;
    let draft = typed.draft(settings.currency)?;
    let over = if new { Over::Nothing } else { Over::Version(typed.version()) };
    shop.write(&slug, &draft, over, cause).await.map(|(product, _)| product)
}

/// The product that the address names; none for a new one.
pub(crate) async fn kept(shop: &EditCatalog, request: &Request) -> Result<Option<Product>, Problem> {
    if request.parameter("slug")? == NEW {
        return Ok(None);
    }
    shop.known(&request.parse_parameter("slug", "product")?).await.map(Some)
}

/// The page with what was typed, and what is wrong with it.
pub(crate) async fn show(
    shop: &EditCatalog,
    visit: &Visit<'_>,
    product: Option<&Product>,
    typed: &Typed,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let settings = shop.settings().await?;
    let taxes = shop.taxes.get(shop.context.now()).await.map_err(|error| unavailable(&error))?;
    let categories = shop.categories().await?;
    let frame = DeskFrame::new(&shop.context, visit, &settings, Some(Section::Products));
    let status: ProductStatus = serde_json::from_value(typed.text("status").into()).unwrap_or_default();
    let class: TaxClass = typed.text("tax_class").parse().unwrap_or_else(|_| TaxClass::standard());
    let classes: BTreeSet<&TaxClass> = taxes.rates.iter().map(|rate| &rate.class).chain([&class]).collect();
    let statuses = [
        (ProductStatus::Draft, Badge::Draft),
        (ProductStatus::Active, Badge::Active),
        (ProductStatus::Archived, Badge::Archived),
    ];
    let choice = |one: &TaxClass| Choice::new(one.as_str(), label(one.as_str()), *one == class);
    // Whoever saves again after they were told saves over what they were told of.
    let stale = problem.is_some_and(|problem| problem.kind == ProblemKind::Stale);
    let version = if stale { product.map_or(0, |product| product.version) } else { typed.version() };
    let errors = problem.map(errors).unwrap_or_default();
    let head = Head::private(product.map_or("New product", |product| &product.title)).failed(&errors);
    let view = ProductForm {
        new: product.is_none(),
        heading: product.map_or("New product", |product| &product.title).to_owned(),
        title: typed.text("title").to_owned(),
        slug: product.map_or(typed.text("slug"), |product| product.slug.as_str()).to_owned(),
        description: typed.text("description").to_owned(),
        statuses: statuses.map(|(one, badge)| Choice::new(one.as_str(), badge.word(), one == status)).into(),
        category: typed.text("category").to_owned(),
        categories,
        tax_classes: classes.into_iter().map(choice).collect(),
        warranty_months: typed.text("warranty_months").to_owned(),
        return_days: typed.text("return_days").to_owned(),
        final_sale: typed.text("final_sale") == "true",
        variants: variants(typed, &settings),
        images: product.map(images).unwrap_or_default(),
        alt: typed.text("alt").to_owned(),
        shop_href: product
            .filter(|product| product.status == ProductStatus::Active)
            .map(|product| format!("/products/{}", product.slug)),
        rev: version.to_string(),
        csrf: frame.csrf(),
        errors,
    };
    let status = problem.map_or(200, |problem| problem.kind.status());
    Ok(frame.page(status, &head, &desk::product_form(&view)))
}

fn images(product: &Product) -> Vec<ProductPicture> {
    let Some(first) = product.variants.first() else {
        return Vec::new();
    };
    let images = product.images.iter();
    images
        .map(|image| ProductPicture {
            image: picture(&first.sku, Some(&image.key), &image.alt),
            key: image.key.clone(),
        })
        .collect()
}

/// The variants as rows. Options stand as `colour=white, size=L`.
fn variants(typed: &Typed, settings: &ShopSettings) -> EditTable {
    let money = settings.currency;
    let column = |key: &'static str| match key {
        "sku" => EditColumn::new(key, "SKU", Cell::Text),
        "price" => EditColumn::new(key, format!("Price, {money}"), Cell::Amount),
        "compare_at_price" => EditColumn::new(key, format!("Before, {money}"), Cell::Amount),
        "weight_g" => EditColumn::new(key, "Weight, g", Cell::Number),
        _ => EditColumn::new(key, label(key), Cell::Text),
    };
    EditTable {
        name: "variant",
        caption: "Variants".to_owned(),
        row_word: "variant",
        columns: COLUMNS.map(column).into(),
        rows: typed.rows.clone(),
        blank: BLANK,
    }
}
