use std::collections::HashSet;

/// The `ARG`s of a stage and its parents, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Args {
    list: Vec<(String, Option<String>)>,
    names: HashSet<String>,
}

impl Args {
    pub(super) fn push(&mut self, name: &str, value: Option<String>) {
        self.names.insert(name.to_owned());
        self.list.push((name.to_owned(), value));
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    pub(super) fn list(&self) -> &[(String, Option<String>)] {
        &self.list
    }

    /// Bytes that a copy takes.
    pub(super) fn size(&self) -> usize {
        self.list.iter().map(|(name, value)| name.len() + value.as_ref().map_or(0, String::len) + 64).sum()
    }
}
