//! What is in a workbook's package, before anything of it is believed.
//!
//! Knows how large the parts of a ZIP file really are: it unpacks them once and counts, since what they say of
//! themselves may be a lie.

use std::io::{Read, Seek, SeekFrom};

use zip::ZipArchive;
use zip::result::ZipError;

use super::fill;
use crate::error::SheetError;

/// The most parts of a package.
const MAX_PARTS: usize = 2_000;
/// The most bytes of all sheets and pictures, unpacked: they are read as a stream, or not at all.
const MAX_SHEETS: u64 = 256 << 20;
/// The most bytes of all else, unpacked: shared texts and styles are kept in memory.
const MAX_REST: u64 = 48 << 20;
/// The most shared texts that a workbook may announce, since room is made for them at once.
const MAX_TEXTS: u64 = 4_000_000;

/// The most bytes from one tag to the next: each is kept in memory.
const MAX_RUN: usize = 1 << 20;

/// Looks through a package.
///
/// # Errors
/// When it is no workbook of Excel, damaged, or unpacks into too much.
pub(super) fn inspect<S: Read + Seek>(source: S, filename: &str) -> Result<S, SheetError> {
    let mut archive = ZipArchive::new(source).map_err(broken)?;
    let has = |name: &str| archive.file_names().flatten().any(|part| part.eq_ignore_ascii_case(name));
    if has("xl/workbook.bin") {
        return Err(SheetError::BinaryExcel);
    }
    if !has("[Content_Types].xml") {
        let open_document = has("content.xml") && has("mimetype");
        let other = SheetError::Unknown(filename.chars().take(100).collect());
        return Err(if open_document { SheetError::OpenDocument } else { other });
    }
    if archive.len() > MAX_PARTS {
        return Err(SheetError::TooLarge);
    }
    let (mut sheets, mut rest) = (MAX_SHEETS, MAX_REST);
    let mut buffer = vec![0; 1 << 16];
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(broken)?;
        let name = part.name().map_err(broken)?.to_ascii_lowercase().replace('\\', "/");
        let is_xml = name.ends_with(".xml") || name.ends_with(".rels");
        let left = if is_xml && !name.contains("/worksheets/") { &mut rest } else { &mut sheets };
        let (mut announced, mut run) = (Announced::default(), 0);
        let watched = name.ends_with("sharedstrings.xml");
        loop {
            let length = fill(&mut part, &mut buffer).map_err(|error| SheetError::Broken(error.to_string()))?;
            *left = left.checked_sub(length as u64).ok_or(SheetError::TooLarge)?;
            if watched && announced.most(&buffer[..length]) > MAX_TEXTS {
                return Err(SheetError::TooLarge);
            }
            for part in buffer[..length].split_inclusive(|byte| *byte == b'<') {
                run = if part.ends_with(b"<") { 0 } else { run + part.len() };
                if is_xml && run > MAX_RUN {
                    return Err(SheetError::TooLarge);
                }
            }
            if length < buffer.len() {
                break;
            }
        }
    }
    let mut source = archive.into_inner();
    source.seek(SeekFrom::Start(0))?;
    Ok(source)
}

/// Looks for the highest number that `uniqueCount` has anywhere in a stream.
#[derive(Debug, Default)]
struct Announced {
    /// How much of the name has come.
    matched: usize,
    number: u64,
    most: u64,
}

impl Announced {
    /// The highest number so far.
    fn most(&mut self, bytes: &[u8]) -> u64 {
        const NAME: &[u8] = b"uniqueCount";
        for byte in bytes {
            if self.matched < NAME.len() {
                self.matched = match *byte {
                    byte if byte == NAME[self.matched] => self.matched + 1,
                    b'u' => 1,
                    _ => 0,
                };
                self.number = 0;
            } else if byte.is_ascii_digit() {
                self.number = self.number.saturating_mul(10).saturating_add(u64::from(byte - b'0'));
                self.most = self.most.max(self.number);
            } else if !matches!(byte, b'=' | b'"' | b'\'' | b'+') && !byte.is_ascii_whitespace() || self.number > 0 {
                self.matched = 0;
            }
        }
        self.most
    }
}

/// What a compound file is, by the names of its parts: an old workbook, or one under a password.
pub(super) fn compound(mut source: impl Read) -> Result<SheetError, std::io::Error> {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut buffer = vec![0; 1 << 16];
    let mut kept = 0;
    loop {
        let length = kept + fill(&mut source, &mut buffer[kept..])?;
        if buffer[..length].windows(name.len()).any(|window| window == name) {
            return Ok(SheetError::Encrypted);
        }
        if length < buffer.len() {
            return Ok(SheetError::OldExcel);
        }
        kept = name.len();
        buffer.copy_within(length - kept.., 0);
    }
}

fn broken(error: ZipError) -> SheetError {
    SheetError::Broken(error.to_string())
}
