//! Whole pages: head, header, footer, and the error pages.
//!
//! Knows what every page has (one `h1` in `main`, a skip link, a title, the
//! theme's colours); does not know what is in it. A page is complete without
//! scripts; the sheets and scripts are linked by their hashed names.

use crate::assets;
use crate::components::{FormErrors, Icon, Notice, hidden, icon, notice_status, sketch};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// What search engines may do with a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Robots {
    /// Find it and show it.
    #[default]
    Index,
    /// Follow its links, do not show it: filtered lists, carts, orders.
    NoIndex,
}

/// What stands in a page's head.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// The page's own title; the shop's name is added.
    pub title: String,
    /// One sentence for search results.
    pub description: Option<String>,
    /// The page's one true address, absolute.
    pub canonical: Option<String>,
    /// A picture for previews, absolute.
    pub image: Option<String>,
    /// What the page is about, as schema.org JSON.
    pub json_ld: Option<String>,
    /// What search engines may do.
    pub robots: Robots,
    /// Puts "Error:" before the title: the form on the page was refused.
    pub failed: bool,
    /// A sheet and a script of this page alone.
    pub beside: Option<(&'static str, &'static str)>,
    /// The one way back that a bare page offers, address and words: the cart, from checkout.
    pub back: Option<(String, String)>,
}

impl Head {
    /// A head with nothing but a title, found by search engines.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// A head of a page that is nobody else's business.
    #[must_use]
    pub fn private(title: impl Into<String>) -> Self {
        Self { robots: Robots::NoIndex, ..Self::new(title) }
    }

    /// Offers a way back, on a bare page.
    #[must_use]
    pub fn back(mut self, href: impl Into<String>, words: impl Into<String>) -> Self {
        self.back = Some((href.into(), words.into()));
        self
    }

    /// Says in the title that the form was refused, when `errors` holds any.
    #[must_use]
    pub fn failed(mut self, errors: &FormErrors) -> Self {
        self.failed = !errors.is_empty();
        self
    }
}

/// What the storefront knows of itself and the reader, on every page.
#[derive(Debug, Clone, Default)]
pub struct ShopContext {
    /// The shop's name.
    pub shop_name: String,
    /// The shop's language, `en`.
    pub language: String,
    /// How many pieces are in the cart.
    pub cart_count: u32,
    /// Whether the reader is signed in.
    pub signed_in: bool,
    /// The token that every form carries.
    pub csrf: String,
    /// The words that were searched for.
    pub query: String,
    /// Where the shop is reached by mail.
    pub support_email: Option<String>,
    /// The answer to what the reader just did.
    pub flash: Option<Notice>,
}

fn shop_head(head: &Head, shop_name: &str, css: &str, js: Option<&str>, font: bool) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            title { @if head.failed { "Error: " } (head.title) @if !shop_name.is_empty() && head.title != shop_name { " · " (shop_name) } }
            @if let Some(description) = &head.description { meta name="description" content=(description); }
            meta name="color-scheme" content="light dark";
            meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)";
            meta name="theme-color" content="#181d27" media="(prefers-color-scheme: dark)";
            @if head.robots == Robots::NoIndex { meta name="robots" content="noindex"; }
            @if font {
                link rel="preload" href=(assets::INSTRUMENT_SANS_LATIN_WGHT_NORMAL_WOFF2) as="font" type="font/woff2" crossorigin;
            }
            link rel="stylesheet" href=(css);
            @if let Some((css, _)) = head.beside { link rel="stylesheet" href=(css); }
            link rel="icon" href=(assets::FAVICON_SVG) type="image/svg+xml";
            @if let Some(canonical) = &head.canonical {
                link rel="canonical" href=(canonical);
                meta property="og:url" content=(canonical);
                meta property="og:type" content="website";
                meta property="og:title" content=(head.title);
                meta property="og:site_name" content=(shop_name);
                @if let Some(description) = &head.description { meta property="og:description" content=(description); }
                @if let Some(image) = &head.image { meta property="og:image" content=(image); }
            }
            @if let Some(json) = &head.json_ld {
                // A `<` inside the data must not be able to end the element.
                script type="application/ld+json" { (PreEscaped(json.replace('<', "\\u003c"))) }
            }
            @if let Some(js) = js { script type="module" src=(js) {} }
            @if let Some((_, js)) = head.beside { script type="module" src=(js) {} }
        }
    }
}

fn skip_link() -> Markup {
    html! { a.skip href="#main" { "Skip to content" } }
}

fn language(given: &str) -> &str {
    if given.is_empty() { "en" } else { given }
}

fn footer(shop: &ShopContext, links: bool) -> Markup {
    html! {
        footer.site-footer {
            div.wrap {
                @if links {
                    nav aria-label="About" {
                        ul.plain {
                            li { a href="/help" { "Help" } }
                            li { a href="/orders/find" { "Find an order" } }
                            li { a href="/returns" { "Returns" } }
                            li { a href="/warranty" { "Warranty" } }
                            @if shop.signed_in {
                                li { a href="/account" { "Your orders" } }
                                li { form method="post" action="/sign-out" { (hidden("csrf", &shop.csrf)) button.link-button type="submit" { "Sign out" } } }
                            } @else {
                                li { a href="/sign-in" { "Sign in" } }
                            }
                        }
                    }
                } @else {
                    ul.plain { li { a href="/help" { "Help" } } }
                }
                @if let Some(email) = &shop.support_email { a href={ "mailto:" (email) } { (email) } } @else { span { (shop.shop_name) } }
            }
        }
    }
}

fn cart_words(count: u32) -> String {
    match count {
        0 => "empty".to_owned(),
        1 => "1 item".to_owned(),
        more => format!("{more} items"),
    }
}

/// A page of the storefront: name, search, cart count above; help below.
#[must_use]
pub fn shop_page(head: &Head, shop: &ShopContext, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language(&shop.language)) {
            (shop_head(head, &shop.shop_name, assets::SHOP_CSS, Some(assets::SHOP_JS), true))
            body data-offline="You're offline. Your cart is saved." {
                (skip_link())
                header.site-header {
                    div.wrap {
                        a.shop-name href="/" { (shop.shop_name) }
                        form.site-search role="search" action="/" method="get" {
                            label.visually-hidden for="site-search" { "Search the shop" }
                            input #site-search.input type="search" name="q" value=(shop.query) enterkeyhint="search" autocomplete="off";
                            button type="submit" { (icon(Icon::Search)) span.visually-hidden { "Search" } }
                        }
                        nav.site-links aria-label="Your things" {
                            a.wide-only href="/help" { "Help" }
                            @if shop.signed_in { a.wide-only href="/account" { "Your orders" } } @else { a.wide-only href="/sign-in" { "Sign in" } }
                            a href="/cart" data-cart-link aria-label={ "Cart, " (cart_words(shop.cart_count)) } {
                                (icon(Icon::Cart))
                                @if shop.cart_count > 0 { span.cart-count aria-hidden="true" { (shop.cart_count) } }
                            }
                        }
                    }
                }
                main #main tabindex="-1" {
                    @if let Some(flash) = &shop.flash { div.wrap.flash { (notice_status(flash)) } }
                    (body)
                }
                (footer(shop, true))
            }
        }
    }
}

/// A page without the shop's navigation: checkout, sign-in by link, payment.
#[must_use]
pub fn bare_page(head: &Head, shop: &ShopContext, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language(&shop.language)) {
            (shop_head(head, &shop.shop_name, assets::SHOP_CSS, Some(assets::SHOP_JS), true))
            body.bare data-offline="You're offline. What you typed stays here." {
                (skip_link())
                header.site-header {
                    div.wrap {
                        a.shop-name href="/" { (shop.shop_name) }
                        @if let Some((href, words)) = &head.back { nav.site-links aria-label="Back" { a href=(href) { (icon(Icon::Left)) (words) } } }
                    }
                }
                main #main tabindex="-1" {
                    @if let Some(flash) = &shop.flash { div.wrap.flash { (notice_status(flash)) } }
                    (body)
                }
                (footer(shop, false))
            }
        }
    }
}

/// A page for a supplier, who has no account: the shop's name and address, and nothing of shop or desk.
#[must_use]
pub fn supplier_page(head: &Head, shop: &ShopContext, address: &[String], body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language(&shop.language)) {
            (shop_head(&Head { robots: Robots::NoIndex, ..head.clone() }, &shop.shop_name, assets::SHOP_CSS, Some(assets::SHOP_JS), true))
            body.bare data-offline="You're offline. What you typed stays here." {
                (skip_link())
                header.site-header { div.wrap { span.shop-name { (shop.shop_name) } } }
                main #main tabindex="-1" {
                    @if let Some(flash) = &shop.flash { div.wrap.flash { (notice_status(flash)) } }
                    (body)
                }
                footer.site-footer {
                    div.wrap {
                        address { (shop.shop_name) @for line in address { ", " (line) } }
                        @if let Some(email) = &shop.support_email { a href={ "mailto:" (email) } { (email) } }
                    }
                }
            }
        }
    }
}

/// Where on the desk a page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named after its link")]
pub enum Section {
    Orders,
    Returns,
    Claims,
    Products,
    Stock,
    Reorders,
    PurchaseOrders,
    Transfers,
    Suppliers,
    Costs,
    Settings,
    Staff,
}

impl Section {
    /// Every section, in the order of the navigation.
    pub const ALL: [Self; 12] = [
        Self::Orders,
        Self::Returns,
        Self::Claims,
        Self::Products,
        Self::Stock,
        Self::Reorders,
        Self::PurchaseOrders,
        Self::Transfers,
        Self::Suppliers,
        Self::Costs,
        Self::Settings,
        Self::Staff,
    ];

    fn parts(self) -> (&'static str, &'static str, &'static str, Icon) {
        match self {
            Self::Orders => ("Orders", "/desk/orders", "o", Icon::List),
            Self::Returns => ("Returns", "/desk/returns", "e", Icon::Return),
            Self::Claims => ("Claims", "/desk/claims", "w", Icon::Shield),
            Self::Products => ("Products", "/desk/products", "p", Icon::Tag),
            Self::Stock => ("Stock", "/desk/stock", "i", Icon::Stock),
            Self::Reorders => ("Reorders", "/desk/reorders", "r", Icon::Reorder),
            Self::PurchaseOrders => ("Purchase orders", "/desk/purchase-orders", "b", Icon::Parcel),
            Self::Transfers => ("Transfers", "/desk/transfers", "m", Icon::Transfer),
            Self::Suppliers => ("Suppliers", "/desk/suppliers", "u", Icon::Truck),
            Self::Costs => ("Costs", "/desk/costs", "c", Icon::Card),
            Self::Settings => ("Settings", "/desk/settings/shop", "s", Icon::Settings),
            Self::Staff => ("Staff", "/desk/staff", "t", Icon::People),
        }
    }
}

/// What the desk knows of itself and of who works at it.
#[derive(Debug, Clone, Default)]
pub struct DeskContext {
    /// The shop's name.
    pub shop_name: String,
    /// Who is signed in: a name or a mail address.
    pub person: String,
    /// Their role, in words.
    pub role: String,
    /// The token that every form carries.
    pub csrf: String,
    /// Where this page stands.
    pub section: Option<Section>,
    /// What the role may open.
    pub sections: Vec<Section>,
    /// A strip over everything: "LOCAL".
    pub strip: Option<String>,
    /// The answer to what was just done.
    pub flash: Option<Notice>,
}

/// A page of the desk: navigation at the left, keys, the work.
#[must_use]
pub fn desk_page(head: &Head, desk: &DeskContext, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (shop_head(&Head { robots: Robots::NoIndex, ..head.clone() }, &desk.shop_name, assets::DESK_CSS, Some(assets::DESK_JS), false))
            body data-offline="You're offline. Nothing is saved until you're back." {
                (skip_link())
                div.desk {
                    @if let Some(strip) = &desk.strip { section.strip aria-label="Where this runs" { (strip) } }
                    header.desk-nav {
                        a.desk-brand href="/desk" { span { (desk.shop_name) } }
                        nav.desk-menu aria-label="Desk" {
                            @for section in &desk.sections {
                                @let (words, href, key, which) = section.parts();
                                a href=(href) data-key=(key) aria-current=[(desk.section == Some(*section)).then_some("page")] {
                                    (icon(which)) (words) kbd aria-hidden="true" { "g " (key) }
                                }
                            }
                        }
                        div.desk-person {
                            span.strong { (desk.person) }
                            span.muted { (desk.role) }
                            form method="post" action="/desk/sign-out" { (hidden("csrf", &desk.csrf)) (hidden("return_to", "/desk/sign-in")) button.link-button type="submit" { "Sign out" } }
                        }
                    }
                    main #main.desk-main tabindex="-1" {
                        div.stack {
                            @if let Some(flash) = &desk.flash { (notice_status(flash)) }
                            (body)
                        }
                    }
                    footer.desk-foot {
                        button.link-button.js-only type="button" data-keys { "Keys" }
                        a href="/" { "Open the shop" }
                        form.narrow-only method="post" action="/desk/sign-out" { (hidden("csrf", &desk.csrf)) (hidden("return_to", "/desk/sign-in")) button.link-button type="submit" { "Sign out " (desk.person) } }
                    }
                }
                (keys(desk))
            }
        }
    }
}

fn keys(desk: &DeskContext) -> Markup {
    html! {
        dialog #keys aria-labelledby="keys-title" {
            div.stack {
                h2 #keys-title { "Keys" }
                dl.facts {
                    @for section in &desk.sections {
                        @let (words, _, key, _) = section.parts();
                        dt { kbd { "g " (key) } } dd { (words) }
                    }
                    dt { kbd { "/" } } dd { "Search" }
                    dt { kbd { "?" } } dd { "This list" }
                }
                label.choice.plain for="keys-off" { input #keys-off type="checkbox"; span.choice-label { "Switch keys off on this device" } }
                button.button.quiet type="button" data-close { "Close" }
            }
        }
    }
}

/// A page of the desk for who is not signed in, or is about to confirm something alone.
#[must_use]
pub fn desk_bare_page(head: &Head, shop_name: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (shop_head(&Head { robots: Robots::NoIndex, ..head.clone() }, shop_name, assets::DESK_CSS, Some(assets::DESK_JS), false))
            body {
                (skip_link())
                main #main.sign-in tabindex="-1" { div.panel { (body) } }
            }
        }
    }
}

/// What went wrong, for the page that says so.
#[derive(Debug, Clone)]
pub enum Failure {
    /// 404: there is nothing here, or nothing for you.
    NotFound,
    /// 403: signed in, but not for this.
    Forbidden,
    /// 410: the link was good once.
    LinkExpired,
    /// 429: too many in too short a time.
    TooMany,
    /// 400, 415 and the like: the form did not arrive as it was sent; often an old page.
    Stale,
    /// 409, 422 and the like: it is not possible as things stand.
    Refused {
        /// Why, in words for people.
        why: String,
    },
    /// 500: ours to mend; the reference finds it in the logs.
    Fault {
        /// What the reader can quote.
        reference: String,
        /// Whether an order came of it, where that is known: "Your order was not placed."
        known: Option<String>,
    },
}

impl Failure {
    /// The title and heading.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self {
            Self::NotFound => "There is nothing on this shelf",
            Self::Forbidden => "This isn't yours to open",
            Self::LinkExpired => "This link has expired",
            Self::TooMany => "A moment, that was quick",
            Self::Stale => "That page was out of date",
            Self::Refused { .. } => "That isn't possible now",
            Self::Fault { .. } => "Something broke on our side",
        }
    }
}

/// The body of an error page.
#[must_use]
pub fn failure(failure: &Failure, support_email: Option<&str>, back: (&str, &str)) -> Markup {
    html! {
        div.wrap.narrow.page {
            div.error-page {
                (sketch())
                h1 { (failure.title()) }
                @match failure {
                    Failure::NotFound => p { "Check the address for a typing mistake, or start again from the shop. If you followed a link of ours, the thing may have been taken down." },
                    Failure::Forbidden => p { "You're signed in, but your role doesn't include this page. Whoever owns the shop can change that." },
                    Failure::LinkExpired => p { "Links in our mails work once, or for a limited time. Ask for a new one and it will be with you in a minute." },
                    Failure::TooMany => p { "Too many requests came from your connection. Wait a minute, then try again. Nothing you typed elsewhere is lost." },
                    Failure::Stale => p { "We couldn't be sure that this form came from you, so nothing was changed. Go back, reload the page, and send it again." },
                    Failure::Refused { why } => p { (why) },
                    Failure::Fault { reference, known } => {
                        @if let Some(known) = known { p { strong { (known) } } }
                        p { "We've been told, and you did nothing wrong. Try again in a few minutes." }
                        p { "If you write to us, give this reference: " span.code { (reference) } }
                    },
                }
                div.row {
                    a.button href=(back.0) { (back.1) }
                    @if let Some(email) = support_email { a href={ "mailto:" (email) } { "Write to " (email) } }
                }
            }
        }
    }
}

/// An error page of the storefront.
#[must_use]
pub fn shop_failure(what: &Failure, shop: &ShopContext) -> Markup {
    shop_page(&Head::private(what.title()), shop, &failure(what, shop.support_email.as_deref(), ("/", "To the shop")))
}

/// An error page of the desk.
#[must_use]
pub fn desk_failure(what: &Failure, desk: &DeskContext) -> Markup {
    desk_page(&Head::private(what.title()), desk, &failure(what, None, ("/desk", "To the desk")))
}
