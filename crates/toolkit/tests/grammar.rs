//! The runner's rules, one vector each, and what this crate writes read back under them.

use linkspan_toolkit::grammar::{
    Act, Event, GitHub, GrammarError, Host, UnescapeOrder, artifacts, commands, read_log, search_path, shown_summary,
};

const UNIX: GitHub = GitHub(Host::Unix);
const ACT: Act = Act(UnescapeOrder::PercentLast);

fn pairs(text: &str) -> Vec<(String, String)> {
    UNIX.pairs(text).expect("well-formed")
}

fn one(name: &str, value: &str) -> Vec<(String, String)> {
    vec![(name.to_owned(), value.to_owned())]
}

#[test]
fn blank_lines_are_skipped_by_the_runner_and_an_error_for_act() {
    assert_eq!(pairs("\n\na=1\n\n"), one("a", "1"));
    assert_eq!(ACT.pairs("\na=1\n"), Err(GrammarError::Line(String::new())));
}

#[test]
fn the_first_mark_decides() {
    assert_eq!(pairs("a=b<<c\n"), one("a", "b<<c"));
    assert_eq!(pairs("a<<b=c\nv\nb=c\n"), one("a", "v"));
    assert_eq!(pairs("a=b=c"), one("a", "b=c"));
}

#[test]
fn a_heredoc_needs_name_and_delimiter() {
    for line in ["<<d\nv\nd\n", "a<<\nv\n"] {
        assert!(matches!(UNIX.pairs(line), Err(GrammarError::Heredoc(_))), "{line:?}");
    }
}

#[test]
fn a_value_is_kept_byte_for_byte() {
    assert_eq!(pairs("a<<d\n\n\n x \r\n\nd\n"), one("a", "\n\n x \r\n"));
    assert_eq!(pairs("a<<d\nd\n"), one("a", ""));
    assert_eq!(pairs("a<<d\nd"), one("a", ""));
    assert_eq!(pairs("a<<d\n\nd\n"), one("a", ""));
}

#[test]
fn act_loses_leading_blank_lines_and_carriage_returns() {
    assert_eq!(ACT.pairs("a<<d\n\n\nx\r\n\ny\nd\n").unwrap(), one("a", "x\n\ny"));
}

#[test]
fn what_does_not_end_fails_the_step() {
    for text in ["a<<d\nv\n", "a<<d\nv", "a<<d\n", "a<<d", "a<<d\nv\n d\n", "a<<d\nv\nd\r\n"] {
        assert!(matches!(UNIX.pairs(text), Err(GrammarError::Unclosed(_))), "{text:?}");
    }
    assert!(matches!(ACT.pairs("a<<d\nv\n"), Err(GrammarError::Unclosed(_))));
}

#[test]
fn a_line_without_a_mark_fails_the_step() {
    assert_eq!(UNIX.pairs("a\n"), Err(GrammarError::Line("a".to_owned())));
    assert_eq!(UNIX.pairs("a=1\nb\n"), Err(GrammarError::Line("b".to_owned())));
}

#[test]
fn only_windows_knows_crlf() {
    let text = "a<<d\r\nx\r\ny\r\nd\r\n";
    assert_eq!(GitHub(Host::Windows).pairs(text).unwrap(), one("a", "x\r\ny"));
    assert_eq!(pairs(text), one("a", "x\r\ny\r"));
    assert_eq!(pairs("a=1\r\n"), one("a", "1\r"));
}

#[test]
fn node_options_is_refused() {
    assert_eq!(UNIX.variables("node_options=x\n"), Err(GrammarError::Refused("node_options".to_owned())));
    assert_eq!(UNIX.variables("A=x\n").unwrap(), one("A", "x"));
}

#[test]
fn the_other_files_are_lines() {
    assert_eq!(search_path("/a\n\n/b c\n"), ["/a", "/b c"]);
    assert_eq!(artifacts("# note\n\na.tar\n").unwrap(), ["a.tar"]);
    assert!(artifacts("a=b\n").is_err());
    assert_eq!(shown_summary(&"x".repeat(1_048_576)).map(str::len), Some(1_048_576));
    assert_eq!(shown_summary(&"x".repeat(1_048_577)), None);
}

#[test]
fn commands_begin_a_line_and_names_have_no_case() {
    let read = |line: &str| UNIX.command(line, commands());
    let command = read(" \t::Error FILE=a%2Cb,line=,col==2::50%25%0Ax").unwrap();
    assert_eq!((command.name.as_str(), command.data.as_str()), ("Error", "50%\nx"));
    assert_eq!(command.property("file"), Some("a,b"));
    assert_eq!(command.property("line"), None);
    assert_eq!(command.property("col"), Some("2"));
    assert_eq!(read("x ::error::y"), None);
    assert_eq!(read("::unknown::y"), None);
    assert_eq!(read("::error"), None);
}

#[test]
fn the_old_form_is_found_anywhere() {
    let read = |line: &str| UNIX.command(line, commands());
    let command = read("text ##[warning file=a%3Bb;line=2]x%5D").unwrap();
    assert_eq!(command.property("file"), Some("a;b"));
    assert_eq!(command.property("line"), Some("2"));
    assert_eq!(command.data, "x]");
    assert_eq!(read("##[warning"), None);
}

#[test]
fn act_wants_the_command_first_and_takes_the_last_mark() {
    let name = |line: &str| ACT.command(line).map(|command| command.name);
    assert_eq!(name("::error::x\n").as_deref(), Some("error"));
    assert_eq!(name(" ::error::x\n"), None);
    assert_eq!(name("::error::x"), None);
    assert_eq!(name("::error::a::b\n").as_deref(), Some("error::a"));
    assert_eq!(name("::error file=a::b::c\n").as_deref(), Some("error"));
    assert_eq!(name("::error::a b\n").as_deref(), Some("error"));
    assert_eq!(name("##[add-mask]a::b\n").as_deref(), Some("add-mask"));
}

#[test]
fn a_fence_stops_commands_until_its_token() {
    let log = "::stop-commands::secret-token\n::error::no\n##[error]no\n::other::\n::SECRET-token::\n::error::yes\n";
    let events = read_log(log);
    assert_eq!(events[0], Event::Stopped);
    assert!(events[1..4].iter().all(|event| matches!(event, Event::Text(_))));
    assert_eq!(events[4], Event::Resumed);
    assert!(matches!(&events[5], Event::Command(command) if command.data == "yes"));
}

#[test]
fn a_carriage_return_begins_a_line() {
    let events = read_log("progress\r::error::x\n");
    assert!(matches!(&events[1], Event::Command(command) if command.name == "error"));
}
