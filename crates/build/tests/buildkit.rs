//! What BuildKit makes of small Dockerfiles, and what this crate makes of them: the same configuration, the same
//! files, the same entries in each layer. The answers in `buildkit.json` are BuildKit v0.34.2's; `null` means that
//! it refuses the Dockerfile (and this crate must, too).
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at what it does not expect")]

use std::collections::BTreeMap;
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use base64::Engine as _;
use clap::Parser;
use linkspan_build::{BuildArgs, run};
use linkspan_command::Context;
use linkspan_oci::digest::Digest;
use linkspan_oci::layout::Layout;
use serde_json::{Value, json};

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    args: BuildArgs,
}

/// Makes the build context of a case.
fn prepare(folder: &Path, case: &Value) {
    for file in case["files"].as_array().unwrap() {
        let path = folder.join(file["path"].as_str().unwrap());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        if file["folder"] == true {
            std::fs::create_dir_all(&path).unwrap();
        } else if let Some(target) = file["symlink"].as_str() {
            symlink(target, &path).unwrap();
        } else if let Some(target) = file["hardlink"].as_str() {
            std::fs::hard_link(folder.join(target), &path).unwrap();
        } else if file["socket"] == true {
            drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        } else if file["fifo"] == true {
            assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        } else if let Some(text) = file["gzip"].as_str() {
            let bytes = base64::engine::general_purpose::STANDARD.decode(text).unwrap();
            let mut plain = Vec::new();
            flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap();
            std::fs::write(&path, plain).unwrap();
        } else {
            std::fs::write(&path, file["text"].as_str().unwrap()).unwrap();
        }
        if file["symlink"].is_null() && file["hardlink"].is_null() && file["socket"].is_null() {
            let usual = if file["folder"] == true { 0o755 } else { 0o644 };
            let mode = file["mode"].as_u64().unwrap_or(usual);
            std::fs::set_permissions(&path, PermissionsExt::from_mode(u32::try_from(mode).unwrap())).unwrap();
        }
    }
    std::fs::write(folder.join("Dockerfile"), case["dockerfile"].as_str().unwrap()).unwrap();
}

/// Builds a case: its configuration, files and layers, or the error.
fn build(case: &Value) -> Result<Value, String> {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().join("context");
    std::fs::create_dir(&folder).unwrap();
    prepare(&folder, case);
    let flags = case["flags"].as_array().unwrap().iter().map(|flag| flag.as_str().unwrap().to_owned());
    let fixed = ["linkspan-build", "context", "--output", "oci=layout", "--builder", "native", "--store", "store"]
        .map(str::to_owned);
    let args = Command::parse_from(fixed.into_iter().chain(flags)).args;
    run(&args, &Context::quiet("build", work.path())).map_err(|failure| failure.to_string())?;
    Ok(read(&work.path().join("layout")))
}

fn read(folder: &Path) -> Value {
    let layout = Layout::open(folder).unwrap();
    let document = layout.document(layout.resolve(None).unwrap()).unwrap();
    let manifest = document.as_manifest().unwrap();
    let mut config = Vec::new();
    layout.blob(&manifest.config).unwrap().read_to_end(&mut config).unwrap();
    let mut config: Value = serde_json::from_slice(&config).unwrap();
    config["rootfs"].as_object_mut().unwrap().remove("diff_ids");
    let mut files = BTreeMap::new();
    let mut layers = Vec::new();
    for descriptor in &manifest.layers {
        let reader = flate2::read::MultiGzDecoder::new(layout.blob(descriptor).unwrap());
        layers.push(read_layer(reader, &mut files));
    }
    json!({ "config": config, "files": files.into_values().collect::<Vec<_>>(), "layers": layers })
}

/// The names in a layer; its entries replace those of the layers below.
fn read_layer(reader: impl Read, files: &mut BTreeMap<String, String>) -> Vec<String> {
    let mut names = Vec::new();
    for entry in tar::Archive::new(reader).entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = String::from_utf8(entry.path_bytes().to_vec()).unwrap().trim_end_matches('/').to_owned();
        let target = entry.link_name_bytes().map(|target| String::from_utf8(target.to_vec()).unwrap());
        let kind = entry.header().entry_type();
        let line = if kind.is_hard_link() {
            let first = &files[&target.unwrap()];
            let fields: Vec<&str> = first.splitn(4, ' ').collect();
            let rest = fields[3].rsplitn(3, ' ').collect::<Vec<_>>();
            format!("{} {} {} {name} {} {}", fields[0], fields[1], fields[2], rest[1], rest[0])
        } else {
            describe(&mut entry, &name, target)
        };
        if !kind.is_dir() {
            files.retain(|other, _| !other.starts_with(&format!("{name}/")));
        }
        files.insert(name.clone(), line);
        names.push(name);
    }
    names.sort();
    names
}

fn describe(entry: &mut tar::Entry<'_, impl Read>, name: &str, target: Option<String>) -> String {
    let header = entry.header().clone();
    let mut bytes = Vec::new();
    entry.read_to_end(&mut bytes).unwrap();
    let (kind, rest) = match header.entry_type() {
        tar::EntryType::Directory => ("folder", String::new()),
        tar::EntryType::Regular => ("file", format!(" {} {}", bytes.len(), &Digest::sha256(&bytes).hex()[..12])),
        tar::EntryType::Symlink => ("link", format!(" -> {}", target.unwrap())),
        tar::EntryType::Fifo => ("fifo", String::new()),
        tar::EntryType::Char => ("char", String::new()),
        other => panic!("{other:?}"),
    };
    format!("{kind} {:o} {}:{} {name}{rest}", header.mode().unwrap(), header.uid().unwrap(), header.gid().unwrap())
}

#[test]
fn the_same_as_buildkit() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("buildkit.json")).unwrap();
    assert!(cases.len() > 130);
    let mut different = Vec::new();
    for case in &cases {
        let (name, expected) = (case["name"].as_str().unwrap(), &case["expected"]);
        match build(case) {
            Err(error) if !expected.is_null() => different.push(format!("{name}: {error}")),
            Ok(_) if expected.is_null() => different.push(format!("{name}: accepted")),
            Ok(found) => {
                for part in ["config", "files", "layers"] {
                    if found[part] != expected[part] {
                        different.push(format!("{name}: {part}\n  {}\n  {}", expected[part], found[part]));
                    }
                }
            }
            Err(_) => {}
        }
    }
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n"));
}
