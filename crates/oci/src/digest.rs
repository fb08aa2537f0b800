//! Content digests: the typed value, and readers and writers that compute or check one while bytes pass.

use std::fmt;
use std::io::{self, Read, Write};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256, Sha512};

/// The hash function of a [`Digest`]: the two that the OCI image specification registers
/// (descriptor.md, "Registered Algorithms").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// SHA-256, 64 hexadecimal digits.
    Sha256,
    /// SHA-512, 128 hexadecimal digits.
    Sha512,
}

impl Algorithm {
    /// The name as it stands before the colon of a digest.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    fn hex_length(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

/// What is wrong with a text that should be a digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// There is no colon between algorithm and value.
    #[error("`{0}` is no digest: expected `algorithm:hex`, for example `sha256:…` with 64 digits")]
    Form(String),
    /// The algorithm is none of those that are computed here.
    #[error("digest algorithm `{0}` is not supported: use `sha256` or `sha512`")]
    Algorithm(String),
    /// The value has the wrong number of digits.
    #[error("a {algorithm} digest has {expected} hexadecimal digits, this one has {found}", algorithm = .algorithm.as_str())]
    Length {
        /// The algorithm that was named.
        algorithm: Algorithm,
        /// Digits that it has.
        expected: usize,
        /// Characters that were there.
        found: usize,
    },
    /// A character is not one of `0-9a-f`.
    #[error("`{0}` is not allowed in a digest: only `0-9` and lower-case `a-f` are")]
    Digit(char),
}

/// A verified-in-form content digest, `sha256:…` or `sha512:…`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest {
    algorithm: Algorithm,
    hex: String,
}

impl Digest {
    /// The SHA-256 digest of `bytes`.
    #[must_use]
    pub fn sha256(bytes: &[u8]) -> Self {
        Self::of(Algorithm::Sha256, bytes)
    }

    /// The digest of `bytes` by `algorithm`.
    #[must_use]
    pub fn of(algorithm: Algorithm, bytes: &[u8]) -> Self {
        let mut digester = Digester::new(algorithm);
        digester.update(bytes);
        digester.finish()
    }

    /// The hash function.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The value: lower-case hexadecimal digits without the algorithm.
    #[must_use]
    pub fn hex(&self) -> &str {
        &self.hex
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let (name, hex) = text.split_once(':').ok_or_else(|| DigestError::Form(text.to_owned()))?;
        let algorithm = match name {
            "sha256" => Algorithm::Sha256,
            "sha512" => Algorithm::Sha512,
            other => return Err(DigestError::Algorithm(other.to_owned())),
        };
        if let Some(odd) = hex.chars().find(|c| !matches!(c, '0'..='9' | 'a'..='f')) {
            return Err(DigestError::Digit(odd));
        }
        let expected = algorithm.hex_length();
        if hex.len() != expected {
            return Err(DigestError::Length { algorithm, expected, found: hex.len() });
        }
        Ok(Self { algorithm, hex: hex.to_owned() })
    }
}

impl TryFrom<String> for Digest {
    type Error = DigestError;

    fn try_from(text: String) -> Result<Self, DigestError> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.as_str(), self.hex)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Computes a digest piece by piece.
#[derive(Clone, Debug)]
pub struct Digester(State);

#[derive(Clone, Debug)]
enum State {
    Sha256(Sha256),
    Sha512(Box<Sha512>),
}

impl Digester {
    /// An empty one.
    #[must_use]
    pub fn new(algorithm: Algorithm) -> Self {
        Self(match algorithm {
            Algorithm::Sha256 => State::Sha256(Sha256::new()),
            Algorithm::Sha512 => State::Sha512(Box::default()),
        })
    }

    /// Takes in more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Sha256(state) => state.update(bytes),
            State::Sha512(state) => state.update(bytes),
        }
    }

    /// The digest of all bytes taken in.
    #[must_use]
    pub fn finish(self) -> Digest {
        match self.0 {
            State::Sha256(state) => Digest { algorithm: Algorithm::Sha256, hex: hex(&state.finalize()) },
            State::Sha512(state) => Digest { algorithm: Algorithm::Sha512, hex: hex(&state.finalize()) },
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]).collect()
}

/// Why bytes are not the content that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// More bytes came, or fewer.
    #[error("`{digest}` should have {expected} bytes, but {found} came")]
    Size {
        /// What was asked for.
        digest: Digest,
        /// Its size in bytes.
        expected: u64,
        /// Bytes that came; where there were too many, the number after which reading stopped.
        found: u64,
    },
    /// The bytes have another digest.
    #[error("the content has digest `{found}`, not `{expected}`")]
    Digest {
        /// What was asked for.
        expected: Digest,
        /// What the bytes are.
        found: Digest,
    },
}

impl Mismatch {
    /// The mismatch inside an error that a [`Verify`] reader gave, if it is one.
    #[must_use]
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

/// A reader that gives an error instead of the end of file unless exactly `size` bytes with the
/// right digest came. The error is [`io::ErrorKind::InvalidData`] and holds a [`Mismatch`].
/// It never hands out more than `size` bytes.
#[derive(Debug)]
pub struct Verify<R> {
    inner: R,
    expected: Digest,
    size: u64,
    seen: u64,
    digester: Option<Digester>,
}

impl<R: Read> Verify<R> {
    /// Checks `inner` against a digest and a size in bytes.
    pub fn new(inner: R, expected: Digest, size: u64) -> Self {
        let digester = Some(Digester::new(expected.algorithm()));
        Self { inner, expected, size, seen: 0, digester }
    }

    fn fail(&mut self, mismatch: Mismatch) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, mismatch)
    }

    fn wrong_size(&mut self, found: u64) -> io::Error {
        let (digest, expected) = (self.expected.clone(), self.size);
        self.fail(Mismatch::Size { digest, expected, found })
    }

    fn end(&mut self) -> io::Result<usize> {
        if self.seen != self.size {
            return Err(self.wrong_size(self.seen));
        }
        let Some(digester) = self.digester.take() else { return Ok(0) };
        let found = digester.finish();
        if found == self.expected {
            return Ok(0);
        }
        let expected = self.expected.clone();
        Err(self.fail(Mismatch::Digest { expected, found }))
    }
}

impl<R: Read> Read for Verify<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let count = self.inner.read(buffer)?;
        if count == 0 {
            return self.end();
        }
        let seen = self.seen.saturating_add(count as u64);
        if seen > self.size {
            return Err(self.wrong_size(seen));
        }
        self.seen = seen;
        if let Some(digester) = &mut self.digester {
            digester.update(&buffer[..count]);
        }
        Ok(count)
    }
}

/// A writer that passes bytes on and computes their digest and number.
#[derive(Debug)]
pub struct DigestWriter<W> {
    inner: W,
    digester: Digester,
    size: u64,
}

impl<W: Write> DigestWriter<W> {
    /// Computes SHA-256 of what is written to `inner`.
    pub fn new(inner: W) -> Self {
        Self::with(inner, Algorithm::Sha256)
    }

    /// Computes another digest.
    pub fn with(inner: W, algorithm: Algorithm) -> Self {
        Self { inner, digester: Digester::new(algorithm), size: 0 }
    }

    /// The inner writer (not flushed), the digest, and the number of bytes.
    pub fn finish(self) -> (W, Digest, u64) {
        (self.inner, self.digester.finish(), self.size)
    }
}

impl<W: Write> Write for DigestWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.digester.update(&bytes[..count]);
        self.size += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn known_values() {
        assert_eq!(Digest::sha256(b"").to_string(), EMPTY);
        assert_eq!(
            Digest::of(Algorithm::Sha512, b"abc").hex(),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        );
    }

    #[test]
    fn malformed_texts_say_what_is_wrong() {
        let error = |text: &str| text.parse::<Digest>().unwrap_err().to_string();
        insta::assert_snapshot!(error("abc"), @"`abc` is no digest: expected `algorithm:hex`, for example `sha256:…` with 64 digits");
        insta::assert_snapshot!(error("md5:00"), @"digest algorithm `md5` is not supported: use `sha256` or `sha512`");
        insta::assert_snapshot!(error("sha256:00"), @"a sha256 digest has 64 hexadecimal digits, this one has 2");
        insta::assert_snapshot!(error("sha256:0A"), @"`A` is not allowed in a digest: only `0-9` and lower-case `a-f` are");
        insta::assert_snapshot!(error(&format!("{EMPTY}/../x")), @"`/` is not allowed in a digest: only `0-9` and lower-case `a-f` are");
    }

    fn verify(bytes: &[u8], of: &[u8], size: u64) -> Result<Vec<u8>, Option<Mismatch>> {
        let mut out = Vec::new();
        match Verify::new(bytes, Digest::sha256(of), size).read_to_end(&mut out) {
            Ok(_) => Ok(out),
            Err(error) => Err(Mismatch::of(&error).cloned()),
        }
    }

    #[test]
    fn verify_passes_only_the_right_bytes() {
        assert_eq!(verify(b"abc", b"abc", 3), Ok(b"abc".to_vec()));
        assert!(matches!(verify(b"abcd", b"abc", 3), Err(Some(Mismatch::Size { found: 4, .. }))));
        assert!(matches!(verify(b"ab", b"abc", 3), Err(Some(Mismatch::Size { found: 2, .. }))));
        assert!(matches!(verify(b"abd", b"abc", 3), Err(Some(Mismatch::Digest { .. }))));
    }

    #[test]
    fn writer_counts_and_hashes() {
        let mut writer = DigestWriter::new(Vec::new());
        writer.write_all(b"ab").unwrap();
        writer.write_all(b"c").unwrap();
        let (bytes, digest, size) = writer.finish();
        assert_eq!((bytes.as_slice(), size), (&b"abc"[..], 3));
        assert_eq!(digest, Digest::sha256(b"abc"));
    }
}
