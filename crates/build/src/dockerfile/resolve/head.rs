//! The `FROM` lines, expanded.

use std::collections::HashMap;

use linkspan_oci::reference::Reference;

use super::super::fault::{Fault, Warning};
use super::super::instruction::{Dockerfile, Stage, Value};
use super::super::lint::Lint;
use super::super::shell::{Lexer, Word};
use super::super::step::Base;
use super::super::{Options, Platform, StageHead, suggest};
use super::global::Globals;

/// Beyond this many names no similar one is looked for.
const MAX_COMPARED: usize = 1_000;

/// A longer image or platform is an error.
const MAX_WORD: usize = 4_096;

/// Stages by their lower-case name; the last one of a name wins.
pub(super) type Names = HashMap<String, usize>;

/// Reads the `FROM` lines one after the other: a name means the latest stage of that name before it.
pub(super) struct Heads<'a> {
    pub(super) globals: &'a Globals,
    pub(super) dockerfile: &'a Dockerfile,
    pub(super) names: Names,
    pub(super) warnings: Vec<Warning>,
    pub(super) faults: Vec<Fault>,
}

impl Heads<'_> {
    fn lexer(&self) -> Lexer {
        Lexer { limit: MAX_WORD, ..Lexer::new(self.dockerfile.directives.escape) }
    }

    pub(super) fn read(&mut self) -> Vec<StageHead> {
        let stages = &self.dockerfile.stages;
        stages.iter().enumerate().map(|(index, stage)| self.head(index, stage)).collect()
    }

    fn head(&mut self, index: usize, stage: &Stage) -> StageHead {
        let base = self.base(stage).unwrap_or_else(|fault| {
            self.faults.push(fault);
            Base::Scratch
        });
        if let Some(name) = &stage.name {
            self.names.insert(name.clone(), index);
        }
        StageHead { name: stage.name.clone(), base, span: stage.span }
    }

    fn base(&mut self, stage: &Stage) -> Result<Base, Fault> {
        let lexer = self.lexer();
        let word = self.globals.expand(&lexer, &stage.base)?;
        self.undeclared(stage, &word);
        if word.text.is_empty() {
            let message = format!("`{}` expands to nothing", stage.base.text);
            let help = "declare the ARG above the first FROM, with a default";
            return Err(Fault::new(stage.base.span, message).help(help));
        }
        let platform = stage.platform.as_ref().map(|value| self.platform(stage, value)).transpose()?;
        // Names are compared as written: `FROM Build` is not the stage `build`.
        if let Some(index) = self.names.get(&word.text) {
            return Ok(Base::Stage(*index));
        }
        if word.text == "scratch" {
            return Ok(Base::Scratch);
        }
        if let Err(error) = word.text.parse::<Reference>() {
            return Err(Fault::new(stage.base.span, error.to_string()).help("name an image or an earlier stage"));
        }
        Ok(Base::Image { reference: word.text, platform })
    }

    fn platform(&mut self, stage: &Stage, value: &Value) -> Result<Platform, Fault> {
        let lexer = self.lexer();
        let word = self.globals.expand(&lexer, value)?;
        self.undeclared(stage, &word);
        self.redundant(stage, value, &word);
        if word.text.is_empty() {
            let message = format!("the platform `{}` expands to nothing", value.text);
            let help = "declare the ARG above the first FROM, with a default";
            return Err(Fault::new(value.span, message).help(help));
        }
        let platform = Platform::parse(&word.text)
            .map_err(|error| Fault::new(value.span, error.to_string()).help("write for example `linux/amd64`"))?;
        self.constant(stage, &word, &platform);
        Ok(platform)
    }

    // --- checks

    fn warn(&mut self, stage: &Stage, rule: &'static str, message: String) {
        if self.dockerfile.lint.wants(Lint::from_comments(&stage.comments).as_ref(), rule) {
            self.warnings.push(Warning { rule, span: stage.span, message });
        }
    }

    fn undeclared(&mut self, stage: &Stage, word: &Word) {
        for name in word.unmatched.iter().filter(|name| !self.globals.knows(name)) {
            let declared = self.globals.declared.iter().map(String::as_str);
            let options = declared.chain(self.globals.vars.names()).take(MAX_COMPARED);
            let suggestion =
                suggest::nearest(name, options).map_or(String::new(), |nearest| format!(" (did you mean {nearest}?)"));
            self.warn(stage, "UndefinedArgInFrom", format!("FROM argument '{name}' is not declared{suggestion}"));
        }
    }

    fn redundant(&mut self, stage: &Stage, value: &Value, word: &Word) {
        use super::super::shell::Environment as _;
        let only = word.matched.len() == 1 && word.matched.contains("TARGETPLATFORM") && word.unmatched.is_empty();
        if only && self.globals.vars.get("TARGETPLATFORM") == Some(&word.text) {
            let message = format!(
                "Setting platform to predefined {} in FROM is redundant as this is the default behavior",
                value.text
            );
            self.warn(stage, "RedundantTargetPlatform", message);
        }
    }

    fn constant(&mut self, stage: &Stage, word: &Word, platform: &Platform) {
        let name = stage.name.as_deref().unwrap_or_default();
        let named = name.contains(&platform.os) || name.contains(&platform.architecture);
        if word.matched.is_empty() && word.unmatched.is_empty() && !named {
            let text = super::golang::quoted(&word.text);
            let message = format!("FROM --platform flag should not use constant value {text}");
            self.warn(stage, "FromPlatformFlagConstDisallowed", message);
        }
    }

    /// Bases that are no image when no build argument is given.
    pub(super) fn defaults(&mut self, options: &Options) {
        let Ok(globals) = Globals::new(self.dockerfile, options, false) else { return };
        let lexer = self.lexer();
        for stage in &self.dockerfile.stages {
            let Ok(word) = globals.expand(&lexer, &stage.base) else { return };
            if word.text.parse::<Reference>().is_err() {
                let message =
                    format!("Default value for ARG {} results in empty or invalid base image name", stage.base.text);
                if self.dockerfile.lint.wants(None, "InvalidDefaultArgInFrom") {
                    self.warnings.push(Warning { rule: "InvalidDefaultArgInFrom", span: stage.span, message });
                }
            }
        }
    }
}
