//! Warranty claims: their list, one claim's way over the desk, and the search for a certificate.

use crate::components::{
    Badge, Checkbox, Choice, Column, Crumb, Event, Field, FieldKind, Icon, Image, Look, Notice, Pager, Tab, Tone,
    badge, breadcrumb, busy_button, checkbox, empty, facts, field, head_row, hidden, icon, image, notice_status,
    pagination, radios, tabs, timeline,
};
use maud::{Markup, html};

/// A claim in the list.
#[derive(Debug, Clone, Default)]
pub struct ClaimRow {
    /// Its number.
    pub number: String,
    /// Its page.
    pub href: String,
    /// Where it stands.
    pub state: Badge,
    /// The product's name and kind.
    pub title: String,
    /// Who makes it.
    pub name: String,
    /// When it was made: "3 June 2026".
    pub asked: String,
    /// What it comes to: "Repair"; empty where that is not said yet.
    pub remedy: String,
}

/// The list.
#[derive(Debug, Clone, Default)]
pub struct Claims {
    /// The saved views.
    pub tabs: Vec<Tab>,
    /// The claims.
    pub rows: Vec<ClaimRow>,
    /// Where the list begins and goes on.
    pub pager: Pager,
    /// The number that was looked for.
    pub q: String,
    /// Whether there is no claim with it.
    pub not_found: bool,
    /// Where certificates are looked for.
    pub certificates_href: String,
    /// What to say when the list is empty.
    pub empty: String,
}

/// The list. Sends by GET to `/desk/claims`: `q`, the number on a parcel; the cursor stands in it, so that a scanner
/// finds it.
#[must_use]
pub fn claims(view: &Claims) -> Markup {
    html! {
        div.title-row { h1 { "Warranty claims" } a href=(view.certificates_href) { "Find a certificate" } }
        @if view.not_found {
            (notice_status(&Notice {
                detail: Some("Compare it with the parcel, or look for the certificate instead.".to_owned()),
                ..Notice::new(Tone::Warn, format!("No claim has the number {}.", view.q))
            }))
        }
        (tabs("Saved views", &view.tabs))
        form.filter-row action="/desk/claims" method="get" role="search" {
            div.field {
                label for="q" { "Number on the parcel" }
                input #q.input type="search" name="q" value=(view.q) autocomplete="off" spellcheck="false"
                    enterkeyhint="go" autofocus data-search;
            }
            button.button.quiet type="submit" { "Open" }
        }
        @if view.rows.is_empty() {
            (empty(&view.empty, Some(elsewhere(view))))
        } @else {
            (table(view))
            (pagination(&view.pager))
        }
    }
}

/// The way on from an empty list.
fn elsewhere(view: &Claims) -> (&str, &str) {
    if view.q.is_empty() { (&view.certificates_href, "Find a certificate") } else { ("/desk/claims", "All claims") }
}

fn table(view: &Claims) -> Markup {
    html! {
        div.table-wrap tabindex="0" role="region" aria-label="Warranty claims" {
            table.table.dense.cards-on-phone {
                (head_row(&[
                    Column::text("Number"), Column::text("Status"), Column::text("Item"), Column::text("From"),
                    Column::text("Made"), Column::text("Remedy"),
                ]))
                tbody {
                    @for row in &view.rows {
                        tr {
                            th scope="row" { a href=(row.href) { (row.number) } }
                            td data-label="Status" { (badge(&row.state)) }
                            td.break data-label="Item" { (row.title) }
                            td.break data-label="From" { (row.name) }
                            td.nowrap data-label="Made" { (row.asked) }
                            td data-label="Remedy" { (row.remedy) }
                        }
                    }
                }
            }
        }
    }
}

/// What the check of coverage said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Coverage {
    /// Nothing yet.
    #[default]
    Unchecked,
    /// It is covered.
    Covered,
    /// It is not, for these reasons.
    NotCovered(Vec<String>),
}

/// Letting a claim go on.
#[derive(Debug, Clone, Default)]
pub struct ClaimApproval {
    /// Where it is posted.
    pub action: String,
    /// What can be done for it: repair, replace, refund.
    pub resolutions: Vec<Choice>,
    /// Whether the customer keeps the broken item, as ticked.
    pub keep_item: bool,
}

/// What is found when somebody looks at the item.
#[derive(Debug, Clone, Default)]
pub struct ClaimDiagnosis {
    /// Where it is posted.
    pub action: String,
    /// What can be done for it: repair, replace, refund; what was approved is chosen.
    pub resolutions: Vec<Choice>,
    /// Whether it was looked at before: then the next step is another.
    pub again: bool,
}

/// Doing what the claim comes to.
#[derive(Debug, Clone, Default)]
pub struct ClaimResolution {
    /// Where it is posted.
    pub action: String,
    /// The button: "Place the replacement order".
    pub label: String,
    /// What happens: "To the card that paid. This cannot be undone."
    pub what: String,
    /// Whether a parcel brings the item back: then its carrier and number can be given.
    pub parcel: bool,
    /// What else can be done by the same act, value and words: "refund", "Refund €24.00 instead".
    pub instead: Vec<(String, String)>,
}

/// The certificate that a claim is made on.
#[derive(Debug, Clone, Default)]
pub struct ClaimCertificate {
    /// Its number.
    pub number: String,
    /// Its page.
    pub href: String,
    /// The unit's serial number, where it has one.
    pub serial: Option<String>,
    /// The first day: "3 June 2026".
    pub begins: String,
    /// The last day: "3 June 2028".
    pub ends: String,
    /// Who holds it.
    pub holder: String,
}

/// Another claim on the same certificate.
#[derive(Debug, Clone, Default)]
pub struct OtherClaim {
    /// Its number.
    pub number: String,
    /// Its page.
    pub href: String,
    /// Where it stands.
    pub state: Badge,
    /// When it was made: "3 June 2026".
    pub asked: String,
}

/// One claim.
#[derive(Debug, Clone, Default)]
pub struct ClaimWork {
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub state: Badge,
    /// What that means, and what to do.
    pub sentence: String,
    /// "Made on 3 June 2026, 14:05".
    pub asked: String,
    /// When the item has to come: "17 July 2026".
    pub due: Option<String>,
    /// The product's name and kind.
    pub title: String,
    /// Its picture.
    pub image: Image,
    /// What is wrong with it, in the words of the form.
    pub defect: String,
    /// What the customer wrote.
    pub description: String,
    /// Who makes it: name, mail address.
    pub customer: Vec<String>,
    /// What the check of coverage said.
    pub coverage: Coverage,
    /// What it comes to: "Repair", "A new one; the customer keeps the broken one".
    pub remedy: Option<String>,
    /// What was found when somebody looked at it.
    pub finding: Option<String>,
    /// Why it was denied.
    pub reason: Option<String>,
    /// How it is let go on, while it can be.
    pub approve: Option<ClaimApproval>,
    /// Where it is denied, before or after somebody looked at the item.
    pub deny_action: Option<String>,
    /// Where it is noted that the item came.
    pub receive_action: Option<String>,
    /// How it is said what was found; never together with an approval.
    pub diagnose: Option<ClaimDiagnosis>,
    /// Where it is noted that the repair begins.
    pub repair_action: Option<String>,
    /// How it is brought to its end.
    pub resolve: Option<ClaimResolution>,
    /// The certificate.
    pub certificate: ClaimCertificate,
    /// The order, its page and its number.
    pub order: Option<(String, String)>,
    /// The order that replaces the item, its page and its number.
    pub new_order: Option<(String, String)>,
    /// What brings the repaired item back: carrier and number.
    pub parcel: Option<String>,
    /// Other claims on the certificate.
    pub others: Vec<OtherClaim>,
    /// What a refund would be: "€24.00 to the card that paid".
    pub refund: Option<String>,
    /// What happened, newest first.
    pub events: Vec<Event>,
    /// The forms' token.
    pub csrf: String,
    /// The key that makes a double press one act.
    pub key: String,
}

/// The act that the view is about, and its form's look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Approve,
    Receive,
    Diagnose,
    Repair,
    Resolve,
}

impl ClaimWork {
    fn look(&self, act: Act) -> Look {
        let main = if self.approve.is_some() {
            Act::Approve
        } else if self.receive_action.is_some() {
            Act::Receive
        } else if self.diagnose.as_ref().is_some_and(|form| !form.again) {
            Act::Diagnose
        } else if self.repair_action.is_some() {
            Act::Repair
        } else {
            Act::Resolve
        };
        if main == act { Look::Main } else { Look::Quiet }
    }

    fn has_acts(&self) -> bool {
        let forms = self.approve.is_some() || self.diagnose.is_some() || self.resolve.is_some();
        let others = [&self.receive_action, &self.repair_action, &self.deny_action];
        forms || others.iter().any(|one| one.is_some())
    }

    /// Whether something is said of it yet.
    fn is_told(&self) -> bool {
        let said = [&self.remedy, &self.finding, &self.reason, &self.parcel];
        said.iter().any(|one| one.is_some()) || self.new_order.is_some()
    }
}

/// One claim. To approve posts `resolution` and, where it is ticked, `keep_item` = `true`; to deny `reason`; a diagnosis
/// `finding` and `resolution`; to resolve `carrier` and `tracking`, which may be empty, where a parcel brings the item
/// back, and `resolution` where something else is done instead; that it came or that the repair begins nothing. Each form posts to its own action and carries `csrf` and `idempotency_key`. A form that
/// was refused is shown by [`form_again`](super::form_again).
#[must_use]
pub fn claim_work(view: &ClaimWork) -> Markup {
    html! {
        (breadcrumb(&[Crumb { words: "Warranty claims".to_owned(), href: "/desk/claims".to_owned() }]))
        div.title-row {
            div.badges { h1 { "Claim " (view.number) } (badge(&view.state)) }
            span.muted { (view.asked) }
        }
        p { (view.sentence) }
        div.detail {
            div {
                section.panel aria-labelledby="claimed" {
                    h2 #claimed { "What is claimed" }
                    div.product-cell {
                        (image(&view.image, false))
                        div { (view.title) div.small.muted { (view.defect) } }
                    }
                    @if !view.description.is_empty() {
                        p.small.muted { "The customer wrote:" }
                        blockquote.quoted.preline { (view.description) }
                    }
                }
                section.panel aria-labelledby="coverage" { h2 #coverage { "Coverage" } (verdict(&view.coverage)) }
                @if view.is_told() { (outcome(view)) }
                @if view.has_acts() {
                    section.panel.no-print aria-labelledby="actions" { h2 #actions { "Next" } (acts(view)) }
                }
                section.panel aria-labelledby="events" { h2 #events { "Timeline" } (timeline(&view.events)) }
            }
            aside aria-label="About this claim" { (context(view)) }
        }
    }
}

fn verdict(coverage: &Coverage) -> Markup {
    html! {
        @match coverage {
            Coverage::Unchecked => p.muted { "Not checked yet." },
            Coverage::Covered => p { (badge(&Badge::Other(Tone::Ok, "Covered".to_owned()))) },
            Coverage::NotCovered(reasons) => {
                p { (badge(&Badge::Other(Tone::Bad, "Not covered".to_owned()))) }
                ul { @for reason in reasons { li { (reason) } } }
            },
        }
    }
}

/// What was found, and what it comes to.
fn outcome(view: &ClaimWork) -> Markup {
    let said = [
        ("Remedy", &view.remedy),
        ("What was found", &view.finding),
        ("What the customer was told", &view.reason),
        ("Parcel back", &view.parcel),
    ];
    let said: Vec<(String, String)> =
        said.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))).collect();
    html! {
        section.panel aria-labelledby="outcome" {
            h2 #outcome { "What it comes to" }
            @if !said.is_empty() { (facts(&said)) }
            @if let Some((href, number)) = &view.new_order { p { a href=(href) { "Replacement order " (number) } } }
        }
    }
}

fn context(view: &ClaimWork) -> Markup {
    let certificate = &view.certificate;
    let mut known: Vec<(String, String)> = Vec::new();
    known.extend(certificate.serial.iter().map(|serial| ("Serial number".to_owned(), serial.clone())));
    let dates = [("Begins", &certificate.begins), ("Ends", &certificate.ends), ("Holder", &certificate.holder)];
    known.extend(dates.map(|(name, value)| (name.to_owned(), value.clone())));
    html! {
        section.panel aria-labelledby="customer" {
            h2 #customer { "Customer" }
            p.preline { (view.customer.join("\n")) }
            @if let Some(due) = &view.due { (facts(&[("Has to come by".to_owned(), due.clone())])) }
            @if let Some((href, number)) = &view.order { p { a href=(href) { "Order " (number) } } }
        }
        section.panel aria-labelledby="certificate" {
            h2 #certificate { "Certificate" }
            p { a href=(certificate.href) { (certificate.number) } }
            (facts(&known))
        }
        @if let Some(refund) = &view.refund {
            section.panel aria-labelledby="refund" { h2 #refund { "A refund would be" } p { (refund) } }
        }
        section.panel aria-labelledby="others" {
            h2 #others { "Other claims on it" }
            @if view.others.is_empty() { p.muted { "None." } }
            @else {
                ul.stack-s {
                    @for one in &view.others {
                        li.row { a href=(one.href) { (one.number) } (badge(&one.state)) span.muted { (one.asked) } }
                    }
                }
            }
        }
    }
}

/// The fields of every form that nobody sees.
fn kept(view: &ClaimWork, act: &str) -> Markup {
    html! {
        (hidden("csrf", &view.csrf))
        (hidden("idempotency_key", &format!("{}-{act}", view.key)))
    }
}

fn acts(view: &ClaimWork) -> Markup {
    html! {
        @if let Some(form) = &view.approve { (approve(form, view)) }
        @if let Some(action) = &view.receive_action {
            form.stack-s action=(action) method="post" {
                (kept(view, "receive"))
                p { "The customer is told by mail that it is here." }
                div { (busy_button(view.look(Act::Receive), "The item came", "Saving…")) }
            }
        }
        @if let Some(form) = view.diagnose.as_ref().filter(|form| !form.again) { (diagnose(form, view)) }
        @if let Some(action) = &view.repair_action {
            form.stack-s action=(action) method="post" {
                (kept(view, "repair"))
                div { (busy_button(view.look(Act::Repair), "Begin the repair", "Saving…")) }
            }
        }
        @if let Some(form) = &view.resolve { (resolve(form, view)) }
        @if let Some(form) = view.diagnose.as_ref().filter(|form| form.again) {
            details.action {
                summary { (icon(Icon::Info)) "Write down something else" (icon(Icon::Down)) }
                (diagnose(form, view))
            }
        }
        @if let Some(action) = &view.deny_action { (deny(action, view)) }
    }
}

fn approve(form: &ClaimApproval, view: &ClaimWork) -> Markup {
    let keep = Checkbox {
        name: "keep_item".to_owned(),
        value: "true".to_owned(),
        label: "The customer keeps the broken item: only for a new one or a refund".to_owned(),
        ticked: form.keep_item,
    };
    html! {
        form.stack action=(form.action) method="post" novalidate {
            (kept(view, "approve"))
            (radios("resolution", &html! { "What is done for it" }, &form.resolutions, None, false))
            (checkbox(&keep))
            p { "The customer is told by mail what happens next." }
            div { (busy_button(view.look(Act::Approve), "Approve", "Approving…")) }
        }
    }
}

fn diagnose(form: &ClaimDiagnosis, view: &ClaimWork) -> Markup {
    html! {
        form.stack action=(form.action) method="post" novalidate {
            (kept(view, "diagnose"))
            (field(&Field::new(FieldKind::Lines, "finding", "What was found").hint("The customer reads it.")))
            (radios("resolution", &html! { "What is done for it" }, &form.resolutions, None, false))
            div { (busy_button(view.look(Act::Diagnose), "Save what was found", "Saving…")) }
        }
    }
}

fn resolve(form: &ClaimResolution, view: &ClaimWork) -> Markup {
    html! {
        form.stack action=(form.action) method="post" novalidate {
            (kept(view, "resolve"))
            @if !form.what.is_empty() { p { (form.what) } }
            @if form.parcel {
                div.grid-2 {
                    (field(&Field::text("carrier", "Carrier").optional()))
                    (field(&Field::text("tracking", "Tracking number").optional()))
                }
            }
            div { (busy_button(view.look(Act::Resolve), &form.label, "Sending…")) }
            @if !form.instead.is_empty() { (instead(&form.instead)) }
        }
    }
}

/// What else the form that it stands in can do; its first button stays the one that Enter presses.
fn instead(others: &[(String, String)]) -> Markup {
    html! {
        details.action {
            summary { (icon(Icon::Info)) "Do something else" (icon(Icon::Down)) }
            div.stack.form-below {
                p.small.muted { "Not what was found to be right: agree on it with the customer first." }
                div.row {
                    @for (value, words) in others {
                        button class="button quiet" type="submit" name="resolution" value=(value) data-busy="Sending…" { (words) }
                    }
                }
            }
        }
    }
}

fn deny(action: &str, view: &ClaimWork) -> Markup {
    html! {
        details.action {
            summary { (icon(Icon::Cross)) "Deny" (icon(Icon::Down)) }
            form.stack action=(action) method="post" novalidate {
                (kept(view, "deny"))
                (field(&Field::new(FieldKind::Lines, "reason", "Why").hint("The customer reads it.")))
                div { (busy_button(Look::Danger, "Deny the claim", "Denying…")) }
            }
        }
    }
}

/// A certificate that was found.
#[derive(Debug, Clone, Default)]
pub struct CertificateRow {
    /// Its number.
    pub number: String,
    /// Its page.
    pub href: String,
    /// The product's name and kind.
    pub title: String,
    /// The unit's serial number; empty where it has none.
    pub serial: String,
    /// Who holds it.
    pub holder: String,
    /// The last day: "3 June 2028".
    pub until: String,
    /// Where it stands.
    pub state: Badge,
}

/// The search for a certificate.
#[derive(Debug, Clone, Default)]
pub struct Certificates {
    /// Where it is sent: the page itself.
    pub action: String,
    /// What was looked for.
    pub q: String,
    /// What was found.
    pub rows: Vec<CertificateRow>,
    /// Where the list begins and goes on.
    pub pager: Pager,
}

/// The search for a certificate. Sends by GET to its action: `q`, a serial number, a certificate's or an order's number.
#[must_use]
pub fn certificate_search(view: &Certificates) -> Markup {
    html! {
        (breadcrumb(&[Crumb { words: "Warranty claims".to_owned(), href: "/desk/claims".to_owned() }]))
        div.title-row { h1 { "Certificates" } }
        form.filter-row action=(view.action) method="get" role="search" {
            div.field {
                label for="q" { "Serial, certificate or order number" }
                input #q.input type="search" name="q" value=(view.q) autocomplete="off" spellcheck="false"
                    enterkeyhint="search" autofocus data-search;
            }
            button.button.quiet type="submit" { "Find" }
        }
        @if !view.rows.is_empty() {
            (found(&view.rows))
            (pagination(&view.pager))
        } @else if view.q.is_empty() {
            (empty("The certificates with that number appear here.", Some(("/desk/claims", "See the claims"))))
        } @else {
            (notice_status(&Notice {
                detail: Some("Compare it with the item, or look for the order's number instead.".to_owned()),
                ..Notice::new(Tone::Warn, format!("No certificate belongs to {}.", view.q))
            }))
        }
    }
}

fn found(rows: &[CertificateRow]) -> Markup {
    html! {
        div.table-wrap tabindex="0" role="region" aria-label="Certificates" {
            table.table.dense.cards-on-phone {
                (head_row(&[
                    Column::text("Number"), Column::text("Status"), Column::text("Item"), Column::text("Serial"),
                    Column::text("Holder"), Column::text("Until"),
                ]))
                tbody {
                    @for row in rows {
                        tr {
                            th scope="row" { a href=(row.href) { (row.number) } }
                            td data-label="Status" { (badge(&row.state)) }
                            td.break data-label="Item" { (row.title) }
                            td data-label="Serial" { @if !row.serial.is_empty() { span.code { (row.serial) } } }
                            td.break data-label="Holder" { (row.holder) }
                            td.nowrap data-label="Until" { (row.until) }
                        }
                    }
                }
            }
        }
    }
}
