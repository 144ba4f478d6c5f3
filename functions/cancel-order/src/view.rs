//! What a shopper reads when an order cannot be canceled.

use contracts::{Problem, ProblemKind};
use domain::id::OrderId;
use domain::settings::Setting;
use edge::auth::Caller;
use edge::orders::{refusal_body, shop_path};
use edge::page::ShopFrame;
use edge::{Context, Request, Response};
use pages::layout::Head;

use crate::CancelForm;

/// Says why, with the way back to the order, where it is this reader's.
pub(crate) fn refused(context: &Context, request: &Request, problem: &Problem) -> Response {
    let settings = Setting::initial();
    let frame = ShopFrame::new(context, request, &Caller::Guest, &settings);
    let order = request.parse_parameter::<OrderId>("id", "order").ok();
    let Some(order) = order.filter(|_| problem.kind != ProblemKind::NotFound) else {
        return frame.refuse(request, problem);
    };
    let token = request.form::<CancelForm>().ok().map(|form| form.token).filter(|token| !token.is_empty());
    let back = shop_path(&order, token.as_deref().or(request.query("token")));
    let body = refusal_body(request, problem, (&back, "Back to the order"));
    let head = Head { failed: true, ..Head::private(problem.kind.title()) };
    frame.bare_page(problem.kind.status(), &head, &body)
}
