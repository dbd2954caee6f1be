# SPDX-License-Identifier: Apache-2.0
"""E-mail addresses as rows have them: their syntax, and slips of the hand in well-known domains."""

from __future__ import annotations

import re
from functools import lru_cache

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]{1,64}")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_WELL_KNOWN = (
    "gmail.com", "yahoo.co.jp", "outlook.jp", "outlook.com", "hotmail.com", "icloud.com",
    "docomo.ne.jp", "ezweb.ne.jp", "softbank.ne.jp", "au.com",
)  # fmt: skip
_SLIPS = {
    "gmail.co",
    "gmail.co.jp",
    "gmail.ne.jp",
    "yahoo.ne.jp",
    "yahoo.jp",
    "docomo.co.jp",
    "docomo.ne.com",
}
_ALSO_THERE = {"mail.com", "email.com", "ymail.com", "hotmail.co.jp", "yahoo.com"}
"""Providers of their own, one letter away from a better known one."""
_SLIP_OF = {"gmail": "gmail.com", "yahoo": "yahoo.co.jp", "docomo": "docomo.ne.jp"}


def is_address(text: str) -> bool:
    """Tell whether the text is an address mail can be sent to (RFC 5321 4.1.2, without quoted local parts).

    Two dots in a row are let through before the @, for old addresses of Japanese mobile phones have them.
    """
    local, at, domain = text.rpartition("@")
    labels = domain.split(".")
    return bool(
        at
        and len(text) <= 254
        and _LOCAL.fullmatch(local)
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
        and re.fullmatch(r"[A-Za-z]{2,63}|xn--[A-Za-z0-9-]+", labels[-1])
    )


def with_small_domain(text: str) -> str:
    """Give the address with its domain in small letters; the part before the @ is its owner's."""
    local, _, domain = text.rpartition("@")
    return f"{local}@{domain.lower()}"


def likely_meant(text: str) -> str | None:
    """Give the address that was probably meant when the domain is one slip away from a well-known one."""
    local, _, domain = text.rpartition("@")
    meant = _meant(domain)
    return f"{local}@{meant}" if meant else None


@lru_cache(maxsize=1024)  # the addresses of a table share few domains
def _meant(domain: str) -> str | None:
    if domain in _WELL_KNOWN or domain in _ALSO_THERE:
        return None
    if domain in _SLIPS:
        return _SLIP_OF[domain.split(".", 1)[0]]
    return next((each for each in _WELL_KNOWN if len(each) > 7 and _one_slip(domain, each)), None)


def _one_slip(a: str, b: str) -> bool:
    """Tell whether one letter was dropped, added or changed, or two neighbors swapped."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    swapped = len(rest_a) > 1 and rest_a[1:2] + rest_a[:1] + rest_a[2:] == rest_b
    return swapped or rest_a[1:] == rest_b[1:] or rest_a[1:] == rest_b or rest_a == rest_b[1:]
