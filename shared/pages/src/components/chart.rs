//! Charts, drawn by the server: bars over days, and a SKU's stock.
//!
//! A chart is a picture with a name; the figures behind it stand in a table on the same page.

use super::table::{Column, head_row};
use maud::{Markup, html};

/// A bar.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bar {
    /// What it stands for: "3 June".
    pub name: String,
    /// How high it is; none is below zero.
    pub value: f64,
    /// Its value in words.
    pub shown: String,
}

/// Bars, from the first to the last.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bars {
    /// What they show: "Dollars a day over 30 days".
    pub label: String,
    /// The bars.
    pub bars: Vec<Bar>,
}

/// The picture's height, in its own units; each bar is ten wide.
const HEIGHT: f64 = 100.0;

/// Bars. The greatest is named at the top, the first and the last below.
#[must_use]
pub fn bars(view: &Bars) -> Markup {
    let greatest = view.bars.iter().max_by(|one, other| one.value.total_cmp(&other.value));
    let top = greatest.map_or(1.0, |bar| bar.value.max(f64::MIN_POSITIVE));
    let width = view.bars.len() * 10;
    html! {
        figure.chart {
            figcaption { (view.label) }
            @if let Some(most) = greatest { p.chart-top { (most.shown) span.muted { " on " (most.name) } } }
            svg viewBox=(format!("0 0 {width} {HEIGHT}")) preserveAspectRatio="none" role="img" aria-label=(view.label) {
                @for (index, bar) in view.bars.iter().enumerate() {
                    @let height = HEIGHT * bar.value.max(0.0) / top;
                    g {
                        title { (bar.name) ": " (bar.shown) }
                        rect.chart-day x=(index * 10) y="0" width="10" height=(HEIGHT) {}
                        rect.chart-bar x=(index * 10 + 1) y=(format!("{:.2}", HEIGHT - height)) width="8" height=(format!("{height:.2}")) {}
                    }
                }
            }
            div.chart-axis.muted {
                @if let Some(first) = view.bars.first() { span { (first.name) } }
                @if let Some(last) = view.bars.last().filter(|_| view.bars.len() > 1) { span { (last.name) } }
            }
        }
    }
}

/// An amount: where it stands in the picture, and in words.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measure {
    /// How much.
    pub value: f64,
    /// The same in words: "24".
    pub shown: String,
}

impl Measure {
    /// An amount and its words.
    #[must_use]
    pub fn new(value: f64, shown: impl Into<String>) -> Self {
        Self { value, shown: shown.into() }
    }
}

/// A day of a SKU's stock.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StockDay {
    /// Which: "3 June".
    pub name: String,
    /// What lay there at its end; for a day ahead what is left by then, where that is foretold.
    pub stock: Option<Measure>,
    /// What was wanted; for a day ahead what is expected to be. None: it was out of stock, so nobody knows.
    pub demand: Option<Measure>,
    /// What a supplier is to bring on it.
    pub incoming: Option<Measure>,
}

/// A SKU's stock and demand, from the first day to the last.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StockChart {
    /// What it shows: "MUG-COBALT in main, 60 days back and 21 ahead".
    pub label: String,
    /// The same as a sentence with its figures, for who cannot see it.
    pub description: String,
    /// The days.
    pub days: Vec<StockDay>,
    /// How many of them are over; the rest lie ahead.
    pub past: usize,
    /// At what stock to order, and its label: "Reorder point 31".
    pub reorder_point: Option<Measure>,
}

/// The picture in pixels, from the top: words, stock, words, demand, days. Across, everything is a share of the width,
/// so that words keep their size while the picture is as wide as its place.
const STOCK_TOP: f64 = 40.0;
const STOCK_HEIGHT: f64 = 128.0;
const STOCK_FOOT: f64 = STOCK_TOP + STOCK_HEIGHT;
const DEMAND_TOP: f64 = 200.0;
const DEMAND_HEIGHT: f64 = 56.0;
const DEMAND_FOOT: f64 = DEMAND_TOP + DEMAND_HEIGHT;
const WHOLE_HEIGHT: f64 = 280.0;

impl StockChart {
    fn width(&self) -> usize {
        self.days.len() * 10
    }

    /// A place between the first day and the last, in percent of the width.
    fn across(&self, day: f64) -> f64 {
        100.0 * day / self.days.len().max(1) as f64
    }

    /// The greatest stock that is drawn, rounded up to a figure that reads well.
    fn top(&self) -> f64 {
        let stock = self.days.iter().filter_map(|day| day.stock.as_ref());
        rounded_up(stock.chain(&self.reorder_point).map(|one| one.value).fold(0.0, f64::max))
    }

    fn demand_top(&self) -> f64 {
        let demand = self.days.iter().filter_map(|day| day.demand.as_ref());
        demand.map(|one| one.value).fold(0.0, f64::max)
    }

    /// The steps of the days `from..to`, as a path in a box 100 high.
    fn steps(&self, from: usize, to: usize, top: f64) -> String {
        let mut path = String::new();
        let mut pen = false;
        for (n, day) in self.days.iter().enumerate().take(to).skip(from) {
            let Some(stock) = &day.stock else {
                pen = false;
                continue;
            };
            let y = 100.0 - 100.0 * stock.value.clamp(0.0, top) / top;
            path.push_str(&format!("{}{} {y:.1}H{}", if pen { 'L' } else { 'M' }, n * 10, n * 10 + 10));
            pen = true;
        }
        path
    }

    /// Where the words of the reorder point stand, in percent of the width, and whether below their line: where the
    /// stock is furthest from it for a quarter of the days.
    fn reorder_label(&self, point: f64) -> (f64, bool) {
        let room = (self.days.len() / 4).max(1);
        let mut best = (f64::MIN, 0, false);
        for (start, days) in self.days.windows(room).enumerate() {
            let apart = days.iter().filter_map(|day| day.stock.as_ref()).map(|stock| stock.value - point);
            let (least, most) = apart.fold((f64::MAX, f64::MIN), |(least, most), one| (least.min(one), most.max(one)));
            // Below the line is as much room as the stock stays above it, and the other way round.
            let (clear, below) = if least > -most { (least, true) } else { (-most, false) };
            if clear > best.0 {
                best = (clear, start, below);
            }
        }
        let (_, start, below) = best;
        match start {
            0 => (0.0, below),
            last if last + room >= self.days.len() => (100.0, below),
            start => (self.across(start as f64 + room as f64 / 2.0), below),
        }
    }
}

/// 1, 2, 5 and their tenfolds, and what lies well between.
fn rounded_up(value: f64) -> f64 {
    if !value.is_finite() || value <= 4.0 {
        return 4.0;
    }
    let ten = 10_f64.powf(value.log10().floor());
    let nice = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0];
    nice.iter().map(|step| step * ten).find(|step| *step >= value && step.fract() == 0.0).unwrap_or(10.0 * ten)
}

/// Words at `x` percent: they grow away from the nearer edge.
fn words_at(x: f64, y: f64, class: &str, words: &str) -> Markup {
    let anchor = match x {
        x if x < 12.0 => "start",
        x if x > 88.0 => "end",
        _ => "middle",
    };
    html! { text class=(class) x=(format!("{x:.2}%")) y=(format!("{y:.0}")) text-anchor=(anchor) { (words) } }
}

/// Stock as a line of steps, its reorder point dashed, what is on order as marks on its days; below it demand as bars,
/// what is expected as outlined ones. The figures follow in a table that unfolds.
#[must_use]
pub fn stock_chart(view: &StockChart) -> Markup {
    let top = view.top();
    let today = view.across(view.past.min(view.days.len()) as f64);
    let viewbox = format!("0 0 {} 100", view.width());
    html! {
        figure.chart.stock-chart {
            figcaption { (view.label) }
            svg width="100%" height=(WHOLE_HEIGHT) role="img" aria-labelledby="stock-chart-title stock-chart-text" {
                title #stock-chart-title { (view.label) }
                desc #stock-chart-text { (view.description) }
                @if view.past < view.days.len() {
                    rect.chart-ahead x=(format!("{today:.2}%")) y=(STOCK_TOP) width=(format!("{:.2}%", 100.0 - today)) height=(DEMAND_FOOT - STOCK_TOP) {}
                }
                text.chart-name x="0" y="14" { "Stock" }
                (words_at(100.0, 14.0, "chart-tick", &format!("{top:.0} at the top")))
                line.chart-rule x1="0" x2="100%" y1=(STOCK_TOP) y2=(STOCK_TOP) {}
                text.chart-name x="0" y=(DEMAND_TOP - 8.0) { "Demand a day" }
                @if let Some(most) = most_wanted(view) { (words_at(100.0, DEMAND_TOP - 8.0, "chart-tick", &format!("{} at most", most.shown))) }
                svg x="0" y=(STOCK_TOP) width="100%" height=(STOCK_HEIGHT) viewBox=(viewbox) preserveAspectRatio="none" {
                    path.chart-line d=(view.steps(0, view.past, top)) {}
                    path.chart-line.expected d=(view.steps(view.past.saturating_sub(1), view.days.len(), top)) {}
                }
                svg x="0" y=(DEMAND_TOP) width="100%" height=(DEMAND_HEIGHT) viewBox=(viewbox) preserveAspectRatio="none" { (demand_bars(view)) }
                line.chart-base x1="0" x2="100%" y1=(STOCK_FOOT) y2=(STOCK_FOOT) {}
                line.chart-base x1="0" x2="100%" y1=(DEMAND_FOOT) y2=(DEMAND_FOOT) {}
                (incoming(view))
                @if let Some(point) = &view.reorder_point { (reorder_line(view, point, top)) }
                (axis(view, today))
            }
            details { summary { "The figures, day by day" } (stock_table(view)) }
        }
    }
}

fn most_wanted(view: &StockChart) -> Option<&Measure> {
    let demand = view.days.iter().filter_map(|day| day.demand.as_ref());
    demand.max_by(|one, other| one.value.total_cmp(&other.value)).filter(|most| most.value > 0.0)
}

fn demand_bars(view: &StockChart) -> Markup {
    let top = view.demand_top().max(f64::MIN_POSITIVE);
    html! {
        @for (n, day) in view.days.iter().enumerate() {
            @match &day.demand {
                Some(demand) if demand.value > 0.0 => {
                    @let height = 100.0 * demand.value / top;
                    rect.chart-bar.expected[n >= view.past] x=(n * 10 + 1) y=(format!("{:.1}", 100.0 - height)) width="8" height=(format!("{height:.1}")) {}
                }
                Some(_) => {}
                None if n < view.past => { rect.chart-out x=(n * 10) y="0" width="10" height="100" {} }
                None => {}
            }
        }
    }
}

/// A line and a mark on each day that something comes on; the words of neighbours take turns above and below.
fn incoming(view: &StockChart) -> Markup {
    let mut last = f64::MIN;
    let mut low = false;
    html! {
        @for (n, come) in view.days.iter().enumerate().filter_map(|(n, day)| Some((n, day.incoming.as_ref()?))) {
            @let x = view.across(n as f64 + 0.5);
            @let () = { low = x - last < 16.0 && !low; last = x; };
            line.chart-come x1=(format!("{x:.2}%")) x2=(format!("{x:.2}%")) y1=(STOCK_TOP - 6.0) y2=(STOCK_FOOT) {}
            circle.chart-mark cx=(format!("{x:.2}%")) cy=(STOCK_FOOT) r="4" {}
            (words_at(x, if low { STOCK_TOP + 10.0 } else { STOCK_TOP - 10.0 }, "chart-words come", &come.shown))
        }
    }
}

fn reorder_line(view: &StockChart, point: &Measure, top: f64) -> Markup {
    let y = STOCK_FOOT - STOCK_HEIGHT * point.value.clamp(0.0, top) / top;
    let (x, below) = view.reorder_label(point.value);
    let below = (below && y < STOCK_FOOT - 16.0) || y < STOCK_TOP + 16.0;
    html! {
        line.chart-point x1="0" x2="100%" y1=(format!("{y:.1}")) y2=(format!("{y:.1}")) {}
        (words_at(x, if below { y + 15.0 } else { y - 6.0 }, "chart-words point", &point.shown))
    }
}

fn axis(view: &StockChart, today: f64) -> Markup {
    let y = DEMAND_FOOT + 18.0;
    html! {
        @if let Some(first) = view.days.first() { (words_at(0.0, y, "chart-tick", &first.name)) }
        @if let Some(last) = view.days.last().filter(|_| view.days.len() > 1) { (words_at(100.0, y, "chart-tick", &last.name)) }
        @if view.past > 0 && view.past < view.days.len() {
            line.chart-now x1=(format!("{today:.2}%")) x2=(format!("{today:.2}%")) y1=(STOCK_TOP) y2=(DEMAND_FOOT) {}
            @if (25.0..80.0).contains(&today) { (words_at(today, y, "chart-tick now", "Today")) }
        }
    }
}

fn stock_table(view: &StockChart) -> Markup {
    let shown = |amount: &Option<Measure>| amount.as_ref().map_or_else(String::new, |amount| amount.shown.clone());
    let come = view.days.iter().any(|day| day.incoming.is_some());
    let mut columns = vec![Column::text("Day"), Column::number("Stock"), Column::number("Demand")];
    columns.extend(come.then(|| Column::number("On order")));
    html! {
        div.table-wrap.tall tabindex="0" role="region" aria-label="The figures of the picture" {
            table.table.dense {
                (head_row(&columns))
                tbody {
                    @for (n, day) in view.days.iter().enumerate() {
                        tr {
                            th scope="row" { (day.name) @if n >= view.past { span.muted { " expected" } } }
                            td.num { (shown(&day.stock)) }
                            td.num { @if day.demand.is_none() && n < view.past { span.muted { "out of stock" } } @else { (shown(&day.demand)) } }
                            @if come { td.num { (shown(&day.incoming)) } }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(name: &str, value: f64) -> Bar {
        Bar { name: name.into(), value, shown: format!("${value}") }
    }

    #[test]
    fn the_greatest_bar_is_the_whole_height() {
        let drawn = bars(&Bars { label: "Dollars".into(), bars: vec![bar("1 June", 1.0), bar("2 June", 4.0)] });
        let drawn = drawn.into_string();
        assert!(drawn.contains(r#"y="75.00" width="8" height="25.00""#), "{drawn}");
        assert!(drawn.contains(r#"y="0.00" width="8" height="100.00""#), "{drawn}");
        assert!(drawn.contains("$4<span class=\"muted\"> on 2 June</span>"), "{drawn}");
    }

    #[test]
    fn nothing_at_all_is_drawn_flat() {
        let drawn = bars(&Bars { label: "Dollars".into(), bars: vec![bar("1 June", 0.0)] }).into_string();
        assert!(drawn.contains(r#"height="0.00""#), "{drawn}");
        assert!(!drawn.contains("NaN"));
    }

    fn stock_days() -> StockChart {
        let day = |n: u32, stock: f64, ahead: bool| StockDay {
            name: format!("{n} June"),
            stock: Some(Measure::new(stock, format!("{stock}"))),
            demand: (n != 2).then(|| Measure::new(2.0, "2")),
            incoming: ahead.then(|| Measure::new(24.0, "+24")),
        };
        StockChart {
            label: "MUG in main".into(),
            description: "Stock fell from 9 to 5.".into(),
            days: vec![day(1, 9.0, false), day(2, 7.0, false), day(3, 5.0, true)],
            past: 2,
            reorder_point: Some(Measure::new(6.0, "Reorder point 6")),
        }
    }

    #[test]
    fn stock_goes_down_in_steps_from_a_round_top() {
        let view = stock_days();
        assert_eq!(view.top(), 10.0);
        assert_eq!(view.steps(0, 2, 10.0), "M0 10.0H10L10 30.0H20");
        assert_eq!(rounded_up(0.0), 4.0);
        assert_eq!(rounded_up(61.0), 80.0);
        assert_eq!(rounded_up(13.0), 15.0);
        assert_eq!(rounded_up(9_001.0), 10_000.0);
    }

    #[test]
    fn the_reorder_points_words_stand_clear_of_the_stock() {
        let day = |stock: f64| StockDay { stock: Some(Measure::new(stock, "")), ..StockDay::default() };
        let chart = |stock: &[f64]| StockChart {
            days: stock.iter().copied().map(day).collect(),
            past: stock.len(),
            ..StockChart::default()
        };
        assert_eq!(chart(&[9.0, 8.0, 7.0, 6.0]).reorder_label(5.0), (0.0, true));
        assert_eq!(chart(&[6.0, 5.0, 4.0, 1.0]).reorder_label(5.0), (100.0, false));
        assert_eq!(chart(&[5.0, 9.0, 5.0, 5.0]).reorder_label(5.0), (37.5, true));
        assert_eq!(chart(&[]).reorder_label(5.0), (0.0, false));
    }

    #[test]
    fn what_the_picture_shows_stands_in_its_table() {
        let drawn = stock_chart(&stock_days()).into_string();
        for words in ["Reorder point 6", "+24", "out of stock", "3 June<span class=\"muted\"> expected</span>"] {
            assert!(drawn.contains(words), "{words}: {drawn}");
        }
        assert!(drawn.contains("aria-labelledby=\"stock-chart-title stock-chart-text\""), "{drawn}");
    }

    #[test]
    fn no_days_at_all_are_no_division_by_zero() {
        let drawn = stock_chart(&StockChart { reorder_point: Some(Measure::new(6.0, "6")), ..StockChart::default() });
        let drawn = drawn.into_string();
        assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}");
    }
}
