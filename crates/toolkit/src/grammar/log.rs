use super::{GitHub, Host, Parsed, commands};

/// What the runner makes of one line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A line that is shown.
    Text(String),
    /// A command that is obeyed.
    Command(Parsed),
    /// Commands are no longer obeyed.
    Stopped,
    /// Commands are obeyed again.
    Resumed,
}

/// Reads a step's whole log as the runner does: line by line, with fences.
///
/// A line ends at a newline, a carriage return, or both, as .NET reads a process.
#[must_use]
pub fn read_log(log: &str) -> Vec<Event> {
    let log = log.replace("\r\n", "\n").replace('\r', "\n");
    let mut token: Option<String> = None;
    log.lines().map(|line| event(line, &mut token)).collect()
}

fn event(line: &str, token: &mut Option<String>) -> Event {
    let mut known = commands().to_vec();
    known.extend(token.as_deref());
    let command = GitHub(Host::Unix).command(line, &known);
    match (command, token.as_deref()) {
        (Some(command), Some(end)) if command.name.eq_ignore_ascii_case(end) => {
            *token = None;
            Event::Resumed
        }
        (None, _) | (_, Some(_)) => Event::Text(line.to_owned()),
        (Some(command), None) if command.name.eq_ignore_ascii_case("stop-commands") => {
            *token = Some(command.data);
            Event::Stopped
        }
        (Some(command), None) => Event::Command(command),
    }
}
