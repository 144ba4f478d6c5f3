//! The supplier's own page: shows what is ordered, and takes the answer. Whoever has the link of the last mail may answer;
//! what they would change waits for staff.

mod typed;
mod view;

use contracts::{Problem, ProblemKind};
use domain::calendar::date;
use domain::purchasing::{Command, PurchaseOrder, decide};
use domain::settings::{LocationSettings, Setting, ShopSettings};
use domain::text::Secret;
use edge::auth::{Caller, Verifier};
use edge::http::unavailable;
use edge::orders::NotDone;
use edge::page::{ShopFrame, refused};
use edge::purchases::{PurchaseDesk, opens, read_token};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;
use store::stock::StockTable;

use typed::Typed;

/// The function.
pub const FUNCTION: Function = edge::http::http::<AnswerPurchaseOrder>();

/// Takes suppliers' answers.
pub struct AnswerPurchaseOrder {
    context: Context,
    desk: PurchaseDesk,
    stock: StockTable,
    shop: Cached<ShopSettings>,
    locations: Cached<LocationSettings>,
    verifier: Verifier,
}

impl HttpHandler for AnswerPurchaseOrder {
    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            desk: PurchaseDesk::new(context)?,
            stock: context.table()?,
            shop: Cached::new(settings.clone()),
            locations: Cached::new(settings),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let token = request.parameter("token")?;
        let (id, secret) = read_token(&token)?;
        let order = self.desk.load(&id).await?;
        if !opens(&secret, &order) {
            return Err(Problem::not_found("purchase order"));
        }
        if request.method() == http::Method::GET {
            return view::show(self, request, &token, &order, None).await;
        }
        let typed = Typed::read(request)?;
        match self.answer(request, &secret, &order, &typed).await {
            Ok(done) => Ok(Response::see_other(&format!("/supplier/{token}?done={done}"))),
            Err(problem) if matches!(problem.kind, ProblemKind::Malformed | ProblemKind::Conflict) => {
                view::show(self, request, &token, &self.desk.load(&id).await?, Some((&typed, &problem))).await
            }
            Err(problem) => Err(problem),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        refused(&self.context, request, &self.verifier, &self.shop, problem).await
    }
}

impl AnswerPurchaseOrder {
    /// Does what was answered; the word that the page then shows.
    async fn answer(
        &self,
        request: &Request,
        secret: &Secret,
        order: &PurchaseOrder,
        typed: &Typed,
    ) -> Result<&'static str, Problem> {
        let (command, done) = typed.command(order, date(self.context.now()))?;
        let cause = Cause::new("supplier", done, request.correlation());
        let answered = self.desk.run(&order.id, &cause, None, |order, now| {
            if !opens(secret, order) {
                return Err(NotDone::NoOrder);
            }
            Ok(decide(order, command.clone(), now)?)
        });
        match answered.await {
            Ok(_) => Ok(done),
            // A button that is pressed twice: it was refused, and is over.
            Err(NotDone::Refused(_)) if matches!(command, Command::Refuse { .. }) && order.is_refused() => Ok(done),
            Err(error) => Err(error.into()),
        }
    }

    async fn frame(&self, request: &Request) -> (ShopFrame, ShopSettings) {
        let shop = self.shop.get(self.context.now()).await.unwrap_or_else(|_| ShopSettings::initial());
        (ShopFrame::new(&self.context, request, &Caller::Guest, &shop), shop)
    }

    async fn places(&self) -> Result<LocationSettings, Problem> {
        self.locations.get(self.context.now()).await.map_err(|error| unavailable(&error))
    }
}
