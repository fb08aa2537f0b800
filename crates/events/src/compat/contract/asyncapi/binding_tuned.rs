use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair, bindings};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "asyncapi/binding-tuned",
        class: Class::Notice,
        explanation: "messages are delivered, kept or spread otherwise, but found as before",
    },
    find,
};

/// What says how messages are delivered, by protocol.
const TUNED: [&str; 26] = [
    "amqp/ack",
    "amqp/deliveryMode",
    "amqp/expiration",
    "amqp/mandatory",
    "amqp/priority",
    "amqp/timestamp",
    "amqp/userId",
    "googlepubsub/labels",
    "googlepubsub/messageRetentionDuration",
    "googlepubsub/messageStoragePolicy",
    "googlepubsub/orderingKey",
    "ibmmq/expiry",
    "ibmmq/maxMsgLength",
    "kafka/partitions",
    "kafka/replicas",
    "kafka/topicConfiguration",
    "mqtt/correlationData",
    "mqtt/messageExpiryInterval",
    "mqtt/payloadFormatIndicator",
    "mqtt/qos",
    "mqtt/retain",
    "pulsar/compaction",
    "pulsar/geo-replication",
    "pulsar/retention",
    "pulsar/ttl",
    "sns/policy",
];

fn find(pair: &Pair<'_>, found: &mut Found) {
    bindings(pair, found, |field| TUNED.contains(&field));
}
