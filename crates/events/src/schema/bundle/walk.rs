use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;

use linkspan_source::pointer;
use serde_json::{Map, Value};

use super::index::{Index, Scope};
use super::language::{Language, Shape, modernise};
use super::{Bundle, Omit, cycles};
use crate::schema::{Dialect, Error, Files, MOST_HOPS, Place, end_of};

/// How many definitions a bundle may have.
const MOST_DEFINITIONS: usize = 20_000;

/// What is said of a schema that no validator comes to an end with.
const CIRCLE: &str = "references go in circles: what is described here describes itself";

/// Words that are about a document, and mean nothing in a bundle.
const DROPPED: [&str; 9] = [
    "$schema",
    "$id",
    "$anchor",
    "$dynamicAnchor",
    "$recursiveAnchor",
    "$vocabulary",
    "$defs",
    "definitions",
    "$dynamicRef",
];

/// A schema in a document, read as one language unless the document or the schema says another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    pub(super) path: PathBuf,
    pub(super) language: Language,
    pub(super) pointer: String,
}

/// What dynamic references lead to: by the anchor's name, the outermost resource's. The empty name is that of
/// `$recursiveAnchor`.
pub(super) type Dynamic = BTreeMap<String, At>;

/// A copy of a schema: the same one differs by what its dynamic references lead to.
pub(super) type Copy = (At, Dynamic);

pub(super) struct Bundler<'f> {
    pub(super) files: &'f Files,
    omit: Option<Omit>,
    target: Dialect,
    pub(super) indexes: BTreeMap<(PathBuf, Language), Index>,
    names: BTreeMap<Copy, String>,
    taken: BTreeSet<String>,
    waiting: VecDeque<(String, Copy)>,
    seen: BTreeSet<Dialect>,
    origins: Vec<(String, Place)>,
}

impl<'f> Bundler<'f> {
    pub(super) fn new(files: &'f Files, omit: Option<Omit>, target: Dialect) -> Self {
        Self {
            files,
            omit,
            target,
            indexes: BTreeMap::new(),
            names: BTreeMap::new(),
            taken: BTreeSet::new(),
            waiting: VecDeque::new(),
            seen: BTreeSet::new(),
            origins: Vec::new(),
        }
    }

    pub(super) fn bundle(&mut self, place: &Place, language: Language) -> Result<Bundle, Error> {
        let at = self.at(&place.path, language, &place.pointer)?;
        let dynamic = self.entered(&Dynamic::new(), &at);
        let root = self.behind((at, dynamic))?;
        self.names.insert(root.clone(), String::new());
        let mut value = self.copy(&root, "")?;
        let definitions = self.definitions()?;
        if let Value::Object(schema) = &mut value {
            if !definitions.is_empty() {
                schema.insert(self.container().to_owned(), Value::Object(definitions));
            }
            schema.insert("$schema".to_owned(), self.target.uri().into());
        }
        if let Some(pointer) = cycles::first(&value) {
            return Err(self.circle(&pointer));
        }
        let origins = std::mem::take(&mut self.origins);
        Ok(Bundle { value, dialect: self.target, origins, parts: self.seen.iter().copied().collect() })
    }

    fn definitions(&mut self) -> Result<Map<String, Value>, Error> {
        let mut definitions = Map::new();
        while let Some((name, copy)) = self.waiting.pop_front() {
            let at = format!("/{}/{name}", self.container());
            let value = self.copy(&copy, &at)?;
            definitions.insert(name, value);
        }
        Ok(definitions)
    }

    fn container(&self) -> &'static str {
        if self.target >= Dialect::Draft201909 { "$defs" } else { "definitions" }
    }

    /// The schema that a schema stands for that says nothing but `$ref`.
    fn behind(&mut self, copy: Copy) -> Result<Copy, Error> {
        end_of(copy, |copy| self.beyond(copy))?.map_err(|copy| self.invalid(&copy.0, CIRCLE.to_owned()))
    }

    /// What a schema that says nothing but `$ref` leads to.
    fn beyond(&mut self, (at, dynamic): &Copy) -> Result<Option<Copy>, Error> {
        let document = self.files.document(&at.path)?;
        let Some(Value::Object(schema)) = pointer::get(&document.value, &at.pointer) else { return Ok(None) };
        let scope = self.scope(at);
        let Some(reference) = schema.get("$ref").and_then(Value::as_str) else { return Ok(None) };
        let silent = |key: &String| key == "$ref" || DROPPED.contains(&key.as_str()) && key != "$dynamicRef";
        if scope.language.siblings() && !schema.keys().all(silent) {
            return Ok(None);
        }
        self.target_of(at, dynamic, reference).map(Some)
    }

    fn copy(&mut self, (at, dynamic): &Copy, out: &str) -> Result<Value, Error> {
        let document = self.files.document(&at.path)?;
        let value = pointer::get(&document.value, &at.pointer).unwrap_or(&Value::Bool(true));
        self.origins.push((out.to_owned(), Place { path: at.path.clone(), pointer: at.pointer.clone() }));
        let scope = self.scope(at);
        self.schema(value, at, &scope, dynamic, out)
    }

    fn schema(&mut self, value: &Value, at: &At, around: &Scope, dynamic: &Dynamic, out: &str) -> Result<Value, Error> {
        let Value::Object(schema) = value else { return Ok(value.clone()) };
        let own = self.index(at).and_then(|index| index.own_scope(&at.pointer)).cloned();
        let dynamic = match &own {
            Some(scope) if scope.base != around.base => &self.entered(dynamic, at),
            _ => dynamic,
        };
        let scope = own.as_ref().unwrap_or(around);
        self.seen.insert(scope.language.dialect());
        self.object(schema, at, scope, dynamic, out).map(Value::Object)
    }

    fn object(
        &mut self,
        schema: &Map<String, Value>,
        at: &At,
        scope: &Scope,
        dynamic: &Dynamic,
        out: &str,
    ) -> Result<Map<String, Value>, Error> {
        let language = scope.language;
        let (mut copy, others) = self.references(schema, at, scope, dynamic)?;
        if copy.contains_key("$ref") && !language.siblings() {
            return Ok(copy);
        }
        let tuple = schema.get("items").is_some_and(Value::is_array);
        for (keyword, value) in schema.iter().filter(|(keyword, value)| kept(keyword, value, language)) {
            let Some(name) = language.renamed(keyword, value, tuple, self.target) else { continue };
            let below = pointer::join(out, name);
            if name != keyword {
                self.origin(&below, at, keyword);
            }
            let value = self.keyword(keyword, value, at, scope, dynamic, &below)?;
            copy.insert(name.to_owned(), value);
        }
        if !others.is_empty()
            && let Value::Array(all) = copy.entry("allOf").or_insert_with(|| Value::Array(Vec::new()))
        {
            all.extend(others);
        }
        modernise(&mut copy, schema, language, self.target);
        for (now, before) in [("dependentRequired", "dependencies"), ("dependentSchemas", "dependencies")] {
            if copy.contains_key(now) && !schema.contains_key(now) {
                self.origin(&pointer::join(out, now), at, before);
            }
        }
        self.leave_out(&mut copy, schema, at);
        Ok(copy)
    }

    fn keyword(
        &mut self,
        keyword: &str,
        value: &Value,
        at: &At,
        scope: &Scope,
        dynamic: &Dynamic,
        out: &str,
    ) -> Result<Value, Error> {
        let shape = scope.language.shape(keyword);
        let from = pointer::join(&at.pointer, keyword);
        let mut child = |rest: &str, child: &Value| {
            let at = At { pointer: format!("{from}{rest}"), ..at.clone() };
            self.schema(child, &at, scope, dynamic, &format!("{out}{rest}"))
        };
        match (shape, value) {
            (Some(Shape::List | Shape::OneOrList), Value::Array(items)) => {
                let items = items.iter().enumerate().map(|(index, item)| child(&format!("/{index}"), item));
                items.collect::<Result<Vec<_>, _>>().map(Value::Array)
            }
            (Some(Shape::Map), Value::Object(members)) => {
                let member = |(name, member): (&String, &Value)| {
                    let made = child(&pointer::join("", name), member)?;
                    Ok((name.clone(), made))
                };
                members.iter().map(member).collect::<Result<Map<_, _>, _>>().map(Value::Object)
            }
            (Some(Shape::One | Shape::OneOrList), _) => child("", value),
            _ => Ok(value.clone()),
        }
    }

    /// The references of a schema, each as a `$ref` to a definition: the first, and those that find no room beside it.
    fn references(
        &mut self,
        schema: &Map<String, Value>,
        at: &At,
        scope: &Scope,
        dynamic: &Dynamic,
    ) -> Result<(Map<String, Value>, Vec<Value>), Error> {
        let (mut first, mut others) = (Map::new(), Vec::new());
        for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
            let known = keyword == "$ref" || scope.language.knows(keyword);
            let Some(reference) = schema.get(keyword).and_then(Value::as_str).filter(|_| known) else { continue };
            let target = match keyword {
                "$ref" => self.target_of(at, dynamic, reference)?,
                "$dynamicRef" => self.dynamic_target(at, dynamic, reference)?,
                _ => self.recursive_target(at, dynamic, reference)?,
            };
            let name = Value::String(self.name(target)?);
            if first.is_empty() {
                first.insert("$ref".to_owned(), name);
            } else {
                others.push(serde_json::json!({ "$ref": name }));
            }
        }
        Ok((first, others))
    }

    fn name(&mut self, copy: Copy) -> Result<String, Error> {
        let name = match self.names.get(&copy) {
            Some(name) => name.clone(),
            None => self.new_name(copy)?,
        };
        Ok(if name.is_empty() { "#".to_owned() } else { format!("#/{}/{name}", self.container()) })
    }

    fn new_name(&mut self, copy: Copy) -> Result<String, Error> {
        if self.names.len() > MOST_DEFINITIONS {
            let message = format!("it leads to more than {MOST_DEFINITIONS} other schemas");
            return Err(self.invalid(&copy.0, message));
        }
        let wish = wish(&copy.0);
        let numbered = |number: usize| if number == 1 { wish.clone() } else { format!("{wish}-{number}") };
        let free = (1..).map(numbered).find(|name| !self.taken.contains(name)).unwrap_or_default();
        self.taken.insert(free.clone());
        self.names.insert(copy.clone(), free.clone());
        self.waiting.push_back((free.clone(), copy));
        Ok(free)
    }

    fn leave_out(&mut self, copy: &mut Map<String, Value>, schema: &Map<String, Value>, at: &At) {
        let Some(omit) = self.omit else { return };
        let names: Vec<String> = match schema.get("properties") {
            Some(Value::Object(properties)) => properties.keys().cloned().collect(),
            _ => return,
        };
        let properties = pointer::join(&at.pointer, "properties");
        for name in names {
            let property = At { pointer: pointer::join(&properties, &name), ..at.clone() };
            if !self.marked(&property, omit.mark, MOST_HOPS) {
                continue;
            }
            if let Some(Value::Array(required)) = copy.get_mut("required") {
                required.retain(|required| required.as_str() != Some(&name));
            }
            if let Some(Value::Object(properties)) = copy.get_mut("properties") {
                properties.insert(name, Value::Bool(!omit.written));
            }
        }
        if copy.get("required").and_then(Value::as_array).is_some_and(Vec::is_empty) {
            copy.remove("required");
        }
    }

    /// Whether a property is marked, itself or behind references and in `allOf`.
    fn marked(&mut self, at: &At, mark: &str, depth: usize) -> bool {
        let Ok(document) = self.files.document(&at.path) else { return false };
        let Some(Value::Object(schema)) = pointer::get(&document.value, &at.pointer) else { return false };
        if depth == 0 {
            return false;
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str)
            && let Ok((target, _)) = self.resolve(at, reference)
            && self.marked(&target, mark, depth - 1)
        {
            return true;
        }
        let parts = schema.get("allOf").and_then(Value::as_array).map_or(0, Vec::len);
        let all_of = pointer::join(&at.pointer, "allOf");
        schema.get(mark) == Some(&Value::Bool(true))
            || (0..parts).any(|index| {
                let part = At { pointer: pointer::join_index(&all_of, index), ..at.clone() };
                self.marked(&part, mark, depth - 1)
            })
    }

    fn origin(&mut self, out: &str, at: &At, keyword: &str) {
        let pointer = pointer::join(&at.pointer, keyword);
        self.origins.push((out.to_owned(), Place { path: at.path.clone(), pointer }));
    }

    fn circle(&self, out: &str) -> Error {
        let covers = |at: &str| out.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let origin = self.origins.iter().filter(|(at, _)| covers(at)).max_by_key(|(at, _)| at.len());
        let Some((_, place)) = origin else {
            return Error::Invalid { file: String::new(), message: CIRCLE.to_owned(), span: None };
        };
        let at = At { path: place.path.clone(), language: Dialect::Draft202012.into(), pointer: place.pointer.clone() };
        self.invalid(&at, CIRCLE.to_owned())
    }

    fn invalid(&self, at: &At, message: String) -> Error {
        let span = self.files.document(&at.path).ok().map(|document| document.nearest(&at.pointer));
        Error::Invalid { file: self.files.shown(&at.path), message, span }
    }

    pub(super) fn invalid_reference(&self, at: &At, reference: &str, what: &str) -> Error {
        let pointer = pointer::join(&at.pointer, "$ref");
        self.invalid(&At { pointer, ..at.clone() }, format!("the reference `{reference}` {what}"))
    }
}

fn kept(keyword: &str, value: &Value, language: Language) -> bool {
    let identifier = keyword == "id" && language == Language::Schema(Dialect::Draft4) && value.is_string();
    let reference = matches!(keyword, "$ref" | "$dynamicRef" | "$recursiveRef") && value.is_string();
    !identifier && !reference && !DROPPED.contains(&keyword)
}

/// What a definition would best be called: as it is where it was written.
fn wish(at: &At) -> String {
    let last = pointer::parent(&at.pointer).map(|(_, token)| token.into_owned());
    let stem =
        || at.path.file_name().map(|name| name.to_string_lossy().split('.').next().unwrap_or_default().to_owned());
    let name = last.or_else(stem).unwrap_or_default();
    let safe = |letter: char| if letter.is_ascii_alphanumeric() || "._-".contains(letter) { letter } else { '_' };
    let name: String = name.chars().map(safe).collect();
    if name.is_empty() { "schema".to_owned() } else { name }
}
