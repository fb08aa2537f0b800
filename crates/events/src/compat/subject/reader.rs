//! Walking through a document's parts, behind references.

use linkspan_report::Finding;
use linkspan_source::pointer;
use serde_json::{Map, Value};

use crate::catalog::follow;
use crate::schema::{Error, Files, Place};

/// A part of a document, behind the references that lead to it.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) value: Value,
    pub(super) place: Place,
}

/// Reads parts, and keeps what could not be read.
#[derive(Debug)]
pub(super) struct Reader<'f> {
    pub(super) files: &'f Files,
    pub(super) notices: Vec<Finding>,
}

impl<'f> Reader<'f> {
    pub(super) const fn new(files: &'f Files) -> Self {
        Self { files, notices: Vec::new() }
    }

    /// The part at a place; `None` after a notice where its reference leads nowhere.
    pub(super) fn part(&mut self, place: &Place) -> Option<Part> {
        match follow(self.files, place) {
            Ok((value, place)) => Some(Part { value, place }),
            Err(error) => {
                self.fault(place, &error);
                None
            }
        }
    }

    /// A member of a part, behind references; `None` where there is none.
    pub(super) fn member(&mut self, part: &Part, name: &str) -> Option<Part> {
        part.value.get(name)?;
        self.part(&below(&part.place, name))
    }

    /// The members of the object at a name, behind references, in order.
    pub(super) fn members(&mut self, part: &Part, name: &str) -> Vec<(String, Part)> {
        match self.member(part, name) {
            Some(object) => self.all(&object),
            None => Vec::new(),
        }
    }

    /// All members of an object, behind references; extensions (`x-…`) are left out.
    pub(super) fn all(&mut self, part: &Part) -> Vec<(String, Part)> {
        let names: Vec<_> = part.value.as_object().map(|object| object.keys().cloned().collect()).unwrap_or_default();
        let names = names.into_iter().filter(|name| !name.starts_with("x-"));
        names.filter_map(|name| Some((name.clone(), self.part(&below(&part.place, &name))?))).collect()
    }

    /// The items of the list at a name, behind references.
    pub(super) fn items(&mut self, part: &Part, name: &str) -> Vec<Part> {
        let count = part.value.get(name).and_then(Value::as_array).map_or(0, Vec::len);
        let list = below(&part.place, name);
        (0..count).filter_map(|index| self.part(&item(&list, index))).collect()
    }

    /// Says what cannot be compared.
    pub(super) fn fault(&mut self, place: &Place, error: &Error) {
        let finding = match error {
            Error::Malformed { findings, .. } if !findings.is_empty() => findings.clone(),
            _ => vec![self.placed(place, format!("this cannot be compared: {error}"))],
        };
        for finding in finding {
            if !self.notices.contains(&finding) {
                self.notices.push(finding);
            }
        }
    }

    /// Says something about a place.
    pub(super) fn notice(&mut self, place: &Place, message: String) {
        let finding = self.placed(place, message);
        if !self.notices.contains(&finding) {
            self.notices.push(finding);
        }
    }

    fn placed(&self, place: &Place, message: String) -> Finding {
        let finding = Finding::warning("compat/not-compared", message).in_file(self.files.shown(&place.path));
        match self.files.document(&place.path) {
            Ok(document) => finding.at(document.nearest(&place.pointer)),
            Err(_) => finding,
        }
    }
}

impl Part {
    /// The text at a name.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.value.get(name)?.as_str()
    }

    /// Whether a switch is on.
    pub(super) fn is(&self, name: &str) -> bool {
        self.value.get(name) == Some(&Value::Bool(true))
    }

    /// The members that are not extensions.
    pub(super) fn object(&self) -> Map<String, Value> {
        let object = self.value.as_object().cloned().unwrap_or_default();
        object.into_iter().filter(|(name, _)| !name.starts_with("x-")).collect()
    }
}

/// The place of a member.
pub(super) fn below(place: &Place, name: &str) -> Place {
    Place { path: place.path.clone(), pointer: pointer::join(&place.pointer, name) }
}

/// The place of an item.
pub(super) fn item(place: &Place, index: usize) -> Place {
    Place { path: place.path.clone(), pointer: pointer::join_index(&place.pointer, index) }
}
