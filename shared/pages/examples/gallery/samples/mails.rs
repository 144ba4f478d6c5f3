//! The mails.

use pages::mails;

/// Who writes them.
pub(super) fn sender() -> mails::Shop {
    mails::Shop {
        name: "Sill & Saucer".into(),
        url: "https://shop.example.com".into(),
        support_email: "help@example.com".into(),
        imprint: vec!["Sill & Saucer, Example Street 1, 10115 Berlin".into()],
    }
}

/// Every mail by its name.
pub(super) fn all() -> Vec<(&'static str, mails::Mail)> {
    let from = sender();
    let order = mails::OrderMail {
        number: "7K3F9QX2M4".into(),
        view_url: "https://shop.example.com/orders/ord_0190f5c8?token=3JpZ2h0LWJyaWNrLXRva2VuLWZvci1hbGw".into(),
        lines: vec![
            mails::MailLine {
                title: "Morning mug".into(),
                option: Some("Cobalt".into()),
                quantity: 2,
                total: Some("€48.00".into()),
                thumbnail: None,
            },
            mails::MailLine {
                title: "A tall vase with a very long name that says how it was thrown, fired and glazed".into(),
                option: None,
                quantity: 1,
                total: Some("€12,345.67".into()),
                thumbnail: Some("https://shop.example.com/images/vase.png".into()),
            },
        ],
        totals: vec![("Items".into(), "€86.00".into()), ("Delivery".into(), "€4.90".into())],
        total: "€90.90".into(),
        paid: vec![("Store credit".into(), "−€12.00".into()), ("Paid otherwise".into(), "€78.90".into())],
        tax_note: Some("Includes €14.51 tax".into()),
        address: vec!["A. Buyer".into(), "Lindenstraße 5".into(), "10969 Berlin".into(), "Germany".into()],
        arrives: Some("5–7 June".into()),
    };
    let bank = vec![
        ("Recipient".to_owned(), "Sill & Saucer".to_owned()),
        ("IBAN".to_owned(), "DE00 0000 0000 0000 0000 00".to_owned()),
        ("Reference".to_owned(), "7K3F9QX2M4".to_owned()),
    ];
    vec![
        (
            "received",
            mails::order_received(
                &from,
                &mails::OrderReceived {
                    order: order.clone(),
                    amount: "€90.90".into(),
                    pay_until: "10 June 2026".into(),
                    instructions: bank,
                },
            ),
        ),
        (
            "confirmed",
            mails::order_confirmed(&from, &mails::OrderConfirmed { order: order.clone(), paid: "€90.90".into() }),
        ),
        (
            "shipped",
            mails::order_shipped(
                &from,
                &mails::OrderShipped {
                    order: order.clone(),
                    carrier: "DHL".into(),
                    tracking: "00340434161094021501".into(),
                    tracking_url: Some("https://carrier.example.com/00340434161094021501".into()),
                    expected: Some("Thursday 5 June".into()),
                    rest: Some("2 more items follow in a second parcel.".into()),
                },
            ),
        ),
        (
            "refunded",
            mails::order_refunded(
                &from,
                &mails::OrderRefunded {
                    order: order.clone(),
                    amount: "€26.00".into(),
                    to: "your card".into(),
                    takes: Some("3–5 days".into()),
                    reason: Some("One mug arrived broken.".into()),
                },
            ),
        ),
        (
            "canceled",
            mails::order_canceled(
                &from,
                &mails::OrderCanceled {
                    order: order.clone(),
                    reason: "It wasn't paid in time.".into(),
                    money: "You haven't been charged.".into(),
                },
            ),
        ),
        (
            "late",
            mails::payment_late_refunded(
                &from,
                &mails::PaymentLateRefunded {
                    order: order.clone(),
                    amount: "€90.90".into(),
                    to: "your card".into(),
                    takes: "3–5 days".into(),
                },
            ),
        ),
        (
            "sign-in",
            mails::sign_in_link(
                &from,
                &mails::SignInLink {
                    url: "https://shop.example.com/sign-in/confirm?token=3JpZ2h0LWJyaWNr".into(),
                    lives: "15 minutes".into(),
                    desk: false,
                },
            ),
        ),
        (
            "sign-in-desk",
            mails::sign_in_link(
                &from,
                &mails::SignInLink {
                    url: "https://shop.example.com/sign-in/confirm?token=3JpZ2h0LWJyaWNr".into(),
                    lives: "15 minutes".into(),
                    desk: true,
                },
            ),
        ),
        ("order-link", mails::order_link(&from, &order.number, &order.view_url)),
    ]
    .into_iter()
    .chain(purchasing(&from))
    .collect()
}

fn purchasing(from: &mails::Shop) -> Vec<(&'static str, mails::Mail)> {
    let line =
        |sku: &str, title: &str, quantity: &str, cost: Option<&str>, total: Option<&str>| mails::PurchaseMailLine {
            sku: sku.into(),
            title: title.into(),
            quantity: quantity.into(),
            unit_cost: cost.map(str::to_owned),
            total: total.map(str::to_owned),
        };
    let order = mails::PurchaseMail {
        number: "B7K3F9".into(),
        lines: vec![
            line("MUG-COBALT", "Morning mug, Cobalt", "24", Some("€9.00"), Some("€216.00")),
            line(
                "VASE-TALL",
                "A tall vase with a very long name that says how it was thrown, fired and glazed",
                "1,200",
                Some("€10.29"),
                Some("€12,345.67"),
            ),
            line("JUG-1L", "Milk jug", "6", None, None),
        ],
        total: Some("€12,561.67".into()),
    };
    let sent = mails::PurchaseOrderSent {
        order: order.clone(),
        deliver_to: vec!["Sill & Saucer, goods in".into(), "Lindenstraße 5".into(), "10969 Berlin".into()],
        wanted_by: Some("17 June 2026".into()),
        answer_url: "https://shop.example.com/supplier/3JpZ2h0LWJyaWNrLXRva2VuLWZvci1hbGw".into(),
        again: false,
        note: None,
    };
    let answer = |says: mails::SupplierSays| mails::SupplierAnswer {
        number: "B7K3F9".into(),
        supplier: "Töpferei Alt".into(),
        says,
        note: None,
        desk_url: "https://shop.example.com/desk/purchase-orders/po_1".into(),
    };
    let low = |sku: &str, title: &str, suggestion: Option<&str>, because: Option<&str>| mails::LowLine {
        sku: sku.into(),
        title: title.into(),
        left: "9".into(),
        lasts: because.is_none().then(|| "15 days".into()),
        on_order: (suggestion == Some("Order 12")).then(|| "24".into()),
        suggestion: suggestion.map(str::to_owned),
        because: because.map(str::to_owned),
    };
    let waiting = |number: &str, supplier: &str, lines: Vec<mails::LowLine>| mails::ToApprove {
        number: number.into(),
        supplier: supplier.into(),
        total: Some("€432.00".into()),
        lines,
        approve_url: format!("https://shop.example.com/desk/purchase-orders/{number}/approve-by-mail?token=t"),
    };
    let digest = mails::LowStockDigest {
        orders: vec![
            waiting(
                "B7K3F9",
                "Töpferei Alt",
                vec![
                    low("MUG-COBALT", "Morning mug, Cobalt", Some("Order 24"), None),
                    low("VASE-TALL", "Tall vase", Some("Order 12"), None),
                ],
            ),
            waiting("B2M4QX", "Weberei", vec![low("TOWEL-3", "Linen towels, set of three", Some("Order 30"), None)]),
        ],
        rest: vec![
            low("LAMP-1", "Table lamp", None, Some("no rule says who delivers it")),
            low("BOARD-OAK", "Oak bread board", None, Some("was dismissed on 2 June")),
        ],
        desk_url: "https://shop.example.com/desk/reorders".into(),
    };
    vec![
        ("purchase-sent", mails::purchase_order_sent(from, &sent)),
        (
            "purchase-sent-again",
            mails::purchase_order_sent(
                from,
                &mails::PurchaseOrderSent {
                    again: true,
                    wanted_by: None,
                    note: Some("We can't take the change that you proposed: we need all 24 of the mugs.".into()),
                    ..sent.clone()
                },
            ),
        ),
        (
            "supplier-proposes",
            mails::supplier_answered(
                from,
                &mails::SupplierAnswer {
                    supplier: "A manufactory of stoneware with a very long name".into(),
                    note: Some("The kiln is down until the 20th.".into()),
                    ..answer(mails::SupplierSays::Proposes(vec![
                        ("Delivery".into(), "24 June instead of 17 June".into()),
                        ("MUG-COBALT".into(), "18 instead of 24".into()),
                    ]))
                },
            ),
        ),
        (
            "supplier-refuses",
            mails::supplier_answered(
                from,
                &answer(mails::SupplierSays::Refuses("We don't make these any more.".into())),
            ),
        ),
        ("low-stock", mails::low_stock_digest(from, &digest)),
        (
            "low-stock-one",
            mails::low_stock_digest(
                from,
                &mails::LowStockDigest { orders: vec![], rest: digest.rest[..1].to_vec(), ..digest.clone() },
            ),
        ),
        (
            "ledger-mismatch",
            mails::ledger_mismatch(
                from,
                &mails::LedgerMismatch {
                    sku: "MUG-COBALT".into(),
                    location: "Main".into(),
                    counter: "on hand".into(),
                    ledger: "97".into(),
                    balance: "100".into(),
                    desk_url: "https://shop.example.com/desk/stock/MUG-COBALT".into(),
                },
            ),
        ),
        (
            "purchase-canceled",
            mails::purchase_order_canceled(
                from,
                &mails::PurchaseOrderCanceled { order, reason: Some("We found a supplier who is nearer.".into()) },
            ),
        ),
    ]
}
