use super::super::reader::Reader;
use super::super::{Direction, Kind, Subject};
use super::Document;
use crate::compat::contract::model::{HttpOperation, Media};
use crate::schema::{Bundle, Omit, Place, bundle_in};

/// One schema of an operation.
struct Found<'o> {
    kind: Kind,
    /// What follows the operation in the subject's name, and in what it is recognised by.
    rest: String,
    identity: String,
    schema: &'o Place,
}

impl Document {
    /// The subjects of an operation.
    pub(super) fn subjects(&self, reader: &mut Reader<'_>, operation: &HttpOperation) -> Vec<Subject> {
        let mut found = Vec::new();
        for parameter in &operation.parameters {
            if let Some(schema) = &parameter.schema {
                let rest = format!("parameter {} {}", parameter.location, parameter.name);
                let identity = format!("parameter {} {}", parameter.location, parameter.identity);
                found.push(Found { kind: Kind::Parameter, rest, identity, schema });
            }
        }
        for (name, media) in operation.body.iter().flat_map(|body| &body.media) {
            found.extend(body(Kind::Request, format!("request {name}"), media));
        }
        for (status, response) in &operation.responses {
            for (name, media) in &response.media {
                found.extend(body(Kind::Response, format!("response {status} {name}"), media));
            }
            for (name, header) in &response.headers {
                if let Some(schema) = &header.schema {
                    let rest = format!("response {status} header {name}");
                    found.push(Found { kind: Kind::Header, identity: rest.clone(), rest, schema });
                }
            }
        }
        found.into_iter().filter_map(|found| self.subject(reader, operation, found)).collect()
    }

    fn subject(&self, reader: &mut Reader<'_>, operation: &HttpOperation, found: Found<'_>) -> Option<Subject> {
        let requested = matches!(found.kind, Kind::Request | Kind::Parameter);
        let direction = if requested { Direction::Receives } else { Direction::Sends };
        let direction = if operation.outgoing { direction.reversed() } else { direction };
        let mark = if requested { "readOnly" } else { "writeOnly" };
        let bundle = self.bundle(reader, found.schema, Omit { mark, written: false })?;
        let written = self.bundle(reader, found.schema, Omit { mark, written: true })?;
        Some(Subject {
            id: format!("openapi {} {} {}", self.service, operation.name, found.rest),
            alias: format!("openapi {} {} {}", self.service, operation.identity, found.identity),
            kind: found.kind,
            direction,
            place: bundle.origin("").unwrap_or_else(|| found.schema.clone()),
            written: (written.value != bundle.value).then_some(written),
            foreign: None,
            bundle,
            event_type: None,
            version: None,
            data_schema: None,
            address: Some(operation.path.trim().to_owned()),
            service: Some(self.service.clone()),
        })
    }

    fn bundle(&self, reader: &mut Reader<'_>, schema: &Place, omit: Omit) -> Option<Bundle> {
        match bundle_in(reader.files, schema, self.language, Some(omit)) {
            Ok(bundle) => Some(bundle),
            Err(error) => {
                reader.fault(schema, &error);
                None
            }
        }
    }
}

fn body(kind: Kind, rest: String, media: &Media) -> Option<Found<'_>> {
    Some(Found { kind, identity: rest.clone(), rest, schema: media.schema.as_ref()? })
}
