//! Amounts on Stripe's wire: where its smallest unit is not ISO 4217's minor unit.
//!
//! Knows the currencies Stripe counts otherwise. It deliberately knows no prices and rounds nothing: an amount that
//! Stripe cannot take is refused.

use domain::money::{Currency, Money};

use super::PaymentError;
use super::stripe::unsendable;

/// How Stripe's smallest unit differs from ISO 4217's minor unit:
/// <https://docs.stripe.com/currencies#zero-decimal>.
enum Unit {
    /// The same.
    Same,
    /// Stripe counts hundredths of what has no minor unit (any more).
    Hundredths,
    /// Stripe counts wholes of what has a minor unit.
    Wholes,
    /// Thousandths, the last digit always 0.
    Tens,
}

fn unit(currency: Currency) -> Unit {
    match currency.code() {
        "ISK" | "UGX" => Unit::Hundredths,
        "MGA" => Unit::Wholes,
        _ if currency.exponent() == 3 => Unit::Tens,
        _ => Unit::Same,
    }
}

/// An amount as Stripe counts it, and its currency as Stripe writes it.
pub(super) fn to_wire(money: Money) -> Result<(i64, String), PaymentError> {
    let amount = match unit(money.currency) {
        Unit::Same => Some(money.amount),
        Unit::Hundredths => money.amount.checked_mul(100),
        Unit::Wholes => (money.amount % 100 == 0).then_some(money.amount / 100),
        Unit::Tens => (money.amount % 10 == 0).then_some(money.amount),
    };
    match amount {
        Some(amount) if amount > 0 => Ok((amount, money.currency.code().to_ascii_lowercase())),
        Some(_) | None => Err(unsendable(format!("{money} is no amount that can be paid by card"))),
    }
}

/// Stripe's amount as the shop counts it.
pub(super) fn from_wire(amount: i64, currency: &str) -> Result<Money, String> {
    let currency: Currency = currency.to_ascii_uppercase().parse().map_err(|_| "an unknown currency".to_owned())?;
    let amount = match unit(currency) {
        Unit::Same | Unit::Tens => Some(amount),
        Unit::Hundredths => (amount % 100 == 0).then_some(amount / 100),
        Unit::Wholes => amount.checked_mul(100),
    };
    Ok(Money { amount: amount.ok_or("an amount between two units")?, currency })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn money(amount: i64, currency: &str) -> Money {
        Money { amount, currency: currency.parse().unwrap() }
    }

    #[test]
    fn amounts_are_told_in_stripes_units() {
        for (amount, currency, wire) in [
            (1999, "EUR", Some(1999)),
            (500, "JPY", Some(500)),
            (500, "ISK", Some(50_000)),
            (1200, "MGA", Some(12)),
            (1250, "MGA", None),
            (1230, "BHD", Some(1230)),
            (1234, "BHD", None),
            (0, "EUR", None),
            (-5, "EUR", None),
        ] {
            let told = to_wire(money(amount, currency)).ok();
            assert_eq!(told.map(|(amount, _)| amount), wire, "{amount} {currency}");
        }
    }

    proptest! {
        #[test]
        fn amounts_come_back_as_they_went(
            amount in 1i64..1_000_000_000,
            currency in proptest::sample::select(vec!["EUR", "JPY", "ISK", "UGX", "MGA", "BHD"]),
        ) {
            let money = money(amount, currency);
            if let Ok((amount, code)) = to_wire(money) {
                prop_assert_eq!(from_wire(amount, &code), Ok(money));
            }
        }
    }
}
