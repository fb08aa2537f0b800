use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use linkspan_report::{FileSources, Findings, Format, Options, Outcome, Report, github, render};
use linkspan_toolkit::{Command, Masks, neutralise};

use crate::program::complain;
use crate::{Color, Environment, Exit, Failure, OutputArgs, Secret};

/// The end of a command: what came of it, written to wherever it was asked for, without secrets.
pub(crate) struct Finish<'a> {
    environment: &'a Environment,
    output: Option<&'a OutputArgs>,
    secrets: Vec<Secret>,
    masks: Masks,
}

/// Whether a GitHub runner reads what is printed.
pub(crate) fn is_runner(environment: &Environment) -> bool {
    environment.get("GITHUB_ACTIONS") == Some("true")
}

/// On the host, act gives a step a terminal, and closes it as soon as the step has failed, whether it has read
/// everything or not: what is wrong would be lost.
const UNTIL_ACT_HAS_READ: Duration = Duration::from_millis(300);

fn is_act(environment: &Environment) -> bool {
    environment.get("ACT") == Some("true")
}

impl<'a> Finish<'a> {
    pub(crate) fn new(environment: &'a Environment, output: Option<&'a OutputArgs>, secrets: Vec<Secret>) -> Self {
        let mut masks = Masks::new();
        for secret in &secrets {
            masks.add(secret.reveal());
        }
        Self { environment, output, secrets, masks }
    }

    /// Tells the runner what it must never show, before anything else is printed.
    pub(crate) fn hide_secrets(&self) -> Result<(), Failure> {
        let masks = self.secrets.iter().filter(|_| is_runner(self.environment));
        let lines: String =
            masks.flat_map(|secret| Command::masks(secret.reveal())).map(|line| format!("{line}\n")).collect();
        let written = std::io::stderr().write_all(lines.as_bytes());
        written.map_err(|error| Failure::usage(format!("standard error cannot be written: {error}")))
    }

    /// Writes the report or the failure, and says how the process ends.
    pub(crate) fn of(&self, path: String, result: Result<Report, Failure>) -> Exit {
        let (report, exit) = match result {
            Ok(report) => {
                let exit = Exit::of(report.outcome);
                (Report { command: path, ..report }, exit)
            }
            Err(failure) => {
                let exit = failure.exit;
                (failed(path, failure), exit)
            }
        };
        let exit = match self.write(&report) {
            Ok(()) => exit,
            Err(error) => {
                complain(&format!("error: {error:#}\n"));
                if exit == Exit::Done { Exit::Failed } else { exit }
            }
        };
        if exit != Exit::Done && is_act(self.environment) && std::io::stdout().is_terminal() {
            std::thread::sleep(UNTIL_ACT_HAS_READ);
        }
        exit
    }

    fn write(&self, report: &Report) -> anyhow::Result<()> {
        let format = self.output.map_or(Format::Text, |output| output.format);
        match self.print(report, format) {
            // A reader that stopped reading has seen enough.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
            other => other.context("the result cannot be written")?,
        }
        for (format, file) in self.output.iter().flat_map(|output| &output.report) {
            self.write_file(report, *format, file)?;
        }
        let variables: BTreeMap<_, _> =
            self.environment.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let secrets: Vec<_> = self.secrets.iter().map(Secret::reveal).collect();
        github(report, &variables, &secrets).context("what the runner reads cannot be written")
    }

    /// To standard output; a command that could not run has no result, and its text goes where progress goes.
    fn print(&self, report: &Report, format: Format) -> std::io::Result<()> {
        let to_stderr = format == Format::Text && report.outcome == Outcome::Error;
        let terminal = if to_stderr { std::io::stderr().is_terminal() } else { std::io::stdout().is_terminal() };
        let text = self.rendered(report, format, &Options { color: self.colored(terminal) })?;
        let guarded = is_runner(self.environment) && matches!(format, Format::Text | Format::Markdown);
        let text = if guarded { neutralise(&text) } else { Cow::Borrowed(text.as_str()) };
        if to_stderr {
            return std::io::stderr().write_all(text.as_bytes());
        }
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        stdout.flush()
    }

    /// To a file that appears whole, or not at all.
    fn write_file(&self, report: &Report, format: Format, file: &Path) -> anyhow::Result<()> {
        let text = self.rendered(report, format, &Options::default())?;
        let mut name = file.as_os_str().to_owned();
        name.push(format!(".{}.tmp", std::process::id()));
        let written = std::fs::write(&name, text).and_then(|()| std::fs::rename(&name, file));
        written.with_context(|| format!("`{}` cannot be written", file.display()))
    }

    fn rendered(&self, report: &Report, format: Format, options: &Options) -> std::io::Result<String> {
        let mut text = Vec::new();
        render(report, format, options, &FileSources::new("."), &mut text)?;
        Ok(self.masks.redact(&String::from_utf8_lossy(&text)))
    }

    fn colored(&self, terminal: bool) -> bool {
        let unset = |name| self.environment.get(name).is_none();
        match self.output.map_or(Color::Auto, |output| output.color) {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && unset("NO_COLOR") && unset("CI"),
        }
    }
}

fn failed(path: String, failure: Failure) -> Report {
    let mut findings = Findings::default();
    let outcome = failure.exit.outcome();
    findings.push(*failure.finding);
    Report::new(path, findings).outcome(outcome)
}
