//! OpenAPI documents through the command: one edit each, and what is found then: `line:column rule`, with the severity
//! where it is no error, and the file where it is another.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod samples;

use samples::{Edit, check, edited};

/// What references lead to in another file.
const COMMON: &str = r#"Pet: { type: object, required: [name], properties: { name: { type: string } } }
Odd: { type: objekt }
"#;

const OPENAPI_3_0: &str = r#"openapi: 3.0.3
info: { title: Pets, version: 1.0.0 }
servers: [{ url: 'https://{env}.example.com', variables: { env: { default: prod } } }]
tags: [{ name: pets }, { name: other }]
security: [{ key: [] }]
paths:
  /pets:
    get:
      operationId: list
      parameters: [{ name: limit, in: query, schema: { type: integer, default: 10 }, example: 5 }]
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema: { type: array, items: { $ref: '#/components/schemas/Pet' } }
              example: [{ name: a, tag: null }]
          links: { one: { operationId: get } }
  /pets/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
    get:
      operationId: get
      security: [{ oauth: [read] }]
      responses: { '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } } }
components:
  schemas:
    Pet:
      type: object
      required: [name]
      properties:
        name: { type: string, minLength: 1 }
        tag: { type: string, nullable: true }
        parent: { $ref: '#/components/schemas/Pet' }
      discriminator: { propertyName: name, mapping: { a: Pet, b: '#/components/schemas/Pet' } }
  securitySchemes:
    key: { type: apiKey, in: header, name: k }
    oauth: { type: oauth2, flows: { implicit: { authorizationUrl: 'https://example.com/a', scopes: { read: r } } } }
"#;

#[test]
fn openapi_3_0() {
    const EDITS: &[Edit] = &[
        ("openapi: 3.", "openapi: 4.", &["1:10 openapi/version"]),
        ("title: Pets, ", "", &["2:7 openapi/structure"]),
        ("operationId: list", "operationId: get", &["22:20 openapi/operation-id"]),
        ("  /pets:\n    get:", "  /pets/{x}:\n    get:", &["7:3 openapi/duplicate-path", "8:5 openapi/path-parameter"]),
        ("name: id, in: path", "name: key, in: path", &["20:18 openapi/path-parameter", "21:5 openapi/path-parameter"]),
        ("required: true, ", "", &["20:18 openapi/structure"]),
        ("{ name: other", "{ name: pets", &["4:7 openapi/structure", "4:32 openapi/tag"]),
        ("variables: { env: { default: prod } }", "variables: {}", &["3:18 openapi/server-variable"]),
        (
            "variables: { env: { default: prod } }",
            "variables: { env: { default: prod, enum: [test] } }",
            &["warning 3:76 openapi/server-variable"],
        ),
        ("[{ key: [] }]", "[{ keys: [] }]", &["5:14 openapi/security"]),
        ("oauth: [read]", "oauth: [write]", &["warning 23:28 openapi/security"]),
        ("one: { operationId: get }", "one: { operationId: got }", &["18:40 openapi/link"]),
        ("a: Pet,", "a: Cat,", &["34:58 openapi/discriminator"]),
        ("b: '#/components/schemas/Pet'", "b: '#/components/schemas/Cat'", &["34:66 openapi/discriminator"]),
        (
            "items: { $ref: '#/components/schemas/Pet' }",
            "items: { $ref: '#/components/schemas/Cat' }",
            &["16:53 openapi/reference"],
        ),
        ("items: { $ref: '#/components/schemas/Pet' }", "items: { $ref: 'common.yaml#/Pet' }", &[]),
        (
            "items: { $ref: '#/components/schemas/Pet' }",
            "items: { $ref: 'common.yaml#/Odd' }",
            &["common.yaml:2:14 openapi/structure"],
        ),
        ("default: 10", "default: ten", &["10:80 openapi/default"]),
        ("example: 5", "example: five", &["warning 10:95 openapi/example"]),
        ("name: a, tag: null", "name: a, tag: 7", &["warning 17:41 openapi/example"]),
        ("name: a, tag: null", "nme: a", &["warning 17:25 openapi/example"]),
        ("minLength: 1", "minLength: one", &["31:42 openapi/structure"]),
        ("type: integer, default", "type: integr, default", &["10:62 openapi/structure"]),
        (
            "example: 5 }]",
            "example: 5 }, { name: limit, in: query, schema: {} }]",
            &["10:100 openapi/duplicate-parameter"],
        ),
        ("in: query", "in: body", &["10:39 openapi/structure"]),
        ("description: ok\n          content", "content", &["13:11 openapi/structure"]),
        ("    get:\n      operationId: list", "    got:\n      operationId: list", &["8:5 openapi/structure"]),
        ("{ type: apiKey, in: header, name: k }", "{ type: apiKey, in: header }", &["36:10 openapi/structure"]),
        ("key: [] }]", "key: [a] }]", &["5:19 openapi/security"]),
        (
            "type: string, nullable: true",
            "type: [string, 'null']",
            &["32:22 openapi/structure", "32:22 openapi/structure"],
        ),
        ("minLength: 1", "const: x", &["31:31 openapi/structure"]),
        (
            "{ type: array, items: { $ref: '#/components/schemas/Pet' } }",
            "{ $ref: '#/components/securitySchemes/key' }",
            &["16:31 openapi/structure"],
        ),
        ("example: 5", "example: 5, examples: { a: { value: 1 } }", &["10:20 openapi/structure"]),
    ];
    check(OPENAPI_3_0, EDITS, COMMON);
}

/// The same document in the words of OpenAPI 3.1, with a webhook.
fn openapi_in_3_1() -> String {
    let edits = [
        ("openapi: 3.0.3", "openapi: 3.1.1"),
        (
            "components:\n",
            "webhooks:\n  made: { post: { operationId: made, responses: { '200': { description: ok } } } }\ncomponents:\n",
        ),
        ("type: string, nullable: true", "type: [string, 'null']"),
    ];
    edited(OPENAPI_3_0, &edits)
}

#[test]
fn openapi_3_1() {
    const EDITS: &[Edit] = &[
        ("example: 5", "example: 5, examples: { a: { value: 1 } }", &["10:98 openapi/example"]),
        ("openapi: 3.", "openapi: 4.", &["1:10 openapi/version"]),
        ("title: Pets, ", "", &["2:7 openapi/structure"]),
        ("operationId: list", "operationId: get", &["22:20 openapi/operation-id"]),
        ("  /pets:\n    get:", "  /pets/{x}:\n    get:", &["7:3 openapi/duplicate-path", "8:5 openapi/path-parameter"]),
        ("name: id, in: path", "name: key, in: path", &["20:18 openapi/path-parameter", "21:5 openapi/path-parameter"]),
        ("required: true, ", "", &["20:18 openapi/structure"]),
        ("{ name: other", "{ name: pets", &["4:32 openapi/tag"]),
        ("variables: { env: { default: prod } }", "variables: {}", &["3:18 openapi/server-variable"]),
        (
            "variables: { env: { default: prod } }",
            "variables: { env: { default: prod, enum: [test] } }",
            &["3:76 openapi/server-variable"],
        ),
        ("[{ key: [] }]", "[{ keys: [] }]", &["5:14 openapi/security"]),
        ("oauth: [read]", "oauth: [write]", &["warning 23:28 openapi/security"]),
        ("one: { operationId: get }", "one: { operationId: got }", &["18:40 openapi/link"]),
        ("a: Pet,", "a: Cat,", &["36:58 openapi/discriminator"]),
        ("b: '#/components/schemas/Pet'", "b: '#/components/schemas/Cat'", &["36:66 openapi/discriminator"]),
        (
            "items: { $ref: '#/components/schemas/Pet' }",
            "items: { $ref: '#/components/schemas/Cat' }",
            &["16:53 openapi/reference"],
        ),
        ("items: { $ref: '#/components/schemas/Pet' }", "items: { $ref: 'common.yaml#/Pet' }", &[]),
        (
            "items: { $ref: '#/components/schemas/Pet' }",
            "items: { $ref: 'common.yaml#/Odd' }",
            &["common.yaml:2:14 openapi/schema"],
        ),
        ("default: 10", "default: ten", &["warning 10:80 openapi/default"]),
        ("example: 5", "example: five", &["warning 10:95 openapi/example"]),
        ("name: a, tag: null", "name: a, tag: 7", &["warning 17:41 openapi/example"]),
        ("name: a, tag: null", "nme: a", &["warning 17:25 openapi/example"]),
        ("minLength: 1", "minLength: one", &["33:42 openapi/schema"]),
        ("type: integer, default", "type: integr, default", &["10:62 openapi/schema"]),
        (
            "example: 5 }]",
            "example: 5 }, { name: limit, in: query, schema: {} }]",
            &["10:100 openapi/duplicate-parameter"],
        ),
        ("in: query", "in: body", &["10:39 openapi/structure"]),
        ("description: ok\n          content", "content", &["13:11 openapi/structure"]),
        ("    get:\n      operationId: list", "    got:\n      operationId: list", &["8:5 openapi/structure"]),
        (
            "{ type: apiKey, in: header, name: k }",
            "{ type: apiKey, in: header }",
            &["38:10 openapi/structure", "38:26 openapi/structure"],
        ),
        ("minLength: 1", "const: x", &["warning 17:33 openapi/example"]),
        ("minLength: 1", "exclusiveMinimum: true", &["33:49 openapi/schema"]),
        ("paths:\n", "jsonSchemaDialect: http://json-schema.org/draft-07/schema#\npaths:\n", &[]),
        (
            "paths:\n",
            "jsonSchemaDialect: https://example.com/own\npaths:\n",
            &[
                "warning 11:54 openapi/dialect",
                "warning 17:23 openapi/dialect",
                "warning 21:64 openapi/dialect",
                "warning 31:7 openapi/dialect",
            ],
        ),
        ("post: { operationId: made", "post: { operationId: list", &["26:32 openapi/operation-id"]),
        ("minLength: 1", "$schema: 'http://json-schema.org/draft-04/schema#', exclusiveMinimum: 1", &[]),
        ("post: {", "query: {", &["26:11 openapi/structure"]),
    ];
    check(&openapi_in_3_1(), EDITS, COMMON);
}

/// The same with what is new in OpenAPI 3.2.
fn openapi_in_3_2() -> String {
    const SEARCH: &str = "  /search:
    query: { operationId: search, responses: { '200': { description: ok } } }
    additionalOperations: { COPY: { operationId: copy, responses: { '200': { description: ok } } } }
  /pets/{id}:
";
    let edits = [
        ("openapi: 3.1.1", "openapi: 3.2.0"),
        ("{ name: other }", "{ name: other, parent: pets }"),
        ("  /pets/{id}:\n", SEARCH),
    ];
    edited(&openapi_in_3_1(), &edits)
}

#[test]
fn openapi_3_2() {
    const EDITS: &[Edit] = &[
        ("parent: pets", "parent: none", &["4:47 openapi/tag"]),
        ("parent: pets", "parent: other", &["4:47 openapi/tag"]),
        ("COPY:", "POST:", &["21:29 openapi/structure", "21:29 openapi/additional-operation"]),
        ("COPY:", "copy/x:", &["21:29 openapi/structure"]),
        (
            "in: query, schema: { type: integer, default: 10 }, example: 5 }",
            "in: query, schema: {} }, { name: q, in: querystring, content: { a/b: {} } }",
            &["8:5 openapi/query-string", "10:19 openapi/structure"],
        ),
        ("operationId: copy", "operationId: search", &["21:50 openapi/operation-id"]),
        ("paths:\n", "$self: https://example.com/api#x\npaths:\n", &["6:8 openapi/structure"]),
        ("[{ key: [] }]", "[{ 'other.yaml#/key': [] }]", &[]),
        ("minLength: 1", "minLength: one", &["36:42 openapi/schema"]),
    ];
    check(&openapi_in_3_2(), EDITS, COMMON);
}
