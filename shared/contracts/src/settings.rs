//! The settings of a topic, for the API's description: each topic's own type is what is read.

use domain::settings::{
    LocationSettings, PaymentSettings, PurchasingSettings, ReturnSettings, ShopSettings, SupportSettings,
    WarrantySettings,
};
use domain::shipping::ShippingSettings;
use domain::tax::TaxSettings;
use utoipa::ToSchema;

/// The settings of the topic that the path names.
#[derive(Debug, ToSchema)]
#[serde(untagged)]
pub enum SettingsBody {
    /// `shop`
    Shop(ShopSettings),
    /// `taxes`
    Taxes(TaxSettings),
    /// `shipping`
    Shipping(ShippingSettings),
    /// `payments`
    Payments(PaymentSettings),
    /// `locations`
    Locations(LocationSettings),
    /// `returns`
    Returns(ReturnSettings),
    /// `support`
    Support(SupportSettings),
    /// `purchasing`
    Purchasing(PurchasingSettings),
    /// `warranty`
    Warranty(WarrantySettings),
}
