//! Accepted breaks: which of them cover a finding, which have expired, and which cover nothing.

use std::time::{SystemTime, UNIX_EPOCH};

use linkspan_project::PlacedWaiver;
use linkspan_report::Finding;
use serde_json::Value;

use super::matches;

/// A day: year, month, day.
pub(super) type Day = (i64, u32, u32);

/// The waivers of a project, and which of them were needed.
#[derive(Debug, Default)]
pub(crate) struct Waivers {
    waivers: Vec<PlacedWaiver>,
    used: Vec<bool>,
}

impl Waivers {
    pub(crate) fn new(waivers: Vec<PlacedWaiver>) -> Self {
        let used = vec![false; waivers.len()];
        Self { waivers, used }
    }

    /// Why a finding is accepted, if a waiver that has not expired covers it.
    pub(super) fn accept(&mut self, finding: &Finding, today: Day) -> Option<String> {
        let mut reason = None;
        for (placed, used) in self.waivers.iter().zip(&mut self.used) {
            if !covers(placed, finding) {
                continue;
            }
            *used = true;
            let waiver = &placed.waiver;
            if today <= placed.until && reason.is_none() {
                let by = waiver.by.as_ref().map(|name| format!(" by {name}")).unwrap_or_default();
                reason = Some(format!("waived{by} until {}: {}", waiver.expires, waiver.reason));
            }
        }
        reason
    }

    /// What there is to say about the waivers themselves, once all findings were seen.
    pub(super) fn findings(&self, today: Day) -> Vec<Finding> {
        let findings = self.waivers.iter().zip(&self.used).filter_map(|(placed, used)| {
            let waiver = &placed.waiver;
            let about = format!("`{}` in `{}`", waiver.rule, waiver.subject);
            let finding = match (today > placed.until, used) {
                (true, _) => {
                    let message = format!("the waiver for {about} expired on `{}`", waiver.expires);
                    Finding::warning("compat/waiver-expired", message).help("remove it, or agree on a new date")
                }
                (false, false) => {
                    Finding::notice("compat/waiver-unused", format!("the waiver for {about} covers nothing"))
                        .help("remove it")
                }
                (false, true) => return None,
            };
            Some(finding.in_file(placed.file.as_str()).at(placed.span))
        });
        findings.collect()
    }
}

fn covers(placed: &PlacedWaiver, finding: &Finding) -> bool {
    let waiver = &placed.waiver;
    let text = |key: &str| finding.data.get(key).and_then(Value::as_str).unwrap_or_default();
    let below = |at: &str| text("path").strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    matches(&waiver.subject, text("subject"))
        && matches(&waiver.rule, &finding.rule)
        && waiver.path.as_deref().is_none_or(below)
}

/// The day, in UTC. Howard Hinnant's `civil_from_days`: eras of 400 years that begin in March.
pub(super) fn today() -> Day {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs()).unwrap_or_default();
    day(i64::try_from(seconds / 86_400).unwrap_or_default())
}

fn day(since_1970: i64) -> Day {
    let days = since_1970 + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, u32::try_from(month).unwrap_or(1), u32::try_from(day).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(day(0), (1970, 1, 1));
        assert_eq!(day(11_016), (2000, 2, 29));
        assert_eq!(day(20_780), (2026, 11, 23));
        assert_eq!(day(20_453), (2025, 12, 31));
    }
}
