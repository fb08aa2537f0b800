use std::io::{self, Write};
use std::path::PathBuf;

use crate::budget::Budget;
use crate::file::{self, FileError, OUTPUT_LIMIT};
use crate::{Annotation, Command, Fence, Fenced, Masks, Runner, Token, TokenError, neutralise, summary};

/// Why something could not be said to the runner.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The log cannot be written.
    #[error("cannot write the log: {0}")]
    Log(io::Error),
    /// A file command is not possible.
    #[error(transparent)]
    File(#[from] FileError),
    /// The runner drops an output with a masked value in it without a word.
    #[error("the output `{0}` contains a secret: the runner would drop it")]
    SecretOutput(String),
    /// No token could be drawn.
    #[error(transparent)]
    Token(#[from] TokenError),
}

/// A running step: everything that it says to the runner goes through here.
///
/// Its masks are written when it is opened, before anything else can be. All text is escaped, and free of secrets.
#[derive(Debug)]
pub struct Step<W: Write> {
    runner: Runner,
    log: W,
    masks: Masks,
    budget: Budget,
    outputs: usize,
    summary_full: bool,
}

impl<W: Write> Step<W> {
    /// Opens the step and hides its secrets.
    ///
    /// # Errors
    /// [`StepError::Log`].
    pub fn open<S: AsRef<str>>(
        runner: Runner,
        log: W,
        secrets: impl IntoIterator<Item = S>,
    ) -> Result<Self, StepError> {
        let masks = Masks::new();
        let mut step = Self { runner, log, masks, budget: Budget::default(), outputs: 0, summary_full: false };
        for secret in secrets {
            step.mask(secret.as_ref())?;
        }
        Ok(step)
    }

    /// The runner's environment.
    #[must_use]
    pub fn runner(&self) -> &Runner {
        &self.runner
    }

    /// Hides one more secret from here on.
    ///
    /// # Errors
    /// [`StepError::Log`].
    pub fn mask(&mut self, secret: &str) -> Result<(), StepError> {
        self.masks.add(secret);
        for line in Command::masks(secret) {
            writeln!(self.log, "{line}").map_err(StepError::Log)?;
        }
        self.log.flush().map_err(StepError::Log)
    }

    /// Writes a command.
    ///
    /// # Errors
    /// [`StepError::Log`].
    pub fn command(&mut self, command: &Command) -> Result<(), StepError> {
        writeln!(self.log, "{}", command.redacted(&self.masks)).map_err(StepError::Log)
    }

    /// Writes text of any origin; commands in it are broken.
    ///
    /// # Errors
    /// [`StepError::Log`].
    pub fn text(&mut self, text: &str) -> Result<(), StepError> {
        let text = self.masks.redact(text);
        writeln!(self.log, "{}", neutralise(&text)).map_err(StepError::Log)
    }

    /// Writes what fits of the annotations of the step's budget ([`Budget::select`]).
    ///
    /// # Errors
    /// [`StepError::Log`].
    pub fn annotate(&mut self, annotations: Vec<Annotation>) -> Result<(), StepError> {
        let selected = self.budget.select(annotations);
        selected.iter().try_for_each(|one| self.command(&one.command()))
    }

    /// Fences the log for the output of a child process.
    ///
    /// # Errors
    /// [`StepError::Log`], [`StepError::Token`].
    pub fn fence(&mut self) -> Result<Fenced<&mut W>, StepError> {
        Fence::new()?.around(&mut self.log).map_err(StepError::Log)
    }

    /// Sets an output. Without a file for outputs nothing happens.
    ///
    /// # Errors
    /// [`StepError::SecretOutput`], [`StepError::File`] for a name or value that the runner would read differently
    /// and when the outputs grow too large.
    pub fn output(&mut self, name: &str, value: &str) -> Result<(), StepError> {
        if self.masks.found_in(value) {
            return Err(StepError::SecretOutput(name.to_owned()));
        }
        let size = self.outputs + file::output_size(name, value);
        if size > OUTPUT_LIMIT {
            let name = name.to_owned();
            return Err(FileError::TooLarge { name, size }.into());
        }
        let entry = file::heredoc(name, value, &Token::random()?)?;
        append(self.runner.files.output.as_ref(), &entry)?;
        self.outputs = size;
        Ok(())
    }

    /// Sets a variable for the steps that follow.
    ///
    /// # Errors
    /// [`StepError::File`].
    pub fn variable(&mut self, name: &str, value: &str) -> Result<(), StepError> {
        let entry = file::variable(name, value, &Token::random()?)?;
        append(self.runner.files.env.as_ref(), &entry)
    }

    /// Keeps a value for the action's own post step; useless in a composite action's steps, which have none.
    ///
    /// # Errors
    /// [`StepError::File`].
    pub fn state(&mut self, name: &str, value: &str) -> Result<(), StepError> {
        let entry = file::heredoc(name, value, &Token::random()?)?;
        append(self.runner.files.state.as_ref(), &entry)
    }

    /// Puts a folder before the `PATH` of the steps that follow.
    ///
    /// # Errors
    /// [`StepError::File`].
    pub fn search_path(&mut self, folder: &str) -> Result<(), StepError> {
        append(self.runner.files.path.as_ref(), &file::search_path(folder)?)
    }

    /// Declares artifacts that the step made: paths, or `oci://name@sha256:…`.
    ///
    /// # Errors
    /// [`StepError::File`] for a line that the runner rejects, or for more than fits; nothing is written then.
    pub fn artifacts<S: AsRef<str>>(&mut self, subjects: impl IntoIterator<Item = S>) -> Result<(), StepError> {
        let lines = subjects.into_iter().map(|subject| file::artifact(subject.as_ref()));
        let lines = lines.collect::<Result<Vec<_>, _>>()?;
        if lines.len() > file::ARTIFACTS_PER_JOB || lines.concat().len() > file::ARTIFACTS_LIMIT {
            let (name, why) = ("artifacts".to_owned(), "there are more than the runner takes");
            return Err(FileError::Value { name, why }.into());
        }
        append(self.runner.files.artifacts.as_ref(), &lines.concat())
    }

    /// Appends Markdown to the step's summary; what does not fit with all that is there is cut ([`summary::fit`]).
    ///
    /// # Errors
    /// [`StepError::File`].
    pub fn summary(&mut self, markdown: &str) -> Result<(), StepError> {
        let Some(path) = self.runner.files.summary.clone().filter(|_| !self.summary_full) else {
            return Ok(());
        };
        let markdown = self.masks.redact(markdown);
        let there = std::fs::metadata(&path).map_or(0, |data| usize::try_from(data.len()).unwrap_or(usize::MAX));
        // One byte for the end of a line that somebody else left open.
        let room = summary::LIMIT.saturating_sub(there).saturating_sub(1);
        let fitting = summary::fit(&markdown, room);
        self.summary_full = fitting.len() < markdown.len();
        append(Some(&path), &fitting)
    }
}

fn append(path: Option<&PathBuf>, text: &str) -> Result<(), StepError> {
    path.map_or(Ok(()), |path| file::append(path, text))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Step, StepError};
    use crate::{Annotation, Level, Runner, summary};
    use std::io::Write as _;
    use std::path::Path;

    fn runner(folder: &Path) -> Runner {
        let file = |name: &str| folder.join(name).to_string_lossy().into_owned();
        let variables = [
            ("GITHUB_ACTIONS".to_owned(), "true".to_owned()),
            ("GITHUB_OUTPUT".to_owned(), file("output")),
            ("GITHUB_STEP_SUMMARY".to_owned(), file("summary")),
            ("GITHUB_ARTIFACTS".to_owned(), file("artifacts")),
        ];
        Runner::from_env(&variables.into()).unwrap()
    }

    #[test]
    fn secrets_are_hidden_before_anything_else() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Vec::new();
        let secrets = ["hunter2", "100%", "warning"];
        let mut step = Step::open(runner(folder.path()), &mut log, secrets).unwrap();
        step.text("the word is hunter2\n::error::no").unwrap();
        let leak = Annotation::new(Level::Warning, "hunter2 100%").titled("warning");
        step.annotate(vec![leak]).unwrap();
        let expected = [
            "::add-mask::hunter2",
            "::add-mask::100%25",
            "::add-mask::warning",
            "the word is ***",
            "\\::error::no",
            "::warning title=***::*** ***",
            "",
        ];
        let expected = expected.join("\n");
        assert_eq!(String::from_utf8(log).unwrap(), expected);
    }

    #[test]
    fn an_output_with_a_secret_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let mut step = Step::open(runner(folder.path()), Vec::new(), ["hunter2"]).unwrap();
        let error = step.output("url", "https://hunter2@x").unwrap_err();
        assert!(matches!(&error, StepError::SecretOutput(name) if name == "url"));
        assert!(!error.to_string().contains("hunter2"));
        assert!(!folder.path().join("output").exists());
    }

    #[test]
    fn outputs_are_counted_together() {
        let folder = tempfile::tempdir().unwrap();
        let mut step = Step::open(runner(folder.path()), Vec::new(), [""; 0]).unwrap();
        step.output("a", &"x".repeat(300_000)).unwrap();
        let error = step.output("b", &"x".repeat(300_000)).unwrap_err();
        assert!(error.to_string().starts_with("the outputs hold 1200004 bytes with `b`"), "{error}");
        step.output("c", "small").unwrap();
    }

    #[test]
    fn what_is_in_the_summary_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary");
        std::fs::write(&path, "x".repeat(summary::LIMIT - 300)).unwrap();
        let mut step = Step::open(runner(folder.path()), Vec::new(), [""; 0]).unwrap();
        step.summary(&"| row |\n".repeat(100)).unwrap();
        step.summary("more").unwrap();
        let written = std::fs::read_to_string(path).unwrap();
        assert!(written.len() <= summary::LIMIT);
        assert!(written.trim_end().ends_with("it is in the step's log._"));
    }

    #[test]
    fn one_bad_artifact_writes_none() {
        let folder = tempfile::tempdir().unwrap();
        let mut step = Step::open(runner(folder.path()), Vec::new(), [""; 0]).unwrap();
        assert!(step.artifacts(["a.tar", "b=c"]).is_err());
        assert!(!folder.path().join("artifacts").exists());
        step.artifacts(["a.tar", "oci://x@sha256:1"]).unwrap();
        let written = std::fs::read_to_string(folder.path().join("artifacts")).unwrap();
        assert_eq!(written, "a.tar\noci://x@sha256:1\n");
    }

    #[test]
    fn what_is_not_offered_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let mut step = Step::open(runner(folder.path()), Vec::new(), [""; 0]).unwrap();
        step.variable("A", "1").unwrap();
        step.state("a", "1").unwrap();
        step.search_path("/opt").unwrap();
    }

    #[test]
    fn a_childs_output_is_fenced() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Vec::new();
        let mut step = Step::open(runner(folder.path()), &mut log, [""; 0]).unwrap();
        let mut inside = step.fence().unwrap();
        inside.write_all(b"::error::no\n").unwrap();
        inside.finish().unwrap();
        let log = String::from_utf8(log).unwrap();
        let token = log.lines().next().unwrap().strip_prefix("::stop-commands::").unwrap();
        assert!(log.ends_with(&format!("::error::no\n::{token}::\n")));
    }
}
