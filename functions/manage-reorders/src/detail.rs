//! One SKU at one location: what was decided and all that made it, as figures and as a picture, and what another rule
//! would order, by the same pure function.

use std::collections::BTreeMap;

use contracts::Problem;
use domain::calendar::{date, moment};
use domain::demand::{Diary, Method, Projection, Trial, WEEK, project};
use domain::people::Action;
use domain::purchasing::{Look, PurchaseOrder, SuggestionStatus, Supplier};
use domain::reorder::{Decision, Position, Reason, ReorderRule};
use domain::stock::Stock;
use domain::text::{LocationId, Sku};
use domain::{Currency, Money};
use edge::Response;
use edge::desk::Visit;
use edge::http::unavailable;
use edge::page::{figure, form_key};
use jiff::ToSpan;
use jiff::civil::Date;
use pages::components::{Choice, FormErrors, Measure, StockChart, StockDay, Tab};
use pages::desk::{
    self, ChangedFigure, DecisionRow, Figure, ForecastView, ReorderDetail, ReorderRuleForm, TriedForecast, WhatIf,
    WhatIfResult,
};
use pages::layout::Head;

use crate::ManageReorders;
use crate::desk::{places, state};

/// How many past looks stand on the page.
const PAST: usize = 20;
/// How many suppliers the rule's form offers.
const SUPPLIERS: usize = 500;
/// How many days the picture shows back.
const BACK: usize = 60;
/// How many days the picture shows ahead at most.
const AHEAD: u16 = 42;

/// All that is known of a SKU at a location.
struct Known {
    rule: ReorderRule,
    stock: Stock,
    diary: Diary,
    priority: Vec<LocationId>,
    look: Option<Look>,
    order: Option<PurchaseOrder>,
}

impl Known {
    /// What `rule` would decide now.
    fn decided(&self, rule: &ReorderRule) -> Decision {
        edge::reordering::decide(rule, &self.stock, &self.diary, &self.priority)
    }

    fn projected(&self, days: u16) -> Projection {
        let history = self.diary.history(&self.rule.location, self.stock.offer.backorder_limit > 0);
        project(&history, WEEK, days)
    }
}

/// GET /desk/reorders/{sku}
pub(crate) async fn page(shop: &ManageReorders, visit: &Visit<'_>) -> Result<Response, Problem> {
    visit.needs(Action::ViewPurchasing)?;
    let request = visit.request;
    let store = |error: store::StoreError| unavailable(&error);
    let sku: Sku = request.parse_parameter("sku", "SKU")?;
    let rules = shop.purchasing.rules(&sku).await.map_err(store)?;
    let asked = request.query("location");
    let rule = match rules.iter().find(|rule| asked.is_none_or(|asked| rule.location.as_str() == asked)) {
        Some(rule) => rule.clone(),
        None if visit.role.may(Action::EditPurchasing) => {
            let place = asked.map(|place| format!("&location={}", edge::http::encoded(place))).unwrap_or_default();
            return Ok(Response::see_other(&format!("/desk/reorder-rules/new?sku={sku}{place}")));
        }
        None => return Err(Problem::not_found("rule")),
    };
    let stock = shop.stock.stock(&sku).await.map_err(store)?.ok_or_else(|| Problem::not_found("SKU"))?;
    let look = shop.purchasing.look(&sku, &rule.location).await.map_err(store)?.value;
    let order = match look.as_ref().and_then(|look| look.order) {
        Some(id) => shop.purchasing.order(&id).await.map_err(store)?,
        None => None,
    };
    let diary = shop.purchasing.diary(&sku).await.map_err(store)?.value.unwrap_or_default();
    let past = shop.purchasing.past_looks(&sku, None, PAST).await.map_err(store)?.items;
    let suppliers = shop.purchasing.suppliers(None, SUPPLIERS).await.map_err(store)?.items;
    let names = places(shop).await?;
    let priority = shop.locations.get(shop.context.now()).await.map_err(store)?.locations;
    let priority = priority.into_iter().map(|place| place.id).collect();
    let known = Known { rule, stock, diary, priority, look, order };
    let today = date(shop.context.now());
    let decision = known.decided(&known.rule);
    let frame = shop.frame(visit).await?;
    let csrf = frame.csrf();
    let name = |place: &LocationId| names.get(place).cloned().unwrap_or_else(|| place.to_string());
    let rule = &known.rule;
    let what_if = what_if(&known, &decision, visit);
    let failed = what_if.errors.clone();
    let title = known.stock.offer.listing.title.clone();
    let view = ReorderDetail {
        sku: sku.to_string(),
        title,
        location: rule.location.to_string(),
        location_name: name(&rule.location),
        locations: rules
            .iter()
            .map(|one| Tab {
                words: name(&one.location),
                href: format!("/desk/reorders/{sku}?location={}", one.location),
                current: one.location == rule.location,
                count: None,
            })
            .collect(),
        headline: headline(&known, &decision, today),
        state: known.look.as_ref().map(state),
        order: known
            .order
            .as_ref()
            .map(|order| (order.id.number().to_string(), format!("/desk/purchase-orders/{}", order.id))),
        dismissible: visit.role.may(Action::EditPurchasing) && known.look.as_ref().is_some_and(Look::is_open),
        chart: chart(&known, &decision, today, &name(&rule.location)),
        figures: figures(&decision),
        forecast: forecast(&decision),
        what_if: Some(what_if),
        rule: form(rule, &sku, &names, &suppliers, &csrf, &form_key(&shop.context)),
        may_edit: visit.role.may(Action::EditPurchasing),
        decisions: past.iter().filter(|look| look.location() == &rule.location).map(decided).collect(),
        csrf,
        idempotency_key: form_key(&shop.context),
    };
    let status = if failed.is_empty() { 200 } else { 422 };
    Ok(frame.page(status, &Head::private(sku.to_string()).failed(&failed), &desk::reorder(&view)))
}

fn form(
    rule: &ReorderRule,
    sku: &Sku,
    places: &BTreeMap<LocationId, String>,
    suppliers: &[Supplier],
    csrf: &str,
    key: &str,
) -> ReorderRuleForm {
    let cost = |cost: Option<Money>| cost.map(Money::decimal).unwrap_or_default();
    let currency = suppliers.iter().find(|one| one.id == rule.supplier).map_or(Currency::EUR, |one| one.currency);
    ReorderRuleForm {
        new: false,
        sku: sku.to_string(),
        locations: places
            .iter()
            .map(|(id, name)| Choice::new(id.as_str(), name.clone(), *id == rule.location))
            .collect(),
        suppliers: suppliers
            .iter()
            .map(|one| Choice::new(one.id.as_str(), one.name.clone(), one.id == rule.supplier))
            .collect(),
        reorder_point: rule.reorder_point.map(|point| point.to_string()).unwrap_or_default(),
        lead_time_days: rule.lead_time_days.to_string(),
        lead_time_deviation_days: figure(rule.lead_time_deviation_days),
        minimum_order: rule.minimum_order.to_string(),
        pack_size: rule.pack_size.to_string(),
        review_days: rule.review_days.to_string(),
        service_level: percent(rule.service_level),
        unit_cost: cost(rule.unit_cost),
        order_cost: cost(rule.order_cost),
        holding_cost: cost(rule.holding_cost),
        currency: currency.to_string(),
        back: String::new(),
        csrf: csrf.to_owned(),
        idempotency_key: key.to_owned(),
        errors: FormErrors::none(),
    }
}

/// A share as a per cent: "95", "99.99".
fn percent(share: f64) -> String {
    let text = format!("{:.2}", share * 100.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What is left that nobody was promised.
fn left(position: &Position) -> i64 {
    position.on_hand - position.committed - position.reserved
}

fn headline(known: &Known, decision: &Decision, today: Date) -> String {
    let left = left(&decision.position);
    let mean = decision.forecast.daily_mean;
    let lasts = if mean > 0.0 && left > 0 {
        let days = (left as f64 / mean).floor().min(f64::from(u16::MAX));
        let until = today.saturating_add((days as i64).days());
        format!(", which last until {}", until.strftime("%-d %B"))
    } else {
        String::new()
    };
    let coming = match decision.position.incoming {
        0 => String::new(),
        more => format!(" {more} are on order."),
    };
    let lead = decision.rule.lead_time_days;
    match (decision.is_order(), decision.reason) {
        (true, _) => format!(
            "Order {}: {left} are left{lasts}, and new ones take {lead} days.{coming}",
            decision.quantity
        ),
        (false, Reason::NoHistory) => {
            format!("Nothing is ordered: {left} are left, and no day in stock is known yet that its demand could be told from.{coming}")
        }
        (false, Reason::NotSold) => format!("Nothing is ordered: it is not on sale. {left} are left.{coming}"),
        (false, Reason::NoDemand) => format!("Nothing is ordered: {left} are left, and nobody asks for it.{coming}"),
        (false, Reason::AboveReorderPoint | Reason::AtReorderPoint) => format!(
            "Nothing is ordered: the position of {} is above the reorder point of {}. {left} are left{lasts}.{coming}",
            decision.figures.position,
            figure(decision.figures.reorder_point)
        ),
    }
    .replace(".  ", ". ")
        + known.look.as_ref().filter(|look| look.suggestion == Some(SuggestionStatus::Dismissed)).map_or("", |_| {
            " It was dismissed, and stays away until there was enough of it once."
        })
}

fn figures(decision: &Decision) -> Vec<Figure> {
    let Decision { rule, position, forecast, figures, .. } = decision;
    let row = |name: &str, sign: &str, value: String, explained: &str| Figure {
        name: name.to_owned(),
        sign: sign.to_owned(),
        value,
        explained: explained.to_owned(),
        ..Figure::default()
    };
    let part =
        |name: &str, value: i64, explained: &str| Figure { part: true, ..row(name, "", value.to_string(), explained) };
    let own = rule.reorder_point.is_some();
    let mut rows = vec![
        row("Demand a day", "d", figure(forecast.daily_mean), "Mean of the days ahead, as forecast."),
        row("Its deviation", "sd", figure(forecast.daily_deviation), "Standard deviation of a day in stock."),
        row("Lead time", "L", format!("{} days", rule.lead_time_days), "From the order to the goods."),
        row(
            "Its deviation",
            "sL",
            format!("{} days", figure(rule.lead_time_deviation_days)),
            "How far off it usually is.",
        ),
        row(
            "Service level",
            "",
            format!("{} %", percent(rule.service_level)),
            "Lead times that are to pass without a stock-out.",
        ),
        row("Safety factor", "z", figure(figures.z), "Standard deviations that cover so many."),
        row("Safety stock", "SS", figure(figures.safety_stock), "z × √(L × sd² + d² × sL²)"),
        row(
            "Reorder point",
            "ROP",
            figure(figures.reorder_point),
            if own { "The rule's own; from demand it would be the one below." } else { "d × L + SS" },
        ),
    ];
    if own {
        rows.push(Figure {
            part: true,
            ..row("From demand", "", figure(figures.computed_reorder_point), "d × L + SS")
        });
    }
    rows.push(row(
        "Position",
        "",
        figures.position.to_string(),
        "What is left when all that is on order has come and all that is promised has gone.",
    ));
    rows.push(part("On hand", position.on_hand, "Lies there."));
    rows.push(part("On order", position.incoming, "Comes from suppliers."));
    rows.push(part("Committed", -position.committed, "Paid, not shipped."));
    rows.push(part("Reserved", -position.reserved, "Held by unpaid orders."));
    if let Some(economic) = figures.economic_quantity {
        rows.push(row(
            "Economic quantity",
            "EOQ",
            figure(economic),
            "√(2 × yearly demand × cost of an order ÷ cost of keeping one)",
        ));
    }
    rows.push(row("Demand until the next look", "", figure(figures.review_demand), "d × days between looks"));
    rows.push(row("Smallest order", "MOQ", rule.minimum_order.to_string(), "The fewest that are delivered."));
    if let Some(wanted) = figures.wanted {
        rows.push(row("Wanted", "", figure(wanted), "max(MOQ, ROP + max(EOQ, demand until the next look) − position)"));
    }
    rows.push(row("Units in a pack", "", rule.pack_size.to_string(), "Only whole packs are ordered."));
    rows.push(Figure {
        result: true,
        ..row(
            "To order",
            "Q",
            decision.quantity.to_string(),
            if decision.is_order() {
                "Wanted, rounded up to packs."
            } else {
                "Nothing: the position is not at the reorder point."
            },
        )
    });
    rows
}

fn method(method: &Method) -> String {
    match method {
        Method::Unknown => "Nothing to tell from".to_owned(),
        Method::Mean => "Mean of the days in stock".to_owned(),
        Method::Croston { .. } => "Croston, for demand on few days".to_owned(),
        Method::Sba { .. } => "Syntetos and Boylan, for demand on few days".to_owned(),
        Method::HoltWinters { .. } => "Holt and Winters, for demand that follows the week".to_owned(),
    }
}

fn off(trial: &Trial) -> String {
    trial.absolute.map_or_else(|| "not told".to_owned(), |error| format!("{} units a day", figure(error)))
}

fn forecast(decision: &Decision) -> Option<ForecastView> {
    let forecast = &decision.forecast;
    if forecast.chosen.method == Method::Unknown {
        return None;
    }
    let tried = std::iter::once((&forecast.chosen, true)).chain(forecast.others.iter().map(|trial| (trial, false)));
    let out = forecast.days - forecast.days_in_stock;
    Some(ForecastView {
        sentence: format!("{}, off by {} on average.", method(&forecast.chosen.method), off(&forecast.chosen)),
        tried: tried
            .map(|(trial, chosen)| TriedForecast { method: method(&trial.method), error: off(trial), chosen })
            .collect(),
        days: match out {
            0 => format!("Told from {} days in stock.", forecast.days_in_stock),
            out => format!("Told from {} days in stock; {out} out of stock are not counted.", forecast.days_in_stock),
        },
    })
}

fn decided(look: &Look) -> DecisionRow {
    let decision = &look.decision;
    let ended = match look.suggestion {
        Some(SuggestionStatus::Ordered) => ", ordered",
        Some(SuggestionStatus::Dismissed) => ", dismissed",
        Some(SuggestionStatus::Superseded) => ", changed since",
        Some(SuggestionStatus::Open) | None => "",
    };
    DecisionRow {
        when: moment(look.at),
        at: look.at.to_string(),
        decision: if decision.is_order() {
            format!("Order {}{ended}", decision.quantity)
        } else {
            "Nothing".to_owned()
        },
        why: match decision.reason {
            Reason::NoHistory => "No day in stock was known.".to_owned(),
            Reason::NoDemand => "Nobody asked for it.".to_owned(),
            Reason::NotSold => "It was not on sale.".to_owned(),
            Reason::AtReorderPoint | Reason::AboveReorderPoint => {
                let place = if decision.reason == Reason::AtReorderPoint { "at or below" } else { "above" };
                let point = figure(decision.figures.reorder_point);
                format!("Position {}, {place} the reorder point of {point}.", decision.figures.position)
            }
        },
        link: look.order.map(|id| (format!("/desk/purchase-orders/{id}"), id.number().to_string())),
    }
}

/// The days back and ahead: what could be promised, what was wanted and is foretold, what is to come.
fn chart(known: &Known, decision: &Decision, today: Date, place: &str) -> Option<StockChart> {
    let history = known.diary.history(&known.rule.location, false);
    if history.days().is_empty() {
        return None;
    }
    let skip = history.days().len().saturating_sub(BACK);
    let ahead = known.rule.horizon_days().clamp(7, AHEAD);
    let projection = known.projected(ahead);
    let measure = |value: f64| Measure::new(value, figure(value));
    let name = |date: Date| date.strftime("%-d %B").to_string();
    let mut days: Vec<StockDay> = history
        .days()
        .iter()
        .zip(known.diary.left())
        .skip(skip)
        .map(|(day, left)| StockDay {
            name: name(day.date),
            stock: Some(measure((*left).max(0) as f64)),
            demand: day.in_stock.then(|| measure(f64::from(day.units))),
            incoming: None,
        })
        .collect();
    let past = days.len();
    let coming = known.order.as_ref().filter(|order| order.is_on_order());
    let due = coming.and_then(|order| order.expected).map(|day| day.max(today));
    let mut stock = left(&decision.position) as f64;
    for (index, wanted) in projection.ahead.iter().enumerate() {
        let date = today.saturating_add(i64::try_from(index).unwrap_or_default().days());
        let incoming = (due == Some(date)).then_some(decision.position.incoming as f64).filter(|units| *units > 0.0);
        stock = (stock + incoming.unwrap_or_default() - wanted).max(0.0);
        days.push(StockDay {
            name: name(date),
            stock: Some(measure(stock)),
            demand: Some(measure(*wanted)),
            incoming: incoming.map(measure),
        });
    }
    let point = decision.figures.reorder_point;
    Some(StockChart {
        label: format!(
            "{} in {place}, {past} days back and {} ahead",
            known.stock.offer.listing.sku,
            projection.ahead.len()
        ),
        description: format!(
            "{} are left, {} a day are wanted, and it is ordered at {}.",
            left(&decision.position),
            figure(decision.forecast.daily_mean),
            figure(point)
        ),
        days,
        past,
        reorder_point: Some(Measure::new(point, format!("Reorder point {}", figure(point)))),
    })
}

/// What another rule would order. Nothing is tried where nothing was typed.
fn what_if(known: &Known, now: &Decision, visit: &Visit<'_>) -> WhatIf {
    let rule = &known.rule;
    let typed =
        |name: &str, otherwise: String| visit.request.query(name).map_or(otherwise, |text| text.trim().to_owned());
    let mut view = WhatIf {
        lead_time_days: typed("lead_time_days", rule.lead_time_days.to_string()),
        lead_time_deviation_days: typed("lead_time_deviation_days", figure(rule.lead_time_deviation_days)),
        service_level: typed("service_level", percent(rule.service_level)),
        minimum_order: typed("minimum_order", rule.minimum_order.to_string()),
        pack_size: typed("pack_size", rule.pack_size.to_string()),
        review_days: typed("review_days", rule.review_days.to_string()),
        ..WhatIf::default()
    };
    if visit.request.query("lead_time_days").is_none() {
        return view;
    }
    let mut errors = FormErrors::none();
    let mut whole = |name: &str, text: &str| {
        text.parse::<u32>().unwrap_or_else(|_| {
            errors.add(name, "Enter a whole number.");
            0
        })
    };
    let (lead, minimum) = (whole("lead_time_days", &view.lead_time_days), whole("minimum_order", &view.minimum_order));
    let (pack, review) = (whole("pack_size", &view.pack_size), whole("review_days", &view.review_days));
    let mut decimal = |name: &str, text: &str| {
        text.replace(',', ".").trim_end_matches('%').trim().parse::<f64>().unwrap_or_else(|_| {
            errors.add(name, "Enter a number.");
            f64::NAN
        })
    };
    let deviation = decimal("lead_time_deviation_days", &view.lead_time_deviation_days);
    let level = decimal("service_level", &view.service_level) / 100.0;
    let tried = ReorderRule {
        lead_time_days: u16::try_from(lead).unwrap_or(u16::MAX),
        lead_time_deviation_days: deviation,
        service_level: level,
        minimum_order: minimum,
        pack_size: pack,
        review_days: u16::try_from(review).unwrap_or(u16::MAX),
        ..rule.clone()
    };
    if errors.is_empty()
        && let Err(found) = tried.check()
    {
        for error in found {
            errors.add(error.pointer.trim_start_matches('/'), error.detail);
        }
    }
    if errors.is_empty() {
        view.result = Some(compared(now, &known.decided(&tried)));
    }
    view.errors = errors;
    view
}

fn compared(now: &Decision, then: &Decision) -> WhatIfResult {
    let many =
        |decision: &Decision| if decision.is_order() { decision.quantity.to_string() } else { "nothing".to_owned() };
    let pairs = [
        ("Safety factor", now.figures.z, then.figures.z),
        ("Safety stock", now.figures.safety_stock, then.figures.safety_stock),
        ("Reorder point", now.figures.reorder_point, then.figures.reorder_point),
        ("Demand until the next look", now.figures.review_demand, then.figures.review_demand),
    ];
    let changed = pairs
        .iter()
        .filter(|(_, now, then)| figure(*now) != figure(*then))
        .map(|(name, now, then)| ChangedFigure { name: (*name).to_owned(), now: figure(*now), then: figure(*then) });
    let side = if then.is_order() { "at or below" } else { "above" };
    WhatIfResult {
        now: many(now),
        then: many(then),
        why: format!(
            "The position of {} is {side} the reorder point of {}.",
            then.figures.position,
            figure(then.figures.reorder_point)
        ),
        changed: changed.collect(),
    }
}
