//! From the tree to JSON's values: aliases followed, merge keys merged, scalars resolved, all within a budget.

use std::{collections::HashMap, sync::Arc};

use linkspan_report::printable_line;
use serde_json::{Map, Value};

use super::{
    Dialect, Stream,
    compose::{Composed, Composer, Kind, Tree},
    kubernetes,
    scalar::{self, Meaning},
};
use crate::{
    Document, Fault, MAX_DEPTH,
    fault::{Problem, rule},
    map::{Node, Nodes, Range, Source, wide},
};

/// How many nodes a document may have more than are written in it: what aliases and merge keys repeat.
const MAX_REPEATED_NODES: usize = 1_000_000;

/// How many bytes of scalars and keys they may repeat.
const MAX_REPEATED_BYTES: usize = 64 << 20;

type Step<T> = Result<T, Box<Problem>>;

/// All documents of a text.
pub(super) fn stream(text: &str, dialect: Dialect, source: &Arc<Source>) -> Result<Stream, Vec<Fault>> {
    let mut composer = Composer::new(text);
    let mut stream = Stream::default();
    let mut problems = Vec::new();
    loop {
        match composer.document() {
            Ok(None) => break,
            Ok(Some(tree)) => match Converter::new(&tree, dialect).document(&mut problems) {
                Some((value, nodes)) => {
                    stream.documents.push(Document { value, source: Arc::clone(source), nodes, start: tree.start });
                }
                None => stream.empty += 1,
            },
            Err(problem) => {
                problems.push(*problem);
                break;
            }
        }
    }
    if problems.is_empty() {
        return Ok(stream);
    }
    Err(problems.into_iter().map(|problem| problem.fault(source)).collect())
}

/// What stands in a mapping.
enum Item {
    Entry(Entry),
    /// The value of a merge key.
    Merge(usize),
}

struct Entry {
    name: String,
    key: Range,
    value: usize,
}

struct Converter<'t> {
    tree: &'t Tree<'t>,
    dialect: Dialect,
    nodes: Nodes,
    problems: Vec<Problem>,
    /// What aliases repeated so far.
    repeated_nodes: usize,
    repeated_bytes: usize,
    /// How many aliases the current node is inside of.
    aliases: usize,
}

impl<'t> Converter<'t> {
    fn new(tree: &'t Tree<'t>, dialect: Dialect) -> Self {
        Self {
            tree,
            dialect,
            nodes: Nodes::default(),
            problems: Vec::new(),
            repeated_nodes: 0,
            repeated_bytes: 0,
            aliases: 0,
        }
    }

    /// The document's value, or `None` if it has none.
    fn document(mut self, problems: &mut Vec<Problem>) -> Option<(Value, Nodes)> {
        if self.tree.is_empty() {
            return None;
        }
        let value = self.value(0, Node::default(), 0).unwrap_or_else(|problem| {
            self.problems.push(*problem);
            Value::Null
        });
        problems.append(&mut self.problems);
        let skipped = value.is_null() && self.dialect == Dialect::Kubernetes;
        (!skipped).then_some((value, self.nodes))
    }

    fn node(&self, at: usize) -> Step<&'t Composed<'t>> {
        // Every index comes from the tree itself.
        self.tree.nodes.get(at).ok_or_else(|| Problem::new(rule::YAML, "a value is missing", Range::default()))
    }

    /// The value of a node; `place` has the key that names it, and the place of the alias that led to it.
    fn value(&mut self, at: usize, mut place: Node, depth: usize) -> Step<Value> {
        let node = self.node(at)?;
        if let Kind::Alias(target) = node.kind {
            place.value = if place.value == Range::default() { node.range } else { place.value };
            return self.aliased(|this| this.value(target, place, depth));
        }
        self.charge(node)?;
        let end = if place.value == Range::default() { node.range } else { place.value };
        place.value = end;
        let opened = self.nodes.open(place);
        let value = match &node.kind {
            Kind::Scalar(text, style) => {
                self.scalar(node, scalar::meaning(self.dialect, text, *style, node.tag.as_deref()))
            }
            Kind::Sequence => self.sequence(at, node, depth)?,
            Kind::Mapping => self.mapping(at, node, depth)?,
            Kind::Alias(_) => Value::Null,
        };
        self.nodes.close(opened, wide(end.end));
        Ok(value)
    }

    /// Runs something inside an alias.
    fn aliased<T>(&mut self, run: impl FnOnce(&mut Self) -> Step<T>) -> Step<T> {
        self.aliases += 1;
        let result = run(self);
        self.aliases -= 1;
        result
    }

    /// Counts a node against the budget, if it is repeated.
    fn charge(&mut self, node: &Composed<'_>) -> Step<()> {
        if self.aliases == 0 {
            return Ok(());
        }
        self.repeated_nodes += 1;
        if let Kind::Scalar(text, _) = &node.kind {
            self.repeated_bytes += text.len();
        }
        if self.repeated_nodes <= MAX_REPEATED_NODES && self.repeated_bytes <= MAX_REPEATED_BYTES {
            return Ok(());
        }
        let message =
            format!("aliases repeat more than {MAX_REPEATED_NODES} values or {} MiB of text", MAX_REPEATED_BYTES >> 20);
        Err(Problem::new(rule::LIMIT, message, node.range).help("write the values out, or split the document"))
    }

    fn scalar(&mut self, node: &Composed<'_>, meaning: Meaning) -> Value {
        let written = match &node.kind {
            Kind::Scalar(text, _) => text.chars().take(40).collect::<String>(),
            _ => String::new(),
        };
        let written = printable_line(&written);
        let problem = match meaning {
            Meaning::Value(value) => return value,
            Meaning::NotFinite => {
                Problem::new(rule::YAML_TO_JSON, format!("`{written}` has no counterpart in JSON"), node.range)
                    .help("quote it if it is a text")
            }
            Meaning::TooLarge => {
                Problem::new(rule::NUMBER_RANGE, format!("the number `{written}` is too large for 64 bits"), node.range)
                    .help("quote it if it is a text")
            }
            Meaning::NotA(kind) => {
                let message = format!("`{written}` is tagged `{}`, but is no {kind}", tag_name(node));
                Problem::new(rule::YAML, message, node.range)
            }
            Meaning::UnknownTag => unknown_tag(node),
        };
        self.problems.push(*problem);
        Value::Null
    }

    fn sequence(&mut self, at: usize, node: &Composed<'_>, depth: usize) -> Step<Value> {
        self.collection(node, depth, "seq")?;
        let mut items = Vec::new();
        for child in self.tree.children(at) {
            items.push(self.value(child, Node::default(), depth + 1)?);
        }
        Ok(Value::Array(items))
    }

    /// What is checked of every sequence and mapping.
    fn collection(&mut self, node: &Composed<'_>, depth: usize, tag: &str) -> Step<()> {
        if depth >= MAX_DEPTH {
            let message = format!("sequences and mappings are nested more than {MAX_DEPTH} deep");
            return Err(Problem::new(rule::LIMIT, message, Range { end: node.range.start + 1, ..node.range }));
        }
        match node.tag.as_deref() {
            None | Some("!") => {}
            Some(written) if written.strip_prefix(scalar::PREFIX) == Some(tag) => {}
            Some(_) => self.problems.push(*unknown_tag(node)),
        }
        Ok(())
    }

    fn mapping(&mut self, at: usize, node: &Composed<'_>, depth: usize) -> Step<Value> {
        let mut members = Map::new();
        self.fill(at, node, &mut members, depth)?;
        Ok(Value::Object(members))
    }

    /// Adds what stands in a mapping to an object.
    fn fill(&mut self, at: usize, node: &Composed<'_>, members: &mut Map<String, Value>, depth: usize) -> Step<()> {
        self.collection(node, depth, "map")?;
        for item in self.items(at)? {
            match item {
                Item::Entry(entry) => self.entry(entry, members, depth)?,
                Item::Merge(source) => self.merge(source, members, depth)?,
            }
        }
        Ok(())
    }

    fn entry(&mut self, entry: Entry, members: &mut Map<String, Value>, depth: usize) -> Step<()> {
        let Entry { name, key, value } = entry;
        if self.dialect == Dialect::Yaml12 && members.contains_key(&name) {
            return Ok(());
        }
        if self.aliases > 0 {
            self.repeated_bytes += name.len();
        }
        let place = Node { key, name: self.nodes.name(&name), ..Node::default() };
        let value = self.value(value, place, depth + 1)?;
        members.insert(name, value);
        Ok(())
    }

    /// Merges what a merge key names: a mapping, or a sequence of them of which earlier ones win.
    fn merge(&mut self, at: usize, members: &mut Map<String, Value>, depth: usize) -> Step<()> {
        let node = self.node(at)?;
        match &node.kind {
            Kind::Alias(target) => self.aliased(|this| this.merge(*target, members, depth)),
            Kind::Mapping => {
                self.charge(node)?;
                self.fill(at, node, members, depth + 1)
            }
            Kind::Sequence if self.sources_are_mappings(at) => {
                self.collection(node, depth, "seq")?;
                let mut sources = self.tree.children(at);
                if self.dialect == Dialect::Kubernetes {
                    // There, what comes later overwrites.
                    sources.reverse();
                }
                sources.into_iter().try_for_each(|source| self.merge(source, members, depth + 1))
            }
            _ => {
                let problem = Problem::new(rule::YAML, "`<<` merges a mapping or a list of mappings", node.range);
                self.problems.push(*problem.help("quote it (`\"<<\"`) if it is an ordinary key"));
                Ok(())
            }
        }
    }

    fn sources_are_mappings(&self, at: usize) -> bool {
        self.tree
            .children(at)
            .into_iter()
            .all(|child| matches!(self.behind(child).map(|node| &node.kind), Some(Kind::Mapping)))
    }

    /// The node that a node or an alias stands for.
    fn behind(&self, at: usize) -> Option<&'t Composed<'t>> {
        let node = self.tree.nodes.get(at)?;
        match node.kind {
            // An alias stands for a node that is no alias: only those have anchors.
            Kind::Alias(target) => self.tree.nodes.get(target),
            _ => Some(node),
        }
    }

    /// What stands in a mapping, in the order in which it takes effect: as it is written for kubectl, of which
    /// later entries overwrite earlier ones; else merges come last, and never overwrite. Duplicate keys are
    /// reported where they are written, once.
    fn items(&mut self, at: usize) -> Step<Vec<Item>> {
        let children = self.tree.children(at);
        let mut items = Vec::with_capacity(children.len() / 2);
        for pair in children.chunks_exact(2) {
            let &[key, value] = pair else { continue };
            let node = self.node(key)?;
            if is_merge(node) {
                items.push(Item::Merge(value));
            } else if let Some(name) = self.key(key, node) {
                items.push(Item::Entry(Entry { name, key: node.range, value }));
            }
        }
        if self.aliases == 0 {
            self.duplicates(&items);
        }
        if self.dialect == Dialect::Yaml12 {
            items.sort_by_key(|item| matches!(item, Item::Merge(_)));
        }
        Ok(items)
    }

    fn duplicates(&mut self, items: &[Item]) {
        let mut seen = HashMap::with_capacity(items.len());
        for item in items {
            let Item::Entry(entry) = item else { continue };
            if let Some(first) = seen.insert(entry.name.as_str(), entry.key) {
                self.problems.push(*Problem::duplicate(&entry.name, entry.key, first));
            }
        }
    }

    /// The name that a key becomes; `None` is reported.
    fn key(&mut self, at: usize, written: &Composed<'_>) -> Option<String> {
        let node = self.behind(at)?;
        let Kind::Scalar(text, style) = &node.kind else {
            self.problems.push(*complex_key(written));
            return None;
        };
        if node.is_absent() {
            self.problems.push(*Problem::new(rule::YAML_TO_JSON, "a key is missing before `:`", written.range));
            return None;
        }
        let name = match (self.dialect, *style, node.tag.as_deref()) {
            (Dialect::Kubernetes, granit_parser::ScalarStyle::Plain, None) => kubernetes::key(text),
            (_, _, None) => Some(text.to_string()),
            (_, _, tag) => match scalar::meaning(self.dialect, text, *style, tag) {
                Meaning::Value(Value::String(name)) => Some(name),
                Meaning::Value(value) => (!value.is_null()).then(|| value.to_string()),
                other => {
                    self.scalar(node, other);
                    return None;
                }
            },
        };
        if name.is_none() {
            let message = "the key is null or too large a number, which kubectl refuses";
            self.problems.push(*Problem::new(rule::YAML_TO_JSON, message, written.range).help("quote it"));
        }
        name
    }
}

/// Whether a key is the merge key: `<<` without quotes.
fn is_merge(node: &Composed<'_>) -> bool {
    let tag = node.tag.as_deref();
    let plain = |style| style == granit_parser::ScalarStyle::Plain;
    match &node.kind {
        Kind::Scalar(text, style) => {
            text == "<<"
                && ((tag.is_none() && plain(*style))
                    || tag.and_then(|tag| tag.strip_prefix(scalar::PREFIX)) == Some("merge"))
        }
        _ => false,
    }
}

fn complex_key(node: &Composed<'_>) -> Box<Problem> {
    Problem::new(rule::YAML_TO_JSON, "a key is a sequence or a mapping, which JSON does not have", node.range)
        .help("quote the key if it is a text, as with `\"{{ value }}\"`")
}

/// A tag as people write it.
fn tag_name(node: &Composed<'_>) -> String {
    let tag = node.tag.as_deref().unwrap_or_default();
    tag.strip_prefix(scalar::PREFIX).map_or_else(|| tag.to_owned(), |name| format!("!!{name}"))
}

fn unknown_tag(node: &Composed<'_>) -> Box<Problem> {
    let range = if node.tag_range == Range::default() { node.range } else { node.tag_range };
    Problem::new(rule::YAML_TO_JSON, format!("the tag `{}` means nothing here", tag_name(node)), range)
        .help("remove it: only YAML's own tags for JSON's types and `!!binary` are read")
}
