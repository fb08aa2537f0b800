//! `validate`: holds documents against their schemas.

mod checker;
mod envelope;
mod fast;
mod faults;
mod guard;
mod inputs;
mod plan;
mod run;
mod schema;
mod stream;

use std::num::NonZero;
use std::path::{Path, PathBuf};

use linkspan_command::{Context, Failure};
use linkspan_project::{Error as ProjectError, Project};
use linkspan_report::{Finding, Findings, Outcome, Report};
use serde_json::json;

use checker::Checker;
use faults::Masks;
pub(crate) use faults::{help, message, shown};
use inputs::Input;
use run::{Run, Tally};
use stream::with_stack;

use crate::catalog::Catalog;
use crate::documents;
use crate::schema::{Dialect, Files, Place, compile};

/// Check events, or any documents, against their schemas
///
/// Without `--schema` the documents are CloudEvents: the envelope is checked, and the data by the event's `type` or
/// `dataschema`, which the project's AsyncAPI documents define; AsyncAPI and OpenAPI documents are checked against their
/// specifications. With `--schema` they are anything, and the whole is checked. Files are JSON, YAML (also several
/// documents), NDJSON, or recorded HTTP messages (`*.http`); `-` is standard input. Nothing is fetched.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  linkspan-events validate                                     the project's sample events
  linkspan-events validate contracts/examples/orders.ndjson
  linkspan-events validate --schema order.schema.yaml order.json
  linkspan-events validate --format sarif events/ > results.sarif")]
pub struct Args {
    /// Files or folders; the project's AsyncAPI documents and the files in `contracts/examples/`, if none is given
    #[arg(value_name = "FILES")]
    pub files: Vec<PathBuf>,

    /// Check each document as a whole against this JSON Schema; `FILE#/pointer` names a part
    #[arg(long, value_name = "FILE")]
    pub schema: Option<String>,

    /// Assert `format` whatever the schema's draft says
    #[arg(long)]
    pub assert_formats: bool,

    /// Never show this value: a JSON Pointer (`/data/card`, `*` is any one token), or a name of members at any depth;
    /// may be given several times. What a schema marks with `x-sensitive: true` is never shown either
    #[arg(long, value_name = "POINTER|NAME")]
    pub mask: Vec<String>,

    /// How many threads check the lines of NDJSON; all cores, if not given
    #[arg(long, value_name = "COUNT")]
    pub jobs: Option<NonZero<usize>>,

    /// How standard input is read: json, ndjson or yaml
    #[arg(long, value_name = "FORMAT", default_value = "json", value_parser = inputs::format)]
    pub stdin_format: linkspan_source::Format,
}

/// Runs `validate`.
///
/// # Errors
/// A file is missing, or one used as a schema is malformed.
pub fn run(args: Args, context: &Context) -> Result<Report, Failure> {
    with_stack(|| checked(&args, context))
}

fn checked(args: &Args, context: &Context) -> Result<Report, Failure> {
    let project = Project::discover(&context.directory).map_err(project_failure)?;
    let inputs = inputs::resolve(args, &project, &context.directory)?;
    let checker = checker(args, &project, &context.directory)?;
    let cores = || std::thread::available_parallelism().map_or(1, NonZero::get);
    let jobs = args.jobs.map_or_else(cores, NonZero::get);
    let mut findings = context.findings();
    // A contract under check says itself what is wrong with it.
    let elsewhere = |notice: &Finding| !inputs.iter().any(|input| notice.file.as_deref() == Some(input.shown()));
    findings.extend(checker.notices().into_iter().filter(elsewhere));
    let mut tallies = Vec::with_capacity(inputs.len());
    let mut task = context.progress.task("validate");
    for input in &inputs {
        let tally = Run { checker: &checker, input, jobs }.all(&mut findings)?;
        tallies.push((input.shown().to_owned(), tally));
        task.update(format!("{} of {} files", tallies.len(), inputs.len()));
    }
    task.done(summary(&tallies));
    Ok(report(&tallies, findings))
}

fn checker(args: &Args, project: &Project, directory: &Path) -> Result<Checker, Failure> {
    let Some(schema) = &args.schema else {
        let files = Files::new(&project.root, directory).locked()?;
        // One that is under check has its faults as findings.
        let unchecked = |path: &&PathBuf| !is_checked(args, &project.root.join(path), directory);
        let usable = |path: &&PathBuf| unchecked(path) || documents::is_usable(&files, path);
        let contracts: Vec<_> = project.asyncapi.iter().filter(usable).cloned().collect();
        let catalog = Catalog::read(&files, &contracts)?;
        let has_contracts = !contracts.is_empty() || !project.manifest.contracts.models.is_empty();
        return Ok(Checker::by_type(files, catalog, has_contracts, args.assert_formats, Masks::new(&args.mask)));
    };
    let (file, pointer) = schema.split_once('#').unwrap_or((schema, ""));
    let file = directory.join(file);
    let missing = |error: std::io::Error| Failure::input(format!("the schema `{schema}` cannot be read: {error}"));
    let real = file.canonicalize().map_err(missing)?;
    let inside = project.root.canonicalize().is_ok_and(|root| real.starts_with(root));
    let root = if inside { project.root.as_path() } else { real.parent().unwrap_or(&real) };
    let files = Files::new(root, directory).locked()?;
    let place = Place { path: files.locate(&real)?, pointer: pointer.to_owned() };
    guard::check(&files, &place.path)?;
    let schema = compile(&files, place, Dialect::Draft202012.into(), args.assert_formats)?;
    Ok(Checker::whole(schema, Masks::new(&args.mask)))
}

fn is_checked(args: &Args, contract: &Path, directory: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    args.files.is_empty() || args.files.iter().any(|file| real(contract).starts_with(real(&directory.join(file))))
}

pub(crate) fn project_failure(error: ProjectError) -> Failure {
    match error {
        ProjectError::Malformed(findings) => match findings.into_iter().next() {
            Some(finding) => Failure::new(linkspan_command::Exit::Input, finding),
            None => Failure::input("`linkspan.yaml` is malformed"),
        },
        ProjectError::Unreadable { file, source } => {
            Failure::input(format!("cannot be read: {source}")).in_file(file, None)
        }
    }
}

fn report(tallies: &[(String, Tally)], findings: Findings) -> Report {
    let total = total(tallies);
    let files = tallies
        .iter()
        .map(|(file, tally)| json!({ "file": file, "documents": tally.documents, "invalid": tally.invalid }));
    let result = json!({
        "files": files.collect::<Vec<_>>(), "documents": total.documents, "invalid": total.invalid,
    });
    let rows = tallies.iter().map(|(file, tally)| format!("| {file} | {} | {} |\n", tally.documents, tally.invalid));
    let markdown = format!("| file | documents | invalid |\n| --- | ---: | ---: |\n{}", rows.collect::<String>());
    let report = Report::new("events validate", findings).result(result).text(summary(tallies)).markdown(markdown);
    let report = report.output("documents", total.documents.to_string()).output("invalid", total.invalid.to_string());
    if total.invalid > 0 { report.outcome(Outcome::Findings) } else { report }
}

fn total(tallies: &[(String, Tally)]) -> Tally {
    tallies.iter().fold(Tally::default(), |sum, (_, tally)| Tally {
        documents: sum.documents + tally.documents,
        invalid: sum.invalid + tally.invalid,
    })
}

fn summary(tallies: &[(String, Tally)]) -> String {
    let Tally { documents, invalid } = total(tallies);
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let checked = format!("{} in {}", plural(documents, "document"), plural(tallies.len(), "file"));
    if invalid == 0 { format!("{checked}: all valid") } else { format!("{checked}: {invalid} invalid") }
}
