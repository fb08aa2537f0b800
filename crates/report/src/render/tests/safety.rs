//! Nothing that stands in a finding breaks out of its rendering.

use super::*;

proptest::proptest! {
    /// Whatever stands in a finding, no format lets it out: no control character, no command, no markup.
    #[test]
    fn nothing_breaks_out(message in any_text(), rule in any_text(), file in any_text(), help in any_text()) {
        let mut findings = Findings::default();
        findings.push(Finding::error(rule, message.clone()).in_file(file.clone()).at(span(1, 2, 1, 3)).help(help).related(message, file, None));
        let report = Report::new("x", findings);
        for format in Format::ALL {
            let text = rendered(&report, format);
            let bad = |character: char| character.is_control() && !matches!(character, '\n' | '\t');
            proptest::prop_assert!(!text.contains(bad), "{} {:?}", format, text);
            proptest::prop_assert!(!text.contains("##["), "{} {}", format, text);
            let command = |line: &str| line.trim_start().strip_prefix("::").is_some_and(|rest| rest.starts_with(char::is_alphabetic));
            proptest::prop_assert!(!text.lines().any(command), "{} {}", format, text);
        }
        let json: serde_json::Value = serde_json::from_str(&rendered(&report, Format::Json)).unwrap();
        proptest::prop_assert_eq!(json["findings"][0]["message"].as_str(), Some(report.findings.kept()[0].message.as_str()));
        for line in rendered(&report, Format::Ndjson).lines() {
            let parsed: Result<serde_json::Value, _> = serde_json::from_str(line);
            proptest::prop_assert!(parsed.is_ok());
        }
        let rows = rendered(&report, Format::Markdown).lines().filter(|line| line.starts_with('|')).count();
        proptest::prop_assert_eq!(rows, 3);
    }
}

fn any_text() -> impl proptest::strategy::Strategy<Value = String> {
    "([ -~]|\\PC|[\u{0}-\u{1f}]|\n::error::|##\\[|</?script>|`|\\||\\\\|\u{1b}\\[2J|]]>|\u{202e}){0,12}"
}

#[test]
fn the_lines_of_a_hidden_finding_are_not_shown() {
    let mut findings = Findings::default();
    let finding = Finding::error("r", "wrong").in_file("deploy/orders.yaml").at(span(1, 7, 1, 14));
    findings.push(finding.related("there", "deploy/orders.yaml", Some(span(4, 3, 4, 8))).hidden());
    for format in Format::ALL {
        let text = rendered(&Report::new("x", findings.clone()), format);
        assert!(text.contains("wrong") && !text.contains("Service") && !text.contains("[81]"), "{text}");
    }
}
