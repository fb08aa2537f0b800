//! What keys and values of labels look like, and what apimachinery says of those that do not.

const NAME: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric \
                    character (e.g. 'MyName', or 'my.name', or '123-abc', regex used for validation is \
                    '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must \
                     start and end with an alphanumeric character (e.g. 'MyValue', or 'my_value', or '12345', regex used \
                     for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and \
                         must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation \
                         is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/// What is wrong with the key of a label, joined as in a field error; nothing if it is one.
pub(super) fn key_fault(key: &str) -> Option<String> {
    let mut parts = key.split('/');
    let (first, second) = (parts.next().unwrap_or_default(), parts.next());
    if parts.next().is_some() {
        return Some(format!(
            "a valid label key {NAME} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        ));
    }
    let mut faults: Vec<String> = Vec::new();
    if second.is_some() {
        faults.extend(prefix_faults(first).into_iter().map(|fault| format!("prefix part {fault}")));
    }
    faults.extend(name_faults(second.unwrap_or(first)).into_iter().map(|fault| format!("name part {fault}")));
    (!faults.is_empty()).then(|| faults.join("; "))
}

/// What is wrong with the value of a label.
pub(super) fn value_fault(value: &str) -> Option<String> {
    let mut faults = Vec::new();
    if value.len() > 63 {
        faults.push("must be no more than 63 bytes");
    }
    if !value.is_empty() && !is_name(value) {
        faults.push(VALUE);
    }
    (!faults.is_empty()).then(|| faults.join("; "))
}

fn prefix_faults(prefix: &str) -> Vec<&'static str> {
    if prefix.is_empty() {
        return vec!["must be non-empty"];
    }
    let mut faults = Vec::new();
    if prefix.len() > 253 {
        faults.push("must be no more than 253 bytes");
    }
    if !prefix.split('.').all(is_subdomain_part) {
        faults.push(SUBDOMAIN);
    }
    faults
}

fn name_faults(name: &str) -> Vec<&'static str> {
    let mut faults = Vec::new();
    if name.is_empty() {
        faults.push("must be non-empty");
    } else if name.len() > 63 {
        faults.push("must be no more than 63 bytes");
    }
    if !is_name(name) {
        faults.push(NAME);
    }
    faults
}

fn is_name(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    bounded(text, |byte| byte.is_ascii_alphanumeric(), inner)
}

fn is_subdomain_part(text: &str) -> bool {
    let lower = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    bounded(text, lower, |byte| lower(byte) || byte == b'-')
}

fn bounded(text: &str, ends: impl Fn(u8) -> bool, inner: impl Fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    let end = |byte: Option<&u8>| byte.is_some_and(|&byte| ends(byte));
    end(bytes.first()) && end(bytes.last()) && bytes.iter().all(|&byte| inner(byte))
}
