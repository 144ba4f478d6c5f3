//! What a command means: the next claim, what of its certificate and order changes with it, what happened, what stock has to move.
//!
//! Knows every rule of a claim's life and asks the table what is legal. It deliberately does nothing: a [`Decision`] is a value
//! that a store commits as one, on the condition that all of it is still what it was made for.

use jiff::Timestamp;
use jiff::civil::Date;

use super::issue::came_back;
use super::{
    Certificate, CertificateStatus, CertificateStep, Claim, ClaimEvent, ClaimStatus, ClaimStep, Defect, MAX_CLAIMS,
    Remedy, coverage, remember,
};
use crate::address::Address;
use crate::calendar::date;
use crate::cart::Cart;
use crate::id::{CartId, ClaimId, OrderId};
use crate::money::Money;
use crate::order::{self, Order, PaymentMethod, RequestMark};
use crate::pricing::{Buyer, Placement, price};
use crate::refusal::Refusal;
use crate::returns::{Parcel, Tables};
use crate::stock::{Movement, Offer, Shelf};
use crate::text::{Digest, LocationId, Quantity, Sku};

/// What somebody claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claiming {
    /// The id of the claim that is to be.
    pub id: ClaimId,
    /// What is wrong.
    pub defect: Defect,
    /// What the holder says of it.
    pub description: String,
    /// Where a repaired or another unit goes; the order's address, where the holder bought it and says nothing else.
    pub address: Option<Address>,
}

/// What somebody wants of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Do something about it.
    Approve {
        /// What.
        remedy: Remedy,
        /// The last day on which the item may be sent; none where its holder keeps it.
        due: Option<Date>,
    },
    /// Do nothing about it.
    Deny {
        /// Why.
        reason: String,
        /// With whom the item goes back, where it came.
        parcel: Option<Parcel>,
    },
    /// The item came.
    Receive {
        /// To where.
        location: LocationId,
    },
    /// Say what it is like.
    Diagnose {
        /// What was found.
        finding: Option<String>,
        /// What is done about it, where that is something else by now.
        remedy: Option<Remedy>,
    },
    /// Begin to make it whole.
    Repair,
    /// Say that it is whole, or give the money back. Another unit has [`replace`].
    Resolve {
        /// What is done about it, where that is something else by now.
        instead: Option<Remedy>,
        /// With whom the item goes back, where it was made whole.
        parcel: Option<Parcel>,
    },
    /// Leave it.
    Withdraw,
}

/// What is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The next claim. Its `rev` is the old one: the store raises it.
    pub claim: Claim,
    /// Its certificate, where that changes in the same transaction.
    pub certificate: Option<Certificate>,
    /// What of the order changes in the same transaction.
    pub order: Option<order::Decision>,
    /// The order that is placed in the same transaction.
    pub placement: Option<Box<Placement>>,
    /// What happened.
    pub events: Vec<ClaimEvent>,
    /// What stock has to move in the same transaction.
    pub stock: Vec<(Sku, Movement)>,
    /// Whether there is anything to write: a message that comes twice changes nothing.
    pub changed: bool,
}

impl Decision {
    fn new(claim: Claim, event: ClaimEvent) -> Self {
        let events = vec![event];
        Self { claim, certificate: None, order: None, placement: None, events, stock: Vec::new(), changed: true }
    }

    fn unchanged(claim: &Claim) -> Self {
        let claim = claim.clone();
        let (events, stock) = (Vec::new(), Vec::new());
        Self { claim, certificate: None, order: None, placement: None, events, stock, changed: false }
    }

    fn on(self, certificate: Certificate) -> Self {
        Self { certificate: Some(certificate), ..self }
    }

    /// The same, remembering the request that it answers.
    #[must_use]
    pub fn marked(mut self, request: RequestMark) -> Self {
        remember(&mut self.claim.requests, request);
        self
    }
}

/// A new claim on a certificate, whose coverage is looked at: what is not covered is denied at once, with every reason.
///
/// # Errors
/// When another claim is open, there are too many, or nobody says where anything could be sent.
pub fn claim(
    certificate: &Certificate,
    order: &Order,
    claiming: Claiming,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    if certificate.open_claim().is_some() {
        return Err(Refusal::ClaimOpen);
    }
    if certificate.claims.len() >= MAX_CLAIMS {
        return Err(Refusal::TooManyClaims { most: MAX_CLAIMS });
    }
    let Claiming { id, defect, description, address } = claiming;
    let known = certificate.is_buyers().then(|| order.shipping_address.clone());
    let address = address.or(known).ok_or(Refusal::NoAddress)?;
    let denials = coverage(certificate, defect, date(now));
    let checked = ClaimStatus::Submitted.after(ClaimStep::Check)?;
    let (status, event) = if denials.is_empty() {
        (checked, ClaimEvent::Submitted { claim: id })
    } else {
        (checked.after(ClaimStep::Deny)?, ClaimEvent::Denied { claim: id })
    };
    let claim = Claim {
        id,
        certificate: certificate.id,
        order: certificate.order,
        order_number: certificate.order_number,
        sku: certificate.sku.clone(),
        title: certificate.title.clone(),
        image: certificate.image.clone(),
        serial: certificate.serial.clone(),
        owner: certificate.owner,
        email: certificate.email.clone(),
        is_buyers: certificate.is_buyers(),
        view_token_hash: certificate.view_token_hash,
        address,
        status,
        defect,
        description,
        denials,
        remedy: None,
        keeps_item: false,
        due: None,
        location: None,
        finding: None,
        reason: None,
        way_back: None,
        replacement: None,
        refund: None,
        created: now,
        rev: 0,
        requests: Vec::new(),
        happened: Vec::new(),
    };
    // Who claims does not pass it on.
    let next = Certificate { offered: None, ..certificate.with_claim(id, status.is_open()) };
    Ok(Decision::new(claim, event).on(next))
}

/// What `command` means for a claim on `certificate`, whose unit was bought with `order`, at `now`. `replacement` is the order
/// of another unit that was placed for it.
///
/// # Errors
/// When the state or the money says no; nothing is to be written then.
pub fn decide(
    claim: &Claim,
    certificate: &Certificate,
    (order, replacement): (&Order, Option<&Order>),
    command: Command,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    let step = |step: ClaimStep| Ok::<_, Refusal>(Claim { status: claim.status.after(step)?, ..claim.clone() });
    let ended = |next: Claim, event: ClaimEvent| Ok(Decision::new(next, event).on(closed(claim, certificate, order)));
    let id = claim.id;
    match command {
        Command::Approve { remedy, due } => {
            let approved = step(ClaimStep::Approve)?;
            may(claim, remedy)?;
            let keeps_item = due.is_none() && remedy != Remedy::Repair;
            let status = if keeps_item { approved.status } else { approved.status.after(ClaimStep::AwaitItem)? };
            let next = Claim { status, remedy: Some(remedy), keeps_item, due, ..approved };
            Ok(Decision::new(next, ClaimEvent::Approved { claim: id }))
        }
        Command::Deny { reason, parcel } => {
            called_off(claim, replacement)?;
            let way_back = parcel.filter(|_| claim.is_here());
            let next = Claim { reason: Some(reason), remedy: None, way_back, ..step(ClaimStep::Deny)? };
            ended(next, ClaimEvent::Denied { claim: id })
        }
        Command::Receive { location } => {
            if claim.is_here() && claim.status == ClaimStatus::Received {
                return Ok(Decision::unchanged(claim));
            }
            let next = Claim { location: Some(location), ..step(ClaimStep::Receive)? };
            Ok(Decision::new(next, ClaimEvent::Received { claim: id }))
        }
        Command::Diagnose { finding, remedy } => {
            let diagnosed = step(ClaimStep::Diagnose)?;
            let remedy = remedy.or(claim.remedy);
            if let Some(remedy) = remedy {
                may(claim, remedy)?;
            }
            let next = Claim { finding: finding.or_else(|| claim.finding.clone()), remedy, ..diagnosed };
            Ok(Decision::new(next, ClaimEvent::Diagnosed { claim: id }))
        }
        Command::Repair => {
            let status = looked_at(claim)?.after(ClaimStep::Repair)?;
            let next = Claim { status, remedy: Some(Remedy::Repair), ..claim.clone() };
            Ok(Decision::new(next, ClaimEvent::InRepair { claim: id }))
        }
        Command::Resolve { instead, parcel } => match instead.or(claim.remedy) {
            None | Some(Remedy::Replace) => Err(Refusal::NoRemedy),
            Some(Remedy::Repair) => {
                let seen = looked_at(claim)?;
                let repairing = if seen == ClaimStatus::Repair { seen } else { seen.after(ClaimStep::Repair)? };
                let status = repairing.after(ClaimStep::Complete)?;
                let next = Claim { status, remedy: Some(Remedy::Repair), way_back: parcel, ..claim.clone() };
                ended(next, ClaimEvent::Repaired { claim: id })
            }
            Some(Remedy::Refund) => refund(claim, certificate, (order, replacement), now),
        },
        Command::Withdraw => {
            let next = step(ClaimStep::Withdraw)?;
            ended(next, ClaimEvent::Withdrawn { claim: id })
        }
    }
}

/// The certificate once nothing is left to do about the claim. It ends where all such units came back meanwhile: while a claim is
/// open, no return ends it.
fn closed(claim: &Claim, certificate: &Certificate, order: &Order) -> Certificate {
    let next = certificate.with_claim(claim.id, false);
    let all_back = order.line(&claim.sku).is_some_and(|line| came_back(line) >= line.shipped);
    match next.status.after(CertificateStep::Void) {
        Ok(status) if all_back => Certificate { status, offered: None, ..next },
        Ok(_) | Err(_) => next,
    }
}

/// Money goes back to the buyer alone.
fn may(claim: &Claim, remedy: Remedy) -> Result<(), Refusal> {
    if remedy == Remedy::Refund && !claim.is_buyers { Err(Refusal::NotBuyers) } else { Ok(()) }
}

/// Where a claim stands once its item was looked at: what comes is looked at before anything is done about it.
fn looked_at(claim: &Claim) -> Result<ClaimStatus, Refusal> {
    if claim.status == ClaimStatus::Received {
        return Ok(claim.status.after(ClaimStep::Diagnose)?);
    }
    Ok(claim.status)
}

/// Another unit that was ordered comes to nothing before anything else is done.
fn called_off(claim: &Claim, replacement: Option<&Order>) -> Result<(), Refusal> {
    let runs = claim.status == ClaimStatus::Replace && !replacement.is_some_and(Order::comes_to_nothing);
    if runs { Err(Refusal::ReplacementRuns) } else { Ok(()) }
}

/// The state in which something other than a repair is done, and what of stock moves with it: a broken item that the shop keeps
/// stands with what is damaged.
fn given(
    claim: &Claim,
    replacement: Option<&Order>,
    step: ClaimStep,
) -> Result<(ClaimStatus, Vec<(Sku, Movement)>), Refusal> {
    called_off(claim, replacement)?;
    let again = claim.status == ClaimStatus::Replace;
    let status = looked_at(claim)?.after(step)?;
    let kept = claim.location.clone().filter(|_| !again);
    let moved = kept.map(|location| (claim.sku.clone(), Movement::Shift(location, Shelf::Damaged, 1)));
    Ok((status, moved.into_iter().collect()))
}

fn refund(
    claim: &Claim,
    certificate: &Certificate,
    (order, replacement): (&Order, Option<&Order>),
    now: Timestamp,
) -> Result<Decision, Refusal> {
    may(claim, Remedy::Refund)?;
    let (status, stock) = given(claim, replacement, ClaimStep::Refund)?;
    let command = order::Command::RefundClaimed { reason: claim.refund_reason(), sku: claim.sku.clone() };
    let given_back = order::decide(order, command, now)?;
    let before: i64 = order.refunds.iter().map(|refund| refund.amount.amount).sum();
    let after: i64 = given_back.order.refunds.iter().map(|refund| refund.amount.amount).sum();
    let amount = Money::new(after - before, order.currency());
    let next = Claim {
        status: status.after(ClaimStep::Complete)?,
        remedy: Some(Remedy::Refund),
        refund: Some(amount),
        ..claim.clone()
    };
    let void = match certificate.status {
        CertificateStatus::Active => certificate.status.after(CertificateStep::Void)?,
        status @ (CertificateStatus::Replaced | CertificateStatus::Void) => status,
    };
    let closed = Certificate { status: void, offered: None, ..certificate.with_claim(claim.id, false) };
    let decision = Decision::new(next, ClaimEvent::Refunded { claim: claim.id }).on(closed);
    Ok(Decision { order: Some(given_back), stock, ..decision })
}

/// How another unit is ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacing {
    /// The cart that the order is made of.
    pub cart: CartId,
    /// The order's id: the one that its cart leads to.
    pub id: OrderId,
    /// Hash of the token that opens its page.
    pub view_token_hash: Digest,
    /// What is offered of the SKU now.
    pub offer: Offer,
}

/// Gives another unit for the claimed one: an order that costs nothing.
///
/// # Errors
/// When the state says no, every such unit went back meanwhile, or the unit is not sold any more or cannot go there.
pub fn replace(
    claim: &Claim,
    (order, replacement): (&Order, Option<&Order>),
    replacing: Replacing,
    tables: Tables<'_>,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    let (status, stock) = given(claim, replacement, ClaimStep::Replace)?;
    if order.line(&claim.sku).is_some_and(|line| order.gone(line) >= line.quantity.get()) {
        return Err(Refusal::LineLeft { sku: claim.sku.clone(), left: 0 });
    }
    let mut cart = Cart::new(replacing.cart, order.currency(), claim.owner, now);
    cart.set(&replacing.offer, Quantity::ONE)?;
    for line in &mut cart.lines {
        line.unit_price = Money::zero(order.currency());
    }
    let free = tables.shipping.for_nothing();
    // The order's way, where one leads there by it, or else the first.
    let ways = free.options(claim.address.country, cart.weight_g(), cart.items_total()?);
    let same = ways.iter().find(|way| way.method == order.shipping_method).or_else(|| ways.first());
    let method = same.map_or_else(|| order.shipping_method.clone(), |way| way.method.clone());
    let open = |method: &&PaymentMethod| method.is_open(tables.payments);
    let payment_method = PaymentMethod::ALL.iter().find(open).copied().unwrap_or(order.payment_method);
    let priced = price(cart, claim.address.country, &method, tables.taxes, &free)?;
    let request = Digest::of(replacing.id.to_string().as_bytes());
    let buyer = Buyer {
        email: claim.email.clone(),
        shipping_address: claim.address.clone(),
        billing_address: None,
        payment_method,
        credit: None,
        prepaid: Vec::new(),
        view_token_hash: replacing.view_token_hash,
        idempotency_hash: request,
        request_hash: request,
    };
    let mut placement = priced.place(replacing.id, buyer, tables.payments, tables.returns, now)?;
    placement.order.claim = Some(claim.id);
    for line in &mut placement.order.lines {
        // Its certificate is that of the claimed unit, handed on.
        line.warranty_months = 0;
    }
    let next = Claim { status, remedy: Some(Remedy::Replace), replacement: Some(replacing.id), ..claim.clone() };
    let decision = Decision::new(next, ClaimEvent::Replaced { claim: claim.id });
    Ok(Decision { placement: Some(Box::new(placement)), stock, ..decision })
}

/// The claim once the other unit has left. None: there is nothing left to do about it.
pub fn completed(claim: &Claim) -> Option<Decision> {
    let status = claim.status.after(ClaimStep::Complete).ok()?;
    let next = Claim { status, ..claim.clone() };
    Some(Decision::new(next, ClaimEvent::Completed { claim: claim.id }))
}
