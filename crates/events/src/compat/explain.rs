//! The semantic verdict in words.

use super::judge::{Judged, OneWay};
use super::mode::Way;
use super::semantic::Verdict;

/// What holds or breaks each way.
pub(super) fn explanation(judged: &Judged<'_>) -> String {
    match judged.ways.as_slice() {
        [way] => one_way(way),
        ways => {
            let ways = ways.iter().map(|way| format!("{}: {}", way.way.name(), one_way(way)));
            ways.collect::<Vec<_>>().join("; ")
        }
    }
}

/// What holds or breaks one way.
pub(super) fn one_way(way: &OneWay) -> String {
    let (reader, writer) = (way.way.reader(), way.way.writer());
    match &way.verdict {
        Verdict::Compatible => format!("{reader} accepts every event that {writer} accepts"),
        Verdict::Unknown(reason) => {
            format!("whether {reader} accepts every event that {writer} accepts is unknown: {reason}")
        }
        Verdict::Breaking(_) => match way.breaks.as_slice() {
            [] => format!("{reader} rejects an event that {writer} accepts"),
            [only] => only.message.clone(),
            [first, more @ ..] => format!("{} (and {} more)", first.message, more.len()),
        },
    }
}

/// Which events a break is about.
pub(super) const fn events(way: Way) -> &'static str {
    match way {
        Way::Backward => "events that were fine under the old schema",
        Way::Forward => "events that are fine under the new schema",
    }
}
