//! A purchase order on paper.

use std::num::{NonZeroU16, NonZeroU32};

use jiff::Timestamp;
use krilla::tagging::{TableHeaderScope, Tag, TagKind};

use crate::draw::{About, Chapter, pdf};
use crate::flow::{Align, BOTTOM, Cell, FOOT, Flow, LEFT, Op, Style, WIDTH};
use crate::tags::Tagged;
use crate::{PrintError, PurchaseSheet, SheetLine, qr};

const TITLE: Style = Style { size: 21.0, leading: 26.0, bold: true };
const NAME: Style = Style { size: 11.0, leading: 15.0, bold: true };
const HEADING: Style = Style { size: 12.0, leading: 17.0, bold: true };
const LABEL: Style = Style { size: 8.0, leading: 13.0, bold: false };
const COLUMN: Style = Style { size: 8.0, leading: 13.0, bold: true };
const BODY: Style = Style { size: 9.5, leading: 13.5, bold: false };
const STRONG: Style = Style { size: 9.5, leading: 13.5, bold: true };
const SUM: Style = Style { size: 11.0, leading: 15.0, bold: true };
const SMALL: Style = Style { size: 8.0, leading: 11.5, bold: false };

pub(crate) const BLACK: (u8, u8, u8) = (0, 0, 0);
const ACCENT: (u8, u8, u8) = (0x1c, 0x45, 0xab);
const HAIR: (u8, u8, u8) = (0xc8, 0xce, 0xd8);
/// Between the table's head and its rule.
pub(crate) const HEAD_GAP: f32 = 2.0;
/// Above and below a row of the table.
pub(crate) const ROW_GAP: f32 = 3.5;
const GUTTER: f32 = 12.0;

/// A purchase order as an A4 PDF, which is PDF/A-2a and PDF/UA-1.
///
/// `now` is when it was made: it stands in the file's metadata, not on paper.
///
/// # Errors
///
/// When krilla refuses the document, for instance as too long.
pub fn purchase_order_pdf(sheet: &PurchaseSheet, now: Timestamp) -> Result<Vec<u8>, PrintError> {
    let title = one_line(&format!("Purchase order {}", sheet.number));
    let link = followed(&sheet.link);
    let mut paper = Paper { flow: Flow::new()?, chapters: Vec::new() };
    paper.head(sheet, &title);
    paper.parties(sheet);
    paper.table(sheet);
    paper.note(sheet);
    paper.answer(&sheet.link, link.is_some());
    paper.lacking();
    paper.foot(&[title.as_str(), sheet.shop.name.as_str()].join(" · "));
    let about = About {
        title,
        author: one_line(&sheet.shop.name),
        language: language(&sheet.language),
        link,
        now,
        chapters: paper.chapters,
    };
    pdf(paper.flow, about)
}

struct Paper {
    flow: Flow,
    chapters: Vec<Chapter>,
}

impl Paper {
    fn paragraph(&mut self, text: &str, style: Style, tag: Tagged) {
        let mut cell = Cell::new(0.0, WIDTH, Align::Left);
        self.flow.fill(&mut cell, text, style, Some(tag));
        self.flow.row(vec![cell]);
    }

    /// A branch for a paragraph of its own.
    fn p(&mut self) -> Tagged {
        self.flow.tags.add(None, Tag::P)
    }

    /// A branch for a heading below the title.
    fn h2(&mut self, title: &str) -> Tagged {
        self.flow.tags.add(None, heading(2, title))
    }

    /// A place in the outline: here.
    fn chapter(&mut self, title: &str) {
        self.chapters.push(Chapter { title: title.to_owned(), page: self.flow.page(), y: self.flow.y });
    }

    fn head(&mut self, sheet: &PurchaseSheet, title: &str) {
        self.chapter(title);
        let name = self.p();
        self.paragraph(&sheet.shop.name, NAME, name);
        self.flow.y += 14.0;
        let tag = self.flow.tags.add(None, heading(1, title));
        self.paragraph(title, TITLE, tag);
        self.flow.y += 8.0;
        self.flow.reserve(2.0);
        self.flow.rule(2.0, ACCENT);
        self.flow.y += 14.0;
    }

    /// Who orders, who delivers, when; below it where to.
    fn parties(&mut self, sheet: &PurchaseSheet) {
        let shop = &sheet.shop;
        let address = [shop.address.as_slice(), std::slice::from_ref(&shop.mail)].concat();
        let when = [("Date", Some(&sheet.date)), ("Wanted by", sheet.wanted_by.as_ref())];
        let mut cells = vec![
            self.party(0, "Ordered by", &shop.name, &address),
            self.party(1, "Supplier", &sheet.supplier.name, std::slice::from_ref(&sheet.supplier.mail)),
        ];
        let mut dates = third(2);
        for (label, day) in when {
            if let Some(day) = day.filter(|day| !day.trim().is_empty()) {
                self.entry(&mut dates, label, day, &[]);
            }
        }
        cells.push(dates);
        self.flow.row(cells);
        self.flow.y += 14.0;
        for places in sheet.deliver_to.chunks(3) {
            let each = places.iter().enumerate();
            let cells = each.map(|(at, place)| self.party(at, "Deliver to", &place.location, &place.lines)).collect();
            self.flow.row(cells);
            self.flow.y += 14.0;
        }
    }

    fn party(&mut self, at: usize, label: &str, name: &str, lines: &[String]) -> Cell {
        let mut cell = third(at);
        self.entry(&mut cell, label, name, lines);
        cell
    }

    fn entry(&mut self, cell: &mut Cell, label: &str, name: &str, lines: &[String]) {
        cell.gap(7.0);
        let tag = self.h2(label);
        self.flow.fill(cell, label, LABEL, Some(tag));
        let tag = self.p();
        self.flow.fill(cell, name, STRONG, Some(tag));
        for line in lines {
            self.flow.fill(cell, line, BODY, Some(tag));
        }
    }

    fn table(&mut self, sheet: &PurchaseSheet) {
        self.flow.y += 4.0;
        self.flow.reserve(80.0);
        self.chapter("Items");
        let columns = columns(&self.flow, &sheet.lines);
        let table = self.flow.tags.add(None, Tag::Table.with_summary(Some("What is ordered".to_owned())));
        let head = self.flow.tags.add(Some(table), Tag::THead);
        let row = self.flow.tags.add(Some(head), Tag::TR);
        let mut cells = Vec::new();
        for column in &columns {
            let tag = self.flow.tags.add(Some(row), Tag::TH(TableHeaderScope::Column));
            let mut cell = column.cell();
            self.flow.fill(&mut cell, column.what.label(), COLUMN, Some(tag));
            cells.push(cell);
        }
        self.flow.row(cells.clone());
        self.flow.y += HEAD_GAP;
        self.flow.rule(0.75, BLACK);
        self.flow.y += ROW_GAP;
        self.flow.repeat(Some(cells));

        let body = (!sheet.lines.is_empty()).then(|| self.flow.tags.add(Some(table), Tag::TBody));
        for line in &sheet.lines {
            let row = self.flow.tags.add(body, Tag::TR);
            let mut cells = Vec::new();
            for column in &columns {
                let tag = self.flow.tags.add(Some(row), Tag::TD);
                let mut cell = column.cell();
                self.flow.fill(&mut cell, &column.what.of(line), BODY, Some(tag));
                cells.push(cell);
            }
            self.flow.row(cells);
            self.flow.y += ROW_GAP;
            if self.flow.y < BOTTOM {
                self.flow.rule(0.5, HAIR);
            }
            self.flow.y += ROW_GAP;
        }
        if let Some(total) = said(sheet.total.as_deref()) {
            let foot = self.flow.tags.add(Some(table), Tag::TFoot);
            self.sum(foot, columns.len(), &total);
        }
        self.flow.repeat(None);
    }

    fn sum(&mut self, foot: Tagged, columns: usize, total: &str) {
        let row = self.flow.tags.add(Some(foot), Tag::TR);
        let span = u32::try_from(columns.saturating_sub(1)).ok().and_then(NonZeroU32::new);
        let label = self.flow.tags.add(Some(row), Tag::TH(TableHeaderScope::Row).with_col_span(span));
        let figure = self.flow.tags.add(Some(row), Tag::TD);
        let mut left = Cell::new(0.0, WIDTH * 0.4, Align::Left);
        let mut right = Cell::new(WIDTH * 0.4, WIDTH * 0.6, Align::Right);
        self.flow.fill(&mut left, "Total", SUM, Some(label));
        self.flow.fill(&mut right, total, SUM, Some(figure));
        self.flow.row(vec![left, right]);
    }

    fn note(&mut self, sheet: &PurchaseSheet) {
        let Some(note) = said(sheet.note.as_deref()) else { return };
        self.flow.y += 16.0;
        self.flow.reserve(HEADING.leading + 2.0 * BODY.leading);
        self.chapter("Note");
        let tag = self.h2("Note");
        self.paragraph("Note", HEADING, tag);
        for line in note.lines() {
            let tag = self.p();
            self.paragraph(line, BODY, tag);
        }
    }

    /// How to answer: a code to scan, and the link.
    fn answer(&mut self, link: &str, followed: bool) {
        if link.trim().is_empty() {
            return;
        }
        let code = qr::code(link);
        let side = code.as_ref().map_or(0.0, |code| code.side);
        self.flow.y += 20.0;
        self.flow.reserve(side.max(HEADING.leading + 4.0 * BODY.leading));
        self.chapter("Answer online");
        let (page, y) = (self.flow.page(), self.flow.y);
        let indent = if side > 0.0 { side + 16.0 } else { 0.0 };

        let title = self.h2("Answer online");
        let how = self.p();
        let kind: TagKind = if followed { Tag::Link.into() } else { Tag::P.into() };
        let parent = followed.then(|| self.p());
        let target = self.flow.tags.add(parent, kind);
        let mut cell = Cell::new(indent, WIDTH - indent, Align::Left);
        self.flow.fill(&mut cell, "Answer online", HEADING, Some(title));
        let words = match &code {
            Some(_) => "Scan the code or open the link: accept the order, change dates or quantities, or refuse it.",
            None => "Open the link: accept the order, change dates or quantities, or refuse it.",
        };
        self.flow.fill(&mut cell, words, BODY, Some(how));
        self.flow.fill(&mut cell, "You need no account.", BODY, Some(how));
        cell.gap(4.0);
        if followed {
            self.flow.fill_link(&mut cell, link, SMALL, target);
        } else {
            self.flow.fill(&mut cell, link, SMALL, Some(target));
        }
        if let Some(code) = code {
            let area = krilla::geom::Rect::from_xywh(LEFT, y, code.side, code.side);
            let area = area.map(|area| krilla::tagging::BBox::new(page, area));
            let words = "QR code of the link, where the order is answered".to_owned();
            let figure = self.flow.tags.add(None, Tag::Figure(Some(words)).with_bbox(area));
            let boxes = code.runs.iter().map(|(x, top, wide)| (LEFT + x, y + top, *wide, code.module)).collect();
            self.flow.draw(Op::Boxes { boxes, color: BLACK, tag: Some(figure) });
        }
        self.flow.row(vec![cell]);
        if self.flow.page() == page {
            self.flow.y = self.flow.y.max(y + side);
        }
    }

    /// Says which characters are shown as "?".
    fn lacking(&mut self) {
        if self.flow.lacking.is_empty() {
            return;
        }
        let codes: Vec<String> = self.flow.lacking.iter().map(|sign| format!("U+{:04X}", *sign as u32)).collect();
        self.flow.y += 16.0;
        let tag = self.p();
        let words = format!(
            "This document's font lacks some characters, which are shown as \"?\": {}. The CSV file has them.",
            codes.join(", ")
        );
        self.paragraph(&words, SMALL, tag);
    }

    /// Whose and which order it is, and "2 of 3", at every page's foot.
    fn foot(&mut self, words: &str) {
        let count = self.flow.pages.len();
        let face = self.flow.face(SMALL);
        let mut lines = face.wrapped(words, WIDTH * 0.75 / SMALL.size).into_iter();
        let (first, more) = (lines.next(), lines.next().is_some());
        let words = first.map(|line| if more { face.run(&format!("{}…", line.text.trim_end())) } else { line });
        let numbers: Vec<_> = (1..=count).map(|page| face.run(&format!("{page} of {count}"))).collect();
        for (page, number) in self.flow.pages.iter_mut().zip(numbers) {
            let right = LEFT + WIDTH - number.width * SMALL.size;
            for (x, run) in words.iter().map(|run| (LEFT, run.clone())).chain([(right, number)]) {
                page.push(Op::Text { x, baseline: FOOT, run, style: SMALL, tag: None });
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Sku,
    Title,
    Location,
    Quantity,
    UnitCost,
    Total,
}

impl What {
    fn label(self) -> &'static str {
        match self {
            Self::Sku => "SKU",
            Self::Title => "Item",
            Self::Location => "For",
            Self::Quantity => "Quantity",
            Self::UnitCost => "Unit cost",
            Self::Total => "Total",
        }
    }

    fn align(self) -> Align {
        match self {
            Self::Sku | Self::Title | Self::Location => Align::Left,
            Self::Quantity | Self::UnitCost | Self::Total => Align::Right,
        }
    }

    /// Points that it takes at most, of those that the figures leave to the words; the title has what is left.
    ///
    /// Figures have room for millions and a currency, since a wrapped sum is misread.
    fn widest(self, words: f32) -> f32 {
        match self {
            Self::Sku => 0.36 * words,
            Self::Title => words,
            Self::Location => 0.24 * words,
            Self::Quantity => 58.0,
            Self::UnitCost => 92.0,
            Self::Total => 104.0,
        }
    }

    /// Its text; a dash where there is none, so that every row has as many cells.
    fn of(self, line: &SheetLine) -> String {
        let text = match self {
            Self::Sku => said(Some(&line.sku)),
            Self::Title => said(Some(&line.title)),
            Self::Location => said(Some(&line.location)),
            Self::Quantity => Some(line.quantity.to_string()),
            Self::UnitCost => said(line.unit_cost.as_deref()),
            Self::Total => said(line.total.as_deref()),
        };
        text.unwrap_or_else(|| "–".to_owned())
    }

    fn wanted(self, lines: &[SheetLine]) -> bool {
        match self {
            Self::Sku | Self::Title | Self::Quantity => true,
            Self::Location => lines.iter().any(|line| !line.location.trim().is_empty()),
            Self::UnitCost => lines.iter().any(|line| line.unit_cost.is_some()),
            Self::Total => lines.iter().any(|line| line.total.is_some()),
        }
    }
}

struct Column {
    what: What,
    x: f32,
    width: f32,
}

impl Column {
    fn cell(&self) -> Cell {
        Cell::new(self.x, self.width, self.what.align())
    }
}

/// The table's columns, as wide as what is in them.
fn columns(flow: &Flow, lines: &[SheetLine]) -> Vec<Column> {
    let all = [What::Sku, What::Title, What::Location, What::Quantity, What::UnitCost, What::Total];
    let widest = |what: What| {
        let texts = lines.iter().map(|line| flow.measure(&what.of(line), BODY));
        // A little more, since a line is set as a whole and measured by the word.
        texts.fold(flow.measure(what.label(), COLUMN), f32::max) + 0.5
    };
    let used: Vec<(What, f32)> =
        all.into_iter().filter(|what| what.wanted(lines)).map(|what| (what, widest(what))).collect();
    let room = WIDTH - GUTTER * used.len().saturating_sub(1) as f32;
    let figures = used.iter().filter(|(what, _)| what.align() == Align::Right);
    let words = room - figures.map(|(what, natural)| natural.min(what.widest(room))).sum::<f32>();
    let codes = used.iter().filter(|(what, _)| matches!(what, What::Sku | What::Location));
    let title = words - codes.map(|(what, natural)| natural.min(what.widest(words))).sum::<f32>();
    let mut x = 0.0;
    let mut placed = Vec::new();
    for (what, natural) in used {
        let width = if what == What::Title { title } else { natural.min(what.widest(words)) };
        placed.push(Column { what, x, width });
        x += width + GUTTER;
    }
    placed
}

/// A third of the width.
fn third(at: usize) -> Cell {
    let width = (WIDTH - 2.0 * 16.0) / 3.0;
    Cell::new(at as f32 * (width + 16.0), width, Align::Left)
}

fn heading(level: u16, title: &str) -> TagKind {
    Tag::Hn(NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN), Some(title.to_owned())).into()
}

/// A text that says something.
fn said(text: Option<&str>) -> Option<String> {
    text.filter(|text| text.chars().any(|sign| !sign.is_whitespace() && !sign.is_control())).map(str::to_owned)
}

/// A text for the file's metadata: no controls, blanks only between words, 200 characters.
fn one_line(text: &str) -> String {
    let known = |sign: char| if sign.is_control() || sign as u32 & 0xfffe == 0xfffe { ' ' } else { sign };
    let text: String = text.chars().map(known).take(1_000).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

/// The link, when a program may follow it.
fn followed(link: &str) -> Option<&str> {
    let web = link.starts_with("https://") || link.starts_with("http://");
    (web && link.len() <= 2_000 && link.bytes().all(|byte| byte.is_ascii_graphic())).then_some(link)
}

/// The language, when it is one.
fn language(tag: &str) -> &str {
    let part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let known =
        tag.len() <= 35 && tag.split('-').all(part) && tag.starts_with(|first: char| first.is_ascii_alphabetic());
    if known { tag } else { "en" }
}

#[cfg(test)]
mod tests;
