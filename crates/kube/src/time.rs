//! Times as the API writes them.

/// Seconds since 1970 of an RFC 3339 time (`2026-11-23T13:00:00Z`, with fraction or offset), rounded down.
/// `None` if it is malformed.
#[must_use]
pub fn unix_seconds(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| {
        text.get(from..to).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?.parse::<i64>().ok()
    };
    let separators = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
    let bytes = text.as_bytes();
    let shaped = separators.iter().all(|(at, separator)| bytes.get(*at) == Some(separator));
    if !shaped || !matches!(bytes.get(10), Some(b'T' | b't' | b' ')) {
        return None;
    }
    let (month, day, hour, minute, second) =
        (number(5, 7)?, number(8, 10)?, number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let valid = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 61;
    let seconds = days(number(0, 4)?, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    valid.then_some(seconds)?.checked_sub(offset(text.get(19..)?)?)
}

/// Days since 1970-01-01 in the Gregorian calendar; years begin in March here, so that leap days come last.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let since_march = (month + 9) % 12;
    let day_of_year = (153 * since_march + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

/// The offset from UTC in seconds, of what stands behind the seconds.
fn offset(rest: &str) -> Option<i64> {
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    let sign = match zone.as_bytes() {
        [b'Z' | b'z'] => return Some(0),
        [b'+', _, _, b':', _, _] => 1,
        [b'-', _, _, b':', _, _] => -1,
        _ => return None,
    };
    let number = |from: usize, to: usize| zone.get(from..to)?.parse::<i64>().ok();
    Some(sign * (number(1, 3)? * 3_600 + number(4, 6)? * 60))
}

#[cfg(test)]
mod tests {
    use super::unix_seconds;

    #[test]
    fn times_are_read() {
        let cases = [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("2026-11-23T13:39:21Z", 1_795_441_161),
            ("2026-11-23T13:39:21.123456Z", 1_795_441_161),
            ("2026-11-23T14:39:21+01:00", 1_795_441_161),
            ("1969-12-31T23:59:59Z", -1),
        ];
        for (text, seconds) in cases {
            assert_eq!(unix_seconds(text), Some(seconds), "{text}");
        }
        for text in
            ["", "2026", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00Zz", "ä026-01-01T00:00:00Z"]
        {
            assert_eq!(unix_seconds(text), None, "{text}");
        }
    }
}
