use super::node::{Look, Node, Ranges};

/// An expression with more states than this is not searched for.
const MOST_STATES: usize = 40_000;

/// A state, and where it leads.
#[derive(Debug, Clone)]
pub(super) enum State {
    /// By one symbol.
    Step(Ranges, u32),
    /// By nothing.
    Split(Vec<u32>),
    /// By nothing, at certain positions.
    Look(Look, u32),
    /// By nothing, where the look-ahead with this number holds.
    Ahead(usize, u32),
    /// By nothing, where the look-behind with this number holds.
    Behind(usize, u32),
    /// The expression has been found.
    Found,
}

/// An automaton that may be in several states.
#[derive(Debug, Default)]
pub(super) struct Nfa<'n> {
    pub(super) states: Vec<State>,
    pub(super) start: u32,
    /// What follows, or does not.
    pub(super) aheads: Vec<(bool, &'n Node)>,
    /// What precedes, or does not.
    pub(super) behinds: Vec<(bool, &'n Node)>,
    /// Whether it begins at the start of the text only.
    pub(super) anchored: bool,
}

impl<'n> Nfa<'n> {
    /// The automaton that finds `node`, where it begins.
    pub(super) fn new(node: &'n Node, anchored: bool) -> Option<Self> {
        let mut nfa = Self { anchored, ..Self::default() };
        let found = nfa.add(State::Found)?;
        nfa.start = nfa.before(node, found)?;
        Some(nfa)
    }

    pub(super) fn looks_for_boundaries(&self) -> bool {
        self.states.iter().any(|state| matches!(state, State::Look(Look::Boundary | Look::NoBoundary, _)))
    }

    fn add(&mut self, state: State) -> Option<u32> {
        if self.states.len() >= MOST_STATES {
            return None;
        }
        self.states.push(state);
        u32::try_from(self.states.len() - 1).ok()
    }

    /// The state that finds `node` and then is in `next`.
    fn before(&mut self, node: &'n Node, next: u32) -> Option<u32> {
        match node {
            Node::Class(ranges) => self.add(State::Step(ranges.clone(), next)),
            Node::Concat(nodes) => nodes.iter().rev().try_fold(next, |next, node| self.before(node, next)),
            Node::Alternate(nodes) => {
                let ways = nodes.iter().map(|node| self.before(node, next)).collect::<Option<_>>()?;
                self.add(State::Split(ways))
            }
            Node::Repeat(node, min, max) => self.repeated(node, *min, *max, next),
            Node::Look(look) => self.add(State::Look(*look, next)),
            Node::Ahead { negative, node } => {
                self.aheads.push((*negative, node));
                self.add(State::Ahead(self.aheads.len() - 1, next))
            }
            Node::Behind { negative, node } => {
                self.behinds.push((*negative, node));
                self.add(State::Behind(self.behinds.len() - 1, next))
            }
        }
    }

    fn repeated(&mut self, node: &'n Node, min: u32, max: Option<u32>, next: u32) -> Option<u32> {
        let mut first = next;
        match max {
            None => {
                let again = self.add(State::Split(Vec::new()))?;
                let once = self.before(node, again)?;
                *self.states.get_mut(again as usize)? = State::Split(vec![once, next]);
                first = again;
            }
            Some(max) => {
                for _ in min..max {
                    let once = self.before(node, first)?;
                    // What is empty may be repeated without end.
                    if once == first {
                        break;
                    }
                    first = self.add(State::Split(vec![once, next]))?;
                }
            }
        }
        for _ in 0..min {
            let once = self.before(node, first)?;
            if once == first {
                break;
            }
            first = once;
        }
        Some(first)
    }
}
