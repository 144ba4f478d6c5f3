//! Decides a refund, and books that one was sent by hand.
//!
//! Staff alone. It moves no money: a refund that the provider has to send is sent when its event is read, one of a
//! bank transfer is due until staff say that they sent it.

mod form;

use contracts::order::{ReferenceRequest, RefundRequest};
use contracts::{Problem, ProblemKind};
use domain::id::OrderId;
use domain::order::{Command, Order, RequestMark};
use domain::people::Action;
use domain::text::Digest;
use edge::auth::Verifier;
use edge::desk::refused;
use edge::http::internal;
use edge::orders::{Checks, NotDone, OrderDesk, REASON, REFERENCE, answered, is_desk, unchanged};
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use store::orders::Reader;
use store::stamp::Cause;

use crate::form::{RefundForm, SentForm};

/// The function.
pub const FUNCTION: Function = edge::http::http::<RefundOrder>();

/// Refunds orders.
pub struct RefundOrder {
    desk: OrderDesk,
    verifier: Verifier,
}

impl HttpHandler for RefundOrder {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self { desk: OrderDesk::new(context)?, verifier: Verifier::new(context)? })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        match request.route() {
            "POST /api/orders/{id}/refund" | "POST /desk/orders/{id}/refund" => self.refund(request).await,
            "POST /api/orders/{id}/refund-paid" | "POST /desk/orders/{id}/refund-paid" => self.sent(request).await,
            _ => Err(Problem::not_found("page")),
        }
    }

    async fn refuse(&self, request: &Request, problem: &Problem) -> Response {
        if request.wants_page() { refused(request, problem) } else { Response::problem(request, problem) }
    }
}

/// A refund as it was asked for.
enum Asked {
    /// By a program: checked, with the mark of its Idempotency-Key where it sent one.
    Api(Command, Option<RequestMark>),
    /// On the desk: amounts are read in the order's currency.
    Desk(RefundForm),
}

impl Asked {
    fn command(&self, order: &Order) -> Result<Option<Command>, NotDone> {
        match self {
            Self::Api(command, mark) => {
                let marks = order.refunds.iter().filter_map(|refund| refund.request);
                let before = mark.and_then(|mark| marks.into_iter().find(|known| known.key == mark.key));
                match before {
                    None => Ok(Some(command.clone())),
                    Some(_) if before == *mark => Ok(None),
                    Some(_) => Err(NotDone::Told(Problem::new(
                        ProblemKind::KeyReused,
                        "This Idempotency-Key came with another request before. Use a new one.",
                    ))),
                }
            }
            Self::Desk(form) => {
                unchanged(order, &form.key)?;
                let asked = form.request(order.currency()).map_err(NotDone::Told)?;
                command(&asked, None).map(Some).map_err(NotDone::Told)
            }
        }
    }
}

impl RefundOrder {
    async fn refund(&self, request: &Request) -> Result<Response, Problem> {
        let caller = self.verifier.caller(request)?;
        caller.staff(Action::RefundOrders)?;
        let id: OrderId = request.parse_parameter("id", "order")?;
        let asked = if is_desk(request) {
            Asked::Desk(RefundForm::read(request)?)
        } else {
            let asked: RefundRequest = request.json()?;
            let body =
                Digest::of(&serde_json::to_vec(&asked).map_err(|error| internal("a request has no JSON", &error))?);
            let key = request.header("idempotency-key").map(|_| request.idempotency_key()).transpose()?;
            let mark = key.map(|key| RequestMark { key, body });
            Asked::Api(command(&asked, mark)?, mark)
        };
        let cause = Cause::new(caller.actor(), "refunded", request.correlation());
        let command = |order: Order| std::future::ready(asked.command(&order));
        let order = self.desk.run(&id, &Reader::Shop, &cause, command).await?;
        answered(request, &order, "refunded")
    }

    async fn sent(&self, request: &Request) -> Result<Response, Problem> {
        let caller = self.verifier.caller(request)?;
        caller.staff(Action::MarkPaid)?;
        let id: OrderId = request.parse_parameter("id", "order")?;
        let typed = if is_desk(request) {
            request.form::<SentForm>()?.reference
        } else {
            request.json::<ReferenceRequest>()?.reference
        };
        let mut checks = Checks::default();
        let reference = checks.required("/reference", &typed, REFERENCE, "Enter the reference of the transfer.");
        let command = checks.finish(Command::RefundPaid { refund: None, reference })?;
        let cause = Cause::new(caller.actor(), "refund_sent", request.correlation());
        let command = |_| std::future::ready(Ok(Some(command.clone())));
        let order = self.desk.run(&id, &Reader::Shop, &cause, command).await?;
        answered(request, &order, "refund-sent")
    }
}

fn command(asked: &RefundRequest, request: Option<RequestMark>) -> Result<Command, Problem> {
    let mut checks = Checks::default();
    let reason = checks.required("/reason", &asked.reason, REASON, "Enter a reason.");
    match asked.what() {
        Ok(what) => checks.finish(Command::Refund { reason, what, request }),
        Err(errors) => {
            checks.extend(errors);
            checks.finish(()).and(Err(Problem::malformed("Give either an amount or lines.")))
        }
    }
}
