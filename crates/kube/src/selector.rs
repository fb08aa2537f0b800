//! Label selectors: `matchLabels` and `matchExpressions`.

use serde_json::{Map, Value};

/// A selector cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    /// The shape is not that of a selector.
    #[error("a label selector has `matchLabels` and `matchExpressions`, each with strings")]
    Shape,
    /// The operator is unknown.
    #[error("`{0}` is not an operator of a label selector: expected `In`, `NotIn`, `Exists` or `DoesNotExist`")]
    Operator(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Requirement {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    DoesNotExist(String),
}

impl Requirement {
    fn holds(&self, labels: &Map<String, Value>) -> bool {
        let value = |name: &String| labels.get(name).and_then(Value::as_str);
        let among =
            |name, values: &[String]| value(name).is_some_and(|value| values.iter().any(|other| other == value));
        match self {
            Self::In(name, values) => among(name, values),
            Self::NotIn(name, values) => !among(name, values),
            Self::Exists(name) => value(name).is_some(),
            Self::DoesNotExist(name) => value(name).is_none(),
        }
    }
}

/// What `spec.selector` of a workload says. An empty one matches everything, as in the API.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selector {
    requirements: Vec<Requirement>,
}

impl Selector {
    /// Reads `matchLabels` and `matchExpressions`.
    ///
    /// # Errors
    /// [`SelectorError`] if the shape or an operator is wrong.
    pub fn parse(value: &Value) -> Result<Self, SelectorError> {
        let fields = value.as_object().ok_or(SelectorError::Shape)?;
        let mut requirements = Vec::new();
        if let Some(labels) = fields.get("matchLabels") {
            requirements.extend(equalities(labels)?);
        }
        if let Some(expressions) = fields.get("matchExpressions") {
            let expressions = expressions.as_array().ok_or(SelectorError::Shape)?;
            requirements.extend(expressions.iter().map(expression).collect::<Result<Vec<_>, _>>()?);
        }
        Ok(Self { requirements })
    }

    /// Reads a plain map of labels, as in a Service's `spec.selector`.
    ///
    /// # Errors
    /// [`SelectorError::Shape`] if it is not a mapping of strings.
    pub fn of_labels(value: &Value) -> Result<Self, SelectorError> {
        Ok(Self { requirements: equalities(value)? })
    }

    /// Whether an object with these labels is selected.
    #[must_use]
    pub fn matches(&self, labels: &Map<String, Value>) -> bool {
        self.requirements.iter().all(|requirement| requirement.holds(labels))
    }
}

fn equalities(labels: &Value) -> Result<Vec<Requirement>, SelectorError> {
    let labels = labels.as_object().ok_or(SelectorError::Shape)?;
    let equality = |(name, value): (&String, &Value)| {
        Ok(Requirement::In(name.clone(), vec![value.as_str().ok_or(SelectorError::Shape)?.to_owned()]))
    };
    labels.iter().map(equality).collect()
}

fn expression(value: &Value) -> Result<Requirement, SelectorError> {
    let text = |field: &str| value.get(field).and_then(Value::as_str).ok_or(SelectorError::Shape);
    let name = text("key")?.to_owned();
    let values = || {
        let values = value.get("values").and_then(Value::as_array).ok_or(SelectorError::Shape)?;
        values
            .iter()
            .map(|value| value.as_str().map(str::to_owned).ok_or(SelectorError::Shape))
            .collect::<Result<Vec<_>, SelectorError>>()
    };
    match text("operator")? {
        "In" => Ok(Requirement::In(name, values()?)),
        "NotIn" => Ok(Requirement::NotIn(name, values()?)),
        "Exists" => Ok(Requirement::Exists(name)),
        "DoesNotExist" => Ok(Requirement::DoesNotExist(name)),
        other => Err(SelectorError::Operator(other.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matches(selector: &Value, labels: &Value) -> bool {
        Selector::parse(selector).unwrap().matches(labels.as_object().unwrap())
    }

    #[test]
    fn every_operator_means_what_the_api_says() {
        let labels = json!({"app": "orders", "tier": "web"});
        let one = |operator: &str, key: &str| json!({"matchExpressions": [{"key": key, "operator": operator, "values": ["web"]}]});
        assert!(matches(&json!({}), &labels));
        assert!(matches(&json!({"matchLabels": {"app": "orders"}}), &labels));
        assert!(!matches(&json!({"matchLabels": {"app": "orders", "tier": "db"}}), &labels));
        assert!(matches(&one("In", "tier"), &labels) && !matches(&one("In", "zone"), &labels));
        assert!(!matches(&one("NotIn", "tier"), &labels) && matches(&one("NotIn", "zone"), &labels));
        assert!(matches(&one("Exists", "app"), &labels) && !matches(&one("Exists", "zone"), &labels));
        assert!(!matches(&one("DoesNotExist", "app"), &labels) && matches(&one("DoesNotExist", "zone"), &labels));
    }

    #[test]
    fn malformed_selectors_are_errors_not_matches() {
        for value in
            [json!(3), json!({"matchLabels": []}), json!({"matchLabels": {"a": 1}}), json!({"matchExpressions": [{}]})]
        {
            assert_eq!(Selector::parse(&value), Err(SelectorError::Shape), "{value}");
        }
        let odd = json!({"matchExpressions": [{"key": "a", "operator": "Near"}]});
        assert_eq!(Selector::parse(&odd), Err(SelectorError::Operator("Near".to_owned())));
    }
}
