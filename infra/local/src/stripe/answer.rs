//! Answers in Stripe's shape: <https://docs.stripe.com/api/errors>.
//!
//! Knows statuses and error fields; it deliberately knows no rule that leads to them.

use serde_json::{Value, json};

/// Status and JSON.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Answer {
    pub(super) const fn ok(body: Value) -> Self {
        Self { status: 200, body }
    }

    /// An `invalid_request_error`: the parameter it is about, Stripe's code for it, and why.
    pub(super) fn invalid(param: Option<&str>, code: Option<&str>, message: impl Into<String>) -> Self {
        Self::error(400, "invalid_request_error", param, code, message)
    }

    pub(super) fn missing(param: &str) -> Self {
        Self::invalid(Some(param), Some("parameter_missing"), format!("Missing required param: {param}."))
    }

    pub(super) fn unknown(what: &str, param: &str, id: &str) -> Self {
        Self::error(
            404,
            "invalid_request_error",
            Some(param),
            Some("resource_missing"),
            format!("No such {what}: '{id}'"),
        )
    }

    pub(super) fn no_route(method: &str, path: &str) -> Self {
        Self::error(
            404,
            "invalid_request_error",
            None,
            None,
            format!("Unrecognized request URL ({method}: {path}): the stand-in does not know it."),
        )
    }

    pub(super) fn unauthorized(message: impl Into<String>) -> Self {
        Self::error(401, "invalid_request_error", None, None, message)
    }

    pub(super) fn other_parameters(key: &str) -> Self {
        Self::error(
            400,
            "idempotency_error",
            None,
            None,
            format!(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. \
                 Try using a key other than '{key}' if you meant to execute a different request."
            ),
        )
    }

    fn error(status: u16, kind: &str, param: Option<&str>, code: Option<&str>, message: impl Into<String>) -> Self {
        let mut error = json!({ "type": kind, "message": message.into() });
        for (name, value) in [("code", code), ("param", param)] {
            if let Some(value) = value {
                error[name] = value.into();
            }
        }
        Self { status, body: json!({ "error": error }) }
    }
}
