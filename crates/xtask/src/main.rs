//! Generates what is derivable: the actions, the reference, schemas, man pages, completions.
//!
//! `cargo xtask generate` writes the files, `cargo xtask generate --check` fails where one differs.

mod action;
mod files;
mod markdown;
mod reference;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};
use files::Files;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let files = generated()?;
    match arguments {
        ["generate"] => files.write(&root),
        ["generate", "--check"] => files.check(&root),
        _ => bail!("usage: cargo xtask generate [--check]"),
    }
}

fn generated() -> Result<Files> {
    let mut files = Files::default();
    action::generate(&mut files)?;
    reference::generate(&mut files)?;
    Ok(files)
}

#[expect(clippy::print_stderr, reason = "a developer's tool, without a report")]
fn say(line: &str) {
    eprintln!("error: {line}");
}
