//! The product's form at the desk.

use std::collections::BTreeMap;

use contracts::Problem;
use domain::Money;
use domain::catalog::{ProductDraft, VariantDraft};
use domain::settings::{Setting, ShopSettings};
use domain::text::Slug;
use edge::auth::Caller;
use edge::page::{DeskFrame, ShopFrame, desk_refusal};
use edge::{Request, Response};
use pages::layout::Section;
use store::stamp::Cause;

use crate::EditCatalog;

/// Saves what was typed.
pub(crate) async fn save(
    shop: &EditCatalog,
    request: &Request,
    caller: &Caller,
    cause: &Cause,
) -> Result<Response, Problem> {
    let typed: BTreeMap<String, String> = request.form::<Vec<(String, String)>>()?.into_iter().collect();
    let named = request.parameter("slug")?;
    let text = |name: &str| typed.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let slug = if named == "new" { text("slug") } else { named };
    let slug = Slug::new(slug).map_err(|error| Problem::field("/slug", error.to_string()))?;
    let settings = shop.shop.get(shop.context.now()).await.map_err(|error| edge::http::unavailable(&error))?;
    let mut errors = Vec::new();
    let draft = ProductDraft {
        title: text("title"),
        description: text("description"),
        status: serde_json::from_value(text("status").into()).unwrap_or_default(),
        category: Some(text("category")).filter(|category| !category.is_empty()),
        tax_class: text("tax_class"),
        warranty_months: number(&text("warranty_months"), "/warranty_months", &mut errors).unwrap_or_default(),
        return_window_days: number(&text("return_days"), "/return_days", &mut errors),
        images: None,
        variants: variants(&typed, &settings, &mut errors),
    };
    if !errors.is_empty() {
        return desk(shop, request, caller, &settings, &Problem::fields(errors));
    }
    match shop.write(&slug, &draft, cause).await {
        Ok((product, _)) => Ok(Response::see_other(&format!("/desk/products/{}?done=saved", product.slug))),
        Err(problem) if problem.kind.status() < 500 => desk(shop, request, caller, &settings, &problem),
        Err(problem) => Err(problem),
    }
}

fn desk(
    shop: &EditCatalog,
    request: &Request,
    caller: &Caller,
    settings: &ShopSettings,
    problem: &Problem,
) -> Result<Response, Problem> {
    let Caller::Staff(person, role) = caller else {
        return Err(Problem::unauthenticated());
    };
    let frame = DeskFrame::new(&shop.context, request, (person, *role), settings, Some(Section::Products));
    Ok(desk_refusal(frame, problem))
}

fn number<T: std::str::FromStr>(text: &str, pointer: &str, errors: &mut Vec<domain::FieldError>) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    let parsed = text.parse().ok();
    if parsed.is_none() {
        let detail = "Enter a whole number.".to_owned();
        errors.push(domain::FieldError { pointer: pointer.to_owned(), detail });
    }
    parsed
}

/// The rows of the table that have a SKU: `variant.<n>.<column>`.
fn variants(
    typed: &BTreeMap<String, String>,
    settings: &ShopSettings,
    errors: &mut Vec<domain::FieldError>,
) -> Vec<VariantDraft> {
    let mut rows: BTreeMap<usize, BTreeMap<&str, &str>> = BTreeMap::new();
    for (name, value) in typed {
        let mut parts = name.splitn(3, '.');
        if let (Some("variant"), Some(row), Some(column)) = (parts.next(), parts.next(), parts.next())
            && let Ok(row) = row.parse()
        {
            rows.entry(row).or_default().insert(column, value.trim());
        }
    }
    let filled = rows.into_iter().filter(|(_, row)| row.get("sku").is_some_and(|sku| !sku.is_empty()));
    filled
        .map(|(index, row)| {
            let text = |column: &str| row.get(column).copied().unwrap_or_default();
            let at = |column: &str| format!("/variant.{index}.{column}");
            let mut price = |column: &str| match text(column) {
                "" => None,
                typed => {
                    let parsed = Money::parse_decimal(typed, settings.currency);
                    if parsed.is_none() {
                        let detail = "Enter an amount, like 19.99.".to_owned();
                        errors.push(domain::FieldError { pointer: at(column), detail });
                    }
                    parsed
                }
            };
            let compare_at_price = price("compare_at_price");
            let price = price("price").unwrap_or_else(|| Money::zero(settings.currency));
            VariantDraft {
                sku: text("sku").to_owned(),
                title: text("title").to_owned(),
                options: options(text("options")),
                price,
                compare_at_price,
                weight_g: number(text("weight_g"), &at("weight_g"), errors).unwrap_or_default(),
                barcode: Some(text("barcode").to_owned()).filter(|barcode| !barcode.is_empty()),
            }
        })
        .collect()
}

/// `colour=white, size=L`.
fn options(typed: &str) -> BTreeMap<String, String> {
    let pairs = typed.split(',').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

/// A browser is told no on a page.
pub(crate) fn refused(shop: &EditCatalog, request: &Request, problem: &Problem) -> Response {
    ShopFrame::new(&shop.context, request, &Caller::Guest, &ShopSettings::initial()).refuse(request, problem)
}
