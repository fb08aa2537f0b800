//! What a `CHECK` demands, as far as it can be said of one column at a time.

use linkspan_project::SqlDialect;
use serde_json::{Number, Value};
use sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, InTarget, UnaryOperator,
    Value as Literal,
};

use sqlparser::tokenizer::Span;

use super::comparison::{
    bytes, folded_words, is_or_not, json_types, length, negated_if, not_blank_length, ordered, sqlite_types, turned,
};
use super::database::folded;
use super::pattern;

/// A condition on a row. Its leaves are tests of one column each; what cannot be said so is [`Condition::Unknown`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    /// All hold.
    And(Vec<Condition>),
    /// One holds.
    Or(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// A column's value is of a kind.
    Test(String, Test),
    /// A column is NULL.
    IsNull(String),
    /// It holds always, or never.
    Always(bool),
    /// It may hold or not: what was written, and of which columns it speaks.
    Unknown(String, Vec<String>),
}

/// What can be said of a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    /// It is at least, or more than, a number (`true`: the number itself is excluded).
    Above(Number, bool),
    /// It is at most, or less than, a number.
    Below(Number, bool),
    /// It is one of these.
    OneOf(Vec<Value>),
    /// It has at least so many characters.
    Longer(u64),
    /// It has at most so many characters.
    Shorter(u64),
    /// It matches a regular expression of ECMA-262.
    Matches(String),
    /// It is a multiple of a number.
    Multiple(Number),
    /// It is of one of these JSON types.
    Typed(Vec<&'static str>),
}

impl Condition {
    /// What an expression says.
    pub(crate) fn of(expr: &Expr, dialect: SqlDialect) -> Self {
        Reader { dialect }.condition(expr)
    }

    /// The columns that it speaks of.
    pub(crate) fn columns(&self) -> Vec<&str> {
        let mut found = match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::columns).collect(),
            Self::Not(part) => part.columns(),
            Self::Test(column, _) | Self::IsNull(column) => vec![column.as_str()],
            Self::Unknown(_, columns) => columns.iter().map(String::as_str).collect(),
            Self::Always(_) => Vec::new(),
        };
        found.sort_unstable();
        found.dedup();
        found
    }

    /// What in it could not be read.
    pub(crate) fn unknown(&self) -> Option<&str> {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().find_map(Self::unknown),
            Self::Not(part) => part.unknown(),
            Self::Unknown(text, _) => Some(text),
            Self::Test(..) | Self::IsNull(_) | Self::Always(_) => None,
        }
    }

    /// Calls a column by another name.
    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter_mut().for_each(|part| part.rename(from, to)),
            Self::Not(part) => part.rename(from, to),
            Self::Test(column, _) | Self::IsNull(column) if column == from => to.clone_into(column),
            Self::Unknown(_, columns) => {
                columns.iter_mut().filter(|column| *column == from).for_each(|column| to.clone_into(column));
            }
            _ => {}
        }
    }
}

struct Reader {
    dialect: SqlDialect,
}

impl Reader {
    fn condition(&self, expr: &Expr) -> Condition {
        self.known(expr).unwrap_or_else(|| Condition::Unknown(expr.to_string(), names(expr, self.dialect)))
    }

    fn known(&self, expr: &Expr) -> Option<Condition> {
        match expr {
            Expr::Nested(inner) | Expr::Collate { expr: inner, .. } => self.known(inner),
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => Some(Condition::Not(Box::new(self.condition(expr)))),
            Expr::IsNull(inner) => Some(Condition::IsNull(self.column(inner)?)),
            Expr::IsNotNull(inner) => Some(Condition::Not(Box::new(Condition::IsNull(self.column(inner)?)))),
            Expr::IsTrue(inner) => Some(self.is(inner, true)),
            Expr::IsFalse(inner) => Some(self.is(inner, false)),
            Expr::In { expr, target: InTarget::List(list), negated, .. } => {
                let words: Option<Vec<_>> = list.iter().map(|item| self.literal(item)).collect();
                // A NULL in the list makes everything else unknown, which a check lets pass.
                let words = words.filter(|words| !words.contains(&Value::Null))?;
                Some(negated_if(*negated, self.one_of(expr, words)?))
            }
            Expr::Between { expr, negated, low, high } => {
                let low = self.compare(expr, &BinaryOperator::GtEq, low)?;
                let high = self.compare(expr, &BinaryOperator::LtEq, high)?;
                Some(negated_if(*negated, Condition::And(vec![low, high])))
            }
            Expr::AnyOp { left, compare_op: BinaryOperator::Eq, right, .. } => {
                let words: Option<Vec<_>> = array(right)?.iter().map(|item| self.literal(item)).collect();
                self.one_of(left, words?)
            }
            Expr::AllOp { left, compare_op: BinaryOperator::NotEq, right } => {
                let words: Option<Vec<_>> = array(right)?.iter().map(|item| self.literal(item)).collect();
                let words = words.filter(|words| !words.contains(&Value::Null))?;
                Some(negated_if(true, self.one_of(left, words)?))
            }
            Expr::Like { negated, any: false, expr, pattern, escape_char } => {
                let escape = self.escape(escape_char.as_deref())?;
                let folds = self.dialect == SqlDialect::Sqlite;
                self.matching(expr, *negated, |text| pattern::like(text, escape, folds), pattern)
            }
            Expr::ILike { negated, any: false, expr, pattern, escape_char } => {
                let escape = self.escape(escape_char.as_deref())?;
                self.matching(expr, *negated, |text| pattern::like(text, escape, true), pattern)
            }
            // The reader of statements writes SQLite's `GLOB` so.
            Expr::SimilarTo { negated, expr, pattern, .. } if self.dialect == SqlDialect::Sqlite => {
                self.matching(expr, *negated, pattern::glob, pattern)
            }
            Expr::SimilarTo { negated, expr, pattern, escape_char } => {
                let escape = self.escape(escape_char.as_deref())?;
                self.matching(expr, *negated, |text| pattern::similar(text, escape), pattern)
            }
            Expr::Value(value) => match &value.value {
                Literal::Boolean(word) => Some(Condition::Always(*word)),
                Literal::Number(digits, _) => Some(Condition::Always(digits.parse::<f64>().ok()? != 0.0)),
                _ => None,
            },
            Expr::Function(function) => match (name_of(function).as_str(), self.argument(function)) {
                ("json_valid", Some(column)) => Some(Condition::Test(column, Test::Typed(vec!["object", "array"]))),
                _ => None,
            },
            Expr::Identifier(_) => Some(Condition::Test(self.column(expr)?, Test::OneOf(vec![Value::Bool(true)]))),
            _ => None,
        }
    }

    fn binary(&self, left: &Expr, op: &BinaryOperator, right: &Expr) -> Option<Condition> {
        match op {
            BinaryOperator::And => Some(match self.condition(left) {
                Condition::And(mut parts) => {
                    parts.push(self.condition(right));
                    Condition::And(parts)
                }
                part => Condition::And(vec![part, self.condition(right)]),
            }),
            BinaryOperator::Or => Some(match self.condition(left) {
                Condition::Or(mut parts) => {
                    parts.push(self.condition(right));
                    Condition::Or(parts)
                }
                part => Condition::Or(vec![part, self.condition(right)]),
            }),
            BinaryOperator::PGRegexMatch | BinaryOperator::PGRegexNotMatch => {
                let negated = *op == BinaryOperator::PGRegexNotMatch;
                self.matching(left, negated, |text| pattern::posix(text, false), right)
            }
            BinaryOperator::PGRegexIMatch | BinaryOperator::PGRegexNotIMatch => {
                let negated = *op == BinaryOperator::PGRegexNotIMatch;
                self.matching(left, negated, |text| pattern::posix(text, true), right)
            }
            // `LIKE` and `ILIKE`, as PostgreSQL writes them out.
            BinaryOperator::PGLikeMatch | BinaryOperator::PGNotLikeMatch => {
                let negated = *op == BinaryOperator::PGNotLikeMatch;
                self.matching(left, negated, |text| pattern::like(text, Some('\\'), false), right)
            }
            BinaryOperator::PGILikeMatch | BinaryOperator::PGNotILikeMatch => {
                let negated = *op == BinaryOperator::PGNotILikeMatch;
                self.matching(left, negated, |text| pattern::like(text, Some('\\'), true), right)
            }
            _ if self.literal(left).is_some() => self.compare(right, &turned(op)?, left),
            _ => self.compare(left, op, right),
        }
    }

    fn compare(&self, left: &Expr, op: &BinaryOperator, right: &Expr) -> Option<Condition> {
        let value = self.literal(right)?;
        match (bare(left), &value) {
            (Expr::Function(function), _) => self.function(function, op, &value),
            (Expr::BinaryOp { left, op: BinaryOperator::Modulo, right }, Value::Number(zero))
                if *op == BinaryOperator::Eq && zero.as_f64() == Some(0.0) =>
            {
                let Value::Number(divisor) = self.literal(right)? else { return None };
                Some(Condition::Test(self.column(left)?, Test::Multiple(divisor)))
            }
            (inner, Value::Number(number)) => {
                Some(ordered(self.column(inner)?, op, number.clone()).unwrap_or(self.equal(inner, op, value)?))
            }
            (inner, _) => self.equal(inner, op, value),
        }
    }

    fn equal(&self, left: &Expr, op: &BinaryOperator, value: Value) -> Option<Condition> {
        match op {
            BinaryOperator::Eq => self.one_of(left, vec![value]),
            BinaryOperator::NotEq => Some(negated_if(true, self.one_of(left, vec![value])?)),
            // What only orders numbers was taken before; the order of texts depends on the collation.
            _ if value.is_number() => Some(Condition::Always(true)),
            _ => None,
        }
    }

    /// `length(x) op n`, `typeof(x) = 'word'` and the like.
    fn function(&self, function: &Function, op: &BinaryOperator, value: &Value) -> Option<Condition> {
        let name = name_of(function);
        match (name.as_str(), value) {
            ("length" | "char_length" | "character_length", Value::Number(number)) => match self.argument(function) {
                Some(column) => length(column, op, number.as_i64()?),
                None => self.trimmed(function).and_then(|column| not_blank_length(column, op, number.as_i64()?)),
            },
            ("octet_length", Value::Number(number)) => bytes(self.argument(function)?, op, number.as_i64()?),
            ("lower" | "upper", Value::String(_)) => {
                let words = std::slice::from_ref(value);
                is_or_not(op, folded_words(self.argument(function)?, name == "lower", words)?)
            }
            ("typeof", Value::String(word)) => {
                let types = sqlite_types(word)?;
                Some(is_or_not(op, Condition::Test(self.argument(function)?, Test::Typed(types)))?)
            }
            ("jsonb_typeof" | "json_typeof" | "json_type", Value::String(word)) => {
                let types = json_types(word)?;
                Some(is_or_not(op, Condition::Test(self.argument(function)?, Test::Typed(types)))?)
            }
            _ => None,
        }
    }

    fn trimmed(&self, function: &Function) -> Option<String> {
        match bare(sole(function)?) {
            Expr::Trim { trim_where: None, trim_what: None, trim_characters: None, expr } => self.column(expr),
            Expr::Function(inner) if matches!(name_of(inner).as_str(), "trim" | "btrim") => self.argument(inner),
            _ => None,
        }
    }

    fn matching(
        &self,
        left: &Expr,
        negated: bool,
        translate: impl Fn(&str) -> Option<String>,
        pattern: &Expr,
    ) -> Option<Condition> {
        let Value::String(text) = self.literal(pattern)? else { return None };
        Some(negated_if(negated, Condition::Test(self.column(left)?, Test::Matches(translate(&text)?))))
    }

    fn one_of(&self, left: &Expr, words: Vec<Value>) -> Option<Condition> {
        let trimmed = match bare(left) {
            Expr::Trim { trim_where: None, trim_what: None, trim_characters: None, expr } => self.column(expr),
            Expr::Function(function) if matches!(name_of(function).as_str(), "trim" | "btrim") => {
                self.argument(function)
            }
            Expr::Function(function) if matches!(name_of(function).as_str(), "lower" | "upper") => {
                return folded_words(self.argument(function)?, name_of(function) == "lower", &words);
            }
            Expr::Function(function) => {
                let [word] = words.as_slice() else { return None };
                return self.function(function, &BinaryOperator::Eq, word);
            }
            _ => None,
        };
        match trimmed {
            Some(column) if words == [Value::from("")] => {
                Some(Condition::Test(column, Test::Matches("^ *$".to_owned())))
            }
            Some(_) => None,
            None => Some(Condition::Test(self.column(left)?, Test::OneOf(words))),
        }
    }

    fn is(&self, inner: &Expr, word: bool) -> Condition {
        let condition = self.condition(inner);
        let columns: Vec<_> = condition.columns().into_iter().map(ToOwned::to_owned).collect();
        let there = columns.into_iter().map(|column| Condition::Not(Box::new(Condition::IsNull(column))));
        Condition::And(there.chain([negated_if(!word, condition)]).collect())
    }

    fn column(&self, expr: &Expr) -> Option<String> {
        match bare(expr) {
            Expr::Identifier(name) => Some(folded(name, self.dialect)),
            // Qualified by the table.
            Expr::CompoundIdentifier(parts) => parts.last().map(|name| folded(name, self.dialect)),
            _ => None,
        }
    }

    fn argument(&self, function: &Function) -> Option<String> {
        self.column(sole(function)?)
    }

    fn escape(&self, escape: Option<&Expr>) -> Option<Option<char>> {
        let default = (self.dialect == SqlDialect::Postgresql).then_some('\\');
        let Some(expr) = escape else { return Some(default) };
        let Value::String(text) = self.literal(expr)? else { return None };
        let mut letters = text.chars();
        let first = letters.next();
        letters.next().is_none().then_some(first)
    }

    /// A value that is written out. A double-quoted word that names nothing would be a text in SQLite; it is not
    /// guessed.
    fn literal(&self, expr: &Expr) -> Option<Value> {
        match bare(expr) {
            Expr::Value(value) => match &value.value {
                Literal::Number(digits, _) => number(digits).map(Value::Number),
                Literal::SingleQuotedString(text)
                | Literal::EscapedStringLiteral(text)
                | Literal::NationalStringLiteral(text) => Some(Value::from(text.as_str())),
                Literal::Boolean(word) => Some(Value::Bool(*word)),
                Literal::Null => Some(Value::Null),
                _ => None,
            },
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match self.literal(expr)? {
                Value::Number(positive) => number(&format!("-{positive}")).map(Value::Number),
                _ => None,
            },
            Expr::UnaryOp { op: UnaryOperator::Plus, expr } => self.literal(expr),
            _ => None,
        }
    }
}

/// The names in an expression that nobody understood; not all of them are columns.
fn names(expr: &Expr, dialect: SqlDialect) -> Vec<String> {
    let words = super::script::words_of(dialect);
    let text = expr.to_string();
    let tokens = sqlparser::tokenizer::Tokenizer::new(words.as_ref(), &text).tokenize().unwrap_or_default();
    let name = |token: sqlparser::tokenizer::Token| match token {
        sqlparser::tokenizer::Token::Word(word) => {
            let name = sqlparser::ast::Ident { value: word.value, quote_style: word.quote_style, span: Span::empty() };
            Some(folded(&name, dialect))
        }
        _ => None,
    };
    tokens.into_iter().filter_map(name).collect()
}

/// A literal, read as [`Condition::of`] reads those of an engine.
pub(crate) fn literal(expr: &Expr, dialect: SqlDialect) -> Option<Value> {
    Reader { dialect }.literal(expr)
}

/// An expression without its parentheses, casts and collations.
fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } | Expr::Collate { expr: inner, .. } => bare(inner),
        other => other,
    }
}

fn array(expr: &Expr) -> Option<&[Expr]> {
    match bare(expr) {
        Expr::Array(array) => Some(&array.elem),
        _ => None,
    }
}

fn name_of(function: &Function) -> String {
    function.name.to_string().to_ascii_lowercase().trim_start_matches("pg_catalog.").to_owned()
}

fn sole(function: &Function) -> Option<&Expr> {
    let FunctionArguments::List(list) = &function.args else { return None };
    match list.args.as_slice() {
        [FunctionArg::Unnamed(FunctionArgExpr::Expr(expr))] => Some(expr),
        _ => None,
    }
}

/// A number as JSON has it; one that would lose digits is none.
pub(crate) fn number(digits: &str) -> Option<Number> {
    let digits = digits.strip_prefix('+').unwrap_or(digits);
    let digits = match digits.strip_prefix('.') {
        Some(rest) => format!("0.{rest}"),
        None => digits.trim_end_matches('.').to_owned(),
    };
    serde_json::from_str::<Number>(&digits).ok().filter(|number| number.as_f64().is_some_and(f64::is_finite))
}
