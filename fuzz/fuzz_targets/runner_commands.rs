//! What is written for the runner is read back by its grammar, whatever the text; text of others commands nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linkspan_toolkit::grammar::{Event, GitHub, Host, commands, read_log};
use linkspan_toolkit::{Annotation, Command, Level, Position, Token, file, neutralise, summary};

fuzz_target!(|input: (String, String, String, u16)| {
    let (name, value, place, number) = input;
    let runner = GitHub(Host::Unix);

    if let Ok(written) = file::variable(&name, &value, &Token::fixed("0123456789abcdef")) {
        assert_eq!(runner.variables(&written), Ok(vec![(name.clone(), value.clone())]));
    }

    let position = Position { line: Some(usize::from(number)), ..Position::default() };
    let annotation = Annotation::new(Level::Error, &*value).titled(&*name).at(&*place, position);
    let line = annotation.command().to_string();
    let read = runner.command(&line, commands()).expect("a command");
    assert!(!line.contains(['\n', '\r']) && read.name == "error");
    assert!(read.data == value || read.data.ends_with('…'));

    for line in Command::masks(&value) {
        assert_eq!(runner.command(&line, commands()).expect("a command").name, "add-mask");
    }

    let harmless = neutralise(&value);
    assert!(read_log(&harmless).iter().all(|event| matches!(event, Event::Text(_))));

    assert!(summary::fit(&value, usize::from(number)).len() <= usize::from(number));
});
