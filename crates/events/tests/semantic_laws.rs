//! Laws of the semantic verdict, on random schemas of all drafts: what is called compatible no event refutes, and what is
//! called breaking its witness does, as two validators see it. `PROPTEST_CASES` says how many pairs; the slowest are
//! printed.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::cast_possible_truncation, reason = "the numbers are small")]

#[path = "compat_corpus/instances.rs"]
mod instances;
#[path = "compat_corpus/random.rs"]
mod random;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use instances::Instances;
use random::Random;

use linkspan_events::compat::semantic::{Budget, Verdict, compare};
use linkspan_events::schema::{Bundle, Dialect};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

const DIALECTS: [Dialect; 5] =
    [Dialect::Draft4, Dialect::Draft6, Dialect::Draft7, Dialect::Draft201909, Dialect::Draft202012];

fn name() -> impl Strategy<Value = String> {
    select(vec!["a", "b", "ab", "x1", ""]).prop_map(str::to_owned)
}

fn pattern() -> impl Strategy<Value = Value> {
    let patterns = ["^a", "b$", "^[ab]*$", "^x[0-9]+$", ".", "^$", "^(a|ab)$", r"^\d+$", "[^a]", r"^\w{2,3}$", r"\s|é"];
    select(patterns.to_vec()).prop_map(Value::from)
}

fn scalar() -> impl Strategy<Value = Value> {
    select(vec![
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(1.0),
        json!(2),
        json!(-1),
        json!(1.5),
        json!(10),
        json!(""),
        json!("a"),
        json!("ab"),
        json!("x1"),
        json!("bbbb"),
        json!(0.07),
        json!(0.29),
        json!(1.1),
        json!(100.01),
        json!(1e300),
        json!(u64::MAX),
        json!(9_007_199_254_740_993_u64),
        json!("2020-01-01"),
        json!("1.2.3.4"),
        json!("a@b.example"),
        json!("urn:a"),
    ])
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name(), inner, 0..4).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn assertion() -> impl Strategy<Value = (String, Value)> {
    let kinds = vec!["null", "boolean", "integer", "number", "string", "array", "object"];
    let count = || (0_u64..4).prop_map(Value::from);
    let number = || {
        select(vec![
            json!(0),
            json!(1),
            json!(2),
            json!(-1),
            json!(1.5),
            json!(3),
            json!(9_007_199_254_740_993_u64),
            json!(1e300),
            json!(0.1),
            json!(-0.0),
        ])
    };
    let names = || prop::collection::btree_set(name(), 0..3).prop_map(|names| names.into_iter().collect::<Value>());
    prop_oneof![
        4 => select(kinds.clone()).prop_map(|kind| ("type", json!(kind))),
        2 => prop::collection::btree_set(select(kinds), 1..4).prop_map(|kinds| ("type", kinds.into_iter().collect())),
        1 => prop::collection::vec(value(), 1..4).prop_map(|values| ("enum", distinct(values))),
        1 => value().prop_map(|value| ("const", value)),
        1 => number().prop_map(|bound| ("minimum", bound)),
        1 => number().prop_map(|bound| ("maximum", bound)),
        1 => prop_oneof![number(), any::<bool>().prop_map(Value::from)].prop_map(|bound| ("exclusiveMinimum", bound)),
        1 => prop_oneof![number(), any::<bool>().prop_map(Value::from)].prop_map(|bound| ("exclusiveMaximum", bound)),
        1 => select(vec![json!("application/json"), json!("text/plain")]).prop_map(|kind| ("contentMediaType", kind)),
        1 => Just(("contentEncoding", json!("base64"))),
        1 => (name(), names()).prop_map(|(name, names)| ("dependencies", json!({ name: names }))),
        1 => select(vec![json!(1), json!(2), json!(3), json!(0.5), json!(1.5), json!(0.01), json!(0.001), json!(0.1)]).prop_map(|of| ("multipleOf", of)),
        1 => count().prop_map(|count| ("minLength", count)),
        1 => count().prop_map(|count| ("maxLength", count)),
        1 => pattern().prop_map(|pattern| ("pattern", pattern)),
        1 => select(vec!["date", "ipv4", "email", "uri", "uri-reference", "hostname", "regex", "none", "uuid", "date-time", "time", "duration", "ipv6", "json-pointer", "idn-email"])
            .prop_map(|format| ("format", json!(format))),
        1 => count().prop_map(|count| ("minItems", count)),
        1 => count().prop_map(|count| ("maxItems", count)),
        1 => any::<bool>().prop_map(|unique| ("uniqueItems", json!(unique))),
        1 => count().prop_map(|count| ("minProperties", count)),
        1 => count().prop_map(|count| ("maxProperties", count)),
        2 => names().prop_map(|names| ("required", names)),
        1 => (name(), names()).prop_map(|(name, names)| ("dependentRequired", json!({ name: names }))),
        1 => count().prop_map(|count| ("minContains", count)),
        1 => count().prop_map(|count| ("maxContains", count)),
        1 => select(vec!["#", "#/$defs/one", "#/$defs/two"]).prop_map(|to| ("$ref", json!(to))),
    ]
    .prop_map(|(keyword, value)| (keyword.to_owned(), value))
}

fn distinct(values: Vec<Value>) -> Value {
    let mut kept: Vec<Value> = Vec::new();
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    Value::Array(kept)
}

fn applicator(inner: BoxedStrategy<Value>) -> impl Strategy<Value = (String, Value)> {
    let map = |names: BoxedStrategy<String>, inner: &BoxedStrategy<Value>| {
        prop::collection::btree_map(names, inner.clone(), 1..3)
            .prop_map(|members| members.into_iter().collect::<Value>())
    };
    let patterns = pattern().prop_map(|pattern| pattern.as_str().unwrap_or_default().to_owned()).boxed();
    let one =
        |keyword: &'static str, inner: &BoxedStrategy<Value>| inner.clone().prop_map(move |s| (keyword, s)).boxed();
    let list = |keyword: &'static str, inner: &BoxedStrategy<Value>| {
        prop::collection::vec(inner.clone(), 1..4).prop_map(move |list| (keyword, Value::from(list))).boxed()
    };
    prop_oneof![
        4 => map(name().boxed(), &inner).prop_map(|map| ("properties", map)),
        1 => map(patterns, &inner).prop_map(|map| ("patternProperties", map)),
        2 => one("additionalProperties", &inner),
        1 => one("propertyNames", &inner),
        1 => map(name().boxed(), &inner).prop_map(|map| ("dependentSchemas", map)),
        1 => map(name().boxed(), &inner).prop_map(|map| ("dependencies", map)),
        1 => one("unevaluatedProperties", &inner),
        2 => one("items", &inner),
        1 => list("prefixItems", &inner),
        1 => one("additionalItems", &inner),
        1 => one("contains", &inner),
        1 => one("unevaluatedItems", &inner),
        1 => list("allOf", &inner),
        2 => list("anyOf", &inner),
        2 => list("oneOf", &inner),
        2 => one("not", &inner),
        1 => one("if", &inner),
        1 => one("then", &inner),
        1 => one("else", &inner),
    ]
    .prop_map(|(keyword, value)| (keyword.to_owned(), value))
}

fn schema() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        1 => any::<bool>().prop_map(Value::from),
        6 => prop::collection::vec(assertion(), 0..3)
            .prop_map(|keywords| keywords.into_iter().collect::<Map<String, Value>>().into()),
    ];
    leaf.prop_recursive(3, 10, 3, |inner| {
        (prop::collection::vec(assertion(), 0..3), prop::collection::vec(applicator(inner.boxed()), 0..3))
            .prop_map(|(one, other)| one.into_iter().chain(other).collect::<Map<String, Value>>().into())
    })
    .boxed()
}

fn document() -> impl Strategy<Value = Value> {
    (schema(), schema(), schema()).prop_map(|(mut root, one, two)| {
        if let Some(root) = root.as_object_mut() {
            root.insert("$defs".to_owned(), json!({ "one": one, "two": two }));
        }
        root
    })
}

/// One change somewhere: most pairs that people compare are alike.
fn edited(schema: Value, edit: (String, Value), at: usize) -> Value {
    let mut edited = schema;
    let mut places = Vec::new();
    collect(&edited, String::new(), &mut places);
    let place = places[at % places.len()].clone();
    match edited.pointer_mut(&place) {
        Some(Value::Object(members)) if members.contains_key(&edit.0) => _ = members.remove(&edit.0),
        Some(Value::Object(members)) => _ = members.insert(edit.0, edit.1),
        _ => {}
    }
    edited
}

fn collect(schema: &Value, at: String, places: &mut Vec<String>) {
    places.push(at.clone());
    for (keyword, inner) in schema.as_object().into_iter().flatten() {
        let here = format!("{at}/{keyword}");
        match (keyword.as_str(), inner) {
            ("enum" | "const", _) => {}
            ("properties" | "patternProperties" | "dependentSchemas" | "$defs", Value::Object(members)) => {
                for (name, inner) in members {
                    collect(inner, format!("{here}/{name}"), places);
                }
            }
            (_, Value::Object(_)) => collect(inner, here, places),
            (_, Value::Array(items)) => {
                let inner = items.iter().enumerate().filter(|(_, item)| item.is_object());
                inner.for_each(|(place, item)| collect(item, format!("{here}/{place}"), places));
            }
            _ => {}
        }
    }
}

/// A schema in both validators.
struct Both {
    one: jsonschema::Validator,
    other: (boon::Schemas, boon::SchemaIndex),
}

impl Both {
    fn new(bundle: &Bundle) -> Option<Self> {
        let one = jsonschema::options().with_draft(bundle.dialect.into()).build(&bundle.value).ok()?;
        let mut compiler = boon::Compiler::new();
        compiler.set_default_draft(match bundle.dialect {
            Dialect::Draft4 => boon::Draft::V4,
            Dialect::Draft6 => boon::Draft::V6,
            Dialect::Draft7 => boon::Draft::V7,
            Dialect::Draft201909 => boon::Draft::V2019_09,
            Dialect::Draft202012 => boon::Draft::V2020_12,
        });
        if bundle.dialect == Dialect::Draft7 {
            compiler.enable_content_assertions();
        }
        compiler.add_resource("file:///s.json", bundle.value.clone()).ok()?;
        let mut schemas = boon::Schemas::new();
        let index = compiler.compile("file:///s.json", &mut schemas).ok()?;
        Some(Self { one, other: (schemas, index) })
    }

    /// `None` where they do not agree.
    fn accepts(&self, event: &Value) -> Option<bool> {
        let first = self.one.is_valid(event);
        (self.other.0.validate(event, self.other.1).is_ok() == first).then_some(first)
    }
}

/// How many pairs there were of each verdict, and the longest that one took.
static TIMES: Mutex<([u64; 3], Duration)> = Mutex::new(([0; 3], Duration::ZERO));

#[expect(clippy::print_stdout, reason = "a long run says how it goes")]
fn timed(writer: &Bundle, reader: &Bundle) -> Verdict {
    let start = Instant::now();
    let verdict = compare(writer, reader, Budget::default());
    let took = start.elapsed();
    let mut times = TIMES.lock().unwrap();
    let kind = match verdict {
        Verdict::Compatible => 0,
        Verdict::Breaking(_) => 1,
        Verdict::Unknown(_) => 2,
    };
    times.0[kind] += 1;
    let pairs: u64 = times.0.iter().sum();
    if took > times.1 || pairs.is_multiple_of(1_000) {
        times.1 = times.1.max(took);
        println!("{pairs} pairs (compatible, breaking, unknown: {:?}), the slowest took {:.2?}", times.0, times.1);
    }
    if took > Duration::from_secs(5) || matches!(&verdict, Verdict::Unknown(reason) if reason.contains("gave up")) {
        println!("{took:.2?} for {verdict:?}: {:?}\n{}\n{}", writer.dialect, writer.value, reader.value);
    }
    verdict
}

fn check(writer: &Bundle, reader: &Bundle, values: &[Value]) -> Result<(), TestCaseError> {
    let (Some(one), Some(other)) = (Both::new(writer), Both::new(reader)) else { return Ok(()) };
    let breaks = |event: &Value| one.accepts(event) == Some(true) && other.accepts(event) == Some(false);
    match timed(writer, reader) {
        Verdict::Compatible => {
            let refuting = values.iter().find(|value| breaks(value)).cloned();
            let (instances, mut random) = (Instances::new(&writer.value, &reader.value), Random::new(7));
            let refuting = refuting.or_else(|| (0..EVENTS).map(|_| instances.next(&mut random)).find(breaks));
            prop_assert!(refuting.is_none(), "refuted by {}", refuting.unwrap());
        }
        Verdict::Breaking(witness) => {
            prop_assert!(breaks(&witness.event), "{witness:?}");
            prop_assert!(!witness.rejected_by.is_empty());
            for place in &witness.rejected_by {
                prop_assert!(reader.value.pointer(place).is_some(), "{place} is nowhere: {witness:?}");
            }
        }
        Verdict::Unknown(_) => {}
    }
    Ok(())
}

/// With how many made events a verdict is attacked.
const EVENTS: usize = 150;

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(200);
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 3_000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn unlike_schemas(
        one in document(),
        other in document(),
        drafts in (select(DIALECTS.to_vec()), select(DIALECTS.to_vec())),
        values in prop::collection::vec(value(), 60),
    ) {
        check(&Bundle::alone(one, drafts.0), &Bundle::alone(other, drafts.1), &values)?;
    }

    #[test]
    fn edited_schemas(
        one in document(),
        edit in prop_oneof![assertion(), applicator(schema())],
        at in 0_usize..20,
        draft in select(DIALECTS.to_vec()),
        values in prop::collection::vec(value(), 60),
    ) {
        let other = edited(one.clone(), edit, at);
        check(&Bundle::alone(one.clone(), draft), &Bundle::alone(other.clone(), draft), &values)?;
        check(&Bundle::alone(other, draft), &Bundle::alone(one, draft), &values)?;
    }
}
