//! Things that no wheel turned, or that show their face: plates, boards, cloths, lamps.

use super::palette::{Glaze, WOODS};
use super::{Dice, outline, shadow};

/// A plate leaning on the wall: seen from the front, so that its glaze shows.
pub(super) fn plate(out: &mut String, dice: &mut Dice, glaze: &Glaze, cx: i32) {
    let r = dice.between(232, 256);
    let cy = 812 - r;
    draw!(
        out,
        r##"<path fill="#333b4b" opacity=".15" d="M{} 812q{} 30 {} 0l120 -34q-60 -30 -180 -24z"/><ellipse cx="{}" cy="{}" rx="{r}" ry="{r}" fill="#333b4b" opacity=".13"/>"##,
        cx - 90,
        90,
        190,
        cx + 26,
        cy + 6
    );
    draw!(
        out,
        r##"<defs><linearGradient id="s" x2="1" y2="1"><stop stop-color="#fff" stop-opacity=".3"/><stop offset=".5" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="{}" stop-opacity=".5"/></linearGradient></defs><circle cx="{cx}" cy="{cy}" r="{r}" fill="{}"/>"##,
        glaze.shade,
        glaze.body
    );
    let well = r * 66 / 100;
    match dice.below(4) {
        0 => draw!(
            out,
            r#"<circle cx="{cx}" cy="{cy}" r="{}" fill="none" stroke="{}" stroke-width="16"/>"#,
            r - 22,
            glaze.band
        ),
        1 => {
            for ring in 0..5 {
                draw!(
                    out,
                    r#"<circle cx="{cx}" cy="{cy}" r="{}" fill="none" stroke="{}" stroke-width="5"/>"#,
                    well - 22 - ring * 26,
                    glaze.dip
                );
            }
        }
        2 => {
            out.push_str(r#"<path d=""#);
            for _ in 0..48 {
                // A point of the square inside the circle is a point of the circle.
                let side = r * 68 / 100;
                draw!(out, "M{} {}h0", cx + dice.between(-side, side), cy + dice.between(-side, side));
            }
            draw!(out, r#"" stroke="{}" stroke-width="6" stroke-linecap="round" opacity=".6"/>"#, glaze.fleck);
        }
        _ => draw!(out, r#"<path d="M{} {cy}a{r} {r} 0 0 0 {} 0z" fill="{}"/>"#, cx - r, r * 2, glaze.dip),
    }
    draw!(
        out,
        r##"<circle cx="{cx}" cy="{cy}" r="{well}" fill="none" stroke="{}" stroke-width="7" opacity=".55"/><path d="M{} {}a{well} {well} 0 0 1 {} -{}" fill="none" stroke="#fff" stroke-width="6" stroke-linecap="round" opacity=".5"/><circle cx="{cx}" cy="{cy}" r="{r}" fill="url(#s)"/><circle cx="{cx}" cy="{cy}" r="{}" fill="none" stroke="{}" stroke-width="6"/>"##,
        glaze.inside,
        cx - well,
        cy,
        well,
        well,
        r - 3,
        glaze.light
    );
}

/// A board leaning on the wall, with grain and a hole in its handle.
pub(super) fn board(out: &mut String, dice: &mut Dice, cx: i32) {
    let [body, grain, light, shade] = WOODS[dice.below(3) as usize];
    let half = dice.between(140, 185);
    let top = dice.between(300, 360);
    let handle = 46;
    let shape = format!(
        "M{} 812V{}q0 -30 34 -38Q{} {} {} {}V{}a{handle} {handle} 0 0 1 {} 0V{}Q{} {} {} {}q34 8 34 38V812q0 14 -14 14H{}q-14 0 -14 -14z",
        cx - half,
        top + 60,
        cx - handle - 8,
        top + 8,
        cx - handle,
        top - 30,
        top - 110,
        handle * 2,
        top - 30,
        cx + handle + 8,
        top + 8,
        cx + half - 34,
        top + 22,
        cx - half + 14
    );
    draw!(
        out,
        r##"<defs><clipPath id="b"><path d="{shape}"/></clipPath><linearGradient id="s"><stop offset=".3" stop-color="{shade}" stop-opacity="0"/><stop offset="1" stop-color="{shade}" stop-opacity=".45"/></linearGradient></defs><path d="{shape}" fill="#333b4b" opacity=".14" transform="translate(30 -4)"/>"##
    );
    shadow(out, cx - half, cx + half, 822);
    draw!(out, r##"<path d="{shape}" fill="{body}"/><g clip-path="url(#b)"><path d=""##);
    let lines = dice.between(7, 10);
    for n in 0..lines {
        let x = cx - half + (2 * half * n) / lines + dice.between(0, 18);
        let sway = dice.between(-26, 26);
        draw!(out, "M{x} 160c{sway} 200 {} 420 {} 680", -sway, sway / 2);
    }
    draw!(
        out,
        r#"" fill="none" stroke="{grain}" stroke-width="6" opacity=".7"/><path d="M{} 160v680" stroke="{light}" stroke-width="14"/><path fill="url(#s)" d="M{} 0h{}v1000h-{}z"/></g><circle cx="{cx}" cy="{}" r="15" fill="{shade}"/><path d="M{} {}a15 15 0 0 0 30 0" fill="none" stroke="{light}" stroke-width="4"/>"#,
        cx - half + 6,
        cx - half,
        half * 2,
        half * 2,
        top - 104,
        cx - 15,
        top - 104
    );
}

/// A pile of folded cloths.
pub(super) fn textile(out: &mut String, dice: &mut Dice, glaze: &Glaze, cx: i32) {
    let half = dice.between(205, 235);
    let layers = dice.between(3, 4);
    let thick = 76;
    shadow(out, cx - half, cx + half, 818);
    draw!(
        out,
        r##"<defs><linearGradient id="s"><stop stop-color="#fff" stop-opacity=".22"/><stop offset=".35" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="{}" stop-opacity=".55"/></linearGradient></defs>"##,
        glaze.shade
    );
    let stripe = dice.below(3);
    for layer in 0..layers {
        let y = 820 - (layer + 1) * thick;
        let shift = dice.between(-12, 12);
        let (x, wide) = (cx - half + shift, half * 2);
        let fill = if layer % 2 == 0 { glaze.body } else { glaze.light };
        let shape = format!(
            "M{} {y}h{}q30 2 30 {}t-30 {}H{}q-8 -{} 0 -{thick}z",
            x + 8,
            wide - 38,
            thick / 2,
            thick / 2,
            x + 8,
            thick / 2
        );
        draw!(out, r#"<path d="{shape}" fill="{fill}"/>"#);
        if stripe < 2 {
            let n = if stripe == 0 { 1 } else { 3 };
            out.push_str(r#"<path d=""#);
            for line in 0..n {
                draw!(out, "M{} {y}q-6 {} 0 {thick}", x + 70 + line * 26, thick / 2);
            }
            draw!(out, r#"" fill="none" stroke="{}" stroke-width="{}"/>"#, glaze.band, if n == 1 { 22 } else { 8 });
        }
        draw!(
            out,
            r##"<path d="{shape}" fill="url(#s)"/><path d="M{} {}h{}" stroke="{}" stroke-width="4" opacity=".5"/><path d="M{} {}q-6 -{} 2 -{}" fill="none" stroke="#fff" stroke-width="5" opacity=".35"/>"##,
            x + 8,
            y + thick / 2,
            wide - 22,
            glaze.inside,
            x + wide - 26,
            y + thick - 14,
            thick / 4,
            thick / 2
        );
    }
}

/// A table lamp: thrown foot, linen shade, a pool of light.
pub(super) fn lamp(out: &mut String, dice: &mut Dice, glaze: &Glaze, cx: i32) {
    let top = dice.between(250, 290);
    let (narrow, wide) = (dice.between(96, 124), dice.between(196, 224));
    let hem = top + dice.between(196, 226);
    let foot = [(hem + 20, 20), (hem + 74, 24), (hem + 150, 96), (hem + 238, 112), (818, 84)];
    let shape = outline(&foot, cx);
    draw!(
        out,
        r##"<defs><radialGradient id="g"><stop stop-color="#fff3bf" stop-opacity=".95"/><stop offset="1" stop-color="#fff3bf" stop-opacity="0"/></radialGradient><linearGradient id="s"><stop offset=".1" stop-color="#fff" stop-opacity=".16"/><stop offset=".34" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="{}" stop-opacity=".7"/></linearGradient><linearGradient id="l"><stop stop-color="#fffaf0"/><stop offset=".5" stop-color="#fff1c4"/><stop offset="1" stop-color="#dccfae"/></linearGradient></defs><ellipse cx="{cx}" cy="{}" rx="350" ry="300" fill="url(#g)"/>"##,
        glaze.shade,
        hem - 40
    );
    shadow(out, cx - 84, cx + 84, 818);
    draw!(
        out,
        r##"<path d="M{} {}V{}" stroke="#8a6a4c" stroke-width="14"/><path d="{shape}" fill="{}"/><path d="{shape}" fill="url(#s)"/>"##,
        cx,
        hem - 10,
        hem + 40,
        glaze.body
    );
    draw!(
        out,
        r##"<path d="M{} {top}Q{cx} {} {} {top}L{} {hem}Q{cx} {} {} {hem}z" fill="url(#l)"/><path d="M{} {hem}Q{cx} {} {} {hem}" fill="none" stroke="{}" stroke-width="10"/><path d="M{} {top}Q{cx} {} {} {top}" fill="none" stroke="{}" stroke-width="6"/>"##,
        cx - narrow,
        top + 22,
        cx + narrow,
        cx + wide,
        hem + 44,
        cx - wide,
        cx - wide,
        hem + 44,
        cx + wide,
        glaze.body,
        cx - narrow,
        top + 22,
        cx + narrow,
        glaze.body
    );
}
