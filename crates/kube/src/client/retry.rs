//! When to try again: a pure policy.

use std::time::Duration;

/// How often a call is made at most.
pub(super) const ATTEMPTS: u32 = 6;
const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(10);

/// Whether an answer with this status means that the server could not work on it now.
pub(super) const fn is_transient(code: u16) -> bool {
    matches!(code, 429 | 500 | 502 | 503 | 504)
}

/// How long to wait before attempt `next` (2, 3, …): doubling, or what the server asked for, at most ten seconds;
/// `None` when it was tried often enough. Six attempts take about eight seconds.
pub(super) fn pause(next: u32, asked: Option<Duration>) -> Option<Duration> {
    if next > ATTEMPTS {
        return None;
    }
    let doubled = FIRST.saturating_mul(1 << (next.saturating_sub(2)).min(10));
    Some(asked.unwrap_or(doubled).clamp(Duration::from_millis(50), LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_follow_the_server_and_end() {
        let pauses: Vec<_> = (2..).map_while(|next| pause(next, None)).map(|pause| pause.as_millis()).collect();
        assert_eq!(pauses, [250, 500, 1000, 2000, 4000]);
        assert_eq!(pause(2, Some(Duration::from_secs(3))), Some(Duration::from_secs(3)));
        assert_eq!(pause(2, Some(Duration::from_secs(86_400))), Some(LONGEST));
        assert_eq!(pause(ATTEMPTS + 1, Some(FIRST)), None);
    }
}
