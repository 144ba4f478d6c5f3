//! The holder's pages: what is guaranteed, one certificate, one claim.

use contracts::Problem;
use domain::calendar::{civil, date, day};
use domain::id::{CertificateId, ClaimId, OrderId};
use domain::returns::Parcel;
use domain::warranty::{Certificate, CertificateStatus, Claim, ClaimStatus, ClaimStep, Defect, Remedy};
use edge::auth::{self, Caller};
use edge::http::encoded;
use edge::order_view::Audience;
use edge::orders::shop_path as order_path;
use edge::page::{ShopFrame, form_key, picture, renewal};
use edge::warranties::certificate_path;
use edge::warranty_view::{
    certificate_badge, certificate_summary, claim_badge, claim_summary, claimable, cover_words, defect_words,
    denial_words, happened,
};
use edge::{Request, Response};
use pages::components::FormErrors;
use pages::layout::Head;
use pages::shop::{self, CertificateOffer, CertificatePage, ClaimPage, ClaimParcel, ClaimSummary, WarrantyHome};
use store::orders::Reader;
use store::warranties::{CertificateLook, ClaimLook};

use crate::{ShowWarranty, list, qr};

/// GET /warranty
pub(crate) async fn home(shop: &ShowWarranty, request: &Request) -> Result<Response, Problem> {
    let caller = shop.verifier.caller(request)?;
    if let (Caller::Guest, Some(renewal)) = (&caller, renewal(request, auth::Audience::Shop)) {
        return Ok(renewal);
    }
    let mut view = WarrantyHome { policy: policy(), find_href: "/orders/find".to_owned(), ..WarrantyHome::default() };
    match &caller {
        Caller::Customer(person) => {
            let today = date(shop.context.now());
            let look = CertificateLook::Of(person.id);
            let (certificates, claims) =
                futures::future::join(list::read(shop, &look), list::page(shop, ClaimLook::Of(person.id), None)).await;
            view.certificates = certificates?.iter().map(|one| certificate_summary(one, None, today)).collect();
            view.claims = claims?.items.iter().map(|claim| claim_summary(claim, None)).collect();
        }
        Caller::Guest | Caller::Staff(..) => {
            view.sign_in_href = Some(format!("/sign-in?return_to={}", encoded("/warranty")));
        }
    }
    let shown = shop.of(&shop.shop).await?;
    let frame = ShopFrame::new(&shop.context, request, &caller, &shown);
    Ok(frame.page(200, &Head::private("Warranty"), &shop::warranty_home(&view)))
}

/// How it goes, as one asks about it.
fn policy() -> Vec<(String, String)> {
    let rows = [
        ("What it is", "Each item that is sold with a warranty has a certificate of its own, with its terms."),
        ("When something fails", "Claim on its certificate. You hear at once whether it is covered."),
        ("What we do", "We repair it, replace it, or give its price back."),
        ("If you give it away", "Pass the certificate on by mail. It is the new owner's then."),
    ];
    rows.map(|(what, words)| (what.to_owned(), words.to_owned())).into()
}

/// GET /warranty/{id}
pub(crate) async fn certificate(shop: &ShowWarranty, request: &Request) -> Result<Response, Problem> {
    let token = request.query("token");
    let caller = shop.verifier.caller(request)?;
    if let (Caller::Guest, None, Some(renewal)) = (&caller, token, renewal(request, auth::Audience::Shop)) {
        return Ok(renewal);
    }
    let (id, reader, _) = shop.named::<CertificateId>(request, "warranty")?;
    let one = shop.desk.certificate(&id, &reader).await?;
    let is_holder = !matches!(reader, Reader::Shop);
    let ids: Vec<ClaimId> = one.claims.iter().map(|claim| claim.id).collect();
    let (claims, terms) =
        futures::future::join(shop.desk.warranties.claims_of(&ids), shop.desk.warranties.terms(one.terms)).await;
    let claims = claims.map_err(|error| edge::http::unavailable(&error))?;
    let terms = terms.map_err(|error| edge::http::unavailable(&error))?.unwrap_or_default();
    // Whoever holds it now sees their own claims: those before are told without what somebody else wrote.
    let claims = claims.iter().filter(|claim| claim.view_token_hash == one.view_token_hash || !is_holder);
    let claims: Vec<ClaimSummary> = claims.map(|claim| claim_summary(claim, token)).collect();
    let settings = shop.of(&shop.shop).await?;
    let frame = ShopFrame::new(&shop.context, request, &caller, &settings);
    let now = shop.context.now();
    let may_pass = is_holder && one.status == CertificateStatus::Active && one.open_claim().is_none();
    let claim = if is_holder { claimable(&one, now) } else { Err("Its holder claims on it.".to_owned()) };
    let other = |id: Option<CertificateId>| {
        id.map(|id| {
            let secret = (token.is_some() && is_holder).then(|| id.view_secret(one.passed, &shop.key).reveal());
            certificate_path(&id, secret.as_deref())
        })
    };
    let errors = problem(request);
    let view = CertificatePage {
        qr: is_holder.then(|| link(shop, &one)).and_then(|link| qr::code(&link)),
        order: order(shop, &one, token, is_holder),
        // The certificate before has the link of before it was passed on.
        earlier: other(one.replaces).filter(|_| one.is_buyers()),
        later: other(one.replaced_by),
        claims,
        claim_href: claim.is_ok().then(|| with_token(&format!("/warranty/{id}/claim"), token)),
        claim_blocked: claim.err(),
        pass_action: may_pass.then(|| format!("/warranty/{id}/offer")),
        email: request.query("email").unwrap_or_default().to_owned(),
        offer: one.offer(now).filter(|_| may_pass).map(|offer| CertificateOffer {
            to: offer.email.to_string(),
            until: day(offer.until),
            action: format!("/warranty/{id}/keep"),
        }),
        token: token.unwrap_or_default().to_owned(),
        csrf: frame.csrf(),
        key: format!("{}-{}", one.rev, form_key(&shop.context)),
        done: request.query("done").and_then(certificate_done),
        terms: terms.split("\n\n").map(str::to_owned).collect(),
        errors,
        ..certificate_view(&one, date(now))
    };
    let head = Head { failed: !view.errors.is_empty(), ..Head::private(format!("Warranty {}", one.id.number())) };
    Ok(frame.page(200, &head, &shop::certificate_page(&view)))
}

/// What a code on paper leads to: the page, with the secret of the holder of now.
fn link(shop: &ShowWarranty, one: &Certificate) -> String {
    let secret = one.id.view_secret(one.passed, &shop.key).reveal();
    format!("{}{}", shop.url, certificate_path(&one.id, Some(&secret)))
}

/// The order that the unit was bought with, for its buyer and for staff.
fn order(shop: &ShowWarranty, one: &Certificate, token: Option<&str>, is_holder: bool) -> Option<(String, String)> {
    let number = one.order_number.to_string();
    match (is_holder, token) {
        (false, _) => Some((format!("/desk/orders/{}", one.order), number)),
        (true, _) if !one.is_buyers() => None,
        (true, token) => Some((order_page(shop, &one.order, token.is_some()), number)),
    }
}

/// The page of an order: with its secret for who came by a link, which opens as much of the certificate.
fn order_page(shop: &ShowWarranty, id: &OrderId, by_link: bool) -> String {
    let secret = by_link.then(|| id.view_secret(&shop.key).reveal());
    order_path(id, secret.as_deref())
}

fn with_token(path: &str, token: Option<&str>) -> String {
    token.map_or_else(|| path.to_owned(), |token| format!("{path}?token={}", encoded(token)))
}

fn certificate_done(done: &str) -> Option<String> {
    let words = match done {
        "offered" => "We have mailed the link.",
        "kept" => "The warranty stays yours.",
        "taken" => "The warranty is yours. We mailed you this page's link.",
        _ => return None,
    };
    Some(words.to_owned())
}

fn problem(request: &Request) -> FormErrors {
    let mut errors = FormErrors::none();
    match request.query("problem") {
        Some("email") => errors.add("email", "Enter an email address, like name@example.com."),
        Some("own-address") => errors.add("email", "This is the address that the warranty belongs to already."),
        Some(_) | None => {}
    }
    errors
}

fn certificate_view(one: &Certificate, today: jiff::civil::Date) -> CertificatePage {
    let words = |covered: bool| {
        let of = Defect::ALL.iter().filter(|defect| one.excluded.contains(defect) != covered);
        of.map(|defect| cover_words(*defect).to_owned()).collect()
    };
    let sentence = match one.status {
        CertificateStatus::Active if one.is_over(today) => format!("It ended on {}.", civil(one.ends)),
        CertificateStatus::Active => format!("It covers this one item until {}.", civil(one.ends)),
        CertificateStatus::Replaced => "The item was replaced. The new one has this warranty now.".to_owned(),
        CertificateStatus::Void => "The item was given back, so its warranty is over.".to_owned(),
    };
    CertificatePage {
        number: one.id.number().to_string(),
        title: one.title.clone(),
        image: picture(&one.sku, one.image.as_deref(), ""),
        state: certificate_badge(one, today),
        sentence,
        serial: one.serial.as_ref().map(ToString::to_string),
        begins: civil(one.begins),
        ends: civil(one.ends),
        holder: one.email.to_string(),
        covered: words(true),
        excluded: words(false),
        terms_version: one.terms.to_string(),
        ..CertificatePage::default()
    }
}

/// GET /warranty-claims/{id}
pub(crate) async fn claim(shop: &ShowWarranty, request: &Request) -> Result<Response, Problem> {
    let token = request.query("token");
    let caller = shop.verifier.caller(request)?;
    if let (Caller::Guest, None, Some(renewal)) = (&caller, token, renewal(request, auth::Audience::Shop)) {
        return Ok(renewal);
    }
    let (id, reader, _) = shop.named::<ClaimId>(request, "claim")?;
    let claim = shop.desk.claim(&id, &reader).await?;
    let one = shop.desk.certificate(&claim.certificate, &Reader::Shop).await?;
    let settings = shop.of(&shop.shop).await?;
    let send_to = shop.destination.address(&settings, shop.context.now()).await;
    let send_to = send_to.map_err(|error| edge::http::unavailable(&error))?;
    let awaited = claim.status == ClaimStatus::AwaitingItem;
    let frame = ShopFrame::new(&shop.context, request, &caller, &settings);
    let withdraws = claim.status.after(ClaimStep::Withdraw).is_ok();
    let view = ClaimPage {
        certificate_href: certificate_path(&one.id, token),
        send_to: if awaited { send_to } else { Vec::new() },
        due: claim.due.filter(|_| awaited).map(civil),
        new_order: claim.replacement.map(|id| (order_page(shop, &id, token.is_some()), id.number().to_string())),
        withdraw_action: withdraws.then(|| format!("/warranty-claims/{id}/withdraw")),
        token: token.unwrap_or_default().to_owned(),
        csrf: frame.csrf(),
        key: format!("{}-{}", claim.rev, form_key(&shop.context)),
        done: request.query("done").and_then(claim_done),
        ..claim_view(&claim, &one)
    };
    let head = Head::private(format!("Claim {}", claim.id.number()));
    Ok(frame.page(200, &head, &shop::claim_page(&view)))
}

fn claim_done(done: &str) -> Option<String> {
    let words = match done {
        "claimed" => "We have your claim.",
        "withdrawn" => "Your claim is withdrawn.",
        _ => return None,
    };
    Some(words.to_owned())
}

fn claim_view(claim: &Claim, one: &Certificate) -> ClaimPage {
    let mut reasons: Vec<String> = claim.denials.iter().map(|denial| denial_words(*denial, one)).collect();
    reasons.extend(claim.reason.clone());
    let parcel = claim.way_back.clone().map(|Parcel { carrier, tracking, .. }| ClaimParcel {
        carrier,
        tracking: tracking.unwrap_or_default(),
        tracking_href: None,
    });
    ClaimPage {
        number: claim.id.number().to_string(),
        state: claim_badge(claim.status),
        sentence: sentence(claim),
        steps: steps(claim),
        certificate_number: one.id.number().to_string(),
        title: claim.title.clone(),
        image: picture(&claim.sku, claim.image.as_deref(), ""),
        serial: claim.serial.as_ref().map(ToString::to_string),
        defect: defect_words(claim.defect).to_owned(),
        description: claim.description.clone(),
        next: next(claim),
        reasons,
        remedy: claim.remedy.map(|remedy| remedy_sentence(claim, remedy)),
        finding: claim.finding.clone(),
        parcel,
        events: happened(&claim.happened, Audience::Buyer),
        ..ClaimPage::default()
    }
}

fn remedy_sentence(claim: &Claim, remedy: Remedy) -> String {
    match remedy {
        Remedy::Repair => "We repair it and send it back to you.".to_owned(),
        Remedy::Replace => "We send you a new one. You pay nothing.".to_owned(),
        Remedy::Refund => match claim.refund {
            Some(refund) => format!("We give you {} back.", refund.format()),
            None => "We give you its price back.".to_owned(),
        },
    }
}

/// Where it stands.
fn sentence(claim: &Claim) -> String {
    let text = match claim.status {
        ClaimStatus::Submitted | ClaimStatus::CoverageChecked => {
            "Your warranty covers it. We look at your claim and mail you."
        }
        ClaimStatus::Approved => "We have agreed to your claim. You can keep the item.",
        ClaimStatus::Denied if claim.denials.is_empty() => "We do nothing about this claim.",
        ClaimStatus::Denied => "Your warranty doesn't cover it.",
        ClaimStatus::AwaitingItem => "We have agreed to your claim. Send us the item.",
        ClaimStatus::Received => "The item is here. We look at it and mail you.",
        ClaimStatus::Diagnosed => "We have looked at the item.",
        ClaimStatus::Repair => "The item is being repaired.",
        ClaimStatus::Replace => "A new one is on order for you: see below.",
        ClaimStatus::Refund => "Its price goes back to you.",
        ClaimStatus::Completed => match claim.remedy {
            Some(Remedy::Repair) | None => "The item is repaired and on its way back to you.",
            Some(Remedy::Replace) => "A new one is on its way to you. It has the rest of this warranty.",
            Some(Remedy::Refund) => "Its price goes back to you. Banks take 3–5 days to show it.",
        },
        ClaimStatus::Withdrawn => "You have withdrawn this claim.",
    };
    text.to_owned()
}

/// What comes next, or is to be done.
fn next(claim: &Claim) -> Vec<String> {
    let steps: &[&str] = match claim.status {
        ClaimStatus::AwaitingItem => &[
            "Pack the item so that nothing more can happen to it.",
            "Write the claim's number on the parcel.",
            "Send it to the address above. We mail you when it is here.",
        ],
        ClaimStatus::Submitted | ClaimStatus::CoverageChecked => &["Keep the item until you hear from us."],
        ClaimStatus::Denied if claim.is_here() => &["We send the item back to you."],
        ClaimStatus::Denied => &["If you think that we are wrong, write to us with the claim's number."],
        ClaimStatus::Approved
        | ClaimStatus::Received
        | ClaimStatus::Diagnosed
        | ClaimStatus::Repair
        | ClaimStatus::Replace
        | ClaimStatus::Refund
        | ClaimStatus::Completed
        | ClaimStatus::Withdrawn => &[],
    };
    steps.iter().map(|step| (*step).to_owned()).collect()
}

/// How far it is; none where it ended otherwise.
fn steps(claim: &Claim) -> Vec<(String, bool)> {
    let done = match claim.status {
        ClaimStatus::Submitted => 1,
        ClaimStatus::CoverageChecked => 2,
        ClaimStatus::Approved | ClaimStatus::AwaitingItem => 3,
        ClaimStatus::Received => 4,
        ClaimStatus::Diagnosed | ClaimStatus::Repair | ClaimStatus::Replace | ClaimStatus::Refund => 5,
        ClaimStatus::Completed => 6,
        ClaimStatus::Denied | ClaimStatus::Withdrawn => return Vec::new(),
    };
    let names = if claim.keeps_item {
        ["Claimed", "Covered", "Approved", "You keep it", "Seen to", "Done"]
    } else {
        ["Claimed", "Covered", "Approved", "Here", "Looked at", "Done"]
    };
    names.iter().enumerate().map(|(place, name)| ((*name).to_owned(), place < done)).collect()
}
