//! What differs between two objects.

use std::mem::discriminant;

use serde_json::{Map, Value};

use super::element::PathElement;
use super::problem::{Problems, item_problem};
use super::schema::{Identity, Kind, ListType, MapType, Schema, Type};
use super::set::FieldSet;
use super::value::equal;

/// The fields that differ; none is in more than one of the sets.
#[derive(Debug, Default)]
pub(super) struct Difference<'a> {
    pub(super) added: FieldSet<'a>,
    pub(super) modified: FieldSet<'a>,
    pub(super) removed: FieldSet<'a>,
}

/// What became of a value itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    None,
    Added,
    Modified,
    Removed,
}

/// What became of a value, and of what is in it.
type Outcome<'a> = (Change, Difference<'a>);

impl<'a> Difference<'a> {
    /// Without fields that nobody owns.
    pub(super) fn filtered(self, filter: impl Fn(FieldSet<'a>) -> FieldSet<'a>) -> Self {
        Self { added: filter(self.added), modified: filter(self.modified), removed: filter(self.removed) }
    }

    fn push(&mut self, element: &PathElement<'a>, (change, below): Outcome<'a>) {
        self.added.push(element.clone(), change == Change::Added, below.added);
        self.modified.push(element.clone(), change == Change::Modified, below.modified);
        self.removed.push(element.clone(), change == Change::Removed, below.removed);
    }

    fn union(self, other: Self) -> Self {
        Self {
            added: self.added.union(other.added),
            modified: self.modified.union(other.modified),
            removed: self.removed.union(other.removed),
        }
    }
}

impl<'a> Schema<'a> {
    /// What differs between two objects.
    ///
    /// # Errors
    ///
    /// If items of a list cannot be told apart.
    pub(super) fn compare(self, of: Type<'a>, old: &'a Value, new: &'a Value) -> Result<Difference<'a>, Problems> {
        Ok(self.change(of, Some(old), Some(new))?.1)
    }

    fn change(self, of: Type<'a>, old: Option<&'a Value>, new: Option<&'a Value>) -> Result<Outcome<'a>, Problems> {
        let kinds = (old.map(|old| self.kind(of, old)), new.map(|new| self.kind(of, new)));
        let (change, difference) = match kinds {
            (Some(was), Some(is)) if discriminant(&was) != discriminant(&is) => {
                let (before, after) = (self.change_as(&was, old, new)?, self.change_as(&is, old, new)?);
                (before.0.max(after.0), before.1.union(after.1))
            }
            (_, Some(kind)) | (Some(kind), None) => self.change_as(&kind, old, new)?,
            (None, None) => (Change::None, Difference::default()),
        };
        let itself = match (old, new) {
            (None, Some(_)) => Change::Added,
            (Some(_), None) => Change::Removed,
            _ => change,
        };
        Ok((itself, difference))
    }

    fn change_as(
        self,
        kind: &Kind<'a>,
        old: Option<&'a Value>,
        new: Option<&'a Value>,
    ) -> Result<Outcome<'a>, Problems> {
        let inside = match kind {
            Kind::Scalar(_) => None,
            Kind::List(list) if matches!(list.identity, Identity::Atomic) => None,
            Kind::List(list) => {
                let (old, new) = (items(old), items(new));
                (!old.is_empty() || !new.is_empty()).then(|| self.change_items(list, old, new))
            }
            Kind::Map(map) if map.atomic => None,
            Kind::Map(map) => {
                let (old, new) = (fields(old), fields(new));
                (old.is_some() || new.is_some()).then(|| self.change_fields(map, old, new))
            }
        };
        match inside {
            Some(inside) => Ok((Change::None, inside?)),
            None => {
                let same = old.zip(new).is_none_or(|(old, new)| equal(old, new));
                Ok((if same { Change::None } else { Change::Modified }, Difference::default()))
            }
        }
    }

    fn change_fields(
        self,
        map: &MapType<'a>,
        old: Option<&'a Map<String, Value>>,
        new: Option<&'a Map<String, Value>>,
    ) -> Result<Difference<'a>, Problems> {
        let mut difference = Difference::default();
        let mut problems = Problems::default();
        let (mut old, mut new) = (old.into_iter().flatten().peekable(), new.into_iter().flatten().peekable());
        loop {
            let before = old.next_if(|was| new.peek().is_none_or(|is| was.0 <= is.0));
            let after = new.next_if(|is| before.is_none_or(|was| was.0 == is.0));
            let Some((name, _)) = before.or(after) else { break };
            let element = PathElement::Field(name);
            match self.change(map.any_field(name), before.map(|was| was.1), after.map(|is| is.1)) {
                Ok(outcome) => difference.push(&element, outcome),
                Err(below) => problems.add(below.below(&element)),
            }
        }
        problems.or(difference)
    }

    fn change_items(self, list: &ListType<'a>, old: &'a [Value], new: &'a [Value]) -> Result<Difference<'a>, Problems> {
        let (old, new) = (self.grouped(list, old)?, self.grouped(list, new)?);
        let mut difference = Difference::default();
        let mut problems = Problems::default();
        let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
        loop {
            let before = old.next_if(|was| new.peek().is_none_or(|is| was.0 <= is.0));
            let after = new.next_if(|is| before.as_ref().is_none_or(|was| was.0 == is.0));
            let Some(element) = before.as_ref().or(after.as_ref()).map(|group| group.0.clone()) else { break };
            let (was, is) = (before.map(|group| group.1), after.map(|group| group.1));
            match self.change_group(list.item, was.as_deref().unwrap_or_default(), is.as_deref().unwrap_or_default()) {
                Ok(outcomes) => outcomes.into_iter().for_each(|outcome| difference.push(&element, outcome)),
                Err(below) => problems.add(below.below(&element)),
            }
        }
        problems.or(difference)
    }

    /// What became of the items with one key. Several of them are one value.
    fn change_group(self, of: Type<'a>, old: &[&'a Value], new: &[&'a Value]) -> Result<Vec<Outcome<'a>>, Problems> {
        let alone = |change| (change, Difference::default());
        Ok(match (old, new) {
            ([] | [_], [] | [_]) => vec![self.change(of, old.first().copied(), new.first().copied())?],
            ([_, _, ..], [_, _, ..]) => {
                let same = old.len() == new.len() && old.iter().zip(new).all(|(old, new)| equal(old, new));
                if same { Vec::new() } else { vec![alone(Change::Modified)] }
            }
            ([_, _, ..], []) => vec![alone(Change::Removed)],
            ([_, _, ..], [new]) => vec![self.change(of, None, Some(new))?, alone(Change::Removed)],
            ([], [_, _, ..]) => vec![alone(Change::Added)],
            ([old], [_, _, ..]) => vec![self.change(of, Some(old), None)?, alone(Change::Added)],
        })
    }

    /// The items of a list by what tells them apart, in its order.
    fn grouped(self, list: &ListType<'a>, items: &'a [Value]) -> Result<Vec<Group<'a>>, Problems> {
        let mut groups: Vec<Group<'a>> = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            let element = self.element(list, item).map_err(|why| item_problem(place, &why))?;
            groups.push((element, vec![item]));
        }
        groups.sort_by(|one, other| one.0.cmp(&other.0));
        groups.dedup_by(|later, earlier| {
            let twice = later.0 == earlier.0;
            if twice {
                earlier.1.append(&mut later.1);
            }
            twice
        });
        Ok(groups)
    }
}

/// The items with one key.
type Group<'a> = (PathElement<'a>, Vec<&'a Value>);

fn items(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn fields(value: Option<&Value>) -> Option<&Map<String, Value>> {
    value.and_then(Value::as_object).filter(|fields| !fields.is_empty())
}
