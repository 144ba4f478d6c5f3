//! OpenAPI and its page, health, and the files that pages link to: styles, scripts, fonts, pictures.

mod docs;

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectError;
use contracts::Problem;
use edge::http::internal;
use edge::{Billed, Context, Error, Function, HttpHandler, Request, Response};
use pages::product_image::{self, Kind};
use resvg::{tiny_skia, usvg};

/// The function.
pub const FUNCTION: Function = edge::http::http::<DescribeApi>();

/// Files whose name changes with their content are kept for ever.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The longest key of a picture, in bytes: what a product may name it by.
const LONGEST_KEY: usize = 200;

/// How large a picture in a mail is, in dots: twice what it is shown as.
const THUMBNAIL: (u32, u32) = (112, 140);

/// Describes the API and serves files.
pub struct DescribeApi {
    s3: Client,
    media: String,
}

impl HttpHandler for DescribeApi {
    fn new(context: &Context) -> Result<Self, Error> {
        let mut config = aws_sdk_s3::config::Builder::from(context.sdk());
        config.set_force_path_style(Some(context.sdk().endpoint_url().is_some()));
        let config = config.interceptor(context.metrics().counting(Billed::ObjectsRead));
        Ok(Self { s3: Client::from_conf(config.build()), media: context.require("MEDIA_BUCKET")? })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        match request.route() {
            "GET /health" => Response::json(200, &serde_json::json!({ "status": "ok" })),
            "GET /openapi.json" => Ok(docs::openapi()),
            "GET /api/docs" => Ok(docs::page()),
            "GET /assets/{file}" => asset(request),
            "GET /images/{file}" => image(&request.parameter("file")?),
            "GET /favicon.ico" => image("VASE-COBALT.v1.svg"),
            "GET /media/{proxy+}" => self.media(&request.parameter("proxy")?).await,
            _ => Err(Problem::not_found("page")),
        }
    }
}

/// A file of the pages, in the shortest encoding that the browser takes.
fn asset(request: &Request) -> Result<Response, Problem> {
    let found = pages::asset(request.path()).ok_or_else(|| Problem::not_found("file"))?;
    let taken = request.header("accept-encoding").unwrap_or_default();
    let (bytes, encoding) = match (found.bytes, found.brotli, found.gzip) {
        (_, Some(brotli), _) if taken.contains("br") => (brotli, Some("br")),
        (_, _, Some(gzip)) if taken.contains("gzip") => (gzip, Some("gzip")),
        (Some(bytes), ..) => (bytes, None),
        // A large file is kept in this one encoding, which every browser takes.
        (None, _, Some(gzip)) => (gzip, Some("gzip")),
        (None, _, None) => return Err(Problem::not_found("file")),
    };
    let response = Response::new(200, found.content_type, bytes)
        .header("cache-control", FOR_EVER)
        .header("vary", "accept-encoding");
    Ok(match encoding {
        Some(encoding) => response.header("content-encoding", encoding),
        None => response,
    })
}

/// The picture that is drawn from a SKU: `{sku}.v1.svg` as large as one likes, `{sku}.v1.png` small and for mails, whose
/// readers show no SVG.
fn image(file: &str) -> Result<Response, Problem> {
    let missing = || Problem::not_found("picture");
    let (name, ending) = file.rsplit_once(".v1.").filter(|(name, _)| name.len() <= 64).ok_or_else(missing)?;
    let sku = domain::text::Sku::new(name).map_err(|_| missing())?;
    let words = sku.as_str().to_lowercase().replace(['-', '_', '.'], " ");
    let svg = product_image::svg(sku.as_str(), Kind::of(&words, sku.as_str()));
    let response = match ending {
        "svg" => Response::new(200, "image/svg+xml", svg)
            .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
        "png" => {
            Response::new(200, "image/png", png(&svg).map_err(|error| internal("a picture was not drawn", &error))?)
        }
        _ => return Err(missing()),
    };
    Ok(response.header("cache-control", FOR_EVER))
}

/// A drawing in dots.
fn png(svg: &str) -> Result<Vec<u8>, Error> {
    let tree = usvg::Tree::from_str(svg, &usvg::Options::default())?;
    let mut dots = tiny_skia::Pixmap::new(THUMBNAIL.0, THUMBNAIL.1).ok_or("a picture without dots")?;
    let scale = |dots: u32, units: f32| f64::from(dots) / f64::from(units);
    let (across, down) = (scale(THUMBNAIL.0, tree.size().width()), scale(THUMBNAIL.1, tree.size().height()));
    #[expect(clippy::cast_possible_truncation, reason = "both are near one tenth")]
    let scaled = tiny_skia::Transform::from_scale(across as f32, down as f32);
    resvg::render(&tree, scaled, &mut dots.as_mut());
    Ok(dots.encode_png()?)
}

impl DescribeApi {
    /// A picture that staff uploaded.
    async fn media(&self, key: &str) -> Result<Response, Problem> {
        let missing = || Problem::not_found("picture");
        // Keys are given out by the shop, in letters of these alone: any other was never one.
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'/');
        if key.is_empty() || key.len() > LONGEST_KEY || !key.bytes().all(letter) {
            return Err(missing());
        }
        let found = match self.s3.get_object().bucket(&self.media).key(key).send().await {
            Ok(found) => found,
            Err(error) if matches!(error.as_service_error(), Some(GetObjectError::NoSuchKey(_))) => {
                return Err(missing());
            }
            Err(error) => {
                let error = aws_sdk_s3::error::DisplayErrorContext(&error);
                return Err(internal("a picture was not read", &error));
            }
        };
        // Only pictures go out from our own origin, whatever was uploaded.
        let kind = found.content_type().unwrap_or_default().to_owned();
        if !kind.starts_with("image/") || kind.contains("svg") {
            return Err(missing());
        }
        let body = found.body.collect().await.map_err(|error| internal("a picture broke off", &error))?;
        Ok(Response::new(200, &kind, body.to_vec()).header("cache-control", FOR_EVER))
    }
}
