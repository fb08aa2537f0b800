use std::collections::BTreeMap;

use linkspan_project::SqlDialect;
use serde_json::Value;
use sqlparser::ast::{
    AlterColumnOperation, AlterTable, AlterTableOperation, AlterType, AlterTypeOperation, ColumnDef, ColumnOption,
    ColumnOptionDef, CreateTable, Expr, GeneratedAs, Ident, ObjectName, RenameTableNameKind, SqliteTableOption,
    TableConstraint,
};

use super::at::At;
use super::condition::{Condition, literal};
use super::declared::Declared;
use super::script::{Script, Spot};
use super::statement::{Ddl, Domain, DomainChange, Step};

/// What some scripts make, statement after statement.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    /// Whose SQL it is.
    pub(crate) dialect: SqlDialect,
    /// Its tables.
    pub(crate) tables: BTreeMap<String, Table>,
    /// Its types.
    pub(crate) types: BTreeMap<String, UserType>,
}

/// A table.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// Its name, as it was written.
    pub(crate) name: String,
    /// Its columns, in order.
    pub(crate) columns: Vec<Column>,
    /// What is demanded of a row.
    pub(crate) checks: Vec<Check>,
    /// Whether SQLite holds values to the declared types.
    pub(crate) strict: bool,
    /// Whether SQLite keeps its rows by their key, which is then never NULL.
    pub(crate) keyed: bool,
    /// Where its name stands.
    pub(crate) spot: Spot,
    /// Why its columns are not known.
    pub(crate) opaque: Option<String>,
    /// Whether a later statement changed it.
    pub(crate) altered: bool,
}

/// A column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// Its name, folded as the engine does.
    pub(crate) name: String,
    /// Its type.
    pub(crate) declared: Declared,
    /// Whether it may be NULL.
    pub(crate) nullable: bool,
    /// What it is if nobody says: nothing, or a value where that is written out.
    pub(crate) default: Option<Option<Value>>,
    /// How it gets its value, if not from who writes.
    pub(crate) generated: Option<Generated>,
    /// SQLite's `INTEGER PRIMARY KEY`, which holds nothing but integers and counts by itself.
    pub(crate) rowid: bool,
    /// Where its name stands.
    pub(crate) spot: Spot,
    /// Where its type stands; its name, where it has none.
    pub(crate) type_spot: Spot,
    /// The whole definition.
    pub(crate) definition: Spot,
    /// Whether a later statement changed it.
    pub(crate) altered: bool,
}

/// How a column gets its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generated {
    /// From an expression, or an identity that nobody may choose.
    Always,
    /// Unless somebody says.
    ByDefault,
}

/// A demand on a row.
#[derive(Debug, Clone)]
pub(crate) struct Check {
    /// Its name.
    pub(crate) name: Option<String>,
    /// What it says.
    pub(crate) condition: Condition,
    /// What was written.
    pub(crate) text: String,
    /// Where.
    pub(crate) spot: Spot,
}

/// A type that somebody defined.
#[derive(Debug, Clone)]
pub(crate) enum UserType {
    /// One of some words; where it is made, and whether it was changed since.
    Enum(Vec<String>, Spot, bool),
    /// Another type, with demands; the column is called `value` there.
    Domain(Declared, bool, Vec<Check>),
}

/// A name, folded as an engine does: what is not quoted is small in PostgreSQL; SQLite does not tell cases apart.
pub(crate) fn folded(name: &Ident, dialect: SqlDialect) -> String {
    match (dialect, name.quote_style) {
        (SqlDialect::Postgresql, Some(_)) => name.value.clone(),
        _ => name.value.to_lowercase(),
    }
}

impl Database {
    /// An empty one.
    pub(crate) fn new(dialect: SqlDialect) -> Self {
        Self { dialect, tables: BTreeMap::new(), types: BTreeMap::new() }
    }

    /// A table by the name that a person writes: in any case, with or without its schema.
    pub(crate) fn table(&self, name: &str) -> Option<&Table> {
        let exact = || self.tables.get(name);
        let small = || self.tables.get(&name.to_lowercase());
        let bare = || self.tables.get(&name.rsplit('.').next()?.to_lowercase());
        exact().or_else(small).or_else(bare)
    }

    /// Does what a statement says.
    pub(crate) fn apply(&mut self, script: &Script, number: usize, step: &Step) {
        let at = At { script, number, words: step.words.clone() };
        match &step.ddl {
            Ddl::Table(table) => self.create(table, &at),
            Ddl::Alter(change) => self.alter(change, &at),
            Ddl::DropExpression(table, column) => {
                let dialect = self.dialect;
                if let Some(column) = self.column(table, &folded(column, dialect)) {
                    column.generated = None;
                    column.altered = true;
                }
            }
            Ddl::Enum(name, labels) => {
                let labels = labels.iter().map(|label| label.value.clone()).collect();
                self.types.insert(self.key(name), UserType::Enum(labels, at.whole(), false));
            }
            Ddl::AlterType(change) => self.alter_type(change),
            Ddl::Domain(domain) => self.domain(domain, &at),
            Ddl::AlterDomain(name, changes) => self.alter_domain(name, changes, &at),
            Ddl::Drop(names) => {
                for name in names {
                    let key = self.key(name);
                    if self.tables.remove(&key).is_none() {
                        self.types.remove(&key);
                    }
                }
            }
        }
    }

    /// The last part of a name: schemas are not told apart.
    fn key(&self, name: &ObjectName) -> String {
        let last = name.0.last().and_then(|part| part.as_ident());
        last.map(|name| folded(name, self.dialect)).unwrap_or_default()
    }

    fn column(&mut self, table: &ObjectName, column: &str) -> Option<&mut Column> {
        let key = self.key(table);
        self.tables.get_mut(&key)?.columns.iter_mut().find(|known| known.name == column)
    }

    fn create(&mut self, create: &CreateTable, at: &At<'_>) {
        let key = self.key(&create.name);
        if self.tables.contains_key(&key) && create.if_not_exists || create.partition_of.is_some() {
            return;
        }
        let options = &create.sqlite_table_options.options;
        let strict = options.iter().any(|option| matches!(option, SqliteTableOption::Strict));
        let keyed = options.iter().any(|option| matches!(option, SqliteTableOption::WithoutRowid));
        let name = create.name.0.last().and_then(|part| part.as_ident());
        let mut table = Table {
            name: name.map(|name| name.value.clone()).unwrap_or_default(),
            columns: Vec::new(),
            checks: Vec::new(),
            strict,
            keyed,
            spot: name.map(|name| at.name(name)).unwrap_or_default(),
            opaque: create.query.is_some().then(|| "its columns come from a query".to_owned()),
            altered: false,
        };
        for parent in create.inherits.iter().flatten() {
            if let Some(parent) = self.tables.get(&self.key(parent)) {
                table.columns.extend(parent.columns.iter().cloned());
                table.checks.extend(parent.checks.iter().cloned());
            }
        }
        if create.like.is_some() {
            table.opaque = Some("its columns come from another table".to_owned());
        }
        for column in &create.columns {
            self.add_column(&mut table, column, at);
        }
        for constraint in &create.constraints {
            self.constrain(&mut table, constraint, at);
        }
        self.tables.insert(key, table);
    }

    fn add_column(&self, table: &mut Table, definition: &ColumnDef, at: &At<'_>) {
        let (type_spot, whole) = at.column(&definition.name);
        let mut column = Column {
            name: folded(&definition.name, self.dialect),
            declared: Declared::of(&definition.data_type, self.dialect),
            nullable: true,
            default: None,
            generated: None,
            rowid: false,
            spot: at.name(&definition.name),
            type_spot,
            definition: whole,
            altered: false,
        };
        if self.dialect == SqlDialect::Postgresql && column.declared.is_serial() {
            column.nullable = false;
            column.generated = Some(Generated::ByDefault);
        }
        for option in &definition.options {
            self.option(table, &mut column, option, at);
        }
        table.columns.push(column);
    }

    fn option(&self, table: &mut Table, column: &mut Column, option: &ColumnOptionDef, at: &At<'_>) {
        match &option.option {
            ColumnOption::NotNull => column.nullable = false,
            ColumnOption::PrimaryKey(_) => self.primary(table.strict || table.keyed, column),
            ColumnOption::Default(expr) => column.default = Some(literal(expr, self.dialect)),
            ColumnOption::Check(check) => {
                let name = option.name.as_ref().or(check.name.as_ref());
                let check = self.check(name, &check.expr, at, column.definition);
                table.checks.push(Check {
                    name: check.name.or_else(|| Some(format!("{}_{}_check", table.name, column.name))),
                    ..check
                });
            }
            ColumnOption::Generated { generated_as, generation_expr, .. } => {
                column.generated = Some(match (generated_as, generation_expr) {
                    (GeneratedAs::ByDefault, None) => Generated::ByDefault,
                    _ => Generated::Always,
                });
                // An identity is never NULL.
                column.nullable &= generation_expr.is_some();
            }
            _ => {}
        }
    }

    /// A key is not NULL, except that SQLite lets it be, for the sake of old databases, unless the table is strict or without row numbers.
    fn primary(&self, demanded: bool, column: &mut Column) {
        match self.dialect {
            SqlDialect::Postgresql => column.nullable = false,
            SqlDialect::Sqlite if column.declared.text.eq_ignore_ascii_case("integer") => column.rowid = true,
            SqlDialect::Sqlite if demanded => column.nullable = false,
            SqlDialect::Sqlite => {}
        }
    }

    fn constrain(&self, table: &mut Table, constraint: &TableConstraint, at: &At<'_>) {
        match constraint {
            TableConstraint::Check(check) => {
                let check = self.check(check.name.as_ref(), &check.expr, at, at.whole());
                table.checks.push(check);
            }
            TableConstraint::PrimaryKey(key) => {
                let names: Vec<_> = key.columns.iter().filter_map(|column| plain(&column.column.expr)).collect();
                let names: Vec<_> = names.into_iter().map(|name| folded(name, self.dialect)).collect();
                let (demanded, sole) = (table.strict || table.keyed, names.len() == 1);
                for column in table.columns.iter_mut().filter(|column| names.contains(&column.name)) {
                    match self.dialect {
                        SqlDialect::Sqlite if !sole => column.nullable &= !demanded,
                        _ => self.primary(demanded, column),
                    }
                }
            }
            _ => {}
        }
    }

    fn check(&self, name: Option<&Ident>, expr: &Expr, at: &At<'_>, otherwise: Spot) -> Check {
        let condition = Condition::of(expr, self.dialect);
        let spot = at.expression(expr).unwrap_or(otherwise);
        Check { name: name.map(|name| folded(name, self.dialect)), condition, text: expr.to_string(), spot }
    }

    fn alter(&mut self, alter: &AlterTable, at: &At<'_>) {
        let key = self.key(&alter.name);
        let Some(mut table) = self.tables.remove(&key) else { return };
        table.altered = true;
        let mut key = key;
        for operation in &alter.operations {
            if let AlterTableOperation::RenameTable {
                table_name: RenameTableNameKind::To(name) | RenameTableNameKind::As(name),
            } = operation
            {
                key = self.key(name);
                table.name =
                    name.0.last().and_then(|part| part.as_ident()).map_or(key.clone(), |name| name.value.clone());
            }
            self.operate(&mut table, operation, at);
        }
        self.tables.insert(key, table);
    }

    fn operate(&self, table: &mut Table, operation: &AlterTableOperation, at: &At<'_>) {
        let fold = |name: &Ident| folded(name, self.dialect);
        match operation {
            AlterTableOperation::AddColumn { if_not_exists, column_def, .. } => {
                let name = fold(&column_def.name);
                if !(*if_not_exists && table.columns.iter().any(|column| column.name == name)) {
                    self.add_column(table, column_def, at);
                    table.columns.last_mut().into_iter().for_each(|column| column.altered = true);
                }
            }
            AlterTableOperation::DropColumn { column_names, .. } => {
                let names: Vec<_> = column_names.iter().map(fold).collect();
                table.columns.retain(|column| !names.contains(&column.name));
                // A check goes with any of its columns.
                table.checks.retain(|check| {
                    !check.condition.columns().iter().any(|column| names.iter().any(|name| name == column))
                });
            }
            AlterTableOperation::RenameColumn { old_column_name, new_column_name } => {
                let (old, new) = (fold(old_column_name), fold(new_column_name));
                table.checks.iter_mut().for_each(|check| check.condition.rename(&old, &new));
                for column in table.columns.iter_mut().filter(|column| column.name == old) {
                    column.name.clone_from(&new);
                    column.altered = true;
                }
            }
            AlterTableOperation::AlterColumn { column_name, op } => {
                let name = fold(column_name);
                if let Some(column) = table.columns.iter_mut().find(|column| column.name == name) {
                    self.alter_column(column, op, at.name(column_name));
                }
            }
            AlterTableOperation::AddConstraint { constraint, .. } => self.constrain(table, constraint, at),
            AlterTableOperation::DropConstraint { name, .. } => {
                let name = fold(name);
                table.checks.retain(|check| check.name.as_deref() != Some(&name));
            }
            AlterTableOperation::RenameConstraint { old_name, new_name } => {
                let (old, new) = (fold(old_name), fold(new_name));
                let renamed = table.checks.iter_mut().filter(|check| check.name.as_deref() == Some(&old));
                renamed.for_each(|check| check.name = Some(new.clone()));
            }
            _ => {}
        }
    }

    fn alter_column(&self, column: &mut Column, op: &AlterColumnOperation, spot: Spot) {
        column.altered = true;
        column.spot = spot;
        match op {
            AlterColumnOperation::SetNotNull => column.nullable = false,
            AlterColumnOperation::DropNotNull => column.nullable = true,
            AlterColumnOperation::SetDefault { value } => column.default = Some(literal(value, self.dialect)),
            AlterColumnOperation::DropDefault => column.default = None,
            AlterColumnOperation::SetDataType { data_type, .. } => {
                column.declared = Declared::of(data_type, self.dialect);
                column.type_spot = spot;
            }
            AlterColumnOperation::AddGenerated { generated_as, .. } => {
                let by_default = matches!(generated_as, Some(GeneratedAs::ByDefault));
                column.generated = Some(if by_default { Generated::ByDefault } else { Generated::Always });
            }
            AlterColumnOperation::GenericOptions { .. } => {}
        }
    }

    fn alter_type(&mut self, change: &AlterType) {
        let key = self.key(&change.name);
        if let AlterTypeOperation::Rename(rename) = &change.operation {
            if let Some(known) = self.types.remove(&key) {
                let new = folded(&rename.new_name, self.dialect);
                for column in self.tables.values_mut().flat_map(|table| &mut table.columns) {
                    if column.declared.name == key {
                        column.declared.name.clone_from(&new);
                    }
                }
                self.types.insert(new, known);
            }
            return;
        }
        let Some(UserType::Enum(labels, _, altered)) = self.types.get_mut(&key) else { return };
        *altered = true;
        match &change.operation {
            AlterTypeOperation::AddValue(add) if !labels.contains(&add.value.value) => {
                labels.push(add.value.value.clone());
            }
            AlterTypeOperation::RenameValue(rename) => {
                let renamed = labels.iter_mut().filter(|label| **label == rename.from.value);
                renamed.for_each(|label| label.clone_from(&rename.to.value));
            }
            _ => {}
        }
    }

    fn domain(&mut self, domain: &Domain, at: &At<'_>) {
        let key = self.key(&domain.name);
        let base = Declared::of(&domain.base, self.dialect);
        self.types.insert(key, UserType::Domain(base, true, Vec::new()));
        self.alter_domain(&domain.name, &domain.demands, at);
    }

    fn alter_domain(&mut self, name: &ObjectName, changes: &[DomainChange], at: &At<'_>) {
        let key = self.key(name);
        for change in changes {
            let check = match change {
                DomainChange::Check(name, expr) => Some(self.check(name.as_ref(), expr, at, at.whole())),
                _ => None,
            };
            if let DomainChange::Rename(new) = change
                && let Some(known) = self.types.remove(&key)
            {
                self.types.insert(folded(new, self.dialect), known);
                return;
            }
            let dialect = self.dialect;
            let Some(UserType::Domain(_, nullable, checks)) = self.types.get_mut(&key) else { return };
            match change {
                DomainChange::Nullable(may) => *nullable = *may,
                DomainChange::Check(..) => checks.extend(check),
                DomainChange::Drop(name) => {
                    let name = folded(name, dialect);
                    checks.retain(|check| check.name.as_deref() != Some(&name));
                }
                DomainChange::Rename(_) => {}
            }
        }
    }
}

fn plain(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Identifier(name) => Some(name),
        _ => None,
    }
}
