use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::super::fault::Outcome;
use super::super::list::List;
use super::super::matching;
use super::super::node::{Combined, Criterion, Id, Kind};
use super::Comparison;

impl Comparison<'_, '_> {
    /// A combination against a plain schema, where one branch settles it.
    pub(super) fn shortcut(&mut self, original: Id, update: Id) -> Outcome<Option<List>> {
        let arena = self.arena;
        let several = |combined: &Combined| combined.branches.len() > 1;
        match (&arena.node(original).kind, &arena.node(update).kind) {
            (Kind::Combined(_), Kind::Combined(_)) => Ok(None),
            (_, Kind::Combined(u)) if !(several(u) && u.criterion == Criterion::All) => {
                let pairs = u.branches.iter().map(|branch| (original, *branch));
                self.first_compatible(pairs, several(u).then_some("SUM_TYPE_EXTENDED"))
            }
            (Kind::Combined(o), _) if !(several(o) && o.criterion != Criterion::All) => {
                let pairs = o.branches.iter().map(|branch| (*branch, update));
                self.first_compatible(pairs, several(o).then_some("PRODUCT_TYPE_NARROWED"))
            }
            _ => Ok(None),
        }
    }

    fn first_compatible(
        &mut self,
        pairs: impl Iterator<Item = (Id, Id)>,
        kind: Option<&'static str>,
    ) -> Outcome<Option<List>> {
        for (original, update) in pairs {
            let below = self.pair(original, update)?;
            if below.is_compatible() {
                let mut list = List::empty();
                list.below("", &below)?;
                if let Some(kind) = kind {
                    list.add(kind, "", self.policy);
                }
                return Ok(Some(list));
            }
        }
        Ok(None)
    }

    pub(super) fn combinations(&mut self, o: &Combined, u: &Combined, list: &mut List) -> Outcome<()> {
        if o.criterion != u.criterion {
            let extended = extends(o, u);
            let kind = if extended { "COMBINED_TYPE_EXTENDED" } else { "COMBINED_TYPE_CHANGED" };
            list.add(kind, "", self.policy);
            if !extended {
                return Ok(());
            }
        }
        let (originals, updates) = (self.distinct(&o.branches)?, self.distinct(&u.branches)?);
        let kind = match (originals.len().cmp(&updates.len()), o.criterion, u.criterion) {
            (std::cmp::Ordering::Less, _, Criterion::All) => Some("PRODUCT_TYPE_EXTENDED"),
            (std::cmp::Ordering::Less, ..) => Some("SUM_TYPE_EXTENDED"),
            (std::cmp::Ordering::Greater, Criterion::All, _) => Some("PRODUCT_TYPE_NARROWED"),
            (std::cmp::Ordering::Greater, ..) => Some("SUM_TYPE_NARROWED"),
            (std::cmp::Ordering::Equal, ..) => None,
        };
        if let Some(kind) = kind {
            list.add(kind, "", self.policy);
        }
        self.branches(o.criterion, &originals, &updates, list)
    }

    /// The branches that print differently, the first of each.
    fn distinct(&mut self, branches: &[Id]) -> Outcome<Vec<Id>> {
        let mut seen = HashSet::new();
        let mut distinct = Vec::new();
        for branch in branches {
            if seen.insert(self.texts.number(self.arena, *branch)?) {
                distinct.push(*branch);
            }
        }
        Ok(distinct)
    }

    fn branches(&mut self, criterion: Criterion, originals: &[Id], updates: &[Id], list: &mut List) -> Outcome<()> {
        let mut edges: HashMap<(usize, usize), Rc<List>> = HashMap::new();
        for (at, original) in originals.iter().enumerate() {
            for (to, update) in updates.iter().enumerate() {
                let below = self.pair(*original, *update)?;
                if below.is_compatible() {
                    edges.insert((at, to), below);
                }
            }
        }
        let matched = best(&edges, originals.len(), updates.len());
        for pair in &matched {
            list.below(format!("/{}/{}", criterion.keyword(), pair.0), &edges[pair])?;
        }
        if matched.len() < originals.len().min(updates.len()) {
            list.add("COMBINED_TYPE_SUBSCHEMAS_CHANGED", "", self.policy);
        }
        Ok(())
    }
}

/// The pairs of a maximum matching: the smaller side chooses, unchanged branches first, then by index.
fn best(edges: &HashMap<(usize, usize), Rc<List>>, originals: usize, updates: usize) -> Vec<(usize, usize)> {
    let turned = updates < originals;
    let (left, right) = if turned { (updates, originals) } else { (originals, updates) };
    let pair = |at: usize, to: usize| if turned { (to, at) } else { (at, to) };
    let neighbours: Vec<Vec<usize>> = (0..left)
        .map(|at| {
            let mut reached: Vec<usize> = (0..right).filter(|to| edges.contains_key(&pair(at, *to))).collect();
            reached.sort_by_key(|to| !edges[&pair(at, *to)].is_empty());
            reached
        })
        .collect();
    let matched = matching::maximum(&neighbours, right);
    matched.into_iter().enumerate().filter_map(|(at, to)| Some(pair(at, to?))).collect()
}

/// Whether another criterion still allows what the original did.
fn extends(o: &Combined, u: &Combined) -> bool {
    let (one, other) = (o.branches.len() == 1, u.branches.len() == 1);
    u.criterion == Criterion::Any
        || (one && other)
        || (one && u.criterion == Criterion::One)
        || (other && o.criterion == Criterion::All)
}
