//! What a plan consists of.

use std::collections::HashSet;
use std::fmt::Debug;

use serde_json::Value;

use super::{Table, same};

/// What is left to others: whether a value is valid.
pub trait Exact: Debug + Send + Sync {
    /// Whether the value is valid.
    fn is_valid(&self, value: &Value) -> bool;
}

/// A schema's rules; references are indices, the first is the whole schema's.
#[derive(Debug)]
pub struct Plan {
    /// The rules.
    pub rules: Vec<Rule>,
}

/// The index of a rule.
pub type Id = u32;

/// One schema of a plan. What is absent holds.
#[derive(Debug, Default)]
pub struct Rule {
    /// The boolean schema `false`.
    pub never: bool,
    /// It has something that plans do not know.
    pub unsure: bool,
    /// It combines other schemas.
    pub combines: bool,
    /// `type`.
    pub types: Option<Types>,
    /// `enum` or `const`.
    pub values: Option<Values>,
    /// The least and the most characters of a string.
    pub length: Option<(u64, u64)>,
    /// What strings must be, apart from their length.
    pub texts: Option<Leaf>,
    /// What numbers must be; the bounds, where they are all that there is.
    pub numbers: Option<Numbers>,
    /// The keywords for objects.
    pub object: Option<Box<Object>>,
    /// The keywords for arrays.
    pub array: Option<Box<Array>>,
    /// `allOf`, and the targets of references.
    pub all: Vec<Id>,
    /// `anyOf`.
    pub any: Vec<Id>,
    /// `oneOf`.
    pub one: Vec<Id>,
    /// `not`.
    pub not: Option<Id>,
    /// `if`, `then`, `else`.
    pub condition: Option<(Id, Option<Id>, Option<Id>)>,
}

/// The JSON types that `type` allows.
#[derive(Debug, Default)]
pub struct Types {
    /// `null`.
    pub null: bool,
    /// `true` and `false`.
    pub boolean: bool,
    /// Numbers without a fraction.
    pub integer: bool,
    /// Any number.
    pub number: bool,
    /// Strings.
    pub string: bool,
    /// Arrays.
    pub array: bool,
    /// Objects.
    pub object: bool,
}

/// The values that `enum` or `const` allows. Numbers are left to [`Rule::numbers`].
#[derive(Debug, Default)]
pub struct Values {
    /// `null`.
    pub null: bool,
    /// `true`.
    pub yes: bool,
    /// `false`.
    pub no: bool,
    /// Strings, if they are many.
    pub texts: HashSet<Box<str>>,
    /// Strings, if they are few: they are compared one after the other.
    pub few: Vec<Box<str>>,
    /// Numbers.
    pub numbers: bool,
    /// Arrays; which, is for others to decide.
    pub arrays: bool,
    /// Objects; which, is for others to decide.
    pub objects: bool,
}

/// What numbers must be.
#[derive(Debug)]
pub struct Numbers {
    /// What decides where nothing else does.
    pub validator: Box<dyn Exact>,
    /// The same for short numbers, where it is nothing but bounds.
    pub bounds: Option<Bounds>,
}

/// Bounds that an `f64` holds exactly.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// `minimum`.
    pub least: f64,
    /// `maximum`.
    pub most: f64,
    /// `exclusiveMinimum`.
    pub above: f64,
    /// `exclusiveMaximum`.
    pub below: f64,
}

/// A validator for strings.
#[derive(Debug)]
pub struct Leaf {
    /// What decides where nothing else does.
    pub validator: Box<dyn Exact>,
    /// The same for strings of ASCII characters, where it is nothing but a regular expression.
    pub table: Option<Table>,
    /// Whether a string that does not fit may be one that took too long.
    pub gives_up: bool,
}

/// The keywords for objects.
#[derive(Debug, Default)]
pub struct Object {
    /// The names that keywords mention.
    pub names: Names,
    /// How many names are required.
    pub required: usize,
    /// `patternProperties`.
    pub patterns: Vec<(Leaf, Id)>,
    /// `additionalProperties`.
    pub additional: Option<Id>,
    /// `propertyNames`.
    pub every_name: Option<Id>,
    /// `minProperties`.
    pub least: u64,
    /// `maxProperties`.
    pub most: Option<u64>,
    /// With this name come those.
    pub dependent: Vec<(Box<str>, Vec<Box<str>>)>,
    /// With this name the whole object fits.
    pub dependent_schemas: Vec<(Box<str>, Id)>,
}

/// Names, found by their marks.
#[derive(Debug, Default)]
pub struct Names {
    list: Vec<Name>,
    /// Indices of the list, plus one, at the place that the mark tells, or behind it; a power of two, half empty.
    slots: Vec<u16>,
}

impl Names {
    /// `None` for more names than are worth a plan.
    #[must_use]
    pub fn new(list: Vec<Name>) -> Option<Self> {
        let size = (2 * list.len()).next_power_of_two();
        let mut slots = vec![0; size];
        for (index, name) in list.iter().enumerate() {
            let mut at = usize::try_from(name.mark).ok()? & (size - 1);
            while *slots.get(at)? != 0 {
                at = (at + 1) & (size - 1);
            }
            *slots.get_mut(at)? = u16::try_from(index + 1).ok()?;
        }
        Some(Self { list, slots })
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Name> {
        self.list.iter()
    }

    /// The one with this mark and this text.
    #[inline]
    #[must_use]
    pub fn find(&self, mark: u32, text: &str) -> Option<&Name> {
        let last = self.slots.len().checked_sub(1)?;
        let mut at = usize::try_from(mark).ok()? & last;
        loop {
            let index = usize::from(*self.slots.get(at)?).checked_sub(1)?;
            let name = self.list.get(index)?;
            if name.mark == mark && same(&name.text, text) {
                return Some(name);
            }
            at = (at + 1) & last;
        }
    }
}

/// A name that the keywords for objects mention.
#[derive(Debug)]
pub struct Name {
    /// Its mark on tapes.
    pub mark: u32,
    /// The name itself.
    pub text: Box<str>,
    /// Whether it must be there.
    pub required: bool,
    /// Its schema in `properties`.
    pub schema: Option<Id>,
}

/// The keywords for arrays.
#[derive(Debug, Default)]
pub struct Array {
    /// The schemas of the first items.
    pub first: Vec<Id>,
    /// The schema of all others.
    pub rest: Option<Id>,
    /// `minItems`.
    pub least: u64,
    /// `maxItems`.
    pub most: Option<u64>,
    /// `uniqueItems`.
    pub unique: bool,
    /// The schema, and how many items fit it at least and at most.
    pub contains: Option<(Id, u64, Option<u64>)>,
}
