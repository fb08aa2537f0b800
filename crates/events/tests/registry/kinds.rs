use std::collections::BTreeSet;

use linkspan_events::compat::registry::{Class, KINDS, class, explain};

use super::support::{LENIENT, STRICT, ask, newer, schema};

/// Kind and path, old, new; in draft 7.
const SEVEN: &[(&str, &str, &str)] = &[
    ("ID_CHANGED #/", "{'$id':'http://a/a'}", "{'$id':'http://a/b'}"),
    ("DESCRIPTION_CHANGED #/", "{'description':'a'}", "{'description':'b'}"),
    ("TITLE_CHANGED #/", "{}", "{'title':'b'}"),
    ("DEFAULT_CHANGED #/", "{'default':1}", "{'default':2}"),
    ("SCHEMA_ADDED #/items", "$array", "{'type':'array','items':$string}"),
    ("SCHEMA_REMOVED #/items", "{'type':'array','items':$string}", "$array"),
    ("TYPE_EXTENDED #/", "$integer", "$number"),
    ("TYPE_NARROWED #/", "$number", "$integer"),
    ("TYPE_CHANGED #/", "$string", "$integer"),
    ("MAX_LENGTH_ADDED #/maxLength", "$string", "{'maxLength':3}"),
    ("MAX_LENGTH_REMOVED #/maxLength", "{'maxLength':3}", "$string"),
    ("MAX_LENGTH_INCREASED #/maxLength", "{'maxLength':3}", "{'maxLength':4}"),
    ("MAX_LENGTH_DECREASED #/maxLength", "{'maxLength':3}", "{'maxLength':2}"),
    ("MIN_LENGTH_ADDED #/minLength", "$string", "{'minLength':3}"),
    ("MIN_LENGTH_REMOVED #/minLength", "{'minLength':3}", "$string"),
    ("MIN_LENGTH_INCREASED #/minLength", "{'minLength':3}", "{'minLength':4}"),
    ("MIN_LENGTH_DECREASED #/minLength", "{'minLength':3}", "{'minLength':2}"),
    ("PATTERN_ADDED #/pattern", "$string", "{'pattern':'a'}"),
    ("PATTERN_REMOVED #/pattern", "{'pattern':'a'}", "$string"),
    ("PATTERN_CHANGED #/pattern", "{'pattern':'a'}", "{'pattern':'b'}"),
    ("MAXIMUM_ADDED #/maximum", "$number", "{'maximum':3}"),
    ("MAXIMUM_REMOVED #/maximum", "{'maximum':3}", "$number"),
    ("MAXIMUM_INCREASED #/maximum", "{'maximum':3}", "{'maximum':3.5}"),
    ("MAXIMUM_DECREASED #/maximum", "{'maximum':3}", "{'maximum':2}"),
    ("MINIMUM_ADDED #/minimum", "$number", "{'minimum':3}"),
    ("MINIMUM_REMOVED #/minimum", "{'minimum':3}", "$number"),
    ("MINIMUM_INCREASED #/minimum", "{'minimum':3}", "{'minimum':4}"),
    ("MINIMUM_DECREASED #/minimum", "{'minimum':3}", "{'minimum':2}"),
    ("EXCLUSIVE_MAXIMUM_ADDED #/exclusiveMaximum", "$number", "{'exclusiveMaximum':3}"),
    ("EXCLUSIVE_MAXIMUM_REMOVED #/exclusiveMaximum", "{'exclusiveMaximum':3}", "$number"),
    ("EXCLUSIVE_MAXIMUM_INCREASED #/exclusiveMaximum", "{'exclusiveMaximum':3}", "{'exclusiveMaximum':4}"),
    (
        "EXCLUSIVE_MAXIMUM_DECREASED #/exclusiveMaximum",
        "{'exclusiveMaximum':5,'maximum':4}",
        "{'exclusiveMaximum':3,'maximum':4}",
    ),
    ("EXCLUSIVE_MINIMUM_ADDED #/exclusiveMinimum", "$number", "{'exclusiveMinimum':3}"),
    ("EXCLUSIVE_MINIMUM_REMOVED #/exclusiveMinimum", "{'exclusiveMinimum':3}", "$number"),
    ("EXCLUSIVE_MINIMUM_INCREASED #/exclusiveMinimum", "{'exclusiveMinimum':3}", "{'exclusiveMinimum':4}"),
    ("EXCLUSIVE_MINIMUM_DECREASED #/exclusiveMinimum", "{'exclusiveMinimum':3}", "{'exclusiveMinimum':2}"),
    ("MULTIPLE_OF_ADDED #/multipleOf", "$number", "{'multipleOf':2}"),
    ("MULTIPLE_OF_REMOVED #/multipleOf", "{'multipleOf':2}", "$number"),
    ("MULTIPLE_OF_EXPANDED #/multipleOf", "{'multipleOf':0.1}", "{'multipleOf':0.3}"),
    ("MULTIPLE_OF_REDUCED #/multipleOf", "{'multipleOf':4}", "{'multipleOf':2}"),
    ("MULTIPLE_OF_CHANGED #/multipleOf", "{'multipleOf':4}", "{'multipleOf':3}"),
    (
        "REQUIRED_ATTRIBUTE_ADDED #/required/a",
        "{'properties':{'a':$string}}",
        "{'properties':{'a':$string},'required':['a']}",
    ),
    (
        "REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED #/required/a",
        "{'properties':{'a':{'default':1}}}",
        "{'properties':{'a':{'default':1}},'required':['a']}",
    ),
    (
        "REQUIRED_ATTRIBUTE_REMOVED #/required/a",
        "{'properties':{'a':$string},'required':['a']}",
        "{'properties':{'a':$string}}",
    ),
    ("MAX_PROPERTIES_ADDED #/maxProperties", "$object", "{'maxProperties':3}"),
    ("MAX_PROPERTIES_REMOVED #/maxProperties", "{'maxProperties':3}", "$object"),
    ("MAX_PROPERTIES_INCREASED #/maxProperties", "{'maxProperties':3}", "{'maxProperties':4}"),
    ("MAX_PROPERTIES_DECREASED #/maxProperties", "{'maxProperties':3}", "{'maxProperties':2}"),
    ("MIN_PROPERTIES_ADDED #/minProperties", "$object", "{'minProperties':3}"),
    ("MIN_PROPERTIES_REMOVED #/minProperties", "{'minProperties':3}", "$object"),
    ("MIN_PROPERTIES_INCREASED #/minProperties", "{'minProperties':3}", "{'minProperties':4}"),
    ("MIN_PROPERTIES_DECREASED #/minProperties", "{'minProperties':3}", "{'minProperties':2}"),
    ("ADDITIONAL_PROPERTIES_ADDED #/additionalProperties", "{'additionalProperties':false}", "$object"),
    ("ADDITIONAL_PROPERTIES_REMOVED #/additionalProperties", "$object", "{'additionalProperties':false}"),
    ("ADDITIONAL_PROPERTIES_EXTENDED #/additionalProperties", "{'additionalProperties':$string}", "$object"),
    ("ADDITIONAL_PROPERTIES_NARROWED #/additionalProperties", "$object", "{'additionalProperties':$string}"),
    ("DEPENDENCY_ARRAY_ADDED #/dependencies/p", "$object", "{'dependencies':{'p':['a']}}"),
    ("DEPENDENCY_ARRAY_REMOVED #/dependencies/p", "{'dependencies':{'p':['a']}}", "$object"),
    ("DEPENDENCY_ARRAY_EXTENDED #/dependencies/p", "{'dependencies':{'p':['a']}}", "{'dependencies':{'p':['b','a']}}"),
    ("DEPENDENCY_ARRAY_NARROWED #/dependencies/p", "{'dependencies':{'p':['a','b']}}", "{'dependencies':{'p':['a']}}"),
    ("DEPENDENCY_ARRAY_CHANGED #/dependencies/p", "{'dependencies':{'p':['a']}}", "{'dependencies':{'p':['b']}}"),
    ("DEPENDENCY_SCHEMA_ADDED #/dependencies/p", "$object", "{'dependencies':{'p':$object}}"),
    ("DEPENDENCY_SCHEMA_REMOVED #/dependencies/p", "{'dependencies':{'p':$object}}", "$object"),
    (
        "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a",
        "$object",
        "{'properties':{'a':$string},'required':['a']}",
    ),
    (
        "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a",
        "$object",
        "{'properties':{'a':{'type':'string','default':''}},'required':['a']}",
    ),
    ("OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a", "$object", "{'properties':{'a':$string}}"),
    (
        "PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a",
        "$object",
        "{'properties':{'a':{}},'required':['a']}",
    ),
    (
        "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a",
        "{'additionalProperties':false}",
        "{'properties':{'a':$string},'required':['a'],'additionalProperties':false}",
    ),
    (
        "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a",
        "{'additionalProperties':false}",
        "{'properties':{'a':{'default':null}},'required':['a'],'additionalProperties':false}",
    ),
    (
        "OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a",
        "{'additionalProperties':false}",
        "{'properties':{'a':{}},'additionalProperties':false}",
    ),
    ("PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL #/properties/a", "{'properties':{'a':$string}}", "$object"),
    (
        "PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a",
        "{'properties':{'a':false}}",
        "{'additionalProperties':false}",
    ),
    (
        "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a",
        "{'properties':{'a':$string}}",
        "{'additionalProperties':false}",
    ),
    (
        "PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/ab",
        "{'properties':{'ab':$integer}}",
        "{'patternProperties':{'b':$number},'additionalProperties':false}",
    ),
    (
        "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a",
        "{'properties':{'a':$integer}}",
        "{'additionalProperties':$string}",
    ),
    (
        "PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a",
        "{'additionalProperties':$string}",
        "{'properties':{'a':{}}}",
    ),
    (
        "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a",
        "{'additionalProperties':$string}",
        "{'properties':{'a':$integer}}",
    ),
    ("MAX_ITEMS_ADDED #/maxItems", "$array", "{'maxItems':3}"),
    ("MAX_ITEMS_REMOVED #/maxItems", "{'maxItems':3}", "$array"),
    ("MAX_ITEMS_INCREASED #/maxItems", "{'maxItems':3}", "{'maxItems':4}"),
    ("MAX_ITEMS_DECREASED #/maxItems", "{'maxItems':3}", "{'maxItems':2}"),
    ("MIN_ITEMS_ADDED #/minItems", "$array", "{'minItems':3}"),
    ("MIN_ITEMS_REMOVED #/minItems", "{'minItems':3}", "$array"),
    ("MIN_ITEMS_INCREASED #/minItems", "{'minItems':3}", "{'minItems':4}"),
    ("MIN_ITEMS_DECREASED #/minItems", "{'minItems':3}", "{'minItems':2}"),
    ("MIN_CONTAINS_ADDED #/minContains", "$array", "{'type':'array','minContains':2}"),
    ("UNIQUE_ITEMS_ADDED #/uniqueItems", "{'uniqueItems':false}", "{'uniqueItems':true}"),
    ("UNIQUE_ITEMS_REMOVED #/uniqueItems", "{'uniqueItems':true}", "$array"),
    ("ADDITIONAL_ITEMS_ADDED #/additionalItems", "{'additionalItems':false}", "$array"),
    ("ADDITIONAL_ITEMS_REMOVED #/additionalItems", "$array", "{'additionalItems':false}"),
    ("ADDITIONAL_ITEMS_EXTENDED #/additionalItems", "{'additionalItems':$string}", "$array"),
    ("ADDITIONAL_ITEMS_NARROWED #/additionalItems", "$array", "{'additionalItems':$string}"),
    ("ITEM_ADDED_TO_OPEN_CONTENT_MODEL #/items/0", "$array", "{'items':[$string]}"),
    ("ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL #/items/0", "$array", "{'items':[true]}"),
    (
        "ITEM_ADDED_TO_CLOSED_CONTENT_MODEL #/items/0",
        "{'additionalItems':false}",
        "{'items':[$string],'additionalItems':false}",
    ),
    ("ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL #/items/0", "{'items':[$string]}", "$array"),
    (
        "ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL #/items/0",
        "{'items':[false],'additionalItems':false}",
        "{'additionalItems':false}",
    ),
    (
        "ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL #/items/0",
        "{'items':[$string],'additionalItems':false}",
        "{'additionalItems':false}",
    ),
    (
        "ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/0",
        "{'items':[$integer],'additionalItems':$number}",
        "{'additionalItems':$number}",
    ),
    (
        "ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/0",
        "{'items':[$integer],'additionalItems':$string}",
        "{'additionalItems':$string}",
    ),
    (
        "ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/0",
        "{'additionalItems':$integer}",
        "{'items':[$number],'additionalItems':$integer}",
    ),
    (
        "ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/0",
        "{'additionalItems':$integer}",
        "{'items':[$string],'additionalItems':$integer}",
    ),
    ("ENUM_ARRAY_EXTENDED #/enum", "{'enum':['a','b','a']}", "{'enum':['c','b','a']}"),
    ("ENUM_ARRAY_NARROWED #/enum", "{'enum':['a','b']}", "{'enum':['b']}"),
    ("ENUM_ARRAY_CHANGED #/enum", "{'enum':['a','b']}", "{'enum':['b','c']}"),
    ("ENUM_ARRAY_CHANGED #/const", "{'const':'a'}", "{'const':'b'}"),
    ("COMBINED_TYPE_EXTENDED #/", "{'oneOf':[$string,$null]}", "{'anyOf':[$string,$null]}"),
    ("COMBINED_TYPE_CHANGED #/", "{'anyOf':[$string,$null]}", "{'oneOf':[$string,$null]}"),
    ("PRODUCT_TYPE_EXTENDED #/", "{'allOf':[$string]}", "{'allOf':[$string,{'title':'t'}]}"),
    ("PRODUCT_TYPE_NARROWED #/", "{'allOf':[$string,{'title':'t'}]}", "{'allOf':[$string]}"),
    ("SUM_TYPE_EXTENDED #/", "{'anyOf':[$string]}", "{'anyOf':[$string,$null]}"),
    ("SUM_TYPE_NARROWED #/", "{'anyOf':[$string,$null]}", "{'anyOf':[$string]}"),
    ("COMBINED_TYPE_SUBSCHEMAS_CHANGED #/", "{'anyOf':[$string,$null]}", "{'anyOf':[$string,$integer]}"),
    ("NOT_TYPE_EXTENDED #/not", "{'not':$string}", "{'not':$integer}"),
    ("NOT_TYPE_NARROWED #/not", "{'not':$string}", "{'not':$string}"),
];

/// The same in 2020-12.
const NEWER: &[(&str, &str, &str)] = &[
    ("UNEVALUATED_PROPERTIES_ADDED #/unevaluatedProperties", "{'unevaluatedProperties':false}", "$object"),
    ("UNEVALUATED_PROPERTIES_REMOVED #/unevaluatedProperties", "$object", "{'unevaluatedProperties':false}"),
    ("UNEVALUATED_PROPERTIES_EXTENDED #/unevaluatedProperties", "{'unevaluatedProperties':$string}", "$object"),
    ("UNEVALUATED_PROPERTIES_NARROWED #/unevaluatedProperties", "$object", "{'unevaluatedProperties':true}"),
    ("UNEVALUATED_ITEMS_ADDED #/unevaluatedItems", "{'unevaluatedItems':false}", "{'unevaluatedItems':true}"),
    ("UNEVALUATED_ITEMS_REMOVED #/unevaluatedItems", "{'unevaluatedItems':$string}", "{'unevaluatedItems':false}"),
    ("UNEVALUATED_ITEMS_EXTENDED #/unevaluatedItems", "{'unevaluatedItems':$string}", "{'unevaluatedItems':{}}"),
    ("UNEVALUATED_ITEMS_NARROWED #/unevaluatedItems", "{'unevaluatedItems':{}}", "{'unevaluatedItems':$string}"),
    ("MAX_CONTAINS_ADDED #/maxContains", "{'contains':$string}", "{'contains':$string,'maxContains':3}"),
    ("MAX_CONTAINS_REMOVED #/maxContains", "{'contains':$string,'maxContains':3}", "{'contains':$string}"),
    (
        "MAX_CONTAINS_INCREASED #/maxContains",
        "{'contains':$string,'maxContains':3}",
        "{'contains':$string,'maxContains':4}",
    ),
    (
        "MAX_CONTAINS_DECREASED #/maxContains",
        "{'contains':$string,'maxContains':3}",
        "{'contains':$string,'maxContains':2}",
    ),
    ("MIN_CONTAINS_ADDED #/minContains", "$array", "{'contains':$string}"),
    ("MIN_CONTAINS_REMOVED #/minContains", "{'contains':$string}", "$array"),
    ("MIN_CONTAINS_INCREASED #/minContains", "{'contains':$string}", "{'contains':$string,'minContains':2}"),
    ("MIN_CONTAINS_DECREASED #/minContains", "{'contains':$string}", "{'contains':$string,'minContains':0}"),
];

/// Kinds that the registry knows and never puts into a comparison's answer.
const NEVER: [&str; 3] =
    ["PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", "RESERVED_PROPERTY_REMOVED", "RESERVED_PROPERTY_CONFLICTS_WITH_PROPERTY"];

/// Every change, and that the verdict is what the classes say.
#[test]
fn each_kind_of_change_is_found_at_its_path() {
    let mut found = BTreeSet::new();
    let seven = SEVEN.iter().map(|(change, old, new)| (change, schema(old), schema(new)));
    let newest = NEWER.iter().map(|(change, old, new)| (change, newer(old), newer(new)));
    for (change, old, new) in seven.chain(newest) {
        for policy in [STRICT, LENIENT] {
            let answer = ask(old.clone(), new.clone(), policy);
            let lines = super::support::lines(&answer);
            assert!(lines.iter().any(|line| line == change), "{change} is not among {lines:?}");
            let allowed = |kind| class(kind).is_some_and(|class: Class| class.allows(policy));
            assert_eq!(answer.compatible, Some(answer.changes.iter().all(|change| allowed(change.kind))), "{change}");
        }
        found.insert(change.split(' ').next().unwrap_or_default());
    }
    let all: BTreeSet<&str> = KINDS.iter().map(|(kind, ..)| *kind).filter(|kind| !NEVER.contains(kind)).collect();
    assert_eq!(found, all);
}

#[test]
fn each_kind_is_explained() {
    for (kind, ..) in KINDS {
        assert!(explain(kind).is_some_and(|sentence| sentence.len() > 15), "{kind}");
    }
    assert_eq!(explain("TYPE_EXTENDED"), Some("numbers with a fraction are now allowed, too"));
    assert_eq!((explain("NONE_SUCH"), class("NONE_SUCH")), (None, None));
}
