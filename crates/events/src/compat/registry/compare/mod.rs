//! The comparison of two nodes, kind by kind.

mod array;
mod combined;
mod limits;
mod number;
mod object;
mod rest;

use std::rc::Rc;

use super::Policy;
use super::fault::{Fault, MAX_DEPTH, Outcome};
use super::list::List;
use super::memo::Memo;
use super::node::{Arena, Bag, Id, Kind, Node, Text};
use super::text::Texts;

/// How many pairs may be looked at, passes and branches included.
const MAX_STEPS: usize = 400_000;

/// Compares two roots until nothing is guessed any more.
pub(super) fn compare(arena: &Arena<'_>, original: Id, update: Id, policy: Policy) -> Outcome<Rc<List>> {
    let mut comparison =
        Comparison { arena, policy, memo: Memo::default(), texts: Texts::default(), steps: 0, depth: 0 };
    loop {
        let list = comparison.pair(original, update)?;
        match std::mem::take(&mut comparison.memo).next() {
            Some(next) => comparison.memo = next,
            None => return Ok(list),
        }
    }
}

struct Comparison<'a, 'n> {
    arena: &'n Arena<'a>,
    policy: Policy,
    memo: Memo,
    texts: Texts,
    steps: usize,
    depth: usize,
}

impl<'n> Comparison<'_, 'n> {
    /// What changed between two nodes, references followed once.
    fn pair(&mut self, original: Id, update: Id) -> Outcome<Rc<List>> {
        self.step(1)?;
        let pair = (self.arena.followed(original), self.arena.followed(update));
        if let Some(list) = self.memo.known(pair) {
            return Ok(list);
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Fault::TooDeep);
        }
        self.memo.begin(pair);
        let list = Rc::new(self.nodes(pair.0, pair.1)?);
        self.memo.finish(pair, list.clone());
        self.depth -= 1;
        Ok(list)
    }

    fn step(&mut self, steps: usize) -> Outcome<()> {
        self.steps += steps;
        if self.steps > MAX_STEPS { Err(Fault::TooLarge("too many pairs of schemas to compare")) } else { Ok(()) }
    }

    fn nodes(&mut self, original: Id, update: Id) -> Outcome<List> {
        let arena = self.arena;
        let (o, u) = (arena.node(original), arena.node(update));
        if let Some(list) = self.shortcut(original, update)? {
            return Ok(list);
        }
        if std::mem::discriminant(&o.kind) != std::mem::discriminant(&u.kind) {
            return self.kinds_differ(o, u);
        }
        let mut list = List::empty();
        self.annotations(o, u, &mut list);
        self.same_kind(o, u, &mut list)?;
        Ok(list)
    }

    fn kinds_differ(&self, o: &Node<'_>, u: &Node<'_>) -> Outcome<List> {
        let mut list = List::empty();
        if !(o.is_false() || u.is_empty() || (holds_bytes(&o.bag)? && holds_bytes(&u.bag)?)) {
            list.add("TYPE_CHANGED", "", self.policy);
        }
        Ok(list)
    }

    fn annotations(&self, o: &Node<'_>, u: &Node<'_>, list: &mut List) {
        // Arrays and objects are equal only to themselves.
        let composite = |node: &Node<'_>| node.default.as_ref().is_some_and(|default| default.composite);
        let changed = [
            ("ID_CHANGED", o.id != u.id),
            ("TITLE_CHANGED", o.title != u.title),
            ("DESCRIPTION_CHANGED", o.description != u.description),
            ("DEFAULT_CHANGED", o.default != u.default || composite(o)),
        ];
        for (kind, _) in changed.into_iter().filter(|(_, changed)| *changed) {
            list.add(kind, "", self.policy);
        }
    }

    fn same_kind(&mut self, o: &'n Node<'_>, u: &'n Node<'_>, list: &mut List) -> Outcome<()> {
        match (&o.kind, &u.kind) {
            (Kind::Object(o_object), Kind::Object(u_object)) => {
                self.objects((o_object, &o.bag), (u_object, &u.bag), list)
            }
            (Kind::Array(o_array), Kind::Array(u_array)) => self.arrays((o_array, &o.bag), (u_array, &u.bag), list),
            (Kind::Text(o), Kind::Text(u)) => {
                self.strings(o, u, list);
                Ok(())
            }
            (Kind::Numeric(o), Kind::Numeric(u)) => self.numbers(o, u, list),
            (Kind::Enum(o), Kind::Enum(u)) => {
                self.enums(o, u, list);
                Ok(())
            }
            (Kind::Const(o), Kind::Const(u)) if o.is_null() => {
                let _ = u;
                Err(Fault::Compare("the original `const` is null".to_owned()))
            }
            (Kind::Const(o), Kind::Const(u)) => {
                if o != u {
                    list.add("ENUM_ARRAY_CHANGED", "/const", self.policy);
                }
                Ok(())
            }
            (Kind::Not(o), Kind::Not(u)) => {
                let narrowed = self.pair(*u, *o)?.is_compatible();
                let kind = if narrowed { "NOT_TYPE_NARROWED" } else { "NOT_TYPE_EXTENDED" };
                list.add(kind, "/not", self.policy);
                Ok(())
            }
            (Kind::Combined(o), Kind::Combined(u)) => self.combinations(o, u, list),
            _ => Ok(()),
        }
    }

    fn strings(&self, o: &Text<'_>, u: &Text<'_>, list: &mut List) {
        limits::MAX_LENGTH.compare(o.max, u.max, list, self.policy);
        limits::MIN_LENGTH.compare(o.min, u.min, list, self.policy);
        let kind = match (o.pattern, u.pattern) {
            (None, Some(_)) => "PATTERN_ADDED",
            (Some(_), None) => "PATTERN_REMOVED",
            (Some(o), Some(u)) if o != u => "PATTERN_CHANGED",
            _ => return,
        };
        list.add(kind, "/pattern", self.policy);
    }

    fn enums<T: Ord>(&self, o: &std::collections::BTreeSet<T>, u: &std::collections::BTreeSet<T>, list: &mut List) {
        let kind = match (o.is_subset(u), u.is_subset(o)) {
            (true, true) => return,
            (true, false) => "ENUM_ARRAY_EXTENDED",
            (false, true) => "ENUM_ARRAY_NARROWED",
            (false, false) => "ENUM_ARRAY_CHANGED",
        };
        list.add(kind, "/enum", self.policy);
    }

    /// The pair's changes below a place.
    fn below(&mut self, prefix: String, original: Id, update: Id, list: &mut List) -> Outcome<()> {
        let below = self.pair(original, update)?;
        list.below(prefix, &below)
    }
}

/// Whether a schema was made from an Avro or Protobuf `bytes`.
fn holds_bytes(bag: &Bag<'_>) -> Outcome<bool> {
    match bag.raw.get("connect.type") {
        None | Some(serde_json::Value::Null) => Ok(false),
        Some(serde_json::Value::String(text)) => Ok(text == "bytes"),
        Some(_) => Err(Fault::Compare("`connect.type` is not a string".to_owned())),
    }
}
