//! The environment layer: every flag of a command can also be set by one variable.
//!
//! Empty variables are dropped first, because a workflow passes an unset input as an empty one. Switches take
//! `true` and `false`, lists one value a line, secrets also a `…_FILE`. A flag that was typed wins.

use std::any::TypeId;
use std::ffi::{OsStr, OsString};

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::{Environment, Failure, Secret};

/// The variable that sets a flag: `LINKSPAN_ROLLOUT_APPLY_TIMEOUT` for `timeout` of `["rollout", "apply"]`.
#[must_use]
pub fn variable(path: &[&str], flag: &str) -> String {
    let words = path.iter().copied().chain([flag]);
    words.fold("LINKSPAN".to_owned(), |name, word| format!("{name}_{}", word.to_uppercase().replace('-', "_")))
}

/// The flag's name in the environment layer: its long form, or the name of a positional argument.
#[must_use]
pub fn flag_name(argument: &Arg) -> &str {
    argument.get_long().unwrap_or_else(|| argument.get_id().as_str())
}

/// The command line with what the environment sets, spliced in behind the command's last word.
///
/// `prefix` is the part of the command's path that the program's name says (`linkspan-events` → `["events"]`).
///
/// # Errors
/// A variable has a value that its flag cannot take, or a `…_FILE` cannot be read.
pub fn with_environment(
    command: &Command,
    prefix: &[&'static str],
    arguments: Vec<OsString>,
    environment: &Environment,
) -> Result<Vec<OsString>, Failure> {
    // Help and version never look at the environment, so they cannot fail.
    let Ok(matches) = command.clone().ignore_errors(true).try_get_matches_from(&arguments) else {
        return Ok(arguments);
    };
    let (leaf, leaf_matches, typed) = leaf_of(command, &matches);
    let path: Vec<&str> = prefix.iter().copied().chain(typed.iter().map(String::as_str)).collect();
    let mut flags = Vec::new();
    let mut positionals = Vec::new();
    for argument in leaf.get_arguments().filter(|argument| settable(argument, leaf_matches)) {
        let values = values_of(argument, &variable(&path, flag_name(argument)), environment)?;
        match argument.get_long() {
            Some(long) => flags.extend(values.into_iter().map(|value| as_flag(argument, long, &value))),
            None => positionals.extend(values.into_iter().map(OsString::from)),
        }
    }
    Ok(spliced(arguments, &typed, flags, positionals))
}

fn leaf_of<'a>(command: &'a Command, matches: &'a ArgMatches) -> (&'a Command, &'a ArgMatches, Vec<String>) {
    let (mut command, mut matches, mut path) = (command, matches, Vec::new());
    while let Some((name, below)) = matches.subcommand() {
        let Some(next) = command.find_subcommand(name) else { break };
        (command, matches) = (next, below);
        path.push(name.to_owned());
    }
    (command, matches, path)
}

fn settable(argument: &Arg, matches: &ArgMatches) -> bool {
    let id = argument.get_id().as_str();
    !matches!(argument.get_action(), ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version)
        && matches.try_contains_id(id).is_ok()
        && matches.value_source(id) != Some(ValueSource::CommandLine)
}

fn values_of(argument: &Arg, name: &str, environment: &Environment) -> Result<Vec<String>, Failure> {
    let Some(value) = value_of(argument, name, environment)? else { return Ok(Vec::new()) };
    match argument.get_action() {
        ArgAction::SetTrue | ArgAction::SetFalse => match value.as_str() {
            "true" => Ok(vec![value]),
            "false" => Ok(Vec::new()),
            _ => Err(Failure::usage(format!("`{name}` is `{value}`, which is neither `true` nor `false`"))),
        },
        ArgAction::Append => {
            Ok(value.lines().map(str::trim).filter(|line| !line.is_empty()).map(ToOwned::to_owned).collect())
        }
        _ => Ok(vec![value]),
    }
}

fn value_of(argument: &Arg, name: &str, environment: &Environment) -> Result<Option<String>, Failure> {
    if let Some(value) = environment.get(name) {
        return Ok(Some(value.to_owned()));
    }
    if argument.get_value_parser().type_id() != TypeId::of::<Secret>() {
        return Ok(None);
    }
    let Some(file) = environment.get(&format!("{name}_FILE")) else { return Ok(None) };
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::usage(format!("`{name}_FILE` names `{file}`, which cannot be read: {error}")))?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()).filter(|text| !text.is_empty()))
}

fn as_flag(argument: &Arg, long: &str, value: &str) -> OsString {
    match argument.get_action() {
        ArgAction::SetTrue | ArgAction::SetFalse => format!("--{long}").into(),
        _ => format!("--{long}={value}").into(),
    }
}

fn spliced(
    mut arguments: Vec<OsString>,
    path: &[String],
    flags: Vec<OsString>,
    positionals: Vec<OsString>,
) -> Vec<OsString> {
    let mut at = 1.min(arguments.len());
    for word in path {
        at = arguments.iter().skip(at).position(|argument| argument == OsStr::new(word)).map_or(at, |i| at + i + 1);
    }
    arguments.splice(at..at, flags);
    if !positionals.is_empty() {
        if !arguments.iter().any(|argument| argument == "--") {
            arguments.push("--".into());
        }
        arguments.extend(positionals);
    }
    arguments
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser, Debug, PartialEq)]
    enum Cli {
        Apply(Apply),
    }

    #[derive(clap::Args, Debug, PartialEq)]
    struct Apply {
        files: Vec<String>,
        #[arg(long, required = true)]
        timeout: String,
        #[arg(long)]
        dry_run: bool,
        #[arg(long)]
        image: Vec<String>,
        #[arg(long)]
        token: Option<Secret>,
    }

    fn parsed(typed: &[&str], environment: &[(&str, &str)]) -> Result<Apply, Failure> {
        use clap::CommandFactory;
        let arguments = ["linkspan-rollout", "apply"].iter().chain(typed).map(OsString::from).collect();
        let environment = environment.iter().copied().collect();
        let arguments = with_environment(&Cli::command(), &["rollout"], arguments, &environment)?;
        let Cli::Apply(apply) = Cli::try_parse_from(arguments).map_err(|error| crate::usage::usage_error(&error))?;
        Ok(apply)
    }

    #[test]
    fn variables_set_what_was_not_typed() {
        let environment = [
            ("LINKSPAN_ROLLOUT_APPLY_TIMEOUT", "5m"),
            ("LINKSPAN_ROLLOUT_APPLY_DRY_RUN", "true"),
            ("LINKSPAN_ROLLOUT_APPLY_IMAGE", "a=b@sha256:1\n\n  c=d@sha256:2\n"),
            ("LINKSPAN_ROLLOUT_APPLY_FILES", "deploy\n-odd"),
            ("LINKSPAN_ROLLOUT_APPLY_TOKEN", ""),
        ];
        let apply = parsed(&[], &environment).unwrap();
        assert_eq!(apply.timeout, "5m");
        assert!(apply.dry_run);
        assert_eq!(apply.image, ["a=b@sha256:1", "c=d@sha256:2"]);
        assert_eq!(apply.files, ["deploy", "-odd"]);
        assert_eq!(apply.token, None);
    }

    #[test]
    fn what_was_typed_wins() {
        let environment = [
            ("LINKSPAN_ROLLOUT_APPLY_TIMEOUT", "5m"),
            ("LINKSPAN_ROLLOUT_APPLY_FILES", "deploy"),
            ("LINKSPAN_ROLLOUT_APPLY_IMAGE", "a"),
        ];
        let apply = parsed(&["--timeout", "1s", "--image=b", "--", "k8s"], &environment).unwrap();
        assert_eq!((apply.timeout.as_str(), apply.files, apply.image), ("1s", vec!["k8s".into()], vec!["b".into()]));
    }

    #[test]
    fn a_switch_takes_true_or_false() {
        let on = [("LINKSPAN_ROLLOUT_APPLY_TIMEOUT", "1s"), ("LINKSPAN_ROLLOUT_APPLY_DRY_RUN", "false")];
        assert!(!parsed(&[], &on).unwrap().dry_run);
        let odd = [("LINKSPAN_ROLLOUT_APPLY_DRY_RUN", "yes")];
        let failure = parsed(&[], &odd).unwrap_err();
        assert_eq!(
            failure.to_string(),
            "`LINKSPAN_ROLLOUT_APPLY_DRY_RUN` is `yes`, which is neither `true` nor `false`"
        );
    }

    #[test]
    fn a_secret_may_come_from_a_file_and_is_never_shown() {
        let file = std::env::temp_dir().join(format!("linkspan-secret-{}", std::process::id()));
        std::fs::write(&file, "s3cret\n").unwrap();
        let environment =
            [("LINKSPAN_ROLLOUT_APPLY_TIMEOUT", "1s"), ("LINKSPAN_ROLLOUT_APPLY_TOKEN_FILE", file.to_str().unwrap())];
        let token = parsed(&[], &environment).unwrap().token.unwrap();
        std::fs::remove_file(&file).unwrap();
        assert_eq!(token.reveal(), "s3cret");
        assert_eq!(format!("{token:?}"), "Secret(…)");
    }
}
