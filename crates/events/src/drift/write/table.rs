//! Changes of a table: in its `CREATE TABLE`, or by further statements where files are run one after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use linkspan_project::SqlDialect;
use serde_json::{Map, Value, json};
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::declare::{self, quoted};
use crate::drift::judge::{Answer, Question, Towards, accepts, answer};
use crate::drift::load::Tabled;
use crate::drift::mapping::{Mapping, snake};
use crate::drift::object::alone;
use crate::drift::rules;
use crate::drift::shape::or_null;
use crate::drift::sql::{Check, Column, Script, Spot, Table, UserType, column_values, concerns, keyword};
use crate::drift::table::Rowed;
use crate::schema::{Bundle, Dialect};

/// What is done to a table.
#[derive(Debug, Default)]
struct Strokes {
    /// Parts of scripts, and what they become.
    edits: Vec<(Spot, String)>,
    /// Statements that are run afterwards.
    statements: Vec<String>,
}

/// The file, and what it becomes, so that the questions hold.
///
/// # Errors
/// Why that cannot be done.
pub(super) fn change(tabled: &Tabled, mapping: &Mapping, failed: &[Question]) -> Result<(PathBuf, String), String> {
    let table = tabled.sources.database.table(&tabled.table).ok_or("the table is gone")?;
    let rowed = Rowed::of(&tabled.model, table, &tabled.sources.database, mapping);
    let writer = Writer { tabled, table, mapping, rowed: &rowed, dialect: tabled.sources.database.dialect };
    let mut strokes = Strokes::default();
    let mut done = BTreeSet::new();
    for question in failed {
        let key = (question.property.clone(), question.counterpart.clone());
        if done.insert(key) {
            writer.question(question, &mut strokes)?;
        }
    }
    writer.finish(strokes)
}

struct Writer<'a> {
    tabled: &'a Tabled,
    table: &'a Table,
    mapping: &'a Mapping,
    rowed: &'a Rowed<'a>,
    dialect: SqlDialect,
}

impl Writer<'_> {
    fn question(&self, question: &Question, strokes: &mut Strokes) -> Result<(), String> {
        match (&question.property, &question.counterpart, question.rule) {
            (_, _, Some(rules::GENERATED)) => Err("a column that the database makes is not changed".to_owned()),
            (Some(property), None, _) => self.add(property, strokes),
            (Some(property), Some(_), _) => {
                let column = self.rowed.column(property).ok_or("its column is gone")?;
                self.column(property, column, strokes)
            }
            (None, Some(name), _) => self.extra(name, strokes),
            (None, None, _) => Err("a condition on several columns at once is not changed".to_owned()),
        }
    }

    /// Whether the file is edited where a column is made: not if files are run one after the other, or if a later
    /// statement changed it.
    fn in_place(&self, column: Option<&Column>) -> bool {
        self.tabled.migrations.is_none() && !column.is_some_and(|column| column.altered)
    }

    fn add(&self, property: &str, strokes: &mut Strokes) -> Result<(), String> {
        let schema = super::schema::inlined(&self.tabled.model, property)?;
        let types = self.tabled.model.types(property);
        let name = self.mapping.renames.get(property).cloned().unwrap_or_else(|| snake(property));
        let name = declare::name(&name);
        let demanded = !self.may_be_nothing(property);
        let declared = declare::column_type(&schema, &types, self.dialect, self.table.strict);
        let mut text = format!("{name} {declared}");
        if demanded && (self.in_place(None) || self.mapping.gives_all()) {
            text.push_str(" NOT NULL");
        }
        if let Some(condition) =
            declare::condition(&name, &declared, &schema, &types, self.dialect).filter(|_| self.mapping.gives_all())
        {
            text.push_str(&format!(" CHECK ({condition})"));
        }
        let last = self.table.columns.iter().rev().find(|column| !column.altered).filter(|_| self.in_place(None));
        match last {
            Some(last) => {
                let script = self.script(last.definition)?;
                let line = script.text[..last.definition.start].rfind('\n').map_or(0, |at| at + 1);
                let lead = &script.text[line..last.definition.start];
                let gap = if lead.trim().is_empty() { format!("\n{lead}") } else { " ".to_owned() };
                let end = Spot { start: last.definition.end, ..last.definition };
                strokes.edits.push((end, format!(",{gap}{text}")));
            }
            None => strokes.statements.push(format!("ALTER TABLE {} ADD COLUMN {text};", self.named())),
        }
        Ok(())
    }

    /// Whether the model lets a property be missing or null.
    fn may_be_nothing(&self, property: &str) -> bool {
        let view = self.tabled.model.view(property);
        accepts(&view, &json!({})) || accepts(&view, &object(property, Value::Null))
    }

    fn extra(&self, name: &str, strokes: &mut Strokes) -> Result<(), String> {
        let column = self.table.columns.iter().find(|column| column.name == name).ok_or("the column is gone")?;
        if self.mapping.gives_all() {
            return Err(format!("the column `{name}` would have to go, and what is in it would be lost"));
        }
        self.nullable(column, true, strokes)
    }

    fn column(&self, property: &str, column: &Column, strokes: &mut Strokes) -> Result<(), String> {
        let before = strokes.edits.len() + strokes.statements.len();
        let schema = super::schema::inlined(&self.tabled.model, property)?;
        let types = self.tabled.model.types(property);
        let view = self.tabled.model.view(property);
        let null = accepts(&view, &object(property, Value::Null));
        let absent = accepts(&view, &json!({}));
        if self.mapping.takes_all() && !column.nullable && (null || absent && column.default.is_none()) {
            self.nullable(column, true, strokes)?;
        } else if self.mapping.gives_all() && column.nullable && !null && !absent {
            self.nullable(column, false, strokes)?;
        }
        let bare = Table { checks: Vec::new(), ..self.table.clone() };
        let wide = self.mapping.takes_all() && !self.holds(property, column, &bare, Towards::Projection);
        let mut declared = column.declared.text.clone();
        if wide && !self.labels(column, &schema, strokes)? {
            declared = declare::column_type(&schema, &types, self.dialect, self.table.strict);
            self.retype(column, &declared, strokes)?;
        }
        let own = self.table.checks.iter().filter(|check| concerns(self.table, check) == [column.name.as_str()]);
        let wrong: Vec<_> = own
            .filter(|check| {
                let one = Table { checks: vec![(*check).clone()], ..bare.clone() };
                self.mapping.takes_all() && !self.holds(property, column, &one, Towards::Projection) && !wide
                    || wide && self.rejects(property, column, check)
            })
            .collect();
        let condition = declare::condition(&declare::name(&column.name), &declared, &schema, &types, self.dialect);
        let narrow = self.mapping.gives_all() && !self.holds(property, column, self.table, Towards::Model);
        self.checks(column, &wrong, condition.filter(|_| narrow || !wrong.is_empty()), strokes)?;
        if strokes.edits.len() + strokes.statements.len() == before {
            return Err(format!("what would have to be demanded of the column `{}` cannot be said", column.name));
        }
        Ok(())
    }

    /// Whether a check may reject what the type would take if it were wide enough.
    fn rejects(&self, property: &str, column: &Column, check: &Check) -> bool {
        let types = self.tabled.model.types(property);
        let any = Table { checks: vec![check.clone()], ..self.table.clone() };
        let free = Column { declared: column.declared.anything(), ..column.clone() };
        let values = column_values(&free, &any, &self.tabled.sources.database, &types, false);
        let reader = Bundle::alone(alone(property, or_null(&values.schema), false), Dialect::Draft202012);
        !matches!(self.ask(property, Towards::Projection, reader), Answer::Holds)
    }

    fn holds(&self, property: &str, column: &Column, table: &Table, towards: Towards) -> bool {
        let types = self.tabled.model.types(property);
        let database = &self.tabled.sources.database;
        let values = column_values(column, table, database, &types, towards == Towards::Model);
        let schema = values.integers.filter(|_| !types.contains("number")).unwrap_or(values.schema);
        let schema = if towards == Towards::Projection { or_null(&schema) } else { schema };
        let bundle = Bundle::alone(alone(property, schema, false), Dialect::Draft202012);
        matches!(self.ask(property, towards, bundle), Answer::Holds | Answer::Undecided(_))
    }

    fn ask(&self, property: &str, towards: Towards, there: Bundle) -> Answer {
        let here = self.tabled.model.view(property);
        let (writer, mut reader) = if towards == Towards::Projection { (here, there) } else { (there, here) };
        // Whether it may be missing is another matter.
        if let Some(reader) = reader.value.as_object_mut() {
            reader.remove("required");
        }
        answer(&Question { property: Some(property.to_owned()), ..Question::new(towards, writer, reader) })
    }

    fn nullable(&self, column: &Column, may: bool, strokes: &mut Strokes) -> Result<(), String> {
        if !self.in_place(Some(column)) {
            let verb = if may { "DROP" } else { "SET" };
            return self.alter(column, &format!("{verb} NOT NULL"), strokes);
        }
        let script = self.script(column.definition)?;
        if !may {
            let end = Spot { start: column.type_spot.end, end: column.type_spot.end, ..column.type_spot };
            strokes.edits.push((end, " NOT NULL".to_owned()));
            return Ok(());
        }
        let words = words(script, column.definition);
        let at = words.windows(2).position(|pair| {
            keyword(&script.tokens[pair[0]]) == Keyword::NOT && keyword(&script.tokens[pair[1]]) == Keyword::NULL
        });
        let at = at.ok_or_else(|| format!("the column `{}` is part of a key, which is never NULL", column.name))?;
        let spot = script.spot(column.definition.script, words[at]..words[at] + 2);
        let start = script.text[..spot.start].trim_end().len();
        strokes.edits.push((Spot { start, ..spot }, String::new()));
        Ok(())
    }

    fn retype(&self, column: &Column, text: &str, strokes: &mut Strokes) -> Result<(), String> {
        if self.tabled.sources.database.types.contains_key(&column.declared.name) {
            return Err(format!("the type `{}` is not changed, because others may use it", column.declared.text));
        }
        if !self.in_place(Some(column)) {
            return self.alter(column, &format!("TYPE {text}"), strokes);
        }
        let lead = if column.type_spot.start == column.type_spot.end { " " } else { "" };
        strokes.edits.push((column.type_spot, format!("{lead}{text}")));
        Ok(())
    }

    /// Words that an enumeration lacks, where that is all that is wrong.
    fn labels(&self, column: &Column, schema: &Value, strokes: &mut Strokes) -> Result<bool, String> {
        let Some(UserType::Enum(labels, spot, altered)) = self.tabled.sources.database.types.get(&column.declared.name)
        else {
            return Ok(false);
        };
        let Some(words) = schema.get("enum").and_then(Value::as_array) else { return Ok(false) };
        let words: Option<Vec<_>> = words.iter().filter(|word| !word.is_null()).map(Value::as_str).collect();
        let Some(words) = words else { return Ok(false) };
        let lacking: Vec<_> = words.into_iter().filter(|word| !labels.iter().any(|label| label == word)).collect();
        if !self.in_place(Some(column)) || *altered {
            let name = declare::name(&column.declared.name);
            let add = |word: &&str| format!("ALTER TYPE {name} ADD VALUE {};", quoted(word));
            strokes.statements.extend(lacking.iter().map(add));
            return Ok(true);
        }
        let text = self.script(*spot)?.slice(*spot);
        let end = spot.start + text.rfind(')').ok_or("the type is written in a way that is not changed here")?;
        let end = spot.start + text[..end - spot.start].trim_end().len();
        let added: String = lacking.iter().map(|word| format!(", {}", quoted(word))).collect();
        strokes.edits.push((Spot { start: end, end, ..*spot }, added));
        Ok(true)
    }

    /// Replaces the first check that is wrong by what the model demands, and removes the others.
    fn checks(
        &self,
        column: &Column,
        wrong: &[&Check],
        condition: Option<String>,
        strokes: &mut Strokes,
    ) -> Result<(), String> {
        if !self.in_place(Some(column)) {
            for check in wrong {
                let name = check.name.as_deref().ok_or("a check without a name cannot be dropped")?;
                self.statement(&format!("DROP CONSTRAINT {}", declare::name(name)), strokes)?;
            }
            return match condition {
                Some(condition) => self.statement(&format!("ADD CHECK ({condition})"), strokes),
                None => Ok(()),
            };
        }
        let mut condition = condition;
        for check in wrong {
            match condition.take() {
                Some(condition) => strokes.edits.push((check.spot, condition)),
                None => strokes.edits.push((self.whole_check(check)?, String::new())),
            }
        }
        if let Some(condition) = condition {
            let end = Spot { start: column.definition.end, ..column.definition };
            strokes.edits.push((end, format!(" CHECK ({condition})")));
        }
        Ok(())
    }

    /// A check with its name, and the comma before it if it stands among the columns.
    fn whole_check(&self, check: &Check) -> Result<Spot, String> {
        let script = self.script(check.spot)?;
        let unusual = "a check is written in a way that is not changed here";
        let first = words(script, check.spot).first().copied().ok_or(unusual)?;
        let mut start = (0..first).rev().find(|at| keyword(&script.tokens[*at]) == Keyword::CHECK).ok_or(unusual)?;
        let (mut end, mut depth) = (start + 1, 0_usize);
        loop {
            match script.tokens.get(end).map(|token| &token.token) {
                Some(Token::LParen) => depth += 1,
                Some(Token::RParen) if depth == 1 => break,
                Some(Token::RParen) => depth -= 1,
                Some(_) => {}
                None => return Err(unusual.to_owned()),
            }
            end += 1;
        }
        if start >= 2 && keyword(&script.tokens[start - 2]) == Keyword::CONSTRAINT {
            start -= 2;
        }
        if start >= 1 && script.tokens[start - 1].token == Token::Comma {
            start -= 1;
        }
        let spot = script.spot(check.spot.script, start..end + 1);
        Ok(Spot { start: script.text[..spot.start].trim_end().len(), ..spot })
    }

    fn alter(&self, column: &Column, what: &str, strokes: &mut Strokes) -> Result<(), String> {
        self.statement(&format!("ALTER COLUMN {} {what}", declare::name(&column.name)), strokes)
    }

    fn statement(&self, what: &str, strokes: &mut Strokes) -> Result<(), String> {
        if self.dialect == SqlDialect::Sqlite {
            let table = &self.table.name;
            return Err(format!("SQLite cannot change a column: make the table `{table}` anew in a migration"));
        }
        strokes.statements.push(format!("ALTER TABLE {} {what};", self.named()));
        Ok(())
    }

    fn named(&self) -> String {
        declare::name(&self.table.name)
    }

    fn script(&self, spot: Spot) -> Result<&Script, String> {
        self.tabled.sources.scripts.get(spot.script).ok_or_else(|| "its file is gone".to_owned())
    }

    fn finish(&self, strokes: Strokes) -> Result<(PathBuf, String), String> {
        let statements = strokes.statements.iter().map(|statement| format!("{statement}\n")).collect::<String>();
        if !statements.is_empty() && !strokes.edits.is_empty() {
            return Err("it would have to be changed in two ways at once".to_owned());
        }
        let scripts = &self.tabled.sources.scripts;
        if !statements.is_empty() {
            let last = scripts.last().ok_or("its file is gone")?;
            return match &self.tabled.migrations {
                Some(_) => Ok((next(&last.path, &self.table.name)?, statements)),
                None => {
                    let word = |token: &&TokenWithSpan| token.token != Token::EOF;
                    let open = last.tokens.iter().rev().find(word).is_some_and(|token| token.token != Token::SemiColon);
                    let end = if open { ";" } else { "" };
                    let gap = if last.text.ends_with('\n') || open { "" } else { "\n" };
                    let text = last.text.strip_suffix('\n').filter(|_| open).unwrap_or(&last.text);
                    let line = if open { "\n" } else { "" };
                    Ok((last.path.clone(), format!("{text}{end}{line}{gap}\n{statements}")))
                }
            };
        }
        let files: BTreeMap<usize, Vec<_>> = strokes.edits.into_iter().fold(BTreeMap::new(), |mut files, edit| {
            files.entry(edit.0.script).or_insert_with(Vec::new).push(edit);
            files
        });
        let mut files = files.into_iter();
        let (Some((number, mut edits)), None) = (files.next(), files.next()) else {
            return Err("several files would have to be changed at once".to_owned());
        };
        let script = scripts.get(number).ok_or("its file is gone")?;
        // From the end to the beginning, so that places stay where they are; of several at one place the last first.
        edits.sort_by_key(|(spot, _)| spot.start);
        let mut text = script.text.clone();
        for (spot, new) in edits.into_iter().rev() {
            text.replace_range(spot.start..spot.end, &new);
        }
        Ok((script.path.clone(), text))
    }
}

fn object(name: &str, value: Value) -> Value {
    let mut object = Map::new();
    object.insert(name.to_owned(), value);
    Value::Object(object)
}

/// The words within a part of a script, by their numbers.
fn words(script: &Script, spot: Spot) -> Vec<usize> {
    let within = |at: &usize| {
        script.tokens.get(*at).is_some_and(|token| {
            let start = script.offset(token.span.start);
            start >= spot.start && start < spot.end && token.token != Token::EOF
        })
    };
    (0..script.tokens.len()).filter(within).collect()
}

/// The name of the migration after the last one: the next number, as wide as that was.
fn next(last: &Path, table: &str) -> Result<PathBuf, String> {
    let name = last.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let start = name.find(|letter: char| letter.is_ascii_digit());
    let number = || format!("the migration `{name}` has no number after which the next could be called");
    let start =
        start.filter(|start| name[..*start].chars().all(|letter| letter.is_ascii_alphabetic())).ok_or_else(number)?;
    let digits: String = name[start..].chars().take_while(char::is_ascii_digit).collect();
    let following = digits.parse::<u64>().map_err(|_| number())? + 1;
    let rest = &name[start + digits.len()..];
    let separator = if rest.starts_with("__") {
        "__"
    } else if rest.starts_with('-') {
        "-"
    } else {
        "_"
    };
    let ending = if rest.ends_with(".up.sql") { ".up.sql" } else { ".sql" };
    let name = format!(
        "{}{following:0width$}{separator}{}_follows_its_model{ending}",
        &name[..start],
        snake(table),
        width = digits.len()
    );
    Ok(last.with_file_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_migration_is_called_after_the_last() {
        for (last, following) in [
            ("m/0007_orders.sql", "m/0008_orders_follows_its_model.sql"),
            ("m/V9__x.sql", "m/V10__orders_follows_its_model.sql"),
            ("m/20260101120000-x.up.sql", "m/20260101120001-orders_follows_its_model.up.sql"),
        ] {
            assert_eq!(next(Path::new(last), "orders"), Ok(PathBuf::from(following)));
        }
        assert!(next(Path::new("m/x.sql"), "orders").is_err());
    }
}
