//! A project of two small services, and what one does with it.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

const SERVER: &str = include_str!("server.txt");
const PATIENCE: Duration = Duration::from_secs(40);

/// A project in a folder of its own, with a state folder of its own.
pub(crate) struct Project {
    folder: tempfile::TempDir,
    context: String,
    /// Its name, which no other run has.
    pub(crate) name: String,
}

/// Whether something is there that a test needs; fails with how to get it, unless that was waived.
pub(crate) fn is_there(there: bool, what: &str) -> bool {
    if !there {
        assert_eq!(std::env::var("LINKSPAN_TEST_OFFLINE").as_deref(), Ok("1"), "this test needs {what}");
        eprintln!("skipped: this test needs {what}");
    }
    there
}

impl Project {
    /// A project; `None` where tests on a cluster are waived.
    pub(crate) fn new(name: &str) -> Option<Self> {
        let context = std::env::var("LINKSPAN_TEST_CONTEXT");
        let how =
            "a Kubernetes: run `tests/parts/cluster.sh up`, then `tests/parts/cluster.sh run cargo test --test local`";
        if !is_there(context.is_ok(), how) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let name = format!("local-{name}-{}", std::process::id());
        let files = folder.path().join("project");
        write_sample(&files);
        fs::write(files.join("linkspan.yaml"), format!("project: {name}\n")).unwrap();
        let project = Self { folder, context: context.unwrap(), name };
        project.compile();
        Some(project)
    }

    /// Where its files are.
    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    /// Its state folder; one that is not there if there is none.
    pub(crate) fn state(&self) -> PathBuf {
        let states = self.folder.path().join("state/linkspan");
        let first = fs::read_dir(&states).into_iter().flatten().flatten().next();
        first.map_or_else(|| states.join("none"), |entry| entry.path())
    }

    /// Changes what a service says.
    pub(crate) fn greet(&self, service: &str, words: &str) {
        let dockerfile = format!("FROM scratch\nCOPY serve /\nUSER 10001:10001\nENTRYPOINT [\"/serve\", {words:?}]\n");
        fs::write(self.folder().join("services").join(service).join("Dockerfile"), dockerfile).unwrap();
    }

    /// Replaces a text in a file that must have it.
    pub(crate) fn replace(&self, file: &str, old: &str, new: &str) {
        let path = self.folder().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{text}");
        fs::write(path, text.replace(old, new)).unwrap();
    }

    /// Runs a command that ends with a code; its output and errors.
    pub(crate) fn run(&self, arguments: &[&str], code: i32) -> (String, String) {
        let state = self.folder.path().join("state").display().to_string();
        let store = self.folder.path().join("cache").display().to_string();
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--kube-context", &self.context]).collect();
        linkspan(&self.folder(), &[("XDG_STATE_HOME", &state), ("XDG_CACHE_HOME", &store)], &arguments, code)
    }

    /// Runs a command; its report.
    pub(crate) fn json(&self, arguments: &[&str], code: i32) -> Value {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--format", "json"]).collect();
        serde_json::from_str(&self.run(&arguments, code).0).unwrap()
    }

    fn compile(&self) {
        let source = self.folder.path().join("serve.rs");
        fs::write(&source, SERVER).unwrap();
        let built = self.folder.path().join("serve");
        let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        rustc.args(["--edition", "2024", "-C", "target-feature=+crt-static", "-C", "strip=symbols", "-o"]);
        assert!(rustc.arg(&built).arg(&source).status().unwrap().success());
        for service in ["hello", "store"] {
            fs::copy(&built, self.folder().join("services").join(service).join("serve")).unwrap();
            self.greet(service, &format!("{service}\n"));
        }
    }
}

/// A test that failed half-way leaves nothing either.
impl Drop for Project {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.run(&["down"], 0)));
        }
    }
}

/// Writes the project's files, without its programs.
pub(crate) fn write_sample(folder: &Path) {
    let write = |path: &str, text: &str| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("services/hello/Dockerfile", "FROM scratch\nCOPY serve /\n");
    write("services/store/Dockerfile", "FROM scratch\nCOPY serve /\n");
    write("deploy/hello/app.yaml", include_str!("hello.yaml"));
    write(
        "deploy/hello/extra.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra}\ndata: {theirs: \"yes\"}\n",
    );
    write("deploy/store/app.yaml", include_str!("store.yaml"));
}

/// Runs the program with nothing of GitHub's or of ours in its environment.
pub(crate) fn linkspan(folder: &Path, variables: &[(&str, &str)], arguments: &[&str], code: i32) -> (String, String) {
    let ours =
        |name: &str| ["GITHUB_", "RUNNER_", "ACTIONS_", "LINKSPAN_"].iter().any(|prefix| name.starts_with(prefix));
    let mut command = Command::new(env!("CARGO_BIN_EXE_linkspan"));
    for (name, _) in std::env::vars().filter(|(name, _)| ours(name)) {
        command.env_remove(name);
    }
    let output = command.args(arguments).current_dir(folder).envs(variables.iter().copied()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (said, errors) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "linkspan {}:\n{said}\n{errors}", arguments.join(" "));
    (said, errors)
}

/// Asks the real cluster.
pub(crate) fn kubectl(arguments: &[&str]) -> String {
    let output = Command::new("kubectl").args(arguments).output().unwrap();
    assert!(output.status.success(), "kubectl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Ends a process without giving it a chance.
pub(crate) fn kill(pid: &str) {
    assert!(Command::new("kill").args(["-9", pid]).status().unwrap().success());
}

fn host(url: &str) -> &str {
    url.strip_prefix("http://").unwrap()
}

fn try_get(url: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(host(url))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(format!("GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", host(url)).as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    match answer.split_once("\r\n\r\n") {
        Some((head, body)) if head.starts_with("HTTP/1.1 200") => Ok(body.to_owned()),
        _ => Err(std::io::Error::other(format!("no answer: {answer:?}"))),
    }
}

/// What a page says.
pub(crate) fn get(url: &str) -> String {
    try_get(url).unwrap_or_else(|error| panic!("{url}: {error}"))
}

/// Nothing listens there.
pub(crate) fn assert_closed(url: &str) {
    assert!(TcpStream::connect(host(url)).is_err(), "{url} still answers");
}

/// Requests one after the other, until they are ended.
pub(crate) struct Requests {
    over: Arc<AtomicBool>,
    thread: JoinHandle<Vec<String>>,
}

/// Begins to ask again and again.
pub(crate) fn keep_asking(url: &str) -> Requests {
    let over = Arc::new(AtomicBool::new(false));
    let (url, flag) = (url.to_owned(), Arc::clone(&over));
    let ask = move || {
        let mut failures = Vec::new();
        while !flag.load(Ordering::Relaxed) {
            failures.extend(try_get(&url).err().map(|error| error.to_string()));
        }
        failures
    };
    Requests { over, thread: std::thread::spawn(ask) }
}

impl Requests {
    /// Ends them; none may have failed.
    pub(crate) fn end_without_failure(self) {
        self.over.store(true, Ordering::Relaxed);
        let failures = self.thread.join().unwrap();
        assert!(failures.is_empty(), "{} requests failed: {failures:?}", failures.len());
    }
}
