//! Heads of tables: names of columns, links that sort, `aria-sort`.
//!
//! A table's body is its page's own business; wrap both in
//! `div.table-wrap` with `tabindex="0"`, `role="region"` and a name, so that a
//! keyboard can scroll it.

use super::icon::{Icon, icon};
use maud::{Markup, html};

/// The order in which a column sorts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sort {
    /// Sortable but not sorted now; the address that sorts by it.
    By(String),
    /// Sorted upwards; the address that turns it round.
    Ascending(String),
    /// Sorted downwards; the address that turns it round.
    Descending(String),
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name; hidden from the eye but not from screen readers when `quiet`.
    pub words: String,
    /// Whether it holds figures, which align right.
    pub number: bool,
    /// Whether its name is only read, not seen.
    pub quiet: bool,
    /// How it sorts, if it does.
    pub sort: Option<Sort>,
}

impl Column {
    /// A column of words.
    #[must_use]
    pub fn text(words: impl Into<String>) -> Self {
        Self { words: words.into(), number: false, quiet: false, sort: None }
    }

    /// A column of figures.
    #[must_use]
    pub fn number(words: impl Into<String>) -> Self {
        Self { number: true, ..Self::text(words) }
    }

    /// A column whose name need not be seen.
    #[must_use]
    pub fn quiet(words: impl Into<String>) -> Self {
        Self { quiet: true, ..Self::text(words) }
    }

    /// The same column, sortable.
    #[must_use]
    pub fn sorted(mut self, sort: Option<Sort>) -> Self {
        self.sort = sort;
        self
    }
}

/// The head of a table.
#[must_use]
pub fn head_row(columns: &[Column]) -> Markup {
    html! {
        thead {
            tr {
                @for column in columns {
                    @let (direction, sorting) = match &column.sort {
                        None => (None, None),
                        Some(Sort::By(href)) => (None, Some((href, Icon::Sort))),
                        Some(Sort::Ascending(href)) => (Some("ascending"), Some((href, Icon::Up))),
                        Some(Sort::Descending(href)) => (Some("descending"), Some((href, Icon::Down))),
                    };
                    th scope="col" class=[column.number.then_some("num")] aria-sort=[direction] {
                        @if let Some((href, which)) = sorting {
                            a href=(href) { (column.words) (icon(which)) }
                        } @else if column.quiet {
                            span.visually-hidden { (column.words) }
                        } @else {
                            (column.words)
                        }
                    }
                }
            }
        }
    }
}
