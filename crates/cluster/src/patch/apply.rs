use serde_json::{Map, Value, json};

use super::{json, merge, print, strategic};
use crate::field::{FieldError, Path};
use crate::object::Validation;
use crate::object::read::{self, Struct, Words};
use crate::status::{self, Status};
use crate::types::{TypeId, Types};

/// More operations than these are not applied.
const OPERATION_LIMIT: usize = 10_000;

/// How a patch is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `application/json-patch+json`.
    Json,
    /// `application/merge-patch+json`.
    Merge,
    /// `application/strategic-merge-patch+json`.
    Strategic,
}

/// What is patched.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The shapes.
    pub types: &'a Types,
    /// The object's struct.
    pub schema: TypeId,
    /// The object as it is.
    pub current: &'a Value,
}

/// An object that was patched.
#[derive(Clone, Debug, PartialEq)]
pub struct Patched {
    /// The object as it would be, not yet defaulted.
    pub value: Value,
    /// What the answer warns of.
    pub warnings: Vec<String>,
}

/// Applies a patch to an object and reads the outcome as that object's kind.
///
/// # Errors
///
/// 400 for what is no patch, 413 for too many operations, 422 for operations that do not apply and for outcomes that are no
/// object of this kind or, under [`Validation::Strict`], have unknown or duplicate fields; 500 where the real one says so.
pub fn patch(subject: Subject<'_>, kind: Kind, body: &[u8], validation: Validation) -> Result<Patched, Status> {
    let strict = validation != Validation::Ignore;
    let (outcome, mut found, said) = match kind {
        Kind::Json => by_operations(subject, body, strict)?,
        Kind::Merge => by_merging(subject, body, strict)?,
        Kind::Strategic => strategically(subject, body, strict)?,
    };
    let said = said.unwrap_or_else(|| outcome.to_string());
    let words = if kind == Kind::Strategic { Words::Converter } else { Words::Json };
    let text = outcome.to_string();
    let Struct { value, strict: more } = read::read(subject.types, subject.schema, text.as_bytes(), strict, words)
        .map_err(|error| unfit(&said, error))?;
    found.extend(more);
    if validation == Validation::Strict && !found.is_empty() {
        return Err(unfit(&said, read::strict_error(&found)));
    }
    Ok(Patched { value, warnings: found })
}

/// What a patch leads to, its duplicate fields, and what a message says of it in place of the outcome.
type Outcome = Result<(Value, Vec<String>, Option<String>), Status>;

fn unfit(said: &str, error: String) -> Status {
    Status::invalid(&status::Subject::default(), &[FieldError::invalid(&Path::new("patch"), said, error)])
}

fn undecodable(error: impl std::fmt::Display) -> Status {
    Status::bad_request(format!("error decoding patch: {error}"))
}

fn by_operations(subject: Subject<'_>, body: &[u8], strict: bool) -> Outcome {
    let found = if strict { read::operations(body).map_err(undecodable)? } else { Vec::new() };
    let operations = match read::any(body).map_err(Status::bad_request)? {
        Value::Array(operations) => operations,
        Value::Null => Vec::new(),
        other => {
            let what = read::word(&other);
            return Err(Status::bad_request(format!(
                "json: cannot unmarshal {what} into Go value of type jsonpatch.Patch"
            )));
        }
    };
    if operations.len() > OPERATION_LIMIT {
        let got = operations.len();
        let message = format!("The allowed maximum operations in a JSON patch is {OPERATION_LIMIT}, got {got}");
        return Err(Status::too_large(message));
    }
    let mut outcome = subject.current.clone();
    json::apply(&mut outcome, &operations).map_err(|_| Status::unprocessable())?;
    let found = found.into_iter().map(|one| format!("json patch {one}")).collect();
    Ok((outcome, found, None))
}

fn by_merging(subject: Subject<'_>, body: &[u8], strict: bool) -> Outcome {
    let bad = || Status::bad_request("Invalid JSON Patch");
    let (patch, found) =
        if strict { read::map(body).map_err(undecodable)? } else { (read::any(body).map_err(|_| bad())?, Vec::new()) };
    let outcome = match patch {
        Value::Object(patch) => {
            let mut outcome = subject.current.as_object().cloned().unwrap_or_default();
            merge::merge(&mut outcome, patch);
            outcome.into()
        }
        list @ Value::Array(_) => list,
        _ => return Err(bad()),
    };
    Ok((outcome, found, None))
}

fn strategically(subject: Subject<'_>, body: &[u8], strict: bool) -> Outcome {
    let (patch, found) = read::map(body).map_err(Status::bad_request)?;
    let said = print::print(&patch);
    let patch = match patch {
        Value::Object(patch) => patch,
        _ => Map::new(),
    };
    let current = subject.current.as_object().cloned().unwrap_or_default();
    let outcome = strategic::merge(subject.types, subject.schema, current, patch).map_err(|error| error.status())?;
    Ok((json!(outcome), if strict { found } else { Vec::new() }, Some(said)))
}
