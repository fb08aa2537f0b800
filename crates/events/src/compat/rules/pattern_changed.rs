use super::change::Change;
use super::words::shown;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/pattern-changed",
    class: Class::Values,
    explanation: "The pattern of a text is another one.",
    help: ["let the pattern match all that the old one matches", "send only texts that the old pattern matches"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let (read, wrote) = (change.reads("pattern")?, change.wrote("pattern")?);
    if change.keyword != "pattern" || read == wrote {
        return None;
    }
    let (reader, writer) = (change.reader_name(), change.writer_name());
    let (read, wrote, value) = (shown(read), shown(wrote), change.located());
    Some(format!("{value} does not match the pattern {read} of {reader}, but {wrote} of {writer}").into())
}
