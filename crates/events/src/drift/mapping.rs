use std::collections::{BTreeMap, BTreeSet};

use linkspan_project::{Direction, SchemaProjection, TableProjection};

/// How a projection relates to its model.
#[derive(Debug, Clone)]
pub(crate) struct Mapping {
    /// Which values must be whose.
    pub(crate) direction: Direction,
    /// What is called differently: the property, and its name in the projection.
    pub(crate) renames: BTreeMap<String, String>,
    /// What the projection has and the model has not.
    pub(crate) computed: BTreeSet<String>,
    /// What the model has and the projection has not.
    pub(crate) omitted: BTreeSet<String>,
}

impl Mapping {
    /// That of a schema.
    pub(crate) fn of_schema(projection: &SchemaProjection, default: Direction) -> Self {
        Self {
            direction: projection.is.unwrap_or(default),
            renames: projection.renames.clone(),
            computed: projection.computed.iter().cloned().collect(),
            omitted: projection.omitted.iter().cloned().collect(),
        }
    }

    /// That of a table.
    pub(crate) fn of_table(projection: &TableProjection) -> Self {
        Self {
            direction: projection.is.unwrap_or(Direction::Superset),
            renames: projection.renames.clone(),
            computed: projection.computed.iter().cloned().collect(),
            omitted: projection.omitted.iter().cloned().collect(),
        }
    }

    /// Whether the model's values must be the projection's.
    pub(crate) fn takes_all(&self) -> bool {
        matches!(self.direction, Direction::Superset | Direction::Equal)
    }

    /// Whether the projection's values must be the model's.
    pub(crate) fn gives_all(&self) -> bool {
        matches!(self.direction, Direction::Subset | Direction::Equal)
    }

    /// What a property is called in the projection.
    pub(crate) fn there<'a>(&'a self, property: &'a str) -> &'a str {
        self.renames.get(property).map_or(property, String::as_str)
    }

    /// What a name in the projection is called in the model.
    pub(crate) fn here<'a>(&'a self, name: &'a str) -> &'a str {
        self.renames.iter().find(|(_, there)| *there == name).map_or(name, |(here, _)| here)
    }
}

/// The column of a property that is not renamed: the same name, else the same in snake case, else the same letters.
pub(crate) fn column_of<'a>(property: &str, columns: &[&'a str]) -> Option<&'a str> {
    let find = |wanted: &str| columns.iter().copied().find(|column| *column == wanted);
    let letters = |name: &str| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let same = |column: &&str| letters(column) == letters(property) && !letters(property).is_empty();
    find(property).or_else(|| find(&snake(property))).or_else(|| columns.iter().copied().find(same))
}

/// `orderId` as `order_id`.
pub(crate) fn snake(name: &str) -> String {
    let mut snake = String::new();
    let mut before: Option<char> = None;
    for letter in name.chars() {
        let starts =
            letter.is_uppercase() && before.is_some_and(|before| before.is_lowercase() || before.is_ascii_digit());
        if starts {
            snake.push('_');
        }
        snake.push(if letter == '-' { '_' } else { letter });
        before = Some(letter);
    }
    snake.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_their_letters() {
        let columns = ["order_id", "URL", "pricecents", "x"];
        for (property, column) in [("orderId", "order_id"), ("url", "URL"), ("priceCents", "pricecents")] {
            assert_eq!(column_of(property, &columns), Some(column), "{property}");
        }
        assert_eq!(column_of("y", &columns), None);
        assert_eq!(snake("orderID"), "order_id");
        assert_eq!(snake("line-2Items"), "line_2_items");
    }
}
