//! The catalogue's page: the front page, a category, the results of a search.

use std::collections::BTreeMap;

use contracts::Problem;
use domain::catalog::Product;
use domain::search::{Cursor, Entry, Query, Sort};
use domain::settings::ShopSettings;
use domain::stock::Offer;
use domain::text::{Sku, Slug};
use domain::{Currency, Money};
use edge::http::{encoded, unavailable};
use edge::order_view::stock_level;
use edge::page::picture;
use edge::{Request, Response};
use pages::components::{Card, Choice, FormErrors, Pager, Price, Stock};
use pages::layout::{Head, Robots};
use pages::shop::{self, ActiveFilter};

use crate::ShowStorefront;

/// How many products a page shows: whole rows of 2, 3 and 4.
const PAGE: usize = 24;

/// What the reader asked for, as it stands in the address.
struct Filters {
    words: String,
    category: Option<Slug>,
    min: String,
    max: String,
    least: Option<Money>,
    most: Option<Money>,
    in_stock: bool,
    sort: Sort,
    after: Option<Cursor>,
    errors: FormErrors,
}

impl Filters {
    fn read(request: &Request, category: Option<Slug>, currency: Currency) -> Self {
        let text = |name: &str| request.query(name).unwrap_or_default().trim().to_owned();
        let mut errors = FormErrors::none();
        let mut amount = |name: &str, typed: &str| {
            let read = Money::parse_decimal(typed, currency);
            if read.is_none() && !typed.is_empty() {
                errors.add(name, "Enter an amount, such as 25 or 25.50.");
            }
            read
        };
        let (min, max) = (text("min"), text("max"));
        let (least, most) = (amount("min", &min), amount("max", &max));
        // A cursor that is none any more, in an old bookmark, leads to the first page.
        let after = request.query("cursor").and_then(|cursor| cursor.parse().ok());
        let sort = request.query("sort").and_then(|asked| Sort::ALL.iter().find(|sort| sort.as_str() == asked));
        Self {
            words: text("q").chars().take(200).collect(),
            category: category.or_else(|| request.query("category")?.parse().ok()),
            min,
            max,
            least,
            most,
            in_stock: request.query("in_stock").is_some_and(|asked| asked != "false"),
            sort: sort.copied().unwrap_or_default(),
            after,
            errors,
        }
    }

    fn query(&self) -> Query {
        Query {
            words: self.words.clone(),
            category: self.category.clone(),
            min: self.least.map(|least| least.amount),
            max: self.most.map(|most| most.amount),
            in_stock: self.in_stock,
            sort: self.sort,
            after: self.after,
            limit: PAGE,
        }
    }

    /// What stands in the address of the first page, by name.
    fn pairs(&self) -> BTreeMap<&'static str, String> {
        let category = self.category.as_ref().map(Slug::to_string).unwrap_or_default();
        let sort = if self.sort == Sort::default() { "" } else { self.sort.as_str() };
        let all = [
            ("q", self.words.clone()),
            ("category", category),
            ("min", self.min.clone()),
            ("max", self.max.clone()),
            ("in_stock", if self.in_stock { "true".to_owned() } else { String::new() }),
            ("sort", sort.to_owned()),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    fn without(&self, names: &[&str]) -> String {
        let mut pairs = self.pairs();
        pairs.retain(|name, _| !names.contains(name));
        address(&pairs)
    }

    /// The list with nothing but the words and the category.
    fn cleared(&self) -> String {
        self.without(&["min", "max", "in_stock", "sort"])
    }

    fn is_plain(&self) -> bool {
        self.pairs().keys().all(|name| *name == "category") && self.after.is_none()
    }

    fn is_front(&self) -> bool {
        self.is_plain() && self.category.is_none()
    }

    fn active(&self) -> Vec<ActiveFilter> {
        let least = self.least.map(|least| ("min", format!("From {}", least.format())));
        let most = self.most.map(|most| ("max", format!("Up to {}", most.format())));
        let in_stock = self.in_stock.then(|| ("in_stock", "In stock".to_owned()));
        let filters = [least, most, in_stock].into_iter().flatten();
        filters.map(|(name, words)| ActiveFilter { words, remove_href: self.without(&[name]) }).collect()
    }
}

/// Where a list is: a category alone has an address of its own.
fn address(pairs: &BTreeMap<&'static str, String>) -> String {
    if let (1, Some(category)) = (pairs.len(), pairs.get("category")) {
        return format!("/categories/{category}");
    }
    let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    if query.is_empty() { "/".to_owned() } else { format!("/?{}", query.join("&")) }
}

/// What was found, taken out of the snapshot.
struct Found {
    entries: Vec<Entry>,
    next: Option<Cursor>,
    total: usize,
    categories: Vec<Slug>,
}

/// GET / and GET /categories/{category}
pub(crate) async fn page(
    shop: &ShowStorefront,
    request: &Request,
    category: Option<Slug>,
) -> Result<Response, Problem> {
    let settings = shop.settings(&shop.shop).await?;
    let by_path = category.is_some();
    let filters = Filters::read(request, category, settings.currency);
    let found = {
        let snapshot = shop.snapshot().await?;
        let everything = snapshot.query(&Query { limit: 1, ..Query::default() });
        let page = snapshot.query(&filters.query());
        Found {
            entries: page.items.into_iter().cloned().collect(),
            next: page.next,
            total: page.total,
            categories: everything.categories.into_iter().map(|(category, _)| category).collect(),
        }
    };
    if by_path && filters.category.as_ref().is_some_and(|category| !found.categories.contains(category)) {
        return Err(Problem::not_found("category"));
    }
    let view = view(shop, &settings, &filters, found).await?;
    let status = if filters.errors.is_empty() { 200 } else { 422 };
    let head = head(shop, &settings, &filters, &view.title);
    Ok(shop.framed(request, &settings).page(status, &head, &shop::listing(&view)))
}

async fn view(
    shop: &ShowStorefront,
    settings: &ShopSettings,
    filters: &Filters,
    found: Found,
) -> Result<shop::Listing, Problem> {
    let front = filters.is_front();
    let chosen = |category: &Slug| filters.category.as_ref() == Some(category);
    let mut categories = vec![Choice::new("", "Everything", filters.category.is_none())];
    categories.extend(
        found.categories.iter().map(|one| Choice::new(one.as_str(), edge::page::label(one.as_str()), chosen(one))),
    );
    let mut category_links =
        vec![("Everything".to_owned(), filters.without(&["category"]), filters.category.is_none())];
    category_links.extend(found.categories.iter().map(|one| {
        let mut pairs = filters.pairs();
        pairs.insert("category", one.to_string());
        (edge::page::label(one.as_str()), address(&pairs), chosen(one))
    }));
    Ok(shop::Listing {
        title: title(settings, filters),
        front,
        promises: if front { promises(shop, settings).await? } else { Vec::new() },
        query: filters.words.clone(),
        categories,
        category_links,
        min: filters.min.clone(),
        max: filters.max.clone(),
        currency: settings.currency.to_string(),
        in_stock: filters.in_stock,
        active: filters.active(),
        clear_href: filters.cleared(),
        count: match found.total {
            1 => "1 product".to_owned(),
            many => format!("{many} products"),
        },
        pager: Pager {
            first: filters.after.map(|_| address(&filters.pairs())),
            next: found.next.map(|next| {
                let mut pairs = filters.pairs();
                pairs.insert("cursor", next.to_string());
                address(&pairs)
            }),
        },
        cards: cards(shop, &found.entries, filters.in_stock).await?,
        errors: filters.errors.clone(),
        ..shop::Listing::default()
    })
}

fn title(settings: &ShopSettings, filters: &Filters) -> String {
    let category = filters.category.as_ref().map(|slug| edge::page::label(slug.as_str()));
    match (filters.words.as_str(), category) {
        ("", Some(category)) => category,
        ("", None) if filters.is_front() && !settings.tagline.is_empty() => settings.tagline.clone(),
        ("", None) if filters.is_front() => settings.name.clone(),
        ("", None) => "Everything".to_owned(),
        (words, Some(category)) => format!("Results for “{words}” in {category}"),
        (words, None) => format!("Results for “{words}”"),
    }
}

async fn promises(shop: &ShowStorefront, settings: &ShopSettings) -> Result<Vec<String>, Problem> {
    let shipping = shop.settings(&shop.shipping).await?;
    let returns = shop.settings(&shop.returns).await?;
    let free = shipping.free_from(settings.home_country);
    Ok([
        free.map(|from| format!("Free delivery from {}", from.format())),
        (returns.window_days > 0).then(|| format!("{} days to return", returns.window_days)),
        Some("No account needed".to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect())
}

fn head(shop: &ShowStorefront, settings: &ShopSettings, filters: &Filters, title: &str) -> Head {
    if !filters.is_plain() {
        return Head::private(title).failed(&filters.errors);
    }
    let site = serde_json::json!({
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": settings.name,
        "url": format!("{}/", shop.url),
        "potentialAction": {
            "@type": "SearchAction",
            "target": format!("{}/?q={{search_term_string}}", shop.url),
            "query-input": "required name=search_term_string",
        },
    });
    let front = filters.is_front();
    let about = if settings.tagline.is_empty() { settings.name.clone() } else { settings.tagline.clone() };
    Head {
        title: if front { settings.name.clone() } else { title.to_owned() },
        description: Some(if front { format!("{about}.") } else { format!("{title} at {}. {about}.", settings.name) }),
        canonical: Some(format!("{}{}", shop.url, address(&filters.pairs()))),
        json_ld: front.then(|| site.to_string()),
        robots: Robots::Index,
        ..Head::default()
    }
}

/// The cards of a page. Where a price is struck through, the product is read for the lowest price of 30 days.
async fn cards(shop: &ShowStorefront, entries: &[Entry], in_stock: bool) -> Result<Vec<Card>, Problem> {
    let skus: Vec<Sku> = entries.iter().flat_map(|entry| entry.skus.iter().cloned()).collect();
    let reduced = entries.iter().filter(|entry| entry.compare_at_price.is_some());
    let products = futures::future::join_all(reduced.map(|entry| shop.catalog.product(&entry.slug)));
    let (offers, products) = futures::future::join(shop.stock.offers(&skus), products).await;
    let offers = offers.map_err(|error| unavailable(&error))?;
    let products: Vec<Product> = products
        .into_iter()
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unavailable(&error))?
        .into_iter()
        .flatten()
        .collect();
    let now = shop.context.now();
    let lowest = |entry: &Entry| {
        let product = products.iter().find(|product| product.id == entry.id)?;
        let cheapest = product.variants.iter().find(|variant| variant.price == entry.min_price)?;
        product.lowest_price_30_days(&cheapest.sku, now)
    };
    let cards = entries.iter().map(|entry| {
        let mut card = card(entry, &offers);
        if let Some(was) = entry.compare_at_price {
            card.price.was = Some(was.format());
            card.price.lowest = lowest(entry).map(Money::format);
        }
        card
    });
    // The snapshot hears of the last piece a moment later than the offer.
    Ok(cards.filter(|card| !in_stock || card.stock != Stock::SoldOut).collect())
}

/// A product in a list, without the price that it is compared with.
pub(crate) fn card(entry: &Entry, offers: &BTreeMap<Sku, Offer>) -> Card {
    let image = entry.image.as_ref().map(|image| image.key.as_str());
    Card {
        href: format!("/products/{}", entry.slug),
        title: entry.title.clone(),
        image: entry.skus.first().map(|sku| picture(sku, image, "")).unwrap_or_default(),
        price: Price {
            now: entry.min_price.format(),
            from: entry.min_price != entry.max_price,
            was: None,
            lowest: None,
        },
        stock: stock_of_all(entry, offers),
        note: (entry.skus.len() > 1).then(|| format!("{} kinds", entry.skus.len())),
    }
}

/// The stock of a product over all its kinds.
fn stock_of_all(entry: &Entry, offers: &BTreeMap<Sku, Offer>) -> Stock {
    let mut left = 0;
    let mut later = None;
    for sku in &entry.skus {
        match stock_level(offers.get(sku)) {
            Stock::Plenty => return Stock::Plenty,
            Stock::Low(few) => left += few,
            Stock::Backorder(when) => later = Some(when),
            Stock::SoldOut => {}
        }
    }
    match (left, later) {
        (0, None) => Stock::SoldOut,
        (0, Some(when)) => Stock::Backorder(when),
        (few @ 1..=3, _) => Stock::Low(few),
        (_, _) => Stock::Plenty,
    }
}
