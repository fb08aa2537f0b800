//! Any sequence of writes: lists of every revision equal those of a model, and a watch leads from one to the end.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::change::{Event, EventKind};
use super::super::watch::{From, WatchRequest};
use super::*;
use crate::select::LabelSelector;

/// Key to colour and revision.
type Model = BTreeMap<String, (String, Revision)>;

#[derive(Clone, Copy, Debug)]
enum Step {
    Put(u8, u8),
    Remove(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![3 => (0..12u8, 0..3u8).prop_map(|(key, color)| Step::Put(key, color)), 1 => (0..12u8).prop_map(Step::Remove)]
}

fn at(number: u8) -> Key {
    key(["default", "default-2", "a"][usize::from(number) % 3], &format!("n{}", number / 3))
}

fn run(store: &Store, steps: &[Step]) -> Vec<(Revision, Model)> {
    let mut model = Model::new();
    let mut past = vec![(store.revision(), model.clone())];
    for step in steps {
        let (key, written) = match *step {
            Step::Remove(number) => (at(number), delete(store, &at(number), None)),
            Step::Put(number, color) => {
                let (key, color) = (at(number), ["red", "blue", "green"][usize::from(color)]);
                let written = if model.contains_key(key.as_str()) {
                    update(store, &key, None, color)
                } else {
                    create(store, &key, color)
                };
                model.insert(key.to_string(), (color.to_owned(), store.revision()));
                (key, written)
            }
        };
        match (step, written) {
            (Step::Remove(_), Ok(_)) => drop(model.remove(key.as_str())),
            (Step::Remove(_), Err(StoreError::Missing(_))) => assert!(!model.contains_key(key.as_str())),
            (_, written) => assert_eq!(written.unwrap().revision(), model[key.as_str()].1),
        }
        past.push((store.revision(), model.clone()));
    }
    past
}

fn shown(stored: &Stored) -> (String, (String, Revision)) {
    let value = stored.value();
    assert_eq!(value["metadata"]["resourceVersion"], stored.revision().to_string());
    (stored.key().to_string(), (value["data"]["color"].as_str().unwrap().to_owned(), stored.revision()))
}

/// All parts of a list, one after the other.
fn pages(store: &Store, revision: Revision, limit: usize) -> Vec<(String, (String, Revision))> {
    let mut page = list(store, At::Exact(revision), Some(limit)).unwrap();
    let mut all: Vec<_> = page.items.iter().map(|stored| shown(stored)).collect();
    while let Some(token) = page.token {
        let left = page.remaining.unwrap();
        page = list(store, At::Continue(token), Some(limit)).unwrap();
        assert_eq!(page.items.len() + page.remaining.unwrap_or(0), left);
        assert_eq!(page.revision, revision);
        all.extend(page.items.iter().map(|stored| shown(stored)));
    }
    all
}

fn selected(model: &Model, color: Option<&str>) -> Model {
    model
        .iter()
        .filter(|(_, (own, _))| color.is_none_or(|color| own == color))
        .map(|(key, own)| (key.clone(), own.clone()))
        .collect()
}

/// A list with the events of a watch applied.
async fn followed(store: &Store, revision: Revision, mut model: Model, color: Option<&str>) -> Model {
    let labels = LabelSelector::parse(&color.map(|color| format!("color={color}")).unwrap_or_default()).unwrap();
    let selection = Selection { labels, ..Selection::default() };
    let from = From::After(revision);
    let request = WatchRequest { prefix: all(), selection, from, bookmarks: false, timeout: None };
    let mut watcher = store.watch(request).await.unwrap();
    let mut last = revision;
    while let Some(Event::Object(seen)) = watcher.ready() {
        let (key, own) = shown(seen.object());
        assert!(own.1 > last, "revisions of events grow");
        last = own.1;
        match seen.kind() {
            EventKind::Added => assert!(model.insert(key, own).is_none()),
            EventKind::Modified => assert!(model.insert(key, own).is_some()),
            EventKind::Deleted => assert_eq!(model.remove(&key).unwrap().0, own.0),
        }
    }
    model
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_remembered_revision_can_be_listed_and_followed(steps in proptest::collection::vec(step(), 1..60), limit in 1..7usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (store, _) = in_memory(Limits::default());
        let past = run(&store, &steps);
        let (_, end) = past.last().unwrap();
        for (revision, model) in &past {
            let listed: Vec<_> = list(&store, At::Exact(*revision), None).unwrap().items.iter().map(|stored| shown(stored)).collect();
            let expected: Vec<_> = model.clone().into_iter().collect();
            prop_assert_eq!(&listed, &expected);
            prop_assert_eq!(&pages(&store, *revision, limit), &expected);
            for color in [None, Some("red")] {
                let followed = runtime.block_on(followed(&store, *revision, selected(model, color), color));
                prop_assert_eq!(followed, selected(end, color));
            }
        }
    }
}
