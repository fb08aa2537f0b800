//! The text of the workflow: a template, with what is there put in.

use std::collections::BTreeSet;

use super::config::scalar;
use super::found::Found;
use super::services::Proposed;

/// Where the workflow lies in the repository.
pub(super) const PATH: &str = ".github/workflows/linkspan.yml";

/// Lines between `# if NAME` and `# end` are kept where NAME holds; they may be nested.
const TEMPLATE: &str = include_str!("workflow.yml");

/// The workflow's text.
pub(super) fn workflow(found: &Found, services: &[Proposed]) -> String {
    let manifests: BTreeSet<_> = services.iter().flat_map(|service| &service.manifests).map(String::as_str).collect();
    let holds = |name: &str| match name {
        "samples" => !found.samples.is_empty(),
        "below" => !found.below.is_empty(),
        "guess" => found.registry.is_none(),
        "manifests" => !manifests.is_empty(),
        _ => false,
    };
    let mut text = String::new();
    let mut open: Vec<bool> = Vec::new();
    for line in TEMPLATE.lines() {
        match line.trim() {
            "# end" => drop(open.pop()),
            mark if mark.starts_with("# if ") => open.push(holds(mark.trim_start_matches("# if "))),
            _ if open.iter().all(|kept| *kept) => {
                text.push_str(&filled(line, found, &manifests));
                text.push('\n');
            }
            _ => {}
        }
    }
    text.trim_end().to_owned() + "\n"
}

fn filled(line: &str, found: &Found, manifests: &BTreeSet<&str>) -> String {
    let indent = " ".repeat(line.len() - line.trim_start().len() + 2);
    let manifests = match manifests.len() {
        1 => manifests.iter().map(|path| scalar(path)).collect(),
        _ => manifests.iter().fold("|".to_owned(), |list, path| format!("{list}\n{indent}{path}")),
    };
    line.replace("BRANCH", &scalar(&found.branch))
        .replace("BELOW", &scalar(&found.below))
        .replace("MANIFESTS", &manifests)
}
