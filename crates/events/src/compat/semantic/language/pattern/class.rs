use std::iter::Peekable;
use std::str::Chars;

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

use super::node::Ranges;
use crate::compat::semantic::language::symbol;

/// What `\s` stands for: white space and line ends of ECMA-262, sections 12.2 and 12.3.
const SPACES: [(char, char); 10] = [
    ('\t', '\r'),
    (' ', ' '),
    ('\u{a0}', '\u{a0}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{2000}', '\u{200a}'),
    ('\u{2028}', '\u{2029}'),
    ('\u{202f}', '\u{202f}'),
    ('\u{205f}', '\u{205f}'),
    ('\u{3000}', '\u{3000}'),
    ('\u{feff}', '\u{feff}'),
];

/// What `.` does not stand for.
const LINE_ENDS: [(char, char); 3] = [('\n', '\n'), ('\r', '\r'), ('\u{2028}', '\u{2029}')];

/// What an escape stands for.
pub(super) enum Escape {
    Character(char),
    Class(ClassUnicode),
}

/// The characters of some ranges.
pub(super) fn class(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(ranges.iter().map(|(first, last)| ClassUnicodeRange::new(*first, *last)))
}

/// `.`.
pub(super) fn dot() -> ClassUnicode {
    complement(class(&LINE_ENDS))
}

/// The word characters of ASCII.
pub(super) fn word() -> ClassUnicode {
    class(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')])
}

/// The word characters of Unicode.
pub(super) fn unicode_word() -> Option<ClassUnicode> {
    known(r"\w")
}

/// A class as ranges of symbols; `fold` adds the other cases of each character.
pub(super) fn ranges(mut class: ClassUnicode, fold: bool) -> Option<Ranges> {
    if fold {
        class.try_case_fold_simple().ok()?;
    }
    Some(class.ranges().iter().map(|range| (symbol::of(range.start()), symbol::of(range.end()))).collect())
}

/// A class in brackets, after the opening one.
pub(super) fn bracketed(chars: &mut Peekable<Chars<'_>>, fold: bool) -> Option<ClassUnicode> {
    let negated = chars.next_if_eq(&'^').is_some();
    // An empty class: the validators take the bracket for its first character.
    if chars.peek() == Some(&']') {
        return None;
    }
    let mut class = ClassUnicode::empty();
    loop {
        let first = match chars.next()? {
            ']' => break,
            '\\' => escape(chars, fold)?,
            character => Escape::Character(character),
        };
        if chars.peek() == Some(&'-') && !ends_after_hyphen(chars) {
            chars.next();
            class.push(range(first, chars, fold)?);
        } else {
            match first {
                Escape::Character(character) => class.push(ClassUnicodeRange::new(character, character)),
                Escape::Class(inner) => class.union(&inner),
            }
        }
    }
    if fold {
        class.try_case_fold_simple().ok()?;
    }
    Some(if negated { complement(class) } else { class })
}

/// The rest of a range, after the hyphen.
fn range(first: Escape, chars: &mut Peekable<Chars<'_>>, fold: bool) -> Option<ClassUnicodeRange> {
    let last = match chars.next()? {
        '\\' => escape(chars, fold)?,
        character => Escape::Character(character),
    };
    match (first, last) {
        (Escape::Character(first), Escape::Character(last)) if first <= last => {
            Some(ClassUnicodeRange::new(first, last))
        }
        _ => None,
    }
}

fn ends_after_hyphen(chars: &Peekable<Chars<'_>>) -> bool {
    let mut ahead = chars.clone();
    ahead.next();
    ahead.peek() == Some(&']')
}

/// An escape that stands for a character or a class, after the backslash.
pub(super) fn escape(chars: &mut Peekable<Chars<'_>>, fold: bool) -> Option<Escape> {
    let named = |mut class: ClassUnicode, negated: bool| {
        if fold {
            class.try_case_fold_simple().ok()?;
        }
        Some(Escape::Class(if negated { complement(class) } else { class }))
    };
    let letter = chars.next()?;
    let character = match letter {
        'd' | 'D' => return named(class(&[('0', '9')]), letter == 'D'),
        'w' | 'W' => return named(word(), letter == 'W'),
        's' | 'S' => return named(class(&SPACES), letter == 'S'),
        'p' | 'P' => return named(property(chars)?, letter == 'P'),
        't' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'c' => char::from(u8::try_from(chars.next().filter(char::is_ascii_alphabetic)?).ok()? % 32),
        'x' => hexadecimal(&digits(chars, 2)?)?,
        'u' if chars.next_if_eq(&'{').is_some() => hexadecimal(&braced(chars)?)?,
        'u' => hexadecimal(&digits(chars, 4)?)?,
        '<' | '>' => return None,
        _ if letter.is_ascii_punctuation() => letter,
        _ => return None,
    };
    Some(Escape::Character(character))
}

/// `\p{…}`: a property of Unicode, by the tables that both validators use.
fn property(chars: &mut Peekable<Chars<'_>>) -> Option<ClassUnicode> {
    chars.next_if_eq(&'{')?;
    let name = braced(chars)?;
    let plain = |character: char| character.is_ascii_alphanumeric() || "_=".contains(character);
    if name.is_empty() || !name.chars().all(plain) {
        return None;
    }
    known(&format!(r"\p{{{name}}}"))
}

fn known(pattern: &str) -> Option<ClassUnicode> {
    match regex_syntax::parse(pattern).ok()?.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        _ => None,
    }
}

fn digits(chars: &mut Peekable<Chars<'_>>, count: usize) -> Option<String> {
    (0..count).map(|_| chars.next_if(char::is_ascii_hexdigit)).collect()
}

fn braced(chars: &mut Peekable<Chars<'_>>) -> Option<String> {
    let mut inner = String::new();
    loop {
        match chars.next()? {
            '}' => return Some(inner),
            character if inner.len() < 100 => inner.push(character),
            _ => return None,
        }
    }
}

/// The character with a number; a surrogate is none.
fn hexadecimal(digits: &str) -> Option<char> {
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

fn complement(mut class: ClassUnicode) -> ClassUnicode {
    class.negate();
    class
}
