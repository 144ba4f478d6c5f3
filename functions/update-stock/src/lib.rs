//! Adjusts stock: by a change or by a count, all lines or none, the same answer to the same Idempotency-Key. And says how
//! many of a SKU may be sold beyond what is there, and over how many records its counters are split.

mod form;
mod shards;

use std::collections::{BTreeMap, BTreeSet};

use contracts::stock::{AdjustedLine, AdjustmentAnswer, BackordersRequest, StockAnswer};
use contracts::{Problem, ProblemKind};
use domain::people::Action;
use domain::refusal::Refusal;
use domain::settings::{LocationSettings, ShopSettings};
use domain::stock::{Adjustment, AdjustmentLine, Change, Conflict, Movement, Stock, book};
use domain::text::{Digest, Sku};
use edge::auth::Verifier;
use edge::desk::{Visit, refused};
use edge::http::{internal, unavailable};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use futures::future::join_all;
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;
use store::stock::{Adjusted, AdjustmentRecord, StockTable};
use store::tx::MAX_WRITES;
use store::{StoreError, Tx, TxError};

/// The function.
pub const FUNCTION: Function = edge::http::http::<UpdateStock>();

/// How often an adjustment is tried over other writes of the same shelves.
const ATTEMPTS: u32 = 8;
/// The most that a SKU can be sold beyond what is there.
const MAX_BACKORDERS: u32 = 1_000_000;

/// Adjusts stock.
pub struct UpdateStock {
    context: Context,
    stock: StockTable,
    locations: Cached<LocationSettings>,
    shop: Cached<ShopSettings>,
    verifier: Verifier,
}

/// Why an adjustment was not written.
enum NotBooked {
    /// The same key was faster.
    Repeated,
    /// A shelf is not as it was read.
    Stale,
    /// It is more than one transaction takes: SKUs whose units are on many shards.
    TooMuch,
}

/// A line and what it books.
struct Booked {
    line: AdjustedLine,
    movement: Option<Movement>,
    counted: bool,
    cause: Cause,
}

impl HttpHandler for UpdateStock {
    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            stock: context.table()?,
            locations: Cached::new(settings.clone()),
            shop: Cached::new(settings),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        match request.route() {
            "POST /api/stock/adjustments" => {
                let caller = self.verifier.caller(request)?;
                caller.staff(Action::AdjustStock)?;
                let key = request.idempotency_key()?;
                let adjustment: Adjustment = request.json()?;
                let answer = self.adjust(&adjustment, key, &caller.actor(), request.correlation()).await?;
                Ok(Response::new(201, "application/json", answer).header("cache-control", "no-store"))
            }
            "PUT /api/stock/{sku}/backorders" => {
                let caller = self.verifier.caller(request)?;
                caller.staff(Action::EditCatalog)?;
                let sku: Sku = request.parse_parameter("sku", "SKU")?;
                let body: BackordersRequest = request.json()?;
                let stock = self.allow_backorders(&sku, &body, &caller.actor(), request.correlation()).await?;
                Response::json(200, &StockAnswer::from(&stock))
            }
            "POST /desk/stock/{sku}/backorders" => form::backorders(self, &Visit::of(request, &self.verifier)?).await,
            "POST /api/stock/{sku}/shards" => shards::set(self, request).await,
            "POST /desk/stock/{sku}/shards" => shards::typed(self, &Visit::of(request, &self.verifier)?).await,
            "POST /desk/stock/adjustments" => form::adjust(self, &Visit::of(request, &self.verifier)?).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { refused(request, problem) } else { Response::problem(request, problem) }
    }
}

impl UpdateStock {
    /// Says how many of a SKU are sold beyond what is there.
    async fn allow_backorders(
        &self,
        sku: &Sku,
        asked: &BackordersRequest,
        actor: &str,
        correlation: &str,
    ) -> Result<Stock, Problem> {
        if asked.limit > MAX_BACKORDERS {
            return Err(Problem::field("/limit", "Must be 0 to 1,000,000."));
        }
        let cause = Cause::new(actor, "backorders", correlation);
        match self.stock.allow_backorders(sku, asked.limit, cause).await {
            Ok(()) => {}
            Err(StoreError::Stale) => return Err(Problem::not_found("SKU")),
            Err(error) => return Err(unavailable(&error)),
        }
        let stock = self.stock.stock(sku).await.map_err(|error| unavailable(&error))?;
        stock.ok_or_else(|| Problem::not_found("SKU"))
    }

    /// Books an adjustment, or finds what was answered to its key before. The answer is JSON.
    async fn adjust(
        &self,
        adjustment: &Adjustment,
        key: Digest,
        actor: &str,
        correlation: &str,
    ) -> Result<String, Problem> {
        let canonical = json(adjustment)?;
        let body = Digest::of(canonical.as_bytes());
        let changes = adjustment.check().map_err(Problem::fields)?;
        self.check_locations(adjustment).await?;
        for attempt in 0..ATTEMPTS {
            self.context.pause(attempt).await;
            if let Some(before) = self.stock.adjustment(key).await.map_err(|error| unavailable(&error))? {
                return repeated(before, body);
            }
            let mut known = self.read(&changes).await?;
            let booked = decide(&changes, &mut known, actor, correlation, &key)?;
            let lines = booked.iter().map(|booked| booked.line.clone()).collect();
            let record = AdjustmentRecord { body, answer: json(&AdjustmentAnswer { lines })? };
            match self.commit(key, &record, &booked, &known).await {
                Ok(()) => return Ok(record.answer),
                Err(TxError::Refused(NotBooked::Repeated | NotBooked::Stale)) => {}
                Err(TxError::Refused(NotBooked::TooMuch)) => return Err(too_much()),
                Err(TxError::Store(error)) => return Err(unavailable(&error)),
            }
        }
        Err(Problem::new(ProblemKind::Busy, "These shelves are being written. Please try again."))
    }

    async fn check_locations(&self, adjustment: &Adjustment) -> Result<(), Problem> {
        let all = |known: &LocationSettings| adjustment.lines.iter().all(|line| known.has(&line.location));
        let known = self.locations.with(self.context.now(), all).await.map_err(|error| unavailable(&error))?;
        let errors: Vec<_> = adjustment
            .lines
            .iter()
            .enumerate()
            .filter(|(_, line)| !known.has(&line.location))
            .map(|(index, line)| domain::FieldError {
                pointer: format!("/lines/{index}/location"),
                detail: format!("There is no location {}.", line.location),
            })
            .collect();
        if errors.is_empty() { Ok(()) } else { Err(Problem::fields(errors)) }
    }

    /// The stock of every SKU that the lines name, where there is one.
    async fn read(&self, changes: &[(&AdjustmentLine, Change)]) -> Result<BTreeMap<Sku, Stock>, Problem> {
        let skus: BTreeSet<&Sku> = changes.iter().map(|(line, _)| &line.sku).collect();
        let found = join_all(skus.iter().map(|sku| self.stock.stock(sku))).await;
        let mut known = BTreeMap::new();
        for (sku, stock) in skus.into_iter().zip(found) {
            known.extend(stock.map_err(|error| unavailable(&error))?.map(|stock| (sku.clone(), stock)));
        }
        Ok(known)
    }

    async fn commit(
        &self,
        key: Digest,
        record: &AdjustmentRecord,
        booked: &[Booked],
        known: &BTreeMap<Sku, Stock>,
    ) -> Result<(), TxError<NotBooked>> {
        let kept = self.stock.keep_adjustment(key, record).map_err(TxError::Store)?;
        let mut tx = Tx::new().and(kept, |_| NotBooked::Repeated);
        // A transaction writes each record once: what changes of one SKU is written together.
        let mut skus: BTreeMap<&Sku, Vec<Adjusted<'_>>> = BTreeMap::new();
        for Booked { line, movement, counted, cause } in booked {
            let Some(movement) = movement else { continue };
            skus.entry(&line.sku).or_default().push(Adjusted {
                location: &line.location,
                shelf: line.quantity,
                before: line.before,
                movement,
                counted: *counted,
                cause,
            });
        }
        for (sku, adjusted) in skus {
            let Some(stock) = known.get(sku) else { continue };
            for write in self.stock.adjust(&stock.offer, &adjusted).map_err(TxError::Store)? {
                tx = tx.and(write, |_| NotBooked::Stale);
            }
        }
        if tx.len() > MAX_WRITES {
            return Err(TxError::Refused(NotBooked::TooMuch));
        }
        tx.commit(&self.context.db()).await
    }
}

/// What each line books, in their order: of what lines before it leave.
fn decide(
    changes: &[(&AdjustmentLine, Change)],
    known: &mut BTreeMap<Sku, Stock>,
    actor: &str,
    correlation: &str,
    key: &Digest,
) -> Result<Vec<Booked>, Problem> {
    let conflicts: Vec<Conflict> =
        changes.iter().filter_map(|(line, _)| line.conflict(known.get(&line.sku)?)).collect();
    if !conflicts.is_empty() {
        return Err(conflicting(&conflicts));
    }
    let refused = |refusal: Refusal| contracts::refusal::problem(&refusal);
    let mut booked = Vec::with_capacity(changes.len());
    for (index, (line, change)) in changes.iter().enumerate() {
        let stock = known
            .get_mut(&line.sku)
            .ok_or_else(|| Problem::field(format!("/lines/{index}/sku"), format!("There is no SKU {}.", line.sku)))?;
        let on = |stock: &Stock| stock.levels.get(&line.location).map_or(0, |level| level.on(line.quantity));
        let before = on(stock);
        let movement = book(stock, &line.location, line.quantity, *change).map_err(refused)?;
        if let Some(movement) = &movement {
            *stock = stock.after(movement).map_err(refused)?;
        }
        let after = on(stock);
        let cause = Cause::new(actor, line.reason.as_str(), correlation);
        booked.push(Booked {
            line: AdjustedLine {
                sku: line.sku.clone(),
                location: line.location.clone(),
                quantity: line.quantity,
                delta: after - before,
                before,
                after,
            },
            movement,
            counted: matches!(change, Change::To(_)),
            cause: cause.about(line.note.clone().unwrap_or_else(|| key.to_string())),
        });
    }
    Ok(booked)
}

/// Quantities that are not what somebody saw when they typed; what they are now stands beside.
fn conflicting(conflicts: &[Conflict]) -> Problem {
    let detail = match conflicts {
        [one] => format!("{} at {} was {} and is {} by now.", one.sku, one.location, one.seen, one.now),
        many => format!("{} quantities have changed meanwhile.", many.len()),
    };
    Problem::new(ProblemKind::Stale, detail).with("conflicts", serde_json::json!(conflicts))
}

fn too_much() -> Problem {
    Problem::new(ProblemKind::Unprocessable, "Too many split SKUs change at once. Adjust a few at a time.")
}

/// The same key and body: the same answer.
fn repeated(before: AdjustmentRecord, body: Digest) -> Result<String, Problem> {
    if before.body == body {
        Ok(before.answer)
    } else {
        Err(Problem::new(
            ProblemKind::KeyReused,
            "This Idempotency-Key came with another request before. Use a new one.",
        ))
    }
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|error| internal("an adjustment has no JSON", &error))
}
