//! The ports of `EXPOSE`.

use std::net::IpAddr;

/// The ports that one word means, and what a check has to say of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ports {
    /// `80/tcp`, a range taken apart.
    pub(super) ports: Vec<String>,
    /// The protocol has capitals.
    pub(super) capitals: bool,
    /// It has an address or a port of the host.
    pub(super) mapped: bool,
}

/// Reads `[ip:][host-port:]port[-port][/protocol]`.
pub(super) fn read(word: &str) -> Result<Ports, String> {
    let (ip, host, container) = parts(word);
    let (container, protocol) = container.split_once('/').unwrap_or((container, ""));
    if container.is_empty() {
        return Err(format!("`{word}` has no port"));
    }
    let lower = if protocol.is_empty() { "tcp".into() } else { protocol.to_lowercase() };
    if !matches!(lower.as_str(), "tcp" | "udp" | "sctp") {
        return Err(format!("`{protocol}` in `{word}` is no protocol: use tcp, udp or sctp"));
    }
    check_address(ip, word)?;
    let (start, end) = range(container).ok_or_else(|| format!("`{container}` in `{word}` is no port or range"))?;
    check_host(host, (start, end), word)?;
    Ok(Ports {
        ports: (start..=end).map(|port| format!("{port}/{lower}")).collect(),
        capitals: protocol != protocol.to_lowercase(),
        mapped: !ip.is_empty() || !host.is_empty(),
    })
}

/// Address, port of the host, port of the container.
fn parts(word: &str) -> (&str, &str, &str) {
    let Some((front, container)) = word.rsplit_once(':') else { return ("", "", word) };
    let (ip, host) = front.rsplit_once(':').unwrap_or(("", front));
    (ip, host, container)
}

fn check_address(ip: &str, word: &str) -> Result<(), String> {
    let bare = ip.strip_prefix('[').map_or(Some(ip), |rest| rest.strip_suffix(']'));
    let valid = ip.is_empty() || bare.is_some_and(|bare| bare.parse::<IpAddr>().is_ok());
    if valid { Ok(()) } else { Err(format!("`{ip}` in `{word}` is no IP address")) }
}

fn check_host(host: &str, (start, end): (u32, u32), word: &str) -> Result<(), String> {
    if host.is_empty() {
        return Ok(());
    }
    let (host_start, host_end) = range(host).ok_or_else(|| format!("`{host}` in `{word}` is no port or range"))?;
    if end - start != host_end - host_start && end != start {
        return Err(format!("the ranges in `{word}` have different lengths"));
    }
    Ok(())
}

fn range(text: &str) -> Option<(u32, u32)> {
    let (start, end) = text.split_once('-').unwrap_or((text, text));
    let (start, end) = (number(start)?, if start == end { number(start)? } else { number(end)? });
    (start <= end).then_some((start, end))
}

fn number(text: &str) -> Option<u32> {
    let number = text.parse::<i64>().ok()?;
    u32::try_from(number).ok().filter(|number| *number <= 65_535)
}
