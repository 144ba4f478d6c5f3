//! The shape of an amount, for the API's description.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An amount in minor units: 1999 EUR are 19.99 euros.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Money)]
pub struct MoneyBody {
    /// In the currency's smallest unit.
    #[schema(example = 1999)]
    pub amount: i64,
    /// ISO 4217.
    #[schema(example = "EUR")]
    pub currency: String,
}

/// A page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ListAnswer<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Where the next page begins; null after the last.
    pub next: Option<String>,
}
