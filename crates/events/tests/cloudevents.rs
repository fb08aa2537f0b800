//! CloudEvents in their JSON and HTTP forms: each rule with the place at which it is broken and its section.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod samples;

use linkspan_events::cloudevents::{Attribute, Data, Event};
use linkspan_report::Report;
use proptest::prelude::*;
use samples::validate_alone as validate;
use serde_json::{Value, json};

/// `line:column rule (section)` of each finding.
fn found(report: &Report) -> Vec<String> {
    let line = |finding: &linkspan_report::Finding| {
        let start = finding.span.unwrap().start;
        let section = finding.data.get("section").and_then(Value::as_str).unwrap_or_default();
        format!("{}:{} {} ({section})", start.line, start.column, finding.rule)
    };
    report.findings.kept().iter().map(line).collect()
}

const EVENT: &str = r#""specversion":"1.0","id":"1","source":"/s","type":"t""#;

#[test]
fn events_that_keep_all_rules() {
    for members in [
        "",
        r#","subject":null,"time":null,"datacontenttype":null,"dataschema":null,"myext":null"#,
        r#","data":null"#,
        r#","data":"text""#,
        r#","data":[1,{"a":2}]"#,
        r#","datacontenttype":"application/json","data":7"#,
        r#","datacontenttype":"text/JSON; charset=utf-8","data":{"a":1}"#,
        r#","datacontenttype":"application/vnd.x+json","data":{"a":1}"#,
        r#","datacontenttype":"application/xml","data":"<a/>""#,
        r#","datacontenttype":"application/octet-stream","data_base64":"AAE=""#,
        r#","data_base64":"""#,
        r#","data":{},"data_base64":null"#,
        r#","datacontenttype":"text/plain""#,
        r#","time":"2018-04-05T17:31:00.123456789+01:00""#,
        r#","time":"1990-12-31T23:59:60Z""#,
        r#","dataschema":"urn:example:order:1""#,
        r#","flag":true,"count":-2147483648,"most":2147483647,"zero":-0,"text":"é😀","comexampleextension1":"v""#,
    ] {
        let text = format!("{{{EVENT}{members}}}");
        assert_eq!(found(&validate("e.json", &text)), Vec::<String>::new(), "{text}");
        assert_eq!(found(&validate("e.yaml", &text)), Vec::<String>::new(), "{text}");
    }
    for text in ["[]".to_owned(), format!("[{{{EVENT}}},{{{EVENT}}}]")] {
        assert_eq!(found(&validate("batch.json", &text)), Vec::<String>::new(), "{text}");
    }
    for source in
        ["/a", "a b".replace(' ', "/").as_str(), "urn:x", "mailto:a@b.c", "1-555-123-4567", "https://a.b/c?d#e", "#f"]
    {
        let text = format!(r#"{{"specversion":"1.0","id":"1","source":"{source}","type":"t"}}"#);
        assert_eq!(found(&validate("e.json", &text)), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn each_broken_rule_has_its_place_and_section() {
    let cases: &[(&str, &[&str])] = &[
        (
            r#"{}"#,
            &[
                "1:1 cloudevents/required (spec.md#specversion)",
                "1:1 cloudevents/required (spec.md#id)",
                "1:1 cloudevents/required (spec.md#source-1)",
                "1:1 cloudevents/required (spec.md#type)",
            ],
        ),
        (r#"{"specversion":"1.0","id":null,"source":"/s","type":"t"}"#, &["1:1 cloudevents/required (spec.md#id)"]),
        (
            r#"{"specversion":"0.3","id":"1","source":"/s","type":"t"}"#,
            &["1:16 cloudevents/value (spec.md#specversion)"],
        ),
        (r#"{"specversion":1.0,"id":"1","source":"/s","type":"t"}"#, &["1:16 cloudevents/type (json-format.md §2.2)"]),
        (r#"{"specversion":"1.0","id":"","source":"/s","type":"t"}"#, &["1:27 cloudevents/value (spec.md#id)"]),
        (r#"{"specversion":"1.0","id":7,"source":"/s","type":"t"}"#, &["1:27 cloudevents/type (json-format.md §2.2)"]),
        (r#"{"specversion":"1.0","id":"1","source":"","type":"t"}"#, &["1:40 cloudevents/value (spec.md#source-1)"]),
        (r#"{"specversion":"1.0","id":"1","source":"a b","type":"t"}"#, &["1:40 cloudevents/value (spec.md#source-1)"]),
        (r#"{"specversion":"1.0","id":"1","source":"/s","type":""}"#, &["1:52 cloudevents/value (spec.md#type)"]),
        ("EVENT,\n\"subject\":\"\"}", &["2:11 cloudevents/value (spec.md#subject)"]),
        ("EVENT,\n\"time\":\"2018-04-05\"}", &["2:8 cloudevents/value (spec.md#time)"]),
        ("EVENT,\n\"time\":\"2018-02-30T00:00:00Z\"}", &["2:8 cloudevents/value (spec.md#time)"]),
        ("EVENT,\n\"dataschema\":\"/relative\"}", &["2:14 cloudevents/value (spec.md#dataschema)"]),
        ("EVENT,\n\"dataschema\":\"\"}", &["2:14 cloudevents/value (spec.md#dataschema)"]),
        ("EVENT,\n\"datacontenttype\":\"json\"}", &["2:19 cloudevents/value (spec.md#datacontenttype)"]),
        ("EVENT,\n\"myExt\":\"v\"}", &["2:1 cloudevents/name (spec.md#naming-conventions)"]),
        ("EVENT,\n\"my_ext\":\"v\"}", &["2:1 cloudevents/name (spec.md#naming-conventions)"]),
        ("EVENT,\n\"\":\"v\"}", &["2:1 cloudevents/name (spec.md#naming-conventions)"]),
        ("EVENT,\n\"count\":2147483648}", &["2:9 cloudevents/type (json-format.md §2.2)"]),
        ("EVENT,\n\"count\":1.5}", &["2:9 cloudevents/type (json-format.md §2.2)"]),
        ("EVENT,\n\"count\":1.0}", &["2:9 cloudevents/type (json-format.md §2.2)"]),
        ("EVENT,\n\"count\":1e3}", &["2:9 cloudevents/type (json-format.md §2.2)"]),
        ("EVENT,\n\"list\":[]}", &["2:8 cloudevents/type (json-format.md §2.2)"]),
        ("EVENT,\n\"map\":{}}", &["2:7 cloudevents/type (json-format.md §2.2)"]),
        ("EVENT,\n\"text\":\"a\\u0001\"}", &["2:8 cloudevents/characters (spec.md#type-system)"]),
        ("EVENT,\n\"text\":\"\\u0085\"}", &["2:8 cloudevents/characters (spec.md#type-system)"]),
        ("EVENT,\n\"text\":\"\\uFDD0\"}", &["2:8 cloudevents/characters (spec.md#type-system)"]),
        ("EVENT,\n\"text\":\"\\uDEAD\"}", &["2:9 json-syntax ()"]),
        ("EVENT,\n\"data\":1,\"data_base64\":\"AA==\"}", &["2:24 cloudevents/data (json-format.md §3.1.1)"]),
        ("EVENT,\n\"data_base64\":\"?\"}", &["2:15 cloudevents/data (json-format.md §3.1.1)"]),
        ("EVENT,\n\"data_base64\":\"AAA\"}", &["2:15 cloudevents/data (json-format.md §3.1.1)"]),
        ("EVENT,\n\"data_base64\":7}", &["2:15 cloudevents/data (json-format.md §3.1.1)"]),
        ("EVENT,\"datacontenttype\":\"text/xml\",\n\"data\":{}}", &["2:8 cloudevents/data (json-format.md §3.1.1)"]),
        ("EVENT,\n\"id\":\"2\"}", &["2:1 duplicate-key ()"]),
        ("7", &["1:1 cloudevents/object (json-format.md §3)"]),
        ("[EVENT},\n7]", &["2:1 cloudevents/object (json-format.md §3)"]),
        ("[[]]", &["1:2 cloudevents/object (json-format.md §3)"]),
    ];
    for (text, expected) in cases {
        let text = text.replace("EVENT", &format!("{{{EVENT}"));
        let report = validate("e.json", &text);
        assert_eq!(found(&report), *expected, "{text}");
        assert_eq!(report.result["invalid"], 1, "{text}");
    }
}

fn http(text: &str) -> Vec<String> {
    let head = "ce-specversion: 1.0\nce-id: 1\nce-source: /s\nce-type: t\n";
    found(&validate("e.http", text.replace("HEAD\n", head).replace("EVENT", &format!("{{{EVENT}}}"))))
}

#[test]
fn recorded_messages_that_keep_all_rules() {
    for text in [
        "POST /x HTTP/1.1\r\nHost: a\r\nCe-SpecVersion: 1.0\r\nCE-ID: 1\r\nce-source: /s\r\nce-type: t\r\n\r\n",
        "HTTP/1.1 200 OK\nHEAD\nContent-Type: application/json\n\n{\"a\": 1}",
        "HEAD\nContent-Type: text/plain\nce-myext: Euro%20%E2%82%AC\n\nany \u{1} text",
        "HEAD\nce-subject: \"quoted \\\" text\"\n\n",
        "HEAD\nContent-Type: application/json\n\n",
        "HEAD\n",
        "Content-Type: application/cloudevents+json; charset=UTF-8\n\nEVENT",
        "POST / HTTP/1.1\nContent-Type: application/cloudevents-batch+json\n\n[EVENT, EVENT]",
        "Content-Type: application/cloudevents-batch+json\n\n[]",
    ] {
        assert_eq!(http(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn recorded_messages_name_the_broken_rule() {
    let cases: &[(&str, &[&str])] = &[
        ("ce-id: 1\nce-source: /s\nce-type: t\n\n", &["1:1 cloudevents/required (spec.md#specversion)"]),
        ("HEAD\nce-time: yesterday\n\n", &["5:10 cloudevents/value (spec.md#time)"]),
        ("HEAD\nce-my-ext: 1\n\n", &["5:1 cloudevents/name (spec.md#naming-conventions)"]),
        ("HEAD\nce-data: 1\n\n", &["5:1 cloudevents/name (spec.md#naming-conventions)"]),
        ("HEAD\nce-datacontenttype: text/plain\n\n", &["5:1 cloudevents/name (http-protocol-binding.md §3.1.1)"]),
        ("HEAD\nce-id: 2\n\n", &["5:1 cloudevents/name (http-protocol-binding.md §3.1.3)"]),
        ("HEAD\nce-x: 5%\n\n", &["5:7 cloudevents/header (http-protocol-binding.md §3.1.3.2)"]),
        ("HEAD\nce-x: %C0%A0\n\n", &["5:7 cloudevents/header (http-protocol-binding.md §3.1.3.2)"]),
        ("HEAD\nce-x: \u{e9}\n\n", &["5:7 cloudevents/header (http-protocol-binding.md §3.1.3.2)"]),
        ("HEAD\nce-x: %07\n\n", &["5:7 cloudevents/characters (spec.md#type-system)"]),
        ("HEAD\nContent-Type: json\n\n", &["5:15 cloudevents/value (spec.md#datacontenttype)"]),
        ("HEAD\nContent-Type: application/json\n\n{\n a}", &["8:2 cloudevents/data (http-protocol-binding.md §2.2)"]),
        ("HEAD\nno header\n\n", &["5:1 http-syntax ()"]),
        (
            "Content-Type: application/cloudevents+avro\n\nx",
            &["1:15 cloudevents/format (http-protocol-binding.md §3.2.1)"],
        ),
        (
            "Content-Type: application/cloudevents-batch+xml\n\nx",
            &["1:15 cloudevents/format (http-protocol-binding.md §3.3.1)"],
        ),
        (
            "Content-Type: application/cloudevents-batch+json\n\nEVENT",
            &["3:1 cloudevents/format (json-format.md §4.1)"],
        ),
        (
            "Content-Type: application/cloudevents+json\n\n[EVENT]",
            &["3:1 cloudevents/format (http-protocol-binding.md §3.2)"],
        ),
        (
            "Content-Type: application/cloudevents+json\n\n{\"specversion\":\"1.0\",\n\"id\":\"\",\"source\":\"/\",\"type\":\"t\"}",
            &["4:6 cloudevents/value (spec.md#id)"],
        ),
        ("Content-Type: application/cloudevents+json\n\n{\n", &["4:1 json-syntax ()"]),
        ("Content-Type: application/cloudevents+json\nce-id: 1\nCE-Source: %2Fs\n\nEVENT", &[]),
        (
            "Content-Type: application/cloudevents+json\nce-id: 2\nce-time: 2026-01-01T00:00:00Z\nce-type: %\n\nEVENT",
            &[
                "2:8 cloudevents/header (http-protocol-binding.md §3.2.3)",
                "3:1 cloudevents/header (http-protocol-binding.md §3.2.3)",
                "4:10 cloudevents/header (http-protocol-binding.md §3.2.3)",
            ],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(http(text), *expected, "{text}");
    }
}

#[test]
fn data_in_a_body_is_held_against_its_schema() {
    let folder = tempfile::tempdir().unwrap();
    let asyncapi = "asyncapi: 2.6.0\ninfo: { title: t, version: '1' }\nchannels: {}\ncomponents:\n  messages:\n    t:\n      payload: { type: object, properties: { a: { type: integer } } }\n";
    std::fs::create_dir(folder.path().join("contracts")).unwrap();
    std::fs::write(folder.path().join("linkspan.yaml"), "project: x\n").unwrap();
    std::fs::write(folder.path().join("contracts/t.asyncapi.yaml"), asyncapi).unwrap();
    let head = "ce-specversion: 1.0\nce-id: 1\nce-source: /s\nce-type: t\nContent-Type: application/json\n\n";
    std::fs::write(folder.path().join("e.http"), format!("{head}{{\n \"a\": \"x\"}}")).unwrap();
    let report = samples::validate(folder.path(), "e.http");
    assert_eq!(found(&report), ["8:7 schema/type ()"]);
}

fn attribute() -> impl Strategy<Value = Attribute> {
    prop_oneof![
        "[a-zA-Z0-9 \"%\\\\é€😀/:;=+-]{0,12}".prop_map(Attribute::Text),
        any::<bool>().prop_map(Attribute::Boolean),
        any::<i32>().prop_map(Attribute::Integer),
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z]{0,4}", inner, 0..4)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// Any valid event of the structured mode.
fn event() -> impl Strategy<Value = Value> {
    let bytes = proptest::collection::vec(any::<u8>(), 1..12);
    let data = prop_oneof![
        Just((None, None)),
        any_json().prop_map(|value| (None, Some(("data", value)))),
        any_json().prop_map(|value| (Some("application/json"), Some(("data", value)))),
        any_json().prop_map(|value| (Some("application/x+json; a=b"), Some(("data", value)))),
        "[^\u{0}]{1,9}".prop_map(|text| (Some("text/plain"), Some(("data", text.into())))),
        (proptest::sample::select(vec![None, Some("application/json"), Some("image/png"), Some("text/plain")]), bytes)
            .prop_map(|(kind, bytes)| (kind, Some(("data_base64", base64(&bytes).into())))),
    ];
    let attributes = proptest::collection::btree_map("[a-z][a-z0-9]{3,8}", attribute(), 0..4);
    (data, attributes, "[ -~é]{1,9}").prop_map(|((kind, data), attributes, id)| {
        let mut event = json!({"specversion": "1.0", "id": id, "source": "/s?a=b%20c", "type": "t"});
        let members = event.as_object_mut().unwrap();
        for (name, attribute) in attributes.into_iter().filter(|(name, _)| name != "type" && name != "data") {
            members.insert(
                name,
                match attribute {
                    Attribute::Text(text) => text.into(),
                    Attribute::Boolean(value) => value.into(),
                    Attribute::Integer(number) => number.into(),
                },
            );
        }
        members.extend(kind.map(|kind| ("datacontenttype".to_owned(), kind.into())));
        members.extend(data.map(|(name, value)| (name.to_owned(), value)));
        event
    })
}

fn base64(bytes: &[u8]) -> String {
    let event = Event { attributes: [].into(), data: Some(Data::Bytes(bytes.to_vec())) };
    event.to_structured()["data_base64"].as_str().unwrap().to_owned()
}

proptest! {
    #[test]
    fn no_form_loses_anything(first in event(), second in event()) {
        let events = [Event::from_structured(&first).unwrap(), Event::from_structured(&second).unwrap()];
        for event in &events {
            let binary = event.to_binary();
            prop_assert_eq!(&Event::from_binary(&binary).unwrap(), event);
            prop_assert_eq!(&Event::from_structured(&event.to_structured()).unwrap(), event);
            let through = Event::from_structured(&Event::from_binary(&binary).unwrap().to_structured()).unwrap();
            prop_assert_eq!(&through, event);
        }
        prop_assert_eq!(Event::from_batch(&Event::to_batch(&events)).unwrap(), events);
    }
}
