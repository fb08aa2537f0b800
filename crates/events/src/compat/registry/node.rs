use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use fancy_regex::Regex;
use serde_json::Value;

use super::fault::{Fault, MAX_NODES, Outcome};
use super::value::{Datum, Number, Reading};

/// A node of the arena. The peer compares by identity here and there; this is it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Id(u32);

/// A reference's target, filled in when it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Link(usize);

/// Where both schemas are loaded into, with their regular expressions.
#[derive(Default)]
pub(super) struct Arena<'a> {
    /// Nodes may have the same content; each place is another node.
    nodes: Vec<Rc<Node<'a>>>,
    links: Vec<Option<Id>>,
    patterns: HashMap<&'a str, Regex>,
}

impl<'a> Arena<'a> {
    pub(super) fn push(&mut self, node: impl Into<Rc<Node<'a>>>) -> Outcome<Id> {
        if self.nodes.len() >= MAX_NODES {
            return Err(Fault::TooLarge("too many schemas within the schemas"));
        }
        let id = Id(u32::try_from(self.nodes.len()).map_err(|_| Fault::TooLarge("too many schemas"))?);
        self.nodes.push(node.into());
        Ok(id)
    }

    pub(super) fn node(&self, id: Id) -> &Node<'a> {
        &self.nodes[id.0 as usize]
    }

    pub(super) fn link(&mut self) -> Link {
        self.links.push(None);
        Link(self.links.len() - 1)
    }

    pub(super) fn resolve(&mut self, link: Link, target: Id) {
        self.links[link.0] = Some(target);
    }

    pub(super) fn target(&self, link: Link) -> Option<Id> {
        self.links[link.0]
    }

    /// A node, or the target if it is a reference: one step.
    pub(super) fn followed(&self, id: Id) -> Id {
        match self.node(id).kind {
            Kind::Reference { link, .. } => self.target(link).unwrap_or(id),
            _ => id,
        }
    }

    pub(super) fn add_pattern(&mut self, pattern: &'a str) -> Outcome<()> {
        if !self.patterns.contains_key(pattern) {
            self.patterns.insert(pattern, super::pattern::compile(pattern)?);
        }
        Ok(())
    }

    pub(super) fn finds(&self, pattern: &str, name: &str) -> Outcome<bool> {
        let regex = self.patterns.get(pattern).ok_or(Fault::TooLarge("a pattern was not kept"))?;
        regex.is_match(name).map_err(|error| Fault::Compare(format!("the pattern `{pattern}`: {error}")))
    }
}

/// One schema as the peer holds it.
#[derive(Debug, Clone, Default)]
pub(super) struct Node<'a> {
    pub(super) id: Option<String>,
    pub(super) title: Option<&'a str>,
    pub(super) description: Option<&'a str>,
    pub(super) default: Option<Datum>,
    /// `readOnly`, `writeOnly` of draft 7: only printed.
    pub(super) access: [Option<bool>; 2],
    pub(super) bag: Bag<'a>,
    pub(super) kind: Kind<'a>,
}

impl<'a> Node<'a> {
    pub(super) fn of(kind: Kind<'a>) -> Self {
        Self { kind, ..Self::default() }
    }

    pub(super) fn is_false(&self) -> bool {
        matches!(self.kind, Kind::False)
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self.kind, Kind::Empty | Kind::True)
    }
}

/// Keywords that no kind holds.
#[derive(Debug, Clone, Default)]
pub(super) struct Bag<'a> {
    pub(super) raw: BTreeMap<&'a str, &'a Value>,
    pub(super) min_contains: Option<Number>,
    pub(super) max_contains: Option<Number>,
    pub(super) unevaluated_properties: Option<Id>,
    pub(super) unevaluated_items: Option<Id>,
    /// `$defs` of the newer drafts, translated.
    pub(super) definitions: Vec<(&'a str, Id)>,
}

impl Bag<'_> {
    pub(super) fn min_contains(&self) -> Option<Number> {
        self.min_contains.or_else(|| self.number("minContains"))
    }

    pub(super) fn max_contains(&self) -> Option<Number> {
        self.max_contains.or_else(|| self.number("maxContains"))
    }

    fn number(&self, keyword: &str) -> Option<Number> {
        self.raw.get(keyword).and_then(|value| Number::of(value, Reading::Classic))
    }
}

#[derive(Debug, Clone, Default)]
pub(super) enum Kind<'a> {
    #[default]
    Empty,
    True,
    False,
    Boolean,
    Null,
    /// `if`, `then`, `else`.
    Conditional([Option<Id>; 3]),
    Object(Box<Object<'a>>),
    Array(Box<Array>),
    Text(Text<'a>),
    Numeric(Numeric),
    Enum(BTreeSet<Datum>),
    Const(Datum),
    Not(Id),
    Combined(Combined),
    Reference {
        link: Link,
        text: String,
    },
}

/// What is said about members that are not named, or items beyond the tuple.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Rest {
    #[default]
    Any,
    Schema(Id),
    Forbidden,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Object<'a> {
    /// Whether `type` was written; only printed.
    pub(super) typed: bool,
    pub(super) properties: BTreeMap<&'a str, Id>,
    pub(super) required: Vec<&'a str>,
    pub(super) min: Option<i32>,
    pub(super) max: Option<i32>,
    pub(super) additional: Rest,
    pub(super) patterns: Vec<(&'a str, Id)>,
    pub(super) names: Option<Id>,
    pub(super) required_with: BTreeMap<&'a str, BTreeSet<&'a str>>,
    pub(super) schema_with: BTreeMap<&'a str, Id>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Array {
    pub(super) typed: bool,
    pub(super) items: Option<Id>,
    pub(super) tuple: Vec<Id>,
    pub(super) additional: Rest,
    pub(super) contains: Option<Id>,
    pub(super) min: Option<i32>,
    pub(super) max: Option<i32>,
    pub(super) unique: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Text<'a> {
    pub(super) typed: bool,
    pub(super) min: Option<i32>,
    pub(super) max: Option<i32>,
    pub(super) pattern: Option<&'a str>,
    /// Only a format that the loader knows; only printed.
    pub(super) format: Option<&'a str>,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Numeric {
    pub(super) typed: bool,
    pub(super) integer: bool,
    pub(super) minimum: Option<Number>,
    pub(super) maximum: Option<Number>,
    pub(super) exclusive_minimum: Option<Number>,
    pub(super) exclusive_maximum: Option<Number>,
    /// Draft 4's exclusiveness of minimum and maximum; only printed.
    pub(super) exclusive: [bool; 2],
    pub(super) multiple_of: Option<Number>,
}

#[derive(Debug, Clone)]
pub(super) struct Combined {
    pub(super) criterion: Criterion,
    pub(super) branches: Vec<Id>,
    /// Not written as such, but made by a loader.
    pub(super) generated: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Criterion {
    All,
    Any,
    One,
}

impl Criterion {
    pub(super) const EACH: [Self; 3] = [Self::All, Self::Any, Self::One];

    pub(super) fn keyword(self) -> &'static str {
        match self {
            Self::All => "allOf",
            Self::Any => "anyOf",
            Self::One => "oneOf",
        }
    }
}
