//! An event, with the part that is rejected marked.

use linkspan_report::Position;
use linkspan_source::json;
use serde_json::Value;

use super::escape::escape;

/// How much of an event is shown, in characters.
const MOST: usize = 20_000;

/// The event on several lines; the part at a JSON Pointer is marked and leads to what rejects it.
pub(super) fn event(event: &Value, at: &str, target: Option<&str>) -> String {
    let text: String = serde_json::to_string_pretty(event).unwrap_or_default().chars().take(MOST).collect();
    let span = json(&text).ok().and_then(|document| document.span(at));
    let Some(span) = span else { return escape(&text) };
    let (start, end) = (offset(&text, span.start), offset(&text, span.end));
    let (Some(before), Some(part), Some(after)) = (text.get(..start), text.get(start..end), text.get(end..)) else {
        return escape(&text);
    };
    let marked = match target {
        Some(target) => format!("<a class=\"rejected\" href=\"#{target}\"><mark>{}</mark></a>", escape(part)),
        None => format!("<mark class=\"rejected\">{}</mark>", escape(part)),
    };
    format!("{}{marked}{}", escape(before), escape(after))
}

/// The byte that a position means.
fn offset(text: &str, position: Position) -> usize {
    let lines: usize = text.split_inclusive('\n').take(position.line - 1).map(str::len).sum();
    let line = text.get(lines..).unwrap_or_default();
    lines + line.chars().take(position.column - 1).map(char::len_utf8).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_rejected_part_is_marked() {
        let text = event(&json!({ "a": ["<ö>", 1] }), "/a/0", Some("x"));
        insta::assert_snapshot!(text, @r##"
        {
          &#34;a&#34;: [
            <a class="rejected" href="#x"><mark>&#34;&#60;ö&#62;&#34;</mark></a>,
            1
          ]
        }
        "##);
        assert_eq!(event(&json!(1), "", None), "<mark class=\"rejected\">1</mark>");
        assert_eq!(event(&json!({}), "/gone", None), "{}");
    }
}
