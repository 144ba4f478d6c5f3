//! The staff's pages: orders, products, stock, settings, staff.
//!
//! It only reads: each form posts to the operation that it is for, which leads back here with what was done. Every page
//! asks for the role that it needs, and what a role may not do is not on the page.

mod ledger;
mod order;
mod orders;
mod product;
mod products;
mod refund;
mod settings;
mod staff;
mod stock;

use contracts::Problem;
use domain::people::{Action, Role};
use domain::search::Snapshot;
use domain::settings::{LocationSettings, Setting, ShopSettings};
use domain::shipping::ShippingSettings;
use domain::tax::TaxSettings;
use edge::auth::{Caller, Person, Verifier};
use edge::http::{encoded, unavailable};
use edge::order_view::moment;
use edge::page::{DeskFrame, ShopFrame};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use pages::components::{Notice, Tone};
use pages::layout::Section;
use store::catalog::Catalog;
use store::lists::Lists;
use store::orders::Orders;
use store::people::People;
use store::settings::{Cached, SettingsTable};
use store::stock::StockTable;
use tokio::sync::Mutex;

/// The function.
pub const FUNCTION: Function = edge::http::http::<ShowDesk>();

/// The cookie of a session, which outlives the access token and renews it.
const SESSION: &str = "staff_session";

/// Shows the desk.
pub struct ShowDesk {
    context: Context,
    orders: Orders,
    lists: Lists,
    catalog: Catalog,
    stock: StockTable,
    people: People,
    settings: SettingsTable,
    shop: Cached<ShopSettings>,
    taxes: Cached<TaxSettings>,
    shipping: Cached<ShippingSettings>,
    locations: Cached<LocationSettings>,
    verifier: Verifier,
    url: String,
    snapshot: Mutex<Snapshot>,
}

/// A request of somebody who is staff.
struct Visit<'a> {
    request: &'a Request,
    person: Person,
    role: Role,
}

impl Visit<'_> {
    /// # Errors
    /// 403 where the role may not.
    fn needs(&self, action: Action) -> Result<(), Problem> {
        Caller::Staff(self.person.clone(), self.role).staff(action).map(|_| ())
    }
}

impl HttpHandler for ShowDesk {
    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            orders: context.table()?,
            lists: context.table()?,
            catalog: context.table()?,
            stock: context.table()?,
            people: context.table()?,
            shop: Cached::new(settings.clone()),
            taxes: Cached::new(settings.clone()),
            shipping: Cached::new(settings.clone()),
            locations: Cached::new(settings.clone()),
            settings,
            verifier: Verifier::new(context)?,
            url: context.require("SHOP_URL")?,
            snapshot: Mutex::new(Snapshot::new()),
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let visit = match self.verifier.caller(request)? {
            Caller::Staff(person, role) => Visit { request, person, role },
            Caller::Guest | Caller::Customer(_) => return Ok(door(request)),
        };
        match self.answer(&visit).await {
            Err(problem) if request.wants_page() => {
                let shop = self.of(&self.shop).await.unwrap_or_else(|_| ShopSettings::initial());
                Ok(self.framed(&visit, &shop, None).refuse(request, &problem))
            }
            answer => answer,
        }
    }

    fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() {
            ShopFrame::new(&self.context, request, &Caller::Guest, &ShopSettings::initial()).refuse(request, problem)
        } else {
            Response::problem(request, problem)
        }
    }
}

/// Where a browser goes that is not signed in to the desk: to renew its access by its session, or to sign in.
fn door(request: &Request) -> Response {
    let back = encoded(request.path_and_query());
    let next = match request.cookie(SESSION) {
        Some(_) => format!("/desk/sign-in/renew?to={back}"),
        None if request.path() == "/desk" => "/desk/sign-in".to_owned(),
        None => format!("/desk/sign-in?return_to={back}"),
    };
    Response::see_other(&next).header("cache-control", "no-store")
}

impl ShowDesk {
    async fn answer(&self, visit: &Visit<'_>) -> Result<Response, Problem> {
        match visit.request.route() {
            "GET /desk" => Ok(Response::see_other("/desk/orders")),
            "GET /desk/{page}" => match visit.request.parameter("page")?.as_str() {
                "orders" => orders::page(self, visit).await,
                "products" => products::page(self, visit).await,
                "stock" => stock::page(self, visit).await,
                "settings" => Ok(Response::see_other("/desk/settings/shop")),
                "staff" => staff::page(self, visit).await,
                _ => Err(Problem::not_found("page")),
            },
            "GET /desk/{page}/{id}" => match visit.request.parameter("page")?.as_str() {
                "orders" => order::page(self, visit).await,
                "products" => product::page(self, visit).await,
                "stock" => ledger::page(self, visit).await,
                "settings" => settings::page(self, visit).await,
                _ => Err(Problem::not_found("page")),
            },
            "GET /desk/orders/{id}/refund" => refund::page(self, visit).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn of<S: Setting + Send>(&self, topic: &Cached<S>) -> Result<S, Problem> {
        topic.get(self.context.now()).await.map_err(|error| unavailable(&error))
    }

    /// The frame of a page, with the answer to what was just done.
    async fn frame(&self, visit: &Visit<'_>, section: Section) -> Result<DeskFrame, Problem> {
        let shop = self.of(&self.shop).await?;
        let mut frame = self.framed(visit, &shop, Some(section));
        frame.context.flash = visit.request.query("done").and_then(done).map(|said| Notice::new(Tone::Ok, said));
        Ok(frame)
    }

    fn framed(&self, visit: &Visit<'_>, shop: &ShopSettings, section: Option<Section>) -> DeskFrame {
        let mut frame = DeskFrame::new(&self.context, visit.request, (&visit.person, visit.role), shop, section);
        // Only the local engine serves a shop without TLS, and its clock may stand anywhere.
        if self.url.starts_with("http://") {
            frame.context.strip = Some(format!("LOCAL · the clock stands at {} UTC", moment(self.context.now())));
        }
        frame
    }

    /// A key that makes a double press one act.
    fn key(&self) -> String {
        data_encoding::BASE64URL_NOPAD.encode(&self.context.random::<16>())
    }
}

/// What the operations say was done, by the word that they lead back with.
fn done(word: &str) -> Option<&'static str> {
    Some(match word {
        "paid" => "Marked as paid.",
        "shipped" => "Shipped. The customer gets a mail.",
        "delivered" => "Marked as delivered.",
        "canceled" => "Cancelled. The customer gets a mail.",
        "refunded" => "Refunded.",
        "refund-sent" => "Marked as sent.",
        "saved" => "Saved.",
        "adjusted" => "Booked.",
        "uploaded" => "The picture is added.",
        _ => return None,
    })
}

/// A word of the code as people read it: `quality_control` is "Quality control".
fn label(word: &str) -> String {
    let words = word.replace(['_', '-'], " ");
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => words,
    }
}

/// A page of the desk by its parts: the path, and what of the query is not empty.
fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    let filled = pairs.iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<String> = filled.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}
