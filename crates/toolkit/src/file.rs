//! File commands: what is appended to the files that the runner reads when the step has ended.
//!
//! Names and values always take the heredoc form with a delimiter that nobody can guess, one-line values too:
//! a value with a newline in it could otherwise set another name.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::{Token, TokenError};

/// How much all outputs of a job may hold: 1 MB, counted in UTF-16.
pub const OUTPUT_LIMIT: usize = 1_048_576;

/// How much one step may declare as artifacts, in bytes.
pub const ARTIFACTS_LIMIT: usize = 1_048_576;

/// How many artifacts a job may declare.
pub const ARTIFACTS_PER_JOB: usize = 500;

/// Why something cannot be said to the runner. Nothing was written. No variant shows a value.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The name would be read differently.
    #[error("the name {name:?} cannot be written: {why}")]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The value would be read differently, or is not accepted.
    #[error("the value of `{name}` cannot be written: {why}")]
    Value {
        /// The name that it belongs to.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// GitHub would drop outputs of this size.
    #[error("the outputs hold {size} bytes with `{name}`, at most {OUTPUT_LIMIT} fit a job: write a file instead")]
    TooLarge {
        /// The output that does not fit.
        name: String,
        /// The size of all outputs, in UTF-16 bytes.
        size: usize,
    },
    /// No delimiter could be drawn.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The runner's file cannot be written.
    #[error("cannot write the runner's file `{}`: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
}

/// One name with its value, as the files for outputs, variables and state take it.
///
/// # Errors
/// [`FileError::Name`] for an empty name or one with `=`, `<` or a control character, which the runner would split
/// elsewhere; [`FileError::Name`] and [`FileError::Value`] where the delimiter occurs.
pub fn heredoc(name: &str, value: &str, delimiter: &Token) -> Result<String, FileError> {
    let delimiter = format!("ghadelimiter_{}", delimiter.as_str());
    check_name(name, &delimiter)?;
    if value.contains(&delimiter) {
        return Err(value_error(name, "it contains the delimiter"));
    }
    Ok(format!("{name}<<{delimiter}\n{value}\n{delimiter}\n"))
}

fn check_name(name: &str, delimiter: &str) -> Result<(), FileError> {
    let why = if name.is_empty() {
        "it is empty"
    } else if name.contains(['=', '<']) {
        "it contains `=` or `<`"
    } else if name.contains(|c: char| c.is_control() || c == '\u{FEFF}') {
        "it contains a control character"
    } else if name.contains(delimiter) {
        "it contains the delimiter"
    } else {
        return Ok(());
    };
    let name = name.to_owned();
    Err(FileError::Name { name, why })
}

fn value_error(name: &str, why: &'static str) -> FileError {
    let name = name.to_owned();
    FileError::Value { name, why }
}

/// One variable for the steps that follow.
///
/// # Errors
/// As [`heredoc`], and for `NODE_OPTIONS` (in any case), which the runner refuses, and for a NUL in the value.
pub fn variable(name: &str, value: &str, delimiter: &Token) -> Result<String, FileError> {
    if name.eq_ignore_ascii_case("NODE_OPTIONS") {
        let name = name.to_owned();
        let why = "the runner refuses it";
        return Err(FileError::Name { name, why });
    }
    if value.contains('\0') {
        return Err(value_error(name, "it contains a NUL"));
    }
    heredoc(name, value, delimiter)
}

/// One folder for the `PATH` of the steps that follow.
///
/// # Errors
/// [`FileError::Value`] for an empty path and one with a line break or a NUL.
pub fn search_path(folder: &str) -> Result<String, FileError> {
    if folder.is_empty() {
        return Err(value_error("PATH", "the folder is empty"));
    }
    if folder.contains(['\n', '\r', '\0']) {
        return Err(value_error("PATH", "the folder contains a line break"));
    }
    Ok(format!("{folder}\n"))
}

/// One artifact that the step made: a file's path, or `oci://name@sha256:…`.
///
/// # Errors
/// [`FileError::Value`] for what the runner rejects or reads as a comment: an empty line, `=`, a leading `#`, a line
/// break, white space around it.
pub fn artifact(subject: &str) -> Result<String, FileError> {
    let why = if subject.trim().is_empty() {
        "it is empty"
    } else if subject.trim() != subject {
        "it has white space around it"
    } else if subject.contains('=') {
        "it contains `=`"
    } else if subject.starts_with('#') {
        "it starts like a comment"
    } else if subject.contains(['\n', '\r', '\0']) {
        "it contains a line break"
    } else {
        return Ok(format!("{subject}\n"));
    };
    Err(value_error("artifacts", why))
}

/// The size of an output as GitHub counts it, in bytes.
#[must_use]
pub fn output_size(name: &str, value: &str) -> usize {
    2 * (name.encode_utf16().count() + value.encode_utf16().count())
}

/// Appends text to one of the runner's files, in one write.
///
/// Where somebody else left the last line without its end, that comes first, so that no line grows into another.
///
/// # Errors
/// [`FileError::Io`] with the file's path.
pub fn append(path: &Path, text: &str) -> Result<(), FileError> {
    let open = OpenOptions::new().read(true).append(true).create(true).open(path);
    let write = |mut file: File| {
        let gap = if ends_mid_line(&mut file)? { "\n" } else { "" };
        file.write_all(format!("{gap}{text}").as_bytes())
    };
    open.and_then(write).map_err(|cause| {
        let path = path.to_owned();
        FileError::Io { path, cause }
    })
}

fn ends_mid_line(file: &mut File) -> io::Result<bool> {
    // A pipe or a terminal has no end to look at.
    if !file.metadata()?.is_file() || file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    let mut last = [0_u8];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests {
    use super::{FileError, append, artifact, heredoc, search_path, variable};
    use crate::Token;

    fn token() -> Token {
        Token::fixed("t")
    }

    #[test]
    fn always_a_heredoc() {
        assert_eq!(
            heredoc("digest", "sha256:1", &token()).unwrap(),
            "digest<<ghadelimiter_t\nsha256:1\nghadelimiter_t\n"
        );
    }

    #[test]
    fn a_known_delimiter_is_refused_in_name_and_value() {
        let refused = [("a", "x\nghadelimiter_t\n"), ("ghadelimiter_t", "x")];
        for (name, value) in refused {
            let error = heredoc(name, value, &token()).unwrap_err();
            assert!(error.to_string().contains("the delimiter"), "{error}");
        }
    }

    #[test]
    fn names_that_would_be_split_are_refused() {
        for name in ["", "a=b", "a<", "a<<b", "a\nb", "a\rb", "\u{FEFF}a"] {
            assert!(matches!(heredoc(name, "x", &token()), Err(FileError::Name { .. })), "{name:?}");
        }
    }

    #[test]
    fn node_options_is_refused_in_any_case() {
        for name in ["NODE_OPTIONS", "node_options"] {
            assert!(variable(name, "x", &token()).is_err());
            assert!(heredoc(name, "x", &token()).is_ok());
        }
        assert!(variable("A", "x\0", &token()).is_err());
    }

    #[test]
    fn no_error_shows_a_value() {
        let error = variable("A", "hunter2\0", &token()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }

    #[test]
    fn lines_that_the_runner_rejects_are_refused() {
        assert_eq!(artifact("oci://a@sha256:1").unwrap(), "oci://a@sha256:1\n");
        for subject in ["", " ", "a=b", "# a", "a\nb", " a"] {
            assert!(artifact(subject).is_err(), "{subject:?}");
        }
        assert_eq!(search_path("/opt/x y").unwrap(), "/opt/x y\n");
        assert!(search_path("").is_err() && search_path("/a\n/b").is_err());
    }

    #[test]
    fn an_unfinished_line_is_ended_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("output");
        append(&path, "a").unwrap();
        append(&path, "b\n").unwrap();
        append(&path, "c\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a\nb\nc\n");
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let error = append(std::path::Path::new("/nowhere/output"), "a").unwrap_err();
        assert!(error.to_string().starts_with("cannot write the runner's file `/nowhere/output`: "));
    }
}
