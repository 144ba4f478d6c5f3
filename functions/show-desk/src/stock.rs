//! The stock as a table, with the form that sets it right.

use contracts::Problem;
use domain::people::Action;
use domain::settings::LocationSettings;
use domain::stock::{Level, Reason, Stock};
use domain::text::LocationId;
use edge::Response;
use edge::http::unavailable;
use edge::order_view::stock_level;
use pages::components::{Choice, Pager};
use pages::desk::{self, Adjustment, StockRow, StockTable};
use pages::layout::Section;
use store::Cursor;

use crate::{ShowDesk, address};
use edge::desk::Visit;
use edge::page::{form_key, label};

/// How many SKUs are read at a time.
const PAGE: usize = 50;
/// A filter reads on until it has so many SKUs, or has read so often.
const ENOUGH: usize = 25;
const ROUNDS: usize = 6;

/// What is asked for, as it stands in the address.
struct Asked {
    words: String,
    location: Option<LocationId>,
    below: Option<i64>,
    after: Option<Cursor>,
}

impl Asked {
    fn wants(&self, stock: &Stock) -> bool {
        let words = self.words.to_lowercase();
        let listing = &stock.offer.listing;
        let called = [listing.sku.as_str(), listing.title.as_str()].map(str::to_lowercase);
        let few = self.below.is_none_or(|below| stock.offer.available < below);
        few && called.iter().any(|name| name.contains(&words))
    }
}

/// GET /desk/stock
pub(crate) async fn page(shop: &ShowDesk, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::ViewStock)?;
    let request = visit.request;
    let locations = shop.of(&shop.locations).await?;
    let asked = Asked {
        words: request.query("q").unwrap_or_default().trim().to_owned(),
        location: request.query("location").and_then(|id| id.parse().ok()).filter(|id| locations.has(id)),
        below: request.query("below").and_then(|below| below.trim().parse().ok()),
        after: request.query("cursor").and_then(|cursor| cursor.parse().ok()),
    };
    let shown: Vec<LocationId> = match &asked.location {
        Some(location) => vec![location.clone()],
        None => locations.locations.iter().map(|location| location.id.clone()).collect(),
    };
    let (found, next) = read(shop, &shown, &asked).await?;
    let location = asked.location.as_ref().map(LocationId::as_str).unwrap_or_default();
    let below = asked.below.map(|below| below.to_string()).unwrap_or_default();
    let list = |more: &[(&str, &str)]| {
        let mut pairs = vec![("q", asked.words.as_str()), ("location", location), ("below", below.as_str())];
        pairs.extend_from_slice(more);
        address("/desk/stock", &pairs)
    };
    let here = request.query("cursor").unwrap_or_default();
    let adjust = |sku: &str, at: &str| format!("{}#adjust", list(&[("cursor", here), ("adjust", sku), ("at", at)]));
    let frame = shop.frame(visit, Section::Stock).await?;
    let mut choices = vec![Choice::new("", "Everywhere", location.is_empty())];
    choices.extend(places(&locations, location));
    let view = StockTable {
        rows: found.iter().flat_map(|stock| rows(stock, &shown, &adjust)).collect(),
        locations: choices,
        words: asked.words.clone(),
        below: below.clone(),
        pager: Pager {
            first: asked.after.as_ref().map(|_| list(&[])),
            next: next.map(|next| list(&[("cursor", &next.to_string())])),
        },
        transfers: visit.role.may(Action::ViewTransfers),
        adjustment: visit.role.may(Action::AdjustStock).then(|| Adjustment {
            sku: request.query("adjust").unwrap_or_default().to_owned(),
            locations: places(&locations, request.query("at").unwrap_or(location)),
            mode: "delta".to_owned(),
            reasons: Reason::ALL
                .iter()
                .map(|reason| Choice::new(reason.as_str(), label(reason.as_str()), *reason == Reason::Received))
                .collect(),
            idempotency_key: form_key(&shop.context),
            csrf: frame.csrf(),
            ..Adjustment::default()
        }),
    };
    Ok(frame.page(200, &desk::stock_head(), &desk::stock(&view)))
}

async fn read(
    shop: &ShowDesk,
    locations: &[LocationId],
    asked: &Asked,
) -> Result<(Vec<Stock>, Option<Cursor>), Problem> {
    let mut found = Vec::new();
    let mut after = asked.after.clone();
    for _ in 0..ROUNDS {
        let page = shop.stock.page(locations, after.as_ref(), PAGE).await.map_err(|error| unavailable(&error))?;
        found.extend(page.items.into_iter().filter(|stock| asked.wants(stock)));
        after = page.next;
        if after.is_none() || found.len() >= ENOUGH {
            break;
        }
    }
    Ok((found, after))
}

fn places(settings: &LocationSettings, chosen: &str) -> Vec<Choice> {
    let places = settings.locations.iter();
    places.map(|place| Choice::new(place.id.as_str(), place.name.clone(), place.id.as_str() == chosen)).collect()
}

/// A row for each location that has something of a SKU; at least one.
fn rows(stock: &Stock, shown: &[LocationId], adjust: &impl Fn(&str, &str) -> String) -> Vec<StockRow> {
    let none = Level::default();
    let mut levels: Vec<(&LocationId, &Level)> =
        shown.iter().filter_map(|location| Some((location, stock.levels.get(location)?))).collect();
    if levels.is_empty() {
        levels.extend(shown.first().map(|location| (location, &none)));
    }
    let sku = stock.offer.listing.sku.as_str();
    let rows = levels.into_iter().map(|(location, level)| StockRow {
        sku: sku.to_owned(),
        title: stock.offer.listing.title.clone(),
        location: location.to_string(),
        on_hand: level.on_hand.to_string(),
        committed: level.committed.to_string(),
        reserved: stock.offer.reserved.to_string(),
        incoming: level.incoming.to_string(),
        available: stock.offer.available.to_string(),
        level: stock_level(Some(&stock.offer)),
        ledger_href: format!("/desk/stock/{sku}"),
        adjust_href: adjust(sku, location.as_str()),
    });
    rows.collect()
}
