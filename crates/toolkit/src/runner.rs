use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// What runs the workflow. It decides only how things are shown, never what is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// GitHub's own runner, hosted or not.
    GitHub,
    /// `act`, on an engineer's machine.
    Act,
    /// Another forge's runner that understands GitHub's workflows (Gitea, Forgejo).
    Other,
}

/// The files that the runner reads when the step has ended. A runner need not have all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    /// `GITHUB_OUTPUT`: the step's outputs.
    pub output: Option<PathBuf>,
    /// `GITHUB_ENV`: variables for the steps that follow.
    pub env: Option<PathBuf>,
    /// `GITHUB_PATH`: folders for the `PATH` of the steps that follow.
    pub path: Option<PathBuf>,
    /// `GITHUB_STATE`: values for the action's own post step.
    pub state: Option<PathBuf>,
    /// `GITHUB_STEP_SUMMARY`: Markdown under the run.
    pub summary: Option<PathBuf>,
    /// `GITHUB_ARTIFACTS`: what the step made.
    pub artifacts: Option<PathBuf>,
}

/// The runner's environment as a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runner {
    /// What runs the workflow.
    pub engine: Engine,
    /// The files for file commands.
    pub files: Files,
    /// The folder with the checked-out repository (`GITHUB_WORKSPACE`).
    pub workspace: Option<PathBuf>,
    /// The event that started the workflow, as JSON (`GITHUB_EVENT_PATH`).
    pub event_path: Option<PathBuf>,
    /// The event's name (`GITHUB_EVENT_NAME`).
    pub event_name: Option<String>,
    /// Whether debugging is switched on (`RUNNER_DEBUG`).
    pub debug: bool,
    /// `owner/name` (`GITHUB_REPOSITORY`).
    pub repository: Option<String>,
    /// The commit (`GITHUB_SHA`).
    pub sha: Option<String>,
    /// The branch or tag as a full ref (`GITHUB_REF`).
    pub git_ref: Option<String>,
    /// The forge's address (`GITHUB_SERVER_URL`).
    pub server_url: Option<String>,
    /// The API's address (`GITHUB_API_URL`).
    pub api_url: Option<String>,
    /// The run's number in URLs (`GITHUB_RUN_ID`).
    pub run_id: Option<String>,
    /// Which attempt of the run this is (`GITHUB_RUN_ATTEMPT`).
    pub run_attempt: Option<String>,
    /// A folder that is emptied after the job (`RUNNER_TEMP`).
    pub temp: Option<PathBuf>,
    /// Where tools are kept between jobs (`RUNNER_TOOL_CACHE`).
    pub tool_cache: Option<PathBuf>,
}

impl Runner {
    /// Reads the environment; `None` outside of a workflow (`GITHUB_ACTIONS` is not `true`).
    ///
    /// An empty variable counts as unset. Nothing but the map is looked at.
    #[must_use]
    pub fn from_env(variables: &BTreeMap<String, String>) -> Option<Self> {
        let text = |name: &str| variables.get(name).filter(|value| !value.is_empty()).cloned();
        let path = |name: &str| text(name).map(PathBuf::from);
        let is = |name: &str| text(name).is_some_and(|value| value == "true");
        is("GITHUB_ACTIONS").then(|| Self {
            engine: match () {
                () if is("ACT") => Engine::Act,
                () if is("GITEA_ACTIONS") || is("FORGEJO_ACTIONS") => Engine::Other,
                () => Engine::GitHub,
            },
            files: Files {
                output: path("GITHUB_OUTPUT"),
                env: path("GITHUB_ENV"),
                path: path("GITHUB_PATH"),
                state: path("GITHUB_STATE"),
                summary: path("GITHUB_STEP_SUMMARY"),
                artifacts: path("GITHUB_ARTIFACTS"),
            },
            workspace: path("GITHUB_WORKSPACE"),
            event_path: path("GITHUB_EVENT_PATH"),
            event_name: text("GITHUB_EVENT_NAME"),
            debug: text("RUNNER_DEBUG").is_some_and(|value| value == "1"),
            repository: text("GITHUB_REPOSITORY"),
            sha: text("GITHUB_SHA"),
            git_ref: text("GITHUB_REF"),
            server_url: text("GITHUB_SERVER_URL"),
            api_url: text("GITHUB_API_URL"),
            run_id: text("GITHUB_RUN_ID"),
            run_attempt: text("GITHUB_RUN_ATTEMPT"),
            temp: path("RUNNER_TEMP"),
            tool_cache: path("RUNNER_TOOL_CACHE"),
        })
    }

    /// The page of this run, as far as the environment tells it.
    #[must_use]
    pub fn run_url(&self) -> Option<String> {
        let server = self.server_url.as_ref()?.trim_end_matches('/');
        let (repository, run) = (self.repository.as_ref()?, self.run_id.as_ref()?);
        let attempt = self.run_attempt.as_ref();
        let attempt = attempt.map(|number| format!("/attempts/{number}"));
        Some(format!("{server}/{repository}/actions/runs/{run}{}", attempt.unwrap_or_default()))
    }

    /// The path as an annotation names it: relative to the workspace and with `/`.
    ///
    /// `path` may be relative to `working_directory`. What lies outside of the workspace keeps its whole path.
    /// Links are not followed, as on the runner.
    #[must_use]
    pub fn relative(&self, working_directory: &Path, path: &Path) -> String {
        let whole = lexical(&working_directory.join(path));
        let workspace = self.workspace.as_deref().map(lexical);
        let inside = workspace.as_deref().and_then(|root| whole.strip_prefix(root).ok());
        slashed(inside.unwrap_or(&whole))
    }
}

/// The path without `.` and `..`.
fn lexical(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if result.file_name().is_some() => {
                result.pop();
            }
            Component::ParentDir if result.has_root() => {}
            part => result.push(part),
        }
    }
    result
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

#[cfg(test)]
mod tests {
    use super::{Engine, Runner};
    use std::collections::BTreeMap;
    use std::path::Path;

    fn runner(more: &[(&str, &str)]) -> Option<Runner> {
        let base = [("GITHUB_ACTIONS", "true"), ("GITHUB_WORKSPACE", "/w/repo")];
        let pairs = base.iter().chain(more);
        let variables = pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Runner::from_env(&variables.collect())
    }

    #[test]
    fn outside_of_a_workflow_there_is_none() {
        assert_eq!(Runner::from_env(&BTreeMap::new()), None);
        assert_eq!(runner(&[("GITHUB_ACTIONS", "")]), None);
    }

    #[test]
    fn engines_are_told_apart() {
        assert_eq!(runner(&[]).unwrap().engine, Engine::GitHub);
        assert_eq!(runner(&[("ACT", "true")]).unwrap().engine, Engine::Act);
        assert_eq!(runner(&[("GITEA_ACTIONS", "true")]).unwrap().engine, Engine::Other);
    }

    #[test]
    fn empty_is_unset() {
        let runner = runner(&[("GITHUB_OUTPUT", ""), ("RUNNER_DEBUG", "1"), ("GITHUB_ENV", "/e")]).unwrap();
        assert_eq!(runner.files.output, None);
        assert_eq!(runner.files.env.as_deref(), Some(Path::new("/e")));
        assert!(runner.debug);
    }

    #[test]
    fn the_run_has_a_page() {
        let given = [
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_REPOSITORY", "acme/shop"),
            ("GITHUB_RUN_ID", "7"),
            ("GITHUB_RUN_ATTEMPT", "2"),
        ];
        let url = runner(&given).unwrap().run_url();
        assert_eq!(url.as_deref(), Some("https://github.com/acme/shop/actions/runs/7/attempts/2"));
        assert_eq!(runner(&given[..2]).unwrap().run_url(), None);
    }

    #[test]
    fn files_are_relative_to_the_workspace() {
        let runner = runner(&[]).unwrap();
        let relative = |folder: &str, file: &str| runner.relative(Path::new(folder), Path::new(file));
        assert_eq!(relative("/w/repo", "./a/b.yaml"), "a/b.yaml");
        assert_eq!(relative("/w/repo/services", "../a.yaml"), "a.yaml");
        assert_eq!(relative("/elsewhere", "/w/repo/a.yaml"), "a.yaml");
        assert_eq!(relative("/w/repo", "/w/repository/a.yaml"), "/w/repository/a.yaml");
        assert_eq!(relative("/w/repo", "../../../x"), "/x");
    }
}
