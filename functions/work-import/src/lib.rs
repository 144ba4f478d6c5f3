//! Works off stock imports: looks at the rows of a file, books them, or books them back, part by part.
//!
//! A message only says which import has work left: messages may repeat and overtake each other. What is done next
//! stands in the import, and each part is booked once however often it is tried.

mod book;
mod check;
mod drafts;

use contracts::event::{Event, Message, ShopEvent};
use domain::id::ImportId;
use domain::import::{Import, ImportStatus};
use domain::settings::{LocationSettings, ShopSettings};
use edge::queue::{self, QueueHandler};
use edge::{Context, Error, Function, Objects};
use store::StoreError;
use store::catalog::Catalog;
use store::imports::Imports;
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;
use store::stock::StockTable;

/// The function.
pub const FUNCTION: Function = queue::queue::<WorkImport>();

/// Works off imports.
pub struct WorkImport {
    context: Context,
    imports: Imports,
    stock: StockTable,
    catalog: Catalog,
    shop: Cached<ShopSettings>,
    locations: Cached<LocationSettings>,
    files: Objects,
}

impl QueueHandler for WorkImport {
    type Message = Message;

    /// They write the same shelves.
    const AT_ONCE: bool = false;

    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            imports: context.table()?,
            stock: context.table()?,
            catalog: context.table()?,
            shop: Cached::new(settings.clone()),
            locations: Cached::new(settings),
            files: Objects::new(context, "IMPORTS_BUCKET")?,
            context: context.clone(),
        })
    }

    async fn handle(&self, message: Message, correlation: &str) -> Result<(), Error> {
        let Event::Shop(ShopEvent::ImportDue { import }) = message.event else { return Ok(()) };
        let Some(import) = self.imports.import(&import).await? else { return Ok(()) };
        match import.status {
            ImportStatus::Checking => check::check(self, import, correlation).await,
            ImportStatus::Applying => book::apply(self, import, correlation).await,
            ImportStatus::Undoing => book::undo(self, import, correlation).await,
            ImportStatus::Waiting
            | ImportStatus::Checked
            | ImportStatus::Applied
            | ImportStatus::Failed
            | ImportStatus::Undone => Ok(()),
        }
    }
}

impl WorkImport {
    /// Writes how far an import is, and that work is left where it is. None: somebody else has gone on with it.
    async fn save(&self, import: &Import, due: bool, cause: &Cause) -> Result<Option<Import>, Error> {
        match self.imports.save(import, due, cause.clone()).await {
            Ok(import) => Ok(Some(import)),
            Err(StoreError::Stale) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Who did it, and for which import: what the ledger says.
fn cause(import: &Import, why: &str, correlation: &str) -> Cause {
    Cause::new(&import.by, why, correlation).about(import.id.to_string())
}

/// Where the file of an import is.
fn file_of(id: &ImportId) -> String {
    format!("imports/{id}")
}
