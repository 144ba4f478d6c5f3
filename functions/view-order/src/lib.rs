//! One order, or a list of them, for whom they belong to and for staff.
//!
//! It only reads. What a caller may not see is answered as what there is not.

use contracts::Problem;
use contracts::list::ListAnswer;
use contracts::order::{OrderAnswer, OrderEntry, OrderQuery};
use domain::id::OrderId;
use domain::people::Action;
use edge::auth::{Caller, Verifier};
use edge::http::{internal, unavailable};
use edge::orders::reader;
use edge::{Context, Error, Function, HttpHandler, Request, Response};
use store::Cursor;
use store::lists::{List, Lists, OrderRow};
use store::orders::Orders;

/// The function.
pub const FUNCTION: Function = edge::http::http::<ViewOrder>();

/// How many orders a page has, unless it is asked for otherwise.
const PAGE: usize = 50;
/// The most that it may be asked for.
const LONGEST_PAGE: usize = 100;

/// Shows orders.
#[derive(Debug)]
pub struct ViewOrder {
    orders: Orders,
    lists: Lists,
    verifier: Verifier,
}

impl HttpHandler for ViewOrder {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self { orders: context.table()?, lists: context.table()?, verifier: Verifier::new(context)? })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        let caller = self.verifier.caller(request)?;
        match request.route() {
            "GET /api/orders" => self.list(request, &caller).await,
            "GET /api/orders/{id}" => self.one(request, &caller).await,
            _ => Err(Problem::not_found("page")),
        }
    }
}

impl ViewOrder {
    async fn one(&self, request: &Request, caller: &Caller) -> Result<Response, Problem> {
        let id: OrderId = request.parse_parameter("id", "order")?;
        let reader = reader(caller, Action::ViewOrders, request.query("token"))?;
        let order = self.orders.get(&id, &reader).await.map_err(|error| unavailable(&error))?;
        let order = order.ok_or_else(|| Problem::not_found("order"))?;
        let answer = OrderAnswer::new(&order).map_err(|error| internal("an order has no answer", &error))?;
        Response::json(200, &answer)
    }

    async fn list(&self, request: &Request, caller: &Caller) -> Result<Response, Problem> {
        let query: OrderQuery = request.parse_query()?;
        let after = query.cursor.as_deref().map(str::parse::<Cursor>).transpose();
        let after = after.map_err(|error| Problem::field("/cursor", error.to_string()))?;
        let limit = query.limit.unwrap_or(PAGE);
        if !(1..=LONGEST_PAGE).contains(&limit) {
            return Err(Problem::field("/limit", format!("A page has 1 to {LONGEST_PAGE} orders.")));
        }
        let list = list(caller, &query)?;
        let page = self.lists.page(&list, after.as_ref(), limit).await.map_err(|error| unavailable(&error))?;
        let staff = matches!(caller, Caller::Staff(..));
        Response::json(
            200,
            &ListAnswer {
                items: page.items.into_iter().map(|row| entry(row, staff)).collect::<Vec<_>>(),
                next: page.next.map(|cursor| cursor.to_string()),
            },
        )
    }
}

/// Staff look through all orders, a customer through their own.
fn list(caller: &Caller, query: &OrderQuery) -> Result<List, Problem> {
    if let Caller::Customer(person) = caller {
        if query.status.is_some() || query.number.is_some() || query.email.is_some() {
            return Err(Problem::malformed("Only staff look for orders by status, number or address."));
        }
        return Ok(List::OfPerson(person.id));
    }
    caller.staff(Action::ViewOrders)?;
    match (&query.number, &query.email, query.status) {
        (None, None, None) => Ok(List::Orders),
        (None, None, Some(status)) => Ok(List::OfStatus(status)),
        (Some(number), None, None) => {
            Ok(List::OfNumber(number.parse().map_err(|_| Problem::field("/number", "This is no order's number."))?))
        }
        (None, Some(email), None) => {
            Ok(List::OfMail(email.parse().map_err(|_| Problem::field("/email", "This is no email address."))?))
        }
        (_, _, _) => Err(Problem::malformed("Look for one of status, number and email.")),
    }
}

fn entry(row: OrderRow, staff: bool) -> OrderEntry {
    OrderEntry {
        id: row.id,
        number: row.number,
        status: row.status,
        payment_status: row.payment_status,
        shipment_status: row.shipment_status,
        total: row.total,
        pieces: row.pieces,
        created: row.created,
        name: row.name,
        email: row.email,
        attention: staff.then_some(row.attention),
    }
}
