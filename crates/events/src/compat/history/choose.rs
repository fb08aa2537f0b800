//! Which commits are compared with.

use std::cmp::Ordering;

use globset::GlobBuilder;
use linkspan_command::Failure;

use super::git::{Git, Tag};

/// How a whole history is fetched.
const UNSHALLOW: &str =
    "fetch the rest with `git fetch --unshallow --tags`; in a workflow give `fetch-depth: 0` to `actions/checkout`";

/// A commit, and what people call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) name: String,
    pub(super) commit: String,
    pub(super) released: bool,
}

/// The commit of a revision; a branch that is only at `origin` is found there.
pub(super) fn revision(git: &Git, revision: &str) -> Result<Chosen, Failure> {
    for name in [revision.to_owned(), format!("origin/{revision}")] {
        if let Some(commit) = git.commit(&name)? {
            let released = git.commit(&format!("refs/tags/{name}"))?.is_some_and(|tagged| tagged == commit);
            return Ok(Chosen { name, commit, released });
        }
    }
    let failure = Failure::input(format!("the repository has no branch, tag or commit `{revision}`"));
    Err(if git.shallow()? {
        failure.help(format!("it is a shallow clone: {UNSHALLOW}"))
    } else {
        failure.help(format!(
            "fetch it with `git fetch origin tag {revision}` (a tag) or `git fetch origin {revision}` (a branch), or \
             correct the name"
        ))
    })
}

/// Where HEAD and a branch parted. The merge commit that GitHub makes of a pull request has the branch as its first
/// parent.
pub(super) fn merge_base(git: &Git, base: &str) -> Result<Chosen, Failure> {
    let head = head(git)?;
    let mut tip = None;
    for name in [format!("refs/remotes/origin/{base}"), format!("refs/heads/{base}")] {
        tip = tip.or(git.commit(&name)?);
    }
    let parted = match &tip {
        Some(tip) => git.merge_base(&head, tip)?,
        None => None,
    };
    let merged = if git.commit("HEAD^2")?.is_some() { git.commit("HEAD^1")? } else { None };
    if let Some(commit) = parted.or(merged) {
        return Ok(Chosen { name: base.to_owned(), commit, released: false });
    }
    let failure = match tip {
        Some(_) => Failure::input(format!("it is not known where this branch and `{base}` parted")),
        None => Failure::input(format!("the repository does not have the pull request's base `{base}`")),
    };
    Err(if git.shallow()? {
        failure.help(format!("it is a shallow clone: {UNSHALLOW}"))
    } else {
        failure.help(format!("fetch it with `git fetch origin {base}`"))
    })
}

/// The tags before HEAD that match a pattern, the newest version first. Those of HEAD itself count only if the
/// contracts were changed since. `all` asks for a history without an end that is cut off.
pub(super) fn tags(git: &Git, pattern: &str, all: bool) -> Result<Vec<Chosen>, Failure> {
    let glob = GlobBuilder::new(pattern).build();
    let matcher =
        glob.map_err(|error| Failure::usage(format!("`{pattern}` is no pattern of tags: {}", error.kind())))?;
    let matcher = matcher.compile_matcher();
    let head = head(git)?;
    let mut found = git.tags(&head)?;
    found.retain(|tag| matcher.is_match(&tag.name));
    if (found.is_empty() || all) && git.shallow()? {
        let what = if all { "not all tags" } else { "no tag" };
        let failure = Failure::input(format!("the clone is shallow, and shows {what} `{pattern}` before HEAD"));
        return Err(failure.help(UNSHALLOW));
    }
    let dirty = git.dirty()?;
    Ok(in_order(found, pattern, &head, dirty))
}

fn head(git: &Git) -> Result<String, Failure> {
    let none = || Failure::input("the repository has no commit yet").help("commit, or compare with a folder");
    git.commit("HEAD")?.ok_or_else(none)
}

fn in_order(mut tags: Vec<Tag>, pattern: &str, head: &str, dirty: bool) -> Vec<Chosen> {
    tags.retain(|tag| dirty || tag.commit != head);
    tags.sort_by(|one, other| by_version(&other.name, &one.name, pattern).then_with(|| other.name.cmp(&one.name)));
    tags.into_iter().map(|Tag { name, commit }| Chosen { name, commit, released: true }).collect()
}

/// The order of two tags' versions, as in Semantic Versioning 2.0.0, section 11, with any number of parts: a
/// pre-release comes before its release, numbers count as numbers, also within `rc10`.
fn by_version(one: &str, other: &str, pattern: &str) -> Ordering {
    let (one, other) = (version(one, pattern), version(other, pattern));
    let (core_one, rest_one) = core(one);
    let (core_other, rest_other) = core(other);
    natural(core_one, core_other).then_with(|| match (rest_one.starts_with('-'), rest_other.starts_with('-')) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        _ => natural(rest_one, rest_other),
    })
}

/// What follows a pattern's fixed beginning, from the first digit on, without the build's part.
fn version<'t>(tag: &'t str, pattern: &str) -> &'t str {
    let fixed = pattern.split(['*', '?', '[', '{']).next().unwrap_or_default();
    let fixed = fixed.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    let rest = tag.strip_prefix(fixed).unwrap_or(tag);
    let rest = rest.find(|letter: char| letter.is_ascii_digit()).map_or(rest, |at| &rest[at..]);
    rest.split('+').next().unwrap_or(rest)
}

fn core(version: &str) -> (&str, &str) {
    let end = version.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(version.len());
    let (core, rest) = version.split_at(end);
    // `1.0` and `1.0.0` are one version.
    (core.trim_end_matches(".0"), rest)
}

/// Compares texts so that the numbers in them count as numbers.
fn natural(one: &str, other: &str) -> Ordering {
    let (one, other) = (parts(one), parts(other));
    one.cmp(&other)
}

/// A text in parts: a number (its length without leading zeros, its digits), or other letters. A number comes first.
fn parts(text: &str) -> Vec<(u8, usize, &str)> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest.find(|letter: char| letter.is_ascii_digit() != digits).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        let number = part.trim_start_matches('0');
        parts.push(if digits { (0, number.len(), number) } else { (1, 0, part.trim_end_matches('.')) });
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sorted(tags: &[&str], pattern: &str) -> Vec<String> {
        let tags = tags.iter().map(|name| Tag { name: (*name).to_owned(), commit: "1".to_owned() }).collect();
        in_order(tags, pattern, "2", false).into_iter().map(|chosen| chosen.name).collect()
    }

    #[test]
    fn the_newest_version_comes_first() {
        let tags = ["v1.9.0", "v1.10.0", "v2.0.0-rc2", "v2.0.0-rc10", "v2.0.0", "v1.10.0-alpha", "v2.0.0-rc.1"];
        assert_eq!(
            sorted(&tags, "v*"),
            ["v2.0.0", "v2.0.0-rc10", "v2.0.0-rc2", "v2.0.0-rc.1", "v1.10.0", "v1.10.0-alpha", "v1.9.0"]
        );
        assert_eq!(sorted(&["k8s/v2", "k8s/v10"], "k8s/v*"), ["k8s/v10", "k8s/v2"]);
        assert_eq!(sorted(&["v1.2", "v1.10"], "v1.*"), ["v1.10", "v1.2"]);
        assert_eq!(sorted(&["2024-09-30", "2024-10-01"], "*"), ["2024-10-01", "2024-09-30"]);
    }

    #[test]
    fn a_tag_of_head_is_no_earlier_version() {
        let tags =
            || vec![Tag { name: "v1".into(), commit: "1".into() }, Tag { name: "v2".into(), commit: "2".into() }];
        let names = |dirty| in_order(tags(), "v*", "2", dirty).into_iter().map(|tag| tag.name).collect::<Vec<_>>();
        assert_eq!(names(false), ["v1"]);
        assert_eq!(names(true), ["v2", "v1"]);
    }

    proptest! {
        #[test]
        fn versions_are_in_the_order_of_their_numbers(one in any::<[u16; 3]>(), other in any::<[u16; 3]>()) {
            let tag = |[major, minor, patch]: [u16; 3]| format!("v{major}.{minor}.{patch}");
            prop_assert_eq!(by_version(&tag(one), &tag(other), "v*"), one.cmp(&other));
        }
    }
}
