//! The patterns of `${x#…}`, `${x%…}` and `${x/…/…}`: `*`, `?` and escapes, no brackets.

use regex_lite::Regex;

/// `value` without the prefix (`#`) or suffix (`%`) that `word` matches; a doubled modifier takes the longest.
///
/// `None` where the pattern is malformed.
pub(super) fn trim(word: &str, value: &str, modifier: char) -> Option<String> {
    let (pattern, greedy) = word.strip_prefix(modifier).map_or((word, false), |rest| (rest, true));
    if modifier == '#' {
        return trim_prefix(pattern, value, greedy);
    }
    // The shortest suffix is the shortest prefix of the reversed text.
    let reversed: String = value.chars().rev().collect();
    let rest = trim_prefix(&reverse_pattern(pattern), &reversed, greedy)?;
    Some(rest.chars().rev().collect())
}

/// `value` with the first match, or all, replaced. `None`: malformed pattern; `Some(None)`: larger than `limit`.
pub(super) fn replace(pattern: &str, by: &str, value: &str, all: bool, limit: usize) -> Option<Option<String>> {
    let regex = to_regex(pattern, true, false)?;
    let mut result = String::new();
    let mut rest = 0;
    let replacement = if all { without_groups(by) } else { vec![Part::Text(by.to_owned())] };
    for found in regex.find_iter(value).take(if all { usize::MAX } else { 1 }) {
        result.push_str(&value[rest..found.start()]);
        for part in &replacement {
            match part {
                Part::Text(text) => result.push_str(text),
                Part::Match => result.push_str(found.as_str()),
            }
        }
        rest = found.end();
        if result.len() > limit {
            return Some(None);
        }
    }
    result.push_str(&value[rest..]);
    Some(Some(result))
}

enum Part {
    Text(String),
    /// `$0`: what was matched.
    Match,
}

/// Go expands `$name` in the replacement of `//` to groups; there are none but `$0`, and `$$` is `$`.
fn without_groups(by: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = by;
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        if let Some(behind) = after.strip_prefix('$') {
            text.push('$');
            rest = behind;
        } else if let Some((name, behind)) = group_name(after) {
            if name == "0" {
                parts.push(Part::Text(std::mem::take(&mut text)));
                parts.push(Part::Match);
            }
            rest = behind;
        } else {
            text.push('$');
            rest = after;
        }
    }
    text.push_str(rest);
    parts.push(Part::Text(text));
    parts
}

/// `name…` or `{name}…` → the name and what follows it.
fn group_name(after: &str) -> Option<(&str, &str)> {
    let (braced, inner) = after.strip_prefix('{').map_or((false, after), |inner| (true, inner));
    let length = inner.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(inner.len());
    let (name, behind) = inner.split_at(length);
    let behind = if braced { behind.strip_prefix('}')? } else { behind };
    (!name.is_empty()).then_some((name, behind))
}

fn trim_prefix(pattern: &str, value: &str, greedy: bool) -> Option<String> {
    let regex = to_regex(pattern, greedy, true)?;
    let end = regex.find(value).map_or(0, |found| found.end());
    Some(value[end..].to_owned())
}

/// Matching takes up to pattern times value steps.
const MAX_STEPS: usize = 1 << 26;

/// Whether a pattern may be held against a value of this length.
pub(super) const fn is_affordable(pattern: &str, value: &str) -> bool {
    pattern.len().saturating_mul(value.len()) <= MAX_STEPS
}

fn to_regex(pattern: &str, greedy: bool, anchored: bool) -> Option<Regex> {
    let mut regex = String::from(if anchored { "^" } else { "" });
    let pattern = pattern.strip_prefix('\u{FEFF}').unwrap_or(pattern);
    let mut characters = pattern.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '*' => regex.push_str(if greedy { ".*" } else { ".*?" }),
            '?' => regex.push('.'),
            '\\' if matches!(characters.peek(), Some('}' | '/')) => {}
            '\\' => match characters.next()? {
                escaped @ ('*' | '?' | '\\') => regex.extend(['\\', escaped]),
                _ => return None,
            },
            other => regex.push_str(&regex_lite::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    Regex::new(&regex).ok()
}

/// Reversed, but for escapes: `a\*c` becomes `c\*a`.
fn reverse_pattern(pattern: &str) -> String {
    let mut characters = pattern.chars().peekable();
    let mut reversed = Vec::new();
    while let Some(c) = characters.next() {
        match characters.next_if(|_| c == '\\') {
            Some(escaped) => reversed.extend([escaped, c]),
            None => reversed.push(c),
        }
    }
    reversed.into_iter().rev().collect()
}
