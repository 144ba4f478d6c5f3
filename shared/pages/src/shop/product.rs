//! A product's page.

use crate::components::Badge;
use crate::components::{
    Card, Crumb, FormErrors, Icon, Image, Look, Price, Stock, badge, breadcrumb, busy_button, card, error_summary,
    facts, hidden, icon, id_of, image, price, stepper, stock_line,
};
use maud::{Markup, html};

/// One kind of a product that can be bought.
#[derive(Debug, Clone, Default)]
pub struct Variant {
    /// Its SKU.
    pub sku: String,
    /// Its name among the others: "White", "30 cm".
    pub label: String,
    /// What it costs.
    pub price: Price,
    /// How much of it there is.
    pub stock: Stock,
    /// Whether it is the one chosen.
    pub chosen: bool,
}

/// A product.
#[derive(Debug, Clone, Default)]
pub struct Product {
    /// The way here: front page, category.
    pub crumbs: Vec<Crumb>,
    /// Its name.
    pub title: String,
    /// Its paragraphs.
    pub description: Vec<String>,
    /// Its pictures, the first the largest.
    pub images: Vec<Image>,
    /// What can be bought of it; never empty. One alone is shown without a choice.
    pub variants: Vec<Variant>,
    /// When it would arrive: "Order today, arrives 5–7 June".
    pub delivery: Option<String>,
    /// How it can be returned: "Return within 30 days".
    pub returns: Option<String>,
    /// How long it is guaranteed: "24 months warranty".
    pub warranty: Option<String>,
    /// How tax stands to the price: "Prices include tax".
    pub tax_note: Option<String>,
    /// Names and values: material, size, weight.
    pub facts: Vec<(String, String)>,
    /// The quantity, as typed; "1" at first.
    pub quantity: String,
    /// Where "Continue shopping" leads: the exact list the reader came from.
    pub return_to: String,
    /// The form's token.
    pub csrf: String,
    /// What was wrong with the form.
    pub errors: FormErrors,
    /// Products that go with it.
    pub related: Vec<Card>,
}

impl Product {
    fn shown(&self) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.chosen).or_else(|| self.variants.first())
    }

    fn sold_out(&self) -> bool {
        self.variants.iter().all(|variant| variant.stock == Stock::SoldOut)
    }
}

fn offer(variant: &Variant) -> Markup {
    html! { (price(&variant.price)) (stock_line(&variant.stock)) }
}

/// A product. The form posts to `/cart/items`: `sku`, `quantity` (as typed), `return_to`, `csrf`; the field
/// names in `errors` are `sku` and `quantity`. The answer may be 303 to the page of [`super::added`].
#[must_use]
pub fn product(view: &Product) -> Markup {
    html! {
        div.wrap.page {
            div.stack {
                (error_summary(&view.errors))
                (breadcrumb(&view.crumbs))
                div.product {
                    div {
                        @if let Some(first) = view.images.first() { div.frame { (image(first, true)) } }
                        @if view.images.len() > 1 {
                            ul.thumbs aria-label="More pictures" {
                                @for one in &view.images[1..] { li { a href=(one.src) { (image(one, false)) } } }
                            }
                        }
                    }
                    div.buy {
                        div.stack-s {
                            h1 { (view.title) }
                            @if let Some(shown) = view.shown() { div.stack-s data-offer aria-live="polite" { (offer(shown)) } }
                            @if let Some(note) = &view.tax_note { p.small.muted { (note) } }
                        }
                        (buy_form(view))
                        ul.assurances {
                            @if let (Some(delivery), false) = (&view.delivery, view.sold_out()) { li { (icon(Icon::Truck)) (delivery) } }
                            @if let Some(returns) = &view.returns { li { (icon(Icon::Return)) (returns) } }
                            @if let Some(warranty) = &view.warranty { li { (icon(Icon::Shield)) (warranty) } }
                        }
                        div.prose {
                            h2.visually-hidden { "About it" }
                            @for paragraph in &view.description { p { (paragraph) } }
                            @if !view.facts.is_empty() { (facts(&view.facts)) }
                        }
                    }
                }
                @if !view.related.is_empty() {
                    section.section aria-labelledby="related" {
                        h2 #related { "Goes with it" }
                        ul.cards { @for one in &view.related { (card(one, false)) } }
                    }
                }
            }
        }
        @for variant in &view.variants { template id={ "offer-" (variant.sku) } { (offer(variant)) } }
    }
}

fn buy_form(view: &Product) -> Markup {
    html! {
        form.stack action="/cart/items" method="post" novalidate data-add {
            (hidden("csrf", &view.csrf))
            (hidden("return_to", &view.return_to))
            @if let [only] = view.variants.as_slice() {
                (hidden("sku", &only.sku))
            } @else {
                (variants(view))
            }
            @if view.sold_out() {
                p { (badge(&Badge::SoldOut)) " Nothing to order just now." }
            } @else {
                div.buy-bar {
                    (stepper("quantity", "Quantity", &view.quantity, 1, None, view.errors.of("quantity")))
                    (busy_button(Look::Main, "Add to cart", "Adding…"))
                }
            }
        }
    }
}

fn variants(view: &Product) -> Markup {
    let differ = view.variants.iter().any(|one| one.price.now != view.variants[0].price.now);
    let error = view.errors.of("sku");
    html! {
        fieldset.fieldset.has-error[error.is_some()] {
            legend { "Choose one" }
            @if let Some(error) = error { p.error-text #sku-error { (icon(Icon::Alert)) span { span.visually-hidden { "Error: " } (error) } } }
            div.swatches {
                @for (n, variant) in view.variants.iter().enumerate() {
                    @let id = if n == 0 { "sku".to_owned() } else { id_of(&format!("sku-{}", variant.sku)) };
                    label.choice for=(id) {
                        input type="radio" id=(id) name="sku" value=(variant.sku) checked[variant.chosen] data-variant;
                        span.choice-label { (variant.label) }
                        @if differ || variant.stock != Stock::Plenty {
                            span.hint {
                                @if differ { (variant.price.now) @if variant.stock != Stock::Plenty { " · " } }
                                @match &variant.stock {
                                    Stock::Plenty => {},
                                    Stock::Low(left) => { (left) " left" },
                                    Stock::Backorder(when) => { (when) },
                                    Stock::SoldOut => { "Sold out" },
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
