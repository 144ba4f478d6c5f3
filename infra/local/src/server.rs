//! The listener: one port on loopback for the shop, its console and its services.
//!
//! Knows which of the three a request is for; it deliberately knows nothing of what they answer.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

use crate::engine::Engine;
use crate::{console, gateway, wire};

/// The greatest upload to a bucket, in bytes.
const MAX_UPLOAD: usize = 256 * 1024 * 1024;

/// Serves the shop on `listener` until `stop` is done.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    engine: Engine,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let console = console::routes(Arc::new(engine.clone()));
    let router = Router::new().fallback(shop).with_state(engine).merge(console);
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).with_graceful_shutdown(stop).await
}

async fn shop(State(engine): State<Engine>, ConnectInfo(peer): ConnectInfo<SocketAddr>, request: Request) -> Response {
    let limit = if wire::is_call(&request) { MAX_UPLOAD } else { gateway::MAX_REQUEST };
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, limit).await else {
        return gateway::too_large().map(Body::from).into_response();
    };
    parts.extensions.insert(peer);
    Box::pin(engine.http(http::Request::from_parts(parts, body))).await.map(Body::from).into_response()
}
