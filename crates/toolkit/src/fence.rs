use std::io::{self, Write};

use crate::{Command, Token, TokenError};

/// A stretch of the log in which the runner obeys no command, for the output of child processes.
///
/// Only the line with the fence's own token ends it, and a child cannot know that token.
#[derive(Debug, Clone)]
pub struct Fence {
    token: Token,
}

impl Fence {
    /// A fence with a new token.
    ///
    /// # Errors
    /// [`TokenError`] when the operating system has no random numbers.
    pub fn new() -> Result<Self, TokenError> {
        Ok(Self::with_token(Token::random()?))
    }

    /// A fence with a known token, for tests that compare bytes.
    #[must_use]
    pub fn with_token(token: Token) -> Self {
        Self { token }
    }

    /// The line that opens the fence, without its newline.
    #[must_use]
    pub fn open(&self) -> String {
        Command::stop_commands(&self.token).to_string()
    }

    /// The line that closes the fence, without its newline. It must begin a line.
    #[must_use]
    pub fn close(&self) -> String {
        format!("::{}::", self.token.as_str())
    }

    /// Opens the fence on a writer; the fence is closed by [`Fenced::finish`], or when the value is dropped.
    ///
    /// # Errors
    /// What the writer says.
    pub fn around<W: Write>(self, mut writer: W) -> io::Result<Fenced<W>> {
        writeln!(writer, "{}", self.open())?;
        writer.flush()?;
        Ok(Fenced { writer, fence: self, mid_line: false, closed: false })
    }
}

/// A writer inside a [`Fence`].
#[derive(Debug)]
pub struct Fenced<W: Write> {
    writer: W,
    fence: Fence,
    mid_line: bool,
    closed: bool,
}

impl<W: Write> Fenced<W> {
    /// Ends the child's last line where that is missing, and closes the fence.
    ///
    /// # Errors
    /// What the writer says.
    pub fn finish(mut self) -> io::Result<()> {
        self.close()
    }

    fn close(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.closed, true) {
            return Ok(());
        }
        let ending = if self.mid_line { "\n" } else { "" };
        writeln!(self.writer, "{ending}{}", self.fence.close())?;
        self.writer.flush()
    }
}

impl<W: Write> Write for Fenced<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.writer.write(bytes)?;
        if let Some(last) = bytes[..written].last() {
            self.mid_line = *last != b'\n';
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl<W: Write> Drop for Fenced<W> {
    fn drop(&mut self) {
        // Nobody is left to tell; a fence that stays open would silence the rest of the step.
        let _ = self.close();
    }
}

#[cfg(test)]
mod tests {
    use super::Fence;
    use crate::Token;
    use std::io::Write as _;

    fn fence() -> Fence {
        Fence::with_token(Token::fixed("0123456789"))
    }

    #[test]
    fn the_fence_closes_on_a_line_of_its_own() {
        let mut log = Vec::new();
        let mut inside = fence().around(&mut log).unwrap();
        inside.write_all(b"::error::no\nhalf").unwrap();
        inside.finish().unwrap();
        let expected = "::stop-commands::0123456789\n::error::no\nhalf\n::0123456789::\n";
        assert_eq!(String::from_utf8(log).unwrap(), expected);
    }

    #[test]
    fn a_dropped_fence_is_closed_once() {
        let mut log = Vec::new();
        drop(fence().around(&mut log).unwrap());
        let expected = "::stop-commands::0123456789\n::0123456789::\n";
        assert_eq!(String::from_utf8(log).unwrap(), expected);
    }
}
