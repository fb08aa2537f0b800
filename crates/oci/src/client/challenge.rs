//! The `WWW-Authenticate` header (RFC 9110, section 11.6.1): which proof a registry wants.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

/// What a registry asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// User name and password with every request.
    Basic,
    /// A token from `realm` (distribution, token authentication).
    Bearer { realm: String, service: Option<String>, scope: Option<String> },
}

/// The best challenge of all header values that can be met: a token rather than a password.
pub(super) fn choose<'a>(values: impl IntoIterator<Item = &'a str>) -> Option<Challenge> {
    let all: Vec<_> = values.into_iter().flat_map(parse).collect();
    let bearer = all.iter().find(|(scheme, _)| scheme == "bearer").and_then(|(_, parameters)| {
        let get = |name: &str| parameters.get(name).filter(|text| !text.is_empty()).cloned();
        Some(Challenge::Bearer { realm: get("realm")?, service: get("service"), scope: get("scope") })
    });
    bearer.or_else(|| all.iter().any(|(scheme, _)| scheme == "basic").then_some(Challenge::Basic))
}

type Parameters = BTreeMap<String, String>;

/// Schemes in lower case with their parameters; what is malformed ends the list.
fn parse(value: &str) -> Vec<(String, Parameters)> {
    let mut rest = value.chars().peekable();
    let mut found: Vec<(String, Parameters)> = Vec::new();
    loop {
        skip(&mut rest, |c| c == ',' || c.is_whitespace());
        let name = token(&mut rest).to_ascii_lowercase();
        if name.is_empty() {
            return found;
        }
        skip(&mut rest, char::is_whitespace);
        match (rest.next_if_eq(&'='), found.last_mut()) {
            (Some(_), Some((_, parameters))) => {
                skip(&mut rest, char::is_whitespace);
                let text = if rest.next_if_eq(&'"').is_some() { quoted(&mut rest) } else { token(&mut rest) };
                parameters.entry(name).or_insert(text);
            }
            (Some(_), None) => return found,
            (None, _) => found.push((name, Parameters::new())),
        }
    }
}

fn skip(rest: &mut Peekable<Chars<'_>>, unwanted: impl Fn(char) -> bool) {
    while rest.next_if(|&c| unwanted(c)).is_some() {}
}

fn token(rest: &mut Peekable<Chars<'_>>) -> String {
    let fits = |c: &char| !c.is_whitespace() && !matches!(c, ',' | '=' | '"');
    std::iter::from_fn(|| rest.next_if(fits)).collect()
}

fn quoted(rest: &mut Peekable<Chars<'_>>) -> String {
    let mut text = String::new();
    while let Some(c) = rest.next() {
        match c {
            '"' => break,
            '\\' => text.extend(rest.next()),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(realm: &str, service: Option<&str>, scope: Option<&str>) -> Option<Challenge> {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Some(Challenge::Bearer { realm: realm.to_owned(), service: own(service), scope: own(scope) })
    }

    #[test]
    fn real_challenges() {
        assert_eq!(
            choose([
                r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#
            ]),
            bearer("https://auth.docker.io/token", Some("registry.docker.io"), Some("repository:a/b:pull,push"))
        );
        assert_eq!(choose([r#"Basic realm="Registry Realm""#]), Some(Challenge::Basic));
        assert_eq!(choose([r#"bearer REALM = "x" , service=y"#]), bearer("x", Some("y"), None));
        assert_eq!(choose([r#"Basic realm="a", Bearer realm="b""#]), bearer("b", None, None));
        assert_eq!(choose(["Basic", r#"Bearer realm="b\"c""#]), bearer("b\"c", None, None));
    }

    #[test]
    fn malformed_challenges_are_none() {
        for value in ["", "Bearer", "Negotiate", r#"="x""#, r#"Bearer realm="""#, "\"\"\"", "Bearer service=x"] {
            assert_eq!(choose([value]), None, "{value}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_ends(text in ".{0,80}") {
            let _ = choose([text.as_str()]);
        }
    }
}
