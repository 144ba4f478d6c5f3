//! The desk, but for purchasing.

use super::*;
use pages::desk;

fn desk_lines() -> Vec<desk::DeskLine> {
    [(0, Some("Cobalt"), 2, 0, "€48.00"), (4, None, 1, 1, "€38.00")]
        .into_iter()
        .map(|(n, option, quantity, shipped, total): (usize, Option<&str>, u32, u32, &str)| desk::DeskLine {
            sku: GOODS[n].0.into(),
            title: GOODS[n].1.into(),
            option: option.map(str::to_owned),
            image: picture(n, ""),
            quantity,
            shipped,
            refunded: 0,
            ready: 0,
            waiting: 0,
            dropped: 0,
            unit_price: GOODS[n].2.into(),
            total: total.into(),
            location: Some(format!("main: {quantity}")),
            serials: None,
        })
        .collect()
}

fn desk_order() -> desk::DeskOrder {
    let lines = desk_lines();
    desk::DeskOrder {
        number: "7K3F9QX2M4".into(),
        base: "/desk/orders/ord_1".into(),
        placed: "3 June 2026, 14:05".into(),
        states: vec![Badge::Paid, Badge::PartShipped],
        lines: lines.clone(),
        totals: totals_view(),
        actions: vec![
            desk::Action::Ship {
                carriers: vec!["DHL".into(), "UPS".into()],
                values: (String::new(), String::new()),
                lines: vec![
                    (desk::DeskLine { serials: Some(String::new()), ..lines[0].clone() }, "2".into()),
                    (lines[1].clone(), "0".into()),
                ],
            },
            desk::Action::Refund {
                most: "€90.90".into(),
                to: "Visa ••4242".into(),
                values: (String::new(), String::new()),
                lines: lines.iter().map(|line| (line.clone(), "0".into())).collect(),
                ask_first: true,
            },
            desk::Action::MarkPaid { amount: "€90.90".into(), reference: String::new() },
            desk::Action::RefundPaid { amount: "€26.00".into(), reference: String::new() },
            desk::Action::Deliver,
            desk::Action::Cancel {
                consequence: "€90.90 goes back to the card and the stock to the shelf.".into(),
                reason: String::new(),
            },
        ],
        closed: vec![("Start a return".into(), "not delivered yet".into())],
        events: events().into_iter().map(|event| Event { who: Some("owner@example.com".into()), ..event }).collect(),
        customer: vec!["A. Buyer".into(), "buyer@example.com".into()],
        customer_href: Some("/desk/orders?q=buyer@example.com".into()),
        shipping_address: address(),
        facts: vec![
            ("Method".into(), "Card".into()),
            ("Captured".into(), "€90.90".into()),
            ("Provider".into(), "pi_3Q".into()),
        ],
        parcels: vec![(
            "DHL 00340434161094021501".into(),
            Some("https://carrier.example.com/1".into()),
            "Milk jug × 1".into(),
        )],
        csrf: "c5rf".into(),
        idempotency_key: "key".into(),
        ..desk::DeskOrder::default()
    }
}

fn orders() -> desk::Orders {
    let states = [
        (Badge::AwaitingPayment, Badge::AwaitingPayment),
        (Badge::Paid, Badge::Paid),
        (Badge::PartShipped, Badge::Paid),
        (Badge::Shipped, Badge::Paid),
        (Badge::Delivered, Badge::PartRefunded),
        (Badge::Cancelled, Badge::Refunded),
        (Badge::NeedsAttention, Badge::RefundDue),
        (Badge::Expired, Badge::Expired),
    ];
    desk::Orders {
        views: vec![
            Tab {
                words: "To ship".into(),
                href: "/desk/orders?status=placed".into(),
                current: true,
                count: Some("8".into()),
            },
            Tab {
                words: "Awaiting payment".into(),
                href: "/desk/orders?status=pending_payment".into(),
                current: false,
                count: None,
            },
            Tab {
                words: "Refund due".into(),
                href: "/desk/orders?status=refund_due".into(),
                current: false,
                count: None,
            },
            Tab { words: "All".into(), href: "/desk/orders".into(), current: false, count: None },
        ],
        status: "placed".into(),
        sort: Some(Sort::Descending("/desk/orders?status=placed&sort=placed".into())),
        rows: states
            .iter()
            .enumerate()
            .map(|(n, (state, payment))| desk::OrderRow {
                number: format!("7K3F9QX2M{n}"),
                href: "/desk/orders/ord_1".into(),
                placed: format!("3 June, 14:0{n}"),
                placed_at: "2026-06-03T14:05:00Z".into(),
                customer: if n == 2 {
                    "A very long name of a company that orders, and its department".into()
                } else {
                    "buyer@example.com".into()
                },
                state: state.clone(),
                payment: payment.clone(),
                pieces: "3".into(),
                total: if n == 1 { "€12,345.67".into() } else { "€90.90".into() },
            })
            .collect(),
        pager: Pager { first: Some("/desk/orders".into()), next: Some("/desk/orders?cursor=x".into()) },
        nothing: "Orders to ship appear here.".into(),
        ..desk::Orders::default()
    }
}

fn variant_table() -> EditTable {
    EditTable {
        name: "variant",
        caption: "Variants".into(),
        row_word: "variant",
        columns: vec![
            EditColumn::new("sku", "SKU", Cell::Text),
            EditColumn::new("title", "Title", Cell::Text),
            EditColumn::new("options", "Options", Cell::Text),
            EditColumn::new("price", "Price, EUR", Cell::Amount),
            EditColumn::new("compare_at", "Before, EUR", Cell::Amount),
            EditColumn::new("weight_g", "Weight, g", Cell::Number),
        ],
        rows: vec![
            ["MUG-COBALT", "Cobalt", "colour=cobalt", "24.00", "", "350"].map(str::to_owned).to_vec(),
            ["MUG-OAT", "Oat", "colour=oat", "x", "", "350"].map(str::to_owned).to_vec(),
        ],
        blank: 2,
    }
}

fn product_form(errors: FormErrors) -> desk::ProductForm {
    desk::ProductForm {
        new: false,
        heading: "Morning mug".into(),
        title: "Morning mug".into(),
        slug: "morning-mug".into(),
        description: "Thrown by hand and glazed twice, so that the cobalt breaks to rust where the rim is thin.\n\nEach one is a little different.".into(),
        statuses: vec![
            Choice::new("draft", "Draft", false),
            Choice::new("active", "Active", true),
            Choice::new("archived", "Archived", false),
        ],
        category: "table".into(),
        categories: vec!["table".into(), "kitchen".into()],
        tax_classes: vec![Choice::new("standard", "Standard", true), Choice::new("reduced", "Reduced", false)],
        final_sale: true,
        warranty_months: "24".into(),
        return_days: String::new(),
        variants: variant_table(),
        images: vec![
            desk::ProductPicture { image: picture(0, "A mug"), key: "mug-1.png".into() },
            desk::ProductPicture { image: picture(11, "Another"), key: "mug-2.png".into() },
        ],
        alt: String::new(),
        shop_href: Some("/products/morning-mug".into()),
        rev: "4".into(),
        csrf: "c5rf".into(),
        errors,
    }
}

fn stock() -> desk::StockTable {
    desk::StockTable {
        rows: GOODS
            .iter()
            .enumerate()
            .map(|(n, (sku, title, _, _))| desk::StockRow {
                sku: (*sku).into(),
                title: (*title).into(),
                location: "main".into(),
                on_hand: "100".into(),
                committed: "2".into(),
                reserved: "4".into(),
                incoming: "0".into(),
                available: if n == 5 { "0".into() } else { "94".into() },
                level: if n == 5 {
                    Stock::SoldOut
                } else if n == 3 {
                    Stock::Low(3)
                } else {
                    Stock::Plenty
                },
                ledger_href: format!("/desk/stock/{sku}"),
                adjust_href: format!("/desk/stock?adjust={sku}"),
            })
            .collect(),
        locations: vec![Choice::new("", "Everywhere", true), Choice::new("main", "main", false)],
        transfers: true,
        adjustment: Some(desk::Adjustment {
            locations: vec![Choice::new("main", "main", true)],
            mode: "delta".into(),
            reasons: vec![Choice::new("received", "Received", true), Choice::new("damaged", "Damaged", false)],
            idempotency_key: "key".into(),
            csrf: "c5rf".into(),
            ..desk::Adjustment::default()
        }),
        ..desk::StockTable::default()
    }
}

fn settings() -> desk::Settings {
    desk::Settings {
        topic: "taxes".into(),
        title: "Taxes".into(),
        topics: ["Shop", "Taxes", "Shipping", "Payments", "Locations", "Returns", "Support"]
            .iter()
            .map(|words| Tab {
                words: (*words).into(),
                href: format!("/desk/settings/{}", words.to_lowercase()),
                current: *words == "Taxes",
                count: None,
            })
            .collect(),
        groups: vec![
            desk::SettingsGroup {
                title: "Prices".into(),
                checks: vec![Checkbox {
                    name: "prices_include_tax".into(),
                    value: "true".into(),
                    label: "Prices include tax".into(),
                    ticked: true,
                }],
                fields: vec![Field::text("number", "Tax number").value("DE000000000").width("w-m")],
                ..desk::SettingsGroup::default()
            },
            desk::SettingsGroup {
                title: "Rates".into(),
                hint: Some("A country without a row is not sold to.".into()),
                table: Some(EditTable {
                    name: "rate",
                    caption: "Tax rates".into(),
                    row_word: "rate",
                    columns: vec![
                        EditColumn::new("country", "Country", Cell::Text),
                        EditColumn::new(
                            "class",
                            "Class",
                            Cell::Select(vec![
                                ("standard".into(), "Standard".into()),
                                ("reduced".into(), "Reduced".into()),
                            ]),
                        ),
                        EditColumn::new("percent", "Percent", Cell::Amount),
                    ],
                    rows: vec![
                        ["DE", "standard", "19"].map(str::to_owned).to_vec(),
                        ["DE", "reduced", "7"].map(str::to_owned).to_vec(),
                    ],
                    blank: 2,
                }),
                ..desk::SettingsGroup::default()
            },
        ],
        version: "3".into(),
        changed: Some("Changed 1 June 2026 by owner@example.com".into()),
        may_edit: true,
        csrf: "c5rf".into(),
        errors: FormErrors::none(),
    }
}

/// So many days of spending, each more than the one before.
fn costs(days: u32) -> desk::Costs {
    let dollars = |day: u32| format!("$0.{:02}", 11 + day * 2 + day % 7 * 3);
    let bar = |day: u32| Bar {
        name: format!("{} June", day + 1),
        value: f64::from(11 + day * 2 + day % 7 * 3),
        shown: dollars(day),
    };
    let row = |function: &str, dollars: &str, share: &str, per_order: &str| desk::CostRow {
        function: function.into(),
        dollars: dollars.into(),
        share: share.into(),
        per_order: per_order.into(),
    };
    desk::Costs {
        spans: [7, 30, 90].map(|span| Choice::new(span.to_string(), format!("{span} days"), span == 30)).into(),
        total: "$14.82".into(),
        orders: "48210".into(),
        per_order: "$0.000307".into(),
        per_million: Some("$307".into()),
        chart: (days > 0)
            .then(|| Bars { label: format!("Dollars a day over {days} days"), bars: (0..days).map(bar).collect() }),
        days: (0..days)
            .rev()
            .map(|day| desk::CostDay {
                day: format!("2026-06-{:02}", day + 1),
                dollars: dollars(day),
                orders: "1607".into(),
                per_order: "$0.000307".into(),
            })
            .collect(),
        functions: vec![
            row("send-mail", "$9.78", "66.0 %", "$0.000203"),
            row("checkout", "$1.12", "7.6 %", "$0.0000232"),
            row("show-storefront", "$0.94", "6.3 %", "$0.0000195"),
        ],
    }
}

/// The desk's pages by their names.
pub(super) fn pages() -> Vec<(String, Markup)> {
    let mut all: Vec<(String, Markup)> = Vec::new();
    all.push(("desk-error-403".into(), desk_failure(&Failure::Forbidden, &desk_context(Section::Staff))));
    let mut flashed = desk_context(Section::Orders);
    flashed.flash = Some(Notice::new(Tone::Ok, "29 shipped, 2 failed."));
    let desk_pages: Vec<(&str, DeskContext, Markup)> = vec![
        ("desk-orders", flashed, desk::orders(&orders())),
        ("desk-orders-empty", desk_context(Section::Orders), desk::orders(&desk::Orders { rows: vec![], ..orders() })),
        ("desk-order", desk_context(Section::Orders), desk::order(&desk_order())),
        (
            "desk-order-error",
            desk_context(Section::Orders),
            desk::order(&desk::DeskOrder {
                actions: vec![desk::Action::Ship {
                    carriers: vec!["DHL".into()],
                    values: (String::new(), "00340434161094021501".into()),
                    lines: vec![(
                        desk::DeskLine { serials: Some("SN-1\nSN-1\nSN-2".into()), ..desk_lines().remove(0) },
                        "3".into(),
                    )],
                }],
                refused: Some("ship".into()),
                errors: errors(&[
                    ("quantity.MUG-COBALT", "Enter 2 at most"),
                    ("serials.MUG-COBALT", "SN-1 stands there twice"),
                    ("carrier", "Enter the carrier"),
                ]),
                notice: Some(Notice::new(Tone::Bad, "The payment was charged back.")),
                ..desk_order()
            }),
        ),
        (
            "desk-refund",
            desk_context(Section::Orders),
            desk::refund_confirm(&desk::RefundConfirm {
                number: "7K3F9QX2M4".into(),
                base: "/desk/orders/ord_1".into(),
                amount: "€26.00".into(),
                to: "Visa ••4242".into(),
                lines: vec!["Morning mug × 1".into()],
                ..Default::default()
            }),
        ),
        (
            "desk-products",
            desk_context(Section::Products),
            desk::products(&desk::Products {
                views: vec![
                    Tab { words: "All".into(), href: "/desk/products".into(), current: true, count: None },
                    Tab {
                        words: "Drafts".into(),
                        href: "/desk/products?status=draft".into(),
                        current: false,
                        count: None,
                    },
                ],
                rows: GOODS
                    .iter()
                    .enumerate()
                    .map(|(n, (sku, title, price, _))| desk::ProductRow {
                        title: (*title).into(),
                        href: format!("/desk/products/{sku}"),
                        image: picture(n, ""),
                        state: if n == 4 { Badge::Draft } else { Badge::Active },
                        category: "table".into(),
                        variants: "2".into(),
                        price: (*price).into(),
                        available: "94".into(),
                    })
                    .collect(),
                may_edit: true,
                ..Default::default()
            }),
        ),
        ("desk-product", desk_context(Section::Products), desk::product_form(&product_form(FormErrors::none()))),
        (
            "desk-product-error",
            desk_context(Section::Products),
            desk::product_form(&product_form(errors(&[
                ("title", "Enter a title"),
                ("variant.1.price", "Enter an amount, such as 24.00"),
            ]))),
        ),
        (
            "desk-product-new",
            desk_context(Section::Products),
            desk::product_form(&desk::ProductForm {
                new: true,
                heading: "New product".into(),
                images: vec![],
                shop_href: None,
                ..product_form(FormErrors::none())
            }),
        ),
        ("desk-stock", desk_context(Section::Stock), desk::stock(&stock())),
        (
            "desk-stock-error",
            desk_context(Section::Stock),
            desk::stock(&desk::StockTable {
                rows: vec![],
                adjustment: Some(desk::Adjustment {
                    errors: errors(&[("sku", "There is no SKU MUG-9"), ("quantity", "Enter a whole number")]),
                    ..stock().adjustment.unwrap_or_default()
                }),
                ..stock()
            }),
        ),
        (
            "desk-ledger",
            desk_context(Section::Stock),
            desk::ledger(&desk::Ledger {
                sku: "MUG-COBALT".into(),
                title: "Morning mug, Cobalt".into(),
                level: Stock::Low(3),
                quantities: vec![("Available".into(), "3".into()), ("Reserved".into(), "2".into())],
                spread: Some(desk::Spread {
                    action: "/desk/stock/MUG-COBALT/shards".into(),
                    shards: "4".into(),
                    csrf: "token".into(),
                }),
                rows: vec![desk::LedgerRow {
                    when: "3 June, 14:05".into(),
                    at: "2026-06-03T14:05:00Z".into(),
                    what: "on hand, main".into(),
                    delta: "+100".into(),
                    after: "100".into(),
                    cause: "received".into(),
                    actor: "owner@example.com".into(),
                    reference: Some(("7K3F9QX2M4".into(), Some("/desk/orders/ord_1".into()))),
                }],
                ..Default::default()
            }),
        ),
        ("desk-settings", desk_context(Section::Settings), desk::settings(&settings())),
        (
            "desk-settings-error",
            desk_context(Section::Settings),
            desk::settings(&desk::Settings {
                errors: errors(&[("number", "Enter a tax number"), ("rate.1.percent", "Enter a rate, such as 19")]),
                ..settings()
            }),
        ),
        ("desk-costs", desk_context(Section::Costs), desk::costs(&costs(30))),
        ("desk-costs-empty", desk_context(Section::Costs), desk::costs(&costs(0))),
        (
            "desk-staff",
            desk_context(Section::Staff),
            desk::staff(&desk::Staff {
                rows: vec![
                    desk::StaffRow {
                        email: "owner@example.com".into(),
                        role: "Owner".into(),
                        since: "1 May 2026".into(),
                        removable: false,
                    },
                    desk::StaffRow {
                        email: "warehouse@example.com".into(),
                        role: "Warehouse".into(),
                        since: "2 May 2026".into(),
                        removable: true,
                    },
                ],
                roles: vec![Choice::new("support", "Support", true), Choice::new("warehouse", "Warehouse", false)],
                may_edit: true,
                ..Default::default()
            }),
        ),
    ];
    all.extend(desk_pages.iter().map(|(name, context, body)| on_desk(name, context, body)));
    all.push((
        "desk-sign-in".into(),
        desk_bare_page(
            &Head::new("Sign in"),
            "Sill & Saucer",
            &desk::sign_in(&desk::DeskSignIn { shop_name: "Sill & Saucer".into(), ..Default::default() }),
        ),
    ));
    all.push((
        "desk-sign-in-sent".into(),
        desk_bare_page(&Head::new("Check your email"), "Sill & Saucer", &desk::check_mail("owner@example.com")),
    ));
    all.push((
        "desk-sign-in-confirm".into(),
        desk_bare_page(&Head::new("Sign in"), "Sill & Saucer", &desk::sign_in_confirm("t", "/desk", "c")),
    ));
    all
}
