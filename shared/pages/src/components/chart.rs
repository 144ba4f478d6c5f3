//! Charts, drawn by the server: bars over days.
//!
//! A chart is a picture with a name; the figures behind it stand in a table on the same page.

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
}
