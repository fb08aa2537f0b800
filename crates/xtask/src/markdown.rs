use clap::{Arg, ArgAction, Command};
use linkspan_command::{flag_name, variable};

/// Text in a cell of a table.
pub(crate) fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|").replace('<', "&lt;")
}

/// A command's arguments in the order of its help, without those that only look at the command.
pub(crate) fn arguments(command: &Command) -> impl Iterator<Item = &Arg> {
    let looks = |argument: &&Arg| {
        !matches!(
            argument.get_action(),
            ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
        )
    };
    let positional = command.get_positionals();
    let flags = command.get_arguments().filter(|argument| !argument.is_positional());
    positional.chain(flags).filter(looks).filter(|argument| !argument.is_hide_set())
}

/// An argument's one-line help.
pub(crate) fn about(argument: &Arg) -> String {
    argument.get_help().map(ToString::to_string).unwrap_or_default()
}

/// An argument's default, as it would be typed.
pub(crate) fn default(argument: &Arg) -> Option<String> {
    let values: Vec<_> = argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    let switch = matches!(argument.get_action(), ArgAction::SetTrue | ArgAction::SetFalse);
    (!switch && !values.is_empty()).then(|| values.join("\n"))
}

/// The table of a command's arguments.
pub(crate) fn table(path: &[&str], command: &Command) -> String {
    let mut table = "| argument | variable | default | what it does |\n| --- | --- | --- | --- |\n".to_owned();
    for argument in arguments(command) {
        let value = argument.get_value_names().unwrap_or_default().first().map(ToString::to_string).unwrap_or_default();
        let shown = match (argument.get_long(), argument.get_action().takes_values()) {
            (Some(long), true) => format!("--{long} {value}"),
            (Some(long), false) => format!("--{long}"),
            (None, _) => format!("[{value}]…"),
        };
        let default = default(argument).map(|value| format!("`{value}`")).unwrap_or_default();
        let row = [
            format!("`{shown}`"),
            format!("`{}`", variable(path, flag_name(argument))),
            default,
            cell(&about(argument)),
        ];
        table.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    table
}
