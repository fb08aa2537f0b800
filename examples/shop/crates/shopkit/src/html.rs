//! The one rule of writing HTML.

/// The text with `<`, `>`, `&` and quotes made harmless. Everything that is not
/// our own writing passes through here before it reaches a page.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_gets_out_of_an_attribute_or_a_tag() {
        assert_eq!(super::escape("<b title=\"it's\">&"), "&lt;b title=&quot;it&#39;s&quot;&gt;&amp;");
    }
}
