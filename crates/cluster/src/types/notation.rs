//! How the committed table writes a shape.

use super::{Format, List, Map, Shape, TypeId, Types};

const PLAIN: [(&str, Shape); 12] = [
    ("string", Shape::String(Format::Plain)),
    ("bytes", Shape::String(Format::Bytes)),
    ("time", Shape::String(Format::Time)),
    ("micro-time", Shape::String(Format::MicroTime)),
    ("duration", Shape::String(Format::Duration)),
    ("int32", Shape::Int32),
    ("int64", Shape::Int64),
    ("number", Shape::Number),
    ("boolean", Shape::Boolean),
    ("int-or-string", Shape::IntOrString),
    ("quantity", Shape::Quantity),
    ("any", Shape::Any),
];

/// A shape as the committed table writes it: `int32`, `io.k8s.api.core.v1.PodSpec`, `{string}` for a map, `atomic{string}`,
/// `atomic[string]`, `set[string]`, and `name,port[io.k8s.api.core.v1.X]` for a list whose items have these fields as key.
#[must_use]
pub fn write(shape: &Shape, types: &Types) -> String {
    match shape {
        Shape::Struct(id) => types.get(*id).name.clone(),
        Shape::Map(map) => format!("{}{{{}}}", if map.atomic { "atomic" } else { "" }, write(&map.value, types)),
        Shape::List(list) => format!("{}[{}]", list_kind(list), write(list.item(), types)),
        plain => PLAIN.iter().find(|(_, one)| one == plain).map(|(name, _)| (*name).to_owned()).unwrap_or_default(),
    }
}

fn list_kind(list: &List) -> String {
    match list {
        List::Atomic(_) => "atomic".to_owned(),
        List::Set(_) => "set".to_owned(),
        List::Map(_, keys) => keys.join(","),
    }
}

/// Reads what [`write`] wrote; `find` knows the structs by name. Nothing if it is not of that form.
pub(super) fn read(text: &str, find: &impl Fn(&str) -> Option<TypeId>) -> Option<Shape> {
    if let Some(inner) = text.strip_suffix(']') {
        let (kind, item) = inner.split_once('[')?;
        let item = read(item, find)?;
        return Some(Shape::List(Box::new(match kind {
            "atomic" => List::Atomic(item),
            "set" => List::Set(item),
            keys => List::Map(item, keys.split(',').map(str::to_owned).collect()),
        })));
    }
    if let Some(inner) = text.strip_suffix('}') {
        let (kind, value) = inner.split_once('{')?;
        return Some(Shape::Map(Box::new(Map { value: read(value, find)?, atomic: kind == "atomic" })));
    }
    let plain = PLAIN.iter().find(|(name, _)| *name == text).map(|(_, shape)| shape.clone());
    plain.or_else(|| find(text).map(Shape::Struct))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Struct;

    #[test]
    fn what_is_written_is_read_again() {
        let types = Types::new(vec![Struct { name: "io.example.Port".to_owned(), ..Struct::default() }]);
        let texts = [
            "int32",
            "micro-time",
            "io.example.Port",
            "{string}",
            "atomic{quantity}",
            "atomic[string]",
            "set[string]",
            "name,port[io.example.Port]",
            "{atomic[string]}",
        ];
        for text in texts {
            assert_eq!(write(&read(text, &|name| types.find(name)).unwrap(), &types), text);
        }
    }

    #[test]
    fn what_is_not_of_that_form_is_nothing() {
        for text in ["", "int33", "string]", "string}", "io.example.Unknown"] {
            assert_eq!(read(text, &|_| None), None, "{text}");
        }
    }
}
