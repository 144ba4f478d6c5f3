//! The cart's pages.

use contracts::{Problem, ProblemKind};
use domain::cart::{Cart, CartLine, Warning};
use domain::refusal::Refusal;
use domain::text::Sku;
use edge::auth::Caller;
use edge::http::{is_local, unavailable};
use edge::page::{ShopFrame, cart_cookies, picture};
use edge::{Request, Response};
use pages::components::{FormErrors, Totals, TotalsRow};
use pages::layout::Head;
use pages::shop;

use crate::forms::of_browser;
use crate::{ManageCart, Seen};

async fn frame(shop: &ManageCart, request: &Request, caller: &Caller) -> Result<ShopFrame, Problem> {
    let settings = shop.shop.get(shop.context.now()).await.map_err(|error| unavailable(&error))?;
    Ok(ShopFrame::new(&shop.context, request, caller, &settings))
}

/// GET /cart
pub(crate) async fn cart(shop: &ManageCart, request: &Request) -> Result<Response, Problem> {
    render(shop, request, 200, FormErrors::none()).await
}

/// Whether the cart's own page is where a problem is read best.
pub(crate) fn belongs_on_cart(problem: &Problem) -> bool {
    match problem.kind {
        ProblemKind::Malformed
        | ProblemKind::Conflict
        | ProblemKind::OutOfStock
        | ProblemKind::CartOrdered
        | ProblemKind::Unprocessable => true,
        ProblemKind::Unauthenticated
        | ProblemKind::Forbidden
        | ProblemKind::NotFound
        | ProblemKind::MethodNotAllowed
        | ProblemKind::PriceChanged
        | ProblemKind::Stale
        | ProblemKind::TooLarge
        | ProblemKind::UnsupportedMediaType
        | ProblemKind::KeyReused
        | ProblemKind::TooMany
        | ProblemKind::Internal
        | ProblemKind::ProviderUnavailable
        | ProblemKind::Busy => false,
    }
}

/// The cart's page with what is wrong, at the field where one is to blame.
pub(crate) async fn show(shop: &ManageCart, request: &Request, problem: &Problem) -> Result<Response, Problem> {
    let mut errors = FormErrors::none();
    for error in &problem.errors {
        errors.add(error.pointer.trim_start_matches('/'), error.detail.clone());
    }
    if errors.is_empty() {
        errors.add("", problem.detail.clone());
    }
    render(shop, request, problem.kind.status(), errors).await
}

async fn render(shop: &ManageCart, request: &Request, status: u16, errors: FormErrors) -> Result<Response, Problem> {
    let caller = shop.verifier.caller(request)?;
    let seen = match of_browser(shop, request, &caller, false).await? {
        Some(id) => Some(shop.look(&id).await?),
        None => None,
    };
    let mut frame = frame(shop, request, &caller).await?;
    if let Some(seen) = &seen {
        frame.context.cart_count = u32::try_from(seen.cart.count()).unwrap_or(u32::MAX);
    }
    let mut head = Head::private("Cart");
    if !errors.is_empty() {
        head = head.failed(&errors);
    }
    let view = shop::Cart {
        csrf: frame.csrf(),
        errors,
        continue_href: "/".to_owned(),
        undo: undo(request),
        ..seen.as_ref().map(cart_view).transpose()?.unwrap_or_default()
    };
    let response = frame.page(status, &head, &shop::cart(&view));
    Ok(match seen {
        Some(seen) => {
            let [cart, pieces] = cart_cookies(&seen.cart);
            response.cookie(cart).cookie(pieces)
        }
        None => response,
    })
}

fn undo(request: &Request) -> Option<shop::Undo> {
    let sku = Sku::new(request.query("removed")?).ok()?;
    let quantity = request.query("pieces")?.parse().ok()?;
    Some(shop::Undo { title: sku.to_string(), sku: sku.to_string(), quantity })
}

fn cart_view(seen: &Seen) -> Result<shop::Cart, Problem> {
    let too_large = |error: domain::MoneyError| contracts::refusal::problem(&Refusal::from(error));
    let total = seen.cart.items_total().map_err(too_large)?;
    let lines = seen.cart.lines.iter().map(|line| {
        Ok(shop::CartLine {
            sku: line.sku.to_string(),
            title: line.title.clone(),
            option: None,
            href: format!("/products/{}", line.slug),
            image: picture(&line.sku, line.image.as_deref(), ""),
            quantity: line.quantity.get().to_string(),
            unit_price: line.unit_price.format(),
            total: line.total().map_err(too_large)?.format(),
            warnings: seen.warnings.iter().filter(|warning| *warning.sku() == line.sku).map(short).collect(),
        })
    });
    let blocked = seen.warnings.iter().any(|warning| match warning {
        Warning::NotEnough { .. } | Warning::Gone { .. } => true,
        Warning::PriceChanged { .. } => false,
    });
    Ok(shop::Cart {
        lines: lines.collect::<Result<_, Problem>>()?,
        totals: Totals {
            rows: vec![TotalsRow::new("Items", total.format())],
            total: None,
            after: None,
            later: Vec::new(),
        },
        note: Some("Delivery is added at checkout.".to_owned()),
        blocked: blocked.then(|| "Some of this is not there any more. Change it before you check out.".to_owned()),
        ..shop::Cart::default()
    })
}

fn short(warning: &Warning) -> String {
    match warning {
        Warning::PriceChanged { was, now, .. } => format!("Was {}, now {}.", was.format(), now.format()),
        Warning::NotEnough { available: ..=0, .. } => "Sold out.".to_owned(),
        Warning::NotEnough { available, .. } => format!("Only {available} left."),
        Warning::Gone { .. } => "No longer sold.".to_owned(),
    }
}

/// GET /cart/added
pub(crate) async fn added(shop: &ManageCart, request: &Request) -> Result<Response, Problem> {
    let caller = shop.verifier.caller(request)?;
    let id = of_browser(shop, request, &caller, false).await?;
    let cart = match id {
        Some(id) => shop.load(&id).await?,
        None => return Ok(Response::see_other("/cart")),
    };
    let sku = request.query("sku").and_then(|sku| Sku::new(sku).ok());
    let Some(line) = sku.and_then(|sku| cart.line(&sku)) else {
        return Ok(Response::see_other("/cart"));
    };
    let frame = frame(shop, request, &caller).await?;
    let body = shop::added(&added_view(request, &cart, line)?);
    Ok(frame.page(200, &Head::private("Added to the cart"), &body))
}

fn added_view(request: &Request, cart: &Cart, line: &CartLine) -> Result<shop::Added, Problem> {
    let subtotal = cart.items_total().map_err(|error| contracts::refusal::problem(&Refusal::from(error)))?;
    let pieces = cart.count();
    Ok(shop::Added {
        title: line.title.clone(),
        option: None,
        image: picture(&line.sku, line.image.as_deref(), ""),
        quantity: format!("{} in your cart", line.quantity.get()),
        price: format!("{} each", line.unit_price.format()),
        note: request
            .query("fewer")
            .map(|_| format!("Only {} available, so you have {0} in your cart.", line.quantity.get())),
        subtotal: subtotal.format(),
        items: if pieces == 1 { "1 item".to_owned() } else { format!("{pieces} items") },
        continue_href: request.query("back").filter(|path| is_local(path)).unwrap_or("/").to_owned(),
    })
}
