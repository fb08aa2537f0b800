//! From events to a tree of nodes: anchors are known, aliases not yet followed.

use std::{borrow::Cow, collections::HashMap};

use granit_parser::{Event, Marker, Parser, ScalarStyle, Span, StructureStyle, Tag};

use super::syntax::broken;
use crate::{
    MAX_DEPTH,
    fault::{Problem, rule},
    map::{Range, small, wide},
};

/// What a node is.
#[derive(Debug)]
pub(super) enum Kind<'t> {
    Scalar(Cow<'t, str>, ScalarStyle),
    Sequence,
    /// Its children are key, value, key, value.
    Mapping,
    /// The index of the node that it stands for.
    Alias(usize),
}

/// A node; the nodes of a document lie in one vector, each before what is inside it.
#[derive(Debug)]
pub(super) struct Composed<'t> {
    pub(super) kind: Kind<'t>,
    /// The resolved tag, as `tag:yaml.org,2002:int` or `!local`.
    pub(super) tag: Option<String>,
    pub(super) tag_range: Range,
    pub(super) range: Range,
    /// How many nodes it is, itself included; zero while it is open.
    pub(super) size: u32,
}

/// A document as it was written.
pub(super) struct Tree<'t> {
    pub(super) nodes: Vec<Composed<'t>>,
    /// Where it begins in the text.
    pub(super) start: u32,
}

impl Tree<'_> {
    /// The nodes directly inside one.
    pub(super) fn children(&self, at: usize) -> Vec<usize> {
        let end = at + self.nodes.get(at).map_or(0, |node| wide(node.size));
        let mut next = at + 1;
        std::iter::from_fn(|| {
            let node = self.nodes.get(next).filter(|_| next < end)?;
            let found = next;
            next += wide(node.size).max(1);
            Some(found)
        })
        .collect()
    }

    /// Whether it has no value at all: nothing but comments.
    pub(super) fn is_empty(&self) -> bool {
        match self.nodes.as_slice() {
            [] => true,
            [only] => matches!(only.kind, Kind::Scalar(_, ScalarStyle::Plain)) && only.is_absent(),
            _ => false,
        }
    }
}

impl Composed<'_> {
    /// Whether nothing is written where the node is.
    pub(super) fn is_absent(&self) -> bool {
        self.range.start == self.range.end && self.tag.is_none()
    }
}

/// A collection that is not closed yet.
struct Open {
    at: usize,
    flow: bool,
    /// Where its last child ends.
    end: u32,
}

/// Reads one document after the other.
pub(super) struct Composer<'t> {
    text: &'t str,
    parser: Parser<'t, granit_parser::StrInput<'t>>,
    nodes: Vec<Composed<'t>>,
    open: Vec<Open>,
    anchors: HashMap<usize, usize>,
}

type Step<T> = Result<T, Box<Problem>>;

impl<'t> Composer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let options = granit_parser::options! {
            emit_comments: false,
            simple_key_max_lookahead: 1 << 20,
            flow_nesting_limit: MAX_DEPTH,
            block_nesting_limit: MAX_DEPTH,
        };
        Self {
            text,
            parser: Parser::new_from_str_with_options(text, options),
            nodes: Vec::new(),
            open: Vec::new(),
            anchors: HashMap::new(),
        }
    }

    /// The next document, or `None` behind the last one.
    pub(super) fn document(&mut self) -> Step<Option<Tree<'t>>> {
        let mut start = 0;
        loop {
            let Some(next) = self.parser.next_event() else { return Ok(None) };
            let (event, span) = next.map_err(|error| broken(self.text, offset(*error.marker()), &error))?;
            match event {
                Event::DocumentStart(..) => start = offset(span.start),
                Event::DocumentEnd => {
                    self.anchors.clear();
                    self.open.clear();
                    let nodes = std::mem::take(&mut self.nodes);
                    return Ok(Some(Tree { nodes, start: small(start) }));
                }
                event => self.node(event, span)?,
            }
        }
    }

    fn node(&mut self, event: Event<'t>, span: Span) -> Step<()> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let range = self.scalar_range(&text, style, span);
                self.push(Kind::Scalar(text, style), anchor, tag.as_deref(), span, range, 1);
                self.ends_at(range.end);
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.push_open(Kind::Sequence, style, anchor, tag.as_deref(), span)?;
            }
            Event::MappingStart(style, anchor, tag) => {
                self.push_open(Kind::Mapping, style, anchor, tag.as_deref(), span)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(id) => self.alias(id, span)?,
            _ => {}
        }
        Ok(())
    }

    /// Where a scalar stands; the line breaks behind a block scalar are not shown as part of it.
    fn scalar_range(&self, text: &str, style: ScalarStyle, span: Span) -> Range {
        let range = range_of(span);
        let written = range.slice(self.text).unwrap_or_default();
        let absent = style == ScalarStyle::Plain && (text.is_empty() || (text == "~" && written != "~"));
        let end = if absent {
            range.start
        } else {
            range.start + small(written.trim_end_matches([' ', '\t', '\r', '\n']).len())
        };
        let header = match style {
            ScalarStyle::Literal => self.header(range.start, '|'),
            ScalarStyle::Folded => self.header(range.start, '>'),
            _ => None,
        };
        Range { start: header.map_or(range.start, small), end }
    }

    /// Where the header of a block scalar stands, whose content begins at some place.
    fn header(&self, content: u32, indicator: char) -> Option<usize> {
        let before = self.text.get(..wide(content))?.trim_end_matches([' ', '\t', '\r', '\n']);
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let text = before.get(line..)?;
        let is_header = |at: usize| {
            let rest = text
                .get(at + 1..)
                .unwrap_or_default()
                .trim_start_matches(['+', '-', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
            let first = rest.trim_start().chars().next();
            first.is_none_or(|first| first == '#') && (rest.is_empty() || rest.starts_with([' ', '\t']))
        };
        text.match_indices(indicator).map(|(at, _)| at).find(|at| is_header(*at)).map(|at| line + at)
    }

    fn push(&mut self, kind: Kind<'t>, anchor: usize, tag: Option<&Tag>, span: Span, range: Range, size: u32) {
        if anchor != 0 {
            self.anchors.insert(anchor, self.nodes.len());
        }
        let tag_range = span.tag_span().map(range_of).unwrap_or_default();
        let tag = tag.map(ToString::to_string);
        self.nodes.push(Composed { kind, tag, tag_range, range, size });
    }

    fn push_open(
        &mut self,
        kind: Kind<'t>,
        style: StructureStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Step<()> {
        let range = range_of(span);
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(range));
        }
        self.open.push(Open { at: self.nodes.len(), flow: style == StructureStyle::Flow, end: range.start });
        self.push(kind, anchor, tag, span, range, 0);
        Ok(())
    }

    /// Ends the innermost collection: in flow style at its bracket, in block style with its last child.
    fn close(&mut self, span: Span) {
        let Some(Open { at, flow, end }) = self.open.pop() else { return };
        let end = if flow { small(offset(span.end)) } else { end };
        let size = small(self.nodes.len() - at);
        if let Some(node) = self.nodes.get_mut(at) {
            node.size = size;
            node.range.end = end.max(node.range.start);
        }
        self.ends_at(end);
    }

    /// A node ended: so far, this is where the collection that it is in ends, too.
    fn ends_at(&mut self, end: u32) {
        if let Some(open) = self.open.last_mut() {
            open.end = open.end.max(end);
        }
    }

    fn alias(&mut self, id: usize, span: Span) -> Step<()> {
        let range = range_of(span);
        let target = self.anchors.get(&id).copied();
        let Some((target, node)) = target.and_then(|at| self.nodes.get(at).map(|node| (at, node))) else {
            return Err(Problem::new(rule::YAML, "the alias has no anchor", range));
        };
        if node.size == 0 {
            let problem =
                Problem::new(rule::YAML_TO_JSON, "the alias stands inside the value that it stands for", range);
            return Err(problem.related("that value", Range { end: node.range.start + 1, ..node.range }));
        }
        self.nodes.push(Composed { kind: Kind::Alias(target), tag: None, tag_range: Range::default(), range, size: 1 });
        self.ends_at(range.end);
        Ok(())
    }
}

/// What is nested too deep, wherever that is noticed.
pub(super) fn too_deep(range: Range) -> Box<Problem> {
    Problem::new(rule::LIMIT, format!("sequences and mappings are nested more than {MAX_DEPTH} deep"), range)
}

fn offset(marker: Marker) -> usize {
    marker.byte_offset().unwrap_or_default()
}

fn range_of(span: Span) -> Range {
    Range::new(offset(span.start), offset(span.end))
}
