//! What a caller hears when the trade says no.

use domain::refusal::Refusal;
use serde_json::json;

use crate::problem::{Problem, ProblemKind};

/// The problem that a refusal is answered as.
pub fn problem(refusal: &Refusal) -> Problem {
    let kind = match refusal {
        Refusal::CartOrdered => ProblemKind::CartOrdered,
        Refusal::NotEnough { .. } | Refusal::NotSold { .. } => ProblemKind::OutOfStock,
        Refusal::PriceChanged { .. } | Refusal::TotalChanged { .. } | Refusal::CreditChanged { .. } => {
            ProblemKind::PriceChanged
        }
        Refusal::EmptyCart
        | Refusal::TooManyLines { .. }
        | Refusal::TooMany { .. }
        | Refusal::CountryNotServed { .. }
        | Refusal::MethodNotOffered { .. }
        | Refusal::PaymentMethodClosed
        | Refusal::WrongCurrency { .. }
        | Refusal::AmountTooLarge
        | Refusal::EmptyRefund
        | Refusal::NoReason
        | Refusal::WrongDeduction { .. }
        | Refusal::OwnAddress
        | Refusal::NoAddress
        | Refusal::NoRemedy
        | Refusal::TooManySerials { .. }
        | Refusal::SerialTwice { .. } => ProblemKind::Unprocessable,
        Refusal::Illegal(_)
        | Refusal::HoldRuns { .. }
        | Refusal::NotByHand
        | Refusal::LineLeft { .. }
        | Refusal::PartlyShipped
        | Refusal::NotAllocated
        | Refusal::NothingWaits
        | Refusal::RefundTooLarge { .. }
        | Refusal::NoRefundDue
        | Refusal::TooManyReturns { .. }
        | Refusal::NotInspected { .. }
        | Refusal::TooManyPhotos { .. }
        | Refusal::ClaimOpen
        | Refusal::TooManyClaims { .. }
        | Refusal::NotOffered
        | Refusal::NotBuyers
        | Refusal::ReplacementRuns
        | Refusal::StockTooLow { .. }
        | Refusal::TooFewToSpare { .. }
        | Refusal::NowhereEnough { .. } => ProblemKind::Conflict,
    };
    let problem = Problem::new(kind, refusal.to_string()).with("code", refusal.code());
    match refusal {
        Refusal::NotEnough { sku, available, .. } => {
            problem.with("sku", sku.to_string()).with("available", (*available).max(0))
        }
        Refusal::NotSold { sku, .. }
        | Refusal::PriceChanged { sku, .. }
        | Refusal::LineLeft { sku, .. }
        | Refusal::NotInspected { sku, .. }
        | Refusal::TooManySerials { sku, .. } => problem.with("sku", sku.to_string()),
        Refusal::TotalChanged { now } => problem.with("total", json!(now)),
        Refusal::CreditChanged { now } => problem.with("credit", json!(now)),
        Refusal::Illegal(illegal) => {
            problem.with("axis", illegal.axis).with("state", illegal.state).with("legal", json!(illegal.legal))
        }
        Refusal::RefundTooLarge { left } | Refusal::WrongDeduction { most: left } => problem.with("left", json!(left)),
        Refusal::StockTooLow { sku, location, left } => {
            problem.with("sku", sku.to_string()).with("location", location.to_string()).with("left", *left)
        }
        Refusal::TooFewToSpare { sku, left } => problem.with("sku", sku.to_string()).with("left", *left),
        Refusal::EmptyCart
        | Refusal::CartOrdered
        | Refusal::TooManyLines { .. }
        | Refusal::TooMany { .. }
        | Refusal::CountryNotServed { .. }
        | Refusal::MethodNotOffered { .. }
        | Refusal::PaymentMethodClosed
        | Refusal::WrongCurrency { .. }
        | Refusal::AmountTooLarge
        | Refusal::HoldRuns { .. }
        | Refusal::NotByHand
        | Refusal::PartlyShipped
        | Refusal::NotAllocated
        | Refusal::NothingWaits
        | Refusal::EmptyRefund
        | Refusal::NoRefundDue
        | Refusal::TooManyReturns { .. }
        | Refusal::TooManyPhotos { .. }
        | Refusal::NoReason
        | Refusal::ClaimOpen
        | Refusal::TooManyClaims { .. }
        | Refusal::OwnAddress
        | Refusal::NotOffered
        | Refusal::NotBuyers
        | Refusal::NoAddress
        | Refusal::NoRemedy
        | Refusal::SerialTwice { .. }
        | Refusal::ReplacementRuns
        | Refusal::NowhereEnough { .. } => problem,
    }
}
