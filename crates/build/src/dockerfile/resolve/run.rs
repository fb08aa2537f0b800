//! `RUN`: the command with its heredocs, and the mounts.

use super::super::fault::Fault;
use super::super::instruction::{RunCommand, Value};
use super::super::node;
use super::super::read::mount::Fields;
use super::super::shell::Environment as _;
use super::super::step::{InlineFile, Mount, MountKind, Run, Source, StepKind};
use super::expand::{Expander, Made};

/// Where a script that stands in a heredoc is put while it runs.
const SCRIPTS: &str = "/dev/pipes/";

impl Expander<'_> {
    pub(super) fn run(&mut self, run: &RunCommand, sources: &[Option<Source>]) -> Result<Made, Fault> {
        let mut mounts = Vec::with_capacity(run.mounts.len());
        for (value, source) in run.mounts.iter().zip(sources) {
            mounts.push(self.mount(value, source.clone())?);
        }
        let (arguments, script) = self.arguments(run)?;
        let text = self.run_text(&arguments)?;
        self.spend(self.scope.vars.size() + text.len())?;
        let run = Run {
            arguments,
            script,
            mounts,
            network: run.network.clone(),
            security: run.security.clone(),
            devices: run.devices.clone(),
            env: self.scope.vars.list().to_vec(),
        };
        Ok((StepKind::Run(run), Some(text), true))
    }

    fn arguments(&self, run: &RunCommand) -> Result<(Vec<String>, Option<InlineFile>), Fault> {
        if run.heredocs.is_empty() {
            let arguments = &run.command.arguments;
            let shelled = || self.scope.with_shell(&arguments.join(" "));
            return Ok((if run.command.exec { arguments.clone() } else { shelled() }, None));
        }
        let [command] = run.command.arguments.as_slice() else {
            let help = "write the heredoc behind RUN as a shell command";
            return Err(self.fault("RUN has a heredoc, but no single command").help(help));
        };
        let (command, script) = self.with_heredocs(command, run);
        Ok((self.scope.with_shell(&command), script))
    }

    /// The command with its heredocs: alone, a heredoc is the script itself; else the shell gets them back.
    fn with_heredocs(&self, command: &str, run: &RunCommand) -> (String, Option<InlineFile>) {
        if let (Some(_), [file, ..]) = (node::heredoc(command), run.heredocs.as_slice()) {
            let content = if file.chomp { node::chomp(&file.content) } else { file.content.clone() };
            if self.scope.os == "windows" || !content.starts_with("#!") {
                return (content, None);
            }
            return (format!("{SCRIPTS}{}", file.name), Some(InlineFile { name: file.name.clone(), content }));
        }
        let mut text = command.to_owned();
        for file in &run.heredocs {
            text.push('\n');
            text.push_str(&file.content);
            text.push_str(&file.name);
        }
        (text, None)
    }

    /// The history's text: the build arguments with their number, then the command.
    fn run_text(&mut self, arguments: &[String]) -> Result<String, Fault> {
        let mut args = super::Vars::default();
        for (name, value) in self.scope.args.list() {
            let value = self.scope.vars.get(name).or(value.as_deref()).unwrap_or_default();
            args.set(name, value);
        }
        self.spend(args.size())?;
        let mut words = Vec::new();
        if !args.list().is_empty() {
            words.push(format!("|{}", args.list().len()));
        }
        words.extend(args.list().iter().map(|(name, value)| format!("{name}={value}")));
        words.extend_from_slice(arguments);
        Ok(format!("RUN {} # buildkit", words.join(" ")))
    }

    /// Nothing can be mounted over the root; without a target it is the working directory that is meant.
    fn check_target(&self, kind: MountKind, target: &str, value: &Value) -> Result<(), Fault> {
        let target = if target.starts_with('/') {
            target.to_owned()
        } else {
            super::paths::working_dir(self.scope.directory(), &format!("./{target}"))
        };
        if target == "/" && !matches!(kind, MountKind::Secret | MountKind::Ssh) {
            let help = "give `target=` a directory";
            return Err(Fault::new(value.span, "the mount would take the place of `/`").help(help));
        }
        Ok(())
    }

    fn mount(&mut self, value: &Value, source: Option<Source>) -> Result<Mount, Fault> {
        let parsed = Fields::parse(&value.text, |text| self.word(&Value { text: text.to_owned(), span: value.span }));
        let fields = match parsed {
            Ok(fields) => fields,
            Err(Ok(fault)) => return Err(fault),
            Err(Err(message)) => {
                let help = "see the reference of RUN for what a mount takes";
                return Err(Fault::new(value.span, message).help(help));
            }
        };
        let kind = fields.kind();
        let from = source.filter(|_| !fields.from.is_empty());
        self.check_order(from.as_ref(), value.span)?;
        self.check_target(kind, &fields.target, value)?;
        Ok(Mount {
            from,
            read_only: fields.read_only.unwrap_or(!matches!(kind, MountKind::Cache | MountKind::Tmpfs)),
            kind,
            source: fields.source,
            target: fields.target,
            id: fields.id,
            sharing: fields.sharing,
            required: fields.required,
            size: fields.size,
            env: fields.env,
            mode: fields.mode,
            uid: fields.uid,
            gid: fields.gid,
        })
    }
}
