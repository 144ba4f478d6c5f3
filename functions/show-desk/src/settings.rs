//! The shop's settings, one topic a page, as the JSON that the operation takes.

use contracts::Problem;
use domain::people::Action;
use domain::settings::{
    LocationSettings, PaymentSettings, ReturnSettings, Setting, ShopSettings, SupportSettings, Topic,
};
use domain::shipping::ShippingSettings;
use domain::tax::TaxSettings;
use edge::Response;
use edge::http::{internal, unavailable};
use pages::components::{Field, FieldKind, Tab};
use pages::desk::{self, Settings, SettingsGroup};
use pages::layout::{Head, Section};

use crate::{ShowDesk, Visit, label};

/// A topic as it is kept now: its version, and its JSON.
struct Kept {
    version: u64,
    json: String,
}

/// GET /desk/settings/{topic}
pub(crate) async fn page(shop: &ShowDesk, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::ViewSettings)?;
    let topic: Topic = visit.request.parse_parameter("id", "topic")?;
    let kept = match topic {
        Topic::Shop => read::<ShopSettings>(shop).await?,
        Topic::Taxes => read::<TaxSettings>(shop).await?,
        Topic::Shipping => read::<ShippingSettings>(shop).await?,
        Topic::Payments => read::<PaymentSettings>(shop).await?,
        Topic::Locations => read::<LocationSettings>(shop).await?,
        Topic::Returns => read::<ReturnSettings>(shop).await?,
        Topic::Support => read::<SupportSettings>(shop).await?,
    };
    let frame = shop.frame(visit, Section::Settings).await?;
    let view = Settings {
        topic: topic.to_string(),
        title: label(topic.as_str()),
        topics: Topic::ALL
            .iter()
            .map(|one| Tab {
                words: label(one.as_str()),
                href: format!("/desk/settings/{one}"),
                current: *one == topic,
                count: None,
            })
            .collect(),
        groups: vec![SettingsGroup {
            title: about(topic).to_owned(),
            fields: vec![Field::new(FieldKind::Lines, "settings", "Settings").value(kept.json).hint(hint(topic))],
            ..SettingsGroup::default()
        }],
        version: kept.version.to_string(),
        changed: Some(format!("Version {}", kept.version)),
        may_edit: visit.role.may(Action::EditSettings),
        csrf: frame.csrf(),
        ..Settings::default()
    };
    let head = Head::private(format!("Settings: {}", label(topic.as_str())));
    Ok(frame.page(200, &head, &desk::settings(&view)))
}

async fn read<S: Setting>(shop: &ShowDesk) -> Result<Kept, Problem> {
    let settings: S = shop.settings.read().await.map_err(|error| unavailable(&error))?;
    let json = serde_json::to_string_pretty(&settings).map_err(|error| internal("settings have no JSON", &error))?;
    Ok(Kept { version: settings.version(), json })
}

const fn about(topic: Topic) -> &'static str {
    match topic {
        Topic::Shop => "Who the shop is",
        Topic::Taxes => "What is taxed, and where",
        Topic::Shipping => "How parcels are sent, and what it costs",
        Topic::Payments => "How the shop is paid",
        Topic::Locations => "Where the stock is",
        Topic::Returns => "What may come back",
        Topic::Support => "How fast the shop answers",
    }
}

const fn hint(topic: Topic) -> &'static str {
    match topic {
        Topic::Shop => "Countries by two letters, the currency by three.",
        Topic::Taxes => "Rates in parts per million: 190000 is 19 %. A country without a row is not sold to.",
        Topic::Shipping => "Weights in grams, amounts in minor units: 490 is 4.90. A country stands in one zone only.",
        Topic::Payments => "How long an unpaid order holds its stock, in seconds: a card's 1860 or more.",
        Topic::Locations => "In the order in which orders are sent from them.",
        Topic::Returns => "The window in days from delivery; the fee in parts per million of the price.",
        Topic::Support => "In working hours.",
    }
}
