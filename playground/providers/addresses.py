"""SSRF protection: decides which IP addresses and host names an external link may have.

An allowlist of public addresses, because blocklists become outdated. The standard library's
`is_global` is not enough: it counts multicast and the addresses below as global.

Source  IANA special-purpose address registries, read 2026-11-22
"""

import re
import socket
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Network = IPv4Network | IPv6Network


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)


NAT64 = IPv6Network("64:ff9b::/96")
GLOBAL_UNICAST = IPv6Network("2000::/3")
NOT_PUBLIC = _networks(
    "192.0.0.0/24",  # protocol assignments; 192.0.0.192 is a cloud metadata service
    "192.88.99.0/24",  # 6to4 relays
    "168.63.129.16/32",  # a cloud metadata service at a public address
    "2001::/23",  # protocol assignments, including Teredo, which embeds an IPv4 address
    "2001:db8::/32",  # documentation
    "2002::/16",  # 6to4: embeds an IPv4 address
    "3fff::/20",  # documentation
)
LOCAL = _networks(
    "127.0.0.0/8",
    "::1/128",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "fc00::/7",
)
METADATA = _networks("100.100.100.200/32", "fd00:ec2::254/128", "fd20:ce::254/128")


# Special-use domain names: RFC 6761 and 6762 (appendix G), RFC 8375, and ICANN's
# resolution of 2024 on .internal.
PRIVATE_ZONES = (
    "localhost", "localdomain", "local", "internal", "intranet", "private", "corp", "home", "lan",
    "home.arpa",
)  # fmt: skip
LAST_LABEL_IS_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)", re.DOTALL)
NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
                  r"(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*")  # fmt: skip


def find_literal(host: str) -> str | None:
    """Parse an IP address in a URL's host, in any notation; None for a hostname.

    host    in lower case and ASCII, without the brackets of an IPv6 address
    Raises  ValueError for invalid addresses: 256.1.1.1
    Source  WHATWG URL, "host parsing", for 2130706433, 0x7f.1 and 0177.0.0.1; read 2026-11-29
    """
    if ":" in host:
        return str(ip_address(host))
    host = host.removesuffix(".")
    if LAST_LABEL_IS_NUMBER.fullmatch(host):
        try:
            return socket.inet_ntoa(socket.inet_aton(host))
        except OSError as error:
            raise ValueError("no IP address, and no name ends in a number") from error
    if not NAME.fullmatch(host):
        raise ValueError("no name of a host")
    return None


def is_private_name(host: str) -> bool:
    """Whether a hostname is not public (special use) and so differs between networks."""
    host = host.removesuffix(".")
    return "." not in host or host.endswith(tuple(f".{zone}" for zone in PRIVATE_ZONES))


def is_public(text: str) -> bool:
    """Whether an address is public; for IPv4-mapped IPv6, the IPv4 address counts."""
    address = _read(text)
    if address is None or address.is_multicast or _is_in(address, NOT_PUBLIC):
        return False
    if isinstance(address, IPv6Address) and address not in GLOBAL_UNICAST:
        return False
    return address.is_global


def is_local(text: str) -> bool:
    """Whether an address is loopback or private; cloud metadata addresses never count."""
    address = _read(text)
    return address is not None and _is_in(address, LOCAL) and not _is_in(address, METADATA)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address in NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address
    return address


def _is_in(address: IPv4Address | IPv6Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)
