//! Subscriptions from a YAML file, in Kubernetes a ConfigMap. The file is looked
//! at again every few seconds: a changed ConfigMap needs no restart.

use std::{collections::BTreeMap, thread, time::Duration};

use shopkit::{Database, Error, Problem};

use crate::{
    subscriptions::{self, Wish},
    worker::Workers,
};

const PAUSE: Duration = Duration::from_secs(3);

/// Applies the file now, and again whenever it has changed. A fault in it stops
/// the start; later it is logged, and what was applied before stays.
pub(crate) fn follow(path: String, database: &Database, workers: &Workers) -> Result<(), Error> {
    let mut applied = apply(&path, None, database)?;
    let (database, workers) = (database.clone(), workers.clone());
    let watch = move || loop {
        thread::sleep(PAUSE);
        let changed = apply(&path, Some(&applied), &database);
        match changed.and_then(|text| workers.start_missing().map(|()| text)) {
            Ok(text) => applied = text,
            Err(error) => shopkit::log!("the subscriptions stay as they were", error = error),
        }
    };
    let spawned = thread::Builder::new().name("subscriptions file".into()).spawn(watch);
    spawned.map(|_| ()).map_err(|cause| Error::Io { what: "the file's thread".into(), cause })
}

/// Applies the file if its text is not `known`; gives its text.
fn apply(path: &str, known: Option<&str>, database: &Database) -> Result<String, Error> {
    let text = std::fs::read_to_string(path).map_err(|cause| Error::Io { what: path.into(), cause })?;
    if known == Some(text.as_str()) {
        return Ok(text);
    }
    let invalid = |problem: String| Error::Invalid { what: format!("subscriptions file `{path}`"), problem };
    let wishes: BTreeMap<String, Wish> = serde_saphyr::from_str(&text).map_err(|error| invalid(error.to_string()))?;
    database.run(|transaction| replace(transaction, &wishes)).map_err(|problem| invalid(problem.detail))?;
    shopkit::log!("subscriptions read", file = path, subscriptions = wishes.len());
    Ok(text)
}

/// Those of the file are as the file says; what was made by HTTP stays.
fn replace(transaction: &rusqlite::Transaction<'_>, wishes: &BTreeMap<String, Wish>) -> Result<(), Problem> {
    for gone in subscriptions::all(transaction)?.iter().filter(|one| one.from_file && !wishes.contains_key(&one.name)) {
        subscriptions::remove(transaction, &gone.name)?;
    }
    wishes.iter().try_for_each(|(name, wish)| subscriptions::put(transaction, name, wish, true))
}
