//! How Go prints values: the texts of the history depend on it.

use std::fmt::Write as _;
use std::time::Duration;

/// `%q` of a list of strings.
pub(super) fn quoted_list(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    format!("[{}]", quoted.join(" "))
}

/// `%v` of a list of strings.
pub(super) fn plain_list(values: &[String]) -> String {
    format!("[{}]", values.join(" "))
}

/// `%q` of a string.
pub(in super::super) fn quoted(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0C' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x0B' => out.push_str("\\v"),
            ' '..='~' => out.push(c),
            _ => push_unicode(c, &mut out),
        }
    }
    out.push('"');
    out
}

fn push_unicode(c: char, out: &mut String) {
    // Behind another character Rust, like Go, shows combining marks as they are.
    let printable = !c.is_ascii() && !format!("a{c}").escape_debug().to_string().ends_with('}');
    let code = u32::from(c);
    let _ = match code {
        _ if printable => out.write_char(c),
        ..0x80 => write!(out, "\\x{code:02x}"),
        0x80..0x1_0000 => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// A duration as `time.Duration` prints it: `1m30s`, `1.5s`, `500ms`, `0s`.
pub(super) fn duration(duration: Duration) -> String {
    let nanoseconds = duration.as_nanos();
    match nanoseconds {
        0 => return "0s".into(),
        1..1_000 => return format!("{nanoseconds}ns"),
        1_000..1_000_000 => return format!("{}µs", with_fraction(nanoseconds, 1_000)),
        1_000_000..1_000_000_000 => return format!("{}ms", with_fraction(nanoseconds, 1_000_000)),
        _ => {}
    }
    let minutes = nanoseconds / 60_000_000_000;
    let seconds = with_fraction(nanoseconds % 60_000_000_000, 1_000_000_000);
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{seconds}s"),
        (0, minutes) => format!("{minutes}m{seconds}s"),
        (hours, minutes) => format!("{hours}h{minutes}m{seconds}s"),
    }
}

fn with_fraction(value: u128, unit: u128) -> String {
    let (whole, rest) = (value / unit, value % unit);
    if rest == 0 {
        return whole.to_string();
    }
    let width = unit.ilog10() as usize;
    let fraction = format!("{rest:0width$}");
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}
