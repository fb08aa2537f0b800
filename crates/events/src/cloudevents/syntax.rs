//! The syntaxes that attributes have. Each function says whether a text is one.

/// A URI-reference (RFC 3986, section 4.1).
pub(super) fn is_uri_reference(text: &str) -> bool {
    jsonschema::Uri::<&str>::parse(text).is_ok() || is_relative_reference(text)
}

/// A URI with a scheme (RFC 3986, section 3; a fragment is allowed, as the specification's schema allows it).
pub(super) fn is_absolute_uri(text: &str) -> bool {
    jsonschema::Uri::<&str>::parse(text).is_ok()
}

/// Resolved against any base, a relative reference becomes a URI of that scheme.
fn is_relative_reference(text: &str) -> bool {
    let first = text.split(['/', '?', '#']).next().unwrap_or_default();
    if first.contains(':') {
        return false;
    }
    let absolute =
        if text.starts_with("//") { format!("x:{text}") } else { format!("x:/{}", text.trim_start_matches('/')) };
    is_absolute_uri(&absolute)
}

/// A media type with parameters (RFC 2045, section 5.1).
pub(super) fn is_media_type(text: &str) -> bool {
    let mut parts = split_parameters(text).into_iter();
    let essence = parts.next().unwrap_or_default().trim();
    let named = essence.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype));
    named && parts.all(|parameter| is_parameter(parameter.trim()))
}

/// Whether the data of a media type is JSON: its subtype is `json`, or ends with `+json` (json-format.md §3.1.1).
pub(super) fn is_json_media_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.split_once('/').is_some_and(|(_, subtype)| subtype == "json" || subtype.ends_with("+json"))
}

fn split_parameters(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (index, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                parts.push(&text[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn is_parameter(text: &str) -> bool {
    let quoted = |value: &str| value.len() >= 2 && value.starts_with('"') && value.ends_with('"') && value.is_ascii();
    text.split_once('=').is_some_and(|(name, value)| is_token(name) && (is_token(value) || quoted(value)))
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// A timestamp (RFC 3339, section 5.6); the calendar's rules hold, a leap second only at a minute's end in UTC.
pub(super) fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| {
        text.get(from..to)?
            .bytes()
            .try_fold(0_u32, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
    };
    let mark = |at: usize, marks: &[u8]| bytes.get(at).is_some_and(|byte| marks.contains(byte));
    let marks = mark(4, b"-") && mark(7, b"-") && mark(10, b"Tt") && mark(13, b":") && mark(16, b":");
    let (Some(year), Some(month), Some(day)) = (number(0, 4), number(5, 7), number(8, 10)) else { return false };
    let (Some(hour), Some(minute), Some(second)) = (number(11, 13), number(14, 16), number(17, 19)) else {
        return false;
    };
    let dated = (1..=12).contains(&month) && (1..=days(year, month)).contains(&day);
    let Some(offset) = offset_after_fraction(&text[19..]) else { return false };
    let minutes = (i64::from(hour) * 60 + i64::from(minute) - offset).rem_euclid(24 * 60);
    let timed = hour < 24 && minute < 60 && (second < 60 || (second == 60 && minutes == 23 * 60 + 59));
    marks && dated && timed
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// The offset in minutes behind an optional fraction of a second.
fn offset_after_fraction(text: &str) -> Option<i64> {
    let rest = match text.strip_prefix('.') {
        Some(fraction) => {
            let rest = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
            Some(rest).filter(|rest| rest.len() < fraction.len())?
        }
        None => text,
    };
    if rest.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, digits) =
        rest.strip_prefix('+').map(|digits| (1, digits)).or_else(|| Some((-1, rest.strip_prefix('-')?)))?;
    let (hours, minutes) = digits.split_once(':').filter(|(hours, minutes)| hours.len() == 2 && minutes.len() == 2)?;
    if !hours.bytes().chain(minutes.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// Base64 with padding (RFC 4648, section 4).
pub(super) fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

/// Control characters, and code points that are no characters (CloudEvents, section 2.4, String).
pub(super) fn is_forbidden(character: char) -> bool {
    let code = u32::from(character);
    character.is_control() || (0xFDD0..=0xFDEF).contains(&code) || code & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps() {
        for good in
            ["2024-02-29T00:00:00Z", "1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00", "2020-01-01t00:00:00.5+14:00"]
        {
            assert!(is_timestamp(good), "{good}");
        }
        for bad in [
            "2023-02-29T00:00:00Z",
            "2020-01-01 00:00:00Z",
            "2020-01-01T24:00:00Z",
            "2020-01-01T00:00:00",
            "2020-01-01T00:00:00.Z",
            "2020-01-01T12:00:60Z",
            "2020-01-01T00:00:00+1:00",
            "",
            "2020-01-01T00:00:00é",
        ] {
            assert!(!is_timestamp(bad), "{bad}");
        }
    }

    #[test]
    fn references() {
        for good in ["/a", "urn:x:y", "https://a.b/c?d#e", "a/b", "//host/x", "?q", "#f", "mailto:a@b.c"] {
            assert!(is_uri_reference(good), "{good}");
        }
        for bad in ["a b", "http://[", "1:x", "%zz", "<x>"] {
            assert!(!is_uri_reference(bad), "{bad}");
        }
        assert!(is_absolute_uri("urn:x") && !is_absolute_uri("/x") && !is_absolute_uri(""));
    }

    #[test]
    fn media_types() {
        for good in ["application/json", "text/plain; charset=utf-8", "a/b;c=\"d;e\"", "application/vnd.x+json"] {
            assert!(is_media_type(good), "{good}");
        }
        for bad in ["json", "a/", "/b", "a/b;", "a/b;c", "a b/c", ""] {
            assert!(!is_media_type(bad), "{bad}");
        }
    }

    #[test]
    fn base64() {
        assert!(is_base64("") && is_base64("AAA=") && is_base64("AA==") && is_base64("a+/9"));
        assert!(!is_base64("A===") && !is_base64("AAA") && !is_base64("AA_="));
    }
}
