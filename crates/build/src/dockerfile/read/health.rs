//! `HEALTHCHECK` and Go's durations.

use std::time::Duration;

use super::super::flags::{Flags, Takes};
use super::super::node::Argument;
use super::super::step::Healthcheck;
use super::{Context, Read, SyntaxFault, command_line};

const FLAGS: [(&str, Takes); 5] = [
    ("interval", Takes::One),
    ("timeout", Takes::One),
    ("start-period", Takes::One),
    ("start-interval", Takes::One),
    ("retries", Takes::One),
];

pub(super) fn read(context: Context<'_>) -> Read<Healthcheck> {
    context.some_arguments()?;
    let [kind, command @ ..] = context.node.arguments.as_slice() else { return Ok(Healthcheck::default()) };
    match kind.value.to_uppercase().as_str() {
        // Its flags are not looked at.
        "NONE" if command.is_empty() => Ok(Healthcheck { test: vec!["NONE".into()], ..Healthcheck::default() }),
        "NONE" => Err(context.fault("HEALTHCHECK NONE takes no arguments", "take them out, or write CMD")),
        "CMD" => check(context, command),
        _ => {
            let message = format!("HEALTHCHECK takes CMD or NONE, not `{}`", kind.value);
            Err(SyntaxFault::new(kind.range.clone(), message, "write `HEALTHCHECK CMD command`"))
        }
    }
}

fn check(context: Context<'_>, command: &[Argument]) -> Read<Healthcheck> {
    let flags = context.flags(&FLAGS)?;
    if command.is_empty() {
        return Err(context.fault("HEALTHCHECK CMD has no command", "name the command that checks"));
    }
    let kind = if context.node.json { "CMD" } else { "CMD-SHELL" };
    let mut test = vec![kind.to_owned()];
    test.extend(command_line(command, context.node.json).arguments);
    Ok(Healthcheck {
        test,
        interval: interval(&flags, "interval")?,
        timeout: interval(&flags, "timeout")?,
        start_period: interval(&flags, "start-period")?,
        start_interval: interval(&flags, "start-interval")?,
        retries: retries(&flags)?,
    })
}

fn interval(flags: &Flags, name: &str) -> Read<Duration> {
    let Some(flag) = flags.get(name).filter(|flag| !flag.value.is_empty()) else { return Ok(Duration::ZERO) };
    let fault = |message| SyntaxFault::new(flag.range.clone(), message, "write for example `30s`, `1m30s` or `500ms`");
    let nanoseconds = nanoseconds(&flag.value).ok_or_else(|| fault(format!("`{}` is no duration", flag.value)))?;
    match u64::try_from(nanoseconds) {
        Ok(nanoseconds @ (0 | 1_000_000..)) => Ok(Duration::from_nanos(nanoseconds)),
        _ => Err(fault(format!("`--{name}` cannot be less than 1ms"))),
    }
}

fn retries(flags: &Flags) -> Read<u32> {
    let Some(flag) = flags.get("retries").filter(|flag| !flag.value.is_empty()) else { return Ok(0) };
    let number = flag.value.parse::<i32>().ok().and_then(|number| u32::try_from(number).ok());
    number.ok_or_else(|| {
        let message = format!("`--retries` cannot be `{}`", flag.value);
        SyntaxFault::new(flag.range.clone(), message, "write a whole number, 0 or more")
    })
}

/// Go's `time.ParseDuration`, in nanoseconds; `None` if malformed or beyond 292 years.
fn nanoseconds(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (part, behind) = one_part(rest)?;
        total = total.checked_add(part).filter(|total| *total <= 1 << 63)?;
        rest = behind;
    }
    if negative { 0_i64.checked_sub_unsigned(total) } else { i64::try_from(total).ok() }
}

/// `1.5h…` → nanoseconds and what follows.
fn one_part(text: &str) -> Option<(u64, &str)> {
    let (whole, rest) = digits(text);
    let (fraction, rest) = rest.strip_prefix('.').map_or(("", rest), digits);
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let length = rest.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(length);
    let unit: u64 = match unit {
        "ns" => 1,
        "us" | "\u{B5}s" | "\u{3BC}s" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let value = whole.checked_mul(unit)?.checked_add(part_of(fraction, unit)?)?;
    (value <= 1 << 63).then_some((value, rest))
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// What the digits behind the point are of a unit, cut off as Go does with its double arithmetic.
fn part_of(fraction: &str, unit: u64) -> Option<u64> {
    // 18 digits fit into 63 bits; Go ignores those that do not.
    let kept = &fraction[..fraction.len().min(18)];
    if kept.is_empty() {
        return Some(0);
    }
    let digits: u64 = kept.parse().ok()?;
    let scale = 10_f64.powi(i32::try_from(kept.len()).ok()?);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the same rounding as Go's, on positive numbers below the unit"
    )]
    Some((digits as f64 * (unit as f64 / scale)) as u64)
}
