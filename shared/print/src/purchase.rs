//! A purchase order on paper.

use jiff::Timestamp;
use krilla::tagging::{Tag, TagKind};

use crate::draw::{About, one_line};
use crate::flow::{Align, Cell, WIDTH};
use crate::paper::{BODY, HEADING, NAME, Paper, SMALL, TITLE, said, thirds};
use crate::table::{Column, Room, Table};
use crate::{PrintError, PurchaseSheet, SheetLine, qr};

const ACCENT: (u8, u8, u8) = (0x1c, 0x45, 0xab);
/// Points that the answer's code is wide at least.
const CODE: f32 = 80.0;

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
    let mut paper = Paper::new()?;
    head(&mut paper, sheet, &title);
    parties(&mut paper, sheet);
    paper.table(&Table {
        summary: "What is ordered",
        columns: columns(&sheet.lines),
        lines: &sheet.lines,
        total: sheet.total.as_deref(),
    });
    note(&mut paper, sheet);
    answer(&mut paper, &sheet.link, link.is_some());
    paper.lacking("The CSV file has them.");
    paper.pdf(&About { title: &title, author: &sheet.shop.name, language: &sheet.language, link, now })
}

fn head(paper: &mut Paper, sheet: &PurchaseSheet, title: &str) {
    paper.chapter(title);
    let name = paper.p();
    paper.paragraph(&sheet.shop.name, NAME, name);
    paper.flow.y += 14.0;
    let tag = paper.h1(title);
    paper.paragraph(title, TITLE, tag);
    paper.flow.y += 8.0;
    paper.flow.reserve(2.0);
    paper.flow.rule(2.0, ACCENT);
    paper.flow.y += 14.0;
}

/// Who orders, who delivers, when; below it where to.
fn parties(paper: &mut Paper, sheet: &PurchaseSheet) {
    let shop = &sheet.shop;
    let address = [shop.address.as_slice(), std::slice::from_ref(&shop.mail)].concat();
    let when = [("Date", Some(&sheet.date)), ("Wanted by", sheet.wanted_by.as_ref())];
    let mut cells = vec![
        party(paper, 0, "Ordered by", &shop.name, &address),
        party(paper, 1, "Supplier", &sheet.supplier.name, std::slice::from_ref(&sheet.supplier.mail)),
    ];
    let mut dates = thirds(2, 2);
    for (label, day) in when {
        if let Some(day) = day.filter(|day| !day.trim().is_empty()) {
            paper.entry(&mut dates, label, day, &[]);
        }
    }
    cells.push(dates);
    paper.flow.row(cells);
    paper.flow.y += 14.0;
    for places in sheet.deliver_to.chunks(3) {
        let each = places.iter().enumerate();
        let cells = each.map(|(at, place)| party(paper, at, "Deliver to", &place.location, &place.lines)).collect();
        paper.flow.row(cells);
        paper.flow.y += 14.0;
    }
}

fn party(paper: &mut Paper, at: usize, label: &str, name: &str, lines: &[String]) -> Cell {
    let mut cell = thirds(at, at);
    paper.entry(&mut cell, label, name, lines);
    cell
}

fn note(paper: &mut Paper, sheet: &PurchaseSheet) {
    let Some(note) = said(sheet.note.as_deref()) else { return };
    paper.flow.y += 16.0;
    paper.flow.reserve(HEADING.leading + 2.0 * BODY.leading);
    paper.chapter("Note");
    let tag = paper.h2("Note");
    paper.paragraph("Note", HEADING, tag);
    for line in note.lines() {
        let tag = paper.p();
        paper.paragraph(line, BODY, tag);
    }
}

/// How to answer: a code to scan, and the link.
fn answer(paper: &mut Paper, link: &str, followed: bool) {
    if link.trim().is_empty() {
        return;
    }
    let code = qr::code(link, CODE);
    let side = code.as_ref().map_or(0.0, |code| code.side);
    paper.flow.y += 20.0;
    paper.flow.reserve(side.max(HEADING.leading + 4.0 * BODY.leading));
    paper.chapter("Answer online");
    let (page, y) = (paper.flow.page(), paper.flow.y);
    let indent = if side > 0.0 { side + 16.0 } else { 0.0 };

    let title = paper.h2("Answer online");
    let how = paper.p();
    let kind: TagKind = if followed { Tag::Link.into() } else { Tag::P.into() };
    let parent = followed.then(|| paper.p());
    let target = paper.flow.tags.add(parent, kind);
    let mut cell = Cell::new(indent, WIDTH - indent, Align::Left);
    paper.flow.fill(&mut cell, "Answer online", HEADING, Some(title));
    let words = match &code {
        Some(_) => "Scan the code or open the link: accept the order, change dates or quantities, or refuse it.",
        None => "Open the link: accept the order, change dates or quantities, or refuse it.",
    };
    paper.flow.fill(&mut cell, words, BODY, Some(how));
    paper.flow.fill(&mut cell, "You need no account.", BODY, Some(how));
    cell.gap(4.0);
    if followed {
        paper.flow.fill_link(&mut cell, link, SMALL, target);
    } else {
        paper.flow.fill(&mut cell, link, SMALL, Some(target));
    }
    if let Some(code) = code {
        paper.code(&code, 0.0, "QR code of the link, where the order is answered".to_owned());
    }
    paper.flow.row(vec![cell]);
    if paper.flow.page() == page {
        paper.flow.y = paper.flow.y.max(y + side);
    }
}

/// The table's columns: those that a line has something for.
///
/// Figures have room for millions and a currency, since a wrapped sum is misread.
fn columns(lines: &[SheetLine]) -> Vec<Column<SheetLine>> {
    let any = |has: fn(&SheetLine) -> bool| lines.iter().any(has);
    let mut columns: Vec<Column<SheetLine>> = vec![
        Column { label: "SKU", room: Room::Words(0.36), text: |line| line.sku.clone() },
        Column { label: "Item", room: Room::Rest, text: |line| line.title.clone() },
    ];
    if any(|line| !line.location.trim().is_empty()) {
        columns.push(Column { label: "For", room: Room::Words(0.24), text: |line| line.location.clone() });
    }
    columns.push(Column { label: "Quantity", room: Room::Figures(58.0), text: |line| line.quantity.to_string() });
    if any(|line| line.unit_cost.is_some()) {
        let text = |line: &SheetLine| line.unit_cost.clone().unwrap_or_default();
        columns.push(Column { label: "Unit cost", room: Room::Figures(92.0), text });
    }
    if any(|line| line.total.is_some()) {
        let text = |line: &SheetLine| line.total.clone().unwrap_or_default();
        columns.push(Column { label: "Total", room: Room::Figures(104.0), text });
    }
    columns
}

/// The link, when a program may follow it.
fn followed(link: &str) -> Option<&str> {
    let web = link.starts_with("https://") || link.starts_with("http://");
    (web && link.len() <= 2_000 && link.bytes().all(|byte| byte.is_ascii_graphic())).then_some(link)
}

#[cfg(test)]
mod tests;
