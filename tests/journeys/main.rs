//! Stories from end to end, on the local engine with a standing clock.

#![allow(missing_docs, clippy::panic, clippy::unwrap_used)]

mod buying;
mod cost;
mod crashing;
mod granted;
mod mailing;
mod paying;
mod refusing;
mod signing_in;
mod trusting;
