use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Folders that hold nothing but what is generated.
const WHOLE: [&str; 3] = ["docs/reference/commands", "docs/reference/completions", "docs/reference/man"];

/// Generated files, relative to the repository.
#[derive(Debug, Default)]
pub(crate) struct Files(BTreeMap<PathBuf, String>);

impl Files {
    /// Adds a file; text ends with one line break.
    pub(crate) fn add(&mut self, path: impl Into<PathBuf>, text: impl AsRef<str>) {
        self.0.insert(path.into(), format!("{}\n", text.as_ref().trim_end()));
    }

    /// Writes what differs, and removes what is no longer generated.
    pub(crate) fn write(&self, root: &Path) -> Result<()> {
        for path in self.left_over(root) {
            std::fs::remove_file(root.join(path))?;
        }
        for (path, text) in &self.0 {
            let file = root.join(path);
            if std::fs::read_to_string(&file).is_ok_and(|old| old == *text) {
                continue;
            }
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::write(&file, text).with_context(|| format!("`{}` cannot be written", path.display()))?;
        }
        Ok(())
    }

    /// Fails where a file differs, naming all of them.
    pub(crate) fn check(&self, root: &Path) -> Result<()> {
        let differs =
            |(path, text): &(&PathBuf, &String)| std::fs::read_to_string(root.join(path)).ok().as_ref() != Some(*text);
        let differing = self.0.iter().filter(differs).map(|(path, _)| path.clone());
        let stale: Vec<_> = differing.chain(self.left_over(root)).map(|path| format!("`{}`", path.display())).collect();
        if stale.is_empty() {
            return Ok(());
        }
        bail!("{} not as generated; run `cargo xtask generate`", stale.join(", "))
    }

    fn left_over(&self, root: &Path) -> Vec<PathBuf> {
        let files = |folder: &&str| {
            let folder = PathBuf::from(*folder);
            let entries = std::fs::read_dir(root.join(&folder)).into_iter().flatten().flatten();
            entries.map(move |entry| folder.join(entry.file_name())).collect::<Vec<_>>()
        };
        WHOLE.iter().flat_map(files).filter(|path| !self.0.contains_key(path)).collect()
    }
}
