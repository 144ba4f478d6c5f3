//! A product's page.

use std::collections::BTreeMap;

use contracts::Problem;
use domain::Money;
use domain::catalog::{Product, ProductStatus, Variant};
use domain::returns::Terms;
use domain::search::{Entry, Query, Sort};
use domain::settings::ShopSettings;
use domain::shipping::Quote;
use domain::stock::Offer;
use domain::text::{Sku, Slug};
use edge::http::unavailable;
use edge::order_view::stock_level;
use edge::page::{picture, picture_path};
use edge::{Request, Response};
use futures::future::join;
use jiff::civil::{Date, Weekday};
use pages::components::{Crumb, Image, Price, Stock};
use pages::layout::Head;
use pages::shop;

use crate::ShowStorefront;
use crate::listing::card;

/// How many products are shown that go with it.
const RELATED: usize = 4;
/// How many pictures are drawn where none was uploaded: one per kind, and no more than these.
const DRAWN: usize = 6;
/// As long as a sentence in a search result may be, in characters.
const DESCRIPTION: usize = 160;

/// GET /products/{slug}
pub(crate) async fn page(shop: &ShowStorefront, request: &Request) -> Result<Response, Problem> {
    let slug: Slug = request.parse_parameter("slug", "product")?;
    let (product, snapshot) = join(shop.catalog.product(&slug), shop.snapshot()).await;
    let product = product.map_err(|error| unavailable(&error))?;
    let product = product
        .filter(|product| product.status == ProductStatus::Active)
        .ok_or_else(|| Problem::not_found("product"))?;
    let snapshot = snapshot?;
    let related = related(&snapshot, &product);
    drop(snapshot);
    let skus: Vec<Sku> = product
        .variants
        .iter()
        .map(|variant| variant.sku.clone())
        .chain(related.iter().flat_map(|entry| entry.skus.iter().cloned()))
        .collect();
    let offers = shop.stock.offers(&skus).await.map_err(|error| unavailable(&error))?;
    let settings = shop.settings(&shop.shop).await?;
    let chosen = chosen(request, &product, &offers);
    let head = head(shop, &product, chosen, &offers);
    let frame = shop.framed(request, &settings);
    let view = shop::Product {
        related: related.iter().map(|entry| card(entry, &offers)).collect(),
        return_to: came_from(request),
        csrf: frame.csrf(),
        ..view(shop, &settings, &product, chosen, &offers).await?
    };
    Ok(frame.page(200, &head, &shop::product(&view)))
}

fn related(snapshot: &domain::search::Snapshot, product: &Product) -> Vec<Entry> {
    let Some(category) = product.category.clone() else {
        return Vec::new();
    };
    let query = Query { category: Some(category), sort: Sort::Newest, limit: RELATED + 1, ..Query::default() };
    let found = snapshot.query(&query).items.into_iter().filter(|entry| entry.id != product.id);
    found.take(RELATED).cloned().collect()
}

/// The kind that the address names, or else the first that can be bought.
fn chosen<'a>(request: &Request, product: &'a Product, offers: &BTreeMap<Sku, Offer>) -> Option<&'a Variant> {
    let named = request.query("variant").and_then(|sku| Sku::new(sku).ok());
    let named = named.and_then(|sku| product.variant(&sku));
    let there = |variant: &&Variant| stock_level(offers.get(&variant.sku)) != Stock::SoldOut;
    named.or_else(|| product.variants.iter().find(there)).or(product.variants.first())
}

/// The list that the reader came from, so that "Continue shopping" leads back to it.
fn came_from(request: &Request) -> String {
    let own = |referer: &str| {
        let (_, rest) = referer.split_once("://")?;
        let (host, path) = rest.split_once('/')?;
        let path = format!("/{path}");
        let list = path == "/" || path.starts_with("/?") || path.starts_with("/categories/");
        (Some(host) == request.header("host") && list && path.len() < 500).then_some(path)
    };
    request.header("referer").and_then(own).unwrap_or_else(|| "/".to_owned())
}

async fn view(
    shop: &ShowStorefront,
    settings: &ShopSettings,
    product: &Product,
    chosen: Option<&Variant>,
    offers: &BTreeMap<Sku, Offer>,
) -> Result<shop::Product, Problem> {
    let taxes = shop.settings(&shop.taxes).await?;
    let returns = shop.settings(&shop.returns).await?;
    let terms = Terms::of(&returns, &product.after_sale());
    let mut crumbs = vec![Crumb { words: settings.name.clone(), href: "/".to_owned() }];
    crumbs.extend(product.category.as_ref().map(|category| Crumb {
        words: edge::page::label(category.as_str()),
        href: format!("/categories/{category}"),
    }));
    Ok(shop::Product {
        crumbs,
        title: product.title.clone(),
        description: paragraphs(&product.description),
        images: images(product, chosen),
        variants: variants(shop, product, chosen, offers),
        delivery: match chosen {
            Some(variant) => delivery(shop, settings, variant).await?,
            None => None,
        },
        returns: match terms {
            Terms { final_sale: true, .. } => {
                Some("Final sale: it comes back only when something is wrong with it".to_owned())
            }
            Terms { window_days: 0, .. } => None,
            Terms { window_days, .. } => Some(format!("Return within {window_days} days")),
        },
        warranty: (product.warranty_months > 0).then(|| format!("{} months warranty", product.warranty_months)),
        tax_note: Some(if taxes.prices_include_tax {
            "Price includes tax. Delivery is added at checkout.".to_owned()
        } else {
            "Tax and delivery are added at checkout.".to_owned()
        }),
        facts: facts(product),
        quantity: "1".to_owned(),
        ..shop::Product::default()
    })
}

fn variants(
    shop: &ShowStorefront,
    product: &Product,
    chosen: Option<&Variant>,
    offers: &BTreeMap<Sku, Offer>,
) -> Vec<shop::Variant> {
    let now = shop.context.now();
    let shown = |variant: &Variant| shop::Variant {
        sku: variant.sku.to_string(),
        label: label(variant),
        price: Price {
            now: variant.price.format(),
            from: false,
            was: variant.compare_at_price.map(Money::format),
            lowest: variant
                .compare_at_price
                .and_then(|_| product.lowest_price_30_days(&variant.sku, now))
                .map(Money::format),
        },
        stock: stock_level(offers.get(&variant.sku)),
        chosen: chosen.is_some_and(|chosen| chosen.sku == variant.sku),
    };
    product.variants.iter().map(shown).collect()
}

fn label(variant: &Variant) -> String {
    if !variant.title.is_empty() {
        return variant.title.clone();
    }
    let options: Vec<&str> = variant.options.values().map(String::as_str).collect();
    if options.is_empty() { variant.sku.to_string() } else { options.join(", ") }
}

fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()).map(str::to_owned).collect()
}

/// The uploaded pictures, or else one drawn for each kind, that of the chosen one first.
fn images(product: &Product, chosen: Option<&Variant>) -> Vec<Image> {
    let Some(first) = chosen.or(product.variants.first()) else {
        return Vec::new();
    };
    if !product.images.is_empty() {
        let described = |alt: &str| if alt.is_empty() { product.title.clone() } else { alt.to_owned() };
        let uploaded = product.images.iter();
        return uploaded.map(|image| picture(&first.sku, Some(&image.key), &described(&image.alt))).collect();
    }
    let others = product.variants.iter().filter(|variant| variant.sku != first.sku);
    let drawn = std::iter::once(first).chain(others).take(DRAWN);
    drawn.map(|variant| picture(&variant.sku, None, &format!("{}, {}", product.title, label(variant)))).collect()
}

/// What all kinds have to say of themselves: their options, and what they weigh.
fn facts(product: &Product) -> Vec<(String, String)> {
    let mut options: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in product.variants.iter().flat_map(|variant| &variant.options) {
        let values = options.entry(name.as_str()).or_default();
        if !values.contains(&value.as_str()) {
            values.push(value.as_str());
        }
    }
    let capital = |name: &str| {
        let mut characters = name.chars();
        characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
    };
    let mut facts: Vec<(String, String)> =
        options.into_iter().map(|(name, values)| (capital(name), values.join(", "))).collect();
    let lightest = product.variants.iter().map(|variant| variant.weight_g).min().unwrap_or_default();
    let heaviest = product.variants.iter().map(|variant| variant.weight_g).max().unwrap_or_default();
    match (lightest, heaviest) {
        (_, 0) => {}
        (light, heavy) if light == heavy => facts.push(("Weight".to_owned(), format!("{heavy} g"))),
        (light, heavy) => facts.push(("Weight".to_owned(), format!("{light}–{heavy} g"))),
    }
    facts
}

/// When one of it would arrive in the shop's own country by the first way there.
async fn delivery(
    shop: &ShowStorefront,
    settings: &ShopSettings,
    variant: &Variant,
) -> Result<Option<String>, Problem> {
    let shipping = shop.settings(&shop.shipping).await?;
    let quotes = shipping.options(settings.home_country, u64::from(variant.weight_g), variant.price);
    let today = domain::calendar::date(shop.context.now());
    let arrival = quotes.first().and_then(|quote| arrival(quote, today));
    Ok(arrival.map(|days| format!("Order today, arrives in {} {days}", settings.home_country.name())))
}

fn arrival(quote: &Quote, today: Date) -> Option<String> {
    let first = after_working_days(today, quote.min_days)?;
    let last = after_working_days(today, quote.max_days)?;
    let full = |date: Date| date.strftime("%-d %B").to_string();
    Some(if first == last {
        full(first)
    } else if first.month() == last.month() {
        format!("{}–{}", first.day(), full(last))
    } else {
        format!("{} – {}", full(first), full(last))
    })
}

/// The day after so many working days, Monday to Friday. Public holidays are not known.
fn after_working_days(from: Date, days: u16) -> Option<Date> {
    let mut date = from;
    let mut left = days;
    while left > 0 {
        date = date.tomorrow().ok()?;
        if !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
            left -= 1;
        }
    }
    Some(date)
}

fn head(shop: &ShowStorefront, product: &Product, chosen: Option<&Variant>, offers: &BTreeMap<Sku, Offer>) -> Head {
    let address = format!("{}/products/{}", shop.url, product.slug);
    let uploaded = product.images.first().map(|image| image.key.as_str());
    let image = chosen.map(|variant| format!("{}{}", shop.url, picture_path(&variant.sku, uploaded)));
    let description = shortened(paragraphs(&product.description).first().map(String::as_str).unwrap_or_default());
    let of_variant = |variant: &Variant| {
        let availability = match stock_level(offers.get(&variant.sku)) {
            Stock::Plenty => "https://schema.org/InStock",
            Stock::Low(_) => "https://schema.org/LimitedAvailability",
            Stock::Backorder(_) => "https://schema.org/BackOrder",
            Stock::SoldOut => "https://schema.org/OutOfStock",
        };
        serde_json::json!({
            "@type": "Offer",
            "sku": variant.sku,
            "name": label(variant),
            "url": format!("{address}?variant={}", variant.sku),
            "price": variant.price.decimal(),
            "priceCurrency": variant.price.currency.code(),
            "itemCondition": "https://schema.org/NewCondition",
            "availability": availability,
        })
    };
    let json = serde_json::json!({
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.title,
        "description": product.description,
        "url": address,
        "sku": chosen.map(|variant| variant.sku.as_str()),
        "image": image.iter().collect::<Vec<_>>(),
        "category": product.category.as_ref().map(|slug| edge::page::label(slug.as_str())),
        "offers": product.variants.iter().map(of_variant).collect::<Vec<_>>(),
    });
    Head {
        title: product.title.clone(),
        description: (!description.is_empty()).then_some(description),
        canonical: Some(address),
        image,
        json_ld: Some(json.to_string()),
        ..Head::default()
    }
}

/// The text up to the last whole word that fits.
fn shortened(text: &str) -> String {
    if text.chars().count() <= DESCRIPTION {
        return text.to_owned();
    }
    let kept: String = text.chars().take(DESCRIPTION).collect();
    let whole = kept.rsplit_once(' ').map_or(kept.as_str(), |(whole, _)| whole);
    format!("{whole}…")
}
