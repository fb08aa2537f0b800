//! Through the project's own workflow, under act.

use crate::shop::Shop;
use crate::support::act::act_with;
use crate::support::cluster::Cluster;
use crate::support::{copy, repository};
use crate::{alone, folder};

#[test]
fn the_own_workflow_brings_the_shop_up() {
    let Some(cluster) = Cluster::get() else { return };
    let _alone = alone();
    let namespace = cluster.namespace("shop-actions");
    let checkout = tempfile::tempdir().unwrap();
    for part in [".github", "actions"] {
        copy(&repository().join(part), &checkout.path().join(part), &[]);
    }
    let (registry, shop) = (format!("{}/shop-actions", cluster.registry), folder());
    let inputs = [
        ("folder", shop.to_str().unwrap()),
        ("registry", &registry),
        ("namespace", &namespace.name),
        ("kube-context", &cluster.context),
    ];
    let run = act_with(checkout.path(), "sample.yml", "workflow_dispatch", &inputs, &[]);
    assert!(run.success, "{}", run.log);
    assert_eq!((run.output("validate.invalid"), run.output("rollout.ready")), ("0", "true"));
    let images: Vec<_> = run.output("build.images").lines().collect();
    assert_eq!(images.len(), 7, "{images:?}");
    assert_eq!(run.errors().count(), 0, "{:?}", run.annotations);
    for line in images {
        assert!(run.summary.contains(line.split_once('@').unwrap().1), "{line} is not in:\n{}", run.summary);
    }

    let shop = Shop { namespace: &namespace };
    shop.wait_until_open();
    let order = "8d3f0f52-2d0b-4a43-8f0a-2f1c6b7e9d22";
    shop.order(order, "Ben", "HB-0004", 1);
    assert_eq!(shop.wait_until_settled(order)["status"], "reserved");
    // What is not on the shelf is not sold, and gives no points.
    let order = "0b6a8c1e-51f4-4f0e-b0a1-7e6d5c4b3a99";
    shop.order(order, "Cleo", "HB-0005", 1);
    assert_eq!((shop.wait_until_settled(order)["status"].as_str(), shop.points("Cleo")), (Some("rejected"), 0));
}
