//! The whole file in one pass.

use linkspan_report::Span;

use super::check;
use super::directive::{self, Directive, Directives};
use super::fault::{Fault, Faults, Warning};
use super::instruction::{Dockerfile, Instruction, Kind, Stage};
use super::lines::{Lines, Logical};
use super::lint::Lint;
use super::node::{self, Node, SyntaxFault};
use super::read::{Context, Item};
use super::text::Text;

/// A larger file is an error.
const MAX_FILE: usize = 16 << 20;
/// More stages are an error.
const MAX_STAGES: usize = 10_000;
/// After this many faults the rest is not read.
const MAX_FAULTS: usize = 100;

/// Reads a Dockerfile.
///
/// The rules are BuildKit's: its parser, its instructions, the checks that need no expansion. A byte order mark is
/// skipped.
///
/// # Errors
/// All faults that were found, each with its place, up to a hundred: unknown instructions and flags, missing
/// arguments, heredocs that do not end, instructions before `FROM`, lines that are not UTF-8 or too long.
pub fn parse(bytes: &[u8]) -> Result<Dockerfile, Faults> {
    if bytes.len() > MAX_FILE {
        return Err(at_start(format!("the Dockerfile is larger than {} MiB", MAX_FILE >> 20)).into());
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let broken = broken_lines(bytes);
    let decoded = String::from_utf8_lossy(bytes);
    let text = Text::new(&decoded);
    let mut reader = Reader::new(&decoded, &text, &broken);
    reader.read_all();
    reader.finish()
}

/// The lines, from 1, that have bytes which are no UTF-8.
fn broken_lines(bytes: &[u8]) -> Vec<usize> {
    if std::str::from_utf8(bytes).is_ok() {
        return Vec::new();
    }
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    lines.filter(|(_, line)| std::str::from_utf8(line).is_err()).map(|(index, _)| index + 1).collect()
}

/// Reads an `ONBUILD` trigger; all of it stands where the `FROM` does that brought it.
pub(super) fn trigger(trigger: &str, span: Span) -> Result<Instruction, Fault> {
    let fault = |message: String| {
        let shown: String = trigger.chars().take(80).collect();
        Fault::new(span, format!("ONBUILD trigger `{shown}` of the base: {message}"))
            .help("rebuild the base with a correct ONBUILD, or start from another one")
    };
    let text = Text::new(trigger);
    let mut reader = Reader::new(trigger, &text, &[]);
    let logical = reader.lines.next_logical().ok_or_else(|| fault("it is empty".into()))?;
    let (node, _) = reader.node(&logical).map_err(|problem| fault(problem.message))?;
    if let Some(problem) = reader.lines.faults.pop() {
        return Err(fault(problem.message));
    }
    if reader.lines.next_logical().is_some() {
        return Err(fault("it is more than one instruction".into()));
    }
    let context = Context { fixed: true, ..Context::new(&text, &logical, &node, span) };
    match context.read().map_err(|problem| fault(problem.message))? {
        Item::Instruction(instruction) => Ok(instruction),
        Item::Stage(_) => Err(fault("FROM is not allowed".into())),
    }
}

fn at_start(message: impl Into<String>) -> Fault {
    Fault::new(Span::line(1), message).help("a Dockerfile needs at least `FROM` and an image, or `FROM scratch`")
}

struct Reader<'a> {
    decoded: &'a str,
    text: &'a Text<'a>,
    lines: Lines<'a>,
    lint: Lint,
    global_args: Vec<Instruction>,
    stages: Vec<Stage>,
    warnings: Vec<Warning>,
    faults: Vec<Fault>,
    /// Something other than comments was there.
    any: bool,
}

impl<'a> Reader<'a> {
    fn new(decoded: &'a str, text: &'a Text<'a>, broken: &'a [usize]) -> Self {
        Self {
            decoded,
            text,
            lines: Lines::new(text, broken),
            lint: Lint::default(),
            global_args: Vec::new(),
            stages: Vec::new(),
            warnings: Vec::new(),
            faults: Vec::new(),
            any: false,
        }
    }

    fn read_all(&mut self) {
        self.read_lint();
        while self.faults.len() < MAX_FAULTS {
            let Some(logical) = self.lines.next_logical() else { break };
            self.any = true;
            self.read_one(&logical);
            self.faults.append(&mut self.lines.faults);
        }
        self.faults.append(&mut self.lines.faults);
    }

    fn read_lint(&mut self) {
        let Some(check) = self.directive("check", false) else { return };
        match Lint::parse(&check.value) {
            Ok(lint) => self.lint = lint,
            Err(message) => {
                let help = "write for example `# check=skip=StageNameCasing;error=true`";
                self.faults.push(Fault::new(check.span, message).help(help));
            }
        }
    }

    /// A directive's first word.
    fn directive(&self, key: &str, any_form: bool) -> Option<Directive> {
        let (value, line) = directive::find(key, self.decoded, any_form)?;
        let value = value.split(' ').next().unwrap_or_default().to_owned();
        Some(Directive { value, span: Span::line(line + 1) })
    }

    fn read_one(&mut self, logical: &Logical) {
        match self.node(logical) {
            Ok((node, span)) => self.read_node(logical, &node, span),
            Err(fault) => self.fault(logical, fault),
        }
    }

    /// The syntax of an instruction, its heredocs included.
    fn node(&mut self, logical: &Logical) -> Result<(Node, Span), SyntaxFault> {
        let line = &logical.joined.text;
        if logical.empty_continuation {
            let span = Span::line(self.lines.taken());
            self.warn(None, "NoEmptyContinuation", span, "Empty continuation line".into());
        }
        let mut node = node::parse(line, 0..line.len(), self.lines.escape)?;
        let heredocs = if node.takes_heredocs() && line.contains("<<") { node::announced(line) } else { Vec::new() };
        let mut range = logical.joined.range(node.keyword_range.start..line.trim_end().len().max(1));
        for mut heredoc in heredocs {
            let Some((content, end)) = self.lines.heredoc(&heredoc.name, heredoc.chomp) else {
                let message = format!("the heredoc `{}` does not end", heredoc.name);
                let help = "write its delimiter alone on a line behind the content";
                return Err(SyntaxFault::new(node.keyword_range.start..line.trim_end().len(), message, help));
            };
            heredoc.content = content;
            range.end = end;
            node.heredocs.push(heredoc);
        }
        Ok((node, self.text.span(range)))
    }

    fn read_node(&mut self, logical: &Logical, node: &Node, span: Span) {
        let context = Context::new(self.text, logical, node, span);
        match context.read() {
            Ok(item) => self.add(item, node, Lint::from_comments(&logical.comments).as_ref()),
            Err(fault) => self.fault(logical, fault),
        }
    }

    fn add(&mut self, item: Item, node: &Node, extra: Option<&Lint>) {
        let mut found = Vec::new();
        match item {
            Item::Stage(stage) => {
                check::stage(&stage, node, &mut found);
                if self.stages.len() == MAX_STAGES {
                    let message = format!("there are more than {MAX_STAGES} stages");
                    self.faults.push(Fault::new(stage.span, message).help("split the file"));
                    return;
                }
                self.stages.push(stage);
            }
            Item::Instruction(instruction) => {
                check::instruction(&instruction, &mut found);
                self.place(instruction);
            }
        }
        for Warning { rule, span, message } in found {
            self.warn(extra, rule, span, message);
        }
    }

    fn place(&mut self, instruction: Instruction) {
        match (self.stages.last_mut(), &instruction.kind) {
            (Some(stage), _) => stage.instructions.push(instruction),
            (None, Kind::Arg(_)) => self.global_args.push(instruction),
            // A FROM that was faulty has been said already.
            (None, _) if !self.faults.is_empty() => {}
            (None, _) => {
                let message = format!("{} stands before the first FROM", instruction.keyword.to_uppercase());
                self.faults.push(Fault::new(instruction.span, message).help("only ARG may: begin a stage first"));
            }
        }
    }

    fn warn(&mut self, extra: Option<&Lint>, rule: &'static str, span: Span, message: String) {
        if self.lint.wants(extra, rule) {
            self.warnings.push(Warning { rule, span, message });
        }
    }

    fn fault(&mut self, logical: &Logical, fault: SyntaxFault) {
        let span = self.text.span(logical.joined.range(fault.range));
        self.faults.push(Fault::new(span, fault.message).help(fault.help));
    }

    fn finish(mut self) -> Result<Dockerfile, Faults> {
        if self.faults.is_empty() && self.stages.is_empty() {
            let message = if self.any { "the Dockerfile has no FROM" } else { "the Dockerfile has no instructions" };
            self.faults.push(at_start(message));
        }
        if !self.faults.is_empty() {
            self.faults.sort_by_key(|fault| fault.span.start);
            return Err(Faults(self.faults));
        }
        for Warning { rule, span, message } in check::file(&self.stages) {
            self.warn(None, rule, span, message);
        }
        self.warnings.sort_by_key(|warning| warning.span.start);
        Ok(Dockerfile {
            directives: Directives {
                syntax: self.directive("syntax", true),
                escape: self.lines.escape,
                check: self.directive("check", false),
            },
            global_args: self.global_args,
            stages: self.stages,
            warnings: self.warnings,
            lint: self.lint,
        })
    }
}
