//! What a journey would cost on AWS.
//!
//! Knows the list prices of the services that requests pass through. It deliberately knows no free tier, no discount
//! and nothing that costs while nobody shops (that is the template's test).
//!
//! Source: AWS's public price lists for eu-central-1 (Frankfurt), on demand, first tier, as of November 2026:
//! aws.amazon.com/{lambda, dynamodb, sqs, api-gateway, ses, s3}/pricing.

use crate::journeys::Step;
use crate::wire::Service;

/// Lambda on arm64, per GB and second.
const LAMBDA_GB_SECOND: f64 = 0.000_013_333_4;
/// Lambda, per invocation.
const LAMBDA_INVOCATION: f64 = 0.20 / 1e6;
/// HTTP API, per request.
const HTTP_API_REQUEST: f64 = 1.20 / 1e6;
/// DynamoDB, per read unit.
const DYNAMODB_READ: f64 = 0.1525 / 1e6;
/// DynamoDB, per write unit.
const DYNAMODB_WRITE: f64 = 0.7625 / 1e6;
/// SQS, per request: sending, receiving and deleting are one each.
const SQS_REQUEST: f64 = 0.40 / 1e6;
/// SES, per mail.
const SES_MAIL: f64 = 0.10 / 1e3;
/// S3, per PUT or LIST.
const S3_WRITE: f64 = 0.0054 / 1e3;
/// S3, per GET.
const S3_READ: f64 = 0.000_43 / 1e3;

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
