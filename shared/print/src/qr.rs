//! A text as a QR code: squares on a grid.

use qrcodegen::{QrCode, QrCodeEcc};

/// Points that a module needs at least, so that a telephone reads it from paper: a third of a millimetre.
const FINEST: f32 = 0.95;
/// Points that a code is wide at most.
const LARGEST: f32 = 150.0;

/// A code, without the white that belongs around it.
pub(crate) struct Code {
    /// The length of a side, in points.
    pub(crate) side: f32,
    /// The dark runs: left, top, width; each is one module high.
    pub(crate) runs: Vec<(f32, f32, f32)>,
    /// The length of a module's side.
    pub(crate) module: f32,
}

impl Code {
    /// How much white a scanner wants on every side of it: four modules, by ISO/IEC 18004.
    pub(crate) fn quiet(&self) -> f32 {
        4.0 * self.module
    }
}

/// The text's code, at least `smallest` points wide; `None` when it would be too fine to be read from paper.
pub(crate) fn code(text: &str, smallest: f32) -> Option<Code> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let count = code.size();
    let side = (count as f32 * 1.3).clamp(smallest, LARGEST);
    let module = side / count as f32;
    if module < FINEST {
        return None;
    }
    let mut runs = Vec::new();
    for row in 0..count {
        let mut start = None;
        for column in 0..=count {
            match (code.get_module(column, row), start) {
                (true, None) => start = Some(column),
                (false, Some(first)) => {
                    runs.push((first as f32 * module, row as f32 * module, (column - first) as f32 * module));
                    start = None;
                }
                (true, Some(_)) | (false, None) => {}
            }
        }
    }
    Some(Code { side, runs, module })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_link_is_drawn_and_a_huge_one_is_not() {
        let drawn = code(&format!("https://shop.example/supply/{}", "k".repeat(220)), 80.0);
        assert!(drawn.is_some_and(|code| !code.runs.is_empty() && code.module >= FINEST && code.side <= LARGEST));
        assert!(code(&"k".repeat(2_000), 80.0).is_none());
        assert!(code(&"k".repeat(100_000), 80.0).is_none());
    }
}
