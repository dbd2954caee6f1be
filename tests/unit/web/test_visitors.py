# SPDX-License-Identifier: Apache-2.0
"""Whom the bounds on guessing count as one visitor."""

from __future__ import annotations

import pytest
from fastapi import Request

from gakusho.web import visitors


def visitor(host: str | None) -> str:
    return visitors.visitor(Request({"type": "http", "client": (host, 40_000) if host else None}))


def test_all_addresses_of_one_network_are_one_visitor() -> None:
    """Who has one IPv6 address has 2^64 of them: none of them begins to count anew."""
    assert visitor("2001:db8:1:2::1") == visitor("2001:db8:1:2:ffff:ffff:ffff:ffff") == "2001:db8:1:2::/64"
    assert visitor("2001:db8:1:3::1") != visitor("2001:db8:1:2::1")


@pytest.mark.parametrize(
    ("host", "known_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("kiosk-simulator", "kiosk-simulator"),
        (None, "unknown"),
    ],
)
def test_other_visitors_are_known_by_what_the_connection_says(host: str | None, known_as: str) -> None:
    assert visitor(host) == known_as
