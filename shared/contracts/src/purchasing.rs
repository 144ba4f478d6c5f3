//! Purchasing, as it is asked for and answered.

use domain::purchasing::Supplier;
use domain::text::{Email, LocationId, SupplierId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which suppliers are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct SupplierQuery {
    /// Where the page begins.
    pub cursor: Option<String>,
}

/// Which of a SKU's rules is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct RuleQuery {
    /// The one of this location; the first where it does not say.
    #[param(value_type = Option<String>)]
    pub location: Option<LocationId>,
}

/// Somebody who delivers goods to the shop.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SupplierAnswer {
    /// The id that staff chose.
    pub id: SupplierId,
    /// What people call it.
    pub name: String,
    /// Where its orders go.
    pub email: Email,
    /// What it is paid in.
    pub currency: String,
    /// Days from an order to the goods, where no reorder rule says otherwise.
    pub lead_time_days: Option<u16>,
}

impl From<Supplier> for SupplierAnswer {
    fn from(supplier: Supplier) -> Self {
        let Supplier { id, name, email, currency, lead_time_days } = supplier;
        Self { id, name, email, currency: currency.to_string(), lead_time_days }
    }
}
