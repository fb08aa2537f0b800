//! The grammar: values, arrays and objects, with a stack of its own, so that depth costs no call stack.

use serde_json::{Map, Value};

use super::number;
use crate::{
    MAX_DEPTH,
    fault::{Problem, rule},
    map::{Node, Nodes, Range},
};

pub(super) type Step<T> = Result<T, Box<Problem>>;

/// A container that is not closed yet.
enum Frame {
    Array { node: usize, items: Vec<Value> },
    Object { node: usize, members: Map<String, Value>, key: String },
}

/// What the first character of a value leads to.
enum Begun {
    Complete(Value),
    Opened,
}

/// What follows a value.
enum Next {
    Another,
    Closed(Value),
    Root(Value),
}

pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    nodes: Nodes,
    stack: Vec<Frame>,
    /// The key that was read last, until its value begins.
    pending: Node,
    /// What is wrong, but does not end the reading.
    problems: Vec<Problem>,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            nodes: Nodes::for_text(text.len()),
            stack: Vec::new(),
            pending: Node::default(),
            problems: Vec::new(),
        }
    }

    pub(super) fn parse(mut self) -> Result<(Value, Nodes), Vec<Problem>> {
        match self.document() {
            Ok(value) if self.problems.is_empty() => return Ok((value, self.nodes)),
            Ok(_) => {}
            Err(problem) => self.problems.push(*problem),
        }
        Err(self.problems)
    }

    fn document(&mut self) -> Step<Value> {
        loop {
            self.space();
            let Begun::Complete(mut value) = self.value()? else { continue };
            loop {
                match self.attach(value)? {
                    Next::Another => break,
                    Next::Closed(container) => value = container,
                    Next::Root(value) => return self.end().map(|()| value),
                }
            }
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn end(&mut self) -> Step<()> {
        self.space();
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.unexpected("the end of the document")),
        }
    }

    fn value(&mut self) -> Step<Begun> {
        let start = self.at;
        let mut node = std::mem::take(&mut self.pending);
        node.value = Range::new(start, start);
        let node = self.nodes.open(node);
        let value = match self.peek() {
            Some(b'{' | b'[') => return self.open(node),
            Some(b'"') => Value::String(self.string()?.into_owned()),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b'a'..=b'z') => self.literal()?,
            _ => return Err(self.unexpected("a value")),
        };
        self.nodes.close(node, self.at);
        Ok(Begun::Complete(value))
    }

    fn literal(&mut self) -> Step<Value> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let words = [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)];
        let found = words.into_iter().find(|(word, _)| rest.starts_with(word));
        let Some((word, value)) = found else { return Err(self.unexpected("a value")) };
        self.at += word.len();
        Ok(value)
    }

    fn open(&mut self, node: usize) -> Step<Begun> {
        if self.stack.len() >= MAX_DEPTH {
            let message = format!("arrays and objects are nested more than {MAX_DEPTH} deep");
            return Err(Problem::new(rule::LIMIT, message, self.here()));
        }
        let object = self.peek() == Some(b'{');
        self.at += 1;
        self.space();
        if self.peek() == Some(if object { b'}' } else { b']' }) {
            self.at += 1;
            self.nodes.close(node, self.at);
            let value = if object { Value::Object(Map::new()) } else { Value::Array(Vec::new()) };
            return Ok(Begun::Complete(value));
        }
        if object {
            self.stack.push(Frame::Object { node, members: Map::new(), key: String::new() });
            self.key()?;
        } else {
            self.stack.push(Frame::Array { node, items: Vec::new() });
        }
        Ok(Begun::Opened)
    }

    fn key(&mut self) -> Step<()> {
        self.space();
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a key in double quotes"));
        }
        let start = self.at;
        let name = self.string()?;
        self.pending.key = Range::new(start, self.at);
        self.pending.name = self.nodes.name(&name);
        if let Some(Frame::Object { key, .. }) = self.stack.last_mut() {
            *key = name.into_owned();
        }
        self.space();
        if self.peek() != Some(b':') {
            return Err(self.unexpected("`:` behind the key"));
        }
        self.at += 1;
        Ok(())
    }

    /// Puts a complete value where it belongs, and reads on to the next one.
    fn attach(&mut self, value: Value) -> Step<Next> {
        let twice = match self.stack.last_mut() {
            None => return Ok(Next::Root(value)),
            Some(Frame::Array { items, .. }) => {
                items.push(value);
                None
            }
            Some(Frame::Object { node, members, key }) => members.insert(std::mem::take(key), value).map(|_| *node),
        };
        if let Some(object) = twice {
            self.duplicate(object);
        }
        self.space();
        match (self.peek(), self.stack.last()) {
            (Some(b','), Some(Frame::Array { .. })) => self.at += 1,
            (Some(b','), Some(Frame::Object { .. })) => {
                self.at += 1;
                self.key()?;
            }
            (Some(b']'), Some(Frame::Array { .. })) | (Some(b'}'), Some(Frame::Object { .. })) => {
                self.at += 1;
                return Ok(self.close());
            }
            (_, Some(Frame::Array { .. })) => return Err(self.unexpected("`,` or `]`")),
            _ => return Err(self.unexpected("`,` or `}`")),
        }
        Ok(Next::Another)
    }

    fn close(&mut self) -> Next {
        let (node, value) = match self.stack.pop() {
            Some(Frame::Array { node, items }) => (node, Value::Array(items)),
            Some(Frame::Object { node, members, .. }) => (node, Value::Object(members)),
            None => return Next::Root(Value::Null),
        };
        self.nodes.close(node, self.at);
        Next::Closed(value)
    }

    /// Reports the last key of an object that is still open: it occurred before.
    fn duplicate(&mut self, object: usize) {
        // The object's own size is not known yet: give it all nodes so far.
        self.nodes.close(object, self.at);
        let last = self.nodes.children(object).last();
        let Some((last, node)) = last else { return };
        let name = self.nodes.name_of(node);
        let first = self.nodes.children(object).find(|(at, other)| *at != last && self.nodes.name_of(*other) == name);
        let first = first.map(|(_, first)| first.key).unwrap_or_default();
        let problem = Problem::duplicate(name, node.key, first);
        self.problems.push(*problem);
    }

    fn number(&mut self) -> Step<Value> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let zero = self.peek() == Some(b'0');
        let whole = self.at;
        self.digits("a digit")?;
        if zero && self.at > whole + 1 {
            let range = Range::new(start, self.at);
            return Err(Problem::new(rule::JSON, "a number begins with a needless zero", range)
                .help("remove the zero, or quote the value if it is a text"));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits("a digit behind the decimal point")?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits("a digit of the exponent")?;
        }
        let range = Range::new(start, self.at);
        number(range.slice(self.text).unwrap_or_default())
            .ok_or_else(|| Problem::new(rule::NUMBER_RANGE, "the number is too large for 64 bits", range))
    }

    fn digits(&mut self, wanted: &str) -> Step<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start { Err(self.unexpected(wanted)) } else { Ok(()) }
    }

    /// The character at the reader's place, or the empty range at the end.
    pub(super) fn here(&self) -> Range {
        let character = self.text.get(self.at..).and_then(|rest| rest.chars().next());
        Range::new(self.at, self.at + character.map_or(0, char::len_utf8))
    }

    /// The innermost container that is still open.
    pub(super) fn opened(&self) -> Option<(Range, &'static str)> {
        let (node, bracket) = match self.stack.last()? {
            Frame::Array { node, .. } => (*node, "["),
            Frame::Object { node, .. } => (*node, "{"),
        };
        let start = self.nodes.list.get(node)?.value.start;
        Some((Range { start, end: start + 1 }, bracket))
    }
}
