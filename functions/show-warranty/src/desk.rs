//! The desk's pages: the lists of claims, one claim with what its state and the role allow, and certificates by their numbers.

use contracts::Problem;
use domain::calendar::{civil, day, moment};
use domain::id::{ClaimId, OrderNumber};
use domain::order::Order;
use domain::people::Action as Right;
use domain::stock::SkuQuantity;
use domain::text::{Quantity, Serial};
use domain::warranty::{Certificate, Claim, ClaimStatus, ClaimStep, ClaimView, Remedy};
use edge::Response;
use edge::desk::{DeskFrame, Visit};
use edge::http::encoded;
use edge::order_view::Audience;
use edge::page::{form_key, picture};
use edge::warranties::Case;
use edge::warranty_view::{certificate_badge, claim_badge, defect_words, denial_words, happened, remedy_words};
use pages::components::{Choice, Pager, Tab};
use pages::desk::{
    self, CertificateRow, Certificates, ClaimApproval, ClaimCertificate, ClaimDiagnosis, ClaimResolution, ClaimRow,
    ClaimWork, Claims, Coverage, OtherClaim,
};
use pages::layout::{Head, Section};
use store::Cursor;
use store::lists::List;
use store::orders::Reader;
use store::warranties::{CertificateLook, ClaimLook};

use crate::{ShowWarranty, list};

/// The name in the address, the words, and what appears where it is empty.
const fn parts(view: Option<ClaimView>) -> (&'static str, &'static str, &'static str) {
    match view {
        Some(ClaimView::Asked) => {
            ("", "To decide", "Claims that a warranty covers appear here, until you say what is done.")
        }
        Some(ClaimView::ToDo) => {
            ("to_do", "To do", "Items that came appear here until they are repaired, replaced or refunded.")
        }
        Some(ClaimView::Waiting) => {
            ("waiting", "Waiting", "Items that are to come, and replacements that are to leave, appear here.")
        }
        Some(ClaimView::Over) => ("over", "Over", "What is over appears here, and what no warranty covers."),
        None => ("all", "All", "Claims appear here as they are made."),
    }
}

const VIEWS: [Option<ClaimView>; 5] =
    [Some(ClaimView::Asked), Some(ClaimView::ToDo), Some(ClaimView::Waiting), Some(ClaimView::Over), None];

fn address(view: Option<ClaimView>, cursor: &str) -> String {
    let name = parts(view).0;
    let mut query = Vec::new();
    query.extend((!name.is_empty()).then(|| format!("view={name}")));
    query.extend((!cursor.is_empty()).then(|| format!("cursor={}", encoded(cursor))));
    if query.is_empty() { "/desk/claims".to_owned() } else { format!("/desk/claims?{}", query.join("&")) }
}

/// GET /desk/claims
pub(crate) async fn list(shop: &ShowWarranty, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Right::ViewClaims)?;
    let request = visit.request;
    let query = request.query("q").unwrap_or_default().trim();
    if let Ok(number) = query.parse::<OrderNumber>() {
        let found = list::page(shop, ClaimLook::Numbered(number), None).await?;
        if let Some(claim) = found.items.first() {
            return Ok(Response::see_other(&format!("/desk/claims/{}", claim.id)));
        }
    }
    let asked = request.query("view").unwrap_or_default();
    let view = VIEWS.into_iter().find(|view| parts(*view).0 == asked).unwrap_or(VIEWS[0]);
    let after: Option<Cursor> = request.query("cursor").and_then(|cursor| cursor.parse().ok());
    let page = list::page(shop, view.map_or(ClaimLook::All, ClaimLook::In), after.as_ref()).await?;
    let tab = |one: Option<ClaimView>| Tab {
        words: parts(one).1.to_owned(),
        href: address(one, ""),
        current: one == view,
        count: None,
    };
    let shown = Claims {
        tabs: VIEWS.into_iter().map(tab).collect(),
        rows: page.items.iter().map(row).collect(),
        pager: Pager {
            first: after.map(|_| address(view, "")),
            next: page.next.map(|next| address(view, &next.to_string())),
        },
        q: query.to_owned(),
        not_found: !query.is_empty(),
        certificates_href: "/desk/warranties".to_owned(),
        empty: parts(view).2.to_owned(),
    };
    let frame = frame(shop, visit).await?;
    Ok(frame.page(200, &Head::private("Claims"), &desk::claims(&shown)))
}

async fn frame(shop: &ShowWarranty, visit: &Visit<'_>) -> Result<DeskFrame, Problem> {
    Ok(DeskFrame::new(&shop.context, visit, &shop.of(&shop.shop).await?, Some(Section::Claims)))
}

fn row(claim: &Claim) -> ClaimRow {
    ClaimRow {
        number: claim.id.number().to_string(),
        href: format!("/desk/claims/{}", claim.id),
        state: claim_badge(claim.status),
        title: claim.title.clone(),
        name: claim.email.to_string(),
        asked: day(claim.created),
        remedy: claim.remedy.map(|remedy| remedy_words(remedy).to_owned()).unwrap_or_default(),
    }
}

/// GET /desk/claims/{id}
pub(crate) async fn one(shop: &ShowWarranty, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Right::ViewClaims)?;
    let id: ClaimId = visit.request.parse_parameter("id", "claim")?;
    let case = shop.desk.case(&id, &Reader::Shop).await?;
    let others: Vec<ClaimId> = case.certificate.claims.iter().map(|one| one.id).filter(|one| *one != id).collect();
    let others = shop.desk.warranties.claims_of(&others).await.map_err(|error| edge::http::unavailable(&error))?;
    let frame = frame(shop, visit).await?;
    let claim = &case.claim;
    let status = claim.status;
    let may = |right: Right, possible: bool, word: &str| {
        (possible && visit.role.may(right)).then(|| format!("/desk/claims/{id}/{word}"))
    };
    let legal = |step: ClaimStep| status.after(step).is_ok();
    let refund = refund(&case);
    let view = ClaimWork {
        approve: may(Right::DecideClaims, legal(ClaimStep::Approve), "approve").map(|action| ClaimApproval {
            action,
            resolutions: remedies(claim, claim.remedy),
            keep_item: false,
        }),
        deny_action: may(Right::DecideClaims, legal(ClaimStep::Deny), "deny"),
        receive_action: may(Right::ReceiveClaims, legal(ClaimStep::Receive), "receive"),
        diagnose: may(Right::ReceiveClaims, legal(ClaimStep::Diagnose), "diagnose").map(|action| ClaimDiagnosis {
            action,
            resolutions: remedies(claim, claim.remedy),
            again: status == ClaimStatus::Diagnosed,
        }),
        repair_action: may(Right::ReceiveClaims, repairable(claim), "repair"),
        resolve: may(Right::DecideClaims, resolvable(&case), "resolve")
            .and_then(|action| resolution(claim, action, refund.as_deref())),
        refund,
        others: others.iter().map(other).collect(),
        csrf: frame.csrf(),
        key: format!("{}-{}", claim.rev, form_key(&shop.context)),
        ..work(&case)
    };
    Ok(frame.page(200, &Head::private(format!("Claim {}", claim.id.number())), &desk::claim_work(&view)))
}

/// What its price would come to now.
fn refund(case: &Case) -> Option<String> {
    let one = SkuQuantity { sku: case.claim.sku.clone(), quantity: Quantity::ONE };
    let open = case.claim.status.is_open() && case.claim.is_buyers;
    case.order.refund_of_lines(&[one]).ok().filter(|_| open).map(|(amount, _)| amount.format())
}

fn remedies(claim: &Claim, chosen: Option<Remedy>) -> Vec<Choice> {
    let possible = Remedy::ALL.iter().filter(|remedy| claim.is_buyers || **remedy != Remedy::Refund);
    let choice = |remedy: &Remedy| Choice {
        value: remedy.as_str().to_owned(),
        label: remedy_words(*remedy).to_owned(),
        chosen: Some(*remedy) == chosen,
        ..Choice::default()
    };
    possible.map(choice).collect()
}

fn repairable(claim: &Claim) -> bool {
    claim.status == ClaimStatus::Diagnosed && claim.remedy == Some(Remedy::Repair)
}

/// Whether what was decided can be done now.
fn resolvable(case: &Case) -> bool {
    match case.claim.status {
        ClaimStatus::Approved | ClaimStatus::Received | ClaimStatus::Diagnosed | ClaimStatus::Repair => true,
        ClaimStatus::Replace => case.replacement.as_ref().is_some_and(Order::comes_to_nothing),
        ClaimStatus::Submitted
        | ClaimStatus::CoverageChecked
        | ClaimStatus::Denied
        | ClaimStatus::AwaitingItem
        | ClaimStatus::Refund
        | ClaimStatus::Completed
        | ClaimStatus::Withdrawn => false,
    }
}

/// The one thing to do, and what else could be done instead.
fn resolution(claim: &Claim, action: String, refund: Option<&str>) -> Option<ClaimResolution> {
    let amount = refund.unwrap_or("its price");
    let words = |remedy: Remedy| match remedy {
        Remedy::Repair => ("It is repaired: send it back".to_owned(), "The holder is mailed who brings it."),
        Remedy::Replace => (
            "Order the replacement".to_owned(),
            "It costs the holder nothing and leaves like any order. The holder is mailed.",
        ),
        Remedy::Refund => (format!("Refund {amount}"), "The holder is mailed. This cannot be undone."),
    };
    let remedy = claim.remedy?;
    let (label, what) = words(remedy);
    let instead = remedies(claim, None).into_iter().filter(|choice| choice.value != remedy.as_str());
    let instead = instead.filter_map(|choice| {
        let other = Remedy::ALL.iter().find(|one| one.as_str() == choice.value)?;
        let said = match other {
            // Only what is here is repaired.
            Remedy::Repair if claim.is_here() && claim.status != ClaimStatus::Replace => {
                "It could be repaired after all".to_owned()
            }
            Remedy::Repair => return None,
            Remedy::Replace => "Replace it instead".to_owned(),
            Remedy::Refund => format!("Refund {amount} instead"),
        };
        Some((choice.value, said))
    });
    Some(ClaimResolution {
        action,
        label,
        what: what.to_owned(),
        parcel: remedy == Remedy::Repair,
        instead: instead.collect(),
    })
}

fn other(claim: &Claim) -> OtherClaim {
    OtherClaim {
        number: claim.id.number().to_string(),
        href: format!("/desk/claims/{}", claim.id),
        state: claim_badge(claim.status),
        asked: format!("Claimed on {}", day(claim.created)),
    }
}

fn work(case: &Case) -> ClaimWork {
    let Case { claim, certificate, replacement, .. } = case;
    let reasons: Vec<String> = claim.denials.iter().map(|denial| denial_words(*denial, certificate)).collect();
    let parcel = claim.way_back.as_ref().map(|parcel| match &parcel.tracking {
        Some(number) => format!("{}, {number}", parcel.carrier),
        None => parcel.carrier.clone(),
    });
    let mut customer = vec![claim.email.to_string()];
    customer.extend(claim.address.lines());
    ClaimWork {
        number: claim.id.number().to_string(),
        state: claim_badge(claim.status),
        sentence: sentence(case),
        asked: format!("Claimed on {}", moment(claim.created)),
        due: claim.due.filter(|_| claim.status == ClaimStatus::AwaitingItem).map(civil),
        title: claim.title.clone(),
        image: picture(&claim.sku, claim.image.as_deref(), ""),
        defect: defect_words(claim.defect).to_owned(),
        description: claim.description.clone(),
        customer,
        coverage: if reasons.is_empty() { Coverage::Covered } else { Coverage::NotCovered(reasons) },
        remedy: claim.remedy.map(|remedy| remedy_words(remedy).to_owned()),
        finding: claim.finding.clone(),
        reason: claim.reason.clone(),
        certificate: ClaimCertificate {
            number: certificate.id.number().to_string(),
            href: format!("/warranty/{}", certificate.id),
            serial: certificate.serial.as_ref().map(ToString::to_string),
            begins: civil(certificate.begins),
            ends: civil(certificate.ends),
            holder: certificate.email.to_string(),
        },
        order: Some((format!("/desk/orders/{}", claim.order), claim.order_number.to_string())),
        new_order: replacement.as_ref().map(|order| (format!("/desk/orders/{}", order.id), order.number.to_string())),
        parcel,
        events: happened(&claim.happened, Audience::Staff),
        ..ClaimWork::default()
    }
}

/// Where it stands and what comes next.
fn sentence(case: &Case) -> String {
    let due = case.claim.due.map(civil).unwrap_or_default();
    let over = case.replacement.as_ref().is_some_and(Order::comes_to_nothing);
    match case.claim.status {
        ClaimStatus::Submitted | ClaimStatus::CoverageChecked => {
            "The warranty covers it. Say what is done about it.".to_owned()
        }
        ClaimStatus::Approved => "Approved. The holder keeps the item.".to_owned(),
        ClaimStatus::Denied if case.claim.denials.is_empty() => "It was denied.".to_owned(),
        ClaimStatus::Denied => "The warranty doesn't cover it: it was denied at once.".to_owned(),
        ClaimStatus::AwaitingItem => format!("The holder has to send the item by {due}. Say here when it came."),
        ClaimStatus::Received => "The item is here. Look at it, and say what you found.".to_owned(),
        ClaimStatus::Diagnosed => "The item was looked at. Do what was decided.".to_owned(),
        ClaimStatus::Repair => "It is being repaired. When it is whole, send it back.".to_owned(),
        ClaimStatus::Replace if over => {
            "The replacement was called off. Replace it again, or give the money back.".to_owned()
        }
        ClaimStatus::Replace => "The replacement is ordered. The claim is over when it leaves.".to_owned(),
        ClaimStatus::Refund => "Its price goes back.".to_owned(),
        ClaimStatus::Completed => "Nothing is left to do.".to_owned(),
        ClaimStatus::Withdrawn => "The holder has withdrawn it.".to_owned(),
    }
}

/// GET /desk/warranties: certificates by the number of one, of their order, or by a serial number.
pub(crate) async fn search(shop: &ShowWarranty, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Right::ViewClaims)?;
    let query = visit.request.query("q").unwrap_or_default().trim().to_owned();
    let mut found: Vec<Certificate> = Vec::new();
    if let Ok(number) = query.parse::<OrderNumber>() {
        found.extend(list::read(shop, &CertificateLook::Numbered(number)).await?);
        let orders = shop.lists.page(&List::OfNumber(number), None, 1).await;
        for order in orders.map_err(|error| edge::http::unavailable(&error))?.items {
            found.extend(list::read(shop, &CertificateLook::With(order.id)).await?);
        }
    }
    if let Ok(serial) = query.parse::<Serial>() {
        found.extend(list::read(shop, &CertificateLook::Serial(serial)).await?);
    }
    found.dedup_by_key(|one| one.id);
    let today = domain::calendar::date(shop.context.now());
    let row = |one: &Certificate| CertificateRow {
        number: one.id.number().to_string(),
        href: format!("/warranty/{}", one.id),
        title: one.title.clone(),
        serial: one.serial.as_ref().map(ToString::to_string).unwrap_or_default(),
        holder: one.email.to_string(),
        until: civil(one.ends),
        state: certificate_badge(one, today),
    };
    let rows = found.iter().map(row).collect();
    let view = Certificates { action: "/desk/warranties".to_owned(), q: query, rows, pager: Pager::default() };
    let frame = frame(shop, visit).await?;
    Ok(frame.page(200, &Head::private("Warranties"), &desk::certificate_search(&view)))
}
