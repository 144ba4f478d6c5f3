//! The suppliers at the desk.

use std::collections::BTreeMap;

use contracts::Problem;
use domain::Currency;
use domain::people::Action;
use domain::purchasing::{Supplier, SupplierDraft};
use domain::text::SupplierId;
use edge::Response;
use edge::desk::{Visit, form_errors};
use edge::http::{encoded, unavailable};
use edge::page::form_key;
use pages::components::{Choice, Pager};
use pages::desk::{self, SupplierForm, SupplierRow, Suppliers};
use pages::layout::{Head, Section};
use store::Cursor;
use store::stamp::Cause;

use crate::{ManageSuppliers, PAGE};

/// The currencies that the form offers first; a supplier's own is added.
const CURRENCIES: [Currency; 3] = [Currency::EUR, Currency::USD, Currency::GBP];

/// GET /desk/suppliers
pub(crate) async fn page(shop: &ManageSuppliers, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::ViewPurchasing)?;
    let asked: Option<SupplierId> = visit.request.query("change").and_then(|id| id.parse().ok());
    let known = match asked {
        Some(id) => shop.purchasing.supplier(&id).await.map_err(|error| unavailable(&error))?,
        None => None,
    };
    let form = match known {
        Some(supplier) => SupplierForm {
            known: true,
            id: supplier.id.to_string(),
            name: supplier.name,
            email: supplier.email.to_string(),
            currencies: currencies(supplier.currency.code()),
            lead_time_days: supplier.lead_time_days.map(|days| days.to_string()).unwrap_or_default(),
            ..SupplierForm::default()
        },
        None => SupplierForm { currencies: currencies(Currency::EUR.code()), ..SupplierForm::default() },
    };
    show(shop, visit, form, 200).await
}

fn currencies(chosen: &str) -> Vec<Choice> {
    let mut codes: Vec<&str> = CURRENCIES.iter().map(|currency| currency.code()).collect();
    if !chosen.is_empty() && !codes.contains(&chosen) {
        codes.push(chosen);
    }
    codes.into_iter().map(|code| Choice::new(code, code, code == chosen)).collect()
}

async fn show(shop: &ManageSuppliers, visit: &Visit<'_>, form: SupplierForm, status: u16) -> Result<Response, Problem> {
    let after: Option<Cursor> = visit.request.query("cursor").and_then(|cursor| cursor.parse().ok());
    let page = shop.purchasing.suppliers(after.as_ref(), PAGE).await.map_err(|error| unavailable(&error))?;
    let frame = shop.frame(visit, Section::Suppliers).await?;
    let form = SupplierForm { csrf: frame.csrf(), idempotency_key: form_key(&shop.context), ..form };
    let head = Head::private("Suppliers").failed(&form.errors);
    let view = Suppliers {
        rows: page.items.into_iter().map(row).collect(),
        form: visit.role.may(Action::EditPurchasing).then_some(form),
        pager: Pager {
            first: after.map(|_| "/desk/suppliers".to_owned()),
            next: page.next.map(|next| format!("/desk/suppliers?cursor={}", encoded(&next.to_string()))),
        },
    };
    Ok(frame.page(status, &head, &desk::suppliers(&view)))
}

fn row(supplier: Supplier) -> SupplierRow {
    SupplierRow {
        lead_time: supplier.lead_time_days.map(|days| format!("{days} days")).unwrap_or_default(),
        open_orders: "Orders".to_owned(),
        orders_href: format!("/desk/purchase-orders?view=all&supplier={}", supplier.id),
        change_href: format!("/desk/suppliers?change={}", supplier.id),
        name: supplier.name,
        id: supplier.id.to_string(),
        email: supplier.email.to_string(),
        currency: supplier.currency.to_string(),
    }
}

/// POST /desk/suppliers
pub(crate) async fn save(shop: &ManageSuppliers, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::EditPurchasing)?;
    let pairs: Vec<(String, String)> = visit.request.form()?;
    let fields: BTreeMap<String, String> = pairs.into_iter().collect();
    let text = |name: &str| fields.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let cause = Cause::new(visit.caller().actor(), "supplier", visit.request.correlation());
    let saved = async {
        let supplier = supplier(&text)?;
        shop.purchasing.put_supplier(&supplier, cause).await.map_err(|error| unavailable(&error))
    };
    match saved.await {
        Ok(_) => Ok(Response::see_other("/desk/suppliers?done=saved")),
        Err(problem) if problem.kind.status() < 500 => {
            let id = text("id");
            let known = match id.parse::<SupplierId>() {
                Ok(id) => shop.purchasing.supplier(&id).await.map_err(|error| unavailable(&error))?.is_some(),
                Err(_) => false,
            };
            let form = SupplierForm {
                known,
                id,
                name: text("name"),
                email: text("email"),
                currencies: currencies(&text("currency")),
                lead_time_days: text("lead_time_days"),
                errors: form_errors(&problem),
                ..SupplierForm::default()
            };
            show(shop, visit, form, 422).await
        }
        Err(problem) => Err(problem),
    }
}

fn supplier(text: &impl Fn(&str) -> String) -> Result<Supplier, Problem> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, detail: &str| {
        errors.push(domain::FieldError { pointer: format!("/{field}"), detail: detail.to_owned() });
    };
    let id = text("id").parse::<SupplierId>().map_err(|error| wrong("id", &error.to_string()));
    let email = text("email").parse().map_err(|_| wrong("email", "Enter a mail address."));
    let currency = text("currency").parse().map_err(|_| wrong("currency", "Enter a currency, like EUR."));
    let lead_time_days = match text("lead_time_days").as_str() {
        "" => Ok(None),
        days => days.parse().map(Some).map_err(|_| wrong("lead_time_days", "Enter a whole number of days.")),
    };
    if let (Ok(id), Ok(email), Ok(currency), Ok(lead_time_days)) = (id, email, currency, lead_time_days) {
        return SupplierDraft { name: text("name"), email, currency, lead_time_days }
            .apply(id)
            .map_err(Problem::fields);
    }
    Err(Problem::fields(errors))
}
