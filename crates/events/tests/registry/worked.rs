use super::support::{LENIENT, STRICT, ask, expect, newer, schema};

/// Old, new, changes under STRICT.
const PAIRS: &[(&str, &str, &str)] = &[
    ("$integer", "$number", "TYPE_EXTENDED #/"),
    ("$integer", "{'type':['number','null']}", "TYPE_EXTENDED #/\nSUM_TYPE_EXTENDED #/"),
    ("$string", "{'anyOf':[{'anyOf':[$string,$null]},$integer]}", "SUM_TYPE_EXTENDED #/\nSUM_TYPE_EXTENDED #/"),
    ("$string", "{'type':['string']}", ""),
    ("{'type':['string','null']}", "$string", "!TYPE_CHANGED #/"),
    ("$string", "{}", ""),
    ("false", "$string", ""),
    ("{'allOf':[$string,{'maxLength':3}]}", "{}", "PRODUCT_TYPE_NARROWED #/"),
    ("{'anyOf':[$string,{'maxLength':3}]}", "{}", ""),
    ("false", "{'anyOf':[$string,$null]}", "SUM_TYPE_EXTENDED #/"),
    (
        "{'oneOf':[$string,$integer]}",
        "{'oneOf':[{'type':'string','maxLength':3},$number]}",
        "TYPE_EXTENDED #/oneOf/1\n!COMBINED_TYPE_SUBSCHEMAS_CHANGED #/",
    ),
    ("{'oneOf':[$null,$string]}", "{'type':['string','null']}", "COMBINED_TYPE_EXTENDED #/"),
    ("{'allOf':[$string]}", "{'oneOf':[$string,$null]}", "COMBINED_TYPE_EXTENDED #/\nSUM_TYPE_EXTENDED #/"),
    (
        "{'type':'string','title':'A','enum':['a']}",
        "{'type':'string','title':'A'}",
        "TITLE_CHANGED #/\nPRODUCT_TYPE_NARROWED #/",
    ),
    (
        "$object",
        "{'type':'object','properties':{'a':$string}}",
        "!OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a",
    ),
    (
        "{'oneOf':[$object,$null]}",
        "{'oneOf':[{'type':'object','properties':{'a':$string}},$null]}",
        "!COMBINED_TYPE_SUBSCHEMAS_CHANGED #/",
    ),
    (
        "{'type':'object','additionalProperties':$string}",
        "{'type':'object','additionalProperties':$string,'properties':{'a':$integer}}",
        "!TYPE_CHANGED #/properties/a
         !PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a
         OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a",
    ),
    (
        "{'type':'object','properties':{'a':$string}}",
        "{'type':'object','properties':{'a':{'type':'string','default':'x'}},'required':['a']}",
        "REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED #/required/a\nDEFAULT_CHANGED #/properties/a",
    ),
    (
        "{'type':'array','items':$string}",
        "{'type':'array','items':[$string]}",
        "SCHEMA_REMOVED #/items\n!ITEM_ADDED_TO_OPEN_CONTENT_MODEL #/items/0",
    ),
    (
        "{'type':'array','items':[$string,$integer],'additionalItems':$number}",
        "{'type':'array','items':[$string],'additionalItems':$number}",
        "TYPE_EXTENDED #/items/1\nITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1",
    ),
    (
        "{'type':'integer','multipleOf':2}",
        "{'type':'number','multipleOf':4}",
        "!MULTIPLE_OF_EXPANDED #/multipleOf\nTYPE_EXTENDED #/",
    ),
    ("{'not':$integer}", "{'not':$number}", "!NOT_TYPE_EXTENDED #/not"),
    ("{'not':$number}", "{'not':$integer}", "NOT_TYPE_NARROWED #/not"),
    (
        "{'properties':{'c':{'$ref':'#'},'x':$string}}",
        "{'properties':{'c':{'$ref':'#'},'x':$integer}}",
        "!TYPE_CHANGED #/properties/x
         !TYPE_CHANGED #/properties/c/properties/x
         !TYPE_CHANGED #/properties/c/properties/c/properties/x",
    ),
    (
        "{'properties':{'c':{'$ref':'#'},'x':$string}}",
        "{'properties':{'c':{'$ref':'#'},'x':{'type':'string','title':'t'}}}",
        "TITLE_CHANGED #/properties/x\nTITLE_CHANGED #/properties/c/properties/x",
    ),
    (
        "{'$ref':'#/definitions/N','definitions':{'N':{'properties':{'c':{'$ref':'#/definitions/N'},'x':$string}}}}",
        "{'$ref':'#/definitions/N','definitions':{'N':{'properties':{'c':{'$ref':'#/definitions/N'},'x':$integer}}}}",
        "!TYPE_CHANGED #/properties/x\n!TYPE_CHANGED #/properties/c/properties/x",
    ),
    (
        "{'properties':{'n':{'oneOf':[$null,{'$ref':'#'}]},'v':$string}}",
        "{'properties':{'n':{'oneOf':[$null,{'$ref':'#'}]},'v':$integer}}",
        "!TYPE_CHANGED #/properties/v\n!COMBINED_TYPE_SUBSCHEMAS_CHANGED #/properties/n",
    ),
    (
        "{'properties':{'p':{'$ref':'#/definitions/A'},'q':{'$ref':'#/definitions/B'}},'definitions':{
            'A':{'properties':{'b':{'$ref':'#/definitions/B'}}},
            'B':{'properties':{'a':{'$ref':'#/definitions/A'},'x':$string}}}}",
        "{'properties':{'p':{'$ref':'#/definitions/A'},'q':{'$ref':'#/definitions/B'}},'definitions':{
            'A':{'properties':{'b':{'$ref':'#/definitions/B'}}},
            'B':{'properties':{'a':{'$ref':'#/definitions/A'},'x':$integer}}}}",
        "!TYPE_CHANGED #/properties/p/properties/b/properties/x
         !TYPE_CHANGED #/properties/p/properties/b/properties/a/properties/b/properties/x
         !TYPE_CHANGED #/properties/q/properties/x
         !TYPE_CHANGED #/properties/q/properties/a/properties/b/properties/x",
    ),
];

/// The same in 2020-12.
const NEWER: &[(&str, &str, &str)] = &[
    ("$array", "{'type':'array','contains':$string}", "!MIN_CONTAINS_ADDED #/minContains"),
    (
        "{'type':'array','prefixItems':[$string]}",
        "{'type':'array','prefixItems':[$string,$integer],'items':false}",
        "!ITEM_ADDED_TO_OPEN_CONTENT_MODEL #/items/1\n!ADDITIONAL_ITEMS_REMOVED #/additionalItems",
    ),
    (
        "{'oneOf':[{'type':'string','enum':['a']},$integer]}",
        "{'oneOf':[{'type':'string','enum':['a','b']},$integer]}",
        "ENUM_ARRAY_EXTENDED #/oneOf/1/enum",
    ),
    (
        "{'dependentRequired':{'a':['b']}}",
        "{'dependentRequired':{'a':['c']},'dependentSchemas':{'q':$object}}",
        "!DEPENDENCY_ARRAY_CHANGED #/dependencies/a\n!DEPENDENCY_SCHEMA_ADDED #/dependencies/q",
    ),
    (
        "{'$ref':'#/$defs/N','$defs':{'N':{'properties':{'c':{'$ref':'#/$defs/N'},'x':$string}}}}",
        "{'$ref':'#/$defs/N','$defs':{'N':{'properties':{'c':{'$ref':'#/$defs/N'},'x':$integer}}}}",
        "!TYPE_CHANGED #/properties/x
         !TYPE_CHANGED #/properties/c/properties/x
         !TYPE_CHANGED #/properties/c/properties/c/properties/x",
    ),
];

#[test]
fn the_worked_pairs_have_the_registrys_changes() {
    for (old, new, changes) in PAIRS {
        expect(&format!("{old} -> {new}"), &ask(schema(old), schema(new), STRICT), changes);
    }
    for (old, new, changes) in NEWER {
        expect(&format!("2020-12: {old} -> {new}"), &ask(newer(old), newer(new), STRICT), changes);
    }
}

/// Those whose answer under LENIENT is another one.
const LENIENT_PAIRS: &[(&str, &str, &str)] = &[
    (
        "$object",
        "{'type':'object','properties':{'a':$string}}",
        "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a",
    ),
    (
        "{'oneOf':[$object,$null]}",
        "{'oneOf':[{'type':'object','properties':{'a':$string}},$null]}",
        "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/oneOf/0/properties/a",
    ),
];

#[test]
fn the_worked_pairs_have_the_registrys_lenient_changes() {
    for (old, new, changes) in PAIRS {
        let changes = LENIENT_PAIRS.iter().find(|pair| (pair.0, pair.1) == (old, new)).map_or(*changes, |pair| pair.2);
        expect(&format!("{old} -> {new}"), &ask(schema(old), schema(new), LENIENT), changes);
    }
    for (old, new, changes) in NEWER {
        expect(&format!("2020-12: {old} -> {new}"), &ask(newer(old), newer(new), LENIENT), changes);
    }
}
