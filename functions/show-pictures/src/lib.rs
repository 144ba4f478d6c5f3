//! Pictures: those that staff uploaded, and those that are drawn from a SKU where there is none.

use contracts::Problem;
use edge::http::internal;
use edge::{Context, Error, Function, HttpHandler, Objects, Request, Response};
use pages::product_image::{self, Kind};
use resvg::{tiny_skia, usvg};

/// The function.
pub const FUNCTION: Function = edge::http::http::<ShowPictures>();

/// Pictures whose name changes with their content are kept for ever.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The longest key of a picture, in bytes: what a product may name it by.
const LONGEST_KEY: usize = 200;

/// How large a picture in a mail is, in dots: twice what it is shown as.
const THUMBNAIL: (u32, u32) = (112, 140);

/// Shows pictures.
#[derive(Debug)]
pub struct ShowPictures {
    media: Objects,
}

impl HttpHandler for ShowPictures {
    fn new(context: &Context) -> Result<Self, Error> {
        Ok(Self { media: Objects::new(context, "MEDIA_BUCKET")? })
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        match request.route() {
            "GET /images/{file}" => drawn(&request.parameter("file")?),
            "GET /favicon.ico" => drawn("VASE-COBALT.v1.svg"),
            "GET /media/{proxy+}" => self.uploaded(&request.parameter("proxy")?).await,
            _ => Err(Problem::not_found("page")),
        }
    }
}

impl ShowPictures {
    /// A picture that staff uploaded.
    async fn uploaded(&self, key: &str) -> Result<Response, Problem> {
        let missing = || Problem::not_found("picture");
        // Keys are given out by the shop, in letters of these alone: any other was never one.
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'/');
        let steps = key.split('/').any(|part| matches!(part, "." | ".."));
        if key.is_empty() || key.len() > LONGEST_KEY || steps || !key.bytes().all(letter) {
            return Err(missing());
        }
        let found = self.media.get(key).await.map_err(|error| internal("a picture was not read", &error))?;
        // Only pictures go out from our own origin, whatever was uploaded.
        let picture = |kind: &str| kind.starts_with("image/") && !kind.contains("svg");
        let found = found.filter(|found| picture(&found.content_type)).ok_or_else(missing)?;
        Ok(Response::new(200, &found.content_type, found.bytes).header("cache-control", FOR_EVER))
    }
}

/// The picture that is drawn from a SKU: `{sku}.v1.svg` as large as one likes, `{sku}.v1.png` small and for mails, whose
/// readers show no SVG.
fn drawn(file: &str) -> Result<Response, Problem> {
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
