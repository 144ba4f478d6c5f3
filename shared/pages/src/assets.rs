//! The browser's files: their hashed paths and, with the feature `assets`, their bytes.
//!
//! A path changes when the content changes, so whoever serves one may call it
//! immutable. Knows nothing of HTTP: the server picks an encoding and sets the
//! headers.

include!(concat!(env!("OUT_DIR"), "/names.rs"));

/// A file that the browser fetches.
#[cfg(feature = "assets")]
#[derive(Debug)]
pub struct Asset {
    /// Where pages link to it, `/assets/<name>.<hash>.<extension>`.
    pub path: &'static str,
    /// The value of `content-type`.
    pub content_type: &'static str,
    /// The file as it is, absent where it is large.
    pub bytes: Option<&'static [u8]>,
    /// The file in brotli, absent where the format is compressed already or the file is large.
    pub brotli: Option<&'static [u8]>,
    /// The file in gzip, absent where the format is compressed already.
    pub gzip: Option<&'static [u8]>,
}

#[cfg(feature = "assets")]
include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The file that `path` names, `/assets/...`; `None` when this build has no such file.
#[cfg(feature = "assets")]
#[must_use]
pub fn asset(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.path == path)
}

/// Every file, for whoever writes them somewhere.
#[cfg(feature = "assets")]
#[must_use]
pub fn all() -> &'static [Asset] {
    ASSETS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_carry_a_hash() {
        for path in [SHOP_CSS, DESK_CSS, DOCS_CSS, SHOP_JS, DESK_JS, DOCS_JS, FAVICON_SVG] {
            let parts: Vec<&str> = path.trim_start_matches("/assets/").split('.').collect();
            assert_eq!(parts.len(), 3, "{path}");
            assert_eq!(parts[1].len(), 8, "{path}");
        }
    }

    #[cfg(feature = "assets")]
    #[test]
    fn budgets_hold() {
        let over = |path: &str, kilobytes: usize| {
            let file = asset(path).unwrap();
            assert!(
                file.brotli.unwrap().len() <= kilobytes * 1024,
                "{path} is {} bytes in brotli",
                file.brotli.unwrap().len()
            );
        };
        over(SHOP_CSS, 14);
        over(DESK_CSS, 20);
        over(SHOP_JS, 8);
        over(DESK_JS, 25);
    }

    #[cfg(feature = "assets")]
    #[test]
    fn every_file_is_found_by_its_path() {
        for file in all() {
            assert_eq!(asset(file.path).unwrap().path, file.path);
            assert!(file.bytes.or(file.gzip).is_some_and(|bytes| !bytes.is_empty()));
        }
        assert!(asset("/assets/none.css").is_none());
    }
}
