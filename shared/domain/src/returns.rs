//! Returns: what may come back, what goes back for it, and why less than it cost.
//!
//! Knows the terms, the quote and the table of a return's life. It deliberately knows no parcels, no mails and no provider:
//! a quote is a value, and money goes back through the order's own refunds.

mod quote;
mod states;
mod terms;
#[cfg(test)]
mod tests;

pub use quote::{Asked, Before, NotReturnable, Quote, QuotedLine, Reason, Reduction, ReductionRule, quote};
pub use states::{ReturnStatus, ReturnStep};
pub use terms::Terms;
