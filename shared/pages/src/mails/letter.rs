//! A mail as blocks, drawn as HTML and as text.
//!
//! HTML for mail programs: presentation tables, one column of 600 pixels,
//! styles in the elements because many programs drop sheets; dark colours by a
//! media query where it is understood. Text: the same blocks in 72 columns.

use super::{MailLine, Shop};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The width of the text part.
const COLUMNS: usize = 72;

const DARK: &str = "@media (prefers-color-scheme:dark){\
.page{background:#10141c!important}.sheet{background:#181d27!important}\
.ink{color:#ebeff4!important}.soft{color:#b0b6c1!important}\
.rule{border-color:#343a46!important}.box{background:#10141c!important}\
.go{background:#8fb4f8!important}.go a{color:#10141c!important}\
.link{color:#8fb4f8!important}}\
@media (max-width:620px){.pad{padding-left:20px!important;padding-right:20px!important}}";

const FONT: &str = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;";

/// A part of a mail.
#[derive(Debug, Clone)]
pub(super) enum Block {
    /// A paragraph.
    Text(String),
    /// The one thing to press: words and address.
    Button(String, String),
    /// A link in passing: words and address.
    Link(String, String),
    /// Pieces of an order.
    Lines(Vec<MailLine>),
    /// A sum, its last row the total.
    Totals {
        /// Names and amounts.
        rows: Vec<(String, String)>,
        /// What is part of it.
        note: Option<String>,
    },
    /// A heading, names and values.
    Facts(String, Vec<(String, String)>),
    /// A heading of its own.
    Heading(String),
    /// Names with a line below them, and what stands at the end.
    Rows(Vec<RowLine>),
    /// A heading and lines.
    Section(String, Vec<String>),
}

/// A row of a list.
#[derive(Debug, Clone, Default)]
pub(super) struct RowLine {
    /// Its name.
    pub(super) name: String,
    /// The line below it.
    pub(super) detail: String,
    /// What stands at the right.
    pub(super) end: Option<String>,
}

impl RowLine {
    fn of(line: &MailLine) -> Self {
        let option = line.option.as_ref().map(|option| format!("{option} · ")).unwrap_or_default();
        Self {
            name: line.title.clone(),
            detail: format!("{option}Quantity {}", line.quantity),
            end: line.total.clone(),
        }
    }
}

/// A mail before it is drawn.
#[derive(Debug)]
pub(super) struct Letter<'a> {
    pub(super) shop: &'a Shop,
    pub(super) preheader: &'a str,
    pub(super) title: String,
    pub(super) blocks: Vec<Block>,
}

fn described(line: &MailLine) -> String {
    match &line.option {
        Some(option) => format!("{}, {option}", line.title),
        None => line.title.clone(),
    }
}

impl Letter<'_> {
    /// The HTML part.
    pub(super) fn html(&self, subject: &str) -> String {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="supported-color-schemes" content="light dark";
                    title { (subject) }
                    style { (PreEscaped(DARK)) }
                }
                body.page style="margin:0;padding:0;background:#ecf1f5;" {
                    div style="display:none;max-height:0;overflow:hidden;mso-hide:all;" {
                        (self.preheader)
                        // Keeps mail programs from filling the preview with the text that follows.
                        @for _ in 0..40 { (PreEscaped("&#8199;&#847; ")) }
                    }
                    table.page role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#ecf1f5;" {
                        tr { td align="center" style="padding:24px 12px;" {
                            table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;" {
                                tr { td.pad style="padding:8px 32px 16px;" {
                                    a.ink href=(self.shop.url) style={ (FONT) "font-size:20px;font-weight:700;letter-spacing:-.4px;color:#171f30;text-decoration:none;" } { (self.shop.name) }
                                } }
                                tr { td.sheet.pad style="background:#ffffff;border-radius:14px;padding:32px;" {
                                    h1.ink style={ (FONT) "margin:0 0 16px;font-size:26px;line-height:32px;font-weight:700;letter-spacing:-.4px;color:#171f30;" } { (self.title) }
                                    @for block in &self.blocks { (drawn(block)) }
                                } }
                                tr { td.pad.soft style={ (FONT) "padding:20px 32px;font-size:13px;line-height:20px;color:#4d5768;" } {
                                    "Reply to this mail, or write to "
                                    a.link href={ "mailto:" (self.shop.support_email) } style="color:#1c45ab;" { (self.shop.support_email) } "."
                                    @for line in &self.shop.imprint { br; (line) }
                                } }
                            }
                        } }
                    }
                }
            }
        }
        .into_string()
    }

    /// The text part.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        push_wrapped(&mut out, &self.title, "");
        out.push_str(&"=".repeat(self.title.chars().count().min(COLUMNS)));
        out.push_str("\n\n");
        for block in &self.blocks {
            match block {
                Block::Text(words) => push_wrapped(&mut out, words, ""),
                Block::Button(words, url) | Block::Link(words, url) => {
                    push_wrapped(&mut out, &format!("{words}:"), "");
                    out.push_str(url);
                    out.push('\n');
                }
                Block::Lines(lines) => {
                    for line in lines {
                        let left = format!("{} x {}", line.quantity, described(line));
                        push_row(&mut out, &left, line.total.as_deref().unwrap_or_default());
                    }
                }
                Block::Totals { rows, note } => {
                    for (n, (name, amount)) in rows.iter().enumerate() {
                        if n + 1 == rows.len() {
                            out.push_str(&"-".repeat(COLUMNS));
                            out.push('\n');
                        }
                        push_row(&mut out, name, amount);
                    }
                    if let Some(note) = note {
                        push_wrapped(&mut out, note, "");
                    }
                }
                Block::Facts(title, pairs) => {
                    push_wrapped(&mut out, &format!("{title}:"), "");
                    for (name, value) in pairs {
                        push_wrapped(&mut out, &format!("{name}: {value}"), "  ");
                    }
                }
                Block::Heading(title) => {
                    push_wrapped(&mut out, title, "");
                    out.push_str(&"-".repeat(title.chars().count().min(COLUMNS)));
                    out.push('\n');
                }
                Block::Rows(rows) => {
                    for row in rows {
                        push_row(&mut out, &row.name, row.end.as_deref().unwrap_or_default());
                        push_wrapped(&mut out, &row.detail, "  ");
                    }
                }
                Block::Section(title, lines) => {
                    push_wrapped(&mut out, &format!("{title}:"), "");
                    for line in lines {
                        push_wrapped(&mut out, line, "  ");
                    }
                }
            }
            out.push('\n');
        }
        // The sign that mail programs know as the start of a signature.
        out.push_str("-- \n");
        push_wrapped(&mut out, &self.shop.name, "");
        out.push_str(&self.shop.url);
        out.push('\n');
        push_wrapped(&mut out, &format!("Reply to this mail, or write to {}.", self.shop.support_email), "");
        for line in &self.shop.imprint {
            push_wrapped(&mut out, line, "");
        }
        out
    }
}

fn drawn(block: &Block) -> Markup {
    html! {
        @match block {
            Block::Text(words) => p.ink style={ (FONT) "margin:0 0 16px;font-size:16px;line-height:25px;color:#171f30;" } { (words) },
            Block::Button(words, url) => {
                table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 12px;" {
                    tr { td.go style="background:#1c45ab;border-radius:8px;" {
                        a href=(url) style={ (FONT) "display:inline-block;padding:14px 24px;font-size:16px;line-height:20px;font-weight:600;color:#ffffff;text-decoration:none;" } { (words) }
                    } }
                }
                p.soft style={ (FONT) "margin:0 0 24px;font-size:13px;line-height:19px;color:#4d5768;word-break:break-all;" } {
                    "Or open " a.link href=(url) style="color:#1c45ab;" { (url) }
                }
            },
            Block::Link(words, url) => {
                p.soft style={ (FONT) "margin:0 0 16px;font-size:13px;line-height:19px;color:#4d5768;word-break:break-all;" } {
                    (words) ": " a.link href=(url) style="color:#1c45ab;" { (url) }
                }
            },
            Block::Lines(lines) => {
                table.rule role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="border-top:1px solid #d8dee6;margin:8px 0 0;" {
                    @let pictured = lines.iter().any(|line| line.thumbnail.is_some());
                    @for line in lines { (drawn_row(&RowLine::of(line), pictured.then_some(line.thumbnail.as_deref()))) }
                }
            },
            Block::Heading(title) => {
                h2.ink style={ (FONT) "margin:24px 0 4px;font-size:18px;line-height:24px;font-weight:700;color:#171f30;" } { (title) }
            },
            Block::Rows(rows) => {
                table.rule role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="border-top:1px solid #d8dee6;margin:8px 0 16px;" {
                    @for row in rows { (drawn_row(row, None)) }
                }
            },
            Block::Totals { rows, note } => {
                table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:12px 0 16px;" {
                    @for (n, (name, amount)) in rows.iter().enumerate() {
                        @let last = n + 1 == rows.len();
                        @let weight = if last { "font-weight:700;font-size:18px;padding-top:8px;" } else { "font-size:15px;" };
                        tr {
                            td.ink style={ (FONT) "padding:3px 0;line-height:24px;color:#171f30;" (weight) } { (name) }
                            td.ink align="right" style={ (FONT) "padding:3px 0;line-height:24px;color:#171f30;white-space:nowrap;" (weight) } { (amount) }
                        }
                    }
                    @if let Some(note) = note { tr { td.soft colspan="2" style={ (FONT) "font-size:13px;line-height:20px;color:#4d5768;" } { (note) } } }
                }
            },
            Block::Facts(title, pairs) => {
                table.box role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#ecf1f5;border-radius:8px;margin:0 0 20px;" {
                    tr { td.ink colspan="2" style={ (FONT) "padding:14px 18px 4px;font-size:15px;line-height:22px;font-weight:700;color:#171f30;" } { (title) } }
                    @for (name, value) in pairs {
                        tr {
                            td.soft valign="top" width="38%" style={ (FONT) "padding:3px 8px 3px 18px;font-size:15px;line-height:22px;color:#4d5768;" } { (name) }
                            td.ink valign="top" style={ (FONT) "padding:3px 18px 3px 0;font-size:15px;line-height:22px;font-weight:600;color:#171f30;" } { (value) }
                        }
                    }
                    tr { td colspan="2" height="12" style="line-height:12px;font-size:1px;" { (PreEscaped("&nbsp;")) } }
                }
            },
            Block::Section(title, lines) => {
                p.ink style={ (FONT) "margin:16px 0 4px;font-size:15px;line-height:22px;font-weight:700;color:#171f30;" } { (title) }
                p.ink style={ (FONT) "margin:0 0 16px;font-size:15px;line-height:22px;color:#171f30;" } {
                    @for (n, line) in lines.iter().enumerate() { @if n > 0 { br; } (line) }
                }
            },
        }
    }
}

/// `picture` keeps the column of pictures for a row that has none, so that the others stay aligned.
fn drawn_row(row: &RowLine, picture: Option<Option<&str>>) -> Markup {
    html! {
        tr {
            @if let Some(picture) = picture {
                td.rule width="56" valign="top" style="padding:12px 16px 12px 0;border-bottom:1px solid #d8dee6;" {
                    @if let Some(src) = picture { img src=(src) width="56" height="70" alt="" style="display:block;border:0;border-radius:4px;"; }
                }
            }
            td.rule.ink valign="top" style={ (FONT) "padding:12px 12px 12px 0;border-bottom:1px solid #d8dee6;font-size:15px;line-height:22px;color:#171f30;" } {
                strong style="font-weight:600;" { (row.name) }
                br;
                span.soft style="color:#4d5768;" { (row.detail) }
            }
            @if let Some(end) = &row.end {
                td.rule.ink valign="top" align="right" width="1" style={ (FONT) "padding:12px 0;border-bottom:1px solid #d8dee6;font-size:15px;line-height:22px;white-space:nowrap;color:#171f30;" } { (end) }
            }
        }
    }
}

/// Appends `words` in lines of at most [`COLUMNS`], each begun with `indent`. A word longer than a line stays whole.
fn push_wrapped(out: &mut String, words: &str, indent: &str) {
    let room = COLUMNS - indent.chars().count();
    let mut used = 0;
    out.push_str(indent);
    for word in words.split_whitespace() {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > room {
            out.push('\n');
            out.push_str(indent);
            used = 0;
        }
        if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += length;
    }
    out.push('\n');
}

/// Appends `left` and, at the right margin, `right`; on a line of its own where both do not fit.
fn push_row(out: &mut String, left: &str, right: &str) {
    let taken = left.chars().count() + right.chars().count();
    if right.is_empty() {
        push_wrapped(out, left, "");
    } else if taken < COLUMNS {
        out.push_str(left);
        out.push_str(&" ".repeat(COLUMNS - taken));
        out.push_str(right);
        out.push('\n');
    } else {
        push_wrapped(out, left, "");
        let indent = COLUMNS.saturating_sub(right.chars().count());
        out.push_str(&" ".repeat(indent));
        out.push_str(right);
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_at_the_column_and_keeps_long_words() {
        let mut out = String::new();
        push_wrapped(&mut out, &"seven77 ".repeat(40), "  ");
        assert!(out.lines().all(|line| line.chars().count() <= COLUMNS && line.starts_with("  ")));
        let mut out = String::new();
        let long = "x".repeat(100);
        push_wrapped(&mut out, &format!("a {long} b"), "");
        assert_eq!(out, format!("a\n{long}\nb\n"));
    }

    #[test]
    fn rows_end_at_the_right_margin() {
        let mut out = String::new();
        push_row(&mut out, "Delivery", "€4.90");
        push_row(&mut out, &"A very long name of a thing ".repeat(4), "€12,345.67");
        for line in out.lines().filter(|line| line.contains('€')) {
            assert_eq!(line.chars().count(), COLUMNS);
        }
        assert!(out.lines().all(|line| line.chars().count() <= COLUMNS));
    }
}
