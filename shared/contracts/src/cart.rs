//! Carts.

use domain::cart::{Cart, Warning};
use domain::id::{CartId, OrderId};
use domain::text::{Quantity, Sku, Slug};
use domain::{Currency, Money, MoneyError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Makes a cart. There is nothing to say about it yet.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCart {}

/// How many of a SKU are wanted.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetQuantity {
    /// 0 removes the line.
    #[schema(minimum = 0, maximum = 9999)]
    pub quantity: u32,
}

/// A cart as it is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CartAnswer {
    /// Its id.
    #[schema(value_type = String, example = "crt_06f3qk2m8r0000000000000000")]
    pub id: CartId,
    /// What its prices are in.
    #[schema(value_type = String, example = "EUR")]
    pub currency: Currency,
    /// One per SKU.
    pub lines: Vec<CartLineAnswer>,
    /// What it comes to.
    pub totals: CartTotals,
    /// What changed since the shopper last looked.
    pub warnings: Vec<CartWarning>,
    /// The order that it became.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub order_id: Option<OrderId>,
}

/// One line of a cart.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CartLineAnswer {
    /// Of what.
    #[schema(value_type = String)]
    pub sku: Sku,
    /// The product's address.
    #[schema(value_type = String)]
    pub slug: Slug,
    /// Product and variant.
    pub title: String,
    /// How many.
    #[schema(value_type = u32)]
    pub quantity: Quantity,
    /// What one costs.
    pub unit_price: Money,
    /// What the line costs.
    pub total: Money,
}

/// What a cart comes to, before shipping and taxes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CartTotals {
    /// All lines.
    pub items: Money,
    /// How many pieces.
    pub count: u64,
}

/// Something that the shopper should look at.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CartWarning {
    /// In words.
    pub text: String,
    /// What exactly.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub warning: Warning,
}

impl CartAnswer {
    /// A cart with its warnings.
    ///
    /// # Errors
    /// When an amount leaves the range.
    pub fn new(cart: &Cart, warnings: Vec<Warning>) -> Result<Self, MoneyError> {
        let lines = cart.lines.iter().map(|line| {
            Ok(CartLineAnswer {
                sku: line.sku.clone(),
                slug: line.slug.clone(),
                title: line.title.clone(),
                quantity: line.quantity,
                unit_price: line.unit_price,
                total: line.total()?,
            })
        });
        Ok(Self {
            id: cart.id,
            currency: cart.currency,
            lines: lines.collect::<Result<_, MoneyError>>()?,
            totals: CartTotals { items: cart.items_total()?, count: cart.count() },
            warnings: warnings.into_iter().map(|warning| CartWarning { text: warning.text(), warning }).collect(),
            order_id: cart.order,
        })
    }
}
