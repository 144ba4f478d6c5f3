//! What the tests of several modules start from: offers, a cart, a buyer, an order.

use jiff::{SignedDuration, Timestamp};

use crate::cart::Cart;
use crate::catalog::Listing;
use crate::credit::CreditAccount;
use crate::id::{CartId, OrderId, ProductId};
use crate::money::{Currency, Money};
use crate::order::{Command, PaymentMethod};
use crate::pricing::{Buyer, Placement, PricedCart, price};
use crate::returns::AfterSale;
use crate::settings::{PaymentSettings, ReturnSettings, Setting};
use crate::shipping::ShippingSettings;
use crate::stock::Offer;
use crate::tax::TaxSettings;
use crate::text::{CountryCode, Digest, Quantity, Sku, TaxClass};

pub(crate) fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

pub(crate) fn sku(text: &str) -> Sku {
    Sku::new(text).unwrap()
}

pub(crate) fn many(count: u32) -> Quantity {
    Quantity::new(count).unwrap()
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_760_000_000).unwrap() + SignedDuration::from_secs(second)
}

pub(crate) fn offer(name: &str, price: i64, available: i64) -> Offer {
    Offer {
        available,
        ..Offer::new(Listing {
            sku: sku(name),
            product: ProductId::new(1, [1; 10]),
            slug: "enamel-mug".parse().unwrap(),
            title: format!("Mug {name}"),
            price: eur(price),
            weight_g: 350,
            tax_class: TaxClass::standard(),
            image: None,
            on_sale: true,
            after_sale: AfterSale::default(),
        })
    }
}

pub(crate) fn cart(lines: &[(&str, i64, u32)]) -> Cart {
    let mut cart = Cart::new(CartId::new(5, [2; 10]), Currency::EUR, None, at(0));
    for (name, price, count) in lines {
        cart.set(&offer(name, *price, 100), many(*count)).unwrap();
    }
    cart
}

pub(crate) fn priced(cart: Cart, country: &str, taxes: &TaxSettings) -> PricedCart {
    let country: CountryCode = country.parse().unwrap();
    price(cart, country, &"standard".parse().unwrap(), taxes, &ShippingSettings::initial()).unwrap()
}

pub(crate) fn buyer(payment_method: PaymentMethod, country: &str) -> Buyer {
    let address =
        format!(r#"{{"name": "Jo Doe", "line1": "1 Example Street", "city": "Town", "country": "{country}"}}"#);
    Buyer {
        email: "buyer@example.com".parse().unwrap(),
        shipping_address: serde_json::from_str(&address).unwrap(),
        billing_address: None,
        payment_method,
        credit: None,
        prepaid: Vec::new(),
        view_token_hash: Digest::of(b"token"),
        idempotency_hash: Digest::of(b"key"),
        request_hash: Digest::of(b"body"),
    }
}

/// An account with so much on it.
pub(crate) fn credit(balance: i64) -> CreditAccount {
    let empty = CreditAccount::empty(Digest::of(b"code"), "giver@example.com".parse().unwrap(), Currency::EUR);
    CreditAccount { balance: eur(balance), entries: 1, ..empty }
}

pub(crate) fn placed(lines: &[(&str, i64, u32)], method: PaymentMethod, taxes: &TaxSettings) -> Placement {
    let cart = cart(lines);
    let id = OrderId::of_cart(&cart.id, b"key");
    let (payments, returns) = (PaymentSettings::initial(), ReturnSettings::initial());
    priced(cart, "DE", taxes).place(id, buyer(method, "DE"), &payments, &returns, at(0)).unwrap()
}

/// Store credit of an account pays this much.
pub(crate) fn spending(account: Digest, amount: Money) -> Command {
    let account = CreditAccount::empty(account, "friend@example.com".parse().unwrap(), amount.currency);
    Command::Prepay { payments: vec![account.payment(amount, at(0))] }
}
