use std::collections::HashMap;

use super::super::shell::Environment;

/// Variables in the order in which they were first set; a later value takes the earlier one's place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Vars {
    list: Vec<(String, String)>,
    places: HashMap<String, usize>,
}

impl Vars {
    pub(super) fn set(&mut self, name: &str, value: &str) {
        if let Some(place) = self.places.get(name) {
            value.clone_into(&mut self.list[*place].1);
            return;
        }
        self.places.insert(name.to_owned(), self.list.len());
        self.list.push((name.to_owned(), value.to_owned()));
    }

    pub(super) fn list(&self) -> &[(String, String)] {
        &self.list
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|(name, _)| name.as_str())
    }

    /// Bytes that a copy takes.
    pub(super) fn size(&self) -> usize {
        self.list.iter().map(|(name, value)| name.len() + value.len() + 64).sum()
    }
}

impl Environment for Vars {
    fn get(&self, name: &str) -> Option<&str> {
        self.places.get(name).map(|place| self.list[*place].1.as_str())
    }
}
