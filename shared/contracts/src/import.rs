//! Imports of stock lists, as they are asked for and answered.

use domain::id::ImportId;
use domain::import::{CheckedLine, Import, Mapping, RowError, RowOutcome};
use domain::text::{LocationId, Sku};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::product::Upload;

/// Which part of a list of imports, or of an import's lines, is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Where the page begins.
    pub cursor: Option<String>,
}

/// Where to upload the file of an import to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportUpload {
    /// The import.
    #[schema(value_type = String)]
    pub id: ImportId,
    /// The upload itself. Once the file is there, asking for the import sets its check going.
    pub upload: Upload,
}

/// An import.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportAnswer {
    /// Which.
    #[schema(value_type = String)]
    pub id: ImportId,
    /// waiting, checking, checked, applying, applied, failed, undoing or undone.
    pub status: String,
    /// The file's name.
    pub filename: String,
    /// Whether it waits after its check until staff want it booked.
    pub dry_run: bool,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    pub made: Timestamp,
    /// The rows of the file, its first aside.
    pub rows: u32,
    /// The rows that were worked off since it has this status.
    pub done: u32,
    /// The rows that make a draft product.
    pub created: u32,
    /// The rows that change how many there are.
    pub changed: u32,
    /// The rows that change nothing.
    pub unchanged: u32,
    /// The first hundred of what is wrong, by row and column.
    pub errors: Vec<RowError>,
    /// How much is wrong.
    pub errors_count: u32,
    /// The names in the file's first row.
    pub header: Vec<String>,
    /// Which column means what; null until the file was read.
    pub mapping: Option<Mapping>,
}

impl From<Import> for ImportAnswer {
    fn from(import: Import) -> Self {
        Self {
            id: import.id,
            status: import.status.to_string(),
            filename: import.filename,
            dry_run: import.dry_run,
            made: import.made,
            rows: import.rows,
            done: import.done,
            created: import.tally.created,
            changed: import.tally.changed,
            unchanged: import.tally.unchanged,
            errors: import.errors,
            errors_count: import.errors_count,
            header: import.header,
            mapping: import.mapping,
        }
    }
}

/// What a row of a file changes, as the check saw it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportRow {
    /// As a spreadsheet counts: 1 is the header.
    pub row: u32,
    /// Of what.
    pub sku: Sku,
    /// Where.
    pub location: LocationId,
    /// What it changes.
    #[serde(flatten)]
    pub outcome: RowOutcome,
}

impl From<CheckedLine> for ImportRow {
    fn from(checked: CheckedLine) -> Self {
        let CheckedLine { line, outcome } = checked;
        Self { row: line.row, sku: line.sku, location: line.location, outcome }
    }
}
