//! Returns: asked for, followed, worked on, and told of by mail.

use super::*;
use pages::{desk, mails, shop};

pub(super) fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|text| (*text).to_owned()).collect()
}

pub(super) fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub(super) const LONG: &str =
    "A tall vase with a very long name that says how it was thrown, fired and glazed, in celadon";

pub(super) fn warehouse() -> Vec<String> {
    texts(&["Sill & Saucer, returns", "Lindenstraße 5", "10969 Berlin", "Germany"])
}

fn choice() -> shop::ReturnChoice {
    let line = |n: usize, title: &str, bought: &str, left: u32| shop::ReturnableLine {
        sku: GOODS[n].0.into(),
        title: title.into(),
        image: picture(n, ""),
        bought: bought.into(),
        left,
        terms: Some("Return by 3 July 2026.".into()),
        ..Default::default()
    };
    shop::ReturnChoice {
        order_number: "7K3F9QX2M4".into(),
        order_href: "/orders/ord_1?token=t".into(),
        deadline: Some("You can send these back until 3 July 2026.".into()),
        action: "/orders/ord_1/return".into(),
        token: "t".into(),
        lines: vec![
            line(0, "Morning mug, Cobalt", "2 × €24.00", 2),
            shop::ReturnableLine {
                terms: Some("Final sale: it comes back only when something is wrong with it.".into()),
                ..line(1, LONG, "1 × €12,345.67", 1)
            },
            line(10, "Rice bowl", "24 × €16.00", 24),
            shop::ReturnableLine {
                terms: None,
                blocked: Some("It could be sent back until 1 May 2026. If it broke since, see its warranty.".into()),
                ..line(4, "Milk jug", "1 × €38.00", 0)
            },
        ],
        reasons: pairs(&[
            ("unwanted", "I don't want it any more"),
            ("wrong_item", "It is not what I ordered"),
            ("damaged", "It arrived damaged"),
            ("defective", "It does not work"),
            ("not_as_described", "It is not as described"),
            ("too_late", "It came too late"),
        ]),
        errors: FormErrors::none(),
    }
}

fn choice_refused() -> shop::ReturnChoice {
    let mut view = choice();
    view.lines[0].quantity = "1".into();
    view.lines[1].quantity = "1".into();
    view.lines[1].reason = "unwanted".into();
    view.lines[2].quantity = "25".into();
    view.lines[2].reason = "damaged".into();
    view.errors = errors(&[
        ("reason.MUG-COBALT", "Choose a reason"),
        ("reason.VASE-TALL", "This was sold as final: it comes back only when something is wrong with it."),
        ("quantity.BOWL-RICE", "Only 24 of these can be sent back."),
        ("quantity.JUG-1L", "None of these can be sent back."),
    ]);
    view
}

fn quoted() -> Vec<shop::QuotedLine> {
    let line = |n: usize, title: &str, what: &str, worth: &str, refund: &str| shop::QuotedLine {
        title: title.into(),
        image: picture(n, ""),
        what: what.into(),
        worth: worth.into(),
        refund: refund.into(),
        ..Default::default()
    };
    vec![
        shop::QuotedLine {
            reductions: pairs(&[("Restocking fee, 10 %", "−€4.80"), ("Refunded before", "−€2.00")]),
            ..line(0, "Morning mug, Cobalt", "2 × I don't want it any more", "€48.00", "€41.20")
        },
        line(1, LONG, "1 × It arrived damaged", "€12,345.67", "€12,345.67"),
    ]
}

fn sum() -> shop::RefundSum {
    shop::RefundSum {
        rows: pairs(&[("Items", "€12,386.87"), ("Delivery, refunded", "€4.90"), ("Return label", "−€4.90")]),
        total: "€12,386.87".into(),
        to: "to your card, 3–5 days after we have looked at the goods".into(),
    }
}

fn review() -> shop::ReturnReview {
    shop::ReturnReview {
        order_number: "7K3F9QX2M4".into(),
        change_href: "/orders/ord_1/return?quantity.MUG-COBALT=2".into(),
        action: "/orders/ord_1/return".into(),
        token: "t".into(),
        csrf: "c5rf".into(),
        key: "key".into(),
        lines: quoted(),
        sum: sum(),
        hidden: pairs(&[("quantity.MUG-COBALT", "2"), ("reason.MUG-COBALT", "unwanted")]),
        resolutions: vec![
            Choice::new("refund", "My money back, to your card", true),
            Choice::new("credit", "Store credit, to spend on something else", false),
            Choice {
                hint: Some("€4.99 goes back to your card.".into()),
                end: Some("€15.00".into()),
                ..Choice::new("exchange", "What is in my cart, instead", false)
            },
        ],
        next: texts(&[
            "We look at your request and answer by mail, usually within a day.",
            "You send the parcel by 17 July 2026, with the slip that we mail you.",
            "We look at the items, and your money goes back.",
        ]),
        ..Default::default()
    }
}

fn page() -> shop::ReturnPage {
    shop::ReturnPage {
        number: "R7K3F9QX".into(),
        order_number: "7K3F9QX2M4".into(),
        order_href: "/orders/ord_1?token=t".into(),
        state: Badge::Other(Tone::Warn, "Asked for".into()),
        sentence: "We look at your request and answer by mail, usually within a day. Please keep the items until then."
            .into(),
        steps: [
            ("Asked for", true),
            ("Approved", false),
            ("On its way", false),
            ("Looked at", false),
            ("Money back", false),
        ]
        .map(|(words, done)| (words.to_owned(), done))
        .to_vec(),
        lines: quoted(),
        sum: sum(),
        sum_title: "You will get".into(),
        comment: Some("The foot of the vase is cracked.\nThe mugs are fine, we have too many.".into()),
        photo_action: Some("/returns/ret_1/photos".into()),
        cancel_action: Some("/returns/ret_1/cancel".into()),
        token: "t".into(),
        csrf: "c5rf".into(),
        key: "key".into(),
        events: events().into_iter().take(2).collect(),
        ..Default::default()
    }
}

fn steps(done: usize) -> Vec<(String, bool)> {
    page().steps.into_iter().enumerate().map(|(n, (words, _))| (words, n < done)).collect()
}

fn approved() -> shop::ReturnPage {
    let photo =
        |n: usize| shop::ReturnPhoto { href: format!("/images/{}.svg", GOODS[n].0), alt: format!("Picture {}", n + 1) };
    shop::ReturnPage {
        state: Badge::Approved,
        sentence: "You can send the items back now.".into(),
        steps: steps(2),
        slip_href: Some("/returns/ret_1/slip.pdf?token=t".into()),
        due: Some("17 July 2026".into()),
        send_to: warehouse(),
        photos: [0, 1, 2].map(photo).to_vec(),
        sent_action: Some("/returns/ret_1/sent".into()),
        ..page()
    }
}

fn home() -> shop::ReturnsHome {
    shop::ReturnsHome {
        policy: pairs(&[
            ("How long", "30 days from delivery"),
            ("What it costs", "The way back is free in Germany. Of what is merely unwanted we keep 10 %."),
            ("Something is wrong", "Then everything goes back, delivery included."),
            ("Your money", "3–5 days after we have looked at the goods"),
        ]),
        find_href: "/orders/find".into(),
        sign_in_href: Some("/sign-in?return_to=/returns".into()),
        ..Default::default()
    }
}

fn summaries() -> Vec<shop::ReturnSummary> {
    let one = |number: &str, state: Badge, refund: &str| shop::ReturnSummary {
        number: number.into(),
        href: "/returns/ret_1".into(),
        state,
        order_number: "7K3F9QX2M4".into(),
        asked: "Asked for on 3 June 2026".into(),
        refund: refund.into(),
    };
    vec![one("R7K3F9QX", Badge::InTransit, "€12,386.87"), one("R2M4F9QX", Badge::Refunded, "€24.00")]
}

fn shop_pages() -> Vec<(&'static str, Markup)> {
    vec![
        ("return-choice", shop::return_choice(&choice())),
        ("return-choice-error", shop::return_choice(&choice_refused())),
        (
            "return-choice-over",
            shop::return_choice(&shop::ReturnChoice {
                deadline: None,
                lines: choice().lines.split_off(3),
                token: String::new(),
                ..choice()
            }),
        ),
        ("return-choice-empty", shop::return_choice(&shop::ReturnChoice { lines: vec![], ..choice() })),
        ("return-review", shop::return_review(&review())),
        (
            "return-review-error",
            shop::return_review(&shop::ReturnReview {
                exchange_hint: Some("Something else instead? Put it into your cart first, then come back here.".into()),
                comment: "The foot of the vase is cracked.".into(),
                errors: errors(&[
                    ("quantity.MUG-COBALT", "Only one of these can be sent back."),
                    ("comment", "Say it in 2,000 letters at most"),
                    ("resolution", "Choose what you want for it"),
                ]),
                ..review()
            }),
        ),
        ("return", shop::return_page(&page())),
        ("return-approved", shop::return_page(&approved())),
        (
            "return-label",
            shop::return_page(&shop::ReturnPage {
                label: Some(("https://carrier.example.com/label.pdf".into(), "Print the DHL label".into())),
                send_to: vec![],
                comment: None,
                photos: vec![],
                photo_action: None,
                ..approved()
            }),
        ),
        (
            "return-error",
            shop::return_page(&shop::ReturnPage {
                tracking: "00340434161094021501".into(),
                notice: Some(Notice {
                    detail: Some("Send it in the next 3 days, or ask for the return again.".into()),
                    ..Notice::new(Tone::Warn, "The time to send it is nearly over.")
                }),
                errors: errors(&[
                    ("carrier", "Enter who carries it"),
                    ("photo", "Choose a picture of 4 MB at most"),
                    ("cancel", "It can't be cancelled any more."),
                ]),
                ..approved()
            }),
        ),
        (
            "return-refunded",
            shop::return_page(&shop::ReturnPage {
                state: Badge::Refunded,
                sentence: "€12,345.67 went back to your card on 20 June 2026.".into(),
                steps: steps(5),
                lines: quoted()
                    .into_iter()
                    .map(|line| shop::QuotedLine { note: Some("1 received, 1 accepted".into()), ..line })
                    .collect(),
                sum_title: "You got".into(),
                reason: Some("One of the mugs was used: it is stained inside.".into()),
                photo_action: None,
                cancel_action: None,
                events: events(),
                ..page()
            }),
        ),
        (
            "return-declined",
            shop::return_page(&shop::ReturnPage {
                state: Badge::Other(Tone::Neutral, "Declined".into()),
                sentence: "We can't take this back. You keep the items.".into(),
                steps: vec![],
                reason: Some("These were made to your measure.".into()),
                comment: None,
                photo_action: None,
                cancel_action: None,
                ..page()
            }),
        ),
        ("returns", shop::returns_home(&home())),
        (
            "returns-signed-in",
            shop::returns_home(&shop::ReturnsHome {
                sign_in_href: None,
                orders: [("7K3F9QX2M4", "/orders/ord_1"), ("2M4F9QX7K3", "/orders/ord_2")]
                    .map(|(number, href)| (number.to_owned(), href.to_owned(), "Placed on 3 June 2026".to_owned()))
                    .to_vec(),
                returns: summaries(),
                ..home()
            }),
        ),
        (
            "order-returns",
            shop::order(&shop::Order {
                number: "7K3F9QX2M4".into(),
                placed: "Placed on 3 June 2026".into(),
                state: vec![Badge::Delivered],
                sentence: "Your parcel arrived on 5 June 2026.".into(),
                totals: totals_view(),
                returns: summaries(),
                return_href: Some("/orders/ord_1/return".into()),
                return_by: Some("You can send items back until 3 July 2026.".into()),
                events: events(),
                shipping_address: address(),
                method: "Standard".into(),
                payment: "Card".into(),
                email: "buyer@example.com".into(),
                ..Default::default()
            }),
        ),
    ]
}

fn list() -> desk::Returns {
    let states = [
        Badge::Other(Tone::Warn, "To decide".into()),
        Badge::Approved,
        Badge::InTransit,
        Badge::Received,
        Badge::Refunded,
        Badge::Expired,
    ];
    let row = |(n, state): (usize, Badge)| desk::ReturnRow {
        number: format!("R7K3F9Q{n}"),
        href: "/desk/returns/ret_1".into(),
        state,
        order_number: "7K3F9QX2M4".into(),
        order_href: "/desk/orders/ord_1".into(),
        name: if n == 1 {
            "A very long name of a company that sends things back, and its department".into()
        } else {
            "A. Buyer".into()
        },
        units: if n == 1 { "1,248".into() } else { "3".into() },
        refund: if n == 1 { "€12,345.67".into() } else { "€41.20".into() },
        asked: "3 June 2026".into(),
        due: if (1..4).contains(&n) { "by 17 July 2026".into() } else { String::new() },
        overdue: n == 2,
    };
    let tabs = [("To decide", ""), ("Awaited", "awaited"), ("Here", "here"), ("Done", "done")];
    desk::Returns {
        tabs: tabs
            .map(|(words, view)| Tab {
                words: words.to_owned(),
                href: format!("/desk/returns?view={view}"),
                current: view.is_empty(),
                count: None,
            })
            .to_vec(),
        rows: states.into_iter().enumerate().map(row).collect(),
        pager: Pager { first: None, next: Some("/desk/returns?cursor=x".into()) },
        empty: "Returns that somebody has to decide about appear here.".into(),
        ..Default::default()
    }
}

fn work_lines() -> Vec<desk::ReturnWorkLine> {
    vec![
        desk::ReturnWorkLine {
            sku: GOODS[0].0.into(),
            barcode: "4006381333931".into(),
            title: "Morning mug, Cobalt".into(),
            image: picture(0, ""),
            reason: "No longer wanted".into(),
            requested: 2,
            refund: "€43.20".into(),
            reductions: pairs(&[("Restocking fee", "−€4.80")]),
            ..Default::default()
        },
        desk::ReturnWorkLine {
            sku: GOODS[1].0.into(),
            title: LONG.into(),
            image: picture(1, ""),
            reason: "Arrived damaged".into(),
            requested: 1,
            refund: "€12,345.67".into(),
            ..Default::default()
        },
    ]
}

fn looked_at() -> Vec<desk::ReturnWorkLine> {
    let mut lines = work_lines();
    lines[0].received = 2;
    lines[1].received = 1;
    for (line, [arrived, resellable, damaged, rejected]) in
        lines.iter_mut().zip([["2", "1", "0", "1"], ["1", "0", "1", "0"]])
    {
        line.arrived = arrived.into();
        line.resellable = resellable.into();
        line.damaged = damaged.into();
        line.rejected = rejected.into();
    }
    lines
}

fn to_decide() -> desk::ReturnWork {
    desk::ReturnWork {
        number: "R7K3F9QX".into(),
        state: Badge::Other(Tone::Warn, "To decide".into()),
        sentence: "Say whether it may be sent.".into(),
        order_number: "7K3F9QX2M4".into(),
        order_href: "/desk/orders/ord_1".into(),
        customer: texts(&["A. Buyer", "buyer@example.com"]),
        asked: "Asked for on 3 June 2026, 14:05".into(),
        comment: Some("The foot of the vase is cracked.\nThe mugs are fine, we have too many.".into()),
        photos: [0, 1].map(|n: usize| (format!("/images/{}.svg", GOODS[n].0), format!("Picture {}", n + 1))).to_vec(),
        lines: work_lines(),
        sum: pairs(&[("Items", "€12,388.87"), ("Delivery", "€4.90"), ("Return label", "−€4.90")]),
        total: "€12,388.87".into(),
        total_title: "Refund".into(),
        approve_action: Some("/desk/returns/ret_1/approve".into()),
        decline_action: Some("/desk/returns/ret_1/decline".into()),
        events: events().into_iter().map(|event| Event { who: Some("owner@example.com".into()), ..event }).collect(),
        csrf: "c5rf".into(),
        key: "4-key".into(),
        currency: "EUR".into(),
        ..Default::default()
    }
}

fn awaited() -> desk::ReturnWork {
    desk::ReturnWork {
        state: Badge::Approved,
        sentence: "The parcel is awaited. Scan what is in it when it comes.".into(),
        due: Some("17 July 2026".into()),
        inspect_action: Some("/desk/returns/ret_1/inspect".into()),
        approve_action: None,
        decline_action: None,
        label_action: Some("/desk/returns/ret_1/label".into()),
        ..to_decide()
    }
}

fn desk_pages() -> Vec<(&'static str, Markup)> {
    let work = |view: &desk::ReturnWork| desk::return_work(view);
    vec![
        ("desk-returns", desk::returns(&list())),
        ("desk-returns-empty", desk::returns(&desk::Returns { rows: vec![], pager: Pager::default(), ..list() })),
        (
            "desk-returns-not-found",
            desk::returns(&desk::Returns {
                rows: vec![],
                pager: Pager::default(),
                q: "R7K3F9QY".into(),
                not_found: true,
                empty: "A return with this number would appear here.".into(),
                ..list()
            }),
        ),
        ("desk-return", work(&to_decide())),
        (
            "desk-return-decline-error",
            work(&desk::ReturnWork { errors: errors(&[("reason", "Say why: the customer reads it")]), ..to_decide() }),
        ),
        ("desk-return-awaited", work(&awaited())),
        (
            "desk-return-error",
            work(&desk::ReturnWork {
                state: Badge::Received,
                lines: looked_at(),
                deduction: "x".into(),
                errors: errors(&[
                    (
                        "line.0.rejected",
                        "2 of these came: as new, damaged and not taken back have to be as many together.",
                    ),
                    ("line.1.received", "Enter a whole number."),
                    ("reason", "Say why something is not taken back"),
                    ("deduction", "Enter an amount, such as 4.80"),
                ]),
                label_action: None,
                ..awaited()
            }),
        ),
        (
            "desk-return-looked-at",
            work(&desk::ReturnWork {
                state: Badge::Accepted,
                sentence: "Looked at. The money can go back.".into(),
                lines: looked_at(),
                primary: Some((
                    "/desk/returns/ret_1/resolve".into(),
                    "Refund €12,364.87".into(),
                    "To the card that paid, Visa ••4242. This cannot be undone.".into(),
                )),
                reason: Some("One of the mugs was used: it is stained inside.".into()),
                inspect_action: None,
                label_action: None,
                ..awaited()
            }),
        ),
        (
            "desk-return-rejected",
            work(&desk::ReturnWork {
                state: Badge::Other(Tone::Bad, "Not taken back".into()),
                sentence: "Nothing of it is taken back. Send it to the customer again, or close it.".into(),
                lines: looked_at(),
                sum: vec![],
                total: "€0.00".into(),
                inspect_action: None,
                label_action: None,
                send_back_action: Some("/desk/returns/ret_1/send-back".into()),
                close_action: Some("/desk/returns/ret_1/close".into()),
                comment: None,
                photos: vec![],
                ..awaited()
            }),
        ),
    ]
}

/// The pages of returns by their names.
pub(super) fn pages() -> Vec<(String, Markup)> {
    let refused = |name: &str| if name.ends_with("error") { errors(&[("x", "y")]) } else { FormErrors::none() };
    let in_shop = |(name, body): (&str, Markup)| {
        let head = Head::private("Return").failed(&refused(name));
        (name.to_owned(), shop_page(&head, &context(), &body))
    };
    let desk = desk_context(Section::Returns);
    let at_desk = |(name, body): (&str, Markup)| on_desk(name, &desk, &body);
    shop_pages().into_iter().map(in_shop).chain(desk_pages().into_iter().map(at_desk)).collect()
}

/// The mails of returns by their names.
pub(super) fn mails() -> Vec<(&'static str, mails::Mail)> {
    let from = super::mails::sender();
    let line = |title: &str, option: Option<&str>, quantity: u32, total: &str| mails::MailLine {
        title: title.into(),
        option: option.map(str::to_owned),
        quantity,
        total: Some(total.into()),
        thumbnail: None,
    };
    let mail = mails::ReturnMail {
        number: "R7K3F9QX".into(),
        order_number: "7K3F9QX2M4".into(),
        view_url: "https://shop.example.com/returns/ret_0190f5c8?token=3JpZ2h0LWJyaWNrLXRva2VuLWZvci1hbGw".into(),
        lines: vec![line("Morning mug", Some("Cobalt"), 2, "€43.20"), line(LONG, None, 1, "€12,345.67")],
        sums: pairs(&[("Delivery", "€4.90"), ("Return label", "−€4.90")]),
        refund: "€12,388.87".into(),
    };
    let approved = mails::ReturnApproved {
        mail: mail.clone(),
        due: "17 July 2026".into(),
        slip_url: "https://shop.example.com/returns/ret_0190f5c8/slip.pdf?token=3JpZ2h0LWJyaWNr".into(),
        send_to: warehouse(),
        label_url: None,
    };
    let label = mails::ReturnApproved {
        label_url: Some("https://carrier.example.com/labels/00340434161094021501.pdf".into()),
        ..approved.clone()
    };
    let settled = mails::ReturnSettled {
        mail: mail.clone(),
        to: "your card".into(),
        takes: Some("3–5 days".into()),
        due: false,
        notes: texts(&[
            "One of the mugs was used: it is stained inside.",
            "We kept €4.80: the restocking fee of 10 % for what was merely unwanted.",
        ]),
    };
    let nothing = mails::ReturnMail {
        lines: vec![],
        sums: pairs(&[("Kept", "−€48.00")]),
        refund: "€0.00".into(),
        ..mail.clone()
    };
    let news = mails::ReturnNews {
        mail: mail.clone(),
        reason: Some("These were made to your measure.".into()),
        parcel: Some("DHL 00340434161094021501".into()),
    };
    vec![
        ("return-requested", mails::return_requested(&from, &mail)),
        ("return-approved", mails::return_approved(&from, &approved)),
        ("return-approved-label", mails::return_approved(&from, &label)),
        ("return-label", mails::return_label(&from, &label)),
        ("return-declined", mails::return_declined(&from, &mails::ReturnNews { parcel: None, ..news.clone() })),
        ("return-received", mails::return_received(&from, &mail)),
        ("return-rejected", mails::return_rejected(&from, &mails::ReturnNews { parcel: None, ..news.clone() })),
        ("return-rejected-parcel", mails::return_rejected(&from, &news)),
        ("return-settled", mails::return_settled(&from, &settled)),
        (
            "return-credited",
            mails::return_credited(
                &from,
                &mails::ReturnCredited {
                    mail: mail.clone(),
                    code: "7K3F-9QX2-M4TA-1BCD".into(),
                    shop_url: "https://shop.example.com".into(),
                    notes: settled.notes.clone(),
                },
            ),
        ),
        (
            "return-exchanged",
            mails::return_exchanged(
                &from,
                &mails::ReturnExchanged {
                    mail: mail.clone(),
                    new_number: "4MTA1BCD7K".into(),
                    new_url: "https://shop.example.com/orders/ord_2?token=3JpZ2h0LWJyaWNr".into(),
                    goods: mail.lines.clone(),
                    total: "€53.01".into(),
                    to_pay: Some(("€5.01".into(), "24 July 2026".into())),
                    back: None,
                    notes: settled.notes.clone(),
                },
            ),
        ),
        (
            "return-settled-due",
            mails::return_settled(
                &from,
                &mails::ReturnSettled { due: true, to: "your bank account".into(), ..settled.clone() },
            ),
        ),
        ("return-settled-zero", mails::return_settled(&from, &mails::ReturnSettled { mail: nothing, ..settled })),
        ("return-sent-back", mails::return_sent_back(&from, &news)),
        ("return-canceled", mails::return_canceled(&from, &mail)),
        ("return-expired", mails::return_expired(&from, &mail)),
    ]
}
