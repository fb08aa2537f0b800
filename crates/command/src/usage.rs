use clap::error::{ContextKind, ContextValue};

use crate::Failure;

/// Clap's message without its prefix, its usage lines and its advice to try `--help`, which the text renderer words.
pub(crate) fn usage_error(error: &clap::Error) -> Failure {
    let text = error.render().to_string().replace('\'', "`");
    let mut parts = text.split("\n\n");
    let message = parts.next().unwrap_or_default().trim();
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let message = message.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let tips: Vec<_> = parts.filter_map(|part| part.trim().strip_prefix("tip: ")).map(str::trim).collect();
    let help = if tips.is_empty() { "see `--help`".to_owned() } else { tips.join("; ") };
    Failure::usage(message).help(help)
}

/// The flag that an error is about: `--timeout`.
pub(crate) fn flag_of(error: &clap::Error) -> Option<String> {
    match error.get(ContextKind::InvalidArg)? {
        ContextValue::String(argument) => argument.split_whitespace().next().map(ToOwned::to_owned),
        _ => None,
    }
}
