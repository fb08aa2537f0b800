use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use super::fault::{Fault, Outcome};
use super::node::{Arena, Array, Bag, Id, Kind, Node, Numeric, Object, Rest, Text};

/// Numbers for the texts that the peer prints schemas as: equal texts, equal numbers.
#[derive(Default)]
pub(super) struct Texts {
    numbers: HashMap<String, usize>,
    known: HashMap<(Id, bool), usize>,
    under_way: HashSet<Id>,
}

impl Texts {
    /// The number of a schema's text.
    ///
    /// # Errors
    ///
    /// The peer cannot print the schema.
    pub(super) fn number(&mut self, arena: &Arena<'_>, id: Id) -> Outcome<usize> {
        self.of(arena, id, false)
    }

    /// `through` is whether references print their targets, as they do inside of `$defs`.
    fn of(&mut self, arena: &Arena<'_>, id: Id, through: bool) -> Outcome<usize> {
        if let Some(number) = self.known.get(&(id, through)) {
            return Ok(*number);
        }
        if through && !self.under_way.insert(id) {
            return Err(Fault::Compare("the definitions of a branch refer to themselves".to_owned()));
        }
        let text = self.print(arena, arena.node(id), through)?;
        self.under_way.remove(&id);
        let next = self.numbers.len();
        let number = *self.numbers.entry(text).or_insert(next);
        self.known.insert((id, through), number);
        Ok(number)
    }

    fn print(&mut self, arena: &Arena<'_>, node: &Node<'_>, through: bool) -> Outcome<String> {
        if let Some(keyword) = printed_twice(node) {
            let reason = format!("a branch says `{keyword}` in two ways, which cannot be printed");
            return Err(Fault::Compare(reason));
        }
        let mut out = Out { texts: self, arena, through, text: String::new() };
        out.kind(&node.kind)?;
        out.said("id", &node.id);
        out.said("title", &node.title);
        out.said("description", &node.description);
        out.said("default", &node.default);
        out.said("access", &Some(node.access).filter(|access| access != &[None; 2]));
        out.bag(&node.bag)?;
        Ok(out.text)
    }
}

/// A keyword that the text would have twice in one object.
fn printed_twice(node: &Node<'_>) -> Option<&'static str> {
    let unknown = |keyword| node.bag.raw.contains_key(keyword);
    match &node.kind {
        Kind::Object(object) => {
            let ways = [!object.required_with.is_empty(), !object.schema_with.is_empty(), unknown("dependencies")];
            (ways.into_iter().filter(|way| *way).count() > 1).then_some("dependencies")
        }
        Kind::Array(array) if array.additional != Rest::Any && unknown("additionalItems") => Some("additionalItems"),
        _ => None,
    }
}

struct Out<'t, 'n, 'a> {
    texts: &'t mut Texts,
    arena: &'n Arena<'a>,
    through: bool,
    text: String,
}

impl Out<'_, '_, '_> {
    fn word(&mut self, word: impl std::fmt::Debug) {
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{word:?} ");
    }

    fn said(&mut self, name: &str, value: &Option<impl std::fmt::Debug>) {
        if let Some(value) = value {
            self.word((name, value));
        }
    }

    fn schema(&mut self, name: &str, id: Id) -> Outcome<()> {
        let number = self.texts.of(self.arena, id, self.through)?;
        self.word((name, number));
        Ok(())
    }

    fn schemas<'k>(&mut self, name: &str, entries: impl IntoIterator<Item = (&'k str, Id)>) -> Outcome<()> {
        for (key, id) in entries {
            self.word((name, key));
            self.schema("", id)?;
        }
        Ok(())
    }

    fn kind(&mut self, kind: &Kind<'_>) -> Outcome<()> {
        match kind {
            Kind::Empty => self.word("empty"),
            Kind::True => self.word(true),
            Kind::False => self.word(false),
            Kind::Boolean => self.word("boolean"),
            Kind::Null => self.word("null"),
            Kind::Conditional(parts) => {
                let names = ["if", "then", "else"];
                return self.schemas("", names.into_iter().zip(*parts).filter_map(|(name, id)| Some((name, id?))));
            }
            Kind::Object(object) => return self.object(object),
            Kind::Array(array) => return self.array(array),
            Kind::Text(Text { typed, min, max, pattern, format }) => {
                self.word(("string", typed, min, max, pattern, format));
            }
            Kind::Numeric(numeric) => self.numeric(numeric),
            Kind::Enum(values) => self.word(("enum", values)),
            Kind::Const(value) => self.word(("const", value)),
            Kind::Not(inner) => return self.schema("not", *inner),
            Kind::Combined(combined) => {
                self.word((combined.criterion, combined.generated && combined.criterion.keyword() == "allOf"));
                return combined.branches.iter().try_for_each(|branch| self.schema("", *branch));
            }
            Kind::Reference { link, text } => {
                self.word(("$ref", text));
                if let Some(target) = self.arena.target(*link).filter(|_| self.through) {
                    return self.schema("", target);
                }
            }
        }
        Ok(())
    }

    fn numeric(&mut self, numeric: &Numeric) {
        self.word(("number", numeric));
    }

    fn rest(&mut self, name: &str, rest: Rest) -> Outcome<()> {
        match rest {
            Rest::Any => Ok(()),
            Rest::Forbidden => {
                self.word((name, false));
                Ok(())
            }
            Rest::Schema(id) => self.schema(name, id),
        }
    }

    fn object(&mut self, object: &Object<'_>) -> Outcome<()> {
        self.word(("object", object.typed, object.min, object.max, &object.required, &object.required_with));
        self.schemas("properties", object.properties.iter().map(|(name, id)| (*name, *id)))?;
        self.schemas("patterns", object.patterns.iter().copied())?;
        self.schemas("dependencies", object.schema_with.iter().map(|(name, id)| (*name, *id)))?;
        self.rest("additional", object.additional)?;
        object.names.map_or(Ok(()), |id| self.schema("names", id))
    }

    fn array(&mut self, array: &Array) -> Outcome<()> {
        self.word(("array", array.typed, array.min, array.max, array.unique));
        self.rest("additional", array.additional)?;
        array.items.map_or(Ok(()), |id| self.schema("items", id))?;
        array.contains.map_or(Ok(()), |id| self.schema("contains", id))?;
        array.tuple.iter().try_for_each(|id| self.schema("item", *id))
    }

    fn bag(&mut self, bag: &Bag<'_>) -> Outcome<()> {
        for (keyword, value) in &bag.raw {
            self.word((keyword, value.to_string()));
        }
        self.said("minContains", &bag.min_contains);
        self.said("maxContains", &bag.max_contains);
        let unevaluated =
            [("unevaluatedItems", bag.unevaluated_items), ("unevaluatedProperties", bag.unevaluated_properties)];
        self.schemas("", unevaluated.into_iter().filter_map(|(name, id)| Some((name, id?))))?;
        let outer = std::mem::replace(&mut self.through, true);
        self.schemas("$defs", bag.definitions.iter().copied())?;
        self.through = outer;
        Ok(())
    }
}
