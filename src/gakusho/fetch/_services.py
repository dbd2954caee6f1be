# SPDX-License-Identifier: Apache-2.0
"""The services that the operator names: asked at any port, and inside the own network too."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\Z")
_SERVICE = re.compile(r"(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9.-]{1,253})):([0-9]{1,5})\Z")


@dataclass(frozen=True, kw_only=True)
class Services:
    """Hosts, each with its port, that may be asked wherever they are.

    Only the operator names them: whoever else gives an address reaches public ones at the usual ports.
    """

    named: frozenset[tuple[str, int]] = frozenset()
    """Host (lower case) and port."""
    seconds: float | None = None
    """How long a service may take for an answer; None: as long as its kind usually may."""

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        """Give those of names such as ``tsa.example:3318``. Raises: ValueError with one that is none."""
        return cls(named=frozenset(_service(name) for name in names))

    def has(self, host: str, port: int) -> bool:
        """Tell whether this port of this host was named."""
        return (host.lower(), port) in self.named


NO_SERVICES = Services()
"""None is named: public addresses at the usual ports, and nothing else."""


def _service(name: str) -> tuple[str, int]:
    found = _SERVICE.match(name.strip().lower())
    if found:
        inner, host, port = found[1], found[2], int(found[3])
        if 0 < port < 65_536 and (_is_address(inner) if inner else HOST.match(host)):
            return inner or host, port
    raise ValueError(name)


def _is_address(text: str) -> bool:
    try:
        return bool(ipaddress.IPv6Address(text))
    except ValueError:
        return False
