use super::go::Names;

/// A message of a `generated.proto`.
pub(crate) struct Message {
    pub(crate) fields: Vec<Field>,
}

/// A field of a message.
pub(crate) struct Field {
    pub(crate) number: u32,
    pub(crate) name: String,
    /// The name in Go, which errors say.
    pub(crate) go: String,
    pub(crate) form: Form,
    pub(crate) kind: Kind,
}

/// How often a field is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    One,
    List,
    /// Of strings to the kind.
    Map,
}

/// What a field, an item or a map's value is.
pub(crate) enum Kind {
    /// `string`, `int32`.
    Scalar(String),
    /// A message, by its name in OpenAPI.
    Message(String),
}

/// The messages of a file, by their names in OpenAPI.
pub(crate) fn read(text: &str, go: &Names) -> Vec<(String, Message)> {
    let mut package = "";
    let mut messages: Vec<(String, Message)> = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("package ") {
            package = name.trim_end_matches(';');
        } else if let Some(name) = line.strip_prefix("message ") {
            let name = name.trim_end_matches('{').trim();
            messages.push((described(&format!("{package}.{name}")), Message { fields: Vec::new() }));
        } else if let (Some(mut field), Some((name, message))) = (field(line, package), messages.last_mut()) {
            let of = name.rsplit('.').next().unwrap_or_default();
            field.go = go.get(&(of.to_owned(), field.number)).cloned().unwrap_or_default();
            message.fields.push(field);
        }
    }
    messages
}

/// `optional string name = 1;`, `repeated .a.b.C items = 2;`, `map<string, bytes> data = 3;`
fn field(line: &str, package: &str) -> Option<Field> {
    let (form, rest) = match line.split_once(' ')? {
        ("optional", rest) => (Form::One, rest),
        ("repeated", rest) => (Form::List, rest),
        ("map<string,", rest) => (Form::Map, rest),
        _ => return None,
    };
    let (declared, number) = rest.strip_suffix(';')?.split_once(" = ")?;
    let (of, name) = declared.split_once(' ')?;
    let kind = kind(of.trim_end_matches('>'), package);
    Some(Field { number: number.parse().ok()?, name: name.to_owned(), go: String::new(), form, kind })
}

fn kind(of: &str, package: &str) -> Kind {
    match of {
        "string" | "bytes" | "bool" | "int32" | "int64" | "double" => Kind::Scalar(of.to_owned()),
        other => Kind::Message(match other.strip_prefix('.') {
            Some(absolute) => described(absolute),
            None => described(&format!("{package}.{other}")),
        }),
    }
}

/// The name in OpenAPI, which begins with the domain reversed: `io.k8s.api.core.v1.Pod`.
fn described(name: &str) -> String {
    format!("io.k8s.{}", name.trim_start_matches("k8s.io.").replace('_', "-"))
}
