//! What the types of PostgreSQL hold, as JSON Schemas (PostgreSQL 15, chapter 8).

use serde_json::{Value, json};

use super::database::{Database, UserType};
use super::declared::Declared;
use super::values::{Kind, Values, demanded, double, long};
use crate::drift::format;
use crate::drift::shape::{both, or_null};

/// Integers that a `real` holds without loss.
const REAL: i64 = 1 << 24;
/// The largest finite `real`.
const REAL_LIMIT: f64 = 3.402_823_5e38;
/// What is taken for a MAC address (PostgreSQL 15, section 8.9.4).
const MAC: &str = "^(?:[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}|[0-9a-fA-F]{2}(?:-[0-9a-fA-F]{2}){5}|[0-9a-fA-F]{6}[:-]?[0-9a-fA-F]{6}|[0-9a-fA-F]{4}(?:[.-][0-9a-fA-F]{4}){2})$";
/// How deep domains may stand on domains.
const MOST_DEEP: usize = 16;

/// The values of a type other than NULL. `writing` asks for how they are written when they are read back, which may
/// be less than what is taken: a UUID is taken without hyphens, too.
pub(crate) fn values(declared: &Declared, database: &Database, writing: bool) -> Values {
    typed(declared, database, writing, MOST_DEEP)
}

fn typed(declared: &Declared, database: &Database, writing: bool, depth: usize) -> Values {
    if declared.array {
        let element = Declared { array: false, ..declared.clone() };
        let element = typed(&element, database, writing, depth);
        let items = or_null(&element.schema);
        return Values { schema: json!({ "type": "array", "items": items }), kind: Kind::Other, ..element };
    }
    match database.types.get(&declared.name) {
        Some(UserType::Enum(labels, ..)) => Values::of(Kind::String, json!({ "enum": labels })),
        Some(UserType::Domain(base, nullable, checks)) if depth > 0 => {
            let values = typed(base, database, writing, depth - 1);
            let checks: Vec<_> = checks.iter().collect();
            let mut values = demanded(values, &checks);
            values.null &= nullable;
            values
        }
        _ => built_in(declared, writing),
    }
}

fn built_in(declared: &Declared, writing: bool) -> Values {
    let text = |schema: Value| Values::of(Kind::String, both([json!({ "type": "string" }), schema]));
    let length = || declared.argument(0).map_or(Value::Bool(true), |count| json!({ "maxLength": count }));
    let pattern = |pattern: String| json!({ "pattern": pattern });
    match declared.name.as_str() {
        "smallint" | "int2" | "smallserial" | "serial2" => integer(i16::MIN.into(), i16::MAX.into()),
        "integer" | "int" | "int4" | "serial" | "serial4" => integer(i32::MIN.into(), i32::MAX.into()),
        "bigint" | "int8" | "bigserial" | "serial8" => Values::of(Kind::Number, long()),
        "numeric" | "decimal" | "dec" => numeric(declared),
        "real" | "float4" => real(),
        "float" if declared.argument(0).is_some_and(|digits| digits <= 24) => real(),
        "double precision" | "float8" | "float" | "double" => {
            Values { integers: Some(double()), ..Values::of(Kind::Number, json!({ "type": "number" })) }
        }
        "text" | "citext" => text(Value::Bool(true)),
        "varchar" | "character varying" | "char varying" | "bpchar" | "nvarchar" => text(length()),
        "char" | "character" => text(json!({ "maxLength": declared.argument(0).unwrap_or(1) })),
        "name" => text(json!({ "maxLength": 63 })),
        "boolean" | "bool" => Values::of(Kind::Boolean, json!({ "type": "boolean" })),
        "uuid" if writing => text(pattern(format::UUID.to_owned())),
        "uuid" => text(pattern(
            "^\\{?[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\\}?$".to_owned(),
        )),
        "date" if writing => text(pattern(format::date())),
        "date" => text(pattern(format::date_or_midnight())),
        "time" | "time without time zone" | "timetz" | "time with time zone" => {
            text(pattern(format::time(fraction(declared), !writing)))
        }
        "timestamptz" | "timestamp with time zone" => {
            text(pattern(format::date_time(fraction(declared), format::any_offset())))
        }
        // What is taken for a time of UTC comes back the same; another offset is dropped without a word.
        "timestamp" | "timestamp without time zone" | "datetime" => {
            text(pattern(format::date_time(fraction(declared), if writing { "Z" } else { "(?:Z|[+-]00:00)?" })))
        }
        "interval" => text(pattern(format::DURATION.to_owned())),
        "inet" => text(pattern(network(false))),
        // Its host part must be zeros, which no pattern says.
        "cidr" => Values {
            unknown: Some("whether the bits behind the prefix of a `cidr` are zero".to_owned()).into_iter().collect(),
            ..text(pattern(network(writing)))
        },
        "macaddr" if writing => text(pattern("^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$".to_owned())),
        "macaddr" => text(pattern(MAC.to_owned())),
        "json" | "jsonb" => Values::of(Kind::Json, Value::Bool(true)),
        "bytea" => text(pattern(format::BASE64.to_owned())),
        _ => Values {
            unknown: vec![format!("what the type `{}` holds is not known", declared.text)],
            ..Values::of(Kind::Other, Value::Bool(true))
        },
    }
}

/// An address and how many of its bits are the network's, where it is not `demanded` all of them may be.
fn network(demanded: bool) -> String {
    let [four, six] =
        [(format::ipv4(), "(?:3[0-2]|[12]?[0-9])"), (format::ipv6(), "(?:12[0-8]|1[01][0-9]|[1-9]?[0-9])")]
            .map(|(address, bits)| format!("{address}(?:/{bits}){}", if demanded { "" } else { "?" }));
    format!("^(?:{four}|{six})$")
}

fn integer(minimum: i64, maximum: i64) -> Values {
    Values::of(Kind::Number, json!({ "type": "integer", "minimum": minimum, "maximum": maximum }))
}

/// Digits before the point are precision minus scale; digits behind it are rounded away beyond the scale.
fn numeric(declared: &Declared) -> Values {
    let Some(precision) = declared.argument(0) else { return Values::of(Kind::Number, json!({ "type": "number" })) };
    let scale = declared.argument(1).unwrap_or(0);
    let power = |exponent: i64| -> Option<Value> {
        let text = if exponent < 0 {
            format!("0.{}1", "0".repeat(usize::try_from(-exponent - 1).ok()?))
        } else {
            format!("1{}", "0".repeat(usize::try_from(exponent).ok()?))
        };
        super::condition::number(&text).map(Value::Number)
    };
    let limit = power(precision - scale).map_or(Value::Bool(true), |limit| {
        let negative = super::condition::number(&format!("-{limit}")).map_or(Value::Null, Value::Number);
        json!({ "exclusiveMinimum": negative, "exclusiveMaximum": limit })
    });
    let step = if scale == 0 {
        json!({ "type": "integer" })
    } else {
        let step = power(-scale).map_or(Value::Bool(true), |step| json!({ "multipleOf": step }));
        both([json!({ "type": "number" }), step])
    };
    Values::of(Kind::Number, both([step, limit]))
}

/// Fractions are taken as they are written; an integer beyond the digits that there are comes back as another one.
fn real() -> Values {
    let integer = json!({ "type": "integer", "minimum": -REAL, "maximum": REAL });
    let fraction =
        json!({ "type": "number", "minimum": -REAL_LIMIT, "maximum": REAL_LIMIT, "not": { "type": "integer" } });
    Values { integers: Some(integer.clone()), ..Values::of(Kind::Number, json!({ "anyOf": [integer, fraction] })) }
}

fn fraction(declared: &Declared) -> format::Fraction {
    // Microseconds are the most that there is, and what a text without a limit is taken to mean.
    declared.argument(0).filter(|digits| *digits < 6)
}
