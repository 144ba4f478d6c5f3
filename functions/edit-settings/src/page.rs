//! A topic of the settings at the desk.

use std::collections::BTreeMap;

use contracts::{Problem, ProblemKind};
use domain::people::Action;
use domain::settings::Topic;
use edge::Response;
use edge::desk::Visit;
use edge::page::label;
use pages::components::Tab;
use pages::desk::{self, Settings};
use pages::layout::{Head, Section};
use store::stamp::Cause;

use crate::form::Texts;
use crate::{EditSettings, topic};

/// GET /desk/settings/{topic}
pub(crate) async fn page(shop: &EditSettings, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::ViewSettings)?;
    let topic = topic(visit.request)?;
    let kept = shop.read(topic).await?;
    let version = kept["version"].as_u64().unwrap_or_default();
    show(shop, visit, topic, &Texts::of(topic, version, kept), None).await
}

/// POST /desk/settings/{topic}
pub(crate) async fn save(shop: &EditSettings, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::EditSettings)?;
    let topic = topic(visit.request)?;
    let pairs: BTreeMap<String, String> = visit.request.form::<Vec<(String, String)>>()?.into_iter().collect();
    let texts = Texts::typed(topic, &pairs);
    match write(shop, visit, topic, &texts).await {
        Ok(()) => Ok(Response::see_other(&format!("/desk/settings/{topic}?done=saved"))),
        Err(problem) if problem.kind.status() < 500 => show(shop, visit, topic, &texts, Some(&problem)).await,
        Err(problem) => Err(problem),
    }
}

async fn write(shop: &EditSettings, visit: &Visit<'_>, topic: Topic, texts: &Texts) -> Result<(), Problem> {
    let cause = Cause::new(visit.caller().actor(), "settings", visit.request.correlation());
    let json = texts.json(shop.shop().await?.currency).map_err(Problem::fields)?;
    shop.write(topic, json, cause).await.map(drop)
}

/// The page with what is kept or was typed, and what is wrong with it.
async fn show(
    shop: &EditSettings,
    visit: &Visit<'_>,
    topic: Topic,
    texts: &Texts,
    problem: Option<&Problem>,
) -> Result<Response, Problem> {
    let frame = shop.frame(visit, Section::Settings).await?;
    let stale = problem.is_some_and(|problem| problem.kind == ProblemKind::Stale);
    // Whoever saves again after they were told saves over what they were told of.
    let version = if stale { shop.read(topic).await?["version"].as_u64() } else { Some(texts.version()) };
    let version = version.unwrap_or_default();
    let tab = |one: &Topic| Tab {
        words: label(one.as_str()),
        href: format!("/desk/settings/{one}"),
        current: *one == topic,
        count: None,
    };
    let errors = problem.map(|problem| texts.errors(&problem.errors, &problem.detail)).unwrap_or_default();
    let head = Head::private(format!("Settings: {}", label(topic.as_str()))).failed(&errors);
    let view = Settings {
        topic: topic.to_string(),
        title: label(topic.as_str()),
        topics: Topic::ALL.iter().map(tab).collect(),
        groups: texts.groups(about(topic)),
        version: version.to_string(),
        changed: Some(format!("Version {version}")),
        may_edit: visit.role.may(Action::EditSettings),
        csrf: frame.csrf(),
        errors,
    };
    Ok(frame.page(problem.map_or(200, |problem| problem.kind.status()), &head, &desk::settings(&view)))
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
        Topic::Purchasing => "How the shop buys",
        Topic::Warranty => "What the shop guarantees",
    }
}
