//! What the shop may change, one topic a page.

use crate::components::{
    Checkbox, EditTable, Field, FormErrors, Look, Tab, busy_button, checkbox, edit_table, error_summary, field, hidden,
};
use maud::{Markup, html};

/// Settings that belong together.
#[derive(Debug, Clone, Default)]
pub struct SettingsGroup {
    /// Their name.
    pub title: String,
    /// A sentence about them.
    pub hint: Option<String>,
    /// Their fields. Errors are filled in from the view.
    pub fields: Vec<Field>,
    /// Their boxes.
    pub checks: Vec<Checkbox>,
    /// A table, such as rates by country.
    pub table: Option<EditTable>,
}

/// A topic.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The topic's key in the address: `taxes`.
    pub topic: String,
    /// Its name.
    pub title: String,
    /// Every topic.
    pub topics: Vec<Tab>,
    /// What it holds.
    pub groups: Vec<SettingsGroup>,
    /// The version that was read, so that two people do not overwrite each other.
    pub version: String,
    /// When it was changed last, and by whom.
    pub changed: Option<String>,
    /// Whether the role may change it.
    pub may_edit: bool,
    /// The form's token.
    pub csrf: String,
    /// What was wrong.
    pub errors: FormErrors,
}

/// A topic. Posts to `/desk/settings/{topic}`: the groups' fields, boxes and cells, `version`, `csrf`.
#[must_use]
pub fn settings(view: &Settings) -> Markup {
    html! {
        (error_summary(&view.errors))
        h1 { "Settings" }
        div.detail.topics-left {
            nav.topics aria-label="Topics" {
                @for topic in &view.topics { a href=(topic.href) aria-current=[topic.current.then_some("page")] { (topic.words) } }
            }
            form action={ "/desk/settings/" (view.topic) } method="post" novalidate data-unsaved {
                (hidden("csrf", &view.csrf))
                (hidden("version", &view.version))
                h2 { (view.title) }
                @for group in &view.groups { (group_fields(group, &view.errors)) }
                @if view.may_edit {
                    div.save-bar { (busy_button(Look::Main, "Save", "Saving…")) @if let Some(changed) = &view.changed { span.muted.small { (changed) } } }
                } @else {
                    p.muted { "Your role may read these, not change them." }
                }
            }
        }
    }
}

fn group_fields(group: &SettingsGroup, errors: &FormErrors) -> Markup {
    html! {
        fieldset.panel {
            legend.visually-hidden { (group.title) }
            h3 aria-hidden="true" { (group.title) }
            @if let Some(hint) = &group.hint { p.hint { (hint) } }
            @for one in &group.fields { (field(&one.clone().errors(errors))) }
            @for one in &group.checks { (checkbox(one)) }
            @if let Some(table) = &group.table { (edit_table(table, errors)) }
        }
    }
}
