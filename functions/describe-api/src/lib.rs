//! OpenAPI and its page, health, and the files that pages link to: styles, scripts, fonts.

mod docs;

use contracts::Problem;
use edge::{Context, Error, Function, HttpHandler, Request, Response};

/// The function.
pub const FUNCTION: Function = edge::http::http::<DescribeApi>();

/// Files whose name changes with their content are kept for ever.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Describes the API and serves files.
#[derive(Debug)]
pub struct DescribeApi;

impl HttpHandler for DescribeApi {
    fn new(_context: &Context) -> Result<Self, Error> {
        Ok(Self)
    }

    async fn handle(&self, request: &Request) -> Result<Response, Problem> {
        match request.route() {
            "GET /health" => Response::json(200, &serde_json::json!({ "status": "ok" })),
            "GET /openapi.json" => Ok(docs::openapi()),
            "GET /api/docs" => Ok(docs::page()),
            "GET /assets/{file}" => asset(request),
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
