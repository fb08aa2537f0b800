//! What fits: the runner shows ten annotations of each kind per step, and drops the rest without a word.

use std::collections::HashMap;

use crate::{Annotation, Level};

/// How many annotations of each kind one step shows. The inner steps of a composite action share them.
pub const PER_STEP: usize = 10;

/// What is left of a step's ten of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget([usize; Level::ALL.len()]);

impl Default for Budget {
    fn default() -> Self {
        Self([PER_STEP; Level::ALL.len()])
    }
}

impl Budget {
    /// The annotations to write, highest rank first, at most what is left of each kind; that much is used up then.
    ///
    /// Where more were given, the last place of that kind says how many more are in the summary. Within a kind every
    /// file's first annotation comes before any file's second; otherwise the order given is kept.
    #[must_use]
    pub fn select(&mut self, annotations: Vec<Annotation>) -> Vec<Annotation> {
        let mut ranked = rank(annotations);
        let mut selected = Vec::new();
        for (level, room) in Level::ALL.into_iter().zip(&mut self.0) {
            let (of_level, rest) = ranked.into_iter().partition(|one| one.level == level);
            ranked = rest;
            let fitting = fit(level, of_level, *room);
            *room -= fitting.len();
            selected.extend(fitting);
        }
        selected
    }
}

fn fit(level: Level, mut annotations: Vec<Annotation>, room: usize) -> Vec<Annotation> {
    if annotations.len() > room {
        let hidden = annotations.split_off(room.saturating_sub(1)).len();
        let note = Annotation::new(level, more(level, hidden));
        annotations.extend((room > 0).then_some(note));
        annotations.truncate(room);
    }
    annotations
}

fn more(level: Level, hidden: usize) -> String {
    let ending = if hidden == 1 { "" } else { "s" };
    format!("{hidden} more {}{ending} in the summary", level.name())
}

fn rank(annotations: Vec<Annotation>) -> Vec<Annotation> {
    let mut seen: HashMap<(Level, Option<String>), usize> = HashMap::new();
    let turns = annotations.iter().map(|one| {
        let turn = seen.entry((one.level, one.file.clone())).or_default();
        *turn += 1;
        *turn
    });
    let turns: Vec<_> = turns.collect();
    let mut ranked: Vec<_> = turns.into_iter().zip(annotations).collect();
    ranked.sort_by_key(|(turn, _)| *turn);
    ranked.into_iter().map(|(_, one)| one).collect()
}

#[cfg(test)]
mod tests {
    use super::{Budget, PER_STEP};
    use crate::{Annotation, Level, Position};

    fn select(annotations: Vec<Annotation>) -> Vec<Annotation> {
        Budget::default().select(annotations)
    }

    fn errors(count: usize) -> Vec<Annotation> {
        let message = |index| Annotation::new(Level::Error, format!("error {index}"));
        (0..count).map(message).collect()
    }

    #[test]
    fn ten_fit_and_eleven_say_how_many_more() {
        assert_eq!(select(errors(PER_STEP)), errors(PER_STEP));
        let selected = select(errors(PER_STEP + 5));
        assert_eq!(selected.len(), PER_STEP);
        assert_eq!(selected[..9], errors(9));
        assert_eq!(selected[9].message, "6 more errors in the summary");
    }

    #[test]
    fn each_kind_has_its_own_ten_and_errors_go_first() {
        let notices = (0..12).map(|_| Annotation::new(Level::Notice, "n"));
        let selected = select(notices.chain(errors(3)).collect());
        assert_eq!(selected.len(), 13);
        assert_eq!(selected[0].level, Level::Error);
        assert_eq!(selected[12].message, "3 more notices in the summary");
    }

    #[test]
    fn every_file_is_seen_before_a_file_is_seen_twice() {
        let at = |file: &str| Annotation::new(Level::Error, "x").at(file, Position::default());
        let given = std::iter::repeat_n(at("noisy"), 20).chain([at("quiet")]);
        let selected = select(given.collect());
        assert_eq!(selected[1].file.as_deref(), Some("quiet"));
    }

    #[test]
    fn the_budget_is_the_steps() {
        let mut budget = Budget::default();
        assert_eq!(budget.select(errors(9)).len(), 9);
        let rest = budget.select(errors(2));
        assert_eq!(rest.len(), 1);
        assert_eq!(rest[0].message, "2 more errors in the summary");
        assert_eq!(budget.select(errors(1)), []);
    }
}
