//! The local engine: the template, run in one process.
//!
//! Knows how AWS runs what the template declares: routes, tables, queues, streams, schedules, buckets, grants. It
//! deliberately knows no operation of the shop and no attribute of its records. It is for development and tests;
//! production is AWS.

/// JSON in and out is most of what the engine does: a fifth of its time was glibc's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod clock;
mod cloudwatch;
mod connector;
pub mod console;
pub mod dynamo;
pub mod engine;
pub mod faults;
mod functions;
pub mod gateway;
pub mod iam;
pub mod journeys;
pub mod keep;
pub mod keys;
mod limit;
pub mod pattern;
pub mod prices;
pub mod s3;
pub mod schedule;
mod seed;
mod server;
pub mod ses;
pub mod sqs;
pub mod stripe;
pub mod template;
pub mod wire;

pub use engine::{Engine, InvokeError, Options, Parked, Seeder, StartError};
pub use functions::functions;
pub use seed::demo;
pub use server::serve;
pub use wire::Service;
