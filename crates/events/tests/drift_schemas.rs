//! `drift`, as its users see it: APIs, events, migrations, types in code, and what is wrong with files.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use linkspan_command::{Context, Exit, Failure};
use linkspan_events::drift::{Args, run};
use linkspan_report::{Outcome, Report};

struct Folder(tempfile::TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (path, text) in files {
            folder.write(path, text);
        }
        folder
    }

    fn write(&self, path: &str, text: &str) {
        let file = self.0.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.0.path().join(path)).unwrap()
    }

    fn run(&self, write: bool, dry_run: bool) -> Result<Report, Failure> {
        let args = Args { models: Vec::new(), write, dry_run, no_generate: false, generate_timeout: 2 };
        run(args, &Context::quiet("events drift", self.0.path()))
    }

    fn drift(&self) -> Result<Report, Failure> {
        self.run(false, false)
    }

    /// The diff of `--write`, after which nothing differs any more.
    fn written(&self) -> String {
        let dry = self.run(true, true).unwrap();
        let report = self.run(true, false).unwrap();
        assert_eq!(dry.result["diff"], report.result["diff"]);
        assert_eq!(lines(&self.drift().unwrap()), "");
        report.result["diff"].as_str().unwrap().to_owned()
    }
}

fn lines(report: &Report) -> String {
    let line = |finding: &linkspan_report::Finding| {
        let place = |file: &str, span: Option<linkspan_report::Span>| match span {
            Some(span) => format!("{file}:{}:{}", span.start.line, span.start.column),
            None => file.to_owned(),
        };
        let related: Vec<_> = finding.related.iter().map(|related| place(&related.file, related.span)).collect();
        let here = place(finding.file.as_deref().unwrap_or("-"), finding.span);
        format!("{here} {} {} <- {}", finding.rule, finding.message, related.join(" "))
    };
    report.findings.kept().iter().map(line).collect::<Vec<_>>().join("\n")
}

fn refusal(result: Result<Report, Failure>) -> String {
    let failure = result.unwrap_err();
    let at = failure.finding.span.map(|span| format!(":{}:{}", span.start.line, span.start.column)).unwrap_or_default();
    format!(
        "{} {}{at} {}",
        failure.exit.name(),
        failure.finding.file.as_deref().unwrap_or("-"),
        failure.finding.message
    )
}

const MODEL: &str = "\
$schema: https://json-schema.org/draft/2020-12/schema
type: object
required: [id, title, price]
properties:
  id: { type: string, pattern: '^o-[0-9]+$' }
  title: { $ref: '#/$defs/title' }
  price: { type: number, exclusiveMinimum: 0, maximum: 1000, multipleOf: 0.01 }
  note: { type: [string, 'null'], maxLength: 200 }
  lines:
    type: array
    items: { type: object, required: [sku], properties: { sku: { type: string, maxLength: 12 } } }
$defs:
  title: { type: string, minLength: 1, maxLength: 80 }
";

fn with(projection: &str, path: &str, text: &str) -> Folder {
    let manifest = format!(
        "contracts:\n  models:\n    Order:\n      schema: models/order.yaml\n      projections:\n        - {projection}\n"
    );
    Folder::with(&[("linkspan.yaml", &manifest), ("models/order.yaml", MODEL), (path, text)])
}

const OPENAPI_30: &str = "\
openapi: 3.0.3
info: { title: a, version: '1' }
paths: {}
components:
  schemas:
    Title: { type: string, minLength: 1, maxLength: 40 }
    Order:
      type: object
      # the id is ours
      required: [id, price]
      properties:
        id: { type: string, pattern: '^o-[0-9]+$' }   # stays
        title:
          $ref: '#/components/schemas/Title'
        price:
          type: number
          description: What it costs.
          minimum: 0
          maximum: 1000
          multipleOf: 0.01
        note: { type: string, maxLength: 200 }
        lines:
          type: array
          items:
            type: object
            required: [sku]
            properties: { sku: { type: string, maxLength: 12 } }
";

#[test]
fn a_schema_of_openapi_3_0_is_read_in_its_own_words() {
    let folder = with("openapi: api.yaml#/components/schemas/Order", "api.yaml", OPENAPI_30);
    let report = folder.drift().unwrap();
    assert_eq!(report.outcome, Outcome::Findings);
    insta::assert_snapshot!(lines(&report), @r#"
    api.yaml:21:23 drift/nullable `note` of the schema of the API does not take `null`, which `note` of the model `Order` allows: it takes `string` <- models/order.yaml:8:17
    api.yaml:15:9 drift/range `price` of the model `Order` does not take `0`, which `price` of the schema of the API allows: it must be more than `0` <- models/order.yaml:7:44
    api.yaml:13:9 drift/too-short `title` of the schema of the API does not take `"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"`, which `title` of the model `Order` allows: it takes `40` characters at most <- models/order.yaml:6:3
    api.yaml:13:9 drift/nullable `title` of the model `Order` may not be missing, as `title` of the schema of the API allows <- models/order.yaml:6:3
    "#);
    insta::assert_snapshot!(report.text, @"
    Order  api.yaml#/components/schemas/Order  equal  drift
    1 projection of 1 model: 1 with drift
    ");
    insta::assert_snapshot!(folder.written(), @"
    --- a/api.yaml
    +++ b/api.yaml
    @@ -7,18 +7,19 @@
         Order:
           type: object
           # the id is ours
    -      required: [id, price]
    +      required: [id, price, title]
           properties:
             id: { type: string, pattern: '^o-[0-9]+$' }   # stays
             title:
    -          $ref: '#/components/schemas/Title'
    +          { maxLength: 80, minLength: 1, type: string }
             price:
               type: number
               description: What it costs.
               minimum: 0
               maximum: 1000
               multipleOf: 0.01
    -        note: { type: string, maxLength: 200 }
    +          exclusiveMinimum: true
    +        note: { type: string, maxLength: 200, nullable: true }
             lines:
               type: array
               items:
    ");
    assert!(folder.read("api.yaml").contains("# the id is ours"));
}

const OPENAPI_31: &str = r#"{
  "openapi": "3.1.0",
  "components": { "schemas": {
    "NewOrder": {
      "type": "object",
      "required": ["title", "price"],
      "additionalProperties": false,
      "properties": {
        "id": { "type": "string", "readOnly": true },
        "name": { "type": "string", "minLength": 1, "maxLength": 80 },
        "price": { "type": "number", "exclusiveMinimum": 0, "maximum": 999.99, "multipleOf": 0.01 },
        "note": { "type": ["string", "null"], "maxLength": 200 },
        "lines": { "type": "array" }
      }
    }
  } }
}
"#;

#[test]
fn a_request_takes_what_the_model_allows() {
    let projection = "openapi: { at: 'api.json#/components/schemas/NewOrder', as: request, renames: { title: name } }";
    let folder = with(projection, "api.json", &OPENAPI_31.replace("[\"title\"", "[\"name\""));
    insta::assert_snapshot!(lines(&folder.drift().unwrap()), @"api.json:11:72 drift/range `price` of the schema of the API does not take `1000`, which `price` of the model `Order` allows: the most is `999.99` <- models/order.yaml:7:56");
}

const ASYNCAPI: &str = "\
asyncapi: 3.0.0
info: { title: a, version: '1' }
channels: { orders: { messages: { placed: { $ref: '#/components/messages/placed' } } } }
components:
  messages:
    placed:
      payload:
        schemaFormat: application/schema+json;version=draft-07
        schema:
          type: object
          required: [id]
          properties:
            id: { type: string }
            title: { type: string, minLength: 1, maxLength: 80 }
            price: { type: number, exclusiveMinimum: 0, maximum: 1000, multipleOf: 0.01 }
            source: { type: string }
";

#[test]
fn an_event_carries_values_of_the_model() {
    let equal =
        "event: { at: 'a.yaml#/components/messages/placed', is: equal, computed: [source], omitted: [note, lines] }";
    insta::allow_duplicates! {
    for projection in ["event: a.yaml#/components/messages/placed", equal] {
        let folder = with(projection, "a.yaml", ASYNCAPI);
        insta::assert_snapshot!(lines(&folder.drift().unwrap()), @r#"
        a.yaml:13:13 drift/pattern `id` of the model `Order` does not take `""`, which `id` of the event allows: it demands the pattern `"^o-[0-9]+$"` <- models/order.yaml:5:32
        a.yaml:15:13 drift/nullable `price` of the model `Order` may not be missing, as `price` of the event allows <- models/order.yaml:7:3
        a.yaml:14:13 drift/nullable `title` of the model `Order` may not be missing, as `title` of the event allows <- models/order.yaml:6:3
        "#);
        insta::assert_snapshot!(folder.written(), @"
        --- a/a.yaml
        +++ b/a.yaml
        @@ -8,9 +8,9 @@
                 schemaFormat: application/schema+json;version=draft-07
                 schema:
                   type: object
        -          required: [id]
        +          required: [id, price, title]
                   properties:
        -            id: { type: string }
        +            id: { type: string, pattern: '^o-[0-9]+$' }
                     title: { type: string, minLength: 1, maxLength: 80 }
                     price: { type: number, exclusiveMinimum: 0, maximum: 1000, multipleOf: 0.01 }
                     source: { type: string }
        ");
    }
    }
    let folder = with(
        "event: { at: 'a.yaml#/components/messages/placed', omitted: [title, price], is: superset }",
        "a.yaml",
        ASYNCAPI,
    );
    insta::assert_snapshot!(lines(&folder.drift().unwrap()), @"");
}

#[test]
fn an_event_in_another_format_is_not_decided() {
    let text =
        ASYNCAPI.replace("application/schema+json;version=draft-07", "application/vnd.apache.avro;version=1.9.0");
    let report = with("event: a.yaml#/components/messages/placed", "a.yaml", &text).drift().unwrap();
    assert_eq!(report.outcome, Outcome::Undecided);
    insta::assert_snapshot!(lines(&report), @"linkspan.yaml:6:18 drift/undecided the event `a.yaml#/components/messages/placed` is not compared: events of the type `placed` are not checked: their schema is in the format `application/vnd.apache.avro;version=1.9.0` <-");
}

const MIGRATIONS: [(&str, &str); 3] = [
    (
        "db/0001_orders.up.sql",
        "CREATE TABLE orders (\n  id text NOT NULL,\n  title varchar(40) NOT NULL,\n  note text NOT NULL\n);\n",
    ),
    ("db/0001_orders.down.sql", "DROP TABLE orders;\n"),
    ("db/0010_price.up.sql", "ALTER TABLE orders ADD COLUMN cost numeric(6, 2) NOT NULL CHECK (cost > 1);\n"),
];

#[test]
fn migrations_are_run_in_order_and_followed_by_another() {
    let folder = with("table: { at: 'db#orders', renames: { price: cost } }", "x", "");
    for (path, text) in MIGRATIONS {
        folder.write(path, text);
    }
    insta::assert_snapshot!(lines(&folder.drift().unwrap()), @r#"
    db/0001_orders.up.sql:1:14 drift/missing-property the table has nothing for `lines` of the model `Order` <- models/order.yaml:9:3
    db/0001_orders.up.sql:4:3 drift/nullable the column `note` may not be missing, as `note` of the model `Order` allows <- models/order.yaml:8:3
    db/0010_price.up.sql:1:66 drift/range the column `cost` does not take `1`, which `price` of the model `Order` allows: it must be more than `1` <- models/order.yaml:7:44
    db/0001_orders.up.sql:3:9 drift/too-short the column `title` does not take `"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"`, which `title` of the model `Order` allows: it takes `40` characters at most <- models/order.yaml:6:3
    "#);
    insta::assert_snapshot!(folder.written(), @"
    --- /dev/null
    +++ b/db/0011_orders_follows_its_model.up.sql
    @@ -0,0 +1,5 @@
    +ALTER TABLE orders ADD COLUMN lines jsonb;
    +ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;
    +ALTER TABLE orders DROP CONSTRAINT orders_cost_check;
    +ALTER TABLE orders ADD CHECK (cost <= 1000 AND cost > 0);
    +ALTER TABLE orders ALTER COLUMN title TYPE varchar(80);
    ");
    assert_eq!(folder.read(MIGRATIONS[0].0), MIGRATIONS[0].1);
}

#[test]
fn what_cannot_be_read_is_said_with_its_place() {
    let sql = |text: &str| refusal(with("table: a.sql#orders", "a.sql", text).drift());
    insta::assert_snapshot!(sql("CREATE TABLE orders (\n  id text,\n  title varchar(,\n);\n"), @"INPUT a.sql:3:17 this SQL cannot be read: expected: literal int, found: ,");
    insta::assert_snapshot!(sql("CREAT TABLE orders (id text);"), @"INPUT a.sql:1:1 this SQL cannot be read: expected: an SQL statement, found: CREAT");
    insta::assert_snapshot!(sql("CREATE TABLE orders (id text"), @"INPUT a.sql:1:29 this SQL cannot be read: expected: ',' or ')' after column definition, found: EOF");
    insta::assert_snapshot!(sql("CREATE TABLE orders (id text DEFAULT 'x);"), @"INPUT a.sql:1:38 this is no SQL: unterminated string literal");
    insta::assert_snapshot!(sql("CREATE TABLE other (id text);"), @"INPUT linkspan.yaml:6:11 there is no table `orders` in `a.sql#orders`");
    insta::assert_snapshot!(sql(&format!("CREATE TABLE orders (id text CHECK ({}1{}));", "(".repeat(9999), ")".repeat(9999))), @"INPUT a.sql:1:1 this SQL cannot be read: it is nested too deeply");
    insta::assert_snapshot!(refusal(with("table: a.sql", "a.sql", "").drift()), @"INPUT linkspan.yaml:6:11 `a.sql` names no table");
    insta::assert_snapshot!(refusal(with("openapi: api.yaml#/components/schemas/Nothing", "api.yaml", OPENAPI_30).drift()), @"INPUT linkspan.yaml:6:11 a reference leads to `/components/schemas/Nothing`, where there is nothing");
    insta::assert_snapshot!(refusal(with("openapi: nothing.yaml#/x", "a", "").drift()), @"INPUT linkspan.yaml:6:11 the schema `nothing.yaml` cannot be read: No such file or directory (os error 2)");
    insta::assert_snapshot!(refusal(Folder::with(&[("linkspan.yaml", "project: a\n")]).drift()), @"USAGE - there is nothing to compare: no model is declared");
}

#[test]
fn what_is_not_written_is_refused_and_nothing_is() {
    let sql = "CREATE TABLE orders (id text NOT NULL, title text, price numeric, note text, lines jsonb, total integer NOT NULL GENERATED ALWAYS AS IDENTITY);\n";
    let projection = "table: { at: 'a.sql#orders', renames: { price: total } }";
    let folder = with(projection, "a.sql", sql);
    insta::assert_snapshot!(refusal(folder.run(true, false)), @"REFUSED a.sql:1:91 the table `a.sql#orders` of `Order` is not changed: a column that the database makes is not changed");
    assert_eq!(folder.read("a.sql"), sql);
    assert_eq!(
        refusal(folder.run(false, true)),
        "USAGE - `--dry-run` needs `--write`: without it nothing is changed anyway"
    );
}

#[test]
fn types_are_compared_with_what_their_generator_writes() {
    let projection =
        "type: { path: src/order.ts, generate: \"mkdir -p src && (cat models/order.yaml | wc -l) > src/order.ts\" }";
    let folder = with(projection, "src/order.ts", "13\n");
    assert_eq!(lines(&folder.drift().unwrap()), "");
    folder.write("src/order.ts", "12\n// mine\n");
    insta::assert_snapshot!(lines(&folder.drift().unwrap()), @"src/order.ts:1:1 drift/stale-type the generator writes something else from this line on <-");
    insta::assert_snapshot!(folder.written(), @"
    --- a/src/order.ts
    +++ b/src/order.ts
    @@ -1,2 +1 @@
    -12
    -// mine
    +13
    ");
    std::fs::remove_file(folder.0.path().join("src/order.ts")).unwrap();
    insta::assert_snapshot!(lines(&folder.drift().unwrap()), @"src/order.ts:1:1 drift/stale-type the generator writes this file, and it is not there <-");
}

#[test]
fn a_generator_touches_nothing_and_ends_in_time() {
    let folder = with("type: { path: a.ts, generate: 'rm -r models; echo no >&2; exit 3' }", "a.ts", "x");
    let report = folder.drift().unwrap();
    assert_eq!(report.outcome, Outcome::Undecided);
    insta::assert_snapshot!(lines(&report), @"linkspan.yaml:6:17 drift/undecided the type `a.ts` is not compared: the command `rm -r models; echo no >&2; exit 3` ended with exit code 3: no <-");
    assert_eq!(folder.read("models/order.yaml"), MODEL);
    let folder = with("type: { path: a.ts, generate: 'sleep 600 & sleep 600' }", "a.ts", "x");
    insta::assert_snapshot!(lines(&folder.drift().unwrap()), @"linkspan.yaml:6:17 drift/undecided the type `a.ts` is not compared: the command `sleep 600 & sleep 600` took longer than `--generate-timeout` allows (2 s), and was ended <-");
}

#[test]
fn a_row_must_meet_the_conditions_of_the_model() {
    let model = "type: object\nrequired: [kind]\nproperties: { kind: { enum: [a, b] }, size: { type: integer, minimum: 0, maximum: 9 } }\n\
        if: { properties: { kind: { const: a } } }\nthen: { required: [size] }\n";
    let manifest =
        "contracts: { models: { M: { schema: m.yaml, projections: [{ table: { at: 'a.sql#t', is: equal } }] } } }\n";
    let sql = |checks: &str| {
        format!(
            "CREATE TABLE t (kind text NOT NULL CHECK (kind IN ('a', 'b')), size int CHECK (size BETWEEN 0 AND 9){checks});\n"
        )
    };
    let run = |checks: &str| {
        let folder = Folder::with(&[("linkspan.yaml", manifest), ("m.yaml", model), ("a.sql", &sql(checks))]);
        lines(&folder.drift().unwrap())
    };
    insta::assert_snapshot!(run(""), @r#"a.sql:1:14 drift/nullable the model `M` does not take `{"kind":"a"}`, which the table allows: it must be there <- m.yaml:2:11"#);
    assert_eq!(run(", CHECK (kind <> 'a' OR size IS NOT NULL)"), "");
    insta::assert_snapshot!(run(", CHECK (kind <> 'a' OR size > 0)"), @r#"
    a.sql:1:110 drift/enum the table does not take `{"kind":"a","size":0}`, which the model `M` allows: its `not` is `{"enum":["a"]}` <- m.yaml:1:1
    a.sql:1:110 drift/nullable the model `M` does not take `{"kind":"a"}`, which the table allows: it must be there <- m.yaml:2:11
    "#);
}

#[test]
fn a_failure_has_its_exit_code() {
    let folder = with("table: a.sql#orders", "a.sql", "CREATE TABLE orders (");
    assert_eq!(folder.drift().unwrap_err().exit, Exit::Input);
}
