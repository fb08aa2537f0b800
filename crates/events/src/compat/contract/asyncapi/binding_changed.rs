use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair, bindings};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "asyncapi/binding-changed",
        class: Class::Breaking,
        explanation: "others look for the messages where the protocol said before, and in the way it said",
    },
    find,
};

/// What says where and how messages are found, by protocol.
const FOUND: [&str; 34] = [
    "amqp/is",
    "amqp/exchange",
    "amqp/queue",
    "amqp/cc",
    "amqp/bcc",
    "amqp/replyTo",
    "amqp/contentEncoding",
    "amqp/messageType",
    "anypointmq/destination",
    "anypointmq/destinationType",
    "googlepubsub/topic",
    "googlepubsub/schema",
    "googlepubsub/attributes",
    "http/type",
    "http/method",
    "http/statusCode",
    "ibmmq/destinationType",
    "ibmmq/queue",
    "ibmmq/topic",
    "ibmmq/type",
    "jms/destination",
    "jms/destinationType",
    "kafka/schemaIdLocation",
    "kafka/schemaIdPayloadEncoding",
    "kafka/schemaLookupStrategy",
    "kafka/topic",
    "mqtt/contentType",
    "mqtt/responseTopic",
    "nats/queue",
    "pulsar/namespace",
    "pulsar/persistence",
    "sns/name",
    "sqs/queue",
    "ws/method",
];

fn find(pair: &Pair<'_>, found: &mut Found) {
    bindings(pair, found, |field| FOUND.contains(&field));
}
