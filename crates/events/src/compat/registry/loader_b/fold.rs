use std::rc::Rc;

use crate::compat::registry::fault::Outcome;
use crate::compat::registry::node::{Arena, Array, Combined, Criterion, Id, Kind, Node, Numeric, Object, Rest, Text};

/// Folds a piece into what a schema's pieces are so far.
pub(super) fn fold<'a>(arena: &mut Arena<'a>, so_far: Option<Rc<Node<'a>>>, piece: Node<'a>) -> Outcome<Node<'a>> {
    let Some(so_far) = so_far.map(Rc::unwrap_or_clone) else { return Ok(piece) };
    if mergeable(&so_far.kind, &piece.kind) {
        return Ok(merge(so_far, piece));
    }
    if let Some(at) = member_of_kind(arena, &so_far, &piece) {
        return merge_into(arena, so_far, at, piece);
    }
    if let Some(at) = member_of_kind(arena, &piece, &so_far) {
        return merge_into(arena, piece, at, so_far);
    }
    let mut members = Vec::new();
    for node in [so_far, piece] {
        for member in opened(arena, node.into())? {
            add_member(arena, &mut members, member)?;
        }
    }
    Ok(generated(Criterion::All, members))
}

/// Appends a branch of a written `allOf`, `anyOf` or `oneOf`; a generated `allOf` dissolves into its members.
pub(super) fn append<'a>(arena: &mut Arena<'a>, branches: &mut Vec<Id>, branch: Rc<Node<'a>>) -> Outcome<()> {
    branches.extend(opened(arena, branch)?);
    Ok(())
}

/// A combination that nobody wrote.
pub(super) fn generated<'a>(criterion: Criterion, branches: Vec<Id>) -> Node<'a> {
    Node::of(Kind::Combined(Combined { criterion, branches, generated: true }))
}

/// What a finished object is: a generated `allOf` of one is that one, of none is empty.
pub(super) fn unwrapped<'a>(arena: &Arena<'a>, node: Node<'a>) -> Node<'a> {
    match &node.kind {
        Kind::Combined(Combined { criterion: Criterion::All, branches, generated: true }) => match branches[..] {
            [] => Node::of(Kind::Empty),
            [only] => arena.node(only).clone(),
            _ => node,
        },
        _ => node,
    }
}

/// The members of a generated `allOf`, or the node itself.
fn opened<'a>(arena: &mut Arena<'a>, node: Rc<Node<'a>>) -> Outcome<Vec<Id>> {
    match &node.kind {
        Kind::Combined(Combined { criterion: Criterion::All, branches, generated: true }) => Ok(branches.clone()),
        _ => Ok(vec![arena.push(node)?]),
    }
}

fn add_member(arena: &mut Arena<'_>, members: &mut Vec<Id>, member: Id) -> Outcome<()> {
    let same = |known: &&mut Id| mergeable(&arena.node(**known).kind, &arena.node(member).kind);
    match members.iter_mut().find(same) {
        Some(known) => {
            let merged = merge(arena.node(*known).clone(), arena.node(member).clone());
            *known = arena.push(merged)?;
        }
        None => members.push(member),
    }
    Ok(())
}

/// The first member of a generated `anyOf` that is of the piece's kind.
fn member_of_kind(arena: &Arena<'_>, union: &Node<'_>, piece: &Node<'_>) -> Option<usize> {
    let Kind::Combined(Combined { criterion: Criterion::Any, branches, generated: true }) = &union.kind else {
        return None;
    };
    branches.iter().position(|branch| mergeable(&arena.node(*branch).kind, &piece.kind))
}

fn merge_into<'a>(arena: &mut Arena<'a>, mut union: Node<'a>, at: usize, piece: Node<'a>) -> Outcome<Node<'a>> {
    if let Kind::Combined(combined) = &mut union.kind {
        let merged = merge(arena.node(combined.branches[at]).clone(), piece);
        combined.branches[at] = arena.push(merged)?;
    }
    Ok(union)
}

fn mergeable(one: &Kind<'_>, other: &Kind<'_>) -> bool {
    matches!(
        (one, other),
        (Kind::Array(_), Kind::Array(_))
            | (Kind::Numeric(_), Kind::Numeric(_))
            | (Kind::Object(_), Kind::Object(_))
            | (Kind::Text(_), Kind::Text(_))
    )
}

/// Two nodes of one kind as one: the later's single values win, lists, maps and bags unite.
fn merge<'a>(mut node: Node<'a>, piece: Node<'a>) -> Node<'a> {
    match (&mut node.kind, piece.kind) {
        (Kind::Array(a), Kind::Array(p)) => merge_arrays(a, *p),
        (Kind::Numeric(a), Kind::Numeric(p)) => merge_numerics(a, p),
        (Kind::Object(a), Kind::Object(p)) => merge_objects(a, *p),
        (Kind::Text(a), Kind::Text(p)) => merge_texts(a, &p),
        _ => {}
    }
    node.title = piece.title.or(node.title);
    node.description = piece.description.or(node.description);
    node.default = piece.default.or(node.default);
    node.bag.raw.extend(piece.bag.raw);
    node.bag.definitions.extend(piece.bag.definitions);
    node.bag.min_contains = piece.bag.min_contains.or(node.bag.min_contains);
    node.bag.max_contains = piece.bag.max_contains.or(node.bag.max_contains);
    node.bag.unevaluated_items = piece.bag.unevaluated_items.or(node.bag.unevaluated_items);
    node.bag.unevaluated_properties = piece.bag.unevaluated_properties.or(node.bag.unevaluated_properties);
    node
}

fn merge_arrays(a: &mut Array, p: Array) {
    a.typed |= p.typed;
    a.unique |= p.unique;
    a.items = p.items.or(a.items);
    a.tuple.extend(p.tuple);
    a.additional = later(a.additional, p.additional);
    a.contains = p.contains.or(a.contains);
    a.min = p.min.or(a.min);
    a.max = p.max.or(a.max);
}

fn merge_objects<'a>(a: &mut Object<'a>, p: Object<'a>) {
    a.typed |= p.typed;
    a.properties.extend(p.properties);
    a.required.extend(p.required);
    a.min = p.min.or(a.min);
    a.max = p.max.or(a.max);
    a.additional = later(a.additional, p.additional);
    a.patterns.extend(p.patterns);
    a.names = p.names.or(a.names);
    a.required_with.extend(p.required_with);
    a.schema_with.extend(p.schema_with);
}

fn later(a: Rest, p: Rest) -> Rest {
    if p == Rest::Any { a } else { p }
}

fn merge_texts<'a>(a: &mut Text<'a>, p: &Text<'a>) {
    a.typed |= p.typed;
    a.min = p.min.or(a.min);
    a.max = p.max.or(a.max);
    a.pattern = p.pattern.or(a.pattern);
    a.format = p.format.or(a.format);
}

fn merge_numerics(a: &mut Numeric, p: Numeric) {
    a.typed |= p.typed;
    a.integer |= p.integer;
    a.minimum = p.minimum.or(a.minimum);
    a.maximum = p.maximum.or(a.maximum);
    a.exclusive_minimum = p.exclusive_minimum.or(a.exclusive_minimum);
    a.exclusive_maximum = p.exclusive_maximum.or(a.exclusive_maximum);
    a.multiple_of = p.multiple_of.or(a.multiple_of);
}
