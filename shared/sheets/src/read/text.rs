//! Text of whatever encoding as UTF-8, with the blank lines kept that a CSV reader drops.

use std::io::{Read, Seek, SeekFrom};

use encoding_rs::{DecoderResult, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::fill;
use crate::error::SheetError;
use crate::{MAX_CHARACTERS, MAX_COLUMNS};

/// Bytes that are read at once, and bytes of the file that its delimiter is guessed by.
const CHUNK: usize = 1 << 16;
/// More bytes than a row within the limits has: one that goes on is an open quotation mark.
const MAX_RECORD: usize = MAX_CHARACTERS * MAX_COLUMNS * 4;

/// An encoding of text.
pub(super) type Encoding = &'static encoding_rs::Encoding;

/// What a look through the whole file says of it.
#[derive(Debug)]
pub(super) struct Sample {
    /// UTF-8 where all of it is that, UTF-16 where it says so, else Windows-1252.
    pub(super) encoding: Encoding,
    /// Its beginning, up to 64 KiB.
    pub(super) text: String,
    /// Whether it has zero bytes, as no text has.
    pub(super) is_binary: bool,
}

impl Sample {
    /// Looks through the file.
    pub(super) fn take(source: &mut (impl Read + Seek)) -> Result<Self, SheetError> {
        source.seek(SeekFrom::Start(0))?;
        let mut chunk = vec![0; CHUNK];
        let mut scratch = vec![0; CHUNK * 3 + 16];
        let mut start = Vec::new();
        let (mut is_utf8, mut has_zeros) = (true, false);
        let mut decoder = UTF_8.new_decoder_without_bom_handling();
        loop {
            let length = fill(source, &mut chunk)?;
            let last = length < chunk.len();
            if start.is_empty() {
                start.extend_from_slice(&chunk[..length]);
            }
            has_zeros |= chunk[..length].contains(&0);
            if is_utf8 {
                let (result, ..) = decoder.decode_to_utf8_without_replacement(&chunk[..length], &mut scratch, last);
                is_utf8 = matches!(result, DecoderResult::InputEmpty);
            }
            if last {
                break;
            }
        }
        let marked = encoding_rs::Encoding::for_bom(&start).map(|(encoding, _)| encoding);
        let wide = marked.filter(|encoding| *encoding == UTF_16LE || *encoding == UTF_16BE);
        let encoding = wide.unwrap_or(if is_utf8 { UTF_8 } else { WINDOWS_1252 });
        let (text, _) = encoding.decode_with_bom_removal(&start);
        Ok(Self { encoding, text: text.into_owned(), is_binary: has_zeros && wide.is_none() })
    }

    /// Whether it is a page or a document with a table in it rather than a table.
    pub(super) fn is_markup(&self) -> bool {
        let start: String = self.text.trim_start().chars().take(9).flat_map(char::to_lowercase).collect();
        ["<html", "<!doctype", "<?xml", "<table", "%pdf-", "{\\rtf"].iter().any(|mark| start.starts_with(mark))
    }
}

/// Where in a record the last byte was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before its first byte.
    Record,
    /// Before its first byte, after a carriage return: a line feed belongs to the record before.
    Return,
    /// Before a field.
    Field,
    /// In a field without quotation marks.
    Bare,
    /// Between quotation marks.
    Quoted,
    /// After a quotation mark that closes a field or is the first of two.
    Closing,
}

/// The text of a file, with a blank line written as an empty field in quotation marks: so records count as rows of a
/// spreadsheet do. It takes quotation marks as the crate `csv` does.
#[derive(Debug)]
pub(super) struct Lines<R> {
    inner: R,
    decoder: encoding_rs::Decoder,
    delimiter: u8,
    skip: usize,
    place: Place,
    record: usize,
    ended: bool,
    raw: Vec<u8>,
    text: Vec<u8>,
    out: Vec<u8>,
    given: usize,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(inner: R, encoding: Encoding, delimiter: u8, skip: usize) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            delimiter,
            skip,
            place: Place::Record,
            record: 0,
            ended: false,
            raw: vec![0; CHUNK],
            text: vec![0; CHUNK * 3 + 16],
            out: Vec::with_capacity(CHUNK * 3),
            given: 0,
        }
    }

    /// Whether the file ended between quotation marks.
    pub(super) fn ends_in_quotes(&self) -> bool {
        self.ended && self.place == Place::Quoted
    }

    fn refill(&mut self) -> Result<(), std::io::Error> {
        self.out.clear();
        self.given = 0;
        while self.out.is_empty() && !self.ended {
            let length = fill(&mut self.inner, &mut self.raw)?;
            self.ended = length < self.raw.len();
            let (_, _, written, _) = self.decoder.decode_to_utf8(&self.raw[..length], &mut self.text, self.ended);
            let skipped = self.skip.min(written);
            self.skip -= skipped;
            for index in skipped..written {
                self.take(self.text[index])?;
            }
        }
        Ok(())
    }

    fn take(&mut self, byte: u8) -> Result<(), std::io::Error> {
        let ends = matches!(byte, b'\r' | b'\n');
        let next = if byte == b'\r' { Place::Return } else { Place::Record };
        self.place = match self.place {
            Place::Return if byte == b'\n' => Place::Record,
            Place::Record | Place::Return if ends => {
                self.out.extend_from_slice(b"\"\"");
                next
            }
            Place::Record | Place::Return | Place::Field if byte == b'"' => Place::Quoted,
            Place::Closing if byte == b'"' => Place::Quoted,
            Place::Quoted => {
                if byte == b'"' {
                    Place::Closing
                } else {
                    Place::Quoted
                }
            }
            Place::Record | Place::Return | Place::Field | Place::Bare | Place::Closing => {
                if ends {
                    next
                } else if byte == self.delimiter {
                    Place::Field
                } else {
                    Place::Bare
                }
            }
        };
        self.record = if matches!(self.place, Place::Record | Place::Return) { 0 } else { self.record + 1 };
        if self.record > MAX_RECORD {
            let error = "a row has no end; is there a quotation mark that is never closed?";
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, error));
        }
        self.out.push(byte);
        Ok(())
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, std::io::Error> {
        if self.given == self.out.len() {
            self.refill()?;
        }
        let left = &self.out[self.given..];
        let length = left.len().min(buffer.len());
        buffer[..length].copy_from_slice(&left[..length]);
        self.given += length;
        Ok(length)
    }
}
