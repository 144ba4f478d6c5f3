//! The shopper's own pages: an order, all orders, store credit.
//!
//! It only reads: its forms post to the operations. An order is shown to who holds the secret of its link, to the
//! signed-in customer whose it is, and to staff; for everybody else there is none. It signs nobody in: where a session
//! can be renewed or has to begin, it sends the browser there and back.

mod account;
mod credit;
mod order;
mod words;

use contracts::Problem;
use domain::settings::{PaymentSettings, Setting, ShopSettings};
use domain::shipping::ShippingSettings;
use edge::auth::{Caller, Verifier};
use edge::http::unavailable;
use edge::page::{ShopFrame, refused};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use store::credits::Credits;
use store::lists::Lists;
use store::orders::Orders;
use store::returns::Returns;
use store::settings::{Cached, SettingsTable};
use store::warranties::Warranties;

/// The function.
pub const FUNCTION: Function = edge::http::http::<ShowAccount>();

/// Shows the shopper's own pages.
pub struct ShowAccount {
    context: Context,
    orders: Orders,
    lists: Lists,
    returns: Returns,
    warranties: Warranties,
    credits: Credits,
    key: Vec<u8>,
    shop: Cached<ShopSettings>,
    shipping: Cached<ShippingSettings>,
    payments: Cached<PaymentSettings>,
    verifier: Verifier,
}

impl HttpHandler for ShowAccount {
    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            orders: context.table()?,
            lists: context.table()?,
            returns: context.table()?,
            warranties: context.table()?,
            credits: context.table()?,
            key: context.require("ORDER_KEY")?.into_bytes(),
            shop: Cached::new(settings.clone()),
            shipping: Cached::new(settings.clone()),
            payments: Cached::new(settings),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        match request.route() {
            "GET /account" => account::account(self, request).await,
            "GET /orders" => account::orders(self, request).await,
            "GET /api/store-credit" => credit::answer(self, request).await,
            "GET /orders/{id}" => order::page(self, request).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        refused(&self.context, request, &self.verifier, &self.shop, problem).await
    }
}

impl ShowAccount {
    fn framed(&self, request: &Request, shop: &ShopSettings) -> ShopFrame {
        let caller = self.verifier.caller(request).unwrap_or(Caller::Guest);
        ShopFrame::new(&self.context, request, &caller, shop)
    }

    async fn settings<S: Setting + Send>(&self, topic: &Cached<S>) -> Result<S, Problem> {
        topic.get(self.context.now()).await.map_err(|error| unavailable(&error))
    }
}
