use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::alphabet::Alphabet;
use super::class;
use super::nfa::{Nfa, State};
use super::node::{Look, Node, Ranges};
use crate::compat::semantic::language::dfa::{Dfa, Row, at, push};

/// What beginning a search counts as work.
const SETUP: usize = 1_000;

/// What a look-ahead has still to see: its number, and the state of its automaton.
type Duty = (usize, u32);

/// A state of the expression, and what must hold for it in the end.
type Thread = (u32, BTreeSet<Duty>);

/// What stands before or behind a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Side {
    /// The start or the end of the text.
    Edge,
    Word,
    Other,
}

/// Where the search stands: all that decides how it goes on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Position {
    before: Side,
    threads: BTreeSet<Thread>,
    /// The states of the automata of the look-behinds.
    behinds: Vec<u32>,
}

/// An automaton with the states in which nothing is open any more.
struct Judge {
    dfa: Dfa,
    /// Which states lead to acceptance.
    hopeful: Vec<bool>,
    /// Which states lead to refusal.
    doubtful: Vec<bool>,
}

impl Judge {
    fn new(dfa: Dfa) -> Self {
        let dfa = dfa.minimal().unwrap_or(dfa);
        let hopeful = dfa.distances(true).iter().map(Option::is_some).collect();
        let doubtful = dfa.distances(false).iter().map(Option::is_some).collect();
        Self { dfa, hopeful, doubtful }
    }
}

/// A search for an expression.
struct Search<'n> {
    nfa: Nfa<'n>,
    /// For each look-ahead its automata, by what stands before it: edge, word, other.
    aheads: Vec<[Rc<Judge>; 3]>,
    behinds: Vec<Judge>,
    alphabet: Alphabet,
    boundaries: bool,
    context: &'n Context,
}

/// What all searches for one expression share.
struct Context {
    /// Which symbols are part of a word.
    word: Ranges,
    /// How much work is left.
    work: Cell<usize>,
}

impl Context {
    fn new(word: regex_syntax::hir::ClassUnicode, work: usize) -> Option<Self> {
        Some(Self { word: class::ranges(word, false)?, work: Cell::new(work) })
    }

    fn spend(&self, work: usize) -> Option<()> {
        self.work.set(self.work.get().checked_sub(work)?);
        Some(())
    }
}

/// The automaton of the strings in which an expression is found, if so much work is enough.
pub(super) fn search(node: &Node, work: usize) -> Option<Dfa> {
    let boundary = |node: &Node| matches!(node, Node::Look(Look::Boundary | Look::NoBoundary));
    let ascii = Context::new(class::word(), work)?;
    let ascii = found(node, Side::Edge, false, &ascii)?;
    if !node.any(&boundary) {
        return Some(ascii);
    }
    // The validators take the boundaries of Unicode's words, ECMA-262 those of ASCII's.
    let unicode = Context::new(class::unicode_word()?, work)?;
    let unicode = found(node, Side::Edge, false, &unicode)?.minimal()?;
    ascii.minimal().filter(|ascii| *ascii == unicode)
}

/// The automaton of the texts that contain, or begin with, an expression, after something.
fn found(node: &Node, before: Side, anchored: bool, context: &Context) -> Option<Dfa> {
    let nfa = Nfa::new(node, anchored)?;
    context.spend(nfa.states.len() + SETUP)?;
    let search = Search::new(nfa, context)?;
    let start = Position {
        before,
        threads: BTreeSet::from([(search.nfa.start, BTreeSet::new())]),
        behinds: vec![0; search.behinds.len()],
    };
    let kinds = Dfa::explore(start, |position| search.state(position))?;
    context.spend(kinds.rows.len() * search.alphabet.len() / 8)?;
    let rows = kinds.rows.iter().map(|row| search.alphabet.expand(row)).collect();
    Some(Dfa { rows, accepting: kinds.accepting })
}

impl<'n> Search<'n> {
    fn new(nfa: Nfa<'n>, context: &'n Context) -> Option<Self> {
        let nested = |node: &Node| matches!(node, Node::Behind { .. });
        let placed = |node: &Node| matches!(node, Node::Look(look) if *look != Look::End);
        let unsure = |node: &Node| match node {
            Node::Look(look) => *look != Look::Start,
            Node::Ahead { .. } | Node::Behind { .. } => true,
            _ => false,
        };
        let judge = |(negative, dfa): (bool, Dfa)| Judge::new(if negative { dfa.complement() } else { dfa });
        let mut aheads = Vec::new();
        for (negative, node) in &nfa.aheads {
            if node.any(&nested) {
                return None;
            }
            let after = |side| Some(Rc::new(judge((*negative, found(node, side, true, context)?))));
            let edge = after(Side::Edge)?;
            aheads.push(if node.any(&placed) {
                [edge, after(Side::Word)?, after(Side::Other)?]
            } else {
                [edge.clone(), edge.clone(), edge]
            });
        }
        let mut behinds = Vec::new();
        for (negative, node) in &nfa.behinds {
            if node.any(&unsure) {
                return None;
            }
            let ended = Node::Concat(vec![(*node).clone(), Node::Look(Look::End)]);
            behinds.push(judge((*negative, found(&ended, Side::Edge, false, context)?)));
        }
        let boundaries = nfa.looks_for_boundaries() || nfa.aheads.iter().any(|(_, node)| node.any(&unsure));
        let mut alphabet = Alphabet::new();
        let steps = nfa.states.iter().filter_map(|state| match state {
            State::Step(ranges, _) => Some(ranges),
            _ => None,
        });
        context.spend(alphabet.split_by(steps.chain(boundaries.then_some(&context.word))))?;
        for judge in aheads.iter().flatten().map(Rc::as_ref).chain(&behinds) {
            context.spend(alphabet.split_by_rows(&judge.dfa))?;
        }
        Some(Self { nfa, aheads, behinds, alphabet, boundaries, context })
    }

    /// Whether a position accepts as the last one, and where it leads.
    fn state(&self, position: &Position) -> Option<(bool, Row<Position>)> {
        if position.threads.contains(&(0, BTreeSet::new())) {
            // It has been found, whatever follows.
            let rest = Position { before: Side::Other, behinds: vec![0; self.behinds.len()], ..position.clone() };
            return Some((true, vec![(0, rest)]));
        }
        let last = self.closure(position, Side::Edge)?;
        let fulfilled = |(state, duties): &Thread| {
            *state == 0 && duties.iter().all(|duty| self.judge(*duty).dfa.accepting[duty.1 as usize])
        };
        let accepting = last.iter().any(fulfilled);
        let word = self.closure(position, Side::Word)?;
        let other = if self.boundaries { self.closure(position, Side::Other)? } else { word.clone() };
        let mut row = Vec::new();
        for (kind, symbol) in (0..).zip(self.alphabet.members()) {
            let after = if self.is_word(*symbol) { Side::Word } else { Side::Other };
            let closure = if after == Side::Word { &word } else { &other };
            push(&mut row, kind, self.step(position, closure, *symbol, after)?);
        }
        Some((accepting, row))
    }

    /// The position after a symbol.
    fn step(&self, position: &Position, closure: &BTreeSet<Thread>, symbol: u32, after: Side) -> Option<Position> {
        self.context.spend(closure.len() + 1)?;
        let mut threads = BTreeSet::new();
        if !self.nfa.anchored {
            threads.insert((self.nfa.start, BTreeSet::new()));
        }
        for (state, duties) in closure {
            let next = match &self.nfa.states[*state as usize] {
                State::Step(ranges, next) if holds(ranges, symbol) => *next,
                State::Found => 0,
                _ => continue,
            };
            if let Some(duties) = self.onwards(duties, symbol) {
                threads.insert((next, duties));
            }
        }
        let threads =
            if threads.contains(&(0, BTreeSet::new())) { BTreeSet::from([(0, BTreeSet::new())]) } else { threads };
        let judged = self.behinds.iter().zip(&position.behinds);
        let behinds = judged.map(|(judge, state)| judge.dfa.next(*state, symbol)).collect();
        // Without boundaries only the start of the text is told from the rest.
        Some(Position { before: if self.boundaries { after } else { Side::Other }, threads, behinds })
    }

    /// What is still open after a symbol; `None` if something cannot hold any more.
    fn onwards(&self, duties: &BTreeSet<Duty>, symbol: u32) -> Option<BTreeSet<Duty>> {
        let mut open = BTreeSet::new();
        for duty in duties {
            let judge = self.judge(*duty);
            let state = at(&judge.dfa.rows[duty.1 as usize], symbol);
            if !judge.hopeful[state as usize] {
                return None;
            }
            if judge.doubtful[state as usize] {
                open.insert((duty.0, state));
            }
        }
        Some(open)
    }

    fn judge(&self, (number, _): Duty) -> &Judge {
        &self.aheads[number / 3][number % 3]
    }

    /// All threads that are reached without a symbol, between what stands before and what follows.
    fn closure(&self, position: &Position, after: Side) -> Option<BTreeSet<Thread>> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<Thread> = position.threads.iter().cloned().collect();
        while let Some(thread) = open.pop() {
            if reached.contains(&thread) {
                continue;
            }
            self.context.spend(1 + thread.1.len())?;
            let (state, duties) = &thread;
            match &self.nfa.states[*state as usize] {
                State::Split(ways) => open.extend(ways.iter().map(|way| (*way, duties.clone()))),
                State::Look(look, next) if holds_between(*look, position.before, after) => {
                    open.push((*next, duties.clone()));
                }
                State::Behind(number, next) => {
                    let judge = &self.behinds[*number];
                    if judge.dfa.accepting[position.behinds[*number] as usize] {
                        open.push((*next, duties.clone()));
                    }
                }
                State::Ahead(number, next) => {
                    if let Some(duties) = self.with_duty(duties, 3 * number + position.before as usize) {
                        open.push((*next, duties));
                    }
                }
                State::Look(..) | State::Step(..) | State::Found => {}
            }
            reached.insert(thread);
        }
        reached.retain(|(state, _)| matches!(self.nfa.states[*state as usize], State::Step(..) | State::Found));
        Some(reached)
    }

    /// The duties with one more at its beginning; `None` if it cannot hold.
    fn with_duty(&self, duties: &BTreeSet<Duty>, number: usize) -> Option<BTreeSet<Duty>> {
        let judge = self.judge((number, 0));
        let mut duties = duties.clone();
        if judge.doubtful[0] {
            duties.insert((number, 0));
        }
        judge.hopeful[0].then_some(duties)
    }

    fn is_word(&self, symbol: u32) -> bool {
        holds(&self.context.word, symbol)
    }
}

fn holds(ranges: &Ranges, symbol: u32) -> bool {
    let after = ranges.partition_point(|(first, _)| *first <= symbol);
    after > 0 && ranges[after - 1].1 >= symbol
}

fn holds_between(look: Look, before: Side, after: Side) -> bool {
    let boundary = (before == Side::Word) != (after == Side::Word);
    match look {
        Look::Start => before == Side::Edge,
        Look::End => after == Side::Edge,
        Look::Boundary => boundary,
        Look::NoBoundary => !boundary,
    }
}
