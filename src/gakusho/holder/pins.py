# SPDX-License-Identifier: Apache-2.0
"""The secrets of a share: its PIN, its kept link, and the pass of a browser that has given the PIN."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import unicodedata
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gakusho.errors import InputError, LockedKeyError

TRIES = 5
"""Wrong PINs before a pause."""
FIRST_PAUSE = timedelta(minutes=15)
LONGEST_PAUSE = timedelta(hours=24)
PASS_FOR = timedelta(hours=1)
_PIN = re.compile(r"[0-9A-Za-z]{4,20}")
_COST = {"n": 1 << 14, "r": 8, "p": 1, "dklen": 32}


def pause_after(failed: int) -> timedelta | None:
    """Give how long to wait after so many wrong PINs in all: every five, 15 minutes, doubling up to a day."""
    if failed == 0 or failed % TRIES:
        return None
    doubled: int = 2 ** min(failed // TRIES - 1, 10)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def plain(pin: str) -> str:
    """Give a PIN as it is compared: half-width, no spaces or hyphens."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", pin[:100]))


def hashed(pin: str) -> str:
    """Give what is kept of a PIN (scrypt, RFC 7914). Raises: InputError for an unusable one."""
    secret = plain(pin)
    if not _PIN.fullmatch(secret):
        raise InputError("A PIN has 4 to 20 letters or digits.", code="share-pin", facts={"expected": "4–20"})
    salt = os.urandom(16)
    digest = hashlib.scrypt(secret.encode(), salt=salt, **_COST)
    return f"scrypt${_text(salt)}${_text(digest)}"


def matches(pin: str, kept: str) -> bool:
    """Tell whether this is the PIN."""
    _, salt, digest = kept.split("$")
    secret = plain(pin)
    given = hashlib.scrypt(secret.encode(), salt=base64.b64decode(salt), **_COST)
    # scrypt pads its password with zero bytes, so only what can be a PIN may match
    return hmac.compare_digest(given, base64.b64decode(digest)) and bool(_PIN.fullmatch(secret))


def locked(secret: bytes, token: str) -> bytes:
    """Give a share's token as it is kept, so that only this server can show its holder the link again."""
    nonce = os.urandom(12)
    return nonce + AESGCM(_key(secret, b"share-token")).encrypt(nonce, token.encode(), None)


def unlocked(secret: bytes, kept: bytes) -> str:
    """Give the token back. Raises: LockedKeyError when the server's secret is another one."""
    try:
        return AESGCM(_key(secret, b"share-token")).decrypt(kept[:12], kept[12:], None).decode()
    except InvalidTag as error:
        raise LockedKeyError("The server's secret does not open the link of a share.") from error


def pass_for(secret: bytes, share_id: str, pin_hash: str, now: datetime) -> str:
    """Give what a browser keeps after the right PIN: good for an hour, for this share and this PIN."""
    until = str(int((now + PASS_FOR).timestamp()))
    return f"{until}.{_seal(secret, share_id, pin_hash, until)}"


def passes(secret: bytes, share_id: str, pin_hash: str, value: str, now: datetime) -> bool:
    """Tell whether a browser's pass is good."""
    until, _, seal = value[:200].partition(".")
    if not (until.isascii() and until.isdigit()) or int(until) < now.timestamp():
        return False
    return hmac.compare_digest(seal.encode(), _seal(secret, share_id, pin_hash, until).encode())


def _seal(secret: bytes, share_id: str, pin_hash: str, until: str) -> str:
    message = "\x00".join((share_id, pin_hash, until)).encode()
    return hmac.new(_key(secret, b"share-pass"), message, hashlib.sha256).hexdigest()


def _key(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"gakusho " + purpose).derive(secret)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
