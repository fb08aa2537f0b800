use linkspan_cluster::types::{Condition, Defaults, Rule, Struct, TypeId, Types};
use serde_json::Value;

use super::conditions::{Change, Changes};
use super::fields::{Fields, is_computed};

/// The rules that explain the changes. A default that depends on something is no longer one of its field alone.
pub(super) fn rules(types: &mut Types, fields: &Fields, changes: &[Changes]) -> Defaults {
    let mut defaults = Defaults::new();
    for change in changes {
        let one = &mut types.all_mut()[change.id.0 as usize];
        let mut rules = explain(one, change);
        rules.extend(later(one, change));
        if let ([name], false) = (change.path.as_slice(), rules.is_empty())
            && let Some(field) = one.fields.get_mut(name)
        {
            field.default = None;
        }
        let (id, rules) = match &change.parent {
            Some((parent, field)) if !fields.agree(change.id, &change.path[0]) => {
                (*parent, rules.into_iter().map(|rule| below(field, rule)).collect())
            }
            _ => (change.id, rules),
        };
        defaults.entry(types.get(id).name.clone()).or_default().extend(rules);
    }
    add_places(types, fields, &mut defaults);
    defaults.retain(|_, rules| !rules.is_empty());
    defaults
}

fn explain(one: &Struct, changes: &Changes) -> Vec<Rule> {
    let rule = |to: &Value, when: Vec<Condition>| Rule { set: changes.path.clone(), to: to.clone(), when };
    let told = changes.all.iter().filter_map(|change| Some(rule(change.after.as_ref()?, vec![condition(change)])));
    let mut rules: Vec<_> = told.collect();
    let Some(before) = changes.all.first().and_then(|change| change.before.as_ref()) else { return rules };
    let mut otherwise: Vec<Condition> = Vec::new();
    for change in
        changes.all.iter().filter(|change| !is_always_there(one, change) || is_late(one, changes, &change.field))
    {
        let missing = Condition { field: vec![change.field.clone()], is: None, set: Some(false) };
        if !otherwise.contains(&missing) {
            otherwise.push(missing);
        }
    }
    if !otherwise.is_empty() {
        rules.push(rule(before, otherwise));
    }
    rules
}

/// A field with few values and a default always has one of them.
fn is_always_there(one: &Struct, change: &Change) -> bool {
    change.value.is_some() && one.fields.get(&change.field).is_some_and(|field| field.default.is_some())
}

/// Whether a field's own default is not the same as that value sent: what depends on it is decided before.
fn is_late(one: &Struct, changes: &Changes, name: &str) -> bool {
    let default = one.fields.get(name).and_then(|field| field.default.as_ref());
    let mut same = changes.all.iter().filter(|change| change.field == name && change.value.as_ref() == default);
    default.is_some() && same.any(|change| change.before != change.after)
}

/// Moves the defaults of such fields behind the rules that need them missing.
fn later(one: &mut Struct, changes: &Changes) -> Vec<Rule> {
    let late = changes.all.iter().map(|change| change.field.clone()).filter(|name| is_late(one, changes, name));
    let mut late: Vec<_> = late.collect();
    late.dedup();
    let take = |name: String| {
        let to = one.fields.get_mut(&name)?.default.take()?;
        Some(Rule { set: vec![name], to, when: Vec::new() })
    };
    late.into_iter().filter_map(take).collect()
}

fn condition(change: &Change) -> Condition {
    let set = change.value.is_none().then_some(true);
    Condition { field: vec![change.field.clone()], is: change.value.clone(), set }
}

/// A rule of a struct as one of what holds it in `field`.
fn below(field: &str, mut rule: Rule) -> Rule {
    rule.set.insert(0, field.to_owned());
    rule.when.iter_mut().for_each(|condition| condition.field.insert(0, field.to_owned()));
    rule
}

/// A default that a struct has in some places only is a rule of what holds it there.
fn add_places(types: &Types, fields: &Fields, defaults: &mut Defaults) {
    for (id, answers) in &fields.answers {
        let one = types.get(*id);
        for name in one.fields.keys().filter(|name| !is_computed(one, name) && !fields.agree(*id, name)) {
            for answer in answers {
                if let (Some((parent, field)), Some(Some(value))) = (&answer.parent, answer.missing(name)) {
                    let rule = Rule { set: vec![field.clone(), name.clone()], to: value.clone(), when: Vec::new() };
                    add(types, *parent, rule, defaults);
                }
            }
        }
    }
}

fn add(types: &Types, id: TypeId, rule: Rule, defaults: &mut Defaults) {
    let rules = defaults.entry(types.get(id).name.clone()).or_default();
    if rules.iter().all(|other| other.set != rule.set) {
        rules.push(rule);
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use linkspan_cluster::types::{Field, Format, Shape};
    use serde_json::json;

    use super::*;

    /// The rules for the field `config`, one a line, and what is left of the defaults.
    fn told(usual: &Value, changes: Vec<(&str, Option<Value>, Option<Value>)>, before: Option<Value>) -> String {
        let text = |default: Value| Field { default: Some(default), ..Field::new(Shape::String(Format::Plain)) };
        let fields = [("config", json!("a")), ("mode", usual.clone())];
        let fields = fields.into_iter().map(|(name, default)| (name.to_owned(), text(default))).collect();
        let mut types = Types::new(vec![Struct { name: "Thing".to_owned(), fields, ..Struct::default() }]);
        let change = |(field, value, after): (&str, _, _)| Change {
            field: field.to_owned(),
            value,
            before: before.clone(),
            after,
        };
        let all = changes.into_iter().map(change).collect();
        let changes = Changes { id: TypeId(0), parent: None, path: vec!["config".to_owned()], all };
        let defaults = rules(&mut types, &Fields::default(), &[changes]);
        let lines = defaults.values().flatten().map(|rule| serde_json::to_string(rule).unwrap_or_default());
        let left = types.all()[0].fields.iter().filter(|(_, field)| field.default.is_some());
        lines
            .chain([format!("left: {:?}", left.map(|(name, _)| name).collect::<Vec<_>>())])
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn a_default_of_some_values_of_a_field_is_told_for_each() {
        let changes = vec![("mode", Some(json!("A")), Some(json!("a"))), ("mode", Some(json!("B")), None)];
        assert_snapshot!(told(&json!("A"), changes, Some(json!("a"))), @r#"
        {"set":["config"],"to":"a","when":[{"field":["mode"],"is":"A"}]}
        left: ["mode"]
        "#);
    }

    #[test]
    fn a_default_that_another_field_takes_away_needs_it_missing() {
        let changes = vec![("one", None, None), ("two", None, Some(json!("b")))];
        assert_snapshot!(told(&json!("A"), changes, Some(json!("a"))), @r#"
        {"set":["config"],"to":"b","when":[{"field":["two"],"set":true}]}
        {"set":["config"],"to":"a","when":[{"field":["one"],"set":false},{"field":["two"],"set":false}]}
        left: ["mode"]
        "#);
    }

    #[test]
    fn a_default_that_needs_a_field_missing_comes_before_that_fields_own() {
        let changes = vec![("mode", Some(json!("A")), None), ("mode", Some(json!("B")), None)];
        assert_snapshot!(told(&json!("A"), changes, Some(json!("a"))), @r#"
        {"set":["config"],"to":"a","when":[{"field":["mode"],"set":false}]}
        {"set":["mode"],"to":"A"}
        left: []
        "#);
    }
}
