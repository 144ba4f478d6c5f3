//! A look at a SKU's reorder rules: reads what there is and what was wanted, decides, keeps what it came to, and puts what
//! is suggested into its supplier's order.
//!
//! Everything that is kept of one rule's look is one transaction, so that however many look at once, one suggestion is
//! made. It deliberately decides nothing (that is `domain`'s) and knows no queue.

use contracts::event::{Event, Message, ShopEvent};
use domain::demand::{Diary, Noted, WEEK, project};
use domain::id::PurchaseOrderId;
use domain::purchasing::{self, Act, Command, Decision, Look, Looked, Origin, PurchaseLines, PurchaseOrder, Standing};
use domain::refusal::Refusal;
use domain::reorder::{Position, ReorderRule};
use domain::settings::LocationSettings;
use domain::stock::Stock;
use domain::text::{LocationId, Sku};
use jiff::{SignedDuration, Timestamp};
use store::purchasing::{Kept, NotWritten, Placed, Purchasing};
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;
use store::stock::{LedgerEntry, SHIPPED, StockTable};
use store::{StoreError, TxError};

use crate::context::Context;
use crate::environment::MissingVariable;
use crate::function::Error;
use crate::sender::{Outgoing, Sender};

/// How often a SKU is looked at that others look at or order at the same moment.
const ATTEMPTS: u32 = 8;
/// How many rules are read at a time.
const PAGE: u16 = 500;
/// The ledger's last minutes are left for the next look: entries of one batch are written in any order.
const SETTLING: SignedDuration = SignedDuration::from_mins(5);

/// Looks at reorder rules.
pub struct Reordering {
    context: Context,
    purchasing: Purchasing,
    stock: StockTable,
    locations: Cached<LocationSettings>,
}

impl std::fmt::Debug for Reordering {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reordering").finish_non_exhaustive()
    }
}

/// Why a look was not kept.
enum NotKept {
    /// Something is not what was looked at: look again.
    Stale,
    Failed(Error),
}

impl<E: Into<Error>> From<E> for NotKept {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

fn not_kept(error: TxError<NotWritten>) -> NotKept {
    match error {
        TxError::Refused(NotWritten::Stale | NotWritten::NoStock) => NotKept::Stale,
        TxError::Store(error) => NotKept::Failed(error.into()),
    }
}

impl Reordering {
    /// In this context.
    ///
    /// # Errors
    /// When the template does not name its tables.
    pub fn new(context: &Context) -> Result<Self, MissingVariable> {
        Ok(Self {
            purchasing: context.table()?,
            stock: context.table()?,
            locations: Cached::new(context.table::<SettingsTable>()?),
            context: context.clone(),
        })
    }

    /// Looks at a SKU at every location that it has a rule for.
    ///
    /// # Errors
    /// When a table does not answer, or too many look and order at once.
    pub async fn look(&self, sku: &Sku, cause: &Cause) -> Result<(), Error> {
        for attempt in 0..ATTEMPTS {
            self.context.pause(attempt).await;
            match self.look_once(sku, cause).await {
                Ok(()) => return Ok(()),
                Err(NotKept::Stale) => {}
                Err(NotKept::Failed(error)) => return Err(error),
            }
        }
        Err(StoreError::Contended.into())
    }

    async fn look_once(&self, sku: &Sku, cause: &Cause) -> Result<(), NotKept> {
        let rules = self.purchasing.rules(sku).await?;
        let Some(stock) = self.stock.stock(sku).await?.filter(|_| !rules.is_empty()) else { return Ok(()) };
        let now = self.context.now();
        let diary = self.diary(sku, now, cause).await?;
        let locations = self.locations.get(now).await?.locations;
        let priority: Vec<LocationId> = locations.into_iter().map(|location| location.id).collect();
        let mut watch = None;
        for rule in rules {
            let decision = decide(&rule, &stock, &diary, &priority);
            self.look_at(sku, &decision, now, cause).await?;
            watch = watch.max(decision.slack().map(|slack| stock.offer.available - slack));
        }
        if stock.offer.reorder_at != watch {
            self.stock.watch(sku, watch, cause.clone()).await?;
        }
        Ok(())
    }

    async fn look_at(
        &self,
        sku: &Sku,
        decision: &domain::reorder::Decision,
        now: Timestamp,
        cause: &Cause,
    ) -> Result<(), NotKept> {
        loop {
            let Kept { value: before, rev } = self.purchasing.look(sku, &decision.rule.location).await?;
            let order = match before.as_ref().and_then(|look| look.order) {
                Some(id) => self.purchasing.order(&id).await?,
                None => None,
            };
            let standing = order.as_ref().map(Standing::from);
            let looked = Look::after(before.as_ref(), standing, sku, decision.clone(), now);
            let moves_on = looked.act == Act::Withdraw && decision.is_order();
            self.keep(looked, rev, order, cause).await?;
            if !moves_on {
                return Ok(());
            }
        }
    }

    /// Keeps what a look came to, with what it does to its supplier's order.
    async fn keep(
        &self,
        mut looked: Looked,
        rev: u64,
        order: Option<PurchaseOrder>,
        cause: &Cause,
    ) -> Result<(), NotKept> {
        let now = looked.look.at;
        let (decision, noted) = match (looked.act, order) {
            (Act::Withdraw, Some(order)) => {
                let (sku, location) = (looked.look.sku.clone(), looked.look.location().clone());
                (Some(decided(&order, Command::DropSuggested { sku, location }, now)?), None)
            }
            (Act::Place, order) => {
                let order = order.filter(|order| looked.look.order == Some(order.id));
                let (decision, noted) = self.place(&looked.look, order, now).await?;
                looked.look.order = Some(decision.order.id);
                (Some(decision), noted)
            }
            (Act::None, _) | (Act::Withdraw, None) => (None, None),
        };
        let placed = decision.as_ref().filter(|decision| decision.changed);
        let placed = placed.map(|decision| Placed { decision, noted });
        self.purchasing.keep_look(&looked, rev, placed, cause).await.map_err(not_kept)
    }

    /// The order that a suggestion goes into: the one that it is in, the supplier's that nobody has worked on, or else a
    /// new one; and how often the note of the supplier's order was written, where it is to name the new one.
    async fn place(
        &self,
        look: &Look,
        order: Option<PurchaseOrder>,
        now: Timestamp,
    ) -> Result<(Decision, Option<u64>), NotKept> {
        let supplier = self.purchasing.supplier(look.supplier()).await?;
        let supplier = supplier.ok_or_else(|| format!("there is no supplier {}", look.supplier()))?;
        let lines = PurchaseLines::suggested(&supplier, look);
        let add = || Command::AddSuggested { lines: lines.clone() };
        if let Some(order) = order {
            return Ok((decided(&order, add(), now)?, None));
        }
        let (open, noted) = self.purchasing.suggested(&supplier.id).await?;
        if let Some(id) = open
            && let Some(order) = self.purchasing.order(&id).await?
            && Standing::from(&order) == Standing::Suggested
        {
            match purchasing::decide(&order, add(), now) {
                Ok(decision) => return Ok((decision, None)),
                // It is full, or the supplier is paid in another currency since.
                Err(Refusal::TooManyLines { .. } | Refusal::WrongCurrency { .. }) => {}
                Err(refusal) => return Err(refusal.into()),
            }
        }
        let id: PurchaseOrderId = self.context.new_id();
        Ok((purchasing::create(id, &supplier, Origin::Suggestions, lines, now), Some(noted)))
    }

    /// What was wanted of a SKU, up to now: what was noted before, and what its ledger says since.
    async fn diary(&self, sku: &Sku, now: Timestamp, cause: &Cause) -> Result<Diary, NotKept> {
        let Kept { value, rev } = self.purchasing.diary(sku).await?;
        let before = value.unwrap_or_default();
        let mut diary = before.clone();
        let until = now - SETTLING;
        'read: loop {
            let entries = self.stock.ledger_after(sku, diary.through()).await?;
            if entries.is_empty() {
                break;
            }
            for (key, entry) in entries {
                if entry.at > until {
                    break 'read;
                }
                if let Some(noted) = noted(&entry) {
                    diary.note(entry.at, &key, &noted);
                } else {
                    diary.pass(&key);
                }
            }
        }
        diary.reach(until);
        if diary != before {
            self.purchasing.keep_diary(sku, &diary, rev, cause.clone()).await?;
        }
        Ok(diary)
    }
}

/// Has every SKU that has a rule looked at, in the run of this name; how many there are.
///
/// # Errors
/// When the table or the queue does not answer; those that were sent are looked at all the same.
pub async fn have_all_looked_at(
    purchasing: &Purchasing,
    sender: &Sender,
    queue: &str,
    run: &str,
) -> Result<usize, Error> {
    let (mut after, mut last, mut count) = (None, None, 0);
    loop {
        let page = purchasing.ruled_skus(after.as_ref(), PAGE).await?;
        let mut messages = Vec::new();
        for sku in page.items {
            // A SKU stands there once for each of its locations, one after the other.
            if last.as_ref() == Some(&sku) {
                continue;
            }
            let event = Event::Shop(ShopEvent::ReorderDue { sku: sku.clone() });
            messages.push(Outgoing::new(&Message::new(format!("{run}:{sku}"), event), run)?);
            last = Some(sku);
        }
        count += messages.len();
        if !sender.send(queue, &messages).await.is_empty() {
            return Err("the queue of reorders did not take every message".into());
        }
        after = page.next;
        if after.is_none() {
            return Ok(count);
        }
    }
}

/// What is decided by a rule about a SKU as it stands.
pub fn decide(rule: &ReorderRule, stock: &Stock, diary: &Diary, priority: &[LocationId]) -> domain::reorder::Decision {
    let history = diary.history(&rule.location, stock.offer.backorder_limit > 0);
    let forecast = project(&history, WEEK, rule.horizon_days()).forecast;
    domain::reorder::decide(rule, Position::at(stock, &rule.location, priority), &forecast)
}

/// A refusal here means that the order is not what was read: staff took it up meanwhile.
fn decided(order: &PurchaseOrder, command: Command, now: Timestamp) -> Result<Decision, NotKept> {
    purchasing::decide(order, command, now).map_err(|_| NotKept::Stale)
}

/// What an entry of the ledger says of demand.
fn noted(entry: &LedgerEntry) -> Option<Noted> {
    match (entry.quantity.as_str(), &entry.location) {
        ("available", _) => Some(Noted::Available(entry.after)),
        ("committed", Some(location)) if entry.cause != SHIPPED => Some(Noted::Wanted(location.clone(), entry.delta)),
        _ => None,
    }
}
