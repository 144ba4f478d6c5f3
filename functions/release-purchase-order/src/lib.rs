//! Lets an order that the shop made of its suggestions go to the supplier of itself, where it costs less than the shop's
//! limit. Its messages wait for some minutes, so that what is suggested in one go is in one order.

use contracts::event::{Event, Message};
use domain::purchasing::{self, Command, Event as PurchaseEvent, PurchaseOrder, PurchaseStatus};
use domain::settings::PurchasingSettings;
use domain::text::Sku;
use edge::orders::NotDone;
use edge::purchases::{PurchaseDesk, sending};
use edge::queue::{self, QueueHandler};
use edge::{Context, Error, Function};
use store::settings::SettingsTable;
use store::stamp::Cause;
use store::stock::StockTable;

/// The function.
pub const FUNCTION: Function = queue::queue::<ReleasePurchaseOrder>();

/// Releases purchase orders.
#[derive(Debug)]
pub struct ReleasePurchaseOrder {
    context: Context,
    desk: PurchaseDesk,
    stock: StockTable,
    settings: SettingsTable,
    key: Vec<u8>,
}

impl QueueHandler for ReleasePurchaseOrder {
    type Message = Message;

    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            desk: PurchaseDesk::new(context)?,
            stock: context.table()?,
            settings: context.table()?,
            key: context.require("ORDER_KEY")?.into_bytes(),
            context: context.clone(),
        })
    }

    async fn handle(&self, message: Message, correlation: &str) -> Result<(), Error> {
        let id = match message.event {
            Event::Purchase(PurchaseEvent::Created { purchase_order } | PurchaseEvent::Changed { purchase_order }) => {
                purchase_order
            }
            Event::Purchase(_)
            | Event::Order(_)
            | Event::Return(_)
            | Event::Certificate(_)
            | Event::Claim(_)
            | Event::Shop(_) => return Ok(()),
        };
        let order = self.desk.load(&id).await?;
        if order.status != PurchaseStatus::Suggested {
            return Ok(());
        }
        let skus: Vec<Sku> = order.lines.iter().map(|line| line.sku.clone()).collect();
        let offers = self.stock.offers(&skus).await?;
        let limit = self.settings.read::<PurchasingSettings>().await?.approval_limit;
        let cause = Cause::new("release-purchase-order", "approved", correlation);
        let released = self.desk.run(&id, &cause, None, |order, now| {
            if order.lines.iter().any(|line| !offers.contains_key(&line.sku)) {
                // It grew meanwhile: the next try knows what all of it costs.
                return Err(NotDone::Contended);
            }
            let most = order.most(|sku| offers.get(sku).map(|offer| offer.listing.price));
            let approved = purchasing::decide(order, Command::ApproveWithin { limit, most }, now)?;
            if !approved.changed {
                return Ok(approved);
            }
            Ok(approved.then(sending(&id, &self.key, now), now)?)
        });
        match released.await {
            Ok(order) if order.status == PurchaseStatus::Suggested && self.is_urgent(&order).await? => {
                let now = self.context.now();
                let cause = Cause::new("release-purchase-order", "urgent", correlation);
                Ok(self.desk.purchasing.tell_low(&id.to_string(), now, cause).await?)
            }
            // Staff took it up meanwhile, or called it off.
            Ok(_) | Err(NotDone::Refused(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl ReleasePurchaseOrder {
    /// Whether something that waits in it is gone before new ones can be there.
    async fn is_urgent(&self, order: &PurchaseOrder) -> Result<bool, Error> {
        for line in &order.lines {
            let look = self.desk.purchasing.look(&line.sku, &line.location).await?.value;
            if look.is_some_and(|look| look.is_urgent()) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
