//! Other goods for what comes back: an order of their own, which the return pays as far as it reaches.
//!
//! The buyer saw the prices when the return was asked for: none is higher when the goods go out. What the return comes to
//! beyond them goes back to the payer; what they cost beyond it is paid like any order. The way to the buyer costs nothing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::decide::{Command, Decision, decide};
use super::{Event, Resolution, Return, ReturnStep, settled};
use crate::cart::Cart;
use crate::id::{CartId, OrderId};
use crate::money::{Money, MoneyError};
use crate::order::{self, Order, Payment, RefundId, RefundTo};
use crate::pricing::{Buyer, PricedCart, price};
use crate::refusal::Refusal;
use crate::settings::{PaymentSettings, ReturnSettings};
use crate::shipping::ShippingSettings;
use crate::stock::Offer;
use crate::tax::TaxSettings;
use crate::text::Digest;

/// What a buyer wants instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The goods, at the prices that the buyer saw.
    pub cart: Cart,
    /// What they came to then, with tax.
    pub total: Money,
}

/// The tables that goods are ordered by.
#[derive(Debug, Clone, Copy)]
pub struct Tables<'a> {
    /// Taxes.
    pub taxes: &'a TaxSettings,
    /// Ways to send.
    pub shipping: &'a ShippingSettings,
    /// Ways to pay.
    pub payments: &'a PaymentSettings,
    /// Terms of a return.
    pub returns: &'a ReturnSettings,
}

impl Tables<'_> {
    /// What `cart` comes to when it goes the way of `order` for nothing.
    fn priced(&self, cart: Cart, order: &Order) -> Result<PricedCart, Refusal> {
        let free = self.shipping.for_nothing();
        price(cart, order.shipping_address.country, &order.shipping_method, self.taxes, &free)
    }
}

/// What a buyer wants for goods of `order`: what is in `cart`, as it is offered now, in a cart of the return's own.
///
/// # Errors
/// When the cart is empty or ordered, or something in it is not sold or cannot go the order's way.
pub fn wanted(order: &Order, cart: &Cart, id: CartId, offers: &[Offer], tables: Tables<'_>) -> Result<Wanted, Refusal> {
    if cart.order.is_some() {
        return Err(Refusal::CartOrdered);
    }
    let mut own = Cart::new(id, cart.currency, order.owner, cart.created);
    for line in &cart.lines {
        let offer = offers.iter().find(|offer| offer.listing.sku == line.sku);
        let not_sold = || Refusal::NotSold { sku: line.sku.clone(), title: line.title.clone() };
        own.set(offer.ok_or_else(not_sold)?, line.quantity)?;
    }
    let total = tables.priced(own.clone(), order)?.totals().total;
    Ok(Wanted { cart: own, total })
}

/// How the other goods are ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placing {
    /// The order's id: the one that the return's own cart leads to.
    pub id: OrderId,
    /// Hash of the token that opens its page.
    pub view_token_hash: Digest,
    /// What is offered of the goods now.
    pub offers: Vec<Offer>,
}

/// Of what a return is worth, the part that pays for goods of `total`, and the rest.
fn split(worth: Money, total: Money) -> Result<[Money; 2], MoneyError> {
    let used = Money::new(worth.amount.min(total.amount).max(0), total.currency);
    Ok([used, worth.minus(used)?])
}

/// Exchanges what of a return was taken back for what the buyer wanted: the order of the return gives what the return comes
/// to, the new one takes it.
///
/// # Errors
/// When the state says no, or something is not sold, cannot go the order's way, or is not to be paid its way any more.
pub fn exchange(
    back: &Return,
    order: &Order,
    placing: Placing,
    tables: Tables<'_>,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    let status = back.status.after(ReturnStep::Exchange)?;
    let Some(wanted) = &back.wanted else { return Err(Refusal::EmptyCart) };
    let cart = wanted.cart.at_most_as_seen(&placing.offers)?;
    let priced = tables.priced(cart, order)?;
    let settled = settled(back, order)?;
    if priced.totals().total.amount > wanted.total.amount {
        return Err(Refusal::TotalChanged { now: priced.totals().total });
    }
    // Nothing is left that could pay for anything.
    if !settled.refund.is_positive() {
        return decide(back, order, Command::Settle { instead: Some(Resolution::Refund) }, now);
    }
    let [used, rest] = split(settled.refund, priced.totals().total)?;
    let parts = vec![(used, RefundTo::Order(placing.id)), (rest, RefundTo::Payer)];
    let command = order::Command::CloseReturn { id: back.id, lines: settled.units(), parts };
    let closed = order::decide(order, command, now)?;
    let pays = closed.order.refunds.iter().filter(|refund| refund.to == RefundTo::Order(placing.id));
    let prepaid = pays.map(|refund| {
        let exchange = RefundId { order: order.id, refund: refund.id };
        let reference = format!("return {} ({})", back.id.number(), refund.id + 1);
        Payment { reference, amount: refund.amount, at: now, credit: None, exchange: Some(exchange) }
    });
    let request = Digest::of(back.id.to_string().as_bytes());
    let buyer = Buyer {
        email: order.email.clone(),
        shipping_address: order.shipping_address.clone(),
        billing_address: order.billing_address.clone(),
        payment_method: order.payment_method,
        credit: None,
        prepaid: prepaid.collect(),
        view_token_hash: placing.view_token_hash,
        idempotency_hash: request,
        request_hash: request,
    };
    let placement = priced.place(placing.id, buyer, tables.payments, tables.returns, now)?;
    let back = Return { status, settled: Some(settled), exchanged: Some(placing.id), ..back.clone() };
    let event = Event::Exchanged { parcel: back.id };
    let decision = Decision { placement: Some(Box::new(placement)), ..Decision::new(back, event) };
    Ok(decision.with_order(closed))
}
