//! An order as it is kept: short names and amounts without their currency, because every write pays by the KB, and a
//! one-line order has to stay under one.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::address::Address;
use domain::id::{CartId, ClaimId, OrderId, PersonId};
use domain::order::{
    AskedBack, Attention, Hold, HoldStatus, Order, OrderLine, OrderStatus, Payment, PaymentMethod, PaymentSession,
    PaymentStatus, Refund, RequestMark, Shipment, ShipmentStatus,
};
use domain::pricing::Totals;
use domain::returns::Terms;
use domain::stock::{Allocated, Allocation, SkuQuantity};
use domain::tax::TaxLine;
use domain::text::{CountryCode, Digest, Email, MethodId, Quantity, Sku};
use domain::{Currency, Money};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::db::{Item, StoreError, item_of, of_item};

const SCHEMA: u16 = 1;

#[derive(Serialize, Deserialize)]
struct Record {
    pk: OrderId,
    #[serde(rename = "schema")]
    schema: u16,
    rev: u64,
    #[serde(rename = "cu")]
    currency: Currency,
    #[serde(rename = "c")]
    cart: CartId,
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    owner: Option<PersonId>,
    #[serde(rename = "e")]
    email: Email,
    #[serde(rename = "a")]
    shipping_address: Place,
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    billing_address: Option<Place>,
    #[serde(rename = "m")]
    shipping_method: MethodId,
    #[serde(rename = "p")]
    payment_method: PaymentMethod,
    #[serde(rename = "l")]
    lines: Vec<Line>,
    #[serde(rename = "t")]
    totals: Sums,
    #[serde(rename = "st")]
    status: OrderStatus,
    #[serde(rename = "ps")]
    payment_status: PaymentStatus,
    #[serde(rename = "ss")]
    shipment_status: ShipmentStatus,
    #[serde(rename = "hs")]
    hold_status: HoldStatus,
    /// In milliseconds since 1970, as is `created`.
    #[serde(rename = "hu")]
    hold_until: i64,
    #[serde(rename = "at")]
    created: i64,
    #[serde(rename = "ca", default, skip_serializing_if = "is_zero")]
    captured: i64,
    #[serde(rename = "rf", default, skip_serializing_if = "is_zero")]
    refunded: i64,
    #[serde(rename = "pm", default, skip_serializing_if = "Vec::is_empty")]
    payments: Vec<Payment>,
    #[serde(rename = "se", default, skip_serializing_if = "Option::is_none")]
    payment_session: Option<PaymentSession>,
    #[serde(rename = "re", default, skip_serializing_if = "Vec::is_empty")]
    refunds: Vec<Refund>,
    #[serde(rename = "al", default, skip_serializing_if = "Vec::is_empty")]
    allocation: Vec<Allocation>,
    #[serde(rename = "aw", default, skip_serializing_if = "Option::is_none")]
    allocated: Option<Allocated>,
    #[serde(rename = "bo", default, skip_serializing_if = "Vec::is_empty")]
    backordered: Vec<SkuQuantity>,
    #[serde(rename = "sh", default, skip_serializing_if = "Vec::is_empty")]
    shipments: Vec<Shipment>,
    #[serde(rename = "dv", default, skip_serializing_if = "Option::is_none")]
    delivered: Option<i64>,
    #[serde(rename = "rt", default, skip_serializing_if = "Vec::is_empty")]
    returns: Vec<AskedBack>,
    #[serde(rename = "wc", default, skip_serializing_if = "Option::is_none")]
    claim: Option<ClaimId>,
    #[serde(rename = "an", default, skip_serializing_if = "Option::is_none")]
    attention: Option<Attention>,
    #[serde(rename = "cr", default, skip_serializing_if = "Option::is_none")]
    cancel_reason: Option<String>,
    #[serde(rename = "rq", default, skip_serializing_if = "Vec::is_empty")]
    requests: Vec<RequestMark>,
    #[serde(rename = "tv")]
    tax_version: u64,
    #[serde(rename = "sv")]
    shipping_version: u64,
    #[serde(rename = "vh")]
    view_token_hash: Digest,
    #[serde(rename = "ih")]
    idempotency_hash: Digest,
    #[serde(rename = "rh")]
    request_hash: Digest,
}

#[derive(Serialize, Deserialize)]
struct Place {
    #[serde(rename = "n")]
    name: String,
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    #[serde(rename = "1")]
    line1: String,
    #[serde(rename = "2", default, skip_serializing_if = "Option::is_none")]
    line2: Option<String>,
    #[serde(rename = "c")]
    city: String,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(rename = "p", default, skip_serializing_if = "String::is_empty")]
    postal_code: String,
    #[serde(rename = "k")]
    country: CountryCode,
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    #[serde(rename = "s")]
    sku: Sku,
    #[serde(rename = "t")]
    title: String,
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    #[serde(rename = "q")]
    quantity: Quantity,
    #[serde(rename = "u")]
    unit_price: i64,
    #[serde(rename = "x")]
    tax: i64,
    #[serde(rename = "v")]
    price_version: u64,
    #[serde(rename = "h", default, skip_serializing_if = "is_none_of_it")]
    shipped: u32,
    #[serde(rename = "f", default, skip_serializing_if = "is_none_of_it")]
    refunded: u32,
    #[serde(rename = "d", default, skip_serializing_if = "is_none_of_it")]
    dropped: u32,
    #[serde(rename = "sd", default, skip_serializing_if = "is_whole")]
    shard: u8,
    #[serde(rename = "wb", default, skip_serializing_if = "is_zero")]
    worth_back: i64,
    /// Days of the window, parts per million of the fee, and 1 for a free label, 2 for a final sale.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    terms: Option<(u16, u32, u8)>,
    #[serde(rename = "g", default, skip_serializing_if = "is_no_month")]
    warranty_months: u16,
}

#[derive(Serialize, Deserialize)]
struct Sums {
    #[serde(rename = "i")]
    items: i64,
    #[serde(rename = "d", default, skip_serializing_if = "is_zero")]
    discount: i64,
    #[serde(rename = "s", default, skip_serializing_if = "is_zero")]
    shipping: i64,
    #[serde(rename = "x", default, skip_serializing_if = "is_zero")]
    tax: i64,
    #[serde(rename = "t")]
    total: i64,
    #[serde(rename = "n")]
    tax_included: bool,
    #[serde(rename = "l", default, skip_serializing_if = "Vec::is_empty")]
    tax_lines: Vec<TaxSum>,
}

#[derive(Serialize, Deserialize)]
struct TaxSum {
    #[serde(rename = "n")]
    name: String,
    #[serde(rename = "r")]
    rate_ppm: u32,
    #[serde(rename = "x")]
    tax: i64,
}

fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

fn is_none_of_it(count: &u32) -> bool {
    *count == 0
}

fn is_no_month(months: &u16) -> bool {
    *months == 0
}

const FREE_LABEL: u8 = 1;
const FINAL_SALE: u8 = 2;

/// The terms of a line; those that a new shop gives are not written.
fn short(terms: Terms) -> Option<(u16, u32, u8)> {
    let Terms { window_days, restocking_fee_ppm, free_label, final_sale } = terms;
    let flags = if free_label { FREE_LABEL } else { 0 } | if final_sale { FINAL_SALE } else { 0 };
    (terms != Terms::default()).then_some((window_days, restocking_fee_ppm, flags))
}

fn terms((window_days, restocking_fee_ppm, flags): (u16, u32, u8)) -> Terms {
    let (free_label, final_sale) = (flags & FREE_LABEL != 0, flags & FINAL_SALE != 0);
    Terms { window_days, restocking_fee_ppm, free_label, final_sale }
}

fn is_whole(shard: &u8) -> bool {
    *shard == 0
}

fn place(address: &Address) -> Place {
    let Address { name, company, line1, line2, city, region, postal_code, country, phone } = address.clone();
    Place { name, company, line1, line2, city, region, postal_code, country, phone }
}

fn address(place: Place) -> Address {
    let Place { name, company, line1, line2, city, region, postal_code, country, phone } = place;
    Address { name, company, line1, line2, city, region, postal_code, country, phone }
}

/// The record of an order, without the mark of its write.
pub(super) fn item_of_order(order: &Order) -> Result<Item, StoreError> {
    let totals = &order.totals;
    let record = Record {
        pk: order.id,
        schema: SCHEMA,
        rev: order.rev,
        currency: order.currency(),
        cart: order.cart,
        owner: order.owner,
        email: order.email.clone(),
        shipping_address: place(&order.shipping_address),
        billing_address: order.billing_address.as_ref().map(place),
        shipping_method: order.shipping_method.clone(),
        payment_method: order.payment_method,
        lines: order
            .lines
            .iter()
            .map(|line| Line {
                sku: line.sku.clone(),
                title: line.title.clone(),
                image: line.image.clone(),
                quantity: line.quantity,
                unit_price: line.unit_price.amount,
                tax: line.tax.amount,
                price_version: line.price_version,
                shipped: line.shipped,
                refunded: line.refunded,
                dropped: line.dropped,
                shard: line.shard,
                worth_back: line.worth_back.amount,
                terms: short(line.terms),
                warranty_months: line.warranty_months,
            })
            .collect(),
        totals: Sums {
            items: totals.items.amount,
            discount: totals.discount.amount,
            shipping: totals.shipping.amount,
            tax: totals.tax.amount,
            total: totals.total.amount,
            tax_included: totals.tax_included,
            tax_lines: totals
                .tax_lines
                .iter()
                .map(|line| TaxSum { name: line.name.clone(), rate_ppm: line.rate_ppm, tax: line.tax.amount })
                .collect(),
        },
        status: order.status,
        payment_status: order.payment_status,
        shipment_status: order.shipment_status,
        hold_status: order.hold.status,
        hold_until: order.hold.until.as_millisecond(),
        created: order.created.as_millisecond(),
        captured: order.captured.amount,
        refunded: order.refunded.amount,
        payments: order.payments.clone(),
        payment_session: order.payment_session.clone(),
        refunds: order.refunds.clone(),
        allocation: order.allocation.clone(),
        allocated: order.allocated.clone(),
        backordered: order.backordered.clone(),
        shipments: order.shipments.clone(),
        delivered: order.delivered.map(Timestamp::as_millisecond),
        returns: order.returns.clone(),
        claim: order.claim,
        attention: order.attention.clone(),
        cancel_reason: order.cancel_reason.clone(),
        requests: order.requests.clone(),
        tax_version: order.tax_version,
        shipping_version: order.shipping_version,
        view_token_hash: order.view_token_hash,
        idempotency_hash: order.idempotency_hash,
        request_hash: order.request_hash,
    };
    let mut item = item_of(&record)?;
    item.retain(|_, value| !matches!(value, AttributeValue::Null(_)));
    Ok(item)
}

/// The order of a record.
pub(super) fn order_of(item: Item) -> Result<Order, StoreError> {
    let record: Record = of_item(item)?;
    let money = |amount: i64| Money::new(amount, record.currency);
    let time =
        |millis: i64| Timestamp::from_millisecond(millis).map_err(|error| StoreError::Corrupt(error.to_string()));
    let totals = Totals {
        items: money(record.totals.items),
        discount: money(record.totals.discount),
        shipping: money(record.totals.shipping),
        tax: money(record.totals.tax),
        total: money(record.totals.total),
        tax_included: record.totals.tax_included,
        tax_lines: record
            .totals
            .tax_lines
            .into_iter()
            .map(|line| TaxLine { name: line.name, rate_ppm: line.rate_ppm, tax: money(line.tax) })
            .collect(),
    };
    let lines = record
        .lines
        .into_iter()
        .map(|line| OrderLine {
            sku: line.sku,
            title: line.title,
            image: line.image,
            quantity: line.quantity,
            unit_price: money(line.unit_price),
            tax: money(line.tax),
            price_version: line.price_version,
            shipped: line.shipped,
            refunded: line.refunded,
            dropped: line.dropped,
            shard: line.shard,
            worth_back: money(line.worth_back),
            terms: line.terms.map_or_else(Terms::default, terms),
            warranty_months: line.warranty_months,
        })
        .collect();
    Ok(Order {
        id: record.pk,
        number: record.pk.number(),
        cart: record.cart,
        owner: record.owner,
        email: record.email,
        shipping_address: address(record.shipping_address),
        billing_address: record.billing_address.map(address),
        shipping_method: record.shipping_method,
        payment_method: record.payment_method,
        lines,
        totals,
        status: record.status,
        payment_status: record.payment_status,
        shipment_status: record.shipment_status,
        hold: Hold { status: record.hold_status, until: time(record.hold_until)? },
        created: time(record.created)?,
        rev: record.rev,
        captured: money(record.captured),
        refunded: money(record.refunded),
        payments: record.payments,
        payment_session: record.payment_session,
        refunds: record.refunds,
        allocation: record.allocation,
        allocated: record.allocated,
        backordered: record.backordered,
        shipments: record.shipments,
        delivered: record.delivered.map(time).transpose()?,
        returns: record.returns,
        claim: record.claim,
        attention: record.attention,
        cancel_reason: record.cancel_reason,
        requests: record.requests,
        tax_version: record.tax_version,
        shipping_version: record.shipping_version,
        view_token_hash: record.view_token_hash,
        idempotency_hash: record.idempotency_hash,
        request_hash: record.request_hash,
    })
}
