//! Test runners: how each is called, and which of its lines say how it ended.
//!
//! This module knows the shape of three runners' last lines. It deliberately does not know which tests there are.

use crate::step::Call;

/// Who runs tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runner {
    /// cargo-nextest: a process a test, so that one cannot spoil another.
    Nextest,
    /// What comes with cargo, where nextest is not installed.
    Cargo,
    /// Node's own runner, for what drives a browser.
    Node,
}

impl Runner {
    /// The call that runs every test this runner is for.
    pub(crate) fn call(self) -> Call {
        match self {
            Self::Nextest => Call::new("cargo nextest run --workspace --color=never --no-fail-fast"),
            Self::Cargo => Call::new("cargo test --workspace --no-fail-fast"),
            Self::Node => Call::new("node --test --test-reporter=tap"),
        }
    }

    /// The lines that say how many tests passed, failed and were left out.
    pub(crate) fn closing(self, output: &str) -> Vec<&str> {
        let told: Vec<&str> = output
            .lines()
            .filter(|line| match self {
                Self::Nextest => line.trim_start().starts_with("Summary ["),
                Self::Cargo => line.starts_with("test result:") && !line.contains(" 0 passed; 0 failed;"),
                Self::Node => {
                    ["# tests ", "# pass ", "# fail ", "# skipped "].iter().any(|start| line.starts_with(start))
                }
            })
            .map(str::trim)
            .collect();
        // A runner that changed its words is still heard out.
        if told.is_empty() { output.lines().rev().take(1).collect() } else { told }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_runner_is_understood() {
        let nextest = "    Finished\n------------\n     Summary [   0.012s] 3 tests run: 3 passed, 0 skipped\n";
        assert_eq!(Runner::Nextest.closing(nextest), ["Summary [   0.012s] 3 tests run: 3 passed, 0 skipped"]);
        let cargo = "test result: ok. 0 passed; 0 failed; 0 ignored\ntest a ... ok\ntest result: ok. 1 passed; 0 failed; 0 ignored\n";
        assert_eq!(Runner::Cargo.closing(cargo), ["test result: ok. 1 passed; 0 failed; 0 ignored"]);
        let node = "ok 1 - buys\n1..1\n# tests 1\n# suites 0\n# pass 1\n# fail 0\n# skipped 0\n# duration_ms 9\n";
        assert_eq!(Runner::Node.closing(node), ["# tests 1", "# pass 1", "# fail 0", "# skipped 0"]);
    }

    #[test]
    fn unknown_words_are_passed_on() {
        assert_eq!(Runner::Nextest.closing("a\nall is well\n"), ["all is well"]);
    }
}
