use std::time::Duration;

use super::super::watch::{From, WatchRequest, Watcher};
use super::*;
use crate::select::LabelSelector;

fn request(from: From) -> WatchRequest {
    WatchRequest { prefix: all(), selection: Selection::default(), from, bookmarks: false, timeout: None }
}

fn red(from: From) -> WatchRequest {
    let labels = LabelSelector::parse("color=red").unwrap();
    WatchRequest { selection: Selection { labels, ..Selection::default() }, ..request(from) }
}

/// What there is to read, each event as a line.
fn told(watcher: &mut Watcher) -> Vec<String> {
    let lines = std::iter::from_fn(|| watcher.ready()).map(|event| event.line("v1", "ConfigMap"));
    lines.map(|line| short(std::str::from_utf8(&line).unwrap())).collect()
}

/// `ADDED a red 2`: kind, name, colour, revision.
fn short(line: &str) -> String {
    assert!(line.ends_with("}\n"));
    let event: serde_json::Value = serde_json::from_str(line).unwrap();
    let object = &event["object"];
    let parts =
        [&event["type"], &object["metadata"]["name"], &object["data"]["color"], &object["metadata"]["resourceVersion"]];
    parts.map(|part| part.as_str().unwrap_or("-")).join(" ")
}

#[tokio::test]
async fn a_watch_tells_what_happens() {
    let (store, _) = in_memory(Limits::default());
    let (a, b) = (key("x", "a"), key("y", "b"));
    let write = |write| async { store.write(write).await.unwrap() };
    write(Write::Create { key: a.clone(), draft: draft(&a, "red") }).await;
    let mut now = store.watch(request(From::Now)).await.unwrap();
    let mut objects = store.watch(request(From::Objects { not_older_than: 0, mark: false })).await.unwrap();
    let mut after = store.watch(request(From::After(1))).await.unwrap();
    let prefix = Prefix::new("", "configmaps", Some("y"));
    let mut other = store.watch(WatchRequest { prefix, ..request(From::Now) }).await.unwrap();
    write(Write::Update { key: a.clone(), expected: None, draft: draft(&a, "blue") }).await;
    write(Write::Create { key: b.clone(), draft: draft(&b, "red") }).await;
    write(Write::Delete { key: a.clone(), expected: None }).await;
    let changes = ["MODIFIED a blue 3", "ADDED b red 4", "DELETED a blue 5"];
    assert_eq!(told(&mut now), changes);
    assert_eq!(told(&mut objects), [&["ADDED a red 2"][..], &changes].concat());
    assert_eq!(told(&mut after), [&["ADDED a red 2"][..], &changes].concat());
    assert_eq!(told(&mut other), ["ADDED b red 4"]);
}

#[tokio::test]
async fn who_enters_a_selection_is_added_and_who_leaves_it_is_deleted() {
    let (store, _) = in_memory(Limits::default());
    let a = key("x", "a");
    let mut live = store.watch(red(From::Now)).await.unwrap();
    store.write(Write::Create { key: a.clone(), draft: draft(&a, "blue") }).await.unwrap();
    for color in ["red", "red", "blue", "green", "red"] {
        store.write(Write::Update { key: a.clone(), expected: None, draft: draft(&a, color) }).await.unwrap();
    }
    store.write(Write::Delete { key: a.clone(), expected: None }).await.unwrap();
    // The state that left the selection is told as it was, with the revision at which it left.
    let told_live = told(&mut live);
    assert_eq!(told_live, ["ADDED a red 3", "MODIFIED a red 4", "DELETED a red 5", "ADDED a red 7", "DELETED a red 8"]);
    let mut replayed = store.watch(red(From::After(1))).await.unwrap();
    assert_eq!(told(&mut replayed), told_live);
}

#[tokio::test]
async fn lines_are_shared_by_those_who_see_the_same() {
    let (store, _) = in_memory(Limits::default());
    let mut one = store.watch(request(From::Now)).await.unwrap();
    let mut other = store.watch(request(From::Now)).await.unwrap();
    store.write(Write::Create { key: key("x", "a"), draft: draft(&key("x", "a"), "red") }).await.unwrap();
    let line = |watcher: &mut Watcher| watcher.ready().unwrap().line("v1", "ConfigMap");
    let (one, other) = (line(&mut one), line(&mut other));
    assert_eq!((one.as_ptr(), one.len()), (other.as_ptr(), other.len()));
}

#[tokio::test]
async fn a_watch_from_a_revision_that_is_not_kept_is_refused() {
    let (store, _) = in_memory(Limits { changes: 2, ..Limits::default() });
    for name in ["a", "b", "c", "d"] {
        store.write(Write::Create { key: key("x", name), draft: draft(&key("x", name), "red") }).await.unwrap();
    }
    let refused = store.watch(request(From::After(2))).await.err().unwrap();
    assert_eq!(refused.to_string(), "too old resource version: 2 (3)");
    let mut kept = store.watch(request(From::After(3))).await.unwrap();
    assert_eq!(told(&mut kept), ["ADDED c red 4", "ADDED d red 5"]);
}

#[tokio::test]
async fn a_watch_from_the_future_begins_there() {
    let (store, _) = in_memory(Limits::default());
    let mut future = store.watch(request(From::After(3))).await.unwrap();
    for name in ["a", "b", "c"] {
        store.write(Write::Create { key: key("x", name), draft: draft(&key("x", name), "red") }).await.unwrap();
    }
    assert_eq!(told(&mut future), ["ADDED c red 4"]);
    tokio::time::pause();
    let objects = From::Objects { not_older_than: 9, mark: true };
    assert!(matches!(store.watch(request(objects)).await.err().unwrap(), StoreError::Future { retry: true, .. }));
}

#[tokio::test]
async fn who_does_not_keep_up_is_dropped_and_holds_nobody_up() {
    let (store, _) = in_memory(Limits { queue: 3, ..Limits::default() });
    let mut slow = store.watch(request(From::Now)).await.unwrap();
    let mut quick = store.watch(request(From::Now)).await.unwrap();
    for name in ["a", "b", "c", "d", "e"] {
        store.write(Write::Create { key: key("x", name), draft: draft(&key("x", name), "red") }).await.unwrap();
        assert!(quick.next().await.is_some());
    }
    for _ in 0..3 {
        assert!(slow.next().await.is_some());
    }
    assert!(slow.next().await.is_none(), "its watch is over");
}

#[tokio::test(start_paused = true)]
async fn bookmarks_come_every_minute_and_before_the_end() {
    let (store, _) = in_memory(Limits::default());
    let bookmarks = |from| WatchRequest { bookmarks: true, timeout: Some(Duration::from_secs(90)), ..request(from) };
    let objects = From::Objects { not_older_than: 0, mark: true };
    store.write(Write::Create { key: key("x", "a"), draft: draft(&key("x", "a"), "red") }).await.unwrap();
    let mut watcher = store.watch(bookmarks(objects)).await.unwrap();
    store.write(Write::Create { key: key("x", "b"), draft: draft(&key("x", "b"), "red") }).await.unwrap();
    let start = tokio::time::Instant::now();
    let mut lines = Vec::new();
    while let Some(event) = watcher.next().await {
        lines.push((start.elapsed().as_secs(), String::from_utf8(event.line("v1", "ConfigMap").to_vec()).unwrap()));
    }
    let shorts: Vec<_> = lines.iter().map(|(at, line)| (*at, short(line))).collect();
    let expected = [
        (0, "ADDED a red 2"),
        (0, "BOOKMARK - - 2"),
        (0, "ADDED b red 3"),
        (60, "BOOKMARK - - 3"),
        (88, "BOOKMARK - - 3"),
    ];
    assert_eq!(shorts, expected.map(|(at, text)| (at, text.to_owned())));
    assert_eq!(start.elapsed().as_secs(), 90);
    insta::assert_snapshot!(lines[1].1.trim_end(), @r#"{"object":{"apiVersion":"v1","kind":"ConfigMap","metadata":{"annotations":{"k8s.io/initial-events-end":"true"},"resourceVersion":"2"}},"type":"BOOKMARK"}"#);
    insta::assert_snapshot!(lines[3].1.trim_end(), @r#"{"object":{"apiVersion":"v1","kind":"ConfigMap","metadata":{"resourceVersion":"3"}},"type":"BOOKMARK"}"#);
}

#[tokio::test]
async fn a_watch_ends_with_the_store() {
    let (store, _) = in_memory(Limits::default());
    let mut watcher = store.watch(request(From::Now)).await.unwrap();
    drop(store);
    assert!(watcher.next().await.is_none());
}
