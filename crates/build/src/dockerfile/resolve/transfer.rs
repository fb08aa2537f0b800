//! `COPY` and `ADD`, expanded and checked.

use super::super::fault::Fault;
use super::super::instruction::{Transfer, Value};
use super::super::step::{Add, Chmod, Copy, InlineFile, Source, StepKind};
use super::expand::{Expander, Made};
use super::{golang, paths};
use crate::context::ignore;
use crate::dockerfile::remote::{self, Remote};

/// What both have in common.
struct Parts {
    sources: Vec<String>,
    heredocs: Vec<InlineFile>,
    destination: String,
    target: String,
    chown: Option<String>,
    chmod: Option<Chmod>,
    /// The history's text behind the keyword and `--parents`.
    text: String,
}

impl Expander<'_> {
    pub(super) fn copy(&mut self, transfer: &Transfer, from: Option<Source>) -> Result<Made, Fault> {
        let span = transfer.from.as_ref().map_or(self.at, |from| from.span);
        self.check_order(from.as_ref(), span)?;
        let parts = self.parts(transfer)?;
        for (source, value) in parts.sources.iter().zip(&transfer.sources) {
            if remote::kind(source) != Remote::No {
                let message = format!("COPY cannot read from `{source}`");
                return Err(Fault::new(value.span, message).help("use ADD for addresses and Git repositories"));
            }
        }
        if from.is_none() {
            self.ignored("Copy", &parts.sources);
        }
        let flag = if transfer.parents { " --parents" } else { "" };
        let text = format!("COPY{flag}{} # buildkit", parts.text);
        let copy = Copy {
            from: from.unwrap_or(Source::Context),
            sources: parts.sources,
            heredocs: parts.heredocs,
            destination: parts.destination,
            target: parts.target,
            chown: parts.chown,
            chmod: parts.chmod,
            link: transfer.link,
            parents: transfer.parents,
            exclude: transfer.exclude.clone(),
        };
        Ok((StepKind::Copy(copy), Some(text), true))
    }

    pub(super) fn add(&mut self, transfer: &Transfer) -> Result<Made, Fault> {
        let parts = self.parts(transfer)?;
        let checksum = self.option(transfer.checksum.as_ref())?;
        if let (Some(_), Some(value)) = (&checksum, &transfer.checksum) {
            check_checksum(&parts.sources, value)?;
        }
        self.ignored("Add", &parts.sources);
        let text = format!("ADD{} # buildkit", parts.text);
        let add = Add {
            sources: parts.sources,
            heredocs: parts.heredocs,
            destination: parts.destination,
            target: parts.target,
            chown: parts.chown,
            chmod: parts.chmod,
            link: transfer.link,
            exclude: transfer.exclude.clone(),
            checksum,
            keep_git_dir: transfer.keep_git_dir,
            unpack: transfer.unpack,
        };
        Ok((StepKind::Add(add), Some(text), true))
    }

    /// Warns of sources that the ignore file hides; with exceptions in it that cannot be told from the path alone.
    fn ignored(&mut self, verb: &str, sources: &[String]) {
        let Some(ignore) = self.ignore.filter(|ignore| !ignore.has_exceptions()) else { return };
        for source in sources.iter().filter(|source| remote::kind(source) == Remote::No) {
            let path = ignore::clean(source);
            let hidden = if matches!(&*path, "." | "/") { ignore.hides_root() } else { ignore.matches(&path) };
            if hidden {
                let path = golang::quoted(&path);
                let message = format!("Attempting to {verb} file {path} that is excluded by .dockerignore");
                self.warn("CopyIgnoredFile", message);
            }
        }
    }

    fn parts(&mut self, transfer: &Transfer) -> Result<Parts, Fault> {
        let chown = self.option(transfer.chown.as_ref())?;
        let chmod = self.option(transfer.chmod.as_ref())?;
        let sources = transfer.sources.iter().map(|source| self.word(source)).collect::<Result<Vec<_>, _>>()?;
        let destination = transfer.destination.as_ref().map(|value| self.word(value)).transpose()?;
        let destination = destination.unwrap_or_default();
        let heredocs = transfer.heredocs.iter().map(|file| self.inline(file)).collect::<Result<Vec<_>, _>>()?;
        if let (Some(chown), Some(value)) = (&chown, &transfer.chown) {
            check_chown(chown, value, transfer.link)?;
        }
        let text = text(chown.as_deref(), chmod.as_deref(), &sources, &heredocs, &destination);
        let chmod = chmod.as_deref().zip(transfer.chmod.as_ref()).map(|(mode, value)| read_chmod(mode, value));
        Ok(Parts {
            target: paths::destination(self.scope.directory(), &destination),
            chmod: chmod.transpose()?,
            sources,
            heredocs,
            destination,
            chown,
            text,
        })
    }
}

fn text(
    chown: Option<&str>,
    chmod: Option<&str>,
    sources: &[String],
    heredocs: &[InlineFile],
    destination: &str,
) -> String {
    let mut text = String::new();
    let mut push = |parts: [&str; 2]| {
        text.push(' ');
        text.extend(parts);
    };
    chown.into_iter().for_each(|chown| push(["--chown=", chown]));
    chmod.into_iter().for_each(|chmod| push(["--chmod=", chmod]));
    sources.iter().for_each(|source| push(["", source]));
    heredocs.iter().for_each(|file| push(["<<", &file.name]));
    push(["", destination]);
    text
}

/// With `--link` there is no user table to look names up in.
fn check_chown(chown: &str, value: &Value, link: bool) -> Result<(), Fault> {
    let by_name = |part: &str| part != "root" && part.parse::<i32>().is_err();
    let (user, group) = chown.split_once(':').unwrap_or((chown, ""));
    if link && (by_name(user) || (!group.is_empty() && by_name(group))) {
        let message = format!("`--chown={chown}` has a name, which `--link` cannot look up");
        return Err(Fault::new(value.span, message).help("use numbers, or take `--link` out"));
    }
    Ok(())
}

fn read_chmod(mode: &str, value: &Value) -> Result<Chmod, Fault> {
    let octal = Some(mode).filter(|mode| mode.bytes().all(|byte| matches!(byte, b'0'..=b'7')));
    match octal.map(|mode| u32::from_str_radix(mode, 8)) {
        Some(Ok(bits @ 0..=0o7777)) => Ok(Chmod::Octal(bits)),
        None if is_symbolic(mode) => Ok(Chmod::Symbolic(mode.to_owned())),
        _ => {
            let help = "write an octal number up to 7777, or letters such as `u=rwX,go=rX`";
            Err(Fault::new(value.span, format!("`{mode}` is no mode")).help(help))
        }
    }
}

/// `[ugoa]*([-+=][rwxXstugo]*)+`, several with `,`.
fn is_symbolic(mode: &str) -> bool {
    mode.split(',').all(|clause| {
        let actions = clause.trim_start_matches(['u', 'g', 'o', 'a']);
        actions.starts_with(['+', '-', '='])
            && actions
                .chars()
                .all(|c| matches!(c, '+' | '-' | '=' | 'r' | 'w' | 'x' | 'X' | 's' | 't' | 'u' | 'g' | 'o'))
    })
}

fn check_checksum(sources: &[String], value: &Value) -> Result<(), Fault> {
    let fault = |message: &str| Fault::new(value.span, message).help("give one address, or take `--checksum` out");
    match sources {
        [source] if remote::kind(source) != Remote::No => Ok(()),
        [_] => Err(fault("`--checksum` is for addresses and Git repositories only")),
        _ => Err(fault("`--checksum` is for one source only")),
    }
}
