//! Who delivers goods to the shop.
//!
//! Knows how a supplier is asked and in what currency. It deliberately knows no prices: what a unit costs stands on the
//! order.

use serde::{Deserialize, Serialize};

use crate::field::{FieldError, Findings};
use crate::money::Currency;
use crate::text::{Email, SupplierId};

/// Somebody who delivers goods to the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supplier {
    /// The id that staff chose.
    pub id: SupplierId,
    /// What people call it.
    pub name: String,
    /// Where its orders go.
    pub email: Email,
    /// What it is paid in.
    pub currency: Currency,
    /// Days from an order to the goods, where no reorder rule says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_time_days: Option<u16>,
}

/// A supplier as it is put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SupplierDraft {
    /// 1 to 100 characters.
    pub name: String,
    /// Where its orders go.
    pub email: Email,
    /// What it is paid in.
    pub currency: Currency,
    /// 0 to 730.
    #[serde(default)]
    pub lead_time_days: Option<u16>,
}

impl SupplierDraft {
    /// The supplier that it makes under `id`.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with the pointer of its field.
    pub fn apply(self, id: SupplierId) -> Result<Supplier, Vec<FieldError>> {
        let mut found = Findings::default();
        let name = found.line(&self.name, 1, 100, "/name");
        found.require(self.lead_time_days.is_none_or(|days| days <= 730), "/lead_time_days", "Must be 0 to 730 days.");
        found.or(Supplier { id, name, email: self.email, currency: self.currency, lead_time_days: self.lead_time_days })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_put_under_the_id_that_staff_chose() {
        let draft: SupplierDraft = serde_json::from_str(
            r#"{"name": " Acme ", "email": "orders@acme.example", "currency": "EUR", "lead_time_days": 7}"#,
        )
        .unwrap();
        let supplier = draft.clone().apply("acme".parse().unwrap()).unwrap();
        assert_eq!((supplier.name.as_str(), supplier.lead_time_days), ("Acme", Some(7)));
        let wrong = SupplierDraft { name: "two\nlines".into(), lead_time_days: Some(731), ..draft };
        let pointers: Vec<String> =
            wrong.apply("acme".parse().unwrap()).unwrap_err().into_iter().map(|error| error.pointer).collect();
        assert_eq!(pointers, ["/name", "/lead_time_days"]);
    }
}
