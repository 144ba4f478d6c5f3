//! Warranties: certificates, passing them on, claims, and the mails about them.

use super::returns::{LONG, pairs, texts, warehouse};
use super::*;
use pages::{desk, mails, shop};

const SERIAL: &str = "SN-2026-000418";

fn home() -> shop::WarrantyHome {
    shop::WarrantyHome {
        policy: pairs(&[
            ("What it is", "We repair or replace what breaks in normal use, or give your money back."),
            ("How long", "It stands on each product's page, and on its certificate."),
            ("What it costs", "Nothing. The way to us and back is free in Germany."),
            ("Your rights", "What the law gives you stays beside it."),
        ]),
        find_href: "/orders/find".into(),
        sign_in_href: Some("/sign-in?return_to=/warranty".into()),
        ..Default::default()
    }
}

pub(super) fn certificates() -> Vec<shop::CertificateSummary> {
    let one = |n: usize, title: &str, serial: Option<&str>, state: Badge| shop::CertificateSummary {
        href: "/warranty/crt_1".into(),
        title: title.into(),
        image: picture(n, ""),
        serial: serial.map(str::to_owned),
        until: "Covered until 3 June 2028".into(),
        state,
    };
    vec![
        one(8, "Table lamp with linen shade", Some(SERIAL), Badge::Active),
        one(1, LONG, None, Badge::Active),
        shop::CertificateSummary {
            until: "Ended on 3 June 2025".into(),
            ..one(6, "Oak bread board", Some("SN-2023-000017"), Badge::Expired)
        },
    ]
}

fn claims() -> Vec<shop::ClaimSummary> {
    let one = |number: &str, state: Badge, title: &str| shop::ClaimSummary {
        number: number.into(),
        href: "/warranty-claims/clm_1".into(),
        state,
        title: title.into(),
        asked: "Made on 3 June 2027".into(),
    };
    vec![
        one("W7K3F9QX", Badge::Approved, "Table lamp with linen shade"),
        one("W2M4F9QX", Badge::Other(Tone::Neutral, "Denied".into()), LONG),
    ]
}

/// A code's look: three finders and modules between them. It says nothing.
fn code() -> shop::QrCode {
    let size = 29_u32;
    let corner = |x: u32, y: u32| (y < 8 && !(8..=20).contains(&x)) || (x < 8 && y > 20);
    let mut path = String::new();
    for (x, y) in [(0, 0), (22, 0), (0, 22)] {
        path.push_str(&format!("M{x},{y}h7v7h-7zm1,1v5h5v-5zm1,1h3v3h-3z"));
    }
    for n in 0..size * size {
        let (x, y) = (n % size, n / size);
        if !corner(x, y) && (n * 7919 + x * y * 31) % 5 < 2 {
            path.push_str(&format!("M{x},{y}h1v1h-1z"));
        }
    }
    shop::QrCode { size, path, link: "https://shop.example.com/warranty/crt_1?token=t".into() }
}

fn certificate() -> shop::CertificatePage {
    shop::CertificatePage {
        number: "C7K3F9QX2M".into(),
        title: "Table lamp with linen shade".into(),
        image: picture(8, ""),
        state: Badge::Active,
        sentence: "Covered until 3 June 2028.".into(),
        serial: Some(SERIAL.into()),
        begins: "3 June 2026".into(),
        ends: "3 June 2028".into(),
        holder: "buyer@example.com".into(),
        covered: texts(&["Switch, cable and socket", "Cracks in the foot", "The seams of the shade"]),
        excluded: texts(&["The bulb", "Stains and fading", "What broke by a fall"]),
        terms_version: "3".into(),
        terms: texts(&[
            "We repair or replace the item where it fails in normal use within the time that the certificate names.",
            "Where neither can be done in 30 days, the price that was paid goes back.",
        ]),
        qr: Some(code()),
        order: Some(("/orders/ord_1?token=t".into(), "7K3F9QX2M4".into())),
        claim_href: Some("/warranty/crt_1/claim?token=t".into()),
        pass_action: Some("/warranty/crt_1/transfer".into()),
        token: "t".into(),
        csrf: "c5rf".into(),
        key: "key".into(),
        ..Default::default()
    }
}

fn offered() -> shop::CertificateOffer {
    shop::CertificateOffer {
        to: "friend@example.com".into(),
        until: "17 June 2026".into(),
        action: "/warranty/crt_1/transfer/cancel".into(),
    }
}

fn accept() -> shop::CertificateAccept {
    let from = certificate();
    shop::CertificateAccept {
        number: from.number,
        title: from.title,
        image: from.image,
        serial: from.serial,
        ends: from.ends,
        covered: from.covered,
        excluded: from.excluded,
        email: "friend@example.com".into(),
        until: "17 June 2026".into(),
        action: "/warranty/crt_1/accept".into(),
        token: "t".into(),
        csrf: "c5rf".into(),
    }
}

fn claim_form() -> shop::ClaimForm {
    shop::ClaimForm {
        number: "C7K3F9QX2M".into(),
        certificate_href: "/warranty/crt_1?token=t".into(),
        title: "Table lamp with linen shade".into(),
        image: picture(8, ""),
        serial: Some(SERIAL.into()),
        until: "Covered until 3 June 2028".into(),
        action: "/warranty/crt_1/claim".into(),
        defects: vec![
            Choice::new("does_not_work", "It does not work", false),
            Choice {
                hint: Some("Cracks, loose parts, seams that opened.".into()),
                ..Choice::new("broken", "Something broke", false)
            },
            Choice::new("other", "Something else", false),
        ],
        limit: "2,000".into(),
        next: texts(&[
            "We check at once whether it is covered.",
            "We answer by mail, usually within two days.",
            "If you are to send the item, we tell you where to and by when.",
        ]),
        token: "t".into(),
        csrf: "c5rf".into(),
        key: "key".into(),
        ..Default::default()
    }
}

fn claim_address() -> shop::ClaimAddress {
    shop::ClaimAddress {
        values: shop::AddressValues::default(),
        countries: vec![Choice::new("AT", "Austria", false), Choice::new("DE", "Germany", true)],
    }
}

fn steps(done: usize) -> Vec<(String, bool)> {
    let words = ["Made", "Approved", "With us", "Looked at", "Done"];
    words.into_iter().enumerate().map(|(n, words)| (words.to_owned(), n < done)).collect()
}

fn claim() -> shop::ClaimPage {
    shop::ClaimPage {
        number: "W7K3F9QX".into(),
        state: Badge::Other(Tone::Warn, "Under review".into()),
        sentence: "It is covered. We look at what you wrote and answer by mail.".into(),
        steps: steps(1),
        certificate_number: "C7K3F9QX2M".into(),
        certificate_href: "/warranty/crt_1?token=t".into(),
        title: "Table lamp with linen shade".into(),
        image: picture(8, ""),
        serial: Some(SERIAL.into()),
        defect: "It does not work".into(),
        description: "It flickers since last week.\nAnother bulb does the same.".into(),
        next: texts(&["We answer by mail, usually within two days.", "Keep the item until then."]),
        events: events().into_iter().take(2).collect(),
        withdraw_action: Some("/warranty-claims/clm_1/withdraw".into()),
        token: "t".into(),
        csrf: "c5rf".into(),
        key: "key".into(),
        ..Default::default()
    }
}

fn approved() -> shop::ClaimPage {
    shop::ClaimPage {
        state: Badge::Approved,
        sentence: "We wait for the item.".into(),
        steps: steps(2),
        send_to: warehouse(),
        due: Some("17 July 2027".into()),
        remedy: Some("We repair it and send it back to you.".into()),
        next: texts(&["You send the item.", "We look at it.", "We repair it and send it back to you."]),
        ..claim()
    }
}

fn shop_pages() -> Vec<(&'static str, Markup)> {
    let done = |sentence: &str| shop::ClaimPage {
        state: Badge::Completed,
        sentence: sentence.into(),
        steps: steps(5),
        next: vec![],
        finding: Some("The switch was worn. The cable and the socket are fine.".into()),
        events: events(),
        withdraw_action: None,
        ..claim()
    };
    vec![
        ("warranty", shop::warranty_home(&home())),
        (
            "warranty-signed-in",
            shop::warranty_home(&shop::WarrantyHome {
                sign_in_href: None,
                certificates: certificates(),
                claims: claims(),
                ..home()
            }),
        ),
        (
            "warranty-signed-in-empty",
            shop::warranty_home(&shop::WarrantyHome { sign_in_href: None, policy: vec![], ..home() }),
        ),
        ("warranty-certificate", shop::certificate_page(&certificate())),
        (
            "warranty-certificate-offered",
            shop::certificate_page(&shop::CertificatePage {
                offer: Some(offered()),
                pass_action: None,
                done: Some("Offered. The mail is on its way to friend@example.com.".into()),
                claims: claims(),
                earlier: Some("/warranty/crt_0".into()),
                ..certificate()
            }),
        ),
        (
            "warranty-certificate-error",
            shop::certificate_page(&shop::CertificatePage {
                email: "friend@example".into(),
                errors: errors(&[
                    ("email", "Enter an email address, such as name@example.com"),
                    ("claim", "A claim on it is open: it can be passed on when that is done."),
                ]),
                ..certificate()
            }),
        ),
        (
            "warranty-certificate-replaced",
            shop::certificate_page(&shop::CertificatePage {
                title: LONG.into(),
                state: Badge::Other(Tone::Neutral, "Replaced".into()),
                sentence: "It ended on 3 June 2027, when a new item replaced this one.".into(),
                serial: None,
                terms: vec![],
                excluded: vec![],
                qr: None,
                order: None,
                later: Some("/warranty/crt_2".into()),
                claims: claims().split_off(1),
                claim_href: None,
                claim_blocked: Some("Claims are made on the certificate of the new one.".into()),
                pass_action: None,
                ..certificate()
            }),
        ),
        ("warranty-accept", shop::accept_page(&accept())),
        ("warranty-claim-form", shop::claim_form(&claim_form())),
        (
            "warranty-claim-form-error",
            shop::claim_form(&shop::ClaimForm {
                title: LONG.into(),
                serial: None,
                description: "It flickers.".into(),
                errors: errors(&[
                    ("defect", "Choose what is wrong with it"),
                    ("description", "Say it in 2,000 letters at most"),
                    ("claim", "A claim on this item is open already."),
                ]),
                ..claim_form()
            }),
        ),
        (
            "warranty-claim-form-address",
            shop::claim_form(&shop::ClaimForm { address: Some(claim_address()), ..claim_form() }),
        ),
        (
            "warranty-claim-form-address-error",
            shop::claim_form(&shop::ClaimForm {
                description: "It flickers.".into(),
                address: Some(shop::ClaimAddress {
                    values: shop::AddressValues {
                        name: "B. Friend".into(),
                        country: "AT".into(),
                        city: "Wien".into(),
                        ..Default::default()
                    },
                    ..claim_address()
                }),
                errors: errors(&[
                    ("defect", "Choose what is wrong with it"),
                    ("shipping_line1", "Enter street and number"),
                    ("shipping_postal_code", "Enter the postcode"),
                ]),
                ..claim_form()
            }),
        ),
        (
            "warranty-claim",
            shop::claim_page(&shop::ClaimPage {
                done: Some("We have your claim. A mail about it is on its way.".into()),
                ..claim()
            }),
        ),
        ("warranty-claim-approved", shop::claim_page(&approved())),
        (
            "warranty-claim-denied",
            shop::claim_page(&shop::ClaimPage {
                state: Badge::Other(Tone::Neutral, "Denied".into()),
                sentence: "The warranty does not cover this.".into(),
                steps: vec![],
                reasons: texts(&["The warranty ended on 3 June 2027.", "Bulbs are not covered."]),
                next: texts(&["Do you see it differently? Reply to our mail, and a person reads it."]),
                withdraw_action: None,
                ..claim()
            }),
        ),
        (
            "warranty-claim-withdraw-refused",
            shop::claim_page(&shop::ClaimPage {
                errors: errors(&[("withdraw", "It can't be withdrawn any more: the item is being repaired.")]),
                withdraw_action: None,
                ..claim()
            }),
        ),
        (
            "warranty-claim-repaired",
            shop::claim_page(&shop::ClaimPage {
                remedy: Some("We repaired it.".into()),
                parcel: Some(shop::ClaimParcel {
                    carrier: "DHL".into(),
                    tracking: "00340434161094021501".into(),
                    tracking_href: Some("https://carrier.example.com/123".into()),
                }),
                ..done("It is repaired and on its way to you.")
            }),
        ),
        (
            "warranty-claim-replaced",
            shop::claim_page(&shop::ClaimPage {
                remedy: Some("We send you a new one. You pay nothing for it.".into()),
                new_order: Some(("/orders/ord_2?token=t".into(), "4MTA1BCD7K".into())),
                ..done("A new one is on its way to you.")
            }),
        ),
    ]
}

fn list() -> desk::Claims {
    let states = [
        (Badge::Other(Tone::Warn, "To decide".into()), ""),
        (Badge::Approved, "Repair"),
        (Badge::Received, "Repair"),
        (Badge::Completed, "A new one"),
        (Badge::Other(Tone::Neutral, "Denied".into()), ""),
    ];
    let row = |(n, (state, remedy)): (usize, (Badge, &str))| desk::ClaimRow {
        number: format!("W7K3F9Q{n}"),
        href: "/desk/claims/clm_1".into(),
        state,
        title: if n == 1 { LONG.into() } else { "Table lamp with linen shade".into() },
        name: if n == 1 {
            "A very long name of a company that bought things, and its department".into()
        } else {
            "buyer@example.com".into()
        },
        asked: "3 June 2027".into(),
        remedy: remedy.into(),
    };
    let tabs = [("To decide", ""), ("Awaited", "awaited"), ("Here", "here"), ("Done", "done")];
    desk::Claims {
        tabs: tabs
            .map(|(words, view)| Tab {
                words: words.to_owned(),
                href: format!("/desk/claims?view={view}"),
                current: view.is_empty(),
                count: None,
            })
            .to_vec(),
        rows: states.into_iter().enumerate().map(row).collect(),
        pager: Pager { first: None, next: Some("/desk/claims?cursor=x".into()) },
        certificates_href: "/desk/certificates".into(),
        empty: "Claims that somebody has to decide about appear here.".into(),
        ..Default::default()
    }
}

fn resolutions(chosen: &str) -> Vec<Choice> {
    [("repair", "Repair it"), ("replace", "Send a new one"), ("refund", "Give the money back")]
        .map(|(value, words)| Choice::new(value, words, value == chosen))
        .to_vec()
}

fn to_decide() -> desk::ClaimWork {
    desk::ClaimWork {
        number: "W7K3F9QX".into(),
        state: Badge::Other(Tone::Warn, "To decide".into()),
        sentence: "It is covered. Say what is done for it.".into(),
        asked: "Made on 3 June 2027, 14:05".into(),
        title: "Table lamp with linen shade".into(),
        image: picture(8, ""),
        defect: "It does not work".into(),
        description: "It flickers since last week.\nAnother bulb does the same.".into(),
        customer: texts(&["A. Buyer", "buyer@example.com"]),
        coverage: desk::Coverage::Covered,
        approve: Some(desk::ClaimApproval {
            action: "/desk/claims/clm_1/approve".into(),
            resolutions: resolutions("repair"),
            keep_item: false,
        }),
        deny_action: Some("/desk/claims/clm_1/deny".into()),
        certificate: desk::ClaimCertificate {
            number: "C7K3F9QX2M".into(),
            href: "/desk/certificates/crt_1".into(),
            serial: Some(SERIAL.into()),
            begins: "3 June 2026".into(),
            ends: "3 June 2028".into(),
            holder: "buyer@example.com".into(),
        },
        order: Some(("/desk/orders/ord_1".into(), "7K3F9QX2M4".into())),
        refund: Some("€145.00 to the card that paid, Visa ••4242".into()),
        events: events().into_iter().map(|event| Event { who: Some("owner@example.com".into()), ..event }).collect(),
        csrf: "c5rf".into(),
        key: "4-key".into(),
        ..Default::default()
    }
}

fn awaited() -> desk::ClaimWork {
    desk::ClaimWork {
        state: Badge::Approved,
        sentence: "The item is awaited.".into(),
        due: Some("17 July 2027".into()),
        remedy: Some("Repair".into()),
        approve: None,
        deny_action: None,
        receive_action: Some("/desk/claims/clm_1/receive".into()),
        ..to_decide()
    }
}

fn diagnosed(remedy: &str, label: &str, what: &str) -> desk::ClaimWork {
    desk::ClaimWork {
        state: Badge::Other(Tone::Info, "Looked at".into()),
        sentence: "It was looked at. Now do what it comes to.".into(),
        due: None,
        remedy: Some(remedy.into()),
        finding: Some("The switch was worn. The cable and the socket are fine.".into()),
        receive_action: None,
        resolve: Some(desk::ClaimResolution {
            action: "/desk/claims/clm_1/resolve".into(),
            label: label.into(),
            what: what.into(),
            parcel: remedy == "Repair",
            instead: pairs(&[("refund", "Refund €145.00 instead")]),
        }),
        ..awaited()
    }
}

fn found() -> desk::Certificates {
    let row = |number: &str, title: &str, serial: &str, state: Badge| desk::CertificateRow {
        number: number.into(),
        href: "/desk/certificates/crt_1".into(),
        title: title.into(),
        serial: serial.into(),
        holder: "buyer@example.com".into(),
        until: "3 June 2028".into(),
        state,
    };
    desk::Certificates {
        action: "/desk/certificates".into(),
        q: "7K3F9QX2M4".into(),
        rows: vec![
            row("C7K3F9QX2M", "Table lamp with linen shade", SERIAL, Badge::Active),
            row("C2M4F9QX7K", LONG, "", Badge::Expired),
        ],
        pager: Pager::default(),
    }
}

fn desk_pages() -> Vec<(&'static str, Markup)> {
    let work = |view: &desk::ClaimWork| desk::claim_work(view);
    vec![
        ("desk-claims", desk::claims(&list())),
        ("desk-claims-empty", desk::claims(&desk::Claims { rows: vec![], pager: Pager::default(), ..list() })),
        (
            "desk-claims-not-found",
            desk::claims(&desk::Claims {
                rows: vec![],
                pager: Pager::default(),
                q: "W7K3F9QY".into(),
                not_found: true,
                empty: "A claim with this number would appear here.".into(),
                ..list()
            }),
        ),
        ("desk-claim", work(&to_decide())),
        (
            "desk-claim-not-covered",
            work(&desk::ClaimWork {
                state: Badge::Other(Tone::Neutral, "Denied".into()),
                sentence: "It was denied at once: the warranty does not cover it.".into(),
                coverage: desk::Coverage::NotCovered(texts(&[
                    "The warranty ended on 3 June 2027.",
                    "Bulbs are not covered.",
                ])),
                approve: None,
                deny_action: None,
                order: None,
                refund: None,
                others: [("W2M4F9QX", Badge::Completed), ("W4F9QX2M", Badge::Cancelled)]
                    .map(|(number, state)| desk::OtherClaim {
                        number: number.into(),
                        href: "/desk/claims/clm_2".into(),
                        state,
                        asked: "3 May 2027".into(),
                    })
                    .to_vec(),
                ..to_decide()
            }),
        ),
        ("desk-claim-awaited", work(&awaited())),
        (
            "desk-claim-received",
            work(&desk::ClaimWork {
                state: Badge::Received,
                sentence: "The item is here. Look at it.".into(),
                due: None,
                receive_action: None,
                diagnose: Some(desk::ClaimDiagnosis {
                    action: "/desk/claims/clm_1/diagnose".into(),
                    resolutions: resolutions("repair"),
                    again: false,
                }),
                deny_action: Some("/desk/claims/clm_1/deny".into()),
                ..awaited()
            }),
        ),
        (
            "desk-claim-repair",
            work(&diagnosed("Repair", "It is repaired and on its way", "The customer is told by mail.")),
        ),
        (
            "desk-claim-repair-begins",
            work(&desk::ClaimWork {
                repair_action: Some("/desk/claims/clm_1/repair".into()),
                ..diagnosed("Repair", "It is repaired and on its way", "The customer is told by mail.")
            }),
        ),
        (
            "desk-claim-replace",
            work(&diagnosed(
                "A new one",
                "Place the replacement order",
                "It goes to the address of the first order and costs nothing.",
            )),
        ),
        (
            "desk-claim-done",
            work(&desk::ClaimWork {
                state: Badge::Completed,
                sentence: "Done.".into(),
                resolve: None,
                new_order: Some(("/desk/orders/ord_2".into(), "4MTA1BCD7K".into())),
                ..diagnosed("A new one", "", "")
            }),
        ),
        ("desk-warranty-certificates", desk::certificate_search(&found())),
        (
            "desk-warranty-certificates-none",
            desk::certificate_search(&desk::Certificates { rows: vec![], q: "SN-1".into(), ..found() }),
        ),
        (
            "desk-warranty-certificates-empty",
            desk::certificate_search(&desk::Certificates { rows: vec![], q: String::new(), ..found() }),
        ),
    ]
}

/// The pages of warranties by their names.
pub(super) fn pages() -> Vec<(String, Markup)> {
    let refused = |name: &str| if name.ends_with("error") { errors(&[("x", "y")]) } else { FormErrors::none() };
    let in_shop = |(name, body): (&str, Markup)| {
        let head = Head::private("Warranty").failed(&refused(name));
        (name.to_owned(), shop_page(&head, &context(), &body))
    };
    let desk = desk_context(Section::Claims);
    let at_desk = |(name, body): (&str, Markup)| on_desk(name, &desk, &body);
    shop_pages().into_iter().map(in_shop).chain(desk_pages().into_iter().map(at_desk)).collect()
}

/// The mails of warranties by their names.
pub(super) fn mails() -> Vec<(&'static str, mails::Mail)> {
    let from = super::mails::sender();
    let url = "https://shop.example.com/warranty/crt_1?token=3JpZ2h0LWJyaWNr";
    let issued = |title: &str, serial: Option<&str>| mails::IssuedCertificate {
        title: title.into(),
        serial: serial.map(str::to_owned),
        until: "3 June 2028".into(),
        url: url.into(),
    };
    let issued_for = |certificates| mails::CertificatesIssuedMail {
        order_number: "7K3F9QX2M4".into(),
        order_url: "https://shop.example.com/orders/ord_1?token=3JpZ2h0LWJyaWNr".into(),
        certificates,
    };
    let lamp = issued("Table lamp with linen shade", Some(SERIAL));
    let certificate = mails::CertificateMail {
        number: "C7K3F9QX2M".into(),
        title: lamp.title.clone(),
        serial: lamp.serial.clone(),
        until: lamp.until.clone(),
        url: url.into(),
    };
    let claim = mails::ClaimMail {
        number: "W7K3F9QX".into(),
        title: lamp.title.clone(),
        serial: lamp.serial.clone(),
        view_url: "https://shop.example.com/warranty-claims/clm_1?token=3JpZ2h0LWJyaWNr".into(),
    };
    let approved = mails::ClaimApprovedMail {
        mail: claim.clone(),
        remedy: "We repair it and send it back to you.".into(),
        send_to: warehouse(),
        due: "17 July 2027".into(),
        next: texts(&["We look at the item when it is here.", "We mail you when it is on its way back."]),
    };
    let denied = mails::ClaimDeniedMail {
        mail: claim.clone(),
        reasons: texts(&["The warranty ended on 3 June 2027.", "Bulbs are not covered."]),
        item_is_here: false,
    };
    let done = |outcome| mails::claim_completed(&from, &mails::ClaimCompletedMail { mail: claim.clone(), outcome });
    vec![
        ("certificates-issued", mails::certificates_issued(&from, &issued_for(vec![lamp.clone()]))),
        (
            "certificates-issued-many",
            mails::certificates_issued(&from, &issued_for(vec![lamp.clone(), lamp.clone(), issued(LONG, None)])),
        ),
        (
            "warranty-offered",
            mails::warranty_offered(
                &from,
                &mails::WarrantyOfferedMail { certificate: certificate.clone(), lives: "14 days".into() },
            ),
        ),
        (
            "warranty-passed-on",
            mails::warranty_passed_on(&from, &mails::CertificateMail { url: String::new(), ..certificate.clone() }),
        ),
        ("warranty-taken", mails::warranty_taken(&from, &certificate)),
        ("claim-submitted", mails::claim_submitted(&from, &claim)),
        ("claim-denied", mails::claim_denied(&from, &denied)),
        (
            "claim-denied-looked-at",
            mails::claim_denied(&from, &mails::ClaimDeniedMail { item_is_here: true, ..denied.clone() }),
        ),
        ("claim-approved", mails::claim_approved(&from, &approved)),
        (
            "claim-approved-kept",
            mails::claim_approved(
                &from,
                &mails::ClaimApprovedMail {
                    remedy: "We send you a new one. Keep the broken one.".into(),
                    send_to: vec![],
                    due: String::new(),
                    next: texts(&["We mail you when the new one leaves."]),
                    ..approved.clone()
                },
            ),
        ),
        ("claim-item-received", mails::claim_item_received(&from, &claim)),
        (
            "claim-repaired",
            done(mails::ClaimOutcome::Repaired {
                carrier: Some("DHL".into()),
                tracking: Some("00340434161094021501".into()),
                tracking_url: Some("https://carrier.example.com/123".into()),
            }),
        ),
        (
            "claim-repaired-no-parcel",
            done(mails::ClaimOutcome::Repaired { carrier: None, tracking: None, tracking_url: None }),
        ),
        (
            "claim-replaced",
            done(mails::ClaimOutcome::Replaced {
                order_number: "4MTA1BCD7K".into(),
                order_url: "https://shop.example.com/orders/ord_2?token=3JpZ2h0LWJyaWNr".into(),
            }),
        ),
        (
            "claim-refunded",
            done(mails::ClaimOutcome::Refunded {
                amount: "€12,345.67".into(),
                to: "your card".into(),
                when: "Banks take 3–5 days to show it.".into(),
            }),
        ),
        (
            "claim-refunded-credit",
            done(mails::ClaimOutcome::Refunded {
                amount: "€145.00".into(),
                to: "your store credit".into(),
                when: "You can spend it now.".into(),
            }),
        ),
        ("claim-withdrawn", mails::claim_withdrawn(&from, &claim)),
    ]
}
