use std::fmt;

/// The secrets of a step: what must never be seen in anything that it writes.
///
/// The runner hides masked values in the log and in the summary; this hides them in what leaves by other ways, and
/// finds the outputs that the runner would drop.
#[derive(Clone, Default)]
pub struct Masks(Vec<String>);

/// What stands in a secret's place, as on the runner.
const STARS: &str = "***";

impl Masks {
    /// No secrets.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a secret: whole, and each of its trimmed lines. White space is no secret.
    pub fn add(&mut self, secret: &str) {
        let lines = secret.split(['\n', '\r']).map(str::trim);
        for value in std::iter::once(secret).chain(lines) {
            if !value.trim().is_empty() && !self.0.iter().any(|known| known == value) {
                self.0.push(value.to_owned());
            }
        }
        // A secret that contains another one is hidden first, else its rest would stay.
        self.0.sort_by_key(|value| std::cmp::Reverse(value.len()));
    }

    /// Whether a secret stands in the text.
    #[must_use]
    pub fn found_in(&self, text: &str) -> bool {
        self.0.iter().any(|secret| text.contains(secret.as_str()))
    }

    /// The text with `***` for every secret.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let hide = |text: String, secret: &String| match text.contains(secret.as_str()) {
            true => text.replace(secret.as_str(), STARS),
            false => text,
        };
        self.0.iter().fold(text.to_owned(), hide)
    }
}

/// Shows how many there are, and none of them.
impl fmt::Debug for Masks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Masks({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::Masks;

    #[test]
    fn secrets_are_hidden_longest_first() {
        let mut masks = Masks::new();
        masks.add("pass");
        masks.add("password\n  other  ");
        masks.add("  ");
        assert_eq!(masks.redact("password pass other"), "*** *** ***");
        assert!(masks.found_in("x=other"));
        assert!(!masks.found_in("nothing"));
        assert_eq!(format!("{masks:?}"), "Masks(4)");
    }
}
