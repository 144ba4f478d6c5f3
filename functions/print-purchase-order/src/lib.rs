//! Prints purchase orders: as PDF for people, as CSV for programs. For staff as they stand, for a supplier with the link
//! under which its page opens.

use contracts::Problem;
use domain::people::Action;
use domain::purchasing::{PurchaseOrder, PurchaseStatus};
use domain::settings::{LocationSettings, ShopSettings};
use domain::text::Sku;
use edge::auth::Verifier;
use edge::desk;
use edge::http::{internal, unavailable};
use edge::page::refused;
use edge::purchases::{PurchaseDesk, opens, read_token};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use print::Ordered;
use store::settings::{Cached, SettingsTable};
use store::stock::StockTable;

/// The function.
pub const FUNCTION: Function = edge::http::http::<PrintPurchaseOrder>();

/// Prints purchase orders.
pub struct PrintPurchaseOrder {
    context: Context,
    desk: PurchaseDesk,
    stock: StockTable,
    shop: Cached<ShopSettings>,
    locations: Cached<LocationSettings>,
    verifier: Verifier,
    url: String,
}

/// What an order is printed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Pdf,
    Csv,
}

impl Format {
    /// The format that a route ends in.
    fn of(route: &str) -> Result<Self, Problem> {
        match route.rsplit('/').next() {
            Some("order.pdf") => Ok(Self::Pdf),
            Some("order.csv") => Ok(Self::Csv),
            Some(_) | None => Err(Problem::not_found("page")),
        }
    }
}

/// What has to be known of an order that nobody is to deliver as it stands.
const fn note(status: PurchaseStatus) -> Option<&'static str> {
    match status {
        PurchaseStatus::Suggested | PurchaseStatus::Draft => Some("A draft: it was not sent to the supplier."),
        PurchaseStatus::Approved => Some("It was not sent to the supplier yet."),
        PurchaseStatus::OnHold => Some("ON HOLD: nothing is to be delivered for now."),
        PurchaseStatus::Canceled => Some("CANCELLED: nothing is to be delivered."),
        PurchaseStatus::Received | PurchaseStatus::Closed => Some("Done: nothing more is to be delivered."),
        PurchaseStatus::Sent | PurchaseStatus::Acknowledged | PurchaseStatus::PartiallyReceived => None,
    }
}

impl HttpHandler for PrintPurchaseOrder {
    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            desk: PurchaseDesk::new(context)?,
            stock: context.table()?,
            shop: Cached::new(settings.clone()),
            locations: Cached::new(settings),
            verifier: Verifier::new(context)?,
            url: context.require("SHOP_URL")?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let format = Format::of(request.route())?;
        if let Ok(token) = request.parameter("token") {
            let (id, secret) = read_token(&token)?;
            let order = self.desk.load(&id).await?;
            if !opens(&secret, &order) {
                return Err(Problem::not_found("purchase order"));
            }
            return self.print(&order, format, Some(&format!("{}/supplier/{token}", self.url))).await;
        }
        self.verifier.caller(request)?.staff(Action::ViewPurchasing)?;
        let id = request.parse_parameter("id", "purchase order")?;
        self.print(&self.desk.load(&id).await?, format, None).await
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() && request.path().starts_with("/desk") {
            return desk::refused(request, problem);
        }
        refused(&self.context, request, &self.verifier, &self.shop, problem).await
    }
}

impl PrintPurchaseOrder {
    /// The order as a file; `link` leads to the supplier's page of it.
    async fn print(&self, order: &PurchaseOrder, format: Format, link: Option<&str>) -> Result<Response, Problem> {
        let now = self.context.now();
        let skus: Vec<Sku> = order.lines.iter().map(|line| line.sku.clone()).collect();
        let read = |error| unavailable(&error);
        let offers = self.stock.offers(&skus).await.map_err(read)?;
        let supplier = self.desk.purchasing.supplier(&order.supplier).await.map_err(read)?;
        let supplier = supplier.ok_or_else(|| Problem::not_found("supplier"))?;
        let (shop, places) = (self.shop.get(now).await.map_err(read)?, self.locations.get(now).await.map_err(read)?);
        let ordered = Ordered {
            order,
            supplier: &supplier,
            offers: &offers,
            places: &places,
            shop: &shop,
            note: note(order.status),
            link: link.filter(|_| order.is_with_supplier()),
        };
        let number = order.id.number();
        let unprinted = |error| internal("a purchase order was not printed", &error);
        let (kind, shown, bytes) = match format {
            Format::Pdf => ("application/pdf", format!("inline; filename=\"{number}.pdf\""), ordered.pdf(now)),
            Format::Csv => ("text/csv; charset=utf-8", format!("attachment; filename=\"{number}.csv\""), ordered.csv()),
        };
        let answer = Response::new(200, kind, bytes.map_err(unprinted)?);
        Ok(answer.header("content-disposition", &shown).header("cache-control", "no-store"))
    }
}
