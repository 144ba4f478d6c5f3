//! Forms that bring files: `multipart/form-data`, as browsers post it.
//!
//! A file comes whole and in memory: what is larger than a function is handed goes to a bucket by a presigned URL.

use std::convert::Infallible;

use bytes::Bytes;
use contracts::{Problem, ProblemKind};
use futures::stream;

use crate::http::Request;

/// What the other fields of such a form may come to, in bytes.
const FIELDS: usize = 64 * 1024;

/// A form with its files.
#[derive(Debug, Default)]
pub struct MultipartForm {
    fields: Vec<(String, String)>,
    files: Vec<(String, String, Bytes)>,
}

impl MultipartForm {
    /// The field `name`; empty where it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// What the file of the field `name` is called where it came from; empty where none was chosen.
    pub fn filename(&self, name: &str) -> &str {
        self.chosen(name).map(|(_, filename, _)| filename.as_str()).unwrap_or_default()
    }

    fn chosen(&self, name: &str) -> Option<&(String, String, Bytes)> {
        self.files.iter().find(|(field, _, bytes)| field == name && !bytes.is_empty())
    }

    /// The file of the field `name`, where one was chosen.
    pub fn file(&self, name: &str) -> Option<&Bytes> {
        self.chosen(name).map(|(_, _, bytes)| bytes)
    }
}

impl Request {
    /// The body as an HTML form with files, of at most `most` bytes together, whose `csrf` field is checked as in
    /// [`Request::form`].
    ///
    /// # Errors
    /// 415 for another content type, 413 above the limit, 403 for another site's form, 400 where it cannot be read.
    pub async fn multipart(&self, most: usize) -> Result<MultipartForm, Problem> {
        let content_type = self.header("content-type").unwrap_or_default();
        let boundary = multer::parse_boundary(content_type)
            .map_err(|_| Problem::new(ProblemKind::UnsupportedMediaType, "Send multipart/form-data."))?;
        if self.body().len() > most + FIELDS {
            return Err(Problem::new(ProblemKind::TooLarge, format!("At most {} MB.", most / 1024 / 1024)));
        }
        let unread = |error: multer::Error| Problem::malformed(format!("{error}."));
        let body = Bytes::copy_from_slice(self.body());
        let mut parts = multer::Multipart::new(stream::iter([Ok::<_, Infallible>(body)]), boundary);
        let mut form = MultipartForm::default();
        while let Some(part) = parts.next_field().await.map_err(unread)? {
            let name = part.name().unwrap_or_default().to_owned();
            if let Some(filename) = part.file_name().map(str::to_owned) {
                form.files.push((name, filename, part.bytes().await.map_err(unread)?));
            } else {
                form.fields.push((name, part.text().await.map_err(unread)?));
            }
        }
        self.check_csrf(&form.fields)?;
        Ok(form)
    }
}
