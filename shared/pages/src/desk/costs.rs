//! Costs: what the shop's use is billed for, by day and by function.

use crate::components::{Bars, Choice, Column, Tab, bars, empty, facts, head_row, tabs};
use maud::{Markup, html};

/// A day.
#[derive(Debug, Clone, Default)]
pub struct CostDay {
    /// Which.
    pub day: String,
    /// What it cost.
    pub dollars: String,
    /// How many orders it had.
    pub orders: String,
    /// What one cost.
    pub per_order: String,
}

/// A function.
#[derive(Debug, Clone, Default)]
pub struct CostRow {
    /// Its name.
    pub function: String,
    /// What it cost.
    pub dollars: String,
    /// Its part of the whole.
    pub share: String,
    /// What it cost an order.
    pub per_order: String,
}

/// The page.
#[derive(Debug, Clone, Default)]
pub struct Costs {
    /// How many days may be looked at.
    pub spans: Vec<Choice>,
    /// What they cost.
    pub total: String,
    /// How many orders they had.
    pub orders: String,
    /// What an order cost.
    pub per_order: String,
    /// What a million orders would cost, where there was one.
    pub per_million: Option<String>,
    /// The days as a picture; none where nothing was spent.
    pub chart: Option<Bars>,
    /// The days that cost something, the last first.
    pub days: Vec<CostDay>,
    /// The functions, the dearest first.
    pub functions: Vec<CostRow>,
}

/// The page. Its span is the query's `days`.
#[must_use]
pub fn costs(view: &Costs) -> Markup {
    let spans: Vec<Tab> = view
        .spans
        .iter()
        .map(|span| Tab {
            words: span.label.clone(),
            href: format!("/desk/costs?days={}", span.value),
            current: span.chosen,
            count: None,
        })
        .collect();
    html! {
        h1 { "Costs" }
        (tabs("Days", &spans))
        @match &view.chart {
            None => (empty("What each request costs appears here a few minutes after the first one.", Some(("/desk/orders", "To the orders")))),
            Some(chart) => {
                div.detail {
                    div {
                        (bars(chart))
                        (functions(view))
                        details { summary { "Day by day" } (days(view)) }
                    }
                    aside aria-label="In all" { (sums(view)) }
                }
            }
        }
    }
}

fn sums(view: &Costs) -> Markup {
    let mut pairs = vec![
        ("Spent".to_owned(), view.total.clone()),
        ("Orders".to_owned(), view.orders.clone()),
        ("An order".to_owned(), view.per_order.clone()),
    ];
    pairs.extend(view.per_million.clone().map(|dollars| ("A million orders".to_owned(), dollars)));
    html! {
        section.panel aria-labelledby="sums" {
            h2 #sums { "In all" }
            (facts(&pairs))
            p.hint {
                "Counted by the functions themselves, at AWS's list prices and without its free tier: running time, "
                "tables' units, queue requests, mails, files. Page views count too, so an order includes all looking "
                "around. What stands costs too, and is not in it: storage, alarms, queues that are polled."
            }
        }
    }
}

fn functions(view: &Costs) -> Markup {
    html! {
        div.table-wrap tabindex="0" role="region" aria-label="By function" {
            table.table.cards-on-phone {
                (head_row(&[Column::text("Function"), Column::number("Spent"), Column::number("Share"), Column::number("An order")]))
                tbody {
                    @for row in &view.functions {
                        tr {
                            th.code scope="row" { (row.function) }
                            td.num data-label="Spent" { (row.dollars) }
                            td.num data-label="Share" { (row.share) }
                            td.num data-label="An order" { (row.per_order) }
                        }
                    }
                }
            }
        }
    }
}

fn days(view: &Costs) -> Markup {
    html! {
        div.table-wrap tabindex="0" role="region" aria-label="Day by day" {
            table.table.cards-on-phone {
                (head_row(&[Column::text("Day (UTC)"), Column::number("Spent"), Column::number("Orders"), Column::number("An order")]))
                tbody {
                    @for day in &view.days {
                        tr {
                            th scope="row" { time { (day.day) } }
                            td.num data-label="Spent" { (day.dollars) }
                            td.num data-label="Orders" { (day.orders) }
                            td.num data-label="An order" { (day.per_order) }
                        }
                    }
                }
            }
        }
    }
}
