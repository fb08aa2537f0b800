use super::change::Change;
use super::words::shown;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/draft-changed",
    class: Class::Reading,
    explanation: "The schema names another draft, under which its words mean something else.",
    help: [
        "keep the draft, or look at what its keywords mean in the new one",
        "keep the draft, or look at what its keywords mean in the old one",
    ],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let (read, wrote) = (change.reader.get("$schema")?, change.writer.get("$schema")?);
    if read == wrote || change.differs(&change.keyword) {
        return None;
    }
    let message = format!(
        "`{}` rejects {} under the draft {}, but not under {}",
        change.keyword,
        change.located(),
        shown(read),
        shown(wrote)
    );
    Some(message.into())
}
