use std::fmt;
use std::str::FromStr;

use crate::GitHubError;

/// A repository's full name, `owner/name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository(String);

impl FromStr for Repository {
    type Err = GitHubError;

    /// Takes what GitHub allows in names: letters, digits, `-`, `_` and `.`.
    fn from_str(text: &str) -> Result<Self, GitHubError> {
        let fits = |part: &str| {
            let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            !matches!(part, "" | "." | "..") && part.chars().all(allowed)
        };
        match text.split_once('/') {
            Some((owner, name)) if fits(owner) && fits(name) => Ok(Self(text.to_owned())),
            _ => Err(GitHubError::Repository(text.to_owned())),
        }
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Repository;

    #[test]
    fn only_names_are_taken() {
        assert_eq!("acme/shop.v2".parse::<Repository>().unwrap().to_string(), "acme/shop.v2");
        for text in ["", "acme", "acme/", "/shop", "a/b/c", "acme/..", "acme/a?b", "https://x/y"] {
            let error = text.parse::<Repository>().unwrap_err().to_string();
            assert_eq!(error, format!("`{text}` is no repository: give it as `owner/name`"));
        }
    }
}
