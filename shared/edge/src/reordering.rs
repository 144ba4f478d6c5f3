//! A look at a SKU's reorder rules: reads what there is and what was wanted, decides, keeps what it came to, and puts what
//! is suggested into its supplier's order.
//!
//! Everything that is kept of one rule's look is one transaction, so that however many look at once, one suggestion is
//! made. It deliberately decides nothing (that is `domain`'s) and knows no queue.

use contracts::event::{Event, Message, ShopEvent};
use domain::demand::{Diary, Noted, WEEK, project};
use domain::id::PurchaseOrderId;
use domain::purchasing::{
    self, Act, Command, Decision, Look, Looked, Origin, PurchaseLines, PurchaseOrder, Standing, Supplier,
};
use domain::refusal::Refusal;
use domain::reorder::{Position, ReorderRule};
use domain::settings::LocationSettings;
use domain::stock::Stock;
use domain::text::{LocationId, Sku};
use jiff::{SignedDuration, Timestamp};
use store::purchasing::{Kept, Placed, Purchasing};
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;
use store::stock::{FILLED, LedgerEntry, SHIPPED, StockTable};
use store::tx::Write;
use store::{NotWritten, StoreError, TxError};

use crate::context::Context;
use crate::environment::MissingVariable;
use crate::function::Error;
use crate::sender::{Outgoing, Sender};

/// How often a SKU is looked at that others look at or order at the same moment.
const ATTEMPTS: u32 = 8;
/// How many pages of a ledger one look reads at most.
const PAGES: u32 = 40;
/// How many rules are read at a time.
const PAGE: usize = 500;
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
        let now = self.context.now();
        let mut rules = Vec::new();
        for (location, rule) in self.purchasing.rules_ever(sku).await? {
            match rule {
                Some(rule) => rules.push(rule),
                None => self.end(sku, &location, now, cause).await?,
            }
        }
        if rules.is_empty() {
            return Ok(());
        }
        let locations = self.locations.get(now).await?.locations;
        let priority: Vec<LocationId> = locations.into_iter().map(|location| location.id).collect();
        let diary = self.diary(sku, now, priority.first(), cause).await?;
        let (mut watch, mut known) = (None, None);
        for rule in rules {
            let Some((stock, slack)) = self.look_at(sku, &rule, &diary, &priority, now, cause).await? else {
                return Ok(());
            };
            watch = watch.max(slack.map(|slack| stock.offer.available - slack));
            known = Some(stock.offer);
        }
        if let Some(offer) = known {
            self.stock.watch(&offer, watch, cause.clone()).await?;
        }
        Ok(())
    }

    /// Ends the look at a SKU at a location whose rule has ended, and withdraws what it suggested.
    async fn end(&self, sku: &Sku, location: &LocationId, now: Timestamp, cause: &Cause) -> Result<(), NotKept> {
        let Kept { value: Some(look), rev } = self.purchasing.look(sku, location).await? else { return Ok(()) };
        let order = match look.order {
            Some(id) => self.purchasing.order(&id).await?,
            None => None,
        };
        let standing = order.as_ref().map(|order| Standing::of(order, sku, location));
        let (ended, leaves) = look.ended(standing);
        let leave = |order: &PurchaseOrder| {
            let command = Command::DropSuggested { sku: sku.clone(), location: location.clone() };
            decided(order, command, now)
        };
        let placed = order.as_ref().filter(|_| leaves).map(leave).transpose()?;
        self.purchasing.end_look(&ended, rev, placed.as_ref(), cause, now).await.map_err(not_kept)
    }

    /// Looks at a SKU at one location; the stock that was looked at, and how many may go until it is ordered. None: there
    /// is no such SKU.
    async fn look_at(
        &self,
        sku: &Sku,
        rule: &ReorderRule,
        diary: &Diary,
        priority: &[LocationId],
        now: Timestamp,
        cause: &Cause,
    ) -> Result<Option<(Stock, Option<i64>)>, NotKept> {
        loop {
            let Kept { value: before, rev } = self.purchasing.look(sku, &rule.location).await?;
            let order = match before.as_ref().and_then(|look| look.order) {
                Some(id) => self.purchasing.order(&id).await?,
                None => None,
            };
            // After the order: what it brings is incoming then, or its approval is still to come and undoes this look.
            let Some(stock) = self.stock.stock(sku).await? else { return Ok(None) };
            let decision = decide(rule, &stock, diary, priority);
            let slack = decision.slack();
            let standing = order.as_ref().map(|order| Standing::of(order, sku, &rule.location));
            let watch = self.watch(sku, &rule.location, &stock, slack, cause)?;
            let looked = Look::after(before.as_ref(), standing, sku, decision, now);
            if self.keep(looked, rev, order, watch, cause).await? {
                return Ok(Some((stock, slack)));
            }
        }
    }

    /// Where the SKU at this location is looked at again by itself: its units may go while others come in elsewhere. None:
    /// it stands there already, or the location has none.
    fn watch(
        &self,
        sku: &Sku,
        location: &LocationId,
        stock: &Stock,
        slack: Option<i64>,
        cause: &Cause,
    ) -> Result<Option<Write>, StoreError> {
        let Some(level) = stock.levels.get(location) else { return Ok(None) };
        let at = slack.map(|slack| level.coming() - slack);
        (level.reorder_at != at).then(|| self.stock.watch_level(sku, location, at, cause)).transpose()
    }

    /// Keeps what a look came to, with what it does to its supplier's order. Whether that is all: what has to move to
    /// another order leaves the one first, and is looked at again.
    async fn keep(
        &self,
        mut looked: Looked,
        rev: u64,
        order: Option<PurchaseOrder>,
        watch: Option<Write>,
        cause: &Cause,
    ) -> Result<bool, NotKept> {
        let now = looked.look.at;
        let (sku, location) = (looked.look.sku.clone(), looked.look.location().clone());
        let leave = |order: &PurchaseOrder| decided(order, Command::DropSuggested { sku, location }, now);
        let mut noted = None;
        let decision = match (looked.act, order) {
            (Act::Withdraw, Some(order)) => Some(leave(&order)?),
            (Act::Place, Some(order)) if looked.look.order == Some(order.id) => {
                let lines = self.lines(&looked.look).await?.1;
                match purchasing::decide(&order, Command::AddSuggested { lines }, now) {
                    Ok(decision) => Some(decision),
                    Err(Refusal::WrongCurrency { .. }) => {
                        looked.look = Look { suggestion: None, order: None, ..looked.look };
                        Some(leave(&order)?)
                    }
                    Err(_) => return Err(NotKept::Stale),
                }
            }
            (Act::Place, _) => {
                let (decision, note) = self.place(&looked.look, now).await?;
                looked.look.order = Some(decision.order.id);
                noted = note;
                Some(decision)
            }
            (Act::None, _) | (Act::Withdraw, None) => None,
        };
        let placed = decision.as_ref().filter(|decision| decision.changed);
        let placed = placed.map(|decision| Placed { decision, noted });
        self.purchasing.keep_look(&looked, rev, placed, watch, cause).await.map_err(not_kept)?;
        Ok(looked.look.suggestion.is_some() || !looked.look.decision.is_order())
    }

    /// Who delivers what a look suggests, and the line that orders it.
    async fn lines(&self, look: &Look) -> Result<(Supplier, PurchaseLines), NotKept> {
        let supplier = self.purchasing.supplier(look.supplier()).await?;
        let supplier = supplier.ok_or_else(|| format!("there is no supplier {}", look.supplier()))?;
        let lines = PurchaseLines::suggested(&supplier, look);
        Ok((supplier, lines))
    }

    /// The order that a suggestion goes into: the supplier's that nobody has worked on, or else a new one; and how often
    /// the note of the supplier's order was written, where it is to name the new one.
    async fn place(&self, look: &Look, now: Timestamp) -> Result<(Decision, Option<u64>), NotKept> {
        let (supplier, lines) = self.lines(look).await?;
        let (open, noted) = self.purchasing.suggested(&supplier.id).await?;
        if let Some(id) = open
            && let Some(order) = self.purchasing.order(&id).await?
            && Standing::from(&order) == Standing::Suggested
        {
            match purchasing::decide(&order, Command::AddSuggested { lines: lines.clone() }, now) {
                Ok(decision) => return Ok((decision, None)),
                // It is full, or the supplier is paid in another currency since.
                Err(Refusal::TooManyLines { .. } | Refusal::WrongCurrency { .. }) => {}
                Err(refusal) => return Err(refusal.into()),
            }
        }
        let id: PurchaseOrderId = self.context.new_id();
        Ok((purchasing::create(id, &supplier, Origin::Suggestions, lines, now), Some(noted)))
    }

    /// What was wanted of a SKU, up to now: what was noted before, and what its ledger says since. What waits for stock is
    /// wanted of the first location.
    async fn diary(
        &self,
        sku: &Sku,
        now: Timestamp,
        first: Option<&LocationId>,
        cause: &Cause,
    ) -> Result<Diary, NotKept> {
        let Kept { value, rev } = self.purchasing.diary(sku).await?;
        let before = value.unwrap_or_default();
        let mut diary = before.clone();
        let until = now - SETTLING;
        let mut pages = 0;
        'read: loop {
            pages += 1;
            if pages > PAGES {
                self.purchasing.keep_diary(sku, &diary, rev, cause.clone()).await?;
                return Err(format!("the ledger of {sku} is long: the next try goes on from here").into());
            }
            let entries = self.stock.ledger_after(sku, diary.through()).await?;
            if entries.is_empty() {
                break;
            }
            for (key, entry) in entries {
                if entry.at > until {
                    break 'read;
                }
                note(&mut diary, &key, &entry, first);
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
    let decision = domain::reorder::decide(rule, Position::at(stock, &rule.location, priority), &forecast);
    if stock.offer.listing.on_sale { decision } else { decision.not_sold() }
}

/// A refusal here means that the order is not what was read: staff took it up meanwhile.
fn decided(order: &PurchaseOrder, command: Command, now: Timestamp) -> Result<Decision, NotKept> {
    purchasing::decide(order, command, now).map_err(|_| NotKept::Stale)
}

/// Notes what an entry of the ledger says of demand.
fn note(diary: &mut Diary, key: &str, entry: &LedgerEntry, first: Option<&LocationId>) {
    let notes = match (entry.quantity.as_str(), &entry.location) {
        ("available", _) => vec![Noted::Available(entry.shard.unwrap_or_default(), entry.after)],
        ("on_hand", Some(location)) => vec![Noted::OnHand(location.clone(), entry.after)],
        ("committed", Some(location)) => {
            let wanted = Noted::Wanted(location.clone(), entry.delta);
            let committed = Noted::Committed(location.clone(), entry.after);
            let counts = entry.cause != SHIPPED && entry.cause != FILLED;
            std::iter::once(committed).chain(counts.then_some(wanted)).collect()
        }
        // It was wanted when it began to wait.
        ("backordered", None) if entry.cause != FILLED => {
            first.map(|first| Noted::Wanted(first.clone(), entry.delta)).into_iter().collect()
        }
        _ => Vec::new(),
    };
    diary.note(entry.at, key, &notes);
}
