//! Laws: what this crate writes, the runner and `act` read back.

use std::collections::BTreeMap;
use std::io::Write as _;

use linkspan_toolkit::grammar::{
    Act, Event, GitHub, Host, Parsed, UnescapeOrder, artifacts, commands, read_log, search_path, shown_summary,
};
use linkspan_toolkit::{
    Annotation, Command, Fence, Level, Position, Runner, Step, Token, budget, file, neutralise, summary,
};
use proptest::prelude::*;

const GITHUB: GitHub = GitHub(Host::Unix);

/// Text with what the grammars care about, and anything else.
fn text() -> impl Strategy<Value = String> {
    let marks = [
        "::",
        "##[",
        "]",
        "=",
        "<<",
        "\n",
        "\r",
        "\r\n",
        "%",
        "%25",
        "%0A",
        "%250A",
        "%3A",
        ",",
        ";",
        ":",
        " ",
        "\t",
        "EOF",
        "ghadelimiter_",
        "error",
        "add-mask",
        "stop-commands",
        "\u{FEFF}",
        "\u{200B}",
        "𝄞",
        "é",
        "\\",
        "file=",
        "line=1",
        "::error::",
        "::add-mask::x",
        "##[error]",
        "\u{85}",
        "\u{2028}",
        "\u{0}",
    ];
    let piece = prop_oneof![4 => prop::sample::select(marks.to_vec()).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn name() -> impl Strategy<Value = String> {
    text()
        .prop_map(|text| text.chars().filter(|c| !c.is_control() && !"=<\u{FEFF}".contains(*c)).collect::<String>())
        .prop_filter("a name", |name| !name.is_empty())
}

/// What `act` keeps of a value.
fn for_act(value: &str) -> String {
    let lines: Vec<_> = value.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    lines.join("\n").trim_start_matches('\n').to_owned()
}

/// Whether `act` may take a text for an escape.
fn looks_escaped(text: &str) -> bool {
    ["%25", "%0D", "%0A", "%3A", "%2C"].iter().any(|escape| text.contains(escape))
}

/// Whether `act` takes another `::` for the one before the data.
fn moves_the_mark(data: &str) -> bool {
    data.starts_with(':') || data.contains("::")
}

/// The seed is in the output of a failure; nothing is written beside the tests.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn level() -> impl Strategy<Value = Level> {
    prop::sample::select(Level::ALL.to_vec())
}

fn position() -> impl Strategy<Value = Position> {
    let number = || prop::option::of(1_usize..9);
    (number(), number(), number(), number()).prop_map(|(line, end_line, column, end_column)| Position {
        line,
        end_line,
        column,
        end_column,
    })
}

fn read(line: &str) -> Parsed {
    GITHUB.command(line, commands()).expect("a command")
}

/// What the runner makes of a position (`ValidateLinesAndColumns`), from the properties as it reads them.
fn runners_position(command: &Parsed) -> Position {
    let number = |key: &str| command.property(key).and_then(|text| text.parse().ok());
    Position {
        line: number("line"),
        end_line: number("endLine"),
        column: number("col"),
        end_column: number("endColumn"),
    }
}

proptest! {
    #![proptest_config(cases(20_000))]

    #[test]
    fn names_and_values(entries in prop::collection::vec((name(), text()), 1..4)) {
        let mut written = String::new();
        for (name, value) in &entries {
            written += &file::heredoc(name, value, &Token::random().unwrap()).unwrap();
        }
        prop_assert_eq!(&GITHUB.pairs(&written).unwrap(), &entries);
        let on_windows = entries.iter().map(|(name, value)| (name.clone(), value.strip_suffix('\r').unwrap_or(value).to_owned()));
        prop_assert_eq!(GitHub(Host::Windows).pairs(&written).unwrap(), on_windows.collect::<Vec<_>>());
        let acts: Vec<_> = entries.iter().map(|(name, value)| (name.clone(), for_act(value))).collect();
        prop_assert_eq!(Act(UnescapeOrder::PercentLast).pairs(&written).unwrap(), acts);
    }

    #[test]
    fn a_name_is_refused_or_read_back(name in text(), value in text()) {
        let Ok(written) = file::variable(&name, &value, &Token::random().unwrap()) else { return Ok(()) };
        prop_assert_eq!(GITHUB.variables(&written).unwrap(), vec![(name, value)]);
    }

    #[test]
    fn a_guessed_delimiter_changes_nothing(value in text()) {
        let guess = Token::fixed("guess");
        let value = format!("{value}\nghadelimiter_guess\nother=1\n");
        prop_assert!(file::heredoc("a", &value, &guess).is_err());
        let written = file::heredoc("a", &value, &Token::random().unwrap()).unwrap();
        prop_assert_eq!(GITHUB.pairs(&written).unwrap(), vec![("a".to_owned(), value)]);
    }

    #[test]
    fn folders_and_artifacts(lines in prop::collection::vec(text(), 0..4)) {
        let folders: Vec<_> = lines.iter().filter_map(|line| file::search_path(line).ok().map(|text| (line, text))).collect();
        let written: String = folders.iter().map(|(_, text)| text.as_str()).collect();
        prop_assert_eq!(search_path(&written), folders.iter().map(|(line, _)| (*line).clone()).collect::<Vec<_>>());
        let subjects: Vec<_> = lines.iter().filter_map(|line| file::artifact(line).ok().map(|text| (line, text))).collect();
        let written: String = subjects.iter().map(|(_, text)| text.as_str()).collect();
        prop_assert_eq!(artifacts(&written).unwrap(), subjects.iter().map(|(line, _)| (*line).clone()).collect::<Vec<_>>());
    }

    #[test]
    fn annotations(level in level(), message in text(), title in text(), file in text(), position in position()) {
        let annotation = Annotation::new(level, &message).titled(&title).at(&file, position);
        let line = annotation.command().to_string();
        prop_assert!(!line.contains(['\n', '\r']));
        let command = read(&line);
        prop_assert_eq!(&command.name, level.name());
        prop_assert_eq!(&command.data, &message);
        let read_title = command.property("title").unwrap_or_default();
        prop_assert_eq!(read_title.trim_start_matches(' '), title.trim().trim_start_matches(' '));
        let read_file = command.property("file").unwrap_or_default();
        prop_assert_eq!(read_file.strip_prefix("./").unwrap_or(read_file), file.strip_prefix("./").unwrap_or(&file));
        let read_position = runners_position(&command);
        prop_assert_eq!(read_position, position.normalised());
        prop_assert_eq!(read_position.normalised(), read_position);
    }

    #[test]
    fn annotations_under_act(level in level(), message in text(), title in text()) {
        let line = format!("{}\n", Annotation::new(level, &message).titled(&title).command());
        for order in [UnescapeOrder::PercentFirst, UnescapeOrder::PercentLast] {
            let command = Act(order).command(&line).expect("a command");
            prop_assert_eq!(&command.name, level.name());
            if !moves_the_mark(&message) && (order == UnescapeOrder::PercentLast || !looks_escaped(&message)) {
                prop_assert_eq!(&command.data, &message);
            }
        }
    }

    #[test]
    fn groups_and_debug_lines(message in text()) {
        for command in [Command::group(&message), Command::debug(&message)] {
            prop_assert_eq!(&read(&command.to_string()).data, &message);
        }
    }

    #[test]
    fn masks(secret in text()) {
        let lines: Vec<_> = Command::masks(&secret).collect();
        let read: Vec<_> = lines.iter().map(|line| read(line)).collect();
        prop_assert!(read.iter().all(|command| command.name == "add-mask" && !command.data.trim().is_empty()));
        let masked: Vec<_> = read.iter().map(|command| command.data.as_str()).collect();
        let values = std::iter::once(secret.as_str()).chain(secret.split(['\n', '\r']).map(str::trim));
        for value in values.filter(|value| !value.trim().is_empty()) {
            prop_assert!(masked.contains(&value), "{:?}", value);
        }
        for (line, command) in lines.iter().zip(&read) {
            let by_act = Act(UnescapeOrder::PercentLast).command(&format!("{line}\n")).expect("a command");
            prop_assert_eq!(by_act.name, "add-mask");
            if !moves_the_mark(&command.data) {
                prop_assert_eq!(by_act.data, command.data.clone());
            }
        }
    }

    #[test]
    fn foreign_text_commands_nothing(text in text()) {
        let harmless = neutralise(&text);
        let obeyed = read_log(&harmless).into_iter().filter(|event| !matches!(event, Event::Text(_)));
        prop_assert_eq!(obeyed.count(), 0);
        for line in harmless.split_inclusive('\n') {
            prop_assert_eq!(Act(UnescapeOrder::PercentLast).command(line), None);
        }
        if read_log(&text).iter().all(|event| matches!(event, Event::Text(_))) && !text.contains("##[") && !text.contains("::") {
            prop_assert_eq!(&harmless, &text);
        }
    }

    #[test]
    fn a_fence_holds(text in text()) {
        let mut log = Vec::new();
        let mut inside = Fence::new().unwrap().around(&mut log).unwrap();
        inside.write_all(text.as_bytes()).unwrap();
        inside.finish().unwrap();
        writeln!(log, "::error::after").unwrap();
        let events = read_log(&String::from_utf8(log).unwrap());
        let (first, rest) = events.split_first().unwrap();
        prop_assert_eq!(first, &Event::Stopped);
        let [within @ .., Event::Resumed, Event::Command(after)] = rest else { panic!("{rest:?}") };
        prop_assert_eq!(&after.data, "after");
        prop_assert!(within.iter().all(|event| matches!(event, Event::Text(_))));
    }

    #[test]
    fn a_summary_fits(lines in prop::collection::vec(text(), 0..40), limit in 0_usize..600) {
        let markdown = lines.join("\n");
        let fitting = summary::fit(&markdown, limit);
        prop_assert!(fitting.len() <= limit);
        let short = markdown.len() <= limit;
        prop_assert_eq!(fitting == markdown, short || markdown.is_empty());
    }

    #[test]
    fn a_selection_is_within_the_budget(levels in prop::collection::vec(level(), 0..60)) {
        let given: Vec<_> = levels.iter().enumerate().map(|(index, level)| Annotation::new(*level, index.to_string())).collect();
        let selected = budget::Budget::default().select(given.clone());
        for level in Level::ALL {
            let count = |all: &[Annotation]| all.iter().filter(|one| one.level == level).count();
            prop_assert_eq!(count(&selected), count(&given).min(budget::PER_STEP));
        }
        prop_assert!(selected.is_sorted_by_key(|one| one.level));
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn a_step_is_read_back_from_its_files(outputs in prop::collection::vec((name(), text()), 0..3), markdown in text(), before in text()) {
        let folder = tempfile::tempdir().unwrap();
        let path = |file: &str| folder.path().join(file).to_string_lossy().into_owned();
        let pairs = [("GITHUB_ACTIONS", "true".to_owned()), ("GITHUB_OUTPUT", path("output")), ("GITHUB_STEP_SUMMARY", path("summary"))];
        let variables: BTreeMap<_, _> = pairs.map(|(name, value)| (name.to_owned(), value)).into();
        let before: String = before.chars().filter(|c| !c.is_control()).collect();
        std::fs::write(path("output"), format!("before={before}")).unwrap();
        let mut step = Step::open(Runner::from_env(&variables).unwrap(), Vec::new(), [""; 0]).unwrap();
        for (name, value) in &outputs {
            step.output(name, value).unwrap();
        }
        step.summary(&markdown).unwrap();
        let read = GITHUB.pairs(&std::fs::read_to_string(path("output")).unwrap()).unwrap();
        prop_assert_eq!(&read[0], &("before".to_owned(), before));
        prop_assert_eq!(&read[1..], &outputs[..]);
        let written = std::fs::read_to_string(path("summary")).unwrap();
        prop_assert_eq!(shown_summary(&written).unwrap_or_default(), markdown);
    }
}
