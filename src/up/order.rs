//! In which order services are rolled out.

use std::collections::{BTreeMap, BTreeSet};

use linkspan_command::Failure;

/// The services in waves: each needs only what is in the waves before. Without needs there is one.
///
/// # Errors
/// A service needs one that does not exist, or itself over others.
pub(super) fn waves(services: &[String], needs: &BTreeMap<String, Vec<String>>) -> Result<Vec<Vec<String>>, Failure> {
    let known: BTreeSet<&String> = services.iter().collect();
    let mut waves = Vec::new();
    let mut done: BTreeSet<&String> = BTreeSet::new();
    while done.len() < known.len() {
        let of = |service: &String| needs.get(service).map(Vec::as_slice).unwrap_or_default();
        // One that is left out on purpose (`--service`) is taken to run.
        let is_met = |service: &&String| of(service).iter().all(|need| done.contains(need) || !known.contains(need));
        let wave: Vec<&String> = services.iter().filter(|service| !done.contains(service)).filter(is_met).collect();
        if wave.is_empty() {
            let stuck: Vec<_> =
                services.iter().filter(|service| !done.contains(service)).map(|name| format!("`{name}`")).collect();
            return Err(Failure::input(format!("`rollout.needs` goes in a circle: {}", stuck.join(", ")))
                .in_file(linkspan_project::FILE_NAME, None));
        }
        done.extend(&wave);
        waves.push(wave.into_iter().cloned().collect());
    }
    Ok(waves)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(needs: &[(&str, &[&str])]) -> Result<Vec<Vec<String>>, String> {
        let services = ["a", "b", "c"].map(str::to_owned);
        let needs = needs
            .iter()
            .map(|(name, needs)| ((*name).to_owned(), needs.iter().map(|need| (*need).to_owned()).collect()));
        waves(&services, &needs.collect()).map_err(|failure| failure.to_string())
    }

    #[test]
    fn what_is_needed_comes_first() {
        assert_eq!(of(&[]).unwrap(), [["a", "b", "c"]]);
        assert_eq!(of(&[("a", &["c"]), ("b", &["a", "c"])]).unwrap(), [["c"], ["a"], ["b"]]);
        assert_eq!(of(&[("a", &["left-out"])]).unwrap().len(), 1);
        assert_eq!(of(&[("a", &["b"]), ("b", &["a"])]).unwrap_err(), "`rollout.needs` goes in a circle: `a`, `b`");
    }
}
