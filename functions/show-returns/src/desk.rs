//! The desk's pages: the lists, and one parcel with what its state and the role allow.

use std::collections::{BTreeMap, BTreeSet};

use contracts::Problem;
use domain::Money;
use domain::calendar::{civil, date, day, moment};
use domain::catalog::Product;
use domain::id::OrderNumber;
use domain::order::{Order, PaymentMethod};
use domain::people::Action as Right;
use domain::returns::{Quote, Resolution, Return, ReturnAction, ReturnLine, ReturnStatus, ReturnView, settled};
use domain::text::{Sku, Slug};
use edge::Response;
use edge::desk::{DeskFrame, Visit};
use edge::http::{encoded, unavailable};
use edge::order_view::Audience;
use edge::page::{form_key, picture};
use edge::return_view::{badge, difference, happened, lowered, reason_words, sum_rows, wanted};
use jiff::civil::Date;
use pages::components::{Pager, Tab};
use pages::desk::{self, ReturnRow, ReturnWork, ReturnWorkLine, Returns};
use pages::layout::{Head, Section};
use store::Cursor;
use store::returns::Look;

use crate::{ShowReturns, list, picture_path};

/// The name in the address, the words, and what appears where it is empty.
const fn parts(view: Option<ReturnView>) -> (&'static str, &'static str, &'static str) {
    match view {
        Some(ReturnView::ToDecide) => ("", "To decide", "What buyers ask back appears here, until you say yes or no."),
        Some(ReturnView::Awaited) => ("awaited", "Awaited", "Approved returns appear here until their parcel comes."),
        Some(ReturnView::Here) => ("here", "Here", "Parcels that came appear here until they are paid for."),
        Some(ReturnView::Done) => ("done", "Done", "What is over appears here."),
        None => ("all", "All", "Returns appear here as they are asked for."),
    }
}

const VIEWS: [Option<ReturnView>; 5] =
    [Some(ReturnView::ToDecide), Some(ReturnView::Awaited), Some(ReturnView::Here), Some(ReturnView::Done), None];

fn address(view: Option<ReturnView>, cursor: &str) -> String {
    let name = parts(view).0;
    let mut query = Vec::new();
    query.extend((!name.is_empty()).then(|| format!("view={name}")));
    query.extend((!cursor.is_empty()).then(|| format!("cursor={}", encoded(cursor))));
    if query.is_empty() { "/desk/returns".to_owned() } else { format!("/desk/returns?{}", query.join("&")) }
}

/// GET /desk/returns
pub(crate) async fn list(shop: &ShowReturns, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Right::ViewReturns)?;
    let request = visit.request;
    let query = request.query("q").unwrap_or_default().trim();
    if let Ok(number) = query.parse::<OrderNumber>() {
        let found = list::read(shop, Look::Numbered(number), None).await?;
        if let Some(back) = found.items.first() {
            return Ok(Response::see_other(&format!("/desk/returns/{}", back.id)));
        }
    }
    let asked = request.query("view").unwrap_or_default();
    let view = VIEWS.into_iter().find(|view| parts(*view).0 == asked).unwrap_or(VIEWS[0]);
    let after: Option<Cursor> = request.query("cursor").and_then(|cursor| cursor.parse().ok());
    let page = list::read(shop, view.map_or(Look::All, Look::In), after.as_ref()).await?;
    let today = date(shop.context.now());
    let tab = |one: Option<ReturnView>| Tab {
        words: parts(one).1.to_owned(),
        href: address(one, ""),
        current: one == view,
        count: None,
    };
    let shown = Returns {
        tabs: VIEWS.into_iter().map(tab).collect(),
        rows: page.items.iter().map(|back| row(back, today)).collect(),
        pager: Pager {
            first: after.map(|_| address(view, "")),
            next: page.next.map(|next| address(view, &next.to_string())),
        },
        q: query.to_owned(),
        not_found: !query.is_empty(),
        empty: parts(view).2.to_owned(),
    };
    let frame = frame(shop, visit).await?;
    Ok(frame.page(200, &Head::private("Returns"), &desk::returns(&shown)))
}

async fn frame(shop: &ShowReturns, visit: &Visit<'_>) -> Result<DeskFrame, Problem> {
    Ok(DeskFrame::new(&shop.context, visit, &shop.of(&shop.shop).await?, Some(Section::Returns)))
}

fn row(back: &Return, today: Date) -> ReturnRow {
    let refund = back.settled.as_ref().map_or(back.quote.refund, |quote| quote.refund);
    let due = back.due.filter(|_| back.status.view() == ReturnView::Awaited);
    ReturnRow {
        number: back.id.number().to_string(),
        href: format!("/desk/returns/{}", back.id),
        state: badge(back.status),
        order_number: back.order_number.to_string(),
        order_href: format!("/desk/orders/{}", back.order),
        name: back.name.clone(),
        units: back.units().to_string(),
        refund: refund.format(),
        asked: day(back.created),
        due: due.map(|due| format!("by {}", civil(due))).unwrap_or_default(),
        overdue: back.is_overdue(today),
    }
}

/// GET /desk/returns/{id}
pub(crate) async fn one(shop: &ShowReturns, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Right::ViewReturns)?;
    let (back, _) = shop.visible(visit.request).await?;
    let order = shop.desk.order(&back).await?;
    let now = shop.context.now();
    let actions = back.actions(&order, now);
    let codes = barcodes(shop, &back).await?;
    let frame = frame(shop, visit).await?;
    let form = |wanted: ReturnAction, word: &str| {
        let may = actions.contains(&wanted) && visit.role.may(right(wanted));
        may.then(|| format!("/desk/returns/{}/{word}", back.id))
    };
    let open = back.status.view() != ReturnView::ToDecide && back.status.view() != ReturnView::Done;
    let here = actions.contains(&ReturnAction::Receive) || actions.contains(&ReturnAction::Inspect);
    let inspect = visit.role.may(Right::ReceiveReturns).then(|| format!("/desk/returns/{}/inspect", back.id));
    let settle = form(ReturnAction::Settle, "resolve/resolve").map(|action| settling(&back, &order, action));
    let quote = settled(&back, &order).ok().filter(|_| back.status.view() == ReturnView::Here && !here);
    let quote = back.settled.clone().or(quote).unwrap_or_else(|| back.quote.clone());
    let view = ReturnWork {
        inspect_action: inspect.filter(|_| here && (open || back.status == ReturnStatus::Expired)),
        instead: if settle.is_some() { instead(&back, &order) } else { Vec::new() },
        primary: settle,
        wanted: wanted(&back, back.exchanged.map(|id| format!("/desk/orders/{id}"))),
        approve_action: form(ReturnAction::Approve, "decide/approve"),
        decline_action: form(ReturnAction::Decline, "decide/decline"),
        label_action: form(ReturnAction::IssueLabel, "decide/label"),
        send_back_action: form(ReturnAction::SendBack, "resolve/send-back"),
        close_action: form(ReturnAction::Close, "resolve/close"),
        lines: back.lines.iter().map(|line| work_line(&quote, line, &codes, back.status.comes_to_nothing())).collect(),
        sum: sum_rows(quote.shipping, &quote.reductions),
        total: quote.refund.format(),
        csrf: frame.csrf(),
        // The operations tell by the rev whether the return is still the one that was shown.
        key: format!("{}-{}", back.rev, form_key(&shop.context)),
        ..view(&back)
    };
    let origin = shop.pictures.origin();
    let head = Head::private(format!("Return {}", back.id.number()));
    Ok(frame.page(200, &head, &desk::return_work(&view)).picturing(&origin))
}

const fn right(action: ReturnAction) -> Right {
    match action {
        ReturnAction::Approve
        | ReturnAction::Decline
        | ReturnAction::IssueLabel
        | ReturnAction::Cancel
        | ReturnAction::HandOver
        | ReturnAction::AddPhoto => Right::DecideReturns,
        ReturnAction::Receive | ReturnAction::Inspect => Right::ReceiveReturns,
        ReturnAction::Settle | ReturnAction::SendBack | ReturnAction::Close => Right::SettleReturns,
    }
}

/// What else can be given than what was asked for.
fn instead(back: &Return, order: &Order) -> Vec<(String, String)> {
    let refund = settled(back, order).map(|quote| quote.refund).unwrap_or(back.quote.refund);
    let words = |one: &Resolution| match one {
        Resolution::Refund => Some(format!("Refund {} instead", refund.format())),
        Resolution::Credit => Some(format!("Give {} of store credit instead", refund.format())),
        Resolution::Exchange => back.wanted.is_some().then(|| "Exchange it after all".to_owned()),
    };
    let others = Resolution::ALL.iter().filter(|one| **one != back.resolution && refund.is_positive());
    others.filter_map(|one| Some((one.as_str().to_owned(), words(one)?))).collect()
}

/// The one thing to do once everything was looked at.
fn settling(back: &Return, order: &Order, action: String) -> (String, String, String) {
    let refund = settled(back, order).map(|quote| quote.refund).unwrap_or(back.quote.refund);
    if let Some(wanted) = back.wanted.as_ref().filter(|_| back.resolution == Resolution::Exchange) {
        let words = format!("{} The buyer is mailed. This cannot be undone.", difference(refund, wanted.total));
        return (action, "Exchange it".to_owned(), words);
    }
    if !refund.is_positive() {
        return (
            action,
            "Settle without a refund".to_owned(),
            "Nothing goes back. The buyer is mailed why.".to_owned(),
        );
    }
    if back.resolution == Resolution::Credit {
        let note = "The buyer is mailed the code. This cannot be undone.".to_owned();
        return (action, format!("Give {} of store credit", refund.format()), note);
    }
    let credit = if order.credit_used().is_positive() { "What store credit paid goes back on it. " } else { "" };
    let purse = match order.payment_method {
        _ if order.is_prepaid_alone() => "",
        PaymentMethod::Card => "To the card that paid. ",
        PaymentMethod::BankTransfer => "It is due then: send it by hand, and mark it as sent. ",
    };
    (action, format!("Refund {}", refund.format()), format!("{credit}{purse}This cannot be undone."))
}

/// The barcodes of what is to come, by SKU; what the catalogue no longer has is scanned by its SKU.
async fn barcodes(shop: &ShowReturns, back: &Return) -> Result<BTreeMap<Sku, String>, Problem> {
    let skus: Vec<Sku> = back.lines.iter().map(|line| line.quoted.sku.clone()).collect();
    let offers = shop.stock.offers(&skus).await.map_err(|error| unavailable(&error))?;
    let slugs: BTreeSet<Slug> = offers.into_values().map(|offer| offer.listing.slug).collect();
    let found = futures::future::join_all(slugs.iter().map(|slug| shop.catalog.product(slug))).await;
    let found = found.into_iter().collect::<Result<Vec<Option<Product>>, _>>().map_err(|error| unavailable(&error))?;
    let variants = found.into_iter().flatten().flat_map(|product| product.variants);
    Ok(variants.filter_map(|variant| Some((variant.sku, variant.barcode?))).collect())
}

/// A line, with what `quote` comes to for it; where that is of what was taken back, nothing for what was not.
fn work_line(
    quote: &Quote,
    line: &ReturnLine,
    codes: &BTreeMap<Sku, String>,
    nothing_goes_back: bool,
) -> ReturnWorkLine {
    let quoted = &line.quoted;
    let settled = quote.lines.iter().find(|one| one.sku == quoted.sku);
    let nothing = settled.is_none() && (nothing_goes_back || !quote.lines.is_empty());
    let count = |units: u32| if units == 0 { String::new() } else { units.to_string() };
    ReturnWorkLine {
        sku: quoted.sku.to_string(),
        barcode: codes.get(&quoted.sku).cloned().unwrap_or_default(),
        title: line.title.clone(),
        image: picture(&quoted.sku, line.image.as_deref(), ""),
        reason: reason_words(quoted.reason).to_owned(),
        requested: quoted.quantity.get(),
        received: line.received,
        arrived: count(line.received),
        resellable: count(line.resellable),
        damaged: count(line.damaged),
        rejected: count(line.rejected),
        refund: if nothing { Money::zero(quoted.refund.currency) } else { settled.unwrap_or(quoted).refund }.format(),
        reductions: if nothing { Vec::new() } else { lowered(&settled.unwrap_or(quoted).reductions) },
    }
}

fn view(back: &Return) -> ReturnWork {
    let photo = |place: usize| (picture_path(back, place, None), format!("Picture {}", place + 1));
    let total_title = match (&back.settled, back.status.view()) {
        (Some(_), _) => "Went back",
        (None, ReturnView::Here) => "Goes back",
        (None, ReturnView::ToDecide | ReturnView::Awaited | ReturnView::Done) => "Quoted",
    };
    let deduction = back.deduction.as_ref();
    ReturnWork {
        number: back.id.number().to_string(),
        state: badge(back.status),
        sentence: sentence(back),
        order_number: back.order_number.to_string(),
        order_href: format!("/desk/orders/{}", back.order),
        customer: vec![back.name.clone(), back.email.to_string()],
        asked: format!("Asked for on {}", moment(back.created)),
        due: back.due.map(civil),
        comment: back.comment.clone(),
        photos: (0..back.photos.len()).map(photo).collect(),
        total_title: total_title.to_owned(),
        reason: back.reason.clone(),
        events: happened(back, Audience::Staff),
        deduction: deduction.map(|one| one.amount.decimal()).unwrap_or_default(),
        deduction_reason: deduction.map(|one| one.reason.clone()).unwrap_or_default(),
        currency: back.quote.refund.currency.to_string(),
        ..ReturnWork::default()
    }
}

/// Where it stands and what comes next.
fn sentence(back: &Return) -> String {
    let due = back.due.map(civil).unwrap_or_default();
    match back.status {
        ReturnStatus::Requested => "Say whether the goods may be sent.".to_owned(),
        ReturnStatus::Approved | ReturnStatus::LabelIssued => {
            format!("The buyer has to send it by {due}. When it comes, say here what is in the parcel.")
        }
        ReturnStatus::InTransit => match &back.parcel {
            Some(parcel) => {
                let number = parcel.tracking.as_deref().unwrap_or("no number");
                format!("On its way with {}, {number}. When it comes, say here what is in it.", parcel.carrier)
            }
            None => "On its way. When it comes, say here what is in it.".to_owned(),
        },
        ReturnStatus::Received | ReturnStatus::Inspecting => "Look at the goods and say what they are like.".to_owned(),
        ReturnStatus::Accepted | ReturnStatus::PartAccepted => match back.resolution {
            Resolution::Refund => "Everything was looked at. Give the money back.".to_owned(),
            Resolution::Credit => "Everything was looked at. The buyer wants store credit for it.".to_owned(),
            Resolution::Exchange => "Everything was looked at. The buyer wants something else for it.".to_owned(),
        },
        ReturnStatus::Rejected => {
            "None of it is taken back. Send it back to the buyer, or close the return.".to_owned()
        }
        ReturnStatus::Expired => {
            "The goods were not here in time. If they come after all, say here what is in the parcel.".to_owned()
        }
        ReturnStatus::Declined => "It was declined.".to_owned(),
        ReturnStatus::Refunded => "The money went back.".to_owned(),
        ReturnStatus::Exchanged => "Other goods went out for it.".to_owned(),
        ReturnStatus::Credited => "The buyer has store credit for it.".to_owned(),
        ReturnStatus::SentBack => "The goods went back to the buyer.".to_owned(),
        ReturnStatus::Closed => "It is closed.".to_owned(),
        ReturnStatus::Canceled => "The buyer keeps the goods.".to_owned(),
    }
}
