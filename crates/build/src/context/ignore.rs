//! `.dockerignore`: which paths of a context are hidden, by moby's pattern rules.

use std::borrow::Cow;

use super::folder::Ignore;
use super::glob::{self, PatternError};
use super::pattern::Matcher;

/// A longer line is an error (the limit of the reader in moby).
const MAX_LINE: usize = 65_535;

/// The patterns of an ignore file, or of `COPY --exclude`.
///
/// Of all patterns that match a path or one of its parents, the last one decides; those with `!` show again
/// (moby's `patternmatcher`, `MatchesOrParentMatches`).
#[derive(Clone, Debug, Default)]
pub struct IgnoreFile {
    patterns: Vec<Pattern>,
}

#[derive(Clone, Debug)]
struct Pattern {
    /// Clean, without the `!`.
    text: String,
    /// It shows again what was hidden.
    exception: bool,
    matcher: Matcher,
}

/// What is wrong with an ignore file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IgnoreError {
    /// A pattern is malformed.
    #[error("line {line}: {problem}")]
    Pattern {
        /// The line, from 1.
        line: usize,
        /// What is wrong with the pattern.
        problem: PatternError,
    },
    /// A line is too long.
    #[error("line {line}: more than {MAX_LINE} bytes: break the list into shorter patterns")]
    Line {
        /// The line, from 1.
        line: usize,
    },
}

impl IgnoreFile {
    /// Reads an ignore file: one pattern a line; `#` in the first column begins a comment; spaces around a pattern
    /// and a leading `/` are dropped, `.`, `..` and double slashes resolved.
    ///
    /// # Errors
    /// [`IgnoreError`] for a `!` without a pattern, malformed brackets or escapes, and lines that are too long.
    pub fn read(bytes: &[u8]) -> Result<Self, IgnoreError> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut patterns = Vec::new();
        for (index, raw) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let line = index + 1;
            if raw.len() > MAX_LINE {
                return Err(IgnoreError::Line { line });
            }
            let Some(text) = normalise(&String::from_utf8_lossy(raw)) else { continue };
            let pattern = Pattern::new(&text).map_err(|problem| IgnoreError::Pattern { line, problem })?;
            patterns.extend(pattern);
        }
        Ok(Self { patterns })
    }

    /// Takes patterns as they are (moby's `patternmatcher.New`): trimmed and cleaned, empty ones left out.
    ///
    /// # Errors
    /// [`PatternError`] as for [`IgnoreFile::read`].
    pub fn new(patterns: &[String]) -> Result<Self, PatternError> {
        let patterns: Result<Vec<_>, _> = patterns.iter().map(|pattern| Pattern::new(pattern)).collect();
        Ok(Self { patterns: patterns?.into_iter().flatten().collect() })
    }

    /// Whether there is no pattern.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether some pattern begins with `!`.
    #[must_use]
    pub fn has_exceptions(&self) -> bool {
        self.patterns.iter().any(|pattern| pattern.exception)
    }

    /// Whether a path, relative and with `/`, is hidden. The root itself never is.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let path = clean(path);
        if path == "." {
            return false;
        }
        let mut matched = false;
        for pattern in &self.patterns {
            // A pattern that could change nothing is not looked at.
            if pattern.exception == matched && pattern.matches_or_parent(&path) {
                matched = !pattern.exception;
            }
        }
        matched
    }

    /// Whether a folder that is hidden can be passed over as a whole: no exception can match beneath it.
    #[must_use]
    pub fn may_skip_directory(&self, folder: &str) -> bool {
        let folder = clean(folder);
        folder != "." && !self.patterns.iter().any(|pattern| pattern.exception && pattern.may_match_beneath(&folder))
    }

    /// Whether everything at the root is hidden by a pattern such as `*` or `**`.
    #[must_use]
    pub fn hides_root(&self) -> bool {
        self.patterns.iter().any(|pattern| !pattern.exception && matches!(pattern.text.as_str(), "*" | "**" | "**/*"))
    }
}

impl Ignore for IgnoreFile {
    fn hides(&self, path: &str) -> bool {
        self.matches(path)
    }

    fn may_show_inside(&self, folder: &str) -> bool {
        !self.may_skip_directory(folder)
    }
}

impl Pattern {
    /// `None` for a pattern of nothing.
    fn new(pattern: &str) -> Result<Option<Self>, PatternError> {
        let pattern = pattern.trim();
        if pattern.is_empty() {
            return Ok(None);
        }
        let pattern = clean(pattern);
        let (exception, text) = pattern.strip_prefix('!').map_or((false, &*pattern), |rest| (true, rest));
        if text.is_empty() {
            return Err(PatternError(pattern.into_owned()));
        }
        glob::matches(text, ".")?;
        let matcher = Matcher::new(text)?;
        Ok(Some(Self { text: text.to_owned(), exception, matcher }))
    }

    fn matches_or_parent(&self, path: &str) -> bool {
        let parents = path.match_indices('/').map(|(end, _)| &path[..end]);
        self.matcher.matches(path) || parents.into_iter().any(|parent| self.matcher.matches(parent))
    }

    /// Whether a path beneath the folder may match: true unless a component without wildcards rules it out.
    fn may_match_beneath(&self, folder: &str) -> bool {
        let mut components = self.text.split('/');
        for name in folder.split('/') {
            match components.next() {
                None => return false,
                Some(component) if component.contains(['*', '?', '[', '\\']) => return true,
                Some(component) if component != name => return false,
                Some(_) => {}
            }
        }
        components.next().is_some()
    }
}

/// A line of an ignore file as a pattern; `None` for comments and empty lines.
fn normalise(line: &str) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let pattern = line.trim();
    if pattern.is_empty() {
        return None;
    }
    let (sign, pattern) = pattern.strip_prefix('!').map_or(("", pattern), |rest| ("!", rest.trim()));
    if pattern.is_empty() {
        return Some(sign.to_owned());
    }
    let pattern = clean(pattern);
    let relative = if pattern.len() > 1 { pattern.strip_prefix('/').unwrap_or(&pattern) } else { &pattern };
    Some(format!("{sign}{relative}"))
}

/// Go's `filepath.Clean`.
pub(crate) fn clean(path: &str) -> Cow<'_, str> {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")).into(),
        (false, true) => ".".into(),
        (false, false) => parts.join("/").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(text: &str, paths: &[&str]) -> Vec<bool> {
        let file = IgnoreFile::read(text.as_bytes()).unwrap();
        paths.iter().map(|path| file.matches(path)).collect()
    }

    #[test]
    fn the_last_match_decides_and_parents_count() {
        assert_eq!(hidden("a\n!a/b\na/b/c", &["a", "a/x", "a/b", "a/b/x", "a/b/c"]), [true, true, false, false, true]);
        assert_eq!(hidden("*\n!a", &["a", "a/b", "b", "."]), [false, false, true, false]);
    }

    #[test]
    fn lines_are_cleaned() {
        assert_eq!(
            hidden("\u{FEFF}# no\r\n /a/./b/ \r\n#c\n #c\n! /a/b/c", &["a/b", "a/b/c", "#c", "no"]),
            [true, false, true, false]
        );
    }

    #[test]
    fn stars() {
        assert_eq!(hidden("**/x", &["x", "a/x", "a/b/x", "ax"]), [true, true, true, false]);
        assert_eq!(hidden("a/**/b", &["a/b", "a/x/y/b", "ab"]), [true, true, false]);
        assert_eq!(hidden("a*/?", &["ab/c", "ab/cd", "a/b/c"]), [true, false, true]);
        assert_eq!(hidden("[a-c]x[^/]", &["bx1", "dx1"]), [true, false]);
    }

    #[test]
    fn malformed_patterns_name_their_line() {
        let fault = |text: &str| IgnoreFile::read(text.as_bytes()).unwrap_err().to_string();
        insta::assert_snapshot!(fault("a\n!\n"), @"line 2: `!` is no valid pattern: a `[` needs its `]`, a range its end, and `\\` and `!` something behind them");
        insta::assert_snapshot!(fault("\n\na[b"), @"line 3: `a[b` is no valid pattern: a `[` needs its `]`, a range its end, and `\\` and `!` something behind them");
    }

    #[test]
    fn folders_without_exceptions_beneath_are_passed_over() {
        let file = IgnoreFile::read(b"a\nb\nc\n!a/keep/x\n!b/*/y").unwrap();
        assert_eq!(
            ["a", "a/other", "b", "c"].map(|folder| file.may_skip_directory(folder)),
            [false, true, false, true]
        );
    }
}
