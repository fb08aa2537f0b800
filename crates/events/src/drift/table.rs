//! A model and a table: a row is the object of its columns, NULL is null or nothing.

use std::collections::{BTreeMap, BTreeSet};

use linkspan_project::{Direction, SqlDialect};
use serde_json::{Map, Value, json};

use super::judge::{Question, Towards, accepts};
use super::mapping::{Mapping, column_of};
use super::object::{Object, alone};
use super::rules::{self, Rule};
use super::shape::{both, or_null};
use super::sql::{Column, Database, Field, Generated, Kind, Rows, Table, Types, column_values, concerns};
use crate::schema::{Bundle, Dialect};

/// A table as the projection of a model.
pub(crate) struct Rowed<'a> {
    pub(crate) model: &'a Object,
    pub(crate) table: &'a Table,
    pub(crate) database: &'a Database,
    pub(crate) mapping: &'a Mapping,
    columns: BTreeMap<String, &'a Column>,
}

/// Something to say of a column that is no question of values.
#[derive(Debug, Clone)]
pub(crate) struct Remark {
    pub(crate) rule: Rule,
    pub(crate) property: Option<String>,
    pub(crate) column: String,
    pub(crate) message: String,
    pub(crate) data: Value,
}

impl<'a> Rowed<'a> {
    /// Finds each property's column.
    pub(crate) fn of(model: &'a Object, table: &'a Table, database: &'a Database, mapping: &'a Mapping) -> Self {
        let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        let renamed: BTreeSet<String> = mapping.renames.values().map(|name| name.to_lowercase()).collect();
        let free: Vec<&str> = names.iter().copied().filter(|name| !renamed.contains(&name.to_lowercase())).collect();
        let mut columns = BTreeMap::new();
        for property in model.properties.keys().filter(|name| !mapping.omitted.contains(*name)) {
            let name = match mapping.renames.get(property) {
                Some(wanted) => names.iter().copied().find(|name| name == wanted || name.eq_ignore_ascii_case(wanted)),
                None => column_of(property, &free),
            };
            let column = name.and_then(|name| table.columns.iter().find(|column| column.name == name));
            columns.extend(column.map(|column| (property.clone(), column)));
        }
        Self { model, table, database, mapping, columns }
    }

    /// The column of a property.
    pub(crate) fn column(&self, property: &str) -> Option<&'a Column> {
        self.columns.get(property).copied()
    }

    /// The questions about each property, and about each column that the model does not have.
    pub(crate) fn questions(&self) -> Vec<Question> {
        let properties = self.model.properties.keys().filter(|name| !self.mapping.omitted.contains(*name));
        let about = properties.flat_map(|name| self.about(name));
        about.chain(self.extra()).collect()
    }

    fn about(&self, name: &str) -> Vec<Question> {
        let Some(column) = self.column(name) else {
            let towards = if self.mapping.takes_all() { Towards::Projection } else { Towards::Model };
            return vec![self.missing(name, towards)];
        };
        if self.mapping.computed.contains(&column.name) {
            return Vec::new();
        }
        let mut questions = Vec::new();
        if self.mapping.takes_all() && column.generated == Some(Generated::Always) {
            let reader = self.bundle(alone(name, Value::Bool(false), false));
            questions.push(self.ask(name, column, Some(rules::GENERATED), self.model.view(name), reader));
        } else if self.mapping.takes_all() {
            let (schema, doubts) = self.taken(name, column);
            let reader = self.bundle(alone(name, schema, self.is_demanded(column)));
            let rounded = self.is_floating(column);
            questions.push(Question { doubts, rounded, ..self.ask(name, column, None, self.model.view(name), reader) });
        }
        if self.mapping.gives_all() {
            let (writer, doubts) = self.given(name, column);
            let writer = self.bundle(writer);
            let question = self.ask(name, column, None, writer, self.model.view(name));
            questions.push(Question { doubts, towards: Towards::Model, ..question });
        }
        questions
    }

    fn missing(&self, name: &str, towards: Towards) -> Question {
        let nothing = self.bundle(alone(name, Value::Bool(false), false));
        let (writer, reader) = match towards {
            Towards::Projection => (self.model.view(name), nothing),
            Towards::Model => (nothing, self.model.view(name)),
        };
        Question {
            property: Some(name.to_owned()),
            counterpart: None,
            rule: Some(rules::MISSING),
            towards,
            writer,
            reader,
            doubts: Vec::new(),
            rounded: false,
        }
    }

    fn ask(&self, name: &str, column: &Column, rule: Option<Rule>, writer: Bundle, reader: Bundle) -> Question {
        Question {
            property: Some(name.to_owned()),
            counterpart: Some(column.name.clone()),
            rule,
            towards: Towards::Projection,
            writer,
            reader,
            doubts: Vec::new(),
            rounded: false,
        }
    }

    fn bundle(&self, value: Value) -> Bundle {
        Bundle::alone(value, Dialect::Draft202012)
    }

    /// What a column takes of a property.
    fn taken(&self, name: &str, column: &Column) -> (Value, Vec<String>) {
        let types = self.model.types(name);
        let values = column_values(column, self.table, self.database, &types, false);
        let whole = !types.contains("number");
        let schema = values.integers.filter(|_| whole).unwrap_or(values.schema);
        let schema = if column.nullable && values.null { or_null(&schema) } else { schema };
        (schema, values.unknown)
    }

    /// Whether a column must be filled by who writes a row.
    fn is_demanded(&self, column: &Column) -> bool {
        let types = Types::from(["string", "number", "integer"]);
        let null = column.nullable && column_values(column, self.table, self.database, &types, false).null;
        !null && column.default.is_none() && column.generated.is_none() && !column.rowid
    }

    /// Whether numbers are rounded to those of floating point.
    fn is_floating(&self, column: &Column) -> bool {
        let name = column.declared.name.as_str();
        match self.database.dialect {
            SqlDialect::Postgresql => matches!(name, "double precision" | "float8" | "float" | "double"),
            SqlDialect::Sqlite => ["real", "floa", "doub"].iter().any(|word| name.contains(word)),
        }
    }

    /// What is read from a column: NULL is null where the model lets it be, else nothing.
    fn given(&self, name: &str, column: &Column) -> (Value, Vec<String>) {
        let types = self.model.types(name);
        let values = column_values(column, self.table, self.database, &types, true);
        let mut unknown = values.unknown;
        if self.database.dialect == SqlDialect::Sqlite && (types.contains("object") || types.contains("array")) {
            unknown.push("what a text holds is not known".to_owned());
        }
        let null = column.nullable && values.null;
        let mut object = Map::new();
        object.insert(name.to_owned(), Value::Null);
        let model = self.model.view(name);
        let as_null = null && accepts(&model, &Value::Object(object)) && !accepts(&model, &json!({}));
        let schema = if as_null { or_null(&values.schema) } else { values.schema };
        (alone(name, schema, !null || as_null), unknown)
    }

    /// Columns that the model does not have: who writes the model's values does not fill them.
    fn extra(&self) -> Vec<Question> {
        let known: BTreeSet<_> = self.columns.values().map(|column| column.name.as_str()).collect();
        let computed =
            |column: &Column| self.mapping.computed.iter().any(|name| name.eq_ignore_ascii_case(&column.name));
        let extra =
            self.table.columns.iter().filter(|column| !known.contains(column.name.as_str()) && !computed(column));
        let wrong = extra.filter(|column| match self.mapping.direction {
            Direction::Superset => self.is_demanded(column),
            Direction::Subset | Direction::Equal => column.generated.is_none() && !column.rowid,
        });
        wrong
            .map(|column| Question {
                property: None,
                counterpart: Some(column.name.clone()),
                rule: Some(rules::EXTRA_COLUMN),
                towards: Towards::Projection,
                writer: self.model.bundle.clone(),
                reader: self.bundle(json!(false)),
                doubts: Vec::new(),
                rounded: false,
            })
            .collect()
    }

    /// The questions about whole rows; for when every property is the same.
    pub(crate) fn whole(&self) -> Vec<Question> {
        let mut questions = Vec::new();
        let several = self.table.checks.iter().filter(|check| concerns(self.table, check).len() != 1);
        let several: Vec<_> = several.collect();
        let doubts: Vec<String> = several
            .iter()
            .filter_map(|check| check.condition.unknown())
            .map(|text| format!("the check `{text}` is not understood"))
            .collect();
        let fields = self.fields();
        let rows = Rows { fields: &fields, dialect: self.database.dialect };
        let demands: Vec<_> = several.iter().map(|check| rows.not_false(&check.condition)).collect();
        let ask =
            |towards, writer, reader| Question { doubts: doubts.clone(), ..Question::new(towards, writer, reader) };
        if self.mapping.takes_all() && !several.is_empty() {
            let reader = self.bundle(both(demands.iter().cloned()));
            questions.push(ask(Towards::Projection, self.model.bundle.clone(), reader));
        }
        if self.mapping.gives_all() {
            let columns = self.columns.iter().map(|(name, column)| self.given(name, column).0);
            let absent: Map<String, Value> = self
                .model
                .properties
                .keys()
                .filter(|name| self.column(name).is_none())
                .map(|name| (name.clone(), Value::Bool(false)))
                .collect();
            let absent = json!({ "type": "object", "properties": absent });
            let names: BTreeSet<_> = self.columns.keys().collect();
            let closed = json!({ "propertyNames": { "enum": names } });
            let writer = json!({ "allOf": columns.chain(demands).chain([absent, closed]).collect::<Vec<_>>() });
            let mut model = self.model.bundle.clone();
            if let Some(required) = model.value.get_mut("required").and_then(Value::as_array_mut) {
                required.retain(|name| !name.as_str().is_some_and(|name| self.mapping.omitted.contains(name)));
            }
            questions.push(ask(Towards::Model, self.bundle(writer), model));
        }
        questions
    }

    fn fields(&self) -> BTreeMap<String, Field> {
        let field = |(property, column): (&String, &&Column)| {
            let types = self.model.types(property);
            let kind = column_values(column, self.table, self.database, &types, false).kind;
            (column.name.clone(), Field { property: property.clone(), types, kind })
        };
        self.columns.iter().map(field).collect()
    }

    /// Defaults that are no value of the model, or not the model's own.
    pub(crate) fn remarks(&self) -> Vec<Remark> {
        self.columns.iter().filter_map(|(name, column)| self.default(name, column)).collect()
    }

    fn default(&self, name: &str, column: &Column) -> Option<Remark> {
        let value = column.default.clone()??;
        let value = Some(value).filter(|value| !value.is_null())?;
        let types = self.model.types(name);
        let sqlite = self.database.dialect == SqlDialect::Sqlite;
        let value = match value.as_i64() {
            Some(flag @ (0 | 1)) if sqlite && types.contains("boolean") && !types.contains("integer") => {
                Value::Bool(flag == 1)
            }
            _ => value,
        };
        let (schema, _) = self.taken(name, column);
        let kind = column_values(column, self.table, self.database, &types, false).kind;
        if matches!(kind, Kind::Json | Kind::Other) && !sqlite || !jsonschema::is_valid(&schema, &value) {
            return None;
        }
        let remark = |message: String| Remark {
            rule: rules::DEFAULT,
            property: Some(name.to_owned()),
            column: column.name.clone(),
            message,
            data: value.clone(),
        };
        let mut object = Map::new();
        object.insert(name.to_owned(), value.clone());
        if !accepts(&self.model.view(name), &Value::Object(object)) {
            let text = rules::shown(&value);
            return Some(remark(format!(
                "the column `{}` is {text} if nobody says, which the model does not allow for `{name}`",
                column.name
            )));
        }
        let own = self.model.written(name)?.get("default")?;
        (own != &value).then(|| {
            remark(format!(
                "the column `{}` is {} if nobody says, and the model's `{name}` is {}",
                column.name,
                rules::shown(&value),
                rules::shown(own)
            ))
        })
    }
}
