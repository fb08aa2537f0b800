//! From a schema to its plan. References are found as `jsonschema` finds them, by the same library.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jsonschema::{Draft, PatternOptions, Validator};
use referencing::{Registry, Resolver};
use serde_json::{Map, Value};

use crate::compat::semantic::table;
use crate::schema::{Files, Place};
use linkspan_source::tape::mark;
use linkspan_verdict::{
    Array, Bounds, Exact, Id, Leaf, Name, Names, Numbers, Object, Plan, Rule, Table, Types, Values,
};

/// How many rules a plan may have.
const MOST_RULES: usize = 100_000;

/// How many of its patterns become tables.
const MOST_TABLES: usize = 200;

/// Every integer up to this one is an `f64`.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// As many strings are compared one after the other.
const FEW: usize = 8;

/// The plan of the schema at a place; `None` where it has nothing that a plan is good for. `draft` is that of
/// documents that name none; `formats` asserts `format` whatever the draft says.
pub(in crate::validate) fn compile(files: &Files, place: &Place, draft: Draft, formats: bool) -> Option<Plan> {
    let document = files.document(&place.path).ok()?;
    let uri = Files::uri(&place.path);
    let draft = if document.value.get("$schema").is_some() { draft.detect(&document.value) } else { draft };
    let resource = draft.create_resource_ref(&document.value);
    let registry = Registry::new().retriever(files.clone()).draft(draft).add(&uri, resource).ok()?.prepare().ok()?;
    let resolver = registry.resolver(referencing::uri::from_str(&uri).ok()?);
    let root = resolver.lookup(&format!("#{}", place.pointer)).ok()?;
    let (value, resolver, draft) = root.into_inner();
    let mut compiler =
        Compiler { rules: Vec::new(), known: HashMap::new(), work: Vec::new(), formats, tables: MOST_TABLES };
    compiler.id(value, &resolver, draft);
    while let Some(work) = compiler.work.pop() {
        let rule = compiler.rule(&work)?;
        *compiler.rules.get_mut(usize::try_from(work.id).ok()?)? = rule;
        if compiler.rules.len() > MOST_RULES {
            return None;
        }
    }
    Some(Plan { rules: compiler.rules })
}

/// A validator of the `jsonschema` crate.
#[derive(Debug)]
struct Crate(Validator);

impl Exact for Crate {
    fn is_valid(&self, value: &Value) -> bool {
        self.0.is_valid(value)
    }
}

/// A schema that has an index, but no rule yet.
struct Work<'r> {
    id: Id,
    value: &'r Value,
    resolver: Resolver<'r>,
    draft: Draft,
}

struct Compiler<'r> {
    rules: Vec<Rule>,
    /// By the place of a schema in memory, and its draft.
    known: HashMap<(usize, Draft), Id>,
    work: Vec<Work<'r>>,
    formats: bool,
    /// How many tables may still be made.
    tables: usize,
}

impl<'r> Compiler<'r> {
    /// The index of a schema's rule.
    fn id(&mut self, value: &'r Value, resolver: &Resolver<'r>, draft: Draft) -> Id {
        match self.known.entry((std::ptr::from_ref(value).addr(), draft)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                let id = Id::try_from(self.rules.len()).unwrap_or(Id::MAX);
                self.rules.push(Rule::default());
                self.work.push(Work { id, value, resolver: resolver.clone(), draft });
                *new.insert(id)
            }
        }
    }

    fn table(&mut self, pattern: &str) -> Option<Table> {
        self.tables = self.tables.checked_sub(1)?;
        table(pattern)
    }

    /// The rule of a schema; `None` where there is none that could be right.
    fn rule(&mut self, work: &Work<'r>) -> Option<Rule> {
        let schema = match work.value {
            Value::Bool(holds) => return Some(Rule { never: !holds, ..Rule::default() }),
            Value::Object(schema) => schema,
            _ => return None,
        };
        let unsure = || Some(Rule { unsure: true, ..Rule::default() });
        let known = [Draft::Draft4, Draft::Draft6, Draft::Draft7, Draft::Draft201909, Draft::Draft202012];
        if !known.contains(&work.draft) || UNKNOWN.iter().any(|keyword| schema.contains_key(*keyword)) {
            return unsure();
        }
        if schema.contains_key("$schema") && work.draft.detect(work.value) != work.draft {
            return unsure();
        }
        if NEWER.iter().any(|(keyword, since)| work.draft < *since && schema.contains_key(*keyword)) {
            return unsure();
        }
        let resolver = work.resolver.in_subresource(work.draft.create_resource_ref(work.value)).ok()?;
        let mut scope = Scope { compiler: self, schema, resolver, draft: work.draft };
        scope.rule().or_else(unsure)
    }
}

/// What plans do not know.
const UNKNOWN: [&str; 5] = ["unevaluatedProperties", "unevaluatedItems", "$dynamicRef", "$recursiveRef", "$vocabulary"];

/// Keywords that earlier drafts do not know; schemas of those that use them are rare, and not worth a rule.
const NEWER: [(&str, Draft); 13] = [
    ("const", Draft::Draft6),
    ("contains", Draft::Draft6),
    ("propertyNames", Draft::Draft6),
    ("exclusiveMinimum", Draft::Draft6),
    ("exclusiveMaximum", Draft::Draft6),
    ("if", Draft::Draft7),
    ("contentEncoding", Draft::Draft6),
    ("contentMediaType", Draft::Draft6),
    ("dependentRequired", Draft::Draft201909),
    ("dependentSchemas", Draft::Draft201909),
    ("minContains", Draft::Draft201909),
    ("maxContains", Draft::Draft201909),
    ("prefixItems", Draft::Draft202012),
];

/// One schema object, while its rule is made. Each method gives `None` for what plans do not know.
struct Scope<'c, 'r> {
    compiler: &'c mut Compiler<'r>,
    schema: &'r Map<String, Value>,
    resolver: Resolver<'r>,
    draft: Draft,
}

impl<'r> Scope<'_, 'r> {
    fn rule(&mut self) -> Option<Rule> {
        let mut rule = Rule::default();
        if let Some(reference) = self.schema.get("$ref") {
            let target = self.resolver.lookup(reference.as_str()?).ok()?;
            let (value, resolver, draft) = target.into_inner();
            rule.all.push(self.compiler.id(value, &resolver, draft));
            // Before 2019-09 nothing beside a reference counts.
            if self.draft < Draft::Draft201909 {
                rule.combines = true;
                return Some(rule);
            }
        }
        rule.types = self.types()?;
        rule.values = self.values()?;
        rule.length = self.bounds("minLength", "maxLength")?.map(|(least, most)| (least, most.unwrap_or(u64::MAX)));
        rule.texts = self.texts()?;
        rule.numbers = self.numbers()?;
        rule.object = self.object()?;
        rule.array = self.array()?;
        rule.all.extend(self.several("allOf")?);
        rule.any = self.several("anyOf")?;
        rule.one = self.several("oneOf")?;
        rule.not = self.one("not");
        rule.condition = self.one("if").map(|condition| (condition, self.one("then"), self.one("else")));
        let lists = [&rule.all, &rule.any, &rule.one];
        rule.combines = lists.iter().any(|list| !list.is_empty()) || rule.not.is_some() || rule.condition.is_some();
        Some(rule)
    }

    fn sub(&mut self, value: &'r Value) -> Id {
        self.compiler.id(value, &self.resolver, self.draft)
    }

    fn one(&mut self, keyword: &str) -> Option<Id> {
        self.schema.get(keyword).map(|value| self.sub(value))
    }

    fn several(&mut self, keyword: &str) -> Option<Vec<Id>> {
        let Some(value) = self.schema.get(keyword) else { return Some(Vec::new()) };
        Some(value.as_array()?.iter().map(|value| self.sub(value)).collect())
    }

    /// Two bounds; `Some(None)` where there is neither.
    #[expect(clippy::option_option, reason = "no bounds are something else than bounds that plans do not know")]
    fn bounds(&self, least: &str, most: &str) -> Option<Option<(u64, Option<u64>)>> {
        let (least, most) = (self.schema.get(least), self.schema.get(most));
        if least.is_none() && most.is_none() {
            return Some(None);
        }
        let least = least.map_or(Some(0), Value::as_u64)?;
        Some(Some((least, most.map(|most| most.as_u64().ok_or(())).transpose().ok()?)))
    }

    #[expect(clippy::option_option, reason = "see `bounds`")]
    fn types(&self) -> Option<Option<Types>> {
        let Some(value) = self.schema.get("type") else { return Some(None) };
        let names = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
        let mut types = Types::default();
        for name in names {
            *match name.as_str()? {
                "null" => &mut types.null,
                "boolean" => &mut types.boolean,
                "integer" => &mut types.integer,
                "number" => &mut types.number,
                "string" => &mut types.string,
                "array" => &mut types.array,
                "object" => &mut types.object,
                _ => return None,
            } = true;
        }
        Some(Some(types))
    }

    #[expect(clippy::option_option, reason = "see `bounds`")]
    fn values(&self) -> Option<Option<Values>> {
        let options = match (self.schema.get("enum"), self.schema.get("const")) {
            (None, None) => return Some(None),
            (Some(options), None) => options.as_array()?.as_slice(),
            (None, Some(value)) => std::slice::from_ref(value),
            (Some(_), Some(_)) => return None,
        };
        let mut values = Values::default();
        let mut texts: Vec<Box<str>> = Vec::new();
        for option in options {
            match option {
                Value::Null => values.null = true,
                Value::Bool(true) => values.yes = true,
                Value::Bool(false) => values.no = true,
                Value::Number(_) => values.numbers = true,
                Value::String(text) => texts.push(text.as_str().into()),
                Value::Array(_) => values.arrays = true,
                Value::Object(_) => values.objects = true,
            }
        }
        if texts.len() <= FEW {
            values.few = texts;
        } else {
            values.texts = texts.into_iter().collect();
        }
        Some(Some(values))
    }

    /// Some of the schema's keywords.
    fn some(&self, keywords: &[&str]) -> Map<String, Value> {
        let found = keywords.iter().filter_map(|keyword| Some((*keyword, self.schema.get(*keyword)?)));
        found.map(|(keyword, value)| (keyword.to_owned(), value.clone())).collect()
    }

    /// A validator of the crate for some keywords; `Some(None)` where there are none.
    #[expect(clippy::option_option, reason = "see `bounds`")]
    fn leaf(&self, found: Map<String, Value>) -> Option<Option<Box<dyn Exact>>> {
        if found.is_empty() { Some(None) } else { self.validator(&Value::Object(found)).map(Some) }
    }

    fn validator(&self, schema: &Value) -> Option<Box<dyn Exact>> {
        let options = jsonschema::options().with_draft(self.draft);
        let patterns = PatternOptions::fancy_regex().backtrack_limit(crate::schema::BACKTRACKS);
        let options = options.with_pattern_options(patterns);
        let options = if self.compiler.formats { options.should_validate_formats(true) } else { options };
        let validator = options.build(schema).ok()?;
        Some(Box::new(Crate(validator)))
    }

    #[expect(clippy::option_option, reason = "see `bounds`")]
    fn texts(&mut self) -> Option<Option<Leaf>> {
        let found = self.some(&["pattern", "format", "contentEncoding", "contentMediaType"]);
        let pattern = self.schema.get("pattern").and_then(Value::as_str);
        let table = pattern.filter(|_| found.len() == 1).and_then(|pattern| self.compiler.table(pattern));
        let gives_up = || pattern.is_some_and(gives_up);
        Some(self.leaf(found)?.map(|validator| Leaf { validator, table, gives_up: gives_up() }))
    }

    #[expect(clippy::option_option, reason = "see `bounds`")]
    fn numbers(&self) -> Option<Option<Numbers>> {
        let keywords = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
        let mut found = self.some(&keywords);
        let options = self.schema.get("enum").and_then(Value::as_array).map(Vec::as_slice);
        let options = options.or_else(|| self.schema.get("const").map(std::slice::from_ref)).unwrap_or_default();
        let options: Vec<_> = options.iter().filter(|option| option.is_number()).cloned().collect();
        if !options.is_empty() {
            found.insert("enum".to_owned(), options.into());
        }
        let bounds = self.bounds_of(&found);
        Some(self.leaf(found)?.map(|validator| Numbers { validator, bounds }))
    }

    /// Bounds, if there is nothing else, and if an `f64` holds them.
    fn bounds_of(&self, keywords: &Map<String, Value>) -> Option<Bounds> {
        let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
        let mut bounds = Bounds { least: low, most: high, above: low, below: high };
        for (keyword, value) in keywords {
            // Draft 4 has booleans for the exclusive ones.
            let value = value.as_f64().filter(|value| value.abs() <= EXACT && self.draft > Draft::Draft4)?;
            match keyword.as_str() {
                "minimum" => bounds.least = value,
                "maximum" => bounds.most = value,
                "exclusiveMinimum" => bounds.above = value,
                "exclusiveMaximum" => bounds.below = value,
                _ => return None,
            }
        }
        Some(bounds)
    }

    #[expect(clippy::option_option, reason = "see `bounds`")]
    fn object(&mut self) -> Option<Option<Box<Object>>> {
        let mut object = Object { names: Names::new(self.names()?)?, ..Object::default() };
        object.required = object.names.iter().filter(|name| name.required).count();
        if let Some((least, most)) = self.bounds("minProperties", "maxProperties")? {
            (object.least, object.most) = (least, most);
        }
        object.patterns = self.patterns()?;
        object.additional = self.one("additionalProperties");
        object.every_name = self.one("propertyNames");
        self.dependent(&mut object)?;
        const KEYWORDS: [&str; 10] = [
            "properties",
            "required",
            "minProperties",
            "maxProperties",
            "patternProperties",
            "additionalProperties",
            "propertyNames",
            "dependencies",
            "dependentRequired",
            "dependentSchemas",
        ];
        let any = KEYWORDS.iter().any(|keyword| self.schema.contains_key(*keyword));
        Some(any.then(|| Box::new(object)))
    }

    fn names(&mut self) -> Option<Vec<Name>> {
        let mut names = Vec::new();
        let schema = self.schema;
        for (name, value) in
            schema.get("properties").map_or(Some(None), |it| it.as_object().map(Some))?.into_iter().flatten()
        {
            let schema = Some(self.sub(value));
            names.push(Name { mark: mark(name.as_bytes()), text: name.as_str().into(), required: false, schema });
        }
        for name in schema.get("required").map_or(Some(None), |it| it.as_array().map(Some))?.into_iter().flatten() {
            let text = name.as_str()?;
            match names.iter_mut().find(|name| *name.text == *text) {
                Some(known) => known.required = true,
                None => {
                    names.push(Name { mark: mark(text.as_bytes()), text: text.into(), required: true, schema: None });
                }
            }
        }
        Some(names)
    }

    fn patterns(&mut self) -> Option<Vec<(Leaf, Id)>> {
        let Some(value) = self.schema.get("patternProperties") else { return Some(Vec::new()) };
        let patterns = value.as_object()?.iter().map(|(pattern, value)| {
            let validator = self.validator(&serde_json::json!({ "pattern": pattern }))?;
            let table = self.compiler.table(pattern);
            Some((Leaf { validator, table, gives_up: gives_up(pattern) }, self.sub(value)))
        });
        patterns.collect()
    }

    fn dependent(&mut self, object: &mut Object) -> Option<()> {
        let schema = self.schema;
        for keyword in ["dependencies", "dependentRequired", "dependentSchemas"] {
            let Some(value) = schema.get(keyword) else { continue };
            for (name, value) in value.as_object()? {
                match value {
                    Value::Array(others) => {
                        let others: Option<Vec<Box<str>>> =
                            others.iter().map(|it| it.as_str().map(Into::into)).collect();
                        object.dependent.push((name.as_str().into(), others?));
                    }
                    value => object.dependent_schemas.push((name.as_str().into(), self.sub(value))),
                }
            }
        }
        Some(())
    }

    #[expect(clippy::option_option, reason = "see `bounds`")]
    fn array(&mut self) -> Option<Option<Box<Array>>> {
        let mut array = Array::default();
        (array.first, array.rest) = self.items()?;
        if let Some((least, most)) = self.bounds("minItems", "maxItems")? {
            (array.least, array.most) = (least, most);
        }
        array.unique = self.schema.get("uniqueItems").is_some_and(|unique| unique == &Value::Bool(true));
        let (least, most) = self.bounds("minContains", "maxContains")?.unwrap_or((1, None));
        let least = if self.schema.contains_key("minContains") { least } else { 1 };
        array.contains = self.one("contains").map(|id| (id, least, most));
        const KEYWORDS: [&str; 7] =
            ["items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains"];
        let any = KEYWORDS.iter().any(|keyword| self.schema.contains_key(*keyword));
        Some(any.then(|| Box::new(array)))
    }

    /// The schemas of the first items, and of the rest: `prefixItems` and `items`, before 2020-12 `items` and
    /// `additionalItems`.
    fn items(&mut self) -> Option<(Vec<Id>, Option<Id>)> {
        if self.draft >= Draft::Draft202012 {
            let odd =
                self.schema.contains_key("additionalItems") || self.schema.get("items").is_some_and(Value::is_array);
            return if odd { None } else { Some((self.several("prefixItems")?, self.one("items"))) };
        }
        match self.schema.get("items") {
            Some(Value::Array(_)) => Some((self.several("items")?, self.one("additionalItems"))),
            _ => Some((Vec::new(), self.one("items"))),
        }
    }
}

/// Whether matching a pattern may be given up: only an engine that goes back and forth can hold it.
fn gives_up(pattern: &str) -> bool {
    let schema = serde_json::json!({ "pattern": pattern });
    let options = jsonschema::options().with_draft(Draft::Draft202012).with_pattern_options(PatternOptions::regex());
    options.build(&schema).is_err()
}
