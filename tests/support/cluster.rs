//! The real Kubernetes of the tests, and places of one's own in it.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::part;

/// The test cluster, as `tests/parts/cluster.sh run` announces it.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// `host:port` of the registry that its node pulls from.
    pub registry: String,
    /// The kubeconfig's context.
    pub context: String,
    kubectl: PathBuf,
}

impl Cluster {
    /// The cluster; nothing where tests are to run without.
    ///
    /// # Panics
    /// If it is not there, telling how to get it.
    pub fn get() -> Option<Self> {
        match (std::env::var("LINKSPAN_TEST_REGISTRY"), std::env::var("LINKSPAN_TEST_CONTEXT")) {
            (Ok(registry), Ok(context)) => Some(Self { registry, context, kubectl: part("kubectl") }),
            _ if std::env::var("LINKSPAN_TEST_OFFLINE").as_deref() == Ok("1") => {
                eprintln!("skipped: there is no test cluster");
                None
            }
            _ => panic!(
                "this test needs the test cluster, as root on Debian:\n  \
                 tests/parts/install.sh && tests/parts/cluster.sh up\n  \
                 tests/parts/cluster.sh run cargo test …\n\
                 `tests/run.sh` does it all; LINKSPAN_TEST_OFFLINE=1 leaves such tests out"
            ),
        }
    }

    /// A namespace of one's own, which goes with what is in it. What a broken-off run left in it is gone.
    pub fn namespace(&self, name: &str) -> Namespace {
        let namespace = Namespace { cluster: self.clone(), name: name.to_owned() };
        namespace.delete();
        let gone = self.try_kubectl(&["wait", "--for=delete", &format!("namespace/{name}"), "--timeout=60s"]);
        assert!(gone.as_ref().err().is_none_or(|error| error.contains("not found")), "{gone:?}");
        namespace
    }

    /// What kubectl prints, or what it complains about.
    pub fn try_kubectl(&self, arguments: &[&str]) -> Result<String, String> {
        let output = Command::new(&self.kubectl)
            .args(["--context", &self.context])
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| error.to_string())?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }
}

/// A namespace that a test has for itself.
pub struct Namespace {
    /// The cluster that it is in.
    pub cluster: Cluster,
    /// Its name.
    pub name: String,
}

impl Namespace {
    /// What kubectl prints for this namespace.
    pub fn kubectl(&self, arguments: &[&str]) -> String {
        self.try_kubectl(arguments).unwrap_or_else(|error| panic!("kubectl {arguments:?}: {error}"))
    }

    /// The same, where it may fail.
    pub fn try_kubectl(&self, arguments: &[&str]) -> Result<String, String> {
        self.cluster.try_kubectl(&[&["--namespace", &self.name], arguments].concat())
    }

    /// An object.
    pub fn object(&self, kind: &str, name: &str) -> Value {
        serde_json::from_str(&self.kubectl(&["get", kind, name, "--output=json"])).expect("JSON")
    }

    /// The address of a Service, from where the tests run.
    pub fn url(&self, service: &str) -> String {
        let service = self.object("service", service);
        format!(
            "http://{}:{}",
            service["spec"]["clusterIP"].as_str().expect("an address"),
            service["spec"]["ports"][0]["port"]
        )
    }

    /// What a person would look at if something is wrong: pods, what happened to them, and what they said.
    pub fn state(&self) -> String {
        let ask = |arguments: &[&str]| self.try_kubectl(arguments).unwrap_or_else(|error| error);
        let pods = ask(&["get", "pods", "--output=wide"]);
        let events = ask(&["get", "events", "--sort-by=.lastTimestamp"]);
        let names = ask(&["get", "pods", "--output=jsonpath={.items[*].metadata.name}"]);
        let logs = names.split_whitespace().map(|pod| {
            let (now, before) =
                (ask(&["logs", pod, "--tail=15"]), self.try_kubectl(&["logs", pod, "--tail=8", "--previous"]));
            format!("--- {pod}\n{}{now}", before.map_or(String::new(), |before| format!("{before}--- and again\n")))
        });
        format!("{pods}{events}{}", logs.collect::<String>())
    }

    /// Ends it, without waiting for programs that do not stop when they are asked to.
    fn delete(&self) {
        let namespace = ["delete", "namespace", &self.name, "--ignore-not-found", "--wait=false"];
        let pods = ["delete", "pods", "--all", "--grace-period=1", "--wait=false"];
        if let Err(error) = self.cluster.try_kubectl(&namespace).and_then(|_| self.try_kubectl(&pods)) {
            eprintln!("the namespace `{}` is still there: {error}", self.name);
        }
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the namespace `{}` at the end:\n{}", self.name, self.state());
        }
        self.delete();
    }
}
