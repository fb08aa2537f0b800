//! `COPY` and `ADD`.

use std::collections::HashMap;

use super::super::flags::{Flags, Takes};
use super::super::instruction::{HeredocFile, Transfer, Value};
use super::super::node::{self, Argument};
use super::{Context, Read, SyntaxFault};

/// Inline files of one instruction, at most, in bytes together.
const MAX_INLINE: usize = 64 << 20;

const COPY: [(&str, Takes); 6] = [
    ("chown", Takes::One),
    ("from", Takes::One),
    ("chmod", Takes::One),
    ("link", Takes::Switch),
    ("exclude", Takes::Many),
    ("parents", Takes::Switch),
];
const ADD: [(&str, Takes); 7] = [
    ("chown", Takes::One),
    ("chmod", Takes::One),
    ("link", Takes::Switch),
    ("keep-git-dir", Takes::Switch),
    ("checksum", Takes::One),
    ("unpack", Takes::Switch),
    ("exclude", Takes::Many),
];

pub(super) fn copy(context: Context<'_>) -> Read<Transfer> {
    read(context, &COPY)
}

pub(super) fn add(context: Context<'_>) -> Read<Transfer> {
    read(context, &ADD)
}

fn read(context: Context<'_>, known: &[(&'static str, Takes)]) -> Read<Transfer> {
    let [sources @ .., destination] = context.node.arguments.as_slice() else { return Err(too_few(context)) };
    if sources.is_empty() {
        return Err(too_few(context));
    }
    let flags = context.flags(known)?;
    if node::heredoc(&destination.value).is_some() {
        let message = format!("{} cannot write to a heredoc", context.keyword());
        let help = "name the destination behind the heredoc";
        return Err(SyntaxFault::new(destination.range.clone(), message, help));
    }
    let (sources, heredocs) = split(context, sources)?;
    Ok(Transfer {
        sources,
        heredocs,
        destination: Some(context.value(destination)),
        from: given(context, &flags, "from"),
        chown: given(context, &flags, "chown"),
        chmod: given(context, &flags, "chmod"),
        checksum: given(context, &flags, "checksum"),
        link: flags.switch("link").unwrap_or_default(),
        parents: flags.switch("parents").unwrap_or_default(),
        exclude: flags.all("exclude").map(|pattern| pattern.value.clone()).collect(),
        keep_git_dir: flags.switch("keep-git-dir"),
        unpack: flags.switch("unpack"),
    })
}

fn too_few(context: Context<'_>) -> SyntaxFault {
    let message = format!("{} takes at least a source and a destination", context.keyword());
    context.fault(message, "name what to copy, then where to")
}

fn given(context: Context<'_>, flags: &Flags, name: &str) -> Option<Value> {
    flags.get(name).filter(|flag| !flag.value.is_empty()).map(|flag| context.value(flag))
}

/// Paths and inline files; the last heredoc of a name holds for all of that name.
fn split(context: Context<'_>, sources: &[Argument]) -> Read<(Vec<Value>, Vec<HeredocFile>)> {
    let contents: HashMap<&str, &str> =
        context.node.heredocs.iter().map(|heredoc| (heredoc.name.as_str(), heredoc.content.as_str())).collect();
    let (mut paths, mut files, mut size) = (Vec::new(), Vec::new(), 0);
    for source in sources {
        let Some(heredoc) = node::heredoc(&source.value) else {
            paths.push(context.value(source));
            continue;
        };
        let content = contents.get(heredoc.name.as_str()).copied().unwrap_or_default();
        size += content.len();
        if size > MAX_INLINE {
            let help = "copy the content from files";
            return Err(SyntaxFault::new(source.range.clone(), "the inline files are too large together", help));
        }
        let content = if heredoc.chomp { node::chomp(content) } else { content.to_owned() };
        files.push(HeredocFile { content, ..super::heredoc_file(&heredoc) });
    }
    Ok((paths, files))
}
