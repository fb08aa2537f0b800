//! Base64 with padding (RFC 4648, section 4).

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The text of some bytes.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0_u32, |group, byte| (group << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for index in 0..4 {
            let letter = ALPHABET.get(((group >> (18 - 6 * index)) & 63) as usize);
            text.push(if index <= chunk.len() { letter.map_or('A', |letter| char::from(*letter)) } else { '=' });
        }
    }
    text
}

/// The bytes of a text; `None`, if it is no Base64.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    if !super::syntax::is_base64(text) {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for chunk in text.as_bytes().chunks(4) {
        let letters = chunk.iter().take_while(|letter| **letter != b'=').count();
        let mut group = 0_u32;
        for index in 0..4 {
            let value = chunk.get(index).filter(|_| index < letters).and_then(|letter| value(*letter)).unwrap_or(0);
            group = (group << 6) | value;
        }
        let [_, all @ ..] = group.to_be_bytes();
        bytes.extend(all.iter().take(letters.saturating_sub(1)));
    }
    Some(bytes)
}

fn value(letter: u8) -> Option<u32> {
    ALPHABET.iter().position(|other| *other == letter).and_then(|index| u32::try_from(index).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The examples of RFC 4648, section 10.
    #[test]
    fn rfc_examples() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()));
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }
    }
}
