//! Lists of returns, for programs and for the desk.

use contracts::Problem;
use contracts::list::ListAnswer;
use contracts::returns::{ReturnAnswer, ReturnQuery};
use domain::people::Action;
use domain::returns::Return;
use edge::auth::Caller;
use edge::http::unavailable;
use edge::{Request, Response};
use store::returns::Look;
use store::{Cursor, Page};

use crate::ShowReturns;

/// How many returns a page has.
const PAGE: usize = 50;

/// GET /api/returns: staff look through all returns, a customer through their own.
pub(crate) async fn answer(shop: &ShowReturns, request: &Request) -> Result<Response, Problem> {
    let query: ReturnQuery = request.parse_query()?;
    let after = query.cursor.as_deref().map(str::parse::<Cursor>).transpose();
    let after = after.map_err(|error| Problem::field("/cursor", error.to_string()))?;
    let caller = shop.verifier.caller(request)?;
    let look = match (&caller, &query.view, &query.number) {
        (Caller::Customer(person), None, None) => Look::Of(person.id),
        (Caller::Customer(_), _, _) => {
            return Err(Problem::malformed("Only staff look for returns by view or number."));
        }
        (Caller::Guest | Caller::Staff(..), view, number) => {
            caller.staff(Action::ViewReturns)?;
            match (view, number) {
                (None, None) => Look::All,
                (Some(view), None) => Look::In(*view),
                (None, Some(number)) => Look::Numbered(
                    number.parse().map_err(|_| Problem::field("/number", "This is no return's number."))?,
                ),
                (Some(_), Some(_)) => return Err(Problem::malformed("Look for one of view and number.")),
            }
        }
    };
    let Page { items, next } = read(shop, look, after.as_ref()).await?;
    let items = items.iter().map(ReturnAnswer::from).collect::<Vec<_>>();
    Response::json(200, &ListAnswer { items, next: next.map(|cursor| cursor.to_string()) })
}

/// A page of returns.
pub(crate) async fn read(shop: &ShowReturns, look: Look, after: Option<&Cursor>) -> Result<Page<Return>, Problem> {
    shop.desk.returns.page(look, after, PAGE).await.map_err(|error| unavailable(&error))
}
