# SPDX-License-Identifier: Apache-2.0
"""Examines signatures; every call of pyHanko is in this file and its neighbors ``pades_*``.

pyHanko's own verdict is not used: it accepts files this product refuses.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

MAX_SIGNATURES = 3
MAX_REVISIONS = 4
_TAIL = 2048
_END = re.compile(rb"[^\r\n][\r\n]{1,4}startxref *[\r\n]{1,4} *\d{1,12} *[\r\n]{1,4}%%EOF")
"""The end as ISO 32000-2, 7.5.5 asks for it: the reader goes back over lines of any length byte by byte."""


@dataclass(frozen=True, kw_only=True)
class SignatureFacts:
    """What one signature of a document is, before it is judged."""

    field: str
    is_timestamp: bool = False
    permission: int | None = None
    """DocMDP P (1 no changes, 2 forms, 3 annotations); None for a signature that does not certify."""
    byte_range: tuple[int, ...] = ()
    contents_length: int = 0
    """Bytes of the signature container as it stands in the file."""
    subfilter: str = ""
    signers: int = 0
    detached: bool = True
    intact: bool = False
    """The document's digest is the signed one."""
    genuine: bool = False
    """The signature fits the signer's certificate."""
    digest: str = ""
    certificates: tuple[bytes, ...] = ()
    """DER, the signer's own first."""
    claimed_time: datetime | None = None
    shared: bool = False
    """Another field refers to the same signature object."""
    problem: str | None = None
    """Why it could not be read; the rest is then empty."""


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What a document's structure and signatures are."""

    problem: str | None = None
    """Why the document could not be read by the strict reader."""
    encrypted: bool = False
    hybrid: bool = False
    revisions: int = 0
    signatures: tuple[SignatureFacts, ...] = ()
    certified_by: str | None = None
    """The field whose signature the catalog's ``/Perms /DocMDP`` names."""


def examine(data: bytes) -> Examination:
    """Give what the strict reader finds; never raises."""
    try:
        return _examine(data)
    except Exception as error:  # noqa: BLE001 - hostile bytes raise every kind, also RecursionError
        return Examination(problem=_said(error))


def _examine(data: bytes) -> Examination:
    if not _END.search(data, max(0, len(data) - _TAIL)):
        return Examination(problem="the end of the document is missing")
    reader = PdfFileReader(io.BytesIO(data), strict=True)
    if reader.encrypted:
        return Examination(encrypted=True, problem="encrypted")
    revisions = int(reader.xrefs.total_revisions)
    if revisions > MAX_REVISIONS:
        return Examination(problem=f"more than {MAX_REVISIONS} revisions", revisions=revisions)
    fields = _signed_fields(reader)
    if len(fields) > MAX_SIGNATURES:
        return Examination(problem=f"more than {MAX_SIGNATURES} signatures", revisions=revisions)
    references = [_reference(field) for _, field in fields]
    certifying = _docmdp_reference(reader)
    return Examination(
        hybrid=bool(reader.xrefs.hybrid_xrefs_present),
        revisions=revisions,
        signatures=tuple(
            _signature(reader, name, field, shared=references.count(reference) > 1)
            for (name, field), reference in zip(fields, references, strict=True)
        ),
        certified_by=next(
            (name for (name, _), ref in zip(fields, references, strict=True) if ref == certifying), None
        ),
    )


def _signed_fields(reader: PdfFileReader) -> list[tuple[str, Any]]:
    """Give the signature fields that hold a value, by their full names, in the order of the form."""
    form = _entry(reader.root, "/AcroForm", {})
    found: list[tuple[str, Any]] = []
    pending = [("", field, 0) for field in reversed(list(_entry(form, "/Fields", [])))]
    seen = 0
    while pending:
        prefix, reference, depth = pending.pop()
        seen += 1
        if seen > 1000 or depth > 20:
            raise ValueError("the form is too large or refers to itself")
        field = reference.get_object()
        name = f"{prefix}.{_entry(field, '/T', '')}".strip(".")
        if _entry(field, "/FT", None) == "/Sig" and "/V" in field:
            found.append((name, field))
        pending.extend((name, kid, depth + 1) for kid in reversed(list(_entry(field, "/Kids", []))))
    return found


def _entry(dictionary: Any, key: str, default: Any) -> Any:
    """Give a dictionary's entry with references followed, which pyHanko's own ``get`` does not do."""
    return dictionary[key] if key in dictionary else default  # noqa: SIM401


def _reference(field: Any) -> tuple[int, int] | None:
    value = field.raw_get("/V")
    return (value.idnum, value.generation) if isinstance(value, generic.IndirectObject) else None


def _docmdp_reference(reader: PdfFileReader) -> tuple[int, int] | None:
    permissions = _entry(reader.root, "/Perms", {})
    if "/DocMDP" not in permissions:
        return None
    value = permissions.raw_get("/DocMDP")
    return (value.idnum, value.generation) if isinstance(value, generic.IndirectObject) else None


def _signature(reader: PdfFileReader, name: str, field: Any, *, shared: bool) -> SignatureFacts:
    try:
        return _read_signature(EmbeddedPdfSignature(reader, field, name), name, shared=shared)
    except Exception as error:  # noqa: BLE001 - a broken CMS raises every kind
        return SignatureFacts(field=name, shared=shared, problem=_said(error))


def _read_signature(embedded: EmbeddedPdfSignature, name: str, *, shared: bool) -> SignatureFacts:
    signed_data = embedded.signed_data
    certificates = (
        embedded.signer_cert.dump(),
        *(other.dump() for other in embedded.other_embedded_certs),
    )
    is_timestamp = embedded.sig_object_type == "/DocTimeStamp"
    digest = embedded.compute_digest()
    intact, genuine = validate_sig_integrity(
        embedded.signer_info,
        embedded.signer_cert,
        expected_content_type="tst_info" if is_timestamp else "data",
        actual_digest=digest,
    )
    level = embedded.docmdp_level
    claimed = embedded.self_reported_timestamp
    return SignatureFacts(
        field=name,
        is_timestamp=is_timestamp,
        permission=int(level.value) if level is not None else None,
        byte_range=tuple(int(offset) for offset in embedded.byte_range),
        contents_length=len(embedded.pkcs7_content),
        subfilter=str(embedded.sig_object.get("/SubFilter", "")),
        signers=len(signed_data["signer_infos"]),
        detached=not signed_data["encap_content_info"]["content"],
        intact=bool(intact),
        genuine=bool(genuine),
        digest=str(embedded.md_algorithm),
        certificates=certificates,
        claimed_time=claimed.astimezone(UTC) if claimed and claimed.tzinfo else None,
        shared=shared,
    )


def _said(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:200]
