//! The API's description: made of the code, checked in, and the same routes as the template's.

#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

use tests::Shop;

#[test]
fn the_checked_in_description_is_the_codes() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("api/openapi.json");
    let made = contracts::openapi::json() + "\n";
    if std::env::var("UPDATE_API").is_ok() {
        std::fs::write(&file, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(kept, made, "run UPDATE_API=1 cargo test -p tests --test api and commit tests/api/openapi.json");
}

#[tokio::test]
async fn the_template_has_the_routes_that_are_described() {
    let described: BTreeSet<String> = contracts::openapi::describe()
        .paths
        .paths
        .iter()
        .flat_map(|(path, item)| {
            contracts::openapi::operations(item).into_iter().map(move |(method, _)| format!("{method} {path}"))
        })
        .collect();
    let shop = Shop::new();
    let of_api = |route: &str| {
        let path = route.split_once(' ').map_or("", |(_, path)| path);
        (path.starts_with("/api/") && path != "/api/docs") || path == "/openapi.json" || path == "/health"
    };
    let declared: BTreeSet<String> = shop.engine().routes().into_iter().filter(|route| of_api(route)).collect();
    assert_eq!(described, declared);
}
