//! Warranties: where they begin, a certificate, passing it on, and a claim from the form to its end.

use super::checkout::{AddressValues, address, is_shipping_field};
use super::returns::progress;
use crate::components::{
    Badge, Choice, Crumb, Event, Field, FieldKind, FormErrors, Icon, Image, Look, Notice, Tone, badge, breadcrumb,
    busy_button, error_summary, facts, field, hidden, icon, image, link_button, notice, notice_status, radios,
    timeline,
};
use maud::{Markup, html};

/// A certificate in a list.
#[derive(Debug, Clone, Default)]
pub struct CertificateSummary {
    /// Its page.
    pub href: String,
    /// The product's name and kind.
    pub title: String,
    /// Its picture.
    pub image: Image,
    /// The unit's serial number, where it has one.
    pub serial: Option<String>,
    /// "Covered until 3 June 2028".
    pub until: String,
    /// Where it stands.
    pub state: Badge,
}

/// A claim in a list.
#[derive(Debug, Clone, Default)]
pub struct ClaimSummary {
    /// Its number.
    pub number: String,
    /// Its page.
    pub href: String,
    /// Where it stands.
    pub state: Badge,
    /// The product's name and kind.
    pub title: String,
    /// "Made on 3 June 2026".
    pub asked: String,
}

/// Claims in the order given; `named` says of each what it is for, where that is not plain.
fn claim_list(claims: &[ClaimSummary], named: bool) -> Markup {
    html! {
        ul.order-list {
            @for one in claims {
                li {
                    h3 { a.number href=(one.href) { (one.number) } }
                    span.end { (badge(&one.state)) }
                    span { @if named { (one.title) " · " } span.muted { (one.asked) } }
                }
            }
        }
    }
}

/// Certificates in the order given.
fn certificate_lines(certificates: &[CertificateSummary]) -> Markup {
    html! { ul.lines { @for one in certificates { (certificate_line(one)) } } }
}

/// How many certificates stand in sight on a page that is about something else.
const IN_SIGHT: usize = 5;

/// The first certificates, and the others folded.
pub(super) fn certificates_folded(certificates: &[CertificateSummary]) -> Markup {
    let (first, others) = certificates.split_at(certificates.len().min(IN_SIGHT));
    html! {
        (certificate_lines(first))
        @if !others.is_empty() {
            details.folded { summary { "Show " (others.len()) " more" } (certificate_lines(others)) }
        }
    }
}

fn certificate_line(one: &CertificateSummary) -> Markup {
    html! {
        li.line {
            (image(&one.image, false))
            div.body {
                div { (badge(&one.state)) }
                h3 { a href=(one.href) { (one.title) } }
                p.small { (one.until) }
                @if let Some(serial) = &one.serial { p.muted.small { "Serial number " span.number { (serial) } } }
            }
        }
    }
}

/// The unit that a page is about, with what is to be known of it.
fn item(picture: &Image, known: &[(String, String)]) -> Markup {
    html! { div.lines { div.line { (image(picture, true)) div.body { (facts(known)) } } } }
}

fn fact(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn serial_fact(serial: Option<&String>) -> Option<(String, String)> {
    serial.map(|serial| fact("Serial number", serial))
}

/// The answer to what was just done.
fn done_notice(done: Option<&String>) -> Markup {
    html! { @if let Some(done) = done { div.no-print { (notice_status(&Notice::new(Tone::Ok, done.clone()))) } } }
}

/// What is covered and what is not; their headings are `h2`.
fn coverage(covered: &[String], excluded: &[String]) -> Markup {
    html! {
        @if !covered.is_empty() {
            section.stack-s aria-labelledby="covered" {
                h2 #covered { "What is covered" }
                ul { @for one in covered { li { (one) } } }
            }
        }
        @if !excluded.is_empty() {
            section.stack-s aria-labelledby="excluded" {
                h2 #excluded { "What is not covered" }
                ul { @for one in excluded { li { (one) } } }
            }
        }
    }
}

/// Where a warranty begins.
#[derive(Debug, Clone, Default)]
pub struct WarrantyHome {
    /// What a warranty is here, name and text: "What it is", "We repair or replace what breaks in normal use."
    pub policy: Vec<(String, String)>,
    /// Where a guest has the order's link mailed.
    pub find_href: String,
    /// Where who is not signed in can be.
    pub sign_in_href: Option<String>,
    /// The certificates of who is signed in.
    pub certificates: Vec<CertificateSummary>,
    /// Their claims, newest first.
    pub claims: Vec<ClaimSummary>,
}

/// `/warranty`: what a warranty is here, the ways to a certificate, and the certificates and claims of who is signed in.
#[must_use]
pub fn warranty_home(view: &WarrantyHome) -> Markup {
    let signed_in = view.sign_in_href.is_none();
    let find = if view.certificates.is_empty() { Look::Main } else { Look::Quiet };
    html! {
        div.wrap.narrow.page.stack-l {
            h1 { "Warranty" }
            @if !view.policy.is_empty() { (facts(&view.policy)) }
            @if signed_in {
                section.stack aria-labelledby="certificates" {
                    h2 #certificates { "Your certificates" }
                    @if view.certificates.is_empty() {
                        p.muted { "None yet. A certificate appears here when something with a warranty has left for you." }
                    } @else {
                        (certificate_lines(&view.certificates))
                    }
                }
                section.stack aria-labelledby="claims" {
                    h2 #claims { "Your claims" }
                    @if view.claims.is_empty() {
                        p.muted { "None. Something broke? Open its certificate and make a claim there." }
                    } @else {
                        (claim_list(&view.claims, true))
                    }
                }
            }
            section.stack aria-labelledby="find" {
                h2 #find { "Find your certificate" }
                p { "Each item with a warranty has a certificate of its own. You need no account to open it." }
                ul {
                    li { "Open the link in the mail that we sent when your parcel left." }
                    li { "Or scan the QR code on the printed certificate." }
                    li { "Or open your order's page: it leads to the certificates of its items." }
                }
                div.row {
                    (link_button(find, &view.find_href, "Find your order"))
                    @if let Some(href) = &view.sign_in_href { a href=(href) { "Sign in to see your certificates" } }
                }
            }
        }
    }
}

/// A QR code, to be drawn.
#[derive(Debug, Clone, Default)]
pub struct QrCode {
    /// How many modules it has on a side, without the quiet zone: that is drawn around it.
    pub size: u32,
    /// The dark modules as the data of an SVG path, a unit a module, from 0,0: "M0,0h7v1h-7z…".
    pub path: String,
    /// What it says: the certificate's page, absolute, with its secret.
    pub link: String,
}

/// How many light modules a reader needs around the code.
const QUIET: u32 = 4;

/// The code, dark on light in every theme, and its link in words for who reads it on paper.
fn qr_code(qr: &QrCode) -> Markup {
    let side = qr.size + 2 * QUIET;
    html! {
        svg viewBox={ "-" (QUIET) " -" (QUIET) " " (side) " " (side) } width="192" height="192" role="img"
            aria-label="QR code that opens this certificate" shape-rendering="crispEdges" {
            rect x={ "-" (QUIET) } y={ "-" (QUIET) } width=(side) height=(side) fill="#fff" {}
            path d=(qr.path) fill="#000" {}
        }
        p.small { a href=(qr.link) { (qr.link) } }
    }
}

/// A certificate that is offered to somebody, until they take it.
#[derive(Debug, Clone, Default)]
pub struct CertificateOffer {
    /// To whom: a mail address.
    pub to: String,
    /// Until when: "17 June 2026".
    pub until: String,
    /// Where it is taken back.
    pub action: String,
}

/// A certificate.
#[derive(Debug, Clone, Default)]
pub struct CertificatePage {
    /// Its number.
    pub number: String,
    /// The product's name and kind.
    pub title: String,
    /// Its picture.
    pub image: Image,
    /// Where it stands.
    pub state: Badge,
    /// What that means: "Covered until 3 June 2028."
    pub sentence: String,
    /// The unit's serial number, where it has one.
    pub serial: Option<String>,
    /// The first day: "3 June 2026".
    pub begins: String,
    /// The last day: "3 June 2028".
    pub ends: String,
    /// Who holds it.
    pub holder: String,
    /// What is covered.
    pub covered: Vec<String>,
    /// What is not.
    pub excluded: Vec<String>,
    /// Which version of the terms holds: "3".
    pub terms_version: String,
    /// The terms, a paragraph each.
    pub terms: Vec<String>,
    /// The code that opens this page, for who may see it.
    pub qr: Option<QrCode>,
    /// The order that it came with, its page and its number, for who bought it.
    pub order: Option<(String, String)>,
    /// The certificate of the unit that this one replaced.
    pub earlier: Option<String>,
    /// The certificate of the unit that replaced this one.
    pub later: Option<String>,
    /// Its claims so far, newest first.
    pub claims: Vec<ClaimSummary>,
    /// Where a claim is made, while it can be.
    pub claim_href: Option<String>,
    /// Why none can be made: "It ended on 3 June 2028."
    pub claim_blocked: Option<String>,
    /// Where it is passed on, while it can be.
    pub pass_action: Option<String>,
    /// To whom, as typed.
    pub email: String,
    /// To whom it is offered, while that is open.
    pub offer: Option<CertificateOffer>,
    /// The link's token, passed on; empty for who is signed in.
    pub token: String,
    /// The forms' token.
    pub csrf: String,
    /// The key that makes a double press one act.
    pub key: String,
    /// What was just done: "Offered to friend@example.com."
    pub done: Option<String>,
    /// What was wrong: `email`.
    pub errors: FormErrors,
}

impl CertificatePage {
    fn has(&self, field: &str) -> bool {
        field == "email" && self.pass_action.is_some()
    }

    fn facts(&self) -> Vec<(String, String)> {
        let mut known = vec![fact("Certificate", &self.number)];
        known.extend(serial_fact(self.serial.as_ref()));
        known.extend([fact("Begins", &self.begins), fact("Ends", &self.ends), fact("Holder", &self.holder)]);
        known
    }
}

/// A certificate. To pass it on posts to its action: `email`, `token`, `idempotency_key`, `csrf`. To take an offer back
/// posts to the offer's action: `token`, `idempotency_key`, `csrf`.
#[must_use]
pub fn certificate_page(view: &CertificatePage) -> Markup {
    html! {
        div.wrap.page {
            div.page-head {
                (error_summary(&view.errors.on_page(|field| view.has(field))))
                (breadcrumb(&[Crumb { words: "Warranty".to_owned(), href: "/warranty".to_owned() }]))
                (done_notice(view.done.as_ref()))
                div.row { (badge(&view.state)) }
                p.muted { "Warranty certificate " span.number { (view.number) } }
                h1 { (view.title) }
                p.state { (view.sentence) }
                @if let Some(href) = &view.later {
                    p { "This item was replaced. " a href=(href) { "See the certificate of the new one" } }
                }
                @if let Some(href) = &view.claim_href { div { (link_button(Look::Main, href, "Make a claim")) } }
                @else if let Some(why) = &view.claim_blocked { p.muted { (why) } }
            }
            div.two-col.certificate {
                div.stack-l {
                    (item(&view.image, &view.facts()))
                    (coverage(&view.covered, &view.excluded))
                    @if !view.terms.is_empty() { (terms(view)) }
                    section.stack.no-print aria-labelledby="claims" {
                        h2 #claims { "Claims" }
                        @if view.claims.is_empty() { p.muted { "None so far." } } @else { (claim_list(&view.claims, false)) }
                    }
                    @if view.offer.is_some() || view.pass_action.is_some() { (passing_on(view)) }
                }
                aside.stack aria-label="About this certificate" {
                    @if let Some(qr) = &view.qr {
                        section.panel.stack aria-labelledby="qr" {
                            h2 #qr { "Open it again" }
                            p.small { "Whoever has this link can open the certificate and make a claim. Keep it safe." }
                            (qr_code(qr))
                        }
                    }
                    @if let Some(href) = &view.earlier {
                        p { "It replaces an earlier item. " a href=(href) { "See the certificate of that one" } }
                    }
                    @if let Some((href, number)) = &view.order { p { a href=(href) { "Order " span.number { (number) } } } }
                    div.no-print { button.button.quiet.js-only type="button" data-print { (icon(Icon::Print)) "Print" } }
                }
            }
        }
    }
}

fn terms(view: &CertificatePage) -> Markup {
    html! {
        details.folded {
            summary { "The terms, version " (view.terms_version) }
            div.stack-s { @for paragraph in &view.terms { p { (paragraph) } } }
        }
    }
}

fn passing_on(view: &CertificatePage) -> Markup {
    html! {
        section.panel-plain.stack.no-print aria-labelledby="pass" {
            h2 #pass { "Pass it on" }
            @if let Some(offer) = &view.offer {
                (notice(&Notice::new(Tone::Info, format!("Offered to {} until {}.", offer.to, offer.until))))
                p { "It stays yours until they take it. Then the link that you have no longer opens it." }
                form action=(offer.action) method="post" {
                    (hidden("csrf", &view.csrf))
                    (hidden("idempotency_key", &format!("{}-take-back", view.key)))
                    (hidden("token", &view.token))
                    (busy_button(Look::Quiet, "Take the offer back", "Taking it back…"))
                }
            } @else {
                p {
                    "Did you sell the item or give it away? We mail its new owner a link. "
                    "It stays yours until they take it; then the link that you have no longer opens it."
                }
            }
            @if let Some(action) = &view.pass_action {
                form.stack action=(action) method="post" novalidate {
                    (hidden("csrf", &view.csrf))
                    (hidden("idempotency_key", &format!("{}-pass", view.key)))
                    (hidden("token", &view.token))
                    // Somebody else's address: the reader's own is not what autofill should put here.
                    (field(&Field::new(FieldKind::Email, "email", "Email address of the new owner")
                        .value(&view.email).width("w-l").autocomplete("off").errors(&view.errors)))
                    div { (busy_button(Look::Quiet, "Send the offer", "Sending…")) }
                }
            }
        }
    }
}

/// A certificate as who is offered it sees it.
#[derive(Debug, Clone, Default)]
pub struct CertificateAccept {
    /// Its number.
    pub number: String,
    /// The product's name and kind.
    pub title: String,
    /// Its picture.
    pub image: Image,
    /// The unit's serial number, where it has one.
    pub serial: Option<String>,
    /// The last day: "3 June 2028".
    pub ends: String,
    /// What is covered.
    pub covered: Vec<String>,
    /// What is not.
    pub excluded: Vec<String>,
    /// To whom it is offered: a mail address.
    pub email: String,
    /// Until when it can be taken: "17 June 2026".
    pub until: String,
    /// Where it is taken.
    pub action: String,
    /// The link's token, passed on.
    pub token: String,
    /// The form's token.
    pub csrf: String,
}

/// A certificate, for who is offered it. Posts to its action: `token`, `csrf`.
#[must_use]
pub fn accept_page(view: &CertificateAccept) -> Markup {
    let mut known = vec![fact("Item", &view.title)];
    known.extend(serial_fact(view.serial.as_ref()));
    known.extend([fact("Certificate", &view.number), fact("Covered until", &view.ends)]);
    html! {
        div.wrap.narrow.page {
            div.page-head {
                h1 { "Take over this warranty" }
                p.lead { "It is offered to " (view.email) ". You can take it until " (view.until) "." }
            }
            div.stack-l {
                (item(&view.image, &known))
                (coverage(&view.covered, &view.excluded))
                form.stack action=(view.action) method="post" {
                    (hidden("csrf", &view.csrf))
                    (hidden("token", &view.token))
                    p {
                        "From then on you hold the certificate and make the claims. We mail you its link; the link of "
                        "who had it before no longer opens it."
                    }
                    div { (busy_button(Look::Main, "Take it over", "Taking it over…")) }
                    p.muted { "You don't want it? Then you needn't do anything." }
                }
            }
        }
    }
}

/// Where an item goes when it is repaired or replaced, asked of who did not buy it.
#[derive(Debug, Clone, Default)]
pub struct ClaimAddress {
    /// What was typed.
    pub values: AddressValues,
    /// The countries that the shop sends to, value the code. The marked one is chosen while none was typed.
    pub countries: Vec<Choice>,
}

/// The form of a claim.
#[derive(Debug, Clone, Default)]
pub struct ClaimForm {
    /// The certificate's number.
    pub number: String,
    /// The certificate's page.
    pub certificate_href: String,
    /// The product's name and kind.
    pub title: String,
    /// Its picture.
    pub image: Image,
    /// The unit's serial number, where it has one.
    pub serial: Option<String>,
    /// "Covered until 3 June 2028".
    pub until: String,
    /// Where it is posted.
    pub action: String,
    /// What can be wrong with it: value, words, hint, chosen.
    pub defects: Vec<Choice>,
    /// What the holder says of it, as typed.
    pub description: String,
    /// How many letters that may have: "2,000".
    pub limit: String,
    /// Where the item goes, for who did not buy it; for the buyer the order knows.
    pub address: Option<ClaimAddress>,
    /// What happens next, in order.
    pub next: Vec<String>,
    /// The link's token, passed on; empty for who is signed in.
    pub token: String,
    /// The form's token.
    pub csrf: String,
    /// The key that makes a double press one claim.
    pub key: String,
    /// What was wrong: `defect`, `description`, and the fields of the address where it is asked for.
    pub errors: FormErrors,
}

impl ClaimForm {
    fn has(&self, field: &str) -> bool {
        matches!(field, "defect" | "description") || (self.address.is_some() && is_shipping_field(field))
    }
}

/// The form of a claim. Posts to its action: `defect`, `description`, `token`, `idempotency_key`, `csrf`, and where the
/// address is asked for `shipping_name`, `shipping_country`, `shipping_line1`, `shipping_line2`, `shipping_city`,
/// `shipping_postal_code`, `shipping_phone`.
#[must_use]
pub fn claim_form(view: &ClaimForm) -> Markup {
    let mut known = vec![fact("Item", &view.title)];
    known.extend(serial_fact(view.serial.as_ref()));
    known.push(fact("Warranty", &view.until));
    html! {
        div.wrap.narrow.page {
            div.page-head {
                (error_summary(&view.errors.on_page(|field| view.has(field))))
                (breadcrumb(&[certificate_crumb(&view.number, &view.certificate_href)]))
                h1 { "Make a warranty claim" }
            }
            div.stack-l {
                (item(&view.image, &known))
                form.stack-l action=(view.action) method="post" novalidate {
                    (hidden("csrf", &view.csrf))
                    (hidden("idempotency_key", &view.key))
                    (hidden("token", &view.token))
                    (radios("defect", &html! { "What is wrong with it?" }, &view.defects, view.errors.of("defect"), false))
                    (field(&Field::new(FieldKind::Lines, "description", "What happened?")
                        .hint(format!("Since when, and what you see or hear. {} letters at most.", view.limit))
                        .value(&view.description).errors(&view.errors)))
                    @if let Some(asked) = &view.address { (claim_address(asked, &view.errors)) }
                    @if !view.next.is_empty() { (next_steps(&view.next)) }
                    div.row {
                        (busy_button(Look::Main, "Send the claim", "Sending…"))
                        a href=(view.certificate_href) { "Back to the certificate" }
                    }
                }
            }
        }
    }
}

fn claim_address(asked: &ClaimAddress, errors: &FormErrors) -> Markup {
    let ours = asked.countries.iter().find(|one| one.chosen).map_or("", |one| one.value.as_str());
    html! {
        fieldset.fieldset aria-describedby="address-hint" {
            legend { "Where do we send it?" }
            div.stack {
                p.hint #address-hint { "The item when it is repaired, or a new one. You didn't order it here, so we don't know your address." }
                (address("shipping", &asked.values, &asked.countries, ours, errors))
            }
        }
    }
}

fn certificate_crumb(number: &str, href: &str) -> Crumb {
    Crumb { words: format!("Certificate {number}"), href: href.to_owned() }
}

fn next_steps(next: &[String]) -> Markup {
    html! {
        section.stack aria-labelledby="next" {
            h2 #next { "What happens next" }
            ol.stack-s.numbered { @for step in next { li { (step) } } }
        }
    }
}

/// The parcel that brings an item back to its holder.
#[derive(Debug, Clone, Default)]
pub struct ClaimParcel {
    /// Who carries it.
    pub carrier: String,
    /// Its number; empty where it has none.
    pub tracking: String,
    /// Where the carrier shows it.
    pub tracking_href: Option<String>,
}

/// A claim as its holder sees it.
#[derive(Debug, Clone, Default)]
pub struct ClaimPage {
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub state: Badge,
    /// What that means.
    pub sentence: String,
    /// How far it is: words, and whether it is done. The first that is not done is the current one. Empty where it
    /// ended early.
    pub steps: Vec<(String, bool)>,
    /// The certificate's number.
    pub certificate_number: String,
    /// The certificate's page.
    pub certificate_href: String,
    /// The product's name and kind.
    pub title: String,
    /// Its picture.
    pub image: Image,
    /// The unit's serial number, where it has one.
    pub serial: Option<String>,
    /// What is wrong with it, in the words of the form.
    pub defect: String,
    /// What the holder says of it.
    pub description: String,
    /// What happens or is to be done next, in order.
    pub next: Vec<String>,
    /// Why it was denied.
    pub reasons: Vec<String>,
    /// Where the item goes, a line each, while it is awaited.
    pub send_to: Vec<String>,
    /// By when: "17 July 2026".
    pub due: Option<String>,
    /// What the holder gets: "We send you a new one."
    pub remedy: Option<String>,
    /// The order that replaces it, its page and its number.
    pub new_order: Option<(String, String)>,
    /// What was found when somebody looked at it.
    pub finding: Option<String>,
    /// What brings it back.
    pub parcel: Option<ClaimParcel>,
    /// What happened, newest first.
    pub events: Vec<Event>,
    /// Where it is withdrawn, while it can be.
    pub withdraw_action: Option<String>,
    /// The link's token, passed on; empty for who is signed in.
    pub token: String,
    /// The form's token.
    pub csrf: String,
    /// The key that makes a double press one act.
    pub key: String,
    /// What was just done: "We have your claim."
    pub done: Option<String>,
    /// What was wrong with an act.
    pub errors: FormErrors,
}

impl ClaimPage {
    fn facts(&self) -> Vec<(String, String)> {
        let mut known = vec![fact("Item", &self.title)];
        known.extend(serial_fact(self.serial.as_ref()));
        known.push(fact("What is wrong", &self.defect));
        known
    }

    /// Whether there is something to say of what the holder gets.
    fn gives(&self) -> bool {
        self.remedy.is_some() || self.new_order.is_some() || self.parcel.is_some()
    }
}

/// A claim. That it is withdrawn is posted to its action: `token`, `idempotency_key`, `csrf`.
#[must_use]
pub fn claim_page(view: &ClaimPage) -> Markup {
    html! {
        div.wrap.narrow.page {
            div.page-head {
                (error_summary(&view.errors.on_page(|_| false)))
                (breadcrumb(&[certificate_crumb(&view.certificate_number, &view.certificate_href)]))
                (done_notice(view.done.as_ref()))
                div.row { (badge(&view.state)) }
                h1 { "Claim " span.number { (view.number) } }
                p.state { (view.sentence) }
                (progress(&view.steps))
            }
            div.stack-l {
                @if !view.reasons.is_empty() {
                    section.stack-s aria-labelledby="reasons" {
                        h2 #reasons { "Why we can't grant it" }
                        ul { @for reason in &view.reasons { li { (reason) } } }
                    }
                }
                @if !view.send_to.is_empty() { (send(view)) }
                @if !view.next.is_empty() { (next_steps(&view.next)) }
                @if view.gives() { (given(view)) }
                @if let Some(finding) = &view.finding {
                    section.stack-s aria-labelledby="finding" { h2 #finding { "What we found" } p.preline { (finding) } }
                }
                section.stack aria-labelledby="claimed" {
                    h2 #claimed { "What you told us" }
                    (item(&view.image, &view.facts()))
                    @if !view.description.is_empty() { blockquote.quoted.preline { (view.description) } }
                }
                section.stack aria-labelledby="events" { h2 #events { "What happened" } (timeline(&view.events)) }
                div.stack.no-print {
                    @if let Some(action) = &view.withdraw_action { (withdraw(action, view)) }
                    div { button.button.quiet.js-only type="button" data-print { (icon(Icon::Print)) "Print" } }
                }
            }
        }
    }
}

/// Where the item goes, and what stands on the parcel.
fn send(view: &ClaimPage) -> Markup {
    html! {
        section.panel.stack aria-labelledby="send" {
            h2 #send { "Send it" @if let Some(due) = &view.due { " by " (due) } }
            p { "Write " strong.number { (view.number) } " on the parcel. It tells us whose it is." }
            p.preline { (view.send_to.join("\n")) }
        }
    }
}

fn given(view: &ClaimPage) -> Markup {
    html! {
        section.panel-plain.stack-s aria-labelledby="remedy" {
            h2 #remedy { "What you get" }
            @if let Some(remedy) = &view.remedy { p { (remedy) } }
            @if let Some((href, number)) = &view.new_order {
                p { a href=(href) { "Order " span.number { (number) } } }
            }
            @if let Some(parcel) = &view.parcel {
                p {
                    "On its way to you: " (parcel.carrier)
                    @if !parcel.tracking.is_empty() {
                        @if !parcel.carrier.is_empty() { " " }
                        @if let Some(href) = &parcel.tracking_href { a.number href=(href) { (parcel.tracking) } }
                        @else { span.number { (parcel.tracking) } }
                    }
                }
            }
        }
    }
}

fn withdraw(action: &str, view: &ClaimPage) -> Markup {
    html! {
        details {
            summary { "Withdraw this claim" }
            form.stack action=(action) method="post" {
                (hidden("csrf", &view.csrf))
                (hidden("idempotency_key", &format!("{}-withdraw", view.key)))
                (hidden("token", &view.token))
                p { "Nothing more happens with it then. You can make another while the warranty lasts." }
                div { (busy_button(Look::Danger, "Withdraw the claim", "Withdrawing…")) }
            }
        }
    }
}
