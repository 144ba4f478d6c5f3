//! Help: the questions that people ask, and how to reach the shop.

use crate::components::{Icon, icon};
use maud::{Markup, html};

/// A question and its answer.
#[derive(Debug, Clone)]
pub struct HelpTopic {
    /// The question.
    pub question: String,
    /// The answer's paragraphs.
    pub answer: Vec<String>,
}

/// The help page.
#[derive(Debug, Clone, Default)]
pub struct Help {
    /// Questions and answers.
    pub topics: Vec<HelpTopic>,
    /// Where the shop is reached.
    pub support_email: Option<String>,
    /// When it answers: "We reply by 10:00 tomorrow."
    pub reply: Option<String>,
}

/// The help page.
#[must_use]
pub fn help(view: &Help) -> Markup {
    html! {
        div.wrap.narrow.page.stack-l {
            h1 { "Help" }
            div.faq {
                @for topic in &view.topics {
                    details { summary { (topic.question) (icon(Icon::Down)) } div { @for paragraph in &topic.answer { p { (paragraph) } } } }
                }
            }
            section.stack aria-labelledby="contact" {
                h2 #contact { "Something else?" }
                @if let Some(email) = &view.support_email { p { "Write to " a href={ "mailto:" (email) } { (email) } "." @if let Some(reply) = &view.reply { " " (reply) } } }
                p { a href="/orders/find" { "Find an order" } }
            }
        }
    }
}
