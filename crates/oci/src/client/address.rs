//! Addresses: where a registry answers, and where its `Location` headers lead.

use ureq::http::Uri;
use ureq::http::uri::{Authority, PathAndQuery, Scheme};

use super::zone::Zone;
use crate::reference::{DOCKER_HUB, Repository};

/// Docker Hub's registry answers under another name than the one in references.
const DOCKER_HUB_HOST: &str = "registry-1.docker.io";

/// Scheme, host and port of a registry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Origin {
    /// Whether TLS is spoken.
    pub(super) secure: bool,
    /// In lower case, an IPv6 address in brackets.
    pub(super) host: String,
    /// The port, the scheme's own if none was given.
    pub(super) port: u16,
}

impl Origin {
    /// Of a registry as it stands in a reference: plain HTTP for loopback hosts and for those in
    /// `insecure`, else TLS. `None` if the port is no port.
    pub(super) fn of_registry(registry: &str, insecure: &[String]) -> Option<Self> {
        let name = if registry == DOCKER_HUB { DOCKER_HUB_HOST } else { registry };
        let authority: Authority = name.parse().ok()?;
        let secure =
            !insecure.iter().any(|one| one == registry) && Zone::of_literal(authority.host()) != Some(Zone::Loopback);
        Self::of(secure, &authority)
    }

    /// Of an absolute address.
    pub(super) fn of_address(address: &Uri) -> Option<Self> {
        let secure = match address.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        Self::of(secure, address.authority()?)
    }

    fn of(secure: bool, authority: &Authority) -> Option<Self> {
        let host = authority.host().to_ascii_lowercase();
        let text = authority.as_str();
        let rest = text.get(authority.host().len()..)?;
        let port = match rest.strip_prefix(':') {
            Some(port) => port.parse().ok()?,
            None if rest.is_empty() => {
                if secure {
                    443
                } else {
                    80
                }
            }
            None => return None,
        };
        Some(Self { secure, host, port })
    }

    /// `host` or `host:port` as it stands in an address.
    pub(super) fn authority(&self) -> String {
        let usual = if self.secure { 443 } else { 80 };
        if self.port == usual { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }

    fn scheme(&self) -> Scheme {
        if self.secure { Scheme::HTTPS } else { Scheme::HTTP }
    }

    /// An address at this origin. `None` if the path has characters that none may have.
    pub(super) fn address(&self, path_and_query: &str) -> Option<Uri> {
        Uri::builder()
            .scheme(self.scheme())
            .authority(self.authority())
            .path_and_query(PathAndQuery::try_from(path_and_query).ok()?)
            .build()
            .ok()
    }

    /// An address below a repository: `/v2/<path>/<rest>`.
    pub(super) fn below(&self, repository: &Repository, rest: &str) -> Option<Uri> {
        self.address(&format!("/v2/{}/{rest}", repository.path()))
    }
}

/// Where a `Location` leads from `base` (RFC 3986, section 5). `None` if it is no HTTP address or
/// has a user name in it. A registry behind a proxy that ends TLS often names itself with
/// `http:`; that is read as `https:`, for nothing may leave TLS.
pub(super) fn resolve(base: &Uri, location: &str) -> Option<Uri> {
    let origin = Origin::of_address(base)?;
    let absolute = if has_scheme(location) {
        location.to_owned()
    } else if let Some(rest) = location.strip_prefix("//") {
        format!("{}://{rest}", origin.scheme())
    } else {
        format!("{}://{}{}", origin.scheme(), origin.authority(), beside(base, location))
    };
    let found: Uri = absolute.parse().ok()?;
    let target = Origin::of_address(&found)?;
    if origin.secure && !target.secure && target.host == origin.host {
        let port = if target.port == 80 { 443 } else { target.port };
        let path = found.path_and_query().map_or("/", PathAndQuery::as_str);
        return Origin { secure: true, host: target.host, port }.address(path);
    }
    Some(found)
}

fn has_scheme(location: &str) -> bool {
    location.split_once(':').is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

fn beside(base: &Uri, location: &str) -> String {
    match location.chars().next() {
        None => base.path_and_query().map_or("/", PathAndQuery::as_str).to_owned(),
        Some('/') => location.to_owned(),
        Some('?') => format!("{}{location}", base.path()),
        Some(_) => {
            let folder = base.path().rsplit_once('/').map_or("", |(folder, _)| folder);
            format!("{folder}/{location}")
        }
    }
}

/// The address with one more query parameter; what stands there already is state of the upload
/// and stays as it is.
pub(super) fn with_parameter(address: &Uri, name: &str, value: &str) -> Option<Uri> {
    let old = address.path_and_query().map_or("/", PathAndQuery::as_str);
    let joint = if address.query().is_none() {
        "?"
    } else if old.ends_with(['?', '&']) {
        ""
    } else {
        "&"
    };
    let path = format!("{old}{joint}{name}={}", encode(value));
    let mut parts = address.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path).ok()?);
    Uri::from_parts(parts).ok()
}

/// Percent-encodes what may not stand in a query's value.
pub(super) fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' | b'/' | b',' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(base: &str, location: &str) -> String {
        resolve(&base.parse().unwrap(), location).map_or("refused".to_owned(), |uri| uri.to_string())
    }

    #[test]
    fn locations() {
        let base = "https://r.io/v2/a/blobs/uploads/?mount=x";
        for (location, expected) in [
            ("/v2/a/blobs/uploads/1?state=x%2F", "https://r.io/v2/a/blobs/uploads/1?state=x%2F"),
            ("https://cdn.io:8443/x?y=z", "https://cdn.io:8443/x?y=z"),
            ("//cdn.io/x", "https://cdn.io/x"),
            ("1?q", "https://r.io/v2/a/blobs/uploads/1?q"),
            ("?q=1", "https://r.io/v2/a/blobs/uploads/?q=1"),
            ("http://r.io/v2/x", "https://r.io/v2/x"),
            ("http://R.io:80/v2/x", "https://r.io/v2/x"),
            ("http://cdn.io/x", "http://cdn.io/x"),
            ("ftp://r.io/x", "refused"),
            ("file:///etc/passwd", "refused"),
            ("https://me@r.io/x", "refused"),
            ("https://r.io:x/", "refused"),
            ("https://r.io/a b", "refused"),
            ("javascript:alert(1)", "refused"),
            ("https://", "refused"),
        ] {
            assert_eq!(from(base, location), expected, "{location}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_location_stays_http_and_never_leaves_tls_on_its_host(location in ".{0,60}") {
            let base: Uri = "https://r.io/v2/a/blobs/uploads/".parse().unwrap();
            if let Some(found) = resolve(&base, &location) {
                let origin = Origin::of_address(&found).unwrap();
                proptest::prop_assert!(origin.secure || origin.host != "r.io");
                let _ = with_parameter(&found, "digest", "sha256:00");
            }
        }
    }

    #[test]
    fn digest_is_appended_and_the_state_kept() {
        let add = |text: &str| with_parameter(&text.parse().unwrap(), "digest", "sha256:00").unwrap().to_string();
        assert_eq!(add("https://r.io/u"), "https://r.io/u?digest=sha256:00");
        assert_eq!(add("https://r.io/u?_state=a%3D%3D&n=1"), "https://r.io/u?_state=a%3D%3D&n=1&digest=sha256:00");
        assert_eq!(add("https://r.io/u?"), "https://r.io/u?digest=sha256:00");
    }

    #[test]
    fn plain_http_only_for_loopback_or_when_asked() {
        let origin = |registry: &str| {
            Origin::of_registry(registry, &["r.io:5000".to_owned()]).map(|o| (o.secure, o.authority()))
        };
        assert_eq!(origin("localhost:5000"), Some((false, "localhost:5000".to_owned())));
        assert_eq!(origin("127.0.0.1:1"), Some((false, "127.0.0.1:1".to_owned())));
        assert_eq!(origin("[::1]:1"), Some((false, "[::1]:1".to_owned())));
        assert_eq!(origin("r.io:5000"), Some((false, "r.io:5000".to_owned())));
        assert_eq!(origin("r.io"), Some((true, "r.io".to_owned())));
        assert_eq!(origin("10.0.0.1:5000"), Some((true, "10.0.0.1:5000".to_owned())));
        assert_eq!(origin("docker.io"), Some((true, "registry-1.docker.io".to_owned())));
        assert_eq!(origin("r.io:99999"), None);
    }
}
