# SPDX-License-Identifier: Apache-2.0
"""What a signature's container says: who signed what, with which algorithms, and whether it fits. RFC 5652.

ETSI EN 319 122-1 and EN 319 142-1 (PAdES), section 6.3; ISO 32000-2, section 12.8.3.3.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import cms

from gakusho.proof.signed_data import (
    DIGESTS,
    names_certificate,
    signature_fits,
    signers_certificate,
)

MAX_BYTES = 1_000_000
"""Of a container; those with a time-stamp and revocation data inside have some tens of thousands."""
MAX_CERTIFICATES = 32
MAX_TOKENS = 4
WEAK = frozenset({"md2", "md5", "sha1", "sha224"})


@dataclass(frozen=True, kw_only=True)
class Container:
    """What was found in a container, before it is judged."""

    signers: int
    detached: bool
    digest: str
    """The hash of the document and of the signed attributes, by its ``hashlib`` name."""
    intact: bool = False
    """The document's digest is the signed one."""
    genuine: bool = False
    """The signature fits the signer's certificate."""
    names_certificate: bool | None = None
    """The signed attributes name the signer's certificate (True), another one (False), or none."""
    certificates: tuple[bytes, ...] = ()
    """DER, the signer's own first."""
    signature: bytes = b""
    """The raw signature: what a signature time-stamp is of."""
    tokens: tuple[bytes, ...] = ()
    """Time-stamp tokens (DER) beside the signature."""
    claimed_time: datetime | None = None
    """The signer's word, where it stands in the container (PAdES wants it in the document)."""
    unknown: str | None = None
    """The algorithm, where it is one not known here: nothing can be said of the signature then."""


def read(der: bytes, digest_of: Callable[[str], bytes]) -> Container:
    """Give what a container says of a document, whose digest ``digest_of`` gives by algorithm.

    Raises: ValueError, and whatever asn1crypto raises for bytes that are something else.
    """
    content = cms.ContentInfo.load(der, strict=True)
    if content["content_type"].native != "signed_data":
        raise ValueError("it is not signed")
    signed = content["content"]
    signers = signed["signer_infos"]
    if not len(signers):
        raise ValueError("nobody signed")
    inside = signed["encap_content_info"]
    signer = signers[0]
    # its bytes as they came: asn1crypto encodes anew what it has looked into
    attributes = signer["signed_attrs"].dump() if len(signer["signed_attrs"]) else b""
    found = [one.dump() for one in signed["certificates"]][:MAX_CERTIFICATES]
    leaf = signers_certificate(signer["sid"], found)
    if leaf is None:
        raise ValueError("the certificate of its signer is not in it")
    if inside["content_type"].native != "data":
        raise ValueError("it signs something else than data")
    algorithm = str(signer["digest_algorithm"]["algorithm"].native)
    plain = Container(
        signers=len(signers),
        detached=not inside["content"],
        digest=algorithm,
        certificates=(leaf, *(one for one in found if one != leaf)),
        signature=bytes(signer["signature"].native),
        tokens=_tokens(signer),
        claimed_time=_claimed(signer) if attributes else None,
    )
    hashes = (algorithm, *_hashes(signer))
    for one in hashes:
        if one in WEAK:
            return _with(plain, digest=one)
        if one not in DIGESTS:
            return _with(plain, unknown=one)
    return _checked(plain, signer, attributes, digest_of(algorithm))


def _checked(plain: Container, signer: Any, attributes: bytes, digest: bytes) -> Container:
    named: bool | None = None
    intact = True
    if attributes:
        found = _attributes(signer["signed_attrs"])
        intact = found["message_digest"][0].native == digest and found["content_type"][0].native == "data"
        named = names_certificate(found, plain.certificates[0])
        # signed as a SET, which in the container has the tag [0] (RFC 5652, section 5.4)
        attributes = b"\x31" + attributes[1:]
    fits = signature_fits(signer, attributes or digest, plain.certificates[0], hashed=not attributes)
    if fits is None and intact:  # another document's digest is wrong under any algorithm
        kind = str(signer["signature_algorithm"]["algorithm"].native)
        return _with(plain, intact=intact, names_certificate=named, unknown=kind)
    if not fits:
        # without attributes a changed document cannot be told from another key's signature
        return _with(plain, intact=intact and bool(attributes), names_certificate=named)
    return _with(plain, intact=intact, genuine=True, names_certificate=named)


def _attributes(signed: Any) -> dict[str, Any]:
    """Give the values by type. Raises: ValueError when one stands twice, or has not one value."""
    found: dict[str, Any] = {}
    for one in signed:
        kind = one["type"].native
        if kind in found:
            raise ValueError(f"the attribute {kind} stands twice")
        found[kind] = one["values"]
    for kind in ("message_digest", "content_type"):
        if kind not in found or len(found[kind]) != 1:
            raise ValueError(f"the attribute {kind} is missing or has several values")
    return found


def _hashes(signer: Any) -> list[str]:
    """Give the hashes that the signature's algorithm names itself, if it does."""
    named = signer["signature_algorithm"]
    kind = str(named["algorithm"].native)
    if kind == "rsassa_pss":
        over = named["parameters"]["hash_algorithm"]["algorithm"].native
        mask = named["parameters"]["mask_gen_algorithm"]["parameters"]["algorithm"].native
        return [str(over), str(mask)]
    first = kind.partition("_")[0]
    return [first] if first in DIGESTS or first in WEAK else []


def _tokens(signer: Any) -> tuple[bytes, ...]:
    return tuple(
        value.dump()
        for one in signer["unsigned_attrs"]
        if one["type"].native == "signature_time_stamp_token"
        for value in one["values"]
    )[:MAX_TOKENS]


def _claimed(signer: Any) -> datetime | None:
    for one in signer["signed_attrs"]:
        if one["type"].native == "signing_time":
            time = one["values"][0].native
            return time if isinstance(time, datetime) and time.tzinfo else None
    return None


def _with(plain: Container, **changes: Any) -> Container:
    return Container(**{**vars(plain), **changes})


def der_length(container: bytes) -> int:
    """Give the bytes of the first DER element, or 0 when there is none."""
    if len(container) < 2 or container[0] != 0x30:
        return 0
    first = container[1]
    if first < 0x80:
        return 2 + first
    size = first & 0x7F
    return 2 + size + int.from_bytes(container[2 : 2 + size], "big") if 0 < size <= 4 else 0


def digest_of_ranges(data: bytes, byte_range: tuple[int, ...]) -> Callable[[str], bytes]:
    """Give what hashes the parts of a document that a byte range names, by algorithm."""

    def digest(algorithm: str) -> bytes:
        view = memoryview(data)
        hasher = hashlib.new(algorithm)
        for start, length in zip(byte_range[::2], byte_range[1::2], strict=True):
            hasher.update(view[start : start + length])
        return hasher.digest()

    return digest
