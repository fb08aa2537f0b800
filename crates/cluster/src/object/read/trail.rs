use std::borrow::Cow;

use super::go;
use crate::types::Struct;

/// One step down from the root.
pub(super) enum Step<'a> {
    /// A field of a struct.
    Field(&'a Struct, &'a str),
    /// A key of a map.
    Key(Cow<'a, str>),
    /// An item of a list.
    Index(usize),
}

/// The way from the root to the value at hand.
#[derive(Default)]
pub(super) struct Trail<'a>(Vec<Step<'a>>);

impl<'a> Trail<'a> {
    pub(super) fn push(&mut self, step: Step<'a>) {
        self.0.push(step);
    }

    pub(super) fn pop(&mut self) {
        self.0.pop();
    }

    /// The path of the field `name` of the object at hand, as strict reading says it: `spec.containers[0].name`.
    pub(super) fn path(&self, name: &str) -> String {
        let mut path = String::new();
        for step in &self.0 {
            match step {
                Step::Field(_, name) => join(&mut path, name),
                Step::Key(key) => join(&mut path, key),
                Step::Index(index) => path += &format!("[{index}]"),
            }
        }
        join(&mut path, name);
        path
    }

    /// The place of the value at hand as Go says it: the fields only, with those of embedded structs, after the name of
    /// the innermost struct.
    pub(super) fn place(&self) -> String {
        let mut innermost = None;
        let mut path = String::new();
        for step in &self.0 {
            let Step::Field(of, name) = step else { continue };
            innermost = Some(of);
            if let Some(embedded) = go::embedded(of, name) {
                join(&mut path, embedded);
            }
            join(&mut path, name);
        }
        innermost.map_or_else(|| "value".to_owned(), |of| format!("struct field {}.{path}", of.go_name()))
    }
}

fn join(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}
