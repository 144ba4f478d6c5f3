//! What the documents share: their type sizes, headings, labelled facts, codes and feet.

use std::num::NonZeroU16;

use krilla::geom::Rect;
use krilla::tagging::{BBox, Tag, TagKind};

use crate::PrintError;
use crate::draw::{About, Chapter, pdf};
use crate::flow::{Align, BLACK, Cell, FOOT, Flow, LEFT, Op, Style, WIDTH};
use crate::qr::Code;
use crate::tags::Tagged;

/// The document's title.
pub(crate) const TITLE: Style = Style { size: 21.0, leading: 26.0, bold: true };
/// The shop's name above it.
pub(crate) const NAME: Style = Style { size: 11.0, leading: 15.0, bold: true };
/// A section's title.
pub(crate) const HEADING: Style = Style { size: 12.0, leading: 17.0, bold: true };
/// What a fact is called.
pub(crate) const LABEL: Style = Style { size: 8.0, leading: 13.0, bold: false };
/// A text among others.
pub(crate) const BODY: Style = Style { size: 9.5, leading: 13.5, bold: false };
/// A fact, below its label.
const STRONG: Style = Style { size: 9.5, leading: 13.5, bold: true };
/// What is there for completeness.
pub(crate) const SMALL: Style = Style { size: 8.0, leading: 11.5, bold: false };
/// Between thirds of the width.
const BETWEEN: f32 = 16.0;

/// A document that grows from above.
pub(crate) struct Paper {
    /// Its pages.
    pub(crate) flow: Flow,
    chapters: Vec<Chapter>,
}

impl Paper {
    /// An empty one.
    pub(crate) fn new() -> Result<Self, PrintError> {
        Ok(Self { flow: Flow::new()?, chapters: Vec::new() })
    }

    /// A text over the whole width.
    pub(crate) fn paragraph(&mut self, text: &str, style: Style, tag: Tagged) {
        let mut cell = Cell::new(0.0, WIDTH, Align::Left);
        self.flow.fill(&mut cell, text, style, Some(tag));
        self.flow.row(vec![cell]);
    }

    /// A branch for a paragraph of its own.
    pub(crate) fn p(&mut self) -> Tagged {
        self.flow.tags.add(None, Tag::P)
    }

    /// A branch for the document's title.
    pub(crate) fn h1(&mut self, title: &str) -> Tagged {
        self.flow.tags.add(None, heading(1, title))
    }

    /// A branch for a heading below the title.
    pub(crate) fn h2(&mut self, title: &str) -> Tagged {
        self.flow.tags.add(None, heading(2, title))
    }

    /// A place in the outline: here.
    pub(crate) fn chapter(&mut self, title: &str) {
        self.chapters.push(Chapter { title: title.to_owned(), page: self.flow.page(), y: self.flow.y });
    }

    /// A fact below its label, at the end of a cell; more lines of it are less strong.
    pub(crate) fn entry(&mut self, cell: &mut Cell, label: &str, fact: &str, more: &[String]) {
        cell.gap(7.0);
        let tag = self.h2(label);
        self.flow.fill(cell, label, LABEL, Some(tag));
        let tag = self.p();
        self.flow.fill(cell, fact, STRONG, Some(tag));
        for line in more {
            self.flow.fill(cell, line, BODY, Some(tag));
        }
    }

    /// Draws a code on this page, `x` from the left margin; `words` say what it holds to those who do not see it.
    pub(crate) fn code(&mut self, code: &Code, x: f32, words: String) {
        let (left, top) = (LEFT + x, self.flow.y);
        let area = Rect::from_xywh(left, top, code.side, code.side).map(|area| BBox::new(self.flow.page(), area));
        let figure = self.flow.tags.add(None, Tag::Figure(Some(words)).with_bbox(area));
        let boxes = code.runs.iter().map(|(x, y, wide)| (left + x, top + y, *wide, code.module)).collect();
        self.flow.draw(Op::Boxes { boxes, color: BLACK, tag: Some(figure) });
    }

    /// Says which characters are shown as "?", and what else there is to know about them.
    pub(crate) fn lacking(&mut self, more: &str) {
        if self.flow.lacking.is_empty() {
            return;
        }
        let codes: Vec<String> = self.flow.lacking.iter().map(|sign| format!("U+{:04X}", *sign as u32)).collect();
        self.flow.y += 16.0;
        let tag = self.p();
        let codes = codes.join(", ");
        let words = format!("This document's font lacks some characters, which are shown as \"?\": {codes}. {more}");
        self.paragraph(&words, SMALL, tag);
    }

    /// The document's bytes. Every page's foot has its title, its author, and "2 of 3".
    pub(crate) fn pdf(mut self, about: &About<'_>) -> Result<Vec<u8>, PrintError> {
        self.foot(&[about.title, about.author].join(" · "));
        pdf(self.flow, &self.chapters, about)
    }

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

/// Columns `from` to `to` of three.
pub(crate) fn thirds(from: usize, to: usize) -> Cell {
    let width = (WIDTH - 2.0 * BETWEEN) / 3.0;
    let step = width + BETWEEN;
    Cell::new(from as f32 * step, (to - from) as f32 * step + width, Align::Left)
}

/// A text that says something.
pub(crate) fn said(text: Option<&str>) -> Option<&str> {
    text.filter(|text| text.chars().any(|sign| !sign.is_whitespace() && !sign.is_control()))
}

fn heading(level: u16, title: &str) -> TagKind {
    Tag::Hn(NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN), Some(title.to_owned())).into()
}
