//! A value against a plan.

use serde_json::Value;

use super::rule::{Array, Id, Leaf, Numbers, Object, Plan, Rule, Types, Values};
use super::same;
use linkspan_source::tape::{Items, Member, Members, Node, Shape, number, small_decimal};

/// What a plan says of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Surely valid.
    Valid,
    /// Surely not valid.
    Invalid,
    /// For others to decide.
    Unsure,
}

use Verdict::{Invalid, Unsure, Valid};

/// How many rules may lead from one to the next: deeper documents, and references in circles, are for others.
const DEEPEST: u32 = 1000;

/// How many rules are tried: schemas whose branches multiply are for others.
const MOST_STEPS: u32 = 10_000_000;

/// Arrays with more items than this are for others, if the items must differ.
const MOST_UNIQUE: u32 = 64;

/// A buffer that is used again for every string.
#[derive(Debug, Default)]
pub struct Scratch(String);

impl Scratch {
    fn fits(&mut self, leaf: &Leaf, text: &str) -> Verdict {
        if let Some(fits) = leaf.table.as_ref().and_then(|table| table.finds(text)) {
            return sure(fits);
        }
        let mut buffer = std::mem::take(&mut self.0);
        buffer.clear();
        buffer.push_str(text);
        let value = Value::String(buffer);
        let fits = leaf.validator.is_valid(&value);
        if let Value::String(buffer) = value {
            self.0 = buffer;
        }
        if !fits && leaf.gives_up { Unsure } else { sure(fits) }
    }
}

impl Verdict {
    fn and(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Valid => other(),
            Invalid => Invalid,
            Unsure => match other() {
                Invalid => Invalid,
                Valid | Unsure => Unsure,
            },
        }
    }
}

const fn sure(holds: bool) -> Verdict {
    if holds { Valid } else { Invalid }
}

/// All hold.
fn all(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let mut all = Valid;
    for verdict in verdicts {
        match verdict {
            Invalid => return Invalid,
            Unsure => all = Unsure,
            Valid => {}
        }
    }
    all
}

impl Plan {
    /// What the plan says of a value.
    #[must_use]
    #[inline(never)]
    pub fn check(&self, node: Node<'_>, scratch: &mut Scratch) -> Verdict {
        Check { plan: self, scratch, depth: 0, steps: 0 }.rule(0, node)
    }
}

struct Check<'p, 's> {
    plan: &'p Plan,
    scratch: &'s mut Scratch,
    depth: u32,
    steps: u32,
}

impl<'p> Check<'p, '_> {
    fn rule(&mut self, id: Id, node: Node<'_>) -> Verdict {
        let plan = self.plan;
        let Some(rule) = usize::try_from(id).ok().and_then(|id| plan.rules.get(id)) else { return Unsure };
        if rule.never {
            return Invalid;
        }
        self.steps += 1;
        if rule.unsure || self.depth >= DEEPEST || self.steps >= MOST_STEPS {
            return Unsure;
        }
        self.depth += 1;
        let mut verdict = self.value(rule, node);
        if rule.combines {
            verdict = verdict.and(|| self.combined(rule, node));
        }
        self.depth -= 1;
        verdict
    }

    fn value(&mut self, rule: &'p Rule, node: Node<'_>) -> Verdict {
        let shape = node.shape();
        let typed = rule.types.as_ref().map_or(Valid, |types| types.allow(shape));
        if typed != Valid {
            return typed;
        }
        if let Some(values) = &rule.values {
            match values.allow(shape) {
                Valid => {}
                other => return other,
            }
        }
        match shape {
            Shape::Text(text) => self.text(rule, text),
            Shape::Number(text) => rule.numbers.as_ref().map_or(Valid, |numbers| numbers.allow(text)),
            Shape::Object(members) => rule.object.as_ref().map_or(Valid, |object| self.object(object, members, node)),
            Shape::Array(items) => rule.array.as_ref().map_or(Valid, |array| self.array(array, items)),
            Shape::Null | Shape::Bool(_) => Valid,
        }
    }

    fn text(&mut self, rule: &'p Rule, text: &str) -> Verdict {
        let long = rule.length.is_none_or(|(least, most)| within(text, least, most));
        sure(long).and(|| rule.texts.as_ref().map_or(Valid, |leaf| self.scratch.fits(leaf, text)))
    }

    fn combined(&mut self, rule: &'p Rule, node: Node<'_>) -> Verdict {
        if let Some((condition, then, otherwise)) = rule.condition {
            let branch = match self.rule(condition, node) {
                Valid => then,
                Invalid => otherwise,
                Unsure => return Unsure,
            };
            match branch.map_or(Valid, |branch| self.rule(branch, node)) {
                Valid => {}
                other => return other,
            }
        }
        let not = match rule.not.map(|not| self.rule(not, node)) {
            Some(Valid) => return Invalid,
            Some(Unsure) => Unsure,
            Some(Invalid) | None => Valid,
        };
        let every = all(rule.all.iter().map(|id| self.rule(*id, node)));
        not.and(|| every).and(|| self.any(&rule.any, node)).and(|| self.one(&rule.one, node))
    }

    fn any(&mut self, branches: &[Id], node: Node<'_>) -> Verdict {
        let mut none = if branches.is_empty() { Valid } else { Invalid };
        for id in branches {
            match self.rule(*id, node) {
                Valid => return Valid,
                Unsure => none = Unsure,
                Invalid => {}
            }
        }
        none
    }

    fn one(&mut self, branches: &[Id], node: Node<'_>) -> Verdict {
        let (mut fitting, mut unsure) = (0, false);
        for id in branches {
            match self.rule(*id, node) {
                Valid => fitting += 1,
                Unsure => unsure = true,
                Invalid => {}
            }
        }
        match fitting {
            _ if branches.is_empty() => Valid,
            2.. => Invalid,
            _ if unsure => Unsure,
            count => sure(count == 1),
        }
    }

    fn object(&mut self, object: &'p Object, members: Members<'_>, node: Node<'_>) -> Verdict {
        let count = u64::from(members.left());
        if count < object.least || object.most.is_some_and(|most| count > most) {
            return Invalid;
        }
        let mut required = 0;
        let mut verdict = Valid;
        for member in members {
            let known = object.names.find(member.mark, member.name);
            required += usize::from(known.is_some_and(|name| name.required));
            match self.member(object, known.and_then(|name| name.schema), member) {
                Valid => {}
                Invalid => return Invalid,
                Unsure => verdict = Unsure,
            }
        }
        if required < object.required {
            return Invalid;
        }
        if object.dependent.is_empty() && object.dependent_schemas.is_empty() {
            return verdict;
        }
        verdict.and(|| self.dependent(object, members, node))
    }

    fn member(&mut self, object: &'p Object, schema: Option<Id>, member: Member<'_>) -> Verdict {
        let mut verdict = schema.map_or(Valid, |id| self.rule(id, member.value));
        let mut known = schema.is_some();
        for (pattern, id) in &object.patterns {
            match self.scratch.fits(pattern, member.name) {
                Valid => verdict = verdict.and(|| self.rule(*id, member.value)),
                Unsure => return Unsure,
                Invalid => continue,
            }
            known = true;
        }
        if let Some(id) = object.additional.filter(|_| !known) {
            verdict = verdict.and(|| self.rule(id, member.value));
        }
        match object.every_name {
            Some(id) => verdict.and(|| self.rule(id, Node::Name(member.name))),
            None => verdict,
        }
    }

    fn dependent(&mut self, object: &'p Object, members: Members<'_>, node: Node<'_>) -> Verdict {
        let has = |name: &str| members.into_iter().any(|member| member.name == name);
        let missing = |(name, others): &(Box<str>, Vec<Box<str>>)| has(name) && !others.iter().all(|other| has(other));
        if object.dependent.iter().any(missing) {
            return Invalid;
        }
        let applying = object.dependent_schemas.iter().filter(|(name, _)| has(name));
        all(applying.map(|(_, id)| self.rule(*id, node)))
    }

    fn array(&mut self, array: &'p Array, items: Items<'_>) -> Verdict {
        let count = u64::from(items.left());
        if count < array.least || array.most.is_some_and(|most| count > most) {
            return Invalid;
        }
        let schemas = array.first.iter().map(|id| Some(*id)).chain(std::iter::repeat(array.rest));
        let each = all(items.zip(schemas).filter_map(|(item, id)| id.map(|id| self.rule(id, item))));
        let unique = || if array.unique { distinct(items) } else { Valid };
        each.and(unique).and(|| match array.contains {
            Some((id, least, most)) => self.contains(id, least, most, items),
            None => Valid,
        })
    }

    fn contains(&mut self, id: Id, least: u64, most: Option<u64>, items: Items<'_>) -> Verdict {
        let mut count = 0;
        for item in items {
            match self.rule(id, item) {
                Valid => count += 1,
                Unsure => return Unsure,
                Invalid => {}
            }
        }
        sure(count >= least && most.is_none_or(|most| count <= most))
    }
}

impl Types {
    fn allow(&self, shape: Shape<'_>) -> Verdict {
        sure(match shape {
            Shape::Null => self.null,
            Shape::Bool(_) => self.boolean,
            Shape::Text(_) => self.string,
            Shape::Array(_) => self.array,
            Shape::Object(_) => self.object,
            Shape::Number(_) if self.number => true,
            Shape::Number(_) if !self.integer => false,
            // Whether `1.0` is an integer depends on the draft.
            Shape::Number(text) if text.contains('.') || text == "-0" => return Unsure,
            Shape::Number(_) => true,
        })
    }
}

impl Values {
    fn allow(&self, shape: Shape<'_>) -> Verdict {
        match shape {
            Shape::Null => sure(self.null),
            Shape::Bool(true) => sure(self.yes),
            Shape::Bool(false) => sure(self.no),
            Shape::Text(text) if self.texts.is_empty() => sure(self.few.iter().any(|one| same(one, text))),
            Shape::Text(text) => sure(self.texts.contains(text)),
            Shape::Number(_) => sure(self.numbers),
            Shape::Array(_) => {
                if self.arrays {
                    Unsure
                } else {
                    Invalid
                }
            }
            Shape::Object(_) => {
                if self.objects {
                    Unsure
                } else {
                    Invalid
                }
            }
        }
    }
}

impl Numbers {
    fn allow(&self, text: &str) -> Verdict {
        if let Some((bounds, value)) = self.bounds.zip(small_decimal(text)) {
            let inclusive = bounds.least <= value && value <= bounds.most;
            return sure(inclusive && bounds.above < value && value < bounds.below);
        }
        number(text).map_or(Unsure, |number| sure(self.validator.is_valid(&Value::Number(number))))
    }
}

/// Whether a string has so many characters; its bytes often tell.
fn within(text: &str, least: u64, most: u64) -> bool {
    let bytes = text.len() as u64;
    if bytes < least || bytes.div_ceil(4) > most {
        return false;
    }
    (least <= bytes.div_ceil(4) && bytes <= most) || (least..=most).contains(&(text.chars().count() as u64))
}

/// Whether all items differ; of few items that are strings, for others to decide.
fn distinct(items: Items<'_>) -> Verdict {
    if items.left() > MOST_UNIQUE {
        return Unsure;
    }
    let mut rest = items;
    while let Some(item) = rest.next() {
        let Some(text) = item.text() else { return if items.left() == 1 { Valid } else { Unsure } };
        if rest.into_iter().any(|other| other.text() == Some(text)) {
            return Invalid;
        }
    }
    Valid
}
