//! The cart: what a shopper means to buy, with the prices that the shopper saw.
//!
//! Knows one line per SKU and its snapshot of the offer. It deliberately promises no stock and knows no taxes: both
//! are a checkout's.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{CartId, OrderId, PersonId};
use crate::money::{Currency, Money, MoneyError};
use crate::refusal::Refusal;
use crate::returns::AfterSale;
use crate::stock::{Offer, Shards};
use crate::text::{Quantity, Sku, Slug, TaxClass};

/// A line, as the offer was when the shopper last looked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLine {
    /// Of what.
    pub sku: Sku,
    /// The product's address.
    pub slug: Slug,
    /// What it is called.
    pub title: String,
    /// How many.
    pub quantity: Quantity,
    /// What one cost.
    pub unit_price: Money,
    /// The offer's version then.
    pub price_version: u64,
    /// Weight of one in grams.
    pub weight_g: u32,
    /// How it is taxed.
    pub tax_class: TaxClass,
    /// Key of its picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Over how many records the offer's counters were split then.
    #[serde(default, skip_serializing_if = "Shards::is_one")]
    pub shards: Shards,
    /// How it comes back and what is guaranteed, as far as its product says.
    #[serde(default, skip_serializing_if = "AfterSale::is_silent")]
    pub after_sale: AfterSale,
}

impl CartLine {
    fn of(offer: &Offer, quantity: Quantity) -> Self {
        let listing = offer.listing.clone();
        Self {
            sku: listing.sku,
            slug: listing.slug,
            title: listing.title,
            quantity,
            unit_price: listing.price,
            price_version: offer.price_version,
            weight_g: listing.weight_g,
            tax_class: listing.tax_class,
            image: listing.image,
            shards: offer.shards,
            after_sale: listing.after_sale,
        }
    }

    /// What the line costs, tax as the shop's prices have it.
    ///
    /// # Errors
    /// When it leaves the range.
    pub fn total(&self) -> Result<Money, MoneyError> {
        self.unit_price.times(self.quantity.get())
    }
}

/// A cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// Its id.
    pub id: CartId,
    /// What its prices are in: the shop's.
    pub currency: Currency,
    /// In the order in which they were put in.
    pub lines: Vec<CartLine>,
    /// When it was made.
    pub created: Timestamp,
    /// Counts its writes.
    pub rev: u64,
    /// The order that it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// Whose it is, once that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<PersonId>,
}

/// What a shopper should know about a line before buying.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Warning {
    /// It has another price than when it was put in.
    PriceChanged {
        /// Of which line.
        sku: Sku,
        /// What it is called.
        title: String,
        /// What it cost.
        was: Money,
        /// What it costs.
        now: Money,
    },
    /// There are fewer than in the cart.
    NotEnough {
        /// Of which line.
        sku: Sku,
        /// What it is called.
        title: String,
        /// How many there are.
        available: i64,
    },
    /// It is no longer sold.
    Gone {
        /// Of which line.
        sku: Sku,
        /// What it is called.
        title: String,
    },
}

impl Warning {
    /// Which line it is about.
    pub const fn sku(&self) -> &Sku {
        match self {
            Self::PriceChanged { sku, .. } | Self::NotEnough { sku, .. } | Self::Gone { sku, .. } => sku,
        }
    }

    /// In words for people.
    pub fn text(&self) -> String {
        match self {
            Self::PriceChanged { title, was, now, .. } => {
                let way = if now.amount > was.amount { "risen" } else { "fallen" };
                format!("The price of {title} has {way} from {} to {}.", was.format(), now.format())
            }
            Self::NotEnough { sku, title, available } => {
                Refusal::NotEnough { sku: sku.clone(), title: title.clone(), available: *available }.to_string()
            }
            Self::Gone { sku, title } => Refusal::NotSold { sku: sku.clone(), title: title.clone() }.to_string(),
        }
    }
}

impl Cart {
    /// The most SKUs of a cart and of an order.
    pub const MAX_LINES: usize = 40;

    /// An empty cart.
    pub const fn new(id: CartId, currency: Currency, owner: Option<PersonId>, now: Timestamp) -> Self {
        Self { id, currency, lines: Vec::new(), created: now, rev: 0, order: None, owner }
    }

    /// The line of that SKU.
    pub fn line(&self, sku: &Sku) -> Option<&CartLine> {
        self.lines.iter().find(|line| line.sku == *sku)
    }

    /// What is in it.
    pub fn skus(&self) -> Vec<Sku> {
        self.lines.iter().map(|line| line.sku.clone()).collect()
    }

    /// How many units are in it.
    pub fn count(&self) -> u64 {
        self.lines.iter().map(|line| u64::from(line.quantity.get())).sum()
    }

    /// Its weight in grams.
    pub fn weight_g(&self) -> u64 {
        self.lines.iter().map(|line| u64::from(line.weight_g) * u64::from(line.quantity.get())).sum()
    }

    /// What its lines cost.
    ///
    /// # Errors
    /// When a price is of another currency or the sum leaves the range.
    pub fn items_total(&self) -> Result<Money, MoneyError> {
        self.lines.iter().try_fold(Money::zero(self.currency), |sum, line| sum.plus(line.total()?))
    }

    fn open(&self) -> Result<(), Refusal> {
        if self.order.is_some() { Err(Refusal::CartOrdered) } else { Ok(()) }
    }

    /// Sets how many of the offer's SKU are in it, with the offer's price of now.
    ///
    /// # Errors
    /// When the cart has been ordered or is full, or the offer is not on sale or in another currency. More than is
    /// there is let in: the cart says so with a [`Warning`], and a checkout refuses it.
    pub fn set(&mut self, offer: &Offer, quantity: Quantity) -> Result<(), Refusal> {
        self.open()?;
        let listing = &offer.listing;
        if !listing.on_sale {
            return Err(Refusal::NotSold { sku: listing.sku.clone(), title: listing.title.clone() });
        }
        if listing.price.currency != self.currency {
            return Err(Refusal::WrongCurrency { expected: self.currency });
        }
        let line = CartLine::of(offer, quantity);
        match self.lines.iter().position(|other| other.sku == line.sku) {
            Some(place) => self.lines[place] = line,
            None if self.lines.len() >= Self::MAX_LINES => return Err(Refusal::TooManyLines { most: Self::MAX_LINES }),
            None => self.lines.push(line),
        }
        Ok(())
    }

    /// Puts `quantity` more of the offer's SKU in.
    ///
    /// # Errors
    /// As [`Cart::set`], and when it would be more than a line takes.
    pub fn add(&mut self, offer: &Offer, quantity: Quantity) -> Result<(), Refusal> {
        let before = self.line(&offer.listing.sku).map_or(0, |line| line.quantity.get());
        let sum = Quantity::new(before + quantity.get())
            .map_err(|_| Refusal::TooMany { title: offer.listing.title.clone(), most: Quantity::MAX })?;
        self.set(offer, sum)
    }

    /// Takes the SKU out; whether it was in.
    ///
    /// # Errors
    /// When the cart has been ordered.
    pub fn remove(&mut self, sku: &Sku) -> Result<bool, Refusal> {
        self.open()?;
        let before = self.lines.len();
        self.lines.retain(|line| line.sku != *sku);
        Ok(self.lines.len() < before)
    }

    /// Takes in the lines of `other`: quantities of a SKU are summed, up to what a line takes. Gives the lines that
    /// found no place.
    ///
    /// # Errors
    /// When the cart has been ordered.
    pub fn merge(&mut self, other: &Self) -> Result<Vec<CartLine>, Refusal> {
        self.open()?;
        let mut left_out = Vec::new();
        for line in &other.lines {
            match self.lines.iter().position(|own| own.sku == line.sku) {
                Some(place) => {
                    let own = &mut self.lines[place];
                    let sum = (own.quantity.get() + line.quantity.get()).min(Quantity::MAX);
                    // The snapshot that was seen last counts; its price version tells a checkout if it is stale.
                    let newer = if line.price_version >= own.price_version { line } else { &*own };
                    *own = CartLine { quantity: Quantity::new(sum).unwrap_or(own.quantity), ..newer.clone() };
                }
                None if self.lines.len() < Self::MAX_LINES && line.unit_price.currency == self.currency => {
                    self.lines.push(line.clone());
                }
                None => left_out.push(line.clone()),
            }
        }
        Ok(left_out)
    }

    /// The same goods as they are offered now, at no higher price than they had here.
    ///
    /// # Errors
    /// When something is no longer sold.
    pub fn at_most_as_seen(&self, offers: &[Offer]) -> Result<Self, Refusal> {
        let mut now = self.clone();
        for line in &mut now.lines {
            let seen = line.unit_price;
            let offer = offers.iter().find(|offer| offer.listing.sku == line.sku && offer.listing.on_sale);
            let not_sold = || Refusal::NotSold { sku: line.sku.clone(), title: line.title.clone() };
            *line = CartLine::of(offer.ok_or_else(not_sold)?, line.quantity);
            if line.unit_price.currency == seen.currency && seen.amount < line.unit_price.amount {
                line.unit_price = seen;
            }
        }
        Ok(now)
    }

    /// What the shopper should know, given the offers of now; an offer that is missing is gone.
    pub fn warnings(&self, offers: &[Offer]) -> Vec<Warning> {
        let mut warnings = Vec::new();
        for line in &self.lines {
            let (sku, title) = (line.sku.clone(), line.title.clone());
            let offer = offers.iter().find(|offer| offer.listing.sku == line.sku && offer.listing.on_sale);
            let Some(offer) = offer else {
                warnings.push(Warning::Gone { sku, title });
                continue;
            };
            if offer.listing.price != line.unit_price {
                let (was, now) = (line.unit_price, offer.listing.price);
                warnings.push(Warning::PriceChanged { sku: sku.clone(), title: title.clone(), was, now });
            }
            let available = offer.sellable();
            if line.quantity.units() > available {
                warnings.push(Warning::NotEnough { sku, title, available });
            }
        }
        warnings
    }

    /// Renews each line's snapshot from its offer: the shopper looks at it now. What is gone stays as it was, so that
    /// its old version keeps it from being bought. Gives the warnings, and whether anything changed.
    pub fn renew(&mut self, offers: &[Offer]) -> (Vec<Warning>, bool) {
        let warnings = self.warnings(offers);
        let mut changed = false;
        if self.order.is_none() {
            for line in &mut self.lines {
                let on_sale = offers.iter().find(|offer| {
                    offer.listing.sku == line.sku
                        && offer.listing.on_sale
                        && offer.listing.price.currency == self.currency
                });
                if let Some(offer) = on_sale {
                    let fresh = CartLine::of(offer, line.quantity);
                    changed |= fresh != *line;
                    *line = fresh;
                }
            }
        }
        (warnings, changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{at, cart, eur, many, offer, sku};

    #[test]
    fn has_one_line_per_sku() {
        let mut cart = cart(&[("A", 500, 1), ("B", 250, 4)]);
        cart.add(&offer("A", 500, 9), many(2)).unwrap();
        assert_eq!((cart.lines.len(), cart.count(), cart.items_total().unwrap()), (2, 7, eur(2500)));
        cart.set(&offer("A", 500, 9), many(1)).unwrap();
        assert_eq!(cart.line(&sku("A")).unwrap().quantity, many(1));
        assert_eq!(cart.remove(&sku("A")), Ok(true));
        assert_eq!(cart.remove(&sku("A")), Ok(false));
        assert_eq!(cart.weight_g(), 4 * 350);
    }

    #[test]
    fn has_its_limits() {
        let mut full = cart(&[]);
        for number in 0..Cart::MAX_LINES {
            full.set(&offer(&format!("S{number}"), 1, 1), many(1)).unwrap();
        }
        assert_eq!(full.set(&offer("X", 1, 1), many(1)), Err(Refusal::TooManyLines { most: 40 }));
        assert!(full.set(&offer("S0", 1, 1), many(2)).is_ok());
        assert!(matches!(full.add(&offer("S0", 1, 1), many(9_999)), Err(Refusal::TooMany { .. })));
        let mut dollars = offer("S0", 1, 1);
        dollars.listing.price.currency = Currency::USD;
        assert_eq!(full.set(&dollars, many(1)), Err(Refusal::WrongCurrency { expected: Currency::EUR }));
        let mut gone = offer("S0", 1, 1);
        gone.listing.on_sale = false;
        assert!(matches!(full.set(&gone, many(1)), Err(Refusal::NotSold { .. })));
        full.order = Some(OrderId::of_cart(&full.id, b"key"));
        assert_eq!(full.remove(&sku("S0")), Err(Refusal::CartOrdered));
    }

    #[test]
    fn warns_until_it_was_looked_at() {
        let mut cart = cart(&[("A", 500, 3), ("B", 250, 1), ("C", 100, 1)]);
        let mut dearer = offer("A", 600, 2);
        dearer.price_version = 2;
        let mut gone = offer("C", 100, 5);
        gone.listing.on_sale = false;
        let offers = [dearer, offer("B", 250, 5), gone];
        let texts = |warnings: &[Warning]| warnings.iter().map(Warning::text).collect::<Vec<_>>();
        let expected = [
            "The price of Mug A has risen from \u{20ac}5.00 to \u{20ac}6.00.",
            "Only 2 of Mug A are left.",
            "Mug C is no longer sold.",
        ];
        let (warnings, changed) = cart.renew(&offers);
        assert_eq!(texts(&warnings), expected);
        assert!(changed);
        assert_eq!(cart.line(&sku("A")).unwrap().price_version, 2);
        let (warnings, changed) = cart.renew(&offers);
        assert_eq!(texts(&warnings), expected[1..]);
        assert!(!changed);
        assert_eq!(cart.warnings(&[]).len(), 3);
    }

    #[test]
    fn takes_in_another_at_sign_in() {
        let mut own = cart(&[("A", 500, 9_000), ("B", 250, 1)]);
        let mut guest = Cart::new(CartId::new(6, [3; 10]), Currency::EUR, None, at(9));
        guest.set(&offer("A", 450, 5), many(2_000)).unwrap();
        guest.set(&offer("C", 100, 5), many(1)).unwrap();
        assert_eq!(own.merge(&guest), Ok(vec![]));
        let line = own.line(&sku("A")).unwrap();
        assert_eq!((own.lines.len(), line.quantity, line.unit_price), (3, many(9_999), eur(450)));
        for number in own.lines.len()..Cart::MAX_LINES {
            own.set(&offer(&format!("S{number}"), 1, 1), many(1)).unwrap();
        }
        guest.set(&offer("D", 1, 1), many(1)).unwrap();
        assert_eq!(own.merge(&guest).unwrap().len(), 1);
    }
}
