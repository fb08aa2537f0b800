//! The result for machines: what `--format json` has under `result`.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::judge::Judged;
use super::mode::Way;
use super::registry::{Answer, Policy};
use super::semantic::Verdict;
use super::{difference, explain};

/// What `compat` found.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CompatResult {
    /// The pairs of versions that were compared.
    pub(super) pairs: Vec<PairResult>,
    /// What the old versions are called, the newest first; none for two files.
    pub(super) against: Vec<String>,
    /// Schemas that no earlier version has.
    pub(super) added: Vec<String>,
    /// How many recorded events were replayed.
    #[serde(rename = "goldenEvents")]
    pub(super) golden_events: usize,
}

/// Two versions of one schema.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PairResult {
    /// The schema's name.
    pub(super) subject: String,
    /// What must hold: `backward`, `forward` or `full`, each also `-transitive`.
    pub(super) mode: &'static str,
    /// What the old version is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) against: Option<String>,
    /// Where the old version is written.
    pub(super) old: String,
    /// Where the new version is written.
    pub(super) new: String,
    /// Whether there is an event that breaks.
    pub(super) semantic: SemanticResult,
    /// What a schema registry would say.
    pub(super) registry: RegistryResult,
    /// Why the two verdicts differ, and which events are at stake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) difference: Option<String>,
    /// Who receives the event, in this project and in those that it includes.
    pub(super) consumers: Vec<String>,
    /// Why what breaks does not stop the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) accepted: Option<String>,
}

/// The semantic verdict.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SemanticResult {
    /// `compatible`, `breaking` or `unknown`.
    pub(super) verdict: &'static str,
    /// An event that the writer's schema accepts and the reader's rejects; null unless breaking.
    pub(super) witness: Value,
    /// The way that breaks first: `backward` or `forward`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) direction: Option<&'static str>,
    /// What holds or breaks, in words.
    pub(super) explanation: String,
    /// Everything that breaks, each with an event of its own.
    pub(super) breaks: Vec<BreakResult>,
}

/// One thing that breaks.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct BreakResult {
    /// The rule that recognised it.
    pub(super) rule: &'static str,
    /// `backward` or `forward`.
    pub(super) direction: &'static str,
    /// What breaks.
    pub(super) message: String,
    /// A JSON Pointer into the new schema's file.
    pub(super) path: String,
    /// The event that was fine and now is not.
    pub(super) witness: Value,
}

/// The registry's verdict.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct RegistryResult {
    /// `strict` or `lenient`.
    pub(super) policy: &'static str,
    /// Whether the registry accepts the change; null where it answers with an error.
    pub(super) compatible: Option<bool>,
    /// The registry's error.
    pub(super) error: Option<String>,
    /// What the registry says has changed.
    pub(super) changes: Vec<ChangeResult>,
}

/// One change, in the registry's words.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ChangeResult {
    /// The kind of change.
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    /// Where, in the registry's notation.
    pub(super) path: String,
    /// The way in which it was found, where both ways were compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) direction: Option<&'static str>,
}

/// The JSON Schema (draft 2020-12) of `result` in what `compat --format json` writes.
#[must_use]
pub fn result_schema() -> Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12();
    let mut schema = settings.into_generator().into_root_schema_for::<CompatResult>();
    schema.insert("$id".to_owned(), "https://linkspan.dev/schemas/compat-result.schema.json".into());
    schema.insert("title".to_owned(), "What `linkspan-events compat` found".into());
    schema.to_value()
}

/// A policy's word.
pub(super) const fn policy_name(policy: Policy) -> &'static str {
    match policy {
        Policy::Strict => "strict",
        Policy::Lenient => "lenient",
    }
}

/// The semantic verdict's word: what breaks one way breaks, what is unknown one way is unknown.
pub(super) fn verdict_name(judged: &Judged<'_>) -> &'static str {
    let is = |wanted: fn(&Verdict) -> bool| judged.ways.iter().any(|way| wanted(&way.verdict));
    match () {
        () if is(|verdict| matches!(verdict, Verdict::Breaking(_))) => "breaking",
        () if is(|verdict| matches!(verdict, Verdict::Unknown(_))) => "unknown",
        () => "compatible",
    }
}

/// A pair's part of the result.
pub(super) fn pair(judged: &Judged<'_>, consumers: Vec<String>) -> PairResult {
    let pair = judged.pair;
    PairResult {
        subject: pair.subject.clone(),
        mode: pair.mode.name(),
        against: pair.against.clone(),
        old: pair.old.name(),
        new: pair.new.name(),
        semantic: semantic(judged),
        registry: registry(judged),
        difference: difference::sentence(judged),
        consumers,
        accepted: None,
    }
}

fn semantic(judged: &Judged<'_>) -> SemanticResult {
    let witness = witness(judged);
    let breaks = judged.ways.iter().flat_map(|way| &way.breaks);
    SemanticResult {
        verdict: verdict_name(judged),
        direction: witness.map(|(way, _)| way.name()),
        witness: witness.map(|(_, event)| event.clone()).unwrap_or_default(),
        explanation: explain::explanation(judged),
        breaks: breaks
            .map(|each| BreakResult {
                rule: each.rule.id,
                direction: each.way.name(),
                message: each.message.clone(),
                path: each.new_place.pointer.clone(),
                witness: each.witness.clone(),
            })
            .collect(),
    }
}

/// The witness of the first way that breaks.
pub(super) fn witness<'j>(judged: &'j Judged<'_>) -> Option<(Way, &'j Value)> {
    judged.ways.iter().find_map(|way| match &way.verdict {
        Verdict::Breaking(witness) => Some((way.way, &witness.event)),
        Verdict::Compatible | Verdict::Unknown(_) => None,
    })
}

fn registry(judged: &Judged<'_>) -> RegistryResult {
    let answers = || judged.ways.iter().map(|way| &way.answer);
    let several = judged.ways.len() > 1;
    let changes = judged.ways.iter().flat_map(|way| {
        let direction = several.then(|| way.way.name());
        way.answer.changes.iter().map(move |change| ChangeResult {
            kind: change.kind,
            path: change.path.clone(),
            direction,
        })
    });
    RegistryResult {
        policy: policy_name(judged.policy),
        compatible: registry_accepts(judged),
        error: answers().find_map(|answer| answer.error.clone()),
        changes: changes.collect(),
    }
}

/// The registry's verdict both ways: what is refused one way is refused, an error is no verdict.
pub(super) fn registry_accepts(judged: &Judged<'_>) -> Option<bool> {
    let verdicts = || judged.ways.iter().map(|way: &super::judge::OneWay| accepts(&way.answer));
    if verdicts().any(|verdict| verdict == Some(false)) {
        return Some(false);
    }
    verdicts().all(|verdict| verdict == Some(true)).then_some(true)
}

fn accepts(answer: &Answer) -> Option<bool> {
    answer.compatible
}
