//! The list of a customer's orders with their store credit, and the way to an order without an account.

use contracts::Problem;
use domain::calendar::day;
use edge::auth::{Audience, Caller, Person};
use edge::http::{encoded, unavailable};
use edge::order_view::Standing;
use edge::page::renewal;
use edge::{Request, Response};
use pages::components::Pager;
use pages::layout::Head;
use pages::shop::{self, OrderSummary};
use store::Cursor;
use store::lists::{List, OrderRow};

use crate::{ShowAccount, credit};

/// How many orders a page shows.
const PAGE: usize = 20;

/// GET /account
pub(crate) async fn account(shop: &ShowAccount, request: &Request) -> Result<Response, Problem> {
    match shop.verifier.caller(request)? {
        Caller::Customer(person) => list(shop, request, &person).await,
        Caller::Staff(..) => Ok(Response::see_other("/desk")),
        Caller::Guest => Ok(renewal(request, Audience::Shop).unwrap_or_else(|| {
            let back = encoded(request.path_and_query());
            Response::see_other(&format!("/sign-in?return_to={back}"))
        })),
    }
}

/// GET /orders: the customer's own, or else the way to find one.
pub(crate) async fn orders(shop: &ShowAccount, request: &Request) -> Result<Response, Problem> {
    match shop.verifier.caller(request)? {
        Caller::Customer(person) => list(shop, request, &person).await,
        Caller::Guest => Ok(renewal(request, Audience::Shop).unwrap_or_else(|| Response::see_other("/orders/find"))),
        Caller::Staff(..) => Ok(Response::see_other("/orders/find")),
    }
}

async fn list(shop: &ShowAccount, request: &Request, person: &Person) -> Result<Response, Problem> {
    let after: Option<Cursor> = request.query("cursor").and_then(|cursor| cursor.parse().ok());
    let page =
        shop.lists.page(&List::OfPerson(person.id), after.as_ref(), PAGE).await.map_err(|error| unavailable(&error))?;
    let settings = shop.settings(&shop.shop).await?;
    let credit = if after.is_none() { credit::panel(shop, person, &settings).await? } else { None };
    let frame = shop.framed(request, &settings);
    let view = shop::Account {
        email: person.email.to_string(),
        credit,
        orders: page.items.iter().map(summary).collect(),
        pager: Pager {
            first: after.map(|_| request.path().to_owned()),
            next: page.next.map(|next| format!("{}?cursor={next}", request.path())),
        },
        csrf: frame.csrf(),
    };
    Ok(frame.page(200, &Head::private("Your orders"), &shop::account(&view)))
}

fn summary(row: &OrderRow) -> OrderSummary {
    OrderSummary {
        number: row.number.to_string(),
        href: format!("/orders/{}", row.id),
        placed: day(row.created),
        state: Standing::from(row).badge(),
        contents: if row.pieces == 1 { "1 piece".to_owned() } else { format!("{} pieces", row.pieces) },
        total: row.total.format(),
    }
}
