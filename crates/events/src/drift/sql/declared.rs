use crate::drift::format;
use linkspan_project::SqlDialect;
use sqlparser::ast::DataType;

/// A type as it was declared: `numeric(10, 2)[]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declared {
    /// What was written, more or less.
    pub(crate) text: String,
    /// Its name alone, small and without its schema: `character varying`, `timestamp with time zone`, `order_status`.
    pub(crate) name: String,
    /// The numbers in its parentheses.
    pub(crate) arguments: Vec<i64>,
    /// Whether it is an array.
    pub(crate) array: bool,
}

impl Declared {
    /// A type that the parser read.
    pub(crate) fn of(data_type: &DataType, dialect: SqlDialect) -> Self {
        let text = match data_type {
            DataType::Unspecified => String::new(),
            DataType::Array(_) if dialect == SqlDialect::Postgresql => return Self::array(data_type, dialect),
            DataType::Custom(name, modifiers) if modifiers.is_empty() => {
                let last = name.0.last().and_then(|part| part.as_ident());
                let name = last.map(|name| super::database::folded(name, dialect)).unwrap_or_default();
                return Self { text: data_type.to_string(), name, arguments: Vec::new(), array: false };
            }
            other => other.to_string(),
        };
        let small = text.to_lowercase();
        let (before, rest) = small.split_once('(').unwrap_or((&small, ""));
        let (numbers, after) = rest.split_once(')').unwrap_or((rest, ""));
        let name = format!("{} {}", before.trim(), after.trim()).trim().to_owned();
        let arguments = numbers.split(',').filter_map(|number| number.trim().parse().ok()).collect();
        Self { name: name.rsplit('.').next().unwrap_or(&name).to_owned(), text, arguments, array: false }
    }

    fn array(data_type: &DataType, dialect: SqlDialect) -> Self {
        use sqlparser::ast::ArrayElemTypeDef as Element;
        let element = match data_type {
            DataType::Array(
                Element::SquareBracket(element, _)
                | Element::Qualified(element, _)
                | Element::AngleBracket(element)
                | Element::Parenthesis(element)
                | Element::ParenthesisNotNull(element),
            ) => Self::of(element, dialect),
            _ => Self { text: String::new(), name: String::new(), arguments: Vec::new(), array: false },
        };
        Self { text: data_type.to_string(), array: true, ..element }
    }

    /// The type of PostgreSQL that takes anything, of the same kind for a check.
    pub(crate) fn anything(&self) -> Self {
        const NUMBERS: [&str; 10] =
            ["smallint", "int2", "integer", "int", "int4", "bigint", "int8", "real", "decimal", "numeric"];
        let name = if NUMBERS.contains(&self.name.as_str()) { "numeric" } else { "text" };
        Self { text: name.to_owned(), name: name.to_owned(), arguments: Vec::new(), array: false }
    }

    /// Whether it counts by itself.
    pub(crate) fn is_serial(&self) -> bool {
        matches!(self.name.as_str(), "serial" | "bigserial" | "smallserial" | "serial2" | "serial4" | "serial8")
    }

    /// Whether a date and time or a time differs from what this type holds in the digits of its seconds alone.
    pub(crate) fn loses_digits_of(&self, text: &str) -> bool {
        let limited = self.argument(0).is_some_and(|digits| digits < 6);
        let matches = |pattern: String| jsonschema::is_valid(&serde_json::json!({ "pattern": pattern }), &text.into());
        let whole = matches(format::date_time(None, format::any_offset())) || matches(format::time(None, true));
        limited && whole && (self.name.starts_with("time") && !self.name.ends_with("without time zone"))
    }

    /// An argument, where it is one that a length or precision can be.
    pub(crate) fn argument(&self, index: usize) -> Option<i64> {
        self.arguments.get(index).copied()
    }
}
