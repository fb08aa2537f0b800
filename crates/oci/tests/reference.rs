//! References, name by name, as `distribution/reference` (`ParseNormalizedNamed`) reads them.
#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use linkspan_oci::reference::{Reference, ReferenceError, Repository};

const HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Text; then what it means in full, and in short.
const GOOD: &[(&str, &str, &str)] = &[
    ("ubuntu", "docker.io/library/ubuntu", "ubuntu"),
    ("ubuntu:22.04", "docker.io/library/ubuntu:22.04", "ubuntu:22.04"),
    ("library/ubuntu", "docker.io/library/ubuntu", "ubuntu"),
    ("docker.io/ubuntu", "docker.io/library/ubuntu", "ubuntu"),
    ("docker.io/library/ubuntu", "docker.io/library/ubuntu", "ubuntu"),
    ("index.docker.io/ubuntu:1", "docker.io/library/ubuntu:1", "ubuntu:1"),
    ("index.docker.io/acme/app", "docker.io/acme/app", "acme/app"),
    ("acme/app", "docker.io/acme/app", "acme/app"),
    ("a/b/c", "docker.io/a/b/c", "a/b/c"),
    ("library/a/b", "docker.io/library/a/b", "library/a/b"),
    ("localhost/app", "localhost/app", "localhost/app"),
    ("localhost:5000/app", "localhost:5000/app", "localhost:5000/app"),
    ("localhost", "docker.io/library/localhost", "localhost"),
    ("localhost:5000", "docker.io/library/localhost:5000", "localhost:5000"),
    ("local/app", "docker.io/local/app", "local/app"),
    ("foo:5000/app", "foo:5000/app", "foo:5000/app"),
    ("foo.com/app", "foo.com/app", "foo.com/app"),
    ("FOO/app", "FOO/app", "FOO/app"),
    ("Foo.Com:80/app:Tag", "Foo.Com:80/app:Tag", "Foo.Com:80/app:Tag"),
    ("127.0.0.1:5000/x:y", "127.0.0.1:5000/x:y", "127.0.0.1:5000/x:y"),
    ("[::1]:5000/x", "[::1]:5000/x", "[::1]:5000/x"),
    ("[2001:db8::1]/x:y", "[2001:db8::1]/x:y", "[2001:db8::1]/x:y"),
    ("xn--n3h.com/app", "xn--n3h.com/app", "xn--n3h.com/app"),
    ("ghcr.io/acme/shop/orders:1.2.3", "ghcr.io/acme/shop/orders:1.2.3", "ghcr.io/acme/shop/orders:1.2.3"),
    (
        "123.dkr.ecr.eu-west-1.amazonaws.com/a",
        "123.dkr.ecr.eu-west-1.amazonaws.com/a",
        "123.dkr.ecr.eu-west-1.amazonaws.com/a",
    ),
    ("foo_bar/x", "docker.io/foo_bar/x", "foo_bar/x"),
    ("a__b", "docker.io/library/a__b", "a__b"),
    ("a--b---c", "docker.io/library/a--b---c", "a--b---c"),
    ("a.b", "docker.io/library/a.b", "a.b"),
    ("a.b/c_d/e-f", "a.b/c_d/e-f", "a.b/c_d/e-f"),
    ("0/1", "docker.io/0/1", "0/1"),
    ("x:_", "docker.io/library/x:_", "x:_"),
    ("x:A-b_c.d", "docker.io/library/x:A-b_c.d", "x:A-b_c.d"),
    ("x:0.0.0", "docker.io/library/x:0.0.0", "x:0.0.0"),
    ("a-b.c/d", "a-b.c/d", "a-b.c/d"),
    (
        "abcdef1234567890abcdef1234567890abcdef1234567890abcdef123456789",
        "docker.io/library/abcdef1234567890abcdef1234567890abcdef1234567890abcdef123456789",
        "abcdef1234567890abcdef1234567890abcdef1234567890abcdef123456789",
    ),
];

/// Text, and a part of the message that says what is wrong.
const BAD: &[(&str, &str)] = &[
    ("", "the image name is empty"),
    (":tag", "the image name is empty"),
    ("ghcr.io/", "the image name is empty"),
    ("@sha256:00", "the image name is empty"),
    (HEX, "is an image id"),
    ("Ubuntu", "`U` is not allowed"),
    ("acme/App", "`A` is not allowed"),
    ("ghcr.io/Acme/app", "`A` is not allowed"),
    ("a//b", "`` in repository `a//b`"),
    ("a/", "`` in repository `a/`"),
    ("/a", "`` in repository `/a`"),
    ("-a", "`-a` in repository"),
    ("a-", "`a-` in repository"),
    ("a..b", "`a..b` in repository"),
    ("a___b", "`a___b` in repository"),
    ("a._b", "`a._b` in repository"),
    ("a/_b", "`_b` in repository"),
    ("ghcr.io/a b", "`a b` in repository"),
    ("ä/b", "`ä` in repository"),
    ("a/../b", "`..` in repository"),
    ("https://ghcr.io/a", "registry host `https:`"),
    ("-x.com/a", "registry host `-x.com`"),
    ("x-.com/a", "registry host `x-.com`"),
    ("x..com/a", "registry host `x..com`"),
    (".com/a", "registry host `.com`"),
    ("x.com:/a", "registry host `x.com:`"),
    ("x.com:port/a", "registry host `x.com:port`"),
    ("x.com:1:2/a", "registry host `x.com:1:2`"),
    ("me@x.com/a", "digest"),
    ("[::1/a", "registry host `[::1`"),
    ("[::g]/a", "registry host `[::g]`"),
    ("[]:5000/a", "registry host `[]:5000`"),
    ("[::1]x:5000/a", "registry host `[::1]x:5000`"),
    ("a_b.com:5000/a", "registry host `a_b.com:5000`"),
    ("x:", "tag ``"),
    ("x:.a", "tag `.a`"),
    ("x:-a", "tag `-a`"),
    ("x:a b", "tag `a b`"),
    ("x:a:b", "tag `a:b`"),
    ("x:ä", "tag `ä`"),
    ("x@", "is no digest"),
    ("x@sha256", "is no digest"),
    ("x@sha256:00", "64 hexadecimal digits, this one has 2"),
    ("x@sha384:00", "algorithm `sha384` is not supported"),
    ("x@sha256:ABCD", "`A` is not allowed in a digest"),
    ("x@sha256:00@sha256:00", "`@` is not allowed in a digest"),
    ("x\n", "in repository"),
];

#[test]
fn good_names() {
    for (text, full, short) in GOOD {
        let reference: Reference = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!((reference.to_string().as_str(), reference.familiar().as_str()), (*full, *short), "{text}");
        assert_eq!(full.parse::<Reference>().unwrap(), reference, "{text}");
        assert_eq!(short.parse::<Reference>().unwrap(), reference, "{text}");
    }
}

#[test]
fn good_names_with_digests() {
    for (text, full, short) in GOOD {
        let reference: Reference = format!("{text}@sha256:{HEX}").parse().unwrap();
        assert_eq!(reference.to_string(), format!("{full}@sha256:{HEX}"));
        assert_eq!(reference.familiar(), format!("{short}@sha256:{HEX}"));
        assert_eq!(reference.selector(), format!("sha256:{HEX}"));
    }
}

#[test]
fn bad_names_say_which_part() {
    for (text, part) in BAD {
        let error = text.parse::<Reference>().err().unwrap_or_else(|| panic!("`{text}` was taken"));
        assert!(error.to_string().contains(part), "`{text}`: {error}");
    }
}

#[test]
fn lengths_are_limited() {
    let path = |length: usize| format!("ghcr.io/{}", "a".repeat(length));
    assert!(path(255).parse::<Reference>().is_ok());
    assert_eq!(path(256).parse::<Reference>(), Err(ReferenceError::TooLong(256)));
    // Docker Hub's `library/` counts.
    assert!("a".repeat(247).parse::<Reference>().is_ok());
    assert_eq!("a".repeat(248).parse::<Reference>(), Err(ReferenceError::TooLong(256)));
    let tag = |length: usize| format!("x:{}", "a".repeat(length));
    assert!(tag(128).parse::<Reference>().is_ok());
    assert!(tag(129).parse::<Reference>().is_err());
}

#[test]
fn parts_are_to_be_had() {
    let reference: Reference = "ghcr.io/acme/shop/orders:1".parse().unwrap();
    let repository = reference.repository();
    assert_eq!(
        (repository.registry(), repository.path(), repository.name()),
        ("ghcr.io", "acme/shop/orders", "orders")
    );
    assert_eq!(reference.tag(), Some("1"));
    let plain: Reference = "orders".parse().unwrap();
    assert_eq!((plain.tag(), plain.tag_or_latest(), plain.selector().as_str()), (None, Some("latest"), "latest"));
    let both: Reference = format!("orders:1@sha256:{HEX}").parse().unwrap();
    assert_eq!((both.tag_or_latest(), both.selector()), (Some("1"), format!("sha256:{HEX}")));
    let pinned: Reference = format!("orders@sha256:{HEX}").parse().unwrap();
    assert_eq!(pinned.tag_or_latest(), None);
}

#[test]
fn a_repository_has_no_tag() {
    let repository: Repository = "ghcr.io/acme/app".parse().unwrap();
    assert_eq!(repository.tagged("v1").unwrap().to_string(), "ghcr.io/acme/app:v1");
    assert!(repository.tagged("a:b").is_err());
    let error = "ghcr.io/acme/app:v1".parse::<Repository>().unwrap_err();
    insta::assert_snapshot!(error, @"`ghcr.io/acme/app:v1` has a tag or digest: only a repository name is wanted here");
}

proptest::proptest! {
    #[test]
    fn what_is_printed_is_read_back(text in "[a-zA-Z0-9._:/@\\[\\]-]{0,40}") {
        if let Ok(reference) = text.parse::<Reference>() {
            proptest::prop_assert_eq!(reference.to_string().parse::<Reference>().unwrap(), reference.clone());
            proptest::prop_assert_eq!(reference.familiar().parse::<Reference>().unwrap(), reference);
        }
    }

    #[test]
    fn any_text_is_no_panic(text in ".{0,40}") {
        let _ = text.parse::<Reference>();
    }
}
