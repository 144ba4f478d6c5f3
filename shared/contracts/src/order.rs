//! Orders, as they are answered and as staff command them.

use domain::address::Address;
use domain::id::{ClaimId, OrderId, OrderNumber, ReturnId};
use domain::order::{Order, OrderStatus, PaymentMethod, PaymentStatus, RefundWhat, ShipmentStatus};
use domain::pricing::Totals;
use domain::refusal::Refusal;
use domain::stock::{Allocated, Allocation, SkuQuantity};
use domain::text::{Email, LocationId, MethodId, Quantity, Serial, Sku};
use domain::warranty::UnitSerial;
use domain::{FieldError, Money};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What an order comes to.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Totals)]
pub struct TotalsBody {
    /// All lines.
    pub items: Money,
    /// What is taken off them.
    pub discount: Money,
    /// The parcel.
    pub shipping: Money,
    /// All taxes.
    pub tax: Money,
    /// What is paid.
    pub total: Money,
    /// Whether the tax is in items and shipping already.
    pub tax_included: bool,
}

impl From<&Totals> for TotalsBody {
    fn from(totals: &Totals) -> Self {
        Self {
            items: totals.items,
            discount: totals.discount,
            shipping: totals.shipping,
            tax: totals.tax,
            total: totals.total,
            tax_included: totals.tax_included,
        }
    }
}

/// An order in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderSummary {
    /// Its id.
    #[schema(value_type = String)]
    pub id: OrderId,
    /// What people call it.
    #[schema(value_type = String, example = "7K3F9QX2M4")]
    pub number: OrderNumber,
    /// Where it stands as an order.
    #[schema(value_type = String)]
    pub status: OrderStatus,
    /// Where its money stands.
    #[schema(value_type = String)]
    pub payment_status: PaymentStatus,
    /// Where its goods stand.
    #[schema(value_type = String)]
    pub shipment_status: ShipmentStatus,
    /// What it comes to.
    pub totals: TotalsBody,
    /// What of it store credit paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit: Option<Money>,
    /// What of it goods paid that came back of another order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchanged: Option<Money>,
    /// What of it is still to be paid.
    pub to_pay: Money,
}

impl From<&Order> for OrderSummary {
    fn from(order: &Order) -> Self {
        Self {
            id: order.id,
            number: order.number,
            status: order.status,
            payment_status: order.payment_status,
            shipment_status: order.shipment_status,
            totals: TotalsBody::from(&order.totals),
            credit: Some(order.credit_used()).filter(|credit| credit.is_positive()),
            exchanged: Some(order.exchanged()).filter(|exchanged| exchanged.is_positive()),
            to_pay: order.to_pay(),
        }
    }
}

/// An order in full.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderAnswer {
    /// The order in short.
    #[serde(flatten)]
    pub summary: OrderSummary,
    /// When it was placed.
    #[schema(value_type = String, format = DateTime)]
    pub created: Timestamp,
    /// Until when its stock is held, while it is not paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub held_until: Option<Timestamp>,
    /// Where its mails go.
    #[schema(value_type = String)]
    pub email: Email,
    /// Where its parcels go.
    #[schema(value_type = Object)]
    pub shipping_address: Address,
    /// Where its bill goes, when that is elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub billing_address: Option<Address>,
    /// How it is sent.
    #[schema(value_type = String)]
    pub shipping_method: MethodId,
    /// How it is paid.
    #[schema(value_type = String)]
    pub payment_method: PaymentMethod,
    /// One per SKU.
    pub lines: Vec<OrderLineAnswer>,
    /// All money that came.
    pub captured: Money,
    /// All money that went back.
    pub refunded: Money,
    /// What is on its way back, or due to be sent.
    pub refund_due: Money,
    /// What goes back, one by one.
    #[schema(value_type = Vec<Object>)]
    pub refunds: Vec<domain::order::Refund>,
    /// What has left, parcel by parcel.
    #[schema(value_type = Vec<Object>)]
    pub shipments: Vec<domain::order::Shipment>,
    /// When its last parcel arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub delivered: Option<Timestamp>,
    /// Its returns, in the order in which they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub returns: Vec<ReturnId>,
    /// The warranty claim that it replaces a unit for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub claim_id: Option<ClaimId>,
    /// Why it was called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<String>,
    /// Where its units come from, once it is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocation: Option<AllocationAnswer>,
}

/// A line of an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderLineAnswer {
    /// Of what.
    #[schema(value_type = String)]
    pub sku: Sku,
    /// What it was called.
    pub title: String,
    /// How many.
    #[schema(value_type = u32)]
    pub quantity: Quantity,
    /// What one cost.
    pub unit_price: Money,
    /// What the line cost.
    pub total: Money,
    /// The tax of the whole line.
    pub tax: Money,
    /// How many have left.
    pub shipped: u32,
    /// How many were refunded by line.
    pub refunded: u32,
    /// How many open returns ask back.
    #[serde(skip_serializing_if = "is_none_of_it")]
    pub asked_back: u32,
    /// How many wait for stock.
    #[serde(skip_serializing_if = "is_none_of_it")]
    pub backordered: u32,
    /// How many will never leave, because there were none: their price goes back.
    #[serde(skip_serializing_if = "is_none_of_it")]
    pub dropped: u32,
    /// Months of warranty that each of its units has from the day on which it leaves.
    #[serde(skip_serializing_if = "is_unguaranteed")]
    pub warranty_months: u16,
}

const fn is_unguaranteed(months: &u16) -> bool {
    *months == 0
}

const fn is_none_of_it(count: &u32) -> bool {
    *count == 0
}

/// Where an order's units come from, and why.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OrderAllocation)]
pub struct AllocationAnswer {
    /// What each location gives.
    pub pieces: Vec<AllocatedPiece>,
    /// By which rule, and how that came out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Allocated>,
}

/// Units that an order gets from a location.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AllocatedPiece {
    /// From where.
    #[schema(value_type = String)]
    pub location: LocationId,
    /// Of what.
    #[schema(value_type = String)]
    pub sku: Sku,
    /// How many.
    #[schema(value_type = u32)]
    pub quantity: Quantity,
}

impl AllocationAnswer {
    fn of(order: &Order) -> Option<Self> {
        let piece = |piece: &Allocation| AllocatedPiece {
            location: piece.location.clone(),
            sku: piece.sku.clone(),
            quantity: piece.quantity,
        };
        let pieces = order.allocation.iter().map(piece).collect();
        order.is_allocated().then(|| Self { pieces, why: order.allocated.clone() })
    }
}

impl OrderAnswer {
    /// An order.
    ///
    /// # Errors
    /// When an amount leaves the range.
    pub fn new(order: &Order) -> Result<Self, Refusal> {
        let lines = order.lines.iter().map(|line| {
            Ok(OrderLineAnswer {
                sku: line.sku.clone(),
                title: line.title.clone(),
                quantity: line.quantity,
                unit_price: line.unit_price,
                total: line.total()?,
                tax: line.tax,
                shipped: line.shipped,
                refunded: line.refunded,
                asked_back: order.asked_back(&line.sku),
                backordered: order.waiting(&line.sku),
                dropped: line.dropped,
                warranty_months: line.warranty_months,
            })
        });
        Ok(Self {
            summary: OrderSummary::from(order),
            created: order.created,
            held_until: (order.status == OrderStatus::PendingPayment).then_some(order.hold.until),
            email: order.email.clone(),
            shipping_address: order.shipping_address.clone(),
            billing_address: order.billing_address.clone(),
            shipping_method: order.shipping_method.clone(),
            payment_method: order.payment_method,
            lines: lines.collect::<Result<_, Refusal>>()?,
            captured: order.captured,
            refunded: order.refunded,
            refund_due: order.refund_due(),
            refunds: order.refunds.clone(),
            shipments: order.shipments.clone(),
            delivered: order.delivered,
            returns: order.returns.iter().map(|back| back.id).collect(),
            claim_id: order.claim,
            cancel_reason: order.cancel_reason.clone(),
            allocation: AllocationAnswer::of(order),
        })
    }
}

/// Calls an order off.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelRequest {
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Says that a bank transfer came, or that a refund was sent.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferenceRequest {
    /// What the bank's statement says.
    pub reference: String,
}

/// Sends a parcel.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShipRequest {
    /// Who carries it.
    pub carrier: String,
    /// The carrier's number for it.
    #[serde(default)]
    pub tracking: Option<String>,
    /// What is in it; all that is left, unless it says.
    #[serde(default)]
    pub lines: Option<Vec<LineRequest>>,
    /// The serial numbers of its units, of those that were scanned: their warranty certificates have them.
    #[serde(default)]
    pub serials: Vec<SerialRequest>,
}

/// The serial number of a unit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SerialRequest {
    /// Of what.
    pub sku: String,
    /// Its number.
    pub serial: String,
}

/// The units that were scanned.
///
/// # Errors
/// What is wrong with them, each with its pointer.
pub fn scanned(serials: &[SerialRequest]) -> Result<Vec<UnitSerial>, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut read = Vec::with_capacity(serials.len());
    for (index, one) in serials.iter().enumerate() {
        match (Sku::new(one.sku.clone()), Serial::new(one.serial.clone())) {
            (Ok(sku), Ok(serial)) => read.push(UnitSerial { sku, serial }),
            (sku, serial) => {
                let mut wrong = |field: &str, detail: Option<String>| {
                    let pointer = format!("/serials/{index}/{field}");
                    errors.extend(detail.map(|detail| FieldError { pointer, detail }));
                };
                wrong("sku", sku.err().map(|error| error.to_string()));
                wrong("serial", serial.err().map(|error| error.to_string()));
            }
        }
    }
    if errors.is_empty() { Ok(read) } else { Err(errors) }
}

/// Quantities of a SKU.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineRequest {
    /// Of what.
    pub sku: String,
    /// How many.
    pub quantity: u32,
}

/// Says that everything arrived.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliverRequest {}

/// Which orders are asked for; one of `status`, `number` and `email` at most.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct OrderQuery {
    /// Those of a status.
    #[param(value_type = Option<String>)]
    pub status: Option<OrderStatus>,
    /// The one with this number.
    pub number: Option<String>,
    /// Those of a mail address, guests' too.
    pub email: Option<String>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// How many: 1 to 100.
    pub limit: Option<usize>,
}

/// An order in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderEntry {
    /// Its id.
    #[schema(value_type = String)]
    pub id: OrderId,
    /// What people call it.
    #[schema(value_type = String, example = "7K3F9QX2M4")]
    pub number: OrderNumber,
    /// Where it stands as an order.
    #[schema(value_type = String)]
    pub status: OrderStatus,
    /// Where its money stands.
    #[schema(value_type = String)]
    pub payment_status: PaymentStatus,
    /// Where its goods stand.
    #[schema(value_type = String)]
    pub shipment_status: ShipmentStatus,
    /// What it came to.
    pub total: Money,
    /// How many pieces.
    pub pieces: u64,
    /// When it was placed.
    #[schema(value_type = String, format = DateTime)]
    pub created: Timestamp,
    /// Who bought it.
    pub name: String,
    /// Where its mails go.
    pub email: Email,
    /// For staff: whether somebody has to look at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attention: Option<bool>,
}

/// Sends money back: an amount, or what units cost.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundRequest {
    /// Why.
    pub reason: String,
    /// How much.
    #[serde(default)]
    pub amount: Option<Money>,
    /// For which units.
    #[serde(default)]
    pub lines: Option<Vec<LineRequest>>,
}

/// The quantities that lines ask for.
///
/// # Errors
/// What is wrong with them, each with its pointer.
pub fn quantities(lines: &[LineRequest]) -> Result<Vec<SkuQuantity>, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        match (Sku::new(line.sku.clone()), Quantity::new(line.quantity)) {
            (Ok(sku), Ok(quantity)) => found.push(SkuQuantity { sku, quantity }),
            (sku, quantity) => {
                if let Err(error) = sku {
                    errors.push(FieldError { pointer: format!("/lines/{index}/sku"), detail: error.to_string() });
                }
                if let Err(error) = quantity {
                    errors.push(FieldError { pointer: format!("/lines/{index}/quantity"), detail: error.to_string() });
                }
            }
        }
    }
    if errors.is_empty() { Ok(found) } else { Err(errors) }
}

impl RefundRequest {
    /// What is to be refunded.
    ///
    /// # Errors
    /// When it names neither an amount nor lines, or both, or they are wrong.
    pub fn what(&self) -> Result<RefundWhat, Vec<FieldError>> {
        match (self.amount, &self.lines) {
            (Some(amount), None) => Ok(RefundWhat::Amount(amount)),
            (None, Some(lines)) => Ok(RefundWhat::Lines(quantities(lines)?)),
            (Some(_), Some(_)) | (None, None) => Err(vec![FieldError {
                pointer: "/amount".to_owned(),
                detail: "Give either an amount or lines.".to_owned(),
            }]),
        }
    }
}
