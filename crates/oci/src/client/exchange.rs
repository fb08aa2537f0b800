//! One request with everything around it: the right proof, redirects within bounds, classes of
//! errors. Repeating is left to the operation, which knows what has to be repeated.

use std::collections::HashMap;
use std::fmt;
use std::io::Read;
use std::sync::{Mutex, PoisonError};

use ureq::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, TRANSFER_ENCODING, WWW_AUTHENTICATE};
use ureq::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use ureq::{Body, SendBody};

use super::address::{Origin, resolve};
use super::answer::{Asked, printable};
use super::auth::{Access, Keys, Scope, Scopes, TokenRequest, read_answer};
use super::challenge;
use super::error::Error;
use super::transport::{Reach, Transport};
use super::zone::Zone;
use crate::reference::Repository;
use crate::secret::Secret;

const MAX_REDIRECTS: u32 = 5;

/// What a request carries.
pub(super) enum Payload<'a> {
    /// Nothing.
    None,
    /// Bytes in memory; may be empty.
    Bytes(&'a [u8]),
    /// A stream of a known length in bytes, or in chunks.
    Stream(&'a dyn Opener, Option<u64>),
}

/// Bytes to send that can be read from the start as often as it takes.
pub(super) trait Opener {
    fn open(&self) -> Result<Box<dyn Source + '_>, Error>;
}

/// Bytes on their way that remember why they could not be read.
pub(super) trait Source: Read {
    fn failure(&mut self) -> Option<Error>;
}

/// A request to a registry, before anything is known about getting in; the address is said apart.
pub(super) struct Target<'a> {
    pub(super) repository: &'a Repository,
    /// For messages: what is asked for.
    pub(super) what: String,
    access: Access,
    /// A repository that is read from as well.
    source: Option<&'a Repository>,
    method: Method,
    headers: Vec<(HeaderName, String)>,
    payload: Payload<'a>,
}

impl<'a> Target<'a> {
    pub(super) fn new(method: Method, repository: &'a Repository, what: impl fmt::Display) -> Self {
        let access = if matches!(method, Method::GET | Method::HEAD) { Access::Pull } else { Access::Push };
        let what = format!("{what} of `{}`", repository.path());
        Self { repository, what, access, source: None, method, headers: Vec::new(), payload: Payload::None }
    }

    pub(super) fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn payload(mut self, payload: Payload<'a>) -> Self {
        self.payload = payload;
        self
    }

    pub(super) fn source(mut self, source: Option<&'a Repository>) -> Self {
        self.source = source;
        self
    }

    fn scopes(&self) -> Scopes {
        let own = Scope::new(self.repository, self.access);
        let source = self.source.map(|source| Scope::new(source, Access::Pull));
        std::iter::once(own).chain(source).collect()
    }
}

/// What all requests of a client share.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) transport: Transport,
    pub(super) keys: Keys,
    pub(super) insecure: Vec<String>,
    zones: Mutex<HashMap<String, Zone>>,
}

impl Exchange {
    pub(super) fn new(transport: Transport, keys: Keys, insecure: Vec<String>) -> Self {
        Self { transport, keys, insecure, zones: Mutex::default() }
    }

    /// Where a repository's registry answers.
    pub(super) fn origin(&self, repository: &Repository) -> Result<Origin, Error> {
        let registry = repository.registry();
        Origin::of_registry(registry, &self.insecure).ok_or_else(|| Error::Address(registry.to_owned()))
    }

    fn zone(&self, origin: &Origin) -> Zone {
        let mut zones = self.zones.lock().unwrap_or_else(PoisonError::into_inner);
        *zones.entry(origin.host.clone()).or_insert_with(|| Zone::of_host(&origin.host))
    }

    /// One attempt. A registry that asks who we are is answered, once per proof.
    pub(super) fn send(&self, ask: &Target<'_>, address: &Uri) -> Result<Response<Body>, Error> {
        let origin = self.origin(ask.repository)?;
        let host = origin.authority();
        let asked = Asked { host: &host, request: &ask.what };
        let mut shown: Option<Secret> = None;
        for round in 0..3 {
            let fetch = |request: TokenRequest| self.token(&request, &origin);
            let proof = self.keys.authorization(ask.repository, &ask.scopes(), &origin, &fetch)?;
            if round > 0 && proof == shown {
                break;
            }
            let (response, own) = self.follow(ask, address, &origin, proof.as_ref(), asked)?;
            let refused = own && response.status() == StatusCode::UNAUTHORIZED;
            let values = response.headers().get_all(WWW_AUTHENTICATE);
            let challenge = challenge::choose(values.iter().filter_map(|value| value.to_str().ok()));
            match challenge {
                Some(challenge) if refused => {
                    self.keys.learn(ask.repository.registry(), challenge, proof.as_ref());
                    shown = proof;
                }
                _ => return asked.classify(response),
            }
        }
        let registry = ask.repository.registry();
        let said = match shown {
            None => format!("it asks for a log-in: `docker login {registry}`"),
            Some(_) => format!("it refuses our credentials: log in again with `docker login {registry}`"),
        };
        Err(Error::Denied { host: host.clone(), request: ask.what.clone(), said })
    }

    /// Sends and follows redirects; also whether the answer came from the registry itself. The
    /// proof is shown to no other host.
    fn follow(
        &self,
        ask: &Target<'_>,
        address: &Uri,
        origin: &Origin,
        proof: Option<&Secret>,
        asked: Asked<'_>,
    ) -> Result<(Response<Body>, bool), Error> {
        let mut address = address.clone();
        for _ in 0..=MAX_REDIRECTS {
            let (reach, target) = self.reach(&address, origin, asked)?;
            let own = matches!(reach, Reach::Own(_));
            let response = self.once(ask, &address, reach, proof.filter(|_| own), asked, &target)?;
            match redirection(ask, &response) {
                Some(location) => {
                    let next = resolve(&address, &location);
                    address = next.ok_or_else(|| asked.misdirected(&printable(&location), "it is no address"))?;
                }
                None => return Ok((response, own)),
            }
        }
        Err(asked.invalid(format!("it redirects more than {MAX_REDIRECTS} times")))
    }

    /// Whether an address may be asked, and how: the registry's own, or one that it sends us to.
    fn reach(&self, address: &Uri, origin: &Origin, asked: Asked<'_>) -> Result<(Reach, String), Error> {
        let refuse = |target: &str, why: &str| asked.misdirected(target, why);
        let target =
            Origin::of_address(address).ok_or_else(|| refuse(&printable(&address.to_string()), "it is no address"))?;
        let zone = self.zone(origin);
        let name = target.authority();
        if target == *origin {
            return Ok((Reach::Own(zone), name));
        }
        if origin.secure && !target.secure {
            return Err(refuse(&name, "it leaves TLS"));
        }
        match Zone::of_literal(&target.host) {
            Some(other) if !zone.may_send_to(other) => Err(refuse(&name, "its address is not public")),
            _ => Ok((Reach::From(zone), name)),
        }
    }

    fn once(
        &self,
        ask: &Target<'_>,
        address: &Uri,
        reach: Reach,
        proof: Option<&Secret>,
        asked: Asked<'_>,
        target: &str,
    ) -> Result<Response<Body>, Error> {
        let mut builder = Request::builder().method(ask.method.clone()).uri(address.clone());
        for (name, value) in &ask.headers {
            builder = builder.header(name, value);
        }
        if let Some(proof) = proof {
            builder = builder.header(AUTHORIZATION, sensitive(proof, asked)?);
        }
        let malformed = |error: ureq::http::Error| asked.invalid(error.to_string());
        let failed = |error| asked.failed(target, error);
        match &ask.payload {
            Payload::None => {
                let request = builder.body(SendBody::none()).map_err(malformed)?;
                self.transport.send(reach, request).map_err(failed)
            }
            Payload::Bytes(bytes) => {
                let mut reader = *bytes;
                let request = builder.header(CONTENT_LENGTH, bytes.len()).body(SendBody::from_reader(&mut reader));
                self.transport.send(reach, request.map_err(malformed)?).map_err(failed)
            }
            Payload::Stream(opener, length) => {
                let mut source = opener.open()?;
                builder = match length {
                    Some(length) => builder.header(CONTENT_LENGTH, *length),
                    None => builder.header(TRANSFER_ENCODING, "chunked"),
                };
                let request = builder.body(SendBody::from_reader(&mut source)).map_err(malformed)?;
                let sent = self.transport.send_patiently(reach, request);
                sent.map_err(|error| source.failure().unwrap_or_else(|| failed(error)))
            }
        }
    }

    /// Gets a token. The address comes from the registry, so it is judged like a redirect; it is
    /// not redirected further, for it carries the password.
    fn token(&self, request: &TokenRequest, origin: &Origin) -> Result<Vec<u8>, Error> {
        let host = origin.authority();
        let asked = Asked { host: &host, request: "the request for a token" };
        let (reach, target) = self.reach(&request.address, origin, asked)?;
        let there = Asked { host: &target, request: asked.request };
        let mut builder = Request::builder().uri(request.address.clone());
        if let Some(proof) = &request.authorization {
            builder = builder.header(AUTHORIZATION, sensitive(proof, there)?);
        }
        let body = match &request.form {
            Some(form) => {
                let form = form.expose().to_owned().into_bytes();
                let kind = "application/x-www-form-urlencoded";
                builder = builder.method(Method::POST).header(CONTENT_TYPE, kind).header(CONTENT_LENGTH, form.len());
                SendBody::from_owned_reader(std::io::Cursor::new(form))
            }
            None => SendBody::none(),
        };
        let whole = builder.body(body).map_err(|error| asked.invalid(error.to_string()))?;
        let response = self.transport.send(reach, whole).map_err(|error| there.failed(&target, error))?;
        let response = there.classify(response)?;
        read_answer(response.into_body().into_reader()).map_err(|error| there.io_failed_or_invalid(&error))
    }
}

impl Asked<'_> {
    fn io_failed_or_invalid(&self, error: &std::io::Error) -> Error {
        if error.kind() == std::io::ErrorKind::Other && error.get_ref().is_some_and(|inner| !inner.is::<ureq::Error>())
        {
            return self.invalid(error.to_string());
        }
        self.io_failed(error)
    }
}

/// A header's value that no log shows.
fn sensitive(proof: &Secret, asked: Asked<'_>) -> Result<HeaderValue, Error> {
    let said = "our credentials have characters that cannot be sent".to_owned();
    let denied = |_| Error::Denied { host: asked.host.to_owned(), request: asked.request.to_owned(), said };
    let mut value = HeaderValue::from_str(proof.expose()).map_err(denied)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Where an answer redirects to, if its request may be repeated there.
fn redirection(ask: &Target<'_>, response: &Response<Body>) -> Option<String> {
    let reading = matches!(ask.method, Method::GET | Method::HEAD);
    let follows = match response.status().as_u16() {
        301..=303 => reading,
        307 | 308 => true,
        _ => false,
    };
    let location = response.headers().get(LOCATION).filter(|_| follows)?;
    location.to_str().ok().map(str::to_owned)
}
