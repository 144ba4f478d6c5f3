//! Mails about purchase orders: to their suppliers with the order as PDF and CSV, and to staff about what they answer.

use std::collections::BTreeMap;

use domain::Money;
use domain::calendar::civil;
use domain::purchasing::{Event, PurchaseLine, PurchaseOrder, PurchaseStatus, Supplier};
use domain::settings::{LocationSettings, ShopSettings};
use domain::stock::Offer;
use domain::text::{Email, Sku};
use edge::Error;
use edge::purchases::supplier_token;
use pages::mails::{
    self, PurchaseMail, PurchaseMailLine, PurchaseOrderCanceled, PurchaseOrderSent, SupplierAnswer, SupplierSays,
};

use crate::letters::sender;
use crate::mime::File;
use crate::{Letter, SendMail};

/// A purchase order with all that is told of it.
struct About<'a> {
    order: &'a PurchaseOrder,
    supplier: &'a Supplier,
    offers: &'a BTreeMap<Sku, Offer>,
    places: &'a LocationSettings,
    shop: &'a ShopSettings,
    url: &'a str,
    key: &'a [u8],
}

impl SendMail {
    /// The mail that a purchase order's event asks for, if any.
    pub(crate) async fn purchase(&self, event: &Event, shop: &ShopSettings) -> Result<Option<Letter>, Error> {
        let id = event.purchase_order();
        let Some(order) = self.purchasing.order(&id).await? else {
            return Err(format!("{id} is not there (yet)").into());
        };
        let Some(supplier) = self.purchasing.supplier(&order.supplier).await? else {
            return Err(format!("there is no supplier {}", order.supplier).into());
        };
        let skus: Vec<Sku> = order.lines.iter().map(|line| line.sku.clone()).collect();
        let offers = self.stock.offers(&skus).await?;
        let now = self.context.now();
        let places = self.locations.get(now).await?;
        let about = About {
            order: &order,
            supplier: &supplier,
            offers: &offers,
            places: &places,
            shop,
            url: &self.url,
            key: &self.key,
        };
        Ok(match event {
            Event::Sent { .. } => about.sent(None, now)?,
            Event::ChangeTaken { .. } => {
                about.sent(Some("We agree to what you proposed: this is the order now."), now)?
            }
            Event::ChangeRejected { .. } => {
                about.sent(Some("We cannot take what you proposed, and need it as it stands here."), now)?
            }
            // Who refused it knows, and who never got it need not.
            Event::Canceled { .. } if order.sent.is_none() || order.is_refused() => None,
            Event::Canceled { .. } => Some(about.canceled()),
            Event::ChangeProposed { .. } => match about.changes() {
                Some(changes) => Some(about.answered(SupplierSays::Proposes(changes), self.staff().await?)),
                // It was taken, rejected or said otherwise meanwhile.
                None => None,
            },
            Event::Refused { .. } => {
                let reason = order.reason.clone().unwrap_or_default();
                Some(about.answered(SupplierSays::Refuses(reason), self.staff().await?))
            }
            Event::Created { .. }
            | Event::Changed { .. }
            | Event::Approved { .. }
            | Event::Accepted { .. }
            | Event::Received { .. }
            | Event::Held { .. }
            | Event::Resumed { .. }
            | Event::Closed { .. } => None,
        })
    }
}

impl SendMail {
    /// Who hears of low stock and of what suppliers answer.
    pub(crate) async fn staff(&self) -> Result<Email, Error> {
        let settings = self.buying.get(self.context.now()).await?;
        Ok(settings.staff_email.unwrap_or_else(|| self.owner.clone()))
    }
}

impl About<'_> {
    /// The order, to its supplier, though it was put aside meanwhile: it may go on. None: it is over.
    fn sent(&self, note: Option<&str>, now: jiff::Timestamp) -> Result<Option<Letter>, Error> {
        let order = self.order;
        let over = matches!(order.status, PurchaseStatus::Received | PurchaseStatus::Closed | PurchaseStatus::Canceled);
        let Some(sent) = order.sent.filter(|_| !over) else { return Ok(None) };
        let token = supplier_token(&order.id, &order.id.supplier_secret(self.key, sent));
        let link = format!("{}/supplier/{token}", self.url);
        let view = PurchaseOrderSent {
            order: self.mail(),
            deliver_to: self.deliver_to(),
            wanted_by: order.expected.map(civil),
            answer_url: link.clone(),
            again: note.is_none() && order.happened.iter().filter(|one| one.what == "purchase_order.sent").count() > 1,
            note: note.map(str::to_owned),
        };
        let number = order.id.number();
        let About { order, supplier, offers, places, shop, .. } = *self;
        let ordered = print::Ordered { order, supplier, offers, places, shop, note, link: Some(&link) };
        let file = |kind: &'static str, end: &str, bytes| File { name: format!("{number}.{end}"), kind, bytes };
        let files = vec![
            file("application/pdf", "pdf", ordered.pdf(now)?),
            file("text/csv; charset=utf-8", "csv", ordered.csv()?),
        ];
        let mail = mails::purchase_order_sent(&sender(self.shop, self.url), &view);
        Ok(Some(Letter { to: self.supplier.email.clone(), mail, files }))
    }

    fn canceled(&self) -> Letter {
        let reason = self.order.reason.clone().filter(|reason| !reason.is_empty());
        let view = PurchaseOrderCanceled { order: self.mail(), reason };
        let mail = mails::purchase_order_canceled(&sender(self.shop, self.url), &view);
        Letter::new(self.supplier.email.clone(), mail)
    }

    /// What its supplier says, to staff.
    fn answered(&self, says: SupplierSays, staff: Email) -> Letter {
        let order = self.order;
        let view = SupplierAnswer {
            number: order.id.number().to_string(),
            supplier: self.supplier.name.clone(),
            says,
            note: order.proposal.as_ref().and_then(|proposal| proposal.note.clone()),
            desk_url: format!("{}/desk/purchase-orders/{}", self.url, order.id),
        };
        Letter::new(staff, mails::supplier_answered(&sender(self.shop, self.url), &view))
    }

    fn changes(&self) -> Option<Vec<(String, String)>> {
        let proposal = self.order.proposal.as_ref()?;
        let mut changes = Vec::new();
        if let Some(proposed) = proposal.expected {
            let instead = self.order.expected.map(|day| format!(" instead of {}", civil(day))).unwrap_or_default();
            changes.push(("Delivery".to_owned(), format!("{}{instead}", civil(proposed))));
        }
        for line in &proposal.lines {
            let ordered = self.order.line(&line.sku, &line.location).map_or(0, |line| line.quantity);
            changes.push((line.sku.to_string(), format!("{} instead of {ordered}", line.quantity)));
        }
        Some(changes)
    }

    fn deliver_to(&self) -> Vec<String> {
        self.order.locations().into_iter().flat_map(|place| self.places.address(place, &self.shop.name)).collect()
    }

    fn title(&self, sku: &Sku) -> String {
        self.offers.get(sku).map(|offer| offer.listing.title.clone()).unwrap_or_default()
    }

    fn mail(&self) -> PurchaseMail {
        let line = |line: &PurchaseLine| PurchaseMailLine {
            sku: line.sku.to_string(),
            title: self.title(&line.sku),
            quantity: line.quantity.to_string(),
            unit_cost: line.unit_cost.map(Money::format),
            total: cost(line),
        };
        PurchaseMail {
            number: self.order.id.number().to_string(),
            lines: self.order.lines.iter().filter(|line| line.quantity > 0).map(line).collect(),
            total: total(self.order),
        }
    }
}

fn cost(line: &PurchaseLine) -> Option<String> {
    line.unit_cost.and_then(|cost| cost.times(line.quantity).ok()).map(Money::format)
}

fn total(order: &PurchaseOrder) -> Option<String> {
    order.total().ok().flatten().map(Money::format)
}
