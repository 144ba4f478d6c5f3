//! Writes a purchase order and a return slip of some lines into a folder, to look at:
//! `cargo run -p print --example samples -- 40 /tmp`.

use std::error::Error;
use std::path::Path;

use print::{
    Place, PurchaseSheet, ReturnSlip, SheetLine, Shop, SlipLine, Supplier, purchase_order_csv, purchase_order_pdf,
    return_slip_pdf,
};

const TITLES: [&str; 5] = [
    "Mug, cobalt glaze",
    "Łyżka do zupy, żółta porcelana, ręcznie malowana, zestaw sześciu sztuk w pudełku",
    "Příborový nůž, šedý",
    "Throw, undyed wool, 130 × 170 cm",
    "Bowl ½ l, celadon (±2 mm)",
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(count), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("say how many lines, and the folder".into());
    };
    let (count, folder, now) = (count.parse()?, Path::new(&folder), "2026-06-05T08:00:00Z".parse()?);
    let sheet = sheet(count);
    std::fs::write(folder.join("purchase-order.pdf"), purchase_order_pdf(&sheet, now)?)?;
    std::fs::write(folder.join("purchase-order.csv"), purchase_order_csv(&sheet)?)?;
    std::fs::write(folder.join("return-slip.pdf"), return_slip_pdf(&slip(count), now)?)?;
    Ok(())
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

fn shop() -> Shop {
    Shop {
        name: "Sill & Saucer".to_owned(),
        address: texts(["Sill & Saucer Ltd", "12 Kiln Lane", "Bristol BS1 4QA", "United Kingdom"]),
        mail: "orders@sill.example".to_owned(),
    }
}

fn sku(at: u32) -> String {
    format!("MUG-COBALT-{:04}", 350 + at)
}

fn slip(count: u32) -> ReturnSlip {
    let reasons = ["Does not work", "I no longer want it", "It is not as it was described", "It came broken"];
    let lines = (0..count).zip(TITLES.iter().cycle()).zip(reasons.iter().cycle());
    let line = |((at, title), reason): ((u32, &&str), &&str)| SlipLine {
        sku: sku(at),
        title: (*title).to_owned(),
        quantity: at % 3 + 1,
        reason: (*reason).to_owned(),
    };
    ReturnSlip {
        shop: shop(),
        number: "7K3F9QX2M4".to_owned(),
        order_number: "4H2RD8VN0C".to_owned(),
        date: "5 June 2026".to_owned(),
        send_by: Some("17 July 2026".to_owned()),
        sender: "Zofia Wiśniewska".to_owned(),
        send_to: texts(["Sill & Saucer Returns", "Unit 4, Wharf Road", "Bath BA2 3PT", "United Kingdom"]),
        lines: lines.map(line).collect(),
        steps: texts([
            "Put this paper into the parcel, on top of the goods.",
            "Pack the goods as they came; wrap every piece on its own.",
            "Write the address above on the parcel, or stick the label on it that we mailed you.",
            "Bring the parcel to the post by 17 July 2026, and keep the receipt until the money is back on your \
             account, which takes 3 to 5 days after the parcel has come.",
        ]),
        language: "en-GB".to_owned(),
    }
}

fn sheet(count: u32) -> PurchaseSheet {
    let lines = (0..count).zip(TITLES.iter().cycle()).map(|(at, title)| {
        let (quantity, cost) = (6 * (at % 9 + 1), 1_250 + 735 * u64::from(at % 7));
        let euros = |cents: u64| match cents / 100 {
            much if much >= 1_000 => format!("€{},{:03}.{:02}", much / 1_000, much % 1_000, cents % 100),
            much => format!("€{much}.{:02}", cents % 100),
        };
        SheetLine {
            sku: sku(at),
            title: (*title).to_owned(),
            location: if at % 2 == 0 { "Main store" } else { "Riverside" }.to_owned(),
            quantity,
            unit_cost: Some(euros(cost)),
            total: Some(euros(cost * u64::from(quantity))),
        }
    });
    PurchaseSheet {
        shop: shop(),
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
