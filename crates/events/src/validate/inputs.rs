use std::io::BufRead;
use std::path::{Path, PathBuf};

use linkspan_command::Failure;
use linkspan_project::Project;
use linkspan_source::{Format, format_of};

use super::Args;

/// Where the project's sample events are, if nobody says.
const EXAMPLES: &str = "contracts/examples";

/// One file under check, or standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    path: Option<PathBuf>,
    shown: String,
    /// How it is read.
    pub format: Format,
}

impl Input {
    /// The file, as the user named it.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Opens it.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn open(&self) -> std::io::Result<Box<dyn BufRead>> {
        match &self.path {
            Some(path) => Ok(Box::new(std::io::BufReader::with_capacity(1 << 18, std::fs::File::open(path)?))),
            None => Ok(Box::new(std::io::stdin().lock())),
        }
    }
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
        let inputs = if examples.is_dir() { folder(&examples, directory)? } else { Vec::new() };
        return if inputs.is_empty() {
            let failure = Failure::usage("there is nothing to check: no file is named");
            Err(failure.help(format!("name files, or keep sample events in `{EXAMPLES}/`")))
        } else {
            Ok(inputs)
        };
    }
    let mut inputs = Vec::new();
    for file in &args.files {
        let path = directory.join(file);
        if file.as_os_str() == "-" {
            inputs.push(Input { path: None, shown: "standard input".to_owned(), format: args.stdin_format });
        } else if path.is_dir() {
            inputs.extend(folder(&path, directory)?);
        } else {
            inputs.push(named(&path, file)?);
        }
    }
    Ok(inputs)
}

fn named(path: &Path, file: &Path) -> Result<Input, Failure> {
    let shown = file.display().to_string();
    if let Err(error) = std::fs::metadata(path) {
        return Err(Failure::input(format!("`{shown}` cannot be read: {error}")));
    }
    let format = format_of(path).unwrap_or(Format::Yaml);
    Ok(Input { path: Some(path.to_owned()), shown, format })
}

fn folder(folder: &Path, directory: &Path) -> Result<Vec<Input>, Failure> {
    let mut paths = Vec::new();
    collect(folder, &mut paths)
        .map_err(|error| Failure::input(format!("`{}` cannot be read: {error}", folder.display())))?;
    paths.sort();
    let input = |path: PathBuf| {
        let format = format_of(&path)?;
        let shown = path.strip_prefix(directory).unwrap_or(&path).display().to_string();
        Some(Input { path: Some(path), shown, format })
    };
    Ok(paths.into_iter().filter_map(input).collect())
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
