//! What a shopper reads when the payment page cannot be opened.

use contracts::Problem;
use edge::page::{ShopFrame, refusal_body};
use edge::{Request, Response};
use pages::layout::Head;

use crate::StartPayment;

/// The provider did not answer: the same address once more.
pub(crate) async fn try_again(shop: &StartPayment, request: &Request, problem: &Problem) -> Response {
    let frame = ShopFrame::at_worst(&shop.context, request, &shop.verifier, &shop.shop).await;
    let body = refusal_body(request, problem, (request.path_and_query(), "Try again"));
    frame.bare_page(problem.kind.status(), &Head::private(problem.kind.title()), &body)
}
