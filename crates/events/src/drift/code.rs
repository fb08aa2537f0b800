//! Types in code: the command that writes them, run in a copy of the project.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use linkspan_command::Failure;

/// What a project may have at most for a copy to be made.
const MOST_FILES: usize = 200_000;
const MOST_BYTES: u64 = 4 << 30;
/// How much of what a command says is kept.
const LAST_BYTES: usize = 4096;

/// What commands wrote: by the command, and the file.
pub(crate) trait Generators {
    /// What a command writes to a file, run in a copy of the project; `None` where it leaves no such file.
    ///
    /// # Errors
    /// Why there is no answer, to be said after "the command …".
    fn generate(&mut self, command: &str, path: &Path) -> Result<Option<Vec<u8>>, String>;
}

/// Runs each command once.
pub(crate) struct Shell {
    root: PathBuf,
    limit: Duration,
    copies: BTreeMap<String, Result<tempdir::Folder, String>>,
}

impl Shell {
    /// Commands for the project in a folder; each may take so long.
    pub(crate) fn new(root: &Path, limit: Duration) -> Self {
        Self { root: root.to_owned(), limit, copies: BTreeMap::new() }
    }
}

impl Generators for Shell {
    fn generate(&mut self, command: &str, path: &Path) -> Result<Option<Vec<u8>>, String> {
        if !self.copies.contains_key(command) {
            let done = in_copy(&self.root, command, path, self.limit);
            self.copies.insert(command.to_owned(), done);
        }
        let folder = match self.copies.get(command) {
            Some(Ok(folder)) => folder,
            Some(Err(why)) => return Err(why.clone()),
            None => return Ok(None),
        };
        match std::fs::read(folder.path().join(path)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("wrote something that cannot be read: {error}")),
        }
    }
}

fn in_copy(root: &Path, command: &str, _path: &Path, limit: Duration) -> Result<tempdir::Folder, String> {
    let folder = tempdir::Folder::new().map_err(|error| format!("has no folder to run in: {error}"))?;
    let mut copy = Copy { root, to: folder.path(), files: 0, bytes: 0 };
    copy.folder(Path::new("")).map_err(|error| format!("has no copy of the project to run in: {error}"))?;
    run(command, folder.path(), limit)?;
    Ok(folder)
}

struct Copy<'a> {
    root: &'a Path,
    to: &'a Path,
    files: usize,
    bytes: u64,
}

impl Copy<'_> {
    /// Copies a folder, without the history and what was built.
    fn folder(&mut self, below: &Path) -> std::io::Result<()> {
        const SKIPPED: [&str; 2] = [".git", "target"];
        std::fs::create_dir_all(self.to.join(below))?;
        for entry in std::fs::read_dir(self.root.join(below))? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let path = below.join(entry.file_name());
            if kind.is_dir() && !SKIPPED.iter().any(|skipped| entry.file_name() == *skipped) {
                self.folder(&path)?;
            } else if kind.is_symlink() {
                self.link(&path)?;
            } else if kind.is_file() {
                self.file(&path)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path) -> std::io::Result<()> {
        self.files += 1;
        self.bytes += std::fs::copy(self.root.join(path), self.to.join(path))?;
        if self.files > MOST_FILES || self.bytes > MOST_BYTES {
            return Err(std::io::Error::other("the project is too large"));
        }
        Ok(())
    }

    /// A link into the project leads into the copy.
    #[cfg(unix)]
    fn link(&self, path: &Path) -> std::io::Result<()> {
        let target = std::fs::read_link(self.root.join(path))?;
        let target = match target.strip_prefix(self.root) {
            Ok(below) => self.to.join(below),
            Err(_) => target,
        };
        std::os::unix::fs::symlink(target, self.to.join(path))
    }

    #[cfg(not(unix))]
    fn link(&mut self, path: &Path) -> std::io::Result<()> {
        self.file(path)
    }
}

/// Runs the user's own words (`$1`). The standard input never says anything: when it ends, this program has ended or has
/// given up, and everything that was started ends, too; the copy (`$2`) goes with it.
const WATCHED: &str = r#"
exec 3<&0 </dev/null
{ trap '' TERM; read -r _ <&3; kill -TERM 0; sleep 1; rm -rf -- "$2"; kill -KILL 0; } >/dev/null 2>&1 &
watcher=$!
sh -c "$1" 3<&-
code=$?
kill -KILL "$watcher" 2>/dev/null
exit "$code"
"#;

/// Runs a command by a shell, as `prepare` is run, and ends it and all that it started when time is up.
fn run(command: &str, folder: &Path, limit: Duration) -> Result<(), String> {
    let mut shell = Command::new("sh");
    shell.args(["-c", WATCHED, "sh", command]).arg(folder).current_dir(folder).env("PWD", folder);
    shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut shell, 0);
    let mut child = shell.spawn().map_err(|error| format!("cannot be started: {error}"))?;
    let (life, out, err) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (status, out, err) = std::thread::scope(|scope| {
        let out = scope.spawn(|| out.map(last).unwrap_or_default());
        let err = scope.spawn(|| err.map(last).unwrap_or_default());
        let status = wait(&mut child, limit);
        drop(life);
        end(&mut child);
        (status, out.join().unwrap_or_default(), err.join().unwrap_or_default())
    });
    let words = if err.trim().is_empty() { out } else { err };
    match status {
        Some(Some(0)) => Ok(()),
        Some(Some(code)) => Err(format!("ended with exit code {code}: {}", tail(&words))),
        Some(None) => Err(format!("was ended by a signal: {}", tail(&words))),
        None => Err(format!("took longer than `--generate-timeout` allows ({} s), and was ended", limit.as_secs())),
    }
}

/// The exit code, if the child ends in time.
fn wait(child: &mut std::process::Child, limit: Duration) -> Option<Option<i32>> {
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.code()),
            Ok(None) if start.elapsed() < limit => std::thread::sleep(Duration::from_millis(20)),
            Ok(None) | Err(_) => return None,
        }
    }
}

fn end(child: &mut std::process::Child) {
    // The group, because what a shell started may outlive it and keep its output open; what cannot be ended has ended.
    let group = format!("-{}", child.id());
    let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
    let _ = child.kill();
    let _ = child.wait();
}

/// The last that a pipe says, in constant memory.
fn last(mut pipe: impl Read) -> String {
    let mut kept = Vec::new();
    let mut buffer = [0; LAST_BYTES];
    while let Ok(count @ 1..) = pipe.read(&mut buffer) {
        kept.extend_from_slice(buffer.get(..count).unwrap_or_default());
        let extra = kept.len().saturating_sub(LAST_BYTES);
        kept.drain(..extra);
    }
    String::from_utf8_lossy(&kept).into_owned()
}

fn tail(words: &str) -> String {
    let lines: Vec<_> = words.lines().filter(|line| !line.trim().is_empty()).collect();
    let from = lines.len().saturating_sub(3);
    let text = lines.get(from..).unwrap_or_default().join(" | ");
    if text.is_empty() { "it said nothing".to_owned() } else { linkspan_report::printable_line(&text).into_owned() }
}

/// Folders that go away.
mod tempdir {
    use std::path::{Path, PathBuf};
    use std::sync::atomic::{AtomicUsize, Ordering};

    static COUNT: AtomicUsize = AtomicUsize::new(0);

    /// A folder of its own in the system's folder for such, removed with the value.
    #[derive(Debug)]
    pub(super) struct Folder(PathBuf);

    impl Folder {
        pub(super) fn new() -> std::io::Result<Self> {
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            let name = format!("linkspan-drift-{}-{number}-{}", std::process::id(), time.subsec_nanos());
            let path = std::env::temp_dir().join(name);
            // Fails where somebody was there before.
            let mut builder = std::fs::DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(&path)?;
            Ok(Self(path.canonicalize()?))
        }

        pub(super) fn path(&self) -> &Path {
            &self.0
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            // What cannot be removed is left to the system.
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

/// What is checked in, and what the command writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Code {
    /// The same.
    Same,
    /// Something else: what is checked in (`None` for nothing), and what is written.
    Stale(Option<Vec<u8>>, Vec<u8>),
    /// It is not known; why.
    Unknown(String),
}

/// Compares a file with what its command writes.
///
/// # Errors
/// The file is there, but cannot be read.
pub(crate) fn compare(
    generators: &mut dyn Generators,
    root: &Path,
    path: &Path,
    command: &str,
) -> Result<Code, Failure> {
    let checked_in = match std::fs::read(root.join(path)) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(Failure::input(format!("`{}` cannot be read: {error}", path.display()))),
    };
    Ok(match generators.generate(command, path) {
        Err(why) => Code::Unknown(format!("the command `{command}` {why}")),
        Ok(None) => Code::Unknown(format!("the command `{command}` leaves no `{}`", path.display())),
        Ok(Some(written)) if Some(&written) == checked_in.as_ref() => Code::Same,
        Ok(Some(written)) => Code::Stale(checked_in, written),
    })
}
