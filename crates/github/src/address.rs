use std::net::IpAddr;

use crate::GitHubError;

/// Refuses addresses that cannot be GitHub's, and those that would show the token on the way.
pub(crate) fn check(url: &str) -> Result<(), GitHubError> {
    let error = |why: &str| {
        let (url, why) = (url.to_owned(), why.to_owned());
        Err(GitHubError::Address { url, why })
    };
    match url.split_once("://") {
        Some(("https", host)) if !host.is_empty() => Ok(()),
        Some(("http", rest)) if is_loopback(rest) => Ok(()),
        Some(("http", _)) => error("plain HTTP would show the token; only this machine may be asked so"),
        _ => error("it has to begin with `https://`"),
    }
}

/// Whether the rest of a URL names this machine.
fn is_loopback(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn the_token_is_sent_in_the_clear_to_this_machine_only() {
        let fine = [
            "https://api.github.com",
            "https://ghe.acme.eu/api/v3",
            "http://127.0.0.1:80/x",
            "http://[::1]:1",
            "http://localhost",
        ];
        for url in fine {
            assert_eq!(check(url), Ok(()), "{url}");
        }
        let refused = [
            "http://api.github.com",
            "http://127.0.0.1.evil.com",
            "http://localhost@evil.com",
            "ftp://x",
            "",
            "https://",
        ];
        for url in refused {
            assert!(check(url).is_err(), "{url}");
        }
        assert_eq!(
            check("http://x").unwrap_err().to_string(),
            "`http://x` cannot be the address of GitHub's API: plain HTTP would show the token; only this machine may be asked so"
        );
    }
}
