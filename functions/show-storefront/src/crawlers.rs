//! What crawlers read: the map of the site, and what they should leave alone.

use std::collections::BTreeSet;

use contracts::Problem;
use edge::Response;

use crate::ShowStorefront;

/// The most addresses in the map. The protocol allows 50,000; an answer of a function is 6 MB at most.
const MOST: usize = 40_000;
/// How long either may be kept, in seconds.
const KEPT: &str = "public, max-age=3600";

/// GET /sitemap.xml
pub(crate) async fn sitemap(shop: &ShowStorefront) -> Result<Response, Problem> {
    let paths = {
        let snapshot = shop.snapshot().await?;
        let categories: BTreeSet<String> = snapshot
            .entries()
            .filter_map(|entry| entry.category.as_ref())
            .map(|category| format!("/categories/{category}"))
            .collect();
        let products: BTreeSet<String> = snapshot.entries().map(|entry| format!("/products/{}", entry.slug)).collect();
        ["/".to_owned(), "/help".to_owned()]
            .into_iter()
            .chain(categories)
            .chain(products)
            .take(MOST)
            .collect::<Vec<_>>()
    };
    let mut map = String::from(concat!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
        "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    ));
    for path in paths {
        map.push_str(&format!("<url><loc>{}{path}</loc></url>\n", shop.url));
    }
    map.push_str("</urlset>\n");
    Ok(Response::new(200, "application/xml", map).header("cache-control", KEPT))
}

/// GET /robots.txt
pub(crate) fn robots(shop: &ShowStorefront) -> Response {
    let mut rules = String::from("User-agent: *\n");
    for private in ["/account", "/api/", "/cart", "/checkout", "/desk", "/orders", "/pay/", "/sign-in", "/*?*q="] {
        rules.push_str(&format!("Disallow: {private}\n"));
    }
    rules.push_str(&format!("\nSitemap: {}/sitemap.xml\n", shop.url));
    Response::new(200, "text/plain; charset=utf-8", rules).header("cache-control", KEPT)
}
