//! One SKU: its quantities now, and every change that led to them.

use contracts::Problem;
use domain::calendar::moment;
use domain::id::{ImportId, OrderId, TransferId};
use domain::people::Action;
use domain::stock::{Shelf, Stock};
use domain::text::Sku;
use edge::Response;
use edge::http::unavailable;
use edge::order_view::stock_level;
use futures::future::join;
use pages::components::Pager;
use pages::desk::{self, Ledger, LedgerRow, Spread};
use pages::layout::{Head, Section};
use store::Cursor;
use store::stock::LedgerEntry;

use crate::{ShowDesk, address};
use edge::desk::Visit;
use edge::page::label;

/// How many entries a page shows.
const PAGE: usize = 50;
/// How much is shown of a reference that leads nowhere, in characters.
const SHORT: usize = 12;

/// GET /desk/stock/{sku}
pub(crate) async fn page(shop: &ShowDesk, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::ViewStock)?;
    let sku: Sku = visit.request.parse_parameter("id", "SKU")?;
    let after: Option<Cursor> = visit.request.query("cursor").and_then(|cursor| cursor.parse().ok());
    let (stock, entries) = join(shop.stock.stock(&sku), shop.stock.ledger(&sku, after.as_ref(), PAGE)).await;
    let stock = stock.map_err(|error| unavailable(&error))?.ok_or_else(|| Problem::not_found("SKU"))?;
    let entries = entries.map_err(|error| unavailable(&error))?;
    let here = format!("/desk/stock/{sku}");
    let frame = shop.frame(visit, Section::Stock).await?;
    let view = Ledger {
        sku: sku.to_string(),
        title: stock.offer.listing.title.clone(),
        level: stock_level(Some(&stock.offer)),
        quantities: quantities(&stock),
        backorders: visit
            .role
            .may(Action::EditCatalog)
            .then(|| desk::Backorders { limit: stock.offer.backorder_limit.to_string(), csrf: frame.csrf() }),
        spread: visit.role.may(Action::SplitOffers).then(|| Spread {
            action: format!("{here}/shards"),
            shards: stock.offer.shards.get().to_string(),
            csrf: frame.csrf(),
        }),
        rows: entries.items.iter().map(|entry| row(entry, visit)).collect(),
        pager: Pager {
            first: after.map(|_| here.clone()),
            next: entries.next.map(|next| address(&here, &[("cursor", &next.to_string())])),
        },
    };
    Ok(frame.page(200, &Head::private(format!("Stock of {sku}")), &desk::ledger(&view)))
}

fn quantities(stock: &Stock) -> Vec<(String, String)> {
    let offer = &stock.offer;
    let mut quantities = vec![
        ("Available".to_owned(), offer.available.to_string()),
        ("Reserved by unpaid orders".to_owned(), offer.reserved.to_string()),
    ];
    if offer.backordered > 0 {
        quantities.push(("Paid orders wait for".to_owned(), offer.backordered.to_string()));
    }
    if !offer.shards.is_one() {
        quantities.push(("Counted on".to_owned(), format!("{} shards", offer.shards.get())));
    }
    for (location, level) in &stock.levels {
        let told = Shelf::ALL.iter().filter(|shelf| **shelf == Shelf::OnHand || level.on(**shelf) != 0);
        quantities
            .extend(told.map(|shelf| (format!("{}, {location}", label(shelf.as_str())), level.on(*shelf).to_string())));
    }
    quantities
}

/// Who did it, in words: `owner:per_..` is "Owner", with the end of the id to tell two apart.
fn who(actor: &str) -> String {
    match actor.split_once(':') {
        Some((role, id)) if id.len() > 4 => format!("{} …{}", label(role), &id[id.len() - 4..]),
        _ => label(actor),
    }
}

fn row(entry: &LedgerEntry, visit: &Visit<'_>) -> LedgerRow {
    let quantity = label(&entry.quantity);
    let delta = match entry.delta {
        less @ ..0 => format!("\u{2212}{}", less.unsigned_abs()),
        more => format!("+{more}"),
    };
    LedgerRow {
        when: moment(entry.at),
        at: entry.at.to_string(),
        what: match (&entry.location, entry.shard) {
            (Some(location), _) => format!("{quantity}, {location}"),
            (None, Some(shard)) => format!("{quantity}, shard {shard}"),
            (None, None) => quantity,
        },
        delta,
        // What one shard counts says nothing of the whole.
        after: entry.shard.map_or_else(|| entry.after.to_string(), |_| String::new()),
        cause: label(&entry.cause),
        actor: who(&entry.actor),
        reference: entry.reference.as_ref().map(|text| reference(text, visit)),
    }
}

/// What an entry refers to in words, and its page where the role may see it.
fn reference(text: &str, visit: &Visit<'_>) -> (String, Option<String>) {
    if let Ok(order) = text.parse::<OrderId>() {
        return (order.number().to_string(), Some(format!("/desk/orders/{order}")));
    }
    if let Ok(import) = text.parse::<ImportId>() {
        return ("Import".to_owned(), Some(format!("/desk/stock/imports/{import}")));
    }
    if let Ok(transfer) = text.parse::<TransferId>() {
        let href = visit.role.may(Action::ViewTransfers).then(|| format!("/desk/transfers/{transfer}"));
        return (format!("Transfer {}", transfer.number()), href);
    }
    // The digest of a key, of which the beginning tells two apart.
    let short: String = text.chars().take(SHORT).collect();
    (if short.len() < text.len() { format!("{short}…") } else { short }, None)
}
