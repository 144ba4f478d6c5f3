//! Who works at the desk.

use crate::components::{
    Choice, Column, Field, FieldKind, FormErrors, Look, busy_button, empty, error_summary, field, head_row, hidden,
    text_button,
};
use maud::{Markup, html};

/// Somebody.
#[derive(Debug, Clone, Default)]
pub struct StaffRow {
    /// Their mail address.
    pub email: String,
    /// Their role, in words.
    pub role: String,
    /// Since when.
    pub since: String,
    /// Whether they can be removed: not oneself, not the last owner.
    pub removable: bool,
}

/// Everybody.
#[derive(Debug, Clone, Default)]
pub struct Staff {
    /// The rows.
    pub rows: Vec<StaffRow>,
    /// The roles, for the form.
    pub roles: Vec<Choice>,
    /// The mail address, as typed.
    pub email: String,
    /// Whether the role may change anything.
    pub may_edit: bool,
    /// The forms' token.
    pub csrf: String,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The list. Adding posts to `/desk/staff`: `email`, `role`, `csrf`; removing to `/desk/staff/remove`: `email`, `csrf`.
#[must_use]
pub fn staff(view: &Staff) -> Markup {
    html! {
        (error_summary(&view.errors))
        h1 { "Staff" }
        div.detail {
            div {
                @if view.rows.is_empty() { (empty("Everybody who may open the desk appears here.", None)) }
                @else {
                    div.table-wrap tabindex="0" role="region" aria-label="Staff" {
                        table.table.cards-on-phone {
                            (head_row(&[Column::text("Email"), Column::text("Role"), Column::text("Since"), Column::quiet("What to do")]))
                            tbody {
                                @for row in &view.rows {
                                    tr {
                                        th scope="row" { (row.email) }
                                        td data-label="Role" { (row.role) }
                                        td data-label="Since" { (row.since) }
                                        td {
                                            @if view.may_edit && row.removable {
                                                form action="/desk/staff/remove" method="post" {
                                                    (hidden("csrf", &view.csrf)) (hidden("email", &row.email)) (text_button("Remove", Some(&row.email), None))
                                                }
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            @if view.may_edit {
                aside aria-label="Add somebody" {
                    section.panel aria-labelledby="add" {
                        h2 #add { "Add somebody" }
                        form.stack action="/desk/staff" method="post" novalidate {
                            (hidden("csrf", &view.csrf))
                            (field(&Field::new(FieldKind::Email, "email", "Work email").value(&view.email).errors(&view.errors)))
                            (field(&Field::select("role", "Role", view.roles.clone()).errors(&view.errors)))
                            (busy_button(Look::Main, "Add", "Adding…"))
                        }
                    }
                }
            }
        }
    }
}
