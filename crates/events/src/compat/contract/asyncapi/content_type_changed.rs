use super::super::model::Message;
use super::super::{Check, Class, Found, Rule};
use super::{Find, Pair};

pub(super) static CHECK: Check<Find> = Check {
    rule: Rule {
        id: "asyncapi/content-type-changed",
        class: Class::Breaking,
        explanation: "who reads the message takes it for something else",
    },
    find,
};

fn find(pair: &Pair<'_>, found: &mut Found) {
    for (old, new) in &pair.messages {
        let (before, now) = (written(old), written(new));
        if before != now {
            let message = format!("the content type of `{}` changed from {before} to {now}", new.key);
            found.add(
                pair.message(&new.key),
                message,
                &Pair::word(&old.place, "contentType"),
                &Pair::word(&new.place, "contentType"),
            );
        }
    }
}

fn written(message: &Message) -> String {
    let normal = |text: &String| format!("`{}`", text.to_ascii_lowercase().replace(' ', ""));
    message.content_type.as_ref().map_or_else(|| "none".to_owned(), normal)
}
