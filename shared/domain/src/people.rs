//! Who may do what: the roles of the staff, as a table.
//!
//! Knows roles and actions; deliberately knows nothing of tokens, sessions and customers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a member of the staff is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Role {
    /// May do everything.
    Owner,
    /// Keeps the catalogue and its prices.
    Merchandiser,
    /// Keeps the stock and sends the parcels.
    Warehouse,
    /// Helps the customers.
    Support,
}

/// A text that names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a role is owner, merchandiser, warehouse or support")]
pub struct UnknownRole;

impl Role {
    /// Every role.
    pub const ALL: &'static [Self] = &[Self::Owner, Self::Merchandiser, Self::Warehouse, Self::Support];

    /// As it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Merchandiser => "merchandiser",
            Self::Warehouse => "warehouse",
            Self::Support => "support",
        }
    }

    /// Whether it may.
    pub const fn may(self, action: Action) -> bool {
        match self {
            Self::Owner => true,
            Self::Merchandiser => matches!(
                action,
                Action::ViewCatalog
                    | Action::EditCatalog
                    | Action::ViewStock
                    | Action::ViewTransfers
                    | Action::SplitOffers
                    | Action::ViewPurchasing
                    | Action::EditPurchasing
                    | Action::ViewOrders
                    | Action::ViewReturns
                    | Action::ViewClaims
                    | Action::ViewSettings
            ),
            Self::Warehouse => matches!(
                action,
                Action::ViewCatalog
                    | Action::ViewStock
                    | Action::AdjustStock
                    | Action::ViewTransfers
                    | Action::TransferStock
                    | Action::ViewPurchasing
                    | Action::ReceiveGoods
                    | Action::ViewOrders
                    | Action::ShipOrders
                    | Action::ViewReturns
                    | Action::ReceiveReturns
                    | Action::SettleReturns
                    | Action::ViewClaims
                    | Action::ReceiveClaims
            ),
            Self::Support => matches!(
                action,
                Action::ViewCatalog
                    | Action::ViewStock
                    | Action::ViewOrders
                    | Action::CancelOrders
                    | Action::RefundOrders
                    | Action::MarkPaid
                    | Action::ViewReturns
                    | Action::DecideReturns
                    | Action::SettleReturns
                    | Action::ViewClaims
                    | Action::DecideClaims
                    | Action::ReceiveClaims
                    | Action::ViewCustomers
            ),
        }
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a member of the staff does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// See products that are not for sale, too.
    ViewCatalog,
    /// Write products, prices and images.
    EditCatalog,
    /// See quantities and the ledger.
    ViewStock,
    /// Book stock by hand.
    AdjustStock,
    /// See what is on its way from one location to another.
    ViewTransfers,
    /// Send goods from one location to another, and say what came.
    TransferStock,
    /// Say over how many records a SKU's counters are split.
    SplitOffers,
    /// See suppliers, rules and what is on order.
    ViewPurchasing,
    /// Say who supplies, when to reorder and what to order.
    EditPurchasing,
    /// Let an order go to its supplier, and agree to what the supplier would change.
    ApprovePurchases,
    /// Say what came from a supplier.
    ReceiveGoods,
    /// See every order.
    ViewOrders,
    /// Mark parcels as sent and delivered.
    ShipOrders,
    /// Call an order off.
    CancelOrders,
    /// Send money back.
    RefundOrders,
    /// Say that a bank transfer came, or that a refund was sent.
    MarkPaid,
    /// See every return.
    ViewReturns,
    /// Say whether goods may come back, and ask them back for a buyer.
    DecideReturns,
    /// Say what came back, and what it is like.
    ReceiveReturns,
    /// Give buyers what their return comes to.
    SettleReturns,
    /// See every warranty certificate and every claim, and write down serial numbers.
    ViewClaims,
    /// Say what is done about a claim, and claim for a holder.
    DecideClaims,
    /// Say that a claimed item came, what it is like, and that it leaves again.
    ReceiveClaims,
    /// See customers.
    ViewCustomers,
    /// See what the shop costs.
    ViewCosts,
    /// See the shop's settings.
    ViewSettings,
    /// Change the shop's settings.
    EditSettings,
    /// Say who is staff.
    EditStaff,
}

impl Action {
    /// Every action.
    pub const ALL: &'static [Self] = &[
        Self::ViewCatalog,
        Self::EditCatalog,
        Self::ViewStock,
        Self::AdjustStock,
        Self::ViewTransfers,
        Self::TransferStock,
        Self::SplitOffers,
        Self::ViewPurchasing,
        Self::EditPurchasing,
        Self::ApprovePurchases,
        Self::ReceiveGoods,
        Self::ViewOrders,
        Self::ShipOrders,
        Self::CancelOrders,
        Self::RefundOrders,
        Self::MarkPaid,
        Self::ViewReturns,
        Self::DecideReturns,
        Self::ReceiveReturns,
        Self::SettleReturns,
        Self::ViewClaims,
        Self::DecideClaims,
        Self::ReceiveClaims,
        Self::ViewCustomers,
        Self::ViewCosts,
        Self::ViewSettings,
        Self::EditSettings,
        Self::EditStaff,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_read_back() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(*role));
        }
        assert!("admin".parse::<Role>().is_err());
    }

    #[test]
    fn only_the_owner_changes_settings_and_staff_and_sees_costs() {
        for role in Role::ALL {
            for action in [Action::ApprovePurchases, Action::ViewCosts, Action::EditSettings, Action::EditStaff] {
                assert_eq!(role.may(action), *role == Role::Owner);
            }
        }
        assert!(Action::ALL.iter().all(|action| Role::Owner.may(*action)));
        assert!(!Role::Warehouse.may(Action::RefundOrders));
        assert!(!Role::Support.may(Action::AdjustStock));
        assert!(Role::Merchandiser.may(Action::SplitOffers) && !Role::Warehouse.may(Action::SplitOffers));
    }
}
