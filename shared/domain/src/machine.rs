//! State machines as tables: one row per legal transition, and an error value for every other.
//!
//! Knows how a table answers; each table stands with what it is about. The tables drive the rules, the tests, the
//! buttons of the desk and the API's enums.

/// A step that the state does not allow, with what it would.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot {step} while the {axis} is {state}")]
pub struct IllegalTransition {
    /// Which machine: `order`, `payment`, `shipment`, `hold`.
    pub axis: &'static str,
    /// The state that it is in.
    pub state: &'static str,
    /// The step that was tried.
    pub step: &'static str,
    /// The steps that are legal in that state.
    pub legal: Vec<&'static str>,
}

/// Writes a machine: the enum of its states, the enum of its steps and the table of its transitions.
macro_rules! machine {
    (
        $(#[$state_doc:meta])* $state:ident in $axis:literal by $(#[$step_doc:meta])* $step:ident;
        states { $($(#[$s_doc:meta])* $s:ident = $s_text:literal,)* }
        steps { $($(#[$t_doc:meta])* $t:ident = $t_text:literal,)* }
        table { $($from:ident + $by:ident => $to:ident;)* }
    ) => {
        $(#[$state_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $state { $($(#[$s_doc])* #[serde(rename = $s_text)] $s,)* }

        $(#[$step_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $step { $($(#[$t_doc])* $t,)* }

        impl $step {
            /// Every step.
            pub const ALL: &'static [Self] = &[$(Self::$t,)*];

            /// Its name.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$t => $t_text,)* } }
        }

        impl $state {
            /// Every state.
            pub const ALL: &'static [Self] = &[$(Self::$s,)*];

            /// Every legal transition: from, by, to.
            pub const TABLE: &'static [(Self, $step, Self)] = &[$((Self::$from, $step::$by, Self::$to),)*];

            /// As it is written in JSON.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$s => $s_text,)* } }

            /// The steps that are legal now.
            pub fn legal(self) -> Vec<$step> {
                Self::TABLE.iter().filter(|(from, ..)| *from == self).map(|(_, by, _)| *by).collect()
            }

            /// The state after `step`.
            ///
            /// # Errors
            /// When the table has no such row, with the steps that are legal.
            pub fn after(self, step: $step) -> Result<Self, $crate::machine::IllegalTransition> {
                let row = Self::TABLE.iter().find(|(from, by, _)| *from == self && *by == step);
                row.map(|(.., to)| *to).ok_or_else(|| $crate::machine::IllegalTransition {
                    axis: $axis,
                    state: self.as_str(),
                    step: step.as_str(),
                    legal: self.legal().into_iter().map($step::as_str).collect(),
                })
            }
        }

        impl std::fmt::Display for $state {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $state {
            type Err = $crate::machine::UnknownState;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|state| state.as_str() == text).ok_or($crate::machine::UnknownState($axis))
            }
        }
    };
}

pub(crate) use machine;

/// Writes the test that every row of a table stands once, every state is reached from the first ones, and every step
/// answers as the table says.
#[cfg(test)]
macro_rules! closed {
    ($name:ident, $state:ident, $step:ident, $first:expr) => {
        #[test]
        fn $name() {
            let rows: std::collections::BTreeSet<_> = $state::TABLE.iter().map(|(from, by, _)| (*from, *by)).collect();
            assert_eq!(rows.len(), $state::TABLE.len(), "a row stands twice");
            let mut reached = std::collections::BTreeSet::from($first);
            while let Some((.., to)) =
                $state::TABLE.iter().find(|(from, _, to)| reached.contains(from) && !reached.contains(to))
            {
                reached.insert(*to);
            }
            assert_eq!(reached.len(), $state::ALL.len(), "a state is never reached");
            for state in $state::ALL {
                assert_eq!(state.as_str().parse(), Ok(*state));
                assert_eq!(serde_json::to_string(state).unwrap(), format!("\"{state}\""));
                for step in $step::ALL {
                    match state.after(*step) {
                        Ok(to) => assert!($state::TABLE.contains(&(*state, *step, to))),
                        Err(refused) => {
                            assert!(!rows.contains(&(*state, *step)));
                            assert_eq!(refused.state, state.as_str());
                            let legal: Vec<_> = state.legal().into_iter().map($step::as_str).collect();
                            assert_eq!(refused.legal, legal);
                        }
                    }
                }
            }
        }
    };
}

#[cfg(test)]
pub(crate) use closed;

/// A text that names no state of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a state of the {0}")]
pub struct UnknownState(pub &'static str);
