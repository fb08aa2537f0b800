//! The envelope of a CloudEvent on its tape: the ordinary forms of all attributes. What is not ordinary, or wrong, is
//! for [`crate::cloudevents`] to judge.

use linkspan_source::tape::{Node, Shape};

/// What the lookup of schemas needs of an event whose envelope is in order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event<'a> {
    /// The event's type.
    pub(super) name: &'a str,
    /// The schema that it names for its data.
    pub(super) data_schema: Option<&'a str>,
    /// Its data.
    pub(super) data: Option<Node<'a>>,
}

/// The event, if its envelope surely keeps all rules.
pub(super) fn event(node: Node<'_>) -> Option<Event<'_>> {
    let (mut version, mut id, mut source, mut name) = (false, false, false, None);
    let (mut data_schema, mut data) = (None, None);
    for member in node.object()? {
        let (attribute, value) = (member.name, member.value);
        if attribute == "data" {
            data = Some(value);
            continue;
        }
        let text = value.text();
        match attribute {
            "specversion" => version = text? == "1.0",
            "id" => id = is_plain(text?),
            "source" => source = is_reference(text?),
            "type" => name = text.filter(|text| is_plain(text)),
            "subject" if is_plain(text?) => {}
            "time" if is_timestamp(text?.as_bytes()) => {}
            "datacontenttype" if is_json(text?) => {}
            "dataschema" => data_schema = Some(text.filter(|text| is_plain(text) && is_uri(text))?),
            // The last two may be documents of other kinds.
            "subject" | "time" | "datacontenttype" | "data_base64" | "asyncapi" | "openapi" => return None,
            _ if is_extension(attribute, value) => {}
            _ => return None,
        }
    }
    let name = name.filter(|_| version && id && source)?;
    Some(Event { name, data_schema, data })
}

/// Not empty, and only letters, digits and what else is printable in ASCII.
fn is_plain(text: &str) -> bool {
    let plain = !text.is_empty() && text.bytes().all(|byte| matches!(byte, 0x20..=0x7E));
    plain || (!text.is_empty() && text.chars().all(|letter| matches!(letter, ' '..='~') || letter.is_alphanumeric()))
}

/// A path or a name without special characters, or a URI (RFC 3986).
fn is_reference(text: &str) -> bool {
    let simple = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~');
    let path = !text.is_empty() && !text.starts_with("//") && text.bytes().all(simple);
    path || (is_plain(text) && is_uri(text))
}

fn is_uri(text: &str) -> bool {
    jsonschema::Uri::<&str>::parse(text).is_ok()
}

/// The media types whose data is any JSON value.
fn is_json(text: &str) -> bool {
    matches!(text, "application/json" | "application/json; charset=utf-8" | "application/json;charset=utf-8")
}

fn is_extension(name: &str, value: Node<'_>) -> bool {
    let named =
        (1..=20).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    named
        && match value.shape() {
            Shape::Text(text) => is_plain(text),
            Shape::Bool(_) => true,
            Shape::Number(number) => number.parse::<i32>().is_ok() && number != "-0",
            Shape::Null | Shape::Array(_) | Shape::Object(_) => false,
        }
}

/// `2006-01-02T15:04:05.999Z`, or with an offset in place of `Z`; the leap days and seconds are left out.
fn is_timestamp(text: &[u8]) -> bool {
    let Some((date, rest)) = text.split_first_chunk::<19>() else { return false };
    let number = |at: usize| match (date.get(at), date.get(at + 1)) {
        (Some(tens @ b'0'..=b'9'), Some(ones @ b'0'..=b'9')) => 10 * (tens - b'0') + (ones - b'0'),
        _ => u8::MAX,
    };
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    let last = match number(5) {
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    marks.iter().all(|(at, mark)| date.get(*at) == Some(mark))
        && number(0) < 100
        && number(2) < 100
        && (1..=last).contains(&number(8))
        && number(11) < 24
        && number(14) < 60
        && number(17) < 60
        && is_fraction_and_offset(rest)
}

fn is_fraction_and_offset(text: &[u8]) -> bool {
    let rest = match text.strip_prefix(b".") {
        Some(fraction) => {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 {
                return false;
            }
            fraction.get(digits..).unwrap_or_default()
        }
        None => text,
    };
    match rest {
        b"Z" => true,
        [b'+' | b'-', hours @ .., b':', tens @ b'0'..=b'5', ones] if hours.len() == 2 => {
            let hour = matches!(hours, [b'0' | b'1', b'0'..=b'9'] | [b'2', b'0'..=b'3']);
            hour && tens.is_ascii_digit() && ones.is_ascii_digit()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cloudevents;
    use linkspan_source::tape::Tape;

    fn accepts(text: &str) -> bool {
        Tape::default().read(text).is_some_and(|view| event(view.root()).is_some())
    }

    #[test]
    fn ordinary_events_are_accepted() {
        for text in [
            r#"{"specversion":"1.0","id":"1","source":"/shop","type":"t"}"#,
            r#"{"specversion":"1.0","id":"é","source":"https://a.example/x?y#z","type":"t","time":"2026-02-28T23:59:59.5+01:00","datacontenttype":"application/json","dataschema":"urn:x:y","subject":"s","traceparent":"00-ab","partition":7,"flag":true,"data":null}"#,
        ] {
            assert!(accepts(text), "{text}");
        }
    }

    fn attribute() -> impl Strategy<Value = String> {
        let name = prop_oneof![
            6 => proptest::sample::select(vec!["specversion", "id", "source", "type", "subject", "time", "datacontenttype",
                "dataschema", "data", "data_base64"]).prop_map(str::to_owned),
            1 => "[a-zA-Z0-9_]{0,22}",
        ];
        let value = prop_oneof![
            Just("\"1.0\"".to_owned()),
            "\"(/|//|[a-z]{1,5}:|[a-z]{1,3}:/{1,3})?[a-zA-Z0-9./?#%@: \u{e9}-]{0,12}\"",
            "\"[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,3})?(Z|z|[+-][0-2][0-9]:[0-6][0-9])?\"",
            "\"(application|text)/(json|xml|[a-z+]{1,6})(; ?[a-z]{1,7}=[a-z0-9\\-]{1,5})?\"",
            "\"[\u{7f}-\u{9f}\u{fdd0}\u{ffff}\u{200b} a]{0,3}\"",
            "-?[0-9]{1,11}",
            Just("null".to_owned()),
            Just("true".to_owned()),
            Just("{}".to_owned()),
        ];
        (name, value).prop_map(|(name, value)| format!("\"{name}\": {value}"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn what_is_accepted_keeps_all_rules(attributes in proptest::collection::vec(attribute(), 0..5)) {
            let required = r#""specversion":"1.0","id":"1","source":"/s","type":"t""#;
            for text in [format!("{{{}}}", attributes.join(",")), format!("{{{required},{}}}", attributes.join(","))] {
                if accepts(&text) {
                    let document = linkspan_source::json(&text).map_err(|faults| TestCaseError::fail(format!("{faults:?}")))?;
                    prop_assert_eq!(cloudevents::check(&document, "", "f"), vec![], "{}", text);
                }
            }
        }
    }
}
