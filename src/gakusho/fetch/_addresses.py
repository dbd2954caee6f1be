# SPDX-License-Identifier: Apache-2.0
"""Which addresses outside fetches may go to."""

from __future__ import annotations

import ipaddress
import socket

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_CLOSED_V4 = tuple(
    ipaddress.IPv4Network(n)
    for n in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_V6 = tuple(
    ipaddress.IPv6Network(n)
    for n in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)

_INNER = tuple(
    ipaddress.ip_network(n)
    for n in (
        *("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
        *("::1/128", "fc00::/7"),
    )
)


def is_public(address: Address) -> bool:
    """Tell whether outside fetches may go to the address.

    The standard library's ``is_global`` calls NAT64, 6to4, v4-compatible and multicast addresses
    global; here IPv6 is closed except 2000::/3, and within it except what embeds or tests.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _CLOSED_V4)
    if address.scope_id is not None:
        return False
    return address in _GLOBAL_V6 and not any(address in network for network in _CLOSED_V6)


def is_named_ones(address: Address) -> bool:
    """Tell whether a service that the operator named may be there: in public, inside, or on this machine.

    Link-local addresses, where clouds tell a machine its secrets, are nobody's service.
    """
    return is_public(address) or any(
        address in network for network in _INNER if network.version == address.version
    )


def system_addresses(host: str, port: int) -> list[Address]:
    """Give what the system's resolver says of the host."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ipaddress.ip_address(str(answer[4][0])) for answer in answers))
