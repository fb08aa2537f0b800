use std::fmt;

/// An operating system and an architecture by Go's names, normalised as containerd does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// `linux`, `windows`, …
    pub os: String,
    /// `amd64`, `arm64`, …
    pub architecture: String,
    /// `v7`, `v8`, …; empty where there is none.
    pub variant: String,
    /// Windows only; empty elsewhere.
    pub os_version: String,
}

/// A text that is no platform.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no platform: expected `os/architecture[/variant]`, for example `linux/arm64`")]
pub struct PlatformError(pub String);

const SYSTEMS: [&str; 17] = [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "windows",
    "zos",
];
const ARCHITECTURES: [&str; 24] = [
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "armbe",
    "arm64",
    "arm64be",
    "ppc64",
    "ppc64le",
    "loong64",
    "mips",
    "mipsle",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "ppc",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
];

impl Platform {
    /// The platform of this machine, as images mean it: always `linux` with the processor's architecture.
    #[must_use]
    pub fn host() -> Self {
        let architecture = match std::env::consts::ARCH {
            "x86" => "386",
            "powerpc64" => "ppc64le",
            "loongarch64" => "loong64",
            other => other,
        };
        let (architecture, variant) = drop_arm_default(normalize(architecture, ""));
        Self { os: "linux".into(), architecture, variant, os_version: String::new() }
    }

    /// Reads `os`, `architecture`, `os/architecture` or `os/architecture/variant` (containerd's `platforms.Parse`).
    ///
    /// # Errors
    /// [`PlatformError`] where a part has other characters than letters, digits, `_`, `.` and `-`, or is unknown.
    pub fn parse(text: &str) -> Result<Self, PlatformError> {
        let error = || PlatformError(text.to_owned());
        let parts: Vec<&str> = text.splitn(4, '/').collect();
        let (system, os_version) = split_system(parts[0]).ok_or_else(error)?;
        if parts[1..].iter().any(|part| part.is_empty() || !part.chars().all(is_word)) {
            return Err(error());
        }
        let os = normalize_os(system);
        let with = |(architecture, variant): (String, String)| Self {
            os: os.clone(),
            architecture,
            variant,
            os_version: os_version.to_owned(),
        };
        match parts[1..] {
            [] => Self::from_one(parts[0], os.clone(), os_version).ok_or_else(error),
            [architecture] => Ok(with(drop_arm_default(normalize(architecture, "")))),
            [architecture, variant] => {
                let mut platform = with(normalize(architecture, variant));
                if platform.architecture == "arm64" && platform.variant.is_empty() {
                    platform.variant = "v8".into();
                }
                Ok(platform)
            }
            _ => Err(error()),
        }
    }

    fn from_one(part: &str, os: String, os_version: &str) -> Option<Self> {
        let host = Self::host();
        if SYSTEMS.contains(&os.as_str()) {
            return Some(Self { os, os_version: os_version.to_owned(), ..host });
        }
        let (architecture, variant) = drop_arm_default(normalize(part, ""));
        ARCHITECTURES.contains(&architecture.as_str()).then(|| Self {
            os: host.os,
            architecture,
            variant,
            os_version: String::new(),
        })
    }

    /// `os/architecture[/variant]` without the version of the operating system.
    #[must_use]
    pub fn short(&self) -> String {
        join(&self.os, &self.architecture, &self.variant)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.os_version.is_empty() || self.os.is_empty() {
            return formatter.write_str(&self.short());
        }
        let system = format!("{}({})", self.os, self.os_version);
        formatter.write_str(&join(&system, &self.architecture, &self.variant))
    }
}

fn join(os: &str, architecture: &str, variant: &str) -> String {
    if os.is_empty() {
        return "unknown".into();
    }
    [os, architecture, variant].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

/// `windows(10.0.17763)` → name and version.
fn split_system(part: &str) -> Option<(&str, &str)> {
    let (name, version) = match part.split_once('(') {
        Some((name, rest)) => (name, rest.strip_suffix(')')?),
        None => (part, ""),
    };
    let known = !name.is_empty() && name.chars().all(is_word) && version.chars().all(is_word);
    known.then_some((name, version))
}

fn normalize_os(os: &str) -> String {
    match os.to_lowercase().as_str() {
        "macos" => "darwin".into(),
        other => other.to_owned(),
    }
}

fn normalize(architecture: &str, variant: &str) -> (String, String) {
    let (architecture, variant) = (architecture.to_lowercase(), variant.to_lowercase());
    let (architecture, variant) = match (architecture.as_str(), variant.as_str()) {
        ("i386", _) => ("386", ""),
        ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
        ("x86_64" | "x86-64" | "amd64", variant) => ("amd64", variant),
        ("aarch64" | "arm64", "8" | "v8" | "v8.0") => ("arm64", ""),
        ("aarch64" | "arm64", "9" | "9.0" | "v9.0") => ("arm64", "v9"),
        ("aarch64" | "arm64", variant) => ("arm64", variant),
        ("armhf", _) => ("arm", "v7"),
        ("armel", _) => ("arm", "v6"),
        ("arm", "" | "7") => ("arm", "v7"),
        ("arm", "5") => ("arm", "v5"),
        ("arm", "6") => ("arm", "v6"),
        ("arm", "8") => ("arm", "v8"),
        (architecture, variant) => (architecture, variant),
    };
    (architecture.to_owned(), variant.to_owned())
}

fn drop_arm_default((architecture, variant): (String, String)) -> (String, String) {
    let variant = if architecture == "arm" && variant == "v7" { String::new() } else { variant };
    (architecture, variant)
}
