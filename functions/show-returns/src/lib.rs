//! Returns as they are read: by programs, by buyers on their pages, by staff at the desk.
//!
//! It only reads: every form posts to the operation's own route. What a caller may not see is answered as what there is not.

mod buyer;
mod desk;
mod list;

use std::time::Duration;

use contracts::returns::ReturnAnswer;
use contracts::{Problem, ProblemKind};
use domain::id::{OrderId, ReturnId};
use domain::people::Action;
use domain::returns::Return;
use domain::settings::{ReturnSettings, Setting, ShopSettings};
use edge::auth::{Caller, Verifier};
use edge::desk::Visit;
use edge::http::unavailable;
use edge::orders::reader;
use edge::page::refused;
use edge::returns::{Destination, ReturnDesk};
use edge::{Context, Error, Function, HttpHandler, Objects, Request, Response};
use store::catalog::Catalog;
use store::lists::Lists;
use store::settings::{Cached, SettingsTable};
use store::stock::StockTable;

/// The function.
pub const FUNCTION: Function = edge::http::http::<ShowReturns>();

/// How long a picture's address is good.
const PICTURE_LIFE: Duration = Duration::from_secs(5 * 60);

/// Shows returns.
pub struct ShowReturns {
    key: Vec<u8>,
    context: Context,
    desk: ReturnDesk,
    lists: Lists,
    stock: StockTable,
    catalog: Catalog,
    pictures: Objects,
    shop: Cached<ShopSettings>,
    settings: Cached<ReturnSettings>,
    destination: Destination,
    verifier: Verifier,
}

impl HttpHandler for ShowReturns {
    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            desk: ReturnDesk::new(context)?,
            lists: context.table()?,
            stock: context.table()?,
            catalog: context.table()?,
            pictures: Objects::new(context, "ATTACHMENTS_BUCKET")?,
            shop: Cached::new(settings.clone()),
            destination: Destination::new(&settings),
            settings: Cached::new(settings),
            verifier: Verifier::new(context)?,
            key: context.require("ORDER_KEY")?.into_bytes(),
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        match request.route() {
            "GET /api/returns" => list::answer(self, request).await,
            "GET /api/returns/{id}" => {
                let (back, _) = self.visible(request).await?;
                Response::json(200, &ReturnAnswer::from(&back))
            }
            "GET /returns" => buyer::home(self, request).await,
            "GET /returns/{id}" => buyer::page(self, request).await,
            "GET /returns/{id}/photos/{number}" => self.picture(request).await,
            "GET /desk/returns" => desk::list(self, &Visit::of(request, &self.verifier)?).await,
            "GET /desk/returns/{id}" => desk::one(self, &Visit::of(request, &self.verifier)?).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() && request.path().starts_with("/desk") {
            return edge::desk::refused(request, problem);
        }
        refused(&self.context, request, &self.verifier, &self.shop, problem).await
    }
}

impl ShowReturns {
    /// The return that the address names, where who asks may see it.
    async fn visible(&self, request: &Request) -> Result<(Return, Caller), Problem> {
        let id: ReturnId = request.parse_parameter("id", "return")?;
        let caller = self.verifier.caller(request)?;
        let reader = reader(&caller, Action::ViewReturns, request.query("token")).map_err(|problem| {
            if problem.kind == ProblemKind::NotFound { Problem::not_found("return") } else { problem }
        })?;
        Ok((self.desk.load(&id, &reader).await?, caller))
    }

    /// A picture, from the bucket's own origin and to be saved: whatever it is, no page of ours is made of it.
    async fn picture(&self, request: &Request) -> Result<Response, Problem> {
        let (back, _) = self.visible(request).await?;
        let missing = || Problem::not_found("picture");
        let number: usize = request.parse_parameter("number", "picture")?;
        let photo = number.checked_sub(1).and_then(|place| back.photos.get(place)).ok_or_else(missing)?;
        let ending = photo.key.rsplit('.').next().unwrap_or_default();
        let name = format!("{}-{number}.{ending}", back.id.number());
        let link = self.pictures.link(&photo.key, &name, PICTURE_LIFE);
        Ok(Response::see_other(&link).header("cache-control", "no-store"))
    }

    /// The page of an order that took the place of what came back: with its secret for who came by a link, which opens as
    /// much of the first order; its owner and staff need none.
    fn order_page(&self, id: &OrderId, by_link: bool) -> String {
        let secret = by_link.then(|| id.view_secret(&self.key).reveal());
        edge::orders::shop_path(id, secret.as_deref())
    }

    async fn of<S: Setting + Send>(&self, topic: &Cached<S>) -> Result<S, Problem> {
        topic.get(self.context.now()).await.map_err(|error| unavailable(&error))
    }
}

/// The address of a picture, with the secret of a guest's link.
fn picture_path(back: &Return, place: usize, token: Option<&str>) -> String {
    let path = format!("/returns/{}/photos/{}", back.id, place + 1);
    match token {
        Some(token) => format!("{path}?token={}", edge::http::encoded(token)),
        None => path,
    }
}
