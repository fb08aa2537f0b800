//! One question at a time: whether one side's values are all values of the other side, and which is not.

use std::time::Duration;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use super::rules::Rule;
use crate::compat::semantic::{self, Budget};
use crate::schema::Bundle;

/// How long one question may take.
const TIME: Duration = Duration::from_secs(2);

/// Whose values must be the other's, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Towards {
    /// The model's must be the projection's.
    Projection,
    /// The projection's must be the model's.
    Model,
}

/// A question.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    /// The property that it is about; `None` for the whole.
    pub(crate) property: Option<String>,
    /// What that is called in the projection; a column that the model does not have.
    pub(crate) counterpart: Option<String>,
    /// The rule, where the question knows it better than what rejects a value.
    pub(crate) rule: Option<Rule>,
    /// Whose values must be the other's.
    pub(crate) towards: Towards,
    /// Whose values are asked about.
    pub(crate) writer: Bundle,
    /// Who must accept them.
    pub(crate) reader: Bundle,
    /// What is not known of the projection: it may accept less than its schema says.
    pub(crate) doubts: Vec<String>,
    /// Whether the reader rounds integers to even ones where it says that it rejects them.
    pub(crate) rounded: bool,
}

impl Question {
    /// Whether the reader accepts the writer's values, as wholes.
    pub(crate) const fn new(towards: Towards, writer: Bundle, reader: Bundle) -> Self {
        let (property, counterpart, rule) = (None, None, None);
        Self { property, counterpart, rule, towards, writer, reader, doubts: Vec::new(), rounded: false }
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    /// All are.
    Holds,
    /// One is not; without a value where none could be made, but the question leaves no doubt.
    Fails(Option<Failing>),
    /// It is not known; why.
    Undecided(String),
}

/// A value that one side has and the other does not.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failing {
    /// The value.
    pub(crate) event: Value,
    /// What rejects it.
    pub(crate) keyword: Keyword,
}

/// What rejects a value.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Keyword {
    /// The keyword.
    pub(crate) name: String,
    /// What it demands.
    pub(crate) demand: Value,
    /// Where it stands in the schema: a JSON Pointer.
    pub(crate) pointer: String,
    /// The part of the value that it rejects: a JSON Pointer.
    pub(crate) at: String,
}

/// Answers a question.
pub(crate) fn answer(question: &Question) -> Answer {
    let doubt = question.doubts.first();
    if question.writer.value == question.reader.value && question.writer.dialect == question.reader.dialect {
        return Answer::Holds;
    }
    match semantic::compare(&question.writer, &question.reader, Budget { time: TIME }) {
        semantic::Verdict::Compatible => match doubt.filter(|_| question.towards == Towards::Projection) {
            Some(doubt) => Answer::Undecided(doubt.clone()),
            None => Answer::Holds,
        },
        // What a projection may not even have shows nothing about it.
        semantic::Verdict::Breaking(_) if question.towards == Towards::Model && doubt.is_some() => {
            Answer::Undecided(doubt.cloned().unwrap_or_default())
        }
        semantic::Verdict::Breaking(witness) => {
            let event = if question.rounded { odd(question, witness.event) } else { witness.event };
            let keyword = rejecting(&question.reader, &event).unwrap_or_default();
            Answer::Fails(Some(Failing { event, keyword }))
        }
        semantic::Verdict::Unknown(_) if question.rule.is_some() => Answer::Fails(None),
        semantic::Verdict::Unknown(why) => Answer::Undecided(why),
    }
}

/// An odd number in place of an even one, which floating point may hold beyond its digits.
fn odd(question: &Question, event: Value) -> Value {
    let Some(property) = &question.property else { return event };
    let Some(even) = event.get(property).and_then(Value::as_i64).filter(|number| number % 2 == 0) else { return event };
    let mut other = event.clone();
    for number in [even.saturating_add(even.signum()), even.saturating_sub(even.signum())] {
        other[property] = number.into();
        if number % 2 != 0 && accepts(&question.writer, &other) && !accepts(&question.reader, &other) {
            return other;
        }
    }
    event
}

/// Whether a schema accepts a value; one that cannot be used accepts nothing.
pub(crate) fn accepts(bundle: &Bundle, value: &Value) -> bool {
    validator(bundle).is_some_and(|validator| validator.is_valid(value))
}

fn validator(bundle: &Bundle) -> Option<jsonschema::Validator> {
    jsonschema::options().with_draft(bundle.dialect.into()).build(&bundle.value).ok()
}

/// The keyword that rejects a value: within alternatives, that of the one that comes closest.
pub(crate) fn rejecting(bundle: &Bundle, event: &Value) -> Option<Keyword> {
    let validator = validator(bundle)?;
    let error = validator.iter_errors(event).next()?;
    Some(keyword(&deepest(&error), &bundle.value))
}

/// An error without its instance.
struct Fault {
    schema: String,
    instance: String,
}

fn deepest(error: &ValidationError<'_>) -> Fault {
    let fault = || Fault {
        schema: error.schema_path().as_str().to_owned(),
        instance: error.instance_path().as_str().to_owned(),
    };
    match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            let closest = context.iter().filter_map(|errors| errors.first().map(|first| (errors, first)));
            let right = closest.filter(|(_, first)| !matches!(first.kind(), ValidationErrorKind::Type { .. }));
            let mut right: Vec<_> = right.collect();
            right.sort_by_key(|(errors, _)| errors.len());
            right.first().map_or_else(fault, |(_, first)| deepest(first))
        }
        _ => fault(),
    }
}

fn keyword(fault: &Fault, schema: &Value) -> Keyword {
    let pointer = resolved(schema, &fault.schema);
    let name = pointer.rsplit('/').find(|token| token.parse::<usize>().is_err()).unwrap_or_default().to_owned();
    let demand = linkspan_source::pointer::get(schema, &pointer).cloned().unwrap_or_default();
    // A schema that is `false` rejects by being there.
    let name = if demand == Value::Bool(false) && name != "additionalProperties" { "false".to_owned() } else { name };
    Keyword { name, demand, pointer, at: fault.instance.clone() }
}

/// The way to a keyword, which goes through references, as a place.
fn resolved(schema: &Value, path: &str) -> String {
    let mut at = String::new();
    for token in linkspan_source::pointer::split(path) {
        let below = linkspan_source::pointer::join(&at, &token);
        let reference = (token == "$ref").then(|| linkspan_source::pointer::get(schema, &below)).flatten();
        at = match reference.and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#')) {
            Some(target) => crate::schema::unescaped(target),
            None => below,
        };
    }
    at
}
