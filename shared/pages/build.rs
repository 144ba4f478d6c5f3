//! Bundles the browser's files in `web/` with esbuild and writes what Rust needs of them.
//!
//! `$OUT_DIR/names.rs` holds their hashed paths, which every page links to;
//! `$OUT_DIR/embedded.rs` holds their bytes and is compiled only with the
//! feature `assets`. Runs again only when something in `web/` changed. The
//! first run fetches the locked packages with `npm ci`.

use std::error::Error;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() -> Result<(), Box<dyn Error>> {
    let web = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("web");
    let out = PathBuf::from(variable("OUT_DIR")?);
    for part in ["css", "js", "img", "bundle.mjs", "package.json", "package-lock.json"] {
        println!("cargo::rerun-if-changed=web/{part}");
    }

    install(&web)?;
    let bundle = out.join("assets");
    run(Command::new("node").arg("bundle.mjs").arg(&bundle).current_dir(&web), "bundling the browser's files")?;

    let manifest = fs::read_to_string(bundle.join("manifest.tsv"))?;
    let (names, embedded) = rust_of(&manifest, &bundle)?;
    fs::write(out.join("names.rs"), names)?;
    fs::write(out.join("embedded.rs"), embedded)?;
    Ok(())
}

fn variable(name: &str) -> Result<OsString, String> {
    std::env::var_os(name).ok_or_else(|| format!("{name} is not set: build this with cargo"))
}

/// Installs the locked packages when they are absent or older than the lock.
fn install(web: &Path) -> Result<(), Box<dyn Error>> {
    let lock = web.join("package-lock.json");
    // Two cargo processes with different target directories share `web/`.
    let turn = File::open(&lock)?;
    turn.lock()?;
    let installed = web.join("node_modules/.package-lock.json");
    let fresh = match (modified(&installed), modified(&lock)) {
        (Some(done), Some(wanted)) => done >= wanted,
        (None, _) | (_, None) => false,
    };
    if fresh {
        return Ok(());
    }
    run(
        Command::new("npm")
            .args(["ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(web),
        "installing the locked packages of shared/pages/web",
    )
}

fn modified(path: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(path).and_then(|found| found.modified()).ok()
}

fn run(command: &mut Command, doing: &str) -> Result<(), Box<dyn Error>> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.output() {
        Ok(done) if done.status.success() => Ok(()),
        Ok(done) => Err(format!(
            "{doing} failed ({}):\n{}{}",
            done.status,
            String::from_utf8_lossy(&done.stdout),
            String::from_utf8_lossy(&done.stderr)
        )
        .into()),
        Err(cause) => Err(format!(
            "{doing} needs `{program}`, which did not start ({cause}). Install Node 20 or newer with npm, then build again."
        )
        .into()),
    }
}

/// The constants of the hashed paths, and the table of the files' bytes.
fn rust_of(manifest: &str, bundle: &Path) -> Result<(String, String), Box<dyn Error>> {
    let mut names = String::new();
    let mut embedded = String::from("static ASSETS: &[Asset] = &[\n");
    for line in manifest.lines() {
        let mut columns = line.split('\t');
        let (Some(logical), Some(file), Some(content_type)) = (columns.next(), columns.next(), columns.next()) else {
            return Err(format!("manifest.tsv has a line that is not three columns: {line}").into());
        };
        let constant = logical.replace(['.', '-'], "_").to_uppercase();
        writeln!(names, "/// The hashed path of `{logical}`.")?;
        writeln!(names, "pub const {constant}: &str = \"/assets/{file}\";")?;
        let bytes = |suffix: &str| {
            let path = bundle.join(format!("{file}{suffix}"));
            if path.exists() {
                format!("Some(include_bytes!({:?}))", path.display().to_string())
            } else {
                "None".to_owned()
            }
        };
        writeln!(
            embedded,
            "    Asset {{ path: \"/assets/{file}\", content_type: \"{content_type}\", bytes: {}, brotli: {}, gzip: {} }},",
            bytes(""),
            bytes(".br"),
            bytes(".gz"),
        )?;
    }
    embedded.push_str("];\n");
    if names.is_empty() {
        return Err("the bundle is empty".into());
    }
    Ok((names, embedded))
}
