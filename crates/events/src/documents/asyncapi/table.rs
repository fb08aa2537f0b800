//! The rules, one row each.

use super::{Subject, Violation, channels, examples, identifiers, operations, payloads, security, servers};
use crate::documents::select::Part;

/// A rule that a JSON Schema cannot say.
pub(super) struct Rule {
    /// Its stable name.
    pub(super) id: &'static str,
    /// The major version in which it holds; in all, if none.
    pub(super) major: Option<&'static str>,
    /// Whether it looks at the document without references.
    pub(super) resolved: bool,
    /// The parts that it looks at.
    pub(super) given: &'static [&'static str],
    /// What it finds in one of them.
    pub(super) check: fn(&Subject<'_>, &Part<'_>) -> Vec<Violation>,
}

const MESSAGES_2: &[&str] = &[
    "channels/*/publish|subscribe/message",
    "channels/*/publish|subscribe/message/oneOf/*",
    "components/channels/*/publish|subscribe/message",
    "components/channels/*/publish|subscribe/message/oneOf/*",
    "components/messages/*",
];

const MESSAGES_WITH_TRAITS_2: &[&str] = &[
    "channels/*/publish|subscribe/message",
    "channels/*/publish|subscribe/message/oneOf/*",
    "components/channels/*/publish|subscribe/message",
    "components/channels/*/publish|subscribe/message/oneOf/*",
    "components/messages/*",
    "channels/*/publish|subscribe/message/traits/*",
    "channels/*/publish|subscribe/message/oneOf/*/traits/*",
    "components/channels/*/publish|subscribe/message/traits/*",
    "components/channels/*/publish|subscribe/message/oneOf/*/traits/*",
    "components/messages/*/traits/*",
    "components/messageTraits/*",
];

const MESSAGES_3: &[&str] = &[
    "channels/*/messages/*",
    "channels/*/messages/*/traits/*",
    "components/channels/*/messages/*",
    "components/messages/*",
    "components/messages/*/traits/*",
    "components/messageTraits/*",
];

const TAGS: &[&str] = &[
    "tags",
    "channels/*/publish|subscribe/tags",
    "components/channels/*/publish|subscribe/tags",
    "channels/*/publish|subscribe/traits/*/tags",
    "components/channels/*/publish|subscribe/traits/*/tags",
    "components/operationTraits/*/tags",
    "channels/*/publish|subscribe/message/tags",
    "channels/*/publish|subscribe/message/oneOf/*/tags",
    "components/channels/*/publish|subscribe/message/tags",
    "components/channels/*/publish|subscribe/message/oneOf/*/tags",
    "components/messages/*/tags",
    "channels/*/publish|subscribe/message/traits/*/tags",
    "channels/*/publish|subscribe/message/oneOf/*/traits/*/tags",
    "components/channels/*/publish|subscribe/message/traits/*/tags",
    "components/channels/*/publish|subscribe/message/oneOf/*/traits/*/tags",
    "components/messages/*/traits/*/tags",
    "components/messageTraits/*/tags",
];

const TAGS_3: &[&str] = &[
    "info/tags",
    "servers/*/tags",
    "channels/*/tags",
    "channels/*/messages/*/tags",
    "operations/*/tags",
    "operations/*/traits/*/tags",
    "components/messages/*/tags",
    "components/servers/*/tags",
    "components/channels/*/tags",
    "components/operations/*/tags",
    "components/messageTraits/*/tags",
    "components/operationTraits/*/tags",
];

const PARAMETERS_3: &[&str] =
    &["channels/*/parameters/*", "components/channels/*/parameters/*", "components/parameters/*"];

const REFERENCES_3: &[&str] = &[
    "channels/*/servers/*",
    "operations/*/channel",
    "operations/*/messages/*",
    "operations/*/reply/channel",
    "operations/*/reply/messages/*",
    "components/operations/*/channel",
    "components/operations/*/messages/*",
    "components/replies/*/channel",
    "components/replies/*/messages/*",
];

const SCHEMAS_2: &[&str] = &[
    "channels/*/parameters/*/schema",
    "components/channels/*/parameters/*/schema",
    "components/schemas/*",
    "components/parameters/*/schema",
];

const fn rule(
    id: &'static str,
    major: Option<&'static str>,
    given: &'static [&'static str],
    check: fn(&Subject<'_>, &Part<'_>) -> Vec<Violation>,
) -> Rule {
    Rule { id, major, resolved: true, given, check }
}

const fn written(
    id: &'static str,
    given: &'static [&'static str],
    check: fn(&Subject<'_>, &Part<'_>) -> Vec<Violation>,
) -> Rule {
    Rule { id, major: Some("3"), resolved: false, given, check }
}

/// All rules, in the order in which the parser's rule sets have them.
pub(super) fn rules() -> &'static [Rule] {
    const TWO: Option<&str> = Some("2");
    const THREE: Option<&str> = Some("3");
    const RULES: &[Rule] = &[
        rule("asyncapi/server-security", TWO, &["servers/*/security/*"], security::requirement),
        rule("asyncapi/server-variables", TWO, &["servers/*", "components/servers/*"], servers::variables_2),
        rule("asyncapi/server-variables", THREE, &["servers/*", "components/servers/*"], servers::variables_3),
        rule("asyncapi/channel-parameters", TWO, &["channels/*"], channels::parameters_2),
        rule("asyncapi/channel-parameters", THREE, &["channels/*", "components/channels/*"], channels::parameters_3),
        rule("asyncapi/channel-servers", TWO, &[""], channels::servers),
        rule("asyncapi/channel-address", None, &["channels/*"], channels::key),
        rule("asyncapi/operation-id", TWO, &[""], identifiers::operations),
        rule("asyncapi/operation-security", TWO, &["channels/*/publish|subscribe/security/*"], security::requirement),
        rule("asyncapi/message-id", TWO, &[""], identifiers::messages),
        rule("asyncapi/tags", TWO, TAGS, identifiers::tags),
        rule("asyncapi/tags", THREE, TAGS_3, identifiers::tags_3),
        rule("asyncapi/payload", TWO, MESSAGES_2, payloads::payload),
        rule("asyncapi/payload", THREE, MESSAGES_3, payloads::formats_3),
        rule("asyncapi/message-example", TWO, MESSAGES_WITH_TRAITS_2, examples::message_2),
        rule("asyncapi/message-example", THREE, MESSAGES_3, examples::message_3),
        rule("asyncapi/schema-example", TWO, SCHEMAS_2, examples::schema),
        rule("asyncapi/schema-example", TWO, MESSAGES_2, examples::payload),
        written("asyncapi/operation-messages", &["operations/*", "components/operations/*"], operations::messages),
        rule("asyncapi/channel-parameters", THREE, PARAMETERS_3, channels::parameter),
        written("asyncapi/reference", REFERENCES_3, operations::references),
        written("asyncapi/operation-channel", &["operations/*"], operations::channel),
        written("asyncapi/channel-servers", &["channels/*"], operations::servers),
    ];
    RULES
}
