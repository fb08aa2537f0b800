//! Which form an answer takes (apiserver's content negotiation).

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Json,
    Yaml,
}

/// What of the objects is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// The objects.
    Whole,
    /// Rows for people.
    Table,
    /// Only the metadata.
    Metadata,
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) encoding: Encoding,
    pub(crate) view: View,
}

impl Form {
    /// Objects as JSON, for who does not care.
    pub(crate) const PLAIN: Self = Self { encoding: Encoding::Json, view: View::Whole };

    /// The media type of the answer.
    pub(crate) const fn media_type(self) -> &'static str {
        match self.encoding {
            Encoding::Json => "application/json",
            Encoding::Yaml => "application/yaml",
        }
    }
}

/// One entry of an `Accept` header.
struct Entry<'a> {
    media_type: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
}

impl<'a> Entry<'a> {
    fn read(text: &'a str) -> Self {
        let mut parts = text.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default();
        let parameters = parts.filter_map(|part| part.split_once('=')).map(|(name, value)| (name.trim(), value.trim()));
        Self { media_type, parameters: parameters.collect() }
    }

    fn parameter(&self, name: &str) -> &'a str {
        self.parameters.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| *value)
    }

    fn quality(&self) -> f32 {
        self.parameter("q").parse().unwrap_or(1.0)
    }

    fn encoding(&self) -> Option<Encoding> {
        match self.media_type {
            "application/json" | "*/*" | "application/*" => Some(Encoding::Json),
            "application/yaml" => Some(Encoding::Yaml),
            _ => None,
        }
    }

    /// Nothing if it asks for a form that nobody has.
    fn view(&self) -> Option<View> {
        let meta = self.parameter("g") == "meta.k8s.io" && self.parameter("v") == "v1";
        match self.parameter("as") {
            "" => Some(View::Whole),
            "Table" if meta => Some(View::Table),
            "PartialObjectMetadata" | "PartialObjectMetadataList" if meta => Some(View::Metadata),
            _ => None,
        }
    }

    fn form(&self) -> Option<Form> {
        Some(Form { encoding: self.encoding()?, view: self.view()? })
    }
}

fn entries(accept: &str) -> Vec<Entry<'_>> {
    let mut entries: Vec<_> = accept.split(',').map(Entry::read).filter(|entry| !entry.media_type.is_empty()).collect();
    entries.sort_by(|one, other| other.quality().total_cmp(&one.quality()));
    entries
}

/// The first form of an `Accept` header that we have; an empty header takes any.
pub(crate) fn negotiate(accept: &str) -> Option<Form> {
    let entries = entries(accept);
    if entries.is_empty() {
        return Some(Form::PLAIN);
    }
    entries.iter().find_map(Entry::form)
}

/// Whether a client of discovery takes all groups in one document (`as=APIGroupDiscoveryList`), and in which version.
pub(crate) fn aggregated(accept: &str) -> Option<&'static str> {
    for entry in entries(accept) {
        let group = entry.parameter("g") == "apidiscovery.k8s.io" && entry.parameter("as") == "APIGroupDiscoveryList";
        match entry.parameter("v") {
            "v2" if group => return Some("v2"),
            "" if entry.encoding().is_some() && entry.parameter("as").is_empty() => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLES: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";

    #[test]
    fn the_first_known_form_wins() {
        let form = |accept| negotiate(accept).map(|form| (form.encoding, form.view));
        assert_eq!(form(""), Some((Encoding::Json, View::Whole)));
        assert_eq!(form("*/*"), Some((Encoding::Json, View::Whole)));
        assert_eq!(form(TABLES), Some((Encoding::Json, View::Table)));
        assert_eq!(form("application/vnd.kubernetes.protobuf, application/json"), Some((Encoding::Json, View::Whole)));
        assert_eq!(form("application/yaml"), Some((Encoding::Yaml, View::Whole)));
        assert_eq!(form("application/json;q=0.4,application/yaml;q=0.5"), Some((Encoding::Yaml, View::Whole)));
        assert_eq!(
            form("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"),
            Some((Encoding::Json, View::Metadata))
        );
    }

    #[test]
    fn what_nobody_has_is_not_acceptable() {
        assert_eq!(negotiate("application/vnd.kubernetes.protobuf"), None);
        assert_eq!(negotiate("application/json;as=Table;v=v1beta1;g=meta.k8s.io"), None);
        assert_eq!(negotiate("text/html"), None);
    }

    #[test]
    fn discovery_is_aggregated_on_demand() {
        let kubectl = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
        assert_eq!(aggregated(kubectl), Some("v2"));
        assert_eq!(aggregated("application/json"), None);
        assert_eq!(aggregated(""), None);
    }
}
