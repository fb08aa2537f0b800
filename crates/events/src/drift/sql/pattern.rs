//! The patterns of SQL, as regular expressions of ECMA-262.

/// What stands for any character, line breaks included.
const ANY: &str = "[\\s\\S]";

/// A pattern of `LIKE`; `folds` where the letters A to Z count as small ones. `None` where the escape ends it.
pub(crate) fn like(pattern: &str, escape: Option<char>, folds: bool) -> Option<String> {
    let mut regex = "^".to_owned();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            _ if Some(letter) == escape => regex.push_str(&one(letters.next()?, folds)),
            '%' => regex.push_str(&format!("{ANY}*")),
            '_' => regex.push_str(ANY),
            _ => regex.push_str(&one(letter, folds)),
        }
    }
    Some(regex + "$")
}

/// A word whose letters A to Z may be small or capital.
pub(crate) fn folded(word: &str) -> String {
    word.chars().map(|letter| one(letter, true)).collect()
}

/// A pattern of `SIMILAR TO` (PostgreSQL 15, section 9.7.2): it is about the whole text, and has alternatives, groups,
/// repetitions and brackets. `None` where the escape ends it, or a bracket is not closed.
pub(crate) fn similar(pattern: &str, escape: Option<char>) -> Option<String> {
    let mut regex = "^(?:".to_owned();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            // `\"` marks what `substring` cuts out.
            _ if Some(letter) == escape => match letters.next()? {
                '"' => return None,
                escaped => regex.push_str(&one(escaped, false)),
            },
            '%' => regex.push_str(&format!("{ANY}*")),
            '_' => regex.push_str(ANY),
            '[' => regex.push_str(&bracket(&mut letters, false)?),
            '(' => regex.push_str("(?:"),
            '|' | '*' | '+' | '?' | '{' | '}' | ')' => regex.push(letter),
            _ => regex.push_str(&one(letter, false)),
        }
    }
    Some(regex + ")$")
}

/// A pattern of SQLite's `GLOB`. `None` where a `[` is not closed.
pub(crate) fn glob(pattern: &str) -> Option<String> {
    let mut regex = "^".to_owned();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '*' => regex.push_str(&format!("{ANY}*")),
            '?' => regex.push_str(ANY),
            '[' => {
                let negated = letters.next_if_eq(&'^').is_some();
                // A `]` at the beginning stands for itself.
                let mut members: String = letters.next_if_eq(&']').map(String::from).unwrap_or_default();
                loop {
                    match letters.next()? {
                        ']' => break,
                        member => members.push(member),
                    }
                }
                regex.push_str(&set(&members, negated));
            }
            _ => regex.push_str(&one(letter, false)),
        }
    }
    Some(regex + "$")
}

fn set(members: &str, negated: bool) -> String {
    let escaped: String = members
        .chars()
        .map(|member| if matches!(member, '\\' | ']' | '[' | '^') { format!("\\{member}") } else { member.to_string() })
        .collect();
    format!("[{}{escaped}]", if negated { "^" } else { "" })
}

fn one(letter: char, folds: bool) -> String {
    match letter {
        _ if folds && letter.is_ascii_alphabetic() => {
            format!("[{}{}]", letter.to_ascii_lowercase(), letter.to_ascii_uppercase())
        }
        '\\' | '^' | '$' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '/' => {
            format!("\\{letter}")
        }
        _ => letter.to_string(),
    }
}

/// A regular expression of PostgreSQL, where ECMA-262 means the same by it. `None` for what only PostgreSQL has:
/// embedded options, word boundaries of its own, back references, look-around, collating elements. `folds` where the
/// case of A to Z does not count; what counts beyond depends on the locale.
pub(crate) fn posix(pattern: &str, folds: bool) -> Option<String> {
    if folds && !pattern.is_ascii() {
        return None;
    }
    if pattern.starts_with("***") || pattern.starts_with("(?") && !pattern.starts_with("(?:") {
        return None;
    }
    let mut regex = String::new();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next()? {
                escape @ ('d' | 'D' | 'w' | 'W' | 's' | 'S' | 'n' | 't' | 'r' | 'f' | 'v') => {
                    regex.extend(['\\', escape]);
                }
                escape if !escape.is_alphanumeric() => regex.push_str(&one(escape, false)),
                _ => return None,
            },
            '(' if letters.peek() == Some(&'?') => {
                letters.next();
                if letters.next()? != ':' {
                    return None;
                }
                regex.push_str("(?:");
            }
            '[' => regex.push_str(&bracket(&mut letters, folds)?),
            // A dot matches line breaks there, too.
            '.' => regex.push_str(ANY),
            _ if folds && letter.is_ascii_alphabetic() => regex.push_str(&one(letter, true)),
            _ => regex.push(letter),
        }
    }
    Some(regex)
}

fn bracket(letters: &mut std::iter::Peekable<std::str::Chars<'_>>, folds: bool) -> Option<String> {
    let mut regex = "[".to_owned();
    regex.extend(letters.next_if_eq(&'^'));
    if letters.next_if_eq(&']').is_some() {
        regex.push_str("\\]");
    }
    let mut members = String::new();
    loop {
        match letters.next()? {
            ']' => break,
            '[' => match letters.peek() {
                Some(':') => members.push_str(class(letters)?),
                Some('.' | '=') => return None,
                _ => members.push_str("\\["),
            },
            '\\' => match letters.next()? {
                escape @ ('d' | 'w' | 's' | 'n' | 't' | 'r') => members.extend(['\\', escape]),
                escape if !escape.is_alphanumeric() => members.extend(['\\', escape]),
                _ => return None,
            },
            other => members.push(other),
        }
    }
    let turned = if folds { other_case(&members)? } else { String::new() };
    Some(regex + &members + &turned + "]")
}

/// The letters of a bracket in their other case; `None` for ranges that are not of letters of one case.
fn other_case(members: &str) -> Option<String> {
    let turn = |letter: char| {
        if letter.is_ascii_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }
    };
    let letters: Vec<_> = members.chars().collect();
    let mut turned = String::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        match (letter, letters.get(at + 1), letters.get(at + 2)) {
            ('\\', ..) => at += 2,
            (first, Some('-'), Some(last)) => {
                let same = first.is_ascii_lowercase() == last.is_ascii_lowercase();
                let both = first.is_ascii_alphabetic() && last.is_ascii_alphabetic();
                match (both && same, first.is_ascii_digit() && last.is_ascii_digit()) {
                    (true, _) => turned.extend([turn(*first), '-', turn(*last)]),
                    (false, true) => {}
                    (false, false) => return None,
                }
                at += 3;
            }
            (letter, ..) => {
                turned.extend(Some(turn(*letter)).filter(|_| letter.is_ascii_alphabetic()));
                at += 1;
            }
        }
    }
    Some(turned)
}

fn class(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<&'static str> {
    letters.next();
    let name: String = std::iter::from_fn(|| letters.next_if(char::is_ascii_lowercase)).collect();
    if letters.next()? != ':' || letters.next()? != ']' {
        return None;
    }
    Some(match name.as_str() {
        "digit" => "0-9",
        "alpha" => "a-zA-Z",
        "alnum" => "a-zA-Z0-9",
        "upper" => "A-Z",
        "lower" => "a-z",
        "xdigit" => "0-9a-fA-F",
        "space" => "\\s",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_become_regular_expressions() {
        for (pattern, regex) in [("A-%", "^A-[\\s\\S]*$"), ("a_b", "^a[\\s\\S]b$"), ("50\\%.", "^50%\\.$")] {
            assert_eq!(like(pattern, Some('\\'), false).as_deref(), Some(regex));
        }
        assert_eq!(like("a%", None, true).as_deref(), Some("^[aA][\\s\\S]*$"));
        assert_eq!(like("a\\", Some('\\'), false), None);
        assert_eq!(glob("[A-Z][^0-9]?*").as_deref(), Some("^[A-Z][^0-9][\\s\\S][\\s\\S]*$"));
        assert_eq!(glob("[]]").as_deref(), Some("^[\\]]$"));
        assert_eq!(glob("[a"), None);
        assert_eq!(posix("^[[:digit:]]{2,4}-\\d+$", false).as_deref(), Some("^[0-9]{2,4}-\\d+$"));
        assert_eq!(posix("(?i)a", false), None);
        assert_eq!(posix("a(?=b)", false), None);
        assert_eq!(posix("\\ma", false), None);
        assert_eq!(posix("^a[b-dX0-9_][[:upper:]]\\d$", true).as_deref(), Some("^[aA][b-dX0-9_B-Dx][A-Za-z]\\d$"));
        assert_eq!(posix("[+-a]", true), None);
        assert_eq!(posix("ä", true), None);
        assert_eq!(
            similar("(a|b)%._[0-9]{2}", Some('\\')).as_deref(),
            Some("^(?:(?:a|b)[\\s\\S]*\\.[\\s\\S][0-9]{2})$")
        );
        assert_eq!(similar("a\\", Some('\\')), None);
    }
}
