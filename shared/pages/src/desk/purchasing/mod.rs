//! Buying again: what to order and why, from whom, and what became of it.

mod approve;
mod order;
mod order_form;
mod orders;
mod reorder;
mod reorders;
mod rule;
mod suppliers;
mod what_if;

pub use approve::{ApproveByMail, ApproveLine, ApproveStep, approve_by_mail};
pub use order::{
    Proposal, ProposalRow, PurchaseAction, PurchaseLineRow, PurchaseOrderView, ReceiveLine, purchase_order,
};
pub use order_form::{PurchaseLineTyped, PurchaseOrderForm, purchase_order_form};
pub use orders::{PurchaseOrderRow, PurchaseOrders, purchase_orders};
pub use reorder::{DecisionRow, Figure, ForecastView, ReorderDetail, TriedForecast, reorder};
pub use reorders::{ReorderRow, Reorders, reorders};
pub use rule::{ReorderRuleForm, reorder_rule_again};
pub use suppliers::{SupplierForm, SupplierRow, Suppliers, suppliers};
pub use what_if::{ChangedFigure, WhatIf, WhatIfResult};
