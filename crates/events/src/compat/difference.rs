//! Why the two verdicts differ, in one sentence.

use super::explain::events;
use super::judge::{Judged, OneWay};
use super::registry::{self, Change, Policy};
use super::semantic::Verdict;

/// The sentence; none where both say the same, or one of them says nothing.
pub(super) fn sentence(judged: &Judged<'_>) -> Option<String> {
    let sentences: Vec<_> = judged.ways.iter().filter_map(|way| one_way(judged, way)).collect();
    (!sentences.is_empty()).then(|| sentences.join("; "))
}

fn one_way(judged: &Judged<'_>, way: &OneWay) -> Option<String> {
    match (&way.verdict, way.answer.compatible) {
        (Verdict::Compatible, Some(false)) => Some(over_strict(way, judged.policy)),
        (Verdict::Breaking(_), Some(true)) => Some(blind(judged, way)),
        _ => None,
    }
}

/// The registry refuses what breaks nothing.
fn over_strict(way: &OneWay, policy: Policy) -> String {
    let refused = refused(way, policy);
    let named: Vec<_> = refused.iter().take(3).map(|change| format!("`{} {}`", change.kind, change.path)).collect();
    let why = refused.first().and_then(|change| registry::explain(change.kind));
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    let (reader, writer) = (way.way.reader(), way.way.writer());
    format!(
        "the registry refuses {}{why}; but no event is at stake: {reader} accepts everything that {writer} accepts",
        named.join(", ")
    )
}

/// The changes that make the registry refuse, each once.
pub(super) fn refused(way: &OneWay, policy: Policy) -> Vec<&Change> {
    let refused = |change: &&Change| !registry::class(change.kind).is_some_and(|class| class.allows(policy));
    let mut changes: Vec<_> = way.answer.changes.iter().filter(refused).collect();
    changes.sort();
    changes.dedup();
    changes
}

/// The registry does not see what breaks.
fn blind(judged: &Judged<'_>, way: &OneWay) -> String {
    let (_, reader) = way.way.order(&judged.pair.old, &judged.pair.new);
    let undeclared = reader.registered.schema.get("$schema").is_none();
    let first = way.breaks.first();
    let reason = first.map_or(COMPARES, |each| unseen(each.rule.id, undeclared));
    let at = first.map(|each| each.at.as_str()).filter(|at| !at.is_empty());
    let at = at.map(|at| format!(" for what stands at `{at}`")).unwrap_or_default();
    format!(
        "the registry {reason}, and accepts; at stake are {}, like the witness, and are rejected{at}",
        events(way.way)
    )
}

const COMPARES: &str = "compares keyword by keyword and takes this change for harmless";

/// What a registry with Confluent's rules does not look at, by the rule that found it. `undeclared`: the schema names
/// no draft.
fn unseen(rule: &str, undeclared: bool) -> &'static str {
    const OLDER: &str = "reads a schema without `$schema` as draft 7, which does not know this keyword";
    match rule {
        "compat/condition-added" | "compat/condition-tightened" | "compat/condition-widened" => {
            "does not compare `if`, `then` and `else`"
        }
        "compat/names-restricted" => "does not look at `propertyNames`",
        "compat/contains-added" | "compat/contains-changed" => "does not look into `contains`",
        "compat/min-contains-raised" => "does not know that an absent `minContains` means 1",
        "compat/format-added" | "compat/format-changed" => "does not look at `format`",
        "compat/content-changed" => "does not look at the content of texts",
        "compat/pattern-property-narrowed" => "does not compare the schemas under `patternProperties`",
        "compat/required-undeclared" => "compares `required` only for names that stand in `properties`",
        "compat/required-with-default" => "takes a `default` for data, but nothing fills it in",
        "compat/one-of-overlap" => "takes more branches of `oneOf` for a widening, though exactly one may fit",
        "compat/type-added" => "tells a type by the other keywords, too, and sees no new one",
        "compat/dependency-added"
        | "compat/dependent-schema-changed"
        | "compat/unevaluated-properties-closed"
        | "compat/unevaluated-items-closed"
            if undeclared =>
        {
            OLDER
        }
        _ => COMPARES,
    }
}
