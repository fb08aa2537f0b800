use std::iter::Peekable;
use std::str::Chars;

use super::class::{self, Escape};
use super::node::{Look, Node};

/// How deep groups may lie in each other.
const DEEPEST: usize = 60;

struct Parser<'p> {
    chars: Peekable<Chars<'p>>,
    depth: usize,
    /// Whether case is ignored.
    fold: bool,
}

/// A regular expression; `None` if it is none, or none that is read the same everywhere.
pub(super) fn parse(pattern: &str) -> Option<Node> {
    let mut parser = Parser { chars: pattern.chars().peekable(), depth: 0, fold: false };
    let node = parser.alternatives()?;
    parser.chars.next().is_none().then_some(node)
}

impl Parser<'_> {
    /// Alternatives up to the end, or to the end of the group.
    fn alternatives(&mut self) -> Option<Node> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let outer = self.fold;
        let mut nodes = vec![self.sequence()?];
        while self.chars.next_if_eq(&'|').is_some() {
            nodes.push(self.sequence()?);
        }
        self.fold = outer;
        self.depth -= 1;
        Some(if nodes.len() == 1 { nodes.pop()? } else { Node::Alternate(nodes) })
    }

    fn sequence(&mut self) -> Option<Node> {
        let mut nodes = Vec::new();
        while self.chars.peek().is_some_and(|next| !"|)".contains(*next)) {
            let node = self.atom()?;
            nodes.push(self.quantified(node)?);
        }
        Some(Node::Concat(nodes))
    }

    fn atom(&mut self) -> Option<Node> {
        match self.chars.next()? {
            '^' => Some(Node::Look(Look::Start)),
            '$' => Some(Node::Look(Look::End)),
            '.' => self.class(class::dot()),
            '[' => {
                let class = class::bracketed(&mut self.chars, self.fold)?;
                Some(Node::Class(class::ranges(class, false)?))
            }
            '(' => self.group(),
            '\\' => self.escape(),
            '*' | '+' | '?' | '{' => None,
            character => self.class(class::class(&[(character, character)])),
        }
    }

    fn class(&self, class: regex_syntax::hir::ClassUnicode) -> Option<Node> {
        class::ranges(class, self.fold).map(Node::Class)
    }

    fn escape(&mut self) -> Option<Node> {
        let look = match self.chars.peek()? {
            'b' => Some(Look::Boundary),
            'B' => Some(Look::NoBoundary),
            'A' => Some(Look::Start),
            'z' => Some(Look::End),
            _ => None,
        };
        if let Some(look) = look {
            self.chars.next();
            // `\b{start}` of the validators' engine.
            return (self.chars.peek() != Some(&'{')).then_some(Node::Look(look));
        }
        match class::escape(&mut self.chars, self.fold)? {
            Escape::Character(character) => self.class(class::class(&[(character, character)])),
            Escape::Class(class) => Some(Node::Class(class::ranges(class, false)?)),
        }
    }

    fn quantified(&mut self, node: Node) -> Option<Node> {
        let (min, max) = match self.chars.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                self.chars.next();
                let range = self.counts()?;
                return self.repeated(node, range);
            }
            _ => return Some(node),
        };
        self.chars.next();
        self.repeated(node, (min, max))
    }

    fn repeated(&mut self, node: Node, (min, max): (u32, Option<u32>)) -> Option<Node> {
        let consumes = !matches!(node, Node::Look(_) | Node::Ahead { .. } | Node::Behind { .. });
        // As few as possible matches the same strings.
        self.chars.next_if_eq(&'?');
        let once = !self.chars.peek().is_some_and(|next| "*+?{".contains(*next));
        let ordered = max.is_none_or(|max| min <= max);
        (consumes && once && ordered).then(|| Node::Repeat(Box::new(node), min, max))
    }

    /// `3}`, `3,}` or `3,5}`.
    fn counts(&mut self) -> Option<(u32, Option<u32>)> {
        let min = self.number()?;
        let max = match self.chars.next()? {
            '}' => return Some((min, Some(min))),
            ',' if self.chars.peek() == Some(&'}') => None,
            ',' => Some(self.number()?),
            _ => return None,
        };
        (self.chars.next()? == '}').then_some((min, max))
    }

    fn number(&mut self) -> Option<u32> {
        let mut digits = String::new();
        while let Some(digit) = self.chars.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        digits.parse().ok()
    }

    /// A group, after its opening parenthesis.
    fn group(&mut self) -> Option<Node> {
        if self.chars.next_if_eq(&'?').is_none() {
            return self.grouped();
        }
        match self.chars.next()? {
            ':' => self.grouped(),
            '=' => self.ahead(false),
            '!' => self.ahead(true),
            '<' => match self.chars.peek()? {
                '=' => self.behind(false),
                '!' => self.behind(true),
                _ => self.named(),
            },
            'P' => {
                self.chars.next_if_eq(&'<')?;
                self.named()
            }
            'i' => self.folded(true),
            '-' => {
                self.chars.next_if_eq(&'i')?;
                self.folded(false)
            }
            _ => None,
        }
    }

    fn grouped(&mut self) -> Option<Node> {
        let node = self.alternatives()?;
        (self.chars.next()? == ')').then_some(node)
    }

    fn ahead(&mut self, negative: bool) -> Option<Node> {
        Some(Node::Ahead { negative, node: Box::new(self.grouped()?) })
    }

    fn behind(&mut self, negative: bool) -> Option<Node> {
        self.chars.next();
        Some(Node::Behind { negative, node: Box::new(self.grouped()?) })
    }

    fn named(&mut self) -> Option<Node> {
        let plain = |character: &char| character.is_ascii_alphanumeric() || *character == '_';
        self.chars.next_if(|character| plain(character) && !character.is_ascii_digit())?;
        while self.chars.next_if(plain).is_some() {}
        (self.chars.next()? == '>').then(|| self.grouped())?
    }

    /// `(?i)` holds up to the end of the group it stands in.
    fn folded(&mut self, fold: bool) -> Option<Node> {
        let outer = std::mem::replace(&mut self.fold, fold);
        match self.chars.next()? {
            ')' => Some(Node::empty()),
            ':' => {
                let node = self.grouped();
                self.fold = outer;
                node
            }
            _ => None,
        }
    }
}
