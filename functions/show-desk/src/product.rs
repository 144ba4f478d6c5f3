//! A product's form.

use std::collections::BTreeSet;

use contracts::Problem;
use domain::catalog::{Product, ProductStatus, Variant};
use domain::people::Action;
use domain::settings::ShopSettings;
use domain::tax::TaxSettings;
use domain::text::{Slug, TaxClass};
use edge::Response;
use edge::http::unavailable;
use edge::page::picture;
use pages::components::{Cell, Choice, EditColumn, EditTable, FormErrors};
use pages::desk::{self, ProductForm};
use pages::layout::{Head, Section};

use crate::products::status_badge;
use crate::{ShowDesk, Visit, label};

/// How many empty rows follow the variants, and how many a new product begins with.
const BLANK: usize = 3;

/// GET /desk/products/{slug} and GET /desk/products/new
pub(crate) async fn page(shop: &ShowDesk, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::EditCatalog)?;
    let named = visit.request.parameter("id")?;
    let product = if named == "new" {
        None
    } else {
        let slug: Slug = named.parse().map_err(|_| Problem::not_found("product"))?;
        let product = shop.catalog.product(&slug).await.map_err(|error| unavailable(&error))?;
        Some(product.ok_or_else(|| Problem::not_found("product"))?)
    };
    let settings = shop.of(&shop.shop).await?;
    let taxes = shop.of(&shop.taxes).await?;
    let categories = categories(shop).await?;
    let frame = shop.frame(visit, Section::Products).await?;
    let view = ProductForm {
        csrf: frame.csrf(),
        categories,
        variants: variants(product.as_ref(), &settings),
        ..form(product.as_ref(), &taxes)
    };
    let title = product.as_ref().map_or("New product", |product| product.title.as_str());
    Ok(frame.page(200, &Head::private(title), &desk::product_form(&view)))
}

/// The categories in use.
async fn categories(shop: &ShowDesk) -> Result<Vec<String>, Problem> {
    let mut snapshot = shop.snapshot.lock().await;
    shop.catalog.refresh(&mut snapshot).await.map_err(|error| unavailable(&error))?;
    let used: BTreeSet<String> =
        snapshot.entries().filter_map(|entry| entry.category.as_ref()).map(Slug::to_string).collect();
    Ok(used.into_iter().collect())
}

fn form(product: Option<&Product>, taxes: &TaxSettings) -> ProductForm {
    let status = product.map_or(ProductStatus::Draft, |product| product.status);
    let class = product.map_or_else(TaxClass::standard, |product| product.tax_class.clone());
    let classes: BTreeSet<&TaxClass> = taxes.rates.iter().map(|rate| &rate.class).chain([&class]).collect();
    ProductForm {
        new: product.is_none(),
        title: product.map(|product| product.title.clone()).unwrap_or_default(),
        slug: product.map(|product| product.slug.to_string()).unwrap_or_default(),
        description: product.map(|product| product.description.clone()).unwrap_or_default(),
        statuses: [ProductStatus::Draft, ProductStatus::Active, ProductStatus::Archived]
            .into_iter()
            .map(|one| Choice::new(one.as_str(), status_badge(one).word(), one == status))
            .collect(),
        category: product.and_then(|product| product.category.as_ref()).map(Slug::to_string).unwrap_or_default(),
        categories: Vec::new(),
        tax_classes: classes
            .into_iter()
            .map(|one| Choice::new(one.as_str(), label(one.as_str()), *one == class))
            .collect(),
        warranty_months: product.map(|product| product.warranty_months.to_string()).unwrap_or_default(),
        return_days: product
            .and_then(|product| product.return_window_days)
            .map(|days| days.to_string())
            .unwrap_or_default(),
        variants: EditTable {
            name: "variant",
            caption: "Variants".to_owned(),
            row_word: "variant",
            columns: Vec::new(),
            rows: Vec::new(),
            blank: 0,
        },
        images: product.map(images).unwrap_or_default(),
        may_upload: false,
        shop_href: product
            .filter(|product| product.status == ProductStatus::Active)
            .map(|product| format!("/products/{}", product.slug)),
        rev: product.map_or(0, |product| product.version).to_string(),
        csrf: String::new(),
        errors: FormErrors::none(),
    }
}

fn images(product: &Product) -> Vec<pages::components::Image> {
    let Some(first) = product.variants.first() else {
        return Vec::new();
    };
    product.images.iter().map(|image| picture(&first.sku, Some(&image.key), &image.alt)).collect()
}

/// The variants as rows. Options stand as `colour=white, size=L`.
fn variants(product: Option<&Product>, settings: &ShopSettings) -> EditTable {
    let row = |variant: &Variant| {
        let options: Vec<String> = variant.options.iter().map(|(name, value)| format!("{name}={value}")).collect();
        vec![
            variant.sku.to_string(),
            variant.title.clone(),
            options.join(", "),
            variant.price.decimal(),
            variant.compare_at_price.map(domain::Money::decimal).unwrap_or_default(),
            variant.weight_g.to_string(),
            variant.barcode.clone().unwrap_or_default(),
        ]
    };
    let money = settings.currency;
    EditTable {
        name: "variant",
        caption: "Variants".to_owned(),
        row_word: "variant",
        columns: vec![
            EditColumn::new("sku", "SKU", Cell::Text),
            EditColumn::new("title", "Title", Cell::Text),
            EditColumn::new("options", "Options", Cell::Text),
            EditColumn::new("price", format!("Price, {money}"), Cell::Amount),
            EditColumn::new("compare_at_price", format!("Before, {money}"), Cell::Amount),
            EditColumn::new("weight_g", "Weight, g", Cell::Number),
            EditColumn::new("barcode", "Barcode", Cell::Text),
        ],
        rows: product.map(|product| product.variants.iter().map(row).collect()).unwrap_or_default(),
        blank: BLANK,
    }
}
