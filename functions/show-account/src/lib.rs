//! The shopper's own pages: an order, all orders, finding one.
//!
//! It only reads: its forms post to the operations. An order is shown to who holds the secret of its link, to the
//! signed-in customer whose it is, and to staff; for everybody else there is none. It signs nobody in: where a session
//! can be renewed or has to begin, it sends the browser there and back.

mod account;
mod order;
mod words;

use contracts::Problem;
use domain::settings::{PaymentSettings, Setting, ShopSettings};
use domain::shipping::ShippingSettings;
use edge::auth::{Caller, Verifier};
use edge::http::{encoded, unavailable};
use edge::page::ShopFrame;
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use store::lists::Lists;
use store::orders::Orders;
use store::settings::{Cached, SettingsTable};

/// The function.
pub const FUNCTION: Function = edge::http::http::<ShowAccount>();

/// The cookie of a session, which outlives the access token and renews it.
const SESSION: &str = "shop_session";

/// Shows the shopper's own pages.
pub struct ShowAccount {
    context: Context,
    orders: Orders,
    lists: Lists,
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
            shop: Cached::new(settings.clone()),
            shipping: Cached::new(settings.clone()),
            payments: Cached::new(settings),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let answer = match request.route() {
            "GET /account" => account::account(self, request).await,
            "GET /orders" => account::orders(self, request).await,
            "GET /orders/{id}" if request.path() == "/orders/find" => account::find(self, request).await,
            "GET /orders/{id}" => order::page(self, request).await,
            _ => Err(Problem::not_found("page")),
        };
        match answer {
            Err(problem) if request.wants_page() => {
                let shop = self.settings(&self.shop).await.unwrap_or_else(|_| ShopSettings::initial());
                Ok(self.framed(request, &shop).refuse(request, &problem))
            }
            answer => answer,
        }
    }

    fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() {
            self.framed(request, &ShopSettings::initial()).refuse(request, problem)
        } else {
            Response::problem(request, problem)
        }
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

/// Where a browser renews its access token and comes back from, where it has a session to renew it by.
fn renewal(request: &Request) -> Option<Response> {
    request.cookie(SESSION)?;
    let back = encoded(request.path_and_query());
    Some(Response::see_other(&format!("/sign-in/renew?to={back}")).header("cache-control", "no-store"))
}
