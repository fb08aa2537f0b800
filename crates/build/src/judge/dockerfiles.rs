use serde_json::{Value, json};

use super::{Random, ask, failed};
use crate::dockerfile::testing;

const LINES: [&str; 61] = [
    "FROM scratch",
    "FROM a AS b",
    "from x as Y",
    "FROM a b",
    "FROM --platform=$X a",
    "RUN a \\",
    "RUN a",
    "RUN [\"a\", \"b\"]",
    "RUN ['a']",
    "RUN [1]",
    "RUN <<EOF",
    "RUN <<-EOF cat",
    "RUN <<'E F' cat",
    "COPY <<EOF <<B /x/",
    "EOF",
    "\tEOF",
    "B",
    "E F",
    "",
    "  ",
    "\\",
    "  \\",
    "# c",
    "  # c",
    "# escape=`",
    "#escape=\\",
    "# syntax=x",
    "# syntax= ",
    "# check=skip=all",
    "ENV a=b c=d",
    "ENV a b c",
    "ENV a",
    "ENV a='b c' d=\"e\\\"f\"",
    "LABEL a=b\\ c d",
    "ARG a b=c",
    "ARG",
    "CMD",
    "CMD []",
    "CMD [\"a\"] x",
    "COPY a b",
    "COPY --from=x --chown=a:b \"c d\" e",
    "COPY [\"a b\", \"c\"]",
    "ADD --link=x a b",
    "COPY -- --a b",
    "HEALTHCHECK NONE",
    "HEALTHCHECK --interval=5s CMD a b",
    "HEALTHCHECK CMD [\"a\"]",
    "ONBUILD RUN a",
    "ONBUILD COPY <<EOF /x",
    "ONBUILD ONBUILD RUN a",
    "ONBUILD",
    "VOLUME [\"/a\", \"/b\"]",
    "VOLUME a b",
    "EXPOSE 80 443/udp",
    "USER a",
    "WORKDIR /x y",
    "STOPSIGNAL 9",
    "SHELL [\"a\"]",
    "MAINTAINER a b",
    "FOO bar",
    "b` \\",
];
const ENDS: [&str; 9] = ["\n", "\n", "\n", "\n", "\r\n", " \\\n", "\\ \t\n", "`\n", ""];

fn random_file(random: &mut Random) -> String {
    let mut file = String::new();
    for _ in 0..=random.below(8) {
        file.push_str(random.pick(&LINES));
        file.push_str(random.pick(&ENDS));
    }
    file
}

fn noise(random: &mut Random) -> String {
    let pieces = [
        "RUN ",
        "COPY ",
        "ENV ",
        "ONBUILD ",
        "HEALTHCHECK ",
        "FROM ",
        "--a=b ",
        "--",
        "'",
        "\"",
        "\\",
        "`",
        "\n",
        "\r\n",
        " ",
        "\t",
        "\u{B}",
        "\u{A0}",
        "\u{85}",
        "#",
        "<<",
        "EOF",
        "\nEOF\n",
        "[",
        "]",
        "\"a\"",
        ",",
        "=",
        "é",
        "\u{FEFF}",
        "x",
        "y z",
        "$a",
        "{",
        "}",
        "\\u0041",
        "null",
        "1e999",
        "  ",
        "\u{2003}",
        "CMD [",
    ];
    random.text(&pieces, 16)
}

fn compare(files: &[String]) {
    let questions: Vec<Value> = files.iter().map(|text| json!({"op": "parse", "text": text})).collect();
    let Some(answers) = ask(&questions) else { return };
    let mut differences = Vec::new();
    for (text, answer) in files.iter().zip(&answers) {
        let own = testing::syntax(text);
        let judged = if failed(answer) {
            None
        } else {
            Some(json!({
                "result": answer["result"], "words": answer["words"],
                "lines": answer.get("lines").cloned().unwrap_or_default(),
                "heredocs": answer.get("heredocs").cloned().unwrap_or(json!([])),
                "warnings": answer.get("warnings").map_or(json!([]), |list| list.as_array().unwrap().iter().map(|w| w["line"].clone()).collect()),
            }))
        };
        // A type cut off in the middle of a character cannot be shown in a JSON text.
        let half = judged.as_ref().is_some_and(|judged| {
            judged["result"].as_str().is_some_and(|dump| dump.contains("(healthcheck") && dump.contains("\\x"))
        });
        if own != judged && !(half && own.is_some()) {
            differences.push(format!("{text:?}\n  own   {own:?}\n  judge {judged:?} {}", answer["error"]));
        }
    }
    let count = differences.len();
    differences.truncate(6);
    assert!(count == 0, "{count} of {} differ:\n{}", files.len(), differences.join("\n"));
}

#[test]
fn buildkits_own_files() {
    if super::judge().is_none() {
        return;
    }
    let output = std::process::Command::new("go")
        .args(["list", "-m", "-f", "{{.Dir}}", "github.com/moby/buildkit"])
        .current_dir(super::module())
        .output()
        .unwrap();
    let folder = String::from_utf8(output.stdout).unwrap().trim().to_owned() + "/frontend/dockerfile/parser";
    let mut files = Vec::new();
    for kind in ["testfiles", "testfiles-negative", "testfile-line"] {
        for entry in walk(format!("{folder}/{kind}").as_ref()) {
            if entry.file_name().is_some_and(|name| name == "Dockerfile") {
                files.push(String::from_utf8(std::fs::read(entry).unwrap()).unwrap());
            }
        }
    }
    assert!(files.len() >= 36, "{}", files.len());
    compare(&files);
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn random_syntax() {
    let mut random = Random(0xD1B5_4A32_D192_ED03);
    let mut files: Vec<String> = (0..8_000).map(|_| random_file(&mut random)).collect();
    files.extend((0..12_000).map(|_| noise(&mut random)));
    compare(&files);
}

#[test]
fn which_instructions_are_valid() {
    let mut random = Random(0xA076_1D64_78BD_642F);
    let flags = [
        "",
        "",
        "--from=a ",
        "--chown=x ",
        "--link ",
        "--link=true ",
        "--link=maybe ",
        "--link= ",
        "--chmod ",
        "--exclude=a --exclude=b ",
        "--chown=a --chown=b ",
        "--mount=type=bind,from=x ",
        "--mount=from=$x ",
        "--mount=\"a ",
        "--network=host ",
        "--network=x ",
        "--security=insecure ",
        "--interval=5s ",
        "--interval=1 ",
        "--interval=-1s ",
        "--interval=1us ",
        "--retries=3 ",
        "--retries=-1 ",
        "--platform=x ",
        "--parents ",
        "--unpack=false ",
        "--keep-git-dir ",
        "--checksum=x ",
        "--device=a=b ",
        "--start-period=1.5h ",
        "--timeout=1h2m3.5s ",
        "--timeout=.s ",
        "--mount=type=secret,id=a,required=\"b ",
        "-- ",
        "--interval=9223372036854775807ns ",
        "--interval=2562048h ",
        "--interval=0 ",
        "--interval=1d ",
    ];
    let words = [
        "add",
        "ARG",
        "Cmd",
        "COPY",
        "ENTRYPOINT",
        "env",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
        "FOO",
    ];
    let rest = [
        "",
        "a",
        "a b",
        "a b c",
        "a=b",
        "=b",
        "a= c=",
        "[\"a\"]",
        "[]",
        "[\"a\",\"b\"]",
        "a AS b",
        "a as 1b",
        "a AS B_c.d-e",
        "CMD",
        "CMD a",
        "NONE",
        "NONE a",
        "none",
        "cmd [\"a\"]",
        "FROM x",
        "RUN x",
        "MAINTAINER x",
        "ONBUILD RUN x",
        "COPY a",
        "[\"\"]",
        "\" \"",
        "80",
        "<<A b\nA\n",
        "a <<A\nA\n",
        "[\"<<A\",\"b\"]",
        "COPY --x a b",
        "FOO",
    ];
    let files: Vec<String> = (0..12_000)
        .map(|_| {
            let first = if random.below(10) == 0 { "ARG x=1\n" } else { "FROM scratch\n" };
            format!("{first}{} {}{}", random.pick(&words), random.pick(&flags), random.pick(&rest))
        })
        .collect();
    let questions: Vec<Value> = files.iter().map(|text| json!({"op": "instructions", "text": text})).collect();
    let Some(answers) = ask(&questions) else { return };
    let mut differences = Vec::new();
    for (text, answer) in files.iter().zip(&answers) {
        let own = testing::instructions(text.as_bytes());
        let judged = if failed(answer) { None } else { Some(super::strings(answer, "words")) };
        // Without a FROM nothing can be built; BuildKit says so only later.
        let same = own.as_ref().ok() == judged.as_ref() || (own.is_err() && text.starts_with("ARG"));
        if !same {
            differences.push(format!("{text:?}\n  own   {own:?}\n  judge {judged:?} {}", answer["error"]));
        }
    }
    let count = differences.len();
    differences.truncate(6);
    assert!(count == 0, "{count} of {} differ:\n{}", files.len(), differences.join("\n"));
}
