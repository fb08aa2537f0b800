use std::path::Path;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// One JSON document (RFC 8259).
    Json,
    /// One JSON document per line.
    Ndjson,
    /// A stream of YAML documents.
    Yaml,
}

/// The format that a file's name tells: `.json`, `.ndjson` or `.jsonl`, `.yaml` or `.yml`, in any case.
#[must_use]
pub fn format_of(path: impl AsRef<Path>) -> Option<Format> {
    let extension = path.as_ref().extension()?.to_str()?.to_ascii_lowercase();
    match extension.as_str() {
        "json" => Some(Format::Json),
        "ndjson" | "jsonl" => Some(Format::Ndjson),
        "yaml" | "yml" => Some(Format::Yaml),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_extension_decides() {
        assert_eq!(format_of("a/orders.asyncapi.YML"), Some(Format::Yaml));
        assert_eq!(format_of("orders.jsonl"), Some(Format::Ndjson));
        assert_eq!(format_of("x.schema.json"), Some(Format::Json));
        assert_eq!(format_of("json"), None);
        assert_eq!(format_of("notes.txt"), None);
    }
}
