//! The rules of context attributes, whatever way an event is written.

use super::syntax;

/// A rule that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Violation {
    /// Its stable name.
    pub(super) rule: &'static str,
    /// Whether the attribute's name is at fault, not its value.
    pub(super) name: bool,
    /// What is wrong.
    pub(super) message: String,
    /// The section of the specification that says so.
    pub(super) section: &'static str,
}

impl Violation {
    pub(super) fn new(rule: &'static str, message: impl Into<String>, section: &'static str) -> Self {
        Self { rule, name: false, message: message.into(), section }
    }
}

/// An attribute that the specification defines.
struct Defined {
    name: &'static str,
    required: bool,
    section: &'static str,
    /// Whether a text is a value, and how that is said.
    fits: fn(&str) -> bool,
    must: &'static str,
}

/// The attributes of CloudEvents 1.0 (spec.md, "Context Attributes").
const DEFINED: [Defined; 8] = [
    Defined {
        name: "specversion",
        required: true,
        section: "spec.md#specversion",
        fits: |text| text == "1.0",
        must: "must be `1.0`",
    },
    Defined { name: "id", required: true, section: "spec.md#id", fits: is_not_empty, must: NOT_EMPTY },
    Defined {
        name: "source",
        required: true,
        section: "spec.md#source-1",
        fits: |text| !text.is_empty() && syntax::is_uri_reference(text),
        must: "must be a URI-reference that is not empty",
    },
    Defined { name: "type", required: true, section: "spec.md#type", fits: is_not_empty, must: NOT_EMPTY },
    Defined {
        name: "datacontenttype",
        required: false,
        section: "spec.md#datacontenttype",
        fits: syntax::is_media_type,
        must: "must be a media type (RFC 2046)",
    },
    Defined {
        name: "dataschema",
        required: false,
        section: "spec.md#dataschema",
        fits: syntax::is_absolute_uri,
        must: "must be an absolute URI",
    },
    Defined { name: "subject", required: false, section: "spec.md#subject", fits: is_not_empty, must: NOT_EMPTY },
    Defined {
        name: "time",
        required: false,
        section: "spec.md#time",
        fits: syntax::is_timestamp,
        must: "must be a timestamp (RFC 3339)",
    },
];

const NOT_EMPTY: &str = "must not be empty";

fn is_not_empty(text: &str) -> bool {
    !text.is_empty()
}

/// The required attributes that are not among those that are there.
pub(super) fn missing(is_there: impl Fn(&str) -> bool) -> Vec<Violation> {
    let required = DEFINED.iter().filter(|defined| defined.required && !is_there(defined.name));
    required
        .map(|defined| {
            let message = format!("the event lacks `{}`", defined.name);
            Violation::new("cloudevents/required", message, defined.section)
        })
        .collect()
}

/// Whether the specification defines the attribute.
pub(super) fn is_defined(name: &str) -> bool {
    DEFINED.iter().any(|defined| defined.name == name)
}

/// What is wrong with an attribute that is a text.
pub(super) fn text(name: &str, text: &str) -> Vec<Violation> {
    let defined = DEFINED.iter().find(|defined| defined.name == name).filter(|defined| !(defined.fits)(text));
    let value = defined
        .map(|defined| Violation::new("cloudevents/value", format!("`{name}` {}", defined.must), defined.section));
    let forbidden = text.chars().find(|character| syntax::is_forbidden(*character)).map(|character| {
        let message = format!("`{name}` has the character U+{:04X}, which no attribute may have", u32::from(character));
        Violation::new("cloudevents/characters", message, "spec.md#type-system")
    });
    value.into_iter().chain(forbidden).collect()
}

/// What is wrong with an attribute's name.
pub(super) fn name(name: &str) -> Option<Violation> {
    let message = if name == "data" {
        "no attribute may be called `data`".to_owned()
    } else if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
        format!("the attribute's name `{name}` may only have the letters a to z and digits")
    } else {
        return None;
    };
    let violation = Violation::new("cloudevents/name", message, "spec.md#naming-conventions");
    Some(Violation { name: true, ..violation })
}
