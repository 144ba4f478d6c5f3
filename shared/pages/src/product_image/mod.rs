//! Draws a product from its SKU: an object on a window sill in morning light.
//!
//! 800 by 1000 units, 2 to 4 KB of SVG, the same bytes for the same SKU on
//! every machine: randomness comes from SHA-256 of the SKU and all geometry is
//! whole numbers. Colours were computed from OKLCH beforehand. Knows nothing of
//! the product but its SKU and kind.

/// Appends to a string, which unlike `write!` cannot fail.
macro_rules! draw {
    ($out:expr, $($arguments:tt)*) => {
        $out.push_str(&format!($($arguments)*))
    };
}

mod flat;
mod palette;

use flat::{board, lamp, plate, textile};
use palette::{CLAY, GLAZES, Glaze, WALLS, named_glaze};
use sha2::{Digest, Sha256};

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named after what it draws")]
pub enum Kind {
    Vase,
    Bowl,
    Mug,
    Jug,
    Plate,
    Bottle,
    Board,
    Textile,
    Lamp,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Vase,
        Self::Bowl,
        Self::Mug,
        Self::Jug,
        Self::Plate,
        Self::Bottle,
        Self::Board,
        Self::Textile,
        Self::Lamp,
    ];

    /// The kind that `words` (title, category) name; where they name none, one that the SKU picks.
    #[must_use]
    pub fn of(words: &str, sku: &str) -> Self {
        const NAMES: [(&str, Kind); 31] = [
            ("vase", Kind::Vase),
            ("planter", Kind::Vase),
            ("mug", Kind::Mug),
            ("cup", Kind::Mug),
            ("tumbler", Kind::Mug),
            ("jug", Kind::Jug),
            ("pitcher", Kind::Jug),
            ("teapot", Kind::Jug),
            ("kettle", Kind::Jug),
            ("plate", Kind::Plate),
            ("saucer", Kind::Plate),
            ("platter", Kind::Plate),
            ("bottle", Kind::Bottle),
            ("carafe", Kind::Bottle),
            ("mill", Kind::Bottle),
            ("oil", Kind::Bottle),
            ("board", Kind::Board),
            ("tray", Kind::Board),
            ("wood", Kind::Board),
            ("towel", Kind::Textile),
            ("linen", Kind::Textile),
            ("cloth", Kind::Textile),
            ("blanket", Kind::Textile),
            ("napkin", Kind::Textile),
            ("textile", Kind::Textile),
            ("throw", Kind::Textile),
            ("lamp", Kind::Lamp),
            ("light", Kind::Lamp),
            ("bowl", Kind::Bowl),
            ("dish", Kind::Bowl),
            ("basin", Kind::Bowl),
        ];
        let words = words.to_lowercase();
        let named =
            NAMES.iter().filter_map(|(name, kind)| words.find(name).map(|at| (at, *kind))).min_by_key(|(at, _)| *at);
        match named {
            Some((_, kind)) => kind,
            None => {
                let pots = [Self::Vase, Self::Bowl, Self::Mug, Self::Jug, Self::Plate, Self::Bottle];
                pots[Dice::of(sku).below(6) as usize]
            }
        }
    }
}

/// Chance that a SKU fixes for ever: splitmix64 over the first bytes of its SHA-256.
struct Dice(u64);

impl Dice {
    fn of(sku: &str) -> Self {
        let digest = Sha256::digest(sku.as_bytes());
        Self(digest.iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to `bound - 1`.
    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// A number from `low` to `high`, both included.
    fn between(&mut self, low: i32, high: i32) -> i32 {
        let span = u64::from(high.abs_diff(low)) + 1;
        low + i32::try_from(self.below(span)).unwrap_or(0)
    }
}

/// The drawing of a product as an SVG file.
#[must_use]
pub fn svg(sku: &str, kind: Kind) -> String {
    let mut dice = Dice::of(sku);
    let chance = dice.below(8) as usize;
    let glaze = &GLAZES[named_glaze(sku).unwrap_or(chance)];
    let wall = &WALLS[dice.below(5) as usize];
    let cx = 400 + dice.between(-25, 15);
    let mut out = String::with_capacity(4096);
    out.push_str(r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 1000" width="800" height="1000">"#);
    room(&mut out, &mut dice, wall);
    match kind {
        Kind::Vase | Kind::Bowl | Kind::Mug | Kind::Jug | Kind::Bottle => pot(&mut out, &mut dice, glaze, cx, kind),
        Kind::Plate => plate(&mut out, &mut dice, glaze, cx),
        Kind::Board => board(&mut out, &mut dice, cx),
        Kind::Textile => textile(&mut out, &mut dice, glaze, cx),
        Kind::Lamp => lamp(&mut out, &mut dice, glaze, cx),
    }
    out.push_str("</svg>");
    out
}

/// Wall, six panes of sun, sill.
fn room(out: &mut String, dice: &mut Dice, [wall, line, front]: &[&str; 3]) {
    draw!(out, r##"<path fill="{wall}" d="M0 0H800V745H0z"/><path fill="#fff8d4" opacity=".72" d=""##);
    let x0 = dice.between(70, 190);
    let y0 = dice.between(60, 110);
    for column in 0..2 {
        for row in 0..3 {
            // Sun falls aslant: each row shifts right by a sixth of its depth, each column sinks by a tenth.
            let point = |dx: i32, dy: i32| {
                let (x, y) = (column * 190 + dx, row * 205 + dy);
                (x0 + x + y * 18 / 100, (y0 + y + x / 10).min(745))
            };
            let [a, b, c, d] = [point(0, 0), point(172, 0), point(172, 188), point(0, 188)];
            if a.1 < 745 {
                draw!(out, "M{} {}L{} {}L{} {}L{} {}z", a.0, a.1, b.0, b.1, c.0, c.1, d.0, d.1);
            }
        }
    }
    draw!(
        out,
        r##""/><path fill="#f4f7fb" d="M0 745H800V1000H0z"/><path fill="{line}" opacity=".55" d="M0 745H800v5H0z"/><path fill="{front}" d="M0 905H800v95H0z"/><path fill="#fff" opacity=".8" d="M0 905H800v3H0z"/>"##
    );
}

/// The shadow that morning throws to the right over the sill.
fn shadow(out: &mut String, left: i32, right: i32, foot: i32) {
    let (mid, run) = ((left + right) / 2, (right - left) / 2 + 150);
    draw!(
        out,
        r##"<path fill="#333b4b" opacity=".17" d="M{left} {}Q{mid} {} {right} {}L{} {}Q{} {} {} {}z"/>"##,
        foot + 2,
        foot + 26,
        foot + 6,
        right + run,
        foot - 26,
        right + run * 2 / 3,
        foot - 52,
        mid + (right - left) / 5,
        foot - 40
    );
}

/// A mirrored outline through `profile`, points of (height, radius) from the rim to the foot, smoothed by Catmull-Rom.
fn outline(profile: &[(i32, i32)], cx: i32) -> String {
    let mut out = String::new();
    let right: Vec<(i32, i32)> = profile.iter().map(|(y, r)| (cx + r, *y)).collect();
    let left: Vec<(i32, i32)> = profile.iter().rev().map(|(y, r)| (cx - r, *y)).collect();
    let curve = |out: &mut String, points: &[(i32, i32)]| {
        for n in 0..points.len() - 1 {
            let before = points[n.saturating_sub(1)];
            let (from, to) = (points[n], points[n + 1]);
            let after = points[(n + 2).min(points.len() - 1)];
            draw!(
                out,
                "C{} {} {} {} {} {}",
                from.0 + (to.0 - before.0) / 6,
                from.1 + (to.1 - before.1) / 6,
                to.0 - (after.0 - from.0) / 6,
                to.1 - (after.1 - from.1) / 6,
                to.0,
                to.1
            );
        }
    };
    let (rim, foot) = (profile[0].1, profile[profile.len() - 1].1);
    draw!(out, "M{} {}", right[0].0, right[0].1);
    curve(&mut out, &right);
    draw!(out, "A{foot} {} 0 0 1 {} {}", foot / 8, left[0].0, left[0].1);
    curve(&mut out, &left);
    draw!(out, "A{rim} {} 0 0 1 {} {}z", rim / 8, right[0].0, right[0].1);
    out
}

fn profile(kind: Kind, dice: &mut Dice) -> Vec<(i32, i32)> {
    match kind {
        Kind::Vase => {
            let tall = dice.between(0, 70);
            let belly = dice.between(0, 30);
            vec![
                (330 - tall, 78 + dice.between(0, 22)),
                (395 - tall / 2, 54 + dice.between(0, 18)),
                (490, 118),
                (620, 168 + belly),
                (740, 148),
                (815, 92),
            ]
        }
        Kind::Bowl => {
            let wide = dice.between(-20, 20);
            vec![(560, 272 + wide), (640, 258 + wide), (722, 204), (784, 128), (815, 100)]
        }
        Kind::Mug => {
            let waist = dice.between(-8, 14);
            vec![(432, 176), (540, 178 - waist), (670, 178), (768, 166), (815, 138)]
        }
        Kind::Jug => {
            let tall = dice.between(0, 50);
            vec![(360 - tall, 104), (450 - tall / 2, 88), (570, 132), (690, 178), (775, 156), (815, 120)]
        }
        Kind::Bottle => {
            let tall = dice.between(0, 40);
            let neck = dice.between(0, 10);
            vec![
                (230 - tall, 36 + neck),
                (320 - tall, 34 + neck),
                (425, 44 + neck),
                (515, 118),
                (650, 142),
                (768, 136),
                (815, 112),
            ]
        }
        Kind::Plate | Kind::Board | Kind::Textile | Kind::Lamp => vec![(500, 100), (815, 100)],
    }
}

/// What is turned on a wheel: outline, decoration, bare foot, light from the left, rim.
fn pot(out: &mut String, dice: &mut Dice, glaze: &Glaze, cx: i32, kind: Kind) {
    let points = profile(kind, dice);
    let (top, rim) = points[0];
    let (foot, base) = points[points.len() - 1];
    let widest = points.iter().map(|(_, r)| *r).max().unwrap_or(rim);
    let height = foot - top;
    let shape = outline(&points, cx);
    draw!(
        out,
        r##"<defs><clipPath id="b"><path d="{shape}"/></clipPath><linearGradient id="s"><stop offset=".1" stop-color="#fff" stop-opacity=".16"/><stop offset=".34" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="{}" stop-opacity=".7"/></linearGradient></defs>"##,
        glaze.shade
    );
    shadow(out, cx - base, cx + base, foot);
    if matches!(kind, Kind::Mug | Kind::Jug) {
        handle(out, glaze, cx + points[1].1, points[1].0 - 10, if kind == Kind::Mug { 200 } else { 240 });
    }
    draw!(out, r#"<path d="{shape}" fill="{}"/>"#, glaze.body);
    if kind == Kind::Jug {
        draw!(out, r#"<path d="M{} {}q-50 -8 -66 -34q34 -10 70 -6z" fill="{}"/>"#, cx - rim + 12, top + 46, glaze.body);
    }
    out.push_str(r##"<g clip-path="url(#b)">"##);
    decoration(out, dice, glaze, cx, (top, foot), widest);
    draw!(
        out,
        r#"<path fill="{CLAY}" d="M{} {}q{widest} 34 {} 0V1000H{}z"/>"#,
        cx - widest,
        foot - 22,
        widest * 2,
        cx - widest
    );
    draw!(out, r#"<path fill="url(#s)" d="M{} 0h{}v1000h-{}z"/>"#, cx - widest, widest * 2, widest * 2);
    draw!(
        out,
        r##"<path d="M{} {}q-16 {} 4 {}" fill="none" stroke="#fff" stroke-width="13" stroke-linecap="round" opacity=".42"/></g>"##,
        cx - widest * 62 / 100,
        top + height * 24 / 100,
        height / 5,
        height * 38 / 100
    );
    let flat = (rim / 8).max(5);
    draw!(
        out,
        r#"<ellipse cx="{cx}" cy="{top}" rx="{rim}" ry="{flat}" fill="{}"/><path d="M{} {top}a{} {} 0 0 0 {} 0" fill="none" stroke="{}" stroke-width="5"/>"#,
        glaze.inside,
        cx - rim + 2,
        rim - 2,
        flat - 1,
        rim * 2 - 4,
        glaze.light
    );
}

fn handle(out: &mut String, glaze: &Glaze, x: i32, y: i32, drop: i32) {
    draw!(
        out,
        r#"<path d="M{} {}c130 -26 142 {} 0 {drop}" fill="none" stroke="{}" stroke-width="34" stroke-linecap="round"/><path d="M{} {}c118 -24 132 {} 6 {}" fill="none" stroke="{}" stroke-width="6" stroke-linecap="round" opacity=".7"/>"#,
        x - 12,
        y + 20,
        drop,
        glaze.body,
        x - 6,
        y + 12,
        drop - 10,
        drop - 6,
        glaze.light
    );
}

fn decoration(out: &mut String, dice: &mut Dice, glaze: &Glaze, cx: i32, (top, foot): (i32, i32), widest: i32) {
    let height = foot - top;
    match dice.below(5) {
        0 => {
            let y = top + height * dice.between(45, 65) / 100;
            draw!(
                out,
                r#"<path fill="{}" d="M{} {y}q{widest} {} {} 0V1000H{}z"/>"#,
                glaze.dip,
                cx - widest,
                widest / 4,
                widest * 2,
                cx - widest
            );
        }
        1 => {
            for (share, wide) in [(28, 18), (37, 7)] {
                draw!(
                    out,
                    r#"<path d="M{} {}q{widest} {} {} 0" fill="none" stroke="{}" stroke-width="{wide}"/>"#,
                    cx - widest,
                    top + height * share / 100,
                    widest / 4,
                    widest * 2,
                    glaze.band
                );
            }
        }
        2 => {
            // Flecks as dots of round-capped strokes: a tenth of the bytes of circles.
            for wide in [4, 7] {
                out.push_str(r#"<path d=""#);
                for _ in 0..26 {
                    draw!(out, "M{} {}h0", dice.between(cx - widest, cx + widest), dice.between(top + 20, foot - 20));
                }
                draw!(out, r#"" stroke="{}" stroke-width="{wide}" stroke-linecap="round" opacity=".6"/>"#, glaze.fleck);
            }
        }
        3 => {
            out.push_str(r#"<path d=""#);
            for ring in 0..9 {
                draw!(
                    out,
                    "M{} {}q{widest} {} {} 0",
                    cx - widest,
                    top + height * (16 + ring * 8) / 100,
                    widest / 4,
                    widest * 2
                );
            }
            draw!(out, r#"" fill="none" stroke="{}" stroke-width="5" opacity=".75"/>"#, glaze.dip);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_sku_is_the_same_drawing() {
        for kind in Kind::ALL {
            assert_eq!(svg("MUG-1", kind), svg("MUG-1", kind));
            assert_ne!(svg("MUG-1", kind), svg("MUG-2", kind));
        }
    }

    #[test]
    fn a_drawing_never_changes() {
        let digest = Sha256::digest(svg("MUG-1", Kind::Mug).as_bytes());
        let hex: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "c9d40932");
    }

    #[test]
    fn drawings_are_small_and_whole() {
        for kind in Kind::ALL {
            for n in 0..60 {
                let drawing = svg(&format!("SKU-{n}"), kind);
                assert!(drawing.len() < 4096, "{kind:?} is {} bytes", drawing.len());
                assert!(drawing.starts_with("<svg") && drawing.ends_with("</svg>"));
                assert_eq!(drawing.matches("<g ").count(), drawing.matches("</g>").count());
            }
        }
    }

    #[test]
    fn a_sku_that_names_a_glaze_has_it() {
        assert!(svg("MUG-OAT", Kind::Mug).contains(GLAZES[3].body));
        assert!(svg("vase-cobalt-30", Kind::Vase).contains(GLAZES[0].body));
        assert_eq!(named_glaze("MUG-OATEN"), None);
    }

    #[test]
    fn words_choose_the_kind() {
        assert_eq!(Kind::of("Enamel mug", "X"), Kind::Mug);
        assert_eq!(Kind::of("Salad bowl, plate rim", "X"), Kind::Bowl);
        assert_eq!(Kind::of("Tea towel kitchen", "X"), Kind::Textile);
        assert_eq!(Kind::of("Thing", "A"), Kind::of("Other", "A"));
    }
}
