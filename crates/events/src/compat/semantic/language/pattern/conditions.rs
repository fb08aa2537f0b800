/// Whether an expression looks ahead or behind.
pub(in super::super) fn looks_around(pattern: &str) -> bool {
    ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|around| pattern.contains(around))
}

/// An expression that begins at the start and looks ahead there, `^(?=A)(?!B)C`, as several that all must hold or, where
/// marked, must not: `^(?:A)`, not `^(?:B)`, `^(?:C)`. `None` for any other.
pub(in super::super) fn conditions(pattern: &str) -> Option<Vec<(bool, String)>> {
    let mut rest = pattern.strip_prefix('^')?;
    let mut conditions = Vec::new();
    loop {
        let (negative, after) = match (rest.strip_prefix("(?="), rest.strip_prefix("(?!")) {
            (Some(after), _) => (false, after),
            (_, Some(after)) => (true, after),
            _ => break,
        };
        let end = outside(after, |character, depth| character == ')' && depth == 0)?;
        conditions.push((negative, format!("^(?:{})", &after[..end])));
        rest = &after[end + 1..];
    }
    if rest.starts_with(['*', '+', '?', '{'])
        || outside(rest, |character, depth| character == '|' && depth == 0).is_some()
    {
        return None;
    }
    conditions.push((false, format!("^(?:{rest})")));
    let plain = conditions.iter().all(|(_, condition)| !looks_around(condition));
    (conditions.len() > 1 && plain).then_some(conditions)
}

/// Where the first character stands that is neither escaped nor in a class and is `wanted`, given how many groups are
/// open before it.
fn outside(pattern: &str, wanted: impl Fn(char, usize) -> bool) -> Option<usize> {
    let (mut depth, mut in_class, mut escaped) = (0_usize, false, false);
    for (at, character) in pattern.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' if !in_class => in_class = true,
            ']' if in_class => in_class = false,
            _ if in_class => {}
            _ if wanted(character, depth) => return Some(at),
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}
