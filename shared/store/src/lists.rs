//! The list table: what is read as lists, written from events.
//!
//! A place in a list is a key and nothing else; what the list shows of an order is its card, which is written once
//! whatever the number of its lists. Reading a page costs one more round trip; an order's life costs half the writes
//! that copies in every list would.
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
//! | what lists show of an order, and where it stands in them | `card#{order}`, `card` |

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::Put;
use domain::Money;
use domain::id::{OrderId, OrderNumber, PersonId};
use domain::order::{HoldStatus, Order, OrderStatus, PaymentStatus, ShipmentStatus};
use domain::text::{Email, Sku};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::db::{Db, Item, KeyOf, StoreError, Table, item_of, n, of_item, s};
use crate::handle::Handle;
use crate::orders::Orders;
use crate::page::{Cursor, Page};
use crate::tx::{Tx, TxError, Write};

/// The list table.
#[derive(Debug, Clone)]
pub struct Lists {
    table: Handle,
}

impl Table for Lists {
    const FAMILY: &'static str = "LISTS";

    fn open(db: Db, name: String) -> Self {
        Self { table: Handle { db, name } }
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

    /// The order of a place in a list.
    fn order_at(sort_key: &str) -> Option<OrderId> {
        sort_key.rsplit('#').next()?.parse().ok()
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

/// What lists show of an order and where it stands in them, as of one of its writes.
#[derive(Serialize, Deserialize)]
struct Card {
    rev: u64,
    row: OrderRow,
    places: BTreeSet<Place>,
}

/// A place in a list: its partition, its sort key.
type Place = (String, String);

struct Newer;

impl Lists {
    /// Puts an order in the lists where it belongs and takes it from the others, unless a later write of it was
    /// projected already; the order, where there is one.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when another projection of it was faster, or the table's error.
    pub async fn project(&self, orders: &Orders, id: &OrderId) -> Result<Option<Order>, StoreError> {
        let at = card_of(id);
        let (order, card) = orders.get_beside(id, &self.table.name, key(&at)).await?;
        let Some(order) = order else { return Ok(None) };
        let before: Option<Card> = card.map(of_item).transpose()?;
        let seen = before.as_ref().map_or(0, |card| card.rev);
        if seen >= order.rev {
            return Ok(Some(order));
        }
        let places: BTreeSet<Place> =
            List::of(&order).into_iter().map(|list| (list.partition(), list.sort_key(&order))).collect();
        let stood = before.map(|card| card.places).unwrap_or_default();
        let card = Card { rev: order.rev, row: OrderRow::of(&order), places };
        let put = self.put_card(&at, &card, seen)?;
        if stood == card.places {
            self.table.write_alone(put).await?;
            return Ok(Some(order));
        }
        let mut tx = Tx::new().and(Write::from(put), |_| Newer);
        for gone in stood.difference(&card.places) {
            tx = tx.and(self.leave(gone)?, |_| Newer);
        }
        for new in card.places.difference(&stood) {
            tx = tx.and(self.enter(new)?, |_| Newer);
        }
        match tx.commit(&self.table.db).await {
            Ok(()) => Ok(Some(order)),
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
        let Page { items, next } = self.table.page(&partition, after, limit, false).await?;
        let ids = orders_of(&items)?;
        let keys = ids.iter().map(|id| key(&card_of(id))).collect();
        let cards = self.table.batch_get(keys).await?;
        let cards = cards.into_iter().map(of_item::<Card>).collect::<Result<Vec<_>, _>>()?;
        let mut rows: BTreeMap<OrderId, OrderRow> = cards.into_iter().map(|card| (card.row.id, card.row)).collect();
        Ok(Page { items: ids.iter().filter_map(|id| rows.remove(id)).collect(), next })
    }

    /// The orders whose hold on a SKU was to end by `now`, the first first; at most `limit`.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn due_holds(&self, sku: &Sku, now: Timestamp, limit: i32) -> Result<Vec<OrderId>, StoreError> {
        let answer = self
            .table
            .client()
            .query()
            .table_name(&self.table.name)
            .key_condition_expression("pk = :pk AND sk < :end")
            .expression_attribute_values(":pk", s(List::Holding(sku.clone()).partition()))
            .expression_attribute_values(":end", s(format!("{:013}", now.as_millisecond() + 1)))
            .limit(limit)
            .send()
            .await
            .map_err(StoreError::of)?;
        orders_of(&answer.items.unwrap_or_default())
    }

    fn put_card(&self, at: &Place, card: &Card, seen: u64) -> Result<Put, StoreError> {
        let mut item = item_of(card)?;
        item.extend(place_item(at));
        self.table.put_over(item, seen)
    }

    fn enter(&self, place: &Place) -> Result<Write, StoreError> {
        Ok(self.table.put(place_item(place))?.into())
    }

    fn leave(&self, place: &Place) -> Result<Write, StoreError> {
        Ok(self.table.delete(key(place))?.into())
    }
}

fn place_item(place: &Place) -> Item {
    let mut item = key(place);
    item.insert("schema".into(), n(1));
    item
}

fn card_of(order: &OrderId) -> Place {
    (format!("card#{order}"), "card".to_owned())
}

fn key((pk, sk): &Place) -> KeyOf {
    [("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))].into()
}

/// The orders of places in a list.
fn orders_of(places: &[Item]) -> Result<Vec<OrderId>, StoreError> {
    let order = |item: &Item| List::order_at(item.get("sk")?.as_s().ok()?);
    let corrupt = || StoreError::Corrupt("a place in a list names no order".to_owned());
    places.iter().map(|item| order(item).ok_or_else(corrupt)).collect()
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
