//! Store credit, as it is looked at.

use domain::Money;
use domain::credit::{CreditAccount, CreditCode, CreditEntry};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Whose credit is looked at.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct CreditQuery {
    /// The code that opens it.
    pub code: Option<String>,
    /// Whose it is: for staff.
    pub email: Option<String>,
}

/// What there is of it, and how that came about.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreditAnswer {
    /// What is there.
    pub balance: Money,
    /// What opens it at checkout; not told to staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7K3F-9QX2-M4TA-1BCD")]
    pub code: Option<String>,
    /// Its movements, newest first; their sum is the balance.
    pub entries: Vec<CreditEntryAnswer>,
}

/// A movement of store credit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreditEntryAnswer {
    /// Its place in the ledger, from 1.
    pub number: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// By how much; below zero where it was spent.
    pub delta: Money,
    /// What was there then.
    pub after: Money,
    /// `returned`, `spent` or `given_back`.
    pub cause: String,
    /// What for: an order, or one of its refunds (`ord_..#0`).
    pub reference: String,
    /// Who did it.
    pub actor: String,
}

impl CreditAnswer {
    /// An account, told with its code to whoever may spend it.
    pub fn new(account: &CreditAccount, entries: Vec<CreditEntry>, code: Option<CreditCode>) -> Self {
        let entry = |entry: CreditEntry| CreditEntryAnswer {
            number: entry.number,
            at: entry.at,
            delta: entry.delta,
            after: entry.after,
            cause: entry.cause.as_str().to_owned(),
            reference: entry.reference,
            actor: entry.actor,
        };
        Self {
            balance: account.balance,
            code: code.map(|code| code.reveal()),
            entries: entries.into_iter().map(entry).collect(),
        }
    }
}
