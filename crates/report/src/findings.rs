use serde::{Deserialize, Serialize};

use crate::{Finding, Severity};

/// How many findings are kept unless the user says otherwise.
pub const DEFAULT_MAX_FINDINGS: usize = 1_000;

/// Exact counts, whatever was kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Findings that are errors.
    pub error: usize,
    /// Findings that are warnings.
    pub warning: usize,
    /// Findings that are notices.
    pub notice: usize,
    /// Findings that were counted, but not kept.
    #[serde(rename = "not shown")]
    pub not_shown: usize,
}

/// Findings in the order in which they were made: bounded in memory, counted exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    max: usize,
    counts: Counts,
    kept: Vec<Finding>,
}

impl Default for Findings {
    fn default() -> Self {
        Self::with_max(DEFAULT_MAX_FINDINGS)
    }
}

impl Findings {
    /// An empty collection that keeps at most `max` findings.
    #[must_use]
    pub const fn with_max(max: usize) -> Self {
        Self { max, counts: Counts { error: 0, warning: 0, notice: 0, not_shown: 0 }, kept: Vec::new() }
    }

    /// Counts a finding, and keeps it if there is room.
    pub fn push(&mut self, finding: Finding) {
        match finding.severity {
            Severity::Error => self.counts.error += 1,
            Severity::Warning => self.counts.warning += 1,
            Severity::Notice => self.counts.notice += 1,
        }
        if self.kept.len() < self.max {
            self.kept.push(finding);
        } else {
            self.counts.not_shown += 1;
        }
    }

    /// The exact counts.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// The kept findings.
    #[must_use]
    pub fn kept(&self) -> &[Finding] {
        &self.kept
    }

    /// Whether there is any error.
    #[must_use]
    pub const fn has_errors(&self) -> bool {
        self.counts.error > 0
    }

    /// Whether a further finding would be kept; where not, its details need not be made.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.kept.len() < self.max
    }
}

impl Extend<Finding> for Findings {
    fn extend<I: IntoIterator<Item = Finding>>(&mut self, findings: I) {
        for finding in findings {
            self.push(finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_kept_is_still_counted() {
        let mut findings = Findings::with_max(1);
        findings.extend([Finding::error("a", "x"), Finding::warning("b", "y"), Finding::error("c", "z")]);
        assert_eq!(findings.kept().len(), 1);
        assert_eq!(findings.counts(), Counts { error: 2, warning: 1, notice: 0, not_shown: 2 });
    }
}
