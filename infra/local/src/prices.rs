//! What a journey would cost on AWS.
//!
//! Knows a journey's steps. The prices are those that functions tell their own cost by: `edge::metrics::prices`. It
//! deliberately knows nothing that costs while nobody shops (that is the template's test).

use edge::metrics::prices::{
    DYNAMODB_READ, DYNAMODB_WRITE, HTTP_API_REQUEST, LAMBDA_GB_SECOND, LAMBDA_INVOCATION, S3_READ, S3_WRITE, SES_MAIL,
    SQS_REQUEST,
};

use crate::journeys::Step;
use crate::wire::Service;

/// What one step costs, in US dollars.
#[allow(clippy::cast_precision_loss)]
pub fn step_usd(step: &Step) -> f64 {
    // Lambda bills whole milliseconds.
    let seconds = step.took_us.div_ceil(1000) as f64 / 1000.0;
    let gigabytes = f64::from(step.memory_mb) / 1024.0;
    let mut cost = LAMBDA_INVOCATION + seconds * gigabytes * LAMBDA_GB_SECOND;
    if step.over_http {
        cost += HTTP_API_REQUEST;
    }
    // The poller receives once and deletes once a batch.
    if step.from_queue {
        cost += 2.0 * SQS_REQUEST;
    }
    for call in &step.calls {
        cost += call.read_units * DYNAMODB_READ + call.write_units * DYNAMODB_WRITE;
        cost += match call.service {
            Service::Sqs => SQS_REQUEST,
            Service::Ses => SES_MAIL,
            Service::S3 if call.operation.starts_with("Get") || call.operation.starts_with("Head") => S3_READ,
            Service::S3 => S3_WRITE,
            // Standard parameters are free; the payment provider charges by the payment.
            Service::DynamoDb | Service::Ssm | Service::Stripe | Service::Other => 0.0,
        };
    }
    // A batch's cost is shared by the journeys in it.
    cost / step.shared_by.max(1) as f64
}
