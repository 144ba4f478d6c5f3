//! The rules of the shop, pure: what it sells, moves, takes and answers for.
//!
//! Knows money, ids, catalogue, stock, tax, shipping, carts, orders, store credit, warranties, demand, reordering, purchase orders, transfers
//! and their state machines. It deliberately knows no runtime, no AWS, no HTTP, no clock and no randomness: time and ids come in
//! as arguments, and a decision goes out as a value that says what is to be, what happened and what stock has to move.

pub mod address;
pub mod calendar;
pub mod cart;
pub mod catalog;
pub mod credit;
pub mod demand;
mod event;
pub mod field;
#[cfg(test)]
mod fixtures;
pub mod id;
pub mod import;
pub mod machine;
pub mod money;
pub mod order;
pub mod people;
pub mod pricing;
pub mod purchasing;
pub mod refusal;
pub mod reorder;
pub mod returns;
pub mod search;
pub mod settings;
pub mod shipping;
pub mod stock;
pub mod tax;
pub mod text;
pub mod timer;
pub mod transfer;
pub mod warranty;

pub use address::Address;
pub use field::FieldError;
pub use money::{Currency, Money, MoneyError};
pub use refusal::Refusal;
pub use text::{
    CountryCode, Digest, Email, LocationId, MethodId, Quantity, Secret, Serial, Sku, Slug, SupplierId, TaxClass,
    ValueError,
};
