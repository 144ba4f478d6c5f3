//! Transfers: the list, one being written, one on its way, received and refused.

use super::*;
use pages::desk;

fn transfers() -> desk::Transfers {
    let states = [Badge::InTransit, Badge::PartReceived, Badge::Received, Badge::Cancelled];
    let row = |(n, state): (usize, Badge)| desk::TransferRow {
        number: format!("T7K3F{n}"),
        href: "/desk/transfers/trf_1".into(),
        from: "Main warehouse".into(),
        to: if n == 1 { "The small shop at the end of the long street, second floor".into() } else { "Shop".into() },
        state,
        lines: if n == 0 { "1".into() } else { "12".into() },
        units: if n == 0 { "3".into() } else { "1,248".into() },
        in_transit: if n < 2 { "3".into() } else { "0".into() },
        sent: format!("3 June 2026, 14:{n:02}"),
        sent_at: "2026-06-03T14:05:00Z".into(),
    };
    let tab =
        |words: &str, href: &str, current: bool| Tab { words: words.into(), href: href.into(), current, count: None };
    desk::Transfers {
        views: vec![tab("On the road", "/desk/transfers", false), tab("All", "/desk/transfers?view=all", true)],
        rows: states.into_iter().enumerate().map(row).collect(),
        pager: Pager { first: None, next: Some("/desk/transfers?view=all&cursor=x".into()) },
        nothing: "Transfers between locations appear here.".into(),
        may_send: true,
    }
}

fn form() -> desk::TransferForm {
    let places = |chosen: &str| {
        let place = |(id, name): (&str, &str)| Choice::new(id, name, id == chosen);
        [("main", "Main warehouse"), ("shop", "Shop")].map(place).to_vec()
    };
    desk::TransferForm {
        from: places("main"),
        to: places("shop"),
        blank: 3,
        csrf: "c5rf".into(),
        idempotency_key: "key".into(),
        ..Default::default()
    }
}

fn typed() -> desk::TransferForm {
    let line = |sku: &str, quantity: &str| desk::TransferLineTyped { sku: sku.into(), quantity: quantity.into() };
    let free = |n: usize, on_hand: &str, committed: &str, free: &str| desk::FreeRow {
        sku: GOODS[n].0.into(),
        title: GOODS[n].1.into(),
        on_hand: on_hand.into(),
        committed: committed.into(),
        free: free.into(),
    };
    desk::TransferForm {
        lines: vec![line("MUG-COBALT", "24"), line("VASE-TALL", "x")],
        note: "For the window".into(),
        free: Some(("Main warehouse".into(), vec![free(0, "40", "18", "22"), free(1, "3", "0", "3")])),
        ..form()
    }
}

fn transfer() -> desk::TransferView {
    let line = |n: usize, received: &str, damaged: &str, missing: &str, in_transit: &str| desk::TransferLineRow {
        sku: GOODS[n].0.into(),
        href: format!("/desk/stock/{}", GOODS[n].0),
        title: GOODS[n].1.into(),
        sent: "24".into(),
        received: received.into(),
        damaged: damaged.into(),
        missing: missing.into(),
        in_transit: in_transit.into(),
    };
    desk::TransferView {
        number: "T7K3F9".into(),
        base: "/desk/transfers/trf_1".into(),
        made: "Sent 3 June 2026, 14:05".into(),
        state: Some(Badge::PartReceived),
        facts: [("From", "Main warehouse"), ("To", "Shop"), ("Note", "For the window")]
            .map(|(name, value)| (name.into(), value.into()))
            .to_vec(),
        lines: vec![line(0, "20", "1", "2", "1"), line(1, "0", "0", "0", "24"), line(2, "24", "0", "0", "0")],
        receive: Some(receiving([["1", "", ""], ["24", "", ""]])),
        events: events(),
        csrf: "c5rf".into(),
        idempotency_key: "4-key".into(),
        ..Default::default()
    }
}

fn receiving(typed: [[&str; 3]; 2]) -> Vec<desk::TransferReceiving> {
    let line = |(n, [received, damaged, missing]): (usize, [&str; 3])| desk::TransferReceiving {
        sku: GOODS[n].0.into(),
        in_transit: ["1", "24"][n].into(),
        received: received.into(),
        damaged: damaged.into(),
        missing: missing.into(),
    };
    typed.into_iter().enumerate().map(line).collect()
}

/// The pages of transfers by their names.
pub(super) fn pages() -> Vec<(String, Markup)> {
    let all = [
        ("desk-transfers", desk::transfers(&transfers())),
        ("desk-transfers-empty", desk::transfers(&desk::Transfers { rows: vec![], may_send: false, ..transfers() })),
        ("desk-transfer-new", desk::transfer_form(&form())),
        ("desk-transfer-new-free", desk::transfer_form(&typed())),
        (
            "desk-transfer-new-error",
            desk::transfer_form(&desk::TransferForm {
                errors: errors(&[
                    ("to", "Must be another location than it leaves."),
                    (
                        "line.0.quantity",
                        "Only 22 of MUG-COBALT can be spared: the rest is promised to orders or kept from sale.",
                    ),
                    ("line.1.quantity", "Enter a whole number."),
                ]),
                ..typed()
            }),
        ),
        ("desk-transfer", desk::transfer(&transfer())),
        (
            "desk-transfer-sent",
            desk::transfer(&desk::TransferView {
                state: Some(Badge::InTransit),
                cancel: Some("Main warehouse".into()),
                ..transfer()
            }),
        ),
        (
            "desk-transfer-error",
            desk::transfer(&desk::TransferView {
                receive: Some(receiving([["2", "", ""], ["all", "1", ""]])),
                errors: errors(&[
                    ("line.0.received", "Only 1 of MUG-COBALT is left to do this with."),
                    ("line.1.received", "Enter a whole number."),
                ]),
                ..transfer()
            }),
        ),
        (
            "desk-transfer-received",
            desk::transfer(&desk::TransferView { state: Some(Badge::Received), receive: None, ..transfer() }),
        ),
    ];
    let context = desk_context(Section::Transfers);
    all.into_iter().map(|(name, body)| on_desk(name, &context, &body)).collect()
}
