//! The help page: the questions that people ask, answered by what the shop has set.

use contracts::Problem;
use domain::order::PaymentMethod;
use domain::settings::PaymentSettings;
use domain::shipping::{Method, ShippingSettings};
use edge::{Request, Response};
use pages::layout::Head;
use pages::shop::{self, Help, HelpTopic};

use crate::ShowStorefront;

/// GET /help
pub(crate) async fn page(shop: &ShowStorefront, request: &Request) -> Result<Response, Problem> {
    let settings = shop.settings(&shop.shop).await?;
    let shipping = shop.settings(&shop.shipping).await?;
    let payments = shop.settings(&shop.payments).await?;
    let returns = shop.settings(&shop.returns).await?;
    let support = shop.settings(&shop.support).await?;
    let mut topics = vec![
        topic("Where do you deliver, and what does it cost?", delivery(&shipping)),
        topic("How can I pay?", payment(&payments)),
        topic(
            "Where is my order?",
            vec![
                "Every mail about an order has a link to its page, where you see what has left and when. Sign in with \
                 your mail address to see all your orders."
                    .to_owned(),
            ],
        ),
        topic(
            "Can I cancel an order?",
            vec![
                "Yes, on its page, until the first parcel has left. What you paid goes back the way it came."
                    .to_owned(),
            ],
        ),
    ];
    if returns.window_days > 0 {
        let label = if returns.free_label { " The way back costs you nothing." } else { "" };
        topics.push(topic(
            "Can I send something back?",
            vec![format!(
                "Yes, within {} days of delivery, unless the product says otherwise.{label}",
                returns.window_days
            )],
        ));
    }
    let view = Help {
        topics,
        support_email: Some(settings.support_email.to_string()),
        reply: Some(match support.first_response_hours {
            1 => "We reply within one working hour.".to_owned(),
            hours => format!("We reply within {hours} working hours."),
        }),
    };
    let mut head = Head::new("Help");
    head.canonical = Some(format!("{}/help", shop.url));
    head.description = Some(format!("Delivery, payment, returns and contact of {}.", settings.name));
    Ok(shop.framed(request, &settings).page(200, &head, &shop::help(&view)))
}

fn topic(question: &str, answer: Vec<String>) -> HelpTopic {
    HelpTopic { question: question.to_owned(), answer }
}

fn delivery(shipping: &ShippingSettings) -> Vec<String> {
    let zones = shipping.zones.iter().filter(|zone| !zone.countries.is_empty());
    zones
        .map(|zone| {
            let countries: Vec<&str> = zone.countries.iter().map(|country| country.name()).collect();
            let methods: Vec<String> = zone.methods.iter().filter_map(method).collect();
            format!("{}: {}.", countries.join(", "), methods.join("; "))
        })
        .collect()
}

fn method(method: &Method) -> Option<String> {
    let least = method.bands.iter().map(|band| band.price).min_by_key(|price| price.amount)?;
    let free = method.free_from.map(|from| format!(", free from {}", from.format())).unwrap_or_default();
    let days = if method.min_days == method.max_days {
        format!("{}", method.max_days)
    } else {
        format!("{}–{}", method.min_days, method.max_days)
    };
    let from = if method.bands.len() > 1 { "from " } else { "" };
    Some(format!("{}, {days} working days, {from}{}{free}", method.name, least.format()))
}

fn payment(settings: &PaymentSettings) -> Vec<String> {
    let open = PaymentMethod::ALL.iter().filter(|way| way.is_open(settings));
    open.map(|way| match way {
        PaymentMethod::Card => {
            "By card, on our payment provider's page: we never see the number of your card.".to_owned()
        }
        PaymentMethod::BankTransfer => {
            let days = settings.hold_bank_transfer_secs / 86_400;
            format!("By bank transfer: we hold your items for {days} days and send them when the money has come.")
        }
    })
    .collect()
}
