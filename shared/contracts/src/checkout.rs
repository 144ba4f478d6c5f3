//! Checkout: what is asked, what is answered.
//!
//! The request is what was typed; [`CheckoutRequest::checked`] makes the command of it and names every field that is
//! wrong at once, so that a form can show them all.

use domain::address::Address;
use domain::credit::CreditCode;
use domain::field::FieldError;
use domain::id::CartId;
use domain::order::PaymentMethod;
use domain::text::{CountryCode, Email, MethodId};
use domain::{Currency, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::order::OrderSummary;

/// Turns a cart into an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckoutRequest {
    /// Which cart.
    #[schema(example = "crt_06f3qk2m8r0000000000000000")]
    pub cart_id: String,
    /// Where the mails go.
    #[schema(example = "buyer@example.com")]
    pub email: String,
    /// Where the parcel goes.
    pub shipping_address: AddressBody,
    /// Where the bill goes, when that is elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_address: Option<AddressBody>,
    /// How it is sent: one of the methods that the shop offers to the country.
    #[schema(example = "standard")]
    pub shipping_method: String,
    /// `card` or `bank_transfer`.
    #[schema(example = "card")]
    pub payment_method: String,
    /// The total that the shopper was shown: another one is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_total: Option<Money>,
    /// The code of store credit, which pays first, as far as it reaches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "7K3F-9QX2-M4TA-1BCD")]
    pub credit_code: Option<String>,
    /// What the shopper was shown that store credit pays: another sum is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_credit: Option<Money>,
}

/// A postal address as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressBody {
    /// Whose it is.
    pub name: String,
    /// At which firm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Street and number.
    pub line1: String,
    /// Floor, door, building.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// Town.
    pub city: String,
    /// State, province or prefecture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code.
    #[serde(default)]
    pub postal_code: String,
    /// ISO 3166 alpha-2.
    #[schema(example = "DE")]
    pub country: String,
    /// For the carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// A checkout that can be tried.
#[derive(Debug, Clone)]
pub struct CheckoutCommand {
    /// Which cart.
    pub cart: CartId,
    /// Where the mails go.
    pub email: Email,
    /// Where the parcel goes.
    pub shipping_address: Address,
    /// Where the bill goes, when that is elsewhere.
    pub billing_address: Option<Address>,
    /// How it is sent.
    pub shipping_method: MethodId,
    /// How it is paid.
    pub payment_method: PaymentMethod,
    /// The total that the shopper was shown.
    pub expected_total: Option<Money>,
    /// What opens the store credit that pays first.
    pub credit: Option<CreditCode>,
    /// What the shopper was shown that it pays.
    pub expected_credit: Option<Money>,
}

fn wrong(pointer: impl Into<String>, detail: &str) -> FieldError {
    FieldError { pointer: pointer.into(), detail: detail.to_owned() }
}

impl CheckoutRequest {
    /// The command that it asks for.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with the pointer of its field.
    pub fn checked(self) -> Result<CheckoutCommand, Vec<FieldError>> {
        let mut errors = Vec::new();
        let cart = self.cart_id.parse::<CartId>().ok();
        if cart.is_none() {
            errors.push(wrong("/cart_id", "This is no cart's id."));
        }
        let email = Email::new(self.email).ok();
        if email.is_none() {
            errors.push(wrong("/email", "Enter an email address, like name@example.com."));
        }
        let shipping_address = address(self.shipping_address, "/shipping_address", &mut errors);
        let billing_address = self.billing_address.map(|body| address(body, "/billing_address", &mut errors));
        let shipping_method = MethodId::new(self.shipping_method).ok();
        if shipping_method.is_none() {
            errors.push(wrong("/shipping_method", "Choose how we should send it."));
        }
        let payment_method = PaymentMethod::ALL.iter().copied().find(|method| method.as_str() == self.payment_method);
        if payment_method.is_none() {
            errors.push(wrong("/payment_method", "Choose how you want to pay."));
        }
        let credit = match self.credit_code.as_deref().map(str::trim).filter(|typed| !typed.is_empty()) {
            None => None,
            Some(typed) => {
                let code = typed.parse::<CreditCode>();
                if let Err(error) = &code {
                    errors.push(wrong("/credit_code", &error.to_string()));
                }
                code.ok()
            }
        };
        match (cart, email, shipping_address, billing_address, shipping_method, payment_method) {
            (Some(cart), Some(email), Some(shipping_address), billing, Some(shipping_method), Some(payment_method))
                if errors.is_empty() =>
            {
                Ok(CheckoutCommand {
                    cart,
                    email,
                    shipping_address,
                    billing_address: billing.flatten(),
                    shipping_method,
                    payment_method,
                    expected_total: self.expected_total,
                    credit,
                    expected_credit: self.expected_credit,
                })
            }
            _ => Err(errors),
        }
    }
}

/// The words for what people leave out, by field.
const MISSING: [(&str, &str); 4] = [
    ("name", "Enter the full name."),
    ("line1", "Enter the street and number."),
    ("city", "Enter the town or city."),
    ("postal_code", "Enter the postcode."),
];

pub(crate) fn address(body: AddressBody, at: &str, errors: &mut Vec<FieldError>) -> Option<Address> {
    let before = errors.len();
    let country: Option<CountryCode> = body.country.trim().to_uppercase().parse().ok();
    if country.is_none() {
        errors.push(wrong(format!("{at}/country"), "Choose a country."));
    }
    for (field, words) in MISSING {
        let typed = match field {
            "name" => &body.name,
            "line1" => &body.line1,
            "city" => &body.city,
            _ => &body.postal_code,
        };
        if typed.trim().is_empty() {
            errors.push(wrong(format!("{at}/{field}"), words));
        }
    }
    let country = country.filter(|_| errors.len() == before)?;
    let address = Address {
        name: body.name,
        company: body.company,
        line1: body.line1,
        line2: body.line2,
        city: body.city,
        region: body.region,
        postal_code: body.postal_code,
        country,
        phone: body.phone,
    };
    match address.checked(at) {
        Ok(address) => Some(address),
        Err(found) => {
            errors.extend(found);
            None
        }
    }
}

/// An order was placed, or had been by the same request before.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckoutAnswer {
    /// The order.
    pub order: OrderSummary,
    /// How it is paid.
    pub payment: PaymentStep,
    /// Where it can be looked at, without signing in.
    pub view_url: String,
}

/// What the buyer does next to pay.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStep {
    /// Go there.
    RedirectUrl(String),
    /// Transfer the total.
    Instructions(TransferInstructions),
    /// Nothing is to be paid.
    Nothing(bool),
}

/// How to pay by bank transfer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TransferInstructions {
    /// Whose account it is.
    pub account_holder: String,
    /// Its number.
    pub iban: String,
    /// Its bank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bic: Option<String>,
    /// What to write on the transfer.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// Until when the stock is held for it.
    #[schema(value_type = String, format = DateTime)]
    pub pay_by: jiff::Timestamp,
    /// What the shop adds.
    pub text: String,
}

/// What the page sends back, in the field that `pointer` names, of a sum that it showed.
///
/// # Errors
/// When it is no amount.
pub fn parse_shown(pointer: &str, text: &str) -> Result<Option<Money>, FieldError> {
    if text.is_empty() {
        return Ok(None);
    }
    let refused = || wrong(pointer, "This is no amount.");
    let (amount, currency) = text.split_once(' ').ok_or_else(refused)?;
    let amount = amount.parse().map_err(|_| refused())?;
    let currency: Currency = currency.parse().map_err(|_| refused())?;
    Ok(Some(Money::new(amount, currency)))
}
