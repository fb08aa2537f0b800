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
/// embedded options, word boundaries of its own, back references, look-around, collating elements.
pub(crate) fn posix(pattern: &str) -> Option<String> {
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
            '[' => regex.push_str(&bracket(&mut letters)?),
            // A dot matches line breaks there, too.
            '.' => regex.push_str(ANY),
            _ => regex.push(letter),
        }
    }
    Some(regex)
}

fn bracket(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut regex = "[".to_owned();
    regex.extend(letters.next_if_eq(&'^'));
    if letters.next_if_eq(&']').is_some() {
        regex.push_str("\\]");
    }
    loop {
        match letters.next()? {
            ']' => return Some(regex + "]"),
            '[' => match letters.peek() {
                Some(':') => regex.push_str(class(letters)?),
                Some('.' | '=') => return None,
                _ => regex.push_str("\\["),
            },
            '\\' => match letters.next()? {
                escape @ ('d' | 'w' | 's' | 'n' | 't' | 'r') => regex.extend(['\\', escape]),
                escape if !escape.is_alphanumeric() => regex.extend(['\\', escape]),
                _ => return None,
            },
            other => regex.push(other),
        }
    }
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
        assert_eq!(posix("^[[:digit:]]{2,4}-\\d+$").as_deref(), Some("^[0-9]{2,4}-\\d+$"));
        assert_eq!(posix("(?i)a"), None);
        assert_eq!(posix("a(?=b)"), None);
        assert_eq!(posix("\\ma"), None);
    }
}
