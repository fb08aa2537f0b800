//! Reads tar archives, plain or compressed, that others wrote: layers of base images, and archives for `ADD`.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::sync::Arc;

use tar::EntryType;

use super::decompress;
use super::node::{Content, Data, Entries, Identity, Kind, Node, Spool};
use super::path::ImagePath;

/// Why an archive is not used.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It cannot be read, or is malformed.
    #[error("malformed archive: {}", tidy(.0))]
    Malformed(io::Error),
    /// It unpacks to more than is allowed.
    #[error("the archive unpacks to more than {limit} bytes, from {packed} bytes: it looks like a decompression bomb")]
    Bomb {
        /// Size of the archive.
        packed: u64,
        /// The limit for an archive of this size.
        limit: u64,
    },
    /// It has too many entries.
    #[error("the archive has more than {0} entries")]
    Entries(usize),
    /// An entry is of a kind that no file system object matches.
    #[error("entry `{path}` has type `{kind}`, which cannot be unpacked")]
    Type {
        /// The entry's name.
        path: String,
        /// The type's character.
        kind: char,
    },
    /// A name is not UTF-8.
    #[error("entry `{0}` has a name that is not UTF-8")]
    Name(String),
    /// A hard link's target is not in the archive.
    #[error("`{path}` is a hard link to `{target}`, which does not exist")]
    Link {
        /// The link.
        path: String,
        /// Its target.
        target: String,
    },
    /// Unpacked bytes could not be kept.
    #[error("cannot write a temporary file: {0}")]
    Spool(io::Error),
}

/// What a reader says may quote the archive: at most 100 characters, none of them a control character.
fn tidy(error: &io::Error) -> String {
    error.to_string().chars().take(100).map(|c| if c.is_control() { '?' } else { c }).collect()
}

const MAX_ENTRIES: usize = 2_000_000;
/// What always may be unpacked, and how much more per packed byte.
const FREE: u64 = 1 << 30;
const RATIO: u64 = 200;
/// Headers of one entry with their extensions: names and attributes are at most some 100 KiB.
const MAX_HEADERS: u64 = 4 << 20;

/// One entry in the order of the archive.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The name as it stands in the archive.
    pub name: String,
    /// What it is.
    pub item: Item,
}

/// What an [`Entry`] is.
#[derive(Clone, Debug)]
pub enum Item {
    /// A file system object.
    Node(Node),
    /// Another name of what is at this path of the archive.
    HardLink(String),
}

/// The layer of an image: what it adds and what it hides.
#[derive(Clone, Debug, Default)]
pub struct LayerTree {
    /// What it adds.
    pub entries: Entries,
    /// What it removes from the layers below (`.wh.name`).
    pub whiteouts: BTreeSet<ImagePath>,
    /// Folders whose content in the layers below is hidden (`.wh..wh..opq`).
    pub opaque: BTreeSet<ImagePath>,
}

/// Reads a whole archive of `packed` bytes. Contents of files go to a temporary file.
///
/// # Errors
/// [`ArchiveError`]; nothing of a malformed archive is returned.
pub fn read(archive: impl Read + Send, packed: u64) -> Result<Vec<Entry>, ArchiveError> {
    let limit = FREE.saturating_add(packed.saturating_mul(RATIO));
    let budget = Rc::new(Cell::new(MAX_HEADERS));
    let plain = decompress::reader(archive).map_err(ArchiveError::Malformed)?;
    let mut archive = tar::Archive::new(Budgeted { inner: plain, budget: Rc::clone(&budget) });
    let mut spool = SpoolWriter::new(limit, packed)?;
    let mut found = Vec::new();
    for entry in archive.entries().map_err(ArchiveError::Malformed)? {
        let mut entry = entry.map_err(ArchiveError::Malformed)?;
        if found.len() == MAX_ENTRIES {
            return Err(ArchiveError::Entries(MAX_ENTRIES));
        }
        budget.set(u64::MAX);
        if entry.header().entry_type() != EntryType::XGlobalHeader {
            found.push(convert(&mut entry, &mut spool)?);
        }
        // What the reader passes over on its way to the next header counts as well.
        budget.set(entry.size().saturating_add(MAX_HEADERS));
    }
    spool.finish(found)
}

/// Whether a file is an archive that `ADD` unpacks: its first entry can be read (BuildKit's `isArchivePath`).
#[must_use]
pub fn is_archive(file: impl Read + Send) -> bool {
    let Ok(plain) = decompress::reader(file) else { return false };
    let budget = Rc::new(Cell::new(MAX_HEADERS));
    let mut archive = tar::Archive::new(Budgeted { inner: plain, budget });
    archive.entries().is_ok_and(|mut entries| matches!(entries.next(), Some(Ok(_))))
}

/// Reads a layer of an image (image-spec, layer.md): whiteouts are told apart, hard links resolved.
///
/// # Errors
/// As [`read`].
pub fn read_layer(archive: impl Read + Send, packed: u64) -> Result<LayerTree, ArchiveError> {
    let mut tree = LayerTree::default();
    for entry in read(archive, packed)? {
        let path = ImagePath::clean(&entry.name);
        let parent = path.parent().unwrap_or_default();
        match (path.name().strip_prefix(".wh."), entry.item) {
            (Some(".wh..opq"), _) => drop(tree.opaque.insert(parent)),
            (Some(hidden), _) if hidden.starts_with(".wh.") => {}
            (Some(hidden), _) => drop(tree.whiteouts.insert(parent.child(hidden))),
            (None, Item::Node(node)) => drop(tree.entries.insert(path, node)),
            (None, Item::HardLink(target)) => {
                let missing = || ArchiveError::Link { path: entry.name.clone(), target: target.clone() };
                let node = tree.entries.get(&ImagePath::clean(&target)).cloned().ok_or_else(missing)?;
                tree.entries.insert(path, node);
            }
        }
    }
    share_identities(&mut tree.entries);
    Ok(tree)
}

/// Only files with several names keep an identity.
fn share_identities(entries: &mut Entries) {
    let mut names: HashMap<Identity, usize> = HashMap::new();
    for identity in entries.values().filter_map(|node| node.content()?.identity) {
        *names.entry(identity).or_default() += 1;
    }
    for node in entries.values_mut() {
        if let Kind::File(content) = &mut node.kind {
            content.identity = content.identity.filter(|identity| names.get(identity).is_some_and(|count| *count > 1));
        }
    }
}

fn convert(entry: &mut tar::Entry<'_, impl Read>, spool: &mut SpoolWriter) -> Result<Entry, ArchiveError> {
    let name = utf8(&entry.path_bytes())?;
    let capability = capability(entry)?;
    let target = entry.link_name_bytes().map(|target| utf8(&target)).transpose()?.unwrap_or_default();
    let header = entry.header();
    let old = header.as_old();
    let mode = number(header.mode().map(u64::from), &old.mode)? & 0o7777;
    let (uid, gid) = (number(header.uid(), &old.uid)?, number(header.gid(), &old.gid)?);
    let mode = u32::try_from(mode).unwrap_or_default();
    let device = || {
        let number = |part: io::Result<Option<u32>>| part.ok().flatten().unwrap_or_default();
        (number(header.device_major()), number(header.device_minor()))
    };
    let kind = match header.entry_type() {
        EntryType::Directory => Kind::Folder,
        EntryType::Symlink => Kind::Symlink(target),
        EntryType::Fifo => Kind::Fifo,
        EntryType::Char => Kind::CharDevice(device().0, device().1),
        EntryType::Block => Kind::BlockDevice(device().0, device().1),
        EntryType::Link => return Ok(Entry { name, item: Item::HardLink(target) }),
        // Old archives mark folders by a slash.
        EntryType::Regular if name.ends_with('/') => Kind::Folder,
        EntryType::Regular | EntryType::GNUSparse => Kind::File(spool.take(entry)?),
        other => return Err(ArchiveError::Type { path: name, kind: char::from(other.as_byte()) }),
    };
    // The mode of a link means nothing, and no file system keeps it.
    let mode = if matches!(kind, Kind::Symlink(_)) { 0o777 } else { mode };
    Ok(Entry { name, item: Item::Node(Node { kind, mode, uid, gid, capability }) })
}

/// A numeric field; an empty one is zero.
fn number(value: io::Result<u64>, field: &[u8]) -> Result<u64, ArchiveError> {
    let empty = field.iter().all(|byte| matches!(byte, 0 | b' '));
    value.or_else(|error| if empty { Ok(0) } else { Err(ArchiveError::Malformed(error)) })
}

fn utf8(bytes: &[u8]) -> Result<String, ArchiveError> {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text.to_owned()),
        _ => Err(ArchiveError::Name(String::from_utf8_lossy(bytes).into_owned())),
    }
}

fn capability(entry: &mut tar::Entry<'_, impl Read>) -> Result<Option<Vec<u8>>, ArchiveError> {
    let Some(extensions) = entry.pax_extensions().map_err(ArchiveError::Malformed)? else { return Ok(None) };
    for extension in extensions {
        let extension = extension.map_err(ArchiveError::Malformed)?;
        if extension.key_bytes() == b"SCHILY.xattr.security.capability" {
            return Ok(Some(extension.value_bytes().to_vec()));
        }
    }
    Ok(None)
}

/// Keeps the contents of an archive's files, one after another.
struct SpoolWriter {
    file: std::fs::File,
    written: u64,
    limit: u64,
    packed: u64,
    count: u64,
    pending: Vec<(u64, u64)>,
}

impl SpoolWriter {
    fn new(limit: u64, packed: u64) -> Result<Self, ArchiveError> {
        let file = tempfile::tempfile().map_err(ArchiveError::Spool)?;
        Ok(Self { file, written: 0, limit, packed, count: 0, pending: Vec::new() })
    }

    /// Copies one file's content; the place of the bytes is filled in by [`SpoolWriter::finish`].
    fn take(&mut self, entry: &mut tar::Entry<'_, impl Read>) -> Result<Content, ArchiveError> {
        let offset = self.written;
        let mut buffer = [0; 64 * 1024];
        loop {
            let count = match entry.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(ArchiveError::Malformed(error)),
            };
            self.written += count as u64;
            if self.written > self.limit {
                return Err(ArchiveError::Bomb { packed: self.packed, limit: self.limit });
            }
            self.file.write_all(&buffer[..count]).map_err(ArchiveError::Spool)?;
        }
        let size = self.written - offset;
        if size != entry.size() {
            return Err(ArchiveError::Malformed(io::ErrorKind::UnexpectedEof.into()));
        }
        self.count += 1;
        self.pending.push((offset, size));
        let identity = Some(Identity(u64::MAX, self.count));
        Ok(Content { size, identity, data: Data::Bytes(Arc::from([])) })
    }

    fn finish(self, mut entries: Vec<Entry>) -> Result<Vec<Entry>, ArchiveError> {
        let spool = Arc::new(Spool::new(self.file));
        let mut places = self.pending.into_iter();
        for entry in &mut entries {
            if let Item::Node(Node { kind: Kind::File(content), .. }) = &mut entry.item
                && let Some((offset, _)) = places.next()
            {
                content.data = Data::Archive(Arc::clone(&spool), offset);
            }
        }
        Ok(entries)
    }
}

/// Fails where more is read than the budget allows: headers are read into memory as a whole.
struct Budgeted<R> {
    inner: R,
    budget: Rc<Cell<u64>>,
}

impl<R: Read> Read for Budgeted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let Some(left) = self.budget.get().checked_sub(count as u64) else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a header is larger than 4 MiB"));
        };
        self.budget.set(left);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(build: impl FnOnce(&mut tar::Builder<Vec<u8>>)) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        build(&mut builder);
        builder.into_inner().unwrap()
    }

    fn file(builder: &mut tar::Builder<Vec<u8>>, name: &str, bytes: &[u8]) {
        let mut header = tar::Header::new_ustar();
        header.as_ustar_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append(&header, bytes).unwrap();
    }

    fn text(node: &Node) -> String {
        String::from_utf8(node.content().unwrap().read(100).unwrap()).unwrap()
    }

    #[test]
    fn a_layer_with_whiteouts() {
        let bytes = archive(|builder| {
            file(builder, "etc/passwd", b"root");
            file(builder, "etc/.wh.shadow", b"");
            file(builder, "var/.wh..wh..opq", b"");
            file(builder, "../../x", b"up");
        });
        let tree = read_layer(&bytes[..], bytes.len() as u64).unwrap();
        assert_eq!(tree.entries.keys().map(ToString::to_string).collect::<Vec<_>>(), ["/etc/passwd", "/x"]);
        assert_eq!(tree.whiteouts, BTreeSet::from([ImagePath::clean("etc/shadow")]));
        assert_eq!(tree.opaque, BTreeSet::from([ImagePath::clean("var")]));
        assert_eq!(text(&tree.entries[&ImagePath::clean("x")]), "up");
    }

    #[test]
    fn hostile_archives_are_errors() {
        let error = |bytes: &[u8]| read(bytes, 10).unwrap_err().to_string();
        let whole = archive(|builder| file(builder, "a", &[1; 2000]));
        insta::assert_snapshot!(error(&whole[..1000]), @"malformed archive: unexpected end of file");
        insta::assert_snapshot!(error(&[7; 512]), @"malformed archive: numeric field was not a number: ???????? when getting cksum for ????????????????????????????????????");
        let long = archive(|builder| {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(EntryType::GNULongName);
            header.set_size(8 << 20);
            header.set_cksum();
            builder.append(&header, io::repeat(b'n').take(8 << 20)).unwrap();
            file(builder, "a", b"");
        });
        insta::assert_snapshot!(error(&long), @"malformed archive: a header is larger than 4 MiB");
        let odd = archive(|builder| {
            let mut header = tar::Header::new_ustar();
            header.set_entry_type(EntryType::new(b'V'));
            header.set_size(0);
            header.set_mode(0);
            header.set_path("label").unwrap();
            header.set_cksum();
            builder.append(&header, io::empty()).unwrap();
        });
        insta::assert_snapshot!(error(&odd), @"entry `label` has type `V`, which cannot be unpacked");
    }

    #[test]
    fn what_is_no_archive() {
        for bytes in [&b""[..], b"hello", &[0; 1024], b"\x1f\x8b\x08broken"] {
            assert!(!is_archive(bytes), "{bytes:?}");
        }
        assert!(is_archive(&archive(|builder| file(builder, "a", b"x"))[..]));
    }
}
