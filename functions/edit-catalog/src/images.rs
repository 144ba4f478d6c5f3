//! Pictures: sent by programs straight to the media bucket, by a URL that is good for one file of one size, and by the
//! desk's form through here.

use contracts::product::{ImageUpload, Upload, UploadAnswer};
use contracts::{Problem, ProblemKind};
use domain::catalog::ImageDraft;
use domain::text::Slug;
use edge::desk::Visit;
use edge::http::internal;
use edge::objects::{Kind, Opened};
use edge::pictures::{LARGEST_OF_FORM, LIFE, PictureType, announced, seen};
use edge::{Context, Error, Objects, Response};
use serde::Deserialize;
use store::stamp::Cause;

use crate::form::Typed;
use crate::{EditCatalog, page};

pub(crate) struct Uploads(Objects);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RemoveForm {
    key: String,
}

impl Uploads {
    pub(crate) fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self(Objects::new(context, "MEDIA_BUCKET")?))
    }

    /// Opens an upload for a picture of this product.
    pub(crate) fn open(&self, context: &Context, slug: &Slug, asked: &ImageUpload) -> Result<UploadAnswer, Problem> {
        let PictureType { ending, content_type } = announced(asked)?;
        let key = fresh(context, slug, ending);
        let Opened { url, headers } = self.0.open(&key, kind(content_type), asked.bytes, LIFE);
        Ok(UploadAnswer { key, upload: Upload { url, headers } })
    }

    /// Keeps a picture of this product; its key.
    async fn keep(&self, context: &Context, slug: &Slug, bytes: Vec<u8>) -> Result<String, Problem> {
        let Some(PictureType { ending, content_type }) = seen(&bytes) else {
            return Err(Problem::field("/image", "Choose a JPEG, PNG, WebP or AVIF picture."));
        };
        let key = fresh(context, slug, ending);
        let kept = self.0.put(&key, kind(content_type), bytes).await;
        kept.map_err(|error| internal("a picture was not kept", &error))?;
        Ok(key)
    }
}

/// What is kept with a picture: it never changes under its key.
const fn kind(content_type: &str) -> Kind<'_> {
    Kind { content_type, cache_control: "public, max-age=31536000, immutable" }
}

/// A key that nothing has yet: what is under it is served for ever.
fn fresh(context: &Context, slug: &Slug, ending: &str) -> String {
    format!("{slug}-{}.{ending}", data_encoding::HEXLOWER.encode(&context.random::<8>()))
}

/// POST /desk/products/{slug}/images
pub(crate) async fn add(shop: &EditCatalog, visit: &Visit<'_>, cause: &Cause) -> Result<Response, Problem> {
    let slug: Slug = visit.request.parse_parameter("slug", "product")?;
    let product = shop.known(&slug).await?;
    let form = match visit.request.multipart(LARGEST_OF_FORM).await {
        Err(problem) if problem.kind == ProblemKind::TooLarge => {
            let problem = Problem::field("/image", "Choose a picture of 4 MB at most.");
            return page::show(shop, visit, Some(&product), &Typed::of(&product), Some(&problem)).await;
        }
        form => form?,
    };
    let added = async {
        let picture = form.file("image").ok_or_else(|| Problem::field("/image", "Choose a picture."))?;
        let alt = form.text("alt").trim().to_owned();
        if alt.is_empty() {
            return Err(Problem::field("/alt", "Enter what the picture shows."));
        }
        let key = shop.uploads.keep(&shop.context, &slug, picture.to_vec()).await?;
        shop.change(&slug, cause, |product| {
            let kept = product.images.iter().map(|image| ImageDraft { key: image.key.clone(), alt: image.alt.clone() });
            product.with_images(kept.chain([ImageDraft { key: key.clone(), alt: alt.clone() }]).collect())
        })
        .await
    };
    match added.await {
        Ok(()) => Ok(Response::see_other(&format!("/desk/products/{slug}?done=uploaded#pictures"))),
        Err(problem) if !problem.errors.is_empty() => {
            let typed = Typed::of(&product).with_alt(form.text("alt").to_owned());
            page::show(shop, visit, Some(&product), &typed, Some(&problem)).await
        }
        Err(problem) => Err(problem),
    }
}

/// POST /desk/products/{slug}/images/remove. The bytes stay: pages that are open still show them.
pub(crate) async fn remove(shop: &EditCatalog, visit: &Visit<'_>, cause: &Cause) -> Result<Response, Problem> {
    let slug: Slug = visit.request.parse_parameter("slug", "product")?;
    let form: RemoveForm = visit.request.form()?;
    shop.change(&slug, cause, |product| {
        let mut product = product.clone();
        product.images.retain(|image| image.key != form.key);
        Ok(product)
    })
    .await?;
    Ok(Response::see_other(&format!("/desk/products/{slug}?done=removed#pictures")))
}
