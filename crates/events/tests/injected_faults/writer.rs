//! A value as a text, in one of the ways in which people write it, with the place of every node.

use std::collections::BTreeMap;

use linkspan_report::{Position, Span};
use serde_json::{Map, Value};

use crate::random::Random;

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// JSON in one line.
    Compact,
    /// JSON with a line for each node.
    Pretty,
    /// YAML in block style, with parts in flow style.
    Yaml,
    /// The same, with CR LF and a byte order mark.
    YamlWindows,
}

impl Style {
    pub(crate) const ALL: [Self; 4] = [Self::Compact, Self::Pretty, Self::Yaml, Self::YamlWindows];

    pub(crate) fn is_json(self) -> bool {
        matches!(self, Self::Compact | Self::Pretty)
    }
}

/// A text, and where its nodes stand, by JSON Pointer.
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) values: BTreeMap<String, Span>,
    pub(crate) names: BTreeMap<String, Span>,
    line: usize,
    column: usize,
}

/// Writes a value.
pub(crate) fn written(value: &Value, style: Style, random: &mut Random) -> Text {
    let mut text = Text { text: String::new(), values: BTreeMap::new(), names: BTreeMap::new(), line: 1, column: 1 };
    match style {
        Style::Compact => text.json(value, "", None),
        Style::Pretty => text.json(value, "", Some(0)),
        Style::Yaml | Style::YamlWindows => {
            // The file's name follows from how the text begins.
            text.put("---\n");
            text.block(value, "", 0, random);
            text.put("\n");
        }
    }
    if style == Style::YamlWindows {
        text.text = format!("\u{feff}{}", text.text.replace('\n', "\r\n"));
    }
    text
}

impl Text {
    fn put(&mut self, part: &str) {
        for character in part.chars() {
            self.column += 1;
            if character == '\n' {
                self.line += 1;
                self.column = 1;
            }
        }
        self.text.push_str(part);
    }

    fn here(&self) -> Position {
        Position::new(self.line, self.column)
    }

    /// Puts a node, and remembers where.
    fn node(&mut self, at: &str, put: impl FnOnce(&mut Self)) {
        let start = self.here();
        put(self);
        self.values.insert(at.to_owned(), Span::new(start, self.here()));
    }

    fn name(&mut self, at: &str, token: &str) {
        let start = self.here();
        self.put(token);
        self.names.insert(at.to_owned(), Span::new(start, self.here()));
    }

    fn json(&mut self, value: &Value, at: &str, indent: Option<usize>) {
        self.node(at, |text| match value {
            Value::Object(members) if !members.is_empty() => {
                text.put("{");
                for (index, (name, value)) in members.iter().enumerate() {
                    text.next(index, indent);
                    let at = step(at, name);
                    text.name(&at, &Value::from(name.as_str()).to_string());
                    text.put(if indent.is_some() { ": " } else { ":" });
                    text.json(value, &at, indent.map(|indent| indent + 2));
                }
                text.close("}", indent);
            }
            Value::Array(items) if !items.is_empty() => {
                text.put("[");
                for (index, item) in items.iter().enumerate() {
                    text.next(index, indent);
                    text.json(item, &format!("{at}/{index}"), indent.map(|indent| indent + 2));
                }
                text.close("]", indent);
            }
            scalar => text.put(&scalar.to_string()),
        });
    }

    fn next(&mut self, index: usize, indent: Option<usize>) {
        self.put(if index > 0 { "," } else { "" });
        if let Some(indent) = indent {
            self.put(&format!("\n{}", " ".repeat(indent + 2)));
        }
    }

    fn close(&mut self, bracket: &str, indent: Option<usize>) {
        if let Some(indent) = indent {
            self.put(&format!("\n{}", " ".repeat(indent)));
        }
        self.put(bracket);
    }

    /// A node of YAML, from where it stands; its further lines begin after `indent` spaces.
    fn block(&mut self, value: &Value, at: &str, indent: usize, random: &mut Random) {
        match value {
            Value::Object(members) if !members.is_empty() => {
                self.node(at, |text| text.mapping(members, at, indent, random));
            }
            Value::Array(items) if !items.is_empty() => self.node(at, |text| {
                for (index, item) in items.iter().enumerate() {
                    text.line(index, indent);
                    text.put("- ");
                    text.inner(item, &format!("{at}/{index}"), indent + 2, random, false);
                }
            }),
            other => self.inline(other, at, random),
        }
    }

    fn mapping(&mut self, members: &Map<String, Value>, at: &str, indent: usize, random: &mut Random) {
        for (index, (name, value)) in members.iter().enumerate() {
            self.line(index, indent);
            let at = step(at, name);
            let token = scalar(name, random);
            self.name(&at, &token);
            self.put(":");
            self.inner(value, &at, indent + 2, random, true);
        }
    }

    fn line(&mut self, index: usize, indent: usize) {
        if index > 0 {
            self.put(&format!("\n{}", " ".repeat(indent)));
        }
    }

    /// A node in another: on lines of its own, or behind what is there.
    fn inner(&mut self, value: &Value, at: &str, indent: usize, random: &mut Random, named: bool) {
        let filled =
            value.as_object().is_some_and(|it| !it.is_empty()) || value.as_array().is_some_and(|it| !it.is_empty());
        let separator = if named { " " } else { "" };
        if !filled || random.once_in(4) {
            self.put(separator);
            self.inline(value, at, random);
        } else {
            if named {
                self.put(if random.once_in(3) { " # about it\n" } else { "\n" });
                self.put(&" ".repeat(indent));
            }
            self.block(value, at, indent, random);
        }
    }

    fn inline(&mut self, value: &Value, at: &str, random: &mut Random) {
        match value {
            Value::String(text) => {
                let token = scalar(text, random);
                self.node(at, |text| text.put(&token));
            }
            other => self.json_spaced(other, at),
        }
    }

    /// As JSON, with a space behind each colon: without it `:` would belong to some names.
    fn json_spaced(&mut self, value: &Value, at: &str) {
        self.node(at, |text| match value {
            Value::Object(members) => {
                text.put("{");
                for (index, (name, value)) in members.iter().enumerate() {
                    text.put(if index > 0 { ", " } else { "" });
                    let at = step(at, name);
                    text.name(&at, &Value::from(name.as_str()).to_string());
                    text.put(": ");
                    text.json_spaced(value, &at);
                }
                text.put("}");
            }
            Value::Array(items) => {
                text.put("[");
                for (index, item) in items.iter().enumerate() {
                    text.put(if index > 0 { ", " } else { "" });
                    text.json_spaced(item, &format!("{at}/{index}"));
                }
                text.put("]");
            }
            scalar => text.put(&scalar.to_string()),
        });
    }
}

/// A string as a scalar of YAML: plain where that is the same string, else quoted.
fn scalar(text: &str, random: &mut Random) -> String {
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let letters = text.starts_with(|first: char| first.is_alphabetic())
        && text.chars().all(|character| character.is_alphanumeric() || "-_".contains(character));
    let plain = letters && !words.contains(&text.to_lowercase().as_str());
    match random.below(3) {
        0 if plain => text.to_owned(),
        1 if !text.chars().any(char::is_control) => format!("'{}'", text.replace('\'', "''")),
        _ => Value::from(text).to_string(),
    }
}

/// The pointer of a member.
fn step(at: &str, name: &str) -> String {
    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))
}
