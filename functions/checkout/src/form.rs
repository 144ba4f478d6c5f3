//! The checkout's form: what a browser posts.

use contracts::checkout::{AddressBody, CheckoutRequest, parse_shown};
use contracts::{Problem, ProblemKind};
use domain::Money;
use domain::order::PaymentMethod;
use domain::text::Digest;
use edge::http::{idempotency_key, internal};
use edge::page::cart_removal;
use edge::{Request, Response};
use serde::Deserialize;

use crate::{Checkout, answer, view};

/// What is posted: every field as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Typed {
    pub(crate) email: String,
    pub(crate) shipping_name: String,
    pub(crate) shipping_country: String,
    pub(crate) shipping_line1: String,
    pub(crate) shipping_line2: String,
    pub(crate) shipping_city: String,
    pub(crate) shipping_postal_code: String,
    pub(crate) shipping_phone: String,
    pub(crate) billing_same: Option<String>,
    pub(crate) billing_name: String,
    pub(crate) billing_country: String,
    pub(crate) billing_line1: String,
    pub(crate) billing_line2: String,
    pub(crate) billing_city: String,
    pub(crate) billing_postal_code: String,
    pub(crate) shipping_method: String,
    pub(crate) payment_method: String,
    pub(crate) expected_total: String,
    pub(crate) credit_code: String,
    pub(crate) expected_credit: String,
    pub(crate) idempotency_key: String,
    pub(crate) cart_id: String,
    pub(crate) intent: String,
}

fn filled(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

impl Typed {
    fn request(&self) -> Result<CheckoutRequest, Problem> {
        let shown = |pointer, text| parse_shown(pointer, text).map_err(|error| Problem::fields(vec![error]));
        let expected_total = shown("/expected_total", &self.expected_total)?;
        let credit_code = filled(&self.credit_code);
        // A code that was typed after the page was made has paid nothing on it: the page shows first what it pays.
        let expected_credit = match (&credit_code, shown("/expected_credit", &self.expected_credit)?) {
            (None, _) => None,
            (Some(_), Some(expected)) => Some(expected),
            (Some(_), None) => expected_total.map(|total| Money::zero(total.currency)),
        };
        let billing = AddressBody {
            name: self.billing_name.clone(),
            line1: self.billing_line1.clone(),
            line2: filled(&self.billing_line2),
            city: self.billing_city.clone(),
            postal_code: self.billing_postal_code.clone(),
            country: self.billing_country.clone(),
            ..AddressBody::default()
        };
        Ok(CheckoutRequest {
            cart_id: self.cart_id.clone(),
            email: self.email.clone(),
            shipping_address: AddressBody {
                name: self.shipping_name.clone(),
                line1: self.shipping_line1.clone(),
                line2: filled(&self.shipping_line2),
                city: self.shipping_city.clone(),
                postal_code: self.shipping_postal_code.clone(),
                country: self.shipping_country.clone(),
                phone: filled(&self.shipping_phone),
                ..AddressBody::default()
            },
            billing_address: self.billing_same.is_none().then_some(billing),
            shipping_method: self.shipping_method.clone(),
            payment_method: self.payment_method.clone(),
            expected_total,
            credit_code,
            expected_credit,
        })
    }
}

/// Orders, or shows the page again: with fresh methods and totals where that was asked for, with everything that is
/// wrong where something is.
pub(crate) async fn checkout(shop: &Checkout, request: &Request) -> Result<Response, Problem> {
    let typed: Typed = request.form()?;
    if typed.intent == "update" {
        return view::show(shop, request, typed, 200, None).await;
    }
    match order(shop, request, &typed).await {
        Ok(response) => Ok(response),
        Err(problem) if shown_on_the_form(problem.kind) => {
            view::show(shop, request, typed, problem.kind.status(), Some(&problem)).await
        }
        Err(problem) => Err(problem),
    }
}

async fn order(shop: &Checkout, request: &Request, typed: &Typed) -> Result<Response, Problem> {
    let key = idempotency_key(&typed.idempotency_key).ok_or_else(|| Problem::malformed("The form has no key."))?;
    // The page's key names the visit; with what was typed it names the try, so that a corrected form is a new one and
    // a double press is not.
    let body = typed.request()?;
    let canonical = serde_json::to_vec(&body).map_err(|error| internal("a request has no JSON", &error))?;
    let key = Digest::of(&[key.as_bytes().as_slice(), &canonical].concat());
    let attempt = shop.attempt(request, body, key)?;
    let order = shop.place(&shop.verifier.caller(request)?, &attempt).await?;
    let next = match order.payment_method {
        PaymentMethod::Card if !order.to_pay().is_zero() => answer::pay_path(shop, &order),
        PaymentMethod::Card | PaymentMethod::BankTransfer => answer::view_path(shop, &order),
    };
    let [cart, pieces] = cart_removal();
    Ok(Response::see_other(&next).cookie(cart).cookie(pieces))
}

/// Whether the form itself is where a problem is read best.
fn shown_on_the_form(kind: ProblemKind) -> bool {
    match kind {
        ProblemKind::Malformed
        | ProblemKind::OutOfStock
        | ProblemKind::PriceChanged
        | ProblemKind::Conflict
        | ProblemKind::Unprocessable => true,
        ProblemKind::Unauthenticated
        | ProblemKind::Forbidden
        | ProblemKind::NotFound
        | ProblemKind::MethodNotAllowed
        | ProblemKind::CartOrdered
        | ProblemKind::Stale
        | ProblemKind::TooLarge
        | ProblemKind::UnsupportedMediaType
        | ProblemKind::KeyReused
        | ProblemKind::TooMany
        | ProblemKind::Internal
        | ProblemKind::ProviderUnavailable
        | ProblemKind::Busy => false,
    }
}
