//! What a shopper reads when the payment page cannot be opened.

use contracts::Problem;
use domain::settings::{Setting, ShopSettings};
use edge::auth::Caller;
use edge::http::unavailable;
use edge::orders::refusal_body;
use edge::page::ShopFrame;
use edge::{Request, Response};
use pages::layout::Head;

use crate::StartPayment;

/// The provider did not answer: the same address once more.
pub(crate) async fn try_again(shop: &StartPayment, request: &Request, problem: &Problem) -> Result<Response, Problem> {
    let settings = shop.shop.get(shop.context.now()).await.map_err(|error| unavailable(&error))?;
    let frame = frame(shop, request, &settings);
    let body = refusal_body(request, problem, (request.path_and_query(), "Try again"));
    Ok(frame.bare_page(problem.kind.status(), &Head::private(problem.kind.title()), &body))
}

/// Says no on a page.
pub(crate) fn refused(shop: &StartPayment, request: &Request, problem: &Problem) -> Response {
    frame(shop, request, &Setting::initial()).refuse(request, problem)
}

fn frame(shop: &StartPayment, request: &Request, settings: &ShopSettings) -> ShopFrame {
    ShopFrame::new(&shop.context, request, &Caller::Guest, settings)
}
