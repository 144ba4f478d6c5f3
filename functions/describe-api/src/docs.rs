//! The API's description and the page that shows it.

use edge::Response;

/// The description, as JSON.
pub(crate) fn openapi() -> Response {
    Response::new(200, "application/json", contracts::openapi::json()).header("cache-control", "public, max-age=300")
}

/// The page: every route with what it takes and answers, drawn from the description itself, so that it needs no
/// script of anybody else's.
pub(crate) fn page() -> Response {
    let described = contracts::openapi::describe();
    let body = maud::html! {
        div.wrap.page {
            h1 { "API" }
            p { "Everything that the pages do can be done by a program. " a href="/openapi.json" { "OpenAPI 3.1 as JSON" } }
            @for (path, item) in &described.paths.paths {
                @for (method, operation) in contracts::openapi::operations(item) {
                    section.panel-plain {
                        h2 { (method) " " (path) }
                        @if let Some(summary) = &operation.summary { p { (summary) } }
                        @if let Some(description) = &operation.description { p.muted { (description) } }
                    }
                }
            }
        }
    };
    let head = pages::layout::Head::private("API");
    let markup = pages::layout::bare_page(
        &head,
        &pages::layout::ShopContext { shop_name: "Cartwright".into(), language: "en".into(), ..Default::default() },
        &body,
    );
    Response::page(200, markup.into_string())
}
