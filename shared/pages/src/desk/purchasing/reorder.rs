//! One SKU at one location: what to order, and everything that made it.

use super::rule::{self, ReorderRuleForm, end_form, rule_form};
use super::what_if::{self, WhatIf, what_if};
use crate::components::{
    Badge, Crumb, FormErrors, Look, StockChart, Tab, Tone, badge, breadcrumb, busy_button, empty, error_summary,
    hidden, stock_chart, tabs,
};
use maud::{Markup, html};

/// A figure of the decision.
#[derive(Debug, Clone, Default)]
pub struct Figure {
    /// Its name: "Safety stock".
    pub name: String,
    /// Its sign in the formulas, where it has one: "SS".
    pub sign: String,
    /// Its value: "9.4".
    pub value: String,
    /// What it says, in one line: "z × √(L × sd² + d² × sL²)".
    pub explained: String,
    /// Whether it is a part of the figure above it.
    pub part: bool,
    /// Whether it is the result.
    pub result: bool,
}

/// A method that demand was forecast by, to compare.
#[derive(Debug, Clone, Default)]
pub struct TriedForecast {
    /// Its name.
    pub method: String,
    /// How far off it was: "0.42 units a day".
    pub error: String,
    /// Whether it was taken.
    pub chosen: bool,
}

/// How demand was forecast.
#[derive(Debug, Clone, Default)]
pub struct ForecastView {
    /// In a sentence: "Moving average of 28 days, off by 0.42 units a day on average."
    pub sentence: String,
    /// Those that were tried, the best first.
    pub tried: Vec<TriedForecast>,
    /// What the days were that it was told from: "54 days in stock; 6 out of stock are not counted."
    pub days: String,
}

/// An earlier decision.
#[derive(Debug, Clone, Default)]
pub struct DecisionRow {
    /// When: "3 June, 03:10".
    pub when: String,
    /// When for machines, RFC 3339.
    pub at: String,
    /// What: "Order 24", "Nothing".
    pub decision: String,
    /// Why: "9 left, at the reorder point of 31".
    pub why: String,
    /// What became of it, address and words: the purchase order.
    pub link: Option<(String, String)>,
}

/// A SKU at a location.
#[derive(Debug, Clone, Default)]
pub struct ReorderDetail {
    /// The SKU.
    pub sku: String,
    /// The product's name and kind.
    pub title: String,
    /// The location's key, as forms send it.
    pub location: String,
    /// The location's name.
    pub location_name: String,
    /// The locations that the SKU has rules for; shown where there are several.
    pub locations: Vec<Tab>,
    /// "Order 20 by Tuesday 3 June: 9 are left, and they last until 17 June." Or why nothing is ordered.
    pub headline: String,
    /// Where the suggestion stands, or the reason of a 'no'.
    pub state: Option<Badge>,
    /// The purchase order that it stands in, number and address.
    pub order: Option<(String, String)>,
    /// Whether it may be dismissed. Posts to `/desk/reorders/{sku}/dismiss` with `location`.
    pub dismissible: bool,
    /// Stock and demand as a picture; none where no day is known.
    pub chart: Option<StockChart>,
    /// The figures, in the order of the formulas.
    pub figures: Vec<Figure>,
    /// How demand was forecast; none where nothing was sold yet.
    pub forecast: Option<ForecastView>,
    /// What another rule would order; none without a rule.
    pub what_if: Option<WhatIf>,
    /// The rule.
    pub rule: ReorderRuleForm,
    /// Whether the role may change the rule.
    pub may_edit: bool,
    /// Earlier decisions, newest first.
    pub decisions: Vec<DecisionRow>,
    /// The forms' token.
    pub csrf: String,
    /// The key that makes a double press one act.
    pub idempotency_key: String,
}

/// One SKU at one location. The what-if goes by GET to `/desk/reorders/{sku}`: `location`, `lead_time_days`,
/// `lead_time_deviation_days`, `service_level` (percent), `minimum_order`, `pack_size`, `review_days`. The rule posts as
/// [`super::reorder_rule_again`] says.
#[must_use]
pub fn reorder(view: &ReorderDetail) -> Markup {
    let base = format!("/desk/reorders/{}", view.sku);
    let tried = view.what_if.as_ref().map(|tried| tried.errors.within(what_if::SCOPE)).unwrap_or_default();
    let ruled = view.rule.errors.within(rule::SCOPE);
    let errors: FormErrors = tried.iter().chain(ruled.iter()).collect();
    html! {
        (error_summary(&errors))
        (breadcrumb(&[Crumb { words: "Reorders".to_owned(), href: "/desk/reorders".to_owned() }]))
        div.title-row {
            div.badges { h1 { (view.sku) } @if let Some(state) = &view.state { (badge(state)) } }
            span.muted { (view.title) " · " (view.location_name) }
        }
        @if view.locations.len() > 1 { (tabs("Locations", &view.locations)) }
        (headline(view, &base))
        @match &view.chart {
            Some(chart) => (stock_chart(chart)),
            None => (empty("What was sold and what is left appears here after the first day with this SKU in stock.", None)),
        }
        div.detail {
            div {
                @if !view.figures.is_empty() { (figures(&view.figures)) }
                @if let Some(forecast) = &view.forecast { (forecast_of(forecast)) }
                @if view.may_edit { section.panel.no-print aria-labelledby="rule" { h2 #rule { "Rule" } (rule_form(&view.rule, Look::Quiet)) (end_form(&view.sku, &view.location, &view.rule.csrf)) } }
            }
            div {
                @if let Some(tried) = &view.what_if { (what_if(tried, &base, &view.location)) }
                (decisions(&view.decisions))
            }
        }
    }
}

fn headline(view: &ReorderDetail, base: &str) -> Markup {
    html! {
        div.headline {
            p { (view.headline) }
            @if view.order.is_some() || view.dismissible {
                div.row {
                    @if let Some((number, href)) = &view.order { a.button href=(href) { "Open purchase order " (number) } }
                    @if view.dismissible {
                        form action={ (base) "/dismiss" } method="post" {
                            (hidden("csrf", &view.csrf))
                            (hidden("idempotency_key", &format!("{}-dismiss", view.idempotency_key)))
                            (hidden("location", &view.location))
                            (busy_button(Look::Quiet, "Dismiss", "Dismissing…"))
                        }
                    }
                }
            }
        }
    }
}

fn figures(all: &[Figure]) -> Markup {
    html! {
        div.table-wrap tabindex="0" role="region" aria-label="Figures" {
            table.table.figures {
                thead { tr { th scope="col" { "Figure" } th.num scope="col" { "Value" } th scope="col" { "What it says" } } }
                tbody {
                    @for one in all {
                        tr.part[one.part].result[one.result] {
                            th scope="row" { (one.name) @if !one.sign.is_empty() { " " span.muted { (one.sign) } } }
                            td.num { (one.value) }
                            td { (one.explained) }
                        }
                    }
                }
            }
        }
    }
}

fn forecast_of(view: &ForecastView) -> Markup {
    html! {
        section.panel aria-labelledby="forecast" {
            h2 #forecast { "Forecast" }
            p { (view.sentence) }
            @if !view.days.is_empty() { p.hint { (view.days) } }
            @if view.tried.len() > 1 {
                table.table.plain-table {
                    caption.visually-hidden { "Methods that were tried" }
                    thead { tr { th scope="col" { "Method" } th.num scope="col" { "Off by" } th scope="col" { span.visually-hidden { "Taken" } } } }
                    tbody {
                        @for one in &view.tried {
                            tr { th scope="row" { (one.method) } td.num { (one.error) } td { @if one.chosen { (badge(&Badge::Other(Tone::Ok, "Taken".to_owned()))) } } }
                        }
                    }
                }
            }
        }
    }
}

fn decisions(all: &[DecisionRow]) -> Markup {
    html! {
        section.panel aria-labelledby="decisions" {
            h2 #decisions { "Earlier decisions" }
            @if all.is_empty() {
                p.muted { "None yet. Every look is kept here, also those that order nothing." }
            } @else {
                ol.decisions {
                    @for one in all {
                        li {
                            div.row-between { strong { (one.decision) } time.small.muted datetime=(one.at) { (one.when) } }
                            span { (one.why) @if let Some((href, words)) = &one.link { " " a href=(href) { (words) } } }
                        }
                    }
                }
            }
        }
    }
}
