//! Pictures: uploaded by staff straight to the media bucket, by a URL that is good for one file of one size.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::PresigningConfig;
use contracts::Problem;
use contracts::product::{ImageUpload, Upload, UploadAnswer};
use domain::text::Slug;
use edge::http::internal;
use edge::{Context, Error};

/// How long an upload's URL is good.
const LIFE: Duration = Duration::from_secs(15 * 60);
/// The largest picture, in bytes.
const LARGEST: u64 = 10 * 1024 * 1024;
/// What browsers show, by the ending of the file's name. No SVG: it can carry script.
const TYPES: [(&str, &str); 5] = [
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("webp", "image/webp"),
    ("avif", "image/avif"),
];

pub(crate) struct Uploads {
    client: Client,
    bucket: String,
}

impl Uploads {
    pub(crate) fn new(context: &Context) -> Result<Self, Error> {
        let mut config = aws_sdk_s3::config::Builder::from(context.sdk());
        // One address for all buckets, where an endpoint other than AWS's is configured.
        config.set_force_path_style(Some(context.sdk().endpoint_url().is_some()));
        Ok(Self { client: Client::from_conf(config.build()), bucket: context.require("MEDIA_BUCKET")? })
    }

    /// Opens an upload for a picture of this product.
    pub(crate) async fn open(
        &self,
        context: &Context,
        slug: &Slug,
        asked: &ImageUpload,
    ) -> Result<UploadAnswer, Problem> {
        let ending = asked.filename.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        let Some((ending, content_type)) = TYPES.iter().find(|(known, _)| *known == ending) else {
            return Err(Problem::field("/filename", "Send a JPEG, PNG, WebP or AVIF picture."));
        };
        if !(1..=LARGEST).contains(&asked.bytes) {
            return Err(Problem::field("/bytes", "A picture has at most 10 MB."));
        }
        let name = data_encoding::HEXLOWER.encode(&context.random::<8>());
        let key = format!("{slug}-{name}.{ending}");
        let length = i64::try_from(asked.bytes).unwrap_or(i64::MAX);
        let config = PresigningConfig::expires_in(LIFE).map_err(|error| internal("presigning", &error))?;
        let signed = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(&key)
            .content_type(*content_type)
            .content_length(length)
            .cache_control("public, max-age=31536000, immutable")
            .presigned(config)
            .await
            .map_err(|error| internal("an upload was not signed", &error))?;
        let headers: BTreeMap<String, String> =
            signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Ok(UploadAnswer { key, upload: Upload { url: signed.uri().to_owned(), headers } })
    }
}
