//! Events: what happened, as queue messages, and who listens.
//!
//! An event carries ids, not copies: a listener reads the record's state. Messages are versioned.

use domain::id::{ImportId, OrderId, ProductId};
use domain::order::Event as OrderEvent;
use domain::purchasing::Event as PurchaseEvent;
use domain::returns::Event as ReturnEvent;
use domain::text::{Email, LocationId, Sku, Slug};
use domain::timer::TimerKind;
use domain::warranty::{CertificateEvent, ClaimEvent};
use serde::{Deserialize, Serialize};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// To an order.
    Order(OrderEvent),
    /// To a purchase order.
    Purchase(PurchaseEvent),
    /// To a return.
    Return(ReturnEvent),
    /// To a warranty certificate.
    Certificate(CertificateEvent),
    /// To a warranty claim.
    Claim(ClaimEvent),
    /// To anything else.
    Shop(ShopEvent),
}

/// Something that happened to what is neither.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum ShopEvent {
    /// A product was written, or deleted.
    #[serde(rename = "product.changed")]
    ProductChanged {
        /// Which.
        product: ProductId,
        /// Its address.
        slug: Slug,
    },
    /// A SKU came in, or sold out.
    #[serde(rename = "availability.changed")]
    AvailabilityChanged {
        /// The address of its product.
        slug: Slug,
    },
    /// A SKU's reorder rules have to be looked at: its stock came down to where they may order, a rule was written, or it
    /// is time.
    #[serde(rename = "reorder.due")]
    ReorderDue {
        /// Which.
        sku: Sku,
    },
    /// Orders wait for a SKU, and some of it may be there.
    #[serde(rename = "backorder.due")]
    BackorderDue {
        /// Which.
        sku: Sku,
    },
    /// Staff have to hear what runs low and what waits for them.
    #[serde(rename = "stock.low")]
    StockLow {},
    /// A counter of a SKU is not the sum of its ledger.
    #[serde(rename = "ledger.mismatched")]
    LedgerMismatched {
        /// Which SKU.
        sku: Sku,
        /// Where; none for what is kept over all locations.
        location: Option<LocationId>,
        /// Which counter.
        counter: String,
        /// What its ledger sums up to.
        ledger: i64,
        /// What it says.
        balance: i64,
    },
    /// A stock import has work left: rows to look at, to book or to book back.
    #[serde(rename = "import.due")]
    ImportDue {
        /// Which.
        import: ImportId,
    },
    /// Somebody asked for a sign-in link.
    #[serde(rename = "sign_in.requested")]
    SignInRequested {
        /// Where the link goes.
        email: Email,
        /// Whether it leads to the desk.
        staff: bool,
        /// What the link carries. It works once, for a quarter of an hour.
        secret: String,
    },
    /// A guest lost the link to an order.
    #[serde(rename = "order_link.requested")]
    OrderLinkRequested {
        /// Which order; the mail goes to its own address.
        order: OrderId,
    },
}

/// Who listens to events: each has a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subscriber {
    /// Gives paid orders their locations, at once or when stock comes in.
    Allocations,
    /// Tells search what came in and what sold out.
    Catalog,
    /// Works off stock imports.
    Imports,
    /// Writes mails.
    Mails,
    /// Keeps lists.
    Projections,
    /// Lets orders that the shop made of itself go to their suppliers.
    Purchases,
    /// Sends money back.
    Refunds,
    /// Looks at reorder rules.
    Reorders,
    /// Sets timers.
    Timers,
}

impl Subscriber {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Allocations,
        Self::Catalog,
        Self::Imports,
        Self::Mails,
        Self::Projections,
        Self::Purchases,
        Self::Refunds,
        Self::Reorders,
        Self::Timers,
    ];

    /// The variable with the URL of its queue.
    pub const fn queue_variable(self) -> &'static str {
        match self {
            Self::Allocations => "ALLOCATIONS_QUEUE",
            Self::Catalog => "CATALOG_QUEUE",
            Self::Imports => "IMPORTS_QUEUE",
            Self::Mails => "MAILS_QUEUE",
            Self::Projections => "PROJECTIONS_QUEUE",
            Self::Purchases => "PURCHASES_QUEUE",
            Self::Refunds => "REFUNDS_QUEUE",
            Self::Reorders => "REORDERS_QUEUE",
            Self::Timers => "TIMERS_QUEUE",
        }
    }
}

/// The variable with the URL of the queue that a kind of timer is handed to.
pub const fn timer_queue_variable(kind: TimerKind) -> &'static str {
    match kind {
        TimerKind::HoldEnds => "HOLDS_QUEUE",
    }
}

impl ShopEvent {
    /// Its name.
    const fn name(&self) -> &'static str {
        match self {
            Self::ProductChanged { .. } => "product.changed",
            Self::AvailabilityChanged { .. } => "availability.changed",
            Self::ReorderDue { .. } => "reorder.due",
            Self::BackorderDue { .. } => "backorder.due",
            Self::StockLow {} => "stock.low",
            Self::LedgerMismatched { .. } => "ledger.mismatched",
            Self::ImportDue { .. } => "import.due",
            Self::SignInRequested { .. } => "sign_in.requested",
            Self::OrderLinkRequested { .. } => "order_link.requested",
        }
    }
}

impl Event {
    /// Its name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Order(event) => event.name(),
            Self::Purchase(event) => event.name(),
            Self::Return(event) => event.name(),
            Self::Certificate(event) => event.name(),
            Self::Claim(event) => event.name(),
            Self::Shop(event) => event.name(),
        }
    }

    /// Whether anybody hears of it: by a queue, or from the stream of the table itself.
    pub const fn is_heard(&self) -> bool {
        matches!(self, Self::Order(OrderEvent::OrderReturned { .. })) || !self.subscribers().is_empty()
    }

    /// Who listens to it.
    pub const fn subscribers(&self) -> &'static [Subscriber] {
        use Subscriber::{Allocations, Catalog, Imports, Mails, Projections, Purchases, Refunds, Reorders, Timers};
        match self {
            Self::Order(event) => match event {
                OrderEvent::OrderPlaced { .. } => &[Mails, Projections, Timers],
                OrderEvent::OrderPaid { .. } => &[Allocations, Mails, Projections],
                OrderEvent::OrderCanceled { .. }
                | OrderEvent::OrderExpired { .. }
                | OrderEvent::OrderShipped { .. }
                | OrderEvent::RefundPaid { .. } => &[Mails, Projections],
                OrderEvent::RefundRequested { .. } => &[Projections, Refunds],
                OrderEvent::OrderShort { .. } => &[Mails, Projections],
                // No list shows where an order's units come from; what came back, issue-certificate reads from the stream.
                OrderEvent::OrderAllocated { .. } | OrderEvent::OrderReturned { .. } => &[],
                OrderEvent::OrderDelivered { .. }
                | OrderEvent::OrderCompleted { .. }
                | OrderEvent::OrderFilled { .. }
                | OrderEvent::PaymentFailed { .. }
                | OrderEvent::PaymentLate { .. }
                | OrderEvent::PaymentMismatched { .. }
                | OrderEvent::RefundFailed { .. } => &[Projections],
            },
            Self::Purchase(event) => match event {
                PurchaseEvent::Created { .. } | PurchaseEvent::Changed { .. } => &[Purchases],
                PurchaseEvent::Approved { .. } | PurchaseEvent::Received { .. } | PurchaseEvent::Closed { .. } => {
                    &[Reorders]
                }
                PurchaseEvent::Sent { .. }
                | PurchaseEvent::ChangeProposed { .. }
                | PurchaseEvent::ChangeRejected { .. } => &[Mails],
                PurchaseEvent::ChangeTaken { .. } | PurchaseEvent::Refused { .. } | PurchaseEvent::Canceled { .. } => {
                    &[Mails, Reorders]
                }
                PurchaseEvent::Accepted { .. } | PurchaseEvent::Held { .. } | PurchaseEvent::Resumed { .. } => &[],
            },
            Self::Return(event) => match event {
                ReturnEvent::Requested { .. }
                | ReturnEvent::Approved { .. }
                | ReturnEvent::Declined { .. }
                | ReturnEvent::LabelIssued { .. }
                | ReturnEvent::Received { .. }
                | ReturnEvent::Rejected { .. }
                | ReturnEvent::Refunded { .. }
                | ReturnEvent::Credited { .. }
                | ReturnEvent::Exchanged { .. }
                | ReturnEvent::SentBack { .. }
                | ReturnEvent::Canceled { .. }
                | ReturnEvent::Expired { .. } => &[Mails],
                // A parcel on its way, a look at it and a picture are told to nobody.
                ReturnEvent::HandedOver { .. }
                | ReturnEvent::Inspected { .. }
                | ReturnEvent::Closed { .. }
                | ReturnEvent::Pictured { .. } => &[],
            },
            Self::Certificate(event) => match event {
                CertificateEvent::Issued { .. }
                | CertificateEvent::Offered { .. }
                | CertificateEvent::PassedOn { .. }
                | CertificateEvent::LetGo { .. } => &[Mails],
                CertificateEvent::Kept { .. } | CertificateEvent::Replaced { .. } | CertificateEvent::Voided { .. } => {
                    &[]
                }
            },
            Self::Claim(event) => match event {
                ClaimEvent::Submitted { .. }
                | ClaimEvent::Approved { .. }
                | ClaimEvent::Denied { .. }
                | ClaimEvent::Received { .. }
                | ClaimEvent::Repaired { .. }
                | ClaimEvent::Replaced { .. }
                | ClaimEvent::Refunded { .. }
                | ClaimEvent::Withdrawn { .. } => &[Mails],
                // Of a replacement that left, its own parcel's mail and its certificate's tell.
                ClaimEvent::Diagnosed { .. } | ClaimEvent::InRepair { .. } | ClaimEvent::Completed { .. } => &[],
            },
            Self::Shop(event) => match event {
                ShopEvent::ImportDue { .. } => &[Imports],
                ShopEvent::ReorderDue { .. } => &[Reorders],
                ShopEvent::BackorderDue { .. } => &[Allocations],
                ShopEvent::ProductChanged { .. } | ShopEvent::AvailabilityChanged { .. } => &[Catalog],
                ShopEvent::StockLow {}
                | ShopEvent::LedgerMismatched { .. }
                | ShopEvent::SignInRequested { .. }
                | ShopEvent::OrderLinkRequested { .. } => &[Mails],
            },
        }
    }
}

/// The version of [`Message`] that is written today.
const VERSION: u16 = 1;

/// A queue message that tells of an event. It may come more than once and out of order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The shape of this message.
    pub version: u16,
    /// The event's id, `{record}:{rev}:{position}`: the same for every copy of it.
    pub id: String,
    /// What happened.
    pub event: Event,
}

impl Message {
    /// The message that tells of `event`.
    pub const fn new(id: String, event: Event) -> Self {
        Self { version: VERSION, id, event }
    }
}

#[cfg(test)]
mod tests {
    use domain::id::{PurchaseOrderId, ReturnId};

    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let order = OrderId::new(1, [7; 10]);
        let events = [
            Event::Order(OrderEvent::OrderPaid { order }),
            Event::Order(OrderEvent::RefundRequested { order, refund: 3 }),
            Event::Purchase(PurchaseEvent::Received {
                purchase_order: PurchaseOrderId::new(1, [2; 10]),
                complete: true,
            }),
            Event::Return(ReturnEvent::Approved { parcel: ReturnId::new(1, [3; 10]), automatic: true }),
            Event::Shop(ShopEvent::ReorderDue { sku: Sku::new("MUG-1").unwrap() }),
            Event::Shop(ShopEvent::ProductChanged {
                product: ProductId::new(1, [1; 10]),
                slug: Slug::new("mug").unwrap(),
            }),
        ];
        for event in events {
            let message = Message::new("ord_x:1:0".into(), event);
            let json = serde_json::to_string(&message).unwrap();
            assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), message, "{json}");
        }
    }
}
