//! Files that appear whole or not at all.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::digest::{Digest, DigestWriter, Mismatch};

/// Something that went wrong with a path.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} `{path}`: {cause}")]
pub struct PathError {
    /// What was tried: `read`, `write`, `create`, …
    pub action: &'static str,
    /// Which file or folder.
    pub path: PathBuf,
    /// What the system says.
    pub cause: io::Error,
}

pub(crate) fn at(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> PathError + use<> {
    let path = path.to_owned();
    move |cause| PathError { action, path, cause }
}

/// Creates a folder and its parents.
pub(crate) fn create_folder(path: &Path) -> Result<(), PathError> {
    fs::create_dir_all(path).map_err(at("create", path))
}

/// Readable for everyone that the umask lets read, unlike a temporary file's usual 0600.
pub(crate) fn temporary(folder: &Path) -> Result<NamedTempFile, PathError> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".linkspan-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder).map_err(at("create a file in", folder))
}

/// Writes a file by way of a temporary one beside it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), PathError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = temporary(folder)?;
    file.write_all(bytes).map_err(at("write", path))?;
    persist(file, path)
}

/// Gives a temporary file its name.
pub(crate) fn persist(file: NamedTempFile, path: &Path) -> Result<(), PathError> {
    file.persist(path).map(drop).map_err(|error| at("write", path)(error.error))
}

/// Copies a reader to a writer; the digest and number of the bytes.
pub(crate) fn copy(from: &mut dyn Read, to: &mut dyn Write, like: &Digest) -> io::Result<(Digest, u64)> {
    let mut writer = DigestWriter::with(to, like.algorithm());
    let mut buffer = vec![0; 1 << 17];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => writer.write_all(&buffer[..count])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let (_, digest, size) = writer.finish();
    Ok((digest, size))
}

/// Whether bytes that came are the ones that were asked for.
pub(crate) fn check(expected: &Digest, size: u64, found: Digest, came: u64) -> Result<(), Mismatch> {
    if came != size {
        return Err(Mismatch::Size { digest: expected.clone(), expected: size, found: came });
    }
    if found != *expected {
        return Err(Mismatch::Digest { expected: expected.clone(), found });
    }
    Ok(())
}
