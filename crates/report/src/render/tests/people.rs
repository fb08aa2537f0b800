//! Text, Markdown, and what GitHub shows.

use super::*;

#[test]
fn a_long_line_is_cut_around_the_place_and_keeps_its_column() {
    struct Long;
    impl Sources for Long {
        fn lines(&self, _: &str, first: usize, _: usize) -> Option<Vec<String>> {
            Some(vec![format!("{}<{first}>{}", "ä".repeat(5000), "z".repeat(5000))])
        }
    }
    let mut findings = Findings::default();
    findings.extend([
        Finding::error("r", "here").in_file("a.ndjson").at(span(7, 5002, 7, 5003)),
        Finding::error("r", "all of it").in_file("a.ndjson").at(span(7, 1, 7, 10_003)),
        Finding::error("r", "the end").in_file("a.ndjson").at(span(7, 10_004, 7, 10_004)),
        Finding::error("r", "behind the end").in_file("a.ndjson").at(span(7, 99_999, 8, 1)),
    ]);
    let mut out = Vec::new();
    render(&Report::new("x", findings), Format::Text, &Options::default(), &Long, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.lines().all(|line| line.chars().count() < 160));
    insta::assert_snapshot!(text, @"
    error[r]: here
     --> a.ndjson:7:5002
      |
    7 | …äääääääääääääääääääääääääääääääääääääääääääääääääääääääääää<7>zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz…
      |                                                              ^

    error[r]: all of it
     --> a.ndjson:7:1
      |
    7 | ääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää…
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    error[r]: the end
     --> a.ndjson:7:10004
      |
    7 | …zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz
      |                                                              ^

    error[r]: behind the end
     --> a.ndjson:7:99999
      |
    7 | …zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz
      |                                                              ^

    4 errors
    ");
}

#[test]
fn text() {
    insta::assert_snapshot!(rendered(&rich(), Format::Text), @r#"
    error[duplicate-key]: the key `ports` occurs twice in this object
     --> deploy/orders.yaml:4:3
      |
    4 |   ports: [81]
      |   ^^^^^
      |
     ::: deploy/orders.yaml:3:2
      |
    3 |     ports: [80, 🚢]
      |     ----- first here
      |
      = help: keep one of them

    error[schema/type]: `x` is no number
     --> events.ndjson:1:323
      |
    1 | ...yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy","amount":"x"}
      |                                                                   ^^^
     ::: contracts/order.yaml:7:5
      = note: the schema asks for it

    warning[hostile]: a | b `c|d\` <script>alert(1)</script> @you `\u{1b}[31m` https://x.y ![](z)\nmore
     --> hostile\u{1b}[2J.yaml:1:4
      |
    1 | a: �[31mred� ##�error]
      |    ^^^^^^^^^^^^^^^^^^^

    notice[unsafe `name`]: ##\[error]not a command, ]]> & "quoted"
     |
     = help: \::error::nor this

    notice[elsewhere]: the file is not here
    --> /a b/ü.yaml:9:1

    3 errors, 1 warning, 2 notices, 1 not shown
    7 events checked in 2 files
    \::warning::no command
    "#);
}

#[test]
fn text_without_findings_is_the_commands_own() {
    let report = Report::new("up", Findings::default()).text("all is well");
    insta::assert_snapshot!(rendered(&report, Format::Text), @"all is well");
    assert_eq!(rendered(&Report::new("up", Findings::default()), Format::Text), "");
}

#[test]
fn markdown() {
    insta::assert_snapshot!(rendered(&rich(), Format::Markdown), @r#"
    ### ❌ `linkspan events validate`: 3 errors, 1 warning, 2 notices, 1 not shown

    | | Where | What |
    | --- | --- | --- |
    | ❌ error | `deploy/orders.yaml:4:3` | the key `ports` occurs twice in this object (`duplicate-key`)<br>first here: `deploy/orders.yaml:3:2`<br>keep one of them |
    | ❌ error | `events.ndjson:1:323` | `x` is no number (`schema/type`)<br>the schema asks for it: `contracts/order.yaml:7:5` |
    | ⚠️ warning | <code>hostile&#92;u&#123;1b&#125;&#91;2J&#46;yaml&#58;1&#58;4</code> | a &#124; b <code>c&#124;d&#92;</code> &#60;script&#62;alert(1)&#60;/script&#62; &#64;<!-- -->you <code>&#92;u&#123;1b&#125;&#91;31m</code> https&#58;//x.y &#33;&#91;&#93;(z) more (`hostile`) |
    | ℹ️ notice |  | &#35;&#35;&#91;error&#93;not a command, &#93;&#93;&#62; &#38; "quoted" (<code>unsafe &#96;name&#96;</code>)<br>::error::nor this |
    | ℹ️ notice | `/a b/ü.yaml:9:1` | the file is not here (`elsewhere`) |

    7 events checked in 2 files
    "#);
}

#[test]
fn markdown_folds_what_is_long_and_fences_text() {
    let mut findings = Findings::default();
    findings.extend((0..22).map(|index| Finding::warning("w", format!("number {index}"))));
    let report = Report::new("compat", findings).text("a\n```\nb");
    let text = rendered(&report, Format::Markdown);
    let tail: Vec<_> = text.lines().skip(23).collect();
    insta::assert_snapshot!(tail.join("\n"), @"
    | ⚠️ warning |  | number 19 (`w`) |

    <details>
    <summary>2 more</summary>

    | | Where | What |
    | --- | --- | --- |
    | ⚠️ warning |  | number 20 (`w`) |
    | ⚠️ warning |  | number 21 (`w`) |

    </details>

    ````text
    a
    ```
    b
    ````
    ");
}

#[test]
fn colours_only_when_asked() {
    let mut out = Vec::new();
    render(&rich(), Format::Text, &Options { color: true }, &Texts, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("\u{1b}["));
    assert!(!text.contains("\u{1b}[31mred") && !text.contains("\u{1b}[2J"));
    assert!(!rendered(&rich(), Format::Text).contains('\u{1b}'));
}

/// What a GitHub runner gets: annotations, summary, outputs; the log has nothing else.
#[test]
fn github_gets_annotations_summary_and_outputs() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let variables = [
        ("GITHUB_ACTIONS", "true".to_owned()),
        ("GITHUB_WORKSPACE", "/w/repo".to_owned()),
        ("GITHUB_OUTPUT", file("output")),
        ("GITHUB_STEP_SUMMARY", file("summary")),
    ];
    let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let runner = linkspan_toolkit::Runner::from_env(&variables).unwrap();
    let mut log = Vec::new();
    github::say(&rich(), runner, std::path::Path::new("/w/repo/services"), &["hunter2"], &mut log).unwrap();
    insta::assert_snapshot!(String::from_utf8(log).unwrap(), @r#"
    ::add-mask::hunter2
    ::error title=duplicate-key,file=services/deploy/orders.yaml,line=4,endLine=4,col=3,endColumn=7::the key `ports` occurs twice in this object%0Afirst here: deploy/orders.yaml:3:2%0Ahelp: keep one of them
    ::error title=schema/type,file=services/events.ndjson,line=1,endLine=1,col=323,endColumn=325::`x` is no number%0Athe schema asks for it: contracts/order.yaml:7:5
    ::warning title=hostile,file=services/hostile\u{1b}[2J.yaml,line=1,endLine=1::a | b `c|d\` <script>alert(1)</script> @you `\u{1b}[31m` https://x.y ![](z)%0Amore
    ::notice title=unsafe `name`::##[error]not a command, ]]> & "quoted"%0Ahelp: ::error::nor this
    ::notice title=elsewhere,file=/a b/ü.yaml,line=9,endLine=9,col=1,endColumn=1::the file is not here
    "#);
    assert_eq!(std::fs::read_to_string(file("summary")).unwrap(), rendered(&rich(), Format::Markdown));
    let output = std::fs::read_to_string(file("output")).unwrap();
    let lines: Vec<_> = output.lines().collect();
    assert!(lines[0].starts_with("checked<<") && lines[1] == "7", "{output}");
}

#[test]
fn elsewhere_github_gets_nothing() {
    github(&rich(), &std::collections::BTreeMap::new(), &[]).unwrap();
}
