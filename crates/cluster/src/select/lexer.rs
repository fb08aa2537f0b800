/// A part of a label selector. Keywords are words too: whether `in` is an operator depends on where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Close,
    Comma,
    Not,
    DoubleEquals,
    Equals,
    Greater,
    Less,
    NotEquals,
    Open,
    Word(String),
    End,
}

impl Token {
    /// How a message shows it; the end is nothing.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Close => ")",
            Self::Comma => ",",
            Self::Not => "!",
            Self::DoubleEquals => "==",
            Self::Equals => "=",
            Self::Greater => ">",
            Self::Less => "<",
            Self::NotEquals => "!=",
            Self::Open => "(",
            Self::Word(word) => word,
            Self::End => "",
        }
    }
}

/// The parts of `text`, the last one being [`Token::End`]. A NUL ends the text, as in apimachinery.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut rest = text.split('\0').next().unwrap_or_default();
    let mut tokens = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        if rest.is_empty() {
            tokens.push(Token::End);
            return tokens;
        }
        let (token, length) = symbol(rest).unwrap_or_else(|| word(rest));
        tokens.push(token);
        rest = rest.get(length..).unwrap_or_default();
    }
}

fn symbol(rest: &str) -> Option<(Token, usize)> {
    let two = match rest.get(..2) {
        Some("==") => Some(Token::DoubleEquals),
        Some("!=") => Some(Token::NotEquals),
        _ => None,
    };
    if let Some(token) = two {
        return Some((token, 2));
    }
    let one = match rest.chars().next()? {
        ')' => Token::Close,
        ',' => Token::Comma,
        '!' => Token::Not,
        '=' => Token::Equals,
        '>' => Token::Greater,
        '<' => Token::Less,
        '(' => Token::Open,
        _ => return None,
    };
    Some((one, 1))
}

fn word(rest: &str) -> (Token, usize) {
    let ends = |letter: char| matches!(letter, '=' | '!' | '(' | ')' | ',' | '>' | '<' | ' ' | '\t' | '\r' | '\n');
    let length = rest.find(ends).unwrap_or(rest.len());
    (Token::Word(rest[..length].to_owned()), length)
}
