use std::path::{Path, PathBuf};
use std::sync::Arc;

use linkspan_command::Failure;
use linkspan_report::Span;
use linkspan_source::{Dialect, Document, Format, format_of, json, ndjson, text, yaml};
use serde_json::Value;

use crate::compat::only::only;
use crate::schema::Files;

/// Where recorded events are, if nobody says.
const EXAMPLES: &str = "contracts/examples";

/// How many events are replayed.
const MOST: usize = 100_000;

/// One recorded event.
#[derive(Debug, Clone)]
pub(super) struct Recorded {
    file: String,
    document: Arc<Document>,
    /// A JSON Pointer to the event, in a batch.
    at: String,
}

impl Recorded {
    /// The event.
    pub(super) fn value(&self) -> &Value {
        linkspan_source::pointer::get(&self.document.value, &self.at).unwrap_or(&Value::Null)
    }

    /// The file and span of a part of the event.
    pub(super) fn place(&self, at: &str) -> (String, Option<Span>) {
        (self.file.clone(), Some(self.document.nearest(&format!("{}{at}", self.at))))
    }
}

/// The events that a version of a project records.
pub(super) fn examples(files: &Files) -> Vec<Recorded> {
    read(files, |path| path.starts_with(EXAMPLES))
}

/// The events in files and folders that were named.
pub(super) fn all(named: &[Files]) -> Vec<Recorded> {
    named.iter().flat_map(|files| read(files, |_| true)).collect()
}

/// A file or a folder, as files.
pub(super) fn files(path: &Path, directory: &Path) -> Result<Files, Failure> {
    let shown = path.display();
    let real = directory.join(path).canonicalize();
    let real = real.map_err(|error| Failure::input(format!("`{shown}` cannot be read: {error}")))?;
    if real.is_dir() {
        return Ok(Files::new(&real, directory));
    }
    let folder = real.parent().unwrap_or(&real);
    let name = real.file_name().map(PathBuf::from).unwrap_or_default();
    Ok(only(folder, &name, None, directory))
}

/// What cannot be read is for `validate` to say.
fn read(files: &Files, wanted: impl Fn(&Path) -> bool) -> Vec<Recorded> {
    let mut events = Vec::new();
    for path in files.list().into_iter().filter(|path| wanted(path)) {
        let Some(format) = format_of(&path) else { continue };
        let Ok(Some(bytes)) = files.bytes(&path) else { continue };
        for document in documents(&bytes, format) {
            let file = files.shown(&path);
            let document = Arc::new(document);
            let count = document.value.as_array().map(Vec::len);
            let places =
                count.map_or_else(|| vec![String::new()], |count| (0..count).map(|at| format!("/{at}")).collect());
            let event = |at| Recorded { file: file.clone(), document: Arc::clone(&document), at };
            events.extend(places.into_iter().map(event).take(MOST.saturating_sub(events.len())));
        }
    }
    events
}

fn documents(bytes: &[u8], format: Format) -> Vec<Document> {
    if format == Format::Ndjson {
        return ndjson(bytes).filter_map(|line| line.ok()?.document().ok()).take(MOST).collect();
    }
    let Ok(text) = text(bytes) else { return Vec::new() };
    match format {
        Format::Yaml => yaml(text, Dialect::Yaml12).unwrap_or_default(),
        Format::Json | Format::Ndjson => json(text).into_iter().collect(),
    }
}
