//! New major versions: a break needs one, and only a break does.

use linkspan_report::Finding;

use crate::compat::findings::placed;
use crate::compat::pair::Pair;
use crate::compat::subject::Subject;

/// A step from one major version to a higher one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Major {
    /// What it was called.
    from: String,
    /// What it is called now.
    to: String,
    /// Whether the old one is still there.
    kept: bool,
    /// The `dataschema` that both have.
    same_data_schema: Option<String>,
}

/// The step from an old subject to a new one; `None` within one major version. `current` is all that is there now.
pub(crate) fn bumped(old: &Subject, new: &Subject, current: &[Subject]) -> Option<Major> {
    let (was, is) = (major(old.version.as_deref()?)?, major(new.version.as_deref()?)?);
    if is <= was {
        return None;
    }
    let same_data_schema = old.data_schema.clone().filter(|schema| new.data_schema.as_ref() == Some(schema));
    let (from, to, kept) = match (&old.event_type, &new.event_type) {
        (Some(from), Some(to)) => {
            let kept = current.iter().any(|subject| subject.event_type.as_ref() == Some(from));
            (from.clone(), to.clone(), kept)
        }
        // Nobody waits for a schema in a file of its own by its version.
        _ => (format!("version {}", old.version.as_deref()?), format!("version {}", new.version.as_deref()?), true),
    };
    Some(Major { from, to, kept, same_data_schema })
}

/// What tells one major version from another: below 1.0 it is the second number (semantic versioning, section 4).
fn major(version: &str) -> Option<(u64, u64)> {
    let mut numbers = version.trim_start_matches(['v', 'V']).split(['.', '-', '+', '_']);
    let first = numbers.next()?.parse().ok()?;
    match first {
        0 => Some((0, numbers.next().and_then(|second| second.parse().ok()).unwrap_or(0))),
        _ => Some((first, 0)),
    }
}

impl Major {
    /// Why a break is fine.
    pub(crate) fn reason(&self) -> Option<String> {
        let fine = self.kept && self.same_data_schema.is_none();
        fine.then(|| format!("`{}` is a new major version beside `{}`", self.to, self.from))
    }
}

/// What there is to say about the step of a pair, given whether something breaks.
pub(crate) fn version_findings(pair: &Pair, breaks: bool, compatible: bool) -> Vec<Finding> {
    let Some(major) = &pair.major else { return Vec::new() };
    let mut findings = Vec::new();
    if breaks && !major.kept {
        let message = format!("`{}` is gone, and `{}` breaks its readers", major.from, major.to);
        let help = format!("keep sending `{}` beside the new version until nobody reads it", major.from);
        findings.push(Finding::error("compat/type-gone", message).help(help));
    }
    if let Some(schema) = major.same_data_schema.as_ref().filter(|_| breaks) {
        let message =
            format!("`{}` breaks readers of `{}`, but both have the `dataschema` `{schema}`", major.to, major.from);
        let help = "give the new version another `dataschema` (CloudEvents 1.0, section 3.1.2: incompatible changes use a different URI)";
        findings.push(Finding::error("compat/dataschema-unchanged", message).help(help));
    }
    if compatible {
        let message =
            format!("`{}` accepts all that `{}` accepts: no new major version is needed", major.to, major.from);
        findings.push(Finding::notice("compat/needless-major", message).help("change the existing version instead"));
    }
    let at = |finding: Finding| placed(finding, pair.new.named("")).data("subject", pair.subject.as_str());
    findings.into_iter().map(at).collect()
}

/// What to do about a break within a version.
pub(crate) fn next_version(subject: &Subject) -> Option<String> {
    let (name, version) = (subject.event_type.as_deref()?, subject.version.as_deref()?);
    let next = version.trim_start_matches('v').split('.').next()?.parse::<u64>().ok()? + 1;
    let base = name.strip_suffix(version)?;
    Some(format!("publish it as `{base}{next}` and keep `{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn majors_are_told_apart() {
        assert!(major("2") > major("1.9"));
        assert!(major("1.10") == major("v1.2.3"));
        assert!(major("0.2.0-draft") > major("0.1.9"));
        assert_eq!(major("next"), None);
    }
}
