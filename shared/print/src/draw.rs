//! Pages as a PDF: PDF/A-2a and PDF/UA-1.

use jiff::Timestamp;
use jiff::tz::Offset;
use krilla::Document;
use krilla::SerializeSettings;
use krilla::action::LinkAction;
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Path, PathBuilder, Point, Quadrilateral, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, SpanTag};

use crate::PrintError;
use crate::flow::{BLACK, Flow, LEFT, Op, PAGE};
use crate::tags::Tagged;

/// A heading in the outline.
pub(crate) struct Chapter {
    /// Its words.
    pub(crate) title: String,
    /// Its page, counted from 0.
    pub(crate) page: usize,
    /// Where on it, from above.
    pub(crate) y: f32,
}

/// What the document says about itself.
pub(crate) struct About<'a> {
    /// Its title.
    pub(crate) title: &'a str,
    /// Who made it.
    pub(crate) author: &'a str,
    /// Its language; what is no such tag counts as "en".
    pub(crate) language: &'a str,
    /// Where its link leads, when it is one.
    pub(crate) link: Option<&'a str>,
    /// When it was made.
    pub(crate) now: Timestamp,
}

/// The pages' bytes.
pub(crate) fn pdf(mut flow: Flow, chapters: &[Chapter], about: &About<'_>) -> Result<Vec<u8>, PrintError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|cause| PrintError::Pdf(format!("{cause:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    for ops in std::mem::take(&mut flow.pages) {
        let settings =
            PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| PrintError::Pdf("the page has no size".to_owned()))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for op in &ops {
            draw(&mut flow, &mut surface, op);
        }
        surface.finish();
        if let Some((tag, link)) = link(&ops, about.link) {
            flow.tags.leaf(tag, page.add_tagged_annotation(link));
        }
        page.finish();
    }
    document.set_metadata(metadata(about));
    document.set_outline(outline(chapters));
    document.set_tag_tree(flow.tags.tree(language(about.language)));
    // krilla's own words only count what is wrong.
    document.finish().map_err(|cause| PrintError::Pdf(format!("{cause}: {cause:?}")))
}

fn draw(flow: &mut Flow, surface: &mut Surface<'_>, op: &Op) {
    match op {
        Op::Text { x, baseline, run, style, tag } => {
            let span = SpanTag::empty().with_actual_text(run.given.as_deref());
            tagged(flow, surface, *tag, ContentTag::Span(span), |flow, surface| {
                let font = flow.face(*style).font.clone();
                let start = Point::from_xy(*x, *baseline);
                surface.set_fill(Some(fill(BLACK)));
                surface.draw_glyphs(start, &run.glyphs, font, &run.text, style.size, false);
            });
        }
        Op::Boxes { boxes, color, tag } => {
            if let Some(path) = path(boxes) {
                tagged(flow, surface, *tag, ContentTag::Other, |_, surface| {
                    surface.set_fill(Some(fill(*color)));
                    surface.draw_path(&path);
                });
            }
        }
        Op::Link { .. } => {}
    }
}

fn tagged(
    flow: &mut Flow,
    surface: &mut Surface<'_>,
    tag: Option<Tagged>,
    content: ContentTag<'_>,
    draw: impl FnOnce(&Flow, &mut Surface<'_>),
) {
    // Text that is not read is the footer or a repeated head; what else is not read are rules.
    let kind = match content {
        ContentTag::Span(_) => ArtifactType::PaginationOther,
        ContentTag::Artifact(_) | ContentTag::Other => ArtifactType::Layout,
    };
    let artifact = ContentTag::Artifact(Artifact::with_kind(kind));
    let leaf = surface.start_tagged(if tag.is_some() { content } else { artifact });
    draw(flow, surface);
    surface.end_tagged();
    if let Some(tag) = tag {
        flow.tags.leaf(tag, leaf);
    }
}

fn fill((red, green, blue): (u8, u8, u8)) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }
}

fn path(boxes: &[(f32, f32, f32, f32)]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (x, y, width, height) in boxes {
        path.push_rect(Rect::from_xywh(*x, *y, *width, *height)?);
    }
    path.finish()
}

/// The lines of a page that lead to the link, as one area to press.
fn link(ops: &[Op], link: Option<&str>) -> Option<(Tagged, Annotation)> {
    let uri = link?;
    let (mut areas, mut found) = (Vec::new(), None);
    for op in ops {
        match op {
            Op::Link { area: (x, y, width, height), tag } => {
                areas.push(Quadrilateral::from(Rect::from_xywh(*x, *y, *width, *height)?));
                found = Some(*tag);
            }
            Op::Text { .. } | Op::Boxes { .. } => {}
        }
    }
    let tag = found?;
    let target = Target::Action(LinkAction::new(uri.to_owned()).into());
    let annotation = LinkAnnotation::new_with_quad_points(areas, target);
    Some((tag, Annotation::new_link(annotation, Some("Answer online".to_owned()))))
}

fn metadata(about: &About<'_>) -> Metadata {
    let at = Offset::UTC.to_datetime(about.now);
    let part = |number: i8| number.unsigned_abs();
    let date = DateTime::new(at.year().unsigned_abs())
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    let metadata = Metadata::new()
        .title(one_line(about.title))
        .language(language(about.language).to_owned())
        .creator("Cartwright".to_owned())
        .creation_date(date);
    let author = one_line(about.author);
    if author.is_empty() { metadata } else { metadata.authors(vec![author]) }
}

fn outline(chapters: &[Chapter]) -> Outline {
    let mut outline = Outline::new();
    for Chapter { title, page, y } in chapters {
        outline.push_child(OutlineNode::new(title.clone(), XyzDestination::new(*page, Point::from_xy(LEFT, *y))));
    }
    outline
}

/// A text for titles and metadata: no controls, blanks only between words, 200 characters.
pub(crate) fn one_line(text: &str) -> String {
    let known = |sign: char| if sign.is_control() || sign as u32 & 0xfffe == 0xfffe { ' ' } else { sign };
    let text: String = text.chars().map(known).take(1_000).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

/// The language, when it is one.
fn language(tag: &str) -> &str {
    let part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let known =
        tag.len() <= 35 && tag.split('-').all(part) && tag.starts_with(|first: char| first.is_ascii_alphabetic());
    if known { tag } else { "en" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_clean() {
        assert_eq!(one_line(" a\u{0}b\r\n c\u{ffff} "), "a b c");
        assert_eq!(one_line(&"x".repeat(500)).len(), 200);
        assert_eq!(["en", "pl-PL", "zh-Hant-TW"].map(language), ["en", "pl-PL", "zh-Hant-TW"]);
        assert_eq!(["", "-", "1", "en_GB", "en-", "a\"b"].map(language), ["en"; 6]);
    }
}
