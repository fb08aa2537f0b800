//! What the registry does that nobody would expect, one test each.

use linkspan_events::compat::registry::Answer;
use serde_json::{Value, json};

use super::support::{LENIENT, STRICT, ask, expect, lines, newer, schema};

/// Draft 7, STRICT.
fn seven(old: &str, new: &str) -> Answer {
    ask(schema(old), schema(new), STRICT)
}

/// 2020-12, STRICT.
fn newest(old: &str, new: &str) -> Answer {
    ask(newer(old), newer(new), STRICT)
}

fn holds(old: &str, new: &str, changes: &str) {
    expect(&format!("{old} -> {new}"), &seven(old, new), changes);
}

fn holds_newer(old: &str, new: &str, changes: &str) {
    expect(&format!("2020-12: {old} -> {new}"), &newest(old, new), changes);
}

fn fails(answer: &Answer, reason: &str) {
    assert_eq!((answer.compatible, answer.changes.len()), (None, 0), "{answer:?}");
    assert!(answer.error.as_deref().is_some_and(|error| error.contains(reason)), "{answer:?}");
}

#[test]
fn q01_a_lowered_exclusive_maximum_is_held_against_the_updates_maximum() {
    fails(&seven("{'exclusiveMaximum':5}", "{'exclusiveMaximum':4}"), "no `maximum`");
    fails(&seven("{'exclusiveMaximum':5}", "{'exclusiveMaximum':5.0}"), "no `maximum`");
    holds("{'exclusiveMaximum':5}", "{'exclusiveMaximum':5}", "");
    holds("{'exclusiveMaximum':5,'maximum':9}", "{'exclusiveMaximum':4,'maximum':9}", "");
}

#[test]
fn q02_a_const_of_null_cannot_be_compared() {
    fails(&seven("{'const':null}", "{'const':null}"), "null");
    fails(&newest("{'const':null}", "{'const':1}"), "null");
    holds("{'const':1}", "{'const':null}", "!ENUM_ARRAY_CHANGED #/const");
}

#[test]
fn q03_a_connect_type_must_be_text_where_kinds_differ() {
    fails(&seven("{'type':'string','connect.type':1}", "{'type':'integer','connect.type':'bytes'}"), "connect.type");
    holds("{'type':'string','connect.type':'bytes'}", "{'type':'integer','connect.type':'bytes'}", "");
    holds("{'type':'string','connect.type':1}", "{'type':'string','connect.type':2}", "");
}

#[test]
fn q04_some_branches_cannot_be_printed() {
    let both = "{'oneOf':[{'dependencies':{'a':['b'],'c':$object}},$null]}";
    fails(&seven(both, both), "cannot be printed");
    let known_and_unknown = "{'oneOf':[{'dependencies':{'a':['b']},'dependentRequired':{'c':['d']}},$null]}";
    fails(&newest(known_and_unknown, known_and_unknown), "cannot be printed");
    let inside = "{'oneOf':[{'type':'object','unevaluatedProperties':{'$ref':'#'}},$null]}";
    holds_newer(inside, inside, "");
    let recursive =
        "{'oneOf':[{'type':'object','$defs':{'N':{'properties':{'n':{'$ref':'#/oneOf/0/$defs/N'}}}}},$null]}";
    fails(&newest(recursive, recursive), "refer to themselves");
}

#[test]
fn q05_the_newer_loader_refuses_tuples_as_items_and_dynamic_recursion() {
    fails(&newest("{}", "{'items':[$string]}"), "cannot be loaded");
    let tree = "{'$dynamicAnchor':'n','properties':{'c':{'$dynamicRef':'#n'}}}";
    fails(&newest("{}", tree), "too deeply");
}

#[test]
fn q06_an_array_or_object_as_default_always_changes() {
    holds("{'default':[1]}", "{'default':[1]}", "DEFAULT_CHANGED #/");
    holds_newer("{'default':{}}", "{'default':{}}", "DEFAULT_CHANGED #/");
    holds("{'default':1}", "{'default':1}", "");
}

#[test]
fn q07_one_and_one_point_zero_differ_but_not_as_limits() {
    holds("{'default':1}", "{'default':1.0}", "DEFAULT_CHANGED #/");
    holds("{'enum':[1]}", "{'enum':[1.0]}", "!ENUM_ARRAY_CHANGED #/enum");
    holds("{'const':1}", "{'const':1.0}", "!ENUM_ARRAY_CHANGED #/const");
    holds("{'maximum':1}", "{'maximum':1.0}", "");
    holds("{'maximum':9007199254740992}", "{'maximum':9007199254740993}", "");
    holds("{'multipleOf':0.5}", "{'multipleOf':0.50}", "");
    holds("{'multipleOf':1}", "{'multipleOf':1.0}", "");
}

#[test]
fn q08_the_newer_loader_cuts_fractions_inside_of_values() {
    holds_newer("{'const':[1.5]}", "{'const':[1.2]}", "");
    holds_newer("{'const':1.5}", "{'const':1.2}", "!ENUM_ARRAY_CHANGED #/const");
    holds("{'const':[1.5]}", "{'const':[1.2]}", "!ENUM_ARRAY_CHANGED #/const");
}

#[test]
fn q09_null_is_a_default_for_the_older_loader_only() {
    holds("{'default':null}", "{}", "DEFAULT_CHANGED #/");
    holds_newer("{'default':null}", "{}", "");
}

#[test]
fn q10_a_keyword_of_another_type_makes_a_combination_in_the_older_loader() {
    holds("$integer", "{'type':'integer','format':'int64'}", "!TYPE_CHANGED #/");
    holds_newer("$integer", "{'type':'integer','format':'int64'}", "");
    holds("{'type':'string','format':'date'}", "$string", "");
}

#[test]
fn q11_parts_of_one_schema_have_a_fixed_order() {
    holds("{'type':'string','enum':['a']}", "{'type':'string','enum':['a','b']}", "ENUM_ARRAY_EXTENDED #/allOf/0/enum");
    holds(
        "{'type':'object','oneOf':[{'required':['a']}],'maxProperties':1}",
        "{'type':'object','oneOf':[{'required':['a']}],'maxProperties':2}",
        "MAX_PROPERTIES_INCREASED #/allOf/1/maxProperties",
    );
}

#[test]
fn q12_the_newer_loader_dissolves_a_branch_of_two_kinds() {
    holds_newer(
        "{'oneOf':[{'title':'t','type':'string','enum':['a']},$integer]}",
        "{'oneOf':[$string,$integer]}",
        "!SUM_TYPE_NARROWED #/",
    );
}

#[test]
fn q13_constraints_join_a_list_of_types_only_beside_it() {
    holds_newer(
        "{'type':['integer','number'],'minimum':1}",
        "{'type':['integer','number'],'minimum':0}",
        "MINIMUM_DECREASED #/anyOf/0/minimum",
    );
    holds_newer(
        "{'type':['string','null'],'pattern':'a','format':'x'}",
        "{'type':['string','null'],'format':'x'}",
        "COMBINED_TYPE_EXTENDED #/
         PATTERN_REMOVED #/allOf/0/pattern
         !COMBINED_TYPE_SUBSCHEMAS_CHANGED #/",
    );
}

#[test]
fn q14_an_unknown_keyword_erases_what_is_unevaluated() {
    holds_newer(
        "{'type':'object','unevaluatedProperties':false}",
        "{'type':'object','unevaluatedProperties':false,'x-a':1}",
        "UNEVALUATED_PROPERTIES_ADDED #/unevaluatedProperties",
    );
    holds_newer("{'contains':$string}", "{'contains':$string,'$comment':'c'}", "MIN_CONTAINS_REMOVED #/minContains");
    let old = "{'properties':{'c':{'$ref':'#'}},'unevaluatedProperties':false,'$defs':{'A':$string}}";
    let new = "{'properties':{'c':{'$ref':'#'}},'$defs':{'A':$string}}";
    let found = lines(&newest(old, new));
    assert!(
        found.contains(&"UNEVALUATED_PROPERTIES_ADDED #/properties/c/unevaluatedProperties".to_owned()),
        "{found:?}"
    );
    assert!(!found.contains(&"UNEVALUATED_PROPERTIES_ADDED #/unevaluatedProperties".to_owned()), "{found:?}");
}

#[test]
fn q15_a_union_turned_into_a_plain_schema_changes_the_type() {
    holds("{'oneOf':[$null,$string]}", "$string", "!TYPE_CHANGED #/");
    holds("$string", "{'allOf':[$string,{'maxLength':3}]}", "!TYPE_CHANGED #/");
}

#[test]
fn q16_shortcuts_lose_what_changed_inside() {
    holds("{'type':'string','minLength':1}", "{'anyOf':[{'type':'string','minLength':2},$null]}", "!TYPE_CHANGED #/");
}

#[test]
fn q17_references_print_alike_only_without_an_id() {
    let plain = "{'anyOf':[{'$ref':'#/definitions/A'},{'$ref':'#/definitions/A'}],'definitions':{'A':$string}}";
    let with_id = "{'$id':'http://a/b','anyOf':[{'$ref':'#/definitions/A'},{'$ref':'#/definitions/A'}],
                    'definitions':{'A':$string}}";
    let once = "{'anyOf':[{'$ref':'#/definitions/A'}],'definitions':{'A':$string}}";
    let once_with_id = "{'$id':'http://a/b','anyOf':[{'$ref':'#/definitions/A'}],'definitions':{'A':$string}}";
    holds(plain, once, "");
    holds(with_id, once_with_id, "!SUM_TYPE_NARROWED #/");
}

#[test]
fn q18_any_of_to_one_of_is_a_change_and_back_is_not() {
    holds("{'anyOf':[$string,$null]}", "{'oneOf':[$string,$null]}", "!COMBINED_TYPE_CHANGED #/");
    holds("{'oneOf':[$string,$null]}", "{'anyOf':[$string,$null]}", "COMBINED_TYPE_EXTENDED #/");
    holds("{'type':['string','null']}", "{'oneOf':[$string,$null]}", "!COMBINED_TYPE_CHANGED #/");
}

#[test]
fn q19_a_reference_to_a_reference_is_not_followed() {
    let hops = |target: &str| {
        format!("{{'$ref':'#/definitions/A','definitions':{{'A':{{'$ref':'#/definitions/B'}},'B':{target}}}}}")
    };
    holds(&hops("$string"), &hops("$integer"), "");
    holds(&hops("$string"), "$string", "!TYPE_CHANGED #/");
}

#[test]
fn q20_a_type_beside_its_own_keywords_is_invisible() {
    holds("{'minLength':1}", "{'minLength':1,'type':'string'}", "");
    holds_newer("{'properties':{}, 'required':[]}", "{'type':'object','properties':{}}", "");
}

#[test]
fn q21_much_is_never_compared() {
    for (old, new) in [
        ("{'patternProperties':{'a':$string}}", "{'patternProperties':{'a':$integer}}"),
        ("{'propertyNames':{'maxLength':3}}", "{'propertyNames':{'maxLength':2}}"),
        ("{'contains':$string}", "{'contains':$integer}"),
        ("{'if':$string,'then':{'maxLength':3}}", "{'if':$string,'then':{'maxLength':2}}"),
        ("{'type':'string','format':'date'}", "{'type':'string','format':'email'}"),
        ("{'type':'string','readOnly':true}", "{'type':'string','writeOnly':true}"),
        ("{'required':['a']}", "{'required':['b']}"),
    ] {
        holds(old, new, "");
        holds_newer(old, new, "");
    }
    let four = |limit: &str| schema(&format!("{{'$schema':'http://json-schema.org/draft-04/schema#',{limit}}}"));
    let answer = ask(four("'maximum':3"), four("'maximum':3,'exclusiveMaximum':true"), STRICT);
    expect("exclusiveness of draft 4", &answer, "");
}

#[test]
fn q22_a_required_property_that_may_be_anything_passes() {
    holds(
        "$object",
        "{'type':'object','properties':{'a':true},'required':['a']}",
        "PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a",
    );
}

#[test]
fn q23_an_optional_property_beside_patterns_passes() {
    holds(
        "{'patternProperties':{'^x-':{}}}",
        "{'patternProperties':{'^x-':{}},'properties':{'a':$string}}",
        "OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a",
    );
}

#[test]
fn q24_branches_that_begin_to_overlap_pass() {
    holds("$string", "{'oneOf':[$string,{'type':'string','minLength':0}]}", "SUM_TYPE_EXTENDED #/");
}

#[test]
fn q25_a_newly_required_property_with_a_default_passes() {
    holds(
        "{'properties':{'a':{'type':'string','default':''}}}",
        "{'properties':{'a':{'type':'string','default':''}},'required':['a']}",
        "REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED #/required/a",
    );
}

#[test]
fn q26_schemas_that_allow_everything_count_as_narrower() {
    holds("$object", "{'additionalProperties':{}}", "!ADDITIONAL_PROPERTIES_NARROWED #/additionalProperties");
    holds("$object", "{'additionalProperties':true}", "");
    holds("$array", "{'items':true}", "!SCHEMA_ADDED #/items");
    holds_newer("$array", "{'items':true}", "");
    holds_newer("$array", "{'items':{}}", "!SCHEMA_ADDED #/items");
}

#[test]
fn q27_an_object_with_patterns_is_closed_for_other_names() {
    holds(
        "{'patternProperties':{'^x-':{}},'properties':{'a':$string}}",
        "{'patternProperties':{'^x-':{}}}",
        "!PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a",
    );
}

#[test]
fn q28_closed_by_what_is_unevaluated_and_open_beside_single_items() {
    holds_newer(
        "{'properties':{'a':$string},'additionalProperties':true,'unevaluatedProperties':false}",
        "{'additionalProperties':true,'unevaluatedProperties':false}",
        "!PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a",
    );
    holds(
        "{'items':$string}",
        "{'items':[$string]}",
        "SCHEMA_REMOVED #/items\n!ITEM_ADDED_TO_OPEN_CONTENT_MODEL #/items/0",
    );
}

#[test]
fn q29_what_a_reference_leads_to_is_not_seen_as_empty_or_with_default() {
    holds(
        "{'type':'object','definitions':{'A':{}}}",
        "{'type':'object','properties':{'a':{'$ref':'#/definitions/A'}},'definitions':{'A':{}}}",
        "!OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a",
    );
    holds(
        "{'type':'object','additionalProperties':false,'definitions':{'A':{'default':1}}}",
        "{'type':'object','additionalProperties':false,'properties':{'a':{'$ref':'#/definitions/A','default':1}},
          'required':['a'],'definitions':{'A':{'default':1}}}",
        "!REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a",
    );
}

#[test]
fn q30_the_lenient_policy_still_fails_on_what_is_kept_inside() {
    let (old, new) =
        ("{'additionalProperties':$string}", "{'additionalProperties':$string,'properties':{'a':$integer}}");
    let answer = ask(schema(old), schema(new), LENIENT);
    assert_eq!(answer.compatible, Some(false));
    let answer = ask(schema("$array"), schema("{'items':[$string]}"), LENIENT);
    assert_eq!(answer.compatible, Some(false));
}

#[test]
fn q31_an_unchanged_not_is_reported() {
    holds("{'not':$string}", "{'not':$string}", "NOT_TYPE_NARROWED #/not");
}

#[test]
fn q32_a_title_on_a_schema_that_gains_its_wrapper_changes() {
    holds(
        "{'title':'A','type':'string','enum':['a']}",
        "{'title':'A','type':'string'}",
        "TITLE_CHANGED #/\nPRODUCT_TYPE_NARROWED #/",
    );
}

#[test]
fn q33_ties_prefer_what_did_not_change() {
    let branches = "{'oneOf':[$string,{'type':'string','title':'x'}]}";
    holds(branches, branches, "");
    let patterns = "{'patternProperties':{'a':$string,'b':$integer},'additionalProperties':false}";
    let with =
        "{'patternProperties':{'a':$string,'b':$integer},'additionalProperties':false,'properties':{'ab':$string}}";
    let found = lines(&seven(patterns, with));
    assert!(
        found.contains(&"PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/ab".to_owned()),
        "{found:?}"
    );
}

#[test]
fn only_the_roots_schema_keyword_chooses_the_loader_and_definitions_are_bridged() {
    let nested =
        json!({"properties": {"a": {"$schema": "https://json-schema.org/draft/2020-12/schema", "items": [{}]}}});
    assert_eq!(ask(nested.clone(), nested, STRICT).compatible, Some(true));
    let custom = json!({"$schema": "https://example.com/dialect", "items": [{}]});
    assert_eq!(ask(custom.clone(), custom, STRICT).compatible, Some(true));
    let bridged = "{'$ref':'#/$defs/A','definitions':{'A':$string}}";
    holds_newer(bridged, bridged, "");
    holds(bridged, "$string", "");
}

#[test]
fn a_side_of_each_loader_can_be_compared() {
    expect("7 -> 2020-12", &ask(schema("$integer"), newer("$number"), STRICT), "TYPE_EXTENDED #/");
    expect(
        "true -> 4",
        &ask(Value::Bool(true), json!({"$schema": "http://json-schema.org/draft-04/schema#"}), STRICT),
        "",
    );
}

#[test]
fn paths_are_not_escaped() {
    holds(
        "{'properties':{'a/b':$string,'':$string,'~ c':$string}}",
        "{'properties':{'a/b':$integer,'':$integer,'~ c':$integer}}",
        "!TYPE_CHANGED #/properties/a/b\n!TYPE_CHANGED #/properties/\n!TYPE_CHANGED #/properties/~ c",
    );
}
