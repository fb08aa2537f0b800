//! One pattern of moby's `patternmatcher`.
//!
//! moby rewrites a pattern into a regular expression of Go character by character, without regard to brackets. What
//! stands in brackets is therefore read by the rules of Go's regular expressions, as is an escaped letter. The same
//! rewriting is done here, and the result translated into the syntax of `regex-lite`.

use regex_lite::Regex;

use super::glob::PatternError;

/// How a pattern is compared.
#[derive(Clone, Debug)]
pub(super) enum Matcher {
    Exact(String),
    Prefix(String),
    /// `**suffix`; `**/name` also matches `name` itself.
    Suffix(String),
    Regex(Regex),
}

impl Matcher {
    pub(super) fn new(pattern: &str) -> Result<Self, PatternError> {
        let (kind, expression) = rewrite(pattern);
        Ok(match kind {
            Kind::Exact => Self::Exact(pattern.to_owned()),
            Kind::Prefix => Self::Prefix(pattern[..pattern.len() - 2].to_owned()),
            // Behind a byte order mark, which the expression leaves out, a pattern is not cut.
            Kind::Suffix => Self::Suffix(pattern.get(2..).unwrap_or(pattern).to_owned()),
            Kind::Regex => {
                let translated = translate(&format!("{expression}$"));
                let regex = translated.and_then(|expression| Regex::new(&expression).ok());
                Self::Regex(regex.ok_or_else(|| PatternError(pattern.to_owned()))?)
            }
        })
    }

    pub(super) fn matches(&self, path: &str) -> bool {
        match self {
            Self::Exact(text) => path == text,
            Self::Prefix(prefix) => path.starts_with(prefix),
            Self::Suffix(suffix) => path.ends_with(suffix) || suffix.strip_prefix('/') == Some(path),
            Self::Regex(regex) => regex.is_match(path),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Exact,
    Prefix,
    Suffix,
    Regex,
}

/// The kind of a pattern and its regular expression in Go's syntax, without the `$` at its end.
fn rewrite(pattern: &str) -> (Kind, String) {
    let mut kind = Kind::Exact;
    let mut expression = String::from("^");
    let mut characters = pattern.strip_prefix('\u{FEFF}').unwrap_or(pattern).chars().peekable();
    let mut first = true;
    while let Some(c) = characters.next() {
        match c {
            '*' if characters.next_if_eq(&'*').is_some() => {
                characters.next_if_eq(&'/');
                kind = double_star(kind, characters.peek().is_none(), &mut expression);
                if first {
                    kind = Kind::Suffix;
                }
            }
            '*' => (kind, expression) = (Kind::Regex, expression + "[^/]*"),
            '?' => (kind, expression) = (Kind::Regex, expression + "[^/]"),
            // moby means to escape `|`, `{` and `}` as well, and does not: they keep their meaning of Go's expressions.
            '.' | '+' | '(' | ')' | '$' => expression.extend(['\\', c]),
            '\\' => {
                expression.push('\\');
                if let Some(escaped) = characters.next() {
                    expression.push(escaped);
                    kind = Kind::Regex;
                }
            }
            '[' | ']' => {
                expression.push(c);
                kind = Kind::Regex;
            }
            other => expression.push(other),
        }
        first = false;
    }
    (kind, expression)
}

fn double_star(kind: Kind, last: bool, expression: &mut String) -> Kind {
    match (last, kind) {
        (true, Kind::Exact) => Kind::Prefix,
        (true, _) => {
            expression.push_str(".*");
            Kind::Regex
        }
        (false, _) => {
            expression.push_str("(.*/)?");
            Kind::Regex
        }
    }
}

/// Go's syntax, as far as [`rewrite`] makes use of it, in that of `regex-lite`; `None` where Go has an error, and for
/// `\p…` and `\Q`.
fn translate(expression: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = expression;
    let mut repeated = false;
    while let Some(c) = rest.chars().next() {
        let repetition = repetition(rest);
        rest = &rest[c.len_utf8()..];
        let before = std::mem::replace(&mut repeated, matches!(c, '*' | '?') || repetition.is_some());
        match c {
            '{' if let Some((range, behind)) = repetition => {
                // Repetitions of repetitions are an error in Go, as are those of nothing.
                let nothing = before || out.is_empty() || out.ends_with('|');
                out.push_str(range.filter(|_| !nothing)?);
                rest = behind;
            }
            '^' | '$' | '.' | '*' | '?' | '(' | ')' | '|' => out.push(c),
            '[' => {
                let (class, behind) = class(rest)?;
                push_class(&mut out, class);
                rest = behind;
            }
            '\\' => rest = escape(rest, &mut out)?,
            other => out.push_str(&regex_lite::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    Some(out)
}

/// `{2}`, `{2,}` or `{2,3}`, and what follows; the inner `None` for counts that Go refuses.
fn repetition(text: &str) -> Option<(Option<&str>, &str)> {
    let (counts, behind) = text.strip_prefix('{')?.split_once('}')?;
    let (least, most) = counts.split_once(',').unwrap_or((counts, counts));
    let plain =
        |count: &str| count.bytes().all(|byte| byte.is_ascii_digit()) && (count.len() < 2 || !count.starts_with('0'));
    if least.is_empty() || !plain(least) || !plain(most) {
        return None;
    }
    let number = |count: &str| count.parse::<u32>().ok().filter(|count| *count <= 1_000);
    let valid = match (number(least), most.is_empty()) {
        (Some(_), true) => true,
        (Some(least), false) => number(most).is_some_and(|most| least <= most),
        (None, _) => false,
    };
    Some((valid.then(|| &text[..counts.len() + 2]), behind))
}

/// An escape outside brackets.
fn escape<'a>(rest: &'a str, out: &mut String) -> Option<&'a str> {
    let c = rest.chars().next()?;
    if matches!(c, 'A' | 'b' | 'B' | 'z') {
        out.extend(['\\', c]);
        return Some(&rest[1..]);
    }
    if let Some(ranges) = perl_class(c) {
        push_class(out, ranges);
        return Some(&rest[1..]);
    }
    let (c, behind) = escaped_character(rest)?;
    push_class(out, vec![(c, c)]);
    Some(behind)
}

type Ranges = Vec<(u32, u32)>;

fn push_class(out: &mut String, ranges: Ranges) {
    use std::fmt::Write as _;
    out.push('[');
    for (low, high) in ranges {
        let _ = write!(out, "\\x{{{low:x}}}-\\x{{{high:x}}}");
    }
    out.push(']');
}

/// A class behind its `[`, and what follows its `]`.
fn class(text: &str) -> Option<(Ranges, &str)> {
    let (negated, mut rest) = text.strip_prefix('^').map_or((false, text), |rest| (true, rest));
    let mut ranges = Ranges::new();
    let mut first = true;
    loop {
        if !first && let Some(behind) = rest.strip_prefix(']') {
            let ranges = if negated { complement(ranges) } else { ranges };
            return (!ranges.is_empty()).then_some((ranges, behind));
        }
        first = false;
        rest = match named_class(rest)? {
            Some((named, behind)) => {
                ranges.extend(named);
                behind
            }
            None => range(rest, &mut ranges)?,
        };
    }
}

/// One character or range of a class.
fn range<'a>(text: &'a str, ranges: &mut Ranges) -> Option<&'a str> {
    let (low, mut rest) = class_character(text)?;
    let mut high = low;
    if rest.starts_with('-') && rest.len() > 1 && !rest.starts_with("-]") {
        (high, rest) = class_character(&rest[1..])?;
    }
    ranges.push((low, high));
    (low <= high).then_some(rest)
}

fn class_character(text: &str) -> Option<(u32, &str)> {
    match text.strip_prefix('\\') {
        Some(rest) => escaped_character(rest),
        None => text.chars().next().map(|c| (u32::from(c), &text[c.len_utf8()..])),
    }
}

/// `[:alpha:]`, `[:^alpha:]` or `\d`; the outer `None` for one that does not exist.
#[expect(clippy::option_option, reason = "malformed, other than absent")]
fn named_class(text: &str) -> Option<Option<(Ranges, &str)>> {
    if let Some(inner) = text.strip_prefix("[:")
        && let Some((name, behind)) = inner.split_once(":]")
    {
        let (negated, name) = name.strip_prefix('^').map_or((false, name), |name| (true, name));
        let ranges = posix_class(name)?;
        return Some(Some((if negated { complement(ranges) } else { ranges }, behind)));
    }
    let perl = text.strip_prefix('\\').and_then(|rest| Some((perl_class(rest.chars().next()?)?, &rest[1..])));
    Some(perl)
}

fn perl_class(c: char) -> Option<Ranges> {
    let ranges = match c.to_ascii_lowercase() {
        'd' => posix_class("digit")?,
        's' => vec![(9, 10), (12, 13), (32, 32)],
        'w' => posix_class("word")?,
        _ => return None,
    };
    Some(if c.is_ascii_uppercase() { complement(ranges) } else { ranges })
}

fn posix_class(name: &str) -> Option<Ranges> {
    let ranges: &[(char, char)] = match name {
        "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => &[('A', 'Z'), ('a', 'z')],
        "ascii" => &[('\0', '\x7F')],
        "blank" => &[('\t', '\t'), (' ', ' ')],
        "cntrl" => &[('\0', '\x1F'), ('\x7F', '\x7F')],
        "digit" => &[('0', '9')],
        "graph" => &[('!', '~')],
        "lower" => &[('a', 'z')],
        "print" => &[(' ', '~')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => &[('\t', '\r'), (' ', ' ')],
        "upper" => &[('A', 'Z')],
        "word" => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return None,
    };
    Some(ranges.iter().map(|(low, high)| (u32::from(*low), u32::from(*high))).collect())
}

/// All other characters; surrogates are none.
fn complement(mut ranges: Ranges) -> Ranges {
    ranges.extend([(0xD800, 0xDFFF), (0x11_0000, 0x11_0000)]);
    ranges.sort_unstable();
    let mut next = 0;
    let mut others = Ranges::new();
    for (low, high) in ranges {
        if low > next {
            others.push((next, low - 1));
        }
        next = next.max(high + 1);
    }
    others
}

/// The character that an escape stands for, from behind the backslash.
fn escaped_character(text: &str) -> Option<(u32, &str)> {
    let c = text.chars().next()?;
    let rest = &text[c.len_utf8()..];
    let simple = match c {
        'a' => 7,
        'f' => 12,
        'n' => 10,
        'r' => 13,
        't' => 9,
        'v' => 11,
        'x' => return hexadecimal(rest),
        '1'..='7' if !rest.starts_with(|c: char| ('0'..='7').contains(&c)) => return None,
        '0'..='7' => return Some(octal(text)),
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => u32::from(c),
        _ => return None,
    };
    Some((simple, rest))
}

fn octal(text: &str) -> (u32, &str) {
    let length = text.bytes().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
    (u32::from_str_radix(&text[..length], 8).unwrap_or_default(), &text[length..])
}

/// `\x7F` or `\x{10FFFF}`.
fn hexadecimal(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = match text.strip_prefix('{') {
        Some(inner) => inner.split_once('}')?,
        None => (text.get(..2)?, &text[2..]),
    };
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let code = u32::from_str_radix(digits, 16).ok().filter(|_| plain)?;
    char::from_u32(code).map(|_| (code, rest))
}
