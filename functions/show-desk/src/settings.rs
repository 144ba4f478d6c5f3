//! The shop's settings, one topic a page.

use contracts::Problem;
use domain::people::Action;
use domain::settings::{
    LocationSettings, PaymentSettings, ReturnSettings, Setting, ShopSettings, SupportSettings, Topic,
};
use domain::shipping::ShippingSettings;
use domain::tax::TaxSettings;
use edge::Response;
use edge::http::{internal, unavailable};
use edge::settings_form;
use pages::components::Tab;
use pages::desk::{self, Settings};
use pages::layout::{Head, Section};

use serde_json::Value;

use crate::{ShowDesk, Visit, label};

/// A topic as it is kept now: its version, and its JSON.
struct Kept {
    version: u64,
    json: Value,
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
        groups: settings_form::groups(topic, about(topic), &kept.json),
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
    let json = serde_json::to_value(&settings).map_err(|error| internal("settings have no JSON", &error))?;
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
