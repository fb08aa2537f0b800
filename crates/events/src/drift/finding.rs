//! What a question's answer looks like to people.

use linkspan_report::{Finding, Severity, Span};
use serde_json::{Value, json};

use super::judge::{Answer, Failing, Keyword, Question, Towards};
use super::load::{Loaded, Projected, Side};
use super::object::Object;
use super::rules::{self, Rule, shown};
use super::sql::{Column, Sources, Spot, Table, concerns, holds};
use super::table::Remark;
use crate::schema::{Files, Place};

/// Makes findings for one projection.
pub(crate) struct Teller<'a> {
    pub(crate) files: &'a Files,
    pub(crate) model: &'a Loaded,
    pub(crate) projected: &'a Projected,
}

impl Teller<'_> {
    /// What an answer says, if there is anything to say.
    pub(crate) fn tell(&self, question: &Question, answer: &Answer) -> Option<Finding> {
        match answer {
            Answer::Holds => None,
            Answer::Fails(failing) => Some(self.drift(question, failing.as_ref())),
            Answer::Undecided(why) => {
                let what = match (&question.property, &question.counterpart) {
                    (Some(property), _) => format!("`{property}` of the model `{}`", self.model.name),
                    (None, Some(column)) => format!("the column `{column}`"),
                    (None, None) => format!("the model `{}` as a whole", self.model.name),
                };
                let message =
                    format!("whether {what} and the {} have the same values is not known: {why}", self.noun());
                Some(self.placed(rules::UNDECIDED, Severity::Warning, message, question, &Keyword::default(), None))
            }
        }
    }

    /// What is said without a question.
    pub(crate) fn remark(&self, remark: &Remark) -> Finding {
        let finding = Finding::warning(remark.rule.id, remark.message.as_str()).help(remark.rule.help);
        let spot = self.column_spot(&remark.column, &Keyword::default(), None, remark.rule);
        let finding = at(finding, spot).data("default", remark.data.clone());
        self.related(finding, remark.property.as_deref(), &Keyword::default())
    }

    /// Why a projection cannot be compared.
    pub(crate) fn unknown(&self, why: &str) -> Finding {
        let message = format!("the {} `{}` is not compared: {why}", self.noun(), self.projected.at);
        let finding = Finding::warning(rules::UNDECIDED.id, message);
        at(finding, Some((self.files.shown(std::path::Path::new(linkspan_project::FILE_NAME)), self.projected.span)))
    }

    fn drift(&self, question: &Question, failing: Option<&Failing>) -> Finding {
        let none = Keyword::default();
        let keyword = failing.map_or(&none, |failing| &failing.keyword);
        let value = failing.and_then(|failing| linkspan_source::pointer::get(&failing.event, &keyword.at));
        let rule = question.rule.unwrap_or_else(|| self.rule(question, keyword, value));
        let message = self.message(question, failing, rule);
        let finding = self.placed(rule, Severity::Error, message, question, keyword, failing).help(rule.help);
        let finding = match failing {
            Some(failing) => finding.data("witness", failing.event.clone()),
            None => finding,
        };
        let towards = if question.towards == Towards::Projection { "projection" } else { "model" };
        let finding = finding.data("model", self.model.name.as_str()).data("missing in", towards);
        match &question.property {
            Some(property) => finding.data("property", property.as_str()),
            None => finding,
        }
    }

    fn rule(&self, question: &Question, keyword: &Keyword, value: Option<&Value>) -> Rule {
        let Some(column) = self.typed(question, keyword, value) else { return rules::of(keyword, value) };
        let exact = |value: &Value| value.as_str().is_some_and(|text| column.declared.loses_digits_of(text));
        match value {
            Some(value) if exact(value) => rules::PRECISION,
            _ => rules::TYPE,
        }
    }

    /// The column whose type alone rejects a text, where that is no matter of length or words.
    fn typed(&self, question: &Question, keyword: &Keyword, value: Option<&Value>) -> Option<&Column> {
        let Side::Table(tabled) = &self.projected.side else { return None };
        let table = tabled.sources.database.table(&tabled.table)?;
        let name = question.counterpart.as_deref().filter(|_| question.towards == Towards::Projection)?;
        let column = table.columns.iter().find(|column| column.name == name)?;
        let dialect = tabled.sources.database.dialect;
        let mut own = table.checks.iter().filter(|check| concerns(table, check) == [name]);
        let checked = value.is_some_and(|value| own.any(|check| !holds(&check.condition, dialect, value)));
        (matches!(keyword.name.as_str(), "pattern" | "not" | "false") && !checked).then_some(column)
    }

    fn message(&self, question: &Question, failing: Option<&Failing>, rule: Rule) -> String {
        let model = &self.model.name;
        let there = question.counterpart.as_deref().unwrap_or_default();
        match (rule, question.property.as_deref()) {
            (rules::EXTRA_COLUMN, _) => {
                return format!("the column `{there}` must be filled, and the model `{model}` has nothing for it");
            }
            (rules::GENERATED, Some(property)) => {
                return format!(
                    "the column `{there}` is made by the database, so that `{property}` of the model `{model}` cannot be written to it"
                );
            }
            (rules::MISSING, Some(property)) => {
                return format!("the {} has nothing for `{property}` of the model `{model}`", self.noun());
            }
            (rules::EXTRA, Some(_)) => {
                return format!("the {} has `{there}`, of which the model `{model}` says nothing", self.noun());
            }
            _ => {}
        }
        let Some(failing) = failing else { return rule.explanation.trim_end_matches('.').to_lowercase() };
        let (taker, giver) = self.sides(question);
        let typed = self.typed(question, &failing.keyword, part(question, failing));
        let reason = match typed {
            Some(column) if !column.declared.text.is_empty() => format!("its type is `{}`", column.declared.text),
            Some(_) => "it has no type".to_owned(),
            None => rules::reason(&failing.keyword),
        };
        match part(question, failing) {
            Some(value) => format!("{taker} does not take {}, which {giver} allows: {reason}", shown(value)),
            None => format!("{taker} may not be missing, as {giver} allows"),
        }
    }

    /// Who rejects, and who allows.
    fn sides(&self, question: &Question) -> (String, String) {
        let there = match (self.projected.kind, question.counterpart.as_deref()) {
            ("table", Some(column)) => format!("the column `{column}`"),
            (_, Some(name)) => format!("`{name}` of the {}", self.noun()),
            (_, None) => format!("the {}", self.noun()),
        };
        let here = match &question.property {
            Some(property) => format!("`{property}` of the model `{}`", self.model.name),
            None => format!("the model `{}`", self.model.name),
        };
        match question.towards {
            Towards::Projection => (there, here),
            Towards::Model => (here, there),
        }
    }

    fn noun(&self) -> &'static str {
        match self.projected.kind {
            "openapi" => "schema of the API",
            "event" => "event",
            "table" => "table",
            _ => "type",
        }
    }

    fn placed(
        &self,
        rule: Rule,
        severity: Severity,
        message: String,
        question: &Question,
        keyword: &Keyword,
        failing: Option<&Failing>,
    ) -> Finding {
        let finding = Finding::new(rule.id, severity, message);
        let value = failing.and_then(|failing| part(question, failing));
        let spot = match (&self.projected.side, &question.counterpart) {
            (Side::Table(_), Some(column)) if rule != rules::MISSING => self.column_spot(column, keyword, value, rule),
            (Side::Table(tabled), _) => tabled
                .sources
                .database
                .table(&tabled.table)
                .map(|table| sql_place(&tabled.sources, self.row_spot(table, failing))),
            (Side::Schema(schemas), name) => {
                self.schema_spot(&schemas.projection, &schemas.place, name.as_deref(), keyword)
            }
            _ => None,
        };
        self.related(at(finding, spot), question.property.as_deref(), keyword)
    }

    fn related(&self, finding: Finding, property: Option<&str>, keyword: &Keyword) -> Finding {
        let model = match &self.projected.side {
            Side::Schema(schemas) => &schemas.model,
            Side::Table(tabled) => &tabled.model,
            _ => return finding,
        };
        let Some((file, span)) = self.schema_spot(model, &self.model.place, property, keyword) else { return finding };
        let message = match property {
            Some(property) if model.properties.contains_key(property) => format!("the model's `{property}`"),
            _ => format!("the model `{}`", self.model.name),
        };
        finding.related(message, file, span)
    }

    /// Where a schema says something about a property: the keyword, else the property, else the whole.
    fn schema_spot(
        &self,
        object: &Object,
        root: &Place,
        name: Option<&str>,
        keyword: &Keyword,
    ) -> Option<(String, Option<Span>)> {
        let property = name.and_then(|name| object.properties.get(name));
        let pointer = property.and_then(|property| property.pointers.first());
        let place = pointer.and_then(|pointer| object.origin(pointer)).unwrap_or_else(|| root.clone());
        let document = self.files.document(&place.path).ok()?;
        let below = linkspan_source::pointer::join(&place.pointer, &keyword.name);
        let span = match document.span(&below).filter(|_| !keyword.name.is_empty()) {
            Some(span) => span,
            None => document.key_span(&place.pointer).unwrap_or_else(|| document.nearest(&place.pointer)),
        };
        Some((self.files.shown(&place.path), Some(span)))
    }

    /// Where a column says something: the check that rejects a value, else its type or its name.
    fn column_spot(
        &self,
        name: &str,
        keyword: &Keyword,
        value: Option<&Value>,
        rule: Rule,
    ) -> Option<(String, Option<Span>)> {
        let Side::Table(tabled) = &self.projected.side else { return None };
        let table = tabled.sources.database.table(&tabled.table)?;
        let column = table.columns.iter().find(|column| column.name == name)?;
        let own = table.checks.iter().filter(|check| concerns(table, check) == [name]);
        let check = value.and_then(|value| {
            own.into_iter().find(|check| !holds(&check.condition, tabled.sources.database.dialect, value))
        });
        let typed = !keyword.name.is_empty() && rule != rules::NULLABLE && rule != rules::GENERATED;
        let spot = match check {
            Some(check) => check.spot,
            None if typed && column.type_spot.end > column.type_spot.start => column.type_spot,
            None => column.spot,
        };
        Some(sql_place(&tabled.sources, spot))
    }

    /// The check of several columns that rejects a row, else the table's name.
    fn row_spot(&self, table: &Table, failing: Option<&Failing>) -> Spot {
        let several = table.checks.iter().find(|check| check.condition.columns().len() > 1);
        several
            .filter(|_| failing.is_some_and(|failing| failing.keyword.name != "false"))
            .map_or(table.spot, |check| check.spot)
    }
}

/// The value that a question is about, within its witness.
fn part<'v>(question: &Question, failing: &'v Failing) -> Option<&'v Value> {
    match &question.property {
        Some(property) => failing.event.get(property),
        None => Some(&failing.event),
    }
}

fn sql_place(sources: &Sources, spot: Spot) -> (String, Option<Span>) {
    match sources.scripts.get(spot.script) {
        Some(script) => (script.shown.clone(), Some(script.span(spot))),
        None => (String::new(), None),
    }
}

fn at(mut finding: Finding, spot: Option<(String, Option<Span>)>) -> Finding {
    if let Some((file, span)) = spot {
        finding.file = Some(file);
        finding.span = span;
    }
    finding
}

/// The witness that a result shows: the value alone where the question is about one property.
pub(crate) fn witness(question: &Question, failing: &Failing) -> Value {
    match &question.property {
        Some(property) => json!({ "property": property, "value": failing.event.get(property), "event": failing.event }),
        None => json!({ "event": failing.event }),
    }
}
