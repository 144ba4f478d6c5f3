//! The environment a function runs in. The only place that knows what its variables are called.

use std::collections::BTreeMap;

/// The variables of one function, as its template declares them.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

/// A variable that the function needs and the template does not set.
#[derive(Debug, thiserror::Error)]
#[error("the environment has no {0}: the function's template entry must set it")]
pub struct MissingVariable(pub String);

impl Environment {
    /// The names of all variables.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Reads the process's own environment.
    #[allow(clippy::disallowed_methods)]
    pub fn of_process() -> Self {
        Self(std::env::vars().collect())
    }

    /// An environment with these variables and no other.
    pub fn new(variables: BTreeMap<String, String>) -> Self {
        Self(variables)
    }

    /// The value of `name`.
    ///
    /// # Errors
    /// When it is not set.
    pub fn require(&self, name: &str) -> Result<&str, MissingVariable> {
        self.get(name).ok_or_else(|| MissingVariable(name.to_owned()))
    }

    /// The value of `name`, where it is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}
