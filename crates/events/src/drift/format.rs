//! Formats as patterns, so that both sides of a comparison say the same by the same means.

use serde_json::{Map, Value, json};

/// Four digits that are no year zero, which no calendar of a database has.
const YEAR: &str = "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])";
const DAY: &str =
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|[12][0-9]))";
const CLOCK: &str = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)";
/// PostgreSQL refuses offsets from sixteen hours on; nobody uses them.
const OFFSET: &str = "(?:Z|[+-](?:0[0-9]|1[0-5]):[0-5][0-9])";

/// How many digits the fraction of a second may have; `None` for any number.
pub(crate) type Fraction = Option<i64>;

/// A date and time, with an offset as `offset` has it.
pub(crate) fn date_time(fraction: Fraction, offset: &str) -> String {
    format!("^{YEAR}-{DAY}T{CLOCK}{}{offset}$", digits(fraction))
}

/// Any offset, as RFC 3339 writes it.
pub(crate) fn any_offset() -> &'static str {
    OFFSET
}

/// A date.
pub(crate) fn date() -> String {
    format!("^{YEAR}-{DAY}$")
}

/// A date, or the first moment of one.
pub(crate) fn date_or_midnight() -> String {
    format!("^{YEAR}-{DAY}(?:T00:00:00(?:\\.0+)?(?:Z|[+-]00:00))?$")
}

/// A time of day, with its offset unless that may be missing.
pub(crate) fn time(fraction: Fraction, optional: bool) -> String {
    format!("^{CLOCK}{}{OFFSET}{}$", digits(fraction), if optional { "?" } else { "" })
}

fn digits(fraction: Fraction) -> String {
    match fraction {
        None => "(?:\\.[0-9]+)?".to_owned(),
        // Zeros behind the last digit that is kept say nothing.
        Some(count) if count <= 0 => "(?:\\.0+)?".to_owned(),
        Some(count) => format!("(?:\\.[0-9]{{1,{count}}}0*)?"),
    }
}

/// A UUID as RFC 9562 writes it.
pub(crate) const UUID: &str = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$";
/// A duration as RFC 3339, appendix A, writes it.
pub(crate) const DURATION: &str =
    "^P(?:[0-9]+W|(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+S)?)?)$";
/// Bytes in base 64, RFC 4648, section 4.
pub(crate) const BASE64: &str = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$";
const BYTE: &str = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const GROUP: &str = "[0-9a-fA-F]{1,4}";

/// An address of IPv4, without anchors.
pub(crate) fn ipv4() -> String {
    format!("(?:{BYTE}\\.){{3}}{BYTE}")
}

/// An address of IPv6 as RFC 4291, section 2.2, writes it, without anchors: eight groups, of which one run of zeros may
/// be `::`, and the last two an address of IPv4.
pub(crate) fn ipv6() -> String {
    let last = format!("(?:{GROUP}:{GROUP}|{})", ipv4());
    let mut forms = vec![format!("(?:{GROUP}:){{6}}{last}"), "::".to_owned()];
    // What stands before `::`, and how many groups may follow it.
    for before in 0..=7_usize {
        let head = match before {
            0 => String::new(),
            1 => GROUP.to_owned(),
            _ => format!("{GROUP}(?::{GROUP}){{{}}}", before - 1),
        };
        let after = 7 - before;
        forms.extend((after == 0 || before > 0).then(|| format!("{head}::")));
        forms.extend((after == 1).then(|| format!("{head}::{GROUP}")));
        if after >= 2 {
            forms.push(format!("{head}::(?:{GROUP}|(?:{GROUP}:){{0,{}}}{last})", after - 2));
        }
    }
    format!("(?:{})", forms.join("|"))
}

/// The schema with its formats as patterns, wherever a pattern can say the same; `int32` becomes its bounds.
pub(crate) fn plain(schema: &Value) -> Value {
    match schema {
        Value::Object(object) => Value::Object(plain_object(object)),
        Value::Array(items) => items.iter().map(plain).collect(),
        other => other.clone(),
    }
}

fn plain_object(object: &Map<String, Value>) -> Map<String, Value> {
    const DATA: [&str; 5] = ["enum", "const", "default", "examples", "example"];
    let part = |(key, value): (&String, &Value)| {
        // A property may be called like a keyword that holds data; then its value is an object.
        let data = DATA.contains(&key.as_str());
        (key.clone(), if data { value.clone() } else { plain(value) })
    };
    let mut found: Map<String, Value> = object.iter().map(part).collect();
    let format = found.get("format").and_then(Value::as_str).map(ToOwned::to_owned);
    let encoding = found.get("contentEncoding").and_then(Value::as_str).map(ToOwned::to_owned);
    if format.as_deref() == Some("int32") {
        found.remove("format");
        let bounds = json!({ "type": "integer", "minimum": i32::MIN, "maximum": i32::MAX });
        return narrowed(found, bounds);
    }
    let Some(pattern) = pattern_of(format.as_deref(), encoding.as_deref()) else { return found };
    found.remove("format");
    if found.contains_key("pattern") {
        return narrowed(found, json!({ "pattern": pattern }));
    }
    found.insert("pattern".to_owned(), pattern.into());
    found
}

fn narrowed(mut object: Map<String, Value>, by: Value) -> Map<String, Value> {
    match object.get_mut("allOf").and_then(Value::as_array_mut) {
        Some(parts) => parts.push(by),
        None => {
            object.insert("allOf".to_owned(), json!([by]));
        }
    }
    object
}

fn pattern_of(format: Option<&str>, encoding: Option<&str>) -> Option<String> {
    Some(match format {
        Some("date") => date(),
        Some("date-time") => date_time(None, OFFSET),
        Some("time") => time(None, false),
        Some("uuid") => UUID.to_owned(),
        Some("duration") => DURATION.to_owned(),
        Some("ipv4") => format!("^{}$", ipv4()),
        Some("ipv6") => format!("^{}$", ipv6()),
        Some("byte") => BASE64.to_owned(),
        None if encoding == Some("base64") => BASE64.to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_says_what_the_format_says() {
        let valid = |format: &str, text: &str| {
            let schema = plain(&json!({ "format": format }));
            jsonschema::is_valid(&schema, &json!(text))
        };
        for (format, good, bad) in [
            ("date", "2024-02-29", "2024-13-01"),
            ("date", "1999-12-31", "1999-11-31"),
            ("date-time", "2024-02-29T23:59:60.123456789Z", "2024-02-29T23:59:60"),
            ("date-time", "2024-02-29T00:00:00+05:30", "2024-02-29 00:00:00Z"),
            ("time", "10:00:00Z", "24:00:00Z"),
            ("uuid", "A0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc999c0b4ef8bb6d6bb9bd380a11"),
            ("duration", "P1DT2H", "1D"),
            ("ipv4", "127.0.0.1", "127.0.0.256"),
            ("ipv6", "::", ":::"),
            ("ipv6", "::1", "1::2::3"),
            ("ipv6", "2001:DB8:0:0:8:800:200C:417A", "2001:DB8:0:0:8:800:200C"),
            ("ipv6", "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:8::"),
            ("ipv6", "::2:3:4:5:6:7:8", "::1:2:3:4:5:6:7:8"),
            ("ipv6", "1::8", "12345::"),
            ("ipv6", "::ffff:127.0.0.1", "::ffff:127.0.0.256"),
            ("ipv6", "1:2:3:4:5:6:127.0.0.1", "1:2:3:4:5:6:7:127.0.0.1"),
            ("byte", "aGk=", "aGk"),
        ] {
            assert!(valid(format, good), "{format} {good}");
            assert!(!valid(format, bad), "{format} {bad}");
        }
    }

    #[test]
    fn a_pattern_that_is_there_stays() {
        let schema = plain(&json!({ "format": "date", "pattern": "^2" }));
        assert_eq!(schema["pattern"], "^2");
        assert!(schema["allOf"][0]["pattern"].is_string());
        let schema =
            plain(&json!({ "properties": { "format": { "type": "string" }, "default": { "format": "uuid" } } }));
        assert_eq!(schema["properties"]["format"], json!({ "type": "string" }));
    }
}
