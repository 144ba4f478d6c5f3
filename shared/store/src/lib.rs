//! The tables: keys, records and transactions as values. The only crate that knows an attribute's name.
//!
//! One module per table, each opening with its access patterns. It deliberately has no storage trait and no in-memory
//! twin: tests use an embedded DynamoDB through the real SDK.

pub mod carts;
pub mod catalog;
pub mod credits;
pub mod db;
mod events;
mod handle;
pub mod imports;
pub mod lists;
pub mod mail;
pub mod orders;
pub mod page;
pub mod people;
pub mod purchasing;
pub mod returns;
pub mod settings;
pub mod stamp;
pub mod stock;
pub mod timers;
pub mod tx;
pub mod warranties;

pub use db::{Db, StoreError, Table};
pub use orders::same;
pub use page::{Cursor, Page};
pub use tx::{NotWritten, Tx, TxError, Write};
