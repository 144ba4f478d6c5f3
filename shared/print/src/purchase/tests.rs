use proptest::prelude::*;

use super::*;
use crate::flow::Flow;
use crate::read_back::{Outcome, any_text, assert_archived, texts};
use crate::{Place, Shop, Supplier};

fn line(title: &str) -> SheetLine {
    SheetLine {
        sku: "MUG-1".to_owned(),
        title: title.to_owned(),
        location: "Main".to_owned(),
        quantity: 12,
        unit_cost: Some("€4.50".to_owned()),
        total: Some("€54.00".to_owned()),
    }
}

fn sheet(lines: Vec<SheetLine>) -> PurchaseSheet {
    PurchaseSheet {
        shop: Shop {
            name: "Sill & Saucer".to_owned(),
            address: vec!["12 Kiln Lane".to_owned(), "Bristol".to_owned()],
            mail: "orders@sill.example".to_owned(),
        },
        number: "7K3F9QX2M4".to_owned(),
        date: "5 June 2026".to_owned(),
        wanted_by: Some("19 June 2026".to_owned()),
        supplier: Supplier { name: "Stoneware".to_owned(), mail: "sales@stoneware.example".to_owned() },
        deliver_to: vec![Place { location: "Main".to_owned(), lines: vec!["12 Kiln Lane".to_owned()] }],
        lines,
        total: Some("€1,204.00".to_owned()),
        note: Some("Pack upright.\nThank you.".to_owned()),
        link: "https://shop.example/supply/7K3F9QX2M4?token=0123456789abcdef".to_owned(),
        language: "en-GB".to_owned(),
    }
}

fn printed(sheet: &PurchaseSheet) -> Outcome<Vec<u8>> {
    Ok(purchase_order_pdf(sheet, "2026-06-05T08:00:00Z".parse()?)?)
}

#[test]
fn it_runs_over_pages_that_are_numbered_and_have_the_head() -> Outcome {
    for (count, pages) in [(0, 1), (1, 1), (40, 2), (200, 7)] {
        let lines = (1..=count).map(|at| line(&format!("Mug number {at}."))).collect();
        let bytes = printed(&sheet(lines))?;
        assert!(bytes.starts_with(b"%PDF-1.7"));
        let texts = texts(&bytes)?;
        assert_eq!(texts.len(), pages, "{count} lines");
        for (at, text) in texts.iter().enumerate() {
            assert!(text.contains(&format!("{} of {pages}", at + 1)), "{text}");
            assert!(text.contains("SKU Item For Quantity Unit cost Total") || at + 1 == pages);
        }
        let all = texts.join(" ");
        for at in 1..=count {
            assert!(all.contains(&format!("Mug number {at}.")), "{at} of {count}");
        }
    }
    Ok(())
}

#[test]
fn it_says_everything() -> Outcome {
    let all = texts(&printed(&sheet(vec![line("Łyżka żółta; příborový nůž, ½ l"), line("Vase")]))?)?.join(" ");
    for text in [
        "Purchase order 7K3F9QX2M4",
        "Sill & Saucer",
        "12 Kiln Lane Bristol orders@sill.example",
        "Stoneware sales@stoneware.example",
        "Date 5 June 2026",
        "Wanted by 19 June 2026",
        "Deliver to Main 12 Kiln Lane",
        "MUG-1",
        "Łyżka żółta; příborový nůž, 1/2 l",
        "€4.50",
        "€54.00",
        "Total €1,204.00",
        "Pack upright.",
        "Thank you.",
        "Answer online",
        "Purchase order 7K3F9QX2M4 · Sill & Saucer",
    ] {
        assert!(all.contains(text), "{text} is not in {all}");
    }
    assert!(all.replace(' ', "").contains("https://shop.example/supply/7K3F9QX2M4?token=0123456789abcdef"));
    assert!(!all.contains("lacks"));
    Ok(())
}

#[test]
fn it_is_tagged_and_keeps_the_archive_rules() -> Outcome {
    assert_archived(&printed(&sheet(vec![line("Mug")]))?, "en-GB")
}

#[test]
fn the_same_input_gives_the_same_bytes() -> Outcome {
    let lines = (0..60).map(|at| line(&format!("Mug {at} żółć 漢"))).collect();
    let sheet = sheet(lines);
    let first = printed(&sheet)?;
    assert!((0..3).all(|_| printed(&sheet).is_ok_and(|again| again == first)));
    Ok(())
}

#[test]
fn columns_without_texts_are_left_out() -> Outcome {
    let bare = SheetLine { location: String::new(), unit_cost: None, total: None, ..line("Mug") };
    let all = texts(&printed(&PurchaseSheet { total: None, ..sheet(vec![bare.clone()]) })?)?.join(" ");
    assert!(all.contains("SKU Item Quantity MUG-1 Mug 12"), "{all}");
    let all = texts(&printed(&sheet(vec![bare, line("Bowl")]))?)?.join(" ");
    assert!(all.contains("MUG-1 Mug – 12 – – MUG-1 Bowl Main 12 €4.50 €54.00"), "{all}");
    Ok(())
}

#[test]
fn what_the_font_lacks_is_listed() -> Outcome {
    let all = texts(&printed(&sheet(vec![line("Vase 花瓶 \u{e000}Ω")]))?)?.join(" ");
    assert!(all.contains("Vase ?? ?Ohm"), "{all}");
    assert!(all.contains("U+74F6, U+82B1, U+E000. The CSV file has them."), "{all}");
    Ok(())
}

#[test]
fn long_titles_wrap_within_their_column() -> Outcome {
    let flow = Flow::new()?;
    let face = flow.face(BODY);
    let long = "Donaudampfschifffahrtsgesellschaftskapitänsmütze";
    let words = "A mug, thrown by hand and glazed twice, with a handle that holds two fingers ".repeat(4);
    let path = format!("{}-{}", "COBALT/350".repeat(9), "Ą\u{301}".repeat(60));
    for text in [long, words.as_str(), path.as_str(), "", " ", "\u{301}\u{301}"] {
        for width in [30.0, 76.0, 180.0] {
            let runs = face.wrapped(text, width / BODY.size);
            let widest = runs.iter().map(|run| run.width * BODY.size).fold(0.0, f32::max);
            assert!(widest <= width + 0.5, "{text} is {widest} wide in {width}");
            let whole: String = runs.iter().map(|run| run.text.as_str()).collect();
            assert_eq!(whole.trim_end(), text.trim_end());
        }
    }
    Ok(())
}

#[test]
fn a_row_that_is_taller_than_a_page_goes_on() -> Outcome {
    let words: Vec<String> = (0..3_000).map(|at| format!("word{at}")).collect();
    let texts = texts(&printed(&sheet(vec![line(&words.join(" ")), line("Vase")]))?)?;
    let all = texts.join(" ");
    assert!(texts.len() > 5);
    assert!(words.iter().all(|word| all.contains(word)) && all.contains("Vase"));
    Ok(())
}

#[test]
fn only_a_link_of_the_web_is_followed() {
    assert_eq!(followed("https://shop.example/a?b=c"), Some("https://shop.example/a?b=c"));
    assert_eq!(followed("javascript:alert(1)"), None);
    assert_eq!(followed("https://shop.example/\u{e9}"), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_yields_a_document(
        [name, address, number, date, supplier] in prop::array::uniform5(any_text()),
        [title, sku, cost, note, link, language] in prop::array::uniform6(any_text()),
        quantity in any::<u32>(),
        second in -377_705_023_201i64..=253_402_207_200,
    ) {
        let order = PurchaseSheet {
            shop: Shop { name: name.clone(), address: vec![address.clone()], mail: address.clone() },
            number,
            date: date.clone(),
            wanted_by: Some(date),
            supplier: Supplier { name: supplier, mail: name.clone() },
            deliver_to: vec![Place { location: name.clone(), lines: vec![address] }],
            lines: vec![
                SheetLine {
                    sku,
                    title,
                    location: name,
                    quantity,
                    unit_cost: Some(cost.clone()),
                    total: Some(cost.clone()),
                },
                line("Mug"),
            ],
            total: Some(cost),
            note: Some(note),
            link,
            language,
        };
        let bytes = purchase_order_pdf(&order, Timestamp::from_second(second)?);
        prop_assert!(bytes.as_ref().is_ok_and(|bytes| bytes.starts_with(b"%PDF")), "{:?}", bytes.err());
    }
}
