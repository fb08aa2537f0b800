//! Through the commands, one after the other.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::shop::Shop;
use crate::support::cluster::{Cluster, Namespace};
use crate::support::outcome::run;
use crate::support::{copy, http};
use crate::{alone, folder};

/// Builds all services; the report.
fn build(registry: &str) -> Value {
    run("linkspan", &folder(), &["build", "--registry", registry, "--format", "json"]).expect_done().report()
}

fn lines(report: &Value) -> Vec<String> {
    serde_json::from_value(report["result"]["images"].clone()).unwrap()
}

/// Rolls out manifests; the report.
fn apply(namespace: &Namespace, paths: &str, images: &[String]) -> Value {
    let mut arguments =
        vec!["rollout", "apply", "-R", "-f", paths, "--namespace", &namespace.name, "--create-namespace"];
    arguments.extend(["--kube-context", &namespace.cluster.context, "--timeout", "120s", "--format", "json"]);
    arguments.extend(images.iter().flat_map(|line| ["--image", line]));
    let outcome = run("linkspan", &folder(), &arguments);
    assert_eq!(outcome.code, 0, "{}", outcome.said());
    outcome.report()
}

fn written(report: &Value) -> Vec<&str> {
    let objects = report["result"]["objects"].as_array().unwrap();
    let written = objects.iter().filter(|object| object["action"] != "unchanged");
    written.map(|object| object["name"].as_str().unwrap()).collect()
}

#[test]
fn the_shop_is_validated_built_rolled_out_and_works() {
    let Some(cluster) = Cluster::get() else { return };
    let _alone = alone();
    let namespace = cluster.namespace("shop-programs");
    let registry = format!("{}/shop-programs", cluster.registry);
    let checked = run("linkspan", &folder(), &["events", "validate", "--format", "json"]).expect_done().report();
    assert_eq!(checked["counts"]["error"], 0);

    let first = build(&registry);
    assert_eq!(lines(&first).len(), 7, "{first}");
    let again = build(&registry);
    assert_eq!(lines(&again), lines(&first));
    for service in again["result"]["services"].as_array().unwrap() {
        assert_eq!((&service["unchanged"], &service["bytesSent"]), (&true.into(), &0.into()), "{service}");
    }

    apply(&namespace, "deploy", &lines(&first));
    assert_eq!(written(&apply(&namespace, "deploy", &lines(&first))), Vec::<&str>::new());

    let shop = Shop { namespace: &namespace };
    shop.wait_until_open();
    let (order, before) = ("4c1d4a7e-6a58-4b1c-9d3e-0d3b5e0c7a11", shop.stock("GR-0001"));
    shop.order(order, "Ada", "GR-0001", 2);
    let settled = shop.wait_until_settled(order);
    assert_eq!((&settled["status"], &settled["points"]), (&"reserved".into(), &55.into()), "{settled}");
    assert_eq!((shop.stock("GR-0001"), shop.reservations(order).len()), (before - 2, 1));
    assert_eq!(shop.points("Ada"), 55);

    nobody_notices_that_the_page_is_replaced(&namespace, &lines(&first));
}

/// Applies a change to the page's pods while somebody asks for it all the time, each time on a new connection.
fn nobody_notices_that_the_page_is_replaced(namespace: &Namespace, images: &[String]) {
    let manifests = tempfile::tempdir().unwrap();
    copy(&folder().join("deploy/web"), manifests.path(), &[]);
    let file = manifests.path().join("deployment.yaml");
    let (text, known) = (std::fs::read_to_string(&file).unwrap(), "            - { name: DRAIN_SECONDS");
    assert!(text.contains(known), "{text}");
    std::fs::write(&file, text.replace(known, &format!("            - {{ name: SEASON, value: winter }}\n{known}")))
        .unwrap();
    let image: Vec<String> = images.iter().filter(|line| line.starts_with("web=")).cloned().collect();

    let pods = || {
        namespace.kubectl(&["get", "pods", "-l", "app.kubernetes.io/name=web", "-o=jsonpath={.items[*].metadata.uid}"])
    };
    let (before, url, over) = (pods(), namespace.url("web"), AtomicBool::new(false));
    let (asked, failed) = std::thread::scope(|scope| {
        let asking = scope.spawn(|| ask_all_the_time(&url, &over));
        let report = apply(namespace, manifests.path().to_str().unwrap(), &image);
        assert_eq!(written(&report), ["web"]);
        // The old pods end after the new ones are ready.
        let old_are_gone = || before.split_whitespace().all(|pod| !pods().contains(pod));
        http::wait_until("the old pods are gone", 20, old_are_gone);
        over.store(true, Ordering::Relaxed);
        asking.join().unwrap()
    });
    assert!(asked > 10, "only {asked} requests in all that time");
    assert_eq!(failed, Vec::<String>::new(), "of {asked} requests");
}

/// At most ten requests a second, for at most thirty seconds: how many there were, and what failed.
fn ask_all_the_time(url: &str, over: &AtomicBool) -> (usize, Vec<String>) {
    let (end, mut asked, mut failed) = (Instant::now() + Duration::from_secs(30), 0, Vec::new());
    while !over.load(Ordering::Relaxed) && Instant::now() < end {
        asked += 1;
        match http::get(url) {
            Ok((200, _)) => {}
            other => failed.push(format!("request {asked}: {other:?}")),
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    (asked, failed)
}
