//! Sample views: every page normal, empty, refused. Used by the gallery and by the tests of markup.

mod desk;
mod imports;
mod mails;
mod purchase_orders;
mod reorders;
mod returns;
mod shop;
mod transfers;
mod warranty;

use pages::Markup;
use pages::components::*;
use pages::layout::*;
use pages::product_image::Kind;

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

fn totals_view() -> Totals {
    Totals {
        rows: vec![TotalsRow::new("Items", "€86.00"), TotalsRow::new("Delivery", "€4.90")],
        total: Some("€90.90".into()),
        after: Some("Includes €14.51 tax".into()),
        later: vec![],
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

fn address() -> Vec<String> {
    ["A. Buyer", "Lindenstraße 5", "10969 Berlin", "Germany"].map(str::to_owned).to_vec()
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

fn errors(pairs: &[(&str, &str)]) -> FormErrors {
    pairs.iter().map(|(field, sentence)| (*field, *sentence)).collect()
}

/// Every page by its name.
pub(super) fn pages() -> Vec<(String, String)> {
    let all = shop::pages()
        .into_iter()
        .chain(desk::pages())
        .chain(reorders::pages())
        .chain(purchase_orders::pages())
        .chain(imports::pages());
    let all = all.chain(transfers::pages()).chain(returns::pages()).chain(warranty::pages());
    all.map(|(name, page)| (name, page.into_string())).collect()
}

/// Every mail by its name.
pub(super) fn mails() -> Vec<(&'static str, pages::mails::Mail)> {
    mails::all().into_iter().chain(returns::mails()).chain(warranty::mails()).collect()
}

/// A page of the desk; its title tells of a refused form where its name does.
fn on_desk(name: &str, context: &DeskContext, body: &Markup) -> (String, Markup) {
    let refused = if name.ends_with("error") { errors(&[("x", "y")]) } else { FormErrors::none() };
    (name.to_owned(), desk_page(&Head::new("Desk").failed(&refused), context, body))
}
