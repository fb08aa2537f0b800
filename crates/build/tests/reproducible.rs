//! The same content gives the same digest, whatever the clock, the machine and the number of threads.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use linkspan_build::{BuildArgs, run};
use linkspan_command::{Context, Environment};

const FILES: [(&str, &str); 6] = [
    ("Dockerfile", "FROM scratch\nCOPY . /app/\nADD b /b\nWORKDIR /app/new\nLABEL x=y\n"),
    ("a/one", "1"),
    ("a/two", "22"),
    ("b", "333"),
    ("run.sh", "#!/bin/sh\n"),
    ("c/d/e/f", "4444"),
];

struct Tree {
    umask: u32,
    reverse: bool,
    age: u64,
}

/// Writes the tree as a checkout under a umask would.
fn checkout(folder: &Path, tree: &Tree) {
    let mut files = FILES;
    if tree.reverse {
        files.reverse();
    }
    let set =
        |path: &Path, mode: u32| std::fs::set_permissions(path, PermissionsExt::from_mode(mode & !tree.umask)).unwrap();
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        set(&path, if name.ends_with(".sh") { 0o777 } else { 0o666 });
        let time = SystemTime::now() - Duration::from_secs(tree.age);
        std::fs::File::options()
            .append(true)
            .open(&path)
            .unwrap()
            .set_times(std::fs::FileTimes::new().set_modified(time))
            .unwrap();
    }
    for directory in ["a", "c/d/e", "c/d", "c"] {
        set(&folder.join(directory), 0o777);
    }
}

fn digest(tree: &Tree, jobs: u16, variables: &[(&str, &str)]) -> String {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().join("context");
    std::fs::create_dir(&folder).unwrap();
    checkout(&folder, tree);
    let args = BuildArgs {
        targets: vec!["context".into()],
        output: vec!["oci=layout".into()],
        platform: vec!["linux/amd64".into()],
        no_cache: true,
        jobs: Some(jobs),
        ..BuildArgs::default()
    };
    let environment: Environment = variables.iter().copied().collect();
    let report = run(&args, &Context { environment, ..Context::quiet("build", work.path()) }).unwrap();
    check_with_other_readers(&work.path().join("layout"));
    report.outputs.iter().find(|(name, _)| name == "digest").unwrap().1.clone()
}

/// GNU tar and gzip read every layer without a complaint.
fn check_with_other_readers(layout: &Path) {
    for blob in std::fs::read_dir(layout.join("blobs/sha256")).unwrap() {
        let path = blob.unwrap().path();
        if std::fs::read(&path).unwrap().starts_with(&[0x1f, 0x8b]) {
            let ok = |program: &str, arguments: &[&str]| {
                let output =
                    Command::new(program).args(arguments).stdin(std::fs::File::open(&path).unwrap()).output().unwrap();
                assert!(
                    output.status.success() && output.stderr.is_empty(),
                    "{program}: {}",
                    String::from_utf8_lossy(&output.stderr)
                );
            };
            ok("gzip", &["-t"]);
            ok("tar", &["-tzvf", "-"]);
        }
    }
}

#[test]
fn one_digest_for_every_checkout() {
    let usual = Tree { umask: 0o022, reverse: false, age: 0 };
    let digests = [
        digest(&usual, 1, &[]),
        digest(&usual, 8, &[]),
        digest(&Tree { age: 1_000_000, ..usual }, 2, &[]),
        digest(&Tree { umask: 0o022, reverse: true, age: 5 }, 2, &[]),
        digest(&Tree { umask: 0o002, reverse: true, age: 5 }, 2, &[]),
        digest(&Tree { umask: 0o077, reverse: false, age: 7 }, 3, &[("TZ", "Asia/Tokyo"), ("LANG", "tr_TR.UTF-8")]),
        digest(&Tree { umask: 0o027, reverse: false, age: 9 }, 4, &[]),
    ];
    // A change of this digest makes every image of every user new: it needs a very good reason.
    for found in digests {
        insta::allow_duplicates!(
            insta::assert_snapshot!(found, @"sha256:59587ee0aa56750054fa9c94b50cd7489b55b050ac53bc9ece93ce9aceffd813")
        );
    }
}

#[test]
fn a_time_changes_files_and_configuration_together() {
    let usual = || Tree { umask: 0o022, reverse: false, age: 0 };
    let (one, two) = (
        digest(&usual(), 2, &[("SOURCE_DATE_EPOCH", "1700000000")]),
        digest(&usual(), 1, &[("SOURCE_DATE_EPOCH", "1700000000")]),
    );
    assert_eq!(one, two);
    assert_ne!(one, digest(&usual(), 2, &[]));
}
