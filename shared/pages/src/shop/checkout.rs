//! Checkout: contact, delivery, method, payment, one page and one column, the total always in sight.

use crate::components::{
    Choice, Field, FieldKind, FormErrors, Icon, Image, Notice, Totals, error_summary, field, hidden, icon, image,
    notice, radios, totals,
};
use maud::{Markup, html};

/// An address as typed.
#[derive(Debug, Clone, Default)]
pub struct AddressValues {
    /// Who receives it.
    pub name: String,
    /// The country's code: "DE".
    pub country: String,
    /// Street and number.
    pub line1: String,
    /// Flat or company.
    pub line2: String,
    /// Town.
    pub city: String,
    /// Postcode.
    pub postal_code: String,
    /// Telephone, for the carrier.
    pub phone: String,
}

/// What was typed, kept through every refusal.
#[derive(Debug, Clone, Default)]
pub struct CheckoutValues {
    /// The mail address.
    pub email: String,
    /// Where it goes.
    pub shipping: AddressValues,
    /// Whether the bill goes there as well.
    pub billing_same: bool,
    /// Where the bill goes otherwise.
    pub billing: AddressValues,
}

/// A line of what is bought.
#[derive(Debug, Clone, Default)]
pub struct SummaryLine {
    /// The product's name.
    pub title: String,
    /// The kind, and how many: "White · 2".
    pub detail: String,
    /// What the line costs.
    pub total: String,
    /// Its picture.
    pub image: Image,
}

/// Checkout.
#[derive(Debug, Clone, Default)]
pub struct Checkout {
    /// What was typed.
    pub values: CheckoutValues,
    /// The countries that the shop sells to, value the code; the chosen one is marked.
    pub countries: Vec<Choice>,
    /// How it can be sent: label, hint (when it arrives), end (what it costs). Empty while the country has none.
    pub shipping_methods: Vec<Choice>,
    /// How it can be paid: label, hint.
    pub payment_methods: Vec<Choice>,
    /// What is bought.
    pub lines: Vec<SummaryLine>,
    /// The sum, delivery and tax included.
    pub totals: Totals,
    /// What changed since the reader looked: "The total changed from €48.00 to €52.00. Check it and confirm."
    pub notice: Option<Notice>,
    /// Says where the account of who is signed in is: "Signed in as …".
    pub signed_in_as: Option<String>,
    /// The words on the button: "Pay €52.00" or "Place order".
    pub submit: String,
    /// What the reader agrees to by pressing it.
    pub terms: Option<String>,
    /// The cart's id.
    pub cart_id: String,
    /// The total shown, as the handler reads it back.
    pub expected_total: String,
    /// The code of store credit, as typed.
    pub credit_code: String,
    /// What the code does: "Pays €12.00 of it."
    pub credit: Option<String>,
    /// What store credit was shown to pay, as the handler reads it back.
    pub expected_credit: String,
    /// The key that makes a double press one order.
    pub idempotency_key: String,
    /// The form's token.
    pub csrf: String,
    /// What was wrong.
    pub errors: FormErrors,
}

/// Checkout, inside [`crate::layout::bare_page`]. Posts to `/checkout`: `email`, `shipping_name`, `shipping_country`, `shipping_line1`,
/// `shipping_line2`, `shipping_city`, `shipping_postal_code`, `shipping_phone`, `billing_same` (`true` or absent), the same with `billing_` but the
/// phone (sent empty when hidden), `shipping_method`, `payment_method`, `expected_total`, `credit_code`, `expected_credit`, `idempotency_key`, `cart_id`, `csrf`, and `intent`:
/// `place` orders; `update` asks for the page again with the methods and the total of the country chosen, without
/// complaint about what is still empty. `intent` is absent when Enter was pressed: read it as `place`.
#[must_use]
pub fn checkout(view: &Checkout) -> Markup {
    html! {
        div.wrap.page.page-narrow-grid {
            div.two-col {
                div {
                    div.page-head {
                        (error_summary(&view.errors))
                        @if let Some(notice_view) = &view.notice { (notice(notice_view)) }
                        h1 { "Checkout" }
                        (folded_summary(view))
                    }
                    (form(view))
                }
                aside.panel.wide-summary aria-labelledby="wide-summary" {
                    div.stack #summary-wide data-region {
                        h2 #wide-summary { "Your order" }
                        (summary(view))
                    }
                }
            }
        }
    }
}

fn summary(view: &Checkout) -> Markup {
    html! {
        ul.lines.compact {
            @for line in &view.lines {
                li.line {
                    (image(&line.image, false))
                    div { p.line-title { (line.title) } p.small.muted { (line.detail) } }
                    span.num { (line.total) }
                }
            }
        }
        (totals(&view.totals))
    }
}

fn folded_summary(view: &Checkout) -> Markup {
    html! {
        details.summary-fold.panel-plain.narrow-summary #summary-narrow data-region {
            summary {
                span.open-word { "Your order" (icon(Icon::Down)) }
                @if let Some(total) = &view.totals.total { span.num { (total) } }
            }
            (summary(view))
        }
    }
}

fn form(view: &Checkout) -> Markup {
    html! {
        form.steps action="/checkout" method="post" novalidate {
            // First in the form, so that Enter orders and does not ask for a fresh total.
            button.hidden type="submit" name="intent" value="place" tabindex="-1" aria-hidden="true" { "Order" }
            (hidden("csrf", &view.csrf))
            (hidden("cart_id", &view.cart_id))
            (hidden("expected_total", &view.expected_total))
            (hidden("expected_credit", &view.expected_credit))
            (hidden("idempotency_key", &view.idempotency_key))
            section.step aria-labelledby="step-contact" {
                h2 #step-contact { "Contact" }
                @if let Some(person) = &view.signed_in_as { p.muted { (person) } }
                (field(&Field::new(FieldKind::Email, "email", "Email address").hint("For the confirmation and news of the parcel, nothing else.")
                    .value(&view.values.email).autocomplete("email").errors(&view.errors)))
            }
            section.step aria-labelledby="step-delivery" {
                h2 #step-delivery { "Delivery" }
                (address("shipping", &view.values.shipping, &view.countries, "", &view.errors))
            }
            section.step aria-labelledby="step-method" {
                h2 #step-method { "Delivery method" }
                div #delivery-methods data-region {
                    @if view.shipping_methods.is_empty() {
                        p { "Choose a country, then we can say how and when." }
                    } @else {
                        (radios("shipping_method", &html! { span.visually-hidden { "Delivery method" } }, &view.shipping_methods, view.errors.of("shipping_method"), true))
                    }
                }
                div { button.button.quiet type="submit" name="intent" value="update" { "Update delivery and total" } }
            }
            section.step aria-labelledby="step-payment" {
                h2 #step-payment { "Payment" }
                (radios("payment_method", &html! { span.visually-hidden { "Payment" } }, &view.payment_methods, view.errors.of("payment_method"), false))
                (store_credit(view))
                (billing(view))
            }
            section.step aria-labelledby="step-review" {
                h2 #step-review { "Review" }
                div.stack #review data-region {
                    (totals(&view.totals))
                }
                @if let Some(terms) = &view.terms { p.small.muted { (terms) } }
                button.button.wide type="submit" name="intent" value="place" data-busy="Placing your order…" { span #submit-words data-region { (view.submit) } }
                p { a href="/cart" { "Back to the cart" } }
            }
        }
    }
}

/// Folded, until somebody has some.
fn store_credit(view: &Checkout) -> Markup {
    let given = !view.credit_code.is_empty() || view.errors.of("credit_code").is_some();
    html! {
        details.folded open[given] {
            summary { "Use store credit" }
            div.stack {
                (field(&Field::text("credit_code", "Store credit code").hint("It is in the mail about your return: 16 letters and digits.")
                    .value(&view.credit_code).autocomplete("off").errors(&view.errors).optional().requotes()))
                div #credit-pays role="status" data-region {
                    @if let Some(pays) = &view.credit { p { (pays) } }
                }
                div { button.button.quiet type="submit" name="intent" value="update" { "Apply code" } }
            }
        }
    }
}

fn billing(view: &Checkout) -> Markup {
    html! {
        div.billing {
            label.choice.plain for="billing_same" {
                input #billing_same type="checkbox" name="billing_same" value="true" checked[view.values.billing_same];
                span.choice-label { "Billing address same as delivery" }
            }
            fieldset.fieldset.billing-fields {
                legend { "Billing address" }
                (address("billing", &view.values.billing, &view.countries, &view.values.shipping.country, &view.errors))
            }
        }
    }
}

/// The tokens for autofill carry the group, so that a browser keeps the two addresses apart.
fn tokens(prefix: &str) -> [&'static str; 7] {
    if prefix == "billing" {
        [
            "billing name",
            "billing country",
            "billing address-line1",
            "billing address-line2",
            "billing address-level2",
            "billing postal-code",
            "billing tel",
        ]
    } else {
        [
            "shipping name",
            "shipping country",
            "shipping address-line1",
            "shipping address-line2",
            "shipping address-level2",
            "shipping postal-code",
            "shipping tel",
        ]
    }
}

/// Whether a field of this name is one of the address that goes by `shipping`.
pub(super) fn is_shipping_field(name: &str) -> bool {
    let parts = ["name", "country", "line1", "line2", "city", "postal_code", "phone"];
    name.strip_prefix("shipping_").is_some_and(|part| parts.contains(&part))
}

/// The fields of an address, named by `prefix`. While no country was typed, `country_else` is chosen.
pub(super) fn address(
    prefix: &str,
    values: &AddressValues,
    countries: &[Choice],
    country_else: &str,
    errors: &FormErrors,
) -> Markup {
    let [name, country, line1, line2, city, postal_code, phone] = tokens(prefix);
    let named = |part: &str| format!("{prefix}_{part}");
    let shipping = prefix == "shipping";
    let chosen = if values.country.is_empty() { country_else } else { &values.country };
    let countries: Vec<Choice> =
        countries.iter().map(|one| Choice { chosen: one.value == chosen, ..one.clone() }).collect();
    let mut country_field = Field::select(named("country"), "Country", countries).autocomplete(country).errors(errors);
    if shipping {
        country_field = country_field.requotes();
    }
    html! {
        div.address {
            (field(&Field::text(named("name"), "Full name").value(&values.name).autocomplete(name).errors(errors)))
            (field(&country_field))
            (field(&Field::text(named("line1"), "Street and number").value(&values.line1).autocomplete(line1).errors(errors)))
            details open[!values.line2.is_empty() || errors.of(&named("line2")).is_some()] {
                summary { "Add flat or company" }
                (field(&Field::text(named("line2"), "Flat or company").value(&values.line2).autocomplete(line2).errors(errors).optional()))
            }
            div.pair {
                (field(&Field::text(named("city"), "Town or city").value(&values.city).autocomplete(city).errors(errors)))
                (field(&Field::text(named("postal_code"), "Postcode").value(&values.postal_code).autocomplete(postal_code).errors(errors)))
            }
            @if shipping {
                (field(&Field::new(FieldKind::Phone, named("phone"), "Telephone").hint("Only for the carrier, if the parcel can't be delivered.")
                    .value(&values.phone).autocomplete(phone).errors(errors).optional()))
            }
        }
    }
}
