# SPDX-License-Identifier: Apache-2.0
"""Which addresses outside fetches may go to, judged by what a name resolves to."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime

import pytest

from gakusho.errors import ForbiddenAddressError, UnreachableError
from gakusho.fetch import Address, HttpFetcher, is_public, system_addresses

NOW = datetime(2026, 4, 1, tzinfo=UTC)

CLOSED = [
    "127.0.0.1",
    "0.0.0.0",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fc00::1",
    "fd00::1",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "::7f00:1",
    "2001::1",
    "2001:20::1",
    "2001:db8::1",
    "100::1",
    "3fff::1",
    "5f00::1",
    "2620:4f:8000::1",
]
OPEN = [
    "8.8.8.8",
    "1.1.1.1",
    "172.32.0.1",
    "172.15.255.255",
    "100.63.255.255",
    "100.128.0.1",
    "2606:4700::1111",
    "2400::1",
]


@pytest.mark.requirement("Threat N01", "an address inside is closed before anything connects")
@pytest.mark.requirement("Threat N02", "an address inside, written as one of IPv6, is closed")
@pytest.mark.parametrize("text", CLOSED)
def test_an_inner_address_is_closed(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", OPEN)
def test_a_public_address_is_open(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.requirement(
    "Threat N03", "another spelling of an address inside is judged by what it resolves to"
)
@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost", "127.0.0.1", "[::1]"]
)
def test_another_spelling_of_loopback_is_closed(host: str) -> None:
    with pytest.raises(UnreachableError):
        HttpFetcher(now=lambda: NOW).fetch(f"https://{host}/did.json")


@pytest.mark.requirement("Threat N05", "a host with one address inside among public ones is closed")
def test_one_inner_address_among_public_ones_closes_the_host() -> None:
    def addresses(_: str, __: int) -> list[Address]:
        return [ipaddress.ip_address("8.8.8.8"), ipaddress.ip_address("10.0.0.1")]

    with pytest.raises(ForbiddenAddressError) as caught:
        HttpFetcher(now=lambda: NOW, addresses=addresses).fetch("https://rebinding.example/")
    assert caught.value.facts["got"] == "10.0.0.1"


@pytest.mark.requirement("Threat N04", "another scheme or port is refused before any look-up")
@pytest.mark.parametrize(
    "url",
    [
        "http://aoba.example/",
        "file:///etc/passwd",
        "ftp://aoba.example/",
        "https://user@aoba.example/",
        "https://aoba.example:8443/",
        "https://aoba.example:22/",
        "https://aoba.example/#fragment",
        "https:///path",
        "https://aoba.example/a b",
        "https://aoba.example/\r\nHost: other",
        "https://aoba.example\\@other.example/",
        "https://大学.example/",
        "https://①②⑦.0.0.1/",
        "https://aoba.example./",
        "https://-aoba.example/",
        "https://aoba..example/",
        "https://aoba.example:99999/",
        "https://[::1/",
        "https://aoba.example/" + "a" * 3_000,
        "",
    ],
)
def test_an_address_of_another_form_is_refused_before_any_look_up(url: str) -> None:
    def addresses(_: str, __: int) -> list[Address]:
        raise AssertionError("the host was looked up")

    with pytest.raises(ForbiddenAddressError):
        HttpFetcher(now=lambda: NOW, addresses=addresses).fetch(url)


def test_a_host_without_address_is_unreachable() -> None:
    with pytest.raises(UnreachableError):
        HttpFetcher(now=lambda: NOW, addresses=lambda *_: []).fetch("https://aoba.example/")


def test_the_system_resolver_is_asked() -> None:
    assert ipaddress.ip_address("127.0.0.1") in system_addresses("127.0.0.1", 443)
