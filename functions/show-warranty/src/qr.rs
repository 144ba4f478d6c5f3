//! A link as a QR code, in the path data of SVG.

use std::fmt::Write as _;

use pages::shop::QrCode;
use qrcodegen::QrCodeEcc;

/// The code of a link: each dark run of a row is one rectangle. None: the link is too long for any.
pub(crate) fn code(link: &str) -> Option<QrCode> {
    let code = qrcodegen::QrCode::encode_text(link, QrCodeEcc::Medium).ok()?;
    let side = code.size();
    let mut path = String::new();
    for row in 0..side {
        let mut column = 0;
        while column < side {
            let dark = (column..side).take_while(|place| code.get_module(*place, row)).count();
            let width = i32::try_from(dark).ok()?;
            if width > 0 {
                write!(path, "M{column} {row}h{width}v1h-{width}z").ok()?;
            }
            column += width.max(1);
        }
    }
    Some(QrCode { size: u32::try_from(side).ok()?, path, link: link.to_owned() })
}
