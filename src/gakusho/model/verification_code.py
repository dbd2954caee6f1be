# SPDX-License-Identifier: Apache-2.0
"""Verification codes (確認番号): what is typed from a paper in place of its QR code.

Twelve characters of 29, printed as ``4XQ7-K2M9-HT3D``: eleven at random (53.4 bits) and one that checks.
Letters that look like another (B, I, L, O, S, U, Z) are not among them and are read as what they look like.
The number of characters is prime and each place has a weight of its own, so that every wrong character and
every two that changed places are found without asking anybody.
"""

from __future__ import annotations

import secrets
import unicodedata

ALPHABET = "0123456789ACDEFGHJKMNPQRTVWXY"
LENGTH = 12
GROUP = 4
ENTROPY_BITS = 53.4
"""log2(29 ** 11)."""
LONGEST = 60
"""Characters of a text that may still be a code somebody typed."""

_LOOK_ALIKES = str.maketrans("BILOSUZ", "81105V2")
_BETWEEN = frozenset(" \t\r\n\u3000-_./\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc\u00ad\u200b\ufeff")


def new_code() -> str:
    """Give a code nobody guesses, as it is kept: twelve characters without hyphens."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return drawn + _check_character(drawn)


def printed(code: str) -> str:
    """Give a code as it is printed and shown, in groups of four."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def folded(text: str) -> str:
    """Give what somebody typed with width, case, hyphens, spaces and look-alike letters made one."""
    # a Japanese keyboard gives the long-vowel mark where a hyphen is meant
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).upper()
    return "".join(c for c in plain if c not in _BETWEEN).translate(_LOOK_ALIKES)


def looks_like(text: str) -> bool:
    """Tell whether a text is of the length and the characters of a code, whatever its check says."""
    plain = folded(text)
    return len(text) <= LONGEST and len(plain) == LENGTH and all(c in ALPHABET for c in plain)


def read(text: str) -> str | None:
    """Give the code somebody typed as it is kept, or None where it is mistyped or none at all."""
    plain = folded(text)
    if not looks_like(text) or _check_character(plain[:-1]) != plain[-1]:
        return None
    return plain


def _check_character(drawn: str) -> str:
    """Give the last character: the weighted sum of all twelve is 0 modulo 29, the last one's weight is 1."""
    total = sum((LENGTH - place) * ALPHABET.index(c) for place, c in enumerate(drawn))
    return ALPHABET[-total % len(ALPHABET)]
