# SPDX-License-Identifier: Apache-2.0
"""From claims to the text of a QR code, and back: CBOR, COSE_Sign1, deflate, base45, prefix.

The order is that of health certificates (HC1). The signature is over the claims; compression and base45
are only how it is carried, so nothing is believed for being well compressed.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

import cbor2

from gakusho.errors import LimitError, UnreadableError
from gakusho.formats import CredentialKey, _cose, _paper_base45
from gakusho.formats._paper_tables import PREFIX, WORDS

MAX_TEXT = 4_296
"""Letters of the largest QR code there is, 40-L. ISO/IEC 18004, table 7."""
MAX_MESSAGE = 16_384
"""Bytes of the message itself; compressed it may be far smaller."""
_MAX_ITEMS = 400
_TAGGED = b"\xd2\x84"
ES256 = -7
"""The one algorithm: every browser verifies it. RFC 9053, section 2.1."""
_KEY_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}\Z")
"""A fragment of the issuer's DID document: whose key it is, the claims say."""


@dataclass(frozen=True, kw_only=True)
class Code:
    """A code taken apart, before anything in it is believed."""

    message: _cose.Message
    claims: object


def looks_like(data: bytes) -> bool:
    """Tell whether the bytes begin as the text of such a code; quick."""
    return data.startswith(PREFIX.encode()) and len(data) <= MAX_TEXT + 2


def written(claims: object, key: CredentialKey) -> bytes:
    """Give the text of the signed claims, as ASCII."""
    name = key.verification_method.partition("#")[2].encode()
    protected = cbor2.dumps({_cose.ALG: ES256, _cose.KEY_ID: name})
    payload = cbor2.dumps(claims)
    signature = key.signer.sign(_cose.sig_structure(protected, payload))
    message = cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]))
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, WORDS)
    packed = packer.compress(message) + packer.flush()
    return (PREFIX + _paper_base45.encoded(packed)).encode("ascii")


def taken_apart(data: bytes) -> Code:
    """Give the parts of a code. Raises: UnreadableError, LimitError."""
    if len(data) > MAX_TEXT:
        raise LimitError(
            "The code is longer than any QR code.", facts={"got": len(data), "expected": MAX_TEXT}
        )
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        raise _broken("other letters", "base45") from None
    if not text.startswith(PREFIX):
        raise _broken(text[:8], PREFIX)
    packed = _unpacked(_paper_base45.decoded(text.removeprefix(PREFIX)))
    if not packed.startswith(_TAGGED):  # nor its base64, which is read elsewhere
        raise _broken("another message", "a tagged COSE_Sign1")
    message = _cose.taken_apart(packed)
    return Code(message=message, claims=_cose.item(message.payload, most=_MAX_ITEMS))


def header_problem(code: Code) -> str | None:
    """Give what of the headers is refused, or nothing: alg and kid, both protected, and no other."""
    header = code.message.protected
    if outside := code.message.unprotected:
        return f"unprotected header {str(next(iter(outside)))[:40]}"
    if header.get(_cose.ALG) != ES256 or isinstance(header.get(_cose.ALG), bool):
        return f"alg {str(header.get(_cose.ALG))[:40]}"
    if others := header.keys() - {_cose.ALG, _cose.KEY_ID}:
        return f"header {str(next(iter(others)))[:40]}"
    if key_name(code) is None:
        return "kid"
    return None


def key_name(code: Code) -> str | None:
    """Give the name of the key within the issuer's document; None where there is none that could be one."""
    stated = code.message.protected.get(_cose.KEY_ID)
    name = stated.decode("ascii", "replace") if isinstance(stated, bytes) else ""
    return name if _KEY_NAME.match(name) else None


def _unpacked(packed: bytes) -> bytes:
    opener = zlib.decompressobj(-15, zdict=WORDS)
    try:
        message = opener.decompress(packed, MAX_MESSAGE)
        more = opener.decompress(opener.unconsumed_tail, 1) if opener.unconsumed_tail else b""
    except zlib.error:
        raise _broken("bytes that were not compressed so", "deflate") from None
    if more:
        raise LimitError(
            "The code is far larger inside than a code on paper.",
            facts={"got": f"more than {MAX_MESSAGE}", "expected": MAX_MESSAGE},
        )
    if not opener.eof or opener.unused_data:
        raise _broken("an end too early or too late", "one compressed message")
    return message


def _broken(got: str, expected: str) -> UnreadableError:
    return UnreadableError(
        f"The code cannot be read: got {got}, expected {expected}.",
        code="paper-code",
        facts={"got": got, "expected": expected},
    )
