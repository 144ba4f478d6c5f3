//! Ways around: breadcrumbs, pages of a list, tabs of saved views.

use super::icon::{Icon, icon};
use maud::{Markup, html};

/// A step on the way from the front page to here.
#[derive(Debug, Clone)]
pub struct Crumb {
    /// Its words.
    pub words: String,
    /// Where it leads.
    pub href: String,
}

/// The way from the front page to the parent of this one; the page itself is its own heading.
#[must_use]
pub fn breadcrumb(crumbs: &[Crumb]) -> Markup {
    html! {
        @if !crumbs.is_empty() {
            nav aria-label="Breadcrumb" {
                ol.breadcrumb { @for crumb in crumbs { li { a href=(crumb.href) { (crumb.words) } } } }
            }
        }
    }
}

/// Where a list goes on. Cursors only: nobody counts pages.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    /// The first page, when this is not it.
    pub first: Option<String>,
    /// The next page, when there is one.
    pub next: Option<String>,
}

/// Links to the first and the next page; nothing when this page is all.
#[must_use]
pub fn pagination(pager: &Pager) -> Markup {
    html! {
        @if pager.first.is_some() || pager.next.is_some() {
            nav.pagination aria-label="Pages" {
                @if let Some(first) = &pager.first {
                    a.button.quiet.first href=(first) { (icon(Icon::Left)) "First page" }
                }
                @if let Some(next) = &pager.next {
                    a.button.quiet href=(next) rel="next" { "Next page" (icon(Icon::Right)) }
                }
            }
        }
    }
}

/// One saved view of a list.
#[derive(Debug, Clone)]
pub struct Tab {
    /// Its words.
    pub words: String,
    /// Its address, filters included.
    pub href: String,
    /// Whether it is the one shown.
    pub current: bool,
    /// How many it holds, where that is known.
    pub count: Option<String>,
}

/// The saved views of a list, as links.
#[must_use]
pub fn tabs(label: &str, views: &[Tab]) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            @for tab in views {
                a href=(tab.href) aria-current=[tab.current.then_some("page")] {
                    (tab.words)
                    @if let Some(count) = &tab.count { span.muted { (count) } }
                }
            }
        }
    }
}
