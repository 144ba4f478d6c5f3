//! Purchasing, as it is asked for and answered.

use domain::Money;
use domain::demand::Forecast;
use domain::id::{OrderNumber, PurchaseOrderId};
use domain::purchasing::{
    AnswerStatus, Look, Proposal, PurchaseLine, PurchaseLineDraft, PurchaseOrder, PurchaseStatus, Supplier,
};
use domain::reorder::{Figures, Position, Reason, ReorderRule};
use domain::text::{Email, LocationId, Sku, SupplierId};
use jiff::Timestamp;
use jiff::civil::Date;
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

/// Which looks are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct LookQuery {
    /// Those at this SKU, the latest first and then those before; without it, the latest at each.
    #[param(value_type = Option<String>)]
    pub sku: Option<Sku>,
    /// Where the page begins.
    pub cursor: Option<String>,
}

/// What a look at a SKU's stock came to, with all that made it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LookAnswer {
    /// Of what.
    #[schema(value_type = String)]
    pub sku: Sku,
    /// For where.
    #[schema(value_type = String)]
    pub location: LocationId,
    /// Who would deliver it.
    #[schema(value_type = String)]
    pub supplier: SupplierId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Where the suggestion stands: `open`, `ordered`, `dismissed` or `superseded`; `not_needed` for a 'no'.
    pub status: &'static str,
    /// How many to order, in units; 0 for a 'no'.
    pub quantity: u32,
    /// Why.
    #[schema(value_type = String)]
    pub reason: Reason,
    /// The purchase order that it stands in.
    #[schema(value_type = Option<String>)]
    pub purchase_order: Option<PurchaseOrderId>,
    /// Whether staff have to approve its order, whatever it costs.
    pub by_hand: bool,
    /// The rule.
    pub rule: ReorderRule,
    /// What there was.
    pub position: Position,
    /// What was expected to be wanted.
    pub forecast: Forecast,
    /// What was computed of them.
    pub figures: Figures,
}

impl From<Look> for LookAnswer {
    fn from(look: Look) -> Self {
        let status = look.suggestion.map_or("not_needed", domain::purchasing::SuggestionStatus::as_str);
        let (location, supplier) = (look.location().clone(), look.supplier().clone());
        let Look { sku, at, decision, order, by_hand, .. } = look;
        let domain::reorder::Decision { quantity, reason, rule, position, forecast, figures } = decision;
        Self {
            sku,
            location,
            supplier,
            at,
            status,
            quantity,
            reason,
            purchase_order: order,
            by_hand,
            rule,
            position,
            forecast,
            figures,
        }
    }
}

/// How many SKUs are looked at.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RunAnswer {
    /// SKUs with a rule: each is looked at in the next moments.
    pub skus: usize,
}

/// A request that says nothing more than its route.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Plain {}

/// Which suggestion staff do not want.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DismissRequest {
    /// The one for this location; the only one where it does not say.
    #[schema(value_type = Option<String>)]
    pub location: Option<LocationId>,
}

/// Which purchase orders are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct PurchaseQuery {
    /// Only those of this status, or those that are `overdue`.
    pub status: Option<String>,
    /// Only those to this supplier.
    #[param(value_type = Option<String>)]
    pub supplier: Option<SupplierId>,
    /// Where the page begins.
    pub cursor: Option<String>,
}

/// Other lines for a purchase order that is not approved.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinesRequest {
    /// 1 to 40; they take the place of those that it has.
    pub lines: Vec<PurchaseLineDraft>,
}

/// Lets a purchase order go.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ApproveRequest {
    /// Whether it is sent to its supplier at once.
    pub send: bool,
}

/// Why something is put aside or called off.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReasonRequest {
    /// Up to 500 characters.
    pub reason: Option<String>,
}

/// An order to a supplier.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PurchaseOrderAnswer {
    /// Its id.
    #[schema(value_type = String)]
    pub id: PurchaseOrderId,
    /// What people call it.
    #[schema(value_type = String, example = "7K3F9QX2M4")]
    pub number: OrderNumber,
    /// Where it stands.
    #[schema(value_type = String)]
    pub status: PurchaseStatus,
    /// What its supplier has said to it.
    #[schema(value_type = String)]
    pub answer: AnswerStatus,
    /// Whether it should have come by now.
    pub overdue: bool,
    /// Whom it goes to.
    #[schema(value_type = String)]
    pub supplier: SupplierId,
    /// What is ordered.
    pub lines: Vec<PurchaseLineAnswer>,
    /// What it costs; null where a line does not say.
    pub total: Option<Money>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created: Timestamp,
    /// When it was last sent.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub sent: Option<Timestamp>,
    /// The day on which it should come.
    #[schema(value_type = Option<String>, format = Date)]
    pub expected: Option<Date>,
    /// What its supplier proposes, until staff take or reject it.
    pub proposal: Option<Proposal>,
    /// Why it is on hold, was called off or was refused.
    pub reason: Option<String>,
    /// Whether staff have to approve it, whatever it costs.
    pub by_hand: bool,
}

/// A line of a purchase order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PurchaseLineAnswer {
    /// Of what.
    #[schema(value_type = String)]
    pub sku: Sku,
    /// For where.
    #[schema(value_type = String)]
    pub location: LocationId,
    /// How many are ordered.
    pub quantity: u32,
    /// How many came, damaged ones among them.
    pub received: u32,
    /// How many of them were damaged.
    pub damaged: u32,
    /// What one costs.
    pub unit_cost: Option<Money>,
}

impl PurchaseOrderAnswer {
    /// The answer that tells of `order` on the day `today`.
    pub fn new(order: PurchaseOrder, today: Date) -> Self {
        let line = |line: PurchaseLine| {
            let PurchaseLine { sku, location, quantity, received, damaged, unit_cost } = line;
            PurchaseLineAnswer { sku, location, quantity, received, damaged, unit_cost }
        };
        Self {
            id: order.id,
            number: order.id.number(),
            status: order.status,
            answer: order.answer,
            overdue: order.is_overdue(today),
            total: order.total().ok().flatten(),
            supplier: order.supplier,
            lines: order.lines.into_iter().map(line).collect(),
            created: order.created,
            sent: order.sent,
            expected: order.expected,
            proposal: order.proposal,
            reason: order.reason,
            by_hand: order.by_hand,
        }
    }
}
