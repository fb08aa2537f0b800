//! The HTTP client underneath: agents of `ureq` that resolve only to addresses in allowed zones.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rustls_native_certs::load_native_certs;
use ureq::config::AutoHeaderValue;
use ureq::http::{Request, Response, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body, RequestExt as _, SendBody};

use super::zone::Zone;

/// Header bytes of an answer that are read.
const MAX_HEADER: usize = 64 << 10;
const BUFFER: usize = 128 << 10;
const CONNECTIONS: usize = 16;

/// How long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Until a connection stands, TLS included.
    pub connect: Duration,
    /// Until the first byte of an answer after the request was sent. A registry takes its time to
    /// commit a large blob.
    pub answer: Duration,
    /// Without a single byte coming or going.
    pub idle: Duration,
}

impl Default for Timeouts {
    /// 15 s, 5 min, 60 s.
    fn default() -> Self {
        Self { connect: Duration::from_secs(15), answer: Duration::from_secs(300), idle: Duration::from_secs(60) }
    }
}

/// Which addresses a request may go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Reach {
    /// Everywhere: the registry itself, whose address we were given.
    Own(Zone),
    /// Where a registry in this zone may send us.
    From(Zone),
}

/// Makes agents when they are first needed: certificates are read only for TLS.
pub(super) struct Transport {
    user_agent: String,
    timeouts: Timeouts,
    agents: Mutex<HashMap<(Reach, bool), Agent>>,
    roots: OnceLock<RootCerts>,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("user_agent", &self.user_agent).finish_non_exhaustive()
    }
}

impl Transport {
    pub(super) fn new(user_agent: String, timeouts: Timeouts) -> Self {
        Self { user_agent, timeouts, agents: Mutex::default(), roots: OnceLock::new() }
    }

    /// Sends one request; no redirect is followed, and every status is an answer.
    pub(super) fn send(&self, reach: Reach, request: Request<SendBody<'_>>) -> Result<Response<Body>, ureq::Error> {
        let secure = request.uri().scheme_str() == Some("https");
        self.agent(reach, secure).run(request)
    }

    /// As [`Transport::send`], for a large body: the answer may take as long as an answer may.
    pub(super) fn send_patiently(
        &self,
        reach: Reach,
        request: Request<SendBody<'_>>,
    ) -> Result<Response<Body>, ureq::Error> {
        let secure = request.uri().scheme_str() == Some("https");
        let agent = self.agent(reach, secure);
        request.with_agent(&agent).configure().timeout_per_read(Some(self.timeouts.answer)).run()
    }

    fn agent(&self, reach: Reach, secure: bool) -> Agent {
        let mut agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        agents.entry((reach, secure)).or_insert_with(|| self.make(reach, secure)).clone()
    }

    fn make(&self, reach: Reach, secure: bool) -> Agent {
        let roots = if secure { self.roots.get_or_init(roots).clone() } else { RootCerts::WebPki };
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(AutoHeaderValue::from(self.user_agent.as_str()))
            .accept_encoding(AutoHeaderValue::from("identity"))
            .max_response_header_size(MAX_HEADER)
            .input_buffer_size(BUFFER)
            .output_buffer_size(BUFFER)
            .max_idle_connections(CONNECTIONS)
            .max_idle_connections_per_host(CONNECTIONS)
            .timeout_connect(Some(self.timeouts.connect))
            .timeout_recv_response(Some(self.timeouts.answer))
            .timeout_per_read(Some(self.timeouts.idle))
            .timeout_per_write(Some(self.timeouts.idle))
            .tls_config(TlsConfig::builder().root_certs(roots).build());
        // No proxy can reach this machine's own loopback for us (as Go's `http.ProxyFromEnvironment`).
        if matches!(reach, Reach::Own(Zone::Loopback) | Reach::From(Zone::Loopback)) {
            config = config.proxy(None);
        }
        Agent::with_parts(
            config.build(),
            DefaultConnector::default(),
            Guard { reach, inner: DefaultResolver::default() },
        )
    }
}

/// The system's certificates, so that a company's own authority works; without any, Mozilla's.
fn roots() -> RootCerts {
    let found = load_native_certs().certs;
    if found.is_empty() {
        return RootCerts::WebPki;
    }
    RootCerts::from(found.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect::<Vec<_>>())
}

/// An address that is not allowed; it travels inside the resolver's error.
#[derive(Debug, thiserror::Error)]
#[error("its address is not public")]
pub(super) struct NotAllowed;

#[derive(Debug)]
struct Guard {
    reach: Reach,
    inner: DefaultResolver,
}

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let allowed = |zone: Zone| match self.reach {
            Reach::Own(_) => true,
            Reach::From(from) => from.may_send_to(zone),
        };
        if found.iter().all(|address| allowed(Zone::of(address.ip()))) {
            Ok(found)
        } else {
            Err(ureq::Error::Other(Box::new(NotAllowed)))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn ask(reach: Reach, address: &str) -> Result<u16, ureq::Error> {
        let request = Request::builder().uri(address).body(SendBody::none()).unwrap();
        let transport = Transport::new("test".to_owned(), Timeouts::default());
        transport.send(reach, request).map(|response| response.status().as_u16())
    }

    /// A name can lead inwards even if it does not look so.
    #[test]
    fn a_public_registry_never_leads_to_this_machine() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        for host in ["localhost", "127.0.0.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]"] {
            let error = ask(Reach::From(Zone::Public), &format!("http://{host}:{port}/")).unwrap_err();
            let refused = matches!(&error, ureq::Error::Other(inner) if inner.is::<NotAllowed>());
            // Some systems do not resolve the odd spellings at all.
            assert!(refused || matches!(error, ureq::Error::Io(_)), "{host}: {error}");
        }
        listener.set_nonblocking(true).unwrap();
        assert!(listener.accept().is_err(), "nobody connected");
    }

    #[test]
    fn the_registry_itself_may_be_anywhere() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            use std::io::{Read as _, Write as _};
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]);
            stream.write_all(b"HTTP/1.1 204 X\r\n\r\n").unwrap();
        });
        assert_eq!(ask(Reach::Own(Zone::Loopback), &format!("http://127.0.0.1:{port}/")).unwrap(), 204);
    }
}
