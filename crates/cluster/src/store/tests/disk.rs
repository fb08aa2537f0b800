use super::super::watch::{From, WatchRequest};
use super::*;

fn open(folder: &std::path::Path) -> Store {
    Store::open(folder, Limits::default()).unwrap()
}

#[test]
fn everything_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (key("x", "a"), key("x", "b"));
    let store = open(folder.path());
    assert_eq!(store.revision(), 1);
    create(&store, &a, "red").unwrap();
    create(&store, &b, "red").unwrap();
    let updated = update(&store, &a, None, "blue").unwrap();
    delete(&store, &b, None).unwrap();
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.revision(), 5, "the removal counts");
    let read = store.get(&a).unwrap();
    assert_eq!((read.revision(), read.create_revision(), read.json()), (4, 2, updated.json()));
    assert!(store.get(&b).is_none());
    assert_eq!(create(&store, &b, "red").unwrap().revision(), 6);
}

#[tokio::test]
async fn a_watch_from_before_a_restart_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let written = |store: Store, name| async move {
        store.write(Write::Create { key: key("x", name), draft: draft(&key("x", name), "red") }).await.unwrap();
        store
    };
    drop(written(open(folder.path()), "a").await);
    let store = written(open(folder.path()), "b").await;
    let watch = |from| WatchRequest {
        prefix: all(),
        selection: Selection::default(),
        from: From::After(from),
        bookmarks: false,
        timeout: None,
    };
    assert_eq!(store.watch(watch(1)).await.err().unwrap().to_string(), "too old resource version: 1 (2)");
    assert!(store.watch(watch(2)).await.unwrap().ready().is_some());
    assert!(matches!(list(&store, At::Exact(1), None), Err(StoreError::ListExpired)));
    assert_eq!(names(&list(&store, At::Exact(2), None).unwrap()), ["a"]);
}

#[test]
fn what_is_to_be_removed_later_is_so_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let a = key("x", "a");
    let store = open(folder.path());
    let draft = draft(&a, "red").with_ttl(std::time::Duration::from_millis(300));
    store.write(Write::Create { key: a.clone(), draft }).wait().unwrap();
    drop(store);
    let store = open(folder.path());
    assert!(store.get(&a).is_some_and(|stored| stored.ttl().is_some()));
    let end = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while store.get(&a).is_some() {
        assert!(std::time::Instant::now() < end, "it is still there");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[test]
fn a_folder_belongs_to_one_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let refused = Store::open(folder.path(), Limits::default()).err().unwrap();
    assert!(matches!(refused, StoreError::Locked(_)));
    insta::assert_snapshot!(
        refused.to_string().replace(folder.path().to_str().unwrap(), "/state"),
        @"the cluster's state in `/state` is in use by another process: stop that cluster, or choose another folder"
    );
    drop(store);
    open(folder.path());
}

/// As a process leaves it that is killed while it makes the database.
#[test]
fn a_folder_that_was_never_finished_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir_all(data.join("keyspaces")).unwrap();
    std::fs::write(data.join("0.jnl"), b"").unwrap();
    std::fs::write(data.join("lock"), b"").unwrap();
    let store = open(folder.path());
    create(&store, &key("x", "a"), "red").unwrap();
}

#[test]
fn a_folder_that_cannot_be_had_is_an_error_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let refused = Store::open(&file, Limits::default()).err().unwrap();
    assert!(matches!(&refused, StoreError::Open { path, .. } if *path == file), "{refused}");
}

/// What was never acknowledged does not take what was with it.
#[test]
fn objects_without_the_mark_of_a_database_are_not_removed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    create(&store, &key("x", "a"), "red").unwrap();
    drop(store);
    std::fs::remove_file(folder.path().join("data/version")).unwrap();
    assert!(matches!(Store::open(folder.path(), Limits::default()), Err(StoreError::Open { .. })));
    assert!(folder.path().join("data/keyspaces/1").exists());
}

/// More than fits into the database's own memory, so that its files are written and merged.
#[test]
fn many_large_writes_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let text = "x".repeat(100_000);
    for round in 0..100u32 {
        let name = key("x", &format!("n{}", round % 7));
        let write =
            if store.get(&name).is_some() { update(&store, &name, None, &text) } else { create(&store, &name, &text) };
        write.unwrap();
    }
    let before: Vec<_> =
        list(&store, At::Latest, None).unwrap().items.iter().map(|stored| stored.row().clone()).collect();
    drop(store);
    let store = open(folder.path());
    let after: Vec<_> =
        list(&store, At::Latest, None).unwrap().items.iter().map(|stored| stored.row().clone()).collect();
    assert_eq!((before, store.revision()), (after, 101));
}
