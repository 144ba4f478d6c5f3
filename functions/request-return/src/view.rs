//! The pages of the steps: what comes back and why, then what goes back for it.

use contracts::Problem;
use domain::Money;
use domain::calendar::civil;
use domain::cart::Cart;
use domain::order::{Order, OrderLine};
use domain::people::Action;
use domain::returns::{Asked, Quote, Reason, Resolution, quote, wanted};
use domain::settings::ReturnSettings;
use edge::auth::{Audience, Caller};
use edge::http::unavailable;
use edge::orders::{reader, shop_path};
use edge::page::{CART, ShopFrame, form_key, picture, renewal};
use edge::return_view::{difference, quoted_lines, reason_words, refund_sum, resolution_words, return_path};
use edge::{Request, Response};
use jiff::Timestamp;
use pages::components::{Choice, FormErrors};
use pages::layout::Head;
use pages::shop::{self, ReturnChoice, ReturnReview, ReturnableLine};

use crate::RequestReturn;
use crate::form::{Chosen, write_sum};

/// GET /orders/{id}/return
pub(crate) async fn visited(shop: &RequestReturn, request: &Request, caller: &Caller) -> Result<Response, Problem> {
    let chosen = Chosen::of(request.parse_query::<Vec<(String, String)>>()?)?;
    if let (Caller::Guest, None, Some(renewal)) = (caller, &chosen.token, renewal(request, Audience::Shop)) {
        return Ok(renewal);
    }
    let order = order(shop, request, caller, &chosen).await?;
    let settings = settings(shop).await?;
    if request.query("step") != Some("review") {
        return page(shop, request, caller, 200, &Head::private(title(&order)), &choice(shop, &order, &chosen, None))
            .await;
    }
    match quoted(shop, &order, &chosen, &settings) {
        Ok(quote) => {
            let key = form_key(&shop.context);
            review(shop, request, caller, &order, &chosen, &quote, (key, FormErrors::none())).await
        }
        Err(problem) => choose_again(shop, request, caller, &order, &chosen, &problem).await,
    }
}

/// The step that a refused request came from, with what was typed.
pub(crate) async fn again(
    shop: &RequestReturn,
    request: &Request,
    caller: &Caller,
    chosen: &Chosen,
    problem: &Problem,
) -> Result<Response, Problem> {
    let order = order(shop, request, caller, chosen).await?;
    let settings = settings(shop).await?;
    match quoted(shop, &order, chosen, &settings) {
        Ok(quote) => {
            let key = form_key(&shop.context);
            review(shop, request, caller, &order, chosen, &quote, (key, chosen.errors(problem))).await
        }
        Err(problem) => choose_again(shop, request, caller, &order, chosen, &problem).await,
    }
}

async fn order(shop: &RequestReturn, request: &Request, caller: &Caller, chosen: &Chosen) -> Result<Order, Problem> {
    let reader = reader(caller, Action::DecideReturns, chosen.token.as_deref())?;
    let id = request.parse_parameter("id", "order")?;
    Ok(shop.orders.load(&id, &reader).await?)
}

async fn settings(shop: &RequestReturn) -> Result<ReturnSettings, Problem> {
    shop.settings.get(shop.context.now()).await.map_err(|error| unavailable(&error))
}

/// What goes back for what was chosen.
fn quoted(shop: &RequestReturn, order: &Order, chosen: &Chosen, settings: &ReturnSettings) -> Result<Quote, Problem> {
    let asking = chosen.request(&order.id.to_string());
    let wrong: Vec<_> = chosen.wanted().filter(|(_, quantity, _)| quantity.parse::<u32>().is_err()).collect();
    if let Some((sku, _, _)) = wrong.first() {
        let place = asking.lines.iter().position(|line| line.sku == *sku).unwrap_or_default();
        return Err(Problem::field(format!("/lines/{place}/quantity"), "Enter a whole number."));
    }
    let asked = asking.asked().map_err(Problem::fields)?;
    quote(order, &asked, settings.label_cost, shop.context.now()).map_err(|refusals| asking.refused(&refusals))
}

async fn choose_again(
    shop: &RequestReturn,
    request: &Request,
    caller: &Caller,
    order: &Order,
    chosen: &Chosen,
    problem: &Problem,
) -> Result<Response, Problem> {
    let head = Head { failed: true, ..Head::private(title(order)) };
    page(shop, request, caller, 422, &head, &choice(shop, order, chosen, Some(problem))).await
}

fn title(order: &Order) -> String {
    format!("Return items of order {}", order.number)
}

async fn page(
    shop: &RequestReturn,
    request: &Request,
    caller: &Caller,
    status: u16,
    head: &Head,
    view: &ReturnChoice,
) -> Result<Response, Problem> {
    let settings = shop.shop.get(shop.context.now()).await.map_err(|error| unavailable(&error))?;
    let frame = ShopFrame::new(&shop.context, request, caller, &settings);
    Ok(frame.page(status, head, &shop::return_choice(view)))
}

fn choice(shop: &RequestReturn, order: &Order, chosen: &Chosen, problem: Option<&Problem>) -> ReturnChoice {
    let now = shop.context.now();
    let shipped = order.lines.iter().filter(|line| line.shipped > 0);
    ReturnChoice {
        order_number: order.number.to_string(),
        order_href: shop_path(&order.id, chosen.token.as_deref()),
        deadline: order.return_by(now).map(|day| format!("You can send items back until {}.", civil(day))),
        action: return_path(&order.id, None, &[]),
        token: chosen.token.clone().unwrap_or_default(),
        lines: shipped.map(|line| returnable(order, line, chosen, now)).collect(),
        reasons: Reason::ALL.iter().map(|one| (one.as_str().to_owned(), reason_words(*one).to_owned())).collect(),
        errors: problem.map(|problem| chosen.errors(problem)).unwrap_or_default(),
    }
}

fn returnable(order: &Order, line: &OrderLine, chosen: &Chosen, now: Timestamp) -> ReturnableLine {
    let (quantity, reason) = chosen.typed(line.sku.as_str());
    // Whether one of it could come back at all; a fault is always a reason that counts.
    let one = Asked { sku: line.sku.clone(), quantity: domain::text::Quantity::ONE, reason: Reason::Defective };
    let refused = quote(order, &[one], None, now).err().and_then(|refusals| Some(refusals.first()?.to_string()));
    let terms =
        line.terms.final_sale.then(|| "Final sale: it comes back only when something is wrong with it.".to_owned());
    let until = || order.arrived().map(|arrived| format!("Until {}.", civil(line.terms.last_day(arrived))));
    ReturnableLine {
        sku: line.sku.to_string(),
        title: line.title.clone(),
        image: picture(&line.sku, line.image.as_deref(), ""),
        bought: format!("{} × {}", line.quantity.get(), line.unit_price.format()),
        left: order.returnable(line),
        terms: terms.or_else(until),
        blocked: refused,
        quantity: quantity.to_owned(),
        reason: reason.to_owned(),
    }
}

async fn review(
    shop: &RequestReturn,
    request: &Request,
    caller: &Caller,
    order: &Order,
    chosen: &Chosen,
    quote: &Quote,
    (key, errors): (String, FormErrors),
) -> Result<Response, Problem> {
    let settings = shop.shop.get(shop.context.now()).await.map_err(|error| unavailable(&error))?;
    let returns = self::settings(shop).await?;
    let frame = ShopFrame::new(&shop.context, request, caller, &settings);
    let failed = !errors.is_empty();
    let expected = ("expected_refund".to_owned(), write_sum(quote.refund));
    let hidden = chosen.wanted().flat_map(|(sku, quantity, reason)| {
        [(format!("quantity.{sku}"), quantity.clone()), (format!("reason.{sku}"), reason.clone())]
    });
    let instead = instead(shop, request, caller, order, chosen).await;
    let cart = instead.as_ref().map(|(cart, _)| ("cart_id".to_owned(), cart.id.to_string()));
    let total = instead.map(|(_, total)| total);
    let resolutions = Resolution::ALL.iter().filter(|one| **one != Resolution::Exchange || total.is_some());
    let chosen_resolution = if chosen.resolution.is_empty() { Resolution::Refund.as_str() } else { &chosen.resolution };
    let choice = |one: &Resolution| {
        let total = total.filter(|_| *one == Resolution::Exchange);
        Choice {
            hint: total.map(|total| difference(quote.refund, total)),
            end: total.map(Money::format),
            ..Choice::new(one.as_str(), resolution_words(order, *one), one.as_str() == chosen_resolution)
        }
    };
    let hint = "Something else instead? Put it into your cart first, then come back here.".to_owned();
    let view = ReturnReview {
        order_number: order.number.to_string(),
        change_href: changed_path(order, chosen),
        action: return_path(&order.id, None, &[]),
        token: chosen.token.clone().unwrap_or_default(),
        csrf: frame.csrf(),
        key,
        lines: quoted_lines(order, &quote.lines),
        sum: refund_sum(quote),
        hidden: hidden.chain([expected]).chain(cart).collect(),
        resolutions: resolutions.map(choice).collect(),
        exchange_hint: total.is_none().then_some(hint),
        comment: chosen.comment.clone(),
        next: next(&returns, quote),
        errors,
    };
    let head = Head { failed, ..Head::private(title(order)) };
    Ok(frame.page(if failed { 422 } else { 200 }, &head, &shop::return_review(&view)))
}

/// What is in the reader's cart, and what it comes to instead of what comes back; none where that is nothing, or it
/// cannot be had.
async fn instead(
    shop: &RequestReturn,
    request: &Request,
    caller: &Caller,
    order: &Order,
    chosen: &Chosen,
) -> Option<(Cart, Money)> {
    let id = if chosen.cart.is_empty() { request.cookie(CART)? } else { &chosen.cart };
    let (cart, shelf) = shop.shelf(caller, &id.parse().ok()?).await.ok()?;
    let total = wanted(order, &cart, cart.id, &shelf.offers, shelf.tables()).ok()?.total;
    Some((cart, total))
}

/// What happens once it is asked for.
fn next(settings: &ReturnSettings, quote: &Quote) -> Vec<String> {
    let seen = match settings.approve_up_to {
        Some(limit) if quote.refund.amount <= limit.amount && quote.refund.currency == limit.currency => {
            "We mail you a slip for the parcel at once.".to_owned()
        }
        Some(_) | None => "We look at your request and mail you a slip for the parcel.".to_owned(),
    };
    let days = settings.send_days;
    vec![
        seen,
        format!("You send the items within {days} days."),
        "When they are here we look at them and give you what you asked for.".to_owned(),
    ]
}

/// The first step with what was chosen.
fn changed_path(order: &Order, chosen: &Chosen) -> String {
    let typed = chosen.wanted().flat_map(|(sku, quantity, reason)| {
        [(format!("quantity.{sku}"), quantity.as_str()), (format!("reason.{sku}"), reason.as_str())]
    });
    let pairs: Vec<(String, &str)> = typed.collect();
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    return_path(&order.id, chosen.token.as_deref(), &pairs)
}
