//! What people decided about breaks: which verdict stops a change, and what is accepted.

mod bump;
mod label;
mod waivers;

use std::collections::BTreeMap;

use linkspan_project::Level;
use linkspan_report::{Finding, Severity};

pub(super) use bump::{Major, bumped, next_version, version_findings};
pub(super) use label::allowed;
pub(super) use waivers::Waivers;

use super::rules::is_known;

/// What people decided.
#[derive(Debug, Default)]
pub(super) struct Decisions {
    /// What the findings of a rule are.
    pub(super) severity: BTreeMap<String, Level>,
    /// Accepted breaks.
    pub(super) waivers: Waivers,
    /// Why breaks are allowed altogether.
    pub(super) allowed: Option<String>,
}

impl Decisions {
    /// A finding as it counts; `None` where it is not to be shown.
    pub(super) fn apply(&mut self, finding: Finding) -> Option<Finding> {
        let finding = self.weighed(finding)?;
        if finding.severity != Severity::Error || is_fault(&finding) {
            return Some(finding);
        }
        if let Some(reason) = self.waivers.accept(&finding, waivers::today()) {
            return Some(accepted(finding, Severity::Notice, &reason));
        }
        match &self.allowed {
            Some(reason) => Some(accepted(finding, Severity::Warning, reason)),
            None => Some(finding),
        }
    }

    /// What there is to say about the decisions themselves.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let unknown = self.severity.keys().filter(|rule| !is_known(rule));
        let unknown = unknown.map(|rule| {
            let message = format!("`contracts.policy.severity` names `{rule}`, but there is no such rule");
            Finding::warning("compat/unknown-rule", message).in_file(linkspan_project::FILE_NAME)
        });
        unknown.chain(self.waivers.findings(waivers::today())).collect()
    }

    fn weighed(&self, mut finding: Finding) -> Option<Finding> {
        finding.severity = match self.severity.get(finding.rule.as_ref()) {
            None => finding.severity,
            Some(Level::Error) => Severity::Error,
            Some(Level::Warning) => Severity::Warning,
            Some(Level::Notice) => Severity::Notice,
            Some(Level::Off) => return None,
        };
        Some(finding)
    }
}

/// What no decision about breaks makes right.
fn is_fault(finding: &Finding) -> bool {
    finding.rule == "compat/invalid-schema" || finding.data.get("subject").is_none()
}

fn accepted(finding: Finding, severity: Severity, reason: &str) -> Finding {
    let finding = Finding { severity, ..finding };
    finding.help(reason).data("accepted", reason)
}

/// Whether a text is one that a pattern with `*` means.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => {
            let Some(rest) = text.strip_prefix(before) else { return false };
            rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| matches(after, &rest[at..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        assert!(matches("asyncapi orders/*", "asyncapi orders/OrderPlaced payload"));
        assert!(matches("*payload", "asyncapi orders/OrderPlaced payload"));
        assert!(matches("*", ""));
        assert!(!matches("model Order", "model Orders"));
        assert!(!matches("a*b*c", "acb"));
    }
}
