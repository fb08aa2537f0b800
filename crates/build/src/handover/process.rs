use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// A program to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Where it runs.
    pub directory: PathBuf,
    /// Variables besides those of this process.
    pub variables: Vec<(String, String)>,
}

/// How a program ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Its exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// Its last lines.
    pub last: Vec<String>,
}

/// Runs programs.
pub trait Processes: Send + Sync {
    /// Where a program is, if it can be started by this name.
    fn find(&self, name: &str) -> Option<PathBuf>;

    /// Runs a program to its end; every line that it writes is passed on.
    ///
    /// # Errors
    /// If it cannot be started.
    fn run(&self, invocation: &Invocation, line: &(dyn Fn(&str) + Sync)) -> std::io::Result<Ended>;
}

/// The programs of this machine.
#[derive(Debug)]
pub struct System {
    path: OsString,
}

impl System {
    /// Looks for programs in the folders of a `PATH`.
    pub fn new(path: impl Into<OsString>) -> Self {
        Self { path: path.into() }
    }
}

/// Lines that are kept of what a program says.
const LAST: usize = 20;

impl Processes for System {
    fn find(&self, name: &str) -> Option<PathBuf> {
        let suffix = std::env::consts::EXE_SUFFIX;
        std::env::split_paths(&self.path)
            .map(|folder| folder.join(format!("{name}{suffix}")))
            .find(|path| is_program(path))
    }

    fn run(&self, invocation: &Invocation, line: &(dyn Fn(&str) + Sync)) -> std::io::Result<Ended> {
        let mut child = Command::new(&invocation.program)
            .args(&invocation.arguments)
            .current_dir(&invocation.directory)
            .envs(invocation.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let last = Mutex::new(Vec::new());
        let (out, err) = (child.stdout.take(), child.stderr.take());
        std::thread::scope(|scope| {
            scope.spawn(|| out.map(|out| pass_on(out, line, &last)));
            scope.spawn(|| err.map(|err| pass_on(err, line, &last)));
        });
        let status = child.wait()?;
        Ok(Ended { code: status.code(), last: last.into_inner().unwrap_or_default() })
    }
}

fn pass_on(output: impl std::io::Read, line: &dyn Fn(&str), last: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(output);
    let mut bytes = Vec::new();
    // A pipe that breaks ends the output; how the program ended says the rest.
    while reader.read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
        let text = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        bytes.clear();
        line(&text);
        if let Ok(mut last) = last.lock() {
            if last.len() == LAST {
                last.remove(0);
            }
            last.push(text);
        }
    }
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn output_is_passed_on_line_by_line() {
        let system = System::new("/usr/bin:/bin");
        let program = system.find("sh").unwrap();
        let invocation = Invocation {
            program,
            arguments: ["-c", "echo one; echo $X >&2; exit 3"].map(OsString::from).into(),
            directory: "/".into(),
            variables: vec![("X".into(), "two".into())],
        };
        let lines = Mutex::new(Vec::new());
        let ended = system.run(&invocation, &|line| lines.lock().unwrap().push(line.to_owned())).unwrap();
        let mut lines = lines.into_inner().unwrap();
        lines.sort();
        assert_eq!((lines, ended.code), (vec!["one".to_owned(), "two".to_owned()], Some(3)));
        assert!(system.find("no-such-program").is_none());
    }
}
