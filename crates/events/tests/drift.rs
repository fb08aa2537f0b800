//! `drift`, as its users see it: columns.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use linkspan_command::{Context, Exit, Failure};
use linkspan_events::drift::{Args, run};
use linkspan_report::Report;

fn project(files: &[(String, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let file = folder.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    folder
}

fn drift(folder: &tempfile::TempDir) -> Result<Report, Failure> {
    run(args(false, false), &Context::quiet("events drift", folder.path()))
}

fn args(write: bool, dry_run: bool) -> Args {
    Args { models: Vec::new(), write, dry_run, no_generate: false, generate_timeout: 60 }
}

/// A line for each pair of a property and a column: what the table says about the property, and the value that shows
/// it. A property with `?` may be missing.
fn pairs(dialect: &str, before: &str, rows: &[(&str, &str)]) -> String {
    let mut manifest = "contracts:\n  models:\n".to_owned();
    let mut sql = before.to_owned();
    let mut files = Vec::new();
    for (index, (property, column)) in rows.iter().enumerate() {
        let name = format!("m{index:03}");
        let (property, required) = match property.strip_prefix('?') {
            Some(property) => (property, ""),
            None => (*property, "required: [x]\n"),
        };
        files.push((format!("{name}.yaml"), format!("type: object\n{required}properties:\n  x: {property}\n")));
        manifest.push_str(&format!(
            "    {name}: {{ schema: {name}.yaml, projections: [{{ table: {{ at: 'all.sql#{name}', dialect: {dialect} }} }}] }}\n"
        ));
        let (column, after) = column.split_once("; ").unwrap_or((column, ""));
        let (column, options) = column.split_once(" / ").unwrap_or((column, ""));
        sql.push_str(&format!("CREATE TABLE {name} (x {column}) {options};\n{}", after.replace("%", &name)));
        if !after.is_empty() {
            sql.push_str(";\n");
        }
    }
    files.extend([("linkspan.yaml".to_owned(), manifest), ("all.sql".to_owned(), sql)]);
    let folder = project(&files);
    let report = drift(&folder).unwrap();
    let mut lines = String::new();
    for (index, (property, column)) in rows.iter().enumerate() {
        let projection = &report.result["models"][index]["projections"][0];
        let name = format!("m{index:03}.yaml");
        let found: Vec<_> = report
            .findings
            .kept()
            .iter()
            .filter(|finding| finding.related.iter().any(|related| related.file == name))
            .map(|finding| {
                let text =
                    if finding.rule == "drift/undecided" { format!(" ({})", finding.message) } else { String::new() };
                format!("{}{text}", finding.rule.trim_start_matches("drift/"))
            })
            .collect();
        let verdict = projection["verdict"].as_str().unwrap();
        let witness = projection["witness"].as_object().map(|witness| {
            let value = witness.get("value").filter(|value| !value.is_null());
            value.unwrap_or(&witness["event"]).to_string()
        });
        let witness =
            witness.map(|text| if text.len() > 50 { format!("{}… {}", &text[..30], text.len()) } else { text });
        lines.push_str(&format!(
            "{property} <- {column}: {verdict} {} {}\n",
            found.join(" "),
            witness.unwrap_or_default()
        ));
    }
    lines
}

const TYPES: &[(&str, &str)] = &[
    ("{ type: integer, minimum: -32768, maximum: 32767 }", "smallint NOT NULL"),
    ("{ type: integer, minimum: 0, maximum: 32768 }", "smallint NOT NULL"),
    ("{ type: integer, minimum: 0, maximum: 2147483647 }", "integer NOT NULL"),
    ("{ type: integer, minimum: 0, maximum: 2147483648 }", "int4 NOT NULL"),
    ("{ type: integer }", "bigint NOT NULL"),
    ("{ type: integer, minimum: -9223372036854775808, maximum: 9223372036854775807 }", "bigint NOT NULL"),
    ("{ type: number }", "bigint NOT NULL"),
    ("{ type: string }", "integer NOT NULL"),
    ("{ type: boolean }", "integer NOT NULL"),
    ("{ type: number, minimum: 0, maximum: 99999999.99, multipleOf: 0.01 }", "numeric(10,2) NOT NULL"),
    ("{ type: number, minimum: 0, maximum: 100000000, multipleOf: 0.01 }", "numeric(10,2) NOT NULL"),
    ("{ type: number, minimum: 0, maximum: 100, multipleOf: 0.001 }", "numeric(10,2) NOT NULL"),
    ("{ type: number, minimum: 0, maximum: 100 }", "decimal(10) NOT NULL"),
    ("{ type: integer, minimum: 0, maximum: 9999999999 }", "decimal(10) NOT NULL"),
    ("{ type: number }", "numeric NOT NULL"),
    ("{ type: number }", "double precision NOT NULL"),
    ("{ type: integer }", "double precision NOT NULL"),
    ("{ type: integer, minimum: 0, maximum: 9007199254740992 }", "float8 NOT NULL"),
    ("{ type: number }", "real NOT NULL"),
    ("{ type: integer, minimum: 0, maximum: 16777216 }", "float4 NOT NULL"),
    ("{ type: string }", "text NOT NULL"),
    ("{ type: string, maxLength: 80 }", "varchar(80) NOT NULL"),
    ("{ type: string, maxLength: 81 }", "character varying(80) NOT NULL"),
    ("{ type: string }", "varchar NOT NULL"),
    ("{ type: string, maxLength: 2 }", "char(2) NOT NULL"),
    ("{ type: string, maxLength: 2 }", "char NOT NULL"),
    ("{ type: boolean }", "boolean NOT NULL"),
    ("{ type: string, format: uuid }", "uuid NOT NULL"),
    ("{ type: string, pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' }", "uuid NOT NULL"),
    ("{ type: string }", "uuid NOT NULL"),
    ("{ type: string, format: date }", "date NOT NULL"),
    ("{ type: string, format: date-time }", "date NOT NULL"),
    ("{ type: string, format: time }", "time NOT NULL"),
    ("{ type: string, format: date-time }", "timestamptz NOT NULL"),
    ("{ type: string, format: date-time }", "timestamp with time zone NOT NULL"),
    ("{ type: string, format: date-time }", "timestamptz(0) NOT NULL"),
    ("{ type: string, format: date-time }", "timestamp(3) with time zone NOT NULL"),
    ("{ type: string, format: date-time }", "timestamp NOT NULL"),
    ("{ type: string, format: date-time, pattern: 'Z$' }", "timestamp NOT NULL"),
    ("{ type: string }", "timestamptz NOT NULL"),
    ("{ type: string, format: duration }", "interval NOT NULL"),
    ("{ type: object }", "jsonb NOT NULL"),
    ("{ type: array }", "json NOT NULL"),
    ("{ type: object }", "text NOT NULL"),
    ("{ type: array, items: { type: string } }", "text[] NOT NULL"),
    ("{ type: array, items: { type: string, maxLength: 9 } }", "varchar(8)[] NOT NULL"),
    ("{ type: array, items: { type: string } }", "text NOT NULL"),
    ("{ type: string, contentEncoding: base64 }", "bytea NOT NULL"),
    ("{ type: string }", "bytea NOT NULL"),
    ("{ type: string }", "inet NOT NULL"),
    ("{ type: string, format: ipv4 }", "inet NOT NULL"),
    ("{ type: string, format: ipv6 }", "inet NOT NULL"),
    ("{ type: string }", "cidr NOT NULL"),
    ("{ const: 10.0.0.0/8 }", "cidr NOT NULL"),
    ("{ type: string, pattern: '^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$' }", "macaddr NOT NULL"),
    ("{ type: string, maxLength: 17 }", "macaddr NOT NULL"),
    ("{ type: string }", "macaddr8 NOT NULL"),
    ("{ type: integer, minimum: 1, maximum: 100 }", "serial"),
    ("{ type: integer, minimum: 1, maximum: 10000000000 }", "bigserial"),
    ("{ type: string, maxLength: 20 }", "citext NOT NULL"),
];

#[test]
fn types_of_postgresql() {
    insta::assert_snapshot!(pairs("postgresql", "", TYPES), @r#"
    { type: integer, minimum: -32768, maximum: 32767 } <- smallint NOT NULL: same  
    { type: integer, minimum: 0, maximum: 32768 } <- smallint NOT NULL: drift range 32768
    { type: integer, minimum: 0, maximum: 2147483647 } <- integer NOT NULL: same  
    { type: integer, minimum: 0, maximum: 2147483648 } <- int4 NOT NULL: drift range 2147483648
    { type: integer } <- bigint NOT NULL: drift range 9223372036854775808
    { type: integer, minimum: -9223372036854775808, maximum: 9223372036854775807 } <- bigint NOT NULL: same  
    { type: number } <- bigint NOT NULL: drift range 9223372036854775808
    { type: string } <- integer NOT NULL: drift type ""
    { type: boolean } <- integer NOT NULL: drift type false
    { type: number, minimum: 0, maximum: 99999999.99, multipleOf: 0.01 } <- numeric(10,2) NOT NULL: same  
    { type: number, minimum: 0, maximum: 100000000, multipleOf: 0.01 } <- numeric(10,2) NOT NULL: drift range 100000000
    { type: number, minimum: 0, maximum: 100, multipleOf: 0.001 } <- numeric(10,2) NOT NULL: drift precision 0.001
    { type: number, minimum: 0, maximum: 100 } <- decimal(10) NOT NULL: drift precision 0.5
    { type: integer, minimum: 0, maximum: 9999999999 } <- decimal(10) NOT NULL: same  
    { type: number } <- numeric NOT NULL: same  
    { type: number } <- double precision NOT NULL: same  
    { type: integer } <- double precision NOT NULL: drift range 9007199254740995
    { type: integer, minimum: 0, maximum: 9007199254740992 } <- float8 NOT NULL: same  
    { type: number } <- real NOT NULL: drift range 16777217
    { type: integer, minimum: 0, maximum: 16777216 } <- float4 NOT NULL: same  
    { type: string } <- text NOT NULL: same  
    { type: string, maxLength: 80 } <- varchar(80) NOT NULL: same  
    { type: string, maxLength: 81 } <- character varying(80) NOT NULL: drift too-short "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa… 83
    { type: string } <- varchar NOT NULL: same  
    { type: string, maxLength: 2 } <- char(2) NOT NULL: same  
    { type: string, maxLength: 2 } <- char NOT NULL: drift too-short "aa"
    { type: boolean } <- boolean NOT NULL: same  
    { type: string, format: uuid } <- uuid NOT NULL: same  
    { type: string, pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' } <- uuid NOT NULL: same  
    { type: string } <- uuid NOT NULL: drift type ""
    { type: string, format: date } <- date NOT NULL: same  
    { type: string, format: date-time } <- date NOT NULL: drift type "0001-01-01T00:00:01Z"
    { type: string, format: time } <- time NOT NULL: same  
    { type: string, format: date-time } <- timestamptz NOT NULL: same  
    { type: string, format: date-time } <- timestamp with time zone NOT NULL: same  
    { type: string, format: date-time } <- timestamptz(0) NOT NULL: drift precision "0001-01-01T00:00:00.1Z"
    { type: string, format: date-time } <- timestamp(3) with time zone NOT NULL: drift precision "0001-01-01T00:00:00.0001Z"
    { type: string, format: date-time } <- timestamp NOT NULL: drift type "0001-01-01T00:00:00-00:01"
    { type: string, format: date-time, pattern: 'Z$' } <- timestamp NOT NULL: same  
    { type: string } <- timestamptz NOT NULL: drift type ""
    { type: string, format: duration } <- interval NOT NULL: same  
    { type: object } <- jsonb NOT NULL: same  
    { type: array } <- json NOT NULL: same  
    { type: object } <- text NOT NULL: drift type {}
    { type: array, items: { type: string } } <- text[] NOT NULL: same  
    { type: array, items: { type: string, maxLength: 9 } } <- varchar(8)[] NOT NULL: drift too-short ["aaaaaaaaa"]
    { type: array, items: { type: string } } <- text NOT NULL: drift type []
    { type: string, contentEncoding: base64 } <- bytea NOT NULL: same  
    { type: string } <- bytea NOT NULL: drift type "a"
    { type: string } <- inet NOT NULL: drift type ""
    { type: string, format: ipv4 } <- inet NOT NULL: same  
    { type: string, format: ipv6 } <- inet NOT NULL: same  
    { type: string } <- cidr NOT NULL: drift type ""
    { const: 10.0.0.0/8 } <- cidr NOT NULL: unknown undecided (whether `x` of the model `m053` and the table have the same values is not known: whether the bits behind the prefix of a `cidr` are zero) 
    { type: string, pattern: '^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$' } <- macaddr NOT NULL: same  
    { type: string, maxLength: 17 } <- macaddr NOT NULL: drift type ""
    { type: string } <- macaddr8 NOT NULL: unknown undecided (whether `x` of the model `m056` and the table have the same values is not known: what the type `macaddr8` holds is not known) 
    { type: integer, minimum: 1, maximum: 100 } <- serial: same  
    { type: integer, minimum: 1, maximum: 10000000000 } <- bigserial: same  
    { type: string, maxLength: 20 } <- citext NOT NULL: same
    "#);
}

const NULLS: &[(&str, &str)] = &[
    ("{ type: string }", "text"),
    ("?{ type: string }", "text"),
    ("?{ type: string }", "text NOT NULL"),
    ("?{ type: string }", "text NOT NULL DEFAULT ''"),
    ("{ type: [string, 'null'] }", "text NOT NULL"),
    ("{ type: [string, 'null'] }", "text NOT NULL DEFAULT ''"),
    ("{ type: [string, 'null'] }", "text"),
    ("?{ type: string }", "text PRIMARY KEY"),
    ("?{ type: integer, minimum: 1, maximum: 9 }", "integer GENERATED BY DEFAULT AS IDENTITY"),
    ("{ type: integer, minimum: 1, maximum: 9 }", "integer GENERATED ALWAYS AS IDENTITY"),
    ("{ type: integer, minimum: 1, maximum: 9 }", "integer GENERATED ALWAYS AS (1 + 1) STORED"),
    ("{ enum: [a, b] }", "text NOT NULL DEFAULT 'c'"),
    ("{ type: integer, minimum: 1, maximum: 9, default: 1 }", "integer NOT NULL DEFAULT 2"),
    ("?{ type: string }", "text NOT NULL, PRIMARY KEY (x)"),
    ("?{ type: string }", "text, y integer, PRIMARY KEY (x, y)"),
    ("{ type: string }", "text CHECK (x IS NOT NULL)"),
    ("?{ type: string }", "text CHECK (x IS NOT NULL)"),
    ("{ type: string }", "text NOT NULL, y integer NOT NULL"),
    ("{ type: string }", "text NOT NULL, y integer NOT NULL DEFAULT 1, z text"),
    ("{ type: string }", "text NOT NULL, y text NOT NULL GENERATED ALWAYS AS (lower(x)) STORED"),
];

#[test]
fn nulls_and_defaults() {
    insta::assert_snapshot!(pairs("postgresql", "", NULLS), @r#"
    { type: string } <- text: same  
    ?{ type: string } <- text: same  
    ?{ type: string } <- text NOT NULL: drift nullable {}
    ?{ type: string } <- text NOT NULL DEFAULT '': same  
    { type: [string, 'null'] } <- text NOT NULL: drift nullable {"x":null}
    { type: [string, 'null'] } <- text NOT NULL DEFAULT '': drift nullable {"x":null}
    { type: [string, 'null'] } <- text: same  
    ?{ type: string } <- text PRIMARY KEY: drift nullable {}
    ?{ type: integer, minimum: 1, maximum: 9 } <- integer GENERATED BY DEFAULT AS IDENTITY: same  
    { type: integer, minimum: 1, maximum: 9 } <- integer GENERATED ALWAYS AS IDENTITY: drift generated 1
    { type: integer, minimum: 1, maximum: 9 } <- integer GENERATED ALWAYS AS (1 + 1) STORED: drift generated 1
    { enum: [a, b] } <- text NOT NULL DEFAULT 'c': same default 
    { type: integer, minimum: 1, maximum: 9, default: 1 } <- integer NOT NULL DEFAULT 2: same default 
    ?{ type: string } <- text NOT NULL, PRIMARY KEY (x): drift nullable {}
    ?{ type: string } <- text, y integer, PRIMARY KEY (x, y): drift nullable extra-column {}
    { type: string } <- text CHECK (x IS NOT NULL): same  
    ?{ type: string } <- text CHECK (x IS NOT NULL): drift nullable {}
    { type: string } <- text NOT NULL, y integer NOT NULL: drift extra-column {"x":""}
    { type: string } <- text NOT NULL, y integer NOT NULL DEFAULT 1, z text: same  
    { type: string } <- text NOT NULL, y text NOT NULL GENERATED ALWAYS AS (lower(x)) STORED: same
    "#);
}

const USER_TYPES: &str = "CREATE TYPE mood AS ENUM ('sad', 'ok');\nCREATE TYPE more AS ENUM ('sad');\nALTER TYPE more ADD VALUE 'ok';\n\
        ALTER TYPE more RENAME VALUE 'sad' TO 'blue';\nCREATE DOMAIN short AS varchar(5) NOT NULL CHECK (VALUE <> '');\n\
        CREATE DOMAIN positive AS integer CONSTRAINT sign CHECK (VALUE > 0);\nALTER DOMAIN positive DROP CONSTRAINT sign;\n";

const CHECKS: &[(&str, &str)] = &[
    ("{ enum: [sad, ok] }", "mood NOT NULL"),
    ("{ enum: [sad, ok, happy] }", "mood NOT NULL"),
    ("{ enum: [blue, ok] }", "more NOT NULL"),
    ("{ enum: [sad] }", "more NOT NULL"),
    ("{ type: string }", "mood NOT NULL"),
    ("{ type: string, minLength: 1, maxLength: 5 }", "short"),
    ("{ type: string, maxLength: 5 }", "short"),
    ("?{ type: string, minLength: 1, maxLength: 5 }", "short"),
    ("{ type: integer, minimum: -1, maximum: 5 }", "positive NOT NULL"),
    ("{ enum: [a, b] }", "text NOT NULL CHECK (x IN ('a', 'b'))"),
    ("{ enum: [a, b, c] }", "text NOT NULL CHECK (x IN ('a', 'b'))"),
    ("{ enum: [a, b, c] }", "text NOT NULL CHECK (x = 'a' OR x = 'b')"),
    (
        "{ enum: [a, b] }",
        "text NOT NULL CHECK (((x)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))",
    ),
    ("{ enum: [a] }", "text NOT NULL CHECK (x NOT IN ('a', 'b'))"),
    ("{ type: [string, 'null'], enum: [a, null] }", "text CHECK (x IN ('a'))"),
    ("{ type: integer, minimum: 0, maximum: 9 }", "integer NOT NULL CHECK (x >= 0)"),
    ("{ type: integer, minimum: 0, maximum: 9 }", "integer NOT NULL CHECK (x > 0)"),
    ("{ type: integer, minimum: 0, maximum: 9 }", "integer NOT NULL CHECK (0 <= x AND x < 10)"),
    ("{ type: integer, minimum: 0, maximum: 10 }", "integer NOT NULL CHECK (x BETWEEN 0 AND 9)"),
    ("{ type: integer, minimum: 0, maximum: 10 }", "integer NOT NULL CHECK (NOT (x > 9))"),
    ("{ type: integer, minimum: 0, maximum: 10, multipleOf: 5 }", "integer NOT NULL CHECK (x % 5 = 0)"),
    ("{ type: integer, minimum: 0, maximum: 10, multipleOf: 2 }", "integer NOT NULL CHECK (x % 5 = 0)"),
    ("{ type: integer, minimum: 0, maximum: 10 }", "integer NOT NULL CHECK (x <> 7)"),
    ("{ type: string, maxLength: 9 }", "text NOT NULL CHECK (char_length(x) <= 8)"),
    ("{ type: string, minLength: 1, maxLength: 8 }", "text NOT NULL CHECK (length(x) BETWEEN 1 AND 8)"),
    ("{ type: string }", "text NOT NULL CHECK (x <> '')"),
    ("{ type: string, minLength: 1 }", "text NOT NULL CHECK (length(trim(x)) > 0)"),
    ("{ type: string, pattern: '^[A-Z]{2}$' }", "text NOT NULL CHECK (x ~ '^[A-Z]{2}$')"),
    ("{ type: string, pattern: '^[A-Z]{2,3}$' }", "text NOT NULL CHECK (x ~ '^[A-Z]{2}$')"),
    ("{ type: string, pattern: '^[A-Z]{2,3}$' }", "text NOT NULL CHECK (x ~ '^[[:upper:]]+$')"),
    ("{ type: string, pattern: '^[A-Z]{2,3}$' }", "text NOT NULL CHECK (x !~ '[a-z]')"),
    ("{ type: string, pattern: '^A' }", "text NOT NULL CHECK (x LIKE 'A%')"),
    ("{ type: string, pattern: '^a' }", "text NOT NULL CHECK (x LIKE 'A%')"),
    ("{ type: string, pattern: '^a' }", "text NOT NULL CHECK (x ILIKE 'A%')"),
    ("{ type: string }", "text NOT NULL CHECK (x ~* 'a')"),
    ("{ type: string, pattern: '^[aA][0-9]$' }", "text NOT NULL CHECK (x ~* '^a[0-9]$')"),
    ("{ type: string, pattern: '^[aAb][0-9]$' }", "text NOT NULL CHECK (x ~* '^a[0-9]$')"),
    ("{ type: string, pattern: '^[a-z]$' }", "text NOT NULL CHECK (x !~* '[x-z]')"),
    ("{ type: string, pattern: '^[a-w]$' }", "text NOT NULL CHECK (x !~* '[X-Z]')"),
    ("{ type: string, pattern: '^a' }", "text NOT NULL CHECK (x ~~ 'a%'::text)"),
    ("{ type: string, pattern: '^A' }", "text NOT NULL CHECK (x ~~* 'a%' AND x !~~ 'B%' AND x !~~* 'c%')"),
    ("{ type: string, pattern: '^(?:aa|b)[0-9]+$' }", "text NOT NULL CHECK (x SIMILAR TO '(aa|b)[0-9]+')"),
    ("{ type: string, pattern: '^a' }", "text NOT NULL CHECK (x SIMILAR TO '(a|b)_')"),
    ("{ type: string, pattern: '^a' }", "text NOT NULL CHECK (x NOT SIMILAR TO 'b%')"),
    ("{ enum: [a, b] }", "text NOT NULL CHECK (x <> ALL (ARRAY['b'::text, 'c'::text]))"),
    ("{ enum: [on, ON, On, oN] }", "text NOT NULL CHECK (lower(x) = 'on')"),
    ("{ enum: [on, off] }", "text NOT NULL CHECK (lower(x) IN ('on', 'yes'))"),
    ("{ type: string, minLength: 1 }", "text NOT NULL CHECK (upper(x) = 'on')"),
    ("{ type: string, minLength: 1 }", "text NOT NULL CHECK (octet_length(x) > 0)"),
    ("{ type: string, maxLength: 4 }", "text NOT NULL CHECK (octet_length(x) <= 8)"),
    ("{ type: string }", "text NOT NULL CHECK (x = lower(x))"),
    ("{ type: string }", "text NOT NULL CHECK (x < 'm')"),
    ("{ type: integer }", "bigint NOT NULL, y bigint NOT NULL DEFAULT 0, CHECK (x < y)"),
    ("{ type: string }", "text NOT NULL CHECK (is_fine(x))"),
    ("{ type: integer }", "smallint NOT NULL CHECK (is_fine(x))"),
    ("{ type: boolean }", "boolean NOT NULL CHECK (x)"),
    ("{ const: false }", "boolean NOT NULL CHECK (x = false)"),
    ("{ type: array }", "jsonb NOT NULL CHECK (jsonb_typeof(x) = 'object')"),
    ("{ type: string, maxLength: 9 }", "text NOT NULL, CHECK (length(x) < 9)"),
    ("{ type: string, maxLength: 9 }", "text NOT NULL, y integer, CHECK (y > 0 OR length(x) < 9)"),
    ("{ type: integer, minimum: 0, maximum: 9 }", "integer NOT NULL CHECK (x >= 0 OR x IS NULL)"),
];

#[test]
fn checks_of_postgresql() {
    insta::assert_snapshot!(pairs("postgresql", USER_TYPES, CHECKS), @r#"
    { enum: [sad, ok] } <- mood NOT NULL: same  
    { enum: [sad, ok, happy] } <- mood NOT NULL: drift enum "happy"
    { enum: [blue, ok] } <- more NOT NULL: same  
    { enum: [sad] } <- more NOT NULL: drift enum "sad"
    { type: string } <- mood NOT NULL: drift enum ""
    { type: string, minLength: 1, maxLength: 5 } <- short: same  
    { type: string, maxLength: 5 } <- short: drift too-long ""
    ?{ type: string, minLength: 1, maxLength: 5 } <- short: drift nullable {}
    { type: integer, minimum: -1, maximum: 5 } <- positive NOT NULL: same  
    { enum: [a, b] } <- text NOT NULL CHECK (x IN ('a', 'b')): same  
    { enum: [a, b, c] } <- text NOT NULL CHECK (x IN ('a', 'b')): drift enum "c"
    { enum: [a, b, c] } <- text NOT NULL CHECK (x = 'a' OR x = 'b'): drift enum "c"
    { enum: [a, b] } <- text NOT NULL CHECK (((x)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))): same  
    { enum: [a] } <- text NOT NULL CHECK (x NOT IN ('a', 'b')): drift enum "a"
    { type: [string, 'null'], enum: [a, null] } <- text CHECK (x IN ('a')): same  
    { type: integer, minimum: 0, maximum: 9 } <- integer NOT NULL CHECK (x >= 0): same  
    { type: integer, minimum: 0, maximum: 9 } <- integer NOT NULL CHECK (x > 0): drift range 0
    { type: integer, minimum: 0, maximum: 9 } <- integer NOT NULL CHECK (0 <= x AND x < 10): same  
    { type: integer, minimum: 0, maximum: 10 } <- integer NOT NULL CHECK (x BETWEEN 0 AND 9): drift range 10
    { type: integer, minimum: 0, maximum: 10 } <- integer NOT NULL CHECK (NOT (x > 9)): drift range 10
    { type: integer, minimum: 0, maximum: 10, multipleOf: 5 } <- integer NOT NULL CHECK (x % 5 = 0): same  
    { type: integer, minimum: 0, maximum: 10, multipleOf: 2 } <- integer NOT NULL CHECK (x % 5 = 0): drift precision 2
    { type: integer, minimum: 0, maximum: 10 } <- integer NOT NULL CHECK (x <> 7): drift enum 7
    { type: string, maxLength: 9 } <- text NOT NULL CHECK (char_length(x) <= 8): drift too-short "aaaaaaaaa"
    { type: string, minLength: 1, maxLength: 8 } <- text NOT NULL CHECK (length(x) BETWEEN 1 AND 8): same  
    { type: string } <- text NOT NULL CHECK (x <> ''): drift too-long ""
    { type: string, minLength: 1 } <- text NOT NULL CHECK (length(trim(x)) > 0): drift pattern " "
    { type: string, pattern: '^[A-Z]{2}$' } <- text NOT NULL CHECK (x ~ '^[A-Z]{2}$'): same  
    { type: string, pattern: '^[A-Z]{2,3}$' } <- text NOT NULL CHECK (x ~ '^[A-Z]{2}$'): drift pattern "AAA"
    { type: string, pattern: '^[A-Z]{2,3}$' } <- text NOT NULL CHECK (x ~ '^[[:upper:]]+$'): same  
    { type: string, pattern: '^[A-Z]{2,3}$' } <- text NOT NULL CHECK (x !~ '[a-z]'): same  
    { type: string, pattern: '^A' } <- text NOT NULL CHECK (x LIKE 'A%'): same  
    { type: string, pattern: '^a' } <- text NOT NULL CHECK (x LIKE 'A%'): drift pattern "a"
    { type: string, pattern: '^a' } <- text NOT NULL CHECK (x ILIKE 'A%'): same  
    { type: string } <- text NOT NULL CHECK (x ~* 'a'): drift pattern ""
    { type: string, pattern: '^[aA][0-9]$' } <- text NOT NULL CHECK (x ~* '^a[0-9]$'): same  
    { type: string, pattern: '^[aAb][0-9]$' } <- text NOT NULL CHECK (x ~* '^a[0-9]$'): drift pattern "b0"
    { type: string, pattern: '^[a-z]$' } <- text NOT NULL CHECK (x !~* '[x-z]'): drift pattern "x"
    { type: string, pattern: '^[a-w]$' } <- text NOT NULL CHECK (x !~* '[X-Z]'): same  
    { type: string, pattern: '^a' } <- text NOT NULL CHECK (x ~~ 'a%'::text): same  
    { type: string, pattern: '^A' } <- text NOT NULL CHECK (x ~~* 'a%' AND x !~~ 'B%' AND x !~~* 'c%'): same  
    { type: string, pattern: '^(?:aa|b)[0-9]+$' } <- text NOT NULL CHECK (x SIMILAR TO '(aa|b)[0-9]+'): same  
    { type: string, pattern: '^a' } <- text NOT NULL CHECK (x SIMILAR TO '(a|b)_'): drift pattern "a"
    { type: string, pattern: '^a' } <- text NOT NULL CHECK (x NOT SIMILAR TO 'b%'): same  
    { enum: [a, b] } <- text NOT NULL CHECK (x <> ALL (ARRAY['b'::text, 'c'::text])): drift enum "b"
    { enum: [on, ON, On, oN] } <- text NOT NULL CHECK (lower(x) = 'on'): same  
    { enum: [on, off] } <- text NOT NULL CHECK (lower(x) IN ('on', 'yes')): drift pattern "off"
    { type: string, minLength: 1 } <- text NOT NULL CHECK (upper(x) = 'on'): drift missing-property "a"
    { type: string, minLength: 1 } <- text NOT NULL CHECK (octet_length(x) > 0): same  
    { type: string, maxLength: 4 } <- text NOT NULL CHECK (octet_length(x) <= 8): unknown undecided (whether `x` of the model `m049` and the table have the same values is not known: the check `octet_length(x) <= 8` is not understood) 
    { type: string } <- text NOT NULL CHECK (x = lower(x)): unknown undecided (whether `x` of the model `m050` and the table have the same values is not known: the check `x = lower(x)` is not understood) 
    { type: string } <- text NOT NULL CHECK (x < 'm'): unknown undecided (whether `x` of the model `m051` and the table have the same values is not known: the check `x < 'm'` is not understood) 
    { type: integer } <- bigint NOT NULL, y bigint NOT NULL DEFAULT 0, CHECK (x < y): drift range 9223372036854775808
    { type: string } <- text NOT NULL CHECK (is_fine(x)): unknown undecided (whether `x` of the model `m053` and the table have the same values is not known: the check `is_fine(x)` is not understood) 
    { type: integer } <- smallint NOT NULL CHECK (is_fine(x)): drift range 32768
    { type: boolean } <- boolean NOT NULL CHECK (x): drift enum false
    { const: false } <- boolean NOT NULL CHECK (x = false): same  
    { type: array } <- jsonb NOT NULL CHECK (jsonb_typeof(x) = 'object'): drift type []
    { type: string, maxLength: 9 } <- text NOT NULL, CHECK (length(x) < 9): drift too-short "aaaaaaaaa"
    { type: string, maxLength: 9 } <- text NOT NULL, y integer, CHECK (y > 0 OR length(x) < 9): same  
    { type: integer, minimum: 0, maximum: 9 } <- integer NOT NULL CHECK (x >= 0 OR x IS NULL): same
    "#);
}

const ALTERATIONS: &[(&str, &str)] = &[
    ("{ type: string, maxLength: 9 }", "varchar(8) NOT NULL; ALTER TABLE % ALTER COLUMN x TYPE varchar(9)"),
    (
        "{ type: string, maxLength: 9 }",
        "text NOT NULL; ALTER TABLE % ALTER COLUMN x SET DATA TYPE varchar(8) USING x::varchar(8)",
    ),
    ("?{ type: string }", "text; ALTER TABLE % ALTER x SET NOT NULL"),
    ("?{ type: string }", "text NOT NULL; ALTER TABLE % ALTER COLUMN x DROP NOT NULL"),
    ("?{ type: string }", "text; ALTER TABLE % ALTER x SET NOT NULL, ALTER x SET DEFAULT ''"),
    ("{ enum: [a, b] }", "text NOT NULL; ALTER TABLE % ADD CONSTRAINT words CHECK (x IN ('a'))"),
    ("{ enum: [a, b] }", "text NOT NULL CONSTRAINT words CHECK (x IN ('a')); ALTER TABLE % DROP CONSTRAINT words"),
    ("{ enum: [a, b] }", "text NOT NULL CHECK (x IN ('a')); ALTER TABLE % DROP CONSTRAINT %_x_check"),
    (
        "{ type: integer, minimum: 0, maximum: 9 }",
        "text; ALTER TABLE % DROP COLUMN x; ALTER TABLE % ADD COLUMN x integer NOT NULL",
    ),
    ("{ type: string }", "text NOT NULL; ALTER TABLE % DROP COLUMN x"),
    ("{ type: string }", "text NOT NULL; ALTER TABLE % RENAME COLUMN x TO y"),
    (
        "{ enum: [a, b] }",
        "text, y text NOT NULL CHECK (y <> 'a'); ALTER TABLE % DROP COLUMN x; ALTER TABLE % RENAME COLUMN y TO x",
    ),
    (
        "{ type: integer, minimum: 0, maximum: 9 }",
        "integer NOT NULL GENERATED ALWAYS AS (1) STORED; ALTER TABLE % ALTER COLUMN x DROP EXPRESSION",
    ),
    ("{ type: string }", "text NOT NULL; ALTER TABLE % RENAME TO old; CREATE TABLE % (x text)"),
    ("{ type: string }", "text NOT NULL; CREATE TABLE other (x text); DROP TABLE %; ALTER TABLE other RENAME TO %"),
    (
        "{ type: string }",
        "text NOT NULL; ALTER TABLE % OWNER TO me; COMMENT ON TABLE % IS 'a; b'; CREATE INDEX i ON % (x)",
    ),
];

#[test]
fn alterations_are_followed_in_order() {
    insta::assert_snapshot!(pairs("postgresql", "", ALTERATIONS), @r#"
    { type: string, maxLength: 9 } <- varchar(8) NOT NULL; ALTER TABLE % ALTER COLUMN x TYPE varchar(9): same  
    { type: string, maxLength: 9 } <- text NOT NULL; ALTER TABLE % ALTER COLUMN x SET DATA TYPE varchar(8) USING x::varchar(8): drift too-short "aaaaaaaaa"
    ?{ type: string } <- text; ALTER TABLE % ALTER x SET NOT NULL: drift nullable {}
    ?{ type: string } <- text NOT NULL; ALTER TABLE % ALTER COLUMN x DROP NOT NULL: same  
    ?{ type: string } <- text; ALTER TABLE % ALTER x SET NOT NULL, ALTER x SET DEFAULT '': same  
    { enum: [a, b] } <- text NOT NULL; ALTER TABLE % ADD CONSTRAINT words CHECK (x IN ('a')): drift enum "b"
    { enum: [a, b] } <- text NOT NULL CONSTRAINT words CHECK (x IN ('a')); ALTER TABLE % DROP CONSTRAINT words: same  
    { enum: [a, b] } <- text NOT NULL CHECK (x IN ('a')); ALTER TABLE % DROP CONSTRAINT %_x_check: same  
    { type: integer, minimum: 0, maximum: 9 } <- text; ALTER TABLE % DROP COLUMN x; ALTER TABLE % ADD COLUMN x integer NOT NULL: same  
    { type: string } <- text NOT NULL; ALTER TABLE % DROP COLUMN x: drift missing-property ""
    { type: string } <- text NOT NULL; ALTER TABLE % RENAME COLUMN x TO y: drift missing-property extra-column ""
    { enum: [a, b] } <- text, y text NOT NULL CHECK (y <> 'a'); ALTER TABLE % DROP COLUMN x; ALTER TABLE % RENAME COLUMN y TO x: drift enum "a"
    { type: integer, minimum: 0, maximum: 9 } <- integer NOT NULL GENERATED ALWAYS AS (1) STORED; ALTER TABLE % ALTER COLUMN x DROP EXPRESSION: same  
    { type: string } <- text NOT NULL; ALTER TABLE % RENAME TO old; CREATE TABLE % (x text): same  
    { type: string } <- text NOT NULL; CREATE TABLE other (x text); DROP TABLE %; ALTER TABLE other RENAME TO %: same  
    { type: string } <- text NOT NULL; ALTER TABLE % OWNER TO me; COMMENT ON TABLE % IS 'a; b'; CREATE INDEX i ON % (x): same
    "#);
}

const SQLITE: &[(&str, &str)] = &[
    ("{ type: string, maxLength: 20 }", "VARCHAR(10) NOT NULL"),
    ("{ type: string }", "TEXT NOT NULL / STRICT"),
    ("{ type: integer }", "TEXT NOT NULL / STRICT"),
    ("{ type: integer }", "INTEGER NOT NULL / STRICT"),
    ("{ type: integer, minimum: 0, maximum: 9 }", "INTEGER NOT NULL / STRICT"),
    ("{ type: number, minimum: 0, maximum: 9 }", "INTEGER NOT NULL / STRICT"),
    ("{ type: number, minimum: 0, maximum: 9 }", "INTEGER NOT NULL"),
    ("{ type: number, minimum: 0, maximum: 9 }", "REAL NOT NULL / STRICT"),
    ("{ type: boolean }", "INTEGER NOT NULL / STRICT"),
    ("{ type: boolean }", "BOOLEAN NOT NULL CHECK (x IN (0, 1))"),
    ("{ type: boolean }", "BOOLEAN NOT NULL CHECK (x = 1)"),
    ("{ type: boolean }", "TEXT NOT NULL"),
    ("{ type: string }", "INTEGER NOT NULL"),
    ("{ type: string, pattern: '^[a-z]+$' }", "INTEGER NOT NULL"),
    ("{ type: string, pattern: '^[a-z]+$' }", "INTEGER NOT NULL / STRICT"),
    ("{ type: string }", "BLOB NOT NULL"),
    ("{ type: string }", "BLOB NOT NULL / STRICT"),
    ("{ type: string }", "ANY NOT NULL / STRICT"),
    ("{ type: [string, integer], minimum: 0, maximum: 5 }", "NOT NULL"),
    ("{ type: object }", "TEXT NOT NULL"),
    ("{ type: object }", "JSON NOT NULL CHECK (json_valid(x))"),
    ("{ type: object }", "INTEGER NOT NULL / STRICT"),
    ("{ type: array }", "TEXT NOT NULL CHECK (length(x) < 100)"),
    ("{ type: integer, minimum: 1, maximum: 9 }", "INTEGER PRIMARY KEY"),
    ("?{ type: integer, minimum: 1, maximum: 9 }", "INTEGER PRIMARY KEY"),
    ("{ type: string }", "INTEGER PRIMARY KEY"),
    ("?{ type: string }", "TEXT PRIMARY KEY"),
    ("?{ type: string }", "TEXT PRIMARY KEY / STRICT"),
    ("?{ type: string }", "TEXT PRIMARY KEY / WITHOUT ROWID"),
    ("{ type: string, format: date-time }", "TEXT NOT NULL"),
    ("{ type: string, format: date }", "DATE NOT NULL"),
    ("{ type: string, pattern: '^[0-9]{4}$' }", "NUMERIC NOT NULL"),
    ("{ type: string, pattern: '^[A-Z]{2}-[0-9]$' }", "TEXT NOT NULL CHECK (x GLOB '[A-Z][A-Z]-[0-9]')"),
    ("{ type: string, pattern: '^[A-Z]{2}-[0-9]{2}$' }", "TEXT NOT NULL CHECK (x GLOB '[A-Z][A-Z]-[0-9]')"),
    ("{ type: string, pattern: '^[0-9]{2}$' }", "TEXT NOT NULL CHECK (x NOT GLOB '*[^0-9]*')"),
    ("{ type: string, pattern: '^[0-9a-f]{2}$' }", "TEXT NOT NULL CHECK (x NOT GLOB '*[^0-9]*' AND length(x) = 2)"),
    ("{ type: string, pattern: '^a' }", "TEXT NOT NULL CHECK (x LIKE 'A%')"),
    ("{ type: integer, minimum: 0, maximum: 9 }", "INTEGER NOT NULL CHECK (typeof(x) = 'integer' AND x >= 0)"),
    ("{ type: number, minimum: 0, maximum: 9 }", "NUMERIC NOT NULL CHECK (typeof(x) = 'integer')"),
    ("{ type: string, maxLength: 200 }", "TEXT NOT NULL CHECK (length(x) BETWEEN 1 AND 80) / STRICT"),
    ("{ type: integer, minimum: 0, maximum: 9 }", "INTEGER NOT NULL; ALTER TABLE % ADD COLUMN y TEXT"),
    ("{ type: integer, minimum: 0, maximum: 9 }", "INTEGER GENERATED ALWAYS AS (1) VIRTUAL"),
    ("{ type: integer, minimum: 0, maximum: 9 }", "INTEGER AS (1) STORED"),
];

#[test]
fn types_of_sqlite() {
    insta::assert_snapshot!(pairs("sqlite", "", SQLITE), @r#"
    { type: string, maxLength: 20 } <- VARCHAR(10) NOT NULL: same  
    { type: string } <- TEXT NOT NULL / STRICT: same  
    { type: integer } <- TEXT NOT NULL / STRICT: drift type 0
    { type: integer } <- INTEGER NOT NULL / STRICT: drift range 9223372036854775808
    { type: integer, minimum: 0, maximum: 9 } <- INTEGER NOT NULL / STRICT: same  
    { type: number, minimum: 0, maximum: 9 } <- INTEGER NOT NULL / STRICT: drift precision 0.5
    { type: number, minimum: 0, maximum: 9 } <- INTEGER NOT NULL: same  
    { type: number, minimum: 0, maximum: 9 } <- REAL NOT NULL / STRICT: same  
    { type: boolean } <- INTEGER NOT NULL / STRICT: same  
    { type: boolean } <- BOOLEAN NOT NULL CHECK (x IN (0, 1)): same  
    { type: boolean } <- BOOLEAN NOT NULL CHECK (x = 1): drift enum false
    { type: boolean } <- TEXT NOT NULL: drift type false
    { type: string } <- INTEGER NOT NULL: drift type "0"
    { type: string, pattern: '^[a-z]+$' } <- INTEGER NOT NULL: same  
    { type: string, pattern: '^[a-z]+$' } <- INTEGER NOT NULL / STRICT: drift type "a"
    { type: string } <- BLOB NOT NULL: same  
    { type: string } <- BLOB NOT NULL / STRICT: drift type ""
    { type: string } <- ANY NOT NULL / STRICT: same  
    { type: [string, integer], minimum: 0, maximum: 5 } <- NOT NULL: same  
    { type: object } <- TEXT NOT NULL: same  
    { type: object } <- JSON NOT NULL CHECK (json_valid(x)): same  
    { type: object } <- INTEGER NOT NULL / STRICT: drift type {}
    { type: array } <- TEXT NOT NULL CHECK (length(x) < 100): unknown undecided (whether `x` of the model `m022` and the table have the same values is not known: the check `length(x) < 100` is not understood) 
    { type: integer, minimum: 1, maximum: 9 } <- INTEGER PRIMARY KEY: same  
    ?{ type: integer, minimum: 1, maximum: 9 } <- INTEGER PRIMARY KEY: same  
    { type: string } <- INTEGER PRIMARY KEY: drift type ""
    ?{ type: string } <- TEXT PRIMARY KEY: same  
    ?{ type: string } <- TEXT PRIMARY KEY / STRICT: drift nullable {}
    ?{ type: string } <- TEXT PRIMARY KEY / WITHOUT ROWID: drift nullable {}
    { type: string, format: date-time } <- TEXT NOT NULL: same  
    { type: string, format: date } <- DATE NOT NULL: same  
    { type: string, pattern: '^[0-9]{4}$' } <- NUMERIC NOT NULL: drift type "0000"
    { type: string, pattern: '^[A-Z]{2}-[0-9]$' } <- TEXT NOT NULL CHECK (x GLOB '[A-Z][A-Z]-[0-9]'): same  
    { type: string, pattern: '^[A-Z]{2}-[0-9]{2}$' } <- TEXT NOT NULL CHECK (x GLOB '[A-Z][A-Z]-[0-9]'): drift pattern "AA-00"
    { type: string, pattern: '^[0-9]{2}$' } <- TEXT NOT NULL CHECK (x NOT GLOB '*[^0-9]*'): same  
    { type: string, pattern: '^[0-9a-f]{2}$' } <- TEXT NOT NULL CHECK (x NOT GLOB '*[^0-9]*' AND length(x) = 2): drift pattern "aa"
    { type: string, pattern: '^a' } <- TEXT NOT NULL CHECK (x LIKE 'A%'): same  
    { type: integer, minimum: 0, maximum: 9 } <- INTEGER NOT NULL CHECK (typeof(x) = 'integer' AND x >= 0): same  
    { type: number, minimum: 0, maximum: 9 } <- NUMERIC NOT NULL CHECK (typeof(x) = 'integer'): drift type 0.5
    { type: string, maxLength: 200 } <- TEXT NOT NULL CHECK (length(x) BETWEEN 1 AND 80) / STRICT: drift too-long ""
    { type: integer, minimum: 0, maximum: 9 } <- INTEGER NOT NULL; ALTER TABLE % ADD COLUMN y TEXT: same  
    { type: integer, minimum: 0, maximum: 9 } <- INTEGER GENERATED ALWAYS AS (1) VIRTUAL: drift generated 0
    { type: integer, minimum: 0, maximum: 9 } <- INTEGER AS (1) STORED: drift generated 0
    "#);
}

/// What `--write` makes of each column that differs. A second run finds no drift, and a dry run changes nothing.
fn rewritten(dialect: &str, before: &str, rows: &[(&str, &str)], is: &str) -> String {
    let mut lines = String::new();
    for (property, column) in rows {
        let (schema, required) = match property.strip_prefix('?') {
            Some(property) => (property, ""),
            None => (*property, "required: [x]\n"),
        };
        let (start, after) = column.split_once("; ").unwrap_or((column, ""));
        let (start, options) = start.split_once(" / ").unwrap_or((start, ""));
        let sql =
            format!("{before}CREATE TABLE t (\n    x {start}  -- it\n) {options};\n{}\n", after.replace('%', "t"));
        let manifest = format!(
            "contracts: {{ models: {{ M: {{ schema: m.yaml, projections: [{{ table: {{ at: 'a.sql#t', dialect: {dialect}, is: {is} }} }}] }} }} }}\n"
        );
        let folder = project(&[
            ("linkspan.yaml".to_owned(), manifest),
            ("m.yaml".to_owned(), format!("type: object\n{required}properties:\n  x: {schema}\n")),
            ("a.sql".to_owned(), sql.clone()),
        ]);
        let context = Context::quiet("events drift", folder.path());
        let verdict =
            |report: &Report| report.result["models"][0]["projections"][0]["verdict"].as_str().unwrap().to_owned();
        if verdict(&drift(&folder).unwrap()) != "drift" {
            continue;
        }
        let dry = run(args(true, true), &context);
        assert_eq!(std::fs::read_to_string(folder.path().join("a.sql")).unwrap(), sql);
        let result = run(args(true, false), &context);
        let text = std::fs::read_to_string(folder.path().join("a.sql")).unwrap();
        let line = match result {
            Ok(_) => {
                assert_ne!(verdict(&drift(&folder).unwrap()), "drift", "{text}");
                let diff = dry.unwrap().result["diff"].as_str().unwrap().to_owned();
                let changed = diff.lines().filter(|line| {
                    line.starts_with(['+', '-']) && !line.starts_with("---") && !line.starts_with("+++")
                });
                changed.map(|line| format!("{} {}", &line[..1], line[1..].trim())).collect::<Vec<_>>().join(" ")
            }
            Err(failure) => {
                assert_eq!((failure.exit, text), (Exit::Refused, sql));
                failure.finding.message.split_once("not changed: ").unwrap().1.to_owned()
            }
        };
        lines.push_str(&format!("{property}: {line}\n"));
    }
    lines
}

#[test]
fn columns_of_postgresql_are_made_to_take_their_models() {
    insta::assert_snapshot!(rewritten("postgresql", "", TYPES, "superset"), @"
    { type: integer, minimum: 0, maximum: 32768 }: - x smallint NOT NULL  -- it + x integer NOT NULL  -- it
    { type: integer, minimum: 0, maximum: 2147483648 }: - x int4 NOT NULL  -- it + x bigint NOT NULL  -- it
    { type: integer }: - x bigint NOT NULL  -- it + x numeric NOT NULL  -- it
    { type: number }: - x bigint NOT NULL  -- it + x numeric NOT NULL  -- it
    { type: string }: - x integer NOT NULL  -- it + x text NOT NULL  -- it
    { type: boolean }: - x integer NOT NULL  -- it + x boolean NOT NULL  -- it
    { type: number, minimum: 0, maximum: 100000000, multipleOf: 0.01 }: - x numeric(10,2) NOT NULL  -- it + x numeric(11, 2) NOT NULL  -- it
    { type: number, minimum: 0, maximum: 100, multipleOf: 0.001 }: - x numeric(10,2) NOT NULL  -- it + x numeric(6, 3) NOT NULL  -- it
    { type: number, minimum: 0, maximum: 100 }: - x decimal(10) NOT NULL  -- it + x numeric NOT NULL  -- it
    { type: integer }: - x double precision NOT NULL  -- it + x numeric NOT NULL  -- it
    { type: number }: - x real NOT NULL  -- it + x numeric NOT NULL  -- it
    { type: string, maxLength: 81 }: - x character varying(80) NOT NULL  -- it + x varchar(81) NOT NULL  -- it
    { type: string, maxLength: 2 }: - x char NOT NULL  -- it + x varchar(2) NOT NULL  -- it
    { type: string }: - x uuid NOT NULL  -- it + x text NOT NULL  -- it
    { type: string, format: date-time }: - x date NOT NULL  -- it + x timestamptz NOT NULL  -- it
    { type: string, format: date-time }: - x timestamptz(0) NOT NULL  -- it + x timestamptz NOT NULL  -- it
    { type: string, format: date-time }: - x timestamp(3) with time zone NOT NULL  -- it + x timestamptz NOT NULL  -- it
    { type: string, format: date-time }: - x timestamp NOT NULL  -- it + x timestamptz NOT NULL  -- it
    { type: string }: - x timestamptz NOT NULL  -- it + x text NOT NULL  -- it
    { type: object }: - x text NOT NULL  -- it + x jsonb NOT NULL  -- it
    { type: array, items: { type: string, maxLength: 9 } }: - x varchar(8)[] NOT NULL  -- it + x varchar(9)[] NOT NULL  -- it
    { type: array, items: { type: string } }: - x text NOT NULL  -- it + x text[] NOT NULL  -- it
    { type: string }: - x bytea NOT NULL  -- it + x text NOT NULL  -- it
    { type: string }: - x inet NOT NULL  -- it + x text NOT NULL  -- it
    { type: string }: - x cidr NOT NULL  -- it + x text NOT NULL  -- it
    { type: string, maxLength: 17 }: - x macaddr NOT NULL  -- it + x varchar(17) NOT NULL  -- it
    ");
    insta::assert_snapshot!(rewritten("postgresql", "", NULLS, "superset"), @"
    ?{ type: string }: - x text NOT NULL  -- it + x text  -- it
    { type: [string, 'null'] }: - x text NOT NULL  -- it + x text  -- it
    { type: [string, 'null'] }: - x text NOT NULL DEFAULT ''  -- it + x text DEFAULT ''  -- it
    ?{ type: string }: the column `x` is part of a key, which is never NULL
    { type: integer, minimum: 1, maximum: 9 }: a column that the database makes is not changed
    { type: integer, minimum: 1, maximum: 9 }: a column that the database makes is not changed
    ?{ type: string }: the column `x` is part of a key, which is never NULL
    ?{ type: string }: the column `x` is part of a key, which is never NULL
    ?{ type: string }: what would have to be demanded of the column `x` cannot be said
    { type: string }: - x text NOT NULL, y integer NOT NULL  -- it + x text NOT NULL, y integer  -- it
    ");
    insta::assert_snapshot!(rewritten("postgresql", USER_TYPES, CHECKS, "superset"), @"
    { enum: [sad, ok, happy] }: - CREATE TYPE mood AS ENUM ('sad', 'ok'); + CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
    { enum: [sad] }: +  + ALTER TYPE more ADD VALUE 'sad';
    { type: string }: the type `mood` is not changed, because others may use it
    { type: string, maxLength: 5 }: the type `short` is not changed, because others may use it
    ?{ type: string, minLength: 1, maxLength: 5 }: what would have to be demanded of the column `x` cannot be said
    { enum: [a, b, c] }: - x text NOT NULL CHECK (x IN ('a', 'b'))  -- it + x text NOT NULL CHECK (x IN ('a', 'b', 'c'))  -- it
    { enum: [a, b, c] }: - x text NOT NULL CHECK (x = 'a' OR x = 'b')  -- it + x text NOT NULL CHECK (x IN ('a', 'b', 'c'))  -- it
    { enum: [a] }: - x text NOT NULL CHECK (x NOT IN ('a', 'b'))  -- it + x text NOT NULL CHECK (x IN ('a'))  -- it
    { type: integer, minimum: 0, maximum: 9 }: - x integer NOT NULL CHECK (x > 0)  -- it + x integer NOT NULL CHECK (x BETWEEN 0 AND 9)  -- it
    { type: integer, minimum: 0, maximum: 10 }: - x integer NOT NULL CHECK (x BETWEEN 0 AND 9)  -- it + x integer NOT NULL CHECK (x BETWEEN 0 AND 10)  -- it
    { type: integer, minimum: 0, maximum: 10 }: - x integer NOT NULL CHECK (NOT (x > 9))  -- it + x integer NOT NULL CHECK (x BETWEEN 0 AND 10)  -- it
    { type: integer, minimum: 0, maximum: 10, multipleOf: 2 }: - x integer NOT NULL CHECK (x % 5 = 0)  -- it + x integer NOT NULL CHECK (x BETWEEN 0 AND 10)  -- it
    { type: integer, minimum: 0, maximum: 10 }: - x integer NOT NULL CHECK (x <> 7)  -- it + x integer NOT NULL CHECK (x BETWEEN 0 AND 10)  -- it
    { type: string, maxLength: 9 }: - x text NOT NULL CHECK (char_length(x) <= 8)  -- it + x text NOT NULL CHECK (char_length(x) <= 9)  -- it
    { type: string }: - x text NOT NULL CHECK (x <> '')  -- it + x text NOT NULL  -- it
    { type: string, minLength: 1 }: - x text NOT NULL CHECK (length(trim(x)) > 0)  -- it + x text NOT NULL CHECK (char_length(x) >= 1)  -- it
    { type: string, pattern: '^[A-Z]{2,3}$' }: - x text NOT NULL CHECK (x ~ '^[A-Z]{2}$')  -- it + x text NOT NULL CHECK (x ~ '^[A-Z]{2,3}$')  -- it
    { type: string, pattern: '^a' }: - x text NOT NULL CHECK (x LIKE 'A%')  -- it + x text NOT NULL CHECK (x ~ '^a')  -- it
    { type: string }: - x text NOT NULL CHECK (x ~* 'a')  -- it + x text NOT NULL  -- it
    { type: string, pattern: '^[aAb][0-9]$' }: - x text NOT NULL CHECK (x ~* '^a[0-9]$')  -- it + x text NOT NULL CHECK (x ~ '^[aAb][0-9]$')  -- it
    { type: string, pattern: '^[a-z]$' }: - x text NOT NULL CHECK (x !~* '[x-z]')  -- it + x text NOT NULL CHECK (x ~ '^[a-z]$')  -- it
    { type: string, pattern: '^a' }: - x text NOT NULL CHECK (x SIMILAR TO '(a|b)_')  -- it + x text NOT NULL CHECK (x ~ '^a')  -- it
    { enum: [a, b] }: - x text NOT NULL CHECK (x <> ALL (ARRAY['b'::text, 'c'::text]))  -- it + x text NOT NULL CHECK (x IN ('a', 'b'))  -- it
    { enum: [on, off] }: - x text NOT NULL CHECK (lower(x) IN ('on', 'yes'))  -- it + x text NOT NULL CHECK (x IN ('on', 'off'))  -- it
    { type: string, minLength: 1 }: - x text NOT NULL CHECK (upper(x) = 'on')  -- it + x text NOT NULL CHECK (char_length(x) >= 1)  -- it
    { type: integer }: - x bigint NOT NULL, y bigint NOT NULL DEFAULT 0, CHECK (x < y)  -- it + x numeric NOT NULL, y bigint NOT NULL DEFAULT 0, CHECK (x < y)  -- it
    { type: integer }: - x smallint NOT NULL CHECK (is_fine(x))  -- it + x numeric NOT NULL CHECK (is_fine(x))  -- it
    { type: boolean }: - x boolean NOT NULL CHECK (x)  -- it + x boolean NOT NULL  -- it
    { type: array }: - x jsonb NOT NULL CHECK (jsonb_typeof(x) = 'object')  -- it + x jsonb NOT NULL  -- it
    { type: string, maxLength: 9 }: - x text NOT NULL, CHECK (length(x) < 9)  -- it + x text NOT NULL, CHECK (char_length(x) <= 9)  -- it
    ");
    insta::assert_snapshot!(rewritten("postgresql", "", ALTERATIONS, "superset"), @"
    { type: string, maxLength: 9 }: - ALTER TABLE t ALTER COLUMN x SET DATA TYPE varchar(8) USING x::varchar(8) + ALTER TABLE t ALTER COLUMN x SET DATA TYPE varchar(8) USING x::varchar(8); +  + ALTER TABLE t ALTER COLUMN x TYPE varchar(9);
    ?{ type: string }: - ALTER TABLE t ALTER x SET NOT NULL + ALTER TABLE t ALTER x SET NOT NULL; +  + ALTER TABLE t ALTER COLUMN x DROP NOT NULL;
    { enum: [a, b] }: - ALTER TABLE t ADD CONSTRAINT words CHECK (x IN ('a')) + ALTER TABLE t ADD CONSTRAINT words CHECK (x IN ('a', 'b'))
    { type: string }: - ALTER TABLE t DROP COLUMN x + ALTER TABLE t DROP COLUMN x; +  + ALTER TABLE t ADD COLUMN x text NOT NULL;
    { type: string }: - ALTER TABLE t RENAME COLUMN x TO y + ALTER TABLE t RENAME COLUMN x TO y; +  + ALTER TABLE t ADD COLUMN x text NOT NULL; + ALTER TABLE t ALTER COLUMN y DROP NOT NULL;
    { enum: [a, b] }: - ALTER TABLE t DROP COLUMN x; ALTER TABLE t RENAME COLUMN y TO x + ALTER TABLE t DROP COLUMN x; ALTER TABLE t RENAME COLUMN y TO x; +  + ALTER TABLE t DROP CONSTRAINT t_y_check; + ALTER TABLE t ADD CHECK (x IN ('a', 'b'));
    ");
}

#[test]
fn columns_of_sqlite_are_made_to_take_their_models() {
    insta::assert_snapshot!(rewritten("sqlite", "", SQLITE, "superset"), @"
    { type: integer }: there is nothing left to change
    { type: integer }: there is nothing left to change
    { type: number, minimum: 0, maximum: 9 }: - x INTEGER NOT NULL  -- it + x REAL NOT NULL  -- it
    { type: boolean }: - x BOOLEAN NOT NULL CHECK (x = 1)  -- it + x BOOLEAN NOT NULL CHECK (x IN (0, 1))  -- it
    { type: boolean }: - x TEXT NOT NULL  -- it + x INTEGER NOT NULL  -- it
    { type: string }: - x INTEGER NOT NULL  -- it + x TEXT NOT NULL  -- it
    { type: string, pattern: '^[a-z]+$' }: - x INTEGER NOT NULL  -- it + x TEXT NOT NULL  -- it
    { type: string }: - x BLOB NOT NULL  -- it + x TEXT NOT NULL  -- it
    { type: object }: - x INTEGER NOT NULL  -- it + x TEXT NOT NULL  -- it
    { type: string }: - x INTEGER PRIMARY KEY  -- it + x TEXT PRIMARY KEY  -- it
    ?{ type: string }: the column `x` is part of a key, which is never NULL
    ?{ type: string }: the column `x` is part of a key, which is never NULL
    { type: string, pattern: '^[0-9]{4}$' }: - x NUMERIC NOT NULL  -- it + x TEXT NOT NULL  -- it
    { type: string, pattern: '^[A-Z]{2}-[0-9]{2}$' }: - x TEXT NOT NULL CHECK (x GLOB '[A-Z][A-Z]-[0-9]')  -- it + x TEXT NOT NULL  -- it
    { type: string, pattern: '^[0-9a-f]{2}$' }: - x TEXT NOT NULL CHECK (x NOT GLOB '*[^0-9]*' AND length(x) = 2)  -- it + x TEXT NOT NULL  -- it
    { type: number, minimum: 0, maximum: 9 }: - x NUMERIC NOT NULL CHECK (typeof(x) = 'integer')  -- it + x NUMERIC NOT NULL CHECK (x BETWEEN 0 AND 9)  -- it
    { type: string, maxLength: 200 }: - x TEXT NOT NULL CHECK (length(x) BETWEEN 1 AND 80)  -- it + x TEXT NOT NULL CHECK (length(x) <= 200)  -- it
    { type: integer, minimum: 0, maximum: 9 }: a column that the database makes is not changed
    { type: integer, minimum: 0, maximum: 9 }: a column that the database makes is not changed
    ");
}

#[test]
fn columns_are_made_equal_to_their_models() {
    insta::assert_snapshot!(rewritten("postgresql", USER_TYPES, CHECKS, "equal"), @"
    { enum: [sad, ok, happy] }: - CREATE TYPE mood AS ENUM ('sad', 'ok'); + CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
    { enum: [sad] }: it would have to be changed in two ways at once
    { type: string }: the type `mood` is not changed, because others may use it
    { type: string, maxLength: 5 }: the type `short` is not changed, because others may use it
    ?{ type: string, minLength: 1, maxLength: 5 }: what would have to be demanded of the column `x` cannot be said
    { type: integer, minimum: -1, maximum: 5 }: - x positive NOT NULL  -- it + x positive NOT NULL CHECK (x BETWEEN -1 AND 5)  -- it
    { enum: [a, b, c] }: - x text NOT NULL CHECK (x IN ('a', 'b'))  -- it + x text NOT NULL CHECK (x IN ('a', 'b', 'c'))  -- it
    { enum: [a, b, c] }: - x text NOT NULL CHECK (x = 'a' OR x = 'b')  -- it + x text NOT NULL CHECK (x IN ('a', 'b', 'c'))  -- it
    { enum: [a] }: - x text NOT NULL CHECK (x NOT IN ('a', 'b'))  -- it + x text NOT NULL CHECK (x IN ('a'))  -- it
    { type: integer, minimum: 0, maximum: 9 }: - x integer NOT NULL CHECK (x >= 0)  -- it + x integer NOT NULL CHECK (x >= 0) CHECK (x BETWEEN 0 AND 9)  -- it
    { type: integer, minimum: 0, maximum: 9 }: - x integer NOT NULL CHECK (x > 0)  -- it + x integer NOT NULL CHECK (x BETWEEN 0 AND 9)  -- it
    { type: integer, minimum: 0, maximum: 10 }: - x integer NOT NULL CHECK (x BETWEEN 0 AND 9)  -- it + x integer NOT NULL CHECK (x BETWEEN 0 AND 10)  -- it
    { type: integer, minimum: 0, maximum: 10 }: - x integer NOT NULL CHECK (NOT (x > 9))  -- it + x integer NOT NULL CHECK (x BETWEEN 0 AND 10)  -- it
    { type: integer, minimum: 0, maximum: 10, multipleOf: 5 }: - x integer NOT NULL CHECK (x % 5 = 0)  -- it + x integer NOT NULL CHECK (x % 5 = 0) CHECK (x BETWEEN 0 AND 10)  -- it
    { type: integer, minimum: 0, maximum: 10, multipleOf: 2 }: the changes do not lead to an end
    { type: integer, minimum: 0, maximum: 10 }: - x integer NOT NULL CHECK (x <> 7)  -- it + x integer NOT NULL CHECK (x BETWEEN 0 AND 10)  -- it
    { type: string, maxLength: 9 }: - x text NOT NULL CHECK (char_length(x) <= 8)  -- it + x text NOT NULL CHECK (char_length(x) <= 9)  -- it
    { type: string }: - x text NOT NULL CHECK (x <> '')  -- it + x text NOT NULL  -- it
    { type: string, minLength: 1 }: - x text NOT NULL CHECK (length(trim(x)) > 0)  -- it + x text NOT NULL CHECK (char_length(x) >= 1)  -- it
    { type: string, pattern: '^[A-Z]{2,3}$' }: - x text NOT NULL CHECK (x ~ '^[A-Z]{2}$')  -- it + x text NOT NULL CHECK (x ~ '^[A-Z]{2,3}$')  -- it
    { type: string, pattern: '^[A-Z]{2,3}$' }: - x text NOT NULL CHECK (x ~ '^[[:upper:]]+$')  -- it + x text NOT NULL CHECK (x ~ '^[[:upper:]]+$') CHECK (x ~ '^[A-Z]{2,3}$')  -- it
    { type: string, pattern: '^[A-Z]{2,3}$' }: - x text NOT NULL CHECK (x !~ '[a-z]')  -- it + x text NOT NULL CHECK (x !~ '[a-z]') CHECK (x ~ '^[A-Z]{2,3}$')  -- it
    { type: string, pattern: '^a' }: - x text NOT NULL CHECK (x LIKE 'A%')  -- it + x text NOT NULL CHECK (x ~ '^a')  -- it
    { type: string, pattern: '^a' }: - x text NOT NULL CHECK (x ILIKE 'A%')  -- it + x text NOT NULL CHECK (x ILIKE 'A%') CHECK (x ~ '^a')  -- it
    { type: string }: - x text NOT NULL CHECK (x ~* 'a')  -- it + x text NOT NULL  -- it
    { type: string, pattern: '^[aAb][0-9]$' }: - x text NOT NULL CHECK (x ~* '^a[0-9]$')  -- it + x text NOT NULL CHECK (x ~ '^[aAb][0-9]$')  -- it
    { type: string, pattern: '^[a-z]$' }: - x text NOT NULL CHECK (x !~* '[x-z]')  -- it + x text NOT NULL CHECK (x ~ '^[a-z]$')  -- it
    { type: string, pattern: '^[a-w]$' }: - x text NOT NULL CHECK (x !~* '[X-Z]')  -- it + x text NOT NULL CHECK (x !~* '[X-Z]') CHECK (x ~ '^[a-w]$')  -- it
    { type: string, pattern: '^A' }: - x text NOT NULL CHECK (x ~~* 'a%' AND x !~~ 'B%' AND x !~~* 'c%')  -- it + x text NOT NULL CHECK (x ~~* 'a%' AND x !~~ 'B%' AND x !~~* 'c%') CHECK (x ~ '^A')  -- it
    { type: string, pattern: '^a' }: - x text NOT NULL CHECK (x SIMILAR TO '(a|b)_')  -- it + x text NOT NULL CHECK (x ~ '^a')  -- it
    { type: string, pattern: '^a' }: - x text NOT NULL CHECK (x NOT SIMILAR TO 'b%')  -- it + x text NOT NULL CHECK (x NOT SIMILAR TO 'b%') CHECK (x ~ '^a')  -- it
    { enum: [a, b] }: - x text NOT NULL CHECK (x <> ALL (ARRAY['b'::text, 'c'::text]))  -- it + x text NOT NULL CHECK (x IN ('a', 'b'))  -- it
    { enum: [on, off] }: - x text NOT NULL CHECK (lower(x) IN ('on', 'yes'))  -- it + x text NOT NULL CHECK (x IN ('on', 'off'))  -- it
    { type: string, minLength: 1 }: - x text NOT NULL CHECK (upper(x) = 'on')  -- it + x text NOT NULL CHECK (char_length(x) >= 1)  -- it
    { type: string, maxLength: 4 }: a condition on several columns at once is not changed
    { type: integer }: the column `y` would have to go, and what is in it would be lost
    { type: integer }: a condition on several columns at once is not changed
    { type: boolean }: - x boolean NOT NULL CHECK (x)  -- it + x boolean NOT NULL  -- it
    { type: array }: what would have to be demanded of the column `x` cannot be said
    { type: string, maxLength: 9 }: - x text NOT NULL, CHECK (length(x) < 9)  -- it + x text NOT NULL, CHECK (char_length(x) <= 9)  -- it
    { type: string, maxLength: 9 }: the column `y` would have to go, and what is in it would be lost
    { type: integer, minimum: 0, maximum: 9 }: - x integer NOT NULL CHECK (x >= 0 OR x IS NULL)  -- it + x integer NOT NULL CHECK (x >= 0 OR x IS NULL) CHECK (x BETWEEN 0 AND 9)  -- it
    ");
    insta::assert_snapshot!(rewritten("sqlite", "", SQLITE, "equal"), @"
    { type: string, maxLength: 20 }: - x VARCHAR(10) NOT NULL  -- it + x VARCHAR(10) NOT NULL CHECK (length(x) <= 20)  -- it
    { type: integer }: there is nothing left to change
    { type: integer }: there is nothing left to change
    { type: integer, minimum: 0, maximum: 9 }: - x INTEGER NOT NULL  -- it + x INTEGER NOT NULL CHECK (x BETWEEN 0 AND 9)  -- it
    { type: number, minimum: 0, maximum: 9 }: - x INTEGER NOT NULL  -- it + x REAL NOT NULL CHECK (x BETWEEN 0 AND 9)  -- it
    { type: number, minimum: 0, maximum: 9 }: - x INTEGER NOT NULL  -- it + x INTEGER NOT NULL CHECK (x BETWEEN 0 AND 9)  -- it
    { type: number, minimum: 0, maximum: 9 }: - x REAL NOT NULL  -- it + x REAL NOT NULL CHECK (x BETWEEN 0 AND 9)  -- it
    { type: boolean }: - x BOOLEAN NOT NULL CHECK (x = 1)  -- it + x BOOLEAN NOT NULL CHECK (x IN (0, 1))  -- it
    { type: boolean }: - x TEXT NOT NULL  -- it + x INTEGER NOT NULL CHECK (x IN (0, 1))  -- it
    { type: string }: - x INTEGER NOT NULL  -- it + x TEXT NOT NULL  -- it
    { type: string, pattern: '^[a-z]+$' }: what would have to be demanded of the column `x` cannot be said
    { type: string, pattern: '^[a-z]+$' }: what would have to be demanded of the column `x` cannot be said
    { type: string }: what would have to be demanded of the column `x` cannot be said
    { type: string }: - x BLOB NOT NULL  -- it + x TEXT NOT NULL  -- it
    { type: string }: what would have to be demanded of the column `x` cannot be said
    { type: [string, integer], minimum: 0, maximum: 5 }: there is nothing left to change
    { type: object }: - x INTEGER NOT NULL  -- it + x TEXT NOT NULL  -- it
    { type: integer, minimum: 1, maximum: 9 }: - x INTEGER PRIMARY KEY  -- it + x INTEGER NOT NULL PRIMARY KEY CHECK (x BETWEEN 1 AND 9)  -- it
    ?{ type: integer, minimum: 1, maximum: 9 }: - x INTEGER PRIMARY KEY  -- it + x INTEGER PRIMARY KEY CHECK (x BETWEEN 1 AND 9)  -- it
    { type: string }: - x INTEGER PRIMARY KEY  -- it + x TEXT NOT NULL PRIMARY KEY  -- it
    ?{ type: string }: the column `x` is part of a key, which is never NULL
    ?{ type: string }: the column `x` is part of a key, which is never NULL
    { type: string, format: date-time }: what would have to be demanded of the column `x` cannot be said
    { type: string, format: date }: what would have to be demanded of the column `x` cannot be said
    { type: string, pattern: '^[0-9]{4}$' }: what would have to be demanded of the column `x` cannot be said
    { type: string, pattern: '^[A-Z]{2}-[0-9]{2}$' }: what would have to be demanded of the column `x` cannot be said
    { type: string, pattern: '^[0-9]{2}$' }: what would have to be demanded of the column `x` cannot be said
    { type: string, pattern: '^[0-9a-f]{2}$' }: what would have to be demanded of the column `x` cannot be said
    { type: string, pattern: '^a' }: what would have to be demanded of the column `x` cannot be said
    { type: integer, minimum: 0, maximum: 9 }: - x INTEGER NOT NULL CHECK (typeof(x) = 'integer' AND x >= 0)  -- it + x INTEGER NOT NULL CHECK (typeof(x) = 'integer' AND x >= 0) CHECK (x BETWEEN 0 AND 9)  -- it
    { type: number, minimum: 0, maximum: 9 }: - x NUMERIC NOT NULL CHECK (typeof(x) = 'integer')  -- it + x NUMERIC NOT NULL CHECK (x BETWEEN 0 AND 9)  -- it
    { type: string, maxLength: 200 }: - x TEXT NOT NULL CHECK (length(x) BETWEEN 1 AND 80)  -- it + x TEXT NOT NULL CHECK (length(x) <= 200)  -- it
    { type: integer, minimum: 0, maximum: 9 }: the column `y` would have to go, and what is in it would be lost
    { type: integer, minimum: 0, maximum: 9 }: a column that the database makes is not changed
    { type: integer, minimum: 0, maximum: 9 }: a column that the database makes is not changed
    ");
}

/// Inserts values into tables of a real SQLite, and tells which come back as they were.
const JUDGE: &str = r#"
import json, sqlite3, sys
def stored(value):
    return json.dumps(value) if isinstance(value, (dict, list)) else value
def same(before, after):
    if isinstance(before, bool):
        return isinstance(after, int) and bool(after) == before
    if isinstance(before, (int, float)):
        return isinstance(after, (int, float)) and after == before
    return type(after) is type(stored(before)) and after == stored(before)
for line in sys.stdin:
    case = json.loads(line)
    database = sqlite3.connect(":memory:")
    database.executescript(case["sql"])
    event = case["event"]
    try:
        if event:
            database.execute("INSERT INTO t (x) VALUES (?)", [stored(event["x"])])
        else:
            database.execute("INSERT INTO t DEFAULT VALUES")
        after = database.execute("SELECT x FROM t").fetchone()[0]
        held = not event or same(event["x"], after)
    except (sqlite3.Error, OverflowError):
        held = False
    print(json.dumps(held))
"#;

#[expect(clippy::print_stderr, reason = "who reads the log sees what was skipped")]
fn judged(cases: &[serde_json::Value]) -> Option<Vec<bool>> {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let child = Command::new("python3").args(["-c", JUDGE]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut child) = child else {
        assert!(
            std::env::var_os("LINKSPAN_TEST_OFFLINE").is_some(),
            "this test needs `python3` with its module sqlite3"
        );
        eprintln!("skipped: there is no `python3`");
        return None;
    };
    let text: String = cases.iter().map(|case| format!("{case}\n")).collect();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Some(String::from_utf8(output.stdout).unwrap().lines().map(|line| line == "true").collect())
}

/// Values that a property allows, among those at its edges.
fn samples(schema: &serde_json::Value) -> Vec<serde_json::Value> {
    let edges = serde_json::json!([
        null, true, false, 0, 1, 9, 5, 0.5, "", "a", "aa", "AA-0", "AA-00", "00", "007", "1e3", "x".repeat(20),
        "x".repeat(80), {}, { "a": [1] }, [], ["a"], "2024-02-29", "2024-02-29T23:59:59.123456789+02:00"
    ]);
    let mut values = edges.as_array().unwrap().clone();
    values.extend(["minimum", "maximum"].iter().filter_map(|key| schema.get(key).cloned()));
    let options = jsonschema::options().should_validate_formats(true).build(schema).unwrap();
    values.retain(|value| options.is_valid(value));
    values
}

#[test]
fn sqlite_itself_agrees() {
    let mut cases = Vec::new();
    let mut expected = Vec::new();
    for (property, column) in SQLITE {
        let (schema, required) = match property.strip_prefix('?') {
            Some(property) => (property, ""),
            None => (*property, "required: [x]\n"),
        };
        let (start, after) = column.split_once("; ").unwrap_or((column, ""));
        let (start, options) = start.split_once(" / ").unwrap_or((start, ""));
        let sql = format!("CREATE TABLE t (x {start}) {options};\n{};\n", after.replace('%', "t"));
        let manifest = "contracts: { models: { M: { schema: m.yaml, projections: [{ table: { at: 'a.sql#t', dialect: sqlite } }] } } }\n";
        let folder = project(&[
            ("linkspan.yaml".to_owned(), manifest.to_owned()),
            ("m.yaml".to_owned(), format!("type: object\n{required}properties:\n  x: {schema}\n")),
            ("a.sql".to_owned(), sql.clone()),
        ]);
        let report = drift(&folder).unwrap();
        let projection = &report.result["models"][0]["projections"][0];
        let event = &projection["witness"]["event"];
        let schema = linkspan_source::yaml(schema, linkspan_source::Dialect::Yaml12).unwrap().remove(0).value;
        let mut case = |event: serde_json::Value, held: bool| {
            expected.push((property, column, event.clone(), held));
            cases.push(serde_json::json!({ "sql": sql, "event": event }));
        };
        match projection["verdict"].as_str().unwrap() {
            // What a generated column computes may happen to be the same.
            "drift" if report.findings.kept()[0].rule != "drift/generated" => case(event.clone(), false),
            "same" => {
                for value in samples(&schema) {
                    case(serde_json::json!({ "x": value }), true);
                }
                if property.starts_with('?') {
                    case(serde_json::json!({}), true);
                }
            }
            _ => {}
        }
    }
    let Some(judged) = judged(&cases) else { return };
    assert_eq!(judged.len(), expected.len());
    for ((property, column, event, held), judged) in expected.iter().zip(judged) {
        assert_eq!(*held, judged, "{property} <- {column}: {event}");
    }
    assert!(cases.len() > 50, "{}", cases.len());
}
