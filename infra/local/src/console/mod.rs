//! The local console: the engine's inside as pages a person likes to use, and the same as JSON.
//!
//! Knows routes under /_local, what a browser and what a program wants, and how to write both. It deliberately keeps no
//! state, decides nothing and needs no JavaScript: every button is a form to a route of the table below. Nothing of it
//! is deployed.
//!
//! A request whose `Accept` names text/html is answered as a page, any other as JSON.

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::{any, get, post};

use crate::engine::Engine;

mod clock;
mod frame;
mod grants;
mod home;
mod journeys;
mod mails;
mod pay;
mod queues;
mod reply;
#[cfg(test)]
mod tests;

/// The console's routes.
pub fn routes(engine: Arc<Engine>) -> Router {
    Router::new()
        .route("/_local", get(home::page))
        .route("/_local/", get(home::page))
        .route("/_local/console.css", get(frame::style))
        .route("/_local/clock", get(clock::read_clock).post(clock::advance))
        .route("/_local/mails", get(mails::list))
        .route("/_local/mails/{n}", get(mails::one))
        .route("/_local/mails/{n}/html", get(mails::html))
        .route("/_local/mails/{n}/attachments/{index}", get(mails::attachment))
        .route("/_local/inbound-mail", post(mails::inbound))
        .route("/_local/queues", get(queues::list))
        .route("/_local/queues/{name}/redrive", post(queues::redrive))
        .route("/_local/grants", get(grants::list))
        .route("/_local/journeys", get(journeys::list))
        .route("/_local/journeys/{id}", get(journeys::one))
        .route("/_local/pay/{order}", post(pay::order))
        .route("/_local/stripe/pay/{session}", get(pay::page).post(pay::act))
        .route("/_local/stripe/v1/{*rest}", any(pay::provider))
        .route("/_local/reset", get(home::confirm_reset).post(home::reset))
        .route("/_local/token", get(home::token))
        .route("/_local/{*unknown}", any(reply::nothing_here))
        .layer(middleware::from_fn(reply::guard))
        .with_state(engine)
}
