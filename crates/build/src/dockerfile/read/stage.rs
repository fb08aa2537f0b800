use super::super::flags::Takes;
use super::super::instruction::Stage;
use super::super::node::Argument;
use super::{Context, Read};

pub(super) fn from(context: Context<'_>) -> Read<Stage> {
    let (base, name) = arguments(context)?;
    let flags = context.flags(&[("platform", Takes::One)])?;
    let platform = flags.get("platform").filter(|platform| !platform.value.is_empty());
    let description = name.as_deref().and_then(|name| describe(context.comments, name));
    Ok(Stage {
        keyword: context.node.keyword.clone(),
        base: context.value(base),
        platform: platform.map(|platform| context.value(platform)),
        name,
        description,
        original: context.joined.text.trim().to_owned(),
        span: context.span,
        comments: context.comments.to_vec(),
        instructions: Vec::new(),
    })
}

fn arguments(context: Context<'_>) -> Read<(&Argument, Option<String>)> {
    match context.node.arguments.as_slice() {
        [base] => Ok((base, None)),
        [base, keyword, name] if keyword.value.to_lowercase() == "as" => {
            let lower = name.value.to_lowercase();
            if !is_stage_name(&lower) {
                let message = format!("`{}` cannot name a stage", name.value);
                let help = "begin with a letter, go on with letters, digits, `-`, `_` and `.`";
                return Err(super::SyntaxFault::new(name.range.clone(), message, help));
            }
            Ok((base, Some(lower)))
        }
        _ => Err(context.fault("FROM takes an image, or an image, AS and a name", "write `FROM image AS name`")),
    }
}

fn is_stage_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'))
}

/// What a comment `# name …` says of a stage.
fn describe(comments: &[String], name: &str) -> Option<String> {
    comments.iter().find_map(|comment| comment.strip_prefix(name)?.strip_prefix(' ')).map(str::to_owned)
}
