//! Views on the inside for comparisons.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::lines::Lines;
use super::node::{self, Node};
use super::text::Text;

/// What the syntax of a file is, in the form of the judge; `None` if it is faulty.
pub(crate) fn syntax(file: &str) -> Option<Value> {
    let file = file.strip_prefix('\u{FEFF}').unwrap_or(file);
    let text = Text::new(file);
    let mut lines = Lines::new(&text, &[]);
    let (mut dumps, mut ranges, mut heredocs, mut warnings) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    while let Some(logical) = lines.next_logical() {
        if !lines.faults.is_empty() {
            return None;
        }
        if logical.empty_continuation {
            warnings.push(lines.taken());
        }
        let line = &logical.joined.text;
        let node = node::parse(line, 0..line.len(), lines.escape).ok()?;
        for range in arguments(&node) {
            assert!(line.get(range.clone()).is_some(), "{line:?} {range:?}");
        }
        if node.takes_heredocs() && line.contains("<<") {
            for heredoc in node::announced(line) {
                let (content, _) = lines.heredoc(&heredoc.name, heredoc.chomp)?;
                let flags =
                    format!("{}{}", if heredoc.expand { "e" } else { "" }, if heredoc.chomp { "c" } else { "" });
                heredocs.push(format!("{}|{flags}|{content}", heredoc.name));
            }
        }
        dumps.push(format!("({})", dump(&node)));
        ranges.push(json!([logical.lines.0, lines.taken()]));
    }
    if dumps.is_empty() || !lines.faults.is_empty() {
        return None;
    }
    let escape = lines.escape.to_string();
    Some(json!({
        "result": dumps.join("\n"), "words": [escape], "lines": ranges, "heredocs": heredocs, "warnings": warnings,
    }))
}

fn arguments(node: &Node) -> Vec<std::ops::Range<usize>> {
    let own = node.flags.iter().chain(&node.arguments).map(|argument| argument.range.clone());
    own.chain(node.trigger.iter().flat_map(|trigger| arguments(trigger))).collect()
}

/// BuildKit's `Node.Dump`.
fn dump(node: &Node) -> String {
    let mut out = node.keyword.to_lowercase();
    let quote = |value: &str| super::resolve::golang::quoted(value);
    if !node.flags.is_empty() {
        let flags: Vec<String> = node.flags.iter().map(|flag| quote(&flag.value)).collect();
        let _ = write!(out, " [{}]", flags.join(" "));
    }
    if let Some(trigger) = &node.trigger {
        let _ = write!(out, " ({})", dump(trigger));
    }
    for argument in &node.arguments {
        let _ = write!(out, " {}", quote(&argument.value));
    }
    out.trim().to_owned()
}

/// The stages and instructions of a file, in the form of the judge.
pub(crate) fn instructions(file: &[u8]) -> Result<Vec<String>, String> {
    let file = super::parse(file).map_err(|faults| faults.to_string())?;
    let mut names: Vec<String> = file.global_args.iter().map(|arg| format!("global {}", arg.keyword)).collect();
    for stage in &file.stages {
        let platform = stage.platform.as_ref().map_or("", |platform| &platform.text);
        let name = stage.name.as_deref().unwrap_or_default();
        names.push(format!("{} {} {name} {platform}", stage.keyword, stage.base.text));
        names.extend(stage.instructions.iter().map(|instruction| instruction.keyword.clone()));
    }
    Ok(names)
}
