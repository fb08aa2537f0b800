//! Leaves of strings.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Goal, Outcome, Solver};
use crate::compat::semantic::ir::Node;
use crate::compat::semantic::language::Language;
use crate::compat::semantic::value::length;

/// Sets of strings up to this size are listed.
const LISTED: usize = 256;

/// Up to so many excluded strings become part of the automaton.
const EXCLUDED: usize = 500;

/// What is asked of a string.
struct Strings<'g> {
    least: u64,
    most: Option<u64>,
    language: Language,
    /// Strings of which all tests are known to turn out as they should, if there are such.
    sure: Option<Language>,
    excluded: BTreeSet<&'g str>,
    /// Whether the language holds more than it should.
    loose: bool,
    examples: Vec<&'static str>,
}

impl Strings<'_> {
    fn within(&self, text: &str) -> bool {
        let length = length(text);
        length >= self.least && self.most.is_none_or(|most| length <= most) && !self.excluded.contains(text)
    }
}

impl Solver<'_> {
    pub(super) fn string(&self, goal: &Goal) -> Outcome {
        if self.implied(goal) {
            return Outcome::Empty;
        }
        let strings = self.strings(goal);
        if strings.most.is_some_and(|most| most < strings.least) || strings.language.is_empty() {
            return Outcome::Empty;
        }
        if strings.language.has_length_within(strings.least, strings.most) == Some(false) {
            return Outcome::Empty;
        }
        if let Some(words) = strings.language.words(LISTED) {
            let words: Vec<Value> = words.into_iter().filter(|word| strings.within(word)).map(Value::from).collect();
            return match words.is_empty() {
                true => Outcome::Empty,
                false => Outcome::found(words, true),
            };
        }
        if strings.most == Some(0) && !strings.loose {
            return Outcome::found(vec![Value::from("")], true);
        }
        let candidates = self.candidates(goal, &strings);
        if candidates.is_empty() {
            return Outcome::maybe(self.opacity(goal));
        }
        Outcome::found(candidates.into_iter().map(Value::from).collect(), false)
    }

    /// Whether a test that is to pass implies one that is to fail.
    fn implied(&self, goal: &Goal) -> bool {
        let tests = |wanted: bool| {
            goal.iter().filter(move |literal| literal.1 == wanted).filter_map(|(id, _)| match self.graph.get(*id) {
                Node::Text(test) => Some(self.graph.test(*test)),
                _ => None,
            })
        };
        tests(true).any(|one| tests(false).any(|other| one.implies(other)))
    }

    fn strings(&self, goal: &Goal) -> Strings<'_> {
        let mut strings = Strings {
            least: 0,
            most: None,
            language: Language::all(),
            sure: Some(Language::all()),
            excluded: BTreeSet::new(),
            loose: false,
            examples: Vec::new(),
        };
        let most = |strings: &mut Strings<'_>, bound: u64| {
            strings.most = Some(strings.most.map_or(bound, |known| known.min(bound)));
        };
        for (id, wanted) in goal {
            match (self.graph.get(*id), wanted) {
                (Node::MinLength(least), true) => strings.least = strings.least.max(*least),
                (Node::MinLength(least), false) => most(&mut strings, least.saturating_sub(1)),
                (Node::MaxLength(bound), true) => most(&mut strings, *bound),
                (Node::MaxLength(bound), false) => strings.least = strings.least.max(bound.saturating_add(1)),
                (Node::Text(test), wanted) => {
                    let test = self.graph.test(*test);
                    strings.examples.extend(test.examples());
                    let bounds = test.bounds.as_ref();
                    let (most, least) = (bounds.map(|bounds| &bounds.most), bounds.map(|bounds| &bounds.least));
                    let known = test.language.as_ref();
                    let next = match wanted {
                        true => known.or(most).and_then(|language| strings.language.and(language)),
                        false => known.or(least).and_then(|language| strings.language.minus(language)),
                    };
                    strings.sure = strings.sure.and_then(|sure| match wanted {
                        true => sure.and(known.or(least)?),
                        false => sure.minus(known.or(most)?),
                    });
                    strings.loose |= known.is_none();
                    match next {
                        Some(next) => strings.language = next,
                        None => strings.loose = true,
                    }
                }
                (Node::Values(values), false) => {
                    strings.excluded.extend(self.graph.values(*values).list.iter().filter_map(Value::as_str));
                }
                (Node::Opaque(_), _) => strings.loose = true,
                _ => {}
            }
        }
        if strings.excluded.len() <= EXCLUDED && !strings.excluded.is_empty() {
            let excluded = Language::of(strings.excluded.iter().copied());
            match excluded.and_then(|excluded| strings.language.minus(&excluded)) {
                Some(language) => strings.language = language,
                None => strings.loose = true,
            }
        }
        strings
    }

    /// Different strings that may be what is asked for; those of them that are not are sorted out later.
    fn candidates(&self, goal: &Goal, strings: &Strings<'_>) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        if strings.loose {
            let sure = strings.sure.as_ref().and_then(|sure| sure.shortest_within(strings.least, strings.most));
            sure.into_iter().for_each(|text| _ = self.take(goal, strings, text, &mut found));
        }
        let mut language = strings.language.clone();
        while found.len() < self.want {
            let Some(text) = language.shortest_within(strings.least, strings.most) else { break };
            let rest = Language::literal(&text).and_then(|text| language.minus(&text));
            let taken = self.take(goal, strings, text, &mut found);
            match rest {
                Some(rest) if taken => language = rest,
                _ => break,
            }
        }
        if found.len() >= self.want {
            return found;
        }
        let samples = strings.language.samples(self.want.max(8) * 2);
        let hints = self.hints.iter().filter_map(Value::as_str);
        let others = strings.examples.iter().copied().chain(hints).map(str::to_owned);
        let numbers = (0..strings.excluded.len().saturating_add(self.want).min(1_000)).map(|number| number.to_string());
        for text in samples.into_iter().chain(others).chain(numbers) {
            self.take(goal, strings, text, &mut found);
            if found.len() >= self.want {
                break;
            }
        }
        found
    }

    /// Keeps a string if it is new and meets the goal.
    fn take(&self, goal: &Goal, strings: &Strings<'_>, text: String, found: &mut Vec<String>) -> bool {
        let fits = strings.within(&text)
            && !found.contains(&text)
            && self.meets(&Value::from(text.as_str()), goal) == Some(true);
        if fits {
            found.push(text);
        }
        fits
    }
}
