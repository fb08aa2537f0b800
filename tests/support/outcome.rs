//! A program of the workspace, run as a person would, and its report.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use super::{is_foreign, program};

/// What came of it.
pub struct Outcome {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Runs a program with nothing of a runner's or a person's settings but `KUBECONFIG`.
pub fn run(name: &str, directory: &Path, arguments: &[&str]) -> Outcome {
    run_with(name, directory, arguments, &[])
}

/// The same with variables.
pub fn run_with(name: &str, directory: &Path, arguments: &[&str], variables: &[(&str, &Path)]) -> Outcome {
    let mut command = Command::new(program(name));
    for (name, _) in std::env::vars().filter(|(name, _)| is_foreign(name)) {
        command.env_remove(name);
    }
    command.args(arguments).envs(variables.iter().copied()).current_dir(directory);
    Outcome::of(&command.output().expect("the program runs"))
}

impl Outcome {
    /// What a process left.
    pub fn of(Output { status, stdout, stderr }: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: status.code().unwrap_or(-1), stdout: text(stdout), stderr: text(stderr) }
    }

    /// Both streams.
    pub fn said(&self) -> String {
        format!("exit {}\n{}{}", self.code, self.stdout, self.stderr)
    }

    /// Fails the test unless it went well.
    pub fn expect_done(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.said());
        self
    }

    /// The report, of a run with `--format json`.
    pub fn report(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("no report ({error}): {}", self.said()))
    }
}
