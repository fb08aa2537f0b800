//! Comparisons of a column, or of what a function makes of it, with a constant.

use serde_json::{Number, Value};
use sqlparser::ast::BinaryOperator;

use super::condition::{Condition, Test};
use super::pattern;

pub(super) fn negated_if(negated: bool, condition: Condition) -> Condition {
    if negated { Condition::Not(Box::new(condition)) } else { condition }
}

pub(super) fn is_or_not(op: &BinaryOperator, condition: Condition) -> Option<Condition> {
    match op {
        BinaryOperator::Eq => Some(condition),
        BinaryOperator::NotEq => Some(negated_if(true, condition)),
        _ => None,
    }
}

pub(super) fn turned(op: &BinaryOperator) -> Option<BinaryOperator> {
    Some(match op {
        BinaryOperator::Lt => BinaryOperator::Gt,
        BinaryOperator::LtEq => BinaryOperator::GtEq,
        BinaryOperator::Gt => BinaryOperator::Lt,
        BinaryOperator::GtEq => BinaryOperator::LtEq,
        BinaryOperator::Eq | BinaryOperator::NotEq => op.clone(),
        _ => return None,
    })
}

pub(super) fn ordered(column: String, op: &BinaryOperator, number: Number) -> Option<Condition> {
    let test = match op {
        BinaryOperator::Lt => Test::Below(number, true),
        BinaryOperator::LtEq => Test::Below(number, false),
        BinaryOperator::Gt => Test::Above(number, true),
        BinaryOperator::GtEq => Test::Above(number, false),
        _ => return None,
    };
    Some(Condition::Test(column, test))
}

pub(super) fn length(column: String, op: &BinaryOperator, count: i64) -> Option<Condition> {
    let at_least = |count: i64| Condition::Test(column.clone(), Test::Longer(u64::try_from(count).unwrap_or(0)));
    let at_most = |count: i64| match u64::try_from(count) {
        Ok(count) => Condition::Test(column.clone(), Test::Shorter(count)),
        Err(_) => Condition::Test(column.clone(), Test::OneOf(Vec::new())),
    };
    let exactly = || Condition::And(vec![at_least(count), at_most(count)]);
    Some(match op {
        BinaryOperator::Lt => at_most(count.saturating_sub(1)),
        BinaryOperator::LtEq => at_most(count),
        BinaryOperator::Gt => at_least(count.saturating_add(1)),
        BinaryOperator::GtEq => at_least(count),
        BinaryOperator::Eq => exactly(),
        BinaryOperator::NotEq => negated_if(true, exactly()),
        _ => return None,
    })
}

/// `length(trim(x)) > 0` and its like: something other than spaces.
pub(super) fn not_blank_length(column: String, op: &BinaryOperator, count: i64) -> Option<Condition> {
    matches!((op, count), (BinaryOperator::Gt | BinaryOperator::NotEq, 0) | (BinaryOperator::GtEq, 1))
        .then(|| Condition::Test(column, Test::Matches("[^ ]".to_owned())))
}

pub(super) fn sqlite_types(word: &str) -> Option<Vec<&'static str>> {
    Some(match word {
        "integer" => vec!["integer"],
        "real" => vec!["number"],
        "text" => vec!["string"],
        "null" => vec!["null"],
        "blob" => vec![],
        _ => return None,
    })
}

pub(super) fn json_types(word: &str) -> Option<Vec<&'static str>> {
    ["object", "array", "string", "number", "boolean", "null"]
        .into_iter()
        .find(|known| *known == word)
        .map(|known| vec![known])
}

/// `octet_length(x)` where it tells only whether there is anything: how many bytes a letter takes depends on it.
pub(super) fn bytes(column: String, op: &BinaryOperator, count: i64) -> Option<Condition> {
    let empty = matches!(
        (op, count),
        (BinaryOperator::Gt | BinaryOperator::NotEq | BinaryOperator::Eq | BinaryOperator::LtEq, 0)
            | (BinaryOperator::GtEq | BinaryOperator::Lt, 1)
    );
    if empty { length(column, op, count) } else { None }
}

/// `lower(x) = 'word'` or `upper(x) = 'WORD'`: one of some words, however it is written. A word that the function
/// never gives is never met; letters beyond A to Z depend on the locale.
pub(super) fn folded_words(column: String, lower: bool, words: &[Value]) -> Option<Condition> {
    let words: Option<Vec<_>> = words.iter().map(Value::as_str).collect();
    let words = words.filter(|words| words.iter().all(|word| word.is_ascii()))?;
    let given = |word: &&str| {
        !word.contains(|letter: char| if lower { letter.is_ascii_uppercase() } else { letter.is_ascii_lowercase() })
    };
    let words: Vec<_> = words.into_iter().filter(given).map(pattern::folded).collect();
    if words.is_empty() {
        return Some(Condition::Test(column, Test::OneOf(Vec::new())));
    }
    Some(Condition::Test(column, Test::Matches(format!("^(?:{})$", words.join("|")))))
}
