//! Says whether goods may come back, and gives the buyer the label that their parcel is sent with.

use contracts::Problem;
use contracts::purchasing::Plain;
use contracts::returns::{DeclineRequest, ParcelRequest};
use domain::id::ReturnId;
use domain::people::Action;
use domain::returns::{Command, Parcel, decide};
use domain::settings::ReturnSettings;
use edge::auth::Verifier;
use edge::deciding::{shown_rev, unchanged};
use edge::desk::refused;
use edge::http::{is_https, unavailable};
use edge::orders::{CARRIER, Checks, REASON, TRACKING, is_desk, mark};
use edge::returns::{ReturnDesk, answered, send_by};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use serde::Deserialize;
use store::orders::Reader;
use store::settings::{Cached, SettingsTable};
use store::stamp::Cause;

/// The function.
pub const FUNCTION: Function = edge::http::http::<DecideReturn>();

/// The longest address of a label.
const LABEL_URL: usize = 1_000;

/// Decides about returns.
pub struct DecideReturn {
    context: Context,
    desk: ReturnDesk,
    settings: Cached<ReturnSettings>,
    verifier: Verifier,
}

/// A form of the desk.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    carrier: String,
    #[serde(default)]
    tracking: String,
    #[serde(default)]
    label_url: String,
    idempotency_key: String,
}

/// What staff ask for.
enum Asked {
    Approve,
    Label(Parcel),
    Command(Command),
}

impl HttpHandler for DecideReturn {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            desk: ReturnDesk::new(context)?,
            settings: Cached::new(context.table::<SettingsTable>()?),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let act = request.act();
        let caller = self.verifier.caller(request)?;
        caller.staff(Action::DecideReturns)?;
        let id: ReturnId = request.parse_parameter("id", "return")?;
        let said = match act.as_str() {
            "approve" => "approved",
            "decline" => "declined",
            "label" => "label-issued",
            _ => return Err(Problem::not_found("page")),
        };
        let (asked, shown) = asked(request, &act)?;
        let settings = self.settings.get(self.context.now()).await.map_err(|error| unavailable(&error))?;
        let cause = Cause::new(caller.actor(), said, request.correlation());
        let back = self.desk.run(&id, &Reader::Shop, &cause, mark(request)?, |back, order, now| {
            unchanged("return", back.rev, shown)?;
            let command = match &asked {
                Asked::Approve => Command::Approve { due: send_by(&settings, now), automatic: false },
                Asked::Label(label) => Command::IssueLabel { label: label.clone(), due: send_by(&settings, now) },
                Asked::Command(command) => command.clone(),
            };
            Ok(decide(back, order, command, now)?)
        });
        answered(request, &back.await?, said)
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { refused(request, problem) } else { Response::problem(request, problem) }
    }
}

fn asked(request: &Request, act: &str) -> Result<(Asked, Option<u64>), Problem> {
    let (form, shown) = if is_desk(request) {
        let form: Form = request.form()?;
        let shown = shown_rev(&form.idempotency_key);
        (form, shown)
    } else {
        (of_program(request, act)?, None)
    };
    let mut checks = Checks::default();
    let asked = match act {
        "approve" => Asked::Approve,
        "decline" => {
            let reason = checks.required("/reason", &form.reason, REASON, "Enter a reason; the buyer reads it.");
            Asked::Command(Command::Decline { reason })
        }
        _ => {
            let carrier = checks.required("/carrier", &form.carrier, CARRIER, "Enter who carries it.");
            let tracking = checks.optional("/tracking", Some(&form.tracking), TRACKING);
            let label_url = checks.optional("/label_url", Some(&form.label_url), LABEL_URL);
            if label_url.as_deref().is_some_and(|url| !is_https(url)) {
                checks.add("/label_url", "Enter an address that begins with https://.");
            }
            Asked::Label(Parcel { carrier, tracking, label_url })
        }
    };
    checks.finish((asked, shown))
}

fn of_program(request: &Request, act: &str) -> Result<Form, Problem> {
    let empty = String::new;
    let form = |reason, carrier, tracking: Option<String>, label_url: Option<String>| Form {
        reason,
        carrier,
        tracking: tracking.unwrap_or_default(),
        label_url: label_url.unwrap_or_default(),
        idempotency_key: empty(),
    };
    Ok(match act {
        "approve" => {
            let Plain {} = request.json()?;
            form(empty(), empty(), None, None)
        }
        "decline" => form(request.json::<DeclineRequest>()?.reason, empty(), None, None),
        _ => {
            let ParcelRequest { carrier, tracking, label_url } = request.json()?;
            form(empty(), carrier, tracking, label_url)
        }
    })
}
