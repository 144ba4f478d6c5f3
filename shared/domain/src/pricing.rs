//! Pricing: Cart -> `PricedCart` -> `Placement`.
//!
//! Knows how tables of tax and shipping make totals of a cart, to the cent. It deliberately changes nothing: a
//! [`Placement`] is the order to be written and the stock to be held, as values.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::cart::Cart;
use crate::credit::{CreditAccount, CreditTake};
use crate::id::OrderId;
use crate::money::Money;
use crate::order::{
    Command, Event, Hold, HoldStatus, Order, OrderLine, OrderStatus, Payment, PaymentMethod, PaymentStatus,
    ShipmentStatus, decide,
};
use crate::refusal::Refusal;
use crate::returns::Terms;
use crate::settings::{PaymentSettings, ReturnSettings};
use crate::shipping::{Quote, ShippingSettings};
use crate::tax::{TaxLine, TaxSettings, breakdown};
use crate::text::{CountryCode, Digest, Email, MethodId, Quantity, Sku};

/// What an order comes to: `total = items - discount + shipping`, and `+ tax` where prices do not include it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// All lines.
    pub items: Money,
    /// What is taken off them.
    pub discount: Money,
    /// The parcel.
    pub shipping: Money,
    /// All taxes, shipping's among them.
    pub tax: Money,
    /// What is paid.
    pub total: Money,
    /// Whether the tax is in items and shipping already.
    pub tax_included: bool,
    /// The taxes by rate; they sum to `tax`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tax_lines: Vec<TaxLine>,
}

/// A cart that has its totals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedCart {
    cart: Cart,
    country: CountryCode,
    quote: Quote,
    lines: Vec<OrderLine>,
    totals: Totals,
    tax_version: u64,
    shipping_version: u64,
}

/// Prices `cart` for a parcel to `country` by `method`.
///
/// # Errors
/// When the cart is empty or ordered, a table says no to the country, the goods or the way, or an amount leaves the
/// range.
pub fn price(
    cart: Cart,
    country: CountryCode,
    method: &MethodId,
    taxes: &TaxSettings,
    shipping: &ShippingSettings,
) -> Result<PricedCart, Refusal> {
    if cart.order.is_some() {
        return Err(Refusal::CartOrdered);
    }
    if cart.lines.is_empty() {
        return Err(Refusal::EmptyCart);
    }
    if cart.lines.len() > Cart::MAX_LINES {
        return Err(Refusal::TooManyLines { most: Cart::MAX_LINES });
    }
    let not_served = Refusal::CountryNotServed { country };
    if !shipping.reaches(country) {
        return Err(not_served);
    }
    let included = taxes.prices_include_tax;
    let items = cart.items_total()?;
    let mut taxed = Vec::with_capacity(cart.lines.len() + 1);
    let mut lines = Vec::with_capacity(cart.lines.len());
    for line in &cart.lines {
        let rate = taxes.rate(country, &line.tax_class).ok_or_else(|| not_served.clone())?;
        let tax = rate.of(line.total()?, included)?;
        taxed.push((rate, tax));
        lines.push(OrderLine {
            sku: line.sku.clone(),
            title: line.title.clone(),
            image: line.image.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            tax,
            price_version: line.price_version,
            shipped: 0,
            refunded: 0,
            dropped: 0,
            shard: 0,
            worth_back: Money::zero(cart.currency),
            terms: Terms::default(),
            warranty_months: line.after_sale.warranty_months,
        });
    }
    let offered = shipping.options(country, cart.weight_g(), items).into_iter().find(|quote| quote.method == *method);
    let quote = offered.ok_or_else(|| Refusal::MethodNotOffered { method: method.clone(), country })?;
    let rate = taxes.rate(country, &taxes.shipping_class).ok_or(not_served)?;
    let shipping_tax = rate.of(quote.price, included)?;
    taxed.push((rate, shipping_tax));
    let tax = Money::sum(cart.currency, taxed.iter().map(|(_, tax)| *tax))?;
    let before_tax = items.plus(quote.price)?;
    let totals = Totals {
        items,
        discount: Money::zero(cart.currency),
        shipping: quote.price,
        tax,
        total: if included { before_tax } else { before_tax.plus(tax)? },
        tax_included: included,
        tax_lines: breakdown(taxed)?,
    };
    let (tax_version, shipping_version) = (taxes.version, shipping.version);
    Ok(PricedCart { cart, country, quote, lines, totals, tax_version, shipping_version })
}

/// Who buys, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buyer {
    /// Where the mails go.
    pub email: Email,
    /// Where the parcel goes.
    pub shipping_address: Address,
    /// Where the bill goes, when that is elsewhere.
    pub billing_address: Option<Address>,
    /// How it is paid.
    pub payment_method: PaymentMethod,
    /// The store credit that pays first.
    pub credit: Option<CreditUse>,
    /// What came for it of another order's return, which pays first too.
    pub prepaid: Vec<Payment>,
    /// Hash of the token that opens the order's page.
    pub view_token_hash: Digest,
    /// Hash of the key that repeats the answer.
    pub idempotency_hash: Digest,
    /// Hash of the body that was sent with it.
    pub request_hash: Digest,
}

/// Store credit that a buyer pays with, as far as it reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditUse {
    /// The account, as it is now.
    pub account: CreditAccount,
    /// What the buyer saw that it pays, if that is known.
    pub expected: Option<Money>,
}

impl CreditUse {
    /// What it pays of `total`.
    ///
    /// # Errors
    /// When it is in another currency, there is nothing on it, or it pays another part than the buyer saw.
    pub fn of(&self, total: Money) -> Result<Money, Refusal> {
        let balance = self.account.balance;
        if balance.currency != total.currency {
            return Err(Refusal::WrongCurrency { expected: total.currency });
        }
        let now = Money::new(balance.amount.min(total.amount), total.currency);
        if now.is_zero() && !total.is_zero() || self.expected.is_some_and(|expected| expected != now) {
            return Err(Refusal::CreditChanged { now });
        }
        Ok(now)
    }
}

/// Stock that has to be there, at the price that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Take {
    /// Of what.
    pub sku: Sku,
    /// What it is called, for a refusal.
    pub title: String,
    /// How many are held.
    pub quantity: Quantity,
    /// The offer's version that the price stands on.
    pub price_version: u64,
    /// The shard of the offer that the hold is on.
    pub shard: u8,
}

/// An order as it is to be written, all of it or none: the order, its stock and its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The order.
    pub order: Order,
    /// What its hold takes, one per SKU.
    pub takes: Vec<Take>,
    /// The store credit that it takes.
    pub credit: Option<CreditTake>,
    /// What happened.
    pub events: Vec<Event>,
}

impl PricedCart {
    /// What it comes to.
    pub const fn totals(&self) -> &Totals {
        &self.totals
    }

    /// The way that it is sent by.
    pub const fn quote(&self) -> &Quote {
        &self.quote
    }

    /// The cart that was priced.
    pub const fn cart(&self) -> &Cart {
        &self.cart
    }

    /// The same, when the total is the one that the shopper saw, if that is known.
    ///
    /// # Errors
    /// When it is another, with the total of now.
    pub fn seen_as(self, expected: Option<Money>) -> Result<Self, Refusal> {
        match expected {
            Some(expected) if expected != self.totals.total => Err(Refusal::TotalChanged { now: self.totals.total }),
            Some(_) | None => Ok(self),
        }
    }

    /// The order that it becomes at `now`, with its hold. An order that costs nothing is paid at once, as is one that store
    /// credit pays all of.
    ///
    /// # Errors
    /// When the buyer's country is not the one that it was priced for, the way to pay is not open, or store credit pays
    /// another part of it than the buyer saw.
    pub fn place(
        mut self,
        id: OrderId,
        buyer: Buyer,
        payments: &PaymentSettings,
        returns: &ReturnSettings,
        now: Timestamp,
    ) -> Result<Placement, Refusal> {
        if buyer.shipping_address.country != self.country {
            return Err(Refusal::CountryNotServed { country: buyer.shipping_address.country });
        }
        if !buyer.payment_method.is_open(payments) {
            return Err(Refusal::PaymentMethodClosed);
        }
        // Whoever gets an order for a return is not here: what is left is paid from a mail, as a transfer is.
        let paid_from_mail = if buyer.prepaid.is_empty() { buyer.payment_method } else { PaymentMethod::BankTransfer };
        let seconds = SignedDuration::from_secs(i64::from(paid_from_mail.hold_secs(payments)));
        let until = now.saturating_add(seconds).unwrap_or(Timestamp::MAX);
        let zero = Money::zero(self.cart.currency);
        for (line, seen) in self.lines.iter_mut().zip(&self.cart.lines) {
            line.shard = seen.shards.of(&id);
            line.terms = Terms::of(returns, &seen.after_sale);
        }
        let takes = self
            .lines
            .iter()
            .map(|line| Take {
                sku: line.sku.clone(),
                title: line.title.clone(),
                quantity: line.quantity,
                price_version: line.price_version,
                shard: line.shard,
            })
            .collect();
        let order = Order {
            id,
            number: id.number(),
            cart: self.cart.id,
            owner: self.cart.owner,
            email: buyer.email,
            shipping_address: buyer.shipping_address,
            billing_address: buyer.billing_address,
            shipping_method: self.quote.method,
            payment_method: buyer.payment_method,
            lines: self.lines,
            totals: self.totals,
            status: OrderStatus::PendingPayment,
            payment_status: PaymentStatus::None,
            shipment_status: ShipmentStatus::Allocated,
            hold: Hold { status: HoldStatus::Held, until },
            created: now,
            rev: 0,
            captured: zero,
            refunded: zero,
            payments: Vec::new(),
            payment_session: None,
            refunds: Vec::new(),
            allocation: Vec::new(),
            allocated: None,
            backordered: Vec::new(),
            shipments: Vec::new(),
            returns: Vec::new(),
            claim: None,
            attention: None,
            delivered: None,
            cancel_reason: None,
            requests: Vec::new(),
            tax_version: self.tax_version,
            shipping_version: self.shipping_version,
            view_token_hash: buyer.view_token_hash,
            idempotency_hash: buyer.idempotency_hash,
            request_hash: buyer.request_hash,
        };
        let credit = buyer.credit.map(|credit| Ok::<_, Refusal>((credit.of(order.totals.total)?, credit.account)));
        let credit = credit.transpose()?.filter(|(amount, _)| amount.is_positive());
        let of_credit = credit.as_ref().map(|(amount, account)| account.payment(*amount, now));
        let prepaid: Vec<Payment> = buyer.prepaid.into_iter().chain(of_credit).collect();
        let paid = match prepaid {
            payments if !payments.is_empty() => Some(Command::Prepay { payments }),
            _ if order.totals.total.is_zero() => {
                Some(Command::PaymentSucceeded { amount: zero, reference: "free".to_owned() })
            }
            _ => None,
        };
        let mut placement = Placement {
            order,
            takes,
            credit: credit.map(|(amount, account)| CreditTake { account, amount }),
            events: vec![Event::OrderPlaced { order: id, until }],
        };
        if let Some(paid) = paid {
            let paid = decide(&placement.order, paid, now)?;
            placement.order = paid.order;
            placement.events.extend(paid.events);
        }
        Ok(placement)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::{at, buyer, cart, credit, eur, placed, priced};
    use crate::money::Currency;
    use crate::settings::Setting;

    fn added() -> TaxSettings {
        TaxSettings { prices_include_tax: false, ..TaxSettings::initial() }
    }

    #[test]
    fn totals_of_a_cart() {
        let totals = priced(cart(&[("A", 1999, 2)]), "DE", &TaxSettings::initial()).totals;
        // 39.98 + 4.90: 6.38 and 0.78 of it are tax.
        assert_eq!(
            (totals.items, totals.shipping, totals.tax, totals.total),
            (eur(3998), eur(490), eur(716), eur(4488))
        );
        assert_eq!(totals.tax_lines.len(), 1);
        let totals = priced(cart(&[("A", 1999, 2)]), "DE", &added()).totals;
        assert_eq!((totals.tax, totals.total), (eur(760 + 93), eur(3998 + 490 + 853)));
        let totals = priced(cart(&[("A", 1999, 2)]), "US", &TaxSettings::initial()).totals;
        assert_eq!((totals.tax, totals.total, totals.tax_lines), (eur(0), eur(3998 + 1490), vec![]));
    }

    #[test]
    fn says_what_is_wrong() {
        let (taxes, shipping) = (TaxSettings::initial(), ShippingSettings::initial());
        let price = |cart: Cart, country: &str, method: &str| {
            let refused = price(cart, country.parse().unwrap(), &method.parse().unwrap(), &taxes, &shipping);
            refused.map(|_| ()).unwrap_err().code()
        };
        assert_eq!(price(cart(&[]), "DE", "standard"), "empty-cart");
        assert_eq!(price(cart(&[("A", 1, 1)]), "CH", "standard"), "country-not-served");
        assert_eq!(price(cart(&[("A", 1, 1)]), "DE", "drone"), "shipping-method-not-offered");
        assert_eq!(price(cart(&[("A", 1, 100)]), "DE", "standard"), "shipping-method-not-offered");
        let mut wine = cart(&[("A", 1, 1)]);
        wine.lines[0].tax_class = "wine".parse().unwrap();
        assert_eq!(price(wine, "DE", "standard"), "country-not-served");
        let priced = priced(cart(&[("A", 1999, 1)]), "DE", &taxes);
        assert_eq!(priced.clone().seen_as(Some(eur(1))), Err(Refusal::TotalChanged { now: eur(2489) }));
        assert!(priced.clone().seen_as(Some(eur(2489))).is_ok());
        let id = OrderId::new(1, [1; 10]);
        let elsewhere = priced.clone().place(
            id,
            buyer(PaymentMethod::Card, "FR"),
            &PaymentSettings::initial(),
            &ReturnSettings::initial(),
            at(0),
        );
        assert_eq!(elsewhere.unwrap_err().code(), "country-not-served");
        let closed = PaymentSettings { card: false, ..PaymentSettings::initial() };
        let closed = priced.place(id, buyer(PaymentMethod::Card, "DE"), &closed, &ReturnSettings::initial(), at(0));
        assert_eq!(closed.unwrap_err(), Refusal::PaymentMethodClosed);
    }

    #[test]
    fn an_order_holds_its_stock_until_its_time() {
        let card = placed(&[("A", 1999, 2)], PaymentMethod::Card, &TaxSettings::initial());
        assert_eq!(card.order.hold.until, at(2_100));
        assert_eq!(card.events, [Event::OrderPlaced { order: card.order.id, until: at(2_100) }]);
        assert_eq!((card.takes[0].quantity.get(), card.takes[0].price_version), (2, 1));
        let transfer = placed(&[("A", 1999, 2)], PaymentMethod::BankTransfer, &TaxSettings::initial());
        assert_eq!(transfer.order.hold.until, at(604_800));
        let json = serde_json::to_string(&card.order).unwrap();
        assert_eq!(serde_json::from_str::<Order>(&json).unwrap(), card.order);
    }

    #[test]
    fn what_costs_nothing_is_paid_at_once() {
        let mut shipping = ShippingSettings::initial();
        shipping.zones[0].methods[0].free_from = Some(eur(0));
        let method = "standard".parse().unwrap();
        let cart = cart(&[("A", 0, 1)]);
        let priced = price(cart, "DE".parse().unwrap(), &method, &TaxSettings::initial(), &shipping).unwrap();
        let placement = priced
            .place(
                OrderId::new(1, [1; 10]),
                buyer(PaymentMethod::Card, "DE"),
                &PaymentSettings::initial(),
                &ReturnSettings::initial(),
                at(0),
            )
            .unwrap();
        assert_eq!(
            (placement.order.status, placement.order.payment_status),
            (OrderStatus::Placed, PaymentStatus::Captured)
        );
        let names: Vec<&str> = placement.events.iter().map(Event::name).collect();
        assert_eq!(names, ["order.placed", "order.paid"]);
    }

    #[test]
    fn what_costs_nothing_takes_no_store_credit() {
        let mut shipping = ShippingSettings::initial();
        shipping.zones[0].methods[0].free_from = Some(eur(0));
        let method = "standard".parse().unwrap();
        let cart = cart(&[("A", 0, 1)]);
        let priced = price(cart, "DE".parse().unwrap(), &method, &TaxSettings::initial(), &shipping).unwrap();
        let credit = Some(CreditUse { account: credit(1000), expected: None });
        let buyer = Buyer { credit, ..buyer(PaymentMethod::Card, "DE") };
        let (payments, returns) = (PaymentSettings::initial(), ReturnSettings::initial());
        let placement = priced.place(OrderId::new(1, [1; 10]), buyer, &payments, &returns, at(0)).unwrap();
        assert_eq!((placement.credit, placement.order.status), (None, OrderStatus::Placed));
        assert!(placement.order.credit_used().is_zero());
    }

    /// An order of 24.89 whose buyer has the code of an account.
    fn paying_with(account: CreditAccount, expected: Option<i64>) -> Result<Placement, Refusal> {
        let credit = Some(CreditUse { account, expected: expected.map(eur) });
        let buyer = Buyer { credit, ..buyer(PaymentMethod::Card, "DE") };
        let (payments, returns) = (PaymentSettings::initial(), ReturnSettings::initial());
        let priced = priced(cart(&[("A", 1999, 1)]), "DE", &TaxSettings::initial());
        priced.place(OrderId::new(1, [1; 10]), buyer, &payments, &returns, at(0))
    }

    #[test]
    fn store_credit_pays_as_far_as_it_reaches() {
        let part = paying_with(credit(1000), None).unwrap();
        assert_eq!(part.credit, Some(CreditTake { account: credit(1000), amount: eur(1000) }));
        assert_eq!((part.order.credit_used(), part.order.to_pay()), (eur(1000), eur(1489)));
        let states = (part.order.status, part.order.payment_status);
        assert_eq!(states, (OrderStatus::PendingPayment, PaymentStatus::PartiallyCaptured));
        assert_eq!(part.events, [Event::OrderPlaced { order: part.order.id, until: at(2_100) }]);

        for balance in [2489, 5000] {
            let whole = paying_with(credit(balance), Some(2489)).unwrap();
            assert_eq!(whole.credit, Some(CreditTake { account: credit(balance), amount: eur(2489) }));
            let names: Vec<&str> = whole.events.iter().map(Event::name).collect();
            assert_eq!((whole.order.status, names), (OrderStatus::Placed, vec!["order.placed", "order.paid"]));
            assert_eq!((whole.order.payments.len(), whole.order.to_pay()), (1, eur(0)));
        }
    }

    #[test]
    fn store_credit_pays_what_the_buyer_saw_or_nothing() {
        let refused = |balance: i64, expected: Option<i64>| paying_with(credit(balance), expected).unwrap_err();
        assert!(paying_with(credit(1000), Some(1000)).is_ok());
        // Somebody else spent of it, or more came on it.
        assert_eq!(refused(1000, Some(2489)), Refusal::CreditChanged { now: eur(1000) });
        assert_eq!(refused(5000, Some(1000)), Refusal::CreditChanged { now: eur(2489) });
        assert_eq!(refused(1000, Some(0)), Refusal::CreditChanged { now: eur(1000) });
        let empty = refused(0, None);
        assert_eq!((&empty, empty.code()), (&Refusal::CreditChanged { now: eur(0) }, "credit-changed"));
        assert_eq!(empty.to_string(), "There is no store credit left on this code.");
        let dollars = CreditAccount { balance: Money::new(1000, Currency::USD), ..credit(0) };
        assert_eq!(paying_with(dollars, None).unwrap_err(), Refusal::WrongCurrency { expected: Currency::EUR });
    }

    proptest! {
        #[test]
        fn store_credit_and_the_rest_come_to_the_total(balance in 1_i64..10_000) {
            let placement = paying_with(credit(balance), None).unwrap();
            let (order, take) = (placement.order, placement.credit.unwrap());
            prop_assert!(take.amount.is_positive() && take.amount.amount <= balance);
            prop_assert_eq!(order.credit_used(), take.amount);
            prop_assert_eq!(take.amount.plus(order.to_pay()).unwrap(), order.totals.total);
            prop_assert_eq!(order.status == OrderStatus::Placed, order.to_pay().is_zero());
        }

        #[test]
        fn totals_sum_to_the_cent(
            lines in prop::collection::vec((0_i64..100_000, 1_u32..5, 0_usize..3), 1..8),
            country in prop::sample::select(vec!["DE", "FR", "US", "JP"]),
            included: bool,
        ) {
            let names: Vec<String> = (0..lines.len()).map(|number| format!("S{number}")).collect();
            let flat: Vec<(&str, i64, u32)> =
                names.iter().zip(&lines).map(|(name, (price, count, _))| (name.as_str(), *price, *count)).collect();
            let mut cart = cart(&flat);
            for (line, (.., class)) in cart.lines.iter_mut().zip(&lines) {
                line.tax_class = ["standard", "reduced", "zero"][*class].parse().unwrap();
            }
            let taxes = TaxSettings { prices_include_tax: included, ..TaxSettings::initial() };
            let priced = priced(cart, country, &taxes);
            let totals = priced.totals();
            let amount = |money: Money| money.amount;
            let tax_on_top = if included { 0 } else { amount(totals.tax) };
            prop_assert_eq!(amount(totals.total), amount(totals.items) - amount(totals.discount) + amount(totals.shipping) + tax_on_top);
            let items: i64 = priced.lines.iter().map(|line| line.total().unwrap().amount).sum();
            prop_assert_eq!(amount(totals.items), items);
            let rate = taxes.rate(priced.country, &taxes.shipping_class).unwrap();
            let shipping_tax = rate.of(totals.shipping, included).unwrap().amount;
            let line_taxes: i64 = priced.lines.iter().map(|line| amount(line.tax)).sum();
            prop_assert_eq!(amount(totals.tax), line_taxes + shipping_tax);
            prop_assert_eq!(amount(totals.tax), totals.tax_lines.iter().map(|line| amount(line.tax)).sum::<i64>());
        }
    }
}
