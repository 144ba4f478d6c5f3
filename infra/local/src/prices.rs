//! What a journey would cost on AWS.
//!
//! Knows a journey's steps. Prices and formula are those that functions tell their own cost by: `edge::metrics::Bill`.
//! It deliberately knows nothing that costs while nobody shops (that is the template's test).

use std::time::Duration;

use edge::Trigger;
use edge::metrics::{Bill, Calls};

use crate::journeys::Step;
use crate::wire::Service;

/// What one step costs, in US dollars.
pub fn step_usd(step: &Step) -> f64 {
    let mut calls = Calls::default();
    for call in &step.calls {
        calls.read_units += call.read_units;
        calls.write_units += call.write_units;
        match call.service {
            Service::Sqs => calls.queue_requests += 1,
            Service::Ses => calls.mails += 1,
            Service::S3 if call.operation.starts_with("Get") || call.operation.starts_with("Head") => {
                calls.objects_read += 1;
            }
            Service::S3 => calls.objects_written += 1,
            // Standard parameters are free; the payment provider charges by the payment.
            Service::DynamoDb | Service::Ssm | Service::CloudWatch | Service::Stripe | Service::Other => {}
        }
    }
    let trigger = match (step.over_http, step.from_queue) {
        (true, _) => Trigger::Http,
        (false, true) => Trigger::Queue,
        (false, false) => Trigger::Schedule,
    };
    let bill = Bill { trigger, memory_mb: step.memory_mb, ran: Duration::from_micros(step.took_us), calls };
    // A batch's cost is shared by the journeys in it.
    let shared_by = u32::try_from(step.shared_by.max(1)).unwrap_or(u32::MAX);
    bill.dollars() / f64::from(shared_by)
}
