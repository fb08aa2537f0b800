//! Repeating what failed for a reason that may pass.

use std::time::Duration;

use super::error::Error;

/// How often and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Attempts in all; 1 means no repetition.
    pub attempts: u32,
    /// The first pause; each further one is twice as long, give or take a quarter.
    pub pause: Duration,
    /// The longest pause, and the longest that a registry may ask for (`Retry-After`): one that
    /// asks for more has said that there is no point in waiting.
    pub longest: Duration,
}

impl Default for Retry {
    /// Five attempts, 300 ms at first, 60 s at most.
    fn default() -> Self {
        Self { attempts: 5, pause: Duration::from_millis(300), longest: Duration::from_secs(60) }
    }
}

impl Retry {
    /// How long to wait after the failed attempt `number` (from 1), if there is to be another.
    /// `chance` is in 0..=65535 and spreads clients that failed together.
    fn after(&self, number: u32, error: &Error, chance: u16) -> Option<Duration> {
        let Error::Unreachable { transient: true, wait, .. } = error else { return None };
        if number >= self.attempts {
            return None;
        }
        let own = spread(self.pause.saturating_mul(1 << (number - 1).min(16)), chance).min(self.longest);
        match wait {
            Some(asked) => (*asked <= self.longest).then_some(own.max(*asked)),
            None => Some(own),
        }
    }

    /// Runs `attempt` until it succeeds, fails for good, or the attempts are used up. `waiting` is
    /// told of each pause before it.
    pub(super) fn run<T>(
        &self,
        waiting: impl Fn(&Error, u32, Duration),
        mut attempt: impl FnMut(u32) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut number = 1;
        loop {
            let error = match attempt(number) {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            let Some(pause) = self.after(number, &error, chance()) else { return Err(error) };
            waiting(&error, number, pause);
            std::thread::sleep(pause);
            number += 1;
        }
    }
}

/// Between three and five quarters.
fn spread(pause: Duration, chance: u16) -> Duration {
    pause.mul_f64(0.75 + 0.5 * f64::from(chance) / f64::from(u16::MAX))
}

/// Two bytes of the standard library's per-process randomness.
fn chance() -> u16 {
    use std::hash::{BuildHasher as _, RandomState};
    let [low, high, ..] = RandomState::new().hash_one(0_u8).to_le_bytes();
    u16::from_le_bytes([low, high])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(transient: bool, wait: Option<u64>) -> Error {
        let wait = wait.map(Duration::from_secs);
        Error::Unreachable { host: String::new(), cause: String::new(), transient, wait }
    }

    #[test]
    fn pauses_double_and_are_bounded() {
        let retry = Retry { attempts: 9, pause: Duration::from_secs(1), longest: Duration::from_secs(10) };
        let pauses: Vec<u64> =
            (1..=9).filter_map(|n| retry.after(n, &error(true, None), 32_768)).map(|d| d.as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 10, 10, 10, 10]);
    }

    #[test]
    fn the_registry_is_obeyed_within_bounds() {
        let retry = Retry::default();
        assert_eq!(retry.after(1, &error(true, Some(7)), 0), Some(Duration::from_secs(7)));
        assert_eq!(retry.after(1, &error(true, Some(3_600)), 0), None);
        assert_eq!(retry.after(1, &error(false, None), 0), None);
        assert_eq!(retry.after(1, &Error::Stopped, 0), None);
    }
}
