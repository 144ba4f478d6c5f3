//! Lets purchase orders go to their suppliers, and what else staff decide about them: agree to a change or not, put them
//! aside, call them off, close them.

mod by_mail;

use contracts::Problem;
use contracts::purchasing::{ApproveRequest, Plain, ReasonRequest};
use domain::id::PurchaseOrderId;
use domain::people::Action;
use domain::purchasing::{Command, decide};
use domain::settings::ShopSettings;
use edge::auth::Verifier;
use edge::deciding::{shown_rev, unchanged};
use edge::desk::refused;
use edge::orders::{Checks, REASON, is_desk, mark};
use edge::purchases::{PurchaseDesk, answered, sending};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use serde::Deserialize;
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;
use store::stock::StockTable;

/// The function.
pub const FUNCTION: Function = edge::http::http::<ApprovePurchaseOrder>();

/// Decides about purchase orders.
pub struct ApprovePurchaseOrder {
    context: Context,
    desk: PurchaseDesk,
    stock: StockTable,
    shop: Cached<ShopSettings>,
    verifier: Verifier,
    key: Vec<u8>,
}

/// What staff ask for.
enum Asked {
    /// That it may be sent; and that it is, at once.
    Approve(bool),
    /// That its supplier gets it, or gets it once more.
    Send,
    /// Anything else.
    Command(Command),
}

/// A form of the desk.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    send: bool,
    idempotency_key: String,
}

impl HttpHandler for ApprovePurchaseOrder {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            desk: PurchaseDesk::new(context)?,
            stock: context.table()?,
            shop: Cached::new(context.table::<SettingsTable>()?),
            verifier: Verifier::new(context)?,
            key: context.require("ORDER_KEY")?.into_bytes(),
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        if request.route().ends_with(" /approve/{token}") {
            return by_mail::answer(self, request).await;
        }
        let act = request.act();
        let caller = self.verifier.caller(request)?;
        caller.staff(right(&act)?)?;
        let id: PurchaseOrderId = request.parse_parameter("id", "purchase order")?;
        let (asked, rev) = asked(request, &act)?;
        let cause = Cause::new(caller.actor(), said(&act), request.correlation());
        let order = self.desk.run(&id, &cause, mark(request)?, |order, now| {
            unchanged("order", order.rev, rev)?;
            let sent = || sending(&id, &self.key, now);
            Ok(match &asked {
                Asked::Approve(false) => decide(order, Command::Approve, now)?,
                Asked::Approve(true) => decide(order, Command::Approve, now)?.then(sent(), now)?,
                Asked::Send => decide(order, sent(), now)?,
                Asked::Command(command) => decide(order, command.clone(), now)?,
            })
        });
        let done = if matches!(asked, Asked::Approve(true)) { said("send") } else { said(&act) };
        answered(request, order.await?, done, self.context.now())
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { refused(request, problem) } else { Response::problem(request, problem) }
    }
}

/// What somebody has to be allowed for it. What commits the shop's money is the owner's.
fn right(act: &str) -> Result<Action, Problem> {
    match act {
        "approve" | "take-proposal" => Ok(Action::ApprovePurchases),
        "send" | "reject-proposal" | "hold" | "resume" | "cancel" | "close" => Ok(Action::EditPurchasing),
        _ => Err(Problem::not_found("page")),
    }
}

/// What was done, as the ledger and the desk say it.
fn said(act: &str) -> &'static str {
    match act {
        "approve" => "approved",
        "send" => "sent",
        "take-proposal" => "change-taken",
        "reject-proposal" => "change-rejected",
        "hold" => "held",
        "resume" => "resumed",
        "cancel" => "called-off",
        _ => "closed",
    }
}

fn asked(request: &Request, act: &str) -> Result<(Asked, Option<u64>), Problem> {
    let (reason, send, rev) = if is_desk(request) {
        let Form { reason, send, idempotency_key } = request.form()?;
        (Some(reason), send, shown_rev(&idempotency_key))
    } else {
        match act {
            "approve" => (None, request.json::<ApproveRequest>()?.send, None),
            "hold" | "cancel" => (request.json::<ReasonRequest>()?.reason, false, None),
            _ => {
                let Plain {} = request.json()?;
                (None, false, None)
            }
        }
    };
    let mut checks = Checks::default();
    let reason = checks.optional("/reason", reason.as_deref(), REASON);
    let reason = || reason.clone().unwrap_or_default();
    let asked = match act {
        "approve" => Asked::Approve(send),
        "send" => Asked::Send,
        "take-proposal" => Asked::Command(Command::TakeProposal),
        "reject-proposal" => Asked::Command(Command::RejectProposal),
        "hold" => Asked::Command(Command::Hold { reason: reason() }),
        "resume" => Asked::Command(Command::Resume),
        "cancel" => Asked::Command(Command::Cancel { reason: reason() }),
        _ => Asked::Command(Command::Close),
    };
    checks.finish((asked, rev))
}
