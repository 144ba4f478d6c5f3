//! What crosses a wire: HTTP requests and answers, queue messages, problem types.
//!
//! Knows shapes; it deliberately knows no storage, no transport and no rule: commands are made from requests by
//! `TryFrom`, so nobody sets a field that the route did not mean.

pub mod auth;
pub mod cart;
pub mod checkout;
pub mod credit;
pub mod event;
pub mod import;
pub mod list;
pub mod openapi;
pub mod order;
pub mod problem;
pub mod product;
pub mod purchasing;
pub mod refusal;
pub mod returns;
pub mod settings;
pub mod staff;
pub mod stock;
pub mod transfer;
pub mod warranty;

pub use problem::{Problem, ProblemKind};
