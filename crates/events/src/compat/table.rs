//! The result for a terminal: a short table, and each event that breaks.

use serde_json::Value;

use super::result::{BreakResult, PairResult, SemanticResult};

/// How many lines of an event are shown.
const MOST_LINES: usize = 40;

/// How many pairs that hold are listed one by one.
const MOST_ROWS: usize = 200;

/// The table, the events, and the counts.
pub(super) fn text(pairs: &[PairResult]) -> String {
    if pairs.is_empty() {
        return counts(pairs);
    }
    let mut parts = vec![table(pairs)];
    parts.extend(pairs.iter().filter_map(details));
    parts.push(format!("\n{}", counts(pairs)));
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

fn table(pairs: &[PairResult]) -> String {
    let header = ["subject", "against", "mode", "semantic", "registry"].map(str::to_owned);
    let mut rows = vec![header.to_vec()];
    rows.extend(pairs.iter().take(MOST_ROWS).map(row));
    if rows.iter().skip(1).all(|row| row.get(1).is_none_or(String::is_empty)) {
        rows.iter_mut().for_each(|row| drop(row.remove(1)));
    }
    let widths: Vec<_> = (0..rows[0].len())
        .map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
        .collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let more = pairs.len().saturating_sub(MOST_ROWS);
    let more = (more > 0).then(|| format!("… and {more} more"));
    rows.iter().map(line).chain(more).collect::<Vec<_>>().join("\n")
}

fn row(pair: &PairResult) -> Vec<String> {
    vec![
        pair.subject.clone(),
        pair.against.clone().unwrap_or_default(),
        pair.mode.to_owned(),
        pair.semantic.verdict.to_owned(),
        registry(pair),
    ]
}

/// The registry's verdict in words.
pub(super) fn registry(pair: &PairResult) -> String {
    let verdict = match pair.registry.compatible {
        Some(true) => "compatible",
        Some(false) => "incompatible",
        None => "error",
    };
    format!("{verdict} ({})", pair.registry.policy)
}

/// What breaks, and the event.
fn details(pair: &PairResult) -> Option<String> {
    let mut lines = Vec::new();
    if pair.semantic.verdict != "compatible" || pair.difference.is_some() {
        lines.push(format!("{}: {}", pair.subject, pair.semantic.explanation));
    }
    if pair.semantic.verdict == "breaking" {
        lines.extend(events(&pair.semantic));
    }
    let registry = pair.registry.error.iter().map(|error| format!("the registry answers with an error: {error}"));
    let consumers = (!pair.consumers.is_empty()).then(|| format!("it hits {}", pair.consumers.join(", ")));
    let accepted = pair.accepted.iter().map(|reason| format!("accepted: {reason}"));
    lines.extend(registry.filter(|_| pair.semantic.verdict != "compatible"));
    lines.extend(pair.difference.iter().cloned().chain(consumers).chain(accepted));
    let indented = |(index, line): (usize, String)| if index == 0 { line } else { format!("  {line}") };
    (!lines.is_empty())
        .then(|| format!("\n{}", lines.into_iter().enumerate().map(indented).collect::<Vec<_>>().join("\n")))
}

/// The event that breaks; of two ways that break, one for each.
fn events(semantic: &SemanticResult) -> Vec<String> {
    let first = |way: &str| semantic.breaks.iter().find(|found| found.direction == way);
    let (Some(backward), Some(forward)) = (first("backward"), first("forward")) else {
        return pretty(&semantic.witness);
    };
    let event = |found: &BreakResult| [vec![format!("{}:", found.direction)], pretty(&found.witness)].concat();
    [event(backward), event(forward)].concat()
}

/// An event on several lines.
fn pretty(event: &Value) -> Vec<String> {
    let text = serde_json::to_string_pretty(event).unwrap_or_default();
    let mut lines: Vec<_> = text.lines().take(MOST_LINES).map(str::to_owned).collect();
    if text.lines().count() > MOST_LINES {
        lines.push("…".to_owned());
    }
    lines
}

/// `3 pairs: 1 breaking, 1 unknown`.
pub(super) fn counts(pairs: &[PairResult]) -> String {
    let count = |verdict: &str| pairs.iter().filter(|pair| pair.semantic.verdict == verdict).count();
    let named = ["breaking", "unknown"].map(|verdict| (count(verdict), verdict));
    let named: Vec<_> =
        named.iter().filter(|(count, _)| *count > 0).map(|(count, verdict)| format!("{count} {verdict}")).collect();
    let total = format!("{} pair{}", pairs.len(), if pairs.len() == 1 { "" } else { "s" });
    match (pairs.is_empty(), named.is_empty()) {
        (true, _) => "nothing to compare".to_owned(),
        (false, true) => format!("{total}: all compatible"),
        (false, false) => format!("{total}: {}", named.join(", ")),
    }
}
