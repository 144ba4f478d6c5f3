//! What every function does at its edge: configuration, clients, HTTP, queues, streams, schedules, who asks, logs.
//!
//! The only crate that knows the environment. It deliberately knows no route, no table and no rule.

pub mod auth;
pub mod context;
pub mod deciding;
#[cfg(feature = "pages")]
pub mod desk;
pub mod environment;
pub mod es256;
pub mod function;
pub mod holds;
pub mod http;
pub mod lambda;
pub mod metrics;
#[cfg(feature = "multipart")]
pub mod multipart;
pub mod objects;
#[cfg(feature = "pages")]
pub mod order_view;
pub mod orders;
mod outside;
#[cfg(feature = "pages")]
pub mod page;
pub mod payments;
#[cfg(feature = "multipart")]
pub mod pictures;
pub mod provider;
pub mod purchases;
pub mod queue;
pub mod reordering;
#[cfg(feature = "pages")]
pub mod return_view;
pub mod returns;
pub mod schedule;
pub mod secrets;
pub mod sender;
pub mod stream;
pub mod telemetry;
pub mod warranties;
#[cfg(feature = "pages")]
pub mod warranty_view;

pub use context::{Clock, Context, Randomness};
pub use environment::Environment;
pub use function::{Error, Function, Invoke};
pub use http::{Cookie, HttpHandler, Request, Response};
pub use lambda::run;
pub use metrics::{Billed, Count, Trigger};
pub use objects::Objects;
pub use sender::{Outgoing, Sender};
