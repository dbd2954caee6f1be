# SPDX-License-Identifier: Apache-2.0
"""Who asks, as far as bounds need to know it."""

from __future__ import annotations

import ipaddress

from fastapi import Request


def visitor(request: Request) -> str:
    """Give what tells one visitor from another; it is kept in memory for minutes only.

    Of an IPv6 address its network (/64): who has one has all of its 2^64 addresses (RFC 6177).
    """
    host = request.client.host if request.client else "unknown"
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError:
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(address) >> 64 << 64, 64)))
