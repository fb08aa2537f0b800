//! JSON patch, as `gopkg.in/evanphx/json-patch.v4` applies it: other than in RFC 6902, `replace` may add a field, an
//! index below zero counts from the end, and a missing value is `null`.

use serde_json::{Map, Value};

/// One operation of a patch.
pub(super) struct Operation<'a>(&'a Map<String, Value>);

/// An operation cannot be applied. The real server does not say why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Inapplicable;

type Outcome<T = ()> = Result<T, Inapplicable>;

/// Applies all operations, one after the other.
pub(super) fn apply(document: &mut Value, operations: &[Value]) -> Outcome {
    for operation in operations {
        Operation(operation.as_object().ok_or(Inapplicable)?).apply(document)?;
    }
    Ok(())
}

impl Operation<'_> {
    fn text(&self, name: &str) -> Outcome<&str> {
        self.0.get(name).and_then(Value::as_str).ok_or(Inapplicable)
    }

    fn value(&self) -> Value {
        self.0.get("value").cloned().unwrap_or_default()
    }

    fn apply(&self, document: &mut Value) -> Outcome {
        match self.text("op")? {
            "add" => Place::find(document, self.text("path")?)?.add(self.value()),
            "remove" => Place::find(document, self.text("path")?)?.remove(),
            "replace" => self.replace(document),
            "move" => {
                let mut from = Place::find(document, self.text("from")?)?;
                let value = from.get()?;
                from.remove()?;
                Place::find(document, self.text("path")?)?.add(value)
            }
            "copy" => {
                let value = Place::find(document, self.text("from")?)?.get()?;
                Place::find(document, self.text("path")?)?.add(value)
            }
            "test" => self.test(document),
            _ => Err(Inapplicable),
        }
    }

    fn replace(&self, document: &mut Value) -> Outcome {
        let path = self.text("path")?;
        if path.is_empty() {
            *document = Some(self.value()).filter(|value| value.is_object() || value.is_array()).ok_or(Inapplicable)?;
            return Ok(());
        }
        let mut place = Place::find(document, path)?;
        place.get()?;
        place.set(self.value())
    }

    fn test(&self, document: &mut Value) -> Outcome {
        let path = self.text("path")?;
        let found = if path.is_empty() { document.clone() } else { Place::find(document, path)?.get()? };
        if found == self.value() { Ok(()) } else { Err(Inapplicable) }
    }
}

/// A place within a list or an object; there may be nothing yet.
struct Place<'a> {
    parent: &'a mut Value,
    key: String,
}

impl<'a> Place<'a> {
    fn find(document: &'a mut Value, path: &str) -> Outcome<Self> {
        let (_, path) = path.split_once('/').ok_or(Inapplicable)?;
        let mut parts: Vec<_> = path.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
        let key = parts.pop().ok_or(Inapplicable)?;
        let parent = parts.iter().try_fold(document, |parent, part| match parent {
            Value::Object(object) => object.get_mut(part),
            Value::Array(list) => index(part, list.len()).and_then(|at| list.get_mut(at)),
            _ => None,
        });
        let parent = parent.filter(|parent| parent.is_object() || parent.is_array()).ok_or(Inapplicable)?;
        Ok(Self { parent, key })
    }

    /// The value; `null` for a field that is not there.
    fn get(&self) -> Outcome<Value> {
        match &*self.parent {
            Value::Object(object) => Ok(object.get(&self.key).cloned().unwrap_or_default()),
            Value::Array(list) => index(&self.key, list.len()).and_then(|at| list.get(at)).cloned().ok_or(Inapplicable),
            _ => Err(Inapplicable),
        }
    }

    fn set(&mut self, value: Value) -> Outcome {
        match self.parent {
            Value::Object(object) => drop(object.insert(self.key.clone(), value)),
            Value::Array(list) => {
                let at = index(&self.key, list.len()).ok_or(Inapplicable)?;
                *list.get_mut(at).ok_or(Inapplicable)? = value;
            }
            _ => return Err(Inapplicable),
        }
        Ok(())
    }

    fn add(&mut self, value: Value) -> Outcome {
        let Value::Array(list) = self.parent else { return self.set(value) };
        if self.key == "-" {
            list.push(value);
            return Ok(());
        }
        let at = index(&self.key, list.len() + 1).filter(|at| *at <= list.len()).ok_or(Inapplicable)?;
        list.insert(at, value);
        Ok(())
    }

    fn remove(&mut self) -> Outcome {
        match self.parent {
            Value::Object(object) => object.remove(&self.key).map(drop).ok_or(Inapplicable),
            Value::Array(list) => {
                let at = index(&self.key, list.len()).filter(|at| *at < list.len()).ok_or(Inapplicable)?;
                list.remove(at);
                Ok(())
            }
            _ => Err(Inapplicable),
        }
    }
}

/// A place in a list of this length; below zero it counts from the end.
fn index(key: &str, length: usize) -> Option<usize> {
    let at: i64 = key.parse().ok()?;
    if at < 0 { length.checked_sub(usize::try_from(at.unsigned_abs()).ok()?) } else { usize::try_from(at).ok() }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Inapplicable, apply};

    fn applied(mut document: Value, operations: &Value) -> Result<Value, Inapplicable> {
        apply(&mut document, operations.as_array().map_or(&[], Vec::as_slice))?;
        Ok(document)
    }

    #[test]
    fn operations_are_applied_in_order() {
        let document = json!({"a": {"b": [1, 2, 3]}, "c/d": 1, "~": 2, "n": null});
        let cases = [
            (json!([{"op": "add", "path": "/a/b/1", "value": 9}]), "/a/b", json!([1, 9, 2, 3])),
            (json!([{"op": "add", "path": "/a/b/-", "value": 9}]), "/a/b", json!([1, 2, 3, 9])),
            (json!([{"op": "add", "path": "/a/b/-1", "value": 9}]), "/a/b", json!([1, 2, 3, 9])),
            (json!([{"op": "remove", "path": "/a/b/-1"}]), "/a/b", json!([1, 2])),
            (json!([{"op": "replace", "path": "/c~1d", "value": 7}]), "/c~1d", json!(7)),
            (json!([{"op": "replace", "path": "/new", "value": 7}]), "/new", json!(7)),
            (json!([{"op": "add", "path": "/new"}]), "/new", json!(null)),
            (json!([{"op": "move", "from": "/~0", "path": "/a/x"}]), "/a", json!({"b": [1, 2, 3], "x": 2})),
            (json!([{"op": "copy", "from": "/a/b/0", "path": "/a/b/3"}]), "/a/b", json!([1, 2, 3, 1])),
            (json!([{"op": "copy", "from": "/missing", "path": "/x"}]), "/x", json!(null)),
            (json!([{"op": "test", "path": "/missing", "value": null}]), "/n", json!(null)),
            (json!([{"op": "test", "path": "/a", "value": {"b": [1, 2, 3]}}]), "/n", json!(null)),
        ];
        for (operations, pointer, expected) in cases {
            let patched = applied(document.clone(), &operations);
            assert_eq!(patched.as_ref().map(|value| value.pointer(pointer)), Ok(Some(&expected)), "{operations}");
        }
        let whole = applied(document, &json!([{"op": "replace", "path": "", "value": {"z": 1}}]));
        assert_eq!(whole, Ok(json!({"z": 1})));
    }

    #[test]
    fn what_does_not_apply_is_refused() {
        let document = json!({"a": {"b": [1, 2, 3]}, "s": "x"});
        let cases = [
            json!([{"op": "add", "path": "/a/b/5", "value": 9}]),
            json!([{"op": "add", "path": "/a/b/-5", "value": 9}]),
            json!([{"op": "add", "path": "/a/b/x", "value": 9}]),
            json!([{"op": "add", "path": "/x/y", "value": 9}]),
            json!([{"op": "add", "path": "/s/y", "value": 9}]),
            json!([{"op": "add", "path": "", "value": {}}]),
            json!([{"op": "add", "value": 9}]),
            json!([{"op": "remove", "path": "/x"}]),
            json!([{"op": "remove", "path": "/a/b/3"}]),
            json!([{"op": "replace", "path": "/a/b/3", "value": 9}]),
            json!([{"op": "replace", "path": "", "value": 9}]),
            json!([{"op": "move", "path": "/y", "from": "/x"}]),
            json!([{"op": "copy", "path": "/y", "from": "/a/b/9"}]),
            json!([{"op": "test", "path": "/s", "value": "y"}]),
            json!([{"op": "else", "path": "/s"}]),
            json!([{"path": "/s"}]),
            json!([null]),
        ];
        for operations in cases {
            assert_eq!(applied(document.clone(), &operations), Err(Inapplicable), "{operations}");
        }
    }
}
