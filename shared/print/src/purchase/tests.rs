use lopdf::Document;
use proptest::prelude::*;

use super::*;
use crate::{Place, Shop, Supplier};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

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

/// Every page's text, as a program copies it, with single blanks.
fn texts(bytes: &[u8]) -> Outcome<Vec<String>> {
    let document = Document::load_mem(bytes)?;
    let mut texts = Vec::new();
    for page in document.get_pages().keys() {
        let text = document.extract_text(&[*page])?;
        texts.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    Ok(texts)
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
    let bytes = printed(&sheet(vec![line("Mug")]))?;
    let document = Document::load_mem(&bytes)?;
    let root = document.catalog()?;
    assert_eq!(root.get(b"Lang")?.as_str()?, b"en-GB");
    for key in ["StructTreeRoot", "MarkInfo", "Outlines", "OutputIntents", "Metadata"] {
        assert!(root.has(key.as_bytes()), "{key}");
    }
    let metadata = document.get_object(root.get(b"Metadata")?.as_reference()?)?.as_stream()?;
    let metadata = String::from_utf8_lossy(&metadata.content).into_owned();
    for claim in ["<pdfaid:part>2<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"] {
        assert!(metadata.contains(claim), "{claim} is not in {metadata}");
    }
    Ok(())
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
fn metadata_is_clean() {
    assert_eq!(one_line(" a\u{0}b\r\n c\u{ffff} "), "a b c");
    assert_eq!(one_line(&"x".repeat(500)).len(), 200);
    assert_eq!(["en", "pl-PL", "zh-Hant-TW"].map(language), ["en", "pl-PL", "zh-Hant-TW"]);
    assert_eq!(["", "-", "1", "en_GB", "en-", "a\"b"].map(language), ["en"; 6]);
    assert_eq!(followed("javascript:alert(1)"), None);
    assert_eq!(followed("https://shop.example/\u{e9}"), None);
}

/// Texts of all sorts: any code point, blanks and accents, words of Latin script, long ones.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => any::<String>(),
        2 => "[a-zA-Zà-žḀ-ỿ0-9 .,;/&\\-]{0,120}",
        1 => "[\\x00-\\x20\u{a0}\u{ad}\u{300}-\u{36f}\u{200b}-\u{2064}\u{e000}-\u{e010}\u{fff0}-\u{ffff}]{0,60}",
        1 => ("\\PC{1,4}", 0..1_200usize).prop_map(|(part, times)| part.repeat(times)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_yields_a_document(
        [name, address, number, date, supplier] in prop::array::uniform5(text()),
        [title, sku, cost, note, link, language] in prop::array::uniform6(text()),
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
