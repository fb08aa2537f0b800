//! Whether an applied configuration fits its types.

use serde_json::{Map, Value};

use super::element::PathElement;
use super::problem::{Problems, item_problem};
use super::schema::{Identity, Kind, ListType, MapType, Scalar, Schema, Type};
use super::text::{plain, source, type_name};

impl<'a> Schema<'a> {
    /// What of a value does not fit, worded as the peer does. Null fits everywhere.
    pub(super) fn check(self, of: Type<'a>, value: &'a Value) -> Problems {
        if value.is_null() {
            return Problems::default();
        }
        match (self.kind(of, value), value) {
            (Kind::Scalar(scalar), _) => check_scalar(scalar, value),
            (Kind::List(list), Value::Array(items)) => self.check_items(&list, items),
            (Kind::Map(map), Value::Object(fields)) => self.check_fields(&map, fields),
            (Kind::List(_), _) => Problems::one(format!("expected list, got &{{{}}}", plain(value))),
            (Kind::Map(_), _) => Problems::one(format!("expected map, got &{{{}}}", plain(value))),
        }
    }

    fn check_fields(self, map: &MapType<'a>, fields: &'a Map<String, Value>) -> Problems {
        let mut problems = Problems::default();
        for (name, value) in fields {
            let element = PathElement::Field(name);
            let Some(of) = map.field(name) else {
                problems.add(Problems::one("field not declared in schema").below(&element));
                break;
            };
            problems.add(self.check(of, value).below(&element));
        }
        problems
    }

    fn check_items(self, list: &ListType<'a>, items: &'a [Value]) -> Problems {
        let mut problems = Problems::default();
        let mut seen: Vec<PathElement<'a>> = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            let element = match list.identity {
                Identity::Atomic => PathElement::Index(i64::try_from(place).unwrap_or(i64::MAX)),
                Identity::Set | Identity::Keys(_) => match self.element(list, item) {
                    Ok(element) => element,
                    Err(why) => {
                        problems.add(item_problem(place, &why));
                        return problems;
                    }
                },
            };
            match seen.binary_search(&element) {
                Ok(_) => problems.add(Problems::one(format!("duplicate entries for key {element}"))),
                Err(place) => seen.insert(place, element.clone()),
            }
            problems.add(self.check(list.item, item).below(&element));
        }
        problems
    }
}

fn check_scalar(scalar: Scalar, value: &Value) -> Problems {
    let fits = match scalar {
        Scalar::Number => value.is_number(),
        Scalar::Text => value.is_string(),
        Scalar::Truth => value.is_boolean(),
        Scalar::Any => !value.is_array() && !value.is_object(),
    };
    if fits {
        return Problems::default();
    }
    Problems::one(match scalar {
        Scalar::Number => format!("expected numeric (int or float), got {}", type_name(value)),
        Scalar::Text => format!("expected string, got &value.valueUnstructured{{Value:{}}}", source(value)),
        Scalar::Truth => format!("expected boolean, got &{{{}}}", plain(value)),
        Scalar::Any => format!("expected any scalar, got &{{{}}}", plain(value)),
    })
}
