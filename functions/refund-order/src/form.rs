//! The desk's forms: a refund by amount or by quantities, and the word that one was sent.

use contracts::Problem;
use contracts::order::{LineRequest, RefundRequest};
use domain::{Currency, Money};
use edge::Request;
use edge::orders::TypedForm;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SentForm {
    pub(crate) reference: String,
    #[serde(rename = "idempotency_key")]
    _key: Option<String>,
}

/// A refund as it was typed.
pub(crate) struct RefundForm {
    /// The key of the form.
    pub(crate) key: String,
    reason: String,
    amount: String,
    lines: Vec<LineRequest>,
}

impl RefundForm {
    pub(crate) fn read(request: &Request) -> Result<Self, Problem> {
        let mut form = TypedForm::read(request)?;
        Ok(Self {
            key: form.take("idempotency_key"),
            reason: form.take("reason"),
            amount: form.take("amount"),
            lines: form.quantities()?.unwrap_or_default(),
        })
    }

    /// The same as a program would ask for it, in the currency of the order.
    pub(crate) fn request(&self, currency: Currency) -> Result<RefundRequest, Problem> {
        let amount = match self.amount.trim() {
            "" => None,
            typed => Some(Money::parse_decimal(typed, currency).ok_or_else(|| {
                Problem::field("/amount", format!("Enter an amount in {currency}, like {}.", example(currency)))
            })?),
        };
        Ok(RefundRequest {
            reason: self.reason.clone(),
            amount,
            lines: (!self.lines.is_empty()).then(|| self.lines.clone()),
        })
    }
}

fn example(currency: Currency) -> String {
    Money::new(10_i64.pow(currency.exponent()) * 20, currency).decimal()
}
