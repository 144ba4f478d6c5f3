//! Stock lists on their way in: sending one, looking at what it would change, booking it and taking it back.

use crate::components::{
    Badge, Choice, Column, Crumb, Field, FieldKind, FormErrors, Icon, Look, Pager, badge, breadcrumb, busy_button,
    button, empty, error_summary, facts, field, head_row, hidden, icon, link_button, pagination,
};
use maud::{Markup, html};

/// An import in the list.
#[derive(Debug, Clone)]
pub struct ImportRow {
    /// The file's name.
    pub filename: String,
    /// Its page.
    pub href: String,
    /// When it was sent: "3 June, 14:05".
    pub when: String,
    /// When for machines, RFC 3339.
    pub at: String,
    /// Where it stands.
    pub state: Badge,
    /// What it changes, in a line.
    pub summary: String,
}

/// The form that a file is sent with.
#[derive(Debug, Clone, Default)]
pub struct ImportForm {
    /// The form's token.
    pub csrf: String,
    /// The largest file that a browser with scripts may send, in bytes.
    pub most: u64,
    /// The largest file that the form itself takes, in bytes.
    pub most_by_form: usize,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The list.
#[derive(Debug, Clone, Default)]
pub struct Imports {
    /// The imports, newest first.
    pub rows: Vec<ImportRow>,
    /// Where the list goes on.
    pub pager: Pager,
    /// The form, for roles that may use it.
    pub form: Option<ImportForm>,
}

/// How far it is.
#[derive(Debug, Clone, Default)]
pub struct ImportProgress {
    /// In words: "2,000 of 10,000 rows looked at".
    pub words: String,
    /// The rows that were worked off.
    pub done: u32,
    /// All rows.
    pub of: u32,
}

/// What is wrong in a cell.
#[derive(Debug, Clone, Default)]
pub struct ImportErrorRow {
    /// As a spreadsheet counts.
    pub row: String,
    /// The column's name and letter: "Count (C)".
    pub column: String,
    /// What is wrong.
    pub detail: String,
}

/// What a row changes.
#[derive(Debug, Clone, Default)]
pub struct ImportLineRow {
    /// As a spreadsheet counts.
    pub row: String,
    /// Of what.
    pub sku: String,
    /// Where.
    pub location: String,
    /// Units before it.
    pub before: String,
    /// Units after it.
    pub after: String,
    /// What happens, in words: "New draft".
    pub what: String,
}

/// What a column may mean.
#[derive(Debug, Clone, Default)]
pub struct ImportColumn {
    /// The form field.
    pub name: String,
    /// In words.
    pub label: String,
    /// The file's columns by their place; the first is "Not in the file" with an empty value.
    pub choices: Vec<Choice>,
}

/// One import.
#[derive(Debug, Clone, Default)]
pub struct ImportView {
    /// Its page, that its forms post below.
    pub href: String,
    /// The file's name.
    pub filename: String,
    /// Where it stands.
    pub state: Option<Badge>,
    /// What that means, and what can be done, as a sentence.
    pub sentence: String,
    /// How far it is, while somebody works on it.
    pub progress: Option<ImportProgress>,
    /// Names and numbers.
    pub counts: Vec<(String, String)>,
    /// The first things that are wrong.
    pub errors: Vec<ImportErrorRow>,
    /// That there are more than those, in words.
    pub more_errors: Option<String>,
    /// What the first rows change.
    pub lines: Vec<ImportLineRow>,
    /// That there are more than those, in words.
    pub more_lines: Option<String>,
    /// What the columns mean; empty where that cannot be changed.
    pub columns: Vec<ImportColumn>,
    /// Whether the rows can be booked.
    pub may_apply: bool,
    /// Whether they can be booked back.
    pub may_undo: bool,
    /// The form's token.
    pub csrf: String,
    /// What was wrong with the columns.
    pub form_errors: FormErrors,
}

const CSV: &str = "/api/stock/export.csv";
const XLSX: &str = "/api/stock/export.xlsx";

fn crumbs(import: bool) -> Markup {
    let mut crumbs = vec![Crumb { words: "Stock".to_owned(), href: "/desk/stock".to_owned() }];
    if import {
        crumbs.push(Crumb { words: "Imports".to_owned(), href: "/desk/stock/imports".to_owned() });
    }
    breadcrumb(&crumbs)
}

/// The list. The form posts `multipart/form-data` to `/desk/stock/imports`: `file`, `csrf`. A browser with scripts asks
/// `data-upload` where the file may be put, and puts it there itself.
#[must_use]
pub fn imports(view: &Imports) -> Markup {
    html! {
        @if let Some(form) = &view.form { (error_summary(&form.errors)) }
        (crumbs(false))
        div.title-row {
            h1 { "Imports and exports" }
            div.badges { (link_button(Look::Quiet, CSV, "Export as CSV")) (link_button(Look::Quiet, XLSX, "Export as Excel")) }
        }
        @if let Some(form) = &view.form {
            section.panel aria-labelledby="send" {
                h2 #send { "Send a stock list" }
                p.muted { "One row for each SKU and location, with a count or a change. Nothing is booked before you have seen what it changes." }
                form.stack action="/desk/stock/imports" method="post" enctype="multipart/form-data" novalidate data-upload="/api/stock/imports" data-most=(form.most) data-most-by-form=(form.most_by_form) {
                    (hidden("csrf", &form.csrf))
                    (field(&Field::new(FieldKind::File(".csv,.xlsx"), "file", "File").hint("CSV or Excel (.xlsx), 20 MB at most; 4 MB where scripts are off. An export has all the columns.").errors(&form.errors)))
                    p.error-text role="alert" data-said hidden {}
                    p data-sending hidden { label for="sending" { "Sending the file" } " " progress #sending value="0" { } }
                    div { (busy_button(Look::Main, "Look at it", "Sending…")) }
                }
            }
        }
        @if view.rows.is_empty() {
            (empty("Stock lists that were sent appear here for a month.", None))
        } @else {
            div.table-wrap tabindex="0" role="region" aria-label="Imports" {
                table.table.cards-on-phone {
                    (head_row(&[Column::text("File"), Column::text("State"), Column::text("What it changes"), Column::text("Sent")]))
                    tbody {
                        @for row in &view.rows {
                            tr {
                                th scope="row" { a href=(row.href) { (row.filename) } }
                                td data-label="State" { (badge(&row.state)) }
                                td data-label="What it changes" { (row.summary) }
                                td data-label="Sent" { time datetime=(row.at) { (row.when) } }
                            }
                        }
                    }
                }
            }
            (pagination(&view.pager))
        }
    }
}

/// One import. Posts to `{href}/apply` and `{href}/undo`: `csrf`; to `{href}/mapping`: a column's place for each field,
/// `csrf`.
#[must_use]
pub fn import(view: &ImportView) -> Markup {
    html! {
        (error_summary(&view.form_errors))
        (crumbs(true))
        div.title-row { div.badges { h1 { (view.filename) } @if let Some(state) = &view.state { (badge(state)) } } }
        section.panel.stack aria-label="State" {
            p { (view.sentence) }
            @if let Some(progress) = &view.progress {
                p {
                    label for="progress" { (progress.words) } " "
                    progress #progress value=(progress.done) max=(progress.of.max(1)) { (progress.words) }
                }
                p { a href=(view.href) { "Look again" } }
            }
            @if !view.counts.is_empty() { (facts(&view.counts)) }
            @if view.may_apply || view.may_undo {
                div.badges {
                    @if view.may_apply { (act(view, "apply", Look::Main, "Book it", "Booking…")) }
                    @if view.may_undo { (act(view, "undo", Look::Quiet, "Undo", "Undoing…")) }
                }
            }
        }
        @if !view.errors.is_empty() { (errors(view)) }
        @if !view.columns.is_empty() { (columns(view)) }
        @if !view.lines.is_empty() { (lines(view)) }
    }
}

fn act(view: &ImportView, what: &str, look: Look, words: &str, busy: &str) -> Markup {
    html! {
        form action={ (view.href) "/" (what) } method="post" {
            (hidden("csrf", &view.csrf))
            (busy_button(look, words, busy))
        }
    }
}

fn errors(view: &ImportView) -> Markup {
    html! {
        section.stack aria-labelledby="wrong" {
            h2 #wrong { "What is wrong" }
            @if let Some(more) = &view.more_errors { p.muted { (more) } }
            div.table-wrap tabindex="0" role="region" aria-label="What is wrong" {
                table.table.dense.cards-on-phone {
                    (head_row(&[Column::text("Row"), Column::text("Column"), Column::text("What is wrong")]))
                    tbody {
                        @for error in &view.errors {
                            tr { th scope="row" { (error.row) } td data-label="Column" { (error.column) } td data-label="What is wrong" { (error.detail) } }
                        }
                    }
                }
            }
        }
    }
}

fn columns(view: &ImportView) -> Markup {
    // Where rows can be read, they are what one came to see.
    let open = view.lines.is_empty() || !view.form_errors.is_empty();
    html! {
        section.panel aria-label="Columns" {
            details.action open[open] {
                summary { "What the columns mean" (icon(Icon::Down)) }
                form.stack action={ (view.href) "/mapping" } method="post" novalidate {
                    (hidden("csrf", &view.csrf))
                    div.grid-2 {
                        @for column in &view.columns {
                            (field(&Field::select(column.name.clone(), column.label.clone(), column.choices.clone()).errors(&view.form_errors)))
                        }
                    }
                    div { (button(Look::Quiet, "Look at it again")) }
                }
            }
        }
    }
}

fn lines(view: &ImportView) -> Markup {
    html! {
        section.stack aria-labelledby="lines" {
            h2 #lines { "Row by row" }
            @if let Some(more) = &view.more_lines { p.muted { (more) } }
            div.table-wrap tabindex="0" role="region" aria-label="Row by row" {
                table.table.dense.cards-on-phone {
                    (head_row(&[
                        Column::text("Row"), Column::text("SKU"), Column::text("Location"), Column::number("Before"), Column::number("After"), Column::text("What happens"),
                    ]))
                    tbody {
                        @for line in &view.lines {
                            tr {
                                th scope="row" { (line.row) }
                                td.code data-label="SKU" { (line.sku) }
                                td data-label="Location" { (line.location) }
                                td.num data-label="Before" { (line.before) }
                                td.num data-label="After" { (line.after) }
                                td data-label="What happens" { (line.what) }
                            }
                        }
                    }
                }
            }
        }
    }
}
