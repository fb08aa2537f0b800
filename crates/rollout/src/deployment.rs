//! A rollout as a deployment on GitHub, when asked for: what people see on the repository's page.
//!
//! GitHub is told from a thread of its own, so that a slow answer never holds a rollout up, and a failing one never
//! makes it fail: what could not be told becomes a warning.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use clap::Args;
use linkspan_command::{Context, Environment, Failure, Secret};
use linkspan_github::{GitHub, GitHubError, Links, NewDeployment, Options, Record, Repository, State, Token};
use linkspan_report::{Finding, Outcome, Report};
use linkspan_toolkit::Runner;

use crate::args::ApplyArgs;
use crate::command::{run_apply, run_apply_observed};
use crate::observer::{Observer, Start};

/// Whether and how the rollout is recorded on GitHub.
#[derive(Debug, Clone, Default, Args)]
pub struct DeploymentArgs {
    /// Record the rollout as a deployment on GitHub; needs a token with `deployments: write`
    #[arg(long)]
    pub github_deployment: bool,
    /// The token; default: `GITHUB_TOKEN`
    #[arg(long, value_name = "TOKEN")]
    pub github_token: Option<Secret>,
    /// Where people find what was rolled out: a link on the deployment
    #[arg(long, value_name = "URL")]
    pub environment_url: Option<String>,
}

/// Runs `apply`, recorded on GitHub if the flags say so.
///
/// # Errors
/// As [`run_apply`]; or the runner does not say which repository and commit this is.
pub fn run_apply_recorded(args: &ApplyArgs, context: &Context) -> Result<Report, Failure> {
    if !args.deployment.github_deployment {
        return run_apply(args, context);
    }
    let mut recorder = Recorder::new(Plan::resolve(&args.deployment, &context.environment)?);
    let report = run_apply_observed(args, context, &mut recorder);
    let untold = recorder.join();
    report.map(|mut report| {
        report.findings.extend(untold);
        report
    })
}

/// What GitHub will be told, and how it is reached.
#[derive(Debug)]
struct Plan {
    options: Options,
    repository: Repository,
    token: Token,
    git_ref: String,
    key: String,
    links: Links,
}

impl Plan {
    fn resolve(args: &DeploymentArgs, environment: &Environment) -> Result<Self, Failure> {
        let needed = |name: &str| {
            let failure =
                || Failure::usage(format!("`--github-deployment` needs the variable `{name}`, which is not set"));
            environment
                .get(name)
                .ok_or_else(|| failure().help("it is set on a GitHub runner; leave the flag out elsewhere"))
        };
        let token = match &args.github_token {
            Some(token) => token.reveal(),
            None => environment.get("GITHUB_TOKEN").ok_or_else(|| {
                Failure::usage("`--github-deployment` needs a token")
                    .help("give it with `--github-token` or in `GITHUB_TOKEN`")
            })?,
        };
        let repository =
            needed("GITHUB_REPOSITORY")?.parse().map_err(|error: GitHubError| Failure::usage(error.to_string()))?;
        let mut options = Options::default();
        if let Some(api_url) = environment.get("GITHUB_API_URL") {
            api_url.clone_into(&mut options.api_url);
        }
        let variables = environment.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let log = Runner::from_env(&variables).and_then(|runner| runner.run_url());
        let number = |name| environment.get(name).unwrap_or("0");
        Ok(Self {
            options,
            repository,
            token: Token::new(token),
            git_ref: needed("GITHUB_SHA")?.to_owned(),
            key: format!("{}-{}-{}", number("GITHUB_RUN_ID"), number("GITHUB_RUN_ATTEMPT"), number("GITHUB_JOB")),
            links: Links { log, environment: args.environment_url.clone() },
        })
    }

    fn deployment(&self, start: &Start) -> NewDeployment {
        let plural = if start.writes == 1 { "" } else { "s" };
        NewDeployment {
            git_ref: self.git_ref.clone(),
            environment: start.environment.clone(),
            description: format!("{} object{plural} in namespace {}", start.writes, start.namespace),
            production: None,
            transient: false,
            key: format!("{}-{}", self.key, start.environment),
        }
    }
}

/// What the thread is told.
enum Said {
    Started(Start),
    Finished(Outcome, String),
}

/// Passes on what happens to the thread that talks to GitHub.
struct Recorder {
    said: Sender<Said>,
    thread: JoinHandle<Result<(), GitHubError>>,
}

impl Recorder {
    fn new(plan: Plan) -> Self {
        let (said, heard) = channel();
        Self { said, thread: std::thread::spawn(move || tell(&plan, &heard)) }
    }

    /// Waits until GitHub was told everything, and says what it could not be told.
    fn join(self) -> Option<Finding> {
        drop(self.said);
        let error = match self.thread.join() {
            Ok(Ok(())) => return None,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the thread that talks to GitHub ended".to_owned(),
        };
        Some(Finding::warning(
            "rollout/github-deployment",
            format!("the deployment on GitHub is not up to date: {error}"),
        ))
    }
}

impl Observer for Recorder {
    fn started(&mut self, start: &Start) {
        // A thread that ended early says why when it is joined.
        let _ = self.said.send(Said::Started(start.clone()));
    }

    fn finished(&mut self, outcome: Outcome, summary: &str) {
        let _ = self.said.send(Said::Finished(outcome, summary.to_owned()));
    }
}

fn tell(plan: &Plan, heard: &Receiver<Said>) -> Result<(), GitHubError> {
    let Ok(Said::Started(start)) = heard.recv() else { return Ok(()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| GitHubError::Unreachable(error.to_string()))?;
    runtime.block_on(async {
        let github = GitHub::connect(&plan.options, plan.repository.clone(), &plan.token)?;
        let record = Record::begin(github, &plan.deployment(&start), plan.links.clone()).await?;
        record.say(State::InProgress, "rolling out").await?;
        match heard.recv() {
            Ok(Said::Finished(outcome, summary)) => record.say(state(outcome), &summary).await,
            _ => record.say(State::Error, "it could not be tried").await,
        }
    })
}

fn state(outcome: Outcome) -> State {
    match outcome {
        Outcome::Done => State::Success,
        Outcome::Findings | Outcome::Failed | Outcome::Undone | Outcome::TimedOut | Outcome::Undecided => {
            State::Failure
        }
        Outcome::Changes | Outcome::Refused | Outcome::Error => State::Error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(left_out: &str) -> Environment {
        let all = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_REPOSITORY", "acme/shop"),
            ("GITHUB_SHA", "abc"),
            ("GITHUB_TOKEN", "t0ken"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_RUN_ID", "7"),
        ];
        all.into_iter().filter(|(name, _)| *name != left_out).collect()
    }

    #[test]
    fn the_runner_says_what_is_deployed() {
        let plan = Plan::resolve(&DeploymentArgs::default(), &environment("")).unwrap();
        let start = Start { environment: "staging".into(), namespace: "shop".into(), writes: 1 };
        let new = plan.deployment(&start);
        assert_eq!((new.git_ref.as_str(), new.environment.as_str()), ("abc", "staging"));
        assert_eq!(new.description, "1 object in namespace shop");
        assert_eq!(plan.links.log.as_deref(), Some("https://github.com/acme/shop/actions/runs/7"));
        assert!(!format!("{plan:?}").contains("t0ken"));
    }

    #[test]
    fn without_a_runner_or_a_token_it_says_what_is_missing() {
        let message =
            |left_out| Plan::resolve(&DeploymentArgs::default(), &environment(left_out)).unwrap_err().to_string();
        assert_eq!(message("GITHUB_SHA"), "`--github-deployment` needs the variable `GITHUB_SHA`, which is not set");
        assert_eq!(message("GITHUB_TOKEN"), "`--github-deployment` needs a token");
    }
}
