//! Ordinary schemas, ordinary edits: nearly all are decided, and no verdict is ever contradicted by an event.
//!
//! `schemas/` holds events and requests as people write them; each is edited many times, the same way every time.
//! `LINKSPAN_CORPUS_SEED` makes other edits.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::cast_possible_truncation, reason = "the numbers are small")]

mod edits;
mod instances;
mod places;
mod random;

use std::path::Path;
use std::time::{Duration, Instant};

use linkspan_events::compat::semantic::{Budget, Verdict, compare};
use linkspan_events::schema::{Bundle, Dialect};
use serde_json::Value;

use instances::Instances;
use random::Random;

/// Edits of each schema.
const EDITS: usize = 14;

/// Events with which a verdict is attacked.
const EVENTS: usize = 2_000;

/// Two schemas, and where they come from.
struct Pair {
    name: String,
    writer: Value,
    reader: Value,
}

/// A schema as both validators see it; `boon` knows no expressions that look around.
struct Both {
    jsonschema: jsonschema::Validator,
    boon: Option<(boon::Schemas, boon::SchemaIndex)>,
}

impl Both {
    fn new(schema: &Value) -> Option<Self> {
        let jsonschema = jsonschema::validator_for(schema).ok()?;
        let mut compiler = boon::Compiler::new();
        compiler.add_resource("file:///schema.json", schema.clone()).ok()?;
        let mut schemas = boon::Schemas::new();
        let boon = match compiler.compile("file:///schema.json", &mut schemas) {
            Ok(index) => Some((schemas, index)),
            Err(_) if schema.to_string().contains("(?") => None,
            Err(_) => return None,
        };
        Some(Self { jsonschema, boon })
    }

    /// Whether an event is valid; `None` where the two do not agree.
    fn accepts(&self, event: &Value) -> Option<bool> {
        let first = self.jsonschema.is_valid(event);
        let second = self.boon.as_ref().is_none_or(|(schemas, index)| schemas.validate(event, *index).is_ok() == first);
        second.then_some(first)
    }
}

#[test]
fn verdicts_on_ordinary_pairs_hold() {
    let pairs = pairs();
    assert!(pairs.len() >= 300, "{} pairs", pairs.len());
    let (mut spent, mut compatible, mut breaking) = (Duration::ZERO, 0, 0);
    let (mut unknown, mut wrong) = (Vec::new(), Vec::new());
    for pair in &pairs {
        let bundle = |schema: &Value| Bundle::alone(schema.clone(), Dialect::Draft202012);
        let start = Instant::now();
        let verdict = compare(&bundle(&pair.writer), &bundle(&pair.reader), Budget::default());
        let took = start.elapsed();
        spent += took;
        if took > Duration::from_secs(1) {
            println!("{} took {took:.1?}", pair.name);
        }
        match &verdict {
            Verdict::Compatible => compatible += 1,
            Verdict::Breaking(_) => breaking += 1,
            Verdict::Unknown(reason) => unknown.push(format!("{}: {reason}", pair.described())),
        }
        wrong.extend(pair.contradiction(&verdict).map(|event| format!("{verdict:?} of {}: {event}", pair.described())));
    }
    println!("{} pairs in {spent:.1?}: {compatible} compatible, {breaking} breaking", pairs.len());
    println!("{} unknown:\n{}", unknown.len(), unknown.join("\n"));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(unknown.len() * 50 <= pairs.len(), "{} of {} are not decided", unknown.len(), pairs.len());
    assert!(compatible > pairs.len() / 10 && breaking > pairs.len() / 10, "the corpus is one-sided");
}

/// Every schema with its edits, in both directions by turns.
fn pairs() -> Vec<Pair> {
    let seed = std::env::var("LINKSPAN_CORPUS_SEED").map_or(1, |seed| seed.parse().unwrap());
    let mut random = Random::new(seed);
    let mut pairs = Vec::new();
    for (name, schema) in schemas() {
        let mut made = 0;
        while made < EDITS {
            let Some(edited) = edits::edited(&schema, &mut random) else { continue };
            if Both::new(&edited).is_none() {
                continue;
            }
            let (writer, reader) = if made % 3 == 2 { (edited, schema.clone()) } else { (schema.clone(), edited) };
            pairs.push(Pair { name: format!("{name} {made}"), writer, reader });
            made += 1;
        }
    }
    pairs
}

fn schemas() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat_corpus/schemas");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let schema = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        (path.file_stem().unwrap().to_string_lossy().into_owned(), schema)
    };
    files.iter().map(read).collect()
}

impl Pair {
    /// An event that contradicts a verdict.
    fn contradiction(&self, verdict: &Verdict) -> Option<Value> {
        let (writer, reader) = (Both::new(&self.writer).unwrap(), Both::new(&self.reader).unwrap());
        let breaks = |event: &Value| writer.accepts(event) == Some(true) && reader.accepts(event) == Some(false);
        match verdict {
            Verdict::Breaking(witness) => (!breaks(&witness.event)).then(|| witness.event.clone()),
            Verdict::Compatible => {
                let instances = Instances::new(&self.writer, &self.reader);
                let mut random = Random::new(7);
                (0..EVENTS).map(|_| instances.next(&mut random)).find(breaks)
            }
            Verdict::Unknown(_) => None,
        }
    }

    fn described(&self) -> String {
        let text = |schema: &Value| serde_json::to_string_pretty(schema).unwrap();
        let (before, after) = (text(&self.writer), text(&self.reader));
        let diff = similar::TextDiff::from_lines(&before, &after);
        let changes = diff.iter_all_changes().filter(|change| change.tag() != similar::ChangeTag::Equal);
        let lines: Vec<String> = changes.map(|change| format!("{}{}", change.tag(), change.value().trim())).collect();
        format!("{}: {}", self.name, lines.join(" "))
    }
}
