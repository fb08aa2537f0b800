//! The result for a pull request: one table, each event folded.

use std::fmt::Write as _;

use linkspan_report::printable;
use serde_json::Value;

use super::result::{BreakResult, PairResult, SemanticResult};
use super::table::counts;

/// How many pairs are listed.
const MOST_ROWS: usize = 300;

/// How much of an event is shown, in characters.
const MOST: usize = 4_000;

/// How many breaks of a pair are shown.
const MOST_BREAKS: usize = 8;

/// The table; what breaks comes first.
pub(super) fn markdown(pairs: &[PairResult]) -> String {
    if pairs.is_empty() {
        return "Nothing to compare.".to_owned();
    }
    let mut sorted: Vec<_> = pairs.iter().collect();
    sorted.sort_by_key(|pair| rank(pair));
    let rows: String = sorted.iter().take(MOST_ROWS).map(|pair| row(pair)).collect();
    let more = pairs.len().saturating_sub(MOST_ROWS);
    let more = if more > 0 { format!("\n{more} more are not shown.\n") } else { String::new() };
    format!("| Subject | Semantic | Registry | Witness |\n| --- | --- | --- | --- |\n{rows}{more}\n{}", counts(pairs))
}

fn rank(pair: &PairResult) -> u8 {
    match (pair.semantic.verdict, pair.registry.compatible) {
        ("breaking", _) => 0,
        ("unknown", _) => 1,
        (_, Some(true)) => 3,
        _ => 2,
    }
}

fn row(pair: &PairResult) -> String {
    let against = pair.against.as_ref().map(|against| format!("<br>{} {}", pair.mode, code(against)));
    let semantic = match pair.semantic.verdict {
        "compatible" => "✅ compatible",
        "breaking" => "❌ breaking",
        _ => "❔ unknown",
    };
    let registry = match pair.registry.compatible {
        Some(true) => "✅ compatible",
        Some(false) => "❌ incompatible",
        None => "❔ error",
    };
    format!(
        "| {}{} | {semantic} | {registry} ({}) | {} |\n",
        code(&pair.subject),
        against.unwrap_or_else(|| format!("<br>{}", pair.mode)),
        pair.registry.policy,
        witness(pair)
    )
}

fn witness(pair: &PairResult) -> String {
    let mut cell = String::new();
    let mut notes = Vec::new();
    if pair.semantic.verdict == "breaking" {
        cell = folded(&pair.semantic);
        let more = pair.semantic.breaks.len().saturating_sub(MOST_BREAKS);
        notes.extend((more > 0).then(|| format!("{more} more are not shown.")));
    } else if pair.semantic.verdict == "unknown" {
        notes.push(pair.semantic.explanation.clone());
    }
    notes.extend(pair.difference.clone());
    notes.extend((!pair.consumers.is_empty()).then(|| format!("It hits {}.", pair.consumers.join(", "))));
    notes.extend(pair.accepted.as_ref().map(|reason| format!("Accepted: {reason}")));
    notes.iter().fold(cell, |cell, note| {
        let between = if cell.is_empty() { "" } else { "<br>" };
        format!("{cell}{between}{}", plain(note))
    })
}

/// Each break with its event.
fn folded(semantic: &SemanticResult) -> String {
    let details = |title: &str, event: &Value| {
        let event = serde_json::to_string_pretty(event).unwrap_or_default();
        format!("<details><summary>{}</summary><pre>{}</pre></details>", plain(title), lines(&event))
    };
    if semantic.breaks.is_empty() {
        return details(&semantic.explanation, &semantic.witness);
    }
    let ways = semantic.breaks.iter().any(|found| Some(found.direction) != semantic.direction);
    let one = |found: &BreakResult| match ways {
        true => details(&format!("{}: {}", found.direction, found.message), &found.witness),
        false => details(&found.message, &found.witness),
    };
    semantic.breaks.iter().take(MOST_BREAKS).map(one).collect()
}

/// A value as code in a cell.
fn code(value: &str) -> String {
    format!("<code>{}</code>", plain(value))
}

/// Several lines in a cell: a table has no line breaks but this one.
fn lines(text: &str) -> String {
    let cut: String = text.chars().take(MOST).collect();
    let more = if cut.len() < text.len() { "<br>…" } else { "" };
    let lines: Vec<_> = cut.lines().map(|line| plain(line).replace(' ', "&#32;")).collect();
    format!("{}{more}", lines.join("<br>"))
}

/// Text that is nothing but text in a cell: no markup, no mention, no link.
pub(super) fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in printable(text).chars() {
        match character {
            '\n' | '\r' => safe.push(' '),
            '`' => {}
            '&' | '<' | '>' | '|' | '*' | '_' | '[' | ']' | '\\' | '~' | '#' | '@' | '!' | ':' => {
                let _ = write!(safe, "&#{};", u32::from(character));
            }
            other => safe.push(other),
        }
    }
    safe
}
