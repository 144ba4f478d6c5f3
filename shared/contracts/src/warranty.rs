//! Warranties: certificates and claims, as they are asked for, answered, and worked on by staff.

use domain::address::Address;
use domain::id::{CertificateId, ClaimId, OrderId, OrderNumber};
use domain::returns::Parcel;
use domain::text::{Email, LocationId, Serial, Sku};
use domain::warranty::{Certificate, CertificateStatus, Claim, ClaimStatus, ClaimView, Defect, Denial, Remedy};
use domain::{FieldError, Money};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::checkout::{AddressBody, address};

/// The most characters of what a holder says of a fault, or staff found.
pub const DESCRIPTION: usize = 2_000;

/// Claims on a warranty.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimRequest {
    /// On which certificate: its id.
    #[schema(example = "wty_06f3qk2m8r0000000000000000")]
    pub certificate: String,
    /// `not_working`, `broken`, `material`, `accident`, `wear` or `lost`.
    pub defect: String,
    /// What is wrong, in words; up to 2,000 characters.
    pub description: String,
    /// Where a repaired or a new one is sent: where the order went, unless it says. Whoever did not buy it has to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<AddressBody>,
}

/// The defect of that name.
///
/// # Errors
/// When there is none.
pub fn defect(name: &str) -> Result<Defect, FieldError> {
    let found = Defect::ALL.iter().copied().find(|defect| defect.as_str() == name.trim());
    found.ok_or_else(|| {
        let all: Vec<&str> = Defect::ALL.iter().map(|defect| defect.as_str()).collect();
        FieldError { pointer: "/defect".to_owned(), detail: format!("Must be one of {}.", all.join(", ")) }
    })
}

/// The remedy of that name, where one is named.
///
/// # Errors
/// When there is none of that name.
pub fn remedy(name: Option<&str>) -> Result<Option<Remedy>, FieldError> {
    let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else { return Ok(None) };
    let found = Remedy::ALL.iter().copied().find(|remedy| remedy.as_str() == name);
    let detail = "Must be one of repair, replace, refund.".to_owned();
    found.map(Some).ok_or(FieldError { pointer: "/resolution".to_owned(), detail })
}

/// An address as typed, at `/shipping_address`.
///
/// # Errors
/// What is wrong with it, each with its pointer.
pub fn destination(body: AddressBody) -> Result<Address, Vec<FieldError>> {
    let mut errors = Vec::new();
    let checked = address(body, "/shipping_address", &mut errors);
    checked.filter(|_| errors.is_empty()).ok_or(errors)
}

/// Offers a certificate to somebody.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferRequest {
    /// To whom a link goes by which they take it.
    #[serde(default)]
    #[schema(required = true)]
    pub email: String,
}

/// Does something about a claim.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveClaimRequest {
    /// What: `repair`, `replace` or `refund`.
    pub resolution: String,
    /// Whether the holder keeps the item; not for a repair.
    #[serde(default)]
    pub keep_item: bool,
}

/// Does nothing about a claim.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DenyClaimRequest {
    /// Why; the holder reads it.
    pub reason: String,
    /// Who brings the item back, where it came.
    #[serde(default)]
    pub carrier: Option<String>,
    /// The carrier's number for it.
    #[serde(default)]
    pub tracking: Option<String>,
}

/// Says what an item is like.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiagnoseRequest {
    /// What was found; the holder reads it.
    #[serde(default)]
    pub finding: Option<String>,
    /// What is done about it, where that is something else by now.
    #[serde(default)]
    pub resolution: Option<String>,
}

/// Does what was decided about a claim.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveClaimRequest {
    /// What, where that is something else by now.
    #[serde(default)]
    pub resolution: Option<String>,
    /// Who brings a repaired item back.
    #[serde(default)]
    pub carrier: Option<String>,
    /// The carrier's number for it.
    #[serde(default)]
    pub tracking: Option<String>,
}

/// A certificate.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CertificateAnswer {
    /// Its id.
    #[schema(value_type = String)]
    pub id: CertificateId,
    /// Its number, as people read it.
    #[schema(value_type = String, example = "7K3F9QX2M4")]
    pub number: OrderNumber,
    /// Where it stands.
    #[schema(value_type = String)]
    pub status: CertificateStatus,
    /// Of what.
    #[schema(value_type = String)]
    pub sku: Sku,
    /// What it is called.
    pub title: String,
    /// The unit's own number, where it was scanned.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub serial: Option<Serial>,
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub begins: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub ends: Date,
    /// Months that the product was sold with.
    pub months: u16,
    /// The version of the shop's terms that it was issued under.
    pub terms_version: u64,
    /// What these do not cover.
    pub excluded: Vec<Defect>,
    /// Its holder.
    #[schema(value_type = String)]
    pub email: Email,
    /// The order that it was bought with; its buyer and staff alone see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub order_id: Option<OrderId>,
    /// To whom it is offered, until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offered: Option<OfferAnswer>,
    /// The certificate of the unit that this one took the place of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub replaces: Option<CertificateId>,
    /// The certificate of the unit that took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub replaced_by: Option<CertificateId>,
    /// The claims that were made on it, oldest first.
    #[schema(value_type = Vec<String>)]
    pub claims: Vec<ClaimId>,
}

/// An offer of a certificate.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OfferAnswer {
    /// To whom.
    #[schema(value_type = String)]
    pub email: Email,
    /// Until when it may be taken.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

impl CertificateAnswer {
    /// The certificate as its holder sees it, or, with its order, staff.
    pub fn of(one: &Certificate, with_order: bool) -> Self {
        let offered = one.offered.as_ref();
        Self {
            id: one.id,
            number: one.id.number(),
            status: one.status,
            sku: one.sku.clone(),
            title: one.title.clone(),
            serial: one.serial.clone(),
            begins: one.begins,
            ends: one.ends,
            months: one.months,
            terms_version: one.terms,
            excluded: one.excluded.clone(),
            email: one.email.clone(),
            order_id: Some(one.order).filter(|_| with_order || one.is_buyers()),
            offered: offered.map(|offer| OfferAnswer { email: offer.email.clone(), until: offer.until }),
            replaces: one.replaces,
            replaced_by: one.replaced_by,
            claims: one.claims.iter().map(|claim| claim.id).collect(),
        }
    }
}

/// A claim.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ClaimAnswer {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ClaimId,
    /// Its number, as people read it.
    #[schema(value_type = String, example = "7K3F9QX2M4")]
    pub number: OrderNumber,
    /// On which certificate.
    #[schema(value_type = String)]
    pub certificate: CertificateId,
    /// Where it stands.
    #[schema(value_type = String)]
    pub status: ClaimStatus,
    /// Of what.
    #[schema(value_type = String)]
    pub sku: Sku,
    /// What it is called.
    pub title: String,
    /// What is wrong.
    pub defect: Defect,
    /// What its holder says of it.
    pub description: String,
    /// Whether the warranty covers it.
    pub covered: bool,
    /// Every reason why not.
    pub denials: Vec<Denial>,
    /// Where its mails go.
    #[schema(value_type = String)]
    pub email: Email,
    /// What is done about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Remedy>,
    /// Whether the holder keeps the item.
    pub keep_item: bool,
    /// The last day on which the item may be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub due: Option<Date>,
    /// Where it came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub location: Option<LocationId>,
    /// What was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<String>,
    /// Why staff deny it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// With whom the item goes back to its holder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way_back: Option<Parcel>,
    /// The order of another unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub replacement_order_id: Option<OrderId>,
    /// What goes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund: Option<Money>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created: Timestamp,
}

impl From<&Claim> for ClaimAnswer {
    fn from(claim: &Claim) -> Self {
        Self {
            id: claim.id,
            number: claim.id.number(),
            certificate: claim.certificate,
            status: claim.status,
            sku: claim.sku.clone(),
            title: claim.title.clone(),
            defect: claim.defect,
            description: claim.description.clone(),
            covered: claim.denials.is_empty(),
            denials: claim.denials.clone(),
            email: claim.email.clone(),
            resolution: claim.remedy,
            keep_item: claim.keeps_item,
            due: claim.due,
            location: claim.location.clone(),
            finding: claim.finding.clone(),
            reason: claim.reason.clone(),
            way_back: claim.way_back.clone(),
            replacement_order_id: claim.replacement,
            refund: claim.refund,
            created: claim.created,
        }
    }
}

/// Which certificates are asked for. Staff name one of them; a customer gets their own.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct CertificateQuery {
    /// Those of the units of this order.
    pub order_id: Option<String>,
    /// Those of units with this serial number.
    pub serial: Option<String>,
    /// The one with this number.
    pub number: Option<String>,
}

/// Which claims are asked for; one of `view` and `number` at most.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ClaimQuery {
    /// Those to decide about, to work on, awaited or over.
    #[param(value_type = Option<String>)]
    pub view: Option<ClaimView>,
    /// The one with this number.
    pub number: Option<String>,
    /// Where the page begins.
    pub cursor: Option<String>,
}
