use super::change::Change;
use super::words::shown;
use super::{Class, Rule, Said};

pub(super) const RULE: Rule = Rule {
    id: "compat/content-changed",
    class: Class::Values,
    explanation: "A text must hold content of a kind or in an encoding.",
    help: ["accept the texts that were accepted before", "send only texts that the old schema accepts"],
    recognise,
};

fn recognise(change: &Change<'_>) -> Option<Said> {
    let keyword = Some(change.keyword.as_str()).filter(|it| matches!(*it, "contentEncoding" | "contentMediaType"))?;
    let read = change.reads(keyword).filter(|_| change.differs(keyword))?;
    let (reader, writer) = (change.reader_name(), change.writer_name());
    Some(format!("{reader} demands `{keyword}` {}, which {writer} does not: {}", shown(read), change.located()).into())
}
