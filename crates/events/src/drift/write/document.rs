//! Small changes of a JSON or YAML text: what is not changed stays as it was written, comments and all.

use linkspan_report::Position;
use linkspan_source::{Dialect, Document, json, pointer, yaml};
use serde_json::{Map, Value};

/// A text that is being changed.
pub(crate) struct Editor {
    text: String,
    is_json: bool,
}

/// A member of an object, in bytes.
struct Member {
    key: std::ops::Range<usize>,
    value: std::ops::Range<usize>,
}

impl Editor {
    /// An editor for a text.
    pub(crate) fn new(text: String, is_json: bool) -> Self {
        Self { text, is_json }
    }

    /// What it has become.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// The value at a place, as it is now.
    pub(crate) fn value(&self, at: &str) -> Option<Value> {
        pointer::get(&self.document()?.value, at).cloned()
    }

    /// Makes the value at a place another one, in as few strokes as there are differences. `false` where it cannot.
    pub(crate) fn set(&mut self, at: &str, new: &Value) -> bool {
        let Some(old) = self.value(at) else { return self.add(at, new) };
        if old == *new {
            return true;
        }
        match (&old, new) {
            (Value::Object(old), Value::Object(new)) if old.keys().any(|key| new.contains_key(key)) => {
                self.merge(at, old, new)
            }
            _ => self.replace(at, new),
        }
    }

    fn merge(&mut self, at: &str, old: &Map<String, Value>, new: &Map<String, Value>) -> bool {
        let gone = old.keys().filter(|key| !new.contains_key(*key));
        let mut done = true;
        for key in gone {
            done &= self.remove(&pointer::join(at, key));
        }
        for (key, value) in new {
            done &= self.set(&pointer::join(at, key), value);
        }
        done
    }

    fn replace(&mut self, at: &str, new: &Value) -> bool {
        let Some(document) = self.document() else { return false };
        let Some(span) = document.span(at) else { return false };
        // What an alias stands for was written elsewhere, for others too.
        if document.source_text(at).is_some_and(|text| text.starts_with('*')) {
            return false;
        }
        let (start, end) = (self.offset(span.start), self.offset(span.end));
        let end = start + self.text.get(start..end).unwrap_or_default().trim_end().len();
        let text = self.rendered(new);
        self.text.replace_range(start..end.max(start), &text);
        true
    }

    /// Removes a member of an object.
    pub(crate) fn remove(&mut self, at: &str) -> bool {
        let Some(document) = self.document() else { return false };
        let Some((parent, _)) = pointer::parent(at) else { return false };
        let Some(member) = self.member(&document, at) else { return false };
        let sole = pointer::get(&document.value, parent).and_then(Value::as_object).is_some_and(|all| all.len() == 1);
        if sole {
            return self.replace(parent, &Value::Object(Map::new()));
        }
        if self.is_block(&document, parent) {
            let start = self.text[..member.key.start].rfind('\n').map_or(0, |at| at + 1);
            let end = self.text[member.value.end..].find('\n').map_or(self.text.len(), |at| member.value.end + at + 1);
            // The first member of an item stands behind its dash.
            if self.text[start..member.key.start].trim().is_empty() {
                self.text.replace_range(start..end, "");
                return true;
            }
            return false;
        }
        let after = &self.text[member.value.end..];
        let gap = after.len() - after.trim_start().len();
        if after.trim_start().starts_with(',') {
            let rest = &after[gap + 1..];
            let space = rest.len() - rest.trim_start_matches([' ', '\n', '\r', '\t']).len();
            self.text.replace_range(member.key.start..member.value.end + gap + 1 + space, "");
        } else {
            let before = self.text[..member.key.start].trim_end();
            let start = before.strip_suffix(',').map_or(before.len(), str::len);
            self.text.replace_range(start..member.value.end, "");
        }
        true
    }

    /// Adds a member to an object that is there.
    fn add(&mut self, at: &str, new: &Value) -> bool {
        let Some(document) = self.document() else { return false };
        let Some((parent, key)) = pointer::parent(at) else { return false };
        let Some(Value::Object(members)) = pointer::get(&document.value, parent) else { return false };
        let text = format!("{}: {}", self.key(&key), self.rendered(new));
        let Some(last) = self.last(&document, parent, members) else {
            return members.is_empty()
                && self.replace(parent, &Value::Object([(key.into_owned(), new.clone())].into_iter().collect()));
        };
        let line = self.text[..last.key.start].rfind('\n').map_or(0, |at| at + 1);
        let lead = self.text[line..last.key.start].to_owned();
        let own_line = lead.trim_start_matches([' ', '\t', '-']).is_empty();
        let indent: String = lead.chars().map(|letter| if letter == '-' { ' ' } else { letter }).collect();
        let newline = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        if self.is_block(&document, parent) {
            let end = last.value.end;
            let end = self.text[end..].find('\n').map_or(self.text.len(), |at| end + at);
            let end = end - usize::from(self.text[..end].ends_with('\r'));
            self.text.insert_str(end, &format!("{newline}{indent}{text}"));
        } else if own_line {
            self.text.insert_str(last.value.end, &format!(",{newline}{indent}{text}"));
        } else {
            self.text.insert_str(last.value.end, &format!(", {text}"));
        }
        true
    }

    /// The member that stands last in the text.
    fn last(&self, document: &Document, parent: &str, members: &Map<String, Value>) -> Option<Member> {
        let all = members.keys().filter_map(|key| self.member(document, &pointer::join(parent, key)));
        all.max_by_key(|member| member.key.start)
    }

    fn member(&self, document: &Document, at: &str) -> Option<Member> {
        let (key, value) = (document.key_span(at)?, document.span(at)?);
        let key = self.offset(key.start)..self.offset(key.end);
        let value = self.offset(value.start)..self.offset(value.end);
        let end = value.start + self.text.get(value.clone())?.trim_end().len();
        // An empty value has no text of its own.
        Some(Member { value: value.start..end.max(key.end + 1), key })
    }

    fn is_block(&self, document: &Document, at: &str) -> bool {
        !self.is_json && !document.source_text(at).is_some_and(|text| text.starts_with(['{', '[', '&', '!']))
    }

    fn key(&self, key: &str) -> String {
        if self.is_json { Value::from(key).to_string() } else { word(key) }
    }

    fn rendered(&self, value: &Value) -> String {
        if self.is_json { spaced(value, &|text| Value::from(text).to_string()) } else { spaced(value, &word) }
    }

    fn document(&self) -> Option<Document> {
        if self.is_json { json(&self.text).ok() } else { yaml(&self.text, Dialect::Yaml12).ok()?.into_iter().next() }
    }

    fn offset(&self, position: Position) -> usize {
        let mut line = 1;
        let start = if position.line == 1 {
            0
        } else {
            let found = self.text.bytes().position(|byte| {
                line += usize::from(byte == b'\n');
                line == position.line
            });
            found.map_or(self.text.len(), |at| at + 1)
        };
        let rest = self.text.get(start..).unwrap_or_default();
        start + rest.char_indices().nth(position.column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at)
    }
}

/// A value on one line: `{ type: string, maxLength: 80 }`.
fn spaced(value: &Value, word: &dyn Fn(&str) -> String) -> String {
    match value {
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let member = |(key, value): (&String, &Value)| format!("{}: {}", word(key), spaced(value, word));
            format!("{{ {} }}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(|item| spaced(item, word)).collect::<Vec<_>>().join(", "))
        }
        Value::String(text) => word(text),
        other => other.to_string(),
    }
}

/// A text as YAML has it: without quotes where nobody could take it for anything else.
fn word(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.' | '/');
    let reserved = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let simple = text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && text.chars().all(plain)
        && !reserved.contains(&text.to_ascii_lowercase().as_str());
    match (simple, text.contains(['\n', '\r', '\t', '\'']) || text.chars().any(char::is_control)) {
        (true, _) => text.to_owned(),
        (false, true) => Value::from(text).to_string(),
        (false, false) => format!("'{text}'"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const BLOCK: &str = "\
# the order
Order:
  type: object
  required: [id]   # only this
  properties:
    id: { type: string, maxLength: 9 }  # short
    note:
      type: string   # free
      description: |
        Whatever.
        They say.
    # at the end
    count: { type: integer }
";

    fn edited(text: &str, is_json: bool, changes: &[(&str, Value)]) -> String {
        let mut editor = Editor::new(text.to_owned(), is_json);
        for (at, value) in changes {
            assert!(if value.is_null() { editor.remove(at) } else { editor.set(at, value) }, "{at}");
        }
        editor.into_text()
    }

    #[test]
    fn what_is_not_changed_stays() {
        insta::assert_snapshot!(edited(BLOCK, false, &[
            ("/Order/properties/id/maxLength", json!(12)),
            ("/Order/properties/id", json!({"type": "string", "maxLength": 12, "pattern": "^o-"})),
            ("/Order/properties/note", json!({"type": "string", "maxLength": 80, "description": "Whatever.\nThey say.\n"})),
            ("/Order/properties/count", Value::Null),
            ("/Order/properties/total", json!({"type": "number"})),
            ("/Order/required", json!(["id", "total"])),
        ]), @"
        # the order
        Order:
          type: object
          required: [id, total]   # only this
          properties:
            id: { type: string, maxLength: 12, pattern: '^o-' }  # short
            note:
              type: string   # free
              description: |
                Whatever.
                They say.
              maxLength: 80
            total: { type: number }
            # at the end
        ");
        insta::assert_snapshot!(edited("{\n  \"a\": {\"type\": \"string\"},\n  \"b\": 1\n}\n", true, &[
            ("/a", json!({"type": "string", "maxLength": 3})),
            ("/c", json!(["x"])),
            ("/b", Value::Null),
        ]), @r#"
        {
          "a": {"type": "string", "maxLength": 3},
          "c": ["x"]
        }
        "#);
        insta::assert_snapshot!(edited("a:\n  b: 1\n", false, &[("/a/b", Value::Null), ("/a/c", json!("no"))]), @"
        a:
          { c: 'no' }
        ");
    }

    fn tree() -> impl Strategy<Value = Value> {
        let leaf =
            prop_oneof![Just(json!(1)), Just(json!("x: y")), Just(json!(true)), "[a-c ]{0,3}".prop_map(Value::from)];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map("[a-d]", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// A value as YAML in blocks.
    fn block(value: &Value, indent: usize) -> String {
        match value {
            Value::Object(members) if !members.is_empty() => members
                .iter()
                .map(|(key, value)| {
                    format!("\n{}{key}: {} # {key}", " ".repeat(indent), block(value, indent + 2))
                        .replace(": \n", ":\n")
                })
                .collect::<String>(),
            other => spaced(other, &word),
        }
    }

    proptest! {
        #[test]
        fn a_text_becomes_what_it_is_set_to(old in tree(), new in tree()) {
            let old = json!({ "k": old, "z": 0 });
            for is_json in [true, false] {
                let text = if is_json { serde_json::to_string_pretty(&old).unwrap() } else { block(&old, 0).replace(" # k # z", "") };
                let text = format!("{}\n", text.trim_start_matches('\n'));
                prop_assume!(Editor::new(text.clone(), is_json).value("").as_ref() == Some(&old));
                let mut editor = Editor::new(text.clone(), is_json);
                prop_assert!(editor.set("/k", &new), "{}", text);
                prop_assert_eq!(editor.value(""), Some(json!({ "k": new, "z": 0 })), "{} became {}", text, editor.into_text());
            }
        }
    }
}
