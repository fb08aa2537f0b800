use jsonschema::Draft;

/// A draft of JSON Schema, in the order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// Draft 4.
    Draft4,
    /// Draft 6.
    Draft6,
    /// Draft 7; also what AsyncAPI's own schema format extends.
    Draft7,
    /// Draft 2019-09.
    Draft201909,
    /// Draft 2020-12.
    Draft202012,
}

impl Dialect {
    /// The dialect that a `$schema` names; `None` for any other.
    #[must_use]
    pub fn named(uri: &str) -> Option<Self> {
        let uri = uri.trim_end_matches('#');
        let rest = uri.strip_prefix("https://").or_else(|| uri.strip_prefix("http://"))?;
        Some(match rest {
            "json-schema.org/draft-04/schema" => Self::Draft4,
            "json-schema.org/draft-06/schema" => Self::Draft6,
            "json-schema.org/draft-07/schema" => Self::Draft7,
            "json-schema.org/draft/2019-09/schema" => Self::Draft201909,
            "json-schema.org/draft/2020-12/schema" => Self::Draft202012,
            _ => return None,
        })
    }

    /// The address of its meta-schema, as `$schema` names it.
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Draft4 => "http://json-schema.org/draft-04/schema#",
            Self::Draft6 => "http://json-schema.org/draft-06/schema#",
            Self::Draft7 => "http://json-schema.org/draft-07/schema#",
            Self::Draft201909 => "https://json-schema.org/draft/2019-09/schema",
            Self::Draft202012 => "https://json-schema.org/draft/2020-12/schema",
        }
    }
}

impl From<Dialect> for Draft {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Draft4 => Self::Draft4,
            Dialect::Draft6 => Self::Draft6,
            Dialect::Draft7 => Self::Draft7,
            Dialect::Draft201909 => Self::Draft201909,
            Dialect::Draft202012 => Self::Draft202012,
        }
    }
}

impl From<Draft> for Dialect {
    /// Of a draft that is none of these, the newest.
    fn from(draft: Draft) -> Self {
        match draft {
            Draft::Draft4 => Self::Draft4,
            Draft::Draft6 => Self::Draft6,
            Draft::Draft7 => Self::Draft7,
            Draft::Draft201909 => Self::Draft201909,
            _ => Self::Draft202012,
        }
    }
}
