//! Purchase orders: the desk's pages and the supplier's own.

use super::reorders::{rule, views};
use super::*;
use pages::{desk, supplier};

const LONG: &str = "A manufactory of stoneware with a very long name, and its department for export";

fn purchase_orders() -> desk::PurchaseOrders {
    let states = [
        (Badge::Suggested, None),
        (Badge::Draft, None),
        (Badge::Approved, None),
        (Badge::Sent, Some(Badge::AnswerAwaited)),
        (Badge::Acknowledged, Some(Badge::Accepted)),
        (Badge::Sent, Some(Badge::ChangeProposed)),
        (Badge::PartReceived, Some(Badge::Accepted)),
        (Badge::Received, Some(Badge::Accepted)),
        (Badge::Closed, Some(Badge::Accepted)),
        (Badge::Cancelled, Some(Badge::Refused)),
        (Badge::OnHold, None),
    ];
    let row = |(n, (state, answer)): (usize, (Badge, Option<Badge>))| desk::PurchaseOrderRow {
        number: format!("B7K3F{n}"),
        href: "/desk/purchase-orders/po_1".into(),
        supplier: if n == 1 { LONG.into() } else { "Töpferei Alt".into() },
        state,
        answer,
        lines: if n == 2 { "1".into() } else { "3".into() },
        units: if n == 2 { "12".into() } else { "1,248".into() },
        total: match n {
            1 => "€12,345.67".into(),
            3 => String::new(),
            _ => "€432.00".into(),
        },
        expected: if n < 2 { String::new() } else { "17 June".into() },
        overdue: n == 4,
        created: format!("3 June, 14:{n:02}"),
        created_at: "2026-06-03T14:05:00Z".into(),
    };
    desk::PurchaseOrders {
        views: views(&[("To approve", "2"), ("On order", ""), ("Overdue", "1"), ("All", "")], "/desk/purchase-orders"),
        rows: states.into_iter().enumerate().map(row).collect(),
        pager: Pager {
            first: Some("/desk/purchase-orders".into()),
            next: Some("/desk/purchase-orders?cursor=x".into()),
        },
        nothing: "Purchase orders that wait for approval appear here.".into(),
        may_edit: true,
        ..Default::default()
    }
}

fn typed_lines() -> Vec<desk::PurchaseLineTyped> {
    let line = |sku: &str, quantity: &str, cost: &str| desk::PurchaseLineTyped {
        sku: sku.into(),
        location: "main".into(),
        quantity: quantity.into(),
        unit_cost: cost.into(),
    };
    vec![line("MUG-COBALT", "24", "9.00"), line("JUG-1L", "x", "14.50")]
}

fn order_form() -> desk::PurchaseOrderForm {
    desk::PurchaseOrderForm {
        action: "/desk/purchase-orders".into(),
        back: "/desk/purchase-orders".into(),
        suppliers: rule().suppliers,
        locations: vec![("main".into(), "Main".into()), ("outlet".into(), "Outlet".into())],
        currency: "EUR".into(),
        blank: 4,
        csrf: "c5rf".into(),
        idempotency_key: "key".into(),
        ..Default::default()
    }
}

fn order_lines(received: &[(&str, &str, &str)]) -> Vec<desk::PurchaseLineRow> {
    let ordered = [(0, "24", "€9.00", "€216.00"), (1, "12", "€18.00", "€216.00"), (4, "6", "", "")];
    let mut lines = Vec::new();
    for ((n, ordered, cost, total), (received, damaged, missing)) in ordered.into_iter().zip(received) {
        lines.push(desk::PurchaseLineRow {
            sku: GOODS[n].0.into(),
            href: Some(format!("/desk/stock/{}", GOODS[n].0)),
            title: GOODS[n].1.into(),
            location: "Main".into(),
            ordered: ordered.into(),
            received: (*received).into(),
            damaged: (*damaged).into(),
            missing: (*missing).into(),
            unit_cost: cost.into(),
            total: total.into(),
        });
    }
    lines
}

fn receiving(typed: &[(&str, &str)]) -> desk::PurchaseAction {
    let line = |(n, (quantity, damaged)): (usize, &(&str, &str))| desk::ReceiveLine {
        sku: GOODS[n].0.into(),
        location: "main".into(),
        title: GOODS[n].1.into(),
        missing: "12".into(),
        quantity: (*quantity).into(),
        damaged: (*damaged).into(),
    };
    desk::PurchaseAction::Receive { lines: typed.iter().enumerate().map(line).collect(), focused: true }
}

fn purchase_order() -> desk::PurchaseOrderView {
    let event = |what: &str, when: &str, who: Option<&str>, now: bool| Event {
        what: what.into(),
        when: when.into(),
        at: "2026-06-03T14:05:00Z".into(),
        who: who.map(str::to_owned),
        now,
        ..Event::default()
    };
    desk::PurchaseOrderView {
        number: "B7K3F9".into(),
        base: "/desk/purchase-orders/po_1".into(),
        made: "Made 3 June 2026, 03:10 of 3 suggestions".into(),
        states: vec![Badge::ToApprove],
        lines: order_lines(&[("0", "0", "24"), ("0", "0", "12"), ("0", "0", "6")]),
        total: "€432.00".into(),
        actions: vec![
            desk::PurchaseAction::Approve {
                consequence: "€432.00. From then on its units are incoming.".into(),
                send: true,
            },
            desk::PurchaseAction::Hold { reason: String::new() },
            desk::PurchaseAction::Cancel {
                consequence: "Its suggestions are open again.".into(),
                reason: String::new(),
            },
        ],
        closed: vec![("Receive".into(), "not approved yet".into()), ("Send".into(), "not approved yet".into())],
        edit_href: Some("/desk/purchase-orders/po_1/lines".into()),
        events: vec![event("Made of 3 suggestions", "3 June 2026, 03:10", None, true)],
        supplier: vec!["Töpferei Alt".into(), "orders@alt.example.com".into()],
        supplier_href: Some("/desk/purchase-orders?supplier=alt".into()),
        facts: vec![("Lead time".into(), "14 days".into()), ("Currency".into(), "EUR".into())],
        csrf: "c5rf".into(),
        idempotency_key: "key".into(),
        ..Default::default()
    }
}

fn order_sent() -> desk::PurchaseOrderView {
    desk::PurchaseOrderView {
        states: vec![Badge::PartReceived, Badge::Accepted, Badge::Overdue],
        lines: order_lines(&[("12", "2", "12"), ("0", "0", "12"), ("6", "0", "0")]),
        actions: vec![
            receiving(&[("12", "0"), ("12", "0")]),
            desk::PurchaseAction::Send { to: "orders@alt.example.com".into(), again: true },
            desk::PurchaseAction::Close { consequence: "24 units did not come and are not expected any more.".into() },
            desk::PurchaseAction::Hold { reason: String::new() },
        ],
        closed: vec![("Cancel".into(), "something has come already".into())],
        edit_href: None,
        pdf_href: Some("/desk/purchase-orders/po_1/pdf".into()),
        expected: "17 June 2026".into(),
        facts: vec![("Sent".into(), "3 June 2026, 14:05".into()), ("Approved by".into(), "owner@example.com".into())],
        events: [
            "Received 18 units, 2 of them damaged",
            "Accepted by the supplier",
            "Sent",
            "Approved",
            "Lines changed",
            "Made",
        ]
        .iter()
        .enumerate()
        .map(|(n, what)| Event {
            what: (*what).into(),
            when: format!("{} June 2026, 14:05", 9 - n),
            at: "2026-06-03T14:05:00Z".into(),
            who: Some("owner@example.com".into()),
            now: n == 0,
            ..Event::default()
        })
        .collect(),
        ..purchase_order()
    }
}

fn proposed() -> desk::PurchaseOrderView {
    let change = |n: usize, ordered: &str, proposed: &str| desk::ProposalRow {
        sku: GOODS[n].0.into(),
        title: GOODS[n].1.into(),
        ordered: ordered.into(),
        proposed: proposed.into(),
    };
    desk::PurchaseOrderView {
        states: vec![Badge::Sent, Badge::ChangeProposed],
        lines: purchase_order().lines,
        notice: Some(Notice::new(Tone::Warn, "The supplier proposes 24 June, and 18 instead of 24.")),
        proposal: Some(desk::Proposal {
            expected: Some(("17 June".into(), "24 June".into())),
            rows: vec![change(0, "24", "18"), change(1, "12", "0")],
            note: Some("The kiln is down until the 20th.\nThe vases come in July.".into()),
            may_answer: true,
        }),
        actions: vec![
            receiving(&[("24", "0"), ("12", "0"), ("6", "0")]),
            desk::PurchaseAction::Cancel { consequence: "The supplier gets a mail.".into(), reason: String::new() },
        ],
        closed: vec![],
        ..order_sent()
    }
}

fn approve() -> desk::ApproveByMail {
    let line = |n: usize, quantity: &str, total: &str| desk::ApproveLine {
        sku: GOODS[n].0.into(),
        title: GOODS[n].1.into(),
        quantity: quantity.into(),
        total: total.into(),
    };
    desk::ApproveByMail {
        action: "/desk/purchase-orders/po_1/approve-by-mail?token=t".into(),
        number: "B7K3F9".into(),
        supplier: "Töpferei Alt".into(),
        lines: vec![line(0, "24", "€216.00"), line(1, "12", "€216.00")],
        total: "€432.00".into(),
        order_href: "/desk/purchase-orders/po_1".into(),
        csrf: "c5rf".into(),
        idempotency_key: "key".into(),
        ..Default::default()
    }
}

fn supplier_order() -> supplier::SupplierOrder {
    let line = |n: usize, quantity: &str, cost: &str, total: &str| supplier::SupplierLine {
        sku: GOODS[n].0.into(),
        title: GOODS[n].1.into(),
        quantity: quantity.into(),
        unit_cost: cost.into(),
        total: total.into(),
        proposed: quantity.into(),
        ..Default::default()
    };
    supplier::SupplierOrder {
        number: "B7K3F9".into(),
        shop_name: "Sill & Saucer".into(),
        action: "/supplier/t0k3n".into(),
        ways: supplier::SupplierWays { accept: true, propose: true, refuse: true },
        lines: vec![line(0, "24", "€9.00", "€216.00"), line(1, "1,200", "€18.00", "€21,600.00"), line(4, "6", "", "")],
        total: "€21,816.00".into(),
        deliver_to: vec!["Sill & Saucer, goods in".into(), "Example Street 1".into(), "10115 Berlin".into()],
        wanted_by: "17 June 2026".into(),
        facts: vec![("Ordered".into(), "3 June 2026".into())],
        files: vec![
            ("/supplier/t0k3n/pdf".into(), "Order as PDF".into()),
            ("/supplier/t0k3n/csv".into(), "Lines as CSV".into()),
        ],
        csrf: "c5rf".into(),
        idempotency_key: "key".into(),
        ..Default::default()
    }
}

fn desk_pages() -> Vec<(&'static str, Section, Markup)> {
    use Section::PurchaseOrders;
    vec![
        ("desk-purchase-orders", PurchaseOrders, desk::purchase_orders(&purchase_orders())),
        (
            "desk-purchase-orders-one",
            PurchaseOrders,
            desk::purchase_orders(&desk::PurchaseOrders {
                rows: purchase_orders().rows.into_iter().take(1).collect(),
                supplier: Some(("Töpferei Alt".into(), "/desk/purchase-orders".into())),
                pager: Pager::default(),
                ..purchase_orders()
            }),
        ),
        (
            "desk-purchase-orders-empty",
            PurchaseOrders,
            desk::purchase_orders(&desk::PurchaseOrders { rows: vec![], ..purchase_orders() }),
        ),
        ("desk-purchase-order-new", PurchaseOrders, desk::purchase_order_form(&order_form())),
        (
            "desk-purchase-order-lines",
            PurchaseOrders,
            desk::purchase_order_form(&desk::PurchaseOrderForm {
                number: Some("B7K3F9".into()),
                action: "/desk/purchase-orders/po_1/lines".into(),
                back: "/desk/purchase-orders/po_1".into(),
                supplier: Some("Töpferei Alt".into()),
                lines: typed_lines(),
                blank: 2,
                version: "3".into(),
                ..order_form()
            }),
        ),
        (
            "desk-purchase-order-new-error",
            PurchaseOrders,
            desk::purchase_order_form(&desk::PurchaseOrderForm {
                lines: typed_lines(),
                blank: 2,
                errors: errors(&[
                    ("supplier", "Choose a supplier"),
                    ("line.1.quantity", "Enter a whole number, 1 to 1,000,000"),
                ]),
                ..order_form()
            }),
        ),
        ("desk-purchase-order", PurchaseOrders, desk::purchase_order(&purchase_order())),
        ("desk-purchase-order-receive", PurchaseOrders, desk::purchase_order(&order_sent())),
        (
            "desk-purchase-order-error",
            PurchaseOrders,
            desk::purchase_order(&desk::PurchaseOrderView {
                actions: vec![
                    receiving(&[("12", "13"), ("lots", "0")]),
                    desk::PurchaseAction::Hold { reason: String::new() },
                ],
                refused: Some("receive".into()),
                errors: errors(&[("line.0.damaged", "Enter 12 at most"), ("line.1.quantity", "Enter a whole number")]),
                ..order_sent()
            }),
        ),
        (
            "desk-purchase-order-hold-error",
            PurchaseOrders,
            desk::purchase_order(&desk::PurchaseOrderView {
                refused: Some("hold".into()),
                errors: errors(&[("reason", "Enter a reason")]),
                ..purchase_order()
            }),
        ),
        ("desk-purchase-order-proposed", PurchaseOrders, desk::purchase_order(&proposed())),
        (
            "desk-purchase-order-held",
            PurchaseOrders,
            desk::purchase_order(&desk::PurchaseOrderView {
                states: vec![Badge::OnHold],
                notice: Some(Notice::new(Tone::Info, "On hold: the price is being talked about.")),
                actions: vec![desk::PurchaseAction::Resume { becomes: "Approved".into() }],
                ..purchase_order()
            }),
        ),
        (
            "desk-purchase-order-closed",
            PurchaseOrders,
            desk::purchase_order(&desk::PurchaseOrderView {
                states: vec![Badge::Closed],
                actions: vec![],
                closed: vec![],
                ..order_sent()
            }),
        ),
    ]
}

/// The pages of purchase orders by their names.
pub(super) fn pages() -> Vec<(String, Markup)> {
    let mut all: Vec<(String, Markup)> =
        desk_pages().iter().map(|(name, section, body)| on_desk(name, &desk_context(*section), body)).collect();
    let approvals = [
        ("desk-approve", desk::ApproveStep::Ask),
        (
            "desk-approve-done",
            desk::ApproveStep::Done("owner@example.com approved it today at 14:05, and Töpferei Alt has it.".into()),
        ),
        (
            "desk-approve-gone",
            desk::ApproveStep::Gone(
                "The order was changed after the mail was sent. The next mail has a new link.".into(),
            ),
        ),
    ];
    for (name, step) in approvals {
        let body = desk::approve_by_mail(&desk::ApproveByMail { step, ..approve() });
        all.push((name.into(), desk_bare_page(&Head::private("Approve"), "Sill & Saucer", &body)));
    }
    let answered = supplier::SupplierAnswered {
        title: "Thank you. You accepted the order.".into(),
        next: vec!["Sill & Saucer expects it on 17 June 2026. If anything changes, come back here.".into()],
    };
    let orders = [
        ("supplier", supplier_order()),
        (
            "supplier-proposed",
            supplier::SupplierOrder {
                notice: Some(Notice::new(
                    Tone::Info,
                    "On 4 June you proposed 24 June, and 18 instead of 24. Sill & Saucer has not answered yet.",
                )),
                ..supplier_order()
            },
        ),
        (
            "supplier-error",
            supplier::SupplierOrder {
                lines: supplier_order()
                    .lines
                    .into_iter()
                    .enumerate()
                    .map(|(n, line)| supplier::SupplierLine {
                        location: if n == 0 { "main".into() } else { "outlet".into() },
                        proposed: if n == 1 { "some".into() } else { line.proposed.clone() },
                        ..line
                    })
                    .collect(),
                typed: supplier::SupplierTyped {
                    answer: "propose".into(),
                    expected: "2026-01-01".into(),
                    ..Default::default()
                },
                errors: errors(&[
                    ("expected", "Enter a day that is still to come"),
                    ("line.1.quantity", "Enter a whole number"),
                ]),
                ..supplier_order()
            },
        ),
        (
            "supplier-refuse-error",
            supplier::SupplierOrder {
                typed: supplier::SupplierTyped { answer: "refuse".into(), ..Default::default() },
                errors: errors(&[("reason", "Say why, so that we can do better")]),
                ..supplier_order()
            },
        ),
        (
            "supplier-answered",
            supplier::SupplierOrder {
                answered: Some(answered),
                ways: supplier::SupplierWays { accept: false, propose: true, refuse: true },
                ..supplier_order()
            },
        ),
        (
            "supplier-cancelled",
            supplier::SupplierOrder {
                over: Some((
                    "This order is cancelled".into(),
                    "Sill & Saucer called it off on 5 June 2026. Please don't deliver it.".into(),
                )),
                lines: vec![],
                ..supplier_order()
            },
        ),
        (
            "supplier-replaced",
            supplier::SupplierOrder {
                over: Some((
                    "This link was replaced".into(),
                    "The order was sent again, and the newer mail has the link that counts.".into(),
                )),
                lines: vec![],
                ..supplier_order()
            },
        ),
    ];
    for (name, view) in orders {
        let head = Head::private(format!("Purchase order {}", view.number)).failed(&view.errors);
        let address = ["Example Street 1".to_owned(), "10115 Berlin".to_owned()];
        all.push((name.into(), supplier_page(&head, &context(), &address, &supplier::order(&view))));
    }
    all
}
