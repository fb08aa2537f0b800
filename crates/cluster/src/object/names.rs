//! What names, labels and annotations may look like, in the words of apimachinery's `validation` packages.

const LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const LABEL_1035: &str = "[a-z]([-a-z0-9]*[a-z0-9])?";
const KEY: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const LABEL_SAID: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must \
                          start and end with an alphanumeric character";
const SUBDOMAIN_SAID: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or \
                              '.', and must start and end with an alphanumeric character";
const LABEL_1035_SAID: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an \
                               alphabetic character, and end with an alphanumeric character";
const KEY_SAID: &str =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const VALUE_SAID: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', \
                          and must start and end with an alphanumeric character";
/// The longest DNS label, label key and label value.
const LABEL_LIMIT: usize = 63;
const BYTES: &str = "bytes";
const SUBDOMAIN_LIMIT: usize = 253;

/// What the names of a kind's objects may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Names {
    /// Labels with dots between them; most kinds.
    #[default]
    Subdomain,
    /// One label.
    Label,
    /// One label that begins with a letter.
    Label1035,
    /// Whatever may stand in a path.
    PathSegment,
}

impl Names {
    /// What is wrong with a name.
    pub(crate) fn faults(self, name: &str) -> Vec<String> {
        let faults = match self {
            Self::Subdomain => subdomain(name),
            Self::Label => label(name),
            Self::Label1035 => label_1035(name),
            Self::PathSegment => path_segment(name),
        };
        // Of labels the real one says bytes, of names characters.
        faults
            .into_iter()
            .map(|fault| if fault.ends_with(BYTES) { fault.replace(BYTES, "characters") } else { fault })
            .collect()
    }

    /// What is wrong with the beginning of names that are made.
    pub(crate) fn prefix_faults(self, prefix: &str) -> Vec<String> {
        match (self, prefix.strip_suffix('-')) {
            (Self::PathSegment, _) => path_prefix(prefix),
            // As the real one, which lets the letter before the dash go too.
            (_, Some(rest)) if !rest.is_empty() => {
                let kept: String = rest.chars().take(rest.chars().count() - 1).collect();
                self.faults(&(kept + "a"))
            }
            _ => self.faults(prefix),
        }
    }
}

/// A DNS label of RFC 1123.
pub(crate) fn label(text: &str) -> Vec<String> {
    let mut faults = too_long(text, LABEL_LIMIT);
    if !is_label(text) {
        let dots = text.split('.').all(is_label);
        let said = regex(LABEL_SAID, LABEL, &["my-name", "123-abc"]);
        faults.push(if dots { "must not contain dots".to_owned() } else { said });
    }
    faults
}

/// DNS labels with dots between them.
pub(crate) fn subdomain(text: &str) -> Vec<String> {
    let mut faults = too_long(text, SUBDOMAIN_LIMIT);
    if !text.split('.').all(is_label) {
        faults.push(regex(SUBDOMAIN_SAID, &format!("{LABEL}(\\.{LABEL})*"), &["example.com"]));
    }
    faults
}

/// A DNS label of RFC 1035.
pub(crate) fn label_1035(text: &str) -> Vec<String> {
    let mut faults = too_long(text, LABEL_LIMIT);
    if !is_label(text) || !text.starts_with(|one: char| one.is_ascii_lowercase()) {
        faults.push(regex(LABEL_1035_SAID, LABEL_1035, &["my-name", "abc-123"]));
    }
    faults
}

fn path_segment(text: &str) -> Vec<String> {
    match text {
        "." | ".." => vec![format!("may not be '{text}'")],
        _ => path_prefix(text),
    }
}

fn path_prefix(text: &str) -> Vec<String> {
    ["/", "%"].iter().filter(|part| text.contains(**part)).map(|part| format!("may not contain '{part}'")).collect()
}

/// A label's key: a name, before it optionally a subdomain and a slash.
pub(crate) fn key(text: &str) -> Vec<String> {
    let said = || regex(KEY_SAID, KEY, &["MyName", "my.name", "123-abc"]);
    let (prefix, name) = text.split_once('/').map_or((None, text), |(prefix, name)| (Some(prefix), name));
    if name.contains('/') {
        let more = " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
        return vec![format!("a valid label key {}{more}", said())];
    }
    let mut faults = match prefix {
        None => Vec::new(),
        Some("") => vec!["prefix part must be non-empty".to_owned()],
        Some(prefix) => subdomain(prefix).into_iter().map(|fault| format!("prefix part {fault}")).collect(),
    };
    if name.is_empty() {
        faults.push("name part must be non-empty".to_owned());
    }
    faults.extend(too_long(name, LABEL_LIMIT).into_iter().map(|fault| format!("name part {fault}")));
    if !is_key(name) {
        faults.push(format!("name part {}", said()));
    }
    faults
}

/// A label's value.
pub(crate) fn value(text: &str) -> Vec<String> {
    let mut faults = too_long(text, LABEL_LIMIT);
    if !text.is_empty() && !is_key(text) {
        faults.push(regex(VALUE_SAID, &format!("({KEY})?"), &["MyValue", "my_value", "12345"]));
    }
    faults
}

fn too_long(text: &str, limit: usize) -> Vec<String> {
    if text.len() > limit { vec![format!("must be no more than {limit} {BYTES}")] } else { Vec::new() }
}

fn regex(said: &str, regex: &str, examples: &[&str]) -> String {
    let examples: Vec<_> = examples.iter().map(|one| format!("'{one}'")).collect();
    format!("{said} (e.g. {}, regex used for validation is '{regex}')", examples.join(",  or "))
}

fn is_label(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    bounded(text, inner, |byte| inner(byte) || byte == b'-')
}

fn is_key(text: &str) -> bool {
    bounded(text, |byte| byte.is_ascii_alphanumeric(), |byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// Whether a text begins and ends with certain bytes, and has only certain others in between.
fn bounded(text: &str, ends: impl Fn(u8) -> bool, all: impl Fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(|byte| ends(*byte))
        && bytes.last().is_some_and(|byte| ends(*byte))
        && text.bytes().all(all)
}

#[cfg(test)]
mod tests {
    use super::{Names, key, label, label_1035, subdomain, value};

    #[test]
    fn good_names_have_no_faults() {
        assert!(label("a-1").is_empty() && label("1a").is_empty());
        assert!(subdomain("a.b-c.1").is_empty());
        assert!(label_1035("a1").is_empty());
        assert!(key("example.com/My_name.1").is_empty() && key("a").is_empty());
        assert!(value("").is_empty() && value("A_b-c.d").is_empty());
        assert!(Names::Subdomain.prefix_faults("web-").is_empty());
        assert!(Names::PathSegment.faults("system:node").is_empty());
    }

    #[test]
    fn faults_are_those_of_apimachinery() {
        assert_eq!(label("a.b"), ["must not contain dots"]);
        assert_eq!(label(&"a".repeat(64)), ["must be no more than 63 bytes"]);
        insta::assert_snapshot!(label("A")[0], @"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')");
        insta::assert_snapshot!(subdomain("a..b")[0], @r"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
        assert_eq!(key("/a"), ["prefix part must be non-empty"]);
        assert_eq!(key("").len(), 2);
        assert_eq!(key("a/b/c").len(), 1);
        assert_eq!(Names::PathSegment.faults("a/b%"), ["may not contain '/'", "may not contain '%'"]);
        assert_eq!(Names::PathSegment.faults(".."), ["may not be '..'"]);
    }
}
