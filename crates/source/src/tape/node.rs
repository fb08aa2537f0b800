//! The values on a tape.

use serde_json::{Map, Value};

use super::{Cell, Kind, View, number, wide};

/// One value on a tape, or a member's name as a value of its own.
#[derive(Debug, Clone, Copy)]
pub enum Node<'a> {
    /// A value of the document.
    Cell {
        /// The document.
        view: &'a View<'a>,
        /// The index of its cell.
        at: u32,
    },
    /// A member's name, as `propertyNames` checks it.
    Name(&'a str),
}

/// What a value is.
#[derive(Debug, Clone, Copy)]
pub enum Shape<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it was written.
    Number(&'a str),
    /// A string.
    Text(&'a str),
    /// An array.
    Array(Items<'a>),
    /// An object.
    Object(Members<'a>),
}

impl<'a> Node<'a> {
    fn cell(self) -> Option<(&'a View<'a>, u32, Cell)> {
        match self {
            Self::Cell { view, at } => Some((view, at, view.cell(at))),
            Self::Name(_) => None,
        }
    }

    /// What it is.
    #[inline]
    #[must_use]
    pub fn shape(self) -> Shape<'a> {
        let (view, at, cell) = match self {
            Self::Cell { view, at } => (view, at, view.cell(at)),
            Self::Name(name) => return Shape::Text(name),
        };
        match cell.kind {
            Kind::Null => Shape::Null,
            Kind::False => Shape::Bool(false),
            Kind::True => Shape::Bool(true),
            Kind::Number => Shape::Number(view.text.get(wide(cell.start)..wide(cell.end)).unwrap_or_default()),
            Kind::Plain | Kind::Escaped => Shape::Text(view.string(cell).unwrap_or_default()),
            Kind::Array => Shape::Array(Items { view, count: cell.start, next: at + 1 }),
            Kind::Object => Shape::Object(Members { view, count: cell.start, next: at + 1 }),
        }
    }

    /// The string, if it is one.
    #[must_use]
    pub fn text(self) -> Option<&'a str> {
        match self {
            Self::Cell { view, at } => view.string(view.cell(at)),
            Self::Name(name) => Some(name),
        }
    }

    /// The members, if it is an object.
    #[must_use]
    pub fn object(self) -> Option<Members<'a>> {
        let (view, at, cell) = self.cell()?;
        (cell.kind == Kind::Object).then(|| Members { view, count: cell.start, next: at + 1 })
    }

    /// The items, if it is an array.
    #[must_use]
    pub fn array(self) -> Option<Items<'a>> {
        let (view, at, cell) = self.cell()?;
        (cell.kind == Kind::Array).then(|| Items { view, count: cell.start, next: at + 1 })
    }

    /// The value as a tree, the same that the exact reader gives.
    #[must_use]
    pub fn built(self) -> Value {
        match self.shape() {
            Shape::Null => Value::Null,
            Shape::Bool(value) => Value::Bool(value),
            Shape::Number(text) => number(text).map_or(Value::Null, Value::Number),
            Shape::Text(text) => Value::String(text.to_owned()),
            Shape::Array(items) => Value::Array(items.map(Node::built).collect()),
            Shape::Object(members) => {
                Value::Object(Map::from_iter(members.map(|member| (member.name.to_owned(), member.value.built()))))
            }
        }
    }
}

/// The members of an object.
#[derive(Debug, Clone, Copy)]
pub struct Members<'a> {
    view: &'a View<'a>,
    count: u32,
    next: u32,
}

/// A member of an object.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// Its name.
    pub name: &'a str,
    /// The mark of its name: equal for equal names.
    pub mark: u32,
    /// Its value.
    pub value: Node<'a>,
}

impl Members<'_> {
    /// How many are still to come.
    #[must_use]
    pub const fn left(&self) -> u32 {
        self.count
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = Member<'a>;

    #[inline]
    fn next(&mut self) -> Option<Member<'a>> {
        self.count = self.count.checked_sub(1)?;
        let name = self.view.cell(self.next);
        let at = self.next + 1;
        self.next = self.view.next(at);
        let value = Node::Cell { view: self.view, at };
        Some(Member { name: self.view.string(name)?, mark: name.mark, value })
    }
}

/// The items of an array.
#[derive(Debug, Clone, Copy)]
pub struct Items<'a> {
    view: &'a View<'a>,
    count: u32,
    next: u32,
}

impl Items<'_> {
    /// How many are still to come.
    #[must_use]
    pub const fn left(&self) -> u32 {
        self.count
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Node<'a>;

    #[inline]
    fn next(&mut self) -> Option<Node<'a>> {
        self.count = self.count.checked_sub(1)?;
        let at = self.next;
        self.next = self.view.next(at);
        Some(Node::Cell { view: self.view, at })
    }
}
