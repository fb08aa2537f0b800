use sqlparser::ast::{Expr, Ident, Spanned};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Token;

use super::script::{Script, Spot, keyword};

/// Where in a script a statement stands.
pub(super) struct At<'a> {
    pub(super) script: &'a Script,
    pub(super) number: usize,
    pub(super) words: std::ops::Range<usize>,
}

impl At<'_> {
    /// The whole statement.
    pub(super) fn whole(&self) -> Spot {
        self.script.spot(self.number, self.words.clone())
    }

    /// A name in it.
    pub(super) fn name(&self, name: &Ident) -> Spot {
        let (start, end) = (self.script.offset(name.span.start), self.script.offset(name.span.end));
        Spot { script: self.number, start, end }
    }

    /// What stands in the parentheses of the check that an expression is in: the parser's places leave out some of it.
    pub(super) fn expression(&self, expr: &Expr) -> Option<Spot> {
        let tokens = &self.script.tokens;
        let start = expr.span().start;
        let within = self.words.clone().find(|at| tokens.get(*at).is_some_and(|token| token.span.start >= start))?;
        let check = (self.words.start..=within)
            .rev()
            .find(|at| tokens.get(*at).is_some_and(|token| keyword(token) == Keyword::CHECK))?;
        let mut depth = 0_usize;
        let end = (check + 1..self.words.end).find(|at| match tokens.get(*at).map(|token| &token.token) {
            Some(Token::LParen) => {
                depth += 1;
                false
            }
            Some(Token::RParen) => {
                depth = depth.saturating_sub(1);
                depth == 0
            }
            _ => false,
        })?;
        (start.line > 0 && end > check + 2).then(|| self.script.spot(self.number, check + 2..end))
    }

    /// Where a column's type and its whole definition stand.
    pub(super) fn column(&self, name: &Ident) -> (Spot, Spot) {
        let tokens = &self.script.tokens;
        let first =
            self.words.clone().find(|at| tokens.get(*at).is_some_and(|token| token.span.start == name.span.start));
        let Some(first) = first else { return (self.name(name), self.name(name)) };
        let (mut depth, mut end, mut type_end) = (0_usize, first + 1, None);
        while let Some(token) = tokens.get(end).filter(|_| end < self.words.end) {
            match token.token {
                Token::LParen => depth += 1,
                Token::RParen | Token::Comma if depth == 0 => break,
                Token::RParen => depth -= 1,
                _ if depth == 0 && type_end.is_none() && ends_type(keyword(token)) => type_end = Some(end),
                _ => {}
            }
            end += 1;
        }
        let type_end = type_end.unwrap_or(end);
        let type_spot = if type_end > first + 1 {
            self.script.spot(self.number, first + 1..type_end)
        } else {
            let at = self.name(name).end;
            Spot { script: self.number, start: at, end: at }
        };
        (type_spot, self.script.spot(self.number, first..end))
    }
}

fn ends_type(word: Keyword) -> bool {
    matches!(
        word,
        Keyword::CONSTRAINT
            | Keyword::NOT
            | Keyword::NULL
            | Keyword::DEFAULT
            | Keyword::PRIMARY
            | Keyword::UNIQUE
            | Keyword::CHECK
            | Keyword::REFERENCES
            | Keyword::COLLATE
            | Keyword::GENERATED
            | Keyword::AS
            | Keyword::ON
            | Keyword::AUTOINCREMENT
    )
}
