use super::fault::Fault;
use super::wire::{BYTES, Wire};

/// What a body begins with.
const PREFIX: &[u8] = b"k8s\0";

/// An object that is not read yet (`runtime.Unknown`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unknown<'a> {
    /// What it says that it is, `apps/v1`; may be empty.
    pub(crate) api_version: String,
    /// What it says that it is; may be empty.
    pub(crate) kind: String,
    /// The bytes of its message.
    pub(crate) raw: &'a [u8],
}

impl<'a> Unknown<'a> {
    /// Reads what is around the object in a body.
    ///
    /// # Errors
    /// It is no Protobuf of Kubernetes.
    pub(crate) fn read(body: &'a [u8]) -> Result<Self, Fault> {
        if body.is_empty() {
            return Err(Fault::Form("empty data"));
        }
        let none = "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]";
        let bytes = body.strip_prefix(PREFIX).ok_or(Fault::Form(none))?;
        if bytes.is_empty() {
            return Err(Fault::Form("empty body"));
        }
        let mut unknown = Self::default();
        each(bytes, "Unknown", &["TypeMeta", "Raw", "ContentEncoding", "ContentType"], |number, bytes| match number {
            1 => unknown.said(bytes),
            2 => {
                unknown.raw = bytes;
                Ok(())
            }
            _ => Ok(()),
        })?;
        if unknown.api_version.matches('/').count() > 1 {
            unknown.api_version.clear();
        }
        Ok(unknown)
    }

    fn said(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        each(bytes, "TypeMeta", &["APIVersion", "Kind"], |number, bytes| {
            let text = String::from_utf8_lossy(bytes).into_owned();
            match number {
                1 => self.api_version = text,
                _ => self.kind = text,
            }
            Ok(())
        })
    }
}

/// Goes through the fields of a message, which are all strings, bytes or messages: those of the names, from 1.
fn each<'a>(
    bytes: &'a [u8],
    message: &str,
    names: &[&str],
    mut take: impl FnMut(usize, &'a [u8]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut wire = Wire::new(bytes);
    while let Some(key) = wire.key(message)? {
        let number = key.number as usize;
        match names.get(number - 1) {
            Some(_) if key.wire == BYTES => take(number, wire.bytes()?)?,
            Some(name) => return Err(Fault::WrongWireType { wire: key.wire, field: (*name).to_owned() }),
            None => wire.skip(key.wire)?,
        }
    }
    Ok(())
}
