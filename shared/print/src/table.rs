//! Lines as a table, whose head is on every page that it runs over.

use std::num::NonZeroU32;

use krilla::tagging::{TableHeaderScope, Tag};

use crate::flow::{Align, BOTTOM, Cell, Flow, ROW_GAP, Style, WIDTH};
use crate::paper::{BODY, Paper, said};
use crate::tags::Tagged;

const COLUMN: Style = Style { size: 8.0, leading: 13.0, bold: true };
const SUM: Style = Style { size: 11.0, leading: 15.0, bold: true };

/// Between rows.
const HAIR: (u8, u8, u8) = (0xc8, 0xce, 0xd8);
/// Between columns.
const GUTTER: f32 = 12.0;

/// A table of lines.
pub(crate) struct Table<'a, L> {
    /// What it shows, for those who do not see it.
    pub(crate) summary: &'a str,
    /// Its columns, from the left.
    pub(crate) columns: Vec<Column<L>>,
    /// Its rows.
    pub(crate) lines: &'a [L],
    /// What its last column comes to.
    pub(crate) total: Option<&'a str>,
}

/// A column of a table.
pub(crate) struct Column<L> {
    /// What stands above it.
    pub(crate) label: &'static str,
    /// How wide it may be.
    pub(crate) room: Room,
    /// Its text in a line's row; a dash stands for one that says nothing, so that every row has as many cells.
    pub(crate) text: fn(&L) -> String,
}

/// How wide a column may be: what it holds, and no more than this.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Room {
    /// Figures, at the column's right: points.
    Figures(f32),
    /// Words: a share of the width that the figures leave.
    Words(f32),
    /// What the others leave; one column has it.
    Rest,
}

impl Room {
    fn align(self) -> Align {
        match self {
            Self::Figures(_) => Align::Right,
            Self::Words(_) | Self::Rest => Align::Left,
        }
    }
}

impl<L> Column<L> {
    fn of(&self, line: &L) -> String {
        let text = (self.text)(line);
        if said(Some(&text)).is_some() { text } else { "–".to_owned() }
    }
}

impl Paper {
    /// A table of lines below what is there.
    pub(crate) fn table<L>(&mut self, table: &Table<'_, L>) {
        let Table { summary, columns, lines, total } = table;
        self.flow.y += 4.0;
        self.flow.reserve(80.0);
        self.chapter("Items");
        let widths = widths(&self.flow, columns, lines);
        let table = self.flow.tags.add(None, Tag::Table.with_summary(Some((*summary).to_owned())));
        let head = self.flow.tags.add(Some(table), Tag::THead);
        let row = self.flow.tags.add(Some(head), Tag::TR);
        let mut cells = empty(columns, &widths);
        for (cell, column) in cells.iter_mut().zip(columns) {
            let tag = self.flow.tags.add(Some(row), Tag::TH(TableHeaderScope::Column));
            self.flow.fill(cell, column.label, COLUMN, Some(tag));
        }
        self.flow.row(cells.clone());
        self.flow.under_head();
        self.flow.repeat(Some(cells));

        let body = (!lines.is_empty()).then(|| self.flow.tags.add(Some(table), Tag::TBody));
        for line in *lines {
            let row = self.flow.tags.add(body, Tag::TR);
            let mut cells = empty(columns, &widths);
            for (cell, column) in cells.iter_mut().zip(columns) {
                let tag = self.flow.tags.add(Some(row), Tag::TD);
                self.flow.fill(cell, &column.of(line), BODY, Some(tag));
            }
            self.flow.row(cells);
            self.flow.y += ROW_GAP;
            if self.flow.y < BOTTOM {
                self.flow.rule(0.5, HAIR);
            }
            self.flow.y += ROW_GAP;
        }
        if let Some(total) = said(*total) {
            let foot = self.flow.tags.add(Some(table), Tag::TFoot);
            self.sum(foot, columns.len(), total);
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
}

/// A row's cells, side by side.
fn empty<L>(columns: &[Column<L>], widths: &[f32]) -> Vec<Cell> {
    let mut x = 0.0;
    let mut cells = Vec::new();
    for (column, width) in columns.iter().zip(widths) {
        cells.push(Cell::new(x, *width, column.room.align()));
        x += width + GUTTER;
    }
    cells
}

/// How wide the columns are: as what is in them, as far as there is room.
fn widths<L>(flow: &Flow, columns: &[Column<L>], lines: &[L]) -> Vec<f32> {
    let holds = |column: &Column<L>| {
        let texts = lines.iter().map(|line| flow.measure(&column.of(line), BODY));
        // A little more, since a line is set as a whole and measured by the word.
        texts.fold(flow.measure(column.label, COLUMN), f32::max) + 0.5
    };
    let wide: Vec<(Room, f32)> = columns.iter().map(|column| (column.room, holds(column))).collect();
    let figures = |&(room, holds): &(Room, f32)| match room {
        Room::Figures(most) => holds.min(most),
        Room::Words(_) | Room::Rest => 0.0,
    };
    let gutters = GUTTER * columns.len().saturating_sub(1) as f32;
    let left = WIDTH - gutters - wide.iter().map(figures).sum::<f32>();
    let words = |&(room, holds): &(Room, f32)| match room {
        Room::Words(share) => holds.min(share * left),
        Room::Figures(_) | Room::Rest => 0.0,
    };
    let rest = left - wide.iter().map(words).sum::<f32>();
    let width = |column: &(Room, f32)| match column.0 {
        Room::Figures(_) => figures(column),
        Room::Words(_) => words(column),
        Room::Rest => rest,
    };
    wide.iter().map(width).collect()
}
