use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::Language;
use crate::schema::Dialect;

/// An hour and a minute.
const HOUR: &str = r"(?:[01]\d|2[0-3]):[0-5]\d";

/// A fraction of a second, and the offset from UTC.
const FRACTION_AND_ZONE: &str = r"(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)";

/// A date of RFC 3339: 29 February in the years that have it.
const DATE: &str = concat!(
    r"(?:\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))",
    r"|(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)",
);

/// A part of a duration of RFC 3339, appendix A, for a day or longer.
const DAYS: &str = r"(?:\d+Y(?:\d+M(?:\d+D)?)?|\d+M(?:\d+D)?|\d+D)";

/// A part of a duration shorter than a day.
const HOURS: &str = r"(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S)";

/// A number from 0 to 255.
const BYTE: &str = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)";

/// A step of a JSON Pointer.
const STEPS: &str = r"(?:/(?:[^/~]|~[01])*)*";

/// A label of a host name that is surely good, and the most that a label can be but for its length.
const LABEL: (&str, &str) = ("[A-Za-z0-9]{1,20}", "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?");

/// Strings that a format surely accepts, and strings outside of which it surely accepts none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// It accepts all of these.
    pub(crate) least: Language,
    /// It accepts none but these.
    pub(crate) most: Language,
}

impl Language {
    /// What is known of the strings that `format` accepts where it is asserted.
    pub(crate) fn format_bounds(name: &str, dialect: Dialect) -> Option<Bounds> {
        if !is_known(name) {
            return Some(Bounds { least: Self::all(), most: Self::all() });
        }
        static MADE: Mutex<BTreeMap<(String, Dialect), Option<Bounds>>> = Mutex::new(BTreeMap::new());
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        made.entry((name.to_owned(), dialect)).or_insert_with(|| bounds(name, dialect)).clone()
    }
}

fn bounds(name: &str, dialect: Dialect) -> Option<Bounds> {
    let (least, most) = expressions(name, dialect)?;
    let least = Language::pattern(&format!("^(?:{least})$"))?;
    let most = most.map_or(Some(least.clone()), |most| Language::pattern(&format!("^(?:{most})$")))?;
    Some(Bounds { least, most })
}

/// Whether a validator knows a format, in any dialect.
fn is_known(name: &str) -> bool {
    const KNOWN: [&str; 21] = [
        "color",
        "date",
        "date-time",
        "duration",
        "email",
        "hostname",
        "idn-email",
        "idn-hostname",
        "ipv4",
        "ipv6",
        "iri",
        "iri-reference",
        "json-pointer",
        "period",
        "regex",
        "relative-json-pointer",
        "time",
        "uri",
        "uri-reference",
        "uri-template",
        "uuid",
    ];
    KNOWN.contains(&name)
}

/// What a format accepts at least, and at most if that is not the same.
fn expressions(name: &str, dialect: Dialect) -> Option<(String, Option<String>)> {
    let since = |first: Dialect| (dialect >= first).then_some(());
    let exactly = |expression: String| Some((expression, None));
    let leap = |before: &str| {
        let least = format!("{before}{HOUR}:[0-5]\\d{FRACTION_AND_ZONE}");
        // A second 60 is valid where it is 23:59:60 in UTC.
        let most = format!("{before}{HOUR}:(?:[0-5]\\d|60){FRACTION_AND_ZONE}");
        Some((least, Some(most)))
    };
    match name {
        "date" => exactly(DATE.to_owned()),
        "time" => leap(""),
        "date-time" => leap(&format!("{DATE}[Tt]")),
        "duration" => {
            since(Dialect::Draft201909)?;
            exactly(format!(r"P(?:\d+W|{DAYS}(?:T{HOURS})?|T{HOURS})"))
        }
        "uuid" => {
            since(Dialect::Draft201909)?;
            exactly("[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}".to_owned())
        }
        "ipv4" => exactly(ipv4()),
        "ipv6" => exactly(ipv6()),
        "json-pointer" => {
            since(Dialect::Draft6)?;
            exactly(STEPS.to_owned())
        }
        "relative-json-pointer" => {
            since(Dialect::Draft7)?;
            exactly(format!(r"(?:0|[1-9]\d*)(?:#|{STEPS})"))
        }
        "hostname" => Some(hostname()),
        "email" => Some(email()),
        "uri" => Some((uri(false, true), Some(uri(true, true)))),
        "uri-reference" => {
            since(Dialect::Draft6)?;
            Some((uri(false, false), Some(uri(true, false))))
        }
        _ => None,
    }
}

fn ipv4() -> String {
    format!(r"{BYTE}(?:\.{BYTE}){{3}}")
}

/// RFC 4291, section 2.2: eight groups, the last two perhaps as an IPv4 address, and `::` for one or more of them.
fn ipv6() -> String {
    let group = "[0-9A-Fa-f]{1,4}";
    let last = format!("(?:{group}:{group}|{})", ipv4());
    let mut forms = vec![format!("(?:{group}:){{6}}{last}")];
    for before in 0..=7 {
        let head = if before == 0 { String::new() } else { format!("{group}(?::{group}){{{}}}", before - 1) };
        let after = 7 - before;
        let mut tails = vec![String::new()];
        if after >= 1 {
            tails.push(format!("{group}(?::{group}){{0,{}}}", after - 1));
        }
        if after >= 2 {
            tails.push(format!("(?:{group}:){{0,{}}}{}", after - 2, ipv4()));
        }
        forms.push(format!("{head}::(?:{})", tails.join("|")));
    }
    forms.join("|")
}

/// RFC 1123, section 2.1; labels of IDNA are not looked into, and the whole length is not counted.
fn hostname() -> (String, Option<String>) {
    let (least, most) = LABEL;
    (format!(r"{least}(?:\.{least}){{0,3}}"), Some(format!(r"{most}(?:\.{most})*")))
}

/// RFC 5321, section 4.1.2; quoted local parts and addresses in brackets only roughly.
fn email() -> (String, Option<String>) {
    let local = r#"(?:[A-Za-z0-9]{1,20}(?:[._+-][A-Za-z0-9]{1,20}){0,2}|"[A-Za-z0-9 ]{1,20}")"#;
    let (least, most) = LABEL;
    let least = format!(r"{local}@{least}(?:\.{least}){{1,3}}");
    (least, Some(format!(r"[\u0000-\u007f]+@(?:{most}(?:\.{most})*|\[[\u0000-\u007f]*\])")))
}

/// RFC 3986, appendix A; addresses in brackets, if allowed, only roughly.
fn uri(brackets: bool, absolute: bool) -> String {
    let one = |more: &str| format!("(?:[A-Za-z0-9._~!$&'()*+,;={more}-]|%[0-9A-Fa-f]{{2}})");
    let (name, segment, query) = (one(""), one(":@"), one(":@/?"));
    let bracket = if brackets { r"|\[[A-Za-z0-9._~!$&'()*+,;=:-]*\]" } else { "" };
    let authority = format!(r"//(?:{}*@)?(?:{name}*{bracket})(?::\d*)?(?:/{segment}*)*", one(":"));
    let rooted = format!("/(?:{segment}+(?:/{segment}*)*)?");
    let rest = format!(r"(?:\?{query}*)?(?:#{query}*)?");
    let full = format!("[A-Za-z][A-Za-z0-9+.-]*:(?:{authority}|{rooted}|{segment}+(?:/{segment}*)*)?{rest}");
    if absolute {
        return full;
    }
    let relative = format!("(?:{authority}|{rooted}|{}+(?:/{segment}*)*)?{rest}", one("@"));
    format!("{full}|{relative}")
}
