use std::borrow::Cow;
use std::time::Duration;

use super::token::Token;
use super::watch::From;
use super::{At, ListRequest, Prefix, Revision, StoreError, WatchRequest};
use crate::field::{FieldError, Path};
use crate::quote::quote;
use crate::select::{FieldSelector, LabelSelector, Selectable, Selection};
use crate::status::{Reason, Status, Subject};

/// What the query of a list or a watch says (`metav1.ListOptions`), read and refused as kube-apiserver does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOptions {
    /// What is selected.
    pub selection: Selection,
    /// Whether it is a watch.
    pub watch: bool,
    bookmarks: bool,
    initial: Option<bool>,
    revision: String,
    matching: String,
    token: String,
    timeout: i64,
    limit: i64,
}

impl ListOptions {
    /// Reads the parameters of a query, decoded; the first one of a name counts. Others are not looked at.
    ///
    /// # Errors
    ///
    /// What the client is told.
    pub fn parse<'a, I>(query: I, fields: &Selectable) -> Result<Self, Status>
    where
        I: IntoIterator<Item = (Cow<'a, str>, Cow<'a, str>)>,
    {
        let query: Vec<_> = query.into_iter().collect();
        let get = |name: &str| query.iter().find(|(other, _)| other == name).map(|(_, value)| &**value);
        let text = |name| get(name).unwrap_or_default().to_owned();
        let refused = |error: crate::select::SelectorError| Status::bad_request(error.to_string());
        let labels = LabelSelector::parse(get("labelSelector").unwrap_or_default()).map_err(refused)?;
        let selected = FieldSelector::parse(get("fieldSelector").unwrap_or_default(), fields).map_err(refused)?;
        let options = Self {
            selection: Selection { labels, fields: selected },
            watch: flag(get("watch")).unwrap_or(false),
            bookmarks: flag(get("allowWatchBookmarks")).unwrap_or(false),
            initial: flag(get("sendInitialEvents")),
            revision: text("resourceVersion"),
            matching: text("resourceVersionMatch"),
            token: text("continue"),
            timeout: number(get("timeoutSeconds"))?,
            limit: number(get("limit"))?,
        };
        options.defaulted().checked()
    }

    /// A watch without a revision begins with what is there.
    fn defaulted(mut self) -> Self {
        if self.watch && self.initial.is_none() && self.matching.is_empty() && self.any() {
            self.initial = Some(true);
            NOT_OLDER.clone_into(&mut self.matching);
        }
        self
    }

    fn any(&self) -> bool {
        matches!(self.revision.as_str(), "" | "0")
    }

    fn checked(self) -> Result<Self, Status> {
        let errors = if self.watch { self.watch_errors() } else { self.list_errors() };
        let subject = Subject::new("meta.k8s.io", "ListOptions", "");
        if errors.is_empty() { Ok(self) } else { Err(Status::invalid(&subject, &errors)) }
    }

    fn list_errors(&self) -> Vec<FieldError> {
        let matching = self.matching.as_str();
        let rules = [
            (self.revision.is_empty(), "resourceVersionMatch is forbidden unless resourceVersion is provided"),
            (!self.token.is_empty(), "resourceVersionMatch is forbidden when continue is provided"),
        ];
        let mut errors = Vec::new();
        if !matching.is_empty() {
            errors.extend(broken(&rules));
            if !matches!(matching, EXACT | NOT_OLDER) {
                errors.push(FieldError::not_supported(&MATCH, matching, &[EXACT, NOT_OLDER, ""]));
            }
            let zero = "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"";
            errors.extend(broken(&[(matching == EXACT && self.revision == "0", zero)]));
        }
        if self.initial.is_some() {
            let path = Path::new("sendInitialEvents");
            errors.push(FieldError::forbidden(&path, "sendInitialEvents is forbidden for list"));
        }
        errors
    }

    fn watch_errors(&self) -> Vec<FieldError> {
        let matching = self.matching.as_str();
        let needs = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
        let mut errors = broken(&[(self.initial.is_some() && matching != NOT_OLDER, needs)]);
        if !matching.is_empty() {
            let alone = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided";
            errors.extend(broken(&[(self.initial.is_none(), alone)]));
            if matching != NOT_OLDER {
                errors.push(FieldError::not_supported(&MATCH, matching, &[NOT_OLDER]));
            }
            let paging = "resourceVersionMatch is forbidden when continue is provided";
            errors.extend(broken(&[(!self.token.is_empty(), paging)]));
        }
        errors
    }

    /// The list that is asked for.
    ///
    /// # Errors
    ///
    /// What the client is told.
    pub fn list(self, prefix: Prefix) -> Result<ListRequest, Status> {
        let limit = usize::try_from(self.limit).ok().filter(|limit| *limit > 0);
        let (at, limit) = match (self.token.is_empty(), self.revision.as_str()) {
            (false, _) => (self.resume(&prefix)?, limit),
            (true, "") => (At::Latest, limit),
            (true, text) => self.of_revision(text, limit)?,
        };
        Ok(ListRequest { prefix, selection: self.selection, at, limit })
    }

    fn resume(&self, prefix: &Prefix) -> Result<At, Status> {
        let told = |error: StoreError| error.status(&Subject::default());
        // A broken token is told first.
        Token::decode(&self.token, prefix).map_err(told)?;
        if self.any() { Ok(At::Continue(self.token.clone())) } else { Err(told(StoreError::TokenWithRevision)) }
    }

    fn of_revision(&self, text: &str, limit: Option<usize>) -> Result<(At, Option<usize>), Status> {
        let invalid = |fault| Status::bad_request(format!("invalid resource version: {fault}"));
        let revision = revision(text).map_err(invalid)?;
        Ok(match (self.matching.as_str(), revision) {
            (EXACT, _) => (At::Exact(revision), limit),
            // The watch cache answers this one, and it knows no pages.
            ("", 0) => (At::Latest, None),
            ("", _) if limit.is_some() => (At::Exact(revision), limit),
            _ => (At::NotOlderThan(revision), limit),
        })
    }

    /// The watch that is asked for. Without a time of its own it has none: how long the longest lasts is the server's.
    ///
    /// # Errors
    ///
    /// What the client is told.
    pub fn watch(self, prefix: Prefix) -> Result<WatchRequest, Status> {
        let unreadable =
            |message| Status { code: 500, reason: Some(Reason::Unknown), message, details: None, resume: None };
        let revision = match self.revision.as_str() {
            "" => 0,
            text => revision(text).map_err(unreadable)?,
        };
        let from = match (self.initial, revision) {
            (Some(true), revision) => From::Objects { not_older_than: revision, mark: true },
            (Some(false) | None, 0) => From::Now,
            (Some(false) | None, revision) => From::After(revision),
        };
        let seconds = Duration::from_secs(u64::try_from(self.timeout).unwrap_or(0));
        let timeout = (self.timeout != 0).then_some(seconds);
        Ok(WatchRequest { prefix, selection: self.selection, from, bookmarks: self.bookmarks, timeout })
    }
}

const EXACT: &str = "Exact";
const NOT_OLDER: &str = "NotOlderThan";
const MATCH: Path<'_> = Path::new("resourceVersionMatch");

fn broken(rules: &[(bool, &str)]) -> Vec<FieldError> {
    rules.iter().filter(|(broken, _)| *broken).map(|(_, rule)| FieldError::forbidden(&MATCH, *rule)).collect()
}

/// `false` and `0` say no, everything else says yes.
fn flag(value: Option<&str>) -> Option<bool> {
    value.map(|value| value != "0" && !value.eq_ignore_ascii_case("false"))
}

fn number(value: Option<&str>) -> Result<i64, Status> {
    let Some(value) = value else { return Ok(0) };
    value.parse().map_err(|error: std::num::ParseIntError| Status::bad_request(go_fault("ParseInt", value, &error)))
}

fn revision(text: &str) -> Result<Revision, String> {
    // Go takes no sign here.
    let parsed = if text.starts_with('+') { "+".parse::<Revision>() } else { text.parse() };
    let fault = |error| go_fault("ParseUint", text, &error);
    parsed.map_err(|error| format!("resourceVersion: Invalid value: {}: {}", quote(text), fault(error)))
}

fn go_fault(function: &str, text: &str, error: &std::num::ParseIntError) -> String {
    use std::num::IntErrorKind::{NegOverflow, PosOverflow};
    let what = if matches!(error.kind(), PosOverflow | NegOverflow) { "value out of range" } else { "invalid syntax" };
    format!("strconv.{function}: parsing {}: {what}", quote(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Result<ListOptions, Status> {
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let pairs = pairs.map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value)));
        ListOptions::parse(pairs, &Selectable::builtin("", "Namespace"))
    }

    fn pods() -> Prefix {
        Prefix::new("", "pods", None)
    }

    fn at(query: &str) -> (At, Option<usize>) {
        let request = parse(query).unwrap().list(pods()).unwrap();
        (request.at, request.limit)
    }

    fn from(query: &str) -> From {
        parse(&format!("watch=1&{query}")).unwrap().watch(pods()).unwrap().from
    }

    #[test]
    fn a_list_is_of_the_time_that_is_asked_for() {
        assert_eq!(at(""), (At::Latest, None));
        assert_eq!(at("limit=-1"), (At::Latest, None));
        assert_eq!(at("limit=5"), (At::Latest, Some(5)));
        assert_eq!(at("limit=5&resourceVersion=0"), (At::Latest, None));
        assert_eq!(at("resourceVersion=7"), (At::NotOlderThan(7), None));
        assert_eq!(at("limit=5&resourceVersion=7"), (At::Exact(7), Some(5)));
        assert_eq!(at("limit=5&resourceVersion=7&resourceVersionMatch=NotOlderThan"), (At::NotOlderThan(7), Some(5)));
        assert_eq!(at("resourceVersion=7&resourceVersionMatch=Exact"), (At::Exact(7), None));
        let token = Token { revision: Some(7), from: "pods/a".to_owned() }.encode(&pods());
        assert_eq!(at(&format!("limit=5&resourceVersion=0&continue={token}")), (At::Continue(token), Some(5)));
    }

    #[test]
    fn a_watch_begins_where_it_is_asked_to() {
        let objects = |not_older_than| From::Objects { not_older_than, mark: true };
        assert_eq!(from(""), objects(0));
        assert_eq!(from("resourceVersion=0"), objects(0));
        assert_eq!(from("resourceVersion=7"), From::After(7));
        assert_eq!(from("sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=7"), objects(7));
        assert_eq!(from("sendInitialEvents=false&resourceVersionMatch=NotOlderThan"), From::Now);
        assert_eq!(from("sendInitialEvents=0&resourceVersionMatch=NotOlderThan&resourceVersion=7"), From::After(7));
        let timeout = |query| parse(query).unwrap().watch(pods()).unwrap().timeout;
        assert_eq!(timeout("watch&timeoutSeconds=0"), None);
        assert_eq!(timeout("watch&timeoutSeconds=5"), Some(Duration::from_secs(5)));
        assert_eq!(timeout("watch&timeoutSeconds=-5"), Some(Duration::ZERO));
        assert!(!parse("watch=False").unwrap().watch && parse("watch=abc").unwrap().watch);
    }

    /// Each was read from a kube-apiserver 1.36.
    #[test]
    fn refusals_are_worded_as_the_api_server_does() {
        let of = "ListOptions.meta.k8s.io \"\" is invalid: ";
        for (query, code, message) in [
            (
                "resourceVersionMatch=Exact",
                422,
                "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided",
            ),
            (
                "resourceVersionMatch=Foo&resourceVersion=1",
                422,
                "resourceVersionMatch: Unsupported value: \"Foo\": supported values: \"Exact\", \"NotOlderThan\", \"\"",
            ),
            (
                "resourceVersion=0&resourceVersionMatch=Exact",
                422,
                "resourceVersionMatch: Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"",
            ),
            ("sendInitialEvents=true", 422, "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list"),
            (
                "watch=1&sendInitialEvents=true",
                422,
                "resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
            ),
            (
                "watch=1&resourceVersionMatch=NotOlderThan",
                422,
                "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
            ),
            (
                "watch=1&continue=abc",
                422,
                "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided",
            ),
            (
                "watch=1&sendInitialEvents=true&resourceVersionMatch=Exact&continue=x",
                422,
                "[resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan, resourceVersionMatch: Unsupported value: \"Exact\": supported values: \"NotOlderThan\", resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided]",
            ),
            ("limit=x", 400, "strconv.ParseInt: parsing \"x\": invalid syntax"),
            ("limit=", 400, "strconv.ParseInt: parsing \"\": invalid syntax"),
            (
                "limit=99999999999999999999",
                400,
                "strconv.ParseInt: parsing \"99999999999999999999\": value out of range",
            ),
            (
                "resourceVersion=abc",
                400,
                "invalid resource version: resourceVersion: Invalid value: \"abc\": strconv.ParseUint: parsing \"abc\": invalid syntax",
            ),
            (
                "resourceVersion=99999999999999999999",
                400,
                "invalid resource version: resourceVersion: Invalid value: \"99999999999999999999\": strconv.ParseUint: parsing \"99999999999999999999\": value out of range",
            ),
            (
                "watch=1&resourceVersion=-1",
                500,
                "resourceVersion: Invalid value: \"-1\": strconv.ParseUint: parsing \"-1\": invalid syntax",
            ),
            (
                "continue=abc&resourceVersion=5",
                400,
                "invalid continue token: continue key is not valid: invalid character 'i' looking for beginning of value",
            ),
            (
                "continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoiYSJ9&resourceVersion=5",
                400,
                "specifying resource version is not allowed when using continue",
            ),
            (
                "labelSelector=a b",
                400,
                "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
            ),
            ("fieldSelector=foo%3Dbar", 400, "invalid selector: 'foo%3Dbar'; can't understand 'foo%3Dbar'"),
        ] {
            let options = parse(query);
            let told = options.and_then(|options| {
                if options.watch { options.watch(pods()).map(drop) } else { options.list(pods()).map(drop) }
            });
            let status = told.expect_err(query);
            let prefix = if code == 422 { of } else { "" };
            assert_eq!((status.code, status.message), (code, format!("{prefix}{message}")), "{query}");
        }
    }
}
