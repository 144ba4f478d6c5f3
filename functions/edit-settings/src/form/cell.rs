//! One value of a form: how JSON stands in it as text, and how text is read back.

use domain::{Currency, Money};
use pages::components::Cell;
use serde_json::{Value, json};

/// Parts per million in one per cent.
const PPM: u64 = 10_000;

/// What a value is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Text.
    Text,
    /// Text of several lines.
    Lines,
    /// Text; null where it is empty.
    TextOrNone,
    /// A whole number.
    Number,
    /// A whole number; null where it is empty.
    NumberOrNone,
    /// Parts per million, typed as per cent.
    Percent,
    /// The same; null where it is empty.
    PercentOrNone,
    /// `yes` or `no`; empty is no.
    YesNo,
    /// `yes` or `no`; null where it is empty.
    YesNoOrNone,
    /// Money, typed as a decimal; null where it is empty.
    AmountOrNone,
    /// A list of codes: `AT, FR`.
    Codes,
    /// Weights and prices: `2000=4.90, any=9.90`.
    Bands,
}

/// A column of a table.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) key: &'static str,
    pub(crate) label: &'static str,
    pub(crate) kind: Kind,
}

impl Column {
    pub(crate) const fn new(key: &'static str, label: &'static str, kind: Kind) -> Self {
        Self { key, label, kind }
    }
}

impl Kind {
    /// The input that takes it.
    pub(crate) const fn cell(self) -> Cell {
        match self {
            Self::Text | Self::TextOrNone | Self::Codes | Self::Bands | Self::YesNo | Self::YesNoOrNone => Cell::Text,
            Self::Lines => Cell::Lines,
            Self::Number | Self::NumberOrNone => Cell::Number,
            Self::Percent | Self::PercentOrNone | Self::AmountOrNone => Cell::Amount,
        }
    }

    /// The value as it is shown.
    pub(crate) fn text(self, value: &Value) -> String {
        match (self, value) {
            (_, Value::Null) => String::new(),
            (Self::Percent | Self::PercentOrNone, _) => value.as_u64().map(percent).unwrap_or_default(),
            (Self::AmountOrNone, _) => decimal(value),
            (Self::Codes, Value::Array(codes)) => codes.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
            (Self::Bands, Value::Array(bands)) => bands.iter().map(band).collect::<Vec<_>>().join(", "),
            (Self::YesNo, Value::Bool(false)) => String::new(),
            (Self::YesNo | Self::YesNoOrNone, Value::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
            (_, Value::String(text)) => text.clone(),
            (_, Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => value.to_string(),
        }
    }

    /// What was typed, as JSON. Amounts are of `currency`.
    pub(crate) fn read(self, text: &str, currency: Currency) -> Result<Value, &'static str> {
        match self {
            Self::TextOrNone | Self::AmountOrNone | Self::NumberOrNone | Self::PercentOrNone | Self::YesNoOrNone
                if text.is_empty() =>
            {
                Ok(Value::Null)
            }
            Self::Text | Self::Lines | Self::TextOrNone => Ok(text.into()),
            Self::YesNo | Self::YesNoOrNone => match text.to_lowercase().as_str() {
                "yes" => Ok(Value::Bool(true)),
                "no" | "" => Ok(Value::Bool(false)),
                _ => Err("Enter yes or no."),
            },
            Self::Number | Self::NumberOrNone => {
                text.parse::<u64>().map(Value::from).map_err(|_| "Enter a whole number.")
            }
            Self::Percent | Self::PercentOrNone => {
                ppm(text).map(Value::from).ok_or("Enter a per cent, like 19 or 5.5.")
            }
            Self::AmountOrNone => amount(text, currency).ok_or("Enter an amount, like 50 or 49.90."),
            Self::Codes => Ok(split(text).map(str::to_uppercase).collect()),
            Self::Bands => split(text)
                .map(|pair| {
                    let (up_to, price) = pair.split_once('=')?;
                    let up_to = match up_to.trim() {
                        "any" => Value::Null,
                        grams => grams.parse::<u32>().ok()?.into(),
                    };
                    Some(json!({ "up_to_g": up_to, "price": amount(price, currency)? }))
                })
                .collect::<Option<Value>>()
                .ok_or("Enter prices like 2000=4.90, any=9.90."),
        }
    }
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty())
}

fn percent(ppm: u64) -> String {
    let (whole, rest) = (ppm / PPM, ppm % PPM);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:04}").trim_end_matches('0').to_owned() }
}

fn ppm(text: &str) -> Option<u64> {
    let text = text.trim_end_matches('%').trim().replace(',', ".");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || rest.len() > 4 || !plain(whole) || !plain(rest) {
        return None;
    }
    format!("{whole}{rest:0<4}").parse().ok()
}

fn amount(text: &str, currency: Currency) -> Option<Value> {
    serde_json::to_value(Money::parse_decimal(text, currency)?).ok()
}

fn decimal(value: &Value) -> String {
    serde_json::from_value::<Money>(value.clone()).map(Money::decimal).unwrap_or_default()
}

fn band(value: &Value) -> String {
    let up_to = value["up_to_g"].as_u64().map_or_else(|| "any".to_owned(), |grams| grams.to_string());
    format!("{up_to}={}", decimal(&value["price"]))
}
