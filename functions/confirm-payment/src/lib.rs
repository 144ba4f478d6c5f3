//! Takes the word that money came: the provider's webhook, or staff who saw a bank transfer.
//!
//! What a payment means (in full, short, late, twice) is decided by the order's rules. The webhook is answered with
//! 200 whenever there is nothing more to do about it, so that the provider stops telling.

mod webhook;

use contracts::Problem;
use contracts::order::ReferenceRequest;
use domain::id::OrderId;
use domain::order::Command;
use domain::people::Action;
use edge::auth::Verifier;
use edge::desk::refused;
use edge::orders::{Checks, OrderDesk, REFERENCE, answered, is_desk, mark};
use edge::secrets::Secrets;
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use serde::Deserialize;
use store::orders::Reader;
use store::stamp::Cause;

/// The function.
pub const FUNCTION: Function = edge::http::http::<ConfirmPayment>();

/// Confirms payments.
#[derive(Debug)]
pub struct ConfirmPayment {
    context: Context,
    desk: OrderDesk,
    secrets: Secrets,
    verifier: Verifier,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PaidForm {
    reference: String,
    #[serde(rename = "idempotency_key")]
    _key: Option<String>,
}

impl HttpHandler for ConfirmPayment {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self {
            desk: OrderDesk::new(context)?,
            secrets: Secrets::default(),
            verifier: Verifier::new(context)?,
            context: context.clone(),
        })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        match request.route() {
            "POST /api/webhooks/stripe" => webhook::take(self, request).await,
            "POST /api/orders/{id}/mark-paid" | "POST /desk/orders/{id}/mark-paid" => self.mark_paid(request).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { refused(request, problem) } else { Response::problem(request, problem) }
    }
}

impl ConfirmPayment {
    async fn mark_paid(&self, request: &Request) -> Result<Response, Problem> {
        let caller = self.verifier.caller(request)?;
        caller.staff(Action::MarkPaid)?;
        let id: OrderId = request.parse_parameter("id", "order")?;
        let command = Command::MarkPaid { reference: reference(request)? };
        let cause = Cause::new(caller.actor(), "marked_paid", request.correlation());
        let command = |_| std::future::ready(Ok(Some(command.clone())));
        let order = self.desk.run_once(&id, &Reader::Shop, &cause, mark(request)?, command).await?;
        answered(request, &order, "paid")
    }
}

fn reference(request: &Request) -> Result<String, Problem> {
    let typed = if is_desk(request) {
        request.form::<PaidForm>()?.reference
    } else {
        request.json::<ReferenceRequest>()?.reference
    };
    let mut checks = Checks::default();
    let missing = "Enter the reference on the statement.";
    let reference = checks.required("/reference", &typed, REFERENCE, missing);
    checks.finish(reference)
}
