use std::collections::HashMap;
use std::process::Command;

use serde_json::{Value, json};

use super::{Random, ask, failed, module, strings};
use crate::dockerfile::shell::{Environment, Lexer};

struct Env(HashMap<String, String>);

impl Environment for Env {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

fn env(list: &[&str]) -> Env {
    Env(list.iter().filter_map(|pair| pair.split_once('=')).map(|(k, v)| (k.into(), v.into())).collect())
}

fn question(text: &str, lexer: Lexer, env: &[&str]) -> Value {
    json!({
        "op": "word", "text": text, "escape": lexer.escape.to_string(), "env": env,
        "raw_quotes": lexer.raw_quotes, "raw_escapes": lexer.raw_escapes,
        "skip_quotes": lexer.skip_quotes, "skip_unset": lexer.skip_unset,
    })
}

fn compare(cases: &[(String, Lexer)], pairs: &[&str]) {
    let questions: Vec<Value> = cases.iter().map(|(text, lexer)| question(text, *lexer, pairs)).collect();
    let Some(answers) = ask(&questions) else { return };
    let env = env(pairs);
    let mut differences = Vec::new();
    for ((text, lexer), answer) in cases.iter().zip(&answers) {
        let own = lexer.process(text, &env);
        let same = match &own {
            Err(_) => failed(answer),
            Ok(word) => {
                !failed(answer)
                    && answer["result"] == word.text.as_str()
                    && strings(answer, "words") == word.words
                    && strings(answer, "matched") == word.matched.iter().cloned().collect::<Vec<_>>()
                    && strings(answer, "unmatched") == word.unmatched.iter().cloned().collect::<Vec<_>>()
            }
        };
        if !same {
            differences.push(format!("{text:?} {lexer:?}\n  own   {own:?}\n  judge {answer}"));
        }
    }
    let count = differences.len();
    differences.truncate(10);
    assert!(count == 0, "{count} of {} differ:\n{}", cases.len(), differences.join("\n"));
}

const ENV: [&str; 12] = [
    "PWD=/home",
    "SHELL=bash",
    "KOREAN=한국어",
    "NULL=",
    "FOO=foo",
    "x=abcabc",
    "y=a/b.c*d?",
    "z=a b  c",
    "_=u",
    "A=x*y\\z",
    "é=accent",
    "long=/usr/local/share/doc.tar.gz",
];

/// The files with cases in BuildKit's own tests.
fn files() -> Option<String> {
    let output = Command::new("go")
        .args(["list", "-m", "-f", "{{.Dir}}", "github.com/moby/buildkit"])
        .current_dir(module())
        .output()
        .ok()?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

#[test]
fn buildkits_own_cases() {
    if super::judge().is_none() {
        return;
    }
    let folder = files().unwrap() + "/frontend/dockerfile/shell";
    let mut cases = Vec::new();
    for line in std::fs::read_to_string(format!("{folder}/envVarTest")).unwrap().lines() {
        let line = line.trim();
        if let [_, word, _] = line.split('|').collect::<Vec<_>>().as_slice() {
            cases.push((word.trim().to_owned(), Lexer::new('\\')));
        }
    }
    for line in std::fs::read_to_string(format!("{folder}/wordsTest")).unwrap().lines() {
        if let Some((word, _)) = line.trim().split_once('|') {
            cases.push((word.trim_start().to_owned(), Lexer::new('\\')));
        }
    }
    assert!(cases.len() >= 250, "{}", cases.len());
    compare(&cases, &ENV);
}

#[test]
fn random_words() {
    let pieces = [
        "$",
        "${",
        "}",
        "FOO",
        "x",
        "y",
        "z",
        "NULL",
        "nope",
        "A",
        ":",
        "-",
        "+",
        "?",
        "#",
        "##",
        "%",
        "%%",
        "/",
        "//",
        "*",
        "'",
        "\"",
        "\\",
        "`",
        " ",
        "  ",
        "\t",
        "a",
        "b",
        "abc",
        "1",
        "0",
        "é",
        "한",
        "<",
        "<<",
        "\\}",
        "\\/",
        "\\*",
        "[",
        "]",
        ".",
        "$FOO",
        "${x}",
        "${nope:-",
        "${x#",
        "${x%",
        "${x//",
        "${long##*/}",
        "${long%%.*}",
        "$1",
        "${0}",
        "\n",
        "\u{FEFF}",
        "$$",
        "\\$",
        "${x/b/",
        "(",
        "|",
        "^",
    ];
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let cases: Vec<(String, Lexer)> = (0..20_000)
        .map(|_| {
            let lexer = Lexer {
                raw_quotes: random.below(4) == 0,
                raw_escapes: random.below(4) == 0,
                skip_quotes: random.below(5) == 0,
                skip_unset: random.below(4) == 0,
                ..Lexer::new(if random.below(4) == 0 { '`' } else { '\\' })
            };
            (random.text(&pieces, 14), lexer)
        })
        .collect();
    compare(&cases, &ENV);
}
