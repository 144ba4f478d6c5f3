//! What is particular to selling: pictures, prices, stock, cards, totals.

use super::icon::{Icon, icon};
use maud::{Markup, html};

/// A picture. Width and height are its own, in pixels, so that nothing moves when it arrives.
#[derive(Debug, Clone, Default)]
pub struct Image {
    /// Its address.
    pub src: String,
    /// What it shows, for who cannot see it; empty where the words beside it say the same.
    pub alt: String,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl Image {
    /// A product's drawing, 800 by 1000.
    #[must_use]
    pub fn portrait(src: impl Into<String>, alt: impl Into<String>) -> Self {
        Self { src: src.into(), alt: alt.into(), width: 800, height: 1000 }
    }
}

/// A picture. `eager` for what is seen first: fetched at once and before others; the rest wait until
/// they are near the window.
#[must_use]
pub fn image(image: &Image, eager: bool) -> Markup {
    html! {
        img src=(image.src) alt=(image.alt) width=(image.width) height=(image.height)
            loading=(if eager { "eager" } else { "lazy" }) fetchpriority=[eager.then_some("high")] decoding="async";
    }
}

/// Pictures that somebody sent, address and words of each: small, each a link to itself.
#[must_use]
pub fn photos<'a>(all: impl IntoIterator<Item = (&'a str, &'a str)>) -> Markup {
    html! {
        ul.photos {
            @for (href, alt) in all {
                li { a href=(href) { img src=(href) alt=(alt) width="96" height="96" loading="lazy" decoding="async"; } }
            }
        }
    }
}

/// What a thing costs, as texts: "€24.00".
#[derive(Debug, Clone, Default)]
pub struct Price {
    /// The price now.
    pub now: String,
    /// Says "From": options differ in price.
    pub from: bool,
    /// The price it is compared with, struck through.
    pub was: Option<String>,
    /// The lowest price of the last 30 days, told wherever a price is struck through.
    pub lowest: Option<String>,
}

/// A price, with what it was and the lowest of 30 days where it is reduced.
#[must_use]
pub fn price(price: &Price) -> Markup {
    html! {
        span.price.reduced[price.was.is_some()] {
            @if price.was.is_some() { span.visually-hidden { "Price now" } }
            span.now { @if price.from { "From " } (price.now) }
            @if let Some(was) = &price.was {
                span.visually-hidden { "Price before" }
                s.was { (was) }
                @if let Some(lowest) = &price.lowest { span.lowest { "Lowest in 30 days: " (lowest) } }
            }
        }
    }
}

/// How much of a thing there is, as far as a shopper needs it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Stock {
    /// Enough.
    #[default]
    Plenty,
    /// So few that it is said.
    Low(u32),
    /// Sold now, sent later; the sentence says when.
    Backorder(String),
    /// None, and none may be ordered.
    SoldOut,
}

/// The stock as a line with an icon.
#[must_use]
pub fn stock_line(stock: &Stock) -> Markup {
    html! {
        @match stock {
            Stock::Plenty => span.stock-line.ok { (icon(Icon::Check)) "In stock" },
            Stock::Low(left) => span.stock-line.low { (icon(Icon::Clock)) (left) " left" },
            Stock::Backorder(when) => span.stock-line.low { (icon(Icon::Clock)) (when) },
            Stock::SoldOut => span.stock-line.out { (icon(Icon::Cross)) "Sold out" },
        }
    }
}

/// A product in a list.
#[derive(Debug, Clone, Default)]
pub struct Card {
    /// Its page.
    pub href: String,
    /// Its name.
    pub title: String,
    /// Its picture; leave `alt` empty, the name stands below it.
    pub image: Image,
    /// What it costs.
    pub price: Price,
    /// How much there is: plenty is not said.
    pub stock: Stock,
    /// A few words more: "4 colours".
    pub note: Option<String>,
}

/// A product in a list; `eager` for the first row.
#[must_use]
pub fn card(card: &Card, eager: bool) -> Markup {
    let sold_out = card.stock == Stock::SoldOut;
    html! {
        li.card.sold-out[sold_out] {
            div.frame { (image(&card.image, eager)) }
            h2 { a href=(card.href) { (card.title) } }
            (price(&card.price))
            @if card.stock != Stock::Plenty || card.note.is_some() {
                div.meta {
                    @if card.stock != Stock::Plenty { (stock_line(&card.stock)) }
                    @if let Some(note) = &card.note { span { (note) } }
                }
            }
        }
    }
}

/// A line of a sum.
#[derive(Debug, Clone)]
pub struct TotalsRow {
    /// What it is: "Delivery".
    pub name: String,
    /// How much: "€4.90", "Free".
    pub amount: String,
}

impl TotalsRow {
    /// A line of a sum.
    #[must_use]
    pub fn new(name: impl Into<String>, amount: impl Into<String>) -> Self {
        Self { name: name.into(), amount: amount.into() }
    }
}

/// A sum.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    /// Its lines: items, discount, delivery, tax where it comes on top.
    pub rows: Vec<TotalsRow>,
    /// The total; `None` where it is not known yet, as in a cart without an address.
    pub total: Option<String>,
    /// What is part of the total: "Includes €4.31 tax".
    pub after: Option<String>,
    /// What came after it: refunded, refund due.
    pub later: Vec<TotalsRow>,
}

/// Goods that a buyer wants instead of what comes back.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The goods, what they come to, and what that means for the money.
    pub sum: Totals,
    /// The order that they became: its page and its number.
    pub order: Option<(String, String)>,
}

/// Goods that are wanted instead.
#[must_use]
pub fn wanted(view: &Wanted) -> Markup {
    html! {
        (totals(&view.sum))
        @if let Some((href, number)) = &view.order { p { a href=(href) { "Order " span.number { (number) } } } }
    }
}

/// A sum as a list.
#[must_use]
pub fn totals(sum: &Totals) -> Markup {
    html! {
        dl.totals {
            @for row in &sum.rows { dt { (row.name) } dd { (row.amount) } }
            @if let Some(total) = &sum.total { dt.total { "Total" } dd.total { (total) } }
            @if let Some(after) = &sum.after { dt.after { (after) } dd {} }
            @for row in &sum.later { dt { (row.name) } dd { (row.amount) } }
        }
    }
}
