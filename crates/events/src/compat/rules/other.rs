use super::change::Change;
use super::words::shown;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/other",
    class: Class::Logic,
    explanation: "An event that one version accepts is rejected by the other, in a way that no other rule names.",
    help: ["accept what was accepted before, or publish the change under a new major version", KEEP],
    recognise: |_| None,
};

const KEEP: &str = "send only what the old schema accepts, or publish the change under a new major version";

pub(super) fn said(change: &Change<'_>) -> Said {
    let value = shown(&change.rejection.value);
    let keyword = match change.keyword.as_str() {
        "" => "`false`".to_owned(),
        keyword => format!("`{keyword}`"),
    };
    let (reader, writer, place) = (change.reader_name(), change.writer_name(), change.place());
    format!("{reader} rejects {value}{place} by its {keyword}, where {writer} accepts it").into()
}
