//! The API's description and the page that shows it.

use edge::Response;

/// The description, as JSON.
pub(crate) fn openapi() -> Response {
    Response::new(200, "application/json", contracts::openapi::json()).header("cache-control", "public, max-age=300")
}

/// The page: Swagger UI over the description; without JavaScript, the list of what there is.
pub(crate) fn page() -> Response {
    let described = contracts::openapi::describe();
    let body = maud::html! {
        link rel="stylesheet" href=(pages::assets::DOCS_CSS);
        div.wrap.page {
            h1 { "API" }
            p { "Everything that the pages do can be done by a program. " a href="/openapi.json" { "OpenAPI 3.1 as JSON" } }
            div #api {
                @for (path, item) in &described.paths.paths {
                    @for (method, operation) in contracts::openapi::operations(item) {
                        section.panel-plain {
                            h2 { (method) " " (path) }
                            @if let Some(summary) = &operation.summary { p { (summary) } }
                        }
                    }
                }
            }
        }
        script type="module" src=(pages::assets::DOCS_JS) {}
    };
    let head = pages::layout::Head::private("API");
    let markup = pages::layout::bare_page(
        &head,
        &pages::layout::ShopContext { shop_name: "Cartwright".into(), language: "en".into(), ..Default::default() },
        &body,
    );
    Response::page(200, markup.into_string())
}
