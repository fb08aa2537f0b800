use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::SelectorError;
use super::lexer::{Token, tokens};
use super::syntax::{key_fault, value_fault};
use crate::field::{FieldError, Path};
use crate::status::aggregated;

const OPERATORS: &str = "in, notin, =, ==, !=, gt, lt";

#[derive(Clone, Debug, PartialEq, Eq)]
enum Demand {
    In(BTreeSet<String>),
    NotIn(BTreeSet<String>),
    Exists,
    Missing,
    Above(i64),
    Below(i64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: String,
    demand: Demand,
}

impl Requirement {
    fn holds(&self, labels: Option<&Map<String, Value>>) -> bool {
        let value = labels.and_then(|labels| labels.get(&self.key)).and_then(Value::as_str);
        let number = || value.and_then(|value| value.parse::<i64>().ok());
        match &self.demand {
            Demand::In(values) => value.is_some_and(|value| values.contains(value)),
            Demand::NotIn(values) => !value.is_some_and(|value| values.contains(value)),
            Demand::Exists => value.is_some(),
            Demand::Missing => value.is_none(),
            Demand::Above(bound) => number().is_some_and(|number| number > *bound),
            Demand::Below(bound) => number().is_some_and(|number| number < *bound),
        }
    }
}

/// A label selector as a query string has it: `app=web,tier in (a,b),!old,size>3`.
///
/// Grammar, meaning and the words of refusals are those of apimachinery's `labels.Parse`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSelector {
    requirements: Vec<Requirement>,
}

impl LabelSelector {
    /// Reads it; an empty text selects everything.
    ///
    /// # Errors
    ///
    /// [`SelectorError`] with the message that a client gets.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let mut parser = Parser { tokens: tokens(text), at: 0 };
        parser.requirements().map(|requirements| Self { requirements }).map_err(SelectorError)
    }

    /// Whether it demands nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Whether an object with these labels is selected.
    #[must_use]
    pub fn matches(&self, labels: Option<&Map<String, Value>>) -> bool {
        self.requirements.iter().all(|requirement| requirement.holds(labels))
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn look(&self) -> &Token {
        self.tokens.get(self.at).unwrap_or(&Token::End)
    }

    fn take(&mut self) -> Token {
        let token = self.look().clone();
        self.at += 1;
        token
    }

    fn requirements(&mut self) -> Result<Vec<Requirement>, String> {
        let mut all = Vec::new();
        loop {
            match self.look() {
                Token::End => return Ok(all),
                Token::Word(_) | Token::Not => {}
                other => return Err(format!("found '{}', expected: !, identifier, or 'end of string'", other.text())),
            }
            all.push(self.requirement().map_err(|fault| format!("unable to parse requirement: {fault}"))?);
            match self.take() {
                Token::End => return Ok(all),
                Token::Comma => self.after_comma()?,
                other => return Err(format!("found '{}', expected: ',' or 'end of string'", other.text())),
            }
        }
    }

    fn after_comma(&self) -> Result<(), String> {
        match self.look() {
            Token::Word(_) | Token::Not => Ok(()),
            other => Err(format!("found '{}', expected: identifier after ','", other.text())),
        }
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let missing = *self.look() == Token::Not;
        if missing {
            self.at += 1;
        }
        let key = match self.take() {
            Token::Word(key) => key,
            other => return Err(format!("found '{}', expected: identifier", other.text())),
        };
        if let Some(fault) = key_fault(&key) {
            return Err(FieldError::invalid(&Path::NIL, key.as_str(), fault).to_string());
        }
        let demand = match self.look() {
            _ if missing => Demand::Missing,
            Token::End | Token::Comma => Demand::Exists,
            _ => self.demand(&key)?,
        };
        Ok(Requirement { key, demand })
    }

    fn demand(&mut self, key: &str) -> Result<Demand, String> {
        let operator = self.take();
        let word = if let Token::Word(word) = &operator { word.as_str() } else { "" };
        let values = match (&operator, word) {
            (_, "in" | "notin") => self.values()?,
            (Token::Equals | Token::DoubleEquals | Token::NotEquals | Token::Greater | Token::Less, _) => {
                self.value()?
            }
            _ => return Err(format!("found '{}', expected: {OPERATORS}", operator.text())),
        };
        check(key, &values, matches!(operator, Token::Greater | Token::Less))?;
        let bound = || values.first().and_then(|value| value.parse().ok()).unwrap_or_default();
        Ok(match (&operator, word) {
            (Token::Greater, _) => Demand::Above(bound()),
            (Token::Less, _) => Demand::Below(bound()),
            (Token::NotEquals, _) | (_, "notin") => Demand::NotIn(values),
            _ => Demand::In(values),
        })
    }

    fn value(&mut self) -> Result<BTreeSet<String>, String> {
        if matches!(self.look(), Token::End | Token::Comma) {
            return Ok(BTreeSet::from([String::new()]));
        }
        match self.take() {
            Token::Word(value) => Ok(BTreeSet::from([value])),
            other => Err(format!("found '{}', expected: identifier", other.text())),
        }
    }

    fn values(&mut self) -> Result<BTreeSet<String>, String> {
        match self.take() {
            Token::Open => {}
            other => return Err(format!("found '{}' expected: '('", other.text())),
        }
        match self.look() {
            Token::Word(_) | Token::Comma | Token::Close => self.list(),
            other => Err(format!("found '{}', expected: ',', ')' or identifier", other.text())),
        }
    }

    /// What stands between parentheses: words, each of which may be left out.
    fn list(&mut self) -> Result<BTreeSet<String>, String> {
        let mut values = BTreeSet::new();
        loop {
            match self.look() {
                Token::Word(_) => values.insert(self.take().text().to_owned()),
                Token::Comma | Token::Close => values.insert(String::new()),
                other => return Err(format!("found '{}', expected: ',', or identifier", other.text())),
            };
            match self.look() {
                Token::Close => {
                    self.at += 1;
                    return Ok(values);
                }
                Token::Comma => self.at += 1,
                other => return Err(format!("found '{}', expected: ',' or ')'", other.text())),
            }
        }
    }
}

fn check(key: &str, values: &BTreeSet<String>, number: bool) -> Result<(), String> {
    let mut faults = Vec::new();
    let root = Path::new("values");
    for (place, value) in values.iter().enumerate() {
        let path = root.index(place);
        if number && value.parse::<i64>().is_err() {
            let fault = "for 'Gt', 'Lt' operators, the value must be an integer";
            faults.push(FieldError::invalid(&path, value.as_str(), fault));
        }
        if let Some(fault) = value_fault(value) {
            faults.push(FieldError::invalid(&path.key(key), value.as_str(), fault));
        }
    }
    aggregated(&faults).map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matches(text: &str, labels: &Value) -> bool {
        LabelSelector::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}")).matches(labels.as_object())
    }

    fn refusal(text: &str) -> String {
        LabelSelector::parse(text).expect_err(text).to_string()
    }

    #[test]
    fn every_operator_selects_as_the_api_does() {
        let labels = json!({"app": "web", "tier": "front", "size": "4", "empty": "", "in": "in"});
        for text in [
            "",
            "app=web",
            "app == web",
            "app!=api",
            "none!=api",
            "app in (api, web)",
            "app notin (api)",
            "none notin (x)",
            "app",
            "!none",
            "! none",
            "size>3",
            "size < 5",
            "app=web,tier=front",
            " app = web , tier ",
            "empty=",
            "empty in ()",
            "empty in (,x)",
            "in in (in)",
            "app in (web,)",
            "empty=,app",
            "app in (a,,web)",
        ] {
            assert!(matches(text, &labels), "{text}");
        }
        for text in [
            "app=api",
            "app!=web",
            "app notin (web,api)",
            "none in (x)",
            "none",
            "!app",
            "size>4",
            "size<4",
            "app>1",
            "none>1",
            "app=web,tier=back",
            "none=",
        ] {
            assert!(!matches(text, &labels), "{text}");
        }
        assert!(LabelSelector::default().matches(None) && !matches("a", &Value::Null) && matches("!a", &Value::Null));
    }

    /// Each was read from a kube-apiserver 1.36.
    #[test]
    fn refusals_are_worded_as_the_api_server_does() {
        for (text, message) in [
            ("a= b c", "found 'c', expected: ',' or 'end of string'"),
            ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
            ("a in b", "unable to parse requirement: found 'b' expected: '('"),
            ("a in (b", "unable to parse requirement: found '', expected: ',' or ')'"),
            ("a in (x,y", "unable to parse requirement: found '', expected: ',' or ')'"),
            ("a in (b=)", "unable to parse requirement: found '=', expected: ',' or ')'"),
            ("=a", "found '=', expected: !, identifier, or 'end of string'"),
            ("===", "found '==', expected: !, identifier, or 'end of string'"),
            ("a===b", "unable to parse requirement: found '=', expected: identifier"),
            ("a,,b", "found ',', expected: identifier after ','"),
            ("a, ", "found '', expected: identifier after ','"),
            ("!", "unable to parse requirement: found '', expected: identifier"),
            ("!a=b", "found '=', expected: ',' or 'end of string'"),
            ("a!", "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt"),
            ("a(b)", "unable to parse requirement: found '(', expected: in, notin, =, ==, !=, gt, lt"),
            (
                "a>x",
                "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
            ),
            ("/a", "unable to parse requirement: <nil>: Invalid value: \"/a\": prefix part must be non-empty"),
        ] {
            assert_eq!(refusal(text), message, "{text}");
        }
    }

    #[test]
    fn keys_and_values_are_checked() {
        insta::assert_snapshot!(refusal("-a"), @"unable to parse requirement: <nil>: Invalid value: \"-a\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName', or 'my.name', or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')");
        insta::assert_snapshot!(refusal("a in (-)"), @"unable to parse requirement: values[0][a]: Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue', or 'my_value', or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')");
        let long = "a".repeat(64);
        assert_eq!(
            refusal(&long),
            format!(
                "unable to parse requirement: <nil>: Invalid value: \"{long}\": name part must be no more than 63 bytes"
            )
        );
        assert!(refusal("a/").contains("name part must be non-empty; name part must consist of"));
        assert!(refusal("A_/b").contains("prefix part a lowercase RFC 1123 subdomain must consist of"));
        assert!(refusal("a/b/c").contains("a valid label key must consist of"));
        assert!(refusal("a in (-,+)").starts_with("unable to parse requirement: [values[0][a]: "));
        assert!(matches("example.com/a=b", &json!({"example.com/a": "b"})));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[a-c=!<>(), \\-/é\u{0}]{0,24}") {
            let _ = LabelSelector::parse(&text);
        }
    }
}
