use std::collections::BTreeMap;

use anyhow::{Result, bail};
use linkspan_cluster::types::Field as Described;

use super::proto::{Field, Form, Kind};

/// The fields of a struct as `types.json` has them; nothing for a message that has no struct there.
type Fields<'a> = Option<&'a BTreeMap<String, Described>>;

/// A field as the table writes it: its name in JSON (`*` if what is in it stands beside the other fields), its kind, and
/// its name in Go where that is not the same with a capital letter.
pub(crate) fn write(message: &str, field: &Field, fields: Fields<'_>) -> Result<String> {
    let name = match named(&field.name, fields) {
        Some(name) => name,
        None if field.form == Form::One && matches!(field.kind, Kind::Message(_)) => "*",
        None => bail!("`{message}` has no field `{}` in JSON", field.name),
    };
    let of = kind(message, &field.kind);
    let of = match field.form {
        Form::One => of,
        Form::List => format!("[{of}]"),
        Form::Map => format!("{{{of}}}"),
    };
    let expected = capital(name);
    let go = if field.go.is_empty() || field.go == expected { String::new() } else { format!(" {}", field.go) };
    Ok(format!("{name} {of}{go}"))
}

/// A scalar's or a message's name; the latter begins with a point if it is of the same package.
fn kind(message: &str, kind: &Kind) -> String {
    let package = message.rsplit_once('.').map_or("", |(package, _)| package);
    match kind {
        Kind::Scalar(name) => name.clone(),
        Kind::Message(name) => match name.rsplit_once('.') {
            Some((of, short)) if of == package => format!(".{short}"),
            _ => name.clone(),
        },
    }
}

/// The name in JSON, which may be written with other letters (`x-kubernetes-map-type`, `xKubernetesMapType`).
fn named<'a>(name: &'a str, fields: Fields<'a>) -> Option<&'a str> {
    let Some(fields) = fields else { return Some(name) };
    if fields.contains_key(name) {
        return Some(name);
    }
    fields.keys().find(|one| letters(one) == letters(name)).map(String::as_str)
}

fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|one| one.to_ascii_lowercase()).collect()
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}
