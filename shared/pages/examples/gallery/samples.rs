//! Sample views: every page normal, empty, refused. Used by the gallery and by the tests of markup.

use pages::components::*;
use pages::layout::*;
use pages::mails;
use pages::product_image::Kind;
use pages::{Markup, desk, shop};

fn context() -> ShopContext {
    ShopContext {
        shop_name: "Sill & Saucer".into(),
        language: "en".into(),
        cart_count: 3,
        csrf: "c5rf".into(),
        support_email: Some("help@example.com".into()),
        ..ShopContext::default()
    }
}

const GOODS: [(&str, &str, &str, Kind); 12] = [
    ("MUG-COBALT", "Morning mug", "€24.00", Kind::Mug),
    ("VASE-TALL", "Tall vase, thrown in two parts", "€68.00", Kind::Vase),
    ("BOWL-WIDE", "Wide salad bowl", "€42.00", Kind::Bowl),
    ("PLATE-26", "Dinner plate", "€26.00", Kind::Plate),
    ("JUG-1L", "Milk jug", "€38.00", Kind::Jug),
    ("BOTTLE-OIL", "Oil bottle with cork", "€31.00", Kind::Bottle),
    ("BOARD-OAK", "Oak bread board", "€49.00", Kind::Board),
    ("TOWEL-3", "Linen towels, set of three", "€36.00", Kind::Textile),
    ("LAMP-1", "Table lamp with linen shade", "€145.00", Kind::Lamp),
    ("VASE-BUD", "Bud vase", "€18.00", Kind::Vase),
    ("BOWL-RICE", "Rice bowl", "€16.00", Kind::Bowl),
    ("MUG-OAT", "Espresso cup", "€14.00", Kind::Mug),
];

#[allow(dead_code, reason = "the tests of markup need no drawings")]
pub(super) fn drawings() -> Vec<(String, Kind)> {
    GOODS.iter().map(|(sku, _, _, kind)| ((*sku).to_owned(), *kind)).collect()
}

fn picture(n: usize, alt: &str) -> Image {
    Image::portrait(format!("/images/{}.svg", GOODS[n].0), alt)
}

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

fn totals_view() -> Totals {
    Totals {
        rows: vec![TotalsRow::new("Items", "€86.00"), TotalsRow::new("Delivery", "€4.90")],
        total: Some("€90.90".into()),
        after: Some("Includes €14.51 tax".into()),
        later: vec![],
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
        idempotency_key: "key".into(),
        csrf: "c5rf".into(),
        ..shop::Checkout::default()
    }
}

fn events() -> Vec<Event> {
    let event = |what: &str, when: &str, now: bool| Event {
        what: what.into(),
        when: when.into(),
        at: "2026-06-03T14:05:00Z".into(),
        who: None,
        now,
        ..Event::default()
    };
    vec![
        Event {
            detail: Some("DHL".into()),
            link: Some(("https://carrier.example.com/123".into(), "00340434161094021501".into())),
            ..event("Shipped", "4 June 2026, 09:12", true)
        },
        event("Packed", "3 June 2026, 16:40", false),
        event("Paid", "3 June 2026, 14:07", false),
        event("Payment started", "3 June 2026, 14:06", false),
        event("Mail sent", "3 June 2026, 14:06", false),
        event("Placed", "3 June 2026, 14:05", false),
    ]
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
        shipping_address: vec!["A. Buyer".into(), "Lindenstraße 5".into(), "10969 Berlin".into(), "Germany".into()],
        method: "Standard, arrives 5–7 June".into(),
        payment: "Card".into(),
        email: "buyer@example.com".into(),
        csrf: "c5rf".into(),
        ..shop::Order::default()
    }
}

fn desk_context(section: Section) -> DeskContext {
    DeskContext {
        shop_name: "Sill & Saucer".into(),
        person: "owner@example.com".into(),
        role: "Owner".into(),
        csrf: "c5rf".into(),
        section: Some(section),
        sections: Section::ALL.to_vec(),
        strip: Some("LOCAL · the clock stands at 3 June 2026, 14:05".into()),
        flash: None,
    }
}

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
            unit_price: GOODS[n].2.into(),
            total: total.into(),
            location: Some(format!("main: {quantity}")),
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
                lines: vec![(lines[0].clone(), "2".into())],
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
        shipping_address: order().shipping_address,
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
        description: product().description.join("\n\n"),
        statuses: vec![
            Choice::new("draft", "Draft", false),
            Choice::new("active", "Active", true),
            Choice::new("archived", "Archived", false),
        ],
        category: "table".into(),
        categories: vec!["table".into(), "kitchen".into()],
        tax_classes: vec![Choice::new("standard", "Standard", true), Choice::new("reduced", "Reduced", false)],
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

fn errors(pairs: &[(&str, &str)]) -> FormErrors {
    pairs.iter().map(|(field, sentence)| (*field, *sentence)).collect()
}

/// Every page by its name.
pub(super) fn pages() -> Vec<(String, String)> {
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
            "500",
            Failure::Fault {
                reference: "01J-8KQ2".into(),
                known: Some("Your order was not placed, and you haven't been charged.".into()),
            },
        ),
    ] {
        all.push((format!("error-{name}"), shop_failure(&failure, &context())));
    }
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
                refused: Some("ship".into()),
                errors: errors(&[("carrier", "Enter the carrier"), ("quantity.MUG-COBALT", "Enter 2 at most")]),
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
    for (name, context, body) in desk_pages {
        let head =
            Head::new("Desk").failed(&if name.ends_with("error") { errors(&[("x", "y")]) } else { FormErrors::none() });
        all.push((name.into(), desk_page(&head, &context, &body)));
    }
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
    all.into_iter().map(|(name, page)| (name, page.into_string())).collect()
}

/// Every mail by its name.
pub(super) fn mails() -> Vec<(&'static str, mails::Mail)> {
    let from = mails::Shop {
        name: "Sill & Saucer".into(),
        url: "https://shop.example.com".into(),
        support_email: "help@example.com".into(),
        imprint: vec!["Sill & Saucer, Example Street 1, 10115 Berlin".into()],
    };
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
                    takes: "3–5 days".into(),
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
