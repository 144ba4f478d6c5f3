//! The shape of every list.

use serde::Serialize;
use utoipa::ToSchema;

/// A page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ListAnswer<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Where the next page begins; null after the last.
    pub next: Option<String>,
}
