//! The pages of who delivers to the shop: a link in a mail, no account.

mod order;

pub use order::{SupplierAnswered, SupplierLine, SupplierOrder, SupplierTyped, SupplierWays, order};
