//! Lets an order that the shop made of its suggestions go to the supplier of itself, where it costs less than the shop's
//! limit. Its messages wait for some minutes, so that what is suggested in one go is in one order.

use contracts::event::{Event, Message};
use domain::purchasing::{self, Command, Event as PurchaseEvent, PurchaseStatus};
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
        })
    }

    async fn handle(&self, message: Message, correlation: &str) -> Result<(), Error> {
        let Event::Purchase(PurchaseEvent::Created { purchase_order: id }) = message.event else {
            return Ok(());
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
            let most = order.most(|sku| offers.get(sku).map(|offer| offer.listing.price));
            let approved = purchasing::decide(order, Command::ApproveWithin { limit, most }, now)?;
            if !approved.changed {
                return Ok(approved);
            }
            Ok(approved.then(sending(&id, &self.key, now), now)?)
        });
        match released.await {
            // Staff took it up meanwhile, or called it off.
            Ok(_) | Err(NotDone::Refused(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
