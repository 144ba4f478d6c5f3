//! Event patterns: what a mapping lets through to its function.
//!
//! Knows the comparisons that filters in the template use: equality, prefix, suffix, exists, numeric, anything-but.
//! It deliberately refuses any other when the template is read, for a filter that is not understood would lose events.
//! The rules are those of EventBridge patterns as Lambda's event filtering applies them.

use serde_json::{Map, Value};

/// A pattern that is not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pattern's {0} is not understood")]
pub struct UnknownPattern(String);

/// A pattern: every field that it names must match.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern(Node);

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Fields(Vec<(String, Node)>),
    AnyOf(Vec<Test>),
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Equals(Value),
    Prefix(String),
    Suffix(String),
    Exists(bool),
    Numeric(Vec<(Comparison, f64)>),
    AnythingBut(Vec<Value>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Pattern {
    /// Reads a pattern's JSON text.
    ///
    /// # Errors
    /// What of it is not understood.
    pub fn parse(text: &str) -> Result<Self, UnknownPattern> {
        let value: Value = serde_json::from_str(text).map_err(|error| UnknownPattern(error.to_string()))?;
        match value.as_object() {
            Some(fields) => Node::fields(fields).map(Self),
            None => Err(UnknownPattern(text.to_owned())),
        }
    }

    /// Whether an event matches.
    pub fn matches(&self, event: &Value) -> bool {
        self.0.matches(Some(event))
    }
}

impl Node {
    fn fields(fields: &Map<String, Value>) -> Result<Self, UnknownPattern> {
        fields
            .iter()
            .map(|(name, value)| {
                let node = match value {
                    Value::Object(inner) => Self::fields(inner)?,
                    Value::Array(tests) => Self::AnyOf(tests.iter().map(Test::read).collect::<Result<_, _>>()?),
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                        return Err(UnknownPattern(format!("{name}: {value}")));
                    }
                };
                Ok((name.clone(), node))
            })
            .collect::<Result<_, _>>()
            .map(Self::Fields)
    }

    fn matches(&self, value: Option<&Value>) -> bool {
        match self {
            Self::Fields(fields) => {
                fields.iter().all(|(name, node)| node.matches(value.and_then(|value| value.get(name))))
            }
            Self::AnyOf(tests) => tests.iter().any(|test| test.holds(value)),
        }
    }
}

impl Test {
    fn read(value: &Value) -> Result<Self, UnknownPattern> {
        let unknown = || UnknownPattern(value.to_string());
        let map = match value {
            Value::Object(map) => map,
            Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {
                return Ok(Self::Equals(value.clone()));
            }
            Value::Array(_) => return Err(unknown()),
        };
        let mut entries = map.iter();
        let (Some((name, argument)), None) = (entries.next(), entries.next()) else {
            return Err(unknown());
        };
        match (name.as_str(), argument) {
            ("prefix", Value::String(text)) => Ok(Self::Prefix(text.clone())),
            ("suffix", Value::String(text)) => Ok(Self::Suffix(text.clone())),
            ("exists", Value::Bool(there)) => Ok(Self::Exists(*there)),
            ("anything-but", Value::Array(not)) => Ok(Self::AnythingBut(not.clone())),
            ("anything-but", Value::String(_) | Value::Number(_)) => Ok(Self::AnythingBut(vec![argument.clone()])),
            ("numeric", Value::Array(parts)) => {
                let bounds: Option<Vec<_>> = parts
                    .chunks(2)
                    .map(|pair| match pair {
                        [Value::String(sign), Value::Number(bound)] => Some((Comparison::read(sign)?, bound.as_f64()?)),
                        _other => None,
                    })
                    .collect();
                bounds.map(Self::Numeric).ok_or_else(unknown)
            }
            _other => Err(unknown()),
        }
    }

    fn holds(&self, value: Option<&Value>) -> bool {
        let text = value.and_then(Value::as_str);
        match self {
            Self::Equals(wanted) => value == Some(wanted),
            Self::Prefix(prefix) => text.is_some_and(|text| text.starts_with(prefix)),
            Self::Suffix(suffix) => text.is_some_and(|text| text.ends_with(suffix)),
            // Only a leaf exists.
            Self::Exists(wanted) => value.is_some_and(|value| !value.is_object()) == *wanted,
            Self::AnythingBut(not) => value.is_some_and(|value| !not.contains(value)),
            Self::Numeric(bounds) => {
                // DynamoDB's images write numbers as texts.
                let number = value.and_then(|value| match value {
                    Value::Number(number) => number.as_f64(),
                    Value::String(text) => text.parse().ok(),
                    Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
                });
                number.is_some_and(|number| bounds.iter().all(|(comparison, bound)| comparison.holds(number, *bound)))
            }
        }
    }
}

impl Comparison {
    fn read(sign: &str) -> Option<Self> {
        Some(match sign {
            "=" => Self::Equal,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            _other => return None,
        })
    }

    #[allow(clippy::float_cmp)]
    fn holds(self, number: f64, bound: f64) -> bool {
        match self {
            Self::Equal => number == bound,
            Self::Less => number < bound,
            Self::LessOrEqual => number <= bound,
            Self::Greater => number > bound,
            Self::GreaterOrEqual => number >= bound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn matches(pattern: Value, event: &Value) -> bool {
        Pattern::parse(&pattern.to_string()).unwrap().matches(event)
    }

    #[test]
    fn the_outbox_filter_lets_events_through_and_nothing_else() {
        let filter = json!({"dynamodb": {"NewImage": {"emits": {"S": [{"exists": true}]}}}});
        let emits = json!({"eventName": "INSERT", "dynamodb": {"NewImage": {"emits": {"S": "order_placed"}}}});
        let silent = json!({"eventName": "MODIFY", "dynamodb": {"NewImage": {"pk": {"S": "a"}}}});
        let removed = json!({"eventName": "REMOVE", "dynamodb": {"OldImage": {"emits": {"S": "x"}}}});
        assert!(matches(filter.clone(), &emits));
        assert!(!matches(filter.clone(), &silent));
        assert!(!matches(filter, &removed));
    }

    #[test]
    fn every_field_must_match_and_any_of_its_tests() {
        let event = json!({"eventName": "MODIFY", "n": {"N": "7"}, "s": "order#1"});
        assert!(matches(json!({"eventName": ["INSERT", "MODIFY"]}), &event));
        assert!(!matches(json!({"eventName": ["MODIFY"], "s": ["no"]}), &event));
        assert!(matches(json!({"s": [{"prefix": "order#"}]}), &event));
        assert!(matches(json!({"s": [{"suffix": "#1"}]}), &event));
        assert!(matches(json!({"n": {"N": [{"numeric": [">", 5, "<=", 7]}]}}), &event));
        assert!(!matches(json!({"n": {"N": [{"numeric": [">", 7]}]}}), &event));
        assert!(matches(json!({"t": [{"exists": false}]}), &event));
        assert!(matches(json!({"s": [{"anything-but": ["x"]}]}), &event));
        assert!(!matches(json!({"t": [{"anything-but": ["x"]}]}), &event));
    }

    #[test]
    fn a_comparison_that_is_not_understood_is_refused() {
        let pattern = json!({"ip": [{"cidr": "10.0.0.0/8"}]}).to_string();
        assert!(Pattern::parse(&pattern).is_err());
        assert!(Pattern::parse("[]").is_err());
    }
}
