use super::fault::Fault;

/// How a field is written: a whole number.
pub(super) const VARINT: u8 = 0;
/// How a field is written: eight bytes.
pub(super) const FIXED64: u8 = 1;
/// How a field is written: a length and as many bytes.
pub(super) const BYTES: u8 = 2;
const GROUP: u8 = 3;
const GROUP_END: u8 = 4;
const FIXED32: u8 = 5;

/// What stands before a field's value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) number: u32,
    pub(super) wire: u8,
}

/// Goes through the bytes of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wire<'a> {
    rest: &'a [u8],
}

impl<'a> Wire<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next field of a message, which the error names; nothing at the end.
    pub(super) fn key(&mut self, message: &str) -> Result<Option<Key>, Fault> {
        if self.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let wire = wire_type(key);
        #[expect(clippy::cast_possible_truncation, reason = "as Go does")]
        let number = (key >> 3) as i32;
        if wire == GROUP_END {
            return Err(Fault::NoGroup(message.to_owned()));
        }
        match u32::try_from(number) {
            Ok(number) if number > 0 => Ok(Some(Key { number, wire })),
            _ => Err(Fault::Tag { message: message.to_owned(), number, key }),
        }
    }

    /// A whole number; bits beyond 64 are lost, as in Go.
    pub(super) fn varint(&mut self) -> Result<u64, Fault> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.rest.split_first().ok_or(Fault::Ended)?;
            self.rest = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Fault::Overflow)
    }

    /// Eight bytes.
    pub(super) fn fixed64(&mut self) -> Result<u64, Fault> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(Fault::Ended)?;
        self.rest = rest;
        Ok(u64::from_le_bytes(*bytes))
    }

    /// A length and as many bytes.
    pub(super) fn bytes(&mut self) -> Result<&'a [u8], Fault> {
        let length = i64::try_from(self.varint()?).map_err(|_| Fault::Negative)?;
        self.take(usize::try_from(length).map_err(|_| Fault::Ended)?)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(Fault::Ended)?;
        self.rest = rest;
        Ok(bytes)
    }

    /// Leaves out a value that nobody knows, a group with all that is in it.
    pub(super) fn skip(&mut self, wire: u8) -> Result<(), Fault> {
        let mut depth = 0_usize;
        let mut wire = wire;
        loop {
            match wire {
                VARINT => drop(self.varint()?),
                FIXED64 => drop(self.take(8)?),
                BYTES => drop(self.bytes()?),
                GROUP => depth += 1,
                GROUP_END => depth = depth.checked_sub(1).ok_or(Fault::GroupEnd)?,
                FIXED32 => drop(self.take(4)?),
                other => return Err(Fault::NoWireType(other)),
            }
            if depth == 0 {
                return Ok(());
            }
            wire = wire_type(self.varint()?);
        }
    }
}

const fn wire_type(key: u64) -> u8 {
    (key & 7) as u8
}
