//! Killed processes, torn logs, full disks.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::*;

/// Where a test that was started by another one finds its folder.
const FOLDER: &str = "LINKSPAN_STORE_TEST_FOLDER";

fn open(folder: &Path) -> Store {
    Store::open(folder, Limits::default()).unwrap()
}

/// The arguments that make this program run one of the ignored tests below.
fn only(test: &str) -> [String; 4] {
    [format!("store::tests::faults::{test}"), "--exact".to_owned(), "--ignored".to_owned(), "--nocapture".to_owned()]
}

#[test]
#[ignore = "started, and killed, by another test"]
fn writes_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = open(Path::new(&folder));
    std::thread::scope(|scope| {
        for writer in 0..4u32 {
            let store = &store;
            scope.spawn(move || {
                for number in 0.. {
                    let key = key("x", &format!("w{writer}-{}-{number}", std::process::id()));
                    let written = create(store, &key, &"red".repeat(100)).unwrap();
                    println!("\nacknowledged {} {}", written.revision(), key.name());
                }
            });
        }
    });
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeMap::new();
    for round in 0..20 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(only("writes_until_it_is_killed"))
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let before = acknowledged.len();
        let mut note = |line: String| {
            let mut words = line.split_ascii_whitespace();
            if let (Some("acknowledged"), Some(revision), Some(name)) = (words.next(), words.next(), words.next()) {
                acknowledged.insert(name.to_owned(), revision.parse::<Revision>().unwrap());
            }
        };
        lines.by_ref().take(20 + round * 17).for_each(&mut note);
        child.kill().unwrap();
        child.wait().unwrap();
        // The last line may be torn: what it says of was acknowledged, and its name is cut.
        let mut rest: Vec<_> = lines.collect();
        rest.pop();
        rest.into_iter().for_each(&mut note);
        assert!(acknowledged.len() > before, "it wrote something");
    }
    let store = open(folder.path());
    for (name, revision) in &acknowledged {
        assert_eq!(store.get(&key("x", name)).map(|stored| stored.revision()), Some(*revision), "{name}");
    }
    assert!(store.revision() >= *acknowledged.values().max().unwrap());
}

fn log_of(folder: &Path) -> PathBuf {
    folder.join("data/0.jnl")
}

/// The log without the room that it was made with.
fn written(folder: &Path) -> Vec<u8> {
    let mut log = std::fs::read(log_of(folder)).unwrap();
    let end = log.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    log.truncate(end);
    log
}

/// A folder with a few writes, the length of the log and the names after each.
fn sample(folder: &Path) -> Vec<(usize, Vec<String>)> {
    let store = open(folder);
    let mut ends = vec![(0, Vec::new())];
    let mut note = |store: &Store| {
        let there = list(store, At::Latest, None).unwrap();
        ends.push((written(folder).len(), names(&there).into_iter().map(str::to_owned).collect()));
    };
    create(&store, &key("x", "a"), "red").unwrap();
    note(&store);
    create(&store, &key("x", "b"), "red").unwrap();
    note(&store);
    delete(&store, &key("x", "a"), None).unwrap();
    note(&store);
    ends
}

fn opened_names(folder: &Path) -> Result<(Vec<String>, Revision), StoreError> {
    let store = Store::open(folder, Limits::default())?;
    let there = list(&store, At::Latest, None)?;
    Ok((names(&there).into_iter().map(str::to_owned).collect(), store.revision()))
}

/// At every byte, as a file that was cut and as one that ends in zeros.
#[test]
fn a_torn_log_opens_to_its_last_whole_write() {
    let folder = tempfile::tempdir().unwrap();
    let ends = sample(folder.path());
    let whole = written(folder.path());
    for length in 0..=whole.len() {
        let last = ends.iter().rposition(|(end, _)| *end <= length).unwrap();
        let expected = (ends[last].1.clone(), 1 + last as Revision);
        for zeros in [0, whole.len() - length + 10] {
            let torn = [&whole[..length], &vec![0; zeros]].concat();
            std::fs::write(log_of(folder.path()), torn).unwrap();
            assert_eq!(opened_names(folder.path()).unwrap(), expected, "{length} {zeros}");
        }
    }
    let store = open(folder.path());
    create(&store, &key("x", "c"), "red").unwrap();
    drop(store);
    assert_eq!(opened_names(folder.path()).unwrap(), (vec!["b".to_owned(), "c".to_owned()], 5));
}

/// As the power leaves it that fails while pages are on their way.
#[test]
fn a_damaged_last_write_is_dropped_and_an_earlier_one_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let ends = sample(folder.path());
    let whole = written(folder.path());
    let damaged = |at: usize| {
        let mut log = whole.clone();
        log[at] ^= 0x55;
        std::fs::write(log_of(folder.path()), log).unwrap();
        opened_names(folder.path())
    };
    let in_last = ends[2].0 + 40;
    assert_eq!(damaged(in_last).unwrap(), (ends[2].1.clone(), 3));
    let in_first = ends[1].0 - 40;
    assert!(matches!(damaged(in_first), Err(StoreError::Open { .. })));
    assert_eq!(written(folder.path()).len(), whole.len(), "it is left as it was");
}

#[test]
#[ignore = "started by another test, with a small disk of its own"]
fn fills_its_disk() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let store = open(&folder.join("state"));
    let first = create(&store, &key("x", "first"), "red").unwrap();
    let text = "x".repeat(50_000);
    let mut last = first.revision();
    let refused = (0..1000).find_map(|number| match create(&store, &key("x", &format!("n{number}")), &text) {
        Ok(written) => {
            last = written.revision();
            None
        }
        Err(refused) => Some((key("x", &format!("n{number}")), refused)),
    });
    let (refused_key, refused) = refused.unwrap();
    assert!(matches!(refused, StoreError::Full(_)), "{refused}");
    assert_eq!((store.get(&key("x", "first")).unwrap().revision(), store.revision()), (first.revision(), last));
    assert!(list(&store, At::Latest, None).is_ok_and(|page| !page.items.is_empty()));
    assert!(store.get(&refused_key).is_none());
    std::fs::remove_file(folder.join("ballast")).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    let after = create(&store, &key("x", "after"), "red").unwrap();
    assert_eq!(after.revision(), last + 1);
    let rows = |store: &Store| -> Vec<_> {
        list(store, At::Latest, None).unwrap().items.iter().map(|stored| stored.row().clone()).collect()
    };
    let before = rows(&store);
    drop(store);
    let store = open(&folder.join("state"));
    assert_eq!((rows(&store), store.revision()), (before, last + 1));
    println!("\nthe disk was full and is no longer");
}

/// A disk of a few megabytes, in a mount namespace of its own: it is gone with the process.
#[test]
fn a_full_disk_refuses_writes_and_goes_on_reading() {
    let folder = tempfile::tempdir().unwrap();
    let script =
        "mount -t tmpfs -o size=8m none \"$0\" || exit 99; head -c 3000000 /dev/zero > \"$0/ballast\"; exec \"$@\"";
    let output = Command::new("unshare")
        .args(["--mount", "sh", "-c", script])
        .arg(folder.path())
        .arg(std::env::current_exe().unwrap())
        .args(only("fills_its_disk"))
        .env(FOLDER, folder.path())
        .output();
    let Some(output) =
        output.ok().filter(|output| !matches!(output.status.code(), Some(99 | 1 | 127)) || is_test(output))
    else {
        println!("skipped: a disk of its own needs root and `unshare`");
        return;
    };
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(told.contains("the disk was full and is no longer"), "{told}");
}

/// Whether the test began, or what should have started it failed.
fn is_test(output: &std::process::Output) -> bool {
    String::from_utf8_lossy(&output.stdout).contains("running 1 test")
}
