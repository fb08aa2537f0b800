//! The local content store, alone and shared.
#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::time::{Duration, SystemTime};

use linkspan_oci::bundle::Blob as _;
use linkspan_oci::digest::Digest;
use linkspan_oci::manifest::Descriptor;
use linkspan_oci::media_type;
use linkspan_oci::store::{Collected, Entry, Limits, Store, StoreError};

const DAY: Duration = Duration::from_secs(86_400);

fn put(store: &Store, bytes: &[u8]) -> Digest {
    let digest = Digest::sha256(bytes);
    store.put(&digest, bytes.len() as u64, &mut &*bytes).unwrap();
    digest
}

fn entry(blobs: &[&Digest]) -> Entry {
    Entry { blobs: blobs.iter().map(|&digest| digest.clone()).collect(), data: serde_json::json!({"size": 3}) }
}

fn limits() -> Limits {
    Limits { age: DAY, bytes: 1_000_000, grace: Duration::ZERO }
}

fn temporary(store: &Store) -> usize {
    fs::read_dir(store.root().join("temporary")).unwrap().count()
}

#[test]
fn bytes_come_back_checked() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("cache")).unwrap();
    let digest = put(&store, b"hello");
    let mut bytes = Vec::new();
    store.get(&digest, 5).unwrap().unwrap().read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, b"hello");
    let descriptor = Descriptor::of(media_type::LAYER, b"hello");
    assert_eq!(store.blob(&descriptor).unwrap().descriptor(), &descriptor);
    assert!(store.get(&Digest::sha256(b"other"), 5).unwrap().is_none());

    let mut writer = store.writer().unwrap();
    writer.write_all(b"world").unwrap();
    assert_eq!(writer.commit().unwrap(), (Digest::sha256(b"world"), 5));
    assert!(store.contains(&Digest::sha256(b"world"), 5));
}

#[test]
fn wrong_bytes_are_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let digest = Digest::sha256(b"hello");
    for bytes in [&b"jello"[..], b"hell", b"hello!"] {
        let error = store.put(&digest, 5, &mut &*bytes).unwrap_err();
        assert!(matches!(error, StoreError::Mismatch(_)), "{error}");
    }
    let error = store.put(&digest, 5, &mut std::io::repeat(b'x')).unwrap_err();
    assert!(matches!(error, StoreError::Mismatch(_)), "{error}");
    let mut writer = store.writer().unwrap();
    writer.write_all(b"half").unwrap();
    drop(writer);
    assert!(!store.contains(&digest, 5));
    assert_eq!(temporary(&store), 0);
}

#[test]
fn damage_is_found_and_repaired() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let digest = put(&store, b"hello");
    fs::write(store.path(&digest), b"jello").unwrap();
    assert!(store.get(&digest, 5).unwrap().unwrap().read_to_end(&mut Vec::new()).is_err());
    fs::write(store.path(&digest), b"").unwrap();
    assert!(store.get(&digest, 5).unwrap().is_none());
    put(&store, b"hello");
    assert!(store.contains(&digest, 5));
}

#[test]
fn entries_hold_their_blobs() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    let (kept, loose) = (put(&store, b"kept"), put(&store, b"loose"));
    store.set_entry("a layer", &entry(&[&kept])).unwrap();
    assert_eq!(store.entry("a layer").unwrap(), Some(entry(&[&kept])));
    assert_eq!(store.entry("another").unwrap(), None);
    let collected = store.collect(&limits(), SystemTime::now()).unwrap();
    assert_eq!(collected, Collected { busy: false, entries: 0, blobs: 1, freed: 5, kept: 4 });
    assert!(store.contains(&kept, 4) && !store.contains(&loose, 5));
    store.remove_entry("a layer").unwrap();
    store.remove_entry("a layer").unwrap();
    assert_eq!(store.collect(&limits(), SystemTime::now()).unwrap().blobs, 1);
}

#[test]
fn fresh_blobs_have_a_grace() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    let digest = put(&store, b"soon needed");
    store.collect(&Limits { grace: Duration::from_secs(60), ..limits() }, SystemTime::now()).unwrap();
    assert!(store.contains(&digest, 11));
}

#[test]
fn old_entries_go_and_used_ones_stay() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    let old = put(&store, b"old");
    store.set_entry("old", &entry(&[&old])).unwrap();
    let later = SystemTime::now() + 2 * DAY;
    assert_eq!(store.collect(&limits(), later).unwrap().entries, 1);
    assert!(!store.contains(&old, 3));
    // A clock that went backwards loses nothing.
    let new = put(&store, b"new");
    store.set_entry("new", &entry(&[&new])).unwrap();
    assert_eq!(store.collect(&limits(), SystemTime::UNIX_EPOCH).unwrap().entries, 0);
}

#[test]
fn too_much_goes_the_oldest_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    let shared = put(&store, &[0; 50]);
    for (n, name) in ["first", "second", "third"].iter().enumerate() {
        let own = put(&store, &[u8::try_from(n).unwrap() + 1; 30]);
        store.set_entry(name, &entry(&[&shared, &own])).unwrap();
        std::thread::sleep(Duration::from_millis(10));
    }
    // Used again, so it is not the oldest any more.
    assert!(store.entry("first").unwrap().is_some());
    let collected = store.collect(&Limits { bytes: 110, ..limits() }, SystemTime::now()).unwrap();
    assert_eq!((collected.entries, collected.kept), (1, 110));
    assert!(store.entry("second").unwrap().is_none());
    assert!(store.entry("first").unwrap().is_some() && store.entry("third").unwrap().is_some());
}

#[test]
fn an_entry_that_lost_a_blob_or_is_damaged_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    let digest = put(&store, b"blob");
    store.set_entry("key", &entry(&[&digest])).unwrap();
    fs::remove_file(store.path(&digest)).unwrap();
    assert_eq!(store.entry("key").unwrap(), None);
    let file = fs::read_dir(folder.path().join("entries")).unwrap().next().unwrap().unwrap().path();
    fs::write(&file, "{").unwrap();
    assert_eq!(store.entry("key").unwrap(), None);
    assert_eq!(store.collect(&limits(), SystemTime::now()).unwrap().entries, 1);
    assert!(!file.exists());
}

#[test]
fn nothing_is_collected_while_another_has_it_open() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    let other = Store::open(folder.path()).unwrap();
    let digest = put(&other, b"in use");
    assert!(store.collect(&limits(), SystemTime::now()).unwrap().busy);
    assert!(store.contains(&digest, 6));
    drop(other);
    assert!(!store.collect(&limits(), SystemTime::now()).unwrap().busy);
    assert!(!store.contains(&digest, 6));
}

#[test]
fn torn_files_are_cleared_when_nobody_writes() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    fs::write(folder.path().join("temporary/.linkspan-torn"), "half").unwrap();
    // Somebody has it open: it may be theirs.
    let second = Store::open(folder.path()).unwrap();
    assert_eq!(temporary(&second), 1);
    drop((store, second));
    assert_eq!(temporary(&Store::open(folder.path()).unwrap()), 0);
}

#[test]
fn many_threads_and_handles_at_once() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8_u8 {
            let path = folder.path();
            scope.spawn(move || {
                for round in 0..20_u8 {
                    let mut store = Store::open(path).unwrap();
                    let bytes = vec![round; 1_000];
                    let digest = put(&store, &bytes);
                    store.set_entry(&format!("{round}"), &entry(&[&digest])).unwrap();
                    let mut read = Vec::new();
                    store.get(&digest, 1_000).unwrap().unwrap().read_to_end(&mut read).unwrap();
                    assert_eq!(read, bytes);
                    if thread == 0 {
                        store.collect(&Limits { grace: DAY, ..limits() }, SystemTime::now()).unwrap();
                    }
                }
            });
        }
    });
    let store = Store::open(folder.path()).unwrap();
    assert_eq!((0..20).filter(|round| store.entry(&round.to_string()).unwrap().is_some()).count(), 20);
}
