use std::any::TypeId;

use clap::{ArgMatches, Args, Command};
use linkspan_report::Report;

use crate::usage::usage_error;
use crate::{Context, Failure, OutputArgs, Secret};

type Run = Box<dyn Fn(&ArgMatches, &Context) -> Result<Report, Failure>>;

/// One command: its flags, and the function that does it.
pub struct Leaf {
    name: &'static str,
    command: Command,
    outputs: Vec<Output>,
    run: Run,
}

/// A value that a command passes to the steps that follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub about: &'static str,
}

impl Leaf {
    /// A command from its struct of flags. The struct's doc comment becomes the help.
    pub fn new<A: Args + 'static>(
        name: &'static str,
        run: impl Fn(A, &Context) -> Result<Report, Failure> + 'static,
    ) -> Self {
        let command = OutputArgs::augment_args(A::augment_args(Command::new(name)));
        let run = move |matches: &ArgMatches, context: &Context| {
            run(A::from_arg_matches(matches).map_err(|error| usage_error(&error))?, context)
        };
        Self {
            name,
            command: about(command, &A::augment_args(Command::new(name))),
            outputs: Vec::new(),
            run: Box::new(run),
        }
    }

    /// Declares a value that the command passes on; the action's outputs are generated from it.
    #[must_use]
    pub fn output(mut self, name: &'static str, about: &'static str) -> Self {
        self.outputs.push(Output { name, about });
        self
    }

    /// The values that the command passes on.
    #[must_use]
    pub fn outputs(&self) -> &[Output] {
        &self.outputs
    }

    /// The last word of the command's path.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The command as clap sees it; what is derivable is generated from it.
    #[must_use]
    pub const fn command(&self) -> &Command {
        &self.command
    }

    /// The secrets among what was typed or set.
    #[must_use]
    pub fn secrets(&self, matches: &ArgMatches) -> Vec<Secret> {
        let arguments = self.command.get_arguments();
        let secret = arguments.filter(|argument| argument.get_value_parser().type_id() == TypeId::of::<Secret>());
        secret
            .filter_map(|argument| matches.get_many::<Secret>(argument.get_id().as_str()))
            .flatten()
            .cloned()
            .collect()
    }

    /// Does it.
    ///
    /// # Errors
    /// Whatever the command's function returns, or a usage error.
    pub fn run(&self, matches: &ArgMatches, context: &Context) -> Result<Report, Failure> {
        (self.run)(matches, context)
    }
}

/// A flattened struct overwrites the help of the one that it is flattened into: this puts it back.
fn about(command: Command, from: &Command) -> Command {
    let about = from.get_about().cloned().unwrap_or_default();
    let long = from.get_long_about().or(from.get_about()).cloned().unwrap_or_default();
    command.about(about).long_about(long)
}

impl std::fmt::Debug for Leaf {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Leaf").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Commands under one word: `events validate`, `events compat`.
#[derive(Debug)]
pub struct Group {
    /// The word.
    pub name: &'static str,
    /// What its commands have in common, for the help.
    pub about: &'static str,
    /// The commands.
    pub leaves: Vec<Leaf>,
}
