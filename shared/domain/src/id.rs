//! Who is who: typed ids, and the number that people read an order by.
//!
//! Knows how an id is written and what can be read back from it. It deliberately makes no time and no randomness of
//! its own: both come in.

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

/// Crockford's base 32 without i, l, o and u; in order, so that what is written sorts as what is meant.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Characters of a whole UUID: 26 times 5 bits hold 128, and the first character is never above 7.
const UUID_CHARACTERS: u32 = 26;
/// Characters of an order's number: 50 bits.
const NUMBER_CHARACTERS: u32 = 10;

pub(crate) fn write_base32(value: u128, characters: u32) -> String {
    (0..characters).rev().map(|place| char::from(ALPHABET[(value >> (5 * place)) as usize & 31])).collect()
}

pub(crate) fn read_base32(text: &str) -> Option<u128> {
    text.bytes().try_fold(0_u128, |value, byte| {
        let digit = ALPHABET.iter().position(|symbol| *symbol == byte)?;
        Some(value << 5 | digit as u128)
    })
}

/// Why a text is no id of the kind that was wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be {prefix}_ and {UUID_CHARACTERS} characters of 0-9 a-z")]
pub struct IdError {
    /// The prefix that was wanted, without its underscore.
    pub prefix: &'static str,
}

/// A UUIDv7 of a time in milliseconds since 1970 (48 bits of it) and 80 bits of randomness, 74 of which are kept.
pub fn new_v7(millis: u64, random: [u8; 10]) -> Uuid {
    Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {
        $(
            $(#[$doc])*
            ///
            /// A prefix and a UUIDv7 as 26 lowercase characters of Crockford's base 32, so ids sort by their time.
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
            #[serde(try_from = "String", into = "String")]
            pub struct $name(Uuid);

            impl From<Uuid> for $name {
                fn from(uuid: Uuid) -> Self {
                    Self::from_uuid(uuid)
                }
            }

            impl $name {
                /// What every id of this kind starts with, without the underscore.
                pub const PREFIX: &'static str = $prefix;

                /// The id of a time in milliseconds since 1970 and of randomness.
                pub fn new(millis: u64, random: [u8; 10]) -> Self {
                    Self(new_v7(millis, random))
                }

                /// The id of `uuid`, whose version and variant are set to those of a UUIDv7 if they are others.
                pub fn from_uuid(uuid: Uuid) -> Self {
                    Self(
                        Builder::from_bytes(*uuid.as_bytes())
                            .with_variant(uuid::Variant::RFC4122)
                            .with_version(uuid::Version::SortRand)
                            .into_uuid(),
                    )
                }

                /// The UUIDv7 inside.
                pub fn uuid(&self) -> Uuid {
                    self.0
                }

                /// When it was made: milliseconds since 1970.
                pub fn time_ms(&self) -> u64 {
                    (self.0.as_u128() >> 80) as u64
                }

                /// Reads one, strictly: exactly as it is written.
                ///
                /// # Errors
                /// When the prefix, the length, a character or the UUID's version is another.
                pub fn parse(text: &str) -> Result<Self, IdError> {
                    let refused = IdError { prefix: $prefix };
                    let digits = text.strip_prefix(concat!($prefix, "_")).ok_or(refused)?;
                    if digits.len() != UUID_CHARACTERS as usize || digits.as_bytes()[0] > b'7' {
                        return Err(refused);
                    }
                    let uuid = Uuid::from_u128(read_base32(digits).ok_or(refused)?);
                    let id = Self::from_uuid(uuid);
                    if id.0 == uuid { Ok(id) } else { Err(refused) }
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(concat!($prefix, "_"))?;
                    f.write_str(&write_base32(self.0.as_u128(), UUID_CHARACTERS))
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(self, f)
                }
            }

            impl FromStr for $name {
                type Err = IdError;

                fn from_str(text: &str) -> Result<Self, Self::Err> {
                    Self::parse(text)
                }
            }

            impl TryFrom<String> for $name {
                type Error = IdError;

                fn try_from(text: String) -> Result<Self, Self::Error> {
                    Self::parse(&text)
                }
            }

            impl From<$name> for String {
                fn from(id: $name) -> Self {
                    id.to_string()
                }
            }
        )*

        /// Every prefix in use, in the order of the registry.
        pub const PREFIXES: &[&str] = &[$($prefix,)*];
    };
}

ids! {
    /// A product of the catalogue.
    ProductId = "prd";
    /// A cart.
    CartId = "crt";
    /// An order.
    OrderId = "ord";
    /// A return.
    ReturnId = "ret";
    /// A ticket of customer service.
    TicketId = "tkt";
    /// An order to a supplier.
    PurchaseOrderId = "po";
    /// Goods on their way from one location to another.
    TransferId = "trf";
    /// A warranty claim.
    ClaimId = "clm";
    /// A warranty certificate.
    CertificateId = "wty";
    /// An import of a table.
    ImportId = "imp";
    /// A customer or a member of the staff.
    PersonId = "per";
    /// A mail.
    MailId = "mail";
}

/// HMAC-SHA256 takes a key of any length: up to one block as it is, a longer one as its hash (RFC 2104).
pub(crate) fn keyed_hash(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    if key.len() > block.len() {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(message);
    mac.finalize().into_bytes().into()
}

impl OrderId {
    /// The one order that `cart` can become: the cart's time, and randomness from HMAC-SHA256 of the cart's id under
    /// the shop's `key`. So one cart makes one order, and nobody without the key tells an order from its cart.
    pub fn of_cart(cart: &CartId, key: &[u8]) -> Self {
        let hash = keyed_hash(key, cart.to_string().as_bytes());
        let mut random = [0; 10];
        random.copy_from_slice(&hash[..10]);
        Self::new(cart.time_ms(), random)
    }

    /// The secret of the link to the order's page. It is made from the id under the shop's `key`, so that every mail
    /// about the order carries the same link; the record keeps its digest alone.
    pub fn view_secret(&self, key: &[u8]) -> crate::text::Secret {
        secret_of(key, &format!("view {self}"))
    }
}

impl PurchaseOrderId {
    /// The secret of the link that its supplier got with the mail of `sent`: made from both under the shop's `key`, so
    /// that sending it again ends the link before. The record keeps its digest alone.
    pub fn supplier_secret(&self, key: &[u8], sent: jiff::Timestamp) -> crate::text::Secret {
        secret_of(key, &format!("supplier {self} {}", sent.as_millisecond()))
    }

    /// The secret of the link that staff approve it by from a mail.
    pub fn approval_secret(&self, key: &[u8]) -> crate::text::Secret {
        secret_of(key, &format!("approve {self}"))
    }
}

impl CertificateId {
    /// The certificate of a unit: the `unit`th of that SKU that left with an order, at `left`. Made from these under the shop's
    /// `key`, so that a unit has one however often it is issued.
    pub fn of_unit(order: &OrderId, sku: &crate::text::Sku, unit: u32, left: jiff::Timestamp, key: &[u8]) -> Self {
        let hash = keyed_hash(key, format!("certificate {order} {sku} {unit}").as_bytes());
        let mut random = [0; 10];
        random.copy_from_slice(&hash[..10]);
        Self::new(u64::try_from(left.as_millisecond()).unwrap_or(0), random)
    }

    /// The secret of the link that its holder has, who is the `passed`th after the buyer.
    pub fn view_secret(&self, passed: u32, key: &[u8]) -> crate::text::Secret {
        secret_of(key, &format!("certificate {self} {passed}"))
    }

    /// The secret of the link by which whoever it was offered to `at` that moment takes it: made for that offer alone.
    pub fn offer_secret(&self, at: jiff::Timestamp, key: &[u8]) -> crate::text::Secret {
        secret_of(key, &format!("offer {self} {}", at.as_millisecond()))
    }
}

/// Writes the number that people read an id by, for the ids that people read.
macro_rules! numbered {
    ($($name:ident)*) => {
        $(impl $name {
            /// The number that people read it by: the last 50 of its random bits.
            pub fn number(&self) -> OrderNumber {
                OrderNumber((self.0.as_u128() & ((1 << (5 * NUMBER_CHARACTERS)) - 1)) as u64)
            }
        })*
    };
}

numbered! { OrderId PurchaseOrderId TransferId ReturnId CertificateId ClaimId }

fn secret_of(key: &[u8], what: &str) -> crate::text::Secret {
    let hash = keyed_hash(key, what.as_bytes());
    let mut secret = [0; 16];
    secret.copy_from_slice(&hash[..16]);
    crate::text::Secret::from_bytes(secret)
}

/// The characters of base 32 in what people typed, in any case, with O for 0 and I or L for 1; blanks and hyphens are
/// skipped. None: there are not that many.
pub(crate) fn as_typed(text: &str, characters: u32) -> Option<String> {
    let mut digits = String::with_capacity(characters as usize);
    for character in text.chars() {
        match character.to_ascii_lowercase() {
            ' ' | '-' | '\u{a0}' => {}
            'o' => digits.push('0'),
            'i' | 'l' => digits.push('1'),
            other => digits.push(other),
        }
    }
    (digits.len() == characters as usize).then_some(digits)
}

/// A text that is no order number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an order number has {NUMBER_CHARACTERS} letters and digits")]
pub struct OrderNumberError;

/// The number that people read an order by: 10 uppercase characters of Crockford's base 32.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrderNumber(u64);

impl FromStr for OrderNumber {
    type Err = OrderNumberError;

    /// Forgiving, as people type: any case, O for 0, I and L for 1, blanks, hyphens and a leading # are skipped.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let digits = as_typed(text.strip_prefix('#').unwrap_or(text), NUMBER_CHARACTERS).ok_or(OrderNumberError)?;
        read_base32(&digits).map(|value| Self(value as u64)).ok_or(OrderNumberError)
    }
}

impl TryFrom<String> for OrderNumber {
    type Error = OrderNumberError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<OrderNumber> for String {
    fn from(number: OrderNumber) -> Self {
        number.to_string()
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&write_base32(u128::from(self.0), NUMBER_CHARACTERS).to_ascii_uppercase())
    }
}

impl fmt::Debug for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn is_written_as_prefix_and_base32() {
        let id = ProductId::new(1_700_000_000_000, [7; 10]);
        assert_eq!(id.to_string(), "prd_01hf7yat00ew3re1r70w3ge1r7");
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"prd_01hf7yat00ew3re1r70w3ge1r7\"");
        assert_eq!(id.time_ms(), 1_700_000_000_000);
    }

    #[test]
    fn prefixes_are_distinct() {
        let mut prefixes = PREFIXES.to_vec();
        prefixes.sort_unstable();
        prefixes.dedup();
        assert_eq!(prefixes.len(), PREFIXES.len());
    }

    #[test]
    fn is_read_strictly() {
        let good = CartId::new(5, [1; 10]).to_string();
        assert!(CartId::parse(&good).is_ok());
        for wrong in [
            good.to_uppercase(),
            good.replace("crt", "ord"),
            format!("{good}0"),
            good[..good.len() - 1].to_owned(),
            good.replace("crt_0", "crt_8"),
            format!("{}i", &good[..good.len() - 1]),
            format!("{}\u{e9}", &good[..good.len() - 2]),
            String::new(),
            "crt_".to_owned(),
            // All zeroes is no UUIDv7.
            format!("crt_{}", "0".repeat(26)),
        ] {
            assert!(CartId::parse(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_keyed_hash_is_hmac_sha256() {
        // RFC 4231, test cases 2 and 6.
        let hex = |bytes: [u8; 32]| data_encoding::HEXLOWER.encode(&bytes);
        assert_eq!(
            hex(keyed_hash(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hex(keyed_hash(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn a_number_forgives_how_people_type() {
        let number: OrderNumber = "01ABCDEF23".parse().unwrap();
        assert_eq!(number.to_string(), "01ABCDEF23");
        for typed in ["o1abcdef23", "OIABC DEF-23", " #0l abc-def 23 "] {
            assert_eq!(typed.parse(), Ok(number), "{typed}");
        }
        for wrong in ["", "01ABCDEF2", "01ABCDEF234", "U1ABCDEF23", "01ABCDEF2\u{e9}"] {
            assert!(wrong.parse::<OrderNumber>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn round_trips_and_sorts(
            millis in prop::array::uniform2(0_u64..1 << 48),
            random in prop::array::uniform2(any::<[u8; 10]>()),
        ) {
            let [left, right] = [OrderId::new(millis[0], random[0]), OrderId::new(millis[1], random[1])];
            prop_assert_eq!(OrderId::parse(&left.to_string()), Ok(left));
            prop_assert_eq!(OrderId::from_uuid(left.uuid()), left);
            prop_assert_eq!(left.time_ms(), millis[0]);
            prop_assert_eq!(left.cmp(&right), left.to_string().cmp(&right.to_string()));
            if millis[0] < millis[1] {
                prop_assert!(left < right);
            }
        }

        #[test]
        fn any_uuid_becomes_an_id_that_reads_back(bits in any::<u128>()) {
            let id = PersonId::from_uuid(Uuid::from_u128(bits));
            prop_assert_eq!(PersonId::parse(&id.to_string()), Ok(id));
        }

        #[test]
        fn an_order_follows_from_its_cart(millis in 0_u64..1 << 48, random in any::<[u8; 10]>()) {
            let cart = CartId::new(millis, random);
            let order = OrderId::of_cart(&cart, b"key");
            prop_assert_eq!(order, OrderId::of_cart(&cart, b"key"));
            prop_assert_ne!(order, OrderId::of_cart(&cart, b"other"));
            prop_assert_eq!(order.time_ms(), millis);
            prop_assert_eq!(order.number().to_string().parse(), Ok(order.number()));
        }
    }
}
