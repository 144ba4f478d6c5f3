//! Carts: made, filled, looked at, emptied. For guests by a cookie, for customers by their account.
//!
//! Looking at a cart renews its snapshot of prices, so that a checkout never charges a price that was not seen.

mod forms;
mod view;

use contracts::cart::{CartAnswer, NewCart, SetQuantity};
use contracts::{Problem, ProblemKind};
use domain::cart::{Cart, Warning};
use domain::id::CartId;
use domain::refusal::Refusal;
use domain::settings::ShopSettings;
use domain::stock::Offer;
use domain::text::{Quantity, Sku};
use edge::auth::{Caller, Verifier};
use edge::page::refused;
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use store::StoreError;
use store::carts::Carts;
use store::settings::{Cached, SettingsTable};
use store::stock::StockTable;

/// The function.
pub const FUNCTION: Function = edge::http::http::<ManageCart>();

/// How often a write is tried over somebody else's.
const ATTEMPTS: u32 = 8;

/// Manages carts.
pub struct ManageCart {
    context: Context,
    carts: Carts,
    stock: StockTable,
    shop: Cached<ShopSettings>,
    verifier: Verifier,
}

/// A cart as it was just looked at.
struct Seen {
    cart: Cart,
    warnings: Vec<Warning>,
}

impl HttpHandler for ManageCart {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            carts: context.table()?,
            stock: context.table()?,
            shop: Cached::new(context.table::<SettingsTable>()?),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        match request.route() {
            "POST /api/carts" => {
                let NewCart {} = request.json()?;
                let cart = self.make(&self.verifier.caller(request)?).await?;
                Response::json(201, &answer(&cart, Vec::new())?)
            }
            "GET /api/carts/{id}" => self.look(&self.cart_of(request)?).await.and_then(|seen| seen.answer()),
            "PUT /api/carts/{id}/items/{sku}" => {
                let SetQuantity { quantity } = request.json()?;
                let change = Change::Set(sku_of(request)?, quantity);
                self.change(&self.cart_of(request)?, &change).await?.answer()
            }
            "DELETE /api/carts/{id}/items/{sku}" => {
                let change = Change::Set(sku_of(request)?, 0);
                self.change(&self.cart_of(request)?, &change).await?.answer()
            }
            "POST /cart/items" => self.or_shown(request, forms::add(self, request).await).await,
            "POST /cart/update" => self.or_shown(request, forms::update(self, request).await).await,
            "POST /cart/remove" => self.or_shown(request, forms::remove(self, request).await).await,
            "GET /cart" => view::cart(self, request).await,
            "GET /cart/added" => view::added(self, request).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        refused(&self.context, request, &self.verifier, &self.shop, problem).await
    }
}

impl Seen {
    fn answer(self) -> Result<Response, Problem> {
        Response::json(200, &answer(&self.cart, self.warnings)?)
    }
}

fn answer(cart: &Cart, warnings: Vec<Warning>) -> Result<CartAnswer, Problem> {
    CartAnswer::new(cart, warnings).map_err(|error| Problem::new(ProblemKind::Unprocessable, error.to_string()))
}

/// What is to be done to a cart.
enum Change {
    /// So many of a SKU; 0 removes it.
    Set(Sku, u32),
    /// So many more of a SKU, or as many as there are.
    Add(Sku, Quantity),
}

impl Change {
    const fn sku(&self) -> &Sku {
        match self {
            Self::Set(sku, _) | Self::Add(sku, _) => sku,
        }
    }
}

impl ManageCart {
    /// A form that was refused is answered with the cart, saying why.
    async fn or_shown(&self, request: &Request, done: Result<Response, Problem>) -> Result<Response, Problem> {
        match done {
            Err(problem) if request.wants_page() && view::belongs_on_cart(&problem) => {
                view::show(self, request, &problem).await
            }
            other => other,
        }
    }

    fn cart_of(&self, request: &Request) -> Result<CartId, Problem> {
        request.parse_parameter("id", "cart")
    }

    async fn make(&self, caller: &Caller) -> Result<Cart, Problem> {
        let shop = self.shop.get(self.context.now()).await.map_err(unread)?;
        let owner = match caller {
            Caller::Customer(person) => Some(person.id),
            Caller::Guest | Caller::Staff(..) => None,
        };
        let now = self.context.now();
        let cart = Cart::new(self.context.new_id(), shop.currency, owner, now);
        let cart = self.carts.put(cart, now).await.map_err(unread)?;
        if let Some(owner) = owner {
            self.carts.give(&owner, &cart.id).await.map_err(unread)?;
        }
        Ok(cart)
    }

    async fn load(&self, id: &CartId) -> Result<Cart, Problem> {
        self.carts.get(id).await.map_err(unread)?.ok_or_else(|| Problem::not_found("cart"))
    }

    /// Looks at a cart: renews its snapshot, and says what changed.
    async fn look(&self, id: &CartId) -> Result<Seen, Problem> {
        for attempt in 0..ATTEMPTS {
            self.context.pause(attempt).await;
            let mut cart = self.load(id).await?;
            let offers = self.offers(&cart).await?;
            let (warnings, changed) = cart.renew(&offers);
            if !changed {
                return Ok(Seen { cart, warnings });
            }
            match self.carts.put(cart, self.context.now()).await {
                Ok(cart) => return Ok(Seen { cart, warnings }),
                Err(StoreError::Stale) => {}
                Err(error) => return Err(unread(error)),
            }
        }
        Err(busy())
    }

    /// Changes one line of a cart, and looks at the whole of it.
    async fn change(&self, id: &CartId, change: &Change) -> Result<Seen, Problem> {
        for attempt in 0..ATTEMPTS {
            self.context.pause(attempt).await;
            let mut cart = self.load(id).await?;
            let known = self.offers_with(&cart, change.sku()).await?;
            let offer = known.iter().find(|offer| offer.listing.sku == *change.sku());
            let before = cart.clone();
            let noted = apply(&mut cart, change, offer)?;
            let (mut warnings, _) = cart.renew(&known);
            warnings.retain(|warning| cart.line(warning.sku()).is_some());
            warnings.extend(noted);
            if cart == before {
                return Ok(Seen { cart, warnings });
            }
            match self.carts.put(cart, self.context.now()).await {
                Ok(cart) => return Ok(Seen { cart, warnings }),
                Err(StoreError::Stale) => {}
                Err(error) => return Err(unread(error)),
            }
        }
        Err(busy())
    }

    async fn offers(&self, cart: &Cart) -> Result<Vec<Offer>, Problem> {
        let skus: Vec<Sku> = cart.lines.iter().map(|line| line.sku.clone()).collect();
        self.read_offers(&skus).await
    }

    async fn offers_with(&self, cart: &Cart, sku: &Sku) -> Result<Vec<Offer>, Problem> {
        let mut skus: Vec<Sku> = cart.lines.iter().map(|line| line.sku.clone()).collect();
        if !skus.contains(sku) {
            skus.push(sku.clone());
        }
        self.read_offers(&skus).await
    }

    async fn read_offers(&self, skus: &[Sku]) -> Result<Vec<Offer>, Problem> {
        if skus.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.stock.offers(skus).await.map_err(unread)?.into_values().collect())
    }
}

/// Applies a change; a warning where less was put in than was asked for.
fn apply(cart: &mut Cart, change: &Change, offer: Option<&Offer>) -> Result<Option<Warning>, Problem> {
    let refused = |refusal: Refusal| contracts::refusal::problem(&refusal);
    if let Change::Set(sku, 0) = change {
        cart.remove(sku).map_err(refused)?;
        return Ok(None);
    }
    let offer = offer.filter(|offer| offer.listing.on_sale).ok_or_else(|| Problem::not_found("product"))?;
    match change {
        Change::Set(_, wanted) => {
            let quantity = Quantity::new(*wanted).map_err(|error| Problem::field("/quantity", error.to_string()))?;
            cart.set(offer, quantity).map_err(refused)?;
            Ok(None)
        }
        Change::Add(sku, wanted) => {
            let before = cart.line(sku).map_or(0, |line| line.quantity.units());
            let room = offer.sellable() - before;
            if room <= 0 {
                offer.promise(*wanted).map_err(refused)?;
                return Err(refused(Refusal::NotEnough {
                    sku: sku.clone(),
                    title: offer.listing.title.clone(),
                    available: offer.sellable(),
                }));
            }
            let added = u32::try_from(room).map_or(wanted.get(), |room| wanted.get().min(room));
            let quantity = Quantity::new(added).map_err(|error| Problem::field("/quantity", error.to_string()))?;
            cart.add(offer, quantity).map_err(refused)?;
            Ok((added < wanted.get()).then(|| Warning::NotEnough {
                sku: sku.clone(),
                title: offer.listing.title.clone(),
                available: offer.sellable(),
            }))
        }
    }
}

fn sku_of(request: &Request) -> Result<Sku, Problem> {
    request.parse_parameter("sku", "product")
}

fn unread(error: StoreError) -> Problem {
    edge::http::unavailable(&error)
}

fn busy() -> Problem {
    Problem::new(ProblemKind::Busy, "This cart is being changed elsewhere. Please try again in a moment.")
}
