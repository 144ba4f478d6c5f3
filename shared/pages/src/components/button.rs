//! Buttons and links that look like them. One filled button a view: the rest are quiet.

use maud::{Markup, html};

/// How much a button asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Filled: the view's one main action.
    Main,
    /// Outlined: everything else.
    Quiet,
    /// Outlined in the colour of loss: what cannot be undone.
    Danger,
    /// Filled in the colour of loss: the last question before it.
    FinalDanger,
}

impl Look {
    fn class(self) -> &'static str {
        match self {
            Self::Main => "button",
            Self::Quiet => "button quiet",
            Self::Danger => "button danger",
            Self::FinalDanger => "button danger filled",
        }
    }
}

/// Submits the form that it stands in.
#[must_use]
pub fn button(look: Look, words: &str) -> Markup {
    html! { button class=(look.class()) type="submit" { (words) } }
}

/// As [`button`], and says `busy` when the answer takes longer than 400 ms.
#[must_use]
pub fn busy_button(look: Look, words: &str, busy: &str) -> Markup {
    html! { button class=(look.class()) type="submit" data-busy=(busy) { (words) } }
}

/// A link that looks like a button: it goes somewhere and changes nothing.
#[must_use]
pub fn link_button(look: Look, href: &str, words: &str) -> Markup {
    html! { a class=(look.class()) href=(href) { (words) } }
}

/// A button that looks like a link, for small acts in running text or a line. It submits `form`, the
/// id of a form elsewhere on the page, or the form it stands in.
#[must_use]
pub fn text_button(words: &str, about: Option<&str>, form: Option<&str>) -> Markup {
    html! {
        button.link-button type="submit" form=[form] {
            (words) @if let Some(about) = about { span.visually-hidden { " " (about) } }
        }
    }
}
