//! The buyer's pages: how the shop takes goods back, and one return.

use contracts::Problem;
use domain::calendar::{civil, day};
use domain::order::Order;
use domain::returns::{Quote, Resolution, Return, ReturnAction, ReturnStatus};
use domain::settings::ReturnSettings;
use edge::auth::{self, Caller, Person};
use edge::http::{encoded, unavailable};
use edge::order_view::{Audience, purse};
use edge::orders::shop_path as order_path;
use edge::page::{ShopFrame, form_key, renewal};
use edge::return_view::{badge, goes_to, happened, returned_lines, sum_rows, wanted};
use edge::{Request, Response};
use pages::components::{FormErrors, Notice, Tone};
use pages::layout::Head;
use pages::shop::{self, RefundSum, ReturnPage, ReturnPhoto, ReturnSummary, ReturnsHome};
use store::lists::List;
use store::returns::Look;

use crate::{ShowReturns, list, picture_path};

/// How many orders the way to a return offers.
const ORDERS: usize = 10;

/// GET /returns
pub(crate) async fn home(shop: &ShowReturns, request: &Request) -> Result<Response, Problem> {
    let caller = shop.verifier.caller(request)?;
    if let (Caller::Guest, Some(renewal)) = (&caller, renewal(request, auth::Audience::Shop)) {
        return Ok(renewal);
    }
    let settings = shop.of(&shop.settings).await?;
    let mut view =
        ReturnsHome { policy: policy(&settings), find_href: "/orders/find".to_owned(), ..ReturnsHome::default() };
    match &caller {
        Caller::Customer(person) => {
            (view.orders, view.returns) = own(shop, person).await?;
        }
        Caller::Guest | Caller::Staff(..) => {
            view.sign_in_href = Some(format!("/sign-in?return_to={}", encoded("/returns")));
        }
    }
    let shown = shop.of(&shop.shop).await?;
    let frame = ShopFrame::new(&shop.context, request, &caller, &shown);
    Ok(frame.page(200, &Head::private("Returns"), &shop::returns_home(&view)))
}

type Own = (Vec<(String, String, String)>, Vec<ReturnSummary>);

/// A customer's orders, and what was asked back of them.
async fn own(shop: &ShowReturns, person: &Person) -> Result<Own, Problem> {
    let list = List::OfPerson(person.id);
    let orders = shop.lists.page(&list, None, ORDERS);
    let returns = list::read(shop, Look::Of(person.id), None);
    let (orders, returns) = futures::future::join(orders, returns).await;
    let orders = orders.map_err(|error| unavailable(&error))?.items.into_iter().map(|row| {
        (row.number.to_string(), format!("/orders/{}/return", row.id), format!("Placed on {}", day(row.created)))
    });
    Ok((orders.collect(), returns?.items.iter().map(|back| edge::return_view::summary(back, None)).collect()))
}

/// The shop's terms, as one asks about them.
fn policy(settings: &ReturnSettings) -> Vec<(String, String)> {
    let mut policy = vec![("How long".to_owned(), format!("{} days from delivery", settings.window_days))];
    let way = match (settings.free_label, settings.label_cost) {
        (true, _) => "We pay for it.".to_owned(),
        (false, Some(cost)) if cost.is_positive() => {
            format!(
                "We keep {} of the refund for the label, nothing where something is wrong with the item.",
                cost.format()
            )
        }
        (false, _) => "You pay for it; we do where something is wrong with the item.".to_owned(),
    };
    policy.push(("The way back".to_owned(), way));
    let ppm = settings.restocking_fee_ppm;
    let fee = match ppm {
        0 => "You get all that you paid for the items.".to_owned(),
        _ => format!(
            "We keep {} % of the price of what you just don't want any more.",
            edge::page::figure(f64::from(ppm) / 10_000.0)
        ),
    };
    policy.push(("The money".to_owned(), fee));
    policy.push(("Exceptions".to_owned(), "Where an item has terms of its own, they stand beside it.".to_owned()));
    policy
}

/// GET /returns/{id}
pub(crate) async fn page(shop: &ShowReturns, request: &Request) -> Result<Response, Problem> {
    let token = request.query("token");
    let caller = shop.verifier.caller(request)?;
    if let (Caller::Guest, None, Some(renewal)) = (&caller, token, renewal(request, auth::Audience::Shop)) {
        return Ok(renewal);
    }
    let (back, _) = shop.visible(request).await?;
    let order = shop.desk.order(&back).await?;
    let settings = shop.of(&shop.shop).await?;
    let send_to = shop.destination.address(&settings, shop.context.now()).await.map_err(|error| unavailable(&error))?;
    let mut frame = ShopFrame::new(&shop.context, request, &caller, &settings);
    frame.context.flash = request.query("done").and_then(flash);
    let errors = problem(request);
    let head = Head { failed: !errors.is_empty(), ..Head::private(format!("Return {}", back.id.number())) };
    let actions = back.actions(&order, shop.context.now());
    let action =
        |wanted: ReturnAction, word: &str| actions.contains(&wanted).then(|| format!("/returns/{}/{word}", back.id));
    let view = ReturnPage {
        cancel_action: action(ReturnAction::Cancel, "cancel"),
        sent_action: action(ReturnAction::HandOver, "sent"),
        photo_action: action(ReturnAction::AddPhoto, "photos"),
        token: token.unwrap_or_default().to_owned(),
        csrf: frame.csrf(),
        key: format!("{}-{}", back.rev, form_key(&shop.context)),
        order_href: order_path(&order.id, token),
        wanted: wanted(&back, back.exchanged.map(|id| shop.order_page(&id, token.is_some()))),
        photos: photos(&back, token),
        errors,
        ..view(&back, &order, send_to, token)
    };
    let origin = shop.pictures.origin();
    Ok(frame.page(200, &head, &shop::return_page(&view)).picturing(&origin))
}

/// The answer to what the reader just did.
fn flash(done: &str) -> Option<Notice> {
    let words = match done {
        "requested" => "We have your request.",
        "canceled" => "Your return is cancelled.",
        "sent" => "Thank you. We'll tell you when it is here.",
        "photo" => "The picture is added.",
        _ => return None,
    };
    Some(Notice::new(Tone::Ok, words))
}

fn problem(request: &Request) -> FormErrors {
    let mut errors = FormErrors::none();
    match request.query("problem") {
        Some("photo-missing") => errors.add("photo", "Choose a picture."),
        Some("photo-type") => errors.add("photo", "Choose a JPEG, PNG, WebP or AVIF picture."),
        Some(_) | None => {}
    }
    errors
}

fn photos(back: &Return, token: Option<&str>) -> Vec<ReturnPhoto> {
    let one =
        |place: usize| ReturnPhoto { href: picture_path(back, place, token), alt: format!("Picture {}", place + 1) };
    (0..back.photos.len()).map(one).collect()
}

fn view(back: &Return, order: &Order, send_to: Vec<String>, token: Option<&str>) -> ReturnPage {
    let awaited = back.status.is_awaited();
    let slip = match token {
        Some(token) => format!("/returns/{}/slip.pdf?token={}", back.id, encoded(token)),
        None => format!("/returns/{}/slip.pdf", back.id),
    };
    let label = back.label.as_ref().and_then(|label| {
        let words = match &label.tracking {
            Some(number) => format!("{} label {number}", label.carrier),
            None => format!("{} label", label.carrier),
        };
        Some((label.label_url.clone()?, words))
    });
    let (sum, sum_title) = sum(back, order);
    ReturnPage {
        number: back.id.number().to_string(),
        order_number: back.order_number.to_string(),
        state: badge(back.status),
        sentence: sentence(back, order),
        steps: steps(back),
        slip_href: awaited.then_some(slip),
        label: label.filter(|_| awaited),
        due: back.due.filter(|_| awaited).map(civil),
        send_to: if awaited { send_to } else { Vec::new() },
        lines: returned_lines(back),
        sum,
        sum_title: sum_title.to_owned(),
        comment: back.comment.clone(),
        reason: back.reason.clone(),
        events: happened(back, Audience::Buyer),
        ..ReturnPage::default()
    }
}

/// What goes back, or went back; nothing where nothing does.
fn sum(back: &Return, order: &Order) -> (RefundSum, &'static str) {
    let over = back.status.comes_to_nothing();
    let quote: &Quote = back.settled.as_ref().unwrap_or(&back.quote);
    let (total, to, title) = match &back.settled {
        Some(settled) if back.exchanged.is_some() => {
            (settled.refund.format(), "for what you want instead".to_owned(), "It is worth")
        }
        Some(settled) => (settled.refund.format(), format!("to {}", goes_to(back, order)), "You get back"),
        None if !over && back.resolution == Resolution::Exchange => (
            quote.refund.format(),
            "for what you want instead, when we have looked at the items".to_owned(),
            "It is worth",
        ),
        None if over => (domain::Money::zero(quote.refund.currency).format(), String::new(), "You get back"),
        None => (
            quote.refund.format(),
            format!("to {}, when we have looked at the items", goes_to(back, order)),
            "You will get back",
        ),
    };
    let rows = if over && back.settled.is_none() { Vec::new() } else { sum_rows(quote.shipping, &quote.reductions) };
    (RefundSum { rows, total, to }, title)
}

/// Where it stands and what comes next.
fn sentence(back: &Return, order: &Order) -> String {
    let due = back.due.map(civil).unwrap_or_default();
    match back.status {
        ReturnStatus::Requested => "We look at your request and mail you. Please keep the items until then.".to_owned(),
        ReturnStatus::Approved => format!("Put the slip into the parcel and send it by {due}."),
        ReturnStatus::LabelIssued => {
            format!("Put the slip into the parcel and our label on it, and drop it off by {due}.")
        }
        ReturnStatus::Declined => "We don't take these items back.".to_owned(),
        ReturnStatus::InTransit => "Your parcel is on its way to us. We mail you when it is here.".to_owned(),
        ReturnStatus::Received | ReturnStatus::Inspecting => {
            "Your parcel is here. We look at the items and mail you.".to_owned()
        }
        ReturnStatus::Accepted | ReturnStatus::PartAccepted if back.resolution == Resolution::Exchange => {
            "We have looked at the items. What you want instead comes next.".to_owned()
        }
        ReturnStatus::Accepted | ReturnStatus::PartAccepted => {
            format!("We have looked at the items. The money goes to {} next.", goes_to(back, order))
        }
        ReturnStatus::Rejected => {
            "We don't take these items back. Write to us if you want them sent to you again.".to_owned()
        }
        ReturnStatus::Refunded => match &back.settled {
            Some(settled) if settled.refund.is_positive() => {
                format!(
                    "{} goes back to {}. We mail you when it is sent, and banks take 3–5 days to show it.",
                    settled.refund.format(),
                    purse(order)
                )
            }
            Some(_) | None => "We have taken the items back.".to_owned(),
        },
        ReturnStatus::Exchanged => "What you wanted instead is an order of its own now: see below.".to_owned(),
        ReturnStatus::Credited => match &back.settled {
            Some(settled) if settled.refund.is_positive() && order.credit_used().is_zero() => {
                format!("You have {} of store credit. We mailed you the code.", settled.refund.format())
            }
            // Some of it is on the credit that paid, which may be another's.
            Some(settled) if settled.refund.is_positive() => {
                format!("{} is on store credit. We mailed you how to spend it.", settled.refund.format())
            }
            Some(_) | None => "We have taken the items back.".to_owned(),
        },
        ReturnStatus::SentBack => match &back.way_back {
            Some(parcel) => match &parcel.tracking {
                Some(number) => format!("The items are on their way back to you with {}, {number}.", parcel.carrier),
                None => format!("The items are on their way back to you with {}.", parcel.carrier),
            },
            None => "The items are on their way back to you.".to_owned(),
        },
        ReturnStatus::Closed => "This return is closed.".to_owned(),
        ReturnStatus::Canceled => "You keep the items.".to_owned(),
        ReturnStatus::Expired => {
            format!(
                "The items were not sent by {due}, so this return has ended. You can ask for a new one while there is time."
            )
        }
    }
}

/// How far it is; none where it ended otherwise.
fn steps(back: &Return) -> Vec<(String, bool)> {
    let reached = match back.status {
        ReturnStatus::Requested => 1,
        ReturnStatus::Approved | ReturnStatus::LabelIssued => 2,
        ReturnStatus::InTransit => 3,
        ReturnStatus::Received | ReturnStatus::Inspecting => 4,
        ReturnStatus::Accepted | ReturnStatus::PartAccepted => 5,
        ReturnStatus::Refunded | ReturnStatus::Exchanged | ReturnStatus::Credited => 6,
        ReturnStatus::Declined
        | ReturnStatus::Rejected
        | ReturnStatus::SentBack
        | ReturnStatus::Closed
        | ReturnStatus::Canceled
        | ReturnStatus::Expired => return Vec::new(),
    };
    let given = match back.resolution {
        Resolution::Refund => "Refunded",
        Resolution::Credit => "Store credit given",
        Resolution::Exchange => "Exchanged",
    };
    let names = ["Asked for", "Approved", "On its way", "Here", "Looked at", given];
    names.iter().enumerate().map(|(place, name)| ((*name).to_owned(), place < reached)).collect()
}
