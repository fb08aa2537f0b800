//! What people do to schemas.

use serde_json::{Map, Value, json};

use crate::places::{self, plain};
use crate::random::Random;

type Schema = Map<String, Value>;

/// An edit of one schema object: whether it applied.
type Edit = fn(&mut Schema, &mut Random, &Dialect) -> bool;

/// What a draft calls things.
pub(crate) struct Dialect {
    pub(crate) draft4: bool,
    pub(crate) modern: bool,
    pub(crate) latest: bool,
}

impl Dialect {
    pub(crate) fn of(schema: &Value) -> Self {
        let named = schema["$schema"].as_str().unwrap_or("2020-12");
        let latest = named.contains("2020-12");
        Self { draft4: named.contains("draft-04"), modern: latest || named.contains("2019-09"), latest }
    }

    fn definitions(&self) -> &'static str {
        if self.modern { "$defs" } else { "definitions" }
    }
}

/// A schema after up to three edits; `None` if they change nothing.
pub(crate) fn edited(schema: &Value, random: &mut Random) -> Option<Value> {
    let dialect = Dialect::of(schema);
    let mut after = schema.clone();
    let mut edits = 1 + random.below(3);
    for _ in 0..200 {
        let mut pointers = Vec::new();
        places::schemas(&after, String::new(), &mut pointers);
        let pointer = random.pick(&pointers).clone();
        let edit = random.pick(EDITS);
        let Some(Value::Object(target)) = after.pointer_mut(&pointer) else { continue };
        let before = target.clone();
        edits -= usize::from(edit(target, random, &dialect) && *target != before);
        if edits == 0 {
            break;
        }
    }
    if !random.once_in(6) {
        return (after != *schema).then_some(after);
    }
    // A model is taken out and referred to: nothing changes for events.
    let extracted = places::extract(&mut after, random, dialect.definitions());
    (extracted || after != *schema).then_some(after)
}

const EDITS: &[Edit] = &[
    bound,
    bound,
    bound,
    length,
    length,
    new_bound,
    required_less,
    required_more,
    required_more,
    property_more,
    property_more,
    property_less,
    other_type,
    other_type,
    enum_more,
    enum_less,
    closed,
    opened,
    pattern,
    format,
    multiple,
    items,
    unique,
    contains,
    branch_more,
    branch_less,
    wrapped,
    negated,
    conditional,
    pattern_property,
    names,
    dependency,
    tuple,
    words,
    constant,
    property_renamed,
    property_changed,
    size,
];

fn number(schema: &Schema, keyword: &str) -> Option<i64> {
    schema.get(keyword)?.as_i64()
}

fn is(schema: &Schema, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(name)) => name == kind,
        Some(Value::Array(names)) => names.iter().any(|name| name == kind),
        _ => false,
    }
}

fn moved(schema: &mut Schema, keywords: &[&str], random: &mut Random) -> bool {
    let present: Vec<&str> = keywords.iter().copied().filter(|keyword| number(schema, keyword).is_some()).collect();
    if present.is_empty() {
        return false;
    }
    let keyword = *random.pick(&present);
    let value = number(schema, keyword).unwrap();
    let step = *random.pick(&[-10, -1, 1, 2, 10]);
    let least = if keyword.starts_with("mi") && !keyword.starts_with("minimum") { 0 } else { i64::MIN };
    schema.insert(keyword.to_owned(), json!((value + step).max(least)));
    !keyword.starts_with("max") || keyword == "maximum" || value + step >= 0
}

fn bound(schema: &mut Schema, random: &mut Random, dialect: &Dialect) -> bool {
    let keywords = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];
    moved(schema, if dialect.draft4 { &keywords[..2] } else { &keywords }, random)
}

fn length(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    moved(schema, &["minLength", "maxLength", "minItems", "maxItems"], random)
}

fn size(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    if moved(schema, &["minProperties", "maxProperties"], random) {
        return true;
    }
    let keyword = *random.pick(&["minProperties", "maxProperties"]);
    is(schema, "object") && schema.insert(keyword.to_owned(), json!(2 + random.below(6))).is_none()
}

fn new_bound(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    let (keyword, value) = match () {
        () if is(schema, "string") => *random.pick(&[("maxLength", 64), ("minLength", 1), ("maxLength", 3)]),
        () if is(schema, "array") => *random.pick(&[("maxItems", 100), ("minItems", 1)]),
        () if is(schema, "number") || is(schema, "integer") => *random.pick(&[("minimum", 0), ("maximum", 1_000)]),
        () => return false,
    };
    if random.once_in(3) {
        schema.remove(keyword).is_some()
    } else {
        schema.insert(keyword.to_owned(), json!(value)).is_none()
    }
}

fn list<'s>(schema: &'s mut Schema, keyword: &str) -> Option<&'s mut Vec<Value>> {
    schema.get_mut(keyword)?.as_array_mut()
}

fn required_less(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    let Some(required) = list(schema, "required").filter(|required| required.len() > 1) else { return false };
    required.remove(random.below(required.len()));
    true
}

fn required_more(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    let mut names: Vec<String> =
        schema.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys).cloned().collect();
    if names.is_empty() {
        return false;
    }
    names.push("source".to_owned());
    let name = json!(random.pick(&names));
    let required = schema.entry("required").or_insert_with(|| json!([])).as_array_mut().unwrap();
    let fresh = !required.contains(&name);
    required.extend(fresh.then_some(name));
    fresh
}

fn some_schema(random: &mut Random) -> Value {
    random
        .pick(&[
            json!({ "type": "string" }),
            json!({ "type": "string", "maxLength": 30 }),
            json!({ "type": "integer", "minimum": 0 }),
            json!({ "type": "boolean" }),
            json!({ "type": ["string", "null"] }),
            json!({ "enum": ["a", "b"] }),
            json!({ "type": "array", "items": { "type": "string" } }),
            json!({ "type": "object", "properties": { "id": { "type": "string" } }, "required": ["id"] }),
            json!({}),
        ])
        .clone()
}

fn properties(schema: &mut Schema) -> Option<&mut Schema> {
    schema.get_mut("properties")?.as_object_mut().filter(|properties| !properties.is_empty())
}

fn property_more(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    let name = *random.pick(&["source", "reference", "feature.beta", "comment"]);
    let added = some_schema(random);
    properties(schema).is_some_and(|properties| properties.insert(name.to_owned(), added).is_none())
}

fn property_less(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    let Some(properties) = properties(schema) else { return false };
    let names: Vec<String> = properties.keys().cloned().collect();
    properties.remove(random.pick(&names)).is_some()
}

fn property_renamed(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    let Some(properties) = properties(schema) else { return false };
    let names: Vec<String> = properties.keys().cloned().collect();
    let name = random.pick(&names);
    let value = properties.remove(name).unwrap();
    properties.insert(format!("{name}Id"), value).is_none()
}

fn property_changed(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    let changed = some_schema(random);
    let Some(properties) = properties(schema) else { return false };
    let names: Vec<String> = properties.keys().cloned().collect();
    properties.insert(random.pick(&names).clone(), changed).is_some()
}

fn other_type(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    let Some(kind) = schema.get("type").cloned() else { return false };
    let other = match kind.as_str() {
        Some("integer") => json!("number"),
        Some("number") => json!("integer"),
        Some("null") => return false,
        Some(name) if random.once_in(4) => json!([name]),
        Some(name) => json!([name, "null"]),
        None => kind[0].clone(),
    };
    schema.insert("type".to_owned(), other);
    true
}

fn enum_more(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    let added = random.pick(&[json!("other"), json!(null), json!(7)]).clone();
    list(schema, "enum").is_some_and(|values| {
        let fresh = !values.contains(&added);
        values.extend(fresh.then_some(added));
        fresh
    })
}

fn enum_less(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    let Some(values) = list(schema, "enum").filter(|values| values.len() > 1) else { return false };
    if random.once_in(3) {
        values.reverse();
    } else {
        values.remove(random.below(values.len()));
    }
    true
}

fn constant(schema: &mut Schema, random: &mut Random, dialect: &Dialect) -> bool {
    if dialect.draft4 {
        return false;
    }
    if let Some(value) = schema.remove("const") {
        schema.insert("enum".to_owned(), if random.once_in(2) { json!([value]) } else { json!([value, "other"]) });
        return true;
    }
    let Some([only]) = schema.get("enum").and_then(Value::as_array).map(Vec::as_slice) else { return false };
    let only = only.clone();
    schema.remove("enum");
    schema.insert("const".to_owned(), only);
    true
}

fn closed(schema: &mut Schema, random: &mut Random, dialect: &Dialect) -> bool {
    let keyword = if dialect.modern && random.once_in(3) { "unevaluatedProperties" } else { "additionalProperties" };
    let value = random.pick(&[json!(false), json!({ "type": "string" }), json!(false)]).clone();
    (is(schema, "object") || schema.contains_key("properties")) && schema.insert(keyword.to_owned(), value).is_none()
}

fn opened(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    if random.once_in(2) && schema.contains_key("additionalProperties") {
        return schema.insert("additionalProperties".to_owned(), json!(true)).is_some();
    }
    schema.remove("additionalProperties").is_some() || schema.remove("unevaluatedProperties").is_some()
}

fn pattern(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    if !is(schema, "string") {
        return false;
    }
    let Some(old) = schema.get("pattern").and_then(Value::as_str).map(str::to_owned) else {
        let new = *random.pick(&["^[^<>]*$", "^\\S+$", "^[A-Za-z]", "[a-z]"]);
        schema.insert("pattern".to_owned(), json!(new));
        return true;
    };
    let new = match random.below(6) {
        0 => return schema.remove("pattern").is_some(),
        1 => old.trim_end_matches('$').to_owned(),
        2 => old.replace("[0-9]", "\\d").replace("\\d{", "[0-9]{"),
        3 => old.replace("a-z", "a-zA-Z"),
        4 => old.replace('+', "{1,20}"),
        _ => format!("(?:{old})"),
    };
    schema.insert("pattern".to_owned(), json!(new));
    true
}

fn format(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    if schema.remove("format").is_some() {
        return true;
    }
    let name = *random.pick(&["date", "date-time", "email", "uri", "ipv4", "money"]);
    is(schema, "string") && schema.insert("format".to_owned(), json!(name)).is_none()
}

fn multiple(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    if !is(schema, "number") && !is(schema, "integer") {
        return false;
    }
    let step = random.pick(&[json!(2), json!(5), json!(10), json!(0.5), json!(0.01), json!(1)]).clone();
    if schema.contains_key("multipleOf") && random.once_in(3) {
        return schema.remove("multipleOf").is_some();
    }
    schema.insert("multipleOf".to_owned(), step);
    true
}

fn items(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    let added = some_schema(random);
    let of_arrays = is(schema, "array");
    match schema.get_mut("items") {
        Some(items @ Value::Object(_)) if random.once_in(2) => *items = json!({ "anyOf": [items.take(), added] }),
        Some(items @ Value::Object(_)) => *items = json!({ "allOf": [items.take()] }),
        _ if of_arrays && random.once_in(2) => return schema.remove("items").is_some(),
        _ => return false,
    }
    true
}

fn unique(schema: &mut Schema, _: &mut Random, _: &Dialect) -> bool {
    is(schema, "array")
        && (schema.remove("uniqueItems").is_some() || schema.insert("uniqueItems".to_owned(), json!(true)).is_none())
}

fn contains(schema: &mut Schema, random: &mut Random, dialect: &Dialect) -> bool {
    if dialect.draft4 || !is(schema, "array") {
        return false;
    }
    if dialect.modern && schema.contains_key("contains") && random.once_in(2) {
        schema.insert("minContains".to_owned(), json!(random.below(3)));
        return true;
    }
    let added =
        random.pick(&[json!({ "type": "string" }), json!({ "type": "object" }), json!({ "const": "@all" })]).clone();
    if schema.contains_key("contains") {
        schema.remove("contains").is_some()
    } else {
        schema.insert("contains".to_owned(), added).is_none()
    }
}

const BRANCHES: [&str; 3] = ["oneOf", "anyOf", "allOf"];

fn branch_more(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    let added = some_schema(random);
    BRANCHES.iter().any(|keyword| list(schema, keyword).map(|branches| branches.push(added.clone())).is_some())
}

fn branch_less(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    let other = random.once_in(3);
    for keyword in BRANCHES {
        let Some(branches) = list(schema, keyword).filter(|branches| branches.len() > 1) else { continue };
        if !other {
            branches.remove(random.below(branches.len()));
        } else if keyword == "oneOf" {
            let branches = schema.remove(keyword).unwrap();
            return schema.insert("anyOf".to_owned(), branches).is_none();
        } else {
            branches.reverse();
        }
        return true;
    }
    false
}

fn wrapped(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    if !plain(schema) || schema.is_empty() {
        return false;
    }
    let inner = Value::Object(std::mem::take(schema));
    let outer = match random.below(4) {
        0 => json!({ "allOf": [inner] }),
        1 => json!({ "anyOf": [inner, { "type": "null" }] }),
        2 => json!({ "oneOf": [inner] }),
        _ => json!({ "anyOf": [inner.clone(), inner] }),
    };
    schema.extend(outer.as_object().cloned().unwrap());
    true
}

fn negated(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    let not = random
        .pick(&[json!({ "required": ["legacy"] }), json!({ "type": "null" }), json!({ "enum": ["", 0] })])
        .clone();
    schema.contains_key("type") && schema.insert("not".to_owned(), not).is_none()
}

fn conditional(schema: &mut Schema, random: &mut Random, dialect: &Dialect) -> bool {
    if dialect.draft4 {
        return false;
    }
    if schema.contains_key("if") {
        return match random.below(3) {
            0 => schema.remove("then").is_some(),
            1 => schema.remove("else").is_some(),
            _ => schema.insert("else".to_owned(), json!({ "required": ["reason"] })).is_none(),
        };
    }
    let Some(properties) = properties(schema) else { return false };
    let names: Vec<String> = properties.keys().cloned().collect();
    let (first, second) = (random.pick(&names).clone(), random.pick(&names).clone());
    schema.insert("if".to_owned(), json!({ "required": [first] }));
    schema.insert("then".to_owned(), json!({ "required": [second] })).is_none()
}

fn pattern_property(schema: &mut Schema, random: &mut Random, _: &Dialect) -> bool {
    if !is(schema, "object") {
        return false;
    }
    let added = some_schema(random);
    let name = *random.pick(&["^x-", "^feature\\.", "Id$", "^[a-z]+$"]);
    let patterns = schema.entry("patternProperties").or_insert_with(|| json!({})).as_object_mut().unwrap();
    patterns.insert(name.to_owned(), added);
    true
}

fn names(schema: &mut Schema, random: &mut Random, dialect: &Dialect) -> bool {
    let rules = [json!({ "maxLength": 20 }), json!({ "pattern": "^[A-Za-z.-]+$" }), json!({ "minLength": 1 })];
    let rule = random.pick(&rules).clone();
    !dialect.draft4 && is(schema, "object") && schema.insert("propertyNames".to_owned(), rule).is_none()
}

fn dependency(schema: &mut Schema, random: &mut Random, dialect: &Dialect) -> bool {
    let keyword = if dialect.modern { "dependentRequired" } else { "dependencies" };
    let Some(properties) = properties(schema) else { return false };
    let names: Vec<String> = properties.keys().cloned().collect();
    let (first, second) = (random.pick(&names).clone(), random.pick(&names).clone());
    if first == second || random.once_in(3) {
        return schema.remove(keyword).is_some();
    }
    schema.insert(keyword.to_owned(), json!({ first: [second] }));
    true
}

fn tuple(schema: &mut Schema, random: &mut Random, dialect: &Dialect) -> bool {
    let added = some_schema(random);
    if !is(schema, "array") {
        return false;
    }
    let (first, rest) = if dialect.latest { ("prefixItems", "items") } else { ("items", "additionalItems") };
    match (random.below(4), list(schema, first)) {
        (_, None) => return false,
        (0, Some(list)) => list.push(added),
        (1, Some(list)) if list.len() > 1 => _ = list.pop(),
        (2, _) => return schema.remove(rest).is_some(),
        _ => return schema.insert(rest.to_owned(), random.pick(&[json!(false), added]).clone()).is_none(),
    }
    true
}

fn words(schema: &mut Schema, random: &mut Random, dialect: &Dialect) -> bool {
    let examples = if dialect.draft4 { "description" } else { "$comment" };
    let keyword = *random.pick(&["title", "description", "default", examples]);
    schema.insert(keyword.to_owned(), json!("as agreed")).is_none()
}
