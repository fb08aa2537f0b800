//! What a plan consists of.

use std::collections::HashSet;

use jsonschema::Validator;

/// A schema's rules; references are indices, the first is the whole schema's.
#[derive(Debug)]
pub(in crate::validate) struct Plan {
    pub(super) rules: Vec<Rule>,
}

/// The index of a rule.
pub(super) type Id = u32;

/// One schema of a plan. What is absent holds.
#[derive(Debug, Default)]
pub(super) struct Rule {
    /// The boolean schema `false`.
    pub(super) never: bool,
    /// It has something that plans do not know.
    pub(super) unsure: bool,
    /// It combines other schemas.
    pub(super) combines: bool,
    pub(super) types: Option<Types>,
    pub(super) values: Option<Values>,
    /// The least and the most characters of a string.
    pub(super) length: Option<(u64, u64)>,
    pub(super) texts: Option<Leaf>,
    /// What numbers must be; the bounds, where they are all that there is.
    pub(super) numbers: Option<Numbers>,
    pub(super) object: Option<Box<Object>>,
    pub(super) array: Option<Box<Array>>,
    /// `allOf`, and the targets of references.
    pub(super) all: Vec<Id>,
    pub(super) any: Vec<Id>,
    pub(super) one: Vec<Id>,
    pub(super) not: Option<Id>,
    /// `if`, `then`, `else`.
    pub(super) condition: Option<(Id, Option<Id>, Option<Id>)>,
}

/// The JSON types that `type` allows.
#[derive(Debug, Default)]
pub(super) struct Types {
    pub(super) null: bool,
    pub(super) boolean: bool,
    pub(super) integer: bool,
    pub(super) number: bool,
    pub(super) string: bool,
    pub(super) array: bool,
    pub(super) object: bool,
}

/// The values that `enum` or `const` allows. Numbers are left to [`Rule::numbers`].
#[derive(Debug, Default)]
pub(super) struct Values {
    pub(super) null: bool,
    pub(super) yes: bool,
    pub(super) no: bool,
    pub(super) texts: HashSet<Box<str>>,
    pub(super) few: Vec<Box<str>>,
    pub(super) numbers: bool,
    pub(super) arrays: bool,
    pub(super) objects: bool,
}

/// What numbers must be.
#[derive(Debug)]
pub(super) struct Numbers {
    pub(super) validator: Validator,
    /// The same for short numbers, where it is nothing but bounds.
    pub(super) bounds: Option<Bounds>,
}

/// Bounds that an `f64` holds exactly.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) least: f64,
    pub(super) most: f64,
    pub(super) above: f64,
    pub(super) below: f64,
}

/// A validator for strings.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) validator: Validator,
    /// Whether a string that does not fit may be one that took too long.
    pub(super) gives_up: bool,
}

/// The keywords for objects.
#[derive(Debug, Default)]
pub(super) struct Object {
    pub(super) names: Names,
    /// How many names are required.
    pub(super) required: usize,
    pub(super) patterns: Vec<(Leaf, Id)>,
    pub(super) additional: Option<Id>,
    /// `propertyNames`.
    pub(super) every_name: Option<Id>,
    pub(super) least: u64,
    pub(super) most: Option<u64>,
    /// With this name come those.
    pub(super) dependent: Vec<(Box<str>, Vec<Box<str>>)>,
    /// With this name the whole object fits.
    pub(super) dependent_schemas: Vec<(Box<str>, Id)>,
}

/// Names, found by their marks.
#[derive(Debug, Default)]
pub(super) struct Names {
    list: Vec<Name>,
    /// Indices of the list, plus one, at the place that the mark tells, or behind it; a power of two, half empty.
    slots: Vec<u16>,
}

impl Names {
    /// `None` for more names than are worth a plan.
    pub(super) fn new(list: Vec<Name>) -> Option<Self> {
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

    pub(super) fn iter(&self) -> impl Iterator<Item = &Name> {
        self.list.iter()
    }

    #[inline]
    pub(super) fn find(&self, mark: u32, text: &str) -> Option<&Name> {
        let last = self.slots.len().checked_sub(1)?;
        let mut at = usize::try_from(mark).ok()? & last;
        loop {
            let index = usize::from(*self.slots.get(at)?).checked_sub(1)?;
            let name = self.list.get(index)?;
            if name.mark == mark && *name.text == *text {
                return Some(name);
            }
            at = (at + 1) & last;
        }
    }
}

/// A name that the keywords for objects mention.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) mark: u32,
    pub(super) text: Box<str>,
    pub(super) required: bool,
    /// Its schema in `properties`.
    pub(super) schema: Option<Id>,
}

/// The keywords for arrays.
#[derive(Debug, Default)]
pub(super) struct Array {
    /// The schemas of the first items.
    pub(super) first: Vec<Id>,
    /// The schema of all others.
    pub(super) rest: Option<Id>,
    pub(super) least: u64,
    pub(super) most: Option<u64>,
    pub(super) unique: bool,
    /// The schema, and how many items fit it at least and at most.
    pub(super) contains: Option<(Id, u64, Option<u64>)>,
}
