//! Tables: what some files of SQL make, and what the columns hold.

mod at;
mod comparison;
mod condition;
mod database;
mod declared;
mod pattern;
mod postgresql;
mod row;
mod script;
mod sqlite;
mod statement;
mod values;

use std::path::{Path, PathBuf};

use linkspan_command::Failure;
use linkspan_project::SqlDialect;

pub(crate) use condition::Condition;
pub(crate) use database::{Check, Column, Database, Generated, Table, UserType};
pub(crate) use pattern::glob;
pub(crate) use row::{Field, Rows};
use script::dialect_of;
pub(crate) use script::{Script, Spot, keyword};
pub(crate) use sqlite::Types;
pub(crate) use values::{Kind, Values};
use values::{Reader, demanded};

/// What some files make, and the files.
#[derive(Debug, Clone)]
pub(crate) struct Sources {
    /// The files, in the order in which they are run.
    pub(crate) scripts: Vec<Script>,
    /// What they make.
    pub(crate) database: Database,
}

/// Runs files, one after the other: their paths, how they are shown, and their texts.
///
/// # Errors
/// One of them is malformed.
pub(crate) fn run(files: Vec<(PathBuf, String, String)>, dialect: Option<SqlDialect>) -> Result<Sources, Failure> {
    // A condition with many parts is as deep as it is long; what comes back is flat.
    const STACK: usize = 256 << 20;
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || read(files, dialect));
    let thread = thread.map_err(|error| Failure::failed(format!("SQL cannot be read: {error}")))?;
    thread.join().unwrap_or_else(|_| Err(Failure::bug("the reader of SQL stopped")))
}

fn read(files: Vec<(PathBuf, String, String)>, dialect: Option<SqlDialect>) -> Result<Sources, Failure> {
    let texts: Vec<String> = files.iter().map(|(_, _, text)| text.clone()).collect();
    let dialect = dialect.unwrap_or_else(|| dialect_of(&texts));
    let read = |(path, shown, text): (PathBuf, String, String)| Script::read(&path, shown, text, dialect);
    let scripts = files.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let mut database = Database::new(dialect);
    for (number, script) in scripts.iter().enumerate() {
        for step in statement::steps(script, dialect)? {
            database.apply(script, number, &step);
        }
    }
    Ok(Sources { scripts, database })
}

/// Whether a file takes back what another does, as tools for migrations name such files.
pub(crate) fn takes_back(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    name.ends_with(".down.sql") || name == "down.sql" || name.ends_with("_down.sql") || name.ends_with(".undo.sql")
}

/// The columns that a check speaks of.
pub(crate) fn concerns<'a>(table: &Table, check: &'a Check) -> Vec<&'a str> {
    let mut columns = check.condition.columns();
    columns.retain(|name| table.columns.iter().any(|column| column.name == *name));
    columns
}

/// What a column holds of a property with some types. `writing` asks for what is read from it.
pub(crate) fn column_values(
    column: &Column,
    table: &Table,
    database: &Database,
    types: &Types,
    writing: bool,
) -> Values {
    let own = |check: &&Check| concerns(table, check) == [column.name.as_str()];
    let checks: Vec<_> = table.checks.iter().filter(own).collect();
    match database.dialect {
        SqlDialect::Postgresql => demanded(postgresql::values(&column.declared, database, writing), &checks),
        SqlDialect::Sqlite if writing => sqlite::contents(column, table, &checks, types),
        SqlDialect::Sqlite => sqlite::values(column, table, &checks, types),
    }
}

/// Whether a value may stand in a column, as far as a condition on it is known.
pub(crate) fn holds(condition: &Condition, dialect: SqlDialect, value: &serde_json::Value) -> bool {
    use serde_json::{Value, json};
    let stored = match value {
        Value::Bool(flag) if dialect == SqlDialect::Sqlite => json!(i32::from(*flag)),
        other => other.clone(),
    };
    let kind = match &stored {
        Value::Null => return Reader { kind: Kind::Other, null: true }.not_false(condition) != Value::Bool(false),
        Value::Bool(_) => Kind::Boolean,
        Value::Number(_) => Kind::Number,
        Value::String(_) => Kind::String,
        Value::Array(_) | Value::Object(_) => Kind::Json,
    };
    jsonschema::is_valid(&Reader { kind, null: false }.not_false(condition), &stored)
}
