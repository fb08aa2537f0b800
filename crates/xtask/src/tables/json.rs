use std::fmt::Write as _;

use anyhow::Result;
use serde::Serialize;
use serde_json::Value;

/// JSON with one line for each value `depth` levels down, so that a difference shows what has changed.
pub(crate) fn lines(value: &impl Serialize, depth: usize) -> Result<String> {
    let mut text = String::new();
    write(&mut text, &serde_json::to_value(value)?, depth, 0)?;
    text.push('\n');
    Ok(text)
}

fn write(text: &mut String, value: &Value, depth: usize, indent: usize) -> Result<()> {
    match value {
        Value::Object(fields) if depth > 0 && !fields.is_empty() => {
            let entries = fields.iter().map(|(name, value)| (Some(name.as_str()), value));
            write_all(text, entries, depth, indent, ('{', '}'))
        }
        Value::Array(items) if depth > 0 && !items.is_empty() => {
            write_all(text, items.iter().map(|item| (None, item)), depth, indent, ('[', ']'))
        }
        other => {
            text.push_str(&serde_json::to_string(other)?);
            Ok(())
        }
    }
}

fn write_all<'a>(
    text: &mut String,
    entries: impl Iterator<Item = (Option<&'a str>, &'a Value)>,
    depth: usize,
    indent: usize,
    (open, close): (char, char),
) -> Result<()> {
    text.push(open);
    for (place, (name, value)) in entries.enumerate() {
        let comma = if place == 0 { "" } else { "," };
        write!(text, "{comma}\n{:indent$}", "", indent = indent + 1)?;
        if let Some(name) = name {
            write!(text, "{}:", serde_json::to_string(name)?)?;
        }
        write(text, value, depth - 1, indent + 1)?;
    }
    write!(text, "\n{:indent$}{close}", "")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_value_at_the_depth_has_its_line() {
        let value = json!({"b": {"y": [1, 2], "x": {"z": null}}, "a": {}, "c": []});
        let text = lines(&value, 2).unwrap();
        assert_eq!(text, "{\n \"a\":{},\n \"b\":{\n  \"x\":{\"z\":null},\n  \"y\":[1,2]\n },\n \"c\":[]\n}\n");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
