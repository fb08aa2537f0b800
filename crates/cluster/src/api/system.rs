//! The clock and chance.

use std::time::{SystemTime, UNIX_EPOCH};

/// What the outside world gives: time, and identifiers that nobody else has.
pub(crate) trait System: Send + Sync + 'static {
    /// Seconds since 1970.
    fn now(&self) -> i64;
    /// A random UUID (RFC 9562, version 4).
    fn uid(&self) -> String;
    /// What `generateName` gets appended: letters and digits without vowels, so that no words come out.
    fn suffix(&self) -> String;
}

/// The machine's own.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Machine;

/// The letters of apimachinery's `rand.String`.
const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

impl System for Machine {
    fn now(&self) -> i64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs().cast_signed())
    }

    fn uid(&self) -> String {
        let mut bytes = random::<16>();
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}-{}-{}-{}-{}", &digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..])
    }

    fn suffix(&self) -> String {
        random::<5>().iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect()
    }
}

/// Without randomness there are still no two alike, because creating an object under a name that is taken is refused.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if getrandom::fill(&mut bytes).is_err() {
        let nanoseconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        bytes.iter_mut().zip(nanoseconds.to_le_bytes()).for_each(|(byte, other)| *byte = other);
    }
    bytes
}

/// Seconds since 1970 as RFC 3339 in UTC, as `metav1.Time` is written.
pub(crate) fn timestamp(seconds: i64) -> String {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}

/// The date of a day that is counted from 1970 (the proleptic Gregorian calendar, in eras of 400 years from March on).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_kubernetes_does() {
        assert_eq!(timestamp(0), "1970-01-01T00:00:00Z");
        assert_eq!(timestamp(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(timestamp(1_795_461_599), "2026-11-23T19:19:59Z");
        for seconds in (0..4_000_000_000).step_by(12_345_678) {
            assert_eq!(linkspan_kube::time::unix_seconds(&timestamp(seconds)), Some(seconds));
        }
    }

    #[test]
    fn identifiers_have_their_forms() {
        let uid = Machine.uid();
        assert_eq!((uid.len(), &uid[14..15]), (36, "4"), "{uid}");
        assert_ne!(uid, Machine.uid());
        assert!(Machine.suffix().bytes().all(|byte| LETTERS.contains(&byte)));
    }
}
