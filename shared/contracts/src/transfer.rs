//! Transfers between locations, as they are asked for and answered.

use domain::id::{OrderNumber, TransferId};
use domain::text::{LocationId, Sku};
use domain::transfer::{Transfer, TransferLine, TransferStatus};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which transfers are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct TransferQuery {
    /// Only those of this status: `in_transit`, `partially_received`, `received` or `canceled`.
    pub status: Option<String>,
    /// Where the page begins.
    pub cursor: Option<String>,
}

/// Goods that go from one location to another.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TransferAnswer {
    /// Its id.
    #[schema(value_type = String)]
    pub id: TransferId,
    /// What people call it.
    #[schema(value_type = String, example = "7K3F9QX2M4")]
    pub number: OrderNumber,
    /// Where it stands.
    #[schema(value_type = String)]
    pub status: TransferStatus,
    /// Where it left.
    #[schema(value_type = String)]
    pub from: LocationId,
    /// Where it goes.
    #[schema(value_type = String)]
    pub to: LocationId,
    /// What was sent.
    pub lines: Vec<TransferLineAnswer>,
    /// What staff wrote to it.
    pub note: Option<String>,
    /// When it left.
    #[schema(value_type = String, format = DateTime)]
    pub sent: Timestamp,
}

/// A line of a transfer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TransferLineAnswer {
    /// Of what.
    #[schema(value_type = String)]
    pub sku: Sku,
    /// How many were sent.
    pub quantity: u32,
    /// How many came and are good.
    pub received: u32,
    /// How many came and are damaged.
    pub damaged: u32,
    /// How many are known not to come.
    pub missing: u32,
    /// How many are still on the road: 0 where it turned back.
    pub in_transit: u32,
}

impl From<Transfer> for TransferAnswer {
    fn from(transfer: Transfer) -> Self {
        let line = |line: &TransferLine| {
            let TransferLine { sku, quantity, received, damaged, missing } = line.clone();
            TransferLineAnswer { sku, quantity, received, damaged, missing, in_transit: transfer.incoming(line) }
        };
        let lines = transfer.lines.iter().map(line).collect();
        let Transfer { id, status, from, to, note, sent, .. } = transfer;
        Self { id, number: id.number(), status, from, to, lines, note, sent }
    }
}
