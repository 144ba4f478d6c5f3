//! Text as glyphs: shaped, measured, wrapped, with what the font lacks replaced.

use std::collections::BTreeSet;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::ttf_parser::Tag;
use rustybuzz::{Direction, Feature, ShapePlan, UnicodeBuffer, script};

use crate::PrintError;

/// Bytes that a piece of a word has at most: accents upon accents have no width, but a PDF's strings have an end.
const LONGEST: usize = 2_000;

/// A weight of the font.
pub(crate) struct Face {
    /// What krilla embeds.
    pub(crate) font: Font,
    shaper: rustybuzz::Face<'static>,
    plan: ShapePlan,
}

/// A line's worth of text, ready to be drawn.
#[derive(Clone)]
pub(crate) struct Run {
    /// What is drawn.
    pub(crate) text: String,
    /// Its glyphs; lengths in ems.
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// Its width in ems, without the blank that a wrapped line ends with.
    pub(crate) width: f32,
    /// What was given, where it is drawn otherwise.
    pub(crate) given: Option<String>,
    /// What is drawn as "?".
    pub(crate) lacking: BTreeSet<char>,
}

impl Face {
    /// The regular weight.
    pub(crate) fn regular() -> Result<Self, PrintError> {
        Self::of(include_bytes!(concat!(env!("OUT_DIR"), "/regular.ttf")))
    }

    /// The weight of headings.
    pub(crate) fn semibold() -> Result<Self, PrintError> {
        Self::of(include_bytes!(concat!(env!("OUT_DIR"), "/semibold.ttf")))
    }

    fn of(bytes: &'static [u8]) -> Result<Self, PrintError> {
        let font = Font::new(bytes.into(), 0).ok_or(PrintError::Font)?;
        let shaper = rustybuzz::Face::from_slice(bytes, 0).ok_or(PrintError::Font)?;
        // Figures of one width, so that columns of them align.
        let features = [Feature::new(Tag::from_bytes(b"tnum"), 1, ..)];
        let plan = ShapePlan::new(&shaper, Direction::LeftToRight, Some(script::LATIN), None, &features);
        Ok(Self { font, shaper, plan })
    }

    /// The text on one line.
    pub(crate) fn run(&self, given: &str) -> Run {
        let mut text = String::with_capacity(given.len());
        let mut kept = String::new();
        let (mut differs, mut lacking) = (false, BTreeSet::new());
        for sign in given.chars().filter(|sign| !invisible(*sign)) {
            let sign = if sign.is_control() { ' ' } else { sign };
            kept.push(if unmappable(sign) { char::REPLACEMENT_CHARACTER } else { sign });
            if self.has(sign) {
                text.push(sign);
                continue;
            }
            differs = true;
            match otherwise(sign) {
                Some(other) => {
                    // "1½" is no "11/2".
                    if other.starts_with('1') && text.ends_with(|last: char| last.is_ascii_digit()) {
                        text.push(' ');
                    }
                    text.push_str(other);
                }
                None => {
                    lacking.insert(sign);
                    text.push('?');
                }
            }
        }
        let glyphs = self.shape(&text);
        let width = glyphs.iter().map(|glyph| glyph.x_advance).sum();
        Run { text, glyphs, width, given: (differs && kept.len() <= LONGEST * 5).then_some(kept), lacking }
    }

    /// The text in lines of at most `width` ems: broken at blanks, and inside words that are wider than a line.
    pub(crate) fn wrapped(&self, text: &str, width: f32) -> Vec<Run> {
        let blank = self.run(" ").width;
        let mut lines = Vec::new();
        for paragraph in text.split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']) {
            let (mut line, mut filled) = (String::new(), 0.0);
            for word in paragraph.split(breaks).filter(|word| !word.is_empty()) {
                for (first, piece, wide) in self.pieces(word, width) {
                    if line.is_empty() {
                        (line, filled) = (piece, wide);
                    } else if first && filled + blank + wide <= width {
                        line.push(' ');
                        line.push_str(&piece);
                        filled += blank + wide;
                    } else {
                        lines.push(self.ended(&line, first));
                        (line, filled) = (piece, wide);
                    }
                }
            }
            if !line.is_empty() {
                lines.push(self.run(&line));
            }
        }
        lines
    }

    /// A line that goes on below; where a blank was broken it is kept, so that words stay apart when copied.
    fn ended(&self, line: &str, at_blank: bool) -> Run {
        let width = self.run(line).width;
        if at_blank { Run { width, ..self.run(&format!("{line} ")) } } else { self.run(line) }
    }

    /// A word in pieces that are no wider than `width`, with their widths; the first is marked.
    fn pieces(&self, word: &str, width: f32) -> Vec<(bool, String, f32)> {
        let whole = self.run(word).width;
        if whole <= width && word.len() <= LONGEST {
            return vec![(true, word.to_owned(), whole)];
        }
        let mut pieces = Vec::new();
        let (mut piece, mut filled) = (String::new(), 0.0);
        for sign in word.chars() {
            let wide = self.run(sign.encode_utf8(&mut [0; 4])).width;
            // What has no width belongs to the letter before it.
            let full = filled + wide > width && wide > 0.0;
            if (full || piece.len() >= LONGEST) && !piece.is_empty() {
                // Behind a hyphen or a slash, where one is near the end.
                let at = piece.rfind(['-', '/', '_', '.', '&', '=']).map_or(piece.len(), |found| found + 1);
                let rest = if at * 2 > piece.len() { piece.split_off(at) } else { String::new() };
                let begun = self.run(&rest).width;
                let done = std::mem::replace(&mut piece, rest);
                pieces.push((pieces.is_empty(), self.run(&done).width, done));
                filled = begun;
            }
            piece.push(sign);
            filled += wide;
        }
        pieces.push((pieces.is_empty(), filled, piece));
        pieces.into_iter().map(|(first, wide, piece)| (first, piece, wide)).collect()
    }

    fn has(&self, sign: char) -> bool {
        if unmappable(sign) {
            return false;
        }
        // What the font has only as letter and accent, the shaper puts together.
        self.shaper.glyph_index(sign).is_some()
            || self.shape(sign.encode_utf8(&mut [0; 4])).iter().all(|glyph| glyph.glyph_id.to_u32() != 0)
    }

    fn shape(&self, text: &str) -> Vec<KrillaGlyph> {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(Direction::LeftToRight);
        buffer.set_script(script::LATIN);
        let shaped = rustybuzz::shape_with_plan(&self.shaper, &self.plan, buffer);
        let em = self.font.units_per_em();
        let infos = shaped.glyph_infos();
        let mut glyphs = Vec::with_capacity(infos.len());
        for (at, (info, place)) in infos.iter().zip(shaped.glyph_positions()).enumerate() {
            let next = infos.iter().skip(at).find(|later| later.cluster > info.cluster);
            let end = next.map_or(text.len(), |later| later.cluster as usize);
            glyphs.push(KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                place.x_advance as f32 / em,
                place.x_offset as f32 / em,
                place.y_offset as f32 / em,
                place.y_advance as f32 / em,
                info.cluster as usize..end,
                None,
            ));
        }
        glyphs
    }
}

/// Blanks where a line may end.
fn breaks(sign: char) -> bool {
    sign.is_whitespace() && !matches!(sign, '\u{a0}' | '\u{202f}' | '\u{2007}')
}

/// What takes no room and is not drawn: soft hyphens, joiners, marks of direction and variation.
fn invisible(sign: char) -> bool {
    matches!(sign, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}')
        || matches!(sign, '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(sign, '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
        || matches!(sign, '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}')
        || matches!(sign, '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// What PDF/A wants no text to say: private characters, and code points that are none.
fn unmappable(sign: char) -> bool {
    matches!(sign, '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{f0000}'..)
        || sign as u32 & 0xfffe == 0xfffe
        || sign == char::REPLACEMENT_CHARACTER
}

/// How a sign is written that the font lacks.
fn otherwise(sign: char) -> Option<&'static str> {
    Some(match sign {
        blank if blank.is_whitespace() => "\u{a0}",
        '\u{2010}'..='\u{2012}' => "-",
        '\u{2015}' => "—",
        '\u{2032}' => "'",
        '\u{2033}' => "\"",
        'ţ' => "ț",
        'Ţ' => "Ț",
        '±' => "+/-",
        '½' => "1/2",
        '¼' => "1/4",
        '¾' => "3/4",
        '≤' => "<=",
        '≥' => ">=",
        '№' => "No.",
        '✓' => "OK",
        'Ω' | '\u{2126}' => "Ohm",
        'μ' => "µ",
        '₹' => "INR",
        '₺' => "TRY",
        '₽' => "RUB",
        '₴' => "UAH",
        '₩' => "KRW",
        '₪' => "ILS",
        _ => return None,
    })
}
