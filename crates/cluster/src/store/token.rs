use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{Prefix, Revision, StoreError};

const VERSION: &str = "meta.k8s.io/v1";

#[derive(Serialize, Deserialize)]
struct Encoded {
    #[serde(default)]
    v: String,
    #[serde(default)]
    rv: i64,
    #[serde(default)]
    start: String,
}

/// Where a list goes on: the `continue` of kube-apiserver, form and refusals alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// The revision of the whole list; none to go on with the present state.
    pub(super) revision: Option<Revision>,
    /// The first key, whole.
    pub(super) from: String,
}

impl Token {
    pub(super) fn encode(&self, prefix: &Prefix) -> String {
        let start = self.from.strip_prefix(prefix.as_str()).unwrap_or_default().to_owned();
        let rv = self.revision.map_or(-1, |revision| i64::try_from(revision).unwrap_or(i64::MAX));
        // Texts and numbers cannot fail to be encoded.
        let json = serde_json::to_vec(&Encoded { v: VERSION.to_owned(), rv, start }).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(json)
    }

    pub(super) fn decode(text: &str, prefix: &Prefix) -> Result<Self, StoreError> {
        let refused = |why: String| StoreError::Token(format!("continue key is not valid{why}"));
        let json =
            URL_SAFE_NO_PAD.decode(text).map_err(|error| refused(format!(": {}", base64_fault(&error, text))))?;
        let Encoded { v, rv, start } =
            serde_json::from_slice(&json).map_err(|error| refused(format!(": {}", json_fault(&error, &json))))?;
        if v != VERSION {
            return Err(refused(format!(": server does not recognize this encoded version {v}")));
        }
        if rv == 0 {
            return Err(refused(format!(": incorrect encoded start resourceVersion (version {VERSION})")));
        }
        if start.is_empty() {
            return Err(refused(format!(": encoded start key empty (version {VERSION})")));
        }
        let key = start.strip_prefix('/').unwrap_or(&start);
        if !key.split('/').all(|part| !matches!(part, "" | "." | "..")) {
            return Err(refused(format!(": {start}")));
        }
        let revision = Revision::try_from(rv).ok();
        Ok(Self { revision, from: format!("{}{key}", prefix.as_str()) })
    }
}

/// As Go says where text is not base64.
fn base64_fault(error: &base64::DecodeError, text: &str) -> String {
    let place = match error {
        base64::DecodeError::InvalidByte(place, _) => *place,
        base64::DecodeError::InvalidLastSymbol { offset, .. } => *offset,
        _ => text.len(),
    };
    format!("illegal base64 data at input byte {place}")
}

/// As Go says what is not JSON, for the first byte; what is further in is said in other words.
fn json_fault(error: &serde_json::Error, json: &[u8]) -> String {
    match json.first() {
        _ if json.is_empty() || error.is_eof() => "unexpected end of JSON input".to_owned(),
        Some(&byte) if error.is_syntax() && error.column() <= 1 => {
            format!("invalid character '{}' looking for beginning of value", char::from(byte))
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pods() -> Prefix {
        Prefix::new("", "pods", None)
    }

    fn refusal(json: &str) -> String {
        Token::decode(&URL_SAFE_NO_PAD.encode(json), &pods()).expect_err(json).to_string()
    }

    /// The text was read from a kube-apiserver 1.36.
    #[test]
    fn a_token_is_that_of_the_api_server() {
        let token = Token { revision: Some(1127), from: "namespaces/default\0".to_owned() };
        let namespaces = Prefix::new("", "namespaces", None);
        let text = "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MTEyNywic3RhcnQiOiJkZWZhdWx0XHUwMDAwIn0";
        assert_eq!(token.encode(&namespaces), text);
        assert_eq!(Token::decode(text, &namespaces).unwrap(), token);
        let any = Token { revision: None, ..token };
        assert_eq!(any.encode(&namespaces), "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoiZGVmYXVsdFx1MDAwMCJ9");
        assert_eq!(Token::decode(&any.encode(&namespaces), &namespaces).unwrap(), any);
    }

    /// Each was read from a kube-apiserver 1.36.
    #[test]
    fn refusals_are_worded_as_the_api_server_does() {
        let start = "invalid continue token: continue key is not valid";
        for (json, message) in [
            (
                r#"{"v":"meta.k8s.io/v1","rv":0,"start":"a"}"#,
                "incorrect encoded start resourceVersion (version meta.k8s.io/v1)",
            ),
            (r#"{"v":"meta.k8s.io/v1","rv":5,"start":""}"#, "encoded start key empty (version meta.k8s.io/v1)"),
            (
                r#"{"v":"meta.k8s.io/v2","rv":5,"start":"a"}"#,
                "server does not recognize this encoded version meta.k8s.io/v2",
            ),
            (r#"{"v":"meta.k8s.io/v1","rv":5,"start":"../a"}"#, "../a"),
        ] {
            assert_eq!(refusal(json), format!("{start}: {message}"));
        }
        let decode = |text| Token::decode(text, &pods()).unwrap_err().to_string();
        assert_eq!(decode("abc"), format!("{start}: invalid character 'i' looking for beginning of value"));
        assert_eq!(decode("a b"), format!("{start}: illegal base64 data at input byte 1"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_never_leads_out_of_the_prefix(start in "[a./\u{0}]{0,8}", rv in proptest::num::i64::ANY) {
            let json = serde_json::json!({"v": VERSION, "rv": rv, "start": start}).to_string();
            if let Ok(token) = Token::decode(&URL_SAFE_NO_PAD.encode(json), &pods()) {
                proptest::prop_assert!(token.from.starts_with("pods/"));
            }
        }
    }
}
