//! `drift`: holds each model against its projections, by meaning.
//!
//! Everything becomes a JSON Schema — a column, too — and the prover of `compat` is asked, property by property,
//! whether the values of one side are values of the other. What it answers with a value is a drift.

mod code;
mod compare;
mod finding;
mod format;
mod judge;
mod load;
mod mapping;
mod object;
mod rules;
mod schema;
mod shape;
mod sql;
mod table;
mod write;

use std::time::Duration;

use linkspan_command::{Context, Exit, Failure};
use linkspan_project::{Error as ProjectError, Project};
use linkspan_report::{Findings, Outcome, Report, printable_line};
use serde_json::{Value, json};

use code::{Generators, Shell};
use compare::{Compared, Verdict, compare, direction, result, word};
use load::{Loaded, load};
pub use rules::{RULES, Rule};

use write::Change;

use crate::schema::Files;

/// Hold models against their shapes in APIs, events, tables and code
///
/// Each model of `linkspan.yaml` is compared with its projections by meaning: every value that the one side allows and
/// the other does not is a drift, and one such value is shown. A table must take every value of its model, an event
/// must carry values of the model only, an API's schema must be equal, unless the projection says otherwise. Types in
/// code are compared with what their generator writes, which runs in a copy of the project.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  linkspan-events drift                        all models
  linkspan-events drift Order                  one of them
  linkspan-events drift --write --dry-run      what would be changed, as a diff
  linkspan-events drift --write                change the projections")]
pub struct Args {
    /// Models; all of them, if none is given
    #[arg(value_name = "MODELS")]
    pub models: Vec<String>,

    /// Change the projections so that they say what their models say
    #[arg(long)]
    pub write: bool,

    /// With `--write`: show the changes as a diff, and change nothing
    #[arg(long)]
    pub dry_run: bool,

    /// Run no generators: types in code are not compared
    #[arg(long)]
    pub no_generate: bool,

    /// How many seconds a generator may run
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub generate_timeout: u64,
}

/// Runs `drift`.
///
/// # Errors
/// A file is missing or malformed, a model is not known, or what should be written cannot be.
pub fn run(args: Args, context: &Context) -> Result<Report, Failure> {
    if args.dry_run && !args.write {
        return Err(Failure::usage("`--dry-run` needs `--write`: without it nothing is changed anyway"));
    }
    let project = Project::discover(&context.directory).map_err(project_failure)?;
    let files = Files::new(&project.root, &context.directory).locked()?;
    let names = chosen(&args, &project)?;
    let mut shell = Shell::new(&project.root, Duration::from_secs(args.generate_timeout));
    let mut rows = Vec::new();
    let mut task = context.progress.task("drift");
    for name in names {
        let Some(model) = project.manifest.contracts.models.get(name) else { continue };
        task.update(name);
        let loaded = load(&files, name, model)?;
        let generators = (!args.no_generate).then_some(&mut shell as &mut dyn Generators);
        let compared = all(&files, &project, &loaded, generators)?;
        rows.push((loaded, compared));
    }
    task.done(summary(&rows));
    if !args.write {
        return Ok(report(&rows, context.findings()));
    }
    let generators = (!args.no_generate).then_some(&mut shell as &mut dyn Generators);
    let changes = write::plan(&project, &rows, generators)?;
    if !args.dry_run {
        write::apply(&project.root, &changes)?;
    }
    Ok(written(&args, &rows, &changes, context.findings()))
}

/// What was changed, or would be.
fn written(args: &Args, rows: &Rows, changes: &[Change], mut findings: Findings) -> Report {
    let open = |one: &&Compared| one.verdict == Verdict::Unknown;
    findings.extend(all_of(rows).filter(open).flat_map(|one| one.findings.iter().cloned()));
    let outcome = if all_of(rows).any(|one| open(&one)) { Outcome::Undecided } else { Outcome::Done };
    let paths: Vec<_> = changes.iter().map(|change| change.path.display().to_string()).collect();
    let diff = write::diff(changes);
    let summary = match (changes.len(), args.dry_run) {
        (0, _) => "there is nothing to change".to_owned(),
        (_, true) => format!("would change {}", paths.join(", ")),
        (_, false) => format!("changed {}", paths.join(", ")),
    };
    let text = if args.dry_run { format!("{diff}{summary}") } else { summary };
    let result = json!({ "models": models(rows), "changes": paths, "diff": diff, "dry-run": args.dry_run });
    let markdown = if diff.is_empty() { String::new() } else { format!("```diff\n{diff}```\n") };
    let report = Report::new("events drift", findings).outcome(outcome).result(result).text(text).markdown(markdown);
    let count = |verdict| all_of(rows).filter(|one| one.verdict == verdict).count().to_string();
    let drift = if args.dry_run { count(Verdict::Drift) } else { "0".to_owned() };
    report.output("drift", drift).output("unknown", count(Verdict::Unknown))
}

fn chosen<'a>(args: &'a Args, project: &'a Project) -> Result<Vec<&'a str>, Failure> {
    let models = &project.manifest.contracts.models;
    if models.is_empty() {
        let failure = Failure::usage("there is nothing to compare: no model is declared");
        return Err(failure.help("declare models and their projections under `contracts.models` in `linkspan.yaml`"));
    }
    for name in &args.models {
        if !models.contains_key(name) {
            let known: Vec<_> = models.keys().map(|name| format!("`{name}`")).collect();
            let failure = Failure::usage(format!("there is no model `{name}`"));
            return Err(failure.help(format!("there are {}", known.join(", "))));
        }
    }
    Ok(if args.models.is_empty() {
        models.keys().map(String::as_str).collect()
    } else {
        args.models.iter().map(String::as_str).collect()
    })
}

fn all(
    files: &Files,
    project: &Project,
    loaded: &Loaded,
    mut generators: Option<&mut dyn Generators>,
) -> Result<Vec<Compared>, Failure> {
    let mut found = Vec::new();
    for projected in &loaded.projections {
        let generators = generators.as_mut().map(|generators| &mut **generators as &mut dyn Generators);
        found.push(compare(files, &project.root, loaded, projected, generators)?);
    }
    Ok(found)
}

fn project_failure(error: ProjectError) -> Failure {
    match error {
        ProjectError::Malformed(findings) => match findings.into_iter().next() {
            Some(finding) => Failure::new(Exit::Input, finding),
            None => Failure::input("`linkspan.yaml` is malformed"),
        },
        ProjectError::Unreadable { file, source } => {
            Failure::input(format!("cannot be read: {source}")).in_file(file, None)
        }
    }
}

type Rows = [(Loaded, Vec<Compared>)];

fn models(rows: &Rows) -> Vec<Value> {
    let model = |(model, compared): &(Loaded, Vec<Compared>)| {
        let projections =
            model.projections.iter().zip(compared).map(|(projected, compared)| result(projected, compared));
        json!({ "model": model.name, "projections": projections.collect::<Vec<Value>>() })
    };
    rows.iter().map(model).collect()
}

fn report(rows: &Rows, mut findings: Findings) -> Report {
    for compared in all_of(rows) {
        findings.extend(compared.findings.iter().cloned());
    }
    let result = json!({ "models": models(rows) });
    let outcome = outcome(rows);
    let count = |verdict| all_of(rows).filter(|compared| compared.verdict == verdict).count().to_string();
    let (drift, unknown) = (count(Verdict::Drift), count(Verdict::Unknown));
    let report = Report::new("events drift", findings).outcome(outcome).result(result);
    let report = report.text(format!("{}{}", table(rows), summary(rows))).markdown(markdown(rows));
    report.output("drift", drift).output("unknown", unknown)
}

fn all_of(rows: &Rows) -> impl Iterator<Item = &Compared> {
    rows.iter().flat_map(|(_, compared)| compared)
}

fn outcome(rows: &Rows) -> Outcome {
    if all_of(rows).any(|compared| compared.verdict == Verdict::Drift) {
        Outcome::Findings
    } else if all_of(rows).any(|compared| compared.verdict == Verdict::Unknown) {
        Outcome::Undecided
    } else {
        Outcome::Done
    }
}

fn cells(rows: &Rows) -> Vec<[String; 5]> {
    let row = |model: &Loaded, index: usize, compared: &Compared| {
        let projected = model.projections.get(index)?;
        let witness =
            compared.witness.as_ref().and_then(|witness| witness.get("value").or_else(|| witness.get("event")));
        Some([
            model.name.clone(),
            projected.at.clone(),
            if projected.kind == "type" { "" } else { direction(projected.mapping.direction) }.to_owned(),
            word(compared.verdict).to_owned(),
            witness.filter(|value| !value.is_null()).map(rules::shown).unwrap_or_default(),
        ])
    };
    let all =
        rows.iter().flat_map(|(model, compared)| compared.iter().enumerate().map(move |(at, one)| (model, at, one)));
    all.filter_map(|(model, index, compared)| row(model, index, compared)).collect()
}

fn table(rows: &Rows) -> String {
    let cells = cells(rows);
    let widths: Vec<usize> = (0..4)
        .map(|column| {
            cells.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let line = |row: &[String; 5]| {
        let padded: Vec<_> = row
            .iter()
            .enumerate()
            .map(|(at, cell)| format!("{cell:width$}", width = widths.get(at).copied().unwrap_or(0)))
            .collect();
        format!("{}\n", printable_line(padded.join("  ").trim_end()))
    };
    cells.iter().map(line).collect()
}

fn markdown(rows: &Rows) -> String {
    let cell = |text: &String| text.replace('|', "\\|");
    let line = |row: &[String; 5]| format!("| {} |\n", row.iter().map(cell).collect::<Vec<_>>().join(" | "));
    let lines: String = cells(rows).iter().map(line).collect();
    format!("| model | projection | direction | verdict | witness |\n| --- | --- | --- | --- | --- |\n{lines}")
}

fn summary(rows: &Rows) -> String {
    let count = |verdict| all_of(rows).filter(|compared| compared.verdict == verdict).count();
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let all = plural(all_of(rows).count(), "projection");
    let of = format!("{all} of {}", plural(rows.len(), "model"));
    match (count(Verdict::Drift), count(Verdict::Unknown)) {
        (0, 0) => format!("{of}: no drift"),
        (drift, 0) => format!("{of}: {drift} with drift"),
        (0, unknown) => format!("{of}: {unknown} not decided"),
        (drift, unknown) => format!("{of}: {drift} with drift, {unknown} not decided"),
    }
}
