//! Comparisons with BuildKit's and moby's own code (`tests/tools/buildkit-judge`).

mod dockerfiles;
mod ignores;
mod images;
mod words;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The folder of the judge's Go module.
fn module() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/tools/buildkit-judge")
}

/// The judge; `None` where tests are to do without tools.
fn judge() -> Option<PathBuf> {
    if std::env::var("LINKSPAN_TEST_OFFLINE").is_ok_and(|value| value == "1") {
        println!("skipped: LINKSPAN_TEST_OFFLINE=1");
        return None;
    }
    let home = std::env::var("HOME").unwrap_or_default();
    let tools = std::env::var("LINKSPAN_TOOLS").unwrap_or_else(|_| format!("{home}/.cache/linkspan-tools"));
    let judge = Path::new(&tools).join("bin/buildkit-judge");
    assert!(judge.exists(), "the judge is missing: run `tests/parts/install.sh --only buildkit-judge`");
    Some(judge)
}

/// The judge's answers; `None` where it is to be skipped.
fn ask(questions: &[Value]) -> Option<Vec<Value>> {
    let mut child =
        Command::new(judge()?).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let text = serde_json::to_vec(questions).unwrap();
    let writer = std::thread::spawn(move || input.write_all(&text).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    let answers: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answers.len(), questions.len());
    Some(answers)
}

fn failed(answer: &Value) -> bool {
    answer.get("error").is_some()
}

fn strings(answer: &Value, key: &str) -> Vec<String> {
    let list = answer.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    list.iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

/// Repeatable random choices (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % limit
    }

    fn pick<'a>(&mut self, options: &[&'a str]) -> &'a str {
        options[self.below(options.len())]
    }

    /// Up to `most` pieces in a row.
    fn text(&mut self, pieces: &[&str], most: usize) -> String {
        (0..self.below(most + 1)).map(|_| self.pick(pieces)).collect()
    }
}
