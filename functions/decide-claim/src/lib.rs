//! Decides about warranty claims: what is done about them, that the item came and what it is like, and that it is done.

use contracts::Problem;
use contracts::purchasing::Plain;
use contracts::warranty::{
    ApproveClaimRequest, DESCRIPTION, DenyClaimRequest, DiagnoseRequest, ResolveClaimRequest, remedy,
};
use domain::calendar::date;
use domain::id::{CartId, ClaimId, OrderId};
use domain::people::Action;
use domain::returns::Parcel;
use domain::settings::WarrantySettings;
use domain::text::LocationId;
use domain::warranty::{Command, Decision, Remedy, Replacing, decide, replace};
use edge::auth::Verifier;
use edge::deciding::{shown_rev, unchanged};
use edge::desk::refused;
use edge::http::unavailable;
use edge::orders::{CARRIER, Checks, NotDone, REASON, TRACKING, is_desk, mark};
use edge::returns::{Destination, Exchanges, Shelf};
use edge::warranties::{Case, WarrantyDesk, answered};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;
use store::orders::Reader;
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;

/// The function.
pub const FUNCTION: Function = edge::http::http::<DecideClaim>();

/// Decides about claims.
pub struct DecideClaim {
    context: Context,
    desk: WarrantyDesk,
    exchanges: Exchanges,
    settings: Cached<WarrantySettings>,
    destination: Destination,
    verifier: Verifier,
    key: Vec<u8>,
}

/// What staff sent, by whatever way.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Sent {
    resolution: Option<String>,
    keep_item: bool,
    reason: String,
    finding: Option<String>,
    carrier: Option<String>,
    tracking: Option<String>,
    idempotency_key: String,
}

/// What they ask for.
enum Asked {
    Approve(Remedy, bool),
    Receive,
    Resolve(Option<Remedy>, Option<Parcel>),
    Command(Command),
}

/// What there is of another unit to send.
struct Stock {
    replacing: Replacing,
    shelf: Shelf,
}

impl HttpHandler for DecideClaim {
    fn new(context: &Context) -> Result<Self, Error> {
        let settings: SettingsTable = context.table()?;
        Ok(Self {
            desk: WarrantyDesk::new(context)?,
            exchanges: Exchanges::new(context)?,
            destination: Destination::new(&settings),
            settings: Cached::new(settings),
            verifier: Verifier::new(context)?,
            key: context.require("ORDER_KEY")?.into_bytes(),
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let act = request.act();
        let (right, said) = match act.as_str() {
            "approve" => (Action::DecideClaims, "claim-approved"),
            "deny" => (Action::DecideClaims, "claim-denied"),
            "receive" => (Action::ReceiveClaims, "claim-received"),
            "diagnose" => (Action::ReceiveClaims, "claim-diagnosed"),
            "repair" => (Action::ReceiveClaims, "claim-repair"),
            "resolve" => (Action::DecideClaims, "claim-resolved"),
            _ => return Err(Problem::not_found("page")),
        };
        let caller = self.verifier.caller(request)?;
        caller.staff(right)?;
        let id: ClaimId = request.parse_parameter("id", "claim")?;
        let sent = sent(request, &act)?;
        let shown = shown_rev(&sent.idempotency_key);
        let asked = asked(&act, sent)?;
        let now = self.context.now();
        let settings = self.settings.get(now).await.map_err(|error| unavailable(&error))?;
        let location = self.destination.location(now).await.map_err(|error| unavailable(&error))?;
        let stock = self.stock(&id, &asked, now).await?;
        let cause = Cause::new(caller.actor(), said, request.correlation());
        let done = self.desk.run(&id, &Reader::Shop, &cause, mark(request)?, |case, now| {
            unchanged("claim", case.claim.rev, shown)?;
            let command = match &asked {
                Asked::Resolve(instead, _) if is_replaced(case, *instead) => {
                    return replaced(case, stock.as_ref(), now);
                }
                Asked::Resolve(instead, parcel) => Command::Resolve { instead: *instead, parcel: parcel.clone() },
                Asked::Approve(remedy, keep) => approval(&settings, *remedy, *keep, now),
                Asked::Receive => Command::Receive { location: LocationId::clone(&location) },
                Asked::Command(command) => command.clone(),
            };
            Ok(decide(&case.claim, &case.certificate, case.orders(), command, now)?)
        });
        let done = done.await.map_err(|reason| {
            let short = stock.is_some() && matches!(reason, NotDone::NoStock);
            if short { nothing_there() } else { reason.into() }
        })?;
        answered(request, &done, said)
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { refused(request, problem) } else { Response::problem(request, problem) }
    }
}

fn is_replaced(case: &Case, instead: Option<Remedy>) -> bool {
    instead.or(case.claim.remedy) == Some(Remedy::Replace)
}

fn replaced(case: &Case, stock: Option<&Stock>, now: Timestamp) -> Result<Decision, NotDone> {
    let Some(Stock { replacing, shelf }) = stock else { return Err(NotDone::Told(nothing_there())) };
    Ok(replace(&case.claim, case.orders(), replacing.clone(), shelf.tables(), now)?)
}

/// What is approved: the item has to be sent within the days that the shop gives, unless its holder keeps it.
fn approval(settings: &WarrantySettings, remedy: Remedy, keep: bool, now: Timestamp) -> Command {
    let keeps = keep && remedy != Remedy::Repair;
    let due = date(now).saturating_add(i64::from(settings.send_days).days());
    Command::Approve { remedy, due: (!keeps).then_some(due) }
}

fn nothing_there() -> Problem {
    let detail = "There is none left to replace it with. Repair it, give the money back, or wait until some came in.";
    Problem::conflict(detail).with("code", "stock-missing")
}

impl DecideClaim {
    /// What is offered of the claimed SKU, where another unit is to go out.
    async fn stock(&self, id: &ClaimId, asked: &Asked, now: Timestamp) -> Result<Option<Stock>, Problem> {
        let Asked::Resolve(instead, _) = asked else { return Ok(None) };
        if matches!(instead, Some(Remedy::Repair | Remedy::Refund)) {
            return Ok(None);
        }
        let claim = self.desk.claim(id, &Reader::Shop).await?;
        if instead.or(claim.remedy) != Some(Remedy::Replace) {
            return Ok(None);
        }
        let wanted = std::slice::from_ref(&claim.sku);
        let shelf = self.exchanges.look(wanted, now).await.map_err(|error| unavailable(&error))?;
        let cart: CartId = self.context.new_id();
        let Some(offer) = shelf.offers.iter().find(|offer| offer.listing.sku == claim.sku).cloned() else {
            return Ok(None);
        };
        let order = OrderId::of_cart(&cart, &self.key);
        let view_token_hash = order.view_secret(&self.key).digest();
        Ok(Some(Stock { replacing: Replacing { cart, id: order, view_token_hash, offer }, shelf }))
    }
}

fn sent(request: &Request, act: &str) -> Result<Sent, Problem> {
    if is_desk(request) {
        return request.form();
    }
    Ok(match act {
        "approve" => {
            let ApproveClaimRequest { resolution, keep_item } = request.json()?;
            Sent { resolution: Some(resolution), keep_item, ..Sent::default() }
        }
        "deny" => {
            let DenyClaimRequest { reason, carrier, tracking } = request.json()?;
            Sent { reason, carrier, tracking, ..Sent::default() }
        }
        "diagnose" => {
            let DiagnoseRequest { finding, resolution } = request.json()?;
            Sent { finding, resolution, ..Sent::default() }
        }
        "resolve" => {
            let ResolveClaimRequest { resolution, carrier, tracking } = request.json()?;
            Sent { resolution, carrier, tracking, ..Sent::default() }
        }
        _ => {
            let Plain {} = request.json()?;
            Sent::default()
        }
    })
}

fn asked(act: &str, sent: Sent) -> Result<Asked, Problem> {
    let mut checks = Checks::default();
    let carrier = checks.optional("/carrier", sent.carrier.as_deref(), CARRIER);
    let tracking = checks.optional("/tracking", sent.tracking.as_deref(), TRACKING);
    if carrier.is_none() && tracking.is_some() {
        checks.add("/carrier", "Enter who carries it.");
    }
    let parcel = carrier.map(|carrier| Parcel { carrier, tracking, label_url: None });
    let remedy = remedy(sent.resolution.as_deref()).unwrap_or_else(|error| {
        checks.extend(vec![error]);
        None
    });
    let asked = match act {
        "approve" => match remedy {
            Some(remedy) => Asked::Approve(remedy, sent.keep_item),
            None => {
                checks.add("/resolution", "Choose what is done: repair, replace or refund.");
                Asked::Receive
            }
        },
        "deny" => {
            let reason = checks.required("/reason", &sent.reason, REASON, "Enter a reason; the holder reads it.");
            Asked::Command(Command::Deny { reason, parcel })
        }
        "receive" => Asked::Receive,
        "diagnose" => {
            let finding = checks.paragraphs("/finding", sent.finding.as_deref(), DESCRIPTION);
            Asked::Command(Command::Diagnose { finding, remedy })
        }
        "repair" => Asked::Command(Command::Repair),
        _ => Asked::Resolve(remedy, parcel),
    };
    checks.finish(asked)
}
