//! Keeps who supplies the shop, and the rules that its SKUs are reordered by.

use contracts::Problem;
use contracts::list::ListAnswer;
use contracts::purchasing::{RuleQuery, SupplierAnswer, SupplierQuery};
use domain::field::FieldError;
use domain::people::Action;
use domain::purchasing::SupplierDraft;
use domain::reorder::ReorderRule;
use domain::settings::LocationSettings;
use domain::text::{Sku, SupplierId};
use edge::auth::Verifier;
use edge::http::unavailable;
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use store::purchasing::Purchasing;
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;
use store::stock::StockTable;

/// The function.
pub const FUNCTION: Function = edge::http::http::<ManageSuppliers>();

/// How many suppliers a page has.
const PAGE: u16 = 50;

/// Manages suppliers and rules.
pub struct ManageSuppliers {
    context: Context,
    purchasing: Purchasing,
    stock: StockTable,
    locations: Cached<LocationSettings>,
    verifier: Verifier,
}

impl HttpHandler for ManageSuppliers {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            purchasing: context.table()?,
            stock: context.table()?,
            locations: Cached::new(context.table::<SettingsTable>()?),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
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
            _ => Err(Problem::not_found("page")),
        }
    }
}

impl ManageSuppliers {
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
        let mut errors = rule.check().err().unwrap_or_default();
        let (stock, supplier, locations) = futures::future::join3(
            self.stock.stock(&sku),
            self.purchasing.supplier(&rule.supplier),
            self.locations.get(self.context.now()),
        )
        .await;
        if stock.map_err(|error| unavailable(&error))?.is_none() {
            return Err(Problem::not_found("SKU"));
        }
        if supplier.map_err(|error| unavailable(&error))?.is_none() {
            let detail = format!("There is no supplier {}.", rule.supplier);
            errors.push(FieldError { pointer: "/supplier".to_owned(), detail });
        }
        let known = locations.map_err(|error| unavailable(&error))?.locations;
        if !known.iter().any(|location| location.id == rule.location) {
            let detail = format!("There is no location {}.", rule.location);
            errors.push(FieldError { pointer: "/location".to_owned(), detail });
        }
        if !errors.is_empty() {
            return Err(Problem::fields(errors));
        }
        let new = self.purchasing.put_rule(&sku, &rule, cause).await.map_err(|error| unavailable(&error))?;
        Response::json(if new { 201 } else { 200 }, &rule)
    }
}
