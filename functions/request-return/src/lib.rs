//! Asks goods back: the steps in which a buyer chooses and sees what goes back, the request itself, and what the buyer
//! does with it: calling it off, saying that the parcel is on its way.
//!
//! What is asked back is spoken for from here on: neither another return nor a refund can have it.

mod form;
mod view;

use contracts::Problem;
use contracts::purchasing::Plain;
use contracts::returns::{COMMENT, ReturnAnswer, ReturnRequest, WayBackRequest};
use domain::cart::Cart;
use domain::id::{CartId, OrderId, ReturnId};
use domain::order::RequestMark;
use domain::people::Action;
use domain::returns::{Asking, Command, NotReturnable, Parcel, Resolution, Return, decide, request, wanted};
use domain::settings::{ReturnSettings, ShopSettings};
use domain::text::Digest;
use edge::auth::{Audience, Caller, Verifier};
use edge::http::{idempotency_key, unavailable};
use edge::orders::{CARRIER, Checks, OrderDesk, TRACKING, mark, reader};
use edge::page::{refused, renewal};
use edge::returns::{Exchanges, ReturnDesk, Shelf, send_by, shop_path};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use serde::Deserialize;
use store::carts::Carts;
use store::orders::Reader;
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;

/// The function.
pub const FUNCTION: Function = edge::http::http::<RequestReturn>();

/// Takes requests for returns.
pub struct RequestReturn {
    context: Context,
    desk: ReturnDesk,
    orders: OrderDesk,
    carts: Carts,
    exchanges: Exchanges,
    shop: Cached<ShopSettings>,
    settings: Cached<ReturnSettings>,
    verifier: Verifier,
}

/// A buyer's form about a return that there is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BuyersForm {
    /// The secret of a guest's link.
    #[serde(default)]
    token: String,
    #[serde(default)]
    carrier: String,
    #[serde(default)]
    tracking: String,
    #[serde(default)]
    idempotency_key: String,
}

impl BuyersForm {
    /// A form that is pressed twice is one act.
    fn mark(&self, request: &Request) -> Option<RequestMark> {
        let key = idempotency_key(&self.idempotency_key)?;
        Some(RequestMark { key, body: Digest::of(request.body()) })
    }
}

impl HttpHandler for RequestReturn {
    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            desk: ReturnDesk::new(context)?,
            orders: OrderDesk::new(context)?,
            carts: context.table()?,
            exchanges: Exchanges::new(context)?,
            shop: Cached::new(settings.clone()),
            settings: Cached::new(settings),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let caller = self.verifier.caller(request)?;
        match request.route() {
            "POST /api/returns" => {
                let asking: ReturnRequest = request.json()?;
                let reader = reader(&caller, Action::DecideReturns, request.query("token"))?;
                let back = self.ask(request, &caller, &reader, mark(request)?, &asking).await?;
                Response::json(201, &ReturnAnswer::from(&back))
            }
            "POST /api/returns/{id}/cancel" | "POST /api/returns/{id}/sent" => {
                let command = of_program(request)?;
                let back = self.command(request, &caller, request.query("token"), mark(request)?, command).await?;
                Response::json(200, &ReturnAnswer::from(&back))
            }
            "POST /returns/{id}/{act}" => {
                let form: BuyersForm = request.form()?;
                let token = Some(form.token.clone()).filter(|token| !token.is_empty());
                if let (Caller::Guest, None, Some(renewal)) = (&caller, &token, renewal(request, Audience::Shop)) {
                    return Ok(renewal);
                }
                let command = of_form(request, &form)?;
                let done = if command == Command::Cancel { "canceled" } else { "sent" };
                let back = self.command(request, &caller, token.as_deref(), form.mark(request), command).await?;
                Ok(led_back(&back.id, token.as_deref(), done))
            }
            "GET /orders/{id}/return" => view::visited(self, request, &caller).await,
            "POST /orders/{id}/return" => form::asked(self, request, &caller).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        refused(&self.context, request, &self.verifier, &self.shop, problem).await
    }
}

impl RequestReturn {
    /// The return that is asked for; approved at once where the shop's policy says so.
    async fn ask(
        &self,
        sent: &Request,
        caller: &Caller,
        reader: &Reader,
        mark: Option<RequestMark>,
        asking: &ReturnRequest,
    ) -> Result<Return, Problem> {
        let mut checks = Checks::default();
        let comment = checks.paragraphs("/comment", asking.comment.as_deref(), COMMENT);
        let lines = asking.asked().unwrap_or_else(|errors| {
            checks.extend(errors);
            Vec::new()
        });
        let resolution = asking.resolution().unwrap_or_else(|error| {
            checks.extend(vec![error]);
            Resolution::Refund
        });
        let cart = asking.cart().unwrap_or_else(|error| {
            checks.extend(vec![error]);
            None
        });
        let (resolution, cart, expected) = checks.finish((resolution, cart, asking.expected_refund))?;
        let order: OrderId = asking.order_id.parse().map_err(|_| Problem::not_found("order"))?;
        let settings = self.settings.get(self.context.now()).await.map_err(|error| unavailable(&error))?;
        let swap = match cart {
            Some(id) => Some(self.shelf(caller, &id).await?),
            None => None,
        };
        let cause = Cause::new(caller.actor(), "return_requested", sent.correlation());
        let made = self.desk.make(
            &order,
            reader,
            &cause,
            mark,
            |order, now| {
                let instead = swap
                    .as_ref()
                    .map(|(cart, shelf)| wanted(order, cart, self.context.new_id(), &shelf.offers, shelf.tables()));
                let instead = instead.transpose().map_err(|refusal| vec![NotReturnable::Refused(refusal)])?;
                let asking = Asking {
                    id: self.context.new_id(),
                    lines: lines.clone(),
                    resolution,
                    wanted: instead,
                    comment: comment.clone(),
                    label: settings.label_cost,
                };
                let decision = request(order, asking, now)?;
                let refund = decision.back.quote.refund;
                if expected.is_some_and(|expected| expected != refund) {
                    return Err(vec![NotReturnable::RefundChanged { now: refund }]);
                }
                let unseen = settings
                    .approve_up_to
                    .is_some_and(|limit| limit.currency == refund.currency && refund.amount <= limit.amount);
                if !unseen {
                    return Ok(decision);
                }
                let approve = Command::Approve { due: send_by(&settings, now), automatic: true };
                let approved = decision.then(order, approve, now);
                approved.map_err(|refusal| vec![NotReturnable::Refused(refusal)])
            },
            |refusals| asking.refused(refusals),
        );
        let made = made.await?;
        if let (Some((cart, _)), Some(wanted)) = (swap, &made.wanted) {
            self.empty(cart, &wanted.cart).await;
        }
        Ok(made)
    }

    /// Takes out of a cart what is asked for now, where nothing else is in it; it may be filled again meanwhile.
    async fn empty(&self, mut cart: Cart, asked: &Cart) {
        let goods = |cart: &Cart| cart.lines.iter().map(|line| (line.sku.clone(), line.quantity)).collect::<Vec<_>>();
        if goods(&cart) == goods(asked) {
            cart.lines.clear();
            if let Err(error) = self.carts.put(cart, self.context.now()).await {
                tracing::warn!(error = %error, "a cart was not emptied");
            }
        }
    }

    /// A cart of the caller's with what is wanted instead, and what is offered of it.
    async fn shelf(&self, caller: &Caller, id: &CartId) -> Result<(Cart, Shelf), Problem> {
        let cart = self.carts.get(id).await.map_err(|error| unavailable(&error))?;
        let own = |cart: &Cart| match (caller, &cart.owner) {
            (_, None) | (Caller::Staff(..), _) => true,
            (Caller::Customer(person), Some(owner)) => person.id == *owner,
            (Caller::Guest, Some(_)) => false,
        };
        let Some(cart) = cart.filter(own) else {
            return Err(Problem::field("/cart_id", "There is no such cart."));
        };
        let shelf = self.exchanges.look(&cart.skus(), self.context.now()).await.map_err(|error| unavailable(&error))?;
        Ok((cart, shelf))
    }

    async fn command(
        &self,
        sent: &Request,
        caller: &Caller,
        token: Option<&str>,
        mark: Option<RequestMark>,
        command: Command,
    ) -> Result<Return, Problem> {
        let id: ReturnId = sent.parse_parameter("id", "return")?;
        let reader = reader(caller, Action::DecideReturns, token).map_err(|problem| as_return(&problem))?;
        let why = if command == Command::Cancel { "return_canceled" } else { "return_sent" };
        let cause = Cause::new(caller.actor(), why, sent.correlation());
        let done = self
            .desk
            .run(&id, &reader, &cause, mark, |back, order, now| Ok(decide(back, order, command.clone(), now)?));
        Ok(done.await?)
    }
}

/// Who may not know of an order may not know of its return.
fn as_return(problem: &Problem) -> Problem {
    if problem.kind == contracts::ProblemKind::NotFound { Problem::not_found("return") } else { problem.clone() }
}

/// Back to the return's page, with what was done.
fn led_back(id: &ReturnId, token: Option<&str>, done: &str) -> Response {
    let joint = if token.is_some() { '&' } else { '?' };
    Response::see_other(&format!("{}{joint}done={done}", shop_path(id, token)))
}

fn of_program(request: &Request) -> Result<Command, Problem> {
    if request.route().ends_with("/cancel") {
        let Plain {} = request.json()?;
        return Ok(Command::Cancel);
    }
    let WayBackRequest { carrier, tracking } = request.json()?;
    handed_over(carrier.as_deref(), tracking.as_deref())
}

fn of_form(request: &Request, form: &BuyersForm) -> Result<Command, Problem> {
    match request.act().as_str() {
        "cancel" => return Ok(Command::Cancel),
        "sent" => {}
        _ => return Err(Problem::not_found("page")),
    }
    handed_over(Some(&form.carrier), Some(&form.tracking))
}

/// A buyer may leave out who carries it, and the number.
fn handed_over(carrier: Option<&str>, tracking: Option<&str>) -> Result<Command, Problem> {
    let mut checks = Checks::default();
    let carrier = checks.optional("/carrier", carrier, CARRIER);
    let tracking = checks.optional("/tracking", tracking, TRACKING);
    let parcel = match (carrier, tracking) {
        (None, None) => None,
        (carrier, tracking) => {
            Some(Parcel { carrier: carrier.unwrap_or_else(|| "A carrier".to_owned()), tracking, label_url: None })
        }
    };
    checks.finish(Command::HandOver { parcel })
}
