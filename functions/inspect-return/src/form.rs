//! The desk's form of a parcel: per line how many came, and what they are like.

use std::collections::BTreeMap;

use contracts::Problem;
use domain::Money;
use domain::order::Order;
use domain::returns::{Command, Decision, Deduction, Disposition, Return, ReturnStatus, decide};
use domain::text::{LocationId, Sku};
use edge::Request;
use edge::deciding::shown_rev;
use edge::orders::{Checks, NotDone, REASON};
use jiff::Timestamp;

/// A line as it was typed.
#[derive(Debug, Clone)]
struct Row {
    /// Its place in the form.
    place: usize,
    /// How many came so far, in all.
    came: u32,
    seen: Disposition,
}

/// The form as it was typed.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    /// The `rev` of the return that its page showed.
    pub(crate) shown: Option<u64>,
    rows: Vec<Row>,
    deduction: Option<(String, String)>,
    reason: Option<String>,
}

impl Sheet {
    /// Reads `line.<n>.sku`, `.received` (left empty: as many as are judged), `.resellable`, `.damaged`, `.rejected`;
    /// `deduction` with its `deduction_reason`, and `reason`.
    pub(crate) fn read(request: &Request) -> Result<Self, Problem> {
        let fields: Vec<(String, String)> = request.form()?;
        let mut checks = Checks::default();
        let mut cells: BTreeMap<usize, BTreeMap<String, String>> = BTreeMap::new();
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in fields {
            let cell = name.strip_prefix("line.").and_then(|rest| rest.split_once('.'));
            match cell.and_then(|(row, field)| Some((row.parse::<usize>().ok()?, field.to_owned()))) {
                Some((row, field)) => drop(cells.entry(row).or_default().insert(field, value.trim().to_owned())),
                None if matches!(name.as_str(), "idempotency_key" | "deduction" | "deduction_reason" | "reason") => {
                    texts.insert(name, value);
                }
                None => checks.add(format!("/{name}"), "There is no such field."),
            }
        }
        let rows: Vec<Row> = cells.into_iter().filter_map(|(place, row)| read(place, &row, &mut checks)).collect();
        let text = |name: &str| texts.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
        let deduction = text("deduction").map(|amount| {
            let why = text("deduction_reason").unwrap_or_default();
            let why = checks.required("/deduction_reason", why, REASON, "Enter why it is kept; the buyer reads it.");
            (amount.to_owned(), why)
        });
        let reason = checks.optional("/reason", text("reason"), REASON);
        if rows.iter().any(|row| row.seen.rejected > 0) && reason.is_none() {
            checks.add("/reason", "Enter why it is not taken back; the buyer reads it.");
        }
        let shown = texts.get("idempotency_key").and_then(|key| shown_rev(key));
        checks.finish(Self { shown, rows, deduction, reason })
    }

    /// What it means for a return: what came since, then what everything is like.
    pub(crate) fn decide(
        &self,
        back: &Return,
        order: &Order,
        location: &LocationId,
        now: Timestamp,
    ) -> Result<Decision, NotDone> {
        let mut checks = Checks::default();
        let mut more = Vec::new();
        for row in &self.rows {
            let (sku, known) = (&row.seen.sku, back.line(&row.seen.sku));
            let before = known.map_or(0, |line| line.received);
            let most = known.map_or(0, |line| line.quoted.quantity.get());
            if row.came < before || row.came > most {
                checks.add(format!("/line/{}/received", row.place), format!("Enter {before} to {most}."));
            }
            more.push((sku.clone(), row.came.saturating_sub(before)));
        }
        let currency = back.quote.refund.currency;
        let deduction = self.deduction.as_ref().and_then(|(typed, reason)| {
            let amount = Money::parse_decimal(typed, currency);
            if amount.is_none() {
                checks.add("/deduction", format!("Enter an amount in {currency}."));
            }
            Some(Deduction { amount: amount?, reason: reason.clone() })
        });
        checks.finish(()).map_err(NotDone::Told)?;
        let lines = self.rows.iter().map(|row| row.seen.clone()).collect();
        let inspect = Command::Inspect { lines, deduction, reason: self.reason.clone() };
        if back.status == ReturnStatus::Received && more.iter().all(|(_, count)| *count == 0) {
            return Ok(decide(back, order, inspect, now)?);
        }
        let receive = Command::Receive { location: location.clone(), lines: more };
        Ok(decide(back, order, receive, now)?.then(order, inspect, now)?)
    }
}

fn read(place: usize, cells: &BTreeMap<String, String>, checks: &mut Checks) -> Option<Row> {
    let text = |field: &str| cells.get(field).map(String::as_str).unwrap_or_default();
    let mut units = |field: &str| match text(field) {
        "" => None,
        typed => {
            let units = typed.parse::<u32>().ok();
            if units.is_none() {
                checks.add(format!("/line/{place}/{field}"), "Enter a whole number.");
            }
            units
        }
    };
    let came = units("received");
    let [resellable, damaged, rejected] =
        ["resellable", "damaged", "rejected"].map(|field| units(field).unwrap_or_default());
    let judged = resellable.saturating_add(damaged).saturating_add(rejected);
    let came = came.unwrap_or(judged);
    if judged != came {
        checks.add(format!("/line/{place}/received"), format!("Say of each of {came} what it is like."));
    }
    match text("sku").parse::<Sku>() {
        Ok(sku) => Some(Row { place, came, seen: Disposition { sku, resellable, damaged, rejected } }),
        Err(_) => {
            checks.add(format!("/line/{place}/sku"), "There is no such line.");
            None
        }
    }
}
