//! The cart, and the page after something went into it.

use crate::components::{
    FormErrors, Icon, Image, Look, Notice, Tone, Totals, empty, error_summary, hidden, icon, id_of, image, link_button,
    notice, notice_status, stepper, text_button, totals,
};
use maud::{Markup, html};

/// What was just put in the cart.
#[derive(Debug, Clone, Default)]
pub struct Added {
    /// The product's name.
    pub title: String,
    /// The kind chosen; `None` where there is only one.
    pub option: Option<String>,
    /// Its picture.
    pub image: Image,
    /// How many are in the cart now: "2 in your cart".
    pub quantity: String,
    /// What it costs: "€24.00 each".
    pub price: String,
    /// What went otherwise than asked: "Only 2 available, so we added 2."
    pub note: Option<String>,
    /// The cart's sum: "€48.00".
    pub subtotal: String,
    /// How many pieces the subtotal covers: "3 items".
    pub items: String,
    /// The exact list the reader came from.
    pub continue_href: String,
}

/// "You've just added this product to the cart". The script shows the part marked `data-added` in a dialog.
#[must_use]
pub fn added(view: &Added) -> Markup {
    html! {
        div.wrap.narrow.page {
            div.added data-added {
                div.added-title { (icon(Icon::Check)) h1 { "You've just added this product to the cart" } }
                @if let Some(note) = &view.note { (notice(&Notice::new(Tone::Warn, note.clone()))) }
                div.line {
                    (image(&view.image, true))
                    div.body {
                        p.line-title { (view.title) }
                        @if let Some(option) = &view.option { p.muted { (option) } }
                        p.muted { (view.quantity) " · " (view.price) }
                    }
                }
                div.row-between { span { "Subtotal, " (view.items) } span.line-total { (view.subtotal) } }
                div.actions {
                    (link_button(Look::Main, "/checkout", "Checkout"))
                    (link_button(Look::Quiet, "/cart", "View cart"))
                }
                p { a href=(view.continue_href) data-continue { "Continue shopping" } }
            }
        }
    }
}

/// A line of the cart.
#[derive(Debug, Clone, Default)]
pub struct CartLine {
    /// Its SKU.
    pub sku: String,
    /// The product's name.
    pub title: String,
    /// The kind chosen.
    pub option: Option<String>,
    /// The product's page.
    pub href: String,
    /// Its picture.
    pub image: Image,
    /// The quantity, as typed.
    pub quantity: String,
    /// What one costs: "€24.00".
    pub unit_price: String,
    /// What the line costs.
    pub total: String,
    /// What the reader should know: "Was €24.00, now €26.00.", "Only 2 left."
    pub warnings: Vec<String>,
}

/// A line that was just removed.
#[derive(Debug, Clone)]
pub struct Undo {
    /// Its SKU.
    pub sku: String,
    /// How many there were.
    pub quantity: u32,
    /// The product's name.
    pub title: String,
}

/// The cart.
#[derive(Debug, Clone, Default)]
pub struct Cart {
    /// Its lines.
    pub lines: Vec<CartLine>,
    /// Its sum; delivery is not part of it before an address is known.
    pub totals: Totals,
    /// What is added at checkout: "Delivery is added at checkout."
    pub note: Option<String>,
    /// What was just removed.
    pub undo: Option<Undo>,
    /// What stands against checking out: a sold-out line.
    pub blocked: Option<String>,
    /// Where "Continue shopping" leads.
    pub continue_href: String,
    /// The forms' token.
    pub csrf: String,
    /// What was wrong with the quantities.
    pub errors: FormErrors,
}

/// The cart. Update posts to `/cart/update`: `quantity.<sku>` for each line (as typed; 0 removes), `csrf`. Remove posts to
/// `/cart/remove`: `sku`, `csrf`. Undo posts to `/cart/items`: `sku`, `quantity`, `return_to` = `/cart`, `csrf`.
#[must_use]
pub fn cart(view: &Cart) -> Markup {
    html! {
        div.wrap.page {
            div.page-head {
                (error_summary(&view.errors))
                h1 { "Your cart" }
                @if let Some(undo) = &view.undo { (undo_bar(undo, &view.csrf)) }
                @if let Some(blocked) = &view.blocked { (notice(&Notice::new(Tone::Warn, blocked.clone()))) }
            }
            @if view.lines.is_empty() {
                (empty("Your cart is empty. See what's new.", Some(("/", "To the shop"))))
            } @else {
                div.two-col {
                    section aria-label="Items" {
                        ul.lines { @for line in &view.lines { (cart_line(line, view)) } }
                        form.row #update-cart action="/cart/update" method="post" novalidate {
                            (hidden("csrf", &view.csrf))
                            button.button.quiet type="submit" data-busy="Updating…" { "Update quantities" }
                            a href=(view.continue_href) { "Continue shopping" }
                        }
                    }
                    aside.panel aria-labelledby="summary" {
                        div.stack {
                            h2 #summary { "Summary" }
                            (totals(&view.totals))
                            @if let Some(note) = &view.note { p.small.muted { (note) } }
                            @if view.blocked.is_none() {
                                (link_button(Look::Main, "/checkout", "Checkout"))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn undo_bar(undo: &Undo, csrf: &str) -> Markup {
    html! {
        div.row {
            (notice_status(&Notice::new(Tone::Neutral, format!("{} was removed.", undo.title))))
            form action="/cart/items" method="post" {
                (hidden("csrf", csrf))
                (hidden("sku", &undo.sku))
                (hidden("quantity", &undo.quantity.to_string()))
                (hidden("return_to", "/cart"))
                button.button.quiet type="submit" { (icon(Icon::Return)) "Undo" }
            }
        }
    }
}

fn cart_line(line: &CartLine, view: &Cart) -> Markup {
    let name = format!("quantity.{}", line.sku);
    let about = match &line.option {
        Some(option) => format!("{}, {option}", line.title),
        None => line.title.clone(),
    };
    html! {
        li.line {
            (image(&line.image, false))
            div.body {
                div.row-between {
                    h2 { a href=(line.href) { (line.title) } }
                    span.line-total { (line.total) }
                }
                p.muted.small {
                    @if let Some(option) = &line.option { (option) " · " }
                    (line.unit_price) " each"
                }
                @for warning in &line.warnings { (notice(&Notice::new(Tone::Warn, warning.clone()))) }
                div.controls {
                    (stepper(&name, &format!("Quantity of {about}"), &line.quantity, 0, Some("update-cart"), view.errors.of(&name)))
                    form action="/cart/remove" method="post" id={ "remove-" (id_of(&line.sku)) } {
                        (hidden("csrf", &view.csrf))
                        (hidden("sku", &line.sku))
                        (text_button("Remove", Some(&about), None))
                    }
                }
            }
        }
    }
}
