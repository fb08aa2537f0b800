//! A property as a column: its type, and what is demanded of it.

use std::collections::BTreeSet;

use linkspan_project::SqlDialect;
use serde_json::Value;

/// The narrowest type that takes all values of a property.
pub(super) fn column_type(schema: &Value, types: &BTreeSet<&'static str>, dialect: SqlDialect, strict: bool) -> String {
    let only = |names: &[&str]| !types.is_empty() && types.iter().all(|name| names.contains(name));
    match dialect {
        SqlDialect::Sqlite => match () {
            () if only(&["integer", "boolean"]) => "INTEGER",
            () if only(&["integer", "number"]) => "REAL",
            () if only(&["string", "object", "array"]) => "TEXT",
            () if strict => "ANY",
            () => "BLOB",
        }
        .to_owned(),
        SqlDialect::Postgresql => match () {
            () if only(&["boolean"]) => "boolean".to_owned(),
            () if only(&["integer"]) => integer(schema),
            () if only(&["integer", "number"]) => numeric(schema),
            () if only(&["string"]) => text(schema),
            () if only(&["array"]) => array(schema, dialect).unwrap_or_else(|| "jsonb".to_owned()),
            () => "jsonb".to_owned(),
        },
    }
}

/// An array of simple values.
fn array(schema: &Value, dialect: SqlDialect) -> Option<String> {
    let items = schema.get("items")?;
    let name = items.get("type")?.as_str()?;
    let simple = ["string", "integer", "number", "boolean"].into_iter().find(|known| *known == name)?;
    let types = if simple == "number" { BTreeSet::from(["integer", "number"]) } else { BTreeSet::from([simple]) };
    Some(format!("{}[]", column_type(items, &types, dialect, false)))
}

fn integer(schema: &Value) -> String {
    let words = schema.get("enum").and_then(Value::as_array).cloned().unwrap_or_default();
    let bound = |key: &str, most: bool| {
        let numbers = words.iter().filter_map(Value::as_i64);
        let word = if most { numbers.max() } else { numbers.min() };
        schema.get(key).and_then(Value::as_i64).or(word)
    };
    let low = bound("minimum", false).or_else(|| bound("exclusiveMinimum", false));
    let high = bound("maximum", true).or_else(|| bound("exclusiveMaximum", true));
    let (Some(low), Some(high)) = (low, high) else { return "numeric".to_owned() };
    let fits = |least: i64, most: i64| low >= least && high <= most;
    match () {
        () if fits(i16::MIN.into(), i16::MAX.into()) => "smallint",
        () if fits(i32::MIN.into(), i32::MAX.into()) => "integer",
        () => "bigint",
    }
    .to_owned()
}

/// Digits on both sides of the point, where both are bounded.
fn numeric(schema: &Value) -> String {
    let step = schema.get("multipleOf").map(ToString::to_string).unwrap_or_default();
    let scale = step.strip_prefix("0.").filter(|digits| digits.trim_start_matches('0') == "1").map(str::len);
    let bound = |keys: [&str; 2]| keys.iter().find_map(|key| schema.get(key)?.as_f64());
    let bounds = (bound(["minimum", "exclusiveMinimum"]), bound(["maximum", "exclusiveMaximum"]));
    let (Some(scale), (Some(low), Some(high))) = (scale, bounds) else { return "numeric".to_owned() };
    let largest = low.abs().max(high.abs());
    let whole = (1..=18).find(|digits| largest < 10_f64.powi(*digits)).unwrap_or(0);
    if whole == 0 {
        "numeric".to_owned()
    } else {
        format!("numeric({}, {scale})", usize::try_from(whole).unwrap_or(0) + scale)
    }
}

fn text(schema: &Value) -> String {
    let by_format = match schema.get("format").and_then(Value::as_str) {
        Some("date") => Some("date"),
        Some("date-time") => Some("timestamptz"),
        Some("time") => Some("timetz"),
        Some("uuid") => Some("uuid"),
        _ => None,
    };
    let length = schema.get("maxLength").and_then(Value::as_u64).filter(|length| *length <= 10_485_760);
    match (by_format, length) {
        (Some(name), _) => name.to_owned(),
        (None, Some(length)) => format!("varchar({length})"),
        (None, None) => "text".to_owned(),
    }
}

/// What a property demands, as the expression of a check; `None` where it demands nothing that can be said so of a
/// column of a type.
pub(super) fn condition(
    column: &str,
    declared: &str,
    schema: &Value,
    types: &BTreeSet<&'static str>,
    dialect: SqlDialect,
) -> Option<String> {
    const TEXTS: [&str; 5] = ["text", "varchar", "char", "citext", "bpchar"];
    let declared = declared.to_ascii_lowercase();
    let is_text = dialect == SqlDialect::Sqlite || TEXTS.iter().any(|name| declared.starts_with(name));
    let mut parts = Vec::new();
    let number = |key: &str| schema.get(key).filter(|bound| bound.is_number()).map(ToString::to_string);
    let words = schema.get("enum").and_then(Value::as_array).cloned();
    let words = words.or_else(|| Some(vec![schema.get("const")?.clone()]));
    if let Some(words) = words {
        let words: Vec<_> =
            words.iter().filter(|word| !word.is_null()).map(|word| literal(word, dialect)).collect::<Option<_>>()?;
        parts.push(format!("{column} IN ({})", words.join(", ")));
    } else if dialect == SqlDialect::Sqlite && types.iter().eq(["boolean"].iter()) {
        parts.push(format!("{column} IN (0, 1)"));
    }
    match (number("minimum"), number("maximum")) {
        (Some(low), Some(high)) => parts.push(format!("{column} BETWEEN {low} AND {high}")),
        (low, high) => {
            parts.extend(low.map(|low| format!("{column} >= {low}")));
            parts.extend(high.map(|high| format!("{column} <= {high}")));
        }
    }
    parts.extend(number("exclusiveMinimum").map(|low| format!("{column} > {low}")));
    parts.extend(number("exclusiveMaximum").map(|high| format!("{column} < {high}")));
    let length = if dialect == SqlDialect::Sqlite { "length" } else { "char_length" };
    match (number("minLength").filter(|_| is_text), number("maxLength").filter(|_| is_text)) {
        (Some(low), Some(high)) => parts.push(format!("{length}({column}) BETWEEN {low} AND {high}")),
        (low, high) => {
            parts.extend(low.map(|low| format!("{length}({column}) >= {low}")));
            parts.extend(high.map(|high| format!("{length}({column}) <= {high}")));
        }
    }
    if let (Some(pattern), SqlDialect::Postgresql) =
        (schema.get("pattern").and_then(Value::as_str).filter(|_| is_text), dialect)
    {
        parts.push(format!("{column} ~ {}", quoted(pattern)));
    }
    (!parts.is_empty()).then(|| parts.join(" AND "))
}

fn literal(value: &Value, dialect: SqlDialect) -> Option<String> {
    match value {
        Value::String(text) => Some(quoted(text)),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) if dialect == SqlDialect::Sqlite => Some(i32::from(*flag).to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// A text as SQL has it.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name as SQL has it.
pub(super) fn name(name: &str) -> String {
    let plain = name.starts_with(|letter: char| letter.is_ascii_lowercase() || letter == '_')
        && name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
    let known = sqlparser::keywords::RESERVED_FOR_COLUMN_ALIAS;
    let reserved = known.iter().any(|keyword| format!("{keyword:?}").eq_ignore_ascii_case(name));
    if plain && !reserved { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_type_is_as_wide_as_the_values() {
        let of = |schema: Value, names: &[&'static str]| {
            column_type(&schema, &names.iter().copied().collect(), SqlDialect::Postgresql, false)
        };
        assert_eq!(of(json!({"minimum": 0, "maximum": 32768}), &["integer"]), "integer");
        assert_eq!(of(json!({"minimum": 0}), &["integer"]), "numeric");
        assert_eq!(
            of(json!({"minimum": 0, "maximum": 100, "multipleOf": 0.01}), &["integer", "number"]),
            "numeric(5, 2)"
        );
        assert_eq!(of(json!({"maxLength": 80}), &["string"]), "varchar(80)");
        assert_eq!(of(json!({"format": "uuid"}), &["string"]), "uuid");
        assert_eq!(of(json!({"items": {"type": "string", "maxLength": 9}}), &["array"]), "varchar(9)[]");
        assert_eq!(of(json!({}), &["string", "object"]), "jsonb");
        assert_eq!(name("order"), "\"order\"");
        assert_eq!(name("order_id"), "order_id");
    }
}
