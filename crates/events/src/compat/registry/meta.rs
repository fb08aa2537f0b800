use referencing::SPECIFICATIONS;
use serde_json::Value;

/// A meta-schema by its well-known address. A registry has those of 2020-12 at hand and fetches the others; nothing is
/// fetched here.
pub(super) fn document(address: &str) -> Option<&'static Value> {
    let resolver = SPECIFICATIONS.resolver(referencing::uri::from_str(address).ok()?);
    Some(resolver.lookup(address).ok()?.contents())
}

#[cfg(test)]
mod tests {
    use super::document;

    #[test]
    fn the_meta_schemas_are_at_hand() {
        for address in [
            "http://json-schema.org/draft-04/schema",
            "http://json-schema.org/draft-06/schema",
            "http://json-schema.org/draft-07/schema",
            "https://json-schema.org/draft/2019-09/schema",
            "https://json-schema.org/draft/2020-12/schema",
            "https://json-schema.org/draft/2020-12/meta/core",
        ] {
            assert!(document(address).is_some_and(serde_json::Value::is_object), "{address}");
        }
        assert_eq!(document("https://example.com/schema"), None);
        assert_eq!(document("no address"), None);
    }
}
