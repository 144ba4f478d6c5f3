//! The desk's list of what to order and what not, and its short forms.

use std::collections::BTreeMap;

use contracts::Problem;
use contracts::purchasing::DismissRequest;
use domain::calendar::moment;
use domain::people::Action;
use domain::purchasing::{Look, SuggestionStatus, Supplier};
use domain::reorder::{Decision, Reason};
use domain::stock::Offer;
use domain::text::{LocationId, Sku, SupplierId};
use edge::Response;
use edge::desk::Visit;
use edge::http::{encoded, unavailable};
use edge::page::{figure, form_key};
use futures::future::join_all;
use pages::components::{Badge, Pager, Tab};
use pages::desk::{self, ReorderRow, Reorders};
use pages::layout::Head;
use serde::Deserialize;
use store::Cursor;
use store::stamp::Cause;

use crate::{ManageReorders, suggestions};

/// How many looks are read at a time.
const PAGE: usize = 100;
/// A view reads on until it has so many looks, or has read so often.
const ENOUGH: usize = 50;
const ROUNDS: usize = 10;

/// A view of the list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    ToOrder,
    NotNeeded,
    All,
}

impl View {
    const ALL: [Self; 3] = [Self::ToOrder, Self::NotNeeded, Self::All];

    const fn name(self) -> &'static str {
        match self {
            Self::ToOrder => "",
            Self::NotNeeded => "not_needed",
            Self::All => "all",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::ToOrder => "To order",
            Self::NotNeeded => "Not needed",
            Self::All => "All",
        }
    }

    fn fits(self, look: &Look) -> bool {
        match self {
            Self::ToOrder => look.is_open(),
            Self::NotNeeded => !look.is_open(),
            Self::All => true,
        }
    }
}

/// GET /desk/reorders
pub(crate) async fn list(shop: &ManageReorders, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::ViewPurchasing)?;
    let request = visit.request;
    let asked = request.query("view").unwrap_or_default();
    let view = View::ALL.into_iter().find(|view| view.name() == asked).unwrap_or(View::ToOrder);
    let query = request.query("q").unwrap_or_default().trim();
    let after: Option<Cursor> = request.query("cursor").and_then(|cursor| cursor.parse().ok());
    let (looks, offers, next) = read(shop, view, query, after.clone()).await?;
    let suppliers = suppliers(shop, looks.iter().map(Look::supplier)).await?;
    let places = places(shop).await?;
    let may_edit = visit.role.may(Action::EditPurchasing);
    let address = |view: View, cursor: &str| {
        let pairs = [("view", view.name()), ("q", query), ("cursor", cursor)];
        let filled = pairs.iter().filter(|(_, value)| !value.is_empty());
        let query: Vec<String> = filled.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        if query.is_empty() { "/desk/reorders".to_owned() } else { format!("/desk/reorders?{}", query.join("&")) }
    };
    let tab =
        |one: View| Tab { words: one.words().to_owned(), href: address(one, ""), current: one == view, count: None };
    let row = |look: &Look| ReorderRow {
        sku: look.sku.to_string(),
        href: format!("/desk/reorders/{}?location={}", look.sku, look.location()),
        title: offers.get(&look.sku).map(|offer| offer.listing.title.clone()).unwrap_or_default(),
        location: look.location().to_string(),
        location_name: places.get(look.location()).cloned().unwrap_or_else(|| look.location().to_string()),
        supplier: suppliers.get(look.supplier()).map_or_else(|| look.supplier().to_string(), |one| one.name.clone()),
        sentence: sentence(&look.decision),
        quantity: look.decision.is_order().then(|| look.decision.quantity.to_string()),
        state: state(look),
        order: look.order.map(|id| (id.number().to_string(), format!("/desk/purchase-orders/{id}"))),
        dismissible: may_edit && look.is_open(),
    };
    let frame = shop.frame(visit).await?;
    let page = Reorders {
        views: View::ALL.into_iter().map(tab).collect(),
        view: view.name().to_owned(),
        query: query.to_owned(),
        rows: looks.iter().map(row).collect(),
        pager: Pager {
            first: after.map(|_| address(view, "")),
            next: next.map(|next| address(view, &next.to_string())),
        },
        looked: looks.iter().map(|look| look.at).max().map(|at| format!("Last look {}", moment(at))),
        may_edit,
        csrf: frame.csrf(),
        idempotency_key: form_key(&shop.context),
    };
    Ok(frame.page(200, &Head::private("Reorders"), &desk::reorders(&page)))
}

type Found = (Vec<Look>, BTreeMap<Sku, Offer>, Option<Cursor>);

async fn read(shop: &ManageReorders, view: View, query: &str, mut after: Option<Cursor>) -> Result<Found, Problem> {
    let words = query.to_lowercase();
    let (mut found, mut offers) = (Vec::new(), BTreeMap::new());
    for _ in 0..ROUNDS {
        let page = shop.purchasing.looks(after.as_ref(), PAGE).await.map_err(|error| unavailable(&error))?;
        let looks: Vec<Look> = page.items.into_iter().filter(|look| view.fits(look)).collect();
        let mut skus: Vec<Sku> = looks.iter().map(|look| look.sku.clone()).collect();
        skus.dedup();
        let known = shop.stock.offers(&skus).await.map_err(|error| unavailable(&error))?;
        let called = |look: &Look| {
            let title = known.get(&look.sku).map(|offer| offer.listing.title.to_lowercase()).unwrap_or_default();
            look.sku.as_str().to_lowercase().contains(&words) || title.contains(&words)
        };
        found.extend(looks.into_iter().filter(called));
        offers.extend(known);
        after = page.next;
        if after.is_none() || found.len() >= ENOUGH {
            break;
        }
    }
    Ok((found, offers, after))
}

/// The suppliers with these ids.
async fn suppliers(
    shop: &ManageReorders,
    ids: impl Iterator<Item = &SupplierId>,
) -> Result<BTreeMap<SupplierId, Supplier>, Problem> {
    let ids: std::collections::BTreeSet<&SupplierId> = ids.collect();
    let found = join_all(ids.into_iter().map(|id| shop.purchasing.supplier(id))).await;
    let found = found.into_iter().collect::<Result<Vec<_>, _>>().map_err(|error| unavailable(&error))?;
    Ok(found.into_iter().flatten().map(|supplier| (supplier.id.clone(), supplier)).collect())
}

/// The locations' names, by their ids.
pub(crate) async fn places(shop: &ManageReorders) -> Result<BTreeMap<LocationId, String>, Problem> {
    let settings = shop.locations.get(shop.context.now()).await.map_err(|error| unavailable(&error))?;
    Ok(settings.locations.into_iter().map(|place| (place.id, place.name)).collect())
}

/// Why, in short: "Sells 4.2 a week · 9 left · 14-day supplier".
fn sentence(decision: &Decision) -> String {
    let weekly = decision.forecast.daily_mean * 7.0;
    let sells = if weekly > 0.0 { format!("Sells {} a week", figure(weekly)) } else { "Nothing sold yet".to_owned() };
    let left = decision.position.on_hand - decision.position.committed - decision.position.reserved;
    let mut parts = vec![sells, format!("{left} left")];
    if decision.position.incoming > 0 {
        parts.push(format!("{} on order", decision.position.incoming));
    }
    parts.push(format!("{}\u{2011}day supplier", decision.rule.lead_time_days));
    parts.join(" · ")
}

/// Where a look's suggestion stands, or why there is none.
pub(crate) fn state(look: &Look) -> Badge {
    match look.suggestion {
        Some(SuggestionStatus::Open) if look.order.is_some() => Badge::InAnOrder,
        Some(SuggestionStatus::Open) => Badge::ToOrder,
        Some(SuggestionStatus::Ordered) => Badge::Ordered,
        Some(SuggestionStatus::Dismissed) => Badge::Dismissed,
        Some(SuggestionStatus::Superseded) => {
            Badge::Other(pages::components::Tone::Neutral, "Changed since".to_owned())
        }
        None => match look.decision.reason {
            Reason::AboveReorderPoint | Reason::AtReorderPoint => Badge::Enough,
            Reason::NoDemand => Badge::Other(pages::components::Tone::Neutral, "No demand".to_owned()),
            Reason::NotSold => Badge::Other(pages::components::Tone::Neutral, "Not on sale".to_owned()),
            Reason::NoHistory => Badge::Other(pages::components::Tone::Neutral, "No history yet".to_owned()),
        },
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RunForm {
    #[serde(rename = "idempotency_key")]
    _key: Option<String>,
}

/// POST /desk/reorders/run
pub(crate) async fn run(shop: &ManageReorders, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::EditPurchasing)?;
    let RunForm { _key } = visit.request.form()?;
    shop.run(visit.request.correlation()).await?;
    Ok(Response::see_other("/desk/reorders?done=looked"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DismissForm {
    location: LocationId,
    #[serde(rename = "idempotency_key")]
    _key: Option<String>,
}

/// POST /desk/reorders/{sku}/dismiss
pub(crate) async fn dismiss(shop: &ManageReorders, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::EditPurchasing)?;
    let sku: Sku = visit.request.parse_parameter("sku", "suggestion")?;
    let DismissForm { location, _key } = visit.request.form()?;
    let cause = Cause::new(visit.caller().actor(), "dismissed", visit.request.correlation());
    let asked = DismissRequest { location: Some(location.clone()) };
    suggestions::dismissed(shop, &sku, &asked, &cause).await?;
    Ok(Response::see_other(&format!("/desk/reorders/{sku}?location={location}&done=dismissed")))
}
