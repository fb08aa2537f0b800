//! Changes of AsyncAPI documents.

mod address_changed;
mod binding_changed;
mod binding_tuned;
mod channel_added;
mod channel_removed;
mod content_type_changed;
mod correlation_id_changed;
mod direction_changed;
mod event_type_changed;
mod headers_removed;
mod key_removed;
mod message_added;
mod message_removed;
mod operation_added;
mod operation_removed;
mod parameter_added;
mod parameter_removed;
mod protocol_removed;
mod security_added;
mod server_removed;

use super::model::{Action, Api, AsyncApi, Bindings, Channel, Message, Side, Surface, nameless};
use super::{Check, ContractChange, Found};
use crate::schema::Place;

type Find = fn(&Pair<'_>, &mut Found);

/// The rules, one file each.
pub(super) static CHECKS: [&Check<Find>; 20] = [
    &channel_removed::CHECK,
    &address_changed::CHECK,
    &parameter_added::CHECK,
    &parameter_removed::CHECK,
    &operation_removed::CHECK,
    &direction_changed::CHECK,
    &message_removed::CHECK,
    &message_added::CHECK,
    &event_type_changed::CHECK,
    &content_type_changed::CHECK,
    &headers_removed::CHECK,
    &correlation_id_changed::CHECK,
    &key_removed::CHECK,
    &binding_changed::CHECK,
    &binding_tuned::CHECK,
    &protocol_removed::CHECK,
    &server_removed::CHECK,
    &security_added::CHECK,
    &channel_added::CHECK,
    &operation_added::CHECK,
];

/// Two versions of a document, with what belongs together in them.
pub(super) struct Pair<'a> {
    /// `asyncapi orders`.
    id: &'a str,
    old: &'a AsyncApi,
    new: &'a AsyncApi,
    /// The new document.
    root: &'a Place,
    channels: Vec<(&'a Channel, &'a Channel)>,
    messages: Vec<(&'a Message, &'a Message)>,
}

/// The changes between two versions of a document.
pub(super) fn changes(before: &Surface, old: &AsyncApi, now: &Surface) -> Vec<ContractChange> {
    let Api::Async(new) = &now.api else { return Vec::new() };
    let pair =
        Pair { id: &now.id, old, new, root: &now.place, channels: channels(old, new), messages: messages(old, new) };
    let _ = before;
    let find = |check: &&'static Check<Find>| {
        let mut found = Found::default();
        (check.find)(&pair, &mut found);
        found.of(&check.rule).collect::<Vec<_>>()
    };
    CHECKS.iter().flat_map(find).collect()
}

/// Whether two parts belong together.
type Same<'f, T> = &'f dyn Fn(&T, &T) -> bool;

/// Pairs each part with one of the others: by the first of the ways as far as that goes, then by the next.
fn pairs<'a, T>(old: &'a [T], new: &'a [T], ways: &[Same<'_, T>]) -> Vec<(&'a T, &'a T)> {
    let mut pairs: Vec<(&T, &T)> = Vec::new();
    for same in ways {
        for part in old {
            let free = |other: &&T| !pairs.iter().any(|(_, taken)| std::ptr::eq(*taken, *other));
            let known = pairs.iter().any(|(taken, _)| std::ptr::eq(*taken, part));
            let found = new.iter().filter(free).find(|other| same(part, other)).filter(|_| !known);
            pairs.extend(found.map(|other| (part, other)));
        }
    }
    pairs
}

/// Channels belong together by their address, whatever its parameters are called; of the others those with one key.
fn channels<'a>(old: &'a AsyncApi, new: &'a AsyncApi) -> Vec<(&'a Channel, &'a Channel)> {
    let address = |channel: &Channel| channel.address.as_deref().map(nameless);
    let by_address = |one: &Channel, other: &Channel| address(one).is_some() && address(one) == address(other);
    pairs(&old.channels, &new.channels, &[&by_address, &|one, other| one.key == other.key])
}

/// Messages belong together by their key; of the others those with one name or event type; of the others those that are
/// alone on their side of a channel.
fn messages<'a>(old: &'a AsyncApi, new: &'a AsyncApi) -> Vec<(&'a Message, &'a Message)> {
    let alone = alone(old, new);
    let named = |one: &Message, other: &Message| one.name.is_some() && other.name.is_some();
    let ways: [Same<'_, Message>; 4] = [
        &|one, other| one.key == other.key,
        &|one, other| one.name.is_some() && one.name == other.name,
        &|one, other| one.event_type.is_some() && one.event_type == other.event_type,
        &|one, other| !named(one, other) && alone.contains(&(one.key.clone(), other.key.clone())),
    ];
    pairs(&old.messages, &new.messages, &ways)
}

/// The keys of messages that are the only ones on the same side of the same channel.
fn alone(old: &AsyncApi, new: &AsyncApi) -> Vec<(String, String)> {
    let only = |side: &Side| side.messages.iter().next().filter(|_| side.messages.len() == 1).cloned();
    let pairs = channels(old, new).into_iter();
    let sides =
        pairs.flat_map(|(old, new)| old.sides.iter().filter_map(|(action, side)| Some((side, new.sides.get(action)?))));
    sides.filter_map(|(old, new)| Some((only(old)?, only(new)?))).collect()
}

impl Pair<'_> {
    /// What a channel is called: its address, or its key.
    fn name(channel: &Channel) -> &str {
        channel.address.as_deref().unwrap_or(&channel.key)
    }

    fn channel(&self, channel: &Channel) -> String {
        format!("{}/{}", self.id, Self::name(channel))
    }

    fn message(&self, key: &str) -> String {
        format!("{}/{key}", self.id)
    }

    fn server(&self, key: &str) -> String {
        format!("{} server {key}", self.id)
    }

    /// The place of a word of a part; where it is not, the part is shown.
    fn word(place: &Place, name: &str) -> Place {
        Place { path: place.path.clone(), pointer: linkspan_source::pointer::join(&place.pointer, name) }
    }

    /// Whether the service did one thing at a channel, and now does the other.
    fn turned(old: &Channel, new: &Channel, action: Action) -> bool {
        let (was, is) = (&old.sides, &new.sides);
        let other = action.other();
        was.contains_key(&action) && !is.contains_key(&action) && is.contains_key(&other) && !was.contains_key(&other)
    }

    /// A place in the new document; where it is not, its closest ancestor is shown.
    fn at(&self, pointer: &str) -> Place {
        Place { path: self.root.path.clone(), pointer: pointer.to_owned() }
    }

    /// Channels that are only in the old document.
    fn gone(&self) -> impl Iterator<Item = &Channel> {
        let kept = |channel: &Channel| self.channels.iter().any(|(old, _)| std::ptr::eq(*old, channel));
        self.old.channels.iter().filter(move |channel| !kept(channel))
    }

    /// Channels that are only in the new document.
    fn fresh(&self) -> impl Iterator<Item = &Channel> {
        let known = |channel: &Channel| self.channels.iter().any(|(_, new)| std::ptr::eq(*new, channel));
        self.new.channels.iter().filter(move |channel| !known(channel))
    }

    /// Operations of one kind on one channel, in both documents; with the new channel.
    fn sides(&self) -> Vec<(&Channel, Action, &Side, &Side)> {
        self.channels.iter().flat_map(|(old, new)| of_channel(old, new)).collect()
    }

    /// Parameters of an address that were added, and that were removed. That one is called otherwise changes nothing.
    fn parameters<'c>(&self, old: &'c Channel, new: &'c Channel) -> (Parameters<'c>, Parameters<'c>) {
        let renamed = match (&old.address, &new.address) {
            (Some(old), Some(new)) => placeholders(old) == placeholders(new),
            _ => false,
        };
        let only = |one: &'c Channel, other: &'c Channel| -> Parameters<'c> {
            let names = one.parameters.iter().filter(|(name, _)| !renamed && !other.parameters.contains_key(*name));
            names.collect()
        };
        (only(new, old), only(old, new))
    }

    /// Messages of the old side that the new one has no more.
    fn lost<'s>(&self, old: &'s Side, new: &Side) -> Vec<&'s String> {
        let now = |key: &str| self.messages.iter().find(|(one, _)| one.key == key).map(|(_, other)| &other.key);
        old.messages.iter().filter(|key| !now(key).is_some_and(|key| new.messages.contains(key))).collect()
    }

    /// Messages of the new side that the old one did not have.
    fn gained<'s>(&self, old: &Side, new: &'s Side) -> Vec<&'s String> {
        let before = |key: &str| self.messages.iter().find(|(_, other)| other.key == key).map(|(one, _)| &one.key);
        new.messages.iter().filter(|key| !before(key).is_some_and(|key| old.messages.contains(key))).collect()
    }

    /// Whether the service does this with a message of the new document.
    fn uses(&self, key: &str, action: Action) -> bool {
        let sides = self.new.channels.iter().filter_map(|channel| channel.sides.get(&action));
        sides.into_iter().any(|side| side.messages.contains(key))
    }
}

type Parameters<'c> = Vec<(&'c String, &'c Place)>;

fn of_channel<'a>(old: &'a Channel, new: &'a Channel) -> Vec<(&'a Channel, Action, &'a Side, &'a Side)> {
    let sides = old.sides.iter();
    sides.filter_map(|(action, side)| Some((new, *action, side, new.sides.get(action)?))).collect()
}

/// How many parts of an address are filled in.
fn placeholders(address: &str) -> usize {
    nameless(address).matches("{}").count()
}

fn names<'n>(names: impl Iterator<Item = &'n String>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Changed and removed fields of bindings, and those that were added to bindings of the same protocol.
fn bindings(pair: &Pair<'_>, found: &mut Found, wanted: fn(&str) -> bool) {
    for (old, new) in &pair.channels {
        compare(found, &pair.channel(new), (&old.bindings, &new.bindings), &new.place, wanted);
    }
    for (channel, _, old, new) in pair.sides() {
        compare(found, &pair.channel(channel), (&old.bindings, &new.bindings), &new.place, wanted);
    }
    for (old, new) in &pair.messages {
        compare(found, &pair.message(&new.key), (&old.bindings, &new.bindings), &new.place, wanted);
    }
}

fn compare(
    found: &mut Found,
    subject: &str,
    (old, new): (&Bindings, &Bindings),
    place: &Place,
    wanted: fn(&str) -> bool,
) {
    for (field, (value, old_place)) in old.iter().filter(|(field, _)| wanted(field)) {
        let shown = field.replace('/', ".");
        match new.get(field) {
            Some((now, _)) if now == value => {}
            Some((now, place)) => {
                found.add(
                    subject,
                    format!("the binding `{shown}` changed from `{value}` to `{now}`"),
                    old_place,
                    place,
                );
            }
            None => {
                found.add(subject, format!("the binding `{shown}` was `{value}`, and was removed"), old_place, place);
            }
        }
    }
    for (field, (value, new_place)) in new.iter().filter(|(field, _)| wanted(field) && !old.contains_key(*field)) {
        let protocol = |field: &str| field.split('/').next().map(ToOwned::to_owned);
        if let Some((_, (_, old_place))) = old.iter().find(|(known, _)| protocol(known) == protocol(field)) {
            let shown = field.replace('/', ".");
            found.add(subject, format!("the binding `{shown}` is now `{value}`"), old_place, new_place);
        }
    }
}
