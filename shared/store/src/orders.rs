//! The orders table: one record per order, and no index.
//!
//! | access pattern | key |
//! |---|---|
//! | an order by its id | `{ord_..}` |
//!
//! Lists of orders are entries in the list table. A reader who is not staff names the [`Reader`] it reads for, and
//! finds nothing of anybody else's.

mod record;

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::Put;
use domain::id::{OrderId, PersonId};
use domain::order::{Decision, Order, StockEffect};
use domain::pricing::Placement;
use domain::stock::{Part, SkuQuantity};
use domain::text::{Digest, Secret, Sku};

use crate::db::{Db, Item, KeyOf, StoreError, Table, batch_get_of, n, s};
use crate::events::of_order;
use crate::handle::Handle;
use crate::stamp::{Cause, Stamp};
use crate::stock::{Refused, StockTable, by_sku, not_named};
use crate::tx::{Found, NotWritten, Tx, TxError, Write};

/// The orders table.
#[derive(Debug, Clone)]
pub struct Orders {
    table: Handle,
}

impl Table for Orders {
    const FAMILY: &'static str = "ORDERS";

    fn open(db: Db, name: String) -> Self {
        Self { table: Handle { db, name } }
    }
}

/// For whom an order is read.
#[derive(Debug, Clone)]
pub enum Reader {
    /// Staff, or the shop itself: any order.
    Shop,
    /// A customer: their own.
    Owner(PersonId),
    /// Whoever holds the secret of the order's link.
    Holder(Secret),
    /// A customer who also followed a link.
    OwnerOrHolder(PersonId, Secret),
}

impl Reader {
    /// Whether the reader may see what is this owner's, if anybody's, and opens with this token.
    pub(crate) fn may_see(&self, owner: Option<PersonId>, token: &Digest) -> bool {
        let owns = |person: &PersonId| owner.as_ref() == Some(person);
        let holds = |secret: &Secret| same(&secret.digest(), token);
        match self {
            Self::Shop => true,
            Self::Owner(person) => owns(person),
            Self::Holder(secret) => holds(secret),
            Self::OwnerOrHolder(person, secret) => owns(person) || holds(secret),
        }
    }
}

/// Compares digests in constant time.
pub fn same(left: &Digest, right: &Digest) -> bool {
    let differing = left.as_bytes().iter().zip(right.as_bytes()).fold(0, |sum, (left, right)| sum | (left ^ right));
    differing == 0
}

/// How often stock is looked for on an offer's shards while others take it.
const ATTEMPTS: u32 = 8;

/// Why a decision was not written, of one try.
enum Short {
    /// The order is another one by now.
    Stale,
    /// The stock is not there.
    Nowhere,
    /// It is not on this shard.
    Here,
}

/// What a failed condition on stock that is held anew means.
fn short(found: Found) -> Short {
    match found.map(Refused::of) {
        Some(Ok(refused)) if refused.is_split() => Short::Here,
        Some(Ok(_) | Err(_)) | None => Short::Nowhere,
    }
}

/// What a decision holds once more.
fn held_anew(decision: &Decision) -> Vec<SkuQuantity> {
    let retaken = decision.stock.iter().filter_map(|effect| match effect {
        StockEffect::Retake(lines) => Some(lines.clone()),
        StockEffect::Release(_)
        | StockEffect::Commit(_)
        | StockEffect::Backorder(_)
        | StockEffect::Fill(_)
        | StockEffect::Unbackorder(_)
        | StockEffect::Uncommit(_)
        | StockEffect::Ship(_) => None,
    });
    retaken.flatten().collect()
}

fn missing<R>() -> TxError<R> {
    TxError::Store(not_named())
}

impl Orders {
    /// The order with this id, where the reader may see it.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn get(&self, id: &OrderId, reader: &Reader) -> Result<Option<Order>, StoreError> {
        let item = self.table.get([("pk".to_owned(), s(id.to_string()))].into()).await?;
        let order = item.map(record::order_of).transpose()?;
        Ok(order.filter(|order| reader.may_see(order.owner, &order.view_token_hash)))
    }

    /// The order with this id and the item of another table with this key, in one request.
    pub(crate) async fn get_beside(
        &self,
        id: &OrderId,
        table: &str,
        key: KeyOf,
    ) -> Result<(Option<Order>, Option<Item>), StoreError> {
        let own = KeyOf::from([("pk".to_owned(), s(id.to_string()))]);
        let wanted = HashMap::from([(self.table.name.clone(), vec![own]), (table.to_owned(), vec![key])]);
        let mut found = batch_get_of(&self.table.db, wanted).await?;
        let mut only = |table: &str| found.remove(table).and_then(|items| items.into_iter().next());
        let order = only(&self.table.name).map(record::order_of).transpose()?;
        Ok((order, only(table)))
    }

    /// Puts a new order, unless its cart has one already.
    ///
    /// # Errors
    /// When the record has no form.
    pub fn create(&self, placement: &Placement, cause: Cause) -> Result<Write, StoreError> {
        let stamp = Stamp::new(of_order(&placement.events), cause);
        self.put(&placement.order, 1, &stamp, |put| put.condition_expression("attribute_not_exists(pk)"))
    }

    /// Puts the order of a decision over the one that was decided about.
    ///
    /// # Errors
    /// When the record has no form.
    pub fn replace(&self, decision: &Decision, cause: Cause) -> Result<Write, StoreError> {
        let stamp = Stamp::new(of_order(&decision.events), cause);
        let seen = decision.order.rev;
        self.put(&decision.order, seen + 1, &stamp, |put| {
            put.condition_expression("rev = :seen").expression_attribute_values(":seen", n(seen))
        })
    }

    /// Writes a decision: the order and the stock that moves with it, as one; a function whose commands move none
    /// names no stock table. What is to be when that stock is not there, on no shard of its offer, is written in its
    /// place. A decision that changes nothing is not written.
    ///
    /// # Errors
    /// [`NotWritten`], or the table's error.
    pub async fn commit(
        &self,
        stock: Option<&StockTable>,
        decision: &Decision,
        cause: &Cause,
    ) -> Result<Order, TxError<NotWritten>> {
        match self.commit_from_shards(stock, decision, cause).await {
            Err(TxError::Refused(NotWritten::NoStock)) => match &decision.otherwise {
                Some(otherwise) => self.commit_from_shards(stock, otherwise, cause).await,
                None => Err(TxError::Refused(NotWritten::NoStock)),
            },
            done => done,
        }
    }

    /// Writes a decision with what its order holds on its own shards, or else on those that have it.
    async fn commit_from_shards(
        &self,
        stock: Option<&StockTable>,
        decision: &Decision,
        cause: &Cause,
    ) -> Result<Order, TxError<NotWritten>> {
        let mut taken = BTreeMap::new();
        for attempt in 0..ATTEMPTS {
            self.table.db.pause(attempt).await;
            match self.commit_one(stock, decision, &taken, cause).await {
                Ok(order) => return Ok(order),
                Err(TxError::Store(error)) => return Err(TxError::Store(error)),
                Err(TxError::Refused(Short::Stale)) => return Err(TxError::Refused(NotWritten::Stale)),
                Err(TxError::Refused(Short::Nowhere)) => return Err(TxError::Refused(NotWritten::NoStock)),
                Err(TxError::Refused(Short::Here)) => {}
            }
            let stock = stock.ok_or_else(missing)?;
            let held = held_anew(decision);
            let skus: Vec<Sku> = held.iter().map(|line| line.sku.clone()).collect();
            let offers = stock.offers(&skus).await.map_err(TxError::Store)?;
            for line in held {
                let shard = decision.order.line(&line.sku).map_or(0, |line| line.shard);
                let parts = offers.get(&line.sku).and_then(|offer| offer.take(shard, line.quantity));
                taken.insert(line.sku, parts.ok_or(TxError::Refused(NotWritten::NoStock))?);
            }
        }
        Err(TxError::Store(StoreError::Contended))
    }

    async fn commit_one(
        &self,
        stock: Option<&StockTable>,
        decision: &Decision,
        taken: &BTreeMap<Sku, Vec<Part>>,
        cause: &Cause,
    ) -> Result<Order, TxError<Short>> {
        let mut order = decision.order.clone();
        if !decision.changed {
            return Ok(order);
        }
        let cause = cause.clone().about(order.id.to_string());
        let replaced = self.replace(decision, cause.clone()).map_err(TxError::Store)?;
        let mut tx = Tx::new().and(replaced, |_| Short::Stale);
        let anew = !held_anew(decision).is_empty();
        for (sku, movements) in by_sku(decision.stock.iter().flat_map(StockEffect::movements)) {
            let shard = order.line(&sku).map_or(0, |line| line.shard);
            let taken = taken.get(&sku).map(Vec::as_slice);
            let writes = stock.ok_or_else(missing)?.book(&sku, shard, taken, &movements, &cause);
            for write in writes.map_err(TxError::Store)? {
                tx = tx.and(write, move |found| if anew { short(found) } else { Short::Nowhere });
            }
        }
        tx.commit(&self.table.db).await?;
        order.rev += 1;
        Ok(order)
    }

    fn put(
        &self,
        order: &Order,
        rev: u64,
        stamp: &Stamp,
        on: impl FnOnce(aws_sdk_dynamodb::types::builders::PutBuilder) -> aws_sdk_dynamodb::types::builders::PutBuilder,
    ) -> Result<Write, StoreError> {
        let mut item = record::item_of_order(order)?;
        stamp.put_on(&mut item, rev)?;
        let put = on(Put::builder().table_name(&self.table.name).set_item(Some(item))).build()?;
        Ok(Write::from(put))
    }
}

/// The writes of what a placed order holds, on whatever shards have it: of an order that is placed with another record.
pub(crate) async fn holds(
    stock: &StockTable,
    placement: &Placement,
    cause: &Cause,
) -> Result<Vec<Write>, TxError<NotWritten>> {
    let skus: Vec<Sku> = placement.takes.iter().map(|take| take.sku.clone()).collect();
    let offers = stock.offers(&skus).await.map_err(TxError::Store)?;
    let mut writes = Vec::new();
    let cause = cause.clone().about(placement.order.id.to_string());
    for take in &placement.takes {
        let parts = offers.get(&take.sku).and_then(|offer| offer.take(take.shard, take.quantity));
        let parts = parts.ok_or(TxError::Refused(NotWritten::NoStock))?;
        writes.extend(stock.hold(take, &parts, &cause).map_err(TxError::Store)?);
    }
    Ok(writes)
}

/// The order that a failed condition found.
///
/// # Errors
/// When there was none, or it is not one.
pub fn found_order(found: Found) -> Result<Order, StoreError> {
    let item: Item = found.ok_or_else(|| StoreError::Corrupt("a condition failed on nothing".into()))?;
    record::order_of(item)
}
