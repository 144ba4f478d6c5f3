//! Logs: JSON lines, one message and dotted fields, no personal data, no raw bodies.

use tracing_subscriber::EnvFilter;

/// Starts the log of this process. A second start changes nothing.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let started =
        tracing_subscriber::fmt().json().flatten_event(true).with_current_span(true).with_env_filter(filter).try_init();
    if started.is_err() {
        tracing::debug!("the log was started already");
    }
}
