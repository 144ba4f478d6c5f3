//! Reordering: what is low and why, its rules, and who supplies.

use super::*;
use pages::desk;

const LONG: &str = "A manufactory of stoneware with a very long name, and its department for export";

fn row(n: usize, quantity: Option<&str>, state: Badge, order: Option<&str>) -> desk::ReorderRow {
    let (sku, title, _, _) = GOODS[n];
    desk::ReorderRow {
        sku: sku.into(),
        href: format!("/desk/reorders/{sku}?location=main"),
        title: title.into(),
        location: "main".into(),
        location_name: "Main".into(),
        supplier: if n == 2 { LONG.into() } else { "Töpferei Alt".into() },
        sentence: match quantity {
            Some(_) => "Sells 4.2 a week · 9 left · 14‑day supplier".into(),
            None => "Sells 0.4 a week · 38 left · reorder point 3".into(),
        },
        quantity: quantity.map(str::to_owned),
        order: order.map(|number| (number.to_owned(), "/desk/purchase-orders/po_1".to_owned())),
        dismissible: state == Badge::ToOrder,
        state,
    }
}

pub(super) fn views(all: &[(&str, &str)], base: &str) -> Vec<Tab> {
    let tab = |(n, (words, count)): (usize, &(&str, &str))| Tab {
        words: (*words).into(),
        href: if n == 0 { base.into() } else { format!("{base}?view={n}") },
        current: n == 0,
        count: (!count.is_empty()).then(|| (*count).into()),
    };
    all.iter().enumerate().map(tab).collect()
}

fn reorders() -> desk::Reorders {
    desk::Reorders {
        views: views(&[("To order", "5"), ("Not needed", ""), ("All", "")], "/desk/reorders"),
        view: "open".into(),
        rows: vec![
            row(0, Some("24"), Badge::ToOrder, None),
            row(1, Some("1,200"), Badge::ToOrder, None),
            row(2, Some("12"), Badge::InAnOrder, Some("B7K3F9")),
            row(3, Some("48"), Badge::Ordered, Some("B2M4QX")),
            row(4, None, Badge::Enough, None),
            row(5, None, Badge::Other(Tone::Neutral, "No demand".into()), None),
            row(6, None, Badge::Other(Tone::Neutral, "No history".into()), None),
            row(7, Some("6"), Badge::Dismissed, None),
        ],
        pager: Pager { first: None, next: Some("/desk/reorders?cursor=x".into()) },
        looked: Some("Last look 3 June 2026, 03:10".into()),
        may_edit: true,
        csrf: "c5rf".into(),
        idempotency_key: "key".into(),
        ..desk::Reorders::default()
    }
}

/// `past` days behind and `ahead` days before us; stock falls, runs out, and is filled up twice.
fn chart(past: u32, ahead: u32) -> StockChart {
    let mut stock = 52_i32;
    let mut days = Vec::new();
    for n in 0..past + ahead {
        let over = n < past;
        let wanted = [0, 1, 0, 2, 1, 1, 0, 3, 1, 0, 0, 1, 2][n as usize % 13];
        let out = stock <= 0;
        let come = match n {
            26 => 54,
            52 if past > 50 => 22,
            n if n == past + 5 => 24,
            n if n == past + 9 => 12,
            _ => 0,
        };
        stock = (stock + come - if over { wanted * 2 } else { 1 }).max(0);
        let (month, day) = if n < 30 {
            ("April", n + 1)
        } else if n < 61 {
            ("May", n - 29)
        } else {
            ("June", n - 60)
        };
        days.push(StockDay {
            name: format!("{day} {month}"),
            stock: Some(Measure::new(f64::from(stock), stock.to_string())),
            demand: match (over, out) {
                (true, true) => None,
                (true, false) => Some(Measure::new(f64::from(wanted * 2), (wanted * 2).to_string())),
                (false, _) => Some(Measure::new(1.4, "1.4")),
            },
            incoming: (come > 0 && !over).then(|| Measure::new(f64::from(come), format!("+{come}"))),
        });
    }
    StockChart {
        label: format!("MUG-COBALT in Main, {past} days back and {ahead} ahead"),
        description: "Stock fell from 52 to none on 24 April, was filled up to 48 and fell again; 9 are left, below the reorder point of 31. 24 come on 8 June and 12 on 12 June.".into(),
        days,
        past: past as usize,
        reorder_point: Some(Measure::new(31.0, "Reorder point 31")),
    }
}

fn figure(name: &str, sign: &str, value: &str, explained: &str) -> desk::Figure {
    desk::Figure {
        name: name.into(),
        sign: sign.into(),
        value: value.into(),
        explained: explained.into(),
        ..Default::default()
    }
}

fn figures() -> Vec<desk::Figure> {
    let part = |one: desk::Figure| desk::Figure { part: true, ..one };
    vec![
        figure("Demand a day", "d", "1.40", "What is expected to be wanted, on average"),
        figure("Its deviation", "sd", "1.12", "How far a day is from that, usually"),
        figure("Lead time", "L", "14 days", "From the order to the goods"),
        figure("Its deviation", "sL", "2 days", "How far off the supplier is, usually"),
        figure("Safety factor", "z", "1.645", "For 95 of 100 lead times without a stock-out"),
        figure("Safety stock", "SS", "8.3", "z × √(L × sd² + d² × sL²)"),
        figure("Reorder point", "ROP", "27.9", "d × L + SS; the rule sets 31 instead"),
        figure("Position", "", "9", "On hand and incoming, less what is promised"),
        part(figure("On hand", "", "15", "There, whether promised or not")),
        part(figure("Incoming", "", "0", "On order from suppliers")),
        part(figure("Committed", "", "−4", "Paid, not shipped")),
        part(figure("Reserved", "", "−2", "Held by unpaid orders")),
        part(figure("Backordered", "", "0", "Owed to orders that found none")),
        figure("Economic quantity", "EOQ", "18.2", "√(2 × 511 a year × €2.00 / €6.17)"),
        figure("Wanted until the next look", "", "9.8", "d × 7 days"),
        figure("Wanted", "", "40.2", "At least 12; ROP + EOQ − position"),
        figure("Pack", "", "6", "Only whole packs are ordered"),
        desk::Figure { result: true, ..figure("Order", "Q", "42", "Wanted, rounded up to whole packs") },
    ]
}

fn what_if() -> desk::WhatIf {
    desk::WhatIf {
        lead_time_days: "14".into(),
        lead_time_deviation_days: "2".into(),
        service_level: "95".into(),
        minimum_order: "12".into(),
        pack_size: "6".into(),
        review_days: "7".into(),
        ..Default::default()
    }
}

pub(super) fn rule() -> desk::ReorderRuleForm {
    desk::ReorderRuleForm {
        sku: "MUG-COBALT".into(),
        locations: vec![Choice::new("main", "Main", true), Choice::new("outlet", "Outlet", false)],
        suppliers: vec![Choice::new("alt", "Töpferei Alt", true), Choice::new("long", LONG, false)],
        reorder_point: "31".into(),
        lead_time_days: "14".into(),
        lead_time_deviation_days: "2".into(),
        minimum_order: "12".into(),
        pack_size: "6".into(),
        review_days: "7".into(),
        service_level: "95".into(),
        unit_cost: "9.00".into(),
        currency: "EUR".into(),
        csrf: "c5rf".into(),
        idempotency_key: "key".into(),
        ..Default::default()
    }
}

fn detail() -> desk::ReorderDetail {
    let decision = |when: &str, decision: &str, why: &str, link: Option<&str>| desk::DecisionRow {
        when: when.into(),
        at: "2026-06-03T03:10:00Z".into(),
        decision: decision.into(),
        why: why.into(),
        link: link.map(|number| ("/desk/purchase-orders/po_1".to_owned(), number.to_owned())),
    };
    desk::ReorderDetail {
        sku: "MUG-COBALT".into(),
        title: "Morning mug, Cobalt".into(),
        location: "main".into(),
        location_name: "Main".into(),
        locations: views(&[("Main", ""), ("Outlet", "")], "/desk/reorders/MUG-COBALT"),
        headline: "Order 42 by Tuesday 3 June: 9 are left and last 6 days, and the supplier takes 14.".into(),
        state: Some(Badge::ToOrder),
        dismissible: true,
        chart: Some(chart(60, 21)),
        figures: figures(),
        forecast: Some(desk::ForecastView {
            sentence: "Moving average of 28 days, off by 0.42 units a day on average.".into(),
            tried: [
                ("Moving average of 28 days", "0.42", true),
                ("Exponential smoothing", "0.47", false),
                ("Croston (SBA)", "0.61", false),
            ]
            .map(|(method, error, chosen)| desk::TriedForecast { method: method.into(), error: error.into(), chosen })
            .into(),
            days: "54 days in stock; 6 days out of stock are not counted.".into(),
        }),
        what_if: Some(what_if()),
        rule: rule(),
        may_edit: true,
        decisions: vec![
            decision("2 June, 03:10", "Nothing", "33 left, above the reorder point of 31", None),
            decision("1 May, 03:10", "Order 48", "12 left, at the reorder point of 31", Some("B2M4QX")),
            decision("30 April, 14:05", "Nothing", "No day in stock to tell demand from", None),
        ],
        csrf: "c5rf".into(),
        idempotency_key: "key".into(),
        ..Default::default()
    }
}

fn tried() -> desk::WhatIf {
    let changed = |name: &str, now: &str, then: &str| desk::ChangedFigure {
        name: name.into(),
        now: now.into(),
        then: then.into(),
    };
    desk::WhatIf {
        lead_time_days: "28".into(),
        result: Some(desk::WhatIfResult {
            now: "42".into(),
            then: "60".into(),
            why: "A supplier who takes 28 days asks for more to be there.".into(),
            changed: vec![changed("Safety stock", "8.3", "10.8"), changed("Reorder point", "27.9", "50.0")],
        }),
        ..what_if()
    }
}

fn supplier_form() -> desk::SupplierForm {
    desk::SupplierForm {
        currencies: vec![Choice::new("EUR", "EUR", true), Choice::new("USD", "USD", false)],
        csrf: "c5rf".into(),
        idempotency_key: "key".into(),
        ..Default::default()
    }
}

fn suppliers() -> desk::Suppliers {
    let row = |name: &str, id: &str, lead: &str, open: &str| desk::SupplierRow {
        name: name.into(),
        id: id.into(),
        email: format!("orders@{id}.example.com"),
        currency: "EUR".into(),
        lead_time: lead.into(),
        open_orders: open.into(),
        orders_href: format!("/desk/purchase-orders?supplier={id}"),
        change_href: format!("/desk/suppliers?change={id}"),
    };
    desk::Suppliers {
        rows: vec![
            row("Töpferei Alt", "alt", "14 days", "2 open"),
            row(LONG, "a-manufactory-of-stoneware-with-a-very-long-name", "", "None open"),
        ],
        form: Some(supplier_form()),
        ..Default::default()
    }
}

fn desk_pages() -> Vec<(&'static str, Section, Markup)> {
    use Section::{Reorders, Suppliers};
    vec![
        ("desk-reorders", Reorders, desk::reorders(&reorders())),
        (
            "desk-reorders-one",
            Reorders,
            desk::reorders(&desk::Reorders {
                rows: vec![row(4, None, Badge::Enough, None)],
                pager: Pager::default(),
                may_edit: false,
                ..reorders()
            }),
        ),
        ("desk-reorders-empty", Reorders, desk::reorders(&desk::Reorders { rows: vec![], ..reorders() })),
        (
            "desk-reorders-none-found",
            Reorders,
            desk::reorders(&desk::Reorders { rows: vec![], query: "teapot".into(), ..reorders() }),
        ),
        ("desk-reorder", Reorders, desk::reorder(&detail())),
        ("desk-reorder-what-if", Reorders, desk::reorder(&desk::ReorderDetail { what_if: Some(tried()), ..detail() })),
        (
            "desk-reorder-error",
            Reorders,
            desk::reorder(&desk::ReorderDetail {
                what_if: Some(desk::WhatIf {
                    service_level: "100".into(),
                    errors: errors(&[("service_level", "Enter a percentage from 50 to 99.99")]),
                    ..what_if()
                }),
                rule: desk::ReorderRuleForm {
                    lead_time_days: "two weeks".into(),
                    errors: errors(&[("lead_time_days", "Enter days as a whole number, 0 to 730")]),
                    ..rule()
                },
                ..detail()
            }),
        ),
        (
            "desk-reorder-empty",
            Reorders,
            desk::reorder(&desk::ReorderDetail {
                headline: "Nothing is ordered: no day in stock is known that demand could be told from.".into(),
                state: Some(Badge::Other(Tone::Neutral, "No history".into())),
                locations: vec![],
                chart: None,
                figures: vec![],
                forecast: None,
                dismissible: false,
                may_edit: false,
                decisions: vec![],
                ..detail()
            }),
        ),
        (
            "desk-reorder-ordered",
            Reorders,
            desk::reorder(&desk::ReorderDetail {
                headline: "Nothing more to order: 42 are on order and come on 17 June.".into(),
                state: Some(Badge::Ordered),
                order: Some(("B7K3F9".into(), "/desk/purchase-orders/po_1".into())),
                dismissible: false,
                chart: Some(chart(8, 4)),
                ..detail()
            }),
        ),
        (
            "desk-reorder-rule-new",
            Reorders,
            desk::reorder_rule_again(&desk::ReorderRuleForm {
                new: true,
                sku: String::new(),
                back: "/desk/reorders".into(),
                ..rule()
            }),
        ),
        (
            "desk-reorder-rule-no-supplier",
            Reorders,
            desk::reorder_rule_again(&desk::ReorderRuleForm { new: true, suppliers: vec![], ..rule() }),
        ),
        (
            "desk-reorder-rule-error",
            Reorders,
            desk::reorder_rule_again(&desk::ReorderRuleForm {
                back: "/desk/reorders/MUG-COBALT?location=main".into(),
                pack_size: "0".into(),
                holding_cost: "free".into(),
                errors: errors(&[
                    ("pack_size", "Enter a whole number, 1 to 100,000"),
                    ("holding_cost", "Enter an amount, such as 1.50"),
                ]),
                ..rule()
            }),
        ),
        ("desk-suppliers", Suppliers, desk::suppliers(&suppliers())),
        ("desk-suppliers-empty", Suppliers, desk::suppliers(&desk::Suppliers { rows: vec![], ..suppliers() })),
        (
            "desk-suppliers-change",
            Suppliers,
            desk::suppliers(&desk::Suppliers {
                form: Some(desk::SupplierForm {
                    known: true,
                    id: "alt".into(),
                    name: "Töpferei Alt".into(),
                    email: "orders@alt.example.com".into(),
                    lead_time_days: "14".into(),
                    ..supplier_form()
                }),
                ..suppliers()
            }),
        ),
        (
            "desk-suppliers-error",
            Suppliers,
            desk::suppliers(&desk::Suppliers {
                form: Some(desk::SupplierForm {
                    id: "AC ME".into(),
                    email: "orders".into(),
                    errors: errors(&[
                        ("name", "Enter a name"),
                        ("id", "Enter small letters, digits and dashes, such as acme"),
                        ("email", "Enter an email address with an @, such as name@example.com"),
                    ]),
                    ..supplier_form()
                }),
                ..suppliers()
            }),
        ),
    ]
}

/// Reordering's pages by their names.
pub(super) fn pages() -> Vec<(String, Markup)> {
    desk_pages().iter().map(|(name, section, body)| on_desk(name, &desk_context(*section), body)).collect()
}
