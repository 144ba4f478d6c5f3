//! Lists of certificates and claims, for programs and for the desk.

use contracts::Problem;
use contracts::list::ListAnswer;
use contracts::warranty::{CertificateAnswer, CertificateQuery, ClaimAnswer, ClaimQuery};
use domain::people::Action;
use domain::warranty::{Certificate, Claim};
use edge::auth::Caller;
use edge::http::unavailable;
use edge::{Request, Response};
use store::warranties::{CertificateLook, ClaimLook};
use store::{Cursor, Page};

use crate::ShowWarranty;

/// How many claims a page has.
const PAGE: usize = 50;

/// GET /api/warranties: staff look for those of an order, a serial number or a number; a customer gets their own.
pub(crate) async fn certificates(shop: &ShowWarranty, request: &Request) -> Result<Response, Problem> {
    let query: CertificateQuery = request.parse_query()?;
    let caller = shop.verifier.caller(request)?;
    let look = match &caller {
        Caller::Customer(person) => {
            if query.order_id.is_some() || query.serial.is_some() || query.number.is_some() {
                return Err(Problem::malformed("Only staff look for the certificates of orders and numbers."));
            }
            CertificateLook::Of(person.id)
        }
        Caller::Guest | Caller::Staff(..) => {
            caller.staff(Action::ViewClaims)?;
            let (order, serial, number) = (query.order_id.as_deref(), query.serial.as_deref(), query.number.as_deref());
            match (order, serial, number) {
                (Some(order), None, None) => CertificateLook::With(
                    order.parse().map_err(|_| Problem::field("/order_id", "This is no order's id."))?,
                ),
                (None, Some(serial), None) => CertificateLook::Serial(
                    serial.parse().map_err(|_| Problem::field("/serial", "This is no serial number."))?,
                ),
                (None, None, Some(number)) => CertificateLook::Numbered(
                    number.parse().map_err(|_| Problem::field("/number", "This is no certificate's number."))?,
                ),
                _ => return Err(Problem::malformed("Look for one of order_id, serial and number.")),
            }
        }
    };
    let staff = matches!(caller, Caller::Staff(..));
    let items = read(shop, &look).await?.iter().map(|one| CertificateAnswer::of(one, staff)).collect::<Vec<_>>();
    Response::json(200, &ListAnswer { items, next: None })
}

/// Certificates, newest first.
pub(crate) async fn read(shop: &ShowWarranty, look: &CertificateLook) -> Result<Vec<Certificate>, Problem> {
    shop.desk.warranties.certificates(look).await.map_err(|error| unavailable(&error))
}

/// GET /api/warranty-claims: staff look through all claims, a customer through their own.
pub(crate) async fn claims(shop: &ShowWarranty, request: &Request) -> Result<Response, Problem> {
    let query: ClaimQuery = request.parse_query()?;
    let after = query.cursor.as_deref().map(str::parse::<Cursor>).transpose();
    let after = after.map_err(|error| Problem::field("/cursor", error.to_string()))?;
    let caller = shop.verifier.caller(request)?;
    let look = match (&caller, &query.view, &query.number) {
        (Caller::Customer(person), None, None) => ClaimLook::Of(person.id),
        (Caller::Customer(_), _, _) => {
            return Err(Problem::malformed("Only staff look for claims by view or number."));
        }
        (Caller::Guest | Caller::Staff(..), view, number) => {
            caller.staff(Action::ViewClaims)?;
            match (view, number) {
                (None, None) => ClaimLook::All,
                (Some(view), None) => ClaimLook::In(*view),
                (None, Some(number)) => ClaimLook::Numbered(
                    number.parse().map_err(|_| Problem::field("/number", "This is no claim's number."))?,
                ),
                (Some(_), Some(_)) => return Err(Problem::malformed("Look for one of view and number.")),
            }
        }
    };
    let Page { items, next } = page(shop, look, after.as_ref()).await?;
    let items = items.iter().map(ClaimAnswer::from).collect::<Vec<_>>();
    Response::json(200, &ListAnswer { items, next: next.map(|cursor| cursor.to_string()) })
}

/// A page of claims.
pub(crate) async fn page(shop: &ShowWarranty, look: ClaimLook, after: Option<&Cursor>) -> Result<Page<Claim>, Problem> {
    shop.desk.warranties.claims(look, after, PAGE).await.map_err(|error| unavailable(&error))
}
