//! Tools: what a proof needs beside Rust, and how a bare Debian comes by it.
//!
//! This module knows the names of packages and where they are put: Debian's own by apt, Python's in target/venv*, npm's beside the
//! browser tests. It deliberately does not know what the tools find.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::step::{Call, Failure, Stage};

/// A Debian package, and the command that answers 0 where it is not needed any more.
struct Package {
    names: &'static [&'static str],
    probe: &'static str,
    why: &'static str,
}

/// What every proof needs.
const ALWAYS: &[Package] = &[
    Package { names: &["build-essential"], probe: "cc --version", why: "crates that build C" },
    Package {
        names: &["nodejs", "npm"],
        probe: "npm --version",
        why: "pages bundle their style sheets and scripts with it",
    },
];

/// What linting the template needs.
const LINT: &[Package] = &[Package {
    names: &["python3", "python3-venv"],
    probe: "python3 -c import\u{a0}ensurepip,venv",
    why: "cfn-lint runs in it",
}];

/// What the browser tests need.
const BROWSER: &[Package] =
    &[Package { names: &["chromium", "fonts-liberation"], probe: "chromium --version", why: "browser tests drive it" }];

impl Package {
    /// The probe; a no-break space stands for a space inside an argument.
    fn call(&self) -> Call {
        let mut words = self.probe.split(' ');
        let program = words.next().unwrap_or_default();
        words.fold(Call::new(program), |call, word| call.with(word.replace('\u{a0}', " ")))
    }
}

/// Whether the repository has browser tests.
pub(crate) fn has_browser_tests(root: &Path) -> bool {
    browser(root).join("package.json").is_file()
}

/// Where the browser tests are.
pub(crate) fn browser(root: &Path) -> PathBuf {
    root.join("tests/browser")
}

/// A Python of its own for tools that pin each other's dependencies differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Venv {
    /// cfn-lint, the translator, the emulator of AWS.
    Cloud,
    /// The SAM CLI.
    Sam,
    /// checkov.
    Checkov,
}

impl Venv {
    /// What tells it from the first, in its folder's name and in its list's.
    const fn suffix(self) -> &'static str {
        match self {
            Self::Cloud => "",
            Self::Sam => "-sam",
            Self::Checkov => "-checkov",
        }
    }

    fn directory(self) -> String {
        format!("target/venv{}", self.suffix())
    }

    /// One of its programs; [`Venv::make`] puts it there.
    pub(crate) fn program(self, root: &Path, name: &str) -> PathBuf {
        root.join(self.directory()).join("bin").join(name)
    }

    /// Installs what its list names, anew when the list changed.
    ///
    /// # Errors
    /// [`Failure::Refused`] if Python or pip refuses.
    pub(crate) fn make(self, stage: &mut Stage) -> Result<(), Failure> {
        let root = stage.root.clone();
        let (directory, list) = (self.directory(), format!("requirements{}.txt", self.suffix()));
        let requirements = root.join("tests/prove").join(&list);
        let stamp = root.join(&directory).join("installed.txt");
        let python = self.program(&root, "python");
        if same(&requirements, &stamp)? && Call::at(&python, "--version").answers(&root) {
            return Ok(());
        }
        let venv = Call::new(&format!("python3 -m venv --clear {directory}"));
        stage.step(&directory, "its tools get a Python of their own", &venv)?;
        let pip = Call::at(&python, "-m pip install --quiet --disable-pip-version-check --requirement");
        let why = "its list changed, or is new here";
        stage.step(&format!("pip install {list}"), why, &pip.with(requirements.display().to_string()))?;
        keep(&requirements, &stamp)
    }
}

/// Installs what is missing of Debian's packages and Rust's components. A quick proof lints nothing and opens no browser.
///
/// # Errors
/// [`Failure::Refused`] if apt or rustup refuses.
pub(crate) fn system(stage: &mut Stage, quick: bool) -> Result<(), Failure> {
    let mut wanted: Vec<&Package> = ALWAYS.iter().collect();
    if !quick {
        wanted.extend(LINT);
        if has_browser_tests(&stage.root) {
            wanted.extend(BROWSER);
        }
    }
    wanted.retain(|package| !package.call().answers(&stage.root));
    if !wanted.is_empty() {
        install(stage, &wanted)?;
    }
    if quick {
        return Ok(());
    }
    for component in ["rustfmt", "clippy"] {
        let probe = if component == "rustfmt" { "cargo fmt --version" } else { "cargo clippy --version" };
        if !Call::new(probe).answers(&stage.root) {
            let call = Call::new("rustup component add").with(component);
            stage.step(component, "this toolchain came without it", &call)?;
        }
    }
    Ok(())
}

fn install(stage: &mut Stage, packages: &[&Package]) -> Result<(), Failure> {
    let apt =
        if Call::new("sh -c").with("test $(id -u) = 0").answers(&stage.root) { "apt-get" } else { "sudo -n apt-get" };
    let quiet = |line: &str| Call::new(&format!("{apt} {line}")).setting("DEBIAN_FRONTEND", "noninteractive");
    stage.step("apt update", "something is missing from this machine", &quiet("update --quiet"))?;
    for package in packages {
        let names = package.names.join(" ");
        let call = quiet(&format!("install --yes --quiet --no-install-recommends {names}"));
        stage.step(&format!("apt install {names}"), package.why, &call)?;
    }
    Ok(())
}

/// cargo-deny, built into target/tools where the machine has none: two minutes once, which is why it is built without optimising.
///
/// # Errors
/// [`Failure::Refused`] if it does not build.
pub(crate) fn deny(stage: &mut Stage) -> Result<Call, Failure> {
    let everywhere = Call::new("cargo-deny");
    let here = Call::at(&stage.root.join("target/tools/bin/cargo-deny"), "");
    for call in [&everywhere, &here] {
        if call.clone().with("--version").answers(&stage.root) {
            return Ok(call.clone());
        }
    }
    let install = Call::new("cargo install --locked --debug --root target/tools cargo-deny@0.20.2");
    stage.step("cargo install cargo-deny", "dependencies are checked with it", &install)?;
    Ok(here)
}

/// Installs what the browser tests are written with, anew when their lock changed.
///
/// # Errors
/// [`Failure::Refused`] if npm refuses.
pub(crate) fn browser_packages(stage: &mut Stage) -> Result<(), Failure> {
    let directory = browser(&stage.root);
    let lock = directory.join("package-lock.json");
    let stamp = stage.root.join("target/prove/browser-packages.json");
    if directory.join("node_modules").is_dir() && same(&lock, &stamp)? {
        return Ok(());
    }
    stage.step(
        "npm ci",
        "the browser tests' packages changed, or are new here",
        &Call::new("npm ci --no-audit --no-fund").within(&directory),
    )?;
    keep(&lock, &stamp)
}

/// Whether a stamp is there and is a copy of the file that it was made of.
fn same(file: &Path, stamp: &Path) -> Result<bool, Failure> {
    Ok(stamp.is_file() && read(file)? == read(stamp)?)
}

/// Makes the stamp that says for which state of a file something was installed.
fn keep(file: &Path, stamp: &Path) -> Result<(), Failure> {
    let contents = read(file)?;
    if let Some(directory) = stamp.parent() {
        fs::create_dir_all(directory).map_err(about(directory))?;
    }
    fs::write(stamp, contents).map_err(about(stamp))
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(file).map_err(about(file))
}

fn about(path: &Path) -> impl FnOnce(io::Error) -> Failure {
    move |source| Failure::File { path: path.to_path_buf(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_keeps_an_argument_with_a_space_whole() {
        let call = LINT[0].call();
        assert_eq!(call, Call::new("python3 -c").with("import ensurepip,venv"));
    }

    #[test]
    fn a_stamp_is_a_copy() {
        let directory = std::env::temp_dir().join(format!("prove-stamp-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let (file, stamp) = (directory.join("file"), directory.join("stamp"));
        fs::write(&file, "one").unwrap();
        assert!(!same(&file, &stamp).unwrap());
        keep(&file, &stamp).unwrap();
        assert!(same(&file, &stamp).unwrap());
        fs::write(&file, "two").unwrap();
        assert!(!same(&file, &stamp).unwrap());
        fs::remove_dir_all(&directory).unwrap();
    }
}
