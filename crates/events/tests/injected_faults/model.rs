//! A schema, a document that is valid under it, and the faults that the document can have.

use serde_json::{Map, Value, json};

use crate::random::Random;

/// A change that makes a valid document invalid in one way.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    /// The keyword that then does not hold, as the report calls it: what `dependentRequired` and `maxContains` say is
    /// `required` and `contains` to it.
    pub(crate) keyword: &'static str,
    /// The node that is then wrong: a JSON Pointer.
    pub(crate) at: String,
    /// Whether its name is.
    pub(crate) name: bool,
    change: Change,
}

#[derive(Debug, Clone)]
enum Change {
    /// Another value at a place.
    Set(String, Value),
    /// No member of this name at a place.
    Remove(String, String),
    /// One more member at a place.
    Member(String, String, Value),
    /// One more item at a place.
    Item(String, Value),
    /// No last item at a place.
    Pop(String),
}

impl Fault {
    fn set(keyword: &'static str, value: Value) -> Self {
        Self { keyword, at: String::new(), name: false, change: Change::Set(String::new(), value) }
    }

    fn at(self, at: &str) -> Self {
        Self { at: at.to_owned(), ..self }
    }

    fn changing(keyword: &'static str, change: Change) -> Self {
        Self { keyword, at: String::new(), name: false, change }
    }

    /// The same fault of a document that has this one at a place.
    fn below(mut self, step: &str) -> Self {
        let (Change::Set(at, _)
        | Change::Remove(at, _)
        | Change::Member(at, ..)
        | Change::Item(at, _)
        | Change::Pop(at)) = &mut self.change;
        at.insert_str(0, step);
        self.at.insert_str(0, step);
        self
    }

    /// The document with the fault.
    pub(crate) fn applied(&self, value: &Value) -> Value {
        let mut value = value.clone();
        match &self.change {
            Change::Set(at, new) => *value.pointer_mut(at).unwrap() = new.clone(),
            Change::Remove(at, name) => {
                value.pointer_mut(at).unwrap().as_object_mut().unwrap().remove(name).unwrap();
            }
            Change::Member(at, name, new) => {
                value.pointer_mut(at).unwrap().as_object_mut().unwrap().insert(name.clone(), new.clone());
            }
            Change::Item(at, new) => value.pointer_mut(at).unwrap().as_array_mut().unwrap().push(new.clone()),
            Change::Pop(at) => drop(value.pointer_mut(at).unwrap().as_array_mut().unwrap().pop()),
        }
        value
    }
}

/// A schema with a document, and the document's faults.
pub(crate) struct Model {
    pub(crate) schema: Value,
    pub(crate) value: Value,
    pub(crate) faults: Vec<Fault>,
}

const NAMES: [&str; 16] = [
    "id",
    "total",
    "order id",
    "a/b",
    "x~y",
    "größe",
    "😀",
    "\"quoted\"",
    "1",
    "true",
    "-",
    "# no comment",
    ": x",
    "it's",
    "{",
    "日本",
];

impl Model {
    /// Any document: an object of some depth.
    pub(crate) fn new(random: &mut Random) -> Self {
        let inner = object(random, 3);
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": "#/$defs/document",
            "$defs": { "document": inner.schema },
        });
        Self { schema, ..inner }
    }
}

fn any(random: &mut Random, depth: usize) -> Model {
    if depth == 0 || random.once_in(3) {
        return scalar(random);
    }
    match random.below(8) {
        0 | 1 => object(random, depth - 1),
        2 => list(random, depth - 1),
        3 => tuple(random, depth - 1),
        4 => tagged(random, depth - 1),
        5 => of_two_types(random, depth - 1),
        6 => conditional(random, depth - 1),
        _ => twice(random, depth - 1),
    }
}

fn model(schema: Value, value: Value, faults: Vec<Fault>) -> Model {
    Model { schema, value, faults }
}

fn scalar(random: &mut Random) -> Model {
    let set = Fault::set;
    match random.below(14) {
        0 => model(
            json!({"type": "string"}),
            json!("some text"),
            vec![set("type", json!(7)), set("type", json!({"a": [1]}))],
        ),
        1 => model(
            json!({"type": "string", "pattern": "^[A-Z]{2}-[0-9]{1,4}$"}),
            json!("AB-12"),
            vec![set("pattern", json!("ab-12")), set("pattern", json!("AB-12\n")), set("type", json!(null))],
        ),
        2 => {
            let formats = [
                ("date", "2024-02-29"),
                ("date-time", "2024-02-29T12:00:00Z"),
                ("email", "joe@example.com"),
                ("uuid", "2eb8aa08-aa98-11ea-b4aa-73b441d16380"),
                ("ipv4", "10.0.0.1"),
                ("uri", "https://a.example/b"),
            ];
            let (format, value) = random.pick(&formats);
            let faults = vec![set("format", json!("this is none")), set("type", json!([]))];
            model(json!({"type": "string", "format": format}), json!(value), faults)
        }
        3 => model(
            json!({"type": "string", "minLength": 2, "maxLength": 4}),
            json!("äöü"),
            vec![
                set("minLength", json!("😀")),
                set("maxLength", json!("abcde")),
                set("maxLength", json!("𝒳".repeat(9))),
            ],
        ),
        4 => model(
            json!({"enum": ["red", "green", 3, null]}),
            json!("red"),
            vec![set("enum", json!("blue")), set("enum", json!(4)), set("enum", json!({"red": "green"}))],
        ),
        5 => model(json!({"const": {"a": [1, 2]}}), json!({"a": [1, 2]}), vec![set("const", json!({"a": [2, 1]}))]),
        6 => model(
            json!({"type": "integer", "minimum": 1, "maximum": 10}),
            json!(5),
            vec![set("minimum", json!(0)), set("maximum", json!(11)), set("type", json!(1.5)), set("type", json!("5"))],
        ),
        7 => model(
            json!({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1.5}),
            json!(0.25),
            vec![set("exclusiveMinimum", json!(0)), set("exclusiveMaximum", json!(1.5)), set("type", json!(true))],
        ),
        8 => model(
            json!({"type": "number", "multipleOf": 0.01}),
            json!(19.99),
            vec![set("multipleOf", json!(19.999)), set("type", json!("19.99"))],
        ),
        9 => model(json!({"type": "boolean"}), json!(true), vec![set("type", json!("true")), set("type", json!(1))]),
        10 => model(
            json!({"type": ["string", "null"]}),
            json!(null),
            vec![set("type", json!(0)), set("type", json!(false))],
        ),
        11 => model(
            json!({"type": "string", "enum": ["on", "off"]}),
            json!("on"),
            vec![set("enum", json!("On")), set("type", json!(true))],
        ),
        12 => model(json!({"not": {"type": "string"}}), json!(1), vec![set("not", json!("x"))]),
        _ => model(
            json!({"type": "integer", "minimum": 9_007_199_254_740_993_u64}),
            json!(9_007_199_254_740_993_u64),
            vec![set("minimum", json!(9_007_199_254_740_992_u64))],
        ),
    }
}

/// Some different names.
fn names(random: &mut Random, count: usize) -> Vec<&'static str> {
    let mut free = NAMES.to_vec();
    (0..count).map(|_| free.swap_remove(random.below(free.len()))).collect()
}

fn step(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// An object with properties, closed in one of the ways.
fn object(random: &mut Random, depth: usize) -> Model {
    let count = 1 + random.below(5);
    let names = names(random, count);
    let (mut properties, mut value, mut required, mut faults) = (Map::new(), Map::new(), Vec::new(), Vec::new());
    for name in names {
        let inner = any(random, depth);
        properties.insert(name.to_owned(), inner.schema);
        if random.once_in(4) {
            continue;
        }
        value.insert(name.to_owned(), inner.value);
        faults.extend(inner.faults.into_iter().map(|fault| fault.below(&step(name))));
        if random.once_in(2) {
            required.push(name);
            faults.push(Fault::changing("required", Change::Remove(String::new(), name.to_owned())));
        }
    }
    let mut schema = json!({ "type": "object", "properties": properties, "required": required });
    faults.push(Fault::set("type", json!("none")));
    let extra = |keyword, name: &str, new| Fault {
        name: true,
        ..Fault::changing(keyword, Change::Member(String::new(), name.to_owned(), new)).at(&step(name))
    };
    match random.below(6) {
        0 => {
            schema["additionalProperties"] = json!(false);
            faults.push(extra("additionalProperties", "un/known ~", json!({"id": [1]})));
        }
        1 => {
            schema["unevaluatedProperties"] = json!(false);
            faults.push(extra("unevaluatedProperties", "un/known ~", json!("x")));
        }
        2 => {
            schema["patternProperties"] = json!({ "^x-": { "type": "integer" } });
            faults.push(Fault { name: false, ..extra("type", "x-a", json!("1")) });
        }
        3 => {
            schema["propertyNames"] = json!({ "maxLength": 20 });
            faults.push(extra("propertyNames", "a name that is longer than twenty characters", json!(1)));
        }
        4 => {
            schema["maxProperties"] = json!(value.len());
            faults.push(Fault::changing("maxProperties", Change::Member(String::new(), "more".to_owned(), json!(1))));
        }
        _ => {
            schema["dependentRequired"] = json!({ "more": ["and more"] });
            faults.push(Fault::changing("required", Change::Member(String::new(), "more".to_owned(), json!(1))));
        }
    }
    model(schema, Value::Object(value), faults)
}

fn list(random: &mut Random, depth: usize) -> Model {
    if random.once_in(3) {
        let faults = vec![
            Fault::changing("uniqueItems", Change::Set("/2".to_owned(), json!(1))).at("/2"),
            Fault::changing("uniqueItems", Change::Set("/2".to_owned(), json!({"a": 1, "b": 2}))).at("/2"),
            Fault::changing("uniqueItems", Change::Item(String::new(), json!("x"))).at("/3"),
        ];
        return model(json!({"type": "array", "uniqueItems": true}), json!([1, {"b": 2, "a": 1}, "x"]), faults);
    }
    if random.once_in(4) {
        let schema = json!({"contains": {"const": "x"}, "maxContains": 2});
        let faults = vec![
            Fault::changing("contains", Change::Set("/1".to_owned(), json!("y"))),
            Fault::set("contains", json!(["x", "x", "x"])),
        ];
        return model(schema, json!(["a", "x"]), faults);
    }
    let inner = any(random, depth);
    let count = 1 + random.below(3);
    let schema = json!({"type": "array", "items": inner.schema, "minItems": count, "maxItems": count});
    let each = |index: usize| inner.faults.iter().map(move |fault| fault.clone().below(&format!("/{index}")));
    let mut faults: Vec<_> = (0..count).flat_map(each).collect();
    faults.push(Fault::changing("minItems", Change::Pop(String::new())));
    faults.push(Fault::changing("maxItems", Change::Item(String::new(), inner.value.clone())));
    faults.push(Fault::set("type", json!({"0": 1})));
    model(schema, vec![inner.value; count].into(), faults)
}

fn tuple(random: &mut Random, depth: usize) -> Model {
    let (one, other) = (any(random, depth), any(random, depth));
    let closing = if random.once_in(2) { "items" } else { "unevaluatedItems" };
    let schema = json!({"type": "array", "prefixItems": [one.schema, other.schema], closing: false});
    let mut faults: Vec<_> = one.faults.into_iter().map(|fault| fault.below("/0")).collect();
    faults.extend(other.faults.into_iter().map(|fault| fault.below("/1")));
    let keyword = if closing == "items" { "false" } else { closing };
    faults.push(Fault::changing(keyword, Change::Item(String::new(), json!("more"))).at("/2"));
    model(schema, json!([one.value, other.value]), faults)
}

/// Alternatives that a property tells apart.
fn tagged(random: &mut Random, depth: usize) -> Model {
    let mut branches = Vec::new();
    let mut chosen = None;
    for kind in ["card", "cash", "voucher"] {
        let inner = any(random, depth);
        let schema = json!({
            "type": "object", "required": ["kind", "detail"],
            "properties": { "kind": { "const": kind }, "detail": inner.schema },
        });
        branches.push(schema);
        if kind == "cash" {
            chosen = Some(inner);
        }
    }
    let inner = chosen.unwrap();
    let keyword = if random.once_in(2) { "oneOf" } else { "anyOf" };
    let mut faults: Vec<_> = inner.faults.into_iter().map(|fault| fault.below("/detail")).collect();
    faults.push(Fault::changing("required", Change::Remove(String::new(), "detail".to_owned())));
    faults.push(Fault::changing(keyword, Change::Set("/kind".to_owned(), json!("coin"))).at("/kind"));
    model(json!({ keyword: branches }), json!({"kind": "cash", "detail": inner.value}), faults)
}

/// Alternatives of two types.
fn of_two_types(random: &mut Random, depth: usize) -> Model {
    let inner = object(random, depth);
    let mut faults: Vec<_> =
        inner.faults.into_iter().filter(|fault| !(fault.keyword == "type" && fault.at.is_empty())).collect();
    faults.push(Fault::set("oneOf", json!(17)));
    model(json!({ "oneOf": [{ "type": "string", "maxLength": 9 }, inner.schema] }), inner.value, faults)
}

fn conditional(random: &mut Random, depth: usize) -> Model {
    let inner = any(random, depth);
    let schema = json!({
        "type": "object",
        "if": { "properties": { "kind": { "const": "a" } }, "required": ["kind"] },
        "then": { "properties": { "detail": inner.schema }, "required": ["detail"] },
        "else": { "properties": { "detail": { "type": "null" } } },
    });
    let mut faults: Vec<_> = inner.faults.into_iter().map(|fault| fault.below("/detail")).collect();
    faults.push(Fault::changing("required", Change::Remove(String::new(), "detail".to_owned())));
    model(schema, json!({"kind": "a", "detail": inner.value}), faults)
}

/// What two schemas say of the same value is said once.
fn twice(random: &mut Random, depth: usize) -> Model {
    let inner = any(random, depth);
    Model { schema: json!({ "allOf": [inner.schema.clone(), inner.schema] }), ..inner }
}
