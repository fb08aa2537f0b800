//! What rules say about a change, in words.

use serde_json::Value;

use super::Said;
use super::change::Change;

/// How much of a value is shown.
const SHOWN: usize = 60;

impl<'a> Change<'a> {
    /// `the new schema` in which the event is read.
    pub(super) const fn reader_name(&self) -> &'static str {
        self.way.reader()
    }

    /// `the old one` under which it was written.
    pub(super) const fn writer_name(&self) -> &'static str {
        self.way.writer()
    }

    /// ` at /a/b`, or nothing for the whole event.
    pub(super) fn place(&self) -> String {
        match self.rejection.at.as_str() {
            "" => String::new(),
            at => format!(" at `{at}`"),
        }
    }

    /// These properties in words.
    pub(super) fn names(&self) -> String {
        let names: Vec<_> = self.unexpected().iter().take(5).map(|name| format!("`{name}`")).collect();
        if names.is_empty() { "others".to_owned() } else { names.join(", ") }
    }

    /// What a bound is in both schemas; `None` where another keyword rejects.
    pub(super) fn bound(&self, keywords: &[&str]) -> Option<String> {
        let keyword = keywords.iter().find(|keyword| **keyword == self.keyword)?;
        let read = self.reads(keyword)?;
        let wrote = keywords.iter().find_map(|keyword| Some((keyword, self.wrote(keyword)?)));
        let wrote = match wrote {
            Some((other, value)) if other == keyword && value == read => return None,
            Some((other, value)) if other == keyword => format!("it is {}", shown(value)),
            Some((other, value)) => format!("`{other}` is {}", shown(value)),
            None => "there is none".to_owned(),
        };
        let (reader, writer) = (self.reader_name(), self.writer_name());
        Some(format!("`{keyword}` is {} in {reader}, in {writer} {wrote}", shown(read)))
    }

    /// The value that is rejected.
    pub(super) fn value(&self) -> String {
        shown(&self.rejection.value)
    }

    /// The value that is rejected, and where it stands.
    pub(super) fn located(&self) -> String {
        format!("{}{}", self.value(), self.place())
    }

    /// What is rejected, where, and by which keyword.
    pub(super) fn what(&self) -> String {
        match (self.missing(), self.keyword.as_str()) {
            (Some(name), _) => format!("an object without `{name}`{}", self.place()),
            (None, "") => self.located(),
            (None, keyword) => format!("{} by `{keyword}`", self.located()),
        }
    }

    /// The message, at a name in the list under the keyword.
    pub(super) fn said_at_name(&self, message: String, name: &str) -> Said {
        let list = self.reads(&self.keyword).and_then(Value::as_array);
        let index = list.and_then(|list| list.iter().position(|each| each.as_str() == Some(name)));
        let reader = index.map(|index| format!("{}/{}/{index}", self.reader_at, self.keyword));
        Said { message, reader, writer: None }
    }
}

/// A value on one line, cut where it is long.
pub(super) fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

/// Several values on one line.
pub(super) fn list<'v>(values: impl IntoIterator<Item = &'v Value>) -> String {
    let mut values = values.into_iter();
    let first: Vec<_> = values.by_ref().take(8).map(shown).collect();
    let more = values.count();
    match (first.is_empty(), more) {
        (true, _) => "nothing".to_owned(),
        (false, 0) => first.join(", "),
        (false, more) => format!("{} and {more} more", first.join(", ")),
    }
}
