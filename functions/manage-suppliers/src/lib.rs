//! Keeps who supplies the shop, and the rules that its SKUs are reordered by.

mod rule;
mod suppliers;

use contracts::Problem;
use contracts::list::ListAnswer;
use contracts::purchasing::{RuleQuery, SupplierAnswer, SupplierQuery};
use domain::field::FieldError;
use domain::people::Action;
use domain::purchasing::SupplierDraft;
use domain::reorder::ReorderRule;
use domain::settings::{LocationSettings, ShopSettings};
use domain::text::{LocationId, Sku, SupplierId};
use edge::auth::Verifier;
use edge::desk::{DeskFrame, Visit, refused};
use edge::http::unavailable;
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use pages::layout::Section;
use store::purchasing::Purchasing;
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;
use store::stock::StockTable;

/// The function.
pub const FUNCTION: Function = edge::http::http::<ManageSuppliers>();

/// How many suppliers a page has.
const PAGE: usize = 50;

/// Manages suppliers and rules.
pub struct ManageSuppliers {
    context: Context,
    purchasing: Purchasing,
    stock: StockTable,
    locations: Cached<LocationSettings>,
    shop: Cached<ShopSettings>,
    verifier: Verifier,
}

impl HttpHandler for ManageSuppliers {
    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            purchasing: context.table()?,
            stock: context.table()?,
            locations: Cached::new(settings.clone()),
            shop: Cached::new(settings),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        if request.path().starts_with("/desk") {
            return self.at_desk(&Visit::of(request, &self.verifier)?).await;
        }
        let caller = self.verifier.caller(request)?;
        caller.staff(match request.route() {
            "GET /api/suppliers" | "GET /api/reorder-rules/{sku}" => Action::ViewPurchasing,
            _ => Action::EditPurchasing,
        })?;
        let cause = |why| Cause::new(caller.actor(), why, request.correlation());
        match request.route() {
            "GET /api/suppliers" => self.suppliers(request.parse_query()?).await,
            "PUT /api/suppliers/{id}" => self.put_supplier(request, cause("supplier")).await,
            "GET /api/reorder-rules/{sku}" => self.rule(request).await,
            "PUT /api/reorder-rules/{sku}" => self.put_rule(request, cause("rule")).await,
            "DELETE /api/reorder-rules/{sku}" => {
                let RuleQuery { location } = request.parse_query()?;
                let location = location.ok_or_else(|| Problem::field("/location", "Say at which location."))?;
                self.end_rule(request, &location, cause("rule_ended")).await?;
                Ok(Response::no_content())
            }
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { refused(request, problem) } else { Response::problem(request, problem) }
    }
}

impl ManageSuppliers {
    async fn at_desk(&self, visit: &Visit<'_>) -> Result<Response, Problem> {
        match visit.request.route() {
            "GET /desk/suppliers" => suppliers::page(self, visit).await,
            "POST /desk/suppliers" => suppliers::save(self, visit).await,
            "GET /desk/reorder-rules/new" => rule::page(self, visit).await,
            "POST /desk/reorder-rules" | "POST /desk/reorder-rules/{sku}" => rule::save(self, visit).await,
            "POST /desk/reorder-rules/{sku}/end" => rule::end(self, visit).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    /// The frame of a desk page.
    async fn frame(&self, visit: &Visit<'_>, section: Section) -> Result<DeskFrame, Problem> {
        let shop = self.shop.get(self.context.now()).await.map_err(|error| unavailable(&error))?;
        Ok(DeskFrame::new(&self.context, visit, &shop, Some(section)))
    }

    async fn suppliers(&self, query: SupplierQuery) -> Result<Response, Problem> {
        let cursor = query.cursor.map(|text| text.parse()).transpose();
        let after = cursor.map_err(|_| Problem::field("/cursor", "This is no cursor that the shop gave."))?;
        let page = self.purchasing.suppliers(after.as_ref(), PAGE).await.map_err(|error| unavailable(&error))?;
        let items: Vec<SupplierAnswer> = page.items.into_iter().map(SupplierAnswer::from).collect();
        Response::json(200, &ListAnswer { items, next: page.next.map(|cursor| cursor.to_string()) })
    }

    async fn put_supplier(&self, request: &Request, cause: Cause) -> Result<Response, Problem> {
        let id: SupplierId = request.parse_parameter("id", "supplier")?;
        let supplier = request.json::<SupplierDraft>()?.apply(id).map_err(Problem::fields)?;
        let new = self.purchasing.put_supplier(&supplier, cause).await.map_err(|error| unavailable(&error))?;
        Response::json(if new { 201 } else { 200 }, &SupplierAnswer::from(supplier))
    }

    async fn rule(&self, request: &Request) -> Result<Response, Problem> {
        let sku: Sku = request.parse_parameter("sku", "SKU")?;
        let RuleQuery { location } = request.parse_query()?;
        let rules = self.purchasing.rules(&sku).await.map_err(|error| unavailable(&error))?;
        let wanted = |rule: &ReorderRule| location.as_ref().is_none_or(|location| rule.location == *location);
        let rule = rules.into_iter().find(wanted).ok_or_else(|| Problem::not_found("rule"))?;
        Response::json(200, &rule)
    }

    async fn put_rule(&self, request: &Request, cause: Cause) -> Result<Response, Problem> {
        let sku: Sku = request.parse_parameter("sku", "SKU")?;
        let rule: ReorderRule = request.json()?;
        let new = self.keep_rule(&sku, &rule, cause).await?;
        Response::json(if new { 201 } else { 200 }, &rule)
    }

    async fn end_rule(&self, request: &Request, location: &LocationId, cause: Cause) -> Result<Sku, Problem> {
        let sku: Sku = request.parse_parameter("sku", "SKU")?;
        match self.purchasing.end_rule(&sku, location, cause).await.map_err(|error| unavailable(&error))? {
            true => Ok(sku),
            false => Err(Problem::not_found("rule")),
        }
    }

    /// Keeps a rule whose SKU, supplier and location there are; whether it is new.
    async fn keep_rule(&self, sku: &Sku, rule: &ReorderRule, cause: Cause) -> Result<bool, Problem> {
        let mut errors = rule.check().err().unwrap_or_default();
        let (stock, supplier, locations) = futures::future::join3(
            self.stock.stock(sku),
            self.purchasing.supplier(&rule.supplier),
            self.locations.with(self.context.now(), |known| known.has(&rule.location)),
        )
        .await;
        if stock.map_err(|error| unavailable(&error))?.is_none() {
            return Err(Problem::not_found("SKU"));
        }
        match supplier.map_err(|error| unavailable(&error))? {
            None => {
                let detail = format!("There is no supplier {}.", rule.supplier);
                errors.push(FieldError { pointer: "/supplier".to_owned(), detail });
            }
            Some(supplier) if rule.unit_cost.is_some_and(|cost| cost.currency != supplier.currency) => {
                let detail = format!("This supplier is paid in {}.", supplier.currency);
                errors.push(FieldError { pointer: "/unit_cost/currency".to_owned(), detail });
            }
            Some(_) => {}
        }
        if !locations.map_err(|error| unavailable(&error))?.has(&rule.location) {
            let detail = format!("There is no location {}.", rule.location);
            errors.push(FieldError { pointer: "/location".to_owned(), detail });
        }
        if !errors.is_empty() {
            return Err(Problem::fields(errors));
        }
        self.purchasing.put_rule(sku, rule, cause).await.map_err(|error| unavailable(&error))
    }
}
