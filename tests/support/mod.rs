//! What black-box tests share.
#![allow(dead_code, unreachable_pub, reason = "each test takes what it needs")]
#![allow(clippy::panic, clippy::print_stderr, reason = "a test fails by panicking, and says why")]

pub mod act;
pub mod browser;
pub mod cluster;
pub mod http;
pub mod outcome;

use std::path::{Path, PathBuf};

/// The repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A program of the workspace, built beside the tests.
pub fn program(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_BIN_EXE_linkspan")).parent().expect("programs are in a folder");
    let program = folder.join(name);
    assert!(program.exists(), "`{name}` is not built: run `cargo build --workspace` first");
    program
}

/// Where the parts are.
fn tools() -> PathBuf {
    let home = std::env::var("HOME").unwrap_or_default();
    let tools = std::env::var("LINKSPAN_TOOLS").unwrap_or_else(|_| format!("{home}/.cache/linkspan-tools"));
    Path::new(&tools).join("bin")
}

/// A part that `tests/parts/install.sh` makes.
pub fn part(name: &str) -> PathBuf {
    let part = tools().join(name);
    assert!(part.exists(), "`{name}` is missing: tests/parts/install.sh makes it");
    part
}

/// Whether these parts are there; where tests are to run without, what is missing is told.
///
/// # Panics
/// If one is missing, telling how to get it.
pub fn have(parts: &[&str]) -> bool {
    let offline = std::env::var("LINKSPAN_TEST_OFFLINE").as_deref() == Ok("1");
    let there = !offline || parts.iter().all(|name| tools().join(name).exists());
    if there {
        parts.iter().for_each(|name| drop(part(name)));
    } else {
        eprintln!("skipped: not all of {parts:?} are there");
    }
    there
}

/// Copies a folder with all that is in it, but for what `left_out` names.
pub fn copy(from: &Path, to: &Path, left_out: &[&str]) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        let (from, name) = (entry.path(), entry.file_name());
        match (left_out.iter().any(|left_out| name == *left_out), from.is_dir()) {
            (true, _) => {}
            (false, true) => copy(&from, &to.join(name), left_out),
            (false, false) => drop(std::fs::copy(&from, to.join(name)).expect("a copy")),
        }
    }
}

/// Variables that a runner or a person may have set, and that tests must not see.
pub fn is_foreign(variable: &str) -> bool {
    const PREFIXES: [&str; 5] = ["GITHUB_", "RUNNER_", "ACTIONS_", "INPUT_", "LINKSPAN_"];
    const NAMES: [&str; 9] = [
        "CI",
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "FORCE_COLOR",
        "TERM",
        "RUST_BACKTRACE",
        "RUST_LOG",
        "COLUMNS",
    ];
    PREFIXES.iter().any(|prefix| variable.starts_with(prefix)) || NAMES.contains(&variable)
}
