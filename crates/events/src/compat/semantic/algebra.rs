//! The `jsonschema` crate's experimental algebra of schemas, behind one question. Asked only where our own procedure
//! came to no end, and only its proofs count.

use jsonschema::canonical::{CanonicalSchema, Containment, options};

use crate::schema::Bundle;

/// Whether it proves that `reader` accepts all that `writer` accepts.
pub(super) fn covers(writer: &Bundle, reader: &Bundle) -> bool {
    if writer.dialect != reader.dialect {
        return false;
    }
    let (Some(one), Some(other)) = (canonical(writer), canonical(reader)) else { return false };
    matches!(other.covers(&one), Ok(Containment::Yes))
}

fn canonical(bundle: &Bundle) -> Option<CanonicalSchema> {
    let options =
        options().offline().with_draft(bundle.dialect.into()).with_base_uri("https://linkspan.invalid/schema");
    options.canonicalize(&bundle.value).ok()
}
