//! Who is staff.

use contracts::Problem;
use contracts::list::ListAnswer;
use contracts::staff::{StaffMember, StaffRequest};
use domain::calendar::day;
use domain::people::{Action, Role};
use domain::text::Email;
use edge::auth::Caller;
use edge::desk::{Visit, form_errors};
use edge::http::unavailable;
use edge::page::label;
use edge::{Request, Response};
use pages::components::Choice;
use pages::desk::{self, Staff, StaffRow};
use pages::layout::{Head, Section};
use serde::Deserialize;
use store::people::{PersonRecord, Surface};
use store::{Tx, TxError};

use crate::EditSettings;

/// Somebody to become staff, as typed.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct StaffForm {
    email: String,
    role: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RemoveForm {
    email: String,
}

/// GET /api/staff
pub(crate) async fn list(shop: &EditSettings, caller: &Caller) -> Result<Response, Problem> {
    caller.staff(Action::EditStaff)?;
    let staff = shop.people.staff().await.map_err(|error| unavailable(&error))?;
    Response::json(200, &ListAnswer { items: staff.into_iter().map(member).collect::<Vec<_>>(), next: None })
}

/// PUT /api/staff
pub(crate) async fn put(shop: &EditSettings, request: &Request, caller: &Caller) -> Result<Response, Problem> {
    let by = caller.staff(Action::EditStaff)?;
    let person = admit(shop, &by.email, &request.json()?).await?;
    Response::json(200, &member(person))
}

/// GET /desk/staff
pub(crate) async fn page(shop: &EditSettings, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::EditStaff)?;
    show(shop, visit, &StaffForm::default(), None).await
}

/// POST /desk/staff
pub(crate) async fn add(shop: &EditSettings, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::EditStaff)?;
    let form: StaffForm = visit.request.form()?;
    let added = async {
        let role = form.role.parse().map_err(|_| Problem::field("/role", "Choose a role."))?;
        admit(shop, &visit.person.email, &StaffRequest { email: form.email.trim().to_owned(), role }).await
    };
    match added.await {
        Ok(_) => Ok(Response::see_other("/desk/staff?done=saved")),
        Err(problem) if problem.kind.status() < 500 => show(shop, visit, &form, Some(&problem)).await,
        Err(problem) => Err(problem),
    }
}

/// POST /desk/staff/remove
pub(crate) async fn remove(shop: &EditSettings, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::EditStaff)?;
    let form: RemoveForm = visit.request.form()?;
    let email = address(&form.email)?;
    if email.key() == visit.person.email.key() {
        let problem = Problem::conflict("You cannot remove yourself.");
        return show(shop, visit, &StaffForm::default(), Some(&problem)).await;
    }
    let mut tx = Tx::new();
    for write in shop.people.remove_staff(&email).map_err(|error| unavailable(&error))? {
        tx = tx.and(write, |_| ());
    }
    commit(shop, tx).await?;
    Ok(Response::see_other("/desk/staff?done=saved"))
}

/// The page with what was typed, and what is wrong with it.
async fn show(
    shop: &EditSettings,
    visit: &Visit<'_>,
    typed: &StaffForm,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let staff = shop.people.staff().await.map_err(|error| unavailable(&error))?;
    let frame = shop.frame(visit, Section::Staff).await?;
    let own = visit.person.email.key();
    let mut rows: Vec<StaffRow> = staff
        .iter()
        .map(|person| StaffRow {
            email: person.email.to_string(),
            role: person.role.map(|role| label(role.as_str())).unwrap_or_default(),
            since: day(person.since),
            removable: person.email.key() != own,
        })
        .collect();
    // The first owner is one by configuration, and need not stand in the list.
    if staff.iter().all(|person| person.email.key() != own) {
        rows.push(StaffRow {
            email: visit.person.email.to_string(),
            role: label(visit.role.as_str()),
            ..StaffRow::default()
        });
    }
    let role = |role: &Role| {
        let chosen = if typed.role.is_empty() { *role == Role::Support } else { typed.role == role.as_str() };
        Choice::new(role.as_str(), label(role.as_str()), chosen)
    };
    let errors = problem.map(form_errors).unwrap_or_default();
    let head = Head::private("Staff").failed(&errors);
    let view = Staff {
        rows,
        roles: Role::ALL.iter().map(role).collect(),
        email: typed.email.clone(),
        may_edit: true,
        csrf: frame.csrf(),
        errors,
    };
    Ok(frame.page(problem.map_or(200, |problem| problem.kind.status()), &head, &desk::staff(&view)))
}

fn member(person: PersonRecord) -> StaffMember {
    StaffMember { id: person.id, email: person.email, role: person.role, since: person.since }
}

async fn admit(shop: &EditSettings, by: &Email, asked: &StaffRequest) -> Result<PersonRecord, Problem> {
    let email = address(&asked.email)?;
    if email.key() == by.key() && asked.role != Role::Owner {
        return Err(Problem::conflict("You cannot give up your own role: ask another owner to."));
    }
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
