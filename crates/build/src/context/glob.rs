//! Go's `filepath.Match` on slash-separated paths: the globs of `COPY` and `ADD`.

/// A pattern whose brackets or escapes are wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no valid pattern: a `[` needs its `]`, a range its end, and `\\` and `!` something behind them")]
pub struct PatternError(pub String);

/// Whether the whole `name` matches `pattern`.
///
/// `*` is any run of characters except `/`, `?` one character except `/`, `[a-z]` and `[^a-z]` one of a class, `\c` the
/// character itself (Go `path/filepath`, `Match`). As there, bytes are compared, and what stands behind the place
/// where the name stops matching is not looked at up to the next `*`.
///
/// # Errors
/// [`PatternError`] where the part of the pattern that was looked at is malformed.
pub fn matches(pattern: &str, name: &str) -> Result<bool, PatternError> {
    whole(pattern.as_bytes(), name.as_bytes()).ok_or_else(|| PatternError(pattern.to_owned()))
}

/// Whether a text has a wildcard, escapes aside: then it may match nothing without being an error.
#[must_use]
pub fn has_wildcard(text: &str) -> bool {
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '*' | '?' | '[' => return true,
            '\\' => drop(characters.next()),
            _ => {}
        }
    }
    false
}

/// `None`: malformed.
fn whole(mut pattern: &[u8], mut name: &[u8]) -> Option<bool> {
    while !pattern.is_empty() {
        let (star, chunk, rest) = split(pattern);
        if star && chunk.is_empty() {
            return Some(!name.contains(&b'/'));
        }
        let Some(behind) = find(star, chunk, rest.is_empty(), name)? else { return Some(false) };
        (pattern, name) = (rest, behind);
    }
    Some(name.is_empty())
}

/// Stars, the part up to the next star outside brackets, and the rest.
fn split(pattern: &[u8]) -> (bool, &[u8], &[u8]) {
    let stars = pattern.iter().take_while(|byte| **byte == b'*').count();
    let pattern = &pattern[stars..];
    let (mut at, mut in_class) = (0, false);
    while let Some(byte) = pattern.get(at) {
        match byte {
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'*' if !in_class => break,
            _ => {}
        }
        at += 1;
    }
    let (chunk, rest) = pattern.split_at(at.min(pattern.len()));
    (stars > 0, chunk, rest)
}

/// What follows the first place where a part matches: at the beginning, behind a star further on in the same
/// component. The last part must reach the end.
#[expect(clippy::option_option, reason = "malformed, other than not found")]
fn find<'a>(star: bool, chunk: &[u8], last: bool, name: &'a [u8]) -> Option<Option<&'a [u8]>> {
    let reach = if star { name.iter().take_while(|byte| **byte != b'/').count() } else { 0 };
    for skipped in 0..=reach {
        if let Some(behind) = starts(chunk, &name[skipped..])?
            && (!last || behind.is_empty())
        {
            return Some(Some(behind));
        }
    }
    Some(None)
}

/// What follows if the name starts with a part that has no star. All of the part is read, so that it is known to be
/// well-formed.
#[expect(clippy::option_option, reason = "malformed, other than not found")]
fn starts<'a>(mut chunk: &[u8], mut name: &'a [u8]) -> Option<Option<&'a [u8]>> {
    let mut failed = false;
    while let Some((first, rest)) = chunk.split_first() {
        failed |= name.is_empty();
        let literal = match first {
            b'[' => {
                let (matched, behind) = class(rest, if failed { '\0' } else { first_character(name) })?;
                chunk = behind;
                if !failed {
                    name = skip_character(name);
                }
                failed |= !matched;
                continue;
            }
            b'?' => {
                chunk = rest;
                if !failed {
                    failed = name[0] == b'/';
                    name = skip_character(name);
                }
                continue;
            }
            b'\\' => rest.first()?,
            literal => literal,
        };
        chunk = if *first == b'\\' { &rest[1..] } else { rest };
        if !failed {
            failed = name[0] != *literal;
            name = &name[1..];
        }
    }
    Some((!failed).then_some(name))
}

/// Whether a class, from behind its `[`, has a character; and what follows its `]`.
fn class(text: &[u8], c: char) -> Option<(bool, &[u8])> {
    let (negated, mut rest) = text.strip_prefix(b"^").map_or((false, text), |rest| (true, rest));
    let (mut matched, mut first) = (false, true);
    loop {
        if !first && let Some(behind) = rest.strip_prefix(b"]") {
            return Some((matched != negated, behind));
        }
        first = false;
        let (low, behind) = class_character(rest)?;
        let (high, behind) = match behind.strip_prefix(b"-") {
            Some(behind) => class_character(behind)?,
            None => (low, behind),
        };
        matched |= (low..=high).contains(&c);
        rest = behind;
    }
}

/// One end of a range. Something must follow it, be it only the `]`.
fn class_character(text: &[u8]) -> Option<(char, &[u8])> {
    if matches!(text.first()?, b'-' | b']') {
        return None;
    }
    let text = text.strip_prefix(b"\\").unwrap_or(text);
    text.first()?;
    let rest = skip_character(text);
    (!rest.is_empty()).then(|| (first_character(text), rest))
}

/// The first character; U+FFFD where a star has skipped half of one.
fn first_character(text: &[u8]) -> char {
    let length = text.len().min(4);
    let valid = text[..length].utf8_chunks().next().map_or("", |chunk| chunk.valid());
    valid.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn skip_character(text: &[u8]) -> &[u8] {
    let c = first_character(text);
    let length = if c == char::REPLACEMENT_CHARACTER && !text.starts_with(b"\xEF\xBF\xBD") { 1 } else { c.len_utf8() };
    &text[length.min(text.len())..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stay_in_their_component() {
        let cases = [
            ("*", "a/b", false),
            ("a*b*c", "aXbYbc", true),
            ("[^a]", "b", true),
            ("\\*", "*", true),
            ("*é", "xé", true),
        ];
        for (pattern, name, expected) in cases {
            assert_eq!(matches(pattern, name), Ok(expected), "{pattern} {name}");
        }
        assert!(matches("[", "a").is_err());
    }

    #[test]
    fn many_stars_take_no_exponential_time() {
        let (pattern, name) = ("a*".repeat(2_000) + "b", "a".repeat(20_000));
        assert_eq!(matches(&pattern, &name), Ok(false));
    }

    #[test]
    fn wildcards() {
        assert!(has_wildcard("a*") && has_wildcard("[a]") && !has_wildcard("a\\*b"));
    }
}
