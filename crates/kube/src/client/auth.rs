//! The headers that say who asks.

use base64::Engine;
use hyper::header::{AUTHORIZATION, HeaderName, HeaderValue};

use super::ClientError;
use super::exec::Credentials;
use super::request::escape;
use crate::kubeconfig::{Impersonation, User};

/// The headers for a user, with what a credential program gave.
pub(super) fn headers(user: &User, given: Option<&Credentials>) -> Result<Vec<(HeaderName, HeaderValue)>, ClientError> {
    let mut headers = Vec::new();
    if let Some(authorization) = authorization(user, given)? {
        headers.push((AUTHORIZATION, value(&authorization, true)?));
    }
    impersonation(&user.impersonate, &mut headers)?;
    Ok(headers)
}

/// A token from a program, a file or the kubeconfig, in this order; else a password.
fn authorization(user: &User, given: Option<&Credentials>) -> Result<Option<String>, ClientError> {
    if let Some(token) = given.and_then(|given| given.token.as_ref()) {
        return Ok(Some(format!("Bearer {}", token.reveal())));
    }
    if let Some(file) = &user.token_file {
        match (std::fs::read_to_string(file), &user.token) {
            (Ok(token), _) => return Ok(Some(format!("Bearer {}", token.trim()))),
            (Err(_), Some(_)) => {}
            (Err(error), None) => {
                let why = format!("`tokenFile` cannot be read from `{}`: {error}", file.display());
                return Err(ClientError::Credentials { why });
            }
        }
    }
    if let Some(token) = &user.token {
        return Ok(Some(format!("Bearer {}", token.reveal())));
    }
    Ok(user.username.as_ref().map(|name| {
        let password = user.password.as_ref().map(crate::Secret::reveal).unwrap_or_default();
        let packed = base64::engine::general_purpose::STANDARD.encode(format!("{name}:{password}"));
        format!("Basic {packed}")
    }))
}

fn impersonation(to: &Impersonation, headers: &mut Vec<(HeaderName, HeaderValue)>) -> Result<(), ClientError> {
    let mut add = |name: String, text: &str| {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| malformed())?;
        headers.push((name, value(text, false)?));
        Ok::<_, ClientError>(())
    };
    if let Some(user) = &to.user {
        add("impersonate-user".to_owned(), user)?;
    }
    if let Some(uid) = &to.uid {
        add("impersonate-uid".to_owned(), uid)?;
    }
    for group in &to.groups {
        add("impersonate-group".to_owned(), group)?;
    }
    for (name, values) in &to.extra {
        for text in values {
            add(format!("impersonate-extra-{}", escape(&name.to_ascii_lowercase())), text)?;
        }
    }
    Ok(())
}

fn value(text: &str, secret: bool) -> Result<HeaderValue, ClientError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| malformed())?;
    value.set_sensitive(secret);
    Ok(value)
}

fn malformed() -> ClientError {
    ClientError::Credentials { why: "the user's credentials have characters that no HTTP header may have".to_owned() }
}
