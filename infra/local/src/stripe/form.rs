//! Stripe's form encoding: nested parameters as `line_items[0][price_data][currency]`.
//!
//! Knows names, indexes and metadata; it deliberately knows no rule about values. A parameter nobody asked for is an
//! error, as it is at Stripe.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::Answer;

/// The parameters of one request. What was read is crossed off, so that the rest can be refused.
#[derive(Debug)]
pub(super) struct Form {
    values: BTreeMap<String, String>,
}

impl Form {
    pub(super) fn parse(body: &[u8]) -> Result<Self, Answer> {
        let pairs: Vec<(String, String)> = serde_html_form::from_bytes(body).map_err(|_| {
            Answer::invalid(None, None, "Invalid request: the body is not application/x-www-form-urlencoded.")
        })?;
        let mut values = BTreeMap::new();
        for (name, value) in pairs {
            if value.is_empty() {
                return Err(Answer::invalid(
                    Some(&name),
                    Some("parameter_invalid_empty"),
                    format!("You passed an empty string for '{name}'."),
                ));
            }
            values.insert(name, value);
        }
        Ok(Self { values })
    }

    /// Takes a parameter.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        self.values.remove(name)
    }

    /// Takes a parameter that must be there.
    pub(super) fn need(&mut self, name: &str) -> Result<String, Answer> {
        self.take(name).ok_or_else(|| Answer::missing(name))
    }

    /// Takes a whole number that is at least 1.
    pub(super) fn positive(&mut self, name: &str) -> Result<Option<i64>, Answer> {
        let Some(text) = self.take(name) else {
            return Ok(None);
        };
        match text.parse::<i64>() {
            Ok(number) if number > 0 => Ok(Some(number)),
            Ok(_) => Err(Answer::invalid(
                Some(name),
                Some("parameter_invalid_integer"),
                "This value must be greater than or equal to 1.",
            )),
            Err(_) => {
                Err(Answer::invalid(Some(name), Some("parameter_invalid_integer"), format!("Invalid integer: {text}")))
            }
        }
    }

    /// Takes `prefix[...]`, one level deep.
    pub(super) fn map(&mut self, prefix: &str) -> BTreeMap<String, String> {
        let names: Vec<(String, String)> = self
            .values
            .keys()
            .filter_map(|name| {
                let inner = name.strip_prefix(prefix)?.strip_prefix('[')?.strip_suffix(']')?;
                (!inner.contains(['[', ']'])).then(|| (name.clone(), inner.to_owned()))
            })
            .collect();
        names.into_iter().filter_map(|(name, inner)| Some((inner, self.values.remove(&name)?))).collect()
    }

    /// The indexes of a list `prefix[n]...`, in order.
    pub(super) fn indexes(&self, prefix: &str) -> BTreeSet<u32> {
        self.values
            .keys()
            .filter_map(|name| {
                let (index, _) = name.strip_prefix(prefix)?.strip_prefix('[')?.split_once(']')?;
                index.parse().ok()
            })
            .collect()
    }

    /// Refuses what nobody took.
    pub(super) fn done(self) -> Result<(), Answer> {
        match self.values.into_keys().next() {
            None => Ok(()),
            Some(name) => Err(Answer::invalid(
                Some(&name),
                Some("parameter_unknown"),
                format!("Received unknown parameter: {name}"),
            )),
        }
    }
}
