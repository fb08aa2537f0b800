use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::dfa::Dfa;
use super::{Language, pattern, symbol};

/// An automaton with more states is not written as an expression.
const MOST_STATES: usize = 200;

/// A longer expression is not made.
const LONGEST: usize = 20_000;

/// A schema in which no expression looks around, as far as that is possible: for validators whose engine cannot. What
/// a string must begin with, or not, becomes expressions of its own; other expressions are made anew from automata.
pub(crate) fn without_lookaround(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let rewritten = members.iter().map(|(name, value)| match name.as_str() {
                "const" | "enum" | "default" | "examples" => (name.clone(), value.clone()),
                "patternProperties" => (name.clone(), renamed(value)),
                _ => (name.clone(), without_lookaround(value)),
            });
            with_conditions(rewritten.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_lookaround).collect()),
        scalar => scalar.clone(),
    }
}

/// `patternProperties` with other expressions for the same names.
fn renamed(patterns: &Value) -> Value {
    let Some(patterns) = patterns.as_object() else { return patterns.clone() };
    let name = |pattern: &String| plain(pattern).unwrap_or_else(|| pattern.clone());
    let renamed: Map<_, _> =
        patterns.iter().map(|(pattern, schema)| (name(pattern), without_lookaround(schema))).collect();
    // Two that become one would lose a schema.
    let kept = renamed.len() == patterns.len();
    if kept { Value::Object(renamed) } else { Value::Object(patterns.clone()) }
}

/// A schema object whose `pattern`, if it looks around, is in other words.
fn with_conditions(mut members: Map<String, Value>) -> Value {
    let looks_around = |pattern: &&str| pattern::looks_around(pattern);
    let Some(pattern) = members.get("pattern").and_then(Value::as_str).filter(looks_around) else {
        return Value::Object(members);
    };
    let conditions = match pattern::conditions(pattern) {
        Some(conditions) => conditions,
        None => plain(pattern).map(|pattern| vec![(false, pattern)]).unwrap_or_default(),
    };
    if conditions.is_empty() {
        return Value::Object(members);
    }
    members.remove("pattern");
    let condition = |(negative, pattern)| match negative {
        true => json!({ "not": { "type": "string", "pattern": pattern } }),
        false => json!({ "pattern": pattern }),
    };
    let conditions = conditions.into_iter().map(condition);
    match members.entry("allOf").or_insert_with(|| json!([])) {
        Value::Array(all) => all.extend(conditions),
        _ => return Value::Object(members),
    }
    Value::Object(members)
}

/// An expression that does not look around, for the same strings.
fn plain(pattern: &str) -> Option<String> {
    if !pattern::looks_around(pattern) {
        return None;
    }
    Language::pattern(pattern)?.expression()
}

impl Language {
    /// A regular expression for these strings, by elimination of states (Brzozowski and McCluskey, 1963); `None` if it
    /// would be too long, or there are none.
    pub(crate) fn expression(&self) -> Option<String> {
        let mut edges = Edges::new(&self.dfa)?;
        let states = self.dfa.rows.len();
        let mut left: Vec<usize> = (0..states).collect();
        while let Some(place) = (0..left.len()).min_by_key(|place| edges.degree(left[*place])) {
            edges.eliminate(left.swap_remove(place))?;
        }
        let whole = edges.0[states].get(&(states + 1))?;
        Some(format!("^(?:{whole})$"))
    }
}

/// From each state the expressions that lead to others; the last two states are a new start and a new end.
struct Edges(Vec<BTreeMap<usize, String>>);

impl Edges {
    fn new(dfa: &Dfa) -> Option<Self> {
        let states = dfa.rows.len();
        if states > MOST_STATES {
            return None;
        }
        let useful = dfa.distances(true);
        let mut edges = vec![BTreeMap::new(); states + 2];
        for (state, row) in dfa.rows.iter().enumerate() {
            for (position, (first, next)) in row.iter().enumerate() {
                let end = row.get(position + 1).map_or(symbol::END, |(first, _)| *first);
                if useful[*next as usize].is_some() {
                    range(edges[state].entry(*next as usize).or_default(), *first, end)?;
                }
            }
            edges[state].values_mut().for_each(|class: &mut String| *class = format!("[{class}]"));
            if dfa.accepting[state] {
                edges[state].insert(states + 1, String::new());
            }
        }
        edges[states].insert(0, String::new());
        Some(Self(edges))
    }

    fn degree(&self, state: usize) -> usize {
        let into = self.0.iter().filter(|edges| edges.contains_key(&state)).count();
        into * self.0[state].len()
    }

    /// Leads past a state.
    fn eliminate(&mut self, state: usize) -> Option<()> {
        let mut onwards = std::mem::take(&mut self.0[state]);
        let around = onwards.remove(&state).map_or_else(String::new, |again| format!("(?:{again})*"));
        for edges in &mut self.0 {
            let Some(before) = edges.remove(&state) else { continue };
            for (next, after) in &onwards {
                let way = format!("{before}{around}{after}");
                let joined = match edges.remove(next) {
                    Some(other) if other == way => way,
                    Some(other) => format!("(?:{other}|{way})"),
                    None => way,
                };
                if joined.len() > LONGEST {
                    return None;
                }
                edges.insert(*next, joined);
            }
        }
        Some(())
    }
}

/// Adds the symbols from `first` to before `end` to a class; a range may not lie across the surrogates.
fn range(class: &mut String, first: u32, end: u32) -> Option<()> {
    let scalar = |symbol| u32::from(symbol::character(symbol));
    let last = end.checked_sub(1)?;
    write!(class, r"\u{{{:x}}}-\u{{{:x}}}", scalar(first), scalar(last)).ok()
}
