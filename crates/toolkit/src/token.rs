use std::fmt;

/// A word that nobody can guess: the delimiter of a heredoc, the end of a fence.
///
/// 128 bits from the operating system as 32 lower-case hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// The operating system gave no random numbers.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random numbers: {0}")]
pub struct TokenError(getrandom::Error);

impl Token {
    /// Draws a new token.
    ///
    /// # Errors
    /// [`TokenError`] when the operating system has no random numbers.
    pub fn random() -> Result<Self, TokenError> {
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes).map_err(TokenError)?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// A token with a known text, for tests that compare bytes.
    #[must_use]
    pub fn fixed(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The token's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Shows nothing: whoever knows the token can end a fence.
impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn tokens_are_long_and_differ() {
        let (first, second) = (Token::random().unwrap(), Token::random().unwrap());
        assert_eq!(first.as_str().len(), 32);
        assert_ne!(first, second);
        assert_eq!(format!("{first:?}"), "Token(…)");
    }
}
