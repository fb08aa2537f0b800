use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use linkspan_command::Failure;
use linkspan_project::Project;
use linkspan_source::{Format, format_of};

use super::Args;
use super::stream::{Compression, compression, decompressed};

/// Where the project's sample events are, if nobody says.
const EXAMPLES: &str = "contracts/examples";

/// One file under check, or standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Input {
    path: Option<PathBuf>,
    shown: String,
    compression: Option<Compression>,
    /// How it is read, once it is decompressed.
    pub(super) format: Format,
}

impl Input {
    /// The file, as the user named it.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// The file; `None` for standard input.
    pub(super) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Opens it, decompressed; also says whether it was compressed.
    pub(super) fn open(&self) -> std::io::Result<(Box<dyn Read + Send>, bool)> {
        let (reader, compression) = match &self.path {
            Some(path) => {
                let file = BufReader::with_capacity(BUFFER, opened(path)?);
                decompressed(Box::new(file), self.compression)?
            }
            None => decompressed(Box::new(BufReader::with_capacity(BUFFER, std::io::stdin())), None)?,
        };
        Ok((reader, compression.is_some()))
    }

    /// How large the file is, as far as the operating system knows.
    pub(super) fn size(&self) -> Option<u64> {
        let known = std::fs::metadata(self.path.as_ref()?).ok()?;
        known.is_file().then_some(known.len())
    }

    fn found(path: PathBuf, directory: &Path) -> Option<Self> {
        let shown = path.strip_prefix(directory).unwrap_or(&path).display().to_string();
        let message = path.extension().is_some_and(|end| end == "http").then_some(Format::Json);
        Self::at(path, shown, message)
    }

    fn at(path: PathBuf, shown: String, otherwise: Option<Format>) -> Option<Self> {
        let (compression, inside) = compression(&path);
        let format = format_of(&inside).or(otherwise)?;
        Some(Self { path: Some(path), shown, compression, format })
    }
}

/// How much is read from the operating system at a time.
const BUFFER: usize = 1 << 16;

/// How long a pipe with a name is waited for until somebody writes into it.
const PATIENCE: Duration = Duration::from_secs(4);

/// Opens a file; a pipe opens only when somebody writes into it.
fn opened(path: &Path) -> std::io::Result<File> {
    let known = std::fs::metadata(path)?;
    if known.is_file() {
        return File::open(path);
    }
    let (sender, receiver) = mpsc::channel();
    let path = path.to_owned();
    std::thread::Builder::new().spawn(move || sender.send(File::open(path)))?;
    let nobody = |_| std::io::Error::new(std::io::ErrorKind::TimedOut, "it is a pipe that nobody writes into");
    receiver.recv_timeout(PATIENCE).map_err(nobody)?
}

pub(super) fn format(name: &str) -> Result<Format, String> {
    match name {
        "json" => Ok(Format::Json),
        "ndjson" => Ok(Format::Ndjson),
        "yaml" => Ok(Format::Yaml),
        _ => Err(format!("`{name}` is none of json, ndjson, yaml")),
    }
}

/// The files that the arguments name, in their order; folders become the documents in them, sorted.
pub(super) fn resolve(args: &Args, project: &Project, directory: &Path) -> Result<Vec<Input>, Failure> {
    let examples = project.root.join(EXAMPLES);
    if args.files.is_empty() {
        let contracts = project.asyncapi.iter().map(|path| project.root.join(path));
        let mut inputs: Vec<_> = contracts.filter_map(|path| Input::found(path, directory)).collect();
        inputs.extend(if examples.is_dir() { folder(&examples, directory)? } else { Vec::new() });
        return if inputs.is_empty() {
            let failure = Failure::usage("there is nothing to check: no file is named");
            Err(failure.help(format!(
                "name files, or keep sample events in `{EXAMPLES}/` and AsyncAPI documents where `linkspan.yaml` says"
            )))
        } else {
            Ok(inputs)
        };
    }
    let mut inputs = Vec::new();
    for file in &args.files {
        let path = directory.join(file);
        if file.as_os_str() == "-" {
            let shown = "standard input".to_owned();
            inputs.push(Input { path: None, shown, compression: None, format: args.stdin_format });
        } else if path.is_dir() {
            inputs.extend(folder(&path, directory)?);
        } else {
            inputs.extend(named(&path, file)?);
        }
    }
    Ok(inputs)
}

fn named(path: &Path, file: &Path) -> Result<Option<Input>, Failure> {
    let shown = file.display().to_string();
    if let Err(error) = std::fs::metadata(path) {
        return Err(Failure::input(format!("`{shown}` cannot be read: {error}")));
    }
    Ok(Input::at(path.to_owned(), shown, Some(Format::Yaml)))
}

fn folder(folder: &Path, directory: &Path) -> Result<Vec<Input>, Failure> {
    let mut paths = Vec::new();
    collect(folder, &mut paths)
        .map_err(|error| Failure::input(format!("`{}` cannot be read: {error}", folder.display())))?;
    paths.sort();
    Ok(paths.into_iter().filter_map(|path| Input::found(path, directory)).collect())
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        match entry.file_type()? {
            kind if kind.is_dir() && !hidden => collect(&entry.path(), paths)?,
            kind if kind.is_file() && !hidden => paths.push(entry.path()),
            _ => {}
        }
    }
    Ok(())
}
