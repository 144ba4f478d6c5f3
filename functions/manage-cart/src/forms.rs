//! The cart's forms: what a browser posts, and the page it is sent to next.

use contracts::{Problem, ProblemKind};
use domain::cart::Warning;
use domain::id::CartId;
use domain::text::{Quantity, Sku};
use edge::auth::Caller;
use edge::http::is_local;
use edge::page::{CART, cart_cookies};
use edge::{Request, Response};
use serde::Deserialize;

use crate::{Change, ManageCart, Seen, unread};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddForm {
    sku: String,
    quantity: Option<u32>,
    return_to: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RemoveForm {
    sku: String,
}

/// Adds to the cart, and shows what was added.
pub(crate) async fn add(shop: &ManageCart, request: &Request) -> Result<Response, Problem> {
    let form: AddForm = request.form()?;
    let sku = Sku::new(form.sku).map_err(|_| Problem::not_found("product"))?;
    let quantity =
        Quantity::new(form.quantity.unwrap_or(1)).map_err(|error| Problem::field("/quantity", error.to_string()))?;
    let caller = shop.verifier.caller(request)?;
    let id = of_browser(shop, request, &caller, true).await?;
    let id = id.ok_or_else(|| Problem::not_found("cart"))?;
    let change = Change::Add(sku.clone(), quantity);
    let seen = match shop.change(&id, &change).await {
        // The cart became an order in another tab: what is added now goes into a new one.
        Err(problem) if problem.kind == ProblemKind::CartOrdered => {
            let fresh = shop.make(&caller).await?;
            shop.change(&fresh.id, &change).await?
        }
        other => other?,
    };
    let back = form.return_to.as_deref().filter(|path| is_local(path));
    let mut next = format!("/cart/added?sku={sku}");
    if added_fewer(&seen, &sku) {
        next.push_str("&fewer=yes");
    }
    if let Some(back) = back {
        next = format!("{next}&back={}", edge::http::encoded(back));
    }
    if back == Some("/cart") {
        next = "/cart".to_owned(); // undoing a removal
    }
    Ok(to(&next, &seen))
}

fn added_fewer(seen: &Seen, sku: &Sku) -> bool {
    seen.warnings.iter().any(|warning| matches!(warning, Warning::NotEnough { sku: of, .. } if of == sku))
}

/// Sets the quantities as they were typed: `quantity.<sku>`.
pub(crate) async fn update(shop: &ManageCart, request: &Request) -> Result<Response, Problem> {
    let typed: Vec<(String, String)> = request.form()?;
    let id = browsers_cart(shop, request).await?;
    let mut wanted = Vec::new();
    let mut errors = Vec::new();
    for (name, value) in &typed {
        let sku = name.strip_prefix("quantity.").and_then(|sku| Sku::new(sku).ok());
        let sku = sku.ok_or_else(|| Problem::field(format!("/{name}"), "There is no such field."))?;
        match value.trim().parse::<u32>() {
            Ok(quantity) if quantity <= Quantity::MAX => wanted.push((sku, quantity)),
            Ok(_) | Err(_) => errors.push(domain::FieldError {
                pointer: format!("/{name}"),
                detail: "Enter a whole number from 0 to 9999.".to_owned(),
            }),
        }
    }
    if !errors.is_empty() {
        return Err(Problem::fields(errors));
    }
    let mut last = shop.look(&id).await?;
    for (sku, quantity) in wanted {
        let before = last.cart.line(&sku).map_or(0, |line| line.quantity.get());
        if before != quantity {
            last = shop.change(&id, &Change::Set(sku, quantity)).await?;
        }
    }
    Ok(to("/cart", &last))
}

/// Removes a line; the cart's page offers to undo it.
pub(crate) async fn remove(shop: &ManageCart, request: &Request) -> Result<Response, Problem> {
    let form: RemoveForm = request.form()?;
    let sku = Sku::new(form.sku).map_err(|_| Problem::not_found("product"))?;
    let id = browsers_cart(shop, request).await?;
    let before = shop.load(&id).await?.line(&sku).map(|line| line.quantity);
    let seen = shop.change(&id, &Change::Set(sku.clone(), 0)).await?;
    Ok(match before {
        Some(quantity) => to(&format!("/cart?removed={sku}&pieces={}", quantity.get()), &seen),
        None => to("/cart", &seen),
    })
}

fn to(location: &str, seen: &Seen) -> Response {
    let [cart, pieces] = cart_cookies(&seen.cart);
    Response::see_other(location).cookie(cart).cookie(pieces)
}

async fn browsers_cart(shop: &ManageCart, request: &Request) -> Result<CartId, Problem> {
    let caller = shop.verifier.caller(request)?;
    of_browser(shop, request, &caller, false).await?.ok_or_else(|| Problem::not_found("cart"))
}

/// The cart of this browser: the customer's, with what the guest had put into the cookie's merged into it, or else
/// the cookie's. Made where there is none, if `make` says so.
pub(crate) async fn of_browser(
    shop: &ManageCart,
    request: &Request,
    caller: &Caller,
    make: bool,
) -> Result<Option<CartId>, Problem> {
    let held: Option<CartId> = request.cookie(CART).and_then(|id| id.parse().ok());
    let held = match held {
        Some(id) => shop.carts.get(&id).await.map_err(unread)?.filter(|cart| cart.order.is_none()),
        None => None,
    };
    let Caller::Customer(person) = caller else {
        return match held {
            Some(cart) => Ok(Some(cart.id)),
            None if make => Ok(Some(shop.make(caller).await?.id)),
            None => Ok(None),
        };
    };
    let own = match shop.carts.of_owner(&person.id).await.map_err(unread)? {
        Some(id) => shop.carts.get(&id).await.map_err(unread)?.filter(|cart| cart.order.is_none()),
        None => None,
    };
    match (own, held) {
        (Some(own), Some(held)) if own.id != held.id && held.owner.is_none() => {
            let mut merged = own;
            merged.merge(&held).map_err(|refusal| contracts::refusal::problem(&refusal))?;
            let kept = shop.carts.put(merged, shop.context.now()).await.map_err(unread)?;
            // Emptied, so that merging twice adds nothing twice.
            let mut emptied = held;
            emptied.lines.clear();
            shop.carts.put(emptied, shop.context.now()).await.map_err(unread)?;
            Ok(Some(kept.id))
        }
        (Some(own), _) => Ok(Some(own.id)),
        (None, Some(mut held)) if held.owner.is_none() => {
            held.owner = Some(person.id);
            let kept = shop.carts.put(held, shop.context.now()).await.map_err(unread)?;
            shop.carts.give(&person.id, &kept.id).await.map_err(unread)?;
            Ok(Some(kept.id))
        }
        (None, _) if make => Ok(Some(shop.make(caller).await?.id)),
        (None, _) => Ok(None),
    }
}
