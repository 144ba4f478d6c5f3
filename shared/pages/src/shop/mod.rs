//! The bodies of the storefront's pages, each a function over a plain view.
//!
//! Every text arrives ready to show. A function names in its docs the form
//! fields that it sends, since a handler reads them; every POST form carries
//! `csrf` too. Wrap a body in [`crate::layout::shop_page`], or in
//! [`crate::layout::bare_page`] where the docs say so.

mod account;
mod cart;
mod catalogue;
mod checkout;
mod help;
mod order;
mod product;
mod returns;
mod warranty;

pub use account::{
    Account, Credit, CreditRow, FindOrder, OrderSummary, SignIn, SignInConfirm, account, check_mail, find_order,
    find_order_sent, sign_in, sign_in_confirm,
};
pub use cart::{Added, Cart, CartLine, Undo, added, cart};
pub use catalogue::{ActiveFilter, Listing, listing};
pub use checkout::{AddressValues, Checkout, CheckoutValues, SummaryLine, checkout};
pub use help::{Help, HelpTopic, help};
pub use order::{
    BankTransfer, CancelForm, Order, OrderLine, Payment, PaymentReturn, Shipment, cancel_confirm, order, payment_return,
};
pub use product::{Product, Variant, product};
pub use returns::{
    QuotedLine, RefundSum, ReturnChoice, ReturnPage, ReturnPhoto, ReturnReview, ReturnSummary, ReturnableLine,
    ReturnsHome, return_choice, return_page, return_review, returns_home,
};
pub use warranty::{
    CertificateAccept, CertificateOffer, CertificatePage, CertificateSummary, ClaimAddress, ClaimForm, ClaimPage,
    ClaimParcel, ClaimSummary, QrCode, WarrantyHome, accept_page, certificate_page, claim_form, claim_page,
    warranty_home,
};
