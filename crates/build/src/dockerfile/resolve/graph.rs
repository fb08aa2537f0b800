use std::collections::HashMap;

use linkspan_oci::reference::Reference;

use super::super::fault::{Fault, Faults, Warning};
use super::super::instruction::{Dockerfile, Instruction, Kind, Value};
use super::super::parse::trigger;
use super::super::read::mount;
use super::super::shell::{Empty, Lexer};
use super::super::step::{Base, BaseImage, ResolvedStage, Source};
use super::super::{Options, StageHead, suggest};
use super::expand::Expander;
use super::global::Globals;
use super::head::{Heads, Names};
use super::order;
use super::scope::{DEFAULT_PATH, Scope};
use crate::context::IgnoreFile;

/// Bytes that all expansions of a file may produce together.
const BUDGET: usize = 256 << 20;

/// The stages of a Dockerfile and what they need of each other.
#[derive(Debug)]
pub struct Graph<'a> {
    dockerfile: &'a Dockerfile,
    options: &'a Options,
    globals: Globals,
    heads: Vec<StageHead>,
    names: Names,
    nodes: Vec<Node>,
    /// The images that `--from` named, in the order in which they were met: numbers behind the stages mean them.
    images: Vec<String>,
    target: usize,
    reachable: Vec<bool>,
    /// The first stage that has not been resolved.
    next: usize,
    scopes: HashMap<usize, Scope>,
    budget: usize,
    warnings: Vec<Warning>,
    ignore: Option<&'a IgnoreFile>,
}

/// What is known of one stage beside its `FROM`.
#[derive(Debug, Default)]
struct Node {
    /// What `ONBUILD` of the base has put in front.
    triggers: Vec<Instruction>,
    /// The sources of each trigger, then of each instruction.
    sources: Vec<Vec<Option<Source>>>,
    image: Option<BaseImage>,
    /// The triggers of a base that is a stage have been added.
    inherited: bool,
}

impl<'a> Graph<'a> {
    /// Expands the `FROM` lines and finds out what the target needs.
    ///
    /// # Errors
    /// All faults of the `FROM` lines (nothing left after expansion, no valid reference or platform); then a target
    /// or a `--from` that does not exist, a variable in a `--from`, and stages that copy from each other in a circle.
    pub fn new(dockerfile: &'a Dockerfile, options: &'a Options) -> Result<Self, Faults> {
        let globals = Globals::new(dockerfile, options, true)?;
        let mut heads = Heads {
            globals: &globals,
            dockerfile,
            names: Names::new(),
            warnings: dockerfile.warnings.clone(),
            faults: Vec::new(),
        };
        heads.defaults(options);
        let read = heads.read();
        if !heads.faults.is_empty() {
            return Err(Faults(heads.faults));
        }
        let (names, warnings) = (heads.names, heads.warnings);
        let target = find_target(options.target.as_deref(), &names, dockerfile)?;
        let mut graph = Self {
            dockerfile,
            options,
            globals,
            nodes: read.iter().map(|_| Node::default()).collect(),
            reachable: vec![false; read.len()],
            heads: read,
            names,
            images: Vec::new(),
            target,
            next: 0,
            scopes: HashMap::new(),
            budget: BUDGET,
            warnings,
            ignore: None,
        };
        graph.link()?;
        graph.settle()?;
        Ok(graph)
    }

    /// Lets sources be warned of that the ignore file of the context hides (`CopyIgnoredFile`).
    #[must_use]
    pub const fn with_ignore(mut self, ignore: &'a IgnoreFile) -> Self {
        self.ignore = Some(ignore);
        self
    }

    /// The stages in the order of the file.
    #[must_use]
    pub fn stages(&self) -> &[StageHead] {
        &self.heads
    }

    /// The stage that is asked for.
    #[must_use]
    pub const fn target(&self) -> usize {
        self.target
    }

    /// The stages that the target needs, itself included, in the order in which they are built.
    pub fn reachable(&self) -> impl Iterator<Item = usize> {
        self.reachable.iter().enumerate().filter(|(_, reachable)| **reachable).map(|(index, _)| index)
    }

    /// The instructions of a stage that will run, triggers of the base first, before expansion.
    pub fn instructions(&self, stage: usize) -> impl Iterator<Item = &Instruction> {
        self.nodes[stage].triggers.iter().chain(&self.dockerfile.stages[stage].instructions)
    }

    /// The stages that the target needs and that start from an image which was not yet given.
    #[must_use]
    pub fn missing_bases(&self) -> Vec<usize> {
        let missing =
            |index: &usize| matches!(self.heads[*index].base, Base::Image { .. }) && self.nodes[*index].image.is_none();
        self.reachable().filter(missing).collect()
    }

    /// Gives the configuration of the image that a stage starts from. Its `ONBUILD` triggers run first in that
    /// stage, and may make the target need further stages, and those further images.
    ///
    /// # Errors
    /// A trigger that is no single, valid instruction, or that names a stage which does not exist.
    pub fn set_base(&mut self, stage: usize, image: BaseImage) -> Result<(), Fault> {
        let Some(node) = self.nodes.get_mut(stage) else { return Ok(()) };
        let triggers = image.on_build.clone();
        node.image = Some(image);
        self.add_triggers(stage, &triggers)?;
        self.settle()
    }

    /// Expands the next stage that the target needs; `None` behind the target.
    ///
    /// # Errors
    /// What is wrong with a word or a value, with its place; a copy from a stage that is not built yet; a base image
    /// that was not given; with `# check=error=true`, any warning.
    pub fn resolve_next(&mut self) -> Option<Result<ResolvedStage, Fault>> {
        let index = (self.next..=self.target).find(|index| self.reachable[*index])?;
        self.next = index + 1;
        Some(self.resolve(index).and_then(|stage| self.check_warnings(index).map(|()| stage)))
    }

    /// What BuildKit's checks have to say of all that has been read so far, in the order of the lines.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = self.warnings.clone();
        warnings.sort_by_key(|warning| warning.span.start);
        warnings
    }

    // --- what stages need

    fn link(&mut self) -> Result<(), Faults> {
        let mut faults = Vec::new();
        let dockerfile = self.dockerfile;
        for (index, stage) in dockerfile.stages.iter().enumerate() {
            for instruction in &stage.instructions {
                let sources = self.sources(instruction).unwrap_or_else(|fault| {
                    faults.push(fault);
                    Vec::new()
                });
                self.nodes[index].sources.push(sources);
            }
        }
        if !faults.is_empty() {
            faults.truncate(100);
            return Err(Faults(faults));
        }
        self.check_circles().map_err(Faults::from)
    }

    /// What the `--from` and the mounts of an instruction mean.
    fn sources(&mut self, instruction: &Instruction) -> Result<Vec<Option<Source>>, Fault> {
        match &instruction.kind {
            Kind::Copy(copy) => copy.from.iter().map(|from| self.copy_source(from).map(Some)).collect(),
            Kind::Run(run) => run.mounts.iter().map(|mount| self.mount_source(mount).map(Some)).collect(),
            _ => Ok(Vec::new()),
        }
    }

    fn copy_source(&mut self, from: &Value) -> Result<Source, Fault> {
        let lexer = Lexer::new(self.dockerfile.directives.escape);
        let word = super::words::expand(&lexer, from, &Empty)?;
        if word.text != from.text {
            let help = "begin a stage with FROM and a global ARG, give it a name, and copy from that";
            return Err(Fault::new(from.span, "`--from` takes no variables, quotes or escapes").help(help));
        }
        match from.text.parse::<i64>() {
            Ok(number) => self.numbered(number).ok_or_else(|| {
                let message = format!("there is no stage {number}");
                Fault::new(from.span, message).help(format!("stages count from 0 to {}", self.heads.len() - 1))
            }),
            Err(_) => self.named(&from.text, from),
        }
    }

    fn numbered(&self, number: i64) -> Option<Source> {
        let index = usize::try_from(number).ok()?;
        if index < self.heads.len() {
            return Some(Source::Stage(index));
        }
        self.images.get(index - self.heads.len()).cloned().map(Source::Named)
    }

    fn named(&mut self, name: &str, value: &Value) -> Result<Source, Fault> {
        if let Some(index) = self.names.get(&name.to_lowercase()) {
            return Ok(Source::Stage(*index));
        }
        if let Err(error) = name.parse::<Reference>()
            && name != "scratch"
        {
            let suggestion = suggest::nearest(name, self.names.keys().map(String::as_str).take(1_000))
                .map_or(String::new(), |nearest| format!(" (did you mean the stage `{nearest}`?)"));
            let message = format!("`{name}` is no stage and no image: {error}{suggestion}");
            return Err(Fault::new(value.span, message).help("name a stage, its number, or an image"));
        }
        self.images.push(name.to_owned());
        Ok(Source::Named(name.to_owned()))
    }

    fn mount_source(&mut self, value: &Value) -> Result<Source, Fault> {
        let from = mount::stage(&value.text).map_err(|message| Fault::new(value.span, message))?;
        self.named(if from.is_empty() { "scratch" } else { &from }, value)
    }

    fn needs(&self, stage: usize) -> impl Iterator<Item = usize> {
        self.nodes[stage].sources.iter().flatten().filter_map(|source| match source {
            Some(Source::Stage(index)) => Some(*index),
            _ => None,
        })
    }

    fn check_circles(&self) -> Result<(), Fault> {
        let Some(stage) = order::in_circle(self.heads.len(), |stage| self.needs(stage).collect()) else {
            return Ok(());
        };
        let head = &self.heads[stage];
        let name = head.name.clone().unwrap_or_else(|| stage.to_string());
        let message = format!("stage `{name}` copies from itself, directly or through other stages");
        Err(Fault::new(head.span, message).help("copy only from earlier stages"))
    }

    /// Finds what the target needs, with the triggers of stages that are started from.
    fn settle(&mut self) -> Result<(), Fault> {
        loop {
            self.reachable = order::reachable(self.heads.len(), self.target, |stage| {
                let base = match self.heads[stage].base {
                    Base::Stage(base) => Some(base),
                    _ => None,
                };
                self.needs(stage).chain(base).collect()
            });
            let open: Vec<usize> = self.reachable().filter(|stage| !self.nodes[*stage].inherited).collect();
            let mut changed = false;
            for stage in open {
                self.nodes[stage].inherited = true;
                let Base::Stage(base) = self.heads[stage].base else { continue };
                let triggers = self.own_triggers(base);
                changed |= !triggers.is_empty();
                self.add_triggers(stage, &triggers)?;
            }
            if !changed {
                return Ok(());
            }
        }
    }

    fn own_triggers(&self, stage: usize) -> Vec<String> {
        let trigger = |instruction: &Instruction| match &instruction.kind {
            Kind::OnBuild(trigger) => Some(trigger.clone()),
            _ => None,
        };
        self.dockerfile.stages[stage].instructions.iter().filter_map(trigger).collect()
    }

    fn add_triggers(&mut self, stage: usize, triggers: &[String]) -> Result<(), Fault> {
        let span = self.heads[stage].span;
        self.spend(span, triggers.iter().map(String::len).sum())?;
        let triggers = triggers.iter().map(|text| trigger(text, span)).collect::<Result<Vec<_>, _>>()?;
        let sources = triggers.iter().map(|trigger| self.sources(trigger)).collect::<Result<Vec<_>, _>>()?;
        let node = &mut self.nodes[stage];
        node.triggers.splice(0..0, triggers);
        node.sources.splice(0..0, sources);
        Ok(())
    }

    fn spend(&mut self, span: linkspan_report::Span, bytes: usize) -> Result<(), Fault> {
        let rest = self.budget.checked_sub(bytes);
        self.budget = rest.ok_or_else(|| Fault::new(span, "the stages of this file are too large together"))?;
        Ok(())
    }

    // --- expansion

    fn resolve(&mut self, index: usize) -> Result<ResolvedStage, Fault> {
        let head = self.heads[index].clone();
        let mut scope = self.start(index)?;
        self.spend(head.span, 2 * scope.size())?;
        let added = scope.begin();
        let default_path = added || matches!(head.base, Base::Scratch);
        let mut expander = Expander {
            options: self.options,
            globals: &self.globals,
            lexer: Lexer::new(self.dockerfile.directives.escape),
            scope,
            lint: &self.dockerfile.lint,
            budget: self.budget,
            warnings: std::mem::take(&mut self.warnings),
            extra: None,
            at: head.span,
            stage: index,
            ignore: self.ignore,
        };
        let node = &self.nodes[index];
        let mut steps = Vec::with_capacity(node.sources.len());
        let mut fault = None;
        for (number, instruction) in self.instructions(index).enumerate() {
            match expander.step(instruction, &node.sources[number], number < node.triggers.len()) {
                Ok(step) => steps.push(step),
                Err(found) => {
                    fault = Some(found);
                    break;
                }
            }
        }
        let Expander { scope, budget, warnings, .. } = expander;
        (self.budget, self.warnings) = (budget, warnings);
        if let Some(fault) = fault {
            return Err(fault);
        }
        self.scopes.insert(index, scope);
        Ok(ResolvedStage { index, name: head.name, base: head.base, span: head.span, steps, default_path })
    }

    /// The scope behind a stage's `FROM`.
    fn start(&self, index: usize) -> Result<Scope, Fault> {
        let head = &self.heads[index];
        match &head.base {
            Base::Scratch => Ok(Scope::on_image(&BaseImage {
                env: vec![("PATH".into(), DEFAULT_PATH.into())],
                working_dir: "/".into(),
                os: self.options.platform.os.clone(),
                ..BaseImage::default()
            })),
            Base::Image { reference, .. } => self.nodes[index]
                .image
                .as_ref()
                .map(Scope::on_image)
                .ok_or_else(|| Fault::new(head.span, format!("the configuration of `{reference}` is not known"))),
            Base::Stage(base) => self
                .scopes
                .get(base)
                .map(Scope::on_stage)
                .ok_or_else(|| Fault::new(head.span, "the stage that this one starts from could not be resolved")),
        }
    }

    /// `# check=error=true`: at the target, any warning is an error.
    fn check_warnings(&self, index: usize) -> Result<(), Fault> {
        let warnings = self.warnings();
        let Some(first) = warnings.first().filter(|_| index == self.target && self.dockerfile.lint.error) else {
            return Ok(());
        };
        let mut rules: Vec<&str> = warnings.iter().map(|warning| warning.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        let message = format!("`# check=error=true` makes these checks errors: {}", rules.join(", "));
        Err(Fault::new(first.span, message).help("follow them, or skip them with `# check=skip=…`"))
    }
}

fn find_target(target: Option<&str>, names: &Names, dockerfile: &Dockerfile) -> Result<usize, Fault> {
    let Some(target) = target.filter(|target| !target.is_empty()) else {
        return Ok(dockerfile.stages.len().saturating_sub(1));
    };
    names.get(&target.to_lowercase()).copied().ok_or_else(|| {
        let suggestion = suggest::nearest(target, names.keys().map(String::as_str).take(1_000))
            .map_or(String::new(), |nearest| format!(" (did you mean `{nearest}`?)"));
        let span = dockerfile.stages.last().map_or(linkspan_report::Span::line(1), |stage| stage.span);
        Fault::new(span, format!("there is no stage `{target}`{suggestion}"))
            .help("give `--target` the name of a stage; a number is not taken")
    })
}
