//! Decides a refund, and books that one was sent by hand.
//!
//! Staff alone. It moves no money: a refund that the provider has to send is sent when its event is read, one of a
//! bank transfer is due until staff say that they sent it.

mod form;

use contracts::Problem;
use contracts::order::{ReferenceRequest, RefundRequest};
use domain::id::OrderId;
use domain::order::{Command, Order};
use domain::people::Action;
use edge::auth::Verifier;
use edge::deciding::{shown_rev, unchanged};
use edge::desk::refused;
use edge::orders::{Checks, NotDone, OrderDesk, REASON, REFERENCE, answered, is_desk, mark};
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
    /// By a program: checked.
    Api(Command),
    /// On the desk: amounts are read in the order's currency.
    Desk(RefundForm),
}

impl Asked {
    fn command(&self, order: &Order) -> Result<Option<Command>, NotDone> {
        match self {
            Self::Api(command) => Ok(Some(command.clone())),
            Self::Desk(form) => {
                unchanged("order", order.rev, shown_rev(&form.key))?;
                let asked = form.request(order.currency()).map_err(NotDone::Told)?;
                command(&asked).map(Some).map_err(NotDone::Told)
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
            Asked::Api(command(&asked)?)
        };
        let cause = Cause::new(caller.actor(), "refunded", request.correlation());
        let command = |order: Order| std::future::ready(asked.command(&order));
        let order = self.desk.run_once(&id, &Reader::Shop, &cause, mark(request)?, command).await?;
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
        let order = self.desk.run_once(&id, &Reader::Shop, &cause, mark(request)?, command).await?;
        answered(request, &order, "refund-sent")
    }
}

fn command(asked: &RefundRequest) -> Result<Command, Problem> {
    let mut checks = Checks::default();
    let reason = checks.required("/reason", &asked.reason, REASON, "Enter a reason.");
    match asked.what() {
        Ok(what) => checks.finish(Command::Refund { reason, what }),
        Err(errors) => {
            checks.extend(errors);
            checks.finish(()).and(Err(Problem::malformed("Give either an amount or lines.")))
        }
    }
}
