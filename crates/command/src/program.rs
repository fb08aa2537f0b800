use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::{ArgMatches, Command, FromArgMatches};

use crate::finish::{Finish, is_runner};
use crate::usage::{flag_of, usage_error};
use crate::{
    Context, Environment, Exit, Failure, Group, Leaf, OutputArgs, Progress, ProgressMode, variable, with_environment,
};

/// A set of commands behind one program name.
#[derive(Debug)]
pub struct Program {
    /// The program's name.
    pub name: &'static str,
    /// What it is for, in one line.
    pub about: &'static str,
    /// Examples, shown below the help.
    pub examples: &'static str,
    /// The words of a command's path that the program's name says.
    pub prefix: &'static [&'static str],
    /// Commands of one word. A program that is one command has it alone here, named like the last of `prefix`.
    pub leaves: Vec<Leaf>,
    /// Commands of two words.
    pub groups: Vec<Group>,
}

impl Program {
    /// Runs the command that the process's arguments and environment name, and ends with its exit code.
    #[must_use]
    pub fn main(&self) -> ExitCode {
        report_bugs();
        let environment = Environment::of_process();
        let exit = self.run(std::env::args_os().collect(), environment);
        ExitCode::from(exit.code())
    }

    /// Whether the program is one command, without subcommands.
    #[must_use]
    pub fn is_single(&self) -> bool {
        matches!((self.prefix, self.leaves.as_slice(), self.groups.as_slice()), ([.., word], [leaf], []) if *word == leaf.name())
    }

    /// The program as clap sees it.
    #[must_use]
    pub fn command(&self) -> Command {
        let command = match self.leaves.as_slice() {
            [leaf] if self.is_single() => leaf.command().clone().name(self.name),
            leaves => Command::new(self.name)
                .about(self.about)
                .subcommand_required(true)
                .arg_required_else_help(true)
                .disable_help_subcommand(true)
                .subcommands(leaves.iter().map(|leaf| leaf.command().clone()))
                .subcommands(self.groups.iter().map(subcommand)),
        };
        let command = command.bin_name(self.name).version(env!("CARGO_PKG_VERSION"));
        if self.examples.is_empty() { command } else { command.after_help(format!("Examples:\n{}", self.examples)) }
    }

    /// All commands with their paths, for what is generated from them; without those that people do not type.
    pub fn commands(&self) -> impl Iterator<Item = (Vec<&'static str>, &Leaf)> {
        let single = self.is_single();
        let alone = self.leaves.iter().map(move |leaf| (if single { vec![] } else { vec![leaf.name()] }, leaf));
        let grouped = self
            .groups
            .iter()
            .flat_map(|group| group.leaves.iter().map(move |leaf| (vec![group.name, leaf.name()], leaf)));
        let typed = alone.chain(grouped).filter(|(_, leaf)| !leaf.command().is_hide_set());
        typed.map(|(path, leaf)| (self.prefix.iter().copied().chain(path).collect(), leaf))
    }

    fn run(&self, arguments: Vec<OsString>, environment: Environment) -> Exit {
        let command = self.command();
        let matches = with_environment(&command, self.prefix, arguments, &environment)
            .and_then(|arguments| self.matches(command, arguments, &environment));
        match matches {
            Ok(Some(matches)) => self.dispatch(&matches, &environment),
            Ok(None) => Exit::Done,
            Err(failure) => Finish::new(&environment, None, Vec::new()).of(String::new(), Err(failure)),
        }
    }

    fn matches(
        &self,
        command: Command,
        arguments: Vec<OsString>,
        environment: &Environment,
    ) -> Result<Option<ArgMatches>, Failure> {
        match command.try_get_matches_from(arguments) {
            Ok(matches) => Ok(Some(matches)),
            Err(error) if !error.use_stderr() => {
                // A reader that stopped reading has seen enough of the help.
                let _ = error.print();
                Ok(None)
            }
            Err(error) => Err(self.blaming_variable(&error, environment)),
        }
    }

    /// Names the variable that a wrong value came from, if it did not come from the command line.
    fn blaming_variable(&self, error: &clap::Error, environment: &Environment) -> Failure {
        let failure = usage_error(error);
        let flag = flag_of(error);
        let typed: Vec<_> = std::env::args().collect();
        let variable = flag.as_deref().and_then(|flag| flag.strip_prefix("--")).and_then(|flag| {
            let flag = flag.split('=').next().unwrap_or(flag);
            if typed.iter().any(|word| word.starts_with(&format!("--{flag}"))) {
                return None;
            }
            self.commands().map(|(path, _)| variable(&path, flag)).find(|name| environment.get(name).is_some())
        });
        match variable {
            Some(variable) => failure.help(format!("the value is that of the variable `{variable}`")),
            None => failure,
        }
    }

    fn dispatch(&self, matches: &ArgMatches, environment: &Environment) -> Exit {
        let Some((path, leaf, matches)) = self.leaf(matches) else { return Exit::Bug };
        let output = match OutputArgs::from_arg_matches(matches) {
            Ok(output) => output,
            Err(error) => return Finish::new(environment, None, Vec::new()).of(path, Err(usage_error(&error))),
        };
        let finish = Finish::new(environment, Some(&output), leaf.secrets(matches));
        let result = finish.hide_secrets().and_then(|()| context(&path, environment, &output)).and_then(|context| {
            announce_interruption(&context.progress);
            leaf.run(matches, &context)
        });
        finish.of(path, result)
    }

    fn leaf<'a>(&'a self, matches: &'a ArgMatches) -> Option<(String, &'a Leaf, &'a ArgMatches)> {
        let prefix = |words: &[&str]| self.prefix.iter().chain(words).copied().collect::<Vec<_>>().join(" ");
        if self.is_single() {
            return self.leaves.first().map(|leaf| (prefix(&[]), leaf, matches));
        }
        let (word, matches) = matches.subcommand()?;
        if let Some(leaf) = self.leaves.iter().find(|leaf| leaf.name() == word) {
            return Some((prefix(&[leaf.name()]), leaf, matches));
        }
        let group = self.groups.iter().find(|group| group.name == word)?;
        let (word, matches) = matches.subcommand()?;
        let leaf = group.leaves.iter().find(|leaf| leaf.name() == word)?;
        Some((prefix(&[group.name, leaf.name()]), leaf, matches))
    }
}

fn subcommand(group: &Group) -> Command {
    Command::new(group.name)
        .about(group.about)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommands(group.leaves.iter().map(|leaf| leaf.command().clone()))
}

fn context(path: &str, environment: &Environment, output: &OutputArgs) -> Result<Context, Failure> {
    let directory = std::env::current_dir()
        .map_err(|error| Failure::input(format!("the working directory cannot be read: {error}")))?;
    let mode = match (output.quiet, std::io::stderr().is_terminal() && environment.get("CI").is_none()) {
        (true, _) => ProgressMode::Silent,
        (false, true) => ProgressMode::Terminal,
        (false, false) => ProgressMode::Plain,
    };
    let progress = Progress::new(mode, std::io::stderr());
    Ok(Context {
        command: path.to_owned(),
        directory,
        environment: environment.clone(),
        progress: if is_runner(environment) { progress.guarded() } else { progress },
        max_findings: output.max_findings,
    })
}

pub(crate) fn complain(text: &str) {
    // There is nowhere left to say that standard error is closed.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// A panic is a bug: it says so, asks for a report, and ends with the code that stands for it.
fn report_bugs() {
    std::panic::set_hook(Box::new(|panic| {
        complain(&format!(
            "error: internal error: {panic}\nhelp: this is a bug; please report it with the command that you ran: {}/issues\n",
            env!("CARGO_PKG_REPOSITORY")
        ));
        end_now(Exit::Bug);
    }));
}

/// An interruption ends the process at once: every file is written under another name first, and a rollout goes on
/// in the cluster.
fn announce_interruption(progress: &Progress) {
    let progress = progress.clone();
    // Where no handler can be set, the default action ends the process just as well.
    let _ = ctrlc::set_handler(move || {
        progress.note("interrupted: nothing is half done; run the same command again to go on");
        end_now(Exit::Interrupted);
    });
}

#[expect(clippy::exit, reason = "a panic and a signal have no way back to `main`")]
fn end_now(exit: Exit) -> ! {
    std::process::exit(i32::from(exit.code()))
}
