# SPDX-License-Identifier: Apache-2.0
"""The acceptance rule for a signed PDF: every point is a check of its own, and all of them are run.

What is judged is the signed revision: the bytes the certification signature covers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gakusho.errors import GakushoError
from gakusho.formats._pdf import contents
from gakusho.formats._pdf.contents import AttachedFile
from gakusho.formats._pdf.pades import Examination, SignatureFacts, examine
from gakusho.model.report import Check, Outcome

SOURCE = "the document itself"
_DIGESTS = frozenset({"sha256", "sha384", "sha512"})
_SUBFILTERS = frozenset({"/ETSI.CAdES.detached", "/adbe.pkcs7.detached"})


@dataclass(frozen=True, kw_only=True)
class Document:
    """A signed PDF taken apart, before anything is believed."""

    data: bytes
    examination: Examination
    certification: SignatureFacts | None
    """The signature that is to be judged: the certifying one, else the first."""
    signed: bytes
    """The signed revision; empty when there is none."""
    inside: tuple[AttachedFile, ...] = ()
    template: tuple[str, str] | None = None
    active: tuple[str, ...] = ()
    problem: str | None = None
    """Why the inside could not be read."""


def take_apart(data: bytes) -> Document:
    """Give the parts of a PDF; never raises."""
    examination = examine(data)
    certification = _judged(examination)
    signed = _signed_revision(data, certification)
    bare = Document(data=data, examination=examination, certification=certification, signed=signed)
    if examination.problem:
        return bare
    try:
        with contents.open_document(signed or data) as opened:
            return Document(
                data=data,
                examination=examination,
                certification=certification,
                signed=signed,
                inside=tuple(contents.attached_files(opened)) if signed else (),
                template=contents.template_of(opened),
                active=tuple(contents.active_content(opened)),
            )
    except GakushoError as error:
        reason = str(error)
    except Exception as error:  # noqa: BLE001 - a hostile PDF makes the parser raise many kinds
        reason = (str(error) or type(error).__name__)[:200]
    return Document(
        data=data, examination=examination, certification=certification, signed=signed, problem=reason
    )


def _judged(examination: Examination) -> SignatureFacts | None:
    named = [one for one in examination.signatures if one.field == examination.certified_by]
    return next(iter(named or examination.signatures), None)


def _signed_revision(data: bytes, signature: SignatureFacts | None) -> bytes:
    if signature is None or len(signature.byte_range) != 4:
        return b""
    start, length = signature.byte_range[2:]
    end = start + length
    return data[:end] if 0 < start < end <= len(data) else b""


def structural_checks(document: Document) -> list[Check]:
    """Run the checks that need nothing from outside."""
    if document.examination.problem:
        return [_readable(document)]
    rules: tuple[Callable[[Document], Check], ...] = (
        _readable,
        _clean_start_and_end,
        _certified,
        _byte_range,
        _coverage,
        _signature,
        _active_content,
    )
    if not document.examination.signatures:
        rules = (_readable, _clean_start_and_end, _certified, _active_content)
    return [rule(document) for rule in rules]


def _readable(document: Document) -> Check:
    if reason := document.examination.problem or document.problem:
        return _check("pdf.readable", Outcome.INVALID, reason=reason)
    if document.examination.hybrid:
        return _check("pdf.readable", Outcome.INVALID, reason="hybrid-xref")
    return _check("pdf.readable", Outcome.VALID)


def _clean_start_and_end(document: Document) -> Check:
    code = "pdf.clean-start-and-end"
    if not document.data.startswith(b"%PDF-"):
        return _check(code, Outcome.INVALID, reason="bytes-before-header")
    if not document.data.rstrip(b"\r\n").endswith(b"%%EOF"):
        return _check(code, Outcome.INVALID, reason="bytes-after-end")
    return _check(code, Outcome.VALID)


def _certified(document: Document) -> Check:
    code = "pdf.certified"
    signatures = document.examination.signatures
    if not signatures:
        return _check(code, Outcome.INVALID, reason="unsigned")
    if any(one.shared for one in signatures):
        return _check(code, Outcome.INVALID, reason="shared-signature")
    others = [one for one in signatures if one is not document.certification]
    if any(not one.is_timestamp for one in others):
        return _check(code, Outcome.INVALID, reason="several-signatures", got=str(len(signatures)))
    judged = document.certification
    assert judged is not None
    if judged.problem:
        return _check(code, Outcome.INVALID, reason="unreadable-signature", got=judged.problem)
    if document.examination.certified_by is None or judged.permission is None:
        # signed by somebody to approve, as most signed PDFs are: later changes stay possible
        ours = document.template is not None or bool(document.inside)
        outcome = Outcome.INVALID if ours else Outcome.UNKNOWN
        return _check(code, outcome, reason="signed-not-locked", got=judged.subfilter.lstrip("/"))
    if judged.permission != 1:
        return _check(
            code, Outcome.INVALID, reason="changes-permitted", got=str(judged.permission), expected="1"
        )
    return _check(code, Outcome.VALID)


def _byte_range(document: Document) -> Check:
    code, judged, data = "pdf.byte-range", document.certification, document.data
    assert judged is not None
    if len(judged.byte_range) != 4:
        return _check(code, Outcome.INVALID, got=str(list(judged.byte_range)), reason="form")
    first, length, second, rest = judged.byte_range
    got = str(list(judged.byte_range))
    if first != 0 or length <= 0 or rest <= 0 or second <= length or second + rest > len(data):
        return _check(code, Outcome.INVALID, got=got, reason="offsets")
    gap = data[length:second]
    digits = gap[1:-1]
    if not gap.startswith(b"<") or not gap.endswith(b">") or len(digits) != 2 * judged.contents_length:
        return _check(code, Outcome.INVALID, got=got, reason="gap")
    try:
        container = bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        return _check(code, Outcome.INVALID, got=got, reason="gap")
    if any(container[_der_length(container) :]):
        return _check(code, Outcome.INVALID, got=got, reason="padding")
    return _check(code, Outcome.VALID, got=got)


def _der_length(container: bytes) -> int:
    """Give the bytes of the first DER element, or 0 when there is none."""
    if len(container) < 2 or container[0] != 0x30:
        return 0
    first = container[1]
    if first < 0x80:
        return 2 + first
    size = first & 0x7F
    return 2 + size + int.from_bytes(container[2 : 2 + size], "big") if size <= 4 else 0


def _coverage(document: Document) -> Check:
    # Time-stamps and validation data appended later (LT, LTA) will be admitted here, by name.
    code = "pdf.coverage"
    if not document.signed:
        return _check(code, Outcome.INVALID, reason="nothing-signed")
    added = len(document.data) - len(document.signed)
    if added:
        return _check(code, Outcome.INVALID, reason="changed-after-signing", got=str(added))
    return _check(code, Outcome.VALID, got=str(len(document.signed)))


def _signature(document: Document) -> Check:
    code, judged = "pdf.signature", document.certification
    assert judged is not None
    if judged.problem:
        return _check(code, Outcome.INVALID, reason="unreadable-signature", got=judged.problem)
    if judged.signers != 1 or not judged.detached or judged.subfilter not in _SUBFILTERS:
        return _check(code, Outcome.INVALID, reason="form", got=judged.subfilter.lstrip("/"))
    if not judged.intact:
        return _check(code, Outcome.INVALID, reason="content-changed")
    if not judged.genuine:
        return _check(code, Outcome.INVALID, reason="signature-does-not-fit")
    if judged.digest not in _DIGESTS:
        return _check(
            code, Outcome.INVALID, reason="weak-algorithm", got=judged.digest, expected="sha256 or better"
        )
    facts = {"got": judged.digest}
    if judged.claimed_time:
        facts["claimed_time"] = judged.claimed_time.isoformat()
    return _check(code, Outcome.VALID, **facts)


def _active_content(document: Document) -> Check:
    code = "pdf.active-content"
    if document.problem:
        return _check(code, Outcome.UNKNOWN, reason="unreadable")
    if document.active:
        return _check(code, Outcome.INVALID, got=", ".join(document.active))
    return _check(code, Outcome.VALID)


def _check(code: str, outcome: Outcome, **facts: str) -> Check:
    return Check(code=code, outcome=outcome, facts=facts, source=SOURCE)
