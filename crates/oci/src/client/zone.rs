//! Which part of the network an address belongs to. A public registry must not send us to an
//! address that only we can reach (server-side request forgery).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs};

/// Who can reach an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Zone {
    /// Everyone.
    Public,
    /// A network of one's own, and everything reserved.
    Private,
    /// This link; clouds answer metadata there.
    LinkLocal,
    /// This machine.
    Loopback,
}

impl Zone {
    /// Whether a registry in this zone may send us to an address in another.
    pub(super) fn may_send_to(self, other: Self) -> bool {
        other == Self::Public || other == self || (self, other) == (Self::Loopback, Self::Private)
    }

    pub(super) fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => of_v4(address),
            IpAddr::V6(address) => of_v6(address),
        }
    }

    /// The zone of a host that can be told without asking a name server.
    pub(super) fn of_literal(host: &str) -> Option<Self> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let name = bare.trim_end_matches('.').to_ascii_lowercase();
        if name == "localhost" || name.ends_with(".localhost") {
            return Some(Self::Loopback);
        }
        bare.parse().ok().map(Self::of)
    }

    /// The zone of a registry's own host. Of several addresses the most public counts; a name that
    /// cannot be resolved here (a proxy may) counts as public, the strictest.
    pub(super) fn of_host(host: &str) -> Self {
        if let Some(zone) = Self::of_literal(host) {
            return zone;
        }
        let addresses = (host, 443).to_socket_addrs().into_iter().flatten();
        addresses.map(|address| Self::of(address.ip())).min().unwrap_or(Self::Public)
    }
}

fn of_v4(address: Ipv4Addr) -> Zone {
    let [a, b, c, _] = address.octets();
    match (a, b, c) {
        (127 | 0, ..) => Zone::Loopback,
        (169, 254, _) => Zone::LinkLocal,
        (10, ..) | (172, 16..=31, _) | (192, 168, _) => Zone::Private,
        // Carrier-grade NAT, protocol assignments, benchmarks, multicast and reserved.
        (100, 64..=127, _) | (192, 0, 0) | (198, 18 | 19, _) | (224.., ..) => Zone::Private,
        _ => Zone::Public,
    }
}

fn of_v6(address: Ipv6Addr) -> Zone {
    if let Some(inner) = embedded_v4(address) {
        return of_v4(inner);
    }
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => Zone::Loopback,
        [0xfe80..=0xfebf, ..] => Zone::LinkLocal,
        // Unique local, site-local, multicast.
        [0xfc00..=0xfdff | 0xfec0..=0xfeff | 0xff00..=0xffff, ..] => Zone::Private,
        _ => Zone::Public,
    }
}

/// IPv4 inside IPv6: mapped, NAT64, 6to4.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let join = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(join(high, low)),
        [0x2002, high, low, ..] => Some(join(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Zone::{LinkLocal, Loopback, Private, Public};
    use super::*;

    #[test]
    fn zones_of_addresses() {
        for (address, zone) in [
            ("8.8.8.8", Public),
            ("172.15.0.1", Public),
            ("172.32.0.1", Public),
            ("100.128.0.1", Public),
            ("127.3.2.1", Loopback),
            ("0.0.0.0", Loopback),
            ("10.1.2.3", Private),
            ("172.31.255.255", Private),
            ("192.168.0.1", Private),
            ("100.64.0.1", Private),
            ("255.255.255.255", Private),
            ("224.0.0.1", Private),
            ("169.254.169.254", LinkLocal),
            ("[::1]", Loopback),
            ("[::]", Loopback),
            ("[::ffff:169.254.169.254]", LinkLocal),
            ("[64:ff9b::a00:1]", Private),
            ("[2002:7f00:1::]", Loopback),
            ("[fd00::1]", Private),
            ("[fe80::1]", LinkLocal),
            ("[ff02::1]", Private),
            ("[2606:4700::1111]", Public),
            ("localhost", Loopback),
            ("a.LOCALHOST.", Loopback),
        ] {
            assert_eq!(Zone::of_literal(address), Some(zone), "{address}");
        }
        assert_eq!(Zone::of_literal("ghcr.io"), None);
    }

    #[test]
    fn nobody_is_sent_inwards() {
        assert!(Public.may_send_to(Public) && Private.may_send_to(Private) && Loopback.may_send_to(Private));
        for (from, to) in [
            (Public, Private),
            (Public, Loopback),
            (Public, LinkLocal),
            (Private, LinkLocal),
            (Private, Loopback),
            (Loopback, LinkLocal),
        ] {
            assert!(!from.may_send_to(to), "{from:?} {to:?}");
        }
    }
}
