//! Any text as a file of SQL: the table in it is held against a model, and changed to fit, without a panic and in bounded
//! time; and what would be written can be read again.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use linkspan_command::{Context, Exit};
use linkspan_events::drift::{Args, run};

const MODEL: &str = "type: object
required: [id, total]
properties:
  id: { type: string, maxLength: 20 }
  total: { type: number, minimum: 0, maximum: 1000, multipleOf: 0.01 }
  kind: { enum: [a, b, null] }
  at: { type: string, format: date-time }
  tags: { type: array, items: { type: string } }
";

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("linkspan-fuzz-drift-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the project");
    let projection = |dialect| format!("{{ table: {{ at: 't.sql#t', dialect: {dialect} }} }}");
    let both = format!("[{}, {}]", projection("postgresql"), projection("sqlite"));
    let manifest = format!("contracts:\n  models:\n    M: {{ schema: m.yaml, projections: {both} }}\n");
    std::fs::write(folder.join("linkspan.yaml"), manifest).expect("the manifest is written");
    std::fs::write(folder.join("m.yaml"), MODEL).expect("the model is written");
    folder
});

fuzz_target!(|text: &str| {
    std::fs::write(FOLDER.join("t.sql"), text).expect("the table is written");
    for write in [false, true] {
        let args = Args { models: Vec::new(), write, dry_run: write, no_generate: true, generate_timeout: 1 };
        if let Err(failure) = run(args, &Context::quiet("events drift", FOLDER.as_path())) {
            assert_ne!(failure.exit, Exit::Bug, "{failure:?}");
        }
    }
});
