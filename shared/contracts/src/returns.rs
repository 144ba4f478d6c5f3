//! Returns, as they are asked for, answered, and worked on by staff.

use domain::cart::Cart;
use domain::id::{CartId, OrderId, OrderNumber, ReturnId};
use domain::returns::{
    Asked, Deduction, Disposition, NotReturnable, Parcel, Quote, QuotedLine, Reason, Reduction, Resolution, Return,
    ReturnLine, ReturnStatus, ReturnView,
};
use domain::text::{Email, LocationId, Quantity, Sku};
use domain::{FieldError, Money};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::order::LineRequest;
use crate::problem::{Problem, ProblemKind};
use crate::product::Upload;

/// Asks goods back, or what would go back for them.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnRequest {
    /// Of which order.
    pub order_id: String,
    /// What, and why; a SKU once.
    pub lines: Vec<AskedLine>,
    /// What the buyer adds; up to 2,000 characters.
    #[serde(default)]
    pub comment: Option<String>,
    /// What the buyer wants for it: `refund` unless said otherwise, `credit` or `exchange`.
    #[serde(default)]
    pub resolution: Option<String>,
    /// For an exchange: the cart with what the buyer wants instead.
    #[serde(default)]
    pub cart_id: Option<String>,
    /// What the buyer saw that goes back; where it is another sum by now, nothing is asked for.
    #[serde(default)]
    pub expected_refund: Option<Money>,
}

/// Units that are asked back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedLine {
    /// Of what.
    pub sku: String,
    /// How many.
    pub quantity: u32,
    /// `unwanted`, `wrong_item`, `damaged`, `defective`, `not_as_described` or `too_late`.
    pub reason: String,
}

/// The most characters of a comment.
pub const COMMENT: usize = 2_000;

impl ReturnRequest {
    /// What is asked back.
    ///
    /// # Errors
    /// What is wrong with it, each with its pointer.
    pub fn asked(&self) -> Result<Vec<Asked>, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut wrong = |pointer: String, detail: String| errors.push(FieldError { pointer, detail });
        if self.lines.is_empty() || self.lines.len() > Cart::MAX_LINES {
            wrong("/lines".to_owned(), format!("Choose 1 to {} lines to send back.", Cart::MAX_LINES));
            return Err(errors);
        }
        let mut asked: Vec<Asked> = Vec::with_capacity(self.lines.len());
        for (index, line) in self.lines.iter().enumerate() {
            let sku = Sku::new(line.sku.clone());
            let quantity = Quantity::new(line.quantity);
            let reason = Reason::ALL.iter().copied().find(|reason| reason.as_str() == line.reason);
            if let Err(error) = &sku {
                wrong(format!("/lines/{index}/sku"), error.to_string());
            }
            if let Err(error) = &quantity {
                wrong(format!("/lines/{index}/quantity"), error.to_string());
            }
            if reason.is_none() {
                let all: Vec<&str> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
                wrong(format!("/lines/{index}/reason"), format!("Must be one of {}.", all.join(", ")));
            }
            if self.lines[..index].iter().any(|other| other.sku == line.sku) {
                wrong(format!("/lines/{index}/sku"), "Stands here twice.".to_owned());
            }
            if let (Ok(sku), Ok(quantity), Some(reason)) = (sku, quantity, reason) {
                asked.push(Asked { sku, quantity, reason });
            }
        }
        if errors.is_empty() { Ok(asked) } else { Err(errors) }
    }

    /// What the buyer wants for it.
    ///
    /// # Errors
    /// When there is no such thing.
    pub fn resolution(&self) -> Result<Resolution, FieldError> {
        Ok(named(self.resolution.as_deref())?.unwrap_or(Resolution::Refund))
    }

    /// The cart with what is wanted instead, where an exchange is.
    ///
    /// # Errors
    /// When it is none, or there is none for an exchange.
    pub fn cart(&self) -> Result<Option<CartId>, FieldError> {
        if self.resolution() != Ok(Resolution::Exchange) {
            return Ok(None);
        }
        let missing = "Put what you want instead into the cart first.".to_owned();
        let cart = self.cart_id.as_deref().and_then(|id| id.trim().parse().ok());
        cart.map(Some).ok_or(FieldError { pointer: "/cart_id".to_owned(), detail: missing })
    }

    /// Why goods do not come back, each at its line.
    pub fn refused(&self, refusals: &[NotReturnable]) -> Problem {
        let at = |sku: &Sku| self.lines.iter().position(|line| line.sku.trim() == sku.as_str());
        let error = |refusal: &NotReturnable| FieldError {
            pointer: match refusal.sku().and_then(at) {
                Some(index) => format!("/lines/{index}/{}", refusal.field()),
                None => "/lines".to_owned(),
            },
            detail: refusal.to_string(),
        };
        if let [NotReturnable::Refused(refusal)] = refusals {
            return crate::refusal::problem(refusal);
        }
        let codes: Vec<&str> = refusals.iter().map(NotReturnable::code).collect();
        let first = refusals.first().map(ToString::to_string).unwrap_or_default();
        let problem = Problem::new(ProblemKind::Conflict, first).with("codes", serde_json::json!(codes));
        if let [NotReturnable::RefundChanged { now }] = refusals {
            return problem.with("refund", serde_json::json!(now));
        }
        Problem { errors: refusals.iter().map(error).collect(), ..problem }
    }
}

/// The resolution of that name.
///
/// # Errors
/// When there is none.
pub fn named(name: Option<&str>) -> Result<Option<Resolution>, FieldError> {
    let Some(name) = name else { return Ok(None) };
    let found = Resolution::ALL.iter().copied().find(|one| one.as_str() == name);
    found.map(Some).ok_or_else(|| {
        let all: Vec<&str> = Resolution::ALL.iter().map(|one| one.as_str()).collect();
        FieldError { pointer: "/resolution".to_owned(), detail: format!("Must be one of {}.", all.join(", ")) }
    })
}

/// By how much a rule lowered what goes back.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReductionAnswer {
    /// `restocking_fee`, `wear`, `return_label` or `already_refunded`.
    pub rule: String,
    /// By how much.
    pub amount: Money,
}

fn reductions(all: &[Reduction]) -> Vec<ReductionAnswer> {
    all.iter().map(|one| ReductionAnswer { rule: one.rule.as_str().to_owned(), amount: one.amount }).collect()
}

/// What goes back for units of a line.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuotedLineAnswer {
    /// Of what.
    #[schema(value_type = String)]
    pub sku: Sku,
    /// How many.
    #[schema(value_type = u32)]
    pub quantity: Quantity,
    /// Why.
    #[schema(value_type = String)]
    pub reason: Reason,
    /// What they were paid with.
    pub worth: Money,
    /// What lowered it.
    pub reductions: Vec<ReductionAnswer>,
    /// What goes back: the worth less its reductions.
    pub refund: Money,
}

impl From<&QuotedLine> for QuotedLineAnswer {
    fn from(line: &QuotedLine) -> Self {
        Self {
            sku: line.sku.clone(),
            quantity: line.quantity,
            reason: line.reason,
            worth: line.worth,
            reductions: reductions(&line.reductions),
            refund: line.refund,
        }
    }
}

/// What goes back for a return.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuoteAnswer {
    /// All that goes back.
    pub refund: Money,
    /// Line by line.
    pub lines: Vec<QuotedLineAnswer>,
    /// The way to the buyer, which goes back with the last unit of an order.
    pub shipping: Money,
    /// What lowered the whole.
    pub reductions: Vec<ReductionAnswer>,
}

impl From<&Quote> for QuoteAnswer {
    fn from(quote: &Quote) -> Self {
        Self {
            refund: quote.refund,
            lines: quote.lines.iter().map(QuotedLineAnswer::from).collect(),
            shipping: quote.shipping,
            reductions: reductions(&quote.reductions),
        }
    }
}

/// A line of a return.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReturnLineAnswer {
    /// What was asked back, and what was quoted for it.
    #[serde(flatten)]
    pub quoted: QuotedLineAnswer,
    /// What it is called.
    pub title: String,
    /// How many came.
    pub received: u32,
    /// How many of them are as new.
    pub resellable: u32,
    /// How many of them are broken.
    pub damaged: u32,
    /// How many of them are not taken back.
    pub rejected: u32,
}

impl From<&ReturnLine> for ReturnLineAnswer {
    fn from(line: &ReturnLine) -> Self {
        Self {
            quoted: QuotedLineAnswer::from(&line.quoted),
            title: line.title.clone(),
            received: line.received,
            resellable: line.resellable,
            damaged: line.damaged,
            rejected: line.rejected,
        }
    }
}

/// What a buyer wants instead.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExchangeAnswer {
    /// The goods.
    pub lines: Vec<WantedLineAnswer>,
    /// What they came to when the return was asked for, the way to the buyer free: they cost no more.
    pub total: Money,
    /// The order that they became.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub order_id: Option<OrderId>,
}

/// Goods that a buyer wants instead.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WantedLineAnswer {
    /// Of what.
    #[schema(value_type = String)]
    pub sku: Sku,
    /// What it is called.
    pub title: String,
    /// How many.
    #[schema(value_type = u32)]
    pub quantity: Quantity,
    /// What one cost.
    pub unit_price: Money,
}

impl ExchangeAnswer {
    fn of(back: &Return) -> Option<Self> {
        let wanted = back.wanted.as_ref()?;
        let line = |line: &domain::cart::CartLine| WantedLineAnswer {
            sku: line.sku.clone(),
            title: line.title.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
        };
        let lines = wanted.cart.lines.iter().map(line).collect();
        Some(Self { lines, total: wanted.total, order_id: back.exchanged })
    }
}

/// A return.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReturnAnswer {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ReturnId,
    /// What people call it; it stands on the slip in the parcel.
    #[schema(value_type = String, example = "7K3F9QX2M4")]
    pub number: OrderNumber,
    /// Of which order.
    #[schema(value_type = String)]
    pub order_id: OrderId,
    /// What people call that order.
    #[schema(value_type = String)]
    pub order_number: OrderNumber,
    /// Where it stands.
    #[schema(value_type = String)]
    pub status: ReturnStatus,
    /// What the buyer wants for it, or got.
    pub resolution: Resolution,
    /// The goods that the buyer wants instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange: Option<ExchangeAnswer>,
    /// Where its mails go.
    #[schema(value_type = String)]
    pub email: Email,
    /// What is asked back.
    pub lines: Vec<ReturnLineAnswer>,
    /// What was quoted for all of it.
    pub refund: Money,
    /// The way to the buyer, as it was quoted.
    pub shipping: Money,
    /// What lowered the whole, as it was quoted.
    pub reductions: Vec<ReductionAnswer>,
    /// What the buyer adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// How many pictures the buyer added.
    pub photos: usize,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    pub created: Timestamp,
    /// The last day on which the goods may come.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub due: Option<Date>,
    /// What the shop gave the buyer to send the parcel with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Parcel>,
    /// With whom the buyer sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parcel: Option<Parcel>,
    /// Where it came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub location: Option<LocationId>,
    /// Why it was declined, or something was not taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What staff keep of the refund.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deduction: Option<Deduction>,
    /// What went back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled: Option<QuoteAnswer>,
}

impl From<&Return> for ReturnAnswer {
    fn from(back: &Return) -> Self {
        Self {
            id: back.id,
            number: back.id.number(),
            order_id: back.order,
            order_number: back.order_number,
            status: back.status,
            resolution: back.resolution,
            exchange: ExchangeAnswer::of(back),
            email: back.email.clone(),
            lines: back.lines.iter().map(ReturnLineAnswer::from).collect(),
            refund: back.quote.refund,
            shipping: back.quote.shipping,
            reductions: reductions(&back.quote.reductions),
            comment: back.comment.clone(),
            photos: back.photos.len(),
            created: back.created,
            due: back.due,
            label: back.label.clone(),
            parcel: back.parcel.clone(),
            location: back.location.clone(),
            reason: back.reason.clone(),
            deduction: back.deduction.clone(),
            settled: back.settled.as_ref().map(QuoteAnswer::from),
        }
    }
}

/// Which returns are asked for; one of `view` and `number` at most.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ReturnQuery {
    /// Those to decide about, awaited, here or done.
    #[param(value_type = Option<String>)]
    pub view: Option<ReturnView>,
    /// The one with this number.
    pub number: Option<String>,
    /// Where the page begins.
    pub cursor: Option<String>,
}

/// Gives the buyer what a return comes to.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveRequest {
    /// As what, where not as the buyer asked: `refund`, `credit` or `exchange`.
    #[serde(default)]
    pub resolution: Option<String>,
}

/// Says why, where there is a reason.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineRequest {
    /// Why; the buyer reads it.
    pub reason: String,
}

/// Says with whom a parcel travels.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ParcelRequest {
    /// Who carries it.
    pub carrier: String,
    /// The carrier's number for it.
    #[serde(default)]
    pub tracking: Option<String>,
    /// For a label: where it is, an address that begins with `https://`.
    #[serde(default)]
    pub label_url: Option<String>,
}

/// Says with whom goods travel: to the shop, or back to their buyer.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WayBackRequest {
    /// Who carries them.
    #[serde(default)]
    pub carrier: Option<String>,
    /// The carrier's number for the parcel.
    #[serde(default)]
    pub tracking: Option<String>,
}

/// Says what came.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiveRequest {
    /// How many of what.
    pub lines: Vec<LineRequest>,
}

/// Says what everything that came is like.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectRequest {
    /// Of each SKU that came; together as many as came.
    pub lines: Vec<InspectedLine>,
    /// What is kept of the refund for wear.
    #[serde(default)]
    pub deduction: Option<DeductionRequest>,
    /// Why something is not taken back; the buyer reads it.
    #[serde(default)]
    pub reason: Option<String>,
}

/// What units that came are like.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectedLine {
    /// Of what.
    pub sku: String,
    /// How many are as new: they are sold again.
    #[serde(default)]
    pub resellable: u32,
    /// How many are broken.
    #[serde(default)]
    pub damaged: u32,
    /// How many are not taken back.
    #[serde(default)]
    pub rejected: u32,
}

/// Keeps a part of a refund.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeductionRequest {
    /// How much.
    pub amount: Money,
    /// Why; the buyer reads it.
    pub reason: String,
}

impl InspectRequest {
    /// What everything is like.
    ///
    /// # Errors
    /// The lines whose SKU is none.
    pub fn dispositions(&self) -> Result<Vec<Disposition>, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut seen = Vec::with_capacity(self.lines.len());
        for (index, line) in self.lines.iter().enumerate() {
            let InspectedLine { resellable, damaged, rejected, .. } = *line;
            match Sku::new(line.sku.clone()) {
                Ok(sku) => seen.push(Disposition { sku, resellable, damaged, rejected }),
                Err(error) => {
                    errors.push(FieldError { pointer: format!("/lines/{index}/sku"), detail: error.to_string() });
                }
            }
        }
        if errors.is_empty() { Ok(seen) } else { Err(errors) }
    }
}

/// Where the picture goes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PhotoUpload {
    /// PUT it there, with these headers.
    pub upload: Upload,
}
