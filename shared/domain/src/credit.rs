//! Store credit: money of a buyer that the shop keeps, opened by a code and spent at checkout.
//!
//! Knows the account, its ledger and who may open it. It deliberately knows no order's life: an order keeps which account
//! paid for it, and a refund is what puts money on one.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{keyed_hash, read_base32, write_base32};
use crate::money::{Currency, Money, MoneyError};
use crate::order::Payment;
use crate::text::{Digest, Email};

/// The reference of the one payment by store credit that an order can have.
const PAYMENT: &str = "store credit";
/// How many characters a code has.
const CHARACTERS: u32 = 16;
/// How many of them stand together.
const GROUP: usize = 4;

/// A text that is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A code has {CHARACTERS} letters and digits, like 7K3F-9QX2-M4TA-1BCD.")]
pub struct CreditCodeError;

/// What opens an account: 80 bits as 16 characters of Crockford's base 32. Whoever has it may spend what is there, so it is
/// mailed to the account's owner alone, and shows itself nowhere but in [`CreditCode::reveal`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CreditCode([u8; 10]);

impl CreditCode {
    /// The code of the one account that an address has in a currency: made of both under the shop's `key`, so that every
    /// mail names the same one, and the table keeps its digest alone.
    pub fn of(owner: &Email, currency: Currency, key: &[u8]) -> Self {
        let hash = keyed_hash(key, format!("credit {} {}", currency.code(), owner.key()).as_bytes());
        let mut code = [0; 10];
        code.copy_from_slice(&hash[..10]);
        Self(code)
    }

    /// As it is mailed: `7K3F-9QX2-M4TA-1BCD`.
    pub fn reveal(&self) -> String {
        let mut value = [0; 16];
        value[6..].copy_from_slice(&self.0);
        let text = write_base32(u128::from_be_bytes(value), CHARACTERS).to_ascii_uppercase();
        let groups: Vec<&str> = (0..text.len()).step_by(GROUP).map(|at| &text[at..at + GROUP]).collect();
        groups.join("-")
    }

    /// The account that it opens.
    pub fn account(&self) -> Digest {
        Digest::of(&self.0)
    }
}

impl FromStr for CreditCode {
    type Err = CreditCodeError;

    /// Forgiving, as people type: any case, O for 0, I and L for 1; blanks and hyphens are skipped.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = crate::id::as_typed(text, CHARACTERS).ok_or(CreditCodeError)?;
        let value = read_base32(&digits).ok_or(CreditCodeError)?.to_be_bytes();
        let mut code = [0; 10];
        code.copy_from_slice(&value[6..]);
        Ok(Self(code))
    }
}

impl fmt::Debug for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CreditCode(..)")
    }
}

/// Why a balance moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditCause {
    /// Goods came back, and their buyer took credit for them.
    Returned,
    /// An order was paid with it.
    Spent,
    /// An order that was paid with it gave it back.
    GivenBack,
}

impl CreditCause {
    /// Every cause.
    pub const ALL: &'static [Self] = &[Self::Returned, Self::Spent, Self::GivenBack];

    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Returned => "returned",
            Self::Spent => "spent",
            Self::GivenBack => "given_back",
        }
    }
}

/// One movement of a balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditEntry {
    /// Its place in the account's ledger, from 1.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// By how much; below zero where it was spent.
    pub delta: Money,
    /// What was there then.
    pub after: Money,
    /// Why.
    pub cause: CreditCause,
    /// What for: an order, or one of its refunds (`{ord_..}#{0..}`). An account has at most one entry for each.
    pub reference: String,
    /// Who did it.
    pub actor: String,
}

/// An account. Its balance is always the sum of its entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditAccount {
    /// What opens it: the digest of its code.
    pub id: Digest,
    /// Whose it is.
    pub owner: Email,
    /// What is there; never below zero.
    pub balance: Money,
    /// How many entries it has.
    pub entries: u64,
}

/// A balance does not reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotMoved {
    /// More would be spent than is there.
    #[error("there is not that much on it")]
    TooLittle,
    /// Another currency, or more than can be counted.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// What moves a balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditMove {
    /// By how much.
    pub delta: Money,
    /// Why.
    pub cause: CreditCause,
    /// What for, see [`CreditEntry::reference`].
    pub reference: String,
}

impl CreditAccount {
    /// The account of an address in a currency before its first entry.
    pub fn empty(id: Digest, owner: Email, currency: Currency) -> Self {
        Self { id, owner, balance: Money::zero(currency), entries: 0 }
    }

    /// What pays for an order with `amount` of it.
    pub fn payment(&self, amount: Money, at: Timestamp) -> Payment {
        Payment { reference: PAYMENT.to_owned(), amount, at, credit: Some(self.id), exchange: None }
    }

    /// The account after a movement, and the entry that tells of it.
    ///
    /// # Errors
    /// When more would be spent than is there, or the amount is in another currency; nothing is to be written then.
    pub fn moved(&self, movement: CreditMove, actor: &str, at: Timestamp) -> Result<(Self, CreditEntry), NotMoved> {
        let CreditMove { delta, cause, reference } = movement;
        let after = self.balance.plus(delta)?;
        if after.is_negative() {
            return Err(NotMoved::TooLittle);
        }
        let number = self.entries + 1;
        let entry = CreditEntry { number, at, delta, after, cause, reference, actor: actor.to_owned() };
        Ok((Self { balance: after, entries: number, ..self.clone() }, entry))
    }
}

/// Credit that an order takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditTake {
    /// From which account, as it was read.
    pub account: CreditAccount,
    /// How much.
    pub amount: Money,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::{at, eur};

    fn account() -> CreditAccount {
        CreditAccount::empty(Digest::of(b"code"), Email::new("buyer@example.com").unwrap(), Currency::EUR)
    }

    #[test]
    fn a_code_is_its_owners_in_a_currency_and_shows_itself_nowhere() {
        let of = |address: &str, currency| CreditCode::of(&Email::new(address).unwrap(), currency, b"key");
        let code = of("Buyer@example.com", Currency::EUR);
        assert_eq!(code, of("buyer@example.com", Currency::EUR));
        assert_ne!(code, of("buyer@example.com", Currency::USD));
        assert_ne!(code, of("other@example.com", Currency::EUR));
        assert_ne!(code, CreditCode::of(&Email::new("buyer@example.com").unwrap(), Currency::EUR, b"another key"));
        assert_eq!(format!("{code:?}"), "CreditCode(..)");
        assert!("7K3F-9QX2-M4TA".parse::<CreditCode>().is_err());
        assert!("7K3F-9QX2-M4TA-1BCU".parse::<CreditCode>().is_err());
    }

    proptest! {
        #[test]
        fn a_code_reads_back_however_it_is_typed(bytes in any::<[u8; 10]>()) {
            let code = CreditCode(bytes);
            prop_assert_eq!(code.reveal().len(), 19);
            prop_assert_eq!(code.reveal().parse(), Ok(code));
            prop_assert_eq!(code.reveal().to_lowercase().replace('-', " ").replace('0', "o").parse(), Ok(code));
        }

        #[test]
        fn a_balance_is_the_sum_of_its_entries_and_never_below_zero(deltas in prop::collection::vec(-500_i64..500, 0..40)) {
            let mut account = account();
            let mut sum = 0;
            for (index, delta) in deltas.into_iter().enumerate() {
                let movement = CreditMove { delta: eur(delta), cause: CreditCause::Spent, reference: index.to_string() };
                match account.moved(movement, "shopper", at(0)) {
                    Ok((next, entry)) => {
                        sum += entry.delta.amount;
                        prop_assert_eq!(entry.number, next.entries);
                        prop_assert_eq!(entry.after, next.balance);
                        account = next;
                    }
                    Err(refused) => {
                        prop_assert_eq!(refused, NotMoved::TooLittle);
                        prop_assert!(sum + delta < 0);
                    }
                }
                prop_assert_eq!(account.balance, eur(sum));
                prop_assert!(sum >= 0);
            }
        }
    }
}
