//! The mail about what runs low and what waits for staff, and the one about a counter that is not its ledger's sum.

use std::collections::{BTreeMap, BTreeSet};

use contracts::event::ShopEvent;
use domain::Money;
use domain::id::PurchaseOrderId;
use domain::purchasing::{Look, PurchaseOrder, Standing};
use domain::settings::ShopSettings;
use domain::stock::Offer;
use domain::text::{LocationId, Sku};
use edge::Error;
use edge::purchases::supplier_token;
use pages::mails::{self, LedgerMismatch, LowLine, LowStockDigest, ToApprove};

use crate::letters::sender;
use crate::{Letter, SendMail};

/// How many records are read at a time.
const PAGE: usize = 500;
/// The most orders and SKUs that one mail tells of; the desk has all.
const ORDERS: usize = 20;
const MOST: usize = 100;

impl SendMail {
    /// What runs low, as it stands now. None: nothing does any more.
    pub(crate) async fn digest(&self, shop: &ShopSettings) -> Result<Option<Letter>, Error> {
        let looks = self.low_or_open().await?;
        let ids: BTreeSet<PurchaseOrderId> =
            looks.values().filter(|look| look.is_open()).filter_map(|look| look.order).collect();
        let mut waiting: Vec<PurchaseOrder> = Vec::new();
        for id in ids {
            let order = self.purchasing.order(&id).await?;
            waiting.extend(order.filter(|order| Standing::from(order) == Standing::Suggested));
        }
        waiting.truncate(ORDERS);
        let mut skus: Vec<Sku> = looks.keys().map(|(sku, _)| sku.clone()).collect();
        skus.dedup();
        skus.truncate(MOST);
        let offers = self.stock.offers(&skus).await?;
        let mut orders = Vec::new();
        for order in waiting {
            let supplier = self.purchasing.supplier(&order.supplier).await?;
            let line = |line: &domain::purchasing::PurchaseLine| {
                let look = looks.get(&(line.sku.clone(), line.location.clone()));
                look.map(|look| low(look, &offers, Some(line.quantity)))
            };
            let token = supplier_token(&order.id, &order.id.approval_secret(&self.key));
            orders.push(ToApprove {
                number: order.id.number().to_string(),
                supplier: supplier.map_or_else(|| order.supplier.to_string(), |supplier| supplier.name),
                total: order.total().ok().flatten().map(Money::format),
                lines: order.lines.iter().filter_map(line).collect(),
                approve_url: format!("{}/approve/{token}", self.url),
            });
        }
        let rest: Vec<LowLine> =
            looks.values().filter(|look| look.is_low()).take(MOST).map(|look| low(look, &offers, None)).collect();
        if orders.is_empty() && rest.is_empty() {
            return Ok(None);
        }
        let view = LowStockDigest { orders, rest, desk_url: format!("{}/desk/reorders", self.url) };
        let mail = mails::low_stock_digest(&sender(shop, &self.url), &view);
        Ok(Some(Letter::new(self.staff().await?, mail)))
    }

    /// The looks that a digest tells of.
    async fn low_or_open(&self) -> Result<BTreeMap<(Sku, LocationId), Look>, Error> {
        let (mut found, mut after) = (BTreeMap::new(), None);
        loop {
            let page = self.purchasing.looks(after.as_ref(), PAGE).await?;
            let told = page.items.into_iter().filter(|look| look.is_open() || look.is_low());
            found.extend(told.map(|look| ((look.sku.clone(), look.location().clone()), look)));
            after = page.next;
            if after.is_none() {
                return Ok(found);
            }
        }
    }

    /// A counter that is not its ledger's sum, to the owner.
    pub(crate) fn mismatch(&self, event: &ShopEvent, shop: &ShopSettings) -> Option<Letter> {
        let ShopEvent::LedgerMismatched { sku, location, counter, ledger, balance } = event else { return None };
        let view = LedgerMismatch {
            sku: sku.to_string(),
            location: location.as_ref().map_or_else(|| "all of them".to_owned(), LocationId::to_string),
            counter: counter.replace('_', " "),
            ledger: ledger.to_string(),
            balance: balance.to_string(),
            desk_url: format!("{}/desk/stock/{sku}", self.url),
        };
        Some(Letter::new(self.owner.clone(), mails::ledger_mismatch(&sender(shop, &self.url), &view)))
    }
}

fn low(look: &Look, offers: &BTreeMap<Sku, Offer>, suggested: Option<u32>) -> LowLine {
    let position = &look.decision.position;
    LowLine {
        sku: look.sku.to_string(),
        title: offers.get(&look.sku).map_or_else(|| look.sku.to_string(), |offer| offer.listing.title.clone()),
        left: (position.on_hand - position.committed - position.reserved).to_string(),
        lasts: look.lasts_days().map(|days| if days == 1 { "1 day".to_owned() } else { format!("{days} days") }),
        on_order: (position.incoming > 0).then(|| position.incoming.to_string()),
        suggestion: suggested.map(|units| format!("Order {units}")),
        because: suggested.is_none().then(|| {
            let dismissed = look.suggestion.is_some();
            if dismissed { "dismissed".to_owned() } else { "nothing is left until it comes".to_owned() }
        }),
    }
}
