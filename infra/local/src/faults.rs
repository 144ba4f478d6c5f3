//! Faults: what can go wrong between a function and a service, put there on purpose.
//!
//! Knows the kinds and how each service words them; it deliberately does not know when: a test or a simulation says
//! that.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Value, json};

use crate::wire::{Answer, Service};

/// A call, as faults see it.
#[derive(Debug, Clone)]
pub struct Call {
    /// The how-manieth call of the engine it is, from 1.
    pub number: u64,
    /// The function that calls, or `developer`.
    pub caller: String,
    /// The service.
    pub service: Service,
    /// The operation.
    pub operation: String,
    /// The resources' ARNs.
    pub resources: Vec<String>,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The service wants the caller to slow down.
    Throttle,
    /// The service fails.
    ServerError,
    /// Somebody else's transaction holds one of the items.
    TransactionConflict,
    /// The answer never arrives. Before the call nothing happened; after it, it did.
    LostAnswer,
    /// The answer takes so long.
    Delay(Duration),
    /// The function's process dies here.
    Crash,
}

/// How a batch is delivered when not in order and once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrangement {
    /// The records' places in the batch as it is delivered: a permutation. A stream keeps its own order. What is left
    /// out is lost, which no service does: a sabotage.
    pub order: Vec<usize>,
    /// Whether what succeeds is delivered once more.
    pub again: bool,
}

/// What a service does with a call that a sabotage has got hold of. No service does so: it shows that somebody looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tampering {
    /// What it should.
    Nothing,
    /// It does it twice, and answers once.
    Twice,
    /// It does nothing and says that it did.
    Unwritten,
}

/// The source of [`Faults::arrange`] for the payment provider's webhooks.
pub const WEBHOOKS: &str = "webhooks";

/// Decides what goes wrong, and when.
pub trait Faults: Send + Sync {
    /// Before a call reaches its service.
    fn before(&self, _call: &Call) -> Option<Fault> {
        None
    }

    /// After the service has done its work.
    fn after(&self, _call: &Call) -> Option<Fault> {
        None
    }

    /// How a batch of so many is delivered that comes from a queue, a table's stream or [`WEBHOOKS`].
    fn arrange(&self, _source: &str, _records: usize) -> Option<Arrangement> {
        None
    }

    /// Whether calls are tampered with or retold at all.
    fn sabotages(&self) -> bool {
        false
    }

    /// Gets hold of a call that is granted, and of what it asks for: `body` is its JSON, where it has one.
    fn tamper(&self, _call: &Call, _headers: &mut HeaderMap, _body: &mut Value) -> Tampering {
        Tampering::Nothing
    }

    /// Answers something else than the service did.
    fn retell(&self, _call: &Call, _asked: &Value, _answer: &mut Bytes) {}
}

/// Nothing goes wrong.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFaults;

impl Faults for NoFaults {}

/// The answer of a service that wants the caller to slow down.
pub(crate) fn throttled(service: Service) -> Answer {
    let (status, code) = match service {
        Service::DynamoDb => (400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"),
        Service::Sqs => (403, "RequestThrottled"),
        Service::S3 => (503, "SlowDown"),
        Service::Ses => (400, "Throttling"),
        Service::Stripe => (429, "rate_limit"),
        Service::CloudWatch => (400, "Throttling"),
        Service::Ssm | Service::Other => (400, "ThrottlingException"),
    };
    Answer::error(service, status, code, "Rate exceeded")
}

/// The answer of a service that fails.
pub(crate) fn failed(service: Service) -> Answer {
    let code = match service {
        Service::DynamoDb => "com.amazonaws.dynamodb.v20120810#InternalServerError",
        Service::S3 => "InternalError",
        Service::Sqs | Service::Ses | Service::Ssm | Service::CloudWatch | Service::Stripe | Service::Other => {
            "InternalFailure"
        }
    };
    Answer::error(service, 500, code, "Internal server error")
}

/// The answer of a table where somebody else's transaction holds an item.
pub(crate) fn conflicted(operation: &str, items: usize) -> Answer {
    if operation != "TransactWriteItems" && operation != "TransactGetItems" {
        return Answer::json_error(
            400,
            "com.amazonaws.dynamodb.v20120810#TransactionConflictException",
            "Transaction is ongoing for the item",
        );
    }
    let reasons: Vec<Value> = (0..items)
        .map(|at| {
            if at == 0 {
                json!({ "Code": "TransactionConflict", "Message": "Transaction is ongoing for the item" })
            } else {
                json!({ "Code": "None" })
            }
        })
        .collect();
    Answer {
        status: 400,
        ..Answer::json(&json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]",
            "CancellationReasons": reasons,
        }))
    }
}
