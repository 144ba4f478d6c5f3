//! Lines of text in columns, flowing over pages.

use std::collections::{BTreeSet, VecDeque};

use crate::PrintError;
use crate::tags::{Tagged, Tags};
use crate::text::{Face, Run};

/// A4, in points.
pub(crate) const PAGE: (f32, f32) = (595.276, 841.89);
/// 17 mm at the sides.
pub(crate) const LEFT: f32 = 48.2;
/// The width between the margins.
pub(crate) const WIDTH: f32 = PAGE.0 - 2.0 * LEFT;
/// 18 mm above.
pub(crate) const TOP: f32 = 51.0;
/// Where the text ends, above the footer.
pub(crate) const BOTTOM: f32 = PAGE.1 - 76.0;
/// The footer's baseline, 17 mm above the edge.
pub(crate) const FOOT: f32 = PAGE.1 - 48.2;

/// What text and strong rules are drawn in.
pub(crate) const BLACK: (u8, u8, u8) = (0, 0, 0);
/// Above and below a row of a table.
pub(crate) const ROW_GAP: f32 = 3.5;
/// Between a table's head and its rule.
const HEAD_GAP: f32 = 2.0;

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// The size, in points.
    pub(crate) size: f32,
    /// From line to line, in points.
    pub(crate) leading: f32,
    /// Weight 600 and not 400.
    pub(crate) bold: bool,
}

/// Where a text stands in its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    /// At its left.
    Left,
    /// At its right: figures.
    Right,
}

/// Something on a page.
pub(crate) enum Op {
    /// A line of text; what has no tag is no part of what is read.
    Text { x: f32, baseline: f32, run: Run, style: Style, tag: Option<Tagged> },
    /// Rectangles: left, top, width, height.
    Boxes { boxes: Vec<(f32, f32, f32, f32)>, color: (u8, u8, u8), tag: Option<Tagged> },
    /// A line of text leads to the document's link.
    Link { area: (f32, f32, f32, f32), tag: Tagged },
}

/// A line of text in a cell.
#[derive(Clone)]
pub(crate) struct Piece {
    run: Run,
    style: Style,
    tag: Option<Tagged>,
    link: bool,
    below: f32,
}

/// A column's part of a row.
#[derive(Clone)]
pub(crate) struct Cell {
    /// From the left margin.
    pub(crate) x: f32,
    /// How wide its lines are at most.
    pub(crate) width: f32,
    align: Align,
    above: f32,
    pieces: VecDeque<Piece>,
}

impl Cell {
    /// An empty cell, `x` from the left margin.
    pub(crate) fn new(x: f32, width: f32, align: Align) -> Self {
        Self { x, width, align, above: 0.0, pieces: VecDeque::new() }
    }

    /// The same, whose text begins `height` points lower than the row.
    pub(crate) fn lowered(self, height: f32) -> Self {
        Self { above: height, ..self }
    }

    /// Leaves `height` points free below what is there.
    pub(crate) fn gap(&mut self, height: f32) {
        if let Some(last) = self.pieces.back_mut() {
            last.below += height;
        }
    }

    /// From the row's top to its end.
    pub(crate) fn height(&self) -> f32 {
        self.above + self.pieces.iter().map(|piece| piece.style.leading + piece.below).sum::<f32>()
    }
}

/// The pages so far.
pub(crate) struct Flow {
    regular: Face,
    semibold: Face,
    /// The pages' contents.
    pub(crate) pages: Vec<Vec<Op>>,
    /// What is read, in which order.
    pub(crate) tags: Tags,
    /// What was shown as "?".
    pub(crate) lacking: BTreeSet<char>,
    /// Where the next line begins.
    pub(crate) y: f32,
    head: Option<Vec<Cell>>,
}

impl Flow {
    /// An empty page.
    pub(crate) fn new() -> Result<Self, PrintError> {
        Ok(Self {
            regular: Face::regular()?,
            semibold: Face::semibold()?,
            pages: vec![Vec::new()],
            tags: Tags::default(),
            lacking: BTreeSet::new(),
            y: TOP,
            head: None,
        })
    }

    /// The weight of a style.
    pub(crate) fn face(&self, style: Style) -> &Face {
        if style.bold { &self.semibold } else { &self.regular }
    }

    /// The width of a text on one line, in points.
    pub(crate) fn measure(&self, text: &str, style: Style) -> f32 {
        self.face(style).run(text).width * style.size
    }

    /// Puts a text into a cell, wrapped to its width.
    pub(crate) fn fill(&mut self, cell: &mut Cell, text: &str, style: Style, tag: Option<Tagged>) {
        self.put(cell, text, style, tag, false);
    }

    /// The same, and it leads to the document's link.
    pub(crate) fn fill_link(&mut self, cell: &mut Cell, text: &str, style: Style, tag: Tagged) {
        self.put(cell, text, style, Some(tag), true);
    }

    fn put(&mut self, cell: &mut Cell, text: &str, style: Style, tag: Option<Tagged>, link: bool) {
        for run in self.face(style).wrapped(text, cell.width / style.size) {
            self.lacking.extend(&run.lacking);
            cell.pieces.push_back(Piece { run, style, tag, link, below: 0.0 });
        }
    }

    /// The page that is filled, counted from 0.
    pub(crate) fn page(&self) -> usize {
        self.pages.len().saturating_sub(1)
    }

    /// Draws on the page that is filled.
    pub(crate) fn draw(&mut self, op: Op) {
        if let Some(page) = self.pages.last_mut() {
            page.push(op);
        }
    }

    /// A rule over the whole width, `thick` points, below what is there.
    pub(crate) fn rule(&mut self, thick: f32, color: (u8, u8, u8)) {
        self.draw(Op::Boxes { boxes: vec![(LEFT, self.y, WIDTH, thick)], color, tag: None });
        self.y += thick;
    }

    /// Begins a page unless `height` is left on this one.
    pub(crate) fn reserve(&mut self, height: f32) {
        if self.y + height > BOTTOM {
            self.turn();
        }
    }

    /// From now on every page begins with this row.
    pub(crate) fn repeat(&mut self, head: Option<Vec<Cell>>) {
        self.head = head;
    }

    fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
        if let Some(mut head) = self.head.clone() {
            for piece in head.iter_mut().flat_map(|cell| &mut cell.pieces) {
                piece.tag = None;
            }
            self.lines(&mut head);
            self.under_head();
        }
    }

    /// The rule between a table's head and its first row.
    pub(crate) fn under_head(&mut self) {
        self.y += HEAD_GAP;
        self.rule(0.75, BLACK);
        self.y += ROW_GAP;
    }

    /// A row of cells side by side. It stays on one page unless it is taller than a page.
    pub(crate) fn row(&mut self, mut cells: Vec<Cell>) {
        let height = cells.iter().map(Cell::height).fold(0.0, f32::max);
        let head = self.head.iter().flatten().map(Cell::height).fold(0.0, f32::max) + 20.0;
        if height <= BOTTOM - TOP - head {
            self.reserve(height);
        }
        while !self.lines(&mut cells) {
            self.turn();
        }
    }

    /// Draws what fits on the page; whether that was all.
    fn lines(&mut self, cells: &mut [Cell]) -> bool {
        let (top, mut low) = (self.y, self.y);
        let mut done = true;
        for cell in cells {
            let mut y = top + std::mem::take(&mut cell.above);
            while let Some(piece) = cell.pieces.pop_front() {
                if y + piece.style.leading > BOTTOM {
                    cell.pieces.push_front(piece);
                    done = false;
                    break;
                }
                y += piece.style.leading;
                let below = piece.below;
                self.piece(cell.x, cell.width, cell.align, y, piece);
                y += below;
            }
            low = low.max(y);
        }
        self.y = low;
        done
    }

    fn piece(&mut self, x: f32, width: f32, align: Align, low: f32, piece: Piece) {
        let Piece { run, style, tag, link, below: _ } = piece;
        let wide = run.width * style.size;
        let x = LEFT
            + match align {
                Align::Left => x,
                Align::Right => x + width - wide,
            };
        // The font's ascent and descent are 0.97 and 0.25 em: the line stands in the middle of its leading.
        let baseline = low - style.leading / 2.0 + 0.36 * style.size;
        if let (true, Some(tag)) = (link, tag) {
            self.draw(Op::Link { area: (x, low - style.leading, wide, style.leading), tag });
        }
        self.draw(Op::Text { x, baseline, run, style, tag });
    }
}
