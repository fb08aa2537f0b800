//! How an object lies on the disk: a head of fixed length, then its JSON.

use std::time::Duration;

use bytes::{Buf, Bytes};

use super::Revision;

/// How long a head is, bytes.
pub(super) const HEAD: usize = 29;
const FORMAT: u8 = 1;

/// What is known of an object besides its JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) revision: Revision,
    pub(super) create_revision: Revision,
    pub(super) ttl: Option<Duration>,
    /// Where the digits of `metadata.resourceVersion` begin in the JSON.
    pub(super) version_at: usize,
}

/// A row; the JSON is given in parts.
pub(super) fn encode(head: &Head, json: &[&[u8]]) -> Bytes {
    let mut row = Vec::with_capacity(HEAD + json.iter().map(|part| part.len()).sum::<usize>());
    row.push(FORMAT);
    let ttl = head.ttl.map_or(0, |ttl| u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1));
    for number in [head.revision, head.create_revision, ttl] {
        row.extend(number.to_be_bytes());
    }
    row.extend(u32::try_from(head.version_at).unwrap_or(u32::MAX).to_be_bytes());
    json.iter().for_each(|part| row.extend(*part));
    row.into()
}

/// The head of a row; nothing if it is of another format.
pub(super) fn decode(mut row: &[u8]) -> Option<Head> {
    if row.len() < HEAD || row.get_u8() != FORMAT {
        return None;
    }
    let (revision, create_revision, ttl) = (row.get_u64(), row.get_u64(), row.get_u64());
    let version_at = usize::try_from(row.get_u32()).ok()?;
    let ttl = (ttl > 0).then(|| Duration::from_millis(ttl));
    Some(Head { revision, create_revision, ttl, version_at })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_as_it_was_written() {
        let head = Head { revision: 9, create_revision: 3, ttl: Some(Duration::from_secs(3600)), version_at: 17 };
        let row = encode(&head, &[b"{", b"}"]);
        assert_eq!((decode(&row), &row[HEAD..]), (Some(head), &b"{}"[..]));
        assert_eq!(decode(&row[..HEAD - 1]), None);
        assert_eq!(decode(&[&[2], &row[1..]].concat()), None);
        assert_eq!(decode(b""), None);
    }
}
