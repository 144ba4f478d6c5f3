//! Who may do what: the functions' own Allow statements, evaluated per call.
//!
//! Knows actions, resources and wildcards; it deliberately knows no Deny, no condition and no resource policy, for the
//! template's functions have none (the template's reader refuses them).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use crate::keep::held;
use crate::template::{Model, Statement};

/// The caller that may do everything: the console, tests, a developer's own tools.
pub const DEVELOPER: &str = "developer";

/// What a call needs: an action on a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// Such as dynamodb:PutItem.
    pub action: String,
    /// An ARN.
    pub resource: String,
}

impl Need {
    /// An action on a resource.
    pub fn new(action: &str, resource: String) -> Self {
        Self { action: action.to_owned(), resource }
    }
}

/// A call that no statement allows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{function} is not authorized to perform {action} on {resource}: its template entry grants no such statement")]
pub struct Denied {
    /// Who called.
    pub function: String,
    /// What it tried.
    pub action: String,
    /// On what.
    pub resource: String,
}

/// The grants of all functions, and what was made of them.
#[derive(Debug, Default)]
pub struct Grants {
    statements: BTreeMap<String, Vec<Statement>>,
    used: Mutex<BTreeSet<(String, String, String)>>,
    denied: Mutex<BTreeSet<Denied>>,
}

impl Grants {
    /// The grants that a template gives.
    pub fn of(model: &Model) -> Self {
        Self {
            statements: model
                .functions
                .iter()
                .map(|function| (function.folder.clone(), function.statements.clone()))
                .collect(),
            ..Self::default()
        }
    }

    /// Checks everything that a call needs.
    ///
    /// # Errors
    /// The first need that no statement of the caller's grants.
    pub fn check(&self, caller: &str, needs: &[Need]) -> Result<(), Denied> {
        if caller == DEVELOPER {
            return Ok(());
        }
        for need in needs {
            if !self.allows(caller, need) {
                let denied = Denied {
                    function: caller.to_owned(),
                    action: need.action.clone(),
                    resource: need.resource.clone(),
                };
                held(&self.denied).insert(denied.clone());
                return Err(denied);
            }
            held(&self.used).insert((caller.to_owned(), need.action.clone(), need.resource.clone()));
        }
        Ok(())
    }

    /// Whether a caller may do one thing.
    pub fn allows(&self, caller: &str, need: &Need) -> bool {
        caller == DEVELOPER
            || self
                .statements
                .get(caller)
                .is_some_and(|statements| statements.iter().any(|statement| statement.allows(need)))
    }

    /// Every (function, action, resource) that was used so far.
    pub fn used(&self) -> BTreeSet<(String, String, String)> {
        held(&self.used).clone()
    }

    /// Counts as used what was used elsewhere, such as in another run of the same template.
    pub fn also_used(&self, used: impl IntoIterator<Item = (String, String, String)>) {
        held(&self.used).extend(used);
    }

    /// Every call that was denied so far.
    pub fn denied(&self) -> BTreeSet<Denied> {
        held(&self.denied).clone()
    }

    /// What the template grants and nothing has used so far: (function, action, resource as granted).
    pub fn unused(&self) -> Vec<(String, String, String)> {
        let used = held(&self.used);
        let mut unused = Vec::new();
        for (function, statements) in &self.statements {
            for statement in statements {
                for action in &statement.actions {
                    for resource in &statement.resources {
                        let touched = used
                            .iter()
                            .any(|(by, done, on)| by == function && matches(action, done) && matches(resource, on));
                        if !touched {
                            unused.push((function.clone(), action.clone(), resource.clone()));
                        }
                    }
                }
            }
        }
        unused
    }
}

impl Statement {
    fn allows(&self, need: &Need) -> bool {
        // IAM compares actions without regard to case, resources with it.
        let action = need.action.to_ascii_lowercase();
        self.actions.iter().any(|granted| matches(&granted.to_ascii_lowercase(), &action))
            && self.resources.iter().any(|granted| matches(granted, &need.resource))
    }
}

/// Whether `text` matches `pattern`, whose `*` stands for any run of letters and `?` for one.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // Where the last star stood, and how much of the text it has swallowed.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && (pattern[p] == b'?' || pattern[p] == text[t]) && pattern[p] != b'*' {
            p += 1;
            t += 1;
        } else if p < pattern.len() && pattern[p] == b'*' {
            star = Some((p, t));
            p += 1;
        } else if let Some((at, swallowed)) = star {
            star = Some((at, swallowed + 1));
            p = at + 1;
            t = swallowed + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|rest| *rest == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants() -> Grants {
        let statement = |actions: &[&str], resources: &[&str]| Statement {
            actions: actions.iter().map(|text| (*text).to_owned()).collect(),
            resources: resources.iter().map(|text| (*text).to_owned()).collect(),
        };
        Grants {
            statements: BTreeMap::from([(
                "checkout".to_owned(),
                vec![
                    statement(&["dynamodb:GetItem", "dynamodb:Put*"], &["arn:t/Orders"]),
                    statement(&["s3:GetObject"], &["arn:aws:s3:::media/*"]),
                ],
            )]),
            ..Grants::default()
        }
    }

    #[test]
    fn only_what_is_granted_is_allowed() {
        let grants = grants();
        let ask = |who: &str, action: &str, resource: &str| {
            grants.check(who, &[Need::new(action, resource.to_owned())]).is_ok()
        };
        assert!(ask("checkout", "dynamodb:GetItem", "arn:t/Orders"));
        assert!(ask("checkout", "dynamodb:PutItem", "arn:t/Orders"));
        assert!(!ask("checkout", "dynamodb:UpdateItem", "arn:t/Orders"));
        assert!(!ask("checkout", "dynamodb:GetItem", "arn:t/Orders/index/a"));
        assert!(ask("checkout", "s3:GetObject", "arn:aws:s3:::media/a/b.png"));
        assert!(!ask("checkout", "s3:GetObject", "arn:aws:s3:::media"));
        assert!(!ask("nobody", "dynamodb:GetItem", "arn:t/Orders"));
        assert!(ask(DEVELOPER, "dynamodb:DeleteTable", "arn:t/Orders"));
    }

    #[test]
    fn what_was_used_denied_and_never_used_is_listed() {
        let grants = grants();
        assert!(grants.check("checkout", &[Need::new("dynamodb:GetItem", "arn:t/Orders".to_owned())]).is_ok());
        let denied = grants.check("checkout", &[Need::new("sqs:SendMessage", "arn:q".to_owned())]).unwrap_err();
        assert!(denied.to_string().contains("checkout is not authorized to perform sqs:SendMessage on arn:q"));
        assert_eq!(grants.used().len(), 1);
        assert_eq!(grants.denied().len(), 1);
        assert_eq!(grants.unused().len(), 2);
    }

    #[test]
    fn stars_stand_for_any_run() {
        assert!(matches("*", ""));
        assert!(matches("a*b*c", "aXXbYYc"));
        assert!(!matches("a*b*c", "aXXbYY"));
        assert!(matches("arn:*:table/?", "arn:x:y:table/q"));
        assert!(!matches("abc", "abcd"));
    }
}
