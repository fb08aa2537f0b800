use std::collections::BTreeMap;
use std::sync::OnceLock;

/// All messages by the names of their structs, `io.k8s.api.core.v1.Pod`.
pub(super) type Table = BTreeMap<&'static str, Message>;

/// The fields of a message by number.
pub(super) type Message = BTreeMap<u32, Field>;

/// A field of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// The name in JSON; `*` if the fields of its message stand beside the others there.
    pub(super) name: &'static str,
    pub(super) form: Form,
    pub(super) kind: Kind,
    /// The name in Go, where it is not that in JSON with a capital letter.
    go: Option<&'static str>,
}

/// How often a field is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    One,
    /// In place of the message that holds it.
    Inline,
    List,
    /// Of strings to values.
    Map,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    String,
    Bytes,
    Bool,
    Int32,
    Int64,
    Double,
    /// A message, by the name of its struct.
    Message(String),
}

impl Field {
    /// The name in Go, which errors say.
    pub(super) fn go_name(&self) -> String {
        let mut letters = self.name.chars();
        let capital = || letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str());
        self.go.map(str::to_owned).or_else(capital).unwrap_or_default()
    }
}

/// The committed table, read at the first call.
pub(super) fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| load().unwrap_or_default())
}

/// Nothing only if the committed table is damaged, which a test holds against.
pub(super) fn load() -> Option<Table> {
    let rows: BTreeMap<&str, BTreeMap<u32, &str>> =
        serde_json::from_str(include_str!("../../../tables/protobuf.json")).ok()?;
    let message = |(name, fields): (&'static str, BTreeMap<u32, &'static str>)| {
        let package = name.rsplit_once('.')?.0;
        let fields = fields.into_iter().map(|(number, row)| Some((number, field(row, package)?)));
        Some((name, fields.collect::<Option<_>>()?))
    };
    rows.into_iter().map(message).collect()
}

/// `name string`, `ports [.Port]`, `data {bytes}`, `* .VolumeSource VolumeSource`: the name in JSON, the kind, the name in Go.
fn field(row: &'static str, package: &str) -> Option<Field> {
    let mut words = row.split(' ');
    let (name, of) = (words.next()?, words.next()?);
    let list = of.strip_prefix('[').and_then(|of| of.strip_suffix(']'));
    let map = of.strip_prefix('{').and_then(|of| of.strip_suffix('}'));
    let (form, of) = match (list, map) {
        (Some(of), _) => (Form::List, of),
        (_, Some(of)) => (Form::Map, of),
        _ if name == "*" => (Form::Inline, of),
        _ => (Form::One, of),
    };
    Some(Field { name, form, kind: kind(of, package), go: words.next() })
}

fn kind(name: &str, package: &str) -> Kind {
    match name {
        "string" => Kind::String,
        "bytes" => Kind::Bytes,
        "bool" => Kind::Bool,
        "int32" => Kind::Int32,
        "int64" => Kind::Int64,
        "double" => Kind::Double,
        near if near.starts_with('.') => Kind::Message(format!("{package}{near}")),
        far => Kind::Message(far.to_owned()),
    }
}
