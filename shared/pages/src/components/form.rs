//! Forms: label, hint, error, input, in that order; a summary of what is wrong.
//!
//! A field's id is made of its name ([`id_of`]), so the summary can link to
//! it. Inputs never have placeholders, and nothing typed is ever cleared:
//! whoever shows a form again passes the values back. Validation happens on
//! the server; forms are `novalidate`, and the attributes here serve keyboards,
//! autofill and the script that clears a corrected error.

use super::icon::{Icon, icon};
use maud::{Markup, html};

/// What is wrong with a form: field name and sentence, in the order of the fields.
#[derive(Debug, Clone, Default)]
pub struct FormErrors(Vec<(String, String)>);

impl FormErrors {
    /// Nothing wrong.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds the sentence that `field` gets; an empty field name stands for the form as a whole.
    pub fn add(&mut self, field: impl Into<String>, sentence: impl Into<String>) {
        self.0.push((field.into(), sentence.into()));
    }

    /// The sentence of a field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, sentence)| sentence.as_str())
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same with the names that the fields have in `scope`, where two forms of a page have the same field.
    #[must_use]
    pub fn within(&self, scope: &str) -> Self {
        let scoped = |name: &str| if name.is_empty() { String::new() } else { format!("{scope}-{name}") };
        self.iter().map(|(name, sentence)| (scoped(name), sentence)).collect()
    }

    /// The same, where a field that is not on the page stands for the form as a whole: the summary links to no other.
    #[must_use]
    pub fn on_page(&self, is_there: impl Fn(&str) -> bool) -> Self {
        self.iter().map(|(name, sentence)| (if is_there(name) { name } else { "" }, sentence)).collect()
    }

    /// Every field and sentence.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(field, sentence)| (field.as_str(), sentence.as_str()))
    }
}

impl<F: Into<String>, S: Into<String>> FromIterator<(F, S)> for FormErrors {
    fn from_iter<I: IntoIterator<Item = (F, S)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(field, sentence)| (field.into(), sentence.into())).collect())
    }
}

/// The id of the input that is named `name`: letters, digits, `-` and `_` stay, the rest becomes `-`.
#[must_use]
pub fn id_of(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '-' }).collect()
}

/// "There is a problem": the same words as beside the fields, each a link to its field.
#[must_use]
pub fn error_summary(errors: &FormErrors) -> Markup {
    html! {
        @if !errors.is_empty() {
            div.error-summary role="alert" aria-labelledby="error-summary-title" tabindex="-1" autofocus {
                h2 #error-summary-title { "There is a problem" }
                ul {
                    @for (name, sentence) in errors.iter() {
                        li {
                            @if name.is_empty() { (sentence) } @else { a href={ "#" (id_of(name)) } { (sentence) } }
                        }
                    }
                }
            }
        }
    }
}

/// A hidden input.
#[must_use]
pub fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// One of several values.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// A second line: "Arrives 5–7 June".
    pub hint: Option<String>,
    /// What stands at the end of the line: a price.
    pub end: Option<String>,
    /// Whether it is the one chosen.
    pub chosen: bool,
}

impl Choice {
    /// A choice of a value and its words.
    #[must_use]
    pub fn new(value: impl Into<String>, label: impl Into<String>, chosen: bool) -> Self {
        Self { value: value.into(), label: label.into(), chosen, ..Self::default() }
    }
}

/// What a field takes.
#[derive(Debug, Clone)]
pub enum FieldKind {
    /// A line of text.
    Text,
    /// A mail address.
    Email,
    /// A telephone number.
    Phone,
    /// Words to look for.
    Search,
    /// A whole number, typed as text with a numeric keyboard.
    Number,
    /// An amount of money, typed as text with a decimal keyboard.
    Amount,
    /// Several lines of text.
    Lines,
    /// One of a list.
    Select(Vec<Choice>),
    /// A file of the given types: `image/png,image/jpeg`.
    File(&'static str),
    /// A secret: shown as dots.
    Secret,
    /// A day, sent as `2026-06-03`.
    Date,
}

/// A labelled input.
#[derive(Debug, Clone)]
pub struct Field {
    /// The name under which it is sent.
    pub name: String,
    /// Put before the name to make the id, where two forms of a page have the same field.
    pub scope: Option<&'static str>,
    /// The label.
    pub label: String,
    /// A sentence that helps.
    pub hint: Option<String>,
    /// What is wrong.
    pub error: Option<String>,
    /// What it holds.
    pub value: String,
    /// What it takes.
    pub kind: FieldKind,
    /// The token for autofill.
    pub autocomplete: Option<&'static str>,
    /// Whether it may stay empty.
    pub optional: bool,
    /// Whether the label keeps silent about that, as in a search.
    pub unmarked: bool,
    /// How wide: `w-s`, `w-m`, `w-l`, or all there is.
    pub width: Option<&'static str>,
    /// Makes the script ask for fresh totals when it changes.
    pub requotes: bool,
    /// The id of a form elsewhere that it belongs to.
    pub form: Option<&'static str>,
}

impl Field {
    /// A field of `kind`, empty and required.
    #[must_use]
    pub fn new(kind: FieldKind, name: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            scope: None,
            label: label.into(),
            hint: None,
            error: None,
            value: String::new(),
            kind,
            autocomplete: None,
            optional: false,
            unmarked: false,
            width: None,
            requotes: false,
            form: None,
        }
    }

    /// A line of text.
    #[must_use]
    pub fn text(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(FieldKind::Text, name, label)
    }

    /// A list to choose from.
    #[must_use]
    pub fn select(name: impl Into<String>, label: impl Into<String>, choices: Vec<Choice>) -> Self {
        Self::new(FieldKind::Select(choices), name, label)
    }

    /// Holds `value`.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// Explains itself with `hint`.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Shows what `errors` says of it.
    #[must_use]
    pub fn errors(mut self, errors: &FormErrors) -> Self {
        self.error = errors.of(&self.name).map(str::to_owned);
        self
    }

    /// Offers autofill under `token`.
    #[must_use]
    pub fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = Some(token);
        self
    }

    /// May stay empty, and says so.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// May stay empty as a matter of course: filters, searches.
    #[must_use]
    pub fn unmarked(mut self) -> Self {
        self.unmarked = true;
        self.optional()
    }

    /// Is no wider than `class` says: `w-s`, `w-m` or `w-l`.
    #[must_use]
    pub fn width(mut self, class: &'static str) -> Self {
        self.width = Some(class);
        self
    }

    /// Has an id of its own in `scope`.
    #[must_use]
    pub fn within(mut self, scope: &'static str) -> Self {
        self.scope = Some(scope);
        self
    }

    /// Asks for fresh totals when it changes.
    #[must_use]
    pub fn requotes(mut self) -> Self {
        self.requotes = true;
        self
    }

    fn id(&self) -> String {
        match self.scope {
            Some(scope) => format!("{scope}-{}", id_of(&self.name)),
            None => id_of(&self.name),
        }
    }
}

fn described(id: &str, hint: bool, error: bool) -> Option<String> {
    match (hint, error) {
        (false, false) => None,
        (true, false) => Some(format!("{id}-hint")),
        (false, true) => Some(format!("{id}-error")),
        (true, true) => Some(format!("{id}-hint {id}-error")),
    }
}

fn error_text(id: &str, sentence: &str) -> Markup {
    html! {
        p.error-text id={ (id) "-error" } { (icon(Icon::Alert)) span { span.visually-hidden { "Error: " } (sentence) } }
    }
}

/// A labelled input: label, hint, error, input.
#[must_use]
pub fn field(field: &Field) -> Markup {
    let id = field.id();
    let describedby = described(&id, field.hint.is_some(), field.error.is_some());
    let invalid = field.error.is_some().then_some("true");
    let required = (!field.optional).then_some("true");
    html! {
        div.field.has-error[field.error.is_some()] {
            label for=(id) { (field.label) @if field.optional && !field.unmarked { span.optional { " (optional)" } } }
            @if let Some(hint) = &field.hint { p.hint id={ (id) "-hint" } { (hint) } }
            @if let Some(error) = &field.error { (error_text(&id, error)) }
            @match &field.kind {
                FieldKind::Select(choices) => {
                    select class={ "select " (field.width.unwrap_or_default()) } id=(id) name=(field.name) form=[field.form] autocomplete=[field.autocomplete]
                        aria-describedby=[describedby] aria-invalid=[invalid] data-requote[field.requotes] {
                        @for choice in choices { option value=(choice.value) selected[choice.chosen] { (choice.label) } }
                    }
                }
                FieldKind::Lines => {
                    textarea class={ "textarea " (field.width.unwrap_or_default()) } id=(id) name=(field.name) form=[field.form] rows="4" aria-required=[required]
                        aria-describedby=[describedby] aria-invalid=[invalid] { (field.value) }
                }
                FieldKind::File(accept) => {
                    input class={ "input " (field.width.unwrap_or_default()) } id=(id) name=(field.name) form=[field.form] type="file" accept=(accept)
                        aria-describedby=[describedby] aria-invalid=[invalid];
                }
                FieldKind::Text | FieldKind::Email | FieldKind::Phone | FieldKind::Search | FieldKind::Number | FieldKind::Amount | FieldKind::Secret | FieldKind::Date => {
                    @let (kind, mode, spell) = attributes(&field.kind);
                    input class={ "input " (field.width.unwrap_or_default()) } id=(id) name=(field.name) form=[field.form] type=(kind) value=(field.value)
                        inputmode=[mode] spellcheck=[spell] autocomplete=[field.autocomplete] aria-required=[required]
                        aria-describedby=[describedby] aria-invalid=[invalid] data-search[matches!(field.kind, FieldKind::Search)]
                        data-requote[field.requotes];
                }
            }
        }
    }
}

fn attributes(kind: &FieldKind) -> (&'static str, Option<&'static str>, Option<&'static str>) {
    match kind {
        FieldKind::Email => ("email", None, Some("false")),
        FieldKind::Phone => ("tel", None, None),
        FieldKind::Search => ("search", None, None),
        FieldKind::Number => ("text", Some("numeric"), None),
        FieldKind::Amount => ("text", Some("decimal"), None),
        FieldKind::Secret => ("password", None, None),
        FieldKind::Date => ("date", None, None),
        FieldKind::Text | FieldKind::Lines | FieldKind::Select(_) | FieldKind::File(_) => ("text", None, None),
    }
}

/// A group of fields under one name.
#[must_use]
pub fn fieldset(legend: &str, body: &Markup) -> Markup {
    html! { fieldset.fieldset { legend { (legend) } (body) } }
}

/// One of several, all in sight. The first has the id of the group, so that the error summary finds it.
#[must_use]
pub fn radios(name: &str, legend: &Markup, choices: &[Choice], error: Option<&str>, requotes: bool) -> Markup {
    let id = id_of(name);
    let describedby = error.map(|_| format!("{id}-error"));
    html! {
        fieldset.fieldset.has-error[error.is_some()] aria-describedby=[describedby] {
            legend { (legend) }
            div.stack-s {
                @if let Some(error) = error { (error_text(&id, error)) }
                div.choices {
                    @for (n, choice) in choices.iter().enumerate() {
                        @let own = if n == 0 { id.clone() } else { format!("{id}-{n}") };
                        label.choice for=(own) {
                            input type="radio" id=(own) name=(name) value=(choice.value) checked[choice.chosen]
                                data-requote[requotes] aria-describedby=[choice.hint.as_ref().map(|_| format!("{own}-hint"))];
                            span.choice-label { (choice.label) }
                            @if let Some(hint) = &choice.hint { span.hint id={ (own) "-hint" } { (hint) } }
                            @if let Some(end) = &choice.end { span.choice-end { (end) } }
                        }
                    }
                }
            }
        }
    }
}

/// A box to tick.
#[derive(Debug, Clone)]
pub struct Checkbox {
    /// The name under which it is sent.
    pub name: String,
    /// What is sent when it is ticked.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is ticked.
    pub ticked: bool,
}

/// A box to tick, with its label.
#[must_use]
pub fn checkbox(check: &Checkbox) -> Markup {
    let id = id_of(&check.name);
    html! {
        label.choice.plain for=(id) {
            input type="checkbox" id=(id) name=(check.name) value=(check.value) checked[check.ticked];
            span.choice-label { (check.label) }
        }
    }
}

/// A quantity: a text input with a numeric keyboard, between buttons that the script brings to life.
/// `label` is read, not seen; `form` is the id of the form it belongs to; `least` is 0 where
/// emptying means removing.
#[must_use]
pub fn stepper(name: &str, label: &str, value: &str, least: u32, form: Option<&str>, error: Option<&str>) -> Markup {
    let id = id_of(name);
    html! {
        div.field.has-error[error.is_some()] {
            label.visually-hidden for=(id) { (label) }
            @if let Some(error) = error { (error_text(&id, error)) }
            div.stepper {
                button.js-only type="button" data-step="-1" { (icon(Icon::Minus)) span.visually-hidden { "One fewer: " (label) } }
                input.input id=(id) name=(name) form=[form] type="text" inputmode="numeric" autocomplete="off" maxlength="4"
                    value=(value) data-least=(least)
                    aria-invalid=[error.map(|_| "true")] aria-describedby=[error.map(|_| format!("{id}-error"))];
                button.js-only type="button" data-step="1" { (icon(Icon::Plus)) span.visually-hidden { "One more: " (label) } }
            }
        }
    }
}
