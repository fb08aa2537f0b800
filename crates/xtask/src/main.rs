//! Generates what is derivable: the actions, the reference, schemas, man pages, completions.
//!
//! `cargo xtask generate` writes the files, `cargo xtask generate --check` fails where one differs.
//!
//! `cargo xtask tables [FOLDER]` reads a real kube-apiserver, which `kubectl` must reach, and writes the tables of the
//! embedded cluster; it is none of the above because it needs that server.
//! `cargo xtask protobuf` writes the one table that comes from Go modules instead, which `go` must find.

mod action;
mod files;
mod markdown;
mod reference;
mod tables;

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
    match arguments {
        ["generate"] => generated()?.write(&root),
        ["generate", "--check"] => generated()?.check(&root),
        ["tables"] => tables::write(&root.join("crates/cluster/tables")),
        ["protobuf"] => tables::write_protobuf(&root, &root.join("crates/cluster/tables")),
        ["tables", folder] => tables::write(Path::new(folder)),
        _ => bail!("usage: cargo xtask generate [--check] | tables [FOLDER] | protobuf"),
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
