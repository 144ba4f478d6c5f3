//! A reorder rule at the desk: a new one on a page of its own; a known one is changed where its SKU's look stands.

use std::collections::BTreeMap;

use contracts::Problem;
use domain::people::Action;
use domain::reorder::ReorderRule;
use domain::text::{LocationId, Sku, SupplierId};
use domain::{Currency, FieldError, Money};
use edge::Response;
use edge::desk::{Visit, form_errors};
use edge::http::unavailable;
use edge::page::form_key;
use pages::components::Choice;
use pages::desk::{self, ReorderRuleForm};
use pages::layout::{Head, Section};
use serde::Deserialize;
use store::stamp::Cause;

use crate::ManageSuppliers;

/// How many suppliers the form offers.
const SUPPLIERS: usize = 500;

/// GET /desk/reorder-rules/new
pub(crate) async fn page(shop: &ManageSuppliers, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::EditPurchasing)?;
    let asked = |name: &str| visit.request.query(name).unwrap_or_default().to_owned();
    let fields = [("sku", asked("sku")), ("location", asked("location")), ("supplier", asked("supplier"))];
    let usual = [
        ("lead_time_days", "7"),
        ("lead_time_deviation_days", "0"),
        ("minimum_order", "1"),
        ("pack_size", "1"),
        ("review_days", "7"),
        ("service_level", "95"),
    ];
    let fields: BTreeMap<String, String> = fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .chain(usual.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
        .collect();
    let form = form(shop, &fields, true).await?;
    show(shop, visit, form, 200).await
}

/// The form with these texts in its fields.
async fn form(
    shop: &ManageSuppliers,
    fields: &BTreeMap<String, String>,
    new: bool,
) -> Result<ReorderRuleForm, Problem> {
    let text = |name: &str| fields.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let suppliers = shop.purchasing.suppliers(None, SUPPLIERS).await.map_err(|error| unavailable(&error))?.items;
    let places = shop.locations.get(shop.context.now()).await.map_err(|error| unavailable(&error))?.locations;
    let (supplier, location) = (text("supplier"), text("location"));
    let chosen = suppliers.iter().find(|one| one.id.as_str() == supplier).or(suppliers.first());
    Ok(ReorderRuleForm {
        new,
        sku: text("sku"),
        locations: places
            .iter()
            .map(|one| Choice::new(one.id.as_str(), one.name.clone(), one.id.as_str() == location))
            .collect(),
        currency: chosen.map_or(Currency::EUR, |one| one.currency).to_string(),
        suppliers: suppliers
            .iter()
            .map(|one| Choice::new(one.id.as_str(), one.name.clone(), one.id.as_str() == supplier))
            .collect(),
        reorder_point: text("reorder_point"),
        lead_time_days: text("lead_time_days"),
        lead_time_deviation_days: text("lead_time_deviation_days"),
        minimum_order: text("minimum_order"),
        pack_size: text("pack_size"),
        review_days: text("review_days"),
        service_level: text("service_level"),
        unit_cost: text("unit_cost"),
        order_cost: text("order_cost"),
        holding_cost: text("holding_cost"),
        back: "/desk/reorders".to_owned(),
        idempotency_key: form_key(&shop.context),
        ..ReorderRuleForm::default()
    })
}

async fn show(
    shop: &ManageSuppliers,
    visit: &Visit<'_>,
    form: ReorderRuleForm,
    status: u16,
) -> Result<Response, Problem> {
    let frame = shop.frame(visit, Section::Reorders).await?;
    let form = ReorderRuleForm { csrf: frame.csrf(), ..form };
    let head = Head::private("Reorder rule").failed(&form.errors);
    Ok(frame.page(status, &head, &desk::reorder_rule_again(&form)))
}

/// POST /desk/reorder-rules and /desk/reorder-rules/{sku}
pub(crate) async fn save(shop: &ManageSuppliers, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::EditPurchasing)?;
    let pairs: Vec<(String, String)> = visit.request.form()?;
    let mut fields: BTreeMap<String, String> = pairs.into_iter().collect();
    let named = visit.request.parameter("sku").ok();
    if let Some(sku) = &named {
        fields.insert("sku".to_owned(), sku.clone());
    }
    let cause = Cause::new(visit.caller().actor(), "rule", visit.request.correlation());
    let saved = async {
        let (sku, rule) = rule(shop, &fields).await?;
        let kept = shop.keep_rule(&sku, &rule, cause).await;
        kept.map_err(|problem| {
            if problem.kind.status() == 404 { Problem::field("/sku", "There is no such SKU.") } else { problem }
        })?;
        Ok::<_, Problem>((sku, rule.location))
    };
    match saved.await {
        Ok((sku, location)) => Ok(Response::see_other(&format!("/desk/reorders/{sku}?location={location}&done=saved"))),
        Err(problem) if problem.kind.status() < 500 => {
            let mut renamed = problem.clone();
            for error in &mut renamed.errors {
                for part in ["/amount", "/currency"] {
                    error.pointer = error.pointer.replace(part, "");
                }
            }
            let form = form(shop, &fields, named.is_none()).await?;
            show(shop, visit, ReorderRuleForm { errors: form_errors(&renamed), ..form }, 422).await
        }
        Err(problem) => Err(problem),
    }
}

/// POST /desk/reorder-rules/{sku}/end
pub(crate) async fn end(shop: &ManageSuppliers, visit: &Visit<'_>) -> Result<Response, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Typed {
        location: LocationId,
    }
    visit.needs(Action::EditPurchasing)?;
    let Typed { location } = visit.request.form()?;
    let cause = Cause::new(visit.caller().actor(), "rule_ended", visit.request.correlation());
    shop.end_rule(visit.request, &location, cause).await?;
    Ok(Response::see_other("/desk/reorders?done=rule-ended"))
}

/// The rule as it was typed. Costs are in the supplier's currency.
async fn rule(shop: &ManageSuppliers, fields: &BTreeMap<String, String>) -> Result<(Sku, ReorderRule), Problem> {
    let text = |name: &str| fields.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let supplier: SupplierId =
        text("supplier").parse().map_err(|_| Problem::field("/supplier", "Choose who delivers."))?;
    let known = shop.purchasing.supplier(&supplier).await.map_err(|error| unavailable(&error))?;
    let currency = known.ok_or_else(|| Problem::field("/supplier", "Choose who delivers."))?.currency;
    let mut errors = Vec::new();
    let mut wrong = |field: &str, detail: &str| {
        errors.push(FieldError { pointer: format!("/{field}"), detail: detail.to_owned() });
    };
    let sku = text("sku").parse::<Sku>().map_err(|_| wrong("sku", "Enter a SKU."));
    let location = text("location").parse::<LocationId>().map_err(|_| wrong("location", "Choose where it is kept."));
    let mut whole = |name: &str| {
        text(name).parse::<u32>().unwrap_or_else(|_| {
            wrong(name, "Enter a whole number.");
            1
        })
    };
    let reorder_point = if text("reorder_point").is_empty() { None } else { Some(whole("reorder_point")) };
    let (lead, minimum_order) = (whole("lead_time_days"), whole("minimum_order"));
    let (pack_size, review) = (whole("pack_size"), whole("review_days"));
    let mut decimal = |name: &str| {
        text(name).replace(',', ".").trim_end_matches('%').trim().parse::<f64>().unwrap_or_else(|_| {
            wrong(name, "Enter a number.");
            0.5
        })
    };
    let (deviation, level) = (decimal("lead_time_deviation_days"), decimal("service_level"));
    let mut cost = |name: &str| match text(name).as_str() {
        "" => None,
        typed => {
            let amount = Money::parse_decimal(&typed.replace(',', "."), currency);
            if amount.is_none() {
                wrong(name, "Enter an amount, like 50 or 49.90.");
            }
            amount
        }
    };
    let (unit_cost, order_cost, holding_cost) = (cost("unit_cost"), cost("order_cost"), cost("holding_cost"));
    match (sku, location) {
        (Ok(sku), Ok(location)) if errors.is_empty() => {
            let rule = ReorderRule {
                location,
                supplier,
                reorder_point,
                lead_time_days: u16::try_from(lead).unwrap_or(u16::MAX),
                lead_time_deviation_days: deviation,
                minimum_order,
                pack_size,
                review_days: u16::try_from(review).unwrap_or(u16::MAX),
                service_level: level / 100.0,
                unit_cost,
                order_cost,
                holding_cost,
            };
            Ok((sku, rule))
        }
        _ => Err(Problem::fields(errors)),
    }
}
