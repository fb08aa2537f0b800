//! The hub's page, for people.

use shopkit::html::escape;

use crate::{dead_letters::DeadLetter, events::Log, subscriptions::Subscription};

/// The whole page.
pub(crate) fn render(logs: &[Log], subscriptions: &[Subscription], dead_letters: &[DeadLetter]) -> String {
    include_str!("page.html")
        .replace("{logs}", &rows(logs, 3, log))
        .replace("{subscriptions}", &rows(subscriptions, 6, subscription))
        .replace("{dead_letters}", &rows(dead_letters, 4, dead_letter))
}

fn rows<T>(items: &[T], columns: usize, row: impl Fn(&T) -> String) -> String {
    match items {
        [] => format!("<tr><td class=\"empty\" colspan=\"{columns}\">none</td></tr>"),
        _ => items.iter().map(row).collect(),
    }
}

fn log(log: &Log) -> String {
    format!(
        "<tr><td><code>{}</code></td><td class=\"number\">{}</td><td class=\"number\">{}</td></tr>",
        escape(&log.event_type),
        log.events,
        log.last
    )
}

fn subscription(one: &Subscription) -> String {
    let types: Vec<String> = one.types.iter().map(|pattern| format!("<code>{}</code>", escape(pattern))).collect();
    format!(
        "<tr><td>{}{}</td><td>{}</td><td><code>{}</code></td><td class=\"number\">{}</td>\
         <td class=\"number\">{}</td><td class=\"number\">{}</td></tr>",
        escape(&one.name),
        if one.gone { " (gone)" } else { "" },
        types.join("<br>"),
        escape(&one.sink),
        one.position,
        one.waiting,
        one.dead_letters
    )
}

fn dead_letter(one: &DeadLetter) -> String {
    format!(
        "<tr><td>{}</td><td class=\"number\">{}</td><td>{}</td><td>{}</td></tr>",
        escape(&one.subscription),
        one.position,
        escape(&one.since),
        escape(&one.reason)
    )
}
