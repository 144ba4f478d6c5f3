//! The catalogue: the front page, a category, the results of a search.

use crate::components::{
    Card, Checkbox, Choice, Field, FieldKind, FormErrors, Icon, Pager, card, checkbox, empty, error_summary, field,
    hidden, icon, pagination,
};
use maud::{Markup, PreEscaped, html};

/// A filter in force.
#[derive(Debug, Clone)]
pub struct ActiveFilter {
    /// What it says: "Up to €50".
    pub words: String,
    /// The list without it.
    pub remove_href: String,
}

/// A list of products with its filters.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// The heading: the shop's line on the front page, else the category's name or "Results for “mug”".
    pub title: String,
    /// Stands on the sill: the front page alone.
    pub front: bool,
    /// A sentence under the heading.
    pub lead: Option<String>,
    /// Short promises on the front page: "Free delivery from €50".
    pub promises: Vec<String>,
    /// What was searched for, kept by the filter form.
    pub query: String,
    /// The categories; the first is "Everything" with an empty value.
    pub categories: Vec<Choice>,
    /// The categories as links, the chosen one marked: words, address, whether chosen.
    pub category_links: Vec<(String, String, bool)>,
    /// The lowest price asked for, as typed.
    pub min: String,
    /// The highest price asked for, as typed.
    pub max: String,
    /// The currency's name in the labels: "EUR".
    pub currency: String,
    /// Only what is in stock.
    pub in_stock: bool,
    /// The filters in force.
    pub active: Vec<ActiveFilter>,
    /// The list with no filter.
    pub clear_href: String,
    /// How many there are: "24 products".
    pub count: String,
    /// The products.
    pub cards: Vec<Card>,
    /// Where the list goes on.
    pub pager: Pager,
    /// What is wrong with the filters.
    pub errors: FormErrors,
}

/// Three pots that stand on the sill in the sun, for wide windows.
const STILL_LIFE: &str = concat!(
    r##"<defs><linearGradient id="side"><stop offset=".08" stop-color="#fff" stop-opacity=".22"/><stop offset=".36" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#171f30" stop-opacity=".42"/></linearGradient></defs>"##,
    r##"<path fill="#171f30" opacity=".14" d="M190 295q32 8 64 0l70 -9q-30 -8 -70 -6z"/>"##,
    r##"<path d="M260 222c32 -5 34 48 -2 50" fill="none" stroke="#e7d48f" stroke-width="9"/>"##,
    r##"<path fill="#e7d48f" d="M264 206C263 210 263 222 263 232C263 242 264 257 264 266C263 274 261 279 260 284C258 288 255 292 254 294A32 3 0 0 1 190 294C189 292 185 288 184 284C182 279 180 274 180 266C179 257 181 242 181 232C181 222 180 210 180 206A42 4 0 0 1 264 206z"/>"##,
    r##"<path fill="url(#side)" d="M264 206C263 210 263 222 263 232C263 242 264 257 264 266C263 274 261 279 260 284C258 288 255 292 254 294A32 3 0 0 1 190 294C189 292 185 288 184 284C182 279 180 274 180 266C179 257 181 242 181 232C181 222 180 210 180 206A42 4 0 0 1 264 206z"/>"##,
    r##"<ellipse cx="222" cy="206" rx="42" ry="4" fill="#b3a15e"/>"##,
    r##"<path fill="#171f30" opacity=".14" d="M294 295q36 8 72 0l70 -9q-30 -8 -70 -6z"/>"##,
    r##"<path fill="#a3bbd0" d="M357 92C355 96 345 106 349 118C352 129 368 144 376 160C383 176 394 197 396 214C398 231 393 248 388 262C383 275 369 288 366 294A36 4 0 0 1 294 294C290 288 277 275 272 262C267 248 262 231 264 214C266 197 276 176 284 160C291 144 307 129 311 118C314 106 304 96 303 92A27 3 0 0 1 357 92z"/>"##,
    r##"<path fill="url(#side)" d="M357 92C355 96 345 106 349 118C352 129 368 144 376 160C383 176 394 197 396 214C398 231 393 248 388 262C383 275 369 288 366 294A36 4 0 0 1 294 294C290 288 277 275 272 262C267 248 262 231 264 214C266 197 276 176 284 160C291 144 307 129 311 118C314 106 304 96 303 92A27 3 0 0 1 357 92z"/>"##,
    r##"<path d="M268 188q62 18 124 0M265 202q65 18 130 0" fill="none" stroke="#2c4fa2" stroke-width="5" opacity=".8"/>"##,
    r##"<ellipse cx="330" cy="92" rx="27" ry="3" fill="#72899d"/>"##,
    r##"<path fill="#171f30" opacity=".14" d="M420 295q32 8 64 0l70 -9q-30 -8 -70 -6z"/>"##,
    r##"<path fill="#2c4fa2" d="M538 206C537 211 537 226 533 236C528 246 517 258 510 266C502 274 494 279 490 284C485 288 485 292 484 294A32 3 0 0 1 420 294C419 292 418 288 414 284C409 279 401 274 394 266C386 258 375 246 371 236C366 226 366 211 366 206A86 9 0 0 1 538 206z"/>"##,
    r##"<path fill="url(#side)" d="M538 206C537 211 537 226 533 236C528 246 517 258 510 266C502 274 494 279 490 284C485 288 485 292 484 294A32 3 0 0 1 420 294C419 292 418 288 414 284C409 279 401 274 394 266C386 258 375 246 371 236C366 226 366 211 366 206A86 9 0 0 1 538 206z"/>"##,
    r##"<ellipse cx="452" cy="206" rx="86" ry="9" fill="#122c7c"/>"##,
);

fn morning() -> Markup {
    html! {
        svg.morning viewBox="0 0 600 300" width="600" height="300" preserveAspectRatio="xMaxYMax slice" aria-hidden="true" focusable="false" {
            path.panes d="M120-50h130l52 130H172zM266-50h130l52 130H318zM412-50h130l52 130H464zM179 96h130l52 130H231zM325 96h130l52 130H377zM471 96h130l52 130H523zM238 242h130l24 58H262zM384 242h130l24 58H408zM530 242h130v58H554z" {}
            g.things { (PreEscaped(STILL_LIFE)) }
        }
    }
}

/// A list of products. Sends by GET to `/`: `q`, `category`, `min`, `max` (amounts as typed), `in_stock`
/// (`true` or absent). Fields that a filter does not use arrive empty.
#[must_use]
pub fn listing(view: &Listing) -> Markup {
    let filtered = !view.active.is_empty() || !view.errors.is_empty();
    html! {
        @if view.front {
            div.sill {
                (morning())
                div.wrap {
                    h1 { (view.title) }
                    @if let Some(lead) = &view.lead { p.lead { (lead) } }
                    @if !view.promises.is_empty() {
                        ul.promises { @for promise in &view.promises { li { (icon(Icon::Check)) (promise) } } }
                    }
                }
            }
        }
        div.wrap.page {
            div.stack {
                (error_summary(&view.errors))
                @if !view.front {
                    h1 { (view.title) }
                    @if let Some(lead) = &view.lead { p.lead.muted { (lead) } }
                }
                @if !view.category_links.is_empty() {
                    nav aria-label="Categories" {
                        ul.chips.scroll {
                            @for (words, href, chosen) in &view.category_links {
                                li { a href=(href) aria-current=[chosen.then_some("page")] { (words) } }
                            }
                        }
                    }
                }
                div.refine {
                    (filters(view, filtered))
                    p.count.muted.small role="status" { (view.count) }
                }
                @if !view.active.is_empty() {
                    ul.chips aria-label="Filters in force" {
                        @for filter in &view.active {
                            li { a href=(filter.remove_href) { (filter.words) (icon(Icon::Cross)) span.visually-hidden { ", remove this filter" } } }
                        }
                        li { a href=(view.clear_href) { "Remove all" } }
                    }
                }
                @if view.cards.is_empty() {
                    @if filtered || !view.query.is_empty() {
                        (empty("No matches. Remove a filter.", Some((&view.clear_href, "Show everything"))))
                    } @else {
                        (empty("The shelves are being filled. Come back soon.", None))
                    }
                } @else {
                    ul.cards { @for (n, one) in view.cards.iter().enumerate() { (card(one, n < 4)) } }
                    (pagination(&view.pager))
                }
            }
        }
    }
}

fn filters(view: &Listing, open: bool) -> Markup {
    html! {
        details.filters open[open] {
            summary { (icon(Icon::Filter)) "Filter" @if !view.active.is_empty() { span.muted { "(" (view.active.len()) ")" } } (icon(Icon::Down)) }
            form action="/" method="get" novalidate {
                @if !view.query.is_empty() { (hidden("q", &view.query)) }
                @if !view.categories.is_empty() {
                    (field(&Field::select("category", "Category", view.categories.clone())))
                }
                (field(&Field::new(FieldKind::Amount, "min", format!("From {}", view.currency)).value(&view.min).errors(&view.errors).unmarked()))
                (field(&Field::new(FieldKind::Amount, "max", format!("Up to {}", view.currency)).value(&view.max).errors(&view.errors).unmarked()))
                (checkbox(&Checkbox { name: "in_stock".to_owned(), value: "true".to_owned(), label: "Only what is in stock".to_owned(), ticked: view.in_stock }))
                div.row.wide {
                    button.button.quiet type="submit" { "Show products" }
                    @if !view.active.is_empty() { a href=(view.clear_href) { "Remove all filters" } }
                }
            }
        }
    }
}
