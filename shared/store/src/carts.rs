//! The carts table: one record per cart, and which cart a customer has.
//!
//! | access pattern | key |
//! |---|---|
//! | a cart by its id | `{crt_..}` |
//! | the cart of a customer | `owner#{per_..}` |

use aws_sdk_dynamodb::types::AttributeValue;
use domain::cart::Cart;
use domain::id::{CartId, OrderId, PersonId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::db::{Db, StoreError, Table, item_of, n, of_item, s};
use crate::handle::Handle;

/// The carts table.
#[derive(Debug, Clone)]
pub struct Carts {
    table: Handle,
}

impl Table for Carts {
    const FAMILY: &'static str = "CARTS";

    fn open(db: Db, name: String) -> Self {
        Self { table: Handle { db, name } }
    }
}

/// Every key of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A cart.
    Cart(CartId),
    /// A customer's.
    Owner(PersonId),
}

impl Key {
    /// The partition.
    pub fn partition(&self) -> String {
        match self {
            Self::Cart(id) => id.to_string(),
            Self::Owner(person) => format!("owner#{person}"),
        }
    }

    /// The key with this partition.
    pub fn parse(pk: &str) -> Option<Self> {
        match pk.strip_prefix("owner#") {
            Some(person) => Some(Self::Owner(person.parse().ok()?)),
            None => Some(Self::Cart(pk.parse().ok()?)),
        }
    }
}

/// How long a cart is kept after it was last touched.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

#[derive(Serialize, Deserialize)]
struct CartRecord {
    schema: u16,
    ttl: i64,
    #[serde(flatten)]
    cart: Cart,
}

impl Carts {
    /// The cart with this id.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn get(&self, id: &CartId) -> Result<Option<Cart>, StoreError> {
        let item = self.item(&Key::Cart(*id)).await?;
        item.map(|item| of_item::<CartRecord>(item).map(|record| record.cart)).transpose()
    }

    /// Writes a cart over the one it was made from; the cart as it is kept.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it was changed since.
    pub async fn put(&self, mut cart: Cart, now: Timestamp) -> Result<Cart, StoreError> {
        let seen = cart.rev;
        cart.rev += 1;
        let record = CartRecord { schema: 1, ttl: (now + KEPT).as_second(), cart };
        let mut item = item_of(&record)?;
        item.insert("pk".into(), s(record.cart.id.to_string()));
        self.table.write_alone(self.table.put_over(item, seen)?).await?;
        Ok(record.cart)
    }

    /// Marks a cart as the one that became `order`; marking it again changes nothing.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn mark_ordered(&self, id: &CartId, order: &OrderId) -> Result<(), StoreError> {
        let marked = self
            .table
            .client()
            .update_item()
            .table_name(&self.table.name)
            .key("pk", s(id.to_string()))
            .update_expression("SET #order = :order, rev = rev + :one")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(#order)")
            .expression_attribute_names("#order", "order")
            .expression_attribute_values(":order", s(order.to_string()))
            .expression_attribute_values(":one", n(1))
            .send()
            .await
            .map_err(StoreError::of);
        match marked {
            Ok(_) | Err(StoreError::Stale) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The cart that a customer has.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn of_owner(&self, person: &PersonId) -> Result<Option<CartId>, StoreError> {
        let item = self.item(&Key::Owner(*person)).await?;
        Ok(item.and_then(|item| item.get("cart")?.as_s().ok()?.parse().ok()))
    }

    /// Makes a cart a customer's.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn give(&self, person: &PersonId, cart: &CartId) -> Result<(), StoreError> {
        self.table
            .client()
            .put_item()
            .table_name(&self.table.name)
            .item("pk", s(Key::Owner(*person).partition()))
            .item("schema", n(1))
            .item("cart", s(cart.to_string()))
            .send()
            .await
            .map_err(StoreError::of)?;
        Ok(())
    }

    async fn item(&self, key: &Key) -> Result<Option<crate::db::Item>, StoreError> {
        let pk: AttributeValue = s(key.partition());
        let item = self.table.get([("pk".to_owned(), pk)].into()).await?;
        Ok(item)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_round_trips(millis in 0_u64..1 << 48, random in any::<[u8; 10]>(), owner in any::<bool>()) {
            let key = if owner { Key::Owner(PersonId::new(millis, random)) } else { Key::Cart(CartId::new(millis, random)) };
            prop_assert_eq!(Key::parse(&key.partition()), Some(key));
        }
    }
}
