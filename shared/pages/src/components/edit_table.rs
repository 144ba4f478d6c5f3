//! A table whose cells are inputs: variants of a product, tax rates, shipping prices.
//!
//! A cell is named `<table>.<row>.<column>`, rows from 0. Empty rows at the end
//! take new entries; a row left wholly empty means nothing. The script adds
//! more rows from a template, but not where rows stand for something given: a
//! table with words in its cells, such as what was ordered.

use super::form::{FormErrors, hidden, id_of};
use super::icon::{Icon, icon};
use maud::{Markup, html};

/// What a column's cells take.
#[derive(Debug, Clone)]
pub enum Cell {
    /// A line of text.
    Text,
    /// Several lines of text.
    Lines,
    /// A whole number.
    Number,
    /// An amount or a rate.
    Amount,
    /// One of a list, value and words.
    Select(Vec<(String, String)>),
    /// Words that are only read.
    Words,
    /// A figure that is only read.
    Figure,
    /// A code that is only read, and sent back as it is.
    Code,
}

impl Cell {
    fn is_given(&self) -> bool {
        matches!(self, Self::Words | Self::Figure | Self::Code)
    }

    fn is_number(&self) -> bool {
        matches!(self, Self::Number | Self::Amount | Self::Figure)
    }
}

/// A column.
#[derive(Debug, Clone)]
pub struct EditColumn {
    /// The last part of its cells' names.
    pub key: &'static str,
    /// Its heading.
    pub label: String,
    /// What its cells take.
    pub cell: Cell,
}

impl EditColumn {
    /// A column.
    #[must_use]
    pub fn new(key: &'static str, label: impl Into<String>, cell: Cell) -> Self {
        Self { key, label: label.into(), cell }
    }
}

/// The table.
#[derive(Debug, Clone)]
pub struct EditTable {
    /// The first part of its cells' names.
    pub name: &'static str,
    /// What it holds, read as its caption.
    pub caption: String,
    /// What one row is: "variant".
    pub row_word: &'static str,
    /// Its columns.
    pub columns: Vec<EditColumn>,
    /// The values, row by row, each as long as `columns`.
    pub rows: Vec<Vec<String>>,
    /// How many empty rows follow.
    pub blank: usize,
}

/// The table, with what `errors` says of its cells.
#[must_use]
pub fn edit_table(table: &EditTable, errors: &FormErrors) -> Markup {
    drawn(table, errors, false)
}

/// As [`edit_table`], with the cursor in its first input when the page opens.
#[must_use]
pub fn edit_table_focused(table: &EditTable, errors: &FormErrors) -> Markup {
    drawn(table, errors, true)
}

fn drawn(table: &EditTable, errors: &FormErrors, focused: bool) -> Markup {
    let grows = !table.columns.iter().any(|column| column.cell.is_given());
    let empty: Vec<String> = vec![String::new(); table.columns.len()];
    let sizes: Vec<usize> = (0..table.columns.len()).map(|column| size(table, column)).collect();
    html! {
        div.table-wrap tabindex="0" role="region" aria-label={ (table.caption) ", table" } {
            table.table.editable.cards-on-phone {
                caption.visually-hidden { (table.caption) }
                thead {
                    tr {
                        @for column in &table.columns { th scope="col" class=[column.cell.is_number().then_some("num")] { (column.label) } }
                    }
                }
                tbody id={ (table.name) "-rows" } {
                    @for n in 0..table.rows.len() + table.blank {
                        (row(table, &n.to_string(), table.rows.get(n).unwrap_or(&empty), &sizes, errors, focused && n == 0))
                    }
                }
            }
        }
        @if grows {
            template id={ (table.name) "-row" } data-into={ (table.name) "-rows" } { (row(table, "__n__", &empty, &sizes, &FormErrors::none(), false)) }
            div.js-only { button.link-button type="button" data-add-row={ (table.name) "-row" } { (icon(Icon::Plus)) "Add a " (table.row_word) } }
        }
    }
}

/// How many characters wide a column is: as its longest value, within reason.
fn size(table: &EditTable, column: usize) -> usize {
    let (least, most) = match table.columns.get(column).map(|column| &column.cell) {
        Some(Cell::Number) => (4, 12),
        Some(Cell::Amount) => (6, 14),
        Some(Cell::Text | Cell::Lines | Cell::Select(_) | Cell::Words | Cell::Figure | Cell::Code) | None => (8, 36),
    };
    let longest = table.rows.iter().filter_map(|row| row.get(column)).map(|text| text.chars().count()).max();
    longest.unwrap_or_default().clamp(least, most)
}

/// What a row is called in its inputs' names: by what it stands for, or by its number.
fn spoken(table: &EditTable, number: &str, values: &[String]) -> String {
    match (table.columns.first(), values.first()) {
        (Some(column), Some(name)) if column.cell.is_given() => name.clone(),
        (Some(_) | None, _) => {
            let number = number.parse::<usize>().map_or_else(|_| "new".to_owned(), |n| (n + 1).to_string());
            format!("{} {number}", table.row_word)
        }
    }
}

fn row(
    table: &EditTable,
    number: &str,
    values: &[String],
    sizes: &[usize],
    errors: &FormErrors,
    focused: bool,
) -> Markup {
    let spoken = spoken(table, number, values);
    let first_input = table.columns.iter().position(|column| !column.cell.is_given()).filter(|_| focused);
    html! {
        tr {
            @for (n, ((column, value), size)) in table.columns.iter().zip(values).zip(sizes).enumerate() {
                @let name = format!("{}.{number}.{}", table.name, column.key);
                @if n == 0 && column.cell.is_given() {
                    th scope="row" { (given(column, &name, value)) }
                } @else if column.cell.is_given() {
                    td.num[column.cell.is_number()] data-label=(column.label) { (given(column, &name, value)) }
                } @else {
                    (cell(column, &name, value, *size, &format!("{}, {spoken}", column.label), errors.of(&name), first_input == Some(n)))
                }
            }
        }
    }
}

fn given(column: &EditColumn, name: &str, value: &str) -> Markup {
    html! {
        @if matches!(column.cell, Cell::Code) { span.code { (value) } (hidden(name, value)) } @else { (value) }
    }
}

fn cell(
    column: &EditColumn,
    name: &str,
    value: &str,
    size: usize,
    label: &str,
    error: Option<&str>,
    focused: bool,
) -> Markup {
    let id = id_of(name);
    let invalid = error.map(|_| "true");
    let describedby = error.map(|_| format!("{id}-error"));
    html! {
        td.has-error[error.is_some()] data-label=(column.label) {
            @match &column.cell {
                Cell::Select(options) => {
                    select.select id=(id) name=(name) aria-label=(label) aria-invalid=[invalid] aria-describedby=[describedby] {
                        @for option in options { option value=(option.0) selected[option.0 == *value] { (option.1) } }
                    }
                }
                Cell::Lines => {
                    textarea.input id=(id) name=(name) rows="2" cols=(size) aria-label=(label) aria-invalid=[invalid] aria-describedby=[describedby] { (value) }
                }
                Cell::Text => {
                    input.input id=(id) name=(name) type="text" size=(size) value=(value) autocomplete="off" aria-label=(label) aria-invalid=[invalid] aria-describedby=[describedby] autofocus[focused];
                }
                Cell::Number | Cell::Amount => {
                    input.input.num id=(id) name=(name) type="text" size=(size) inputmode=(if matches!(column.cell, Cell::Number) { "numeric" } else { "decimal" })
                        value=(value) autocomplete="off" aria-label=(label) aria-invalid=[invalid] aria-describedby=[describedby] autofocus[focused];
                }
                Cell::Words | Cell::Figure | Cell::Code => {}
            }
            @if let Some(error) = error { p.error-text id={ (id) "-error" } { (icon(Icon::Alert)) span { span.visually-hidden { "Error: " } (error) } } }
        }
    }
}
