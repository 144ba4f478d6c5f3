//! What the shop may change about itself: topics, their checks, and what a new shop starts with.
//!
//! Knows one topic at a time; taxes and shipping stand with their rules. It deliberately knows no secrets: keys of
//! providers are configuration, not settings.

use std::fmt;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::field::{FieldError, Findings};
use crate::money::{Currency, Money};
use crate::stock::{AllocationRule, Shortage};
use crate::text::{CountryCode, Email, LocationId, Slug};
use crate::warranty::Defect;

/// A part of the settings that is read and written as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// [`ShopSettings`].
    Shop,
    /// [`crate::tax::TaxSettings`].
    Taxes,
    /// [`crate::shipping::ShippingSettings`].
    Shipping,
    /// [`PaymentSettings`].
    Payments,
    /// [`LocationSettings`].
    Locations,
    /// [`ReturnSettings`].
    Returns,
    /// [`SupportSettings`].
    Support,
    /// [`PurchasingSettings`].
    Purchasing,
    /// [`WarrantySettings`].
    Warranty,
}

/// A text that names no topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such topic")]
pub struct UnknownTopic;

impl Topic {
    /// Every topic.
    pub const ALL: &'static [Self] = &[
        Self::Shop,
        Self::Taxes,
        Self::Shipping,
        Self::Payments,
        Self::Locations,
        Self::Returns,
        Self::Support,
        Self::Purchasing,
        Self::Warranty,
    ];

    /// As it stands in an address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shop => "shop",
            Self::Taxes => "taxes",
            Self::Shipping => "shipping",
            Self::Payments => "payments",
            Self::Locations => "locations",
            Self::Returns => "returns",
            Self::Support => "support",
            Self::Purchasing => "purchasing",
            Self::Warranty => "warranty",
        }
    }
}

impl FromStr for Topic {
    type Err = UnknownTopic;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|topic| topic.as_str() == text).ok_or(UnknownTopic)
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One topic's settings: they check themselves and count their writes.
pub trait Setting: Serialize + DeserializeOwned + Clone + Sized {
    /// Which topic.
    const TOPIC: Topic;

    /// Whether they may be used.
    ///
    /// # Errors
    /// Everything that is wrong with them, each with the pointer of its field.
    fn check(&self) -> Result<(), Vec<FieldError>>;

    /// How often they were written.
    fn version(&self) -> u64;

    /// The same with another version.
    fn with_version(self, version: u64) -> Self;

    /// What a new shop starts with, as version 1.
    fn initial() -> Self;
}

/// Who the shop is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShopSettings {
    /// Counts its writes.
    #[serde(default)]
    pub version: u64,
    /// As it stands over the door.
    pub name: String,
    /// What it sells, in a line.
    #[serde(default)]
    pub tagline: String,
    /// Name and address as the law wants them in mails and at the foot of pages, a line each.
    pub legal_address: String,
    /// Where customers write to; mails come from it.
    pub support_email: Email,
    /// What all its prices are in.
    pub currency: Currency,
    /// The country that a page assumes before it knows better.
    pub home_country: CountryCode,
}

/// How the shop is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentSettings {
    /// Counts its writes.
    #[serde(default)]
    pub version: u64,
    /// Whether cards are taken.
    pub card: bool,
    /// The account for bank transfers; without it they are not taken.
    #[serde(default)]
    pub bank_transfer: Option<BankAccount>,
    /// How long an order to be paid by card holds its stock, in seconds. The provider's page lives 1,800.
    pub hold_card_secs: u32,
    /// How long an order to be paid by bank transfer holds its stock, in seconds.
    pub hold_bank_transfer_secs: u32,
}

/// Where a bank transfer goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BankAccount {
    /// Whose account it is.
    pub account_holder: String,
    /// Its number, without blanks.
    pub iban: String,
    /// Its bank.
    #[serde(default)]
    pub bic: Option<String>,
    /// What people are told beside it.
    #[serde(default)]
    pub text: String,
}

/// Where the shop keeps its stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LocationSettings {
    /// Counts its writes.
    #[serde(default)]
    pub version: u64,
    /// In the order in which they are asked for an order's units.
    pub locations: Vec<Location>,
    /// Which of them an order's units come from.
    #[serde(default)]
    pub allocation: AllocationRule,
    /// What becomes of units that were promised and that none has.
    #[serde(default)]
    pub shortage: Shortage,
}

impl LocationSettings {
    /// Whether there is such a location.
    pub fn has(&self, id: &LocationId) -> bool {
        self.place(id).is_some()
    }

    /// The location with this id.
    pub fn place(&self, id: &LocationId) -> Option<&Location> {
        self.locations.iter().find(|location| location.id == *id)
    }

    /// What people call a location; its id, where there is none any more.
    pub fn name(&self, id: &LocationId) -> String {
        self.place(id).map_or_else(|| id.to_string(), |place| place.name.clone())
    }

    /// Where a location is, a line each; the shop and its name there, where it has no address.
    pub fn address(&self, id: &LocationId, shop: &str) -> Vec<String> {
        let lines: Vec<String> =
            self.place(id).into_iter().flat_map(|place| place.address.lines()).map(str::to_owned).collect();
        if lines.is_empty() { vec![format!("{shop}, {}", self.name(id))] } else { lines }
    }
}

/// A place that holds stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Location {
    /// By what it is named everywhere.
    pub id: LocationId,
    /// What people call it.
    pub name: String,
    /// Where it is, a line each.
    #[serde(default)]
    pub address: String,
    /// In which country; who allocates to the nearest has to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<CountryCode>,
}

/// What may come back, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReturnSettings {
    /// Counts its writes.
    #[serde(default)]
    pub version: u64,
    /// Days from delivery in which goods may be returned, where a product says nothing else.
    pub window_days: u16,
    /// What is kept of the price of goods that were merely unwanted, in parts per million.
    #[serde(default)]
    pub restocking_fee_ppm: u32,
    /// Whether the shop pays for the way back of unwanted goods.
    #[serde(default)]
    pub free_label: bool,
    /// What is kept of a refund for the way back of unwanted goods that the shop does not pay for; without it, the buyer
    /// sends them at the buyer's own cost and nothing is kept.
    #[serde(default)]
    pub label_cost: Option<Money>,
    /// Up to which refund a return is approved as soon as it is asked for; without it, staff look at every one.
    #[serde(default)]
    pub approve_up_to: Option<Money>,
    /// Days from the approval in which the goods have to come.
    #[serde(default = "two_weeks")]
    pub send_days: u16,
    /// Where they come to; without it, the first location.
    #[serde(default)]
    pub location: Option<LocationId>,
    /// Categories whose terms are others.
    #[serde(default)]
    pub categories: Vec<CategoryTerms>,
}

/// Days that a buyer has to send goods back, where the shop says nothing else.
const fn two_weeks() -> u16 {
    14
}

/// The terms of a category; what it leaves out is as the shop says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryTerms {
    /// Which.
    pub category: Slug,
    /// Days from delivery in which its goods may be returned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_days: Option<u16>,
    /// What is kept of the price of goods that were merely unwanted, in parts per million.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restocking_fee_ppm: Option<u32>,
    /// Whether the shop pays for the way back of unwanted goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_label: Option<bool>,
    /// Whether its goods come back for a fault alone.
    #[serde(default)]
    pub final_sale: bool,
}

/// How fast the shop means to answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SupportSettings {
    /// Counts its writes.
    #[serde(default)]
    pub version: u64,
    /// Business hours until the first answer.
    pub first_response_hours: u16,
    /// Business hours until it is resolved.
    pub resolution_hours: u16,
}

/// How the shop buys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PurchasingSettings {
    /// Counts its writes.
    #[serde(default)]
    pub version: u64,
    /// What the shop orders of itself goes out unseen below this total; without it, everything waits for staff.
    #[serde(default)]
    pub approval_limit: Option<Money>,
    /// Who hears of low stock and of what suppliers answer; without it, the first owner.
    #[serde(default)]
    pub staff_email: Option<Email>,
}

/// What the shop guarantees, beside how long: that a product says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WarrantySettings {
    /// Counts its writes: the version of the terms.
    #[serde(default)]
    pub version: u64,
    /// The terms in words, as every certificate has them that is issued under them.
    pub terms: String,
    /// Whether accidents are covered.
    #[serde(default)]
    pub covers_accidents: bool,
    /// Whether wear is covered.
    #[serde(default)]
    pub covers_wear: bool,
    /// Whether loss and theft are covered.
    #[serde(default)]
    pub covers_loss: bool,
    /// Days from the approval of a claim in which the item has to be sent.
    #[serde(default = "two_weeks")]
    pub send_days: u16,
}

impl WarrantySettings {
    /// What certificates that are issued under them do not cover.
    pub fn excluded(&self) -> Vec<Defect> {
        let out = |covered: bool, defect: Defect| (!covered).then_some(defect);
        let all = [
            out(self.covers_accidents, Defect::Accident),
            out(self.covers_wear, Defect::Wear),
            out(self.covers_loss, Defect::Lost),
        ];
        all.into_iter().flatten().collect()
    }
}

impl Setting for ShopSettings {
    const TOPIC: Topic = Topic::Shop;

    fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut found = Findings::default();
        found.line(&self.name, 1, 100, "/name");
        found.line(&self.tagline, 0, 200, "/tagline");
        found.text(&self.legal_address, 1, 1_000, "/legal_address");
        found.or(())
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn with_version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    fn initial() -> Self {
        Self {
            version: 1,
            name: "Sill & Saucer".to_owned(),
            tagline: "Plain things for the kitchen and the table".to_owned(),
            legal_address: "Sill & Saucer\n1 Example Street\n10115 Berlin\nGermany".to_owned(),
            support_email: Email::of_shop(),
            currency: Currency::EUR,
            home_country: CountryCode::GERMANY,
        }
    }
}

/// ISO 13616: rearranged and read as a number, it leaves 1 when divided by 97.
fn is_iban(iban: &str) -> bool {
    if !(15..=34).contains(&iban.len()) || !iban.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    {
        return false;
    }
    let (head, tail) = iban.split_at(4);
    let remainder = tail.bytes().chain(head.bytes()).fold(0_u32, |remainder, byte| {
        if byte.is_ascii_digit() {
            (remainder * 10 + u32::from(byte - b'0')) % 97
        } else {
            (remainder * 100 + u32::from(byte - b'A') + 10) % 97
        }
    });
    remainder == 1
}

impl Setting for PaymentSettings {
    const TOPIC: Topic = Topic::Payments;

    fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut found = Findings::default();
        found.require(self.card || self.bank_transfer.is_some(), "/card", "At least one way to pay has to be open.");
        // The hold has to outlive the provider's page, which lives 30 minutes at least.
        let card = (1_860..=86_400).contains(&self.hold_card_secs);
        found.require(card, "/hold_card_secs", "Must be 1860 to 86400 seconds: longer than the payment page lives.");
        let transfer = (1..=2_592_000).contains(&self.hold_bank_transfer_secs);
        found.require(transfer, "/hold_bank_transfer_secs", "Must be 1 to 2592000 seconds.");
        if let Some(account) = &self.bank_transfer {
            found.text(&account.account_holder, 1, 100, "/bank_transfer/account_holder");
            found.require(is_iban(&account.iban), "/bank_transfer/iban", "Must be an IBAN without blanks.");
            found.text(account.bic.as_deref().unwrap_or_default(), 0, 11, "/bank_transfer/bic");
            found.text(&account.text, 0, 1_000, "/bank_transfer/text");
        }
        found.or(())
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn with_version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    fn initial() -> Self {
        Self {
            version: 1,
            card: true,
            bank_transfer: Some(BankAccount {
                account_holder: "Sill & Saucer".to_owned(),
                // The example of the standard's registry; nobody's account.
                iban: "DE89370400440532013000".to_owned(),
                bic: None,
                text: "Please give the order number as the reference.".to_owned(),
            }),
            hold_card_secs: 2_100,
            hold_bank_transfer_secs: 604_800,
        }
    }
}

impl Setting for LocationSettings {
    const TOPIC: Topic = Topic::Locations;

    fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut found = Findings::default();
        found.require(!self.locations.is_empty(), "/locations", "A shop has at least one location.");
        found.require(self.locations.len() <= 20, "/locations", "At most 20 locations.");
        for (index, location) in self.locations.iter().enumerate() {
            found.text(&location.name, 1, 100, format!("/locations/{index}/name"));
            found.text(&location.address, 0, 1_000, format!("/locations/{index}/address"));
            let fresh = self.locations[..index].iter().all(|other| other.id != location.id);
            found.require(fresh, format!("/locations/{index}/id"), "Stands here twice.");
            let placed = self.allocation != AllocationRule::Nearest || location.country.is_some();
            let detail = "Must say its country, since orders are given to the nearest location.";
            found.require(placed, format!("/locations/{index}/country"), detail);
        }
        found.or(())
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn with_version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    fn initial() -> Self {
        let main = Location { id: LocationId::main(), name: "Main".to_owned(), address: String::new(), country: None };
        let (allocation, shortage) = (AllocationRule::default(), Shortage::default());
        Self { version: 1, locations: vec![main], allocation, shortage }
    }
}

impl Setting for ReturnSettings {
    const TOPIC: Topic = Topic::Returns;

    fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut found = Findings::default();
        let mut terms = |at: &str, window_days: u16, restocking_fee_ppm: u32| {
            found.require(window_days <= 3_650, format!("{at}/window_days"), "Must be 0 to 3650 days.");
            let detail = "Must be 0 to 1,000,000.";
            found.require(restocking_fee_ppm <= 1_000_000, format!("{at}/restocking_fee_ppm"), detail);
        };
        terms("", self.window_days, self.restocking_fee_ppm);
        for (index, category) in self.categories.iter().enumerate() {
            let at = format!("/categories/{index}");
            terms(&at, category.window_days.unwrap_or(0), category.restocking_fee_ppm.unwrap_or(0));
        }
        for (index, category) in self.categories.iter().enumerate() {
            let fresh = self.categories[..index].iter().all(|other| other.category != category.category);
            found.require(fresh, format!("/categories/{index}/category"), "Stands here twice.");
        }
        found.require(self.categories.len() <= 100, "/categories", "At most 100 categories.");
        found.require((1..=365).contains(&self.send_days), "/send_days", "Must be 1 to 365 days.");
        for (amount, pointer) in
            [(self.label_cost, "/label_cost/amount"), (self.approve_up_to, "/approve_up_to/amount")]
        {
            found.require(amount.is_none_or(|amount| amount.amount >= 0), pointer, "Must not be below zero.");
        }
        found.or(())
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn with_version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    fn initial() -> Self {
        Self {
            version: 1,
            window_days: 30,
            restocking_fee_ppm: 0,
            free_label: false,
            label_cost: None,
            approve_up_to: None,
            send_days: two_weeks(),
            location: None,
            categories: Vec::new(),
        }
    }
}

impl Setting for SupportSettings {
    const TOPIC: Topic = Topic::Support;

    fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut found = Findings::default();
        found.require(
            (1..=720).contains(&self.first_response_hours),
            "/first_response_hours",
            "Must be 1 to 720 hours.",
        );
        let resolution = (self.first_response_hours..=2_160).contains(&self.resolution_hours);
        found.require(
            resolution,
            "/resolution_hours",
            "Must be no less than the first response and at most 2160 hours.",
        );
        found.or(())
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn with_version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    fn initial() -> Self {
        Self { version: 1, first_response_hours: 8, resolution_hours: 40 }
    }
}

impl Setting for PurchasingSettings {
    const TOPIC: Topic = Topic::Purchasing;

    fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut found = Findings::default();
        let good = self.approval_limit.is_none_or(|limit| limit.amount >= 0);
        found.require(good, "/approval_limit/amount", "Must not be below zero.");
        found.or(())
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn with_version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    fn initial() -> Self {
        Self { version: 1, approval_limit: Some(Money::new(100_000, Currency::EUR)), staff_email: None }
    }
}

impl Setting for WarrantySettings {
    const TOPIC: Topic = Topic::Warranty;

    fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut found = Findings::default();
        found.text(&self.terms, 1, 10_000, "/terms");
        found.require((1..=365).contains(&self.send_days), "/send_days", "Must be 1 to 365 days.");
        found.or(())
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn with_version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    fn initial() -> Self {
        Self {
            version: 1,
            terms: "We repair or replace what fails in ordinary use while the warranty runs, or give its price back where neither is \
                    possible. The rights that the law gives you stay as they are."
                .to_owned(),
            covers_accidents: false,
            covers_wear: false,
            covers_loss: false,
            send_days: two_weeks(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shipping::ShippingSettings;
    use crate::tax::TaxSettings;

    fn starts_well<S: Setting + PartialEq + fmt::Debug>() {
        let initial = S::initial();
        assert_eq!(initial.check(), Ok(()), "{}", S::TOPIC);
        assert_eq!(initial.version(), 1);
        let json = serde_json::to_string(&initial).unwrap();
        assert_eq!(serde_json::from_str::<S>(&json).unwrap(), initial);
        let mut more: serde_json::Value = serde_json::from_str(&json).unwrap();
        more["surprise"] = true.into();
        assert!(serde_json::from_value::<S>(more).is_err(), "{}", S::TOPIC);
    }

    #[test]
    fn a_new_shop_is_in_order() {
        starts_well::<ShopSettings>();
        starts_well::<TaxSettings>();
        starts_well::<ShippingSettings>();
        starts_well::<PaymentSettings>();
        starts_well::<LocationSettings>();
        starts_well::<ReturnSettings>();
        starts_well::<SupportSettings>();
        starts_well::<PurchasingSettings>();
        starts_well::<WarrantySettings>();
    }

    #[test]
    fn topics_read_back() {
        for topic in Topic::ALL {
            assert_eq!(topic.as_str().parse(), Ok(*topic));
        }
        assert_eq!("secrets".parse::<Topic>(), Err(UnknownTopic));
    }

    #[test]
    fn a_hold_outlives_the_payment_page() {
        let settings = PaymentSettings { hold_card_secs: 1_800, ..PaymentSettings::initial() };
        assert_eq!(settings.check().unwrap_err()[0].pointer, "/hold_card_secs");
    }

    #[test]
    fn an_iban_checks_itself() {
        assert!(is_iban("GB82WEST12345698765432"));
        assert!(!is_iban("GB82WEST12345698765423"));
        assert!(!is_iban("DE89 3704"));
    }
}
