//! Layout and components of web pages and mails, as functions that return markup.
//!
//! Knows how things look and read: the storefront ([`shop`]), the desk
//! ([`desk`]), the page of a supplier ([`supplier`]), mails ([`mails`]), the drawings of products
//! ([`product_image`]) and the browser's files ([`assets`]). Every function
//! takes a plain struct of texts that are ready to show.
//!
//! Deliberately knows no money, no dates, no states of an order, no HTTP: what
//! is shown was decided and formatted by whoever calls. No page needs
//! JavaScript, none has an inline script or style, so the strictest content
//! security policy fits.

pub mod assets;
pub mod components;
pub mod desk;
pub mod layout;
pub mod mails;
pub mod product_image;
pub mod shop;
pub mod supplier;

#[cfg(feature = "assets")]
pub use assets::{Asset, asset};
pub use maud::{Markup, PreEscaped};
