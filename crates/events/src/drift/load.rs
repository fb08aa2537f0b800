//! What `linkspan.yaml` names, read.

use std::path::{Path, PathBuf};

use linkspan_command::Failure;
use linkspan_project::{Direction, Exchange, FILE_NAME, Model, Projection, SchemaProjection, TableProjection};
use linkspan_report::Span;
use linkspan_source::pointer;
use serde_json::Value;

use super::mapping::Mapping;
use super::object::Object;
use super::sql::{self, Sources};
use crate::catalog::{Catalog, Shape, follow};
use crate::schema::{Bundle, Dialect, Files, Language, Omit, Place, bundle_in};

/// A model, and its projections.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    /// Its name.
    pub(crate) name: String,
    /// Where its schema is.
    pub(crate) place: Place,
    /// Its projections, in order.
    pub(crate) projections: Vec<Projected>,
}

/// A projection.
#[derive(Debug, Clone)]
pub(crate) struct Projected {
    /// `openapi`, `event`, `table` or `type`.
    pub(crate) kind: &'static str,
    /// Its place, as it was written.
    pub(crate) at: String,
    /// How it relates to the model.
    pub(crate) mapping: Mapping,
    /// The projection itself.
    pub(crate) side: Side,
    /// Where it stands in `linkspan.yaml`.
    pub(crate) span: Option<Span>,
}

/// What a projection is.
#[derive(Debug, Clone)]
pub(crate) enum Side {
    /// A schema, and the model as it is seen from there.
    Schema(Box<Schemas>),
    /// A table, and the model.
    Table(Box<Tabled>),
    /// A file that a command writes.
    Code {
        /// The file.
        path: PathBuf,
        /// The command.
        generate: Option<String>,
    },
    /// It cannot be compared; why.
    Unknown(String),
}

/// Two schemas.
#[derive(Debug, Clone)]
pub(crate) struct Schemas {
    /// The model.
    pub(crate) model: Object,
    /// The projection.
    pub(crate) projection: Object,
    /// Where the projection's schema was written.
    pub(crate) place: Place,
}

/// A schema and a table.
#[derive(Debug, Clone)]
pub(crate) struct Tabled {
    /// The model.
    pub(crate) model: Object,
    /// The files, and what they make.
    pub(crate) sources: Sources,
    /// The table's name.
    pub(crate) table: String,
    /// Whether the files are run one after the other, and so are not edited.
    pub(crate) migrations: Option<PathBuf>,
}

/// Reads a model and its projections.
///
/// # Errors
/// A file is missing or malformed, or a place leads nowhere.
pub(crate) fn load(files: &Files, name: &str, model: &Model) -> Result<Loaded, Failure> {
    let (path, fragment) = model.schema.split_once('#').unwrap_or((&model.schema, ""));
    let at = pointer::join(&pointer::join("/contracts/models", name), "schema");
    let place = Place { path: PathBuf::from(path), pointer: fragment.to_owned() };
    files.document(&place.path).map_err(|error| blame(files, Failure::from(error), &at))?;
    let loader = Loader { files, model: &place };
    let projections = model.projections.iter().enumerate();
    let projections = projections
        .map(|(index, projection)| {
            let at = format!("{}/projections/{index}", pointer::join("/contracts/models", name));
            loader.projection(projection, &at)
        })
        .collect::<Result<_, _>>()?;
    Ok(Loaded { name: name.to_owned(), place, projections })
}

/// A failure without a place is that of the line in `linkspan.yaml` that names the file.
fn blame(files: &Files, failure: Failure, at: &str) -> Failure {
    if failure.finding.span.is_some() {
        return failure;
    }
    failure.in_file(files.shown(Path::new(FILE_NAME)), span(files, at))
}

fn span(files: &Files, at: &str) -> Option<Span> {
    files.document(Path::new(FILE_NAME)).ok().map(|document| document.nearest(at))
}

struct Loader<'a> {
    files: &'a Files,
    model: &'a Place,
}

impl Loader<'_> {
    fn projection(&self, projection: &Projection, at: &str) -> Result<Projected, Failure> {
        let (kind, place, mapping, side) = match projection {
            Projection::Openapi(schema) => {
                let (mapping, side) = self.openapi(schema).map_err(|failure| blame(self.files, failure, at))?;
                ("openapi", schema.at.clone(), mapping, side)
            }
            Projection::Event(schema) => {
                let mapping = Mapping::of_schema(schema, Direction::Subset);
                let side = self.event(schema).map_err(|failure| blame(self.files, failure, at))?;
                ("event", schema.at.clone(), mapping, side)
            }
            Projection::Table(table) => {
                let side = self.table(table).map_err(|failure| blame(self.files, failure, at))?;
                ("table", table.at.0.join(", "), Mapping::of_table(table), side)
            }
            Projection::Type(code) => {
                let mapping = Mapping::of_schema(&SchemaProjection::from(code.path.clone()), Direction::Equal);
                let side = Side::Code { path: PathBuf::from(&code.path), generate: code.generate.clone() };
                ("type", code.path.clone(), mapping, side)
            }
        };
        Ok(Projected { kind, at: place, mapping, side, span: span(self.files, &format!("{at}/{kind}")) })
    }

    fn model(&self, omit: Option<Omit>) -> Result<Bundle, Failure> {
        Ok(bundle_in(self.files, self.model, Dialect::Draft202012.into(), omit)?)
    }

    fn openapi(&self, schema: &SchemaProjection) -> Result<(Mapping, Side), Failure> {
        let default = match schema.exchange {
            Some(Exchange::Request) => Direction::Superset,
            Some(Exchange::Response) => Direction::Subset,
            None => Direction::Equal,
        };
        let mut mapping = Mapping::of_schema(schema, default);
        let place = place(&schema.at);
        let document = self.files.document(&place.path)?;
        let version = document.value.get("openapi").and_then(Value::as_str).unwrap_or_default();
        let language =
            if version.starts_with("3.0") { Language::OpenApi30 } else { Language::Schema(Dialect::Draft202012) };
        let mark = match schema.exchange {
            Some(Exchange::Request) => Some("readOnly"),
            Some(Exchange::Response) => Some("writeOnly"),
            None => None,
        };
        let (_, behind) = follow(self.files, &place)?;
        let projection = Object::of(bundle_in(self.files, &place, language, None)?);
        // What is marked is left out on both sides.
        if let Some(mark) = mark {
            for (name, property) in &projection.properties {
                if property.schemas.iter().any(|schema| schema.get(mark) == Some(&Value::Bool(true))) {
                    mapping.omitted.insert(mapping.here(name).to_owned());
                    mapping.computed.insert(name.clone());
                }
            }
        }
        let model = Object::of(self.model(None)?);
        Ok((mapping, Side::Schema(Box::new(Schemas { model, projection, place: behind }))))
    }

    fn event(&self, schema: &SchemaProjection) -> Result<Side, Failure> {
        let place = place(&schema.at);
        let catalog = Catalog::read(self.files, std::slice::from_ref(&place.path))?;
        let (_, message) = follow(self.files, &place)?;
        let Some(found) = catalog.types().find(|event| event.message == message) else {
            let file = self.files.shown(&message.path);
            let notice = catalog.notices.iter().find(|notice| notice.file.as_deref() == Some(&file));
            let why = notice.map_or("the message has no payload", |notice| notice.message.as_str());
            return Ok(Side::Unknown(why.to_owned()));
        };
        let mut payload = found.payload.clone();
        if found.shape == Shape::Envelope {
            payload.pointer.push_str("/properties/data");
        }
        let (_, behind) = follow(self.files, &payload)?;
        let projection = Object::of(bundle_in(self.files, &payload, found.draft.into(), None)?);
        let model = Object::of(self.model(None)?);
        Ok(Side::Schema(Box::new(Schemas { model, projection, place: behind })))
    }

    fn table(&self, projection: &TableProjection) -> Result<Side, Failure> {
        let mut paths = Vec::new();
        let mut name = None;
        let mut migrations = None;
        for at in &projection.at.0 {
            let (path, table) = at.split_once('#').unwrap_or((at, ""));
            if !table.is_empty() {
                name = Some(table.to_owned());
            }
            let (found, folder) = self.sql_files(path)?;
            paths.extend(found);
            migrations = migrations.or(folder);
        }
        let Some(name) = name else {
            let failure = Failure::input(format!("`{}` names no table", projection.at.0.join(", ")));
            return Err(failure.help("write `file#table`"));
        };
        let sources = sql::run(self.texts(&paths)?, projection.dialect)?;
        let Some(table) = sources.database.table(&name) else {
            let known: Vec<_> = sources.database.tables.values().map(|table| format!("`{}`", table.name)).collect();
            let failure = Failure::input(format!("there is no table `{name}` in `{}`", projection.at.0.join(", ")));
            return Err(if known.is_empty() {
                failure
            } else {
                failure.help(format!("there are {}", known.join(", ")))
            });
        };
        if let Some(why) = &table.opaque {
            return Ok(Side::Unknown(format!("the table `{}` is not known: {why}", table.name)));
        }
        let model = Object::of(self.model(None)?);
        if !model.known {
            return Ok(Side::Unknown("the model is no object with properties".to_owned()));
        }
        let several =
            (paths.len() > 1).then(|| paths.last().and_then(|path| path.parent()).map(Path::to_owned)).flatten();
        let migrations = migrations.or(several);
        Ok(Side::Table(Box::new(Tabled { model, sources, table: name, migrations })))
    }

    /// The files of SQL that a path means: itself, what is in it, or what it matches; and the folder, if it is one.
    fn sql_files(&self, path: &str) -> Result<(Vec<PathBuf>, Option<PathBuf>), Failure> {
        let path = path.trim_start_matches("./").trim_end_matches('/');
        let is_sql = |file: &Path| file.extension().is_some_and(|end| end.eq_ignore_ascii_case("sql"));
        if path.contains(['*', '?', '[']) {
            let pattern = globset(path)?;
            let found = self.files.list().into_iter().filter(|file| pattern.is_match(file) && !sql::takes_back(file));
            let mut found: Vec<_> = found.collect();
            found.sort_by_key(|file| natural(file));
            return if found.is_empty() {
                Err(Failure::input(format!("no file matches `{path}`")))
            } else {
                Ok((found, Path::new(path).parent().map(Path::to_owned)))
            };
        }
        let folder = Path::new(path);
        let mut below: Vec<_> = self
            .files
            .list()
            .into_iter()
            .filter(|file| file.starts_with(folder) && file != folder && is_sql(file) && !sql::takes_back(file))
            .collect();
        if below.is_empty() {
            return Ok((vec![folder.to_owned()], None));
        }
        below.sort_by_key(|file| natural(file));
        Ok((below, Some(folder.to_owned())))
    }

    fn texts(&self, paths: &[PathBuf]) -> Result<Vec<(PathBuf, String, String)>, Failure> {
        let read = |path: &PathBuf| {
            let shown = self.files.shown(path);
            let missing = || Failure::input(format!("`{shown}` is not there"));
            let bytes = self.files.bytes(path)?.ok_or_else(missing)?;
            let text = linkspan_source::text(&bytes)
                .map_err(|fault| Failure::new(linkspan_command::Exit::Input, fault.finding(&shown)))?;
            Ok((path.clone(), shown, text.to_owned()))
        };
        paths.iter().map(read).collect()
    }
}

/// A pattern of paths in which `*` stays within one folder.
struct Pattern(Vec<String>);

fn globset(path: &str) -> Result<Pattern, Failure> {
    if path.contains("**") {
        let failure = Failure::input(format!("`{path}` is not understood: `**` is not supported"));
        return Err(failure.help("name a folder: all files of SQL below it are taken"));
    }
    Ok(Pattern(path.split('/').map(ToOwned::to_owned).collect()))
}

impl Pattern {
    fn is_match(&self, path: &Path) -> bool {
        let names: Vec<_> = path.iter().map(|name| name.to_string_lossy()).collect();
        names.len() == self.0.len() && names.iter().zip(&self.0).all(|(name, pattern)| matches(pattern, name))
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    sql::glob(pattern)
        .is_some_and(|regex| jsonschema::is_valid(&serde_json::json!({ "pattern": regex }), &Value::from(name)))
}

/// A path by which `2_a` comes before `10_b`, as migrations are counted.
fn natural(path: &Path) -> Vec<(u64, String)> {
    let text = path.to_string_lossy();
    let mut parts = Vec::new();
    let mut rest = text.as_ref();
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let (number, after) = rest.split_at(digits);
        let letters = after.find(|letter: char| letter.is_ascii_digit()).unwrap_or(after.len());
        let (word, after) = after.split_at(letters);
        // Text before the first number counts as number zero.
        parts.push((number.parse().unwrap_or(0), word.to_owned()));
        rest = after;
    }
    parts
}

fn place(at: &str) -> Place {
    let (path, fragment) = at.split_once('#').unwrap_or((at, ""));
    Place { path: PathBuf::from(path), pointer: crate::schema::unescaped(fragment) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_in_the_order_of_their_numbers() {
        let mut paths: Vec<_> = ["m/10_b.sql", "m/2_a.sql", "m/1.sql"].map(PathBuf::from).into();
        paths.sort_by_key(|path| natural(path));
        assert_eq!(paths, ["m/1.sql", "m/2_a.sql", "m/10_b.sql"].map(PathBuf::from));
    }
}
