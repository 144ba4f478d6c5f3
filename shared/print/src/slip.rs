//! The paper in the parcel of a return.

use jiff::Timestamp;
use krilla::tagging::{ListNumbering, Tag};

use crate::draw::{About, one_line};
use crate::flow::{Align, BLACK, Cell, LEFT, Op, Style, WIDTH};
use crate::paper::{HEADING, NAME, Paper, TITLE, said, thirds};
use crate::table::{Column, Room, Table};
use crate::{PrintError, ReturnSlip, SlipLine, qr};

/// The number, to be read from a step away.
const NUMBER: Style = Style { size: 34.0, leading: 42.0, bold: true };
/// The number below its code, to be typed where no scanner reads it.
const TYPED: Style = Style { size: 14.0, leading: 18.0, bold: true };
/// Where the parcel goes, to be read by who carries it.
const ADDRESS: Style = Style { size: 18.0, leading: 24.0, bold: false };
const STEP: Style = Style { size: 10.5, leading: 15.0, bold: false };

/// Points that the code is wide at least: 35 mm.
const CODE: f32 = 99.3;
/// Between the frame and what is in it.
const PADDING: f32 = 12.0;
const FRAME: f32 = 1.25;
/// Where a step's words begin, right of its number.
const INDENT: f32 = 20.0;

/// A return slip as an A4 PDF, which is PDF/A-2a and PDF/UA-1.
///
/// Its QR code holds the number and nothing else, for a scanner that types what it reads.
/// `now` is when it was made: it stands in the file's metadata, not on paper.
///
/// # Errors
///
/// When krilla refuses the document, for instance as too long.
pub fn return_slip_pdf(slip: &ReturnSlip, now: Timestamp) -> Result<Vec<u8>, PrintError> {
    let title = one_line(&format!("Return slip {}", slip.number));
    let paper = paper(slip, &title)?;
    paper.pdf(&About { title: &title, author: &slip.shop.name, language: &slip.language, link: None, now })
}

fn paper(slip: &ReturnSlip, title: &str) -> Result<Paper, PrintError> {
    let mut paper = Paper::new()?;
    head(&mut paper, slip, title);
    parcel(&mut paper, slip);
    paper.table(&Table { summary: "What comes back", columns: columns(), lines: &slip.lines, total: None });
    steps(&mut paper, &slip.steps);
    paper.lacking("");
    Ok(paper)
}

/// Whose slip it is and which, beside the code.
fn head(paper: &mut Paper, slip: &ReturnSlip, title: &str) {
    let code = said(Some(&slip.number)).and_then(|number| qr::code(number, CODE));
    let (side, quiet) = code.as_ref().map_or((0.0, 0.0), |code| (code.side, code.quiet()));
    paper.chapter(title);

    let mut typed = thirds(2, 2).lowered(side + quiet);
    let mut cell = Cell::new(0.0, typed.x - quiet, Align::Left);
    let name = paper.p();
    paper.flow.fill(&mut cell, &slip.shop.name, NAME, Some(name));
    cell.gap(14.0);
    let tag = paper.h1(title);
    paper.flow.fill(&mut cell, "Return slip", TITLE, Some(tag));
    paper.flow.fill(&mut cell, &slip.number, NUMBER, Some(tag));
    if let Some(sender) = said(Some(&slip.sender)) {
        paper.entry(&mut cell, "From", sender, &[]);
    }

    if let Some(code) = code {
        paper.code(&code, typed.x, one_line(&format!("QR code of the return's number, {}", slip.number)));
        let tag = paper.p();
        paper.flow.fill(&mut typed, &slip.number, TYPED, Some(tag));
    }
    paper.flow.row(vec![cell, typed]);
    paper.flow.y += 8.0;
    paper.flow.reserve(2.0);
    paper.flow.rule(2.0, BLACK);
    paper.flow.y += 14.0;
}

/// Where the parcel goes, in a frame, beside what is known of it.
fn parcel(paper: &mut Paper, slip: &ReturnSlip) {
    let frame = thirds(0, 1);
    let mut address = Cell::new(frame.x + PADDING, frame.width - 2.0 * PADDING, Align::Left);
    let framed = slip.send_to.iter().any(|line| said(Some(line)).is_some());
    if framed {
        let tag = paper.h2("Send the parcel to");
        paper.flow.fill(&mut address, "Send the parcel to", HEADING, Some(tag));
        address.gap(4.0);
        let tag = paper.p();
        for line in &slip.send_to {
            paper.flow.fill(&mut address, line, ADDRESS, Some(tag));
        }
    }
    let mut facts = if framed { thirds(2, 2) } else { thirds(0, 2) };
    for (label, fact) in [
        ("Order", Some(slip.order_number.as_str())),
        ("Asked for on", Some(slip.date.as_str())),
        ("Send by", slip.send_by.as_deref()),
        ("Questions", Some(slip.shop.mail.as_str())),
    ] {
        if let Some(fact) = said(fact) {
            paper.entry(&mut facts, label, fact, &[]);
        }
    }
    let height = address.height() + 2.0 * PADDING;
    paper.flow.reserve(height.max(facts.height() + 2.0 * PADDING));
    let (page, top) = (paper.flow.page(), paper.flow.y);
    paper.flow.y += PADDING;
    paper.flow.row(vec![address, facts]);
    paper.flow.y += PADDING;
    // An address that is taller than a page has no frame.
    if framed && paper.flow.page() == page {
        let (left, width) = (LEFT + frame.x, frame.width);
        let boxes = vec![
            (left, top, width, FRAME),
            (left, top + height - FRAME, width, FRAME),
            (left, top + FRAME, FRAME, height - 2.0 * FRAME),
            (left + width - FRAME, top + FRAME, FRAME, height - 2.0 * FRAME),
        ];
        paper.flow.draw(Op::Boxes { boxes, color: BLACK, tag: None });
    }
    paper.flow.y += 14.0;
}

fn columns() -> Vec<Column<SlipLine>> {
    vec![
        Column { label: "Item", room: Room::Rest, text: |line| line.title.clone() },
        Column { label: "SKU", room: Room::Words(0.3), text: |line| line.sku.clone() },
        Column { label: "Pieces", room: Room::Figures(58.0), text: |line| line.quantity.to_string() },
        Column { label: "Reason", room: Room::Words(0.3), text: |line| line.reason.clone() },
    ]
}

/// What to do, numbered.
fn steps(paper: &mut Paper, steps: &[String]) {
    let steps: Vec<&str> = steps.iter().filter_map(|step| said(Some(step))).collect();
    if steps.is_empty() {
        return;
    }
    paper.flow.y += 16.0;
    paper.flow.reserve(HEADING.leading + 2.0 * STEP.leading);
    paper.chapter("What to do");
    let tag = paper.h2("What to do");
    paper.paragraph("What to do", HEADING, tag);
    let list = paper.flow.tags.add(None, Tag::L(ListNumbering::Decimal));
    for (number, step) in (1..).zip(steps) {
        paper.flow.y += 3.0;
        let item = paper.flow.tags.add(Some(list), Tag::LI);
        let label = paper.flow.tags.add(Some(item), Tag::Lbl);
        let body = paper.flow.tags.add(Some(item), Tag::LBody);
        let mut count = Cell::new(0.0, INDENT, Align::Left);
        let mut words = Cell::new(INDENT, WIDTH - INDENT, Align::Left);
        paper.flow.fill(&mut count, &format!("{number}."), STEP, Some(label));
        paper.flow.fill(&mut words, step, STEP, Some(body));
        paper.flow.row(vec![count, words]);
    }
}

#[cfg(test)]
mod tests;
