//! What every page of the storefront and the desk is wrapped in, made from the request.
//!
//! Knows cookies and who is signed in; knows no page.

use contracts::{Problem, ProblemKind};
use domain::people::{Action, Role};
use domain::settings::ShopSettings;
use domain::text::Sku;
use pages::Markup;
use pages::components::Image;
use pages::layout::{self, DeskContext, Failure, Head, Section, ShopContext};

use crate::auth::{Caller, Person};
use crate::context::Context;
use crate::http::{Cookie, Request, Response};

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

/// The frame of a desk page.
#[derive(Debug)]
pub struct DeskFrame {
    /// What the layout shows.
    pub context: DeskContext,
    cookie: Option<Cookie>,
}

impl DeskFrame {
    /// The frame for a member of the staff.
    pub fn new(
        context: &Context,
        request: &Request,
        (person, role): (&Person, Role),
        shop: &ShopSettings,
        section: Option<Section>,
    ) -> Self {
        let (csrf, cookie) = request.csrf(context);
        let sections = Section::ALL.into_iter().filter(|section| role.may(needed(*section))).collect();
        Self {
            context: DeskContext {
                shop_name: shop.name.clone(),
                person: person.email.to_string(),
                role: role.to_string(),
                csrf,
                section,
                sections,
                strip: None,
                flash: None,
            },
            cookie,
        }
    }

    /// The token for the page's forms.
    pub fn csrf(&self) -> String {
        self.context.csrf.clone()
    }

    /// A page of the desk.
    pub fn page(self, status: u16, head: &Head, body: &Markup) -> Response {
        let markup = layout::desk_page(head, &self.context, body);
        Response::page(status, markup.into_string()).cookie(self.cookie)
    }

    /// The page that says no.
    pub fn refuse(self, request: &Request, problem: &Problem) -> Response {
        let markup = layout::desk_failure(&failure(request, problem), &self.context);
        Response::page(problem.kind.status(), markup.into_string()).cookie(self.cookie)
    }
}

/// What a role has to be allowed for a section of the desk to be shown to it.
const fn needed(section: Section) -> Action {
    match section {
        Section::Orders => Action::ViewOrders,
        Section::Products => Action::ViewCatalog,
        Section::Stock => Action::ViewStock,
        Section::Settings => Action::ViewSettings,
        Section::Staff => Action::EditStaff,
    }
}

/// Which of the failure pages a problem is shown as.
fn failure(request: &Request, problem: &Problem) -> Failure {
    match problem.kind {
        ProblemKind::NotFound | ProblemKind::MethodNotAllowed => Failure::NotFound,
        ProblemKind::Unauthenticated => Failure::LinkExpired,
        ProblemKind::Forbidden => Failure::Forbidden,
        ProblemKind::TooMany => Failure::TooMany,
        ProblemKind::Malformed
        | ProblemKind::Conflict
        | ProblemKind::OutOfStock
        | ProblemKind::PriceChanged
        | ProblemKind::CartOrdered
        | ProblemKind::Stale
        | ProblemKind::TooLarge
        | ProblemKind::UnsupportedMediaType
        | ProblemKind::KeyReused
        | ProblemKind::Unprocessable => Failure::Stale,
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

/// A desk form that was refused, in words: what is wrong at which field. The browser's way back keeps what was typed.
pub fn desk_refusal(frame: DeskFrame, problem: &Problem) -> Response {
    let errors: Vec<String> = problem
        .errors
        .iter()
        .map(|error| format!("{}: {}", error.pointer.trim_start_matches('/').replace(['_', '/'], " "), error.detail))
        .collect();
    let sentences = if errors.is_empty() { vec![problem.detail.clone()] } else { errors };
    let body = maud::html! {
        h1 { "There is a problem" }
        @for sentence in &sentences {
            (pages::components::notice(&pages::components::Notice::new(pages::components::Tone::Bad, sentence.clone())))
        }
        p { "Nothing was saved. Go back in your browser: what you typed is still there." }
    };
    frame.page(problem.kind.status(), &Head::private("There is a problem"), &body)
}
