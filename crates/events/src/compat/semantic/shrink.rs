//! Smaller witnesses: every single step that leaves a counterexample is taken.

use std::cell::Cell;

use serde_json::{Map, Number, Value, json};

use super::number::exact;
use super::parse::step;

/// So many known values are tried in a place.
const MENTIONED: usize = 64;

/// More members than this are not renamed.
const RENAMED: usize = 40;

/// In longer strings not every character is tried.
const LONG: usize = 1_000;

/// So many parts of candidates are looked at in all: large witnesses stay larger than they might be.
const WORK: usize = 400_000;

/// What stays a counterexample, as small as it gets: fewer parts, shorter strings, plainer values. `mentioned` are
/// values that people know from the schemas; of equally large ones they are preferred.
pub(super) fn shrink(value: Value, mentioned: &[Value], mut still: impl FnMut(&Value) -> bool) -> Value {
    let mentioned: Vec<&Value> =
        mentioned.iter().filter(|known| !known.is_object() && !known.is_array()).take(MENTIONED).collect();
    let mut best = value;
    let left = Cell::new(WORK);
    let mut still = |value: &Value| {
        // Validators compare the items of an array with each other.
        let parts = parts(value);
        left.set(left.get().saturating_sub(parts * (1 + parts / 256)));
        left.get() > 0 && still(value)
    };
    loop {
        let mut shrunk = false;
        let mut place = String::new();
        loop {
            while let Some(smaller) = smaller_at(&best, &place, &mentioned, &left, &mut still) {
                best = smaller;
                shrunk = true;
            }
            match after(&best, &place) {
                Some(next) if left.get() > 0 => place = next,
                _ => break,
            }
        }
        if !shrunk || left.get() == 0 {
            return best;
        }
    }
}

/// The value with one step taken at a place.
fn smaller_at(
    whole: &Value,
    place: &str,
    mentioned: &[&Value],
    left: &Cell<usize>,
    still: &mut impl FnMut(&Value) -> bool,
) -> Option<Value> {
    let part = whole.pointer(place)?;
    let weight = Weight::of(part, mentioned);
    let candidates = candidates(part, mentioned).take_while(|_| left.get() > 0);
    candidates.filter(|candidate| Weight::of(candidate, mentioned) < weight).find_map(|candidate| {
        let mut smaller = whole.clone();
        *smaller.pointer_mut(place)? = candidate;
        still(&smaller).then_some(smaller)
    })
}

/// How much work it is to look at a value: its parts, itself included, and what long strings add.
fn parts(value: &Value) -> usize {
    1 + match value {
        Value::String(text) => text.len() / 16,
        Value::Object(members) => members.values().map(parts).sum(),
        Value::Array(items) => items.iter().map(parts).sum(),
        _ => 0,
    }
}

/// The place after this one: its parts come first.
fn after(whole: &Value, place: &str) -> Option<String> {
    if let Some(first) = tokens(whole.pointer(place)?).into_iter().next() {
        return Some(step(place, &first));
    }
    let mut place = place;
    while let Some(end) = place.rfind('/') {
        let (parent, token) = (&place[..end], &place[end + 1..]);
        let siblings = tokens(whole.pointer(parent)?);
        let own = siblings.iter().position(|sibling| step("", sibling)[1..] == *token)?;
        if let Some(next) = siblings.get(own + 1) {
            return Some(step(parent, next));
        }
        place = parent;
    }
    None
}

fn tokens(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => members.keys().cloned().collect(),
        Value::Array(items) => (0..items.len()).map(|place| place.to_string()).collect(),
        _ => Vec::new(),
    }
}

/// How large a value is; smaller in this order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Weight {
    parts: usize,
    characters: usize,
    digits: usize,
    kinds: usize,
    strangeness: usize,
    text: String,
}

impl Weight {
    fn of(value: &Value, mentioned: &[&Value]) -> Self {
        let mut weight = Self { parts: 0, characters: 0, digits: 0, kinds: 0, strangeness: 0, text: value.to_string() };
        weight.add(value, mentioned);
        weight
    }

    fn add(&mut self, value: &Value, mentioned: &[&Value]) {
        match value {
            Value::Null => {}
            Value::Bool(true) => self.kinds += 2,
            Value::Bool(false) => self.kinds += 1,
            Value::Number(number) => {
                self.kinds += 3;
                self.digits += digits(number);
            }
            Value::String(text) => {
                self.kinds += 4;
                self.characters += text.chars().count();
                if !mentioned.contains(&value) {
                    self.strangeness += text.chars().map(strangeness).sum::<usize>();
                }
            }
            Value::Array(items) => {
                self.kinds += 5;
                self.parts += items.len();
                items.iter().for_each(|item| self.add(item, mentioned));
            }
            Value::Object(members) => {
                self.kinds += 6;
                self.parts += members.len();
                for (name, member) in members {
                    self.characters += name.chars().count();
                    self.strangeness += name.chars().map(strangeness).sum::<usize>();
                    self.add(member, mentioned);
                }
            }
        }
    }
}

/// How far a number is from 0, in steps that every reduction takes at least one of.
fn digits(number: &Number) -> usize {
    if number.to_string() == "0" {
        return 0;
    }
    let exact = exact(number);
    let size = exact.numer().bits() + 64 * (exact.denom().bits() - 1);
    let sign = usize::from(exact.numer().sign() == num_bigint::Sign::Minus);
    let small = u64::try_from(exact.numer().magnitude()).unwrap_or(u64::MAX).min(100_000);
    usize::try_from(size).unwrap_or(usize::MAX / 8).saturating_mul(1_000_000)
        + usize::try_from(small).unwrap_or(0) * 2
        + sign
        + usize::from(number.is_f64())
}

fn strangeness(character: char) -> usize {
    match character {
        'a'..='z' => 1,
        '0'..='9' | 'A'..='Z' => 2,
        ' '..='~' => 3,
        _ => 4 + character.len_utf8(),
    }
}

/// What is one step smaller, or otherwise.
fn candidates<'v>(value: &'v Value, mentioned: &'v [&'v Value]) -> Box<dyn Iterator<Item = Value> + 'v> {
    let plain = [json!(null), json!({}), json!([]), json!(""), json!(0), json!(false), json!(true)].into_iter();
    let known = mentioned.iter().map(|known| (*known).clone());
    match value {
        Value::Object(members) => Box::new(plain.chain(object(members)).chain(known)),
        Value::Array(items) => Box::new(plain.chain(array(items)).chain(known)),
        Value::String(text) => Box::new(plain.chain(strings(text).into_iter().map(Value::from)).chain(known)),
        Value::Number(number) => Box::new(plain.chain(numbers(number)).chain(known)),
        _ => Box::new(plain),
    }
}

fn object(members: &Map<String, Value>) -> impl Iterator<Item = Value> {
    let halves = [0, 1].into_iter().filter(|_| members.len() > 4).map(move |half| {
        let kept = members.iter().enumerate().filter(move |(place, _)| place % 2 == half);
        kept.map(|(_, (name, member))| (name.clone(), member.clone())).collect()
    });
    let fewer = members.keys().map(move |name| {
        let kept = members.iter().filter(move |(other, _)| *other != name);
        kept.map(|(name, member)| (name.clone(), member.clone())).collect()
    });
    let parts = members.values().filter(|member| !member.is_null()).cloned();
    let renamed = members.keys().filter(|_| members.len() <= RENAMED).flat_map(move |name| {
        strings(name).into_iter().filter(|shorter| !members.contains_key(shorter)).map(move |shorter| {
            let new = |other: &String| if other == name { shorter.clone() } else { other.clone() };
            members.iter().map(|(other, member)| (new(other), member.clone())).collect()
        })
    });
    halves.chain(fewer).chain(parts).chain(renamed)
}

fn array(items: &[Value]) -> impl Iterator<Item = Value> {
    let middle = items.len() / 2;
    let halves = [&items[..middle], &items[middle..]].into_iter().filter(|_| items.len() > 4).map(Value::from);
    // Of equal neighbours it is the same which is left out.
    let distinct = |place: &usize| *place == 0 || items[*place] != items[*place - 1];
    let plain = [json!(null), json!({}), json!([]), json!(""), json!(0)].into_iter().chain(items.first().cloned());
    let alike = plain.filter(|_| items.len() > 4).map(|item| Value::Array(vec![item; items.len()]));
    let fewer = (0..items.len()).filter(distinct).map(move |place| {
        let kept = items.iter().enumerate().filter(move |(other, _)| *other != place);
        kept.map(|(_, item)| item.clone()).collect()
    });
    halves.chain(alike).chain(fewer).chain((0..items.len()).filter(distinct).map(|place| items[place].clone()))
}

fn strings(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    if characters.len() > 4 {
        found.push(characters[..characters.len() / 2].iter().collect());
        found.push(characters[characters.len() / 2..].iter().collect());
    }
    let places = 0..characters.len().min(64);
    // Of equal neighbours it is the same which is left out.
    let distinct = places.clone().filter(|place| *place == 0 || characters[*place] != characters[*place - 1]);
    for place in distinct.take(if characters.len() > LONG { 2 } else { 64 }) {
        found.push(characters.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, c)| *c).collect());
    }
    for place in places.filter(|_| characters.len() <= 32) {
        for plain in ['a', '0', ' '] {
            let mut plainer = characters.clone();
            plainer[place] = plain;
            found.push(plainer.into_iter().collect());
        }
    }
    found
}

fn numbers(number: &Number) -> Vec<Value> {
    let mut found = vec![json!(1), json!(-1)];
    if let Some(integer) = number.as_i64() {
        found.extend([integer / 2, integer / 10, integer - integer.signum()].map(Value::from));
        found.extend(integer.checked_neg().map(Value::from));
    } else if let Some(integer) = number.as_u64() {
        found.extend([integer / 2, integer / 10, integer - 1].map(Value::from));
    } else if let Some(float) = number.as_f64() {
        let whole = float.trunc();
        if whole.abs() < 9e15 {
            #[expect(clippy::cast_possible_truncation, reason = "it is whole, and small enough")]
            found.extend([whole as i64, whole as i64 + 1, whole as i64 - 1].map(Value::from));
        }
        let halves = [float / 2.0, float / 10.0, -float, whole, (float * 10.0).trunc() / 10.0, 0.5, 0.1, 1.5, -0.5];
        found.extend(halves.into_iter().filter_map(Number::from_f64).map(Value::Number));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_shrinks() {
        let large = json!({ "a": { "items": [1.5, "long text", { "x": true }], "other": null }, "b": -120 });
        assert_eq!(shrink(large.clone(), &[], |_| true), json!(null));
        let keeps_list = |value: &Value| value.pointer("/a/items").is_some_and(Value::is_array);
        assert_eq!(shrink(large.clone(), &[], keeps_list), json!({ "a": { "items": [] } }));
        let keeps_negative = |value: &Value| value["b"].as_f64().is_some_and(|number| number < -17.0);
        assert_eq!(shrink(large.clone(), &[], keeps_negative), json!({ "b": -18 }));
        let keeps_three =
            |value: &Value| value.pointer("/a/items").and_then(Value::as_array).is_some_and(|list| list.len() > 2);
        assert_eq!(shrink(large, &[], keeps_three), json!({ "a": { "items": [null, null, null] } }));
    }

    #[test]
    fn names_and_texts_shrink_to_plain_ones() {
        let texts = |value: &Value| value.as_str().is_some_and(|text| text.chars().count() >= 3);
        assert_eq!(shrink(json!("µ€😀x"), &[], texts), json!("aaa"));
        let named = |value: &Value| value.as_object().is_some_and(|members| members.keys().any(|name| name.len() > 1));
        assert_eq!(shrink(json!({ "longName": 1, "b": 2 }), &[], named), json!({ "aa": null }));
    }

    #[test]
    fn of_equally_large_values_those_that_people_know_stay() {
        let coded = |value: &Value| value.as_str().is_some_and(|text| text.len() == 3);
        assert_eq!(shrink(json!("xyz"), &[json!("EUR")], coded), json!("EUR"));
    }

    #[test]
    fn numbers_become_whole_and_small() {
        assert_eq!(shrink(json!(1e20), &[], |value| value.as_f64().is_some_and(|number| number > 2.5)), json!(3));
        assert_eq!(shrink(json!(0.125), &[], |value| value.as_f64().is_some_and(|n| n > 0.0 && n < 1.0)), json!(0.5));
    }
}
