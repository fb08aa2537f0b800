//! A report for a browser: one page without scripts or anything from elsewhere, that reads well aloud.

mod diff;
mod escape;
mod witness;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use linkspan_command::Failure;

use diff::Texts;
use escape::escape;

use super::judge::Judged;
use super::mode::Way;
use super::pair::Side;
use super::result::{PairResult, witness as first_witness};
use super::rules::Break;
use super::table;
use crate::schema::Place;

/// The identifier of a pair's section, from 1.
fn id(number: usize) -> String {
    format!("pair-{number}")
}

/// The section of one pair: what breaks, the event, and both texts.
pub(super) fn section(judged: &Judged<'_>, result: &PairResult, number: usize) -> String {
    let id = id(number);
    let verdict = result.semantic.verdict;
    let against = result.against.as_ref().map(|against| format!(" since {}", escape(against))).unwrap_or_default();
    let mut html = format!(
        "<section class=\"pair\" id=\"{id}\" aria-labelledby=\"{id}-title\">\n<h2 id=\"{id}-title\">{}{against}</h2>\n\
         <p><span class=\"verdict semantic {verdict}\">{verdict}</span> ({}): {}</p>\n",
        escape(&result.subject),
        result.mode,
        prose(&result.semantic.explanation)
    );
    let documents = documents(judged);
    let mut breaks = judged.ways.iter().flat_map(|way| &way.breaks).peekable();
    if breaks.peek().is_none() {
        if let Some((_, event)) = first_witness(judged) {
            let _ = write!(html, "{}", shown_event(&witness::event(event, "", None), &id, 1, "An event that breaks"));
        }
    } else {
        html.push_str("<ol class=\"breaks\">\n");
        for (index, each) in breaks.enumerate() {
            html.push_str(&broken(each, &documents, &id, index + 1));
        }
        html.push_str("</ol>\n");
    }
    html.push_str(&registry(judged, result));
    for (index, document) in documents.iter().enumerate() {
        html.push_str(&side_by_side(judged, document, &format!("{id}-file-{}", index + 1)));
    }
    html.push_str("</section>\n");
    html
}

/// One break and its event.
fn broken(each: &Break, documents: &[Document], id: &str, number: usize) -> String {
    let target = target(each, documents, id);
    let link = match &target {
        Some(target) => {
            let line = target.rsplit('-').next().unwrap_or_default();
            let which = each.way.reader();
            format!(" <a href=\"#{target}\">Go to line {line} of {which}</a>")
        }
        None => String::new(),
    };
    let event = witness::event(&each.witness, &each.at, target.as_deref());
    let title = match each.way {
        Way::Backward => "An event that was fine and now is rejected",
        Way::Forward => "An event that is sent now and that old readers reject",
    };
    format!(
        "<li id=\"{id}-break-{number}\"><p>{} <code class=\"rule\">{}</code>{link}</p>\n{}</li>\n",
        prose(&each.message),
        escape(each.rule.id),
        shown_event(&event, id, number, title)
    )
}

fn shown_event(event: &str, id: &str, number: usize, title: &str) -> String {
    format!(
        "<figure><figcaption id=\"{id}-witness-{number}-title\">{title}</figcaption>\n\
         <pre class=\"witness\" id=\"{id}-witness-{number}\" tabindex=\"0\" aria-labelledby=\"{id}-witness-{number}-title\">{event}</pre></figure>\n"
    )
}

fn registry(judged: &Judged<'_>, result: &PairResult) -> String {
    let changes: Vec<_> = judged.ways.iter().flat_map(|way| &way.answer.changes).collect();
    let verdict = table::registry(result);
    let class = verdict.split(' ').next().unwrap_or_default();
    let mut html = format!("<p>A schema registry: <span class=\"verdict registry {class}\">{verdict}</span>");
    for note in result.registry.error.iter().chain(&result.difference) {
        let _ = write!(html, "; {}", prose(note));
    }
    html.push_str("</p>\n");
    if !result.consumers.is_empty() {
        let _ = writeln!(html, "<p>It hits {}.</p>", escape(&result.consumers.join(", ")));
    }
    if !changes.is_empty() {
        let _ = writeln!(html, "<details><summary>{} changes in the registry's words</summary><ul>", changes.len());
        for change in changes.iter().take(500) {
            let _ = writeln!(html, "<li><code>{} {}</code></li>", escape(change.kind), escape(&change.path));
        }
        html.push_str("</ul></details>\n");
    }
    html
}

/// A sentence: what stands in backticks is code.
fn prose(text: &str) -> String {
    let parts: Vec<_> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escape(text);
    }
    let part = |(index, part): (usize, &&str)| match index % 2 {
        0 => escape(part),
        _ => format!("<code>{}</code>", escape(part)),
    };
    parts.iter().enumerate().map(part).collect()
}

/// A document's old and new place.
type Document = (Place, Place);

/// The documents in which a pair is written: its own, and those in which something breaks.
fn documents(judged: &Judged<'_>) -> Vec<Document> {
    let whole = |place: &Place| Place { path: place.path.clone(), pointer: String::new() };
    let own = (whole(&judged.pair.old.place), whole(&judged.pair.new.place));
    let breaks = judged.ways.iter().flat_map(|way| &way.breaks);
    let touched = breaks.map(|each| (whole(&each.old_place), whole(&each.new_place)));
    let mut seen = BTreeSet::from([own.1.clone()]);
    let others: Vec<_> = touched.filter(|(_, new)| seen.insert(new.clone())).collect();
    std::iter::once(own).chain(others).collect()
}

/// The identifier of the line that rejects.
fn target(each: &Break, documents: &[Document], id: &str) -> Option<String> {
    let file = documents.iter().position(|(_, new)| new.path == each.new_place.path)? + 1;
    let (side, span) = match each.way {
        Way::Backward => ("new", each.new.1?),
        Way::Forward => ("old", each.old.1?),
    };
    Some(format!("{id}-file-{file}-{side}-{}", span.start.line))
}

/// Both texts of a document.
fn side_by_side(judged: &Judged<'_>, (old, new): &Document, id: &str) -> String {
    let (old_text, new_text) = (text(&judged.pair.old, old), text(&judged.pair.new, new));
    let (Some(old_text), Some(new_text)) = (old_text, new_text) else { return String::new() };
    let mut texts =
        Texts { old: &old_text, new: &new_text, old_rejects: BTreeMap::new(), new_rejects: BTreeMap::new() };
    for each in judged.ways.iter().flat_map(|way| &way.breaks).filter(|each| each.new_place.path == new.path) {
        let (lines, span) = match each.way {
            Way::Backward => (&mut texts.new_rejects, each.new.1),
            Way::Forward => (&mut texts.old_rejects, each.old.1),
        };
        if let Some(span) = span {
            lines.entry(span.start.line).or_insert_with(|| each.message.clone());
        }
    }
    let rows = diff::rows(&texts, id);
    if rows.is_empty() {
        return String::new();
    }
    let (old, new) = (judged.pair.old.files.shown(&old.path), judged.pair.new.files.shown(&new.path));
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{id}-caption\">\n<table class=\"diff\" id=\"{id}\">\n\
         <caption id=\"{id}-caption\">{} and {}, side by side</caption>\n<thead><tr><th scope=\"col\">Line</th><th scope=\"col\">Old</th>\
         <th scope=\"col\">Line</th><th scope=\"col\">New</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n",
        escape(&old),
        escape(&new)
    )
}

fn text(side: &Side, place: &Place) -> Option<String> {
    let bytes = side.files.bytes(&place.path).ok()??;
    let text = String::from_utf8_lossy(&bytes);
    Some(text.trim_start_matches('\u{feff}').to_owned())
}

/// The whole page.
pub(super) fn page(pairs: &[PairResult], sections: &[String]) -> String {
    let mut rows = String::new();
    for (index, pair) in pairs.iter().enumerate() {
        let registry = table::registry(pair);
        let class = registry.split(' ').next().unwrap_or_default();
        let _ = writeln!(
            rows,
            "<tr><th scope=\"row\"><a href=\"#{}\">{}</a></th><td>{}</td><td>{}</td>\
             <td class=\"{verdict}\">{verdict}</td><td class=\"{class}\">{registry}</td><td>{}</td></tr>",
            id(index + 1),
            escape(&pair.subject),
            escape(pair.against.as_deref().unwrap_or_default()),
            pair.mode,
            pair.accepted.as_deref().map(escape).unwrap_or_default(),
            verdict = pair.semantic.verdict
        );
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Compatibility: {counts}</title>\n\
         <style>\n{style}</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#pairs\">Skip to the details</a>\n\
         <header><h1>Compatibility</h1>\n<p id=\"counts\">{counts}</p></header>\n<main>\n\
         <table id=\"summary\">\n<caption>What was compared</caption>\n<thead><tr><th scope=\"col\">Subject</th><th scope=\"col\">Against</th>\
         <th scope=\"col\">Mode</th><th scope=\"col\">Semantic</th><th scope=\"col\">Registry</th><th scope=\"col\">Accepted</th></tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table>\n<div id=\"pairs\">\n{}</div>\n</main>\n</body>\n</html>\n",
        sections.concat(),
        counts = escape(&table::counts(pairs)),
        style = include_str!("style.css")
    )
}

/// Writes the page as `index.html` into a folder; it appears whole, or not at all.
///
/// # Errors
/// It cannot be written.
pub(super) fn write(folder: &Path, page: &str) -> Result<(), Failure> {
    let file = folder.join("index.html");
    let part = folder.join(format!(".index.html.{}.tmp", std::process::id()));
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&part, page))
        .and_then(|()| std::fs::rename(&part, &file));
    written.map_err(|error| {
        Failure::failed(format!("the report cannot be written: {error}")).in_file(file.display().to_string(), None)
    })
}
