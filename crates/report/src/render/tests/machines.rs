//! JSON, NDJSON, SARIF, JUnit.

use super::*;

#[test]
fn json() {
    insta::assert_snapshot!(rendered(&rich(), Format::Json), @r##"
    {
      "schema": "linkspan.dev/report/v1",
      "command": "events validate",
      "outcome": "findings",
      "counts": {
        "error": 3,
        "warning": 1,
        "notice": 2,
        "not shown": 1
      },
      "findings": [
        {
          "rule": "duplicate-key",
          "severity": "error",
          "message": "the key `ports` occurs twice in this object",
          "help": "keep one of them",
          "file": "deploy/orders.yaml",
          "span": {
            "start": {
              "line": 4,
              "column": 3
            },
            "end": {
              "line": 4,
              "column": 8
            }
          },
          "related": [
            {
              "message": "first here",
              "file": "deploy/orders.yaml",
              "span": {
                "start": {
                  "line": 3,
                  "column": 2
                },
                "end": {
                  "line": 3,
                  "column": 7
                }
              }
            }
          ],
          "data": {
            "pointer": "/spec/ports"
          }
        },
        {
          "rule": "schema/type",
          "severity": "error",
          "message": "`x` is no number",
          "file": "events.ndjson",
          "span": {
            "start": {
              "line": 1,
              "column": 323
            },
            "end": {
              "line": 1,
              "column": 326
            }
          },
          "related": [
            {
              "message": "the schema asks for it",
              "file": "contracts/order.yaml",
              "span": {
                "start": {
                  "line": 7,
                  "column": 5
                },
                "end": {
                  "line": 7,
                  "column": 11
                }
              }
            }
          ]
        },
        {
          "rule": "hostile",
          "severity": "warning",
          "message": "a | b `c|d\\` <script>alert(1)</script> @you `\u001b[31m` https://x.y ![](z)\nmore",
          "file": "hostile\u001b[2J.yaml",
          "span": {
            "start": {
              "line": 1,
              "column": 4
            },
            "end": {
              "line": 2,
              "column": 1
            }
          }
        },
        {
          "rule": "unsafe `name`",
          "severity": "notice",
          "message": "#\u0023[error]not a command, ]]> & \"quoted\"",
          "help": "::error::nor this"
        },
        {
          "rule": "elsewhere",
          "severity": "notice",
          "message": "the file is not here",
          "file": "/a b/ü.yaml",
          "span": {
            "start": {
              "line": 9,
              "column": 1
            },
            "end": {
              "line": 9,
              "column": 1
            }
          }
        }
      ],
      "result": {
        "checked": 7,
        "note": "#\u0023[x]"
      }
    }
    "##);
}

#[test]
fn ndjson() {
    insta::assert_snapshot!(rendered(&rich(), Format::Ndjson), @r##"
    {"rule":"duplicate-key","severity":"error","message":"the key `ports` occurs twice in this object","help":"keep one of them","file":"deploy/orders.yaml","span":{"start":{"line":4,"column":3},"end":{"line":4,"column":8}},"related":[{"message":"first here","file":"deploy/orders.yaml","span":{"start":{"line":3,"column":2},"end":{"line":3,"column":7}}}],"data":{"pointer":"/spec/ports"}}
    {"rule":"schema/type","severity":"error","message":"`x` is no number","file":"events.ndjson","span":{"start":{"line":1,"column":323},"end":{"line":1,"column":326}},"related":[{"message":"the schema asks for it","file":"contracts/order.yaml","span":{"start":{"line":7,"column":5},"end":{"line":7,"column":11}}}]}
    {"rule":"hostile","severity":"warning","message":"a | b `c|d\\` <script>alert(1)</script> @you `\u001b[31m` https://x.y ![](z)\nmore","file":"hostile\u001b[2J.yaml","span":{"start":{"line":1,"column":4},"end":{"line":2,"column":1}}}
    {"rule":"unsafe `name`","severity":"notice","message":"#\u0023[error]not a command, ]]> & \"quoted\"","help":"::error::nor this"}
    {"rule":"elsewhere","severity":"notice","message":"the file is not here","file":"/a b/ü.yaml","span":{"start":{"line":9,"column":1},"end":{"line":9,"column":1}}}
    {"schema":"linkspan.dev/report/v1","command":"events validate","outcome":"findings","counts":{"error":3,"warning":1,"notice":2,"not shown":1},"result":{"checked":7,"note":"#\u0023[x]"}}
    "##);
}

#[test]
fn sarif() {
    insta::assert_snapshot!(rendered(&rich(), Format::Sarif), @r##"
    {
      "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
      "runs": [
        {
          "automationDetails": {
            "id": "linkspan/events/validate/"
          },
          "columnKind": "unicodeCodePoints",
          "invocations": [
            {
              "executionSuccessful": true,
              "properties": {
                "outcome": "findings"
              }
            }
          ],
          "originalUriBaseIds": {
            "%SRCROOT%": {
              "description": {
                "text": "The folder in which linkspan ran."
              }
            }
          },
          "properties": {
            "counts": {
              "error": 3,
              "not shown": 1,
              "notice": 2,
              "warning": 1
            }
          },
          "results": [
            {
              "level": "error",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "deploy/orders.yaml",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "endColumn": 8,
                      "endLine": 4,
                      "startColumn": 3,
                      "startLine": 4
                    }
                  }
                }
              ],
              "message": {
                "text": "the key `ports` occurs twice in this object\nkeep one of them"
              },
              "partialFingerprints": {
                "linkspanFinding/v1": "271547c595cc452c:1"
              },
              "properties": {
                "data": {
                  "pointer": "/spec/ports"
                }
              },
              "relatedLocations": [
                {
                  "id": 1,
                  "message": {
                    "text": "first here"
                  },
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "deploy/orders.yaml",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "endColumn": 7,
                      "endLine": 3,
                      "startColumn": 2,
                      "startLine": 3
                    }
                  }
                }
              ],
              "ruleId": "duplicate-key",
              "ruleIndex": 0
            },
            {
              "level": "error",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "events.ndjson",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "endColumn": 326,
                      "endLine": 1,
                      "startColumn": 323,
                      "startLine": 1
                    }
                  }
                }
              ],
              "message": {
                "text": "`x` is no number"
              },
              "partialFingerprints": {
                "linkspanFinding/v1": "2088ad2a9463f437:1"
              },
              "relatedLocations": [
                {
                  "id": 1,
                  "message": {
                    "text": "the schema asks for it"
                  },
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "contracts/order.yaml",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "endColumn": 11,
                      "endLine": 7,
                      "startColumn": 5,
                      "startLine": 7
                    }
                  }
                }
              ],
              "ruleId": "schema/type",
              "ruleIndex": 1
            },
            {
              "level": "warning",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "hostile%1B%5B2J.yaml",
                      "uriBaseId": "%SRCROOT%"
                    },
                    "region": {
                      "endColumn": 1,
                      "endLine": 2,
                      "startColumn": 4,
                      "startLine": 1
                    }
                  }
                }
              ],
              "message": {
                "text": "a | b `c|d\\` <script>alert(1)</script> @you `\u001b[31m` https://x.y ![](z)\nmore"
              },
              "partialFingerprints": {
                "linkspanFinding/v1": "8ccccffab0469a1f:1"
              },
              "ruleId": "hostile",
              "ruleIndex": 2
            },
            {
              "level": "note",
              "message": {
                "text": "#\u0023[error]not a command, ]]> & \"quoted\"\n::error::nor this"
              },
              "partialFingerprints": {
                "linkspanFinding/v1": "f2a5a287b78546be:1"
              },
              "ruleId": "unsafe `name`",
              "ruleIndex": 3
            },
            {
              "level": "note",
              "locations": [
                {
                  "physicalLocation": {
                    "artifactLocation": {
                      "uri": "file:///a%20b/%C3%BC.yaml"
                    },
                    "region": {
                      "endColumn": 1,
                      "endLine": 9,
                      "startColumn": 1,
                      "startLine": 9
                    }
                  }
                }
              ],
              "message": {
                "text": "the file is not here"
              },
              "partialFingerprints": {
                "linkspanFinding/v1": "be8ac3355373f145:1"
              },
              "ruleId": "elsewhere",
              "ruleIndex": 4
            }
          ],
          "tool": {
            "driver": {
              "informationUri": "https://github.com/linkspan-dev/linkspan",
              "name": "linkspan",
              "rules": [
                {
                  "defaultConfiguration": {
                    "level": "error"
                  },
                  "help": {
                    "text": "keep one of them"
                  },
                  "id": "duplicate-key",
                  "shortDescription": {
                    "text": "duplicate key"
                  }
                },
                {
                  "defaultConfiguration": {
                    "level": "error"
                  },
                  "help": {
                    "text": "`x` is no number"
                  },
                  "id": "schema/type",
                  "shortDescription": {
                    "text": "schema type"
                  }
                },
                {
                  "defaultConfiguration": {
                    "level": "warning"
                  },
                  "help": {
                    "text": "a | b `c|d\\` <script>alert(1)</script> @you `\u001b[31m` https://x.y ![](z)\nmore"
                  },
                  "id": "hostile",
                  "shortDescription": {
                    "text": "hostile"
                  }
                },
                {
                  "defaultConfiguration": {
                    "level": "note"
                  },
                  "help": {
                    "text": "::error::nor this"
                  },
                  "id": "unsafe `name`",
                  "shortDescription": {
                    "text": "unsafe `name`"
                  }
                },
                {
                  "defaultConfiguration": {
                    "level": "note"
                  },
                  "help": {
                    "text": "the file is not here"
                  },
                  "id": "elsewhere",
                  "shortDescription": {
                    "text": "elsewhere"
                  }
                }
              ],
              "version": "0.0.0-dev"
            }
          }
        }
      ],
      "version": "2.1.0"
    }
    "##);
}

#[test]
fn junit() {
    insta::assert_snapshot!(rendered(&rich(), Format::Junit), @r##"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites tests="6" failures="2" errors="0">
      <testsuite name="linkspan events validate" tests="6" failures="2" errors="0" skipped="0">
        <testcase classname="linkspan" name="events validate"/>
        <testcase classname="duplicate-key" name="deploy/orders.yaml: the key `ports` occurs twice in this object" file="deploy/orders.yaml" line="4">
          <failure message="the key `ports` occurs twice in this object" type="duplicate-key">the key `ports` occurs twice in this object
      at deploy/orders.yaml:4:3
      first here: deploy/orders.yaml:3:2
      help: keep one of them</failure>
        </testcase>
        <testcase classname="schema/type" name="events.ndjson: `x` is no number" file="events.ndjson" line="1">
          <failure message="`x` is no number" type="schema/type">`x` is no number
      at events.ndjson:1:323
      the schema asks for it: contracts/order.yaml:7:5</failure>
        </testcase>
        <testcase classname="hostile" name="hostile\u{1b}[2J.yaml: a | b `c|d\` &lt;script&gt;alert(1)&lt;/script&gt; @you `\u{1b}[31m` https://x.y ![](z)\nmore" file="hostile\u{1b}[2J.yaml" line="1">
          <system-out>warning: a | b `c|d\` &lt;script&gt;alert(1)&lt;/script&gt; @you `\u{1b}[31m` https://x.y ![](z)
    more
      at hostile\u{1b}[2J.yaml:1:4</system-out>
        </testcase>
        <testcase classname="unsafe `name`" name="#&#35;[error]not a command, ]]&gt; &amp; &quot;quoted&quot;">
          <system-out>notice: #&#35;[error]not a command, ]]&gt; &amp; &quot;quoted&quot;
      help: ::error::nor this</system-out>
        </testcase>
        <testcase classname="elsewhere" name="/a b/ü.yaml: the file is not here" file="/a b/ü.yaml" line="9">
          <system-out>notice: the file is not here
      at /a b/ü.yaml:9:1</system-out>
        </testcase>
        <system-out>3 errors, 1 warning, 2 notices, 1 not shown</system-out>
      </testsuite>
    </testsuites>
    "##);
}

#[test]
fn junit_fails_where_the_command_did() {
    let report = Report::new("rollout apply", Findings::default()).outcome(Outcome::TimedOut);
    insta::assert_snapshot!(rendered(&report, Format::Junit), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites tests="1" failures="1" errors="0">
      <testsuite name="linkspan rollout apply" tests="1" failures="1" errors="0" skipped="0">
        <testcase classname="linkspan" name="rollout apply">
          <failure message="the outcome is timed-out" type="outcome"/>
        </testcase>
      </testsuite>
    </testsuites>
    "#);
}

/// The members of an object are those that its schema knows, everywhere in the document.
fn conforms(value: &serde_json::Value, schema: &serde_json::Value, root: &serde_json::Value) {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => root.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    };
    if let (Some(members), Some(properties)) = (value.as_object(), schema["properties"].as_object()) {
        for required in schema["required"].as_array().unwrap() {
            assert!(members.contains_key(required.as_str().unwrap()), "{required}");
        }
        members.iter().for_each(|(name, member)| conforms(member, &properties[name], root));
    }
    for item in value.as_array().into_iter().flatten() {
        conforms(item, &schema["items"], root);
    }
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{value}");
    }
}

#[test]
fn json_is_as_its_schema_says() {
    let document = serde_json::from_str(&rendered(&rich(), Format::Json)).unwrap();
    conforms(&document, &schema(), &schema());
}
