//! Documents read again, for tests.

use lopdf::{Dictionary, Document, Object};
use proptest::prelude::*;

/// How a test ends.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Every page's text, as a program copies it, with single blanks.
pub(crate) fn texts(bytes: &[u8]) -> Outcome<Vec<String>> {
    let document = Document::load_mem(bytes)?;
    let mut texts = Vec::new();
    for page in document.get_pages().keys() {
        let text = document.extract_text(&[*page])?;
        texts.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    Ok(texts)
}

/// The branches of the document's tree that are of a kind: "Figure".
pub(crate) fn branches(bytes: &[u8], kind: &str) -> Outcome<Vec<Dictionary>> {
    let document = Document::load_mem(bytes)?;
    let all = document.objects.into_values().filter_map(|object| object.as_dict().cloned().ok());
    let named = |branch: &Dictionary| branch.get(b"S").and_then(Object::as_name).is_ok_and(|s| s == kind.as_bytes());
    Ok(all.filter(|branch| branch.has(b"P") && named(branch)).collect())
}

/// Fails unless the document is tagged, of this language, and says that it is PDF/A-2a and PDF/UA-1.
pub(crate) fn assert_archived(bytes: &[u8], language: &str) -> Outcome {
    let document = Document::load_mem(bytes)?;
    let root = document.catalog()?;
    assert_eq!(root.get(b"Lang")?.as_str()?, language.as_bytes());
    for key in ["StructTreeRoot", "MarkInfo", "Outlines", "OutputIntents", "Metadata"] {
        assert!(root.has(key.as_bytes()), "{key}");
    }
    let metadata = document.get_object(root.get(b"Metadata")?.as_reference()?)?.as_stream()?;
    let metadata = String::from_utf8_lossy(&metadata.content).into_owned();
    for claim in ["<pdfaid:part>2<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"] {
        assert!(metadata.contains(claim), "{claim} is not in {metadata}");
    }
    Ok(())
}

/// Texts of all sorts: any code point, blanks and accents, words of Latin script, long ones.
pub(crate) fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => any::<String>(),
        2 => "[a-zA-Zà-žḀ-ỿ0-9 .,;/&\\-]{0,120}",
        1 => "[\\x00-\\x20\u{a0}\u{ad}\u{300}-\u{36f}\u{200b}-\u{2064}\u{e000}-\u{e010}\u{fff0}-\u{ffff}]{0,60}",
        1 => ("\\PC{1,4}", 0..1_200usize).prop_map(|(part, times)| part.repeat(times)),
    ]
}
