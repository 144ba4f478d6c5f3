//! `cargo prove`: everything that has to hold before a change lands, from a bare Debian with Rust to the tests' closing lines.
//!
//! `cargo prove` takes all steps; `cargo prove quick` runs the rules and the journeys alone. Each step says what it does and why,
//! the first that fails ends the proof with its output. This program knows the order of the steps and deliberately not what they
//! check: that is written in the lints, in lint.py and in the tests. It uses the standard library alone, so that it is there at once.

mod runner;
mod step;
mod tools;

use std::error::Error;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use runner::Runner;
use step::{Call, Failure, Stage, elapsed};
use tools::Venv;

/// How much is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Every step.
    Whole,
    /// Rules and journeys.
    Quick,
}

impl Extent {
    fn of(arguments: &[String]) -> Option<Self> {
        match arguments {
            [] => Some(Self::Whole),
            [one] if one == "quick" => Some(Self::Quick),
            [..] => None,
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(extent) = Extent::of(&arguments) else {
        return finish(io::stderr(), "usage: cargo prove [quick]\n", 2);
    };
    let mut stage = Stage::new(root());
    match prove(&mut stage, extent) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => finish(io::stdout(), &told(&failure), 1),
    }
}

/// The repository's root: this package is tests/prove of it.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map(Path::to_path_buf).unwrap_or_default()
}

fn prove(stage: &mut Stage, extent: Extent) -> Result<(), Failure> {
    let started = Instant::now();
    let root = stage.root.clone();
    let mut closing = Vec::new();
    tools::system(stage, extent == Extent::Quick)?;

    if extent == Extent::Whole {
        stage.step("format", "one way to lay out code", &Call::new("cargo fmt --all --check"))?;
        Venv::Cloud.make(stage)?;
        let lint = Call::at(&Venv::Cloud.program(&root, "python"), "tests/prove/lint.py");
        let findings =
            stage.step("template", "what is deployed is valid, granted exactly, within its budgets", &lint)?;
        stage.say(findings.trim_end())?;
        Venv::Sam.make(stage)?;
        let sam = Call::at(&Venv::Sam.program(&root, "sam"), "validate --lint --template infra/template.yaml")
            .setting("SAM_CLI_TELEMETRY", "0")
            .setting("__SAM_CLI_APP_DIR", "target/prove/sam");
        stage.step("sam validate", "what `sam deploy` reads is what it understands", &sam)?;
        Venv::Checkov.make(stage)?;
        let checkov = Call::at(&Venv::Checkov.program(&root, "checkov"), "--config-file .config/checkov.yaml");
        stage.step("checkov", "the translated template is safe, but for exceptions that say why", &checkov)?;
        let deny = tools::deny(stage)?.then("--locked --config .config/deny.toml check bans licenses sources");
        stage.step("dependencies", "licences and sources are ones the house takes", &deny)?;
        let clippy = Call::new("cargo clippy --workspace --all-targets --locked -- -D warnings");
        stage.step("clippy", "the house's lints hold everywhere", &clippy)?;
        let build = Call::new("cargo build --workspace --locked");
        stage.step("build", "every function links, and the shop that the browser opens", &build)?;
    }

    let tests = if Call::new("cargo nextest --version").answers(&root) { Runner::Nextest } else { Runner::Cargo };
    let uses = root.join("target/prove/grants");
    let recorded = uses.display().to_string();
    let call = tests.call().setting("RECORD_GRANTS", &recorded);
    if extent == Extent::Whole {
        forget(&uses)?;
    }
    let output = stage.step("tests", "rules hold, and journeys through the whole house end well", &call)?;
    let rust_closing: Vec<String> = tests.closing(&output).into_iter().map(str::to_owned).collect();

    if extent == Extent::Whole {
        if tests == Runner::Nextest {
            stage.step(
                "examples",
                "code in the docs compiles and runs, which nextest leaves out",
                &Call::new("cargo test --workspace --doc"),
            )?;
        }
        if tools::has_browser_tests(&root) {
            tools::browser_packages(stage)?;
            let call = Runner::Node.call().within(tools::browser(&root)).setting("RECORD_GRANTS", &recorded);
            let output = stage.step("browser", "a shopper buys with a real browser", &call)?;
            closing.extend(Runner::Node.closing(&output).into_iter().map(str::to_owned));
        }
        let fuzz = Call::at(&Venv::Cloud.program(&root, "python"), "tests/fuzz/fuzz.py target/debug/shop")
            .setting("RECORD_GRANTS", &recorded);
        let why = "whatever is sent, no operation fails or answers what its description does not say";
        let output = stage.step("fuzz", why, &fuzz)?;
        closing.extend(output.lines().last().map(str::to_owned));
        let release = Call::new("cargo build --workspace --bins --release --locked");
        stage.step("release build", "what is deployed, and a simulation that is fast", &release)?;
        let simulate = Call::at(&root.join("target/release/simulate"), "").setting("RECORD_GRANTS", &recorded);
        let output = stage.step("simulation", "200 seeds of people and faults end with everything right", &simulate)?;
        closing.extend(output.lines().next().map(str::to_owned));
        let why = "whatever is broken on purpose is noticed";
        let output = stage.step("sabotage", why, &simulate.then("--sabotage all"))?;
        closing.extend(output.lines().last().map(str::to_owned));
        let granted = Call::at(&root.join("target/debug/granted"), "").with(recorded.clone());
        let output = stage.step("grants", "no function is granted what no test made it use", &granted)?;
        closing.extend(output.lines().last().map(str::to_owned));
        let deployed = Call::at(&root.join("target/release/deployed"), "")
            .with(Venv::Cloud.program(&root, "python").display().to_string())
            .with("target/release")
            .with("target/prove/deployed");
        let why = "the real binaries, made by CloudFormation in an emulator of AWS, tell the same stories";
        let output = stage.step("deployed", why, &deployed)?;
        closing.extend(output.lines().last().map(str::to_owned));
    }

    stage.say(&format!("prove: passed, {} steps in {}", stage.steps(), elapsed(started)))?;
    closing.extend(rust_closing);
    stage.say(&closing.join("\n"))
}

/// Removes what an earlier proof left in a directory.
fn forget(directory: &Path) -> Result<(), Failure> {
    match std::fs::remove_dir_all(directory) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(Failure::File { path: directory.to_path_buf(), source })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// A failure with its causes, and the output of the command last, so that a test runner's closing lines end it.
fn told(failure: &Failure) -> String {
    let mut text = format!("prove: {failure}");
    let mut cause = failure.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text.push('\n');
    if let Failure::Refused { output, .. } = failure {
        text.push_str(output.trim_end());
        text.push('\n');
    }
    text
}

/// Says the last words. If nobody can hear them the exit code still tells.
fn finish(mut out: impl Write, words: &str, code: u8) -> ExitCode {
    match out.write_all(words.as_bytes()) {
        Ok(()) | Err(_) => ExitCode::from(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_words_are_understood() {
        let words = |line: &str| Extent::of(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(words(""), Some(Extent::Whole));
        assert_eq!(words("quick"), Some(Extent::Quick));
        assert_eq!(words("slow"), None);
        assert_eq!(words("quick quick"), None);
    }

    #[test]
    fn the_root_holds_the_template() {
        assert!(root().join("infra/template.yaml").is_file());
    }

    #[test]
    fn a_failure_ends_with_the_output() {
        let failure =
            Failure::Refused { command: "cargo test".into(), code: Some(101), output: "a\nclosing line\n\n".into() };
        assert_eq!(told(&failure), "prove: `cargo test` ended with exit code 101\na\nclosing line\n");
    }
}
