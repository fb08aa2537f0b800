//! What the store costs, printed when `LINKSPAN_STORE_FIGURES=1` is set; nothing of it is asserted.

use std::time::{Duration, Instant};

use super::super::watch::{From, WatchRequest};
use super::*;

/// Resident memory in KiB and the number of threads.
fn process() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.split_ascii_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default()
    };
    (field("VmRSS:"), field("Threads:"))
}

fn say(what: &str, since: Instant) {
    let (memory, threads) = process();
    println!("{what}: {:.1} ms, {memory} KiB, {threads} threads", since.elapsed().as_secs_f64() * 1e3);
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() - 1) * percent / 100]
}

#[test]
fn figures() {
    if std::env::var_os("LINKSPAN_STORE_FIGURES").is_none() {
        return;
    }
    let folder = tempfile::tempdir_in(".").unwrap();
    say("before", Instant::now());
    let start = Instant::now();
    let store = Store::open(folder.path(), Limits::default()).unwrap();
    say("made an empty store", start);
    drop(store);
    let start = Instant::now();
    let store = Store::open(folder.path(), Limits::default()).unwrap();
    say("opened an empty store", start);
    let text = "x".repeat(700);
    let start = Instant::now();
    let keys: Vec<_> = (0..5000).map(|number| key("x", &format!("n{number:04}"))).collect();
    let pending: Vec<_> =
        keys.iter().map(|key| store.write(Write::Create { key: key.clone(), draft: draft(key, &text) })).collect();
    pending.into_iter().for_each(|pending| drop(pending.wait().unwrap()));
    say("wrote 5,000 objects together", start);
    let start = Instant::now();
    let page = list(&store, At::Latest, None).unwrap();
    say(&format!("listed {}", page.items.len()), start);
    drop(page);
    drop(store);
    let start = Instant::now();
    let store = Store::open(folder.path(), Limits::default()).unwrap();
    say("opened 5,000 objects", start);
    watched(store, &keys[0]);
}

fn watched(store: Store, key: &Key) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let (sender, times) = std::sync::mpsc::channel();
    for _ in 0..200 {
        let request = WatchRequest {
            prefix: all(),
            selection: Selection::default(),
            from: From::Now,
            bookmarks: false,
            timeout: None,
        };
        let mut watcher = runtime.block_on(store.watch(request)).unwrap();
        let sender = sender.clone();
        runtime.spawn(async move {
            while let Some(event) = watcher.next().await {
                let line = event.line("v1", "ConfigMap");
                sender.send((line.len(), Instant::now())).unwrap();
            }
        });
    }
    drop(sender);
    let start = Instant::now();
    let mut acknowledged = Vec::new();
    for _ in 0..1000 {
        update(&store, key, None, "red").unwrap();
        acknowledged.push(Instant::now());
    }
    say("1,000 writes one after the other, 200 watchers", start);
    drop(store);
    let mut seen: Vec<_> = times.iter().map(|(_, at)| at).collect();
    seen.sort_unstable();
    // The writes are one after the other: the first 200 events are the first write's.
    let mut late: Vec<_> = seen
        .chunks(200)
        .zip(&acknowledged)
        .flat_map(|(seen, at)| seen.iter().map(|seen| seen.saturating_duration_since(*at)))
        .collect();
    let (median, p99) = (percentile(&mut late, 50), percentile(&mut late, 99));
    println!("{} events; after the acknowledgement: median {median:?}, p99 {p99:?}", seen.len());
}
