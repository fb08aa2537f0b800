//! The step summary: Markdown that GitHub shows under the run, and drops whole when it is too long.

/// How many bytes one step's summary may hold. The runner drops everything above 1,048,576.
pub const LIMIT: usize = 1_000_000;

const NOTE: &str = "\n_The rest of this summary does not fit; it is in the step's log._\n";

/// How many tags left open are closed behind a cut. What nests deeper is no summary of ours.
const OPEN_TAGS: usize = 32;

const DETAILS_END: &str = "\n</details>\n";

/// The Markdown, cut so that at most `limit` bytes are left, with a note where something is missing.
///
/// It is cut behind a block where that keeps nearly as much, else behind a line; a code fence and `<details>` that
/// were left open are closed. The note is left out only where it does not fit by itself.
#[must_use]
pub fn fit(markdown: &str, limit: usize) -> String {
    if markdown.len() <= limit {
        return markdown.to_owned();
    }
    let Some(room) = limit.checked_sub(NOTE.len()) else {
        return String::new();
    };
    let kept = cut(markdown, room);
    format!("{kept}{NOTE}")
}

/// What was seen up to the end of a line.
#[derive(Debug, Clone, Default)]
struct Place {
    end: usize,
    fence: Option<String>,
    details: usize,
    blank: bool,
}

impl Place {
    fn after(&self, line: &str) -> Self {
        let mut next = self.clone();
        next.end += line.len();
        next.blank = line.trim().is_empty() && self.fence.is_none();
        next.fence = fence_after(self.fence.as_deref(), line);
        if self.fence.is_none() && next.fence.is_none() {
            let opened = self.details + line.matches("<details").count();
            next.details = opened.saturating_sub(line.matches("</details>").count());
        }
        next
    }

    /// What closes everything that is open here.
    fn closing(&self) -> String {
        let fence = self.fence.as_ref().map(|mark| format!("{mark}\n"));
        let details = DETAILS_END.repeat(self.details.min(OPEN_TAGS));
        fence.unwrap_or_default() + &details
    }

    fn size(&self) -> usize {
        self.end + self.closing().len()
    }
}

fn cut(markdown: &str, room: usize) -> String {
    let mut place = Place::default();
    let (mut line, mut block) = (None, None);
    for text in markdown.split_inclusive('\n') {
        place = place.after(text);
        if place.end > room {
            break;
        }
        if place.size() <= room && text.ends_with('\n') {
            line = Some(place.clone());
            block = if place.blank { line.clone() } else { block };
        }
    }
    match (block, line) {
        (Some(block), Some(line)) if block.end >= line.end - line.end / 10 => closed(markdown, &block),
        (_, Some(line)) => closed(markdown, &line),
        _ => first_line(markdown, room),
    }
}

fn closed(markdown: &str, place: &Place) -> String {
    format!("{}{}", &markdown[..place.end], place.closing())
}

/// Not even one line fits: as many of its characters as do, and a line end.
fn first_line(markdown: &str, room: usize) -> String {
    let line = markdown.lines().next().unwrap_or_default();
    let end = line.floor_char_boundary(room.saturating_sub(1));
    match room {
        0 => String::new(),
        _ => format!("{}\n", &line[..end]),
    }
}

/// The mark of the code fence that is open behind the line, by CommonMark's rules.
fn fence_after(open: Option<&str>, line: &str) -> Option<String> {
    let text = line.trim_start_matches(' ');
    let indented = line.len() - text.len() > 3;
    let mark: String = match text.chars().next() {
        Some(c @ ('`' | '~')) if !indented => text.chars().take_while(|one| *one == c).collect(),
        _ => String::new(),
    };
    let info = text[mark.len()..].trim();
    match open {
        Some(open) if mark.starts_with(open) && info.is_empty() => None,
        Some(open) => Some(open.to_owned()),
        None if mark.len() < 3 || (mark.starts_with('`') && info.contains('`')) => None,
        None => Some(mark),
    }
}

#[cfg(test)]
mod tests {
    use super::{LIMIT, NOTE, fence_after, fit};

    #[test]
    fn what_fits_is_kept_byte_for_byte() {
        let exact = "x".repeat(LIMIT);
        assert_eq!(fit(&exact, LIMIT), exact);
    }

    #[test]
    fn it_is_cut_behind_a_block() {
        let markdown = format!("# A\n\n{}\n\n{}", "b ".repeat(100), "c\n".repeat(200));
        let kept = fit(&markdown, 210 + NOTE.len());
        assert_eq!(kept, format!("# A\n\n{}\n\n{NOTE}", "b ".repeat(100)));
    }

    #[test]
    fn a_long_table_is_cut_behind_a_row() {
        let markdown = format!("| a |\n|---|\n{}", "| row |\n".repeat(200_000));
        let kept = fit(&markdown, LIMIT);
        assert!(kept.len() <= LIMIT && kept.len() > LIMIT - 100);
        assert!(kept.ends_with(&format!("| row |\n{NOTE}")));
    }

    #[test]
    fn what_is_open_is_closed() {
        let markdown = format!("<details>\n\n````text\n{}````\n</details>\n", "log\n".repeat(100));
        let kept = fit(&markdown, 200);
        assert!(kept.len() <= 200);
        assert!(kept.ends_with(&format!("log\n````\n\n</details>\n{NOTE}")), "{kept}");
    }

    #[test]
    fn one_endless_line_is_cut_between_characters() {
        let kept = fit(&"é".repeat(500), 201);
        assert!(kept.len() <= 201 && kept.ends_with(NOTE) && kept.starts_with('é'));
        assert_eq!(fit("too long", 3), "");
    }

    #[test]
    fn fences_open_and_close_as_in_common_mark() {
        assert_eq!(fence_after(None, "```rust\n").as_deref(), Some("```"));
        assert_eq!(fence_after(Some("```"), "~~~\n").as_deref(), Some("```"));
        assert_eq!(fence_after(Some("```"), "````\n"), None);
        assert_eq!(fence_after(Some("````"), "```\n").as_deref(), Some("````"));
        assert_eq!(fence_after(None, "``` a`b\n"), None);
        assert_eq!(fence_after(None, "    ```\n"), None);
    }
}
