//! `RUN` and its mounts.

use super::super::flags::Takes;
use super::super::instruction::RunCommand;
use super::super::lint::parse_bool;
use super::super::node::Argument;
use super::super::step::MountKind;
use super::super::suggest;
use super::{Context, Read, SyntaxFault, heredoc_file};

const FLAGS: [(&str, Takes); 4] =
    [("mount", Takes::Many), ("network", Takes::One), ("security", Takes::One), ("device", Takes::Many)];

pub(super) fn read(context: Context<'_>) -> Read<RunCommand> {
    let flags = context.flags(&FLAGS)?;
    let network = one_of(flags.get("network"), "network", &["default", "none", "host"])?;
    let security = one_of(flags.get("security"), "security", &["sandbox", "insecure"])?;
    for device in flags.all("device") {
        check_device(&device.value).map_err(|message| in_flag(device, message))?;
    }
    for mount in flags.all("mount") {
        mount::stage(&mount.value).map_err(|message| in_flag(mount, message))?;
    }
    Ok(RunCommand {
        command: context.command_line(),
        heredocs: context.node.heredocs.iter().map(heredoc_file).collect(),
        mounts: flags.all("mount").map(|mount| context.value(mount)).collect(),
        network,
        security,
        devices: flags.all("device").map(|device| device.value.clone()).collect(),
    })
}

fn in_flag(flag: &Argument, message: String) -> SyntaxFault {
    SyntaxFault::new(flag.range.clone(), message, "see the reference of RUN for what the flag takes")
}

/// The value of a flag that takes one of a few; the first where it is not given.
fn one_of(flag: Option<&Argument>, name: &str, known: &[&str]) -> Read<String> {
    match flag {
        None => Ok(known[0].to_owned()),
        Some(flag) if known.contains(&flag.value.as_str()) => Ok(flag.value.clone()),
        Some(flag) => {
            let message = format!("`--{name}` cannot be `{}`: use `{}`", flag.value, known.join("`, `"));
            Err(in_flag(flag, message))
        }
    }
}

fn check_device(value: &str) -> Result<(), String> {
    let mut name = None;
    for field in csv(value)? {
        match field.split_once('=') {
            Some(("name", _)) if name.is_some() => return Err("the device has two names".into()),
            Some(("name", value)) => name = Some(value.to_owned()),
            Some(("required", value)) => {
                parse_bool(value).ok_or_else(|| format!("`required` cannot be `{value}`"))?;
            }
            None if field.eq_ignore_ascii_case("required") => {}
            _ if name.is_none() => name = Some(field),
            _ => return Err(format!("unexpected `{field}` in a device")),
        }
    }
    Ok(())
}

/// The fields of one comma-separated line with `"` quotes.
fn csv(line: &str) -> Result<Vec<String>, String> {
    let error = || format!("`{line}` is no comma-separated list: quotes are wrong");
    if line.is_empty() {
        return Err("the list is empty".into());
    }
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let Some(quoted) = rest.strip_prefix('"') else {
            let (field, behind) = rest.split_once(',').map_or((rest, None), |(field, rest)| (field, Some(rest)));
            if field.contains('"') {
                return Err(error());
            }
            fields.push(field.to_owned());
            let Some(behind) = behind else { return Ok(fields) };
            rest = behind;
            continue;
        };
        let (field, behind) = quoted_field(quoted).ok_or_else(error)?;
        fields.push(field);
        if behind.is_empty() {
            return Ok(fields);
        }
        rest = behind.strip_prefix(',').ok_or_else(error)?;
    }
}

/// A field behind its opening quote, and what follows its closing one; `""` is a quote.
fn quoted_field(mut rest: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    loop {
        let (part, behind) = rest.split_once('"')?;
        field.push_str(part);
        match behind.strip_prefix('"') {
            Some(behind) => {
                field.push('"');
                rest = behind;
            }
            None => return Some((field, behind)),
        }
    }
}

/// `--mount=key=value,…`.
pub(in super::super) mod mount {
    use super::{MountKind, csv, parse_bool, suggest};

    const KEYS: [&str; 19] = [
        "type",
        "from",
        "source",
        "target",
        "readonly",
        "id",
        "sharing",
        "required",
        "size",
        "mode",
        "uid",
        "gid",
        "src",
        "dst",
        "destination",
        "ro",
        "rw",
        "readwrite",
        "env",
    ];

    /// A mount before its `from` is looked up.
    #[derive(Clone, Debug, Default)]
    pub(in super::super::super) struct Fields {
        pub(in super::super::super) kind: Option<MountKind>,
        pub(in super::super::super) from: String,
        pub(in super::super::super) source: String,
        pub(in super::super::super) target: String,
        pub(in super::super::super) read_only: Option<bool>,
        pub(in super::super::super) id: String,
        pub(in super::super::super) sharing: String,
        pub(in super::super::super) required: bool,
        pub(in super::super::super) size: i64,
        pub(in super::super::super) env: Option<String>,
        pub(in super::super::super) mode: Option<u32>,
        pub(in super::super::super) uid: Option<u32>,
        pub(in super::super::super) gid: Option<u32>,
    }

    /// The stage or image that a mount is from, before anything is expanded; empty where none is named.
    pub(in super::super::super) fn stage(text: &str) -> Result<String, String> {
        let mut from = String::new();
        for field in csv(text)? {
            let Some((key, value)) = field.split_once('=') else { continue };
            if key.to_lowercase() != "from" {
                continue;
            }
            if value.find('$').is_some_and(|at| at + 1 != value.len()) {
                return Err(format!(
                    "`from={value}` cannot have a variable: name a stage whose FROM uses a global ARG"
                ));
            }
            from = value.to_owned();
        }
        Ok(from)
    }

    impl Fields {
        /// Reads a mount, every value put through `expand`.
        pub(in super::super::super) fn parse<E>(
            text: &str,
            mut expand: impl FnMut(&str) -> Result<String, E>,
        ) -> Result<Self, Result<E, String>> {
            let mut fields = Self::default();
            for field in csv(text).map_err(Err)? {
                match field.split_once('=') {
                    None => fields.switch(&field).map_err(Err)?,
                    Some((key, value)) => {
                        let value = expand(value).map_err(Ok)?;
                        fields.set(&key.to_lowercase(), value, &field).map_err(Err)?;
                    }
                }
            }
            fields.check().map_err(Err)?;
            Ok(fields)
        }

        pub(in super::super::super) fn kind(&self) -> MountKind {
            self.kind.unwrap_or(MountKind::Bind)
        }

        fn takes_required(&self) -> Result<(), String> {
            match self.kind() {
                MountKind::Secret | MountKind::Ssh => Ok(()),
                _ => Err("only secrets and SSH agents can be `required`".into()),
            }
        }

        fn switch(&mut self, field: &str) -> Result<(), String> {
            match field.to_lowercase().as_str() {
                "readonly" | "ro" => self.read_only = Some(true),
                "readwrite" | "rw" => self.read_only = Some(false),
                "required" => {
                    self.takes_required()?;
                    self.required = true;
                }
                _ => return Err(format!("`{field}` in a mount has no value")),
            }
            Ok(())
        }

        fn set(&mut self, key: &str, value: String, field: &str) -> Result<(), String> {
            match key {
                "type" => self.kind = Some(kind(&value)?),
                "from" => self.from = value,
                "source" | "src" => self.source = value,
                "target" | "dst" | "destination" => self.target = value,
                "readonly" | "ro" => self.read_only = Some(boolean(key, &value)?),
                "readwrite" | "rw" => self.read_only = Some(!boolean(key, &value)?),
                "required" => {
                    self.takes_required()?;
                    self.required = boolean(key, &value)?;
                }
                "size" if self.kind() != MountKind::Tmpfs => return Err("only tmpfs can have a `size`".into()),
                "size" => self.size = size(&value).ok_or_else(|| format!("`size` cannot be `{value}`"))?,
                "id" => self.id = value,
                "sharing" => self.sharing = sharing(&value)?,
                "mode" => self.mode = Some(number(key, &value, 8)?),
                "uid" => self.uid = Some(number(key, &value, 10)?),
                "gid" => self.gid = Some(number(key, &value, 10)?),
                "env" => self.env = Some(value),
                _ => return Err(unknown(key, field)),
            }
            Ok(())
        }

        fn check(&self) -> Result<(), String> {
            let kind = self.kind();
            let owned = self.mode.is_some() || self.uid.is_some() || self.gid.is_some();
            if owned && matches!(kind, MountKind::Bind | MountKind::Tmpfs) {
                return Err("`mode`, `uid` and `gid` are for secrets, SSH agents and caches".into());
            }
            if !self.sharing.is_empty() && kind != MountKind::Cache {
                return Err("only caches can have `sharing`".into());
            }
            if kind == MountKind::Secret { self.check_secret() } else { Ok(()) }
        }

        fn check_secret(&self) -> Result<(), String> {
            if !self.from.is_empty() {
                return Err("a secret cannot have `from`".into());
            }
            if self.source.is_empty() && self.target.is_empty() && self.id.is_empty() {
                return Err("a secret needs `id`, `source` or `target`".into());
            }
            if !self.source.is_empty() && !self.id.is_empty() {
                return Err("a secret has either `source` or `id`".into());
            }
            Ok(())
        }
    }

    fn kind(value: &str) -> Result<MountKind, String> {
        Ok(match value.to_lowercase().as_str() {
            "bind" => MountKind::Bind,
            "cache" => MountKind::Cache,
            "tmpfs" => MountKind::Tmpfs,
            "secret" => MountKind::Secret,
            "ssh" => MountKind::Ssh,
            _ => return Err(format!("unsupported mount type `{value}`: use bind, cache, tmpfs, secret or ssh")),
        })
    }

    fn sharing(value: &str) -> Result<String, String> {
        let lower = value.to_lowercase();
        match lower.as_str() {
            "shared" | "private" | "locked" => Ok(lower),
            _ => Err(format!("`sharing` cannot be `{value}`: use shared, private or locked")),
        }
    }

    fn boolean(key: &str, value: &str) -> Result<bool, String> {
        parse_bool(value).ok_or_else(|| format!("`{key}` cannot be `{value}`: use true or false"))
    }

    fn number(key: &str, value: &str, radix: u32) -> Result<u32, String> {
        let plain = !value.starts_with('+');
        let number = u32::from_str_radix(value, radix).ok().filter(|_| plain);
        number.ok_or_else(|| format!("`{key}` cannot be `{value}`"))
    }

    fn unknown(key: &str, field: &str) -> String {
        let suggestion =
            suggest::nearest(key, KEYS).map_or(String::new(), |nearest| format!(" (did you mean `{nearest}`?)"));
        format!("unexpected `{field}` in a mount{suggestion}")
    }

    /// `64m`, `1.5 GiB`, `1024`: bytes, by powers of 1024.
    fn size(text: &str) -> Option<i64> {
        let last = text.rfind(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' '))?;
        let (number, unit) = (&text[..=last], text[last + 1..].to_lowercase());
        let number: f64 = number.strip_suffix(' ').unwrap_or(number).parse().ok()?;
        let power = match unit.as_str() {
            "" | "b" => 0,
            "k" | "kb" | "kib" => 1,
            "m" | "mb" | "mib" => 2,
            "g" | "gb" | "gib" => 3,
            "t" | "tb" | "tib" => 4,
            "p" | "pb" | "pib" => 5,
            _ => return None,
        };
        #[expect(clippy::cast_possible_truncation, reason = "Go truncates the fraction of a byte the same way")]
        (number >= 0.0).then(|| (number * 1024_f64.powi(power)) as i64)
    }
}
