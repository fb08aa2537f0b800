//! The process that forwards: started, looked after and ended through the state folder.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use linkspan_command::Failure;

use super::{Forward, LOCK, LOG, RUNNING, Running, WANTED, Wanted};
use crate::state::{StateFolder, failure, hash};

/// How long a process may take to listen, and to end.
const PATIENCE: Duration = Duration::from_secs(10);
const STEP: Duration = Duration::from_millis(10);

/// Leaves the terminal's session, so that closing it ends nothing.
pub(super) fn detach() {
    // A process that leads its group already has been detached by whoever started it.
    #[cfg(unix)]
    let _ = rustix::process::setsid();
}

/// What is forwarded now; `None` if no process lives.
pub(crate) fn running(state: &StateFolder) -> Option<Running> {
    let lives = state.exists() && matches!(state.lock(LOCK), Ok(None));
    lives.then(|| state.read::<Running>(RUNNING)).flatten()
}

/// Starts a process for these forwards, in place of one that serves others, and waits until it listens.
///
/// # Errors
/// It cannot be started, or does not listen in time; its log says why.
pub(crate) fn start(state: &StateFolder, program: &Path, wanted: Wanted) -> Result<Running, Failure> {
    stop(state)?;
    let kept = |error: io::Error| failure(state, &error);
    let instance = hash(&[&wanted.instance, &format!("{:?}", std::time::SystemTime::now())]);
    state.write(WANTED, &Wanted { instance: instance.clone(), ..wanted }).map_err(kept)?;
    let log = File::create(state.path().join(LOG)).map_err(kept)?;
    let errors = log.try_clone().map_err(kept)?;
    let mut child = Command::new(program)
        .arg("forward")
        .arg("--state")
        .arg(state.path())
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .spawn()
        .map_err(|error| Failure::failed(format!("`{}` cannot be started: {error}", program.display())))?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(running) = state.read::<Running>(RUNNING).filter(|running| running.instance == instance) {
            return Ok(running);
        }
        if Instant::now() >= deadline || !matches!(child.try_wait(), Ok(None)) {
            return Err(silent(state));
        }
        std::thread::sleep(STEP);
    }
}

fn silent(state: &StateFolder) -> Failure {
    let log = std::fs::read_to_string(state.path().join(LOG)).unwrap_or_default();
    let last = log.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("it said nothing");
    let last = last.chars().take(500).collect::<String>();
    Failure::failed(format!("ports cannot be forwarded: {last}"))
        .help("`--no-forward` leaves it out; the services run either way")
}

/// Ends the process, and waits until it is gone; what it forwarded is forgotten. `false` if none lived.
///
/// # Errors
/// It does not end.
pub(crate) fn stop(state: &StateFolder) -> Result<bool, Failure> {
    if !state.exists() {
        return Ok(false);
    }
    let kept = |error: io::Error| failure(state, &error);
    state.forget(WANTED).map_err(kept)?;
    let lived = state.lock(LOCK).map_err(kept)?.is_none();
    let deadline = Instant::now() + PATIENCE;
    while state.lock(LOCK).map_err(kept)?.is_none() {
        if Instant::now() + PATIENCE / 2 >= deadline {
            end(&state.read::<Running>(RUNNING));
        }
        if Instant::now() >= deadline {
            return Err(Failure::failed("the process that forwards ports does not end"));
        }
        std::thread::sleep(STEP);
    }
    state.forget(RUNNING).map_err(kept)?;
    Ok(lived)
}

/// Ends a process that no longer listens to the state folder, if it is the very same one.
fn end(running: &Option<Running>) {
    let Some(Running { pid, started: Some(started), .. }) = running else { return };
    #[cfg(unix)]
    if start_time(*pid) == Some(*started)
        && let Some(pid) = i32::try_from(*pid).ok().and_then(rustix::process::Pid::from_raw)
    {
        // It may have ended by itself meanwhile.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
    }
}

/// When a process started, in clock ticks since the machine did (`proc_pid_stat(5)`, field 22); `None` where there is
/// no `/proc`.
pub(super) fn start_time(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field, the program's name in parentheses, may hold spaces: count from behind it.
    stat.rsplit_once(") ")?.1.split(' ').nth(19)?.parse().ok()
}

/// The ports to try first: those of before, so that addresses stay what they were.
pub(crate) fn keep_ports(forwards: &mut [Forward], before: &[Forward]) {
    for forward in forwards {
        if let Some(same) = before.iter().find(|other| other.is_like(forward)) {
            forward.local = same.local;
        }
    }
}

/// Forwards of some services beside those of the others that there were before.
pub(crate) fn beside(mut forwards: Vec<Forward>, before: &[Forward]) -> Vec<Forward> {
    let others = before.iter().filter(|other| !forwards.iter().any(|forward| forward.service == other.service));
    let others: Vec<Forward> = others.cloned().collect();
    forwards.extend(others);
    // In one order however they came, so that the same forwards are known to be the same.
    forwards.sort_by(|a, b| (&a.name, a.port).cmp(&(&b.name, b.port)));
    forwards
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_one_start() {
        let own = start_time(std::process::id());
        assert!(own.is_some() && own == start_time(std::process::id()));
        assert_eq!(start_time(u32::MAX), None);
    }

    #[test]
    fn addresses_stay_what_they_were() {
        let forward = |service: &str, local| Forward {
            name: service.to_owned(),
            namespace: "shop".to_owned(),
            service: service.to_owned(),
            port: 80,
            port_name: String::new(),
            local,
        };
        let mut forwards = [forward("a", 8080), forward("b", 8080)];
        keep_ports(&mut forwards, &[forward("b", 9999), forward("c", 1)]);
        let all = beside(vec![forward("b", 1)], &[forward("c", 2), forward("b", 3), forward("a", 4)]);
        assert_eq!(all, [forward("a", 4), forward("b", 1), forward("c", 2)]);
        assert_eq!(forwards.map(|forward| forward.local), [8080, 9999]);
    }

    #[test]
    fn nothing_runs_where_nothing_was_started() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::at(folder.path().to_owned());
        assert_eq!((running(&state), stop(&state).unwrap()), (None, false));
        assert!(!stop(&StateFolder::at(folder.path().join("none"))).unwrap());
    }
}
