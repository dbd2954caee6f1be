# SPDX-License-Identifier: Apache-2.0
"""COSE_Sign1 as credentials use it, behind a strict front. RFC 9052, RFC 8949, RFC 9596, RFC 9597.

The decoder is our own: general ones build dates, patterns and mails out of tags, keep the last of two
equal map keys, and follow any depth. Here a message has one spelling: definite lengths, shortest heads.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import cbor2

from gakusho.errors import KeyMaterialError, LimitError, UnreadableError
from gakusho.proof import Signer
from gakusho.proof.keys import PublicKey

ALGORITHMS = {
    -8: "Ed25519",
    -19: "Ed25519",
    -7: "P-256",
    -9: "P-256",
    -35: "P-384",
    -51: "P-384",
    -36: "P-521",
    -52: "P-521",
    -257: "RSA",
}
"""COSE algorithm (RFC 9053, RFC 8812; with its curve, RFC 9864) to the kind of key it needs."""
ALG, CRIT, CONTENT_TYPE, KEY_ID, CLAIMS, TYPE = 1, 2, 3, 4, 15, 16
_CLAIM_NAMES = {1: "iss", 2: "sub", 3: "aud", 4: "exp", 5: "nbf", 6: "iat"}
"""Claims of a CBOR Web Token whose values are spelled as those of a JSON Web Token. RFC 8392, section 4."""
MAX_BYTES = 8 * 1_048_576
MAX_DEPTH = 8
MAX_ITEMS = 64
"""Members of a map or list in a header."""
_ELSEWHERE = frozenset({32, 33, 34, 35})
"""Labels of certificates and their addresses (RFC 9360): keys come from the issuer's own document."""
_SIGN1 = 18
_PREFIX = b"\xd2\x84"  # tag 18, a list of four
_TEXT = re.compile(rb"0oR[A-Za-z0-9+/]+={0,2}\Z")
_BYTES, _STRING, _LIST, _MAP, _TAG, _SIMPLE = 2, 3, 4, 5, 6, 7


@dataclass(frozen=True, kw_only=True)
class Message:
    """A COSE_Sign1 taken apart, before anything in it is believed."""

    protected: Mapping[int | str, object]
    unprotected: Mapping[int | str, object]
    payload: bytes
    signed: bytes
    """The Sig_structure that the signature is over. RFC 9052, section 4.4."""
    signature: bytes


def looks_like(data: bytes) -> bool:
    """Tell whether the bytes begin as a COSE_Sign1, or are one in base64; quick."""
    if len(data) > MAX_BYTES:
        return False
    return data.startswith(_PREFIX) or (data.startswith(b"0oR") and _TEXT.match(data.rstrip()) is not None)


def taken_apart(data: bytes) -> Message:
    """Give the parts of a COSE_Sign1, tagged, or of its base64. Raises: UnreadableError, LimitError."""
    if len(data) > MAX_BYTES:
        raise LimitError(f"The message has {len(data)} bytes; at most {MAX_BYTES} are read.")
    if not data.startswith(_PREFIX):
        data = _unbase64(data)
    parts = _Reader(data).message()
    protected, unprotected, payload, signature = parts
    if not isinstance(protected, bytes) or not isinstance(payload, bytes) or not isinstance(signature, bytes):
        raise _broken("parts of other kinds", "bytes, a map, bytes, bytes")
    header = _Reader(protected).whole() if protected else {}
    if not isinstance(header, dict) or not isinstance(unprotected, dict):
        raise _broken("no map", "a map of headers")
    return Message(
        protected=header,
        unprotected=unprotected,
        payload=payload,
        signed=sig_structure(protected, payload),
        signature=signature,
    )


def item(data: bytes, *, most: int = MAX_ITEMS) -> object:
    """Give the one item that bytes are, in its one strict spelling, lists of at most ``most`` members.

    Raises: UnreadableError, LimitError.
    """
    return _Reader(data, most).whole()


def header_problem(message: Message, types: frozenset[str], contents: frozenset[str]) -> str | None:
    """Give what of the headers is refused, or nothing."""
    header = message.protected
    if both := header.keys() & message.unprotected.keys():
        return f"header {min(map(str, both))} twice"
    if outside := {ALG, CRIT, CONTENT_TYPE, CLAIMS, TYPE} & message.unprotected.keys():
        return f"unprotected header {min(outside)}"
    algorithm = header.get(ALG)
    if isinstance(algorithm, bool) or not isinstance(algorithm, int) or algorithm not in ALGORITHMS:
        return f"alg {str(algorithm)[:40]}"
    if CRIT in header:
        return "header crit"
    if elsewhere := _ELSEWHERE & (header.keys() | message.unprotected.keys()):
        return f"header {min(elsewhere)}"
    for label, name, allowed in ((TYPE, "typ", types), (CONTENT_TYPE, "content type", contents)):
        value = header.get(label)
        if label in header and (not isinstance(value, str) or value not in allowed):
            return f"{name} {str(value)[:40]}"
    if CLAIMS in header and not isinstance(header[CLAIMS], dict):
        return "CWT claims"
    return None


def claims(message: Message) -> dict[str, object]:
    """Give the claims in the header, under their names in a JSON Web Token. RFC 9597, section 2."""
    stated = message.protected.get(CLAIMS)
    if not isinstance(stated, dict):
        return {}
    return {name: stated[label] for label, name in _CLAIM_NAMES.items() if label in stated}


def key_name(message: Message) -> str | None:
    """Give the ``kid``, from either header. Raises: UnreadableError when it is no text in UTF-8."""
    kid = message.protected.get(KEY_ID, message.unprotected.get(KEY_ID))
    if kid is None:
        return None
    if not isinstance(kid, bytes) or not 0 < len(kid) <= 2_000:
        raise _broken("another kid", "bytes")
    try:
        return kid.decode("utf-8")
    except UnicodeDecodeError:
        raise _broken("a kid that is no text", "the id of a key") from None


def fits(message: Message, key: PublicKey) -> bool:
    """Tell whether the signature is one by the key, of the kind the header says."""
    algorithm = message.protected.get(ALG)
    kind = ALGORITHMS.get(algorithm) if isinstance(algorithm, int) else None
    return kind == key.algorithm and key.verify(message.signature, message.signed)


def signed(
    payload: bytes,
    *,
    signer: Signer,
    key_id: str,
    message_type: str,
    content_type: str | None,
    made: datetime | None = None,
) -> bytes:
    """Give the tagged COSE_Sign1 of a payload, which says when it was made where that is given.

    Raises: KeyMaterialError for a key no algorithm here fits.
    """
    kind = signer.public_key.algorithm
    algorithm = next((alg for alg, key in ALGORITHMS.items() if key == kind), None)
    if algorithm is None:
        raise KeyMaterialError(f"No COSE algorithm used here signs with {kind} keys.")
    header: dict[int, object] = {ALG: algorithm}
    if content_type is not None:
        header[CONTENT_TYPE] = content_type
    header[KEY_ID] = key_id.encode("utf-8")
    if made is not None:
        header[CLAIMS] = {6: int(made.timestamp())}
    header[TYPE] = message_type
    protected = cbor2.dumps(header)
    signature = signer.sign(sig_structure(protected, payload))
    return cbor2.dumps(cbor2.CBORTag(_SIGN1, [protected, {}, payload, signature]))


def sig_structure(protected: bytes, payload: bytes) -> bytes:
    """Give what the signature is over. RFC 9052, section 4.4."""
    # An empty map is signed as empty bytes, however it was written: RFC 9052, section 4.4.
    return cbor2.dumps(["Signature1", b"" if protected == b"\xa0" else protected, b"", payload])


def _unbase64(data: bytes) -> bytes:
    text = data.strip().rstrip(b"=")
    try:
        plain = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise _broken("other bytes", "a tagged COSE_Sign1") from None
    if base64.b64encode(plain).rstrip(b"=") != text or not plain.startswith(_PREFIX):
        raise _broken("other bytes", "a tagged COSE_Sign1")
    return plain


def _broken(got: str, expected: str) -> UnreadableError:
    return UnreadableError(
        f"The COSE message cannot be read: got {got}, expected {expected}.",
        code="cose",
        facts={"got": got, "expected": expected},
    )


class _Reader:
    """CBOR in its one strict spelling: what COSE headers hold, and no more."""

    def __init__(self, data: bytes, most: int = MAX_ITEMS) -> None:
        self._data = data
        self._most = most
        self._place = 0

    def message(self) -> list[object]:
        """Give the four parts of the tagged list, which is all there is."""
        kind, number = self._head()
        if (kind, number) != (_TAG, _SIGN1):
            raise _broken("another tag", "tag 18")
        kind, number = self._head()
        if (kind, number) != (_LIST, 4):
            raise _broken("another form", "a list of four")
        parts = [self._item(0) for _ in range(4)]
        self._end()
        return parts

    def whole(self) -> object:
        """Give the one item there is."""
        item = self._item(0)
        self._end()
        return item

    def _end(self) -> None:
        if self._place != len(self._data):
            raise _broken("bytes after the end", "nothing")

    def _head(self) -> tuple[int, int]:
        first = self._take(1)[0]
        kind, number = first >> 5, first & 31
        if number >= 24:
            if number > 27 or kind == _SIMPLE:
                raise _broken("an open length, a fraction or a simple value", "what a header holds")
            size = 1 << (number - 24)
            number = int.from_bytes(self._take(size))
            if number < (24, 1 << 8, 1 << 16, 1 << 32)[size.bit_length() - 1]:
                raise _broken("a number in a longer spelling", "the shortest")
        return kind, number

    def _take(self, size: int) -> bytes:
        taken = self._data[self._place : self._place + size]
        if len(taken) != size:
            raise _broken("an end too early", f"{size} bytes")
        self._place += size
        return taken

    def _item(self, depth: int) -> object:
        if depth > MAX_DEPTH:
            raise LimitError(
                "The COSE message is nested too deep.", facts={"got": depth, "expected": MAX_DEPTH}
            )
        kind, number = self._head()
        match kind:
            case 0:
                return number
            case 1:
                return -1 - number
            case 2:
                return self._take(number)
            case 3:
                return self._text(number)
            case 4:
                return [self._item(depth + 1) for _ in range(self._bounded(number))]
            case 5:
                return self._map(self._bounded(number), depth)
            case 7 if number in (20, 21, 22):
                return {20: False, 21: True, 22: None}[number]
        raise _broken("a tag, a fraction or a simple value", "what a header holds")

    def _text(self, size: int) -> str:
        try:
            return self._take(size).decode("utf-8")
        except UnicodeDecodeError:
            raise _broken("text that is not UTF-8", "UTF-8") from None

    def _map(self, count: int, depth: int) -> dict[int | str, object]:
        found: dict[int | str, object] = {}
        for _ in range(count):
            name = self._item(depth + 1)
            if isinstance(name, bool) or not isinstance(name, int | str):
                raise _broken("a label of another kind", "a number or text")
            if name in found:
                raise _broken(f"the label {str(name)[:40]} twice", "each label once")
            found[name] = self._item(depth + 1)
        return found

    def _bounded(self, count: int) -> int:
        if count > self._most:
            raise LimitError(
                "A part of the COSE message has too many members.",
                facts={"got": count, "expected": self._most},
            )
        return count
