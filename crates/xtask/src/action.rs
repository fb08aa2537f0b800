//! `actions/*/action.yml` and their READMEs, from the commands that they call.

use anyhow::{Context, Result};
use clap::{Arg, ArgAction};
use linkspan_command::{Leaf, Program, flag_name, variable};
use serde_yaml::{Mapping, Value};

use crate::files::Files;
use crate::markdown::{about, arguments, cell, default};

/// One action: its folder, the program, and the command's path.
struct Action {
    name: &'static str,
    title: &'static str,
    icon: &'static str,
    program: fn() -> Program,
    path: &'static [&'static str],
}

const ACTIONS: &[Action] = &[
    Action {
        name: "build",
        title: "Build images",
        icon: "package",
        program: linkspan_build::program,
        path: &["build"],
    },
    Action {
        name: "rollout",
        title: "Roll out to Kubernetes",
        icon: "upload-cloud",
        program: linkspan_rollout::program,
        path: &["rollout", "apply"],
    },
    Action {
        name: "validate",
        title: "Validate events",
        icon: "check-circle",
        program: linkspan_events::program,
        path: &["events", "validate"],
    },
    Action {
        name: "compat",
        title: "Check a change of contracts",
        icon: "git-merge",
        program: linkspan_events::program,
        path: &["events", "compat"],
    },
    Action {
        name: "drift",
        title: "Find models that drifted apart",
        icon: "copy",
        program: linkspan_events::program,
        path: &["events", "drift"],
    },
];

/// Flags that make no sense in a workflow.
const LOCAL: [&str; 2] = ["color", "quiet"];

pub(crate) fn generate(files: &mut Files) -> Result<()> {
    for action in ACTIONS {
        let program = (action.program)();
        let (_, leaf) =
            program.commands().find(|(path, _)| path == action.path).context("an action names no command")?;
        let yaml = serde_yaml::to_string(&document(action, &program, leaf))?;
        files.add(format!("actions/{}/action.yml", action.name), format!("{HEAD}{yaml}"));
        files.add(format!("actions/{}/README.md", action.name), readme(action, &program, leaf));
    }
    Ok(())
}

const HEAD: &str = "# Generated from the command's flags by `cargo xtask generate`.\n";

fn inputs(leaf: &Leaf) -> impl Iterator<Item = &Arg> {
    arguments(leaf.command()).filter(|argument| !LOCAL.contains(&flag_name(argument)))
}

fn document(action: &Action, program: &Program, leaf: &Leaf) -> Value {
    let about = leaf.command().get_about().map(ToString::to_string).unwrap_or_default();
    map([
        ("name", format!("linkspan: {}", action.title).into()),
        ("description", about.into()),
        ("author", "linkspan".into()),
        ("branding", map([("icon", action.icon.into()), ("color", "blue".into())])),
        (
            "inputs",
            Value::Mapping(inputs(leaf).map(input).chain(launcher().map(|(name, about)| plain(name, about))).collect()),
        ),
        ("outputs", Value::Mapping(outputs(leaf))),
        ("runs", map([("using", "composite".into()), ("steps", Value::Sequence(vec![step(action, program, leaf)]))])),
    ])
}

/// What the launcher takes: the name of an input, and what it does.
fn launcher() -> impl Iterator<Item = (&'static str, &'static str)> {
    LAUNCHER.iter().map(|(name, _, about)| (*name, *about))
}

const LAUNCHER: [(&str, &str, &str); 3] = [
    ("working-directory", "", "The folder to run in, relative to the workspace"),
    ("mirror", "LINKSPAN_MIRROR", "An address to download the program from, instead of the release"),
    (
        "source-build",
        "LINKSPAN_SOURCE_BUILD",
        "`true` builds the program from the action's sources where it is not found",
    ),
];

fn input(argument: &Arg) -> (Value, Value) {
    let mut about = about(argument);
    match argument.get_action() {
        ArgAction::Append => about.push_str("; one a line"),
        ArgAction::SetTrue | ArgAction::SetFalse => about.push_str(" (`true` or `false`)"),
        _ => {}
    }
    let mut input = vec![("description", Value::from(about)), ("required", argument.is_required_set().into())];
    if let Some(default) = workflow_default(argument).or_else(|| default(argument)) {
        input.push(("default", default.into()));
    }
    (flag_name(argument).into(), map(input))
}

/// What a workflow knows by itself.
fn workflow_default(argument: &Arg) -> Option<String> {
    (flag_name(argument) == "github-token").then(|| "${{ github.token }}".to_owned())
}

fn plain(name: &str, about: &str) -> (Value, Value) {
    (name.into(), map([("description", about.into()), ("required", false.into())]))
}

fn outputs(leaf: &Leaf) -> Mapping {
    let output = |name: &str, about: &str| {
        let value = format!("${{{{ steps.run.outputs.{name} }}}}");
        (Value::from(name), map([("description", about.into()), ("value", value.into())]))
    };
    leaf.outputs().iter().map(|declared| output(declared.name, declared.about)).collect()
}

/// The one step. Inputs reach the program as variables only, so nothing from outside is pasted into a shell.
fn step(action: &Action, program: &Program, leaf: &Leaf) -> Value {
    let expression = |name: &str| Value::from(format!("${{{{ inputs.{name} }}}}"));
    let own = inputs(leaf).map(|argument| {
        let name = flag_name(argument);
        (Value::from(variable(action.path, name)), expression(name))
    });
    let launcher = LAUNCHER.iter().filter(|(_, variable, _)| !variable.is_empty());
    let launcher = launcher.map(|(name, variable, _)| (Value::from(*variable), expression(name)));
    let words = if program.is_single() {
        String::new()
    } else {
        action.path.iter().skip(1).map(|word| format!(" {word}")).collect()
    };
    map([
        ("id", "run".into()),
        ("shell", "bash".into()),
        ("working-directory", "${{ inputs.working-directory || '.' }}".into()),
        ("env", Value::Mapping(own.chain(launcher).collect())),
        ("run", format!("\"$GITHUB_ACTION_PATH/../launch.sh\" {}{words}", program.name).into()),
    ])
}

fn readme(action: &Action, program: &Program, leaf: &Leaf) -> String {
    let command = leaf.command();
    let long = command.get_long_about().map(ToString::to_string).unwrap_or_default();
    let words: Vec<_> = if program.is_single() {
        vec![program.name]
    } else {
        [program.name].into_iter().chain(action.path.iter().skip(1).copied()).collect()
    };
    let mut page = format!("# {}\n\n{long}\n\nThe same on a laptop: `{} --help`.\n\n", action.title, words.join(" "));
    page.push_str(&format!("```yaml\n- uses: linkspan-dev/linkspan/actions/{}@v1\n```\n\n", action.name));
    page.push_str("| input | default | what it does |\n| --- | --- | --- |\n");
    for argument in inputs(leaf) {
        let default = default(argument).map(|value| format!("`{value}`")).unwrap_or_default();
        page.push_str(&format!("| `{}` | {default} | {} |\n", flag_name(argument), cell(&about(argument))));
    }
    for (name, about) in launcher() {
        page.push_str(&format!("| `{name}` | | {} |\n", cell(about)));
    }
    page.push_str("\n| output | what it holds |\n| --- | --- |\n");
    for output in leaf.outputs() {
        page.push_str(&format!("| `{}` | {} |\n", output.name, cell(output.about)));
    }
    page
}

fn map<'a>(entries: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::Mapping(entries.into_iter().map(|(key, value)| (Value::from(key), value)).collect())
}
