//! Stories from end to end, on the local engine with a standing clock.

#![allow(missing_docs, clippy::panic, clippy::unwrap_used)]

mod allocating;
mod buying;
mod claiming;
mod cost;
mod crashing;
mod crediting;
mod exchanging;
mod granted;
mod guaranteeing;
mod hot;
mod importing;
mod mailing;
mod measuring;
mod paying;
mod reaching;
mod refusing;
mod reordering;
mod returning;
mod signing_in;
mod simulating;
mod stocking;
mod supplying;
mod transferring;
mod trusting;
mod working;

#[path = "../stories/mod.rs"]
mod stories;

macro_rules! tell {
    ($($story:ident,)*) => {
        $(#[tokio::test]
        async fn $story() {
            stories::$story(&tests::Shop::new()).await;
        })*
    };
}

stories!(tell);
