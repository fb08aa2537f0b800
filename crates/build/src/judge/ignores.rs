use serde_json::{Value, json};

use super::{Random, ask, failed};
use crate::context::{IgnoreFile, glob};

const PATHS: [&str; 27] = [
    "a",
    "b",
    "a/b",
    "a/b/c",
    "ab",
    "abc",
    ".git",
    ".git/config",
    "x.go",
    "a/x.go",
    "a/b/x.go",
    "foo",
    "foo/bar",
    "foo/bar/baz",
    "foobar",
    "a[b",
    "a*b",
    "a\\b",
    "é",
    "a-b",
    "1",
    "a1",
    "a/1",
    "dir/.env",
    "^",
    "a]",
    "a b",
];
const PIECES: [&str; 47] = [
    "*",
    "**",
    "**/",
    "/**",
    "/",
    "a",
    "b",
    "c",
    "foo",
    "bar",
    ".go",
    "?",
    "[",
    "]",
    "[ab]",
    "[^a]",
    "[a-c]",
    "[!a]",
    "\\",
    "\\*",
    "\\[",
    ".",
    "..",
    "^",
    "-",
    "é",
    "!",
    " ",
    "#",
    "x",
    "1",
    "\\d",
    "[\\d]",
    "[[:alpha:]]",
    "[a*]",
    "[a?]",
    "$",
    "+",
    "(",
    "{",
    "|",
    "\\x41",
    "[\\]a]",
    "\u{FEFF}",
    "{2}",
    "}",
    "{1,}",
];

#[test]
fn random_ignore_files() {
    let mut random = Random(0xE703_7ED1_A0B4_28DB);
    let files: Vec<String> = (0..20_000)
        .map(|_| {
            let lines: Vec<String> = (0..=random.below(4))
                .map(|_| random.pick(&["", "", "", "!", "/", " ", "! ", "\t"]).to_owned() + &random.text(&PIECES, 6))
                .collect();
            lines.join(random.pick(&["\n", "\n", "\r\n"]))
        })
        .collect();
    let questions: Vec<Value> =
        files.iter().map(|text| json!({"op": "ignore", "text": text, "paths": PATHS})).collect();
    let Some(answers) = ask(&questions) else { return };
    let mut differences = Vec::new();
    for (text, answer) in files.iter().zip(&answers) {
        let own = IgnoreFile::read(text.as_bytes());
        let same = match &own {
            // moby only notices some malformed patterns when it comes to compare them, which it does not if they could
            // change nothing; here they are always an error.
            Err(_) => failed(answer) || text.trim().contains('\n') || text.trim_start().starts_with('!'),
            Ok(file) => {
                let matches: Vec<bool> = PATHS.iter().map(|path| file.matches(path)).collect();
                !failed(answer) && answer["matches"] == json!(matches)
            }
        };
        if !same {
            let matches: Vec<bool> = own.iter().flat_map(|file| PATHS.iter().map(|path| file.matches(path))).collect();
            differences.push(format!("{text:?}\n  own   {:?} {matches:?}\n  judge {answer}", own.as_ref().err()));
        }
    }
    let count = differences.len();
    differences.truncate(6);
    assert!(count == 0, "{count} of {} differ:\n{}", files.len(), differences.join("\n"));
}

#[test]
fn a_folder_is_only_passed_over_if_nothing_shows_in_it() {
    let mut random = Random(0x8EBC_6AF0_9C88_C6E3);
    let mut skipped = 0;
    for _ in 0..20_000 {
        let lines: Vec<String> =
            (0..=random.below(4)).map(|_| random.pick(&["", "!"]).to_owned() + &random.text(&PIECES, 4)).collect();
        let Ok(file) = IgnoreFile::read(lines.join("\n").as_bytes()) else { continue };
        for folder in PATHS.iter().filter(|path| file.matches(path) && file.may_skip_directory(path)) {
            skipped += 1;
            for path in PATHS {
                assert!(file.matches(&format!("{folder}/{path}")), "{lines:?} {folder} {path}");
            }
        }
    }
    assert!(skipped > 1_000);
}

#[test]
fn random_globs() {
    let mut random = Random(0x5895_65F2_88DA_0F31);
    let patterns: Vec<String> = (0..20_000).map(|_| random.text(&PIECES, 6)).collect();
    let questions: Vec<Value> =
        patterns.iter().map(|text| json!({"op": "match", "text": text, "paths": PATHS})).collect();
    let Some(answers) = ask(&questions) else { return };
    for (pattern, answer) in patterns.iter().zip(&answers) {
        let own: Result<Vec<bool>, _> = PATHS.iter().map(|path| glob::matches(pattern, path)).collect();
        match own {
            Err(_) => assert!(failed(answer), "{pattern:?} {answer}"),
            Ok(matches) => {
                assert!(!failed(answer) && answer["matches"] == json!(matches), "{pattern:?} {matches:?} {answer}");
            }
        }
    }
}
