//! A table whose cells are inputs: variants of a product, tax rates, shipping prices.
//!
//! A cell is named `<table>.<row>.<column>`, rows from 0. Empty rows at the end
//! take new entries; a row left wholly empty means nothing. The script adds
//! more rows from a template.

use super::form::{FormErrors, id_of};
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
    let empty: Vec<String> = vec![String::new(); table.columns.len()];
    let sizes: Vec<usize> = (0..table.columns.len()).map(|column| size(table, column)).collect();
    html! {
        div.table-wrap tabindex="0" role="region" aria-label={ (table.caption) ", table" } {
            table.table.editable.cards-on-phone {
                caption.visually-hidden { (table.caption) }
                thead {
                    tr {
                        @for column in &table.columns { th scope="col" class=[(!matches!(column.cell, Cell::Text | Cell::Lines | Cell::Select(_))).then_some("num")] { (column.label) } }
                    }
                }
                tbody id={ (table.name) "-rows" } {
                    @for n in 0..table.rows.len() + table.blank {
                        (row(table, &n.to_string(), table.rows.get(n).unwrap_or(&empty), &sizes, errors))
                    }
                }
            }
        }
        template id={ (table.name) "-row" } data-into={ (table.name) "-rows" } { (row(table, "__n__", &empty, &sizes, &FormErrors::none())) }
        div.js-only { button.link-button type="button" data-add-row={ (table.name) "-row" } { (icon(Icon::Plus)) "Add a " (table.row_word) } }
    }
}

/// How many characters wide a column is: as its longest value, within reason.
fn size(table: &EditTable, column: usize) -> usize {
    let (least, most) = match table.columns.get(column).map(|column| &column.cell) {
        Some(Cell::Number) => (4, 12),
        Some(Cell::Amount) => (6, 14),
        Some(Cell::Text | Cell::Lines | Cell::Select(_)) | None => (8, 36),
    };
    let longest = table.rows.iter().filter_map(|row| row.get(column)).map(|text| text.chars().count()).max();
    longest.unwrap_or_default().clamp(least, most)
}

fn row(table: &EditTable, number: &str, values: &[String], sizes: &[usize], errors: &FormErrors) -> Markup {
    let spoken = number.parse::<usize>().map_or_else(|_| "new".to_owned(), |n| (n + 1).to_string());
    html! {
        tr {
            @for ((column, value), size) in table.columns.iter().zip(values).zip(sizes) {
                @let name = format!("{}.{number}.{}", table.name, column.key);
                @let error = errors.of(&name);
                @let id = id_of(&name);
                @let label = format!("{}, {} {spoken}", column.label, table.row_word);
                @let invalid = error.map(|_| "true");
                @let describedby = error.map(|_| format!("{id}-error"));
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
                            input.input id=(id) name=(name) type="text" size=(size) value=(value) autocomplete="off" aria-label=(label) aria-invalid=[invalid] aria-describedby=[describedby];
                        }
                        Cell::Number | Cell::Amount => {
                            input.input.num id=(id) name=(name) type="text" size=(size) inputmode=(if matches!(column.cell, Cell::Number) { "numeric" } else { "decimal" })
                                value=(value) autocomplete="off" aria-label=(label) aria-invalid=[invalid] aria-describedby=[describedby];
                        }
                    }
                    @if let Some(error) = error { p.error-text id={ (id) "-error" } { (icon(Icon::Alert)) span { span.visually-hidden { "Error: " } (error) } } }
                }
            }
        }
    }
}
