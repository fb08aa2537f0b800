use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use linkspan_kube::Secret;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use thiserror::Error;

/// The names under which the server can be reached: those of the certificate.
const NAMES: [&str; 7] = [
    "localhost",
    "127.0.0.1",
    "::1",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
];

/// Certificates are valid long enough that nobody has to think of them; the folder is deleted with the cluster.
const LAST_YEAR: i32 = 2126;

/// What the cluster proves itself with, and what its owner does. All texts are PEM.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The certificate of the cluster's own authority.
    pub authority: String,
    /// The certificate of the server, and its key.
    pub server: (String, Secret),
    /// The certificate of the owner, and its key.
    pub owner: (String, Secret),
    /// The owner's token, for clients that cannot use a certificate.
    pub token: Secret,
    /// The key that signs the tokens of service accounts (ECDSA on P-256).
    pub signer: Secret,
}

/// Why credentials cannot be had.
#[derive(Debug, Error)]
pub enum CredentialsError {
    /// A file cannot be read or written.
    #[error("the credentials in `{path}` cannot be kept")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// They cannot be made.
    #[error("the certificates of the cluster cannot be made")]
    Certificate(#[from] rcgen::Error),
    /// There is no randomness.
    #[error("the system gives no random bytes")]
    Random,
}

impl Credentials {
    /// The credentials in a folder that only the caller can read; made at the first call.
    ///
    /// # Errors
    /// The folder cannot be read or written.
    pub fn in_folder(folder: &Path) -> Result<Self, CredentialsError> {
        let complete = folder.join("complete");
        if !complete.exists() {
            private_folder(folder).map_err(|source| CredentialsError::File { path: folder.to_owned(), source })?;
            Self::make()?.write(folder)?;
            write(&complete, "")?;
        }
        Self::read(folder)
    }

    fn make() -> Result<Self, CredentialsError> {
        let (authority, issuer) = authority()?;
        let server = signed(&issuer, "kube-apiserver", None, ExtendedKeyUsagePurpose::ServerAuth)?;
        let owner = signed(&issuer, "kubernetes-admin", Some("system:masters"), ExtendedKeyUsagePurpose::ClientAuth)?;
        let signer = Secret::new(KeyPair::generate()?.serialize_pem());
        Ok(Self { authority, server, owner, token: token()?, signer })
    }

    fn write(&self, folder: &Path) -> Result<(), CredentialsError> {
        self.files().into_iter().try_for_each(|(name, text)| write(&folder.join(name), text))
    }

    fn files(&self) -> [(&'static str, &str); 7] {
        [
            ("ca.crt", &self.authority),
            ("server.crt", &self.server.0),
            ("server.key", self.server.1.reveal()),
            ("owner.crt", &self.owner.0),
            ("owner.key", self.owner.1.reveal()),
            ("token", self.token.reveal()),
            ("service-accounts.key", self.signer.reveal()),
        ]
    }

    fn read(folder: &Path) -> Result<Self, CredentialsError> {
        let text = |name: &str| {
            let path = folder.join(name);
            fs::read_to_string(&path).map_err(|source| CredentialsError::File { path, source })
        };
        let secret = |name: &str| text(name).map(Secret::new);
        Ok(Self {
            authority: text("ca.crt")?,
            server: (text("server.crt")?, secret("server.key")?),
            owner: (text("owner.crt")?, secret("owner.key")?),
            token: secret("token")?,
            signer: secret("service-accounts.key")?,
        })
    }
}

fn authority() -> Result<(String, Issuer<'static, KeyPair>), CredentialsError> {
    let mut params = params("linkspan", None)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok((certificate.pem(), Issuer::new(params, key)))
}

fn signed(
    issuer: &Issuer<'_, KeyPair>,
    name: &str,
    group: Option<&str>,
    usage: ExtendedKeyUsagePurpose,
) -> Result<(String, Secret), CredentialsError> {
    let mut params = params(name, group)?;
    if usage == ExtendedKeyUsagePurpose::ServerAuth {
        params.subject_alt_names = CertificateParams::new(NAMES.map(str::to_owned))?.subject_alt_names;
    }
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![usage];
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?;
    Ok((certificate.pem(), Secret::new(key.serialize_pem())))
}

fn params(name: &str, group: Option<&str>) -> Result<CertificateParams, CredentialsError> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(LAST_YEAR, 1, 1);
    params.distinguished_name.push(DnType::CommonName, name);
    if let Some(group) = group {
        params.distinguished_name.push(DnType::OrganizationName, group);
    }
    Ok(params)
}

fn token() -> Result<Secret, CredentialsError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| CredentialsError::Random)?;
    Ok(Secret::new(BASE64_URL_SAFE_NO_PAD.encode(bytes)))
}

#[cfg(unix)]
fn private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

fn write(path: &Path, text: &str) -> Result<(), CredentialsError> {
    let file = |source| CredentialsError::File { path: path.to_owned(), source };
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).and_then(|mut opened| opened.write_all(text.as_bytes())).map_err(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let first = Credentials::in_folder(&folder.path().join("a")).unwrap();
        let second = Credentials::in_folder(&folder.path().join("a")).unwrap();
        assert_eq!(first.authority, second.authority);
        assert_eq!(first.owner.1.reveal(), second.owner.1.reveal());
        assert_ne!(first.server.1.reveal(), first.owner.1.reveal());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_them() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap().path().join("credentials");
        Credentials::in_folder(&folder).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        for file in fs::read_dir(&folder).unwrap() {
            assert_eq!(mode(&file.unwrap().path()), 0o600);
        }
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_start_that_was_broken_off_is_done_again() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("ca.crt"), "half").unwrap();
        assert!(Credentials::in_folder(folder.path()).unwrap().authority.starts_with("-----BEGIN"));
    }

    #[test]
    fn secrets_do_not_show() {
        let folder = tempfile::tempdir().unwrap();
        let shown = format!("{:?}", Credentials::in_folder(folder.path()).unwrap());
        assert!(!shown.contains("PRIVATE KEY"));
    }
}
