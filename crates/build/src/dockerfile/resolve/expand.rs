//! One instruction after the other: words expanded, the scope moved on, the history's text made.

use std::collections::BTreeSet;

use linkspan_report::Span;

use super::super::fault::{Fault, Warning};
use super::super::instruction::{CommandLine, HeredocFile, Instruction, Kind, Pair, Value};
use super::super::lint::Lint;
use super::super::shell::{Lexer, Word};
use super::super::step::{InlineFile, Source, Step, StepKind};
use super::super::{Options, suggest};
use super::global::Globals;
use super::scope::Scope;
use super::{golang, paths, ports, signal, words};
use crate::context::IgnoreFile;

/// Beyond this many variables no similar name is looked for.
const MAX_COMPARED: usize = 1_000;
/// More warnings are not kept.
const MAX_WARNINGS: usize = 10_000;

/// Where expansions happen: a scope and all that is fixed around it.
pub(super) struct Expander<'a> {
    pub(super) options: &'a Options,
    pub(super) globals: &'a Globals,
    pub(super) lexer: Lexer,
    pub(super) scope: Scope,
    pub(super) lint: &'a Lint,
    /// Bytes that expansions may still produce.
    pub(super) budget: usize,
    pub(super) warnings: Vec<Warning>,
    /// What the comments above the instruction at hand ask of the checks.
    pub(super) extra: Option<Lint>,
    /// The instruction at hand.
    pub(super) at: Span,
    /// The index of the stage at hand.
    pub(super) stage: usize,
    /// What the context hides.
    pub(super) ignore: Option<&'a IgnoreFile>,
}

/// What an instruction became, its history's text, and whether that belongs to a layer.
pub(super) type Made = (StepKind, Option<String>, bool);

impl Expander<'_> {
    /// Expands one instruction. `sources` are the stages and images of its `--from` and mounts, in order.
    pub(super) fn step(
        &mut self,
        instruction: &Instruction,
        sources: &[Option<Source>],
        on_build: bool,
    ) -> Result<Step, Fault> {
        self.at = instruction.span;
        self.extra = Lint::from_comments(&instruction.comments);
        let (kind, created_by, layer) = self.made(instruction, sources)?;
        Ok(Step {
            span: instruction.span,
            original: instruction.original.clone(),
            created_by,
            layer,
            on_build,
            working_dir: self.scope.directory().to_owned(),
            user: self.scope.user.clone(),
            kind,
        })
    }

    fn made(&mut self, instruction: &Instruction, sources: &[Option<Source>]) -> Result<Made, Fault> {
        let keyword = instruction.keyword.as_str();
        match &instruction.kind {
            Kind::Add(transfer) => self.add(transfer),
            Kind::Arg(pairs) => self.arg(pairs),
            Kind::Cmd(command) => Ok(self.command(keyword, command, 0)),
            Kind::Copy(transfer) => self.copy(transfer, sources.first().cloned().flatten()),
            Kind::Entrypoint(command) => Ok(self.command(keyword, command, 1)),
            Kind::Env(pairs) => self.env(keyword, pairs),
            Kind::Expose(values) => self.expose(values),
            Kind::Healthcheck(check) => {
                self.once(keyword, 2);
                Ok((StepKind::Healthcheck(check.clone()), Some(healthcheck_text(check)), false))
            }
            Kind::Label(pairs) => self.label(keyword, pairs),
            Kind::Maintainer(author) => {
                Ok((StepKind::Maintainer(author.clone()), Some(format!("MAINTAINER {author}")), false))
            }
            Kind::OnBuild(trigger) => Ok((StepKind::OnBuild(trigger.clone()), None, false)),
            Kind::Run(run) => self.run(run, sources),
            Kind::Shell(shell) => {
                self.scope.shell.clone_from(shell);
                Ok((StepKind::Shell(shell.clone()), Some(format!("SHELL {}", golang::plain_list(shell))), false))
            }
            Kind::StopSignal(value) => self.stop_signal(value),
            Kind::User(value) => self.user(value),
            Kind::Volume(values) => self.volume(values),
            Kind::Workdir(value) => self.workdir(value),
        }
    }

    // --- words

    /// Expands a value; unknown variables are a warning.
    pub(super) fn word(&mut self, value: &Value) -> Result<String, Fault> {
        self.word_with(self.lexer, value)
    }

    fn word_with(&mut self, lexer: Lexer, value: &Value) -> Result<String, Fault> {
        let lexer = Lexer { limit: self.budget.min(lexer.limit), ..lexer };
        let Word { text, unmatched, .. } = words::expand(&lexer, value, &self.scope.vars)?;
        self.spend(text.len())?;
        self.undefined(&unmatched);
        Ok(text)
    }

    /// An optional value that is not empty once expanded.
    pub(super) fn option(&mut self, value: Option<&Value>) -> Result<Option<String>, Fault> {
        let word = value.map(|value| self.word(value)).transpose()?;
        Ok(word.filter(|word| !word.is_empty()))
    }

    /// An inline file: quotes mean nothing in it, and `\` escapes whatever the file's escape character is.
    pub(super) fn inline(&mut self, file: &HeredocFile) -> Result<InlineFile, Fault> {
        let mut content = file.content.clone();
        if file.expand {
            let lexer = Lexer { skip_quotes: true, ..Lexer::new('\\') };
            content = self.word_with(lexer, &Value { text: content, span: self.at })?;
        }
        Ok(InlineFile { name: file.name.clone(), content })
    }

    pub(super) fn spend(&mut self, bytes: usize) -> Result<(), Fault> {
        let Some(rest) = self.budget.checked_sub(bytes) else {
            let help = "use fewer or shorter variables";
            return Err(self.fault("the expansions of this file are too large together").help(help));
        };
        self.budget = rest;
        Ok(())
    }

    /// A stage can only be used once it is built.
    pub(super) fn check_order(&self, source: Option<&Source>, span: Span) -> Result<(), Fault> {
        match source {
            Some(Source::Stage(index)) if *index >= self.stage => {
                let message = format!("stage {index} is used before it is built");
                Err(Fault::new(span, message).help("move that stage above this one"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::new(self.at, message)
    }

    // --- checks

    pub(super) fn warn(&mut self, rule: &'static str, message: String) {
        self.warn_at(rule, self.at, message);
    }

    fn warn_at(&mut self, rule: &'static str, span: Span, message: String) {
        if self.warnings.len() < MAX_WARNINGS && self.lint.wants(self.extra.as_ref(), rule) {
            self.warnings.push(Warning { rule, span, message });
        }
    }

    fn undefined(&mut self, unmatched: &BTreeSet<String>) {
        let unknown = unmatched
            .iter()
            .filter(|name| !self.scope.args.contains(name) && !super::NOT_VARIABLES.contains(&name.as_str()));
        let options: Vec<&str> = match self.scope.vars.list().len() {
            ..=MAX_COMPARED => self.scope.vars.names().collect(),
            _ => Vec::new(),
        };
        let messages: Vec<String> = unknown
            .map(|name| {
                let suggestion = suggest::nearest(name, options.iter().copied())
                    .map_or(String::new(), |nearest| format!(" (did you mean ${nearest}?)"));
                format!("Usage of undefined variable '${name}'{suggestion}")
            })
            .collect();
        for message in messages {
            self.warn("UndefinedVar", message);
        }
    }

    fn secret(&mut self, keyword: &str, name: &str) {
        if looks_secret(name) {
            let name = golang::quoted(name);
            let message = format!("Do not use ARG or ENV instructions for sensitive data ({keyword} {name})");
            self.warn("SecretsUsedInArgOrEnv", message);
        }
    }

    /// Only the last of these holds: the one before it is warned of.
    fn once(&mut self, keyword: &str, which: usize) {
        if let Some(before) = self.scope.latest[which].replace(self.at) {
            let message = format!(
                "Multiple {keyword} instructions should not be used in the same stage because only the last one will be used"
            );
            self.warn_at("MultipleInstructionsDisallowed", before, message);
        }
    }

    // --- instructions

    fn pairs(&mut self, keyword: &str, pairs: &[Pair]) -> Result<Vec<(String, String)>, Fault> {
        let mut expanded = Vec::with_capacity(pairs.len());
        for pair in pairs {
            let name = self.word(&pair.name)?;
            let value = pair.value.as_ref().map(|value| self.word(value)).transpose()?.unwrap_or_default();
            expanded.push((name, value));
        }
        for _ in pairs.iter().filter(|pair| pair.legacy) {
            let message =
                format!("\"{keyword} key=value\" should be used instead of legacy \"{keyword} key value\" format");
            self.warn("LegacyKeyValueFormat", message);
        }
        Ok(expanded)
    }

    fn env(&mut self, keyword: &str, pairs: &[Pair]) -> Result<Made, Fault> {
        let pairs = self.pairs(keyword, pairs)?;
        for (name, value) in &pairs {
            self.secret("ENV", name);
            self.scope.vars.set(name, value);
            self.scope.config.set(name, value);
        }
        let text = history_pairs("ENV", &pairs);
        Ok((StepKind::Env(pairs), Some(text), false))
    }

    fn label(&mut self, keyword: &str, pairs: &[Pair]) -> Result<Made, Fault> {
        let pairs = self.pairs(keyword, pairs)?;
        let text = history_pairs("LABEL", &pairs);
        Ok((StepKind::Label(pairs), Some(text), false))
    }

    fn arg(&mut self, pairs: &[Pair]) -> Result<Made, Fault> {
        let mut args = Vec::with_capacity(pairs.len());
        let mut text = String::from("ARG");
        for pair in pairs {
            let name = &pair.name.text;
            self.secret("ARG", name);
            let value = self.arg_value(pair)?;
            text.push(' ');
            text.push_str(name);
            if let Some(value) = &value {
                text.push('=');
                text.push_str(value);
                if !super::NOT_VARIABLES.contains(&name.as_str()) {
                    self.scope.vars.set(name, value);
                }
            }
            self.spend(name.len() + value.as_ref().map_or(0, String::len))?;
            self.scope.args.push(name, value.clone());
            args.push((name.clone(), value));
        }
        Ok((StepKind::Arg(args), Some(text), false))
    }

    /// A build argument wins over the default; without either a global `ARG` of the name is taken.
    fn arg_value(&mut self, pair: &Pair) -> Result<Option<String>, Fault> {
        use super::super::shell::Environment as _;
        let name = &pair.name.text;
        match (self.options.build_args.get(name), &pair.value) {
            (Some(given), _) => Ok(Some(given.clone())),
            (None, Some(default)) => self.word(default).map(Some),
            (None, None) => Ok(self.globals.vars.get(name).map(str::to_owned)),
        }
    }

    fn command(&mut self, keyword: &str, command: &CommandLine, which: usize) -> Made {
        self.once(keyword, which);
        let mut arguments = command.arguments.clone();
        if !command.exec {
            if self.scope.shell.is_empty() {
                let message = format!(
                    "JSON arguments recommended for {keyword} to prevent unintended behavior related to OS signals"
                );
                self.warn("JSONArgsRecommended", message);
            }
            arguments = self.scope.with_shell(&arguments.join(" "));
        }
        let text = golang::quoted_list(&arguments);
        if which == 0 {
            (StepKind::Cmd(arguments), Some(format!("CMD {text}")), false)
        } else {
            (StepKind::Entrypoint(arguments), Some(format!("ENTRYPOINT {text}")), false)
        }
    }

    fn expose(&mut self, values: &[Value]) -> Result<Made, Fault> {
        let mut all = Vec::new();
        for value in values {
            let lexer = Lexer { limit: self.budget.min(self.lexer.limit), ..self.lexer };
            for word in words::expand(&lexer, value, &self.scope.vars)?.words {
                let found = ports::read(&word).map_err(|message| {
                    Fault::new(value.span, message).help("write for example `8080`, `53/udp` or `7000-7010`")
                })?;
                self.spend(word.len() + found.ports.len() * 16)?;
                if found.capitals {
                    let message = format!("Defined protocol '{word}' in EXPOSE instruction should be lowercase");
                    self.warn("ExposeProtoCasing", message);
                }
                if found.mapped {
                    let message = format!(
                        "EXPOSE instruction should not define an IP address or host-port mapping, found '{word}'"
                    );
                    self.warn("ExposeInvalidFormat", message);
                }
                all.extend(found.ports);
            }
        }
        let text = format!("EXPOSE {}", golang::plain_list(&all));
        Ok((StepKind::Expose(all), Some(text), false))
    }

    fn stop_signal(&mut self, value: &Value) -> Result<Made, Fault> {
        let signal = self.word(value)?;
        if !signal::is_valid(&signal) {
            let help = "write a name such as `SIGTERM`, or a number";
            return Err(Fault::new(value.span, format!("`{signal}` is no signal")).help(help));
        }
        Ok((StepKind::StopSignal(signal.clone()), Some(format!("STOPSIGNAL {signal}")), false))
    }

    fn user(&mut self, value: &Value) -> Result<Made, Fault> {
        let user = self.word(value)?;
        self.scope.user.clone_from(&user);
        Ok((StepKind::User(user.clone()), Some(format!("USER {user}")), false))
    }

    fn volume(&mut self, values: &[Value]) -> Result<Made, Fault> {
        let mut volumes = Vec::with_capacity(values.len());
        for value in values {
            let volume = self.word(value)?;
            if volume.is_empty() {
                return Err(Fault::new(value.span, "a VOLUME cannot be an empty path").help("name a directory"));
            }
            volumes.push(volume);
        }
        let text = format!("VOLUME {}", golang::plain_list(&volumes));
        Ok((StepKind::Volume(volumes), Some(text), false))
    }

    fn workdir(&mut self, value: &Value) -> Result<Made, Fault> {
        let path = self.word(value)?;
        if !self.scope.working_dir_set && !path.starts_with('/') {
            let path = golang::quoted(&path);
            let message = format!("Relative workdir {path} can have unexpected results if the base image changes");
            self.warn("WorkdirRelativePath", message);
        }
        self.scope.working_dir_set = true;
        let directory = paths::working_dir(&self.scope.working_dir, &path);
        self.spend(directory.len())?;
        self.scope.working_dir.clone_from(&directory);
        let layer = directory != "/";
        Ok((StepKind::Workdir(directory.clone()), Some(format!("WORKDIR {directory}")), layer))
    }
}

fn history_pairs(keyword: &str, pairs: &[(String, String)]) -> String {
    pairs.iter().fold(keyword.to_owned(), |text, (name, value)| text + " " + name + "=" + value)
}

fn healthcheck_text(check: &super::super::step::Healthcheck) -> String {
    format!(
        "HEALTHCHECK {{Test:{} Interval:{} Timeout:{} StartPeriod:{} StartInterval:{} Retries:{}}}",
        golang::plain_list(&check.test),
        golang::duration(check.interval),
        golang::duration(check.timeout),
        golang::duration(check.start_period),
        golang::duration(check.start_interval),
        check.retries,
    )
}

/// Whether a name says that its value is secret: one of its words (between `_`) does, and none says otherwise.
fn looks_secret(name: &str) -> bool {
    const SECRET: [&str; 10] =
        ["apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token"];
    const HARMLESS: [&str; 3] = ["public", "file", "version"];
    let lower = name.to_lowercase();
    let has = |words: &[&str]| lower.split('_').any(|word| words.contains(&word));
    has(&SECRET) && !has(&HARMLESS)
}
