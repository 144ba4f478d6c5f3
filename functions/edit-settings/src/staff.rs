//! Who is staff.

use contracts::Problem;
use domain::people::{Action, Role};
use domain::text::Email;
use edge::auth::Caller;
use edge::http::unavailable;
use edge::{Request, Response};
use pages::layout::Section;
use serde::{Deserialize, Serialize};
use store::people::{PersonRecord, Surface};
use store::{Tx, TxError};

use crate::EditSettings;

/// Makes somebody staff, or gives them another role.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StaffRequest {
    email: String,
    role: Role,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RemoveForm {
    email: String,
}

#[derive(Serialize)]
struct StaffAnswer {
    items: Vec<PersonRecord>,
    next: Option<String>,
}

/// GET /api/staff
pub(crate) async fn list(shop: &EditSettings, caller: &Caller) -> Result<Response, Problem> {
    caller.staff(Action::EditStaff)?;
    let items = shop.people.staff().await.map_err(|error| unavailable(&error))?;
    Response::json(200, &StaffAnswer { items, next: None })
}

/// PUT /api/staff
pub(crate) async fn put(shop: &EditSettings, request: &Request, caller: &Caller) -> Result<Response, Problem> {
    caller.staff(Action::EditStaff)?;
    let person = admit(shop, &request.json()?).await?;
    Response::json(200, &person)
}

/// POST /desk/staff
pub(crate) async fn post(shop: &EditSettings, request: &Request, caller: &Caller) -> Result<Response, Problem> {
    caller.staff(Action::EditStaff)?;
    match admit(shop, &request.form()?).await {
        Ok(_) => Ok(Response::see_other("/desk/staff?done=saved")),
        Err(problem) if problem.kind.status() < 500 => shop.desk(request, caller, Section::Staff, &problem).await,
        Err(problem) => Err(problem),
    }
}

/// POST /desk/staff/remove
pub(crate) async fn remove(shop: &EditSettings, request: &Request, caller: &Caller) -> Result<Response, Problem> {
    let owner = caller.staff(Action::EditStaff)?;
    let form: RemoveForm = request.form()?;
    let email = address(&form.email)?;
    if email.key() == owner.email.key() {
        let problem = Problem::conflict("You cannot remove yourself.");
        return shop.desk(request, caller, Section::Staff, &problem).await;
    }
    let mut tx = Tx::new();
    for write in shop.people.remove_staff(&email).map_err(|error| unavailable(&error))? {
        tx = tx.and(write, |_| ());
    }
    commit(shop, tx).await?;
    Ok(Response::see_other("/desk/staff?done=saved"))
}

async fn admit(shop: &EditSettings, asked: &StaffRequest) -> Result<PersonRecord, Problem> {
    let email = address(&asked.email)?;
    let known = shop.people.person(Surface::Staff, &email).await.map_err(|error| unavailable(&error))?;
    let person = PersonRecord {
        id: known.as_ref().map_or_else(|| shop.context.new_id(), |known| known.id),
        since: known.as_ref().map_or_else(|| shop.context.now(), |known| known.since),
        email,
        role: Some(asked.role),
    };
    let mut tx = Tx::new();
    for write in shop.people.write_staff(&person).map_err(|error| unavailable(&error))? {
        tx = tx.and(write, |_| ());
    }
    commit(shop, tx).await?;
    Ok(person)
}

async fn commit(shop: &EditSettings, tx: Tx<'_, ()>) -> Result<(), Problem> {
    match tx.commit(&shop.context.db()).await {
        Ok(()) | Err(TxError::Refused(())) => Ok(()),
        Err(TxError::Store(error)) => Err(unavailable(&error)),
    }
}

fn address(typed: &str) -> Result<Email, Problem> {
    Email::new(typed).map_err(|_| Problem::field("/email", "Enter an email address, like name@example.com."))
}
