//! Who works at the desk.

use contracts::Problem;
use domain::people::{Action, Role};
use edge::Response;
use edge::http::unavailable;
use edge::order_view::day;
use pages::components::Choice;
use pages::desk::{self, Staff, StaffRow};
use pages::layout::{Head, Section};

use crate::{ShowDesk, Visit, label};

/// GET /desk/staff
pub(crate) async fn page(shop: &ShowDesk, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::EditStaff)?;
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
    let view = Staff {
        rows,
        roles: Role::ALL
            .iter()
            .map(|role| Choice::new(role.as_str(), label(role.as_str()), *role == Role::Support))
            .collect(),
        may_edit: visit.role.may(Action::EditStaff),
        csrf: frame.csrf(),
        ..Staff::default()
    };
    Ok(frame.page(200, &Head::private("Staff"), &desk::staff(&view)))
}
