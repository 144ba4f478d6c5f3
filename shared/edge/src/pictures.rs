//! Pictures that people upload: what counts as one, how large it may be, and how it comes: straight to a bucket by an
//! address that is good for one file of one size and type, or by a form through a function.

use std::time::Duration;

use contracts::Problem;
use contracts::product::ImageUpload;

/// How long an upload's address is good.
pub const LIFE: Duration = Duration::from_secs(15 * 60);
/// The largest picture of an upload, in bytes.
const LARGEST: u64 = 10 * 1024 * 1024;
/// The largest picture of a form, in bytes: what a function is handed has 6 MB at most, in Base64.
pub const LARGEST_OF_FORM: usize = 4 * 1024 * 1024;

/// A kind of picture that browsers show. None is SVG: it can carry script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureType {
    /// What its files' names end in.
    pub ending: &'static str,
    /// Its media type.
    pub content_type: &'static str,
}

const fn picture(ending: &'static str, content_type: &'static str) -> PictureType {
    PictureType { ending, content_type }
}

const TYPES: [PictureType; 5] = [
    picture("jpg", "image/jpeg"),
    picture("jpeg", "image/jpeg"),
    picture("png", "image/png"),
    picture("webp", "image/webp"),
    picture("avif", "image/avif"),
];

/// The kind of a picture that is to be uploaded, by its name.
///
/// # Errors
/// 400 for a name that is no picture's, or too many bytes.
pub fn announced(asked: &ImageUpload) -> Result<PictureType, Problem> {
    let ending = asked.filename.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let Some(known) = TYPES.iter().find(|known| known.ending == ending) else {
        return Err(Problem::field("/filename", "Send a JPEG, PNG, WebP or AVIF picture."));
    };
    if !(1..=LARGEST).contains(&asked.bytes) {
        return Err(Problem::field("/bytes", "A picture has at most 10 MB."));
    }
    Ok(*known)
}

/// The kind of these bytes, whatever they are called; none where they are no picture.
pub fn seen(bytes: &[u8]) -> Option<PictureType> {
    let seen = infer::get(bytes)?.mime_type();
    TYPES.iter().find(|known| known.content_type == seen).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_known_by_its_name_or_its_bytes() {
        let asked = |filename: &str, bytes: u64| announced(&ImageUpload { filename: filename.to_owned(), bytes });
        assert_eq!(asked("Crack.JPEG", 10).unwrap().content_type, "image/jpeg");
        assert_eq!(asked("page.html", 10).unwrap_err().errors[0].pointer, "/filename");
        assert_eq!(asked("crack.png", LARGEST + 1).unwrap_err().errors[0].pointer, "/bytes");
        assert_eq!(seen(b"\x89PNG\r\n\x1a\n").unwrap().ending, "png");
        assert_eq!(seen(b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), None);
    }
}
