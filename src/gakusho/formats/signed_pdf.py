# SPDX-License-Identifier: Apache-2.0
"""Signed PDF: a page from a template or the institution's own, certified against any change.

PAdES B-B to B-LTA (ETSI EN 319 142-1) with DocMDP "no changes"; the credential is attached as an associated
file (ISO 32000-2, section 14.13) and is what a reader of this format believes, never the picture of the page.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gakusho.errors import GakushoError, InputError, LimitError, UnknownFormatError, UnreadableError
from gakusho.formats import (
    Asking,
    Carries,
    Format,
    OnPaper,
    Reading,
    Sealing,
    Transcribes,
    formats,
    recognize,
)
from gakusho.formats._pdf import look, notes, own_templates, page, paper, preview, told
from gakusho.formats._pdf.acceptance import acceptance_checks
from gakusho.formats._pdf.pades_certify import Certifier
from gakusho.formats._pdf.pades_lasting import Keeping, document_stamps
from gakusho.formats._pdf.particulars import particulars, with_particulars
from gakusho.formats._pdf.printed import matching_check
from gakusho.formats._pdf.rules import SOURCE, Document, take_apart
from gakusho.formats._pdf.signer_key import organisation
from gakusho.formats._pdf.typesetting import Attachment, inputs, typeset
from gakusho.formats._pdf.words import document_text
from gakusho.model.achievement import Image
from gakusho.model.award import Award
from gakusho.model.document import ADDRESSED, CodePlace
from gakusho.model.problem import Problem
from gakusho.model.report import Check, Outcome
from gakusho.model.sealed import Sealed
from gakusho.model.signed_document import DocumentText, SignedDocument
from gakusho.plugins import able
from gakusho.proof.revocation import Revocations
from gakusho.proof.timestamps import Stamp, Timestamper

MAX_BYTES = 50_000_000
_last = threading.local()
"""What was taken apart last in a thread: one document, which is let go when it is asked for again."""


class SignedPdf:
    """The format: write, read and check."""

    name = "signed-pdf"
    media_type = "application/pdf"
    extension = "pdf"
    carries: tuple[str, ...] = (
        "application/vc",
        "application/vc+ld+json",
        "application/ld+json",
        "application/json",
    )

    def recognizes(self, data: bytes) -> bool:
        """Tell whether the bytes claim to be a PDF, also one whose header stands late."""
        head = data[:1024]
        return b"%PDF-" in head and not head.lstrip().startswith((b"{", b"["))

    def write(self, awards: Sequence[Award], sealing: Sealing) -> list[Sealed]:
        """Give each award as a certified PDF, its companions attached.

        Raises:
            InputError: no document key, or a paper or a companion that cannot be used.
            MissingGlyphError: a name the font cannot write.
            KeyMaterialError: ``certificate-expired``, before anything is signed.
            UnreachableError: the level needs a time-stamp or revocation data that cannot be had now.
            SettingsError: the level needs an authority that the document key does not come with.
        """
        if sealing.document_key is None:
            raise InputError(
                "A PDF cannot be signed without a document key.",
                code="no-document-key",
                action="Create the institution's document key first.",
            )
        certifier = Certifier(sealing.document_key)
        # every page is set before the first one is signed: one bad name stops the batch, unsigned
        pages = [self._page(award, sealing) for award in awards]
        return [
            Sealed(
                award_id=award.id,
                format=self.name,
                media_type=self.media_type,
                extension=self.extension,
                data=certified,
            )
            for award, certified in zip(awards, certifier.certify_all(pages, at=sealing.now), strict=True)
        ]

    def _page(self, award: Award, sealing: Sealing) -> bytes:
        attachments = [
            Attachment(
                name=f"{companion.format}.{companion.extension}",
                media_type=companion.media_type,
                data=companion.data,
                description="Verifiable credential: the same award, readable by machines",
            )
            for companion in sorted(sealing.companions.get(award.id, ()), key=_says_components)
            if companion.media_type in self.carries
        ]
        if sealing.papers.get(award.id) or award.document.kind in ADDRESSED:
            attachments += particulars(award)
        link = sealing.verification_link(award)
        if own := sealing.papers.get(award.id):
            return paper.complete(
                own, link=link, attachments=attachments, at=sealing.now, place=sealing.code_place
            )
        data = page.page_data(award, link=link, code=sealing.verification_code(award))
        return typeset(
            award.document.kind,
            {**data, "signed_code": _signed_code(award, sealing)},
            at=award.valid_from,
            attachments=attachments,
            own=_own_world(award),
        )

    def read(self, data: bytes) -> Reading:
        """Give the award of the attached credential, from the signed revision.

        Raises:
            LimitError: larger than 50 MB.
            UnreadableError: broken or unsigned.
            UnknownFormatError: signed, but with no credential inside: another's document, not a forgery.
        """
        _within_bounds(data)
        document, carried = _taken_apart(data)
        if problem := document.examination.problem or document.problem:
            raise UnreadableError(f"The PDF cannot be read: {problem}", code="pdf.unreadable")
        if document.certification is None:
            raise UnreadableError("The PDF is not signed.", code="pdf.unsigned")
        if not carried:
            raise UnknownFormatError("The PDF carries no credential.", code="pdf.no-credential")
        inner = carried[0][1]
        inner = replace(inner, award=with_particulars(inner.award, document.inside))
        return replace(inner, carried=tuple(bytes_ for bytes_, _ in carried))

    def checks(self, data: bytes, asking: Asking) -> list[Check]:
        """Run the acceptance rule, all points of it; never raises for bad bytes."""
        try:
            _within_bounds(data)
        except LimitError as error:
            facts = {name: str(value) for name, value in error.facts.items()}
            return [Check(code="pdf.readable", outcome=Outcome.INVALID, facts=facts, source=SOURCE)]
        document, carried = _taken_apart(data)
        found = self._checks(document, carried, asking)
        _last.told = data, told.signed_document(document, found)
        return found

    def signed_document(self, data: bytes, checks: Sequence[Check]) -> SignedDocument | None:
        """Give what is shown of the bytes, on which ``checks`` were told; never raises."""
        kept = getattr(_last, "told", None)
        _last.told = None
        if kept is not None and kept[0] is data:
            found: SignedDocument | None = kept[1]
            return found
        return told.signed_document(take_apart(data), checks) if len(data) <= MAX_BYTES else None

    def document_text(self, revision: bytes) -> DocumentText:
        """Give the words of a revision's pages, none where it cannot be read; never raises."""
        return document_text(revision)

    def _checks(
        self, document: Document, carried: list[tuple[bytes, Reading]], asking: Asking
    ) -> list[Check]:
        found = acceptance_checks(document, carried, asking)
        if document.certification is None or document.examination.problem or document.problem:
            return found
        award = carried[0][1].award if carried else None
        found.append(_carried_check(document, carried))
        if award and document.template:
            said = with_particulars(award, document.inside)
            signed, revision = document.signed, document.revision
            compared = matching_check(signed, said, document.template, revision=revision)
            found.append(_with_what_stands_beside(compared, document))
        return found

    def preview(
        self, award: Award, *, verification_link: str | None, verification_code: str | None = None
    ) -> bytes:
        """Give the first page of the award's document as PNG, A4 at 110 dots per inch.

        Raises: MissingGlyphError, InputError where there is no template for the document.
        """
        return preview.page_png(
            award, verification_link=verification_link, verification_code=verification_code
        )

    def check_paper(self, data: bytes, place: CodePlace | None = None) -> list[Problem]:
        """Give everything wrong with a PDF of the institution's that is to be signed; never raises."""
        return paper.check_paper(data, place)

    def stamped(self, data: bytes, link: str, place: CodePlace | None = None) -> tuple[bytes, int]:
        """Give such a PDF with the QR code on it, unsigned, and the page (from 1). Raises: InputError."""
        return paper.stamped(data, link, place)

    def lengthening(self, timestamper: Timestamper, revocations: Revocations) -> Keeping:
        """Give what adds time-stamps and revocation data to signed documents."""
        return Keeping(timestamper, revocations)

    def stamps(self, data: bytes) -> list[Stamp]:
        """Give the document time-stamps, oldest first. Raises: InputError for a broken one."""
        return document_stamps(data)

    def templates(self) -> dict[str, bytes]:
        """Give the built-in templates by file name."""
        return own_templates.builtin()

    def template_faults(self, files: Mapping[str, bytes]) -> list[Problem]:
        """Give every fault of files that are to be templates, with file, line and column."""
        return own_templates.unfit(files)

    def pack_templates(self, files: Mapping[str, bytes]) -> bytes:
        """Give templates as one file, which must be safe to use. Raises: InputError naming every fault."""
        return own_templates.packed(files)

    def unpack_templates(self, data: bytes) -> dict[str, bytes]:
        """Give the templates back."""
        return own_templates.unpacked(data)

    def changed_kinds(self, files: Mapping[str, bytes]) -> tuple[str, ...]:
        """Give the kinds of document whose pages these templates change."""
        return own_templates.kinds_with(files)

    def page_to_try(self, award: Award, link: str, code: str) -> tuple[dict[str, bytes], dict[str, Any]]:
        """Give the files (the page is ``main.typ``) and the data of an award's page. Raises: InputError."""
        assert award.document.templates is not None
        files = own_templates.world(award.document.templates.packed, award.document.kind)
        carried = Attachment(
            name="credential.json", media_type="application/json", data=b"{}", description="A credential"
        )
        return files, inputs(page.page_data(award, link=link, code=code), [carried])

    def page_faults(self, made: bytes, award: Award, data: Mapping[str, Any]) -> list[Problem]:
        """Give what a page so made lacks that the signed document must have."""
        return own_templates.faults(made, award, data)

    def setting_faults(self, told: str, own: Collection[str]) -> list[Problem]:
        """Give why a page could not be set, as typst ``told``, with a place in ``own`` files."""
        return own_templates.set_fault(told, own)

    def check_seal(self, data: bytes) -> tuple[Image, bool]:
        """Give a picture fit to be a seal, and whether it is too coarse to be printed sharply.

        Raises: UnreadableError, LimitError saying why it is not.
        """
        return look.check_seal(data)

    def unwritable(self, award: Award) -> list[tuple[str, str]]:
        """Give what of the award its fonts cannot write: the field, and the characters spelled out."""
        return page.unwritable(award)


def _signed_code(award: Award, sealing: Sealing) -> str | None:
    """Give what a code on the page says that proves itself, where the institution wants one."""
    if sealing.prints_code:
        for form in formats().values():
            if able(form, OnPaper) is not None:
                return form.write([award], sealing)[0].data.decode("ascii")
    return None


def _own_world(award: Award) -> dict[str, bytes] | None:
    own = award.document.templates
    return own_templates.world(own.packed, award.document.kind) if own else None


def _says_components(companion: Sealed) -> bool:
    """Sort first what says of a transcript all there is: the first one is what the document is read as."""
    return not isinstance(formats().get(companion.format), Transcribes)


def _within_bounds(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise LimitError(
            f"The PDF has {len(data):,} bytes; at most {MAX_BYTES:,} are read.",
            facts={"reason": "too-large", "got": len(data), "expected": MAX_BYTES},
        )


def _taken_apart(data: bytes) -> tuple[Document, list[tuple[bytes, Reading]]]:
    """Give the parts of a PDF and its credentials; never raises.

    A verification reads a document and then checks it: what was taken apart for the one serves the other.
    """
    kept = getattr(_last, "kept", None)
    if kept is not None and kept[0] is data:
        _last.kept = None
        return kept[1], kept[2]
    document = take_apart(data)
    _last.kept = data, document, _credentials(document)
    return _last.kept[1], _last.kept[2]


def _credentials(document: Document) -> list[tuple[bytes, Reading]]:
    """Give the attached files that are credentials, read, in the order they are attached."""
    found = []
    for inside in document.inside:
        try:
            candidate: Format = recognize(inside.data)
            if not isinstance(candidate, Carries):
                found.append((inside.data, candidate.read(inside.data)))
        except GakushoError:
            continue
    return found


def _with_what_stands_beside(compared: Check, document: Document) -> Check:
    """Give the check of a page, not valid where something else may be seen of it than what was compared."""
    reason = ""
    if document.revision is not None and compared.outcome is Outcome.VALID:
        if notes.show_more(document.revision):
            reason = "annotations"
        elif notes.cut_otherwise(document.revision):
            reason = "cut-otherwise"
    if not reason:
        return compared
    return replace(compared, outcome=Outcome.UNKNOWN, facts={**compared.facts, "reason": reason})


def _carried_check(document: Document, carried: list[tuple[bytes, Reading]]) -> Check:
    code = "pdf.carried"
    # what an institution's own page prints cannot be compared by a rule: it is said, not counted
    page = "template" if document.template else "own"
    signer = (organisation(document.certification) if document.certification else None) or ""
    facts = {"page": page, "signer": signer, "got": str(len(carried))}
    if not carried:
        return Check(
            code=code, outcome=Outcome.UNKNOWN, facts={**facts, "reason": "no-credential"}, source=SOURCE
        )
    awards = [reading.award for _, reading in carried]
    if len({(award.id, award.issuer.id, award.learner.name.full) for award in awards}) > 1:
        return Check(
            code=code, outcome=Outcome.INVALID, facts={**facts, "reason": "several-awards"}, source=SOURCE
        )
    return Check(code=code, outcome=Outcome.VALID, facts=facts, source=SOURCE)


FORMAT = SignedPdf()
