//! Fetches the font with `npm ci` the first time and copies its two weights to
//! `$OUT_DIR`, from where they are embedded.

use std::error::Error;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGE: &str = "node_modules/@expo-google-fonts/instrument-sans";
const FONTS: [(&str, &str); 2] = [
    ("400Regular/InstrumentSans_400Regular.ttf", "regular.ttf"),
    ("600SemiBold/InstrumentSans_600SemiBold.ttf", "semibold.ttf"),
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=package.json");
    println!("cargo::rerun-if-changed=package-lock.json");
    let home = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(variable("OUT_DIR")?);
    install(&home)?;
    for (from, to) in FONTS {
        let from = home.join(PACKAGE).join(from);
        fs::copy(&from, out.join(to)).map_err(|cause| format!("{} is not readable: {cause}", from.display()))?;
    }
    Ok(())
}

fn variable(name: &str) -> Result<OsString, String> {
    std::env::var_os(name).ok_or_else(|| format!("{name} is not set: build this with cargo"))
}

/// Installs the locked package when it is absent or older than the lock.
fn install(home: &Path) -> Result<(), Box<dyn Error>> {
    let lock = home.join("package-lock.json");
    // Two cargo processes with different target directories share this folder.
    let turn = File::open(&lock)?;
    turn.lock()?;
    let modified = |path: &Path| fs::metadata(path).and_then(|found| found.modified()).ok();
    if let (Some(done), Some(wanted)) = (modified(&home.join("node_modules/.package-lock.json")), modified(&lock))
        && done >= wanted
    {
        return Ok(());
    }
    let ran = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(home)
        .output()
        .map_err(|cause| format!("the font needs `npm`, which did not start ({cause}). Install Node 20 or newer."))?;
    if ran.status.success() {
        return Ok(());
    }
    let said = [ran.stdout, ran.stderr].concat();
    Err(format!("npm ci in shared/print failed ({}):\n{}", ran.status, String::from_utf8_lossy(&said)).into())
}
