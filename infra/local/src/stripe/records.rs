//! What the stand-in writes down, and how it looks on the wire.
//!
//! Knows the fields of Stripe's objects that the shop reads. It deliberately leaves out the hundred it does not.

use std::collections::BTreeMap;

use domain::money::{Currency, Money};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How far a pay page came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Open,
    Complete,
    Expired,
}

impl Status {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Complete => "complete",
            Self::Expired => "expired",
        }
    }
}

/// A pay page. Times are seconds since 1970, amounts in Stripe's smallest unit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) id: String,
    /// Tells the latest of an order's pages.
    pub(super) serial: u64,
    pub(super) created: i64,
    pub(super) expires_at: i64,
    pub(super) status: Status,
    pub(super) order: Option<String>,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) email: Option<String>,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) success_url: String,
    pub(super) cancel_url: Option<String>,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) intent_metadata: BTreeMap<String, String>,
    pub(super) intent: Option<String>,
    /// When money that is under way lands.
    pub(super) lands_at: Option<i64>,
}

impl Session {
    pub(super) fn is_for(&self, order: &str) -> bool {
        self.order.as_deref() == Some(order)
    }

    pub(super) fn is_open(&self) -> bool {
        self.status == Status::Open
    }

    /// When something next happens to it by itself.
    pub(super) fn next(&self) -> Option<i64> {
        match self.status {
            Status::Open => Some(self.expires_at),
            Status::Expired => self.lands_at,
            Status::Complete => None,
        }
    }

    /// Where a person pays: on the origin the shop itself is reached at.
    fn url(&self) -> String {
        let rest = self.success_url.find("://").map_or(0, |at| at + 3);
        let end = self.success_url[rest..].find(['/', '?', '#']).map_or(self.success_url.len(), |at| rest + at);
        format!("{}/_local/stripe/pay/{}", &self.success_url[..end], self.id)
    }

    pub(super) fn json(&self) -> Value {
        let (payment_status, complete) = match self.status {
            Status::Complete => ("paid", true),
            Status::Open | Status::Expired => ("unpaid", false),
        };
        json!({
            "id": self.id,
            "object": "checkout.session",
            "amount_subtotal": self.amount,
            "amount_total": self.amount,
            "cancel_url": self.cancel_url,
            "client_reference_id": self.order,
            "created": self.created,
            "currency": self.currency,
            "customer": null,
            "customer_details": complete.then(|| json!({ "email": self.email })),
            "customer_email": self.email,
            "expires_at": self.expires_at,
            "livemode": false,
            "metadata": self.metadata,
            "mode": "payment",
            "payment_intent": self.intent,
            "payment_method_types": ["card"],
            "payment_status": payment_status,
            "status": self.status.name(),
            "success_url": self.success_url,
            "ui_mode": "hosted",
            "url": self.is_open().then(|| self.url()),
        })
    }

    pub(super) fn page(&self) -> PayPage {
        PayPage {
            session: self.id.clone(),
            order: self.order.clone(),
            name: self.name.clone(),
            description: self.description.clone(),
            amount: amount(self.amount, &self.currency),
            email: self.email.clone(),
            state: match (self.status, self.lands_at) {
                (Status::Complete, _) => PayPageState::Paid,
                (Status::Open | Status::Expired, Some(_)) => PayPageState::Landing,
                (Status::Open, None) => PayPageState::Open,
                (Status::Expired, None) => PayPageState::Ended,
            },
            ends: Timestamp::from_second(self.expires_at).unwrap_or_default(),
            success_url: self.success_url.replace("{CHECKOUT_SESSION_ID}", &self.id),
            cancel_url: self.cancel_url.clone(),
        }
    }
}

/// A pay page as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayPage {
    /// `cs_...`
    pub session: String,
    /// The shop's order, by its id.
    pub order: Option<String>,
    /// What the purchase is called.
    pub name: String,
    /// What is in it.
    pub description: Option<String>,
    /// What is to pay, written for people.
    pub amount: String,
    /// The buyer's address.
    pub email: Option<String>,
    /// How far it came.
    pub state: PayPageState,
    /// When it ends by itself.
    pub ends: Timestamp,
    /// Where a shopper goes who paid.
    pub success_url: String,
    /// Where a shopper goes who did not.
    pub cancel_url: Option<String>,
}

/// How far a pay page came, for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayPageState {
    /// Waits.
    Open,
    /// Money is under way and lands late.
    Landing,
    /// Paid.
    Paid,
    /// Over, unpaid.
    Ended,
}

/// A payment: one attempt's money, and what of it was sent back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Intent {
    pub(super) id: String,
    pub(super) created: i64,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) metadata: BTreeMap<String, String>,
    /// The charge, once the money came.
    pub(super) charge: Option<String>,
    pub(super) refunded: i64,
}

impl Intent {
    pub(super) fn json(&self) -> Value {
        let paid = self.charge.is_some();
        json!({
            "id": self.id,
            "object": "payment_intent",
            "amount": self.amount,
            "amount_received": if paid { self.amount } else { 0 },
            "created": self.created,
            "currency": self.currency,
            "last_payment_error": (!paid).then(|| json!({
                "type": "card_error",
                "code": "card_declined",
                "decline_code": "generic_decline",
                "message": "Your card was declined.",
            })),
            "latest_charge": self.charge,
            "livemode": false,
            "metadata": self.metadata,
            "status": if paid { "succeeded" } else { "requires_payment_method" },
        })
    }

    pub(super) fn charge_json(&self) -> Value {
        json!({
            "id": self.charge,
            "object": "charge",
            "amount": self.amount,
            "amount_captured": self.amount,
            "amount_refunded": self.refunded,
            "captured": true,
            "currency": self.currency,
            "livemode": false,
            "metadata": self.metadata,
            "paid": true,
            "payment_intent": self.id,
            "refunded": self.refunded == self.amount,
            "status": "succeeded",
        })
    }
}

/// Money sent back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) created: i64,
    pub(super) intent: String,
    pub(super) charge: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) reason: Option<String>,
    pub(super) metadata: BTreeMap<String, String>,
}

impl Refund {
    pub(super) fn json(&self) -> Value {
        json!({
            "id": self.id,
            "object": "refund",
            "amount": self.amount,
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency,
            "metadata": self.metadata,
            "payment_intent": self.intent,
            "reason": self.reason,
            "status": "succeeded",
        })
    }
}

/// An amount for people, in the currency's own way where it is known.
pub(super) fn amount(amount: i64, currency: &str) -> String {
    match currency.to_ascii_uppercase().parse::<Currency>() {
        Ok(currency) => Money { amount, currency }.format(),
        Err(_) => format!("{amount} {currency}"),
    }
}
