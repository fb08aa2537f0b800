use fancy_regex::{Regex, RegexBuilder};

use super::fault::{Fault, Outcome};

/// Steps back that one search may take.
const BACKTRACK_LIMIT: usize = 20_000;

/// A regular expression of `patternProperties`.
pub(super) fn compile(pattern: &str) -> Outcome<Regex> {
    let built = RegexBuilder::new(&translate(pattern)).backtrack_limit(BACKTRACK_LIMIT).build();
    built.map_err(|error| Fault::Load(format!("the pattern `{pattern}` is not understood: {error}")))
}

/// Java's names of classes that are written otherwise here.
const CLASSES: [&str; 13] = [
    "Lower", "Upper", "ASCII", "Alpha", "Digit", "Alnum", "Punct", "Graph", "Print", "Blank", "Cntrl", "XDigit",
    "Space",
];

/// Java's `\p{Alnum}` and its like are classes of ASCII.
fn translate(pattern: &str) -> String {
    CLASSES.iter().fold(pattern.to_owned(), |pattern, class| {
        let name = class.to_ascii_lowercase();
        pattern
            .replace(&format!("\\p{{{class}}}"), &format!("[[:{name}:]]"))
            .replace(&format!("\\P{{{class}}}"), &format!("[[:^{name}:]]"))
    })
}

/// Refuses a `pattern` that no dialect of regular expressions accepts. Its text is all that is compared, so what
/// only Java knows may stand.
pub(super) fn check(pattern: &str) -> Outcome<()> {
    use regex_syntax::ast::ErrorKind;

    let Err(error) = regex_syntax::ast::parse::Parser::new().parse(pattern) else { return Ok(()) };
    match error.kind() {
        ErrorKind::ClassUnclosed
        | ErrorKind::ClassRangeInvalid
        | ErrorKind::EscapeUnexpectedEof
        | ErrorKind::GroupUnclosed
        | ErrorKind::GroupUnopened
        | ErrorKind::RepetitionMissing => {
            Err(Fault::Load(format!("the pattern `{pattern}` is no regular expression: {}", error.kind())))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{check, compile};

    #[test]
    fn patterns_are_found_anywhere_and_know_javas_classes() {
        for (pattern, name, found) in [
            ("b", "abc", true),
            ("^b", "abc", false),
            (r"^\p{Alnum}+$", "a1", true),
            (r"^[\p{Upper}_]+$", "A_", true),
            (r"^\P{Digit}$", "1", false),
            (r"^(?!x-)", "x-a", false),
            (r"^\u0061$", "a", true),
        ] {
            let is_match = compile(pattern).map(|regex| regex.is_match(name).ok());
            assert_eq!(is_match, Ok(Some(found)), "{pattern} {name}");
        }
        assert!(compile("(").is_err());
    }

    #[test]
    fn what_only_java_knows_may_stand_as_a_pattern() {
        for pattern in [r"a++", r"(?<!a)b", r"\p{javaLowerCase}", r"^\Qa.b\E$", "a{2,3}?", ""] {
            assert_eq!(check(pattern), Ok(()), "{pattern}");
        }
        for pattern in ["[", "(", "a)", "*", "[z-a]", "\\"] {
            assert!(check(pattern).is_err(), "{pattern}");
        }
    }
}
