//! Logs: JSON lines, one message and dotted fields, no personal data, no raw bodies.

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::environment::Environment;

/// Libraries that say too much below INFO, where that is there to be said: not in a release build.
const TALKATIVE: [&str; 6] = ["aws_", "h2", "hyper", "lambda_", "rustls", "tower"];

/// Starts the log of this process. A second start changes nothing.
pub fn start() {
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_current_span(true);
    let filter = wanted(&Environment::of_process());
    let _started_already = tracing_subscriber::registry().with(filter).with(lines).try_init();
}

/// What is logged: as `RUST_LOG` says (`debug`, `info,store=trace`), or else all of the house's own from the level on
/// that Lambda is told to keep.
fn wanted(environment: &Environment) -> Targets {
    if let Some(said) = environment.get("RUST_LOG").and_then(|said| said.parse().ok()) {
        return said;
    }
    let level = environment.get("AWS_LAMBDA_LOG_LEVEL").and_then(|level| level.parse().ok()).unwrap_or(Level::INFO);
    Targets::new().with_default(level).with_targets(TALKATIVE.map(|name| (name, level.min(Level::INFO))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, value: &str) -> Targets {
        wanted(&Environment::new([(name.to_owned(), value.to_owned())].into()))
    }

    #[test]
    fn the_house_says_what_is_asked_for_and_libraries_less() {
        let debug = of("AWS_LAMBDA_LOG_LEVEL", "DEBUG");
        assert!(debug.would_enable("checkout", &Level::DEBUG));
        assert!(!debug.would_enable("aws_smithy_runtime::client", &Level::DEBUG));
        assert!(debug.would_enable("aws_smithy_runtime::client", &Level::WARN));
        let usual = of("OTHER", "x");
        assert!(usual.would_enable("store", &Level::INFO) && !usual.would_enable("store", &Level::DEBUG));
        let asked = of("RUST_LOG", "error,store=trace");
        assert!(asked.would_enable("store::tx", &Level::TRACE) && !asked.would_enable("edge", &Level::WARN));
    }
}
