//! What functions did on which resource, kept beyond one test: one file for each shop that was under test.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use local::Engine;

/// A function, an action, a resource.
pub type Use = (String, String, String);

/// The variable that names the directory; without it nothing is kept.
const DIRECTORY: &str = "RECORD_GRANTS";

static SHOPS: AtomicUsize = AtomicUsize::new(0);

/// Keeps what the functions of a shop did.
///
/// # Panics
/// When it cannot be written.
#[allow(clippy::disallowed_methods)]
pub fn record(engine: &Engine) {
    let Some(directory) = std::env::var_os(DIRECTORY) else {
        return;
    };
    fs::create_dir_all(&directory).unwrap();
    let name = format!("{}-{}.json", std::process::id(), SHOPS.fetch_add(1, Ordering::SeqCst));
    let used = serde_json::to_vec(&engine.grants().used()).unwrap();
    fs::write(Path::new(&directory).join(name), used).unwrap();
}

/// All that was kept in a directory.
///
/// # Panics
/// When it cannot be read.
pub fn recorded(directory: &Path) -> BTreeSet<Use> {
    let mut used = BTreeSet::new();
    for file in fs::read_dir(directory).unwrap() {
        used.append(&mut serde_json::from_slice(&fs::read(file.unwrap().path()).unwrap()).unwrap());
    }
    used
}
