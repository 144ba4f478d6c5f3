//! CloudWatch: the sums of what functions write as metrics.
//!
//! Knows the embedded metric format and GetMetricData, in the service's own protocol (Smithy RPC v2 over CBOR). It
//! keeps sums by the hour and in memory, answers the statistic Sum and searches for one metric by its dimensions, and
//! refuses everything else.

use std::collections::BTreeMap;
use std::sync::Mutex;

use bytes::Bytes;
use ciborium::Value as Cbor;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::iam::Need;
use crate::keep::held;
use crate::wire::{Answer, Request};

const HOUR: i64 = 3600;

/// How long hourly sums are kept; AWS keeps them for 455 days.
const KEPT_HOURS: i64 = 455 * 24;

/// What tells one series from another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Series {
    namespace: String,
    name: String,
    dimensions: BTreeMap<String, String>,
}

/// The sums.
#[derive(Debug, Default)]
pub(crate) struct CloudWatch(Mutex<BTreeMap<Series, BTreeMap<i64, f64>>>);

/// A line of the embedded metric format.
#[derive(Deserialize)]
struct Line {
    #[serde(rename = "_aws")]
    head: Head,
    #[serde(flatten)]
    values: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Head {
    timestamp: i64,
    cloud_watch_metrics: Vec<Directive>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: String,
    dimensions: Vec<Vec<String>>,
    metrics: Vec<Named>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    name: String,
}

/// GetMetricData, as much of it as is answered; what is not is refused.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Asked {
    metric_data_queries: Vec<Query>,
    start_time: f64,
    end_time: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Query {
    id: String,
    expression: Option<String>,
    label: Option<String>,
    metric_stat: Option<MetricStat>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct MetricStat {
    metric: Metric,
    period: i64,
    stat: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Metric {
    namespace: String,
    metric_name: String,
    #[serde(default)]
    dimensions: Vec<Dimension>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Dimension {
    name: String,
    value: String,
}

/// `SEARCH('{Namespace,Dimension} MetricName="Name"', 'Sum', period)`.
struct Search {
    namespace: String,
    dimensions: Vec<String>,
    name: String,
    period: i64,
}

impl Search {
    fn parse(expression: &str) -> Option<Self> {
        let rest = expression.strip_prefix("SEARCH('{")?;
        let (schema, rest) = rest.split_once("} MetricName=\"")?;
        let (name, rest) = rest.split_once("\"', 'Sum', ")?;
        let period = rest.strip_suffix(')')?.parse().ok()?;
        let mut words = schema.split(',').map(str::to_owned);
        Some(Self { namespace: words.next()?, dimensions: words.collect(), name: name.to_owned(), period })
    }

    fn finds(&self, series: &Series) -> bool {
        series.namespace == self.namespace
            && series.name == self.name
            && series.dimensions.len() == self.dimensions.len()
            && self.dimensions.iter().all(|name| series.dimensions.contains_key(name))
    }
}

impl CloudWatch {
    /// Adds what a line says. A line of another form is no metric.
    pub(crate) fn take(&self, line: &str) {
        let Ok(line) = serde_json::from_str::<Line>(line) else { return };
        let hour = line.head.timestamp.div_euclid(1000 * HOUR);
        let mut sums = held(&self.0);
        for directive in line.head.cloud_watch_metrics {
            for names in directive.dimensions {
                let text = |name: String| Some((line.values.get(&name)?.as_str()?.to_owned(), name));
                let dimensions: BTreeMap<_, _> =
                    names.into_iter().filter_map(text).map(|(value, name)| (name, value)).collect();
                for metric in &directive.metrics {
                    let Some(value) = line.values.get(&metric.name).and_then(Value::as_f64) else { continue };
                    let series = Series {
                        namespace: directive.namespace.clone(),
                        name: metric.name.clone(),
                        dimensions: dimensions.clone(),
                    };
                    let hours = sums.entry(series).or_default();
                    *hours.entry(hour).or_default() += value;
                    while hours.first_key_value().is_some_and(|(oldest, _)| *oldest < hour - KEPT_HOURS) {
                        hours.pop_first();
                    }
                }
            }
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        held(&self.0).clear();
    }

    /// Answers a call.
    pub(crate) fn call(&self, request: &Request) -> Answer {
        if request.operation != "GetMetricData" {
            return Answer::unknown_operation(request.service, &request.operation);
        }
        let read = ciborium::from_reader::<Cbor, _>(&request.http.body()[..]).map_err(|error| error.to_string());
        let asked = read.and_then(|body| {
            serde_json::from_value::<Asked>(plain(&body)).map_err(|error| format!("not answered here: {error}"))
        });
        match asked.and_then(|asked| self.data(&asked)) {
            Ok(results) => answer(200, &Cbor::Map(vec![(text("MetricDataResults"), Cbor::Array(results))])),
            Err(said) => refused(400, "ValidationError", &said),
        }
    }

    fn data(&self, asked: &Asked) -> Result<Vec<Cbor>, String> {
        let sums = held(&self.0);
        let mut results = Vec::new();
        for query in &asked.metric_data_queries {
            let (period, found): (i64, Vec<_>) = match (&query.expression, &query.metric_stat) {
                (Some(expression), None) => {
                    let search = Search::parse(expression).ok_or_else(|| format!("no search: {expression}"))?;
                    (search.period, sums.iter().filter(|(series, _)| search.finds(series)).collect())
                }
                (None, Some(stat)) if stat.stat == "Sum" => {
                    let series = Series {
                        namespace: stat.metric.namespace.clone(),
                        name: stat.metric.metric_name.clone(),
                        dimensions: stat
                            .metric
                            .dimensions
                            .iter()
                            .map(|dimension| (dimension.name.clone(), dimension.value.clone()))
                            .collect(),
                    };
                    (stat.period, sums.get_key_value(&series).into_iter().collect())
                }
                (_, Some(_)) | (None, None) => return Err(format!("{}: only sums are answered", query.id)),
            };
            if period < HOUR || period % HOUR != 0 {
                return Err(format!("{}: a period of {period} seconds is not whole hours", query.id));
            }
            for (series, hours) in found {
                results.push(result(query, series, hours, period, asked));
            }
        }
        Ok(results)
    }
}

fn result(query: &Query, series: &Series, hours: &BTreeMap<i64, f64>, period: i64, asked: &Asked) -> Cbor {
    let mut sums: BTreeMap<i64, f64> = BTreeMap::new();
    for (hour, value) in hours {
        let at = hour * HOUR;
        if (at as f64) >= asked.start_time && (at as f64) < asked.end_time {
            *sums.entry(at.div_euclid(period) * period).or_default() += value;
        }
    }
    let mut label = query.label.clone().unwrap_or_else(|| series.name.clone());
    for (name, value) in &series.dimensions {
        label = label.replace(&format!("${{PROP('Dim.{name}')}}"), value);
    }
    // The latest first, as AWS has it unasked.
    let times = sums.keys().rev().map(|at| Cbor::Tag(1, Box::new(Cbor::from(*at as f64)))).collect();
    let values = sums.values().rev().map(|value| Cbor::from(*value)).collect();
    Cbor::Map(vec![
        (text("Id"), text(&query.id)),
        (text("Label"), text(&label)),
        (text("Timestamps"), Cbor::Array(times)),
        (text("Values"), Cbor::Array(values)),
        (text("StatusCode"), text("Complete")),
    ])
}

/// What a call needs: GetMetricData knows no resources.
pub(crate) fn needs(request: &Request) -> Vec<Need> {
    vec![Need::new(&format!("cloudwatch:{}", request.operation), "*".to_owned())]
}

/// The operation of a path: `/service/{service}/operation/{operation}`.
pub(crate) fn operation(request: &Request) -> String {
    request.path().rsplit_once("/operation/").map(|(_, operation)| operation.to_owned()).unwrap_or_default()
}

/// An error, as the service words it.
pub(crate) fn refused(status: u16, code: &str, message: &str) -> Answer {
    answer(status, &Cbor::Map(vec![(text("__type"), text(code)), (text("message"), text(message))]))
}

fn answer(status: u16, body: &Cbor) -> Answer {
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    drop(ciborium::into_writer(body, &mut bytes));
    Answer {
        status,
        headers: vec![
            ("content-type".into(), "application/cbor".to_owned()),
            ("smithy-protocol".into(), "rpc-v2-cbor".to_owned()),
        ],
        body: Bytes::from(bytes),
    }
}

fn text(words: &str) -> Cbor {
    Cbor::Text(words.to_owned())
}

/// CBOR as JSON: a tag is what it tags, a time its seconds since 1970.
#[expect(clippy::wildcard_enum_match_arm, reason = "the enum of another crate, which may grow")]
fn plain(value: &Cbor) -> Value {
    match value {
        Cbor::Text(text) => Value::from(text.as_str()),
        Cbor::Bool(yes) => Value::from(*yes),
        Cbor::Float(number) => Value::from(*number),
        Cbor::Integer(number) => i64::try_from(*number).map_or(Value::Null, Value::from),
        Cbor::Tag(_, inner) => plain(inner),
        Cbor::Array(items) => items.iter().map(plain).collect(),
        Cbor::Map(pairs) => {
            let named = |(name, value): &(Cbor, Cbor)| Some((name.as_text()?.to_owned(), plain(value)));
            Value::Object(pairs.iter().filter_map(named).collect())
        }
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_summed_for_each_set_of_dimensions() {
        let sums = CloudWatch::default();
        let line = serde_json::json!({
            "_aws": { "Timestamp": 7_200_000, "CloudWatchMetrics": [{
                "Namespace": "Shop", "Dimensions": [["Function"], []], "Metrics": [{ "Name": "Cost", "Unit": "None" }],
            }] },
            "Cost": 1.5, "Function": "checkout", "counts": {},
        });
        sums.take(&line.to_string());
        sums.take(&line.to_string());
        sums.take("no metric");
        let kept = held(&sums.0);
        assert_eq!(kept.len(), 2);
        assert!(kept.values().all(|hours| hours.get(&2) == Some(&3.0)), "{kept:?}");
    }

    #[test]
    fn a_search_reads_its_own_form_alone() {
        let search = Search::parse("SEARCH('{Shop,Function} MetricName=\"Cost\"', 'Sum', 86400)").unwrap();
        assert_eq!((search.namespace.as_str(), search.name.as_str(), search.period), ("Shop", "Cost", 86_400));
        assert_eq!(search.dimensions, ["Function"]);
        assert!(Search::parse("SUM(METRICS())").is_none());
    }
}
