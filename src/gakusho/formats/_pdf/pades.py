# SPDX-License-Identifier: Apache-2.0
"""Examines the signatures of a document: where they stand, what they cover, what they say.

ISO 32000-2, sections 12.7.5.5 (signature fields) and 12.8; ETSI EN 319 142-1. Nothing is judged here, and
nothing is repaired. pyHanko, which makes signatures in the neighbors ``pades_*``, has no part in this: its
verdict admits files this product refuses, and its reading takes ten times as long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pikepdf

from gakusho.formats._pdf import container, contents
from gakusho.formats._pdf.container import Container

MAX_SIGNATURES = 64
"""Signatures and document time-stamps: one renewal in some years makes centuries."""
MAX_HASHED = 600_000_000
"""Bytes that are hashed for all signatures of a document together."""
NO_END = "the end of the document is missing"
_MAX_FIELDS = 1_000
_MAX_FIELD_DEPTH = 20
_TAIL = 2_048
_END = re.compile(rb"[^\r\n][\r\n]{1,4}startxref *[\r\n]{1,4} *(\d{1,12}) *[\r\n]{1,4}%%EOF")
"""The end as ISO 32000-2, 7.5.5 asks for it."""
_XREF = re.compile(rb"xref\s|\d{1,10} \d{1,5} obj\b")
_HYBRID = re.compile(rb"/(?:X|#58)(?:R|#52)(?:e|#65)(?:f|#66)(?:S|#53)(?:t|#74)(?:m|#6[dD])")
_DATE = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:(Z)|([+-])(\d\d)'?(\d\d)?)?")
_Reference = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class SignatureFacts:
    """What one signature of a document is, before it is judged."""

    field: str
    reference: _Reference | None = None
    """Object and generation number of the signature dictionary."""
    is_timestamp: bool = False
    permission: int | None = None
    """DocMDP P (1 no changes, 2 forms, 3 annotations); None for a signature that does not certify."""
    byte_range: tuple[int, ...] = ()
    contents: bytes = b""
    """The container as it stands in the file, its padding with it."""
    subfilter: str = ""
    signers: int = 0
    detached: bool = True
    intact: bool = False
    """The document's digest is the signed one."""
    genuine: bool = False
    """The signature fits the signer's certificate."""
    names_certificate: bool | None = None
    """The signed attributes name the signer's certificate (True), another one (False), or none (None)."""
    digest: str = ""
    unknown_algorithm: str | None = None
    certificates: tuple[bytes, ...] = ()
    """DER, the signer's own first."""
    claimed_time: datetime | None = None
    signature: bytes = b""
    """The raw signature, of which a signature time-stamp is made."""
    tokens: tuple[bytes, ...] = ()
    """Signature time-stamps (DER); of a document time-stamp its own token."""
    shared: bool = False
    """Another field refers to the same signature object."""
    problem: str | None = None
    """Why it could not be read; what it says is then empty."""

    @property
    def end(self) -> int:
        """Where the bytes it covers end; 0 when its byte range has not the usual form."""
        if len(self.byte_range) != 4 or min(self.byte_range) < 0:
            return 0
        return self.byte_range[2] + self.byte_range[3]


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What a document's structure and signatures are."""

    problem: str | None = None
    """Why the document could not be read by the strict reader."""
    encrypted: bool = False
    hybrid: bool = False
    signatures: tuple[SignatureFacts, ...] = ()
    """By where the bytes end that they cover, the first signed first."""
    certified_by: str | None = None
    """The field whose signature the catalog's ``/Perms /DocMDP`` names."""


def ends_well(data: bytes) -> bool:
    """Tell whether bytes end as a document does, and the end leads to a cross-reference right there."""
    end = len(data.rstrip(b"\r\n"))
    found = [one for one in _END.finditer(data, max(0, end - _TAIL), end) if one.end() == end]
    return bool(found) and _XREF.match(data, int(found[0].group(1))) is not None


def has_end(data: bytes) -> bool:
    """Tell whether the end of a document is there at all, whatever comes after it."""
    return _END.search(data, max(0, len(data) - _TAIL)) is not None


def examine(data: bytes) -> Examination:
    """Give what the strict reader finds; never raises."""
    try:
        with contents.open_document(data) as document:
            return examined(data, document)
    except Exception as error:  # noqa: BLE001 - hostile bytes raise every kind, also RecursionError
        return Examination(problem=said(error), encrypted=isinstance(error.__cause__, pikepdf.PasswordError))


def examined(data: bytes, document: pikepdf.Pdf) -> Examination:
    """Give what the strict reader finds in a document that is open already; never raises."""
    try:
        return _examined(data, document)
    except Exception as error:  # noqa: BLE001 - hostile bytes raise every kind, also RecursionError
        return Examination(problem=said(error))


def _examined(data: bytes, document: pikepdf.Pdf) -> Examination:
    if document.is_encrypted:
        return Examination(encrypted=True, problem="encrypted")
    if not data.startswith(b"%PDF-"):
        return Examination(problem="the document does not begin at the first byte")
    if not has_end(data):
        return Examination(problem=NO_END)
    fields = _signed_fields(document.Root)
    if len(fields) > MAX_SIGNATURES:
        return Examination(problem=f"more than {MAX_SIGNATURES} signatures")
    references = [value.objgen if value.is_indirect else None for _, value in fields]
    budget = [MAX_HASHED]
    found = [_signature(data, name, value, budget) for name, value in fields]
    signatures = [
        replace(one, reference=reference, shared=reference is not None and references.count(reference) > 1)
        for one, reference in zip(found, references, strict=True)
    ]
    certifying = _docmdp_reference(document.Root)
    named = (one.field for one in signatures if certifying and one.reference == certifying)
    return Examination(
        hybrid=_HYBRID.search(data) is not None,
        signatures=tuple(sorted(signatures, key=lambda one: one.end)),
        certified_by=next(named, None),
    )


def _signed_fields(root: Any) -> list[tuple[str, Any]]:
    """Give the full names of the signature fields that hold a value, with it, in the order of the form.

    Kind and value of a field are those of the field above it, where it has none (ISO 32000-2, 12.7.4.1).
    """
    form = root.get("/AcroForm")
    fields = form.get("/Fields") if isinstance(form, pikepdf.Dictionary) else None
    found: list[tuple[str, Any]] = []
    pending: list[tuple[str, Any, Any, Any, int]] = [
        ("", None, None, field, 0) for field in reversed(_items(fields))
    ]
    seen = 0
    while pending:
        prefix, kind, value, field, depth = pending.pop()
        seen += 1
        if seen > _MAX_FIELDS or depth > _MAX_FIELD_DEPTH:
            raise ValueError("the form is too large or refers to itself")
        if not isinstance(field, pikepdf.Dictionary):
            continue
        name = f"{prefix}.{field.get('/T', '')}".strip(".")
        kind, value = field.get("/FT", kind), field.get("/V", value)
        kids = [kid for kid in _items(field.get("/Kids")) if isinstance(kid, pikepdf.Dictionary)]
        # what has no name of its own is where the field is shown, not a field (ISO 32000-2, 12.7.4.2)
        below = [kid for kid in kids if "/T" in kid or "/V" in kid or "/Kids" in kid]
        if str(kind) == "/Sig" and isinstance(value, pikepdf.Dictionary) and not below:
            found.append((name, value))
        pending.extend((name, kind, value, kid, depth + 1) for kid in reversed(below))
    return found


def _items(array: Any) -> list[Any]:
    return list(array) if isinstance(array, pikepdf.Array) else []


def _docmdp_reference(root: Any) -> _Reference | None:
    permissions = root.get("/Perms")
    value = permissions.get("/DocMDP") if isinstance(permissions, pikepdf.Dictionary) else None
    if isinstance(value, pikepdf.Dictionary) and value.is_indirect:
        number, generation = value.objgen
        return number, generation
    return None


def _signature(data: bytes, name: str, value: Any, budget: list[int]) -> SignatureFacts:
    bare = SignatureFacts(field=name)
    try:
        held = value.get("/Contents")
        ranges = value.get("/ByteRange")
        subfilter = str(value.get("/SubFilter", ""))
        bare = replace(
            bare,
            is_timestamp=str(value.get("/Type", "")) == "/DocTimeStamp",
            subfilter=subfilter,
            byte_range=_offsets(ranges),
            permission=_permission(value),
            contents=bytes(held) if isinstance(held, pikepdf.String) else b"",
            claimed_time=_time(str(value.get("/M", ""))),
        )
        return _read(data, bare, budget)
    except Exception as error:  # noqa: BLE001 - a broken container raises every kind
        return replace(bare, problem=said(error))


def _offsets(ranges: Any) -> tuple[int, ...]:
    """Give a byte range. Raises: ValueError when there is none."""
    found = _items(ranges)
    if not found or len(found) > 64 or not all(type(one) is int for one in found):
        raise ValueError("the signature does not say which bytes it covers")
    return tuple(found)


def _read(data: bytes, bare: SignatureFacts, budget: list[int]) -> SignatureFacts:
    der = bare.contents[: container.der_length(bare.contents)]
    if not der or len(der) > container.MAX_BYTES:
        raise ValueError("the signature is empty or too long")
    if len(bare.byte_range) % 2 or min(bare.byte_range) < 0 or bare.end > len(data):
        return bare  # the rule on byte ranges says so
    budget[0] -= sum(bare.byte_range[1::2])
    if budget[0] < 0:
        raise ValueError(f"more than {MAX_HASHED} bytes would have to be hashed")
    digest_of = container.digest_of_ranges(data, bare.byte_range)
    if bare.is_timestamp:
        return replace(bare, signers=1, tokens=(der,))
    return _with(bare, container.read(der, digest_of))


def _with(bare: SignatureFacts, found: Container) -> SignatureFacts:
    return replace(
        bare,
        signers=found.signers,
        detached=found.detached,
        intact=found.intact,
        genuine=found.genuine,
        names_certificate=found.names_certificate,
        digest=found.digest,
        unknown_algorithm=found.unknown,
        certificates=found.certificates,
        signature=found.signature,
        tokens=found.tokens,
        claimed_time=bare.claimed_time or found.claimed_time,
    )


def _permission(value: Any) -> int | None:
    """Give P of the signature's DocMDP transform; ISO 32000-2, table 257: 2 where it has none."""
    for reference in _items(value.get("/Reference")):
        if isinstance(reference, pikepdf.Dictionary) and str(reference.get("/TransformMethod")) == "/DocMDP":
            parameters = reference.get("/TransformParams", pikepdf.Dictionary())
            permission = parameters.get("/P", 2)
            return permission if type(permission) is int else 0
    return None


def _time(text: str) -> datetime | None:
    """Give a date of ISO 32000-2, section 7.9.4, if it has a zone."""
    found = _DATE.fullmatch(text.rstrip("'"))
    if found is None or not (found[7] or found[8]):
        return None
    ahead = timedelta(hours=int(found[9] or 0), minutes=int(found[10] or 0))
    zone = timezone(-ahead if found[8] == "-" else ahead)
    year, month, day, hour, minute, second = (int(found[place]) for place in range(1, 7))
    return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)


def said(error: Exception) -> str:
    """Give what an error says, in short, without the beginning that whoever tells it puts before it."""
    return (str(error).removeprefix("The PDF cannot be read: ") or type(error).__name__)[:200]
