//! The page that tells staff why a form about an order was refused.
//!
//! Knows the problem and the way back; deliberately reads nothing, so that it can be shown whatever broke.

use contracts::{Problem, ProblemKind};
use domain::id::OrderId;
use pages::components::{Look, Notice, Tone, link_button, notice};
use pages::layout::{Head, desk_bare_page};
use pages::{Markup, html};

use crate::http::{Request, Response};

/// Says no to a form of the desk, with the way back to the order.
pub fn refusal_page(request: &Request, problem: &Problem) -> Response {
    let title = problem.kind.title();
    let said = Notice { tone: Tone::Bad, detail: aside(request, problem), ..Notice::new(Tone::Bad, &problem.detail) };
    let (href, words) = way_back(request, problem);
    let body: Markup = html! {
        h1 { (title) }
        (notice(&said))
        @if problem.errors.len() > 1 { ul { @for error in &problem.errors { li { (error.detail) } } } }
        p { (link_button(Look::Main, &href, words)) }
    };
    let page = desk_bare_page(&Head { failed: true, ..Head::private(title) }, "", &body);
    Response::page(problem.kind.status(), page.into_string())
}

/// What else helps: the reference of a failure of ours.
fn aside(request: &Request, problem: &Problem) -> Option<String> {
    (problem.kind.status() >= 500).then(|| format!("The reference is {}.", request.correlation()))
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
