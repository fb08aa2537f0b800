//! Our requests against a server made from GitHub's own description of its API.
//!
//! The description (npm `@octokit/openapi`) and the server (npm `@stoplight/prism-cli`) are test tools; `--errors`
//! makes the server refuse requests that the description does not allow.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::support::{connect, deployment};
use linkspan_github::{DeploymentId, Deployments as _, GitHubError, Links, Record, State};
use serde_json::{Map, Value, json};

const HOW: &str =
    "npm install --prefix ~/.cache/linkspan-tools/github @octokit/openapi@23.0.2 @stoplight/prism-cli@5.16.0";

/// The tools' folder; `None` where tests may do without.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn tools() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let tools = std::env::var_os("LINKSPAN_TOOLS").map(PathBuf::from);
    let tools = tools.unwrap_or_else(|| home.join(".cache/linkspan-tools"));
    let modules = tools.join("github/node_modules");
    if modules.join(".bin/prism").exists() {
        return Some(modules);
    }
    assert!(
        std::env::var("LINKSPAN_TEST_OFFLINE").is_ok_and(|value| value == "1"),
        "GitHub's description is missing in {}: {HOW}, or set LINKSPAN_TEST_OFFLINE=1 to skip",
        modules.display()
    );
    eprintln!("skipped: GitHub's description is missing");
    None
}

/// A running server, ended with the value.
struct Prism {
    process: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Prism {
    fn start(modules: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let description = folder.path().join("github.json");
        std::fs::write(&description, reduced(modules).to_string()).expect("a file");
        // The program itself, not its wrapper: killing that would leave a child behind.
        let mut process = Command::new("node")
            .arg(modules.join("@stoplight/prism-cli/dist/index.js"))
            .args(["mock", "--errors", "-h", "127.0.0.1", "-p", "0"])
            .arg(description)
            .stdout(Stdio::piped())
            .spawn()
            .expect("node");
        let log = BufReader::new(process.stdout.take().expect("a pipe"));
        let mut lines = log.lines().map_while(Result::ok);
        let url = lines.find_map(|line| line.split_once("listening on ").map(|(_, url)| url.trim().to_owned()));
        // Its log has to be read on, or it stops at a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        let url = url.expect("prism did not start");
        Self { process, url, _folder: folder }
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The description of deployments alone: the whole takes the server ten seconds to read.
fn reduced(modules: &Path) -> Value {
    let path = modules.join("@octokit/openapi/generated/api.github.com.json");
    let whole: Value = serde_json::from_slice(&std::fs::read(path).expect("the description")).expect("JSON");
    let paths = whole["paths"].as_object().expect("paths").iter();
    let paths: Map<_, _> = paths
        .filter(|(path, _)| path.starts_with("/repos/{owner}/{repo}/deployments"))
        .map(|(path, item)| (path.clone(), item.clone()))
        .collect();
    let mut result = json!({"openapi": whole["openapi"], "info": whole["info"], "paths": paths});
    let mut pending = references(&result["paths"]);
    let mut seen = BTreeSet::new();
    while let Some(reference) = pending.pop_first() {
        if seen.insert(reference.clone()) {
            let steps: Vec<_> = reference.split('/').collect();
            let (group, kind, name) = (steps[1], steps[2], steps[3]);
            let part = &whole[group][kind][name];
            pending.extend(references(part));
            result[group][kind][name] = part.clone();
        }
    }
    result
}

fn references(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(map) => {
            let own = map.get("$ref").and_then(Value::as_str).map(ToOwned::to_owned);
            map.values().flat_map(references).chain(own).collect()
        }
        Value::Array(values) => values.iter().flat_map(references).collect(),
        _ => BTreeSet::new(),
    }
}

#[tokio::test]
async fn githubs_own_description_accepts_our_requests() {
    let Some(modules) = tools() else { return };
    let prism = Prism::start(&modules);
    let links = Links {
        log: Some("https://github.com/acme/shop/actions/runs/7".to_owned()),
        environment: Some("https://shop.acme.eu".to_owned()),
    };
    let github = connect(&prism.url).unwrap();
    let record = Record::begin(github, &deployment(), links).await.unwrap();
    assert_eq!(record.id(), DeploymentId(1), "the description's example");
    for state in [State::InProgress, State::Success, State::Failure, State::Error, State::Inactive] {
        record.say(state, &"long ".repeat(60)).await.unwrap();
    }
}

#[tokio::test]
async fn its_server_does_refuse() {
    let Some(modules) = tools() else { return };
    let prism = Prism::start(&modules);
    // The description has no such path; a server that accepts anything would prove nothing.
    let github = connect(&format!("{}/nowhere", prism.url)).unwrap();
    let error = github.create(&deployment()).await.unwrap_err();
    assert!(matches!(error, GitHubError::NotFound { .. }), "{error}");
    let refused = post_without_ref(&prism.url).await;
    assert!(refused.starts_with("HTTP/1.1 422 "), "{refused}");
}

/// A deployment without its ref, sent by hand.
async fn post_without_ref(url: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let host = url.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(host).await.expect("prism");
    let request = format!(
        "POST /repos/acme/shop/deployments HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}"
    );
    stream.write_all(request.as_bytes()).await.expect("prism");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("prism");
    answer
}
