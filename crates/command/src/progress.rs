use std::borrow::Cow;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use linkspan_toolkit::neutralise;

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressMode {
    /// Not at all.
    Silent,
    /// A line when a task ends that took long, and one every ten seconds while it runs.
    Plain,
    /// Like plain, with the running task's state rewritten in place.
    Terminal,
}

/// In plain mode a task that took less than this is not worth a line.
const LONG: Duration = Duration::from_secs(1);

/// In plain mode a running task says where it is this often.
const REMINDER: Duration = Duration::from_secs(10);

/// Progress and logs, on standard error. Cheap to clone; may be used from any thread.
#[derive(Clone)]
pub struct Progress {
    mode: ProgressMode,
    guarded: bool,
    sink: Arc<Mutex<dyn Write + Send>>,
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Progress").field("mode", &self.mode).finish_non_exhaustive()
    }
}

impl Progress {
    /// Progress in `mode`, written to `sink`.
    pub fn new(mode: ProgressMode, sink: impl Write + Send + 'static) -> Self {
        Self { mode, guarded: false, sink: Arc::new(Mutex::new(sink)) }
    }

    /// On a GitHub runner: nothing that is said can be taken for a command to the runner.
    #[must_use]
    pub fn guarded(self) -> Self {
        Self { guarded: true, ..self }
    }

    /// No progress.
    #[must_use]
    pub fn silent() -> Self {
        Self::new(ProgressMode::Silent, std::io::sink())
    }

    /// One line for people: what is being done, or worth knowing while it is.
    pub fn note(&self, line: impl AsRef<str>) {
        if self.mode != ProgressMode::Silent {
            self.write(&format!("{}{}\n", self.clear(), line.as_ref()));
        }
    }

    /// Begins a task that may take long. Its end is reported when the value is dropped or [`Task::done`].
    #[must_use]
    pub fn task(&self, name: impl Into<String>) -> Task {
        let task =
            Task { progress: self.clone(), name: name.into(), started: Instant::now(), reminded: None, over: false };
        if self.mode == ProgressMode::Terminal {
            self.write(&format!("{}{} …", self.clear(), task.name));
        }
        task
    }

    const fn clear(&self) -> &'static str {
        match self.mode {
            ProgressMode::Terminal => "\r\x1b[2K",
            ProgressMode::Silent | ProgressMode::Plain => "",
        }
    }

    fn write(&self, text: &str) {
        let text = if self.guarded { neutralise(text) } else { Cow::Borrowed(text) };
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        // A closed standard error must not stop the work.
        let _ = sink.write_all(text.as_bytes()).and_then(|()| sink.flush());
    }
}

/// A running task; see [`Progress::task`].
#[derive(Debug)]
pub struct Task {
    progress: Progress,
    name: String,
    started: Instant,
    reminded: Option<Instant>,
    over: bool,
}

impl Task {
    /// Says where the task is: `12 of 40 MB`.
    pub fn update(&mut self, state: impl AsRef<str>) {
        let line = format!("{}: {}", self.name, state.as_ref());
        match self.progress.mode {
            ProgressMode::Silent => {}
            ProgressMode::Terminal => self.progress.write(&format!("{}{line} …", self.progress.clear())),
            ProgressMode::Plain => {
                if self.reminded.unwrap_or(self.started).elapsed() >= REMINDER {
                    self.reminded = Some(Instant::now());
                    self.progress.note(line);
                }
            }
        }
    }

    /// Ends the task and says how it went.
    pub fn done(mut self, result: impl AsRef<str>) {
        self.end(result.as_ref());
    }

    fn end(&mut self, result: &str) {
        if !std::mem::replace(&mut self.over, true) {
            let elapsed = self.started.elapsed();
            if elapsed < LONG && self.progress.mode != ProgressMode::Silent {
                return self.progress.write(self.progress.clear());
            }
            let result = if result.is_empty() { String::new() } else { format!(": {result}") };
            self.progress.note(format!("{}{result} ({:.1} s)", self.name, elapsed.as_secs_f64()));
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.end("");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn shown(mode: ProgressMode, took: Duration) -> String {
        let sink = Sink::default();
        let progress = Progress::new(mode, sink.clone());
        let mut task = progress.task("push orders");
        task.started = Instant::now().checked_sub(took).unwrap();
        task.update("1 of 2 MB");
        task.done("2 MB");
        let bytes = sink.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn plain_progress_is_whole_lines_about_what_takes_long() {
        assert_eq!(shown(ProgressMode::Plain, Duration::ZERO), "");
        let shown = shown(ProgressMode::Plain, REMINDER);
        assert!(shown.starts_with("push orders: 1 of 2 MB\npush orders: 2 MB (10.0 s)"), "{shown}");
        assert!(!shown.contains('\r'));
    }

    #[test]
    fn a_terminal_sees_the_state_and_silence_is_silent() {
        assert!(shown(ProgressMode::Terminal, Duration::ZERO).contains("push orders: 1 of 2 MB …"));
        assert_eq!(shown(ProgressMode::Silent, REMINDER), "");
    }
}
