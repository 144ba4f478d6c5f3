//! What the lines of a file change, and how that is booked back.
//!
//! Knows one line against what is known of its SKU, and the lines of one file against each other. It deliberately does
//! not know what is promised to orders: that is asked when a line is booked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::mapping::Field;
use super::row::{ImportChange, ImportLine, NewProduct, RowError, Table};
use crate::stock::{Change, MAX_UNITS};
use crate::text::{LocationId, Sku};

/// What a line changes, in units on hand at its location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RowOutcome {
    /// A draft product is made, with so many units of it.
    Created {
        /// Units after it.
        after: i64,
    },
    /// There are more or fewer units.
    Changed {
        /// Units before it.
        before: i64,
        /// Units after it.
        after: i64,
    },
    /// It is as the line says.
    Unchanged,
}

impl RowOutcome {
    /// How many units more there are by it, or fewer.
    pub const fn delta(self) -> i64 {
        match self {
            Self::Created { after } => after,
            Self::Changed { before, after } => after - before,
            Self::Unchanged => 0,
        }
    }
}

/// How many lines do what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tally {
    /// Lines that make a draft product.
    pub created: u32,
    /// Lines that change how many there are.
    pub changed: u32,
    /// Lines that change nothing.
    pub unchanged: u32,
}

impl Tally {
    /// Counts a line in.
    pub const fn add(&mut self, outcome: RowOutcome) {
        match outcome {
            RowOutcome::Created { .. } => self.created += 1,
            RowOutcome::Changed { .. } => self.changed += 1,
            RowOutcome::Unchanged => self.unchanged += 1,
        }
    }

    /// The lines that were counted.
    pub const fn rows(self) -> u32 {
        self.created + self.changed + self.unchanged
    }
}

/// What a line changes where there are `current` units on hand; None where there is no such SKU. A SKU that has nothing
/// at the line's location has 0 there.
///
/// # Errors
/// The field that is wrong and what is wrong with it: a new SKU without title and price, or a change that would leave
/// less than nothing or more than 100,000,000.
pub fn diff(line: &ImportLine, current: Option<i64>) -> Result<RowOutcome, (Field, String)> {
    if current.is_none() && line.product.is_none() {
        return Err((Field::Sku, format!("There is no SKU {}; give a title and a price to make it.", line.sku)));
    }
    let before = current.unwrap_or(0);
    let after = match line.change {
        ImportChange::Count(count) => count,
        ImportChange::Delta(delta) => {
            let after = before.saturating_add(delta);
            if delta < 0 && after < 0 {
                let detail = format!("There are {before} at {}: {delta} would leave less than nothing.", line.location);
                return Err((Field::Delta, detail));
            }
            if delta > 0 && after > MAX_UNITS {
                return Err((
                    Field::Delta,
                    format!("There are {before} at {}: that would be too many.", line.location),
                ));
            }
            after
        }
    };
    Ok(match current {
        None => RowOutcome::Created { after },
        Some(before) if before == after => RowOutcome::Unchanged,
        Some(before) => RowOutcome::Changed { before, after },
    })
}

/// Holds the lines of one file against each other, in their order: nothing stands there twice, and the first line of a
/// new SKU makes it for those that follow. It grows by about 100 bytes a line.
#[derive(Debug, Clone, Default)]
pub struct Checker {
    places: BTreeMap<(Sku, LocationId), u32>,
    made: BTreeMap<Sku, (u32, NewProduct)>,
}

impl Checker {
    /// What a line changes, as [`diff`] says it.
    ///
    /// # Errors
    /// What is wrong with the line: as [`diff`], or its SKU and location stand in an earlier row, or it makes a
    /// product in another currency than the shop's, or another than an earlier row has made.
    pub fn outcome(
        &mut self,
        table: &Table<'_>,
        line: &ImportLine,
        current: Option<i64>,
    ) -> Result<RowOutcome, RowError> {
        let place = (line.sku.clone(), line.location.clone());
        if let Some(first) = self.places.get(&place) {
            let detail = format!("{} at {} stands in row {first} and in row {}.", line.sku, line.location, line.row);
            return Err(table.error(line.row, Field::Sku, detail));
        }
        self.places.insert(place, line.row);
        let mut current = current;
        if current.is_none()
            && let Some((row, made)) = self.made.get(&line.sku)
        {
            if let Some(product) = line.product.as_ref().filter(|product| *product != made) {
                let field = if product.title == made.title { Field::Price } else { Field::Title };
                let detail = format!("Row {row} makes {} as {} for {}.", line.sku, made.title, made.price);
                return Err(table.error(line.row, field, detail));
            }
            current = Some(0);
        }
        let outcome = diff(line, current).map_err(|(field, detail)| table.error(line.row, field, detail))?;
        if let (RowOutcome::Created { .. }, Some(product)) = (outcome, &line.product) {
            if product.price.currency != table.currency() {
                let detail = format!("The shop sells in {}.", table.currency());
                return Err(table.error(line.row, Field::Currency, detail));
            }
            self.made.insert(line.sku.clone(), (line.row, product.clone()));
        }
        Ok(outcome)
    }
}

/// A line that was booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// As a spreadsheet counts: 1 is the header.
    pub row: u32,
    /// Of what.
    pub sku: Sku,
    /// Where.
    pub location: LocationId,
    /// What was booked, which may be more than the check had said where stock moved since.
    pub outcome: RowOutcome,
}

/// How a line is booked back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookBack {
    /// Units that there are then: a count, since it is a fact that they never came or never left. None: nothing is
    /// to be booked.
    pub change: Option<Change>,
    /// Units that the line brought and that have left since, so that they cannot be taken away again.
    pub gone: i64,
    /// Whether the line made a product, which stays as a draft.
    pub draft_stays: bool,
}

impl Applied {
    /// How it is booked back where there are `now` units on hand: what the line brought is taken away and what it took
    /// is brought back, and what was sold or received since stays so.
    pub fn book_back(&self, now: i64) -> BookBack {
        let wanted = now.saturating_sub(self.outcome.delta());
        let after = wanted.max(0);
        BookBack {
            change: (after != now).then_some(Change::To(after)),
            gone: after - wanted,
            draft_stays: matches!(self.outcome, RowOutcome::Created { .. }),
        }
    }
}
