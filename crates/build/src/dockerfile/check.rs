//! BuildKit's build checks that need no expansion, under its names and with its words.

use std::collections::HashSet;

use super::fault::Warning;
use super::instruction::{Instruction, Kind, Stage};
use super::node::Node;

/// What there is to say of one `FROM`.
pub(super) fn stage(stage: &Stage, node: &Node, found: &mut Vec<Warning>) {
    let mut warn = |rule, message| found.push(Warning { rule, span: stage.span, message });
    if let [_, keyword, name] = node.arguments.as_slice() {
        if name.value != name.value.to_lowercase() {
            warn("StageNameCasing", format!("Stage name '{}' should be lowercase", name.value));
        }
        if !same_case(&stage.keyword, &keyword.value) {
            let message = format!("'{}' and '{}' keywords' casing do not match", keyword.value, stage.keyword);
            warn("FromAsCasing", message);
        }
    }
    if let Some(name) = &stage.name {
        describe("FROM", &[name], &stage.comments, warn);
    }
}

/// What there is to say of one other instruction.
pub(super) fn instruction(instruction: &Instruction, found: &mut Vec<Warning>) {
    let mut warn = |rule, message| found.push(Warning { rule, span: instruction.span, message });
    match &instruction.kind {
        Kind::Maintainer(_) => {
            warn("MaintainerDeprecated", "Maintainer instruction is deprecated in favor of using label".into());
        }
        Kind::Arg(pairs) => {
            let names: Vec<&str> = pairs.iter().map(|pair| pair.name.text.as_str()).collect();
            describe("ARG", &names, &instruction.comments, warn);
        }
        _ => {}
    }
}

/// What there is to say of the stages together.
pub(super) fn file(stages: &[Stage]) -> Vec<Warning> {
    let mut found = names(stages);
    casing(stages, &mut found);
    found
}

fn names(stages: &[Stage]) -> Vec<Warning> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (stage, name) in stages.iter().filter_map(|stage| Some((stage, stage.name.as_deref()?))) {
        let mut warn = |rule, message| found.push(Warning { rule, span: stage.span, message });
        if matches!(name, "context" | "scratch") {
            let message = format!("Stage name should not use the same name as reserved stage \"{name}\"");
            warn("ReservedStageName", message);
        }
        if !seen.insert(name) {
            let message = format!("Duplicate stage name \"{name}\", stage names should be unique");
            warn("DuplicateStageName", message);
        }
    }
    found
}

fn casing(stages: &[Stage], found: &mut Vec<Warning>) {
    let keywords = || {
        stages.iter().flat_map(|stage| {
            let own = std::iter::once((stage.keyword.as_str(), stage.span));
            own.chain(stage.instructions.iter().map(|inner| (inner.keyword.as_str(), inner.span)))
        })
    };
    let lower = keywords().filter(|(keyword, _)| *keyword == keyword.to_lowercase()).count();
    let upper = keywords()
        .filter(|(keyword, _)| *keyword != keyword.to_lowercase() && *keyword == keyword.to_uppercase())
        .count();
    for (keyword, span) in keywords() {
        let (right, wanted) =
            if lower > upper { (keyword.to_lowercase(), "lowercase") } else { (keyword.to_uppercase(), "uppercase") };
        if keyword != right {
            let message = format!("Command '{keyword}' should match the case of the command majority ({wanted})");
            found.push(Warning { rule: "ConsistentInstructionCasing", span, message });
        }
    }
}

/// Whether `AS` is cased as `FROM`; a `FROM` of mixed case is another check's matter.
fn same_case(from: &str, keyword: &str) -> bool {
    if from == from.to_lowercase() {
        return keyword == keyword.to_lowercase();
    }
    from != from.to_uppercase() || keyword == keyword.to_uppercase()
}

/// A comment right above should begin with a name that is defined below it.
fn describe(keyword: &str, names: &[&str], comments: &[String], mut warn: impl FnMut(&'static str, String)) {
    let (Some(last), Some(first)) = (comments.last(), names.first()) else { return };
    if names.contains(&last.split(' ').next().unwrap_or_default()) {
        return;
    }
    let example = if names.len() > 1 { "<arg_key>" } else { first };
    let message = format!("Comment for {keyword} should follow the format: `# {example} <description>`");
    warn("InvalidDefinitionDescription", message);
}
