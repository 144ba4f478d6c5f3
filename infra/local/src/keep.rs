//! What outlives the process: one SQLite file of named values.
//!
//! Knows shelves, keys and bytes; it deliberately knows nothing of what they mean. Without a file it keeps nothing:
//! everything is in memory anyway, and read back from here at a start alone. Writes go through at once (write-ahead
//! log), so a killed process loses nothing that was answered.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, params};

/// A file that cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the engine's file: {0}")]
pub struct KeepError(#[from] rusqlite::Error);

/// One change.
#[derive(Debug)]
pub enum Change {
    /// Puts a value.
    Put(&'static str, String, Vec<u8>),
    /// Takes a value away.
    Drop(&'static str, String),
}

/// What outlives the process.
#[derive(Debug, Default)]
pub struct Keep(Option<Mutex<Connection>>);

impl Keep {
    /// Keeps nothing.
    pub fn nothing() -> Self {
        Self(None)
    }

    /// Keeps everything in the file at `path`, which is made where there is none.
    ///
    /// # Errors
    /// When it is no such file.
    pub fn open(path: &Path) -> Result<Self, KeepError> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS kept (shelf TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, \
             PRIMARY KEY (shelf, key)) WITHOUT ROWID",
        )?;
        Ok(Self(Some(Mutex::new(connection))))
    }

    /// Whether anything is kept at all: else nothing needs to be put into words.
    pub fn keeps(&self) -> bool {
        self.0.is_some()
    }

    /// Writes changes, all or none. A failure is logged: the engine's memory stays right, the next start is behind.
    pub fn write(&self, changes: Vec<Change>) {
        let Some(connection) = &self.0 else { return };
        if changes.is_empty() {
            return;
        }
        if let Err(error) = Self::write_all(&mut held(connection), changes) {
            tracing::error!(error = %error, "the engine's file could not be written");
        }
    }

    fn write_all(connection: &mut Connection, changes: Vec<Change>) -> Result<(), KeepError> {
        let transaction = connection.transaction()?;
        for change in changes {
            match change {
                Change::Put(shelf, key, value) => transaction
                    .prepare_cached("INSERT OR REPLACE INTO kept (shelf, key, value) VALUES (?1, ?2, ?3)")?
                    .execute(params![shelf, key, value])?,
                Change::Drop(shelf, key) => transaction
                    .prepare_cached("DELETE FROM kept WHERE shelf = ?1 AND key = ?2")?
                    .execute(params![shelf, key])?,
            };
        }
        transaction.commit()?;
        Ok(())
    }

    /// Everything on a shelf, by key.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn shelf(&self, shelf: &str) -> Result<Vec<(String, Vec<u8>)>, KeepError> {
        let Some(connection) = &self.0 else {
            return Ok(Vec::new());
        };
        let connection = held(connection);
        let mut statement = connection.prepare_cached("SELECT key, value FROM kept WHERE shelf = ?1 ORDER BY key")?;
        let rows = statement.query_map(params![shelf], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One value.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn value(&self, shelf: &str, key: &str) -> Result<Option<Vec<u8>>, KeepError> {
        Ok(self.shelf(shelf)?.into_iter().find(|(known, _)| known == key).map(|(_, value)| value))
    }

    /// Empties every shelf but one.
    pub fn clear_but(&self, shelf: &str) {
        let Some(connection) = &self.0 else { return };
        if let Err(error) = held(connection).execute("DELETE FROM kept WHERE shelf <> ?1", params![shelf]) {
            tracing::error!(error = %error, "the engine's file could not be emptied");
        }
    }
}

/// The lock of a mutex whose holder may have panicked: what it guards is changed in single steps.
pub(crate) fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
