//! What a shopper reads when an order cannot be canceled.

use contracts::{Problem, ProblemKind};
use domain::id::OrderId;
use edge::orders::shop_path;
use edge::page::{ShopFrame, refusal_body};
use edge::{Request, Response};
use pages::layout::Head;

use crate::{CancelForm, CancelOrder};

/// Says why, with the way back to the order, where it is this reader's.
pub(crate) async fn refused(shop: &CancelOrder, request: &Request, problem: &Problem) -> Response {
    let frame = ShopFrame::at_worst(&shop.context, request, &shop.verifier, &shop.shop).await;
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
