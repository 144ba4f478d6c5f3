//! What every page of the storefront is wrapped in, made from the request.
//!
//! Knows cookies and who is signed in; knows no page.

use contracts::{Problem, ProblemKind};
use domain::settings::{Setting, ShopSettings};
use domain::text::Sku;
use maud::html;
use pages::Markup;
use pages::components::{Image, Look, Notice, Tone, link_button, notice};
use pages::layout::{self, Failure, Head, ShopContext};
use store::settings::Cached;

use crate::auth::{Audience, Caller, Verifier};
use crate::context::Context;
use crate::http::{Cookie, Request, Response, encoded};

/// The cookie with the id of the browser's cart.
pub const CART: &str = "cart";
/// The cookie with the number of pieces in it, so that no page reads a cart to show one number.
pub const PIECES: &str = "pieces";
/// How long both live, in seconds: as long as carts are kept.
const CART_LIFE: u64 = 90 * 24 * 3600;

/// The frame of a storefront page, and the cookie for the browser's forms where it has none yet.
#[derive(Debug)]
pub struct ShopFrame {
    /// What the layout shows.
    pub context: ShopContext,
    cookie: Option<Cookie>,
}

impl ShopFrame {
    /// The frame for this request.
    pub fn new(context: &Context, request: &Request, caller: &Caller, shop: &ShopSettings) -> Self {
        let (csrf, cookie) = request.csrf(context);
        let pieces = request.cookie(PIECES).and_then(|pieces| pieces.parse().ok());
        Self {
            context: ShopContext {
                shop_name: shop.name.clone(),
                language: "en".to_owned(),
                cart_count: pieces.unwrap_or_default(),
                signed_in: matches!(caller, Caller::Customer(_)) || request.cookie("shop_session").is_some(),
                csrf,
                query: request.query("q").unwrap_or_default().to_owned(),
                support_email: Some(shop.support_email.to_string()),
                flash: None,
            },
            cookie,
        }
    }

    /// The frame of a page that says no, which is to be shown whatever broke: where the settings cannot be read, as
    /// they are at first, and for whoever has no good token, as for a guest.
    pub async fn at_worst(
        context: &Context,
        request: &Request,
        verifier: &Verifier,
        shop: &Cached<ShopSettings>,
    ) -> Self {
        let caller = verifier.caller(request).unwrap_or(Caller::Guest);
        let shop = shop.get(context.now()).await.unwrap_or_else(|_| ShopSettings::initial());
        Self::new(context, request, &caller, &shop)
    }

    /// The token for the page's forms.
    pub fn csrf(&self) -> String {
        self.context.csrf.clone()
    }

    /// A page of the storefront.
    pub fn page(self, status: u16, head: &Head, body: &Markup) -> Response {
        let markup = layout::shop_page(head, &self.context, body);
        Response::page(status, markup.into_string()).cookie(self.cookie)
    }

    /// A page that stands for itself, whatever its frame.
    pub fn whole(self, status: u16, page: Markup) -> Response {
        Response::page(status, page.into_string()).cookie(self.cookie)
    }

    /// A page without the storefront's navigation: a checkout's.
    pub fn bare_page(self, status: u16, head: &Head, body: &Markup) -> Response {
        let markup = layout::bare_page(head, &self.context, body);
        Response::page(status, markup.into_string()).cookie(self.cookie)
    }

    /// The page that says no.
    pub fn refuse(self, request: &Request, problem: &Problem) -> Response {
        let markup = layout::shop_failure(&failure(request, problem), &self.context);
        Response::page(problem.kind.status(), markup.into_string()).cookie(self.cookie)
    }
}

/// Where a browser renews its access token and comes back from, where it has a session to renew it by. 307 brings
/// a form back with what was typed.
pub fn renewal(request: &Request, audience: Audience) -> Option<Response> {
    request.cookie(audience.session()).filter(|_| request.header("authorization").is_none())?;
    let route = match audience {
        Audience::Shop => "/sign-in/renew",
        Audience::Staff => "/desk/sign-in/renew",
    };
    let status = if request.method() == http::Method::GET { 303 } else { 307 };
    let to = format!("{route}?to={}", encoded(request.path_and_query()));
    let response = Response::new(status, "text/plain; charset=utf-8", "");
    Some(response.header("location", &to).header("cache-control", "no-store"))
}

/// Which of the failure pages a problem is shown as.
pub(crate) fn failure(request: &Request, problem: &Problem) -> Failure {
    match problem.kind {
        ProblemKind::NotFound | ProblemKind::MethodNotAllowed => Failure::NotFound,
        ProblemKind::Unauthenticated => Failure::LinkExpired,
        ProblemKind::Forbidden => Failure::Forbidden,
        ProblemKind::TooMany => Failure::TooMany,
        ProblemKind::Conflict
        | ProblemKind::OutOfStock
        | ProblemKind::PriceChanged
        | ProblemKind::CartOrdered
        | ProblemKind::Unprocessable => Failure::Refused { why: problem.detail.clone() },
        ProblemKind::Malformed
        | ProblemKind::Stale
        | ProblemKind::TooLarge
        | ProblemKind::UnsupportedMediaType
        | ProblemKind::KeyReused => Failure::Stale,
        ProblemKind::Internal | ProblemKind::ProviderUnavailable | ProblemKind::Busy => {
            Failure::Fault { reference: request.correlation().to_owned(), known: None }
        }
    }
}

/// The cookies that make a cart the browser's, with its number of pieces.
pub fn cart_cookies(cart: &domain::cart::Cart) -> [Cookie; 2] {
    [
        Cookie::lasting(CART, &cart.id.to_string(), CART_LIFE),
        Cookie::lasting(PIECES, &cart.count().to_string(), CART_LIFE),
    ]
}

/// Takes the cart from the browser: it became an order.
pub fn cart_removal() -> [Cookie; 2] {
    [Cookie::removal(CART), Cookie::removal(PIECES)]
}

/// The picture of a SKU: the one that staff uploaded, or else the one that is drawn from the SKU.
pub fn picture(sku: &Sku, uploaded: Option<&str>, alt: &str) -> Image {
    Image::portrait(picture_path(sku, uploaded), alt)
}

/// Where the picture of a SKU is.
pub fn picture_path(sku: &Sku, uploaded: Option<&str>) -> String {
    match uploaded {
        Some(key) => format!("/media/{key}"),
        None => format!("/images/{sku}.v1.svg"),
    }
}

/// What a page says that tells no, and the one way on: its address and its words.
pub fn refusal_body(request: &Request, problem: &Problem, (href, words): (&str, &str)) -> Markup {
    let ours = problem.kind.status() >= 500;
    let said = Notice {
        detail: ours.then(|| format!("The reference is {}.", request.correlation())),
        ..Notice::new(Tone::Bad, &problem.detail)
    };
    html! {
        h1 { (problem.kind.title()) }
        (notice(&said))
        @if problem.errors.len() > 1 { ul { @for error in &problem.errors { li { (error.detail) } } } }
        p { (link_button(Look::Main, href, words)) }
    }
}

/// Says no: to a browser on a page of the shop, to a program as a problem.
pub async fn refused(
    context: &Context,
    request: &Request,
    verifier: &Verifier,
    shop: &Cached<ShopSettings>,
    problem: &Problem,
) -> Response {
    if !request.wants_page() {
        return Response::problem(request, problem);
    }
    ShopFrame::at_worst(context, request, verifier, shop).await.refuse(request, problem)
}

/// A word of the code as people read it: `quality_control` is "Quality control".
pub fn label(word: &str) -> String {
    let words = word.replace(['_', '-'], " ");
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => words,
    }
}

/// A key that makes a double press one act.
pub fn form_key(context: &Context) -> String {
    data_encoding::BASE64URL_NOPAD.encode(&context.random::<16>())
}

/// A figure with as many digits as one reads: "4.2", "120".
pub fn figure(value: f64) -> String {
    let digits = if value.abs() >= 100.0 || (value - value.round()).abs() < 0.005 {
        0
    } else {
        usize::from(value.abs() < 10.0) + 1
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::figure;

    #[test]
    fn figures_read_well() {
        let told: Vec<String> = [0.0, 4.2, 4.0, 0.857, 12.345, 131.4].into_iter().map(figure).collect();
        assert_eq!(told, ["0", "4.2", "4", "0.86", "12.3", "131"]);
    }
}
