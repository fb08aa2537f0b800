//! For a terminal: each finding with the line that it is about, the counts, and the command's own text.

use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use linkspan_toolkit::neutralise;

use super::{NoSources, Options, Sources, counted};
use crate::{Finding, Position, Report, Severity, Span, printable, printable_line};

/// The longest line, in characters, that is shown whole (and cut to the terminal's width).
const WHOLE: usize = 400;

/// How many characters of a longer one are shown before and behind the place.
const AROUND: usize = 60;

pub(super) fn write(report: &Report, options: &Options, sources: &dyn Sources, out: &mut dyn Write) -> io::Result<()> {
    let renderer = if options.color { Renderer::styled() } else { Renderer::plain() };
    for finding in report.findings.kept() {
        writeln!(out, "{}\n", framed(finding, &renderer, sources))?;
    }
    if let Some(counts) = counted(report.findings.counts()) {
        writeln!(out, "{counts}")?;
    }
    if !report.text.is_empty() {
        writeln!(out, "{}", lines(&report.text))?;
    }
    Ok(())
}

/// A text of any origin, harmless for a terminal and for a GitHub runner that reads the log.
fn lines(text: &str) -> String {
    neutralise(&printable(text)).into_owned()
}

/// [`lines`] on one line.
fn line(text: &str) -> String {
    neutralise(&printable_line(text)).into_owned()
}

/// A finding as it is shown.
fn framed(finding: &Finding, renderer: &Renderer, sources: &dyn Sources) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Notice => Level::NOTE.with_name("notice"),
    };
    let title = level.primary_title(line(&finding.message)).id(line(&finding.rule));
    let mut frames = Vec::new();
    let sources = |file: &str| match finding.hidden && finding.file.as_deref() == Some(file) {
        true => &NoSources,
        false => sources,
    };
    if let Some(file) = &finding.file {
        frames.push(Frame::new(file, finding.span, None, sources(file)));
    }
    for related in &finding.related {
        frames.push(Frame::new(&related.file, related.span, Some(line(&related.message)), sources(&related.file)));
    }
    let mut group = Group::with_title(title);
    for frame in &frames {
        group = group.elements(frame.elements());
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(lines(help)));
    }
    frames.iter().fold(renderer.render(&[group]), |text, frame| frame.corrected(text))
}

/// A place, and its line if there is one.
struct Frame {
    path: String,
    span: Option<Span>,
    /// What there is to see; the place of the finding itself has none.
    label: Option<String>,
    excerpt: Option<Excerpt>,
}

/// The part of a line around a place.
struct Excerpt {
    text: String,
    /// The bytes that are marked.
    marked: Range<usize>,
    /// The column at which they begin in this text.
    column: usize,
}

impl Frame {
    fn new(file: &str, span: Option<Span>, label: Option<String>, sources: &dyn Sources) -> Self {
        let line = span.and_then(|span| sources.lines(file, span.start.line, span.start.line)?.into_iter().next());
        let excerpt = span.zip(line).map(|(span, line)| Excerpt::new(&line, span));
        Self { path: self::line(file), span, label, excerpt }
    }

    fn elements(&self) -> Vec<Element<'_>> {
        if let (Some(span), Some(excerpt)) = (self.span, &self.excerpt) {
            let kind = if self.label.is_some() { AnnotationKind::Context } else { AnnotationKind::Primary };
            let annotation = kind.span(excerpt.marked.clone()).label(self.label.as_deref());
            let snippet = Snippet::source(&excerpt.text).path(&self.path).line_start(span.start.line);
            return vec![snippet.annotation(annotation).into()];
        }
        let origin = Origin::path(&self.path);
        let origin = match self.span {
            Some(span) => origin.line(span.start.line).char_column(span.start.column),
            None => origin,
        };
        let note = self.label.as_ref().map(|label| Level::NOTE.message(label).into());
        [origin.into()].into_iter().chain(note).collect()
    }

    /// The text with the column of the file where the renderer counted in the excerpt.
    fn corrected(&self, text: String) -> String {
        let (Some(Position { line, column }), Some(excerpt)) = (self.span.map(|span| span.start), &self.excerpt) else {
            return text;
        };
        if excerpt.column == column {
            return text;
        }
        text.replacen(&format!("{}:{line}:{}", self.path, excerpt.column), &format!("{}:{line}:{column}", self.path), 1)
    }
}

impl Excerpt {
    /// A place that goes on in the next lines is marked to the end of this one.
    fn new(line: &str, span: Span) -> Self {
        let all: Vec<char> = line.chars().collect();
        let start = (span.start.column - 1).min(all.len());
        let end = if span.end.line > span.start.line { all.len() } else { span.end.column - 1 };
        let end = end.clamp(start, all.len());
        let (first, last) = match all.len() {
            0..=WHOLE => (0, all.len()),
            _ => (start.saturating_sub(AROUND), (end.min(start + AROUND) + AROUND).min(all.len())),
        };
        let shown = all.get(first..last).unwrap_or_default();
        let before = if first > 0 { "…" } else { "" };
        let after = if last < all.len() { "…" } else { "" };
        let upto = |index: usize| harmless(shown.get(..index.min(last) - first).unwrap_or_default());
        Self {
            marked: before.len() + upto(start).len()..before.len() + upto(end).len(),
            column: before.chars().count() + start - first + 1,
            text: format!("{before}{}{after}", harmless(shown)),
        }
    }
}

/// The same number of characters, without those that a terminal would obey or a GitHub runner would take for a
/// command.
fn harmless(characters: &[char]) -> String {
    let mut safe = String::with_capacity(characters.len());
    for character in characters {
        let obeyed = *character != '\t' && printable_line(character.encode_utf8(&mut [0; 4])) != character.to_string();
        let command = *character == '[' && safe.ends_with("##");
        safe.push(if obeyed || command { '\u{FFFD}' } else { *character });
    }
    safe
}
