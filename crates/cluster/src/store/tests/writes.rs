use std::time::{Duration, Instant};

use serde_json::Value;

use super::*;

#[test]
fn revisions_count_changes_of_everything() {
    let (store, _) = in_memory(Limits::default());
    assert_eq!(store.revision(), 1);
    let (a, b) = (key("x", "a"), key("x", "b"));
    assert_eq!(create(&store, &a, "red").unwrap().revision(), 2);
    assert_eq!(create(&store, &b, "red").unwrap().revision(), 3);
    let changed = update(&store, &a, Some(2), "blue").unwrap();
    assert_eq!((changed.revision(), changed.create_revision()), (4, 2));
    assert_eq!(changed.value()["metadata"]["resourceVersion"], "4");
    let gone = delete(&store, &a, Some(4)).unwrap();
    assert_eq!((gone.revision(), gone.create_revision(), store.revision()), (5, 2, 5));
    assert_eq!(gone.value()["metadata"]["resourceVersion"], "5");
    assert_eq!(store.get(&b).map(|stored| stored.revision()), Some(3));
    assert!(store.get(&a).is_none());
    let anew = create(&store, &a, "red").unwrap();
    assert_eq!((anew.revision(), anew.create_revision()), (6, 6));
}

#[test]
fn a_write_that_expects_something_else_is_refused() {
    let (store, _) = in_memory(Limits::default());
    let a = key("x", "a");
    assert!(matches!(update(&store, &a, None, "red"), Err(StoreError::Missing(missing)) if missing == a));
    assert!(matches!(delete(&store, &a, None), Err(StoreError::Missing(_))));
    create(&store, &a, "red").unwrap();
    assert!(matches!(create(&store, &a, "blue"), Err(StoreError::Exists(there)) if there.revision() == 2));
    assert!(matches!(update(&store, &a, Some(1), "blue"), Err(StoreError::Conflict(there)) if there.revision() == 2));
    assert!(matches!(delete(&store, &a, Some(3)), Err(StoreError::Conflict(_))));
    let long = key("x", &"a".repeat(70_000));
    assert!(matches!(create(&store, &long, "red"), Err(StoreError::LongKey)));
    assert_eq!(store.revision(), 2);
    assert_eq!(update(&store, &a, None, "blue").unwrap().revision(), 3);
}

/// Of writes that wait together each sees those before it.
#[test]
fn writers_do_not_lose_each_others_changes() {
    let (store, log) = in_memory(Limits::default());
    let a = key("x", "a");
    create(&store, &a, "0").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    loop {
                        let there = store.get(&a).unwrap();
                        let next = there.value()["data"]["color"].as_str().unwrap().parse::<u32>().unwrap() + 1;
                        match update(&store, &a, Some(there.revision()), &next.to_string()) {
                            Ok(_) => break,
                            Err(StoreError::Conflict(_)) => {}
                            Err(other) => panic!("{other}"),
                        }
                    }
                }
            });
        }
    });
    assert_eq!((store.get(&a).unwrap().value()["data"]["color"].as_str(), store.revision()), (Some("400"), 402));
    let kept = log.0.lock().unwrap();
    assert_eq!(kept.rows[a.as_str()], store.get(&a).unwrap().row().to_vec());
    assert_eq!(kept.revision, 402);
}

/// Whatever became of a write that failed, the next one leaves on the disk what readers have seen.
#[test]
fn a_write_that_failed_does_not_come_back() {
    let (store, log) = in_memory(Limits::default());
    let (a, b, c) = (key("x", "a"), key("x", "b"), key("x", "c"));
    create(&store, &a, "red").unwrap();
    for mood in [Mood::KeepAndFail, Mood::Lose] {
        log.0.lock().unwrap().mood = mood;
        assert!(matches!(update(&store, &a, None, "blue"), Err(StoreError::Full(_))));
        assert!(matches!(create(&store, &b, "blue"), Err(StoreError::Full(_))));
        assert!(store.get(&b).is_none());
        let before = store.revision();
        log.0.lock().unwrap().mood = Mood::Keep;
        let written = update(&store, &c, None, "red").or_else(|_| create(&store, &c, "red")).unwrap();
        assert_eq!(written.revision(), before + 1);
        let kept = log.0.lock().unwrap();
        let rows: Vec<_> = kept.rows.values().collect();
        assert_eq!(rows, [store.get(&a).unwrap().row(), store.get(&c).unwrap().row()]);
    }
}

#[test]
fn what_is_not_written_anew_in_time_is_removed() {
    let (store, _) = in_memory(Limits::default());
    let (short, long, kept) = (key("x", "short"), key("x", "long"), key("x", "kept"));
    let write = |key: &Key, ttl| {
        let draft = draft(key, "red").with_ttl(Duration::from_millis(ttl));
        store.write(Write::Create { key: key.clone(), draft }).wait().unwrap();
    };
    write(&short, 30);
    write(&long, 3_600_000);
    write(&kept, 30);
    update(&store, &kept, None, "blue").unwrap();
    let end = Instant::now() + Duration::from_secs(10);
    while store.get(&short).is_some() {
        assert!(Instant::now() < end, "it is still there");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(60));
    assert!(store.get(&long).is_some() && store.get(&kept).is_some());
    assert_eq!(store.revision(), 6, "one removal");
}

#[test]
fn lists_are_paged_at_their_revision() {
    let (store, _) = in_memory(Limits { changes: 6, ..Limits::default() });
    for name in ["a", "b", "c", "d", "e"] {
        create(&store, &key("x", name), "red").unwrap();
    }
    let first = list(&store, At::Latest, Some(2)).unwrap();
    assert_eq!((names(&first), first.revision, first.remaining), (vec!["a", "b"], 6, Some(3)));
    delete(&store, &key("x", "c"), None).unwrap();
    create(&store, &key("x", "bb"), "red").unwrap();
    let second = list(&store, At::Continue(first.token.unwrap()), Some(2)).unwrap();
    assert_eq!((names(&second), second.revision, second.remaining), (vec!["c", "d"], 6, Some(1)));
    let token = second.token.unwrap();
    let third = list(&store, At::Continue(token.clone()), Some(2)).unwrap();
    assert_eq!((names(&third), &third.token, third.remaining), (vec!["e"], &None, None));
    assert_eq!(names(&list(&store, At::Exact(6), None).unwrap()), ["a", "b", "c", "d", "e"]);
    for color in ["1", "2", "3", "4", "5"] {
        update(&store, &key("x", "a"), None, color).unwrap();
    }
    assert!(matches!(list(&store, At::Exact(6), None), Err(StoreError::ListExpired)));
    let Err(StoreError::ContinueExpired { token }) = list(&store, At::Continue(token), Some(2)) else {
        panic!("the token is too old")
    };
    let inconsistent = list(&store, At::Continue(token), Some(2)).unwrap();
    assert_eq!((names(&inconsistent), inconsistent.revision), (vec!["e"], 13));
    let future = list(&store, At::Exact(14), None);
    assert!(matches!(future, Err(StoreError::Future { requested: 14, current: 13, retry: false })));
}

#[tokio::test]
async fn a_list_waits_for_its_revision() {
    let (store, _) = in_memory(Limits::default());
    let request = ListRequest { prefix: all(), selection: Selection::default(), at: At::NotOlderThan(2), limit: None };
    let write = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        store.write(Write::Create { key: key("x", "a"), draft: draft(&key("x", "a"), "red") }).await.unwrap();
    };
    let (page, ()) = tokio::join!(store.list(&request), write);
    assert_eq!(page.unwrap().items.len(), 1);
    tokio::time::pause();
    let future = store.list(&ListRequest { at: At::NotOlderThan(9), ..request }).await;
    assert!(matches!(future, Err(StoreError::Future { requested: 9, current: 2, retry: true })));
}

#[test]
fn a_selection_leaves_objects_out_and_cannot_say_how_many() {
    let (store, _) = in_memory(Limits::default());
    for (name, color) in [("a", "red"), ("b", "blue"), ("c", "red"), ("d", "red")] {
        create(&store, &key("x", name), color).unwrap();
    }
    let labels = crate::select::LabelSelector::parse("color=red").unwrap();
    let selection = Selection { labels, ..Selection::default() };
    let request = ListRequest { prefix: all(), selection, at: At::Latest, limit: Some(2) };
    let page = super::super::list::list(&store.shared.state(), &request).unwrap();
    assert_eq!((names(&page), page.remaining), (vec!["a", "c"], None));
    let rest = ListRequest { at: At::Continue(page.token.unwrap()), ..request };
    let page = super::super::list::list(&store.shared.state(), &rest).unwrap();
    assert_eq!((names(&page), &page.token), (vec!["d"], &None));
    let read: Value = serde_json::from_slice(page.items[0].json()).unwrap();
    assert_eq!(read, *page.items[0].value());
}
