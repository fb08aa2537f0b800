use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::path::ImagePath;

/// Mode of a folder that is created on the way to a destination.
pub const FOLDER_MODE: u32 = 0o755;

/// One file, folder or link in an image: no times, and no name of an owner.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Permission bits with set-user-id, set-group-id and sticky: at most 0o7777.
    pub mode: u32,
    /// The owner's number.
    pub uid: u64,
    /// The group's number.
    pub gid: u64,
    /// The extended attribute `security.capability`: the only one that a layer of BuildKit's keeps.
    pub capability: Option<Vec<u8>>,
}

/// What a [`Node`] is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A folder.
    Folder,
    /// A regular file.
    File(Content),
    /// A symbolic link with its target as written.
    Symlink(String),
    /// A named pipe.
    Fifo,
    /// A character device.
    CharDevice(u32, u32),
    /// A block device.
    BlockDevice(u32, u32),
}

impl Node {
    /// A folder that belongs to root.
    #[must_use]
    pub const fn folder(mode: u32) -> Self {
        Self { kind: Kind::Folder, mode, uid: 0, gid: 0, capability: None }
    }

    /// A file in memory that belongs to root.
    #[must_use]
    pub fn bytes(bytes: impl Into<Arc<[u8]>>, mode: u32) -> Self {
        Self { kind: Kind::File(Content::bytes(bytes)), mode, uid: 0, gid: 0, capability: None }
    }

    /// Whether it is a folder.
    #[must_use]
    pub const fn is_folder(&self) -> bool {
        matches!(self.kind, Kind::Folder)
    }

    /// The target, if it is a symbolic link.
    #[must_use]
    pub fn target(&self) -> Option<&str> {
        match &self.kind {
            Kind::Symlink(target) => Some(target),
            _ => None,
        }
    }

    /// The content, if it is a regular file.
    #[must_use]
    pub const fn content(&self) -> Option<&Content> {
        match &self.kind {
            Kind::File(content) => Some(content),
            _ => None,
        }
    }
}

/// What names of one file have in common; equal only within one source tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity(pub u64, pub u64);

/// The bytes of a regular file, and where they are.
#[derive(Clone, Debug)]
pub struct Content {
    /// Size in bytes.
    pub size: u64,
    /// Set where the file has several names.
    pub identity: Option<Identity>,
    /// Where the bytes are.
    pub data: Data,
}

/// Where bytes of a file are.
#[derive(Clone, Debug)]
pub enum Data {
    /// In memory.
    Bytes(Arc<[u8]>),
    /// In a file of the build context.
    Local(LocalFile),
    /// In an unpacked archive, from an offset.
    Archive(Arc<Spool>, u64),
}

/// A file of the build context as it was found; what is opened later must be the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LocalFile {
    /// Where it is.
    pub path: PathBuf,
    /// Device, inode, size, and the times of modification and status change in nanoseconds.
    pub stamp: Stamp,
}

/// What tells one state of a file from another one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Device.
    pub device: u64,
    /// Inode.
    pub inode: u64,
    /// Size in bytes.
    pub size: u64,
    /// Time of modification, nanoseconds since 1970.
    pub modified: i128,
    /// Time of the last change of content or attributes, nanoseconds since 1970.
    pub changed: i128,
}

/// An unpacked archive in a temporary file that has no name.
#[derive(Debug)]
pub struct Spool(Mutex<File>);

impl Spool {
    /// Wraps the file.
    #[must_use]
    pub fn new(file: File) -> Self {
        Self(Mutex::new(file))
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset))?;
        file.read(buffer)
    }
}

impl Content {
    /// Bytes in memory.
    #[must_use]
    pub fn bytes(bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        Self { size: bytes.len() as u64, identity: None, data: Data::Bytes(bytes) }
    }

    /// Opens it.
    ///
    /// # Errors
    /// If the file is gone, or is not the one that was found.
    pub fn open(&self) -> io::Result<ContentReader> {
        let source = match &self.data {
            Data::Bytes(bytes) => Source::Bytes(Arc::clone(bytes), 0),
            Data::Local(file) => Source::File(file.open()?),
            Data::Archive(spool, offset) => Source::Spool(Arc::clone(spool), *offset),
        };
        Ok(ContentReader { source, left: self.size })
    }

    /// All bytes, unless there are more than `limit`.
    ///
    /// # Errors
    /// As [`Content::open`], and [`io::ErrorKind::FileTooLarge`].
    pub fn read(&self, limit: u64) -> io::Result<Vec<u8>> {
        if self.size > limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let mut bytes = Vec::new();
        self.open()?.read_to_end(&mut bytes)?;
        if bytes.len() as u64 != self.size { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(bytes) }
    }
}

impl LocalFile {
    /// Opens it without following a link in the last component and without waiting for a pipe's other end.
    ///
    /// # Errors
    /// If it cannot be opened, or is another file than the one that was found.
    pub fn open(&self) -> io::Result<File> {
        let mut options = std::fs::OpenOptions::new();
        options.read(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::custom_flags(
            &mut options,
            libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_CLOEXEC,
        );
        let file = options.open(&self.path)?;
        if Stamp::of(&file.metadata()?) == self.stamp {
            Ok(file)
        } else {
            Err(io::Error::other("it changed while the image was put together"))
        }
    }
}

impl Stamp {
    /// The stamp of a file; on systems without inodes only size and times tell.
    #[must_use]
    pub fn of(metadata: &std::fs::Metadata) -> Self {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let nanoseconds = |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
            Self {
                device: metadata.dev(),
                inode: metadata.ino(),
                size: metadata.len(),
                modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
                changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
            }
        }
        #[cfg(not(unix))]
        {
            let modified = metadata
                .modified()
                .ok()
                .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
                .and_then(|time| i128::try_from(time.as_nanos()).ok());
            Self { size: metadata.len(), modified: modified.unwrap_or_default(), ..Self::default() }
        }
    }
}

/// Reads a [`Content`]: never more than its size.
#[derive(Debug)]
pub struct ContentReader {
    source: Source,
    left: u64,
}

#[derive(Debug)]
enum Source {
    Bytes(Arc<[u8]>, usize),
    File(File),
    Spool(Arc<Spool>, u64),
}

impl Read for ContentReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let buffer = &mut buffer[..most];
        let count = match &mut self.source {
            Source::Bytes(bytes, position) => {
                let count = most.min(bytes.len() - *position);
                buffer[..count].copy_from_slice(&bytes[*position..*position + count]);
                *position += count;
                count
            }
            Source::File(file) => file.read(buffer)?,
            Source::Spool(spool, offset) => {
                let count = spool.read_at(buffer, *offset)?;
                *offset += count as u64;
                count
            }
        };
        self.left -= count as u64;
        Ok(count)
    }
}

/// What one instruction adds to an image: the entries of a layer, in order.
pub type Entries = BTreeMap<ImagePath, Node>;
