//! One JSON object a line on standard output: Kubernetes collects it, `jq` reads it.

use std::{io::Write, sync::OnceLock, time::SystemTime};

use serde_json::{Map, Value};

static SERVICE: OnceLock<&'static str> = OnceLock::new();

pub(crate) fn name_service(name: &'static str) {
    let _ = SERVICE.set(name);
}

/// Writes one line: `log!("order placed", order = id, sku = sku)`.
#[macro_export]
macro_rules! log {
    ($message:expr $(, $key:ident = $value:expr)* $(,)?) => {
        $crate::log::line($message, &[$((stringify!($key), ::std::string::ToString::to_string(&$value))),*])
    };
}

/// What [`log!`](crate::log!) calls.
pub fn line(message: &str, fields: &[(&str, String)]) {
    let mut line = Map::new();
    line.insert("time".into(), humantime::format_rfc3339_millis(SystemTime::now()).to_string().into());
    line.insert("service".into(), SERVICE.get().copied().unwrap_or("shop").into());
    line.insert("message".into(), message.into());
    for (key, value) in fields {
        line.insert((*key).to_owned(), value.as_str().into());
    }
    // A closed standard output must not end a service that works.
    let _ = writeln!(std::io::stdout(), "{}", Value::Object(line));
}
