//! Writes tar archives whose bytes follow from the entries alone: USTAR headers, and PAX extended headers
//! (POSIX.1-2017, pax, "pax Interchange Format") only where a value does not fit.

use std::collections::HashMap;
use std::io::{self, Read, Write};

use super::node::{Entries, Identity, Kind, Node};
use super::path::ImagePath;

const BLOCK: usize = 512;
const ZEROS: [u8; 2 * BLOCK] = [0; 2 * BLOCK];

/// Something that went wrong with one entry.
#[derive(Debug, thiserror::Error)]
pub enum TarError {
    /// A source file could not be read.
    #[error("cannot read `{path}`: {cause}")]
    Read {
        /// The file on disk, or the path in the image.
        path: String,
        /// What the system says.
        cause: io::Error,
    },
    /// The archive could not be written.
    #[error("cannot write the layer: {0}")]
    Write(io::Error),
}

/// Takes the bytes of an archive. Large contents are read straight into the sink's own buffer.
pub trait Sink {
    /// Takes bytes.
    ///
    /// # Errors
    /// If they cannot be taken.
    fn put(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Lets `fill` write into a free part of the buffer, at most `most` bytes; returns what `fill` returns,
    /// the number of bytes.
    ///
    /// # Errors
    /// What `fill` gives, or if the bytes cannot be taken.
    fn fill(&mut self, most: usize, fill: &mut dyn FnMut(&mut [u8]) -> io::Result<usize>) -> io::Result<usize>;
}

/// Any writer is a sink.
#[derive(Debug)]
pub struct WriteSink<W>(pub W);

impl<W: Write> Sink for WriteSink<W> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn fill(&mut self, most: usize, fill: &mut dyn FnMut(&mut [u8]) -> io::Result<usize>) -> io::Result<usize> {
        let mut buffer = vec![0; most.min(64 * 1024)];
        let count = fill(&mut buffer)?;
        self.0.write_all(&buffer[..count])?;
        Ok(count)
    }
}

/// Writes `entries` as a tar archive. Every entry gets the time `mtime` (seconds since 1970); names of one
/// file (equal identity) after the first become hard links. The root folder gets no entry.
///
/// # Errors
/// [`TarError`] with the file; a file that is shorter or longer than when it was found is an error too.
pub fn write(entries: &Entries, mtime: u64, sink: &mut dyn Sink) -> Result<(), TarError> {
    let mut links: HashMap<Identity, &ImagePath> = HashMap::new();
    for (path, node) in entries.iter().filter(|(path, _)| !path.is_root()) {
        let identity = node.content().and_then(|content| content.identity);
        match identity.and_then(|identity| links.get(&identity).copied()) {
            Some(first) => sink.put(&header(path, node, mtime, Some(first))).map_err(TarError::Write)?,
            None => {
                if let Some(identity) = identity {
                    links.insert(identity, path);
                }
                sink.put(&header(path, node, mtime, None)).map_err(TarError::Write)?;
                content(path, node, sink)?;
            }
        }
    }
    sink.put(&ZEROS).map_err(TarError::Write)
}

fn content(path: &ImagePath, node: &Node, sink: &mut dyn Sink) -> Result<(), TarError> {
    let Some(content) = node.content().filter(|content| content.size > 0) else { return Ok(()) };
    let name = || match &content.data {
        super::node::Data::Local(file) => file.path.display().to_string(),
        _ => path.to_string(),
    };
    let failed = |cause: io::Error| TarError::Read { path: name(), cause };
    let mut reader = content.open().map_err(failed)?;
    let mut left = content.size;
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(usize::MAX);
        let count = sink.fill(most, &mut |buffer| reader.read(buffer)).map_err(failed)?;
        if count == 0 {
            return Err(failed(io::Error::new(io::ErrorKind::UnexpectedEof, "it became shorter while it was read")));
        }
        left -= count as u64;
    }
    let padding = padding(content.size);
    sink.put(&ZEROS[..padding]).map_err(TarError::Write)
}

const fn padding(size: u64) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "less than 512")]
    {
        ((BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64) as usize
    }
}

/// The header blocks of one entry: an extended header first where it is needed.
fn header(path: &ImagePath, node: &Node, mtime: u64, link: Option<&ImagePath>) -> Vec<u8> {
    let fields = Fields::of(path, node, mtime, link);
    let records = fields.records(node);
    let mut blocks = Vec::with_capacity(BLOCK);
    if !records.is_empty() {
        let size = records.len() as u64;
        let name = format!("PaxHeaders.0/{}", path.name());
        let extended =
            Fields { name, link: String::new(), flag: b'x', mode: 0o644, uid: 0, gid: 0, size, mtime, device: None };
        blocks.extend_from_slice(&extended.block());
        blocks.extend_from_slice(&records);
        blocks.extend_from_slice(&ZEROS[..padding(size)]);
    }
    blocks.extend_from_slice(&fields.block());
    blocks
}

struct Fields {
    name: String,
    link: String,
    flag: u8,
    mode: u32,
    uid: u64,
    gid: u64,
    size: u64,
    mtime: u64,
    device: Option<(u32, u32)>,
}

impl Fields {
    fn of(path: &ImagePath, node: &Node, mtime: u64, hard_link: Option<&ImagePath>) -> Self {
        let (flag, link, size, device) = match (&node.kind, hard_link) {
            (_, Some(first)) => (b'1', first.as_str().to_owned(), 0, None),
            (Kind::Folder, _) => (b'5', String::new(), 0, None),
            (Kind::File(content), _) => (b'0', String::new(), content.size, None),
            (Kind::Symlink(target), _) => (b'2', target.clone(), 0, None),
            (Kind::Fifo, _) => (b'6', String::new(), 0, None),
            (Kind::CharDevice(major, minor), _) => (b'3', String::new(), 0, Some((*major, *minor))),
            (Kind::BlockDevice(major, minor), _) => (b'4', String::new(), 0, Some((*major, *minor))),
        };
        let slash = if node.is_folder() { "/" } else { "" };
        let name = format!("{}{slash}", path.as_str());
        Self { name, link, flag, mode: node.mode & 0o7777, uid: node.uid, gid: node.gid, size, mtime, device }
    }

    /// What does not fit into the header, as extended records in the order of their keys.
    fn records(&self, node: &Node) -> Vec<u8> {
        let mut records = Vec::new();
        if let Some(capability) = node.capability.as_ref().filter(|_| self.flag == b'0') {
            record(&mut records, "SCHILY.xattr.security.capability", capability);
        }
        let mut number = |key: &str, value: u64, digits: usize| {
            if !fits(value, digits) {
                record(&mut records, key, value.to_string().as_bytes());
            }
        };
        number("gid", self.gid, 7);
        number("mtime", self.mtime, 11);
        number("size", self.size, 11);
        number("uid", self.uid, 7);
        if !self.link.is_ascii() || self.link.len() > 100 {
            record(&mut records, "linkpath", self.link.as_bytes());
        }
        if !self.name.is_ascii() || split(&self.name).is_none() {
            record(&mut records, "path", self.name.as_bytes());
        }
        records
    }

    fn block(&self) -> [u8; BLOCK] {
        let mut block = [0; BLOCK];
        let (prefix, name) = split(&self.name).filter(|_| self.name.is_ascii()).unwrap_or(("", &self.name));
        text(&mut block[0..100], name);
        octal(&mut block[100..108], u64::from(self.mode));
        octal(&mut block[108..116], self.uid);
        octal(&mut block[116..124], self.gid);
        octal(&mut block[124..136], self.size);
        octal(&mut block[136..148], self.mtime);
        block[156] = self.flag;
        text(&mut block[157..257], &self.link);
        block[257..265].copy_from_slice(b"ustar\x0000");
        let (major, minor) = self.device.unwrap_or_default();
        octal(&mut block[329..337], u64::from(major));
        octal(&mut block[337..345], u64::from(minor));
        text(&mut block[345..500], prefix);
        checksum(&mut block);
        block
    }
}

/// Splits a name into the header's fields `prefix` (155 bytes) and `name` (100 bytes), if it can be.
fn split(name: &str) -> Option<(&str, &str)> {
    if name.len() <= 100 {
        return Some(("", name));
    }
    let body = name.strip_suffix('/').unwrap_or(name);
    let cut = body.match_indices('/').map(|(at, _)| at).find(|at| name.len() - at - 1 <= 100)?;
    (cut > 0 && cut <= 155).then(|| (&name[..cut], &name[cut + 1..]))
}

/// One record: `length key=value\n`, where the length counts itself.
fn record(records: &mut Vec<u8>, key: &str, value: &[u8]) {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + rest.to_string().len();
    if length.to_string().len() + rest != length {
        length = rest + length.to_string().len();
    }
    records.extend_from_slice(format!("{length} {key}=").as_bytes());
    records.extend_from_slice(value);
    records.push(b'\n');
}

const fn fits(value: u64, digits: usize) -> bool {
    value < 1 << (3 * digits)
}

/// Fills a field with as much of an ASCII rendering as fits; the whole value is in a record otherwise.
fn text(field: &mut [u8], value: &str) {
    let mut ascii = value.bytes().map(|byte| if byte.is_ascii() { byte } else { b'_' });
    for (slot, byte) in field.iter_mut().zip(&mut ascii) {
        *slot = byte;
    }
}

/// Fills a field with octal digits and a final zero byte; a value that does not fit is left zero.
fn octal(field: &mut [u8], value: u64) {
    let digits = field.len() - 1;
    let value = if fits(value, digits) { value } else { 0 };
    field[..digits].copy_from_slice(format!("{value:0digits$o}").as_bytes());
}

fn checksum(block: &mut [u8; BLOCK]) {
    block[148..156].fill(b' ');
    let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    octal(&mut block[148..155], sum);
    block[155] = b' ';
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::node::{Content, Data};

    fn bytes(entries: &Entries) -> Vec<u8> {
        let mut out = Vec::new();
        write(entries, 0, &mut WriteSink(&mut out)).unwrap();
        out
    }

    fn entries(list: &[(&str, Node)]) -> Entries {
        list.iter().map(|(path, node)| (ImagePath::clean(path), node.clone())).collect()
    }

    #[test]
    fn nothing_is_two_zero_blocks() {
        assert_eq!(bytes(&Entries::new()), [0; 1024]);
    }

    #[test]
    fn another_reader_reads_what_is_written() {
        let long = format!("{}/{}", "d".repeat(120), "f".repeat(90));
        let longer = format!("{}/x", "e".repeat(180));
        let mut big = Node::bytes(*b"hello", 0o4755);
        (big.uid, big.gid) = (3_000_000, 5);
        big.capability = Some(vec![1, 0, 0, 2]);
        let link = Node { kind: Kind::Symlink("t".repeat(130)), ..Node::folder(0o777) };
        let all = entries(&[
            ("a", Node::folder(0o1777)),
            ("a/größe", big),
            (&long, Node::bytes(*b"1", 0o600)),
            (&longer, Node::bytes([7; 513], 0o644)),
            ("l", link),
            ("p", Node { kind: Kind::Fifo, ..Node::folder(0o600) }),
            ("n", Node { kind: Kind::CharDevice(1, 3), ..Node::folder(0o666) }),
        ]);
        let bytes = bytes(&all);
        assert_eq!(bytes.len() % 512, 0);
        let mut seen = Vec::new();
        let mut archive = tar::Archive::new(&bytes[..]);
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            let header = entry.header();
            assert_eq!(header.mtime().unwrap(), 0);
            assert_eq!((header.username().unwrap(), header.groupname().unwrap()), (Some(""), Some("")));
            let path = String::from_utf8(entry.path_bytes().to_vec()).unwrap();
            seen.push((path, header.mode().unwrap(), entry.link_name_bytes().map(|l| l.len()), content.len()));
        }
        let expected = vec![
            ("a/".to_owned(), 0o1777, None, 0),
            ("a/größe".to_owned(), 0o4755, None, 5),
            (long, 0o600, None, 1),
            (longer, 0o644, None, 513),
            ("l".to_owned(), 0o777, Some(130), 0),
            ("n".to_owned(), 0o666, None, 0),
            ("p".to_owned(), 0o600, None, 0),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn later_names_of_a_file_are_hard_links() {
        let mut node = Node::bytes(*b"x", 0o644);
        if let Kind::File(content) = &mut node.kind {
            content.identity = Some(Identity(1, 2));
        }
        let bytes = bytes(&entries(&[("b", node.clone()), ("a", node)]));
        let mut archive = tar::Archive::new(&bytes[..]);
        let kinds: Vec<_> = archive
            .entries()
            .unwrap()
            .map(|e| {
                let e = e.unwrap();
                (e.path_bytes().to_vec(), e.header().entry_type().is_hard_link())
            })
            .collect();
        assert_eq!(kinds, [(b"a".to_vec(), false), (b"b".to_vec(), true)]);
    }

    #[test]
    fn a_shorter_file_is_an_error() {
        let content = Content { size: 9, identity: None, data: Data::Bytes((*b"short").into()) };
        let node = Node { kind: Kind::File(content), ..Node::folder(0o644) };
        let error = write(&entries(&[("a", node)]), 0, &mut WriteSink(Vec::new())).unwrap_err();
        insta::assert_snapshot!(error, @"cannot read `/a`: it became shorter while it was read");
    }

    proptest::proptest! {
        // A line break in a PAX value is one thing that the reader in this test does not read.
        #[test]
        fn any_name_comes_back(names in proptest::collection::btree_set("[^/\0\n]{1,130}(/[^/\0\n]{1,130}){0,3}", 1..6)) {
            let all: Entries = names.iter().map(|name| (ImagePath::clean(name), Node::bytes(*b"x", 0o644))).filter(|(path, _)| !path.is_root()).collect();
            let bytes = bytes(&all);
            let mut archive = tar::Archive::new(&bytes[..]);
            let back: Vec<String> = archive.entries().unwrap().map(|e| String::from_utf8(e.unwrap().path_bytes().to_vec()).unwrap()).collect();
            let expected: Vec<String> = all.keys().map(|path| path.as_str().to_owned()).collect();
            proptest::prop_assert_eq!(back, expected);
        }
    }
}
