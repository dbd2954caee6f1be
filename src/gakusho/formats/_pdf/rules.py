# SPDX-License-Identifier: Apache-2.0
"""What a signed PDF must be by itself: every point is a check of its own, and all of them are run.

What is judged is the signed revision: the bytes the certification signature covers. A document of somebody
else's, with no credential in it, is asked the same; where it is merely made otherwise, it is not refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

import pikepdf

from gakusho.errors import LimitError
from gakusho.formats._pdf import contents, metadata, revisions
from gakusho.formats._pdf.container import WEAK, der_length
from gakusho.formats._pdf.contents import AttachedFile
from gakusho.formats._pdf.pades import NO_END, Examination, SignatureFacts, ends_well, examined, has_end, said
from gakusho.formats._pdf.store import Store, store_of
from gakusho.model.report import Check, Outcome
from gakusho.proof.signed_data import DIGESTS

SOURCE = "the document itself"
_PADES, _CMS = "/ETSI.CAdES.detached", "/adbe.pkcs7.detached"


@dataclass(frozen=True, kw_only=True)
class Document:
    """A signed PDF taken apart, before anything is believed."""

    data: bytes
    examination: Examination
    certification: SignatureFacts | None
    """The signature that is to be judged: the certifying one, else the first."""
    signed: bytes
    """The signed revision; empty when there is none."""
    revision: pikepdf.Pdf | None = field(default=None, repr=False, compare=False)
    """The same, open, where it is of a template and what its pages show is to be compared."""
    inside: tuple[AttachedFile, ...] = ()
    title: str | None = None
    pages: int | None = None
    template: tuple[str, str] | None = None
    active: tuple[str, ...] = ()
    store: Store = field(default_factory=Store)
    problem: str | None = None
    """Why the inside could not be read."""

    @property
    def approvals(self) -> tuple[SignatureFacts, ...]:
        """Everything but document time-stamps."""
        return tuple(one for one in self.examination.signatures if not one.is_timestamp)

    @property
    def stamps(self) -> tuple[SignatureFacts, ...]:
        """The document time-stamps made after the judged signature, the oldest first."""
        after = self.certification.end if self.certification else 0
        return tuple(one for one in self.examination.signatures if one.is_timestamp and one.end > after)

    @property
    def is_locked(self) -> bool:
        """Whether the judged signature certifies the document against every change."""
        judged = self.certification
        return judged is not None and self.examination.certified_by is not None and judged.permission == 1


def take_apart(data: bytes) -> Document:
    """Give the parts of a PDF; never raises."""
    bare = Document(data=data, examination=Examination(problem=NO_END), certification=None, signed=b"")
    if not has_end(data):
        return bare
    try:
        opened, damage = contents.opened(data)
    except Exception as error:  # noqa: BLE001 - a hostile PDF makes the parser raise many kinds
        return replace(bare, examination=Examination(problem=said(error)))
    with ExitStack() as open_ones:
        open_ones.enter_context(opened)
        examination = examined(data, opened)
        judged = _judged(examination)
        signed = data[: judged.end] if judged is not None and judged.end <= len(data) else b""
        bare = replace(bare, examination=examination, certification=judged, signed=signed)
        if examination.problem or damage:
            return replace(bare, problem=f"damaged: {damage}" if damage else None)
        try:
            revision = opened
            if len(signed) not in {0, len(data)}:
                revision, damage = contents.opened(signed)
                open_ones.enter_context(revision)
            found = _inside(bare, revision, opened)
        except Exception as error:  # noqa: BLE001 - a hostile PDF makes the parser raise many kinds
            return replace(bare, problem=said(error))
        if damage:
            return replace(found, problem=f"damaged: {damage}")
        if found.problem or found.template is None or not found.inside:
            return found
        open_ones.pop_all()
        return replace(found, revision=revision)


def _judged(examination: Examination) -> SignatureFacts | None:
    named = [one for one in examination.signatures if one.field == examination.certified_by]
    signed = [one for one in examination.signatures if not one.is_timestamp]
    return next(iter(named or signed), None)


def _inside(bare: Document, signed: pikepdf.Pdf, newest: pikepdf.Pdf) -> Document:
    parts = contents.all_written(signed)
    found = replace(
        bare,
        inside=tuple(contents.attached_files(signed, parts)) if bare.signed else (),
        template=contents.template_of(signed),
        active=tuple(contents.active_content(signed, parts)),
        store=store_of(newest),
    )
    # what was only seen now that everything has been looked at
    if damage := contents.damage(signed):
        return replace(found, problem=f"damaged: {damage}")
    return replace(found, title=metadata.title_of(signed), pages=metadata.page_count(signed))


def structural_checks(document: Document, *, foreign: bool) -> list[Check]:
    """Run the checks that need nothing from outside; ``foreign``: nothing in it says that it is ours."""
    if document.examination.problem:
        return [_readable(document)]
    first = [_readable(document), _clean_start_and_end(document), _certified(document, foreign=foreign)]
    if document.certification is None:
        return [*first, _active_content(document, foreign=foreign)]
    signatures = document.approvals if foreign else (document.certification,)
    return [
        *first,
        _byte_ranges(document, foreign=foreign),
        _coverage(document, foreign=foreign),
        *(_signature(one, foreign=foreign) for one in signatures),
        _active_content(document, foreign=foreign),
    ]


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


def _certified(document: Document, *, foreign: bool) -> Check:
    code, judged = "pdf.certified", document.certification
    if judged is None:
        return _check(code, Outcome.INVALID, reason="unsigned")
    if any(one.shared for one in document.examination.signatures):
        return _check(code, Outcome.INVALID, reason="shared-signature")
    refused = Outcome.UNKNOWN if foreign else Outcome.INVALID
    if judged.problem:
        return _check(code, refused, reason="unreadable-signature", got=judged.problem)
    if len(document.approvals) > 1:
        return _check(code, refused, reason="several-signatures", got=str(len(document.approvals)))
    if document.examination.certified_by is None or judged.permission is None:
        # signed by somebody to approve, as most signed PDFs are: later changes stay possible
        return _check(code, refused, reason="signed-not-locked", got=judged.subfilter.lstrip("/"))
    if judged.permission != 1:
        return _check(code, refused, reason="changes-permitted", got=str(judged.permission), expected="1")
    if document.examination.signatures[0] is not judged:
        return _check(code, refused, reason="not-first")
    return _check(code, Outcome.VALID)


def _byte_ranges(document: Document, *, foreign: bool) -> Check:
    code, judged = "pdf.byte-range", document.certification
    assert judged is not None
    others = document.examination.signatures if foreign else (judged, *document.stamps)
    for one in (judged, *(other for other in others if other is not judged)):
        reason = _range_problem(document.data, one)
        if reason:
            got = str(list(one.byte_range))
            return _check(code, Outcome.INVALID, got=got, reason=reason, field=one.field[:100])
    return _check(code, Outcome.VALID, got=str(list(judged.byte_range)))


def _range_problem(data: bytes, one: SignatureFacts) -> str | None:
    """Give what is wrong with the bytes a signature covers: all but its own container, from the first on."""
    if len(one.byte_range) != 4:
        return "form"
    first, length, second, rest = one.byte_range
    if first != 0 or length <= 0 or second <= length or rest <= 0 or second + rest > len(data):
        return "offsets"
    gap = data[length:second]
    digits = gap[1:-1]
    if not gap.startswith(b"<") or not gap.endswith(b">") or len(digits) != 2 * len(one.contents):
        return "gap"
    try:
        container = bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        return "gap"
    if container != one.contents:
        return "gap"
    return "padding" if any(container[der_length(container) :]) else None


def _coverage(document: Document, *, foreign: bool) -> Check:
    code = "pdf.coverage"
    data, signed = document.data, document.signed
    if not signed:
        return _check(code, Outcome.INVALID, reason="nothing-signed")
    if not ends_well(signed):
        return _check(code, Outcome.INVALID, reason="changed-after-signing", got="revision")
    if len(signed) == len(data):
        return _check(code, Outcome.VALID, got=str(len(signed)))
    ends = sorted({len(signed), len(data), *_later_ends(document)})
    if not data[ends[-2] :].strip():
        return _check(code, Outcome.INVALID, reason="changed-after-signing", got="line ends")
    approvals = foreign and not document.is_locked
    try:
        found = revisions.unadmitted(data, ends, approvals=approvals)
        # what came before the last signature is what its signer saw
        last = (
            revisions.unadmitted(data, ends[-2:])
            if found and approvals and not _ends_signed(document)
            else []
        )
    except LimitError as error:
        return _check(code, Outcome.UNKNOWN, reason="too-much", got=str(error)[:200])
    except Exception as error:  # noqa: BLE001 - a hostile PDF makes the parser raise many kinds
        return _check(code, Outcome.INVALID, reason="changed-after-signing", got=said(error))
    if found:
        between = approvals and not last
        reason = "changed-between-signatures" if between else "changed-after-signing"
        outcome = Outcome.UNKNOWN if between else Outcome.INVALID
        return _check(code, outcome, reason=reason, got="; ".join(found)[:300])
    reason = "signed-again" if foreign and len(document.approvals) > 1 else "lasting"
    return _check(code, Outcome.VALID, reason=reason, got=str(len(signed)), revisions=str(len(ends)))


def _ends_signed(document: Document) -> bool:
    return any(one.end == len(document.data) for one in document.approvals)


def _later_ends(document: Document) -> Iterator[int]:
    for one in document.examination.signatures:
        if len(document.signed) < one.end <= len(document.data):
            yield one.end


def _signature(judged: SignatureFacts, *, foreign: bool) -> Check:
    code = "pdf.signature"
    refused = Outcome.UNKNOWN if foreign else Outcome.INVALID
    facts = {"field": judged.field[:100]}
    if judged.problem:
        return _check(code, refused, reason="unreadable-signature", got=judged.problem, **facts)
    if judged.signers != 1 or not judged.detached or judged.subfilter not in {_PADES, _CMS}:
        return _check(code, refused, reason="form", got=judged.subfilter.lstrip("/"), **facts)
    if judged.digest in WEAK:
        expected = ", ".join(DIGESTS)
        return _check(code, refused, reason="weak-algorithm", got=judged.digest, expected=expected, **facts)
    if judged.unknown_algorithm:
        got = judged.unknown_algorithm
        return _check(code, Outcome.UNKNOWN, reason="unknown-algorithm", got=got, **facts)
    if not judged.intact:
        return _check(code, Outcome.INVALID, reason="content-changed", **facts)
    if not judged.genuine:
        return _check(code, Outcome.INVALID, reason="signature-does-not-fit", **facts)
    if judged.names_certificate is False:
        return _check(code, Outcome.INVALID, reason="names-another-certificate", **facts)
    if judged.names_certificate is None and judged.subfilter == _PADES:
        # it is required there: without it the certificate could be exchanged for another of the same key
        return _check(code, refused, reason="certificate-not-named", **facts)
    return _check(code, Outcome.VALID, got=judged.digest, **facts)


def _active_content(document: Document, *, foreign: bool) -> Check:
    code = "pdf.active-content"
    if document.problem:
        return _check(code, Outcome.UNKNOWN, reason="unreadable")
    if document.active:
        outcome = Outcome.UNKNOWN if foreign else Outcome.INVALID
        return _check(code, outcome, reason="there", got=", ".join(document.active))
    return _check(code, Outcome.VALID)


def _check(code: str, outcome: Outcome, **facts: str) -> Check:
    return Check(code=code, outcome=outcome, facts=facts, source=SOURCE)
