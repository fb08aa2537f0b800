//! Kustomizations and charts, rendered by the tool that people have installed.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use super::Loading;

/// The file names that make a folder a kustomization, as `kustomize` knows them.
const KUSTOMIZATION: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// What renders a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// A kustomization: `kubectl kustomize`, else `kustomize build`.
    Kustomize,
    /// A chart: `helm template`.
    Helm,
}

impl Tool {
    /// The tool's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kustomize => "kustomize",
            Self::Helm => "helm",
        }
    }
}

/// What a folder must be rendered with; `None` for plain manifests.
#[must_use]
pub fn tool_of(folder: &Path) -> Option<Tool> {
    if KUSTOMIZATION.iter().any(|name| folder.join(name).is_file()) {
        Some(Tool::Kustomize)
    } else {
        folder.join("Chart.yaml").is_file().then_some(Tool::Helm)
    }
}

/// Why a folder cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The tool is not installed.
    #[error("`{path}` is a {what}, and none of {} is installed", .tools.join(", "))]
    Missing {
        /// The folder.
        path: String,
        /// `kustomization` or `chart`.
        what: &'static str,
        /// What was looked for.
        tools: Vec<&'static str>,
    },
    /// The tool could not be run.
    #[error("`{program}` cannot be run")]
    Start {
        /// The program.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// The tool failed.
    #[error("`{program}` failed on `{path}`: {complaint}")]
    Failed {
        /// The program.
        program: String,
        /// The folder.
        path: String,
        /// The end of what it said.
        complaint: String,
    },
}

/// What a process did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// Whether it ended well.
    pub success: bool,
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: Vec<u8>,
}

/// Runs programs.
pub trait Runner {
    /// Runs a program in a folder to its end.
    ///
    /// # Errors
    /// `NotFound` if it is not installed.
    fn run(&self, program: &str, arguments: &[&str], directory: &Path) -> io::Result<Ran>;
}

/// Real processes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Processes;

impl Runner for Processes {
    fn run(&self, program: &str, arguments: &[&str], directory: &Path) -> io::Result<Ran> {
        let output = Command::new(program).args(arguments).current_dir(directory).stdin(Stdio::null()).output()?;
        Ok(Ran { success: output.status.success(), stdout: output.stdout, stderr: output.stderr })
    }
}

/// The manifests of a folder, as the first tool that is installed renders them.
pub(super) fn render(tool: Tool, path: &str, how: Loading<'_>, processes: &dyn Runner) -> Result<Vec<u8>, RenderError> {
    for command in commands(tool, path, how) {
        let Some((program, arguments)) = command.split_first() else { continue };
        match processes.run(program, arguments, how.directory) {
            Ok(ran) if ran.success => return Ok(ran.stdout),
            Ok(ran) => return Err(failed(program, path, &ran)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(RenderError::Start { program: (*program).to_owned(), source }),
        }
    }
    let (what, tools) = match tool {
        Tool::Kustomize => ("kustomization", vec!["`kubectl`", "`kustomize`"]),
        Tool::Helm => ("chart", vec!["`helm`"]),
    };
    Err(RenderError::Missing { path: path.to_owned(), what, tools })
}

fn commands<'a>(tool: Tool, path: &'a str, how: Loading<'a>) -> Vec<Vec<&'a str>> {
    match tool {
        Tool::Kustomize => vec![vec!["kubectl", "kustomize", path], vec!["kustomize", "build", path]],
        Tool::Helm => {
            let release = Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or("release");
            let mut command = vec!["helm", "template", release, path, "--include-crds", "--no-hooks", "--skip-tests"];
            if let Some(namespace) = how.namespace {
                command.extend(["--namespace", namespace]);
            }
            vec![command]
        }
    }
}

fn failed(program: &str, path: &str, ran: &Ran) -> RenderError {
    let said = String::from_utf8_lossy(&ran.stderr);
    let last = said.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("it said nothing");
    let complaint = last.chars().take(500).collect();
    RenderError::Failed { program: program.to_owned(), path: path.to_owned(), complaint }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::manifest::load;

    /// Only some tools are installed; what is run is written down.
    struct Fake {
        installed: &'static [&'static str],
        success: bool,
        ran: RefCell<Vec<String>>,
    }

    impl Runner for Fake {
        fn run(&self, program: &str, arguments: &[&str], _directory: &Path) -> io::Result<Ran> {
            if !self.installed.contains(&program) {
                return Err(io::ErrorKind::NotFound.into());
            }
            self.ran.borrow_mut().push(format!("{program} {}", arguments.join(" ")));
            let stdout = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n".to_vec();
            Ok(Ran { success: self.success, stdout, stderr: b"Error: no such thing\n\n".to_vec() })
        }
    }

    fn rendered(file: &str, installed: &'static [&'static str], success: bool) -> (Result<usize, String>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("app")).unwrap();
        std::fs::write(folder.path().join("app").join(file), "").unwrap();
        let fake = Fake { installed, success, ran: RefCell::default() };
        let how = Loading { directory: folder.path(), recursive: false, namespace: Some("shop") };
        let loaded = load(&["app".to_owned()], how, &fake);
        (loaded.map(|manifests| manifests.len()).map_err(|error| error.to_string()), fake.ran.into_inner())
    }

    #[test]
    fn the_first_installed_tool_renders() {
        let (loaded, ran) = rendered("kustomization.yaml", &["kubectl", "kustomize"], true);
        assert_eq!((loaded, ran), (Ok(1), vec!["kubectl kustomize app".to_owned()]));
        let (loaded, ran) = rendered("Kustomization", &["kustomize"], true);
        assert_eq!((loaded, ran), (Ok(1), vec!["kustomize build app".to_owned()]));
        let (_, ran) = rendered("Chart.yaml", &["helm"], true);
        assert_eq!(ran, ["helm template app app --include-crds --no-hooks --skip-tests --namespace shop"]);
    }

    #[test]
    fn a_missing_or_failing_tool_is_named() {
        insta::assert_snapshot!(rendered("Chart.yaml", &[], true).0.unwrap_err(), @"`app` is a chart, and none of `helm` is installed");
        insta::assert_snapshot!(rendered("kustomization.yml", &["kubectl"], false).0.unwrap_err(), @"`kubectl` failed on `app`: Error: no such thing");
    }
}
