//! Writes a purchase order of some lines, to look at:
//! `cargo run -p print --example purchase_order -- 40 /tmp/order.pdf`.

use std::error::Error;

use print::{Place, PurchaseSheet, SheetLine, Shop, Supplier, purchase_order_csv, purchase_order_pdf};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(count), Some(path)) = (arguments.next(), arguments.next()) else {
        return Err("say how many lines, and the file".into());
    };
    let sheet = sheet(count.parse()?);
    std::fs::write(&path, purchase_order_pdf(&sheet, "2026-06-05T08:00:00Z".parse()?)?)?;
    std::fs::write(format!("{path}.csv"), purchase_order_csv(&sheet)?)?;
    Ok(())
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

fn sheet(count: u32) -> PurchaseSheet {
    let titles = [
        "Mug, cobalt glaze",
        "Łyżka do zupy, żółta porcelana, ręcznie malowana, zestaw sześciu sztuk w pudełku",
        "Příborový nůž, šedý",
        "Throw, undyed wool, 130 × 170 cm",
        "Bowl ½ l, celadon (±2 mm)",
    ];
    let lines = (0..count).zip(titles.iter().cycle()).map(|(at, title)| {
        let (quantity, cost) = (6 * (at % 9 + 1), 1_250 + 735 * u64::from(at % 7));
        let euros = |cents: u64| match cents / 100 {
            much if much >= 1_000 => format!("€{},{:03}.{:02}", much / 1_000, much % 1_000, cents % 100),
            much => format!("€{much}.{:02}", cents % 100),
        };
        SheetLine {
            sku: format!("MUG-COBALT-{:04}", 350 + at),
            title: (*title).to_owned(),
            location: if at % 2 == 0 { "Main store" } else { "Riverside" }.to_owned(),
            quantity,
            unit_cost: Some(euros(cost)),
            total: Some(euros(cost * u64::from(quantity))),
        }
    });
    PurchaseSheet {
        shop: Shop {
            name: "Sill & Saucer".to_owned(),
            address: texts(["Sill & Saucer Ltd", "12 Kiln Lane", "Bristol BS1 4QA", "United Kingdom"]),
            mail: "orders@sill.example".to_owned(),
        },
        number: "7K3F9QX2M4".to_owned(),
        date: "5 June 2026".to_owned(),
        wanted_by: Some("19 June 2026".to_owned()),
        supplier: Supplier {
            name: "Bolesławiec Stoneware sp. z o.o.".to_owned(),
            mail: "sales@stoneware.example".to_owned(),
        },
        deliver_to: vec![
            Place { location: "Main store".to_owned(), lines: texts(["12 Kiln Lane", "Bristol BS1 4QA"]) },
            Place { location: "Riverside".to_owned(), lines: texts(["Unit 4, Wharf Road", "Bath BA2 3PT"]) },
        ],
        lines: lines.collect(),
        total: Some("€48,204.00".to_owned()),
        note: Some("Please pack mugs upright.\nCall before you deliver to Riverside: the yard is small.".to_owned()),
        link: format!("https://shop.example/supply/7K3F9QX2M4?token={}", "aB3dE6fG9hJ2kL5m".repeat(6)),
        language: "en-GB".to_owned(),
    }
}
