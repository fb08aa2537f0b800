use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use linkspan_report::{DEFAULT_MAX_FINDINGS, Format};

/// When colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The flags that every command has: how its result is shown.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// How the result is written to standard output: text, json, ndjson, sarif, junit or markdown
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = Format::from_str)]
    pub format: Format,

    /// Also write the result to a file: `sarif=results.sarif`; may be given several times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report_file)]
    pub report: Vec<(Format, PathBuf)>,

    /// How many findings are kept; all are counted
    #[arg(long, value_name = "COUNT", default_value_t = DEFAULT_MAX_FINDINGS)]
    pub max_findings: usize,

    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,

    /// Show no progress
    #[arg(long, short)]
    pub quiet: bool,
}

fn report_file(value: &str) -> Result<(Format, PathBuf), String> {
    let (format, file) = value.split_once('=').filter(|(_, file)| !file.is_empty()).ok_or("it is not `FORMAT=FILE`")?;
    Ok((format.parse()?, PathBuf::from(file)))
}
