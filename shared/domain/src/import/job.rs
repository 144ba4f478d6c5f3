//! An import as one record: what was asked, how far it is, what a check found.
//!
//! Knows which step follows which, and that a step that was taken already changes nothing. It deliberately reads no
//! file and books nothing.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::diff::{Applied, RowOutcome, Tally};
use super::mapping::{Column, Field, Mapping};
use super::row::{ImportLine, RowError};
use super::states::{ImportStatus, ImportStep};
use crate::field::{FieldError, Findings};
use crate::id::ImportId;
use crate::machine::IllegalTransition;
use crate::refusal::Refusal;
use crate::stock::{Movement, Shelf, Stock, book};

/// The largest file that is taken, in bytes.
pub const MAX_FILE: u64 = 20 * 1024 * 1024;
/// The lines that are booked as one: two writes each and one for what was booked fit into one transaction of 100.
pub const LINES_AT_ONCE: usize = 25;
/// The errors that are kept of a check.
const MAX_ERRORS: usize = 100;
/// The characters that are kept of a column's name.
const MAX_NAME: usize = 100;
/// How long an import is kept, and can be undone: a little less than its file.
const KEPT: SignedDuration = SignedDuration::from_hours(28 * 24);

/// An import as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportDraft {
    /// The file's name, for people: what it is, is seen by what is in it.
    pub filename: String,
    /// Its size in bytes, at most 20 MB; the upload has to be just that long.
    pub bytes: u64,
    /// Whether it waits after its check until staff want it booked.
    #[serde(default)]
    pub dry_run: bool,
}

/// An import of a stock list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// Which.
    pub id: ImportId,
    /// Counts its writes.
    #[serde(default)]
    pub rev: u64,
    /// Where it stands.
    pub status: ImportStatus,
    /// The file's name.
    pub filename: String,
    /// The file's size.
    pub bytes: u64,
    /// Whether it waits after its check.
    pub dry_run: bool,
    /// Who said last what is to be done with it.
    pub by: String,
    /// When it was asked for.
    pub made: Timestamp,
    /// The names in the file's first row, once it was read.
    #[serde(default)]
    pub header: Vec<String>,
    /// What the columns mean, as staff said it or as the check guessed it.
    #[serde(default)]
    pub mapping: Option<Mapping>,
    /// How many rows the file has, its first aside.
    #[serde(default)]
    pub rows: u32,
    /// How many of them do what.
    #[serde(default)]
    pub tally: Tally,
    /// The first of what is wrong with it.
    #[serde(default)]
    pub errors: Vec<RowError>,
    /// How much is wrong with it.
    #[serde(default)]
    pub errors_count: u32,
    /// Counts its checks: each keeps lines of its own.
    #[serde(default)]
    pub run: u32,
    /// In how many parts its lines are booked.
    #[serde(default)]
    pub parts: u32,
    /// The part whose turn it is.
    #[serde(default)]
    pub part: u32,
    /// The rows that were worked off since it has this status.
    #[serde(default)]
    pub done: u32,
}

/// A line that the check let pass, and what it changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedLine {
    /// The line.
    pub line: ImportLine,
    /// What it changes, as the check saw it.
    pub outcome: RowOutcome,
}

impl CheckedLine {
    /// What it books of the stock that there is by now: a count is a fact, a change adds.
    ///
    /// # Errors
    /// When a change takes more than there is to sell.
    pub fn book(&self, stock: &Stock) -> Result<(Applied, Option<Movement>), Refusal> {
        let location = &self.line.location;
        let movement = book(stock, location, Shelf::OnHand, self.line.change.booked())?;
        let before = stock.levels.get(location).map_or(0, |level| level.on(Shelf::OnHand));
        let moved =
            movement.as_ref().and_then(|movement| movement.booking().at).map_or(0, |(_, by)| by.on(Shelf::OnHand));
        Ok((self.applied(before, before + moved), movement))
    }

    fn applied(&self, before: i64, after: i64) -> Applied {
        let made = matches!(self.outcome, RowOutcome::Created { .. }) && before == 0;
        let outcome = match (made, before == after) {
            (true, _) => RowOutcome::Created { after },
            (false, true) => RowOutcome::Unchanged,
            (false, false) => RowOutcome::Changed { before, after },
        };
        let ImportLine { row, sku, location, .. } = &self.line;
        Applied { row: *row, sku: sku.clone(), location: location.clone(), outcome }
    }
}

impl ImportDraft {
    /// Whether it can be asked for.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with the pointer of its field.
    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut found = Findings::default();
        found.line(&self.filename, 1, 200, "/filename");
        found.require(self.bytes > 0, "/bytes", "The file is empty.");
        found.require(self.bytes <= MAX_FILE, "/bytes", "A file has at most 20 MB.");
        found.or(())
    }
}

impl Import {
    /// A new import, whose file has not come yet.
    pub fn new(id: ImportId, draft: ImportDraft, by: String, now: Timestamp) -> Self {
        Self {
            id,
            rev: 0,
            status: ImportStatus::Waiting,
            filename: draft.filename,
            bytes: draft.bytes,
            dry_run: draft.dry_run,
            by,
            made: now,
            header: Vec::new(),
            mapping: None,
            rows: 0,
            tally: Tally::default(),
            errors: Vec::new(),
            errors_count: 0,
            run: 0,
            parts: 0,
            part: 0,
            done: 0,
        }
    }

    /// Until when it is kept.
    pub fn kept_until(&self) -> Timestamp {
        self.made.checked_add(KEPT).unwrap_or(self.made)
    }

    fn step(&mut self, step: ImportStep) -> Result<(), IllegalTransition> {
        self.status = self.status.after(step)?;
        (self.part, self.done) = (0, 0);
        Ok(())
    }

    /// Its rows are looked at from now on, and what an earlier check found counts for nothing.
    ///
    /// # Errors
    /// When its state does not allow it.
    pub fn check(&mut self) -> Result<(), IllegalTransition> {
        self.step(ImportStep::Check)?;
        self.run += 1;
        self.begin();
        Ok(())
    }

    /// What the file's first row says, and what its columns mean where staff have not said so.
    pub fn opened(&mut self, header: &[String], rows: u32) {
        self.header = header.iter().map(|name| name.chars().take(MAX_NAME).collect()).collect();
        self.rows = rows;
        self.mapping.get_or_insert_with(|| Mapping::guess(header));
    }

    /// That `detail` is wrong with how many a row has.
    pub fn row_error(&self, row: u32, detail: impl Into<String>) -> RowError {
        let mapped = |field| self.mapping.as_ref().and_then(|mapping| mapping.column(field));
        let column = mapped(Field::OnHand).or_else(|| mapped(Field::Delta)).unwrap_or(Column(0));
        let name = self.header.get(column.index()).map(|name| name.trim().to_owned()).unwrap_or_default();
        RowError { row, column: name, letter: column.to_string(), detail: detail.into() }
    }

    /// What an earlier try of its check found counts for nothing.
    pub fn begin(&mut self) {
        (self.tally, self.errors_count, self.parts, self.rows) = (Tally::default(), 0, 0, 0);
        (self.part, self.done) = (0, 0);
        self.errors.clear();
    }

    /// Notes what is wrong.
    pub fn wrong(&mut self, errors: impl IntoIterator<Item = RowError>) {
        for error in errors {
            self.errors_count = self.errors_count.saturating_add(1);
            if self.errors.len() < MAX_ERRORS {
                self.errors.push(error);
            }
        }
    }

    /// Notes that the file as a whole is no stock list.
    pub fn unreadable(&mut self, details: impl IntoIterator<Item = String>) {
        let error = |detail| RowError { row: 1, column: String::new(), letter: String::new(), detail };
        self.wrong(details.into_iter().map(error));
    }

    /// Every row was looked at: it can be booked, and is where nobody wanted to look at it first, or it failed.
    ///
    /// # Errors
    /// When its state does not allow it.
    pub fn checked(&mut self) -> Result<(), IllegalTransition> {
        self.step(ImportStep::of_check(self.errors_count as usize))?;
        if self.status == ImportStatus::Checked && !self.dry_run {
            self.step(ImportStep::Apply)?;
        }
        Ok(())
    }

    /// Staff want it booked; whether that is new.
    ///
    /// # Errors
    /// When its state does not allow it.
    pub fn apply(&mut self, by: &str) -> Result<bool, IllegalTransition> {
        if matches!(self.status, ImportStatus::Applying | ImportStatus::Applied) {
            return Ok(false);
        }
        self.step(ImportStep::Apply)?;
        by.clone_into(&mut self.by);
        Ok(true)
    }

    /// Staff want it booked back; whether that is new.
    ///
    /// # Errors
    /// When its state does not allow it.
    pub fn undo(&mut self, by: &str) -> Result<bool, IllegalTransition> {
        if matches!(self.status, ImportStatus::Undoing | ImportStatus::Undone) {
            return Ok(false);
        }
        self.step(ImportStep::Undo)?;
        by.clone_into(&mut self.by);
        Ok(true)
    }

    /// A row was refused while others were booked: they are booked back.
    ///
    /// # Errors
    /// When its state does not allow it.
    pub fn refused(&mut self, error: RowError) -> Result<(), IllegalTransition> {
        self.step(ImportStep::Undo)?;
        self.wrong([error]);
        Ok(())
    }

    /// Every part is booked, or booked back.
    ///
    /// # Errors
    /// When its state does not allow it.
    pub fn finish(&mut self) -> Result<(), IllegalTransition> {
        let (part, done) = (self.part, self.done);
        let undoing = self.status == ImportStatus::Undoing;
        self.step(if undoing { ImportStep::Restore } else { ImportStep::Finish })?;
        (self.part, self.done) = (part, done);
        Ok(())
    }

    /// Whether somebody works on it.
    pub const fn is_at_work(&self) -> bool {
        matches!(self.status, ImportStatus::Checking | ImportStatus::Applying | ImportStatus::Undoing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn import(dry_run: bool) -> Import {
        let draft = ImportDraft { filename: "stock.csv".into(), bytes: 10, dry_run };
        Import::new(ImportId::new(1, [1; 10]), draft, "owner:x".into(), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_file_has_a_name_and_at_most_20_mb() {
        let draft = |filename: &str, bytes| ImportDraft { filename: filename.into(), bytes, dry_run: false };
        assert!(draft("stock.csv", MAX_FILE).check().is_ok());
        let wrong = draft(" ", MAX_FILE + 1).check().unwrap_err();
        assert_eq!(wrong.iter().map(|error| error.pointer.as_str()).collect::<Vec<_>>(), ["/filename", "/bytes"]);
    }

    #[test]
    fn a_check_without_errors_is_booked_unless_somebody_wants_to_look() {
        for (dry_run, status) in [(true, ImportStatus::Checked), (false, ImportStatus::Applying)] {
            let mut import = import(dry_run);
            import.check().unwrap();
            import.checked().unwrap();
            assert_eq!(import.status, status);
        }
        let mut import = import(false);
        import.check().unwrap();
        import.unreadable(["The file is empty.".to_owned()]);
        import.checked().unwrap();
        assert_eq!((import.status, import.errors_count), (ImportStatus::Failed, 1));
        import.check().unwrap();
        assert_eq!((import.errors_count, import.run), (0, 2));
    }

    #[test]
    fn what_was_wanted_twice_happens_once() {
        let mut import = import(true);
        import.check().unwrap();
        import.checked().unwrap();
        assert_eq!((import.apply("a"), import.apply("b")), (Ok(true), Ok(false)));
        assert_eq!(import.by, "a");
        import.finish().unwrap();
        assert_eq!((import.apply("b"), import.undo("c"), import.undo("d")), (Ok(false), Ok(true), Ok(false)));
        import.finish().unwrap();
        assert_eq!(import.status, ImportStatus::Undone);
        assert!(import.apply("e").is_err());
    }
}
