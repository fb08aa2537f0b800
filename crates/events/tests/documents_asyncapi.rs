//! AsyncAPI documents through the command: one edit each, and what is found then: `line:column rule`, with the severity
//! where it is no error, and the file where it is another.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod samples;

use samples::{Edit, check};

/// What references lead to in another file.
const COMMON: &str = r#"messages:
  placed: { messageId: p, payload: { $ref: '#/schemas/order' }, examples: [{ payload: { id: 1 } }] }
  placed3: { payload: { $ref: '#/schemas/order' } }
  broken: { messageId: p, payload: { $ref: '#/schemas/none' } }
schemas:
  order: { type: object, properties: { id: { type: integer } } }
"#;

const ASYNCAPI_2: &str = r#"asyncapi: 2.6.0
info: { title: Orders, version: 1.0.0 }
tags: [{ name: a }, { name: b }]
servers:
  production:
    url: '{host}.example.com'
    protocol: kafka
    variables:
      host: { default: a }
    security: [{ oauth: [read] }]
channels:
  'orders/{id}':
    servers: [production]
    parameters:
      id: { schema: { type: integer, default: 3, examples: [1] } }
    publish:
      operationId: receive
      security: [{ key: [] }]
      message: { $ref: '#/components/messages/placed' }
    subscribe:
      operationId: send
      message:
        messageId: sent
        headers: { type: object, properties: { h: { type: integer } } }
        payload: { $ref: '#/components/schemas/order' }
        correlationId: { location: '$message.header#/c' }
        examples:
          - headers: { h: 1 }
            payload: { id: 7, parent: { id: 8 } }
components:
  schemas:
    order: { type: object, required: [id], properties: { id: { type: integer }, parent: { $ref: '#/components/schemas/order' } } }
    count: { type: integer, default: 1, examples: [2] }
  messages:
    placed:
      messageId: placed
      payload: { type: object, properties: { n: { type: integer, maximum: 9 } } }
      examples: [{ payload: { n: 1 } }]
  securitySchemes:
    key: { type: apiKey, in: user }
    oauth: { type: oauth2, flows: { password: { tokenUrl: 'https://example.com/t', scopes: { read: r } } } }
"#;

#[test]
fn asyncapi_2() {
    const EDITS: &[Edit] = &[
        (
            "    parameters:\n      id: { schema: { type: integer, default: 3, examples: [1] } }\n",
            "",
            &["warning 13:5 asyncapi/channel-parameters"],
        ),
        ("    variables:\n      host: { default: a }\n", "", &["warning 6:5 asyncapi/server-variables"]),
        ("'{host}.example.com'", "example.com", &["warning 9:7 asyncapi/server-variables"]),
        ("asyncapi: 2.6.0", "asyncapi: 2.9.0", &["1:11 asyncapi/version"]),
        ("asyncapi: 2.6.0", "asyncapi: 2.6", &["1:11 asyncapi/version"]),
        ("title: Orders, ", "", &["2:7 asyncapi/structure"]),
        ("version: 1.0.0", "version: 1.0", &["2:33 asyncapi/structure"]),
        ("{ name: b }", "{ name: a }", &["3:7 asyncapi/structure", "3:29 asyncapi/tags"]),
        (
            "      host: { default: a }",
            "      hots: { default: a }",
            &["9:7 asyncapi/server-variables", "9:7 asyncapi/server-variables"],
        ),
        ("oauth: [read]", "oauth: [write]", &["10:26 asyncapi/server-security"]),
        ("oauth: [read]", "other: []", &["10:18 asyncapi/server-security"]),
        ("'orders/{id}'", "'orders/{key}'", &["15:7 asyncapi/channel-parameters", "15:7 asyncapi/channel-parameters"]),
        ("'orders/{id}'", "'orders/{id}/{key}'", &["15:7 asyncapi/channel-parameters"]),
        ("'orders/{id}'", "'orders/{id}?x'", &["12:3 asyncapi/channel-address"]),
        ("servers: [production]", "servers: [prod]", &["13:15 asyncapi/channel-servers"]),
        ("default: 3", "default: x", &["warning 15:47 asyncapi/schema-example"]),
        ("default: 3", "default: 1.5", &["15:47 asyncapi/schema-example"]),
        ("examples: [1]", "examples: [1.5]", &["15:61 asyncapi/schema-example"]),
        ("operationId: receive", "operationId: send", &["17:20 asyncapi/operation-id"]),
        ("{ key: [] }", "{ keys: [] }", &["18:20 asyncapi/operation-security"]),
        ("messageId: sent", "messageId: placed", &["36:18 asyncapi/message-id"]),
        ("headers: { h: 1 }", "headers: { h: x }", &["28:27 asyncapi/message-example"]),
        ("payload: { id: 7,", "payload: { id: x,", &["warning 29:28 asyncapi/message-example"]),
        ("parent: { id: 8 }", "parent: { id: x }", &["warning 29:45 asyncapi/message-example"]),
        ("parent: { id: 8 }", "parent: {}", &["warning 29:39 asyncapi/message-example"]),
        ("$message.header#/c", "header.c", &["26:36 asyncapi/structure"]),
        ("publish:", "publishes:", &["16:5 asyncapi/structure"]),
        ("'#/components/messages/placed'", "'#/components/messages/plced'", &["19:24 asyncapi/reference"]),
        ("'#/components/messages/placed'", "'missing.yaml#/x'", &["19:24 asyncapi/reference"]),
        ("'#/components/messages/placed'", "'common.yaml#/messages/placed'", &[]),
        ("'#/components/messages/placed'", "'common.yaml#/messages/broken'", &["common.yaml:4:44 asyncapi/reference"]),
        ("'#/components/messages/placed'", "'https://example.com/x.yaml'", &["19:24 asyncapi/reference"]),
        ("default: 1, ", "default: x, ", &["warning 33:38 asyncapi/schema-example"]),
        ("default: 1, ", "default: [], ", &["33:38 asyncapi/schema-example"]),
        ("examples: [2]", "examples: [[]]", &["33:52 asyncapi/schema-example"]),
        ("maximum: 9", "maximum: nine", &["37:75 asyncapi/structure"]),
        ("{ n: 1 }", "{ n: 10 }", &["38:34 asyncapi/message-example"]),
        ("{ n: 1 }", "{ n: x }", &["38:34 asyncapi/message-example"]),
        ("type: object, properties: { n", "type: objekt, properties: { n", &["37:24 asyncapi/structure"]),
        ("messageId: placed", "messageId: placed\n      schemaFormat: application/schema+json;version=draft-07", &[]),
        (
            "messageId: placed\n      payload: { type: object,",
            "messageId: placed\n      schemaFormat: application/schema+json;version=draft-07\n      payload: { type: 7,",
            &["38:24 asyncapi/structure"],
        ),
        (
            "messageId: placed",
            "messageId: placed\n      schemaFormat: application/x-own",
            &["warning 37:21 asyncapi/payload"],
        ),
        (
            "messageId: placed\n      payload: { type: object,",
            "messageId: placed\n      schemaFormat: application/vnd.oai.openapi;version=3.0.0\n      payload: { type: objekt,",
            &["38:24 asyncapi/structure"],
        ),
        ("in: user", "in: nowhere", &["40:30 asyncapi/structure"]),
        ("tokenUrl: 'https://example.com/t', ", "", &["41:47 asyncapi/structure"]),
        ("protocol: kafka\n", "", &["7:9 yaml-syntax"]),
        ("    key: { type: apiKey, in: user }", "    key: { $ref: '#/components/securitySchemes/oauth' }", &[]),
        (
            "info: { title: Orders, version: 1.0.0 }",
            "info: { $ref: '#/components/schemas/order' }",
            &[
                "2:9 asyncapi/reference-place",
                "32:12 asyncapi/structure",
                "32:12 asyncapi/structure",
                "32:14 asyncapi/structure",
                "32:28 asyncapi/structure",
                "32:44 asyncapi/structure",
            ],
        ),
        (
            "id: { schema: { type: integer, default: 3, examples: [1] } }",
            "id: { $ref: '#/components/schemas/count' }",
            &["33:14 asyncapi/structure", "33:29 asyncapi/structure", "33:41 asyncapi/structure"],
        ),
        (
            "parameters:\n      id: { schema: { type: integer, default: 3, examples: [1] } }\n",
            "",
            &["14:9 yaml-syntax"],
        ),
        (
            "payload: { $ref: '#/components/schemas/order' }",
            "payload: { $ref: '#/components/schemas/order', type: string }",
            &[],
        ),
        ("count: {", "'a b': {", &[]),
        ("  securitySchemes:", "  x-own: { any: 1 }\n  securitySchemes:", &[]),
        ("components:\n", "x: 1\ncomponents:\n", &["30:1 asyncapi/structure"]),
        ("components:\n", "x-y: { $ref: '#/nothing' }\ncomponents:\n", &["30:14 asyncapi/reference"]),
    ];
    check(ASYNCAPI_2, EDITS, COMMON);
}

const ASYNCAPI_3: &str = r#"asyncapi: 3.1.0
info: { title: Orders, version: 1.0.0, tags: [{ name: a }, { name: b }] }
servers:
  production:
    host: '{host}.example.com'
    protocol: kafka
    variables:
      host: { default: a }
    security: [{ $ref: '#/components/securitySchemes/key' }]
channels:
  orders:
    address: 'orders/{id}'
    servers: [{ $ref: '#/servers/production' }]
    parameters:
      id: { description: i }
    messages:
      placed: { $ref: '#/components/messages/placed' }
  other:
    address: other
    messages:
      sent:
        headers: { type: object, properties: { h: { type: integer } } }
        payload: { $ref: '#/components/schemas/order' }
        correlationId: { location: '$message.header#/c' }
        examples:
          - headers: { h: 1 }
            payload: { id: 7, parent: { id: 8 } }
operations:
  receive:
    action: receive
    channel: { $ref: '#/channels/orders' }
    messages: [{ $ref: '#/channels/orders/messages/placed' }]
  send:
    action: send
    channel: { $ref: '#/channels/other' }
    messages: [{ $ref: '#/channels/other/messages/sent' }]
components:
  schemas:
    order: { type: object, required: [id], properties: { id: { type: integer }, parent: { $ref: '#/components/schemas/order' } } }
  messages:
    placed:
      payload: { type: object, properties: { n: { type: integer, maximum: 9 } } }
      examples: [{ payload: { n: 1 } }]
  securitySchemes:
    key: { type: apiKey, in: user }
"#;

#[test]
fn asyncapi_3() {
    const EDITS: &[Edit] = &[
        ("asyncapi: 3.1.0", "asyncapi: 3.2.0", &["1:11 asyncapi/version"]),
        ("title: Orders, ", "", &["2:7 asyncapi/structure"]),
        ("{ name: b }", "{ name: a }", &["2:46 asyncapi/structure", "warning 2:68 asyncapi/tags"]),
        (
            "      host: { default: a }",
            "      hots: { default: a }",
            &["warning 8:7 asyncapi/server-variables", "warning 8:7 asyncapi/server-variables"],
        ),
        ("securitySchemes/key' }", "securitySchemes/keys' }", &["9:24 asyncapi/reference"]),
        ("'orders/{id}'", "'orders/{key}'", &["15:7 asyncapi/channel-parameters", "15:7 asyncapi/channel-parameters"]),
        ("'orders/{id}'", "'orders/{id}/{key}'", &["15:7 asyncapi/channel-parameters"]),
        ("'orders/{id}'", "orders", &["15:7 asyncapi/channel-parameters"]),
        (
            "  orders:\n    address",
            "  orders?x:\n    address",
            &["11:3 asyncapi/channel-address", "31:22 asyncapi/reference", "32:24 asyncapi/reference"],
        ),
        (
            "'#/servers/production'",
            "'#/components/servers/production'",
            &["13:23 asyncapi/reference", "13:23 asyncapi/channel-servers"],
        ),
        ("'#/components/messages/placed'", "'#/components/messages/plced'", &["17:23 asyncapi/reference"]),
        ("'#/components/messages/placed'", "'common.yaml#/messages/placed3'", &[]),
        (
            "'#/channels/orders' }",
            "'#/components/channels/orders' }",
            &["31:22 asyncapi/reference", "31:22 asyncapi/operation-channel", "32:24 asyncapi/operation-messages"],
        ),
        (
            "'#/channels/orders/messages/placed'",
            "'#/channels/other/messages/sent'",
            &["32:24 asyncapi/operation-messages"],
        ),
        (
            "'#/channels/orders/messages/placed'",
            "'#/components/messages/placed'",
            &["32:24 asyncapi/operation-messages"],
        ),
        ("'#/channels/orders/messages/placed'", "'#/channels/orders/messages/none'", &["32:24 asyncapi/reference"]),
        ("action: send", "action: publish", &["34:13 asyncapi/structure"]),
        ("headers: { h: 1 }", "headers: { h: x }", &["26:27 asyncapi/message-example"]),
        ("payload: { id: 7,", "payload: { id: x,", &["warning 27:28 asyncapi/message-example"]),
        ("parent: { id: 8 }", "parent: {}", &["warning 27:39 asyncapi/message-example"]),
        ("{ n: 1 }", "{ n: 10 }", &["43:34 asyncapi/message-example"]),
        ("maximum: 9", "maximum: nine", &["42:75 asyncapi/structure"]),
        ("type: object, properties: { n", "type: objekt, properties: { n", &["42:24 asyncapi/structure"]),
        ("$message.header#/c", "header.c", &["24:36 asyncapi/structure"]),
        ("in: user", "in: nowhere", &["45:30 asyncapi/structure"]),
        ("operations:\n", "x: 1\noperations:\n", &["28:1 asyncapi/structure"]),
        (
            "channel: { $ref: '#/channels/other' }",
            "channel: { address: x }",
            &["warning 35:14 asyncapi/reference", "36:24 asyncapi/operation-messages"],
        ),
        (
            "    messages: [{ $ref: '#/channels/other/messages/sent' }]",
            "    messages: [{ payload: {} }]",
            &["warning 36:16 asyncapi/reference"],
        ),
        ("  send:\n    action: send\n", "  send:\n", &["34:5 asyncapi/structure"]),
        ("info: { title", "info: { $ref: '#/x', title", &["2:9 asyncapi/reference-place", "2:15 asyncapi/reference"]),
        ("servers: [{ $ref: '#/servers/production' }]", "servers: [production]", &["13:15 asyncapi/structure"]),
        (
            "payload: { type: object, properties: { n: { type: integer, maximum: 9 } } }",
            "payload: { schemaFormat: 'application/vnd.apache.avro;version=1.9.0', schema: { type: record, name: R, fields: [] } }",
            &["warning 42:32 asyncapi/payload"],
        ),
        (
            "payload: { type: object, properties: { n: { type: integer, maximum: 9 } } }",
            "payload: { schemaFormat: 'application/schema+json;version=draft-07', schema: { type: objekt } }",
            &["42:92 asyncapi/structure"],
        ),
        ("address: other", "address: null", &[]),
        ("address: other", "address: 7", &["19:14 asyncapi/structure"]),
    ];
    check(ASYNCAPI_3, EDITS, COMMON);
}
