//! How long to wait before trying again.

use std::time::Duration;

/// The wait before attempt number `attempt` (the first retry is 1): it doubles
/// from `first` up to `longest`, and half of it is random.
///
/// Without the random part all that failed together comes back together, and
/// knocks the one that just recovered over again.
pub fn delay(attempt: u32, first: Duration, longest: Duration) -> Duration {
    jittered(attempt, first, longest, fastrand::f64())
}

fn jittered(attempt: u32, first: Duration, longest: Duration, random: f64) -> Duration {
    let doublings = attempt.saturating_sub(1).min(30);
    let full = first.saturating_mul(1 << doublings).min(longest);
    full.mul_f64(0.5 + random / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_millis(100);
    const LONGEST: Duration = Duration::from_secs(30);

    #[test]
    fn doubles_up_to_the_longest() {
        let full = |attempt| jittered(attempt, FIRST, LONGEST, 1.0);
        assert_eq!(full(1), Duration::from_millis(100));
        assert_eq!(full(3), Duration::from_millis(400));
        assert_eq!(full(20), LONGEST);
        assert_eq!(full(u32::MAX), LONGEST);
    }

    #[test]
    fn never_waits_less_than_half() {
        assert_eq!(jittered(2, FIRST, LONGEST, 0.0), Duration::from_millis(100));
    }
}
