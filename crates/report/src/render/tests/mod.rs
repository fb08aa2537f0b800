//! One rich report, and what each renderer makes of it.

mod machines;
mod people;
mod safety;

use crate::{Finding, Findings, Outcome, Position, Report, Span};

use super::*;

fn span(line: usize, column: usize, end_line: usize, end_column: usize) -> Span {
    Span::new(Position::new(line, column), Position::new(end_line, end_column))
}

/// A few files in memory.
struct Texts;

impl Sources for Texts {
    fn lines(&self, file: &str, first: usize, last: usize) -> Option<Vec<String>> {
        let long = format!("{{\"filler\":\"{}\",\"amount\":\"x\"}}", "y".repeat(300));
        let text = match file {
            "deploy/orders.yaml" => "kind: Service\nspec:\n\tports: [80, 🚢]\n  ports: [81]\n",
            "events.ndjson" => &long,
            "hostile\u{1b}[2J.yaml" => "a: \u{1b}[31mred\u{202e} ##[error]\n",
            _ => return None,
        };
        Some(text.lines().skip(first - 1).take(last + 1 - first).map(str::to_owned).collect())
    }
}

/// One of everything.
fn rich() -> Report {
    let mut findings = Findings::with_max(5);
    findings.extend([
        Finding::error("duplicate-key", "the key `ports` occurs twice in this object")
            .in_file("deploy/orders.yaml")
            .at(span(4, 3, 4, 8))
            .related("first here", "deploy/orders.yaml", Some(span(3, 2, 3, 7)))
            .help("keep one of them")
            .data("pointer", "/spec/ports"),
        Finding::error("schema/type", "`x` is no number").in_file("events.ndjson").at(span(1, 323, 1, 326)).related(
            "the schema asks for it",
            "contracts/order.yaml",
            Some(span(7, 5, 7, 11)),
        ),
        Finding::warning(
            "hostile",
            "a | b `c|d\\` <script>alert(1)</script> @you `\u{1b}[31m` https://x.y ![](z)\nmore",
        )
        .in_file("hostile\u{1b}[2J.yaml")
        .at(span(1, 4, 2, 1)),
        Finding::notice("unsafe `name`", "##[error]not a command, ]]> & \"quoted\"").help("::error::nor this"),
        Finding::notice("elsewhere", "the file is not here").in_file("/a b/ü.yaml").at(span(9, 1, 9, 1)),
        Finding::error("hidden", "one too many"),
    ]);
    Report::new("events validate", findings)
        .result(serde_json::json!({"checked": 7, "note": "##[x]"}))
        .text("7 events checked in 2 files\n::warning::no command")
        .markdown("7 events checked in 2 files")
        .output("checked", "7")
}

fn rendered(report: &Report, format: Format) -> String {
    let mut out = Vec::new();
    render(report, format, &Options::default(), &Texts, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
