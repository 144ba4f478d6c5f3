//! The list table: what is read as lists, written from events.
//!
//! | access pattern | key |
//! |---|---|
//! | all orders, newest first | `orders`, `{created}#{order}` |
//! | orders that need somebody to look | `orders#attention`, `{created}#{order}` |
//! | orders of a status | `orders#{status}`, `{created}#{order}` |
//! | a customer's orders | `person#{per_..}`, `{created}#{order}` |
//! | the orders of a mail address, guests' too | `mail#{address}`, `{created}#{order}` |
//! | an order by its number | `number#{number}`, `{order}` |
//! | the open holds of a SKU, the first to end first | `holds#{sku}`, `{until}#{order}` |
//! | where an order stands in all of these | `card#{order}`, `card` |

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, TransactWriteItem};
use domain::Money;
use domain::id::{OrderId, OrderNumber, PersonId};
use domain::order::{HoldStatus, Order, OrderStatus, PaymentStatus, ShipmentStatus};
use domain::text::{Email, Sku};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::db::{Db, Item, StoreError, Table, item_of, n, of_item, s};
use crate::page::{Cursor, Page};
use crate::tx::{Tx, TxError, Write};

/// The list table.
#[derive(Debug, Clone)]
pub struct Lists {
    db: Db,
    name: String,
}

impl Table for Lists {
    const FAMILY: &'static str = "LISTS";

    fn open(db: Db, name: String) -> Self {
        Self { db, name }
    }
}

/// A list of orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum List {
    /// All of them.
    Orders,
    /// Those that need somebody to look.
    Attention,
    /// Those of a status.
    OfStatus(OrderStatus),
    /// A customer's.
    OfPerson(PersonId),
    /// Those of a mail address, a guest's too.
    OfMail(Email),
    /// The one with this number.
    OfNumber(OrderNumber),
    /// Those that hold a SKU.
    Holding(Sku),
}

impl List {
    /// The partition.
    pub fn partition(&self) -> String {
        match self {
            Self::Orders => "orders".to_owned(),
            Self::Attention => "orders#attention".to_owned(),
            Self::OfStatus(status) => format!("orders#{status}"),
            Self::OfPerson(person) => format!("person#{person}"),
            Self::OfMail(email) => format!("mail#{}", email.key()),
            Self::OfNumber(number) => format!("number#{number}"),
            Self::Holding(sku) => format!("holds#{sku}"),
        }
    }

    /// The list with this partition.
    pub fn parse(pk: &str) -> Option<Self> {
        if pk == "orders" {
            return Some(Self::Orders);
        }
        let (kind, name) = pk.split_once('#')?;
        match kind {
            "orders" if name == "attention" => Some(Self::Attention),
            "orders" => Some(Self::OfStatus(name.parse().ok()?)),
            "person" => Some(Self::OfPerson(name.parse().ok()?)),
            "mail" => Some(Self::OfMail(name.parse().ok()?)),
            "number" => Some(Self::OfNumber(name.parse().ok()?)),
            "holds" => Some(Self::Holding(name.parse().ok()?)),
            _ => None,
        }
    }

    fn sort_key(&self, order: &Order) -> String {
        match self {
            Self::Orders | Self::Attention | Self::OfStatus(_) | Self::OfPerson(_) | Self::OfMail(_) => {
                format!("{:013}#{}", order.created.as_millisecond(), order.id)
            }
            Self::OfNumber(_) => order.id.to_string(),
            Self::Holding(_) => format!("{:013}#{}", order.hold.until.as_millisecond(), order.id),
        }
    }

    /// The lists that an order stands in.
    fn of(order: &Order) -> Vec<Self> {
        let mut lists = vec![
            Self::Orders,
            Self::OfStatus(order.status),
            Self::OfMail(order.email.clone()),
            Self::OfNumber(order.number),
        ];
        if order.attention.is_some() {
            lists.push(Self::Attention);
        }
        lists.extend(order.owner.map(Self::OfPerson));
        if order.status == OrderStatus::PendingPayment && order.hold.status == HoldStatus::Held {
            lists.extend(order.lines.iter().map(|line| Self::Holding(line.sku.clone())));
        }
        lists
    }
}

/// An order as it stands in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRow {
    /// Its id.
    pub id: OrderId,
    /// What people call it.
    pub number: OrderNumber,
    /// Who bought it.
    pub name: String,
    /// Where its mails go.
    pub email: Email,
    /// What it came to.
    pub total: Money,
    /// How many pieces.
    pub pieces: u64,
    /// Where it stands as an order.
    pub status: OrderStatus,
    /// Where its money stands.
    pub payment_status: PaymentStatus,
    /// Where its goods stand.
    pub shipment_status: ShipmentStatus,
    /// Whether a part of it has left.
    pub part_shipped: bool,
    /// Whether somebody has to look at it.
    pub attention: bool,
    /// When it was placed.
    pub created: Timestamp,
}

impl OrderRow {
    /// The row of an order.
    pub fn of(order: &Order) -> Self {
        Self {
            id: order.id,
            number: order.number,
            name: order.shipping_address.name.clone(),
            email: order.email.clone(),
            total: order.totals.total,
            pieces: order.lines.iter().map(|line| u64::from(line.quantity.get())).sum(),
            status: order.status,
            payment_status: order.payment_status,
            shipment_status: order.shipment_status,
            part_shipped: !order.shipments.is_empty() && order.lines.iter().any(|line| line.unshipped() > 0),
            attention: order.attention.is_some(),
            created: order.created,
        }
    }
}

/// Where an order stands, as of which of its writes.
#[derive(Default, Serialize, Deserialize)]
struct Card {
    rev: u64,
    places: BTreeSet<(String, String)>,
}

struct Newer;

impl Lists {
    /// Puts an order in the lists where it belongs and takes it from the others, unless a later write of it was
    /// projected already.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn project(&self, order: &Order) -> Result<(), StoreError> {
        let card_key = (format!("card#{}", order.id), "card".to_owned());
        let answer = self
            .db
            .client()
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key(&card_key.0, &card_key.1)))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::of)?;
        let before: Card = answer.item.map(of_item).transpose()?.unwrap_or_default();
        if before.rev >= order.rev {
            return Ok(());
        }
        let places: BTreeSet<_> =
            List::of(order).into_iter().map(|list| (list.partition(), list.sort_key(order))).collect();
        let card = Card { rev: order.rev, places };
        let mut tx = Tx::new().and(self.put_card(&card_key, &card, before.rev)?, |_| Newer);
        for (pk, sk) in before.places.difference(&card.places) {
            tx = tx.and(self.delete(pk, sk)?, |_| Newer);
        }
        for (pk, sk) in &card.places {
            let mut item = item_of(&OrderRow::of(order))?;
            item.extend(key(pk, sk));
            tx = tx.and(self.put(item, None)?, |_| Newer);
        }
        match tx.commit(&self.db).await {
            Ok(()) => Ok(()),
            // Another copy of the event, or a later one, was faster: the queue tries again and finds it done.
            Err(TxError::Refused(Newer)) => Err(StoreError::Stale),
            Err(TxError::Store(error)) => Err(error),
        }
    }

    /// A page of a list, newest first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn page(&self, list: &List, after: Option<&Cursor>, limit: usize) -> Result<Page<OrderRow>, StoreError> {
        let partition = list.partition();
        let answer = self
            .db
            .client()
            .query()
            .table_name(&self.name)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(&partition))
            .set_exclusive_start_key(after.map(|cursor| cursor.key(&partition)))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(50))
            .send()
            .await
            .map_err(StoreError::of)?;
        let next = Cursor::of(answer.last_evaluated_key.as_ref());
        let items = answer.items.unwrap_or_default().into_iter().map(of_item).collect::<Result<_, _>>()?;
        Ok(Page { items, next })
    }

    /// The orders whose hold on a SKU was to end by `now`, the first first; at most `limit`.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn due_holds(&self, sku: &Sku, now: Timestamp, limit: i32) -> Result<Vec<OrderId>, StoreError> {
        let answer = self
            .db
            .client()
            .query()
            .table_name(&self.name)
            .key_condition_expression("pk = :pk AND sk < :end")
            .expression_attribute_values(":pk", s(List::Holding(sku.clone()).partition()))
            .expression_attribute_values(":end", s(format!("{:013}", now.as_millisecond() + 1)))
            .limit(limit)
            .send()
            .await
            .map_err(StoreError::of)?;
        let rows = answer.items.unwrap_or_default().into_iter();
        rows.map(|item| of_item::<OrderRow>(item).map(|row| row.id)).collect()
    }

    fn put_card(&self, at: &(String, String), card: &Card, seen: u64) -> Result<Write, StoreError> {
        let mut item = item_of(card)?;
        item.extend(key(&at.0, &at.1));
        self.put(item, Some(seen))
    }

    fn put(&self, mut item: Item, seen: Option<u64>) -> Result<Write, StoreError> {
        item.insert("schema".into(), n(1));
        let mut put = Put::builder().table_name(&self.name).set_item(Some(item));
        if let Some(seen) = seen {
            put = if seen == 0 {
                put.condition_expression("attribute_not_exists(pk)")
            } else {
                put.condition_expression("rev = :seen").expression_attribute_values(":seen", n(seen))
            };
        }
        let put = put.build().map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Write(TransactWriteItem::builder().put(put).build()))
    }

    fn delete(&self, pk: &str, sk: &str) -> Result<Write, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.name)
            .set_key(Some(key(pk, sk)))
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Write(TransactWriteItem::builder().delete(delete).build()))
    }
}

fn key(pk: &str, sk: &str) -> HashMap<String, AttributeValue> {
    [("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))].into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lists() -> impl Strategy<Value = List> {
        prop_oneof![
            Just(List::Orders),
            Just(List::Attention),
            proptest::sample::select(OrderStatus::ALL).prop_map(List::OfStatus),
            (0_u64..1 << 48, any::<[u8; 10]>()).prop_map(|(at, random)| List::OfPerson(PersonId::new(at, random))),
            (0_u64..1 << 48, any::<[u8; 10]>())
                .prop_map(|(at, random)| List::OfNumber(OrderId::new(at, random).number())),
            "[a-z0-9]{1,10}@[a-z]{1,10}\\.com".prop_map(|email| List::OfMail(email.parse().unwrap())),
            "[A-Z0-9][A-Z0-9_.-]{0,20}".prop_map(|sku| List::Holding(Sku::new(sku).unwrap())),
        ]
    }

    proptest! {
        #[test]
        fn a_list_round_trips(list in lists()) {
            prop_assert_eq!(List::parse(&list.partition()), Some(list));
        }
    }
}
