//! An applied configuration laid over an object.

use serde_json::{Map, Value};

use super::element::PathElement;
use super::problem::{Problems, item_problem};
use super::schema::{Identity, Kind, ListType, MapType, Schema, Type};

impl<'a> Schema<'a> {
    /// The object with what the configuration says. Nothing is removed: what only the object has stays.
    ///
    /// # Errors
    ///
    /// If items of a list cannot be told apart.
    pub(super) fn merge(self, of: Type<'a>, live: &'a Value, config: &'a Value) -> Result<Value, Problems> {
        match self.kind(of, config) {
            Kind::List(list) if !matches!(list.identity, Identity::Atomic) => match (items(live), items(config)) {
                ([], []) => Ok(config.clone()),
                (live, config) => self.merge_items(&list, live, config),
            },
            Kind::Map(map) if !map.atomic => self.merge_fields(&map, live, config),
            Kind::Scalar(_) | Kind::List(_) | Kind::Map(_) => Ok(config.clone()),
        }
    }

    fn merge_fields(self, map: &MapType<'a>, live: &'a Value, config: &'a Value) -> Result<Value, Problems> {
        let (Some(live), Some(config)) = (fields(live), fields(config)) else {
            let only = if fields(live).is_some() { live } else { config };
            return Ok(only.clone());
        };
        let mut merged = Map::new();
        let mut problems = Problems::default();
        for (name, value) in config {
            let value = match live.get(name) {
                None => Ok(value.clone()),
                Some(live) => self.merge(map.any_field(name), live, value),
            };
            match value {
                Ok(value) => drop(merged.insert(name.clone(), value)),
                Err(below) => problems.add(below.below(&PathElement::Field(name))),
            }
        }
        let others = live.iter().filter(|(name, _)| !config.contains_key(*name));
        merged.extend(others.map(|(name, value)| (name.clone(), value.clone())));
        problems.or(merged.into())
    }

    /// The items of both lists, in the order of the configuration; what only the object has stays where it is, as far as
    /// that can be.
    fn merge_items(self, list: &ListType<'a>, live: &'a [Value], config: &'a [Value]) -> Result<Value, Problems> {
        let (old, new) = (self.indexed(list, live)?, self.indexed(list, config)?);
        let mut merge =
            ItemMerge { schema: self, list, live, config, old, new, merged: Vec::new(), at: 0, shared: None };
        merge.find_shared();
        let mut at = 0;
        while at < live.len() || merge.at < config.len() {
            let place = merge.old.elements.get(at).map(|element| merge.new.find(element));
            match place {
                Some(None) => merge.merged.push(live[at].clone()),
                Some(Some(place)) if merge.is_out_of_turn(place) => {}
                Some(Some(place)) if place > merge.at => {
                    merge.take()?;
                    continue;
                }
                // In its turn, or already there.
                Some(Some(_)) | None => merge.take()?,
            }
            at += 1;
        }
        Ok(merge.merged.into())
    }

    fn indexed(self, list: &ListType<'a>, items: &'a [Value]) -> Result<Index<'a>, Problems> {
        let mut elements = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            elements.push(self.element(list, item).map_err(|why| item_problem(place, &why))?);
        }
        let mut order: Vec<_> = (0..items.len()).collect();
        order.sort_by(|one, other| elements[*one].cmp(&elements[*other]));
        Ok(Index { elements, order })
    }
}

/// What tells the items of a list apart, to look them up.
struct Index<'a> {
    elements: Vec<PathElement<'a>>,
    /// Their places, sorted by element.
    order: Vec<usize>,
}

impl<'a> Index<'a> {
    /// The place of the first item with this element.
    fn find(&self, element: &PathElement<'_>) -> Option<usize> {
        let from = self.order.partition_point(|place| self.elements[*place] < *element);
        self.order.get(from).copied().filter(|place| self.elements[*place] == *element)
    }

    /// The same, unless there are several.
    fn find_only(&self, element: &PathElement<'_>) -> Option<usize> {
        let from = self.order.partition_point(|place| self.elements[*place] < *element);
        let is = |place: &usize| self.elements[*place] == *element;
        let only = self.order.get(from).copied().filter(is)?;
        self.order.get(from + 1).copied().filter(is).is_none().then_some(only)
    }
}

/// Two lists on their way to be one.
struct ItemMerge<'s, 'a> {
    schema: Schema<'a>,
    list: &'s ListType<'a>,
    live: &'a [Value],
    config: &'a [Value],
    old: Index<'a>,
    new: Index<'a>,
    merged: Vec<Value>,
    /// The place of the configuration's next item.
    at: usize,
    /// The place of the configuration's next item that the object has too.
    shared: Option<usize>,
}

impl ItemMerge<'_, '_> {
    /// Whether another item of both comes first than the one that has this place in the configuration.
    fn is_out_of_turn(&self, place: usize) -> bool {
        place != self.at && self.at < self.config.len() && self.shared.is_some_and(|shared| shared != place)
    }

    /// Takes the configuration's next item, if there is one.
    fn take(&mut self) -> Result<(), Problems> {
        let Some(config) = self.config.get(self.at) else { return Ok(()) };
        let element = &self.new.elements[self.at];
        let item = match self.old.find_only(element) {
            Some(place) => self.schema.merge(self.list.item, &self.live[place], config),
            None => Ok(config.clone()),
        };
        self.merged.push(item.map_err(|below| below.below(element))?);
        self.at += 1;
        if self.shared.is_some_and(|shared| shared < self.at) {
            self.find_shared();
        }
        Ok(())
    }

    fn find_shared(&mut self) {
        let mut places = self.at..self.config.len();
        self.shared = places.find(|place| self.old.find(&self.new.elements[*place]).is_some());
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn fields(value: &Value) -> Option<&Map<String, Value>> {
    value.as_object().filter(|fields| !fields.is_empty())
}
