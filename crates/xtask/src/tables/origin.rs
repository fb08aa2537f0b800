use anyhow::Result;

use super::server::Server;

/// Where the tables come from, in words.
pub(crate) fn text(server: &Server) -> Result<String> {
    let version = server.get("/version", "application/json")?;
    let version = version["gitVersion"].as_str().unwrap_or_default();
    Ok(format!(
        "# Origin

Everything here but `README.md` was read from a running kube-apiserver {version} with the defaults of its features, by

```sh
tests/parts/cluster.sh up
tests/parts/cluster.sh run cargo run -p linkspan-xtask -- tables
```

- `openapi/` and the descriptions in `columns.json` are the server's own words: Copyright The Kubernetes Authors,
  licensed under the Apache License 2.0 (`LICENSE-APACHE` in the root of this repository has its text). Changed: the
  addresses and schemas of what is not served here are left out.
- The rest are facts: fields, names, and what the server answered when it was asked. `/openapi/v2` is not among them:
  what it says of patches, `/openapi/v3` says too, and `kubectl` reads only that one.
- Defaults, empty values and Go types: each struct was sent empty, with each field, and with values of a wrong type, to a
  webhook that shows what the server made of it and refuses it.
- Immutable fields: one object of each kind was made, each field changed in a dry run, and the object deleted.
- `protobuf.json` alone is from elsewhere: the field numbers in the `generated.proto` files of k8s.io/api,
  k8s.io/apimachinery and k8s.io/apiextensions-apiserver (Apache License 2.0) at the versions of
  `tests/tools/kubernetes/go.mod`, read from Go's module cache by `cargo run -p linkspan-xtask -- protobuf`.

Kinds that the embedded cluster does not serve are not in these tables: `crates/xtask/src/tables/served.rs` lists those
that it does.
"
    ))
}
