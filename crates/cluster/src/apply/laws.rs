//! What holds for all sets of fields.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{FieldSet, PathElement};

/// Keys as they are written, so that sets can be made of values.
const STEPS: &[&str] = &[
    "f:a",
    "f:b",
    "f:c.d/e",
    "f:",
    "k:{\"name\":\"x\"}",
    "k:{\"port\":443,\"protocol\":\"TCP\"}",
    "k:{\"port\":80,\"protocol\":\"TCP\"}",
    "k:{\"port\":80}",
    "v:1",
    "v:\"<é>\"",
    "v:true",
    "v:1.5",
    "i:0",
    "i:12",
];

type Steps = Vec<&'static str>;

fn paths() -> impl Strategy<Value = Vec<Steps>> {
    vec(vec(prop::sample::select(STEPS), 1..4), 0..12)
}

fn set(paths: &[Steps]) -> FieldSet<'static> {
    let mut set = FieldSet::default();
    paths.iter().for_each(|path| set.insert(path.iter().map(|step| PathElement::read(step).unwrap().unwrap())));
    set
}

/// Whether a path belongs to a set, for each path that may.
fn holds(all: &[&[Steps]], law: impl Fn(&[PathElement<'_>]) -> bool) -> bool {
    all.iter().flat_map(|paths| set(paths).paths()).all(|path| law(&path))
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(paths in paths()) {
        let set = set(&paths);
        let text = set.to_json();
        let value: Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&value, &set.to_value());
        prop_assert_eq!(&FieldSet::read(&value).unwrap(), &set);
        prop_assert_eq!(FieldSet::read(&value).unwrap().to_json(), text);
    }

    #[test]
    fn what_is_inserted_is_what_it_contains(paths in paths()) {
        let set = set(&paths);
        prop_assert!(holds(&[&paths], |path| set.contains(path)));
        prop_assert_eq!(set.paths().len(), set.len());
        prop_assert_eq!(set.is_empty(), paths.is_empty());
    }

    #[test]
    fn operations_are_those_of_sets(one in paths(), other in paths()) {
        let (a, b) = (set(&one), set(&other));
        let union = a.clone().union(b.clone());
        let both = a.clone().intersection(&b);
        let rest = a.clone().difference(&b);
        prop_assert!(holds(&[&one, &other], |path| union.contains(path) == (a.contains(path) || b.contains(path))));
        prop_assert!(holds(&[&one, &other], |path| both.contains(path) == (a.contains(path) && b.contains(path))));
        prop_assert!(holds(&[&one, &other], |path| rest.contains(path) == (a.contains(path) && !b.contains(path))));
        prop_assert_eq!(&union, &b.clone().union(a.clone()));
        prop_assert_eq!(&both, &b.clone().intersection(&a));
        prop_assert_eq!(&rest.union(both), &a);
        prop_assert!(a.clone().difference(&a).is_empty());
    }

    #[test]
    fn a_recursive_difference_takes_what_is_below(one in paths(), other in paths()) {
        let (a, b) = (set(&one), set(&other));
        let rest = a.clone().recursive_difference(&b);
        let covered = |path: &[PathElement<'_>]| (1..=path.len()).any(|length| b.contains(&path[..length]));
        prop_assert!(holds(&[&one, &other], |path| rest.contains(path) == (a.contains(path) && !covered(path))));
    }

    #[test]
    fn leaves_have_nothing_below(paths in paths()) {
        let set = set(&paths);
        let leaves = set.clone().leaves();
        let all = set.paths();
        let is_leaf = |path: &[PathElement<'_>]| !all.iter().any(|other| other.len() > path.len() && other.starts_with(path));
        prop_assert!(holds(&[&paths], |path| leaves.contains(path) == is_leaf(path)));
    }

    #[test]
    fn elements_have_one_order(one in prop::sample::select(STEPS), other in prop::sample::select(STEPS)) {
        let (a, b) = (PathElement::read(one).unwrap().unwrap(), PathElement::read(other).unwrap().unwrap());
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        prop_assert_eq!(a == b, one == other);
    }
}

#[test]
fn elements_are_written_in_the_order_of_the_peer() {
    let fields = json!({"v:2": {}, "k:{\"port\": 443}": {".": {}, "f:port": {}}, "k:{\"port\":80}": {}, "f:z": {"f:a": {}}, "f:b": {},
        "i:10": {}, "i:9": {}, "x:unknown": {"f:a": {}}, "v:true": {}, "v:\"a\"": {}});
    let set = FieldSet::read(&fields).unwrap();
    insta::assert_snapshot!(set.to_json(), @r#"{"f:b":{},"f:z":{"f:a":{}},"k:{\"port\":80}":{},"k:{\"port\":443}":{".":{},"f:port":{}},"v:2":{},"v:\"a\"":{},"v:true":{},"i:9":{},"i:10":{}}"#);
}

#[test]
fn what_is_no_set_is_said() {
    let why = |fields: Value| FieldSet::read(&fields).unwrap_err().to_string();
    insta::assert_snapshot!(why(json!({"x": {}})), @"`x` is not a path element: it begins with one letter and a colon");
    insta::assert_snapshot!(why(json!({"f:a": {"k:{": {}}})), @"`k:{` is not a path element: what follows the colon is malformed");
    insta::assert_snapshot!(why(json!({"i:one": {}})), @"`i:one` is not a path element: what follows the colon is malformed");
    insta::assert_snapshot!(why(json!({"f:a": 1})), @"what is below a path element is neither an object nor null");
}
