//! Commands to returns, as every function gives them: read the return and its order, decide, write both, and again when
//! somebody else was faster.
//!
//! Knows who may reach a return and how an outcome is told. It deliberately decides nothing (that is `domain`'s) and
//! knows no route.

use contracts::Problem;
use contracts::returns::ReturnAnswer;
use domain::calendar::date;
use domain::id::ReturnId;
use domain::order::{Order, RequestMark};
use domain::returns::{Decision, NotReturnable, Return, Tables};
use domain::settings::{LocationSettings, PaymentSettings, ReturnSettings, ShopSettings};
use domain::shipping::ShippingSettings;
use domain::stock::Offer;
use domain::tax::TaxSettings;
use domain::text::{Digest, LocationId, Sku};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use store::StoreError;
use store::orders::{Orders, Reader};
use store::returns::Returns;
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;
use store::stock::StockTable;

use crate::context::Context;
use crate::deciding::{repeated, until_written, written};
use crate::environment::MissingVariable;
use crate::http::{Request, Response, encoded};
use crate::orders::{NotDone, key_reused};

/// Where returns are read and commanded.
pub struct ReturnDesk {
    /// The table.
    pub returns: Returns,
    orders: Orders,
    stock: Option<StockTable>,
    context: Context,
}

impl std::fmt::Debug for ReturnDesk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReturnDesk").finish_non_exhaustive()
    }
}

impl ReturnDesk {
    /// In this context. A function whose commands move no stock has no stock table.
    ///
    /// # Errors
    /// When the template does not name the tables of returns and orders.
    pub fn new(context: &Context) -> Result<Self, MissingVariable> {
        Ok(Self {
            returns: context.table()?,
            orders: context.table()?,
            stock: context.table().ok(),
            context: context.clone(),
        })
    }

    /// The return with this id, where the reader may see it.
    ///
    /// # Errors
    /// 404, or the table's error.
    pub async fn load(&self, id: &ReturnId, reader: &Reader) -> Result<Return, NotDone> {
        let none = || NotDone::Told(Problem::not_found("return"));
        self.returns.get(id, reader).await?.ok_or_else(none)
    }

    /// The order of a return.
    ///
    /// # Errors
    /// 404, or the table's error.
    pub async fn order(&self, back: &Return) -> Result<Order, NotDone> {
        self.orders.get(&back.order, &Reader::Shop).await?.ok_or(NotDone::NoOrder)
    }

    /// Has `decide` decide about a return, writes it and answers the return as it then is. Where somebody else wrote it
    /// or its order meanwhile, it is asked again. A request that bears a mark and was answered before changes nothing more.
    ///
    /// # Errors
    /// What `decide` refuses, or the table's error; nothing was written then.
    pub async fn run(
        &self,
        id: &ReturnId,
        reader: &Reader,
        cause: &Cause,
        mark: Option<RequestMark>,
        decide: impl Fn(&Return, &Order, Timestamp) -> Result<Decision, NotDone> + Send + Sync,
    ) -> Result<Return, NotDone> {
        until_written(&self.context, || async {
            let back = self.load(id, reader).await?;
            if repeated(mark, |key| back.answered(key))? {
                return Ok(Some(back));
            }
            let order = self.order(&back).await?;
            let now = self.context.now();
            let mut decision = decide(&back, &order, now)?;
            if let Some(mark) = mark.filter(|_| decision.changed) {
                decision = decision.marked(mark);
            }
            written(self.returns.commit(&self.orders, self.stock.as_ref(), &back, &decision, cause, now).await)
        })
        .await
    }

    /// Has `request` decide about a new return of an order, and writes both. A request that bears a mark and was answered
    /// before is answered with what was made then. `refused` tells why goods do not come back.
    ///
    /// # Errors
    /// What is refused, or the table's error; nothing was written then.
    pub async fn make(
        &self,
        order: &domain::id::OrderId,
        reader: &Reader,
        cause: &Cause,
        mark: Option<RequestMark>,
        request: impl Fn(&Order, Timestamp) -> Result<Decision, Vec<NotReturnable>> + Send + Sync,
        refused: impl Fn(&[NotReturnable]) -> Problem + Send + Sync,
    ) -> Result<Return, NotDone> {
        // A key is the order's: others may have the same.
        let own =
            |mark: RequestMark| RequestMark { key: Digest::of(format!("{order} {}", mark.key).as_bytes()), ..mark };
        let mark = mark.map(own);
        until_written(&self.context, || async {
            if let Some(mark) = mark
                && let Some(made) = self.returns.made(&mark.key).await?
            {
                if made.body != mark.body {
                    return Err(NotDone::Told(key_reused()));
                }
                return self.load(&made.id, reader).await.map(Some);
            }
            let order = self.orders.get(order, reader).await?.ok_or(NotDone::NoOrder)?;
            let decision = request(&order, self.context.now());
            let decision = decision.map_err(|refusals| NotDone::Told(refused(&refusals)))?;
            written(self.returns.create(&self.orders, &decision, mark, cause).await)
        })
        .await
    }
}

/// Where goods are looked up that a buyer wants instead.
pub struct Exchanges {
    stock: StockTable,
    taxes: Cached<TaxSettings>,
    shipping: Cached<ShippingSettings>,
    payments: Cached<PaymentSettings>,
    returns: Cached<ReturnSettings>,
}

impl std::fmt::Debug for Exchanges {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exchanges").finish_non_exhaustive()
    }
}

/// What is offered, and how it is ordered.
#[derive(Debug)]
pub struct Shelf {
    /// Those of the goods that there are.
    pub offers: Vec<Offer>,
    taxes: TaxSettings,
    shipping: ShippingSettings,
    payments: PaymentSettings,
    returns: ReturnSettings,
}

impl Shelf {
    /// The tables that it is ordered by.
    pub const fn tables(&self) -> Tables<'_> {
        Tables { taxes: &self.taxes, shipping: &self.shipping, payments: &self.payments, returns: &self.returns }
    }
}

impl Exchanges {
    /// In this context.
    ///
    /// # Errors
    /// When the template does not name the tables of stock and settings.
    pub fn new(context: &Context) -> Result<Self, MissingVariable> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            stock: context.table()?,
            taxes: Cached::new(settings.clone()),
            shipping: Cached::new(settings.clone()),
            payments: Cached::new(settings.clone()),
            returns: Cached::new(settings),
        })
    }

    /// What is offered of these goods now.
    ///
    /// # Errors
    /// When a table does not answer.
    pub async fn look(&self, skus: &[Sku], now: Timestamp) -> Result<Shelf, StoreError> {
        let (offers, taxes, shipping, payments, returns) = tokio::join!(
            self.stock.offers(skus),
            self.taxes.get(now),
            self.shipping.get(now),
            self.payments.get(now),
            self.returns.get(now)
        );
        Ok(Shelf {
            offers: offers?.into_values().collect(),
            taxes: taxes?,
            shipping: shipping?,
            payments: payments?,
            returns: returns?,
        })
    }
}

/// The last day to send goods that may be sent from now on.
pub fn send_by(settings: &ReturnSettings, now: Timestamp) -> Date {
    date(now).saturating_add(i64::from(settings.send_days).days())
}

/// Where goods come back to.
#[derive(Debug)]
pub struct Destination {
    settings: Cached<ReturnSettings>,
    places: Cached<LocationSettings>,
}

impl Destination {
    /// By the settings in this table.
    pub fn new(settings: &SettingsTable) -> Self {
        Self { settings: Cached::new(settings.clone()), places: Cached::new(settings.clone()) }
    }

    /// The location that the shop says while it has it, else its first.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn location(&self, now: Timestamp) -> Result<LocationId, StoreError> {
        let (settings, places) = (self.settings.get(now).await?, self.places.get(now).await?);
        let said = settings.location.filter(|id| places.has(id));
        let first = || places.locations.first().map(|place| place.id.clone());
        Ok(said.or_else(first).unwrap_or_else(LocationId::main))
    }

    /// The address that a parcel is sent to, a line each; the shop's own where the location has none.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn address(&self, shop: &ShopSettings, now: Timestamp) -> Result<Vec<String>, StoreError> {
        let (location, places) = (self.location(now).await?, self.places.get(now).await?);
        let own = places.place(&location).map(|place| place.address.trim()).filter(|address| !address.is_empty());
        Ok(match own {
            Some(address) => [shop.name.as_str()].into_iter().chain(address.lines()).map(str::to_owned).collect(),
            None => shop.legal_address.lines().map(str::to_owned).collect(),
        })
    }
}

/// The address of a return's page in the shop, with the secret that opens it where there is one.
pub fn shop_path(id: &ReturnId, token: Option<&str>) -> String {
    match token {
        Some(token) => format!("/returns/{id}?token={}", encoded(token)),
        None => format!("/returns/{id}"),
    }
}

/// The answer to a command that staff gave: to the desk's form the return's page there, to a program the return.
///
/// # Errors
/// 500 where the return has no JSON.
pub fn answered(request: &Request, back: &Return, done: &str) -> Result<Response, Problem> {
    if crate::orders::is_desk(request) {
        return Ok(Response::see_other(&format!("/desk/returns/{}?done={done}", back.id)));
    }
    Response::json(200, &ReturnAnswer::from(back))
}
