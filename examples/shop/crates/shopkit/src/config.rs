//! Configuration: environment variables and nothing else, so that one image
//! runs everywhere and a manifest shows all there is to set.

use crate::Error;

/// The variable's value; an empty one counts as not set.
pub fn optional(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The variable's value, or an error that names the variable.
pub fn required(name: &'static str) -> Result<String, Error> {
    optional(name).ok_or(Error::Missing(name))
}

/// The variable's value as a number, or the default.
pub fn number(name: &str, default: u64) -> Result<u64, Error> {
    let Some(text) = optional(name) else { return Ok(default) };
    text.parse().map_err(|_| Error::Invalid {
        what: format!("environment variable `{name}`"),
        problem: format!("`{text}` is not a whole number"),
    })
}
