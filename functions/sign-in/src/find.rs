//! Finding an order without an account: number and mail address bring a fresh link to the order's own address.

use contracts::event::{Event, ShopEvent};
use contracts::{Problem, ProblemKind};
use domain::id::OrderNumber;
use domain::text::{Email, Secret};
use edge::http::unavailable;
use edge::{Request, Response};
use pages::components::FormErrors;
use pages::layout::Head;
use pages::shop::{self, FindOrder};
use serde::Deserialize;
use store::lists::List;
use store::people::{LinkRecord, Surface};
use store::stamp::Cause;

use crate::{LINKS_PER_NETWORK, SignIn, view};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    number: String,
    email: String,
}

/// GET /orders/find
pub(crate) async fn page(this: &SignIn, request: &Request) -> Response {
    if let Some(number) = request.query("sent") {
        let body = shop::find_order_sent(number);
        return view::frame(this, request).await.page(200, &Head::private("Check your email"), &body);
    }
    let number = request.query("number").unwrap_or_default().to_owned();
    show(this, request, Typed { number, ..Typed::default() }, None).await
}

/// POST /orders/find. It answers the same whether there is such an order or not.
pub(crate) async fn find(this: &SignIn, request: &Request) -> Result<Response, Problem> {
    let typed: Typed = request.form()?;
    let now = this.context.now();
    let network = request.source_ip().unwrap_or_default();
    if this.count(&format!("find:{network}"), now).await? > LINKS_PER_NETWORK {
        return Err(Problem::new(
            ProblemKind::TooMany,
            "Too many orders were looked for from here. Try again in an hour.",
        ));
    }
    let number: Option<OrderNumber> = typed.number.parse().ok();
    let email = Email::new(typed.email.trim()).ok();
    let wrong = (number.is_none(), email.is_none());
    let (Some(number), Some(email)) = (number, email) else {
        return Ok(show(this, request, typed, Some(wrong)).await);
    };
    let page = this.lists.page(&List::OfNumber(number), None, 1).await.map_err(|error| unavailable(&error))?;
    let found = page.items.into_iter().find(|row| row.email.key() == email.key());
    if let Some(row) = found {
        let secret = Secret::from_bytes(this.context.random());
        let link = LinkRecord { email: row.email, surface: Surface::Shop, until: now, return_to: None };
        let event = Event::Shop(ShopEvent::OrderLinkRequested { order: row.id });
        let cause = Cause::new("guest", "find-order", request.correlation());
        this.people.keep_link(secret.digest(), &link, event, cause).await.map_err(|error| unavailable(&error))?;
    }
    Ok(Response::see_other(&format!("/orders/find?sent={number}")))
}

/// The form with what was typed; `wrong` says whether number and address are.
async fn show(this: &SignIn, request: &Request, typed: Typed, wrong: Option<(bool, bool)>) -> Response {
    let frame = view::frame(this, request).await;
    let mut errors = FormErrors::none();
    if let Some((number, email)) = wrong {
        if number {
            errors.add("number", "Enter the order number, 10 letters and digits.");
        }
        if email {
            errors.add("email", "Enter an email address, like name@example.com.");
        }
    }
    let head = Head::private("Find an order").failed(&errors);
    let view = FindOrder { number: typed.number, email: typed.email, csrf: frame.csrf(), errors };
    frame.page(if wrong.is_some() { 422 } else { 200 }, &head, &shop::find_order(&view))
}
