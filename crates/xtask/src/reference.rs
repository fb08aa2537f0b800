//! `docs/reference/`: one page per command, the exit codes, schemas, man pages, completions.

use anyhow::Result;
use clap_complete::{Shell, generate as complete};
use linkspan_command::{Exit, Leaf, Program};

use crate::files::Files;
use crate::markdown::table;

pub(crate) fn generate(files: &mut Files) -> Result<()> {
    let program = linkspan::program();
    let mut index = String::from("# Commands\n\n");
    for (path, leaf) in program.commands() {
        let name = path.join("-");
        index.push_str(&format!("- [`linkspan {}`]({name}.md): {}\n", path.join(" "), about(leaf)));
        files.add(format!("docs/reference/commands/{name}.md"), page(&path, leaf));
    }
    index.push_str("\nHow they end: [exit codes](../exit-codes.md). What they print with `--format json`: [schema](../report.schema.json).\n");
    files.add("docs/reference/commands/README.md", index);
    files.add("docs/reference/exit-codes.md", exit_codes());
    configuration(files, "linkspan.yaml", &linkspan_project::json_schema())?;
    files.add("docs/reference/report.schema.json", serde_json::to_string_pretty(&linkspan_report::schema())?);
    let compat = serde_json::to_string_pretty(&linkspan_events::compat::result_schema())?;
    files.add("docs/reference/compat-result.schema.json", compat);
    configuration(files, "waivers", &linkspan_project::waivers_schema())?;
    files.add("docs/reference/compat-rules.md", linkspan_events::compat::rules::reference());
    manuals(files, &program)?;
    completions(files, &program);
    Ok(())
}

/// The schema of a file that people write: one to read, and a short one that programs carry.
fn configuration(files: &mut Files, name: &str, schema: &serde_json::Value) -> Result<()> {
    files.add(format!("docs/reference/{name}.schema.json"), serde_json::to_string_pretty(schema)?);
    files.add(format!("crates/project/src/schemas/{name}.schema.json"), schema.to_string());
    Ok(())
}

fn about(leaf: &Leaf) -> String {
    leaf.command().get_about().map(ToString::to_string).unwrap_or_default()
}

fn page(path: &[&str], leaf: &Leaf) -> String {
    let command = leaf.command();
    let long = command.get_long_about().map_or_else(|| about(leaf), ToString::to_string);
    let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let examples = examples.trim_start_matches("Examples:\n");
    let mut page = format!("# linkspan {}\n\n{long}\n\n", path.join(" "));
    if !examples.is_empty() {
        page.push_str(&format!(
            "```console\n{}\n```\n\n",
            examples.lines().map(str::trim_start).collect::<Vec<_>>().join("\n")
        ));
    }
    page.push_str(&table(path, command));
    page.push_str(
        "\nA variable counts where its flag is not typed; an empty one counts as unset. Lists take one value a line.\n",
    );
    if !leaf.outputs().is_empty() {
        page.push_str("\n| output | what it holds |\n| --- | --- |\n");
        for output in leaf.outputs() {
            page.push_str(&format!("| `{}` | {} |\n", output.name, output.about));
        }
    }
    page
}

fn exit_codes() -> String {
    let mut page =
        "# Exit codes\n\nOne table for all programs.\n\n| code | name | when |\n| ---: | --- | --- |\n".to_owned();
    for exit in Exit::ALL {
        page.push_str(&format!("| {} | `{}` | {} |\n", exit.code(), exit.name(), exit.about()));
    }
    page
}

fn manuals(files: &mut Files, program: &Program) -> Result<()> {
    let mut pages = vec![(program.name.to_owned(), program.command())];
    for (path, leaf) in program.commands() {
        let name = format!("{}-{}", program.name, path.join("-"));
        pages.push((name.clone(), leaf.command().clone().name(name).version(env!("CARGO_PKG_VERSION"))));
    }
    for (name, command) in pages {
        let mut text = Vec::new();
        clap_mangen::Man::new(command.disable_help_subcommand(true)).date("").render(&mut text)?;
        files.add(format!("docs/reference/man/{name}.1"), String::from_utf8(text)?);
    }
    Ok(())
}

fn completions(files: &mut Files, program: &Program) {
    for (shell, name) in [(Shell::Bash, "linkspan.bash"), (Shell::Zsh, "_linkspan"), (Shell::Fish, "linkspan.fish")] {
        let mut text = Vec::new();
        complete(shell, &mut program.command(), program.name, &mut text);
        files.add(format!("docs/reference/completions/{name}"), String::from_utf8_lossy(&text));
    }
}
