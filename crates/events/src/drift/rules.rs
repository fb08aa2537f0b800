//! The rules: what can differ, one row each.

use serde_json::Value;

use super::judge::Keyword;

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its stable name, which is also its anchor in the documentation.
    pub id: &'static str,
    /// What it means that it does not hold.
    pub explanation: &'static str,
    /// What to do.
    pub help: &'static str,
}

macro_rules! rules {
    ($($name:ident $id:literal $explanation:literal $help:literal;)*) => {
        $(pub(crate) const $name: Rule = Rule { id: $id, explanation: $explanation, help: $help };)*
        /// All rules.
        pub const RULES: &[Rule] = &[$($name),*];
    };
}

rules! {
    MISSING "drift/missing-property"
        "A property of the model has no place in the projection."
        "add it, name its counterpart under `renames`, or list it under `omitted`";
    EXTRA "drift/extra-property"
        "The projection says something of a property that the model does not have."
        "add it to the model, or list it under `computed`";
    EXTRA_COLUMN "drift/extra-column"
        "A column that the model does not have must be filled, or is not declared where both should be equal."
        "let it be NULL, give it a default, or list it under `computed`";
    TOO_SHORT "drift/too-short"
        "One side takes fewer characters than the other side's values have."
        "let both take the same number of characters";
    TOO_LONG "drift/too-long"
        "One side demands more characters than the other side's values have."
        "let both demand the same number of characters";
    NULLABLE "drift/nullable"
        "A value may be missing or null on one side, and may not on the other."
        "let it be missing on both sides or on none";
    TYPE "drift/type"
        "The types differ: a value of the one side is none of the other."
        "use types that hold the same values";
    ENUM "drift/enum"
        "The lists of allowed values differ."
        "let both sides know the same values";
    RANGE "drift/range"
        "The bounds of numbers differ."
        "let both sides have the same bounds";
    PRECISION "drift/precision"
        "Digits are lost: one side keeps fewer of them."
        "keep the same number of digits on both sides";
    PATTERN "drift/pattern"
        "Texts that one side allows do not match what the other side demands."
        "let both sides demand the same";
    ITEMS "drift/items"
        "The number of items or members that one side allows is none that the other allows."
        "let both sides allow the same number";
    GENERATED "drift/generated"
        "The column gets its value from the database: what the model says cannot be written to it."
        "list the column under `computed`, or let it be written";
    CLOSED "drift/closed"
        "One side allows properties that nobody named, and the other does not."
        "let both sides say the same in `additionalProperties`";
    DEFAULT "drift/default"
        "What a column holds if nobody says is no value of the model, or another one than the model's default."
        "give both the same default";
    RULE "drift/condition"
        "A condition of one side does not hold for values of the other."
        "let both sides have the same condition";
    STALE "drift/stale-type"
        "The generator writes something else than what is checked in."
        "run the generator, or `drift --write`";
    UNDECIDED "drift/undecided"
        "Whether both sides have the same values could be neither shown nor refuted."
        "say it in a simpler way, or leave the property out with `omitted`";
    UNREADABLE "drift/unreadable"
        "A projection cannot be compared: its place leads nowhere, or its format is not known."
        "correct the place in `linkspan.yaml`";
}

/// The rule that a keyword belongs to; `value` is what it rejects.
pub(crate) fn of(keyword: &Keyword, value: Option<&Value>) -> Rule {
    match keyword.name.as_str() {
        "type" if value.is_some_and(Value::is_null) => NULLABLE,
        "enum" | "const" if value.is_some_and(Value::is_null) => NULLABLE,
        "type" if keyword.demand == "integer" && value.is_some_and(Value::is_number) => PRECISION,
        "enum" | "const" => ENUM,
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => RANGE,
        "multipleOf" => PRECISION,
        "maxLength" => TOO_SHORT,
        "minLength" => TOO_LONG,
        "pattern" | "format" => PATTERN,
        "required" => NULLABLE,
        "false" => MISSING,
        "additionalProperties" | "unevaluatedProperties" | "propertyNames" => CLOSED,
        "minItems" | "maxItems" | "uniqueItems" | "minProperties" | "maxProperties" | "contains" => ITEMS,
        "not" if keyword.demand.get("enum").is_some() => ENUM,
        "not" if keyword.demand.get("pattern").is_some() => PATTERN,
        "not" | "if" | "then" | "else" | "dependentRequired" | "dependentSchemas" | "allOf" | "oneOf" => RULE,
        _ => TYPE,
    }
}

/// What a keyword demands, in words.
pub(crate) fn reason(keyword: &Keyword) -> String {
    let demand = shown(&keyword.demand);
    match keyword.name.as_str() {
        "type" => format!("it takes {}", types(&keyword.demand)),
        "enum" => format!("it knows {}", list(&keyword.demand)),
        "const" => format!("it knows only {demand}"),
        "minimum" => format!("the least is {demand}"),
        "maximum" => format!("the most is {demand}"),
        "exclusiveMinimum" => format!("it must be more than {demand}"),
        "exclusiveMaximum" => format!("it must be less than {demand}"),
        "multipleOf" => format!("it keeps multiples of {demand}"),
        "maxLength" => format!("it takes {demand} characters at most"),
        "minLength" => format!("it takes {demand} characters at least"),
        "pattern" => format!("it demands the pattern {demand}"),
        "required" => "it must be there".to_owned(),
        "false" => "it is not known there".to_owned(),
        "additionalProperties" | "unevaluatedProperties" => "no other properties are allowed".to_owned(),
        "" => "it is rejected".to_owned(),
        name => format!("its `{name}` is {demand}"),
    }
}

fn types(demand: &Value) -> String {
    let name = |value: &Value| format!("`{}`", value.as_str().unwrap_or_default());
    match demand {
        Value::Array(names) => names.iter().map(name).collect::<Vec<_>>().join(" or "),
        one => name(one),
    }
}

fn list(demand: &Value) -> String {
    const MOST: usize = 8;
    let words: Vec<_> = demand.as_array().into_iter().flatten().filter(|word| !word.is_null()).map(shown).collect();
    let more = if words.len() > MOST { format!(" and {} more", words.len() - MOST) } else { String::new() };
    format!("{}{more}", words.into_iter().take(MOST).collect::<Vec<_>>().join(", "))
}

/// A value as it is shown in a message: on one line, and not longer than it needs to be.
pub(crate) fn shown(value: &Value) -> String {
    const MOST: usize = 60;
    let text = value.to_string();
    let count = text.chars().count();
    let text = if count <= MOST {
        text
    } else {
        let start: String = text.chars().take(MOST / 2).collect();
        match value {
            Value::String(text) => format!("{start}…\" ({} characters)", text.chars().count()),
            _ => format!("{start}…"),
        }
    };
    format!("`{}`", linkspan_report::printable_line(&text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_rule_has_a_name_of_its_own_and_says_what_it_means() {
        let mut names: Vec<_> = RULES.iter().map(|rule| rule.id).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), RULES.len());
        assert!(RULES.iter().all(|rule| rule.id.starts_with("drift/") && rule.explanation.ends_with('.')));
    }

    #[test]
    fn every_rule_is_documented() {
        let page = include_str!("../../../../docs/how-to/keep-a-model-the-same-everywhere.md");
        for rule in RULES {
            assert!(page.contains(&format!("| `{}` | {} | {} |", rule.id, rule.explanation, rule.help)), "{}", rule.id);
        }
    }

    #[test]
    fn a_null_that_no_type_takes_is_about_null() {
        let keyword = Keyword { name: "type".to_owned(), demand: json!("integer"), ..Keyword::default() };
        assert_eq!(of(&keyword, Some(&Value::Null)), NULLABLE);
        assert_eq!(of(&keyword, Some(&json!(1.5))), PRECISION);
        assert_eq!(of(&keyword, Some(&json!("x"))), TYPE);
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(shown(&json!("x".repeat(100))), format!("`\"{}…\" (100 characters)`", "x".repeat(29)));
    }
}
