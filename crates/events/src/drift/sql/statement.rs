use linkspan_command::Failure;
use linkspan_project::SqlDialect;
use linkspan_report::Span;
use sqlparser::ast::{AlterTable, AlterType, CreateTable, DataType, Expr, Ident, ObjectName, Statement};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, TokenWithSpan, Word};

use super::script::{Script, keyword, lower, position, words_of};

/// How deep expressions may be nested.
const MOST_DEEP: usize = 60;

/// A statement that shapes tables.
#[derive(Debug, Clone)]
pub(crate) enum Ddl {
    /// `CREATE TABLE`.
    Table(Box<CreateTable>),
    /// `ALTER TABLE`.
    Alter(Box<AlterTable>),
    /// `ALTER TABLE … ALTER COLUMN … DROP EXPRESSION`, which the parser does not know.
    DropExpression(ObjectName, Ident),
    /// `CREATE TYPE … AS ENUM`.
    Enum(ObjectName, Vec<Ident>),
    /// `ALTER TYPE`.
    AlterType(Box<AlterType>),
    /// `CREATE DOMAIN`.
    Domain(Box<Domain>),
    /// `ALTER DOMAIN`.
    AlterDomain(ObjectName, Vec<DomainChange>),
    /// `DROP TABLE`, `DROP TYPE`, `DROP DOMAIN`.
    Drop(Vec<ObjectName>),
}

/// `CREATE DOMAIN`.
#[derive(Debug, Clone)]
pub(crate) struct Domain {
    /// Its name.
    pub(crate) name: ObjectName,
    /// What it is based on.
    pub(crate) base: DataType,
    /// What it demands.
    pub(crate) demands: Vec<DomainChange>,
}

/// What a domain demands, or how that changes.
#[derive(Debug, Clone)]
pub(crate) enum DomainChange {
    /// `SET NOT NULL`, `DROP NOT NULL`.
    Nullable(bool),
    /// `ADD CHECK`.
    Check(Option<Ident>, Box<Expr>),
    /// `DROP CONSTRAINT`.
    Drop(Ident),
    /// `RENAME TO`.
    Rename(Ident),
}

/// A statement, and which words of its script it is.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// What it does.
    pub(crate) ddl: Ddl,
    /// Its words, by their numbers.
    pub(crate) words: std::ops::Range<usize>,
}

/// The statements of a script that shape tables, in order. Others are passed over.
///
/// # Errors
/// One of them is malformed, or something is no statement at all.
pub(crate) fn steps(script: &Script, dialect: SqlDialect) -> Result<Vec<Step>, Failure> {
    let mut steps = Vec::new();
    for words in split(&script.tokens) {
        let Some(tokens) = script.tokens.get(words.clone()) else { continue };
        match step(tokens, dialect) {
            Ok(Some(ddl)) => steps.push(Step { ddl, words }),
            Ok(None) => {}
            Err(error) => return Err(malformed(script, tokens, error)),
        }
    }
    Ok(steps)
}

/// The statements, without their semicolons. Those in the body of a trigger do not end it.
fn split(tokens: &[TokenWithSpan]) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut blocks) = (0, 0_usize);
    for (at, token) in tokens.iter().enumerate() {
        let trigger = || tokens.iter().skip(start).take(4).any(|token| keyword(token) == Keyword::TRIGGER);
        match keyword(token) {
            Keyword::BEGIN if at > start && trigger() => blocks += 1,
            Keyword::CASE if blocks > 0 => blocks += 1,
            Keyword::END if blocks > 0 => blocks -= 1,
            _ => {}
        }
        if matches!(token.token, Token::SemiColon | Token::EOF) && blocks == 0 {
            found.push(start..at);
            start = at + 1;
        }
    }
    found.push(start..tokens.len());
    found.retain(|words| !words.is_empty());
    found
}

fn step(tokens: &[TokenWithSpan], dialect: SqlDialect) -> Result<Option<Ddl>, ParserError> {
    let words: Vec<String> = tokens.iter().take(6).map(|token| token.token.to_string().to_ascii_uppercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["CREATE", rest @ ..] => match created(rest) {
            Some("TABLE") => Ok(match parse(tokens, dialect, create_table)? {
                Statement::CreateTable(table) => Some(Ddl::Table(Box::new(table))),
                _ => None,
            }),
            Some("TYPE") => Ok(enumeration(parse(tokens, dialect, create_type)?)),
            Some("DOMAIN") => domain(tokens, dialect).map(Some),
            Some(_) => Ok(None),
            None => Err(ParserError::ParserError("expected what to create".to_owned())),
        },
        ["ALTER", "TABLE", ..] => alter(tokens, dialect),
        ["ALTER", "TYPE", ..] => Ok(match parse(tokens, dialect, alter_type)? {
            Statement::AlterType(change) => Some(Ddl::AlterType(Box::new(change))),
            _ => None,
        }),
        ["ALTER", "DOMAIN", ..] => alter_domain(tokens, dialect),
        ["DROP", "TABLE" | "TYPE" | "DOMAIN", ..] => {
            parse(tokens, dialect, dropped).map(|names| Some(Ddl::Drop(names)))
        }
        [first, ..] if STATEMENTS.contains(first) => Ok(None),
        _ => parse(tokens, dialect, |parser| parser.expected("an SQL statement", parser.peek_token())),
    }
}

/// The first words of statements that shape no table. They are not read, because both engines have more of them
/// than the parser knows.
const STATEMENTS: [&str; 56] = [
    "ABORT",
    "ALTER",
    "ANALYZE",
    "ATTACH",
    "BEGIN",
    "CALL",
    "CHECKPOINT",
    "CLOSE",
    "CLUSTER",
    "COMMENT",
    "COMMIT",
    "COPY",
    "DEALLOCATE",
    "DECLARE",
    "DELETE",
    "DETACH",
    "DISCARD",
    "DO",
    "DROP",
    "END",
    "EXECUTE",
    "EXPLAIN",
    "FETCH",
    "GRANT",
    "IMPORT",
    "INSERT",
    "LISTEN",
    "LOAD",
    "LOCK",
    "MERGE",
    "MOVE",
    "NOTIFY",
    "PRAGMA",
    "PREPARE",
    "REASSIGN",
    "REFRESH",
    "REINDEX",
    "RELEASE",
    "REPLACE",
    "RESET",
    "REVOKE",
    "ROLLBACK",
    "SAVEPOINT",
    "SECURITY",
    "SELECT",
    "SET",
    "SHOW",
    "START",
    "TABLE",
    "TRUNCATE",
    "UNLISTEN",
    "UPDATE",
    "VACUUM",
    "VALUES",
    "WITH",
    "(",
];

/// What kind of thing is created, without the words that say how.
fn created<'a>(words: &[&'a str]) -> Option<&'a str> {
    const HOW: [&str; 9] =
        ["OR", "REPLACE", "TEMP", "TEMPORARY", "GLOBAL", "LOCAL", "UNLOGGED", "UNIQUE", "MATERIALIZED"];
    const KINDS: [&str; 28] = [
        "TABLE",
        "TYPE",
        "DOMAIN",
        "INDEX",
        "VIEW",
        "TRIGGER",
        "FUNCTION",
        "PROCEDURE",
        "SEQUENCE",
        "SCHEMA",
        "EXTENSION",
        "ROLE",
        "USER",
        "POLICY",
        "RULE",
        "CAST",
        "OPERATOR",
        "AGGREGATE",
        "PUBLICATION",
        "SUBSCRIPTION",
        "STATISTICS",
        "COLLATION",
        "DATABASE",
        "VIRTUAL",
        "EVENT",
        "FOREIGN",
        "SERVER",
        "RECURSIVE",
    ];
    words.iter().find(|word| !HOW.contains(word)).copied().filter(|word| KINDS.contains(word) || *word == "CONSTRAINT")
}

/// Reads a whole statement. Only what shapes tables is read by the parser: all that it knows would be half a megabyte.
fn parse<T>(
    tokens: &[TokenWithSpan],
    dialect: SqlDialect,
    read: fn(&mut Parser<'_>) -> Result<T, ParserError>,
) -> Result<T, ParserError> {
    let words = words_of(dialect);
    let mut parser = parser(words.as_ref(), tokens, dialect);
    let statement = read(&mut parser)?;
    ended(&mut parser)?;
    Ok(statement)
}

fn create_table(parser: &mut Parser<'_>) -> Result<Statement, ParserError> {
    parser.expect_keyword(Keyword::CREATE)?;
    let or_replace = parser.parse_keywords(&[Keyword::OR, Keyword::REPLACE]);
    let global = parser.parse_one_of_keywords(&[Keyword::LOCAL, Keyword::GLOBAL]).map(|it| it == Keyword::GLOBAL);
    let temporary = parser.parse_one_of_keywords(&[Keyword::TEMP, Keyword::TEMPORARY]).is_some();
    let unlogged = parser.parse_keyword(Keyword::UNLOGGED);
    parser.expect_keyword(Keyword::TABLE)?;
    parser.parse_create_table(or_replace, temporary, unlogged, global, false, false, None).map(Into::into)
}

fn create_type(parser: &mut Parser<'_>) -> Result<Statement, ParserError> {
    parser.expect_keywords(&[Keyword::CREATE, Keyword::TYPE])?;
    parser.parse_create_type()
}

fn alter_table(parser: &mut Parser<'_>) -> Result<Statement, ParserError> {
    parser.expect_keywords(&[Keyword::ALTER, Keyword::TABLE])?;
    parser.parse_alter_table(None)
}

fn alter_type(parser: &mut Parser<'_>) -> Result<Statement, ParserError> {
    parser.expect_keywords(&[Keyword::ALTER, Keyword::TYPE])?;
    parser.parse_alter_type()
}

fn dropped(parser: &mut Parser<'_>) -> Result<Vec<ObjectName>, ParserError> {
    parser.expect_keyword(Keyword::DROP)?;
    parser.expect_one_of_keywords(&[Keyword::TABLE, Keyword::TYPE, Keyword::DOMAIN])?;
    let _ = parser.parse_keywords(&[Keyword::IF, Keyword::EXISTS]);
    let names = parser.parse_comma_separated(|parser| parser.parse_object_name(false))?;
    let _ = parser.parse_one_of_keywords(&[Keyword::CASCADE, Keyword::RESTRICT]);
    Ok(names)
}

fn parser<'a>(words: &'a dyn sqlparser::dialect::Dialect, tokens: &[TokenWithSpan], dialect: SqlDialect) -> Parser<'a> {
    let tokens = if dialect == SqlDialect::Sqlite { without_glob(tokens) } else { tokens.to_vec() };
    Parser::new(words).with_recursion_limit(MOST_DEEP).with_tokens_with_locations(tokens)
}

/// `GLOB` is not known to the parser; `SIMILAR TO`, which SQLite does not have, stands in the same places.
fn without_glob(tokens: &[TokenWithSpan]) -> Vec<TokenWithSpan> {
    let replaced = |token: &TokenWithSpan| match &token.token {
        Token::Word(Word { value, quote_style: None, .. }) if value.eq_ignore_ascii_case("glob") => {
            let word = |text: &str| TokenWithSpan::new(Token::make_keyword(text), token.span);
            vec![word("SIMILAR"), word("TO")]
        }
        _ => vec![token.clone()],
    };
    tokens.iter().flat_map(replaced).collect()
}

fn ended(parser: &mut Parser<'_>) -> Result<(), ParserError> {
    match parser.peek_token() {
        TokenWithSpan { token: Token::EOF, .. } => Ok(()),
        other => parser.expected("end of statement", other),
    }
}

fn enumeration(statement: Statement) -> Option<Ddl> {
    use sqlparser::ast::UserDefinedTypeRepresentation as Representation;
    match statement {
        Statement::CreateType { name, representation: Some(Representation::Enum { labels }) } => {
            Some(Ddl::Enum(name, labels))
        }
        _ => None,
    }
}

fn alter(tokens: &[TokenWithSpan], dialect: SqlDialect) -> Result<Option<Ddl>, ParserError> {
    let error = match parse(tokens, dialect, alter_table) {
        Ok(Statement::AlterTable(change)) => return Ok(Some(Ddl::Alter(Box::new(change)))),
        Ok(_) => return Ok(None),
        Err(error) => error,
    };
    let words = words_of(dialect);
    let mut parser = parser(words.as_ref(), tokens, dialect);
    let parser = &mut parser;
    parser.expect_keywords(&[Keyword::ALTER, Keyword::TABLE])?;
    let _ = parser.parse_keywords(&[Keyword::IF, Keyword::EXISTS]);
    let _ = parser.parse_keyword(Keyword::ONLY);
    let name = parser.parse_object_name(false)?;
    if !parser.parse_keyword(Keyword::ALTER) {
        return if harmless(tokens) { Ok(None) } else { Err(error) };
    }
    let _ = parser.parse_keyword(Keyword::COLUMN);
    let column = parser.parse_identifier()?;
    let verb = parser.next_token().token.to_string().to_ascii_uppercase();
    let object = parser.next_token().token.to_string().to_ascii_uppercase();
    match (verb.as_str(), object.as_str()) {
        ("DROP", "EXPRESSION") => Ok(Some(Ddl::DropExpression(name, column))),
        ("SET", "STATISTICS" | "STORAGE" | "COMPRESSION" | "(")
        | ("DROP" | "SET", "IDENTITY" | "GENERATED")
        | ("RESTART", _)
        | ("RESET", _) => Ok(None),
        _ => Err(error),
    }
}

/// Changes of a table that change no column.
fn harmless(tokens: &[TokenWithSpan]) -> bool {
    const VERBS: [&str; 9] = ["CLUSTER", "SET", "RESET", "INHERIT", "NO", "OWNER", "ENABLE", "DISABLE", "REPLICA"];
    let words = tokens.iter().map(|token| token.token.to_string().to_ascii_uppercase());
    words.skip(3).take(4).any(|word| VERBS.contains(&word.as_str()))
}

fn domain(tokens: &[TokenWithSpan], dialect: SqlDialect) -> Result<Ddl, ParserError> {
    let words = words_of(dialect);
    let mut parser = parser(words.as_ref(), tokens, dialect);
    let parser = &mut parser;
    parser.expect_keywords(&[Keyword::CREATE, Keyword::DOMAIN])?;
    let name = parser.parse_object_name(false)?;
    let _ = parser.parse_keyword(Keyword::AS);
    let base = parser.parse_data_type()?;
    let mut demands = Vec::new();
    while parser.peek_token().token != Token::EOF {
        if parser.parse_keyword(Keyword::COLLATE) {
            parser.parse_object_name(false)?;
        } else if parser.parse_keyword(Keyword::DEFAULT) {
            parser.parse_expr()?;
        } else {
            demands.extend(demand(parser)?);
        }
    }
    Ok(Ddl::Domain(Box::new(Domain { name, base, demands })))
}

fn demand(parser: &mut Parser<'_>) -> Result<Option<DomainChange>, ParserError> {
    let name = if parser.parse_keyword(Keyword::CONSTRAINT) { Some(parser.parse_identifier()?) } else { None };
    if parser.parse_keywords(&[Keyword::NOT, Keyword::NULL]) {
        return Ok(Some(DomainChange::Nullable(false)));
    }
    if parser.parse_keyword(Keyword::NULL) {
        return Ok(None);
    }
    parser.expect_keyword_is(Keyword::CHECK)?;
    parser.expect_token(&Token::LParen)?;
    let expr = parser.parse_expr()?;
    parser.expect_token(&Token::RParen)?;
    let _ = parser.parse_keywords(&[Keyword::NOT, Keyword::VALID]);
    Ok(Some(DomainChange::Check(name, Box::new(expr))))
}

fn alter_domain(tokens: &[TokenWithSpan], dialect: SqlDialect) -> Result<Option<Ddl>, ParserError> {
    let words = words_of(dialect);
    let mut parser = parser(words.as_ref(), tokens, dialect);
    let parser = &mut parser;
    parser.expect_keywords(&[Keyword::ALTER, Keyword::DOMAIN])?;
    let name = parser.parse_object_name(false)?;
    let change = if parser.parse_keywords(&[Keyword::SET, Keyword::NOT, Keyword::NULL]) {
        Some(DomainChange::Nullable(false))
    } else if parser.parse_keywords(&[Keyword::DROP, Keyword::NOT, Keyword::NULL]) {
        Some(DomainChange::Nullable(true))
    } else if parser.parse_keyword(Keyword::ADD) {
        demand(parser)?
    } else if parser.parse_keywords(&[Keyword::DROP, Keyword::CONSTRAINT]) {
        let _ = parser.parse_keywords(&[Keyword::IF, Keyword::EXISTS]);
        Some(DomainChange::Drop(parser.parse_identifier()?))
    } else if parser.parse_keywords(&[Keyword::RENAME, Keyword::TO]) {
        Some(DomainChange::Rename(parser.parse_identifier()?))
    } else {
        None
    };
    Ok(change.map(|change| Ddl::AlterDomain(name, vec![change])))
}

/// What the parser says, with its place taken out of the text and put where places belong.
fn malformed(script: &Script, tokens: &[TokenWithSpan], error: ParserError) -> Failure {
    let first = tokens.first().map(|token| position(token.span.start));
    let (message, at) = match error {
        ParserError::RecursionLimitExceeded => ("it is nested too deeply".to_owned(), first),
        ParserError::ParserError(text) | ParserError::TokenizerError(text) => placed(&text, tokens),
    };
    Failure::input(format!("this SQL cannot be read: {}", lower(&message)))
        .in_file(script.shown.as_str(), at.or(first).map(Span::at))
        .help("`dialect:` in the projection says whose SQL it is: postgresql or sqlite")
}

/// `… at Line: 3, Column: 7` ends the messages of the parser; what is found at the end of a statement has no place.
fn placed(text: &str, tokens: &[TokenWithSpan]) -> (String, Option<linkspan_report::Position>) {
    let end = || tokens.last().map(|token| position(token.span.end));
    let Some((message, place)) = text.rsplit_once(" at Line: ") else { return (text.to_owned(), end()) };
    let numbers = place.split_once(", Column: ");
    let at = numbers.and_then(|(line, column)| Some((line.parse::<usize>().ok()?, column.parse::<usize>().ok()?)));
    let at = at.filter(|(line, _)| *line > 0).map(|(line, column)| linkspan_report::Position::new(line, column));
    (message.to_owned(), at.or_else(end))
}
