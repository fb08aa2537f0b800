//! The committed tables of the embedded cluster, against the kube-apiserver of the test cluster.
//!
//! `tests/parts/cluster.sh run cargo test …` sets `KUBECONFIG`. Where it is missing the test fails;
//! `LINKSPAN_TEST_OFFLINE=1` skips it, visibly.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test fails by panicking and says that it is skipped")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn is_there() -> bool {
    if std::env::var_os("KUBECONFIG").is_some() {
        return true;
    }
    let offline = std::env::var("LINKSPAN_TEST_OFFLINE").as_deref() == Ok("1");
    assert!(offline, "no kube-apiserver: run this with `tests/parts/cluster.sh run cargo test …`");
    eprintln!("skipped: LINKSPAN_TEST_OFFLINE=1");
    false
}

/// All files below a folder by their names there.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for path in std::fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                waiting.push(path);
            } else {
                files.insert(path.strip_prefix(folder).unwrap().to_owned(), std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

#[test]
fn the_committed_tables_are_what_the_server_says() {
    if !is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let generator =
        Command::new(env!("CARGO_BIN_EXE_linkspan-xtask")).arg("tables").arg(folder.path()).status().unwrap();
    assert!(generator.success());
    let mut committed = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../cluster/tables"));
    // Written by hand; made of the published `.proto` files, not of a server's answers.
    for other in ["README.md", "protobuf.json"] {
        committed.remove(Path::new(other));
    }
    let read = files(folder.path());
    assert_eq!(read.keys().collect::<Vec<_>>(), committed.keys().collect::<Vec<_>>());
    let differing: Vec<_> =
        read.iter().filter(|(name, bytes)| committed[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(differing.is_empty(), "{differing:?} are not as generated; run `cargo run -p linkspan-xtask -- tables`");
}
