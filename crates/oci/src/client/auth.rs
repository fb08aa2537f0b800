//! Tokens: what is shown to a registry with a request, and how it is got (distribution's token
//! authentication specification and its OAuth2 extension).

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::io::Read as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use ureq::http::Uri;

use super::address::{Origin, encode};
use super::challenge::Challenge;
use super::error::Error;
use crate::credentials::{Credential, Credentials};
use crate::reference::Repository;
use crate::secret::Secret;

/// A token answer that is read, in bytes.
const MAX_ANSWER: u64 = 256 << 10;
/// How long a token lasts if its answer does not say (the specification's default).
const LIFE: Duration = Duration::from_secs(60);

/// What is done with a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Reading.
    Pull,
    /// Reading and writing.
    Push,
}

/// A repository's path and what is done with it: `repository:acme/app:pull,push`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Scope {
    path: String,
    access: Access,
}

impl Scope {
    pub(super) fn new(repository: &Repository, access: Access) -> Self {
        Self { path: repository.path().to_owned(), access }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let actions = match self.access {
            Access::Pull => "pull",
            Access::Push => "pull,push",
        };
        write!(f, "repository:{}:{actions}", self.path)
    }
}

pub(super) type Scopes = BTreeSet<Scope>;

/// Whether a token for `held` does for `wanted`.
fn covers(held: &Scopes, wanted: &Scopes) -> bool {
    wanted.iter().all(|want| held.iter().any(|have| have.path == want.path && have.access >= want.access))
}

/// One scope per repository, the larger.
fn united(all: impl IntoIterator<Item = Scope>) -> Scopes {
    let mut best: HashMap<String, Access> = HashMap::new();
    for Scope { path, access } in all {
        let entry = best.entry(path).or_insert(access);
        *entry = (*entry).max(access);
    }
    best.into_iter().map(|(path, access)| Scope { path, access }).collect()
}

/// How a token is asked for; the rim that sends it is elsewhere.
pub(super) struct TokenRequest {
    pub(super) address: Uri,
    pub(super) authorization: Option<Secret>,
    pub(super) form: Option<Secret>,
}

/// Sends a token request; gives the answer's body.
pub(super) type Fetch<'a> = &'a dyn Fn(TokenRequest) -> Result<Vec<u8>, Error>;

#[derive(Debug, Default)]
struct State {
    challenge: Option<Challenge>,
    credential: Option<Credential>,
    expected: Scopes,
    tokens: Vec<Token>,
}

#[derive(Debug)]
struct Token {
    scopes: Scopes,
    text: Secret,
    until: Instant,
}

/// What is known about getting into each registry.
pub(super) struct Keys {
    credentials: Box<dyn Credentials>,
    states: Mutex<HashMap<String, Arc<Mutex<State>>>>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

impl Keys {
    pub(super) fn new(credentials: Box<dyn Credentials>) -> Self {
        Self { credentials, states: Mutex::default() }
    }

    fn state(&self, registry: &str) -> Arc<Mutex<State>> {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(states.entry(registry.to_owned()).or_default())
    }

    /// Says what will be done, so that one token serves for all of it.
    pub(super) fn expect(&self, repository: &Repository, access: Access) {
        let state = self.state(repository.registry());
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let more = Scope::new(repository, access);
        state.expected = united(std::mem::take(&mut state.expected).into_iter().chain([more]));
    }

    /// Takes in a challenge. `shown` is the `Authorization` that was refused, if any: a token that
    /// was shown is not shown again.
    pub(super) fn learn(&self, registry: &str, challenge: Challenge, shown: Option<&Secret>) {
        let state = self.state(registry);
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.challenge = Some(challenge);
        if let Some(shown) = shown {
            state.tokens.retain(|token| bearer(&token.text) != *shown);
        }
    }

    /// The `Authorization` for a request; `None` before the registry has asked for one, and where
    /// there is nothing to show. While one thread gets a token, others wait for it.
    pub(super) fn authorization(
        &self,
        repository: &Repository,
        wanted: &Scopes,
        origin: &Origin,
        fetch: Fetch<'_>,
    ) -> Result<Option<Secret>, Error> {
        let state = self.state(repository.registry());
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(challenge) = state.challenge.clone() else { return Ok(None) };
        let credential = match &state.credential {
            Some(known) => known.clone(),
            None => state.credential.insert(self.credentials.find(repository)?).clone(),
        };
        match (challenge, credential) {
            (_, Credential::Bearer(text)) => Ok(Some(bearer(&text))),
            (Challenge::Basic, Credential::Basic { user, password }) => Ok(Some(basic(&user, &password))),
            (Challenge::Basic, Credential::Anonymous | Credential::Identity(_)) => Ok(None),
            (Challenge::Bearer { realm, service, scope }, credential) => {
                let asked = Asked { realm, service, scope, credential };
                state.token(wanted, &asked, origin, fetch).map(|text| Some(bearer(&text)))
            }
        }
    }
}

struct Asked {
    realm: String,
    service: Option<String>,
    scope: Option<String>,
    credential: Credential,
}

impl State {
    /// A token that covers what is wanted: one that is there, else one for everything expected,
    /// else (some registries refuse all for one repository that they do not let us read) one for
    /// just this.
    fn token(&mut self, wanted: &Scopes, asked: &Asked, origin: &Origin, fetch: Fetch<'_>) -> Result<Secret, Error> {
        let now = Instant::now();
        self.tokens.retain(|token| token.until > now);
        if let Some(found) = self.tokens.iter().find(|token| covers(&token.scopes, wanted)) {
            return Ok(found.text.clone());
        }
        let all = united(self.expected.iter().chain(wanted).cloned());
        let (scopes, token) = match fetch_token(&all, asked, origin, fetch) {
            Err(Error::Denied { .. } | Error::Rejected { .. }) if all != *wanted => {
                (wanted.clone(), fetch_token(wanted, asked, origin, fetch)?)
            }
            other => (all, other?),
        };
        let (text, life) = token;
        // The clock that judges it is not ours; a tenth of its life is the margin.
        self.tokens.push(Token { scopes, text: text.clone(), until: now + life.mul_f32(0.9) });
        Ok(text)
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    token: Option<String>,
    #[serde(default)]
    access_token: Option<String>,
    #[serde(default)]
    expires_in: Option<u64>,
}

fn fetch_token(scopes: &Scopes, asked: &Asked, origin: &Origin, fetch: Fetch<'_>) -> Result<(Secret, Duration), Error> {
    let invalid = |what: &str| Error::Invalid {
        host: origin.authority(),
        request: format!("the request for a token at `{}`", asked.realm),
        what: what.to_owned(),
    };
    let request = token_request(scopes, asked).ok_or_else(|| invalid("that is no address"))?;
    let body = fetch(request)?;
    let answer: Answer = serde_json::from_slice(&body).map_err(|_| invalid("it is no JSON with a `token`"))?;
    let text = answer.token.or(answer.access_token).filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| invalid("there is no `token` in it"))?;
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(invalid("its `token` has characters that no token has"));
    }
    let life = answer.expires_in.filter(|&seconds| seconds > 0).map_or(LIFE, Duration::from_secs);
    Ok((Secret::new(text), life.min(Duration::from_secs(24 * 3_600))))
}

/// `GET realm?service=…&scope=…&scope=…` with Basic, or for an identity token `POST realm` with a
/// form.
fn token_request(scopes: &Scopes, asked: &Asked) -> Option<TokenRequest> {
    let mut names: Vec<String> = scopes.iter().map(ToString::to_string).collect();
    // What the registry names beyond repositories (`registry:catalog:*`) is its own business.
    let foreign = asked.scope.iter().flat_map(|text| text.split(' ')).filter(|scope| !scope.starts_with("repository:"));
    names.extend(foreign.filter(|scope| !scope.is_empty()).map(str::to_owned));
    if let Credential::Identity(refresh) = &asked.credential {
        let service = asked.service.as_deref().unwrap_or_default();
        let form = format!(
            "grant_type=refresh_token&service={}&client_id=linkspan&scope={}&refresh_token={}",
            encode_form(service),
            encode_form(&names.join(" ")),
            encode_form(refresh.expose()),
        );
        return Some(TokenRequest {
            address: asked.realm.parse().ok()?,
            authorization: None,
            form: Some(Secret::new(form)),
        });
    }
    let service = asked.service.iter().map(|service| format!("service={}", encode(service)));
    let query = service.chain(names.iter().map(|name| format!("scope={}", encode(name)))).collect::<Vec<_>>().join("&");
    let joint = if asked.realm.contains('?') { '&' } else { '?' };
    let address = format!("{}{joint}{query}", asked.realm).parse().ok()?;
    let authorization = match &asked.credential {
        Credential::Basic { user, password } => Some(basic(user, password)),
        _ => None,
    };
    Some(TokenRequest { address, authorization, form: None })
}

fn encode_form(text: &str) -> String {
    encode(text).replace(':', "%3A").replace('/', "%2F").replace(',', "%2C")
}

fn bearer(token: &Secret) -> Secret {
    Secret::new(format!("Bearer {}", token.expose()))
}

fn basic(user: &str, password: &Secret) -> Secret {
    Secret::new(format!("Basic {}", STANDARD.encode(format!("{user}:{}", password.expose()))))
}

/// Reads a token answer within its bound.
pub(super) fn read_answer(reader: impl std::io::Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(MAX_ANSWER + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_ANSWER {
        return Err(std::io::Error::other(format!("it has more than {MAX_ANSWER} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(list: &[(&str, Access)]) -> Scopes {
        list.iter().map(|(path, access)| Scope { path: (*path).to_owned(), access: *access }).collect()
    }

    #[test]
    fn a_larger_scope_covers_a_smaller() {
        let held = scopes(&[("a", Access::Push), ("b", Access::Pull)]);
        assert!(covers(&held, &scopes(&[("a", Access::Pull)])));
        assert!(covers(&held, &scopes(&[("a", Access::Push), ("b", Access::Pull)])));
        assert!(!covers(&held, &scopes(&[("b", Access::Push)])));
        assert!(!covers(&held, &scopes(&[("c", Access::Pull)])));
        let both = [Scope { path: "a".into(), access: Access::Pull }, Scope { path: "a".into(), access: Access::Push }];
        assert_eq!(united(both), scopes(&[("a", Access::Push)]));
    }

    fn request(credential: Credential, scope: Option<&str>) -> TokenRequest {
        let asked = Asked {
            realm: "https://auth.io/token?x=1".to_owned(),
            service: Some("the registry".to_owned()),
            scope: scope.map(str::to_owned),
            credential,
        };
        token_request(&scopes(&[("a/b", Access::Push), ("c", Access::Pull)]), &asked).unwrap()
    }

    #[test]
    fn several_repositories_in_one_request() {
        let anonymous = request(Credential::Anonymous, Some("repository:a/b:pull registry:catalog:*"));
        insta::assert_snapshot!(anonymous.address, @"https://auth.io/token?x=1&service=the%20registry&scope=repository:a/b:pull,push&scope=repository:c:pull&scope=registry:catalog:%2A");
        assert!(anonymous.authorization.is_none());
        let user = request(Credential::Basic { user: "u".into(), password: Secret::new("p") }, None);
        assert_eq!(user.authorization.unwrap().expose(), "Basic dTpw");
    }

    #[test]
    fn an_identity_token_goes_into_the_form_only() {
        let identity = request(Credential::Identity(Secret::new("r+/=")), None);
        assert_eq!(identity.address.to_string(), "https://auth.io/token?x=1");
        insta::assert_snapshot!(identity.form.unwrap().expose(), @"grant_type=refresh_token&service=the%20registry&client_id=linkspan&scope=repository%3Aa%2Fb%3Apull%2Cpush%20repository%3Ac%3Apull&refresh_token=r%2B%2F%3D");
    }
}
