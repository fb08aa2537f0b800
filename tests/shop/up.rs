//! Through `linkspan up`, as a person does it, with a browser.

use std::path::Path;

use serde_json::Value;

use crate::shop::Shop;
use crate::support::browser::Browser;
use crate::support::cluster::{Cluster, Namespace};
use crate::support::http::{self, wait_until};
use crate::support::outcome::{Outcome, run_with};
use crate::{alone, folder};

const ORDER_PLACED: &str = "com.harbourbooks.storefront.order-placed.v1";

/// `up` and `down` with a state folder of their own. What is up when the test ends is taken down.
struct Local<'a> {
    cluster: &'a Cluster,
    state: tempfile::TempDir,
}

impl Local<'_> {
    fn linkspan(&self, command: &str) -> Outcome {
        let arguments = [command, "--kube-context", &self.cluster.context, "--format", "json"];
        run_with("linkspan", &folder(), &arguments, &[("XDG_STATE_HOME", self.state.path())])
    }
}

impl Drop for Local<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.linkspan("down").said());
        }
    }
}

/// Where a service is on this machine.
fn address(report: &Value, service: &str) -> String {
    let forwards = report["result"]["forwards"].as_array().unwrap();
    let found = forwards.iter().find(|forward| forward["service"] == service);
    found.unwrap_or_else(|| panic!("`{service}` is not forwarded: {report}"))["address"].as_str().unwrap().to_owned()
}

#[test]
fn a_person_buys_something_while_the_hub_is_killed() {
    let Some(cluster) = Cluster::get() else { return };
    let _alone = alone();
    let local = Local { cluster: &cluster, state: tempfile::tempdir().unwrap() };
    let namespace = cluster.namespace("shop");
    let outcome = local.linkspan("up");
    assert_eq!(outcome.code, 0, "{}", outcome.said());
    let report = outcome.report();
    assert_eq!((&report["result"]["changed"], &report["result"]["namespace"]), (&true.into(), &"shop".into()));

    let again = local.linkspan("up").expect_done().report();
    assert_eq!(again["result"]["changed"], false, "{again}");
    assert_eq!(again["result"]["forwards"], report["result"]["forwards"]);

    let shop = Shop { namespace: &namespace };
    shop.wait_until_open();
    let page = address(&report, "web");
    assert!(page.starts_with("http://127.0.0.1:"), "{page}");
    buy(&shop, &page);

    local.linkspan("down").expect_done();
    assert!(http::get(&page).is_err(), "{page} still answers");
    assert!(cluster.try_kubectl(&["get", "namespace", "shop"]).is_err_and(|error| error.contains("NotFound")));
    assert!(!local.state.path().join("linkspan").read_dir().is_ok_and(|mut left| left.next().is_some()));
}

/// Somebody buys two records. The warehouse is shut at that moment, and the hub dies before it is open again.
fn buy(shop: &Shop<'_>, page: &str) {
    let namespace = shop.namespace;
    let before = shop.stock("GR-0002");
    namespace.kubectl(&["scale", "deployment/warehouse", "--replicas=0"]);
    let pods = || namespace.kubectl(&["get", "pods", "-l", "app.kubernetes.io/name=warehouse", "-o=name"]);
    wait_until("the warehouse is shut", 30, || pods().is_empty());

    let browser = Browser::open();
    browser.visit(page);
    browser.follow("Songs for an Empty Pier");
    browser.fill("#customer", "Dora");
    browser.fill("#quantity", "2");
    browser.click("form button");
    let shown = browser.wait_for("Reserving", 20);
    assert!(shown.contains("Songs for an Empty Pier") && shown.contains("Dora"), "{shown}");
    let order = browser.address().rsplit('/').next().unwrap().to_owned();

    wait_until("the hub has the order", 30, || shop.hub_knows(ORDER_PLACED, &order));
    let restarts = restarts(namespace, "hub-0");
    kill(namespace, "hub-0", "hub");
    namespace.kubectl(&["scale", "deployment/warehouse", "--replicas=1"]);

    // The page is the same one, still open.
    let shown = browser.wait_for("47 points", 60);
    assert!(shown.contains("Points added"), "{shown}");
    assert!(browser.address().ends_with(&order));
    assert!(self::restarts(namespace, "hub-0") > restarts, "the hub was not killed");
    assert_eq!((shop.stock("GR-0002"), shop.reservations(&order).len()), (before - 2, 1));
    assert_eq!(shop.points("Dora"), 47);
    assert_eq!(shop.json("hub", "/dead-letters"), Value::Array(Vec::new()));

    // Also where the whole pod goes while the event is still on its way to the hub.
    browser.visit(page);
    browser.follow("Letters from the Night Ferry");
    browser.fill("#customer", "Emil");
    namespace.kubectl(&["delete", "pod", "hub-0", "--grace-period=0", "--force", "--wait=false"]);
    browser.click("form button");
    browser.wait_for("12 points", 60);
    let order = browser.address().rsplit('/').next().unwrap().to_owned();
    assert_eq!(shop.reservations(&order).len(), 1);
}

fn restarts(namespace: &Namespace, pod: &str) -> i64 {
    namespace.object("pod", pod)["status"]["containerStatuses"][0]["restartCount"].as_i64().unwrap_or_default()
}

/// Ends a pod's program as the kernel does it when memory is short: at once, with SIGKILL.
fn kill(namespace: &Namespace, pod: &str, program: &str) {
    let uid = namespace.object("pod", pod)["metadata"]["uid"].as_str().unwrap().to_owned();
    // The kubelet writes it either way into the name of the pod's cgroup.
    let names = [uid.clone(), uid.replace('-', "_")];
    let of_the_pod = |process: &Path| {
        let group = std::fs::read_to_string(process.join("cgroup")).unwrap_or_default();
        let name = std::fs::read_to_string(process.join("comm")).unwrap_or_default();
        name.trim() == program && names.iter().any(|name| group.contains(name))
    };
    let processes = Path::new("/proc").read_dir().unwrap().map(|entry| entry.unwrap().path());
    let found: Vec<_> = processes.filter(|process| of_the_pod(process)).collect();
    let [process] = found.as_slice() else { panic!("not one `{program}` in the pod `{pod}`: {found:?}") };
    let id = process.file_name().unwrap();
    assert!(std::process::Command::new("kill").arg("-KILL").arg(id).status().unwrap().success());
}
