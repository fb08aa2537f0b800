//! The `--flags` of an instruction.

use super::node::{Argument, Node, SyntaxFault};
use super::suggest;

/// What a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// Nothing, `true` or `false`.
    Switch,
    /// One value, once.
    One,
    /// One value each time.
    Many,
}

/// The flags of one instruction, checked against what it knows.
#[derive(Debug, Default)]
pub(super) struct Flags {
    given: Vec<(&'static str, Argument)>,
}

type Known = (&'static str, Takes);

impl Flags {
    /// Reads the flags of an instruction that knows `known`.
    pub(super) fn parse(node: &Node, known: &[Known]) -> Result<Self, SyntaxFault> {
        let mut flags = Self::default();
        for flag in &node.flags {
            // Cannot come from a file: `--` ends the flags and is not among them.
            let Some(body) = flag.value.strip_prefix("--") else { continue };
            let (name, value) = body.split_once('=').map_or((body, None), |(name, value)| (name, Some(value)));
            let (name, takes) = find(node, flag, name, known)?;
            if takes != Takes::Many && flags.get(name).is_some() {
                return Err(fault(flag, format!("`--{name}` is given twice"), "keep one of them"));
            }
            let value = match takes {
                Takes::Switch => switch(flag, name, value)?.to_owned(),
                _ => value.ok_or_else(|| missing(flag, name))?.to_owned(),
            };
            flags.given.push((name, Argument { value, range: flag.range.clone() }));
        }
        Ok(flags)
    }

    /// The flag as it was given, if it was.
    pub(super) fn get(&self, name: &str) -> Option<&Argument> {
        self.all(name).next()
    }

    /// All values of a flag.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &Argument> {
        self.given.iter().filter(move |(given, _)| *given == name).map(|(_, argument)| argument)
    }

    /// A switch: `None` where it was not given.
    pub(super) fn switch(&self, name: &str) -> Option<bool> {
        self.get(name).map(|argument| argument.value == "true")
    }
}

fn find(node: &Node, flag: &Argument, name: &str, known: &[Known]) -> Result<Known, SyntaxFault> {
    if let Some(found) = known.iter().find(|(known, _)| *known == name) {
        return Ok(*found);
    }
    let instruction = node.keyword.to_uppercase();
    let suggestion = suggest::nearest(name, known.iter().map(|(known, _)| *known))
        .map_or(String::new(), |nearest| format!(" (did you mean `--{nearest}`?)"));
    let message = format!("{instruction} knows no flag `--{name}`{suggestion}");
    Err(fault(flag, message, "correct the flag or take it out; `--` ends the flags"))
}

fn switch(flag: &Argument, name: &str, value: Option<&str>) -> Result<&'static str, SyntaxFault> {
    match value.map(str::to_lowercase).as_deref() {
        None | Some("true") => Ok("true"),
        Some("false") => Ok("false"),
        Some("") => Err(missing(flag, name)),
        Some(other) => {
            Err(fault(flag, format!("`--{name}` is a switch, not `{other}`"), "write `true`, `false` or nothing"))
        }
    }
}

fn missing(flag: &Argument, name: &str) -> SyntaxFault {
    fault(flag, format!("`--{name}` has no value"), "write the value behind `=`, without spaces around it")
}

fn fault(flag: &Argument, message: String, help: &'static str) -> SyntaxFault {
    SyntaxFault::new(flag.range.clone(), message, help)
}
