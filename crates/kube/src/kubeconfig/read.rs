//! One file's text to a [`KubeConfig`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine;
use linkspan_source::{Dialect, Document};
use serde_json::Value;

use super::{
    Cluster, ConfigContext, Exec, Impersonation, InteractiveMode, KubeConfig, KubeConfigError, Material, User,
};
use crate::Secret;

/// Where a text came from.
pub(super) struct Origin<'a> {
    /// What errors call it.
    pub(super) file: &'a str,
    /// The folder that relative paths start from.
    pub(super) folder: &'a Path,
    /// The file, if everybody on this machine may read it.
    pub(super) exposed: Option<&'a Path>,
}

/// Reads one kubeconfig. Unknown fields are ignored, as `kubectl` does; what is known must have the right type.
pub(super) fn read(text: &str, origin: &Origin<'_>) -> Result<KubeConfig, KubeConfigError> {
    let documents =
        linkspan_source::yaml(text, Dialect::Kubernetes).map_err(|faults| match faults.into_iter().next() {
            Some(fault) => KubeConfigError::Malformed {
                file: origin.file.to_owned(),
                finding: Box::new(fault.finding(origin.file)),
            },
            None => KubeConfigError::Unsupported { what: format!("kubeconfig `{}` cannot be read", origin.file) },
        })?;
    match documents.into_iter().find(|document| !document.value.is_null()) {
        Some(document) => Reader { document: &document, origin }.config(),
        None => Ok(KubeConfig::default()),
    }
}

struct Reader<'a> {
    document: &'a Document,
    origin: &'a Origin<'a>,
}

type Read<T> = Result<T, KubeConfigError>;

impl Reader<'_> {
    fn config(&self) -> Read<KubeConfig> {
        if !self.document.value.is_object() {
            return Err(self.wrong("", "a kubeconfig is a mapping"));
        }
        if let Some(kind) = self.text("/kind")?
            && kind != "Config"
        {
            return Err(self.wrong("/kind", &format!("expected `kind: Config`, not `{kind}`")));
        }
        Ok(KubeConfig {
            current_context: self.text("/current-context")?,
            clusters: self.named("clusters", "cluster", Self::cluster)?,
            users: self.named("users", "user", Self::user)?,
            contexts: self.named("contexts", "context", Self::context)?,
        })
    }

    /// A list of `{name: …, <field>: {…}}`. Of two with one name the first counts, as in `kubectl`.
    fn named<T>(&self, list: &str, field: &str, read: fn(&Self, &str) -> Read<T>) -> Read<BTreeMap<String, T>> {
        let mut entries = BTreeMap::new();
        for index in 0..self.length(&format!("/{list}"))? {
            let at = format!("/{list}/{index}");
            let name = self.text(&format!("{at}/name"))?;
            let name = name.ok_or_else(|| self.wrong(&at, &format!("an entry of `{list}` has no `name`")))?;
            let entry = read(self, &format!("{at}/{field}"))?;
            entries.entry(name).or_insert(entry);
        }
        Ok(entries)
    }

    fn cluster(&self, at: &str) -> Read<Cluster> {
        Ok(Cluster {
            server: self.text(&format!("{at}/server"))?.unwrap_or_default(),
            certificate_authority: self.material(at, "certificate-authority")?,
            tls_server_name: self.text(&format!("{at}/tls-server-name"))?,
            insecure_skip_tls_verify: self.flag(&format!("{at}/insecure-skip-tls-verify"))?,
            proxy_url: self.text(&format!("{at}/proxy-url"))?,
        })
    }

    fn user(&self, at: &str) -> Read<User> {
        let token = self.text(&format!("{at}/token"))?.map(Secret::new);
        let password = self.text(&format!("{at}/password"))?.map(Secret::new);
        let in_plain_text = token.is_some() || password.is_some();
        Ok(User {
            client_certificate: self.material(at, "client-certificate")?,
            client_key: self.material(at, "client-key")?,
            token,
            token_file: self.text(&format!("{at}/tokenFile"))?.map(|file| self.path(&file)),
            username: self.text(&format!("{at}/username"))?,
            password,
            impersonate: self.impersonation(at)?,
            exec: self.exec(&format!("{at}/exec"))?,
            auth_provider: self.text(&format!("{at}/auth-provider/name"))?,
            exposed_in: self.origin.exposed.filter(|_| in_plain_text).map(Path::to_owned),
        })
    }

    fn context(&self, at: &str) -> Read<ConfigContext> {
        Ok(ConfigContext {
            cluster: self.text(&format!("{at}/cluster"))?.unwrap_or_default(),
            user: self.text(&format!("{at}/user"))?.unwrap_or_default(),
            namespace: self.text(&format!("{at}/namespace"))?,
        })
    }

    fn impersonation(&self, at: &str) -> Read<Impersonation> {
        let extra_at = format!("{at}/as-user-extra");
        let names: Vec<_> =
            self.value(&extra_at).and_then(Value::as_object).into_iter().flat_map(|map| map.keys()).collect();
        let extra = |name: &String| {
            let values = self.texts(&linkspan_source::pointer::join(&extra_at, name))?;
            Ok((name.clone(), values))
        };
        Ok(Impersonation {
            user: self.text(&format!("{at}/as"))?,
            uid: self.text(&format!("{at}/as-uid"))?,
            groups: self.texts(&format!("{at}/as-groups"))?,
            extra: names.into_iter().map(extra).collect::<Read<_>>()?,
        })
    }

    fn exec(&self, at: &str) -> Read<Option<Exec>> {
        if self.value(at).is_none_or(Value::is_null) {
            return Ok(None);
        }
        let required = |field: &str| {
            self.text(&format!("{at}/{field}"))?.ok_or_else(|| self.wrong(at, &format!("`exec` has no `{field}`")))
        };
        let command = required("command")?;
        Ok(Some(Exec {
            command: if command.contains(['/', '\\']) { self.path(&command).display().to_string() } else { command },
            args: self.texts(&format!("{at}/args"))?,
            env: self.variables(&format!("{at}/env"))?,
            api_version: required("apiVersion")?,
            install_hint: self.text(&format!("{at}/installHint"))?,
            provide_cluster_info: self.flag(&format!("{at}/provideClusterInfo"))?,
            interactive_mode: self.interactive_mode(&format!("{at}/interactiveMode"))?,
        }))
    }

    fn interactive_mode(&self, at: &str) -> Read<InteractiveMode> {
        match self.text(at)?.as_deref() {
            None | Some("IfAvailable") => Ok(InteractiveMode::IfAvailable),
            Some("Never") => Ok(InteractiveMode::Never),
            Some("Always") => Ok(InteractiveMode::Always),
            Some(other) => Err(self.wrong(at, &format!("`{other}` is not `Never`, `IfAvailable` or `Always`"))),
        }
    }

    fn variables(&self, at: &str) -> Read<Vec<(String, Secret)>> {
        let variable = |index: usize| {
            let name = self.text(&format!("{at}/{index}/name"))?.unwrap_or_default();
            let value = self.text(&format!("{at}/{index}/value"))?.unwrap_or_default();
            Ok((name, Secret::new(value)))
        };
        (0..self.length(at)?).map(variable).collect()
    }

    /// `<name>-data` in base64, which wins, or `<name>` as a path.
    fn material(&self, at: &str, name: &str) -> Read<Option<Material>> {
        let data_at = format!("{at}/{name}-data");
        if let Some(data) = self.text(&data_at)? {
            let packed: String = data.split_whitespace().collect();
            let decoded = base64::engine::general_purpose::STANDARD.decode(packed).ok();
            let text = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
            let text = text.ok_or_else(|| self.wrong(&data_at, &format!("`{name}-data` is not PEM text in base64")))?;
            return Ok(Some(Material::Data(Secret::new(text))));
        }
        Ok(self.text(&format!("{at}/{name}"))?.map(|file| Material::File(self.path(&file))))
    }

    fn path(&self, file: &str) -> PathBuf {
        self.origin.folder.join(file)
    }

    fn value(&self, at: &str) -> Option<&Value> {
        self.document.value.pointer(at)
    }

    /// A string; missing, `null` and empty are the same.
    fn text(&self, at: &str) -> Read<Option<String>> {
        match self.value(at) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
            Some(_) => Err(self.wrong(at, &format!("`{}` must be a string", last(at)))),
        }
    }

    fn flag(&self, at: &str) -> Read<bool> {
        match self.value(at) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(self.wrong(at, &format!("`{}` must be `true` or `false`", last(at)))),
        }
    }

    fn length(&self, at: &str) -> Read<usize> {
        match self.value(at) {
            None | Some(Value::Null) => Ok(0),
            Some(Value::Array(values)) => Ok(values.len()),
            Some(_) => Err(self.wrong(at, &format!("`{}` must be a list", last(at)))),
        }
    }

    fn texts(&self, at: &str) -> Read<Vec<String>> {
        (0..self.length(at)?).map(|index| Ok(self.text(&format!("{at}/{index}"))?.unwrap_or_default())).collect()
    }

    fn wrong(&self, at: &str, message: &str) -> KubeConfigError {
        KubeConfigError::malformed(self.origin.file, message, self.document.nearest(at))
    }
}

fn last(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or(pointer)
}
