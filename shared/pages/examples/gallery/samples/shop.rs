//! The storefront.

use super::*;
use pages::shop;

fn cards() -> Vec<Card> {
    GOODS
        .iter()
        .enumerate()
        .map(|(n, (sku, title, price, _))| Card {
            href: format!("/products/{}", sku.to_lowercase()),
            title: (*title).into(),
            image: picture(n, ""),
            price: Price {
                now: (*price).into(),
                from: n == 1,
                was: (n == 2).then(|| "€54.00".into()),
                lowest: (n == 2).then(|| "€42.00".into()),
            },
            stock: match n {
                3 => Stock::Low(3),
                5 => Stock::SoldOut,
                _ => Stock::Plenty,
            },
            note: (n == 0).then(|| "4 colours".into()),
        })
        .collect()
}

fn listing() -> shop::Listing {
    shop::Listing {
        title: "Things for a slow breakfast".into(),
        front: true,
        lead: Some("Stoneware, linen and oak, made in small numbers and sent from our own shelves.".into()),
        promises: vec![
            "Free delivery from €50".into(),
            "Return within 30 days".into(),
            "Pay by card or transfer".into(),
        ],
        categories: vec![
            Choice::new("", "Everything", true),
            Choice::new("table", "Table", false),
            Choice::new("light", "Light", false),
        ],
        category_links: [
            ("Everything", true),
            ("Table", false),
            ("Kitchen", false),
            ("Vases", false),
            ("Textiles", false),
            ("Light", false),
        ]
        .into_iter()
        .map(|(words, chosen)| (words.to_owned(), format!("/?category={}", words.to_lowercase()), chosen))
        .collect(),
        currency: "EUR".into(),
        clear_href: "/".into(),
        count: "24 products".into(),
        cards: cards(),
        pager: Pager { first: None, next: Some("/?cursor=abc".into()) },
        ..shop::Listing::default()
    }
}

fn product() -> shop::Product {
    let variant = |sku: &str, label: &str, price: &str, stock: Stock, chosen: bool| shop::Variant {
        sku: sku.into(),
        label: label.into(),
        price: Price { now: price.into(), ..Price::default() },
        stock,
        chosen,
    };
    shop::Product {
        crumbs: vec![Crumb { words: "Shop".into(), href: "/".into() }, Crumb { words: "Table".into(), href: "/?category=table".into() }],
        title: "Morning mug".into(),
        description: vec![
            "Thrown by hand and glazed twice, so that the cobalt breaks to rust where the rim is thin. Holds 320 ml, sits well in two hands.".into(),
            "Each one is a little different. Dishwasher safe; the bare foot has been ground smooth.".into(),
        ],
        images: vec![picture(0, "A mug on a window sill"), picture(11, "The same mug in oat"), picture(4, "With the milk jug")],
        variants: vec![
            variant("MUG-COBALT", "Cobalt", "€24.00", Stock::Plenty, true),
            variant("MUG-CELADON", "Celadon", "€24.00", Stock::Low(3), false),
            variant("MUG-OAT", "Oat", "€26.00", Stock::Plenty, false),
            variant("MUG-IRON", "Iron", "€24.00", Stock::SoldOut, false),
        ],
        delivery: Some("Order today, arrives 5–7 June".into()),
        returns: Some("Return within 30 days, free in Germany".into()),
        warranty: Some("24 months warranty".into()),
        tax_note: Some("Includes tax. Delivery from €4.90.".into()),
        facts: vec![("Material".into(), "Stoneware".into()), ("Holds".into(), "320 ml".into()), ("Weight".into(), "350 g".into())],
        quantity: "1".into(),
        return_to: "/?category=table".into(),
        csrf: "c5rf".into(),
        errors: FormErrors::none(),
        related: cards().into_iter().skip(2).take(4).collect(),
    }
}

fn cart() -> shop::Cart {
    let line = |n: usize, option: Option<&str>, quantity: &str, total: &str, warnings: &[&str]| shop::CartLine {
        sku: GOODS[n].0.into(),
        title: GOODS[n].1.into(),
        option: option.map(str::to_owned),
        href: "/products/x".into(),
        image: picture(n, ""),
        quantity: quantity.into(),
        unit_price: GOODS[n].2.into(),
        total: total.into(),
        warnings: warnings.iter().map(|w| (*w).to_owned()).collect(),
    };
    shop::Cart {
        lines: vec![
            line(0, Some("Cobalt"), "2", "€48.00", &[]),
            line(4, None, "1", "€38.00", &["Was €36.00, now €38.00."]),
        ],
        totals: Totals { rows: vec![TotalsRow::new("Subtotal", "€86.00")], ..Totals::default() },
        note: Some("Includes tax. Delivery is added at checkout.".into()),
        continue_href: "/".into(),
        csrf: "c5rf".into(),
        ..shop::Cart::default()
    }
}

fn checkout() -> shop::Checkout {
    let method = |value: &str, label: &str, hint: &str, end: &str, chosen: bool| Choice {
        hint: Some(hint.into()),
        end: Some(end.into()),
        ..Choice::new(value, label, chosen)
    };
    shop::Checkout {
        values: shop::CheckoutValues {
            shipping: shop::AddressValues { country: "DE".into(), ..Default::default() },
            billing_same: true,
            ..Default::default()
        },
        countries: vec![
            Choice::new("AT", "Austria", false),
            Choice::new("FR", "France", false),
            Choice::new("DE", "Germany", false),
        ],
        shipping_methods: vec![
            method("standard", "Standard", "Arrives 5–7 June", "€4.90", true),
            method("express", "Express", "Arrives 4 June", "€12.90", false),
        ],
        payment_methods: vec![
            Choice {
                hint: Some("On our provider's page, in the next step".into()),
                ..Choice::new("card", "Card", true)
            },
            Choice {
                hint: Some("We hold the items for 7 days".into()),
                ..Choice::new("bank_transfer", "Bank transfer", false)
            },
        ],
        lines: vec![
            shop::SummaryLine {
                title: "Morning mug".into(),
                detail: "Cobalt · 2".into(),
                total: "€48.00".into(),
                image: picture(0, ""),
            },
            shop::SummaryLine {
                title: "Milk jug".into(),
                detail: "1".into(),
                total: "€38.00".into(),
                image: picture(4, ""),
            },
        ],
        totals: totals_view(),
        submit: "Pay €90.90".into(),
        terms: Some("By ordering you accept our terms. You can return everything within 30 days.".into()),
        cart_id: "crt_1".into(),
        expected_total: "9090".into(),
        credit_code: "7K3F-9QX2-M4TA-1BCD".into(),
        credit: Some("Pays €12.00 of it.".into()),
        idempotency_key: "key".into(),
        csrf: "c5rf".into(),
        ..shop::Checkout::default()
    }
}

fn order() -> shop::Order {
    let line = |n: usize, option: Option<&str>, quantity: &str, total: &str| shop::OrderLine {
        title: GOODS[n].1.into(),
        option: option.map(str::to_owned),
        href: Some("/products/x".into()),
        image: picture(n, ""),
        quantity: quantity.into(),
        total: total.into(),
        note: None,
    };
    shop::Order {
        number: "7K3F9QX2M4".into(),
        placed: "Placed on 3 June 2026".into(),
        state: vec![Badge::Shipped],
        sentence: "Your parcel is with DHL and expected on Thursday 5 June.".into(),
        lines: vec![line(0, Some("Cobalt"), "2 × €24.00", "€48.00"), line(4, None, "1 × €38.00", "€38.00")],
        totals: totals_view(),
        shipments: vec![shop::Shipment {
            title: "Parcel".into(),
            carrier: "DHL".into(),
            tracking: "00340434161094021501".into(),
            tracking_href: Some("https://carrier.example.com/123".into()),
            contents: vec!["Morning mug, Cobalt × 2".into(), "Milk jug × 1".into()],
            when: "Shipped 4 June".into(),
        }],
        events: events(),
        shipping_address: address(),
        method: "Standard, arrives 5–7 June".into(),
        payment: "Card".into(),
        email: "buyer@example.com".into(),
        csrf: "c5rf".into(),
        ..shop::Order::default()
    }
}

/// The storefront's pages by their names.
pub(super) fn pages() -> Vec<(String, Markup)> {
    let mut all: Vec<(String, Markup)> = Vec::new();
    let shop_pages: Vec<(&str, Head, Markup)> = vec![
        (
            "home",
            Head {
                description: Some("Stoneware, linen and oak.".into()),
                canonical: Some("https://shop.example.com/".into()),
                ..Head::new("Things for a slow breakfast")
            },
            shop::listing(&listing()),
        ),
        (
            "category",
            Head::new("Table"),
            shop::listing(&shop::Listing {
                title: "Table".into(),
                front: false,
                lead: None,
                active: vec![shop::ActiveFilter {
                    words: "Up to €50".into(), remove_href: "/?category=table".into()
                }],
                max: "50".into(),
                count: "7 products".into(),
                cards: cards().into_iter().take(7).collect(),
                ..listing()
            }),
        ),
        (
            "search-empty",
            Head::private("Results"),
            shop::listing(&shop::Listing {
                title: "Results for “teapot”".into(),
                front: false,
                lead: None,
                query: "teapot".into(),
                count: "0 products".into(),
                cards: vec![],
                pager: Pager::default(),
                active: vec![shop::ActiveFilter { words: "In stock".into(), remove_href: "/?q=teapot".into() }],
                in_stock: true,
                ..listing()
            }),
        ),
        (
            "category-error",
            Head::private("Table"),
            shop::listing(&shop::Listing {
                front: false,
                min: "abc".into(),
                errors: errors(&[("min", "Enter an amount, such as 20")]),
                ..listing()
            }),
        ),
        (
            "product",
            Head { json_ld: Some("{\"@type\":\"Product\",\"name\":\"</script>\"}".into()), ..Head::new("Morning mug") },
            shop::product(&product()),
        ),
        (
            "product-one",
            Head::new("Wide salad bowl"),
            shop::product(&shop::Product {
                title: "Wide salad bowl".into(),
                images: vec![picture(2, "A wide bowl")],
                variants: vec![shop::Variant {
                    sku: "BOWL-WIDE".into(),
                    label: "Bowl".into(),
                    price: Price {
                        now: "€42.00".into(),
                        from: false,
                        was: Some("€54.00".into()),
                        lowest: Some("€42.00".into()),
                    },
                    stock: Stock::Low(2),
                    chosen: true,
                }],
                related: vec![],
                ..product()
            }),
        ),
        (
            "product-sold-out",
            Head::new("Oil bottle"),
            shop::product(&shop::Product {
                title: "Oil bottle with cork".into(),
                images: vec![picture(5, "An oil bottle")],
                variants: vec![shop::Variant {
                    sku: "BOTTLE-OIL".into(),
                    label: "Bottle".into(),
                    price: Price { now: "€31.00".into(), ..Price::default() },
                    stock: Stock::SoldOut,
                    chosen: true,
                }],
                ..product()
            }),
        ),
        (
            "product-error",
            Head { failed: true, ..Head::new("Morning mug") },
            shop::product(&shop::Product {
                quantity: "x".into(),
                errors: errors(&[("sku", "Choose a colour"), ("quantity", "Enter a number from 1 to 99")]),
                ..product()
            }),
        ),
        (
            "added",
            Head::private("Added to your cart"),
            shop::added(&shop::Added {
                title: "Morning mug".into(),
                option: Some("Cobalt".into()),
                image: picture(0, ""),
                quantity: "2 in your cart".into(),
                price: "€24.00 each".into(),
                note: Some("Only 2 available, so we added 2.".into()),
                subtotal: "€86.00".into(),
                items: "3 items".into(),
                continue_href: "/?category=table".into(),
            }),
        ),
        ("cart", Head::private("Your cart"), shop::cart(&cart())),
        (
            "cart-removed",
            Head::private("Your cart"),
            shop::cart(&shop::Cart {
                undo: Some(shop::Undo { sku: "VASE-TALL".into(), quantity: 1, title: "Tall vase".into() }),
                blocked: Some("Something in your cart is sold out. Remove it to go on.".into()),
                errors: errors(&[("quantity.MUG-COBALT", "Enter a number from 0 to 99")]),
                ..cart()
            }),
        ),
        ("cart-empty", Head::private("Your cart"), shop::cart(&shop::Cart::default())),
        ("order", Head::private("Order 7K3F9QX2M4"), shop::order(&order())),
        (
            "order-warranty",
            Head::private("Order 7K3F9QX2M4"),
            shop::order(&shop::Order {
                certificates: warranty::certificates().into_iter().cycle().take(7).collect(),
                ..order()
            }),
        ),
        (
            "order-warranty-one",
            Head::private("Order 7K3F9QX2M4"),
            shop::order(&shop::Order {
                certificates: warranty::certificates().into_iter().take(1).collect(),
                ..order()
            }),
        ),
        (
            "order-transfer",
            Head::private("Order 7K3F9QX2M4"),
            shop::order(&shop::Order {
                state: vec![Badge::AwaitingPayment],
                sentence: "We have your order and hold the items until your transfer arrives.".into(),
                shipments: vec![],
                events: events().into_iter().skip(5).map(|event| Event { now: true, ..event }).collect(),
                transfer: Some(shop::BankTransfer {
                    amount: "€90.90".into(),
                    until: "10 June 2026".into(),
                    facts: vec![
                        ("Recipient".into(), "Sill & Saucer".into()),
                        ("IBAN".into(), "DE00 0000 0000 0000 0000 00".into()),
                        ("Reference".into(), "7K3F9QX2M4".into()),
                    ],
                }),
                cancel: Some(shop::CancelForm {
                    action: "/orders/ord_1/cancel".into(),
                    token: "t".into(),
                    consequence: "You haven't been charged. The items go back on the shelf.".into(),
                }),
                payment: "Bank transfer".into(),
                ..order()
            }),
        ),
        (
            "order-failed",
            Head::private("Order 7K3F9QX2M4"),
            shop::order(&shop::Order {
                state: vec![Badge::Cancelled, Badge::RefundDue],
                sentence: "This order is cancelled. We'll send €90.90 back to your account.".into(),
                notice: Some(Notice {
                    detail: Some("We couldn't reach your bank.".into()),
                    ..Notice::new(Tone::Bad, "The refund needs your account number.")
                }),
                totals: Totals { later: vec![TotalsRow::new("Refund due", "€90.90")], ..totals_view() },
                pay: Some(("/pay/ord_1".into(), "Pay €90.90".into())),
                cancel: Some(shop::CancelForm {
                    action: "/orders/ord_1/cancel".into(),
                    token: "t".into(),
                    consequence: "You'll get €90.90 back.".into(),
                }),
                errors: errors(&[("reason", "Say it in 500 letters at most")]),
                ..order()
            }),
        ),
        ("sign-in", Head::private("Sign in"), shop::sign_in(&shop::SignIn::default())),
        (
            "sign-in-error",
            Head { failed: true, ..Head::private("Sign in") },
            shop::sign_in(&shop::SignIn {
                email: "buyer".into(),
                errors: errors(&[("email", "Enter an email address with an @, such as name@example.com")]),
                ..Default::default()
            }),
        ),
        ("sign-in-sent", Head::private("Check your email"), shop::check_mail("buyer@example.com")),
        (
            "account",
            Head::private("Your orders"),
            shop::account(&shop::Account {
                email: "buyer@example.com".into(),
                credit: Some(shop::Credit {
                    balance: "€12.00".into(),
                    code: Some("7K3F-9QX2-M4TA-1BCD".into()),
                    rows: vec![
                        shop::CreditRow {
                            when: "2 June 2026".into(),
                            what: "Paid for order 4MTA1BCD7K".into(),
                            amount: "−€14.00".into(),
                        },
                        shop::CreditRow {
                            when: "20 May 2026".into(),
                            what: "Return from order 7K3F9QX2M4".into(),
                            amount: "+€26.00".into(),
                        },
                    ],
                }),
                orders: vec![
                    shop::OrderSummary {
                        number: "7K3F9QX2M4".into(),
                        href: "/orders/ord_1".into(),
                        placed: "3 June 2026".into(),
                        state: Badge::Shipped,
                        contents: "Morning mug and 2 more".into(),
                        total: "€90.90".into(),
                    },
                    shop::OrderSummary {
                        number: "2M4F9QX7K3".into(),
                        href: "/orders/ord_2".into(),
                        placed: "3 May 2026".into(),
                        state: Badge::Delivered,
                        contents: "Tall vase".into(),
                        total: "€12,345.67".into(),
                    },
                ],
                ..shop::Account::default()
            }),
        ),
        (
            "account-empty",
            Head::private("Your orders"),
            shop::account(&shop::Account { email: "buyer@example.com".into(), ..Default::default() }),
        ),
        (
            "find-order",
            Head::private("Find an order"),
            shop::find_order(&shop::FindOrder {
                number: "7K".into(),
                errors: errors(&[("number", "Enter all 10 letters and digits")]),
                ..Default::default()
            }),
        ),
        ("find-order-sent", Head::private("Check your email"), shop::find_order_sent("7K3F9QX2M4")),
        (
            "help",
            Head::new("Help"),
            shop::help(&shop::Help {
                topics: vec![
                    shop::HelpTopic {
                        question: "When does my order arrive?".into(),
                        answer: vec!["The date stands on the product's page and in every mail.".into()],
                    },
                    shop::HelpTopic {
                        question: "How do I return something?".into(),
                        answer: vec!["Within 30 days, from your order's page.".into()],
                    },
                ],
                support_email: Some("help@example.com".into()),
                reply: Some("We reply by 10:00 tomorrow.".into()),
            }),
        ),
    ];
    for (name, head, body) in shop_pages {
        all.push((name.into(), shop_page(&head, &context(), &body)));
    }
    let bare: Vec<(&str, Head, Markup)> = vec![
        ("checkout", Head::private("Checkout"), shop::checkout(&checkout())),
        (
            "checkout-error",
            Head { failed: true, ..Head::private("Checkout") },
            shop::checkout(&shop::Checkout {
                values: shop::CheckoutValues {
                    email: "buyer".into(),
                    shipping: shop::AddressValues {
                        country: "DE".into(),
                        name: "A. Buyer".into(),
                        line2: "c/o Company".into(),
                        ..Default::default()
                    },
                    billing_same: false,
                    ..Default::default()
                },
                notice: Some(Notice {
                    detail: Some("Check it and confirm.".into()),
                    ..Notice::new(Tone::Warn, "The total changed from €88.90 to €90.90.")
                }),
                errors: errors(&[
                    ("email", "Enter an email address with an @, such as name@example.com"),
                    ("shipping_line1", "Enter a street and number"),
                    ("shipping_postal_code", "Enter your postcode"),
                    ("shipping_method", "Choose how it is sent"),
                    ("billing_name", "Enter a name"),
                ]),
                ..checkout()
            }),
        ),
        (
            "payment-wait",
            Head::private("Payment"),
            shop::payment_return(&shop::PaymentReturn {
                number: "7K3F9QX2M4".into(),
                email: "buyer@example.com".into(),
                again_href: "/pay/ord_1/return".into(),
                order_href: "/orders/ord_1".into(),
                ..Default::default()
            }),
        ),
        (
            "payment-declined",
            Head::private("Payment"),
            shop::payment_return(&shop::PaymentReturn {
                number: "7K3F9QX2M4".into(),
                email: "buyer@example.com".into(),
                payment: shop::Payment::Declined,
                pay_href: Some("/pay/ord_1".into()),
                held_until: Some("14:35".into()),
                order_href: "/orders/ord_1".into(),
                ..Default::default()
            }),
        ),
        (
            "payment-paid",
            Head::private("Payment"),
            shop::payment_return(&shop::PaymentReturn {
                number: "7K3F9QX2M4".into(),
                email: "buyer@example.com".into(),
                payment: shop::Payment::Paid,
                order_href: "/orders/ord_1".into(),
                ..Default::default()
            }),
        ),
        ("sign-in-confirm", Head::private("Sign in"), shop::sign_in_confirm(&shop::SignInConfirm::default())),
        (
            "cancel-confirm",
            Head::private("Cancel"),
            shop::cancel_confirm(
                "7K3F9QX2M4",
                &shop::CancelForm {
                    action: "/orders/ord_1/cancel".into(),
                    token: "t".into(),
                    consequence: "You'll get €90.90 back to your card.".into(),
                },
                "c5rf",
                "/orders/ord_1",
            ),
        ),
    ];
    for (name, head, body) in bare {
        let back = name.starts_with("checkout").then(|| ("/cart".to_owned(), "Back to cart".to_owned()));
        all.push((name.into(), bare_page(&Head { back, ..head }, &context(), &body)));
    }
    for (name, failure) in [
        ("404", Failure::NotFound),
        ("403", Failure::Forbidden),
        ("410", Failure::LinkExpired),
        ("429", Failure::TooMany),
        ("400", Failure::Stale),
        (
            "409",
            Failure::Refused {
                why: "This warranty is not on offer any more. Ask who gave you the link for a new one.".into(),
            },
        ),
        (
            "500",
            Failure::Fault {
                reference: "01J-8KQ2".into(),
                known: Some("Your order was not placed, and you haven't been charged.".into()),
            },
        ),
    ] {
        all.push((format!("error-{name}"), shop_failure(&failure, &context())));
    }
    all
}
