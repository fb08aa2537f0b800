//! The folder in which `up` keeps what `down` and the next `up` need: one per project, place and cluster.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use linkspan_command::{Environment, Failure};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// A project's state on this machine, for one cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StateFolder {
    path: PathBuf,
}

impl StateFolder {
    /// The folder of the project `name` in `root` for the kubeconfig's `context` with the address `server`:
    /// `$XDG_STATE_HOME/linkspan/<name>-<hash>`, by the XDG Base Directory Specification `~/.local/state` if unset.
    ///
    /// # Errors
    /// Neither `XDG_STATE_HOME` nor `HOME` is set.
    pub(crate) fn locate(
        environment: &Environment,
        name: &str,
        root: &Path,
        context: &str,
        server: &str,
    ) -> Result<Self, Failure> {
        let home = home(environment)?;
        let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let folder = format!("{name}-{}", hash(&[&root.to_string_lossy(), context, server]));
        Ok(Self { path: home.join(folder) })
    }

    /// The folders of all projects called `name`, wherever they are.
    ///
    /// # Errors
    /// Neither `XDG_STATE_HOME` nor `HOME` is set.
    pub(crate) fn of_project(environment: &Environment, name: &str) -> Result<Vec<Self>, Failure> {
        let entries = fs::read_dir(home(environment)?).into_iter().flatten().flatten();
        let hash = |folder: &str| folder.strip_prefix(name)?.strip_prefix('-').map(str::len);
        let ours = entries.filter(|entry| hash(&entry.file_name().to_string_lossy()) == Some(12));
        Ok(ours.map(|entry| Self { path: entry.path() }).collect())
    }

    /// The folder at a path, as another process of ours named it.
    pub(crate) const fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is there.
    pub(crate) fn exists(&self) -> bool {
        self.path.is_dir()
    }

    /// Makes the folder, for its owner alone.
    ///
    /// # Errors
    /// What the operating system says.
    pub(crate) fn create(&self) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.path)
    }

    /// Deletes the folder and everything in it.
    ///
    /// # Errors
    /// What the operating system says; that it is gone already is none.
    pub(crate) fn remove(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Takes the lock of this name; `None` if somebody else has it. It is held as long as the file is open, so it
    /// never outlives its process.
    ///
    /// # Errors
    /// What the operating system says.
    pub(crate) fn lock(&self, name: &str) -> io::Result<Option<File>> {
        let file = File::options().create(true).truncate(false).write(true).open(self.path.join(name))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Reads a file of ours; `None` if it is not there or not readable as one.
    pub(crate) fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_slice(&fs::read(self.path.join(name)).ok()?).ok()
    }

    /// Writes a file of ours, as a whole or not at all.
    ///
    /// # Errors
    /// What the operating system says.
    pub(crate) fn write(&self, name: &str, value: &impl Serialize) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.path)?;
        serde_json::to_writer_pretty(&mut file, value).map_err(io::Error::other)?;
        file.write_all(b"\n")?;
        file.persist(self.path.join(name)).map(drop).map_err(|error| error.error)
    }

    /// Deletes a file of ours.
    ///
    /// # Errors
    /// What the operating system says; that it is gone already is none.
    pub(crate) fn forget(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.path.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Where all state is.
fn home(environment: &Environment) -> Result<PathBuf, Failure> {
    let absolute = |name| environment.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")));
    let none = || Failure::usage("there is no place for state: neither `XDG_STATE_HOME` nor `HOME` is set");
    Ok(home.ok_or_else(none)?.join("linkspan"))
}

/// Twelve hexadecimal digits for a list of texts.
pub(crate) fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        // With its length in front, so that parts cannot run into each other.
        hasher.update(part.len().to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// A failure to keep state.
pub(crate) fn failure(folder: &StateFolder, error: &io::Error) -> Failure {
    Failure::failed(format!("the state in `{}` cannot be kept: {error}", folder.path().display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn located(variables: &[(&str, &str)], context: &str) -> Result<StateFolder, Failure> {
        let environment = variables.iter().copied().collect();
        StateFolder::locate(&environment, "shop", Path::new("/nowhere/shop"), context, "https://127.0.0.1:6443")
    }

    #[test]
    fn every_cluster_has_its_own_folder() {
        let home = [("HOME", "/home/ann")];
        let folder = located(&home, "kind-a").unwrap();
        assert!(folder.path().starts_with("/home/ann/.local/state/linkspan"), "{folder:?}");
        assert_ne!(located(&home, "kind-b").unwrap(), folder);
        let named = located(&[("HOME", "/home/ann"), ("XDG_STATE_HOME", "/state")], "kind-a").unwrap();
        assert_eq!(named.path().file_name(), folder.path().file_name());
        assert!(named.path().starts_with("/state/linkspan"));
        assert!(located(&[("XDG_STATE_HOME", "relative")], "kind-a").is_err());
    }

    #[test]
    fn a_projects_folders_are_found() {
        let home = tempfile::tempdir().unwrap();
        for folder in ["shop-0123456789ab", "shop-two-0123456789ab", "shop-x", "other-0123456789ab"] {
            fs::create_dir_all(home.path().join("linkspan").join(folder)).unwrap();
        }
        let environment = [("XDG_STATE_HOME", home.path().to_str().unwrap())].into_iter().collect();
        let found = StateFolder::of_project(&environment, "shop").unwrap();
        assert_eq!(found, [StateFolder::at(home.path().join("linkspan/shop-0123456789ab"))]);
    }

    #[test]
    fn the_folder_is_private_and_a_lock_is_held_once() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::at(folder.path().join("a/b"));
        state.create().unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(state.path()).unwrap().permissions().mode() & 0o777, 0o700);
        }
        let held = state.lock("lock").unwrap();
        assert!(held.is_some() && state.lock("lock").unwrap().is_none());
        drop(held);
        assert!(state.lock("lock").unwrap().is_some());
        state.write("x.json", &vec![1, 2]).unwrap();
        assert_eq!(state.read::<Vec<u8>>("x.json"), Some(vec![1, 2]));
        assert_eq!(state.read::<String>("x.json"), None);
        state.remove().unwrap();
        state.remove().unwrap();
        assert!(!state.exists());
    }
}
