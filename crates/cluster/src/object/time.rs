//! Times as Go's `time.Parse` reads them, written in UTC.

const SECONDS: &str = "2006-01-02T15:04:05Z07:00";
const MICROS: &str = "2006-01-02T15:04:05.000000Z07:00";

/// A `metav1.Time` in UTC with whole seconds.
///
/// # Errors
///
/// Go's message.
pub(crate) fn seconds(text: &str) -> Result<String, String> {
    let time = Reader::read(text, SECONDS)?;
    Ok(format!("{}Z", time.date_and_time()))
}

/// A `metav1.MicroTime` in UTC with six decimals.
///
/// # Errors
///
/// Go's message.
pub(crate) fn micros(text: &str) -> Result<String, String> {
    let time = Reader::read(text, MICROS)?;
    Ok(format!("{}.{:06}Z", time.date_and_time(), time.micros))
}

/// What was read of a time so far.
struct Reader<'a> {
    text: &'a str,
    layout: &'static str,
    rest: &'a str,
    parts: [i64; 6],
    micros: u32,
    offset: i64,
}

/// The numbers of a time: how the layout writes them, what stands before them, their name and their bounds.
const PARTS: [(&str, &str, &str, i64, i64); 6] = [
    ("", "2006", "year", 0, 9999),
    ("-", "01", "month", 1, 12),
    ("-", "02", "day", 1, 31),
    ("T", "15", "hour", 0, 23),
    (":", "04", "minute", 0, 59),
    (":", "05", "second", 0, 59),
];

impl<'a> Reader<'a> {
    fn read(text: &'a str, layout: &'static str) -> Result<Self, String> {
        let mut reader = Self { text, layout, rest: text, parts: [0; 6], micros: 0, offset: 0 };
        for (place, (before, shown, name, least, most)) in PARTS.into_iter().enumerate() {
            reader.rest = reader.rest.strip_prefix(before).ok_or_else(|| reader.bad(before))?;
            let value = reader.number(shown)?;
            if !(least..=most).contains(&value) {
                return Err(reader.out_of_range(name));
            }
            reader.parts[place] = value;
        }
        reader.fraction()?;
        reader.zone()?;
        if !reader.rest.is_empty() {
            return Err(format!("parsing time {}: extra text: {}", quoted(text), quoted(reader.rest)));
        }
        if reader.parts[2] > days_in(reader.parts[0], reader.parts[1]) {
            return Err(reader.out_of_range("day"));
        }
        Ok(reader)
    }

    fn bad(&self, shown: &str) -> String {
        let Self { text, layout, rest, .. } = self;
        format!(
            "parsing time {} as {}: cannot parse {} as {}",
            quoted(text),
            quoted(layout),
            quoted(rest),
            quoted(shown)
        )
    }

    fn out_of_range(&self, name: &str) -> String {
        format!("parsing time {}: {name} out of range", quoted(self.text))
    }

    /// As many digits as the layout shows.
    fn number(&mut self, shown: &str) -> Result<i64, String> {
        let digits = self.rest.get(..shown.len()).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let value = digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| self.bad(shown))?;
        self.rest = self.rest.get(shown.len()..).unwrap_or_default();
        Ok(value)
    }

    /// The part of a second: six digits where the layout shows them, else any number of them, which are dropped.
    fn fraction(&mut self) -> Result<(), String> {
        if self.layout == MICROS {
            let digits = self.rest.strip_prefix(['.', ',']).and_then(|rest| rest.get(..6));
            let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
            self.micros = digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| self.bad(".000000"))?;
            self.rest = self.rest.get(7..).unwrap_or_default();
        } else if let Some(rest) = self.rest.strip_prefix(['.', ',']) {
            let after = rest.trim_start_matches(|one: char| one.is_ascii_digit());
            if after.len() < rest.len() {
                self.rest = after;
            }
        }
        Ok(())
    }

    fn zone(&mut self) -> Result<(), String> {
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Ok(());
        }
        let (sign, hours, minutes) = zone(self.rest).ok_or_else(|| self.bad("Z07:00"))?;
        if hours > 24 {
            return Err(self.out_of_range("time zone offset hour"));
        }
        if minutes > 60 {
            return Err(self.out_of_range("time zone offset minute"));
        }
        self.offset = sign * (hours * 60 + minutes);
        self.rest = self.rest.get(6..).unwrap_or_default();
        Ok(())
    }

    /// `2006-01-02T15:04:05` in UTC.
    fn date_and_time(&self) -> String {
        let [mut year, mut month, mut day, hour, minute, second] = self.parts;
        let minutes = hour * 60 + minute - self.offset;
        day += minutes.div_euclid(24 * 60);
        while day < 1 {
            (year, month) = if month == 1 { (year - 1, 12) } else { (year, month - 1) };
            day += days_in(year, month);
        }
        while day > days_in(year, month) {
            day -= days_in(year, month);
            (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        }
        let minutes = minutes.rem_euclid(24 * 60);
        format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{second:02}", minutes / 60, minutes % 60)
    }
}

/// Sign, hours and minutes of `+07:00`.
fn zone(text: &str) -> Option<(i64, i64, i64)> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let two = |from: usize| {
        text.get(from..from + 2).filter(|two| two.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
    };
    (text.as_bytes().get(3) == Some(&b':')).then_some(())?;
    Some((sign, two(1)?, two(4)?))
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// In quotes, as package `time` quotes: every byte that is not printable ASCII as `\x..`.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for one in text.chars() {
        match one {
            '"' | '\\' => quoted.extend(['\\', one]),
            ' '..='~' => quoted.push(one),
            _ => quoted.extend(one.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("\\x{byte:02x}"))),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::{micros, seconds};

    #[test]
    fn times_are_written_in_utc() {
        let cases = [
            ("2026-11-23T13:39:21Z", "2026-11-23T13:39:21Z"),
            ("2026-11-23T13:39:21.987654321Z", "2026-11-23T13:39:21Z"),
            ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z"),
            ("2024-02-28T23:30:00-01:00", "2024-02-29T00:30:00Z"),
        ];
        for (text, expected) in cases {
            assert_eq!(seconds(text).as_deref(), Ok(expected));
        }
        let micro = micros("2026-11-23T13:39:21.000001+00:00");
        assert_eq!(micro.as_deref(), Ok("2026-11-23T13:39:21.000001Z"));
    }

    #[test]
    fn what_is_no_time_is_refused_in_the_words_of_go() {
        let cases = [
            ("", r#"parsing time "" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006""#),
            ("x", r#"parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006""#),
            ("2026-1", r#"parsing time "2026-1" as "2006-01-02T15:04:05Z07:00": cannot parse "1" as "01""#),
            ("2026-13-01T00:00:00Z", r#"parsing time "2026-13-01T00:00:00Z": month out of range"#),
            ("2026-02-30T00:00:00Z", r#"parsing time "2026-02-30T00:00:00Z": day out of range"#),
            (
                "2026-01-01 00:00:00Z",
                r#"parsing time "2026-01-01 00:00:00Z" as "2006-01-02T15:04:05Z07:00": cannot parse " 00:00:00Z" as "T""#,
            ),
            (
                "2026-01-01T00:00:00",
                r#"parsing time "2026-01-01T00:00:00" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "Z07:00""#,
            ),
            ("2026-01-01T00:00:00Zé", r#"parsing time "2026-01-01T00:00:00Zé": extra text: "\xc3\xa9""#),
        ];
        for (text, expected) in cases {
            let expected = expected.replace("Zé", "Z\\xc3\\xa9");
            assert_eq!(seconds(text), Err(expected), "{text}");
        }
        let micro = micros("2026-01-01T00:00:00Z");
        let expected = r#"parsing time "2026-01-01T00:00:00Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000""#;
        assert_eq!(micro, Err(expected.to_owned()));
    }
}
