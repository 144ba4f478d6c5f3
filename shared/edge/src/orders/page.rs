//! Pages that tell why a form about an order was refused.
//!
//! Knows the problem and the way back; deliberately reads nothing, so that it can be shown whatever broke.

use contracts::{Problem, ProblemKind};
use domain::id::OrderId;
use maud::html;
use pages::Markup;
use pages::components::{Look, Notice, Tone, link_button, notice};
use pages::layout::{Head, desk_bare_page};

use crate::http::{Request, Response};

/// Says no to a form of the desk, with the way back to the order.
pub fn refusal_page(request: &Request, problem: &Problem) -> Response {
    let head = Head { failed: true, ..Head::private(problem.kind.title()) };
    let (href, words) = way_back(request, problem);
    let page = desk_bare_page(&head, "", &refusal_body(request, problem, (&href, words)));
    Response::page(problem.kind.status(), page.into_string())
}

/// What such a page says, and the one way on: its address and its words.
pub fn refusal_body(request: &Request, problem: &Problem, (href, words): (&str, &str)) -> Markup {
    let ours = problem.kind.status() >= 500;
    let said = Notice {
        detail: ours.then(|| format!("The reference is {}.", request.correlation())),
        ..Notice::new(Tone::Bad, &problem.detail)
    };
    html! {
        h1 { (problem.kind.title()) }
        (notice(&said))
        @if problem.errors.len() > 1 { ul { @for error in &problem.errors { li { (error.detail) } } } }
        p { (link_button(Look::Main, href, words)) }
    }
}

fn way_back(request: &Request, problem: &Problem) -> (String, &'static str) {
    if problem.kind == ProblemKind::Unauthenticated {
        return ("/desk/sign-in".to_owned(), "Sign in");
    }
    match request.parse_parameter::<OrderId>("id", "order") {
        Ok(order) => (format!("/desk/orders/{order}"), "Back to the order"),
        Err(_) => ("/desk/orders".to_owned(), "All orders"),
    }
}
