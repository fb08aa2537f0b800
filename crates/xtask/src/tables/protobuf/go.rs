use std::collections::BTreeMap;

/// The names of fields in Go, by message and number.
pub(crate) type Names = BTreeMap<(String, u32), String>;

/// The names that the readers in a `generated.pb.go` say when a field has a wrong wire type.
pub(crate) fn fields(text: &str) -> Names {
    let mut names = Names::new();
    let (mut message, mut number) = (String::new(), None);
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("func (m *") {
            message = rest.split(')').next().unwrap_or_default().to_owned();
            number = None;
        } else if let Some(case) = line.strip_prefix("\t\tcase ") {
            number = case.trim_end_matches(':').parse().ok();
        } else if let (Some(number), Some((_, name))) = (number, line.split_once("for field ")) {
            let name = name.split('"').next().unwrap_or_default();
            names.insert((message.clone(), number), name.to_owned());
        }
    }
    names
}
