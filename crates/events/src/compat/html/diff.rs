//! The old and the new text side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use similar::{DiffOp, TextDiff};

use super::escape::escape;

/// How many lines are shown around a change.
const AROUND: usize = 3;

/// How many rows are shown.
const MOST_ROWS: usize = 2_000;

/// How many characters of a line are shown.
const LONGEST: usize = 2_000;

/// How long two texts are compared; what is left then counts as changed.
const TIME: Duration = Duration::from_millis(500);

/// Two texts, and the lines that reject something.
pub(super) struct Texts<'t> {
    /// The old text.
    pub(super) old: &'t str,
    /// The new text.
    pub(super) new: &'t str,
    /// The lines of the old text that reject, with what they do.
    pub(super) old_rejects: BTreeMap<usize, String>,
    /// The lines of the new text that reject, with what they do.
    pub(super) new_rejects: BTreeMap<usize, String>,
}

/// A line of each text, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    old: Option<usize>,
    new: Option<usize>,
    changed: bool,
}

/// The rows of a table; `id` begins the identifiers of its lines.
pub(super) fn rows(texts: &Texts<'_>, id: &str) -> String {
    let diff = TextDiff::configure().timeout(TIME).diff_lines(texts.old, texts.new);
    let rows: Vec<_> = diff.ops().iter().flat_map(aligned).collect();
    let shown = shown(&rows, texts);
    let (old, new): (Vec<_>, Vec<_>) = (texts.old.lines().collect(), texts.new.lines().collect());
    let mut html = String::new();
    let mut last = None;
    for index in shown.iter().copied().take(MOST_ROWS) {
        let Some(row) = rows.get(index) else { continue };
        if last.map_or(index > 0, |last| index > last + 1) {
            html.push_str("<tr class=\"gap\"><td colspan=\"4\">unchanged lines</td></tr>\n");
        }
        last = Some(index);
        let left = cell("old", id, row.old, &old, row.changed, &texts.old_rejects);
        let right = cell("new", id, row.new, &new, row.changed, &texts.new_rejects);
        // Writing to a string does not fail.
        let _ = writeln!(html, "<tr>{left}{right}</tr>");
    }
    if shown.len() > MOST_ROWS {
        html.push_str("<tr class=\"gap\"><td colspan=\"4\">more lines are not shown</td></tr>\n");
    }
    html
}

/// Lines beside each other.
fn aligned(op: &DiffOp) -> Vec<Row> {
    let (old, new) = (op.old_range(), op.new_range());
    let changed = !matches!(op, DiffOp::Equal { .. });
    let line = |range: &std::ops::Range<usize>, index: usize| (index < range.len()).then(|| range.start + index + 1);
    (0..old.len().max(new.len())).map(|index| Row { old: line(&old, index), new: line(&new, index), changed }).collect()
}

/// The rows that are changed or reject, and those around them.
fn shown(rows: &[Row], texts: &Texts<'_>) -> BTreeSet<usize> {
    let rejects = |row: &Row| {
        let has =
            |line: Option<usize>, lines: &BTreeMap<usize, String>| line.is_some_and(|line| lines.contains_key(&line));
        has(row.old, &texts.old_rejects) || has(row.new, &texts.new_rejects)
    };
    let wanted = rows.iter().enumerate().filter(|(_, row)| row.changed || rejects(row));
    wanted.flat_map(|(index, _)| index.saturating_sub(AROUND)..(index + AROUND + 1).min(rows.len())).collect()
}

fn cell(
    side: &str,
    id: &str,
    line: Option<usize>,
    lines: &[&str],
    changed: bool,
    rejects: &BTreeMap<usize, String>,
) -> String {
    let Some(number) = line else {
        return format!("<td class=\"number\"></td><td class=\"{side}\"></td>");
    };
    let text = cut(lines.get(number - 1).unwrap_or(&""));
    let mut class = side.to_owned();
    if changed {
        class.push_str(" changed");
    }
    let note = rejects.get(&number);
    if note.is_some() {
        class.push_str(" rejecting");
    }
    let title = note.map(|note| format!(" title=\"{}\"", escape(note))).unwrap_or_default();
    // Colour alone says nothing to people who do not see it.
    let text = match (changed, side) {
        (true, "old") => format!("<del>{text}</del>"),
        (true, _) => format!("<ins>{text}</ins>"),
        (false, _) => text,
    };
    format!("<td class=\"number\">{number}</td><td class=\"{class}\" id=\"{id}-{side}-{number}\"{title}>{text}</td>")
}

/// A line as content, cut where it is longer than anybody reads.
fn cut(line: &str) -> String {
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", escape(&line[..end])),
        None => escape(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_lines_stand_side_by_side() {
        let texts = Texts {
            old: "1\n2\n3\n4\n5\n6\n7\n8\na\n",
            new: "1\n2\n3\n4\n5\n6\n7\n8\n<b>\nc\n",
            old_rejects: BTreeMap::new(),
            new_rejects: BTreeMap::from([(9, "no \"b\"".to_owned())]),
        };
        insta::assert_snapshot!(rows(&texts, "p"), @r#"
        <tr class="gap"><td colspan="4">unchanged lines</td></tr>
        <tr><td class="number">6</td><td class="old" id="p-old-6">6</td><td class="number">6</td><td class="new" id="p-new-6">6</td></tr>
        <tr><td class="number">7</td><td class="old" id="p-old-7">7</td><td class="number">7</td><td class="new" id="p-new-7">7</td></tr>
        <tr><td class="number">8</td><td class="old" id="p-old-8">8</td><td class="number">8</td><td class="new" id="p-new-8">8</td></tr>
        <tr><td class="number">9</td><td class="old changed" id="p-old-9"><del>a</del></td><td class="number">9</td><td class="new changed rejecting" id="p-new-9" title="no &#34;b&#34;"><ins>&#60;b&#62;</ins></td></tr>
        <tr><td class="number"></td><td class="old"></td><td class="number">10</td><td class="new changed" id="p-new-10"><ins>c</ins></td></tr>
        "#);
    }
}
