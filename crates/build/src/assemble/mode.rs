//! Permission bits by `--chmod`: octal, or symbolic as `chmod(1)` takes it (POSIX, with `X`, `s` and `t`).

use crate::dockerfile::Chmod;

const READ: u32 = 0o444;
const WRITE: u32 = 0o222;
const EXECUTE: u32 = 0o111;
const SET_IDS: u32 = 0o6000;
const STICKY: u32 = 0o1000;
const ALL: u32 = 0o7777;

/// The mode that a file or folder gets.
#[must_use]
pub(super) fn apply(chmod: &Chmod, mode: u32, is_folder: bool) -> u32 {
    match chmod {
        Chmod::Octal(bits) => bits & ALL,
        Chmod::Symbolic(text) => text.split(',').fold(mode, |mode, clause| clause_of(clause, mode, is_folder, mode)),
    }
}

/// One clause: `who`, then operators with their permissions.
fn clause_of(clause: &str, mut mode: u32, is_folder: bool, before: u32) -> u32 {
    let (who, mut actions) = clause.split_at(clause.find(['+', '-', '=']).unwrap_or(clause.len()));
    let scope = scope(who);
    while let Some(operator) = actions.chars().next() {
        let rest = &actions[1..];
        let end = rest.find(['+', '-', '=']).unwrap_or(rest.len());
        let bits = bits(&rest[..end], who, mode, is_folder || before & EXECUTE != 0) & (scope | STICKY);
        mode = match operator {
            '+' => mode | bits,
            '-' => mode & !bits,
            _ => (mode & !scope) | bits,
        };
        actions = &rest[end..];
    }
    mode
}

/// The bits that a clause may change.
fn scope(who: &str) -> u32 {
    let of = |letter| match letter {
        'u' => 0o4700,
        'g' => 0o2070,
        'o' => 0o0007,
        _ => 0o6777,
    };
    if who.is_empty() { 0o6777 } else { who.chars().fold(0, |bits, letter| bits | of(letter)) }
}

fn bits(permissions: &str, who: &str, mode: u32, may_execute: bool) -> u32 {
    let only_others = who == "o";
    permissions.chars().fold(0, |bits, letter| {
        bits | match letter {
            'r' => READ,
            'w' => WRITE,
            'x' => EXECUTE,
            'X' if may_execute => EXECUTE,
            's' if !only_others => SET_IDS,
            't' if !only_others => STICKY,
            'u' => spread(mode >> 6),
            'g' => spread(mode >> 3),
            'o' => spread(mode),
            _ => 0,
        }
    })
}

/// The three bits of one class, for every class.
const fn spread(class: u32) -> u32 {
    let class = class & 0o7;
    class << 6 | class << 3 | class
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbolic_modes() {
        for (text, mode, folder, expected) in [
            ("u=rwX,go=rX", 0o600, false, 0o644),
            ("u=rwX,go=rX", 0o700, false, 0o755),
            ("u=rwX,go=rX", 0o600, true, 0o755),
            ("+x", 0o644, false, 0o755),
            ("a-w", 0o666, false, 0o444),
            ("g=u", 0o640, false, 0o660),
            ("u+s,g+s,+t", 0o755, false, 0o7755),
            ("o=", 0o777, false, 0o770),
            ("ug+w-x", 0o555, false, 0o665),
            ("go-rwx", 0o4755, false, 0o4700),
            ("o+s", 0o644, false, 0o644),
        ] {
            let found = apply(&Chmod::Symbolic(text.into()), mode, folder);
            assert_eq!(found, expected, "{text} on {mode:o}: {found:o}");
        }
    }
}
