//! Turns a cart into an order that holds its stock: one read, one transaction.
//!
//! Before any refusal it reads the order that the cart leads to, so that the same request gets the same answer and a
//! cart is never bought twice. Where stock is short it first ends the holds whose time is over, then tries once more.
//! Of a SKU that is counted on several shards the order's own is asked first, and the others where that has run out.

mod answer;
mod elsewhere;
mod form;
mod view;

use std::collections::BTreeMap;

use contracts::checkout::{CheckoutCommand, CheckoutRequest};
use contracts::{Problem, ProblemKind};
use domain::cart::Cart;
use domain::credit::{CreditAccount, CreditCause, CreditCode, CreditMove};
use domain::id::OrderId;
use domain::order::Order;
use domain::pricing::{Buyer, CreditUse, Placement, Take, price};
use domain::refusal::Refusal;
use domain::settings::{PaymentSettings, ReturnSettings, ShopSettings};
use domain::shipping::ShippingSettings;
use domain::stock::Part;
use domain::tax::TaxSettings;
use domain::text::{Digest, Sku};
use edge::auth::{Audience, Caller, Verifier};
use edge::holds::{Ended, Holds};
use edge::http::{internal, unavailable};
use edge::page::{refused, renewal};
use edge::{Context, Count, Error, Function, HttpHandler, Request, Response};
use store::carts::Carts;
use store::credits::Credits;
use store::lists::Lists;
use store::orders::{Orders, Reader};
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;
use store::stock::{Refused, StockTable};
use store::{StoreError, Tx, TxError};

/// The function.
pub const FUNCTION: Function = edge::http::http::<Checkout>();

/// The most holds that a checkout ends on the way.
const DUE_HOLDS: i32 = 10;

/// Checks out.
pub struct Checkout {
    context: Context,
    carts: Carts,
    orders: Orders,
    stock: StockTable,
    lists: Lists,
    holds: Holds,
    credits: Credits,
    shop: Cached<ShopSettings>,
    taxes: Cached<TaxSettings>,
    shipping: Cached<ShippingSettings>,
    payments: Cached<PaymentSettings>,
    returns: Cached<ReturnSettings>,
    verifier: Verifier,
    url: String,
    key: Vec<u8>,
}

/// The tables that a cart is priced by.
struct Tables {
    taxes: TaxSettings,
    shipping: ShippingSettings,
    payments: PaymentSettings,
    returns: ReturnSettings,
}

/// One try, as it came: who repeats it gets the same answer.
struct Attempt {
    command: CheckoutCommand,
    order: OrderId,
    key: Digest,
    body: Digest,
    correlation: String,
}

/// Why an order was not written.
enum NotPlaced {
    /// The cart has an order.
    Ordered,
    /// A shard has run out; others may have it.
    Elsewhere,
    /// The code opens no store credit.
    NoCredit,
    /// Somebody else spent of the same store credit just now.
    CreditMoved,
    /// The trade says no.
    Refused(Refusal),
    /// The table does.
    Store(StoreError),
}

impl HttpHandler for Checkout {
    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            carts: context.table()?,
            orders: context.table()?,
            stock: context.table()?,
            lists: context.table()?,
            holds: Holds::new(context)?,
            credits: context.table()?,
            shop: Cached::new(settings.clone()),
            taxes: Cached::new(settings.clone()),
            shipping: Cached::new(settings.clone()),
            payments: Cached::new(settings.clone()),
            returns: Cached::new(settings),
            verifier: Verifier::new(context)?,
            url: context.require("SHOP_URL")?,
            key: context.require("ORDER_KEY")?.into_bytes(),
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        match request.route() {
            "POST /api/checkout" => {
                let body: CheckoutRequest = request.json()?;
                let key = request.idempotency_key()?;
                let attempt = self.attempt(request, body, key)?;
                let order = self.place(&self.verifier.caller(request)?, &attempt).await?;
                let payments = self.payments.get(self.context.now()).await.map_err(unread)?;
                Response::json(201, &answer::of(self, &order, &payments))
            }
            "GET /checkout" | "POST /checkout" => self.visited(request).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        refused(&self.context, request, &self.verifier, &self.shop, problem).await
    }
}

impl Checkout {
    /// The page. A customer whose token is stale renews it first, so that the order is theirs and not a guest's.
    async fn visited(&self, request: &Request) -> Result<Response, Problem> {
        let caller = self.verifier.caller(request)?;
        if let (Caller::Guest, Some(renewal)) = (&caller, renewal(request, Audience::Shop)) {
            return Ok(renewal);
        }
        match request.route() {
            "POST /checkout" => form::checkout(self, request).await,
            _ => view::checkout(self, request).await,
        }
    }

    fn attempt(&self, request: &Request, body: CheckoutRequest, key: Digest) -> Result<Attempt, Problem> {
        let canonical = serde_json::to_vec(&body).map_err(|error| internal("a request has no JSON", &error))?;
        let command = body.checked().map_err(Problem::fields)?;
        Ok(Attempt {
            order: OrderId::of_cart(&command.cart, &self.key),
            command,
            key,
            body: Digest::of(&canonical),
            correlation: request.correlation().to_owned(),
        })
    }

    /// Places the order, or finds the one that this very request placed before.
    async fn place(&self, caller: &Caller, attempt: &Attempt) -> Result<Order, Problem> {
        match self.try_place(caller, attempt).await {
            Ok(order) => Ok(order),
            Err(NotPlaced::Store(error)) => Err(unread(error)),
            Err(NotPlaced::Elsewhere) => Err(unread(StoreError::Contended)),
            Err(NotPlaced::Ordered) => self.before(attempt).await?.ok_or_else(|| Problem::not_found("cart")),
            Err(NotPlaced::NoCredit) => Err(no_credit()),
            Err(NotPlaced::CreditMoved) => self.again(caller, attempt).await,
            Err(NotPlaced::Refused(refusal)) => {
                if let Some(order) = self.before(attempt).await? {
                    return Ok(order);
                }
                if let Refusal::NotEnough { sku, .. } = &refusal
                    && self.end_due_holds(sku, attempt).await?
                {
                    return self.again(caller, attempt).await;
                }
                Err(self.refused(&refusal))
            }
        }
    }

    async fn again(&self, caller: &Caller, attempt: &Attempt) -> Result<Order, Problem> {
        match self.try_place(caller, attempt).await {
            Ok(order) => Ok(order),
            Err(NotPlaced::Store(error)) => Err(unread(error)),
            Err(NotPlaced::Elsewhere | NotPlaced::CreditMoved) => Err(unread(StoreError::Contended)),
            Err(NotPlaced::Ordered) => self.before(attempt).await?.ok_or_else(|| Problem::not_found("cart")),
            Err(NotPlaced::NoCredit) => Err(no_credit()),
            // The same request may have been faster.
            Err(NotPlaced::Refused(refusal)) => match self.before(attempt).await? {
                Some(order) => Ok(order),
                None => Err(self.refused(&refusal)),
            },
        }
    }

    fn refused(&self, refusal: &Refusal) -> Problem {
        let problem = contracts::refusal::problem(refusal);
        self.context.count(&Count::Refusal { reason: problem.kind.slug().to_owned() });
        problem
    }

    async fn try_place(&self, caller: &Caller, attempt: &Attempt) -> Result<Order, NotPlaced> {
        let cart = self.carts.get(&attempt.command.cart).await.map_err(NotPlaced::Store)?;
        let cart = cart.filter(|cart| may_buy(caller, cart)).ok_or(NotPlaced::Ordered)?;
        if cart.order.is_some() {
            return Err(NotPlaced::Ordered);
        }
        let credit = match &attempt.command.credit {
            Some(code) => Some(self.credit(code).await.map_err(NotPlaced::Store)?.ok_or(NotPlaced::NoCredit)?),
            None => None,
        };
        let tables = self.tables().await.map_err(NotPlaced::Store)?;
        let placement = self.decide(cart, &tables, credit, attempt).map_err(NotPlaced::Refused)?;
        match self.commit(&placement, &BTreeMap::new(), attempt).await {
            Err(NotPlaced::Elsewhere) => elsewhere::commit(self, &placement, attempt).await,
            done => done,
        }
    }

    /// The store credit that a code opens.
    async fn credit(&self, code: &CreditCode) -> Result<Option<CreditAccount>, StoreError> {
        self.credits.get(&code.account()).await
    }

    fn decide(
        &self,
        cart: Cart,
        tables: &Tables,
        credit: Option<CreditAccount>,
        attempt: &Attempt,
    ) -> Result<Placement, Refusal> {
        let command = &attempt.command;
        let country = command.shipping_address.country;
        let buyer = Buyer {
            email: command.email.clone(),
            shipping_address: command.shipping_address.clone(),
            billing_address: command.billing_address.clone(),
            payment_method: command.payment_method,
            credit: credit.map(|account| CreditUse { account, expected: command.expected_credit }),
            prepaid: Vec::new(),
            view_token_hash: attempt.order.view_secret(&self.key).digest(),
            idempotency_hash: attempt.key,
            request_hash: attempt.body,
        };
        price(cart, country, &command.shipping_method, &tables.taxes, &tables.shipping)?
            .seen_as(command.expected_total)?
            .place(attempt.order, buyer, &tables.payments, &tables.returns, self.context.now())
    }

    /// Writes the order with its holds, each from its own shard, or from where it was found, and with the credit that it
    /// takes.
    async fn commit(
        &self,
        placement: &Placement,
        found: &BTreeMap<Sku, Vec<Part>>,
        attempt: &Attempt,
    ) -> Result<Order, NotPlaced> {
        let cause = Cause::new("shopper", "checkout", &attempt.correlation);
        let created = self.orders.create(placement, cause.clone()).map_err(NotPlaced::Store)?;
        let mut tx = Tx::new().and(created, |_| NotPlaced::Ordered);
        let cause = cause.about(attempt.order.to_string());
        for take in &placement.takes {
            let own = [Part::taken(take.shard, take.quantity.units())];
            let parts = found.get(&take.sku).map_or(own.as_slice(), Vec::as_slice);
            for hold in self.stock.hold(take, parts, &cause).map_err(NotPlaced::Store)? {
                tx = tx.and(hold, move |found| why_not_held(found, take));
            }
        }
        if let Some(take) = &placement.credit {
            let movement = CreditMove {
                delta: take.amount.negated().map_err(|error| NotPlaced::Refused(error.into()))?,
                cause: CreditCause::Spent,
                reference: attempt.order.to_string(),
            };
            let moved = self.credits.movement(&take.account, movement, &cause.who, placement.order.created);
            let moved = moved.map_err(NotPlaced::Store)?.map_err(|_| NotPlaced::CreditMoved)?;
            tx = tx.and(moved.entry, |_| NotPlaced::Ordered).and(moved.account, |_| NotPlaced::CreditMoved);
        }
        match tx.commit(&self.context.db()).await {
            Ok(()) => {
                let order = Order { rev: 1, ..placement.order.clone() };
                let (currency, amount) = (order.currency().to_string(), order.totals.total.amount);
                self.context.count(&Count::Order);
                self.context.count(&Count::OrderValue { currency, amount });
                Ok(order)
            }
            Err(TxError::Refused(reason)) => Err(reason),
            Err(TxError::Store(error)) => Err(NotPlaced::Store(error)),
        }
    }

    /// The order that the cart has already: the same request is answered again, any other is refused.
    async fn before(&self, attempt: &Attempt) -> Result<Option<Order>, Problem> {
        let Some(order) = self.orders.get(&attempt.order, &Reader::Shop).await.map_err(unread)? else {
            return Ok(None);
        };
        if order.idempotency_hash != attempt.key {
            let problem = contracts::refusal::problem(&Refusal::CartOrdered);
            return Err(problem.with("order_id", order.id.to_string()).with("order_number", order.number.to_string()));
        }
        if order.request_hash != attempt.body {
            return Err(Problem::new(
                ProblemKind::KeyReused,
                "This Idempotency-Key came with another request before. Use a new one.",
            ));
        }
        Ok(Some(order))
    }

    /// Ends the holds on a SKU whose time is over; whether any stock came free.
    async fn end_due_holds(&self, sku: &Sku, attempt: &Attempt) -> Result<bool, Problem> {
        let now = self.context.now();
        let due = self.lists.due_holds(sku, now, DUE_HOLDS).await.map_err(unread)?;
        let cause = Cause::new("checkout", "hold_ended", &attempt.correlation);
        let mut freed = false;
        for order in due {
            match self.holds.end(&order, now, &cause).await {
                Ok(Ended::Now) => freed = true,
                Ok(Ended::Before | Ended::NotDue(_) | Ended::Paid) => {}
                Err(error) => tracing::warn!(order.id = %order, error = %error, "a due hold was not ended"),
            }
        }
        Ok(freed)
    }

    async fn tables(&self) -> Result<Tables, StoreError> {
        let now = self.context.now();
        let (taxes, shipping, payments, returns) =
            tokio::join!(self.taxes.get(now), self.shipping.get(now), self.payments.get(now), self.returns.get(now));
        Ok(Tables { taxes: taxes?, shipping: shipping?, payments: payments?, returns: returns? })
    }
}

/// A customer's cart is bought by that customer, or by staff on their behalf.
fn may_buy(caller: &Caller, cart: &Cart) -> bool {
    match (caller, &cart.owner) {
        (_, None) | (Caller::Staff(..), _) => true,
        (Caller::Customer(person), Some(owner)) => person.id == *owner,
        (Caller::Guest, Some(_)) => false,
    }
}

/// What the record of an offer, or of a shard of it, says of a hold that its condition refused.
fn why_not_held(found: store::tx::Found, take: &Take) -> NotPlaced {
    let Take { sku, title, price_version, .. } = take.clone();
    let found = match found.map(Refused::of).transpose() {
        Ok(found) => found,
        Err(error) => return NotPlaced::Store(error),
    };
    NotPlaced::Refused(match found {
        None => Refusal::NotSold { sku, title },
        Some(found) if !found.on_sale => Refusal::NotSold { sku, title },
        Some(found) if found.price_version != price_version => Refusal::PriceChanged { sku, title },
        Some(found) if found.is_split() => return NotPlaced::Elsewhere,
        Some(found) => Refusal::NotEnough { available: found.sellable.max(0), sku, title },
    })
}

fn no_credit() -> Problem {
    Problem::field("/credit_code", "We know no store credit with this code.")
}

fn unread(error: StoreError) -> Problem {
    unavailable(&error)
}
