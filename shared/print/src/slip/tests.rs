use proptest::prelude::*;

use super::*;
use crate::Shop;
use crate::read_back::{Outcome, any_text, assert_archived, branches, texts};

/// 30 mm, in points.
const THIRTY_MM: f32 = 30.0 * 72.0 / 25.4;

fn line(title: &str) -> SlipLine {
    SlipLine { sku: "MUG-1".to_owned(), title: title.to_owned(), quantity: 2, reason: "Does not work".to_owned() }
}

fn slip(lines: Vec<SlipLine>) -> ReturnSlip {
    ReturnSlip {
        shop: Shop {
            name: "Sill & Saucer".to_owned(),
            address: vec!["12 Kiln Lane".to_owned()],
            mail: "orders@sill.example".to_owned(),
        },
        number: "7K3F9QX2M4".to_owned(),
        order_number: "4H2RD8VN0C".to_owned(),
        date: "5 June 2026".to_owned(),
        send_by: Some("17 July 2026".to_owned()),
        sender: "Zofia Wiśniewska".to_owned(),
        send_to: vec!["Sill & Saucer Returns".to_owned(), "Bath BA2 3PT".to_owned()],
        lines,
        steps: vec!["Put this paper into the parcel.".to_owned(), " ".to_owned(), "Send it.".to_owned()],
        language: "en-GB".to_owned(),
    }
}

fn printed(slip: &ReturnSlip) -> Outcome<Vec<u8>> {
    Ok(return_slip_pdf(slip, "2026-06-05T08:00:00Z".parse()?)?)
}

/// Left, top, right and bottom of what an operation draws.
fn bounds(op: &Op) -> (f32, f32, f32, f32) {
    match op {
        Op::Text { x, baseline, run, style, tag: _ } => {
            let wide = run.width * style.size;
            (*x, baseline - 0.97 * style.size, x + wide, baseline + 0.25 * style.size)
        }
        Op::Boxes { boxes, .. } => boxes.iter().fold((f32::MAX, f32::MAX, 0.0, 0.0), |all, (x, y, width, height)| {
            (all.0.min(*x), all.1.min(*y), f32::max(all.2, x + width), f32::max(all.3, y + height))
        }),
        Op::Link { area: (x, y, width, height), tag: _ } => (*x, *y, x + width, y + height),
    }
}

#[test]
fn it_says_everything_on_one_page() -> Outcome {
    let texts = texts(&printed(&slip(vec![line("Łyżka żółta; příborový nůž, ½ l"), line("Vase")]))?)?;
    assert_eq!(texts.len(), 1);
    let all = texts.join(" ");
    for text in [
        "Sill & Saucer Return slip 7K3F9QX2M4 From Zofia Wiśniewska",
        "Send the parcel to Sill & Saucer Returns Bath BA2 3PT",
        "Order 4H2RD8VN0C Asked for on 5 June 2026 Send by 17 July 2026 Questions orders@sill.example",
        "Item SKU Pieces Reason Łyżka żółta; příborový nůž, 1/2 l MUG-1 2 Does not work Vase",
        "What to do 1. Put this paper into the parcel. 2. Send it.",
        "Return slip 7K3F9QX2M4 · Sill & Saucer",
        "1 of 1",
    ] {
        assert!(all.contains(text), "{text} is not in {all}");
    }
    assert_eq!(all.matches("7K3F9QX2M4").count(), 3, "large, below the code, and at the foot");
    assert!(!all.contains("Kiln Lane"), "no parcel goes to the shop's own address");
    assert!(!all.contains("lacks"));
    Ok(())
}

#[test]
fn it_runs_over_pages_that_are_numbered_and_have_the_head() -> Outcome {
    for (count, pages) in [(0, 1), (12, 1), (60, 3), (200, 7)] {
        let lines = (1..=count).map(|at| line(&format!("Mug number {at}."))).collect();
        let texts = texts(&printed(&slip(lines))?)?;
        assert_eq!(texts.len(), pages, "{count} lines");
        for (at, text) in texts.iter().enumerate() {
            assert!(text.contains(&format!("{} of {pages}", at + 1)), "{text}");
            assert!(text.contains("Item SKU Pieces Reason"), "{text}");
        }
        let all = texts.join(" ");
        for at in 1..=count {
            assert!(all.contains(&format!("Mug number {at}.")), "{at} of {count}");
        }
        assert!(all.contains("2. Send it."));
    }
    Ok(())
}

#[test]
fn the_code_holds_the_number_alone_and_is_large_with_white_around_it() -> Outcome {
    let paper = paper(&slip(vec![line("Mug")]), "Return slip 7K3F9QX2M4")?;
    let code = qr::code("7K3F9QX2M4", CODE).ok_or("no code")?;
    assert!(code.side >= THIRTY_MM);
    let ops = &paper.flow.pages[0];
    let figures = ops.iter().filter(|op| matches!(op, Op::Boxes { tag: Some(_), .. }));
    let [Op::Boxes { boxes, .. }] = figures.collect::<Vec<_>>()[..] else { return Err("no single code".into()) };
    let (left, top) = (boxes[0].0, boxes[0].1);
    let runs: Vec<_> = code.runs.iter().map(|(x, y, wide)| (left + x, top + y, *wide, code.module)).collect();
    assert_eq!(*boxes, runs);

    let quiet = code.quiet();
    let (right, bottom) = (left + code.side + quiet, top + code.side + quiet);
    for op in ops.iter().filter(|op| !matches!(op, Op::Boxes { tag: Some(_), .. })) {
        let (from, above, to, below) = bounds(op);
        let apart = to <= left - quiet || from >= right || below <= top - quiet || above >= bottom;
        assert!(apart, "{from}, {above}, {to}, {below} is in the white around the code");
    }
    Ok(())
}

#[test]
fn it_is_read_aloud_and_keeps_the_archive_rules() -> Outcome {
    let bytes = printed(&slip(vec![line("Mug"), line("Vase")]))?;
    assert_archived(&bytes, "en-GB")?;
    let [figure] = &branches(&bytes, "Figure")?[..] else { return Err("no single figure".into()) };
    let words = lopdf::decode_text_string(figure.get(b"Alt")?)?;
    assert_eq!(words, "QR code of the return's number, 7K3F9QX2M4");
    for (kind, count) in [("H1", 1), ("H2", 7), ("Table", 1), ("TR", 3), ("L", 1), ("LI", 2), ("Lbl", 2), ("LBody", 2)]
    {
        assert_eq!(branches(&bytes, kind)?.len(), count, "{kind}");
    }
    Ok(())
}

#[test]
fn what_is_not_known_is_left_out() -> Outcome {
    let bare = ReturnSlip {
        shop: Shop { name: "Sill & Saucer".to_owned(), ..Shop::default() },
        send_by: None,
        sender: String::new(),
        send_to: Vec::new(),
        steps: Vec::new(),
        ..slip(vec![line("Mug")])
    };
    let all = texts(&printed(&bare)?)?.join(" ");
    for label in ["From", "Send the parcel to", "Send by", "Questions", "What to do"] {
        assert!(!all.contains(label), "{label} is in {all}");
    }
    let blank = printed(&ReturnSlip { number: " ".to_owned(), ..bare })?;
    assert!(branches(&blank, "Figure")?.is_empty());
    assert_eq!(texts(&printed(&ReturnSlip::default())?)?.len(), 1);
    Ok(())
}

#[test]
fn an_address_that_is_taller_than_a_page_goes_on() -> Outcome {
    let send_to: Vec<String> = (1..=100).map(|at| format!("Door {at}.")).collect();
    let texts = texts(&printed(&ReturnSlip { send_to, ..slip(vec![line("Mug")]) })?)?;
    let all = texts.join(" ");
    assert!(texts.len() > 3);
    assert!((1..=100).all(|at| all.contains(&format!("Door {at}."))) && all.contains("Send it."));
    Ok(())
}

#[test]
fn the_same_input_gives_the_same_bytes() -> Outcome {
    let lines = (0..60).map(|at| line(&format!("Mug {at} żółć 漢"))).collect();
    let slip = slip(lines);
    let first = printed(&slip)?;
    assert!((0..3).all(|_| printed(&slip).is_ok_and(|again| again == first)));
    Ok(())
}

#[test]
fn what_the_font_lacks_is_listed() -> Outcome {
    let all = texts(&printed(&slip(vec![line("Vase 花瓶 \u{e000}Ω")]))?)?.join(" ");
    assert!(all.contains("Vase ?? ?Ohm"), "{all}");
    assert!(all.contains("U+74F6, U+82B1, U+E000."), "{all}");
    assert!(!all.contains("CSV"), "{all}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_yields_a_document(
        [name, mail, number, order_number, date] in prop::array::uniform5(any_text()),
        [sender, address, title, sku, reason, step] in prop::array::uniform6(any_text()),
        language in any_text(),
        quantity in any::<u32>(),
        second in -377_705_023_201i64..=253_402_207_200,
    ) {
        let slip = ReturnSlip {
            shop: Shop { name, address: Vec::new(), mail },
            number,
            order_number,
            date: date.clone(),
            send_by: Some(date),
            sender,
            send_to: vec![address.clone(), address],
            lines: vec![SlipLine { sku, title, quantity, reason }, line("Mug")],
            steps: vec![step.clone(), step],
            language,
        };
        let bytes = return_slip_pdf(&slip, Timestamp::from_second(second)?);
        prop_assert!(bytes.as_ref().is_ok_and(|bytes| bytes.starts_with(b"%PDF")), "{:?}", bytes.err());
    }
}
