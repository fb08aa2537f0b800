//! What strangers wrote (logs, messages of the cluster) to text that may be shown: bounded, without control
//! characters, and without what looks like a secret.

use linkspan_report::Finding;

/// Parts of names that give a secret away.
const SECRET_NAMES: [&str; 9] =
    ["password", "passwd", "pwd", "secret", "token", "apikey", "api_key", "credential", "private_key"];

/// What stands for a secret.
const MASK: &str = "***";

/// Whether a variable or field with this name probably holds a secret.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    SECRET_NAMES.iter().any(|part| name.contains(part))
        || name.ends_with("_key")
        || name == "key"
        || name.starts_with("authorization")
}

/// Secrets that are known, from the Secrets that are applied: they are masked wherever they turn up.
#[derive(Clone, Default)]
pub struct Redactor {
    known: Vec<String>,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Redactor({} known)", self.known.len())
    }
}

impl Redactor {
    /// Masks these values too. Short ones are left: they would mask ordinary words.
    pub fn new(known: impl IntoIterator<Item = String>) -> Self {
        let mut known: Vec<_> = known
            .into_iter()
            .flat_map(|value| value.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>())
            .filter(|line| line.len() >= 6)
            .collect();
        // The longest first: a shorter one may be a part of it.
        known.sort_by_key(|value| std::cmp::Reverse(value.len()));
        known.dedup();
        Self { known }
    }

    /// One line that may be shown, of at most `max` characters.
    #[must_use]
    pub fn line(&self, text: &str, max: usize) -> String {
        let mut line = printable(text);
        for secret in &self.known {
            line = line.replace(secret.as_str(), MASK);
        }
        let masked = mask_words(&line);
        match masked.char_indices().nth(max) {
            Some((end, _)) => format!("{}…", masked.get(..end).unwrap_or_default()),
            None => masked,
        }
    }

    /// A finding whose message may be shown.
    #[must_use]
    pub fn clean(&self, finding: Finding) -> Finding {
        let message = self.line(&finding.message, 1_000);
        Finding { message, ..finding }
    }

    /// The last lines of a log that may be shown.
    #[must_use]
    pub fn last_lines(&self, text: &str, lines: usize) -> Vec<String> {
        let all: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        all.iter().skip(all.len().saturating_sub(lines)).map(|line| self.line(line, 400)).collect()
    }
}

/// Without control characters and terminal sequences.
fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\u{1b}' => skip_sequence(&mut characters),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => {}
            c => out.push(c),
        }
    }
    out
}

/// A terminal sequence: `ESC [ … letter`, `ESC ] … BEL`, or two characters.
fn skip_sequence(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match characters.next() {
        Some('[') => _ = characters.by_ref().find(char::is_ascii_alphabetic),
        Some(']') => _ = characters.by_ref().find(|c| *c == '\u{7}' || *c == '\\'),
        _ => {}
    }
}

/// Masks values behind secret names (`password=…`, `token: …`), bearer tokens, and passwords in URLs.
fn mask_words(line: &str) -> String {
    let mut hide_next = false;
    let masked = line.split(' ').map(|word| {
        if hide_next && !word.is_empty() {
            hide_next = word.eq_ignore_ascii_case("bearer") || word.eq_ignore_ascii_case("basic");
            return if hide_next { word.to_owned() } else { MASK.to_owned() };
        }
        let bare = word.trim_matches(|c: char| matches!(c, '"' | '\'' | ':' | '=' | ',' | '{'));
        let open = word.ends_with([':', '=']) || word.ends_with("\":");
        hide_next = bare.eq_ignore_ascii_case("bearer") || open && is_secret_name(bare);
        mask_word(word)
    });
    masked.collect::<Vec<_>>().join(" ")
}

fn mask_word(word: &str) -> String {
    if let Some((scheme, rest)) = word.split_once("://")
        && let Some((user, host)) = rest.split('/').next().and_then(|authority| authority.rsplit_once('@'))
        && user.contains(':')
    {
        let tail = rest.get(user.len() + 1 + host.len()..).unwrap_or_default();
        return format!("{scheme}://{MASK}@{host}{tail}");
    }
    // The JSON Web Tokens of service accounts and OIDC.
    if word.split('.').count() == 3 && word.trim_start_matches(['"', '\'']).starts_with("eyJ") {
        return MASK.to_owned();
    }
    match word.find(['=', ':']) {
        Some(at) => {
            let (name, rest) = word.split_at(at);
            let bare = name.rsplit(['"', '\'', '{', '?', '&', ',']).find(|part| !part.is_empty()).unwrap_or_default();
            if rest.len() > 1 && is_secret_name(bare) && !rest.starts_with("://") {
                format!("{name}{}{MASK}", rest.get(..1).unwrap_or_default())
            } else {
                word.to_owned()
            }
        }
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_masked() {
        let redactor = Redactor::new(["hunter22".to_owned(), "abc".to_owned()]);
        let cases = [
            ("login with hunter22 ok abc", "login with *** ok abc"),
            ("DB_PASSWORD=x1 user=a", "DB_PASSWORD=*** user=a"),
            ("password: geheim end", "password: *** end"),
            ("{\"token\":\"x\"} done", "{\"token\":*** done"),
            ("Authorization: Bearer abcdef", "Authorization: Bearer ***"),
            ("postgres://app:pw@db:5432/shop?x=1", "postgres://***@db:5432/shop?x=1"),
            ("jwt eyJhbGciOi.eyJzdWIi.c2ln", "jwt ***"),
            ("the key is under the mat: fine", "the key is under the mat: fine"),
            ("GET http://host:80/path 200", "GET http://host:80/path 200"),
        ];
        for (text, shown) in cases {
            assert_eq!(redactor.line(text, 200), shown);
        }
    }

    #[test]
    fn terminals_and_runners_are_not_spoken_to() {
        let redactor = Redactor::default();
        assert_eq!(redactor.line("\u{1b}[31mred\u{1b}[0m\u{1b}]0;title\u{7}\r\u{202e}x\u{0}", 50), "red x");
        assert_eq!(redactor.line("aaaa", 3), "aaa…");
        assert_eq!(redactor.last_lines("1\n\n2\n3\n", 2), ["2", "3"]);
    }
}
